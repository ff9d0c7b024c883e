"""Lines of the index raised to another score: what is put where, and the index run again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, TypeAlias

from rbrules.model import ComponentTotal, Index, IndexLine, Report
from rbrules.outlook.change import EXCLUDED, Put, lead_to, pengali_of, printed_aside
from rbrules.outlook.difference import Shift, indexes_of, shift_of

Unit = Literal["nilai", "poin"]
"""Whether a line is raised by its score, or by its points where no score makes them."""

Placed: TypeAlias = tuple[tuple[str, ...], Decimal | str | None]
"""Section, id and key, and what is put there; None takes away what stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A line that can be raised: from where, and how far its range goes.

    `now` is its score or its points (by `unit`), None where it is not known; `top` is the end of
    its range. `span` are its points now, as the index has them. Printed points count as printed
    until the line is moved: its score takes their place then.
    """

    kode: str
    unit: Unit
    now: Decimal | None
    top: Decimal
    bobot: Decimal
    span: tuple[Fraction, Fraction]
    printed: Decimal | None

    @property
    def counted(self) -> Fraction | None:
        """The points that count now, before rounding and without a multiplier; None: unknown."""
        if self.printed is not None:
            return Fraction(self.printed)
        return None if self.now is None else self.points(self.now)

    def points(self, value: Decimal) -> Fraction:
        """Return the points of the line at `value`, before rounding and without a multiplier."""
        if self.unit == "poin":
            return Fraction(value)
        return Fraction(value) * Fraction(self.bobot) / Fraction(self.top)


@dataclass(frozen=True)
class Board:
    """The lines of one report that can be raised, and the index with some of them raised.

    The index is always computed from an evaluation that was read anew. Printed totals of the
    components that a line may be raised in are left out on both sides; the printed points of a
    line stay until it is raised.
    """

    report: Report

    @cached_property
    def moves(self) -> Mapping[str, Move]:
        """The lines by code: not excluded, with a weight, in the order of the instrument."""
        found = (self._move(line) for line in self._lines)
        return {move.kode: move for move in found if move is not None}

    @cached_property
    def _lines(self) -> tuple[IndexLine, ...]:
        return self.report.index.lines

    @cached_property
    def _from_lines(self) -> frozenset[str]:
        """The components that lines of the file make up; a total that is only printed stays."""
        totals = self.report.index.totals
        return frozenset(total.component.kode for total in totals if total.parts is not None)

    def _move(self, line: IndexLine) -> Move | None:
        excluded = line.status == EXCLUDED or line.komponen not in self._from_lines
        if line.bobot is None or line.interval is None or excluded:
            return None
        printed = None if line.strays else line.poin
        has_score = line.nilai is not None and not pengali_of(self.report, line.kode)
        unit: Unit = "nilai"
        if line.maks is None or (printed is not None and not has_score):
            unit = "poin"
        return Move(
            kode=line.kode,
            unit=unit,
            now=printed if unit == "poin" else None if line.strays else line.nilai,
            top=line.bobot if unit == "poin" or line.maks is None else line.maks,
            bobot=line.bobot,
            span=(line.interval.low, line.interval.high),
            printed=printed,
        )

    @cached_property
    def _all_aside(self) -> tuple[Put, ...]:
        """Printed results that are left out on both sides."""
        every = self._raise({kode: move.top for kode, move in self.moves.items()})
        return printed_aside(self.report, [put for put in every if put.value is not None]).totals

    @cached_property
    def base(self) -> Index:
        """The index from its lines, with nothing raised."""
        return self.index({})

    @cached_property
    def unweighted(self) -> tuple[str, ...]:
        """Lines without a weight that leave the index of the lines without an upper bound."""
        open_ = {total.component.kode for total in self.base.totals if _is_boundless(total)}
        return tuple(
            line.kode
            for line in self._lines
            if line.bobot is None and line.status != EXCLUDED and line.komponen in open_
        )

    def puts(self, raised: Mapping[str, Decimal]) -> tuple[Put, ...]:
        """Return what raises lines to the given scores or points, printed results left out."""
        return self._beside(self._raise(raised))

    def _beside(self, puts: tuple[Put, ...]) -> tuple[Put, ...]:
        """Leave printed results out beside what is put."""
        own = {put.steps for put in puts}
        return (*puts, *(put for put in self._all_aside if put.steps not in own))

    def index(self, raised: Mapping[str, Decimal]) -> Index:
        """Compute the index with lines raised to the given scores or points."""
        return indexes_of(self.report, self.puts(raised))[0]

    def options(self, raised: Mapping[str, Decimal]) -> tuple[str, ...]:
        """Return what `whatif --set` is given to raise lines to the given scores or points."""
        rows = dict(self.report.evaluation.rows["indikator"])
        by_kode = {line.kode: line for line in self._lines}
        found = []
        for kode, value in raised.items():
            unit = self.moves[kode].unit
            for (*place, key), put in _values_of(by_kode[kode], unit, value):
                row = rows.get(kode)
                # whatif leaves printed points out by itself, and a value makes a status.
                is_plain = key == "poin" if put is None else key == "status"
                if is_plain and (put is None or (row is not None and row.get("status") is None)):
                    continue
                words = "null" if put is None else str(put)
                found.append(f"{'.'.join(place)}.{key}={words}")
        return tuple(found)

    def settled(self, kode: str, unit: Unit, value: Decimal) -> Index:
        """Compute the index with a score, or with points, in a line that may have no move."""
        line = next(line for line in self._lines if line.kode == kode)
        return self._index_with(_values_of(line, unit, value))

    def printed(self, component: str, points: Decimal) -> Index:
        """Compute the index with a printed total of a component."""
        return self._index_with([(("hasil_terbit", "komponen", component), points)])

    def _index_with(self, values: Iterable[Placed]) -> Index:
        report = self.report
        return indexes_of(
            report, self._beside(lead_to(report.evaluation, report.rulebook, values))
        )[0]

    def shift(self, before: Index, after: Index) -> Shift | None:
        """Return what the index moves by, at both ends.

        Where a line has no weight nothing of the lines bounds the index from above; then both ends
        are those of the lower one.
        """
        shift = shift_of(before, after)
        if shift is None or not (_is_open(before) or _is_open(after)):
            return shift
        return Shift(shift.low, shift.low)

    def _raise(self, raised: Mapping[str, Decimal]) -> tuple[Put, ...]:
        by_kode = {line.kode: line for line in self._lines}
        values = (
            placed
            for kode in sorted(raised)
            for placed in _values_of(by_kode[kode], self.moves[kode].unit, raised[kode])
        )
        return lead_to(self.report.evaluation, self.report.rulebook, values)


def _values_of(line: IndexLine, unit: Unit, value: Decimal) -> Iterator[Placed]:
    """Put a value in its line; what would win over it is taken away."""
    tema, _, sub = line.kode.partition(".")
    place = ("tema", tema, "lines", sub) if sub else ("indikator", line.kode)
    yield (*place, unit), value
    other = "poin" if unit == "nilai" else "nilai"
    if getattr(line, other) is not None:
        yield (*place, other), None
    if line.status != "dinilai":
        yield (*place, "status"), "dinilai"


def _is_open(index: Index) -> bool:
    return any(_is_boundless(total) for total in index.totals)


def _is_boundless(total: ComponentTotal) -> bool:
    """Tell whether a component is counted from its lines and they do not bound it from above."""
    return total.basis == "rentang" and total.parts is not None and total.parts.high is None
