"""What a command imports, in a process of its own: late imports are what keeps the start short."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
BLITAR = "samples/real-blitar-2023.json"
CHECK = ("check", BLITAR, "--as-of", "2024-02-07", "--quiet")

READERS = {"jsonschema", "yaml"}
RENDERERS = {"tabulate", "rich"}
DOCUMENTS = {"openpyxl", "docx", "lxml"}
"""What renders spreadsheets and documents, and nothing else."""
DURABLE = {"durable_rules_engine"}
NEVER = {"pydantic", "rich", "asyncio", "http", "requests"}
"""What no command needs; rich and pydantic would come with a typer outside the range."""

COMMANDS = [
    (("--version",), READERS | RENDERERS | DURABLE | {"simplejson"}),
    (("--help",), READERS | RENDERERS | DURABLE | {"simplejson"}),
    (("check", "--help"), READERS | RENDERERS | DURABLE | {"simplejson"}),
    (("schema", "evaluation"), RENDERERS | DURABLE | {"simplejson"}),
    (("fields", "kinerja"), DURABLE | {"simplejson"}),
    (("rules", "list"), DURABLE | {"simplejson"}),
    ((*CHECK, "--format", "json"), RENDERERS),
    ((*CHECK, "--format", "json", "--engine", "python"), RENDERERS | DURABLE),
    ((*CHECK, "--engine", "python"), DURABLE | {"simplejson"}),
]

_LINE = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.MULTILINE)


@pytest.fixture(scope="module")
def start():
    """Import `benchmarks/start.py`, which is no package."""
    path = ROOT / "benchmarks" / "start.py"
    spec = importlib.util.spec_from_file_location("benchmark_start", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def imported(*arguments):
    command = [sys.executable, "-X", "importtime", "-m", "rbrules", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode in {0, 1}, done.stderr
    found = {name.partition(".")[0] for name in _LINE.findall(done.stderr)}
    assert "typer" in found, "the list of imports was not read"
    return found


@pytest.mark.parametrize(
    ("arguments", "unwanted"), COMMANDS, ids=[" ".join(command) for command, _ in COMMANDS]
)
def test_command_does_not_import(arguments, unwanted):
    assert imported(*arguments) & (unwanted | DOCUMENTS | NEVER) == set()


@pytest.mark.parametrize(
    ("form", "unwanted"),
    [("table", DOCUMENTS), ("csv", DOCUMENTS), ("xlsx", {"docx"}), ("docx", {"openpyxl"})],
)
def test_a_list_imports_the_library_of_its_format_only(form, unwanted, tmp_path):
    command = ("recommend", BLITAR, "--as-of", "2024-02-07", "--format", form)
    assert imported(*command, "-o", str(tmp_path / "list")) & (unwanted | NEVER) == set()


def test_printing_a_schema_needs_no_reader():
    assert imported("schema", "evaluation") & READERS == set()


def test_a_check_imports_what_it_uses():
    """Guard the test above: a module that was renamed would never be seen."""
    found = imported(*CHECK)
    assert found >= READERS | {"tabulate"}
    assert "simplejson" in imported(*CHECK, "--format", "json")


def test_the_benchmark_compares_equal_options(start, tmp_path):
    peer = tmp_path / "peer.py"
    peer.write_text(start.PEER, "utf-8")

    def options(*command):
        done = subprocess.run(
            [sys.executable, *command, "check", "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        )
        return set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", done.stdout, re.MULTILINE))

    assert options(str(peer)) == options("-m", "rbrules")
    assert len(options(str(peer))) > 10


def test_the_benchmark_takes_ratios_within_a_round(start):
    # A machine that slows down during the run changes the times, not the ratios.
    times = {start.FLOOR: [0.010, 0.020, 0.040], "peer": [0.060, 0.120, 0.240]}
    floor, peer = start.results(times)
    assert floor["ratio"] == 1
    assert (peer["ratio_lowest"], peer["ratio"], peer["ratio_highest"]) == (6, 6, 6)
    assert peer["median_ms"] == 120
