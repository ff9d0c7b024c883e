"""Labels, numbers, days and filled texts in the two languages of the reports."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

from rbrules.conditions import tallies
from rbrules.fields import CATALOGUE
from rbrules.figures import round_half_up
from rbrules.model import (
    Computed,
    Constant,
    Known,
    Outcome,
    Reading,
    Target,
    Text,
    Tree,
    Value,
)

LANGUAGES: Final = ("id", "en")
INEXACT_DECIMALS: Final = 2
"""How many decimals a quotient is shown with; comparisons use the exact value."""

YEAR_UNIT: Final = "tahun"
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)


@cache
def _labels() -> dict[str, dict[str, str]]:
    text = files("rbrules.report").joinpath("labels.json").read_text("utf-8")
    labels: dict[str, dict[str, str]] = json.loads(text)
    return labels


def label(key: str, lang: str, **values: object) -> str:
    """Return the label `key` in `lang`, its placeholders filled.

    Raises:
        KeyError: there is no such label or a placeholder has no value.
    """
    return Template(_labels()[key][lang]).substitute(values)


def safe(text: str) -> str:
    """Show control characters and direction marks as escapes, so that no terminal obeys them."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def number(value: Decimal | Fraction, lang: str, *, grouped: bool = True) -> str:
    """Write a number: 1.234,50 in Indonesian, 1,234.50 in English; quotients with 2 decimals."""
    exact = round_half_up(value, INEXACT_DECIMALS) if isinstance(value, Fraction) else value
    text = f"{exact:,f}" if grouped else f"{exact:f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "id" else text


def signed(value: Decimal, lang: str) -> str:
    """Write a number with its sign: +6.38, -0.14, 0.00."""
    return ("+" if value > 0 else "") + number(value, lang)


def day(value: date, lang: str) -> str:
    """Write a day with the month's name: 7 Februari 2024."""
    return f"{value.day} {label(f'month.{value.month}', lang)} {value.year}"


def words_of(value: Value | tuple[Value, ...] | None, lang: str, unit: str = "") -> str:
    """Write a value for a reader."""
    match value:
        case None:
            return label("not_stated", lang)
        case bool():
            return label("yes" if value else "no", lang)
        case str():
            return value
        case Text():
            return value.in_language(lang)
        case date():
            return day(value, lang)
        case Decimal() | Fraction():
            return number(value, lang, grouped=unit != YEAR_UNIT)
        case Target(low, high, word):
            if word is not None:
                return word
            ends = [number(low, lang), number(high, lang)]
            return ends[0] if low == high else label("range", lang, low=ends[0], high=ends[1])
        case Computed(low, high):
            return _computed_words(low, high, lang)
        case _:
            return ", ".join(words_of(item, lang, unit) for item in value)


def _computed_words(low: Fraction | None, high: Fraction | None, lang: str) -> str:
    ends = [label("open", lang) if end is None else number(end, lang) for end in (low, high)]
    return ends[0] if low == high else label("range", lang, low=ends[0], high=ends[1])


def data_of(value: Value | tuple[Value, ...] | None, lang: str) -> Tree:
    """Write a value as JSON data: exact numbers as they are, quotients with 2 decimals."""
    match value:
        case Text():
            return value.in_language(lang)
        case date():
            return value.isoformat()
        case Fraction():
            return round_half_up(value, INEXACT_DECIMALS)
        case Target(low, high, word):
            return word if word is not None else low if low == high else [low, high]
        case Computed(low, high):
            ends = [None if e is None else round_half_up(e, INEXACT_DECIMALS) for e in (low, high)]
            return ends[0] if low == high else ends
        case tuple():
            return [data_of(item, lang) for item in value]
        case _:
            return value


def value_of(reading: Reading) -> Value | None:
    """Return the value of a reading, None where it has none."""
    return reading.value if isinstance(reading, Known) else None


def fill(text: Text, outcome: Outcome, parameters: dict[str, Constant], lang: str) -> str:
    """Fill the placeholders of a text with the values of an outcome."""
    catalogue = CATALOGUE[outcome.rule.applies_to]
    readings = outcome.fact.readings
    filled = {
        name: safe(_field_words(name, readings[name], catalogue[name].unit, lang))
        for name in catalogue
        if name in readings
    }
    filled |= {name: words_of(constant.value, lang) for name, constant in parameters.items()}
    filled |= tally_words(outcome, lang)
    sentence = Template(text.in_language(lang)).safe_substitute(filled)
    return " ".join(sentence.split())


def _field_words(name: str, reading: Reading, unit: str, lang: str) -> str:
    value = value_of(reading)
    if value is None:
        return label("some_unit" if name == "unit" else "not_stated", lang)
    return words_of(value, lang, unit)


def tally_words(outcome: Outcome, lang: str) -> dict[str, str]:
    """Write the first count or share that the rule asks for: count, total, share in percent."""
    # The fact holds the counts of every rule on this subject; only the rule's own are meant.
    first = next(tallies(outcome.rule), None)
    if first is None:
        return {}
    result = outcome.fact.tallies[first]
    ends = [
        number(Fraction(100 * end, result.total), lang) if result.total else ""
        for end in (result.low, result.high)
    ]
    pairs = {
        "count": [number(Decimal(end), lang) for end in (result.low, result.high)],
        "total": [number(Decimal(result.total - out), lang) for out in (result.strays, 0)],
        "share": ends,
    }
    return {
        name: low if low == high else label("range", lang, low=low, high=high)
        for name, (low, high) in pairs.items()
    }


def citation_text(jenis: str, nomor: str, tahun: int | None, bagian: str) -> str:
    """Write a legal basis: PermenPANRB 88/2021, part."""
    numbers = "/".join(str(part) for part in (nomor, tahun) if part)
    return ", ".join(part for part in (f"{jenis} {numbers}".strip(), bagian) if part)
