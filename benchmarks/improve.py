"""How long the least change takes over all lines of a made-up ministry, by goal.

One file with a score for every line of rb-2024 is read and checked once; then `improve` is run for
each goal, several times in turn, in this process.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import simplejson  # noqa: E402

from rbrules.engine.python import PythonEngine  # noqa: E402
from rbrules.evaluation import read_evaluation  # noqa: E402
from rbrules.load.json_reader import load_json  # noqa: E402
from rbrules.model import Report  # noqa: E402
from rbrules.outlook.goal import read_goal  # noqa: E402
from rbrules.outlook.improve import improve  # noqa: E402
from rbrules.outlook.sensitivity import sensitivity_of  # noqa: E402
from rbrules.pipeline import check  # noqa: E402
from rbrules.resources import shipped  # noqa: E402
from rbrules.rulebook import load_rulebook  # noqa: E402

ROUNDS = 9
LIMIT = 2.0
"""Seconds that one answer may take: the bound that the project set itself."""

GOALS = ("BB", "A-", "A", "AA", "90")
SHARE = Decimal("0.7")
"""Where each score stands in its range."""

LINES = 28
THEMES = ("kemiskinan", "investasi", "digitalisasi", "pdn", "inflasi")


def ministry() -> Report:
    """Check a ministry of 2024 of which every line has a score or points."""
    rulebook = load_rulebook([shipped("rules")])
    instrument = next(i for i in rulebook.instruments if i.id == "rb-2024")
    lines = instrument.set_for("kementerian")
    assert lines is not None
    assert len(lines.lines) == LINES
    rows = []
    for spec in lines.on(date(2024, 12, 31)).lines:
        maks = spec.ranges[0].maks if spec.ranges else None
        value = {"poin": (spec.bobot or 0) * SHARE} if maks is None else {"nilai": maks * SHARE}
        rows.append({"kode": spec.kode, **value})
    tree = {
        "versi": 1,
        "instansi": {"nama": "Kementerian Contoh", "kelompok": "kementerian"},
        "tahun": 2024,
        "koefisien": 0,
        "bobot_penyesuaian": 100,
        "indikator": rows,
        "tema": [{"kode": t, "lines": [{"kode": "kl", "poin": Decimal("1.4")}]} for t in THEMES],
    }
    document = load_json(simplejson.dumps(tree, use_decimal=True).encode(), "ministry.json")
    evaluation = read_evaluation(document, rulebook)
    return check(rulebook, evaluation, as_of=date(2025, 6, 1), engine=PythonEngine())


def runs_of(report: Report) -> dict[str, Callable[[], object]]:
    """Return what is measured, by name."""
    instrument = report.index.instrument
    assert instrument is not None
    runs: dict[str, Callable[[], object]] = {
        f"improve --to {text}": lambda text=text: improve(report, read_goal(text, instrument))
        for text in GOALS
    }
    runs["sensitivity"] = lambda: sensitivity_of(report)
    return runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    report = ministry()
    runs = runs_of(report)
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            seconds[name].append(time.perf_counter() - start)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(
        f"CPython {platform.python_version()}, {platform.system()} {platform.machine()},", end=" "
    )
    print(f"{os.cpu_count()} processors, load {load:.2f} after; {rounds} rounds")
    print(f"{LINES} lines of general RB and {len(THEMES)} of themes")
    print()
    print(f"{'run':<22}{'median s':>10}{'lowest':>10}{'highest':>10}")
    for name, found in seconds.items():
        print(f"{name:<22}{median(found):>10.3f}{min(found):>10.3f}{max(found):>10.3f}")
    slowest = max(max(found) for found in seconds.values())
    print()
    print(f"slowest {slowest:.3f} s; the bound is {LIMIT:.0f} s")
    if slowest >= LIMIT:
        sys.exit(1)


if __name__ == "__main__":
    main()
