"""Every invalid input in `tests/invalid` ends in exactly the problems that stand beside it.

`evaluation/<defect>.json` has `<defect>.problems.txt`; a folder `rules/<defect>`, which is read
after the shipped rules, has `problems.txt`. `tests/golden.py --problems` writes both anew: read
every changed text as an auditor would who has nothing but that text and the file.
"""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rbrules.cli.main import app
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.report.words import safe
from rbrules.rulebook import load_rulebook
from tests.shared import INVALID, ROOT, RULES, run, shipped_rulebook

EVALUATIONS = sorted((INVALID / "evaluation").glob("*.json"))
FOLDERS = sorted(path for path in (INVALID / "rules").iterdir() if path.is_dir())
PLACE = re.compile(r"^[^:\n]+:[1-9][0-9]*:[1-9][0-9]*: (at \S|found ).*; expected .+")
SAMPLE = ROOT / "samples" / "real-blitar-2023.json"


def expectation(path: Path) -> Path:
    if path.is_dir():
        return path / "problems.txt"
    return path.with_name(f"{path.stem}.problems.txt")


def problems_of_evaluation(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_evaluation(load_json(path.read_bytes(), path.name), shipped_rulebook())
    return caught.value


def problems_of_rules(folder: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, folder])
    return caught.value


def test_there_are_enough_of_them():
    assert len(EVALUATIONS) >= 50
    assert len(FOLDERS) >= 50


def test_every_expectation_has_its_input():
    stems = {path.stem for path in EVALUATIONS}
    texts = (INVALID / "evaluation").glob("*.txt")
    assert {path.name.removesuffix(".problems.txt") for path in texts} == stems


@pytest.mark.parametrize("path", EVALUATIONS, ids=lambda path: path.stem)
def test_evaluation_by_api(path):
    error = problems_of_evaluation(path)
    assert safe(str(error)) + "\n" == expectation(path).read_text("utf-8")
    assert error.problems == tuple(sorted(error.problems))
    assert all(problem.file == path.name for problem in error.problems)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)
def test_rules_by_api(folder):
    error = problems_of_rules(folder)
    assert safe(str(error)) + "\n" == expectation(folder).read_text("utf-8")
    assert all(problem.file.startswith(f"{folder.name}/") for problem in error.problems)


@pytest.mark.parametrize("path", [*EVALUATIONS, *FOLDERS], ids=lambda path: path.stem)
def test_every_text_says_where_what_and_what_instead(path):
    for line in expectation(path).read_text("utf-8").splitlines():
        assert line.startswith("    ") or PLACE.match(line), line
        assert len(line) < 900, "a message must fit on a screen"
        assert "Decimal(" not in line
        assert "found found" not in line


@pytest.mark.parametrize("path", [*EVALUATIONS, *FOLDERS], ids=lambda path: path.stem)
def test_by_command(path, capfd, monkeypatch):
    """The program in this process: exit 2, the problems on stderr, nothing on stdout."""
    monkeypatch.chdir(path.parent)
    arguments = [path.name] if path.is_file() else [str(SAMPLE), "--rules", path.name]
    monkeypatch.setattr(sys, "argv", ["rbrules", "check", *arguments])
    with pytest.raises(SystemExit) as caught:
        app()
    printed = capfd.readouterr()
    assert caught.value.code == 2
    assert printed.out == ""
    *problems, count = printed.err.splitlines(keepends=True)
    assert "".join(problems) == expectation(path).read_text("utf-8")
    assert re.fullmatch(r"[0-9]+ problems?; no report was made\.\n", count)


def test_in_processes_of_their_own():
    """A dozen of the most brutal ones as real processes, and `recommend` as well as `check`."""
    names = ("not-utf8", "far-too-deep", "number-of-ten-thousand-digits", "empty", "many-problems")
    paths = [INVALID / "evaluation" / f"{name}.json" for name in names]

    def attempt(path: Path, command: str) -> subprocess.CompletedProcess[bytes]:
        return run(command, path, "--as-of", "2024-02-07")

    with ThreadPoolExecutor(2) as pool:
        jobs = [(path, command) for path in paths for command in ("check", "recommend")]
        for path, done in zip(
            (path for path, _ in jobs), pool.map(lambda job: attempt(*job), jobs), strict=True
        ):
            assert done.returncode == 2
            assert done.stdout == b""
            text = done.stderr.decode().replace(str(path), path.name)
            assert text.startswith(expectation(path).read_text("utf-8"))


def test_problems_of_rules_and_file_are_listed_together():
    folder = INVALID / "rules" / "unknown-field"
    path = INVALID / "evaluation" / "unknown-key.json"
    done = run("check", path, "--rules", folder)
    assert done.returncode == 2
    text = done.stderr.decode()
    assert "target_pkk" in text
    assert "hasil_terbitt" in text
    assert text.endswith("2 problems; no report was made.\n")


@pytest.mark.parametrize("command", ["rules list", "rules show PK-001"])
def test_other_commands_list_the_problems_of_rules(command):
    folder = INVALID / "rules" / "several-files"
    done = run(*command.split(), "--rules", folder)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().startswith(expectation(folder).read_text("utf-8"))
