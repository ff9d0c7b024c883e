"""What-if: paths, printed results, states of findings."""

from __future__ import annotations

import copy
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.load.json_reader import load_json
from rbrules.model import Evaluation, Report, Verdict
from rbrules.outlook.change import changed, printed_aside, read_puts
from rbrules.outlook.difference import Difference, difference, state_of, what_if
from rbrules.outlook.moves import Board
from rbrules.outlook.page import difference_page
from rbrules.outlook.tree import difference_tree
from rbrules.pipeline import check
from rbrules.report.places import places_of
from tests.shared import (
    AS_OF,
    LANGUAGES,
    ROOT,
    SAMPLES,
    assert_valid,
    dump,
    report_of,
    run,
    shipped_rulebook,
)

RULEBOOK = shipped_rulebook()
KL = {"versi": 1, "instansi": {"nama": "Kementerian Contoh", "kelompok": "kementerian"}}


def judge(evaluation: Evaluation) -> Report:
    return check(RULEBOOK, evaluation, as_of=AS_OF, engine=PythonEngine())


def what(tree: dict[str, Any], *sets: str) -> Difference:
    report = report_of(tree)
    return what_if(report, read_puts(report.evaluation, RULEBOOK, sets), judge)


def page_of(found: Difference, lang: str) -> str:
    places = places_of(found.before.evaluation, lambda _: 1)
    page = difference_page(difference_tree(found, lang), places, width=100)
    return " ".join(page.split())


def problems(tree: dict[str, Any], *sets: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        what(tree, *sets)
    return [str(problem) for problem in caught.value.problems]


def ministry(**keys: Any) -> dict[str, Any]:
    return {**copy.deepcopy(KL), "tahun": 2024, **keys}


# --- paths -------------------------------------------------------------------------------------

ROWS = ministry(
    indikator=[{"kode": "spip", "nilai": 3, "poin": Decimal("2.40")}],
    kinerja=[
        {"id": "IKU-1", "realisasi": {"2024": 70}, "triwulan": {"2024": [1, 2, 3, 4]}},
        {"id": "IKU-1.1", "realisasi": {"2024": 60}},
    ],
    riwayat=[{"tahun": 2023, "indeks_rb": 70}, {"tahun": 2023, "indeks_rb": 71}],
    target_indeks=[{"dokumen": "Renja", "tahun": 2024, "nilai": 80}],
)


@pytest.mark.parametrize(
    ("text", "pointer", "value"),
    [
        ("indikator.spip.nilai=3.5", "/indikator/0/nilai", Decimal("3.5")),
        (" indikator.SPIP.nilai = 3.50", "/indikator/0/nilai", Decimal("3.50")),
        ("indikator.spip.poin=null", "/indikator/0/poin", None),
        ("kinerja.IKU-1.realisasi.2024=80", "/kinerja/0/realisasi/2024", 80),
        ("kinerja.IKU-1.1.realisasi.2024=80", "/kinerja/1/realisasi/2024", 80),
        ("kinerja.IKU-1.triwulan.2024.3=9", "/kinerja/0/triwulan/2024/2", 9),
        ("kinerja.IKU-1.nama=Angka harapan", "/kinerja/0/nama", "Angka harapan"),
        ("target_indeks.2024.nilai=82", "/target_indeks/0/nilai", 82),
        ("hasil_terbit.indeks_rb=71.38", "/hasil_terbit/indeks_rb", Decimal("71.38")),
        ("koefisien=-1", "/koefisien", -1),
    ],
)
def test_a_path_leads_to_a_place(text: str, pointer: str, value: Any) -> None:
    (put,) = read_puts(report_of(ROWS).evaluation, RULEBOOK, [text])
    assert (put.pointer, put.value) == (pointer, value)


def test_a_line_that_is_not_listed_is_added_once() -> None:
    evaluation = report_of(ROWS).evaluation
    puts = read_puts(evaluation, RULEBOOK, ["indikator.zi.nilai=2", "indikator.zi.target=3"])
    rows = changed(evaluation, RULEBOOK, puts).root.get("indikator")
    assert rows == [*ROWS["indikator"], {"kode": "zi", "nilai": 2, "target": 3}]
    texts = ["tema.pdn.lines.kl.poin=1.5"]
    theme = changed(evaluation, RULEBOOK, read_puts(evaluation, RULEBOOK, texts)).root.get("tema")
    assert theme == [{"kode": "pdn", "lines": [{"kode": "kl", "poin": Decimal("1.5")}]}]


def test_the_evaluation_that_is_changed_stays_as_it_is() -> None:
    report = report_of(ROWS)
    kept = copy.deepcopy(report.evaluation.root.tree)
    what(ROWS, "indikator.spip.nilai=4", "kinerja.IKU-1.realisasi.2024=80")
    assert report.evaluation.root.tree == kept


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("indikatr.spip.nilai=3", "Did you mean indikator?"),
        ("indikator.spipp.nilai=3", "Did you mean spip?"),
        ("indikator.spip.nila=3", "Did you mean nilai?"),
        ("indikator.spip.nilai=3,5", "Write it without quotes and with a decimal dot: 3.5."),
        ("indikator.spip.nilai", "For example: --set indikator.spip.nilai=3.5"),
        ("indikator.spip.nilai.x=3", "no more steps behind a value"),
        ("kinerja.IKU-2.nama=x", "Did you mean IKU-1?"),
        ("kinerja.IKU-1.triwulan.2024.5=1", "The names are 1, 2, 3, 4."),
        ("unit.x.nama=x", "which no row of /unit is called"),
        ("riwayat.2023.indeks_rb=70", "which 2 rows of /riwayat are called"),
        ("indikator..nilai=3", "PATH as section.id.key"),
    ],
)
def test_a_path_that_leads_nowhere_is_a_problem_with_a_suggestion(text: str, says: str) -> None:
    (problem,) = problems(ROWS, text)
    assert problem.startswith(f"--set {text}:")
    assert says in problem


def test_all_wrong_paths_are_listed_at_once() -> None:
    assert len(problems(ROWS, "indikatr.x=1", "kinerja.IKU-2.nama=x")) == 2


def test_wrong_values_are_listed_beside_wrong_paths() -> None:
    found = problems(ROWS, "indikatr.x=1", "indikator.spip.nilai=tiga", "tahun=abc", "koefisien=1")
    assert {problem.partition(":")[0] for problem in found} == {
        "--set indikator.spip.nilai=tiga",
        "--set indikatr.x=1",
        "--set tahun=abc",
    }


def test_a_value_out_of_its_kind_names_the_option() -> None:
    (problem,) = problems(ROWS, "indikator.spip.nilai=4", "tahun=abc")
    assert problem.startswith("--set tahun=abc: at /tahun")


# --- what-if ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_change_changes_nothing(path: Any) -> None:
    report = report_of(path.read_bytes())
    found = what_if(report, (), judge)
    assert {change.state for change in found.findings} <= {"repeated", "waived"}
    findings = [o for o in report.outcomes if o.verdict in {Verdict.FINDING, Verdict.WAIVED}]
    assert len(found.findings) == len(findings)
    assert found.aside == ()
    for change in (found.index, found.sakip):
        assert change.before == change.after
        assert change.shift is None or (change.shift.low, change.shift.high) == (0, 0)
    assert difference_tree(found, "en")["lines"] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_data_of_a_what_if_follow_their_schema(path: Any, lang: str) -> None:
    report = report_of(path.read_bytes())
    sets = ["hasil_terbit.indeks_rb=70.5"]
    if report.index.lines:
        sets += ["indikator.spip.nilai=7", "indikator.spi.nilai=null", "koefisien=0"]
    puts = read_puts(report.evaluation, RULEBOOK, sets)
    assert_valid(difference_tree(what_if(report, puts, judge), lang), "whatif")
    assert_valid(difference_tree(what_if(report, (), judge), lang), "whatif")


def test_a_value_that_stands_there_already_is_no_change() -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": Decimal("3.5"), "poin": Decimal("2.8")}])
    found = what(tree, "indikator.spip.nilai=3.5")
    assert (found.puts, found.aside) == ((), ())


def test_printed_results_of_a_changed_value_are_left_out() -> None:
    rows = [
        {"kode": "spip", "nilai": 3, "poin": Decimal("2.40")},
        {"kode": "zi", "nilai": 3, "poin": Decimal("3.00")},
    ]
    printed = {"indeks_rb": 71, "rb_general": 62, "rb_tematik": 9, "predikat": "BB", "sakip": 70}
    tree = ministry(
        indikator=rows,
        hasil_terbit=printed,
        riwayat=[
            {"tahun": 2024, "indeks_rb": 71, "sakip": 70},
            {"tahun": 2023, "indeks_rb": 70},
        ],
    )
    found = what(tree, "indikator.spip.nilai=4")
    assert [put.pointer for put in found.aside] == [
        "/hasil_terbit/indeks_rb",
        "/hasil_terbit/predikat",
        "/hasil_terbit/rb_general",
        "/riwayat/0/indeks_rb",
        "/indikator/0/poin",
    ]
    # (4 - 3) x 4 / 5, held against the lines and not against the printed 71.
    assert found.index.shift is not None
    assert found.index.shift.low == found.index.shift.high == Fraction(4, 5)


def test_a_printed_figure_that_is_changed_itself_stays() -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": 3, "poin": Decimal("2.40")}])
    found = what(tree, "indikator.spip.poin=3.2", "indikator.spip.nilai=4")
    assert found.aside == ()
    assert found.after.evaluation.root.get("indikator")[0]["poin"] == Decimal("3.2")


def test_sakip_answers_leave_out_printed_sakip_results() -> None:
    sub = [{"kode": "keberadaan", "jawaban": "B"}]
    tree = ministry(
        sakip={"komponen": [{"kode": "perencanaan", "poin": 20, "sub": sub}]},
        hasil_terbit={"sakip": 70, "sakip_predikat": "B", "indeks_rb": 71},
    )
    found = what(tree, "sakip.komponen.perencanaan.sub.keberadaan.jawaban=A")
    assert {put.pointer for put in found.aside} == {
        "/hasil_terbit/sakip",
        "/hasil_terbit/sakip_predikat",
        "/sakip/komponen/0/poin",
    }


def test_a_finding_that_can_no_longer_be_told_is_not_called_fixed() -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": 2}])
    states = {
        text: {c.outcome.rule.id: c.state for c in what(tree, text).findings}.get("SPIP-001")
        for text in (
            "indikator.spip.nilai=3",
            "indikator.spip.nilai=null",
            "indikator.spip.nilai=2.5",
        )
    }
    assert list(states.values()) == ["fixed", "open", "repeated"]


# option, what the warning names: a score, printed points, a line of a theme
OUT_OF_RANGE = [
    ("indikator.spip.nilai=7", "nilai of the line spip, which is 7, lies outside its range 1 to 5"),
    ("indikator.spip.nilai=0.5", "which is 0.5, lies outside its range 1 to 5"),
    (
        "indikator.spip.poin=4.01",
        "poin of the line spip, which is 4.01, lies outside its range 0 to 4",
    ),
    ("tema.pdn.lines.kl.poin=-1", "poin of the line pdn.kl, which is -1, lies outside"),
]


@pytest.mark.parametrize(("text", "says"), OUT_OF_RANGE)
def test_a_value_outside_its_range_is_a_warning_above_the_numbers(text: str, says: str) -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": 3}, {"kode": "spi", "nilai": 101}])
    page = page_of(what(tree, text), "en")
    assert says in page
    assert page.index("WARNING") < page.index("RB index")
    assert page.count("WARNING") == 1, "what the file says already is a finding, no warning"
    assert "PERINGATAN: " in page_of(what(tree, text), "id")


@pytest.mark.parametrize("text", ["indikator.spip.nilai=5", "indikator.spip.nilai=1"])
def test_a_value_at_the_end_of_its_range_is_no_warning(text: str) -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": 3}])
    assert "WARNING" not in page_of(what(tree, text), "en")


def test_a_new_finding_is_new() -> None:
    tree = ministry(indikator=[{"kode": "spip", "nilai": 3}])
    states = {c.outcome.rule.id: c.state for c in what(tree, "indikator.spip.nilai=2").findings}
    assert states["SPIP-001"] == "new"


def test_every_pair_of_verdicts_has_one_state() -> None:
    every = [None, *(v for v in Verdict if v is not Verdict.ERROR)]
    table = {(one, other): state_of((one, other)) for one in every for other in every}
    finding, waived = Verdict.FINDING, Verdict.WAIVED
    for (one, other), state in table.items():
        if other is finding:
            assert state == ("repeated" if one in {finding, waived} else "new")
        elif other is waived:
            assert state == "waived"
        elif one not in {finding, waived}:
            assert state is None
        else:
            assert (state == "fixed") == (other is Verdict.PASS)


def test_another_agency_is_refused() -> None:
    other = {**ministry(), "instansi": {"nama": "Kementerian Lain", "kelompok": "kementerian"}}
    with pytest.raises(InputError, match="the agency of"):
        difference(report_of(ministry()), report_of(other))


# --- the program -----------------------------------------------------------------------------

BLITAR = "samples/real-blitar-2023.json"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("whatif", BLITAR, "--set", "hasil_terbit.indeks_rb=72"), 0),
        (("whatif", BLITAR, "--with", BLITAR), 0),
        (("whatif", BLITAR, "--set", "hasil_terbt.indeks_rb=72"), 2),
        (("whatif", BLITAR, "--set", "hasil_terbit.indeks_rbb=72"), 2),
        (("whatif", BLITAR), 2),
        (("whatif", BLITAR, "--set", "koefisien=1", "--with", BLITAR), 2),
        (("whatif", BLITAR, "--with", "samples/real-kpu-2024.json"), 2),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int) -> None:
    for lang in ("id", "en"):
        done = run(*arguments, "--lang", lang)
        assert done.returncode == code, done.stderr.decode()
        assert bool(done.stdout) == (code == 0)


def test_other_rules_are_a_what_if(tmp_path: Any) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    text = "rules:\n  SPIP-001: {off: true, reason: trial}\n"
    (folder / "overrides.yaml").write_text(text, "utf-8")
    file = tmp_path / "agency.json"
    file.write_bytes(dump(ministry(indikator=[{"kode": "spip", "nilai": 2}])))
    done = run("whatif", file, "--with-rules", folder, "--format", "json")
    findings = load_json(done.stdout, "out").tree["findings"]
    assert {f["rule"]: f["state"] for f in findings}["SPIP-001"] == "gone"


def test_aside_finds_nothing_where_nothing_is_printed() -> None:
    report = report_of(ministry(indikator=[{"kode": "spip", "nilai": 2}]))
    puts = read_puts(report.evaluation, RULEBOOK, ["indikator.spip.nilai=3", "koefisien=1"])
    assert printed_aside(report, puts).totals == ()


NEW_RULE = """
id: XYZ-001
title: {id: Contoh, en: Example}
severity: low
applies_to: instansi
when: {tahun: {above: 2000}}
message: {id: Contoh., en: Example.}
recommendation: {id: Contoh., en: Example., addressee: [pimpinan_instansi]}
citation: []
source: project
valid: {from: 2022-01-01}
"""


@pytest.mark.parametrize("sets", [(), ("--set", "indikator.spip.nilai=3")])
def test_a_file_may_name_a_rule_of_the_other_rules(tmp_path: Any, sets: tuple[str, ...]) -> None:
    folder = tmp_path / "rules" / "contoh"
    folder.mkdir(parents=True)
    (folder / "XYZ-001.yaml").write_text(NEW_RULE, "utf-8")
    rows = [{"id": "R-1", "tahun": 2023, "status": "belum", "aturan": "XYZ-001"}]
    file = tmp_path / "agency.json"
    file.write_bytes(dump(ministry(rekomendasi=rows, indikator=[{"kode": "spip", "nilai": 2}])))
    done = run("whatif", file, "--with-rules", folder.parent, *sets, "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    findings = load_json(done.stdout, "out").tree["findings"]
    assert {f["rule"]: f["state"] for f in findings}["XYZ-001"] == "new"
    assert run("whatif", file, "--set", "tahun=2024").returncode == 2, "elsewhere it is not known"


# --- what is no difference of the agency ------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_another_instrument_gives_no_difference(lang: str) -> None:
    (one, other) = (
        report_of((ROOT / "samples" / f"real-blitar-{year}.json").read_bytes())
        for year in (2022, 2023)
    )
    found = difference(one, other)
    assert not found.index.comparable
    assert found.index.shift is None
    page = page_of(found, lang)
    assert {"id": "2022 dan 2023", "en": "2022 and 2023"}[lang] in page.partition(":")[2][:60]
    assert {"id": "instrumen rb-2020, lalu rb-2023", "en": "instrument rb-2020, then rb-2023"}[
        lang
    ] in page
    assert "6,38" not in page
    assert "+6.38" not in page
    assert_valid(difference_tree(found, lang), "whatif")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_another_year_says_that_other_rules_apply(lang: str) -> None:
    found = what(ministry(indikator=[{"kode": "spip", "nilai": 3}]), "tahun=1999")
    assert found.index.shift is None
    page = page_of(found, lang)
    assert {"id": "aturan, parameter, dan instrumen", "en": "the rules, parameters and instrument"}[
        lang
    ] in page


def test_published_figures_of_one_year_without_an_instrument_are_subtracted() -> None:
    tree = ministry(tahun=1999, hasil_terbit={"indeks_rb": 70})
    found = what(tree, "hasil_terbit.indeks_rb=71")
    assert found.index.shift is not None
    assert found.index.shift.low == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_line_without_a_weight_is_no_change_of_nothing(lang: str) -> None:
    tree = {**ministry(tahun=2023), "indikator": [{"kode": "spip", "nilai": 3}]}
    tree["instansi"] = {"nama": "Kabupaten Contoh", "kelompok": "kabupaten"}
    found = what(tree, "indikator.spip.nilai=4")
    assert found.unweighted == ("spip",)
    assert found.index.shift is None
    page = page_of(found, lang)
    assert {"id": "spip tidak berbobot", "en": "The lines spip have a weight neither"}[lang] in page
    assert_valid(difference_tree(found, lang), "whatif")
    weighted = {**tree, "indikator": [{"kode": "spip", "nilai": 3, "bobot": 5, "maks": 5}]}
    assert what(weighted, "indikator.spip.nilai=4").unweighted == ()


def test_the_rows_of_the_sakip_score_are_named() -> None:
    tree = ministry(hasil_terbit={"sakip": 70}, indikator=[{"kode": "sakip", "nilai": 70}])
    assert "Basis (SAKIP score)" in page_of(what(tree, "indikator.sakip.nilai=80"), "en")


def test_the_base_is_one_whichever_line_is_changed() -> None:
    report = report_of((ROOT / "samples" / "contoh-temuan.json").read_bytes())
    bases = {
        what_if(report, read_puts(report.evaluation, RULEBOOK, [text]), judge).index.base.exact
        for text in ("indikator.skm.nilai=90", "indikator.spip.nilai=3", "koefisien=0")
    }
    assert len(bases) == 1
    assert bases == {Board(report).base.exact}
