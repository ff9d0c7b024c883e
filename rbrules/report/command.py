"""The command of a report: the options that its content depends on, as words and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from rbrules.model import Report

SHOWN_DIGITS: Final = 12
"""Digits of a digest that stand for a folder or a file on a page."""

_DIGEST: Final = "sha256:"
_FLAGS: Final = frozenset({"--verify", "--all"})
_ENGINES: Final = {"durable-rules": "durable", "python": "python"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`rbrules check FILE` with everything that decides what the report says, and nothing else.

    `rules` are the digests of own folders, shortened; `rules_year` is None where the year of the
    evaluation decides anyway. Format, place of output and
    exit code are no part of it.
    """

    file: str
    as_of: date
    lang: str
    engine: str
    verify: bool = False
    every_outcome: bool = False
    rules_year: int | None = None
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """Return the words of the command, in one order whatever order they were given in."""
        pairs = [("--as-of", self.as_of.isoformat()), ("--lang", self.lang)]
        pairs += [("--engine", self.engine)]
        pairs += [("--rules-year", str(self.rules_year))] if self.rules_year else []
        pairs += [("--only", word) for word in self.only]
        pairs += [("--skip", word) for word in self.skip]
        pairs += [("--rules", digest) for digest in self.rules]
        flags = ["--verify"] * self.verify + ["--all"] * self.every_outcome
        words = ["rbrules", "check", self.file]
        return [*words, *(word for pair in pairs for word in pair), *flags]


def command_of(report: Report, lang: str, *, every_outcome: bool) -> Command:
    """Return the command that makes a report."""
    year = report.day.year
    return Command(
        file=report.evaluation.file,
        as_of=report.as_of,
        lang=lang,
        engine=_ENGINES.get(report.engine.partition(" ")[0], "auto"),
        verify=report.verified_by is not None,
        every_outcome=every_outcome,
        rules_year=None if year == report.evaluation.tahun else year,
        only=report.only,
        skip=report.skip,
        rules=tuple(short_digest(digest) for digest in report.rulebook.folders[1:]),
    )


def read_command(words: Sequence[str]) -> Command:
    """Read the words of a command.

    Raises:
        ValueError: they are not what `Command.words` writes.
    """
    _, _, file, *options = words
    given: dict[str, list[str]] = {}
    rest = iter(options)
    for word in rest:
        given.setdefault(word, []).append("" if word in _FLAGS else next(rest, ""))
    years = given.get("--rules-year")
    command = Command(
        file=file,
        as_of=date.fromisoformat(given.get("--as-of", [""])[0]),
        lang=given.get("--lang", [""])[0],
        engine=given.get("--engine", [""])[0],
        verify="--verify" in given,
        every_outcome="--all" in given,
        rules_year=int(years[0]) if years else None,
        only=tuple(given.get("--only", ())),
        skip=tuple(given.get("--skip", ())),
        rules=tuple(given.get("--rules", ())),
    )
    is_known = command.lang in {"id", "en"} and command.engine in _ENGINES.values()
    if not is_known or command.words() != list(words):
        raise ValueError(" ".join(words))
    return command


def short_digest(digest: str) -> str:
    """Return the first digits of a digest, still marked as one."""
    return digest[: len(_DIGEST) + SHOWN_DIGITS]
