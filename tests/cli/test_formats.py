"""`check --format` as a process of its own: several at once, all or none, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import simplejson

from rbrules.cli import shell
from rbrules.cli.formats import Target, read_targets
from rbrules.errors import InputError
from tests.shared import ROOT, assert_valid_report, run

TEMUAN = ROOT / "samples" / "contoh-temuan.json"
CHECK = ("check", TEMUAN, "--as-of", "2024-02-07", "--lang", "id")
FORMS = ("table", "md", "csv", "xlsx", "docx", "sarif", "junit", "github")


def test_several_formats_at_once(tmp_path):
    options = [x for form in FORMS for x in ("--format", f"{form}={tmp_path / form}")]
    done = run(*CHECK, *options, "--format", "json=-")
    assert done.returncode == 1
    assert_valid_report(simplejson.loads(done.stdout, use_decimal=True))
    assert {path.name for path in tmp_path.iterdir()} == set(FORMS)
    assert all(path.stat().st_size > 1000 for path in tmp_path.iterdir())


def test_nothing_is_written_where_one_file_cannot_be(tmp_path):
    kept = tmp_path / "lama.md"
    kept.write_text("lama")
    (tmp_path / "folder").mkdir()
    for bad in (tmp_path / "tiada" / "x.csv", tmp_path / "folder"):
        done = run(*CHECK, "--format", f"md={kept}", "--format", f"csv={bad}", "--format", "json")
        assert (done.returncode, done.stdout) == (2, b"")
        assert bad.name.encode() in done.stderr
        assert kept.read_text() == "lama"
        assert {path.name for path in tmp_path.iterdir()} == {"lama.md", "folder"}


def test_files_are_put_back_where_a_later_one_fails(tmp_path, monkeypatch):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("lama")
    replace = Path.replace

    def failing(self, target):
        if target == second:
            raise PermissionError(13, "Permission denied")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(InputError):
        shell.write_outputs({first: b"baru", second: b"baru"})
    assert first.read_text() == "lama"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_path_of_windows_is_a_file():
    assert read_targets([r"html=C:\x\laporan.html"], None) == [
        Target("html", Path(r"C:\x\laporan.html"))
    ]


@pytest.mark.parametrize(
    ("words", "output", "found"),
    [
        (["jsn"], None, "Did you mean json?"),
        (["xlsx"], None, "no file for xlsx"),
        (["docx=-"], None, "no file for docx"),
        (["md", "json=-"], None, "md and json for standard output"),
        (["md=a", "json=./a"], None, "md=a and json=a"),
        (["md="], None, "no file after md="),
        (["md=a", "json"], Path("b"), "-o beside several formats"),
        (["md=a"], Path("b"), "-o beside several formats"),
    ],
)
def test_what_is_refused(words, output, found):
    with pytest.raises(InputError) as caught:
        read_targets(words, output)
    assert found in str(caught.value)


def test_the_evaluation_file_is_spared(tmp_path):
    path = tmp_path / "agency.json"
    shutil.copy(TEMUAN, path)
    before = path.read_bytes()
    done = run("check", path, "--format", "md", "--format", f"json={path}")
    assert (done.returncode, done.stdout) == (2, b"")
    assert path.read_bytes() == before
