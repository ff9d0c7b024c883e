"""Published results, held against what comes out: index, grades, change, achievement, conflicts."""

from datetime import date
from decimal import Decimal

import pytest

from rbrules.report.tree import report_tree
from tests.shared import ROOT, report_of

# Sample, index or score, grades that fit, change on last year, lowest achievement in percent.
# The sources stand in the samples.
RB = [
    ("blitar-2023", "71.38", ["BB"], "6.38", "108.22"),
    ("blitar-2022", "65.00", ["B"], None, None),
    ("surabaya-2024", "100.67", ["AA"], None, None),
    ("kediri-2023", "74.63", ["BB"], "11.85", "102.23"),
    ("kpu-2024", "73.51", ["BB"], "3.75", None),
    ("jatim-2024", "93.82", ["A-", "A"], "13.26", None),
    ("sumbar-2023", "76.25", ["BB"], "6.47", "108.91"),
    ("lamongan-2024", "86.48", ["A-", "A"], "10.59", None),
    ("kalbar-2023", "70.20", ["BB"], None, None),
    ("gorontalo-2024", "77.73", ["BB"], None, "118.31"),
    ("kemenag-2022", "75.84", ["BB"], None, None),
    ("pamekasan-2020", "64.73", ["B"], None, None),
    ("pamekasan-2021", "64.59", ["B"], "-0.14", None),
    ("mojokerto-2022", "67.87", ["B"], None, None),
]
SAKIP = [
    ("komdigi-sakip-2025", "69.14", ["B"], "0.69", None),
    ("surabaya-sakip-2025", "91.83", ["AA"], None, None),
    ("sumedang-sakip-2020", "71.53", ["BB"], None, "95.37"),
]


def tree_of(name):
    path = ROOT / "samples" / f"real-{name}.json"
    return report_tree(report_of(path.read_bytes(), as_of=date(2026, 3, 31)), "en")


@pytest.mark.parametrize(
    ("measure", "name", "nilai", "grades", "change", "achievement"),
    [("indeks_rb", *row) for row in RB] + [("sakip", *row) for row in SAKIP],
)
def test_published_result(measure, name, nilai, grades, change, achievement):
    index = tree_of(name)[measure]
    assert index["nilai"] == Decimal(nilai)
    assert [band["kode"] for band in index["predikat"]] == grades
    last = index["tahun_lalu"]
    assert (last and last["selisih"]) == (change and Decimal(change))
    reached = [target["capaian"] for target in index["target"]]
    assert reached == ([Decimal(achievement)] if achievement else [])


@pytest.mark.parametrize(("name", "maks"), [("kpu-2024", 10), ("surabaya-2024", 20)])
def test_tematik_has_the_maximum_of_the_group(name, maks):
    parts = {part["kode"]: part["maks"] for part in tree_of(name)["indeks_rb"]["komponen"]}
    assert parts == {"rb_general": 100, "rb_tematik": maks}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("sumbar-2023", "IDX-003"),
        ("kemenag-2022", "IDX-003"),
        ("jatim-2024", "IDX-006"),
        ("gorontalo-2024", "TGT-004"),
    ],
)
def test_known_conflicts_are_findings(name, rule):
    assert [finding["rule"] for finding in tree_of(name)["findings"]] == [rule]


@pytest.mark.parametrize(
    "name", [row[0] for row in RB + SAKIP if row[0] not in {"sumbar-2023", "kemenag-2022"}]
)
def test_no_figure_of_a_published_case_is_called_inconsistent(name):
    rules = {finding["rule"] for finding in tree_of(name)["findings"]}
    consistency = {rule for rule in rules if rule.startswith(("IDX-00", "SKP"))}
    assert not consistency - {"IDX-006", "SKP-004"}, "SKP-004 is about a weak component"


def test_every_real_sample_is_held_against_its_source():
    files = {path.stem for path in (ROOT / "samples").glob("real-*.json")}
    assert files == {f"real-{row[0]}" for row in RB + SAKIP}
