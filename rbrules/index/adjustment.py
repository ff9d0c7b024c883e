"""From the sum of the lines of RB General to its points: koefisien and bobot_penyesuaian."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from rbrules.index.given import measured_half, number
from rbrules.index.lines import EXCLUDED
from rbrules.model import Component, Computed, Entry, IndexLine

KOEFISIEN = "koefisien"
PENYESUAIAN = "bobot_penyesuaian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """How the sum of the lines of RB General becomes its points.

    The sum plus `koefisien`, times maks / `divisor`. `half` is half a unit of the last decimal of
    koefisien. Where `is_open`, an excluded line has no weight and the divisor may be smaller.
    """

    koefisien: Fraction
    half: Fraction
    divisor: Fraction
    is_open: bool
    missing: tuple[str, ...]
    assumed: tuple[str, ...]

    def apply(self, total: Computed, maks: Decimal) -> Computed | None:
        """Adjust the sum of the lines.

        Returns:
            The points of the component, in index points. None where every weight is excluded, or
            where a negative sum would be divided by a number that is not known.

        Source: (rb_general + koefisien) / bobot_penyesuaian x 100, as in applications in use.
        """
        if self.divisor <= 0 or total.low is None:
            return None
        low = total.low + self.koefisien
        if self.is_open and low < 0:
            return None
        scale = Fraction(maks) / self.divisor
        high = None
        if total.high is not None and not self.is_open:
            high = (total.high + self.koefisien) * scale
        return Computed(
            low=low * scale,
            high=high,
            tolerance=(total.tolerance + self.half) * scale,
            farthest=(total.reach + self.half) * scale,
            coarse=total.coarse,
            missing=(*total.missing, *self.missing),
            assumed=self.assumed,
        )


def read_adjustment(
    root: Entry, component: Component, lines: Iterable[IndexLine], maks: Decimal
) -> Adjustment:
    """Read `koefisien` and `bobot_penyesuaian`, or take their defaults.

    Args:
        root: the evaluation.
        component: the component that is adjusted; it says whether a koefisien belongs to it.
        lines: the lines of the component that is adjusted.
        maks: the points that all lines together can earn.

    Returns:
        The adjustment. Absent, koefisien is 0 and bobot_penyesuaian is maks less the excluded
        weights; each is then listed in `assumed`, or in `missing` where such a weight is unknown.
        Where the instrument knows of no koefisien, its absence assumes nothing.
    """
    koefisien, penyesuaian = number(root.get(KOEFISIEN)), number(root.get(PENYESUAIAN))
    excluded = [line.bobot for line in lines if line.status == EXCLUDED]
    known = [Fraction(bobot) for bobot in excluded if bobot is not None]
    is_open = penyesuaian is None and len(known) < len(excluded)
    remaining = Fraction(maks) - sum(known, Fraction(0))
    assumed = [root.at(KOEFISIEN)] if koefisien is None and component.koefisien else []
    if penyesuaian is None and not is_open:
        assumed.append(root.at(PENYESUAIAN))
    return Adjustment(
        koefisien=Fraction(koefisien or 0),
        half=Fraction(0) if koefisien is None else measured_half(koefisien),
        divisor=remaining if penyesuaian is None else Fraction(penyesuaian),
        is_open=is_open,
        missing=(root.at(PENYESUAIAN),) if is_open else (),
        assumed=tuple(assumed),
    )
