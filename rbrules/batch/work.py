"""What a worker does: one evaluation from its bytes to its line of JSON and its brief."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from rbrules import __version__
from rbrules.batch.sources import Item, read_item
from rbrules.engine.python import PythonEngine
from rbrules.errors import EngineError, InputError, Problem
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Rulebook, Tree
from rbrules.pipeline import Engine, Selection, check
from rbrules.report.json_text import json_line
from rbrules.report.tree import report_tree

State = Literal["judged", "invalid", "failed"]
"""Judged; not an evaluation that can be judged; or no engine could judge it."""

AUTO: Final = "auto"
DURABLE: Final = "durable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How every evaluation of a run is judged."""

    rulebook: Rulebook
    as_of: date
    rules_year: int | None
    lang: str
    engine: str
    """`durable` or `python`."""
    selection: Selection
    every_outcome: bool = False

    @property
    def digest(self) -> str:
        """A name of all that decides a report besides its evaluation, program and rules too."""
        parts = (
            __version__,
            self.rulebook.digest,
            self.as_of.isoformat(),
            self.rules_year,
            self.lang,
            self.engine,
            sorted(self.selection.only),
            sorted(self.selection.skip),
            self.every_outcome,
        )
        return f"sha256:{hashlib.sha256(repr(parts).encode()).hexdigest()}"


MEASURES: Final = ("indeks_rb", "sakip")
"""The indexes that a report may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexBrief:
    """What a summary keeps of one index."""

    instrumen: str | None
    nilai: Decimal | None
    rentang: tuple[Decimal, Decimal] | None
    predikat: tuple[str, ...]
    dasar: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What a summary keeps of one report."""

    kode: str | None
    nama: str
    kelompok: str
    tahun: int
    indexes: dict[str, IndexBrief]
    """The indexes of which the file says something, by what they measure."""
    severities: dict[str, int]
    """Findings by severity, waived ones left out."""
    findings: dict[str, int]
    """Findings by rule, waived ones left out."""
    waived: int
    unknown: dict[str, int]
    """Unknown outcomes by rule."""
    missing: dict[str, int]
    """How many outcomes each missing value leaves open, by its place without row numbers."""
    rules: int
    never_applied: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What became of one evaluation."""

    name: str
    state: State
    digest: str | None
    line: str
    """Its line of JSON, without the line break."""
    problems: tuple[Problem, ...] = ()
    retried: str = ""
    """Why it was judged again, alone and by the Python engine; "" where it was not."""
    brief: Brief | None = None


@dataclass(slots=True)
class Work:
    """Judges evaluations one after the other; keeps what an engine has compiled."""

    settings: Settings
    engines: dict[str, Engine] = field(default_factory=dict)
    made: str = field(init=False)
    """The digest of the settings."""

    def __post_init__(self) -> None:
        """Compute the digest once."""
        self.made = self.settings.digest

    def judge(self, item: Item, *, engine: str | None = None, retried: str = "") -> Row:
        """Judge one evaluation; whatever is wrong with it is a row too.

        Args:
            item: the evaluation.
            engine: another one than the settings name.
            retried: why it is judged again.
        """
        digest = None
        try:
            data = read_item(item)
            digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
            tree = self._report(data, item.name, engine or self.settings.engine)
        except InputError as error:
            return _invalid(item.name, digest, error.problems)
        except EngineError as error:
            if (engine or self.settings.engine) == DURABLE:
                self.engines.clear()
                return self.judge(item, engine="python", retried=str(error))
            return failed(item.name, digest, str(error))
        except MemoryError:
            return failed(item.name, digest, "not enough memory")
        except Exception as error:  # noqa: BLE001 - a defect on one file must not stop the others
            return failed(item.name, digest, f"internal error: {type(error).__name__}: {error}")
        line: dict[str, Tree] = {"file": item.name, "state": "judged", "digest": digest}
        line["made"] = self.made
        if retried:
            line["retried"] = retried
        return Row(
            name=item.name,
            state="judged",
            digest=digest,
            line=json_line({**line, "report": tree}),
            retried=retried,
            brief=brief_of(tree),
        )

    def _report(self, data: bytes, name: str, engine: str) -> Tree:
        settings = self.settings
        evaluation = read_evaluation(load_json(data, name), settings.rulebook)
        if engine not in self.engines:
            self.engines[engine] = _engine(engine)
        report = check(
            settings.rulebook,
            evaluation,
            as_of=settings.as_of,
            engine=self.engines[engine],
            rules_year=settings.rules_year,
            selection=settings.selection,
        )
        return report_tree(report, settings.lang, every_outcome=settings.every_outcome)


def _engine(name: str) -> Engine:
    if name == DURABLE:
        from rbrules.engine.durable import DurableEngine  # noqa: PLC0415 - not installed everywhere

        return DurableEngine()
    return PythonEngine()


def _invalid(name: str, digest: str | None, problems: Iterable[Problem]) -> Row:
    told = tuple(problems)
    listed = [
        {
            "line": problem.line,
            "column": problem.column,
            "pointer": problem.pointer,
            "found": problem.found,
            "expected": problem.expected,
            "hint": problem.hint,
        }
        for problem in told
    ]
    tree = {"file": name, "state": "invalid", "digest": digest, "problems": listed}
    return Row(name=name, state="invalid", digest=digest, line=json_line(tree), problems=told)


def failed(name: str, digest: str | None, reason: str) -> Row:
    """Return the row of an evaluation that no engine could judge."""
    tree = {"file": name, "state": "failed", "digest": digest, "reason": reason}
    return Row(name=name, state="failed", digest=digest, line=json_line(tree))


def brief_of(tree: Tree) -> Brief:
    """Take from a report what a summary needs."""
    agency = tree["instansi"]
    found = [finding for finding in tree["findings"] if finding["verdict"] == "finding"]
    missing = Counter(
        place for entry in tree["unknown"] for place in {place_of(p) for p in entry["missing"]}
    )
    return Brief(
        kode=agency.get("kode"),
        nama=agency["nama"],
        kelompok=agency["kelompok"],
        tahun=tree["tahun"],
        indexes={key: _index(tree[key]) for key in MEASURES if _is_given(tree.get(key))},
        severities=dict(Counter(finding["severity"] for finding in found)),
        findings=dict(Counter(finding["rule"] for finding in found)),
        waived=tree["summary"]["waived"],
        unknown=dict(Counter(entry["rule"] for entry in tree["unknown"])),
        missing=dict(missing),
        rules=tree["rbrules"]["rulebook"]["rules"],
        never_applied=tuple(tree["never_applied"]),
    )


def _is_given(index: Tree | None) -> bool:
    """Tell whether a file says anything of an index."""
    return index is not None and index["dasar"] is not None


def _index(index: Tree) -> IndexBrief:
    rentang = index["rentang"]
    return IndexBrief(
        instrumen=index["instrumen"],
        nilai=index["nilai"],
        rentang=None if rentang is None else (rentang[0], rentang[1]),
        predikat=tuple(band["kode"] for band in index["predikat"]),
        dasar=index["dasar"],
    )


def place_of(pointer: str) -> str:
    """Leave the number of the row out of a pointer: /kinerja/2/renstra/2023 is /kinerja/*/renstra.

    A year at its end, which differs from file to file, is left out too.
    """
    steps = ["*" if step.isdigit() and len(step) < 4 else step for step in pointer.split("/")]  # noqa: PLR2004
    while steps and steps[-1].isdigit():
        steps.pop()
    return "/".join(steps)
