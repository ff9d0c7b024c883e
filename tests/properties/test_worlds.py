"""Worlds hold every fact: what lint says of all worlds is true of every evaluation file."""

import random
from datetime import date
from decimal import Decimal
from itertools import combinations

from hypothesis import assume, given
from hypothesis import strategies as st

from rbrules.comparison import decide
from rbrules.conditions import atoms, fields_of_atom, file_words, leaves
from rbrules.engine.python import judge
from rbrules.fields import CATALOGUE, YEAR_DAYS, is_always_known
from rbrules.model import All, Any_, Inapplicable, Known, Not, Tally, Unknown, Verdict
from rbrules.proof.worlds import (
    FIRST_YEAR,
    LAST_YEAR,
    WHOLE,
    Lack,
    Undecided,
    both,
    differs,
    find_world,
    gives,
    not_finding,
    possible,
    space_of,
    variable_of,
    verdicts,
)
from tests.properties.strategies import (
    Batch,
    atom,
    batches,
    field_atom,
    make_fact,
    make_rule,
    many,
)

VALUES = {
    "target": tuple(map(Decimal, ("0.9", "1", "1.0", "1.5", "2", "3"))),
    "realisasi": tuple(map(Decimal, ("1", "2", "2.5"))),
    "tenggat": tuple(date(2024, month, day) for month, day in ((2, 28), (2, 29), (3, 1), (3, 5))),
    "dampak": ("layanan", "Layanan", "layanan prima", " layanan  PRIMA kota", "pelayanan", "kota"),
    "status": ("selesai", "proses", "belum"),
}
ORDERS = ("is", "is_not", "above", "at_least", "below", "at_most")
DAYS = ("is", "before", "on_or_before", "after", "on_or_after")


@st.composite
def small_atoms(draw):
    """Draw a comparison of one of five fields with one of few constants, or of two fields."""
    name = draw(st.sampled_from(sorted(VALUES)))
    value = st.sampled_from(VALUES[name][:4])
    if draw(st.integers(0, 5)) == 0:
        return atom(name, draw(st.sampled_from(("present", "missing"))), True)
    if name in {"dampak", "status"}:
        lists = ("in", "not_in", *(("begins_with",) if name == "dampak" else ()))
        operator = draw(st.sampled_from(("is", "is_not", *lists)))
        if operator in lists:
            return atom(name, operator, tuple(draw(st.lists(value, min_size=1, max_size=2))))
        return atom(name, operator, draw(value))
    if draw(st.integers(0, 4)) == 0:
        return atom(name, "between", tuple(sorted((draw(value), draw(value)))))
    orders = DAYS if name == "tenggat" else ORDERS
    if name == "realisasi" and draw(st.booleans()):
        times = draw(st.sampled_from((None, Decimal("0.5"))))
        return field_atom(name, draw(st.sampled_from(orders)), "target", times=times)
    return atom(name, draw(st.sampled_from(orders)), draw(value))


SMALL = st.recursive(
    small_atoms(),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: Any_(tuple(parts))),
        inner.map(Not),
    ),
    max_leaves=5,
)


@st.composite
def small_batches(draw):
    """Draw rules on five fields of an action, and facts of every mixture of their readings."""
    missing = st.sampled_from((Verdict.UNKNOWN, Verdict.FINDING, Verdict.NOT_APPLICABLE))
    rules = tuple(
        make_rule(
            id=f"TES-00{number}",
            applies_to="rencana_aksi",
            where=draw(st.one_of(st.none(), SMALL)),
            when=draw(SMALL),
            on_missing=draw(missing),
        )
        for number in range(3)
    )
    mixer = random.Random(draw(st.integers(0, 2**16)))
    gaps = (Unknown(("/x",)), Unknown(("/x",), "lain"), Inapplicable(("/x",)))
    facts = [
        make_fact(
            {
                name: mixer.choice(gaps)
                if mixer.random() < (0.0, 0.1, 0.4)[number % 3]
                else Known(mixer.choice(values))
                for name, values in VALUES.items()
            },
            kind="rencana_aksi",
            id_=str(number),
        )
        for number in range(60)
    ]
    return Batch(rules, tuple(facts))


def leaves_of(rules):
    return [leaf for rule in rules for part in (rule.where, rule.when) for leaf in leaves(part)]


def is_day_of_year(name, day, fact):
    """Tell whether a day is the one that the year of the fact gives."""
    tahun = fact.readings.get("tahun")
    is_year = isinstance(tahun, Known) and FIRST_YEAR <= tahun.value <= LAST_YEAR
    return is_year and day == YEAR_DAYS[name](int(tahun.value))


def can_be(fact, rules):
    """Tell whether an evaluation file can bring about a fact that was drawn at random."""
    kind = fact.subject.kind
    for name in {name for rule in rules for leaf in atoms(rule) for name in fields_of_atom(leaf)}:
        reading = fact.readings[name]
        allowed = file_words(kind, name) if CATALOGUE[kind][name].type == "text" else ()
        if isinstance(reading, Known):
            if allowed and reading.value not in allowed:
                return False
            if CATALOGUE[kind][name].unit in WHOLE and reading.value != int(reading.value):
                return False
            if name in YEAR_DAYS and not is_day_of_year(name, reading.value, fact):
                return False
        elif is_always_known(kind, name):
            return False
    counted = {}
    for leaf in leaves_of(rules):
        if isinstance(leaf, Tally):
            counted.setdefault(variable_of(leaf), set()).add(fact.tallies[leaf])
    return all(len(results) == 1 for results in counted.values())


def as_the_engine(cell, leaf, fact):
    """Tell whether a cell decides a comparison as the engine does on the fact."""
    result = decide(leaf, fact)
    if isinstance(result, Inapplicable) or cell is Lack.VOID:
        return isinstance(result, Inapplicable) == (cell is Lack.VOID)
    (state,) = possible(leaf, {variable_of(leaf): cell})
    return state == (result if isinstance(result, bool) else None)


def world_of(fact, space, rules):
    """Return the world that a fact lies in: for each variable a cell that agrees on everything."""
    world = {}
    asked = leaves_of(rules)
    for variable, cells in space.cells.items():
        if variable[0] == "document":
            world[variable] = variable[1] in fact.absent
            continue
        mine = [leaf for leaf in asked if variable_of(leaf) == variable]
        fitting = [cell for cell in cells if all(as_the_engine(cell, leaf, fact) for leaf in mine)]
        assert fitting, (variable, cells, mine, [decide(leaf, fact) for leaf in mine])
        world[variable] = fitting[0]
    return world


@given(st.one_of(batches(4, 12), small_batches()), st.integers(0, 2**16))
@many(150)
def test_a_rule_says_of_a_fact_what_it_says_of_its_world(batch, seed):
    mixer = random.Random(seed)
    for rule in batch.rules:
        space = space_of([rule])
        for fact in batch.facts:
            if can_be(fact, [rule]):
                world = world_of(fact, space, [rule])
                verdict = judge(rule, fact).verdict
                assert verdicts(rule, world) == {verdict}
                part = {key: cell for key, cell in world.items() if mixer.random() < 0.5}
                assert verdict in verdicts(rule, part)
                assert verdicts(rule, {}) >= verdicts(rule, part)


def found(space, question):
    try:
        return find_world(space, question)
    except Undecided:
        assume(False)
        raise


@given(st.one_of(batches(2, 40), small_batches()))
@many(100)
def test_no_fact_is_what_no_world_is(batch):
    for rule in batch.rules:
        seen = {judge(rule, fact).verdict for fact in batch.facts if can_be(fact, [rule])}
        for verdict in (Verdict.FINDING, Verdict.PASS):
            if verdict in seen:
                assert found(space_of([rule]), gives(rule, verdict)) is not None
    for first, second in combinations(batch.rules, 2):
        pair = [first, second]
        space = space_of(pair)
        facts = [fact for fact in batch.facts if can_be(fact, pair)]
        judged = [(judge(first, f).verdict, judge(second, f).verdict) for f in facts]
        if any(one is not other for one, other in judged):
            assert found(space, differs(first, second)) is not None
        if any(one is Verdict.FINDING is not other for one, other in judged):
            question = both(gives(first, Verdict.FINDING), not_finding(second))
            assert found(space, question) is not None
