"""Achievement of a target, and whether the targets of the five-year plan rise."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal

from rbrules.comparison import moves
from rbrules.model import Entry, Inapplicable, Known, Reading, Target, Unknown
from rbrules.reading import (
    Context,
    Derive,
    is_left_out,
    join_gaps,
    read,
    read_planned,
    read_target,
)


def read_batas(entry: Entry) -> Reading:
    """Read `batas`; the last word of a `skala` is the bound where none is given."""
    given = read_target(entry, "batas")
    skala = entry.get("skala")
    if isinstance(given, Known) or not skala:
        return given
    best = Decimal(len(skala) - 1)
    return Known(Target(best, best, skala[-1]), (entry.at("skala"),))


def at_limit(context: Context, entry: Entry) -> Reading:
    """Tell whether the target is stated to stand at, or beyond, the value that cannot be bettered.

    Without such a value nothing states it.
    """
    limit, target = read_batas(entry), read_target(entry, "perjanjian_kinerja", context.year)
    if not isinstance(limit, Known):
        return Known(False, limit.pointers)  # noqa: FBT003
    if not isinstance(target, Known):
        return target
    assert isinstance(limit.value, Target)
    assert isinstance(target.value, Target)
    pointers = (*target.pointers, *limit.pointers)
    if (limit.value.word is None) != (target.value.word is None):
        return Unknown(pointers, "a word and a number")
    return Known(_reaches(target.value, limit.value, entry.get("arah")), pointers)


def _reaches(target: Target, limit: Target, arah: str | None) -> bool:
    """Tell whether a target stands at its limit or beyond; without a direction, only at it."""
    if arah == "naik" or target.word is not None:
        return target.low >= limit.low
    if arah == "turun":
        return target.high <= limit.high
    return (target.low, target.high) == (limit.low, limit.high)


def achievement(offset: int) -> Derive:
    """Derive the achievement of a year, counted from this one, in percent."""

    def derive(context: Context, entry: Entry) -> Reading:
        tahun = str(context.tahun + offset)
        # `dimuat` speaks of the documents of the year evaluated only.
        reader = read_planned if offset == 0 else read_target
        target = reader(entry, "perjanjian_kinerja", tahun)
        if isinstance(target, Inapplicable):
            return target
        actual = read_target(entry, "realisasi", tahun)
        return _achieved(entry, target, actual, of_year=offset == 0)

    return derive


def target_met(context: Context, entry: Entry) -> Reading:
    """Tell whether the result of the year reaches the PK target, whatever the formula.

    It also decides where there is no percentage: for words of a `skala`, which run from worst to
    best, and for a result outside a range.
    """
    target = read_planned(entry, "perjanjian_kinerja", context.year)
    if isinstance(target, Inapplicable):
        return target
    actual = read_target(entry, "realisasi", context.year)
    # Only words run from worst to best; numbers beside a `skala` follow the direction.
    worded = entry.get("skala") is not None and not any(map(_is_number, (target, actual)))
    arah = Known("naik") if worded else read(entry, "arah")
    if gaps := join_gaps((target, actual, arah)):
        return gaps
    assert isinstance(target, Known)
    assert isinstance(actual, Known)
    assert isinstance(arah, Known)
    assert isinstance(target.value, Target)
    assert isinstance(actual.value, Target)
    pointers = (*target.pointers, *actual.pointers)
    if (target.value.word is None) != (actual.value.word is None):
        return Unknown(pointers, "a word and a number")
    got = actual.value.low
    enough, small = got >= target.value.low, got <= target.value.high
    met = {"naik": enough, "turun": small}.get(str(arah.value), enough and small)
    return Known(met, pointers)


def _is_number(reading: Reading) -> bool:
    """Tell whether a target or result is known and no word of a `skala`."""
    value = reading.value if isinstance(reading, Known) else None
    return isinstance(value, Target) and value.word is None


def _achieved(entry: Entry, target: Reading, actual: Reading, *, of_year: bool) -> Reading:
    """Achievement of a year in percent, by the direction and formula that the file states."""
    arah = read(entry, "arah")
    gaps = [r for r in (target, actual, arah) if isinstance(r, Unknown)]
    if gaps:
        return Unknown(tuple(pointer for gap in gaps for pointer in gap.pointers))
    assert isinstance(target, Known)
    assert isinstance(actual, Known)
    assert isinstance(arah, Known)
    assert isinstance(target.value, Target)
    assert isinstance(actual.value, Target)
    pointers = (*target.pointers, *actual.pointers)
    if target.value.word is not None or actual.value.word is not None:
        return Inapplicable(pointers)
    low, high, got = (Fraction(x) for x in (target.value.low, target.value.high, actual.value.low))
    if arah.value == "rentang" or low != high:
        if low <= got <= high:
            return Known(Fraction(100), pointers)
        # Outside a range there is no percentage, and nothing that the file could add. Of an earlier
        # year that is merely not known, lest it void the question of this one.
        return Inapplicable(pointers) if of_year else Unknown(pointers)
    rumus = entry.get("rumus_capaian") or ("normal" if arah.value == "naik" else None)
    if rumus is None or (rumus == "normal") != (arah.value == "naik"):
        return Unknown((entry.at("rumus_capaian"),), rumus or "")
    return _quotient(str(rumus), low, got, pointers)


def _quotient(rumus: str, target: Fraction, actual: Fraction, pointers: tuple[str, ...]) -> Reading:
    divisor = actual if rumus == "target_per_realisasi" else target
    if divisor <= 0:
        # A percentage of nothing, or of a negative target, says nothing about achievement.
        return Unknown(pointers, str(divisor))
    dividend = {
        "normal": actual,
        "target_per_realisasi": target,
        "dua_target_kurang_realisasi": 2 * target - actual,
    }[rumus]
    return Known(dividend / divisor * 100, pointers)


def _renstra_pairs(entry: Entry) -> list[tuple[int, int]]:
    series = entry.get("renstra") or {}
    years = sorted(int(year) for year, raw in series.items() if raw is not None)
    return [(year, year + 1) for year in range(years[0], years[-1])] if years else []


def _renstra_stop(entry: Entry) -> tuple[int, int] | Reading:
    """Walk the pairs of consecutive Renstra years; return the first that does not rise."""
    readings = {
        "arah": read(entry, "arah"),
        "batas": read_batas(entry),
        "satuan": read(entry, "satuan"),
    }
    gaps: list[str] = []
    rises = False
    for before, after in _renstra_pairs(entry):
        left = read_target(entry, "renstra", str(after))
        right = read_target(entry, "renstra", str(before))
        result = moves(left, right, readings, rising=True)
        if result is False:
            return before, after
        if isinstance(result, Unknown):
            gaps += result.pointers
        rises = rises or result is True
    if gaps:
        return Unknown(tuple(dict.fromkeys(gaps)))
    pointer = (entry.at("renstra"),)
    if not _renstra_pairs(entry):
        left_out = is_left_out(entry, "renstra")
        return Inapplicable((entry.at("dimuat"),)) if left_out else Unknown(pointer)
    return Known(rises, pointer) if rises else Inapplicable(pointer)


def plan_rises(_: Context, entry: Entry) -> Reading:
    """Tell whether each pair of consecutive years of the plan rises; a gap is unknown."""
    stop = _renstra_stop(entry)
    if isinstance(stop, tuple):
        pointers = tuple(entry.at("renstra", str(year)) for year in stop)
        return Known(False, pointers)  # noqa: FBT003
    return stop


def of_stop(position: Literal[0, 1], *, year: bool) -> Derive:
    """Derive year or target of the first pair of years that does not rise."""

    def derive(_: Context, entry: Entry) -> Reading:
        stop = _renstra_stop(entry)
        if not isinstance(stop, tuple):
            return Inapplicable()
        tahun = stop[position]
        if year:
            return Known(Decimal(tahun), (entry.at("renstra", str(tahun)),))
        return read_target(entry, "renstra", str(tahun))

    return derive
