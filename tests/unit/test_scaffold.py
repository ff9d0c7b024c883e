"""`rbrules init` and `rules new`: folders and rules that load, check and pass as they stand."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from typer.testing import CliRunner

from rbrules.cli.main import app
from rbrules.conditions import OPERATORS
from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.fields import CATALOGUE, OWN_UNITS
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import KINDS, Severity, Verdict
from rbrules.pipeline import Selection, check
from rbrules.proof.cases import mismatches, read_cases
from rbrules.proof.lint import lint
from rbrules.report.tree import report_tree
from rbrules.resources import shipped
from rbrules.rulebook import FOLDERS, load_rulebook
from rbrules.scaffold import Frame, new_rule, own_folder
from tests.shared import AS_OF, RULES, SAMPLES, environment, run

FIELDS = {
    kind: [name for name, field in fields.items() if OPERATORS[field.type]]
    for kind, fields in CATALOGUE.items()
}
NEW = ("--subject", "kinerja", "--severity", "low", "--field", "iku", "--addressee", "unit")


@pytest.fixture
def own(tmp_path):
    """Return a folder as `init` makes it."""
    folder = tmp_path / "aturan"
    assert invoke("init", folder).exit_code == 0
    return folder


def invoke(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def files_of(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


# --- init --------------------------------------------------------------------------------------


def test_a_new_folder_works_with_the_shipped_rules(own):
    assert load_rulebook([RULES, own]).rules == load_rulebook([RULES]).rules
    sample = next(path for path in SAMPLES if path.stem == "contoh-temuan")
    options = ("--as-of", "2024-02-07", "--engine", "python", "--format", "json")
    with_it, without = (invoke("check", sample, *options, *more) for more in (("--rules", own), ()))
    assert with_it.exit_code == without.exit_code == 1
    with_it, without = (json.loads(done.stdout) for done in (with_it, without))
    assert with_it["findings"] == without["findings"]


def test_paths_that_every_system_can_write():
    for name in own_folder("aturan"):
        path = PurePosixPath(name)
        assert PureWindowsPath(name).as_posix() == name
        for part in path.parts:
            assert re.fullmatch(r"[A-Za-z0-9._-]+", part)
            assert not part.endswith(".")
            assert part.partition(".")[0].lower() not in {"con", "prn", "aux", "nul"}


@pytest.mark.parametrize(
    ("name", "argument"),
    [("aturan", "aturan"), ("C:/data/aturan", "C:/data/aturan"), ("aturan kami", '"aturan kami"'), ("a$b", '"a$b"')],
)  # fmt: skip
def test_the_folder_is_one_argument_in_its_readme(name, argument):
    readme = own_folder(name)["README.md"]
    assert f"rbrules check agency.json --rules {argument} --lang id" in readme
    assert "$folder" not in readme


def test_every_command_of_the_readme_is_one(own):
    commands = re.findall(
        r"(?:`|    )rbrules ((?:rules )?[a-z]+)", (own / "README.md").read_text("utf-8")
    )
    assert len(set(commands)) >= 5
    for command in set(commands):
        assert invoke(*command.split(), "--help").exit_code == 0


def test_schemas_are_those_of_the_program_and_each_is_found(own):
    settings = json.loads((own / ".vscode" / "settings.json").read_text("utf-8"))
    for path in settings["yaml.schemas"]:
        name = PurePosixPath(path).name
        mine, theirs = (json.loads(p.read_bytes()) for p in (own / path, shipped("schemas") / name))
        if name == "rule.schema.json":  # and the names of the fields, for an editor to offer
            fields = mine["$defs"]["condition"]["properties"]
            assert {name for names in FIELDS.values() for name in names} <= set(fields)
            mine["$defs"]["condition"]["properties"] = {
                key: fields[key] for key in theirs["$defs"]["condition"]["properties"]
            }
        assert mine == theirs
    for path in own.rglob("*.yaml"):
        modeline = path.read_text("utf-8").splitlines()[0]
        schema = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", modeline)[1]
        assert (path.parent / schema).is_file()


def test_what_exists_is_left_alone(own):
    before = files_of(own)
    done = run("init", own)
    assert done.returncode == 2
    assert b"what exists already" in done.stderr
    file = own.parent / "berkas"
    file.write_text("x")
    assert run("init", file).returncode == 2
    assert run("init", file / "aturan").returncode == 2
    assert file.read_text() == "x"
    assert files_of(own) == before


def test_a_folder_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    real, left = Path.write_bytes, [3]

    def full(self, data):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    done = invoke("init", tmp_path / "aturan")
    assert done.exit_code == 2
    assert "no space left on device" in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- new: every kind and field -----------------------------------------------------------------


def frame(id_, kind, *fields):
    return Frame(
        id=id_,
        kind=kind,
        severity=Severity.LOW,
        fields=fields,
        addressees=("unit",),
        year=2023,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_on_any_field_loads_and_its_case_holds(tmp_path, kind):
    folder = tmp_path / "aturan"
    (folder / "lokal").mkdir(parents=True)
    names = FIELDS[kind]
    frames = [frame(f"ZZ-{number:03d}", kind, name) for number, name in enumerate(names)]
    frames.append(frame("ZZZ-001", kind, *names[:5]))

    def written(verdicts):
        for made in frames:
            texts = new_rule(made, verdicts.get(made.id, Verdict.UNKNOWN))
            for end, text in zip(("yaml", "cases.yaml"), texts, strict=True):
                (folder / "lokal" / f"{made.id}.{end}").write_text(text, "utf-8")
        rulebook = load_rulebook([RULES, folder])
        files = read_cases([folder], rulebook, frozenset())
        return [
            (file.rule, failure)
            for file in files
            for failure in mismatches(file, rulebook, PythonEngine())
        ]

    found = {rule: failure.found for rule, failure in written({})}
    assert set(found.values()) <= {"finding", "pass", "not_applicable"}
    assert written(found) == []


def test_a_value_with_a_unit_may_stand_in_a_condition_only(tmp_path):
    """No text shows the value, so nothing asks for its unit."""
    folder = tmp_path / "aturan" / "lokal"
    folder.mkdir(parents=True)
    asked = [(k, n) for k, ns in FIELDS.items() for n in ns if CATALOGUE[k][n].unit in OWN_UNITS]
    for number, (kind, name) in enumerate(asked):
        text, _ = new_rule(frame(f"ZZ-{number:03d}", kind, name), Verdict.UNKNOWN)
        silent = re.sub(r"when:\n.*\n", f"when: {{{name}: {{present: true}}}}\n", text)
        silent = silent.replace(f" ({name}: ${name})", "")
        (folder / f"ZZ-{number:03d}.yaml").write_text(silent, "utf-8")
    rulebook = load_rulebook([RULES, tmp_path / "aturan"])
    sample = next(path for path in SAMPLES if path.stem == "contoh-temuan")
    evaluation = read_evaluation(load_json(sample.read_bytes(), sample.name), rulebook)
    found = 0
    for number in range(len(asked)):  # alone: what one rule asks for is there for the others too
        mine = Selection(only=frozenset({f"ZZ-{number:03d}"}))
        report = check(rulebook, evaluation, as_of=AS_OF, engine=PythonEngine(), selection=mine)
        found += bool(report_tree(report, "id")["findings"])
    assert found > 5


def test_what_is_written_says_what_it_asks(own):
    done = invoke(
        "rules", "new", "ABC-001", "--dir", own, *NEW, "--field", "capaian", "--field", "iku"
    )
    assert done.exit_code == 0
    paths = [(own / "lokal" / name).as_posix() for name in ("ABC-001.yaml", "ABC-001.cases.yaml")]
    assert done.stdout.splitlines()[:2] == paths
    assert f"rbrules rules test ABC-001 --rules {own.as_posix()}" in done.stdout
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert tree["when"] == {"all": [{"iku": {"is": False}}, {"capaian": {"below": 0}}]}
    assert (tree["severity"], tree["applies_to"]) == ("low", "kinerja")
    assert tree["recommendation"]["addressee"] == ["unit"]
    assert (own / "lokal" / "ABC-001.yaml").read_text("utf-8").count("persen") == 1
    for path in (own / "lokal").iterdir():
        modeline = path.read_text("utf-8").splitlines()[0]
        schema = modeline.partition("$schema=")[2]
        assert (path.parent / schema).is_file()


def test_the_first_of_several_addressees_is_in_charge(own):
    more = ("--addressee", "Kepala Bagian Organisasi atau Biro Organisasi", "--addressee", "UNIT")
    assert invoke("rules", "new", "ABC-001", "--dir", own, *NEW, *more).exit_code == 0
    rule = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree["recommendation"]
    assert rule["addressee"] == ["unit", "bagian_organisasi"]
    assert rule["id"].startswith("$pejabat_unit agar")


@pytest.mark.parametrize(
    ("severity", "subject", "code"),
    [("Tinggi", "indikator kinerja", "high"), ("sedang", "KINERJA", "medium"), ("LOW", "planning indicator", "low")],
)  # fmt: skip
def test_names_are_understood_in_both_languages(own, severity, subject, code):
    options = ("--subject", subject, "--severity", severity, *NEW[4:])
    assert invoke("rules", "new", "ABC-001", "--dir", own, *options).exit_code == 0
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert (tree["applies_to"], tree["severity"]) == ("kinerja", code)


@pytest.mark.parametrize(
    ("lang", "words"), [("id", "langkah berikutnya ada dalam"), ("en", "says what comes next")]
)
def test_messages_have_a_language(tmp_path, lang, words):
    folder = tmp_path / "aturan"
    assert words in invoke("init", folder, "--lang", lang).stdout
    done = invoke("rules", "new", "ABC-001", "--dir", folder, *NEW, "--lang", lang)
    assert ("Fill in" in done.stdout) == (lang == "en")


@pytest.mark.parametrize("kind", KINDS)
def test_the_program_writes_a_rule_of_every_kind_that_passes(own, kind):
    date = next(
        (n for n in FIELDS[kind] if CATALOGUE[kind][n].type == "date" and n != "as_of"), "as_of"
    )
    text = next(n for n in FIELDS[kind] if CATALOGUE[kind][n].type == "text")
    options = ("--subject", kind, "--severity", "high", "--addressee", "inspektorat")
    done = invoke(
        "rules", "new", "ABC-001", "--dir", own, *options, "--field", date, "--field", text
    )
    assert done.exit_code == 0, done.stderr
    done = invoke("rules", "test", "ABC-001", "--rules", own, "--lang", "en")
    assert done.exit_code == 0
    assert "1 cases, 0 failed" in " ".join(done.stdout.split())


COUNTS = ("--severity", "high", "--addressee", "inspektorat", "--counts")


@pytest.mark.parametrize(
    ("subject", "counted", "part"),
    [
        ("unit", "PK-001", "kinerja: [{id: A, unit: A}]"),
        ("instansi", "DOK-001", "unit: [{id: A}]"),
        ("indikator", "RA-001", "rencana_aksi: [{id: A, indikator: spip}]"),
        ("unit", "TL-001", "rekomendasi: [{id: A, unit: A}]"),
    ],
)
def test_a_rule_that_counts_another_has_a_frame_that_passes(own, subject, counted, part):
    done = invoke("rules", "new", "ABC-001", "--dir", own, "--subject", subject, *COUNTS, counted)
    assert done.exit_code == 0, done.stderr
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert tree["when"] == {"count": {"rule": counted, "verdict": "finding", "at_least": 1}}
    assert "$count / $total" in tree["message"]["en"]
    cases = (own / "lokal" / "ABC-001.cases.yaml").read_text("utf-8")
    assert part in cases
    year = load_yaml(cases.encode(), "x").tree["base"]["tahun"]
    assert f"evaluasi tahun {year}, tahun pertama" in cases
    done = invoke("rules", "test", "ABC-001", "--rules", own, "--lang", "en")
    assert "1 cases, 0 failed" in " ".join(done.stdout.split())


def test_a_frame_may_count_and_compare(own):
    options = ("--subject", "unit", *COUNTS, "PK-001", "--field", "renstra_ada")
    assert invoke("rules", "new", "ABC-001", "--dir", own, *options).exit_code == 0
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert [next(iter(part)) for part in tree["when"]["all"]] == ["renstra_ada", "count"]


@pytest.mark.parametrize(
    ("subject", "counted", "words"),
    [
        ("kinerja", "PK-001", "expected a rule that kinerja may count: nothing"),
        ("unit", "DOK-001", "a rule on unit; expected a rule that unit may count: kinerja"),
        ("unit", "PK-0001", "Did you mean PK-001?"),
    ],
)
def test_what_cannot_be_counted_is_refused(own, subject, counted, words):
    before = files_of(own)
    done = invoke("rules", "new", "ABC-001", "--dir", own, "--subject", subject, *COUNTS, counted)
    assert (done.exit_code, files_of(own)) == (2, before)
    assert words in done.stderr


def test_what_a_new_rule_still_lacks_is_told_by_lint(own):
    invoke("rules", "new", "ABC-001", "--dir", own, *NEW)
    rulebook = load_rulebook([RULES, own])
    mine = [rule for rule in rulebook.rules if rule.id == "ABC-001"]
    problems = [r for r in lint(replace(rulebook, rules=tuple(mine))) if r.subject == "ABC-001"]
    assert {(r.code, *(value for _, value in r.values)) for r in problems} == {
        ("same_text", "title"),
        ("same_text", "message"),
    }


def test_the_example_rule_can_be_checked(own, tmp_path):
    invoke("rules", "new", "ABC-001", "--dir", own, *NEW)
    agency = tmp_path / "agency.json"
    agency.write_text(
        json.dumps(
            {
                "versi": 1,
                "instansi": {"nama": "Kabupaten", "kelompok": "kabupaten"},
                "tahun": 2025,
                "kinerja": [{"id": "A", "iku": False}],
            }
        )
    )
    done = invoke(
        "check",
        agency,
        "--rules",
        own,
        "--only",
        "ABC-001",
        "--engine",
        "python",
        "--format",
        "json",
    )
    assert done.exit_code == 1
    (found,) = json.loads(done.stdout)["findings"]
    assert (found["rule"], found["subject"]["id"]) == ("ABC-001", "A")


# --- new: what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--subject", "--severity", "--field", "--addressee"])
def test_without_a_terminal_a_missing_option_is_a_problem(own, option):
    place = NEW.index(option)
    before = files_of(own)
    done = invoke("rules", "new", "ABC-001", "--dir", own, *NEW[:place], *NEW[place + 2 :])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"{option}: found no value; expected one of ")
    assert done.stdout == ""
    assert files_of(own) == before


@pytest.mark.parametrize(
    ("id_", "hint"),
    [
        ("PK-001", "which is in rules/perencanaan/PK-001.yaml; expected a new id\n    The next free id is PK-004."),
        ("pk-001", "PK-001 is in rules/perencanaan/PK-001.yaml. The next free id is PK-004."),
        ("ABC-001", "which is in aturan/lokal/ABC-001.yaml; expected a new id\n    The next free id is ABC-002."),
        ("abc-002", "two to five capital letters, a hyphen, three digits, such as ABC-001\n    Did you mean ABC-002?"),
        ("XY_7", "Did you mean XY-007?"),
        ("XY 0012", "Did you mean XY-012?"),
        ("aturan baru", "three digits, such as ABC-001\n1 problem"),
    ],
)  # fmt: skip
def test_an_id_that_is_taken_or_none_leads_to_one_that_is_free(own, id_, hint):
    assert invoke("rules", "new", "ABC-001", "--dir", own, *NEW).exit_code == 0
    done = invoke("rules", "new", id_, "--dir", own, *NEW)
    assert done.exit_code == 2
    assert hint in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("PK-001", *NEW), 'ID: found "PK-001"'),
        (("abc-001", *NEW), 'ID: found "abc-001"'),
        (("ABC-1", *NEW), 'ID: found "ABC-1"'),
        (("ABC-001\n", *NEW), "ID: found"),
        (("ABC-001", *NEW, "--family", "../luar"), '--family: found "../luar"'),
        (("ABC-001", *NEW, "--family", "parameters"), '--family: found "parameters"'),
        (("ABC-001", *NEW, "--family", ".diam"), '--family: found ".diam"'),
        (("ABC-001", *NEW, "--field", "ikuu"), "Did you mean iku?"),
        (("ABC-001", *NEW, "--field", "rujukan"), '--field: found "rujukan"'),
        (("ABC-001", *NEW, "--severity", "grave"), "expected one of high, low, medium"),
        (("ABC-001", *NEW, "--subject", "kota"), '--subject: found "kota"'),
        (("ABC-001", *NEW, "--addressee", "walikota"), '--addressee: found "walikota"'),
    ],
)  # fmt: skip
def test_names_that_cannot_be(own, arguments, told):
    before = files_of(own)
    done = invoke("rules", "new", *arguments, "--dir", own)
    assert done.exit_code == 2
    assert told in done.stderr
    assert files_of(own) == before
    assert files_of(own.parent) == sorted(f"aturan/{name}" for name in before)


def test_no_family_is_a_folder_of_something_else():
    assert set(FOLDERS) == {"parameters", "instruments", "vocabulary"}


def test_an_id_is_new_also_where_its_rule_is_switched_off(own):
    (own / "overrides.yaml").write_text("rules:\n  PK-002: {off: true, reason: Tidak.}\n", "utf-8")
    done = invoke("rules", "new", "PK-002", "--dir", own, *NEW)
    assert done.exit_code == 2
    assert done.stderr.startswith('ID: found "PK-002"')


def test_files_that_exist_are_left_alone(own):
    assert invoke("rules", "new", "ABC-001", "--dir", own, *NEW).exit_code == 0
    before = {name: (own / name).read_bytes() for name in files_of(own)}
    assert invoke("rules", "new", "ABC-001", "--dir", own, *NEW).exit_code == 2
    (own / "lokal" / "ABC-001.yaml").unlink()
    done = invoke("rules", "new", "ABC-001", "--dir", own, *NEW)
    assert done.exit_code == 2
    assert "ABC-001.cases.yaml" in done.stderr
    del before["lokal/ABC-001.yaml"]
    assert {name: (own / name).read_bytes() for name in files_of(own)} == before


def test_a_folder_that_does_not_exist_or_has_problems(own, tmp_path):
    assert invoke("rules", "new", "ABC-001", "--dir", tmp_path / "tiada", *NEW).exit_code == 2
    assert not (tmp_path / "tiada").exists()
    (own / "overrides.yaml").write_text("rules: [\n", "utf-8")
    done = invoke("rules", "new", "ABC-001", "--dir", own, *NEW)
    assert done.exit_code == 2
    assert "aturan/overrides.yaml" in done.stderr


def test_both_files_or_none(own, monkeypatch):
    from rbrules.cli import shell

    real = shell._replace

    def full(path, data):
        if ".cases." in path.name:
            raise OSError(28, "No space left on device")
        real(path, data)

    monkeypatch.setattr(shell, "_replace", full)
    done = invoke("rules", "new", "ABC-001", "--dir", own, *NEW)
    assert done.exit_code == 2
    assert "ABC-001.cases.yaml: found no space left on device" in done.stderr
    assert [name for name in files_of(own) if "ABC" in name] == []


# --- new: questions ----------------------------------------------------------------------------


def answered(own, answers, *options):
    """Run `rules new` on a pseudo-terminal and answer its questions."""
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "rbrules", "rules", "new", "ABC-001", "--dir", str(own), *options],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    os.close(theirs)
    os.write(ours, answers)
    stdout, stderr = process.communicate(timeout=60)
    os.close(ours)
    assert b"Traceback" not in stderr
    return process.returncode, stdout.decode(), stderr.decode()


LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs a pseudo-terminal")


@LINUX
def test_questions_are_answered_on_a_terminal(own):
    code, stdout, stderr = answered(own, b"rekomendasi\nmedium\ntenggat\ninspektorat\n")
    assert (code, stderr) == (0, "")
    questions = ("the rule look at:", "grave is a finding:", "compare (", "has to act (")
    places = [stdout.index(question) for question in questions]
    assert places == sorted(places)
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert (tree["applies_to"], tree["severity"]) == ("rekomendasi", "medium")
    assert tree["when"] == {"tenggat": {"after": {"field": "as_of"}}}


@LINUX
def test_only_what_no_option_gives_is_asked(own):
    code, stdout, _ = answered(own, b"iku\n", *NEW[:4], *NEW[6:])
    assert code == 0
    assert "does it compare" in stdout
    assert "the rule look at" not in stdout


@LINUX
def test_an_answer_may_be_several_words_and_in_indonesian(own):
    answers = b"indikator kinerja\ntinggi\niku, Capaian\nunit,bappeda\n"
    code, stdout, _ = answered(own, answers, "--lang", "id")
    assert code == 0
    assert "Seberapa berat temuannya" in stdout
    assert "  high    TINGGI" in stdout
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert [list(part) for part in tree["when"]["all"]] == [["iku"], ["capaian"]]
    assert tree["recommendation"]["addressee"] == ["unit", "bappeda"]


@LINUX
@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", ('"grave" is not in the list. Write', '"hihg" is not in the list. Did you mean high?')),
        ("id", ('"grave" tidak ada dalam daftar. Tulislah', "Apakah maksudnya high?")),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_asked_again(own, lang, told):
    rest = (*NEW[:2], *NEW[4:], "--lang", lang)
    code, stdout, stderr = answered(own, b"grave\nhihg\nTinggi\n", *rest)
    assert (code, stderr) == (0, "")
    assert all(words in stdout for words in told)
    tree = load_yaml((own / "lokal" / "ABC-001.yaml").read_bytes(), "x").tree
    assert tree["severity"] == "high"


@LINUX
def test_no_answer_leaves_everything_as_it_is(own):
    before = files_of(own)
    code, _, stderr = answered(own, b"kinerja\n\x04")
    assert code == 130
    assert "Interrupted" in stderr
    assert files_of(own) == before
