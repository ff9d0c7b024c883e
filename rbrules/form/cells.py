"""One value of an evaluation and one cell of a sheet: each from the other, exactly."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final, TypeAlias

from rbrules.errors import InputError, show
from rbrules.form.shape import Shape
from rbrules.form.words import accepted, word
from rbrules.load.hints import date_hint, plain_date, plain_number
from rbrules.load.json_reader import MAX_DECIMALS, MAX_DIGITS, load_json
from rbrules.model import Tree
from rbrules.report.json_text import json_line

Raw: TypeAlias = "str | bool | int | float | date | datetime | time | timedelta | None"
"""What a spreadsheet says is in a cell."""

JSON: Final = "json:"
"""Begins a text of a cell that holds a value as JSON, where no plain cell would give it back."""

ELSEWHERE: Final = "json:@"
"""Begins a text that says under which number the sheet of long texts has the value."""

LONGEST: Final = 30_000
"""UTF-16 units of a text in a cell; Excel allows 32,767."""

DOUBLE: Final = 15
"""Digits of a number that survive a spreadsheet."""

FIRST_DAY: Final = date(1900, 3, 1)
"""Excel counts earlier days wrongly or not at all."""

EMPTY_HINT: Final = "Leave the cell empty where the value is not known."
TARGET_HINT: Final = "Write a range as 10 s.d. 12, or make the cell a text before you write."
_DOUBLE: Final = Context(prec=DOUBLE)
_UNSAFE: Final = re.compile(
    r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
    r"|_x[0-9A-Fa-f]{4}_|x005F_"
)
"""What a spreadsheet loses or changes, or what a screen obeys."""

_ESCAPES: Final = re.compile("_(?=x)|x(?=005F_)")
_DOTTED: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_DOT_ENDED: Final = re.compile(r"\.?0*$")
_RANGE: Final = re.compile(
    r"(?P<low>.*?[0-9%])\s*(?:s\.?\s?d\.?|s/d|sampai(?: dengan)?|hingga|to|\.\.|[-\u2013\u2014])\s*"
    r"(?P<high>[-\u2212]?[0-9R].*)"
)
_SWAPPED: Final = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as read: its value, and what its number format says.

    `decimals` is how many the format shows at least. `fault` says why the value cannot be used:
    the error that a formula came to, or that its result was not stored.
    """

    value: Raw
    is_percent: bool = False
    decimals: int = 0
    fault: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What to write into a cell; `decimals` counts for numbers only."""

    value: str | int | Decimal | date
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell holds nothing that can be used: what was found, expected, and what to do."""

    found: str
    expected: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads cells. `decimal` is the decimal sign of numbers that are texts, "," or "."."""

    decimal: str = ","
    long_texts: Sequence[str] = ()

    def read(self, cell: Cell, shape: Shape) -> Tree | Fault:
        """Return the value that a cell gives for what `shape` allows, None where it is empty.

        A text that is none of a list of words is returned as it is: the schema refuses it.
        """
        if cell.fault:
            return Fault(cell.fault, "a value, or a formula with one", cell.hint)
        match cell.value:
            case None:
                return None
            case str():
                return self._text(cell.value.replace("\r\n", "\n").strip(), shape)
            case bool():
                is_truth = "boolean" in shape.types
                return cell.value if is_truth else _wrong(cell.value, shape)
            case datetime() | date():
                return _day(cell.value, shape)
            case int() | float():
                return _number(cell, shape)
            case _:
                return Fault(f"a time, {cell.value}", _expected(shape), "Enter it as a text.")

    def _text(self, text: str, shape: Shape) -> Tree | Fault:
        if not text:
            return None
        if text.startswith(JSON):
            return self._json(text)
        folded = text.casefold()
        if folded in accepted("none") and (shape.is_list or shape.is_inner):
            return [] if "array" in shape.types else {}
        if shape.is_inner:
            return Fault(show(text), _expected(shape))
        if "boolean" in shape.types and folded in accepted("yes") | accepted("no"):
            return folded in accepted("yes")
        return self._scalar(text, shape)

    def _scalar(self, text: str, shape: Shape) -> Tree | Fault:
        if shape.is_date:
            day = plain_date(text)
            if day is not None:
                return day.isoformat()
            return Fault(show(text), _expected(shape), _for_cell(date_hint(text)))
        if shape.is_list:
            return _items(text, shape)
        if shape.is_number:
            return self._numbers(text, shape)
        if shape.words:
            return next((w for w in shape.words if w.casefold() == text.casefold()), text)
        return text if "string" in shape.types else Fault(show(text), _expected(shape))

    def _json(self, text: str) -> Tree | Fault:
        if text.startswith(ELSEWHERE):
            number = text.removeprefix(ELSEWHERE)
            index = int(number) - 1 if number.isdecimal() and len(number) < DOUBLE else -1
            if not 0 <= index < len(self.long_texts):
                return Fault(show(text), "the number of a text in the sheet of long texts")
            text = JSON + self.long_texts[index]
        try:
            return load_json(text.removeprefix(JSON).encode("utf-8", "replace"), "").tree
        except InputError as error:
            fault = error.problems[0]
            return Fault(f"{show(text)}, where stands {fault.found}", fault.expected, fault.hint)

    def _numbers(self, text: str, shape: Shape) -> Tree | Fault:
        number = self._plain(text)
        if number is not None:
            return number
        ends = _RANGE.fullmatch(text) if shape.is_range else None
        if ends:
            low, high = self._plain(ends["low"].strip()), self._plain(ends["high"].strip())
            for end in (low, high):
                if isinstance(end, Fault):
                    return end
            if low is not None and high is not None:
                return [low, high]
        if "string" in shape.types:
            return text
        return Fault(show(text), _expected(shape), EMPTY_HINT)

    def _plain(self, text: str) -> int | Decimal | Fault | None:
        """Read a number that is a text; None where it is none."""
        # As Indonesian writes it: a comma before the decimals, dots between thousands.
        number = text.replace("\N{NO-BREAK SPACE}", " ")
        number = number if self.decimal == "," else number.translate(_SWAPPED)
        shown = plain_number(number)
        if shown is None:
            return None
        bare = re.sub(r"[^0-9.,-]", "", re.sub(r"Rp\.", "", number, flags=re.IGNORECASE))
        if _DOTTED.fullmatch(bare):
            plain, thousands = bare.replace(".", self.decimal), bare.replace(".", "")
            hint = f"Write {plain} or {thousands}, as a number and not as a text."
            return Fault(show(text), "a number that can be read in one way only", hint)
        return Decimal(shown) if "." in shown else int(shown)


def _items(text: str, shape: Shape) -> list[str]:
    parts = re.split("[\n;,]" if shape.words else "[\n;]" if shape.is_short_list else "\n", text)
    items = [part.strip() for part in parts if part.strip()]
    known = {w.casefold(): w for w in shape.words}
    return [known.get(item.casefold(), item) for item in items]


def _day(value: date, shape: Shape) -> Tree | Fault:
    if shape.is_date:
        return value.date().isoformat() if isinstance(value, datetime) else value.isoformat()
    shown = value.strftime("%Y-%m-%d")
    hint = TARGET_HINT if shape.is_range else "Make the cell a text or a number and write it anew."
    return Fault(f"a date, {shown}", _expected(shape), f"Excel has made a date of it. {hint}")


def _number(cell: Cell, shape: Shape) -> Tree | Fault:
    value = cell.value
    assert isinstance(value, int | float)  # the caller has looked
    exact = _DOUBLE.create_decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if exact.adjusted() >= MAX_DIGITS or not exact.is_finite():
        return Fault(f"{value}", f"a number of at most {MAX_DIGITS} digits")
    if cell.is_percent and shape.is_number and "number" in shape.types:
        exact = exact.scaleb(2, Context(prec=99))
    elif cell.is_percent:
        return Fault(f"{exact * 100:f} %", _expected(shape), "Change the format of the cell.")
    exact = _with_decimals(exact, cell.decimals)
    if shape.is_number:
        return int(exact) if not _decimals(exact) else exact
    if shape.is_date:
        hint = "Give the cell the format of a date, or write it as 2024-01-31."
        return Fault(f"the number {exact:f}", _expected(shape), hint)
    if _decimals(exact) and exact % 1:
        return Fault(f"the number {exact:f}", _expected(shape), "Enter it as a text.")
    if shape.is_list:
        return [f"{exact:.0f}"]
    return f"{exact:.0f}" if "string" in shape.types else _wrong(int(exact), shape)


def _with_decimals(exact: Decimal, shown: int) -> Decimal:
    """Return a number with the decimals that it has, at least those that its cell shows."""
    own = max(_decimals(exact.normalize(Context(prec=99))), 0)
    wanted = min(max(own, shown), MAX_DECIMALS)
    step = Decimal(1).scaleb(-wanted)
    return exact.quantize(step, ROUND_HALF_EVEN, Context(prec=99))


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _wrong(value: Tree, shape: Shape) -> Fault:
    return Fault(show(value), _expected(shape))


def _expected(shape: Shape) -> str:
    """Say what a cell may hold."""
    if shape.is_inner:
        return f"{show(word('none', 'id'))}, or nothing"
    parts = []
    if shape.words:
        parts.append(f"one of {', '.join(shape.words)}")
    if "boolean" in shape.types:
        parts.append("ya or tidak")
    if shape.is_date:
        parts.append("a date")
    if "integer" in shape.types:
        parts.append("a whole number")
    elif shape.is_number:
        parts.append("a number")
    if shape.is_range:
        parts.append("a range such as 10 s.d. 12")
    if {"string"} & shape.types and not shape.is_date and not shape.words:
        parts.append("a text")
    if shape.is_list and not shape.words:
        parts.append("texts, each on a line")
    return " or ".join(parts)


def _for_cell(hint: str) -> str:
    return hint.replace('"', "")


# --- writing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Writer:
    """Says what to write into cells. What is too long for one is added to `long_texts`."""

    lang: str
    long_texts: list[str]
    is_text: bool = False
    """Whether the cells are those of a text file: no numbers, and nothing that looks a formula."""

    def write(self, value: Tree, shape: Shape) -> Content:
        """Return what gives `value` back when it is read for the same shape."""
        content = self._natural(value, shape)
        if content is not None:
            raw, decimals = content.value, content.decimals
            cell = Cell(float(raw) if isinstance(raw, Decimal) else raw, decimals=decimals)
            if same(Reader().read(cell, shape), value):
                return self._plain_text(content) if self.is_text else content
        return self.as_json(value)

    def as_json(self, value: Tree) -> Content:
        """Return a cell that holds `value` as JSON, here or among the long texts."""
        text = _ESCAPES.sub(lambda match: f"\\u{ord(match[0]):04x}", json_line(value))
        if units(text) <= LONGEST or self.is_text:
            return Content(JSON + text)
        self.long_texts.append(text)
        return Content(f"{ELSEWHERE}{len(self.long_texts)}")

    def _natural(self, value: Tree, shape: Shape) -> Content | None:
        match value:
            case bool():
                return Content(word("yes" if value else "no", self.lang))
            case int() | Decimal():
                return self._number(value)
            case [int() | Decimal() as low, int() | Decimal() as high] if shape.is_range:
                between = word("between", self.lang)
                return self._safe(f"{_as_text(low)} {between} {_as_text(high)}")
            case [] | {}:
                return Content(word("none", self.lang))
            case str() if shape.is_date and not self.is_text:
                day = plain_date(value)
                return Content(day if day and day >= FIRST_DAY else value)
            case str():
                return self._safe(value)
            case list() if shape.is_list:
                return self._safe(("; " if shape.is_short_list else "\n").join(value))
        return None

    def _safe(self, text: str) -> Content | None:
        is_formula = self.is_text and text.startswith(("=", "+", "-", "@"))
        is_safe = not (_UNSAFE.search(text) or is_formula) and units(text) <= LONGEST
        return Content(text) if is_safe else None

    def _number(self, value: int | Decimal) -> Content:
        exact = Decimal(value)
        digits = len(exact.as_tuple().digits)
        decimals = _decimals(exact)
        if max(digits, exact.adjusted() + 1) > DOUBLE:
            return Content(_as_text(value))
        return Content(value, decimals)

    def _plain_text(self, content: Content) -> Content:
        value = content.value
        return Content(_as_text(value) if isinstance(value, int | Decimal) else str(value))


def _as_text(number: int | Decimal) -> str:
    return f"{Decimal(number):f}".replace(".", ",")


def units(text: str) -> int:
    """Count the UTF-16 units of a text, as Excel does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def same(one: Tree, other: Tree) -> bool:
    """Tell whether two values are written alike: equal, of one type, with as many decimals."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Decimal | int) and isinstance(other, Decimal | int):
        alike = isinstance(one, bool) is isinstance(other, bool)
        return alike and one == other and _decimals(Decimal(one)) == _decimals(Decimal(other))
    return type(one) is type(other) and bool(one == other)
