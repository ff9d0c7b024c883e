"""An evaluation as the cells of a form: every value has its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from rbrules.form.cells import Content, Writer
from rbrules.form.layout import (
    SHEETS,
    Column,
    Plan,
    Prepared,
    Range,
    Sheet,
    columns_of,
    fields_of,
    naming_keys,
    prepared_rows,
)
from rbrules.form.shape import NAMED_KEY, NAMED_ROW, REST, ROW, Shape, shape_at, tokens_of
from rbrules.model import Tree, escape

_TEXT: Final = Shape({"type": ["string", "null"]})
"""What names a row is a text, whatever it is called."""


@dataclass(slots=True)
class Row:
    """A row: its cells in the order of the columns, and what the instrument says beside them.

    `mark` is the word that named it when it was prepared and nothing had been filled in.
    """

    cells: list[Content | None]
    mark: str = ""
    shown: Range = field(default_factory=Range)


@dataclass(slots=True)
class Page:
    """A sheet with what stands in it."""

    sheet: Sheet
    columns: list[Column]
    fields: list[tuple[Column, Content | None]]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Form:
    """A filled form: its sheets, and the values that are too long for a cell."""

    pages: list[Page]
    long_texts: list[str]


class _Leaves:
    """The values of an evaluation that have no cell yet, by the tokens of their pointers."""

    def __init__(self, tree: Tree) -> None:
        root = shape_at(())
        assert root is not None
        self._left = dict(_leaves(tree, root, ()))
        self._rests: dict[tuple[str, ...], tuple[Row | None, int]] = {}

    def take(self, place: tuple[str, ...]) -> Tree:
        return self._left.pop(place, None)

    def keep_rest(self, place: tuple[str, ...], row: Row, column: int) -> None:
        """Remember the cell for what is left below `place`."""
        self._rests[place] = (row, column)

    def give_rests(self, writer: Writer) -> Content | None:
        """Write what is left into the cells kept for it; return what belongs to no row."""
        rests: dict[tuple[str, ...], dict[str, Tree]] = {}
        for place, value in self._left.items():
            home = place
            while home and home not in self._rests:
                home = home[:-1]
            path = "".join(f"/{escape(token)}" for token in place[len(home) :])
            rests.setdefault(home, {})[path] = value
        for home, values in rests.items():
            if home:
                row, column = self._rests[home]
                assert row is not None
                row.cells[column] = writer.as_json(values)
        return writer.as_json(rests[()]) if () in rests else None


def fill_form(tree: Tree, plan: Plan, *, is_text: bool = False) -> Form:
    """Lay out an evaluation in the sheets of the form.

    Args:
        tree: of the evaluation; null and absent are the same.
        plan: of the columns.
        is_text: whether the cells go into a text file.
    """
    whole = without_nulls(tree)
    leaves = _Leaves(whole)
    writer = Writer(plan.lang, [], is_text)
    pages = [_page(sheet, whole, plan, leaves, writer) for sheet in SHEETS]
    rest = leaves.give_rests(writer)
    fields = pages[0].fields
    fields[-1] = (fields[-1][0], rest)
    return Form(pages, writer.long_texts)


def without_nulls(tree: Tree) -> Tree:
    """Return a tree without keys that are null, which is the same as absent."""
    if isinstance(tree, dict):
        return {key: without_nulls(value) for key, value in tree.items() if value is not None}
    return [without_nulls(part) for part in tree] if isinstance(tree, list) else tree


def _leaves(
    tree: Tree, shape: Shape, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Tree]]:
    """Yield each value that one cell holds, with its place."""
    if tree is None:
        return
    parts: list[tuple[str, Tree]] = []
    if isinstance(tree, dict):
        parts = list(tree.items())
    elif isinstance(tree, list) and not shape.is_leaf_array:
        parts = [(str(index), part) for index, part in enumerate(tree)]
    if not parts or all(part is None for _, part in parts):
        yield place, tree
        return
    for token, part in parts:
        inner = shape.child(token)
        assert inner is not None, (*place, token)
        yield from _leaves(part, inner, (*place, token))


def _page(sheet: Sheet, tree: Tree, plan: Plan, leaves: _Leaves, writer: Writer) -> Page:
    fields = [
        (column, _content(column, leaves.take(column.tokens), writer))
        for column in fields_of(sheet, plan)
    ]
    if not sheet.base:
        return Page(sheet, [], fields, [])
    columns = columns_of(sheet, plan)
    base = tokens_of(sheet.base)
    shown = {p.named: p.shown for p in prepared_rows(sheet, plan)}
    rows, there = [], set()
    for place, names in _places(tree, base, 0, ()):
        row = Row([None] * len(columns))
        own = _own_name(tree, place, base)
        named = _known((*names, *own), sheet, plan)
        there.add(named)
        row.shown = shown.get(named, Range())
        for index, column in enumerate(columns):
            row.cells[index] = _cell(column, place, names, base, leaves, writer)
            if column.key and column.tokens[-1] == REST:
                leaves.keep_rest(place, row, index)
        rows.append(row)
    rows += [
        _blank(prepared, columns, base, sheet, plan, writer)
        for prepared in prepared_rows(sheet, plan)
        if prepared.named not in there
    ]
    return Page(sheet, columns, fields, rows)


def _content(column: Column, value: Tree, writer: Writer) -> Content | None:
    if value is None or column.tokens[-1] == REST:
        return None
    return writer.write(value, column.shape)


def _places(
    tree: Tree, base: tuple[str, ...], depth: int, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the place of each row of a sheet, and the words that name the rows above it."""
    if tree is None:
        return
    if depth == len(base):
        yield place, ()
        return
    token = base[depth]
    if token in {ROW, NAMED_ROW}:
        shape = shape_at(base[:depth])
        assert shape is not None
        parts = [(str(i), part, part.get(shape.id_key)) for i, part in enumerate(tree)]
    elif token == NAMED_KEY:
        parts = [(key, part, key) for key, part in tree.items()]
    else:
        yield from _places(tree.get(token), base, depth + 1, (*place, token))
        return
    for step, part, name in parts:
        for below, names in _places(part, base, depth + 1, (*place, step)):
            yield below, (names if token == ROW else (name, *names))


def _own_name(tree: Tree, place: tuple[str, ...], base: tuple[str, ...]) -> tuple[str, ...]:
    """Return the id of the entry that a row is, () where it has none."""
    shape = shape_at(base[:-1])
    if base[-1] != ROW or shape is None or shape.id_key is None:
        return ()
    entry = tree
    for step in place:
        entry = entry[int(step)] if isinstance(entry, list) else entry[step]
    return (entry[shape.id_key],)


def _known(named: tuple[str, ...], sheet: Sheet, plan: Plan) -> tuple[str, ...]:
    """Return the codes that the names of a row stand for."""
    vocabulary = plan.vocabulary
    terms = {
        "indikator": (vocabulary.lines,),
        "tema": (vocabulary.tema,),
        "tema_lines": (vocabulary.tema, vocabulary.tema_lines),
    }.get(sheet.name)
    if terms is None:
        return named
    pairs = zip(terms, named, strict=True)
    return tuple(vocabulary.resolve(known, name) or name for known, name in pairs)


def _cell(
    column: Column,
    place: tuple[str, ...],
    names: Sequence[str],
    base: tuple[str, ...],
    leaves: _Leaves,
    writer: Writer,
) -> Content | None:
    if not column.key:
        return None
    naming = tuple(naming_keys(base))
    if column.key in naming:
        return writer.write(names[naming.index(column.key)], _TEXT)
    return _content(column, leaves.take((*place, *column.tokens[len(base) :])), writer)


def _blank(
    prepared: Prepared,
    columns: Sequence[Column],
    base: tuple[str, ...],
    sheet: Sheet,
    plan: Plan,
    writer: Writer,
) -> Row:
    """Make a row that has its names only."""
    naming = tuple(naming_keys(base))
    named = list(prepared.named)
    if sheet.name == "tema_lines":  # by the name that the evaluation has for the theme
        resolve, terms = plan.vocabulary.resolve, plan.vocabulary.tema
        given = [row.get("kode") for row in plan.tree.get("tema") or ()]
        named[0] = next((k for k in given if resolve(terms, k) == named[0]), named[0])
    row = Row([None] * len(columns), named[-1] if base[-1] == ROW else "", prepared.shown)
    for index, column in enumerate(columns):
        if column.key in naming:
            row.cells[index] = writer.write(named[naming.index(column.key)], _TEXT)
        elif column.key and column.tokens == (*base, "kode"):
            row.cells[index] = writer.write(named[-1], _TEXT)
    return row
