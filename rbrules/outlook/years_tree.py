"""Years of one agency as plain data in one language; the page and `--format json` read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rbrules import __version__
from rbrules.figures import round_half_up
from rbrules.model import Report, Rule, Tree, Verdict
from rbrules.outlook.difference import STATES, FindingChange
from rbrules.outlook.retest import DONE, Retest
from rbrules.outlook.tree import DECIMALS, VERSION, index_tree, line_tree, shift_tree
from rbrules.outlook.years import FATES, IndexStep, LineChange, Step, UnknownChange, Years, stood
from rbrules.report.tree import report_tree


def years_tree(years: Years, lang: str) -> Tree:
    """Return a comparison of years as plain data.

    Returns:
        The tree that `schemas/comparison.schema.json` describes; numbers are int and Decimal.
    """
    return _View(years, lang).tree()


class _View:
    """The parts of the tree, in one language."""

    def __init__(self, years: Years, lang: str) -> None:
        self.years = years
        self.lang = lang
        self.trees = [report_tree(report, lang) for report in years.reports]
        self.reports = {report.evaluation.tahun: report for report in years.reports}
        # Of several years the last one is kept: its texts are those of the newest figures.
        self.findings = {f["fingerprint"]: f for tree in self.trees for f in tree["findings"]}
        self.names = {
            line["kode"]: line["nama"] for tree in self.trees for line in tree["indeks_rb"]["lines"]
        }

    def tree(self) -> Tree:
        years, last = self.years, self.trees[-1]
        counts = Counter(change.state for change in years.findings)
        return {
            "versi": VERSION,
            "lang": self.lang,
            "rbrules": {"version": __version__},
            "as_of": last["as_of"],
            "instansi": last["instansi"],
            **({"selection": last["selection"]} if "selection" in last else {}),
            "years": [self._year(tree) for tree in self.trees],
            "without_file": [year for year in years.years if year not in self.reports],
            "steps": [self._step(step) for step in years.steps],
            "summary": {state: counts[state] for state in STATES},
            "findings": [self._finding(change) for change in years.findings],
            "recommendations": [self._retest(item) for item in years.retests],
        }

    def _year(self, tree: Tree) -> Tree:
        keys = [key for key in ("indeks_rb", "sakip") if key in tree]
        return {
            "tahun": tree["tahun"],
            "input": tree["input"],
            **{key: index_tree(tree[key]) for key in keys},
            "catatan": tree["catatan"],
        }

    # --- from year to year

    def _step(self, step: Step) -> Tree:
        sakip = {"sakip": _index_step(step.sakip)} if step.sakip.before or step.sakip.after else {}
        return {
            "before": step.before.evaluation.tahun,
            "after": step.after.evaluation.tahun,
            "indeks_rb": _index_step(step.index),
            **sakip,
            "lines": [self._line(line) for line in step.lines],
            "unknown": self._unknown(step),
        }

    def _line(self, change: LineChange) -> Tree:
        before, after = change.before, change.after
        moved = None
        if change.comparable and before and after and before.interval and after.interval:
            one, other = before.interval, after.interval
            if one.is_point and other.is_point:
                moved = round_half_up(other.low - one.low, DECIMALS)
        return {
            "kode": change.kode,
            "nama": self.names.get(change.kode, change.kode),
            "before": line_tree(before),
            "after": line_tree(after),
            "sebanding": change.comparable,
            "selisih": moved,
        }

    def _unknown(self, step: Step) -> Tree:
        by_rule: dict[str, list[UnknownChange]] = {}
        for change in step.unknowns:
            by_rule.setdefault(change.outcome.rule.id, []).append(change)
        return {
            "summary": _fates(step.unknowns),
            "rules": [
                {
                    "rule": id_,
                    "title": changes[0].outcome.rule.title.in_language(self.lang),
                    "summary": _fates(changes),
                    "subjects": [
                        {
                            "kind": change.outcome.subject.kind,
                            "id": change.outcome.subject.id,
                            "fate": change.fate,
                            "before": _standing(change.before, step.before, change.outcome.rule),
                            "after": _standing(change.after, step.after, change.outcome.rule),
                        }
                        for change in changes
                    ],
                }
                for id_, changes in by_rule.items()
            ],
        }

    # --- findings and recommendations

    def _finding(self, change: FindingChange) -> Tree:
        text, count = self.findings[change.fingerprint], stood(change)
        by_year = zip(self.years.years, change.verdicts, strict=True)
        return {
            "state": change.state,
            "rule": text["rule"],
            "title": text["title"],
            "severity": text["severity"],
            "subject": text["subject"],
            "message": text["message"],
            "stood": count,
            "since": self.years.years[-count] if count else None,
            "verdicts": {
                str(year): _standing(verdict, self.reports.get(year), change.outcome.rule)
                for year, verdict in by_year
            },
            "closed": self._closed(change),
            "fingerprint": change.fingerprint,
        }

    def _closed(self, change: FindingChange) -> Tree:
        """Say what a test tells of a recommendation whose finding is gone because it is closed.

        Returns:
            The result, "no_rule" where it names none; None where the finding is not gone, or not
            for that reason.
        """
        subject = change.outcome.subject
        if change.state not in {"fixed", "gone"} or subject.kind != "rekomendasi":
            return None
        last = self.years.reports[-1]
        words = last.rulebook.vocabulary
        row = dict(last.evaluation.rows["rekomendasi"]).get(subject.id)
        status = None if row is None else row.get("status")
        if row is None or status is None or words.resolve(words.status, status) != DONE:
            return None
        tested = {(item.id, item.tahun): item.result for item in self.years.retests}
        return tested.get((subject.id, row.get("tahun")), "no_rule")

    def _retest(self, item: Retest) -> Tree:
        now = self.trees[-1]["findings"]
        by_subject = {f["subject"]["id"]: f for f in now if f["rule"] == item.rule}
        rules = self.years.reports[-1].rulebook.rules
        rule = next((rule for rule in rules if rule.id == item.rule), None)
        return {
            "id": item.id,
            "tahun": item.tahun,
            "teks": item.teks,
            "unit": item.unit,
            "rule": item.rule,
            "title": rule and rule.title.in_language(self.lang),
            "severity": rule and rule.severity.value,
            "status": item.status,
            "listed": item.listed,
            "result": item.result,
            "certain": item.certain,
            "findings": [
                {key: by_subject[id_][key] for key in ("subject", "message", "fingerprint")}
                for id_ in item.subjects
            ],
        }


def _index_step(step: IndexStep) -> Tree:
    return {"sebanding": step.comparable, "selisih": shift_tree(step.shift)}


def _fates(changes: Iterable[UnknownChange]) -> Tree:
    counts = Counter(change.fate for change in changes)
    return {fate: counts[fate] for fate in FATES}


def _standing(verdict: Verdict | None, report: Report | None, rule: Rule) -> str:
    """Name a verdict or, where there is none, why."""
    if report is None:
        return "no_file"
    if verdict is not None:
        return verdict.value
    return "not_listed" if rule in report.rules else "not_in_force"
