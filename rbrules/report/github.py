"""The report tree as workflow commands of GitHub Actions: annotations at lines of the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rbrules.model import Tree
from rbrules.report.matrix import LONGEST_CELL, clean
from rbrules.report.phrases import message_words
from rbrules.report.places import Places
from rbrules.report.rows import data_words, missing_pointers, pointers_of
from rbrules.report.words import label

LEVELS: Final = {"high": "error", "medium": "warning", "low": "notice"}
"""What a finding is, by its severity; what is waived or unknown is a notice."""

_DATA: Final = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY: Final = _DATA | str.maketrans({":": "%3A", ",": "%2C"})


def report_github(tree: Tree, places: Places) -> str:
    """Render one command a line for each finding, waived finding and unknown, gravest first.

    No text of the file can begin a command of its own: line breaks are encoded.
    """
    return "".join(f"{command}\n" for command in _commands(tree, places))


def _commands(tree: Tree, places: Places) -> Iterator[str]:
    lang = tree["lang"]
    file = places.file or tree["input"]["file"]
    for finding in tree["findings"]:
        is_waived = "waiver" in finding
        level = "notice" if is_waived else LEVELS[finding["severity"]]
        mark = f" ({label('verdict.waived', lang)})" if is_waived else ""
        advice = f"{label('findings.recommendation', lang)}: {finding['recommendation']}"
        text = f"{_who(finding)}{message_words(finding, lang)}\n{advice}"
        place = pointers_of(finding, places)[0]
        title = f"{finding['rule']} {finding['title']}{mark}"
        yield _command(level, file, place, places, title, text)
    for entry in tree["unknown"]:
        title = f"{entry['rule']} {entry['title']} ({label('verdict.unknown', lang)})"
        data = f"{label('unknown.data', lang)}: {data_words(entry, tree, places)}"
        pointer = missing_pointers(entry)[0]
        yield _command("notice", file, pointer, places, title, f"{_who(entry)}{data}")


def _who(entry: Tree) -> str:
    subject = entry["subject"]
    return "" if subject["kind"] == "instansi" else f"{subject['id']}: "


def _command(level: str, file: str, pointer: str, places: Places, title: str, text: str) -> str:
    properties = {"file": file, "line": str(places.line(pointer))}
    if places.column is not None:
        properties["col"] = str(places.column(pointer))
    properties["title"] = title
    words = ",".join(f"{k}={_encoded(v, _PROPERTY)}" for k, v in properties.items())
    return f"::{level} {words}::{_encoded(text, _DATA)}"


def _encoded(text: str, marks: Mapping[int, str]) -> str:
    return clean(text, LONGEST_CELL).translate(marks)
