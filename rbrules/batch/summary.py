"""What many reports add up to, kept small: a few numbers for each agency, none of its texts."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rbrules.batch.work import Brief, IndexBrief, Row
from rbrules.figures import round_half_up
from rbrules.model import Severity, Text, Tree

VERSION: Final = 1
"""The version of the summary's format."""

PLACES: Final = 6
"""Decimals with which an index is kept; instruments round to 2."""

MOST_RANKED: Final = 1000
"""Agencies of one group that the ranking lists; the rows of a table hold the rank of every one."""

MOST_NAMED: Final = 1000
"""Files without a report that are named; all are counted."""

MOST_MISSING: Final = 20
QUARTERS: Final = (0, 1, 2, 3, 4)
DECIMALS: Final = 2

GroupKey = tuple[str, int, str]
"""What the index measures, year and group of agencies."""


@dataclass(slots=True)
class _Group:
    """What is kept of one group in one year."""

    agencies: int = 0
    values: array[int] = field(default_factory=lambda: array("q"))
    """The indexes that are a point, in the order of the files."""
    grades: Counter[str] = field(default_factory=Counter)
    undecided: int = 0
    ungraded: int = 0
    best: list[tuple[int, str, str]] = field(default_factory=list)
    """The best indexes, each negative, with name and file."""


@dataclass(slots=True)
class _Asked:
    """What is kept of one rule."""

    agencies: int = 0
    outcomes: int = 0


class Summary:
    """Adds up rows; how many it has seen does not change what it takes, but for the indexes."""

    def __init__(self, titles: Mapping[str, Text]) -> None:
        """Start empty.

        Args:
            titles: what the rules are called.
        """
        self.titles = titles
        self.states: Counter[str] = Counter({"judged": 0, "invalid": 0, "failed": 0})
        self.severities: Counter[str] = Counter()
        self.waived = 0
        self._groups: dict[GroupKey, _Group] = {}
        self._findings: dict[str, _Asked] = {}
        self._unknown: dict[str, _Asked] = {}
        self._missing: dict[str, _Asked] = {}
        self._years: Counter[int] = Counter()
        self._never: dict[int, Counter[str]] = {}
        self._without: list[Tree] = []
        self._retried: list[Tree] = []

    def add(self, row: Row) -> None:
        """Count a row in."""
        self.states[row.state] += 1
        if row.retried and len(self._retried) < MOST_NAMED:
            self._retried.append({"file": row.name, "reason": row.retried})
        if row.brief is None:
            if len(self._without) < MOST_NAMED:
                entry = {"file": row.name, "state": row.state, "problems": len(row.problems)}
                self._without.append(entry)
            return
        brief = row.brief
        for measure, index in brief.indexes.items():
            self._add_index((measure, brief.tahun, brief.kelompok), index, brief.nama, row.name)
        self.severities.update(brief.severities)
        self.waived += brief.waived
        for kept, found in (
            (self._findings, brief.findings),
            (self._unknown, brief.unknown),
            (self._missing, brief.missing),
        ):
            for name, count in found.items():
                asked = kept.setdefault(name, _Asked())
                asked.agencies += 1
                asked.outcomes += count
        self._years[brief.tahun] += 1
        self._never.setdefault(brief.tahun, Counter()).update(brief.never_applied)

    def _add_index(self, key: GroupKey, index: IndexBrief, nama: str, name: str) -> None:
        group = self._groups.setdefault(key, _Group())
        group.agencies += 1
        if len(index.predikat) == 1:
            group.grades[index.predikat[0]] += 1
        elif index.predikat:
            group.undecided += 1
        else:
            group.ungraded += 1
        if index.nilai is not None:
            value = _kept(index.nilai)
            group.values.append(value)
            insort(group.best, (-value, nama, name))
            del group.best[MOST_RANKED:]

    @property
    def judged(self) -> int:
        """How many evaluations have a report."""
        return self.states["judged"]

    def ranks(self) -> Ranks:
        """Return what tells the rank of an index in its group."""
        return Ranks({key: sorted(group.values) for key, group in self._groups.items()})

    def tree(self, lang: str, head: Mapping[str, Tree]) -> Tree:
        """Return the summary as plain data.

        Args:
            lang: "id" or "en"; decides the titles of rules.
            head: how the run was made.
        """
        return {
            "versi": VERSION,
            "lang": lang,
            **head,
            "files": {**self.states, "retried": len(self._retried)},
            "findings": {level.value: self.severities[level.value] for level in Severity},
            "waived": self.waived,
            "groups": [self._group(key) for key in sorted(self._groups)],
            "rules": list(self._rules(self._findings, lang)),
            "unknown": list(self._rules(self._unknown, lang)),
            "missing": [
                {"pointer": name, "agencies": asked.agencies, "outcomes": asked.outcomes}
                for name, asked in _most(self._missing)[:MOST_MISSING]
            ],
            "never_applied": [
                {"tahun": tahun, "rules": sorted(self._never_in(tahun))}
                for tahun in sorted(self._years)
            ],
            "without_report": self._without,
            "retried": self._retried,
        }

    def _never_in(self, tahun: int) -> Iterator[str]:
        """Yield the rules that were asked of every file of a year and applied to none."""
        for rule, count in self._never[tahun].items():
            if count == self._years[tahun]:
                yield rule

    def _rules(self, kept: Mapping[str, _Asked], lang: str) -> Iterator[Tree]:
        for rule, asked in _most(kept):
            yield {
                "rule": rule,
                "title": self.titles[rule].in_language(lang),
                "agencies": asked.agencies,
                "share": _percent(asked.agencies, self.judged),
                "outcomes": asked.outcomes,
            }

    def _group(self, key: GroupKey) -> Tree:
        group = self._groups[key]
        values = sorted(group.values)
        return {
            "measures": key[0],
            "tahun": key[1],
            "kelompok": key[2],
            "agencies": group.agencies,
            "with_index": len(values),
            "mean": _rounded(Fraction(sum(values), len(values))) if values else None,
            "quartiles": [_rounded(_quantile(values, n)) for n in QUARTERS] if values else None,
            "grades": dict(group.grades.most_common()),
            "grade_undecided": group.undecided,
            "grade_none": group.ungraded,
            "ranking": list(_ranking(group.best)),
            "not_listed": max(len(values) - MOST_RANKED, 0),
        }


@dataclass(frozen=True, slots=True)
class Ranks:
    """The rank of an index among those of its group and year; equal indexes have one rank."""

    values: Mapping[GroupKey, Sequence[int]]

    def of(self, brief: Brief, measure: str) -> tuple[int, int] | None:
        """Return the rank and how many are ranked; None where the index is no point."""
        index = brief.indexes.get(measure)
        if index is None or index.nilai is None:
            return None
        values = self.values[measure, brief.tahun, brief.kelompok]
        return len(values) - bisect_right(values, _kept(index.nilai)) + 1, len(values)


def _ranking(best: Sequence[tuple[int, str, str]]) -> Iterator[Tree]:
    for negative, nama, name in best:
        rank = bisect_left(best, negative, key=lambda entry: entry[0]) + 1
        yield {"rank": rank, "nama": nama, "nilai": _rounded(Fraction(-negative)), "file": name}


def _kept(value: Decimal) -> int:
    return int(value.scaleb(PLACES))


def _rounded(value: Fraction) -> Decimal:
    return round_half_up(value / 10**PLACES, DECIMALS)


def _quantile(values: Sequence[int], quarter: int) -> Fraction:
    """Return a quartile as Excel's QUARTILE.INC does: between two values in proportion."""
    place = Fraction(quarter * (len(values) - 1), 4)
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def _percent(part: int, whole: int) -> Decimal:
    return round_half_up(Fraction(100 * part, whole), DECIMALS)


def _most(kept: Mapping[str, _Asked]) -> list[tuple[str, _Asked]]:
    listed: Iterable[tuple[str, _Asked]] = kept.items()
    return sorted(listed, key=lambda item: (-item[1].agencies, -item[1].outcomes, item[0]))
