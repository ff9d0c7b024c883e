"""Earlier results and targets, held against the index of the year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from rbrules.figures import finest, round_half_up
from rbrules.index.given import decimals_of, number
from rbrules.model import (
    Component,
    Entry,
    Evaluation,
    Instrument,
    LastYear,
    PastYear,
    Rulebook,
    TargetResult,
)

SELISIH_DECIMALS = 2


def past_years(
    evaluation: Evaluation, rulebook: Rulebook, measures: str, instrument: Instrument | None
) -> tuple[PastYear, ...]:
    """List the earlier years of which `riwayat` gives an index or all of its components.

    Args:
        evaluation: its `riwayat` holds the earlier figures.
        rulebook: its instruments say whether two years may be compared.
        measures: `indeks_rb` or `sakip`.
        instrument: the instrument of this year.

    Returns:
        The years, oldest first, each with its index in index points: of several prints of one
        value the finest, None where entries differ.
    """
    years: dict[int, list[Entry]] = {}
    for entry in evaluation.root.entries("riwayat"):
        if entry.get("tahun") < evaluation.tahun:
            years.setdefault(entry.get("tahun"), []).append(entry)
    past: list[PastYear] = []
    later = instrument
    for tahun in sorted(years, reverse=True):
        earlier = rulebook.instrument(measures, evaluation.kelompok, date(tahun, 12, 31))
        values = _known(number(entry.get(measures)) for entry in years[tahun])
        values = values or _known(_sum(entry, earlier) for entry in years[tahun])
        if not values:
            continue
        ids = () if later is None else (later.id, *later.sebanding_dengan)
        past.append(
            PastYear(
                tahun=tahun,
                nilai=finest(values),
                instrumen=None if earlier is None else earlier.id,
                sebanding=earlier is not None and earlier.id in ids,
            )
        )
        later = earlier
    return tuple(reversed(past))


def last_year(tahun: int, past: Iterable[PastYear], nilai: Decimal | None) -> LastYear | None:
    """Hold the index against the one of the year before.

    Args:
        tahun: the year evaluated.
        past: the earlier years.
        nilai: the printed index of this year, in index points; None where it is not a point.

    Returns:
        Last year's index and the change in index points; both None where entries differ. None
        where the file gives no index of that year.
    """
    for year in past:
        if year.tahun == tahun - 1:
            value = year.nilai
            return LastYear(
                tahun=year.tahun,
                nilai=value,
                selisih=None if value is None or nilai is None else _difference(nilai, value),
                sebanding=year.sebanding,
                instrumen=year.instrumen,
            )
    return None


def targets(
    evaluation: Evaluation, measures: str, nilai: Decimal | None
) -> tuple[TargetResult, ...]:
    """Hold the index against the targets of the year.

    Returns:
        The targets, sorted by document, those without one first. `capaian` is printed index /
        target x 100, in percent; None where the target is 0 or the index is not a point.
    """
    results = []
    for entry in evaluation.root.entries("target_indeks"):
        target = number(entry.get("nilai"))
        if target is None or entry.get("tahun") != evaluation.tahun:
            continue
        if (entry.get("indeks") or "indeks_rb") != measures:
            continue
        met = None if nilai is None or target == 0 else Fraction(nilai) / Fraction(target) * 100
        results.append(
            TargetResult(
                dokumen=entry.get("dokumen"), nilai=target, capaian=met, pointer=entry.pointer
            )
        )
    return tuple(
        sorted(results, key=lambda t: (t.dokumen is not None, t.dokumen or "", t.nilai, t.pointer))
    )


def _known(values: Iterable[Decimal | None]) -> list[Decimal]:
    return [value for value in values if value is not None]


def _difference(nilai: Decimal, earlier: Decimal) -> Decimal:
    places = max(SELISIH_DECIMALS, decimals_of(nilai), decimals_of(earlier))
    return round_half_up(Fraction(nilai) - Fraction(earlier), places)


def _sum(entry: Entry, instrument: Instrument | None) -> Decimal | None:
    """Add up the components of one entry of `riwayat`; None where one of them is missing."""
    components = () if instrument is None else instrument.components
    parts: Mapping[str | None, Sequence[Component]] = {
        parent: [c for c in components if c.parent == parent]
        for parent in (None, *(c.kode for c in components))
    }
    return _total(entry, parts, None)


def _total(
    entry: Entry, parts: Mapping[str | None, Sequence[Component]], parent: str | None
) -> Decimal | None:
    values = []
    for component in parts[parent]:
        value = _total(entry, parts, component.kode)
        if value is None:
            value = number(entry.get(component.kode))
        if value is None:
            value = number(entry.get("komponen", component.kode))
        if value is None:
            return None
        values.append(value)
    if not values:
        return None
    places = max(decimals_of(value) for value in values)
    return round_half_up(sum((Fraction(value) for value in values), Fraction(0)), places)
