"""Evaluation and rulebook to the indexes of the agency."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rbrules.figures import round_half_up
from rbrules.grades import touched_bands
from rbrules.index.given import number
from rbrules.index.history import last_year, past_years, targets
from rbrules.index.lines import EXCLUDED
from rbrules.index.pairs import Setting
from rbrules.index.sheet import Sheet, build_sheet
from rbrules.index.totals import (
    adjustment_notes,
    basis_of,
    build_totals,
    combine,
    top_level,
)
from rbrules.model import (
    Band,
    ComponentTotal,
    Evaluation,
    Inapplicable,
    Index,
    IndexLine,
    Instrument,
    Interval,
    Known,
    Note,
    Reading,
    Rulebook,
    Unknown,
)

DECIMALS = 2
"""Decimals of a figure for which there is no instrument."""

Measures = Literal["indeks_rb", "sakip"]
Dasar = Literal["indikator", "komponen", "terbit"]


def compute_indexes(
    evaluation: Evaluation, rulebook: Rulebook, day: date
) -> tuple[Index, Index | None]:
    """Compute the RB index and, where the file says anything of it, the SAKIP score.

    Args:
        evaluation: the file; its numbers are on the scales that the instrument lists.
        rulebook: instruments, parameters and the words for codes and aliases.
        day: 31 December of the year whose rules are in force; picks the instrument, the ranges
            of its lines and the value of its tolerance.

    Returns:
        The RB index, all None where the file gives nothing of it, and the SAKIP score; None where
        the file has neither `sakip` nor `hasil_terbit.sakip`. Index points, exact, never clamped;
        `nilai` is rounded half up and None unless the index is a point.

    Source: the `source` and `citation` of the instrument.
    """
    root = evaluation.root
    has_sakip = root.get("sakip") is not None or root.get("hasil_terbit", "sakip") is not None
    index = _compute("indeks_rb", evaluation, rulebook, day)
    return index, _compute("sakip", evaluation, rulebook, day) if has_sakip else None


def _compute(measures: Measures, evaluation: Evaluation, rulebook: Rulebook, day: date) -> Index:
    instrument, notes = _choose_instrument(measures, evaluation, rulebook, day)
    allowed = _allowed(instrument, rulebook, day)
    sheet = Sheet()
    totals: tuple[ComponentTotal, ...] = ()
    if instrument is not None:
        setting = Setting(
            evaluation=evaluation, vocabulary=rulebook.vocabulary, instrument=instrument, day=day
        )
        sheet = build_sheet(setting)
        totals = tuple(_with_allowed(total, allowed) for total in build_totals(setting, sheet))
        notes += (*sheet.notes, *adjustment_notes(setting, sheet, totals))
    published = number(evaluation.root.get("hasil_terbit", measures))
    dasar, exact, from_parts = _settle(totals, published)
    decimals = DECIMALS if instrument is None else instrument.decimals
    nilai = round_half_up(exact.low, decimals) if exact is not None and exact.is_point else None
    past = past_years(evaluation, rulebook, measures, instrument)
    return Index(
        measures=measures,
        instrument=instrument,
        exact=exact,
        dasar=dasar,
        from_parts=from_parts,
        nilai=nilai,
        bands=_grade(instrument, exact, sheet, evaluation),
        totals=totals,
        lines=sheet.lines,
        outside=sheet.outside,
        past=past,
        last_year=last_year(evaluation.tahun, past, nilai),
        targets=targets(evaluation, measures, nilai),
        bobot_terbukti=_evidenced(sheet.lines),
        penyempit=_widest(sheet.lines, totals),
        allowed=allowed,
        computed=_computed(totals, evaluation, measures, allowed),
        notes=notes if exact is None else (*notes, *_doubts(instrument, day)),
    )


def _choose_instrument(
    measures: Measures, evaluation: Evaluation, rulebook: Rulebook, day: date
) -> tuple[Instrument | None, tuple[Note, ...]]:
    """Take the instrument that the file names, else the one for its group that is valid."""
    regular = rulebook.instrument(measures, evaluation.kelompok, day)
    wanted = evaluation.root.get("instrumen") if measures == "indeks_rb" else None
    chosen = regular
    if wanted is not None:
        known = (i for i in rulebook.instruments if i.id == wanted and i.measures == measures)
        chosen = next(known, None)
    if chosen is None:
        year = ("tahun", str(day.year))
        values = (("indeks", measures), ("kelompok", evaluation.kelompok), year)
        return None, (Note(kode="tanpa_instrumen", values=values),)
    if wanted is not None and chosen is not regular:
        return chosen, (Note(kode="instrumen_dari_berkas", values=(("instrumen", chosen.id),)),)
    return chosen, ()


def _doubts(instrument: Instrument | None, day: date) -> tuple[Note, ...]:
    """Remark on what is not verified of the instrument that a number was made or graded with."""
    if instrument is None:
        return ()
    notes: list[Note] = []
    name = ("instrumen", instrument.id)
    if not instrument.verified:
        notes.append(Note(kode="instrumen_belum_terverifikasi", values=(name,)))
    if instrument.attested is not None and not instrument.attested.holds_on(day):
        values = (name, ("tahun", str(day.year)))
        notes.append(Note(kode="pemakaian_belum_terverifikasi", values=values))
    return tuple(notes)


def _allowed(instrument: Instrument | None, rulebook: Rulebook, day: date) -> Fraction:
    """Return the value of the instrument's tolerance; 0 where there is none on the day."""
    parameter = None if instrument is None else rulebook.parameters.get(instrument.tolerance)
    dated = None if parameter is None else parameter.on(day)
    value = None if dated is None else dated.value
    return Fraction(value) if isinstance(value, Decimal | Fraction) else Fraction(0)


def _with_allowed(total: ComponentTotal, allowed: Fraction) -> ComponentTotal:
    if total.parts is None:
        return total
    return replace(total, parts=replace(total.parts, allowed=allowed))


def _settle(
    totals: tuple[ComponentTotal, ...], published: Decimal | None
) -> tuple[Dasar | None, Interval | None, Interval | None]:
    """Decide what the index rests on; return that, the index, and the bounds from its parts."""
    tops = top_level(totals)
    from_parts = None
    if any(total.basis != "kosong" for total in tops):
        low = sum((total.value.low for total in tops), Fraction(0))
        from_parts = Interval(low, sum((total.value.high for total in tops), Fraction(0)))
    basis = basis_of(tops)
    if basis is not None:
        return basis, from_parts, from_parts
    if published is not None:
        value = Fraction(published)
        return "terbit", Interval(value, value), from_parts
    return ("indikator" if from_parts is not None else None), from_parts, from_parts


def _computed(
    totals: tuple[ComponentTotal, ...], evaluation: Evaluation, measures: str, allowed: Fraction
) -> Reading:
    """Return the index from its parts, to hold against a published total."""
    tops = top_level(totals)
    if not tops:
        return Inapplicable((evaluation.root.at("hasil_terbit", measures),))
    result = combine(tops)
    if result is None:
        return Unknown(tuple(dict.fromkeys(p for total in tops for p in total.missing)))
    printed = tuple(
        t.printed_pointer for t in totals if t.basis == "komponen" and t.printed is not None
    )
    return Known(replace(result, allowed=allowed), printed)


def _grade(
    instrument: Instrument | None, exact: Interval | None, sheet: Sheet, evaluation: Evaluation
) -> tuple[Band, ...]:
    if instrument is None or exact is None:
        return ()
    complete = evaluation.root.get("target_baik_lengkap") is True
    return touched_bands(instrument, exact, met=sheet.met, complete=complete)


def _evidenced(lines: tuple[IndexLine, ...]) -> Fraction | None:
    """Return the share of the weights whose points are known from this year, from 0 to 1."""
    counted = [line for line in lines if line.status != EXCLUDED]
    if not counted or any(line.bobot is None for line in counted):
        return None
    known = sum((Fraction(line.bobot or 0) for line in counted if line.evidenced), Fraction(0))
    return known / sum((Fraction(line.bobot or 0) for line in counted), Fraction(0))


def _widest(lines: tuple[IndexLine, ...], totals: Iterable[ComponentTotal]) -> str | None:
    """Return the line that would narrow the index most; None where no line would.

    It is the one with the widest bounds, the first by code of several; one that is open and has no
    weight has no bounds at all and is wider than any other. The lines of a component that is
    settled by its printed total narrow nothing.
    """
    open_ = {total.component.kode for total in totals if not total.value.is_point}
    counted = (x for x in lines if x.status != EXCLUDED and x.komponen in open_)
    widths = [
        (line.interval is not None, -(line.interval.width if line.interval else 0), line.kode)
        for line in counted
        if line.interval is None or not line.interval.is_point
    ]
    return min(widths)[-1] if widths else None
