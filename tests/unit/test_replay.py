"""`rbrules replay`: the same bytes, or what differs; one test for each kind of difference."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
import simplejson
from hypothesis import given
from hypothesis import strategies as st

import rbrules
from rbrules.errors import InputError
from rbrules.load.json_reader import load_json
from rbrules.replay import Difference, Replay, differences, replay, replay_page
from rbrules.report.command import Command, read_command
from tests.shared import LANGUAGES, RULES, SAMPLES, run

SAMPLE = next(path for path in SAMPLES if path.name == "contoh-temuan.json")
DAY = date(2024, 2, 7)
OVERRIDE = """\
rules:
  PK-001:
    severity: low
    reason: Uji coba.
"""


def made(**options: object) -> bytes:
    options = {"as_of": DAY, "engine": "python"} | options
    return rbrules.check(SAMPLE, **options).to_json().encode()


def again(data: bytes, file: Path = SAMPLE, *own: Path) -> Replay:
    evaluation = load_json(file.read_bytes(), file.name)
    return replay(load_json(data, "report.json"), data, evaluation, [RULES, *own])


def pointers(result: Replay) -> list[str]:
    return [cause.pointer for cause in result.causes]


def own_folder(place: Path, severity: str = "low") -> Path:
    place.mkdir()
    (place / "overrides.yaml").write_text(OVERRIDE.replace("low", severity), "utf-8")
    return place


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"lang": "id", "every_outcome": True},
        {"rules_year": 2024, "only": ["perencanaan", "RA-001"], "skip": ["PK-001"]},
        {"as_of": date(2025, 1, 1), "engine": "durable", "verify": True},
        {"verify": True},
    ],
    ids=str,
)
def test_the_command_of_a_report_makes_it_again(options):
    if options.get("verify") or options.get("engine") == "durable":
        pytest.importorskip("durable_rules_engine")
    result = again(made(**options))
    assert result.is_same
    assert (result.causes, result.effects, result.spelling) == ((), (), None)


def test_neither_the_name_of_the_file_nor_a_year_that_decides_nothing_counts(tmp_path):
    other = tmp_path / "nama lain.json"
    other.write_bytes(SAMPLE.read_bytes())
    assert again(made(), other).is_same
    assert made() == made(rules_year=2023)


def test_an_own_folder_counts_by_what_is_in_it(tmp_path):
    own = own_folder(tmp_path / "lokal")
    report = made(rules=[own])
    assert again(report, SAMPLE, own).is_same
    (tmp_path / "b").mkdir()
    copy = own_folder(tmp_path / "b" / "lokal")
    assert again(report, SAMPLE, copy).is_same
    missing = again(report)
    assert pointers(missing) == ["/rbrules/rulebook/digest", "/rbrules/rulebook/folders/1"]
    assert missing.causes[1].now == ""
    assert not any(effect.pointer.startswith("/command") for effect in missing.effects)
    assert any(effect.pointer == "/overrides" for effect in missing.effects)


def test_other_content_of_a_folder(tmp_path):
    report = made(rules=[own_folder(tmp_path / "lokal")])
    (tmp_path / "b").mkdir()
    result = again(report, SAMPLE, own_folder(tmp_path / "b" / "lokal", "medium"))
    assert pointers(result) == ["/rbrules/rulebook/digest", "/rbrules/rulebook/folders/1"]
    page = replay_page(result, "report.json", "en")
    assert "own rule folder number 1 (digest): sha256:" in page
    assert "Which rules differ cannot be known" in page


def test_another_evaluation_file(tmp_path):
    changed = tmp_path / SAMPLE.name
    changed.write_bytes(SAMPLE.read_bytes() + b"\n")
    result = again(made(), changed)
    assert pointers(result) == ["/input/digest"]
    assert result.effects == ()
    assert "Everything else in the report is the same." in replay_page(result, "r.json", "en")


def test_another_version_comes_before_the_rules(tmp_path):
    tree = simplejson.loads(made(), use_decimal=True)
    tree["rbrules"]["version"] = "0.0.9"
    tree["rbrules"]["rulebook"]["digest"] = f"sha256:{'0' * 64}"
    tree["rbrules"]["rulebook"]["folders"] = [f"sha256:{'0' * 64}"]
    result = again(encoded(tree))
    assert pointers(result) == [
        "/rbrules/version",
        "/rbrules/rulebook/digest",
        "/rbrules/rulebook/folders/0",
    ]
    page = replay_page(result, "r.json", "en")
    version = f'version of rbrules: "0.0.9" in the report, "{rbrules.__version__}" now'
    assert version in page
    assert page.index(version) < page.index("rules shipped with rbrules")


def test_an_engine_that_is_not_installed(monkeypatch):
    pytest.importorskip("durable_rules_engine")
    report = made(engine="durable", verify=True)
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.delitem(sys.modules, "rbrules.engine.durable")
    result = again(report)
    assert pointers(result) == ["/rbrules/engine", "/rbrules/verified_by"]
    assert result.effects == ()
    assert result.without.startswith("durable-rules ")
    page = replay_page(result, "r.json", "en")
    assert f"{result.without} is not installed here" in page
    assert "Everything else in the report is the same." in page


def test_a_value_that_somebody_changed():
    tree = simplejson.loads(made(), use_decimal=True)
    tree["findings"][0]["severity"] = "low"
    last = len(tree["findings"]) - 1
    tree["findings"][last]["fingerprint"] = "f" * 16
    result = again(encoded(tree))
    assert result.causes == ()
    assert result.effects[0] == Difference("/findings/0/severity", '"low"', '"high"')
    assert result.effects[1].pointer == f"/findings/{last}/fingerprint"
    assert "was changed after it was made" in replay_page(result, "r.json", "en")


def test_a_finding_that_somebody_took_out():
    tree = simplejson.loads(made(), use_decimal=True)
    taken = tree["findings"].pop()
    result = again(encoded(tree))
    assert result.effects == (
        Difference(f"/findings/{len(tree['findings'])}", "", result.effects[0].now),
    )
    assert str(len(taken)) in result.effects[0].now


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data + b"\n",
        lambda data: data.replace(b'"nilai": 70.56', b'"nilai": 70.560', 1),
        lambda data: b"\xef\xbb\xbf" + data,
    ],
)
def test_the_same_values_written_otherwise(change):
    result = again(change(made()))
    assert (result.causes, result.effects) == ((), ())
    assert result.spelling is not None
    assert not result.is_same
    assert "written otherwise from line" in replay_page(result, "r.json", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_the_first_differences_only(lang):
    result = again(made(), next(path for path in SAMPLES if path.name == "contoh-bersih.json"))
    lines = replay_page(result, "r.json", lang).splitlines()
    assert len(lines) == 1 + 1 + 1 + 10 + 1 + 1
    assert str(len(result.effects)) in lines[2]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda _: SAMPLE.read_bytes(), "found an evaluation file"),
        (lambda _: b"[]", "found no report"),
        (lambda data: data.replace(b'"--lang"', b'"--Lang"'), "at /command"),
        (
            lambda data: data.replace(b'"2024-02-07",\n    "--lang"', b'"soon",\n    "--lang"'),
            "at /command",
        ),
        (lambda data: data.replace(b'"unknown": [', b'"unknwon": ['), 'found no key "unknown"'),
    ],
)
def test_what_is_no_report(change, found):
    with pytest.raises(InputError) as caught:
        again(change(made()))
    assert found in str(caught.value)


WORDS = st.text("abc-", min_size=1, max_size=5).filter(lambda word: not word.startswith("-"))


@given(
    st.builds(
        Command,
        file=WORDS,
        as_of=st.dates(),
        lang=st.sampled_from(["id", "en"]),
        engine=st.sampled_from(["durable", "python"]),
        verify=st.booleans(),
        every_outcome=st.booleans(),
        rules_year=st.none() | st.integers(1990, 2100),
        only=st.lists(WORDS).map(tuple),
        skip=st.lists(WORDS).map(tuple),
        rules=st.lists(WORDS).map(tuple),
    )
)
def test_a_command_is_read_as_it_was_written(command):
    assert read_command(command.words()) == command


def test_differences_tell_true_from_one_and_absent_from_null():
    assert [*differences({"a": 1, "b": None}, {"a": True})] == [
        Difference("/a", "1", "true"),
        Difference("/b", "null", ""),
    ]


def test_the_command(tmp_path):
    report = tmp_path / "laporan.json"
    options = ("--as-of", "2024-02-07", "--format", "json", "-o", report, "--lang", "id")
    assert run("check", SAMPLE, *options).returncode == 1
    assert b"/" not in report.read_bytes().split(b'"command"')[1].split(b"]")[0]
    done = run("replay", report, SAMPLE, "--lang", "id")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"sama bita demi bita" in done.stdout
    report.write_bytes(report.read_bytes().replace(b"70.56", b"70.57"))
    done = run("replay", report, SAMPLE)
    assert done.returncode == 1
    assert b"/indeks_rb/nilai: 70.57 in the report, 70.56 now" in done.stdout
    done = run("replay", SAMPLE, report)
    assert (done.returncode, done.stdout) == (2, b"")


def encoded(tree: object) -> bytes:
    return (simplejson.dumps(tree, use_decimal=True, ensure_ascii=False, indent=2) + "\n").encode()
