"""The program as people run it: a process with arguments, streams and an exit code."""

import json
import os
import re
import subprocess
import sys
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
BASE = {
    "versi": 1,
    "instansi": {"nama": "Pemerintah Kabupaten Contoh", "kelompok": "kabupaten"},
    "tahun": 2023,
}


def run(*arguments, stdin=None, columns="100", path=None, **environment):
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
        capture_output=True,
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
    assert err(done) == "Findings: 0 (high 0, medium 0, low 0); unknown: 9\n"


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
    assert shown.returncode == 3
    assert "Traceback" in err(shown)


# --- selection and dates -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "rules"),
    [
        ("PK-001", {"PK-001"}),
        ("PK", {"PK-001"}),
        ("pengukuran", {"KIN-001"}),
        ("keselarasan", {"PK-001", "SEL-001", "SEL-002"}),
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


def test_an_unknown_word_is_a_problem_with_a_suggestion():
    done = ran("check", TEMUAN, "--only", "PK-0001")
    assert done.returncode == 2
    assert "PK-001" in err(done)


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


def test_output_folder_that_does_not_exist(tmp_path):
    done = run("check", BLITAR, *AS_OF, "-o", tmp_path / "none" / "x.txt")
    assert (done.returncode, out(done)) == (2, "")
    assert "Traceback" not in err(done)


def test_quiet_and_standard_input():
    done = run("check", "-", *AS_OF, "--quiet", "--format", "json", stdin=BLITAR.read_bytes())
    assert (done.returncode, err(done)) == (0, "")
    report = json.loads(out(done))
    assert report["input"]["file"] == "<stdin>"
    named = json.loads(out(ran("check", BLITAR, *AS_OF, "--quiet", "--format", "json")))
    assert report["input"]["digest"] == named["input"]["digest"]


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe of the shell")
def test_a_closed_pipe_ends_quietly():
    command = f"'{sys.executable}' -m rbrules check '{TEMUAN}' --quiet | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert done.stderr == b""


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
    assert lines[0].count(separator) == 9
    assert lines[-1] == ""


def test_recommendations_merge_what_is_alike():
    done = ran("recommend", TEMUAN, *AS_OF, "--format", "md", "--only", "PK-001")
    rows = [line for line in out(done).splitlines() if "PK\\-001" in line or "PK-001" in line]
    assert len(rows) == 3  # three units, six planning indicators


# --- hostile files and narrow screens ------------------------------------------------------------

HOSTILE = "=1+1\x1b[31m\x9b2J\u202egnp\u2066 | `x` <b>" + "y" * 200


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
