"""What a list for follow-up adds to the findings: deadlines, expected evidence, words of status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from rbrules.errors import InputError, Problem, say, show
from rbrules.model import Report, Severity

DAYS: Final[Mapping[str, str]] = {
    Severity.HIGH: "hari_tindak_lanjut_tinggi",
    Severity.MEDIUM: "hari_tindak_lanjut_sedang",
    Severity.LOW: "hari_tindak_lanjut_rendah",
}
"""The parameters that hold, by severity, how many days there are to follow up."""

MOST_DAYS: Final = 3660


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How long there is to follow up a recommendation of one severity, and who says so."""

    days: int
    deadline: date
    parameter: str
    source: str
    """regulation, secondary or project, as the parameter states it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the rulebook says about following up; empty where it says nothing."""

    received: date | None = None
    """The day from which deadlines are counted."""
    allowances: Mapping[str, Allowance] = field(default_factory=dict)
    """By severity, highest first."""
    families: Mapping[str, str] = field(default_factory=dict)
    """Names of the families of rules, in the order of the vocabulary."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """The evidence that is expected, by family."""
    own_evidence: Mapping[str, str] = field(default_factory=dict)
    """That of the rules for which the evidence of their family does not fit."""
    status: tuple[str, ...] = ()
    """The words for the state of a follow-up."""


NO_PLAN: Final = Plan()


def plan_of(report: Report, lang: str, received: date | None = None) -> Plan:
    """Read from the rulebook of a report how its recommendations are followed up.

    Args:
        report: what a check yielded.
        lang: "id" or "en".
        received: the day on which the list is received; the day of the check where it is None.

    Raises:
        InputError: a parameter holds no number of days.
    """
    start = received or report.as_of
    vocabulary = report.rulebook.vocabulary
    return Plan(
        received=start,
        allowances=dict(_allowances(report, start)),
        families={k: family.nama.in_language(lang) for k, family in vocabulary.families.items()},
        evidence={
            kode: family.bukti.in_language(lang)
            for kode, family in vocabulary.families.items()
            if family.bukti is not None
        },
        own_evidence={
            rule.id: rule.evidence.in_language(lang)
            for rule in report.rulebook.rules
            if rule.evidence is not None
        },
        status=tuple(term.nama.in_language(lang) for term in vocabulary.status.values()),
    )


def _allowances(report: Report, start: date) -> Iterator[tuple[str, Allowance]]:
    for severity, name in DAYS.items():
        parameter = report.rulebook.parameters.get(name)
        dated = parameter.on(report.day) if parameter else None
        if parameter is None or dated is None:
            continue
        days = dated.value
        if not isinstance(days, Decimal) or days % 1 or not 1 <= days <= MOST_DAYS:
            raise InputError([_no_days(parameter.file, name, days)])
        yield (
            severity,
            Allowance(
                days=int(days),
                deadline=_later(start, int(days)),
                parameter=name,
                source=dated.source,
            ),
        )


def _later(day: date, days: int) -> date:
    """Add days; the calendar ends with the year 9999."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def _no_days(file: str, name: str, value: object) -> Problem:
    found = say(
        "$value for $name",
        value=show(value if isinstance(value, Decimal | str | bool) else str(value)),
        name=name,
    )
    return Problem(
        file=file,
        line=0,
        column=0,
        pointer="",
        found=found,
        expected=say("a whole number of days from 1 to $most_days", most_days=MOST_DAYS),
    )


__all__ = ["DAYS", "NO_PLAN", "Allowance", "Plan", "plan_of"]
