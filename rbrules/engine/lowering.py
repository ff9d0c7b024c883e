"""Conditions to definitions in the C engine's own grammar, over numbers derived from a fact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Final, Literal, TypeAlias

from rbrules.comparison import ORDERING, evaluate_operand, holds, is_exact_number
from rbrules.fields import CATALOGUE, Field
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Fact,
    Inapplicable,
    Kind,
    Known,
    Not,
    Operand,
    Tally,
    Unknown,
    Value,
)

MAX_FIRINGS: Final = 32
"""How often one definition may fire for one fact: an `$or` fires once for each true branch, and
several of them inside one `$and` multiply."""
MAX_LEAVES: Final = 60
"""The C engine fails with 65 conditions true at once; each branch of an `$or` counts once more."""
MAX_GROUPS: Final = 12
"""The C engine refuses a definition with 14 groups besides the one that the driver adds (error 113:
it keeps two of 29 places for each)."""
MAX_DEPTH: Final = 6
MAX_EXPONENT: Final = 300
"""Within 10 to the power of +-300 a binary64 keeps 15 digits; beyond, it turns to 0 or infinity."""

NativeOperator = Literal["$eq", "$neq", "$lt", "$lte", "$gt", "$gte"]

_NATIVE: Final[Mapping[str, NativeOperator]] = {
    "is": "$eq",
    "is_not": "$neq",
    "above": "$gt",
    "after": "$gt",
    "at_least": "$gte",
    "on_or_after": "$gte",
    "below": "$lt",
    "before": "$lt",
    "at_most": "$lte",
    "on_or_before": "$lte",
}
_COMPLEMENT: Final[Mapping[NativeOperator, NativeOperator]] = {
    "$eq": "$neq",
    "$neq": "$eq",
    "$lt": "$gte",
    "$gte": "$lt",
    "$gt": "$lte",
    "$lte": "$gt",
}


# A feature is one number of the flat fact. Each `of` returns None where the fact leaves it open:
# the value is unknown, void, or not a number that the C engine would compare exactly.


@dataclass(frozen=True, slots=True)
class Quantity:
    """The value of a number field as it is."""

    field: str

    def of(self, fact: Fact) -> float | None:
        """Return the number, whose binary64 stands for no other number of 15 digits."""
        reading = fact.readings[self.field]
        if isinstance(reading, Known):
            return _as_float(reading.value)
        return None


@dataclass(frozen=True, slots=True)
class Sign:
    """On which side of the operand a number or day stands, found in exact arithmetic."""

    field: str
    operand: Operand

    def of(self, fact: Fact) -> float | None:
        """Return 1 above the operand, 0 at it, -1 below."""
        left = fact.readings[self.field]
        right = evaluate_operand(self.operand, fact)
        if not isinstance(left, Known) or isinstance(right, Unknown | Inapplicable):
            return None
        above = ORDERING["above"](left.value, right.value)
        return float(above - ORDERING["below"](left.value, right.value))


@dataclass(frozen=True, slots=True)
class Truth:
    """Whether a condition holds, decided in Python."""

    condition: Condition

    def of(self, fact: Fact) -> float | None:
        """Return 1 where the condition is true, 0 where it is false."""
        result = holds(self.condition, fact)
        return float(result) if isinstance(result, bool) else None


Feature: TypeAlias = Quantity | Sign | Truth


@dataclass(frozen=True, slots=True)
class Comparison:
    """One native comparison: a feature with a number."""

    feature: Feature
    operator: NativeOperator
    constant: float

    def complement(self) -> Comparison:
        """Return the comparison that holds where this one does not (on a known feature)."""
        return Comparison(self.feature, _COMPLEMENT[self.operator], self.constant)


@dataclass(frozen=True, slots=True)
class Group:
    """Two or more native conditions, joined."""

    connective: Literal["$and", "$or"]
    parts: tuple[Native, ...]


Native: TypeAlias = Comparison | Group


def lower(condition: Condition, kind: Kind) -> Native:
    """Translate a condition on subjects of `kind`.

    Args:
        condition: of a rule, constants resolved.
        kind: whose field catalogue tells the types.

    Returns:
        A native condition without negation, inside the limits above, that holds exactly where
        `condition` is true and fails exactly where it is false, provided that every feature in
        it is known. What would break a limit stands in it as one `Truth`.
    """
    return _lower(condition, CATALOGUE[kind], depth=1, negated=False)


def features(native: Native) -> Iterator[Feature]:
    """Yield the features of a native condition from left to right, repeated ones too."""
    match native:
        case Comparison(feature):
            yield feature
        case Group(_, parts):
            for part in parts:
                yield from features(part)


def count_leaves(native: Native) -> int:
    """Count what may be true at once inside the C engine."""
    match native:
        case Comparison():
            return 1
        case Group(connective, parts):
            joints = len(parts) if connective == "$or" else 0
            return joints + sum(count_leaves(part) for part in parts)


def count_groups(native: Native) -> int:
    """Count the groups of a native condition, itself among them."""
    if isinstance(native, Comparison):
        return 0
    return 1 + sum(count_groups(part) for part in native.parts)


def count_firings(native: Native) -> int:
    """Count how often a native condition may fire for one fact, at most."""
    match native:
        case Comparison():
            return 1
        case Group("$and", parts):
            return prod(count_firings(part) for part in parts)
        case Group(_, parts):
            return sum(count_firings(part) for part in parts)


def _lower(
    condition: Condition, fields: Mapping[str, Field], *, depth: int, negated: bool
) -> Native:
    match condition:
        case Not(part):
            return _lower(part, fields, depth=depth, negated=not negated)
        case All((part,)) | Any_((part,)):
            return _lower(part, fields, depth=depth, negated=negated)
        case All() | Any_():
            return _lower_group(condition, fields, depth=depth, negated=negated)
        case Atom(operator="between", operand=Operand(base=Constant())):
            return _lower(_as_two(condition), fields, depth=depth, negated=negated)
        case _:
            native = _lower_leaf(condition, fields)
            return native.complement() if negated else native


def _lower_group(
    condition: All | Any_, fields: Mapping[str, Field], *, depth: int, negated: bool
) -> Native:
    if depth > MAX_DEPTH or not condition.parts:
        return _as_truth(condition, negated=negated)
    parts = [_lower(part, fields, depth=depth + 1, negated=negated) for part in condition.parts]
    # De Morgan: what is denied as a whole is denied in each part, under the other connective.
    if isinstance(condition, All) == negated:
        group = Group("$or", tuple(parts))
    else:
        widest_first = sorted(range(len(parts)), key=lambda index: -count_firings(parts[index]))
        for index in widest_first:
            if prod(count_firings(part) for part in parts) <= MAX_FIRINGS:
                break
            parts[index] = _as_truth(condition.parts[index], negated=negated)
        group = Group("$and", tuple(parts))
    fits = count_firings(group) <= MAX_FIRINGS and count_leaves(group) <= MAX_LEAVES
    if not fits or count_groups(group) > MAX_GROUPS:
        return _as_truth(condition, negated=negated)
    return group


def _as_two(between: Atom) -> All:
    """Split `between` into its two ends."""
    bounds = between.operand.base
    assert isinstance(bounds, Constant)
    assert isinstance(bounds.value, tuple)
    low, high = (Operand(Constant(value)) for value in bounds.value)
    return All((Atom(between.field, "at_least", low), Atom(between.field, "at_most", high)))


def _lower_leaf(leaf: Atom | Tally, fields: Mapping[str, Field]) -> Comparison:
    operator = _NATIVE.get(leaf.operator)
    if isinstance(leaf, Tally) or operator is None:
        return _as_truth(leaf)
    field = fields[leaf.field]
    if field.type not in {"number", "date"}:
        return _as_truth(leaf)
    constant = _plain_constant(leaf.operand) if field.exact else None
    if constant is None:
        return Comparison(Sign(leaf.field, leaf.operand), operator, 0.0)
    return Comparison(Quantity(leaf.field), operator, constant)


def _plain_constant(operand: Operand) -> float | None:
    """Return the number on the right side, or None where the C engine cannot take it as one."""
    if operand.times or operand.plus or not isinstance(operand.base, Constant):
        return None
    return _as_float(operand.base.value)


def _as_truth(condition: Condition, *, negated: bool = False) -> Comparison:
    truth = Comparison(Truth(condition), "$eq", 1.0)
    return truth.complement() if negated else truth


def _as_float(value: Value | tuple[Value, ...] | None) -> float | None:
    """Return the binary64 that stands for `value` alone among numbers of 15 digits, or None."""
    if not is_exact_number(value):
        return None
    if value and not -MAX_EXPONENT <= value.adjusted() <= MAX_EXPONENT:
        return None
    return float(value) + 0.0  # turns -0.0 into 0.0
