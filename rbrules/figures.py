"""What printed digits mean: rounding, half units, and when two figures agree."""

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from rbrules.model import Computed, Number

_WIDE = Context(prec=60)


def half_unit(printed: Decimal) -> Fraction:
    """Return half a unit of the last printed digit: 1/200 for 71.38."""
    exponent = printed.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 - the loader refuses NaN and Infinity
    return Fraction(10) ** min(exponent, 0) / 2


def round_half_up(value: Number, decimals: int) -> Decimal:
    """Round to `decimals` places, halves away from zero, exactly (no binary step between)."""
    exact = Fraction(value)
    scaled = abs(exact) * 10**decimals + Fraction(1, 2)
    digits = scaled.numerator // scaled.denominator
    rounded = Decimal(digits if exact >= 0 else -digits).scaleb(-decimals, _WIDE)
    return rounded.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)


def agreement(printed: Decimal, computed: Computed) -> bool | None:
    """Tell whether a printed figure agrees with the one computed here.

    Args:
        printed: the figure with the digits that were printed.
        computed: bounds of the exact value and what may separate the two.

    Returns:
        True where both agree, False where they cannot both be right, None where that cannot be
        told: the printed figure lies inside a real interval, a bound is not known, or they differ
        while a default was assumed.
    """
    slack = max(computed.allowed, half_unit(printed) + computed.tolerance)
    value = Fraction(printed)
    too_low = computed.low is not None and value < computed.low - slack
    too_high = computed.high is not None and value > computed.high + slack
    if too_low or too_high:
        return None if computed.assumed else False
    return True if computed.low is not None and computed.low == computed.high else None
