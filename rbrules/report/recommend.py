"""Findings merged into recommendations: the list for follow-up, as table, CSV or Markdown."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rbrules.model import Severity, Tree
from rbrules.report.table import basis_words, plain_table
from rbrules.report.words import label, safe

KEYS: Final = ("agency", "year", "as_of")
"""Columns that say in every row of the CSV list what it belongs to: lists are put together."""

COLUMNS: Final = (
    "no",
    "addressee",
    "severity",
    "recommendation",
    "rule",
    "title",
    "findings",
    "count",
    "subjects",
    "citation",
    "fingerprints",
)
"""Columns of the CSV and Markdown lists, by the key of their label."""

WIDE: Final = 100
"""From so many columns on the legal basis has a column of its own."""

_GAIN: Final = 20
"""Columns of the cell that says what a recommendation adds to the index."""

_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, some also after blanks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One recommendation to the same addressees, for every subject that it is given for."""

    addressee: tuple[str, ...]
    severity: str
    text: str
    rule: str
    title: str
    subjects: tuple[str, ...]
    messages: tuple[str, ...]
    citation: str
    fingerprints: tuple[str, ...]


def recommendations(tree: Tree) -> tuple[Recommendation, ...]:
    """Merge the findings of a report tree.

    Returns:
        One recommendation for all findings of a rule with the same text and addressees, sorted by
        addressee, severity and rule; waived findings are left out.
    """
    lang = tree["lang"]
    groups: dict[tuple[Tree, ...], list[Tree]] = {}
    for finding in tree["findings"]:
        if finding["verdict"] == "finding":
            names = tuple(finding["addressee_names"])
            key = (names, finding["rule"], finding["recommendation"])
            groups.setdefault(key, []).append(finding)
    merged = (
        Recommendation(
            addressee=names,
            severity=findings[0]["severity"],
            text=text,
            rule=rule,
            title=findings[0]["title"],
            subjects=tuple(finding["subject"]["id"] for finding in findings),
            messages=tuple(finding["message"] for finding in findings),
            citation=basis_words(findings[0], lang),
            fingerprints=tuple(finding["fingerprint"] for finding in findings),
        )
        for (names, rule, text), findings in groups.items()
    )
    return tuple(sorted(merged, key=lambda r: (r.addressee, _RANK[r.severity], r.rule, r.text)))


def recommendation_table(tree: Tree, *, width: int, points: Mapping[str, str] | None = None) -> str:
    """Render the list as text, one table for each addressee.

    Args:
        tree: the report tree.
        width: columns to use.
        points: what following the recommendations of a rule adds to the index, in words, by rule;
            there is a column of it where one is listed.
    """
    lang = tree["lang"]
    found = recommendations(tree)
    agency = f"{tree['instansi']['nama']}, {tree['tahun']}"
    heading = f"{label('recommend.heading', lang)}: {safe(agency)} ({len(found)})"
    lines = [textwrap.fill(heading, width, subsequent_indent="  ")]
    if not found:
        return f"{lines[0]}\n\n{label('recommend.none', lang)}\n"
    is_wide = width >= WIDE
    gains = {item.rule: (points or {}).get(item.rule, "") for item in found}
    has_gains = is_wide and any(gains.values())
    keys = ("no", "severity", "recommendation", "rule", "subjects", "citation")[: 5 + is_wide]
    free = max(width - 36 - (has_gains * _GAIN), 30)
    parts = (5, 2, 3) if is_wide else (7, 3, 0)
    first, second, third = (free * part // 10 for part in parts)
    widths = [3, 8, first, 9, second, third][: len(keys)]
    if has_gains:
        keys, widths = (*keys, "points"), [*widths, _GAIN]
    headers = [label(f"recommend.{key}", lang) for key in keys]
    numbered = list(enumerate(found, 1))
    for names in dict.fromkeys(item.addressee for item in found):
        rows = []
        for no, item in numbered:
            if item.addressee == names:
                cells = _cells(no, item, lang)
                cells["points"] = gains[item.rule]
                if not is_wide:
                    basis = f"{label('findings.citation', lang)}: {item.citation}"
                    cells["recommendation"] = f"{item.text}\n{basis}"
                    if gains[item.rule]:
                        gain = f"{label('recommend.points', lang)}: {gains[item.rule]}"
                        cells["recommendation"] += f"\n{gain}"
                rows.append([cells[key] for key in keys])
        whom = f"{label('recommend.addressee', lang)}: {safe('; '.join(names))}"
        lines += ["", textwrap.fill(whom, width, subsequent_indent="  "), ""]
        lines.append(plain_table(rows, headers, widths, total=width))
    if any(gains.values()):
        lines += ["", textwrap.fill(label("recommend.points_note", lang), width)]
    return "\n".join(lines) + "\n"


def recommendation_csv(tree: Tree) -> str:
    """Render the list as CSV for a spreadsheet.

    The first character is a byte-order mark and the separator a semicolon in Indonesian, a comma
    in English, as spreadsheets of these languages expect. A cell that a spreadsheet would take for
    a formula begins with an apostrophe.
    """
    lang = tree["lang"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if lang == "id" else ",", lineterminator="\r\n")
    head, *rows = _rows(tree)
    writer.writerow([*(label(f"recommend.{key}", lang) for key in KEYS), *head])
    keys = (tree["instansi"]["nama"], str(tree["tahun"]), tree["as_of"])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in (*keys, *row)])
    return "\ufeff" + stream.getvalue()


def recommendation_markdown(tree: Tree) -> str:
    """Render the list as a Markdown table."""
    lang = tree["lang"]
    head, *rows = _rows(tree)
    title = f"{label('recommend.heading', lang)}: {tree['instansi']['nama']}, {tree['tahun']}"
    lines = [f"# {_markdown(title)}", "", _markdown_row(head), _markdown_row(["---"] * len(head))]
    lines += [_markdown_row([_markdown(cell) for cell in row]) for row in rows]
    return "\n".join(lines) + "\n"


def _rows(tree: Tree) -> Iterable[Sequence[str]]:
    lang = tree["lang"]
    yield [label(f"recommend.{column}", lang) for column in COLUMNS]
    for no, item in enumerate(recommendations(tree), 1):
        cells = _cells(no, item, lang)
        yield [cells[column] for column in COLUMNS]


def _cells(no: int, item: Recommendation, lang: str) -> dict[str, str]:
    return {
        "no": str(no),
        "addressee": "; ".join(item.addressee),
        "severity": label(f"severity.{item.severity}", lang),
        "recommendation": item.text,
        "rule": item.rule,
        "title": item.title,
        "findings": "\n".join(item.messages),
        "count": str(len(item.subjects)),
        "subjects": ", ".join(item.subjects),
        "citation": item.citation,
        "fingerprints": " ".join(item.fingerprints),
    }


def _harmless(cell: str) -> str:
    text = safe(cell)
    is_formula = any(start.startswith(_FORMULA_STARTS) for start in (text, text.lstrip()))
    return f"'{text}" if is_formula else text


def _markdown(cell: str) -> str:
    text = " ".join(safe(cell).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~])", r"\\\1", text)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
