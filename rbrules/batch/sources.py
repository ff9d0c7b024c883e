"""Paths to evaluations, one after the other: files, folders, patterns, lines and archives."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from rbrules.errors import InputError, Problem
from rbrules.load.files import MAX_EVALUATION_BYTES, check_size, read_bytes

LINES: Final = frozenset({".ndjson", ".jsonl"})
"""Endings of files with one evaluation on each line."""

ONE: Final = ".json"
ARCHIVE: Final = ".zip"
STDIN: Final = "-"
_WILD: Final = frozenset("*?[")
_EXPECTED: Final = "a file, a folder, a pattern, a zip archive, or -"


@dataclass(frozen=True, slots=True)
class Item:
    """One evaluation that is still to be read, or why it cannot be."""

    name: str
    """How messages call it."""
    data: bytes | None
    """Its text; None where it stands in the file `name`, which the worker reads."""
    problems: tuple[Problem, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes it carries to a worker."""
        return len(self.data or b"")


def items_in(
    paths: Iterable[str], stdin: IO[bytes] | None, outputs: Iterable[Path] = ()
) -> Iterator[Item]:
    """Yield the evaluations that `paths` lead to, in a fixed order and each when it is asked for.

    Args:
        paths: files (`.json`; `.ndjson` and `.jsonl` with one evaluation a line; `.zip` with such
            files), folders, patterns, and "-" for lines from `stdin`. Folders are searched through,
            by name, without following links to folders.
        stdin: standard input, None where it is closed.
        outputs: files that are no input, though they may lie in one of the folders.

    Yields:
        Items. What cannot be read is an item with problems and stops nothing.
    """
    own = frozenset(output.resolve() for output in outputs)
    for path in paths:
        if path == STDIN:
            yield from _from_stdin(stdin)
        elif Path(path).is_dir():
            found = _below(Path(path))
            names = (n for n in found if Path(n).resolve() not in own) if own else found
            yield from _from_files(names, path)
        elif not os.path.lexists(path) and _WILD & set(path):
            root = Path(Path(path).anchor)
            pattern = Path(path).relative_to(root).as_posix()
            yield from _from_files(sorted(map(os.fspath, root.glob(pattern))), path)
        else:
            yield from _from_file(path)


def names_in(path: str) -> Iterator[str] | None:
    """Yield the names of the files that a path leads to, without reading one.

    None where a file may hold many evaluations, or none that can be counted.
    """
    listed = _below(Path(path)) if Path(path).is_dir() else iter([path])
    names = list(listed) if path != STDIN and not _WILD & set(path) else [path, STDIN]
    many = {ARCHIVE, *LINES, ""}
    if any(os.path.splitext(name)[1].lower() in many for name in names):  # noqa: PTH122
        return None
    return iter(names)


def _below(folder: Path) -> Iterator[str]:
    """Yield the files below a folder that may hold evaluations, by name."""
    known = {ONE, ARCHIVE, *LINES}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if os.path.splitext(name)[1].lower() in known:  # noqa: PTH122 - a Path for each is slow
                yield os.path.join(place, name)  # noqa: PTH118


def _from_files(names: Iterable[str], path: str) -> Iterator[Item]:
    is_empty = True
    for name in names:
        is_empty = False
        yield from _from_file(name)
    if is_empty:
        yield _unreadable(path, "no evaluation file", _EXPECTED)


def _from_file(name: str) -> Iterator[Item]:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122
    if ending in LINES:
        yield from _from_lines_file(name)
    elif ending == ARCHIVE:
        yield from _from_archive(name)
    else:
        yield Item(Path(name).as_posix(), None)


def _from_stdin(stdin: IO[bytes] | None) -> Iterator[Item]:
    if stdin is None:
        yield _unreadable("<stdin>", "a closed stream", "an open one")
        return
    yield from _lines(stdin, "<stdin>")


def _from_lines_file(name: str) -> Iterator[Item]:
    try:
        with Path(name).open("rb") as stream:
            yield from _lines(stream, Path(name).as_posix())
    except OSError as error:
        yield _unreadable(name, _words(error), "a file that can be read")


def _lines(stream: IO[bytes], name: str) -> Iterator[Item]:
    """Yield the lines of a stream that are not blank; one that is too long is skipped, and told."""
    number = 0
    while line := stream.readline(MAX_EVALUATION_BYTES + 1):
        number += 1
        place = f"{name}, line {number}"
        if len(line) > MAX_EVALUATION_BYTES:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_EVALUATION_BYTES)
            found = f"a line of more than {MAX_EVALUATION_BYTES:,} bytes"
            yield _unreadable(place, found, f"at most {MAX_EVALUATION_BYTES:,} bytes")
        elif line.strip():
            yield Item(place, line)


def _from_archive(name: str) -> Iterator[Item]:
    """Yield the evaluations in an archive; nothing is unpacked to disk."""
    shown = Path(name).as_posix()
    try:
        with zipfile.ZipFile(name) as archive:
            for member in sorted(archive.infolist(), key=lambda info: info.filename):
                ending = os.path.splitext(member.filename)[1].lower()  # noqa: PTH122
                if not member.is_dir() and ending in {ONE, *LINES}:
                    yield from _from_member(archive, member, f"{shown}/{member.filename}", ending)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        found = _words(error) if isinstance(error, OSError) else f"no zip archive ({error})"
        yield _unreadable(shown, found, "a zip archive that can be read")


def _from_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, ending: str
) -> Iterator[Item]:
    try:
        with archive.open(member) as stream:
            if ending in LINES:
                yield from _lines(stream, name)
                return
            data = stream.read(MAX_EVALUATION_BYTES + 1)
        check_size(data, name, MAX_EVALUATION_BYTES)
        yield Item(name, data)
    except InputError as error:
        yield Item(name, b"", error.problems)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        yield _unreadable(name, f"a damaged part of the archive ({error})", "one that can be read")
    except (RuntimeError, NotImplementedError) as error:  # a password, another compression
        yield _unreadable(name, f"what cannot be unpacked ({error})", "an archive without password")


def read_item(item: Item) -> bytes:
    """Return the text of an evaluation.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    if item.problems:
        raise InputError(item.problems)
    return read_bytes(Path(item.name), MAX_EVALUATION_BYTES) if item.data is None else item.data


def _unreadable(name: str, found: str, expected: str) -> Item:
    problem = Problem(file=name, line=0, column=0, pointer="", found=found, expected=expected)
    return Item(name, b"", (problem,))


def _words(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
