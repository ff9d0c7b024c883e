"""Case files to cases, and cases to the verdicts that a rule really gives on them."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from rbrules.conditions import named_parameters
from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError, Problem, show
from rbrules.evaluation import read_evaluation
from rbrules.load.document import Document
from rbrules.load.files import rule_files
from rbrules.model import Evaluation, Rulebook, Tree
from rbrules.pipeline import Engine, Selection, check
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import file_kind, load_rulebook, read_document
from rbrules.validate import suggestion, validate

AS_OF: Final = date(2024, 3, 31)
"""The day of the check where a case names none."""

BASE: Final[Mapping[str, Tree]] = {
    "versi": 1,
    "instansi": {"nama": "Instansi Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}
"""What lies under the base of every case file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A small evaluation and the verdicts that the rule has to give on it."""

    name: str
    pointer: str
    evaluation: Evaluation
    as_of: date
    expect: Mapping[str, str]
    """The verdict on every subject of the rule's kind, by subject id."""
    values: Mapping[str, Mapping[str, Tree]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one rule."""

    rule: str
    file: str
    cases: tuple[Case, ...]
    never: Mapping[str, str]
    """Verdicts that the rule cannot give, and why."""
    accepted: Mapping[tuple[str, str], str]
    """Changes of the rule that no case can tell, by pointer and change, and why."""


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What a case expects and what the rule says instead; an empty text where it says nothing."""

    case: str
    subject: str
    """With the name of the value, where a value and not a verdict differs."""
    expected: str
    found: str
    is_value: bool = False


def read_cases(
    folders: Sequence[Path], rulebook: Rulebook, only: frozenset[str]
) -> tuple[CaseFile, ...]:
    """Read the case files of rule folders, sorted by rule.

    Args:
        folders: the folders that the rulebook was read from.
        rulebook: says which rules, codes and words there are.
        only: ids of the rules whose cases are wanted; all where empty.

    Returns:
        One file for each rule. Where a rule or one of its parameters is overridden the cases of a
        later folder stand for those before; cases of a rule that is switched off are left out.

    Raises:
        InputError: with every problem of every case file, and of the evaluations in it.
    """
    problems: list[Problem] = []
    found: dict[str, CaseFile] = {}
    off = {rule.id for rule in rulebook.off}
    changed = {override.id for override in rulebook.overrides}
    overridden = changed | {
        rule.id for rule in rulebook.rules if changed & set(named_parameters(rule))
    }
    for folder in folders:
        for path in rule_files(folder):
            stem = path.name.partition(".")[0]
            if file_kind(path, folder) != "cases" or stem in off or (only and stem not in only):
                continue
            try:
                document = read_document(path, folder)
                validate(document, "cases")
                file = _case_file(document, rulebook, stem)
            except InputError as error:
                problems += error.problems
                continue
            if file.rule in found and file.rule not in overridden:
                found_text = f"cases of {file.rule}, which {found[file.rule].file} has too"
                problems.append(document.problem("/rule", found_text, "one file of cases a rule"))
            found[file.rule] = file
    if problems:
        raise InputError(problems)
    return tuple(file for _, file in sorted(found.items()))


def _case_file(document: Document, rulebook: Rulebook, stem: str) -> CaseFile:
    tree = document.tree
    problems = list(_name_problems(document, rulebook, stem))
    cases = []
    for index, case in enumerate(tree["cases"]):
        pointer = f"/cases/{index}"
        laid = merged(merged(BASE, tree.get("base") or {}), case.get("evaluation") or {})
        try:
            evaluation = read_evaluation(replace(document, tree=laid), rulebook)
        except InputError as error:
            problems += [_moved(document, f"{pointer}/evaluation", p) for p in error.problems]
            continue
        cases.append(
            Case(
                name=case["name"],
                pointer=pointer,
                evaluation=evaluation,
                as_of=date.fromisoformat(case["as_of"]) if "as_of" in case else AS_OF,
                expect=case["expect"],
                values=case.get("values") or {},
            )
        )
    if problems:
        raise InputError(problems)
    return CaseFile(
        rule=tree["rule"],
        file=document.name,
        cases=tuple(cases),
        never=tree.get("never") or {},
        accepted={
            (item["at"], item["change"]): item["reason"] for item in tree.get("accepted") or ()
        },
    )


def _name_problems(document: Document, rulebook: Rulebook, stem: str) -> Iterator[Problem]:
    rule = document.tree["rule"]
    known = [known.id for known in rulebook.rules]
    if rule != stem:
        yield document.problem("/rule", show(rule), f"{show(stem)}, the name of the file")
    elif rule not in known:
        hint = suggestion(rule, known)
        yield document.problem("/rule", show(rule), "the id of a rule", hint)
    names: set[str] = set()
    for index, case in enumerate(document.tree["cases"]):
        if case["name"] in names:
            place = f"/cases/{index}/name"
            yield document.problem(place, f"{show(case['name'])} a second time", "each name once")
        names.add(case["name"])


def _moved(document: Document, pointer: str, problem: Problem) -> Problem:
    """Say where in the case file a problem of a case's evaluation stands.

    What comes from the base is shown at the case: there it became a problem.
    """
    place = f"{pointer}{problem.pointer}"
    return document.problem(place, problem.found, problem.expected, problem.hint)


def merged(base: Tree, over: Tree) -> Tree:
    """Lay one tree over another: mappings merge, everything else is replaced."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {
            key: merged(base[key], over[key])
            if key in base and key in over
            else copy.deepcopy(over.get(key, base.get(key)))
            for key in {**base, **over}
        }
    return copy.deepcopy(over)


def mismatches(
    file: CaseFile, rulebook: Rulebook, engine: Engine, reference: Engine | None = None
) -> Iterator[Mismatch]:
    """Run the cases of one rule and yield where verdicts or shown values differ.

    Waivers do not count here: a case is about the rule.

    Raises:
        EngineError: an engine failed, or the two differ.
    """
    rulebook = replace(rulebook, waivers=())
    for case in file.cases:
        report = check(
            rulebook,
            case.evaluation,
            as_of=case.as_of,
            engine=engine,
            reference=reference,
            selection=Selection(only=frozenset({file.rule})),
        )
        found = {outcome.subject.id: outcome.verdict.value for outcome in report.outcomes}
        yield from _different(case.name, case.expect, found)
        if case.values:
            shown = {f["subject"]["id"]: f["values"] for f in report_tree(report, "en")["findings"]}
            for subject, values in case.values.items():
                has = shown.get(subject, {})
                for name, value in values.items():
                    if name not in has or has[name] != value:
                        found_value = show(has[name]) if name in has else ""
                        place = f"{subject}: {name}"
                        yield Mismatch(case.name, place, show(value), found_value, is_value=True)


def first_verdict(rule: str, texts: tuple[str, str], folder: Path) -> str:
    """Return what a new rule says of the one subject of its one case.

    Args:
        rule: its id.
        texts: the rule and its cases, as files would hold them.
        folder: the folder of rules that it is meant for.
    """
    with tempfile.TemporaryDirectory() as place:
        family = Path(place, "lokal")
        family.mkdir()
        for end, text in zip(("yaml", "cases.yaml"), texts, strict=True):
            family.joinpath(f"{rule}.{end}").write_text(text, "utf-8")
        folders = [shipped("rules"), folder, Path(place)]
        rulebook = load_rulebook(folders)
        (file,) = read_cases(folders, rulebook, frozenset({rule}))
    failed = [mismatch.found for mismatch in mismatches(file, rulebook, PythonEngine())]
    return failed[0] if failed else next(iter(file.cases[0].expect.values()))


def _different(
    name: str, expected: Mapping[str, str], found: Mapping[str, str]
) -> Iterable[Mismatch]:
    for subject in sorted({*expected, *found}):
        pair = expected.get(subject, ""), found.get(subject, "")
        if pair[0] != pair[1]:
            yield Mismatch(name, subject, *pair)


__all__ = ["AS_OF", "BASE", "Case", "CaseFile", "Mismatch", "merged", "mismatches", "read_cases"]
