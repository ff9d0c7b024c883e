"""A file that was read: its tree, its digest, and where each value stands."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from rbrules.errors import InputError, Problem, joined, say
from rbrules.load.hints import foreign_file
from rbrules.model import Tree

MAX_DEPTH = 64
"""Deepest nesting of objects and lists; the formats themselves need fewer than 20 levels."""

REST = "The rest of the file was not read."
"""What a message adds where a file has been read only up to the place that it names."""


class Place(NamedTuple):
    """A place in a text file: line and column, both counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A tree with its origin.

    `name` is how the file is called in messages; `digest` is "sha256:" and the hex digest of its
    bytes. `locate_all` yields the place of every value and key, by JSON pointer; it is called only
    when a place is asked for.
    """

    name: str
    digest: str
    tree: Tree
    locate_all: Callable[[], tuple[Mapping[str, Place], Mapping[str, Place]]]
    base: str = ""
    """Where the tree stands in the file, a JSON pointer; "" for the whole file."""

    def below(self, pointer: str) -> "Document":
        """Return the part of the document at `pointer`; its problems name places in the file."""
        tree = self.tree
        for token in pointer.split("/")[1:]:
            word = token.replace("~1", "/").replace("~0", "~")
            tree = tree[int(word)] if isinstance(tree, list) else tree[word]
        return replace(self, tree=tree, base=self.base + pointer)

    @cached_property
    def _places(self) -> tuple[Mapping[str, Place], Mapping[str, Place]]:
        return self.locate_all()

    def place(self, pointer: str, *, of_key: bool = False) -> Place:
        """Return where `pointer` stands, or where its nearest existing ancestor does.

        Args:
            pointer: a JSON pointer, "" for the whole document.
            of_key: ask for the key of the member, not for its value.
        """
        values, keys = self._places
        if of_key and pointer in keys:
            return keys[pointer]
        while pointer not in values and pointer:
            pointer = pointer.rpartition("/")[0]
        return values.get(pointer, Place(1, 1))

    def problem(
        self, pointer: str, found: str, expected: str, hint: str = "", *, of_key: bool = False
    ) -> Problem:
        """Return a problem at `pointer` of this document."""
        pointer = self.base + pointer
        line, column = self.place(pointer, of_key=of_key)
        return Problem(
            file=self.name,
            line=line,
            column=column,
            pointer=pointer,
            found=found,
            expected=expected,
            hint=hint,
        )


def digest_of(data: bytes) -> str:
    """Return "sha256:" and the hex digest of `data`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def place_at(text: str, offset: int) -> Place:
    """Turn a character offset into a place."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8, with or without a byte-order mark.

    Raises:
        InputError: the file is another kind of document, or its bytes are not UTF-8; the problem
            then says where the first bad byte is.
    """
    foreign = foreign_file(data)
    if foreign is not None:
        found, hint = foreign
        raise InputError([_encoding_problem(name, Place(1, 1), found, hint)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # `error` counts from behind a byte-order mark, so its own bytes are looked at.
        before = error.object[: error.start].decode()
        found = say("byte 0x$object, which is not UTF-8", object=f"{error.object[error.start]:02x}")
        hint = joined('In Notepad choose "Save as" and the encoding UTF-8.', REST)
        place = place_at(before, len(before))
        raise InputError([_encoding_problem(name, place, found, hint)]) from None


def _encoding_problem(name: str, place: Place, found: str, hint: str) -> Problem:
    return Problem(
        file=name,
        line=place.line,
        column=place.column,
        pointer="",
        found=found,
        expected="a text file in UTF-8",
        hint=hint,
    )
