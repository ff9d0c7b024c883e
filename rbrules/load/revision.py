"""A folder as git has it at a revision. The one user of git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from rbrules.errors import InputError, Problem, say, show
from rbrules.load.files import may_hold_rules

_SECONDS: Final = 60

_PLAIN: Final = frozenset({"100644", "100664", "100755"})
"""Modes of plain files; others are links."""

_REPOSITORY: Final = "160000"
"""The mode of a repository within the repository."""


def repository(folder: Path) -> Path | None:
    """Return the root of the git repository that a folder lies in, None where it lies in none.

    Raises:
        InputError: git is not installed, or does not answer.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    return None if top is None else Path(os.fsdecode(top).rstrip("\n"))


def commit_of(folder: Path, revision: str) -> str:
    """Return the commit that a revision names in the repository of a folder.

    Args:
        folder: a folder in the repository.
        revision: a hash, branch or tag, or such as HEAD~1.

    Raises:
        InputError: there is no such commit; or git is not installed, or does not answer.
    """
    name = f"{revision}^0"
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
    if commit is None:
        expected = say(
            "a folder of rules, or a revision that the git of $folder knows",
            folder=folder.as_posix(),
        )
        raise InputError([_problem(show(revision), expected)])
    return commit.decode().strip()


def folder_at(folder: Path, commit: str, into: Path) -> Path | None:
    """Copy the files of a folder that rules are read from as a commit has them.

    Args:
        folder: the folder as it lies on the disk today.
        commit: the hash of the commit.
        into: an empty folder for the copy.

    Returns:
        The copy, under the name of the folder; None where the commit does not have the folder.

    Raises:
        InputError: git does not answer, or the folder holds what is no plain file.
    """
    # Not `git archive`: it leaves out and rewrites what the attributes of the repository say.
    listing = _git(folder, "ls-tree", "-r", "-z", commit, ".")
    if not listing:
        return None
    entries = [entry for entry in map(_entry, listing.split(b"\0")[:-1]) if _is_read(*entry)]
    strange = [name for mode, _, name in entries if mode not in _PLAIN or not _is_inside(name)]
    if strange:
        hint = "Name a folder that holds the earlier rules."
        expected = "a folder of plain files"
        found = (f"{show(name)} in {commit[:12]}, which is no plain file" for name in strange)
        raise InputError([_problem(text, expected, hint) for text in found])
    copy = into / folder.resolve().name
    copy.mkdir()
    blobs = _blobs(folder, [blob for _, blob, _ in entries])
    for (_, _, name), content in zip(entries, blobs, strict=True):
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return copy


def _entry(line: bytes) -> tuple[str, str, str]:
    """Read a line of `git ls-tree`: mode, hash, and path from the folder."""
    facts, _, name = line.partition(b"\t")
    mode, _, blob = facts.decode("ascii").split()
    return mode, blob, os.fsdecode(name)


def _is_read(mode: str, _: str, name: str) -> bool:
    """Tell whether rules are read from a file; a repository within this one may hold some."""
    return mode == _REPOSITORY or may_hold_rules(PurePosixPath(name))


def _is_inside(name: str) -> bool:
    """Tell whether a path stays in its folder, on Windows too."""
    parts = PurePosixPath(name).parts
    return not any(part == ".." or "\\" in part or ":" in part for part in parts)


def _blobs(folder: Path, blobs: Sequence[str]) -> Iterator[bytes]:
    """Yield the content of files by their hashes."""
    wanted = "".join(f"{blob}\n" for blob in blobs).encode("ascii")
    answer = _git(folder, "cat-file", "--batch", given=wanted)
    if answer is None:
        raise InputError([_problem("no answer of git", "git, to read an earlier revision")])
    start = 0
    for _ in blobs:  # each is "HASH blob SIZE", a new line, SIZE bytes, a new line
        end = answer.index(b"\n", start)
        size = int(answer[start:end].rsplit(b" ", 1)[1])
        yield answer[end + 1 : end + 1 + size]
        start = end + size + 2


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes | None:
    """Return what git answers; None where it does not know what is asked for."""
    # Of another repository that a hook of git runs in nothing is wanted.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and arguments that git takes as names
            ["git", "-C", os.fspath(folder.resolve()), *arguments],  # noqa: S607 - as installed
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            env=environ,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        found = "no git" if isinstance(error, FileNotFoundError) else "no answer of git"
        hint = "Or name a folder that holds the earlier rules."
        expected = "git, to read an earlier revision"
        raise InputError([_problem(found, expected, hint)]) from None
    return done.stdout if done.returncode == 0 else None


def _problem(found: str, expected: str, hint: str = "") -> Problem:
    return Problem(
        file="--against", line=0, column=0, pointer="", found=found, expected=expected, hint=hint
    )
