"""Earlier recommendations, held against their rules in the last year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rbrules.model import Entry, Evaluation, Outcome, Report, Verdict
from rbrules.outlook.difference import FOUND

DONE = "selesai"

Result = Literal["not_done", "elsewhere", "still", "confirmed", "overtaken", "untold", "not_tested"]
"""What a test says of a recommendation.

`not_done`: closed, but the rule still finds the fault. `elsewhere`: the subjects of then are in
order, but others are not. `still`: open, and the fault is there. `confirmed`: closed,
and the rule passes. `overtaken`: open, though the rule passes. `untold`: the file does not say
enough. `not_tested`: the rule is not in force, or judges nothing in the file.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """A recommendation of one of the files, held against its rule in the last one."""

    id: str
    tahun: int | None
    teks: str | None
    unit: str | None
    rule: str
    status: str | None
    """Code of the status in the newest file that lists it; None where it states none."""
    listed: bool
    """Whether the last file still lists it."""
    result: Result
    subjects: tuple[str, ...]
    """Ids of the subjects that the rule finds fault with now."""
    certain: bool
    """Whether it is known that it was given for these, or for others; else it may be either."""


def retests(reports: Sequence[Report]) -> Iterator[Retest]:
    """Test the recommendations of all files again, each as the newest file has it.

    Args:
        reports: of one agency, by year; the last one tests.
    """
    last = reports[-1]
    words = last.rulebook.vocabulary
    newest: dict[tuple[str, int | None], tuple[Entry, Report]] = {}
    for report in reports:
        for id_, entry in report.evaluation.rows["rekomendasi"]:
            # Where each year counts anew, the same number is another recommendation.
            newest[id_, entry.get("tahun")] = (entry, report)
    for id_, tahun in sorted(newest, key=lambda key: (key[0], key[1] or 0)):
        entry, report = newest[id_, tahun]
        rule, status = entry.get("aturan"), entry.get("status")
        if rule is None or (tahun is not None and tahun > last.evaluation.tahun):
            continue
        code = None if status is None else words.resolve(words.status, status)
        now = [o for o in last.outcomes if _is_about(entry, o, last)]
        found = [o for o in now if o.verdict in FOUND]
        then = _subjects_then(entry, reports)
        yield Retest(
            id=id_,
            tahun=tahun,
            teks=entry.get("teks"),
            unit=entry.get("unit"),
            rule=rule,
            status=code,
            listed=report is last,
            result=_result(now, found, then, is_done=code == DONE),
            subjects=tuple(outcome.subject.id for outcome in found),
            certain=bool(then) or all(_is_given_for(entry, outcome) for outcome in found),
        )


def _is_about(recommendation: Entry, outcome: Outcome, report: Report) -> bool:
    """Tell whether a recommendation may be about an outcome: its rule, and its unit if it has."""
    if recommendation.get("aturan") != outcome.rule.id:
        return False
    wanted = recommendation.get("unit")
    own = _unit_of(outcome, report.evaluation)
    return wanted is None or own is None or wanted == own


def _is_given_for(recommendation: Entry, outcome: Outcome) -> bool:
    """Tell whether a recommendation can be for no other subject than that of the outcome."""
    kind, id_ = outcome.subject.kind, outcome.subject.id
    return kind == "instansi" or (kind == "unit" and recommendation.get("unit") == id_)


def _unit_of(outcome: Outcome, evaluation: Evaluation) -> str | None:
    subject = outcome.subject
    if subject.kind == "unit":
        return subject.id
    rows: Mapping[str, Entry] = dict(evaluation.rows[outcome.rule.applies_to])
    unit: str | None = rows[subject.id].get("unit") if subject.kind != "instansi" else None
    return unit


def _subjects_then(recommendation: Entry, reports: Sequence[Report]) -> frozenset[str]:
    """Return the subjects that the recommendation was given for, where an earlier file tells."""
    return frozenset(
        outcome.subject.id
        for report in reports[:-1]
        if report.evaluation.tahun == recommendation.get("tahun")
        for outcome in report.outcomes
        if outcome.verdict in FOUND and _is_about(recommendation, outcome, report)
    )


def _result(
    now: Sequence[Outcome], found: Sequence[Outcome], then: frozenset[str], *, is_done: bool
) -> Result:
    """Say what the rule makes of a recommendation today.

    A subject of then that is not in the file any more is none that passes.
    """
    mine = [outcome for outcome in now if not then or outcome.subject.id in then]
    verdicts = {outcome.verdict for outcome in mine}
    if verdicts & FOUND:
        return "not_done" if is_done else "still"
    is_gone = bool(then - {outcome.subject.id for outcome in mine})
    passes = Verdict.PASS in verdicts
    if Verdict.UNKNOWN in verdicts or (is_gone and (passes or found)):
        return "untold"
    if not passes:
        return "untold" if found else "not_tested"
    if found:
        return "elsewhere"
    return "confirmed" if is_done else "overtaken"
