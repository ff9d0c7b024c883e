"""One year against another: findings, index, lines, and the recommendations tested again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rbrules.errors import InputError, Problem
from rbrules.model import Entry, Evaluation, Index, IndexLine, Outcome, Report, Verdict
from rbrules.outlook.difference import (
    Difference,
    difference,
    lines_of,
    outcomes_of,
    sort_key,
)

DONE = "selesai"

Result = Literal["not_done", "elsewhere", "still", "confirmed", "overtaken", "untold", "not_tested"]
"""What a test says of a recommendation.

`not_done`: closed, but the rule still finds the fault. `elsewhere`: the subjects of then are in
order, but others are not. `still`: open, and the fault is there. `confirmed`: closed,
and the rule passes. `overtaken`: open, though the rule passes. `untold`: the file does not say
enough. `not_tested`: the rule is not in force, or judges nothing in the file.
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
class Retest:
    """An earlier recommendation, held against its rule in the later file."""

    id: str
    tahun: int | None
    teks: str | None
    unit: str | None
    rule: str
    status: str | None
    """Code of the status in the newest file that lists it; None where it states none."""
    listed: bool
    """Whether the later file still lists it."""
    result: Result
    subjects: tuple[str, ...]
    """Ids of the subjects that the rule finds fault with now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Two years of one agency."""

    difference: Difference
    comparable: bool
    """Whether the indexes of both years can be compared; else the change says nothing."""
    sakip_comparable: bool
    lines: tuple[LineChange, ...]
    retests: tuple[Retest, ...]


def compare_years(before: Report, after: Report) -> Years:
    """Hold a year against an earlier one.

    Args:
        before: the report on the earlier year.
        after: the report on the later year, or on the same one.

    Raises:
        InputError: the agencies differ, or the years are the wrong way round.
    """
    one, other = before.evaluation, after.evaluation
    if one.tahun > other.tahun:
        expected = f"{one.tahun} or later: the year of {one.file} comes first"
        raise InputError([_order_problem(other.file, str(other.tahun), expected)])
    found = difference(before, after)
    entries = tuple(_recommendations(before, after))
    closed = [entry for entry in entries if entry.status == DONE]
    findings = (
        replace(change, state="reopened")
        if change.state == "new" and any(_is_about(c, change.outcome, after) for c in closed)
        else change
        for change in found.findings
    )
    comparable = _comparable(before.index, after.index)
    return Years(
        difference=replace(found, findings=tuple(sorted(findings, key=sort_key))),
        comparable=comparable,
        sakip_comparable=_comparable(before.sakip, after.sakip),
        lines=tuple(_lines(before.index, after.index, comparable=comparable)),
        retests=tuple(_retest(entry, before, after) for entry in entries),
    )


def _order_problem(file: str, found: str, expected: str) -> Problem:
    return Problem(file=file, line=0, column=0, pointer="/tahun", found=found, expected=expected)


def _comparable(before: Index | None, after: Index | None) -> bool:
    if before is None or after is None:
        return False
    one, other = before.instrument, after.instrument
    if one is None or other is None:
        return False
    return one.id == other.id or one.id in other.sebanding_dengan


def _lines(before: Index, after: Index, *, comparable: bool) -> Iterator[LineChange]:
    ours, theirs = lines_of(before), lines_of(after)
    for kode in dict.fromkeys((*theirs, *ours)):
        one, other = ours.get(kode), theirs.get(kode)
        alike = one is not None and other is not None
        if one is not None and other is not None:
            alike = (one.bobot, one.min, one.maks) == (other.bobot, other.min, other.maks)
        yield LineChange(kode=kode, before=one, after=other, comparable=comparable and alike)


# --- recommendations ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Recommendation:
    """An earlier recommendation that names its rule."""

    entry: Entry
    rule: str
    status: str | None
    listed: bool


def _recommendations(before: Report, after: Report) -> Iterator[_Recommendation]:
    """Yield the recommendations given before the later year, each as the newest file has it."""
    words = after.rulebook.vocabulary
    newest: dict[str, tuple[Entry, bool]] = {}
    for report, is_later in ((before, False), (after, True)):
        for id_, entry in report.evaluation.rows["rekomendasi"]:
            newest[id_] = (entry, is_later)
    for id_ in sorted(newest):
        entry, is_later = newest[id_]
        rule, tahun = entry.get("aturan"), entry.get("tahun")
        too_late = tahun is not None and tahun > after.evaluation.tahun
        if rule is not None and not too_late:
            status = entry.get("status")
            code = None if status is None else words.resolve(words.status, status)
            yield _Recommendation(entry, rule, code, is_later)


def _is_about(recommendation: _Recommendation, outcome: Outcome, report: Report) -> bool:
    """Tell whether a recommendation may be about an outcome: its rule, and its unit if it has."""
    if recommendation.rule != outcome.rule.id:
        return False
    wanted = recommendation.entry.get("unit")
    own = _unit_of(outcome, report.evaluation)
    return wanted is None or own is None or wanted == own


def _unit_of(outcome: Outcome, evaluation: Evaluation) -> str | None:
    subject = outcome.subject
    if subject.kind == "unit":
        return subject.id
    rows: Mapping[str, Entry] = dict(evaluation.rows[outcome.rule.applies_to])
    unit: str | None = rows[subject.id].get("unit") if subject.kind != "instansi" else None
    return unit


def _retest(recommendation: _Recommendation, before: Report, after: Report) -> Retest:
    entry = recommendation.entry
    now = [o for o in after.outcomes if _is_about(recommendation, o, after)]
    found = [o for o in now if o.verdict in {Verdict.FINDING, Verdict.WAIVED}]
    result = _result(recommendation, now, found, _subjects_then(recommendation, before, after))
    return Retest(
        id=entry.get("id"),
        tahun=entry.get("tahun"),
        teks=entry.get("teks"),
        unit=entry.get("unit"),
        rule=recommendation.rule,
        status=recommendation.status,
        listed=recommendation.listed,
        result=result,
        subjects=tuple(outcome.subject.id for outcome in found),
    )


def _subjects_then(
    recommendation: _Recommendation, before: Report, after: Report
) -> frozenset[str]:
    """Return the subjects that the recommendation was given for, where the earlier file tells."""
    tahun = recommendation.entry.get("tahun")
    if before.evaluation.tahun == after.evaluation.tahun or tahun != before.evaluation.tahun:
        return frozenset()
    return frozenset(
        outcome.subject.id
        for outcome in outcomes_of(before).values()
        if outcome.verdict in {Verdict.FINDING, Verdict.WAIVED}
        and _is_about(recommendation, outcome, before)
    )


def _result(
    recommendation: _Recommendation,
    now: Sequence[Outcome],
    found: Sequence[Outcome],
    then: frozenset[str],
) -> Result:
    """Say what the rule makes of a recommendation today."""
    is_done = recommendation.status == DONE
    verdicts = {outcome.verdict for outcome in now if not then or outcome.subject.id in then}
    if verdicts & {Verdict.FINDING, Verdict.WAIVED}:
        return "not_done" if is_done else "still"
    if Verdict.UNKNOWN in verdicts:
        return "untold"
    if found:
        return "elsewhere"
    if Verdict.PASS in verdicts:
        return "confirmed" if is_done else "overtaken"
    return "not_tested"
