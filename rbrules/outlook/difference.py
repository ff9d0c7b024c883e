"""Reports on one agency: what became of each finding, of the indexes and of their lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, Literal, TypeAlias

from rbrules.errors import InputError, Problem, show
from rbrules.index import compute_indexes
from rbrules.model import (
    Evaluation,
    Index,
    IndexLine,
    Outcome,
    Report,
    Rulebook,
    Severity,
    Verdict,
)
from rbrules.outlook.change import EXCLUDED, Put, changed, printed_aside
from rbrules.report.tree import fingerprint

Judge: TypeAlias = Callable[[Evaluation], Report]
"""Checks an evaluation as the one before was checked: same rules, day and engine."""

State = Literal["new", "reopened", "resumed", "repeated", "waived", "open", "gone", "fixed"]
STATES: Final[tuple[State, ...]] = (
    "new",
    "reopened",
    "resumed",
    "repeated",
    "waived",
    "open",
    "gone",
    "fixed",
)
"""What may become of a finding, gravest first.

`reopened` passed in between. `resumed` did not: that it was fixed in between is not known. `open`
and `gone` are no repairs: what was a finding can no longer be told, or no longer applies.
"""

FOUND: Final = frozenset({Verdict.FINDING, Verdict.WAIVED})
"""The fault is there, accepted or not."""

_RANK = {severity: rank for rank, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """A finding of one report or more, and what it is in each."""

    state: State
    fingerprint: str
    outcome: Outcome
    """The outcome of the last report in which it is a finding."""
    verdicts: tuple[Verdict | None, ...]
    """One for each report, in their order; None where it is not judged at all."""


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much both ends of an index move, in index points; negative where it falls.

    For an index that is a point both are the same.
    """

    low: Fraction
    high: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexChange:
    """An index before and after.

    `base` is the index before without the printed results that were set aside; what it moves by
    is told from there, so that a printed total is never compared with a sum of lines. `comparable`
    says whether one instrument makes both; `shift` is None where none or another one does, and
    where a line without a weight was changed.
    """

    before: Index | None
    base: Index | None
    after: Index | None
    comparable: bool
    shift: Shift | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two reports."""

    before: Report
    after: Report
    puts: tuple[Put, ...]
    aside: tuple[Put, ...]
    """Printed results that were left out, for the values that they were made of are changed."""
    index: IndexChange
    sakip: IndexChange
    findings: tuple[FindingChange, ...]
    unweighted: tuple[str, ...]
    """Lines that differ and have no weight: nothing can be told of what they do to the index."""


def what_if(
    before: Report, puts: Sequence[Put], judge: Judge, *, reading: Rulebook | None = None
) -> Difference:
    """Tell what would be different if the file had other values.

    Args:
        before: the report on the file as it is.
        puts: the values.
        judge: checks the changed evaluation.
        reading: knows the rules that recommendations of the file may name; that of `before` where
            None.

    Raises:
        InputError: a file with these values would have problems, or be that of another agency.
    """
    aside = printed_aside(before, puts)
    whole = (*puts, *aside.totals, *aside.lines)
    after = judge(changed(before.evaluation, reading or before.rulebook, whole))
    base = (before.index, before.sakip)
    if aside.totals:
        base = indexes_of(before, aside.totals)
    return difference(before, after, base=base, puts=tuple(puts), aside=whole[len(puts) :])


def indexes_of(report: Report, puts: Sequence[Put]) -> tuple[Index, Index | None]:
    """Compute the indexes of a report's evaluation with other values.

    Sections that no index reads are left out: they may be long, and are checked already.
    """
    root = report.evaluation.root
    part = {key: value for key, value in root.tree.items() if key not in _NOT_READ}
    evaluation = replace(report.evaluation, root=replace(root, tree=part))
    evaluation = changed(evaluation, report.rulebook, (*puts, Put(("catatan",), None)))
    return compute_indexes(evaluation, report.rulebook, report.day)


_NOT_READ = frozenset(
    {"kinerja", "unit", "rencana_aksi", "rekomendasi", "dokumen", "zi", "pejabat"}
)
"""Sections of an evaluation that no index rests on."""


def difference(
    before: Report,
    after: Report,
    *,
    base: tuple[Index, Index | None] | None = None,
    puts: tuple[Put, ...] = (),
    aside: tuple[Put, ...] = (),
) -> Difference:
    """Hold two reports against each other.

    Args:
        before: the earlier report, or the one on the file as it is.
        after: the later one.
        base: the indexes that `after` is measured from; those of `before` where None.
        puts: what was changed between the two.
        aside: the printed results that were left out.

    Raises:
        InputError: the two are about different agencies.
    """
    strangers = strangers_to(before.evaluation, [after.evaluation])
    if strangers:
        raise InputError(strangers)
    index, sakip = base or (before.index, before.sakip)
    unweighted = tuple(_unweighted(before.index, after.index)) if puts else ()
    change = _change(before.index, index, after.index, same_year=_same_year(before, after))
    return Difference(
        before=before,
        after=after,
        puts=puts,
        aside=aside,
        index=replace(change, shift=None) if unweighted else change,
        sakip=_change(before.sakip, sakip, after.sakip, same_year=_same_year(before, after)),
        findings=follow([before, after]),
        unweighted=unweighted,
    )


def _same_year(before: Report, after: Report) -> bool:
    return before.evaluation.tahun == after.evaluation.tahun


def _unweighted(before: Index, after: Index) -> Iterator[str]:
    """Yield the lines of which another score is known, but what it counts is not."""
    ours = lines_of(before)
    for kode, line in lines_of(after).items():
        own = ours.get(kode)
        is_same = own is not None and (own.nilai, own.poin) == (line.nilai, line.poin)
        if line.bobot is None and line.poin is None and line.status != EXCLUDED and not is_same:
            yield kode


def agency_of(evaluation: Evaluation) -> str:
    """Return what names the agency in a fingerprint."""
    return evaluation.kode or evaluation.nama


def strangers_to(one: Evaluation, others: Iterable[Evaluation]) -> list[Problem]:
    """Return a problem for each of the others that is about another agency."""
    return [
        Problem(
            file=other.file,
            line=0,
            column=0,
            pointer="/instansi",
            found=show(agency_of(other)),
            expected=f"{show(agency_of(one))}, the agency of {one.file}",
            hint="An agency that was renamed has the same kode in both files.",
        )
        for other in others
        if agency_of(other) != agency_of(one)
    ]


def _change(
    before: Index | None, base: Index | None, after: Index | None, *, same_year: bool
) -> IndexChange:
    comparable = is_comparable(before, after) or (same_year and _without_instrument(before, after))
    return IndexChange(
        before=before,
        base=base,
        after=after,
        comparable=comparable,
        shift=shift_of(base, after) if comparable else None,
    )


def is_comparable(before: Index | None, after: Index | None) -> bool:
    """Tell whether one instrument makes both indexes, or one that can be held against it."""
    if before is None or after is None:
        return False
    one, other = before.instrument, after.instrument
    if one is None or other is None:
        return False
    return one.id == other.id or one.id in other.sebanding_dengan


def _without_instrument(before: Index | None, after: Index | None) -> bool:
    """Tell whether both are published figures of a year for which there is no instrument."""
    return all(index is not None and index.instrument is None for index in (before, after))


def shift_of(before: Index | None, after: Index | None) -> Shift | None:
    """Return what both ends of an index moved by; None where one index is not known at all."""
    if before is None or after is None or before.exact is None or after.exact is None:
        return None
    return Shift(after.exact.low - before.exact.low, after.exact.high - before.exact.high)


def lines_of(index: Index | None) -> Mapping[str, IndexLine]:
    """Index the lines of an index by code."""
    return {line.kode: line for line in index.lines} if index else {}


# --- findings ---------------------------------------------------------------------------------


def outcomes_of(report: Report) -> Mapping[str, Outcome]:
    """Index the outcomes of a report by fingerprint."""
    agency = agency_of(report.evaluation)
    return {fingerprint(o.rule.id, agency, o.subject.id): o for o in report.outcomes}


def follow(reports: Sequence[Report | None]) -> tuple[FindingChange, ...]:
    """Tell what became of each finding.

    Args:
        reports: in their order; None where there is none between two others.
    """
    sides = [outcomes_of(report) if report else {} for report in reports]
    changes: list[FindingChange] = []
    for name in dict.fromkeys(name for side in reversed(sides) for name in side):
        row = [side.get(name) for side in sides]
        verdicts = tuple(outcome.verdict if outcome else None for outcome in row)
        state = state_of(verdicts)
        if state is not None:
            found = next(o for o in reversed(row) if o is not None and o.verdict in FOUND)
            changes.append(
                FindingChange(state=state, fingerprint=name, outcome=found, verdicts=verdicts)
            )
    return tuple(sorted(changes, key=sort_key))


def sort_key(change: FindingChange) -> tuple[int, int, str, str]:
    """Sort findings by what became of them, severity, rule and subject."""
    rule = change.outcome.rule
    rank = STATES.index(change.state)
    return rank, _RANK[rule.severity], rule.id, change.outcome.subject.id


def state_of(verdicts: Sequence[Verdict | None]) -> State | None:
    """Tell what became of a finding.

    Args:
        verdicts: one for each report, in their order; None where it is not judged.

    Returns:
        The state; None where no report has the finding, and where it passed after it was last
        found and does not pass any more: it was fixed, and is not known to be back.
    """
    *earlier, now = verdicts
    times = [index for index, verdict in enumerate(earlier) if verdict in FOUND]
    since = earlier[times[-1] + 1 :] if times else []
    if now is Verdict.WAIVED:
        return "waived"
    if now is Verdict.FINDING:
        if not times:
            return "new"
        if not since:
            return "repeated"
        return "reopened" if Verdict.PASS in since else "resumed"
    if not times:
        return None
    if now is Verdict.PASS:
        return "fixed"
    if Verdict.PASS in since:
        return None
    return "open" if now is Verdict.UNKNOWN else "gone"
