"""A rulebook to what is doubtful about it, without any evaluation file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import Any, Final, Literal

from rbrules.conditions import named_fields, named_parameters, placeholders
from rbrules.fields import CATALOGUE
from rbrules.model import All, Any_, Condition, Not, Rule, Rulebook, Validity, Verdict
from rbrules.proof.worlds import (
    Undecided,
    both,
    differs,
    find_world,
    gives,
    is_possible,
    not_finding,
    space_of,
    unequal,
)
from rbrules.rulebook import edition

Level = Literal["problem", "note", "undecided"]
PROBLEMS: Final = frozenset(
    {
        "never_finds",
        "always_finds",
        "never_asked",
        "redundant",
        "duplicate",
        "subsumed",
        "contradicts",
        "unused_parameter",
        "same_text",
        "no_citation",
        "repealed",
        "gap",
    }
)
"""Codes of what should be mended; the others are notes."""


FIGURES: Final = frozenset({"number", "date", "target"})
"""Types of fields whose value a reader of a message wants to see."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One doubt about a rule or parameter: its code, and what its words need."""

    subject: str
    code: str
    values: tuple[tuple[str, str], ...] = ()

    @property
    def level(self) -> Level:
        """Tell how grave it is."""
        if self.code == "undecided":
            return "undecided"
        return "problem" if self.code in PROBLEMS else "note"


def lint(rulebook: Rulebook) -> tuple[Remark, ...]:
    """Look for conditions, texts, citations and periods that cannot be meant.

    Returns:
        Remarks sorted by subject and code. What is said of conditions holds for every evaluation
        file; where too many combinations would have to be looked at, the remark says so instead
        of guessing.
    """
    found = [
        *_conditions(rulebook),
        *_texts(rulebook),
        *_citations(rulebook),
        *_parameters(rulebook),
        *_instruments(rulebook),
    ]
    return tuple(
        sorted(set(found), key=lambda remark: (remark.subject, remark.code, remark.values))
    )


# --- conditions --------------------------------------------------------------------------------


def _conditions(rulebook: Rulebook) -> Iterator[Remark]:
    """Ask of the rules in force on each day on which something changes."""
    rules: dict[Rule, None] = {}
    pairs: dict[tuple[Rule, Rule], None] = {}
    for day in _days(rulebook):
        in_force = edition(rulebook, day).rules
        rules.update(dict.fromkeys(in_force))
        pairs.update(dict.fromkeys(combinations(in_force, 2)))
    for rule in rules:
        yield from _alone(rule)
    for first, second in pairs:
        alike = first.applies_to == second.applies_to
        if alike and set(named_fields(first)) & set(named_fields(second)):
            yield from _pair(first, second)


def _days(rulebook: Rulebook) -> list[date]:
    """Return the 31 December of each year in which another set of rules or values holds."""
    periods = [rule.valid for rule in rulebook.rules]
    periods += [v.valid for p in rulebook.parameters.values() for v in p.values]
    starts = {valid.start for valid in periods}
    starts |= {valid.to + timedelta(days=1) for valid in periods if valid.to is not None}
    return sorted({date(start.year, 12, 31) for start in starts})


def _alone(rule: Rule) -> Iterator[Remark]:
    space = space_of([rule])
    try:
        if find_world(space, gives(rule, Verdict.FINDING)) is None:
            yield Remark(rule.id, "never_finds")
        elif find_world(space, gives(rule, Verdict.PASS)) is None:
            yield Remark(rule.id, "always_finds")
        for pointer, before, after, variant in _without_one(rule):
            question = both(unequal(before, after), differs(rule, variant))
            if not is_possible([rule], question, of=before):
                yield Remark(rule.id, "redundant", (("at", pointer),))
    except Undecided:
        yield Remark(rule.id, "undecided", (("other", rule.id),))


def _without_one(rule: Rule) -> Iterator[tuple[str, Condition, Condition, Rule]]:
    """Yield the rule without each of its parts: where it stood, its list before and after."""
    for key in ("where", "when"):
        condition: Condition | None = getattr(rule, key)
        if condition is not None:
            for pointer, before, after, smaller in _smaller(condition, f"/{key}"):
                changed: dict[str, Any] = {key: smaller}
                yield pointer, before, after, replace(rule, **changed)


_Smaller = tuple[str, Condition, Condition, Condition]


def _smaller(condition: Condition, pointer: str) -> Iterator[_Smaller]:
    match condition:
        case All(parts) | Any_(parts):
            make = All if isinstance(condition, All) else Any_
            word = "all" if isinstance(condition, All) else "any"
            for index, part in enumerate(parts):
                place = f"{pointer}/{word}/{index}"
                before, after = parts[:index], parts[index + 1 :]
                if len(parts) > 1:
                    rest = make(before + after)
                    yield place, condition, rest, rest
                for at, whole, less, inner in _smaller(part, place):
                    yield at, whole, less, make((*before, inner, *after))
        case Not(part):
            for at, whole, less, inner in _smaller(part, f"{pointer}/not"):
                yield at, whole, less, Not(inner)
        case _:
            return


def _pair(first: Rule, second: Rule) -> Iterator[Remark]:
    space = space_of([first, second])
    try:
        narrower = _implied(first, second), _implied(second, first)
        if all(narrower):
            yield Remark(first.id, "duplicate", (("other", second.id),))
        elif narrower[0]:
            yield Remark(first.id, "subsumed", (("other", second.id),))
        elif narrower[1]:
            yield Remark(second.id, "subsumed", (("other", first.id),))
        asked = [gives(first, Verdict.FINDING), gives(second, Verdict.FINDING)]
        pass_both = both(gives(first, Verdict.PASS), gives(second, Verdict.PASS))
        apart = (
            both(gives(first, Verdict.PASS), asked[1]),
            both(asked[0], gives(second, Verdict.PASS)),
        )
        if find_world(space, pass_both) is None and all(find_world(space, q) for q in apart):
            yield Remark(first.id, "contradicts", (("other", second.id),))
    except Undecided:
        yield Remark(first.id, "undecided", (("other", second.id),))


def _implied(first: Rule, second: Rule) -> bool:
    """Tell whether `second` finds something wherever `first` does, in every world."""
    space = space_of([first, second])
    question = both(gives(first, Verdict.FINDING), not_finding(second))
    return find_world(space, question) is None


# --- texts, citations, periods -----------------------------------------------------------------


def _texts(rulebook: Rulebook) -> Iterator[Remark]:
    for rule in rulebook.rules:
        for key, text in (
            ("title", rule.title),
            ("message", rule.message),
            ("recommendation", rule.recommendation),
        ):
            if text.id == text.en:
                yield Remark(rule.id, "same_text", (("key", key),))
        types = {name: CATALOGUE[rule.applies_to][name].type for name in named_fields(rule)}
        figures = [name for name, type_ in types.items() if type_ in FIGURES]
        if figures and not set(placeholders(rule)) & set(figures):
            yield Remark(rule.id, "nothing_shown", (("fields", ", ".join(figures)),))


def _citations(rulebook: Rulebook) -> Iterator[Remark]:
    for rule in rulebook.rules:
        if not rule.citation and rule.source != "project":
            yield Remark(rule.id, "no_citation")
        for citation in rule.citation:
            name = f"{citation.jenis} {citation.nomor}/{citation.tahun}"
            if not citation.verified:
                yield Remark(rule.id, "unverified", (("citation", name),))
            end = rule.valid.to
            if citation.to is not None and (end is None or end > citation.to):
                values = (("citation", name), ("day", citation.to.isoformat()))
                yield Remark(rule.id, "repealed", values)


def _parameters(rulebook: Rulebook) -> Iterator[Remark]:
    used = {name for rule in rulebook.rules for name in named_parameters(rule)}
    used |= {instrument.tolerance for instrument in rulebook.instruments}
    used |= {name for rule in rulebook.rules for name in placeholders(rule)}
    for name, parameter in rulebook.parameters.items():
        if name not in used:
            yield Remark(name, "unused_parameter")
        yield from _gaps(name, (value.valid for value in parameter.values))


def _instruments(rulebook: Rulebook) -> Iterator[Remark]:
    groups: dict[str, list[Validity]] = {}
    for instrument in rulebook.instruments:
        for kelompok in instrument.kelompok:
            key = f"{instrument.measures} ({kelompok})"
            groups.setdefault(key, []).append(instrument.valid)
    for key, periods in sorted(groups.items()):
        yield from _gaps(key, periods)


def _gaps(subject: str, periods: Iterable[Validity]) -> Iterator[Remark]:
    ordered = sorted(periods, key=lambda valid: valid.start)
    for before, after in pairwise(ordered):
        if before.to is not None and before.to + timedelta(days=1) < after.start:
            values = (("start", str(before.to + timedelta(days=1))), ("end", str(after.start)))
            yield Remark(subject, "gap", values)


__all__ = ["PROBLEMS", "Remark", "lint"]
