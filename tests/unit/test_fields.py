"""Each derived field: known, unknown with the places that would settle it, void, and the edges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.facts import build_context
from rbrules.fields import (
    AGENCY_DOCUMENTS,
    CATALOGUE,
    DOCUMENTS,
    INDICATOR_DOCUMENTS,
)
from rbrules.index import compute_indexes
from rbrules.model import Inapplicable, Kind, Known, Reading, Target, Text, Unknown
from tests.shared import BASE, document_of, shipped_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable

D = Decimal
AS_OF = date(2024, 2, 7)
Tree = dict[str, Any]


class Open:
    """What is expected of an unknown field: the places that would settle it."""

    def __init__(self, *pointers: str) -> None:
        self.pointers = pointers

    def __repr__(self) -> str:
        return f"Open{self.pointers}"


VOID = "void"
PLACES = ("/kinerja/0/perjanjian_kinerja/2023", "/kinerja/0/realisasi/2023")
UNIT_FILE = {"instansi": {"nama": "Dinas Contoh", "kelompok": "perangkat_daerah"}}


def derive(tree: Tree, kind: Kind, field: str, *, row: int = 0, as_of: date = AS_OF) -> Reading:
    """Derive a field of the row that stands at `row` in its section."""
    rulebook = shipped_rulebook()
    evaluation = read_evaluation(document_of(BASE | tree), rulebook)
    day = date(evaluation.tahun, 12, 31)
    index, sakip = compute_indexes(evaluation, rulebook, day)
    context = build_context(evaluation, rulebook, index, sakip, as_of=as_of, day=day)
    pointer = "" if kind == "instansi" else f"/{kind}/{row}"
    (entry,) = (entry for _, entry in evaluation.rows[kind] if entry.pointer == pointer)
    return CATALOGUE[kind][field].derive(context, entry)


def assert_reads(reading: Reading, expected: object) -> None:
    if isinstance(expected, Open):
        assert isinstance(reading, Unknown), reading
        assert reading.pointers == expected.pointers
    elif expected == VOID:
        assert isinstance(reading, Inapplicable), reading
    else:
        assert isinstance(reading, Known), reading
        assert reading.value == expected
        assert isinstance(reading.value, bool) == isinstance(expected, bool)


def table(rows: list[tuple[Any, ...]]) -> Callable[..., Any]:
    """Parametrize by (what the row shows, ..., expected)."""
    names = [name for name, *_ in rows]
    assert len(set(names)) == len(names)
    return pytest.mark.parametrize(
        tuple("abcdefgh"[: len(rows[0]) - 1]), [tuple(row[1:]) for row in rows], ids=names
    )


def k(**keys: Any) -> Tree:
    """Return a file with one planning indicator."""
    return {"kinerja": [{"id": "K"} | keys]}


def many(*rows: Tree) -> Tree:
    return {"kinerja": [{"id": f"K{index}"} | row for index, row in enumerate(rows)]}


# --- the whole catalogue -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_every_field_can_be_derived_from_next_to_nothing(kind: Kind) -> None:
    key = "kode" if kind in {"indikator", "tema"} else "id"
    word = {"indikator": "spip", "tema": "pdn"}.get(kind, "X")
    tree = {} if kind == "instansi" else {kind: [{key: word}]}
    for name, field in CATALOGUE[kind].items():
        reading = derive(tree, kind, name)
        assert isinstance(reading, Known | Unknown | Inapplicable), name
        assert field.title.id
        assert field.title.en
        if isinstance(reading, Unknown):
            assert reading.pointers, name


@pytest.mark.parametrize("kind", list(CATALOGUE))
def test_no_field_changes_where_null_stands_for_an_absent_key(kind: Kind) -> None:
    properties = {
        "kinerja": "jenis dimuat renja dpa bukti realisasi_lain analisis unit_pendukung "
        "pemetaan_bersama induk triwulan",
        "unit": "klaster nilai_sakip perubahan_iku dokumen",
        "tema": "lines indikator_dampak",
        "rekomendasi": "nilai_rupiah disetor unit status bukti",
        "indikator": "nilai_mandiri nilai status",
        "rencana_aksi": "target",
        "instansi": "dokumen zi tema sakip rekomendasi riwayat hasil_terbit",
    }
    nulls = dict.fromkeys(properties[kind].split())
    key = "kode" if kind in {"indikator", "tema"} else "id"
    word = {"indikator": "spip", "tema": "pdn"}.get(kind, "X")
    bare: Tree = {} if kind == "instansi" else {kind: [{key: word}]}
    full: Tree = nulls if kind == "instansi" else {kind: [{key: word} | nulls]}
    for name in CATALOGUE[kind]:
        assert derive(full, kind, name) == derive(bare, kind, name), name


def test_the_year_before_ends_on_31_december() -> None:
    assert_reads(derive({}, "instansi", "akhir_tahun_lalu"), date(2022, 12, 31))
    assert_reads(derive({"tahun": 2024}, "instansi", "akhir_tahun_lalu"), date(2023, 12, 31))


def test_february_after_the_year_ends_on_its_last_day() -> None:
    assert_reads(derive({"tahun": 2022}, "instansi", "akhir_februari"), date(2023, 2, 28))
    assert_reads(derive({"tahun": 2023}, "instansi", "akhir_februari"), date(2024, 2, 29))


@pytest.mark.parametrize(("kind", "names"), [("unit", DOCUMENTS), ("instansi", AGENCY_DOCUMENTS)])
def test_each_document_has_seven_fields(kind: Kind, names: tuple[str, ...]) -> None:
    given = {
        "ada": True,
        "nomor": "1/2023",
        "tanggal": "2023-01-02",
        "ditandatangani": "2023-01-03",
        "dipublikasikan": False,
    }
    for name in names:
        tree: Tree = {"dokumen": {name: given}}
        if kind == "unit":
            tree = {"unit": [{"id": "U"} | tree]}
        for field, expected in {
            "ada": True,
            "nomor": "1/2023",
            "tanggal": date(2023, 1, 2),
            "ditandatangani": True,
            "tanggal_ditandatangani": date(2023, 1, 3),
            "dipublikasikan": False,
        }.items():
            assert_reads(derive(tree, kind, f"{name}_{field}"), expected)
        place = "" if kind == "instansi" else "/unit/0"
        assert_reads(
            derive(tree, kind, f"{name}_tanggal_dipublikasikan"),
            Open(f"{place}/dokumen/{name}/dipublikasikan"),
        )


# --- kinerja: plain ----------------------------------------------------------------------------

YEAR = {"2022": 1, "2023": 2.50, "2024": 9}


@table(
    [
        ("kind of indicator", k(jenis="output"), "jenis", "output"),
        ("kind of indicator, open", k(), "jenis", Open("/kinerja/0/jenis")),
        ("mapping", k(pemetaan_bersama=False), "pemetaan_bersama", False),
        ("mapping, open", k(), "pemetaan_bersama", Open("/kinerja/0/pemetaan_bersama")),
        ("renja", k(renja=YEAR), "target_renja", Target(D("2.5"), D("2.5"))),
        ("dpa", k(dpa={"2023": [1, 2]}), "target_dpa", Target(D(1), D(2))),
        ("dpa, open", k(dpa={"2022": 1}), "target_dpa", Open("/kinerja/0/dpa/2023")),
        ("evidence", k(bukti={"2023": ["a", "b"]}), "jumlah_bukti", D(2)),
        ("evidence, blanks do not count", k(bukti={"2023": ["a", "", " "]}), "jumlah_bukti", D(1)),
        ("evidence, none", k(bukti={"2023": []}), "jumlah_bukti", D(0)),
        ("evidence, open", k(bukti={"2023": None}), "jumlah_bukti", Open("/kinerja/0/bukti/2023")),
        (
            "evidence of another year",
            k(bukti={"2022": ["a"]}),
            "jumlah_bukti",
            Open("/kinerja/0/bukti/2023"),
        ),
        ("units", k(unit_pendukung=["A", "B"]), "jumlah_unit_pendukung", D(2)),
        ("units, none", k(unit_pendukung=[]), "jumlah_unit_pendukung", D(0)),
        ("units, open", k(), "jumlah_unit_pendukung", Open("/kinerja/0/unit_pendukung")),
        ("analysis", k(analisis={"2023": {}}), "analisis_ada", True),
        (
            "analysis, open",
            k(analisis={"2022": {}}),
            "analisis_ada",
            Open("/kinerja/0/analisis/2023"),
        ),
        ("causes", k(analisis={"2023": {"sebab": "x"}}), "analisis_sebab", "x"),
        (
            "causes, blank",
            k(analisis={"2023": {"sebab": " "}}),
            "analisis_sebab",
            Open("/kinerja/0/analisis/2023/sebab"),
        ),
        ("action", k(analisis={"2023": {"tindakan": "x"}}), "analisis_tindakan", "x"),
        (
            "action, open",
            k(analisis={"2023": {}}),
            "analisis_tindakan",
            Open("/kinerja/0/analisis/2023/tindakan"),
        ),
        ("efficiency", k(analisis={"2023": {"efisiensi": "x"}}), "analisis_efisiensi", "x"),
        (
            "efficiency, open",
            k(),
            "analisis_efisiensi",
            Open("/kinerja/0/analisis/2023/efisiensi"),
        ),
        (
            "comparisons",
            k(analisis={"2023": {"pembanding": ["target", "nasional"]}}),
            "jumlah_pembanding",
            D(2),
        ),
        ("comparisons, none", k(analisis={"2023": {"pembanding": []}}), "jumlah_pembanding", D(0)),
        (
            "comparisons, open",
            k(analisis={"2023": {}}),
            "jumlah_pembanding",
            Open("/kinerja/0/analisis/2023/pembanding"),
        ),
    ]
)
def test_kinerja(a: Tree, b: str, c: object) -> None:
    assert_reads(derive(a, "kinerja", b), c)


@pytest.mark.parametrize("name", INDICATOR_DOCUMENTS)
def test_dimuat_is_complete_where_given(name: str) -> None:
    field = f"dimuat_{name}"
    others = [other for other in INDICATOR_DOCUMENTS if other != name]
    assert_reads(derive(k(dimuat=[name]), "kinerja", field), True)
    assert_reads(derive(k(dimuat=others), "kinerja", field), False)
    assert_reads(derive(k(dimuat=[]), "kinerja", field), False)
    assert_reads(derive(k(), "kinerja", field), Open("/kinerja/0/dimuat"))


@pytest.mark.parametrize("name", ["renstra", "perjanjian_kinerja", "renja", "dpa"])
def test_a_target_of_the_year_shows_that_the_indicator_stands_there(name: str) -> None:
    field = f"dimuat_{name}"
    assert_reads(derive(k(dimuat=[], **{name: {"2023": 1}}), "kinerja", field), True)
    assert_reads(derive(k(dimuat=[], **{name: {"2022": 1}}), "kinerja", field), False)
    assert_reads(derive(k(**{name: {"2023": 1}}), "kinerja", field), Open("/kinerja/0/dimuat"))


@table(
    [
        ("denied", {"ada": False}, False),
        ("denied and unsigned", {"ada": False, "ditandatangani": False}, False),
        ("denied and yet signed", {"ada": False, "ditandatangani": True}, ("ditandatangani",)),
        ("or on a day", {"ada": False, "ditandatangani": "2023-01-03"}, ("ditandatangani",)),
        ("denied and yet published", {"ada": False, "dipublikasikan": True}, ("dipublikasikan",)),
        ("to be signed later", {"ada": False, "ditandatangani": "2099-01-03"}, False),
        ("stated and signed", {"ada": True, "ditandatangani": True}, True),
    ]
)
def test_a_document_that_is_denied_and_signed_contradicts_itself(a: Tree, b: object) -> None:
    reading = derive({"unit": [{"id": "U", "dokumen": {"iku": a}}]}, "unit", "iku_ada")
    places = ("ada", *b) if isinstance(b, tuple) else ()
    assert_reads(reading, Open(*(f"/unit/0/dokumen/iku/{x}" for x in places)) if places else b)


def test_what_is_to_be_done_later_is_not_done() -> None:
    day = date(2023, 6, 30)
    for given, done in (("2023-06-30", True), ("2023-07-01", False)):
        tree: Tree = {"unit": [{"id": "U", "dokumen": {"iku": {"dipublikasikan": given}}}]}
        assert_reads(derive(tree, "unit", "iku_dipublikasikan", as_of=day), done)


@table(
    [
        ("dated", {"tanggal": "2023-01-10"}, date(2023, 2, 10)),
        (
            "dated, not signed",
            {"tanggal": "2022-12-28", "ditandatangani": "2023-01-02"},
            date(2023, 1, 28),
        ),
        ("signed on a day", {"ditandatangani": "2022-12-31"}, date(2023, 1, 31)),
        ("a shorter month", {"tanggal": "2023-01-31"}, date(2023, 2, 28)),
        ("in a leap year", {"tanggal": "2024-01-30"}, date(2024, 2, 29)),
        ("no day", {"ditandatangani": True}, Open("/unit/0/dokumen/dpa/tanggal")),
    ]
)
def test_a_month_after_the_budget_document(a: Tree, b: object) -> None:
    tree: Tree = {"unit": [{"id": "U", "dokumen": {"dpa": a}}]}
    assert_reads(derive(tree, "unit", "sebulan_setelah_dpa"), b)


def test_last_years_achievement_uses_last_years_target() -> None:
    rows = k(
        arah="naik", perjanjian_kinerja={"2022": 3, "2023": 5}, realisasi={"2022": 4, "2023": 5}
    )
    assert_reads(derive(rows, "kinerja", "capaian_lalu"), Fraction(400, 3))
    assert_reads(derive(rows, "kinerja", "capaian"), Fraction(100))
    rows = k(arah="naik", perjanjian_kinerja={"2023": 5}, realisasi={"2023": 5})
    places = (f"/kinerja/0/{key}/2022" for key in ("perjanjian_kinerja", "realisasi"))
    assert_reads(derive(rows, "kinerja", "capaian_lalu"), Open(*places))
    rows = k(
        arah="naik", skala=["B", "A"], perjanjian_kinerja={"2022": "A"}, realisasi={"2022": "A"}
    )
    assert_reads(derive(rows, "kinerja", "capaian_lalu"), VOID)


def result(target: object, actual: object, arah: str | None = "naik", **more: Any) -> Tree:
    series = {"perjanjian_kinerja": {"2023": target}, "realisasi": {"2023": actual}}
    return k(arah=arah, **series, **more)


SCALE = {"skala": ["C", "B", "A"]}


@table(
    [
        ("reached", result(50, 50), True),
        ("missed", result(50, D("49.99")), False),
        ("lower is better, reached", result(50, 50, "turun"), True),
        ("lower is better, missed", result(50, D("50.01"), "turun"), False),
        ("inside the range", result([7, 8], 8, "rentang"), True),
        ("above the range", result([7, 8], D("8.01"), "rentang"), False),
        ("below the range", result([7, 8], D("6.99"), "rentang"), False),
        ("better than a range", result([7, 8], 9), True),
        ("worse than a range", result([7, 8], 6), False),
        ("a target of nothing", result(0, 1, "turun"), False),
        ("a word", result("B", "B", None, **SCALE), True),
        ("a better word", result("B", "A", "turun", **SCALE), True),
        ("a worse word", result("B", "C", **SCALE), False),
        ("numbers beside a scale, lower is better", result(5, 3, "turun", **SCALE), True),
        (
            "numbers beside a scale, no direction",
            result(5, 3, None, **SCALE),
            Open("/kinerja/0/arah"),
        ),
        ("a word and a number", result("B", 3, **SCALE), Open(*PLACES)),
        ("no direction", result(50, 50, None), Open("/kinerja/0/arah")),
        ("no result", result(50, None), Open(PLACES[1])),
        ("not in the agreement", result(None, 50, dimuat=["renstra"]), VOID),
    ]
)
def test_target_reached(a: Tree, b: object) -> None:
    assert_reads(derive(a, "kinerja", "target_tercapai"), b)


def test_outside_a_range_there_is_no_achievement() -> None:
    rows = result([7, 8], 9, "rentang")
    assert_reads(derive(rows, "kinerja", "capaian"), VOID)
    assert_reads(derive(rows | {"tahun": 2024}, "kinerja", "capaian_lalu"), Open(*PLACES))


@table(
    [
        ("line", "sakip", "sakip"),
        ("alias of a line", "nilai_sakip", "sakip"),
        ("theme", "pdn", "pdn"),
        ("alias of a theme", "stunting", "digitalisasi"),
    ]
)
def test_line_or_theme_of_an_action(a: str, b: object) -> None:
    tree = {"rencana_aksi": [{"id": "A", "indikator": a}]}
    assert_reads(derive(tree, "rencana_aksi", "indikator"), b)


# --- kinerja: quarters -------------------------------------------------------------------------

NULLS = [None, None, None, None]


@table(
    [
        ("all over", NULLS, date(2024, 1, 1), D(4)),
        ("the last day of the year is not over", NULLS, date(2023, 12, 31), D(3)),
        ("a quarter ends at midnight", NULLS, date(2023, 3, 31), D(0)),
        ("the day after", NULLS, date(2023, 4, 1), D(1)),
        ("mid-year", NULLS, date(2023, 7, 1), D(2)),
        ("before the year", NULLS, date(2022, 6, 1), D(0)),
        ("zero is a result", [0, 0, None, None], date(2024, 1, 1), D(2)),
        ("all there", [1, 2, 3, 4], date(2024, 1, 1), D(0)),
        ("a later one does not matter yet", [1, None, None, None], date(2023, 6, 30), D(0)),
        ("no array", None, date(2024, 1, 1), Open("/kinerja/0/triwulan/2023")),
    ]
)
def test_empty_quarters(a: list[int | None] | None, b: date, c: object) -> None:
    reading = derive(k(triwulan={"2023": a}), "kinerja", "jumlah_triwulan_kosong", as_of=b)
    assert_reads(reading, c)


@table(
    [
        ("quarterly", "triwulanan", D(3)),
        ("not stated", None, D(3)),
        ("half-yearly", "semesteran", D(1)),
        ("yearly", "tahunan", VOID),
    ]
)
def test_empty_quarters_by_frequency(a: str | None, b: object) -> None:
    tree = k(frekuensi=a, triwulan={"2023": [None, None, None, "B"]}, skala=["C", "B"])
    reading = derive(tree, "kinerja", "jumlah_triwulan_kosong", as_of=date(2024, 1, 1))
    assert_reads(reading, b)


# --- kinerja: results elsewhere ----------------------------------------------------------------


OWN = D("76.25")


def others(*figures: Any, own: Any = OWN, **keys: Any) -> Tree:
    rows = [{"dokumen": f"D{index}", "nilai": figure} for index, figure in enumerate(figures)]
    return k(realisasi={"2023": own}, realisasi_lain={"2023": rows}, **keys)


PLACE = "/kinerja/0/realisasi_lain/2023"
SCALE = {"skala": ["WDP", "WTP"]}


@table(
    [
        ("same", others(D("76.25")), True),
        ("same value, other digits", others(D("76.250")), True),
        ("rounded", others(D("76.3")), True),
        ("cut to a whole number that rounding gives", others(76), True),
        ("not what rounding gives", others(D("76.4")), False),
        ("neighbours of one digit differ", others(D("76.26")), False),
        ("neighbouring whole numbers differ", others(77, own=76), False),
        ("one of two differs", others(D("76.25"), D("77.1")), False),
        ("one differs, one open", others(None, D("77.1")), False),
        (
            "two that may each be the result, but not both",
            others(D("76.25"), D("76.34"), own=D("76.3")),
            False,
        ),
        ("one open", others(D("76.25"), None), Open(f"{PLACE}/1/nilai")),
        ("own open", others(D("76.25"), own=None), Open("/kinerja/0/realisasi/2023")),
        ("own open, the others contradict", others(D("76.25"), 77, own=None), False),
        (
            "both open",
            others(None, own=None),
            Open("/kinerja/0/realisasi/2023", f"{PLACE}/0/nilai"),
        ),
        ("printed nowhere else", others(), VOID),
        ("words", others("WTP", own="WTP", **SCALE), True),
        ("other words", others("WDP", own="WTP", **SCALE), False),
        ("a word and a number", others("WDP", own=1, **SCALE), Open(f"{PLACE}/0/nilai")),
        ("nothing given", k(realisasi={"2023": 1}), Open(PLACE)),
    ]
)
def test_results_elsewhere(a: Tree, b: object) -> None:
    assert_reads(derive(a, "kinerja", "realisasi_lain_cocok"), b)
    differing = derive(a, "kinerja", "realisasi_lain_berbeda")
    assert isinstance(differing, Known) == (b is False)


@table(
    [
        ("one", others(D("76.25"), D("77.10")), Text("D1: 77,10", "D1: 77.10")),
        ("two", others(77, 78), Text("D0: 77; D1: 78", "D0: 77; D1: 78")),
        ("own open", others(76, 78, own=None), Text("D0: 76; D1: 78", "D0: 76; D1: 78")),
        ("words", others("WDP", own="WTP", **SCALE), Text("D0: WDP", "D0: WDP")),
    ]
)
def test_the_documents_that_differ_are_named(a: Tree, b: Text) -> None:
    assert_reads(derive(a, "kinerja", "realisasi_lain_berbeda"), b)


def test_points_in_the_name_of_a_document_stay() -> None:
    tree = k(
        realisasi={"2023": 1}, realisasi_lain={"2023": [{"dokumen": "Bab 3.1", "nilai": D("2.5")}]}
    )
    expected = Text("Bab 3.1: 2,5", "Bab 3.1: 2.5")
    assert_reads(derive(tree, "kinerja", "realisasi_lain_berbeda"), expected)


# --- kinerja: the tree -------------------------------------------------------------------------


@table(
    [
        ("quarters", None, Text("triwulan II, III", "quarter II, III")),
        ("half-years", "semesteran", Text("semester I", "half-year I")),
        ("yearly", "tahunan", VOID),
    ]
)
def test_empty_periods_are_named(a: str | None, b: object) -> None:
    tree = k(frekuensi=a, triwulan={"2023": [1, None, None, 4]})
    reading = derive(tree, "kinerja", "periode_kosong", as_of=date(2024, 1, 1))
    assert_reads(reading, b)


def family(child: str | None, parent: str | None) -> Tree:
    return many({"jenjang": child, "induk": "K1"}, {"jenjang": parent})


@table(
    [
        ("sasaran under tujuan", family("sasaran", "tujuan"), "tujuan", True),
        ("program under sasaran", family("program", "sasaran"), "sasaran", True),
        ("kegiatan under program", family("kegiatan", "program"), "program", True),
        ("a level skipped", family("kegiatan", "sasaran"), "sasaran", False),
        ("same level", family("program", "program"), "program", False),
        ("upside down", family("sasaran", "program"), "program", False),
        ("a goal below a goal", family("tujuan", "tujuan"), "tujuan", False),
        ("a goal below an objective", family("tujuan", "sasaran"), "sasaran", False),
        (
            "a goal of a unit that serves an objective of the agency",
            many({"jenjang": "tujuan", "induk": "K1", "unit": "U"}, {"jenjang": "sasaran"}),
            "sasaran",
            VOID,
        ),
        ("own level open", family(None, "tujuan"), "tujuan", Open("/kinerja/0/jenjang")),
        (
            "level of the parent open",
            family("program", None),
            Open("/kinerja/1/jenjang"),
            Open("/kinerja/1/jenjang"),
        ),
        ("no parent", k(jenjang="program"), Open("/kinerja/0/induk"), Open("/kinerja/0/induk")),
        ("highest without parent", k(jenjang="tujuan"), Open("/kinerja/0/induk"), VOID),
        (
            "nothing",
            k(),
            Open("/kinerja/0/induk"),
            Open("/kinerja/0/jenjang", "/kinerja/0/induk"),
        ),
    ]
)
def test_parent(a: Tree, b: object, c: object) -> None:
    assert_reads(derive(a, "kinerja", "induk_jenjang"), b)
    assert_reads(derive(a, "kinerja", "jenjang_induk_tepat"), c)


S = {"jenjang": "sasaran"}
P = {"jenjang": "program"}


@table(
    [
        ("one", many(S, P | {"induk": "K0"}), D(1), True),
        ("two", many(S, P | {"induk": "K0"}, P | {"induk": "K0"}), D(2), True),
        ("a goal is no child of it", many(S, {"jenjang": "tujuan", "induk": "K0"}), D(0), True),
        ("nor one of its own level", many(S, S | {"induk": "K0"}), D(0), True),
        ("one of unknown level", many(S, {"induk": "K0"}), Open("/kinerja/1/jenjang"), True),
        ("one beside it", many(S, P | {"induk": "K0"}, {"induk": "K0"}), D(1), True),
        ("own level open", many({}, P | {"induk": "K0"}), Open("/kinerja/0/jenjang"), True),
        ("one, another is loose", many(S, P | {"induk": "K0"}, P), D(1), True),
        (
            "none, all parents given",
            many(S, S | {"induk": "K2"}, {"jenjang": "tujuan"}),
            D(0),
            True,
        ),
        ("none, a program is loose", many(S, P), Open("/kinerja/1/induk"), False),
        ("none, a row of unknown level is loose", many(S, {}), Open("/kinerja/1/induk"), False),
        ("a loose row of the same level cannot lie below", many(S, S), D(0), False),
        ("nor one of a higher level", many(P, S), D(0), False),
        ("nor the highest", many({}, {"jenjang": "tujuan"}), D(0), False),
        ("nor the row itself", many({}), D(0), False),
        (
            "nothing lies below the lowest",
            many({"jenjang": "kegiatan"}, {"jenjang": "kegiatan"}),
            D(0),
            False,
        ),
        ("many loose rows are named as a section", many(S, *[P] * 11), Open("/kinerja"), False),
    ]
)
def test_children(a: Tree, b: object, c: bool) -> None:
    assert_reads(derive(a, "kinerja", "jumlah_anak"), b)
    assert_reads(derive(a, "kinerja", "berkas_memuat_induk"), c)


def of(unit: str | None, level: str | None) -> Tree:
    return {"unit": unit, "jenjang": level}


@table(
    [
        ("of the same unit", many(of("A", "sasaran"), of("A", "program")), True),
        ("an activity", many(of("A", "sasaran"), of("A", "kegiatan")), True),
        ("itself", many(of(None, "program")), True),
        ("of another unit", many(of("A", "sasaran"), of("B", "program")), False),
        ("none", many(of("A", "sasaran"), of("A", "tujuan")), False),
        ("none, unit open", many(of(None, "sasaran"), of("A", "tujuan")), False),
        (
            "unit of the program open",
            many(of("A", "sasaran"), of(None, "program")),
            Open("/kinerja/1/unit"),
        ),
        (
            "level of a row of the unit open",
            many(of("A", "sasaran"), of("A", None)),
            Open("/kinerja/1/jenjang"),
        ),
        ("level of a row of another unit open", many(of("A", "sasaran"), of("B", None)), False),
        (
            "own unit open",
            many(of(None, "sasaran"), of("A", "program")),
            Open("/kinerja/0/unit"),
        ),
        (
            "both open",
            many(of("A", "sasaran"), of(None, None)),
            Open("/kinerja/1/unit", "/kinerja/1/jenjang"),
        ),
    ]
)
def test_programs_of_the_unit(a: Tree, b: object) -> None:
    assert_reads(derive(a, "kinerja", "berkas_memuat_program"), b)


# --- unit --------------------------------------------------------------------------------------


def changes(*rows: Tree) -> Tree:
    return {"unit": [{"id": "U", "perubahan_iku": list(rows)}]}


GOOD = {"alasan": "RPJMD baru", "dokumen": "SK 1/2023"}
ROW = "/unit/0/perubahan_iku"


@table(
    [
        ("two good ones", changes(GOOD, GOOD), D(2), True),
        ("there is a document, unnamed", changes({"alasan": True, "dokumen": True}), D(1), True),
        ("none", changes(), D(0), VOID),
        ("open", {"unit": [{"id": "U"}]}, Open(ROW), Open(ROW)),
        ("no reason", changes(GOOD, GOOD | {"alasan": False}), D(2), False),
        ("no document, the reason open", changes({"dokumen": False}), D(1), False),
        ("reason open", changes(GOOD, {"dokumen": "SK"}), D(2), Open(f"{ROW}/1/alasan")),
        ("reason blank", changes(GOOD | {"alasan": " "}), D(1), Open(f"{ROW}/0/alasan")),
        ("both open", changes({}), D(1), Open(f"{ROW}/0/alasan", f"{ROW}/0/dokumen")),
    ]
)
def test_changes_of_the_iku(a: Tree, b: object, c: object) -> None:
    assert_reads(derive(a, "unit", "jumlah_perubahan_iku"), b)
    assert_reads(derive(a, "unit", "perubahan_iku_beralasan"), c)


@table(
    [
        ("cluster", "klaster", {"klaster": "utama"}, "utama"),
        ("cluster, open", "klaster", {}, Open("/unit/0/klaster")),
        ("score", "nilai_sakip", {"nilai_sakip": D("70.1")}, D("70.1")),
        ("score, open", "nilai_sakip", {}, Open("/unit/0/nilai_sakip")),
    ]
)
def test_unit(a: str, b: Tree, c: object) -> None:
    assert_reads(derive({"unit": [{"id": "U"} | b]}, "unit", a), c)


# --- sakip: the weakest component --------------------------------------------------------------


def components(**persen: Any) -> Tree:
    return {"sakip": {"komponen": [{"kode": kode, "persen": x} for kode, x in persen.items()]}}


FOUR = {"perencanaan": 80, "pengukuran": D("57.4"), "pelaporan": 75, "evaluasi_internal": 76}


def test_the_weakest_component() -> None:
    tree = components(**FOUR)
    name = Text("Pengukuran kinerja", "Performance measurement")
    assert_reads(derive(tree, "instansi", "sakip_komponen_terlemah"), name)
    assert_reads(derive(tree, "instansi", "sakip_persen_terlemah"), Fraction("57.4"))


def test_the_share_is_exact() -> None:
    tree = components(**FOUR)
    tree["sakip"]["komponen"][1] = {"kode": "pengukuran", "poin": 10}
    assert_reads(derive(tree, "instansi", "sakip_persen_terlemah"), Fraction(100, 3))


def test_equally_weak_components_are_all_named() -> None:
    tree = components(**FOUR | {"pelaporan": D("57.40")})
    name = Text(
        "Pengukuran kinerja, Pelaporan kinerja", "Performance measurement, Performance reporting"
    )
    assert_reads(derive(tree, "instansi", "sakip_komponen_terlemah"), name)


@table(
    [
        ("no SAKIP", {}, Open("/sakip/komponen")),
        ("only the total", {"hasil_terbit": {"sakip": 70}}, Open("/sakip/komponen")),
        (
            "one component open",
            components(**FOUR | {"pelaporan": None}),
            Open("/sakip/komponen/2/poin", "/sakip/komponen/2/sub"),
        ),
        ("an instrument without components", {"tahun": 2019, "hasil_terbit": {"sakip": 70}}, VOID),
    ]
)
def test_no_weakest_component(a: Tree, b: object) -> None:
    for field in ("sakip_komponen_terlemah", "sakip_persen_terlemah"):
        reading = derive(a, "instansi", field)
        if isinstance(b, Open) and isinstance(reading, Unknown):
            assert set(b.pointers) <= set(reading.pointers)
        else:
            assert_reads(reading, b)


# --- sakip: gates ------------------------------------------------------------------------------


def sampled(grade: Tree, *scores: tuple[str | None, Any], kelompok: str = "kabupaten") -> Tree:
    return {
        "instansi": {"nama": "Contoh", "kelompok": kelompok},
        "hasil_terbit": grade,
        "unit": [
            {"id": f"U{index:02}", "klaster": klaster, "nilai_sakip": score}
            for index, (klaster, score) in enumerate(scores)
        ],
    }


def three(klaster: str, score: Any) -> list[tuple[str | None, Any]]:
    return [(klaster, score)] * 3


BB, A, AA = {"sakip": D("72.5")}, {"sakip": D("80.01")}, {"sakip": D("90.5")}
OTHERS = [*three("pendukung", 50), *three("tambahan", 40)]


@table(
    [
        ("BB", sampled(BB, *three("utama", D("70.01")), *OTHERS), True),
        ("BB, mean at the bound is not above it", sampled(BB, *three("utama", 70), *OTHERS), False),
        (
            "BB, the mean counts",
            sampled(BB, ("utama", 90), ("utama", 90), ("utama", D("30.01")), *OTHERS),
            True,
        ),
        ("BB, falls short whatever the others", sampled(BB, *three("utama", 60)), False),
        ("BB, two clusters open", sampled(BB, *three("utama", 75)), Open("/unit")),
        ("BB, no unit at all", {"hasil_terbit": BB}, Open("/unit")),
        (
            "BB, two units are too few",
            sampled(BB, ("utama", 60), ("utama", 60), ("utama", None), *OTHERS),
            Open("/unit/2/nilai_sakip"),
        ),
        (
            "BB, a score without cluster may belong anywhere",
            sampled(BB, *three("utama", 75), *OTHERS, (None, 10)),
            Open("/unit/9/klaster"),
        ),
        (
            "A",
            sampled(A, *three("utama", 81), *three("pendukung", 71), *three("tambahan", 1)),
            True,
        ),
        (
            "A, second cluster short",
            sampled(A, *three("utama", 81), *three("pendukung", 70), *three("tambahan", 1)),
            False,
        ),
        ("A, first cluster short", sampled(A, *three("utama", 80), *OTHERS), False),
        (
            "AA asks for all three",
            sampled(AA, *three("utama", 81), *three("pendukung", 81), *three("tambahan", 80)),
            False,
        ),
        (
            "AA",
            sampled(AA, *three("utama", 81), *three("pendukung", 81), *three("tambahan", 81)),
            True,
        ),
        ("B needs two clusters", sampled({"sakip": 65}, *three("utama", 61), *OTHERS[:3]), True),
        ("B, one cluster open", sampled({"sakip": 65}, *three("utama", 61)), Open("/unit")),
        ("CC needs a sample only", sampled({"sakip": 55}, *three("utama", 1)), True),
        ("CC, no sample", sampled({"sakip": 55}), Open("/unit")),
        ("C has no gate", sampled({"sakip": D("49.99")}, *three("utama", 1)), VOID),
        (
            "a score without decimals at the bound has no grade yet",
            sampled({"sakip": 70}, *three("utama", 1)),
            Open("/hasil_terbit/sakip_predikat", "/hasil_terbit/sakip", "/sakip/komponen"),
        ),
        ("D has no gate", sampled({"sakip": 10}), VOID),
        ("a ministry has no gate", sampled(BB, *three("utama", 1), kelompok="kementerian"), VOID),
        ("a province has", sampled(BB, *three("utama", 1), kelompok="provinsi"), False),
        ("a city has", sampled(BB, *three("utama", 1), kelompok="kota"), False),
        ("a year without gates", sampled(BB, *three("utama", 1)) | {"tahun": 2019}, VOID),
        ("the printed grade serves", sampled({"sakip_predikat": "bb"}, *three("utama", 1)), False),
        (
            "the published grade comes first",
            sampled({"sakip": 50, "sakip_predikat": "BB"}, *three("utama", 1)),
            False,
        ),
        (
            "no grade",
            sampled({}, *three("utama", 1)),
            Open("/hasil_terbit/sakip", "/hasil_terbit/sakip_predikat"),
        ),
        (
            "a grade that cannot be read",
            sampled({"sakip_predikat": "lumayan"}, *three("utama", 1)),
            Open("/hasil_terbit/sakip_predikat"),
        ),
    ]
)
def test_gates(a: Tree, b: object) -> None:
    assert_reads(derive(a, "instansi", "gerbang_sakip_terpenuhi"), b)
    missed = derive(a, "instansi", "gerbang_sakip_kurang")
    assert isinstance(missed, Known) == (b is False)


def test_an_open_score_leaves_the_gate_open() -> None:
    tree = components(**FOUR | {"pelaporan": None}) | {"unit": []}
    reading = derive(tree, "instansi", "gerbang_sakip_terpenuhi")
    assert isinstance(reading, Unknown)
    assert "/hasil_terbit/sakip" in reading.pointers


def test_the_clusters_that_fall_short_are_named() -> None:
    tree = sampled(A, ("utama", 80), ("utama", 80), ("utama", 81), *OTHERS)
    expected = Text(
        "rata-rata 3 unit sampel klaster utama adalah 80,33, padahal predikat itu mensyaratkan A "
        "(di atas 80)",
        "the mean of 3 sampled units of the cluster utama (main) is 80.33, while that grade asks "
        "for A (above 80)",
    )
    short = Text(
        "rata-rata 3 unit sampel klaster pendukung adalah 50,00, padahal predikat itu "
        "mensyaratkan BB (di atas 70)",
        "the mean of 3 sampled units of the cluster pendukung (supporting) is 50.00, while that "
        "grade asks for BB (above 70)",
    )
    reading = derive(tree, "instansi", "gerbang_sakip_kurang")
    assert isinstance(reading, Known)
    assert reading.value == short
    assert reading.pointers == ("/unit/3/nilai_sakip", "/unit/4/nilai_sakip", "/unit/5/nilai_sakip")
    tree = sampled(A, ("utama", 80), ("utama", 80), ("utama", 79), *OTHERS)
    reading = derive(tree, "instansi", "gerbang_sakip_kurang")
    assert isinstance(reading, Known)
    assert reading.value == Text(
        expected.id.replace("80,33", "79,67") + "; " + short.id,
        expected.en.replace("80.33", "79.67") + "; " + short.en,
    )


# --- sakip: answers ----------------------------------------------------------------------------


def criteria(*marks: Any, jawaban: str | None = "B", sub: str = "keberadaan") -> Tree:
    """Return a sub-component of `pelaporan`: 6, 9 and 7 criteria."""
    letter = {"keberadaan": "a", "kualitas": "b", "pemanfaatan": "c"}[sub]
    rows = [{"kode": f"3{letter}.{i}", "terpenuhi": m} for i, m in enumerate(marks, 1)]
    return {"kode": sub, "jawaban": jawaban, "kriteria": rows}


def reporting(*subs: Tree) -> Tree:
    return {"sakip": {"komponen": [{"kode": "pelaporan", "sub": list(subs)}]}}


def met(count: int, total: int = 8) -> tuple[bool, ...]:
    return tuple(index < count for index in range(total))


ALLOWED = {
    0: "E", 1: "D", 2: "D", 3: "C", 4: "C", 5: "CC", 6: "CC", 7: "B", 8: "B BB A AA",
}  # fmt: skip
"""By criteria met of eight; a quarter is two."""


@pytest.mark.parametrize("jawaban", ["AA", "A", "BB", "B", "CC", "C", "D", "E"])
@pytest.mark.parametrize("count", sorted(ALLOWED))
def test_answers_and_shares(count: int, jawaban: str) -> None:
    tree = reporting(criteria(*met(count), jawaban=jawaban))
    fits = jawaban in ALLOWED[count].split()
    assert_reads(derive(tree, "instansi", "sakip_jawaban_cocok"), fits)
    named = derive(tree, "instansi", "sakip_jawaban_berbeda")
    if fits:
        assert_reads(named, VOID)
    else:
        assert isinstance(named, Known)
        assert isinstance(named.value, Text)
        assert named.value.id.startswith(
            f"Pelaporan kinerja, keberadaan: jawaban {jawaban}, padahal {count} dari 8 kriteria"
        )
        assert named.value.en.endswith(
            f"for which the answer is {' / '.join(ALLOWED[count].split())}"
        )


SUB = "/sakip/komponen/0/sub"
GOOD_SUB = criteria(*met(7), jawaban="B")


@table(
    [
        ("no SAKIP", {}, Open("/sakip/komponen")),
        ("no criteria", reporting({"kode": "kualitas", "jawaban": "A"}), Open(f"{SUB}/0/kriteria")),
        (
            "no answer",
            reporting(criteria(*met(8), jawaban=None)),
            Open(f"{SUB}/0/jawaban"),
        ),
        (
            "one criterion open",
            reporting(criteria(*met(6, 6), None)),
            Open(f"{SUB}/0/kriteria/6/terpenuhi"),
        ),
        ("fewer than the sheet has", reporting(criteria(*met(4, 5))), Open(f"{SUB}/0/kriteria")),
        ("as many as the sheet has", reporting(criteria(*met(5, 6))), True),
        (
            "only complete ones count",
            reporting(GOOD_SUB, criteria(True, None, jawaban="E", sub="kualitas")),
            True,
        ),
        (
            "one of two differs",
            reporting(GOOD_SUB, criteria(*met(9, 9), jawaban="D", sub="kualitas")),
            False,
        ),
        ("an older instrument", reporting(GOOD_SUB) | {"tahun": 2019}, VOID),
    ]
)
def test_answers(a: Tree, b: object) -> None:
    assert_reads(derive(a, "instansi", "sakip_jawaban_cocok"), b)


@table(
    [
        ("below 80", {"indeks_rb": D("79.99")}, False),
        ("above 80", {"indeks_rb": D("80.01")}, True),
        ("below 100", {"indeks_rb": D("99.99")}, True),
        ("above 100", {"indeks_rb": D("100.01")}, False),
    ]
)
def test_grade_that_depends_on_lines(a: Tree, b: object) -> None:
    rows = {"indikator": [{"kode": "spip", "nilai": 2, "target_baik": 3}]}
    assert_reads(derive(rows | {"hasil_terbit": a}, "indikator", "menentukan_predikat"), b)
    assert isinstance(derive(rows, "indikator", "menentukan_predikat"), Unknown)
    assert_reads(derive(rows | UNIT_FILE, "indikator", "menentukan_predikat"), VOID)


@pytest.mark.parametrize("printed", [80, D("80.00"), 100, D("100.00")])
def test_a_figure_printed_at_a_bound_leaves_open_what_the_grade_depends_on(printed: object) -> None:
    tree = {"hasil_terbit": {"indeks_rb": printed}, "indikator": [{"kode": "ikk"}]}
    reading = derive(tree, "indikator", "menentukan_predikat")
    assert isinstance(reading, Unknown)
    assert reading.pointers[0] == "/hasil_terbit/indeks_rb"


ON_SCALE = ("/indikator/0/nilai", "/indikator/0/target")


@table(
    [
        ("one scale", {"kode": "ikk", "nilai": 68, "target": 70}, True),
        ("at the end", {"kode": "ikk", "nilai": 68, "target": 100, "maks": 100}, True),
        (
            "beyond",
            {"kode": "ikk", "nilai": 68, "target": D("100.01"), "maks": 100},
            Open(*ON_SCALE),
        ),
        ("survey of 4", {"kode": "skm", "nilai": D("3.4"), "target": 85}, Open(*ON_SCALE)),
        ("target of 4", {"kode": "skm", "nilai": 85, "target": 4}, Open(*ON_SCALE)),
        ("both of 4", {"kode": "skm", "nilai": D("3.4"), "target": D("3.5")}, True),
        ("of neither", {"kode": "skm", "nilai": D("4.01"), "target": 85}, True),
        ("another line", {"kode": "spi", "nilai": D("3.4"), "target": 85}, True),
        ("no target", {"kode": "ikk", "nilai": 68}, Open("/indikator/0/target")),
        ("no score", {"kode": "ikk", "target": 68}, Open("/indikator/0/nilai")),
    ]
)
def test_target_on_the_scale_of_the_score(a: Tree, b: object) -> None:
    assert_reads(derive({"indikator": [a]}, "indikator", "target_sebanding"), b)


# --- the same grade, year after year -----------------------------------------------------------


def history(*earlier: Tree, now: Tree | None = None, tahun: int = 2022) -> Tree:
    """Return a file of `tahun` and of the years before, latest first; {} leaves a year out."""
    years = [
        {"tahun": tahun - back} | row for back, row in enumerate(earlier, 1) if row is not None
    ]
    return {
        "tahun": tahun,
        "hasil_terbit": {"predikat": "B"} if now is None else now,
        "riwayat": years,
    }


B, CC = {"predikat": "B"}, {"predikat": "CC"}


@table(
    [
        ("the second year differs", history(CC), D(1)),
        ("two years", history(B, CC), D(2)),
        ("three years", history(B, B, CC), D(3)),
        ("five years", history(B, B, B, B, CC, tahun=2019), D(5)),
        ("after another grade gaps do not matter", history(CC, None, B), D(1)),
        ("three years and no more is enough", history(B, B), D(3)),
        ("four years and no more", history(B, B, B, tahun=2019), D(4)),
        ("years of another instrument do not count", history(B, B, B), D(3)),
        ("two years of the instrument", history(B, B, tahun=2021), VOID),
        ("its first year", history(B, B, tahun=2020), VOID),
        ("its second year, another grade before", history(CC, tahun=2021), D(1)),
        ("its second year, nothing known", history(now={}, tahun=2021), VOID),
        ("comparable instruments", history(B, CC, tahun=2025), D(2)),
        ("three comparable years", history(B, B, B, tahun=2025), D(3)),
        ("units have no RB index", history(B, B) | UNIT_FILE, VOID),
        ("a gap after three does not matter", history(B, B, None, B), D(3)),
        ("two years and no more", history(B), Open("/riwayat")),
        ("a gap after two", history(B, None, B, B), Open("/riwayat")),
        ("no history", history(), Open("/riwayat")),
        ("a year without grade", history(B, {}), Open("/riwayat/1/predikat")),
        (
            "a grade that cannot be read",
            history({"predikat": "lumayan"}),
            Open("/riwayat/0/predikat"),
        ),
        ("names stand for letters", history({"predikat": "Baik"}, CC), D(2)),
        ("an index is graded", history({"indeks_rb": D("60.01")}, {"indeks_rb": 59}), D(2)),
        (
            "an index at a bound may have been rounded to it",
            history({"indeks_rb": 60}, CC),
            Open("/riwayat/0/predikat"),
        ),
        ("print comes before the index", history({"predikat": "CC", "indeks_rb": 65}), D(1)),
        (
            "two sources that agree",
            history(B, CC)
            | {
                "riwayat": [
                    {"tahun": 2021} | B,
                    {"tahun": 2021, "indeks_rb": 62},
                    {"tahun": 2020} | CC,
                ]
            },
            D(2),
        ),
        (
            "two sources that differ",
            history(B) | {"riwayat": [{"tahun": 2021} | B, {"tahun": 2021} | CC]},
            Open("/riwayat/0/predikat", "/riwayat/1/predikat"),
        ),
        (
            "two sources, both another grade",
            history(B) | {"riwayat": [{"tahun": 2021, "predikat": "C"}, {"tahun": 2021} | CC]},
            D(1),
        ),
        ("this year by its index", history(CC, now={"indeks_rb": 65}), D(1)),
        (
            "this year cannot be read",
            history(CC, now={"predikat": "?"}),
            Open("/hasil_terbit/predikat"),
        ),
    ]
)
def test_same_grade(a: Tree, b: object) -> None:
    assert_reads(derive(a, "instansi", "tahun_predikat_sama"), b)


def test_a_year_without_any_grade_names_the_index_too() -> None:
    reading = derive(history(B, B, now={}), "instansi", "tahun_predikat_sama")
    assert isinstance(reading, Unknown)
    assert reading.pointers[:2] == ("/hasil_terbit/predikat", "/hasil_terbit/indeks_rb")
    reading = derive({}, "instansi", "tahun_predikat_sakip_sama")
    assert_reads(reading, Open("/hasil_terbit/sakip_predikat", "/hasil_terbit/sakip"))


def test_an_index_that_may_have_two_grades_tells_neither() -> None:
    # above 80 the index alone does not decide between A and A-
    tree = {"tahun": 2025, "hasil_terbit": {"predikat": "A"}}
    row = {"tahun": 2024, "indeks_rb": 85}
    reading = derive(tree | {"riwayat": [row]}, "instansi", "tahun_predikat_sama")
    assert_reads(reading, Open("/riwayat/0/predikat"))
    tree["hasil_terbit"] = {"predikat": "BB"}
    reading = derive(tree | {"riwayat": [row]}, "instansi", "tahun_predikat_sama")
    assert_reads(reading, D(1))


def test_same_sakip_grade_over_two_instruments() -> None:
    tree = {
        "tahun": 2022,
        "hasil_terbit": {"sakip": 65},
        "riwayat": [
            {"tahun": 2021, "sakip_predikat": "B"},
            {"tahun": 2020, "sakip": 61},
            {"tahun": 2019, "sakip": 59},
        ],
    }
    assert_reads(derive(tree, "instansi", "tahun_predikat_sakip_sama"), VOID)
    tree |= {"tahun": 2023, "hasil_terbit": {"sakip_predikat": "B"}}
    tree["riwayat"].append({"tahun": 2022, "sakip": 69})
    assert_reads(derive(tree, "instansi", "tahun_predikat_sakip_sama"), D(3))


# --- recommendations, zones, themes ------------------------------------------------------------


def advice(*states: str | None) -> Tree:
    rows = [
        {"id": f"R{i}", "tahun": 2022, "skema": "sakip", "status": s} for i, s in enumerate(states)
    ]
    return {"tahun": 2023, "rekomendasi": rows}


@table(
    [
        ("none done", advice("belum", "proses"), D(2), Fraction(0)),
        ("a third", advice("selesai", "proses", "belum"), D(3), Fraction(100, 3)),
        ("all, by the words of a scheme", advice("Tuntas", "TELAH SESUAI"), D(2), Fraction(100)),
        (
            "what cannot be done counts unless it gives a reason",
            advice("selesai", "tidak_dapat"),
            D(2),
            Open("/rekomendasi/1/alasan"),
        ),
        ("one open", advice("selesai", None), D(2), Open("/rekomendasi/1/status")),
        ("none listed", advice(), D(0), VOID),
        ("no list", {}, Open("/rekomendasi"), Open("/rekomendasi")),
    ]
)
def test_recommendations(a: Tree, b: object, c: object) -> None:
    assert_reads(derive(a, "instansi", "jumlah_rekomendasi"), b)
    assert_reads(derive(a, "instansi", "porsi_rekomendasi_selesai"), c)


LATE, TODAY = {"tenggat": "2024-02-06"}, {"tenggat": "2024-02-07"}


@table(
    [
        ("all done", [{"status": "selesai"}], D(0)),
        ("two open", [{"status": "belum"}, {"status": "proses"}], D(2)),
        ("due today", [{"status": "belum"} | TODAY], D(1)),
        ("late", [{"status": "belum"} | LATE, {"status": "selesai"}], VOID),
        ("one late, one not", [{"status": "belum"} | LATE, {"status": "proses"}], D(1)),
        ("one is known, one is not", [{"status": "belum"}, {}], D(1)),
        (
            "late, and one not known",
            [{"status": "belum"} | LATE, {}],
            Open("/rekomendasi/1/status"),
        ),
        ("of no year", [{"status": "belum", "tahun": None}], Open("/rekomendasi/0/tahun")),
        ("cannot be done", [{"status": "tidak_dapat"}], Open("/rekomendasi/0/alasan")),
        ("for a reason", [{"status": "tidak_dapat", "alasan": "Putusan"}], VOID),
        ("of an audit", [{"status": "belum", "skema": "bpk"}], VOID),
        ("of no scheme", [{"status": "belum", "skema": None}], Open("/rekomendasi/0/skema")),
        ("late, of no scheme", [{"status": "belum", "skema": None} | LATE], VOID),
        ("drags on", [{"status": "belum", "tanggal_terima": "2023-02-06"}], VOID),
        ("does not drag on yet", [{"status": "belum", "tanggal_terima": "2023-02-07"}], D(1)),
        ("none listed", [], VOID),
    ]
)
def test_open_recommendations(a: list[Tree], b: object) -> None:
    rows = [{"id": f"R{i}", "tahun": 2022, "skema": "rb"} | row for i, row in enumerate(a)]
    assert_reads(derive({"rekomendasi": rows}, "instansi", "jumlah_rekomendasi_terbuka"), b)
    assert_reads(derive({}, "instansi", "jumlah_rekomendasi_terbuka"), Open("/rekomendasi"))


@table(
    [
        ("this year", "zi_unit", D(2)),
        ("last year", "zi_unit_lalu", D(0)),
        ("all", "zi_total", D(12)),
    ]
)
def test_integrity_zones(a: str, b: object) -> None:
    tree = {"zi": {"total_unit": 12, "wbk_wbbm": {"2022": 0, "2023": 2}}}
    assert_reads(derive(tree, "instansi", a), b)
    place = {"zi_unit": "wbk_wbbm/2023", "zi_unit_lalu": "wbk_wbbm/2022", "zi_total": "total_unit"}
    for empty in ({}, {"zi": {"wbk_wbbm": {"2023": None}}}):
        assert_reads(derive(empty, "instansi", a), Open(f"/zi/{place[a]}"))


@table([(name, name, None) for name in ("zi_unit", "zi_total")])
def test_more_integrity_zones_than_units(a: str, b: None) -> None:
    tree = {"zi": {"total_unit": 5, "wbk_wbbm": {"2022": 3, "2023": 7}}}
    reading = derive(tree, "instansi", a)
    assert_reads(reading, Open("/zi/wbk_wbbm/2023", "/zi/total_unit"))
    assert isinstance(reading, Unknown)
    assert reading.found == "7 > 5"


FIVE = [{"kode": kode} for kode in ("kemiskinan", "investasi", "digitalisasi", "pdn", "inflasi")]


@table(
    [
        ("all", {"tema": FIVE}, True),
        ("one lacks", {"tema": FIVE[1:]}, False),
        ("none listed", {"tema": []}, False),
        ("no section", {}, Open("/tema")),
        ("no list yet", {"tema": FIVE[:1], "tahun": 2025}, VOID),
        ("no list then", {"tahun": 2022}, VOID),
        ("no instrument", {"instansi": {"nama": "X", "kelompok": "perangkat_daerah"}}, VOID),
    ]
)
def test_themes(a: Tree, b: object) -> None:
    assert_reads(derive(a, "instansi", "tema_lengkap"), b)
    missing = derive(a, "instansi", "tema_kurang")
    assert isinstance(missing, Known) == (b is False)


def test_missing_themes_are_named_in_the_order_of_the_instrument() -> None:
    names = [shipped_rulebook().vocabulary.tema[kode].nama for kode in ("investasi", "pdn")]
    expected = Text(", ".join(n.id for n in names), ", ".join(n.en for n in names))
    tree = {"tema": [FIVE[4], FIVE[2], FIVE[0]]}
    assert_reads(derive(tree, "instansi", "tema_kurang"), expected)


# --- indikator ---------------------------------------------------------------------------------


@table(
    [
        ("too high", {"nilai": D("3.12"), "nilai_mandiri": D("3.4")}, D("0.28")),
        ("too low", {"nilai": D("3.5"), "nilai_mandiri": D("3.25")}, D("-0.25")),
        ("equal", {"nilai": D("3.50"), "nilai_mandiri": D("3.5")}, D(0)),
        (
            "all digits",
            {"nilai": D("0.000000000000001"), "nilai_mandiri": D("123456789012345678901")},
            D("123456789012345678900.999999999999999"),
        ),
        ("own open", {"nilai": 3}, Open("/indikator/0/nilai_mandiri")),
        ("score open", {"nilai_mandiri": 3}, Open("/indikator/0/nilai")),
        ("both open", {}, Open("/indikator/0/nilai_mandiri", "/indikator/0/nilai")),
        (
            "last year's score is no measure",
            {"nilai_mandiri": 3, "status": "nilai_tahun_lalu", "tahun_lalu": 2},
            VOID,
        ),
    ]
)
def test_bias(a: Tree, b: object) -> None:
    tree = {"indikator": [{"kode": "spip"} | a]}
    reading = derive(tree, "indikator", "selisih_mandiri")
    assert_reads(reading, b)
    expected = a.get("nilai_mandiri", Open("/indikator/0/nilai_mandiri"))
    assert_reads(derive(tree, "indikator", "nilai_mandiri"), expected)


# --- tema --------------------------------------------------------------------------------------


def theme(tahun: int = 2023, kode: str = "pdn", **keys: Any) -> Tree:
    return {"tahun": tahun, "tema": [{"kode": kode} | keys]}


def output(**keys: Any) -> list[Tree]:
    return [{"kode": "capaian_output"} | keys]


LINE = "/tema/0/lines/0"


@table(
    [
        ("score over maximum", theme(lines=output(nilai=2, maks=3)), Fraction(200, 3)),
        ("points over weight", theme(lines=output(poin=D("1.5"), bobot=3)), Fraction(50)),
        ("score first", theme(lines=output(nilai=1, maks=1, poin=1, bobot=3)), Fraction(100)),
        ("no maximum, but points", theme(lines=output(nilai=1, poin=1, bobot=4)), Fraction(25)),
        ("more than all", theme(lines=output(nilai=6, maks=5)), Fraction(120)),
        ("no maximum", theme(lines=output(nilai=1)), Open(f"{LINE}/maks")),
        ("no weight", theme(lines=output(poin=1)), Open(f"{LINE}/bobot")),
        ("no value", theme(lines=output(maks=5)), Open(f"{LINE}/nilai")),
        ("not scored", theme(lines=output(maks=5, status="belum_dinilai")), Open(f"{LINE}/nilai")),
        ("excluded", theme(lines=output(status="dikecualikan")), VOID),
        (
            "carried over",
            theme(lines=output(tahun_lalu=5, maks=5, status="nilai_tahun_lalu")),
            VOID,
        ),
        ("line not listed", theme(lines=[]), Open("/tema/0/lines")),
        ("no lines", theme(), Open("/tema/0/lines")),
        ("an instrument without the line", theme(tahun=2024), VOID),
    ]
)
def test_output(a: Tree, b: object) -> None:
    assert_reads(derive(a, "tema", "capaian_output"), b)


def impact(arah: str | None, baseline: Any, realisasi: Any) -> Tree:
    return theme(indikator_dampak={"arah": arah, "baseline": baseline, "realisasi": realisasi})


DAMPAK = "/tema/0/indikator_dampak"


@table(
    [
        ("up, higher", impact("naik", 5, D("5.01")), False),
        ("up, equal", impact("naik", 5, D("5.00")), False),
        ("up, lower", impact("naik", 5, D("4.99")), True),
        ("down, lower", impact("turun", 5, D("4.99")), False),
        ("down, equal", impact("turun", 5, 5), False),
        ("down, higher", impact("turun", 5, D("5.01")), True),
        ("range", impact("rentang", 5, 9), VOID),
        ("range, nothing else", impact("rentang", None, None), VOID),
        ("direction open", impact(None, 5, 9), Open(f"{DAMPAK}/arah")),
        ("result open", impact("naik", 5, None), Open(f"{DAMPAK}/realisasi")),
        ("baseline open", impact("naik", None, 5), Open(f"{DAMPAK}/baseline")),
    ]
)
def test_impact(a: Tree, b: object) -> None:
    assert_reads(derive(a, "tema", "dampak_memburuk"), b)


@table(
    [
        ("listed", theme(), True),
        ("no list yet", theme(2025, "apa_saja"), VOID),
        ("no list then", theme(2022), VOID),
    ]
)
def test_theme_in_force(a: Tree, b: object) -> None:
    assert_reads(derive(a, "tema", "berlaku"), b)


# --- rekomendasi -------------------------------------------------------------------------------

UNITS = {"unit": [{"id": "A", "nama": "Dinas A"}, {"id": "B"}]}


@table(
    [
        ("listed", UNITS | {"rekomendasi": [{"id": "R", "unit": "A"}]}, True),
        ("listed without name", UNITS | {"rekomendasi": [{"id": "R", "unit": "B"}]}, True),
        ("gone", UNITS | {"rekomendasi": [{"id": "R", "unit": "C"}]}, False),
        ("no unit left", {"unit": [], "rekomendasi": [{"id": "R", "unit": "A"}]}, False),
        ("no section", {"rekomendasi": [{"id": "R", "unit": "A"}]}, Open("/unit")),
        ("unit open", UNITS | {"rekomendasi": [{"id": "R"}]}, Open("/rekomendasi/0/unit")),
    ]
)
def test_unit_listed(a: Tree, b: object) -> None:
    assert_reads(derive(a, "rekomendasi", "unit_terdaftar"), b)


def test_amounts() -> None:
    tree = {"rekomendasi": [{"id": "R", "nilai_rupiah": 1000, "disetor": D("250.50")}]}
    assert_reads(derive(tree, "rekomendasi", "nilai_rupiah"), D(1000))
    assert_reads(derive(tree, "rekomendasi", "disetor"), D("250.50"))
    for field in ("nilai_rupiah", "disetor"):
        reading = derive({"rekomendasi": [{"id": "R"}]}, "rekomendasi", field)
        assert_reads(reading, Open(f"/rekomendasi/0/{field}"))


# --- cross-checks of the new keys --------------------------------------------------------------


def pointers(tree: Tree) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_evaluation(document_of(BASE | tree), shipped_rulebook())
    return [problem.pointer for problem in caught.value.problems]


@table(
    [
        (
            "unknown unit",
            UNITS | k(unit="A", unit_pendukung=["B", "X"]),
            "/kinerja/0/unit_pendukung/1",
        ),
        ("its own unit", UNITS | k(unit="A", unit_pendukung=["A"]), "/kinerja/0/unit_pendukung/0"),
        ("unit twice", k(unit_pendukung=["A", "A"]), "/kinerja/0/unit_pendukung"),
        ("document twice", k(dimuat=["iku", "iku"]), "/kinerja/0/dimuat"),
        ("unknown document", k(dimuat=["rkpd"]), "/kinerja/0/dimuat/0"),
        ("word without scale", k(renja={"2023": "A"}), "/kinerja/0/renja/2023"),
        ("word not of the scale", k(skala=["C", "B"], dpa={"2023": "A"}), "/kinerja/0/dpa/2023"),
        ("range upside down", k(dpa={"2023": [2, 1]}), "/kinerja/0/dpa/2023"),
        ("word without scale elsewhere", others("A"), f"{PLACE}/0/nilai"),
        ("document without name", k(realisasi_lain={"2023": [{"nilai": 1}]}), f"{PLACE}/0"),
        (
            "comparison twice",
            k(analisis={"2023": {"pembanding": ["target", "target"]}}),
            "/kinerja/0/analisis/2023/pembanding",
        ),
        ("half a unit", {"zi": {"total_unit": D("1.5")}}, "/zi/total_unit"),
        ("negative count", {"zi": {"wbk_wbbm": {"2023": -1}}}, "/zi/wbk_wbbm/2023"),
        (
            "negative amount",
            {"rekomendasi": [{"id": "R", "disetor": -1}]},
            "/rekomendasi/0/disetor",
        ),
        ("score above 100", {"unit": [{"id": "U", "nilai_sakip": 101}]}, "/unit/0/nilai_sakip"),
        (
            "code of a criterion",
            reporting({"kode": "kualitas", "kriteria": [{"kode": "5a.1"}]}),
            f"{SUB}/0/kriteria/0/kode",
        ),
        (
            "criterion twice",
            reporting({"kode": "kualitas", "kriteria": [{"kode": "3b.1"}] * 2}),
            f"{SUB}/0/kriteria/1/kode",
        ),
        (
            "criterion of another sub-component",
            {
                "sakip": {
                    "komponen": [
                        {
                            "kode": "perencanaan",
                            "sub": [
                                {
                                    "kode": "kualitas",
                                    "kriteria": [{"kode": "1b.1"}, {"kode": "1a.1"}],
                                }
                            ],
                        }
                    ]
                }
            },
            f"{SUB}/0/kriteria/1/kode",
        ),
        (
            "a unit's document of the agency",
            {"unit": [{"id": "U", "dokumen": {"sotk": {}}}]},
            "/unit/0/dokumen/sotk",
        ),
    ]
)
def test_problems(a: Tree, b: str) -> None:
    assert pointers(a) == [b]


def test_supporting_units_need_no_section_of_units() -> None:
    read_evaluation(document_of(BASE | k(unit="A", unit_pendukung=["X"])), shipped_rulebook())


# --- the data behind them ----------------------------------------------------------------------


def test_criteria_of_planning_are_those_of_the_body() -> None:
    criteria_ = shipped_rulebook().vocabulary.criteria
    counts = {
        line: sum(item.line == f"perencanaan.{line}" for item in criteria_.values())
        for line in ("keberadaan", "kualitas", "pemanfaatan")
    }
    assert counts == {"keberadaan": 7, "kualitas": 10, "pemanfaatan": 8}
    assert len(criteria_) == 25


def test_every_share_of_criteria_allows_an_answer() -> None:
    instrument = shipped_rulebook().instrument("sakip", "kabupaten", date(2023, 12, 31))
    assert instrument is not None
    assert {rule.jawaban for rule in instrument.answers} == set(instrument.jawaban)
    for total in range(1, 12):
        for count in range(total + 1):
            share = Fraction(100 * count, total)
            allowed = [rule.jawaban for rule in instrument.answers if rule.allows(share)]
            assert len(allowed) == (4 if count == total else 1)


# --- what rests on a default ---------------------------------------------------------------------


def lines_of_68(**published: Any) -> Tree:
    """Return a kota of 2025 whose only line makes 68.00 and whose koefisien is not given."""
    instrument = shipped_rulebook().instrument("indeks_rb", "kota", date(2025, 12, 31))
    assert instrument is not None
    lines = instrument.set_for("kota")
    assert lines is not None
    rows: list[Tree] = [{"kode": line.kode, "status": "dikecualikan"} for line in lines.lines]
    rows[0] = {"kode": rows[0]["kode"], "poin": D("68.00")}
    return {
        "tahun": 2025,
        "instansi": {"nama": "Contoh", "kelompok": "kota"},
        "indikator": rows,
        "bobot_penyesuaian": 100,
        "hasil_terbit": published | {"rb_tematik": D("10.00")},
        "target_indeks": [{"tahun": 2025, "nilai": 70}],
        "riwayat": [
            {"tahun": 2024, "indeks_rb": D("79.00"), "predikat": "BB"},
            {"tahun": 2023, "predikat": "BB"},
        ],
    }


ON_THE_INDEX = (
    "indeks_rb",
    "capaian_target_terendah",
    "capaian_target_batas_bawah",
    "capaian_target_batas_atas",
    "selisih_indeks_rb",
    "predikat_hitung",
    "tahun_predikat_sama",
)


@pytest.mark.parametrize(
    ("published", "targets", "low", "high"),
    [
        # RB General 60.92 and an RB Tematik of 0 to 20
        ({"rb_general": D("60.92")}, [50, 40], Fraction(6092, 50), Fraction(8092, 50)),
        ({"rb_general": D("60.92"), "rb_tematik": 9}, [50], Fraction(6992, 50), Fraction(6992, 50)),
        ({"rb_general": D("60.92")}, [50, 0], Open("/target_indeks/1"), Open("/target_indeks/1")),
        ({"rb_general": D("60.92")}, [], Open("/target_indeks"), Open("/target_indeks")),
    ],
)
def test_achievement_at_the_ends_of_an_index_that_is_a_range(
    published: Tree, targets: list[int], low: object, high: object
) -> None:
    tree = {
        "hasil_terbit": published,
        "target_indeks": [
            {"dokumen": str(n), "tahun": 2023, "nilai": t} for n, t in enumerate(targets)
        ],
    }
    for field, expected in (("batas_bawah", low), ("batas_atas", high)):
        reading = derive(tree, "instansi", f"capaian_target_{field}")
        if isinstance(expected, Open):
            assert isinstance(reading, Unknown)
        else:
            assert_reads(reading, expected)


@pytest.mark.parametrize("field", ON_THE_INDEX)
def test_what_rests_on_an_assumed_koefisien_is_unknown(field: str) -> None:
    for published in ({}, {"indeks_rb": D("72.00")}):
        assert_reads(derive(lines_of_68(**published), "instansi", field), Open("/koefisien"))


@pytest.mark.parametrize("field", ON_THE_INDEX)
def test_a_published_index_or_a_given_koefisien_bears_the_lines_out(field: str) -> None:
    borne_out = lines_of_68(indeks_rb=D("78.00"))
    assert isinstance(derive(borne_out, "instansi", field), Known)
    assert isinstance(derive(lines_of_68() | {"koefisien": 0}, "instansi", field), Known)


def test_a_value_carried_over_is_of_the_year_before() -> None:
    for value in ({"nilai": 2}, {"tahun_lalu": 2}):
        tree: Tree = {"indikator": [{"kode": "spip", "status": "nilai_tahun_lalu"} | value]}
        assert_reads(derive(tree, "indikator", "tahun_nilai"), D(2022))
    tree = {"indikator": [{"kode": "spip", "nilai": 2}]}
    assert_reads(derive(tree, "indikator", "tahun_nilai"), D(2023))


def test_a_figure_that_leaves_its_grade_open_is_quoted() -> None:
    printed = {"indeks_rb": D("70.00"), "predikat": "BB"}
    reading = derive({"hasil_terbit": printed}, "instansi", "predikat_cocok")
    assert reading == Unknown(
        ("/hasil_terbit/indeks_rb", "/hasil_terbit/rb_general", "/indikator",
         "/hasil_terbit/rb_tematik", "/tema"), "70.00",
    )  # fmt: skip
