"""The SAKIP evaluation: weakest component, answers against criteria, gates of a grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rbrules.derived.published import possible_bands, printed_of, settling
from rbrules.derived.wording import joined, worded
from rbrules.figures import decimals_beside, round_half_up
from rbrules.grades import match_bands
from rbrules.model import (
    Band,
    ComponentTotal,
    Entry,
    Gate,
    Gates,
    Inapplicable,
    Instrument,
    Known,
    Reading,
    Text,
    Unknown,
)
from rbrules.reading import Context, read

DECIMALS: Final = 2
"""Decimals of a mean or share in a text at least; comparisons use the exact value."""

CLUSTERS: Final = {
    "utama": Text("utama", "utama (main)"),
    "pendukung": Text("pendukung", "pendukung (supporting)"),
    "tambahan": Text("tambahan", "tambahan (additional)"),
}
SUBS: Final = {
    "keberadaan": Text("keberadaan", "existence"),
    "kualitas": Text("kualitas", "quality"),
    "pemanfaatan": Text("pemanfaatan", "use"),
}


# --- the weakest component ---------------------------------------------------------------------


def weakest_component(context: Context, _: Entry) -> Reading:
    """Name the component with the lowest share of its points, or all of them where equal."""
    weakest = _weakest(context)
    if not isinstance(weakest, _Weakest):
        return weakest
    names = [total.component.nama for total in weakest.totals]
    text = Text(", ".join(name.id for name in names), ", ".join(name.en for name in names))
    return Known(text, tuple(total.printed_pointer for total in weakest.totals))


def weakest_share(context: Context, _: Entry) -> Reading:
    """Return the lowest share of its points that a component has, in percent."""
    weakest = _weakest(context)
    if not isinstance(weakest, _Weakest):
        return weakest
    return Known(weakest.share, tuple(total.printed_pointer for total in weakest.totals))


@dataclass(frozen=True, slots=True)
class _Weakest:
    share: Fraction
    totals: tuple[ComponentTotal, ...]


def _weakest(context: Context) -> _Weakest | Reading:
    sakip = context.sakip
    if sakip is None:
        return Unknown(("/sakip/komponen",))
    if sakip.instrument is None or not sakip.totals:
        return Inapplicable(("/sakip/komponen",))
    gaps = [pointer for t in sakip.totals if not t.value.is_point for pointer in t.missing]
    if gaps:
        return Unknown(tuple(dict.fromkeys(gaps)))
    shares = [(t.value.low / Fraction(t.maks) * 100, t) for t in sakip.totals]
    lowest = min(share for share, _ in shares)
    return _Weakest(lowest, tuple(total for share, total in shares if share == lowest))


# --- answers against criteria ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Judged:
    """A sub-component whose answer and criteria are all known, and the answers that would fit."""

    kode: str
    jawaban: str
    met: int
    total: int
    fitting: tuple[str, ...]
    pointer: str

    @property
    def allowed(self) -> bool:
        """Whether the answer is one that the share of criteria met allows."""
        return self.jawaban in self.fitting


def answers_fit(context: Context, _: Entry) -> Reading:
    """Tell whether each answer is one that the share of criteria met allows.

    Only sub-components whose criteria are all listed and known count; unknown where none is.
    """
    judged = _judge_answers(context)
    if isinstance(judged, Unknown | Inapplicable):
        return judged
    wrong = tuple(item.pointer for item in judged if not item.allowed)
    return Known(not wrong, wrong or tuple(item.pointer for item in judged))


def answers_that_differ(context: Context, _: Entry) -> Reading:
    """Name the sub-components whose answer does not fit, the criteria met and what would fit."""
    judged = _judge_answers(context)
    wrong = [i for i in judged if not i.allowed] if isinstance(judged, tuple) else []
    if not wrong:
        return Inapplicable()
    names = {total.component.kode: total.component.nama for total in _totals(context)}
    phrases = (_mismatch(item, names) for item in wrong)
    return Known(joined(phrases), tuple(item.pointer for item in wrong))


def _totals(context: Context) -> tuple[ComponentTotal, ...]:
    return context.sakip.totals if context.sakip else ()


def _mismatch(item: _Judged, names: Mapping[str, Text]) -> Text:
    whole, _, part = item.kode.partition(".")
    share = Fraction(100 * item.met, item.total)
    return worded(
        "{name}, {part}: jawaban {given}, padahal {met} dari {total} kriteria terpenuhi "
        "({share} persen), sehingga jawaban yang sesuai adalah {fitting}",
        "{name}, {part}: answer {given}, while {met} of {total} criteria are met "
        "({share} percent), for which the answer is {fitting}",
        name=names.get(whole, Text(whole, whole)),
        part=SUBS[part],
        given=item.jawaban,
        met=str(item.met),
        total=str(item.total),
        share=round_half_up(share, DECIMALS),
        fitting=joined((Text(word, word) for word in item.fitting), " / "),
    )


def _judge_answers(context: Context) -> tuple[_Judged, ...] | Unknown | Inapplicable:
    instrument = context.sakip_instrument
    if instrument is None or not instrument.answers:
        return Inapplicable(("/sakip/komponen",))
    gaps: list[str] = []
    judged: list[_Judged] = []
    for kode, sub in sorted(_subs(context), key=lambda pair: pair[0]):
        result = _judge_answer(kode, sub, instrument, context)
        if isinstance(result, _Judged):
            judged.append(result)
        else:
            gaps += result.pointers
    if judged:
        return tuple(judged)
    return Unknown(tuple(dict.fromkeys(gaps)) or ("/sakip/komponen",))


def _subs(context: Context) -> Iterator[tuple[str, Entry]]:
    sakip = Entry(context.evaluation.root.get("sakip") or {}, "/sakip")
    for row in sakip.entries("komponen"):
        for sub in row.entries("sub"):
            yield f"{row.get('kode')}.{sub.get('kode')}", sub


def _judge_answer(
    kode: str, sub: Entry, instrument: Instrument, context: Context
) -> _Judged | Unknown:
    lines = instrument.set_for(context.evaluation.kelompok)
    spec = next((s for s in lines.lines if s.kode == kode), None) if lines else None
    criteria = sub.entries("kriteria")
    least = 1 if spec is None or spec.criteria is None else spec.criteria
    jawaban = sub.get("jawaban")
    gaps = [] if jawaban is not None else [sub.at("jawaban")]
    if len(criteria) < least:
        gaps.append(sub.at("kriteria"))
    gaps += [row.at("terpenuhi") for row in criteria if row.get("terpenuhi") is None]
    if gaps:
        return Unknown(tuple(gaps))
    met = sum(row.get("terpenuhi") for row in criteria)
    share = Fraction(100 * met, len(criteria))
    fitting = tuple(rule.jawaban for rule in instrument.answers if rule.allows(share))
    return _Judged(kode, jawaban, met, len(criteria), fitting, sub.at("jawaban"))


# --- gates of a grade --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """A cluster whose mean is below what the grade asks for."""

    klaster: str
    mean: Fraction
    wanted: Band
    pointers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Missed:
    """A gate that is not passed: the clusters that fall short, and those still open."""

    short: tuple[_Shortfall, ...]
    open_: tuple[str, ...]


def gates_passed(context: Context, _: Entry) -> Reading:
    """Tell whether the sampled units meet what the grade of the agency asks of them.

    The grade is the published one, else that of the score. Void for groups and grades without a
    gate.
    """
    result = _test_gates(context)
    if isinstance(result, _Missed):
        return Known(False, tuple(p for short in result.short for p in short.pointers))  # noqa: FBT003
    return result


def gates_missed(context: Context, _: Entry) -> Reading:
    """Say which cluster falls short, with its mean and the grade that it should have."""
    result = _test_gates(context)
    if not isinstance(result, _Missed):
        return Inapplicable()
    phrases = [_shortfall_text(short) for short in result.short]
    phrases += [_open_text(klaster) for klaster in result.open_]
    return Known(joined(phrases), tuple(p for short in result.short for p in short.pointers))


def graded_by_gates(context: Context, _: Entry) -> Reading:
    """Name the grade of the agency that the gates are asked for, and where it comes from."""
    instrument = context.sakip_instrument
    grade = _grade(context, instrument) if instrument else None
    if instrument is None or grade is None:
        return Inapplicable(("/instansi/kelompok",))
    if isinstance(grade, Unknown):
        return grade
    name = next(band.nama for band in instrument.bands if band.kode == grade)
    return Known(f"{grade} ({name})")


def _shortfall_text(short: _Shortfall) -> Text:
    wanted = short.wanted.above or Decimal(0)
    decimals = decimals_beside(short.mean, (wanted,), DECIMALS)
    return worded(
        "rata-rata {count} unit sampel klaster {klaster} adalah {mean}, padahal predikat itu "
        "mensyaratkan {kode} (di atas {least})",
        "the mean of {count} sampled units of the cluster {klaster} is {mean}, while that grade "
        "asks for {kode} (above {least})",
        count=str(len(short.pointers)),
        klaster=CLUSTERS[short.klaster],
        mean=round_half_up(short.mean, decimals),
        kode=short.wanted.kode,
        least=wanted,
    )


def _open_text(klaster: str) -> Text:
    return worded(
        "klaster {klaster} belum dapat dinilai karena unit sampelnya belum lengkap",
        "the cluster {klaster} cannot be judged yet, since its sample is incomplete",
        klaster=CLUSTERS[klaster],
    )


def _test_gates(context: Context) -> _Missed | Reading:
    instrument = context.sakip_instrument
    gates = instrument.gates if instrument else None
    if instrument is None or gates is None or context.evaluation.kelompok not in gates.kelompok:
        return Inapplicable(("/instansi/kelompok",))
    grade = _grade(context, instrument)
    if isinstance(grade, Unknown):
        return grade
    gate = next((g for g in gates.gates if g.predikat == grade), None)
    if gate is None:
        return Inapplicable()
    return _test_gate(context, instrument, gates, gate)


def _grade(context: Context, instrument: Instrument) -> str | Unknown:
    """Return the published grade, else the one that the score has for certain."""
    published = read(context.evaluation.root, "hasil_terbit", "sakip_predikat")
    if isinstance(published, Known):
        named = match_bands(instrument, str(published.value))
        return (
            named[0].kode if len(named) == 1 else Unknown(published.pointers, str(published.value))
        )
    sakip = context.sakip
    if sakip is None or sakip.exact is None:
        return Unknown(("/hasil_terbit/sakip", "/hasil_terbit/sakip_predikat"))
    bands = possible_bands(sakip, printed_of(context))
    if not isinstance(bands, Unknown) and len(bands) == 1:
        return bands[0].kode
    return Unknown(("/hasil_terbit/sakip_predikat", *settling(sakip, printed_of(context))))


def _test_gate(
    context: Context, instrument: Instrument, gates: Gates, gate: Gate
) -> _Missed | Reading:
    bands = {band.kode: band for band in instrument.bands}
    gaps: list[str] = []
    open_: list[str] = []
    looked: list[str] = []
    short: list[_Shortfall] = []
    for klaster in gate.sampled:
        mean = _mean(context, klaster, gates.units)
        if isinstance(mean, Unknown):
            gaps += mean.pointers
            open_.append(klaster)
            continue
        assert isinstance(mean.value, Fraction)
        looked += mean.pointers
        wanted = bands.get(gate.means.get(klaster, ""))
        if wanted is not None and wanted.above is not None and mean.value <= wanted.above:
            short.append(_Shortfall(klaster, mean.value, wanted, mean.pointers))
    if short:
        return _Missed(tuple(short), tuple(open_))
    if gaps:
        return Unknown(tuple(dict.fromkeys(gaps)))
    return Known(True, tuple(looked))  # noqa: FBT003


def _mean(context: Context, klaster: str, least: int) -> Known | Unknown:
    """Return the mean score of the sampled units of a cluster, exact.

    Unknown where fewer than `least` have a score, or where a unit with a score names no cluster.
    """
    units = context.evaluation.root.entries("unit")
    scored = [unit for unit in units if unit.get("nilai_sakip") is not None]
    inside = [unit for unit in scored if unit.get("klaster") == klaster]
    gaps = [unit.at("klaster") for unit in scored if unit.get("klaster") is None]
    if len(inside) < least:
        members = [unit for unit in units if unit.get("klaster") == klaster]
        gaps += [u.at("nilai_sakip") for u in members if u.get("nilai_sakip") is None]
        gaps = gaps or ["/unit"]
    if gaps:
        return Unknown(tuple(gaps))
    scores = [Fraction(Decimal(unit.get("nilai_sakip"))) for unit in inside]
    pointers = tuple(unit.at("nilai_sakip") for unit in inside)
    return Known(sum(scores, Fraction(0)) / len(scores), pointers)
