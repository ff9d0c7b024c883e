"""Labels, numbers, days and filled texts in the two languages of the reports."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from importlib.resources import files
from string import Template
from typing import Final

from rbrules.comparison import look_up
from rbrules.conditions import KEPT, leaves, row_leaves, tables, tallies
from rbrules.fields import CATALOGUE, OWN_UNITS, Field
from rbrules.figures import decimals_beside, round_half_up
from rbrules.model import (
    Atom,
    Citation,
    Computed,
    Constant,
    Known,
    Number,
    Outcome,
    Reading,
    Rule,
    Rulebook,
    Table,
    Target,
    Text,
    Tree,
    Validity,
    Value,
)

LANGUAGES: Final = ("id", "en")
INEXACT_DECIMALS: Final = 2
"""How many decimals a quotient is shown with at least; comparisons use the exact value."""

YEAR_UNIT: Final = "tahun"
_TALLIED: Final = frozenset({"count", "total", "share"})
"""What the texts of a rule that counts may ask for."""

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


def in_languages(key: str) -> Text:
    """Return a label without placeholders in both languages."""
    return Text(label(key, "id"), label(key, "en"))


def safe(text: str) -> str:
    """Show control characters and direction marks as escapes, so that no terminal obeys them."""
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def number(value: Number, lang: str, *, grouped: bool = True, beside: Sequence[Number] = ()) -> str:
    """Write a number: 1.234,50 in Indonesian, 1,234.50 in English; quotients with 2 decimals.

    A quotient gets more decimals where 2 would show it on the other side of a number `beside`.
    """
    exact = _rounded(value, beside) if isinstance(value, Fraction) else value
    text = f"{exact:,f}" if grouped else f"{exact:f}"
    return text.translate(str.maketrans(",.", ".,")) if lang == "id" else text


def _rounded(value: Fraction, beside: Sequence[Number]) -> Decimal:
    return round_half_up(value, decimals_beside(value, beside, INEXACT_DECIMALS))


def signed(value: Decimal, lang: str) -> str:
    """Write a number with its sign: +6.38, -0.14, 0.00."""
    return ("+" if value > 0 else "") + number(value, lang)


def day(value: date, lang: str) -> str:
    """Write a day with the month's name: 7 Februari 2024."""
    return f"{value.day} {label(f'month.{value.month}', lang)} {value.year}"


def period_words(valid: Validity, lang: str) -> str:
    """Write a period: from its first day, to its last one where it has one."""
    start = day(valid.start, lang)
    if valid.to is None:
        return label("explain.from", lang, start=start)
    return label("explain.from_to", lang, start=start, end=day(valid.to, lang))


def words_of(
    value: Value | tuple[Value, ...] | None,
    lang: str,
    unit: str = "",
    beside: Sequence[Number] = (),
) -> str:
    """Write a value for a reader; `beside` are the numbers that it is held against."""
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
            return number(value, lang, grouped=unit != YEAR_UNIT, beside=beside)
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


def data_of(
    value: Value | tuple[Value, ...] | None, lang: str, beside: Sequence[Number] = ()
) -> Tree:
    """Write a value as JSON data: exact numbers as they are, quotients as in the texts."""
    match value:
        case Text():
            return value.in_language(lang)
        case date():
            return value.isoformat()
        case Fraction():
            return _rounded(value, beside)
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


@lru_cache(KEPT)
def marks_of(rule: Rule) -> Mapping[str, tuple[Number, ...]]:
    """Return the numbers that a rule holds its fields against, by field."""
    marks: dict[str, tuple[Number, ...]] = {}
    for condition in (rule.where, rule.when):
        for leaf in leaves(condition):
            for atom in (leaf, *row_leaves(leaf)):
                if isinstance(atom, Atom):
                    numbers = tuple(_numbers(atom.operand.base))
                    marks[atom.field] = (*marks.get(atom.field, ()), *numbers)
    return marks


def _numbers(base: Constant | str | Table) -> Iterator[Number]:
    """Yield the numbers among the constants that a comparison is held against."""
    rows = base.rows if isinstance(base, Table) else ()
    for constant in (*(row.value for row in rows), base):
        value = constant.value if isinstance(constant, Constant) else None
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Decimal | Fraction):
                yield item


@lru_cache(KEPT)
def _table_units(rule: Rule) -> Mapping[str, str]:
    """Return for each table the unit of the field that is held against it."""
    fields = CATALOGUE[rule.applies_to]
    found = (leaf for condition in (rule.where, rule.when) for leaf in leaves(condition))
    return {
        leaf.operand.base.name: fields[leaf.field].unit
        for leaf in found
        if isinstance(leaf, Atom) and isinstance(leaf.operand.base, Table)
    }


def table_values(outcome: Outcome) -> dict[str, Value | tuple[Value, ...] | None]:
    """Return what each table of the rule holds for the subject; None where that is not known."""
    found = {table.name: look_up(table, outcome.fact) for table in tables(outcome.rule)}
    return {
        name: value.value if isinstance(value, Constant) else None for name, value in found.items()
    }


def fill(
    text: Text,
    outcome: Outcome,
    parameters: Mapping[str, Constant],
    lang: str,
    more: Callable[[str], str | None],
) -> str:
    """Fill the placeholders of a text with the values of an outcome.

    Args:
        text: the text in both languages.
        outcome: what the text is about.
        parameters: those of the day, by name.
        lang: "id" or "en".
        more: gives the words of other placeholders, None for those that it does not know.
    """
    template = _template(text.in_language(lang))
    words: dict[str, str] = {}
    for name in template.get_identifiers():
        found = _filling(name, outcome, parameters, lang)
        found = more(name) if found is None else found
        if found is not None:
            words[name] = found
    return " ".join(template.safe_substitute(words).split())


@lru_cache(2 * KEPT)
def _template(sentence: str) -> Template:
    return Template(sentence)


def _filling(
    name: str, outcome: Outcome, parameters: Mapping[str, Constant], lang: str
) -> str | None:
    """Write what a placeholder stands for, None where the outcome has nothing of that name."""
    rule = outcome.rule
    if tallies(rule) and name in _TALLIED:
        return tally_words(outcome, lang)[name]
    units = _table_units(rule)
    if name in units:
        return words_of(table_values(outcome)[name], lang, units[name])
    if name in parameters:
        return words_of(parameters[name].value, lang)
    field = CATALOGUE[rule.applies_to].get(name)
    if field is None or name not in outcome.fact.readings:
        return None
    words = _field_words(field, outcome, marks_of(rule).get(name, ()), lang)
    return safe(words or label("not_stated", lang))


def _field_words(field: Field, outcome: Outcome, beside: Sequence[Number], lang: str) -> str:
    value = value_of(outcome.fact.readings[field.name])
    if value is None:
        return ""
    if isinstance(value, str):
        # A sentence of the file stands inside one of ours.
        return name_of_word(outcome.rule.applies_to, field.name, value.rstrip(" ."), lang)
    words = words_of(value, lang, field.unit, beside)
    if isinstance(value, Target) and value.word is not None:
        return words
    return f"{words} {own_unit(field, outcome, lang)}".rstrip()


def own_unit(field: Field, outcome: Outcome, lang: str) -> str:
    """Name the unit that the file itself states for a value; nothing where it states none.

    A unit that only says that there is a number (`indeks`, `nilai`) is not repeated behind it.
    """
    # The unit of a field that stands in conditions only is not read: no text shows the field.
    unit = outcome.fact.readings.get(field.unit) if field.unit in OWN_UNITS else None
    value = value_of(unit) if unit else None
    if not isinstance(value, str):
        return ""
    return unit_words(value, lang)


def unit_words(unit: str, lang: str) -> str:
    """Name a unit in the language; one that is not known stays as it is."""
    term = _labels().get(f"unit.{unit.strip().lower()}")
    return term[lang] if term else unit


def name_of_word(kind: str, field: str, word: str, lang: str) -> str:
    """Name a code word of a field in the language; other texts stay as they are."""
    keys = (f"value.{kind}.{field}.{word}", f"value.{field}.{word}")
    return next((_labels()[key][lang] for key in keys if key in _labels()), word)


def tally_words(outcome: Outcome, lang: str) -> dict[str, str]:
    """Write the first count or share that the rule asks for: count, total, share in percent."""
    # The fact holds the counts of every rule on this subject; only the rule's own are meant.
    found = tallies(outcome.rule)
    if not found:
        return {}
    first = found[0]
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


def in_force_words(citation: Citation, lang: str) -> str:
    """Say from and to which day a regulation was in force; "" where no day is stated."""
    start, end = citation.start, citation.to
    key = {(True, False): "from", (False, True): "to", (True, True): "from_to"}.get(
        (start is not None, end is not None)
    )
    if key is None:
        return ""
    days = {name: day(x, lang) for name, x in (("start", start), ("end", end)) if x is not None}
    return label(f"findings.in_force_{key}", lang, **days)


def source_of(rule: Rule, rulebook: Rulebook) -> str:
    """Say whose a threshold, test or whole rule is that no regulation gives.

    Returns:
        "project" where it is that of rbrules, "author" where the rule lies in a folder of one's
        own, "" where a regulation gives it.
    """
    return "author" if rule.source and rule.id in rulebook.own else rule.source


def bases_of(cited: Iterable[str], source: str, lang: str) -> list[str]:
    """Write what a rule rests on: its citations, and that a threshold or the rule itself is ours.

    Args:
        cited: each citation in words.
        source: as of `source_of`.
        lang: "id" or "en".

    Returns:
        At least one text: where there is no basis it says so.
    """
    words = list(cited)
    if source:
        key = "own_check" if not words else f"{source}_threshold"
        words.append(label(f"findings.{key}", lang))
    return words or [label("findings.no_citation", lang)]


def threshold_words(source: str, file: str | None, citations: Iterable[Citation], lang: str) -> str:
    """Say in a text whose threshold a number is.

    Args:
        source: "project", "regulation" or "secondary".
        file: the file of an own folder that gives the number; None where it is shipped.
        citations: what the number rests on; a threshold that is ours rests on none.
        lang: "id" or "en".
    """
    if file is None and source == "project":
        return label("threshold.project", lang)
    words = label(f"threshold.{source if file is None else 'file'}", lang, file=safe(file or ""))
    cited = []
    for item in citations:
        mark = "" if item.verified else f", {label('findings.unverified', lang)}"
        cited.append(citation_text(item.jenis, item.nomor, item.tahun, item.bagian) + mark)
    return f"{words}: {safe('; '.join(cited))}" if cited else words


def citation_text(jenis: str, nomor: str, tahun: int | None, bagian: str) -> str:
    """Write a legal basis: PermenPANRB 88/2021, part."""
    numbers = "/".join(str(part) for part in (nomor, tahun) if part)
    return ", ".join(part for part in (f"{jenis} {numbers}".strip(), bagian) if part)
