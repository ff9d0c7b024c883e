"""The report tree as rows of cells: what the tables of every kind of document say."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeAlias

from rbrules.model import Tree
from rbrules.report.about import About
from rbrules.report.phrases import (
    alike_words,
    decision_words,
    idle_words,
    index_rows,
    lines_words,
    message_words,
    missing_words,
    never_words,
    selection_words,
)
from rbrules.report.places import Places
from rbrules.report.table import basis_words, override_words, validity
from rbrules.report.tree import fingerprint
from rbrules.report.words import day, label, number, period_words

Row: TypeAlias = dict[str, str]

OUTCOME: Final = (
    "verdict",
    "severity",
    "rule",
    "title",
    "family",
    "kind",
    "subject",
    "name",
    "message",
    "missing",
    "line",
    "pointer",
    "recommendation",
    "addressee",
    "citation",
    "waiver",
    "fingerprint",
)
"""The cells of a finding, a waived finding or an unknown, by the key of their label."""

LINE: Final = ("kode", "nama", "component", "status", "nilai", "maks", "bobot", "poin", "note")
"""The cells of a line of an index; nilai, maks, bobot and poin may be numbers."""


def outcome_rows(tree: Tree, places: Places, about: About) -> Iterator[Row]:
    """Yield a row for each finding, then each waived finding, then each unknown."""
    waived = [finding for finding in tree["findings"] if "waiver" in finding]
    for finding in (*(f for f in tree["findings"] if "waiver" not in f), *waived):
        yield finding_row(finding, tree, places, about)
    for entry in tree["unknown"]:
        yield unknown_row(entry, tree, places, about)


def finding_row(finding: Tree, tree: Tree, places: Places, about: About) -> Row:
    """Write a finding, waived or not."""
    lang: str = tree["lang"]
    pointers = pointers_of(finding, places)
    return {
        **_shared(finding, finding["verdict"], lang, about),
        "message": message_words(finding, lang),
        "missing": "",
        "line": _lines(pointers, places),
        "pointer": " ".join(pointers),
        "recommendation": finding["recommendation"],
        "addressee": "; ".join(finding["addressee_names"]),
        "citation": basis_words(finding, lang),
        "waiver": decision_words(finding["waiver"], lang) if "waiver" in finding else "",
        "fingerprint": finding["fingerprint"],
    }


def unknown_row(entry: Tree, tree: Tree, places: Places, about: About) -> Row:
    """Write an outcome that the file cannot settle, with the data that would settle it."""
    return {
        **_shared(entry, "unknown", tree["lang"], about),
        "message": "",
        "missing": data_words(entry, tree, places),
        "line": _lines(missing_pointers(entry), places),
        "pointer": " ".join(missing_pointers(entry)),
        "recommendation": "",
        "addressee": "",
        "citation": "",
        "waiver": "",
        "fingerprint": unknown_fingerprint(entry, tree),
    }


def data_words(entry: Tree, tree: Tree, places: Places) -> str:
    """Write what data would settle an unknown, and what stands there instead."""
    words, quoted = missing_words([entry], places)
    text = "; ".join(words)
    if quoted:
        found = label("unknown.found", tree["lang"], found=", ".join(quoted))
        text = f"{text} ({found})"
    return text


def unknown_fingerprint(entry: Tree, tree: Tree) -> str:
    """Name an unknown as the finding that it may turn out to be."""
    agency = tree["instansi"].get("kode") or tree["instansi"]["nama"]
    return fingerprint(entry["rule"], agency, entry["subject"]["id"])


def pointers_of(finding: Tree, places: Places) -> list[str]:
    """Return where the values stand that a finding rests on, the telling ones, each once."""
    looked_at = (pointer for place in finding["looked_at"] for pointer in place["pointers"])
    return places.telling(list(dict.fromkeys(looked_at)) or [finding["subject"]["pointer"]])


def missing_pointers(entry: Tree) -> list[str]:
    """Return where the data would stand that would settle an unknown."""
    return entry["missing"] or [entry["subject"]["pointer"]]


def _lines(pointers: list[str], places: Places) -> str:
    return ", ".join(map(str, places.lines(pointers)))


def _shared(entry: Tree, verdict: str, lang: str, about: About) -> Row:
    subject = entry["subject"]
    return {
        "verdict": label(f"verdict.{verdict}", lang),
        "severity": label(f"severity.{entry['severity']}", lang),
        "rule": entry["rule"],
        "title": entry["title"],
        "family": about.family_of(entry["rule"]),
        "kind": label(f"kind.{subject['kind']}", lang),
        "subject": subject["id"],
        "name": subject.get("nama", ""),
    }


# --- the index and its lines


def indexes(tree: Tree) -> Iterator[tuple[str, Tree]]:
    """Yield the indexes of the report with what they measure."""
    yield "indeks_rb", tree["indeks_rb"]
    if "sakip" in tree:
        yield "sakip", tree["sakip"]


def index_pairs(index: Tree, measure: str, lang: str) -> list[tuple[str, str]]:
    """Write what an index is, rests on, and of how many lines it is known."""
    pairs = index_rows(index, measure, lang)
    if index["lines"]:
        pairs.append((label("head.lines", lang), lines_words(index, lang)))
    return pairs


def line_cells(line: Tree, index: Tree, lang: str) -> dict[str, str | Decimal | None]:
    """Write a line of an index; an open range of points is a text, other figures stay numbers."""
    names = {item["kode"]: item["nama"] for item in index["komponen"]}
    points = line["poin"]
    if points is None and line["rentang"] is not None:
        low, high = (number(end, lang) for end in line["rentang"])
        points = label("range", lang, low=low, high=high)
    notes = []
    if line["asal_bobot"] == "berkas":
        notes.append(label("report.weight_file", lang))
    if not line["verified"]:
        notes.append(label("report.weight_unverified", lang))
    return {
        "kode": line["kode"],
        "nama": line["nama"],
        "component": names.get(line["komponen"], line["komponen"] or ""),
        "status": label(f"report.state.{line['status']}", lang),
        "nilai": line["nilai"],
        "maks": line["maks"],
        "bobot": line["bobot"],
        "poin": points,
        "note": "; ".join(notes),
    }


# --- what else has to be said


def remarks(tree: Tree) -> Iterator[tuple[str, list[str]]]:
    """Yield headings with what stands under them: remarks that no finding or unknown says."""
    lang = tree["lang"]
    notes = [*selection_words(tree), *(note["teks"] for note in tree["catatan"])]
    if notes:
        yield label("head.notes", lang), notes
    if tree["never_applied"]:
        yield label("report.never", lang), never_words(tree)
    if "not_in_force" in tree:
        resting = tree["not_in_force"]
        on = day(validity({"from": resting["day"], "to": None}).start, lang)
        yield (
            label("report.own", lang, day=on),
            [
                f"{r['rule']} {r['title']}: {period_words(validity(r), lang)} ({r['file']})"
                for r in resting["rules"]
            ],
        )
    idle = [waiver for waiver in tree.get("waivers", ()) if waiver["state"] != "used"]
    if idle:
        yield label("report.waivers", lang), [idle_words(waiver, lang) for waiver in idle]
    others = tree.get("waivers_elsewhere")
    if others is not None:
        count = label("report.elsewhere_count", lang, count=others["count"])
        alike = [alike_words(waiver, lang) for waiver in others["alike"]]
        yield label("report.elsewhere", lang), [count, *alike]
    if tree.get("overrides"):
        yield (
            label("report.overrides", lang),
            [override_words(item, lang) for item in tree["overrides"]],
        )
