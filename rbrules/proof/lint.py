"""A rulebook to what is doubtful about it, without any evaluation file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from string import Template
from typing import Any, Final, Literal

from rbrules.comparison import shifted
from rbrules.conditions import (
    closed_words,
    leaves,
    named_fields,
    named_parameters,
    placeholders,
    row_pointer,
    shown_parameters,
    tables,
    tallies,
)
from rbrules.engine.python import PythonEngine
from rbrules.fields import CATALOGUE
from rbrules.model import (
    All,
    Any_,
    Atom,
    Citation,
    Condition,
    Constant,
    Not,
    Operand,
    Rule,
    Rulebook,
    Table,
    Validity,
    Verdict,
    Vocabulary,
)
from rbrules.pipeline import Selection, check
from rbrules.proof.cases import CaseFile
from rbrules.proof.trial import try_rule
from rbrules.proof.worlds import (
    Cell,
    Undecided,
    Variable,
    World,
    both,
    described,
    differs,
    find_world,
    gives,
    is_possible,
    not_finding,
    space_of,
    unequal,
    written_out,
)
from rbrules.report.followup import DAYS
from rbrules.rulebook import OWN_FAMILY, edition

Level = Literal["problem", "note", "undecided"]
PROBLEMS: Final = frozenset(
    {
        "never_finds",
        "always_finds",
        "redundant",
        "duplicate",
        "subsumed",
        "contradicts",
        "unused_parameter",
        "same_text",
        "no_citation",
        "repealed",
        "not_yet",
        "gap",
        "never_in_force",
        "one_language",
        "table_gap",
        "table_row",
    }
)
"""Codes of what should be mended; the others are notes."""


FIGURES: Final = frozenset({"number", "date", "target"})
"""Types of fields whose value a reader of a message wants to see."""


Values = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """One doubt about a rule or parameter: its code, and what its words need."""

    subject: str
    code: str
    values: Values = ()
    shown: tuple[tuple[str, Values], ...] = ()
    """What shows it: a world in which it happens, and a case that is one."""

    @property
    def level(self) -> Level:
        """Tell how grave it is."""
        if self.code == "undecided":
            return "undecided"
        return "problem" if self.code in PROBLEMS else "note"


def lint(rulebook: Rulebook, cases: Sequence[CaseFile] = ()) -> tuple[Remark, ...]:
    """Look for conditions, texts, citations and periods that cannot be meant.

    Args:
        rulebook: the rules and parameters.
        cases: evaluations among which one is looked for that shows what is said of two rules.

    Returns:
        Remarks sorted by subject and code. What is said of conditions holds for every evaluation
        file; where too many combinations would have to be looked at, the remark says so instead
        of guessing.
    """
    found = [
        *_conditions(rulebook, cases),
        *_texts(rulebook),
        *_citations(rulebook),
        *_parameters(rulebook),
        *_instruments(rulebook),
    ]
    return tuple(
        sorted(set(found), key=lambda remark: (remark.subject, remark.code, remark.values))
    )


# --- conditions --------------------------------------------------------------------------------


def _conditions(rulebook: Rulebook, cases: Sequence[CaseFile]) -> Iterator[Remark]:
    """Ask of the rules in force on each day on which something changes."""
    rules: dict[Rule, None] = {}
    pairs: dict[tuple[Rule, Rule], None] = {}
    for day in _days(rulebook):
        in_force = edition(rulebook, day).rules
        rules.update(dict.fromkeys(in_force))
        pairs.update(dict.fromkeys(combinations(in_force, 2)))
    told = {file.rule: try_rule(file, rulebook).told for file in cases}
    for rule in rules:
        yield from _alone(rule, told.get(rule.id, frozenset()), rulebook.vocabulary)
    for first, second in pairs:
        if first.applies_to == second.applies_to and _asked(first) & _asked(second):
            for remark in _pair(first, second):
                yield replace(remark, shown=(*remark.shown, *_seen(first, second, rulebook, cases)))


def _days(rulebook: Rulebook) -> list[date]:
    """Return the 31 December of each year in which another set of rules or values holds."""
    periods = [rule.valid for rule in rulebook.rules]
    periods += [v.valid for p in rulebook.parameters.values() for v in p.values]
    starts = {valid.start for valid in periods}
    starts |= {shifted(valid.to, 1) for valid in periods if valid.to is not None}
    return sorted({date(start.year, 12, 31) for start in starts})


def _asked(rule: Rule) -> set[str]:
    """Name the fields that a rule asks for, and the rules that it counts."""
    return {*named_fields(rule), *(tally.rule for tally in tallies(rule))}


def _alone(
    rule: Rule, told: frozenset[tuple[str, str]], vocabulary: Vocabulary
) -> Iterator[Remark]:
    """Look at one rule; a part that a case needs is not redundant, whatever else could be."""
    whole = written_out(rule)
    space = space_of([whole])
    try:
        if find_world(space, gives(whole, Verdict.FINDING)) is None:
            yield Remark(rule.id, "never_finds")
        elif find_world(space, gives(whole, Verdict.PASS)) is None:
            yield Remark(rule.id, "always_finds")
        for pointer, before, after, variant in _without_one(rule):
            if (pointer, "removed") in told:
                continue
            question = both(unequal(before, after), differs(rule, variant))
            if not is_possible([rule], question, of=before):
                yield Remark(rule.id, "redundant", (("at", pointer),))
        for table in tables(rule):
            yield from _table(rule, table, vocabulary)
    except Undecided:
        yield Remark(rule.id, "undecided", (("other", rule.id),))


def _table(rule: Rule, table: Table, vocabulary: Vocabulary) -> Iterator[Remark]:
    """Look for subjects of the rule that no row is for, and for rows that meet or never count.

    A last row without a condition is for all others: it meets nothing and leaves no gap. A table
    that `where` asks for picks the subjects itself.
    """
    rows = [All(()) if row.when is None else row.when for row in table.rows]

    def world(question: Condition) -> Mapping[Variable, Cell] | None:
        return _row_world(rule, question, vocabulary)

    picks = any(leaf.operand.base == table for leaf in leaves(rule.where))
    missed = None if picks else world(Not(Any_(tuple(rows))))
    if missed is not None:
        yield Remark(rule.id, "table_gap", (("table", table.name),), _witness(missed))
    if table.policy == "collect":
        return
    for number, row in enumerate(rows):
        place = ("at", row_pointer(table, number))
        if world(All((row, *(Not(other) for other in rows[:number])))) is None:
            yield Remark(rule.id, "table_row", (place,))
            continue
        for earlier, other in enumerate(rows[:number]):
            if table.rows[number].when is None:
                continue
            meeting = world(All((other, row)))
            if meeting is not None:
                values = (place, ("other", row_pointer(table, earlier)))
                yield Remark(rule.id, "table_overlap", values, _witness(meeting))


def _row_world(
    rule: Rule, question: Condition, vocabulary: Vocabulary
) -> Mapping[Variable, Cell] | None:
    """Find a subject that `where` selects, in a year of the rule, of which `question` is true."""
    first, last = _years(rule.valid)
    # What is true of every year makes cells of the first and the last year of the rule.
    ends = [Decimal(year) for year in (first, last) if year is not None]
    always = (
        Any_(tuple(Atom("tahun", word, Operand(Constant(end))) for word in ("at_least", "below")))
        for end in ends
    )
    probe = replace(rule, when=All((question, *always)), needs=())

    def in_force(world: World) -> bool | None:
        year = world.get(("field", "tahun"))
        return not isinstance(year, Fraction) or (first <= year and (last is None or year <= last))

    space = space_of([probe], words=lambda kind, name: closed_words(kind, name, vocabulary)[0])
    return find_world(space, both(gives(probe, Verdict.FINDING), in_force))


def _years(valid: Validity) -> tuple[int, int | None]:
    """Return the first and last year on whose 31 December a period holds; None where open."""
    if valid.to is None:
        return valid.start.year, None
    return valid.start.year, valid.to.year - (valid.to < date(valid.to.year, 12, 31))


def _witness(world: Mapping[Variable, Cell]) -> tuple[tuple[str, Values], ...]:
    return (("witness", (("world", described(world)),)),)


def _without_one(rule: Rule) -> Iterator[tuple[str, Condition, Condition, Rule]]:
    """Yield the rule without each of its parts: where it stood, its list before and after."""
    for key in ("where", "when"):
        condition: Condition | None = getattr(rule, key)
        if condition is not None:
            if key == "where":
                yield "/where", condition, All(()), replace(rule, where=None)
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
    first, second = written_out(first), written_out(second)
    space = space_of([first, second])
    finds = gives(first, Verdict.FINDING), gives(second, Verdict.FINDING)
    passes = gives(first, Verdict.PASS), gives(second, Verdict.PASS)
    try:
        meeting = find_world(space, both(*finds))
        shown: tuple[tuple[str, Values], ...]
        shown = () if meeting is None else _witness(meeting)
        narrower = meeting is not None and _implied(first, second)
        wider = meeting is not None and _implied(second, first)
        if narrower and wider:
            yield Remark(first.id, "duplicate", (("other", second.id),), shown)
        elif narrower:
            yield Remark(first.id, "subsumed", (("other", second.id),), shown)
        elif wider:
            yield Remark(second.id, "subsumed", (("other", first.id),), shown)
        if find_world(space, both(*passes)) is None:
            apart = both(passes[0], finds[1]), both(finds[0], passes[1])
            worlds = [find_world(space, question) for question in apart]
            if all(world is not None for world in worlds):
                shown = tuple(pair for world in worlds if world for pair in _witness(world))
                yield Remark(first.id, "contradicts", (("other", second.id),), shown)
    except Undecided:
        yield Remark(first.id, "undecided", (("other", second.id),))


def _seen(
    first: Rule, second: Rule, rulebook: Rulebook, cases: Sequence[CaseFile]
) -> Iterator[tuple[str, Values]]:
    """Name a case in which both rules find something on the same subject."""
    wanted = Selection(only=frozenset({first.id, second.id}))
    for file in cases:
        if file.rule not in wanted.only:
            continue
        for case in file.cases:
            report = check(
                rulebook,
                case.evaluation,
                as_of=case.as_of,
                engine=PythonEngine(),
                selection=wanted,
            )
            found = [o.subject for o in report.outcomes if o.verdict is Verdict.FINDING]
            if len(set(found)) < len(found):
                yield "shown_by", (("case", case.name), ("rule", file.rule))
                return


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
            *((("evidence", rule.evidence),) if rule.evidence else ()),
        ):
            if text.id == text.en:
                yield Remark(rule.id, "same_text", (("part", key),))
            one_sided = _names(text.id) ^ _names(text.en)
            if one_sided:
                names = ", ".join(f"${name}" for name in sorted(one_sided))
                yield Remark(rule.id, "one_language", (("names", names), ("part", key)))
        if rule.family not in {*rulebook.vocabulary.families, OWN_FAMILY}:
            yield Remark(rule.id, "unknown_family", (("family", rule.family),))
        types = {name: CATALOGUE[rule.applies_to][name].type for name in named_fields(rule)}
        figures = [name for name, type_ in types.items() if type_ in FIGURES]
        if figures and not set(placeholders(rule)) & set(figures):
            yield Remark(rule.id, "nothing_shown", (("fields", ", ".join(figures)),))
        for name in (*shown_parameters(rule), *(table.name for table in tables(rule))):
            if name not in placeholders(rule):
                yield Remark(rule.id, "threshold_hidden", (("parameter", name),))


def _names(text: str) -> set[str]:
    return set(Template(text).get_identifiers())


def _citations(rulebook: Rulebook) -> Iterator[Remark]:
    for rule in rulebook.rules:
        yield from cited_remarks(rule)
        yield from _never_in_force(rule.id, rule.valid)


def cited_remarks(rule: Rule) -> Iterator[Remark]:
    """Look for doubts about what a rule rests on."""
    if not rule.citation and rule.source != "project":
        yield Remark(rule.id, "no_citation")
    yield from _bases(rule.id, rule.valid, rule.citation)


def _bases(subject: str, valid: Validity, citations: Sequence[Citation]) -> Iterator[Remark]:
    for citation in citations:
        if not citation.verified:
            yield Remark(subject, "unverified", (("citation", _name(citation)),))
        yield from _not_yet(subject, valid, citation)
    yield from _uncited(subject, valid, citations)


def _uncited(subject: str, valid: Validity, citations: Sequence[Citation]) -> Iterator[Remark]:
    """Tell the years for which a report can name none of the citations.

    What ended is a problem, for the rule then rests on what was repealed; what has not begun is a
    note.
    """
    bare = [
        day
        for day in _ends_of_years(valid, citations)
        if citations and not any(citation.holds_on(day) for citation in citations)
    ]
    gone = [c for c in citations if c.to is not None and any(c.to < day for day in bare)]
    for citation in gone:
        values = (("citation", _name(citation)), ("day", str(citation.to)))
        yield Remark(subject, "repealed", values)
    early = [str(day.year) for day in bare if not any(c.to and c.to < day for c in gone)]
    if early:
        yield Remark(subject, "uncited", (("years", ", ".join(early)),))


def _ends_of_years(valid: Validity, citations: Sequence[Citation]) -> list[date]:
    """Return each 31 December of a period, to the year after the last change."""
    days = [day for c in citations for day in (c.start, c.to) if day is not None]
    last = max([valid.start, *days]).year + 1
    ends = (date(year, 12, 31) for year in range(valid.start.year, last + 1))
    return [day for day in ends if valid.holds_on(day)]


def _not_yet(subject: str, valid: Validity, citation: Citation) -> Iterator[Remark]:
    """Tell of a regulation that is named for years before it was made."""
    if citation.start is None and citation.tahun is not None and citation.tahun > valid.start.year:
        values = (("citation", _name(citation)), ("day", valid.start.isoformat()))
        yield Remark(subject, "not_yet", values)


def _never_in_force(subject: str, valid: Validity) -> Iterator[Remark]:
    """Remark on a period without a 31 December: the day whose rules an evaluation is held to."""
    last = date(valid.start.year, 12, 31)
    if not valid.holds_on(last):
        values = (("end", str(valid.to)), ("start", str(valid.start)))
        yield Remark(subject, "never_in_force", values)


def _name(citation: Citation) -> str:
    numbers = "/".join(str(part) for part in (citation.nomor, citation.tahun) if part)
    return f"{citation.jenis} {numbers}".strip()


def _parameters(rulebook: Rulebook) -> Iterator[Remark]:
    users: dict[str, list[Validity]] = {name: [] for name in rulebook.parameters}
    for rule in rulebook.rules:
        for name in named_parameters(rule):
            users[name].append(rule.valid)
    for instrument in rulebook.instruments:
        users[instrument.tolerance].append(instrument.valid)
    for name in DAYS.values():  # the days for follow-up are read by the lists, not by rules
        if name in rulebook.parameters:
            users[name] += [value.valid for value in rulebook.parameters[name].values]
    for name, parameter in rulebook.parameters.items():
        if not users[name]:
            yield Remark(name, "unused_parameter")
        yield from _gaps(name, (value.valid for value in parameter.values))
        for value in parameter.values:
            if users[name] and not any(_meet(value.valid, user) for user in users[name]):
                yield Remark(name, "unused_value", (("start", str(value.valid.start)),))
            if value.source == "regulation" and not value.citation:
                yield Remark(name, "no_citation")
            yield from _never_in_force(name, value.valid)
            yield from _bases(name, value.valid, value.citation)


def _meet(first: Validity, second: Validity) -> bool:
    return first.holds_on(second.start) or second.holds_on(first.start)


def _instruments(rulebook: Rulebook) -> Iterator[Remark]:
    groups: dict[str, list[Validity]] = {}
    for instrument in rulebook.instruments:
        for kelompok in instrument.kelompok:
            key = f"{instrument.measures} ({kelompok})"
            groups.setdefault(key, []).append(instrument.valid)
        yield from _never_in_force(instrument.id, instrument.valid)
        yield from _bases(instrument.id, instrument.valid, instrument.citation)
    for key, periods in sorted(groups.items()):
        yield from _gaps(key, periods)


def _gaps(subject: str, periods: Iterable[Validity]) -> Iterator[Remark]:
    ordered = sorted(periods, key=lambda valid: valid.start)
    for before, after in pairwise(ordered):
        if before.to is not None and shifted(before.to, 1) < after.start:
            values = (("start", str(shifted(before.to, 1))), ("end", str(after.start)))
            yield Remark(subject, "gap", values)


__all__ = ["PROBLEMS", "Remark", "cited_remarks", "lint"]
