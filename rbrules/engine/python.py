"""The engine in plain Python: three-valued logic over exact comparisons."""

from __future__ import annotations

from collections.abc import Mapping

from rbrules.comparison import Result, compare, decide_tally
from rbrules.conditions import leaves
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Fact,
    Inapplicable,
    Not,
    Outcome,
    Rule,
    Tally,
    Unknown,
    Verdict,
)

NAME = "python"


class PythonEngine:
    """Runs rules by walking their conditions."""

    name = NAME

    def run(self, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> tuple[Outcome, ...]:
        """Judge every rule on every fact; all are of one kind, constants are resolved."""
        return tuple(judge(rule, fact) for rule in rules for fact in facts)

    def decided(self) -> int:
        """Return how many outcomes an engine other than this one has decided: none."""
        return 0


def judge(rule: Rule, fact: Fact) -> Outcome:
    """Judge one rule on one subject: needs, where, condition, on_missing, in this order."""
    verdict, missing = _judge(rule, fact)
    return Outcome(rule=rule, subject=fact.subject, verdict=verdict, fact=fact, missing=missing)


def _judge(rule: Rule, fact: Fact) -> tuple[Verdict, tuple[str, ...]]:
    if fact.absent & set(rule.needs):
        return Verdict.NOT_APPLICABLE, ()
    if rule.where is not None:
        selected = holds(rule.where, fact)
        if isinstance(selected, Inapplicable) or selected is False:
            return Verdict.NOT_APPLICABLE, ()
        if isinstance(selected, Unknown):
            return _unselected(rule), selected.pointers
    result = holds(rule.when, fact)
    if isinstance(result, Inapplicable):
        return Verdict.NOT_APPLICABLE, ()
    if isinstance(result, Unknown):
        return rule.on_missing, result.pointers
    return (Verdict.FINDING if result else Verdict.PASS), ()


def _unselected(rule: Rule) -> Verdict:
    """Judge a subject of which it is not known whether the rule is meant for it.

    `on_missing: finding` is no ground for a finding here.
    """
    return Verdict.UNKNOWN if rule.on_missing is Verdict.FINDING else rule.on_missing


def holds(condition: Condition, fact: Fact) -> Result:
    """Decide a condition.

    Returns:
        `Inapplicable` where one comparison has no meaning for the subject, whatever the others
        say; else true, false or unknown by Kleene's tables, an unknown with the pointers of those
        comparisons that leave it open.
    """
    results = {leaf: decide(leaf, fact) for leaf in leaves(condition)}
    for result in results.values():
        if isinstance(result, Inapplicable):
            return result
    return combine(condition, results)


def decide(leaf: Atom | Tally, fact: Fact) -> Result:
    """Decide one comparison, count or share."""
    if isinstance(leaf, Tally):
        return decide_tally(leaf, fact.tallies[leaf])
    return compare(leaf, fact)


def combine(condition: Condition, results: Mapping[Atom | Tally, Result]) -> Result:
    """Join what the comparisons of a condition came to by Kleene's tables."""
    match condition:
        case Not(part):
            inner = combine(part, results)
            return (not inner) if isinstance(inner, bool) else inner
        case All(parts):
            return _kleene([combine(part, results) for part in parts], ruling=False)
        case Any_(parts):
            return _kleene([combine(part, results) for part in parts], ruling=True)
        case _:
            return results[condition]


def _kleene(results: list[Result], *, ruling: bool) -> Result:
    if ruling in results:
        return ruling
    gaps = [result for result in results if isinstance(result, Unknown)]
    if gaps:
        return Unknown(tuple(dict.fromkeys(pointer for gap in gaps for pointer in gap.pointers)))
    return not ruling
