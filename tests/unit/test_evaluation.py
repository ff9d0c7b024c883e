"""Valid trees to evaluations, and the cross-checks that a schema cannot make."""

import copy
from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Validity
from tests.properties.strategies import many
from tests.shared import BASE, SAMPLES, document_of, shipped_rulebook


def read(more=None, **base):
    tree = BASE | base | (more or {})
    return read_evaluation(document_of(tree), shipped_rulebook())


def problems(more=None, **base):
    with pytest.raises(InputError) as caught:
        read(more, **base)
    return [(p.pointer, p.found, p.expected, p.hint) for p in caught.value.problems]


def pointers(more=None, **base):
    return [problem[0] for problem in problems(more, **base)]


# --- what is read ------------------------------------------------------------------------------


def test_the_least_file():
    evaluation = read()
    assert (evaluation.nama, evaluation.kode) == ("Pemerintah Kabupaten Contoh", None)
    assert (evaluation.kelompok, evaluation.tahun) == ("kabupaten", 2023)
    assert evaluation.rows["instansi"][0][0] == "Pemerintah Kabupaten Contoh"
    assert evaluation.rows["instansi"][0][1].pointer == ""
    assert all(rows == () for kind, rows in evaluation.rows.items() if kind != "instansi")


def test_the_code_names_the_agency():
    agency = {**BASE["instansi"], "kode": "3505"}
    assert read(instansi=agency).rows["instansi"][0][0] == "3505"
    assert read(instansi=agency | {"kode": None}).rows["instansi"][0][0] == agency["nama"]


@pytest.mark.parametrize(
    ("name", "file"),
    [("agency.json", "agency.json"), ("a/b/x.json", "x.json"), ("<stdin>", "<stdin>")],
)
def test_the_file_is_called_by_its_base_name(name, file):
    assert read_evaluation(document_of(BASE, name), shipped_rulebook()).file == file


def test_rows_stand_in_the_order_of_their_ids_and_know_their_places():
    rows = [{"id": "b"}, {"id": "a"}, {"id": "B"}, {"id": "10"}, {"id": "9"}]
    evaluation = read({"kinerja": rows})
    assert [(id_, entry.pointer) for id_, entry in evaluation.rows["kinerja"]] == [
        ("10", "/kinerja/3"),
        ("9", "/kinerja/4"),
        ("B", "/kinerja/2"),
        ("a", "/kinerja/1"),
        ("b", "/kinerja/0"),
    ]


def test_lines_and_themes_are_known_by_their_codes():
    more = {"indikator": [{"kode": "b03_spip"}, {"kode": "skm"}], "tema": [{"kode": "kemiskinan"}]}
    evaluation = read(more)
    assert [id_ for id_, _ in evaluation.rows["indikator"]] == ["skm", "spip"]
    assert [id_ for id_, _ in evaluation.rows["tema"]] == ["kemiskinan"]


def test_nothing_is_changed_and_nothing_can_be():
    document = document_of(BASE | {"kinerja": [{"id": "b"}, {"id": "a"}]})
    before = copy.deepcopy(document.tree)
    evaluation = read_evaluation(document, shipped_rulebook())
    assert document.tree == before
    with pytest.raises(FrozenInstanceError):
        evaluation.tahun = 2024


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_read(path):
    document = load_json(path.read_bytes(), path.name)
    evaluation = read_evaluation(document, shipped_rulebook())
    assert evaluation.digest == document.digest
    listed = sum(len(rows) for kind, rows in evaluation.rows.items() if kind != "instansi")
    sections = ("indikator", "kinerja", "unit", "tema", "rencana_aksi", "rekomendasi")
    assert listed == sum(len(document.tree.get(section) or ()) for section in sections)


def test_an_entry_gives_values_and_places():
    ((_, entry),) = read({"kinerja": [{"id": "K", "baseline": {"nilai": Decimal("1.50")}}]}).rows[
        "kinerja"
    ]
    assert entry.get("baseline", "nilai").as_tuple() == Decimal("1.50").as_tuple()
    assert entry.get("baseline", "tahun") is None
    assert entry.get("id", "deeper") is None
    assert entry.at("baseline", "a/b~c") == "/kinerja/0/baseline/a~1b~0c"


# --- the schema comes first --------------------------------------------------------------------


def test_cross_checks_wait_for_the_schema():
    assert pointers({"instrumen": "x", "koefisien": "1"}) == ["/koefisien"]


# --- ids ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", ["unit", "kinerja", "rencana_aksi", "rekomendasi"])
def test_ids_are_unique_in_their_section_only(section):
    assert pointers({section: [{"id": "x"}, {"id": "y"}, {"id": "x"}]}) == [f"/{section}/2/id"]
    read({"unit": [{"id": "x"}], "kinerja": [{"id": "x"}], "rekomendasi": [{"id": "x"}]})


def test_an_alias_is_the_same_line():
    ((pointer, found, _, _),) = problems({"indikator": [{"kode": "b03_spip"}, {"kode": "spip"}]})
    assert pointer == "/indikator/1/kode"
    assert found == '"spip", which stands at /indikator/0 already'
    ((_, found, _, _),) = problems({"indikator": [{"kode": "spip"}, {"kode": "b03_spip"}]})
    assert found == '"b03_spip" (the same as spip), which stands at /indikator/0 already'


# --- lines -------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["nilai", "poin", "kategori"])
def test_no_value_on_an_excluded_line(given):
    value = "WTP" if given == "kategori" else 1
    line = {"kode": "opini", "status": "dikecualikan", given: value}
    assert pointers({"indikator": [line]}) == [f"/indikator/0/{given}"]
    read({"indikator": [line | {given: None}]})
    assert pointers({"tema": [{"kode": "pdn", "lines": [line | {"kode": "capaian_dampak"}]}]}) == [
        f"/tema/0/lines/0/{given}"
    ]


@pytest.mark.parametrize("given", ["nilai", "poin"])
def test_no_value_on_a_line_that_is_not_yet_scored(given):
    line = {"kode": "spip", "status": "belum_dinilai", given: 1}
    assert pointers({"indikator": [line]}) == [f"/indikator/0/{given}"]
    read({"indikator": [line | {given: None, "nilai_mandiri": 3, "tahun_lalu": 3}]})
    read({"indikator": [{"kode": "opini", "status": "belum_dinilai", "kategori": "WTP"}]})


@pytest.mark.parametrize(("low", "high", "fits"), [(0, 1, True), (1, 1, False), (2, 1, False)])
def test_min_is_below_maks(low, high, fits):
    line = {"indikator": [{"kode": "spip", "min": low, "maks": high}]}
    if fits:
        read(line)
    else:
        assert pointers(line) == ["/indikator/0/min"]


def test_a_theme_is_no_line():
    ((_, found, _, hint),) = problems({"indikator": [{"kode": "kemiskinan"}]})
    assert found == 'the theme "kemiskinan"'
    assert "section tema" in hint


def test_themes_are_those_of_the_year():
    free = {"tema": [{"kode": "stunting_x"}]}
    assert pointers(free, tahun=2023) == ["/tema/0/kode"]
    assert pointers(free, tahun=2024) == ["/tema/0/kode"]
    read(free, tahun=2025)
    read(free, tahun=2022)


def test_lines_of_a_theme_are_those_of_the_instrument():
    lines = {"tema": [{"kode": "kemiskinan", "lines": [{"kode": "strategi"}]}]}
    assert pointers(lines, tahun=2023) == ["/tema/0/lines/0/kode"]
    read(lines, tahun=2024)


# --- instruments and components ----------------------------------------------------------------


def test_the_instrument_that_a_file_asks_for():
    read({"instrumen": "rb-2024"})
    assert problems({"instrumen": "rb-2032"})[0][3] == "Did you mean rb-2024?"
    assert pointers({"instrumen": "sakip-2021"}) == ["/instrumen"]
    unit = {**BASE["instansi"], "kelompok": "perangkat_daerah"}
    assert problems({"instrumen": "rb-2023"}, instansi=unit)[0][2] == "no instrument"


def test_printed_components_are_those_of_their_year():
    assert pointers({"hasil_terbit": {"komponen": {"pengungkit": 1}}}) == [
        "/hasil_terbit/komponen/pengungkit"
    ]
    read({"hasil_terbit": {"komponen": {"pengungkit": 1}}}, tahun=2022)
    read({"hasil_terbit": {"komponen": {"pengungkit": 1}}, "instrumen": "rb-2020"})
    read({"hasil_terbit": {"komponen": {"anything": 1}}}, tahun=2016)
    read({"riwayat": [{"tahun": 2022, "komponen": {"pengungkit": 1}}]})
    assert pointers({"riwayat": [{"tahun": 2022, "komponen": {"rb_general": 1}}]}) == [
        "/riwayat/0/komponen/rb_general"
    ]


# --- planning indicators -----------------------------------------------------------------------


def test_words_are_words_of_the_scale():
    row = {"id": "K", "skala": ["TMP", "WDP", "WTP"], "batas": "WTP", "renstra": {"2023": "WDP"}}
    read({"kinerja": [row]})
    assert pointers({"kinerja": [row | {"skala": None}]}) == [
        "/kinerja/0/batas",
        "/kinerja/0/renstra/2023",
    ]
    assert pointers({"kinerja": [row | {"realisasi": {"2022": "wtp", "2023": 5}}]}) == [
        "/kinerja/0/realisasi/2022"
    ]
    assert pointers({"kinerja": [row | {"baseline": {"nilai": "baik"}}]}) == [
        "/kinerja/0/baseline/nilai"
    ]


@pytest.mark.parametrize(("ends", "fits"), [([1, 2], True), ([1, 1], True), ([2, 1], False)])
def test_ranges_have_the_low_end_first(ends, fits):
    row = {"kinerja": [{"id": "K", "perjanjian_kinerja": {"2023": ends}}]}
    if fits:
        read(row)
    else:
        assert pointers(row) == ["/kinerja/0/perjanjian_kinerja/2023"]


@pytest.mark.parametrize("section", ["kinerja", "rencana_aksi"])
def test_units_are_listed_where_there_is_a_list(section):
    rows = {section: [{"id": "x", "unit": "dinkes"}]}
    read(rows)
    read(rows | {"unit": None})
    read(rows | {"unit": [{"id": "dinkes"}]})
    assert pointers(rows | {"unit": []}) == [f"/{section}/0/unit"]
    assert pointers(rows | {"unit": [{"id": "bpkad"}]}) == [f"/{section}/0/unit"]


def test_parents():
    read({"kinerja": [{"id": "a"}, {"id": "b", "induk": "a"}, {"id": "c", "induk": None}]})
    assert problems({"kinerja": [{"id": "K-1", "induk": "K-1"}]})[0][1:] == (
        '"K-1", its own id',
        "the id of another planning indicator",
        "",
    )


@many(100)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefgh")))
def test_each_circle_of_parents_is_named_once(parents):
    """Following the parents of any row that is named leads back to it, and of no other row."""
    rows = [{"id": id_, "induk": parents.get(id_)} for id_ in "abcdefgh"]

    def circle(start):
        members, id_ = [start], parents.get(start)
        while id_ is not None and id_ not in members:
            members.append(id_)
            id_ = parents.get(id_)
        return frozenset(members) if id_ == start else frozenset()

    circles = {circle(id_) for id_ in "abcdefgh"} - {frozenset()}
    first = sorted(f"/kinerja/{'abcdefgh'.index(min(members))}/induk" for members in circles)
    try:
        read({"kinerja": rows})
    except InputError as error:
        assert [problem.pointer for problem in error.problems] == first
    else:
        assert first == []


# --- targets, SAKIP, recommendations -----------------------------------------------------------


def test_targets_of_one_document_year_and_index():
    row = {"dokumen": "RKPD", "tahun": 2023, "nilai": 65}
    read(
        {
            "target_indeks": [
                row,
                row | {"tahun": 2024},
                row | {"indeks": "sakip"},
                row | {"dokumen": None},
            ]
        }
    )
    assert pointers({"target_indeks": [row, row | {"nilai": 66, "indeks": "indeks_rb"}]}) == [
        "/target_indeks/1"
    ]
    assert pointers({"target_indeks": [row | {"dokumen": None}, {"tahun": 2023, "nilai": 1}]}) == [
        "/target_indeks/1"
    ]


def test_components_of_sakip():
    part = {"kode": "kualitas", "jawaban": "A"}
    read({"sakip": {"komponen": [{"kode": "pelaporan", "sub": [part]}, {"kode": "perencanaan"}]}})
    assert pointers({"sakip": {"komponen": [{"kode": "pelaporan", "sub": [part, part]}]}}) == [
        "/sakip/komponen/0/sub/1/kode"
    ]


@pytest.mark.parametrize(
    ("status", "fits"),
    [("selesai", True), ("tidak_dapat", True), ("Selesai", True), ("beres", False), ("", False)],
)
def test_status_of_a_recommendation(status, fits):
    row = {"rekomendasi": [{"id": "R", "status": status}]}
    if fits:
        read(row)
    else:
        assert pointers(row) == ["/rekomendasi/0/status"]


def test_every_alias_of_a_status_is_known():
    for term in shipped_rulebook().vocabulary.status.values():
        for word in (term.kode, *term.aliases):
            read({"rekomendasi": [{"id": "R", "status": word}]})


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("belum ditindak lanjuti", "Did you mean belum ditindaklanjuti?"),
        ("tidak sesuai", "The words are selesai (telah sesuai"),
        ("sudah ditindaklanjuti", "The words are selesai (telah sesuai"),
        ("Telah ditindaklanjuti", "The words are selesai (telah sesuai"),
        ("telah sesuia", "Did you mean telah sesuai?"),
    ],
)
def test_a_status_is_not_taken_for_its_contrary(status, hint):
    assert problems({"rekomendasi": [{"id": "R", "status": status}]})[0][3].startswith(hint)


@pytest.mark.parametrize("status", ["  belum  TL ", "Telah sesuai  dengan rekomendasi", "PROSES "])
def test_blanks_in_a_status_make_no_difference(status):
    read({"rekomendasi": [{"id": "R", "status": status}]})


@pytest.mark.parametrize(("aturan", "fits"), [("PK-001", True), (None, True), ("XY-001", False)])
def test_the_rule_that_a_recommendation_answers(aturan, fits):
    row = {"rekomendasi": [{"id": "R", "aturan": aturan}]}
    if fits:
        read(row)
    else:
        assert pointers(row) == ["/rekomendasi/0/aturan"]


def test_a_rule_that_has_ended_is_known():
    rulebook = shipped_rulebook()
    ended = replace(
        next(rule for rule in rulebook.rules if rule.id == "PK-001"),
        id="LAMA-001",
        valid=Validity(start=date(2014, 1, 1), to=date(2016, 12, 31)),
    )
    document = document_of(BASE | {"rekomendasi": [{"id": "R", "aturan": "LAMA-001"}]})
    read_evaluation(document, replace(rulebook, rules=(*rulebook.rules, ended)))
    with pytest.raises(InputError):
        read_evaluation(document, rulebook)


@pytest.mark.parametrize("kode", ["spip", "b03_spip", "kemiskinan", "stunting", None])
def test_the_line_or_theme_that_an_action_serves(kode):
    read({"rencana_aksi": [{"id": "A", "indikator": kode}]})


def test_a_theme_of_the_file_itself_is_known_to_actions():
    """From 2025 on no list of themes is known; those of the file are taken as they are."""
    actions = {"rencana_aksi": [{"id": "A", "indikator": "pariwisata"}]}
    assert pointers(actions, tahun=2025) == ["/rencana_aksi/0/indikator"]
    read(actions | {"tema": [{"kode": "pariwisata"}]}, tahun=2025)


def test_scheme_of_a_recommendation():
    assert problems({"rekomendasi": [{"id": "R", "skema": "bkp"}]})[0][3] == "Did you mean bpk?"
