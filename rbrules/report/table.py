"""The report tree as a page of text for a terminal or a pipe. The one user of tabulate."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import gt
from typing import Final

from tabulate import MIN_PADDING, tabulate

from rbrules.model import Severity, Tree, Validity
from rbrules.report.phrases import (
    alike_words,
    by_rule,
    component_words,
    counted_words,
    counts_words,
    decision_words,
    extent_words,
    first_rules,
    idle_words,
    index_rows,
    lines_of,
    lines_words,
    missing_words,
    never_words,
    subject_words,
    title_words,
)
from rbrules.report.places import Places
from rbrules.report.words import (
    bases_of,
    citation_text,
    day,
    label,
    number,
    period_words,
    safe,
    words_of,
)
from rbrules.rulebook import DAY

ROWS_SHOWN: Final = 10
"""Subjects of one rule that the short view lists."""

POINTERS_SHOWN: Final = 3
NARROWEST: Final = 60
INDENT: Final = "  "


def report_table(tree: Tree, *, width: int, places: Places, everything: bool = False) -> str:
    """Render the report.

    Args:
        tree: the report tree.
        width: columns to use, at least 60.
        places: where the values stand in the input.
        everything: list every subject, every line of the index and every outcome.
    """
    page = _Page(tree, max(width, NARROWEST), places, everything=everything)
    parts = [
        page.head(),
        page.first(),
        page.findings(),
        page.unknown(),
        page.never(),
        page.not_in_force(),
        page.waivers(),
        page.elsewhere(),
        page.overrides(),
        page.counts(),
    ]
    if everything:
        parts.insert(-1, page.outcomes())
    return "\n\n".join(part for part in parts if part) + "\n"


def plain_table(
    rows: Sequence[Sequence[str]],
    headers: Sequence[str],
    widths: list[int],
    *,
    total: int,
    whole: int = 0,
) -> str:
    """Lay out rows under headers; numbers are never reformatted.

    The wrapping of tabulate is not used: it reads cells such as 2,024 or False as values.

    Args:
        rows: cells as text.
        headers: one for each column.
        widths: at most so many characters for each column.
        total: at most so many characters in a line; the widest columns give way.
        whole: so many of the first columns never do.
    """
    columns = list(zip(headers, *([safe(cell) for cell in row] for row in rows), strict=True))
    fitted = [
        min(width, max(len(line) for cell in column for line in cell.split("\n")))
        for column, width in zip(columns, widths, strict=True)
    ]
    least = [len(header) + MIN_PADDING for header in headers]
    least[:whole] = map(max, fitted[:whole], least[:whole])
    gaps = 2 * (len(headers) - 1)
    while sum(map(max, fitted, least)) + gaps > total and any(map(gt, fitted, least)):
        spare = [size if size > floor else 0 for size, floor in zip(fitted, least, strict=True)]
        fitted[spare.index(max(spare))] -= 1
    return tabulate(
        [[_wrapped(*pair) for pair in zip(row, fitted, strict=True)] for row in rows],
        headers=headers,
        tablefmt="simple",
        disable_numparse=True,
    )


def _wrapped(cell: str, width: int) -> str:
    parts: list[str] = []
    for line in safe(cell).split("\n"):
        parts += textwrap.wrap(line, width, break_on_hyphens=False) or [""]
    return "\n".join(parts)


def citation_words(citation: Tree, lang: str) -> str:
    """Write one legal basis: PermenPANRB 88/2021, part (not verified)."""
    words = citation_text(
        citation["jenis"], citation["nomor"], citation["tahun"], citation["bagian"]
    )
    return words if citation["verified"] else f"{words} ({label('findings.unverified', lang)})"


def basis_words(finding: Tree, lang: str) -> str:
    """Write the legal bases of a finding, or that there is none."""
    return "; ".join(bases(finding, lang))


def bases(finding: Tree, lang: str) -> list[str]:
    """Write each legal basis of a finding; where there is none, say so."""
    cited = [citation_words(citation, lang) for citation in finding["citation"]]
    if finding.get("citation_not_in_force"):
        cited.append(label("findings.none_in_force", lang))
    words = bases_of(cited, finding["source"], lang)
    if "overridden" in finding:
        files = ", ".join(finding["overridden"])
        words.append(label("findings.overridden", lang, files=files))
    return words


def override_words(item: Tree, lang: str) -> str:
    """Write one change of the rulebook: what, why and where."""
    changes = ", ".join(_change_words(change, lang) for change in item["changes"])
    changes = changes or label("changed.nothing", lang)
    what = label(f"overrides.{item['kind']}", lang, id=item["id"], changes=changes)
    return f"{what}; {item['reason']} ({item['file']})"


def _change_words(change: Tree, lang: str) -> str:
    """Write what stood before and what stands now; of a text only that it was changed."""
    key = change["key"]
    match key:
        case "severity":
            ends = [label(f"severity.{change[end]}", lang) for end in ("old", "new")]
        case "addressee":
            ends = [", ".join(change[end]) for end in ("old", "new")]
        case "values":
            ends = [_values_words(change[end], change["unit"], lang) for end in ("old", "new")]
        case _:
            return label(f"changed.{key}", lang)
    return f"{label(f'changed.{key}', lang)} {' -> '.join(ends)}"


def _values_words(values: Iterable[Tree], unit: str, lang: str) -> str:
    words = []
    for dated in values:
        value = dated["value"]
        parts = value if isinstance(value, list) else [value]
        if unit == DAY:
            parts = [date.fromisoformat(part) for part in parts]
        words.append(
            f"{words_of(tuple(parts), lang, unit)} ({period_words(validity(dated), lang)})"
        )
    return ", ".join(words)


def validity(item: Tree) -> Validity:
    """Read the period of an item of the tree."""
    end = item["to"]
    return Validity(
        start=date.fromisoformat(item["from"]), to=None if end is None else date.fromisoformat(end)
    )


class _Page:
    """The sections of the page."""

    def __init__(self, tree: Tree, width: int, places: Places, *, everything: bool) -> None:
        self.tree = tree
        self.width = width
        self.places = places
        self.everything = everything
        self.lang: str = tree["lang"]

    def _label(self, key: str, **values: object) -> str:
        return label(key, self.lang, **values)

    def _wrap(self, text: str, indent: str = INDENT, first: str | None = None) -> str:
        return textwrap.fill(
            safe(text),
            self.width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )

    # --- head

    def head(self) -> str:
        tree = self.tree
        blocks = [self._wrap(title_words(tree), ""), *self._index(tree["indeks_rb"], "indeks_rb")]
        if "sakip" in tree:
            blocks += ["", *self._index(tree["sakip"], "sakip")]
        if tree["catatan"]:
            blocks += ["", f"{self._label('head.notes')}:"]
            blocks += [self._wrap(note["teks"], "    ", "  - ") for note in tree["catatan"]]
        return "\n".join(blocks)

    def _index(self, index: Tree, measure: str) -> list[str]:
        rows = index_rows(index, measure, self.lang)
        if index["komponen"]:
            parts = "; ".join(
                f"{item['nama']} {component_words(item, self.lang)}" for item in index["komponen"]
            )
            rows.append((self._label("head.components"), parts))
        if index["lines"]:
            rows.append((self._label("head.lines"), lines_words(index, self.lang)))
        left = max(len(name) for name, _ in rows) + 2
        lines = [self._wrap(text, " " * left, name.ljust(left)) for name, text in rows]
        if self.everything and index["lines"]:
            lines += ["", self._lines(index["lines"])]
        return lines

    def _lines(self, lines: Iterable[Tree]) -> str:
        keys = ("kode", "nama", "status", "nilai", "maks", "bobot", "poin")
        rows = [[self._cell(line, key) for key in keys] for line in lines]
        free = max(self.width - 75, 12)
        headers = [self._label(f"line.{key}") for key in keys]
        return plain_table(rows, headers, [24, free, 16, 9, 9, 7, 18], total=self.width)

    def _cell(self, line: Tree, key: str) -> str:
        value = line[key]
        if key == "poin" and value is None and line["rentang"] is not None:
            return " - ".join(number(end, self.lang) for end in line["rentang"])
        if value is None:
            return ""
        return value if isinstance(value, str) else number(value, self.lang)

    # --- findings

    def first(self) -> str:
        """Name the findings to read first: the gravest, the agency's own, then the most frequent.

        A short report needs no such list.
        """
        ranked, total = first_rules(self.tree)
        if not ranked:
            return ""
        rows = [
            [
                str(no),
                f"{found[0]['rule']} {found[0]['title']}",
                self._label(f"severity.{found[0]['severity']}"),
                extent_words(found, self.lang),
            ]
            for no, found in enumerate(ranked, 1)
        ]
        headers = [self._label(f"first.{key}") for key in ("no", "rule", "severity", "extent")]
        title = self._label("first.title", shown=len(ranked), total=total)
        table = plain_table(rows, headers, [3, self.width, 8, 30], total=self.width)
        return f"{title}\n{table}"

    def findings(self) -> str:
        findings = self.tree["findings"]
        if not findings:
            return self._label("findings.none")
        parts = []
        for severity in Severity:
            mine = [finding for finding in findings if finding["severity"] == severity]
            if mine:
                name = self._label(f"severity.{severity.value}")
                waived = sum(1 for finding in mine if "waiver" in finding)
                count = f"{len(mine) - waived}"
                if waived:
                    count += f"; {self._label('verdict.waived')} {waived}"
                parts.append(f"{self._label('findings.title')}: {name} ({count})")
            for _, group in groupby(mine, key=lambda finding: finding["rule"]):
                parts.append(self._rule_block(list(group)))
        return "\n\n".join(parts)

    def _rule_block(self, findings: list[Tree]) -> str:
        first = findings[0]
        count = f" ({len(findings)})" if len(findings) > 1 else ""
        lines = [self._wrap(f"{first['rule']}  {first['title']}{count}", "", "")]
        shown = findings if self.everything else findings[:ROWS_SHOWN]
        lines += [self._finding(finding) for finding in shown]
        if len(shown) < len(findings):
            more = self._label("findings.more", count=len(findings) - len(shown))
            lines.append(f"{INDENT}- {more}")
        standing = [f for f in findings if "waiver" not in f]
        if not standing:  # nobody has to follow it up: the decisions stand in place of that
            decisions = dict.fromkeys(decision_words(f["waiver"], self.lang) for f in findings)
            lines += [self._entry("findings.waiver", text) for text in decisions]
        for text in dict.fromkeys(finding["recommendation"] for finding in standing):
            alike = [f for f in standing if f["recommendation"] == text]
            names = dict.fromkeys(name for f in alike for name in f["addressee_names"])
            lines.append(self._entry("findings.recommendation", text))
            lines.append(self._entry("findings.addressee", "; ".join(names)))
        lines.append(self._entry("findings.citation", basis_words(first, self.lang)))
        return "\n".join(lines)

    def _entry(self, key: str, text: str) -> str:
        return self._wrap(text, INDENT * 3, f"{INDENT}{self._label(key)}: ")

    def _finding(self, finding: Tree) -> str:
        subject = finding["subject"]
        who = "" if subject["kind"] == "instansi" else f"{subject['id']}: "
        where = self._label("findings.place", line=lines_of(finding, self.places))
        mark = ""
        if "waiver" in finding:
            decision = decision_words(finding["waiver"], self.lang)
            mark = f" [{self._label('findings.waived')} {decision}]"
        counted = counted_words(finding, self.lang, None if self.everything else POINTERS_SHOWN)
        listed = f" [{counted}]" if counted else ""
        text = f"{who}{finding['message']}{listed}{mark} [{where}]"
        return self._wrap(text, INDENT * 2, f"{INDENT}- ")

    def waivers(self) -> str:
        """Tell of the waivers that changed nothing: expired, not yet in force, or unused."""
        idle = [w for w in self.tree.get("waivers", ()) if w["state"] != "used"]
        if not idle:
            return ""
        lines = [f"{self._label('waivers.title')} ({len(idle)})"]
        lines += [self._wrap(idle_words(waiver, self.lang)) for waiver in idle]
        return "\n".join(lines)

    def elsewhere(self) -> str:
        """Tell how many waivers are for other agencies, and which of them may be mistyped."""
        others = self.tree.get("waivers_elsewhere")
        if others is None:
            return ""
        lines = [f"{self._label('waivers.elsewhere')} ({others['count']})"]
        lines += [self._wrap(alike_words(waiver, self.lang)) for waiver in others["alike"]]
        return "\n".join(lines)

    def overrides(self) -> str:
        """Tell what of the rulebook was changed by a folder of rules, and why."""
        changed = self.tree.get("overrides", ())
        if not changed:
            return ""
        lines = [f"{self._label('overrides.title')} ({len(changed)})"]
        lines += [self._wrap(override_words(item, self.lang)) for item in changed]
        return "\n".join(lines)

    # --- unknown, never applied, counts

    def unknown(self) -> str:
        entries = self.tree["unknown"]
        if not entries:
            return self._label("unknown.none")
        title = f"{self._label('unknown.title')} ({len(entries)})"
        lines = [title, self._wrap(self._label("unknown.intro"), "")]
        rows = []
        for mine in by_rule(entries):
            ids = [subject_words(entry["subject"], self.lang) for entry in mine]
            rows.append(
                [f"{mine[0]['rule']} {mine[0]['title']}", self._short(ids), self._missing(mine)]
            )
        headers = [self._label(f"unknown.{key}") for key in ("rule", "subjects", "data")]
        usable = self.width - 4
        widths = [usable * 4 // 10, usable * 2 // 10, usable - usable * 6 // 10]
        return "\n".join([*lines, plain_table(rows, headers, widths, total=self.width)])

    def _short(self, words: list[str]) -> str:
        limit = len(words) if self.everything else POINTERS_SHOWN
        more = len(words) - limit
        text = ", ".join(words[:limit])
        return f"{text} {self._label('unknown.more', count=more)}" if more > 0 else text

    def _missing(self, entries: list[Tree]) -> str:
        words, quoted = missing_words(entries, self.places)
        text = self._short(words)
        if quoted:
            text += f" ({self._label('unknown.found', found=', '.join(quoted))})"
        return text

    def never(self) -> str:
        rules = self.tree["never_applied"]
        if not rules:
            return ""
        lines = [f"{self._label('never.title')} ({len(rules)})"]
        lines += [self._wrap(words) for words in never_words(self.tree)]
        return "\n".join(lines)

    def not_in_force(self) -> str:
        """Name the rules of own folders that the file is not held to, and their days."""
        resting = self.tree.get("not_in_force")
        if resting is None:
            return ""
        on = day(date.fromisoformat(resting["day"]), self.lang)
        lines = [f"{self._label('own.title', day=on)} ({len(resting['rules'])})"]
        for rule in resting["rules"]:
            period = period_words(validity(rule), self.lang)
            lines.append(self._wrap(f"{rule['rule']} {rule['title']}: {period} ({rule['file']})"))
        return "\n".join(lines)

    def counts(self) -> str:
        counted, *rest = counts_words(self.tree)
        return "\n".join(
            [f"{self._label('counts.title')}: {counted}", *(self._wrap(words) for words in rest)]
        )

    def outcomes(self) -> str:
        rows = [
            [
                outcome["rule"],
                outcome["subject"]["id"],
                self._label(f"verdict.{outcome['verdict']}"),
            ]
            for outcome in self.tree.get("outcomes", ())
        ]
        headers = [
            self._label("unknown.rule"),
            self._label("unknown.subjects"),
            self._label("outcomes.verdict"),
        ]
        table = plain_table(rows, headers, [9, 40, 20], total=self.width)
        return "\n".join([self._label("outcomes.title"), table])
