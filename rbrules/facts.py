"""Evaluation to facts: for each subject the fields that the rules in force ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from rbrules.conditions import fields_of
from rbrules.fields import CATALOGUE
from rbrules.model import (
    KINDS,
    Entry,
    Evaluation,
    Fact,
    Index,
    Kind,
    Outcome,
    Reading,
    Rule,
    Rulebook,
    Subject,
    Tally,
    TallyResult,
    Verdict,
)
from rbrules.reading import Context, Derive, survey


def build_context(
    evaluation: Evaluation,
    rulebook: Rulebook,
    index: Index,
    sakip: Index | None,
    *,
    as_of: date,
    day: date,
) -> Context:
    """Gather what derivations may look at."""
    units = {
        entry.get("id"): name
        for entry in evaluation.root.entries("unit")
        if (name := entry.get("nama")) is not None
    }
    return Context(
        evaluation=evaluation,
        rulebook=rulebook,
        index=index,
        sakip=sakip,
        as_of=as_of,
        day=day,
        units=units,
        unit_ids=None
        if evaluation.root.get("unit") is None
        else frozenset(entry.get("id") for entry in evaluation.root.entries("unit")),
        planning=survey(evaluation.root.entries("kinerja")),
    )


class Readings(Mapping[str, Reading]):
    """The readings of one subject, each derived when it is first asked for, and then kept.

    Many are asked for by the texts of a finding only, which most subjects do not have.
    """

    __slots__ = ("_context", "_derives", "_entry", "_kept")

    def __init__(self, context: Context, entry: Entry, derives: Mapping[str, Derive]) -> None:
        """Derive nothing yet."""
        self._context = context
        self._entry = entry
        self._derives = derives
        self._kept: dict[str, Reading] = {}

    def __getitem__(self, name: str) -> Reading:
        """Return the reading of a field.

        Raises:
            KeyError: no rule that is run asks for it.
        """
        reading = self._kept.get(name)
        if reading is None:
            reading = self._kept[name] = self._derives[name](self._context, self._entry)
        return reading

    def __contains__(self, name: object) -> bool:
        """Tell whether a rule asks for the field."""
        return name in self._derives

    def __iter__(self) -> Iterator[str]:
        """Name the fields."""
        return iter(self._derives)

    def __len__(self) -> int:
        """Count the fields."""
        return len(self._derives)


def build_facts(context: Context, rules: Iterable[Rule]) -> Mapping[Kind, tuple[Fact, ...]]:
    """Derive one fact for each subject of each kind, sorted by subject id.

    Args:
        context: the evaluation, its indexes and the dates.
        rules: the rules that will be run; only fields that they or their texts name are derived.

    Returns:
        For each kind its facts; () where the file has no such subject. Never raises on a valid
        evaluation: what cannot be told is `Unknown`. A reading is derived when it is asked for.
    """
    wanted: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    for rule in rules:
        wanted[rule.applies_to] |= fields_of(rule)
    absent = _absent_documents(context.evaluation)
    derives = {
        kind: {name: CATALOGUE[kind][name].derive for name in wanted[kind]} for kind in KINDS
    }
    return {
        kind: tuple(
            Fact(
                Subject(kind, id_, entry.pointer),
                Readings(context, entry, derives[kind]),
                absent.get(_unit_of(kind, entry) or "", frozenset()),
            )
            for id_, entry in context.evaluation.rows[kind]
        )
        for kind in KINDS
    }


def _unit_of(kind: str, entry: Entry) -> str | None:
    value = entry.get("id" if kind == "unit" else "unit")
    return value if isinstance(value, str) else None


def _absent_documents(evaluation: Evaluation) -> Mapping[str, frozenset[str]]:
    return {
        entry.get("id"): frozenset(
            name
            for name, document in (entry.get("dokumen") or {}).items()
            if document is not None and document.get("ada") is False
        )
        for entry in evaluation.root.entries("unit")
    }


def count_verdicts(
    tally: Tally, subject: Subject, counted: Rule, outcomes: Sequence[Outcome], context: Context
) -> TallyResult:
    """Count the verdict that `tally` asks for over the subjects below `subject`.

    A waived outcome counts as a finding; not_applicable leaves the count; each unknown, and each
    subject that does not say which unit it belongs to, may or may not carry the verdict. Where
    nothing is known to lie below `subject`, nothing can be counted: the result names what is
    missing, or nothing where the file states that there is nothing, because the section is empty
    or the rule concerns none of its subjects.

    Args:
        tally: rule and verdict to count.
        subject: the subject whose parts are counted.
        counted: the rule whose outcomes these are.
        outcomes: all its outcomes.
        context: says which subject belongs to which.
    """
    belongs = _membership(subject, counted.applies_to, context)
    members, open_, strays = 0, 0, 0
    counted_in: list[Subject] = []
    exempt = context.evaluation.root.get(counted.applies_to) == []
    missing: dict[str, None] = {}
    for outcome in outcomes:
        member = belongs(outcome.subject)
        if member is False or outcome.verdict is Verdict.NOT_APPLICABLE:
            exempt |= member is True
            continue
        unsettled = outcome.verdict is Verdict.UNKNOWN and tally.verdict is not Verdict.UNKNOWN
        matches = _counts_as(outcome.verdict) is tally.verdict
        if member is True:
            members += 1
            counted_in += [outcome.subject] if matches else []
            open_ += unsettled
            missing.update(dict.fromkeys(outcome.missing if unsettled else ()))
        else:
            strays += 1
            # One that is known not to match can change a share, but no count.
            if matches or unsettled or tally.measure == "share":
                open_ += 1
                missing[member] = None
    if not members:
        gaps = tuple(missing) or (f"/{counted.applies_to}",)
        return TallyResult(0, 0, 0, () if exempt and not strays else gaps)
    low = len(counted_in)
    return TallyResult(
        low, low + open_, members + strays, tuple(missing), strays, tuple(counted_in)
    )


def _counts_as(verdict: Verdict) -> Verdict:
    return Verdict.FINDING if verdict is Verdict.WAIVED else verdict


def _membership(subject: Subject, kind: Kind, context: Context) -> Callable[[Subject], bool | str]:
    """Return a function that says of subjects of a kind whether they lie below `subject`.

    Where the file does not say, it returns the pointer that would tell.
    """
    if subject.kind == "instansi":
        return lambda _: True
    key = "unit" if subject.kind == "unit" else "indikator"
    vocabulary = context.vocabulary
    owners: dict[str, str | None] = {}
    for _, entry in context.evaluation.rows[kind]:
        owner = entry.get(key)
        if key == "indikator" and owner is not None:
            owner = vocabulary.resolve(vocabulary.lines, owner) or owner
        owners[entry.pointer] = owner

    def belongs(other: Subject) -> bool | str:
        owner = owners[other.pointer]
        return f"{other.pointer}/{key}" if owner is None else owner == subject.id

    return belongs
