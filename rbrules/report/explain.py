"""Explanations as text: in the reader's language, each clause with value, place and threshold."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from rbrules.conditions import named_parameters
from rbrules.explanation import Clause, Explanation, explain, leaf_clauses
from rbrules.fields import CATALOGUE, OWN_UNITS, Field
from rbrules.model import (
    All,
    Any_,
    Atom,
    Citation,
    Constant,
    Inapplicable,
    Kind,
    Known,
    Not,
    Operand,
    Outcome,
    Parameter,
    Reading,
    Report,
    Rule,
    Rulebook,
    Table,
    Tally,
    TallyResult,
    Target,
    Text,
    Unknown,
    Verdict,
)
from rbrules.report.places import Places
from rbrules.report.sentences import UNITLESS, Sentences
from rbrules.report.table import override_words
from rbrules.report.tree import override_tree
from rbrules.report.words import (
    bases_of,
    citation_text,
    day,
    in_force_words,
    label,
    number,
    own_unit,
    period_words,
    safe,
    source_of,
    unit_words,
    words_of,
)

INDENT: Final = "  "
_TELLING: Final = frozenset({Verdict.FINDING, Verdict.WAIVED, Verdict.UNKNOWN})
_EQUALITY: Final = frozenset({"is", "is_not", "same_as", "differs_from"})
"""Operators that hold two values against each other; the others hold a value against an edge."""

_EXACT: Final = 10**30
"""Differences of figures of a file are whole parts of this: twice the decimals that it may have."""


def rule_page(rule: Rule, rulebook: Rulebook, lang: str, *, width: int) -> str:
    """Render a rule in sentences made from the rule itself.

    Args:
        rule: as its file states it.
        rulebook: gives parameters and names.
        lang: "id" or "en".
        width: columns to use.
    """
    page = _Writer(lang, width)
    sentences = Sentences(rulebook.parameters, lang)
    page.line(f"{rule.id}  {rule.title.in_language(lang)}")
    if rule in rulebook.off:
        page.line(f"{INDENT}{label('explain.off', lang)}")
    page.entry("explain.subject", label(f"kind.{rule.applies_to}", lang))
    page.entry("explain.severity", label(f"severity.{rule.severity.value}", lang))
    page.entry("explain.when", sentences.of(rule.when, rule.applies_to))
    if rule.where is not None:
        page.entry("explain.where", sentences.of(rule.where, rule.applies_to))
    if rule.needs:
        page.entry("explain.needs", ", ".join(rule.needs))
    page.entry("explain.on_missing", label(f"verdict.{rule.on_missing.value}", lang))
    for name in named_parameters(rule):
        page.entry("explain.parameter", _parameter_words(name, rulebook, lang))
    _overrides(page, rule, rulebook)
    page.entry("findings.addressee", "; ".join(_addressees(rule, rulebook, lang)))
    page.entry("findings.citation", _basis(rule, rulebook, lang))
    page.entry("explain.valid", period_words(rule.valid, lang))
    page.entry("explain.file", rule.file)
    return page.text()


def explanation_page(  # noqa: PLR0913 - what to explain, and how to show it
    rule: Rule,
    report: Report,
    places: Places,
    lang: str,
    *,
    width: int,
    only: str | None,
    full: bool,
) -> str:
    """Render why a rule came to its verdicts.

    Args:
        rule: as its file states it.
        report: of a check by this rule.
        places: where values stand in the file.
        lang: "id" or "en".
        width: columns to use.
        only: id of the one subject to explain, None for all.
        full: explain every subject, not only findings and unknowns.
    """
    page = _Writer(lang, width)
    rulebook = report.rulebook
    page.line(f"{rule.id}  {rule.title.in_language(lang)}")
    page.entry("explain.when", Sentences(rulebook.parameters, lang).of_rule(rule))
    for name in named_parameters(rule):
        page.entry("explain.parameter", _parameter_words(name, rulebook, lang))
    _overrides(page, rule, rulebook)
    page.line("")
    if not report.rules:
        period = period_words(rule.valid, lang)
        page.line(label("explain.not_in_force", lang, day=day(report.day, lang), period=period))
    elif not report.outcomes:
        kind = label(f"kind.{rule.applies_to}", lang)
        page.line(label("explain.no_subject", lang, kind=kind))
    rest: dict[Verdict, list[str]] = {}
    for outcome in report.outcomes:
        if only not in {None, outcome.subject.id}:
            continue
        if full or only is not None or outcome.verdict in _TELLING:
            for line in _subject(explain(outcome), rulebook.parameters, places, lang):
                page.line(line)
            page.line("")
        else:
            rest.setdefault(outcome.verdict, []).append(outcome.subject.id)
    for verdict, ids in rest.items():
        name = label(f"verdict.{verdict.value}", lang)
        page.line(f"{name} ({len(ids)}): {', '.join(ids)}")
    if rest:
        page.line(label("explain.more", lang))
    return page.text()


class _Writer:
    """Wraps lines; a line keeps its own indent."""

    def __init__(self, lang: str, width: int) -> None:
        self.lang = lang
        self.width = width
        self.lines: list[str] = []

    def line(self, text: str) -> None:
        indent = text[: len(text) - len(text.lstrip())]
        self.lines.append(
            textwrap.fill(
                safe(text.strip()),
                self.width,
                initial_indent=indent,
                subsequent_indent=indent + INDENT * 2,
                break_on_hyphens=False,
            )
        )

    def entry(self, key: str, text: str) -> None:
        self.line(f"{INDENT}{label(key, self.lang)}: {text}")

    def text(self) -> str:
        return "\n".join(self.lines).rstrip() + "\n"


def _overrides(page: _Writer, rule: Rule, rulebook: Rulebook) -> None:
    """Tell what a folder of rules changed of the rule and of its parameters."""
    names = {rule.id, *named_parameters(rule)}
    for override in rulebook.overrides:
        if override.id in names:
            page.entry("explain.override", override_words(override_tree(override), page.lang))


def _parameter_words(name: str, rulebook: Rulebook, lang: str) -> str:
    parameter, file = rulebook.parameters[name], rulebook.own_file(name)
    unit = "" if parameter.unit in UNITLESS else f" {unit_words(parameter.unit, lang)}".rstrip()
    values = []
    for dated in parameter.values:
        key = f"source.{dated.source}" if file is None else "threshold.file"
        source = label(key, lang, file=file or "")
        bases = [_cited(item, lang) for item in dated.citation]
        value = words_of(dated.value, lang, parameter.unit)
        words = "; ".join([period_words(dated.valid, lang), source, *bases])
        values.append(f"{value}{unit} ({words})")
    return f"{parameter.id}, {parameter.title.in_language(lang)}: {', '.join(values)}"


def _addressees(rule: Rule, rulebook: Rulebook, lang: str) -> Iterable[str]:
    terms = rulebook.vocabulary.addressees
    return (terms[word].nama.in_language(lang) for word in rule.addressee)


def _basis(rule: Rule, rulebook: Rulebook, lang: str) -> str:
    cited = (_cited(item, lang) for item in rule.citation)
    return "; ".join(bases_of(cited, source_of(rule, rulebook), lang))


def _cited(citation: Citation, lang: str) -> str:
    text = citation_text(citation.jenis, citation.nomor, citation.tahun, citation.bagian)
    unread = "" if citation.verified else label("findings.unverified", lang)
    marks = "; ".join(mark for mark in (in_force_words(citation, lang), unread) if mark)
    return f"{text} ({marks})" if marks else text


# --- one subject -------------------------------------------------------------------------------


def _subject(
    explanation: Explanation, parameters: Mapping[str, Parameter], places: Places, lang: str
) -> Iterator[str]:
    outcome = explanation.outcome
    verdict = label(f"verdict.{outcome.verdict.value}", lang).upper()
    (line,) = places.lines([outcome.subject.pointer])
    where = label("findings.place", lang, line=line)
    yield f"{outcome.subject.id} [{where}]: {verdict}"
    if explanation.absent:
        documents = ", ".join(explanation.absent)
        yield INDENT + label("explain.absent", lang, documents=documents)
        return
    chosen = explanation.where
    writer = _ClauseWriter(outcome, parameters, places, lang)
    if chosen is not None:
        yield f"{INDENT}{label('explain.asked', lang)}: {_state(chosen, lang)}"
        yield from writer.write(chosen, INDENT * 2)
        if chosen.result is False or isinstance(chosen.result, Inapplicable):
            return
    yield f"{INDENT}{label('explain.fault', lang)}: {_state(explanation.when, lang)}"
    yield from writer.write(explanation.when, INDENT * 2)
    if outcome.missing:
        needed = ", ".join(dict.fromkeys(places.words(pointer) for pointer in outcome.missing))
        yield f"{INDENT}{label('unknown.data', lang)}: {needed}"


def _state(clause: Clause, lang: str) -> str:
    result = clause.result
    if isinstance(result, bool):
        return label("explain.true" if result else "explain.false", lang)
    key = "explain.void" if isinstance(result, Inapplicable) else "explain.open"
    return label(key, lang)


class _ClauseWriter:
    """Writes the clauses of one rule on one subject."""

    def __init__(
        self, outcome: Outcome, parameters: Mapping[str, Parameter], places: Places, lang: str
    ) -> None:
        self.outcome = outcome
        self.kind: Kind = outcome.rule.applies_to
        self.places = places
        self.lang = lang
        self.sentences = Sentences(parameters, lang, tables=False)

    def write(self, clause: Clause, indent: str) -> Iterator[str]:
        state = f"[{_state(clause, self.lang)}]"
        match clause.condition:
            case All() | Any_():
                is_all = isinstance(clause.condition, All)
                key = "explain.all" if is_all else "explain.any"
                yield f"{indent}{state} {label(key, self.lang)}:"
            case Not():
                yield f"{indent}{state} {label('explain.not', self.lang)}:"
            case _:
                yield f"{indent}{state} {self.sentences.of(clause.condition, self.kind)}"
                seen = "; ".join(self._seen(clause))
                if seen:
                    yield f"{indent}{INDENT}{seen}"
                yield from self._rows(clause, indent + INDENT)
        for part in clause.parts:
            yield from self.write(part, indent + INDENT)

    def _rows(self, clause: Clause, indent: str) -> Iterator[str]:
        """Write for each row of a table whether it is for the subject, and why."""
        table = clause.condition.operand.base if isinstance(clause.condition, Atom) else None
        if not isinstance(table, Table):
            return
        is_found = False
        for row, asked in zip(table.rows, clause.rows, strict=True):
            words = self.sentences.of_row(row, self.kind)
            if is_found:
                yield f"{indent}[{label('explain.not_asked', self.lang)}] {words}"
                continue
            state = label("explain.true", self.lang) if asked is None else _state(asked, self.lang)
            yield f"{indent}[{state}] {words}"
            for leaf in leaf_clauses(asked):
                yield f"{indent}{INDENT}{'; '.join(self._seen(leaf))}"
            holds = asked is None or asked.result is True
            is_found = holds and table.policy == "first"

    def _seen(self, clause: Clause) -> Iterator[str]:
        condition = clause.condition
        if isinstance(condition, Tally):
            yield self._tally(clause.left)
        if not isinstance(condition, Atom):
            return
        assert not isinstance(clause.left, TallyResult)
        yield self._field(condition.field, clause.left)
        base = condition.operand.base
        if isinstance(base, str) and isinstance(clause.right, Known | Unknown | Inapplicable):
            is_plain = condition.operand == Operand(base)
            write = self._field if is_plain else self._moved
            yield write(base, clause.right)
        if isinstance(base, Table):
            yield self._looked_up(condition.field, base, clause.right)
        if clause.distance is not None:
            yield self._distance(clause, condition)

    def _tally(self, counted: object) -> str:
        assert isinstance(counted, TallyResult)
        ends = [number(Fraction(end), self.lang) for end in (counted.low, counted.high)]
        low, high = (end.partition("," if self.lang == "id" else ".")[0] for end in ends)
        count = low if low == high else label("range", self.lang, low=low, high=high)
        words = label("explain.counted", self.lang, count=count, total=counted.total)
        ids = ", ".join(subject.id for subject in counted.counted)
        return f"{words} ({ids})" if ids else words

    def _field(self, name: str, reading: Reading | None) -> str:
        field = CATALOGUE[self.kind][name]
        return f"{field.title.in_language(self.lang)}: {self._value(reading, field)}"

    def _looked_up(self, name: str, table: Table, right: Reading | Constant | None) -> str:
        """Write the value of a table for the subject."""
        if isinstance(right, Inapplicable):
            return label("explain.no_row", self.lang, name=table.name)
        if isinstance(right, Constant):
            value = words_of(right.value, self.lang)
        else:
            value = self._value(right, CATALOGUE[self.kind][name])
        return label("explain.table", self.lang, name=table.name, value=value)

    def _moved(self, name: str, reading: Reading) -> str:
        value = self._value(reading, CATALOGUE[self.kind][name])
        return label("explain.edge", self.lang, value=value)

    def _value(self, reading: Reading | None, field: Field) -> str:
        match reading:
            case Known(value, pointers):
                words = words_of(value, self.lang, field.unit)
                is_word = isinstance(value, Target) and value.word is not None
                if not is_word and not isinstance(value, str | bool | Text):
                    words = f"{words} {self._unit(field)}".rstrip()
                return f"{words}{self._place(pointers)}"
            case Unknown(pointers, found):
                needed = ", ".join(self.places.words(pointer) for pointer in pointers)
                quoted = f" ({label('unknown.found', self.lang, found=found)})" if found else ""
                return f"{label('not_stated', self.lang)}{quoted} [{needed}]"
            case _:
                return label("explain.void", self.lang)

    def _unit(self, field: Field) -> str:
        if field.unit in OWN_UNITS:
            return own_unit(field, self.outcome, self.lang)
        return "" if field.unit in UNITLESS else unit_words(field.unit, self.lang)

    def _place(self, pointers: tuple[str, ...]) -> str:
        if not pointers:
            return ""
        lines = ", ".join(map(str, self.places.lines(list(pointers))))
        return f" [{label('findings.place', self.lang, line=lines)}]"

    def _distance(self, clause: Clause, atom: Atom) -> str:
        field = CATALOGUE[self.kind][atom.field]
        distance = clause.distance
        assert distance is not None
        if field.type == "date":
            size = label("explain.days", self.lang, days=f"{int(distance):d}")
        else:
            # A difference that ends is written to its end; another one never as if it were none.
            mark = Fraction(0) if _EXACT % distance.denominator else distance
            figure = number(distance, self.lang, beside=[mark])
            size = f"{figure} {self._unit(field)}".rstrip()
        if clause.slack is not None:
            slack = number(clause.slack, self.lang)
            return label("explain.slack", self.lang, size=size, slack=slack)
        is_pair = atom.operator in _EQUALITY
        return label(f"explain.{'difference' if is_pair else 'distance'}", self.lang, size=size)


__all__ = ["explanation_page", "rule_page"]
