"""The sentence of a condition is made from the condition: every operator, both languages."""

from datetime import date

import pytest

from rbrules.conditions import OPERATORS
from rbrules.report.sentences import Sentences
from rbrules.report.tree import report_tree
from rbrules.report.words import label
from tests.shared import ROOT, report_of, shipped_rulebook

RULEBOOK = shipped_rulebook()


@pytest.mark.parametrize("operator", sorted({o for words in OPERATORS.values() for o in words}))
def test_every_operator_has_words(operator):
    assert label(f"op.{operator}", "id")
    assert label(f"op.{operator}", "en")


@pytest.mark.parametrize(
    ("rule", "lang", "sentence"),
    [
        (
            "PK-001",
            "en",
            "Performance-agreement target of the year differs from Renstra target of the year",
        ),
        (
            "TGT-001",
            "id",
            "tidak benar bahwa Target Perjanjian Kinerja tahun evaluasi lebih baik daripada Target "
            "Perjanjian Kinerja tahun sebelumnya",
        ),
        (
            "TGT-004",
            "id",
            "Capaian terendah terhadap target indeks RB pada batas bawah indeks di atas 110 persen "
            "[batas_capaian_mudah] atau (Capaian terendah terhadap target indeks RB pada batas atas "
            "indeks di atas 110 persen [batas_capaian_mudah] dan Capaian terendah terhadap target "
            "indeks RB tahun itu di atas 110 persen [batas_capaian_mudah]); bila Kelompok instansi "
            "bukan perangkat_daerah",
        ),
        (
            "SEL-002",
            "en",
            "the share of outcomes finding by PK-001 is at least 0.5 [porsi_sistemik] and "
            "the number of outcomes finding by PK-001 is at least 3 [jumlah_sistemik]; "
            "where Group of the agency is not perangkat_daerah",
        ),
        (
            "IDX-008",
            "en",
            "it is not so that The group of the agency has this line; where State of the line is not dikecualikan",
        ),
    ],
)
def test_sentence_of_a_rule(rule, lang, sentence):
    found = next(known for known in RULEBOOK.rules if known.id == rule)
    assert Sentences(RULEBOOK.parameters, lang).of_rule(found) == sentence


def test_every_rule_has_a_sentence():
    for lang in ("id", "en"):
        writer = Sentences(RULEBOOK.parameters, lang)
        texts = [(rule.applies_to, writer.of_rule(rule)) for rule in RULEBOOK.rules]
        assert len(set(texts)) == len(texts)


def test_texts_of_second_order_rules_show_their_own_count():
    tree = report_tree(
        report_of(
            (ROOT / "samples" / "contoh-temuan-angka.json").read_bytes(), as_of=date(2024, 2, 7)
        ),
        "en",
    )
    found = {finding["rule"]: finding for finding in tree["findings"]}
    for rule in ("SEL-001", "SEL-002", "SEL-003"):
        values = found[rule]["values"]
        assert f"{values['count']} of {values['total']}" in found[rule]["message"]
