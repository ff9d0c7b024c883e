"""Earlier years: whether the figures printed of each fit each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from rbrules.derived.history import PLACE, WORDS, printed_numbers, scales, sources_of
from rbrules.derived.published import faults, is_open, is_tested, nameless
from rbrules.derived.wording import joined
from rbrules.figures import finest
from rbrules.grades import folded, named_grades
from rbrules.index.compute import compute_indexes
from rbrules.model import Entry, Inapplicable, Known, Reading, Text, Tree, Unknown
from rbrules.reading import Context, read

TOTALS = ("indeks_rb", "sakip")
"""Figures that stand beside the components of an entry; every other figure is one of these."""


def years_hold(context: Context, _: Entry) -> Reading:
    """Tell whether the figures of each earlier year fit each other.

    Void where nothing is printed that could be tested; unknown where a part is missing, where a
    figure is above a maximum that is not verified, or where a text names no grade.
    """
    judged = list(_judged(context))
    wrong = [item for item in judged if item.faults]
    if wrong:
        return Known(False, _places(wrong))  # noqa: FBT003
    unsure = [item for item in judged if item.open]
    if unsure:
        texts = dict.fromkeys(text for item in unsure for text in item.nameless)
        return Unknown(_places(unsure), "; ".join(texts))
    tested = [item for item in judged if item.tested]
    return Known(True, _places(tested)) if tested else Inapplicable(PLACE)  # noqa: FBT003


def faults_of_years(context: Context, _: Entry) -> Reading:
    """Say for each earlier year what does not fit."""
    wrong = [item for item in _judged(context) if item.faults]
    if not wrong:
        return Inapplicable()
    by_year: dict[int, dict[Text, None]] = {}
    for item in sorted(wrong, key=lambda item: (item.tahun, [text.id for text in item.faults])):
        by_year.setdefault(item.tahun, {}).update(dict.fromkeys(item.faults))
    phrases = [
        joined((Text(str(tahun), str(tahun)), joined(texts)), ": ")
        for tahun, texts in by_year.items()
    ]
    return Known(joined(phrases), _places(wrong))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the checks of published figures say of one entry, or of all entries of one year."""

    tahun: int
    places: tuple[str, ...]
    faults: tuple[Text, ...]
    tested: bool
    open: bool
    nameless: tuple[str, ...]


def _places(items: Iterable[_Judged]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place for item in items for place in item.places))


def _judged(context: Context) -> Iterator[_Judged]:
    """Judge each entry of the history, then those of one year together.

    What the published figures of the evaluation are on their own is the business of other rules;
    here they count together with entries of the same year.
    """
    by_year: dict[int, list[Entry]] = {}
    for tahun, entry in sources_of(context):
        by_year.setdefault(tahun, []).append(entry)
    for tahun, entries in sorted(by_year.items()):
        alone = [_judge(context, tahun, entry, (entry.pointer,)) for entry in entries]
        rows = [item for item in alone if item.places[0].startswith(PLACE[0])]
        yield from rows
        if rows and len(entries) > 1:
            yield _judge_together(context, tahun, entries, alone)


def _judge_together(
    context: Context, tahun: int, entries: list[Entry], alone: list[_Judged]
) -> _Judged:
    """Judge what all entries of a year print; faults that one of them has alone are told there.

    Of a figure or grade that they contradict each other in, none can be held against the others.
    """
    tree, agree = _together(context, tahun, entries)
    places = tuple(place for item in alone for place in item.places)
    whole = _judge(context, tahun, Entry(tree, ""), places)
    told = {text for item in alone for text in item.faults}
    faults_ = tuple(text for text in whole.faults if text not in told)
    return replace(whole, faults=faults_, open=whole.open or not agree)


def _together(context: Context, tahun: int, entries: list[Entry]) -> tuple[Tree, bool]:
    """Put the figures and grades of several entries into one; say whether they all agree."""
    figures: dict[str, list[Decimal]] = {}
    for entry in entries:
        for key, value, _ in printed_numbers(entry):
            figures.setdefault(key, []).append(value)
    numbers = {key: finest(values) for key, values in figures.items()}
    texts = {key: _texts(entries, key) for key in WORDS}
    words = {
        key: _one_grade(context, WORDS[key], tahun, given) for key, given in texts.items() if given
    }
    letter, wording = (words.get(key) for key in ("predikat", "sebutan"))
    if letter and wording and _one_grade(context, "indeks_rb", tahun, [letter, wording]) is None:
        # That sources name different grades is told as a conflict of the year.
        words["sebutan"] = None
    parts = {key: value for key, value in numbers.items() if key not in TOTALS}
    tops = {key: value for key, value in numbers.items() if key in TOTALS}
    agree = None not in (*numbers.values(), *words.values())
    return {**tops, **words, "komponen": parts}, agree


def _texts(entries: Iterable[Entry], key: str) -> list[str]:
    readings = (read(entry, key) for entry in entries)
    return sorted(str(reading.value) for reading in readings if isinstance(reading, Known))


def _one_grade(context: Context, measures: str, tahun: int, texts: list[str]) -> str | None:
    """Return the text that stands for all of `texts`; None where they name different grades."""
    if len({folded(text) for text in texts}) == 1:
        return texts[0]
    codes = [named_grades(scales(context, measures, tahun), text) for text in texts]
    return texts[0] if frozenset.intersection(*codes) else None


def _judge(context: Context, tahun: int, entry: Entry, places: tuple[str, ...]) -> _Judged:
    """Compute the indexes of a year by its instrument and test the figures of an entry."""
    figures = {key: raw for key, raw in entry.tree.items() if key not in {"tahun", "sumber"}}
    root: dict[str, Tree] = {"tahun": tahun, "hasil_terbit": figures}
    if tahun == context.tahun:
        root["instrumen"] = context.evaluation.root.get("instrumen")
    earlier = replace(context.evaluation, root=Entry(root, ""), tahun=tahun)
    both = compute_indexes(earlier, context.rulebook, date(tahun, 12, 31))
    indexes = [index for index in both if index]
    return _Judged(
        tahun=tahun,
        places=places,
        faults=tuple(text for index in indexes for text in faults(index, entry)),
        tested=any(is_tested(index, entry) for index in indexes),
        open=any(is_open(index, entry) for index in indexes),
        nameless=tuple(text for index in indexes for text in nameless(index, entry)),
    )
