"""The index: grades, bases, states of lines, intervals, adjustment, history and agreement."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbrules.index import agreement, compute_indexes, half_unit, match_bands, round_half_up
from rbrules.model import (
    Computed,
    Entry,
    Evaluation,
    Inapplicable,
    Index,
    IndexLine,
    Interval,
    Known,
    Rulebook,
    Unknown,
)
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook

Tree = dict[str, Any]

# Raw values of a made-up agency: no real ministry.
KL_2024: Mapping[str, str] = {
    "renaksi": "90", "implementasi": "80", "struktur": "100", "sistem_kerja": "4", "spip": "3.5",
    "zi": "2", "sakip": "75", "perencanaan": "85", "arsitektur_spbe": "3", "arsip": "70",
    "ikpa": "92", "aset": "3", "lapor": "4", "ikk": "65", "irh": "88", "statistik": "2.6",
    "pengadaan": "80", "merit": "328", "ipp": "4", "kepatuhan": "90", "spbe": "3.5",
    "prioritas": "95", "iku": "90", "tl_bpk": "80", "berakhlak": "75", "spi": "76", "skm": "88",
}  # fmt: skip
TEMA = ("kemiskinan", "investasi", "digitalisasi", "pdn", "inflasi")


@cache
def rulebook() -> Rulebook:
    return load_rulebook([shipped("rules")])


def evaluation(tree: Tree, kelompok: str = "kabupaten", tahun: int = 2023) -> Evaluation:
    """Build an evaluation from JSON text, so that numbers keep the digits they are written with."""
    whole = {"versi": 1, "instansi": {"nama": "Contoh", "kelompok": kelompok}, "tahun": tahun}
    text = json.dumps(whole | tree, default=lambda value: f"#{value}")
    root = json.loads(text, parse_float=Decimal, object_hook=_decimals)
    return Evaluation(
        root=Entry(root, ""),
        nama="Contoh",
        kode=None,
        kelompok=kelompok,
        tahun=tahun,
        file="contoh.json",
        digest="",
        rows={},
    )


def _decimals(tree: Tree) -> Tree:
    return {
        key: Decimal(value[1:]) if isinstance(value, str) and value.startswith("#") else value
        for key, value in tree.items()
    }


def number(text: str) -> int | Decimal:
    """Read a number as the loader does: an integer where it is written without a point."""
    return Decimal(text) if "." in text else int(text)


def both(tree: Tree, kelompok: str = "kabupaten", tahun: int = 2023) -> tuple[Index, Index | None]:
    return compute_indexes(evaluation(tree, kelompok, tahun), rulebook(), date(tahun, 12, 31))


def rb(tree: Tree, kelompok: str = "kabupaten", tahun: int = 2023) -> Index:
    return both(tree, kelompok, tahun)[0]


def sakip(tree: Tree, kelompok: str = "kabupaten", tahun: int = 2023) -> Index:
    index = both(tree, kelompok, tahun)[1]
    assert index is not None
    return index


def line(index: Index, kode: str) -> IndexLine:
    return next(item for item in index.lines if item.kode == kode)


def general(index: Index) -> Computed:
    parts = next(t.parts for t in index.totals if t.component.kode == "rb_general")
    assert parts is not None
    return parts


def bounds(interval: Interval | None) -> tuple[str, str] | None:
    return None if interval is None else (text(interval.low), text(interval.high))


def text(value: Fraction) -> str:
    return str(float(value))


def computed(index: Index) -> Computed:
    assert isinstance(index.computed, Known)
    assert isinstance(index.computed.value, Computed)
    return index.computed.value


def kodes(index: Index) -> list[str]:
    return [band.kode for band in index.bands]


def notes(index: Index) -> list[str]:
    return [note.kode for note in index.notes]


def complete_kl(**changes: Any) -> Tree:
    rows: list[Tree] = [{"kode": kode, "nilai": number(raw)} for kode, raw in KL_2024.items()]
    rows.append({"kode": "opini", "kategori": "WTP", "poin": Decimal("3.00")})
    tema = [{"kode": t, "lines": [{"kode": "kl", "poin": Decimal("1.50")}]} for t in TEMA]
    return {"indikator": rows, "tema": tema} | changes


def change_line(tree: Tree, kode: str, **changes: Any) -> Tree:
    rows = [row | changes if row["kode"] == kode else row for row in tree["indikator"]]
    return tree | {"indikator": rows}


# --- grades ------------------------------------------------------------------------------------

P9 = "digest of PermenPANRB 9/2023; AA is above 100, so that exactly 100 is A or A-"
ACEH = "https://pintu.acehprov.go.id/infographics/indeks-reformasi-birokrasi-irb-aceh-2022"
P88 = "PermenPANRB 88/2021"
ROUNDED = "the unrounded value is graded"

RB_EDGES = [
    (2023, "0", "D", P9), (2023, "30.00", "D", P9), (2023, "30.001", "C", ROUNDED),
    (2023, "30.01", "C", P9), (2023, "50.00", "C", P9), (2023, "50.01", "CC", P9),
    (2023, "60.00", "CC", P9), (2023, "60.01", "B", P9), (2023, "70.00", "B", P9),
    (2023, "70.01", "BB", P9), (2023, "80.00", "BB", P9), (2023, "80.001", "A- A", ROUNDED),
    (2023, "80.01", "A- A", P9), (2023, "99.99", "A- A", P9), (2023, "100.00", "A- A", P9),
    (2023, "100.004", "AA", ROUNDED), (2023, "100.01", "AA", P9), (2024, "100.00", "A- A", P9),
    (2022, "30.00", "D", ACEH), (2022, "30.01", "C", ACEH), (2022, "50.00", "C", ACEH),
    (2022, "60.00", "CC", ACEH), (2022, "70.00", "B", ACEH), (2022, "80.00", "BB", ACEH),
    (2022, "80.01", "A", ACEH), (2022, "90.00", "A", ACEH), (2022, "90.01", "AA", ACEH),
    (2022, "100.00", "AA", ACEH), (2022, "100.01", "", "outside the printed scale"),
    (2015, "65.00", "B", "inferred from the scale until 2022"),
]  # fmt: skip


@pytest.mark.parametrize(("tahun", "value", "expected", "source"), RB_EDGES)
def test_grade_of_the_rb_index(tahun: int, value: str, expected: str, source: str) -> None:
    index = rb({"hasil_terbit": {"indeks_rb": Decimal(value)}}, tahun=tahun)
    assert " ".join(kodes(index)) == expected, source


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", "D"), ("30", "D"), ("30.01", "C"), ("50", "C"), ("50.01", "CC"), ("60", "CC"),
        ("60.01", "B"), ("70", "B"), ("70.01", "BB"), ("80", "BB"), ("80.01", "A"), ("90", "A"),
        ("90.01", "AA"), ("100", "AA"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("tahun", [2019, 2021, 2026])
def test_grade_of_the_sakip_score(tahun: int, value: str, expected: str) -> None:
    index = sakip({"hasil_terbit": {"sakip": Decimal(value)}}, tahun=tahun)
    assert kodes(index) == [expected], P88


@pytest.mark.parametrize(
    ("rows", "complete", "expected"),
    [
        ([], None, "A- A"),
        ([("spip", "3.0", "3.0")], None, "A- A"),
        ([("spip", "3.0", "3.0")], True, "A"),
        ([("spip", "3.0", "3.0"), ("skm", "80", "85")], True, "A-"),
        ([("skm", "84.99", "85")], None, "A-"),
        ([("skm", None, "85")], True, "A- A"),
        ([("skm", "900", "85")], True, "A- A"),
        ([], True, "A"),
    ],
)
def test_a_or_a_minus_by_target_baik(
    rows: list[tuple[str, str | None, str]], complete: bool | None, expected: str
) -> None:
    lines = [
        {
            "kode": kode,
            "nilai": None if nilai is None else Decimal(nilai),
            "target_baik": Decimal(t),
        }
        for kode, nilai, t in rows
    ]
    tree = {
        "hasil_terbit": {"indeks_rb": Decimal("85.00")},
        "indikator": lines,
        "target_baik_lengkap": complete,
    }
    assert " ".join(kodes(rb(tree))) == expected


def test_target_baik_decides_nothing_below_a() -> None:
    tree = {
        "hasil_terbit": {"indeks_rb": Decimal("75.00")},
        "indikator": [{"kode": "skm", "nilai": 50, "target_baik": 85}],
    }
    assert kodes(rb(tree)) == ["BB"]


def test_a_target_of_an_excluded_line_does_not_count() -> None:
    tree = {
        "hasil_terbit": {"indeks_rb": Decimal("85.00")},
        "indikator": [{"kode": "skm", "status": "dikecualikan", "target_baik": 85}],
        "target_baik_lengkap": True,
    }
    assert kodes(rb(tree)) == ["A"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("BB", ["BB"]), ("bb", ["BB"]), ("Sangat Baik", ["BB"]), ("  sangat   baik ", ["BB"]),
        ("A", ["A"]), ("a-", ["A-"]), ("A\N{MINUS SIGN}", ["A-"]), ("memuaskan", ["A"]),
        ("MEMUASKAN DENGAN CATATAN", ["A-"]), ("A, kategori Memuaskan dengan Catatan", []),
        ("", []), ("istimewa", []),
    ],
)  # fmt: skip
def test_match_bands(words: str, expected: list[str]) -> None:
    instrument = rulebook().instrument("indeks_rb", "kabupaten", date(2023, 12, 31))
    assert instrument is not None
    assert [band.kode for band in match_bands(instrument, words)] == expected


# --- published cases ---------------------------------------------------------------------------


def test_blitar_2023() -> None:
    # https://www.detik.com/jatim/berita/d-7182692/
    index = rb(
        {
            "hasil_terbit": {
                "indeks_rb": Decimal("71.38"),
                "rb_general": Decimal("60.92"),
                "rb_tematik": Decimal("10.46"),
            },
            "riwayat": [{"tahun": 2022, "indeks_rb": Decimal("65.00")}],
            "target_indeks": [{"dokumen": "RKPD-P", "tahun": 2023, "nilai": Decimal("65.96")}],
        }
    )
    assert (index.dasar, index.nilai, kodes(index)) == ("komponen", Decimal("71.38"), ["BB"])
    assert [total.basis for total in index.totals] == ["komponen", "komponen"]
    assert index.from_parts == index.exact == Interval(Fraction("71.38"), Fraction("71.38"))
    assert index.last_year is not None
    assert index.last_year.selisih == Decimal("6.38")
    assert index.last_year.sebanding is False
    assert index.targets[0].capaian is not None
    assert round_half_up(index.targets[0].capaian, 2) == Decimal("108.22")
    assert (index.lines, index.bobot_terbukti, index.penyempit) == ((), None, None)
    assert agreement(Decimal("71.38"), computed(index)) is True


def test_surabaya_2024_is_not_clamped() -> None:
    # https://www.wartatransparansi.com/2025/05/01/
    index = rb(
        {
            "hasil_terbit": {"rb_general": Decimal("86.39"), "rb_tematik": Decimal("14.28")},
            "indikator": [
                {"kode": "sakip", "nilai": Decimal("90.24")},
                {"kode": "merit", "nilai": 393},
            ],
        },
        "kota",
        2024,
    )
    assert (index.dasar, index.nilai, kodes(index)) == ("komponen", Decimal("100.67"), ["AA"])
    assert line(index, "merit").interval is None
    assert index.bobot_terbukti is None


def test_komdigi_2025_sakip() -> None:
    # letter B/505/AA.05/2025: 69.14, B
    index = sakip(
        {
            "hasil_terbit": {"sakip": Decimal("69.14")},
            "sakip": {
                "komponen": [
                    {"kode": "perencanaan", "persen": Decimal("71.6")},
                    {"kode": "pengukuran", "poin": Decimal("17.21"), "persen": Decimal("57.4")},
                    {"kode": "pelaporan", "persen": Decimal("75.3")},
                    {"kode": "evaluasi_internal", "persen": Decimal("76.6")},
                ]
            },
        },
        "kementerian",
        2025,
    )
    assert (index.dasar, index.nilai, kodes(index)) == ("komponen", Decimal("69.14"), ["B"])
    assert index.exact == Interval(Fraction("69.135"), Fraction("69.135"))
    halves = ["0.015", "0.005", "0.0075", "0.0125"]  # 0.05 % of 30, 0.005 points, ...
    assert computed(index).tolerance == sum(Fraction(half) for half in halves)
    assert agreement(Decimal("69.14"), computed(index)) is True


def test_kpu_2024_lines() -> None:
    # https://sumbar.carapandang.com/news/read/indeks-reformasi-birokrasi-kpu-tahun-2024-meningkat-7351
    index = rb(
        {
            "hasil_terbit": {"indeks_rb": Decimal("73.51"), "predikat": "BB"},
            "riwayat": [{"tahun": 2023, "indeks_rb": Decimal("69.76")}],
            "indikator": [
                {"kode": "renaksi", "poin": Decimal("2.42"), "bobot": 3},
                {"kode": "sistem_kerja", "poin": Decimal("2.00"), "bobot": 2},
                {"kode": "opini", "kategori": "WTP", "poin": Decimal("3.00"), "bobot": 5},
                {"kode": "skm", "nilai": Decimal("88.03"), "bobot": 8},
                {"kode": "tl_bpk", "nilai": Decimal("79.86"), "bobot": 4},
            ],
        },
        "lembaga",
        2024,
    )
    assert (index.dasar, index.nilai, kodes(index)) == ("terbit", Decimal("73.51"), ["BB"])
    assert bounds(line(index, "skm").interval) == ("7.0424", "7.0424")
    assert bounds(line(index, "tl_bpk").interval) == ("3.1944", "3.1944")
    assert {item.asal_bobot for item in index.lines} == {"instrumen"}
    assert "bobot_berkas" not in notes(index)
    assert index.bobot_terbukti == Fraction(22, 110)
    assert bounds(index.from_parts) == ("17.6568", "105.6568")
    assert agreement(Decimal("73.51"), computed(index)) is None
    assert index.last_year is not None
    assert (index.last_year.selisih, index.last_year.sebanding) == (Decimal("3.75"), True)


def test_mojokerto_2022() -> None:
    # letter B/1002/RB.06/2022, https://www.scribd.com/document/660748357/
    index = rb(
        {
            "hasil_terbit": {
                "indeks_rb": Decimal("67.87"),
                "komponen": {
                    "pemenuhan": Decimal("12.55"),
                    "hasil_antara": Decimal("6.13"),
                    "reform": Decimal("17.36"),
                    "pengungkit": Decimal("36.04"),
                },
            }
        },
        "kota",
        2022,
    )
    assert (index.dasar, index.nilai, kodes(index)) == ("terbit", Decimal("67.87"), ["B"])
    assert bounds(index.from_parts) == ("36.04", "76.04")
    assert computed(index).missing == ("/hasil_terbit/komponen/hasil",)
    pengungkit = index.totals[0]
    assert pengungkit.component.kode == "pengungkit"
    assert pengungkit.parts is not None
    assert agreement(Decimal("36.04"), pengungkit.parts) is True
    assert agreement(Decimal("36.40"), pengungkit.parts) is False


# --- a complete ministry of 2024 ---------------------------------------------------------------


def test_complete_kl_2024_with_open_multipliers() -> None:
    index = rb(complete_kl(koefisien=0, bobot_penyesuaian=100), "kementerian", 2024)
    # implementasi 5.6 x 90 % = 5.04; iku 6.3 x 75 % = 4.725
    assert bounds(line(index, "implementasi").interval) == ("5.04", "5.6")
    assert bounds(line(index, "iku").interval) == ("4.725", "6.3")
    general_low = Fraction("5.04") + Fraction("4.725") + known_points()
    assert general(index).low == general_low
    assert general(index).high == general_low + Fraction("0.56") + Fraction("1.575")
    assert bounds(index.exact) == (
        text(general_low + Fraction("7.5")),
        text(general_low + Fraction("9.635")),
    )
    assert (index.dasar, index.nilai, index.penyempit) == ("indikator", None, "iku")
    assert index.bobot_terbukti == Fraction(110 - 14, 110)
    missing = [i for i, kode in enumerate(KL_2024) if kode in {"implementasi", "iku"}]
    assert computed(index).missing == tuple(f"/indikator/{i}/poin" for i in missing)
    assert notes(index).count("pengali_belum_pasti") == 2
    assert "koefisien_dianggap_0" not in notes(index)
    assert len(index.lines) == 28 + 5


def test_the_worked_example_of_the_docs() -> None:
    index = rb(complete_kl(koefisien=0, bobot_penyesuaian=100), "kementerian", 2024)
    page = (Path(__file__).parents[2] / "docs" / "index.md").read_text(encoding="utf-8")
    for item in index.lines:
        if item.komponen == "rb_general":
            assert item.interval is not None
            low, high = (f"{float(end):g}" for end in (item.interval.low, item.interval.high))
            shown = low if item.interval.is_point else f"[{low}, {high}]"
            row = next(row for row in page.splitlines() if row.startswith(f"| {item.kode} | "))
            assert row.endswith(f" | {shown} |")
    assert bounds(index.exact) == ("83.62", "85.755")
    assert "**[83.62, 85.755]**" in page
    assert general(index).low == Fraction("76.12")
    assert general(index).high == Fraction("78.255")
    assert "**[76.12, 78.255]**" in page
    assert computed(index).tolerance == Fraction("0.175")
    assert index.bobot_terbukti is not None
    assert round_half_up(index.bobot_terbukti, 4) == Decimal("0.8727")
    for edge, expected in (("83.44", None), ("83.43", False), ("85.93", None), ("85.94", False)):
        assert agreement(Decimal(edge), computed(index)) is expected


def known_points() -> Fraction:
    """Add up nilai x bobot / maks by hand, without the two lines that have a multiplier."""
    weights = {
        "renaksi": "3/100", "struktur": "2/100", "sistem_kerja": "2/5", "spip": "4/5", "zi": "3/3",
        "sakip": "4/100", "perencanaan": "2/100", "arsitektur_spbe": "2/5", "arsip": "2/100",
        "ikpa": "2/100", "aset": "2/4", "lapor": "3/10", "ikk": "3/200", "irh": "3/200",
        "statistik": "3/10", "pengadaan": "2/100", "merit": "4/410", "ipp": "3/10",
        "kepatuhan": "3/200", "spbe": "9/5", "prioritas": "3/100", "tl_bpk": "4/100",
        "berakhlak": "4/100", "spi": "10/100", "skm": "8/100",
    }  # fmt: skip
    return sum((Fraction(KL_2024[k]) * Fraction(w) for k, w in weights.items()), Fraction(3))


def test_printed_points_settle_an_open_multiplier() -> None:
    tree = complete_kl(koefisien=0, bobot_penyesuaian=100)
    tree = change_line(tree, "implementasi", poin=Decimal("5.04"))
    index = rb(change_line(tree, "iku", poin=Decimal("4.73")), "kementerian", 2024)
    assert (index.dasar, index.penyempit) == ("indikator", None)
    assert index.nilai == round_half_up(known_points() + Fraction("17.27"), 2)
    assert index.bobot_terbukti == 1
    assert "pengali_belum_pasti" not in notes(index)
    # printed: opini, implementasi, iku, five themes; raw with decimals: spip x 4/5,
    # statistik x 3/10, spbe x 9/5
    assert computed(index).tolerance == 8 * Fraction("0.005") + Fraction("0.05") * (
        Fraction("0.8") + Fraction("0.3") + Fraction("1.8")
    )


def test_a_full_multiplier_leaves_no_interval() -> None:
    index = rb(change_line(complete_kl(), "renaksi", nilai=100), "kementerian", 2024)
    assert bounds(line(index, "implementasi").interval) == ("5.6", "5.6")


def test_a_missing_multiplier_may_take_everything() -> None:
    tree = change_line(complete_kl(), "renaksi", nilai=None)
    assert bounds(line(rb(tree, "kementerian", 2024), "implementasi").interval) == ("0.0", "5.6")


def test_an_excluded_multiplier_does_not_multiply() -> None:
    tree = change_line(complete_kl(), "renaksi", nilai=None, status="dikecualikan")
    assert bounds(line(rb(tree, "kementerian", 2024), "implementasi").interval) == ("5.6", "5.6")


def test_printed_points_add_their_half_units() -> None:
    rows = [{"kode": kode, "poin": Decimal("1.00")} for kode in (*KL_2024, "opini")]
    tree = {"indikator": rows, "koefisien": 0, "bobot_penyesuaian": 100}
    index = rb(tree, "kementerian", 2024)
    assert general(index).low == general(index).high == 28
    assert general(index).tolerance == 28 * Fraction("0.005")


def test_integer_scores_are_exact() -> None:
    rows = [{"kode": "skm", "nilai": 80}, {"kode": "spi", "nilai": Decimal("76.0")}]
    index = rb({"indikator": rows}, "kementerian", 2024)
    assert line(index, "skm").tolerance == 0
    assert line(index, "spi").tolerance == Fraction("0.05") * 10 / 100


# --- states of a line --------------------------------------------------------------------------

BELUM, LALU = "belum_dinilai", "nilai_tahun_lalu"
STATES = [
    ("raw value", {"nilai": Decimal("88.0")}, "dinilai", ("7.04", "7.04"), True),
    ("at the lower end", {"nilai": 0}, "dinilai", ("0.0", "0.0"), True),
    ("at the upper end", {"nilai": 100}, "dinilai", ("8.0", "8.0"), True),
    ("printed points", {"nilai": 88, "poin": Decimal("7.0")}, "dinilai", ("7.0", "7.0"), True),
    ("listed, no value", {}, BELUM, ("0.0", "8.0"), False),
    ("null is absent", {"nilai": None, "poin": None}, BELUM, ("0.0", "8.0"), False),
    ("said not scored", {"status": BELUM}, BELUM, ("0.0", "8.0"), False),
    ("said scored", {"status": "dinilai"}, "dinilai", ("0.0", "8.0"), False),
    ("carried", {"status": LALU, "nilai": 50, "tahun_lalu": 40}, LALU, ("4.0", "4.0"), False),
    ("carried, last year", {"status": LALU, "tahun_lalu": 40}, LALU, ("3.2", "3.2"), False),
    ("carried, nothing", {"status": LALU}, LALU, ("0.0", "8.0"), False),
    ("last year alone", {"tahun_lalu": 40}, BELUM, ("0.0", "8.0"), False),
    ("excluded", {"status": "dikecualikan"}, "dikecualikan", None, False),
    ("above its range", {"nilai": Decimal("100.01")}, "dinilai", ("0.0", "8.0"), False),
    ("below its range", {"nilai": -1}, "dinilai", ("0.0", "8.0"), False),
    ("points above the weight", {"poin": Decimal("8.01")}, "dinilai", ("0.0", "8.0"), False),
    ("points below 0", {"poin": Decimal("-0.01")}, "dinilai", ("0.0", "8.0"), False),
    ("value out, points in", {"nilai": 101, "poin": 7}, "dinilai", ("0.0", "8.0"), False),
    ("its own weight", {"nilai": 50, "bobot": 10}, "dinilai", ("5.0", "5.0"), True),
    ("its own scale", {"nilai": 50, "maks": 200}, "dinilai", ("2.0", "2.0"), True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "row", "status", "expected", "evidenced"), STATES)
def test_states_of_a_line(
    name: str, row: Tree, status: str, expected: tuple[str, str] | None, evidenced: bool
) -> None:
    index = rb({"indikator": [{"kode": "skm"} | row]}, "kementerian", 2024)
    skm = line(index, "skm")
    assert (skm.status, bounds(skm.interval), skm.evidenced) == (status, expected, evidenced), name


@pytest.mark.parametrize("kategori", ["WTP", "WTP-DPP", "WDP", "TW", "TMP"])
def test_a_category_is_never_converted(kategori: str) -> None:
    index = rb({"indikator": [{"kode": "opini", "kategori": kategori}]}, "kementerian", 2024)
    opini = line(index, "opini")
    assert (opini.status, bounds(opini.interval)) == ("dinilai", ("0.0", "5.0"))
    assert opini.missing == ("/indikator/0/poin",)


def test_a_range_from_1_only_validates() -> None:
    index = rb({"indikator": [{"kode": "spbe", "nilai": 1}]}, "kementerian", 2024)
    assert bounds(line(index, "spbe").interval) == ("1.8", "1.8")
    index = rb({"indikator": [{"kode": "spbe", "nilai": Decimal("0.99")}]}, "kementerian", 2024)
    assert bounds(line(index, "spbe").interval) == ("0.0", "9.0")
    assert "di_luar_rentang" in notes(index)


def test_merit_has_a_scale_in_2024_only() -> None:
    row = {"kode": "merit", "nilai": 328}
    assert bounds(line(rb({"indikator": [row]}, "kementerian", 2024), "merit").interval) == (
        "3.2",
        "3.2",
    )
    merit = line(rb({"indikator": [row]}, "kementerian", 2025), "merit")
    assert (merit.maks, merit.bobot, merit.interval) == (None, None, None)
    assert merit.missing == ("/indikator/0/bobot", "/indikator/0/maks")
    given_scale = row | {"maks": 410, "bobot": 4}
    merit = line(rb({"indikator": [given_scale]}, "kementerian", 2025), "merit")
    assert bounds(merit.interval) == ("3.2", "3.2")


def test_the_weights_of_2024_are_not_known_to_hold_in_2025() -> None:
    tree = {"indikator": [{"kode": "spi", "nilai": 50}, {"kode": "skm", "nilai": 50, "bobot": 8}]}
    assert bounds(line(rb(tree, "kementerian", 2024), "spi").interval) == ("5.0", "5.0")
    index = rb(tree, "kementerian", 2025)
    spi, skm = line(index, "spi"), line(index, "skm")
    assert (spi.bobot, spi.asal_bobot, spi.interval) == (None, None, None)
    assert spi.missing == ("/indikator/0/bobot",)
    assert (skm.asal_bobot, bounds(skm.interval)) == ("berkas", ("4.0", "4.0"))
    assert index.bobot_terbukti is None
    assert "bobot_sekunder" not in notes(index)


def test_unlisted_lines_are_missing_and_name_their_section() -> None:
    index = rb({"indikator": [{"kode": "skm", "nilai": 50}]}, "kementerian", 2024)
    spi = line(index, "spi")
    assert (spi.status, bounds(spi.interval), spi.missing) == (
        "belum_dinilai", ("0.0", "10.0"), ("/indikator",),
    )  # fmt: skip
    assert index.penyempit == "spi"


def test_lines_of_a_settled_component_narrow_nothing() -> None:
    tree = {"indikator": [{"kode": "skm", "nilai": 50}]}
    printed = {"hasil_terbit": {"rb_general": Decimal("70.00")}}
    assert rb(tree, "kementerian", 2024).penyempit == "spi"
    themes = {"tema": [{"kode": "inflasi", "lines": [{"kode": "kl", "poin": Decimal("1.50")}]}]}
    index = rb(tree | printed | themes, "kementerian", 2024)
    assert index.penyempit == "digitalisasi.kl"
    settled = printed["hasil_terbit"] | {"rb_tematik": Decimal("7.00")}
    assert rb(tree | themes | {"hasil_terbit": settled}, "kementerian", 2024).penyempit is None


def test_an_unknown_weight_leaves_points_and_component_open() -> None:
    index = rb({"indikator": [{"kode": "skm", "nilai": 80}, {"kode": "spi", "poin": 7}]})
    assert line(index, "skm").interval is None
    assert line(index, "skm").missing == ("/indikator/0/bobot",)
    assert bounds(line(index, "spi").interval) == ("7.0", "7.0")
    assert general(index).low == 7
    assert general(index).high is None
    assert bounds(index.exact) == ("7.0", "120.0")
    assert computed(index).low == 7
    assert computed(index).high is None
    assert agreement(Decimal("121.00"), computed(index)) is None
    assert index.bobot_terbukti is None


def test_the_file_wins_over_the_instrument_with_a_note() -> None:
    index = rb(
        {"indikator": [{"kode": "skm", "nilai": 50, "bobot": 10, "maks": 50}]}, "lembaga", 2024
    )
    skm = line(index, "skm")
    assert (skm.bobot, skm.maks) == (Decimal(10), Decimal(50))
    assert (skm.asal_bobot, skm.verified) == ("berkas", False)
    assert {"bobot_berkas", "rentang_berkas"} <= set(notes(index))


def test_a_line_of_another_group_is_not_summed() -> None:
    tree = {"indikator": [{"kode": "ikpa", "poin": 2}, {"kode": "skm", "poin": 7}]}
    index = rb(tree, "kabupaten", 2024)
    assert index.outside == ("ikpa",)
    assert "bukan_indikator_kelompok" in notes(index)
    assert general(index).low == 7
    assert rb(tree, "kementerian", 2024).outside == ()
    assert rb(tree, "kabupaten", 2022).outside == ()


def test_only_lines_of_another_group_give_no_line() -> None:
    index = rb({"indikator": [{"kode": "ikpa", "poin": 2}]})
    assert (index.lines, index.dasar, index.outside) == ((), None, ("ikpa",))


def test_aliases_name_the_same_line() -> None:
    index = rb({"indikator": [{"kode": "c06_skm", "nilai": 50}]}, "kementerian", 2024)
    assert bounds(line(index, "skm").interval) == ("4.0", "4.0")


def test_lines_of_2023_are_rounded_and_those_of_2024_are_not() -> None:
    row = {"kode": "renaksi", "nilai": Decimal("80.55")}  # x 3 / 100 = 2.4165
    assert bounds(line(rb({"indikator": [row]}, "lembaga", 2023), "renaksi").interval) == (
        "2.42",
        "2.42",
    )
    assert bounds(line(rb({"indikator": [row]}, "lembaga", 2024), "renaksi").interval) == (
        "2.4165",
        "2.4165",
    )


# --- adjustment --------------------------------------------------------------------------------


def adjusted(**changes: Any) -> Tree:
    """List every line of a kabupaten with printed points that add up to 58.00."""
    codes = [
        item.kode for item in rb({"indikator": [{"kode": "skm"}]}).lines if "." not in item.kode
    ]
    rows: list[Tree] = [{"kode": kode, "poin": Decimal("0.00")} for kode in codes]
    rows[0]["poin"] = Decimal("58.00")
    return {"indikator": rows, "hasil_terbit": {"rb_tematik": Decimal("10.00")}} | changes


def test_general_58_stretched_from_95() -> None:
    index = rb(adjusted(bobot_penyesuaian=95, koefisien=0), tahun=2024)
    assert general(index).low == general(index).high == Fraction(5800, 95)
    assert (index.dasar, index.nilai) == ("komponen", Decimal("71.05"))
    assert computed(index).assumed == ()


def test_koefisien_comes_before_the_stretch() -> None:
    index = rb(adjusted(bobot_penyesuaian=95, koefisien=Decimal("-1.5")), tahun=2024)
    assert general(index).low == Fraction(5650, 95)
    spread = 25 * Fraction("0.005") + Fraction("0.05")
    assert general(index).tolerance == spread * 100 / 95


def test_defaults_are_noted_and_listed() -> None:
    tree = adjusted()
    tree["indikator"][1] = {
        "kode": tree["indikator"][1]["kode"],
        "status": "dikecualikan",
        "bobot": 5,
    }
    index = rb(tree, tahun=2024)
    assert general(index).low == Fraction(5800, 95)
    assert computed(index).assumed == ("/koefisien", "/bobot_penyesuaian")
    values = {note.kode: note.values for note in index.notes}
    assert values["bobot_penyesuaian_dianggap"] == (("nilai", "95.00"),)
    assert "koefisien_dianggap_0" in values


def test_no_koefisien_is_known_of_2023_so_none_is_assumed() -> None:
    index = rb(adjusted(bobot_penyesuaian=95))
    assert computed(index).assumed == ()
    assert "koefisien_dianggap_0" not in notes(index)
    given = rb(adjusted(bobot_penyesuaian=95, koefisien=Decimal("-1.5")))
    assert general(given).low == Fraction(5650, 95)


def test_an_index_below_0_has_no_grade() -> None:
    for tahun in (2018, 2021, 2024):
        index = rb({"hasil_terbit": {"indeks_rb": Decimal("-5.00")}}, tahun=tahun)
        assert (index.nilai, index.bands) == (Decimal("-5.00"), ())


def test_an_excluded_line_without_weight_leaves_the_stretch_open() -> None:
    tree = adjusted(koefisien=0)
    tree["indikator"][1] = {"kode": tree["indikator"][1]["kode"], "status": "dikecualikan"}
    index = rb(tree, tahun=2024)
    assert general(index).low == 58
    assert general(index).high is None
    assert general(index).missing == ("/bobot_penyesuaian",)
    assert bounds(index.exact) == ("68.0", "110.0")


def test_a_negative_sum_with_an_open_stretch_has_no_bound() -> None:
    tree = adjusted(koefisien=-70)
    tree["indikator"][1] = {"kode": tree["indikator"][1]["kode"], "status": "dikecualikan"}
    assert rb(tree, tahun=2024).totals[0].parts is None
    tree["bobot_penyesuaian"] = 96
    assert general(rb(tree, tahun=2024)).low == Fraction(-1200, 96)


def test_a_printed_general_is_not_adjusted_again() -> None:
    index = rb(
        {
            "hasil_terbit": {"rb_general": Decimal("60.00"), "rb_tematik": Decimal("10.00")},
            "bobot_penyesuaian": 90,
            "koefisien": -2,
        }
    )
    assert index.nilai == Decimal("70.00")


def test_everything_excluded_gives_no_sum() -> None:
    tree = complete_kl()
    rows = [{"kode": row["kode"], "status": "dikecualikan"} for row in tree["indikator"]]
    index = rb({"indikator": rows}, "kementerian", 2024)
    assert index.totals[0].parts is None
    assert index.dasar is None


# --- themes ------------------------------------------------------------------------------------


def test_theme_lines_have_codes_of_two_parts() -> None:
    tree = {"tema": [{"kode": "inflasi", "lines": [{"kode": "strategi", "poin": Decimal("1.20")}]}]}
    index = rb(tree, tahun=2024)
    assert bounds(line(index, "inflasi.strategi").interval) == ("1.2", "1.2")
    assert [i.kode for i in index.lines][-10:-8] == [
        "kemiskinan.strategi",
        "kemiskinan.capaian_dampak",
    ]
    assert bounds(index.exact) == ("1.2", "120.0")


def test_the_theme_list_of_2024_does_not_hold_in_2025() -> None:
    tree = {"tema": [{"kode": "hilirisasi", "lines": [{"kode": "kl", "poin": Decimal("1.50")}]}]}
    index = rb(tree, "kementerian", 2025)
    assert index.outside == ()
    assert bounds(line(index, "hilirisasi.kl").interval) == ("1.5", "1.5")
    assert (index.totals[1].parts or Computed(None, None, Fraction(0))).high is None
    assert bounds(index.totals[1].value) == ("1.5", "10.0")
    assert "pemakaian_belum_terverifikasi" in notes(index)
    assert rb(tree, "kementerian", 2024).outside == ("hilirisasi.kl",)


def test_a_theme_without_points_is_no_line() -> None:
    assert rb({"tema": [{"kode": "inflasi", "rencana_aksi_ada": True}]}).lines == ()


# --- bases -------------------------------------------------------------------------------------

PRINTED = {"rb_general": Decimal("60.00"), "rb_tematik": Decimal("8.00")}
ONE_LINE = [{"kode": "skm", "nilai": 50}]


@pytest.mark.parametrize(
    ("tree", "dasar", "interval"),
    [
        (complete_kl(), "indikator", None),
        ({"hasil_terbit": PRINTED}, "komponen", ("68.0", "68.0")),
        ({"hasil_terbit": PRINTED | {"indeks_rb": Decimal("70.00")}}, "komponen", ("68.0", "68.0")),
        ({"hasil_terbit": {"indeks_rb": 70, "rb_general": 60}}, "terbit", ("70.0", "70.0")),
        ({"hasil_terbit": {"indeks_rb": 0}}, "terbit", ("0.0", "0.0")),
        ({"hasil_terbit": {"rb_general": 60}}, "indikator", ("60.0", "70.0")),
        ({"hasil_terbit": {"rb_tematik": 8}}, "indikator", ("8.0", "108.0")),
        ({"indikator": ONE_LINE}, "indikator", ("4.0", "106.0")),
        ({"indikator": ONE_LINE, "hasil_terbit": PRINTED}, "komponen", ("68.0", "68.0")),
        ({}, None, None),
        ({"hasil_terbit": {"predikat": "BB"}, "koefisien": -1}, None, None),
    ],
)  # fmt: skip
def test_basis(tree: Tree, dasar: str | None, interval: tuple[str, str] | None) -> None:
    index = rb(tree, "kementerian", 2024)
    assert index.dasar == dasar
    if interval is not None:
        assert bounds(index.exact) == interval


def test_nothing_given() -> None:
    index = rb({})
    assert (index.exact, index.nilai, index.bands, index.from_parts) == (None, None, (), None)
    assert index.computed == Unknown(
        ("/hasil_terbit/rb_general", "/indikator", "/hasil_terbit/rb_tematik", "/tema")
    )
    assert both({})[1] is None
    assert rb({}, tahun=2025).notes == ()


def test_an_instrument_without_components_is_graded_only() -> None:
    index = rb({"hasil_terbit": PRINTED | {"indeks_rb": Decimal("65.00")}}, tahun=2017)
    assert (index.dasar, index.from_parts, index.totals) == ("terbit", None, ())
    assert isinstance(index.computed, Inapplicable)
    assert "instrumen_belum_terverifikasi" in notes(index)


@pytest.mark.parametrize(
    ("kelompok", "tahun"), [("kota", 2026), ("kota", 2013), ("perangkat_daerah", 2023)]
)
def test_no_instrument(kelompok: str, tahun: int) -> None:
    index = rb({"hasil_terbit": {"indeks_rb": Decimal("71.385")}}, kelompok, tahun)
    assert (index.instrument, index.dasar, index.nilai) == (None, "terbit", Decimal("71.39"))
    assert (kodes(index), notes(index)) == ([], ["tanpa_instrumen"])
    assert isinstance(index.computed, Inapplicable)


def test_the_file_may_name_another_instrument() -> None:
    index = rb({"instrumen": "rb-2023", "hasil_terbit": PRINTED}, "kota", 2024)
    assert index.instrument is not None
    assert index.instrument.id == "rb-2023"
    note = next(note for note in index.notes if note.kode == "instrumen_dari_berkas")
    assert note.values == (("instrumen", "rb-2023"),)
    assert "instrumen_dari_berkas" not in notes(rb({"instrumen": "rb-2024"}, "kota", 2024))


def test_rules_of_another_year() -> None:
    file = evaluation({"hasil_terbit": PRINTED}, "kota", 2022)
    index, _ = compute_indexes(file, rulebook(), date(2024, 12, 31))
    assert index.instrument is not None
    assert index.instrument.id == "rb-2024"


def test_parts_win_over_the_printed_total_of_their_parent() -> None:
    komponen = {"pemenuhan": 15, "hasil_antara": 5, "reform": 20, "pengungkit": 45, "hasil": 30}
    index = rb({"hasil_terbit": {"komponen": komponen}}, tahun=2021)
    assert (index.dasar, index.nilai) == ("komponen", Decimal("70.00"))
    del komponen["reform"]
    assert rb({"hasil_terbit": {"komponen": komponen}}, tahun=2021).nilai == Decimal("75.00")
    del komponen["pengungkit"]
    index = rb({"hasil_terbit": {"komponen": komponen}}, tahun=2021)
    assert bounds(index.exact) == ("50.0", "80.0")


# --- SAKIP -------------------------------------------------------------------------------------


def sub(**answers: str | None) -> list[Tree]:
    return [{"kode": kode, "jawaban": jawaban} for kode, jawaban in answers.items()]


def test_answers_override_the_printed_figure() -> None:
    row = {
        "kode": "perencanaan",
        "poin": Decimal("20.00"),
        "sub": sub(keberadaan="AA", kualitas="BB", pemanfaatan="B"),
    }
    index = sakip({"sakip": {"komponen": [row]}})
    total = index.totals[0]
    assert bounds(total.value) == ("23.7", "23.7")  # 6 + 7.2 + 10.5
    assert total.basis == "indikator"
    assert total.parts is not None
    assert agreement(Decimal("20.00"), total.parts) is False
    assert bounds(index.exact) == ("23.7", "93.7")
    assert index.bobot_terbukti == Fraction(30, 100)


def test_a_printed_percent_is_compared_with_its_own_digits() -> None:
    row = {
        "kode": "pelaporan",
        "persen": 73,
        "sub": sub(keberadaan="A", kualitas="B", pemanfaatan="B"),  # 2.7 + 3.15 + 5.25 = 11.1
    }
    total = sakip({"sakip": {"komponen": [row]}}).totals[2]
    assert total.printed == Decimal("10.95")
    assert total.parts is not None
    assert total.parts.tolerance + half_unit(total.printed) == Fraction("0.075")
    assert agreement(total.printed, total.parts) is False
    near = sakip({"sakip": {"komponen": [row | {"persen": 74}]}}).totals[2]
    assert near.printed is not None
    assert near.parts is not None
    assert agreement(near.printed, near.parts) is True


def test_open_answers_leave_the_printed_figure() -> None:
    row = {"kode": "pengukuran", "persen": 60, "sub": sub(keberadaan="A", kualitas=None)}
    total = sakip({"sakip": {"komponen": [row]}}).totals[1]
    assert (total.basis, bounds(total.value)) == ("komponen", ("18.0", "18.0"))
    assert total.parts is not None
    assert (total.parts.low, total.parts.high) == (Fraction("5.4"), Fraction("29.4"))
    assert total.missing == ("/sakip/komponen/0/sub/1/jawaban", "/sakip/komponen/0/sub")


@pytest.mark.parametrize(
    ("jawaban", "percent"),
    [("AA", 100), ("A", 90), ("BB", 80), ("B", 70), ("CC", 60), ("C", 50), ("D", 30), ("E", 0)],
)
@pytest.mark.parametrize("kelompok", ["kementerian", "kota", "perangkat_daerah"])
def test_one_answer_everywhere(kelompok: str, jawaban: str, percent: int) -> None:
    komponen = ["perencanaan", "pengukuran", "pelaporan", "evaluasi_internal"]
    answers = sub(keberadaan=jawaban, kualitas=jawaban, pemanfaatan=jawaban)
    rows = [{"kode": kode, "sub": answers} for kode in komponen]
    index = sakip({"sakip": {"komponen": rows}}, kelompok)
    assert (index.dasar, index.bobot_terbukti) == ("indikator", Fraction(1))
    assert index.nilai == percent
    assert computed(index).tolerance == 0


def test_rb_lines_are_no_matter_of_sakip() -> None:
    tree = {"indikator": [{"kode": "ikpa", "poin": 2}], "hasil_terbit": {"sakip": 70}}
    assert sakip(tree).outside == ()


# --- history and targets -----------------------------------------------------------------------


def earlier(tahun: int, **figures: Any) -> Tree:
    return {"tahun": tahun} | figures


@pytest.mark.parametrize(
    ("tahun", "riwayat", "expected"),
    [
        (2023, [], None),
        (2023, [earlier(2021, indeks_rb=60)], None),
        (2023, [earlier(2022, rb_general=60)], None),
        (2023, [earlier(2022, indeks_rb=Decimal("80.00"))], ("80.00", "-10.00", False)),
        (2024, [earlier(2023, indeks_rb=Decimal("69.995"))], ("69.995", "0.005", True)),
        (2024, [earlier(2023, rb_general=Decimal("60.5"), rb_tematik=8)], ("68.5", "1.50", True)),
        (2024, [earlier(2023, indeks_rb=n) for n in (65, Decimal("65.0"))], ("65", "5.00", True)),
        (2024, [earlier(2023, indeks_rb=n) for n in (65, 66)], (None, None, True)),
        (
            2024,
            [earlier(2023, indeks_rb=Decimal(n)) for n in ("66.3", "66.25", "66")],
            ("66.25", "3.75", True),
        ),
        (
            2024,
            [earlier(2023, indeks_rb=Decimal(n)) for n in ("66.3", "66.25", "66.34")],
            (None, None, True),
        ),
        (2022, [earlier(2021, komponen={"pengungkit": 40, "hasil": 25})], ("65", "5.00", True)),
        (2025, [earlier(2024, indeks_rb=65)], ("65", "5.00", True)),
        (2020, [earlier(2019, indeks_rb=65)], ("65", "5.00", False)),
    ],
)
def test_last_year(
    tahun: int, riwayat: list[Tree], expected: tuple[str | None, str | None, bool] | None
) -> None:
    tree = {"riwayat": riwayat, "hasil_terbit": {"indeks_rb": Decimal("70.00")}}
    last = rb(tree, tahun=tahun).last_year
    assert (last is None) == (expected is None)
    if last is not None and expected is not None:
        nilai, selisih, sebanding = expected
        assert last.nilai == (None if nilai is None else Decimal(nilai))
        assert last.selisih == (None if selisih is None else Decimal(selisih))
        assert last.sebanding == sebanding


def test_past_years_are_sorted_and_tell_where_the_instrument_changes() -> None:
    riwayat = [
        earlier(2022, indeks_rb=64),
        earlier(2019, indeks_rb=60),
        earlier(2021, komponen={"pengungkit": 40}),
        earlier(2020, indeks_rb=61),
        earlier(2020, indeks_rb=62),
        earlier(2023, indeks_rb=69),
    ]
    past = rb({"riwayat": riwayat}, tahun=2023).past
    assert [(y.tahun, y.nilai, y.instrumen, y.sebanding) for y in past] == [
        (2019, 60, "rb-2014", False), (2020, None, "rb-2020", True), (2022, 64, "rb-2020", False),
    ]  # fmt: skip


def test_the_change_is_taken_from_the_printed_index() -> None:
    tree = {
        "hasil_terbit": {"indeks_rb": Decimal("71.385")},
        "riwayat": [{"tahun": 2022, "indeks_rb": Decimal("65.00")}],
    }
    last = rb(tree).last_year
    assert last is not None
    assert last.selisih == Decimal("6.39")


def test_targets_are_sorted_and_of_the_year_and_index() -> None:
    tree = {
        "hasil_terbit": {"indeks_rb": Decimal("70.00")},
        "target_indeks": [
            {"dokumen": "RPJMD", "tahun": 2023, "nilai": 0},
            {"dokumen": "RKPD", "tahun": 2023, "nilai": 75, "indeks": None},
            {"tahun": 2023, "nilai": 70},
            {"dokumen": "RKPD", "tahun": 2024, "nilai": 80},
            {"dokumen": "RKPD", "tahun": 2023, "nilai": 80, "indeks": "sakip"},
        ],
    }
    results = rb(tree).targets
    assert [(t.dokumen, t.capaian) for t in results] == [
        (None, 100), ("RKPD", Fraction(7000, 75)), ("RPJMD", None),
    ]  # fmt: skip
    assert results[0].pointer == "/target_indeks/2"
    assert rb(tree | {"hasil_terbit": None}).targets[0].capaian is None
    assert [t.nilai for t in sakip(tree | {"hasil_terbit": {"sakip": 60}}).targets] == [80]


# --- agreement ---------------------------------------------------------------------------------


def figure(
    low: str | None,
    high: str | None,
    *,
    tolerance: str = "0",
    farthest: str = "0",
    assumed: bool = False,
) -> Computed:
    return Computed(
        low=None if low is None else Fraction(low),
        high=None if high is None else Fraction(high),
        tolerance=Fraction(tolerance),
        farthest=Fraction(farthest),
        assumed=("/koefisien",) if assumed else (),
        allowed=Fraction("0.01"),
    )


@pytest.mark.parametrize(
    ("printed", "computed_", "expected"),
    [
        ("71.38", figure("71.38", "71.38"), True),
        ("71.39", figure("71.38", "71.38"), True),
        ("71.391", figure("71.38", "71.38"), False),
        ("71.40", figure("71.38", "71.38"), False),
        ("71.40", figure("71.38", "71.38", tolerance="0.015"), True),
        ("71.401", figure("71.38", "71.38", tolerance="0.02"), False),
        ("71.50", figure("71", "71", tolerance="0.5", farthest="1"), True),
        ("71.51", figure("71", "71", tolerance="0.5", farthest="1"), None),
        ("72.00", figure("71", "71", tolerance="0.5", farthest="1"), None),
        ("69.99", figure("71", "71", tolerance="0.5", farthest="1"), False),
        ("72.02", figure("71", "71", tolerance="0.5", farthest="1", assumed=True), None),
        ("71.4", figure("71.38", "71.38"), True),
        ("71", figure("71.38", "71.38"), True),
        ("71.40", figure("71.38", "71.38", assumed=True), None),
        ("71.38", figure("71.38", "71.38", assumed=True), True),
        ("60.00", figure("50", "70"), None),
        ("70.01", figure("50", "70"), None),
        ("70.02", figure("50", "70"), False),
        ("49.98", figure("50", "70"), False),
        ("49.98", figure("50", "70", assumed=True), None),
        ("99.00", figure("50", None), None),
        ("49.00", figure("50", None), False),
        ("71.00", figure(None, "70"), False),
        ("1.00", figure(None, None), None),
    ],
)
def test_agreement(printed: str, computed_: Computed, expected: bool | None) -> None:
    assert agreement(Decimal(printed), computed_) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("71.38", "0.005"), ("71.4", "0.05"), ("71", "0.5"), ("71.380", "0.0005")],
)
def test_half_unit(value: str, expected: str) -> None:
    assert half_unit(Decimal(value)) == Fraction(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("69.135", "69.14"),
        ("69.1349", "69.13"),
        ("-0.005", "-0.01"),
        ("1", "1.00"),
        ("0.005", "0.01"),
    ],
)
def test_round_half_up(value: str, expected: str) -> None:
    assert str(round_half_up(Fraction(value), 2)) == expected


def test_the_tolerance_parameter_is_passed_on() -> None:
    assert rb({}).allowed == Fraction("0.01")
    book = replace(rulebook(), parameters={})
    index, _ = compute_indexes(evaluation({}), book, date(2023, 12, 31))
    assert index.allowed == 0


# --- shipped instruments -----------------------------------------------------------------------


def test_complete_weights_add_up() -> None:
    for instrument in rulebook().instruments:
        for lines in instrument.sets:
            specs = [*lines.lines, *(spec for _ in lines.tema for spec in lines.tema_lines)]
            for component in instrument.components:
                weights = [s.bobot for s in specs if s.komponen == component.kode]
                known = [weight for weight in weights if weight is not None]
                if weights and len(known) == len(weights):
                    wanted = lines.maks.get(component.kode, component.maks)
                    assert sum(known) == wanted, instrument.id


def test_pemda_weights_are_not_shipped() -> None:
    for instrument in rulebook().instruments:
        for lines in instrument.sets if instrument.measures == "indeks_rb" else ():
            if "kementerian" not in lines.kelompok:
                assert all(s.bobot is None for s in (*lines.lines, *lines.tema_lines))


# --- properties --------------------------------------------------------------------------------

SCALES = {
    "struktur": 100, "sistem_kerja": 5, "spi": 100, "renaksi": 100, "implementasi": 100,
    "sakip": 100, "iku": 100,
}  # fmt: skip
RAW = st.decimals(min_value=0, max_value=1, places=4)


@st.composite
def scores(draw: Callable[..., Any]) -> dict[str, Decimal]:
    codes = draw(st.sets(st.sampled_from(sorted(SCALES)), min_size=1))
    return {kode: draw(RAW) * SCALES[kode] for kode in sorted(codes)}


def scored(values: Mapping[str, Decimal], tahun: int) -> Index:
    rows = [{"kode": kode, "nilai": nilai} for kode, nilai in values.items()]
    return rb({"indikator": rows}, "kementerian", tahun)


@given(scores(), st.data())
def test_the_index_never_falls_when_a_score_rises(
    values: dict[str, Decimal], data: st.DataObject
) -> None:
    kode = data.draw(st.sampled_from(sorted(values)))
    higher = data.draw(st.decimals(min_value=values[kode], max_value=SCALES[kode], places=4))
    before, after = scored(values, 2024), scored(values | {kode: higher}, 2024)
    assert before.exact is not None
    assert after.exact is not None
    assert before.exact.low <= after.exact.low
    assert before.exact.high <= after.exact.high


@given(scores(), st.sampled_from([2023, 2024]))
def test_the_terms_add_up_to_the_total(values: dict[str, Decimal], tahun: int) -> None:
    index = scored(values, tahun)
    known = [
        item.interval for item in index.lines if item.komponen == "rb_general" and item.interval
    ]
    assert general(index).low == sum(interval.low for interval in known)
    assert index.from_parts is not None
    assert index.from_parts.low == sum(t.value.low for t in index.totals)
    assert index.from_parts.high == sum(t.value.high for t in index.totals)


@given(st.permutations(list(KL_2024)), st.permutations(TEMA))
def test_the_order_of_rows_is_irrelevant(codes: list[str], themes: list[str]) -> None:
    first = rb(complete_kl(), "kementerian", 2024)
    rows = [{"kode": kode, "nilai": number(KL_2024[kode])} for kode in codes]
    rows.insert(3, {"kode": "opini", "poin": Decimal("3.00")})
    tema = [{"kode": t, "lines": [{"kode": "kl", "poin": Decimal("1.50")}]} for t in themes]
    second = rb({"tema": tema, "indikator": rows}, "kementerian", 2024)
    assert (first.exact, first.notes, first.penyempit) == (
        second.exact,
        second.notes,
        second.penyempit,
    )
    assert [(i.kode, i.interval) for i in first.lines] == [
        (i.kode, i.interval) for i in second.lines
    ]


@given(scores(), st.data())
def test_knowing_more_never_widens_the_bounds(
    values: dict[str, Decimal], data: st.DataObject
) -> None:
    kode = data.draw(st.sampled_from(sorted(values)))
    fewer = {k: v for k, v in values.items() if k != kode} or {"skm": Decimal(50)}
    if fewer == {"skm": Decimal(50)}:
        values = values | fewer
    less, more = scored(fewer, 2024).exact, scored(values, 2024).exact
    assert less is not None
    assert more is not None
    assert less.low <= more.low
    assert more.high <= less.high
