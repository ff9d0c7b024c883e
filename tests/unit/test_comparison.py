"""The meaning of every operator, row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rbrules.comparison import compare, decide_tally, evaluate_operand, is_exact_number
from rbrules.model import (
    Atom,
    Computed,
    Constant,
    Inapplicable,
    Kind,
    Known,
    Operand,
    Reading,
    Tally,
    TallyResult,
    Target,
    Unknown,
    Verdict,
)
from tests.properties.strategies import atom, field_atom, make_fact

D = Decimal
OPEN = Unknown(("/terbuka",))
VOID = Inapplicable(("/tak-berlaku",))


def known(value: object) -> Known:
    return Known(value, ("/ada",))  # type: ignore[arg-type]


def target(low: str, high: str | None = None) -> Known:
    return known(Target(D(low), D(high or low)))


def word(rank: int) -> Known:
    return known(Target(D(rank), D(rank), f"kata {rank}"))


def decide(kind: Kind, comparison: Atom, **readings: Reading) -> object:
    return compare(comparison, make_fact(readings, kind=kind))


# Constants -------------------------------------------------------------------------------------

NUMBERS = [
    ("is", "80", D("80.00"), True),
    ("is", "80", D("80.01"), False),
    ("is_not", "80", D("80.00"), False),
    ("is_not", "80", D("79"), True),
    ("above", "80", D("80.01"), True),
    ("above", "80", D(80), False),
    ("at_least", "80", D("80.0"), True),
    ("at_least", "80", D("79.999999999999999999"), False),
    ("below", "80", D("79.999999999999999999"), True),
    ("below", "80", D(80), False),
    ("at_most", "80", D(80), True),
    ("at_most", "80", D("80.000000000000000001"), False),
    ("above", "0", D("-0"), False),
    ("is", "0", D("-0.00"), True),
    ("above", "0", D("1E-15"), True),
    ("at_most", "0.3", D("0.1") + D("0.2"), True),
    ("is", "123456789012345678", D("123456789012345679"), False),
]


@pytest.mark.parametrize(("operator", "right", "left", "expected"), NUMBERS)
def test_number(operator: str, right: str, left: Decimal, expected: bool) -> None:
    comparison = atom("nilai", operator, D(right))
    assert decide("indikator", comparison, nilai=known(left)) is expected


@pytest.mark.parametrize(
    ("left", "expected"),
    [("0.99", False), ("1", True), ("2", True), ("3.00", True), ("3.01", False)],
)
def test_between_takes_both_ends(left: str, expected: bool) -> None:
    comparison = atom("nilai", "between", (D(1), D(3)))
    assert decide("indikator", comparison, nilai=known(D(left))) is expected


@pytest.mark.parametrize(("left", "expected"), [("1.0", True), ("2", False), ("3", True)])
def test_number_in(left: str, expected: bool) -> None:
    for operator, truth in (("in", expected), ("not_in", not expected)):
        comparison = atom("nilai", operator, (D(1), D(3)))
        assert decide("indikator", comparison, nilai=known(D(left))) is truth


@pytest.mark.parametrize(
    ("operator", "right", "left", "expected"),
    [
        ("is", "WTP", "WTP", True),
        ("is", "WTP", "wtp", False),
        ("is", "é", "e\u0301", False),
        ("is_not", "WTP", "WDP", True),
        ("in", ("WTP", "WDP"), "WDP", True),
        ("in", ("WTP", "WDP"), "TMP", False),
        ("not_in", ("WTP", "WDP"), "TMP", True),
        ("is", "10", "9", False),
    ],
)
def test_text(operator: str, right: str, left: str, expected: bool) -> None:
    assert decide("indikator", atom("kategori", operator, right), kategori=known(left)) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("terlaksananya", True),
        ("Terlaksananya pelatihan", True),
        ("  TERLAKSANANYA\n pelatihan", True),
        ("terlaksananya: pelatihan", True),
        ("jumlah   laporan yang disusun", True),
        ("jumlah laporan", True),
        ("jumlah-laporan", False),
        ("terlaksana", False),
        ("terlaksananyalah", False),
        ("terlaksananya2", False),
        ("terlaksananya\u0301", False),
        ("jumlah laporannya", False),
        ("meningkatnya jumlah laporan", False),
        ("", False),
        ("1. Terlaksananya pelatihan", True),
        ("1.Terlaksananya pelatihan", True),
        ("2.1 terlaksananya pelatihan", True),
        ("(1) terlaksananya pelatihan", True),
        ("a. terlaksananya pelatihan", True),
        ("iv) terlaksananya pelatihan", True),
        ("\u2022 Terlaksananya pelatihan", True),
        ("- 3) \u201cTerlaksananya\u201d pelatihan", True),
        ('"Terlaksananya" pelatihan', True),
        ("1. Meningkatnya mutu", False),
        ("ab. terlaksananya pelatihan", False),
        ("5 terlaksananya pelatihan", False),
        ("1.", False),
    ],
)
def test_begins_with(text: str, expected: bool) -> None:
    comparison = atom("sasaran", "begins_with", ("Jumlah  Laporan", "terlaksananya"))
    assert decide("kinerja", comparison, sasaran=known(text)) is expected


@pytest.mark.parametrize(("right", "left"), [(a, b) for a in (True, False) for b in (True, False)])
def test_bool(right: bool, left: bool) -> None:
    assert decide("kinerja", atom("iku", "is", right), iku=known(left)) is (right == left)


LEAP_DAY = date(2024, 2, 29)
DATES = [
    ("is", LEAP_DAY, True),
    ("is", date(2024, 3, 1), False),
    ("before", date(2024, 3, 1), True),
    ("before", LEAP_DAY, False),
    ("on_or_before", LEAP_DAY, True),
    ("on_or_before", date(2024, 2, 28), False),
    ("after", date(2024, 2, 28), True),
    ("after", LEAP_DAY, False),
    ("on_or_after", LEAP_DAY, True),
    ("on_or_after", date(2024, 3, 1), False),
    ("between", (LEAP_DAY, date(2024, 3, 1)), True),
    ("between", (date(2024, 3, 1), date(2024, 3, 2)), False),
]


@pytest.mark.parametrize(("operator", "right", "expected"), DATES)
def test_date(operator: str, right: date, expected: bool) -> None:
    assert decide("unit", atom("dpa_tanggal", operator, right), dpa_tanggal=known(LEAP_DAY)) is (
        expected
    )


# Presence, unknown and void ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "present"),
    [
        (known("teks"), True),
        (known(""), True),
        (OPEN, False),
        # What is there but cannot be read is neither present nor missing.
        (Unknown(("/aneh",), "aneh"), Unknown(("/aneh",), "aneh")),
        (VOID, VOID),
    ],
)
def test_presence(reading: Reading, present: object) -> None:
    missing = not present if isinstance(present, bool) else present
    assert decide("kinerja", atom("nama", "present", True), nama=reading) == present
    assert decide("kinerja", atom("nama", "missing", True), nama=reading) == missing


@pytest.mark.parametrize(
    ("kind", "comparison"),
    [
        ("indikator", atom("nilai", "at_least", D(1))),
        ("indikator", atom("nilai", "between", (D(1), D(2)))),
        ("indikator", atom("nilai", "not_in", (D(1), D(2)))),
        ("indikator", atom("kategori", "is_not", "WTP")),
        ("kinerja", atom("iku", "is", True)),
        ("kinerja", atom("sasaran", "begins_with", ("tersusunnya",))),
        ("unit", atom("dpa_tanggal", "after", LEAP_DAY)),
    ],
)
def test_unknown_and_void_against_a_constant(kind: Kind, comparison: Atom) -> None:
    for reading in (OPEN, VOID):
        assert decide(kind, comparison, **{comparison.field: reading}) == reading


@pytest.mark.parametrize(
    ("kind", "comparison", "value"),
    [
        ("indikator", field_atom("nilai", "above", "target"), known(D(1))),
        ("indikator", field_atom("nilai", "same_as", "target", times=D(2)), known(D(1))),
        ("indikator", field_atom("poin", "disagrees_with", "poin_hitung"), known(D(1))),
        ("indikator", field_atom("kode", "differs_from", "status"), known("a")),
        ("unit", field_atom("dpa_tanggal", "before", "renja_tanggal", plus=D(1)), known(LEAP_DAY)),
        ("kinerja", field_atom("target_pk", "same_as", "target_renstra"), target("1")),
        ("kinerja", field_atom("target_pk", "rises_from", "target_renstra"), target("1")),
        ("kinerja", field_atom("target_pk", "falls_from", "renstra_target_berhenti"), target("1")),
    ],
)
def test_unknown_and_void_against_a_field(kind: Kind, comparison: Atom, value: Known) -> None:
    left, right = comparison.field, str(comparison.operand.base)
    context = {"arah": known("naik"), "satuan": known("poin")} if kind == "kinerja" else {}
    pairs: tuple[tuple[tuple[Reading, Reading], Reading], ...] = (
        ((OPEN, OPEN), OPEN),
        ((value, OPEN), OPEN),
        ((VOID, value), VOID),
        ((value, VOID), VOID),
        ((OPEN, VOID), VOID),
        ((VOID, OPEN), VOID),
    )
    for (first, second), expected in pairs:
        assert decide(kind, comparison, **{left: first, right: second}, **context) == expected


def test_unknown_names_both_sides_once() -> None:
    both = {"nilai": OPEN, "target": Unknown(("/terbuka", "/lain"))}
    result = decide("indikator", field_atom("nilai", "above", "target"), **both)
    assert result == Unknown(("/terbuka", "/lain"))


# Fields, times and plus --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "expected"), [("above", False), ("at_least", True), ("is", True)]
)
def test_field_against_field(operator: str, expected: bool) -> None:
    readings = {"nilai": known(D("3.10")), "target": known(D("3.1"))}
    assert decide("indikator", field_atom("nilai", operator, "target"), **readings) is expected


@pytest.mark.parametrize(
    ("times", "plus", "left", "expected"),
    [
        ("1.1", None, "3.30", True),
        ("1.1", None, "3.3000000000000003", False),
        (None, "0.3", "3.3", True),
        ("2", "-1", "5", True),
        ("-1", "0", "-3", True),
    ],
)
def test_times_then_plus_are_exact(
    times: str | None, plus: str | None, left: str, expected: bool
) -> None:
    comparison = field_atom(
        "nilai",
        "is",
        "target",
        times=D(times) if times else None,
        plus=D(plus) if plus else None,
    )
    readings = {"nilai": known(D(left)), "target": known(D(3))}
    assert decide("indikator", comparison, **readings) is expected


def test_times_on_a_quotient_is_exact() -> None:
    comparison = field_atom("anggaran", "is", "capaian", times=D("1.5"))
    readings = {"anggaran": known(D(100)), "capaian": known(Fraction(200, 3))}
    assert decide("kinerja", comparison, **readings) is True


@pytest.mark.parametrize(
    ("plus", "expected"),
    [
        ("1", date(2024, 2, 29)),
        ("2", date(2024, 3, 1)),
        ("-59", date(2023, 12, 31)),
        ("60", date(2024, 4, 28)),
        # Beyond the calendar stand its ends: a deadline of 9999-12-31 means that there is none.
        ("1E+9", date.max),
        ("-1E+9", date.min),
    ],
)
def test_plus_on_a_date_counts_days(plus: str, expected: date) -> None:
    fact = make_fact({"dpa_tanggal": known(date(2024, 2, 28))}, kind="unit")
    operand = Operand("dpa_tanggal", plus=Constant(D(plus)))
    assert evaluate_operand(operand, fact) == Known(expected, ("/ada",))


def test_plus_on_a_parameter() -> None:
    comparison = atom("nilai", "is", D(2), times=D(3), plus=D("0.5"))
    assert decide("indikator", comparison, nilai=known(D("6.5"))) is True


# Targets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (target("80"), target("80.00"), True),
        (target("80"), target("85"), False),
        (target("80", "90"), target("80", "90.0"), True),
        (target("80", "90"), target("80", "91"), False),
        (target("80", "90"), target("79", "90"), False),
        (target("80", "90"), target("80"), False),
        (word(1), word(1), True),
        (word(1), word(2), False),
    ],
)
def test_same_and_different_targets(left: Known, right: Known, same: bool) -> None:
    readings = {"target_pk": left, "target_renstra": right}
    for operator, expected in (("same_as", same), ("differs_from", not same)):
        comparison = field_atom("target_pk", operator, "target_renstra")
        assert decide("kinerja", comparison, **readings) is expected


def test_word_and_number_cannot_be_compared() -> None:
    readings = {"target_pk": word(1), "target_renstra": target("1"), "arah": known("naik")}
    for operator in ("same_as", "differs_from", "rises_from", "falls_from"):
        comparison = field_atom("target_pk", operator, "target_renstra")
        result = decide("kinerja", comparison, **readings)
        assert isinstance(result, Unknown)
        assert result.found == "a word and a number"


# left is this year's value, right last year's; "void" and "open" stand for the other two results.
MOVES = [
    # arah, satuan, batas, left, right, rises, falls
    ("naik", "poin", None, target("81"), target("80"), True, False),
    ("naik", "poin", None, target("80"), target("80.0"), False, False),
    ("naik", "poin", None, target("79"), target("80"), False, True),
    ("turun", "poin", None, target("79"), target("80"), True, False),
    ("turun", "poin", None, target("80"), target("80"), False, False),
    ("turun", "poin", None, target("81"), target("80"), False, True),
    ("rentang", "poin", None, target("81"), target("80"), "void", "void"),
    ("rentang", "poin", None, OPEN, OPEN, "void", "void"),
    (None, "poin", None, target("81"), target("80"), "open", "open"),
    ("naik", "poin", None, OPEN, target("80"), "open", "open"),
    ("naik", "poin", None, target("80"), OPEN, "open", "open"),
    # A pair: the low ends count upward, the high ends downward.
    ("naik", "poin", None, target("81", "85"), target("80", "99"), True, False),
    ("naik", "poin", None, target("80", "99"), target("80", "85"), False, False),
    ("turun", "poin", None, target("10", "19"), target("1", "20"), True, False),
    ("turun", "poin", None, target("1", "20"), target("10", "20"), False, False),
    # A percentage at its natural end, without and with a stated bound.
    ("naik", "%", None, target("100"), target("90"), "open", "open"),
    ("naik", " Persen", None, target("100.00"), target("100"), "open", "open"),
    ("naik", "%", None, target("99.99"), target("100"), False, True),
    ("naik", "%", None, target("101"), target("100"), True, False),
    ("turun", "%", None, target("0"), target("5"), "open", "open"),
    ("turun", "%", None, target("0.01"), target("5"), True, False),
    ("naik", "%", None, target("0"), target("0"), False, False),
    ("turun", "%", None, target("100"), target("100"), False, False),
    ("naik", "poin", None, target("100"), target("90"), True, False),
    ("naik", None, None, target("100"), target("90"), True, False),
    ("naik", "%", target("100"), target("100"), target("90"), "void", "void"),
    ("naik", "%", target("110"), target("100"), target("90"), True, False),
    # At the bound, or past it.
    ("naik", "poin", target("5"), target("5.00"), target("4"), "void", "void"),
    ("naik", "poin", target("5"), target("6"), target("4"), "void", "void"),
    ("naik", "poin", target("5"), target("4.9"), target("4"), True, False),
    ("naik", "poin", target("5"), target("5"), OPEN, "void", "void"),
    ("turun", "poin", target("0"), target("0"), target("3"), "void", "void"),
    ("turun", "poin", target("1"), target("0"), target("3"), "void", "void"),
    ("turun", "poin", target("0"), target("1"), target("3"), True, False),
    ("naik", "poin", target("5"), target("4", "5"), target("4"), False, False),
    ("turun", "poin", target("5"), target("5", "6"), target("7"), True, False),
    # A bound that cannot be read.
    ("naik", "poin", Unknown(("/batas",), "aneh"), target("5"), target("4"), "open", "open"),
    ("naik", "poin", word(2), target("5"), target("4"), "open", "open"),
    # Words run from worst to best whatever the direction; the last word is the bound.
    ("naik", "opini", word(2), word(1), word(0), True, False),
    ("naik", "opini", word(2), word(0), word(1), False, True),
    ("naik", "opini", word(2), word(1), word(1), False, False),
    ("naik", "opini", word(2), word(2), word(1), "void", "void"),
    ("turun", "opini", word(2), word(1), word(0), True, False),
    ("turun", "opini", word(2), word(2), word(1), "void", "void"),
    ("turun", "%", None, known(Target(D(0), D(0), "kosong")), word(1), False, True),
    ("naik", "%", None, known(Target(D(100), D(100), "penuh")), word(1), True, False),
]


@pytest.mark.parametrize("row", MOVES)
def test_direction(row: tuple[Any, ...]) -> None:
    arah, satuan, batas, left, right, rises, falls = row
    readings = {
        "arah": known(arah) if arah else OPEN,
        "satuan": known(satuan) if satuan else OPEN,
        "batas": batas or OPEN,
        "realisasi": left,
        "realisasi_lalu": right,
    }
    for operator, expected in (("rises_from", rises), ("falls_from", falls)):
        result = decide("kinerja", field_atom("realisasi", operator, "realisasi_lalu"), **readings)
        kinds = {Inapplicable: "void", Unknown: "open"}
        assert kinds.get(type(result), result) == expected, operator


# Printed figures --------------------------------------------------------------------------------


def figure(low: str | None, high: str | None, tolerance: str = "0", **more: Any) -> Known:
    least, most = (None if end is None else Fraction(end) for end in (low, high))
    return known(Computed(least, most, Fraction(tolerance), **more))


FIGURES = [
    # printed, computed, disagrees
    ("71.38", figure("71.38", "71.38"), False),
    ("71.38", figure("71.384", "71.384"), False),
    ("71.38", figure("71.385", "71.385"), False),
    ("71.38", figure("71.3851", "71.3851"), True),
    ("71.38", figure("71.375", "71.375"), False),
    ("71.38", figure("71.3749", "71.3749"), True),
    ("71.4", figure("71.35", "71.35"), False),
    ("71.40", figure("71.35", "71.35"), True),
    ("71", figure("71.5", "71.5"), False),
    ("71.38", figure("71.39", "71.39", "0.01"), False),
    ("71.38", figure("71.40", "71.40", "0.01"), True),
    ("71.38", figure("71.42", "71.42", allowed=Fraction("0.04")), False),
    ("71.38", figure("71.43", "71.43", allowed=Fraction("0.04")), True),
    ("71.38", figure("70", "80"), "open"),
    ("71.38", figure("71.38", "80"), "open"),
    ("71.38", figure("72", "80"), True),
    ("71.38", figure("60", "70"), True),
    ("71.38", figure("72", None), True),
    ("71.38", figure("70", None), "open"),
    ("71.38", figure(None, "70"), True),
    ("71.38", figure(None, None), "open"),
    ("71.38", figure("72", "72", assumed=("/koefisien",)), "open"),
    ("71.38", figure("71.38", "71.38", assumed=("/koefisien",)), False),
]


@pytest.mark.parametrize(("printed", "computed", "expected"), FIGURES)
def test_disagreement(printed: str, computed: Known, expected: object) -> None:
    readings = {"poin": known(D(printed)), "poin_hitung": computed}
    result = decide("indikator", field_atom("poin", "disagrees_with", "poin_hitung"), **readings)
    assert ("open" if isinstance(result, Unknown) else result) == expected


def test_disagreement_names_what_would_settle_it() -> None:
    comparison = field_atom("poin", "disagrees_with", "poin_hitung")
    open_ = figure("70", "80", missing=("/a",), assumed=("/b",))
    result = decide("indikator", comparison, poin=known(D(75)), poin_hitung=open_)
    assert result == Unknown(("/a", "/b"))
    result = decide("indikator", comparison, poin=known(D(75)), poin_hitung=figure("70", "80"))
    assert result == Unknown(("/ada",))


# Counts and shares --------------------------------------------------------------------------------

TALLIES = [
    # Between the brackets: how many at least, how many at most, of how many.
    ("count", "at_least", "3", (3, 3, 5), True),
    ("count", "at_least", "3", (2, 2, 5), False),
    ("count", "at_least", "3", (2, 3, 5), "open"),
    ("count", "at_least", "3", (3, 5, 5), True),
    ("count", "at_least", "3", (0, 2, 5), False),
    ("count", "above", "3", (3, 3, 5), False),
    ("count", "above", "3", (3, 4, 5), "open"),
    ("count", "below", "3", (0, 2, 5), True),
    ("count", "below", "3", (2, 3, 5), "open"),
    ("count", "at_most", "3", (3, 3, 5), True),
    ("count", "at_most", "3", (3, 4, 5), "open"),
    ("count", "is", "3", (3, 3, 5), True),
    ("count", "is", "3", (2, 2, 5), False),
    ("count", "is", "3", (2, 4, 5), "open"),
    ("count", "is", "3", (3, 4, 5), "open"),
    ("count", "is", "3", (4, 5, 5), False),
    ("count", "is", "0", (0, 0, 5), True),
    ("count", "at_least", "0", (0, 0, 0), "open"),
    ("share", "at_least", "0.6", (3, 3, 5), True),
    ("share", "at_least", "0.6", (2, 2, 5), False),
    ("share", "at_least", "0.6", (2, 3, 5), "open"),
    ("share", "above", "0.6", (3, 3, 5), False),
    ("share", "is", "1", (5, 5, 5), True),
    ("share", "is", "0.5", (1, 3, 4), "open"),
    ("share", "is", "0.8", (1, 3, 4), False),
    ("share", "at_most", "0.3333", (1, 1, 3), False),
    ("share", "at_least", "0", (0, 1, 4), True),
    ("share", "at_least", "0", (0, 0, 0), "open"),
]


@pytest.mark.parametrize(("measure", "operator", "bound", "counted", "expected"), TALLIES)
def test_tally(
    measure: Any, operator: str, bound: str, counted: tuple[int, int, int], expected: object
) -> None:
    tally = Tally(measure, "TES-001", Verdict.FINDING, operator, Operand(Constant(D(bound))))
    result = decide_tally(tally, TallyResult(*counted, missing=("/kinerja",)))
    assert result == (Unknown(("/kinerja",)) if expected == "open" else expected)


@pytest.mark.parametrize("measure", ["count", "share"])
def test_tally_where_there_is_nothing_to_count(measure: Any) -> None:
    tally = Tally(measure, "TES-001", Verdict.FINDING, "at_least", Operand(Constant(D(0))))
    assert isinstance(decide_tally(tally, TallyResult(0, 0, 0, missing=())), Inapplicable)


# Fitness for binary64 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "exact"),
    [
        (D("123456789012345"), True),
        (D("1234567890123456"), False),
        (D("0.123456789012345"), True),
        (D("0.1234567890123456"), False),
        (D("123456789012345000"), True),
        (D("1.00000000000000000000"), True),
        # Beyond the 28 digits of the default context.
        (D("1.00000000000000000000000000001"), False),
        (D("1E+22"), True),
        (D("-0.00"), True),
        (Fraction(1, 2), False),
        (True, False),
        ("1", False),
        (None, False),
    ],
)
def test_exact_number(value: object, exact: bool) -> None:
    assert is_exact_number(value) is exact
