"""No rule says pass where its data is absent: take keys of every sample away, one at a time.

With EVERY_KEY=1 (`make accept`) it is every key. Without, the rows of a list stand for each other:
of the keys at one place in a row, such as the targets of 2023, the first and the last are taken.
"""

import copy
import os
import re
from datetime import date
from pathlib import Path

import pytest
import simplejson

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Verdict, escape
from rbrules.pipeline import Selection, check
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook

SAMPLES = sorted((Path(__file__).parents[2] / "samples").glob("*.json"))
RULEBOOK = load_rulebook([shipped("rules")])
AS_OF = date(2026, 3, 31)

THE_FAULT_ITSELF = {
    "IDX-002": (
        r"/hasil_terbit/komponen/pengungkit",
        "the printed total is what contradicts the parts; the other one agrees with its own",
    ),
    "IDX-003": (
        r"/riwayat/\d+(/(indeks_rb|tahun|sakip))?|/riwayat|/hasil_terbit(/.*)?",
        "two printed values contradict each other; without one of them nothing contradicts",
    ),
    "IDX-010": (
        r"/hasil_terbit/rb_tematik",
        "the figure out of its range; the others are in theirs",
    ),
    "IDX-011": (
        r"/riwayat/0/(indeks_rb|tahun|komponen.*|predikat)",
        "of two figures that do not fit each other one alone fits everything",
    ),
    "IDX-012": (
        r"/tema/\d+/lines/\d+/(nilai|poin)",
        "the figure out of its range; the other lines are in theirs",
    ),
    "IDX-013": (
        r"/tema/0/lines/1/(poin|nilai)",
        "the points that do not fit; the other lines fit",
    ),
    "SKP-001": (
        r"/sakip/komponen/\d+/poin",
        "the printed components contradict the score; without one the answers count and make it",
    ),
    "SKP-007": (
        r"/sakip(/komponen(/2/poin)?)?",
        "the figure out of its range; the others are in theirs",
    ),
    "SKP-008": (
        r"/sakip/komponen/1/(poin|persen)",
        "one of the two figures that differ; the other components agree",
    ),
    "SKP-002": (
        r"/sakip/komponen/1/poin",
        "the printed total is what contradicts the answers",
    ),
}
"""By rule: which keys are the fault, and why taking them away may turn a finding into a pass."""

PARTS = 4
EVERY_KEY = os.environ.get("EVERY_KEY") == "1"


def keys(tree, pointer=""):
    """Yield (pointer, parent path) of every member of every object in the tree."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            place = f"{pointer}/{escape(key)}"
            yield place, pointer, key
            yield from keys(value, place)
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from keys(value, f"{pointer}/{index}")


def chosen(tree):
    """Choose the keys to take away: every one, or the first and last of those alike."""
    listed = list(keys(tree))
    if EVERY_KEY:
        return listed
    alike = {}
    for entry in listed:
        alike.setdefault(re.sub(r"/\d+(?=/|$)", "/*", entry[0]), []).append(entry)
    return [entry for group in alike.values() for entry in {group[0], group[-1]}]


def find(tree, pointer):
    for token in pointer.split("/")[1:]:
        word = token.replace("~1", "/").replace("~0", "~")
        tree = tree[int(word)] if isinstance(tree, list) else tree[word]
    return tree


def verdicts(tree, rules=()):
    document = load_json(simplejson.dumps(tree, use_decimal=True).encode(), "sample.json")
    evaluation = read_evaluation(document, RULEBOOK)
    selection = Selection(only=frozenset(rules))
    report = check(RULEBOOK, evaluation, as_of=AS_OF, engine=PythonEngine(), selection=selection)
    return {(o.rule.id, o.subject.kind, o.subject.id): o.verdict for o in report.outcomes}


def turned(before, after):
    return {
        pair
        for pair, verdict in before.items()
        if verdict is Verdict.FINDING and after.get(pair) is Verdict.PASS
    }


def is_stated(rule, pointer):
    return rule in THE_FAULT_ITSELF and re.fullmatch(THE_FAULT_ITSELF[rule][0], pointer)


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_removing_a_key_turns_no_finding_into_a_pass(path, part):
    tree = load_json(path.read_bytes(), path.name).tree
    before = verdicts(tree)
    if Verdict.FINDING not in before.values():
        return
    fired = {rule for (rule, *_), verdict in before.items() if verdict is Verdict.FINDING}
    wrong = []
    for pointer, parent, key in chosen(tree)[part::PARTS]:
        changed = copy.deepcopy(tree)
        del find(changed, parent)[key]
        try:
            after = verdicts(changed, fired)
        except InputError:
            continue
        wrong += [
            (pointer, *pair) for pair in turned(before, after) if not is_stated(pair[0], pointer)
        ]
    assert wrong == []
