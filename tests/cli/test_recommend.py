"""`recommend` as a process of its own: formats, files, and what is refused."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys

import docx
import openpyxl
import pytest
import simplejson

from rbrules.validate import problems_of
from tests.shared import BASE, ROOT, document_of, dump, environment, run

TEMUAN = ROOT / "samples" / "contoh-temuan.json"
AS_OF = ("--as-of", "2024-02-07")
BINARY = ("xlsx", "docx")


def err(done):
    return done.stderr.decode()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_workbook_is_written(tmp_path, lang):
    path = tmp_path / "list.xlsx"
    done = run("recommend", TEMUAN, *AS_OF, "--lang", lang, "--format", "xlsx", "-o", path)
    assert (done.returncode, done.stdout, err(done)) == (0, b"", "")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[0] == {"id": "Semua", "en": "All"}[lang]
    assert book.worksheets[0].max_row > 50


@pytest.mark.parametrize("lang", ["id", "en"])
def test_an_annex_is_written(tmp_path, lang):
    path = tmp_path / "list.docx"
    done = run("recommend", TEMUAN, *AS_OF, "--lang", lang, "--format", "docx", "-o", path)
    assert (done.returncode, done.stdout, err(done)) == (0, b"", "")
    assert len(docx.Document(path).tables[0].rows) > 50


@pytest.mark.parametrize("form", BINARY)
def test_a_document_is_the_same_each_time(tmp_path, form):
    paths = [tmp_path / f"{n}.{form}" for n in range(2)]
    for path in paths:
        run("recommend", TEMUAN, *AS_OF, "--format", form, "-o", path, PYTHONHASHSEED=path.stem)
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.mark.parametrize("form", BINARY)
def test_a_document_needs_a_file(form):
    done = run("recommend", TEMUAN, *AS_OF, "--format", form)
    assert (done.returncode, done.stdout) == (2, b"")
    assert err(done) == (
        "-o: found no file; expected the name of a file\n"
        f"    Add -o FILE: no terminal or pipe shows the format {form}.\n"
        "1 problem; no report was made.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("form", BINARY)
def test_a_document_is_not_written_to_a_terminal(form):
    import pty

    leader, follower = pty.openpty()
    try:
        done = run("recommend", TEMUAN, *AS_OF, "--format", form, "-o", os.ttyname(follower))
        os.set_blocking(leader, False)
        with pytest.raises(BlockingIOError):
            os.read(leader, 1)
    finally:
        os.close(leader)
        os.close(follower)
    assert done.returncode == 2
    assert "found a terminal; expected a file after -o" in err(done)


@pytest.mark.parametrize("form", BINARY)
def test_the_evaluation_file_is_not_replaced(tmp_path, form):
    path = tmp_path / "agency.json"
    path.write_bytes(TEMUAN.read_bytes())
    done = run("recommend", path, *AS_OF, "--format", form, "-o", path)
    assert done.returncode == 2
    assert path.read_bytes() == TEMUAN.read_bytes()


@pytest.mark.parametrize("form", BINARY)
def test_a_document_replaces_a_file_whole_or_not_at_all(tmp_path, form):
    path = tmp_path / f"list.{form}"
    path.write_bytes(b"old")
    wrong = tmp_path / "wrong.json"
    wrong.write_bytes(dump({**BASE, "tahun": "2023"}))
    assert run("recommend", wrong, *AS_OF, "--format", form, "-o", path).returncode == 2
    assert path.read_bytes() == b"old"
    assert run("recommend", TEMUAN, *AS_OF, "--format", form, "-o", path).returncode == 0
    assert path.read_bytes()[:2] == b"PK"
    assert {p.name for p in tmp_path.iterdir()} == {path.name, "wrong.json"}
    lost = run("recommend", TEMUAN, *AS_OF, "--format", form, "-o", tmp_path / "no" / "list")
    assert lost.returncode == 2
    assert "no such file or directory" in err(lost)


@pytest.mark.parametrize(("form", "module"), [("xlsx", "openpyxl"), ("docx", "docx")])
def test_a_missing_library_is_named(tmp_path, form, module):
    code = f"import sys; sys.modules[{module!r}] = None; from rbrules.cli.main import main; main()"
    command = ("recommend", str(TEMUAN), *AS_OF, "--format", form, "-o", str(tmp_path / "list"))
    done = subprocess.run(
        [sys.executable, "-c", code, *command], capture_output=True, env=environment(), check=False
    )
    assert done.returncode == 2
    assert f"--format: found no package {module}; expected" in err(done)


@pytest.fixture
def costs(tmp_path):
    path = tmp_path / "costs.yaml"
    path.write_text("SPIP: 2\nsakip: 12.5\ntl_bpk: 0\n")
    return path


def test_efforts_stand_in_json_for_the_rules_that_raise_a_line_with_a_cost(costs):
    from tests.shared import shipped_rulebook

    done = run("recommend", TEMUAN, *AS_OF, "--format", "json", "--costs", costs)
    tree = simplejson.loads(done.stdout, use_decimal=True)
    assert problems_of(document_of(tree, "list.json"), "recommendations") == []
    given = {"spip": "2", "sakip": "12.5", "tl_bpk": "0"}
    raises = {rule.id: rule.raises for rule in shipped_rulebook().rules}
    shown = set()
    for entry in tree["recommendations"]:
        line = raises[entry["rule"]]
        effort = entry.get("effort")
        assert (effort is not None) == (line in given), entry["rule"]
        if effort is not None:
            assert (effort["line"], str(effort["cost"])) == (line, given[line])
            shown.add(line)
    assert shown == set(given)


@pytest.mark.parametrize(
    ("lang", "name", "words"), [("id", "Biaya", "12,5 (sakip)"), ("en", "Effort", "12.5 (sakip)")]
)
def test_efforts_stand_in_every_format(tmp_path, costs, lang, name, words):
    command = ("recommend", TEMUAN, *AS_OF, "--lang", lang)
    for columns in ("80", "100", "160"):
        text = run(*command, "--costs", costs, COLUMNS=columns).stdout.decode()
        assert words in text
        assert "0 (tl_bpk)" in text
        assert f"{name}: " in text
    rows = list(
        csv.DictReader(
            io.StringIO(
                run(*command, "--costs", costs, "--format", "csv").stdout.decode("utf-8-sig"),
                newline="",
            ),
            delimiter=";" if lang == "id" else ",",
        )
    )
    assert {row[name] for row in rows} == {"", "2 (spip)", words, "0 (tl_bpk)"}
    assert f"| {name} |" in run(*command, "--costs", costs, "--format", "md").stdout.decode()
    for form in BINARY:
        path = tmp_path / f"list.{form}"
        assert run(*command, "--costs", costs, "--format", form, "-o", path).returncode == 0
    sheet = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {name, words} <= cells
    table = docx.Document(tmp_path / "list.docx").tables[0]
    assert {name, words} <= {cell.text for row in table.rows for cell in row.cells}
    for form in ("table", "csv", "md", "json"):
        assert name not in run(*command, "--format", form).stdout.decode()


def test_a_line_that_is_not_there_has_no_cost(costs):
    costs.write_text("spipp: 2\n")
    done = run("recommend", TEMUAN, *AS_OF, "--costs", costs)
    assert (done.returncode, done.stdout) == (2, b"")
    assert "Did you mean spip?" in err(done)


@pytest.mark.parametrize("columns", ["80", "100", "120", "140"])
def test_the_table_breaks_no_word(costs, columns):
    """Every word of the list stands whole in the table, whatever its width."""
    command = ("recommend", TEMUAN, *AS_OF, "--lang", "id", "--costs", costs)
    tree = simplejson.loads(run(*command, "--format", "json").stdout)
    shown = set(run(*command, COLUMNS=columns).stdout.decode().split())
    for entry in tree["recommendations"]:
        subjects = [finding["subject"]["id"] for finding in entry["findings"]]
        for text in (entry["recommendation"], entry["basis"], ", ".join(subjects)):
            assert set(text.split()) <= shown


def test_json_ignores_the_locale_and_follows_the_option():
    for options, lang in (((), "en"), (("--lang", "id"), "id")):
        done = run("recommend", TEMUAN, *AS_OF, "--format", "json", *options, LANG="id_ID.UTF-8")
        tree = simplejson.loads(done.stdout, use_decimal=True)
        assert (done.returncode, tree["lang"]) == (0, lang)
        assert problems_of(document_of(tree, "list.json"), "recommendations") == []


@pytest.mark.parametrize("by", ["addressee", "priority", "family"])
@pytest.mark.parametrize("form", ["table", "csv", "md", "json"])
def test_every_format_takes_every_order(form, by):
    done = run("recommend", TEMUAN, *AS_OF, "--lang", "en", "--format", form, "--by", by)
    assert (done.returncode, err(done)) == (0, "")
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"), newline="")))
        ranks = ["HIGH", "MEDIUM", "LOW"]
        places = [ranks.index(row["Severity"]) for row in rows]
        assert (places == sorted(places)) == (by == "priority")


def test_days_are_counted_from_receipt():
    command = ("recommend", TEMUAN, *AS_OF, "--format", "json", "--received", "2024-03-01")
    tree = simplejson.loads(run(*command).stdout)
    assert (tree["as_of"], tree["received"]) == ("2024-02-07", "2024-03-01")
    assert tree["deadlines"][0]["deadline"] == "2024-03-31"


def test_an_own_folder_changes_the_days(tmp_path):
    (tmp_path / "overrides.yaml").write_text(
        "parameters:\n"
        "  hari_tindak_lanjut_tinggi:\n"
        "    reason: SK Inspektur 12/2023\n"
        "    values: [{value: 14, from: 2014-01-01, source: project}]\n"
    )
    command = ("recommend", TEMUAN, *AS_OF, "--format", "json", "--rules", tmp_path)
    tree = simplejson.loads(run(*command).stdout)
    assert tree["deadlines"][0]["days"] == 14
    assert tree["deadlines"][0]["deadline"] == "2024-02-21"


def test_a_folder_that_gives_no_days_is_a_problem(tmp_path):
    (tmp_path / "overrides.yaml").write_text(
        "parameters:\n"
        "  hari_tindak_lanjut_tinggi:\n"
        "    reason: Keliru\n"
        "    values: [{value: 0.5, from: 2014-01-01, source: project}]\n"
    )
    done = run("recommend", TEMUAN, *AS_OF, "--rules", tmp_path)
    assert done.returncode == 2
    assert "expected a whole number of days from 1 to 3660" in err(done)
