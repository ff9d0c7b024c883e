"""All lines of an instrument, measured, with the remarks that their numbers need."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from rbrules.index.lines import EXCLUDED, Factor, measure_line, points_of, remark, scale_of, strays
from rbrules.index.pairs import Pair, Setting, outside_of, pairs_of, themes_hold
from rbrules.model import IndexLine, Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The lines of the group with what is known of each."""

    lines: tuple[IndexLine, ...] = ()
    listed: frozenset[str] = frozenset()
    """Components of which the file lists at least one line."""
    open: frozenset[str] = frozenset()
    """Components whose list of lines is not known for the day."""
    outside: tuple[str, ...] = ()
    met: tuple[bool | None, ...] = ()
    """For each line with a `target_baik` whether it was reached; None is not known."""
    notes: tuple[Note, ...] = ()


def build_sheet(setting: Setting) -> Sheet:
    """Measure every line of the group.

    Returns:
        The lines in instrument order, theme lines last; no line at all where the file lists none
        of the group. `outside` holds listed lines that the group does not have, sorted.
    """
    pairs, outside = pairs_of(setting), outside_of(setting)
    strangers = tuple(
        remark("bukan_indikator_kelompok", indikator=kode, kelompok=setting.evaluation.kelompok)
        for kode in outside
    )
    if not any(given.listed for _, given in pairs):
        return Sheet(outside=outside, notes=strangers)
    lines = _measure_all(pairs, setting)
    themes = setting.lines.tema_lines if setting.lines else ()
    return Sheet(
        lines=lines,
        listed=frozenset(spec.komponen for spec, given in pairs if given.listed),
        open=frozenset() if themes_hold(setting) else frozenset(s.komponen for s in themes),
        outside=outside,
        met=tuple(
            line.target_baik_met
            for (_, given), line in zip(pairs, lines, strict=True)
            if given.target_baik is not None and given.status != EXCLUDED
        ),
        notes=(*strangers, *_notes(pairs, lines, setting)),
    )


def _measure_all(pairs: Iterable[Pair], setting: Setting) -> tuple[IndexLine, ...]:
    """Measure each line, those with a multiplier after the lines that multiply them."""
    plain = [(spec, given, measure_line(spec, given, setting, None)) for spec, given in pairs]
    by_kode = {line.kode: line for _, _, line in plain}
    return tuple(
        measure_line(spec, given, setting, _factor(by_kode.get(spec.pengali or "")))
        if spec.pengali
        else line
        for spec, given, line in plain
    )


def _factor(line: IndexLine | None) -> Factor | None:
    """Return what a multiplier may do; None where it is excluded or not of the group: nothing."""
    if line is None or line.status == EXCLUDED:
        return None
    if line.interval is None or line.bobot is None:
        return Factor(Fraction(0), Fraction(0), line.pointer)
    bobot = Fraction(line.bobot)
    return Factor(line.interval.low / bobot, line.tolerance / bobot, line.pointer)


def _notes(pairs: Iterable[Pair], lines: Iterable[IndexLine], setting: Setting) -> tuple[Note, ...]:
    """Remark on weights and bounds from the file, values out of range and open multipliers."""
    notes: list[Note] = []
    secondary = False
    for (spec, given), line in zip(pairs, lines, strict=True):
        scale = scale_of(spec, given, setting.day)
        notes += scale.changed
        secondary = secondary or (line.asal_bobot == "instrumen" and not spec.verified)
        is_open = line.interval is not None and not line.interval.is_point
        if strays(given, scale):
            notes.append(remark("di_luar_rentang", indikator=spec.kode))
        elif spec.pengali and is_open and points_of(given, scale) is not None:
            notes.append(remark("pengali_belum_pasti", indikator=spec.kode, pengali=spec.pengali))
    if secondary:
        notes.append(remark("bobot_sekunder", instrumen=setting.instrument.id))
    return tuple(notes)
