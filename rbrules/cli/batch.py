"""What `rbrules batch` does with rows as they come: lines, progress, and what they add up to.

The one user of rich.
"""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rbrules.cli import shell

if TYPE_CHECKING:
    from rbrules.batch.rows import Spool
    from rbrules.batch.summary import Summary
    from rbrules.batch.work import Settings
    from rbrules.cli.formats import Target
    from rbrules.model import Tree

FORMATS: Final = ("table", "jsonl", "json", "csv")
LINES: Final = "jsonl"
EARLIER: Final = ".earlier"
"""Ends the name of the file in which lines of a run that was cut off wait for `--resume`."""


def total_of(paths: Sequence[str]) -> int | None:
    """Count the evaluations ahead; None where files would have to be read for that."""
    from rbrules.batch.sources import names_in

    total = 0
    for path in paths:
        names = names_in(path)
        if names is None:
            return None
        total += sum(1 for _ in names)
    return total


@contextlib.contextmanager
def lines_to(target: Target | None) -> Iterator[Callable[[str], None]]:
    """Give what writes lines: to standard output, to a file that grows beside its name, or nowhere.

    The file takes its name when the last line stands in it; what a run that was cut off has written
    stays beside it.
    """
    if target is None:
        yield lambda _: None
    elif target.file is None:
        yield shell.print_part
    else:
        with shell.growing_file(target.file) as write:
            yield write
        shell.beside(target.file, EARLIER).unlink(missing_ok=True)


def earlier_outputs(target: Target | None) -> list[Path]:
    """Return the files that hold lines of earlier runs; the part of the last one is put aside."""
    if target is None or target.file is None:
        return []
    part = shell.beside(target.file, shell.PART)
    kept = shell.beside(target.file, EARLIER)
    if part.exists():
        with part.open("rb") as source, kept.open("ab") as out:
            for line in source:
                if line.endswith(b"\n"):
                    out.write(line)
        part.unlink()
    return [target.file, kept]


@contextlib.contextmanager
def progress(total: int | None, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """Show on a terminal how many evaluations are done, how fast, and how long the rest takes."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, rate="")

        def step() -> None:
            speed = bar.tasks[0].speed
            bar.update(task, advance=1, rate="" if speed is None else f"{speed:.1f}/s")

        yield step


def outputs(
    targets: Sequence[Target],
    summary: Summary,
    spool: Spool,
    tree: Tree,
    *,
    width: int,
    everything: bool,
) -> tuple[dict[Path, bytes], str]:
    """Make what is written when the last row is there: files, and what is printed."""
    files: dict[Path, bytes] = {}
    printed = ""
    for target in targets:
        if target.form == LINES:
            continue
        text = _made(target.form, summary, spool, tree, width=width, everything=everything)
        if target.file is None:
            printed = text
        else:
            files[target.file] = text.encode()
    return files, printed


def _made(
    form: str, summary: Summary, spool: Spool, tree: Tree, *, width: int, everything: bool
) -> str:
    if form == "json":
        from rbrules.report.json_text import json_text

        return json_text(tree)
    if form == "csv":
        from rbrules.batch.rows import write_csv

        stream = io.StringIO(newline="")
        write_csv(spool.cells(summary.ranks()), stream, tree["lang"])
        return stream.getvalue()
    from rbrules.batch.page import summary_page

    return summary_page(tree, width=width, everything=everything)


def head_of(settings: Settings, engine: str, version: str) -> Mapping[str, Tree]:
    """Say how a run was made."""
    rulebook = settings.rulebook
    return {
        "rbrules": {
            "version": version,
            "engine": engine,
            "rulebook": {"digest": rulebook.digest, "rules": len(rulebook.rules)},
        },
        "as_of": settings.as_of.isoformat(),
    }
