"""The report tree as Markdown in the flavour of GitHub, which reads as text too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rbrules.model import Tree
from rbrules.report.matrix import clean
from rbrules.report.phrases import (
    by_rule,
    component_words,
    counts_words,
    decision_words,
    lines_of,
    message_words,
    missing_words,
    subject_words,
    title_words,
)
from rbrules.report.places import Places
from rbrules.report.rows import LINE, index_pairs, indexes, line_cells, remarks
from rbrules.report.table import basis_words
from rbrules.report.words import label, number

_RIGHT: Final = frozenset({"nilai", "maks", "bobot", "poin"})
"""Columns of figures."""

_MARKS: Final = re.compile(
    r"[\\`*\[\]<>|~#&$@]"
    r"|(?<!\w)_|_(?!\w)"  # inside a word it is a letter
    r"|:(?=//)|(?<=www)\.(?=.)"  # else an address becomes a link
    r"|^[-+=](?=\s|$)|(?<=^\d)[.)]|(?<=^\d\d)[.)]",  # else a text becomes a list or a heading
    re.IGNORECASE,
)


def report_md(tree: Tree, places: Places) -> str:
    """Render the whole report as Markdown.

    Every text of the file is escaped: none becomes a table cell, a link, HTML or a formula.
    """
    return "\n\n".join(_parts(tree, places)) + "\n"


def escaped(text: str) -> str:
    """Write a text as Markdown that shows just it, in one line."""
    return _MARKS.sub(r"\\\g<0>", " ".join(clean(text).split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """Write a table of texts that are not yet escaped.

    Args:
        head: names of the columns.
        rows: cells.
        right: places of columns that stand to the right.
    """
    lines = [_row(map(escaped, head))]
    lines.append(_row("---:" if place in right else "---" for place in range(len(head))))
    lines += [_row(map(escaped, row)) for row in rows]
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {escaped(text)}" for text in texts)


def _parts(tree: Tree, places: Places) -> Iterator[str]:
    lang: str = tree["lang"]
    yield f"# {escaped(title_words(tree))}"
    for measure, index in indexes(tree):
        yield from _index(index, measure, lang)
    yield from _findings(tree, places)
    yield from _unknown(tree, places)
    for heading, texts in remarks(tree):
        yield f"## {escaped(heading)}"
        yield _list(texts)
    if "outcomes" in tree:
        yield f"## {label('report.outcomes', lang)}"
        head = [label(f"report.{key}", lang) for key in ("rule", "subject", "verdict")]
        rows = (
            (o["rule"], subject_words(o["subject"], lang), label(f"verdict.{o['verdict']}", lang))
            for o in tree["outcomes"]
        )
        yield table(head, rows)
    yield f"## {label('report.made', lang)}"
    yield _list(counts_words(tree))


def _index(index: Tree, measure: str, lang: str) -> Iterator[str]:
    yield f"## {label(f'head.{measure}', lang)}"
    head = [label("report.item", lang), label("report.value", lang)]
    pairs = index_pairs(index, measure, lang)
    pairs += [(item["nama"], component_words(item, lang)) for item in index["komponen"]]
    yield table(head, pairs)
    if index["lines"]:
        yield f"### {label('head.lines', lang)}"
        head = [label(f"line.{key}", lang) for key in LINE]
        rows = []
        for line in index["lines"]:
            cells = line_cells(line, index, lang)
            rows.append([_figure(cells[key], lang) for key in LINE])
        yield table(head, rows, [place for place, key in enumerate(LINE) if key in _RIGHT])


def _figure(value: object, lang: str) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else number(value, lang)  # type: ignore[arg-type]


def _findings(tree: Tree, places: Places) -> Iterator[str]:
    lang = tree["lang"]
    standing = [finding for finding in tree["findings"] if "waiver" not in finding]
    waived = [finding for finding in tree["findings"] if "waiver" in finding]
    yield f"## {label('report.findings', lang)} ({len(standing)})"
    if not standing:
        yield escaped(label("findings.none", lang))
    for severity in dict.fromkeys(finding["severity"] for finding in standing):
        mine = [finding for finding in standing if finding["severity"] == severity]
        for group in by_rule(mine):
            yield from _rule(group, tree, places)
    if waived:
        yield f"## {label('report.waived', lang)} ({len(waived)})"
        for group in by_rule(waived):
            yield from _rule(group, tree, places)


def _rule(group: list[Tree], tree: Tree, places: Places) -> Iterator[str]:
    lang = tree["lang"]
    first = group[0]
    yield f"### {escaped(first['rule'])} {escaped(first['title'])}"
    severity = label(f"severity.{first['severity']}", lang)
    lines = [f"**{label('report.severity', lang)}**: {severity}"]
    for finding in group:
        subject = finding["subject"]
        who = "" if subject["kind"] == "instansi" else f"**{escaped(subject['id'])}**: "
        where = label("findings.place", lang, line=lines_of(finding, places))
        lines.append(f"{who}{escaped(message_words(finding, lang))} ({where})")
        if "waiver" in finding:
            decision = escaped(decision_words(finding["waiver"], lang))
            lines.append(f"  **{label('findings.waiver', lang)}**: {decision}")
    if "waiver" not in first:
        for text in dict.fromkeys(finding["recommendation"] for finding in group):
            names = dict.fromkeys(
                name
                for finding in group
                if finding["recommendation"] == text
                for name in finding["addressee_names"]
            )
            lines.append(f"**{label('findings.recommendation', lang)}**: {escaped(text)}")
            whom = escaped("; ".join(names))
            lines.append(f"**{label('findings.addressee', lang)}**: {whom}")
    lines.append(f"**{label('findings.citation', lang)}**: {escaped(basis_words(first, lang))}")
    yield "\n".join(f"  - {line[2:]}" if line.startswith("  ") else f"- {line}" for line in lines)


def _unknown(tree: Tree, places: Places) -> Iterator[str]:
    lang = tree["lang"]
    entries = tree["unknown"]
    yield f"## {label('report.unknown', lang)} ({len(entries)})"
    if not entries:
        yield escaped(label("unknown.none", lang))
        return
    yield escaped(label("unknown.intro", lang))
    rows = []
    for group in by_rule(entries):
        first = group[0]
        words, quoted = missing_words(group, places)
        data = "; ".join(words)
        if quoted:
            data += f" ({label('unknown.found', lang, found=', '.join(quoted))})"
        subjects = ", ".join(subject_words(entry["subject"], lang) for entry in group)
        rows.append([f"{first['rule']} {first['title']}", subjects, data])
    yield table([label(f"unknown.{key}", lang) for key in ("rule", "subjects", "data")], rows)
