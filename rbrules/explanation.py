"""An outcome to its explanation: what every clause came to, and how far it is from its edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from rbrules.comparison import Result, decide, evaluate_operand, holds
from rbrules.figures import half_unit
from rbrules.model import (
    All,
    Any_,
    Atom,
    Computed,
    Condition,
    Constant,
    Fact,
    Known,
    Not,
    Outcome,
    Reading,
    Table,
    Tally,
    TallyResult,
    Target,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition, what it came to on a subject, and its parts."""

    condition: Condition
    result: Result
    parts: tuple[Clause, ...] = ()
    left: Reading | TallyResult | None = None
    """What was looked at; None for a condition that has parts."""
    right: Reading | Constant | None = None
    """What it was held against; None where the operator needs nothing."""
    distance: Fraction | None = None
    """Left minus right: in days for days; None where there is no order or a side is unknown."""
    slack: Fraction | None = None
    """The difference up to which a printed and a computed figure agree."""
    rows: tuple[Clause | None, ...] = ()
    """For each row of the table that was asked for whether it is for the subject; None where it
    is for every subject."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one rule came to its verdict on one subject."""

    outcome: Outcome
    absent: tuple[str, ...]
    """Documents that the rule needs and that the file states do not exist."""
    where: Clause | None
    when: Clause


def explain(outcome: Outcome) -> Explanation:
    """Take an outcome apart.

    Args:
        outcome: of a rule whose constants are resolved, as a report has it.
    """
    rule, fact = outcome.rule, outcome.fact
    return Explanation(
        outcome,
        tuple(name for name in rule.needs if name in fact.absent),
        None if rule.where is None else _clause(rule.where, fact),
        _clause(rule.when, fact),
    )


def leaf_clauses(clause: Clause | None) -> Iterator[Clause]:
    """Yield the comparisons of a clause."""
    if clause is None:
        return
    if not clause.parts:
        yield clause
    for part in clause.parts:
        yield from leaf_clauses(part)


def _clause(condition: Condition, fact: Fact) -> Clause:
    match condition:
        case All(parts) | Any_(parts):
            return Clause(condition, holds(condition, fact), tuple(_clause(p, fact) for p in parts))
        case Not(part):
            return Clause(condition, holds(condition, fact), (_clause(part, fact),))
        case Tally():
            return _tally(condition, fact)
        case Atom():
            return _atom(condition, fact)


def _tally(tally: Tally, fact: Fact) -> Clause:
    counted = fact.tallies[tally]
    wanted = tally.operand.base
    assert isinstance(wanted, Constant)
    distance = None
    if counted.low == counted.high and counted.total:
        whole = counted.total if tally.measure == "share" else 1
        distance = Fraction(counted.low, whole) - _number(wanted)
    return Clause(tally, decide(tally, fact), left=counted, right=wanted, distance=distance)


def _atom(atom: Atom, fact: Fact) -> Clause:
    left = fact.readings[atom.field]
    result = decide(atom, fact)
    if atom.operator in {"present", "missing"}:
        return Clause(atom, result, left=left)
    right = evaluate_operand(atom.operand, fact)
    slack = None
    if isinstance(right, Known) and isinstance(right.value, Computed) and isinstance(left, Known):
        slack = max(right.value.allowed, half_unit(_printed(left)) + right.value.tolerance)
    base = atom.operand.base
    rows = base.rows if isinstance(base, Table) else ()
    return Clause(
        atom,
        result,
        left=left,
        right=right,
        distance=_distance(left, right),
        slack=slack,
        rows=tuple(None if row.when is None else _clause(row.when, fact) for row in rows),
    )


def _printed(reading: Known) -> Decimal:
    value = reading.value
    assert isinstance(value, Decimal)
    return value


def _number(constant: Constant) -> Fraction:
    value = constant.value
    assert isinstance(value, Decimal | Fraction)
    return Fraction(value)


def _distance(left: Reading, right: Reading | Constant) -> Fraction | None:
    if not isinstance(left, Known) or not isinstance(right, Known | Constant):
        return None
    pair = _scalar(left.value), _scalar(right.value)
    if pair[0] is None or pair[1] is None:
        return None
    return pair[0] - pair[1]


def _scalar(value: object) -> Fraction | None:
    """Place a value on a line; a range, a word or a list has no place."""
    match value:
        case bool():
            return None
        case date():
            return Fraction(value.toordinal())
        case Decimal() | Fraction():
            return Fraction(value)
        case Target(low, high, None) | Computed(low, high) if low is not None and low == high:
            return Fraction(low)
        case _:
            return None


__all__ = ["Clause", "Explanation", "explain", "leaf_clauses"]
