"""What `rules test` says of cases that fail, leave a state unseen, or cannot tell a change."""

import re
from datetime import date

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.pipeline import Selection, check
from rbrules.proof.cases import mismatches, read_cases
from rbrules.proof.lint import cited_remarks
from rbrules.proof.mutants import mutants
from rbrules.proof.trial import try_rule
from rbrules.report.explain import rule_page
from rbrules.report.table import basis_words
from rbrules.report.tree import report_tree
from rbrules.rulebook import edition, load_rulebook
from rbrules.validate import problems_of
from tests.shared import RULES, document_of, run

ACHIEVED = """
id: XYZ-001
title: {id: Uji, en: Test}
severity: low
applies_to: kinerja
where:
  target_pk: {present: true}
when:
  capaian: {above: 110}
message: {id: Uji, en: Test}
recommendation: {id: Uji agar uji., en: Test., addressee: [bappeda]}
citation: []
source: project
valid: {from: 2014-01-01}
"""
TREE = "kinerja: [{{id: A, arah: naik, perjanjian_kinerja: {{'2023': 100}}, realisasi: {{'2023': {}}}}}]"


def case(name, realisasi, verdict):
    return f"""
  - name: {name}
    evaluation: {{{TREE.format(realisasi)}}}
    expect: {{A: {verdict}}}
"""


EDGES = case("Above.", "110.01", "finding") + case("Edge.", "110", "pass")
OPEN = case("Open.", "null", "unknown")
UNASKED = """
  - name: Not asked.
    evaluation: {kinerja: [{id: A, arah: naik, realisasi: {'2023': 200}}]}
    expect: {A: not_applicable}
"""


def folder(tmp_path, cases, rule=ACHIEVED, name="XYZ-001"):
    family = tmp_path / "aturan" / "uji"
    family.mkdir(parents=True, exist_ok=True)
    (family / f"{name}.yaml").write_text(rule, "utf-8")
    (family / f"{name}.cases.yaml").write_text(f"rule: {name}\n{cases}", "utf-8")
    return tmp_path / "aturan"


def trial_of(tmp_path, cases, rule=ACHIEVED):
    folders = [RULES, folder(tmp_path, cases, rule)]
    rulebook = load_rulebook(folders)
    (file,) = read_cases(folders, rulebook, frozenset({"XYZ-001"}))
    return file, rulebook, try_rule(file, rulebook)


def survivors(trial):
    return {(mutant.pointer, mutant.change) for mutant in trial.survivors}


def test_cases_on_both_sides_of_the_edge_tell_every_change_of_it(tmp_path):
    _, _, trial = trial_of(tmp_path, "cases:" + EDGES + OPEN + UNASKED)
    assert [gap.pointer for gap in trial.gaps] == []
    assert not {at for at, _ in survivors(trial)} & {"/when/capaian", "/when/capaian/above"}


def test_a_case_far_from_the_edge_does_not_tell_the_edge(tmp_path):
    far = case("Far above.", "150", "finding") + case("Far below.", "50", "pass")
    _, _, trial = trial_of(tmp_path, "cases:" + far + OPEN + UNASKED)
    assert survivors(trial) >= {
        ("/when/capaian", "above -> at_least"),
        ("/when/capaian/above", "110 -> 109"),
        ("/when/capaian/above", "110 -> 111"),
    }


def test_a_state_that_no_case_shows_is_a_gap(tmp_path):
    _, _, trial = trial_of(tmp_path, "cases:" + EDGES)
    gaps = {(gap.pointer, gap.change) for gap in trial.gaps}
    assert gaps == {("/when/capaian", "never unknown"), ("/where/target_pk", "never false")}
    assert ("/where", "removed") in survivors(trial)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_page_names_a_gap_as_accepted_has_to(tmp_path, lang):
    rules = folder(tmp_path, "cases:" + EDGES)
    done = run("rules", "test", "XYZ-001", "--rules", rules, "--lang", lang, COLUMNS="300")
    text = done.stdout.decode()
    assert "[/when/capaian: never unknown]" in text
    assert "[/where/target_pk: never false]" in text


def test_what_is_accepted_with_a_reason_is_not_shown_and_what_is_told_is_stale(tmp_path):
    accepted = """
accepted:
  - {at: /when/capaian, change: never unknown, reason: A reason.}
  - {at: /when/capaian, change: above -> at_least, reason: Told by the case at the edge.}
"""
    _, _, trial = trial_of(tmp_path, "cases:" + EDGES + UNASKED + accepted)
    assert trial.gaps == ()
    assert trial.accepted == 1
    assert trial.stale == (("/when/capaian", "above -> at_least"),)


def test_a_failing_case_is_named_and_proves_nothing(tmp_path):
    wrong = case("Wrong.", "110.01", "pass")
    file, rulebook, trial = trial_of(tmp_path, "cases:" + wrong)
    (failure,) = mismatches(file, rulebook, PythonEngine())
    assert (failure.case, failure.subject) == ("Wrong.", "A")
    assert (failure.expected, failure.found) == ("pass", "finding")
    assert (trial.states, trial.mutants) == (0, 0)


def test_a_subject_that_the_case_forgets_is_a_failure(tmp_path):
    cases = case("Forgets.", "120", "finding").replace("{A: finding}", "{}")
    file, rulebook, _ = trial_of(tmp_path, "cases:" + cases)
    (failure,) = mismatches(file, rulebook, PythonEngine())
    assert (failure.subject, failure.expected, failure.found) == ("A", "", "finding")


def test_a_value_that_differs_is_a_failure(tmp_path):
    cases = case("Value.", "120", "finding") + "    values: {A: {capaian: 121}}\n"
    file, rulebook, _ = trial_of(tmp_path, "cases:" + cases)
    (failure,) = mismatches(file, rulebook, PythonEngine())
    assert (failure.subject, failure.expected) == ("A: capaian", "121")


def test_the_page_says_in_words_which_side_has_nothing(tmp_path):
    cases = f"""cases:
  - name: A.
    evaluation: {{{TREE.format(120)}}}
    expect: {{B: pass}}
    values: {{A: {{capaian: 121}}, C: {{capaian: 9}}}}
"""
    rules = folder(tmp_path, cases)
    done = run("rules", "test", "XYZ-001", "--rules", rules, "--lang", "en", COLUMNS="200")
    page = done.stdout.decode()
    assert "expect says nothing of A, which is finding" in page
    assert "B should be pass, but there is no such subject" in page
    assert "A: capaian should be 121 and is 120" in page
    assert "C: capaian should be 9, but no finding has that value" in page


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ("cases: [{name: A., evaluation: {tahunn: 1}, expect: {}}]", "/cases/0/evaluation/tahunn"),
        ("cases: [{name: A., expect: {}}, {name: A., expect: {}}]", "/cases/1/name"),
        ("cases: [{name: A., expect: {A: maybe}}]", "/cases/0/expect/A"),
    ],
)
def test_problems_of_case_files_stand_where_they_are(tmp_path, cases, expected):
    with pytest.raises(InputError) as caught:
        trial_of(tmp_path, cases)
    assert [problem.pointer for problem in caught.value.problems] == [expected]
    assert caught.value.problems[0].file == "aturan/uji/XYZ-001.cases.yaml"


def test_case_file_of_no_rule(tmp_path):
    root = folder(tmp_path, "cases: [{name: A., expect: {}}]")
    (root / "uji" / "XYZ-001.yaml").unlink()
    with pytest.raises(InputError) as caught:
        read_cases([root], load_rulebook([RULES]), frozenset())
    assert [problem.found for problem in caught.value.problems] == ['"XYZ-001"']


def test_mutants_are_the_same_in_every_year():
    rulebook = load_rulebook([RULES])
    lists = {}
    for year in range(2014, 2027):
        for rule in edition(rulebook, date(year, 12, 31)).rules:
            names = [(mutant.pointer, mutant.change) for mutant in mutants(rule)]
            assert len(set(names)) == len(names)
            assert lists.setdefault(rule.id, names) == names
            assert all(mutant.rule != rule for mutant in mutants(rule))


def test_page_names_what_is_open_in_both_languages(tmp_path):
    rules = folder(tmp_path, "cases:" + case("Wrong.", "110.01", "pass") + EDGES)
    for lang, words in (("en", "FAILED in the case"), ("id", "GAGAL pada kasus")):
        done = run("rules", "test", "XYZ-001", "--rules", rules, "--lang", lang)
        page = " ".join(done.stdout.decode().split())
        assert done.returncode == 1
        assert f'{words} "Wrong."' in page
        assert re.search(r"XYZ-001 3 1 \d+ / \d+ \d+ / \d+ 0", page)


def test_exit_codes(tmp_path):
    sound = folder(tmp_path, "cases:" + EDGES)
    assert run("rules", "test", "XYZ-001", "--rules", sound).returncode == 0
    assert run("rules", "test", "XYZ-001", "--rules", sound, "--strict").returncode == 1
    assert run("rules", "test", "XYZ-002", "--rules", sound).returncode == 2
    assert run("rules", "test", "PK-001", "--strict", "--verify").returncode == 0


OLD = "{jenis: UU, nomor: 1, tahun: 2014, verified: true, to: 2019-12-31}"
NEW = "{jenis: UU, nomor: 2, tahun: 2020, verified: true, from: 2020-01-01}"
BARE = "{jenis: UU, nomor: 2, tahun: 2020, verified: true}"


def remarks_on(tmp_path, *citations):
    rule = ACHIEVED.replace("citation: []", f"citation: [{', '.join(citations)}]")
    rulebook = load_rulebook([RULES, folder(tmp_path, "cases:" + EDGES, rule)])
    (rule,) = (rule for rule in rulebook.rules if rule.id == "XYZ-001")
    wanted = ("repealed", "not_yet", "uncited")
    found = [remark for remark in cited_remarks(rule) if remark.code in wanted]
    return [(remark.code, remark.level, dict(remark.values)) for remark in found]


def test_a_citation_that_takes_over_from_another_leaves_no_doubt(tmp_path):
    assert remarks_on(tmp_path, OLD, NEW) == []


def test_years_without_any_citation_in_force_are_named(tmp_path):
    ((code, level, values),) = remarks_on(tmp_path, NEW)
    assert (code, level) == ("uncited", "note")
    assert values == {"years": "2014, 2015, 2016, 2017, 2018, 2019"}


def test_a_rule_that_rests_on_what_was_repealed_is_a_problem(tmp_path):
    ((code, level, values),) = remarks_on(tmp_path, OLD)
    assert (code, level) == ("repealed", "problem")
    assert values == {"citation": "UU 1/2014", "day": "2019-12-31"}


def test_a_regulation_that_is_younger_than_the_rule_needs_its_first_day(tmp_path):
    ((code, level, values),) = remarks_on(tmp_path, BARE)
    assert (code, level) == ("not_yet", "problem")
    assert values == {"citation": "UU 2/2020", "day": "2014-01-01"}


def basis_in_report(tmp_path, tahun, *citations):
    rule = ACHIEVED.replace("citation: []", f"citation: [{', '.join(citations)}]")
    rulebook = load_rulebook([RULES, folder(tmp_path, "cases:" + EDGES, rule)])
    series = {str(tahun): 100}, {str(tahun): 120}
    row = {"id": "A", "arah": "naik", "perjanjian_kinerja": series[0], "realisasi": series[1]}
    tree = {"versi": 1, "instansi": {"nama": "X", "kelompok": "kota"}, "tahun": tahun}
    evaluation = read_evaluation(document_of(tree | {"kinerja": [row]}, "x.json"), rulebook)
    report = check(
        rulebook,
        evaluation,
        as_of=date(2026, 1, 1),
        engine=PythonEngine(),
        selection=Selection(only=frozenset({"XYZ-001"})),
    )
    (finding,) = report_tree(report, "en")["findings"]
    assert problems_of(document_of(report_tree(report, "en"), "report.json"), "report") == []
    return basis_words(finding, "en").split("; ")[0]


@pytest.mark.parametrize(("tahun", "basis"), [(2019, "UU 1/2014"), (2020, "UU 2/2020")])
def test_a_report_names_the_citations_in_force(tmp_path, tahun, basis):
    assert basis_in_report(tmp_path, tahun, OLD, NEW) == basis


def test_a_report_says_where_no_citation_is_in_force(tmp_path):
    words = "none of the legal bases on file was in force for that year"
    assert basis_in_report(tmp_path, 2019, NEW) == words


def test_all_citations_are_shown_with_their_days_where_no_year_is_asked(tmp_path):
    rule = ACHIEVED.replace("citation: []", f"citation: [{OLD}, {NEW}]")
    rulebook = load_rulebook([RULES, folder(tmp_path, "cases:" + EDGES, rule)])
    (rule,) = (rule for rule in rulebook.rules if rule.id == "XYZ-001")
    page = rule_page(rule, rulebook, "en", width=400)
    assert "UU 1/2014 (in force until 31 December 2019)" in page
    assert "UU 2/2020 (in force from 1 January 2020)" in page
