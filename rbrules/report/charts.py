"""The geometry of the charts: numbers of the report tree to places in percent of a width."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

from rbrules.figures import round_half_up
from rbrules.model import Number, Tree

TICKS: Final = 20
"""Index points between two marks of the scale."""

FULL: Final = 100
"""Index points that a scale reaches at least."""

YEARS_DRAWN: Final = 8
"""Years that the chart of the history shows; its table shows all."""

MARGIN: Final = Decimal(9)
"""Percent of the width on both sides of the first and the last year."""

TOP, BOTTOM = Decimal(26), Decimal(126)
"""Heights, from above, of the highest and the lowest value of the history, in pixels."""


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a scale: where it starts and how long it is, in percent of the width."""

    start: Decimal
    size: Decimal


@dataclass(frozen=True, slots=True)
class Scale:
    """A line from `low` to `high`, drawn over the whole width."""

    low: Decimal
    high: Decimal

    def at(self, value: Number) -> Decimal:
        """Return the place of a value in percent, at most two decimals; never off the line."""
        inside = min(max(Fraction(value), Fraction(self.low)), Fraction(self.high))
        share = (inside - Fraction(self.low)) / (Fraction(self.high) - Fraction(self.low))
        return round_half_up(share * 100, 2)

    def span(self, low: Number, high: Number) -> Span:
        """Return what lies between two values."""
        start = self.at(low)
        return Span(start, self.at(high) - start)


# --- the index against grades and targets


@dataclass(frozen=True, slots=True)
class BandSpan:
    """The grades of one range; of 80 to 100 these are two."""

    grades: tuple[str, ...]
    span: Span
    touched: tuple[str, ...]
    """Those of them that the index may have."""


def index_scale(index: Tree, others: Iterable[Number]) -> Scale:
    """Return a scale from 0 to a full ten that shows every grade, the index and `others`."""
    edges = [end for band in index["bands"] for end in (band["above"], band["at_most"])]
    ends = [end for key in ("rentang", "rentang_indikator") for end in index[key] or ()]
    top = max([Decimal(FULL), *(Decimal(e) for e in (*edges, *ends, *others) if e is not None)])
    is_open = any(b["at_most"] is None and (b["above"] or 0) >= top for b in index["bands"])
    return Scale(Decimal(0), _ten(top + (1 if is_open else 0), ROUND_CEILING))


def _ten(value: Decimal, rounding: str) -> Decimal:
    return (value / 10).to_integral_value(rounding) * 10


def band_spans(index: Tree, scale: Scale) -> list[BandSpan]:
    """Place the grades; those that reach over the same range share one place."""
    touched = {band["kode"] for band in index["predikat"]}
    ranges: dict[tuple[Decimal, Decimal], list[str]] = {}
    for band in index["bands"]:
        low = scale.low if band["above"] is None else band["above"]
        high = scale.high if band["at_most"] is None else band["at_most"]
        ranges.setdefault((low, high), []).append(band["kode"])
    return [
        BandSpan(tuple(grades), scale.span(*ends), tuple(g for g in grades if g in touched))
        for ends, grades in ranges.items()
    ]


def ticks(scale: Scale) -> list[tuple[int, Decimal]]:
    """Return the marks of a scale and their places."""
    return [(value, scale.at(Decimal(value))) for value in range(0, int(scale.high) + 1, TICKS)]


# --- bars


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: the whole that can be had, what is known of it, and what may come to it."""

    whole: Span
    known: Span
    open: Span


def bar(low: Number, high: Number, whole: Number, longest: Decimal) -> Bar:
    """Draw points of `low` to `high` out of `whole`, beside others the longest of them."""
    scale = Scale(Decimal(0), longest if longest > 0 else Decimal(1))
    return Bar(scale.span(scale.low, whole), scale.span(scale.low, low), scale.span(low, high))


def stack(counts: Sequence[int], longest: int) -> list[Span]:
    """Put counts behind each other, in percent of the longest row."""
    scale = Scale(Decimal(0), Decimal(max(longest, 1)))
    sums = [Decimal(sum(counts[:place])) for place in range(len(counts) + 1)]
    return [scale.span(start, end) for start, end in pairwise(sums)]


# --- the history


@dataclass(frozen=True, slots=True)
class YearMark:
    """One year: its place in percent, its value or range in pixels from above."""

    tahun: int
    x: Decimal
    value: tuple[Decimal, Decimal] | None
    """The value, twice, or the ends of a range; None where it is not known."""
    y: tuple[Decimal, Decimal]
    instrumen: str | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Between two years: a line where both are known, follow each other and can be compared."""

    start: YearMark
    end: YearMark
    is_line: bool
    is_break: bool
    middle: Decimal


@dataclass(frozen=True, slots=True)
class History:
    """The years, what stands between them, and the values at the top and bottom."""

    years: list[YearMark]
    steps: list[Step]
    low: Decimal
    high: Decimal


def history(index: Tree, tahun: int) -> History | None:
    """Place the last years and the year evaluated; None where there is nothing to compare."""
    past = index["riwayat"][-(YEARS_DRAWN - 1) :]
    rows = [(y["tahun"], y["nilai"], y["instrumen"], y["sebanding"]) for y in past]
    known = [
        (year, None if value is None else (Decimal(value), Decimal(value)), instrument, alike)
        for year, value, instrument, alike in rows
    ]
    now = index["rentang"]
    known.append((tahun, None if now is None else (now[0], now[1]), index["instrumen"], True))
    values = [end for _, ends, *_ in known for end in ends or ()]
    if len(known) == 1 or not values:
        return None
    low, high = _ten(min(values), ROUND_FLOOR), _ten(max(values), ROUND_CEILING)
    scale = Scale(low, high if high > low else low + 10)
    across = Scale(Decimal(known[0][0]), Decimal(tahun))
    width = 100 - 2 * MARGIN
    marks = [
        YearMark(
            tahun=year,
            x=round_half_up(MARGIN + across.at(year) * width / 100, 2),
            value=ends,
            y=_heights(ends, scale),
            instrumen=instrument,
            is_now=year == tahun,
        )
        for year, ends, instrument, _ in known
    ]
    steps = []
    for (start, end), (*_, alike) in zip(pairwise(marks), known, strict=False):
        points = [m.value is not None and m.value[0] == m.value[1] for m in (start, end)]
        is_next = end.tahun - start.tahun == 1
        middle = round_half_up((start.x + end.x) / 2, 2)
        steps.append(Step(start, end, all(points) and is_next and alike, not alike, middle))
    return History(marks, steps, scale.low, scale.high)


def _heights(ends: tuple[Decimal, Decimal] | None, scale: Scale) -> tuple[Decimal, Decimal]:
    if ends is None:
        return BOTTOM, BOTTOM
    tall = BOTTOM - TOP
    heights = [round_half_up(BOTTOM - tall * scale.at(end) / 100, 2) for end in ends]
    return heights[0], heights[1]
