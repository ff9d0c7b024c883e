"""Waivers: on which days they hold, for whom, and that nothing but the word changes."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.model import Verdict
from rbrules.pipeline import EVERYTHING, Selection, check
from rbrules.proof.cases import mismatches, read_cases
from rbrules.report.recommend import recommendations
from rbrules.report.tree import report_tree
from rbrules.rulebook import load_rulebook
from tests.shared import LANGUAGES, ROOT, RULES, assert_valid_report, dump, run, shipped_rulebook

SAMPLE = ROOT / "samples" / "contoh-temuan.json"
DECIDED, UNTIL = date(2024, 1, 15), date(2024, 6, 30)
DAY = timedelta(days=1)
WAIVER = {
    "aturan": "PK-001",
    "instansi": "contoh-temuan",
    "subjek": "KES-T1",
    "alasan": "Renstra sedang diubah.",
    "pejabat": "Sekretaris Daerah",
    "dokumen": {"jenis": "Surat", "nomor": "700/12/2024", "tanggal": "2024-01-15"},
    "sampai": "2024-06-30",
}


def engines():
    yield PythonEngine()
    try:
        from rbrules.engine.durable import DurableEngine
    except ImportError:
        return
    yield DurableEngine()


ENGINES = list(engines())


def folder(root, *waivers, name="aturan-kita"):
    place = root / name
    place.mkdir(exist_ok=True)
    tree = {"pengecualian": list(waivers)}
    (place / "pengecualian.json").write_text(json.dumps(tree), "utf-8")
    return place


def rulebook_of(root, *waivers):
    return load_rulebook([RULES, folder(root, *waivers)])


def report(rulebook, as_of=UNTIL, engine=ENGINES[0], data=None, **options):
    document = load_json(data or SAMPLE.read_bytes(), SAMPLE.name)
    evaluation = read_evaluation(document, rulebook)
    return check(rulebook, evaluation, as_of=as_of, engine=engine, **options)


def verdict(found, id_="PK-001", subject="KES-T1"):
    (mine,) = [o for o in found.outcomes if (o.rule.id, o.subject.id) == (id_, subject)]
    return mine.verdict


def states(found):
    return [state for _, state in found.waivers]


def problems(root, *waivers):
    with pytest.raises(InputError) as caught:
        rulebook_of(root, *waivers)
    return [(p.pointer, p.found, p.expected, p.hint) for p in caught.value.problems]


# --- days ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
@pytest.mark.parametrize(
    ("as_of", "word", "state"),
    [
        (DECIDED - DAY, Verdict.FINDING, "not_yet"),
        (DECIDED, Verdict.WAIVED, "used"),
        (UNTIL, Verdict.WAIVED, "used"),
        (UNTIL + DAY, Verdict.FINDING, "expired"),
    ],
)
def test_first_and_last_day_are_included(tmp_path, engine, as_of, word, state):
    found = report(rulebook_of(tmp_path, WAIVER), as_of, engine)
    assert verdict(found) is word
    assert states(found) == [state]


def test_one_day(tmp_path):
    waiver = {**WAIVER, "sampai": "2024-01-15"}
    rulebook = rulebook_of(tmp_path, waiver)
    shown = [verdict(report(rulebook, day)) for day in (DECIDED - DAY, DECIDED, DECIDED + DAY)]
    assert shown == [Verdict.FINDING, Verdict.WAIVED, Verdict.FINDING]


def test_the_day_is_that_of_jakarta(monkeypatch):
    from datetime import UTC, datetime

    from rbrules import api

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return cls.moment.astimezone(tz)

    monkeypatch.setattr(api, "datetime", Clock)
    for moment, day in (("2024-06-30T16:59:59", UNTIL), ("2024-06-30T17:00:00", UNTIL + DAY)):
        Clock.moment = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert api.today() == day


def test_the_year_of_the_rules_does_not_move_the_day(tmp_path):
    found = report(rulebook_of(tmp_path, WAIVER), rules_year=2025)
    assert verdict(found) is Verdict.WAIVED


@pytest.mark.parametrize(
    "word",
    ["", "2024-6-30", "30/06/2024", "30 Juni 2024", "2024-06-31", "2023-02-29", "20240630",
     "2024-W26-7", "2024-06-30T00:00:00", "2024-06-30 ", "2024-06-30\n", "2024-182", "0000-00-00",
     20240630, None, True, ["2024-06-30"]],
)  # fmt: skip
@pytest.mark.parametrize("key", ["sampai", "tanggal"])
def test_malformed_dates_are_problems(tmp_path, key, word):
    waiver = json.loads(json.dumps(WAIVER))
    place = waiver if key == "sampai" else waiver["dokumen"]
    place[key] = word
    pointer = "/pengecualian/0/sampai" if key == "sampai" else "/pengecualian/0/dokumen/tanggal"
    found = problems(tmp_path, waiver)
    assert {p for p, *_ in found} == {pointer}


def test_the_last_day_is_not_before_the_decision(tmp_path):
    found = problems(tmp_path, {**WAIVER, "sampai": "2024-01-14"})
    expected = "a day on or after 2024-01-15, the date of the decision"
    assert found == [("/pengecualian/0/sampai", "2024-01-14", expected, "")]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(WAIVER))
def test_every_key_is_required(tmp_path, key):
    waiver = {name: value for name, value in WAIVER.items() if name != key}
    (found,) = problems(tmp_path, waiver)
    assert found[:3] == ("/pengecualian/0", f'no key "{key}"', f'"{key}", which is required')


@pytest.mark.parametrize("key", ["alasan", "pejabat", "subjek", "instansi"])
@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_blank_words_are_problems(tmp_path, key, blank):
    (found,) = problems(tmp_path, {**WAIVER, key: blank})
    assert found[0] == f"/pengecualian/0/{key}"


def test_unknown_rule_and_unknown_key(tmp_path):
    (found,) = problems(tmp_path, {**WAIVER, "aturan": "PK-0O1"})
    assert found[0] == "/pengecualian/0/aturan"
    (found,) = problems(tmp_path, {**WAIVER, "aturan": "PK-901"})
    assert found[:3] == ("/pengecualian/0/aturan", '"PK-901"', "the id of a rule")
    assert found[3] == "PK ends at PK-003."
    (found,) = problems(tmp_path, {**WAIVER, "sampe": "2024-06-30"})
    assert found[3] == "Did you mean sampai?"


def test_one_entry_for_a_rule_and_a_subject(tmp_path):
    (found,) = problems(tmp_path, WAIVER, {**WAIVER, "sampai": "2024-12-31"})
    assert found[:2] == ("/pengecualian/1", 'PK-001 for "KES-T1" a second time')
    rulebook_of(tmp_path, WAIVER, {**WAIVER, "subjek": "KES-S1"})
    rulebook_of(tmp_path, WAIVER, {**WAIVER, "instansi": "lain"})


def test_also_in_two_folders(tmp_path):
    folders = [folder(tmp_path, WAIVER, name=name) for name in ("a", "b")]
    with pytest.raises(InputError) as caught:
        load_rulebook([RULES, *folders])
    (problem,) = caught.value.problems
    assert problem.file == "b/pengecualian.json"
    assert problem.found.endswith("a second time, which is in a/pengecualian.json too")


# --- for whom ------------------------------------------------------------------------------------


def test_the_waiver_of_another_agency_is_ignored(tmp_path):
    rulebook = rulebook_of(tmp_path, {**WAIVER, "instansi": "contoh-temuan-2"})
    found = report(rulebook)
    assert verdict(found) is Verdict.FINDING
    assert found.waivers == ()
    assert "waivers" not in report_tree(found, "id")


def test_waivers_of_other_agencies_are_counted_and_a_mistyped_one_is_named(tmp_path):
    mistyped = {**WAIVER, "instansi": "contoh-temaun"}
    waivers = [mistyped, {**WAIVER, "instansi": "kota-lain"}, {**WAIVER, "subjek": "KES-S1"}]
    found = report(rulebook_of(tmp_path, *waivers))
    assert (verdict(found), states(found)) == (Verdict.FINDING, ["used"])
    tree = report_tree(found, "id")
    assert_valid_report(tree)
    assert tree["waivers_elsewhere"] == {
        "count": 2,
        "alike": [
            {
                "aturan": "PK-001",
                "subjek": "KES-T1",
                "instansi": "contoh-temaun",
                "meant": "contoh-temuan",
                "file": "aturan-kita/pengecualian.json",
            }
        ],
    }
    for lang, title, words in (
        ("id", "PENGECUALIAN UNTUK INSTANSI LAIN (2)", "Apakah maksudnya contoh-temuan?"),
        ("en", "WAIVERS FOR OTHER AGENCIES (2)", "Did you mean contoh-temuan?"),
    ):
        done = run("check", SAMPLE, "--rules", tmp_path / "aturan-kita", "--lang", lang)
        page = " ".join(done.stdout.decode().split())
        assert f"{title} PK-001 KES-T1 (aturan-kita/pengecualian.json): " in page
        assert words in page
        assert "kota-lain" not in page


def test_a_name_that_is_nearly_that_of_the_agency_is_led_to_its_code(tmp_path):
    name = load_json(SAMPLE.read_bytes(), "x").tree["instansi"]["nama"]
    rulebook = rulebook_of(tmp_path, {**WAIVER, "instansi": name.upper()})
    (alike,) = report_tree(report(rulebook), "en")["waivers_elsewhere"]["alike"]
    assert (alike["instansi"], alike["meant"]) == (name.upper(), "contoh-temuan")


def test_waivers_of_other_agencies_for_rules_that_were_not_asked_are_not_counted(tmp_path):
    rulebook = rulebook_of(tmp_path, {**WAIVER, "instansi": "contoh-temaun"})
    found = report(rulebook, selection=Selection(only=frozenset({"SPIP-001"})))
    assert "waivers_elsewhere" not in report_tree(found, "en")
    assert "waivers_elsewhere" not in report_tree(report(shipped_rulebook()), "en")


def test_a_name_counts_only_where_the_file_has_no_code(tmp_path):
    tree = load_json(SAMPLE.read_bytes(), "x").tree
    rulebook = rulebook_of(tmp_path, {**WAIVER, "instansi": tree["instansi"]["nama"]})
    found = report(rulebook)
    assert (verdict(found), states(found)) == (Verdict.FINDING, ["by_name"])
    agency = {key: value for key, value in tree["instansi"].items() if key != "kode"}
    nameless = report(rulebook, data=dump({**tree, "instansi": agency}))
    assert (verdict(nameless), states(nameless)) == (Verdict.WAIVED, ["used"])


def test_what_waives_nothing_is_unused(tmp_path):
    waivers = [
        {**WAIVER, "subjek": "TIDAK-ADA"},
        {**WAIVER, "aturan": "PK-003"},
        {**WAIVER, "subjek": "kes-t1"},
    ]
    found = report(rulebook_of(tmp_path, *waivers))
    assert states(found) == ["unused"] * 3
    assert verdict(found) is Verdict.FINDING


def test_a_waiver_of_a_rule_that_is_not_in_force_or_is_off_is_unused(tmp_path):
    assert report(rulebook_of(tmp_path, WAIVER), rules_year=2021).waivers[0][1] == "unused"
    place = folder(tmp_path, {**WAIVER, "aturan": "PK-003"})
    text = "rules: {PK-003: {off: true, reason: X.}}\n"
    (place / "overrides.yaml").write_text(text, "utf-8")
    rulebook = load_rulebook([RULES, place])
    assert states(report(rulebook)) == ["unused"]
    assert states(report(rulebook, selection=Selection(only=frozenset({"PK-001"})))) == []


def test_a_waiver_of_a_rule_that_was_not_asked_is_not_reported(tmp_path):
    rulebook = rulebook_of(tmp_path, WAIVER)
    for selection, expected in (
        (EVERYTHING, ["used"]),
        (Selection(only=frozenset({"PK-001"})), ["used"]),
        (Selection(only=frozenset({"SPIP-001"})), []),
        (Selection(skip=frozenset({"PK"})), []),
    ):
        assert states(report(rulebook, selection=selection)) == expected


def test_only_findings_are_waived(tmp_path):
    shipped = report(shipped_rulebook())
    every = [
        {**WAIVER, "aturan": o.rule.id, "subjek": o.subject.id}
        for o in shipped.outcomes
        if o.verdict is not Verdict.FINDING
    ]
    found = report(rulebook_of(tmp_path, *every[:200]))
    assert found.outcomes == shipped.outcomes
    assert set(states(found)) == {"unused"}


# --- what stays as it was ------------------------------------------------------------------------


def everything_waived(root, engine=ENGINES[0]):
    """Waive every finding of the sample; return the report without and that with the waivers."""
    shipped = report(shipped_rulebook(), engine=engine)
    pairs = [(o.rule.id, o.subject.id) for o in shipped.outcomes if o.verdict is Verdict.FINDING]
    waivers = [{**WAIVER, "aturan": rule, "subjek": subject} for rule, subject in pairs]
    return shipped, report(rulebook_of(root, *waivers), engine=engine)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_waiver_improves_nothing_and_rules_that_count_count_as_before(tmp_path, engine):
    shipped, found = everything_waived(tmp_path, engine)
    assert (found.index, found.sakip) == (shipped.index, shipped.sakip)
    assert found.never_applied == shipped.never_applied
    assert len(found.outcomes) == len(shipped.outcomes)
    counted = 0
    for ours, theirs in zip(found.outcomes, shipped.outcomes, strict=True):
        waived = theirs.verdict is Verdict.FINDING
        assert ours.verdict is (Verdict.WAIVED if waived else theirs.verdict)
        assert replace(ours, verdict=theirs.verdict, waiver=None) == theirs
        counted += waived and bool(theirs.fact.tallies)
    assert counted, "the sample has findings of rules that count others"


def test_summary_differs_only_in_the_word(tmp_path):
    trees = [report_tree(found, "en") for found in everything_waived(tmp_path)]
    old, new = (Counter(tree["summary"]) for tree in trees)
    assert new["waived"] == old["finding"] > 0
    assert new["finding"] == old["waived"] == 0
    assert {k: v for k, v in new.items() if k not in {"finding", "waived"}} == {
        k: v for k, v in old.items() if k not in {"finding", "waived"}
    }
    for key in ("indeks_rb", "sakip", "unknown", "catatan"):
        assert trees[0][key] == trees[1][key]
    for before, after in zip(trees[0]["findings"], trees[1]["findings"], strict=True):
        decision = after.pop("waiver")
        assert (decision["sampai"], decision["tanggal"]) == ("2024-06-30", "2024-01-15")
        for counted in after.get("counted", ()):
            for subject in counted["subjects"]:
                subject["waived"] = False
        assert {**after, "verdict": "finding"} == before


def test_recommendations_leave_waived_findings_out(tmp_path):
    tree = report_tree(report(rulebook_of(tmp_path, WAIVER)), "id")
    subjects = {s for r in recommendations(tree) if r.rule == "PK-001" for s in r.subjects}
    assert "KES-S1" in subjects
    assert "KES-T1" not in subjects
    done = run("recommend", SAMPLE, "--rules", folder(tmp_path, WAIVER), "--as-of", UNTIL,
               "--format", "csv", "--lang", "en")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"))))
    assert not any(
        "KES-T1" in cell for row in rows if "PK-001" in row.values() for cell in row.values()
    )


def test_cases_of_rules_know_no_waivers(tmp_path):
    rulebook = rulebook_of(tmp_path, {**WAIVER, "instansi": "Instansi Contoh", "subjek": "A"})
    (file,) = read_cases([RULES], rulebook, frozenset({"PK-001"}))
    assert list(mismatches(file, rulebook, PythonEngine())) == []


# --- the report ----------------------------------------------------------------------------------

ALL_STATES = (
    WAIVER,
    {**WAIVER, "subjek": "TIDAK-ADA"},
    {**WAIVER, "subjek": "KES-S1", "sampai": "2024-06-29"},
    {**WAIVER, "subjek": "KES-P1", "dokumen": {"jenis": "SK", "nomor": 7, "tanggal": "2024-07-01"},
     "sampai": "2024-12-31"},
)  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_is_valid_and_lists_every_waiver(tmp_path, lang):
    tree = report_tree(report(rulebook_of(tmp_path, *ALL_STATES)), lang, every_outcome=True)
    assert_valid_report(tree)
    assert {(w["subjek"], w["state"]) for w in tree["waivers"]} == {
        ("KES-T1", "used"), ("TIDAK-ADA", "unused"), ("KES-S1", "expired"), ("KES-P1", "not_yet"),
    }  # fmt: skip
    (finding,) = [f for f in tree["findings"] if f["verdict"] == "waived"]
    assert finding["waiver"] == {
        "aturan": "PK-001", "subjek": "KES-T1", "alasan": "Renstra sedang diubah.",
        "pejabat": "Sekretaris Daerah", "dokumen": "Surat 700/12/2024", "tanggal": "2024-01-15",
        "sampai": "2024-06-30", "file": "aturan-kita/pengecualian.json",
    }  # fmt: skip


def test_what_is_counted_is_named_and_a_waived_one_as_such(tmp_path):
    found = report(rulebook_of(tmp_path, WAIVER), selection=Selection(only=frozenset({"SEL-001"})))
    tree = report_tree(found, "en")
    assert_valid_report(tree)
    ((counted,),) = [finding["counted"] for finding in tree["findings"]]
    assert (counted["rule"], counted["verdict"]) == ("PK-001", "finding")
    subjects = {subject["id"]: subject["waived"] for subject in counted["subjects"]}
    assert subjects == {"KES-P1": False, "KES-S1": False, "KES-T1": True}
    (values,) = [finding["values"] for finding in tree["findings"]]
    assert values["count"] == len(subjects)
    folder(tmp_path, WAIVER)
    options = ("--rules", tmp_path / "aturan-kita", "--as-of", UNTIL.isoformat(), "--lang", "en")
    page = run("check", SAMPLE, *options, "--only", "SEL-001").stdout.decode()
    assert "[counted: PK-001: KES-P1, KES-S1, KES-T1 (waived)]" in " ".join(page.split())


def test_order_of_entries_does_not_count(tmp_path):
    books = [rulebook_of(tmp_path, *rows) for rows in (ALL_STATES, ALL_STATES[::-1])]
    assert books[0].waivers == books[1].waivers
    trees = [report_tree(report(book), "id") for book in books]
    assert trees[0]["waivers"] == trees[1]["waivers"]
    assert books[0].digest != shipped_rulebook().digest


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("id", [
            "[DIKECUALIKAN sampai 30 Juni 2024 oleh Sekretaris Daerah, Surat 700/12/2024: Renstra",
            "PENGECUALIAN YANG TIDAK DIPAKAI (3)",
            "PK-001 KES-S1 (aturan-kita/pengecualian.json): sudah lewat waktunya",
            "PK-001 KES-P1 (aturan-kita/pengecualian.json): belum berlaku",
            "PK-001 TIDAK-ADA (aturan-kita/pengecualian.json): tidak ada temuan",
            "dikecualikan 1",
        ]),
        ("en", [
            "[WAIVED until 30 June 2024 by Sekretaris Daerah, Surat 700/12/2024: Renstra",
            "WAIVERS THAT WERE NOT USED (3)",
            "PK-001 KES-S1 (aturan-kita/pengecualian.json): expired",
            "waived 1",
        ]),
    ],
)  # fmt: skip
def test_table_shows_the_finding_with_the_decision_and_what_was_not_used(tmp_path, lang, words):
    rules = folder(tmp_path, *ALL_STATES)
    done = run("check", SAMPLE, "--rules", rules, "--as-of", UNTIL, "--lang", lang, "--all")
    page = " ".join(done.stdout.decode().split())
    for word in words:
        assert word in page


@pytest.mark.parametrize(
    ("lang", "recommended", "waived"),
    [("id", "Rekomendasi: ", "Dikecualikan: "), ("en", "Recommendation: ", "Waived: ")],
)
def test_table_asks_nobody_to_follow_up_what_is_waived(tmp_path, lang, recommended, waived):
    only = Selection(only=frozenset({"PK-001"}))
    subjects = [
        o.subject.id
        for o in report(shipped_rulebook(), selection=only).outcomes
        if o.verdict is Verdict.FINDING
    ]
    waivers = [{**WAIVER, "subjek": subject} for subject in subjects]
    words = ["--only", "PK-001", "--as-of", UNTIL, "--lang", lang]

    def page(*waivers):
        done = run("check", SAMPLE, "--rules", folder(tmp_path, *waivers), *words)
        return " ".join(done.stdout.decode().split())

    everything = page(*waivers)
    assert recommended not in everything
    assert everything.count(waived) == 1, "one decision covers all of them"
    assert "Surat 700/12/2024: Renstra sedang diubah." in everything.partition(waived)[2]
    for subject in subjects:
        assert f"- {subject}: " in everything
    some = page(*waivers[1:])
    assert recommended in some
    assert waived not in some
    other = {**waivers[0], "pejabat": "Bupati"}
    assert page(other, *waivers[1:]).count(waived) == 2


def test_exit_code_is_0_where_only_waived_findings_are_left(tmp_path):
    shipped = report(shipped_rulebook(), selection=Selection(only=frozenset({"PK-001"})))
    waivers = [
        {**WAIVER, "subjek": o.subject.id} for o in shipped.outcomes if o.verdict is Verdict.FINDING
    ]
    rules = folder(tmp_path, *waivers)
    words = ["check", SAMPLE, "--rules", rules, "--only", "PK-001", "--lang", "en", "--verify"]
    done = run(*words, "--as-of", UNTIL)
    assert done.returncode == 0
    assert f"FINDINGS: HIGH (0; waived {len(waivers)})" in done.stdout.decode()
    assert "Findings: 0 " in done.stderr.decode()
    late = run(*words, "--as-of", UNTIL + DAY)
    assert late.returncode == 1
    assert f"FINDINGS: HIGH ({len(waivers)})" in late.stdout.decode()


def test_malformed_date_by_command(tmp_path):
    rules = folder(tmp_path, {**WAIVER, "sampai": "31/12/2024"})
    done = run("check", SAMPLE, "--rules", rules)
    assert (done.returncode, done.stdout) == (2, b"")
    text = done.stderr.decode()
    assert 'at /pengecualian/0/sampai found "31/12/2024"; expected a date written as' in text


def test_hostile_words_do_no_harm(tmp_path):
    word = "\x1b[2J\x1b]0;x\x07 \u202e \u2028 $nama ${x} $$ %s {0}\r\nTEMUAN: TINGGI (9)"
    document = {"jenis": word, "nomor": "=1+1", "tanggal": "2024-01-15"}
    hostile = {**WAIVER, "alasan": word, "pejabat": word, "dokumen": document}
    rules = folder(tmp_path, hostile, {**hostile, "subjek": word})
    for words in (
        ["check", SAMPLE],
        ["check", SAMPLE, "--all"],
        ["check", SAMPLE, "--format", "json"],
        ["explain", "PK-001", SAMPLE],
        ["recommend", SAMPLE, "--format", "csv"],
    ):
        done = run(*words, "--rules", rules, "--as-of", UNTIL, "--lang", "id")
        text = done.stdout.decode()
        assert done.returncode in {0, 1}, done.stderr
        assert not set(text) & {"\x1b", "\x07", "\u202e", "\u2028"}
        assert not any(line.startswith("TEMUAN: TINGGI (9)") for line in text.splitlines())
