"""Lines of RB General and of themes: value, scale, and points as printed and as computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final, Literal

from rbrules.derived.published import assumptions, possible_bands, printed_of, settling
from rbrules.derived.wording import joined, worded
from rbrules.figures import agreement, round_half_up
from rbrules.index.given import decimals_of, read_line
from rbrules.index.lines import EXCLUDED, compute_points, scale_of
from rbrules.model import (
    Computed,
    Entry,
    Inapplicable,
    IndexLine,
    Known,
    LineRange,
    LineSpec,
    Reading,
    Text,
    Unknown,
)
from rbrules.reading import Context, Derive, index_gaps, join_gaps, read

SHOWN_DECIMALS: Final = 2

SURVEY: Final = "skm"
SURVEY_LEAST: Final = "skm_terendah"
"""The parameter with the least satisfaction score out of 100: 1 of 4."""

HUNDRED: Final = 100

UNLISTED: Final = LineSpec(
    kode="", komponen="", bobot=None, ranges=(), pengali=None, verified=False, source=""
)
"""A line that no instrument has: the file alone tells its scale and weight."""


def code_of(context: Context, entry: Entry) -> str:
    """Return the code of a line; an alias counts as the code that it stands for."""
    kode: str = entry.get("kode")
    return context.vocabulary.resolve(context.vocabulary.lines, kode) or kode


def line_code(context: Context, entry: Entry) -> Reading:
    """Read the code of the line."""
    return Known(code_of(context, entry), (entry.at("kode"),))


def line_status(_: Context, entry: Entry) -> Reading:
    """Read the state of the line; a line with any value counts as scored."""
    given = read(entry, "status")
    if isinstance(given, Known):
        return given
    has_value = any(entry.get(key) is not None for key in ("nilai", "poin", "kategori"))
    return Known("dinilai" if has_value else "belum_dinilai", (entry.at("status"),))


def line_value(_: Context, entry: Entry) -> Reading:
    """Read the raw score that counts: this year's, or last year's where that is carried over."""
    given = read(entry, "nilai")
    status = entry.get("status")
    if isinstance(given, Known):
        return Unknown((entry.at("status"),)) if status == "belum_dinilai" else given
    return read(entry, "tahun_lalu") if status == "nilai_tahun_lalu" else given


def year_of_value(context: Context, entry: Entry) -> Reading:
    """Return the year of the raw score that counts."""
    carried = entry.get("status") == "nilai_tahun_lalu"
    return Known(Decimal(context.tahun - carried), (entry.at("status"),) if carried else ())


def lowest_value(context: Context, entry: Entry) -> Reading:
    """Return the lowest raw score that counts: points are counted from 0, whatever `min` says."""
    least = scale("min")(context, entry)
    if isinstance(least, Known) and isinstance(least.value, Decimal):
        return Known(max(Decimal(0), least.value), least.pointers)
    return least


def on_list(context: Context, entry: Entry) -> Reading:
    """Tell whether the instrument has the line for the agency's group; void without a list."""
    if context.lines is None:
        return Inapplicable()
    return Known(context.spec(code_of(context, entry)) is not None, (entry.at("kode"),))


def scale(key: Literal["min", "maks", "bobot"]) -> Derive:
    """Derive an end of the scale or the weight: from the file, else from the instrument."""

    def derive(context: Context, entry: Entry) -> Reading:
        given = read(entry, key)
        spec = context.spec(code_of(context, entry))
        if isinstance(given, Known) or spec is None:
            return given
        source = spec if key == "bobot" else _range(context, spec)
        value = getattr(source, key, None)
        return given if value is None else Known(value, ())

    return derive


def _range(context: Context, spec: LineSpec) -> LineRange | None:
    return next((r for r in spec.ranges if r.valid is None or r.valid.holds_on(context.day)), None)


def computed_points(context: Context, entry: Entry) -> Reading:
    """Compute nilai x bobot / maks, with and without an unverified multiplier.

    Void for an excluded line.
    """
    given = read_line(entry, "")
    if given.status == EXCLUDED:
        return Inapplicable((entry.at("status"),))
    readings = [line_value(context, entry)]
    readings += [scale(key)(context, entry) for key in ("bobot", "maks")]
    if gaps := join_gaps(readings):
        return gaps
    line = next((x for x in context.index.lines if x.pointer == entry.pointer), None)
    if line is None:
        computed = compute_points(given, scale_of(UNLISTED, given, context.day), None)
    else:
        computed = line.computed
    assert computed is not None
    assert isinstance(readings[0], Known)
    return Known(_allowing(computed, context), readings[0].pointers)


def _allowing(computed: Computed, context: Context) -> Computed:
    return replace(computed, allowed=context.index.allowed)


def decides_grade(context: Context, _: Entry) -> Reading:
    """Tell whether the index is where its grade depends on the lines that miss `target_baik`.

    Unknown where only a part of what the index may be lies there, which includes all that is
    rounded to a printed figure, and where it rests on a default; void without grades.
    """
    index = context.index
    if index.instrument is None or not index.instrument.bands:
        return Inapplicable(("/instansi/kelompok",))
    if index.exact is None:
        return Unknown(index_gaps(index))
    printed = printed_of(context)
    if assumed := assumptions(index, printed):
        return Unknown(assumed)
    bands = possible_bands(index, printed)
    if isinstance(bands, Unknown):
        return bands
    depends = {band.requires is not None for band in bands}
    if len(depends) > 1:
        return Unknown(settling(index, printed))
    return Known(depends == {True}, ())


def target_on_scale(context: Context, entry: Entry) -> Reading:
    """Tell that the agency's target stands on the scale of the score.

    Unknown where the figures show that it does not, since neither tells which one is wrong: a
    target above the highest value, and a satisfaction score of 1 to 4 beside a target out of 100,
    or the other way round.
    """
    target, maks = read(entry, "target"), scale("maks")(context, entry)
    given = line_value(context, entry)
    if not (isinstance(target, Known) and isinstance(given, Known)):
        return join_gaps((target, given)) or target
    assert isinstance(target.value, Decimal)
    assert isinstance(given.value, Decimal)
    places = (*given.pointers, *target.pointers)
    most = maks.value if isinstance(maks, Known) else None
    is_beyond = isinstance(most, Decimal) and target.value > most
    least = context.parameter(SURVEY_LEAST) if code_of(context, entry) == SURVEY else None
    kinds = {_is_of_four(value, least) for value in (given.value, target.value)} if least else ()
    if is_beyond or {True, False} <= set(kinds):
        return Unknown(places, f"{given.value}; {target.value}")
    return Known(True, places)  # noqa: FBT003


def _is_of_four(value: Decimal, least: Decimal) -> bool | None:
    """Tell a figure of the scale of 1 to 4 from one out of 100; None for what is neither."""
    if value >= least:
        return False
    return True if value * least <= HUNDRED else None


def bias(context: Context, entry: Entry) -> Reading:
    """Subtract the raw score from the agency's own; void where last year's score is carried."""
    if entry.get("status") == "nilai_tahun_lalu":
        return Inapplicable((entry.at("status"),))
    own, given = read(entry, "nilai_mandiri"), line_value(context, entry)
    if gaps := join_gaps((own, given)):
        return gaps
    assert isinstance(own, Known)
    assert isinstance(given, Known)
    assert isinstance(own.value, Decimal)
    assert isinstance(given.value, Decimal)
    places = max(decimals_of(own.value), decimals_of(given.value))
    difference = Fraction(own.value) - Fraction(given.value)
    return Known(round_half_up(difference, places), (*own.pointers, *given.pointers))


# --- the lines of a theme ----------------------------------------------------------------------


def theme_within_range(context: Context, entry: Entry) -> Reading:
    """Tell whether each line of the theme lies in its range, raw score and printed points.

    Void where no line has a value.
    """
    lines = [line for line in _theme_lines(context, entry) if _has_value(line)]
    wrong = tuple(line.pointer for line in lines if line.strays)
    if wrong:
        return Known(False, wrong)  # noqa: FBT003
    if not lines:
        return Inapplicable((entry.at("lines"),))
    gaps = tuple(pointer for line in lines for pointer in _open_ends(line))
    return Unknown(gaps) if gaps else Known(True, tuple(line.pointer for line in lines))  # noqa: FBT003


def theme_out_of_range(context: Context, entry: Entry) -> Reading:
    """Name the lines of the theme outside their range."""
    wrong = [line for line in _theme_lines(context, entry) if line.strays]
    if not wrong:
        return Inapplicable()
    phrases = [phrase for line in wrong for phrase in _stray_phrases(context, line)]
    return Known(joined(phrases), tuple(line.pointer for line in wrong))


def theme_points_agree(context: Context, entry: Entry) -> Reading:
    """Tell whether the printed points of each line of the theme agree with its raw score.

    Void where no line has both.
    """
    lines = _with_both(context, entry)
    verdicts = [(line, _agrees(context, line)) for line in lines]
    wrong = tuple(line.pointer for line, agrees in verdicts if agrees is False)
    if wrong:
        return Known(False, wrong)  # noqa: FBT003
    if not lines:
        return Inapplicable((entry.at("lines"),))
    gaps = tuple(p for line, agrees in verdicts if agrees is None for p in _unknown_scale(line))
    return Unknown(gaps) if gaps else Known(True, tuple(line.pointer for line in lines))  # noqa: FBT003


def theme_points_that_differ(context: Context, entry: Entry) -> Reading:
    """Name the lines of the theme whose printed points differ from those computed."""
    wrong = [line for line in _with_both(context, entry) if _agrees(context, line) is False]
    if not wrong:
        return Inapplicable()
    return Known(joined(_difference(context, x) for x in wrong), tuple(x.pointer for x in wrong))


def _theme_lines(context: Context, entry: Entry) -> list[IndexLine]:
    """Return the lines that the file lists for the theme and that the instrument has."""
    place = entry.at("lines") + "/"
    return [line for line in context.index.lines if line.pointer.startswith(place)]


def _with_both(context: Context, entry: Entry) -> list[IndexLine]:
    """List the lines with raw score and points, both in their range; one outside is wrong alone."""
    lines = [line for line in _theme_lines(context, entry) if not line.strays]
    return [line for line in lines if line.poin is not None and line.nilai is not None]


def _has_value(line: IndexLine) -> bool:
    return line.nilai is not None or line.poin is not None


def _open_ends(line: IndexLine) -> Iterable[str]:
    ends = (("min", line.min), ("maks", line.maks)) if line.nilai is not None else ()
    weight = (("bobot", line.bobot),) if line.poin is not None else ()
    return (f"{line.pointer}/{key}" for key, value in (*ends, *weight) if value is None)


def _unknown_scale(line: IndexLine) -> Iterable[str]:
    scale_ = (("bobot", line.bobot), ("maks", line.maks))
    return [f"{line.pointer}/{key}" for key, value in scale_ if value is None]


def _agrees(context: Context, line: IndexLine) -> bool | None:
    if line.computed is None or line.poin is None:
        return None
    return agreement(line.poin, _allowing(line.computed, context))


def _name(context: Context, line: IndexLine) -> Text:
    kode = line.kode.rpartition(".")[2]
    term = context.vocabulary.tema_lines.get(kode)
    return Text(kode, kode) if term is None else term.nama


def _stray_phrases(context: Context, line: IndexLine) -> Iterable[Text]:
    name = _name(context, line)
    low = max(Decimal(0), line.min or Decimal(0))
    pairs = (
        (Text("nilai", "raw score"), line.nilai, low, line.maks),
        (Text("poin", "points"), line.poin, Decimal(0), line.bobot),
    )
    for what, value, least, most in pairs:
        if value is None or (value >= least and (most is None or value <= most)):
            continue
        yield worded(
            "{name}: {what} {value} (rentang {least} sampai {most})",
            "{name}: {what} {value} (range {least} to {most})",
            name=name,
            what=what,
            value=value,
            least=least,
            most=Text("tidak diketahui", "not known") if most is None else most,
        )


def _difference(context: Context, line: IndexLine) -> Text:
    assert line.poin is not None
    assert line.computed is not None
    assert line.computed.high is not None
    return worded(
        "{name}: tercetak {poin}, menurut nilainya {computed}",
        "{name}: printed as {poin}, by its raw score {computed}",
        name=_name(context, line),
        poin=line.poin,
        computed=round_half_up(line.computed.high, SHOWN_DECIMALS),
    )
