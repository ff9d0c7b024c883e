"""Where values stand, for a reader: the line in the file, and a pointer in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from rbrules.model import Evaluation, Tree

_EVERYWHERE = ("/tahun", "/instansi")
"""Places that every rule may look at; they help nobody to find the value in question."""
_NAME_TAGS = ("id", "kode", "tahun")
"""The keys by which a row of a list is named."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one evaluation file."""

    line: Callable[[str], int]
    """Gives the line of a JSON pointer."""
    ids: Mapping[str, str]
    """Ids of the rows, by the pointer of the row."""
    root: Tree
    """The whole file, to name the rows of inner lists."""
    column: Callable[[str], int] | None = None
    """Gives the column of a JSON pointer, from 1; None where it is not known."""
    file: str = ""
    """The file as its reader finds it, relative to the working folder; "" where not known."""

    def lines(self, pointers: list[str]) -> list[int]:
        """Return the lines of `pointers`, sorted, without those that every rule looks at."""
        return sorted({self.line(pointer) for pointer in self.telling(pointers)})

    def telling(self, pointers: list[str]) -> list[str]:
        """Return `pointers` without those that every rule looks at, or all where no other is."""
        return [p for p in pointers if not p.startswith(_EVERYWHERE)] or pointers

    def words(self, pointer: str) -> str:
        """Write a pointer for a reader: "IKU-03: perjanjian_kinerja 2023"."""
        tokens = list(self._names(pointer))
        row = "/".join(pointer.split("/")[:3])
        if row in self.ids and len(tokens) > 1:
            rest = " ".join(tokens[2:])
            return f"{self.ids[row]}: {rest}" if rest else self.ids[row]
        return " ".join(tokens)

    def _names(self, pointer: str) -> Iterator[str]:
        """Yield the steps of a pointer, a row of a list by its own code, id or year."""
        here = self.root
        for token in pointer.split("/")[1:]:
            step = token.replace("~1", "/").replace("~0", "~")
            is_row = isinstance(here, list) and step.isdigit() and int(step) < len(here)
            here = here[int(step)] if is_row else here.get(step) if isinstance(here, dict) else None
            name = (
                next((here[key] for key in _NAME_TAGS if here.get(key)), None)
                if (is_row and isinstance(here, dict))
                else None
            )
            yield step if name is None else str(name)


def places_of(
    evaluation: Evaluation,
    line: Callable[[str], int],
    column: Callable[[str], int] | None = None,
    file: str = "",
) -> Places:
    """Gather the ids of the rows of an evaluation."""
    ids = {entry.pointer: id_ for rows in evaluation.rows.values() for id_, entry in rows}
    return Places(line, ids, evaluation.root.tree, column, file)
