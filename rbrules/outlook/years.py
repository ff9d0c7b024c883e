"""Years of one agency: findings, unknowns, index and lines, recommendations tested again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from rbrules.errors import InputError, Problem
from rbrules.model import Evaluation, Index, IndexLine, Outcome, Report, Verdict
from rbrules.outlook.difference import (
    FOUND,
    FindingChange,
    Shift,
    follow,
    is_comparable,
    lines_of,
    outcomes_of,
    strangers_to,
)
from rbrules.outlook.retest import Retest, retests

Fate = Literal["still", "lost", "added", "known", "gone"]
FATES: Final[tuple[Fate, ...]] = ("still", "lost", "added", "known", "gone")
"""What became of an unknown from one year to the next.

`still`: unknown in both. `lost`: could be told before. `added`: did not apply, or was not judged
before. `known`: can be told now. `gone`: does not apply, or is not judged any more. The first
three are the unknowns of the later year; `still`, `known` and `gone` those of the earlier one.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line in both years; None where the index of that year has no such line.

    `comparable` is true where instrument, weight and scale allow a comparison of the scores.
    """

    kode: str
    before: IndexLine | None
    after: IndexLine | None
    comparable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownChange:
    """What cannot be told in one of two years; None in the year in which it is not judged."""

    fate: Fate
    fingerprint: str
    outcome: Outcome
    """The outcome of the later year where it is unknown there, else of the earlier one."""
    before: Verdict | None
    after: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStep:
    """An index from one year to the next.

    `comparable` says whether the two can be held against each other; `shift` is None where they
    cannot, for then the difference says nothing of the agency, and where one is not known.
    """

    before: Index | None
    after: Index | None
    comparable: bool
    shift: Shift | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """From one year to the next of which there is a file."""

    before: Report
    after: Report
    index: IndexStep
    sakip: IndexStep
    lines: tuple[LineChange, ...]
    unknowns: tuple[UnknownChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Two or more years of one agency."""

    reports: tuple[Report, ...]
    """By year."""
    years: tuple[int, ...]
    """Every year from the first to the last, those without a file too."""
    findings: tuple[FindingChange, ...]
    """What is a finding in the last year or was one before; a verdict for each of `years`."""
    steps: tuple[Step, ...]
    retests: tuple[Retest, ...]


def compare_years(reports: Iterable[Report]) -> Years:
    """Hold years of one agency against each other.

    A year without a file is one of which nothing is told: what is a finding before and after it
    is not said to have stood in between.

    Args:
        reports: two or more, in any order.

    Raises:
        InputError: two are on one year, or the agencies differ.
    """
    ordered = tuple(sorted(reports, key=lambda report: report.evaluation.tahun))
    problems = misfits([report.evaluation for report in ordered])
    if problems:
        raise InputError(problems)
    by_year = {report.evaluation.tahun: report for report in ordered}
    years = tuple(range(min(by_year), max(by_year) + 1))
    return Years(
        reports=ordered,
        years=years,
        findings=follow([by_year.get(year) for year in years]),
        steps=tuple(_step(before, after) for before, after in pairwise(ordered)),
        retests=tuple(retests(ordered)),
    )


def stood(change: FindingChange) -> int:
    """Count the years, up to the last, in which a finding stands without a break."""
    count = 0
    for verdict in reversed(change.verdicts):
        if verdict not in FOUND:
            break
        count += 1
    return count


def misfits(evaluations: Iterable[Evaluation]) -> list[Problem]:
    """Return a problem for each evaluation of a year that is there twice, or of another agency."""
    first, *others = sorted(evaluations, key=lambda evaluation: evaluation.tahun)
    return [*_doubles([first, *others]), *strangers_to(first, others)]


def _doubles(evaluations: Iterable[Evaluation]) -> Iterator[Problem]:
    first: dict[int, Evaluation] = {}
    for evaluation in evaluations:
        other = first.setdefault(evaluation.tahun, evaluation)
        if other is not evaluation:
            yield Problem(
                file=evaluation.file,
                line=0,
                column=0,
                pointer="/tahun",
                found=str(evaluation.tahun),
                expected=f"another year than that of {other.file}",
            )


def _step(before: Report, after: Report) -> Step:
    index = _index_step(before.index, after.index)
    return Step(
        before=before,
        after=after,
        index=index,
        sakip=_index_step(before.sakip, after.sakip),
        lines=tuple(_lines(before.index, after.index, comparable=index.comparable)),
        unknowns=tuple(_unknowns(before, after)),
    )


def _index_step(before: Index | None, after: Index | None) -> IndexStep:
    comparable = is_comparable(before, after)
    shift = _between(before, after) if comparable else None
    return IndexStep(before=before, after=after, comparable=comparable, shift=shift)


def _between(before: Index | None, after: Index | None) -> Shift | None:
    """Return the least and the most that an index can have moved by from year to year.

    What is not known of one year says nothing of the other, so an end is not held against the same
    end: two intervals that look alike may hide any change.
    """
    if before is None or after is None or before.exact is None or after.exact is None:
        return None
    return Shift(after.exact.low - before.exact.high, after.exact.high - before.exact.low)


def _lines(before: Index, after: Index, *, comparable: bool) -> Iterator[LineChange]:
    ours, theirs = lines_of(before), lines_of(after)
    for kode in dict.fromkeys((*theirs, *ours)):
        one, other = ours.get(kode), theirs.get(kode)
        alike = one is not None and other is not None
        if one is not None and other is not None:
            alike = (one.bobot, one.min, one.maks) == (other.bobot, other.min, other.maks)
        yield LineChange(kode=kode, before=one, after=other, comparable=comparable and alike)


# --- unknowns -------------------------------------------------------------------------------------

_TOLD = FOUND | {Verdict.PASS}


def _unknowns(before: Report, after: Report) -> Iterator[UnknownChange]:
    """Yield what is unknown in one of the years, by rule and subject."""
    ours, theirs = outcomes_of(before), outcomes_of(after)
    for name, outcome in _unknown_in((theirs, ours)):
        one, other = (side[name].verdict if name in side else None for side in (ours, theirs))
        yield UnknownChange(
            fate=_fate(one, other), fingerprint=name, outcome=outcome, before=one, after=other
        )


def _unknown_in(sides: Iterable[Mapping[str, Outcome]]) -> Sequence[tuple[str, Outcome]]:
    found: dict[str, Outcome] = {}
    for side in sides:
        for name, outcome in side.items():
            if outcome.verdict is Verdict.UNKNOWN:
                found.setdefault(name, outcome)
    return sorted(found.items(), key=lambda item: (item[1].rule.id, item[1].subject.id))


def _fate(before: Verdict | None, after: Verdict | None) -> Fate:
    if after is Verdict.UNKNOWN:
        if before is Verdict.UNKNOWN:
            return "still"
        return "lost" if before in _TOLD else "added"
    return "known" if after in _TOLD else "gone"
