"""What moves an index and what narrows it, costs, and the pages and charts of both commands."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.figures import round_half_up
from rbrules.load.json_reader import load_json
from rbrules.outlook.costs import read_costs
from rbrules.outlook.moves import Board
from rbrules.outlook.page import sensitivity_page
from rbrules.outlook.sensitivity import Sensitivity, sensitivity_of
from rbrules.outlook.tree import sensitivity_tree
from tests.shared import LANGUAGES, ROOT, SAMPLES, assert_valid, dump, report_of, run
from tests.unit.test_points import SCORES, full_run, ministry, with_line


def effects(tree: dict[str, Any]) -> Sensitivity:
    return sensitivity_of(report_of(tree))


def without(tree: dict[str, Any], *kodes: str) -> dict[str, Any]:
    rows = [row for row in tree["indikator"] if row["kode"] not in kodes]
    return {**tree, "indikator": rows}


def test_effects_are_differences_of_full_runs() -> None:
    tree = ministry()
    before = full_run(tree).exact
    assert before is not None
    for effect in effects(tree).effects:
        if "." in effect.kode:
            continue
        for value, shift in ((effect.top, effect.room), ((effect.now or 0) + 1, effect.per_unit)):
            if value > effect.top:
                continue
            after = full_run(with_line(tree, effect.kode, **{effect.unit: value})).exact
            assert after is not None
            assert shift is not None
            assert (shift.low, shift.high) == (after.low - before.low, after.high - before.high)


# code, effect of one unit: weight / maximum; sakip and renaksi multiply at the lower end
BY_HAND = [
    ("spip", "4/5", "4/5"),
    ("skm", "2/25", "2/25"),
    ("merit", "4/410", "4/410"),
    ("sakip", "103/1000", "1/25"),  # 4 / 100 + 90 x 7 / 100 / 100
    ("iku", "21/400", "7/100"),  # 7 / 100, with the multiplier 75 / 100
    ("opini", "1", "1"),
    ("pdn.kl", "1", "1"),
]


@pytest.mark.parametrize(("kode", "low", "high"), BY_HAND)
def test_one_unit_by_hand(kode: str, low: str, high: str) -> None:
    found = {effect.kode: effect.per_unit for effect in effects(ministry()).effects}
    shift = found[kode]
    assert shift is not None
    assert (shift.low, shift.high) == (Fraction(low), Fraction(high))


def test_lines_stand_by_what_their_room_is_worth() -> None:
    worth = [effect.most for effect in effects(ministry()).effects]
    assert worth == sorted(worth, reverse=True)
    assert min(worth) >= 0


def test_the_line_that_narrows_most_is_the_one_that_the_report_names() -> None:
    tree = without(ministry(), "skm", "spi", "zi")
    report = report_of(tree)
    first, *_ = sensitivity_of(report).gaps
    assert first.kode == Board(report).base.penyempit == "spi"
    assert (first.least, first.most) == (10, 10)


def test_a_missing_multiplier_narrows_by_what_it_turns_out_to_be() -> None:
    gaps = {gap.kode: gap for gap in effects(without(ministry(), "sakip")).gaps}
    # Its own 4 points; with the full score iku (6.3) is a point too, with 0 it stays open.
    assert gaps["sakip"].least == 4
    assert gaps["sakip"].most == 4 + Fraction("6.3")


def test_a_missing_score_leaves_open_whether_it_is_multiplied() -> None:
    gaps = {gap.kode: gap for gap in effects(without(ministry(), "iku")).gaps}
    # 7 points are open; with 100 and the multiplier 75 / 100 between 5.25 and 7 still are.
    assert (gaps["iku"].key, gaps["iku"].pengali) == ("nilai", None)
    assert (gaps["iku"].least, gaps["iku"].most) == (Fraction("5.25"), 7)


@pytest.mark.parametrize("score", [0, "100.0"])
def test_narrowing_of_a_sample_is_what_a_what_if_leaves(score: object) -> None:
    sample = load_json((ROOT / "samples" / "contoh-kurang-data.json").read_bytes(), "a.json").tree
    gaps = {gap.kode: gap for gap in effects(sample).gaps}
    gap = gaps["implementasi"]
    assert [str(round_half_up(end, 2)) for end in (gap.least, gap.most)] == ["6.29", "7.14"]
    before = full_run(sample).exact
    after = full_run(with_line(sample, "implementasi", nilai=Decimal(str(score)))).exact
    assert before is not None
    assert after is not None
    assert before.width - after.width == (gap.least if score else gap.most)


def test_a_line_with_a_score_lacks_its_points_where_a_multiplier_is_open() -> None:
    gaps = {gap.kode: gap for gap in effects(ministry()).gaps}
    assert set(gaps) == {"iku", "implementasi"}
    assert (gaps["iku"].key, gaps["iku"].pengali) == ("poin", "sakip")
    assert (gaps["implementasi"].key, gaps["implementasi"].pengali) == ("poin", "renaksi")
    page = sensitivity_page(
        sensitivity_tree(report_of(ministry()), effects(ministry()), "en"), width=250
    )
    assert "whether sakip multiplies them is not certain" in page
    assert "score (nilai)" not in page


RANGES = {line.kode: line for line in report_of(ministry()).index.lines}


@settings(max_examples=15, deadline=None)
@given(
    st.sets(st.sampled_from([*SCORES, "opini"]), min_size=1, max_size=6),
    st.fixed_dictionaries({kode: st.integers(0, 100) for kode in ("renaksi", "sakip", "iku")}),
    st.sampled_from([{}, {"rb_general": 55}]),
    st.sampled_from(sorted(SCORES)),
)
def test_narrowing_is_that_of_the_ends_of_the_range(
    gone: set[str], scores: dict[str, int], printed: dict[str, int], stray: str
) -> None:
    tree = ministry(hasil_terbit=printed)
    for kode, score in scores.items():
        tree = with_line(tree, kode, nilai=score)
    if stray not in gone:
        tree = with_line(tree, stray, nilai=9999)
    tree = without(tree, *gone)
    plain = {key: value for key, value in tree.items() if key != "hasil_terbit"}
    before = full_run(plain).exact
    assert before is not None
    gaps = {gap.kode: gap for gap in effects(tree).gaps}
    assert gone <= set(gaps)
    for kode in (gone | {stray}) & set(gaps):
        line, gap = RANGES[kode], gaps[kode]
        low, high = (line.min or 0, line.maks) if gap.key == "nilai" else (0, line.bobot)
        widths = []
        for value in (low, high):
            rows = [row for row in plain["indikator"] if row["kode"] != kode]
            told = {**plain, "indikator": [*rows, {"kode": kode, gap.key: value}]}
            after = full_run(told).exact
            assert after is not None
            widths.append(before.width - after.width)
        assert [gap.least, gap.most] == sorted(widths), kode


def test_a_component_that_is_not_there_is_a_gap() -> None:
    tree = ministry()
    del tree["tema"]
    gaps = {gap.kode: gap for gap in effects(tree).gaps}
    assert gaps["rb_tematik"].key == "total"
    assert (gaps["rb_tematik"].least, gaps["rb_tematik"].most) == (10, 10)


def test_an_index_that_is_a_point_has_no_gaps() -> None:
    tree = with_line(ministry(), "implementasi", poin=5)
    assert effects(with_line(tree, "iku", poin=5)).gaps == ()


def test_lines_without_a_weight_are_named() -> None:
    tree = ministry(indikator=[{"kode": "sakip", "nilai": 70}, {"kode": "spip", "nilai": 3}])
    tree["instansi"] = {"nama": "Kabupaten Contoh", "kelompok": "kabupaten"}
    del tree["tema"]
    found = effects(tree)
    assert found.effects == ()
    assert {"sakip", "spip"} <= set(found.unweighted)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_has_a_list(path: Path) -> None:
    found = sensitivity_of(report_of(path.read_bytes()))
    assert all(gap.least >= 0 for gap in found.gaps)
    assert all(e.room is None or min(e.room.low, e.room.high) >= 0 for e in found.effects)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_data_follow_their_schema(path: Path, lang: str) -> None:
    report = report_of(path.read_bytes())
    assert_valid(sensitivity_tree(report, sensitivity_of(report), lang), "sensitivity")


# --- costs ---------------------------------------------------------------------------------------


def costs(tmp_path: Path, text: str) -> dict[str, Decimal]:
    path = tmp_path / "costs.yaml"
    path.write_text(text, "utf-8")
    return read_costs(path, report_of(ministry()))


def test_costs_are_read_by_code_or_alias(tmp_path: Path) -> None:
    assert costs(tmp_path, "SPIP: 2\nzi: 1.5\n") == {"spip": Decimal(2), "zi": Decimal("1.5")}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("spipp: 2", "Did you mean spip"),
        ("spip: -1", "a number, 0 or more"),
        ("spip: dua", "a number, 0 or more"),
        ("spip: true", "a number, 0 or more"),
        ("[spip]", "a cost for each line"),
        ("spip: 1\nSPIP: 2", "each line once"),
    ],
)
def test_costs_that_cannot_be_read_are_problems(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        costs(tmp_path, text)


# --- the program ---------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "agency.json"
    path.write_bytes(dump(ministry()))
    return path


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("improve", "--to", "A-"), 0),
        (("improve", "--next", "--lock", "spip"), 0),
        (("improve", "--to", "20"), 0),
        (("improve", "--to", "119"), 1),
        (("improve", "--to", "AAA"), 2),
        (("improve",), 2),
        (("improve", "--to", "A", "--next"), 2),
        (("improve", "--to", "A-", "--lock", "spipp"), 2),
        (("improve", "--to", "A-", "--costs", "no-such-file.yaml"), 2),
        (("sensitivity",), 0),
    ],
)
def test_exit_codes(file: Path, arguments: tuple[str, ...], code: int) -> None:
    command, *options = arguments
    for lang in ("id", "en"):
        done = run(command, file, *options, "--lang", lang, timeout=120)
        assert done.returncode == code, done.stderr.decode()
        assert bool(done.stdout) == (code != 2)


@pytest.mark.parametrize(
    "arguments", [("improve", "--next"), ("improve", "--to", "A"), ("sensitivity",)]
)
def test_without_an_rb_index_there_is_nothing_to_move(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    path = tmp_path / "unit.json"
    agency = {"nama": "Dinas Contoh", "kelompok": "perangkat_daerah"}
    path.write_bytes(dump({"versi": 1, "instansi": agency, "tahun": 2024}))
    command, *options = arguments
    done = run(command, path, *options)
    assert (done.returncode, done.stdout) == (2, b"")
    words = done.stderr.decode()
    assert "no instrument of the RB index for perangkat_daerah in 2024" in words
    assert "works on the RB index only" in words


def test_json_of_both_commands(file: Path) -> None:
    done = run("improve", file, "--to", "A-", "--format", "json")
    tree = load_json(done.stdout, "out").tree
    assert tree["goal"] == {"predikat": "A-", "nilai": Decimal("80.00"), "strict": True}
    assert tree["answers"][0]["plans"][0]["steps"]
    done = run("sensitivity", file, "--format", "json")
    tree = load_json(done.stdout, "out").tree
    assert {"lines", "missing", "unweighted"} <= set(tree)


def test_the_chart_is_svg_in_which_nothing_steers(file: Path, tmp_path: Path) -> None:
    tree = ministry(instansi={"nama": "<script>&\u202e", "kelompok": "lembaga"})
    file.write_bytes(dump(tree))
    chart = tmp_path / "chart.svg"
    assert run("sensitivity", file, "--svg", chart).returncode == 0
    root = ET.fromstring(chart.read_text("utf-8"))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    bars = [item for item in root if item.tag.endswith("rect")][1:]
    assert len(bars) == len(effects(tree).effects)
    assert "\u202e" not in chart.read_text("utf-8")
    done = run("sensitivity", file, "--svg", file)
    assert done.returncode == 2
