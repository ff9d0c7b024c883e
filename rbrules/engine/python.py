"""The engine in plain Python: three-valued logic over exact comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rbrules.comparison import holds
from rbrules.engine.generated import decider
from rbrules.model import Fact, Inapplicable, Outcome, Rule, Unknown, Verdict

NAME = "python"


class PythonEngine:
    """Runs rules as generated functions, and walks the conditions of what these leave open."""

    name = NAME

    def run(self, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> tuple[Outcome, ...]:
        """Judge every rule on every fact; all are of one kind, constants are resolved."""
        return tuple(outcome for rule in rules for outcome in _judged(rule, facts))

    def decided(self) -> int:
        """Return how many outcomes an engine other than this one has decided: none."""
        return 0


def _judged(rule: Rule, facts: Iterable[Fact]) -> Iterator[Outcome]:
    decide = decider(rule)
    for fact in facts:
        verdict = decide(fact)
        if verdict is None:
            yield judge(rule, fact)
        else:
            yield Outcome(rule=rule, subject=fact.subject, verdict=verdict, fact=fact)


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
