"""What `overrides.yaml` of a rule folder changes, what it may not, and what the report says of it."""

import random
import re
from datetime import date
from decimal import Decimal

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.files import rule_files
from rbrules.load.json_reader import load_json
from rbrules.model import Severity, Verdict
from rbrules.pipeline import check
from rbrules.proof.cases import mismatches, read_cases
from rbrules.report.recommend import recommendations
from rbrules.report.tree import report_tree
from rbrules.rulebook import load_rulebook
from tests.shared import (
    AS_OF,
    BASE,
    LANGUAGES,
    ROOT,
    RULES,
    SAMPLES,
    assert_valid_report,
    document_of,
    run,
    shipped_rulebook,
)

SAMPLE = ROOT / "samples" / "contoh-temuan.json"
MEDIUM = "rules: {PK-001: {severity: medium, reason: Kesepakatan kertas kerja.}}\n"
LOW = "rules: {PK-001: {severity: low, reason: Kesepakatan baru.}}\n"
OFF = "rules: {PK-001: {off: true, reason: Belum disepakati.}}\n"
LEVEL = """
parameters:
  level_spip_minimum:
    reason: Ambang Inspektorat.
    values:
      - {value: 2, from: 2014-01-01, to: 2022-12-31, source: project}
      - {value: 2.4, from: 2023-01-01, source: project}
"""


def folder(root, files, name="aturan-kita"):
    for path, text in files.items():
        place = root / name / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return root / name


def rulebook_of(root, text, name="aturan-kita"):
    return load_rulebook([RULES, folder(root, {"overrides.yaml": text}, name)])


def rule_of(rulebook, id_):
    return next((rule for rule in rulebook.rules if rule.id == id_), None)


def problems(root, files):
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, folder(root, files)])
    return [(p.file, p.pointer, p.found, p.expected, p.hint) for p in caught.value.problems]


def engines():
    yield PythonEngine()
    try:
        from rbrules.engine.durable import DurableEngine
    except ImportError:
        return
    yield DurableEngine()


ENGINES = list(engines())


def report(rulebook, engine=ENGINES[0], path=SAMPLE, **options):
    evaluation = read_evaluation(load_json(path.read_bytes(), path.name), rulebook)
    return check(rulebook, evaluation, as_of=AS_OF, engine=engine, **options)


def verdicts(found, id_):
    return {o.subject.id: o.verdict for o in found.outcomes if o.rule.id == id_}


# --- what may be changed -------------------------------------------------------------------------


def test_severity_changes_and_nothing_else(tmp_path):
    rulebook = rulebook_of(tmp_path, MEDIUM)
    assert rule_of(shipped_rulebook(), "PK-001").severity is Severity.HIGH
    assert rule_of(rulebook, "PK-001").severity is Severity.MEDIUM
    ours, shipped = report(rulebook), report(shipped_rulebook())
    assert [(o.rule.id, o.subject, o.verdict) for o in ours.outcomes] == [
        (o.rule.id, o.subject, o.verdict) for o in shipped.outcomes
    ]
    assert [r for r in rulebook.rules if r.id != "PK-001"] == [
        r for r in shipped_rulebook().rules if r.id != "PK-001"
    ]
    shown = {f["severity"] for f in report_tree(ours, "id")["findings"] if f["rule"] == "PK-001"}
    assert shown == {"medium"}


def test_texts_and_addressees_change(tmp_path):
    text = """
rules:
  PK-001:
    reason: Istilah kami.
    title: {id: Judul kami, en: Our title}
    message: {id: "Pesan $target_pk", en: "Message $target_pk"}
    recommendation: {id: $pejabat_inspektorat agar menelaah., en: The $pejabat_inspektorat should look., addressee: [inspektorat]}
"""
    tree = report_tree(report(rulebook_of(tmp_path, text)), "en")
    found = [f for f in tree["findings"] if f["rule"] == "PK-001"]
    assert found
    assert {f["title"] for f in found} == {"Our title"}
    assert all(f["message"].startswith("Message ") for f in found)
    assert {tuple(f["addressee"]) for f in found} == {("inspektorat",)}
    (merged,) = [r for r in recommendations(tree) if r.rule == "PK-001"]
    assert len(merged.subjects) == len(found)
    assert tree["overrides"][0]["keys"] == ["title", "message", "recommendation"]


def test_addressees_alone_change(tmp_path):
    text = "rules: {PK-001: {reason: X., recommendation: {addressee: [unit, inspektorat]}}}\n"
    rule = rule_of(rulebook_of(tmp_path, text), "PK-001")
    assert rule.addressee == ("unit", "inspektorat")
    assert rule.recommendation == rule_of(shipped_rulebook(), "PK-001").recommendation


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_values_of_a_parameter_change_with_their_dates(tmp_path, engine):
    rulebook = rulebook_of(tmp_path, LEVEL)
    shipped = verdicts(report(shipped_rulebook(), engine), "SPIP-001")
    assert shipped["spip"] is Verdict.FINDING
    # 2.40 is not below 2.4.
    assert verdicts(report(rulebook, engine), "SPIP-001") == shipped | {"spip": Verdict.PASS}
    for day, value in ((date(2022, 12, 31), "2"), (date(2023, 1, 1), "2.4")):
        assert rulebook.parameters["level_spip_minimum"].on(day).value == Decimal(value)
    kept, old = (book.parameters["level_spip_minimum"] for book in (rulebook, shipped_rulebook()))
    assert (kept.title, kept.unit, kept.file) == (old.title, old.unit, old.file)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_rule_that_is_off_is_not_asked(tmp_path, engine):
    text = "rules: {PK-003: {off: true, reason: Belum disepakati.}}\n"
    ours, shipped = report(rulebook_of(tmp_path, text), engine), report(shipped_rulebook(), engine)
    assert [o for o in shipped.outcomes if o.rule.id == "PK-003"]
    assert [(o.rule.id, o.subject.id, o.verdict) for o in ours.outcomes] == [
        (o.rule.id, o.subject.id, o.verdict) for o in shipped.outcomes if o.rule.id != "PK-003"
    ]
    assert "PK-003" not in ours.never_applied


def test_a_rule_that_another_counts_cannot_be_switched_off_alone(tmp_path):
    (found,) = problems(tmp_path, {"overrides.yaml": OFF})
    counting = ["SEL-001", "SEL-002"]
    assert found == (
        "aturan-kita/overrides.yaml",
        "/rules/PK-001/off",
        "PK-001 switched off, which is counted by SEL-001, SEL-002",
        "a rule that no other rule counts",
        "Switch off those too, or leave this one on.",
    )
    rows = "".join(f"  {id_}: {{off: true, reason: X.}}\n" for id_ in ["PK-001", *counting])
    rulebook = load_rulebook([RULES, folder(tmp_path, {"overrides.yaml": f"rules:\n{rows}"})])
    assert not {"PK-001", *counting} & {rule.id for rule in rulebook.rules}


def test_what_is_off_is_kept_beside_the_rules(tmp_path):
    text = "rules: {PK-003: {off: true, reason: Belum disepakati.}}\n"
    rulebook = rulebook_of(tmp_path, text)
    assert rulebook.off == (rule_of(shipped_rulebook(), "PK-003"),)
    assert shipped_rulebook().off == ()


def test_every_command_says_who_switched_a_rule_off_and_why(tmp_path):
    text = "rules: {PK-003: {off: true, reason: Belum disepakati.}}\n"
    rules = folder(tmp_path, {"overrides.yaml": text})
    switched = "aturan-kita/overrides.yaml switches PK-003 off: Belum disepakati."
    for words in (
        ["check", SAMPLE, "--only", "PK-003"],
        ["check", SAMPLE, "--skip", "PK-003"],
        ["rules", "list", "--only", "PK-003"],
        ["rules", "test", "PK-003"],
    ):
        done = run(*words, "--rules", rules)
        assert (done.returncode, done.stdout) == (2, b"")
        assert switched in done.stderr.decode()
    shown = run("rules", "show", "PK-003", "--rules", rules).stdout.decode()
    assert "id: PK-003\n" in shown
    assert shown.endswith("\n# aturan-kita/overrides.yaml switches it off: Belum disepakati.\n")
    adjusted = "rule PK-003: switched off; Belum disepakati. (aturan-kita/overrides.yaml)"
    for words in (["PK-003"], ["PK-003", SAMPLE]):
        done = run("explain", *words, "--rules", rules, "--lang", "en")
        page = " ".join(done.stdout.decode().split())
        assert "This rule is switched off: no file is checked by it." in page
        assert "Finding where:" in page
        assert adjusted in page
    for words, listed in ((["PK"], True), (["SPIP"], False)):
        done = run("rules", "list", "--only", *words, "--rules", rules, "--lang", "en")
        assert (adjusted in " ".join(done.stdout.decode().split())) is listed


def test_the_only_rule_with_a_tag_is_missed_by_its_tag(tmp_path):
    rule = RULES.joinpath("perencanaan/PK-003.yaml").read_text("utf-8").replace("PK-003", "UJI-001")
    rule = re.sub("(?m)^tags: .*", "tags: [khusus]", rule)
    text = "rules: {UJI-001: {off: true, reason: Nanti.}}\n"
    rules = folder(tmp_path, {"uji/UJI-001.yaml": rule, "overrides.yaml": text})
    for word in ("khusus", "UJI", "uji"):
        done = run("check", SAMPLE, "--rules", rules, "--only", word)
        assert done.returncode == 2
        assert "aturan-kita/overrides.yaml switches UJI-001 off: Nanti." in done.stderr.decode()


def test_an_earlier_recommendation_may_answer_a_rule_that_is_off(tmp_path):
    text = "rules: {PK-003: {off: true, reason: Belum disepakati.}}\n"
    tree = {**BASE, "rekomendasi": [{"id": "R1", "aturan": "PK-003"}]}
    evaluation = read_evaluation(document_of(tree), rulebook_of(tmp_path, text))
    assert [id_ for id_, _ in evaluation.rows["rekomendasi"]] == ["R1"]


# --- two folders ---------------------------------------------------------------------------------


def test_the_later_folder_has_the_last_word_and_both_are_listed(tmp_path):
    first = folder(tmp_path, {"overrides.yaml": MEDIUM}, "a")
    second = folder(tmp_path, {"overrides.yaml": LOW}, "b")
    one, other = load_rulebook([RULES, first, second]), load_rulebook([RULES, second, first])
    assert rule_of(one, "PK-001").severity is Severity.LOW
    assert rule_of(other, "PK-001").severity is Severity.MEDIUM
    assert [o.file for o in one.overrides] == ["a/overrides.yaml", "b/overrides.yaml"]
    assert [o.file for o in other.overrides] == ["b/overrides.yaml", "a/overrides.yaml"]
    assert one.digest != other.digest, "the same digest would mean the same rules"


def test_a_folder_may_override_what_another_adds(tmp_path):
    rule = RULES.joinpath("perencanaan/PK-003.yaml").read_text("utf-8").replace("PK-003", "UJI-001")
    added = folder(tmp_path, {"uji/UJI-001.yaml": rule}, "a")
    text = "rules: {UJI-001: {severity: low, reason: X.}}\n"
    over = folder(tmp_path, {"overrides.yaml": text}, "b")
    for folders in ([RULES, added, over], [RULES, over, added]):
        assert rule_of(load_rulebook(folders), "UJI-001").severity is Severity.LOW


def test_what_is_off_cannot_be_overridden_by_a_later_folder(tmp_path):
    off = "rules: {PK-003: {off: true, reason: X.}}\n"
    first = folder(tmp_path, {"overrides.yaml": off}, "a")
    second = folder(tmp_path, {"overrides.yaml": off.replace("off: true", "severity: low")}, "b")
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, first, second])
    (problem,) = caught.value.problems
    assert (problem.file, problem.hint) == ("b/overrides.yaml", "a/overrides.yaml switches it off.")


@pytest.mark.parametrize("seed", range(3))
def test_order_of_files_does_not_count(tmp_path, monkeypatch, seed):
    rule = RULES.joinpath("perencanaan/PK-003.yaml").read_text("utf-8").replace("PK-003", "UJI-001")
    text = MEDIUM + LEVEL.replace("\nparameters", "parameters")
    files = {"overrides.yaml": text, "uji/UJI-001.yaml": rule, "pengecualian.yaml": WAIVERS}
    ours = folder(tmp_path, files)
    expected = load_rulebook([RULES, ours])

    def shuffled(where):
        found = list(rule_files(where))
        random.Random(seed).shuffle(found)
        return tuple(found)

    monkeypatch.setattr("rbrules.rulebook.rule_files", shuffled)
    assert load_rulebook([RULES, ours]) == expected


WAIVERS = """
pengecualian:
  - {aturan: UJI-001, instansi: a, subjek: b, alasan: c, pejabat: d, dokumen: {jenis: e, nomor: 1, tanggal: 2024-01-01}, sampai: 2024-12-31}
  - {aturan: PK-001, instansi: a, subjek: b, alasan: c, pejabat: d, dokumen: {jenis: e, nomor: 1, tanggal: 2024-01-01}, sampai: 2024-12-31}
"""


def test_two_such_files_in_a_folder_are_a_problem(tmp_path):
    files = {"overrides.json": "{}", "overrides.yaml": MEDIUM}
    (found,) = problems(tmp_path, files)
    assert found[2:4] == ("overrides.yaml beside overrides.json", "one such file in a folder")


# --- what may not be -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pointer", "found", "hint"),
    [
        (MEDIUM.replace("PK-001", "PK-011"), "/rules/PK-011", 'the rule "PK-011"', "PK-003."),
        (LEVEL.replace("minimum", "minimun"), "/parameters/level_spip_minimun", "", "minimum?"),
        (MEDIUM.replace("medium", "sedang"), "/rules/PK-001/severity", '"sedang"', ""),
        (MEDIUM.replace("severity: medium, ", ""), "/rules/PK-001", "", ""),
        (MEDIUM.replace(", reason: Kesepakatan kertas kerja.", ""), "/rules/PK-001", "", ""),
        (MEDIUM.replace("Kesepakatan kertas kerja.", '""'), "/rules/PK-001/reason", "", ""),
        (MEDIUM.replace("Kesepakatan kertas kerja.", '" "'), "/rules/PK-001/reason", "", ""),
        (LEVEL.replace("    reason: Ambang Inspektorat.\n", ""), "/parameters/level_spip_minimum", "", ""),
        ("rules: {PK-001: {reason: X.}}", "/rules/PK-001", "a reason only", ""),
        (OFF.replace("true", "false"), "/rules/PK-001/off", "false", ""),
        ("rules: {PK-001: {when: {tahun: {is: 1}}, reason: X.}}", "/rules/PK-001/when", "", ""),
        ("rules: {PK-001: {title: {id: X}, reason: X.}}", "/rules/PK-001/title", "", ""),
        ("rules: {PK-001: {message: {id: $tahu, en: X}, reason: X.}}", "/rules/PK-001/message/id", "the placeholder $tahu", "tahun?"),
        ("rules: {PK-001: {recommendation: {addressee: [unitt]}, reason: X.}}", "/rules/PK-001/recommendation/addressee/0", '"unitt"', "unit?"),
    ],
)  # fmt: skip
def test_problems_stand_in_the_file_that_overrides(tmp_path, text, pointer, found, hint):
    all_found = problems(tmp_path, {"overrides.yaml": text})
    assert {file for file, *_ in all_found} == {"aturan-kita/overrides.yaml"}
    (mine,) = [p for p in all_found if p[1] == pointer]
    assert found in mine[2]
    assert mine[4].endswith(hint)


def test_values_of_another_kind_or_with_a_gap_are_problems_of_the_file_that_overrides(tmp_path):
    for text, pointer in (
        (LEVEL.replace("value: 2,", "value: [2],"), "/values/0/value"),
        (LEVEL.replace("value: 2,", "value: dua,"), "/values/0/value"),
        (LEVEL.replace("to: 2022-12-31", "to: 2022-12-30"), "/values"),
        (LEVEL.replace("to: 2022-12-31", "to: 2023-01-01"), "/values/1/from"),
        (LEVEL.replace("to: 2022-12-31", "to: 2013-12-31"), "/values/0/to"),
        (LEVEL.replace("2014-01-01", "2023-02-29"), "/values/0/from"),
    ):
        found = problems(tmp_path, {"overrides.yaml": text})
        assert {file for file, *_ in found} == {"aturan-kita/overrides.yaml"}
        assert f"/parameters/level_spip_minimum{pointer}" in {p[1] for p in found}


def test_words_and_values_that_no_rule_can_use_are_problems_of_the_file_that_overrides(tmp_path):
    text = """
parameters:
  tema_lama:
    reason: Tema kami.
    values: [{value: [inflasi, inflsi], from: 2023-01-01, source: project}]
  skala_merit:
    reason: Skala kami.
    values: [{value: [5, 1], from: 2014-01-01, source: project}]
"""
    found = problems(tmp_path, {"overrides.yaml": text})
    file = "aturan-kita/overrides.yaml"
    assert [(p[0], p[1], p[2], p[4]) for p in found] == [
        (file, "/parameters/tema_lama/values/0/value/1",
         '"inflsi" in the parameter tema_lama', "Did you mean inflasi?"),
        (file, "/parameters/skala_merit/values/0/value", "[5, 1]", ""),
    ]  # fmt: skip


def test_a_rule_that_cannot_be_read_makes_no_noise(tmp_path):
    files = {
        "uji/UJI-001.yaml": "id: [\n",
        "overrides.yaml": MEDIUM.replace("PK-001", "UJI-001"),
        "pengecualian.yaml": WAIVERS,
    }
    (found,) = problems(tmp_path, files)
    assert found[0] == "aturan-kita/uji/UJI-001.yaml"


# --- whose threshold it is -----------------------------------------------------------------------


def message(rulebook, lang="en"):
    findings = report_tree(report(rulebook), lang)["findings"]
    (found,) = [f["message"] for f in findings if f["rule"] == "SPIP-001"]
    return found


@pytest.mark.parametrize(
    ("lang", "shipped", "ours"),
    [("id", "level minimum 3 (ambang rbrules).", "(ambang dari aturan-kita/overrides.yaml"),
     ("en", "level 3 (a threshold of rbrules).", "(a threshold of aturan-kita/overrides.yaml")],
)  # fmt: skip
def test_a_message_says_whose_threshold_it_is(tmp_path, lang, shipped, ours):
    assert message(shipped_rulebook(), lang).endswith(shipped)
    assert message(rulebook_of(tmp_path, LEVEL.replace("2.4", "5"), "x"), lang).endswith(
        f"5 {ours.replace('aturan-kita', 'x')})."
    )
    citation = "source: regulation, citation: [{jenis: Perbup, nomor: 7, tahun: 2020, verified: false}, {jenis: Perbup, nomor: 9, tahun: 2024, verified: true, from: 2024-01-01}]"
    text = LEVEL.replace("2.4", "5").replace("source: project", citation)
    unread = {"id": "belum diverifikasi", "en": "not verified"}[lang]
    assert message(rulebook_of(tmp_path, text), lang).endswith(f"{ours}: Perbup 7/2020, {unread}).")


@pytest.mark.parametrize(
    ("source", "words"),
    [("source: project", "a threshold of aturan-kita/parameters/ambang_uji.yaml"),
     ("source: secondary", "a threshold of aturan-kita/parameters/ambang_uji.yaml")],
)  # fmt: skip
def test_a_parameter_of_ones_own_is_not_called_one_of_rbrules(tmp_path, source, words):
    rule = RULES.joinpath("rb_indikator/SPIP-001.yaml").read_text("utf-8")
    rule = rule.replace("SPIP-001", "UJI-001").replace("level_spip_minimum", "ambang_uji")
    parameter = RULES.joinpath("parameters/level_spip_minimum.yaml").read_text("utf-8")
    parameter = parameter.replace("level_spip_minimum", "ambang_uji")
    parameter = re.sub(r"source: project(?s:.*)", source, parameter)
    files = {"uji/UJI-001.yaml": rule, "parameters/ambang_uji.yaml": parameter}
    tree = report_tree(report(load_rulebook([RULES, folder(tmp_path, files)])), "en")
    (found,) = [f["message"] for f in tree["findings"] if f["rule"] == "UJI-001"]
    assert found.endswith(f"level 3 ({words}).")


def test_a_placeholder_for_whose_threshold_it_is_needs_the_parameter(tmp_path):
    text = "rules: {SPIP-001: {reason: X., message: {id: $sumber_level_spip_minimun, en: $sumber_batas_tl_bpk}}}\n"
    found = problems(tmp_path, {"overrides.yaml": text})
    assert [(p[1], p[2]) for p in found] == [
        ("/rules/SPIP-001/message/id", "the placeholder $sumber_level_spip_minimun"),
        ("/rules/SPIP-001/message/en", "the placeholder $sumber_batas_tl_bpk"),
    ]
    assert found[0][4] == "Did you mean sumber_level_spip_minimum?"


# --- the report ----------------------------------------------------------------------------------


def dated(value, start, end=None, source="project"):
    return {"value": value, "from": start, "to": end, "source": source}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_is_valid_and_names_every_change_at_the_finding_too(tmp_path, lang):
    text = MEDIUM + LEVEL.replace("2.4", "5")
    tree = report_tree(report(rulebook_of(tmp_path, text)), lang, every_outcome=True)
    assert_valid_report(tree)
    file = "aturan-kita/overrides.yaml"
    shipped = shipped_rulebook().parameters["level_spip_minimum"].values[0].source
    assert tree["overrides"] == [
        {"kind": "parameter", "id": "level_spip_minimum", "keys": ["values"],
         "changes": [
             {"key": "values", "unit": "level",
              "old": [dated(3, "2022-01-01", source=shipped)],
              "new": [dated(2, "2014-01-01", "2022-12-31"), dated(5, "2023-01-01")]},
         ],
         "reason": "Ambang Inspektorat.", "file": file},
        {"kind": "rule", "id": "PK-001", "keys": ["severity"],
         "changes": [{"key": "severity", "old": "high", "new": "medium"}],
         "reason": "Kesepakatan kertas kerja.", "file": file},
    ]  # fmt: skip
    marked = {f["rule"] for f in tree["findings"] if f.get("overridden") == [file]}
    assert marked == {"PK-001", "SPIP-001", "RBI-001"}  # RBI-001 asks for the level too


EVERYTHING = """
rules:
  PK-001:
    severity: low
    reason: Satu.
    title: {id: Judul kami, en: Our title}
    message: {id: Pesan, en: Message}
    recommendation: {id: $pejabat_unit agar menelaah., en: The $pejabat_unit should look., addressee: [unit]}
  PK-003: {off: true, reason: Dua.}
  PK-002: {severity: SAME, reason: Tiga.}
parameters:
  skala_merit:
    reason: Empat.
    values: [{value: [1, 5.5], from: 2014-01-01, source: project}]
  batas_tl_bpk:
    reason: Lima.
    values: [{value: 75, from: 2014-01-01, source: project}]
"""


def test_every_change_is_shown_with_what_stood_before(tmp_path):
    same = rule_of(shipped_rulebook(), "PK-002").severity.value
    rulebook = rulebook_of(tmp_path, EVERYTHING.replace("SAME", same))
    tree = report_tree(report(rulebook), "en")
    assert_valid_report(tree)
    changes = {item["id"]: item["changes"] for item in tree["overrides"]}
    old = rule_of(shipped_rulebook(), "PK-001")
    assert changes["PK-001"] == [
        {"key": "severity", "old": "high", "new": "low"},
        {"key": "title", "old": {"id": old.title.id, "en": old.title.en},
         "new": {"id": "Judul kami", "en": "Our title"}},
        {"key": "message", "old": {"id": old.message.id, "en": old.message.en},
         "new": {"id": "Pesan", "en": "Message"}},
        {"key": "recommendation",
         "old": {"id": old.recommendation.id, "en": old.recommendation.en},
         "new": {"id": "$pejabat_unit agar menelaah.", "en": "The $pejabat_unit should look."}},
        {"key": "addressee", "old": list(old.addressee), "new": ["unit"]},
    ]  # fmt: skip
    assert changes["PK-003"] == [{"key": "off", "old": False, "new": True}]
    assert changes["PK-002"] == []
    assert changes["batas_tl_bpk"] == []
    (merit,) = changes["skala_merit"]
    assert merit["new"] == [dated([1, Decimal("5.5")], "2014-01-01")]


def test_of_two_folders_each_change_begins_where_the_one_before_ended(tmp_path):
    folders = [
        folder(tmp_path, {"overrides.yaml": text}, n) for n, text in (("a", MEDIUM), ("b", LOW))
    ]
    tree = report_tree(report(load_rulebook([RULES, *folders])), "en")
    steps = [(c["old"], c["new"]) for item in tree["overrides"] for c in item["changes"]]
    assert steps == [("high", "medium"), ("medium", "low")]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("id", (
            "aturan PK-001: tingkat TINGGI -> RENDAH, judul diubah, pesan diubah, teks rekomendasi "
            "diubah, tujuan rekomendasi ",
            "-> unit; Satu. (aturan-kita/overrides.yaml)",
            "aturan PK-003: dimatikan; Dua.",
            "aturan PK-002: tidak ada yang berubah; Tiga.",
            " -> 1, 5,5 (sejak 1 Januari 2014); Empat.",
        )),
        ("en", (
            "rule PK-001: severity HIGH -> LOW, title changed, message changed, text of the "
            "recommendation changed, addressee ",
            "rule PK-003: switched off; Dua.",
            "parameter batas_tl_bpk: nothing changes; Lima.",
            " -> 1, 5.5 (from 1 January 2014); Empat.",
        )),
    ],
)  # fmt: skip
def test_page_shows_old_and_new(tmp_path, lang, words):
    same = rule_of(shipped_rulebook(), "PK-002").severity.value
    rules = folder(tmp_path, {"overrides.yaml": EVERYTHING.replace("SAME", same)})
    done = run("check", SAMPLE, "--rules", rules, "--as-of", "2024-02-07", "--lang", lang)
    page = " ".join(done.stdout.decode().split())
    for word in words:
        assert word in page


def test_days_of_a_parameter_are_written_out_on_the_page(tmp_path):
    parameter = """
id: hari_uji
title: {id: Hari, en: Day}
unit: tanggal
values: [{value: 2024-01-31, from: 2020-01-01, source: project}]
"""
    text = """
parameters:
  hari_uji: {reason: X., values: [{value: 2024-02-29, from: 2020-01-01, source: project}]}
"""
    files = {"parameters/hari_uji.yaml": parameter, "overrides.yaml": text}
    rules = folder(tmp_path, files)
    done = run("check", SAMPLE, "--rules", rules, "--as-of", "2024-02-07", "--lang", "en")
    page = " ".join(done.stdout.decode().split())
    assert "31 January 2024 (from 1 January 2020) -> 29 February 2024 (from" in page


def test_without_overrides_the_report_does_not_speak_of_them():
    tree = report_tree(report(shipped_rulebook()), "id")
    assert "overrides" not in tree
    assert not any("overridden" in finding for finding in tree["findings"])


def test_the_digest_changes(tmp_path):
    digests = {
        shipped_rulebook().digest,
        rulebook_of(tmp_path, MEDIUM, "a").digest,
        rulebook_of(tmp_path, LOW, "b").digest,
        rulebook_of(tmp_path, "rules: {}\n", "c").digest,
    }
    assert len(digests) == 4
    assert rulebook_of(tmp_path, MEDIUM, "d").digest in digests


@pytest.mark.parametrize("path", SAMPLES[:8], ids=lambda path: path.stem)
def test_both_engines_agree_under_overrides(tmp_path, path):
    if len(ENGINES) < 2:
        pytest.skip("durable-rules is not installed")
    report(rulebook_of(tmp_path, MEDIUM + LEVEL), ENGINES[1], path, reference=ENGINES[0])


@pytest.mark.parametrize(
    ("lang", "words"),
    [("id", ("BUKU ATURAN YANG DISESUAIKAN (1)", "disesuaikan oleh aturan-kita/overrides.yaml")),
     ("en", ("ADJUSTED RULEBOOK (1)", "adjusted by aturan-kita/overrides.yaml"))],
)  # fmt: skip
def test_table_lists_what_was_changed_and_from_where(tmp_path, lang, words):
    rules = folder(tmp_path, {"overrides.yaml": MEDIUM})
    done = run("check", SAMPLE, "--rules", rules, "--as-of", "2024-02-07", "--lang", lang)
    page = " ".join(done.stdout.decode().split())
    assert done.returncode == 1
    for word in (*words, "Kesepakatan kertas kerja. (aturan-kita/overrides.yaml)"):
        assert word in page


def test_show_and_explain_tell_of_the_change(tmp_path):
    rules = folder(tmp_path, {"overrides.yaml": MEDIUM + LEVEL})
    shown = run("rules", "show", "PK-001", "--rules", rules).stdout.decode()
    assert shown.endswith(
        "\n# aturan-kita/overrides.yaml overrides severity: Kesepakatan kertas kerja.\n"
        "#   severity before: high\n"
        "#   severity now: medium\n"
    )
    level = run("rules", "show", "SPIP-001", "--rules", rules).stdout.decode()
    assert "\n# aturan-kita/overrides.yaml overrides values of level_spip_minimum: " in level
    assert "\n#   values before: 3 (" in level
    assert "\n#   values now: " in level
    for words in (["PK-001"], ["SPIP-001"], ["SPIP-001", SAMPLE]):
        page = run("explain", *words, "--rules", rules, "--lang", "en").stdout.decode()
        assert "(aturan-kita/overrides.yaml)" in " ".join(page.split())


@pytest.mark.parametrize(
    ("lang", "shipped", "ours"),
    [("id", "ambang proyek ini", "ambang dari aturan-kita/overrides.yaml"),
     ("en", "threshold of this project", "a threshold of aturan-kita/overrides.yaml")],
)  # fmt: skip
def test_explain_says_whose_threshold_it_is(tmp_path, lang, shipped, ours):
    rules = folder(tmp_path, {"overrides.yaml": LEVEL})
    for words in (["SPIP-001"], ["SPIP-001", SAMPLE]):
        page = run("explain", *words, "--lang", lang).stdout.decode()
        assert shipped in " ".join(page.split())
        page = run("explain", *words, "--rules", rules, "--lang", lang).stdout.decode()
        assert " ".join(page.split()).count(f"; {ours}") == 2
        assert shipped not in " ".join(page.split())


def test_of_two_folders_the_later_one_gives_the_threshold(tmp_path):
    folders = [folder(tmp_path, {"overrides.yaml": LEVEL}, name) for name in ("b", "a")]
    rulebook = load_rulebook([RULES, *folders])
    assert rulebook.own_file("level_spip_minimum") == "a/overrides.yaml"
    assert rulebook.own_file("batas_tl_bpk") is None


def test_hostile_reasons_do_no_harm(tmp_path):
    reason = '"\\e[2J\\e]0;x\\a \\u202e $nama ${x} $$ %s {0}\\r\\nTEMUAN: TINGGI (9)"'
    rules = folder(
        tmp_path, {"overrides.yaml": MEDIUM.replace("Kesepakatan kertas kerja.", reason)}
    )
    for words in (
        ["check", SAMPLE, "--as-of", "2024-02-07"],
        ["check", SAMPLE, "--as-of", "2024-02-07", "--format", "json"],
        ["explain", "PK-001"],
        ["rules", "show", "PK-001"],
        ["recommend", SAMPLE, "--format", "csv"],
    ):
        done = run(*words, "--rules", rules, RBRULES_LANG="id")
        text = done.stdout.decode()
        assert done.returncode in {0, 1}, done.stderr
        assert not set(text) & {"\x1b", "\x07", "\u202e"}
        assert not any(line.startswith("TEMUAN: TINGGI (9)") for line in text.splitlines())


# --- cases ---------------------------------------------------------------------------------------

CASES = """
rule: {}
cases:
  - name: Ours.
    evaluation: {{indikator: [{{kode: spip, nilai: 2.39}}]}}
    expect: {{spip: finding}}
"""


def test_cases_of_a_later_folder_stand_for_those_of_an_overridden_rule(tmp_path):
    for name, text in (("a", "rules: {SPIP-001: {severity: low, reason: X.}}\n"), ("b", LEVEL)):
        files = {"overrides.yaml": text, "uji/SPIP-001.cases.yaml": CASES.format("SPIP-001")}
        folders = [RULES, folder(tmp_path, files, name)]
        rulebook = load_rulebook(folders)
        (file,) = read_cases(folders, rulebook, frozenset({"SPIP-001"}))
        assert file.file == f"{name}/uji/SPIP-001.cases.yaml"
        assert list(mismatches(file, rulebook, PythonEngine())) == []


def test_second_cases_of_a_rule_that_is_not_overridden_are_a_problem(tmp_path):
    files = {"overrides.yaml": MEDIUM, "uji/SPIP-001.cases.yaml": CASES.format("SPIP-001")}
    folders = [RULES, folder(tmp_path, files)]
    with pytest.raises(InputError, match="one file of cases a rule"):
        read_cases(folders, load_rulebook(folders), frozenset())


def test_cases_of_a_rule_that_is_off_are_left_out(tmp_path):
    folders = [
        RULES,
        folder(tmp_path, {"overrides.yaml": "rules: {PK-003: {off: true, reason: X.}}\n"}),
    ]
    files = read_cases(folders, load_rulebook(folders), frozenset())
    assert "PK-003" not in {file.rule for file in files}


def test_changed_threshold_fails_the_shipped_cases(tmp_path):
    rules = folder(tmp_path, {"overrides.yaml": LEVEL})
    done = run("rules", "test", "SPIP-001", "--rules", rules, "--lang", "en", timeout=120)
    assert done.returncode == 1
    assert "FAILED in the case" in done.stdout.decode()
