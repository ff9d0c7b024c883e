"""Both engines, and an interpreter written from the definition alone, agree on random rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbrules.comparison import compare, decide_tally
from rbrules.conditions import atoms, fields_of_atom, leaves
from rbrules.engine.generated import decider
from rbrules.engine.python import PythonEngine, judge
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
from tests.child import is_child, run_in_child
from tests.properties.strategies import Batch, batches, many
from tests.shared import SAMPLES, report_of

if TYPE_CHECKING:
    from rbrules.engine.durable import DurableEngine

RULES: Final = 25
FACTS: Final = 42
EXAMPLES: Final = 120


# The definition, read literally: false is 0, unknown a half, true 1.


def oracle(rule: Rule, fact: Fact) -> Verdict:
    """Judge one rule on one subject."""
    if any(document in fact.absent for document in rule.needs):
        return Verdict.NOT_APPLICABLE
    selected = truth(rule.where, fact) if rule.where else 1
    if selected is None or selected == 0:
        return Verdict.NOT_APPLICABLE
    if selected != 1:
        # Whether the rule is meant for the subject is not known: no ground for a finding.
        return Verdict.UNKNOWN if rule.on_missing is Verdict.FINDING else rule.on_missing
    result = truth(rule.when, fact)
    if result is None:
        return Verdict.NOT_APPLICABLE
    return {0.0: Verdict.PASS, 1.0: Verdict.FINDING}.get(result, rule.on_missing)


def truth(condition: Condition, fact: Fact) -> float | None:
    """Return the truth of a condition; None where one of its comparisons has no meaning."""
    values = {leaf: leaf_truth(leaf, fact) for leaf in leaves(condition)}
    known = {leaf: value for leaf, value in values.items() if value is not None}
    return kleene(condition, known) if len(known) == len(values) else None


def kleene(condition: Condition, values: Mapping[Any, float]) -> float:
    """Return the least of `all`, the greatest of `any`, what `not` leaves of 1."""
    match condition:
        case All(parts):
            return min([1, *(kleene(part, values) for part in parts)])
        case Any_(parts):
            return max([0, *(kleene(part, values) for part in parts)])
        case Not(part):
            return 1 - kleene(part, values)
    return values[condition]


def leaf_truth(leaf: Atom | Tally, fact: Fact) -> float | None:
    """Return the truth of one comparison."""
    if isinstance(leaf, Tally):
        result = decide_tally(leaf, fact.tallies[leaf])
    else:
        result = compare(leaf, fact)
    if isinstance(result, Inapplicable):
        return None
    return 0.5 if isinstance(result, Unknown) else result


# What the engines must have in common.


def shown(outcome: Outcome) -> tuple[str, str, Verdict, tuple[str, ...]]:
    """Return what a report shows of an outcome."""
    return outcome.rule.id, outcome.subject.id, outcome.verdict, outcome.missing


def assert_same(outcomes: Iterable[Outcome], expected: Iterable[Outcome]) -> None:
    """Require what is expected and what the definition says; else show the first that differs."""
    for ours, theirs in zip(outcomes, expected, strict=True):
        right = oracle(ours.rule, ours.fact)
        if shown(ours) != shown(theirs) or ours.verdict is not right:
            rule, fact = ours.rule, ours.fact
            asked = {name: fact.readings[name] for a in atoms(rule) for name in fields_of_atom(a)}
            message = (
                f"{shown(ours)}, expected {shown(theirs)}, by definition {right}\n"
                f"{rule.needs=}\n{rule.where=}\n{rule.when=}\n"
                f"{asked=}\n{fact.absent=}\n{fact.tallies=}"
            )
            raise AssertionError(message)


@pytest.fixture
def engine() -> Iterator[DurableEngine]:
    from rbrules.engine.durable import DurableEngine

    engine = DurableEngine()
    yield engine
    engine.close()


class TestPython:
    @many(40)
    @given(batches(5, 12))
    def test_python_engine_follows_the_definition(self, batch: Batch) -> None:
        outcomes = PythonEngine().run(batch.rules, batch.facts)
        assert_same(outcomes, outcomes)


class TestDurable:
    __test__ = is_child()

    def test_engines_agree(self, engine: DurableEngine) -> None:
        @many(60)
        @given(batches(2, 3))
        def agree(batch: Batch) -> None:
            outcomes = engine.run(batch.rules, batch.facts)
            expected = PythonEngine().run(batch.rules, batch.facts)
            assert_same(outcomes, expected)

        agree()

    def test_engines_agree_on_a_hundred_thousand_pairs(self, engine: DurableEngine) -> None:
        seen: Counter[Verdict] = Counter()

        @many(EXAMPLES, shrink=False)
        @given(batches(RULES, FACTS))
        def agree(batch: Batch) -> None:
            outcomes = engine.run(batch.rules, batch.facts)
            expected = PythonEngine().run(batch.rules, batch.facts)
            assert_same(outcomes, expected)
            seen.update(outcome.verdict for outcome in outcomes)

        agree()
        print(f"{seen.total()} pairs, {engine.decided()} decided by the C engine, {seen}")
        assert seen.total() >= 100_000
        assert set(seen) == set(Verdict) - {Verdict.WAIVED, Verdict.ERROR}
        assert engine.decided() >= 0.4 * seen.total()

    def test_order_does_not_count(self, engine: DurableEngine) -> None:
        @many(20, shrink=False)
        @given(batches(RULES, FACTS), st.randoms())
        def agree(batch: Batch, random: Random) -> None:
            rules, facts = list(batch.rules), list(batch.facts)
            random.shuffle(rules)
            random.shuffle(facts)
            straight = engine.run(batch.rules, batch.facts)
            shuffled = engine.run(tuple(rules), tuple(facts))
            assert sorted(map(shown, shuffled)) == sorted(map(shown, straight))

        agree()


def test_durable_in_a_child_process() -> None:
    pytest.importorskip("durable_rules_engine")
    run_in_child(TestDurable)


@given(batches(6, 24))
@many(80)
def test_a_generated_function_says_what_the_three_valued_evaluator_says(batch):
    for rule in batch.rules:
        decide = decider(rule)
        for fact in batch.facts:
            verdict = decide(fact)
            assert verdict in {None, judge(rule, fact).verdict}


def test_generated_functions_decide_most_pairs():
    decided, left = 0, 0
    for path in SAMPLES:
        report = report_of(path.read_bytes())
        for outcome in report.outcomes:
            verdict = decider(outcome.rule)(outcome.fact)
            decided += verdict is not None
            left += verdict is None
            assert verdict in {None, judge(outcome.rule, outcome.fact).verdict}
    assert decided > 0.5 * (decided + left), (decided, left)
