"""The wheel, installed in an empty environment and run from another folder, finds its data."""

import json
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, **options):
    return subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, **options
    )


@pytest.mark.slow
def test_wheel_finds_its_rules_and_schemas(tmp_path):
    dist = tmp_path / "dist"
    built = run(sys.executable, "-m", "build", "--wheel", "--outdir", dist, cwd=ROOT)
    assert built.returncode == 0, built.stdout + built.stderr
    (wheel,) = dist.glob("*.whl")

    env = tmp_path / "env"
    venv.create(env, with_pip=True)
    scripts = env / ("Scripts" if sys.platform == "win32" else "bin")
    installed = run(scripts / "python", "-m", "pip", "install", "--quiet", wheel)
    assert installed.returncode == 0, installed.stderr

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    sample = ROOT / "samples" / "real-blitar-2023.json"
    command = (scripts / "rbrules", "check", sample, "--as-of", "2024-02-07", "--format", "json")
    checked = run(*command, cwd=elsewhere)
    assert checked.returncode == 0, checked.stderr
    report = json.loads(checked.stdout)
    assert report["indeks_rb"]["nilai"] == 71.38
    assert report["rbrules"]["rulebook"]["rules"] > 20
    schema = run(scripts / "rbrules", "schema", "evaluation", cwd=elsewhere)
    assert json.loads(schema.stdout)["title"]
    shown = run(scripts / "rbrules", "rules", "show", "PK-001", cwd=elsewhere)
    assert "id: PK-001" in shown.stdout
