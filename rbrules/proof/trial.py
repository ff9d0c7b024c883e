"""The cases of one rule to facts, and from these to clause coverage and surviving mutants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from rbrules.comparison import decide, holds
from rbrules.conditions import fields_of_atom, row_pointer, tallies
from rbrules.engine.python import PythonEngine, judge
from rbrules.facts import build_context, build_facts, count_verdicts
from rbrules.fields import is_always_known
from rbrules.index import compute_indexes
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Fact,
    Inapplicable,
    Kind,
    Not,
    Outcome,
    Rule,
    Rulebook,
    Table,
    Tally,
    escape,
)
from rbrules.pipeline import Selection, check
from rbrules.proof.cases import Case, CaseFile
from rbrules.proof.mutants import Mutant, mutants
from rbrules.reading import Context
from rbrules.rulebook import edition

STATES: Final = ("true", "false", "unknown")
TWO_VALUED: Final = frozenset({"present", "missing"})
"""Operators that are unknown only where a value cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A state of one comparison that no case shows."""

    pointer: str
    state: str
    leaf: Condition

    @property
    def change(self) -> str:
        """Name the gap as a case file lists it with a reason."""
        return f"never {self.state}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What the cases of a rule prove."""

    states: int
    """How many states of comparisons there are to be seen."""
    gaps: tuple[Gap, ...]
    mutants: int
    survivors: tuple[Mutant, ...]
    told: frozenset[tuple[str, str]]
    """Pointer and change of each mutant that a case tells apart."""
    accepted: int
    """Gaps and survivors that the case file lists with a reason."""
    stale: tuple[tuple[str, str], ...]
    """What the case file lists, but the cases do see or tell."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """One case made ready: the rule and its mutants as of its day, and the facts."""

    case: Case
    rule: Rule
    mutants: tuple[Mutant, ...]
    facts: tuple[Fact, ...]


def try_rule(file: CaseFile, rulebook: Rulebook) -> Trial:
    """Measure how far the cases of a rule pin it down.

    Args:
        file: the cases; those of years in which the rule is not in force are left out, and so are
            those that fail on the rule itself.
        rulebook: holds the rule.

    Returns:
        The states of comparisons that no case shows, and the mutants on which every case still
        ends as expected.
    """
    ready = (_stand(case, file.rule, rulebook) for case in file.cases)
    stands = [stand for stand in ready if stand and _agrees(stand.rule, stand)]
    if not stands:
        return Trial(
            states=0, gaps=(), mutants=0, survivors=(), told=frozenset(), accepted=0, stale=()
        )
    count = len(stands[0].mutants)
    survivors = [
        stands[0].mutants[number]
        for number in range(count)
        if all(_agrees(stand.mutants[number].rule, stand) for stand in stands)
    ]
    states, gaps = _coverage(stands)
    left = {(gap.pointer, gap.change) for gap in gaps}
    left |= {(mutant.pointer, mutant.change) for mutant in survivors}
    return Trial(
        states=states,
        gaps=tuple(gap for gap in gaps if (gap.pointer, gap.change) not in file.accepted),
        mutants=count,
        survivors=tuple(m for m in survivors if (m.pointer, m.change) not in file.accepted),
        told=frozenset((m.pointer, m.change) for m in stands[0].mutants) - left,
        accepted=len(left & set(file.accepted)),
        stale=tuple(sorted(set(file.accepted) - left)),
    )


def _agrees(rule: Rule, stand: _Stand) -> bool:
    found = {fact.subject.id: judge(rule, fact).verdict.value for fact in stand.facts}
    return found == dict(stand.case.expect)


def _stand(case: Case, rule_id: str, rulebook: Rulebook) -> _Stand | None:
    day = date(case.evaluation.tahun, 12, 31)
    in_force = edition(rulebook, day)
    rule = next((rule for rule in in_force.rules if rule.id == rule_id), None)
    if rule is None:
        return None
    changed = mutants(rule)
    index, score = compute_indexes(case.evaluation, rulebook, day)
    context = build_context(case.evaluation, rulebook, index, score, as_of=case.as_of, day=day)
    variants = (rule, *(mutant.rule for mutant in changed))
    facts = build_facts(context, variants)[rule.applies_to]
    wanted = dict.fromkeys(tally for variant in variants for tally in tallies(variant))
    if wanted:
        facts = _counted(facts, wanted, case, rulebook, context, in_force.rules)
    return _Stand(case, rule, changed, facts)


def _counted(
    facts: tuple[Fact, ...],
    wanted: Iterable[Tally],
    case: Case,
    rulebook: Rulebook,
    context: Context,
    rules: tuple[Rule, ...],
) -> tuple[Fact, ...]:
    wanted = tuple(wanted)
    names = frozenset(tally.rule for tally in wanted)
    report = check(
        rulebook,
        case.evaluation,
        as_of=case.as_of,
        engine=PythonEngine(),
        selection=Selection(only=names),
    )
    outcomes: Mapping[str, list[Outcome]] = {
        name: [o for o in report.outcomes if o.rule.id == name] for name in names
    }
    by_id = {rule.id: rule for rule in rules}
    return tuple(
        replace(
            fact,
            tallies={
                tally: count_verdicts(
                    tally, fact.subject, by_id[tally.rule], outcomes[tally.rule], context
                )
                for tally in wanted
            },
        )
        for fact in facts
    )


# --- coverage ----------------------------------------------------------------------------------


def _coverage(stands: Sequence[_Stand]) -> tuple[int, list[Gap]]:
    """Count the states of the rule's comparisons, and list those that no case shows.

    A comparison of `when` counts only on subjects that `where` selects: elsewhere nobody asks it.
    """
    rule = stands[0].rule
    own = {**_clauses(rule.where, "/where"), **_clauses(rule.when, "/when")}
    seen: dict[str, set[str]] = {pointer: set() for pointer in own}
    for stand in stands:
        chosen = _clauses(stand.rule.where, "/where")
        asked = {**chosen, **_clauses(stand.rule.when, "/when")}
        for fact in stand.facts:
            if fact.absent & set(rule.needs):
                continue
            selected = stand.rule.where is None or holds(stand.rule.where, fact) is True
            mine = asked if selected else chosen
            idle = tuple(_idle_rows(mine.values(), fact))
            for pointer, leaf in mine.items():
                if pointer.startswith(idle):
                    continue
                result = decide(leaf, fact)
                if isinstance(result, bool):
                    seen[pointer].add("true" if result else "false")
                elif not isinstance(result, Inapplicable):
                    seen[pointer].add("unknown")
    wanted = [
        (pointer, state, leaf, seen[pointer])
        for pointer, leaf in own.items()
        for state in STATES
        if state != "unknown" or _may_be_unknown(leaf, rule.applies_to)
    ]
    gaps = [
        Gap(pointer, state, leaf) for pointer, state, leaf, states in wanted if state not in states
    ]
    return len(wanted), gaps


def _idle_rows(leaves: Iterable[Atom | Tally], fact: Fact) -> Iterator[str]:
    """Name the rows that no subject like this one is asked about: one above is for it already."""
    for leaf in leaves:
        table = leaf.operand.base
        if isinstance(table, Table) and table.policy == "first":
            states = [row.when is None or holds(row.when, fact) for row in table.rows]
            if True in states:
                below = range(states.index(True) + 1, len(states))
                yield from (f"{row_pointer(table, number)}/" for number in below)


def _may_be_unknown(leaf: Atom | Tally, kind: Kind) -> bool:
    if isinstance(leaf, Tally):
        return True
    if leaf.operator in TWO_VALUED:
        return False
    return not all(is_always_known(kind, name) for name in fields_of_atom(leaf))


def _clauses(condition: Condition | None, pointer: str) -> dict[str, Atom | Tally]:
    """Return the comparisons of a condition and of the tables that it asks for, by place."""
    return dict(_placed(condition, pointer)) if condition is not None else {}


def _placed(condition: Condition, pointer: str) -> Iterator[tuple[str, Atom | Tally]]:
    match condition:
        case All(parts) | Any_(parts):
            word = "all" if isinstance(condition, All) else "any"
            for index, part in enumerate(parts):
                yield from _placed(part, f"{pointer}/{word}/{index}")
        case Not(part):
            yield from _placed(part, f"{pointer}/not")
        case Tally(measure):
            yield f"{pointer}/{measure}", condition
        case _:
            yield f"{pointer}/{escape(condition.field)}", condition
            table = condition.operand.base
            if isinstance(table, Table):
                for index, row in enumerate(table.rows):
                    if row.when is not None:
                        yield from _placed(row.when, row_pointer(table, index) + "/when")


__all__ = ["Gap", "Trial", "try_rule"]
