"""One line of an instrument and what the file says of it, to points with their bounds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rbrules.figures import half_unit, round_half_up
from rbrules.index.given import Given, measured_half
from rbrules.index.pairs import Setting
from rbrules.model import Computed, IndexLine, Instrument, Interval, LineSpec, Note

EXCLUDED = "dikecualikan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Weight and bounds of a line that count; `changed` notes where the file overrode some."""

    bobot: Decimal | None
    asal: Literal["instrumen", "berkas"] | None
    verified: bool
    min: Decimal | None
    maks: Decimal | None
    changed: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Factor:
    """What a multiplier may do: shrink to `low` at most; `slack` is what rounding adds."""

    low: Fraction
    slack: Fraction
    pointer: str


def measure_line(
    spec: LineSpec, given: Given, setting: Setting, factor: Factor | None
) -> IndexLine:
    """Turn what the file says of a line into points.

    Args:
        spec: the line as the instrument has it.
        given: the line as the file has it.
        setting: rounding and the day that picks the range.
        factor: the multiplier of the line, which is not verified: it may count or not.

    Returns:
        The line with its points: a point where they are known, [0, bobot] where the value is
        missing or out of range, None where excluded or where no weight is known either.

    Source: points = nilai x bobot / maks, as in applications in use; KepmenPANRB 739/2023 for
    the ranges.
    """
    scale = scale_of(spec, given, setting.day)
    computed = compute_points(given, scale, factor)
    interval, tolerance = _interval(given, scale, setting.instrument, computed)
    settled = interval is not None and interval.is_point
    reached = None
    if given.target_baik is not None and given.nilai is not None and not strays(given, scale):
        reached = given.nilai >= given.target_baik
    return IndexLine(
        kode=spec.kode,
        komponen=spec.komponen,
        status=given.status,
        nilai=given.nilai,
        poin=given.poin,
        min=scale.min,
        maks=scale.maks,
        bobot=scale.bobot,
        asal_bobot=scale.asal,
        verified=scale.verified,
        computed=computed,
        strays=strays(given, scale),
        interval=interval,
        evidenced=settled and given.status == "dinilai",
        pointer=given.pointer,
        missing=() if settled or given.status == EXCLUDED else _missing(given, scale),
        tolerance=tolerance,
        target_baik_met=reached,
    )


def compute_points(given: Given, scale: Scale, factor: Factor | None) -> Computed | None:
    """Compute nilai x bobot / maks, with and without a multiplier that is not verified.

    Returns:
        The points before rounding; None where value, weight or maximum is not known.
    """
    points = points_of(given, scale)
    if points is None or given.nilai is None:
        return None
    slack = measured_half(given.nilai) * points_per_unit(scale)
    if factor is None:
        return Computed(low=points, high=points, tolerance=slack)
    multiplied = points * factor.low
    return Computed(
        low=min(points, multiplied),
        high=max(points, multiplied),
        tolerance=slack + abs(points) * factor.slack,
        missing=() if multiplied == points else (factor.pointer,),
    )


def _interval(
    given: Given, scale: Scale, instrument: Instrument, computed: Computed | None
) -> tuple[Interval | None, Fraction]:
    """Return the bounds of a line's points, and what rounding of its figure can move them by."""
    nothing = Fraction(0)
    if given.status == EXCLUDED:
        return None, nothing
    if given.poin is not None and not strays(given, scale):
        return Interval(Fraction(given.poin), Fraction(given.poin)), half_unit(given.poin)
    if computed is None or computed.low is None or computed.high is None or strays(given, scale):
        whole = None if scale.bobot is None else Interval(nothing, Fraction(scale.bobot))
        return whole, nothing
    low, high = computed.low, computed.high
    if instrument.round_lines:
        low, high = (Fraction(round_half_up(x, instrument.decimals)) for x in (low, high))
    return Interval(low, high), computed.tolerance


def points_of(given: Given, scale: Scale) -> Fraction | None:
    """Return nilai x bobot / maks, exact; None where one of the three is not known."""
    if given.nilai is None or scale.bobot is None or scale.maks is None:
        return None
    return Fraction(given.nilai) * points_per_unit(scale)


def points_per_unit(scale: Scale) -> Fraction:
    """Return bobot / maks; 0 where one of them is not known."""
    if scale.bobot is None or scale.maks is None:
        return Fraction(0)
    return Fraction(scale.bobot) / Fraction(scale.maks)


def strays(given: Given, scale: Scale) -> bool:
    """Tell whether a value lies outside its range, or printed points outside [0, bobot]."""
    nilai, poin = given.nilai, given.poin
    low = 0 if scale.min is None else scale.min
    if nilai is not None and (nilai < low or (scale.maks is not None and nilai > scale.maks)):
        return True
    points = points_of(given, scale)
    if points is not None and points < 0:
        return True
    return poin is not None and (poin < 0 or (scale.bobot is not None and poin > scale.bobot))


def scale_of(spec: LineSpec, given: Given, day: date) -> Scale:
    """Choose weight and bounds: the file's where it gives them, else the instrument's."""
    range_ = next((r for r in spec.ranges if r.valid is None or r.valid.holds_on(day)), None)
    own = {
        "bobot": spec.bobot,
        "min": range_.min if range_ else None,
        "maks": range_.maks if range_ else None,
    }
    changed: list[Note] = []
    for key, ours in own.items():
        theirs: Decimal | None = getattr(given, key)
        if theirs is not None and ours is not None and theirs != ours:
            kode = "bobot_berkas" if key == "bobot" else "rentang_berkas"
            pairs = {"indikator": spec.kode, "ukuran": key}
            changed.append(remark(kode, **pairs, berkas=str(theirs), instrumen=str(ours)))
    from_file = given.bobot is not None and given.bobot != spec.bobot
    bobot = given.bobot if from_file else spec.bobot
    return Scale(
        bobot=bobot,
        asal=None if bobot is None else "berkas" if from_file else "instrumen",
        verified=spec.verified and not changed and not from_file,
        min=own["min"] if given.min is None else given.min,
        maks=own["maks"] if given.maks is None else given.maks,
        changed=tuple(changed),
    )


def _missing(given: Given, scale: Scale) -> tuple[str, ...]:
    """Return the places that would settle the points of a line."""
    if not given.listed:
        return (given.pointer,)
    if given.nilai is not None and not strays(given, scale):
        gaps = [key for key in ("bobot", "maks") if getattr(scale, key) is None]
    elif scale.bobot is not None and scale.maks is not None:
        gaps = [given.value_key]
    else:
        gaps = []
    return tuple(f"{given.pointer}/{key}" for key in gaps or ["poin"])


def remark(kode: str, **values: str) -> Note:
    """Make a note with its values in the order given."""
    return Note(kode=kode, values=tuple(values.items()))
