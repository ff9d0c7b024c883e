"""The smallest sets of line changes that reach a number or a grade, found exactly and proved.

Smallest means: least cost where costs are given, then fewest lines, then fewest points moved. Lines
are only raised; raising a line never lowers the index, so that no smaller set is overlooked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import chain, combinations, islice
from typing import Final, TypeAlias

from rbrules.errors import EngineError
from rbrules.figures import round_half_up
from rbrules.model import Index, Report
from rbrules.outlook.change import pengali_of
from rbrules.outlook.ends import NOTHING, Line, Model, build_model, parts_of, scales_of
from rbrules.outlook.goal import Condition, Goal, Side, condition_of, ways_to
from rbrules.outlook.moves import Board, Unit

SETS_SHOWN: Final = 3
LOOKED_AT: Final = 100
"""How many sets are looked through for others that are as small."""

DECIMALS: Final = 2
"""Decimals that a score or points are raised to; the last one upwards."""

Key: TypeAlias = tuple[Fraction, int, Fraction]
"""Cost, number of lines and points moved: what makes a set small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line raised. `before` is None where the file has no value; `moved` are line points.

    `gain` is what the index moves by for it at the end that is looked at, in index points.
    """

    kode: str
    unit: Unit
    before: Decimal | None
    after: Decimal
    moved: Fraction
    gain: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A line that nobody raises, and that moves all the same: `pengali` multiplies it."""

    kode: str
    pengali: str
    gain: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A set of line changes, and the index computed with it.

    The gains of `steps` and `carried` add up to what the index moves by. `options` are what
    `whatif --set` takes to compute the same index.
    """

    steps: tuple[Step, ...]
    carried: tuple[Carried, ...]
    options: tuple[str, ...]
    cost: Decimal | None
    least: Fraction
    """The fewest points that the lines of this set have to be moved by, before rounding up."""
    index: Index

    @property
    def moved(self) -> Fraction:
        """The points that the steps move, each rounded up to what can be written."""
        return sum((step.moved for step in self.steps), NOTHING)

    @property
    def gain(self) -> Fraction:
        """What the index moves by at the end that is looked at, in index points."""
        gains = [step.gain for step in self.steps] + [line.gain for line in self.carried]
        return sum(gains, NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Lines raised to the end of their range, the index computed with them, and what it lacks.

    `lacks` is in index points; 0 where the number is reached and only a condition is not.
    """

    lines: tuple[str, ...]
    index: Index
    value: Fraction
    lacks: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer for one side of an index.

    `plans` are sets of the smallest kind, () where the goal is reached already or cannot be. `more`
    tells that there are others as small. `smaller` is the proof: of all smaller sets the one that
    comes nearest. `limit` is set where the goal cannot be reached: all lines raised that may be.
    `needed` are lines that the condition of the grade asks for whatever the points are; `blocked`
    names what no movable line can settle: such lines, `target_baik_lengkap`, or `no_weights` where
    lines without a weight leave open what the others cannot reach. `way` is the grade that the sets
    reach where it is another one than the goal, and `way_blocked` what bars the goal itself; ()
    where its condition asks for more than that other grade.
    """

    side: Side
    reached: bool
    plans: tuple[Plan, ...] = ()
    more: bool = False
    smaller: Short | None = None
    limit: Short | None = None
    needed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    way: str | None = None
    way_blocked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Improvement:
    """The answers for an index that is a point (one), or for both of its sides.

    Where a line has no weight nothing bounds the index from above, and only what is sure is told.
    """

    goal: Goal
    base: Index
    answers: tuple[Answer, ...]
    locked: tuple[str, ...]
    uncosted: tuple[str, ...]
    """Lines that were left alone, for the costs that were given do not name them."""
    unweighted: tuple[str, ...]
    """Lines of the index without a weight."""
    stands: bool
    """Whether the index as it is reported reaches the goal already."""


def improve(
    report: Report,
    goal: Goal,
    *,
    locked: AbstractSet[str] = frozenset(),
    costs: Mapping[str, Decimal] | None = None,
) -> Improvement:
    """Find the smallest sets of line changes that reach a goal.

    Args:
        report: the report on the file as it is.
        goal: what is to be reached.
        locked: lines that have to stay.
        costs: what it costs to change a line at all, by code; a line without one stays.

    Raises:
        EngineError: the search and the index disagree.
    """
    board = Board(report)
    base = board.base
    free = [kode for kode in board.moves if kode not in locked]
    uncosted = tuple(k for k in free if costs is not None and k not in costs)
    allowed = _Allowed(frozenset(free) - frozenset(uncosted), costs)
    unweighted = board.unweighted
    sides: tuple[Side, ...] = ("sure",) if unweighted else ("sure", "best")
    answers: list[Answer] = []
    for side in sides:
        sure = [plan for answer in answers for plan in answer.plans[:1]]
        answers.append(_answer(board, goal, side, allowed, sure))
    if len(answers) > 1 and base.exact is not None and base.exact.is_point and _alike(answers):
        answers = answers[:1]
    return Improvement(
        goal=goal,
        base=base,
        answers=tuple(answers),
        locked=tuple(sorted(locked)),
        uncosted=uncosted,
        unweighted=unweighted,
        stands=goal.reached(report.index, "sure"),
    )


def _alike(answers: Sequence[Answer]) -> bool:
    """Tell whether both sides have the same answer."""
    one, other = answers
    same = [plan.steps for plan in one.plans] == [plan.steps for plan in other.plans]
    return same and one.reached == other.reached and one.blocked == other.blocked


# --- the search ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Allowed:
    """The lines that may be raised, and what it costs to change each."""

    lines: AbstractSet[str]
    costs: Mapping[str, Decimal] | None


@dataclass(frozen=True, slots=True)
class _State:
    """A choice among the lines that act alone: what it costs, holds and adds at most."""

    cost: Fraction
    lines: tuple[str, ...]
    room: Fraction

    @property
    def key(self) -> tuple[Fraction, int]:
        return self.cost, len(self.lines)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A set of lines that reaches a goal with all of them at the end of their range."""

    key: Key
    lines: tuple[str, ...]


class _Search:
    """The sets of lines that reach a goal in one way, at one end of the index.

    Lines that multiply others, are multiplied or are asked for by a condition are tried in every
    combination; all others act alone, so that of those with one cost the most room is the best.
    """

    def __init__(
        self,
        board: Board,
        model: Model,
        condition: Condition,
        goal: Goal,
        allowed: _Allowed,
    ) -> None:
        self.goal = goal
        self.model = model
        self.costs = allowed.costs
        self.lines = {k: v for k, v in model.lines.items() if k in allowed.lines}
        self.needed: dict[str, Fraction] = {}
        stuck: list[str] = []
        for kode, value in condition.needed.items():
            move, line = board.moves.get(kode), self.lines.get(kode)
            if line is None or move is None or move.unit != "nilai" or value > move.top:
                stuck.append(kode)
            else:
                self.needed[kode] = max(move.points(value), line.least)
        self.blocked = (*stuck, *condition.blocked)
        paired = {*model.factors, *model.multiplied, *self.needed}
        special = [k for k in self.lines if k in paired]
        self.optional = [k for k in special if k not in self.needed]
        self.rooms = {k: self._room(k) for k in self.lines if k not in special}
        self.plain = sorted(self.rooms, key=self.rooms.__getitem__, reverse=True)
        self.frontier = self._frontier()

    # --- which lines

    def _cost(self, kodes: Sequence[str]) -> Fraction:
        costs = self.costs
        return NOTHING if costs is None else sum((Fraction(costs[k]) for k in kodes), NOTHING)

    def _room(self, kode: str) -> Fraction:
        return self.model.total({kode: self.lines[kode].top}) - self.model.base

    def _frontier(self) -> tuple[_State, ...]:
        """Return the choices among the plain lines that no other one betters, cheapest first."""
        states = [_State(NOTHING, (), NOTHING)]
        for kode in self.plain:
            cost, room = self._cost([kode]), self.rooms[kode]
            added = [_State(s.cost + cost, (*s.lines, kode), s.room + room) for s in states]
            states = _undominated([*states, *added])
        return tuple(states)

    def _specials(self) -> Iterator[tuple[str, ...]]:
        """Yield every combination of the lines that act on each other, with those needed."""
        sizes = range(len(self.optional) + 1)
        for chosen in chain.from_iterable(combinations(self.optional, size) for size in sizes):
            yield (*self.needed, *chosen)

    def at_top(self, kodes: Sequence[str]) -> dict[str, Fraction]:
        """Raise lines to the end of their range."""
        return {kode: self.lines[kode].top for kode in kodes}

    def best(self) -> _Choice | None:
        """Return the smallest set that reaches the goal; None where none does."""
        found: list[_Choice] = []
        if self.blocked:
            return None
        for special in self._specials():
            start = self.model.total(self.at_top(special))
            for state in self.frontier:
                if self.goal.holds(start + state.room):
                    found.append(self._choice((*special, *state.lines)))
                    break
        return min(found, key=lambda choice: choice.key, default=None)

    def _choice(self, kodes: tuple[str, ...]) -> _Choice:
        _, least = self.levels(kodes)
        return _Choice((self._cost(kodes), len(kodes), least), kodes)

    def alike(self, best: _Choice) -> Iterator[_Choice]:
        """Yield sets that are as small as the best one, itself first."""
        yield best
        for special in self._specials():
            rest = best.key[1] - len(special)
            if not 0 <= rest <= len(self.plain):
                continue
            start = self.model.total(self.at_top(special))
            for plain in islice(combinations(self.plain, rest), LOOKED_AT):
                kodes = (*special, *plain)
                room = sum((self.rooms[kode] for kode in plain), NOTHING)
                if not self.goal.holds(start + room):
                    if plain == tuple(self.plain[:rest]):
                        break  # those with the most room are not enough
                    continue
                if set(kodes) == set(best.lines) or self._cost(kodes) != best.key[0]:
                    continue
                choice = self._choice(kodes)
                if choice.key == best.key:
                    yield choice

    def nearest_below(self, cost: Fraction, size: int) -> tuple[str, ...] | None:
        """Return, of all sets that are smaller, the one that gets furthest; None where none is."""
        found: list[tuple[Fraction, tuple[str, ...]]] = []
        for special in self._specials():
            start = self.model.total(self.at_top(special))
            own = self._cost(special)
            for state in reversed(self.frontier):
                if (own + state.cost, len(special) + len(state.lines)) < (cost, size):
                    found.append((start + state.room, (*special, *state.lines)))
                    break
        return max(found, key=lambda pair: pair[0])[1] if found else None

    # --- how far

    def levels(self, kodes: Sequence[str]) -> tuple[dict[str, Fraction], Fraction]:
        """Spread the fewest points over lines that reach the goal.

        Lines whose points count most are raised first: a line that multiplies another, before the
        other. Lines that count alike share what is left by their room. Rounding is left out.
        """
        exact = self.model.unrounded()
        levels = {k: max(self.lines[k].now, self.lines[k].least) for k in kodes}
        levels |= {k: max(levels[k], v) for k, v in self.needed.items() if k in levels}
        for group in self._by_slope(kodes, levels):
            before = exact.total(levels)
            if self.goal.holds(before):
                break
            raised = levels | self.at_top(group)
            after = exact.total(raised)
            if not self.goal.holds(after):
                levels = raised
                continue
            part = (self.goal.number - before) / (after - before)
            levels |= {k: levels[k] + part * (raised[k] - levels[k]) for k in group}
            break
        moved = sum((levels[k] - self.lines[k].now for k in kodes), NOTHING)
        return levels, moved

    def _by_slope(
        self, kodes: Sequence[str], levels: Mapping[str, Fraction]
    ) -> Iterator[list[str]]:
        groups: dict[tuple[Fraction, bool], list[str]] = {}
        for kode in kodes:
            groups.setdefault((self._slope(kode, kodes, levels), kode in self.model.factors), [])
        for kode in kodes:
            groups[self._slope(kode, kodes, levels), kode in self.model.factors].append(kode)
        for key in sorted(groups, reverse=True):
            yield groups[key]

    def _slope(self, kode: str, kodes: Sequence[str], levels: Mapping[str, Fraction]) -> Fraction:
        """Return the index points that a point of a line makes when its turn comes."""
        model, line = self.model, self.lines[kode]
        if kode in model.factors:
            _, bobot = model.factors[kode]
            multiplied = (
                scale * levels.get(other, now)
                for other, (factor, now, scale) in model.multiplied.items()
                if factor == kode
            )
            return line.scale + sum(multiplied, NOTHING) / bobot
        if line.factor is None:
            return line.scale
        now, bobot = model.factors[line.factor]
        share = self.lines[line.factor].top / bobot if line.factor in kodes else now / bobot
        return line.scale * share

    def written(self, kodes: Sequence[str]) -> dict[str, Decimal]:
        """Return scores that can be written and reach the goal, each rounded up."""
        levels, _ = self.levels(kodes)
        values: dict[str, Decimal] = {}
        for kode in kodes:
            move = self.lines[kode].move
            value = _rounded_up(self.lines[kode].value(levels[kode]))
            if move.now is not None and value <= move.now:
                value = _rounded_up(Fraction(move.now) + Fraction(1, 10**DECIMALS))
            values[kode] = min(value, self._end(self.lines[kode]))
        while not self.goal.holds(self.model.total(self._points(values))):
            below = [k for k in kodes if values[k] < self._end(self.lines[k])]
            if not below:
                break
            kode = max(below, key=lambda k: self.lines[k].scale)
            step = values[kode] + Decimal(1).scaleb(-DECIMALS)
            values[kode] = min(step, self._end(self.lines[kode]))
        return values

    def _points(self, values: Mapping[str, Decimal]) -> dict[str, Fraction]:
        return {k: min(self.lines[k].move.points(v), self.lines[k].top) for k, v in values.items()}

    def _end(self, line: Line) -> Decimal:
        return end_of(line)


def end_of(line: Line) -> Decimal:
    """Return the highest score or points of a line that can be written."""
    value = line.value(line.top)
    if value == line.move.top:
        return line.move.top
    # A multiplier lowers the end: what lies above it cannot be had.
    return round_half_up(Fraction(value * 10**6 // 1, 10**6), 6)


def _rounded_up(value: Fraction) -> Decimal:
    scaled = -(-value * 10**DECIMALS // 1)
    return round_half_up(Fraction(scaled, 10**DECIMALS), DECIMALS)


def _undominated(states: Sequence[_State]) -> list[_State]:
    """Keep the states that have more room than every one that is as cheap and as small."""
    kept: list[_State] = []
    for state in sorted(states, key=lambda s: (s.key, -s.room)):
        if not kept or state.room > kept[-1].room:
            kept.append(state)
    return kept


# --- the answer ---------------------------------------------------------------------------------


def _answer(
    board: Board, goal: Goal, side: Side, allowed: _Allowed, sure: Sequence[Plan]
) -> Answer:
    """Answer for one side; `sure` is the set that is certain, where that is found already."""
    base = board.base
    if goal.reached(base, side):
        return Answer(side=side, reached=True)
    if base.exact is None or not board.moves:
        why = "no_weights" if board.unweighted else "no_lines"
        return Answer(side=side, reached=False, blocked=(why,))
    report = board.report
    model = build_model(board, base, side)
    searches = []
    for way in ways_to(goal, base):
        words = report.rulebook.vocabulary
        condition = condition_of(way, side, base, report.evaluation, words)
        searches.append(_Search(board, model, condition, way, allowed))
    found = [(search, choice) for search in searches if (choice := search.best()) is not None]
    proof = _Proof(board, model, goal, side)
    if not found:
        search = searches[0]
        limit = proof.short(search, tuple(search.lines))
        is_open = bool(board.unweighted) and limit.lacks > 0
        return Answer(
            side=side,
            reached=False,
            limit=limit,
            needed=tuple(search.needed),
            blocked=(*search.blocked, *(("no_weights",) if is_open else ())),
        )
    search, choice = min(found, key=lambda pair: pair[1].key)
    choices = list(islice(search.alike(choice), SETS_SHOWN + 1))
    below = search.nearest_below(choice.key[0], choice.key[1])
    plans = [proof.plan(search, item.lines) for item in choices[:SETS_SHOWN]]
    # What is certain also holds at best: rounding up must not make the set for that the larger one.
    fewest = min(plan.moved for plan in plans)
    for plan in sure:
        is_alike = (plan.cost, len(plan.steps)) == (plans[0].cost, len(plans[0].steps))
        if is_alike and plan.moved < fewest:
            values = {step.kode: step.after for step in plan.steps}
            plans.append(proof.plan(search, tuple(values), values))
    return Answer(
        side=side,
        reached=False,
        # Alike before rounding: the one that moves least afterwards stands first.
        plans=tuple(sorted(plans, key=lambda plan: plan.moved))[:SETS_SHOWN],
        more=len(choices) > SETS_SHOWN,
        smaller=None if below is None else proof.short(search, below),
        needed=tuple(search.needed),
        way=search.goal.band.kode if search.goal.band and search.goal is not goal else None,
        way_blocked=searches[0].blocked,
    )


@dataclass(frozen=True, slots=True)
class _Proof:
    """Runs the index with what the search has found."""

    board: Board
    model: Model
    goal: Goal
    side: Side

    def plan(
        self, search: _Search, kodes: tuple[str, ...], values: Mapping[str, Decimal] | None = None
    ) -> Plan:
        """Turn lines into steps, and run the index with them.

        Args:
            search: says how far lines are raised.
            kodes: the lines.
            values: where they are raised to; the least that reaches the goal where None.

        Raises:
            EngineError: the index does not reach the goal.
        """
        values = values or search.written(kodes)
        index = self._run(search, values)
        if not self.goal.reached(index, self.side):
            message = f"the index does not reach the goal with {', '.join(kodes)} raised"
            raise EngineError(message)
        order = [kode for kode in self.board.moves if kode in values]
        gains = self._gains(index)
        steps = (self._step(search, kode, values[kode], gains[kode]) for kode in order)
        carried = (
            Carried(kode=kode, pengali=pengali_of(self.board.report, kode) or "", gain=gain)
            for kode, gain in gains.items()
            if kode not in values and gain
        )
        cost = None if search.costs is None else sum((search.costs[k] for k in order), Decimal(0))
        return Plan(
            steps=tuple(steps),
            carried=tuple(carried),
            options=self.board.options({kode: values[kode] for kode in order}),
            cost=cost,
            least=search.levels(kodes)[1],
            index=index,
        )

    def _gains(self, index: Index) -> Mapping[str, Fraction]:
        """Return what each line moves the index by."""
        scales = scales_of(self.board.report, self.board.base, self.side)
        before = parts_of(self.board.base, scales, self.side)
        after = parts_of(index, scales, self.side)
        return {kode: after[kode] - before[kode] for kode in after}

    def short(self, search: _Search, kodes: Sequence[str]) -> Short:
        """Run the index with lines at the end of their range, and say what it lacks."""
        values = {kode: end_of(search.lines[kode]) for kode in kodes}
        index = self._run(search, values)
        value = self._end(index)
        return Short(
            lines=tuple(kode for kode in self.board.moves if kode in values),
            index=index,
            value=value,
            lacks=max(NOTHING, search.goal.number - value),
        )

    def _step(self, search: _Search, kode: str, after: Decimal, gain: Fraction) -> Step:
        line = search.lines[kode]
        return Step(
            kode=kode,
            unit=line.move.unit,
            before=line.move.now,
            after=after,
            moved=line.move.points(after) - line.now,
            gain=gain,
        )

    def _end(self, index: Index) -> Fraction:
        assert index.exact is not None  # it was one before
        return index.exact.low if self.side == "sure" else index.exact.high

    def _run(self, search: _Search, values: Mapping[str, Decimal]) -> Index:
        """Compute the index; what was searched in has to be what it is."""
        index = self.board.index(values)
        points = {kode: search.lines[kode].move.points(value) for kode, value in values.items()}
        if self._end(index) != self.model.total(points):
            message = f"the sum that was searched in is not the index with {', '.join(values)}"
            raise EngineError(message)
        return index
