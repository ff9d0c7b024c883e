"""A table is a cascade of conditions: what it comes to, its rows written out come to as well."""

from hypothesis import given
from hypothesis import strategies as st

from rbrules.comparison import compare, holds, look_up
from rbrules.conditions import LISTS, OPERATORS, fields_of_atom, row_leaves
from rbrules.fields import CATALOGUE
from rbrules.model import (
    All,
    Any_,
    Atom,
    Constant,
    Inapplicable,
    Known,
    Not,
    Operand,
    Unknown,
)
from tests.properties.strategies import VALUES, make_fact, many, tables_for

FIELDS = [
    name
    for name, field in CATALOGUE["rencana_aksi"].items()
    if field.type in {"number", "text", "date"} and field.exact
]


@st.composite
def asked(draw):
    """Draw a comparison of a field with a table, and a fact that answers it, gaps among it."""
    field = CATALOGUE["rencana_aksi"][draw(st.sampled_from(FIELDS))]
    operators = OPERATORS[field.type] - {"present", "missing", "between", "disagrees_with"}
    operators -= {"same_as", "differs_from"}
    operator = draw(st.sampled_from(sorted(operators)))
    table = draw(tables_for("rencana_aksi", field, operator))
    atom = Atom(field.name, operator, Operand(table))
    gaps = (Unknown(("/x",)), Inapplicable(("/x",)))
    rate = draw(st.sampled_from((0, 0, 3)))
    readings = {}
    for name in fields_of_atom(atom):
        kind = CATALOGUE["rencana_aksi"][name].type
        gap = rate and draw(st.integers(0, 9)) < rate
        values = VALUES.get(kind, (True,))
        readings[name] = draw(st.sampled_from(gaps if gap else [Known(value) for value in values]))
    return atom, make_fact(readings, kind="rencana_aksi")


def written_out(atom, table):
    """Write a comparison with a table as one with its values, row by row."""
    branches, above = [], []
    for row in table.rows:
        when = All(()) if row.when is None else row.when
        held = Atom(atom.field, atom.operator, Operand(row.value))
        branches.append(All((when, *map(Not, above), held)))
        above += [when] if table.policy == "first" else []
    return Any_(tuple(branches))


def has_gap(fact):
    return any(not isinstance(reading, Known) for reading in fact.readings.values())


@given(asked())
@many(400)
def test_without_gaps_a_table_is_the_cascade_of_its_rows(pair):
    atom, fact = pair
    table = atom.operand.base
    if has_gap(fact):
        return
    fitting = [row for row in table.rows if row.when is None or holds(row.when, fact) is True]
    result = compare(atom, fact)
    if not fitting:
        assert result == Inapplicable()
    elif atom.operator == "not_in" and table.policy == "collect":
        listed = [value for row in fitting for value in row.value.value]
        assert result is (fact.readings[atom.field].value not in listed)
    else:
        assert result is holds(written_out(atom, table), fact)


@given(asked(), st.data())
@many(400)
def test_what_a_gap_leaves_decided_no_value_can_change(pair, data):
    """Fill the gaps with any value: what was decided before stays, unless gaps are asked for."""
    atom, fact = pair
    before = look_up(atom.operand.base, fact)
    if not isinstance(before, Constant):
        return
    if any(leaf.operator in {"present", "missing"} for leaf in row_leaves(atom)):
        return  # these ask whether there is a gap
    filled = dict(fact.readings)
    for name, reading in fact.readings.items():
        if isinstance(reading, Unknown):
            values = VALUES.get(CATALOGUE["rencana_aksi"][name].type, (True,))
            filled[name] = Known(data.draw(st.sampled_from(values)))
    after = look_up(atom.operand.base, make_fact(filled, kind="rencana_aksi"))
    if atom.operand.base.policy == "first":
        assert after.value == before.value
    else:
        assert set(after.value) == set(before.value)


def test_lists_are_what_tables_collect():
    assert {"in", "not_in", "begins_with"} == LISTS
