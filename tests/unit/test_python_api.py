"""`rbrules.check`: the page that shows it, what it takes, and that the start stays cheap without it."""

from __future__ import annotations

import doctest
import subprocess
import sys
from datetime import date
from decimal import Decimal

import pytest

import rbrules
from tests.shared import BASE, ROOT, SAMPLES, environment, run

SAMPLE = next(path for path in SAMPLES if path.name == "contoh-temuan.json")
DAY = date(2024, 2, 7)


def test_the_examples_of_the_page_hold(monkeypatch):
    monkeypatch.chdir(ROOT)
    page = ROOT / "docs" / "python.md"
    failed, tried = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert tried > 10
    assert failed == 0


@pytest.mark.parametrize("lang", ["id", "en"])
def test_it_writes_what_the_command_writes(lang):
    options = ("--as-of", "2024-02-07", "--format", "json", "--lang", lang, "--quiet", "--all")
    words = ("--only", "perencanaan", "--skip", "PK-001", "--rules-year", "2024")
    done = run("check", SAMPLE, *options, *words)
    report = rbrules.check(
        SAMPLE,
        as_of=DAY,
        lang=lang,
        only=["perencanaan"],
        skip=["PK-001"],
        rules_year=2024,
        every_outcome=True,
    )
    assert report.to_json().encode() == done.stdout


def test_findings_and_waived_ones_are_those_of_the_tree(tmp_path):
    found = rbrules.check(SAMPLE, as_of=DAY, engine="python")
    assert len(found.findings) == found.tree["summary"]["finding"] > 0
    first = found.findings[0]
    (tmp_path / "pengecualian.yaml").write_text(
        f"""\
pengecualian:
  - aturan: {first.rule}
    instansi: contoh-temuan
    subjek: {first.subject}
    alasan: Uji coba.
    pejabat: Inspektur
    dokumen: {{jenis: Nota dinas, nomor: "1", tanggal: 2024-01-01}}
    sampai: 2024-12-31
""",
        "utf-8",
    )
    waived = rbrules.check(SAMPLE, as_of=DAY, engine="python", rules=[tmp_path])
    assert waived.waived == (first,)
    assert waived.findings == found.findings[1:]


def test_an_index_that_is_not_known_is_no_zero():
    report = rbrules.check(BASE, as_of=DAY)
    assert (report.index, report.grades) == (None, ())
    lines = [{"kode": "spip", "nilai": 3, "bobot": 4, "maks": 5}]
    wide = rbrules.check({**BASE, "indikator": lines}, as_of=DAY)
    assert wide.index is None
    assert len(wide.grades) > 1


@pytest.mark.parametrize("number", [71.38, Decimal("71.38")])
def test_numbers_of_a_mapping_count_by_their_digits(number):
    tree = {**BASE, "hasil_terbit": {"indeks_rb": number}}
    assert rbrules.check(tree, as_of=DAY).index == Decimal("71.38")
    assert tree["hasil_terbit"]["indeks_rb"] is number


def test_the_day_is_today_where_none_is_given(monkeypatch):
    from rbrules import api

    monkeypatch.setattr(api, "today", lambda: DAY)
    assert rbrules.check(BASE).tree["as_of"] == "2024-02-07"


def test_problems_of_rules_and_file_are_raised_at_once(tmp_path):
    (tmp_path / "PK-999.yaml").write_text("id: PK-999\n", "utf-8")
    (tmp_path / "a.json").write_text('{"versi": 1}', "utf-8")
    with pytest.raises(rbrules.InputError) as caught:
        rbrules.check(tmp_path / "a.json", rules=[tmp_path])
    files = {problem.file.rpartition("/")[2] for problem in caught.value.problems}
    assert files >= {"PK-999.yaml", "a.json"}


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"only": ["PK-01"], "skip": ["x"]}, ["--only", "--skip"]),
        ({"rules": ["nowhere"]}, ["nowhere"]),
    ],
)
def test_wrong_options(arguments, found):
    with pytest.raises(rbrules.InputError) as caught:
        rbrules.check(BASE, **arguments)
    assert [problem.file for problem in caught.value.problems] == found


@pytest.mark.parametrize("tree", [{**BASE, "tahun": float("nan")}, {"a": {1: 2}}, {"a": DAY}, {}])
def test_a_mapping_is_checked_like_a_file(tree):
    with pytest.raises(rbrules.InputError) as caught:
        rbrules.check(tree)
    assert {problem.file for problem in caught.value.problems} == {"<tree>"}


def test_an_engine_that_is_not_installed(monkeypatch):
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.delitem(sys.modules, "rbrules.engine.durable", raising=False)
    assert rbrules.check(BASE, as_of=DAY).tree["rbrules"]["engine"] == "python"
    for options in ({"engine": "durable"}, {"verify": True}):
        with pytest.raises(rbrules.InputError, match="no package durable-rules"):
            rbrules.check(BASE, **options)


def test_every_name_is_there_and_no_other():
    assert all(getattr(rbrules, name) for name in rbrules.__all__)
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        rbrules.chek  # noqa: B018


def test_importing_the_package_imports_nothing_of_it():
    code = "import rbrules, sys; print([m for m in sys.modules if m.startswith('rbrules.')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment(), check=True
    )
    assert done.stdout == "[]\n"
