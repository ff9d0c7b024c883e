"""A folder as git has it at a revision. The one user of git."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from pathlib import Path
from typing import Final

from rbrules.errors import InputError, Problem, say, show

_SECONDS: Final = 60


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
    """Copy a folder as a commit has it.

    Args:
        folder: the folder as it lies on the disk today.
        commit: the hash of the commit.
        into: an empty folder for the copy.

    Returns:
        The copy, under the name of the folder; None where the commit does not have the folder.

    Raises:
        InputError: git does not answer.
    """
    archive = _git(folder, "archive", "--format=tar", commit, ".")
    if archive is None:
        return None
    copy = into / folder.resolve().name
    copy.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(copy, filter="data")
    return copy


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git answers; None where it does not know what is asked for."""
    # Of another repository that a hook of git runs in nothing is wanted.
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and arguments that git takes as names
            ["git", "-C", os.fspath(folder.resolve()), *arguments],  # noqa: S607 - as installed
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
