"""What following each recommendation would add to the index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

from rbrules.comparison import evaluate_operand, is_exact_number
from rbrules.conditions import leaves, resolve
from rbrules.engine.python import PythonEngine
from rbrules.model import (
    Atom,
    Constant,
    Index,
    Interval,
    Known,
    Outcome,
    Report,
    Rule,
    Tree,
    Verdict,
)
from rbrules.outlook.change import changed
from rbrules.outlook.difference import Shift
from rbrules.outlook.moves import Board, Move
from rbrules.outlook.tree import shift_tree, span_tree
from rbrules.pipeline import Selection, check

SAKIP: Final = "sakip"

AimSource = Literal["target", "threshold", "maks"]
"""What a recommendation leads a line to: its target in the file, the threshold of the rule, or
the end of its range."""

Doubt = Literal["maks", "sakip", "unknown", "assumed"]
"""Why points are no certain gain.

The first three make them an upper bound: `maks`, the line can end lower than the end of its range;
`sakip`, the finding acts on the line only by way of the SAKIP score; `unknown`, what the line has
now is not known, so that it may have part of the points already. `assumed`: the rule does not look
at the score, so that following it brings the line to its target is an assumption.
"""

Gap = Literal["no_line", "no_weight"]
"""Why no points can be told: the index has no such line here, or the line no weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """The points of one rule's recommendation, for all its findings together.

    `alone` is what the index moves by if this recommendation is followed and no other, `beside`
    what it adds where all others are followed too. Index points, exact; both ends are the same
    where the index moves alike at both ends of its interval. Where `at_most` they are upper bounds.
    """

    rule: str
    line: str
    now: Interval | None
    """Points of the line now; an interval where they are not known."""
    aim: Decimal | None
    unit: Literal["nilai", "poin"] | None
    source: AimSource | None
    alone: Shift | None
    beside: Shift | None
    beside_at_most: bool = False
    """Whether `beside` is an upper bound: so are its own points, or those of others that it was
    computed with."""
    doubts: tuple[Doubt, ...] = ()
    gap: Gap | None = None

    @property
    def at_most(self) -> bool:
        """Whether the points are an upper bound."""
        return _is_bound(self.doubts)


def _is_bound(doubts: Sequence[Doubt]) -> bool:
    return bool({"maks", "sakip", "unknown"}.intersection(doubts))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Aim:
    """Where following a rule's recommendation leaves its line."""

    rule: str
    move: Move
    value: Decimal
    source: AimSource
    doubts: tuple[Doubt, ...]


def points_of(report: Report) -> tuple[Points, ...]:
    """Tell what each recommendation adds to the index.

    Args:
        report: what a check yielded.

    Returns:
        One entry for each rule that has findings and names a line (`raises`), sorted by rule. The
        index is computed again for every number.
    """
    board = Board(report)
    found: dict[str, list[Outcome]] = {}
    for outcome in report.outcomes:
        if outcome.verdict is Verdict.FINDING and outcome.rule.raises is not None:
            found.setdefault(outcome.rule.id, []).append(outcome)
    aims = {id_: _aim(outcomes, board) for id_, outcomes in found.items()}
    runs = _Runs(board)
    return tuple(_points(found[id_][0].rule, aims, runs) for id_ in sorted(found))


def points_tree(points: Sequence[Points]) -> Tree:
    """Return the points as plain data, by rule; numbers are Decimal."""
    return {
        item.rule: {
            "line": item.line,
            "now": None if item.now is None else span_tree(item.now),
            "aim": item.aim,
            "unit": item.unit,
            "source": item.source,
            "alone": shift_tree(item.alone),
            "beside": shift_tree(item.beside),
            "at_most": item.at_most,
            "beside_at_most": item.beside_at_most,
            "doubts": list(item.doubts),
            "gap": item.gap,
        }
        for item in points
    }


class _Runs:
    """The index with some lines raised; each combination is computed once."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._known: dict[tuple[tuple[str, Decimal], ...], Index] = {}

    def index(self, raised: Mapping[str, Decimal]) -> Index:
        key = tuple(sorted(raised.items()))
        if key not in self._known:
            self._known[key] = self.board.index(raised)
        return self._known[key]

    def shift(self, before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> Shift | None:
        return self.board.shift(self.index(before), self.index(after))


def _points(rule: Rule, aims: Mapping[str, _Aim | None], runs: _Runs) -> Points:
    line, aim = rule.raises or "", aims[rule.id]
    known = {item.kode: item for item in runs.board.report.index.lines}
    now = known[line].interval if line in known else None
    if aim is None:
        gap: Gap = "no_weight" if line in known else "no_line"
        return Points(
            rule=rule.id,
            line=line,
            now=now,
            aim=None,
            unit=None,
            source=None,
            alone=None,
            beside=None,
            gap=gap,
        )
    others = [
        item
        for id_, item in aims.items()
        # What another recommendation may do for the same line, but need not, takes nothing away.
        if item is not None and id_ != rule.id and not (item.move == aim.move and item.doubts)
    ]
    alone = runs.shift({}, {aim.move.kode: aim.value})
    beside = runs.shift(_highest(others), _highest([*others, aim]))
    found = Points(
        rule=rule.id,
        line=line,
        now=now,
        aim=aim.value,
        unit=aim.move.unit,
        source=aim.source,
        alone=alone,
        beside=beside,
        beside_at_most=any(_is_bound(item.doubts) for item in (aim, *others)),
        doubts=aim.doubts,
    )
    if not found.at_most:
        return found
    return replace(found, alone=_at_most(alone), beside=_at_most(beside))


def _highest(aims: Sequence[_Aim]) -> dict[str, Decimal]:
    """Raise each line to the highest of its aims."""
    raised: dict[str, Decimal] = {}
    for aim in aims:
        raised[aim.move.kode] = max(aim.value, raised.get(aim.move.kode, aim.value))
    return raised


def _at_most(shift: Shift | None) -> Shift | None:
    """Return the most that either end moves by; an end that falls only loses what is not known."""
    if shift is None:
        return None
    most = max(shift.low, shift.high)
    return Shift(most, most)


# --- what following a recommendation means for a line -----------------------------------------


def _aim(outcomes: Sequence[Outcome], board: Board) -> _Aim | None:
    """Choose where a recommendation leaves its line; None where the line cannot be raised."""
    rule = outcomes[0].rule
    move = board.moves.get(rule.raises or "")
    if move is None:
        return None
    own = [o for o in outcomes if o.subject.kind == "indikator" and o.subject.id == move.kode]
    doubts: list[Doubt] = []
    highest: tuple[Decimal, AimSource] = (move.top, "maks")
    if rule.raises == SAKIP and not own:
        doubts.append("sakip")
        value, source = highest
    else:
        value, source = next(_candidates(own, move, board), highest)
        if source == "maks":
            doubts.append("maks")
        elif not own:
            doubts.append("assumed")
    if move.now is None:
        doubts.append("unknown")
    return _Aim(rule=rule.id, move=move, value=value, source=source, doubts=tuple(doubts))


def _candidates(
    own: Sequence[Outcome], move: Move, board: Board
) -> Iterator[tuple[Decimal, AimSource]]:
    """Yield target and threshold where they lie above the present and satisfy the rule."""
    row = dict(board.report.evaluation.rows["indikator"]).get(move.kode)
    target = row.get("target") if row else None
    listed: list[tuple[Decimal, AimSource]] = []
    if target is not None and move.unit == "nilai":
        listed.append((Decimal(target), "target"))
    found = sorted(_thresholds(own, move, board.report))
    listed += [(value, "threshold") for value in found]
    for value, source in listed:
        in_range = value <= move.top and (move.now is None or _raises(move, value))
        if in_range and all(_is_settled(outcome, move, value, board) for outcome in own):
            yield value, source


def _raises(move: Move, value: Decimal) -> bool:
    """Tell whether a value lies above the one of now and takes no printed points away."""
    assert move.now is not None  # asked by the caller
    assert move.counted is not None
    return value > move.now and move.points(value) >= move.counted


def _thresholds(outcomes: Sequence[Outcome], move: Move, report: Report) -> Iterator[Decimal]:
    """Yield the numbers that a rule holds the score, or the points, of the line against."""
    for outcome in outcomes:
        for leaf in leaves(resolve(outcome.rule.when, report.parameters)):
            if isinstance(leaf, Atom) and (leaf.field, leaf.operator) == (move.unit, "below"):
                side = evaluate_operand(leaf.operand, outcome.fact)
                if isinstance(side, Known | Constant) and is_exact_number(side.value):
                    yield side.value


def _is_settled(outcome: Outcome, move: Move, value: Decimal, board: Board) -> bool:
    """Run the rule again with the line raised, and tell whether it finds no fault any more."""
    report = board.report
    after = check(
        report.rulebook,
        changed(report.evaluation, report.rulebook, board.puts({move.kode: value})),
        as_of=report.as_of,
        engine=PythonEngine(),
        rules_year=report.day.year,
        selection=Selection(only=frozenset({outcome.rule.id})),
    )
    again = {o.subject: o.verdict for o in after.outcomes}
    subject = next((s for s in again if (s.kind, s.id) == ("indikator", move.kode)), None)
    return subject is not None and again[subject] not in {Verdict.FINDING, Verdict.WAIVED}
