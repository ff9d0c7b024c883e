"""Addressees: who a recommendation names, in its text and in the list of those it goes to."""

from string import Template

import pytest

from rbrules.evaluation import read_evaluation
from rbrules.model import ADDRESSEE_PLACEHOLDER, Subject
from rbrules.report.offices import Offices, head_title
from tests.shared import BASE, document_of, shipped_rulebook, tree_of

AGENCY = {
    "kementerian": "Kementerian Contoh",
    "lembaga": "Badan Contoh",
    "provinsi": "Pemerintah Provinsi Contoh",
    "kabupaten": "Pemerintah Kabupaten Contoh",
    "kota": "Pemerintah Kota Contoh",
    "perangkat_daerah": "Kecamatan Contoh",
}


def names(*addressees, kelompok="kabupaten", subject=None, lang="id", **more):
    """Name addressees of a recommendation on the agency, or on `subject` (kind, id)."""
    tree = BASE | {"instansi": {"nama": AGENCY[kelompok], "kelompok": kelompok}} | more
    rulebook = shipped_rulebook()
    evaluation = read_evaluation(document_of(tree), rulebook)
    kind, id_ = subject or ("instansi", AGENCY[kelompok])
    offices = Offices(evaluation, rulebook.vocabulary, lang)
    found = offices.names(addressees, Subject(kind=kind, id=id_, pointer=""))
    assert list(found) == list(addressees)
    return list(found.values())


# --- by group ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kelompok", "head", "secretary", "inspector", "planning"),
    [
        (
            "kementerian",
            "Menteri",
            "Sekretaris Jenderal atau Sekretaris Kementerian",
            "Inspektur Jenderal atau Inspektur",
            "Kepala unit kerja yang membidangi perencanaan",
        ),
        (
            "lembaga",
            "Pimpinan lembaga",
            "Sekretaris Utama atau Sekretaris Jenderal",
            "Inspektur Utama atau Inspektur",
            "Kepala unit kerja yang membidangi perencanaan",
        ),
        ("provinsi", "Gubernur", "Sekretaris Daerah", "Inspektur", "Kepala Bappeda"),
        ("kabupaten", "Bupati", "Sekretaris Daerah", "Inspektur", "Kepala Bappeda"),
        ("kota", "Wali Kota", "Sekretaris Daerah", "Inspektur", "Kepala Bappeda"),
        (
            "perangkat_daerah",
            "Camat Contoh",
            "Camat Contoh",
            "Inspektur",
            "Pejabat yang membidangi perencanaan",
        ),
    ],
)
def test_groups_have_names_of_their_own(kelompok, head, secretary, inspector, planning):
    codes = ("pimpinan_instansi", "sekretaris_daerah", "inspektorat", "bappeda")
    assert names(*codes, kelompok=kelompok) == [head, secretary, inspector, planning]


def test_english_names_follow_the_group():
    codes = ("pimpinan_instansi", "bagian_organisasi")
    assert names(*codes, kelompok="kota", lang="en") == [
        "Mayor",
        "Head of the organisation division",
    ]
    assert names("pimpinan_instansi", kelompok="perangkat_daerah", lang="en") == [
        "Head of Kecamatan Contoh"
    ]


# --- by the agency -----------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_name_of_the_agency_wins_and_is_quoted(lang):
    own = {"bappeda": "Kepala Bapperida", "inspektorat": None, "tim_rb": " "}
    shown = names("bappeda", "inspektorat", "tim_rb", lang=lang, pejabat=own)
    general = names("bappeda", "inspektorat", "tim_rb", lang=lang)
    assert shown == ["Kepala Bapperida", *general[1:]]
    assert general[0] != shown[0]


def test_an_own_name_wins_over_the_name_of_the_agency():
    own = {"pimpinan_instansi": "Plt. Camat Contoh"}
    shown = names("pimpinan_instansi", kelompok="perangkat_daerah", pejabat=own)
    assert shown == ["Plt. Camat Contoh"]


# --- by the unit -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "title"),
    [
        ("Dinas Kesehatan", "Kepala Dinas Kesehatan"),
        ("Inspektorat", "Inspektur"),
        ("Inspektorat Jenderal", "Inspektur Jenderal"),
        ("Sekretariat Jenderal", "Sekretaris Jenderal"),
        ("Sekretariat Daerah", "Sekretaris Daerah"),
        ("Sekretariat  DPRD", "Sekretaris DPRD"),
        ("Direktorat Jenderal Pajak", "Direktur Jenderal Pajak"),
        ("Direktorat Keuangan Daerah", "Direktur Keuangan Daerah"),
        ("kecamatan Sananwetan", "Camat Sananwetan"),
        ("Kelurahan Gedog", "Lurah Gedog"),
        ("RSUD Contoh", "Direktur RSUD Contoh"),
        ("RSJ Contoh", "Direktur RSJ Contoh"),
        ("Rumah Sakit Jiwa Contoh", "Direktur Rumah Sakit Jiwa Contoh"),
        ("Asisten Administrasi Umum", "Asisten Administrasi Umum"),
        ("Inspektorat-ku", "Kepala Inspektorat-ku"),
        ("Kecamatanku", "Kepala Kecamatanku"),
    ],
)
def test_the_title_of_a_head_follows_from_the_name(unit, title):
    rows = [{"id": "u", "nama": unit}]
    assert names("unit", unit=rows, subject=("unit", "u")) == [title]


def test_english_says_head_of_and_the_name():
    rows = [{"id": "u", "nama": "Kecamatan Sananwetan"}]
    shown = names("unit", unit=rows, subject=("unit", "u"), lang="en")
    assert shown == ["Head of Kecamatan Sananwetan"]


def test_the_longest_beginning_counts():
    heads = {"a": "X", "a b": "Y Z", "c": "W"}
    assert head_title("A B c", heads) == "Y Z c"
    assert head_title("a c", heads) == "X c"
    assert head_title("b a", heads) is None


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_file_may_say_what_the_head_is_called(lang):
    rows = [{"id": "rsud", "nama": "RSUD Contoh", "kepala": "Direktur Utama RSUD Contoh"}]
    plan = [{"id": "K", "unit": "rsud"}]
    shown = names("unit", unit=rows, kinerja=plan, subject=("kinerja", "K"), lang=lang)
    assert shown == ["Direktur Utama RSUD Contoh"]


def test_without_a_unit_its_head_has_a_general_name():
    plan = [{"id": "K"}]
    assert names("unit", kinerja=plan, subject=("kinerja", "K")) == ["Kepala unit kerja"]
    shown = names("unit", kelompok="perangkat_daerah", kinerja=plan, subject=("kinerja", "K"))
    assert shown == ["Camat Contoh"]


def test_a_unit_without_a_name_is_called_by_its_id():
    plan = [{"id": "K", "unit": "dinkes"}]
    assert names("unit", kinerja=plan, subject=("kinerja", "K")) == ["Kepala dinkes"]


# --- by an earlier recommendation --------------------------------------------------------------


def recipient(penerima, *addressees, lang="en", **more):
    rows = [{"id": "R", "penerima": penerima}]
    return names(
        "penerima", *addressees, rekomendasi=rows, subject=("rekomendasi", "R"), lang=lang, **more
    )


def test_a_recipient_is_called_as_in_the_recommendation():
    assert recipient("Kepala UPT Contoh", "inspektorat") == [
        "Kepala UPT Contoh",
        "Head of the inspectorate",
    ]


def test_a_recipient_who_is_not_named_is_the_head_of_the_unit():
    rows = [{"id": "R", "unit": "dlh"}]
    unit = [{"id": "dlh", "nama": "Dinas Lingkungan Hidup"}]
    shown = names("penerima", rekomendasi=rows, unit=unit, subject=("rekomendasi", "R"))
    assert shown == ["Kepala Dinas Lingkungan Hidup"]


def test_one_official_has_one_name():
    same = ["Head of the inspectorate"] * 2
    assert recipient("inspektur", "inspektorat") == same
    assert recipient("Inspektur Daerah", "inspektorat") == ["Inspektur Daerah"] * 2
    own = {"inspektorat": "Inspektur Kota Contoh"}
    assert recipient("Inspektur", "inspektorat", pejabat=own) == [own["inspektorat"]] * 2
    assert (
        recipient("Inspektur Daerah", "inspektorat", pejabat=own) == ["Inspektur Kota Contoh"] * 2
    )
    assert (
        recipient("Inspektur Kota Contoh", "inspektorat", pejabat=own) == [own["inspektorat"]] * 2
    )


def test_a_more_exact_name_in_the_recommendation_is_kept():
    shown = recipient("Inspektur Jenderal", "inspektorat", lang="id", kelompok="kementerian")
    assert shown == ["Inspektur Jenderal"] * 2


def test_the_head_of_a_unit_may_hold_the_office():
    unit = [{"id": "i", "nama": "Inspektorat Daerah"}, {"id": "b", "nama": "Bappeda"}]
    assert (
        names("unit", "inspektorat", unit=unit, subject=("unit", "i")) == ["Inspektur Daerah"] * 2
    )
    assert names("unit", "bappeda", unit=unit, subject=("unit", "b")) == ["Kepala Bappeda"] * 2
    shown = names("unit", "bappeda", unit=unit, subject=("unit", "b"), lang="en")
    assert shown == ["Head of the regional planning agency"] * 2


def test_a_unit_that_is_an_office_names_its_holder():
    unit = [
        {"id": "b", "nama": "Bappeda", "kepala": "Plt. Kepala Bappeda"},
        {"id": "i", "nama": "Inspektorat Jenderal"},
        {"id": "k", "nama": "Badan Keuangan dan Aset Daerah"},
    ]
    shown = names("bappeda", "inspektorat", "bpkad", unit=unit)
    assert shown == [
        "Plt. Kepala Bappeda",
        "Inspektur Jenderal",
        "Kepala Badan Keuangan dan Aset Daerah",
    ]
    assert names("unit", "bappeda", unit=unit, subject=("unit", "b")) == shown[:1] * 2
    own = {"bappeda": "Kepala Bappeda Contoh"}
    shown = names("unit", "bappeda", unit=unit, subject=("unit", "b"), pejabat=own)
    assert shown == ["Kepala Bappeda Contoh"] * 2


def test_the_head_of_a_unit_is_translated_as_recipient():
    unit = [{"id": "dlh", "nama": "Dinas Lingkungan Hidup"}]
    assert recipient("Kepala Dinas Lingkungan Hidup", unit=unit) == [
        "Head of Dinas Lingkungan Hidup"
    ]


# --- in the report -----------------------------------------------------------------------------

LATE = {
    "rekomendasi": [
        {"id": "R", "penerima": "Inspektur", "status": "belum", "tenggat": "2023-06-30"}
    ]
}


def finding(rule, tree, lang="id"):
    found = tree_of(BASE | tree, lang)["findings"]
    return next(finding for finding in found if finding["rule"] == rule)


def test_no_addressee_is_listed_twice():
    late = finding("TL-001", LATE, "en")
    assert late["addressee"] == ["penerima"]
    assert late["addressee_names"] == ["Head of the inspectorate"]
    assert late["recommendation"].startswith("The Head of the inspectorate should ")


def test_text_and_list_have_the_same_name():
    unit = {"id": "u", "nama": "Kecamatan Contoh", "dokumen": {"register_risiko": {"ada": False}}}
    for lang, begin in (("id", ""), ("en", "The ")):
        for more in ({}, {"kepala": "Plt. Camat Contoh"}):
            risk = finding("MRI-001", {"unit": [unit | more]}, lang)
            assert risk["recommendation"].startswith(f"{begin}{risk['addressee_names'][0]} ")


def test_a_name_is_no_template_and_shows_control_characters():
    unit = {
        "id": "u",
        "kepala": "$nama \u001b[31m",
        "dokumen": {"register_risiko": {"ada": False}},
    }
    risk = finding("MRI-001", {"unit": [unit]})
    assert risk["addressee_names"][0] == r"$nama \u001b[31m"
    assert risk["recommendation"].startswith(r"$nama \u001b[31m agar ")


# --- the shipped rules -------------------------------------------------------------------------

RULES = shipped_rulebook().rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_recommendation_begins_with_the_first_addressee(rule):
    first = f"${ADDRESSEE_PLACEHOLDER}{rule.addressee[0]} "
    assert rule.recommendation.id.startswith(first)
    assert " agar " in rule.recommendation.id
    assert rule.recommendation.en.startswith(f"The {first.rstrip()}")
    assert " should" in rule.recommendation.en


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_languages_name_the_same_officials(rule):
    officials = [
        [
            name
            for name in Template(rule.recommendation.in_language(lang)).get_identifiers()
            if name.startswith(ADDRESSEE_PLACEHOLDER)
        ]
        for lang in ("id", "en")
    ]
    assert officials[0] == officials[1]


@pytest.mark.parametrize("kelompok", sorted(AGENCY))
def test_every_group_has_one_name_for_each_office(kelompok):
    offices = shipped_rulebook().vocabulary.addressees
    shown = names(*offices, kelompok=kelompok)
    assert all(name and "$" not in name for name in shown)
    assert all(" atau unit " not in name for name in shown)
