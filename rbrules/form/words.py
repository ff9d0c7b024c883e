"""The words of the form in both languages: names of sheets and columns, notes, instructions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from rbrules.form.shape import WILDCARDS, shape_at

LANGUAGES: Final = ("id", "en")


@cache
def _labels() -> dict[str, dict[str, str]]:
    text = files("rbrules.form").joinpath("labels.json").read_text("utf-8")
    labels: dict[str, dict[str, str]] = json.loads(text)
    return labels


def word(key: str, lang: str) -> str:
    """Return a word or sentence of the form.

    Raises:
        KeyError: there is none of this name.
    """
    return _labels()[key][lang]


@cache
def accepted(key: str) -> frozenset[str]:
    """Return what may stand in a cell for a word, in either language and in small letters."""
    words = _labels()[key]
    also = words.get("also", "").split(", ")
    return frozenset(w.casefold() for w in (words["id"], words["en"], *also) if w)


def _names(tokens: tuple[str, ...]) -> Iterator[str]:
    """Yield the names that the words of a column may have, the most special first."""
    kept = [t for t in tokens if t not in WILDCARDS and not t.isdecimal()]
    for start in range(len(kept)):
        yield ".".join(kept[start:])


def _name(tokens: tuple[str, ...]) -> str | None:
    return next((name for name in _names(tokens) if f"name.{name}" in _labels()), None)


def title(tokens: tuple[str, ...], lang: str) -> str:
    """Return what a column or field is called; a key without a name is its own."""
    found = _name(tokens)
    return word(f"name.{found}", lang) if found else tokens[-1]


def note(tokens: tuple[str, ...], lang: str) -> str:
    """Say what a column or field means, "" where its name says all."""
    if lang == "id":
        found = _name(tokens) or _name(tokens[:-1])
        return _labels()[f"name.{found}"].get("note", "") if found else ""
    for end in (len(tokens), len(tokens) - 1):
        shape = shape_at(tokens[:end])
        if shape and shape.description:
            return shape.description
    return ""
