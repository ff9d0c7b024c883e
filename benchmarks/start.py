"""How long a cold start takes, as ratios to `python -c pass` measured in the same run.

Three things are started in turn, in a new process each time: the bare interpreter (the floor), an
empty typer program with the options of `rbrules check` (the peer), and `rbrules check` on a sample.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = "samples/real-blitar-2023.json"
MIN_ROUNDS = 9
ROUNDS = 15
FLOOR = "python -c pass"
PACKAGES = ("typer", "jsonschema", "PyYAML", "tabulate", "simplejson", "durable-rules")

PEER = """
from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Optional

import typer


class Format(StrEnum):
    table = "table"
    json = "json"


class FailOn(StrEnum):
    low = "low"
    medium = "medium"
    high = "high"
    never = "never"


class Lang(StrEnum):
    id = "id"
    en = "en"


class Engine(StrEnum):
    auto = "auto"
    durable = "durable"
    python = "python"


app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def root(version: Annotated[bool, typer.Option("--version")] = False) -> None:
    pass


@app.command()
def check(
    file: Annotated[str, typer.Argument()],
    rules: Annotated[Optional[list[Path]], typer.Option("--rules")] = None,
    format: Annotated[Format, typer.Option("--format")] = Format.table,
    output: Annotated[Optional[Path], typer.Option("-o", "--output")] = None,
    fail_on: Annotated[FailOn, typer.Option("--fail-on")] = FailOn.low,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    as_of: Annotated[
        Optional[datetime], typer.Option("--as-of", formats=["%Y-%m-%d"])
    ] = None,
    rules_year: Annotated[
        Optional[int], typer.Option("--rules-year", min=1990, max=2100)
    ] = None,
    lang: Annotated[Optional[Lang], typer.Option("--lang")] = None,
    engine: Annotated[Engine, typer.Option("--engine")] = Engine.auto,
    verify: Annotated[bool, typer.Option("--verify")] = False,
    only: Annotated[Optional[list[str]], typer.Option("--only")] = None,
    skip: Annotated[Optional[list[str]], typer.Option("--skip")] = None,
    every: Annotated[bool, typer.Option("--all")] = False,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
    watch: Annotated[bool, typer.Option("--watch")] = False,
    debug: Annotated[bool, typer.Option("--debug")] = False,
) -> None:
    pass


app()
"""
"""A program that takes every option of `rbrules check` and does nothing with it."""


def commands(peer: Path) -> dict[str, list[str]]:
    """Name what is started; the floor comes first."""
    options = ["check", SAMPLE, "--as-of", "2024-02-07", "--lang", "en", "--quiet"]
    rbrules = [sys.executable, "-m", "rbrules", *options]
    return {
        FLOOR: [sys.executable, "-c", "pass"],
        "empty typer program": [sys.executable, str(peer), *options],
        "rbrules check": rbrules,
        "rbrules check --engine python": [*rbrules, "--engine", "python"],
    }


def start(command: Sequence[str]) -> float:
    """Run a command once and return how many seconds it took.

    Raises:
        SystemExit: it failed; a program that fails fast must not look like a fast one.
    """
    began = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    took = time.perf_counter() - began
    if done.returncode:
        error = done.stderr.decode(errors="replace")
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{error}")
    return took


def measure(rounds: int) -> dict[str, list[float]]:
    """Time every command once in each round, each round beginning with another one.

    A first round, which fills the caches of files and of compiled modules, does not count.
    """
    with tempfile.TemporaryDirectory() as folder:
        peer = Path(folder, "peer.py")
        peer.write_text(PEER, "utf-8")
        named = commands(peer)
        times: dict[str, list[float]] = {name: [] for name in named}
        order = list(named)
        for number in range(rounds + 1):
            for name in order:
                took = start(named[name])
                if number:
                    times[name].append(took)
            order.append(order.pop(0))
    return times


def results(times: Mapping[str, Sequence[float]]) -> list[dict[str, object]]:
    """Turn times into medians; a ratio is taken within a round, then the median of the ratios."""
    floor = times[FLOOR]
    rows: list[dict[str, object]] = []
    for name, taken in times.items():
        ratios = sorted(t / base for t, base in zip(taken, floor, strict=True))
        rows.append(
            {
                "name": name,
                "median_ms": round(median(taken) * 1000, 1),
                "ratio": round(median(ratios), 2),
                "ratio_lowest": round(ratios[0], 2),
                "ratio_highest": round(ratios[-1], 2),
            }
        )
    return rows


def surroundings() -> dict[str, object]:
    """Say on what the figures were taken."""
    versions: dict[str, str | None] = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = None
    return {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "packages": versions,
    }


def load() -> float | None:
    """Return the load average of the last minute, None where the system does not tell it."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def as_text(report: Mapping[str, object]) -> str:
    """Render a report as lines of plain text."""
    around = report["surroundings"]
    packages = ", ".join(
        f"{name} {number}" for name, number in around["packages"].items() if number is not None
    )
    lines = [
        f"{around['python']}, {around['system']}, {around['processors']} processors",
        packages,
        "{rounds} rounds, load {load_before} before, {load_after} after".format_map(report),
        "",
        f"{'started':<32}{'median ms':>10}{'ratio':>8}{'lowest':>9}{'highest':>9}",
    ]
    row = "{name:<32}{median_ms:>10}{ratio:>8}{ratio_lowest:>9}{ratio_highest:>9}"
    lines += [row.format_map(result) for result in report["results"]]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"default {ROUNDS}")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    chosen = parser.parse_args(arguments)
    if chosen.rounds < MIN_ROUNDS:
        parser.error(f"--rounds: at least {MIN_ROUNDS}, or the medians say little")
    before = load()
    times = measure(chosen.rounds)
    report = {
        "surroundings": surroundings(),
        "rounds": chosen.rounds,
        "load_before": before,
        "load_after": load(),
        "results": results(times),
    }
    print(json.dumps(report, indent=2) if chosen.format == "json" else as_text(report))


if __name__ == "__main__":
    main()
