"""What can go wrong: `Problem`, the record of a fault in a file, and the exceptions."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from string import Template
from typing import Any

SHOWN = 60
"""Characters of a value of a file that a message quotes."""

SHOWN_ITEMS = 4
SHOWN_POINTER = 200


class Said(str):
    """An English text that remembers how it was made, so that it can be said in another language.

    `template` is the text with its placeholders, `values` what stands in their place; values that
    are texts of this kind can be said in the other language too, all others stay.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, object]


def say(template: str, /, **values: object) -> str:
    """Fill a text of a message; `report/problems.json` has its template in Indonesian."""
    text = Said(Template(template).substitute(values))
    text.template, text.values = template, values
    return text


def joined(*parts: str, by: str = " ") -> str:
    """Join what there is of some texts, so that each can still be said in another language."""
    given = {f"part{number}": part for number, part in enumerate(filter(None, parts))}
    if len(given) == 1:
        return given["part0"]
    return say(by.join(f"${name}" for name in given), **given)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Something wrong with a file (never called a finding).

    `line` and `column` count from 1 (0 where the file has no such place, for example because it
    cannot be opened); `pointer` is a JSON pointer (RFC 6901), "" for the whole document. In a
    workbook they count rows and columns, and `cell` names sheet and cell: Kinerja!D7.
    """

    file: str
    line: int
    column: int
    pointer: str
    found: str
    expected: str
    hint: str = ""
    cell: str = ""

    def __str__(self) -> str:
        """One or two lines of plain text: where, what was found, what was expected, what to do."""
        where = f" at {self.shown_pointer}" if self.pointer else ""
        text = f"{self.place}:{where} found {self.found}; expected {self.expected}"
        return f"{text}\n    {self.hint}" if self.hint else text

    @property
    def place(self) -> str:
        """The file, with its cell, or line and column, where there are any."""
        if self.cell:
            return f"{self.file}: {self.cell}"
        return self.file if self.line == 0 else f"{self.file}:{self.line}:{self.column}"

    @property
    def shown_pointer(self) -> str:
        """The pointer on one line, and not at any length."""
        pointer = self.pointer
        if len(pointer) > SHOWN_POINTER:
            pointer = f"{pointer[:SHOWN_POINTER]}..."
        return pointer.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def show(value: Any) -> str:
    """Write a value of a file for a message: short, on one line, control characters escaped."""
    if isinstance(value, dict):
        if not value:
            return say("an empty object")
        return say("an object with $keys", keys=count(len(value), "key"))
    if isinstance(value, list):
        return _show_list(value)
    if isinstance(value, Decimal):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."


def _show_list(items: list[Any]) -> str:
    if not items:
        return say("an empty list")
    if len(items) > SHOWN_ITEMS or any(isinstance(item, dict | list) for item in items):
        return say("a list of $number", number=len(items))
    return f"[{', '.join(show(item) for item in items)}]"


def count(number: int, word: str) -> str:
    """Write a number of things: 1 key, 2 keys."""
    return say(f"$number {word}{'' if number == 1 else 's'}", number=f"{number:,}")


class RbrulesError(Exception):
    """Base of every error that this package raises on purpose: no report exists."""


class InputError(RbrulesError):
    """A file cannot be used. Carries every problem of every file that was read (exit 2)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by file, sheet, line and column."""
        found = sorted(set(problems), key=lambda p: (p.file, p.cell.rpartition("!")[0], p))
        self.problems: tuple[Problem, ...] = tuple(found)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EngineError(RbrulesError):
    """An engine failed, or the two engines disagree (exit 3)."""
