"""Three-valued logic and the order of judgement, by table."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest

from rbrules.comparison import holds
from rbrules.engine.python import PythonEngine, judge
from rbrules.model import (
    All,
    Any_,
    Condition,
    Constant,
    Fact,
    Inapplicable,
    Known,
    Not,
    Operand,
    Reading,
    Tally,
    TallyResult,
    Unknown,
    Verdict,
)
from tests.properties.strategies import atom, make_fact, make_rule

# One comparison for each letter: true, false, unknown, void.
READINGS: dict[str, Reading] = {
    "id": Known("ya"),
    "sasaran": Known("tidak"),
    "satuan": Unknown(("/satuan",)),
    "rumus": Unknown(("/rumus",)),
    "induk": Inapplicable(("/induk",)),
}
FACT = make_fact(READINGS)
T, F, U, U2, V = (atom(field, "is", "ya") for field in READINGS)
CONDITIONS: dict[str, Condition] = {"T": T, "F": F, "U": U, "V": V}

KLEENE = {
    # pair: all, any
    "TT": "TT",
    "TF": "FT",
    "TU": "UT",
    "FT": "FT",
    "FF": "FF",
    "FU": "FU",
    "UT": "UT",
    "UF": "FU",
    "UU": "UU",
}


def letter(result: object) -> str:
    if isinstance(result, bool):
        return "T" if result else "F"
    return "U" if isinstance(result, Unknown) else "V"


@pytest.mark.parametrize(("pair", "expected"), KLEENE.items())
def test_kleene(pair: str, expected: str) -> None:
    parts = tuple(CONDITIONS[side] for side in pair)
    assert letter(holds(All(parts), FACT)) + letter(holds(Any_(parts), FACT)) == expected


@pytest.mark.parametrize(("inner", "outer"), ["TF", "FT", "UU", "VV"])
def test_not(inner: str, outer: str) -> None:
    assert letter(holds(Not(CONDITIONS[inner]), FACT)) == outer


@pytest.mark.parametrize("pair", list(product("TFU", repeat=2)))
def test_de_morgan(pair: tuple[str, str]) -> None:
    parts = tuple(CONDITIONS[side] for side in pair)
    denied = tuple(Not(part) for part in parts)
    assert holds(Not(All(parts)), FACT) == holds(Any_(denied), FACT)
    assert holds(Not(Any_(parts)), FACT) == holds(All(denied), FACT)


@pytest.mark.parametrize("other", "TFU")
@pytest.mark.parametrize("group", [All, Any_])
def test_a_void_comparison_makes_the_whole_void(group: type[All | Any_], other: str) -> None:
    for parts in ((V, CONDITIONS[other]), (CONDITIONS[other], V)):
        assert holds(group(parts), FACT) == Inapplicable(("/induk",))
    assert holds(Not(Any_((T, Not(group((T, V)))))), FACT) == Inapplicable(("/induk",))


def test_empty_groups() -> None:
    assert holds(All(()), FACT) is True
    assert holds(Any_(()), FACT) is False


@pytest.mark.parametrize(
    ("condition", "pointers"),
    [
        (All((U, U2, U)), ("/satuan", "/rumus")),
        (Any_((U2, U)), ("/rumus", "/satuan")),
        (All((T, Any_((F, U)))), ("/satuan",)),
        # A side that is settled does not say what it missed.
        (All((Any_((T, U)), U2)), ("/rumus",)),
        (Not(Any_((All((F, U)), U2))), ("/rumus",)),
    ],
)
def test_an_unknown_names_what_leaves_it_open(
    condition: Condition, pointers: tuple[str, ...]
) -> None:
    assert holds(condition, FACT) == Unknown(pointers)


JUDGEMENTS = [
    # where, when, verdict, missing
    (None, "T", Verdict.FINDING, ()),
    (None, "F", Verdict.PASS, ()),
    (None, "U", Verdict.UNKNOWN, ("/satuan",)),
    (None, "V", Verdict.NOT_APPLICABLE, ()),
    ("T", "T", Verdict.FINDING, ()),
    ("T", "F", Verdict.PASS, ()),
    ("T", "U", Verdict.UNKNOWN, ("/satuan",)),
    ("T", "V", Verdict.NOT_APPLICABLE, ()),
    *(("F", when, Verdict.NOT_APPLICABLE, ()) for when in "TFUV"),
    *(("U", when, Verdict.UNKNOWN, ("/satuan",)) for when in "TFUV"),
    *(("V", when, Verdict.NOT_APPLICABLE, ()) for when in "TFUV"),
]


@pytest.mark.parametrize(("where", "when", "verdict", "missing"), JUDGEMENTS)
@pytest.mark.parametrize("on_missing", [Verdict.UNKNOWN, Verdict.FINDING, Verdict.NOT_APPLICABLE])
def test_order_of_judgement(
    where: str | None,
    when: str,
    verdict: Verdict,
    missing: tuple[str, ...],
    on_missing: Verdict,
) -> None:
    rule = make_rule(
        where=where and CONDITIONS[where], when=CONDITIONS[when], on_missing=on_missing
    )
    outcome = judge(rule, FACT)
    becomes = on_missing
    if where == "U" and on_missing is Verdict.FINDING:
        becomes = Verdict.UNKNOWN  # a subject that may not be meant is no ground for a finding
    assert outcome.verdict is (becomes if verdict is Verdict.UNKNOWN else verdict)
    assert outcome.missing == missing


@pytest.mark.parametrize(
    ("needs", "verdict"),
    [
        ((), Verdict.FINDING),
        (("renja",), Verdict.FINDING),
        (("renstra",), Verdict.NOT_APPLICABLE),
        (("renja", "renstra"), Verdict.NOT_APPLICABLE),
    ],
)
def test_needs_come_first(needs: tuple[str, ...], verdict: Verdict) -> None:
    fact = make_fact(READINGS, absent=frozenset({"renstra", "dpa"}))
    assert judge(make_rule(needs=needs, when=T), fact).verdict is verdict
    if verdict is Verdict.NOT_APPLICABLE:
        rule = make_rule(needs=needs, where=U, when=U, on_missing=Verdict.FINDING)
        assert judge(rule, fact).verdict is verdict


def test_counts_are_looked_up() -> None:
    tally = Tally("count", "TES-900", Verdict.FINDING, "at_least", Operand(Constant(Decimal(2))))
    results = {
        (2, 2): Verdict.FINDING,
        (0, 1): Verdict.PASS,
        (1, 2): Verdict.UNKNOWN,
    }
    for (low, high), verdict in results.items():
        counts = {tally: TallyResult(low, high, 4, ("/kinerja/0",))}
        outcome = judge(
            make_rule(applies_to="unit", when=tally), make_fact({}, kind="unit", counts=counts)
        )
        assert outcome.verdict is verdict
        assert outcome.missing == (("/kinerja/0",) if verdict is Verdict.UNKNOWN else ())


def test_run_judges_each_rule_on_each_fact_in_order() -> None:
    rules = (make_rule(id="TES-002", when=T), make_rule(id="TES-001", when=F))
    facts: tuple[Fact, ...] = (make_fact(READINGS, id_="b"), make_fact(READINGS, id_="a"))
    engine = PythonEngine()
    outcomes = engine.run(rules, facts)
    assert [(o.rule.id, o.subject.id, o.verdict) for o in outcomes] == [
        ("TES-002", "b", Verdict.FINDING),
        ("TES-002", "a", Verdict.FINDING),
        ("TES-001", "b", Verdict.PASS),
        ("TES-001", "a", Verdict.PASS),
    ]
    assert [outcome.fact for outcome in outcomes] == [*facts, *facts]
    assert engine.decided() == 0
    assert engine.run((), facts) == engine.run(rules, ()) == ()
