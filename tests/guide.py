"""Walk through docs/rule-authoring.md as its reader does: write the files, run the commands.

`python -m tests.guide` prints what each command answers, to fill in the page.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "rule-authoring.md"
COLUMNS = "100"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"`(aturan-kami/[\w./-]+|agency\.json)`")


@dataclass(frozen=True)
class Step:
    """A file to write, or a command and what the page shows of its answer."""

    line: int
    file: str = ""
    text: str = ""
    adds: bool = False
    command: str = ""
    shown: str = ""


def steps(page: str) -> Iterator[Step]:
    """Read the steps of the page, in order."""
    for fence in _FENCE.finditer(page):
        line = page.count("\n", 0, fence.start()) + 1
        language, text = fence[1], fence[2]
        if language == "console":
            yield from _commands(text, line)
            continue
        before = page[: fence.start()].rstrip().rpartition("\n")[2]
        named = _FILE.findall(before)
        if named:
            yield Step(line, file=named[-1], text=text, adds="Add to the end of" in before)


def _commands(text: str, line: int) -> Iterator[Step]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield Step(line, command=command, shown=shown)


def take(step: Step, desk: Path) -> str:
    """Write the file of a step, or run its command: what it prints, problems included."""
    if step.file:
        path = desk / step.file
        path.parent.mkdir(parents=True, exist_ok=True)
        earlier = path.read_text("utf-8") if step.adds else ""
        path.write_text(earlier + step.text, "utf-8")
        return ""
    environ = {
        **{name: value for name, value in os.environ.items() if name not in {"LANG", "LC_ALL"}},
        "PYTHONPATH": os.fspath(ROOT),
        "RBRULES_LANG": "en",
        "COLUMNS": COLUMNS,
    }
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(step.command)],
        cwd=desk,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode in {0, 1, 2}, done.stdout
    return done.stdout


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for step in steps(PAGE.read_text("utf-8")):
            answer = take(step, Path(place))
            print(f"=== {step.line} {step.file or step.command}\n{answer}", end="")
