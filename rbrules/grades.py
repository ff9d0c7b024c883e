"""Grades of an instrument: which of them an index may have, and which of them a text names."""

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

from rbrules.model import Band, Instrument, Interval

TEXTS = 4096
"""So many folded texts are kept: the names of grades are asked for again and again."""

_DASHES = dict.fromkeys(map(ord, "\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}"), "-")


def match_bands(instrument: Instrument, text: str) -> tuple[Band, ...]:
    """Find the grades that a published text names.

    Args:
        instrument: the instrument whose grades are meant.
        text: a code such as "A-" or a name such as "sangat baik", in any case and spacing.

    Returns:
        The grades with that code, else those with that name, lowest first; () where the text is
        neither, such as a letter and a name in one.
    """
    word = folded(text)
    by_code = [band for band in instrument.bands if folded(band.kode) == word]
    by_name = [band for band in instrument.bands if folded(band.nama) == word]
    return _sorted(by_code or by_name)


def named_grades(instruments: Iterable[Instrument], text: str) -> frozenset[str]:
    """Return the codes of the grades that a text names in any of `instruments`; none where none."""
    return frozenset(band.kode for i in instruments for band in match_bands(i, text))


def touched_bands(
    instrument: Instrument, index: Interval, *, met: Iterable[bool | None], complete: bool
) -> tuple[Band, ...]:
    """List the grades that an index may have, lowest first.

    Args:
        instrument: the instrument whose grades are meant.
        index: bounds of the unrounded index; a point has one grade, or two where a condition
            besides the number is not decided.
        met: for each line with a `target_baik` whether it was reached; None is not known.
        complete: whether `target_baik` is given for every line that has one.

    Returns:
        Every grade whose range the interval touches and whose condition is not refuted; () where
        the index lies outside all of them.

    Source: digest of PermenPANRB 9/2023 (bounds); applications in use (condition of A and A-).
    """
    if index.high < 0:
        # Points are counted from 0: below it there is no grade.
        return ()
    answers = tuple(met)
    missed = any(answer is False for answer in answers)
    all_met = complete and all(answer is True for answer in answers)
    refuted = {"target_baik_met": missed, "target_baik_missed": all_met}
    return _sorted(
        band
        for band in instrument.bands
        if (band.above is None or index.high > Fraction(band.above))
        and (band.at_most is None or index.low <= Fraction(band.at_most))
        and not (band.requires is not None and refuted[band.requires])
    )


def bands_between(instrument: Instrument, low: Fraction, high: Fraction | None) -> tuple[Band, ...]:
    """List the grades that a figure from `low` to `high` may have by the number alone.

    Args:
        instrument: the instrument whose grades are meant.
        low: the least that the figure can be.
        high: the most that it can be; None where nothing bounds it.

    Returns:
        The grades, lowest first; () where the figure lies outside all of them.
    """
    if high is not None and high < 0:
        return ()
    return _sorted(
        band
        for band in instrument.bands
        if (band.above is None or high is None or high > band.above)
        and (band.at_most is None or low <= band.at_most)
    )


def _sorted(bands: Iterable[Band]) -> tuple[Band, ...]:
    """Sort by range; of two with the same range the one for a missed target is the lower."""
    return tuple(
        sorted(
            bands,
            key=lambda band: (
                band.above is not None,
                band.above or 0,
                band.requires == "target_baik_met",
            ),
        )
    )


@lru_cache(TEXTS)
def folded(text: str) -> str:
    """Return a text without differences of case, spacing and kind of dash."""
    return " ".join(text.translate(_DASHES).casefold().split())
