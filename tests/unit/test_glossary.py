"""The glossary: every Indonesian key of the schemas has a row, and every row is in use."""

import re
from functools import cache
from pathlib import Path

import pytest
import simplejson

ROOT = Path(__file__).resolve().parent.parent.parent

ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """
        above accepted added addressee addressee_names addressees adjusted after
        agencies aliases alike all answers any applies_to as_of at at_least at_most
        attested bands base basis before begins_with below between blocked by carried
        cases certain change changes citation citation_not_in_force closed command
        components cost count counted criteria day days deadline deadlines decimals
        definitions differs_from digest disagrees_with dropped effect effects effort en
        engine error evaluation evidence expect failed falls_from families family fate
        field file files files_changed finding findings fingerprint fixed folders found
        from gain gates goal gone grade_none grade_undecided grades groups heads high id
        in indexes input invalid is is_not judged key keys kind known lacks lang limit
        line lines listed locked looked_at lost low mean means meant measures medium
        message met min missed missing more moved name named_by narrows needed needs
        never never_applied new no not not_applicable not_in not_in_force not_listed now
        off old on_missing on_or_after on_or_before only open open_grades opened options
        origin other out_of_range outcomes overridden overrides param parameter
        parameters parent pass path per_unit plans plus pointer pointers points policy
        present problems quartiles raises ranges rank ranking rbrules reached reason
        received recommendation recommendations reference reopened repeated reported
        requires result resumed retried revision rises_from room round_lines row rows
        rule rulebook rules same_as sampled selection set_aside sets settled severity
        share side since skip smaller source stands state steps still stood strict sub
        subject subjects summary table tables tags times title to tolerance top uncosted
        units unknown unweighted url valid value values verdict verdicts verified
        verified_by version waived waiver waivers waivers_elsewhere way way_blocked when
        where with_index without_file without_report without_subject years
        """,
    )
)
"""Keys that are plain English: the machinery."""


def rows():
    for line in (ROOT / "GLOSSARY.md").read_text("utf-8").splitlines():
        if line.startswith("| ") and not line.startswith(("| term ", "|---")):
            yield [cell.strip() for cell in line.strip("|").split("|")]


ROWS = list(rows())
TERMS = [term for term, *_ in ROWS]


def property_keys(tree):
    if isinstance(tree, dict):
        properties = tree.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for part in tree.values():
            yield from property_keys(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from property_keys(part)


@cache
def schemas():
    return {
        path.name.partition(".")[0]: frozenset(
            property_keys(simplejson.loads(path.read_text("utf-8")))
        )
        for path in (ROOT / "schemas").glob("*.schema.json")
    }


@cache
def corpus():
    folders = ("schemas", "rules", "rbrules", "docs")
    kinds = {".json", ".yaml", ".py", ".md"}
    return "\n".join(
        path.read_text("utf-8")
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in kinds
    )


@pytest.mark.parametrize("schema", sorted(schemas()))
def test_every_indonesian_key_has_a_row(schema):
    assert sorted(schemas()[schema] - ENGLISH - set(TERMS)) == []


@pytest.mark.parametrize(("term", "gloss", "where"), ROWS, ids=TERMS)
def test_row_is_in_use_and_says_truly_where(term, gloss, where):
    assert gloss
    pattern = rf"(?<![\w-]){re.escape(term)}(?![\w-])"
    assert re.search(pattern, corpus(), re.IGNORECASE), f"{term} stands nowhere"
    if where.startswith("schema ") and not where.endswith("in bagian"):
        for name in re.findall(r"[a-z]+", where.removeprefix("schema ")):
            text = (ROOT / "schemas" / f"{name}.schema.json").read_text("utf-8")
            assert f'"{term}"' in text or term == name, f"{term} is not in the {name} schema"
    if where.startswith("vocabulary "):
        section = where.removeprefix("vocabulary ")
        texts = [path.read_text("utf-8") for path in (ROOT / "rules/vocabulary").glob("*.yaml")]
        assert any(re.search(rf"^{section}:", text, re.MULTILINE) for text in texts)
    if where.startswith(("rbrules/", "docs/", "rules/")):
        assert (ROOT / where).exists()


def test_rows_are_sorted_and_each_term_stands_once():
    assert sorted(TERMS, key=str.casefold) == TERMS
    assert len({term.casefold() for term in TERMS}) == len(TERMS)


def test_english_list_holds_no_term_of_the_law():
    law = {term for term, _, where in ROWS if where.startswith("schema evaluation")}
    assert law & ENGLISH == set()
