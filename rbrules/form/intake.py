"""A filled form to an evaluation: read, put together, checked, every problem with its cell."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from rbrules.errors import InputError, Problem
from rbrules.evaluation import read_evaluation
from rbrules.form.gather import Gathered, Grid, Place, Spot, gather, problem_at
from rbrules.form.shape import Shape, shape_at, tokens_of
from rbrules.load.document import Document, digest_of
from rbrules.model import Rulebook, Tree
from rbrules.validate import problems_of

_NO_KEY: Final = re.compile('no key "([^"]+)"')
_POINTER: Final = re.compile(r"/[a-z_]+(?:/[^\s,;]+)*")
_FOR_JSON: Final = re.compile("quotes|JSON|decimal dot", re.IGNORECASE)
"""Marks hints that are about the text of a JSON file."""


def evaluation_of(grids: Iterable[Grid], data: bytes, file: str, rulebook: Rulebook) -> Tree:
    """Return the tree of the evaluation that a form holds, its keys in the order of the schema.

    Args:
        grids: the sheets.
        data: the bytes of the file, for its digest.
        file: how problems call it.
        rulebook: says which codes exist.

    Raises:
        InputError: with every problem, each at its cell.
    """
    gathered = gather(grids, file)
    check(gathered, data, rulebook)
    root = shape_at(())
    assert root is not None
    return in_order(gathered.tree, root)


def check(gathered: Gathered, data: bytes, rulebook: Rulebook) -> None:
    """Hold what was gathered against the schema and the rulebook.

    What another problem has made doubtful is not reported again: neither a value that could not
    be read nor, in a row with one, how its values fit together.

    Raises:
        InputError: with every problem, each at its cell.
    """
    document = Document(gathered.file, digest_of(data), gathered.tree, lambda: ({}, {}))
    problems = problems_of(document, "evaluation")
    refused = {tokens_of(problem.pointer) for problem in problems if problem.pointer}
    doubtful = refused | gathered.faulty
    pruned = copy.deepcopy(gathered.tree)
    for place in sorted(doubtful, key=len, reverse=True):
        _remove(pruned, place)
    told = [p for p in problems if tokens_of(p.pointer) not in gathered.faulty]
    try:
        read_evaluation(replace(document, tree=pruned), rulebook)
    except InputError as error:
        rows = {place[:2] for place in doubtful}
        if not problems_of(replace(document, tree=pruned), "evaluation"):
            told += [p for p in error.problems if tokens_of(p.pointer)[:2] not in rows]
    found = [*gathered.problems, *(_at_cell(problem, gathered) for problem in told)]
    if found:
        raise InputError(found)


def _remove(tree: Tree, place: Place) -> None:
    """Take a value out; in a list null takes its place, so that the others keep theirs."""
    for step in place[:-1]:
        if isinstance(tree, list):
            tree = tree[int(step)] if step.isdecimal() and int(step) < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    last = place[-1]
    if isinstance(tree, dict):
        tree.pop(last, None)
    elif isinstance(tree, list) and last.isdecimal() and int(last) < len(tree):
        tree[int(last)] = None


def _at_cell(problem: Problem, gathered: Gathered) -> Problem:
    """Name the cell of a problem in place of its pointer."""
    place = tokens_of(problem.pointer) if problem.pointer else ()
    missing = _NO_KEY.match(problem.found)
    if missing and (*place, missing[1]) in gathered.spots:
        place = (*place, missing[1])
    hint = "" if _FOR_JSON.search(problem.hint) else problem.hint
    found = _POINTER.sub(lambda match: _cell_named(match[0], gathered), problem.found)
    at = problem_at(gathered.file, _spot(place, gathered), found, problem.expected, hint)
    return replace(at, pointer="")


def _spot(place: Place, gathered: Gathered) -> Spot:
    while place and place not in gathered.spots:
        place = place[:-1]
    return gathered.spots.get(place, Spot("-", 1, 1))


def _cell_named(pointer: str, gathered: Gathered) -> str:
    place = tokens_of(pointer)
    if place not in gathered.spots:
        return pointer
    return problem_at("", gathered.spots[place], "", "").cell


def in_order(tree: Tree, shape: Shape) -> Tree:
    """Return a tree with its keys in the order of the schema, years and codes in their own."""
    if isinstance(tree, dict):
        keys = [key for key in shape.keys if key in tree] or sorted(tree)
        inner = ((key, shape.child(key)) for key in keys)
        return {key: in_order(tree[key], part) if part else tree[key] for key, part in inner}
    if isinstance(tree, list) and not shape.is_leaf_array:
        entry = shape.child("0")
        return [in_order(part, entry) if entry else part for part in tree]
    return tree
