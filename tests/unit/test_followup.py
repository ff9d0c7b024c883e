"""The list for follow-up: deadlines, evidence, order, and the list as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
import simplejson

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.model import DatedValue, Severity, Validity
from rbrules.report.followup import DAYS, NO_PLAN, plan_of
from rbrules.report.json_text import json_text
from rbrules.report.recommend import (
    recommendation_csv,
    recommendation_markdown,
    recommendation_table,
    recommendation_tree,
    recommendations,
    register,
    with_points,
)
from rbrules.report.tree import report_tree
from rbrules.report.words import day, label
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of
from tests.golden import SAMPLES, report_of
from tests.shared import LANGUAGES, document_of, shipped_rulebook

NAMES = sorted(path.name for path in SAMPLES.glob("*.json"))
ORDERS = ("addressee", "priority", "family")


@cache
def report(name="contoh-temuan.json"):
    return report_of(SAMPLES / name, PythonEngine(), shipped_rulebook())[0]


def listed(lang="en", by="addressee", name="contoh-temuan.json", received=None):
    return register(report_tree(report(name), lang), plan_of(report(name), lang, received), by)


def with_days(value, *, source="project", start=date(2014, 1, 1)):
    """Return the report with other days for recommendations of high severity."""
    rulebook = report().rulebook
    name = DAYS[Severity.HIGH]
    dated = DatedValue(value=value, valid=Validity(start=start), source=source)
    parameters = {
        **rulebook.parameters,
        name: replace(rulebook.parameters[name], values=(dated,)),
    }
    return replace(report(), rulebook=replace(rulebook, parameters=parameters))


# --- deadlines and evidence --------------------------------------------------------------------


def test_every_severity_has_a_dated_parameter_that_is_our_own():
    assert set(DAYS) == set(Severity)
    for name in DAYS.values():
        (value,) = shipped_rulebook().parameters[name].values
        assert (value.source, value.citation) == ("project", ())
        assert 1 <= value.value <= 60  # BPK gives 60 days; nobody is given more here


def test_days_are_counted_from_the_day_of_the_check():
    plan = plan_of(report(), "en")
    assert plan.received == date(2024, 2, 7)
    assert plan.allowances["high"].deadline == date(2024, 3, 8)  # 30 days, over 29 February
    assert plan.allowances["medium"].deadline == date(2024, 4, 7)
    assert plan.allowances["low"].deadline == date(2024, 4, 7)


def test_days_are_counted_from_receipt_where_that_is_stated():
    plan = plan_of(report(), "en", date(2024, 3, 1))
    assert plan.allowances["high"].deadline == date(2024, 3, 31)
    found = {(item.severity, item.deadline) for item in listed(received=date(2024, 3, 1)).items}
    assert found == {(name, plan.allowances[name].deadline) for name in ("high", "medium", "low")}


def test_the_calendar_ends():
    assert plan_of(report(), "en", date.max).allowances["high"].deadline == date.max


def test_days_of_ones_own_count():
    plan = plan_of(with_days(Decimal(14), source="regulation"), "en")
    assert plan.allowances["high"].deadline == date(2024, 2, 21)
    assert plan.allowances["high"].source == "regulation"


@pytest.mark.parametrize("value", [Decimal("1.5"), Decimal(0), Decimal(-3), Decimal(10**9), "60"])
def test_what_is_no_number_of_days_is_a_problem(value):
    with pytest.raises(InputError, match="expected a whole number of days") as caught:
        plan_of(with_days(value), "en")
    assert caught.value.problems[0].file.endswith("hari_tindak_lanjut_tinggi.yaml")


def test_no_value_in_force_is_no_deadline():
    plan = plan_of(with_days(Decimal(30), start=date(2024, 1, 1)), "en")
    assert sorted(plan.allowances) == ["low", "medium"]
    items = register(report_tree(report(), "en"), plan).items
    assert {item.deadline for item in items if item.severity == "high"} == {None}


def test_every_family_of_the_rules_names_its_evidence_in_both_languages():
    families = shipped_rulebook().vocabulary.families
    assert {rule.family for rule in shipped_rulebook().rules} <= set(families)
    for family in families.values():
        assert family.bukti is not None
        assert family.bukti.id != family.bukti.en


def test_evidence_is_that_of_the_rule_or_else_of_its_family():
    families = shipped_rulebook().vocabulary.families
    own = {r.id: r.evidence.id for r in shipped_rulebook().rules if r.evidence is not None}
    items = listed("id").items
    for item in items:
        assert item.evidence == own.get(item.rule, families[item.family].bukti.id)
    assert 0 < sum(item.rule in own for item in items) < len(items)


def test_what_asks_for_a_road_map_or_a_proposal_does_not_expect_copies_of_figures():
    copies = shipped_rulebook().vocabulary.families["indeks"].bukti
    rules = {rule.id: rule for rule in shipped_rulebook().rules}
    for rule in map(rules.get, ("PRE-001", "PRE-002", "ZI-001", "ZI-002", "GAT-001")):
        assert rule.evidence is not None
        assert rule.evidence.id != rule.evidence.en
        assert rule.evidence != copies


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_table_has_the_deadline_of_each_and_the_evidence_of_all(lang, width):
    found = listed(lang)
    page = recommendation_table(found, width=width)
    assert max(map(len, page.splitlines())) <= width
    words = " ".join(page.split())
    for item in found.items:
        assert item.evidence in words
    assert page.count(f"{label('recommend.deadline', lang)}: ") == len(found.items)
    days = {item.deadline for item in found.items}
    for deadline in days:
        assert day(deadline, lang) in words
    none = replace(found, plan=NO_PLAN, items=recommendations(found.tree))
    bare = recommendation_table(none, width=width)
    assert label("recommend.deadline", lang) not in bare
    assert label("recommend.evidence", lang) not in bare


@pytest.mark.parametrize("lang", LANGUAGES)
def test_lists_of_text_say_whose_deadlines_and_evidence_they_are(lang):
    found = listed(lang)
    for text in (recommendation_table(found, width=100), recommendation_markdown(found)):
        words = " ".join(text.replace("\\", "").split())
        assert label("matrix.evidence_note", lang) in words
        assert label("matrix.source.project", lang) in words


def test_words_for_the_status_are_those_of_the_vocabulary():
    assert plan_of(report(), "id").status == (
        "Selesai",
        "Dalam proses",
        "Belum ditindaklanjuti",
        "Tidak dapat ditindaklanjuti",
    )


# --- order -------------------------------------------------------------------------------------


def keys(found):
    return {(item.rule, item.text, item.addressee) for item in found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_order_holds_the_same_recommendations(lang):
    lists = [listed(lang, by).items for by in ORDERS]
    assert len({len(items) for items in lists}) == 1
    assert keys(lists[0]) == keys(lists[1]) == keys(lists[2])
    fingerprints = sorted(f for item in lists[0] for f in item.fingerprints)
    tree = report_tree(report(), lang)
    assert fingerprints == sorted(f["fingerprint"] for f in tree["findings"])


def test_by_addressee_puts_the_severest_first_for_each():
    items = listed().items
    ranks = {"high": 0, "medium": 1, "low": 2}
    order = [(item.addressee, ranks[item.severity], item.rule) for item in items]
    assert order == sorted(order)


def test_by_priority_puts_the_severest_first():
    ranks = {"high": 0, "medium": 1, "low": 2}
    order = [(ranks[item.severity], item.rule) for item in listed(by="priority").items]
    assert order == sorted(order)


def test_by_family_follows_the_vocabulary():
    places = list(shipped_rulebook().vocabulary.families)
    order = [places.index(item.family) for item in listed(by="family").items]
    assert order == sorted(order)
    assert len(set(order)) > 5


def test_a_family_without_a_name_stands_last():
    tree = report_tree(report(), "en")
    tree["findings"][0]["family"] = "own"
    ordered = register(tree, plan_of(report(), "en"), "family")
    assert ordered.items[-1].family == "own"
    assert ordered.family(ordered.items[-1]) == "own"


@pytest.mark.parametrize(
    ("by", "heading"),
    [
        ("addressee", "Ditujukan kepada: Bupati"),
        ("priority", "Tingkat: TINGGI"),
        ("family", "Kelompok aturan: Perencanaan kinerja"),
    ],
)
def test_the_table_is_grouped(by, heading):
    text = recommendation_table(listed("id", by), width=100)
    assert f"\n\n{heading}" in text


# --- CSV, Markdown, JSON -----------------------------------------------------------------------


def test_the_csv_list_has_deadline_and_evidence():
    head, *rows = recommendation_csv(listed("id")).splitlines()
    assert head.endswith("Dasar hukum;Tenggat;Bukti yang diharapkan;Sidik")
    assert any(";2024-03-08;" in row for row in rows)


def test_points_are_a_column_where_any_are_told():
    plain = listed("id")
    first, second, *_ = plain.items
    told = with_points(plain, {first.rule: "=0,60 (spip menjadi 3,00)", second.rule: "bila 1,19"})
    note = label("recommend.points_note", "id")
    assert ";Bukti yang diharapkan;Poin indeks;Sidik" in recommendation_csv(told)
    assert ";=0,60 (spip menjadi 3,00);" not in recommendation_csv(told)  # no formula
    assert ";'=0,60 (spip menjadi 3,00);" in recommendation_csv(told)
    page = recommendation_table(told, width=160)
    assert "=0,60 (spip" in page
    for text in (page, recommendation_markdown(told)):
        words = " ".join(text.replace("\\", "").split())
        assert "Poin tidak dapat dijumlahkan" in words
        assert note.startswith("Poin indeks")
    assert "Poin tidak dapat" not in recommendation_markdown(plain)
    entries = recommendation_tree(told)["recommendations"]
    assert entries[0]["points"] == "=0,60 (spip menjadi 3,00)"
    assert "points" not in recommendation_tree(plain)["recommendations"][0]
    assert_valid(recommendation_tree(told))


def assert_valid(tree):
    assert [str(p) for p in problems_of(document_of(tree, "list.json"), "recommendations")] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_json_list_is_valid_by_its_schema(name):
    for lang in LANGUAGES:
        for by in ORDERS:
            tree = recommendation_tree(listed(lang, by, name))
            assert_valid(tree)
            entries = tree["recommendations"]
            assert [entry["no"] for entry in entries] == list(range(1, len(entries) + 1))


def test_the_json_list_without_a_plan_is_valid():
    tree = recommendation_tree(register(report_tree(report(), "en"), NO_PLAN))
    assert_valid(tree)
    assert tree["recommendations"][0]["deadline"] is None
    assert tree["received"] is None


def test_the_json_list_keeps_every_finding():
    tree = recommendation_tree(listed())
    found = [f for entry in tree["recommendations"] for f in entry["findings"]]
    wanted = report_tree(report(), "en")["findings"]
    assert len(found) == len(wanted)
    assert {f["fingerprint"] for f in found} == {f["fingerprint"] for f in wanted}
    assert simplejson.loads(json_text(tree))["as_of"] == "2024-02-07"


def test_without_more_it_is_sorted_by_addressee():
    tree = report_tree(report(), "en")
    assert recommendations(tree) == register(tree).items


# --- a folder of one's own ---------------------------------------------------------------------


def with_family(tmp_path, text):
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "own.yaml").write_text(f"families:\n  lokal:\n{text}")
    return load_rulebook([shipped("rules"), tmp_path])


def test_a_family_of_ones_own_names_its_evidence(tmp_path):
    text = "    nama: {id: Lokal, en: Local}\n    bukti: {id: Surat, en: Letter}\n"
    family = with_family(tmp_path, text).vocabulary.families["lokal"]
    assert family.bukti is not None
    assert family.bukti.in_language("en") == "Letter"


def test_a_family_of_ones_own_may_name_none(tmp_path):
    families = with_family(tmp_path, "    nama: {id: Lokal, en: Local}\n").vocabulary.families
    assert families["lokal"].bukti is None


RULE = """\
id: KAB-001
title: {id: Uji, en: Test}
severity: low
applies_to: instansi
when: {kelompok: {is: kabupaten}}
message: {id: Kelompok $kelompok, en: Group $kelompok}
recommendation: {id: $pejabat_tim_rb agar uji., en: The $pejabat_tim_rb should test., addressee: [tim_rb]}
evidence: {id: Surat, en: Letter}
citation: []
source: project
valid: {from: 2023-01-01}
"""


def test_a_rule_of_ones_own_names_its_evidence(tmp_path):
    (tmp_path / "KAB-001.yaml").write_text(RULE, "utf-8")
    rulebook = load_rulebook([shipped("rules"), tmp_path])
    checked = report_of(SAMPLES / "contoh-temuan.json", PythonEngine(), rulebook)[0]
    items = register(report_tree(checked, "en"), plan_of(checked, "en")).items
    assert {item.evidence for item in items if item.rule == "KAB-001"} == {"Letter"}
    (tmp_path / "KAB-001.yaml").write_text(RULE.replace(", en: Letter", ""), "utf-8")
    with pytest.raises(InputError, match='found no key "en"'):
        load_rulebook([shipped("rules"), tmp_path])


def test_evidence_in_one_language_only_is_a_problem(tmp_path):
    text = "    nama: {id: Lokal, en: Local}\n    bukti: {id: Surat}\n"
    with pytest.raises(InputError, match='found no key "en"'):
        with_family(tmp_path, text)
