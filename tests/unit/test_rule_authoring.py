"""docs/rule-authoring.md is true: who types along gets what the page shows, from first to last."""

import re
import shlex
from typing import NamedTuple

import pytest

from tests.shared import ROOT, run

PAGE = (ROOT / "docs" / "rule-authoring.md").read_text("utf-8")
SCREEN = {"RBRULES_LANG": "en", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"^\$ rbrules (.+)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


class Content(NamedTuple):
    """What the page puts into a file, or adds to its end."""

    path: str
    text: str
    adds: bool


class Command(NamedTuple):
    """A command of the page: its line there, what comes out, its exit code."""

    line: int
    words: str
    shown: str
    code: int

    def __str__(self):
        return f"line {self.line}: {self.words}"


def steps():
    """Yield the contents and commands of the page in their order.

    The paragraph before a block names the file; the one after it the exit code of the last command
    of the block, where that is not 0.
    """
    end = 0
    for fence in _FENCE.finditer(PAGE):
        before = PAGE[end : fence.start()].strip().rpartition("\n\n")[2]
        end = fence.end()
        after = PAGE[end:].lstrip().partition("\n\n")[0]
        if fence[1] in {"yaml", "json"}:
            path = re.findall(r"`([\w./-]+\.(?:yaml|json))`", before)[-1]
            yield Content(path, fence[2], "Add to the end of" in before)
            continue
        assert fence[1] == "console"
        commands = list(_COMMAND.finditer(fence[2]))
        assert "".join(command[0] for command in commands) == fence[2]
        stated = re.search(r"exit code is ([0-9])", after)
        for command in commands:
            last = command is commands[-1]
            line = PAGE.count("\n", 0, fence.start(2) + command.start()) + 1
            yield Command(line, command[1], command[2], int(stated[1]) if stated and last else 0)


STEPS = list(steps())
COMMANDS = [step for step in STEPS if isinstance(step, Command)]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """Type along in an empty folder: what came of each command, as (text, exit code)."""
    desk = tmp_path_factory.mktemp("desk")
    found = {}
    for step in STEPS:
        if isinstance(step, Content):
            path = desk / step.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a" if step.adds else "w", encoding="utf-8") as file:
                file.write(step.text)
            continue
        words = shlex.split(step.words)
        done = run(*words, cwd=desk, timeout=300, **SCREEN)
        text = (done.stdout + done.stderr).decode().replace("\r\n", "\n")
        found[step.line] = (re.sub(r" +$", "", text, flags=re.MULTILINE), done.returncode)
    return found


def shows(shown, text):
    """Tell whether `shown` is the text; a line of three dots stands for one line or more."""
    lines = [
        r"(?:.*\n)+" if line == "..." else f"{re.escape(line)}\n" for line in shown.split("\n")
    ]
    return re.fullmatch("".join(lines[:-1]), text) is not None


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_command_prints_what_the_page_shows(command, outputs):
    text, code = outputs[command.line]
    assert code == command.code, text
    assert shows(command.shown, text), text


def test_every_command_shows_its_output():
    assert [str(command) for command in COMMANDS if not command.shown.replace("...\n", "")] == []


def test_dots_stand_for_lines():
    assert shows("a\n...\nd\n", "a\nb\nc\nd\n")
    assert not shows("a\nd\n", "a\nb\nd\n")
    assert not shows("...\nd\n", "d\n")
    assert not shows("a\n...\nd\n", "a\nb\nd\ne\n")


def test_contents_list_the_sections():
    listed = re.findall(r"^([0-9]+\. )\[(.+)\]\(#.+\)$", PAGE, re.MULTILINE)
    assert ["".join(row) for row in listed] == re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
