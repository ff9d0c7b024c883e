"""What stands in the cells of a form as the tree of an evaluation, with the place of each value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from rbrules.errors import InputError, Problem, show
from rbrules.form.cells import Cell, Fault, Reader
from rbrules.form.layout import naming_keys
from rbrules.form.shape import (
    KEY_CELL,
    NAMED_KEY,
    NAMED_ROW,
    REST,
    ROW,
    WILDCARDS,
    Shape,
    shape_at,
    tokens_of,
)
from rbrules.model import Tree, escape
from rbrules.validate import suggestion

KEY_COLUMN: Final = 1
"""The hidden column: keys of fields, the mark of the key row, marks of prepared rows."""

FIELD_COLUMN: Final = 3
"""Where the value of a field stands that the hidden column names."""

FORM: Final = "rbrules 1"
"""Stands in the first cell of each sheet of the form."""

KEY_ROW: Final = "#"
"""Marks, in the hidden column, the hidden row that holds the keys of the columns."""

LONG_TEXTS: Final = "@"
"""Marks, in the hidden column, a row of the sheet of long texts."""

_TEXT: Final = Shape({"type": ["string", "null"]})

Place = tuple[str, ...]
"""A JSON pointer, cut into its tokens."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell: sheet, row and column, both counted from 1."""

    sheet: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as read: cells that hold something, by row and column, and merged areas.

    A merged area is its first row, first column, last row, last column.
    """

    name: str
    cells: Mapping[tuple[int, int], Cell]
    merged: Sequence[tuple[int, int, int, int]] = ()


@dataclass(frozen=True, slots=True)
class _Value:
    """A value, or why there is none, with the rest of the key that leads to it."""

    tail: Place
    value: Tree
    spot: Spot


@dataclass(slots=True)
class _Row:
    """A row with something in it: the base of its sheet, the words that name it, and values."""

    spot: Spot
    base: Place
    names: list[_Value]
    values: list[_Value]
    empty: list[tuple[Place, Spot]]
    mark: str

    @property
    def own(self) -> Tree:
        """The id that the row gives itself."""
        return next((v.value for v in self.values if v.tail in {("id",), ("kode",)}), None)

    @property
    def is_untouched(self) -> bool:
        """Whether it holds nothing but what it was prepared with."""
        others = [v for v in self.values if v.tail not in {("id",), ("kode",)}]
        return not others and self.own in {None, self.mark}

    def path(self, depth: int) -> Place:
        """Return the base up to a depth with the words that name rows and keys in it."""
        words = iter([str(name.value) for name in self.names])
        path = [next(words, "") if t in {NAMED_ROW, NAMED_KEY} else t for t in self.base[:depth]]
        if path and path[-1] == ROW:
            path[-1] = str(self.own)
        return tuple(path)


@dataclass(slots=True)
class Gathered:
    """What a form holds.

    `spots` has the cell of every value, of rows and sections, and of what was left empty, by
    pointer; `faulty` the pointers of values that could not be read and are told of already.
    """

    file: str
    tree: dict[str, Tree] = field(default_factory=dict)
    spots: dict[Place, Spot] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faulty: set[Place] = field(default_factory=set)

    def tell(self, spot: Spot, found: str, expected: str, hint: str = "") -> None:
        """Add a problem."""
        self.problems.append(problem_at(self.file, spot, found, expected, hint))

    def mark(self, place: Place, spot: Spot) -> None:
        """Remember the cell of a place, and the first one of those above it."""
        self.spots.setdefault(place, spot)
        while place:
            place = place[:-1]
            self.spots.setdefault(place, spot)


def problem_at(file: str, spot: Spot, found: str, expected: str, hint: str = "") -> Problem:
    """Return a problem at a cell."""
    return Problem(
        file=file,
        line=spot.row,
        column=spot.column,
        pointer="",
        found=found,
        expected=expected,
        hint=hint,
        cell=f"{spot.sheet}!{letters(spot.column)}{spot.row}",
    )


def letters(column: int) -> str:
    """Name a column as a spreadsheet does: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def gather(grids: Iterable[Grid], file: str, decimal: str = ",") -> Gathered:
    """Put together what the cells of a form say.

    A row that was prepared and not touched is left out, unless a row of another sheet names it.

    Args:
        grids: the sheets; those that are not of the form are passed over.
        file: how problems call it.
        decimal: the decimal sign of numbers that are texts.

    Raises:
        InputError: no sheet is of the form. Other problems are in the result.
    """
    grids = list(grids)
    gathered = Gathered(file)
    reader = Reader(decimal, _long_texts(grids))
    rows: list[_Row] = []
    fields: list[_Value] = []
    own = [grid for grid in grids if _first(grid) == FORM]
    for grid in own:
        fields += _fields(grid, reader, gathered)
        key_row = _key_row(grid)
        if key_row:
            rows += _rows(grid, key_row, reader, gathered)
    if not own:
        hint = "Make one with: rbrules template."
        spot = Spot(grids[0].name if grids else "", 1, 1)
        found, expected = "no sheet of the form", "a workbook made by rbrules"
        raise InputError([problem_at(file, spot, found, expected, hint)])
    _build(rows, fields, gathered)
    return gathered


def _long_texts(grids: Iterable[Grid]) -> list[str]:
    parts: dict[int, dict[int, str]] = {}
    for grid in grids:
        marked = {r for (r, c), cell in grid.cells.items() if c == 1 and cell.value == LONG_TEXTS}
        for (row, column), cell in grid.cells.items():
            if row in marked and column > FIELD_COLUMN - 1:
                parts.setdefault(row, {})[column] = str(cell.value)
    return [
        "".join(text for _, text in sorted(cells.items())) for _, cells in sorted(parts.items())
    ]


def _first(grid: Grid) -> object:
    cell = grid.cells.get((1, KEY_COLUMN))
    return cell.value if cell else None


def _key_row(grid: Grid) -> int:
    rows = [r for (r, c), cell in grid.cells.items() if c == KEY_COLUMN and cell.value == KEY_ROW]
    return min(rows, default=0)


# --- fields --------------------------------------------------------------------------------------


def _fields(grid: Grid, reader: Reader, gathered: Gathered) -> Iterator[_Value]:
    for (row, column), cell in sorted(grid.cells.items()):
        key = cell.value
        if column != KEY_COLUMN or not isinstance(key, str) or not key.startswith("/"):
            continue
        tokens = tokens_of(key)
        is_rest = tokens == (REST,)
        shape = _TEXT if is_rest else shape_at(tokens)
        spot = Spot(grid.name, row, FIELD_COLUMN)
        if shape is None or WILDCARDS & set(tokens):
            gathered.tell(Spot(grid.name, row, column), f"the key {show(key)}", "a key of the form")
            continue
        found = grid.cells.get((row, FIELD_COLUMN))
        value = reader.read(found, shape) if found else None
        if not is_rest:
            gathered.mark(tokens, spot)
        if value is not None:
            yield _Value(tokens, value, spot)


# --- rows ----------------------------------------------------------------------------------------


def _rows(grid: Grid, key_row: int, reader: Reader, gathered: Gathered) -> Iterator[_Row]:
    keys = _keys(grid, key_row, gathered)
    base = max((_base(tokens) for tokens in keys.values()), key=len, default=())
    if not base:
        return
    _tell_merged(grid, key_row, gathered)
    by_row: dict[int, dict[int, Cell]] = {}
    for (row, column), cell in sorted(grid.cells.items()):
        if row > key_row + 1:
            by_row.setdefault(row, {})[column] = cell
    strays: set[int] = set()
    for number, cells in by_row.items():
        mark = cells.get(KEY_COLUMN)
        found = _Row(Spot(grid.name, number, min(keys)), base, [], [], [], "")
        if mark and mark.value is not None:
            found.mark = str(mark.value)
        for column in sorted({*keys, *cells} - {KEY_COLUMN}):
            spot = Spot(grid.name, number, column)
            if column in keys:
                _add(found, keys[column], cells.get(column), spot, reader)
            elif _is_stray(grid, key_row, column, cells[column]) and column not in strays:
                strays.add(column)
                what = f"a value in column {letters(column)}, which is not of the form"
                gathered.tell(spot, what, "values in the columns of the form only")
        if found.values or any(name.value is not None for name in found.names):
            yield found


def _is_stray(grid: Grid, key_row: int, column: int, cell: Cell) -> bool:
    is_blank = isinstance(cell.value, str) and not cell.value.strip()
    return (key_row, column) not in grid.cells and not is_blank


def _keys(grid: Grid, key_row: int, gathered: Gathered) -> dict[int, Place]:
    """Return the key of each column; what is no key is told of."""
    keys: dict[int, Place] = {}
    for (row, column), cell in sorted(grid.cells.items()):
        if row != key_row or column == KEY_COLUMN or cell.value == "-":
            continue
        spot, key = Spot(grid.name, row, column), cell.value
        tokens = tokens_of(key) if isinstance(key, str) else ()
        inner = tokens[:-1] if tokens[-1:] in {(KEY_CELL,), (REST,)} else tokens
        if not isinstance(key, str) or not key.startswith("/") or shape_at(inner) is None:
            gathered.tell(spot, f"the key {show(key)}", "a key of the form in this hidden row")
        elif tokens in keys.values():
            gathered.tell(spot, f"the key {show(key)} a second time", "each key once")
        else:
            keys[column] = tokens
    return keys


def _base(tokens: Place) -> Place:
    ends = [index for index, token in enumerate(tokens) if token in WILDCARDS]
    return tokens[: ends[-1] + 1] if ends else ()


def _add(row: _Row, tokens: Place, cell: Cell | None, spot: Spot, reader: Reader) -> None:
    naming = tuple(naming_keys(row.base))
    key = "".join(f"/{escape(token)}" for token in tokens)
    if key in naming:
        value = reader.read(cell, _TEXT) if cell else None
        row.names.append(_Value((str(naming.index(key)),), value, spot))
        row.names.sort(key=lambda name: int(name.tail[0]))
        return
    tail = tokens[len(row.base) :]
    shape = _TEXT if tail == (REST,) else shape_at(tokens)
    assert shape is not None
    value = reader.read(cell, shape) if cell else None
    if value is None:
        row.empty.append((tail, spot))
    else:
        row.values.append(_Value(tail, value, spot))


def _tell_merged(grid: Grid, key_row: int, gathered: Gathered) -> None:
    for top, left, bottom, right in grid.merged:
        if top > key_row + 1 and (top, left) in grid.cells and right > KEY_COLUMN:
            area = f"{letters(left)}{top}:{letters(right)}{bottom}"
            hint = "Take the cells apart and write the value into each that it is meant for."
            spot = Spot(grid.name, top, left)
            gathered.tell(spot, f"the merged cells {area}", "one value in each cell", hint)


# --- the tree ------------------------------------------------------------------------------------


def _build(rows: Sequence[_Row], fields: Sequence[_Value], gathered: Gathered) -> None:
    named = {
        row.path(depth)
        for row in rows
        if not _says_nothing(row)
        for depth, token in enumerate(row.base, 1)
        if token == NAMED_ROW
    }
    late: list[tuple[Place, _Value]] = []
    homes: dict[Place, Place] = {}
    for row in sorted(rows, key=lambda row: len(row.base)):
        is_latent = bool(row.mark) and row.is_untouched
        if _says_nothing(row) and not (is_latent and row.path(len(row.base)) in named):
            continue
        place = _enter(row, homes, gathered)
        if place is None:
            continue
        for tail, spot in row.empty:
            gathered.mark((*place, *tail), spot)
        for value in row.values:
            late += _put(place, value, gathered)
    for value in fields:
        late += _put((), value, gathered)
    for place, value in late:
        _state_none(place, value, gathered)


def _says_nothing(row: _Row) -> bool:
    if row.base[-1] != ROW:
        return not row.values
    return row.is_untouched if row.mark else not row.values


def _enter(row: _Row, homes: dict[Place, Place], gathered: Gathered) -> Place | None:
    """Find or make the entry that a row is about; return its place, None where it has none."""
    names = iter(row.names)
    place: Place = ()
    node: Tree = gathered.tree
    for depth, token in enumerate(row.base):
        if token == ROW:
            place, node = (*place, str(len(node))), _appended(node)
            homes.setdefault(row.path(depth + 1), place)
            break
        step = token
        if token in {NAMED_ROW, NAMED_KEY}:
            name = next(names, None)
            if name is None or name.value is None or isinstance(name.value, Fault):
                _tell_unnamed(row, name, gathered)
                return None
            step = str(name.value)
            if token == NAMED_ROW:
                home = homes.get(row.path(depth + 1))
                if home is None:
                    _tell_unknown(row, depth, name, homes, gathered)
                    return None
                node, place = _at(gathered.tree, home), home
                continue
            if shape_at((*place, step)) is None:
                _tell_unknown_key(name, place, gathered)
                return None
        place = (*place, step)
        if depth == len(row.base) - 1:  # a key of a map, which is filled by its values
            break
        shape = shape_at(place)
        assert shape is not None
        node = node.setdefault(step, [] if "array" in shape.types else {})
    gathered.mark(place, row.spot)
    return place


def _appended(node: list[Tree]) -> Tree:
    node.append({})
    return node[-1]


def _at(tree: Tree, place: Place) -> Tree:
    for step in place:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def _tell_unnamed(row: _Row, name: _Value | None, gathered: Gathered) -> None:
    spot = name.spot if name else row.spot
    if name and isinstance(name.value, Fault):
        gathered.tell(spot, name.value.found, name.value.expected, name.value.hint)
    else:
        gathered.tell(spot, "nothing", "what this row is about")


def _tell_unknown(
    row: _Row, depth: int, name: _Value, homes: Mapping[Place, Place], gathered: Gathered
) -> None:
    prefix = row.path(depth + 1)[:-1]
    known = [path[-1] for path in homes if path[:-1] == prefix]
    section = next(t for t in reversed(row.base[:depth]) if t not in WILDCARDS)
    gathered.tell(
        name.spot, show(name.value), f"a row of {section}", suggestion(str(name.value), known)
    )


def _tell_unknown_key(name: _Value, place: Place, gathered: Gathered) -> None:
    shape = shape_at(place)
    known = shape.keys if shape else ()
    expected = f"one of {', '.join(known)}" if known else "a year such as 2023"
    gathered.tell(name.spot, show(name.value), expected, suggestion(str(name.value), known))


def _put(place: Place, found: _Value, gathered: Gathered) -> Iterator[tuple[Place, _Value]]:
    """Put a value into the tree; yield it back where it states that there is none of something."""
    if found.tail == (REST,):
        _put_rest(place, found, gathered)
        return
    target = (*place, *found.tail)
    gathered.mark(target, found.spot)
    value = found.value
    if isinstance(value, Fault):
        gathered.tell(found.spot, value.found, value.expected, value.hint)
        gathered.faulty.add(target)
        value = value.found
    if value in ([], {}) and isinstance(value, list | dict):
        yield target, found
    elif not _set(gathered.tree, target, value):
        gathered.tell(found.spot, show(value), "each part of the evaluation once")


def _put_rest(place: Place, found: _Value, gathered: Gathered) -> None:
    """Put the values that have no column of their own, given as JSON by their pointers."""
    rest = found.value
    if isinstance(rest, Fault):
        gathered.tell(found.spot, rest.found, rest.expected, rest.hint)
        return
    if not isinstance(rest, dict):
        gathered.tell(found.spot, show(rest), "json: and an object of pointers and values")
        return
    for pointer, value in rest.items():
        # Without a pointer it is the entry itself, of which no more is known than that it is there.
        target = (*place, *tokens_of(pointer)) if pointer else place
        gathered.mark(target, found.spot)
        if not _set(gathered.tree, target, value) and pointer:
            expected = "a pointer of the evaluation that leads to nothing filled in"
            gathered.tell(found.spot, f"the pointer {show(pointer)}", expected)


def _set(tree: Tree, place: Place, value: Tree) -> bool:
    """Set a value, making what is above it; tell whether there was room for it."""
    node = tree
    for depth, step in enumerate(place):
        is_last = depth == len(place) - 1
        shape = shape_at(place[: depth + 1])
        if shape is None:
            return False
        fresh: Tree = value if is_last else _fresh(shape)
        if isinstance(node, list):
            index = int(step)
            if index == len(node):
                node.append(None)
            if index > len(node) or (is_last and node[index] is not None):
                return False
            if node[index] is None:
                node[index] = fresh
            node = node[index]
        elif isinstance(node, dict):
            if is_last and step in node:
                return False
            node = node.setdefault(step, fresh)
        else:
            return False
    return True


def _fresh(shape: Shape) -> Tree:
    if "array" not in shape.types:
        return {}
    length = shape.node.get("minItems", 0)
    return [None] * length if length == shape.node.get("maxItems") else []


def _state_none(place: Place, found: _Value, gathered: Gathered) -> None:
    """State that there is none of something, unless there is."""
    if not _set(gathered.tree, place, found.value) and _at(gathered.tree, place):
        hint = "Empty this cell, or take out what is filled in."
        gathered.tell(found.spot, "none of it", "no statement where something is filled in", hint)
