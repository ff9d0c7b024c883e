"""What reads the same is the same: text and logic of a condition cannot drift apart.

A rule and one small change of it are written as sentences. Where these are equal, in either
language, the two have to agree on every fact; where a reader sees a difference, nothing is claimed.
"""

from collections import Counter

import pytest
from hypothesis import given

from rbrules.conditions import atoms, fields_of_atom, tallies
from rbrules.engine.python import judge
from rbrules.proof.mutants import mutants
from rbrules.report.sentences import Sentences
from tests.properties.strategies import batches, many
from tests.shared import LANGUAGES, shipped_rulebook

UNSAID = ("/needs", "/on_missing")
"""What `explain` says beside the sentence, in lines of its own."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_rules_that_read_the_same_agree_on_every_fact(lang):
    sentences = Sentences(shipped_rulebook().parameters, lang)
    seen = Counter()

    @many(150)
    @given(batches(2, 12))
    def agree(batch):
        for rule in batch.rules:
            written = sentences.of_rule(rule)
            for mutant in mutants(rule):
                if mutant.pointer in UNSAID:
                    continue
                same = sentences.of_rule(mutant.rule) == written
                seen[same] += 1
                if same:
                    for fact in batch.facts:
                        if can_judge(mutant.rule, fact):
                            verdicts = judge(rule, fact).verdict, judge(mutant.rule, fact).verdict
                            assert verdicts[0] is verdicts[1], (
                                mutant.pointer,
                                mutant.change,
                                written,
                            )

    agree()
    assert seen[False] > 1000


def can_judge(rule, fact):
    """Tell whether a fact answers all that a rule asks: it was drawn for another one."""
    asked = {name for atom in atoms(rule) for name in fields_of_atom(atom)}
    return asked <= set(fact.readings) and set(tallies(rule)) <= set(fact.tallies)
