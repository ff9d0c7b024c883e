"""A summary of many reports as a page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from rbrules.batch.work import MEASURES
from rbrules.model import Severity, Tree
from rbrules.report.table import plain_table
from rbrules.report.words import label, number, safe

INDENT: Final = "  "
NARROWEST: Final = 60
MOST: Final = 10
"""Agencies, rules and places that a page without --all lists of each kind."""


def summary_page(tree: Tree, *, width: int, everything: bool = False) -> str:
    """Render what many reports add up to.

    Args:
        tree: the summary as plain data.
        width: columns to use.
        everything: list every rule and the whole ranking.
    """
    page = _Page(tree["lang"], max(width, NARROWEST), None if everything else MOST)
    parts = [
        page.head(tree),
        page.without_report(tree),
        page.retried(tree),
        *(page.groups(tree["groups"], measure) for measure in MEASURES),
        *(page.ranking(group) for group in tree["groups"] if group["ranking"]),
        page.rules(tree["rules"], "batch.rules"),
        page.rules(tree["unknown"], "batch.unknown"),
        page.missing(tree["missing"]),
        page.never(tree["never_applied"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


class _Page:
    """The parts of the page."""

    def __init__(self, lang: str, width: int, most: int | None) -> None:
        self.lang = lang
        self.width = width
        self.most = most

    def label(self, key: str, **values: object) -> str:
        return label(key, self.lang, **values)

    def wrap(self, text: str, first: str = "", rest: str = INDENT) -> str:
        return textwrap.fill(
            safe(text),
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
        )

    def number(self, value: Decimal | int | None) -> str:
        return "-" if value is None else number(Decimal(value), self.lang)

    def table(self, title: str, rows: Sequence[Sequence[str]], keys: Sequence[str]) -> str:
        headers = [self.label(key) for key in keys]
        body = plain_table(rows, headers, [self.width] * len(headers), total=self.width)
        return f"{title}\n{body}"

    def more(self, shown: int, total: int) -> list[str]:
        return (
            [] if shown >= total else [self.label("batch.more", count=self.number(total - shown))]
        )

    def head(self, tree: Tree) -> str:
        files, found = tree["files"], tree["findings"]
        counts = {name: self.number(files[name]) for name in ("judged", "invalid", "failed")}
        lines = [self.label("batch.title", total=self.number(_total(files)), **counts)]
        levels = {level.value: self.number(found[level.value]) for level in Severity}
        total = self.number(sum(found.values()))
        waived = self.number(tree["waived"])
        lines.append(self.label("batch.findings", total=total, waived=waived, **levels))
        return "\n".join(self.wrap(line) for line in lines)

    def without_report(self, tree: Tree) -> str:
        """Name the files that could not be judged, before anything that they are missing in."""
        listed = tree["without_report"]
        if not listed:
            return ""
        total = tree["files"]["invalid"] + tree["files"]["failed"]
        shown = listed[: self.most]
        lines = [self.label("batch.without", count=self.number(total))]
        for entry in shown:
            count = self.number(entry["problems"])
            words = self.label(f"batch.state.{entry['state']}", count=count)
            lines.append(self.wrap(f"{entry['file']}: {words}", f"{INDENT}- ", INDENT * 2))
        return "\n".join([*lines, *self.more(len(shown), total)])

    def retried(self, tree: Tree) -> str:
        listed = tree["retried"]
        if not listed:
            return ""
        lines = [self.label("batch.retried", count=self.number(tree["files"]["retried"]))]
        for entry in listed[: self.most]:
            text = f"{entry['file']}: {entry['reason']}"
            lines.append(self.wrap(text, f"{INDENT}- ", INDENT * 2))
        return "\n".join(lines)

    def groups(self, groups: Sequence[Tree], measure: str) -> str:
        rows = [
            [
                str(group["tahun"]),
                self.label(f"value.kelompok.{group['kelompok']}"),
                self.number(group["agencies"]),
                self.number(group["with_index"]),
                self.number(group["mean"]),
                *(self.number(q) for q in group["quartiles"] or [None] * 5),
                self._grades(group),
            ]
            for group in groups
            if group["measures"] == measure
        ]
        keys = ("tahun", "kelompok", "agencies", "with_index", "mean")
        quarters = ("least", "first", "median", "third", "most")
        names = [f"batch.{key}" for key in (*keys, *quarters, "grades")]
        title = self.label("batch.groups", index=self.label(f"head.{measure}"))
        return self.table(title, rows, names) if rows else ""

    def _grades(self, group: Tree) -> str:
        parts = [f"{kode} {self.number(count)}" for kode, count in group["grades"].items()]
        parts += [
            self.label(f"batch.{key}", count=self.number(group[key]))
            for key in ("grade_undecided", "grade_none")
            if group[key]
        ]
        return "; ".join(parts)

    def ranking(self, group: Tree) -> str:
        shown = group["ranking"][: self.most]
        kelompok = self.label(f"value.kelompok.{group['kelompok']}")
        index = self.label(f"head.{group['measures']}")
        title = self.label("batch.ranking", index=index, kelompok=kelompok, tahun=group["tahun"])
        rows = [
            [self.number(entry["rank"]), entry["nama"], self.number(entry["nilai"]), entry["file"]]
            for entry in shown
        ]
        keys = [f"batch.{key}" for key in ("rank", "nama", "value", "file")]
        lines = [self.table(title, rows, keys), *self.more(len(shown), group["with_index"])]
        return "\n".join(lines)

    def rules(self, rules: Sequence[Tree], key: str) -> str:
        if not rules:
            return ""
        rows = [
            [
                entry["rule"],
                entry["title"],
                self.number(entry["agencies"]),
                f"{self.number(entry['share'])} %",
                self.number(entry["outcomes"]),
            ]
            for entry in rules[: self.most]
        ]
        keys = [f"batch.{name}" for name in ("rule", "rule_title", "agencies", "share", "outcomes")]
        lines = [self.table(self.label(key), rows, keys), *self.more(len(rows), len(rules))]
        return "\n".join(lines)

    def missing(self, places: Sequence[Tree]) -> str:
        if not places:
            return ""
        rows = [
            [entry["pointer"], self.number(entry["agencies"]), self.number(entry["outcomes"])]
            for entry in places[: self.most]
        ]
        keys = [f"batch.{name}" for name in ("place", "agencies", "outcomes")]
        return self.table(self.label("batch.missing"), rows, keys)

    def never(self, years: Sequence[Tree]) -> str:
        return "\n".join(self._never(years))

    def _never(self, years: Sequence[Tree]) -> Iterator[str]:
        for year in years:
            if year["rules"]:
                rules = ", ".join(year["rules"])
                yield self.wrap(self.label("batch.never", tahun=year["tahun"], rules=rules))


def _total(files: Tree) -> int:
    return int(files["judged"] + files["invalid"] + files["failed"])
