"""What printed digits mean: rounding, half units, and when two figures agree."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Final

from rbrules.model import Computed, Number

WHOLE: Final = Fraction(1, 2)
"""Half a unit of a figure that is printed without decimals."""


def half_unit(printed: Decimal) -> Fraction:
    """Return half a unit of the last printed digit: 1/200 for 71.38."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)
    return Fraction(10) ** min(exponent, 0) / 2


def round_half_up(value: Number, decimals: int) -> Decimal:
    """Round to `decimals` places, halves away from zero, exactly (no binary step between)."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    negative = exact < 0 and whole > 0
    return Decimal((int(negative), tuple(map(int, str(whole))), -decimals))


def decimals_beside(value: Fraction, marks: Iterable[Number], least: int) -> int:
    """Return how many decimals, at least `least`, show a value on its own side of every mark.

    110.004 is above 110, and has to be shown as more than 110.00 where it is held against that.
    """
    exact = [Fraction(mark) for mark in marks]
    decimals = least
    while any(_side(Fraction(round_half_up(value, decimals)), m) != _side(value, m) for m in exact):
        decimals += 1
    return decimals


def _side(value: Fraction, mark: Fraction) -> int:
    return (value > mark) - (value < mark)


def same_figure(one: Decimal, other: Decimal) -> bool:
    """Tell whether one value may have been rounded to both figures: 76.25 and 76.3, not 76.4."""
    if one == other:
        return True
    # Less than half a unit each way: on the edge one of them would have been rounded away.
    return abs(Fraction(one) - Fraction(other)) < half_unit(one) + half_unit(other)


def finest(figures: Iterable[Decimal]) -> Decimal | None:
    """Return the figure with the most digits of several prints of one value.

    None where two of them cannot be prints of one value, or where there is none.
    """
    listed = sorted(figures, key=lambda figure: (half_unit(figure), str(figure)))
    agree = all(same_figure(one, other) for one, other in combinations(listed, 2))
    return listed[0] if listed and agree else None


def joint_tolerance(tolerances: Iterable[Fraction]) -> Fraction:
    """Return what rounding of several printed figures is expected to move their sum by.

    Half units of digits after the point add up. A figure printed without decimals is most often
    one whose decimals are zero; so of such figures the coarsest counts, once. How far they could
    move the sum at the most is the sum of all half units (`Computed.farthest`).
    """
    listed = list(tolerances)
    fine = sum((t for t in listed if t < WHOLE), Fraction(0))
    return max([fine, *(t for t in listed if t >= WHOLE)])


def agreement(printed: Decimal, computed: Computed) -> bool | None:
    """Tell whether a printed figure agrees with the one computed here.

    Args:
        printed: the figure with the digits that were printed.
        computed: bounds of the exact value and what may separate the two.

    Returns:
        True where both agree, False where they cannot both be right, None where that cannot be
        told: the printed figure lies inside a real interval, a bound is not known, they differ
        while a default was assumed, or only by what several figures without decimals can hide.
    """
    half = half_unit(printed)
    if _lies_beyond(printed, computed, max(computed.allowed, half + computed.reach)):
        return None if computed.assumed else False
    if _lies_beyond(printed, computed, max(computed.allowed, half + computed.tolerance)):
        return None
    return True if computed.low is not None and computed.low == computed.high else None


def _lies_beyond(printed: Decimal, computed: Computed, slack: Fraction) -> bool:
    value = Fraction(printed)
    too_low = computed.low is not None and value < computed.low - slack
    too_high = computed.high is not None and value > computed.high + slack
    return too_low or too_high
