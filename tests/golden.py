"""The expected reports in `samples/expected/` and the page `docs/rules.md`: `make golden` writes them, a test compares.

With --problems it writes the texts beside the inputs of `tests/invalid` instead: read each one
that changed as an auditor would who has nothing but the text and the file.
"""

import sys
from datetime import date
from pathlib import Path

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.pipeline import check
from rbrules.report.followup import plan_of
from rbrules.report.json_text import json_text
from rbrules.report.places import places_of
from rbrules.report.recommend import recommendation_csv, recommendation_table, register
from rbrules.report.rules_page import Share, rules_page
from rbrules.report.table import report_table
from rbrules.report.tree import report_tree
from rbrules.report.words import safe
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook

SAMPLES = Path(__file__).parents[1] / "samples"
INVALID = Path(__file__).parent / "invalid"
EXPECTED = SAMPLES / "expected"
RULES_PAGE = SAMPLES.parent / "docs" / "rules.md"
WIDTH = 100
AS_OF = {2024: date(2025, 5, 31), 2025: date(2026, 3, 31)}
EARLIER = date(2024, 2, 7)
"""The day of the check, by the year of the evaluation; fixed, so that deadlines do not move."""


def report_of(path, engine, rulebook=None):
    """Check one sample; return the report and where its values stand."""
    rulebook = rulebook or load_rulebook([shipped("rules")])
    document = load_json(path.read_bytes(), path.name)
    evaluation = read_evaluation(document, rulebook)
    as_of = AS_OF.get(evaluation.tahun, EARLIER)
    report = check(rulebook, evaluation, as_of=as_of, engine=engine)
    return report, places_of(evaluation, lambda pointer: document.place(pointer).line)


class Counting:
    """The C engine, one rule at a time, and how many pairs of each it decided."""

    def __init__(self):
        # Not everywhere installed; only the page of the rules needs it.
        from rbrules.engine.durable import DurableEngine

        self.engine = DurableEngine()
        self.name = self.engine.name
        self.shares = {}

    def decided(self):
        return self.engine.decided()

    def run(self, rules, facts):
        return tuple(outcome for rule in rules for outcome in self._run(rule, facts))

    def _run(self, rule, facts):
        before = self.engine.decided()
        outcomes = self.engine.run((rule,), facts)
        share = self.shares.get(rule.id, Share(0, 0))
        self.shares[rule.id] = Share(
            share.decided + self.engine.decided() - before, share.pairs + len(outcomes)
        )
        return outcomes


def page(rulebook):
    """Render the page of the rules, with what the C engine decides of them on all samples."""
    engine = Counting()
    for path in sorted(SAMPLES.glob("*.json")):
        report_of(path, engine, rulebook)
    return rules_page(rulebook, engine.shares)


def renderings(path, rulebook=None):
    """Yield (file name, text) of everything that is kept for one sample."""
    report, places = report_of(path, PythonEngine(), rulebook)
    for lang in ("id", "en"):
        tree = report_tree(report, lang)
        yield f"{path.stem}.{lang}.txt", report_table(tree, width=WIDTH, places=places)
        if path.stem.startswith("contoh-temuan"):
            listed = register(tree, plan_of(report, lang))
            yield f"{path.stem}.rekomendasi.{lang}.txt", recommendation_table(listed, width=WIDTH)
            yield f"{path.stem}.rekomendasi.{lang}.csv", recommendation_csv(listed)
    yield f"{path.stem}.json", json_text(report_tree(report, "en", every_outcome=True))


def write_problems():
    shipped_rules = shipped("rules")
    rulebook = load_rulebook([shipped_rules])
    for path in sorted((INVALID / "evaluation").glob("*.json")):
        try:
            read_evaluation(load_json(path.read_bytes(), path.name), rulebook)
        except InputError as error:
            write_text(path.with_name(f"{path.stem}.problems.txt"), f"{safe(str(error))}\n")
    for folder in sorted(path for path in (INVALID / "rules").iterdir() if path.is_dir()):
        try:
            load_rulebook([shipped_rules, folder])
        except InputError as error:
            write_text(folder / "problems.txt", f"{safe(str(error))}\n")


def write_text(path, text):
    path.write_text(text, encoding="utf-8", newline="")


def main():
    EXPECTED.mkdir(exist_ok=True)
    written = set()
    rulebook = load_rulebook([shipped("rules")])
    for path in sorted(SAMPLES.glob("*.json")):
        for name, text in renderings(path, rulebook):
            write_text(EXPECTED / name, text)
            written.add(name)
    write_text(RULES_PAGE, page(rulebook))
    for stale in EXPECTED.iterdir():
        if stale.name not in written:
            stale.unlink()


if __name__ == "__main__":
    write_problems() if "--problems" in sys.argv else main()
