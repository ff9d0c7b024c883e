"""Units, themes and recommendations, each on its own."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rbrules.derived.agency import themes_in_force
from rbrules.derived.wording import AND, joined, worded
from rbrules.index.given import by_code, read_line
from rbrules.index.lines import EXCLUDED
from rbrules.model import Entry, Inapplicable, Known, LineSpec, Reading, Text, Unknown
from rbrules.reading import Context, join_gaps, read, read_date

MONTHS: Final = 12

OUTPUT: Final = "capaian_output"
"""The line of a theme that holds the achievement of its outputs."""

CARRIED: Final = "nilai_tahun_lalu"


# --- unit --------------------------------------------------------------------------------------


def changes_founded(_: Context, entry: Entry) -> Reading:
    """Tell whether every change of the set of IKU has a reason and a document.

    `false` states that there is none; an absent one is unknown. Void where there was no change.
    """
    rows = entry.entries("perubahan_iku")
    pointer = (entry.at("perubahan_iku"),)
    if not rows:
        return Unknown(pointer) if entry.get("perubahan_iku") is None else Inapplicable(pointer)
    readings = [read(row, key) for row in rows for key in ("alasan", "dokumen")]
    lacking = [r for r in readings if isinstance(r, Known) and r.value is False]
    if lacking:
        return Known(False, tuple(p for r in lacking for p in r.pointers))  # noqa: FBT003
    return join_gaps(readings) or Known(True, pointer)  # noqa: FBT003


def changes_unfounded(_: Context, entry: Entry) -> Reading:
    """Name the changes of the set of IKU that have no reason or no document."""
    lacking = [
        (row, phrase)
        for place, row in enumerate(entry.entries("perubahan_iku"), 1)
        if (phrase := _unfounded(place, row)) is not None
    ]
    if not lacking:
        return Inapplicable()
    return Known(joined(phrase for _, phrase in lacking), tuple(row.pointer for row, _ in lacking))


def _unfounded(place: int, row: Entry) -> Text | None:
    wanted = {
        "alasan": Text("tanpa alasan", "without a reason"),
        "dokumen": Text("tanpa dokumen penetapan", "without a document that sets it"),
    }
    lacking = [text for key, text in wanted.items() if row.get(key) is False]
    if not lacking:
        return None
    day = row.get("tanggal")
    when = Text("", "") if day is None else worded(" (tahun {x})", " ({x})", x=day[:4])
    return worded(
        "perubahan ke-{place}{when} {lacks}",
        "change {place}{when} is {lacks}",
        place=str(place),
        when=when,
        lacks=joined(lacking, AND),
    )


def month_after_budget(_: Context, entry: Entry) -> Reading:
    """Return the same day of the month after the date of the budget document, or its last day.

    Where the document has no date, the day on which it was signed stands for it.
    """
    dated = read_date(entry, "dokumen", "dpa", "tanggal")
    signed = read_date(entry, "dokumen", "dpa", "ditandatangani")
    given = dated if isinstance(dated, Known) else signed
    if not isinstance(given, Known):
        return Unknown(dated.pointers)
    assert isinstance(given.value, date)
    return Known(_month_later(given.value), given.pointers)


def _month_later(day: date) -> date:
    tahun, bulan = (day.year, day.month + 1) if day.month < MONTHS else (day.year + 1, 1)
    return date(tahun, bulan, min(day.day, monthrange(tahun, bulan)[1]))


# --- tema --------------------------------------------------------------------------------------


def theme_in_force(context: Context, entry: Entry) -> Reading:
    """Tell whether the instrument lists the theme for the year; void where it lists none."""
    listed = themes_in_force(context)
    if not listed:
        return Inapplicable((entry.at("kode"),))
    kode = context.vocabulary.resolve(context.vocabulary.tema, entry.get("kode"))
    return Known(kode in listed, (entry.at("kode"),))


def output_achieved(context: Context, entry: Entry) -> Reading:
    """Return the achievement of the theme's outputs in percent: nilai / maks, or poin / bobot.

    Void for an excluded line, and for one that carries last year's value: it says nothing of the
    outputs of the year.
    """
    words, lines = context.vocabulary, context.lines
    row = by_code(entry.entries("lines"), words.tema_lines, words).get(OUTPUT)
    specs = {spec.kode: spec for spec in lines.tema_lines} if lines else {}
    if row is None:
        gone = bool(specs) and OUTPUT not in specs
        place = (entry.at("lines"),)
        return Inapplicable(place) if gone else Unknown(place)
    given = read_line(row, entry.at("lines"))
    if given.status in {EXCLUDED, CARRIED}:
        return Inapplicable((row.at("status"),))
    bobot, maks = _scale(context, specs.get(OUTPUT))
    pairs = (
        ("nilai", given.nilai, "maks", given.maks if given.maks is not None else maks),
        ("poin", given.poin, "bobot", given.bobot if given.bobot is not None else bobot),
    )
    for key, value, _, whole in pairs:
        if value is not None and whole is not None:
            return Known(Fraction(value) / Fraction(whole) * 100, (row.at(key),))
    missing = tuple(row.at(key) for _, value, key, _ in pairs if value is not None)
    return Unknown(missing or (row.at("nilai"),))


def _scale(context: Context, spec: LineSpec | None) -> tuple[Decimal | None, Decimal | None]:
    """Return weight and maximum of a theme line where the list of themes holds."""
    if spec is None or not themes_in_force(context):
        return None, None
    day = context.day
    range_ = next((r for r in spec.ranges if r.valid is None or r.valid.holds_on(day)), None)
    return spec.bobot, range_.maks if range_ else None


def impact_listed(_: Context, entry: Entry) -> Reading:
    """Tell that the file lists the impact indicator; it cannot say that the plan has none."""
    pointer = (entry.at("indikator_dampak"),)
    listed = entry.get("indikator_dampak") is not None
    return Known(True, pointer) if listed else Unknown(pointer)  # noqa: FBT003


def impact_worsens(_: Context, entry: Entry) -> Reading:
    """Tell whether the impact is worse than its baseline, in the direction of the indicator."""
    arah, before, after = (
        read(entry, "indikator_dampak", key) for key in ("arah", "baseline", "realisasi")
    )
    if isinstance(arah, Known) and arah.value == "rentang":
        return Inapplicable(arah.pointers)
    if gaps := join_gaps((arah, before, after)):
        return gaps
    assert isinstance(arah, Known)
    assert isinstance(before, Known)
    assert isinstance(after, Known)
    assert isinstance(before.value, Decimal)
    assert isinstance(after.value, Decimal)
    rising = arah.value == "naik"
    worse = after.value < before.value if rising else after.value > before.value
    return Known(worse, (*before.pointers, *after.pointers))


# --- rekomendasi -------------------------------------------------------------------------------


def unit_listed(context: Context, entry: Entry) -> Reading:
    """Tell whether the unit that has to act is in the section of units."""
    unit = read(entry, "unit")
    if not isinstance(unit, Known):
        return unit
    if context.unit_ids is None:
        return Unknown(("/unit",))
    return Known(unit.value in context.unit_ids, unit.pointers)
