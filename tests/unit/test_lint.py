"""What `rules lint` remarks, and the neighbours that it must leave alone."""

import dataclasses
import shutil

import pytest
from typer.testing import CliRunner

from rbrules.cli.main import app
from rbrules.proof import worlds
from rbrules.proof.cases import read_cases
from rbrules.proof.lint import PROBLEMS, lint
from rbrules.rulebook import load_rulebook
from tests.shared import LANGUAGES, RULES, shipped_rulebook

RULE = """\
id: {id}
title: {{id: Judul, en: Title}}
severity: low
applies_to: {kind}
{more}when: {when}
message: {message}
recommendation: {{id: Teks, en: Text, addressee: [unit]}}
citation: {citation}
{source}valid: {{{valid}}}
"""
MESSAGE = "{id: Teks $tahun, en: Text $tahun}"
COUNT = "{{count: {{rule: UJI-009, verdict: finding, {}}}}}"
SHARE = "{{share: {{rule: UJI-009, verdict: finding, {}}}}}"


DEFAULTS = {
    "kind": "rencana_aksi",
    "more": "",
    "message": MESSAGE,
    "citation": "[]",
    "source": "source: project\n",
    "valid": "from: 2021-01-01",
}


def rule(when, id_="UJI-001", **given):
    return RULE.format(id=id_, when=when, **(DEFAULTS | given))


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Copy the shipped vocabulary alone: a small rulebook is read and linted soon."""
    folder = tmp_path_factory.mktemp("kata")
    shutil.copytree(RULES / "vocabulary", folder / "vocabulary")
    return folder


@pytest.fixture
def remarks(words, tmp_path):
    """Return a function from rule texts, or files by path, to the codes of what lint remarks."""

    def of(*texts, files=None, notes=False):
        given = {f"lokal/{text.split()[1]}.yaml": text for text in texts} | (files or {})
        for name, text in given.items():
            path = tmp_path / "aturan" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        folders = [words, tmp_path / "aturan"]
        rulebook = load_rulebook(folders)
        found = lint(rulebook, read_cases(folders, rulebook, frozenset()))
        return [remark for remark in found if notes or remark.level != "note"]

    return of


def codes(found):
    return [
        (remark.subject, remark.code, *(value for _, value in remark.values)) for remark in found
    ]


# --- one rule ----------------------------------------------------------------------------------

NEVER = [
    ("{all: [{target: {below: 2}}, {target: {above: 2}}]}", "{all: [{target: {at_most: 2}}, {target: {at_least: 2}}]}"),
    ("{all: [{target: {below: 2}}, {target: {at_least: 2}}]}", "{any: [{target: {below: 2}}, {target: {above: 2}}]}"),
    ("{all: [{target: {above: 2}}, {target: {at_most: 2.0}}]}", "{all: [{target: {above: 2}}, {target: {at_most: 2.1}}]}"),
    ("{all: [{target: {is: 2}}, {target: {is_not: 2.00}}]}", "{all: [{target: {is: 2}}, {target: {is_not: 3}}]}"),
    ("{all: [{target: {between: [1, 2]}}, {target: {above: 2}}]}", "{all: [{target: {between: [1, 2]}}, {target: {at_least: 2}}]}"),
    ("{all: [{target: {in: [1, 2]}}, {target: {not_in: [2, 1]}}]}", "{all: [{target: {in: [1, 2]}}, {target: {not_in: [1]}}]}"),
    ("{all: [{target: {in: [1, 2]}}, {target: {above: 2}}]}", "{all: [{target: {in: [1, 2]}}, {target: {above: 1}}]}"),
    ("{all: [{target: {missing: true}}, {target: {below: 5}}]}", "{all: [{target: {present: true}}, {target: {below: 5}}]}"),
    ("{all: [{target: {missing: true}}, {target: {present: true}}]}", "{any: [{target: {missing: true}}, {target: {below: 0}}]}"),
    ("{all: [{tenggat: {before: 2023-03-01}}, {tenggat: {after: 2023-02-28}}]}", "{all: [{tenggat: {on_or_before: 2023-03-01}}, {tenggat: {after: 2023-02-28}}]}"),
    ("{all: [{tenggat: {before: 2024-03-01}}, {tenggat: {on_or_after: 2024-03-01}}]}", "{all: [{tenggat: {before: 2024-03-01}}, {tenggat: {after: 2024-02-28}}]}"),
    ("{tenggat: {before: 0001-01-01}}", "{tenggat: {on_or_before: 0001-01-01}}"),
    ("{all: [{tenggat: {between: [2023-01-01, 2023-01-31]}}, {tenggat: {after: 2023-01-31}}]}", "{all: [{tenggat: {between: [2023-01-01, 2023-01-31]}}, {tenggat: {on_or_after: 2023-01-31}}]}"),
    ("{all: [{id: {in: [a, b]}}, {id: {is: c}}]}", "{all: [{id: {in: [a, b]}}, {id: {is: b}}]}"),
    ("{all: [{id: {is: a}}, {id: {is_not: a}}]}", "{all: [{id: {is: a}}, {id: {is_not: A}}]}"),
    ("{status: {not_in: [selesai, proses, belum]}}", "{status: {not_in: [selesai, proses]}}"),
    ("{all: [{status: {is_not: selesai}}, {status: {in: [selesai]}}]}", "{all: [{status: {is_not: selesai}}, {status: {in: [selesai, belum]}}]}"),
    ("{all: [{dampak: {begins_with: [layanan]}}, {dampak: {is: Pelayanan}}]}", "{all: [{dampak: {begins_with: [layanan]}}, {dampak: {is: LAYANAN baik}}]}"),
    ("{all: [{dampak: {begins_with: [layanan prima]}}, {not: {dampak: {begins_with: [layanan]}}}]}", "{all: [{dampak: {begins_with: [layanan]}}, {not: {dampak: {begins_with: [layanan prima]}}}]}"),
    ("{all: [{dampak: {begins_with: [layanan]}}, {dampak: {not_in: [layanan]}}, {not: {dampak: {begins_with: [layanan]}}}]}", "{all: [{dampak: {begins_with: [layanan]}}, {dampak: {is_not: layanan}}]}"),
    ("{all: [{realisasi: {below: {field: target}}}, {realisasi: {above: {field: target}}}]}", "{all: [{realisasi: {at_most: {field: target}}}, {realisasi: {at_least: {field: target}}}]}"),
    ("{all: [{realisasi: {same_as: target}}, {realisasi: {differs_from: target}}]}", "{all: [{realisasi: {same_as: target}}, {realisasi: {differs_from: tahun}}]}"),
    ("{all: [{realisasi: {below: {field: target, times: 0.5}}}, {realisasi: {at_least: {field: target, times: 0.5}}}]}", "{all: [{realisasi: {below: {field: target, times: 0.5}}}, {realisasi: {at_least: {field: target, times: 0.4}}}]}"),
    ("{realisasi: {below: {field: realisasi}}}", "{realisasi: {below: {field: realisasi, times: 2}}}"),
    ("{all: [{realisasi: {missing: true}}, {not: {realisasi: {missing: true}}}]}", "{not: {realisasi: {missing: true}}}"),
]  # fmt: skip


@pytest.mark.parametrize(("never", "sometimes"), NEVER)
def test_conditions_that_cannot_be_true(remarks, never, sometimes):
    found = codes(remarks(rule(never), rule(sometimes, "UJI-002")))
    assert ("UJI-001", "never_finds") in found
    assert not [f for f in found if f[:2] == ("UJI-002", "never_finds")]


@pytest.mark.parametrize(
    ("always", "sometimes"),
    [
        ("{any: [{target: {at_most: 2}}, {target: {at_least: 2}}]}", "{any: [{target: {below: 2}}, {target: {above: 2}}]}"),
        ("{not: {all: [{target: {below: 2}}, {target: {above: 2}}]}}", "{not: {all: [{target: {at_most: 2}}, {target: {at_least: 2}}]}}"),
        ("{any: [{target: {missing: true}}, {target: {present: true}}]}", "{any: [{target: {missing: true}}, {realisasi: {present: true}}]}"),
        ("{any: [{id: {is: a}}, {id: {is_not: a}}]}", "{any: [{id: {is: a}}, {id: {is_not: b}}, {id: {is: c}}]}"),
        ("{status: {in: [selesai, proses, belum]}}", "{status: {in: [selesai, proses]}}"),
    ],
)  # fmt: skip
def test_conditions_that_cannot_be_false(remarks, always, sometimes):
    found = codes(remarks(rule(always), rule(sometimes, "UJI-002")))
    assert ("UJI-001", "always_finds") in found
    assert ("UJI-002", "always_finds") not in found or "is_not: b" in sometimes


def test_booleans(remarks):
    when = "{{all: [{{iku: {{is: true}}}}, {{iku: {{is: {}}}}}, {{nama: {{missing: true}}}}]}}"
    found = codes(
        remarks(
            rule(when.format("false"), kind="kinerja"),
            rule("{iku: {is: false}}", "UJI-002", kind="kinerja"),
        )
    )
    assert ("UJI-001", "never_finds") in found
    assert {id_ for id_, *_ in found} == {"UJI-001"}


def test_what_on_missing_makes_of_an_unknown_is_a_verdict(remarks):
    never = "{all: [{target: {below: 2}}, {target: {above: 2}}]}"
    always = "{any: [{target: {at_most: 2}}, {target: {at_least: 2}}]}"
    found = codes(
        remarks(
            rule(never, more="on_missing: finding\n"),
            rule(never, "UJI-002", more="on_missing: not_applicable\n"),
            rule(always, "UJI-003", more="on_missing: finding\n"),
        )
    )
    assert [f for f in found if f[1] in {"never_finds", "always_finds"}] == [
        ("UJI-002", "never_finds"),
        ("UJI-003", "always_finds"),
    ]


def test_a_field_that_cannot_be_read_is_neither_present_nor_missing(remarks):
    never = "{all: [{capaian: {missing: true}}, {capaian: {present: true}}]}"
    found = codes(
        remarks(
            rule(never, kind="kinerja", more="on_missing: finding\n"),
            rule(never, "UJI-002", kind="kinerja"),
        )
    )
    assert [f for f in found if f[1] == "never_finds"] == [("UJI-002", "never_finds")]


@pytest.mark.parametrize(
    ("where", "when", "expected"),
    [
        ("{target: {below: 2}}", "{target: {at_least: 2}}", ["never_finds"]),
        ("{target: {below: 2}}", "{target: {at_least: 1}}", []),
        ("{target: {below: 2}}", "{target: {at_most: 2}}", ["always_finds"]),
        ("{target: {below: 2}}", "{target: {at_most: 1}}", []),
        ("{tahun: {present: true}}", "{target: {at_most: 2}}", ["redundant"]),
        ("{target: {present: true}}", "{target: {at_most: 2}}", []),
    ],
)  # fmt: skip
def test_where_and_when_together(remarks, where, when, expected):
    found = codes(remarks(rule(when, more=f"where: {where}\n")))
    assert [code for _, code, *_ in found] == expected


@pytest.mark.parametrize(
    ("when", "places"),
    [
        ("{all: [{target: {below: 2}}, {target: {below: 3}}]}", ["/when/all/1"]),
        ("{all: [{target: {below: 2}}, {realisasi: {below: 3}}]}", []),
        ("{any: [{target: {below: 2}}, {target: {below: 3}}]}", ["/when/any/0"]),
        ("{any: [{id: {is: a}}, {id: {is: a}}]}", ["/when/any/0", "/when/any/1"]),
        ("{not: {all: [{target: {below: 2}}, {target: {is_not: 9}}]}}", ["/when/not/all/1"]),
        ("{any: [{all: [{id: {is: a}}, {id: {is: b}}]}, {target: {below: 2}}]}", ["/when/any/0"]),
        ("{all: [{target: {present: true}}, {target: {below: 2}}]}", []),
        ("{all: [{target: {above: 1}}, {target: {below: 3}}]}", []),
    ],
)  # fmt: skip
def test_parts_that_change_nothing(remarks, when, places):
    found = codes(remarks(rule(when)))
    assert {place for _, code, place in found if code == "redundant"} >= set(places)
    assert bool(found) == bool(places)


def test_a_part_that_a_case_tells_apart_is_needed(remarks):
    text = rule("{any: [{target: {below: 2}}, {target: {below: 3}}]}")
    case = """\
rule: UJI-001
cases:
  - name: Below.
    evaluation: {rencana_aksi: [{id: A, target: 2}, {id: B, target: 3}]}
    expect: {A: finding, B: pass}
"""
    found = codes(remarks(text, files={"lokal/UJI-001.cases.yaml": case}))
    assert found == [("UJI-001", "redundant", "/when/any/0")]


COUNTED = rule("{nama: {missing: true}}", "UJI-009", kind="kinerja")


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (COUNT.format("below: 0"), "never_finds"),
        (COUNT.format("at_least: 0"), "always_finds"),
        (COUNT.format("is: 0.5"), "never_finds"),
        (COUNT.format("at_most: 0"), ""),
        (SHARE.format("above: 1"), "never_finds"),
        (SHARE.format("at_most: 1"), "always_finds"),
        (SHARE.format("at_least: 1"), ""),
        (SHARE.format("below: 0.5"), ""),
        (f"{{all: [{COUNT.format('above: 1')}, {COUNT.format('below: 2')}]}}", "never_finds"),
        (f"{{all: [{COUNT.format('above: 1')}, {COUNT.format('below: 3')}]}}", ""),
    ],
)  # fmt: skip
def test_counts_and_shares(remarks, when, expected):
    found = [f for f in codes(remarks(COUNTED, rule(when, kind="instansi"))) if f[1] != "redundant"]
    assert found == ([("UJI-001", expected)] if expected else [])


# --- two rules ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("{target: {below: 2}}", "{target: {below: 2.0}}", ("UJI-001", "duplicate", "UJI-002")),
        ("{target: {below: 2}}", "{target: {at_most: 2}}", ("UJI-001", "subsumed", "UJI-002")),
        ("{target: {at_most: 2}}", "{target: {below: 2}}", ("UJI-002", "subsumed", "UJI-001")),
        ("{target: {below: 2}}", "{realisasi: {below: 2}}", None),
        ("{target: {below: 2}}", "{all: [{target: {below: 3}}, {realisasi: {below: 2}}]}", None),
        ("{target: {below: 2}}", "{target: {at_least: 2}}", ("UJI-001", "contradicts", "UJI-002")),
        ("{target: {below: 2}}", "{target: {above: 2}}", None),
        ("{target: {missing: true}}", "{target: {present: true}}", ("UJI-001", "contradicts", "UJI-002")),
        ("{realisasi: {below: {field: target}}}", "{realisasi: {at_most: {field: target}}}", ("UJI-001", "subsumed", "UJI-002")),
        ("{realisasi: {below: {field: target}}}", "{realisasi: {above: {field: target}}}", None),
        ("{dampak: {begins_with: [a b]}}", "{dampak: {begins_with: [a]}}", ("UJI-001", "subsumed", "UJI-002")),
        ("{dampak: {is: a}}", "{dampak: {begins_with: [a]}}", ("UJI-001", "subsumed", "UJI-002")),
        ("{dampak: {begins_with: [b]}}", "{dampak: {begins_with: [a]}}", None),
    ],
)  # fmt: skip
def test_pairs(remarks, first, second, expected):
    found = remarks(rule(first), rule(second, "UJI-002"))
    assert codes(found) == ([expected] if expected else [])
    assert all(remark.shown for remark in found)


def test_pairs_that_only_look_alike(remarks):
    when = "{nama: {missing: true}}"
    needs = "needs: [renstra]\n"
    assert codes(
        remarks(rule(when, kind="kinerja"), rule(when, "UJI-002", kind="kinerja", more=needs))
    ) == [("UJI-002", "subsumed", "UJI-001")]
    assert codes(remarks(rule(when, kind="kinerja"), rule(when, "UJI-002", kind="unit"))) == []


def test_an_overlap_in_validity_is_a_duplicate_and_a_successor_is_none(remarks):
    when = "{target: {below: 2}}"
    ended = rule(when, valid="from: 2021-01-01, to: 2022-12-31")
    assert codes(remarks(ended, rule(when, "UJI-002", valid="from: 2023-01-01"))) == []
    found = codes(remarks(ended, rule(when, "UJI-002", valid="from: 2022-12-31")))
    assert found == [("UJI-001", "duplicate", "UJI-002")]


def test_rules_that_count_the_same(remarks):
    one = rule(COUNT.format("at_least: 3"), kind="instansi")
    other = rule(COUNT.format("above: 2"), "UJI-002", kind="instansi")
    found = codes(remarks(COUNTED, one, other))
    assert found == [("UJI-001", "duplicate", "UJI-002")]


def test_a_case_that_shows_it_is_named(remarks):
    case = """\
rule: UJI-001
cases:
  - name: One is enough.
    evaluation: {rencana_aksi: [{id: A, target: 1}]}
    expect: {A: finding}
"""
    texts = rule("{target: {below: 2}}"), rule("{target: {at_most: 2}}", "UJI-002")
    (remark,) = remarks(*texts, files={"lokal/UJI-001.cases.yaml": case})
    assert remark.shown == (
        ("witness", (("world", "target = 1"),)),
        ("shown_by", (("case", "One is enough."), ("rule", "UJI-001"))),
    )


def test_too_many_worlds_are_not_decided(remarks, monkeypatch):
    monkeypatch.setattr(worlds, "MAX_STEPS", 2)
    texts = rule("{target: {below: 2}}"), rule("{target: {at_most: 2}}", "UJI-002")
    assert codes(remarks(*texts)) == [
        ("UJI-001", "undecided", "UJI-001"),
        ("UJI-001", "undecided", "UJI-002"),
        ("UJI-002", "undecided", "UJI-002"),
    ]


# --- texts, citations, periods -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("{id: $id, en: $id}", ("UJI-001", "same_text", "message")),
        ("{id: $id teks, en: $id text}", None),
        ("{id: Teks $id, en: Text}", ("UJI-001", "one_language", "$id", "message")),
        ("{id: Teks $id $target, en: Text $target $id}", None),
    ],
)
def test_translations(remarks, message, expected):
    found = codes(remarks(rule("{target: {below: 2}}", message=message)))
    assert found == ([expected] if expected else [])


def test_values_and_thresholds_that_a_message_does_not_show(remarks):
    when = "{target: {below: {param: ambang}}}"
    parameter = {"parameters/ambang.yaml": PARAMETER}
    silent = remarks(rule(when), files=parameter, notes=True)
    assert codes(silent) == [
        ("UJI-001", "nothing_shown", "target"),
        ("UJI-001", "threshold_hidden", "ambang"),
    ]
    message = "{id: Teks $target $ambang, en: Text $target $ambang}"
    assert remarks(rule(when, message=message), files=parameter, notes=True) == []


def test_families(remarks):
    text = rule("{id: {is: a}}")
    assert codes(remarks(files={"perencanaan/UJI-001.yaml": text}, notes=True)) == []
    text = rule("{id: {is: b}}", "UJI-002")
    assert codes(remarks(files={"asing/UJI-002.yaml": text}, notes=True)) == [
        ("UJI-002", "unknown_family", "asing")
    ]


LAW = "{{jenis: PermenPANRB, nomor: 88, tahun: 2021, verified: {}{}}}"


@pytest.mark.parametrize(
    ("citation", "source", "valid", "expected"),
    [
        ("[]", "", "from: 2021-01-01", [("UJI-001", "no_citation")]),
        ("[]", "source: project\n", "from: 2021-01-01", []),
        (LAW.format("true", ""), "", "from: 2021-01-01", []),
        (LAW.format("false", ""), "", "from: 2021-01-01", [("UJI-001", "unverified", "PermenPANRB 88/2021")]),
        (LAW.format("true", ", to: 2023-12-31"), "", "from: 2021-01-01", [("UJI-001", "repealed", "PermenPANRB 88/2021", "2023-12-31")]),
        (LAW.format("true", ", to: 2023-12-31"), "", "from: 2021-01-01, to: 2024-12-31", [("UJI-001", "repealed", "PermenPANRB 88/2021", "2023-12-31")]),
        (LAW.format("true", ", to: 2023-12-31"), "", "from: 2021-01-01, to: 2024-12-30", []),
    ],
)  # fmt: skip
def test_citations(remarks, citation, source, valid, expected):
    citation = citation if citation == "[]" else f"[{citation}]"
    text = rule("{id: {is: a}}", citation=citation, source=source, valid=valid)
    assert codes(remarks(text, notes=True)) == expected


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        ("from: 2022-01-01, to: 2022-12-30", [("UJI-001", "never_in_force", "2022-12-30", "2022-01-01")]),
        ("from: 2022-01-01, to: 2022-12-31", []),
        ("from: 2022-12-31, to: 2022-12-31", []),
        ("from: 2022-06-01, to: 2023-06-01", []),
        ("from: 2022-06-01, to: 9999-12-31", []),
    ],
)  # fmt: skip
def test_periods_without_the_day_that_counts(remarks, valid, expected):
    assert codes(remarks(rule("{id: {is: a}}", valid=valid))) == expected


PARAMETER = """\
id: ambang
title: {id: Ambang, en: Threshold}
unit: poin
values:
  - {value: 2, from: 2021-01-01, source: project}
"""


def dated(*periods, more="source: project"):
    values = "\n".join(f"  - {{value: 2, {period}, {more}}}" for period in periods)
    return {"parameters/ambang.yaml": f"{PARAMETER.partition('  - ')[0]}{values}\n"}


USER = rule("{target: {below: {param: ambang}}}", message="{id: Teks $target $ambang, en: Text $target $ambang}")  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (dated("from: 2021-01-01"), []),
        (dated("from: 2021-01-01, to: 2021-12-31", "from: 2022-01-01"), []),
        (dated("from: 2019-01-01, to: 2019-12-31", "from: 2021-01-01"), [("ambang", "gap", "2020-01-01", "2021-01-01"), ("ambang", "unused_value", "2019-01-01")]),
        (dated("from: 2019-01-01, to: 2020-12-31", "from: 2021-01-01"), [("ambang", "unused_value", "2019-01-01")]),
        (dated("from: 2019-01-01, to: 2021-01-01", "from: 2021-01-02"), []),
        (dated("from: 2021-01-01", more="source: regulation"), [("ambang", "no_citation")]),
        (dated("from: 2021-01-01", more="source: secondary"), []),
        (dated("from: 2021-01-01", more=f"source: regulation, citation: [{LAW.format('true', ', to: 2022-12-31')}]"), [("ambang", "repealed", "PermenPANRB 88/2021", "2022-12-31")]),
        (dated("from: 2021-01-01", more=f"source: regulation, citation: [{LAW.format('false', '')}]"), [("ambang", "unverified", "PermenPANRB 88/2021")]),
    ],
)  # fmt: skip
def test_parameters(remarks, files, expected):
    assert codes(remarks(USER, files=files, notes=True)) == expected


def test_a_parameter_that_nobody_names(remarks):
    assert codes(remarks(files=dated("from: 2021-01-01"))) == [("ambang", "unused_parameter")]


def test_instruments_without_a_gap(words):
    rulebook = shipped_rulebook()
    assert not [r for r in lint(dataclasses.replace(rulebook, rules=())) if r.code == "gap"]
    ended = [
        dataclasses.replace(i, valid=dataclasses.replace(i.valid, to=i.valid.start))
        if i.id == "rb-2014"
        else i
        for i in rulebook.instruments
    ]
    cut = dataclasses.replace(rulebook, rules=(), instruments=tuple(ended))
    assert any(r.code == "gap" and r.subject.startswith("indeks_rb") for r in lint(cut))


# --- the shipped rulebook and the page ---------------------------------------------------------


@pytest.mark.slow
def test_the_shipped_rulebook_has_no_problem_and_nothing_is_undecided():
    rulebook = shipped_rulebook()
    found = lint(rulebook, read_cases([RULES], rulebook, frozenset()))
    assert [remark for remark in found if remark.level != "note"] == []
    assert {remark.code for remark in found} <= {
        "unverified",
        "uncited",
        "nothing_shown",
        "threshold_hidden",
    }


def test_every_remark_has_words_in_both_languages():
    from rbrules.report.words import label

    named = {"at", "other", "world", "case", "rule", "part", "fields", "citation", "day", "start"}
    named |= {"end", "names", "parameter", "family", "table"}
    notes = {"undecided", "nothing_shown", "threshold_hidden", "unverified", "unknown_family"}
    notes |= {"table_overlap"}
    for code in (*PROBLEMS, *notes, "unused_value", "witness", "shown_by"):
        for lang in LANGUAGES:
            assert label(f"lint.{code}", lang, **dict.fromkeys(named, "x"))


def test_the_page_and_the_exit_code(words, tmp_path, monkeypatch):
    monkeypatch.setattr("rbrules.resources.shipped", lambda _: words)
    folder = tmp_path / "lokal"
    folder.mkdir()
    never = rule("{all: [{target: {below: 2}}, {target: {above: 2}}]}")
    for text, code, told in (
        (
            never,
            1,
            "PROBLEM (1)\n  - UJI-001: can never find anything: no file meets its condition.\nNotes: 1 (--all shows them).\n",
        ),
        (rule("{target: {below: 2}}"), 0, "No problems.\nNotes: 1 (--all shows them).\n"),
    ):
        (folder / "UJI-001.yaml").write_text(text, "utf-8")
        arguments = ["rules", "lint", "--rules", str(tmp_path), "--lang", "en"]
        done = CliRunner().invoke(app, arguments, env={"COLUMNS": "100"})
        assert (done.exit_code, done.stdout) == (code, told)


# --- tables ------------------------------------------------------------------------------------

ROWS = """\
where: {{jenjang: {{in: [tujuan, sasaran]}}}}
tables:
  ambang:
    policy: {policy}
    rows:
{rows}"""


def with_table(rows, policy="first", **given):
    listed = "".join(f"      - {row}\n" for row in rows)
    return rule(
        "{capaian: {below: {table: ambang}}}",
        kind="kinerja",
        more=ROWS.format(policy=policy, rows=listed),
        message="{id: Teks $capaian $ambang, en: Text $capaian $ambang}",
        **given,
    )


SASARAN = "{when: {jenjang: {is: sasaran}}, value: 90}"
TUJUAN = "{when: {jenjang: {is: tujuan}}, value: 80}"
EARLY = "{when: {tahun: {at_most: 2023}}, value: 70}"
LATE = "{when: {tahun: {at_least: 2024}}, value: 75}"
REST = "{value: 60}"


@pytest.mark.parametrize(
    ("rows", "world"),
    [
        ([SASARAN], "jenjang = tujuan"),
        ([EARLY, "{when: {tahun: {at_least: 2025}}, value: 75}"], "tahun = 2024"),
        ([SASARAN, "{when: {all: [{jenjang: {is: tujuan}}, {target_pk: {missing: true}}]}, value: 1}"], "target_pk = given"),
    ],
)  # fmt: skip
def test_a_subject_that_no_row_is_for(remarks, rows, world):
    (found,) = remarks(with_table(rows))
    assert (found.code, found.level) == ("table_gap", "problem")
    assert world in dict(found.shown[0][1])["world"]


@pytest.mark.parametrize("rows", [[SASARAN, TUJUAN], [EARLY, LATE], [SASARAN, REST], [REST]])
@pytest.mark.parametrize("notes", [False, True])
def test_tables_without_gap_and_overlap(remarks, rows, notes):
    found = codes(remarks(with_table(rows), notes=notes))
    assert [remark for remark in found if remark[1].startswith("table")] == []


def test_years_before_the_rule_and_other_subjects_are_no_gap(remarks):
    assert codes(remarks(with_table([LATE], valid="from: 2024-01-01"))) == []
    assert codes(remarks(with_table([LATE], valid="from: 2023-01-01"))) == [
        ("UJI-001", "table_gap", "ambang")
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [SASARAN, TUJUAN, REST],
        [SASARAN, "{when: {jenjang: {is: sasaran}}, value: 85}", TUJUAN],
        ["{when: {jenjang: {is: program}}, value: 50}", SASARAN, TUJUAN],
    ],
)
def test_a_row_that_never_counts(remarks, rows):
    (found,) = remarks(with_table(rows))
    assert (found.code, found.level) == ("table_row", "problem")


def test_rows_that_fit_the_same_subject(remarks):
    overlapping = with_table([SASARAN, EARLY, REST])
    found = [remark for remark in remarks(overlapping, notes=True) if "table" in remark.code]
    assert codes(found) == [
        ("UJI-001", "table_overlap", "/tables/ambang/rows/1", "/tables/ambang/rows/0")
    ]
    assert "jenjang = sasaran" in dict(found[0].shown[0][1])["world"]
    assert found[0].level == "note"


def test_rows_that_are_collected_may_meet(remarks):
    text = rule(
        "{jenjang: {not_in: {table: daftar}}}",
        kind="kinerja",
        more="tables: {daftar: {policy: collect, rows: [{when: {tahun: {at_least: 2020}}, value: tujuan}, {value: [tujuan, sasaran]}]}}\n",
        message="{id: Teks $daftar, en: Text $daftar}",
    )
    found = codes(remarks(text, notes=True))
    assert [remark for remark in found if remark[1].startswith("table")] == []


def test_the_values_of_a_table_are_compared_with_other_rules(remarks):
    narrow = with_table([SASARAN, TUJUAN])
    wide = rule(
        "{capaian: {below: 95}}",
        id_="UJI-002",
        kind="kinerja",
        message="{id: Teks $capaian, en: Text $capaian}",
    )
    assert codes(remarks(narrow, wide)) == [("UJI-001", "subsumed", "UJI-002")]
    apart = rule(
        "{capaian: {below: 85}}",
        id_="UJI-002",
        kind="kinerja",
        message="{id: Teks $capaian, en: Text $capaian}",
    )
    assert codes(remarks(narrow, apart)) == []


def test_a_table_that_is_shown_shows_the_thresholds_of_its_rows(remarks):
    number = "id: uji\ntitle: {id: Uji, en: Test}\nunit: persen\nvalues: [{value: 5, from: 2000-01-01, source: project}]\n"
    shown = with_table(["{value: {param: uji}}"])
    hidden = shown.replace(" $ambang,", ",").replace(" $ambang}", "}")
    files = {"parameters/uji.yaml": number}
    assert codes(remarks(shown, files=files, notes=True)) == []
    assert ("UJI-001", "threshold_hidden", "ambang") in codes(
        remarks(hidden, files=files, notes=True)
    )


@pytest.mark.parametrize(
    ("rows", "valid"),
    [
        (["{when: {all: [{jenjang: {is: sasaran}}, {tahun: {at_least: 2020}}]}, value: 3}", "{value: 4}"], "from: 2022-01-01"),
        (["{when: {tahun: {at_most: 2022}}, value: 3}", "{when: {tahun: {at_least: 2023}}, value: 4}"], "from: 2021-01-01"),
        (["{when: {tahun: {is: 2022}}, value: 3}", "{when: {tahun: {is: 2023}}, value: 4}"], "from: 2022-01-01, to: 2024-06-30"),
        (["{when: {jumlah_bukti: {at_most: 1}}, value: 3}", "{when: {jumlah_bukti: {at_least: 2}}, value: 4}"], "from: 2022-01-01"),
    ],
)  # fmt: skip
def test_whole_years_and_counts_of_the_rule_alone_make_gaps(remarks, rows, valid):
    assert codes(remarks(with_table(rows, valid=valid))) == []


@pytest.mark.parametrize(
    ("early", "late", "is_gap"),
    [
        ("akhir_tahun: {before: 2024-06-30}", "akhir_tahun: {after: 2024-01-15}", False),
        ("akhir_tahun: {before: 2024-06-30}", "tahun: {at_least: 2024}", False),
        ("akhir_tahun: {before: 2024-12-31}", "akhir_tahun: {after: 2024-12-31}", True),
        ("akhir_tahun_lalu: {on_or_before: 2023-12-31}", "tahun: {at_least: 2025}", False),
        ("akhir_februari: {before: 2025-02-28}", "akhir_februari: {after: 2025-02-28}", True),
        ("akhir_februari: {before: 2025-02-27}", "akhir_februari: {after: 2025-02-27}", False),
        ("akhir_februari: {is: 2024-02-29}", "tahun: {is_not: 2023}", False),
    ],
)
def test_days_that_the_year_decides_are_no_other_days(remarks, early, late, is_gap):
    rows = [f"{{when: {{{when}}}, value: {n}}}" for n, when in enumerate((early, late))]
    found = codes(remarks(with_table(rows)))
    assert found == ([("UJI-001", "table_gap", "ambang")] if is_gap else [])


def test_a_rule_that_asks_for_a_day_on_which_no_year_ends_never_finds(remarks):
    assert codes(remarks(rule("{akhir_tahun: {is: 2023-06-30}}"))) == [("UJI-001", "never_finds")]
    assert codes(remarks(rule("{akhir_tahun: {is: 2023-12-31}}"))) == []


def test_a_year_that_the_rows_forget_is_a_gap_however_late_the_rule_begins(remarks):
    rows = ["{when: {tahun: {at_most: 2023}}, value: 3}", TUJUAN]
    found = codes(remarks(with_table(rows, valid="from: 2026-01-01")))
    assert ("UJI-001", "table_gap", "ambang") in found
    assert ("UJI-001", "table_row", "/tables/ambang/rows/0") in found
    assert len(found) == 2


def test_words_that_no_file_can_have_are_no_gap(remarks, words):
    status = ["selesai", "proses", "belum", "tidak_dapat"]
    rows = "".join(
        f"      - {{when: {{status: {{is: {word}}}}}, value: {n}}}\n"
        for n, word in enumerate(status)
    )
    text = rule(
        "{jumlah_bukti: {below: {table: ambang}}}",
        kind="rekomendasi",
        more=f"tables:\n  ambang:\n    policy: first\n    rows:\n{rows}",
        message="{id: Teks $jumlah_bukti $ambang, en: Text $jumlah_bukti $ambang}",
    )  # fmt: skip
    assert codes(remarks(text)) == []
    assert [
        c[1]
        for c in codes(
            remarks(text.replace("      - {when: {status: {is: belum}}, value: 2}\n", ""))
        )
    ] == ["table_gap"]


def test_a_table_that_picks_the_subjects_leaves_no_gap(remarks):
    text = with_table([SASARAN]).replace(
        "where: {jenjang: {in: [tujuan, sasaran]}}", "where: {target_pk_di_batas: {is: false}}"
    )
    text = text.replace("when: {capaian:", "where: {capaian_lalu:").replace(
        "where: {target_pk_di_batas", "when: {target_pk_di_batas"
    )
    assert [c for c in codes(remarks(text)) if c[1] == "table_gap"] == []
