"""The program as people run it: a process with arguments, streams and an exit code."""

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
BLITAR = SAMPLES / "real-blitar-2023.json"
TEMUAN = SAMPLES / "contoh-temuan.json"
BERSIH = SAMPLES / "contoh-bersih.json"
KURANG = SAMPLES / "contoh-kurang-data.json"
AS_OF = ("--as-of", "2024-02-07")
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "=1+1\x1b[31m\x9b2J\u202egnp\u2066 | `x` <b>" + "y" * 200
BASE = {
    "versi": 1,
    "instansi": {"nama": "Pemerintah Kabupaten Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}


def run(*arguments, stdin=None, stdout=subprocess.PIPE, columns="100", path=None, **environment):
    clean = {
        key: value
        for key, value in os.environ.items()
        if key not in {"RBRULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}
    }
    paths = [str(path)] if path else []
    clean |= {"PYTHONPATH": os.pathsep.join([*paths, str(ROOT)]), "COLUMNS": columns}
    return subprocess.run(
        [sys.executable, "-m", "rbrules", *(str(argument) for argument in arguments)],
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=clean | environment,
        check=False,
        timeout=120,
    )


@cache
def ran(*arguments, columns="100"):
    return run(*arguments, columns=columns)


def out(done):
    return done.stdout.decode()


def err(done):
    return done.stderr.decode()


def write(tmp_path, tree, name="agency.json"):
    path = tmp_path / name
    path.write_text(json.dumps(BASE | tree), encoding="utf-8")
    return path


# --- exit codes ----------------------------------------------------------------------------------


def test_exit_0_where_there_is_no_finding():
    done = ran("check", BLITAR, *AS_OF)
    assert done.returncode == 0
    assert "71.38" in out(done)
    assert "+6.38 (instruments differ)" in out(done)
    assert "108.22 %" in out(done)
    assert re.fullmatch(r"Findings: 0 \(high 0, medium 0, low 0\); unknown: \d+\n", err(done))


def test_exit_1_where_there_are_findings():
    done = ran("check", TEMUAN, *AS_OF)
    assert done.returncode == 1
    assert "PK-001" in out(done)
    assert "TGT-001" in out(done)


@pytest.mark.parametrize(
    ("severity", "level", "code"),
    [
        ("low", "low", 1),
        ("low", "medium", 0),
        ("medium", "medium", 1),
        ("medium", "high", 0),
        ("high", "high", 1),
        ("high", "never", 0),
    ],
)
def test_fail_on(severity, level, code):
    rule = {"low": "RBI-001", "medium": "TGT-004", "high": "PK-001"}[severity]
    done = ran("check", TEMUAN, *AS_OF, "--only", rule, "--fail-on", level, "--quiet")
    assert done.returncode == code


def test_strict_counts_unknowns():
    assert ran("check", BLITAR, *AS_OF, "--strict").returncode == 1
    assert ran("check", BERSIH, *AS_OF, "--strict").returncode == 0


def test_exit_2_where_the_file_is_missing():
    done = ran("check", "no-such-file.json")
    assert (done.returncode, out(done)) == (2, "")
    assert "no-such-file.json" in err(done)


def test_exit_2_lists_problems_of_rules_and_evaluation_together(tmp_path):
    bad = write(tmp_path, {"tahunn": 2023})
    rules = tmp_path / "aturan"
    rules.mkdir()
    (rules / "UJI-001.yaml").write_text("id: 5\n", encoding="utf-8")
    done = run("check", bad, "--rules", rules)
    assert (done.returncode, out(done)) == (2, "")
    assert "tahunn" in err(done)
    assert "UJI-001.yaml" in err(done)
    assert "Traceback" not in err(done)


def test_exit_2_where_the_rule_folder_is_missing(tmp_path):
    done = run("check", BLITAR, "--rules", tmp_path / "none")
    assert (done.returncode, out(done)) == (2, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", BLITAR, "--as-of", "31-12-2024"),
        ("check", BLITAR, "--as-of", "2024-02-30"),
        ("check", BLITAR, "--fail-on", "nonsense"),
        ("check", BLITAR, "--lang", "fr"),
        ("check", BLITAR, "--rules-year", "12"),
        ("check", BLITAR, "--format", "xml"),
        ("nonsense",),
        ("fields", "nonsense"),
        ("schema", "nonsense"),
        ("rules", "show", "XX-999"),
    ],
)
def test_exit_2_where_the_usage_is_wrong(arguments):
    done = ran(*arguments)
    assert (done.returncode, out(done)) == (2, "")
    assert "Traceback" not in err(done)


BROKEN_ENGINE = """
class error(Exception): pass
def create_ruleset(*a): return 1
def assert_fact(*a): return (0, 1)
def start_action_for_state(*a): return ("{}", None)
def complete_and_start_action(*a): return None
def retract_fact(*a): return (0, 1)
def delete_state(*a): pass
def delete_ruleset(*a): pass
"""


def test_exit_3_where_the_engine_fails(tmp_path):
    pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")
    (tmp_path / "durable_rules_engine.py").write_text(BROKEN_ENGINE, encoding="utf-8")
    done = run("check", BERSIH, *AS_OF, path=tmp_path)
    assert (done.returncode, out(done)) == (3, "")
    assert "Traceback" not in err(done)
    assert len(err(done).splitlines()) == 1
    shown = run("check", BERSIH, *AS_OF, "--debug", path=tmp_path)
    assert (shown.returncode, out(shown)) == (3, "")
    assert "Traceback" in err(shown)
    assert err(shown).endswith(err(done))


REFUSING_ENGINE = (
    BROKEN_ENGINE
    + """
def create_ruleset(*a): raise error("error 113")
"""
)
BLIND_ENGINE = (
    BROKEN_ENGINE
    + """
def start_action_for_state(*a): return ('{"sentinel":{}}',) * 2
"""
)
"""Fires nothing but the sentinel: every rule that it decides passes."""


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        (REFUSING_ENGINE, "the engine failed: durable-rules: error 113"),
        ("def create_ruleset(*a): return 1", "internal error, no report was made"),
        ("raise RuntimeError('unusable')", "unusable"),
    ],
    ids=["refuses", "lacks functions", "cannot be loaded"],
)
def test_exit_3_says_in_one_line_what_failed(tmp_path, engine, words):
    pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")
    target = tmp_path / "laporan.txt"
    target.write_text("old", encoding="utf-8")
    (tmp_path / "durable_rules_engine.py").write_text(engine, encoding="utf-8")
    before = {path.name for path in tmp_path.iterdir()}
    done = run("check", BERSIH, *AS_OF, "-o", target, path=tmp_path)
    assert (done.returncode, out(done), target.read_text("utf-8")) == (3, "", "old")
    assert words in err(done)
    assert err(done).count("\n") == 1
    assert {path.name for path in tmp_path.iterdir()} - {"__pycache__"} == before


@pytest.mark.parametrize("options", [(), ("--debug",)])
def test_engines_that_disagree_are_exit_3_and_quote_nothing_raw(tmp_path, options):
    pytest.importorskip("durable_rules_engine", reason="durable-rules is not installed")
    (tmp_path / "durable_rules_engine.py").write_text(BLIND_ENGINE, encoding="utf-8")
    action = {"id": HOSTILE, "status": "belum", "tenggat": "2023-06-30"}
    path = write(tmp_path, {"rencana_aksi": [action]})
    done = run("check", path, *AS_OF, "--verify", "--only", "RA-001", *options, path=tmp_path)
    assert (done.returncode, out(done)) == (3, "")
    assert "disagree on RA-001" in err(done)
    assert ("Traceback" in err(done)) == bool(options)
    assert not RAW.search(err(done))
    # The engine that cannot see the finding is not asked here.
    alone = run("check", path, *AS_OF, "--engine", "python", "--only", "RA-001", path=tmp_path)
    assert alone.returncode == 1


# --- selection and dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "rules"),
    [
        ("PK-001", {"PK-001"}),
        ("PK", {"PK-001", "PK-002", "PK-003"}),
        ("TLA", {"TLA-001"}),
    ],
)
def test_only(word, rules):
    done = ran("check", TEMUAN, *AS_OF, "--only", word, "--format", "json", "--all", "--quiet")
    report = json.loads(out(done))
    assert {outcome["rule"] for outcome in report["outcomes"]} == rules
    assert report["rbrules"]["rulebook"]["rules"] == len(rules)


def test_skip_wins_over_only():
    done = ran("check", TEMUAN, *AS_OF, "--only", "perencanaan", "--skip", "PK", "--format", "json")
    found = {finding["rule"] for finding in json.loads(out(done))["findings"]}
    assert "PK-001" not in found
    assert "TGT-001" in found


@pytest.mark.parametrize("option", ["--only", "--skip"])
@pytest.mark.parametrize(
    ("word", "meant"), [("PK-0001", "PK-001"), ("perencanan", "perencanaan"), ("tengat", "tenggat")]
)
def test_an_unknown_word_is_a_problem_with_a_suggestion(option, word, meant):
    done = ran("check", TEMUAN, option, word)
    assert (done.returncode, out(done)) == (2, "")
    assert f'{option}: found "{word}"' in err(done)
    assert f"Did you mean {meant}?" in err(done)


@pytest.mark.parametrize("word", ["TGT-001", "TGT", "perencanaan", "tenggat"])
def test_skip_leaves_out_what_only_takes(word):
    def listed(*options):
        lines = out(ran("rules", "list", *options, columns="160")).splitlines()
        return {line.split()[0] for line in lines if re.match(r"[A-Z]+-\d", line)}

    taken, left = listed("--only", word), listed("--skip", word)
    assert taken
    assert left
    assert taken | left == listed()
    assert not taken & left


def test_as_of_is_today_in_jakarta_by_default():
    zone = timezone(timedelta(hours=7))
    days = [datetime.now(zone).date().isoformat()]
    report = json.loads(out(run("check", BLITAR, "--format", "json", "--engine", "python")))
    days.append(datetime.now(zone).date().isoformat())
    assert report["as_of"] in days


def test_a_deadline_of_the_day_is_not_overdue(tmp_path):
    path = write(
        tmp_path, {"rekomendasi": [{"id": "R1", "status": "belum", "tenggat": "2024-02-07"}]}
    )
    common = ("--only", "TL-001", "--quiet")
    assert run("check", path, "--as-of", "2024-02-07", *common).returncode == 0
    assert run("check", path, "--as-of", "2024-02-08", *common).returncode == 1


def test_rules_year_takes_the_rules_of_that_year():
    done = ran("check", BLITAR, *AS_OF, "--rules-year", "2019", "--format", "json", "--quiet")
    report = json.loads(out(done))
    assert report["indeks_rb"]["instrumen"] == "rb-2014"
    assert report["rbrules"]["rulebook"]["rules"] < 34


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "environment", "lang"),
    [
        ((), {}, "en"),
        (("--lang", "id"), {}, "id"),
        (("--lang", "en"), {"RBRULES_LANG": "id"}, "en"),
        ((), {"RBRULES_LANG": "id"}, "id"),
        ((), {"LANG": "id_ID.UTF-8"}, "id"),
        ((), {"LANG": "id_ID.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
    ],
)
def test_language_of_the_table(arguments, environment, lang):
    done = run("check", BLITAR, *AS_OF, "--engine", "python", *arguments, **environment)
    assert ("Indeks RB   71,38" in out(done)) == (lang == "id")


@pytest.mark.parametrize(
    ("environment", "lang"), [({"LANG": "id_ID.UTF-8"}, "en"), ({"RBRULES_LANG": "id"}, "id")]
)
def test_json_does_not_follow_the_locale(environment, lang):
    done = run("check", BLITAR, *AS_OF, "--format", "json", **environment)
    assert json.loads(out(done))["lang"] == lang


# --- streams and files ---------------------------------------------------------------------------


def test_output_file_holds_the_report_and_stdout_nothing(tmp_path):
    target = tmp_path / "laporan.json"
    done = run("check", TEMUAN, *AS_OF, "--format", "json", "-o", target)
    assert (done.returncode, out(done)) == (1, "")
    assert json.loads(target.read_text("utf-8"))["tahun"] == 2023
    assert [path.name for path in tmp_path.iterdir()] == ["laporan.json"]


def test_output_file_is_kept_where_there_is_no_report(tmp_path):
    target = tmp_path / "laporan.json"
    target.write_text("old", encoding="utf-8")
    bad = write(tmp_path, {"tahun": "2023"})
    assert run("check", bad, "-o", target).returncode == 2
    assert target.read_text("utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["agency.json", "laporan.json"]


@pytest.mark.parametrize("command", ["check", "recommend"])
@pytest.mark.parametrize("form", ["same", "another path", "symbolic link", "hard link"])
def test_output_does_not_replace_the_evaluation_file(tmp_path, command, form):
    file = target = write(tmp_path, {})
    before = file.read_bytes()
    if form == "another path":
        target = tmp_path / ".." / tmp_path.name / file.name
    elif form != "same":
        target = tmp_path / "link.json"
        try:
            target.symlink_to(file) if form == "symbolic link" else target.hardlink_to(file)
        except OSError:
            pytest.skip("links are not allowed here")
    done = run(command, file, "-o", target)
    assert (done.returncode, out(done)) == (2, "")
    assert "found the evaluation file itself; expected another file after -o" in err(done)
    assert file.read_bytes() == target.read_bytes() == before


def test_output_does_not_replace_a_rule_file(tmp_path):
    target = tmp_path / "XYZ-001.yaml"
    target.write_bytes((ROOT / "rules" / "perencanaan" / "PK-001.yaml").read_bytes())
    before = target.read_bytes()
    done = run("check", BLITAR, "--rules", tmp_path, "-o", target)
    assert (done.returncode, out(done)) == (2, "")
    assert "found a file of the rules; expected another file after -o" in err(done)
    assert target.read_bytes() == before


def test_output_folder_that_does_not_exist(tmp_path):
    done = run("check", BLITAR, *AS_OF, "-o", tmp_path / "none" / "x.txt")
    assert (done.returncode, out(done)) == (2, "")
    assert "Traceback" not in err(done)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_output_through_a_link_keeps_the_link(tmp_path):
    target, link = tmp_path / "laporan.txt", tmp_path / "link.txt"
    link.symlink_to(target.name)
    assert run("check", BLITAR, *AS_OF, "-o", link).returncode == 0
    assert link.is_symlink()
    assert "71.38" in target.read_text("utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")
def test_output_to_a_pipe_or_device_is_written_not_replaced(tmp_path):
    """Replaced, /dev/null would be lost to every program where a superuser names it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert run("check", BLITAR, *AS_OF, "-o", pipe).returncode == 0
        assert b"71.38" in os.read(reader, 65536)
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]


def test_output_that_is_a_folder_leaves_nothing_behind(tmp_path):
    folder = tmp_path / "laporan"
    folder.mkdir()
    done = run("check", BLITAR, *AS_OF, "-o", folder)
    assert (done.returncode, out(done)) == (2, "")
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


def test_report_and_summary_take_different_streams():
    done = ran("check", TEMUAN, *AS_OF)
    assert "Findings: " not in out(done)
    assert re.fullmatch(
        r"Findings: \d+ \(high \d+, medium \d+, low \d+\); unknown: \d+\n", err(done)
    )
    quiet = ran("check", TEMUAN, *AS_OF, "--quiet")
    assert (out(quiet), err(quiet)) == (out(done), "")


def test_all_adds_the_outcomes():
    short, full = (
        json.loads(out(ran("check", BERSIH, *AS_OF, "--format", "json", *options)))
        for options in ((), ("--all",))
    )
    outcomes = full.pop("outcomes")
    assert [*short.pop("command"), "--all"] == full.pop("command")
    assert short == full
    assert len(outcomes) == sum(full["summary"].values())
    assert len(out(ran("check", BERSIH, *AS_OF, "--all"))) > len(out(ran("check", BERSIH, *AS_OF)))


def test_quiet_and_standard_input():
    done = run("check", "-", *AS_OF, "--quiet", "--format", "json", stdin=BLITAR.read_bytes())
    assert (done.returncode, err(done)) == (0, "")
    report = json.loads(out(done))
    assert report["input"]["file"] == "<stdin>"
    named = json.loads(out(ran("check", BLITAR, *AS_OF, "--quiet", "--format", "json")))
    assert report["input"]["digest"] == named["input"]["digest"]


def in_shell(command):
    """Run a line of the shell in which `$RB` is the program."""
    program = f"'{sys.executable}' -m rbrules"
    return subprocess.run(
        ["bash", "-c", command.replace("$RB", program)],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "RBRULES_LANG": "en"},
        check=False,
        timeout=120,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of the shell")
@pytest.mark.parametrize("options", ["--quiet", "--all --format json"])
def test_a_closed_pipe_ends_quietly(options):
    # The long report does not fit into the pipe: the program is still writing when it closes.
    done = in_shell(f"$RB check '{TEMUAN}' --quiet {options} | head -n 1")
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", TEMUAN), 1),
        (("check", TEMUAN, "--all", "--format", "json"), 1),
        (("check", TEMUAN, "--fail-on", "never"), 0),
        (("check", BLITAR), 0),
        (("recommend", TEMUAN), 0),
        (("rules", "list"), 0),
        (("fields",), 0),
    ],
)
def test_a_reader_who_goes_away_changes_no_exit_code(arguments, code):
    """Else the same report would end with 1 or 0, by how much of it the pipe still takes."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run(
            *arguments, *(AS_OF if arguments[0] in {"check", "recommend"} else ()), stdout=writer
        )
    finally:
        os.close(writer)
    assert done.returncode == code
    assert re.fullmatch(r"(Findings: .*\n)?", err(done))


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of the shell")
@pytest.mark.parametrize(
    ("arguments", "code"), [("/no-such-file.json", 2), (f"'{TEMUAN}' --format json", 1)]
)
def test_a_closed_stderr_changes_no_exit_code(arguments, code):
    gone = in_shell(f"{{ $RB check {arguments}; echo $? >&3; }} 3>&1 2> >(true) | cat")
    assert gone.stdout.endswith(b"%d\n" % code)
    closed = in_shell(f"$RB check {arguments} 2>&-")
    assert (closed.returncode, closed.stderr) == (code, b"")
    assert b"Findings" not in closed.stdout
    assert b"problem" not in closed.stdout


# --- what the page tells ------------------------------------------------------------------------


def test_page_names_file_and_second_engine():
    page = out(ran("check", BLITAR, *AS_OF, "--verify", "--lang", "en"))
    digest = hashlib.sha256(BLITAR.read_bytes()).hexdigest()[:12]
    assert f"file real-blitar-2023.json, digest {digest}" in page
    assert "python came to the same outcomes" in " ".join(page.split())
    tree = json.loads(out(ran("check", BLITAR, *AS_OF, "--verify", "--format", "json")))
    assert tree["rbrules"]["verified_by"] == "python"
    alone = json.loads(out(ran("check", BLITAR, *AS_OF, "--format", "json")))
    assert alone["rbrules"]["verified_by"] is None


def test_page_opens_with_the_gravest_findings():
    tree = json.loads(out(ran("check", TEMUAN, *AS_OF, "--format", "json")))
    rules = {finding["rule"] for finding in tree["findings"]}
    page = out(ran("check", TEMUAN, *AS_OF, "--lang", "en", columns="160"))
    listed = page.partition(f"WHAT TO READ FIRST (5 of {len(rules)} rules with findings)")[2]
    rows = listed.partition("FINDINGS:")[0].splitlines()[3:]
    assert [row.split()[0] for row in rows if row] == ["1", "2", "3", "4", "5"]
    agency = {f["rule"] for f in tree["findings"] if f["subject"]["kind"] == "instansi"}
    high = {f["rule"] for f in tree["findings"] if f["severity"] == "high"}
    shown = [row.split()[1] for row in rows if row]
    assert set(shown) <= high
    assert [rule in agency for rule in shown] == sorted((r in agency for r in shown), reverse=True)
    assert "WHAT TO READ FIRST" not in out(ran("check", BLITAR, *AS_OF, "--lang", "en"))


def test_page_sorts_rules_without_a_subject():
    tree = json.loads(out(ran("check", BLITAR, *AS_OF, "--format", "json")))
    assert "PK-001" in tree["without_subject"]["kinerja"]
    assert set().union(*tree["without_subject"].values()) < set(tree["never_applied"])
    page = out(ran("check", BLITAR, *AS_OF, "--lang", "en", columns="160"))
    assert "No planning indicator in the file: ANA-001" in page
    assert "No subject meets the conditions for being judged: " in page


def test_page_shows_a_published_grade_that_is_not_the_computed_one(tmp_path):
    path = write(tmp_path, {"hasil_terbit": {"indeks_rb": 71.38, "predikat": "A"}})
    page = out(run("check", path, *AS_OF, "--lang", "en"))
    assert re.search(r"^As published +grade A$", page, re.MULTILINE)
    path = write(tmp_path, {"hasil_terbit": {"indeks_rb": 71.38, "predikat": "sangat BAIK"}})
    assert "As published" not in out(run("check", path, *AS_OF, "--lang", "en"))


def test_page_says_that_the_year_is_not_over():
    words = "2023 is not over on the day of the check"
    assert words in out(ran("check", BLITAR, "--as-of", "2023-12-31", "--lang", "en"))
    assert words not in out(ran("check", BLITAR, "--as-of", "2024-01-01", "--lang", "en"))


# --- the other commands --------------------------------------------------------------------------


def test_version_and_help():
    assert re.fullmatch(r"rbrules \d+\.\d+\.\d+\n", out(ran("--version")))
    assert "Usage" in out(ran()) + err(ran())


@pytest.mark.parametrize(
    "name", ["evaluation", "rule", "cases", "parameter", "vocabulary", "instrument", "report"]
)
def test_schema(name):
    assert json.loads(out(ran("schema", name)))["$schema"].endswith("2020-12/schema")


def test_fields_and_rules():
    assert "target_pk" in out(ran("fields", "kinerja"))
    assert "target_pk" not in out(ran("fields", "unit"))
    assert "rises_from" in out(ran("fields"))
    listed = out(ran("rules", "list"))
    assert listed.count("\n") > 34
    assert out(ran("rules", "show", "PK-001")).count("id: PK-001") == 1


@pytest.mark.parametrize(("lang", "separator"), [("id", ";"), ("en", ",")])
def test_recommendations_as_csv(lang, separator):
    done = ran("recommend", TEMUAN, *AS_OF, "--format", "csv", "--lang", lang)
    assert done.returncode == 0
    assert done.stdout.startswith(b"\xef\xbb\xbf")
    lines = done.stdout.decode("utf-8-sig").split("\r\n")
    assert lines[0].count(separator) == 16
    assert lines[-1] == ""


def test_csv_states_the_condition_with_its_figures():
    done = ran("recommend", TEMUAN, *AS_OF, "--format", "csv", "--lang", "en", "--only", "PK-001")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"), newline="")))
    assert {row["As of"] for row in rows} == {"2024-02-07"}
    conditions = [line for row in rows for line in row["Condition"].splitlines()]
    assert len(conditions) == sum(int(row["Count"]) for row in rows) == 6
    assert sum("71.60" in line and "71.70" in line for line in conditions) == 1


def test_recommendations_merge_what_is_alike():
    done = ran("recommend", TEMUAN, *AS_OF, "--format", "md", "--only", "PK-001")
    rows = [line for line in out(done).splitlines() if "PK\\-001" in line or "PK-001" in line]
    assert len(rows) == 3  # three units, six planning indicators


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("columns", ["80", "160"])
def test_recommendations_as_table(columns, lang):
    done = ran("recommend", TEMUAN, *AS_OF, "--lang", lang, columns=columns)
    assert (done.returncode, err(done)) == (0, "")
    assert "PK-001" in out(done)
    assert [line for line in out(done).splitlines() if len(line) > int(columns)] == []


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("columns", ["80", "160"])
@pytest.mark.parametrize("command", [("fields",), ("rules", "list")])
def test_catalogues_fit_the_screen(command, columns, lang):
    done = ran(*command, "--lang", lang, columns=columns)
    assert (done.returncode, err(done)) == (0, "")
    assert [line for line in out(done).splitlines() if len(line) > int(columns)] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("fields", "kinerj"), "Did you mean kinerja?"),
        (("schema", "evaluasi"), "expected one of batch, cases, comparison, evaluation, impact"),
        (("rules", "show", "PK-0001"), "Did you mean PK-001?"),
    ],
)
def test_an_unknown_name_says_what_is_known(arguments, words):
    done = ran(*arguments)
    assert (done.returncode, out(done)) == (2, "")
    assert words in err(done)


# --- hostile files and narrow screens ------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    rows = [
        {
            "id": f"{start}K-{HOSTILE}",
            "nama": HOSTILE + "z" * 9000,
            "unit": f"@{HOSTILE}",
            "satuan": HOSTILE,
            "arah": "naik",
            "renstra": {"2023": 5},
            "perjanjian_kinerja": {"2022": 6, "2023": 6},
        }
        for start in "=+-@"
    ]
    tree = {
        "instansi": {"nama": HOSTILE, "kelompok": "kabupaten"},
        "kinerja": rows,
        "unit": [{"id": f"@{HOSTILE}", "nama": f"={HOSTILE}"}],
        "hasil_terbit": {"indeks_rb": 71.38, "predikat": HOSTILE, "sebutan": HOSTILE},
        "target_indeks": [{"dokumen": HOSTILE, "tahun": 2023, "nilai": 60}],
        "rekomendasi": [{"id": HOSTILE, "teks": HOSTILE, "tahun": 2022}],
    }
    return write(tmp_path_factory.mktemp("hostile"), tree)


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--all"),
        ("check", "--format", "json", "--all"),
        ("recommend",),
        ("recommend", "--format", "csv"),
        ("recommend", "--format", "md"),
        ("recommend", "--format", "json"),
    ],
)
def test_nothing_raw_from_a_hostile_file(hostile, command):
    for lang in ("id", "en"):
        name, *options = command
        done = run(name, hostile, *AS_OF, *options, "--lang", lang)
        assert done.returncode in {0, 1}, err(done)
        assert not RAW.search(out(done).removeprefix("\ufeff"))
        assert not RAW.search(err(done))
        if "csv" in options:
            cells = re.split(r'[;,\r\n]"?', out(done).removeprefix("\ufeff"))
            assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_nothing_raw_in_a_problem(tmp_path):
    done = run("check", write(tmp_path, {HOSTILE: 1, "instrumen": HOSTILE}))
    assert done.returncode == 2
    assert not RAW.search(err(done))


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("columns", ["80", "160"])
@pytest.mark.parametrize("path", [TEMUAN, BERSIH, KURANG], ids=lambda path: path.stem)
def test_no_line_is_wider_than_the_screen(path, columns, lang):
    for options in ((), ("--all",)):
        done = ran("check", path, *AS_OF, "--lang", lang, "--quiet", *options, columns=columns)
        wide = [line for line in out(done).splitlines() if len(line) > int(columns)]
        assert wide == []


@pytest.mark.parametrize("command", [("check", "--all"), ("recommend",)])
@pytest.mark.parametrize("columns", ["80", "160"])
def test_a_long_name_is_not_wider_than_the_screen(hostile, command, columns):
    name, *options = command
    done = ran(name, hostile, *AS_OF, *options, columns=columns)
    assert [line for line in out(done).splitlines() if len(line) > int(columns)] == []


def test_a_line_break_in_a_name_starts_no_line(tmp_path):
    forged = "Kabupaten X\nFINDINGS: none\r\nADDRESSEE: nobody"
    action = {"id": forged, "status": "belum", "tenggat": "2023-06-30"}
    tree = {"instansi": {"nama": forged, "kelompok": "kabupaten"}, "rencana_aksi": [action]}
    path = write(tmp_path, tree)
    for command in (("check",), ("recommend",), ("recommend", "--format", "md")):
        lines = out(run(*command, path, *AS_OF, "--only", "RA-001")).splitlines()
        assert not [line for line in lines if line.startswith(("FINDINGS: none", "ADDRESSEE: n"))]


def test_no_cell_is_a_formula(tmp_path):
    starts = ("=", "+", "-", "@", " =", "\n=", "\t=", "\u00a0@")
    actions = [
        # A unit of its own gives each action a row of its own.
        {
            "id": f"{start}cmd|' /C calc'!A0",
            "status": "belum",
            "tenggat": "2023-06-30",
            "unit": unit,
        }
        for unit, start in zip("abcdefgh", starts, strict=True)
    ]
    path = write(tmp_path, {"rencana_aksi": actions})
    done = run("recommend", path, *AS_OF, "--only", "RA-001", "--format", "csv")
    rows = list(csv.reader(io.StringIO(done.stdout.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [16] * 9
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))] == []
    assert {f"'{action['id']}" for action in actions} <= set(cells)


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", HOSTILE),
        ("check", BLITAR, "--rules", HOSTILE),
        ("check", BLITAR, "--only", HOSTILE),
        ("check", BLITAR, "--as-of", HOSTILE),
        ("check", BLITAR, "-o", f"none/{HOSTILE}"),
        ("rules", "show", HOSTILE),
        ("schema", HOSTILE),
        ("fields", HOSTILE),
        (HOSTILE,),
    ],
)
def test_nothing_raw_from_an_argument(arguments):
    done = ran(*arguments)
    assert (done.returncode, out(done)) == (2, "")
    assert not RAW.search(err(done))
    assert "Traceback" not in err(done)


@pytest.mark.skipif(sys.platform != "linux", reason="file names of any bytes")
def test_nothing_raw_from_a_file_name(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\x1b[31m.json")
    Path(path).write_bytes(BLITAR.read_bytes())
    for command in (("check",), ("check", "--format", "json"), ("recommend", "--format", "csv")):
        done = run(*command, path, *AS_OF)
        assert done.returncode == 0, err(done)
        assert not RAW.search((out(done) + err(done)).removeprefix("\ufeff"))
    Path(path).write_bytes(b"{")
    done = run("check", path)
    assert done.returncode == 2
    assert not RAW.search(err(done))


def test_nothing_raw_from_faulty_values(tmp_path):
    row = {"id": HOSTILE, "arah": HOSTILE, "unit": HOSTILE, HOSTILE: HOSTILE}
    tree = {
        "unit": [{"id": "u"}],
        "kinerja": [row, row],
        "rencana_aksi": [{"id": HOSTILE, "tenggat": HOSTILE, "status": HOSTILE}],
        "indikator": [{"kode": HOSTILE, "nilai": HOSTILE}],
    }
    shape = run("check", write(tmp_path, tree))
    # Where the form is right, the cross-checks speak: an id twice, a unit that is not listed.
    rows = [{"id": HOSTILE, "unit": HOSTILE}] * 2
    cross = run("check", write(tmp_path, {"unit": [{"id": "u"}], "kinerja": rows}, "cross.json"))
    for done in (shape, cross):
        assert (done.returncode, out(done)) == (2, "")
        assert not RAW.search(err(done))
        assert "Traceback" not in err(done)
        assert int(err(done).splitlines()[-1].split()[0]) > 1
