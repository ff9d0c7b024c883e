"""What recommendations add to the index: against full runs, bounds called so, nothing negative."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbrules.evaluation import read_evaluation
from rbrules.index import compute_indexes
from rbrules.load.json_reader import load_json
from rbrules.model import Index
from rbrules.outlook.change import Put
from rbrules.outlook.difference import indexes_of
from rbrules.outlook.moves import Board
from rbrules.outlook.page import gain_words, told_gains
from rbrules.outlook.points import Points, points_of, points_tree
from tests.shared import SAMPLES, dump, report_of, run, shipped_rulebook

RULEBOOK = shipped_rulebook()
DAY = date(2025, 6, 1)
THEMES = ("kemiskinan", "investasi", "digitalisasi", "pdn", "inflasi")
SCORES = {
    "renaksi": 90, "implementasi": 80, "struktur": 90, "sistem_kerja": 4, "spip": "2.5",
    "zi": 2, "sakip": 75, "perencanaan": 85, "arsitektur_spbe": 3, "arsip": 70, "ikpa": 92,
    "aset": 3, "lapor": 4, "ikk": 65, "irh": 88, "statistik": "2.6", "pengadaan": 80,
    "merit": 238, "ipp": "2.9", "kepatuhan": 90, "spbe": "2.5", "prioritas": 95, "iku": 90,
    "tl_bpk": 60, "berakhlak": 75, "spi": 70, "skm": 70,
}  # fmt: skip
"""Raw scores of a made-up ministry, low enough for findings: no real ministry."""


def ministry(**keys: Any) -> dict[str, Any]:
    """A K/L of 2024 of which every line has a score: all weights are the instrument's."""
    rows = [{"kode": kode, "nilai": Decimal(raw)} for kode, raw in SCORES.items()]
    rows.append({"kode": "opini", "kategori": "WDP", "poin": 3})
    return {
        "versi": 1,
        "instansi": {"nama": "Kementerian Contoh", "kelompok": "kementerian"},
        "tahun": 2024,
        "koefisien": 0,
        "bobot_penyesuaian": 100,
        "indikator": rows,
        "tema": [{"kode": t, "lines": [{"kode": "kl", "poin": Decimal("1.5")}]} for t in THEMES],
        **keys,
    }


def with_line(tree: dict[str, Any], kode: str, **keys: Any) -> dict[str, Any]:
    changed = copy.deepcopy(tree)
    for row in changed["indikator"]:
        if row["kode"] == kode:
            row.update(keys)
    return changed


def full_run(tree: dict[str, Any]) -> Index:
    """Compute the index of a file, written and read like any other."""
    evaluation = read_evaluation(load_json(dump(tree), "a.json"), RULEBOOK)
    return compute_indexes(evaluation, RULEBOOK, date(evaluation.tahun, 12, 31))[0]


def points(tree: dict[str, Any]) -> dict[str, Points]:
    return {item.rule: item for item in points_of(report_of(tree, as_of=DAY))}


def test_each_gain_is_the_difference_of_two_full_runs() -> None:
    tree = ministry()
    before = full_run(tree).exact
    found = points(tree)
    assert len({item.line for item in found.values()}) >= 10
    assert before is not None
    for item in found.values():
        key = item.unit or ""
        after = full_run(with_line(tree, item.line, **{key: item.aim})).exact
        assert after is not None
        assert item.alone is not None
        ends = (after.low - before.low, after.high - before.high)
        expected = (max(ends), max(ends)) if item.at_most else ends
        assert (item.alone.low, item.alone.high) == expected, item.rule


# rule, line, aim, where the aim comes from, doubts, gain at both ends
EXPECTED = [
    # 3 - 2.5 = 0.5, times 4 / 5
    ("SPIP-001", ("spip", "3", "threshold", ()), ("0.4", "0.4")),
    # 73 - 70 = 3, times 10 / 100
    ("SPI-002", ("spi", "73", "threshold", ()), ("0.3", "0.3")),
    # 5 - 4 = 1, times 2 / 5
    ("RBI-003", ("sistem_kerja", "5", "threshold", ()), ("0.4", "0.4")),
    # 10 x 3 / 100; with the multiplier 80 x 7 / 100 x (1 - 0.9) more at the lower end
    ("RBS-001", ("renaksi", "100", "threshold", ()), ("0.86", "0.3")),
    # 5 - 3 points: no score makes them
    ("OPI-001", ("opini", "5", "maks", ("maks",)), ("2", "2")),
    # "at most 3" names no score that is enough: 5 - 2.9 = 2.1, times 1.5 / 5
    ("IPP-001", ("ipp", "5", "maks", ("maks",)), ("0.63", "0.63")),
]


@pytest.mark.parametrize(("rule", "aim", "gain"), EXPECTED)
def test_gains_worked_out_by_hand(rule: str, aim: Any, gain: tuple[str, str]) -> None:
    item = points(ministry())[rule]
    assert (item.line, str(item.aim), item.source, item.doubts) == aim
    assert item.alone is not None
    assert (item.alone.low, item.alone.high) == tuple(map(Fraction, gain))


def test_the_target_of_the_file_comes_first_where_it_settles_the_finding() -> None:
    tree = with_line(ministry(), "spip", target=Decimal("3.5"))
    assert points(tree)["SPIP-001"].source == "target"
    low = with_line(ministry(), "spip", target=Decimal("2.8"))
    assert points(low)["SPIP-001"].aim == 3, "below the threshold the finding would stay"


UNIT = [{"id": "u", "dokumen": {"register_risiko": {"ada": False}}}]


def test_a_rule_that_does_not_look_at_the_score_assumes_the_target() -> None:
    found = points(with_line(ministry(unit=UNIT), "spip", target=Decimal("3.5")))
    assert (found["MRI-001"].doubts, found["MRI-001"].at_most) == (("assumed",), False)
    found = points(ministry(unit=UNIT))
    assert (found["MRI-001"].doubts, found["MRI-001"].at_most) == (("maks",), True)


PLAN = [
    {"id": "I", "arah": "naik", "renstra": {"2024": 10}, "perjanjian_kinerja": {"2024": 9}},
]


def test_a_planning_finding_acts_through_sakip_as_an_upper_bound() -> None:
    item = points(with_line(ministry(kinerja=PLAN), "sakip", target=80))["PK-001"]
    assert (item.line, item.aim, item.doubts, item.at_most) == ("sakip", 100, ("sakip",), True)
    # 25 x 4 / 100, and 90 x 7 / 100 x (1 - 0.75) where SAKIP multiplies iku
    assert item.alone is not None
    assert item.alone.low == item.alone.high == 1 + Fraction(63, 40)


ACTIONS = [{"id": "a", "status": "belum", "tenggat": "2024-06-30"}]


def gain(tree: dict[str, Any], rule: str, lang: str = "en") -> str:
    return gain_words(points_tree(points_of(report_of(tree, as_of=DAY))), lang)[rule]


def test_a_bound_stays_a_bound_beside_all_others() -> None:
    tree = ministry(unit=UNIT, kinerja=PLAN)
    # From the certain 3 to at most 5, as above.
    assert gain(tree, "MRI-001") == "at most 2.00 (spip at 5); with all others at most 1.60"
    assert gain(tree, "MRI-001", "id") == (
        "paling banyak 2,00 (spip menjadi 5); bila yang lain juga dijalankan paling banyak 1,60"
    )
    assert gain(tree, "PK-001").startswith("at most 2.58, by way of the SAKIP score (at 100)")
    # Alone renaksi acts with what implementasi has; what that may get to is a bound.
    assert gain(ministry(), "RBS-001") == "0.30 - 0.86 (renaksi at 100)"
    assert "with all others at most" in gain(ministry(rencana_aksi=ACTIONS), "RBS-001")


def test_beside_what_is_certain_no_bound_is_claimed() -> None:
    only = {"SPIP-001", "RBS-001"}
    board = Board(report_of(ministry(), as_of=DAY))
    outcomes = tuple(o for o in board.report.outcomes if o.rule.id in only)
    found = {item.rule: item for item in points_of(replace(board.report, outcomes=outcomes))}
    assert set(found) == only
    assert not any(item.beside_at_most for item in found.values())


def test_beside_all_others_is_a_difference_of_full_runs_too() -> None:
    tree = ministry()
    found = points(tree)
    everything = copy.deepcopy(tree)
    for item in found.values():
        everything = with_line(everything, item.line, **{item.unit or "": item.aim})
    after = full_run(everything).exact
    without = full_run(with_line(everything, "spip", nilai=Decimal("2.5"))).exact
    beside = found["SPIP-001"].beside
    assert after is not None
    assert without is not None
    assert beside is not None
    assert beside.low == after.low - without.low == Fraction(2, 5)


def test_two_recommendations_for_one_line_do_not_add_up() -> None:
    found = points(ministry(unit=UNIT))
    certain, bound = found["SPIP-001"], found["MRI-001"]
    assert certain.beside == certain.alone, "what another one may do takes nothing away"
    assert bound.beside is not None
    assert bound.beside.low == (5 - 3) * Fraction(4, 5), "from the certain 3 to at most 5"


def test_a_line_without_a_score_has_only_a_bound() -> None:
    tree = ministry(unit=UNIT)
    tree["indikator"] = [row for row in tree["indikator"] if row["kode"] != "spip"]
    item = points(tree)["MRI-001"]
    assert item.doubts == ("maks", "unknown")
    assert item.alone is not None
    assert item.alone.low == item.alone.high == 4
    assert item.now is not None
    assert (item.now.low, item.now.high) == (0, 4)


def test_without_lines_or_weights_no_points_are_told() -> None:
    printed = ministry(kinerja=PLAN, hasil_terbit={"rb_general": 70})
    del printed["indikator"], printed["tema"]
    assert points(printed)["PK-001"].gap == "no_line"
    region = {**ministry(kinerja=PLAN), "tema": []}
    region["instansi"] = {"nama": "Kabupaten Contoh", "kelompok": "kabupaten"}
    region["indikator"] = [{"kode": "sakip", "nilai": 70}]
    assert points(region)["PK-001"].gap == "no_weight"


def test_a_printed_total_of_a_component_without_lines_stays() -> None:
    tree = ministry(hasil_terbit={"rb_tematik": Decimal("7.77"), "rb_general": 60})
    del tree["tema"]
    board = Board(report_of(tree, as_of=DAY))
    assert not [kode for kode in board.moves if "." in kode]
    totals = {total.component.kode: total.value for total in board.base.totals}
    assert totals["rb_tematik"].low == totals["rb_tematik"].high == Fraction("7.77")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_nothing_negative_is_called_a_gain(path: Any) -> None:
    for item in points_of(report_of(path.read_bytes(), as_of=DAY)):
        for shift in (item.alone, item.beside):
            assert shift is None or min(shift.low, shift.high) >= 0, item


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries({kode: st.integers(0, 100) for kode in ("renaksi", "sakip", "spi")}),
    st.sampled_from(["spip", "implementasi", "iku", "zi", "spbe"]),
    st.booleans(),
)
def test_gains_are_never_negative_whatever_the_scores(
    shares: dict[str, int], gone: str, printed: bool
) -> None:
    tree = ministry(unit=UNIT, kinerja=PLAN)
    for kode, share in shares.items():
        tree = with_line(tree, kode, nilai=share)
        if printed:
            tree = with_line(tree, kode, poin=Decimal("0.07"))
    tree["indikator"] = [row for row in tree["indikator"] if row["kode"] != gone]
    for item in points(tree).values():
        for shift in (item.alone, item.beside):
            assert shift is None or min(shift.low, shift.high) >= 0, item


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sections_that_are_left_out_change_no_index(path: Any) -> None:
    report = report_of(path.read_bytes())
    assert indexes_of(report, ()) == (report.index, report.sakip)
    assert indexes_of(report, [Put(("catatan",), "x")])[0].exact == report.index.exact


def test_the_list_has_a_column_of_points_where_there_are_any(tmp_path: Any) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(dump(ministry(kinerja=PLAN)))
    wide = run("recommend", file, "--lang", "en", COLUMNS="140").stdout.decode()
    assert "Index points" in wide
    assert "at most 2.58, by" in wide
    narrow = run("recommend", file, "--lang", "id", COLUMNS="80").stdout.decode()
    assert "Poin indeks: 0,40 (spip" in narrow
    blitar = run("recommend", "samples/real-blitar-2023.json", COLUMNS="140").stdout.decode()
    assert "Index points" not in blitar


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_recommendation_without_points_says_why(lang: str) -> None:
    tree = points_tree(points_of(report_of(ministry(kinerja=PLAN), as_of=DAY)))
    found = told_gains(tree, [*tree, "KOE-001"], lang)
    assert all(found.values())
    assert (
        found["KOE-001"]
        == {
            "id": "tidak dihitung: aturan tidak menyebut indikator indeks",
            "en": "not computed: the rule names no line of the index",
        }[lang]
    )
    for gap in ("no_line", "no_weight"):
        item = {**tree["PK-001"], "alone": None, "beside": None, "gap": gap}
        words = told_gains({**tree, "PK-001": item}, ["PK-001"], lang)["PK-001"]
        assert words.startswith({"id": "tidak dihitung: ", "en": "not computed: "}[lang])
        assert "sakip" in words
    nothing = {**tree["PK-001"], "alone": Decimal("0.00"), "beside": Decimal("0.00")}
    assert "indeks" in told_gains({**tree, "PK-001": nothing}, ["PK-001"], "id")["PK-001"]
    assert told_gains({}, ["KOE-001"], lang) == {}, "no column where nothing is computed"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 400), st.sampled_from(["2", "2.5", "2.9"]))
def test_printed_points_make_no_gain_negative(cents: int, score: str) -> None:
    poin = Decimal(cents) / 100
    tree = with_line(ministry(unit=UNIT), "spip", nilai=Decimal(score), poin=poin)
    report = report_of(tree, as_of=DAY)
    before, board = report.index.exact, Board(report)
    assert before is not None
    assert board.base.exact == before
    for item in points_of(report):
        if item.line != "spip" or item.alone is None:
            continue
        after = board.index({"spip": item.aim}).exact
        assert item.aim is not None
        assert after is not None
        # Counted from the printed points, not from those of the score.
        gain = Fraction(item.aim) * Fraction(4, 5) - Fraction(poin)
        assert item.alone.low == after.low - before.low == gain
        assert item.alone.low >= 0
