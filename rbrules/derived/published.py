"""Published figures of one year, held against their parts, their range and their grade.

The same checks serve the year of the evaluation and each year of its history: they look at an
index and at the entry that the figures were printed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from rbrules.derived.wording import OR, joined, worded
from rbrules.figures import agreement, decimals_beside, half_unit, round_half_up
from rbrules.grades import bands_between, match_bands
from rbrules.index.given import number, sakip_rows
from rbrules.index.totals import combine_printed, top_level
from rbrules.model import (
    Band,
    ComponentTotal,
    Computed,
    Entry,
    Inapplicable,
    Index,
    Interval,
    Known,
    Reading,
    Text,
    Unknown,
)
from rbrules.reading import Context, Derive, index_gaps, read

Which = Literal["index", "sakip"]
"""The RB index or the SAKIP score, as the context names them."""

NO_INDEX: Final = ("/sakip",)
SHOWN_DECIMALS: Final = 2

GRADE_KEYS: Final = {"indeks_rb": "predikat", "sakip": "sakip_predikat"}
"""The key of the printed grade of each index."""

NAMES: Final = {
    "indeks_rb": Text("Indeks RB", "RB index"),
    "sakip": Text("Nilai SAKIP", "SAKIP score"),
}


def index_of(context: Context, which: Which) -> Index | None:
    """Return the RB index or the SAKIP score; None where the file says nothing of it."""
    index: Index | None = getattr(context, which)
    return index


def printed_of(context: Context) -> Entry:
    """Return the section of published figures, empty where the file has none."""
    return Entry(context.evaluation.root.get("hasil_terbit") or {}, "/hasil_terbit")


# --- the index itself --------------------------------------------------------------------------


def published(key: str) -> Derive:
    """Derive a published figure or text as it was printed."""
    return lambda context, _: read(printed_of(context), key)


def index_value(context: Context, _: Entry) -> Reading:
    """Return the index as the report shows it, rounded; unknown where it rests on a default."""
    index = context.index
    if assumed := assumptions(index, printed_of(context)):
        return Unknown(assumed)
    if index.nilai is not None:
        return Known(index.nilai, ())
    return Unknown(index_gaps(index))


def assumptions(index: Index, printed: Entry) -> tuple[str, ...]:
    """Return the places whose default values the index rests on.

    None where it rests on no default, where it is no point (the parts that are missing come
    first), or where the published index bears it out.
    """
    computed = _parts_of(index)
    if computed is None or index.nilai is None or index.dasar == "terbit":
        return ()
    value = number(printed.get(index.measures))
    confirmed = value is not None and agreement(value, computed) is True
    return () if confirmed else computed.assumed


def _parts_of(index: Index) -> Computed | None:
    """Return the index from its parts; None where nothing is given of them."""
    value = index.computed.value if isinstance(index.computed, Known) else None
    return value if isinstance(value, Computed) else None


def index_from_parts(which: Which) -> Derive:
    """Derive the index to hold against the published one.

    Printed components that contradict it do so whatever the lines make; else the lines count.
    """

    def derive(context: Context, _: Entry) -> Reading:
        index = index_of(context, which)
        if index is None:
            return Unknown(NO_INDEX)
        printed = combine_printed(index.totals)
        value = number(printed_of(context).get(index.measures))
        if printed is not None and value is not None:
            allowed = replace(printed, allowed=index.allowed)
            if agreement(value, allowed) is False:
                return Known(allowed, _printed_places(index))
        return index.computed

    return derive


def _printed_places(index: Index) -> tuple[str, ...]:
    return tuple(total.printed_pointer for total in index.totals if total.printed is not None)


def lowest_achievement(context: Context, entry: Entry) -> Reading:
    """Return the lowest achievement among the targets of the year, in percent."""
    targets = context.index.targets
    if not targets:
        return Unknown(("/target_indeks",))
    if assumed := assumptions(context.index, printed_of(context)):
        return Unknown(assumed)
    known = [(t.capaian, t.pointer) for t in targets if t.capaian is not None]
    if len(known) < len(targets):
        current = index_value(context, entry)
        zero = tuple(t.pointer for t in targets if t.nilai == 0)
        return current if isinstance(current, Unknown) else Unknown(zero)
    lowest, pointer = min(known)
    return Known(lowest, (pointer,))


def achievement_end(end: Literal["low", "high"]) -> Derive:
    """Derive what the lowest achievement is at one end of the index, in percent.

    For an index that is one number both ends are the lowest achievement. An end that rests on a
    default, or that nothing bounds, is not known.
    """

    def derive(context: Context, entry: Entry) -> Reading:
        lowest, index = lowest_achievement(context, entry), context.index
        computed = _parts_of(index)
        is_bounded = computed is not None and not computed.assumed and index.nilai is None
        bound = getattr(computed, end) if is_bounded else None
        targets = [(target.nilai, target.pointer) for target in index.targets]
        value, pointer = max(targets, default=(Decimal(0), ""))
        has_zero = not all(nilai for nilai, _ in targets)
        if bound is None or index.instrument is None or value == 0 or has_zero:
            return lowest
        share = Fraction(round_half_up(bound, index.instrument.decimals)) / Fraction(value)
        return Known(share * 100, (pointer,))

    return derive


# --- components against their parts ------------------------------------------------------------


def components_agree(which: Which) -> Derive:
    """Derive whether each printed component agrees with what its parts make.

    Void where the file gives no part of any of them: printed totals alone contradict nothing. As
    soon as it gives parts of one, those of the others are missed.
    """

    def derive(context: Context, _: Entry) -> Reading:
        index = index_of(context, which)
        totals = _testable(index)
        wrong = _disagreeing(index)
        if wrong:
            return Known(False, tuple(total.printed_pointer for total in wrong))  # noqa: FBT003
        if all(total.parts is None for total in totals):
            pointer = "/sakip/komponen" if which == "sakip" else "/hasil_terbit/komponen"
            return Inapplicable((pointer,))
        open_ = [total for total in totals if _agrees(total) is None]
        gaps = dict.fromkeys(p for total in open_ for p in _gaps_of(total))
        if open_:
            return Unknown(tuple(gaps))
        return Known(True, tuple(total.printed_pointer for total in totals))  # noqa: FBT003

    return derive


def components_that_differ(which: Which) -> Derive:
    """Name the printed components that differ from their parts, each with both figures."""

    def derive(context: Context, _: Entry) -> Reading:
        wrong = _disagreeing(index_of(context, which))
        if not wrong:
            return Inapplicable()
        pointers = tuple(total.printed_pointer for total in wrong)
        return Known(joined(_difference(total) for total in wrong), pointers)

    return derive


def _testable(index: Index | None) -> list[ComponentTotal]:
    """List the printed components for which the instrument knows parts."""
    totals = index.totals if index else ()
    return [t for t in totals if t.printed is not None and (t.parts is not None or t.missing)]


def _gaps_of(total: ComponentTotal) -> tuple[str, ...]:
    """Return what would tell whether a printed component agrees with its parts."""
    coarse = () if total.parts is None else total.parts.coarse
    return (*total.missing, *total.assumed) or (total.printed_pointer, *coarse)


def _disagreeing(index: Index | None) -> list[ComponentTotal]:
    return [total for total in _testable(index) if _agrees(total) is False]


def _agrees(total: ComponentTotal) -> bool | None:
    if total.parts is None or total.printed is None:
        return None
    return agreement(total.printed, total.parts)


def _difference(total: ComponentTotal) -> Text:
    assert total.printed is not None
    assert total.parts is not None
    return worded(
        "{name} tercetak {printed}, menurut bagiannya {parts}",
        "{name} printed as {printed}, by its parts {parts}",
        name=total.component.nama,
        printed=total.printed,
        parts=_bounds(total.parts),
    )


def _bounds(computed: Computed) -> Text:
    ends = [
        Text("tak terbatas", "open") if end is None else worded("{x}", "{x}", x=_shown(end))
        for end in (computed.low, computed.high)
    ]
    if computed.low == computed.high:
        return ends[0]
    return worded("{low} sampai {high}", "{low} to {high}", low=ends[0], high=ends[1])


def _shown(value: Fraction) -> Decimal:
    return round_half_up(value, SHOWN_DECIMALS)


# --- figures against their range ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ranged:
    """A printed figure with the highest value that it can have; None where that is unbounded."""

    name: Text
    value: Decimal
    maks: Decimal | None
    verified: bool
    pointer: str

    @property
    def strays(self) -> bool:
        """Whether the figure lies outside 0 to its maximum."""
        return self.value < 0 or (self.maks is not None and self.value > self.maks)


def within_range(which: Which) -> Derive:
    """Derive whether each printed figure lies between 0 and its maximum.

    A figure above a maximum that is not verified is neither right nor wrong.
    """

    def derive(context: Context, _: Entry) -> Reading:
        figures = list(ranged(index_of(context, which), printed_of(context)))
        wrong = [figure for figure in figures if figure.strays]
        certain = tuple(figure.pointer for figure in figures if _certain(figure))
        if certain:
            return Known(False, certain)  # noqa: FBT003
        if wrong:
            return Unknown(tuple(figure.pointer for figure in wrong))
        if not figures:
            return Inapplicable(("/hasil_terbit",))
        return Known(True, tuple(figure.pointer for figure in figures))  # noqa: FBT003

    return derive


def out_of_range(which: Which) -> Derive:
    """Name the printed figures outside their range."""

    def derive(context: Context, _: Entry) -> Reading:
        figures = ranged(index_of(context, which), printed_of(context))
        wrong = [figure for figure in figures if _certain(figure)]
        if not wrong:
            return Inapplicable()
        return Known(joined(map(stray_text, wrong)), tuple(f.pointer for f in wrong))

    return derive


def stray_text(figure: Ranged) -> Text:
    """Say how a figure leaves its range."""
    if figure.maks is None:
        return worded(
            "{name} {value} (di bawah 0)",
            "{name} {value} (below 0)",
            name=figure.name,
            value=figure.value,
        )
    return worded(
        "{name} {value} (rentang 0 sampai {maks})",
        "{name} {value} (range 0 to {maks})",
        name=figure.name,
        value=figure.value,
        maks=figure.maks,
    )


def ranged(index: Index | None, printed: Entry) -> Iterator[Ranged]:
    """List the printed totals and components of an index with their maxima.

    Without components no maximum is known; a figure is then listed only where it is below 0.
    """
    if index is None:
        return
    value = number(printed.get(index.measures))
    name, pointer = NAMES[index.measures], printed.at(index.measures)
    if not index.totals:
        if value is not None and value < 0:
            yield Ranged(name, value, None, verified=True, pointer=pointer)
        return
    for total in index.totals:
        if total.printed is not None:
            place = total.printed_pointer
            yield Ranged(total.component.nama, total.printed, total.maks, total.firm, place)
    if value is not None:
        tops = top_level(index.totals)
        whole = sum((total.maks for total in tops), Decimal(0))
        firm = all(total.firm for total in tops)
        yield Ranged(name, value, whole, firm, pointer)


# --- points and percent of one SAKIP component -------------------------------------------------


def shares_agree(context: Context, _: Entry) -> Reading:
    """Tell whether points and percent of each SAKIP component mean the same.

    Void where no component has both.
    """
    pairs = list(_shares(context))
    wrong = tuple(p for _, agrees, pointers in pairs if not agrees for p in pointers)
    if not pairs:
        return Inapplicable(("/sakip/komponen",))
    return Known(not wrong, wrong or tuple(p for _, _, pointers in pairs for p in pointers))


def shares_that_differ(context: Context, _: Entry) -> Reading:
    """Name the SAKIP components whose points and percent differ."""
    wrong = [(text, pointers) for text, agrees, pointers in _shares(context) if not agrees]
    if not wrong:
        return Inapplicable()
    pointers = tuple(p for _, pair in wrong for p in pair)
    return Known(joined(text for text, _ in wrong), pointers)


def _shares(context: Context) -> Iterator[tuple[Text, bool, tuple[str, str]]]:
    sakip = context.sakip
    if sakip is None or sakip.instrument is None:
        return
    rows = sakip_rows(context.evaluation)
    for total in sakip.totals:
        row = rows.get(total.component.kode)
        poin = number(row.get("poin")) if row else None
        persen = number(row.get("persen")) if row else None
        if row is None or poin is None or persen is None:
            continue
        share = Fraction(total.maks) / 100
        exact = Fraction(persen) * share
        slack = half_unit(poin) + half_unit(persen) * share
        agrees = abs(Fraction(poin) - exact) <= max(slack, sakip.allowed)
        text = worded(
            "{name} {poin} poin, padahal {persen} persen dari {maks} adalah {exact}",
            "{name} {poin} points, while {persen} percent of {maks} is {exact}",
            name=total.component.nama,
            poin=poin,
            persen=persen,
            maks=total.maks,
            exact=_shown(exact),
        )
        yield text, agrees, (row.at("poin"), row.at("persen"))


# --- grades ------------------------------------------------------------------------------------


def grade(which: Which) -> Derive:
    """Name the grades that the index may have; unknown where it rests on a default."""

    def derive(context: Context, _: Entry) -> Reading:
        index = index_of(context, which)
        if index is None or index.exact is None:
            return Unknown(index_gaps(index) if index else NO_INDEX)
        if assumed := assumptions(index, printed_of(context)):
            return Unknown(assumed)
        if not index.bands:
            return Inapplicable()
        return Known(" / ".join(f"{band.kode} ({band.nama})" for band in index.bands))

    return derive


def grade_agrees(which: Which, key: str) -> Derive:
    """Derive whether the published grade fits the published figure, else the index."""
    return lambda context, _: grade_fits(index_of(context, which), printed_of(context), key)


def grade_basis(which: Which) -> Derive:
    """Say in which grade the figure is that the published grade is held against."""

    def derive(context: Context, _: Entry) -> Reading:
        index, printed = index_of(context, which), printed_of(context)
        if index is None or index.exact is None or index.instrument is None:
            return Inapplicable()
        figure = number(printed.get(index.measures))
        bands = possible_bands(index, printed)
        if figure is None or isinstance(bands, Unknown):
            return Known(_graded_parts(index, index.exact, index.bands))
        alone = bands_between(index.instrument, *_around(figure))
        parts = _parts_of(index)
        decided = {_range_of(band) for band in bands} != {_range_of(band) for band in alone}
        if decided and parts is not None and parts.low is not None:
            return Known(_graded_parts(index, Interval(parts.low, parts.low), bands))
        shown = worded("{x}", "{x}", x=figure)
        return Known(_graded(_PUBLISHED[index.measures], shown, bands))

    return derive


_PUBLISHED: Final = {
    "indeks_rb": Text("indeks yang diterbitkan", "the published index"),
    "sakip": Text("nilai yang diterbitkan", "the published score"),
}
_FROM_PARTS: Final = {
    "indeks_rb": Text("indeks menurut rinciannya", "the index by its parts"),
    "sakip": Text("nilai menurut rinciannya", "the score by its parts"),
}


def _graded_parts(index: Index, exact: Interval, bands: Sequence[Band]) -> Text:
    limits = [band.above for band in bands if band.above is not None]
    ends = [
        worded("{x}", "{x}", x=round_half_up(end, decimals_beside(end, limits, SHOWN_DECIMALS)))
        for end in (exact.low, exact.high)
    ]
    shown = ends[0] if exact.is_point else joined(ends, " - ")
    return _graded(_FROM_PARTS[index.measures], shown, bands)


def _graded(what: Text, shown: Text, bands: Sequence[Band]) -> Text:
    names = [Text(*[f"{band.kode} ({band.nama})"] * 2) for band in bands]
    if not names:
        return worded(
            "{what}, yaitu {shown}, tidak termasuk predikat mana pun menurut instrumen tahun itu",
            "{what}, {shown}, is in no grade of the instrument of the year",
            what=what,
            shown=shown,
        )
    return worded(
        "{what}, yaitu {shown}, termasuk predikat {grade} menurut instrumen tahun itu",
        "{what}, {shown}, is in the grade {grade} by the instrument of the year",
        what=what,
        shown=shown,
        grade=joined(names, OR),
    )


def grade_fits(index: Index | None, printed: Entry, key: str) -> Reading:
    """Tell whether a published grade fits the figure beside it, else the index from its parts.

    A letter belongs to the figure printed beside it; whether that figure is right is another
    question, with a rule of its own.
    """
    given = read(printed, key)
    if not isinstance(given, Known):
        return given
    if index is None or index.exact is None:
        return Unknown(index_gaps(index) if index else NO_INDEX)
    if index.instrument is None:
        return Inapplicable()
    named = match_bands(index.instrument, str(given.value))
    if not named:
        return Unknown(given.pointers, str(given.value))
    possible = possible_bands(index, printed)
    if isinstance(possible, Unknown):
        return possible
    pointers = given.pointers + _pointers_of(read(printed, index.measures))
    fitting = {_range_of(band) for band in possible if band in named}
    if not fitting:
        return Known(False, pointers)  # noqa: FBT003
    if fitting == {_range_of(band) for band in possible}:
        return Known(True, pointers)  # noqa: FBT003
    # The figure is quoted, so that a reader sees why one that is there does not settle the grade.
    figure = number(printed.get(index.measures))
    return Unknown(settling(index, printed), "" if figure is None else str(figure))


def possible_bands(index: Index, printed: Entry) -> tuple[Band, ...] | Unknown:
    """Return the grades that the figure printed in an entry, else the index, may have.

    A printed figure stands for all that is rounded to it. Where its parts say more exactly where
    it lies, they count: an index printed as 70.00 whose lines make 70.003 is above 70.
    """
    if index.instrument is None:
        return ()
    bounds = _bounds_of(index, number(printed.get(index.measures)))
    if isinstance(bounds, Unknown):
        return bounds
    bands = bands_between(index.instrument, *bounds)
    return tuple(band for band in bands if not _is_refuted(band, index))


def _bounds_of(index: Index, printed: Decimal | None) -> tuple[Fraction, Fraction | None] | Unknown:
    """Return the least and the most that the true figure can be; None is unbounded."""
    parts = _parts_of(index)
    if printed is None:
        if parts is None or parts.low is None:
            return Unknown(index_gaps(index))
        if parts.assumed:
            return Unknown((*parts.missing, *parts.assumed))
        high = None if parts.high is None else parts.high + parts.reach
        return parts.low - parts.reach, high
    low, high = _around(printed)
    if parts is None or parts.assumed or parts.low is None or parts.low != parts.high:
        return low, high
    least, most = max(low, parts.low - parts.reach), min(high, parts.low + parts.reach)
    # Parts that contradict the printed figure say nothing of its grade.
    return (least, most) if least <= most else (low, high)


def _around(printed: Decimal) -> tuple[Fraction, Fraction]:
    """Return the ends of what is rounded to a printed figure."""
    half = half_unit(printed)
    return Fraction(printed) - half, Fraction(printed) + half


def settling(index: Index, printed: Entry) -> tuple[str, ...]:
    """Return where more digits, or a missing part, would settle the grade of an index."""
    own = _pointers_of(read(printed, index.measures))
    parts = _parts_of(index)
    more = () if parts is None else (*parts.coarse, *_pointers_of(index.computed))
    return tuple(dict.fromkeys((*own, *index_gaps(index), *more)))


def _pointers_of(reading: Reading) -> tuple[str, ...]:
    return reading.pointers if isinstance(reading, Known) else ()


def _range_of(band: Band) -> tuple[Decimal | None, Decimal | None]:
    return band.above, band.at_most


def _is_refuted(band: Band, index: Index) -> bool:
    """Tell whether the condition of a grade, besides its number, is known not to be met."""
    conditional = [other for other in index.bands if other.requires is not None]
    return band.requires is not None and bool(conditional) and band not in conditional


def wording_agrees(context: Context, _: Entry) -> Reading:
    """Tell whether letter and wording of the published grade name the same grade."""
    return wording_fits(context.index, printed_of(context))


def wording_fits(index: Index, printed: Entry) -> Reading:
    """Tell whether `predikat` and `sebutan` of one entry name the same grade."""
    letter, wording = read(printed, "predikat"), read(printed, "sebutan")
    gaps = [reading for reading in (letter, wording) if isinstance(reading, Unknown)]
    if gaps:
        return Unknown(tuple(pointer for gap in gaps for pointer in gap.pointers))
    if index.instrument is None:
        return Inapplicable()
    assert isinstance(letter, Known)
    assert isinstance(wording, Known)
    named = [match_bands(index.instrument, str(reading.value)) for reading in (letter, wording)]
    for reading, bands in zip((letter, wording), named, strict=True):
        if not bands:
            return Unknown(reading.pointers, str(reading.value))
    pointers = letter.pointers + wording.pointers
    return Known(bool(set(named[0]) & set(named[1])), pointers)


def faults(index: Index, printed: Entry) -> Iterator[Text]:
    """Say what is wrong with the figures printed in one entry, as far as it can be tested."""
    value = number(printed.get(index.measures))
    parts = _parts_of(index)
    name = NAMES[index.measures]
    if value is not None and parts is not None and agreement(value, parts) is False:
        yield worded(
            "{name} {value}, menurut komponennya {parts}",
            "{name} {value}, by its components {parts}",
            name=name,
            value=value,
            parts=_bounds(parts),
        )
    yield from map(_difference, _disagreeing(index))
    yield from map(stray_text, filter(_certain, ranged(index, printed)))
    for key in _grade_keys(index, printed):
        if _is_false(grade_fits(index, printed, key)):
            yield worded(
                '{name} {value} dengan predikat "{text}"',
                '{name} {value} with the grade "{text}"',
                name=name,
                value=_figure_text(value, parts),
                text=str(printed.get(key)),
            )
    if index.measures == "indeks_rb" and _is_false(wording_fits(index, printed)):
        yield worded(
            'predikat "{letter}" dengan sebutan "{wording}"',
            'grade "{letter}" with the wording "{wording}"',
            letter=str(printed.get("predikat")),
            wording=str(printed.get("sebutan")),
        )


def _figure_text(value: Decimal | None, parts: Computed | None) -> Decimal | Text:
    """Show a printed index, else what its parts make."""
    if value is not None:
        return value
    assert parts is not None, "without either no grade is held against anything"
    return _bounds(parts)


def _is_false(reading: Reading) -> bool:
    return isinstance(reading, Known) and reading.value is False


def _grade_keys(index: Index, printed: Entry) -> tuple[str, ...]:
    """Return the key that holds the grade of an index; a wording counts where no letter does."""
    key = GRADE_KEYS[index.measures]
    if index.measures == "indeks_rb" and not isinstance(read(printed, key), Known):
        return ("sebutan",)
    return (key,)


def is_tested(index: Index, printed: Entry) -> bool:
    """Tell whether an entry prints anything that `faults` can test."""
    grades = [grade_fits(index, printed, key) for key in _grade_keys(index, printed)]
    readings = (*grades, wording_fits(index, printed))
    figures = list(ranged(index, printed))
    return bool(figures) or any(isinstance(reading, Known) for reading in readings)


def is_open(index: Index, printed: Entry) -> bool:
    """Tell whether an entry prints figures or a grade of which `faults` cannot tell all.

    A sum with a part missing, a figure above a maximum that is not verified, a grade that the
    figures leave open, a text that names no grade.
    """
    value, parts = number(printed.get(index.measures)), _parts_of(index)
    if value is not None and parts is not None and agreement(value, parts) is None:
        return True
    made = (total for total in _testable(index) if total.parts is not None)
    if any(_agrees(total) is None for total in made):
        return True
    if any(figure.strays and not _certain(figure) for figure in ranged(index, printed)):
        return True
    given = [key for key in _grade_keys(index, printed) if isinstance(read(printed, key), Known)]
    readings = [grade_fits(index, printed, key) for key in given if index.exact is not None]
    return bool(nameless(index, printed)) or any(isinstance(r, Unknown) for r in readings)


def nameless(index: Index, printed: Entry) -> tuple[str, ...]:
    """Quote the grades printed in an entry that no grade of the instrument is called by."""
    if index.instrument is None:
        return ()
    keys = ("predikat", "sebutan") if index.measures == "indeks_rb" else ("sakip_predikat",)
    given = [reading for key in keys if isinstance(reading := read(printed, key), Known)]
    texts = (str(reading.value) for reading in given)
    return tuple(text for text in texts if not match_bands(index.instrument, text))


def _certain(figure: Ranged) -> bool:
    """Tell whether a figure is out of its range for certain."""
    return figure.strays and (figure.verified or figure.value < 0)
