"""The report tree as SARIF 2.1.0, which code hosts and editors show at the lines of the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from rbrules.model import Tree
from rbrules.report.about import About, AboutRule
from rbrules.report.matrix import LONGEST_CELL, clean
from rbrules.report.phrases import decision_words, message_words
from rbrules.report.places import Places
from rbrules.report.rows import data_words, missing_pointers, pointers_of, unknown_fingerprint
from rbrules.report.words import label

VERSION: Final = "2.1.0"
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = {"high": "error", "medium": "warning", "low": "note"}
"""The level of a finding, by its severity."""

FINGERPRINT: Final = "rbrules/v1"
MOST_PLACES: Final = 20
"""So many further places of one finding are listed."""


def report_sarif(tree: Tree, places: Places, about: About) -> Tree:
    """Return the report as a SARIF log of one run, plain data for JSON.

    Args:
        tree: the report tree.
        places: where the values stand in the input.
        about: the rules; each is one of the run, whether or not it found anything.

    Returns:
        A finding is a result of kind "fail" with the level of its severity; a waived one is
        suppressed; an unknown is of kind "open".
    """
    index = {rule.id: place for place, rule in enumerate(about.rules)}
    file = _uri(places.file or tree["input"]["file"])
    writer = _Writer(tree, places, file)
    lang, made = tree["lang"], tree["rbrules"]
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "rbrules",
                        "version": made["version"],
                        "semanticVersion": made["version"],
                        "language": lang,
                        "rules": [_rule(rule, about, lang) for rule in about.rules],
                    }
                },
                "language": lang,
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": True}],
                "artifacts": [
                    {
                        "location": {"uri": file},
                        "mimeType": "application/json",
                        "hashes": {"sha-256": tree["input"]["digest"].removeprefix("sha256:")},
                    }
                ],
                "results": [
                    {**result, "ruleIndex": index[result["ruleId"]]} for result in writer.results()
                ],
                "properties": {
                    "instansi": clean(tree["instansi"]["nama"]),
                    "tahun": tree["tahun"],
                    "as_of": tree["as_of"],
                    "engine": made["engine"],
                    "rulebook": made["rulebook"]["digest"],
                },
            }
        ],
    }


def _rule(rule: AboutRule, about: About, lang: str) -> Tree:
    facts = [
        (label("page.condition", lang), rule.condition),
        (label("page.subject", lang), label(f"kind.{rule.kind}", lang)),
        (label("page.citation", lang), rule.basis),
    ]
    condition = f"{label('page.condition', lang)}: {rule.condition}"
    plain = "\n".join(f"{name}: {words}" for name, words in facts)
    marked = "\n".join(f"- **{name}**: {_message(words)}" for name, words in facts)
    return {
        "id": rule.id,
        "name": _name(rule.title),
        "shortDescription": {"text": _message(rule.title)},
        "fullDescription": {"text": _message(condition)},
        "help": {"text": _message(plain), "markdown": f"**{_message(rule.title)}**\n\n{marked}"},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {
            "tags": list(dict.fromkeys((rule.family, *rule.tags))),
            "family": about.family(rule.family),
            **({"reference": rule.reference} if rule.reference else {}),
        },
    }


def _name(title: str) -> str:
    """Make a name of one word, as viewers of SARIF show it."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", title))


class _Writer:
    """Writes the results of one run."""

    def __init__(self, tree: Tree, places: Places, file: str) -> None:
        self.tree = tree
        self.places = places
        self.file = file

    def results(self) -> Iterator[Tree]:
        lang = self.tree["lang"]
        for finding in self.tree["findings"]:
            advice = f"{label('findings.recommendation', lang)}: {finding['recommendation']}"
            pointers = pointers_of(finding, self.places)
            others = [self._related(pointer) for pointer in pointers[1 : 1 + MOST_PLACES]]
            text = f"{_who(finding)}{message_words(finding, lang)}\n{advice}"
            yield {
                **self._result(finding, pointers[0], text, finding["fingerprint"]),
                "kind": "fail",
                "level": LEVELS[finding["severity"]],
                **({"relatedLocations": others} if others else {}),
                **({"suppressions": [self._suppression(finding)]} if "waiver" in finding else {}),
            }
        for entry in self.tree["unknown"]:
            data = f"{label('unknown.data', lang)}: {data_words(entry, self.tree, self.places)}"
            text = f"{_who(entry)}{entry['title']}: {label('verdict.unknown', lang)}.\n{data}"
            pointer, mark = missing_pointers(entry)[0], unknown_fingerprint(entry, self.tree)
            yield {
                **self._result(entry, pointer, text, mark),
                "kind": "open",
                "level": "none",
                "properties": {"missing": [clean(pointer) for pointer in entry["missing"]]},
            }

    def _result(self, entry: Tree, pointer: str, text: str, mark: str) -> dict[str, Tree]:
        subject = entry["subject"]
        logical = {"name": clean(subject["id"]), "kind": "object"}
        if pointer:  # that of the whole file is empty
            logical["fullyQualifiedName"] = clean(pointer)
        return {
            "ruleId": entry["rule"],
            "message": {"text": _message(text)},
            "locations": [{**self._place(pointer), "logicalLocations": [logical]}],
            "partialFingerprints": {FINGERPRINT: mark},
            "suppressions": [],
        }

    def _related(self, pointer: str) -> Tree:
        logical = {"fullyQualifiedName": clean(pointer), "kind": "value"}
        return {**self._place(pointer), "logicalLocations": [logical]}

    def _place(self, pointer: str) -> dict[str, Tree]:
        region = {"startLine": self.places.line(pointer)}
        if self.places.column is not None:
            region["startColumn"] = self.places.column(pointer)
        artifact = {"uri": self.file, "index": 0}
        return {"physicalLocation": {"artifactLocation": artifact, "region": region}}

    def _suppression(self, finding: Tree) -> Tree:
        words = decision_words(finding["waiver"], self.tree["lang"])
        return {"kind": "external", "status": "accepted", "justification": clean(words)}


def _who(entry: Tree) -> str:
    subject = entry["subject"]
    return "" if subject["kind"] == "instansi" else f"{subject['id']}: "


def _message(text: str) -> str:
    """Write a message of SARIF: no text of a file becomes a link or a placeholder."""
    escaped = re.sub(r"([\[\]\\])", r"\\\1", clean(text, LONGEST_CELL))
    return escaped.replace("{", "{{").replace("}", "}}")


def _uri(file: str) -> str:
    return quote(clean(file), safe="/~")
