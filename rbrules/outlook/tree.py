"""Outlooks as plain data in one language; the pages and `--format json` read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Final

from rbrules import __version__
from rbrules.figures import decimals_beside, round_half_up
from rbrules.model import Index, IndexLine, Interval, Report, Tree
from rbrules.outlook.change import value_at
from rbrules.outlook.difference import (
    STATES,
    Difference,
    FindingChange,
    IndexChange,
    Shift,
    lines_of,
)
from rbrules.outlook.goal import MET
from rbrules.outlook.improve import Improvement, Plan, Short
from rbrules.outlook.sensitivity import Sensitivity
from rbrules.report.tree import report_tree

VERSION: Final = 1
DECIMALS: Final = 2
NOTHING: Final = Fraction(0)


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
        "out_of_range": list(_out_of_range(found, lang)),
        "unweighted": list(found.unweighted),
        **sides.body(),
        "lines": [line for line in sides.lines() if line["before"] != line["after"]],
    }


def _told_alike(one: Index, other: Index | None) -> bool:
    """Tell whether two indexes are shown alike."""
    keys = ("exact", "dasar", "bands")
    return all(getattr(one, key) == getattr(other, key, None) for key in keys)


def _out_of_range(found: Difference, lang: str) -> Iterator[Tree]:
    """Yield the changed lines whose value lies outside its range: their points are not known."""
    ours, names = lines_of(found.index.before), _line_names(found.after, lang)
    for kode, line in lines_of(found.index.after).items():
        before = ours.get(kode)
        is_same = before is not None and (before.nilai, before.poin) == (line.nilai, line.poin)
        if line.strays and not is_same:
            yield {
                "kode": kode,
                "nama": names[kode],
                "nilai": line.nilai,
                "poin": line.poin,
                "min": line.min,
                "maks": line.maks,
                "bobot": line.bobot,
            }


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
            "catatan": self.after["catatan"],
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
        if change.base is not None and not _told_alike(change.base, change.before):
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
            "sebanding": change.comparable,
            "selisih": shift_tree(change.shift),
        }

    def _finding(self, change: FindingChange) -> Tree:
        text = self.texts[change.fingerprint]
        before, after = change.verdicts
        return {
            "state": change.state,
            "before": before.value if before else None,
            "after": after.value if after else None,
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


def improvement_tree(report: Report, found: Improvement, lang: str) -> Tree:
    """Return the smallest sets of line changes as plain data."""
    names = _line_names(report, lang)
    goal = found.goal
    return {
        **_head_of(report, found.base, lang),
        "goal": {
            "predikat": goal.band.kode if goal.band else None,
            "nilai": round_half_up(goal.number, DECIMALS),
            "strict": goal.strict,
        },
        "base": _other_index(report, found.base, lang),
        "stands": found.stands,
        "locked": list(found.locked),
        "uncosted": list(found.uncosted),
        "unweighted": list(found.unweighted),
        "open_grades": _open_grades(report, found),
        "answers": [
            {
                "side": answer.side,
                "reached": answer.reached,
                "needed": list(answer.needed),
                "blocked": list(answer.blocked),
                "way": answer.way,
                "way_blocked": list(answer.way_blocked),
                "more": answer.more,
                "plans": [_plan(plan, report, names, lang) for plan in answer.plans],
                "smaller": _short(answer.smaller),
                "limit": _short(answer.limit),
            }
            for answer in found.answers
        ],
    }


def _plan(plan: Plan, report: Report, names: Mapping[str, str], lang: str) -> Tree:
    return {
        "steps": [
            {
                "kode": step.kode,
                "nama": names.get(step.kode, step.kode),
                "unit": step.unit,
                "before": step.before,
                "after": step.after,
                "moved": round_half_up(step.moved, DECIMALS),
                "gain": round_half_up(step.gain, DECIMALS),
            }
            for step in plan.steps
        ],
        "carried": [
            {
                "kode": row.kode,
                "nama": names.get(row.kode, row.kode),
                "pengali": row.pengali,
                "gain": round_half_up(row.gain, DECIMALS),
            }
            for row in plan.carried
        ],
        "options": list(plan.options),
        "cost": plan.cost,
        "moved": round_half_up(plan.moved, DECIMALS),
        "gain": round_half_up(plan.gain, DECIMALS),
        "index": _other_index(report, plan.index, lang),
    }


def _open_grades(report: Report, found: Improvement) -> Tree:
    """Return the grades that the file leaves open, for it does not say that it gives all targets.

    Returns:
        Range and codes of the two grades, of which one asks that every `target_baik` is met; None
        where no grade that is shown depends on that.
    """
    shown = [plan.index for answer in found.answers for plan in answer.plans]
    # Without weights the index by its lines touches every grade: that is no matter of targets.
    shown += [report.index] if found.unweighted else [found.base]
    bands = [band for index in shown for band in index.bands]
    if found.goal.band is not None and not all(answer.reached for answer in found.answers):
        bands.append(found.goal.band)
    met = next((band for band in bands if band.requires == MET), None)
    instrument = found.base.instrument
    complete = report.evaluation.root.get("target_baik_lengkap") is True
    if met is None or instrument is None or complete:
        return None
    twins = (b for b in instrument.bands if b.above == met.above and b.kode != met.kode)
    other = next(twins, None)
    return (
        None
        if other is None
        else {
            "met": met.kode,
            "missed": other.kode,
            "above": met.above,
            "at_most": met.at_most,
        }
    )


def _short(short: Short | None) -> Tree:
    if short is None:
        return None
    # What lacks a little is not shown as lacking nothing.
    decimals = decimals_beside(short.lacks, [NOTHING], DECIMALS)
    return {
        "lines": list(short.lines),
        "nilai": round_half_up(short.value, decimals),
        "lacks": round_half_up(short.lacks, decimals),
    }


def sensitivity_tree(report: Report, found: Sensitivity, lang: str) -> Tree:
    """Return what moves and narrows an index as plain data."""
    names = _line_names(report, lang)
    totals = {t.component.kode: t.component.nama.in_language(lang) for t in found.base.totals}
    return {
        **_head_of(report, found.base, lang),
        "base": _other_index(report, found.base, lang),
        "lines": [
            {
                "kode": effect.kode,
                "nama": names.get(effect.kode, effect.kode),
                "unit": effect.unit,
                "now": effect.now,
                "top": effect.top,
                "per_unit": shift_tree(effect.per_unit),
                "room": shift_tree(effect.room),
            }
            for effect in found.effects
        ],
        "missing": [
            {
                "kode": gap.kode,
                "nama": totals[gap.kode] if gap.key == "total" else names.get(gap.kode, gap.kode),
                "key": gap.key,
                "pengali": gap.pengali,
                "narrows": span_tree(Interval(gap.least, gap.most)),
            }
            for gap in found.gaps
        ],
        "unweighted": list(found.unweighted),
    }


def _head_of(report: Report, base: Index, lang: str) -> dict[str, Tree]:
    """Say what an outlook is about, with the remarks on how its numbers are made."""
    tree = report_tree(replace(report, index=base), lang)
    return {
        "versi": VERSION,
        "lang": lang,
        "rbrules": {"version": __version__},
        **{key: tree[key] for key in ("input", "instansi", "tahun", "catatan")},
        "reported": _other_index(report, report.index, lang),
        "terbit": tree["indeks_rb"]["terbit"],
    }


def _other_index(report: Report, index: Index, lang: str) -> Tree:
    return index_tree(report_tree(replace(report, index=index), lang)["indeks_rb"])


def _line_names(report: Report, lang: str) -> Mapping[str, str]:
    lines = report_tree(report, lang)["indeks_rb"]["lines"]
    return {line["kode"]: line["nama"] for line in lines}
