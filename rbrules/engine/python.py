"""The engine in plain Python: three-valued logic over exact comparisons."""

from __future__ import annotations

from rbrules.comparison import holds
from rbrules.model import Fact, Inapplicable, Outcome, Rule, Unknown, Verdict

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
