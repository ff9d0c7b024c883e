"""`rbrules batch` as a program: what it writes, its exit codes, and runs that are cut off."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from rbrules.load.json_reader import load_json
from rbrules.validate import problems_of
from tests.shared import AS_OF, BASE, ROOT, dump, environment, run

SAMPLES = ROOT / "samples"
CLEAN = SAMPLES / "real-blitar-2023.json"
FAULTY = SAMPLES / "contoh-temuan.json"
DAY = ("--as-of", AS_OF.isoformat())


def batch(*arguments, **more):
    return run("batch", *arguments, *DAY, "--lang", "en", "--jobs", "1", **more)


def lines_of(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def test_lines_are_the_reports_of_check_in_order():
    done = batch(FAULTY, CLEAN, "--format", "jsonl")
    assert done.returncode == 1
    first, second = lines_of(done.stdout)
    for line, path in ((first, FAULTY), (second, CLEAN)):
        alone = run("check", path, *DAY, "--lang", "en", "--format", "json", "--quiet")
        assert line["report"] == json.loads(alone.stdout)


def test_several_formats_at_once_and_no_output_is_read_as_input(tmp_path):
    (tmp_path / "a.json").write_bytes(CLEAN.read_bytes())
    (tmp_path / "b.json").write_bytes(b"{")
    files = {name: tmp_path / f"hasil.{name}" for name in ("jsonl", "json", "csv")}
    wanted = [word for name, path in files.items() for word in ("--format", f"{name}={path}")]
    for _ in range(2):
        done = batch(tmp_path, *wanted, "--format", "table")
        assert done.returncode == 1
        assert b"a.json" in done.stdout
        assert b"b.json:1:2" in done.stderr
        lines = lines_of(files["jsonl"].read_bytes())
        assert [line["state"] for line in lines] == ["judged", "invalid"]
        summary = load_json(files["json"].read_bytes(), "s.json")
        assert problems_of(summary, "batch") == []
        assert summary.tree["files"] == {"judged": 1, "invalid": 1, "failed": 0, "retried": 0}
        rows = list(csv.DictReader(io.StringIO(files["csv"].read_text("utf-8-sig"))))
        assert [row["indeks_rb_nilai"] for row in rows] == ["71.38", ""]
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
            ["a.json", "b.json", *(p.name for p in files.values())]
        )


@pytest.mark.parametrize(
    ("paths", "options", "code"),
    [
        ([CLEAN], [], 0),
        ([FAULTY], [], 1),
        ([FAULTY], ["--fail-on", "never"], 0),
        ([CLEAN, "tidak-ada.json"], [], 1),
        (["tidak-ada.json"], [], 2),
        ([CLEAN], ["--format", "jsonl", "--format", "csv"], 2),
        ([CLEAN], ["--resume"], 2),
        ([CLEAN], ["--only", "ABC-999"], 2),
    ],
)
def test_exit_codes(paths, options, code):
    done = batch(*paths, *options)
    assert done.returncode == code, done.stderr
    assert (code == 2) == (b"found" in done.stderr) or code == 1


def test_standard_input_holds_lines():
    data = dump(BASE) + b"\n" + dump({**BASE, "tahun": "2023"}) + b"\n"
    done = batch("-", "--format", "jsonl", stdin=data)
    assert [line["file"] for line in lines_of(done.stdout)] == [
        "<stdin>, line 1",
        "<stdin>, line 2",
    ]
    assert [line["state"] for line in lines_of(done.stdout)] == ["judged", "invalid"]


def test_hostile_names_reach_neither_terminal_nor_spreadsheet(tmp_path):
    agency = {"nama": "=1+1\u202e\x1b[31m", "kelompok": "kabupaten"}
    (tmp_path / "x.json").write_bytes(
        dump({**BASE, "instansi": agency, "hasil_terbit": {"indeks_rb": 70}})
    )
    for form in ("table", "jsonl", "csv", "json"):
        text = batch(tmp_path, "--format", form).stdout.decode()
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert form != "csv" or ",'=1+1" in text


def test_a_run_that_is_killed_is_taken_up_where_it_stopped(tmp_path):
    for number in range(60):
        tree = {**BASE, "instansi": {"nama": f"Contoh {number}", "kelompok": "kabupaten"}}
        (tmp_path / f"{number:02}.json").write_bytes(dump(tree))
    output = tmp_path / "hasil.jsonl"
    output.write_text("lama\n", "utf-8")
    os.mkfifo(tmp_path / "50a.json")  # the run waits here
    command = [sys.executable, "-m", "rbrules", "batch", str(tmp_path), "--jobs", "1", *DAY]
    command += ["--format", f"jsonl={output}", "--lang", "en", "--quiet"]
    part = tmp_path / "hasil.jsonl.part"
    with subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL) as started:
        until = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size > 20_000) and time.monotonic() < until:
            time.sleep(0.05)
        started.send_signal(signal.SIGKILL)
    assert output.read_text("utf-8") == "lama\n"
    seen = part.read_bytes().count(b"\n")
    assert seen > 0
    (tmp_path / "50a.json").unlink()
    resumed = subprocess.run([*command, "--resume"], env=environment(), check=False, timeout=120)
    assert resumed.returncode in {0, 1}
    whole = batch(tmp_path, "--format", f"jsonl={tmp_path / 'lain.jsonl'}", "--quiet")
    assert whole.returncode in {0, 1}
    assert not part.exists()
    assert not (tmp_path / "hasil.jsonl.earlier").exists()
    mine = [line for line in lines_of(output.read_bytes()) if line["state"] == "judged"]
    assert len(mine) == 60
    assert {line["file"]: line for line in mine}.keys() == {
        line["file"]
        for line in lines_of((tmp_path / "lain.jsonl").read_bytes())
        if line["state"] == "judged"
    }
