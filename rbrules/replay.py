"""A report made again by the command that it names, and what differs, from cause to effect."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from rbrules.api import choose_engines, judge
from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError, show
from rbrules.load.document import Document
from rbrules.load.json_reader import load_json
from rbrules.model import Tree, escape
from rbrules.pipeline import Selection
from rbrules.report.command import Command, read_command, short_digest
from rbrules.report.json_text import json_text
from rbrules.report.tree import report_tree
from rbrules.report.words import label
from rbrules.rulebook import load_rulebook
from rbrules.validate import validate

SHOWN: Final = 10
"""Differences that a page lists; of more it gives the number."""

_ABSENT: Final = object()
_REPORT: Final = "a report that rbrules check --format json wrote"
_FOLDERS: Final = "/rbrules/rulebook/folders/"
_CAUSES: Final = (
    "/input/digest",
    "/rbrules/version",
    "/rbrules/rulebook/digest",
    _FOLDERS,
    "/rbrules/engine",
    "/rbrules/verified_by",
)
"""What a report is made of, the cause of causes first."""

_COMMAND: Final = "/command/"
"""It repeats engine and folders."""


class Difference(NamedTuple):
    """A value that was another one: where, and both as JSON; "" where there was none."""

    pointer: str
    then: str
    now: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of making a report again.

    `causes` are the things that a report is made of, `effects` other values, in the order of the
    report. `spelling` is the first line that is written otherwise where all values are the same.
    `without` names an engine that the report was made with and that is not installed here.
    """

    command: Command
    digest: str
    causes: tuple[Difference, ...]
    effects: tuple[Difference, ...]
    spelling: Difference | None
    without: str

    @property
    def is_same(self) -> bool:
        """Whether the report came out again byte for byte."""
        return not (self.causes or self.effects or self.spelling)


def replay(
    recorded: Document, data: bytes, evaluation: Document, folders: Sequence[Path]
) -> Replay:
    """Make a report again.

    Args:
        recorded: the report, as loaded.
        data: its bytes.
        evaluation: the evaluation file; what it is called is taken from the report.
        folders: the shipped rules, then the own folders in the order in which they were given.

    Returns:
        What differs; the report is the same where nothing does.

    Raises:
        InputError: `recorded` is no report of `rbrules check`, or no report can be made of the
            evaluation file and the rules.
        EngineError: an engine failed.
    """
    then = _report_in(recorded)
    command = _command(recorded)
    rulebook = load_rulebook(folders)
    without = ""
    try:
        engines = choose_engines(command.engine, verify=command.verify)
    except InputError:  # the other engine gives the same verdicts
        engines = (PythonEngine(), None)
        second = then["rbrules"]["verified_by"]
        without = second if command.engine == "python" else then["rbrules"]["engine"]
    report = judge(
        evaluation,
        rulebook,
        as_of=command.as_of,
        rules_year=command.rules_year,
        engines=engines,
        # A word that no rule has any more selects nothing; the digest of the rules says why.
        selection=Selection(frozenset(command.only), frozenset(command.skip)),
    )
    named = replace(report, evaluation=replace(report.evaluation, file=then["input"]["file"]))
    text = json_text(report_tree(named, command.lang, every_outcome=command.every_outcome))
    now = load_json(text.encode(), recorded.name).tree
    causes, effects = _sorted(differences(then, now))
    return Replay(
        command=command,
        digest=recorded.digest,
        causes=causes,
        effects=effects,
        spelling=None if causes or effects else _spelling(data, text.encode()),
        without=without,
    )


def _report_in(recorded: Document) -> Tree:
    tree = recorded.tree
    if not isinstance(tree, dict) or "rbrules" not in tree:
        is_evaluation = isinstance(tree, dict) and "instansi" in tree
        found = "an evaluation file" if is_evaluation else "no report"
        hint = "Give the report first, then the evaluation file." if is_evaluation else ""
        raise InputError([recorded.problem("", found, _REPORT, hint)])
    validate(recorded, "report")
    return tree


def _command(recorded: Document) -> Command:
    words = recorded.tree["command"]
    try:
        return read_command(words)
    except ValueError:
        problem = recorded.problem(
            "/command",
            show(" ".join(words)),
            "the command of a report that rbrules check --format json wrote",
        )
        raise InputError([problem]) from None


def _sorted(
    found: Iterable[Difference],
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """Part what a report is made of from what follows; the cause of causes comes first."""
    rest = list(found)
    causes = [d for start in _CAUSES for d in rest if d.pointer.startswith(start)]
    repeats = (*_CAUSES, _COMMAND) if {d.pointer for d in causes} - set(_CAUSES[:2]) else _CAUSES
    return tuple(causes), tuple(d for d in rest if not d.pointer.startswith(repeats))


def differences(then: Tree, now: Tree, pointer: str = "") -> Iterator[Difference]:
    """Yield each value that differs, in the order of the report; a whole part that is not there."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*then, *now)):
            pair = then.get(key, _ABSENT), now.get(key, _ABSENT)
            yield from differences(*pair, f"{pointer}/{escape(key)}")
    elif isinstance(then, list) and isinstance(now, list):
        for index, pair in enumerate(zip_longest(then, now, fillvalue=_ABSENT)):
            yield from differences(*pair, f"{pointer}/{index}")
    elif then is _ABSENT or now is _ABSENT or then != now or type(then) is not type(now):
        yield Difference(pointer, _shown(then), _shown(now))


def _shown(value: Tree) -> str:
    return "" if value is _ABSENT else show(value)


def _spelling(then: bytes, now: bytes) -> Difference | None:
    """Return the first line in which two texts differ; the pointer is its number."""
    if then == now:
        return None
    lines = zip_longest(then.split(b"\n"), now.split(b"\n"))
    number, pair = next((n, p) for n, p in enumerate(lines, 1) if p[0] != p[1])
    shown = ("" if line is None else show(line.decode("utf-8", "replace")) for line in pair)
    return Difference(str(number), *shown)


# --- the page ------------------------------------------------------------------------------------


def replay_page(result: Replay, report: str, lang: str) -> str:
    """Say in lines of text whether a report came out again, and if not, why.

    Args:
        result: what came of it.
        report: the name of the report.
        lang: "id" or "en".
    """
    digest = short_digest(result.digest)
    command = shlex.join(result.command.words())
    key = "same" if result.is_same else "differs"
    lines = [label(f"replay.{key}", lang, report=report, digest=digest)]
    lines += [f"  {line}" for line in _lines(result, lang)]
    return "\n".join([*lines, f"  {label('counts.command', lang, command=command)}"]) + "\n"


def _lines(result: Replay, lang: str) -> Iterator[str]:
    for cause in result.causes:
        yield _cause_line(cause, lang)
        if cause.pointer == "/rbrules/rulebook/digest":
            yield label("replay.which_rules", lang)
    if not result.causes and not result.is_same:
        yield label("replay.altered", lang)
    if result.without:
        yield label("replay.without", lang, engine=result.without)
    if result.spelling:
        ends = _ends(result.spelling, lang)
        yield label("replay.spelling", lang, line=result.spelling.pointer, **ends)
    if not result.effects:
        if result.causes:
            yield label("replay.no_effect", lang)
        return
    yield label("replay.effects", lang, count=len(result.effects))
    for effect in result.effects[:SHOWN]:
        yield f"  {effect.pointer}: " + label("replay.ends", lang, **_ends(effect, lang))
    if len(result.effects) > SHOWN:
        yield "  " + label("replay.more", lang, count=len(result.effects) - SHOWN)


def _cause_line(cause: Difference, lang: str) -> str:
    ends = _ends(cause, lang)
    path = cause.pointer.split("/")[1:]
    if "digest" in path or "folders" in path:
        ends = {name: short_digest(text.strip('"')) for name, text in ends.items()}
    number = path.pop() if "folders" in path else ""
    what = ".".join(path) if number != "0" else "rbrules.rulebook.shipped"
    told = label(f"replay.{what}", lang, number=number)
    return f"{told}: {label('replay.ends', lang, **ends)}"


def _ends(difference: Difference, lang: str) -> Mapping[str, str]:
    nothing = label("replay.nothing", lang)
    return {"then": difference.then or nothing, "now": difference.now or nothing}
