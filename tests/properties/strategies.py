"""Random rules and facts over the real field catalogues, with values that break engines.

A batch holds many rules and many facts. The facts are mixed from a few drawn readings for each
field, so that one example gives hundreds of pairs and Hypothesis can still shrink it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any, Final

from hypothesis import Phase, settings
from hypothesis import strategies as st

from rbrules.conditions import (
    BELOW,
    LISTS,
    MOVEMENTS,
    OPERATORS,
    RELATIONS,
    atoms,
    fields_of_atom,
    tallies,
)
from rbrules.fields import CATALOGUE, DOCUMENTS, Field, FieldType
from rbrules.model import (
    All,
    Any_,
    Atom,
    Computed,
    Condition,
    Constant,
    Fact,
    Inapplicable,
    Kind,
    Known,
    Not,
    Operand,
    Reading,
    Row,
    Rule,
    Severity,
    Subject,
    Table,
    Tally,
    TallyResult,
    Target,
    Text,
    Unknown,
    Validity,
    Value,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS_TRIED: Final[tuple[Kind, ...]] = ("kinerja", "indikator", "unit", "rekomendasi", "instansi")

NUMBERS: Final = tuple(
    Decimal(text)
    for text in (
        *("0", "-0", "1", "-1", "3", "80", "100.00", "1E+2", "99.99", "71.38", "65.96"),
        *("65.960000", "-5.5", "0.1", "0.3", "0.30000000000000004", "1E-15", "1E-7", "-1E-7"),
        *("1E+16", "1E+22", "123456789012345", "0.123456789012345", "1234567890123456"),
        *("123456789012345678", "123456789012345679", "9007199254740992", "9007199254740993"),
        *("1.00000000000000000000000000001", "1E+305", "-1E+305", "1E-320", "1E-400"),
    )
)
FRACTIONS: Final = (
    Fraction(200, 3),
    Fraction(100),
    Fraction(0),
    Fraction(-1, 3),
    Fraction(7138, 100),
)
WORDS: Final = (
    "",
    "spip",
    "dinilai",
    "WTP",
    "wtp",
    "10",
    'a "b" \\ c',
    "é",
    "e\u0301",
    "😀",
    "x\0y",
    " Spip  dua",
)
DAYS: Final = tuple(
    date.fromisoformat(text)
    for text in ("0001-01-01", "2023-12-31", "2024-02-28", "2024-02-29", "2024-03-01", "9999-12-31")
)
ENDS: Final = tuple(Decimal(text) for text in ("0", "80", "85.0", "85", "99.99", "100", "100.00"))
TARGETS: Final = (
    *(Target(end, end) for end in ENDS),
    *(Target(low, high) for low in ENDS for high in ENDS if low < high),
    *(
        Target(Decimal(rank), Decimal(rank), word)
        for rank, word in enumerate(("TMP", "WDP", "WTP"))
    ),
)
FIGURES: Final = tuple(
    Computed(low, high, tolerance, missing=("/gap",) if low != high else (), assumed=assumed)
    for low in (None, Fraction(70), Fraction(7138, 100))
    for high in (None, Fraction(7138, 100), Fraction(80))
    for tolerance in (Fraction(0), Fraction(1, 100))
    for assumed in ((), ("/koefisien",))
)
VALUES: Final[Mapping[FieldType, Sequence[Value]]] = {
    "number": NUMBERS,
    "text": WORDS,
    "bool": (True, False),
    "date": DAYS,
    "target": TARGETS,
    "computed": FIGURES,
}
WORDS_OF: Final[Mapping[str, Sequence[str]]] = {
    "arah": ("naik", "turun", "rentang"),
    "satuan": ("%", " Persen", "poin"),
}
"""Fields whose words the comparisons themselves look at."""

ALWAYS_APPLICABLE: Final = frozenset({"arah", "batas", "satuan"})
"""No derivation ever says of these that they have no meaning, and `moves` relies on that."""

VALID: Final = Validity(start=date(2000, 1, 1))


def many(examples: int, *, shrink: bool = True) -> settings:
    """Return the settings of a property: the same examples each time where CI runs it."""
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize="CI" in os.environ,
        phases=[phase for phase in Phase if shrink or phase not in {Phase.shrink, Phase.explain}],
    )


def make_rule(**overrides: Any) -> Rule:
    """Build a rule on `kinerja` that finds those without `nama`."""
    text = Text("teks", "text")
    values: dict[str, Any] = {
        "id": "TES-001",
        "family": "tes",
        "title": text,
        "severity": Severity.LOW,
        "applies_to": "kinerja",
        "needs": (),
        "where": None,
        "when": atom("nama", "missing", True),
        "on_missing": Verdict.UNKNOWN,
        "message": text,
        "recommendation": text,
        "addressee": (),
        "raises": None,
        "citation": (),
        "source": "project",
        "reference": "",
        "valid": VALID,
        "tags": (),
        "file": "tes.yaml",
    }
    return Rule(**(values | overrides))


def make_fact(
    readings: Mapping[str, Reading],
    *,
    kind: Kind = "kinerja",
    id_: str = "1",
    absent: frozenset[str] = frozenset(),
    counts: Mapping[Tally, TallyResult] | None = None,
) -> Fact:
    """Build a fact; fields that are not given are unknown."""
    gaps = {name: Unknown((f"/{id_}/{name}",)) for name in CATALOGUE[kind]}
    return Fact(Subject(kind, id_, f"/{id_}"), gaps | dict(readings), absent, counts or {})


def atom(
    field: str,
    operator: str,
    right: Value | tuple[Value, ...],
    *,
    times: Decimal | None = None,
    plus: Decimal | None = None,
) -> Atom:
    """Build a comparison with a constant."""
    return Atom(field, operator, _operand(Constant(right), times, plus))


def field_atom(
    field: str,
    operator: str,
    right: str,
    *,
    times: Decimal | None = None,
    plus: Decimal | None = None,
) -> Atom:
    """Build a comparison with another field."""
    return Atom(field, operator, _operand(right, times, plus))


def _operand(base: Constant | str, times: Decimal | None, plus: Decimal | None) -> Operand:
    return Operand(
        base,
        None if times is None else Constant(times),
        None if plus is None else Constant(plus),
    )


class Batch:
    """Rules and facts of one kind."""

    def __init__(self, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> None:
        """Not a dataclass: Hypothesis would print all of it."""
        self.rules = rules
        self.facts = facts

    def __repr__(self) -> str:
        """Return what fits a screen: the conditions and readings, or how many there are."""
        if len(self.rules) * len(self.facts) > 12:
            return f"Batch({len(self.rules)} rules, {len(self.facts)} facts)"
        conditions_ = [(rule.where, rule.when) for rule in self.rules]
        return f"Batch({conditions_}, {[fact.readings for fact in self.facts]})"


@st.composite
def batches(draw: st.DrawFn, rules: int, facts: int) -> Batch:
    """Draw `rules` rules on one kind and `facts` facts that answer everything these ask."""
    kind: Kind = draw(st.sampled_from(KINDS_TRIED))
    made = tuple(draw(random_rules(kind, f"TES-{number:03d}")) for number in range(rules))
    asked = {name: None for rule in made for leaf in atoms(rule) for name in fields_of_atom(leaf)}
    pools = {name: draw(_pool(CATALOGUE[kind][name], _bounds(made, name))) for name in asked}
    counted = dict.fromkeys(tally for rule in made for tally in tallies(rule))
    counts = {tally: draw(st.lists(_counts(), min_size=2, max_size=2)) for tally in counted}
    mixer = Random(draw(st.integers(0, 2**16)))
    return Batch(made, tuple(_mix(kind, pools, counts, number, mixer) for number in range(facts)))


def _mix(
    kind: Kind,
    pools: Mapping[str, _Pool],
    counts: Mapping[Tally, Sequence[TallyResult]],
    number: int,
    mixer: Random,
) -> Fact:
    """Pick one reading for each field; a third of the facts have no gap, a third have many."""
    gap_rate = (0.0, 0.1, 0.4)[number % 3]
    readings = {
        name: mixer.choice(pool.gaps if mixer.random() < gap_rate else pool.known)
        for name, pool in pools.items()
    }
    absent = frozenset(mixer.choices(DOCUMENTS, k=1) if mixer.random() < gap_rate else ())
    tallied = {tally: mixer.choice(results) for tally, results in counts.items()}
    return Fact(Subject(kind, f"S{number}", f"/{kind}/{number}"), readings, absent, tallied)


@dataclass(frozen=True, slots=True)
class _Pool:
    """Readings of one field: with a value, and without."""

    known: tuple[Reading, ...]
    gaps: tuple[Reading, ...]


def _bounds(rules: Sequence[Rule], field: str) -> list[Value]:
    """Return the constants that rules compare a field with: what matters happens there."""
    bounds: list[Value] = []
    for leaf in (leaf for rule in rules for leaf in atoms(rule) if leaf.field == field):
        base = leaf.operand.base
        if isinstance(base, Constant) and leaf.operator not in {"present", "missing"}:
            values = base.value if isinstance(base.value, tuple) else (base.value,)
            bounds += [value for value in values if value is not None]
    return bounds


@st.composite
def _pool(draw: st.DrawFn, field: Field, bounds: Sequence[Value]) -> _Pool:
    values: Sequence[Value] = WORDS_OF.get(field.name, VALUES[field.type])
    if not field.exact:
        values = (*FRACTIONS, *NUMBERS)
    if field.name in WORDS_OF or not bounds:
        bounds = values
    known = draw(st.tuples(*map(st.sampled_from, (bounds, bounds, bounds, values))))
    pointer = (f"/{field.name}",)
    gaps: tuple[Reading, ...] = (Unknown(pointer), Unknown(pointer), Unknown(pointer, "lain"))
    if field.name not in ALWAYS_APPLICABLE:
        gaps += (Inapplicable(pointer),)
    return _Pool(tuple(Known(value, pointer) for value in known), gaps)


@st.composite
def _counts(draw: st.DrawFn) -> TallyResult:
    low, more, others = (draw(st.integers(0, 3)) for _ in range(3))
    told = more or not (low + others or draw(st.booleans()))
    gaps = ("/bawah",) if told else ()
    return TallyResult(low, low + more, low + more + others, gaps)


@st.composite
def random_rules(draw: st.DrawFn, kind: Kind, id_: str) -> Rule:
    """Draw a rule on `kind`."""
    needs = draw(st.sampled_from(((), (), ("renstra",), ("renstra", "dpa"))))
    where = draw(conditions(kind, 2)) if draw(st.integers(0, 3)) == 0 else None
    on_missing = draw(st.sampled_from((Verdict.UNKNOWN, Verdict.FINDING, Verdict.NOT_APPLICABLE)))
    when = draw(conditions(kind, draw(st.sampled_from((1, 2, 3, 3, 5)))))
    return make_rule(
        id=id_, applies_to=kind, needs=needs, where=where, when=when, on_missing=on_missing
    )


@st.composite
def conditions(draw: st.DrawFn, kind: Kind, depth: int, *, in_row: bool = False) -> Condition:
    """Draw a condition of at most `depth` levels; the row of a table compares fields only."""
    node = draw(st.sampled_from(("leaf", "all", "any", "not"))) if depth > 1 else "leaf"
    if node == "not":
        return Not(draw(conditions(kind, depth - 1, in_row=in_row)))
    if node == "leaf":
        return draw(leaves_of(kind, in_row=in_row))
    width = draw(st.integers(1, 4 if depth < 4 else 2))
    parts = tuple(draw(conditions(kind, depth - 1, in_row=in_row)) for _ in range(width))
    return All(parts) if node == "all" else Any_(parts)


@st.composite
def leaves_of(draw: st.DrawFn, kind: Kind, *, in_row: bool = False) -> Atom | Tally:
    """Draw one comparison, count or share."""
    if kind in BELOW and not in_row and draw(st.integers(0, 9)) == 0:
        return draw(_tally())
    names = [name for name, field in CATALOGUE[kind].items() if OPERATORS[field.type]]
    field = CATALOGUE[kind][draw(st.sampled_from(names))]
    peers = [name for name in names if CATALOGUE[kind][name].type == field.type]
    figures = [name for name, other in CATALOGUE[kind].items() if other.type == "computed"]
    operators = OPERATORS[field.type]
    operators -= {"disagrees_with"} if not figures or not field.exact else set()
    operators -= MOVEMENTS if kind != "kinerja" else set()
    operator = draw(st.sampled_from(sorted(operators)))
    if operator in {"present", "missing"}:
        return atom(field.name, operator, True)
    if operator in RELATIONS:
        others = figures if operator == "disagrees_with" else peers
        return field_atom(field.name, operator, draw(st.sampled_from(others)))
    if not in_row and operator != "between" and draw(st.integers(0, 7)) == 0:
        return Atom(field.name, operator, Operand(draw(tables_for(kind, field, operator))))
    return draw(_with_operand(field, operator, peers))


@st.composite
def tables_for(draw: st.DrawFn, kind: Kind, field: Field, operator: str) -> Table:
    """Draw a table whose values fit a comparison of `field`."""
    values = st.sampled_from(VALUES[field.type])
    policy = "first"
    if operator in LISTS:
        policy = draw(st.sampled_from(("first", "collect")))
        values = st.lists(values, min_size=1, max_size=2).map(tuple)
    rows = [
        Row(draw(conditions(kind, 2, in_row=True)), Constant(draw(values)))
        for _ in range(draw(st.integers(1, 3)))
    ]
    if draw(st.booleans()):
        rows[-1] = replace(rows[-1], when=None)
    return Table(f"tabel_{draw(st.integers(0, 10**6))}", policy, tuple(rows))


@st.composite
def _with_operand(draw: st.DrawFn, field: Field, operator: str, peers: Sequence[str]) -> Atom:
    values = st.sampled_from(VALUES[field.type])
    if operator == "between":
        low, high = sorted(draw(st.tuples(values, values)))  # type: ignore[type-var]
        return atom(field.name, operator, (low, high))
    if operator in LISTS:
        return atom(field.name, operator, tuple(draw(st.lists(values, min_size=1, max_size=3))))
    side = draw(st.integers(0, 3))
    times = plus = None
    if side > 1 and field.type == "number":
        times, plus = draw(st.sampled_from(_FACTORS))
    if side > 1 and field.type == "date":
        plus = draw(st.sampled_from((None, Decimal(1), Decimal(-60), Decimal("1E+9"))))
    if side == 3:
        return field_atom(
            field.name, operator, draw(st.sampled_from(peers)), times=times, plus=plus
        )
    return atom(field.name, operator, draw(values), times=times, plus=plus)


_FACTORS: Final = (
    (None, None),
    (Decimal("1.1"), None),
    (None, Decimal("0.01")),
    (Decimal("-0.5"), Decimal(3)),
)


@st.composite
def _tally(draw: st.DrawFn) -> Tally:
    share = draw(st.booleans())
    operator = draw(st.sampled_from(("is", "above", "at_least", "below", "at_most")))
    bounds = ("0", "0.5", "0.6", "1") if share else ("0", "1", "2", "3")
    verdict = draw(st.sampled_from((Verdict.FINDING, Verdict.PASS, Verdict.UNKNOWN)))
    bound = Constant(Decimal(draw(st.sampled_from(bounds))))
    return Tally("share" if share else "count", "TES-900", verdict, operator, Operand(bound))
