"""Earlier years: the change on the year before, and figures that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from rbrules.derived.published import (
    NAMES,
    assumptions,
    faults,
    has_doubts,
    index_value,
    is_tested,
    printed_of,
)
from rbrules.derived.wording import joined, worded
from rbrules.grades import match_bands
from rbrules.index.compute import compute_indexes
from rbrules.model import Entry, Inapplicable, Known, Reading, Text, Unknown
from rbrules.reading import Context

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
    """Tell whether the file gives differing values of one figure of one year."""
    found = list(_conflicts(context))
    if found:
        return Known(True, tuple(p for c in found for _, p in c.values))  # noqa: FBT003
    if not entry.entries("riwayat"):
        return Unknown(PLACE)
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
    given: dict[tuple[int, str], list[tuple[Decimal | str, str]]] = {}
    sources = [(context.tahun, printed_of(context))]
    sources += [(int(e.get("tahun")), e) for e in context.evaluation.root.entries("riwayat")]
    for tahun, entry in sources:
        for key, value, pointer in _figures(entry):
            given.setdefault((tahun, key), []).append((value, pointer))
    components = (c for instrument in context.rulebook.instruments for c in instrument.components)
    names = {**{c.kode: c.nama for c in components}, **NAMES, **WORD_NAMES}
    for (tahun, key), values in sorted(given.items()):
        differ = _words_differ if key in WORDS else _numbers_differ
        if differ(context, tahun, key, [value for value, _ in values]):
            name = names.get(key, Text(key, key))
            yield _Conflict(tahun, name, tuple(sorted(values, key=_order)))


def _order(pair: tuple[Decimal | str, str]) -> tuple[Decimal, str, str]:
    value, pointer = pair
    return (value if isinstance(value, Decimal) else Decimal(0), str(value), pointer)


def _figures(entry: Entry) -> Iterator[tuple[str, Decimal | str, str]]:
    """List the figures and grades of one year; a component counts wherever it is printed."""
    for key, raw in entry.tree.items():
        if isinstance(raw, int | Decimal) and key != "tahun":
            yield key, Decimal(raw), entry.at(key)
        elif isinstance(raw, str) and key in WORDS:
            yield key, raw, entry.at(key)
    for key, raw in (entry.get("komponen") or {}).items():
        if raw is not None:
            yield key, Decimal(raw), entry.at("komponen", key)


def _numbers_differ(_: Context, _tahun: int, _key: str, values: list[Decimal | str]) -> bool:
    return len(set(values)) > 1


def _words_differ(context: Context, tahun: int, key: str, values: list[Decimal | str]) -> bool:
    """Tell whether texts name different grades; a text that names none contradicts nothing."""
    instrument = context.rulebook.instrument(
        WORDS[key], context.evaluation.kelompok, date(tahun, 12, 31)
    )
    if instrument is None:
        return False
    named = [{band.kode for band in match_bands(instrument, str(value))} for value in values]
    known = [codes for codes in named if codes]
    return any(not one & other for one in known for other in known)


# --- each earlier year on its own --------------------------------------------------------------


def years_hold(context: Context, _: Entry) -> Reading:
    """Tell whether the figures of each earlier year fit each other.

    Void where nothing is printed that could be tested; unknown where a figure is above a maximum
    that is not verified.
    """
    years = _years(context)
    wrong = tuple(year.row.pointer for year in years if year.faults)
    if wrong:
        return Known(False, wrong)  # noqa: FBT003
    doubtful = tuple(year.row.pointer for year in years if year.doubtful)
    if doubtful:
        return Unknown(doubtful)
    tested = tuple(year.row.pointer for year in years if year.tested)
    return Known(True, tested) if tested else Inapplicable(PLACE)  # noqa: FBT003


def faults_of_years(context: Context, _: Entry) -> Reading:
    """Say for each earlier year what does not fit."""
    wrong = [year for year in _years(context) if year.faults]
    if not wrong:
        return Inapplicable()
    phrases = []
    for year in wrong:
        tahun = str(year.row.get("tahun"))
        phrases.append(joined((Text(tahun, tahun), joined(year.faults)), ": "))
    phrases.sort(key=lambda phrase: phrase.id)
    return Known(joined(phrases), tuple(year.row.pointer for year in wrong))


@dataclass(frozen=True, slots=True)
class _Year:
    """One entry of the history, and what the checks of published figures say of it."""

    row: Entry
    faults: tuple[Text, ...]
    tested: bool
    doubtful: bool


def _years(context: Context) -> list[_Year]:
    """Compute each earlier year by the instrument of that year, and test its figures."""
    evaluation = context.evaluation
    years = []
    for row in evaluation.root.entries("riwayat"):
        tahun = int(row.get("tahun"))
        figures = {key: raw for key, raw in row.tree.items() if key not in {"tahun", "sumber"}}
        root = Entry({"tahun": tahun, "hasil_terbit": figures}, "")
        earlier = replace(evaluation, root=root, tahun=tahun)
        both = compute_indexes(earlier, context.rulebook, date(tahun, 12, 31))
        indexes = [index for index in both if index]
        years.append(
            _Year(
                row=row,
                faults=tuple(text for index in indexes for text in faults(index, row)),
                tested=any(is_tested(index, row) for index in indexes),
                doubtful=any(has_doubts(index, row) for index in indexes),
            )
        )
    return years
