"""What the schema of the evaluation file says of one value, found by its key in a sheet.

A key is a JSON pointer in which `*` stands for a row of its own, `=` for a row of another sheet
that this row names, and `?` for a key that this row names: `/tema/=/lines/*/nilai`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from rbrules.model import Tree
from rbrules.validate import schema_tree

ROW: Final = "*"
NAMED_ROW: Final = "="
NAMED_KEY: Final = "?"
KEY_CELL: Final = "@"
"""Ends the key of the column that holds what `?` stands for."""

REST: Final = "&"
"""Ends the key of the column that holds what has no column of its own."""

WILDCARDS: Final = frozenset({ROW, NAMED_ROW, NAMED_KEY})


@dataclass(frozen=True, slots=True)
class Shape:
    """One node of the schema, its references followed."""

    node: Tree

    @property
    def types(self) -> frozenset[str]:
        """The types of JSON that are allowed here."""
        types = self.node.get("type", ())
        return frozenset({types} if isinstance(types, str) else types)

    @property
    def words(self) -> tuple[str, ...]:
        """The closed list of words, () where any text will do."""
        node = _resolved(self.node["items"]) if self.is_list else self.node
        return tuple(word for word in node.get("enum", ()) if isinstance(word, str))

    @property
    def is_date(self) -> bool:
        """Whether a text has to be a date."""
        return bool(self.node.get("format") == "date")

    @property
    def is_number(self) -> bool:
        """Whether a number may stand here."""
        return bool({"number", "integer"} & self.types)

    @property
    def is_range(self) -> bool:
        """Whether [low, high] may stand here."""
        return {"array", "number"} <= self.types

    @property
    def is_list(self) -> bool:
        """Whether it is a list of texts."""
        items = _resolved(self.node.get("items") or {})
        return "array" in self.types and items.get("type") == "string"

    @property
    def is_short_list(self) -> bool:
        """Whether the texts of the list are words, names or ids, which have no semicolon."""
        items = _resolved(self.node.get("items") or {})
        return self.is_list and ("enum" in items or "minLength" in items)

    @property
    def is_inner(self) -> bool:
        """Whether it has parts that have cells of their own."""
        return "object" in self.types or ("array" in self.types and not self.is_leaf_array)

    @property
    def is_leaf_array(self) -> bool:
        """Whether it is an array that one cell holds."""
        return self.is_list or self.is_range

    @property
    def id_key(self) -> str | None:
        """The key that tells the entries of a list apart, None where none does."""
        entry = _resolved(self.node.get("items") or {})
        return next((key for key in ("id", "kode") if key in entry.get("required", ())), None)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that an object may have, () where they are not listed."""
        return tuple(self.node.get("properties", ()))

    @property
    def description(self) -> str:
        """What the schema says of it, in English."""
        return str(self.node.get("description", ""))

    def child(self, token: str) -> Shape | None:
        """Return what stands under a token of a key, None where nothing can."""
        node = self.node
        if "items" in node:
            return Shape(_resolved(node["items"])) if _is_entry(token) else None
        found = node.get("properties", {}).get(token)
        if found is None:
            found = next(self._others(token), None)
        return Shape(_resolved(found)) if isinstance(found, dict) else None

    def _others(self, token: str) -> Iterator[Tree]:
        node = self.node
        if token == NAMED_KEY:
            yield from node.get("properties", {}).values()
        for pattern, inner in node.get("patternProperties", {}).items():
            if token == NAMED_KEY or re.fullmatch(pattern.removesuffix("$"), token):
                yield inner
        if isinstance(node.get("additionalProperties"), dict):
            yield node["additionalProperties"]


def _is_entry(token: str) -> bool:
    return token in {ROW, NAMED_ROW} or token.isdecimal()


@cache
def shape_at(tokens: tuple[str, ...]) -> Shape | None:
    """Return the shape of what a key leads to, given its tokens; None where it leads nowhere."""
    if not tokens:
        return Shape(schema_tree("evaluation"))
    above = shape_at(tokens[:-1])
    return above.child(tokens[-1]) if above else None


def tokens_of(key: str) -> tuple[str, ...]:
    """Cut a key into its tokens: /kinerja/*/id gives kinerja, *, id."""
    return tuple(
        token.replace("~1", "/").replace("~0", "~") for token in key.removeprefix("/").split("/")
    )


def _resolved(node: Tree) -> Tree:
    """Follow a reference; what stands beside it goes before what it leads to."""
    if "$ref" not in node:
        return node
    name = node["$ref"].rpartition("/")[2]
    beside = {key: value for key, value in node.items() if key != "$ref"}
    return {**_resolved(schema_tree("evaluation")["$defs"][name]), **beside}
