"""Conditions on one subject, exact and three-valued: the meaning of every operator."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final, TypeGuard
from unicodedata import category

from rbrules.figures import agreement
from rbrules.model import (
    All,
    Any_,
    Atom,
    Computed,
    Condition,
    Constant,
    Fact,
    Inapplicable,
    Known,
    Not,
    Number,
    Operand,
    Reading,
    Table,
    Tally,
    TallyResult,
    Target,
    Unknown,
    Value,
)

ORDERING: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "is": eq,
    "is_not": ne,
    "same_as": eq,
    "differs_from": ne,
    "above": gt,
    "after": gt,
    "at_least": ge,
    "on_or_after": ge,
    "below": lt,
    "before": lt,
    "at_most": le,
    "on_or_before": le,
}
"""The operators that one comparison of two plain values decides."""

TEXTS: Final = 4096
"""So many texts are kept with what they begin with."""

EXACT_DIGITS: Final = 15
FULL: Final = Decimal(100)
PERCENT: Final = frozenset({"%", "persen"})

_NUMBERING: Final = re.compile(
    r"[0-9]+(\.[0-9]+)+ |[0-9]+(\.[0-9]+)*[.):]+(?![0-9]) ?|([a-z]|[ivx]+)[.)] ?"
)
"""A number or letter of a list: it ends in a mark, or is made of several numbers."""

Result = bool | Unknown | Inapplicable
"""What a comparison yields: decided, not decidable (with the pointers looked for), or void."""


def holds(condition: Condition, fact: Fact) -> Result:
    """Decide a condition.

    Returns:
        `Inapplicable` where one comparison has no meaning for the subject, whatever the others
        say; else true, false or unknown by Kleene's tables, an unknown with the pointers of those
        comparisons that leave it open.
    """
    match condition:
        case Not(part):
            inner = holds(part, fact)
            return (not inner) if isinstance(inner, bool) else inner
        case All(parts):
            return _kleene([holds(part, fact) for part in parts], ruling=False)
        case Any_(parts):
            return _kleene([holds(part, fact) for part in parts], ruling=True)
        case _:
            return decide(condition, fact)


def _kleene(results: list[Result], *, ruling: bool) -> Result:
    for result in results:
        if isinstance(result, Inapplicable):
            return result
    if ruling in results:
        return ruling
    gaps = [result for result in results if isinstance(result, Unknown)]
    return _joined(gaps) if gaps else not ruling


def _joined(gaps: Iterable[Unknown]) -> Unknown:
    return Unknown(tuple(dict.fromkeys(pointer for gap in gaps for pointer in gap.pointers)))


def decide(leaf: Atom | Tally, fact: Fact) -> Result:
    """Decide one comparison, count or share."""
    if isinstance(leaf, Tally):
        return decide_tally(leaf, fact.tallies[leaf])
    return compare(leaf, fact)


def compare(atom: Atom, fact: Fact) -> Result:
    """Decide `atom` on `fact`.

    Returns:
        True or False where every value that is needed is known; `Unknown` with the pointers that
        were looked for; `Inapplicable` where the comparison has no meaning for the subject.
    """
    left = fact.readings[atom.field]
    if isinstance(left, Inapplicable):
        return left
    if atom.operator in {"present", "missing"}:
        # A value that is there but cannot be read is neither present nor missing.
        if isinstance(left, Unknown) and left.found:
            return left
        return isinstance(left, Unknown) == (atom.operator == "missing")
    if atom.operator in {"rises_from", "falls_from"}:
        right = fact.readings[str(atom.operand.base)]
        return moves(left, right, fact.readings, rising=atom.operator == "rises_from")
    other = evaluate_operand(atom.operand, fact)
    if isinstance(other, Inapplicable):
        return other
    if isinstance(left, Unknown) or isinstance(other, Unknown):
        return _unknown(left, other)
    return _decide(atom.operator, left, other)


def _decide(operator: str, left: Known, right: Known | Constant) -> Result:
    if operator == "disagrees_with":
        assert isinstance(right, Known)
        return _disagrees(left, right)
    if isinstance(left.value, Target) and isinstance(right.value, Target):
        if (left.value.word is None) != (right.value.word is None):
            return _unknown(
                Unknown(left.pointers, "a word and a number"), Unknown(_pointers(right))
            )
        same = (left.value.low, left.value.high) == (right.value.low, right.value.high)
        return same == (operator == "same_as")
    if isinstance(right.value, tuple):
        if operator == "between":
            low, high = right.value
            return bool(low <= left.value <= high)  # type: ignore[operator]
        if operator == "begins_with":
            return any(begins_with(str(left.value), str(word)) for word in right.value)
        return (left.value in right.value) == (operator == "in")
    return ORDERING[operator](left.value, right.value)


@lru_cache(TEXTS)
def begins_with(text: str, start: str) -> bool:
    """Tell whether `text` begins with the words of `start`, in any case and spacing.

    The last of them must end there: "terlaksananya" does not begin with "terlaksana". A number,
    letter, bullet or quotation mark set before the text is no part of its wording.
    """
    words, wanted = (" ".join(item.casefold().split()) for item in (text, start))
    return _starts(words, wanted) or _starts(_unnumbered(words), wanted)


def _unnumbered(words: str) -> str:
    """Leave out what a list sets before a text: 1. 1.2 (a) iv) - and opening quotes."""
    while words:
        bare = words.lstrip("".join(char for char in set(words) if _is_mark(char)))
        rest = bare[match.end() :] if (match := _NUMBERING.match(bare)) else bare
        if rest == words:
            return words
        words = rest
    return words


def _is_mark(char: str) -> bool:
    return category(char)[0] in "PSZ"


def _starts(words: str, wanted: str) -> bool:
    rest = words.removeprefix(wanted)
    if not wanted or rest == words:
        return False
    # A letter, a digit, or a mark that belongs to the letter before goes on with the word.
    return not rest or category(rest[0])[0] not in "LNM"


def evaluate_operand(operand: Operand, fact: Fact) -> Reading | Constant:
    """Return the right side of a comparison: the constant, field or table, times, plus."""
    base: Reading | Constant
    match operand.base:
        case str(name):
            base = fact.readings[name]
        case Table():
            base = look_up(operand.base, fact)
        case Constant():
            base = operand.base
    if (operand.times is None and operand.plus is None) or isinstance(base, Unknown | Inapplicable):
        return base
    value = base.value
    if isinstance(value, date):
        assert operand.plus is not None
        value = shifted(value, int(_fraction(operand.plus.value)))
    else:
        exact = _fraction(value)
        if operand.times is not None:
            exact *= _fraction(operand.times.value)
        if operand.plus is not None:
            exact += _fraction(operand.plus.value)
        value = exact
    return Known(value, _pointers(base))


def look_up(table: Table, fact: Fact) -> Constant | Unknown | Inapplicable:
    """Return the value of a table for a subject.

    Returns:
        The value; `Inapplicable` where no row is for the subject; `Unknown` where what is missing
        could make another value the answer.
    """
    states = [True if row.when is None else holds(row.when, fact) for row in table.rows]
    if table.policy == "first" and True in states:
        states = states[: states.index(True) + 1]  # what stands below is not asked
    void = next((state for state in states if isinstance(state, Inapplicable)), None)
    if void is not None:
        return void
    sure = [row.value for row, state in zip(table.rows, states, strict=False) if state is True]
    gaps = [
        (row.value, state)
        for row, state in zip(table.rows, states, strict=False)
        if isinstance(state, Unknown)
    ]
    if table.policy == "first":
        other = [state for value, state in gaps if not sure or value.value != sure[0].value]
        if other:
            return _joined(other)
        return sure[0] if sure else Inapplicable()
    listed = tuple(dict.fromkeys(value for item in sure for value in _values(item)))
    other = [state for value, state in gaps if not set(_values(value)) <= set(listed)]
    if other:
        return _joined(other)
    return Constant(listed) if sure else Inapplicable()


def _values(constant: Constant) -> tuple[Value, ...]:
    assert isinstance(constant.value, tuple)
    return constant.value


def shifted(day: date, days: int) -> date:
    """Add days; beyond the ends of the calendar stand its first and its last day."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def moves(
    left: Reading, right: Reading, readings: Mapping[str, Reading], *, rising: bool
) -> Result:
    """Decide whether `left` is strictly better (rising) or worse than `right`.

    Better means higher under `arah` naik, where the low ends count, and lower under turun, where
    the high ends count. The comparison is void under `rentang` and where `left` stands at `batas`
    (the last word of a `skala` is its bound). A percentage that stands at its natural end without
    `batas` is unknown: whether it can be bettered is not said.
    """
    arah = readings["arah"]
    if isinstance(right, Inapplicable):
        return right
    if isinstance(arah, Known) and arah.value == "rentang":
        return Inapplicable(arah.pointers)
    if not (isinstance(arah, Known) and isinstance(left, Known)):
        return _unknown(left, arah)
    # The words of a `skala` run from worst to best whatever the direction.
    upward = arah.value == "naik" or _target(left).word is not None
    bounded = _at_bound(_target(left), readings, upward=upward)
    if bounded is not None:
        return bounded
    if not isinstance(right, Known):
        return _unknown(right)
    first, second = _target(left), _target(right)
    if (first.word is None) != (second.word is None):
        return Unknown((*left.pointers, *right.pointers), "a word and a number")
    better, worse = (gt, lt) if upward else (lt, gt)
    ends = (first.low, second.low) if upward else (first.high, second.high)
    return bool((better if rising else worse)(*ends))


def _at_bound(
    left: Target, readings: Mapping[str, Reading], *, upward: bool
) -> Unknown | Inapplicable | None:
    batas = readings["batas"]
    end = left.low if upward else left.high
    if isinstance(batas, Known):
        bound = _target(batas)
        if (bound.word is None) != (left.word is None):
            return Unknown(batas.pointers, "a word and a number")
        at_bound = end >= bound.low if upward else end <= bound.high
        return Inapplicable(batas.pointers) if at_bound else None
    assert isinstance(batas, Unknown)
    if batas.found:
        return batas
    satuan = readings["satuan"]
    is_percent = isinstance(satuan, Known) and str(satuan.value).strip().casefold() in PERCENT
    if left.word is None and is_percent and end == (FULL if upward else 0):
        return batas
    return None


def _disagrees(left: Known, right: Known) -> Result:
    printed, computed = left.value, right.value
    assert isinstance(printed, Decimal)
    assert isinstance(computed, Computed)
    agrees = agreement(printed, computed)
    if agrees is None:
        gaps = (*computed.missing, *computed.assumed) or computed.coarse or right.pointers
        return Unknown(tuple(dict.fromkeys(gaps)))
    return not agrees


def decide_tally(tally: Tally, result: TallyResult) -> Result:
    """Decide a count or share: only where both ends of what is possible agree.

    Void where the file states that there is nothing to count.
    """
    wanted = tally.operand.base
    assert isinstance(wanted, Constant)
    if result.total == 0:
        # Nothing to count is not a count of nothing: it would read as a pass.
        return Unknown(result.missing) if result.missing else Inapplicable()
    if tally.measure == "share":
        ends = (Fraction(result.low, result.total), Fraction(result.high, result.total))
    else:
        ends = (Fraction(result.low), Fraction(result.high))
    low, high = (ORDERING[tally.operator](end, wanted.value) for end in ends)
    if low == high and not (tally.operator == "is" and result.low != result.high):
        return low
    if tally.operator == "is" and not ends[0] <= _fraction(wanted.value) <= ends[1]:
        return False
    return Unknown(result.missing)


def _fraction(value: Value | tuple[Value, ...] | None) -> Fraction:
    assert isinstance(value, Decimal | Fraction | int)
    return Fraction(value)


def _target(reading: Known) -> Target:
    assert isinstance(reading.value, Target)
    return reading.value


def _pointers(reading: Known | Constant) -> tuple[str, ...]:
    return reading.pointers if isinstance(reading, Known) else ()


def _unknown(*readings: object) -> Unknown:
    """Join what is missing in `readings`."""
    gaps = [reading for reading in readings if isinstance(reading, Unknown)]
    pointers = dict.fromkeys(pointer for gap in gaps for pointer in gap.pointers)
    return Unknown(tuple(pointers), "; ".join(gap.found for gap in gaps if gap.found))


def is_exact_number(value: object) -> TypeGuard[Decimal]:
    """Tell whether `value` is a Decimal of at most 15 significant digits (binary64 keeps these)."""
    if not isinstance(value, Decimal):
        return False
    # Not `normalize()`: that rounds to the precision of the context first.
    digits = "".join(map(str, value.as_tuple().digits)).rstrip("0")
    return len(digits) <= EXACT_DIGITS


__all__ = [
    "ORDERING",
    "Number",
    "Result",
    "begins_with",
    "compare",
    "decide",
    "decide_tally",
    "evaluate_operand",
    "holds",
    "is_exact_number",
    "look_up",
    "moves",
    "shifted",
]
