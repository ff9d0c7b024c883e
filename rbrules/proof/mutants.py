"""A rule to its mutants: each differs from the rule in one place, and its cases should tell."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from rbrules.comparison import shifted
from rbrules.conditions import OPERATORS, named_fields, row_pointer, tables, transform
from rbrules.errors import show
from rbrules.fields import CATALOGUE
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Not,
    Operand,
    Row,
    Rule,
    Table,
    Tally,
    Value,
    Verdict,
    escape,
)

SWAPS: Final = {
    "above": ("at_least", "below"),
    "at_least": ("above", "at_most"),
    "below": ("at_most", "above"),
    "at_most": ("below", "at_least"),
    "before": ("on_or_before", "after"),
    "on_or_before": ("before", "on_or_after"),
    "after": ("on_or_after", "before"),
    "on_or_after": ("after", "on_or_before"),
    "is": ("is_not",),
    "is_not": ("is",),
    "in": ("not_in",),
    "not_in": ("in",),
    "same_as": ("differs_from",),
    "differs_from": ("same_as",),
    "present": ("missing",),
    "missing": ("present",),
    "rises_from": ("falls_from",),
    "falls_from": ("rises_from",),
}
"""What an operator is changed to: its neighbour at the edge, then the other direction."""

_NEIGHBOURS: Final = 2
"""How many other fields are tried in the place of one."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change: where (a pointer into the rule file), and which.

    `before` and `after` are the conditions at that place, None where there is none.
    """

    pointer: str
    change: str
    rule: Rule
    before: Condition | None = None
    after: Condition | None = None


def mutants(rule: Rule) -> tuple[Mutant, ...]:
    """Return the mutants of a rule whose constants are resolved.

    The list has the same pointers and changes, in the same order, whatever values its parameters
    have: only a number's neighbours differ, and these are named by the step.
    """
    found = []
    if rule.where is not None:
        found.append(Mutant("/where", "removed", replace(rule, where=None), rule.where))
        found += [
            Mutant(at.pointer, at.change, replace(rule, where=at.whole), at.before, at.after)
            for at in _changed(rule.where, "/where", rule)
        ]
    found += [
        Mutant(at.pointer, at.change, replace(rule, when=at.whole), at.before, at.after)
        for at in _changed(rule.when, "/when", rule)
    ]
    for table in tables(rule):
        found += _changed_table(table, rule)
    for index, document in enumerate(rule.needs):
        needs = rule.needs[:index] + rule.needs[index + 1 :]
        found.append(Mutant("/needs", f"without {document}", replace(rule, needs=needs)))
    for verdict in (Verdict.UNKNOWN, Verdict.FINDING, Verdict.NOT_APPLICABLE):
        if verdict is not rule.on_missing:
            change = f"{rule.on_missing.value} -> {verdict.value}"
            found.append(Mutant("/on_missing", change, replace(rule, on_missing=verdict)))
    return tuple(found)


def _changed_table(table: Table, rule: Rule) -> Iterator[Mutant]:
    """Yield the rule with one row of a table removed, for other subjects, or of another value."""

    def with_rows(rows: tuple[Row, ...]) -> Rule:
        def exchanged(leaf: Atom | Tally) -> Condition:
            base = leaf.operand.base
            if not isinstance(base, Table) or base.name != table.name:
                return leaf
            return replace(leaf, operand=replace(leaf.operand, base=replace(table, rows=rows)))

        where = None if rule.where is None else transform(rule.where, exchanged)
        return replace(rule, where=where, when=transform(rule.when, exchanged))

    for index, row in enumerate(table.rows):
        place = row_pointer(table, index)
        before, after = table.rows[:index], table.rows[index + 1 :]
        if before or after:
            yield Mutant(place, "removed", with_rows(before + after))
        for at in _changed(row.when, f"{place}/when", rule) if row.when is not None else ():
            rows = (*before, replace(row, when=at.whole), *after)
            yield Mutant(at.pointer, at.change, with_rows(rows), at.before, at.after)
        for change, value in _changed_constant(row.value):
            changed = replace(row, value=Constant(value, row.value.param))
            yield Mutant(f"{place}/value", change, with_rows((*before, changed, *after)))


class _Change(NamedTuple):
    """One change somewhere in a condition, and the whole condition with it."""

    pointer: str
    change: str
    before: Condition
    after: Condition | None
    whole: Condition

    def within(self, make: Callable[[Condition], Condition]) -> _Change:
        return self._replace(whole=make(self.whole))


def _change(pointer: str, change: str, before: Condition, after: Condition) -> _Change:
    return _Change(pointer, change, before, after, after)


def _changed(condition: Condition, pointer: str, rule: Rule) -> Iterator[_Change]:
    match condition:
        case All(parts) | Any_(parts):
            yield from _changed_list(condition, parts, pointer, rule)
        case Not(part):
            yield _change(pointer, "without not", condition, part)
            for inner in _changed(part, f"{pointer}/not", rule):
                yield inner.within(Not)
        case Tally():
            yield from _changed_tally(condition, f"{pointer}/{condition.measure}")
        case Atom():
            yield from _changed_atom(condition, f"{pointer}/{escape(condition.field)}", rule)


def _changed_list(
    condition: All | Any_, parts: tuple[Condition, ...], pointer: str, rule: Rule
) -> Iterator[_Change]:
    is_all = isinstance(condition, All)
    make, other = (All, Any_) if is_all else (Any_, All)
    word, change = ("all", "all -> any") if is_all else ("any", "any -> all")
    place = f"{pointer}/{word}"
    if len(parts) > 1:
        yield _change(place, change, condition, other(parts))
        for index, part in enumerate(parts):
            rest = make(parts[:index] + parts[index + 1 :])
            yield _Change(f"{place}/{index}", "removed", part, None, rest)
    for index, part in enumerate(parts):
        before, after = parts[:index], parts[index + 1 :]
        for inner in _changed(part, f"{place}/{index}", rule):
            yield inner._replace(whole=make((*before, inner.whole, *after)))


def _changed_tally(tally: Tally, pointer: str) -> Iterator[_Change]:
    for operator in SWAPS[tally.operator]:
        change = f"{tally.operator} -> {operator}"
        yield _change(pointer, change, tally, replace(tally, operator=operator))
    verdict = Verdict.PASS if tally.verdict is Verdict.FINDING else Verdict.FINDING
    change = f"{tally.verdict.value} -> {verdict.value}"
    yield _change(f"{pointer}/verdict", change, tally, replace(tally, verdict=verdict))
    for change, operand in _changed_operand(tally.operand):
        place = f"{pointer}/{tally.operator}"
        yield _change(place, change, tally, replace(tally, operand=operand))


def _changed_atom(atom: Atom, pointer: str, rule: Rule) -> Iterator[_Change]:
    field = CATALOGUE[rule.applies_to][atom.field]
    for operator in SWAPS.get(atom.operator, ()):
        if operator in OPERATORS[field.type]:
            change = f"{atom.operator} -> {operator}"
            yield _change(pointer, change, atom, replace(atom, operator=operator))
    if atom.operator not in SWAPS:
        yield _change(pointer, "negated", atom, Not(atom))
    place = f"{pointer}/{atom.operator}"
    right = atom.operand.base if isinstance(atom.operand.base, str) else ""
    if right:
        for name in _fellows(right, {atom.field}, rule):
            operand = replace(atom.operand, base=name)
            yield _change(place, f"{right} -> {name}", atom, replace(atom, operand=operand))
    if atom.operator not in {"present", "missing"}:
        for change, operand in _changed_operand(atom.operand):
            yield _change(place, change, atom, replace(atom, operand=operand))
    if field.type != "text":  # another text has words of its own, and the rule would be refused
        for name in _fellows(atom.field, {right}, rule):
            yield _change(pointer, f"{atom.field} -> {name}", atom, replace(atom, field=name))


def _fellows(name: str, others: set[str], rule: Rule) -> list[str]:
    """Name the fields that could stand for `name`: of its type in the rule, else the most alike."""
    fields = CATALOGUE[rule.applies_to]
    alike = [
        other
        for other, field in fields.items()
        if (field.type, field.exact) == (fields[name].type, fields[name].exact)
        and other not in {name, *others}
    ]
    named = [other for other in named_fields(rule) if other in alike]
    return get_close_matches(name, named or alike, _NEIGHBOURS, 0.0)


def _changed_operand(operand: Operand) -> Iterator[tuple[str, Operand]]:
    for key in ("base", "times", "plus"):
        constant = getattr(operand, key)
        if isinstance(constant, Constant):
            for change, value in _changed_constant(constant):
                yield change, replace(operand, **{key: Constant(value, constant.param)})
    if isinstance(operand.base, Constant):
        return
    for key in ("times", "plus"):
        if getattr(operand, key) is not None:
            gone: dict[str, Any] = {key: None}
            yield f"without {key}", replace(operand, **gone)


def _changed_constant(constant: Constant) -> Iterator[tuple[str, Value | tuple[Value, ...]]]:
    value, name = constant.value, constant.param
    match value:
        case bool():
            yield f"{show(value)} -> {show(not value)}", not value
        case Decimal():
            step = Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0))
            for sign, moved in (("-", value - step), ("+", value + step)):
                yield _step(name, value, sign, moved), moved
        case date():
            for sign, days in (("-", -1), ("+", 1)):
                other = shifted(value, days)
                if other != value:  # at the ends of the calendar there is no other day
                    yield _step(name, value, sign, other), other
        case tuple() if name is None:
            yield from _changed_items(value)


def _changed_items(values: tuple[Value, ...]) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for index, value in enumerate(values):
        rest = values[:index] + values[index + 1 :]
        if isinstance(value, str):
            if rest:
                yield f"without {show(value)}", rest
            continue
        for change, moved in _changed_constant(Constant(value)):
            assert not isinstance(moved, tuple)
            yield change, (*values[:index], moved, *values[index + 1 :])


def _step(name: str | None, value: Value, sign: str, moved: Value) -> str:
    """Name a parameter's change by its step: its value is another in other years."""
    return f"{name} {sign} 1 step" if name else f"{value} -> {moved}"


__all__ = ["SWAPS", "Mutant", "mutants"]
