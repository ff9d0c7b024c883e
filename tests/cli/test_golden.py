"""Every sample's report, byte for byte, and the same findings from both engines."""

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of
from tests.golden import EXPECTED, RULES_PAGE, SAMPLES, page, renderings, report_of
from tests.shared import document_of

RULEBOOK = load_rulebook([shipped("rules")])
PATHS = sorted(SAMPLES.glob("*.json"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_report_is_the_expected_one(path):
    for name, text in renderings(path, RULEBOOK):
        kept = (EXPECTED / name).read_bytes().decode()
        assert text == kept, f"{name} differs; look at it, then run `make golden`"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_report_is_valid_by_its_schema(path):
    for lang in ("id", "en"):
        report, _ = report_of(path, PythonEngine(), RULEBOOK)
        tree = report_tree(report, lang, every_outcome=True)
        assert problems_of(document_of(tree, "report.json"), "report") == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_both_engines_say_the_same(path):
    durable = pytest.importorskip("rbrules.engine.durable", reason="durable-rules is not installed")
    ours, _ = report_of(path, durable.DurableEngine(), RULEBOOK)
    theirs, _ = report_of(path, PythonEngine(), RULEBOOK)
    for lang in ("id", "en"):
        trees = [report_tree(report, lang, every_outcome=True) for report in (ours, theirs)]
        for tree in trees:
            del tree["rbrules"]["engine"], tree["command"]
        assert trees[0] == trees[1]


def test_page_of_the_rules_is_the_expected_one():
    pytest.importorskip("rbrules.engine.durable", reason="durable-rules is not installed")
    assert page(RULEBOOK) == RULES_PAGE.read_bytes().decode()


def test_nothing_stale_is_kept():
    names = {name for path in PATHS for name, _ in renderings(path, RULEBOOK)}
    assert {path.name for path in EXPECTED.iterdir()} == names


def test_every_rule_fires_in_a_sample():
    fired = set()
    for path in SAMPLES.glob("contoh-temuan*.json"):
        report, _ = report_of(path, PythonEngine(), RULEBOOK)
        fired |= {o.rule.id for o in report.outcomes if o.verdict == "finding"}
    assert fired == {rule.id for rule in RULEBOOK.rules}


@pytest.mark.parametrize(
    "path", sorted(SAMPLES.glob("contoh-bersih*.json")), ids=lambda path: path.stem
)
def test_a_clean_sample_is_clean(path):
    report, _ = report_of(path, PythonEngine(), RULEBOOK)
    assert {o.verdict.value for o in report.outcomes} <= {"pass", "not_applicable"}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_report_names_no_regulation_of_a_later_year(path):
    report, _ = report_of(path, PythonEngine(), RULEBOOK)
    tree = report_tree(report, "en")
    for finding in tree["findings"]:
        assert all((item["tahun"] or 0) <= tree["tahun"] for item in finding["citation"]), finding
        assert "citation_not_in_force" not in finding
