"""Tables in a rule: which value counts for whom, and how it is shown, tried and explained."""

from datetime import date
from decimal import Decimal

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.model import Verdict
from rbrules.pipeline import Selection, check
from rbrules.proof.cases import read_cases
from rbrules.proof.trial import try_rule
from rbrules.report.tree import report_tree
from rbrules.rulebook import load_rulebook
from tests.shared import BASE, RULES, document_of, dump, run

RULE = """\
id: KAB-001
title: {id: SPBE di bawah ambang, en: SPBE below the threshold}
severity: medium
applies_to: indikator
where: {kode: {is: spbe}}
when: {nilai: {below: {table: ambang}}}
tables:
  ambang:
    policy: first
    rows:
      - {when: {kelompok: {in: [kabupaten, kota]}}, value: 2.6}
      - {when: {all: [{kelompok: {is: provinsi}}, {target: {at_least: 4}}]}, value: 3.5}
      - {when: {kelompok: {is: provinsi}}, value: {param: batas_spbe_baik}}
message: {id: Nilai $nilai di bawah $ambang., en: The score $nilai is below $ambang.}
recommendation: {id: $pejabat_kepala_daerah agar menaikkan., en: The $pejabat_kepala_daerah should raise it., addressee: [kepala_daerah]}
citation: []
source: project
valid: {from: 2023-01-01}
"""


@pytest.fixture
def own(tmp_path):
    """Return a function that writes a rule, and its cases, into a folder of rules."""

    def write(rule=RULE, cases=None):
        family = tmp_path / "aturan" / "lokal"
        family.mkdir(parents=True, exist_ok=True)
        (family / "KAB-001.yaml").write_text(rule, "utf-8")
        if cases is not None:
            (family / "KAB-001.cases.yaml").write_text(cases, "utf-8")
        return tmp_path / "aturan"

    return write


def tree(kelompok, **line):
    agency = {"nama": "Instansi Contoh", "kelompok": kelompok}
    return BASE | {"instansi": agency, "indikator": [{"kode": "spbe", "maks": 5} | line]}


def report(folder, given):
    rulebook = load_rulebook([RULES, folder])
    evaluation = read_evaluation(document_of(given), rulebook)
    selection = Selection(only=frozenset({"KAB-001"}))
    return check(
        rulebook,
        evaluation,
        as_of=date(2024, 2, 7),
        engine=PythonEngine(),
        selection=selection,
    )


def outcome(folder, given):
    (only,) = report(folder, given).outcomes
    return only


@pytest.mark.parametrize(
    ("kelompok", "line", "verdict"),
    [
        ("kabupaten", {"nilai": Decimal("2.59")}, Verdict.FINDING),
        ("kota", {"nilai": Decimal("2.6")}, Verdict.PASS),
        ("provinsi", {"nilai": Decimal("3.49"), "target": 4}, Verdict.FINDING),
        ("provinsi", {"nilai": Decimal("3.49"), "target": 3}, Verdict.PASS),
        ("provinsi", {"nilai": Decimal("2.59"), "target": 3}, Verdict.FINDING),
        ("provinsi", {"nilai": Decimal("3.49")}, Verdict.UNKNOWN),
        ("kabupaten", {}, Verdict.UNKNOWN),
        ("lembaga", {"nilai": Decimal("0.1")}, Verdict.NOT_APPLICABLE),
        ("lembaga", {}, Verdict.NOT_APPLICABLE),
    ],
)
def test_the_first_row_that_is_for_the_subject_counts(own, kelompok, line, verdict):
    assert outcome(own(), tree(kelompok, **line)).verdict is verdict


def test_what_could_choose_another_row_is_asked_for(own):
    found = outcome(own(), tree("provinsi", nilai=3))
    assert found.verdict is Verdict.UNKNOWN
    assert found.missing == ("/indikator/0/target",)


def test_rows_of_the_same_value_need_no_choice(own):
    same = RULE.replace("value: 3.5}", "value: {param: batas_spbe_baik}}")
    assert outcome(own(same), tree("provinsi", nilai=2)).verdict is Verdict.FINDING


COLLECTED = RULE.replace("nilai: {below: {table: ambang}}", "status: {in: {table: ambang}}")
COLLECTED = COLLECTED[: COLLECTED.index("    policy")] + """\
    policy: collect
    rows:
      - {when: {kelompok: {is: kabupaten}}, value: belum_dinilai}
      - {when: {target: {present: true}}, value: [nilai_tahun_lalu, dikecualikan]}
""" + COLLECTED[COLLECTED.index("message") :]  # fmt: skip


@pytest.mark.parametrize(
    ("kelompok", "line", "verdict"),
    [
        ("kabupaten", {"status": "belum_dinilai"}, Verdict.FINDING),
        ("kabupaten", {"status": "dikecualikan"}, Verdict.PASS),
        ("kabupaten", {"status": "dikecualikan", "target": 3}, Verdict.FINDING),
        ("kota", {"status": "belum_dinilai", "target": 3}, Verdict.PASS),
        ("kota", {"status": "belum_dinilai"}, Verdict.NOT_APPLICABLE),
    ],
)
def test_collected_values_are_those_of_all_rows_for_the_subject(own, kelompok, line, verdict):
    assert outcome(own(COLLECTED), tree(kelompok, **line)).verdict is verdict


def test_texts_and_values_show_what_counted(own):
    shown = report(own(), tree("provinsi", nilai=Decimal("3.1"), target=4))
    (finding,) = report_tree(shown, "id")["findings"]
    assert finding["message"] == "Nilai 3,1 di bawah 3,5."
    assert finding["values"]["ambang"] == Decimal("3.5")
    assert finding["values"]["target"] == 4
    fields = {place["field"] for place in finding["looked_at"]}
    assert fields == {"kode", "nilai", "kelompok", "target"}


@pytest.mark.parametrize(
    ("kelompok", "words"),
    [
        ("kabupaten", "a threshold of aturan/lokal/KAB-001.yaml"),
        ("provinsi", "a threshold given by a secondary source: PermenPANRB 59/2020"),
    ],
)
def test_a_text_says_whose_the_value_of_the_row_is(own, kelompok, words):
    rule = RULE.replace("below $ambang.", "below $ambang ($sumber_ambang).")
    shown = report(own(rule), tree(kelompok, nilai=2, target=3))
    (finding,) = report_tree(shown, "en")["findings"]
    assert f"({words}" in finding["message"]


def test_engines_agree(own, tmp_path):
    file = tmp_path / "a.json"
    for kelompok, line in (
        ("kabupaten", {"nilai": 2}),
        ("provinsi", {"nilai": 3}),
        ("lembaga", {}),
    ):
        file.write_bytes(dump(tree(kelompok, **line)))
        done = run("check", file, "--rules", own(), "--only", "KAB-001", "--verify", "--quiet")
        assert done.returncode == (kelompok == "kabupaten"), done.stderr


def test_explain_tells_which_row_counted_and_why(own, tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(dump(tree("provinsi", nilai=Decimal("3.1"), target=4)))
    done = run("explain", "KAB-001", file, "--rules", own(), "--lang", "en", COLUMNS="200")
    page = done.stdout.decode()
    assert "the value of the table ambang (2.6 where Group of the agency is one of" in page
    assert "the table ambang gives 3.5; difference from the edge -0.40" in page
    assert "[false] 2.6 where Group of the agency is one of kabupaten, kota" in page
    assert "[true] 3.5 where Group of the agency is provinsi and" in page
    file.write_bytes(dump(tree("lembaga", nilai=1)))
    done = run("explain", "KAB-001", file, "--rules", own(), "--all", "--lang", "en", COLUMNS="200")
    assert "the table ambang has no row for this subject" in done.stdout.decode()


CASES = """\
rule: KAB-001
cases:
  - name: Below, for a regency.
    evaluation: {indikator: [{kode: spbe, nilai: 2.5, maks: 5}]}
    expect: {spbe: finding}
"""


def test_rows_are_part_of_what_cases_have_to_show(own):
    folders = [RULES, own(cases=CASES)]
    rulebook = load_rulebook(folders)
    (file,) = read_cases(folders, rulebook, frozenset({"KAB-001"}))
    trial = try_rule(file, rulebook)
    gaps = {(gap.pointer, gap.state) for gap in trial.gaps}
    assert ("/tables/ambang/rows/0/when/kelompok", "false") in gaps
    assert ("/tables/ambang/rows/1/when/all/1/target", "true") in gaps
    assert ("/tables/ambang/rows/0/when/kelompok", "unknown") not in gaps
    open_ = {(mutant.pointer, mutant.change) for mutant in trial.survivors}
    assert {
        ("/tables/ambang/rows/0/when/kelompok/in", 'without "kota"'),
        ("/tables/ambang/rows/0/value", "2.6 -> 2.7"),
        ("/tables/ambang/rows/1", "removed"),
        ("/tables/ambang/rows/2/value", "batas_spbe_baik + 1 step"),
    } <= open_
    assert ("/tables/ambang/rows/0/value", "2.6 -> 2.5") in trial.told
    assert ("/tables/ambang/rows/0", "removed") in trial.told


ROW_BELOW = """\
rule: KAB-001
cases:
  - name: Below, for a regency whose target is known.
    evaluation: {indikator: [{kode: spbe, nilai: 2.5, maks: 5, target: 5}]}
    expect: {spbe: finding}
"""


def test_rows_below_the_one_that_counts_are_not_asked(own, tmp_path):
    folders = [RULES, own(cases=ROW_BELOW)]
    rulebook = load_rulebook(folders)
    (file,) = read_cases(folders, rulebook, frozenset({"KAB-001"}))
    gaps = {(gap.pointer, gap.state) for gap in try_rule(file, rulebook).gaps}
    unasked = {("/tables/ambang/rows/1/when/all/1/target", s) for s in ("true", "false", "unknown")}
    assert unasked <= gaps
    given = tmp_path / "a.json"
    given.write_bytes(dump(tree("kabupaten", nilai=2)))
    done = run("explain", "KAB-001", given, "--rules", own(), "--lang", "en", COLUMNS="200")
    page = done.stdout.decode()
    assert "[not asked] 3.5 where" in page
    assert page.count("Group of the agency: kabupaten") == 1


def test_years_in_a_table_are_written_as_years(own):
    rule = (
        RULE[: RULE.index("    rows:")]
        + "    rows: [{value: 2024}]\n"
        + RULE[RULE.index("message") :]
    )
    rule = rule.replace("nilai: {below:", "tahun: {below:").replace("$nilai", "$tahun")
    (finding,) = report_tree(report(own(rule), tree("kota")), "en")["findings"]
    assert finding["message"] == "The score 2023 is below 2024."
