"""`check --watch` in a process of its own: it sees what is saved, shows problems, ends on Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from queue import Empty, Queue

import pytest

from tests.shared import ROOT, environment, run

AGENCY = '{"versi": 1, "instansi": {"nama": "Contoh", "kelompok": "kota"}, "tahun": 2023%s}'
RULE = """\
rules:
  IDX-001: {severity: low, reason: %s}
"""
SECONDS = 30

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent there")


class Watched:
    """The process, and the lines that it has written so far."""

    def __init__(self, *arguments: object) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "rbrules", "check", *map(str, arguments), "--watch"],
            env=environment(RBRULES_LANG="en"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            # Where the suite runs in the background Ctrl-C is ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        self.lines: Queue[str] = Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, words: str) -> str:
        """Return what is written up to a line with `words`."""
        text, end = "", time.monotonic() + SECONDS
        while words not in text.rpartition("\n")[0].rpartition("\n")[2]:
            try:
                text += self.lines.get(timeout=max(0.1, end - time.monotonic()))
            except Empty:
                pytest.fail(f"no {words!r} in {text}")
        return text

    def report(self) -> str:
        return self.until("Waiting for a file to be saved")

    def is_quiet(self) -> bool:
        time.sleep(1)
        return self.lines.empty()


@pytest.fixture
def watched():
    started = []

    def start(*arguments: object) -> Watched:
        started.append(Watched(*arguments))
        return started[-1]

    yield start
    for each in started:
        with contextlib.suppress(ProcessLookupError):
            each.process.kill()
        each.process.wait()
        each.process.stdout.close()


def save(path: Path, text: str) -> None:
    """Save as editors do: write another file, and let it take the place of the old one."""
    new = path.with_name(f".{path.name}.tmp")
    new.write_text(text, "utf-8")
    new.replace(path)


def test_each_save_is_checked_until_ctrl_c(tmp_path, watched):
    file = tmp_path / "agency.json"
    file.write_text(AGENCY % "", "utf-8")
    process = watched(file)
    first = process.report()
    assert "agency.json -----" in first
    assert "Contoh (city), 2023" in first

    save(file, AGENCY % ', "hasil_terbit": {"indeks_rb": 71.38}')
    assert "71.38" in process.report()

    file.write_text(AGENCY % ', "hasil_terbit": {"indeks_rb": "71,38"}', "utf-8")
    refused = process.report()
    assert 'found "71,38"; expected a number or null' in refused
    assert "1 problem; no report was made." in refused

    file.unlink()
    assert "no such file" in process.report()
    save(file, AGENCY % ', "hasil_terbit": {"indeks_rb": 70}')
    assert "Grade " in process.report()

    (tmp_path / "other.json").write_text("{}", "utf-8")
    assert process.is_quiet()

    process.process.send_signal(signal.SIGINT)
    process.until("No longer watching.")
    assert process.process.wait(SECONDS) == 130


def test_own_rules_are_watched_too_and_new_folders_in_them(tmp_path, watched):
    file, own = tmp_path / "agency.json", tmp_path / "lokal"
    file.write_text(AGENCY % "", "utf-8")
    own.mkdir()
    process = watched(file, "--rules", own)
    assert "Alasan" not in process.report()
    save(own / "overrides.yaml", RULE % "Alasan satu.")
    assert "Alasan satu." in process.report()
    (own / "keluarga").mkdir()
    process.report()
    while not process.is_quiet():  # once more where the folder came behind the first look
        process.report()
    (own / "keluarga" / "ABC-001.yaml").write_text("id: ABC-001\n", "utf-8")
    assert "keluarga/ABC-001.yaml" in process.report()


def test_a_report_in_the_same_folder_does_not_start_another(tmp_path, watched):
    file, output = tmp_path / "agency.json", tmp_path / "report.json"
    file.write_text(AGENCY % "", "utf-8")
    process = watched(file, "--format", "json", "-o", output)
    process.report()
    assert process.is_quiet()
    assert output.stat().st_size


def test_what_cannot_be_watched(tmp_path):
    done = run("check", "-", "--watch", stdin=b"{}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--watch: found standard input" in done.stderr
    done = run("check", tmp_path / "none" / "a.json", "--watch", "--rules", os.devnull)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"none: found no such folder" in done.stderr
