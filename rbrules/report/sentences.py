"""A condition as a sentence, made from the condition itself: text and logic cannot drift."""

from __future__ import annotations

from collections.abc import Mapping

from rbrules.fields import CATALOGUE
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Kind,
    Not,
    Operand,
    Parameter,
    Row,
    Rule,
    Table,
    Tally,
)
from rbrules.report.words import label, unit_words, words_of

UNITLESS = frozenset({"", "kata", "porsi", "temuan", "kode tema", "skala indikator", "tanggal"})
"""Units that add nothing to a sentence."""


class Sentences:
    """Writes conditions in one language."""

    def __init__(
        self, parameters: Mapping[str, Parameter], lang: str, *, tables: bool = True
    ) -> None:
        """Write in `lang`.

        A parameter that is not resolved is shown with its latest value. Without `tables` a table
        is named only.
        """
        self.parameters = parameters
        self.lang = lang
        self.tables = tables

    def of_rule(self, rule: Rule) -> str:
        """Write when the rule finds something, and of which subjects it is asked."""
        sentence = self.of(rule.when, rule.applies_to)
        if rule.where is None:
            return sentence
        where = self.of(rule.where, rule.applies_to)
        return f"{sentence}; {label('word.where', self.lang)} {where}"

    def of(self, condition: Condition, kind: Kind, *, nested: bool = False) -> str:
        """Write one condition on a subject of `kind`, in brackets where `nested` in another."""
        match condition:
            case All(parts):
                return self._joined(parts, "word.and", kind, nested=nested)
            case Any_(parts):
                return self._joined(parts, "word.or", kind, nested=nested)
            case Not(part):
                return self._denied(self.of(part, kind, nested=True))
            case Tally(measure, rule, verdict):
                shown = label(f"verdict.{verdict.value}", self.lang)
                subject = label(f"word.{measure}", self.lang, verdict=shown, rule=rule)
                return self._compared(subject, condition.operator, condition.operand, kind, "")
            case Atom(field, operator, operand):
                subject = self._field(field, kind)
                match operand:
                    case Operand(Constant(bool(is_true), None)) if operator == "is":
                        return subject if is_true else self._denied(subject)
                unit = CATALOGUE[kind][field].unit
                return self._compared(subject, operator, operand, kind, unit)

    def _denied(self, sentence: str) -> str:
        return f"{label('word.not', self.lang)} {sentence}"

    def _joined(self, parts: tuple[Condition, ...], word: str, kind: Kind, *, nested: bool) -> str:
        joint = f" {label(word, self.lang)} "
        text = joint.join(self.of(part, kind, nested=len(parts) > 1) for part in parts)
        return f"({text})" if nested and len(parts) > 1 else text

    def _compared(
        self, subject: str, operator: str, operand: Operand, kind: Kind, unit: str
    ) -> str:
        words = f"{subject} {label(f'op.{operator}', self.lang)}"
        if operator in {"present", "missing"}:
            return words
        if operand == Operand(Constant("")):  # nothing equals an empty text
            return f'{words} ""'
        return f"{words} {self._operand(operand, kind, unit)}"

    def _operand(self, operand: Operand, kind: Kind, unit: str) -> str:
        text = self._base(operand.base, kind, unit)
        for word, constant in (("times", operand.times), ("plus", operand.plus)):
            if constant is not None:
                text = f"{text} {label(f'word.{word}', self.lang)} {self._constant(constant)}"
        return text

    def _base(self, base: Constant | str | Table, kind: Kind, unit: str) -> str:
        match base:
            case str():
                return self._field(base, kind)
            case Table():
                return self._table(base, kind)
            case Constant():
                return self._constant(base, unit)

    def _table(self, table: Table, kind: Kind) -> str:
        if not self.tables:
            return label(f"word.table.{table.policy}", self.lang, name=table.name)
        rows = "; ".join(self.of_row(row, kind) for row in table.rows)
        return f"{label(f'word.table.{table.policy}', self.lang, name=table.name)} ({rows})"

    def of_row(self, row: Row, kind: Kind) -> str:
        """Write for which subjects a row of a table is, and its value."""
        value = self._constant(row.value)
        if row.when is None:
            return label("word.row.rest", self.lang, value=value)
        return label("word.row", self.lang, value=value, when=self.of(row.when, kind))

    def _field(self, name: str, kind: Kind) -> str:
        return CATALOGUE[kind][name].title.in_language(self.lang)

    def _constant(self, constant: Constant, unit: str = "") -> str:
        if constant.param is None:
            return words_of(constant.value, self.lang, unit)
        parameter = self.parameters[constant.param]
        value = parameter.values[-1].value if constant.value is None else constant.value
        text = words_of(value, self.lang, parameter.unit)
        if parameter.unit not in UNITLESS:
            text = f"{text} {unit_words(parameter.unit, self.lang)}".rstrip()
        return f"{text} [{constant.param}]"
