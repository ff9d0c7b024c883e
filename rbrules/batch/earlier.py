"""What an earlier run has written: reports that need not be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Final

from rbrules.batch.sources import Item, read_item
from rbrules.batch.work import Row, Settings, brief_of
from rbrules.errors import InputError
from rbrules.model import Tree

KEY_BYTES: Final = 16
REPORT: Final = b',"report":'
"""What stands before the report in a line; inside of a text its quotes would be escaped."""


class Earlier:
    """The lines of earlier outputs, by file and digest; only their places are kept."""

    def __init__(self, paths: Iterable[Path], settings: Settings) -> None:
        """Read where each line stands; a last line that is cut off, of a run that died, is none.

        Args:
            paths: the outputs, later ones last; a file that does not exist holds nothing.
            settings: only reports that were made with these count.
        """
        self._made = settings.digest
        self._places: dict[bytes, tuple[int, int]] = {}
        self._streams: list[IO[bytes]] = []
        for path in paths:
            if path.exists():
                self._read(path)

    def close(self) -> None:
        """Close the files."""
        for stream in self._streams:
            stream.close()

    def _read(self, path: Path) -> None:
        stream = path.open("rb")
        self._streams.append(stream)
        offset = 0
        for line in stream:
            if line.endswith(b"\n"):
                self._note(line, offset)
            offset += len(line)

    def _note(self, line: bytes, offset: int) -> None:
        head, mark, _ = line.partition(REPORT)
        tree = _tree(head + b"}") if mark else None
        # One that was judged again after a crash is given another chance.
        if tree is not None and tree.get("made") == self._made and "retried" not in tree:
            place = (len(self._streams) - 1, offset)
            self._places[_key(tree["file"], tree["digest"])] = place

    def rows(self, items: Iterable[Item]) -> Iterator[Item | Row]:
        """Yield for each item its row, where the earlier output has it, else the item."""
        for item in items:
            yield self._row(item) or item if self._places else item

    def _row(self, item: Item) -> Row | None:
        try:
            digest = f"sha256:{hashlib.sha256(read_item(item)).hexdigest()}"
        except InputError:
            return None
        place = self._places.get(_key(item.name, digest))
        if place is None:
            return None
        stream = self._streams[place[0]]
        stream.seek(place[1])
        line = stream.readline()
        tree = _tree(line)
        if tree is None:
            return None
        return Row(
            name=item.name,
            state="judged",
            digest=digest,
            line=line.decode().rstrip("\n"),
            brief=brief_of(tree["report"]),
        )


def _tree(line: bytes) -> dict[str, Tree] | None:
    try:
        tree = json.loads(line, parse_float=Decimal)
    except ValueError:
        return None
    return tree if isinstance(tree, dict) else None


def _key(name: str, digest: str) -> bytes:
    return hashlib.sha256(f"{name}\n{digest}".encode()).digest()[:KEY_BYTES]
