"""Where values stand, for a reader: the line in the file, and a pointer in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rbrules.model import Evaluation

_EVERYWHERE = ("/tahun", "/instansi")
"""Places that every rule may look at; they help nobody to find the value in question."""


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one evaluation file."""

    line: Callable[[str], int]
    """Gives the line of a JSON pointer."""
    ids: Mapping[str, str]
    """Ids of the rows, by the pointer of the row."""

    def lines(self, pointers: list[str]) -> list[int]:
        """Return the lines of `pointers`, sorted, without those that every rule looks at."""
        telling = [pointer for pointer in pointers if not pointer.startswith(_EVERYWHERE)]
        return sorted({self.line(pointer) for pointer in telling or pointers})

    def words(self, pointer: str) -> str:
        """Write a pointer for a reader: "IKU-03: perjanjian_kinerja 2023"."""
        tokens = [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]
        row = "/".join(pointer.split("/")[:3])
        if row in self.ids and len(tokens) > 1:
            rest = " ".join(tokens[2:])
            return f"{self.ids[row]}: {rest}" if rest else self.ids[row]
        return " ".join(tokens)


def places_of(evaluation: Evaluation, line: Callable[[str], int]) -> Places:
    """Gather the ids of the rows of an evaluation."""
    ids = {entry.pointer: id_ for rows in evaluation.rows.values() for id_, entry in rows}
    return Places(line, ids)
