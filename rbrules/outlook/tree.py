"""Outlooks as plain data in one language; the pages and `--format json` read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from rbrules import __version__
from rbrules.figures import round_half_up
from rbrules.model import IndexLine, Interval, Tree
from rbrules.outlook.change import value_at
from rbrules.outlook.difference import (
    STATES,
    Difference,
    FindingChange,
    IndexChange,
    Shift,
    lines_of,
)
from rbrules.outlook.years import LineChange, Retest, Years
from rbrules.report.tree import report_tree

VERSION: Final = 1
DECIMALS: Final = 2


def difference_tree(found: Difference, lang: str) -> Tree:
    """Return what a what-if yields as plain data; numbers are int and Decimal."""
    sides = _Sides(found, lang)
    own = found.before.evaluation.root.tree
    return {
        **sides.head(),
        "changes": [
            {
                "path": put.told.partition("=")[0].strip(),
                "pointer": put.pointer,
                "before": value_at(own, put.steps),
                "after": put.value,
            }
            for put in {put.told or put.pointer: put for put in found.puts}.values()
        ],
        "set_aside": [put.pointer for put in found.aside],
        **sides.body(),
        "lines": [line for line in sides.lines() if line["before"] != line["after"]],
    }


def years_tree(years: Years, lang: str) -> Tree:
    """Return what a comparison of two years yields as plain data."""
    sides = _Sides(years.difference, lang)
    tree: dict[str, Tree] = {**sides.head(), **sides.body()}
    for key, comparable in (
        ("indeks_rb", years.comparable),
        ("sakip", years.sakip_comparable),
    ):
        if key in tree:
            # Without a common measure the difference is no change of the agency.
            shown = tree[key]["selisih"] if comparable else None
            tree[key] = {**tree[key], "selisih": shown, "sebanding": comparable}
    tree["lines"] = [sides.year_line(line) for line in years.lines]
    tree["recommendations"] = [_retest(item) for item in years.retests]
    return tree


def shift_tree(shift: Shift | None) -> Tree:
    """Write what an index moves by: one number, or what its two ends move by."""
    if shift is None:
        return None
    return span_tree(Interval(shift.low, shift.high))


def span_tree(span: Interval) -> Tree:
    """Write a number or the two ends of a range, rounded for display."""
    low, high = (round_half_up(end, DECIMALS) for end in (span.low, span.high))
    return low if span.low == span.high else [low, high]


def index_tree(tree: Tree) -> Tree:
    """Take from an index of a report what an outlook shows of it."""
    return {key: tree[key] for key in ("instrumen", "nilai", "rentang", "dasar", "predikat")}


def _retest(item: Retest) -> Tree:
    return {
        "id": item.id,
        "tahun": item.tahun,
        "teks": item.teks,
        "unit": item.unit,
        "rule": item.rule,
        "status": item.status,
        "listed": item.listed,
        "result": item.result,
        "subjects": list(item.subjects),
    }


class _Sides:
    """Both reports of a difference as trees."""

    def __init__(self, found: Difference, lang: str) -> None:
        self.found = found
        self.lang = lang
        self.before = report_tree(found.before, lang)
        self.after = report_tree(found.after, lang)
        self.texts = {
            finding["fingerprint"]: finding
            for tree in (self.before, self.after)
            for finding in tree["findings"]
        }

    def head(self) -> dict[str, Tree]:
        keys = ("input", "instansi", "tahun")
        return {
            "versi": VERSION,
            "lang": self.lang,
            "rbrules": {"version": __version__},
            "as_of": self.after["as_of"],
            "before": {key: self.before[key] for key in keys},
            "after": {key: self.after[key] for key in keys},
        }

    def body(self) -> dict[str, Tree]:
        found = self.found
        tree: dict[str, Tree] = {"indeks_rb": self._index("indeks_rb", found.index)}
        if found.sakip.before or found.sakip.after:
            tree["sakip"] = self._index("sakip", found.sakip)
        counts = Counter(change.state for change in found.findings)
        tree["summary"] = {state: counts[state] for state in STATES}
        tree["findings"] = [self._finding(change) for change in found.findings]
        return tree

    def _index(self, key: str, change: IndexChange) -> Tree:
        base = None
        if change.base is not None and change.base is not change.before:
            report = self.found.before
            report = (
                replace(report, index=change.base)
                if key == "indeks_rb"
                else replace(report, sakip=change.base)
            )
            base = index_tree(report_tree(report, self.lang)[key])
        return {
            "before": index_tree(self.before[key]) if change.before else None,
            "base": base,
            "after": index_tree(self.after[key]) if change.after else None,
            "selisih": shift_tree(change.shift),
        }

    def _finding(self, change: FindingChange) -> Tree:
        text = self.texts[change.fingerprint]
        return {
            "state": change.state,
            "before": change.before.value if change.before else None,
            "after": change.after.value if change.after else None,
            "rule": text["rule"],
            "title": text["title"],
            "severity": text["severity"],
            "subject": text["subject"],
            "message": text["message"],
            "fingerprint": change.fingerprint,
        }

    def lines(self) -> Iterable[Tree]:
        """Yield every line of either report with its score and points in both."""
        base = self.found.index.base or self.found.index.before
        ours, theirs = lines_of(base), lines_of(self.found.index.after)
        names = self._names()
        for kode in dict.fromkeys((*theirs, *ours)):
            yield {
                "kode": kode,
                "nama": names.get(kode, kode),
                "before": line_tree(ours.get(kode)),
                "after": line_tree(theirs.get(kode)),
            }

    def year_line(self, change: LineChange) -> Tree:
        before, after = change.before, change.after
        moved = None
        if change.comparable and before and after and before.interval and after.interval:
            one, other = before.interval, after.interval
            if one.is_point and other.is_point:
                moved = round_half_up(other.low - one.low, DECIMALS)
        return {
            "kode": change.kode,
            "nama": self._names().get(change.kode, change.kode),
            "before": line_tree(before),
            "after": line_tree(after),
            "sebanding": change.comparable,
            "selisih": moved,
        }

    def _names(self) -> Mapping[str, str]:
        return {
            line["kode"]: line["nama"]
            for tree in (self.before, self.after)
            for line in tree["indeks_rb"]["lines"]
        }


def line_tree(line: IndexLine | None) -> Tree:
    """Write score and points of a line; null where the index has no such line."""
    if line is None:
        return None
    span = line.interval
    return {
        "status": line.status,
        "nilai": line.nilai,
        "poin": None if span is None else span_tree(span),
    }
