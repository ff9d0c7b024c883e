"""What can go wrong: `Problem`, the record of a fault in a file, and the exceptions."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Problem:
    """Something wrong with a file (never called a finding).

    `line` and `column` count from 1 (0 where the file has no such place, for example because it
    cannot be opened); `pointer` is a JSON pointer (RFC 6901), "" for the whole document.
    """

    file: str
    line: int
    column: int
    pointer: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        """One or two lines of plain text: where, what was found, what was expected, what to do."""
        place = self.file if self.line == 0 else f"{self.file}:{self.line}:{self.column}"
        where = f" at {self.pointer}" if self.pointer else ""
        text = f"{place}:{where} found {self.found}; expected {self.expected}"
        return f"{text}\n    {self.hint}" if self.hint else text


class RbrulesError(Exception):
    """Base of every error that this package raises on purpose: no report exists."""


class InputError(RbrulesError):
    """A file cannot be used. Carries every problem of every file that was read (exit 2)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, sorted by file, line and column."""
        self.problems: tuple[Problem, ...] = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class EngineError(RbrulesError):
    """An engine failed, or the two engines disagree (exit 3)."""
