"""The agency as a whole: standing still, following up, integrity zones, themes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from rbrules.derived.published import (
    GRADE_KEYS,
    assumptions,
    possible_bands,
    printed_of,
    settling,
)
from rbrules.figures import half_unit
from rbrules.grades import bands_between, match_bands
from rbrules.model import (
    Entry,
    Inapplicable,
    Index,
    Instrument,
    Known,
    Reading,
    Term,
    Text,
    Tree,
    Unknown,
)
from rbrules.reading import Context, Derive, index_gaps, read, read_date

Measures = Literal["indeks_rb", "sakip"]
STREAK: Final = "batas_predikat_tetap"
"""The parameter that says how many years count as standing still."""

DRAGGING: Final = "hari_rekomendasi_berlarut"
"""The parameter that says after how many days an open recommendation drags on."""

EVALUATIONS: Final = frozenset({"sakip", "rb"})
"""The schemes of recommendations that an evaluation gave, not an audit."""

MEMBERSHIP: Final = ("tahun", "skema")
"""The keys that tell whether a recommendation is one of an earlier evaluation."""


# --- the same grade, year after year -----------------------------------------------------------


def count_same_grade(measures: Measures) -> Derive:
    """Derive how many years in a row, this one the last, have the same grade.

    Only years whose instrument may be compared with this year's count: under another one the same
    letter does not say the same. Counting ends at the first year with another grade. Where it
    comes to a year whose grade the file does not tell, the count stands if it has reached the
    parameter `batas_predikat_tetap` (more years would change nothing); below it the number is
    unknown. Void where there is no instrument, and where too few years can be compared to tell
    whether the grade stands still.
    """

    def derive(context: Context, _: Entry) -> Reading:
        instrument = _instrument(context, measures)
        if instrument is None:
            return Inapplicable(("/instansi/kelompok",))
        enough = context.parameter(STREAK)
        span = _comparable_years(context, measures, instrument)
        current = _current_grades(context, measures)
        if isinstance(current, Unknown):
            return current if enough is None or span >= enough else Inapplicable(("/tahun",))
        years = 1
        grades: frozenset[str] = frozenset()
        while years < span:
            grades = _earlier_grades(context, measures, context.tahun - years)
            if grades != current:
                break
            years += 1
        ended = years < span and bool(grades) and not current & grades
        if ended or (enough is not None and years >= enough):
            return Known(Decimal(years), ("/riwayat",))
        if years == span or (enough is not None and span < enough):
            return Inapplicable(("/tahun",))
        return Unknown(_places(context, measures, context.tahun - years))

    return derive


def _instrument(context: Context, measures: Measures) -> Instrument | None:
    return context.index.instrument if measures == "indeks_rb" else context.sakip_instrument


def _comparable_years(context: Context, measures: Measures, instrument: Instrument) -> int:
    """Count the years up to this one whose instrument may be compared with this year's."""
    alike = {instrument.id, *instrument.sebanding_dengan}
    years = 1
    while True:
        day = date(context.tahun - years, 12, 31)
        earlier = context.rulebook.instrument(measures, context.evaluation.kelompok, day)
        if earlier is None or earlier.id not in alike:
            return years
        years += 1


def _current_grades(context: Context, measures: Measures) -> frozenset[str] | Unknown:
    """Return this year's one grade: as printed, else by the index."""
    index = context.index if measures == "indeks_rb" else context.sakip
    key = GRADE_KEYS[measures]
    printed = read(context.evaluation.root, "hasil_terbit", key)
    if isinstance(printed, Known):
        grades = _named(_instrument(context, measures), str(printed.value))
        return grades if len(grades) == 1 else Unknown(printed.pointers, str(printed.value))
    if index is None or index.exact is None:
        return Unknown((*printed.pointers, *_gaps(index)))
    figures = printed_of(context)
    if assumed := assumptions(index, figures):
        return Unknown(assumed)
    bands = possible_bands(index, figures)
    if isinstance(bands, Unknown) or len(bands) != 1:
        return Unknown((*printed.pointers, *settling(index, figures)))
    return frozenset(band.kode for band in bands)


def _gaps(index: Index | None) -> tuple[str, ...]:
    return ("/hasil_terbit/sakip",) if index is None else index_gaps(index)


def _earlier_grades(context: Context, measures: Measures, tahun: int) -> frozenset[str]:
    """Return the grades that an earlier year may have had; none where the file gives none."""
    kelompok = context.evaluation.kelompok
    instrument = context.rulebook.instrument(measures, kelompok, date(tahun, 12, 31))
    grades: frozenset[str] = frozenset()
    for entry in _entries(context, tahun):
        grades |= _grades_of(entry, measures, instrument)
    return grades


def _places(context: Context, measures: Measures, tahun: int) -> tuple[str, ...]:
    places = tuple(entry.at(GRADE_KEYS[measures]) for entry in _entries(context, tahun))
    return places or ("/riwayat",)


def _entries(context: Context, tahun: int) -> list[Entry]:
    return [e for e in context.evaluation.root.entries("riwayat") if e.get("tahun") == tahun]


def _grades_of(entry: Entry, measures: Measures, instrument: Instrument | None) -> frozenset[str]:
    printed = read(entry, GRADE_KEYS[measures])
    if isinstance(printed, Known):
        return _named(instrument, str(printed.value))
    nilai: Tree = entry.get(measures)
    if nilai is None or instrument is None:
        return frozenset()
    half = half_unit(Decimal(nilai))
    bands = bands_between(instrument, Fraction(nilai) - half, Fraction(nilai) + half)
    return frozenset(band.kode for band in bands)


def _named(instrument: Instrument | None, text: str) -> frozenset[str]:
    bands = match_bands(instrument, text) if instrument else ()
    return frozenset(band.kode for band in bands)


# --- earlier recommendations -------------------------------------------------------------------


def count_recommendations(context: Context, entry: Entry) -> Reading:
    """Count the recommendations of earlier evaluations that can be followed up."""
    if entry.get("rekomendasi") is None:
        return Unknown(("/rekomendasi",))
    rows = _earlier_recommendations(context, entry)
    return Known(Decimal(len(rows)), ("/rekomendasi",))


def _earlier_recommendations(context: Context, entry: Entry) -> list[Entry]:
    """List the recommendations of earlier evaluations, without those that cannot be done.

    Those of audits are none of an evaluation; one of this year or later waits for the next. One
    without a scheme or a year, or that cannot be done and gives no reason, may or may not count; it
    is listed.
    """
    return [
        row
        for row in entry.entries("rekomendasi")
        if (row.get("tahun") or 0) < context.tahun
        and row.get("skema") in (None, *EVALUATIONS)
        and not (_cannot_be_done(context, row) and isinstance(read(row, "alasan"), Known))
    ]


def _cannot_be_done(context: Context, row: Entry) -> bool:
    words = context.vocabulary
    return words.resolve(words.status, row.get("status") or "") == "tidak_dapat"


def share_done(context: Context, entry: Entry) -> Reading:
    """Return which share of the recommendations of earlier evaluations is done, in percent."""
    rows = _earlier_recommendations(context, entry)
    if not rows:
        given = entry.get("rekomendasi") is not None
        return Inapplicable(("/rekomendasi",)) if given else Unknown(("/rekomendasi",))
    words = context.vocabulary
    states = [(row, row.get("status")) for row in rows]
    gaps = tuple(row.at("status") for row, status in states if status is None)
    gaps += tuple(row.at(key) for row in rows for key in MEMBERSHIP if row.get(key) is None)
    gaps += tuple(row.at("alasan") for row in rows if _cannot_be_done(context, row))
    if gaps:
        return Unknown(gaps)
    done = sum(words.resolve(words.status, status) == "selesai" for _, status in states)
    return Known(Fraction(100 * done, len(rows)), tuple(row.at("status") for row in rows))


def count_open(context: Context, entry: Entry) -> Reading:
    """Count the recommendations of earlier evaluations that are open, but not late or dragging on.

    One that is known is enough: whatever else the file leaves out can only add to it. Void where
    there are no earlier recommendations, and where all open ones are late or drag on, which are
    other faults.
    """
    if entry.get("rekomendasi") is None:
        return Unknown(("/rekomendasi",))
    rows = _earlier_recommendations(context, entry)
    words = context.vocabulary
    gaps: list[str] = []
    waiting: list[str] = []
    late: list[str] = []
    for row in rows:
        status = words.resolve(words.status, row.get("status") or "")
        if status == "selesai":
            continue
        if status in {"proses", "belum"} and _is_late(context, row):
            late.append(row.at("status"))
            continue
        unsure = [row.at(key) for key in ("status", *MEMBERSHIP) if row.get(key) is None]
        if unsure or status == "tidak_dapat":
            gaps += unsure or [row.at("alasan")]
            continue
        waiting.append(row.at("status"))
    if waiting:
        return Known(Decimal(len(waiting)), tuple(waiting))
    if gaps:
        return Unknown(tuple(gaps))
    if late or not rows:
        return Inapplicable(tuple(late) or ("/rekomendasi",))
    return Known(Decimal(0), tuple(row.at("status") for row in rows))


def _is_late(context: Context, row: Entry) -> bool:
    """Tell whether an open recommendation is known to be past its due date, or to drag on."""
    due, received = read_date(row, "tenggat"), read_date(row, "tanggal_terima")
    days = context.parameter(DRAGGING)
    is_past = isinstance(due, Known) and isinstance(due.value, date) and due.value < context.as_of
    if is_past or days is None or not isinstance(received, Known):
        return is_past
    assert isinstance(received.value, date)
    return context.as_of > received.value + timedelta(days=int(days))


# --- integrity zones ---------------------------------------------------------------------------


def zone_units(offset: int) -> Derive:
    """Derive the number of units with the title WBK or WBBM, `offset` years from this one.

    This year's is unknown where it is higher than the number of units: one of the two is wrong.
    """

    def derive(context: Context, entry: Entry) -> Reading:
        clash = _zone_clash(context, entry) if offset == 0 else None
        return clash or read(entry, "zi", "wbk_wbbm", str(context.tahun + offset))

    return derive


def zone_total(context: Context, entry: Entry) -> Reading:
    """Read the number of units that can get the title; unknown where more are said to have it."""
    return _zone_clash(context, entry) or read(entry, "zi", "total_unit")


def _zone_clash(context: Context, entry: Entry) -> Unknown | None:
    titled, total = read(entry, "zi", "wbk_wbbm", context.year), read(entry, "zi", "total_unit")
    if not (isinstance(titled, Known) and isinstance(total, Known)):
        return None
    assert isinstance(titled.value, Decimal)
    assert isinstance(total.value, Decimal)
    if titled.value <= total.value:
        return None
    return Unknown((*titled.pointers, *total.pointers), f"{titled.value} > {total.value}")


# --- themes ------------------------------------------------------------------------------------


def themes_complete(context: Context, entry: Entry) -> Reading:
    """Tell whether the section lists every theme of the instrument for the year."""
    listed = themes_in_force(context)
    if not listed:
        return Inapplicable(("/tema",))
    if entry.get("tema") is None:
        return Unknown(("/tema",))
    return Known(not list(_missing_themes(context, listed)), ("/tema",))


def themes_missing(context: Context, entry: Entry) -> Reading:
    """Name the themes of the instrument that the section does not list."""
    listed = themes_in_force(context)
    missing = list(_missing_themes(context, listed)) if entry.get("tema") is not None else []
    if not missing:
        return Inapplicable()
    names = [term.nama for term in missing]
    return Known(
        Text(", ".join(name.id for name in names), ", ".join(name.en for name in names)),
        ("/tema",),
    )


def themes_in_force(context: Context) -> tuple[str, ...]:
    """Return the themes that the instrument lists for the group and the year; () for no list."""
    lines = context.lines
    if lines is None or not (lines.tema_valid is None or lines.tema_valid.holds_on(context.day)):
        return ()
    return lines.tema


def _missing_themes(context: Context, listed: tuple[str, ...]) -> Iterator[Term]:
    present = {kode for kode, _ in context.evaluation.rows["tema"]}
    return (context.vocabulary.tema[kode] for kode in listed if kode not in present)
