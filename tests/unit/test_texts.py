"""Texts of findings: what a reader sees of values, code words, units and subjects."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from string import Template
from typing import Any

import pytest
import simplejson

from rbrules.conditions import closed_words, named_parameters, placeholders
from rbrules.derived.subjects import MAX_QUOTED, shorten
from rbrules.figures import decimals_beside
from rbrules.model import Citation
from rbrules.report.places import Places
from rbrules.report.tree import report_tree
from rbrules.report.words import LANGUAGES, name_of_word, number, threshold_words
from tests.shared import report_of, shipped_rulebook

RULEBOOK = shipped_rulebook()
RULES = {rule.id: rule for rule in RULEBOOK.rules}
READ = Citation(jenis="PermenPANRB", nomor="88", tahun=2021, bagian="Pasal 3", verified=True)
UNREAD = Citation(jenis="UU", nomor="15", tahun=2004)


def findings(rule: str, lang: str, **sections: Any) -> dict[str, Any]:
    """Return the findings of one rule on a small file, by id of the subject."""
    tree = {
        "versi": 1,
        "instansi": {"nama": "Contoh", "kelompok": "kabupaten"},
        "tahun": 2023,
        **sections,
    }
    report = report_of(simplejson.dumps(tree).encode(), as_of=date(2024, 3, 31))
    listed = report_tree(report, lang)["findings"]
    return {f["subject"]["id"]: f for f in listed if f["rule"] == rule}


def indicator(**keys: Any) -> dict[str, Any]:
    return {
        "id": "I",
        "satuan": "persen",
        "arah": "naik",
        "perjanjian_kinerja": {"2023": 100},
        **keys,
    }


# --- quotients ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "marks", "decimals"),
    [
        (Fraction(110_004, 1000), [110], 3),
        (Fraction(109_996, 1000), [110], 3),
        (Fraction(110), [110], 2),
        (Fraction(1101, 10), [110], 2),
        (Fraction(1, 3), [], 2),
        (Fraction(60_000_001, 1_000_000), [50, 60, 70], 6),
        (110 + Fraction(1, 10**30), [110], 30),
    ],
)
def test_decimals_keep_a_quotient_on_its_side(
    value: Fraction, marks: list[int], decimals: int
) -> None:
    assert decimals_beside(value, marks, 2) == decimals


def test_a_quotient_alone_has_two_decimals() -> None:
    assert number(Fraction(110_004, 1000), "en") == "110.00"
    assert number(Fraction(110_004, 1000), "id", beside=(110,)) == "110,004"


@pytest.mark.parametrize(("result", "shown"), [(110.004, "110.004"), (112, "112.00")])
def test_a_message_does_not_contradict_its_threshold(result: float, shown: str) -> None:
    row = indicator(realisasi={"2023": result})
    found = findings("TGT-005", "en", kinerja=[row])["I"]
    assert f"is {shown} percent (target 100 percent" in found["message"]
    assert f"{found['values']['capaian']}" == shown


# --- whose threshold it is ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "citations", "words"),
    [
        ("project", [READ], "a threshold of rbrules"),
        ("regulation", [], "a threshold given by a regulation"),
        ("regulation", [READ, UNREAD],
         "a threshold given by a regulation: PermenPANRB 88/2021, Pasal 3; UU 15/2004, not verified"),
        ("secondary", [], "a threshold given by a secondary source"),
        ("secondary", [UNREAD], "a threshold given by a secondary source: UU 15/2004, not verified"),
    ],
)  # fmt: skip
def test_a_shipped_threshold_is_said_to_be_whose_it_is(
    source: str, citations: list[Citation], words: str
) -> None:
    assert threshold_words(source, None, citations, "en") == words


def test_no_text_calls_a_parameter_a_threshold_of_rbrules_in_words_of_its_own() -> None:
    """Elsewhere its value may come from another file."""
    written = {
        rule.id
        for rule in RULEBOOK.rules
        for text in (rule.title, rule.message, rule.recommendation)
        if "(ambang rbrules" in text.id or "a threshold of rbrules" in text.en
    }
    assert written == {"ANA-004", "LAP-001"}
    assert not any(named_parameters(RULES[id_]) for id_ in written)


# --- code words, units, subjects ---------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_word_of_a_text_has_a_name(lang: str) -> None:
    """A list of codes behind which the vocabulary has terms is not shown, but their names are."""
    for rule in RULEBOOK.rules:
        for field in placeholders(rule):
            words, terms = closed_words(rule.applies_to, field, RULEBOOK.vocabulary)
            shown = {word: name_of_word(rule.applies_to, field, word, lang) for word in words}
            if field == "status" or not terms:
                raw = {w for w, name in shown.items() if name == w}
                allowed = set(words) if lang == "id" else {"program", "outcome", "output"}
                assert raw - allowed == set(), (rule.id, field)
            else:
                pytest.fail(f"{rule.id} shows the codes of {field}")


def test_a_text_shows_units_as_the_file_states_them() -> None:
    def message(lang: str, **keys: Any) -> str:
        row = indicator(renstra={"2023": 90}, **keys)
        return str(findings("PK-001", lang, kinerja=[row])["I"]["message"])

    assert "is 100 percent, while the Renstra sets 90 percent." in message("en")
    assert "adalah 100 persen, sedangkan Renstra menetapkan 90 persen." in message("id")
    assert "is 100 km, while" in message("en", satuan="km")
    assert "is 100, while" in message("en", satuan="indeks")
    assert "is 100, while" in message("en", satuan=None)


def test_a_word_of_a_scale_has_no_unit() -> None:
    row = {
        "id": "I",
        "satuan": "opini",
        "skala": ["WDP", "WTP"],
        "renstra": {"2023": "WTP"},
        "perjanjian_kinerja": {"2023": "WDP"},
    }
    found = findings("PK-001", "en", kinerja=[row])["I"]
    assert "is WDP, while the Renstra sets WTP." in found["message"]


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ({"nama": "Angka", "unit": "d"}, 'indicator "Angka" (I, Dinas D) is'),
        ({"nama": "Angka"}, 'indicator "Angka" (I) is'),
        ({"unit": "d"}, "indicator I (Dinas D) is"),
        ({}, "indicator I is"),
    ],
)
def test_an_indicator_is_named(keys: dict[str, str], shown: str) -> None:
    row = indicator(renstra={"2023": 90}, **keys)
    units = [{"id": "d", "nama": "Dinas D"}]
    assert shown in findings("PK-001", "en", kinerja=[row], unit=units)["I"]["message"]


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ({}, "Rekomendasi R berstatus"),
        ({"teks": "Melengkapi data."}, 'Rekomendasi R "Melengkapi data" berstatus'),
        ({"teks": "Isi", "asal": "LHE", "tahun": 2022}, 'R "Isi" (LHE, tahun 2022) berstatus'),
        ({"asal": "LHE 2022", "tahun": 2022}, "Rekomendasi R (LHE 2022) berstatus"),
    ],
)
def test_a_recommendation_is_quoted(keys: dict[str, Any], shown: str) -> None:
    row = {"id": "R", "status": "belum", "tenggat": "2023-12-31", **keys}
    message = findings("TL-001", "id", rekomendasi=[row])["R"]["message"]
    assert shown in message
    assert '"belum ditindaklanjuti"' in message


def test_a_long_text_is_cut_at_a_blank() -> None:
    text = "kata " * 40
    short = shorten(text)
    assert len(short) <= MAX_QUOTED + len(" ...")
    assert short.endswith("kata ...")
    assert shorten("Pendek.") == "Pendek"


def test_a_message_says_that_the_unit_is_missing_and_a_recommendation_names_somebody() -> None:
    action = {"id": "A", "indikator": "arsip"}
    found = findings("RA-004", "en", rencana_aksi=[action])["A"]
    assert 'for the line "Digitisation of archives"' in found["message"]
    assert "responsible unit: (not stated)" in found["message"]
    late = {"id": "A", "status": "belum", "tenggat": "2023-06-30"}
    found = findings("RA-001", "en", rencana_aksi=[late])["A"]
    assert found["recommendation"].startswith("The Head of the unit should")


@pytest.mark.parametrize(
    ("published", "shown"),
    [
        ({"indeks_rb": 66.1, "predikat": "CC"}, "published index, 66.1, is in the grade B (baik)"),
        ({"indeks_rb": 85, "predikat": "B"}, "is in the grade A- (memuaskan dengan catatan) or A"),
        (
            {"rb_general": 62, "predikat": "CC"},
            "62.00 - 82.00, is in the grade B (baik) or BB (sangat baik) or A-",
        ),
        (
            {"rb_general": 60, "rb_tematik": 5, "predikat": "BB"},
            "the index by its parts, 65.00, is in the grade B (baik)",
        ),
    ],
)
def test_a_grade_that_does_not_fit_is_held_against_its_figure(
    published: dict[str, Any], shown: str
) -> None:
    found = findings("IDX-007", "en", hasil_terbit=published)["Contoh"]
    assert shown in found["message"]
    assert "not stated" not in found["message"]


@pytest.mark.parametrize(
    ("published", "other", "shown"),
    [
        ({"rb_general": 60}, {"rb_general": 61}, "RB General 2023: 60 / 61"),
        ({"predikat": "B"}, {"predikat": "BB"}, "Grade of the RB index 2023: B / BB"),
    ],
)
def test_figures_that_contradict_each_other_have_names(
    published: dict[str, Any], other: dict[str, Any], shown: str
) -> None:
    sections = {"hasil_terbit": published, "riwayat": [{"tahun": 2023, **other}]}
    assert shown in findings("IDX-003", "en", **sections)["Contoh"]["message"]


def test_a_gate_names_grade_shortfall_and_open_cluster() -> None:
    units = [{"id": str(n), "klaster": "utama", "nilai_sakip": 59} for n in range(3)]
    found = findings("GAT-001", "id", hasil_terbit={"sakip_predikat": "B"}, unit=units)["Contoh"]
    assert "Predikat SAKIP tahun 2023 adalah B (baik), tetapi" in found["message"]
    assert "rata-rata 3 unit sampel klaster utama adalah 59,00, padahal" in found["message"]
    assert "klaster pendukung belum dapat dinilai" in found["message"]


def test_a_note_names_lines_and_groups() -> None:
    data = simplejson.dumps(
        {
            "versi": 1,
            "instansi": {"nama": "Contoh", "kelompok": "kabupaten"},
            "tahun": 2023,
            "indikator": [{"kode": "ikpa", "nilai": 90}],
        }
    )
    notes = report_tree(report_of(data.encode()), "en")["catatan"]
    texts = [note["teks"] for note in notes]
    assert (
        '"Budget-execution performance (IKPA)" is not a line for the group regency; '
        "it is not summed." in texts
    )


def test_a_change_of_the_iku_without_a_reason_is_named() -> None:
    rows = [
        {"tanggal": "2021-05-01", "alasan": "baru", "dokumen": True},
        {"tanggal": "2022-05-01", "alasan": False, "dokumen": False},
        {"dokumen": False},
    ]
    units = [{"id": "d", "nama": "Dinas D", "perubahan_iku": rows}]
    message = findings("IKU-002", "id", unit=units)["d"]["message"]
    assert message == (
        "Menurut berkas evaluasi tahun 2023, Indikator Kinerja Utama (IKU) Dinas D (d) diubah "
        "3 kali dalam periode perencanaan; "
        "perubahan ke-2 (tahun 2022) tanpa alasan dan tanpa dokumen penetapan; "
        "perubahan ke-3 tanpa dokumen penetapan."
    )


# --- places ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/sakip/komponen/0/sub", "sakip komponen pengukuran sub"),
        ("/sakip/komponen/0/sub/1/jawaban", "sakip komponen pengukuran sub kualitas jawaban"),
        ("/riwayat/0/indeks_rb", "riwayat 2022 indeks_rb"),
        ("/sakip/komponen/7/sub", "sakip komponen 7 sub"),
        ("/hasil_terbit/sakip", "hasil_terbit sakip"),
        ("/kinerja/0/bukti/2023", "K: bukti 2023"),
    ],
)
def test_rows_of_inner_lists_are_named(pointer: str, words: str) -> None:
    root = {
        "kinerja": [{"id": "K", "bukti": {"2023": []}}],
        "riwayat": [{"tahun": 2022}],
        "sakip": {
            "komponen": [
                {"kode": "pengukuran", "sub": [{"kode": "keberadaan"}, {"kode": "kualitas"}]}
            ]
        },
    }
    assert Places(lambda _: 1, {"/kinerja/0": "K"}, root).words(pointer) == words


# --- the texts of the rules --------------------------------------------------------------------


def names(text: str) -> set[str]:
    return {m["named"] or m["braced"] for m in Template.pattern.finditer(text)} - {None}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_both_languages_of_a_text_show_the_same_values(rule: str) -> None:
    for text in (RULES[rule].title, RULES[rule].message, RULES[rule].recommendation):
        assert names(text.id) == names(text.en)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_threshold_of_our_own_is_called_so(rule: str) -> None:
    """A parameter that is this project's and stands in the message is not taken for a rule of law.

    The basis says so too; a message is quoted without it.
    """
    found = RULES[rule]
    for name in names(found.message.id) & set(RULEBOOK.parameters):
        if RULEBOOK.parameters[name].values[-1].source == "project":
            assert f"sumber_{name}" in names(found.message.id), name
            assert f"sumber_{name}" in names(found.message.en), name
            assert found.source == "project"
