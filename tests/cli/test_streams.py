"""Streams, file names, missing packages and narrow tables: what goes wrong outside the files."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rbrules.cli import shell
from tests.shared import BASE, RULES, SAMPLES, assert_valid_report, dump, environment, run

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
CHECK = ("check", "--as-of", "2024-02-07", "--engine", "python")
BLITAR = next(path for path in SAMPLES if path.stem == "real-blitar-2023")
TEMUAN = next(path for path in SAMPLES if path.stem == "contoh-temuan")
UNSAFE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
MARKS = "\u061c\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\x1b[31m\x85\x9b\x7f\x07\b"


def in_shell(redirection: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """Run the program with one of its streams redirected by a shell."""
    words = " ".join(f"'{word}'" for word in (sys.executable, "-m", "rbrules", *arguments))
    done = subprocess.run(
        ["sh", "-c", f"{words} {redirection}"], capture_output=True, env=environment(), check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


# --- streams -----------------------------------------------------------------------------------


@POSIX
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_behind_stdout():
    done = in_shell(">/dev/full", *CHECK, BLITAR)
    assert done.returncode == 2
    assert done.stderr.decode() == (
        "<stdout>: found no space left on device; expected a stream that can be written\n"
        "1 problem; no report was made.\n"
    )
    for word in ("--version", "--help"):
        done = in_shell(">/dev/full", word)
        assert done.returncode in {2, 3}
        assert b"no space left" in done.stderr.lower()
        assert b"Exception ignored" not in done.stderr


@POSIX
@pytest.mark.parametrize(
    ("redirection", "arguments", "stream"),
    [(">&-", (*CHECK, BLITAR), "<stdout>"), ("<&-", (*CHECK, "-"), "<stdin>")],
)
def test_a_closed_stream(redirection, arguments, stream):
    done = in_shell(redirection, *arguments)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"{stream}: found a closed stream; expected")


@POSIX
def test_a_closed_stderr():
    assert in_shell("2>&-", *CHECK, BLITAR).returncode == 0


@POSIX
def test_a_pipe_that_closes_early_in_a_long_report():
    done = in_shell("| head -c 10", *CHECK, TEMUAN, "--format", "json", "--all", "--quiet")
    assert (done.stdout, done.stderr) == (b'{\n  "versi', b"")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_stdout_is_utf8_when_piped(encoding):
    tree = BASE | {"instansi": {"nama": "Kantor Ñ 漢 😀", "kelompok": "kabupaten"}}
    done = run(*CHECK, "-", stdin=dump(tree), PYTHONIOENCODING=encoding, LC_ALL="C")
    assert done.returncode == 0
    assert done.stdout.decode("utf-8").startswith("Kantor Ñ 漢 😀 (regency), 2023\n")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 5000])
def test_bad_standard_input(data):
    done = run(*CHECK, "-", stdin=data)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"<stdin>:1:")


# --- file names --------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="a file name that is not UTF-8")
@pytest.mark.parametrize("name", [b"rapor-\xff.json", "rapor-\u202e\x1b[31m.json".encode()])
def test_a_file_name_that_a_terminal_must_not_see(tmp_path, name):
    path = tmp_path / os.fsdecode(name)
    path.write_bytes(BLITAR.read_bytes())
    for options in ([], ["--format", "json"]):
        done = run(*CHECK, path, *options)
        assert done.returncode == 0
        assert not UNSAFE.search(done.stdout.decode())
    assert json.loads(done.stdout)["input"]["file"] == os.fsdecode(name)
    absent = run(*CHECK, f"{path}x")
    assert absent.returncode == 2
    assert not UNSAFE.search(absent.stderr.decode())


@pytest.mark.parametrize("target", [".", "none/x.json"])
def test_an_output_that_cannot_be_written(tmp_path, target):
    done = run(*CHECK, BLITAR, "-o", tmp_path / target)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.endswith(
        b"expected a file that can be written\n1 problem; no report was made.\n"
    )
    assert list(tmp_path.iterdir()) == []


@POSIX
def test_an_output_file_has_the_usual_permissions(tmp_path):
    plain = tmp_path / "plain"
    plain.touch()
    for command in (("check",), ("recommend", "--format", "csv")):
        target = tmp_path / command[0]
        run(*command, BLITAR, "--as-of", "2024-02-07", "-o", target)
        assert target.stat().st_mode == plain.stat().st_mode


def test_a_file_that_is_replaced_keeps_no_rest_of_a_failed_write(tmp_path, monkeypatch):
    target = tmp_path / "laporan.txt"
    target.write_text("old", "utf-8")

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shell.os, "fsync", fail)
    with pytest.raises(shell.InputError) as caught:
        shell.write_output("new", target)
    assert "no space left on device" in str(caught.value)
    assert target.read_text("utf-8") == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["laporan.txt"]


# --- engines -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--engine", "python"), 0),
        (("--engine", "durable"), 2),
        (("--verify",), 2),
        (("--engine", "python", "--verify"), 2),
    ],
)
def test_without_durable_rules(tmp_path, options, code):
    (tmp_path / "durable_rules_engine.py").write_text("raise ImportError('no such package')")
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    done = run("check", BLITAR, "--as-of", "2024-02-07", *options, PYTHONPATH=path)
    assert done.returncode == code
    if code:
        assert done.stderr.startswith(b"--engine: found no package durable-rules; expected ")
    else:
        assert b"engine python" in done.stdout


def test_exit_3_is_one_plain_sentence(tmp_path):
    (tmp_path / "durable_rules_engine.py").write_text("raise OSError('cannot load it')")
    path = os.pathsep.join([str(tmp_path), environment()["PYTHONPATH"]])
    done = run("check", BLITAR, PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (3, b"")
    text = done.stderr.decode()
    assert text == "rbrules: internal error, no report was made: OSError: cannot load it\n"


# --- what is shown -----------------------------------------------------------------------------


def hostile_tree():
    word = f"=1+1{MARKS}"
    return BASE | {
        "instansi": {"nama": word, "kelompok": "kabupaten"},
        "unit": [{"id": "u", "nama": word, "dokumen": {"renja": {"ada": False}}}],
        "kinerja": [
            {
                "id": f"{start}{word}",
                "unit": "u",
                "nama": word,
                "satuan": word,
                "arah": "naik",
                "renstra": {"2023": 5},
                "perjanjian_kinerja": {"2023": 6},
            }
            for start in "=+-@\t\n"
        ],
        "hasil_terbit": {"indeks_rb": 71, "predikat": word, "sebutan": word},
        "target_indeks": [{"dokumen": word, "tahun": 2023, "nilai": 60}],
    }


@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_cell_is_a_formula(lang):
    done = run(
        *("recommend", "-", "--as-of", "2024-02-07", "--format", "csv", "--lang", lang),
        stdin=dump(hostile_tree()),
    )
    text = done.stdout.decode("utf-8")
    assert text[0] == "\ufeff"
    assert not UNSAFE.search(text[1:])
    rows = list(
        csv.reader(io.StringIO(text[1:], newline=""), delimiter=";" if lang == "id" else ",")
    )
    assert len(rows) > 2
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]


@pytest.mark.parametrize(
    "command",
    [("check",), ("check", "--format", "json"), ("check", "--all"), ("recommend",)],
    ids=" ".join,
)
def test_marks_are_shown_and_not_obeyed(command):
    name, *options = command
    done = run(name, "-", "--as-of", "2024-02-07", *options, stdin=dump(hostile_tree()))
    text = done.stdout.decode()
    assert not UNSAFE.search(text)
    assert not UNSAFE.search(done.stderr.decode())
    assert "\\u202e" in text
    assert "\\u001b" in text


def test_a_rule_file_is_shown_without_its_marks(tmp_path):
    text = (RULES / "perencanaan" / "PK-001.yaml").read_text("utf-8").replace("PK-001", "UJI-001")
    (tmp_path / "UJI-001.yaml").write_text(text + "# \u202e\u2066\n", "utf-8")
    done = run("rules", "show", "UJI-001", "--rules", tmp_path)
    assert done.returncode == 0
    assert done.stdout.decode() == text + "# \\u202e\\u2066\n"


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize(
    "command",
    [("recommend", TEMUAN, "--as-of", "2024-02-07"), ("rules", "list"), ("fields",)],
    ids=lambda command: command[0],
)
def test_other_tables_fit_the_screen(command, columns, lang):
    done = run(*command, "--lang", lang, COLUMNS=str(columns))
    assert [line for line in done.stdout.decode().splitlines() if len(line) > columns] == []


def test_no_cell_is_read_as_a_value():
    """A table must show 0.50, 2,024 and False as the file has them."""
    tree = BASE | {
        "kinerja": [
            {"id": id_, "arah": "naik", "renstra": {"2023": 5}, "perjanjian_kinerja": {"2023": 6}}
            for id_ in ("0.50", "2,024", "False", "1e5", "007", "nan")
        ]
    }
    done = run(*CHECK, "-", "--all", "--only", "PK-001", stdin=dump(tree))
    assert done.returncode == 1
    shown = set(re.findall(r"^PK-001 +(\S+) +finding", done.stdout.decode(), re.MULTILINE))
    assert shown == {"0.50", "2,024", "False", "1e5", "007", "nan"}


@pytest.mark.parametrize("options", [(), ("--all",), ("--lang", "id")], ids=" ".join)
@pytest.mark.parametrize("path", SAMPLES[:3], ids=lambda path: path.stem)
def test_printed_json_is_valid_by_its_schema(path, options):
    done = run(*CHECK, path, "--format", "json", *options)
    tree = json.loads(done.stdout)
    assert_valid_report(tree)
    assert ("outcomes" in tree) == ("--all" in options)
