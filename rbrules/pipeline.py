"""The sequence of the program: every stage is called here, once, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from rbrules.conditions import tallies
from rbrules.errors import EngineError
from rbrules.facts import build_context, build_facts, count_verdicts
from rbrules.index import compute_indexes
from rbrules.model import (
    KINDS,
    Evaluation,
    Fact,
    Outcome,
    Report,
    Rule,
    Rulebook,
    Verdict,
    Waiver,
    WaiverState,
)
from rbrules.reading import Context
from rbrules.rulebook import Edition, edition, strata


class Engine(Protocol):
    """What runs rules over facts."""

    name: str

    def run(self, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> tuple[Outcome, ...]:
        """Judge every rule on every fact; all are of one kind."""

    def decided(self) -> int:
        """Return how many outcomes the engine decided without the three-valued evaluator."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules a report shows: words are rule ids, id prefixes, families or tags."""

    only: frozenset[str] = frozenset()
    skip: frozenset[str] = frozenset()

    def takes(self, rule: Rule) -> bool:
        """Tell whether `rule` is selected; `skip` wins over `only`."""
        words = rule.words
        return not words & self.skip and (not self.only or bool(words & self.only))


EVERYTHING = Selection()


def _compare(
    engine: Engine, reference: Engine, rules: tuple[Rule, ...], facts: tuple[Fact, ...]
) -> tuple[Outcome, ...]:
    """Judge with both engines and return what both say.

    Raises:
        EngineError: they differ; the first difference is named.
    """
    ours = _by_pair(engine.run(rules, facts))
    theirs = _by_pair(reference.run(rules, facts))
    for pair in sorted(set(ours) | set(theirs)):
        if ours.get(pair) != theirs.get(pair):
            message = (
                f"{engine.name} and {reference.name} disagree on {pair[0]} for "
                f"{pair[1]} {pair[2]}; nothing is reported"
            )
            raise EngineError(message)
    return tuple(ours.values())


def _by_pair(outcomes: Iterable[Outcome]) -> dict[tuple[str, str, str], Outcome]:
    return {(o.rule.id, o.subject.kind, o.subject.id): o for o in outcomes}


def check(  # noqa: PLR0913 - everything that comes from outside the pure stages
    rulebook: Rulebook,
    evaluation: Evaluation,
    *,
    as_of: date,
    engine: Engine,
    reference: Engine | None = None,
    rules_year: int | None = None,
    selection: Selection = EVERYTHING,
) -> Report:
    """Judge one evaluation by a rulebook.

    Args:
        rulebook: rules, parameters and instruments.
        evaluation: one agency, one year.
        as_of: the day on which deadlines and ages are counted ("today").
        engine: runs the rules.
        reference: runs them too; the outcomes must be the same (`--verify`).
        rules_year: take what is in force on 31 December of this year instead of the evaluation's.
        selection: which rules the report shows; rules that these count are run as well.

    Returns:
        The report; equal arguments give equal reports, whatever the order of files and rows.

    Raises:
        EngineError: an engine failed, or the two differ.
    """
    decided = engine.decided()
    day = date(rules_year or evaluation.tahun, 12, 31)
    index, sakip = compute_indexes(evaluation, rulebook, day)
    in_force = edition(rulebook, day)
    selected = tuple(rule for rule in in_force.rules if selection.takes(rule))
    run = _with_counted(selected, in_force)
    context = build_context(evaluation, rulebook, index, sakip, as_of=as_of, day=day)
    shown = {rule.id for rule in selected}
    told = _waivers_told(rulebook, selection)
    names = {evaluation.kode, evaluation.nama}
    waivers = [waiver for waiver in told if waiver.instansi in names]
    agency = evaluation.kode or evaluation.nama
    holding = [w for w in waivers if w.holds_for(agency, as_of)]
    outcomes = [_waived(o, holding) for o in _run(context, run, engine, reference)]
    mine = tuple(
        sorted(
            (o for o in outcomes if o.rule.id in shown),
            key=lambda o: (o.rule.id, o.subject.id),
        )
    )
    applied = {o.rule.id for o in mine if o.verdict is not Verdict.NOT_APPLICABLE}
    return Report(
        evaluation=evaluation,
        rulebook=rulebook,
        rules=selected,
        parameters=in_force.parameters,
        day=day,
        as_of=as_of,
        engine=engine.name,
        verified_by=reference.name if reference else None,
        index=index,
        sakip=sakip,
        outcomes=mine,
        never_applied=tuple(sorted(shown - applied)),
        decided_by_engine=engine.decided() - decided,
        waivers=tuple((waiver, _state(waiver, agency, mine, as_of)) for waiver in waivers),
        not_in_force=tuple(
            rule
            for rule in rulebook.rules
            if rule.id in rulebook.own and selection.takes(rule) and not rule.valid.holds_on(day)
        ),
        elsewhere=tuple(waiver for waiver in told if waiver.instansi not in names),
        only=tuple(sorted(selection.only)),
        skip=tuple(sorted(selection.skip)),
    )


def _waivers_told(rulebook: Rulebook, selection: Selection) -> tuple[Waiver, ...]:
    """Return what is to be told of: also where the rule is not in force or is switched off."""
    known = (*rulebook.rules, *rulebook.off)
    left_out = {rule.id for rule in known if not selection.takes(rule)}
    return tuple(waiver for waiver in rulebook.waivers if waiver.rule not in left_out)


def _waived(outcome: Outcome, waivers: Sequence[Waiver]) -> Outcome:
    """Turn a finding that somebody has accepted into a waived one; it counts as before."""
    if outcome.verdict is not Verdict.FINDING:
        return outcome
    pair = (outcome.rule.id, outcome.subject.id)
    for waiver in waivers:
        if (waiver.rule, waiver.subject) == pair:
            return replace(outcome, verdict=Verdict.WAIVED, waiver=waiver)
    return outcome


def _state(waiver: Waiver, agency: str, outcomes: Iterable[Outcome], as_of: date) -> WaiverState:
    if waiver.instansi != agency:
        return "by_name"
    if as_of > waiver.until:
        return "expired"
    if as_of < waiver.decided:
        return "not_yet"
    return "used" if any(outcome.waiver is waiver for outcome in outcomes) else "unused"


def _with_counted(selected: Sequence[Rule], in_force: Edition) -> tuple[Rule, ...]:
    """Add the rules that the selected ones count, and those that these count."""
    by_id = {rule.id: rule for rule in in_force.rules}
    wanted: dict[str, Rule] = {}
    queue = list(selected)
    while queue:
        rule = queue.pop()
        if rule.id not in wanted:
            wanted[rule.id] = rule
            queue += [by_id[tally.rule] for tally in tallies(rule)]
    return tuple(sorted(wanted.values(), key=lambda rule: rule.id))


def _run(
    context: Context, rules: tuple[Rule, ...], engine: Engine, reference: Engine | None
) -> list[Outcome]:
    facts = build_facts(context, rules)
    by_id = {rule.id: rule for rule in rules}
    done: dict[str, list[Outcome]] = {}
    for stratum in strata(rules):
        for kind in KINDS:
            group = tuple(rule for rule in stratum if rule.applies_to == kind)
            counts = dict.fromkeys(tally for rule in group for tally in tallies(rule))
            ready = tuple(
                replace(
                    fact,
                    tallies={
                        tally: count_verdicts(
                            tally, fact.subject, by_id[tally.rule], done[tally.rule], context
                        )
                        for tally in counts
                    },
                )
                if counts
                else fact
                for fact in facts[kind]
            )
            done.update({rule.id: [] for rule in group})
            if group and ready:
                outcomes = (
                    _compare(engine, reference, group, ready)
                    if reference
                    else engine.run(group, ready)
                )
                for outcome in outcomes:
                    done[outcome.rule.id].append(outcome)
    return [outcome for outcomes in done.values() for outcome in outcomes]
