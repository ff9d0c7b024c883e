"""The report tree as JUnit XML, which every build server shows."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from rbrules.model import Tree
from rbrules.report.about import About
from rbrules.report.matrix import LONGEST_CELL, clean
from rbrules.report.places import Places
from rbrules.report.rows import finding_row, unknown_row
from rbrules.report.words import label

_NO_TIME: Final = "0"
"""A rule takes no time worth telling, and a report of equal input has equal bytes."""


def report_junit(tree: Tree, places: Places, about: About) -> str:
    """Render a suite for each family of rules, and in it a case for each rule and subject.

    Args:
        tree: the report tree; without `outcomes` only findings, waived findings and unknowns stand
            in it.
        places: where the values stand in the input.
        about: the rules.

    Returns:
        A finding is a failure. What is waived, unknown or not applicable is skipped, with words
        that say why; a pass is a case with nothing in it.
    """
    rules = {rule.id: rule for rule in about.rules}
    told = _told(tree, places, about)
    outcomes = tree.get("outcomes") or [
        {**entry, "verdict": entry.get("verdict", "unknown")}
        for entry in (*tree["findings"], *tree["unknown"])
    ]
    families: dict[str, list[Tree]] = {code: [] for code in about.families}
    for outcome in outcomes:
        families.setdefault(rules[outcome["rule"]].family, []).append(outcome)
    root = ET.Element("testsuites", {"name": _text(f"rbrules: {tree['instansi']['nama']}")})
    for code, part in families.items():
        if not part:
            continue
        suite = ET.SubElement(root, "testsuite", _counts(about.family(code), part))
        for outcome in part:
            rule, subject = rules[outcome["rule"]], outcome["subject"]
            names = {
                "classname": _text(f"{code}.{rule.id}"),
                "name": _text(f"{rule.id} {rule.title}: {subject['id']}"),
                "time": _NO_TIME,
            }
            case = ET.SubElement(suite, "testcase", names)
            _result(case, outcome, told, tree["lang"])
    total = _counts("", outcomes)
    del total["name"], total["skipped"]
    root.attrib.update(total)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _told(tree: Tree, places: Places, about: About) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return message and text of each finding, waived finding and unknown."""
    lang, told = tree["lang"], {}
    for finding in tree["findings"]:
        row = finding_row(finding, tree, places, about)
        keys = ("line", "recommendation", "addressee", "citation", "waiver", "fingerprint")
        lines = [f"{label(f'report.{key}', lang)}: {row[key]}" for key in keys if row[key]]
        if row["waiver"]:
            message = f"{label('verdict.waived', lang)}: {row['message']} ({row['waiver']})"
        else:
            message = row["message"]
        told[_key(finding)] = message, "\n".join([row["message"], *lines])
    for entry in tree["unknown"]:
        row = unknown_row(entry, tree, places, about)
        data = f"{label('unknown.data', lang)}: {row['missing']}"
        told[_key(entry)] = f"{label('verdict.unknown', lang)}. {data}", ""
    return told


def _key(entry: Tree) -> tuple[str, str, str]:
    return entry["rule"], entry["subject"]["kind"], entry["subject"]["id"]


def _result(
    case: ET.Element, outcome: Tree, told: dict[tuple[str, str, str], tuple[str, str]], lang: str
) -> None:
    verdict = outcome["verdict"]
    if verdict == "pass":
        return
    message, text = told.get(_key(outcome), (label(f"verdict.{verdict}", lang), ""))
    if verdict == "finding":
        names = {"message": _text(message), "type": _text(outcome["rule"])}
        ET.SubElement(case, "failure", names).text = _text(text)
    else:
        ET.SubElement(case, "skipped", {"message": _text(message)})


def _counts(name: str, part: list[Tree]) -> dict[str, str]:
    verdicts = [outcome["verdict"] for outcome in part]
    skipped = sum(verdict not in {"finding", "pass"} for verdict in verdicts)
    return {
        "name": _text(name),
        "tests": str(len(part)),
        "failures": str(verdicts.count("finding")),
        "errors": "0",
        "skipped": str(skipped),
        "time": _NO_TIME,
    }


def _text(text: str) -> str:
    return clean(text, LONGEST_CELL)
