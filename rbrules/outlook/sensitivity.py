"""Which lines move the index most, and which missing value narrows it most; all by running it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from rbrules.figures import round_half_up
from rbrules.model import Index, IndexLine, Interval, Report
from rbrules.outlook.change import pengali_of
from rbrules.outlook.difference import Shift, shift_of
from rbrules.outlook.moves import Board, Move, Unit

EXACT: Final = 12
"""Decimals of points that are put into a line to see how far it narrows the index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a line does to the index, in index points at both ends.

    `per_unit` is the effect of one unit of its score, or of one point where no score makes its
    points; `room` that of raising it from where it is to the end of its range.
    """

    kode: str
    unit: Unit
    now: Decimal | None
    top: Decimal
    per_unit: Shift | None
    room: Shift | None

    @property
    def most(self) -> Fraction:
        """The most that the room is worth at either end."""
        return Fraction(0) if self.room is None else max(self.room.low, self.room.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A value that is not known, and by how much the index would be narrower with it.

    `kode` is a line or, where the file says nothing of it, a component; `key` is what is missing of
    it: the score of the line, its points, or the printed total of the component. Where the score
    is there and the points are open all the same, `pengali` is the line that may multiply them.
    The narrowing may depend on what the value turns out to be: from `least` to `most`, in index
    points, as the two ends of its range make it.
    """

    kode: str
    key: Unit | Literal["total"]
    pengali: str | None
    least: Fraction
    most: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """Lines by what their whole room is worth, gaps by how much they narrow the index at least."""

    base: Index
    effects: tuple[Effect, ...]
    gaps: tuple[Gap, ...]
    unweighted: tuple[str, ...]
    """Lines without a weight: nothing can be told of them, and nothing bounds them."""


def sensitivity_of(report: Report) -> Sensitivity:
    """Run the index once or twice for each line, and for each value that is missing."""
    board = Board(report)
    base = board.base
    effects = (_effect(board, move) for move in board.moves.values())
    return Sensitivity(
        base=base,
        effects=tuple(sorted(effects, key=lambda effect: (-effect.most, effect.kode))),
        gaps=tuple(sorted(_gaps(board), key=lambda gap: (-gap.least, -gap.most, gap.kode))),
        unweighted=tuple(line.kode for line in base.lines if line.bobot is None),
    )


def _effect(board: Board, move: Move) -> Effect:
    line = next(line for line in board.base.lines if line.kode == move.kode)
    start = move.now if move.now is not None else (line.min or Decimal(0))
    unit = min(Decimal(1), move.top)
    # Near the end of the range the unit below is taken: a line counts alike all along its range.
    low = min(start, move.top - unit)
    steps = (board.index({move.kode: value}) for value in (low, low + unit))
    per_unit = board.shift(*steps) if unit == 1 else None
    room = board.shift(board.base, board.index({move.kode: max(move.top, start)}))
    return Effect(
        kode=move.kode,
        unit=move.unit,
        now=move.now,
        top=move.top,
        per_unit=per_unit,
        room=_from_unknown(room) if move.now is None else room,
    )


def _from_unknown(room: Shift | None) -> Shift | None:
    """Return the room of a line that has an unknown part of it already: from 0 to all of it."""
    return None if room is None else Shift(Fraction(0), max(room.low, room.high))


def _gaps(board: Board) -> Iterator[Gap]:
    base = board.base
    if base.exact is None or base.exact.is_point:
        return
    open_ = {t.component.kode for t in base.totals if not t.value.is_point}
    for line in base.lines:
        span = line.interval
        if line.komponen in open_ and span is not None and not span.is_point:
            yield _line_gap(board, line, span)
    parents = {total.component.parent for total in base.totals}
    for total in base.totals:
        if total.basis == "kosong" and total.component.kode not in parents:
            kode = total.component.kode
            ends = _written(total.value)
            yield _gap(board, kode, "total", None, (board.printed(kode, end) for end in ends))


def _line_gap(board: Board, line: IndexLine, span: Interval) -> Gap:
    """Settle a line by its score or, where the score is known or none makes its points, by them."""
    has_score = line.computed is not None and not line.strays
    if has_score or line.maks is None:
        unit: Unit = "poin"
        ends = _written(span)
    else:
        unit, ends = "nilai", (line.min or Decimal(0), line.maks)
    pengali = pengali_of(board.report, line.kode) if has_score else None
    indexes = (board.settled(line.kode, unit, end) for end in ends)
    return _gap(board, line.kode, unit, pengali, indexes)


def _written(span: Interval) -> tuple[Decimal, Decimal]:
    return round_half_up(span.low, EXACT), round_half_up(span.high, EXACT)


def _gap(
    board: Board,
    kode: str,
    key: Unit | Literal["total"],
    pengali: str | None,
    settled: Iterable[Index],
) -> Gap:
    """See by how much the index is narrower with a value at either end of what it may be."""
    shifts = [shift for index in settled if (shift := shift_of(board.base, index)) is not None]
    widths = [shift.low - shift.high for shift in shifts]
    return Gap(kode=kode, key=key, pengali=pengali, least=min(widths), most=max(widths))
