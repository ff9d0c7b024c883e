"""Completion as the shells ask for it: words in environment variables, answers on standard output."""

import json
import os
import subprocess
import sys

import pytest

from tests.shared import ROOT, environment, shipped_rulebook

SHELLS = ("bash", "zsh", "fish", "powershell")
RULEBOOK = shipped_rulebook()


def completed(words, shell="bash", cwd=None):
    """Return what is offered for the last of the words, for zsh and fish as they quote it."""
    *before, last = words
    asked = {
        "bash": {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(before))},
        "zsh": {"_TYPER_COMPLETE_ARGS": " ".join(words)},
        "fish": {
            "_TYPER_COMPLETE_ARGS": " ".join(words),
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
        "powershell": {
            "_TYPER_COMPLETE_ARGS": " ".join(words),
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": last,
        },
    }
    done = subprocess.run(
        [sys.executable, "-m", "rbrules"],
        env=environment(_RBRULES_COMPLETE=f"complete_{shell}", **asked[shell]),
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_ids_in_every_shell(shell):
    words = completed(("rbrules", "explain", "PK-"), shell)
    for id_ in ("PK-001", "PK-002", "PK-003"):
        assert id_ in words
    assert "RA-001" not in words


@pytest.mark.parametrize(
    "words",
    [
        ("rbrules", "explain", ""),
        ("rbrules", "rules", "show", ""),
        ("rbrules", "rules", "test", "PK-001", ""),
    ],
    ids=" ".join,
)
def test_every_id_is_offered(words):
    assert completed(words).split() == [rule.id for rule in RULEBOOK.rules]


@pytest.mark.parametrize("option", ["--only", "--skip"])
@pytest.mark.parametrize("command", ["check", "recommend", "compare"])
def test_words_that_select_rules(command, option):
    words = completed(("rbrules", command, "a.json", option, "")).split()
    assert set(words) == {word for rule in RULEBOOK.rules for word in (rule.id, rule.family)}
    assert completed(("rbrules", command, "a.json", option, "PK-")).split() == [
        "PK-001",
        "PK-002",
        "PK-003",
    ]
    assert completed(("rbrules", command, "a.json", option, "peren")).split() == ["perencanaan"]


def test_ids_of_an_own_folder(tmp_path):
    (tmp_path / "lokal").mkdir()
    for name in ("ABC-001.yaml", "ABC-001.cases.yaml", "catatan.yaml"):
        (tmp_path / "lokal" / name).write_text("not read", "utf-8")
    words = ("rbrules", "explain", "--rules", os.fspath(tmp_path), "ABC")
    assert completed(words).split() == ["ABC-001"]
    assert completed(("rbrules", "explain", "--rules", "nowhere", "ABC")).split() == []


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("schema", "re"), ["report", "recommendations"]),
        (("fields", "k"), ["kinerja"]),
        (("check", "a.json", "--lang", ""), ["id", "en"]),
        (("check", "a.json", "--rules-"), ["--rules-year"]),
    ],
)
def test_other_words(words, offered):
    assert completed(("rbrules", *words)).split() == offered


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "pwsh"])
def test_the_script_asks_the_program_by_its_name(shell):
    done = subprocess.run(
        [sys.executable, "-m", "rbrules", "--show-completion", shell],
        env=environment(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "_RBRULES_COMPLETE" in done.stdout
    assert "python" not in done.stdout.lower().replace(json.dumps(sys.executable), "")


def test_completion_reads_no_rule():
    """Each Tab starts the program: it must not take the time of a check."""
    asked = {"COMP_WORDS": "rbrules explain ", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rbrules"],
        env=environment(_RBRULES_COMPLETE="complete_bash", **asked),
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    assert "PK-001" in done.stdout
    assert not any(name in done.stderr for name in ("| yaml", "jsonschema", "rbrules.rulebook"))
