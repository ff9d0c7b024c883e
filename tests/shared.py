"""What several test files need: the shipped rulebook, reports by the API, and the program itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import simplejson

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.document import Document
from rbrules.load.json_reader import load_json
from rbrules.pipeline import check
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of

if TYPE_CHECKING:
    from rbrules.model import Report, Rulebook, Tree
    from rbrules.pipeline import Engine

ROOT: Final = Path(__file__).parents[1]
RULES: Final = shipped("rules")
SAMPLES: Final = tuple(sorted((ROOT / "samples").glob("*.json")))
INVALID: Final = ROOT / "tests" / "invalid"
AS_OF: Final = date(2024, 2, 7)
LANGUAGES: Final = ("id", "en")
BASE: Final = {
    "versi": 1,
    "instansi": {"nama": "Pemerintah Kabupaten Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}


@cache
def shipped_rulebook() -> Rulebook:
    return load_rulebook([RULES])


def dump(tree: Tree) -> bytes:
    """Write a tree as JSON with the digits of its Decimals."""
    return simplejson.dumps(tree, use_decimal=True, ensure_ascii=False).encode()


def document_of(tree: Tree, name: str = "agency.json") -> Document:
    return load_json(dump(tree), name)


def report_of(
    data: bytes | Tree, *, engine: Engine | None = None, as_of: date = AS_OF, name: str = "a.json"
) -> Report:
    """Check an evaluation, given as bytes or as a tree, with the shipped rules."""
    content = data if isinstance(data, bytes) else dump(data)
    rulebook = shipped_rulebook()
    evaluation = read_evaluation(load_json(content, name), rulebook)
    return check(rulebook, evaluation, as_of=as_of, engine=engine or PythonEngine())


def tree_of(data: bytes | Tree, lang: str = "en", **options) -> Tree:
    """Return the report tree, held against its schema."""
    tree = report_tree(report_of(data, **options), lang, every_outcome=True)
    assert_valid_report(tree)
    return tree


def assert_valid_report(tree: Tree) -> None:
    assert_valid(tree, "report")


def assert_valid(tree: Tree, schema: str) -> None:
    """Hold what the program writes against one of its schemas."""
    document = Document("output.json", "", tree, lambda: ({}, {}))
    assert [str(problem) for problem in problems_of(document, schema)] == []


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which nothing but `more` chooses language or width."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LC_", "LANG", "RBRULES", "COLUMNS", "PYTHON"))
    }
    return kept | {"PYTHONPATH": str(ROOT)} | more


def run(
    *arguments: object,
    stdin: bytes | None = None,
    timeout: int = 60,
    cwd: Path | None = None,
    **environ: str,
) -> subprocess.CompletedProcess[bytes]:
    """Run the program in a process of its own; it must never show a traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "rbrules", *map(str, arguments)],
        input=stdin or b"",
        capture_output=True,
        env=environment(**environ),
        timeout=timeout,
        cwd=cwd,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert b"Traceback" not in done.stdout
    return done
