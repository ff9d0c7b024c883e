"""The planning indicators of an evaluation as a text file (CSV), written and read."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from rbrules.errors import InputError, Problem, show
from rbrules.form.cells import Cell
from rbrules.form.fill import fill_form
from rbrules.form.gather import FORM, KEY_COLUMN, KEY_ROW, Gathered, Grid, Place, gather, letters
from rbrules.form.intake import check, in_order
from rbrules.form.layout import PLANNING, Plan
from rbrules.form.shape import REST, shape_at, tokens_of
from rbrules.load.document import decode
from rbrules.model import Rulebook, Tree
from rbrules.validate import suggestion

SEPARATORS: Final = (";", "\t", ",")
"""What may stand between columns; with a comma there, decimals follow a dot."""

KEYS: Final = 2
"""The row of the keys in the grid that a file becomes."""

_BASE: Final = f"{PLANNING.base}/"
_SECTION: Final = "kinerja"


def planning_csv(tree: Tree, plan: Plan) -> str:
    """Write the planning indicators with semicolons and decimal commas, as Excel does here.

    No cell begins like a formula. The text begins with a byte-order mark.
    """
    form = fill_form(tree, plan, is_text=True)
    page = next(page for page in form.pages if page.sheet is PLANNING)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";")
    writer.writerow([column.key.removeprefix(_BASE) for column in page.columns])
    for row in page.rows:
        writer.writerow(["" if cell is None else cell.value for cell in row.cells])
    return "\ufeff" + stream.getvalue()


def with_planning(tree: Tree, data: bytes, name: str, rulebook: Rulebook) -> Tree:
    """Add the planning indicators of a text file to an evaluation.

    A row with an id that is there changes the values that it gives; another one is added.

    Args:
        tree: of the evaluation; it stays as it is.
        data: the text file, UTF-8.
        name: how problems call it.
        rulebook: says which codes exist.

    Raises:
        InputError: with every problem of the text file, each at its cell.
    """
    try:
        gathered = gather([_grid(data, name)], name, _decimal(data, name))
        merged = _merged(tree, gathered)
        check(merged, data, rulebook)
    except InputError as error:
        raise InputError(_as_in_file(problem) for problem in error.problems) from None
    root = shape_at(())
    assert root is not None
    return in_order(merged.tree, root)


def _as_in_file(problem: Problem) -> Problem:
    """Name the cell as the file has it: the grid has more rows and a column before it."""
    if not problem.cell:
        return problem
    line, column = max(problem.line - KEYS, 1), max(problem.column - 1, 1)
    return replace(problem, line=line, column=column, cell=f"{letters(column)}{line}")


def _separator(text: str) -> str:
    head = text.partition("\n")[0]
    return max(SEPARATORS, key=head.count)


def _decimal(data: bytes, name: str) -> str:
    return "." if _separator(decode(data, name)) == "," else ","


def _grid(data: bytes, name: str) -> Grid:
    """Read the file as a sheet of the form: its first line is the row of keys."""
    text = decode(data, name)
    cells: dict[tuple[int, int], Cell] = {}
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error as error:
        raise InputError([_problem(name, f"what is no CSV ({error})", "a CSV file")]) from None
    head = [cell.strip() for cell in rows[0]] if rows else []
    problems = list(_head_problems(head, name))
    if problems:
        raise InputError(problems)
    cells[1, KEY_COLUMN] = Cell(FORM)
    cells[KEYS, KEY_COLUMN] = Cell(KEY_ROW)
    for column, key in enumerate(head, 2):
        if key:
            cells[KEYS, column] = Cell(f"{_BASE}{key}")
    for number, row in enumerate(rows[1:], KEYS + 2):
        for column, value in enumerate(row, 2):
            if value.strip():
                cells[number, column] = Cell(value)
    return Grid(name, cells)


def _head_problems(head: Sequence[str], name: str) -> Iterator[Problem]:
    entry = shape_at(tokens_of(_BASE[:-1]))
    known = entry.keys if entry else ()
    for column, key in enumerate(head, 1):
        tokens = tokens_of(f"{_BASE}{key}")
        if key and tokens[-1] != REST and shape_at(tokens) is None:
            expected = "a key of a planning indicator, such as id, nama or renstra/2023"
            hint = suggestion(key.partition("/")[0], known)
            yield _problem(name, f"the column {show(key)}", expected, hint, column)
    if "id" not in head:
        yield _problem(name, "no column id", "the keys of the columns in the first line")


def _problem(name: str, found: str, expected: str, hint: str = "", column: int = 1) -> Problem:
    return Problem(
        file=name,
        line=KEYS + 1,
        column=column + 1,
        pointer="",
        found=found,
        expected=expected,
        hint=hint,
        cell=f"{letters(column)}1",
    )


def _merged(tree: Tree, gathered: Gathered) -> Gathered:
    """Put rows into the evaluation, and the places of their values where they then are."""
    whole = copy.deepcopy(tree)
    rows = whole.get(_SECTION) or []
    whole[_SECTION] = rows
    place_of = {row["id"]: index for index, row in enumerate(rows)}
    moved: dict[str, str] = {}
    for index, row in enumerate(gathered.tree.get(_SECTION) or ()):
        id_ = row.get("id")
        if id_ in place_of and str(place_of[id_]) not in moved.values():
            _update(rows[place_of[id_]], row)
            moved[str(index)] = str(place_of[id_])
        else:
            moved[str(index)] = str(len(rows))
            rows.append(row)

    def there(place: Place) -> Place:
        return (*place[:1], moved[place[1]], *place[2:]) if len(place) > 1 else place

    return Gathered(
        gathered.file,
        whole,
        {there(place): spot for place, spot in gathered.spots.items()},
        gathered.problems,
        {there(place) for place in gathered.faulty},
    )


def _update(row: dict[str, Tree], given: dict[str, Tree]) -> None:
    for key, value in given.items():
        if isinstance(value, dict) and isinstance(row.get(key), dict):
            _update(row[key], value)
        else:
            row[key] = value
