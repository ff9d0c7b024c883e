"""Rules over every kind of subject that there can be: what no case file can show by examples.

A comparison of a field with a constant splits what the field can be into finitely many cells: the
constants, the stretches between them, and "not given". Comparisons of two fields are true, false
or not given, whatever else holds; a count lies between two ends. A world takes one cell for each; a
rule has the same verdict in all of a world. So what holds in every world holds for every evaluation
file. The reverse is not claimed: some worlds exist in no file, since fields hang together in ways
that a cell does not know.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any, Final

from rbrules.comparison import ORDERING, begins_with, shifted
from rbrules.conditions import file_words, leaves, tables, transform
from rbrules.fields import CATALOGUE, YEAR_DAYS, is_always_known
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
    Table,
    Tally,
    Value,
    Verdict,
)

WHOLE: Final = frozenset({"tahun", "berkas", "indikator", "pembanding", "periode"})
"""Units of fields that hold a year or count something: their values are whole numbers."""

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
"""The years that an evaluation may have, as its schema says."""

MAX_STEPS: Final = 20_000
"""Worlds looked at for one question; beyond this it stays undecided."""


class Lack(Enum):
    """Cells without a value."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"
    """Something stands there that is no value: the field is neither present nor missing."""
    VOID = "void"
    """The field has no meaning for the subject; a rule that asks for it is not applicable then."""


@dataclass(frozen=True, slots=True)
class Other:
    """Any text but those that are compared with, beginning with `start` and no longer word."""

    start: str


@dataclass(frozen=True, slots=True)
class Span:
    """A count or share of which only the ends are known."""

    low: Fraction
    high: Fraction


Variable = tuple[str, ...]
"""What a cell is chosen for: a field, a comparison of two fields, a count, or a document."""

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


def space_of(
    rules: Sequence[Rule],
    first: Condition | None = None,
    *,
    words: Callable[[Kind, str], Sequence[str]] = file_words,
) -> Space:
    """Split what the fields of some rules on one kind can be into cells.

    Args:
        rules: the rules.
        first: a condition whose variables are chosen first, since an answer hangs on them.
        words: tells the only words that a field can have; none where it may be any text.
    """
    kind = rules[0].applies_to
    grouped: dict[Variable, list[Atom | Tally]] = {variable_of(leaf): [] for leaf in leaves(first)}
    for rule in rules:
        for condition in (rule.where, rule.when):
            for leaf in leaves(condition):
                grouped.setdefault(variable_of(leaf), []).append(leaf)
    cells = {variable: _cells(variable, found, kind, words) for variable, found in grouped.items()}
    needs = {_document(name): (False, True) for rule in rules for name in rule.needs}
    return Space(kind, {**cells, **needs})


def written_out(rule: Rule) -> Rule:
    """Write the tables of a rule out as conditions, so that their values are cells too.

    A subject without a row is left out by `where`. A rule that makes findings of what is missing
    stays as it is: there it matters whether `where` or `when` is unknown.
    """
    found = tables(rule)
    if not found or rule.on_missing is Verdict.FINDING:
        return rule
    has_row = [
        Any_(tuple(row.when for row in table.rows if row.when is not None))
        for table in found
        if all(row.when is not None for row in table.rows)
    ]
    chosen = [] if rule.where is None else [transform(rule.where, _row_by_row)]
    where = All((*chosen, *has_row)) if chosen or has_row else None
    return replace(rule, where=where, when=transform(rule.when, _row_by_row))


def _row_by_row(leaf: Atom | Tally) -> Condition:
    table = leaf.operand.base
    if not isinstance(table, Table):
        return leaf
    parts: list[Condition] = []
    above: list[Condition] = []
    excludes = table.policy == "collect" and leaf.operator == "not_in"
    for row in table.rows:
        when = All(()) if row.when is None else row.when
        held = replace(leaf, operand=replace(leaf.operand, base=row.value))
        if excludes:
            parts.append(Any_((Not(when), held)))
        else:
            parts.append(All((when, *map(Not, above), held)))
        if table.policy == "first":
            above.append(when)
    return All(tuple(parts)) if excludes else Any_(tuple(parts))


def _document(name: str) -> Variable:
    """Name what says whether the file states that the unit does not have a document."""
    return ("document", name)


def variable_of(leaf: Atom | Tally) -> Variable:
    """Name the variable that decides a comparison."""
    if isinstance(leaf, Tally):
        return ("tally", leaf.measure, leaf.rule, leaf.verdict.value)
    if leaf.operator in {"present", "missing"}:
        return ("field", leaf.field)
    if _is_constant(leaf.operand):
        return ("field", "tahun" if leaf.field in YEAR_DAYS else leaf.field)
    base = leaf.operand.base
    other = f"table {base.name}" if isinstance(base, Table) else str(base)
    return ("pair", leaf.field, other, repr(leaf.operand), _relation(leaf))


def _relation(atom: Atom) -> str:
    """Name what two fields are compared by; orderings of the same pair hang together."""
    return "order" if atom.operator in ORDERING else atom.operator


def _is_constant(operand: Operand) -> bool:
    return isinstance(operand.base, Constant)


def _cells(
    variable: Variable,
    found: Sequence[Atom | Tally],
    kind: Kind,
    words: Callable[[Kind, str], Sequence[str]],
) -> tuple[Cell, ...]:
    if variable[0] == "pair":
        orders: tuple[Cell, ...] = (True, False)
        if variable[4] == "order":
            itself = any(leaf.operand == Operand(variable[1]) for leaf in found)
            orders = ("same",) if itself else ("below", "same", "above")
        return (*orders, Lack.ABSENT, Lack.VOID)
    values = [value for leaf in found for value in _constants(leaf)]
    if variable[0] == "tally":
        return (*_spans(variable[1], values), Lack.ABSENT, Lack.VOID)
    field = CATALOGUE[kind][variable[1]]
    known: tuple[Cell, ...]
    if field.type == "bool":
        known = (True, False)
    elif field.type == "text":
        starts = [v for leaf in found if leaf.operator == "begins_with" for v in _constants(leaf)]
        known = _texts(values, starts, words(kind, field.name))
    elif field.unit in WHOLE:
        known = tuple(_wholes(values)) or ("given",)
    elif field.type in {"number", "date"}:
        known = _stretches(values)
    else:
        known = ("given",)
    if is_always_known(kind, variable[1]):
        return known
    asked = any(leaf.operator in {"present", "missing"} for leaf in found)
    unreadable = (Lack.UNREADABLE,) if asked else ()  # elsewhere it is no more than absent
    return (*known, Lack.ABSENT, *unreadable, Lack.VOID)


def _texts(
    values: Sequence[Value], starts: Sequence[Value], allowed: Sequence[str]
) -> tuple[Cell, ...]:
    """Return the words that are compared with, and one text for all others of each beginning.

    Args:
        values: the words.
        starts: those that a text is asked to begin with.
        allowed: the words that an evaluation file can have; any where empty.
    """
    if not allowed:
        others = [Other(""), *(Other(str(word)) for word in starts)]
        return tuple(dict.fromkeys([*values, *others]))
    if starts:
        return tuple(allowed)
    named = [word for word in allowed if word in values]
    return (*named, *[word for word in allowed if word not in named][:1])


def _spans(measure: str, values: Iterable[Value]) -> tuple[Cell, ...]:
    """Return the pairs of ends that a count or share can have."""
    edges = {_place(value) for value in values}
    if measure == "count":
        ends = [end for end in _wholes([*edges, Fraction(0)]) if end >= 0]
    else:
        given = _stretches([*edges, Fraction(0), Fraction(1)])
        ends = [end for end in given if isinstance(end, Fraction) and 0 <= end <= 1]
    return tuple(Span(low, high) for low in ends for high in ends if low <= high)


def _wholes(values: Iterable[Value]) -> list[Fraction]:
    """Return whole numbers on both sides of each edge, and the edge itself where it is one."""
    edges = {_place(value) for value in values}
    ends = {end for e in edges for end in (ceil(e) - 1, floor(e), ceil(e), floor(e) + 1)}
    return sorted(Fraction(end) for end in ends)


def _constants(leaf: Atom | Tally) -> Iterator[Value]:
    value = None if leaf.operator in {"present", "missing"} else _edge(leaf.operand)
    if isinstance(leaf, Atom) and leaf.field in YEAR_DAYS:
        yield from _years_around(value)
    elif isinstance(value, tuple):
        yield from value
    elif value is not None:
        yield value


def _years_around(edge: Value | tuple[Value, ...] | None) -> Iterator[Decimal]:
    """Yield years of which the fixed days lie on both sides of each edge, and on it where one is.

    A fixed day is in the year, the one before or the one after.
    """
    for day in edge if isinstance(edge, tuple) else (edge,):
        if isinstance(day, date):
            years = range(day.year - 1, day.year + 2)
            yield from (Decimal(min(max(year, FIRST_YEAR), LAST_YEAR)) for year in years)


def _edge(operand: Operand) -> Value | tuple[Value, ...] | None:
    """Return the constant of an operand with its factors."""
    base = operand.base
    if not isinstance(base, Constant) or base.value is None:
        return None
    value = base.value
    times = operand.times.value if operand.times else None
    plus = operand.plus.value if operand.plus else None
    if isinstance(value, date) and isinstance(plus, Decimal):
        return shifted(value, int(plus))
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
        return tuple(sorted({shifted(edge, days) for edge in edges for days in (-1, 0, 1)}))
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
    absent = [world.get(_document(name)) for name in rule.needs]
    if True in absent:
        return frozenset({Verdict.NOT_APPLICABLE})
    if None in absent:
        found.add(Verdict.NOT_APPLICABLE)
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
    if Lack.VOID in cells:
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
        if cell is Lack.UNREADABLE:
            return None
        return (cell is Lack.ABSENT) == (leaf.operator == "missing")
    if isinstance(cell, Lack):  # a rule with a void comparison is not asked any further
        return None
    if isinstance(cell, Span):
        return _counted(leaf.operator, cell, _edge(leaf.operand))
    if isinstance(cell, bool) and variable_of(leaf)[0] == "pair":
        return cell
    if variable_of(leaf)[0] == "pair":
        sign = {"below": -1, "same": 0, "above": 1}[str(cell)]
        return bool(ORDERING[leaf.operator](sign, 0))
    if isinstance(leaf, Atom) and leaf.field in YEAR_DAYS and isinstance(cell, Fraction):
        cell = YEAR_DAYS[leaf.field](min(max(int(cell), FIRST_YEAR), LAST_YEAR))
    return _against(leaf.operator, cell, _edge(leaf.operand))


def _against(operator: str, cell: Cell, edge: Value | tuple[Value, ...] | None) -> bool:
    if isinstance(edge, tuple):
        if operator == "between":
            return bool(edge[0] <= cell <= edge[1])  # type: ignore[operator]
        if operator == "begins_with":
            text = cell.start if isinstance(cell, Other) else str(cell)
            return any(begins_with(text, str(word)) for word in edge)
        return (cell in edge) == (operator == "in")
    return bool(ORDERING[operator](cell, edge))


def _counted(operator: str, cell: Span, edge: Value | tuple[Value, ...] | None) -> bool | None:
    """Decide a count as the engine does: only where both ends come to the same."""
    low, high = (bool(ORDERING[operator](end, edge)) for end in (cell.low, cell.high))
    if operator == "is" and cell.low != cell.high:
        assert isinstance(edge, Decimal | Fraction)
        return None if cell.low <= edge <= cell.high else False
    return low if low == high else None


def described(world: World) -> str:
    """Write a world for a reader: what each field would be, in the words of rule files."""
    return ", ".join(
        _described(variable, cell)
        for variable, cell in world.items()
        if (variable[0], cell) != ("document", False)
    )


def _described(variable: Variable, cell: Cell) -> str:
    if variable[0] == "pair":
        if cell in {"below", "same", "above"}:
            sign = {"below": "<", "same": "=", "above": ">"}[str(cell)]
            return f"{variable[1]} {sign} {variable[2]}"
        return f"{variable[1]} {variable[4]} {variable[2]}: {_shown(cell)}"
    if variable[0] == "document":
        return f"{variable[1]}_ada = false"
    name = f"{variable[1]}({variable[2]})" if variable[0] == "tally" else variable[1]
    return f"{name} = {_shown(cell)}"


def _shown(cell: Cell) -> str:
    if isinstance(cell, Lack):
        return "?" if cell is Lack.UNREADABLE else "null"
    if isinstance(cell, Other):
        return f"{cell.start} ...".strip()
    if isinstance(cell, Span):
        ends = _shown(cell.low), _shown(cell.high)
        return ends[0] if ends[0] == ends[1] else " - ".join(ends)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Fraction):
        return format(Decimal(cell.numerator) / Decimal(cell.denominator), "f")
    return str(cell)


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
    "Cell",
    "Lack",
    "Space",
    "Undecided",
    "Variable",
    "World",
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
    "written_out",
]
