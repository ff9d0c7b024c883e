"""The file system: reading with a size limit, and the files of a rule folder in a fixed order."""

from pathlib import Path, PurePath

from rbrules.errors import InputError, Problem, say

MAX_EVALUATION_BYTES = 32 * 1024 * 1024
"""A complete evaluation of 60 planning indicators is about 60 KB."""

MAX_RULE_BYTES = 1024 * 1024


def read_bytes(path: Path, limit: int) -> bytes:
    """Read a file of at most `limit` bytes.

    Raises:
        InputError: it cannot be read, or it is larger.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        found = (error.strerror or type(error).__name__).lower()
        raise InputError([_problem(path.as_posix(), found, "a file that can be read")]) from None
    check_size(data, path.as_posix(), limit)
    return data


def check_size(data: bytes, name: str, limit: int) -> None:
    """Refuse more than `limit` bytes.

    Raises:
        InputError: there are more.
    """
    if len(data) > limit:
        raise InputError(
            [
                _problem(
                    name,
                    say("more than $limit bytes", limit=f"{limit:,}"),
                    say("at most $limit bytes", limit=f"{limit:,}"),
                )
            ]
        )


def rule_files(folder: Path) -> tuple[Path, ...]:
    """List the YAML and JSON files below `folder`, sorted by their path relative to it.

    Raises:
        InputError: `folder` is not a folder.
    """
    if not folder.is_dir():
        raise InputError([_problem(folder.as_posix(), "no such folder", "a folder of rule files")])
    found = (path for path in folder.rglob("*") if may_hold_rules(path.relative_to(folder)))
    return tuple(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


def may_hold_rules(path: PurePath) -> bool:
    """Tell by its path in a folder of rules whether a file is read."""
    is_hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix in {".yaml", ".yml", ".json"} and not is_hidden


def _problem(name: str, found: str, expected: str) -> Problem:
    return Problem(file=name, line=0, column=0, pointer="", found=found, expected=expected)
