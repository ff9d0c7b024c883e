"""Year against year: states, unknowns, breaks, recommendations tested again, ids that stay."""

from __future__ import annotations

import copy
import itertools
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.load.json_reader import load_json
from rbrules.model import Verdict
from rbrules.outlook.difference import state_of
from rbrules.outlook.years import Years, compare_years
from rbrules.outlook.years_page import years_page
from rbrules.outlook.years_tree import years_tree
from rbrules.validate import problems_of
from tests.shared import (
    AS_OF,
    BASE,
    LANGUAGES,
    ROOT,
    SAMPLES,
    assert_valid,
    document_of,
    dump,
    report_of,
    run,
)

LATER = date(2025, 5, 31)
THREE = [ROOT / "samples" / f"contoh-tahun-{year}.json" for year in (2022, 2023, 2024)]
TREES = [load_json(path.read_bytes(), path.name).tree for path in THREE]


def agency(tahun: int, **keys: Any) -> dict[str, Any]:
    return {**copy.deepcopy(BASE), "tahun": tahun, **keys}


def plan(tahun: int, *pairs: tuple[str, int | None, int], **keys: Any) -> dict[str, Any]:
    """An agency whose indicators have a target of the Renstra (None: unknown) and one of the PK."""
    rows = [
        {
            "id": id_,
            "arah": "naik",
            "unit": f"unit-{id_}",
            "renstra": {str(tahun): renstra},
            "perjanjian_kinerja": {str(tahun): pk},
        }
        for id_, renstra, pk in pairs
    ]
    return agency(tahun, kinerja=rows, **keys)


def years(*trees: dict[str, Any], as_of: date = AS_OF) -> Years:
    reports = [report_of(t, as_of=as_of, name=f"{n}.json") for n, t in enumerate(trees)]
    return compare_years(reports)


def tree_of(found: Years, lang: str = "en") -> Any:
    """Return the comparison as plain data, held against its schema; the page is made too."""
    tree = years_tree(found, lang)
    assert_valid(tree, "comparison")
    for everything in (False, True):
        page = years_page(tree, width=100, everything=everything)
        assert max(map(len, page.splitlines())) <= 100
    return tree


def compared(*trees: dict[str, Any], lang: str = "en", **options: Any) -> Any:
    return tree_of(years(*trees, **options), lang)


def of_rule(tree: Any, rule: str = "PK-001") -> dict[str, Any]:
    return {f["subject"]["id"]: f for f in tree["findings"] if f["rule"] == rule}


def states(tree: Any, rule: str = "PK-001") -> dict[str, str]:
    return {id_: finding["state"] for id_, finding in of_rule(tree, rule).items()}


# --- states --------------------------------------------------------------------------------------

F, P, U, N, W, X = (
    Verdict.FINDING,
    Verdict.PASS,
    Verdict.UNKNOWN,
    Verdict.NOT_APPLICABLE,
    Verdict.WAIVED,
    None,
)


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ((P, F), "new"),
        ((U, F), "new"),
        ((P, P, F), "new"),
        ((F, F), "repeated"),
        ((W, F), "repeated"),
        ((F, P, F, F), "repeated"),
        ((F, P, F), "reopened"),
        ((F, U, P, F), "reopened"),
        ((F, P, U, F), "reopened"),
        # What is not told in between was not fixed, as far as is known.
        ((F, U, F), "resumed"),
        ((F, N, F), "resumed"),
        ((F, X, F), "resumed"),
        ((F, P, F, U, F), "resumed"),
        ((F, F, W), "waived"),
        ((F, P), "fixed"),
        ((F, U, P), "fixed"),
        ((F, P, P), "fixed"),
        ((F, U), "open"),
        ((F, U, U), "open"),
        ((F, N, U), "open"),
        ((F, N), "gone"),
        ((F, X), "gone"),
        ((F, U, X), "gone"),
        # It was fixed, and is not known to be back.
        ((F, P, U), None),
        ((F, P, N), None),
        ((P, U), None),
        ((U, P, X), None),
    ],
)
def test_the_state_of_a_history(verdicts: Any, state: str | None) -> None:
    assert state_of(verdicts) == state


def test_only_what_passes_now_is_fixed_and_no_standing_finding_is_lost() -> None:
    for verdicts in itertools.product((F, W, P, U, N, X), repeat=4):
        state = state_of(verdicts)
        if state == "fixed":
            assert verdicts[-1] is P
        if verdicts[-1] is F:
            assert state in {"new", "reopened", "resumed", "repeated"}
        if state == "reopened":
            assert P in verdicts[:-1]
        last_told = next((v for v in reversed(verdicts) if v in {F, W, P}), None)
        if last_told in {F, W}:
            assert state is not None


def test_findings_are_known_again_by_their_fingerprint() -> None:
    before = plan(2023, ("A", 10, 9), ("B", 10, 9), ("C", 10, 10), ("D", 10, 9))
    after = plan(2024, ("A", 10, 10), ("B", 10, 9), ("C", 10, 9))
    assert states(compared(before, after)) == {
        "A": "fixed",
        "B": "repeated",
        "C": "new",
        "D": "gone",
    }


def test_three_years_of_the_samples() -> None:
    tree = compared(*TREES, as_of=LATER)
    assert states(tree) == {
        "PEN-5": "new",
        "PEN-1": "reopened",
        "PEN-2": "resumed",
        "KES-1": "repeated",
        "KES-2": "repeated",
        "PEN-3": "open",
        "PEN-4": "gone",
        "KES-3": "fixed",
    }
    found = of_rule(tree)
    assert {id_: (f["stood"], f["since"]) for id_, f in found.items()} == {
        "PEN-5": (1, 2024),
        "PEN-1": (1, 2024),
        "PEN-2": (1, 2024),
        "KES-1": (3, 2022),
        "KES-2": (2, 2023),
        "PEN-3": (0, None),
        "PEN-4": (0, None),
        "KES-3": (0, None),
    }
    assert found["PEN-2"]["verdicts"] == {"2022": "finding", "2023": "unknown", "2024": "finding"}
    assert found["PEN-4"]["verdicts"]["2024"] == "not_listed"
    assert of_rule(tree, "DOK-001")["disdik"]["state"] == "fixed"
    assert sum(tree["summary"].values()) == len(tree["findings"])


def test_the_page_says_since_when_and_no_more_than_the_files_show() -> None:
    page = years_page(compared(*TREES, as_of=LATER), width=100)
    assert "KES-1 (at least 3 years, since 2022 or earlier), KES-2 (2 years, since 2023)" in page
    page = years_page(compared(*TREES, lang="id", as_of=LATER), width=100)
    assert "KES-1 (sekurang-kurangnya 3 tahun, sejak 2022 atau sebelumnya)" in page


def test_any_order_on_the_command_line_gives_the_same() -> None:
    expected = compared(*TREES, as_of=LATER)
    for order in itertools.permutations(TREES):
        tree = compared(*order, as_of=LATER)
        for year, other in zip(tree["years"], expected["years"], strict=True):
            year["input"]["file"] = other["input"]["file"]
        assert tree == expected


def test_a_year_without_a_file_proves_nothing() -> None:
    first = plan(2022, ("A", 10, 9), ("B", 10, 9))
    last = plan(2024, ("A", 10, 9), ("B", 10, 10))
    tree = compared(first, last)
    assert tree["without_file"] == [2023]
    found = of_rule(tree)
    assert (found["A"]["state"], found["A"]["stood"], found["A"]["since"]) == ("resumed", 1, 2024)
    assert found["A"]["verdicts"] == {"2022": "finding", "2023": "no_file", "2024": "finding"}
    assert found["B"]["state"] == "fixed"
    assert "No file for 2023" in years_page(tree, width=100)


def test_a_rule_that_is_not_in_force_is_told_from_a_subject_that_is_not_there() -> None:
    def file(tahun: int) -> dict[str, Any]:
        action = {"id": "RA-1", "status": "belum", "tenggat": "2022-12-31"}
        return agency(tahun, rencana_aksi=[action])

    (finding,) = of_rule(compared(file(2022), file(2023)), "RA-001").values()
    assert finding["state"] == "new"
    assert finding["verdicts"] == {"2022": "not_in_force", "2023": "finding"}


# --- problems ------------------------------------------------------------------------------------


def test_all_wrong_files_are_named_at_once() -> None:
    other = {**agency(2022), "instansi": {"nama": "Lain", "kelompok": "kabupaten"}}
    with pytest.raises(InputError) as caught:
        years(agency(2021), agency(2022), other, agency(2021))
    assert sorted(str(problem).splitlines()[0] for problem in caught.value.problems) == [
        '2.json: at /instansi found "Lain"; expected "Pemerintah Kabupaten Contoh", the agency of 0.json',
        "2.json: at /tahun found 2022; expected another year than that of 1.json",
        "3.json: at /tahun found 2021; expected another year than that of 0.json",
    ]


BLITAR = [f"samples/real-blitar-{year}.json" for year in (2022, 2023)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (BLITAR[:1], "two files or more"),
        ([BLITAR[0], BLITAR[0]], "another year"),
        (["-", "-"], "standard input twice"),
        ([*BLITAR, "samples/real-kpu-2024.json"], "the agency of"),
    ],
)
def test_wrong_arguments(arguments: list[str], says: str) -> None:
    done = run("compare", *arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert says in done.stderr.decode()


def test_problems_of_all_files_are_listed_together(tmp_path: Any) -> None:
    paths = [tmp_path / f"{name}.json" for name in "ab"]
    for path in paths:
        path.write_bytes(dump({**BASE, "tahunn": 1}))
    done = run("compare", *paths)
    assert done.returncode == 2
    assert all(f"{path.name}:" in done.stderr.decode() for path in paths)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_program_compares(lang: str) -> None:
    reversed_ = THREE[::-1]
    done = run("compare", *reversed_, "--as-of", "2025-05-31", "--lang", lang, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    tree = load_json(done.stdout, "out").tree
    assert_valid(tree, "comparison")
    assert [year["tahun"] for year in tree["years"]] == [2022, 2023, 2024]
    # Deadlines are counted as of the same day in all years.
    assert tree["as_of"] == "2025-05-31"


def test_the_schema_refuses_what_is_no_comparison() -> None:
    tree = compared(*TREES, as_of=LATER)
    tree["findings"][0]["verdicts"]["2024"] = "perhaps"
    assert problems_of(document_of(tree, "out.json"), "comparison")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_same_report_for_the_next_year_repeats_everything(path: Any) -> None:
    report = report_of(path.read_bytes(), as_of=LATER)
    evaluation = replace(report.evaluation, tahun=report.evaluation.tahun + 1)
    found = compare_years([report, replace(report, evaluation=evaluation)])
    for lang in LANGUAGES:
        tree = tree_of(found, lang)
        assert {finding["state"] for finding in tree["findings"]} <= {"repeated", "waived"}
        (step,) = tree["steps"]
        assert step["indeks_rb"]["sebanding"] == (report.index.instrument is not None)
        # What is not known of one year may have been anything in the other.
        exact, moved = report.index.exact, step["indeks_rb"]["selisih"]
        is_range = exact is not None and not exact.is_point
        assert moved in ([None, 0] if not is_range else [[-moved[1], moved[1]]])
        assert all(line["before"] == line["after"] for line in step["lines"])
        assert set(step["unknown"]["summary"].values()) <= {0, step["unknown"]["summary"]["still"]}


# --- unknowns ------------------------------------------------------------------------------------


def test_unknowns_are_followed() -> None:
    before = plan(2023, ("A", None, 9), ("B", None, 9), ("C", 10, 9), ("D", None, 9))
    after = plan(2024, ("A", None, 9), ("B", 10, 10), ("C", None, 9), ("E", None, 9))
    (step,) = compared(before, after)["steps"]
    (rule,) = [rule for rule in step["unknown"]["rules"] if rule["rule"] == "PK-001"]
    assert {s["id"]: (s["fate"], s["before"], s["after"]) for s in rule["subjects"]} == {
        "A": ("still", "unknown", "unknown"),
        "B": ("known", "unknown", "pass"),
        "C": ("lost", "finding", "unknown"),
        "D": ("gone", "unknown", "not_listed"),
        "E": ("added", "not_listed", "unknown"),
    }
    assert rule["summary"] == {"still": 1, "lost": 1, "added": 1, "known": 1, "gone": 1}


def test_counts_of_unknowns_are_those_of_the_reports() -> None:
    found = years(*TREES, as_of=LATER)
    for step, plain in zip(found.steps, tree_of(found)["steps"], strict=True):
        counts = plain["unknown"]["summary"]
        unknown = [
            sum(o.verdict is Verdict.UNKNOWN for o in report.outcomes)
            for report in (step.before, step.after)
        ]
        assert counts["still"] + counts["known"] + counts["gone"] == unknown[0]
        assert counts["still"] + counts["lost"] + counts["added"] == unknown[1]


def test_all_lists_the_unknowns() -> None:
    tree = compared(*TREES, as_of=LATER)
    line = "    - PEN-2: unknown, then finding"
    assert line not in years_page(tree, width=100)
    assert line in years_page(tree, width=100, everything=True)


# --- index and lines -----------------------------------------------------------------------------


def test_a_break_of_instruments_counts_no_change() -> None:
    figures = {2022: 65, 2023: Decimal("71.38"), 2024: Decimal("72.00")}
    files = [agency(year, hasil_terbit={"indeks_rb": n}) for year, n in figures.items()]
    tree = compared(*files)
    assert [step["indeks_rb"] for step in tree["steps"]] == [
        {"sebanding": False, "selisih": None},
        {"sebanding": True, "selisih": Decimal("0.62")},
    ]
    page = years_page(tree, width=100)
    assert "RB index of 2022 and 2023 cannot be compared" in page
    assert "RB index of 2023 and 2024" not in page


def test_lines_of_another_scale_are_not_compared() -> None:
    def file(tahun: int, maks: int, **keys: Any) -> dict[str, Any]:
        row = {"kode": "merit", "nilai": 300, "bobot": 4, "maks": maks}
        zi = {"kode": "zi", "nilai": 2, "bobot": 3, "maks": 3, "min": 0}
        ministry = {"nama": "Kementerian Contoh", "kelompok": "kementerian"}
        return {**agency(tahun, indikator=[row, zi | keys]), "instansi": ministry}

    (step,) = compared(file(2023, 400), file(2024, 410, nilai=3))["steps"]
    lines = {line["kode"]: (line["sebanding"], line["selisih"]) for line in step["lines"]}
    assert lines["merit"] == (False, None)
    assert lines["zi"] == (True, Decimal("1.00"))


# --- recommendations -----------------------------------------------------------------------------


def closed(status: str = "selesai", **keys: Any) -> dict[str, Any]:
    return {"id": "R1", "tahun": 2023, "aturan": "PK-001", "status": status, **keys}


@pytest.mark.parametrize(
    ("status", "now", "result"),
    [
        ("selesai", [("A", 10, 9)], "not_done"),
        ("tuntas", [("A", 10, 9)], "not_done"),
        ("selesai", [("A", 10, 10)], "confirmed"),
        ("selesai", [("A", 10, 10), ("B", 10, 9)], "elsewhere"),
        ("proses", [("A", 10, 9)], "still"),
        ("proses", [("A", 10, 10)], "overtaken"),
        ("selesai", [("A", None, 9)], "untold"),
        ("selesai", [("B", 10, 10)], "not_tested"),
        ("selesai", [("B", 10, 9)], "untold"),
        ("proses", [("B", 10, 9)], "untold"),
    ],
)
def test_recommendations_are_tested_again(status: str, now: Any, result: str) -> None:
    found = years(plan(2023, ("A", 10, 9)), plan(2024, *now, rekomendasi=[closed(status)]))
    (retest,) = found.retests
    assert (retest.id, retest.result, retest.listed) == ("R1", result, True)
    tree_of(found)


def test_a_recommendation_that_is_done_on_paper_stands_before_the_findings() -> None:
    tree = compared(*TREES, as_of=LATER)
    (item,) = [r for r in tree["recommendations"] if r["result"] == "not_done"]
    assert (item["id"], item["severity"], item["status"]) == ("REK-1", "high", "selesai")
    assert [f["subject"]["id"] for f in item["findings"]] == ["KES-1", "KES-2"]
    listed = {finding["fingerprint"] for finding in tree["findings"]}
    assert {finding["fingerprint"] for finding in item["findings"]} <= listed
    page = years_page(tree, width=100)
    assert page.index("REK-1 (2022)  PK-001  HIGH") < page.index("FINDINGS:")


def test_a_subject_that_is_gone_is_none_that_passes() -> None:
    before = plan(2023, ("A", 10, 9), ("C", 10, 9))
    for status in ("selesai", "proses"):
        after = plan(2024, ("A", 10, 10), rekomendasi=[closed(status)])
        assert [retest.result for retest in years(before, after).retests] == ["untold"]


def test_a_recommendation_is_held_against_the_findings_of_its_year() -> None:
    trees = [
        plan(2022, ("A", 10, 9), ("B", 10, 10)),
        plan(2023, ("A", 10, 9), ("B", 10, 9), rekomendasi=[closed(tahun=2022)]),
        plan(2024, ("A", 10, 10), ("B", 10, 9), rekomendasi=[closed(tahun=2022)]),
    ]
    (retest,) = years(*trees).retests
    assert (retest.result, retest.subjects) == ("elsewhere", ("B",))


def test_it_is_said_where_the_subjects_of_a_recommendation_are_not_known() -> None:
    after = plan(2024, ("A", 10, 9), rekomendasi=[closed(tahun=2021)])
    tree = compared(plan(2023, ("A", 10, 10)), after)
    (item,) = tree["recommendations"]
    assert (item["result"], item["certain"]) == ("not_done", False)
    assert "these findings may be on others" in " ".join(years_page(tree, width=100).split())
    # The file of its year tells it; a rule on the unit itself leaves no other subject.
    (retest,) = years(
        plan(2023, ("A", 10, 9)), plan(2024, ("A", 10, 9), rekomendasi=[closed()])
    ).retests
    assert retest.certain
    unit = {"id": "dinkes", "nama": "Dinas", "dokumen": {"renja": {"ada": False}}}
    done = closed(tahun=2021, aturan="DOK-001", unit="dinkes")
    files = [agency(year, unit=[unit], rekomendasi=[done]) for year in (2023, 2024)]
    (retest,) = years(*files).retests
    assert (retest.result, retest.certain) == ("not_done", True)


def test_one_number_in_two_years_is_two_recommendations() -> None:
    trees = [
        plan(2023, ("A", 10, 9), rekomendasi=[closed("proses", tahun=2022)]),
        plan(2024, ("A", 10, 9), rekomendasi=[closed()]),
    ]
    found = [(r.tahun, r.listed, r.result) for r in years(*trees).retests]
    assert found == [(2022, False, "still"), (2023, True, "not_done")]


def test_a_recommendation_of_another_unit_is_not_tested_by_this_one() -> None:
    after = plan(2024, ("A", 10, 9), ("B", 10, 10), rekomendasi=[closed(unit="unit-B")])
    (retest,) = years(plan(2023, ("B", 10, 9)), after).retests
    assert retest.result == "confirmed"


# --- ids -----------------------------------------------------------------------------------------

TEXTS = {"nama", "teks", "catatan", "asal", "penerima"}
"""Keys whose words decide nothing."""


def reworded(node: Any, ending: str) -> Any:
    if isinstance(node, list):
        return [reworded(item, ending) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: f"{value}{ending}" if key in TEXTS else reworded(value, ending)
        for key, value in node.items()
    }


def without_texts(tree: Any) -> Any:
    """Leave out what quotes the files: texts, names, places, digests."""
    if isinstance(tree, list):
        return [without_texts(item) for item in tree]
    if not isinstance(tree, dict):
        return tree
    quoted = {"message", "nama", "teks", "pointer", "input"}
    return {key: without_texts(value) for key, value in tree.items() if key not in quoted}


@cache
def expected() -> Any:
    return without_texts(compared(*TREES, as_of=LATER))


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_order_of_rows_and_words_of_texts_change_no_comparison(data: st.DataObject) -> None:
    trees = []
    for tree in TREES:
        words = data.draw(st.text("abc xyz", min_size=1, max_size=8))
        changed = reworded(tree, f" {words}x")
        for key, rows in changed.items():
            if isinstance(rows, list):
                changed[key] = data.draw(st.permutations(rows))
        keys = data.draw(st.permutations(list(changed)))
        trees.append({key: changed[key] for key in keys})
    order = data.draw(st.permutations(trees))
    assert without_texts(compared(*order, as_of=LATER)) == expected()


# --- no more than the files show ------------------------------------------------------------------

LATE = {"tanggal_terima": "2023-01-10", "tenggat": "2023-02-01"}
ON_PAPER = {
    "id": "rekomendasi ditutup di berkas",
    "en": "the recommendation is closed in the file",
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("rule", "now", "told"),
    [("PK-001", 9, "not_done"), ("PK-001", 10, "confirmed"), (None, 9, "no_rule")],
)
def test_a_finding_that_is_gone_by_closing_is_told_as_such(
    rule: str | None, now: int, told: str, lang: str
) -> None:
    row = {"id": "R1", "tahun": 2022, "aturan": rule, **LATE}
    before = plan(2023, ("A", 10, 9), rekomendasi=[{**row, "status": "proses"}])
    after = plan(2024, ("A", 10, now), rekomendasi=[{**row, "status": "selesai"}])
    tree = compared(before, after, lang=lang, as_of=LATER)
    finding = of_rule(tree, "TL-001")["R1"]
    assert (finding["state"], finding["closed"]) == ("fixed", told)
    others = (f for f in tree["findings"] if f["subject"]["kind"] != "rekomendasi")
    assert all(f["closed"] is None for f in others)
    assert ON_PAPER[lang] in " ".join(years_page(tree, width=100).split())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_new_may_be_older_than_the_files(lang: str) -> None:
    says = {"id": "Tahun sebelum 2023 tidak diberikan", "en": "Years before 2023 were not given"}
    tree = compared(plan(2023, ("A", 10, 10)), plan(2024, ("A", 10, 9)), lang=lang)
    assert says[lang] in years_page(tree, width=100)
    tree = compared(plan(2023, ("A", 10, 9)), plan(2024, ("A", 10, 9)), lang=lang)
    assert says[lang] not in years_page(tree, width=100)


def test_a_missing_file_hides_no_problem_of_the_others(tmp_path: Any) -> None:
    names = []
    for number, agency_name in enumerate(("Kota A", "Kota B")):
        path = tmp_path / f"{number}.json"
        path.write_bytes(
            dump({**agency(2023), "instansi": {"nama": agency_name, "kelompok": "kota"}})
        )
        names.append(path)
    done = run("compare", tmp_path / "gone.json", *names)
    words = done.stderr.decode()
    assert done.returncode == 2
    for says in ("no such file", "the agency of 0.json", "another year than that of 0.json"):
        assert says in words
    done = run("whatif", tmp_path / "gone.json", "--with", tmp_path / "away.json")
    assert done.stderr.decode().count("no such file") == 2
