"""Planning indicators: where they stand, how they hang together, what backs their results."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from rbrules.derived.wording import joined, worded
from rbrules.figures import same_figure
from rbrules.model import Entry, Inapplicable, Known, Reading, Target, Text, Unknown
from rbrules.reading import LEVELS, PROGRAMS, Context, Derive, as_target, read, read_target

SERIES: Final = frozenset({"renstra", "perjanjian_kinerja", "renja", "dpa"})
"""The documents of which an indicator may give targets."""
QUARTER_ENDS: Final = ((3, 31), (6, 30), (9, 30), (12, 31))
YEARLY: Final = "tahunan"
NUMERALS: Final = ("I", "II", "III", "IV")
QUARTERS_OF: Final = {"semesteran": 2}
"""How many quarters lie between two measurements; one where the frequency is not stated."""


# --- where an indicator stands -----------------------------------------------------------------


def stands_in(document: str) -> Derive:
    """Derive whether the indicator stands in a document; the list is complete where given.

    A target of the year that is given for a document shows that the indicator stands there, even
    where the list leaves the document out.
    """

    def derive(context: Context, entry: Entry) -> Reading:
        listed = entry.get("dimuat")
        pointer = entry.at("dimuat")
        if listed is None:
            return Unknown((pointer,))
        if document not in listed and document in SERIES:
            target = read_target(entry, document, context.year)
            if isinstance(target, Known):
                return Known(True, (pointer, *target.pointers))  # noqa: FBT003
        return Known(document in listed, (pointer,))

    return derive


# --- the performance tree ----------------------------------------------------------------------


def _parent(context: Context, entry: Entry) -> Entry | Unknown:
    induk = entry.get("induk")
    return Unknown((entry.at("induk"),)) if induk is None else context.planning.by_id[induk]


def parent_level(context: Context, entry: Entry) -> Reading:
    """Name the level of the parent."""
    parent = _parent(context, entry)
    return parent if isinstance(parent, Unknown) else read(parent, "jenjang")


def parent_fits(context: Context, entry: Entry) -> Reading:
    """Tell whether the parent stands on the next higher level.

    Void for the highest level, unless the row names a parent of its own unit: nothing of one tree
    stands above a goal, but the goal of a unit may serve an objective of the agency.
    """
    own, above = read(entry, "jenjang"), parent_level(context, entry)
    if isinstance(own, Known) and own.value == LEVELS[0] and not _is_below_own(context, entry):
        return Inapplicable(own.pointers)
    if not (isinstance(own, Known) and isinstance(above, Known)):
        gaps = (r.pointers for r in (own, above) if isinstance(r, Unknown))
        return Unknown(tuple(pointer for pointers in gaps for pointer in pointers))
    steps = LEVELS.index(str(own.value)) - LEVELS.index(str(above.value))
    return Known(steps == 1, (entry.at("induk"), *own.pointers, *above.pointers))


def _is_below_own(context: Context, entry: Entry) -> bool:
    """Tell whether the row names a parent that belongs to the same unit."""
    parent = _parent(context, entry)
    return not isinstance(parent, Unknown) and parent.get("unit") == entry.get("unit")


def has_parents(context: Context, _: Entry) -> Reading:
    """Tell whether any row of the file names a parent."""
    return Known(bool(context.planning.children), ("/kinerja",))


def count_children(context: Context, entry: Entry) -> Reading:
    """Count the rows of a lower level that name this one as parent.

    A row that names it and stands no lower is no child: the tree is upside down there. None is
    known only where no row that may lie below leaves its parent or its level open.
    """
    planning = context.planning
    named = planning.children.get(entry.get("id"), ())
    own = entry.get("jenjang")
    if own is None and named:
        return Unknown((entry.at("jenjang"),))
    below = tuple(row.at("induk") for row in named if _is_lower(row.get("jenjang"), own))
    if below:
        return Known(Decimal(len(below)), below)
    levels = tuple(row.at("jenjang") for row in named if row.get("jenjang") is None)
    place = entry.at("induk")
    loose = tuple(pointer for pointer in planning.loose[own] if pointer != place)
    gaps = (*levels, *loose)
    return Unknown(gaps) if gaps else Known(Decimal(0), ("/kinerja",))


def _is_lower(jenjang: str | None, own: str | None) -> bool:
    return None not in {jenjang, own} and LEVELS.index(str(jenjang)) > LEVELS.index(str(own))


def has_programs(context: Context, entry: Entry) -> Reading:
    """Tell whether the file lists programs or activities of the same unit."""
    planning, unit = context.planning, entry.get("unit")
    if unit in planning.programs or entry.get("jenjang") in PROGRAMS:
        return Known(True, ("/kinerja",))  # noqa: FBT003
    gaps = planning.open_programs.get(None, ())
    if unit is not None:
        gaps = (*planning.open_programs.get(unit, ()), *gaps)
    elif planning.programs or planning.open_programs:
        gaps = (entry.at("unit"), *gaps)
    return Unknown(tuple(dict.fromkeys(gaps))) if gaps else Known(False, ("/kinerja",))  # noqa: FBT003


# --- results -----------------------------------------------------------------------------------


def empty_quarters(context: Context, entry: Entry) -> Reading:
    """Count the quarters or half-years that ended before the day of the check and have no result.

    Every quarter has to have one, the second and the fourth of an indicator that can be measured
    each half-year. Void for one that can be measured once a year: its quarters hold nothing.
    """
    frekuensi = entry.get("frekuensi")
    if frekuensi == YEARLY:
        return Inapplicable((entry.at("frekuensi"),))
    pointer = (entry.at("triwulan", context.year),)
    if entry.get("triwulan", context.year) is None:
        return Unknown(pointer)
    return Known(Decimal(len(_empty_periods(context, entry))), pointer)


def only_year_end_empty(context: Context, entry: Entry) -> Reading:
    """Tell whether the missing result of the year is all that is missing of its periods.

    True where the last period alone is over without a result, the year has none either, and the
    performance agreement sets a target: who reports the year's result mends both. False where the
    file gives no periods; void for an indicator that can be measured once a year.
    """
    if entry.get("frekuensi") == YEARLY:
        return Inapplicable((entry.at("frekuensi"),))
    last = len(QUARTER_ENDS) // QUARTERS_OF.get(entry.get("frekuensi"), 1)
    is_all = (
        _empty_periods(context, entry) == [last]
        and entry.get("realisasi", context.year) is None
        and entry.get("perjanjian_kinerja", context.year) is not None
        and not _without_agreement(context, entry)
    )
    pointers = (entry.at("triwulan", context.year), entry.at("realisasi", context.year))
    return Known(is_all, pointers)


def _without_agreement(context: Context, entry: Entry) -> bool:
    """Tell whether the file states that the unit has no performance agreement."""
    return any(
        unit.get("dokumen", "perjanjian_kinerja", "ada") is False
        for unit in context.evaluation.root.entries("unit")
        if unit.get("id") == entry.get("unit")
    )


def named_empty_periods(context: Context, entry: Entry) -> Reading:
    """Name these quarters, or half-years: by what the file says of the frequency."""
    numbers = [] if entry.get("frekuensi") == YEARLY else _empty_periods(context, entry)
    if not numbers:
        return Inapplicable()
    period = _period(entry)
    listed = ", ".join(NUMERALS[number - 1] for number in numbers)
    words = worded("{period} {n}", "{period} {n}", period=period, n=listed)
    return Known(words, (entry.at("triwulan", context.year),))


def period_measured(_: Context, entry: Entry) -> Reading:
    """Name the period in which the indicator has to be measured once."""
    return Known(_period(entry), (entry.at("frekuensi"),))


def _period(entry: Entry) -> Text:
    half = entry.get("frekuensi") in QUARTERS_OF
    return Text("semester", "half-year") if half else Text("triwulan", "quarter")


def _empty_periods(context: Context, entry: Entry) -> list[int]:
    """List the numbers of the periods that are over and have no result; [] where none is known."""
    quarters = entry.get("triwulan", context.year)
    if quarters is None:
        return []
    step = QUARTERS_OF.get(entry.get("frekuensi"), 1)
    due = list(zip(quarters, QUARTER_ENDS, strict=True))[step - 1 :: step]
    return [
        number
        for number, (result, end) in enumerate(due, 1)
        if result is None and date(context.tahun, *end) < context.as_of
    ]


def others_agree(context: Context, entry: Entry) -> Reading:
    """Tell whether other documents print the same result, to the digits that they print.

    False as soon as two of the figures cannot both be right; void where none is printed elsewhere.
    """
    rows = _other_rows(context, entry)
    if not isinstance(rows, list):
        return rows
    own = read_target(entry, "realisasi", context.year)
    stray = [pointer for _, _, pointer in _strays(rows, own, entry)]
    if stray:
        return Known(False, (*_pointers(own), *stray))  # noqa: FBT003
    gaps = list(own.pointers) if isinstance(own, Unknown) else []
    for row in rows:
        is_open = row.get("nilai") is None
        if is_open or (isinstance(own, Known) and _same(own, _figure(row, entry)) is None):
            gaps.append(row.at("nilai"))
    pointers = tuple(row.at("nilai") for row in rows)
    return Unknown(tuple(gaps)) if gaps else Known(True, (*_pointers(own), *pointers))  # noqa: FBT003


def others_that_differ(context: Context, entry: Entry) -> Reading:
    """Name the documents that print another result, each with it."""
    rows = _other_rows(context, entry)
    if not isinstance(rows, list):
        return Inapplicable()
    strays = list(_strays(rows, read_target(entry, "realisasi", context.year), entry))
    if not strays:
        return Inapplicable()
    words = joined(
        worded("{document}: {value}", "{document}: {value}", document=document, value=_shown(value))
        for document, value, _ in strays
    )
    return Known(words, tuple(pointer for *_, pointer in strays))


def _other_rows(context: Context, entry: Entry) -> list[Entry] | Reading:
    rows = entry.get("realisasi_lain", context.year)
    pointer = entry.at("realisasi_lain", context.year)
    if rows is None:
        return Unknown((pointer,))
    if not rows:
        return Inapplicable((pointer,))
    return [Entry(row, f"{pointer}/{index}") for index, row in enumerate(rows)]


def _figure(row: Entry, entry: Entry) -> Known:
    return Known(as_target(row.get("nilai"), entry), (row.at("nilai"),))


def _strays(rows: list[Entry], own: Reading, entry: Entry) -> Iterator[tuple[str, Target, str]]:
    """Yield document, value and place of each figure that differs from the result.

    Where none differs from it, or the file does not give it, those that differ from each other:
    76.25 and 76.34 may each be 76.3, but not both.
    """
    figures = [(row, _figure(row, entry)) for row in rows if row.get("nilai") is not None]
    differing = [
        (row, figure)
        for row, figure in figures
        if isinstance(own, Known) and _same(own, figure) is False
    ]
    for row, figure in differing or _at_odds(figures):
        assert isinstance(figure.value, Target)
        yield row.get("dokumen"), figure.value, row.at("nilai")


def _at_odds(figures: list[tuple[Entry, Known]]) -> list[tuple[Entry, Known]]:
    """List the figures that differ from another one of the list."""
    return [
        (row, figure)
        for row, figure in figures
        if any(_same(figure, other) is False for _, other in figures)
    ]


def _same(one: Known, other: Known) -> bool | None:
    """Tell whether two figures may be one value as printed; None for a word and a number."""
    first, second = one.value, other.value
    assert isinstance(first, Target)
    assert isinstance(second, Target)
    if (first.word is None) != (second.word is None):
        return None
    if first.word is not None:
        return first.low == second.low
    return same_figure(first.low, second.low)


def _shown(value: Target) -> Decimal | str:
    return value.word if value.word is not None else value.low


def _pointers(reading: Reading) -> tuple[str, ...]:
    return reading.pointers if isinstance(reading, Known) else ()


def has_analysis(context: Context, entry: Entry) -> Reading:
    """Tell that the file gives the analysis of the year; it cannot say that there is none."""
    pointer = (entry.at("analisis", context.year),)
    given = entry.get("analisis", context.year) is not None
    return Known(True, pointer) if given else Unknown(pointer)  # noqa: FBT003


def analysis(key: str) -> Derive:
    """Derive a text of the analysis of the year."""
    return lambda context, entry: read(entry, "analisis", context.year, key)
