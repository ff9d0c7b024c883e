"""import(export(x)) is x, for any valid evaluation, through a real workbook."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rbrules.form.cells import Cell, Reader, Writer, same
from rbrules.form.fill import fill_form, without_nulls
from rbrules.form.intake import evaluation_of
from rbrules.form.layout import plan_of
from rbrules.form.planning_csv import planning_csv, with_planning
from rbrules.form.shape import WILDCARDS, shape_at
from rbrules.form.workbook import form_workbook, read_grids
from rbrules.load.json_reader import load_json
from tests.properties.evaluations import NUMBERS, RULEBOOK, SEEDS, TEXTS, evaluation, valid
from tests.properties.strategies import many
from tests.shared import LANGUAGES, SAMPLES

if TYPE_CHECKING:
    from rbrules.model import Tree


def patient(examples: int) -> settings:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(many(examples, shrink=False), suppress_health_check=checks)


def alike(one: Tree, other: Tree) -> bool:
    """Equal, with the same decimals, in whatever order keys stand."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(alike(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    return same(one, other)


def through_workbook(tree: Tree, lang: str = "id") -> Tree:
    plan = plan_of(tree, RULEBOOK, lang)
    data = form_workbook(fill_form(tree, plan), plan)
    return evaluation_of(read_grids(data, "isian.xlsx"), data, "isian.xlsx", RULEBOOK)


@pytest.mark.slow
@patient(80)
@given(SEEDS, st.sampled_from(LANGUAGES))
def test_import_of_an_export_is_the_evaluation(seed, lang):
    """Null and absent mean the same: keys that are null are left out."""
    tree = evaluation(seed)
    # An id that is a mark of the form's own keys is told at its cell, and not read.
    assume(not any(row["id"] in WILDCARDS for row in tree.get("kinerja") or ()))
    assert alike(through_workbook(tree, lang), without_nulls(tree))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_survive(path):
    tree = load_json(path.read_bytes(), path.name).tree
    assert alike(through_workbook(tree), without_nulls(tree))


@patient(100)
@given(SEEDS)
def test_planning_indicators_survive_as_csv(seed):
    tree = evaluation(seed)
    plan = plan_of(tree, RULEBOOK, "id")
    text = planning_csv(tree, plan)
    cells = [c for row in csv.reader(io.StringIO(text[1:], newline=""), delimiter=";") for c in row]
    numbers = re.compile("-[0-9]+(,[0-9]+)?")
    assert not any(c.startswith(("=", "+", "-", "@")) and not numbers.fullmatch(c) for c in cells)
    bare = valid({key: value for key, value in tree.items() if key != "kinerja"})
    got = with_planning(bare, text.encode(), "kinerja.csv", RULEBOOK)
    rows = without_nulls(tree).get("kinerja") or []
    for row in (*rows, *got.get("kinerja", [])):
        row.pop("realisasi_lain", None)  # has a sheet of its own, and no place in a row
    assert alike(got.get("kinerja", []), rows)


SHAPES = [
    ("kinerja", "*", "renstra", "2023"),
    ("kinerja", "*", "realisasi", "2023"),
    ("indikator", "*", "nilai"),
    ("rencana_aksi", "*", "dampak"),
    ("unit", "*", "perubahan_iku", "*", "alasan"),
    ("kinerja", "*", "bukti", "2023"),
    ("kinerja", "*", "unit_pendukung"),
    ("catatan",),
]


@many(1000)
@given(
    st.sampled_from(SHAPES),
    TEXTS
    | st.sampled_from(NUMBERS)
    | st.decimals(-(10**9), 10**9, places=4)
    | st.lists(TEXTS, max_size=3)
    | st.lists(st.sampled_from(NUMBERS), min_size=2, max_size=2)
    | st.booleans(),
    st.booleans(),
)
def test_a_cell_gives_its_value_back(tokens, value, is_text):
    shape = shape_at(tokens)
    has_numbers = isinstance(value, list) and value and isinstance(value[0], Decimal)
    assume(shape.is_range if has_numbers else shape.is_list or not isinstance(value, list))
    long_texts: list[str] = []
    content = Writer("id", long_texts, is_text).write(value, shape)
    raw = content.value
    cell = Cell(float(raw) if isinstance(raw, Decimal) else raw, decimals=content.decimals)
    assert same(Reader(",", long_texts).read(cell, shape), value)
