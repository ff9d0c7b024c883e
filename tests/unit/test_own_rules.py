"""Rules of a folder of one's own that are not in force: the report names them, and their days."""

from datetime import date

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.pipeline import EVERYTHING, Selection, check
from rbrules.report.tree import report_tree
from rbrules.rulebook import load_rulebook
from tests.shared import (
    AS_OF,
    BASE,
    LANGUAGES,
    RULES,
    assert_valid_report,
    document_of,
    dump,
    run,
    shipped_rulebook,
)

RULE = """\
id: {id}
title: {{id: Judul, en: Title}}
severity: low
applies_to: kinerja
when: {{iku: {{is: true}}}}
message: {{id: Teks, en: Text}}
recommendation: {{id: Teks, en: Texts, addressee: [unit]}}
citation: []
source: project
valid: {{{valid}}}
"""
LATER = ("UJI-001", "from: 2024-01-01")
EARLIER = ("UJI-002", "from: 2021-01-01, to: 2023-12-30")
IN_FORCE = ("UJI-003", "from: 2023-12-31, to: 2023-12-31")


@pytest.fixture
def own(tmp_path):
    place = tmp_path / "aturan-kita" / "uji"
    place.mkdir(parents=True)
    for id_, valid in (LATER, EARLIER, IN_FORCE):
        (place / f"{id_}.yaml").write_text(RULE.format(id=id_, valid=valid), "utf-8")
    return place.parent


def tree_of(*folders, lang="en", selection=EVERYTHING, rules_year=None):
    rulebook = load_rulebook([RULES, *folders])
    found = check(
        rulebook,
        read_evaluation(document_of(BASE), rulebook),
        as_of=AS_OF,
        engine=PythonEngine(),
        selection=selection,
        rules_year=rules_year,
    )
    tree = report_tree(found, lang)
    assert_valid_report(tree)
    return tree


def resting(tree):
    return [rule["rule"] for rule in tree.get("not_in_force", {"rules": ()})["rules"]]


def test_the_rulebook_knows_what_is_not_shipped(own):
    assert load_rulebook([RULES, own]).own == {"UJI-001", "UJI-002", "UJI-003"}
    assert shipped_rulebook().own == frozenset()


@pytest.mark.parametrize(("lang", "title"), [("id", "Judul"), ("en", "Title")])
def test_own_rules_that_are_not_in_force_are_named_with_their_days(own, lang, title):
    rows = {"UJI-001": ("2024-01-01", None), "UJI-002": ("2021-01-01", "2023-12-30")}
    assert tree_of(own, lang=lang)["not_in_force"] == {
        "day": "2023-12-31",
        "rules": [
            {
                "rule": id_,
                "title": title,
                "from": start,
                "to": end,
                "file": f"aturan-kita/uji/{id_}.yaml",
            }
            for id_, (start, end) in rows.items()
        ],
    }


def test_shipped_rules_that_are_not_in_force_are_not_named(own):
    tree = tree_of(rules_year=2000)
    assert tree["rbrules"]["rulebook"]["rules"] < len(shipped_rulebook().rules)
    assert "not_in_force" not in tree
    assert resting(tree_of(own, rules_year=2000)) == ["UJI-001", "UJI-002", "UJI-003"]


def test_the_year_of_the_rules_decides(own):
    tree = tree_of(own, rules_year=2024)
    assert (tree["not_in_force"]["day"], resting(tree)) == ("2024-12-31", ["UJI-002", "UJI-003"])


def test_rules_that_were_not_asked_for_are_not_named(own):
    only = Selection(only=frozenset({"UJI-001", "SPIP-001"}))
    assert resting(tree_of(own, selection=only)) == ["UJI-001"]
    assert resting(tree_of(own, selection=Selection(skip=frozenset({"uji"})))) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_names_them(own, tmp_path, lang):
    file = tmp_path / "agency.json"
    file.write_bytes(dump(BASE))
    done = run("check", file, "--rules", own, "--as-of", date(2024, 2, 7), "--lang", lang)
    page = " ".join(done.stdout.decode().split())
    words = {
        "id": (
            "ATURAN SENDIRI YANG TIDAK BERLAKU PADA 31 Desember 2023 (2)",
            "UJI-001 Judul: sejak 1 Januari 2024 (aturan-kita/uji/UJI-001.yaml)",
            "UJI-002 Judul: 1 Januari 2021 sampai 30 Desember 2023",
        ),
        "en": (
            "OWN RULES NOT IN FORCE ON 31 December 2023 (2)",
            "UJI-001 Title: from 1 January 2024 (aturan-kita/uji/UJI-001.yaml)",
            "UJI-002 Title: 1 January 2021 to 30 December 2023",
        ),
    }
    for word in words[lang]:
        assert word in page
