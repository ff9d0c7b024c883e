"""What Python programs call: a file or a tree in, a report with typed access out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Final, Literal

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError, Problem, joined, say
from rbrules.evaluation import read_evaluation
from rbrules.load.document import Document
from rbrules.load.files import MAX_EVALUATION_BYTES, read_bytes
from rbrules.load.json_reader import load_json
from rbrules.model import Report as Judged
from rbrules.model import Rulebook, Tree
from rbrules.pipeline import Engine, Selection
from rbrules.pipeline import check as run_check
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook
from rbrules.validate import unknown_word, validate

JAKARTA: Final = timezone(timedelta(hours=7), "Asia/Jakarta")
"""Western Indonesia time has no summer time; a fixed offset needs no time-zone data."""

TREE: Final = "<tree>"
"""How problems call an evaluation that is no file."""

EngineName = Literal["auto", "durable", "python"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault that a rule found, in the words of the report.

    `subject` is the id of what it was found on, `pointer` where that stands in the evaluation (a
    JSON pointer), `addressee` who has to act, the office in charge first.
    """

    rule: str
    severity: str
    subject: str
    pointer: str
    message: str
    recommendation: str
    addressee: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report; `tree` is the plain data that `--format json` writes, numbers int and Decimal."""

    tree: Mapping[str, Tree]

    @property
    def index(self) -> Decimal | None:
        """The RB index in points, rounded as printed; None where it is not one number."""
        value = self.tree["indeks_rb"]["nilai"]
        return None if value is None else Decimal(value)

    @property
    def grades(self) -> tuple[str, ...]:
        """The letters of every grade that the index may have, lowest first; () without an index."""
        return tuple(grade["kode"] for grade in self.tree["indeks_rb"]["predikat"])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, the gravest first; waived findings are not among them."""
        return self._with_verdict("finding")

    @property
    def waived(self) -> tuple[Finding, ...]:
        """Findings that a waiver accepts."""
        return self._with_verdict("waived")

    @property
    def unknown(self) -> int:
        """How many pairs of rule and subject could not be judged: these have not passed."""
        count: int = self.tree["summary"]["unknown"]
        return count

    def to_json(self) -> str:
        """Return the text that `rbrules check --format json` writes."""
        from rbrules.report.json_text import json_text  # noqa: PLC0415 - the one user of simplejson

        return json_text(dict(self.tree))

    def _with_verdict(self, verdict: str) -> tuple[Finding, ...]:
        return tuple(
            Finding(
                rule=entry["rule"],
                severity=entry["severity"],
                subject=entry["subject"]["id"],
                pointer=entry["subject"]["pointer"],
                message=entry["message"],
                recommendation=entry["recommendation"],
                addressee=tuple(entry["addressee"]),
                fingerprint=entry["fingerprint"],
            )
            for entry in self.tree["findings"]
            if entry["verdict"] == verdict
        )


def check(  # noqa: PLR0913 - the options of `rbrules check`
    evaluation: str | os.PathLike[str] | Mapping[str, Tree],
    *,
    rules: Iterable[str | os.PathLike[str]] = (),
    as_of: date | None = None,
    rules_year: int | None = None,
    lang: Literal["id", "en"] = "en",
    engine: EngineName = "auto",
    verify: bool = False,
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    every_outcome: bool = False,
) -> Report:
    """Check one evaluation by the shipped rules and those of further folders.

    Args:
        evaluation: the path of an evaluation file, or what such a file holds, as a mapping; numbers
            may be int, Decimal or float, of which the shortest decimal form counts.
        rules: folders of further rules, as after `--rules`.
        as_of: the day on which deadlines are counted; None: today in Jakarta.
        rules_year: take what is in force on 31 December of this year instead of the evaluation's.
        lang: language of texts and names.
        engine: what runs the rules; auto takes durable-rules where it is installed.
        verify: run both engines.
        only: rule ids, families or tags to report; none: all.
        skip: rule ids, families or tags to leave out; wins over `only`.
        every_outcome: list passes and what does not apply too (`--all`).

    Returns:
        The report; equal arguments give equal reports.

    Raises:
        InputError: files or options are wrong; `problems` lists everything at once.
        EngineError: an engine failed, or the two differ.
    """
    problems: list[Problem] = []
    rulebook, document = None, None
    try:
        rulebook = load_rulebook([shipped("rules"), *map(Path, rules)])
    except InputError as error:
        problems += error.problems
    try:
        document = _document(evaluation)
        if rulebook is None:
            validate(document, "evaluation")
    except InputError as error:
        problems += error.problems
    if rulebook is None or document is None:
        raise InputError(problems)
    report = judge(
        document,
        rulebook,
        as_of=as_of or today(),
        rules_year=rules_year,
        engines=choose_engines(engine, verify=verify),
        selection=select(tuple(only), tuple(skip), rulebook),
    )
    return Report(report_tree(report, lang, every_outcome=every_outcome))


def judge(
    document: Document,
    rulebook: Rulebook,
    *,
    as_of: date,
    rules_year: int | None,
    engines: tuple[Engine, Engine | None],
    selection: Selection,
) -> Judged:
    """Check a document that was loaded by a rulebook that was read.

    Raises:
        InputError: the evaluation is not valid.
        EngineError: an engine failed, or the two differ.
    """
    return run_check(
        rulebook,
        read_evaluation(document, rulebook),
        as_of=as_of,
        engine=engines[0],
        reference=engines[1],
        rules_year=rules_year,
        selection=selection,
    )


def _document(evaluation: str | os.PathLike[str] | Mapping[str, Tree]) -> Document:
    if isinstance(evaluation, Mapping):
        from rbrules.report.json_text import json_text  # noqa: PLC0415 - the one user of simplejson

        try:
            text = json_text(dict(evaluation))
        except (TypeError, ValueError) as error:  # NaN, a date, a set
            raise InputError([_problem(TREE, str(error), "values that JSON has")]) from None
        return load_json(text.encode(), TREE)
    path = Path(evaluation)
    return load_json(read_bytes(path, MAX_EVALUATION_BYTES), path.as_posix())


def choose_engines(choice: str, *, verify: bool) -> tuple[Engine, Engine | None]:
    """Return the engine that judges and, with `verify`, the other one beside it.

    Raises:
        InputError: durable-rules is asked for and not installed.
    """
    if choice == "python" and not verify:
        return PythonEngine(), None
    try:
        from rbrules.engine.durable import DurableEngine  # noqa: PLC0415 - not installed everywhere
    except ImportError:
        if choice == "auto" and not verify:
            return PythonEngine(), None
        found = "no package durable-rules"
        expected = "durable-rules 2.0.28, or --engine python without --verify"
        raise InputError([_problem("--engine", found, expected)]) from None
    if choice == "python":
        return PythonEngine(), DurableEngine()
    return DurableEngine(), PythonEngine() if verify else None


def _problem(place: str, found: str, expected: str) -> Problem:
    return Problem(file=place, line=0, column=0, pointer="", found=found, expected=expected)


def select(only: Sequence[str], skip: Sequence[str], *rulebooks: Rulebook) -> Selection:
    """Read the words that select rules.

    Raises:
        InputError: none of the rulebooks knows a word.
    """
    known = {word for rulebook in rulebooks for rule in rulebook.rules for word in rule.words}
    wrong = [
        unknown_word(option, word, known, off_hint(word, rulebooks[-1]))
        for option, words in (("--only", only), ("--skip", skip))
        for word in words
        if word not in known
    ]
    if wrong:
        raise InputError(wrong)
    return Selection(frozenset(only), frozenset(skip))


def off_hint(word: str, rulebook: Rulebook) -> str:
    """Say which file switched off the rules that a word selects, and why; "" where none did."""
    off = {rule.id for rule in rulebook.off if word in rule.words}
    words = "$file switches $id off: $reason"
    changes = (change for change in rulebook.overrides if change.is_off and change.id in off)
    return joined(*(say(words, file=c.file, id=c.id, reason=c.reason) for c in changes))


def today() -> date:
    """Return the day in Jakarta."""
    return datetime.now(JAKARTA).date()
