"""Condition trees of a rule file to typed conditions, every name and type checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from string import Template
from typing import Final, Literal, cast

from rbrules.comparison import begins_with
from rbrules.errors import Problem, say, show
from rbrules.fields import CATALOGUE, OWN_UNITS, Field, FieldType
from rbrules.load.document import Document
from rbrules.load.hints import date_hint, number_hint
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
    Term,
    Tree,
    Value,
    Verdict,
    Vocabulary,
    escape,
)
from rbrules.validate import suggestion, words_of

MAX_DEPTH: Final = 6
MAX_ATOMS: Final = 40
"""Limits of one rule: what the engine is proved on, and what a reader can follow."""

KEPT: Final = 4096
"""Of so many rules what was found in their conditions is kept for the next evaluation."""

_STATE: Final = frozenset({"present", "missing"})
_EQUALITY: Final = frozenset({"same_as", "differs_from"})
OPERATORS: Final[Mapping[FieldType, frozenset[str]]] = {
    "number": _STATE
    | _EQUALITY
    | {"is", "is_not", "above", "at_least", "below", "at_most", "between", "in", "not_in"}
    | {"disagrees_with"},
    "text": _STATE | _EQUALITY | {"is", "is_not", "in", "not_in", "begins_with"},
    "bool": _STATE | {"is"},
    "date": _STATE
    | _EQUALITY
    | {"is", "before", "on_or_before", "after", "on_or_after", "between"},
    "target": _STATE | _EQUALITY | {"rises_from", "falls_from"},
    "computed": frozenset(),
    "label": frozenset(),
}
"""Which operators may be asked of a field, by its type."""

RELATIONS: Final = _EQUALITY | {"rises_from", "falls_from", "disagrees_with"}
"""Operators whose right side is always a field; a bare word after them is its name."""

LISTS: Final = frozenset({"in", "not_in", "begins_with"})
"""Operators whose right side is a list of any length."""

MOVEMENTS: Final = frozenset({"rises_from", "falls_from"})
BELOW: Final[Mapping[str, frozenset[Kind]]] = {
    "instansi": frozenset({"indikator", "kinerja", "unit", "tema", "rencana_aksi", "rekomendasi"}),
    "unit": frozenset({"kinerja", "rencana_aksi", "rekomendasi"}),
    "indikator": frozenset({"rencana_aksi"}),
}
"""Which kinds of subjects lie below a kind, for counts and shares."""

UNEQUAL: Final = frozenset({"is_not", "not_in"})
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "kelompok": ("instansi", "kelompok"),
    "induk_jenjang": ("kinerja", "jenjang"),
    "dampak_arah": ("tema", "indikator_dampak", "arah"),
}
"""Where the words of a field stand in the schema, unless under its name in its section."""

TALLY_WORDS: Final = frozenset({"count", "total", "share"})
"""Placeholders that texts of second-order rules may use."""


class ConditionReader:
    """Reads the conditions of one rule file; collects problems instead of stopping at the first."""

    def __init__(
        self,
        document: Document,
        kind: Kind,
        parameters: Mapping[str, Parameter],
        replaced: Mapping[str, Document],
        vocabulary: Vocabulary,
    ) -> None:
        """Prepare to read conditions on subjects of `kind`, with the tables of the file.

        `replaced` names parameters whose values an override gives, and the part of the file that
        does so.
        """
        self.document = document
        self.fields = CATALOGUE[kind]
        self.kind = kind
        self.parameters = parameters
        self.replaced = replaced
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self.atoms = 0
        self.used: set[str] = set()
        """Tables that a comparison has asked for."""
        self.in_row = True
        """Whether what is read is the row of a table: it compares fields, and nothing else."""
        self.tables: Mapping[str, tuple[Condition | None, ...]] = {
            name: self._row_conditions(name, table["rows"])
            for name, table in (document.tree.get("tables") or {}).items()
        }
        """For each table the conditions of its rows, in order."""
        self.in_row = False

    def check_tables(self) -> None:
        """Refuse tables that no comparison has asked for, once all conditions are read."""
        for name in sorted(set(self.tables) - self.used):
            found = say("the table $name, which no condition asks for", name=show(name))
            expected = say("a comparison with {table: $name}", name=name)
            self._problem(f"/tables/{escape(name)}", found, expected, of_key=True)

    def read(self, tree: Tree, pointer: str, depth: int = 1) -> Condition:
        """Read one condition; where it has problems the result must not be used."""
        ((key, body),) = tree.items()
        inside = f"{pointer}/{escape(key)}"
        if depth > MAX_DEPTH:
            self._problem(
                pointer, "a deeper condition", say("at most $max_depth levels", max_depth=MAX_DEPTH)
            )
            return All(())
        if key in {"all", "any"}:
            parts = tuple(
                self.read(part, f"{inside}/{index}", depth + 1) for index, part in enumerate(body)
            )
            return All(parts) if key == "all" else Any_(parts)
        if key == "not":
            return Not(self.read(body, inside, depth + 1))
        self.atoms += 1
        if self.atoms == MAX_ATOMS + 1:
            self._problem(
                pointer,
                "more comparisons",
                say("at most $max_atoms in one rule", max_atoms=MAX_ATOMS),
            )
        if key in {"count", "share"}:
            return self._tally(cast("Literal['count', 'share']", key), body, inside)
        return self._atom(key, body, inside)

    def _row_conditions(self, name: str, rows: Tree) -> tuple[Condition | None, ...]:
        """Read for which subjects the rows of a table are."""
        place = f"/tables/{escape(name)}"
        for known, what in ((self.fields, "field"), (self.parameters, "parameter")):
            if name in known:
                found = say("$name, which is a $what", name=show(name), what=what)
                self._problem(place, found, "another name", of_key=True)
        conditions = []
        for index, row in enumerate(rows):
            tree, pointer = row.get("when"), f"{place}/rows/{index}"
            if tree is None and index < len(rows) - 1:
                found = "a row for every subject with rows below it"
                self._problem(pointer, found, "such a row as the last one")
            conditions.append(None if tree is None else self.read(tree, f"{pointer}/when"))
        return tuple(conditions)

    def _refuse_in_row(self, what: str, pointer: str) -> None:
        if self.in_row:
            found = say("a $what in the row of a table", what=what)
            self._problem(pointer, found, "comparisons of fields only", of_key=True)

    def _table(self, name: str, pointer: str, field: Field, operator: str) -> Constant | Table:
        """Read a table as the right side of a comparison: its values have to fit the field."""
        self._refuse_in_row("table", pointer)
        if self.in_row:
            return Constant(None)
        if name not in self.tables:
            self.used |= set(self.tables)  # one of them is meant
            hint = suggestion(name, self.tables)
            found = say("the table $name", name=show(name))
            self._problem(pointer, found, "a table of this rule under `tables`", hint)
            return Constant(None)
        self.used.add(name)
        table = self.document.tree["tables"][name]
        collects = table["policy"] == "collect"
        if collects and operator not in LISTS:
            found = say(
                "$operator with the table $name, which collects a list",
                operator=show(operator),
                name=show(name),
            )
            self._problem(pointer, found, say("one of $words", words=", ".join(sorted(LISTS))))
            return Constant(None)
        rows = []
        for index, (row, condition) in enumerate(
            zip(table["rows"], self.tables[name], strict=True)
        ):
            place, raw = f"/tables/{escape(name)}/rows/{index}/value", row["value"]
            if collects and not isinstance(raw, list | dict):
                raw = [raw]
            value = self._constant(raw, place, field.type, operator)
            if field.type == "text":
                self._check_words(field.name, operator, value, place)
            rows.append(Row(condition, value))
        return Table(name, table["policy"], tuple(rows))

    def _tally(
        self, measure: Literal["count", "share"], body: Mapping[str, Tree], pointer: str
    ) -> Condition:
        self._refuse_in_row(measure, pointer)
        (operator,) = set(body) - {"rule", "verdict"}
        place = f"{pointer}/{operator}"
        if self.kind not in BELOW:
            known = ", ".join(BELOW)
            self._problem(
                pointer,
                say("a $measure on $kind", measure=measure, kind=self.kind),
                say("one of the kinds $known", known=known),
            )
        operand = self._constant(body[operator], place, "number", operator)
        if measure == "share":
            for value in self._values_of(operand):
                if not 0 <= value <= 1:
                    self._problem(
                        place,
                        say("the share $value", value=value),
                        "a share from 0 to 1, such as 0.5",
                    )
        return Tally(
            measure, str(body["rule"]), Verdict(body["verdict"]), operator, Operand(operand)
        )

    def _values_of(self, constant: Constant) -> list[Decimal]:
        """Return the number of a constant, or each that its parameter ever has."""
        parameter = self.parameters.get(constant.param or "")
        values = [dated.value for dated in parameter.values] if parameter else [constant.value]
        return [value for value in values if isinstance(value, Decimal)]

    def _atom(self, name: str, body: Mapping[str, Tree], pointer: str) -> Condition:
        field = self.fields.get(name)
        if field is None:
            self._unknown_field(name, pointer)
            return All(())
        ((operator, right),) = body.items()
        place = f"{pointer}/{operator}"
        allowed = OPERATORS[field.type]
        if not field.exact:
            allowed -= {"disagrees_with"}  # a quotient was not printed: it has no last digit
        if operator not in allowed:
            words = ", ".join(sorted(allowed)) or "no operator: it serves in texts only"
            self._problem(
                place,
                say(
                    "$operator on $name ($type)",
                    operator=show(operator),
                    name=name,
                    type=field.type,
                ),
                words,
                of_key=True,
            )
            return All(())
        if operator in MOVEMENTS and self.kind != "kinerja":
            self._problem(
                place,
                say("$operator on $kind", operator=show(operator), kind=self.kind),
                "the kind kinerja",
                of_key=True,
            )
        if operator in _STATE:
            if right is not True:
                self._problem(place, show(right), "true")
            return Atom(name, operator, Operand(Constant(True)))  # noqa: FBT003
        operand = self._operand(right, place, field, operator)
        if field.type == "text" and isinstance(operand.base, Constant):
            self._check_words(name, operator, operand.base, place)
        return Atom(name, operator, operand)

    def _check_words(self, name: str, operator: str, right: Constant, pointer: str) -> None:
        """Refuse words that the field never has: the comparison would always end the same."""
        known, terms = closed_words(self.kind, name, self.vocabulary)
        values = [(self.document, pointer, _plain(right.value))]
        if right.param is not None:
            values = list(self._values(right.param, f"{pointer}/param"))
        for document, place, value in values if known else ():
            for index, word in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(word, str) or _may_hold(word, operator, known):
                    continue
                at = f"{place}/{index}" if isinstance(value, list) else place
                found = show(word)
                if right.param is not None:
                    found = say("$found in the parameter $param", found=found, param=right.param)
                    at = place if document is self.document else at
                code = self.vocabulary.resolve(terms, word)
                hint = (
                    say("Write $code, which it stands for.", code=code)
                    if code
                    else suggestion(word, known)
                )
                self.problems.append(
                    document.problem(at, found, say("one of $words", words=", ".join(known)), hint)
                )

    def _values(self, param: str, pointer: str) -> Iterator[tuple[Document, str, Tree]]:
        """Yield the values of a parameter, and the place that is to blame for each.

        That is `pointer`, where the rule asks for it, or the value in the file that overrides it.
        """
        if param in self.replaced:
            part = self.replaced[param]
            for index, item in enumerate(part.tree["values"]):
                yield part, f"/values/{index}/value", item["value"]
        elif param in self.parameters:
            for dated in self.parameters[param].values:
                yield self.document, pointer, _plain(dated.value)

    def _operand(self, right: Tree, pointer: str, field: Field, operator: str) -> Operand:
        if operator in RELATIONS:
            word = right.get("field") if isinstance(right, dict) else right
            if not isinstance(word, str) or (isinstance(right, dict) and set(right) != {"field"}):
                self._problem(pointer, show(right), "the name of a field")
                return Operand("")
            wanted: FieldType = "computed" if operator == "disagrees_with" else field.type
            return Operand(self._field_name(word, pointer, wanted))
        if not isinstance(right, dict):
            return Operand(self._constant(right, pointer, field.type, operator))
        named = [key for key in ("field", "param", "table") if key in right]
        if len(named) > 1:
            self._problem(
                pointer, " and ".join(named), say("one of $words", words=", ".join(named))
            )
        base: Constant | str | Table
        if "field" in right:
            base = self._field_name(right["field"], f"{pointer}/field", field.type)
        elif "table" in right:
            base = self._table(right["table"], f"{pointer}/table", field, operator)
        else:
            base = self._constant(
                {"param": right.get("param")}, f"{pointer}/param", field.type, operator
            )
        factors: dict[str, Constant | None] = {"times": None, "plus": None}
        for key in factors:
            if key in right:
                place = f"{pointer}/{key}"
                if field.type != "number" and not (field.type == "date" and key == "plus"):
                    found = say("$key on a $type", key=show(key), type=field.type)
                    self._problem(place, found, "no such key: only numbers have it", of_key=True)
                factor = self._constant(right[key], place, "number", "is")
                factors[key] = factor
                for value in self._values_of(factor) if field.type == "date" else ():
                    if value != value.to_integral_value():
                        self._problem(
                            place, say("$value days", value=value), "a whole number of days"
                        )
        return Operand(base, factors["times"], factors["plus"])

    def _field_name(self, word: str, pointer: str, wanted: FieldType) -> str:
        field = self.fields.get(word)
        if field is None:
            self._unknown_field(word, pointer)
        elif field.type != wanted:
            self._problem(
                pointer,
                say("the field $word ($type)", word=word, type=field.type),
                say("a field of type $wanted", wanted=wanted),
            )
        return word

    def _constant(self, raw: Tree, pointer: str, kind: FieldType, operator: str) -> Constant:
        param = raw.get("param") if isinstance(raw, dict) else None
        if param is None:
            value = as_constant(raw, kind, operator)
            if value is None:
                hinted = {"number": number_hint, "date": date_hint}.get(kind)
                hint = hinted(raw) if hinted and isinstance(raw, str) else ""
                if isinstance(raw, str) and raw in self.fields:
                    hint = say("To compare with that field write {field: $raw}.", raw=raw)
                self._problem(pointer, show(raw), _wanted(kind, operator), hint)
            return Constant(value)
        if param not in self.parameters:
            hint = suggestion(param, self.parameters)
            self._problem(
                pointer,
                say("the parameter $param", param=show(param)),
                "a parameter that exists",
                hint,
            )
        for document, place, value in self._values(param, pointer):
            if as_constant(value, kind, operator) is None:
                found = say(
                    "the parameter $param, whose values are of another kind", param=show(param)
                )
                if document is not self.document:
                    found = show(value)
                self.problems.append(document.problem(place, found, _wanted(kind, operator)))
        return Constant(None, param)

    def _unknown_field(self, name: str, pointer: str) -> None:
        hint = suggestion(name, self.fields) or say("See: rbrules fields $kind", kind=self.kind)
        self._problem(
            pointer,
            say("the field $name", name=show(name)),
            say("a field of $kind", kind=self.kind),
            hint,
            of_key=True,
        )

    def _problem(
        self, pointer: str, found: str, expected: str, hint: str = "", *, of_key: bool = False
    ) -> None:
        self.problems.append(self.document.problem(pointer, found, expected, hint, of_key=of_key))


def closed_words(
    kind: Kind, name: str, vocabulary: Vocabulary
) -> tuple[tuple[str, ...], Mapping[str, Term]]:
    """Return the words that a field can have, and the terms behind them; () where any text."""
    listed: Mapping[tuple[str, str], Mapping[str, Term]] = {
        ("indikator", "kode"): vocabulary.lines,
        ("tema", "kode"): vocabulary.tema,
        ("rencana_aksi", "indikator"): {**vocabulary.lines, **vocabulary.tema},
        ("rekomendasi", "status"): vocabulary.status,
    }
    terms = listed.get((kind, name), {})
    if terms:
        return tuple(terms), terms
    if (kind, name) == ("rekomendasi", "skema"):
        return vocabulary.skema, {}
    return file_words(kind, name), {}


def file_words(kind: Kind, name: str) -> tuple[str, ...]:
    """Return the only words that an evaluation file can give a field; () where any text."""
    return words_of(*_KEYS.get(name, (name,) if kind == "instansi" else (kind, name)))


def _may_hold(word: str, operator: str, known: Iterable[str]) -> bool:
    """Tell whether a field with the `known` words can be compared with `word`.

    Nothing equals an empty text, so `is_not: ""` asks whether the value is known.
    """
    if operator == "begins_with":
        return any(begins_with(other, word) for other in known)
    return word in known or (not word and operator in UNEQUAL)


def _plain(value: Value | tuple[Value, ...] | None) -> Tree:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _wanted(kind: FieldType, operator: str) -> str:
    one, many = {
        "number": ("a number", "numbers"),
        "text": ("a text", "texts"),
        "bool": ("true or false", "true or false"),
        "date": ("a day such as 2024-01-31", "days such as 2024-01-31"),
    }[kind]
    if operator == "between":
        return say("a list of two $many, the lower one first", many=many)
    return say("a list of $many", many=many) if operator in LISTS else one


def as_constant(raw: Tree, kind: FieldType, operator: str) -> Value | tuple[Value, ...] | None:
    """Turn a literal into a value fit for a field of type `kind`; None where it is not."""
    if operator == "between" or operator in LISTS:
        if not isinstance(raw, list):
            return None
        if operator == "begins_with" and not all(str(item).strip() for item in raw):
            return None  # every text begins with nothing
        items = [as_constant(item, kind, "is") for item in raw]
        values = tuple(item for item in items if item is not None and not isinstance(item, tuple))
        if len(values) < max(len(raw), 1):
            return None
        if operator == "between" and not (len(values) == 2 and values[0] <= values[1]):  # type: ignore[operator]  # noqa: PLR2004
            return None
        return values
    if kind == "number" and isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Decimal(raw)
    if kind == "date" and isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            return None
    fits = isinstance(raw, str) if kind == "text" else kind == "bool" and isinstance(raw, bool)
    literal: str | bool | None = raw if fits else None
    return literal


def leaves(condition: Condition | None) -> Iterator[Atom | Tally]:
    """Yield the comparisons of a condition, from left to right."""
    match condition:
        case None:
            return
        case All(parts) | Any_(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def atoms(rule: Rule) -> Iterator[Atom]:
    """Yield the comparisons of fields in a rule, `where` first."""
    for condition in (rule.where, rule.when):
        yield from (leaf for leaf in leaves(condition) if isinstance(leaf, Atom))


@lru_cache(KEPT)
def tallies(rule: Rule) -> tuple[Tally, ...]:
    """Return the counts and shares in a rule, `where` first."""
    return tuple(
        leaf
        for condition in (rule.where, rule.when)
        for leaf in leaves(condition)
        if isinstance(leaf, Tally)
    )


@lru_cache(KEPT)
def tables(rule: Rule) -> tuple[Table, ...]:
    """Return the tables that stand in the rule's conditions, each once, by name."""
    found: dict[str, Table] = {}
    for condition in (rule.where, rule.when):
        for leaf in leaves(condition):
            if isinstance(leaf.operand.base, Table):
                found.setdefault(leaf.operand.base.name, leaf.operand.base)
    return tuple(found[name] for name in sorted(found))


def row_pointer(table: Table, index: int) -> str:
    """Return where a row of a table stands in the rule file."""
    return f"/tables/{escape(table.name)}/rows/{index}"


def row_leaves(leaf: Atom | Tally) -> Iterator[Atom | Tally]:
    """Yield the comparisons in the rows of the table that `leaf` asks for, if it does."""
    if isinstance(leaf.operand.base, Table):
        for row in leaf.operand.base.rows:
            yield from leaves(row.when)


def fields_of_atom(atom: Atom) -> tuple[str, ...]:
    """Name the fields that deciding `atom` may look at."""
    right = (atom.operand.base,) if isinstance(atom.operand.base, str) else ()
    moving = ("arah", "batas", "satuan") if atom.operator in MOVEMENTS else ()
    rows = (
        name
        for inner in row_leaves(atom)
        if isinstance(inner, Atom)
        for name in fields_of_atom(inner)
    )
    return (atom.field, *right, *moving, *rows)


@lru_cache(KEPT)
def named_fields(rule: Rule) -> tuple[str, ...]:
    """Name the fields that stand in the rule's conditions, in order, each once."""
    names: dict[str, None] = {}
    for atom in atoms(rule):
        for leaf in (atom, *row_leaves(atom)):
            if isinstance(leaf, Atom):
                names[leaf.field] = None
            if isinstance(leaf.operand.base, str):
                names[leaf.operand.base] = None
    return tuple(names)


@lru_cache(KEPT)
def named_parameters(rule: Rule) -> tuple[str, ...]:
    """Name the parameters that stand in the rule's conditions, in order, each once."""
    return tuple(
        dict.fromkeys(
            constant.param
            for condition in (rule.where, rule.when)
            for leaf in leaves(condition)
            for constant in constants(leaf)
            if constant.param is not None
        )
    )


def shown_parameters(rule: Rule) -> tuple[str, ...]:
    """Name the parameters that stand beside an operator, where texts can show their value.

    A parameter in the row of a table counts for some subjects only: texts show the table.
    """
    names: dict[str, None] = {}
    for condition in (rule.where, rule.when):
        for leaf in leaves(condition):
            for constant in (leaf.operand.base, leaf.operand.times, leaf.operand.plus):
                if isinstance(constant, Constant) and constant.param is not None:
                    names[constant.param] = None
    return tuple(names)


def constants(leaf: Atom | Tally) -> Iterator[Constant]:
    """Yield every constant that a comparison is held against, those of a table's rows too."""
    operand = leaf.operand
    if isinstance(operand.base, Table):
        yield from (row.value for row in operand.base.rows)
        for inner in row_leaves(leaf):
            yield from constants(inner)
    for constant in (operand.base, operand.times, operand.plus):
        if isinstance(constant, Constant):
            yield constant


@lru_cache(KEPT)
def placeholders(rule: Rule) -> tuple[str, ...]:
    """Name the placeholders of the rule's texts, sorted."""
    texts = (rule.message, rule.recommendation, rule.title)
    found = {
        name
        for text in texts
        for language in (text.id, text.en)
        for name in Template(language).get_identifiers()
    }
    return tuple(sorted(found))


@lru_cache(KEPT)
def fields_of(rule: Rule) -> frozenset[str]:
    """Name every field that running or explaining the rule needs."""
    catalogue = CATALOGUE[rule.applies_to]
    conditions = {name for atom in atoms(rule) for name in fields_of_atom(atom)}
    texts = set(placeholders(rule)) & set(catalogue)
    # A value of an indicator is shown with the unit that the file states for it.
    units = {catalogue[name].unit for name in texts} & OWN_UNITS
    return frozenset(conditions | texts | units)


def resolve(condition: Condition, parameters: Mapping[str, Constant]) -> Condition:
    """Put the values in force in place of the parameters' names."""

    def fill(constant: Constant | None) -> Constant | None:
        if constant is None or constant.param is None:
            return constant
        return parameters[constant.param]

    def fill_base(base: Constant | str | Table) -> Constant | str | Table:
        if isinstance(base, str):
            return base
        if isinstance(base, Constant):
            return cast("Constant", fill(base))
        rows = tuple(
            Row(
                None if row.when is None else resolve(row.when, parameters),
                cast("Constant", fill(row.value)),
            )
            for row in base.rows
        )
        return replace(base, rows=rows)

    def fill_operand(operand: Operand) -> Operand:
        return Operand(fill_base(operand.base), fill(operand.times), fill(operand.plus))

    return transform(condition, lambda leaf: replace(leaf, operand=fill_operand(leaf.operand)))


def transform(condition: Condition, leaf: Callable[[Atom | Tally], Condition]) -> Condition:
    """Rebuild a condition with every comparison replaced by `leaf` of it."""
    match condition:
        case All(parts):
            return All(tuple(transform(part, leaf) for part in parts))
        case Any_(parts):
            return Any_(tuple(transform(part, leaf) for part in parts))
        case Not(part):
            return Not(transform(part, leaf))
        case _:
            return leaf(condition)
