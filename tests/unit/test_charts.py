"""The geometry of the charts: where numbers of the report are drawn."""

from decimal import Decimal
from fractions import Fraction

import pytest

from rbrules.report import charts
from rbrules.report.charts import Scale, Span


def index(**keys):
    base = {
        "instrumen": "rb-2023",
        "rentang": None,
        "rentang_indikator": None,
        "predikat": [],
        "bands": [],
        "riwayat": [],
    }
    return base | keys


def band(kode, above, at_most):
    ends = [None if end is None else Decimal(end) for end in (above, at_most)]
    return {"kode": kode, "above": ends[0], "at_most": ends[1]}


BANDS = [band("C", None, 50), band("A-", 50, 100), band("A", 50, 100), band("AA", 100, None)]


def past(tahun, nilai, instrumen="rb-2020", *, sebanding=True):
    value = None if nilai is None else Decimal(nilai)
    return {"tahun": tahun, "nilai": value, "instrumen": instrumen, "sebanding": sebanding}


# --- scales


@pytest.mark.parametrize(
    ("value", "place"),
    [("0", "0.00"), ("55", "50.00"), ("110", "100.00"), ("71.38", "64.89"), ("200", "100.00")],
)
def test_a_value_has_its_share_of_the_width(value, place):
    assert str(Scale(Decimal(0), Decimal(110)).at(Decimal(value))) == place


def test_a_span_ends_where_the_next_one_starts():
    scale = Scale(Decimal(0), Decimal(3))
    spans = [scale.span(Fraction(n), Fraction(n + 1)) for n in range(3)]
    ends = [span.start + span.size for span in spans]
    assert ends == [spans[1].start, spans[2].start, Decimal(100)]


@pytest.mark.parametrize(
    ("bands", "rentang", "others", "high"),
    [
        ([], None, [], 100),
        (BANDS, None, [], 110),
        (BANDS, ["100.67", "100.67"], [], 110),
        (BANDS, ["36.89", "115"], [], 120),
        (BANDS, None, ["121"], 130),
        ([band("AA", 90, 100)], None, [], 100),
    ],
)
def test_the_scale_holds_every_grade_value_and_target(bands, rentang, others, high):
    ends = None if rentang is None else [Decimal(end) for end in rentang]
    scale = charts.index_scale(index(bands=bands, rentang=ends), map(Decimal, others))
    assert scale == Scale(Decimal(0), Decimal(high))


def test_grades_of_one_range_share_a_place_and_the_touched_ones_are_told():
    made = charts.band_spans(
        index(bands=BANDS, predikat=[{"kode": "A-"}]), Scale(Decimal(0), Decimal(110))
    )
    assert [(b.grades, b.touched) for b in made] == [
        (("C",), ()),
        (("A-", "A"), ("A-",)),
        (("AA",), ()),
    ]
    assert [b.span.start for b in made] == [Decimal(n) for n in ("0.00", "45.45", "90.91")]


def test_the_scale_is_marked_every_twenty_points():
    marks = charts.ticks(Scale(Decimal(0), Decimal(110)))
    assert [value for value, _ in marks] == [0, 20, 40, 60, 80, 100]
    assert marks[-1][1] == Decimal("90.91")


# --- bars


def test_a_bar_shows_what_is_known_what_may_come_and_the_whole():
    bar = charts.bar(Decimal(1), Decimal(3), Decimal(4), Decimal(8))
    assert bar.whole == Span(Decimal("0.00"), Decimal("50.00"))
    assert bar.known == Span(Decimal("0.00"), Decimal("12.50"))
    assert bar.open == Span(Decimal("12.50"), Decimal("25.00"))


def test_weights_of_nothing_draw_nothing():
    bar = charts.bar(Decimal(0), Decimal(0), Decimal(0), Decimal(0))
    assert {bar.whole.size, bar.known.size, bar.open.size} == {0}


def test_counts_stand_behind_each_other():
    spans = charts.stack([1, 0, 3], 8)
    assert [(s.start, s.size) for s in spans] == [(0, Decimal("12.5")), (Decimal("12.5"), 0), (Decimal("12.5"), Decimal("37.5"))]  # fmt: skip
    assert {span.size for span in charts.stack([0, 0], 0)} == {0}


# --- the history


def test_a_line_joins_only_years_that_follow_each_other_and_compare():
    made = charts.history(
        index(
            riwayat=[
                past(2018, 60),
                past(2020, 62),
                past(2021, None),
                past(2022, 64, sebanding=False),
            ],
            rentang=[Decimal(70), Decimal(70)],
        ),
        2023,
    )
    assert [(s.start.tahun, s.is_line, s.is_break) for s in made.steps] == [
        (2018, False, False),  # 2019 is not given
        (2020, False, False),  # 2021 contradicts itself
        (2021, False, False),
        (2022, False, True),  # another instrument
    ]
    joined = charts.history(
        index(riwayat=[past(2022, 64)], rentang=[Decimal(70), Decimal(70)]), 2023
    )
    assert [s.is_line for s in joined.steps] == [True]


def test_years_stand_at_their_distance_and_values_at_their_height():
    made = charts.history(
        index(riwayat=[past(2019, 60), past(2020, 65)], rentang=[Decimal(62), Decimal(68)]), 2023
    )
    assert [year.x for year in made.years] == [Decimal(n) for n in ("9.00", "29.50", "91.00")]
    assert (made.low, made.high) == (60, 70)
    assert [year.y for year in made.years] == [(126, 126), (76, 76), (106, 46)]
    assert [year.is_now for year in made.years] == [False, False, True]


def test_a_range_is_no_point_of_a_line():
    made = charts.history(index(riwayat=[past(2022, 64)], rentang=[Decimal(60), Decimal(90)]), 2023)
    assert not made.steps[0].is_line


def test_only_the_last_years_are_drawn():
    years = [past(year, 60) for year in range(1990, 2023)]
    made = charts.history(index(riwayat=years, rentang=[Decimal(70), Decimal(70)]), 2023)
    assert [year.tahun for year in made.years] == list(range(2016, 2024))


@pytest.mark.parametrize(
    "given", [{}, {"rentang": [Decimal(70), Decimal(70)]}, {"riwayat": [past(2022, None)]}]
)
def test_nothing_to_compare_is_no_chart(given):
    assert charts.history(index(**given), 2023) is None
