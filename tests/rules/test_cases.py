"""Every rule on its own cases: the full set of verdicts, by both engines."""

import copy
from datetime import date
from pathlib import Path

import pytest
import simplejson

from rbrules.check import Selection, check
from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Verdict
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook, read_document
from rbrules.validate import problems_of

FOLDER = shipped("rules")
BASE = {
    "versi": 1,
    "instansi": {"nama": "Instansi Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}
RULEBOOK = load_rulebook([FOLDER])
FILES = sorted(FOLDER.rglob("*.cases.yaml"))
DOCUMENTS = {path.name.partition(".")[0]: read_document(path, FOLDER) for path in FILES}


def merged(base, over):
    """Lay one tree over another: mappings merge, everything else is replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {
            key: merged(base[key], over[key])
            if key in base and key in over
            else copy.deepcopy(over.get(key, base.get(key)))
            for key in {**base, **over}
        }
    return copy.deepcopy(over)


def all_cases():
    for rule, document in DOCUMENTS.items():
        for case in document.tree["cases"]:
            tree = merged(merged(BASE, document.tree.get("base") or {}), case["evaluation"])
            yield pytest.param(rule, tree, case, id=f"{rule}: {case['name']}")


def engines():
    yield PythonEngine()
    try:
        from rbrules.engine.durable import DurableEngine
    except ImportError:
        return
    yield DurableEngine()


ENGINES = list(engines())


def run(rule, tree, as_of, engine):
    text = simplejson.dumps(tree, use_decimal=True)
    evaluation = read_evaluation(load_json(text.encode(), "case.json"), RULEBOOK)
    return check(
        RULEBOOK,
        evaluation,
        as_of=date.fromisoformat(as_of),
        engine=engine,
        selection=Selection(only=frozenset({rule})),
    )


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize(("rule", "tree", "case"), list(all_cases()))
def test_case(rule, tree, case, engine):
    report = run(rule, tree, case.get("as_of", "2024-03-31"), engine)
    found = {outcome.subject.id: outcome.verdict.value for outcome in report.outcomes}
    assert found == case["expect"]
    if "values" in case:
        shown = {f["subject"]["id"]: f["values"] for f in report_tree(report, "en")["findings"]}
        for subject, values in case["values"].items():
            assert {name: shown[subject][name] for name in values} == values


@pytest.mark.parametrize("rule", [rule.id for rule in RULEBOOK.rules])
def test_rule_has_cases_for_every_verdict_it_can_give(rule):
    tree = DOCUMENTS[rule].tree
    seen = {verdict for case in tree["cases"] for verdict in case["expect"].values()}
    never = set(tree.get("never") or {})
    wanted = {Verdict.FINDING, Verdict.PASS, Verdict.UNKNOWN}
    assert wanted - seen == never & wanted, f"{rule} lacks cases for {wanted - seen - never}"


@pytest.mark.parametrize("rule", sorted(DOCUMENTS))
def test_case_file_is_valid_and_named_for_its_rule(rule):
    document = DOCUMENTS[rule]
    assert problems_of(document, "cases") == []
    assert document.tree["rule"] == rule
    assert rule in {known.id for known in RULEBOOK.rules}
    names = [case["name"] for case in document.tree["cases"]]
    assert len(names) == len(set(names))


def test_every_rule_stands_beside_its_cases():
    for path in FILES:
        assert path.with_name(path.name.replace(".cases", "")).is_file()
    assert {Path(rule.file).stem for rule in RULEBOOK.rules} == set(DOCUMENTS)
