"""Every rule on its own cases: the full set of verdicts, by both engines, and what they prove."""

from pathlib import Path

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.model import Verdict
from rbrules.proof.cases import mismatches, read_cases
from rbrules.proof.trial import try_rule
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook

FOLDER = shipped("rules")
RULEBOOK = load_rulebook([FOLDER])
FILES = read_cases([FOLDER], RULEBOOK, frozenset())


def engines():
    yield PythonEngine()
    try:
        from rbrules.engine.durable import DurableEngine
    except ImportError:
        return
    yield DurableEngine()


ENGINES = list(engines())


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rule)
def test_cases_hold(file, engine):
    assert list(mismatches(file, RULEBOOK, engine)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rule)
def test_cases_pin_the_rule_down(file):
    """Each comparison is seen in every state, and each small change of the rule fails a case."""
    trial = try_rule(file, RULEBOOK)
    assert [(gap.pointer, gap.change) for gap in trial.gaps] == []
    assert [(mutant.pointer, mutant.change) for mutant in trial.survivors] == []
    assert trial.stale == ()
    assert trial.states > 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rule)
def test_rule_has_cases_for_every_verdict_it_can_give(file):
    seen = {verdict for case in file.cases for verdict in case.expect.values()}
    never = set(file.never)
    wanted = {Verdict.FINDING, Verdict.PASS, Verdict.UNKNOWN}
    assert wanted - seen == never & wanted, f"{file.rule} lacks cases for {wanted - seen - never}"


def test_every_rule_stands_beside_its_cases():
    for path in FOLDER.rglob("*.cases.yaml"):
        assert path.with_name(path.name.replace(".cases", "")).is_file()
    assert {rule.id for rule in RULEBOOK.rules} == {file.rule for file in FILES}
    assert {Path(rule.file).stem for rule in RULEBOOK.rules} == {file.rule for file in FILES}
