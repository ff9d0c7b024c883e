"""The formats of a report: which are asked, where each goes, and how each is made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rbrules.cli import shell
from rbrules.errors import InputError, Problem, show

if TYPE_CHECKING:
    from rbrules.model import Report, Tree
    from rbrules.report.places import Places

FORMATS: Final = (
    "table",
    "json",
    "md",
    "html",
    "csv",
    "xlsx",
    "docx",
    "sarif",
    "junit",
    "github",
)
BINARY: Final = frozenset({"xlsx", "docx"})
MACHINE: Final = frozenset({"json", "sarif", "junit", "github"})
"""Read by programs: the language of the system makes no difference to them."""

PACKAGES: Final = {"html": "Jinja2", "xlsx": "openpyxl", "docx": "python-docx"}
STDOUT: Final = "-"


@dataclass(frozen=True, slots=True)
class Target:
    """One report that is asked: its format, and its file or None for standard output."""

    form: str
    file: Path | None


def read_targets(
    words: Sequence[str], output: Path | None, known: Sequence[str] = FORMATS
) -> list[Target]:
    """Read what stands after `--format`, each NAME or NAME=FILE, and after `-o`.

    Args:
        words: after `--format`; the first of `known` where there are none.
        output: after `-o`.
        known: the formats that there are.

    Raises:
        InputError: a format is not known; a file is missing, named twice or named where it cannot
            be; two reports are to go to standard output. All problems at once.
    """
    problems: list[Problem] = []
    targets = []
    for word in words or known[:1]:
        name, is_to_file, file = word.partition("=")
        if name not in known:
            problems.append(_unknown(name, known))
        elif is_to_file and not file:
            hint = f"Write {name}=FILE, or {name}=- for standard output."
            problems.append(_problem("--format", f"no file after {name}=", "a file", hint))
        else:
            targets.append(Target(name, Path(file) if file not in {"", STDOUT} else None))
    if output is not None:
        if len(words) > 1 or any("=" in word for word in words):
            hint = "Write each as --format NAME=FILE."
            problems.append(_problem("-o", "-o beside several formats", "one of the two", hint))
        else:
            targets = [Target(target.form, output) for target in targets]
    problems += _clashes(targets)
    if problems:
        raise InputError(problems)
    return targets


def _clashes(targets: Sequence[Target]) -> list[Problem]:
    """List what cannot go where it is asked to go."""
    problems = []
    unnamed = [target.form for target in targets if target.file is None]
    problems += [
        _problem(
            "--format",
            f"no file for {form}",
            "the name of a file",
            f"Write --format {form}=FILE: no terminal or pipe shows this format.",
        )
        for form in unnamed
        if form in BINARY
    ]
    printed = [form for form in unnamed if form not in BINARY]
    if len(printed) > 1:
        found = f"{' and '.join(printed)} for standard output"
        hint = "Write --format NAME=FILE for the others."
        problems.append(_problem("--format", found, "one at most", hint))
    by_file: dict[str, list[str]] = {}
    for target in targets:
        if target.file is not None:
            place = os.path.normcase(target.file.resolve())
            by_file.setdefault(place, []).append(f"{target.form}={target.file.as_posix()}")
    problems += [
        _problem("--format", " and ".join(pair), "a file for each")
        for pair in by_file.values()
        if len(pair) > 1
    ]
    return problems


def _unknown(name: str, known: Sequence[str]) -> Problem:
    from rbrules.validate import suggestion

    expected = f"one of {', '.join(known)}"
    return _problem("--format", show(name), expected, suggestion(name, known))


def _problem(option: str, found: str, expected: str, hint: str = "") -> Problem:
    return Problem(
        file=option, line=0, column=0, pointer="", found=found, expected=expected, hint=hint
    )


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes any format of one report."""

    report: Report
    places: Places
    lang: str | None
    """What --lang says."""
    everything: bool
    """What --all says."""

    def tree(self, form: str) -> Tree:
        """Return the report tree for a format; JUnit counts passes too."""
        from rbrules.report.tree import report_tree

        every = self.everything or form == "junit"
        return report_tree(self.report, self._language(form), every_outcome=every)

    def _language(self, form: str) -> str:
        return shell.language(self.lang, from_locale=form not in MACHINE)

    def make(self, form: str, *, width: int) -> bytes:
        """Make the report in a format; only the table has a width.

        Raises:
            InputError: the library that makes it is not installed.
        """
        try:
            made = self._make(form, width)
        except ImportError as error:
            package = PACKAGES.get(form, error.name or "")
            found = f"no package {error.name}"
            problem = _problem("--format", found, f"{package}, or another format")
            raise InputError([problem]) from None
        return made if isinstance(made, bytes) else made.encode()

    def _make(self, form: str, width: int) -> str | bytes:
        from rbrules.report.about import about as about_rules

        tree, places = self.tree(form), self.places
        about = about_rules(self.report, tree["lang"])
        match form:
            case "json":
                from rbrules.report.json_text import json_text

                return json_text(tree)
            case "md":
                from rbrules.report.md import report_md

                return report_md(tree, places)
            case "html":
                from rbrules.report.html import report_html

                return report_html(tree, places)
            case "csv":
                from rbrules.report.csv import report_csv

                return report_csv(tree, places, about)
            case "xlsx":
                from rbrules.report.xlsx import report_xlsx

                return report_xlsx(tree, places, about)
            case "docx":
                from rbrules.report.docx import report_docx

                return report_docx(tree, places, about)
            case "sarif":
                from rbrules.report.json_text import json_text
                from rbrules.report.sarif import report_sarif

                return json_text(report_sarif(tree, places, about))
            case "junit":
                from rbrules.report.junit import report_junit

                return report_junit(tree, places, about)
            case "github":
                from rbrules.report.github import report_github

                return report_github(tree, places)
            case _:
                from rbrules.report.table import report_table

                return report_table(tree, width=width, places=places, everything=self.everything)
