"""Explanations say what the engine did, with value, place, threshold and distance."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import simplejson

from rbrules.explanation import explain
from rbrules.model import All, Any_, Inapplicable, Not, Unknown, Verdict
from tests.shared import LANGUAGES, SAMPLES, dump, report_of, run

AS_OF = date(2024, 6, 30)
FILE = {
    "versi": 1,
    "instansi": {"nama": "Pemerintah Kabupaten Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
    "unit": [{"id": "D", "dokumen": {"perjanjian_kinerja": {"ada": False}}}],
    "kinerja": [
        {"id": "A", "renstra": {"2023": 85}, "perjanjian_kinerja": {"2023": 80.5}},
        {"id": "B", "renstra": {"2023": 85}},
        {"id": "C", "unit": "D", "renstra": {"2023": 85}},
    ],
    "indikator": [{"kode": "spip", "nilai": 2.4}],
}


def verdict_of(explanation):
    """Judge again from the clauses alone."""
    rule = explanation.outcome.rule
    if explanation.absent:
        return Verdict.NOT_APPLICABLE
    for clause, is_where in ((explanation.where, True), (explanation.when, False)):
        if clause is None:
            continue
        if isinstance(clause.result, Inapplicable) or (is_where and clause.result is False):
            return Verdict.NOT_APPLICABLE
        if isinstance(clause.result, Unknown):
            stays = is_where and rule.on_missing is Verdict.FINDING
            return Verdict.UNKNOWN if stays else rule.on_missing
    return Verdict.FINDING if explanation.when.result else Verdict.PASS


def assert_parts_add_up(clause):
    """A whole is what its parts make it, unless one of them has no meaning for the subject."""
    results = [part.result for part in clause.parts]
    for part in clause.parts:
        assert_parts_add_up(part)
    if not results or any(isinstance(result, Inapplicable) for result in results):
        return
    match clause.condition:
        case All():
            expected = False if False in results else True if all(r is True for r in results) else 0
        case Any_():
            expected = True if True in results else False if all(r is False for r in results) else 0
        case Not():
            expected = (not results[0]) if isinstance(results[0], bool) else 0
    assert clause.result is expected or (expected == 0 and isinstance(clause.result, Unknown))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_clauses_lead_to_the_verdict(path):
    report = report_of(path.read_bytes(), as_of=AS_OF)
    assert report.outcomes
    for outcome in report.outcomes:
        explanation = explain(outcome)
        assert verdict_of(explanation) is outcome.verdict
        assert_parts_add_up(explanation.when)


def clauses_of(rule, subject, tree=None):
    report = report_of(tree or FILE, as_of=AS_OF)
    (outcome,) = (o for o in report.outcomes if (o.rule.id, o.subject.id) == (rule, subject))
    return explain(outcome)


def test_distance_is_left_minus_right_and_exact():
    assert clauses_of("PK-001", "A").when.distance == Fraction(-9, 2)
    assert clauses_of("SPIP-001", "spip").when.distance == Fraction(-3, 5)
    assert clauses_of("PK-001", "B").when.distance is None


def test_distance_of_days_is_in_days():
    late = {"id": "R", "status": "proses", "tenggat": "2024-06-20"}
    when = clauses_of("TL-001", "R", FILE | {"rekomendasi": [late]}).when
    days = [part for part in when.parts if part.distance is not None]
    assert [part.distance for part in days] == [10]


@pytest.mark.parametrize(("printed", "verdict"), [("71.39", "pass"), ("71.40", "finding")])
def test_slack_is_the_difference_that_counts_as_agreement(printed, verdict):
    figures = {
        "indeks_rb": Decimal(printed),
        "rb_general": Decimal("60.92"),
        "rb_tematik": Decimal("10.46"),
    }
    (agency,) = (
        explain(outcome)
        for outcome in report_of(FILE | {"hasil_terbit": figures}, as_of=AS_OF).outcomes
        if outcome.rule.id == "IDX-001"
    )
    assert agency.outcome.verdict == verdict
    assert agency.when.slack == Fraction(3, 200)
    assert (agency.when.distance > agency.when.slack) == (verdict == "finding")


def test_a_document_that_is_stated_absent_is_the_reason():
    assert clauses_of("PK-001", "C").absent == ("perjanjian_kinerja",)


# --- the command ---------------------------------------------------------------------------------


def page(tmp_path, *words, lang="en"):
    path = tmp_path / "agency.json"
    path.write_bytes(dump(FILE))
    done = run("explain", *words, path, "--lang", lang, "--as-of", "2024-06-30", COLUMNS="200")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_page_shows_value_place_threshold_source_and_distance(tmp_path):
    text = page(tmp_path, "SPIP-001")
    assert "spip [line 1]: FINDING" in text
    assert "2.40" in text or "2.4 " in text
    assert "is below 3 level [level_spip_minimum]" in text
    assert "Peraturan BPKP 5/2021" in text
    assert "difference from the edge -0.60" in text


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("id", "80,488 persen [baris 1]; Target Renstra tahun evaluasi: 80,5 persen [baris 1]; selisih -0,012 persen\n"),
        ("en", "80.488 percent [line 1]; Renstra target of the year: 80.5 percent [line 1]; difference -0.012 percent\n"),
    ],
)  # fmt: skip
def test_two_figures_that_have_to_be_equal_have_a_difference_and_no_edge(tmp_path, lang, words):
    row = {"id": "A", "satuan": "persen", "renstra": {"2023": Decimal("80.5")}}
    row["perjanjian_kinerja"] = {"2023": Decimal("80.488")}
    path = tmp_path / "agency.json"
    path.write_text(simplejson.dumps(FILE | {"kinerja": [row]}, use_decimal=True), "utf-8")
    done = run("explain", "PK-001", path, "--lang", lang, COLUMNS="200")
    assert words in done.stdout.decode()


def test_a_word_of_a_scale_has_no_unit_and_no_difference(tmp_path):
    row = {"id": "A", "satuan": "opini", "skala": ["WDP", "WTP"], "renstra": {"2023": "WTP"}}
    row["perjanjian_kinerja"] = {"2023": "WDP"}
    path = tmp_path / "agency.json"
    path.write_text(simplejson.dumps(FILE | {"kinerja": [row]}), "utf-8")
    text = run("explain", "PK-001", path, "--lang", "en", COLUMNS="200").stdout.decode()
    assert "WDP [line 1]; " in text
    assert "difference" not in text


def test_page_says_why_a_rule_did_not_fire(tmp_path):
    assert "PK-001: B" not in page(tmp_path, "PK-001")
    text = page(tmp_path, "PK-001", "--all")
    assert "B [line 1]: UNKNOWN" in text
    assert "[B: perjanjian_kinerja 2023]" in text
    assert "C [line 1]: NOT APPLICABLE" in text
    assert "stated to have no: perjanjian_kinerja" in text
    assert "holds no theme: this rule is not asked" in page(tmp_path, "TEM-001")
    assert "is not in force on 31 December 2023" in page(tmp_path, "TEM-003")


def test_one_subject(tmp_path):
    text = page(tmp_path, "PK-001", "--subject", "A")
    assert "A [line 1]: FINDING" in text
    assert "B [" not in text
    path = tmp_path / "agency.json"
    assert run("explain", "PK-001", path, "--subject", "Z").returncode == 2
    assert run("explain", "XX-001", path).returncode == 2


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_page(lang):
    from rbrules.report.explain import rule_page
    from tests.shared import shipped_rulebook

    rulebook = shipped_rulebook()
    for rule in rulebook.rules:
        text = rule_page(rule, rulebook, lang, width=80)
        assert text.startswith(f"{rule.id}  ")
        assert all(len(line) <= 80 for line in text.splitlines())


def test_page_fits_the_screen():
    for sample in SAMPLES[:4]:
        done = run("explain", "IDX-001", sample, "--all", "--lang", "id", COLUMNS="80")
        assert all(len(line) <= 80 for line in done.stdout.decode().splitlines())
