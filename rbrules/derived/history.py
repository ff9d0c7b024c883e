"""Earlier years: the change on the year before, and figures that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Final

from rbrules.derived.published import NAMES, assumptions, index_value, printed_of
from rbrules.derived.wording import joined, worded
from rbrules.figures import finest
from rbrules.grades import folded, named_grades
from rbrules.model import Entry, Inapplicable, Instrument, Known, Reading, Text, Unknown
from rbrules.reading import Context, read

PLACE: Final = ("/riwayat",)
WORDS: Final = {"predikat": "indeks_rb", "sebutan": "indeks_rb", "sakip_predikat": "sakip"}
"""The keys that hold a grade in words, and the index that it belongs to."""
WORD_NAMES: Final = {
    "predikat": Text("Predikat Indeks RB", "Grade of the RB index"),
    "sebutan": Text("Sebutan predikat Indeks RB", "Wording of the grade of the RB index"),
    "sakip_predikat": Text("Predikat SAKIP", "SAKIP grade"),
}


# --- the year before ---------------------------------------------------------------------------


def last_year(context: Context, _: Entry) -> Reading:
    """Return the index of the year before."""
    last = context.index.last_year
    if last is None:
        return Unknown(PLACE)
    if last.nilai is None:
        return Unknown(PLACE, "nilai yang berbeda")
    return Known(last.nilai, PLACE)


def change(context: Context, entry: Entry) -> Reading:
    """Return the change of the index on the year before."""
    last = context.index.last_year
    if assumed := assumptions(context.index, printed_of(context)):
        return Unknown(assumed)
    if last is None or last.selisih is None:
        previous, current = last_year(context, entry), index_value(context, entry)
        return previous if isinstance(previous, Unknown) else current
    return Known(last.selisih, PLACE)


def comparable(context: Context, _: Entry) -> Reading:
    """Tell whether the instruments of the two years may be compared."""
    last = context.index.last_year
    return Unknown(PLACE) if last is None else Known(last.sebanding, PLACE)


# --- one figure given twice --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Differing values of one figure of one year, sorted, each with its place."""

    tahun: int
    name: Text
    values: tuple[tuple[Decimal | str, str], ...]


def conflicts(context: Context, entry: Entry) -> Reading:
    """Tell whether the file gives differing values of one figure of one year.

    Unknown where two sources print differing grades of which one is in no list of grades.
    """
    found = list(_conflicts(context))
    if found:
        return Known(True, tuple(p for c in found for _, p in c.values))  # noqa: FBT003
    if not entry.entries("riwayat"):
        return Unknown(PLACE)
    strange = [word for words in _words(context).values() for word in _strange_words(words)]
    if strange:
        texts = dict.fromkeys(str(word.text) for word in strange)
        return Unknown(tuple(word.pointer for word in strange), "; ".join(texts))
    return Known(False, PLACE)  # noqa: FBT003


def conflicting_values(context: Context, _: Entry) -> Reading:
    """Name every figure with differing values, its year and the values."""
    found = list(_conflicts(context))
    if not found:
        return Inapplicable()
    pointers = tuple(pointer for conflict in found for _, pointer in conflict.values)
    return Known(joined(map(_conflict_text, found)), pointers)


def _conflict_text(conflict: _Conflict) -> Text:
    shown = dict.fromkeys(str(value) for value, _ in conflict.values)
    by_word = {str(value): value for value, _ in conflict.values}
    values = joined((worded("{x}", "{x}", x=by_word[word]) for word in shown), " / ")
    return worded(
        "{name} {tahun}: {values}",
        "{name} {tahun}: {values}",
        name=conflict.name,
        tahun=str(conflict.tahun),
        values=values,
    )


def _conflicts(context: Context) -> Iterator[_Conflict]:
    components = (c for instrument in context.rulebook.instruments for c in instrument.components)
    names = {**{c.kode: c.nama for c in components}, **NAMES, **WORD_NAMES}
    given: dict[tuple[int, str], list[tuple[Decimal | str, str]]] = {}
    for (tahun, key), figures in _numbers(context).items():
        if finest(value for value, _ in figures) is None:
            given[tahun, key] = list(figures)
    for (tahun, _), words in _words(context).items():
        if _contradict(words):
            given[tahun, words[0].key] = [(word.text, word.pointer) for word in words]
    for (tahun, key), values in sorted(given.items()):
        yield _Conflict(tahun, names.get(key, Text(key, key)), tuple(sorted(values, key=_order)))


def sources_of(context: Context) -> list[tuple[int, Entry]]:
    """List the entries that print figures of a year, that of the evaluation first."""
    rows = context.evaluation.root.entries("riwayat")
    return [(context.tahun, printed_of(context)), *((int(row.get("tahun")), row) for row in rows)]


def _numbers(context: Context) -> dict[tuple[int, str], list[tuple[Decimal, str]]]:
    given: dict[tuple[int, str], list[tuple[Decimal, str]]] = {}
    for tahun, entry in sources_of(context):
        for key, value, pointer in printed_numbers(entry):
            given.setdefault((tahun, key), []).append((value, pointer))
    return given


@dataclass(frozen=True, slots=True)
class _Word:
    """A grade in words, where it stands, and the codes of the grades that it may name."""

    key: str
    text: str
    source: int
    pointer: str
    codes: frozenset[str]


def _words(context: Context) -> dict[tuple[int, str], list[_Word]]:
    """Gather the grades of each year and index, letters before wordings."""
    given: dict[tuple[int, str], list[_Word]] = {}
    for source, (tahun, entry) in enumerate(sources_of(context)):
        for key, measures in WORDS.items():
            reading = read(entry, key)
            if isinstance(reading, Known):
                text = str(reading.value)
                codes = named_grades(scales(context, measures, tahun), text)
                word = _Word(key, text, source, entry.at(key), codes)
                given.setdefault((tahun, measures), []).append(word)
    order = list(WORDS)
    return {
        place: sorted(words, key=lambda word: (order.index(word.key), word.source))
        for place, words in given.items()
    }


def scales(context: Context, measures: str, tahun: int) -> tuple[Instrument, ...]:
    """Return the instruments whose grades a text of a year may name.

    That of the year; without one all that there are: BB is not B, whatever the year.
    """
    rulebook = context.rulebook
    own = rulebook.instrument(measures, context.evaluation.kelompok, date(tahun, 12, 31))
    return (own,) if own else tuple(i for i in rulebook.instruments if i.measures == measures)


def _across(words: Iterable[_Word]) -> Iterator[tuple[_Word, _Word]]:
    """Pair the words of different sources; those of one are another rule's business."""
    return ((one, two) for one, two in combinations(words, 2) if one.source != two.source)


def _contradict(words: Iterable[_Word]) -> bool:
    return any(a.codes and b.codes and not a.codes & b.codes for a, b in _across(words))


def _strange_words(words: Iterable[_Word]) -> list[_Word]:
    """List the words that name no grade and differ from what another source prints."""
    differing = [pair for pair in _across(words) if folded(pair[0].text) != folded(pair[1].text)]
    strange = {word.pointer: word for pair in differing for word in pair if not word.codes}
    return [strange[pointer] for pointer in sorted(strange)]


def _order(pair: tuple[Decimal | str, str]) -> tuple[Decimal, str, str]:
    value, pointer = pair
    return (value if isinstance(value, Decimal) else Decimal(0), str(value), pointer)


def printed_numbers(entry: Entry) -> Iterator[tuple[str, Decimal, str]]:
    """List the figures of one entry; a component counts wherever it is printed."""
    for key, raw in entry.tree.items():
        if isinstance(raw, int | Decimal) and key != "tahun":
            yield key, Decimal(raw), entry.at(key)
    for key, raw in (entry.get("komponen") or {}).items():
        if raw is not None:
            yield key, Decimal(raw), entry.at("komponen", key)
