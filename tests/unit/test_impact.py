"""`rules impact`: whose verdicts, index or grade differ between two rulebooks."""

import json
import shutil
import subprocess
from datetime import date
from decimal import Decimal

import pytest
import simplejson

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.document import Document
from rbrules.load.json_reader import load_json
from rbrules.model import Verdict
from rbrules.pipeline import check
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of
from tests.shared import BASE, RULES, SAMPLES, dump, run

AS_OF = date(2024, 2, 7)
OVERRIDES = """\
rules:
  SKM-001: {off: true, reason: Not ours.}
  SPIP-001: {severity: low, reason: Less grave here.}
parameters:
  batas_spbe_baik:
    reason: Ours is stricter.
    values: [{value: 4.5, from: 2014-01-01, source: project}]
"""
RULE = """\
id: KAB-001
title: {id: Uji, en: Test}
severity: low
applies_to: indikator
where: {kode: {is: spbe}}
when: {nilai: {below: 3}}
message: {id: Nilai $nilai, en: Score $nilai}
recommendation: {id: $pejabat_kepala_daerah agar uji., en: The $pejabat_kepala_daerah should test., addressee: [kepala_daerah]}
citation: []
source: project
valid: {from: 2023-01-01}
"""


def folder(path, **files):
    for name, text in files.items():
        target = path / name.replace("__", "/").replace("_yaml", ".yaml")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    return path


def impact(*arguments, code=1):
    done = run("rules", "impact", *arguments, "--as-of", AS_OF.isoformat(), "--format", "json")
    assert done.returncode == code, done.stderr.decode()
    tree = simplejson.loads(done.stdout, use_decimal=True)
    document = Document("impact.json", "", tree, lambda: ({}, {}))
    assert [str(problem) for problem in problems_of(document, "impact")] == []
    return tree


def outcomes(path, folders):
    """Judge a file by a rulebook: verdict and severity of each rule and subject."""
    rulebook = load_rulebook(folders)
    evaluation = read_evaluation(load_json(path.read_bytes(), path.name), rulebook)
    report = check(rulebook, evaluation, as_of=AS_OF, engine=PythonEngine())
    return {
        (outcome.rule.id, outcome.subject.id): (outcome.verdict, outcome.rule.severity)
        for outcome in report.outcomes
        if outcome.verdict is not Verdict.NOT_APPLICABLE
    }


@pytest.fixture(scope="module")
def overlay(tmp_path_factory):
    path = tmp_path_factory.mktemp("kami") / "aturan"
    (path / "lokal").mkdir(parents=True)
    (path / "overrides.yaml").write_text(OVERRIDES, "utf-8")
    (path / "lokal" / "KAB-001.yaml").write_text(RULE, "utf-8")
    return path


def test_changes_are_what_two_checks_differ_in(overlay):
    files = [path for path in SAMPLES if path.stem.startswith("contoh-")]
    tree = impact(*files, "--rules", overlay)
    found = {(c["file"], c["rule"], c["subject"]) for c in tree["changes"]}
    expected = set()
    for path in files:
        before, after = outcomes(path, [RULES]), outcomes(path, [RULES, overlay])
        for key in before.keys() | after.keys():
            one, other = before.get(key), after.get(key)
            verdicts = [pair and pair[0] for pair in (one, other)]
            if verdicts[0] != verdicts[1] or (one != other and verdicts[0] is Verdict.FINDING):
                expected.add((path.as_posix(), *key))
    assert found == expected
    assert len(found) > 20
    rules = {c["rule"] for c in tree["changes"]}
    assert rules >= {"KAB-001", "SKM-001", "SPIP-001", "SPB-001"}
    assert tree["files"] == len(files)
    assert tree["files_changed"] == len({file for file, _, _ in found})


def test_what_becomes_of_each_verdict(overlay, tmp_path):
    lines = [
        {"kode": "spbe", "nilai": Decimal("4.2"), "maks": 5},
        {"kode": "spip", "nilai": 2, "maks": 5},
        {"kode": "skm", "nilai": 70, "maks": 100},
    ]
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE | {"indikator": lines}))
    tree = impact(file, "--rules", overlay)
    effects = {c["rule"]: c["effect"] for c in tree["changes"]}
    assert effects == {
        "KAB-001": "other",
        "SKM-001": "gone",
        "SPB-001": "found",
        "SPIP-001": "severity",
    }
    counted = {rule["rule"]: rule["effects"] for rule in tree["rules"]}
    assert counted["SKM-001"]["gone"] == counted["SPB-001"]["found"] == 1
    assert [(d["kind"], d["id"], d["change"], d["keys"]) for d in tree["definitions"]] == [
        ("rule", "KAB-001", "added", []),
        ("rule", "SKM-001", "removed", []),
        ("rule", "SPIP-001", "changed", ["severity"]),
        ("parameter", "batas_spbe_baik", "changed", ["values"]),
    ]


def test_the_same_rules_change_nothing(overlay):
    tree = impact(SAMPLES[0], "--rules", overlay, "--against", overlay, code=0)
    assert (tree["changes"], tree["definitions"], tree["indexes"]) == ([], [], [])
    assert tree["before"]["digest"] == tree["after"]["digest"]


def test_a_rule_that_concerns_nobody_changes_nothing_but_is_named(overlay, tmp_path):
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE | {"indikator": [{"kode": "spip", "nilai": 4}]}))
    path = folder(tmp_path / "satu", **{"lokal__KAB-001_yaml": RULE})
    tree = impact(file, "--rules", path, code=0)
    assert [d["id"] for d in tree["definitions"]] == ["KAB-001"]
    page = run("rules", "impact", file, "--rules", path, "--lang", "en").stdout.decode()
    assert "rule KAB-001 is new; changes no verdict on these files" in page


def test_a_whole_rulebook_stands_alone_and_may_change_the_index(tmp_path):
    whole = tmp_path / "rules"
    shutil.copytree(RULES, whole)
    instrument = whole / "instruments" / "rb-2023.yaml"
    text = instrument.read_text("utf-8")
    assert "kode: BB" in text
    instrument.write_text(text.replace("kode: BB", "kode: BX"), "utf-8")
    blitar = next(path for path in SAMPLES if path.stem == "real-blitar-2023")
    tree = impact(blitar, "--against", whole)
    (moved,) = tree["indexes"]
    assert moved["measures"] == "indeks_rb"
    assert moved["before"]["predikat"][0]["kode"] == "BX"
    assert moved["after"]["predikat"][0]["kode"] == "BB"
    assert [d["id"] for d in tree["definitions"]] == ["rb-2023"]
    assert [f["origin"] for f in tree["before"]["folders"]] == ["folder"]


def test_waivers_and_vocabulary_are_among_the_differences(tmp_path):
    waiver = "aturan: KAB-001\n    instansi: kab\n    subjek: spbe\n    alasan: Uji.\n    pejabat: Sekda\n"
    waivers = (
        f"pengecualian:\n  - {waiver}    dokumen: {{jenis: S, nomor: 1, tanggal: 2024-01-15}}\n"
    )
    words = "families: {lokal: {nama: {id: Lokal, en: Local}}}\n"
    path = folder(
        tmp_path / "aturan",
        **{
            "lokal__KAB-001_yaml": RULE,
            "pengecualian_yaml": waivers + "    sampai: 2024-12-31\n",
            "vocabulary__kata_yaml": words,
        },
    )
    later = folder(
        tmp_path / "usul",
        **{
            "lokal__KAB-001_yaml": RULE,
            "pengecualian_yaml": waivers + "    sampai: 2025-12-31\n",
        },
    )
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE))
    tree = impact(file, "--rules", later, "--against", path, code=0)
    assert [(d["kind"], d["id"], d["change"], d["keys"]) for d in tree["definitions"]] == [
        ("waiver", "KAB-001 kab spbe", "changed", ["until"]),
        ("vocabulary", "families", "changed", ["lokal"]),
    ]
    page = run("rules", "impact", file, "--rules", later, "--against", path, "--lang", "en")
    assert "- waiver KAB-001 kab spbe differs: until" in page.stdout.decode()


def test_unknown_that_is_not_asked_any_more_did_not_become_known(tmp_path):
    later = folder(tmp_path / "b", **{"lokal__KAB-002_yaml": RULE.replace("KAB-001", "KAB-002")})
    earlier = folder(tmp_path / "a", **{"lokal__KAB-001_yaml": RULE})
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE | {"indikator": [{"kode": "spbe"}]}))
    tree = impact(file, "--rules", later, "--against", earlier)
    assert {c["rule"]: c["effect"] for c in tree["changes"]} == {
        "KAB-001": "dropped",
        "KAB-002": "opened",
    }


def git(path, *arguments):
    identity = ["-c", "user.name=Penulis", "-c", "user.email=penulis@contoh.invalid"]
    subprocess.run(["git", "-C", path, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture
def history(tmp_path):
    """Return a repository whose folder of rules has two revisions and an open change."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "--quiet")
    (path / "catatan.txt").write_text("kosong", "utf-8")
    git(path, "add", ".")
    git(path, "commit", "--quiet", "-m", "one")
    rules = folder(path / "aturan", **{"lokal__KAB-001_yaml": RULE})
    git(path, "add", ".")
    git(path, "commit", "--quiet", "-m", "two")
    folder(rules, **{"lokal__KAB-001_yaml": RULE.replace("below: 3", "below: 4")})
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE | {"indikator": [{"kode": "spbe", "nilai": Decimal("3.5")}]}))
    return rules, file


def test_a_revision_of_git(history):
    rules, file = history
    tree = impact(file, "--rules", rules, "--against", "HEAD")
    (change,) = tree["changes"]
    assert (change["rule"], change["effect"]) == ("KAB-001", "found")
    assert change["before"] == {"verdict": "pass", "severity": "low"}
    origins = [(f["origin"], f["revision"]) for f in tree["before"]["folders"]]
    assert origins[1] == ("revision", "HEAD")
    assert tree["definitions"][0]["keys"] == ["when"]


def test_a_revision_without_the_folder_had_only_the_shipped_rules(history):
    rules, file = history
    tree = impact(file, "--rules", rules, "--against", "HEAD~1")
    origins = [(f["origin"], f["revision"]) for f in tree["before"]["folders"]]
    assert origins == [("shipped", None), ("absent", "HEAD~1")]
    assert [(c["before"], c["effect"]) for c in tree["changes"]] == [(None, "found")]


def test_a_revision_has_files_that_are_left_out_of_archives(history):
    rules, file = history
    folder(rules, **{"lokal__KAB-002_yaml": RULE.replace("KAB-001", "KAB-002")})
    (rules / ".gitattributes").write_text("KAB-002.yaml export-ignore\n*.yaml eol=crlf\n", "utf-8")
    git(rules, "add", ".")
    git(rules, "commit", "--quiet", "-m", "three")
    folder(rules, **{"lokal__KAB-002_yaml": RULE.replace("KAB-001", "KAB-002")})
    tree = impact(file, "--rules", rules, "--against", "HEAD", code=0)
    assert (tree["definitions"], tree["before"]["rules"]) == ([], tree["after"]["rules"])


def test_a_link_of_a_revision_is_named_and_not_passed_over(history):
    rules, file = history
    try:
        (rules / "lokal" / "KAB-003.yaml").symlink_to("KAB-001.yaml")
    except OSError:
        pytest.skip("no links here")
    git(rules, "add", ".")
    git(rules, "commit", "--quiet", "-m", "three")
    done = run("rules", "impact", file, "--rules", rules, "--against", "HEAD")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b'"lokal/KAB-003.yaml"' in done.stderr


@pytest.mark.parametrize("revision", ["tidak-ada", "--help", "HEAD:aturan", "", "HEAD..HEAD"])
def test_what_is_no_revision(history, revision):
    rules, file = history
    done = run("rules", "impact", file, "--rules", rules, f"--against={revision}")
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"--against: found ")


def test_every_problem_of_every_file_is_listed_and_nothing_is_written(overlay, tmp_path):
    (tmp_path / "a.json").write_text('{"versi": 1}', "utf-8")
    (tmp_path / "b.json").write_text("[", "utf-8")
    (tmp_path / "c.json").write_bytes(dump(BASE))
    output = tmp_path / "dampak.txt"
    done = run("rules", "impact", tmp_path, "--rules", overlay, "-o", output)
    assert done.returncode == 2
    text = done.stderr.decode()
    assert "a.json:1:1:" in text
    assert "b.json:1:" in text
    assert "c.json" not in text
    assert not output.exists()


def test_patterns_folders_and_files_name_each_file_once(overlay, tmp_path):
    for name in ("a.json", "b.json", "c.txt"):
        (tmp_path / name).write_bytes(dump(BASE | {"indikator": [{"kode": "spbe", "nilai": 2}]}))
    tree = impact(tmp_path / "*.json", tmp_path, tmp_path / "a.json", "--rules", overlay)
    assert (tree["files"], tree["agencies"]) == (2, 1)
    for given in (tmp_path / "*.yaml", tmp_path / "kosong"):
        (tmp_path / "kosong").mkdir(exist_ok=True)
        done = run("rules", "impact", given, "--rules", overlay)
        assert (done.returncode, b"found no file" in done.stderr) == (2, True)


def test_something_to_hold_against_is_needed():
    done = run("rules", "impact", SAMPLES[0])
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"--rules or --against" in done.stderr


def test_the_page_leads_with_the_gravest_and_all_lists_everything(overlay):
    files = [path for path in SAMPLES if path.stem.startswith("contoh-temuan")]
    short = run("rules", "impact", *files, "--rules", overlay, "--lang", "id", COLUMNS="120")
    page = short.stdout.decode()
    assert "Menjadi temuan" in page
    first = " ".join(page[page.index("\nKAB-001  Uji\n") :].split())
    assert first.index("tidak ditanyakan -> temuan") < first.index("tidak ditanyakan -> sesuai")
    whole = run("rules", "impact", *files, "--rules", overlay, "--all", "--lang", "id")
    tree = impact(*files, "--rules", overlay)
    assert whole.stdout.decode().count("->") == len(tree["changes"])
    assert json.dumps(tree["lang"]) == '"en"'


def test_a_recommendation_may_name_a_rule_of_either_rulebook(tmp_path):
    rules = folder(tmp_path / "aturan", **{"lokal__KAB-001_yaml": RULE})
    earlier = [
        {"id": "R1", "tahun": 2022, "teks": "Uji.", "status": "selesai", "aturan": "KAB-001"}
    ]
    lines = [{"kode": "spbe", "nilai": Decimal("2.5")}]
    file = tmp_path / "a.json"
    file.write_bytes(dump(BASE | {"indikator": lines, "rekomendasi": earlier}))
    for given in (("--rules", rules), ("--against", rules)):
        tree = impact(file, *given, "--only", "KAB-001")
        assert {change["rule"] for change in tree["changes"]} == {"KAB-001"}
    done = run("rules", "impact", file, "--rules", rules, "--only", "KAB-002")
    assert (done.returncode, b"--only" in done.stderr) == (2, True)
