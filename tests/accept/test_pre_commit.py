"""pre-commit itself installs this repository and runs its hooks: needs git, pre-commit and PyPI."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.shared import ROOT

pytestmark = pytest.mark.skipif(
    "PRE_COMMIT" not in os.environ, reason="make accept sets PRE_COMMIT; it installs from PyPI"
)


def test_the_hooks_run_in_a_repository(tmp_path):
    def git(*words, cwd):
        names = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *names, *words], cwd=cwd, check=True, capture_output=True)

    # A copy, so that what is not committed yet is tried too.
    ours = tmp_path / "rbrules"
    kept = ("rbrules", "rules", "schemas", "pyproject.toml", "README.md", "LICENSE")
    ours.mkdir()
    for name in (*kept, ".pre-commit-hooks.yaml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, ours / name)
    git("init", "-q", cwd=ours)
    git("add", "-A", cwd=ours)
    git("commit", "-qm", "x", cwd=ours)

    theirs = tmp_path / "theirs"
    theirs.mkdir()
    git("init", "-q", cwd=theirs)
    shutil.copy(ROOT / "samples" / "contoh-temuan.json", theirs / "a.json")

    def hook():
        git("add", "-A", cwd=theirs)
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "try-repo", str(ours), "rbrules-check", "-a"],
            cwd=theirs,
            capture_output=True,
            text=True,
            env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "PYTHONPATH": ""},
            check=False,
        )

    done = hook()
    assert done.returncode == 0, done.stdout + done.stderr
    (theirs / "b.json").write_text('{"versi": 1, "tahun": "2023"}', "utf-8")
    done = hook()
    assert done.returncode == 1
    assert 'b.json:1:23: at /tahun found "2023"' in done.stdout
