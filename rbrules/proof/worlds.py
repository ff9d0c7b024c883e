"""Rules over every kind of subject that there can be: what no case file can show by examples.

A comparison of a field with a constant splits what the field can be into finitely many cells: the
constants, the stretches between them, and "not given". Comparisons of two fields are true, false
or not given, whatever else holds. A world takes one cell for each; a rule has the same verdict in
all of a world. So what holds in every world holds for every evaluation file. The reverse is not
claimed: some worlds exist in no file, since fields hang together in ways that a cell does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from rbrules.comparison import ORDERING, begins_with
from rbrules.conditions import leaves
from rbrules.fields import CATALOGUE, is_always_known
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Kind,
    Not,
    Operand,
    Rule,
    Tally,
    Value,
    Verdict,
)

MAX_STEPS: Final = 20_000
"""Worlds looked at for one question; beyond this it stays undecided."""

ABSENT: Final = "(absent)"
VOID: Final = "(void)"
"""The field has no meaning for the subject; a rule that asks for it is not applicable then."""

Variable = tuple[str, ...]
"""What a cell is chosen for: a field, or one comparison of two fields, or a count."""

Cell = object
World = Mapping[Variable, Cell]
States = frozenset[bool | None]
"""The results that are still possible: true, false, None for unknown."""

_OPEN: Final[States] = frozenset({True, False, None})


class Undecided(Exception):  # noqa: N818 - an answer, not an error of the program
    """Too many worlds to look at all of them."""


@dataclass(frozen=True, slots=True)
class Space:
    """The variables of some rules on one kind of subject, and the cells of each."""

    kind: Kind
    cells: Mapping[Variable, tuple[Cell, ...]]


def space_of(rules: Sequence[Rule], first: Condition | None = None) -> Space:
    """Split what the fields of some rules on one kind can be into cells.

    Args:
        rules: the rules.
        first: a condition whose variables are chosen first, since an answer hangs on them.
    """
    kind = rules[0].applies_to
    grouped: dict[Variable, list[Atom | Tally]] = {variable_of(leaf): [] for leaf in leaves(first)}
    for rule in rules:
        for condition in (rule.where, rule.when):
            for leaf in leaves(condition):
                grouped.setdefault(variable_of(leaf), []).append(leaf)
    return Space(kind, {v: _cells(v, found, kind) for v, found in grouped.items()})


def variable_of(leaf: Atom | Tally) -> Variable:
    """Name the variable that decides a comparison."""
    if isinstance(leaf, Tally):
        return ("tally", leaf.measure, leaf.rule, leaf.verdict.value)
    if leaf.operator in {"present", "missing"} or _is_constant(leaf.operand):
        return ("field", leaf.field)
    return ("pair", leaf.field, str(leaf.operand.base), repr(leaf.operand), _relation(leaf))


def _relation(atom: Atom) -> str:
    """Name what two fields are compared by; orderings of the same pair hang together."""
    return "order" if atom.operator in ORDERING else atom.operator


def _is_constant(operand: Operand) -> bool:
    return isinstance(operand.base, Constant)


def _cells(variable: Variable, found: Iterable[Atom | Tally], kind: Kind) -> tuple[Cell, ...]:
    if variable[0] == "pair":
        orders = ("below", "same", "above") if variable[4] == "order" else (True, False)
        return (*orders, ABSENT, VOID)
    values = [value for leaf in found for value in _constants(leaf)]
    if variable[0] == "tally":
        return (*_stretches(values), ABSENT)
    field = CATALOGUE[kind][variable[1]]
    known: tuple[Cell, ...]
    if field.type == "bool":
        known = (True, False)
    elif field.type == "text":
        known = (*dict.fromkeys(values), "\x00any other text")
    elif field.type in {"number", "date"}:
        known = _stretches(values)
    else:
        known = ("given",)
    return known if is_always_known(kind, variable[1]) else (*known, ABSENT, VOID)


def _constants(leaf: Atom | Tally) -> Iterator[Value]:
    value = None if leaf.operator in {"present", "missing"} else _edge(leaf.operand)
    if isinstance(value, tuple):
        yield from value
    elif value is not None:
        yield value


def _edge(operand: Operand) -> Value | tuple[Value, ...] | None:
    """Return the constant of an operand with its factors."""
    base = operand.base
    if not isinstance(base, Constant) or base.value is None:
        return None
    value = base.value
    times = operand.times.value if operand.times else None
    plus = operand.plus.value if operand.plus else None
    if isinstance(value, date) and isinstance(plus, Decimal):
        return value + timedelta(days=int(plus))
    if isinstance(value, Decimal) and (times is not None or plus is not None):
        exact = Fraction(value)
        exact *= Fraction(times) if isinstance(times, Decimal) else 1
        return exact + (Fraction(plus) if isinstance(plus, Decimal) else 0)
    return value


def _stretches(values: Iterable[Value]) -> tuple[Cell, ...]:
    """Return one value of each stretch: below the first edge, at it, between it and the next."""
    edges: list[Any] = sorted(set(values), key=_place)
    if not edges:
        return ("given",)
    if isinstance(edges[0], date):
        day = timedelta(days=1)
        return tuple(sorted({d for edge in edges for d in (edge - day, edge, edge + day)}))
    numbers = [Fraction(edge) for edge in edges]
    between = [(a + b) / 2 for a, b in pairwise(numbers)]
    return tuple(sorted([numbers[0] - 1, *numbers, *between, numbers[-1] + 1]))


def _place(value: Value) -> Fraction:
    if isinstance(value, date):
        return Fraction(value.toordinal())
    assert isinstance(value, Decimal | Fraction)
    return Fraction(value)


# --- verdicts ----------------------------------------------------------------------------------


def verdicts(rule: Rule, world: World) -> frozenset[Verdict]:
    """Return the verdicts that a rule can still give where only part of a world is chosen."""
    found: set[Verdict] = set()
    where: States = frozenset({True})
    if rule.where is not None:
        void = _void(rule.where, world)
        if void is True:
            return frozenset({Verdict.NOT_APPLICABLE})
        where = possible(rule.where, world)
        if False in where or void is None:
            found.add(Verdict.NOT_APPLICABLE)
        if None in where:
            is_finding = rule.on_missing is Verdict.FINDING
            found.add(Verdict.UNKNOWN if is_finding else rule.on_missing)
    if True in where:
        void = _void(rule.when, world)
        if void is not False:
            found.add(Verdict.NOT_APPLICABLE)
        if void is not True:
            named = {True: Verdict.FINDING, False: Verdict.PASS, None: rule.on_missing}
            found |= {named[state] for state in possible(rule.when, world)}
    return frozenset(found)


def _void(condition: Condition, world: World) -> bool | None:
    """Tell whether one comparison has no meaning; None where that is still open."""
    cells = [world.get(variable_of(leaf)) for leaf in leaves(condition)]
    if VOID in cells:
        return True
    return None if None in cells else False


def possible(condition: Condition, world: World) -> States:
    """Return what a condition can still come to."""
    match condition:
        case Not(part):
            inner = possible(part, world)
            return frozenset(None if state is None else not state for state in inner)
        case All(parts):
            return _joined((possible(part, world) for part in parts), ruling=False)
        case Any_(parts):
            return _joined((possible(part, world) for part in parts), ruling=True)
        case _:
            cell = world.get(variable_of(condition))
            return _OPEN if cell is None else frozenset({_decided(condition, cell)})


def _joined(parts: Iterable[States], *, ruling: bool) -> States:
    total: States = frozenset({not ruling})
    for part in parts:
        total = frozenset(_kleene((a, b), ruling=ruling) for a in total for b in part)
    return total


def _kleene(pair: tuple[bool | None, bool | None], *, ruling: bool) -> bool | None:
    if ruling in pair:
        return ruling
    return None if None in pair else not ruling


def _decided(leaf: Atom | Tally, cell: Cell) -> bool | None:
    if isinstance(leaf, Atom) and leaf.operator in {"present", "missing"}:
        return (cell == ABSENT) == (leaf.operator == "missing")
    if cell in {ABSENT, VOID}:  # a rule with a void comparison is not asked any further
        return None
    if isinstance(cell, bool) and variable_of(leaf)[0] == "pair":
        return cell
    if variable_of(leaf)[0] == "pair":
        sign = {"below": -1, "same": 0, "above": 1}[str(cell)]
        return bool(ORDERING[leaf.operator](sign, 0))
    return _against(leaf.operator, cell, _edge(leaf.operand))


def _against(operator: str, cell: Cell, edge: Value | tuple[Value, ...] | None) -> bool:
    if isinstance(edge, tuple):
        if operator == "between":
            return bool(edge[0] <= cell <= edge[1])  # type: ignore[operator]
        if operator == "begins_with":
            return any(begins_with(str(cell), str(word)) for word in edge)
        return (cell in edge) == (operator == "in")
    return bool(ORDERING[operator](cell, edge))


def described(world: World) -> str:
    """Write a world for a reader: what each field would be, in the words of rule files."""
    return ", ".join(_described(variable, cell) for variable, cell in world.items())


def _described(variable: Variable, cell: Cell) -> str:
    if variable[0] == "pair":
        if cell in {"below", "same", "above"}:
            sign = {"below": "<", "same": "=", "above": ">"}[str(cell)]
            return f"{variable[1]} {sign} {variable[2]}"
        return f"{variable[1]} {variable[4]} {variable[2]}: {_shown(cell)}"
    name = f"{variable[1]}({variable[2]})" if variable[0] == "tally" else variable[1]
    return f"{name} = {_shown(cell)}"


def _shown(cell: Cell) -> str:
    if cell in {ABSENT, VOID}:
        return "null"
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Fraction):
        return str(float(cell)) if cell.denominator != 1 else str(cell)
    return str(cell).lstrip("\x00")


# --- searching ---------------------------------------------------------------------------------


def find_world(space: Space, wanted: Callable[[World], bool | None]) -> dict[Variable, Cell] | None:
    """Find a world.

    Args:
        space: the variables and their cells.
        wanted: says of a world, of which only part may be chosen yet, whether it is one that is
            looked for (True), can never become one (False), or may (None).

    Returns:
        A world, perhaps with variables left open that do not matter; None where there is none.

    Raises:
        Undecided: more than `MAX_STEPS` worlds would have to be looked at.
    """
    names = list(space.cells)
    steps = 0

    def search(world: dict[Variable, Cell], depth: int) -> dict[Variable, Cell] | None:
        nonlocal steps
        steps += 1
        if steps > MAX_STEPS:
            raise Undecided
        state = wanted(world)
        if state is True:
            return world
        if state is False or depth == len(names):
            return None
        for cell in space.cells[names[depth]]:
            found = search({**world, names[depth]: cell}, depth + 1)
            if found is not None:
                return found
        return None

    return search({}, 0)


def is_possible(
    rules: Sequence[Rule], wanted: Callable[[World], bool | None], *, of: Condition
) -> bool:
    """Tell whether there is a world that is looked for, where the answer hangs on `of`.

    With the variables of `of` chosen last a world is mostly found soon; with these first it mostly
    shows soon that there is none.

    Raises:
        Undecided: neither way comes to an end.
    """
    space = space_of(rules, of)
    mine = {variable_of(leaf) for leaf in leaves(of)}
    last = sorted(space.cells, key=lambda variable: variable in mine)
    try:
        turned = Space(space.kind, {variable: space.cells[variable] for variable in last})
        return find_world(turned, wanted) is not None
    except Undecided:
        return find_world(space, wanted) is not None


def gives(rule: Rule, verdict: Verdict) -> Callable[[World], bool | None]:
    """Look for worlds in which a rule gives a verdict."""

    def wanted(world: World) -> bool | None:
        left = verdicts(rule, world)
        return True if left == {verdict} else None if verdict in left else False

    return wanted


def both(*questions: Callable[[World], bool | None]) -> Callable[[World], bool | None]:
    """Look for worlds that answer every question."""

    def wanted(world: World) -> bool | None:
        states = [question(world) for question in questions]
        return False if False in states else True if all(states) else None

    return wanted


def differs(first: Rule, second: Rule) -> Callable[[World], bool | None]:
    """Look for worlds in which two rules give different verdicts."""

    def wanted(world: World) -> bool | None:
        one, other = verdicts(first, world), verdicts(second, world)
        if not one & other:
            return True
        return False if len(one) == 1 and one == other else None

    return wanted


def unequal(first: Condition, second: Condition) -> Callable[[World], bool | None]:
    """Look for worlds in which two conditions may come to different results."""

    def wanted(world: World) -> bool | None:
        one, other = possible(first, world), possible(second, world)
        decided = _void(first, world) is False and len(one) == 1
        return not (decided and one == other)

    return wanted


def not_finding(rule: Rule) -> Callable[[World], bool | None]:
    """Look for worlds in which a rule does not find anything."""

    def wanted(world: World) -> bool | None:
        left = verdicts(rule, world)
        return True if Verdict.FINDING not in left else False if left == {Verdict.FINDING} else None

    return wanted


__all__ = [
    "ABSENT",
    "VOID",
    "Space",
    "Undecided",
    "both",
    "described",
    "differs",
    "find_world",
    "gives",
    "is_possible",
    "not_finding",
    "space_of",
    "unequal",
    "variable_of",
    "verdicts",
]
