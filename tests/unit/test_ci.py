"""The hooks and the workflow that docs/ci.md shows: they are what the other program reads, and run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
import yaml

import rbrules
from tests.shared import ROOT, SAMPLES, run

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
BLOCKS = [
    yaml.load(text, yaml.BaseLoader) for text in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
HOOKS = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text("utf-8"))}
(CONFIG,) = [block for block in BLOCKS if "repos" in block]
(WORKFLOW,) = [block for block in BLOCKS if "jobs" in block]
STEPS = WORKFLOW["jobs"]["check"]["steps"]
HELP = run("check", "--help").stdout.decode()


@pytest.fixture
def repository(tmp_path):
    """Lay out what the page names: an evaluation and a folder of rules with one rule."""
    made = run("init", "aturan-kita", cwd=tmp_path)
    assert made.returncode == 0
    options = "--dir aturan-kita --subject kinerja --severity low --field capaian --addressee unit"
    made = run("rules", "new", "ABC-001", *options.split(), cwd=tmp_path)
    assert made.returncode == 0
    sample = next(path for path in SAMPLES if path.name == "real-blitar-2023.json")
    (tmp_path / "agency.json").write_bytes(sample.read_bytes())
    return tmp_path


def test_pre_commit_reads_the_hooks():
    clientlib = pytest.importorskip("pre_commit.clientlib")
    loaded = clientlib.load_manifest(str(MANIFEST))
    assert [hook["id"] for hook in loaded] == list(HOOKS)


def test_the_page_uses_hooks_that_there_are_and_names_all():
    (repo,) = CONFIG["repos"]
    assert repo["rev"] == f"v{rbrules.__version__}"
    assert [hook["id"] for hook in repo["hooks"]] == list(HOOKS)
    assert all(f"`{id_}`" in PAGE for id_ in HOOKS)


@pytest.mark.parametrize("id_", HOOKS)
def test_a_hook_runs_as_pre_commit_runs_it(id_, repository):
    """pre-commit puts entry, args and file names one behind the other."""
    hook = HOOKS[id_]
    (used,) = [each for each in CONFIG["repos"][0]["hooks"] if each["id"] == id_]
    args = used.get("args", hook.get("args", []))
    files = ["agency.json"] if hook.get("pass_filenames", True) else []
    program, *words = shlex.split(hook["entry"])
    assert program == "rbrules"
    done = run(*words, *args, *files, cwd=repository)
    is_open = id_ == "rbrules-lint"  # a new rule has no translation yet
    assert done.returncode == is_open, done.stderr.decode()
    (repository / "agency.json").write_text('{"versi": 1}', "utf-8")
    rule = repository / "aturan-kita" / "lokal" / "ABC-001.yaml"
    rule.write_text(rule.read_text("utf-8").replace("id: ABC-001", "idd: ABC-001"), "utf-8")
    assert run(*words, *args, *files, cwd=repository).returncode == 2


def test_a_file_of_a_commit_is_a_line(repository):
    sample = next(path for path in SAMPLES if path.name == "contoh-temuan.json")
    options = ("--as-of", "2024-02-07", "--lang", "en")
    done = run("hook", "agency.json", sample, *options, cwd=repository)
    assert done.returncode == 1
    first, second = done.stdout.decode().splitlines()
    assert first.startswith("agency.json: Findings: 0 (")
    assert second.startswith(f"{sample}: Findings: 66 (high 39,")
    assert run("hook", sample, *options, "--fail-on", "never").returncode == 0
    assert run("hook", "agency.json", *options, "--strict", cwd=repository).returncode == 1
    (repository / "b.json").write_text("{", "utf-8")
    done = run("hook", sample, "agency.json", "b.json", "c.json", cwd=repository)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"b.json:1:2" in done.stderr
    assert b"c.json" in done.stderr


def test_the_workflow_is_one():
    assert WORKFLOW["on"] == ["push", "pull_request"]
    assert all(("uses" in step) != ("run" in step) for step in STEPS)
    written = {word.partition("=")[2] for step in STEPS for word in step.get("run", "").split()}
    (upload,) = [step for step in STEPS if "upload-sarif" in step.get("uses", "")]
    assert upload["with"]["sarif_file"] in written
    assert upload["if"] == "always()"


@pytest.mark.skipif("sarif" not in HELP, reason="this build has no SARIF")
def test_the_commands_of_the_workflow_run(repository):
    lines = [line for step in STEPS for line in step.get("run", "").splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("rbrules ")]
    assert len(commands) == 3
    for words in commands:
        done = run(*words, cwd=repository)
        assert done.returncode in {0, 1}, done.stderr.decode()
    assert (repository / "rbrules.sarif").stat().st_size


def test_the_manifest_is_valid_by_the_program_itself():
    pytest.importorskip("pre_commit")
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
