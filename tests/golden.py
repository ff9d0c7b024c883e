"""The expected reports in `samples/expected/`: `make golden` writes them, a test compares."""

from datetime import date
from pathlib import Path

from rbrules.check import check
from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.report.json_text import json_text
from rbrules.report.places import places_of
from rbrules.report.recommend import recommendation_csv, recommendation_table
from rbrules.report.table import report_table
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = SAMPLES / "expected"
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


def renderings(path, rulebook=None):
    """Yield (file name, text) of everything that is kept for one sample."""
    report, places = report_of(path, PythonEngine(), rulebook)
    for lang in ("id", "en"):
        tree = report_tree(report, lang)
        yield f"{path.stem}.{lang}.txt", report_table(tree, width=WIDTH, places=places)
        if path.stem.startswith("contoh-temuan"):
            yield f"{path.stem}.rekomendasi.{lang}.txt", recommendation_table(tree, width=WIDTH)
            yield f"{path.stem}.rekomendasi.{lang}.csv", recommendation_csv(tree)
    yield f"{path.stem}.json", json_text(report_tree(report, "en", every_outcome=True))


def main():
    EXPECTED.mkdir(exist_ok=True)
    written = set()
    rulebook = load_rulebook([shipped("rules")])
    for path in sorted(SAMPLES.glob("*.json")):
        for name, text in renderings(path, rulebook):
            (EXPECTED / name).write_text(text, encoding="utf-8", newline="")
            written.add(name)
    for stale in EXPECTED.iterdir():
        if stale.name not in written:
            stale.unlink()


if __name__ == "__main__":
    main()
