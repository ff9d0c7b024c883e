"""What an index is to reach: a number or a grade, with the conditions of the grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Literal

from rbrules.errors import InputError, Problem, show
from rbrules.grades import match_bands
from rbrules.model import Band, Evaluation, Index, Instrument, Vocabulary
from rbrules.validate import suggestion

Side = Literal["sure", "best"]
"""`sure` is what holds for every value that the file leaves open, `best` what may hold at best."""

MET = "target_baik_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """At least `number`, more than it where `strict`; in a grade, also its condition."""

    number: Fraction
    strict: bool
    band: Band | None = None

    def holds(self, value: Fraction) -> bool:
        """Tell whether the number alone is reached."""
        return value > self.number or (not self.strict and value == self.number)

    def reached(self, index: Index, side: Side) -> bool:
        """Tell whether an index reaches the goal, with the condition of the grade."""
        if index.exact is None or index.instrument is None:
            return False
        if self.band is None:
            return self.holds(index.exact.low if side == "sure" else index.exact.high)
        order = ranks(index.instrument)
        wanted = order[self.band.kode]
        enough = [order[band.kode] >= wanted for band in index.bands]
        return bool(enough) and (all(enough) if side == "sure" else any(enough))


def ranks(instrument: Instrument) -> Mapping[str, int]:
    """Rank the grades, lowest first; of two with one range the one on condition is higher."""
    ordered = sorted(
        instrument.bands,
        key=lambda band: (
            band.above is not None,
            band.above or 0,
            band.requires == MET,
        ),
    )
    return {band.kode: rank for rank, band in enumerate(ordered)}


def read_goal(text: str, instrument: Instrument) -> Goal:
    """Read a grade, by code or name, or a number.

    Raises:
        InputError: it is neither.
    """
    bands = match_bands(instrument, text)
    if len(bands) == 1:
        return _of_band(bands[0])
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_finite():
        return Goal(number=Fraction(number), strict=False)
    codes = [band.kode for band in instrument.bands]
    hint = suggestion(text, codes)
    if "," in text:
        hint = f"Write it with a decimal dot: {text.replace(',', '.')}."
    expected = f"a number such as 80.01, or a grade of {instrument.id}: {', '.join(codes)}"
    raise InputError([_problem("--to", show(text), expected, hint)])


def next_goal(index: Index) -> Goal | None:
    """Return the grade above the lowest one that an index may have; None where there is none."""
    if index.instrument is None or not index.bands:
        return None
    order = ranks(index.instrument)
    present = min(order[band.kode] for band in index.bands)
    above = [band for band in index.instrument.bands if order[band.kode] == present + 1]
    return _of_band(above[0]) if above else None


def ways_to(goal: Goal, index: Index) -> tuple[Goal, ...]:
    """Return the goals of which any one is enough.

    A grade with a condition is passed over, without its condition, by the grade of the next range.
    """
    if goal.band is None or goal.band.requires != MET or index.instrument is None:
        return (goal,)
    above = goal.band.at_most
    higher = (b for b in index.instrument.bands if above is not None and b.above == above)
    return (goal, *(_of_band(band) for band in higher if band.requires is None))


def _of_band(band: Band) -> Goal:
    if band.above is None:
        return Goal(number=Fraction(0), strict=False, band=band)
    return Goal(number=Fraction(band.above), strict=True, band=band)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a grade asks of lines besides the number.

    `needed` are scores that lines have to reach, by code. `blocked` names what no line can settle:
    `target_baik_lengkap` where the file does not say that every `target_baik` is given.
    """

    needed: Mapping[str, Decimal]
    blocked: tuple[str, ...] = ()


def condition_of(
    goal: Goal, side: Side, index: Index, evaluation: Evaluation, vocabulary: Vocabulary
) -> Condition:
    """Return what the grade of a goal asks of lines."""
    if goal.band is None or goal.band.requires != MET:
        return Condition(needed={})
    wanted = _targets(evaluation, vocabulary)
    missed = {line.kode for line in index.lines if line.target_baik_met is False}
    open_ = {line.kode for line in index.lines if line.target_baik_met is None}
    asked = missed if side == "best" else missed | (open_ & set(wanted))
    complete = evaluation.root.get("target_baik_lengkap") is True
    blocked = () if complete or side == "best" else ("target_baik_lengkap",)
    return Condition(needed={k: wanted[k] for k in sorted(asked) if k in wanted}, blocked=blocked)


def _targets(evaluation: Evaluation, vocabulary: Vocabulary) -> dict[str, Decimal]:
    """Return `target_baik` of the lines that are not excluded, by code."""
    found: dict[str, Decimal] = {}
    root = evaluation.root
    rows = [(entry, "") for entry in root.entries("indikator")]
    for tema in root.entries("tema"):
        name = tema.get("kode")
        kode = vocabulary.resolve(vocabulary.tema, name) or name
        rows += [(entry, f"{kode}.") for entry in tema.entries("lines")]
    for entry, prefix in rows:
        terms = vocabulary.tema_lines if prefix else vocabulary.lines
        kode = vocabulary.resolve(terms, entry.get("kode")) or entry.get("kode")
        value = entry.get("target_baik")
        if value is not None and entry.get("status") != "dikecualikan":
            found[f"{prefix}{kode}"] = Decimal(value)
    return found


def known_lines(words: Sequence[str], index: Index, vocabulary: Vocabulary) -> frozenset[str]:
    """Read the codes of lines that `--lock` names.

    Raises:
        InputError: with every word that is no line of the index.
    """
    known = [line.kode for line in index.lines]
    found: set[str] = set()
    problems = []
    for word in words:
        kode = word if word in known else vocabulary.resolve(vocabulary.lines, word)
        if kode in known:
            found.add(str(kode))
        else:
            hint = suggestion(word, known)
            problems.append(_problem("--lock", show(word), "the code of a line", hint))
    if problems:
        raise InputError(problems)
    return frozenset(found)


def _problem(option: str, found: str, expected: str, hint: str) -> Problem:
    return Problem(
        file=option, line=0, column=0, pointer="", found=found, expected=expected, hint=hint
    )
