"""The sum of the lines at one end of the index, to search in; the index itself proves the result.

At the lower end every multiplier counts and every value that is not known is 0; at the upper end no
multiplier counts, and what is not known is at its highest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from rbrules.figures import round_half_up
from rbrules.index.adjustment import read_adjustment
from rbrules.model import Index, IndexLine, Report
from rbrules.outlook.change import EXCLUDED
from rbrules.outlook.goal import Side
from rbrules.outlook.moves import Board, Move

NOTHING: Final = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line at one end of the index, in points of the line before rounding.

    `now` are its points, `least` the fewest that it has once it is given a value, `top` the most.
    `shown` is what it adds to the index while nobody touches it.
    """

    move: Move
    now: Fraction
    least: Fraction
    top: Fraction
    scale: Fraction
    factor: str | None
    """The line that multiplies this one, None where nothing does."""

    @property
    def kode(self) -> str:
        """The code of the line."""
        return self.move.kode

    def value(self, points: Fraction) -> Fraction:
        """Return the score or points in the file that give the line `points`."""
        if self.move.unit == "poin":
            return points
        return points * Fraction(self.move.top) / Fraction(self.move.bobot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The lines that may be raised, and the sum that they make at one end of the index."""

    base: Fraction
    lines: Mapping[str, Line]
    factors: Mapping[str, tuple[Fraction, Fraction]]
    """Points and weight of each line that multiplies another, while nobody touches it."""
    multiplied: Mapping[str, tuple[str, Fraction, Fraction]]
    """Multiplier, points and scale of each line with a multiplier that has a value."""
    decimals: int | None
    """To how many decimals each line is rounded; None where it is not."""

    def unrounded(self) -> Model:
        """Return the model without rounding of lines."""
        return replace(self, decimals=None)

    def rounded(self, points: Fraction, kode: str) -> Fraction:
        """Round the points of a line as the instrument does; printed points stay as they are."""
        line = self.lines.get(kode)
        if self.decimals is None or (line is not None and line.move.unit == "poin"):
            return points
        return Fraction(round_half_up(points, self.decimals))

    def _before(self, line: Line) -> Fraction:
        """Return what a line counts while nobody touches it; printed points are not rounded."""
        is_printed = line.move.printed is not None
        return line.now if is_printed else self.rounded(line.now, line.kode)

    def total(self, points: Mapping[str, Fraction]) -> Fraction:
        """Return the index with the lines at the given points."""
        shift = NOTHING
        for kode, level in points.items():
            if kode not in self.multiplied and self.lines[kode].factor is None:
                line = self.lines[kode]
                shift += line.scale * (self.rounded(level, kode) - self._before(line))
        touched = {*self.multiplied, *(k for k in points if self.lines[k].factor)}
        for kode in touched:
            factor, now, scale = self._of(kode)
            before = self._share(factor, {}) * now
            after = self._share(factor, points) * points.get(kode, now)
            shift += scale * (self.rounded(after, kode) - self.rounded(before, kode))
        return self.base + shift

    def _of(self, kode: str) -> tuple[str, Fraction, Fraction]:
        if kode in self.multiplied:
            return self.multiplied[kode]
        line = self.lines[kode]
        return line.factor or "", line.now, line.scale

    def _share(self, factor: str, points: Mapping[str, Fraction]) -> Fraction:
        now, bobot = self.factors[factor]
        return self.rounded(points[factor], factor) / bobot if factor in points else now / bobot


def build_model(board: Board, base: Index, side: Side) -> Model:
    """Build the sum of the lines at one end of an index.

    Args:
        board: the lines that can be raised.
        base: the index with nothing raised.
        side: which end.
    """
    assert base.exact is not None  # asked by the caller
    assert base.instrument is not None
    report = board.report
    specs = base.instrument.set_for(report.evaluation.kelompok)
    assert specs is not None  # there are lines
    pairs = {spec.kode: spec.pengali for spec in specs.lines if spec.pengali}
    by_kode = {line.kode: line for line in base.lines}
    scales = scales_of(report, base, side)
    active = {
        kode: factor
        for kode, factor in pairs.items()
        if side == "sure"
        and kode in by_kode
        and factor in by_kode
        and by_kode[factor].status != EXCLUDED
    }
    factors = {factor: _factor(by_kode[factor]) for factor in active.values()}
    lines: dict[str, Line] = {}
    multiplied: dict[str, tuple[str, Fraction, Fraction]] = {}
    for kode, move in board.moves.items():
        line = by_kode[kode]
        scale = scales.get(line.komponen, NOTHING)
        factor = active.get(kode) if move.unit == "nilai" else None
        built = _line(move, line, scale, factor, side)
        if kode in active and move.unit == "poin":
            now, bobot = factors[active[kode]]
            end = min(built.top, Fraction(move.bobot) * now / bobot)
            built = replace(built, top=end)
        if factor is not None:
            multiplied[kode] = (factor, built.now, scale)
        if built.top > built.now and scale > 0:
            lines[kode] = built
    return Model(
        base=base.exact.low if side == "sure" else base.exact.high,
        lines=lines,
        factors=factors,
        multiplied=multiplied,
        decimals=base.instrument.decimals if base.instrument.round_lines else None,
    )


def _line(move: Move, line: IndexLine, scale: Fraction, factor: str | None, side: Side) -> Line:
    top = Fraction(move.bobot)
    if move.now is not None and move.counted is not None:
        now = move.counted
        # A raise never takes points away: what is printed may be more than the score makes.
        least = max(now, move.points(move.now))
    else:
        now = NOTHING if side == "sure" else top
        least = NOTHING if line.min is None else move.points(line.min)
    return Line(move=move, now=now, least=least, top=top, scale=scale, factor=factor)


def _factor(line: IndexLine) -> tuple[Fraction, Fraction]:
    """Return points and weight of a multiplier; without a weight it may take everything away."""
    if line.interval is None or line.bobot is None:
        return NOTHING, Fraction(1)
    return line.interval.low, Fraction(line.bobot)


def scales_of(report: Report, base: Index, side: Side) -> Mapping[str, Fraction]:
    """Return the index points that a point of a line makes, by component.

    A component that its lines do not bound from above cannot be raised at the upper end.
    """
    scales: dict[str, Fraction] = {}
    for total in base.totals:
        component = total.component
        is_open = total.parts is None or total.parts.high is None
        if total.parts is None or (side == "best" and is_open):
            continue
        scale = Fraction(1)
        if component.adjusted:
            lines = [line for line in base.lines if line.komponen == component.kode]
            adjustment = read_adjustment(report.evaluation.root, component, lines, total.maks)
            scale = Fraction(total.maks) / adjustment.divisor
        scales[component.kode] = scale
    return scales


def parts_of(index: Index, scales: Mapping[str, Fraction], side: Side) -> Mapping[str, Fraction]:
    """Return what each line adds at one end of an index, in index points, by code."""
    parts: dict[str, Fraction] = {}
    for line in index.lines:
        if line.interval is not None and line.komponen in scales:
            end = line.interval.low if side == "sure" else line.interval.high
            parts[line.kode] = scales[line.komponen] * end
    return parts
