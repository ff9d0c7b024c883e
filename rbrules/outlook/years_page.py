"""Years of one agency as a page of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rbrules.model import Tree
from rbrules.outlook.page import (
    INDENT,
    ROWS_SHOWN,
    Page,
    basis_key,
    grade_words,
    span_words,
    value_words,
)

_RESULTS: Final = (
    "not_done",
    "elsewhere",
    "still",
    "untold",
    "not_tested",
    "overtaken",
    "confirmed",
)
"""What a test says of a recommendation, gravest first."""


def years_page(tree: Tree, *, width: int, everything: bool = False) -> str:
    """Render a comparison of years.

    Args:
        tree: the comparison as plain data.
        width: columns to use, at least 60.
        everything: list every finding with its text, every line and every unknown.
    """
    page = _Years(tree, width)
    parts = [
        page.head(),
        page.indexes_by_year(),
        page.breaks(),
        page.not_done(),
        page.findings(tree, everything=everything),
        page.retests(),
        *(page.step_lines(step, everything=everything) for step in tree["steps"]),
        page.unknowns(everything=everything),
        page.notes_by_year(),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


class _Years(Page):
    """The sections of the page."""

    def __init__(self, tree: Tree, width: int) -> None:
        super().__init__(tree["lang"], width)
        self.tree = tree
        self.files = tree["years"]

    def head(self) -> str:
        years = [str(year["tahun"]) for year in self.files]
        values = {"agency": self.tree["instansi"]["nama"], "years": self.listed(years)}
        lines = [self.wrap(self.label("outlook.compare", **values), "")]
        gaps = [str(year) for year in self.tree["without_file"]]
        if gaps:
            words = self.label("outlook.without_file", years=self.listed(gaps))
            lines.append(self.wrap(words, "", INDENT))
        return "\n".join(lines)

    def listed(self, words: Sequence[str]) -> str:
        """Write words with commas, the last one after "and"."""
        *first, last = words
        if not first:
            return last
        return self.label("outlook.and", first=", ".join(first), last=last)

    # --- the indexes

    def indexes_by_year(self) -> str:
        """Show both indexes in each year, and what each moved by since the file before."""
        rows = []
        for key in ("indeks_rb", "sakip"):
            indexes = [year.get(key) for year in self.files]
            if not any(indexes):
                continue
            rows += [
                [self.label(f"head.{key}"), *(value_words(i, self.lang) for i in indexes)],
                [self.label("outlook.change"), "", *(self._moved(s, key) for s in self._steps())],
                [self.label("head.grade"), *(grade_words(i, self.lang) for i in indexes)],
                [
                    self.label("head.basis"),
                    *(self.label(f"outlook.dasar.{basis_key(i)}") for i in indexes),
                ],
            ]
        return self.table(rows, ["", *(str(year["tahun"]) for year in self.files)])

    def _steps(self) -> list[Tree]:
        steps: list[Tree] = self.tree["steps"]
        return steps

    def _moved(self, step: Tree, key: str) -> str:
        if key not in step:
            return ""
        if not step[key]["sebanding"]:
            return self.label("outlook.not_comparable")
        moved = step[key]["selisih"]
        return "" if moved is None else span_words(moved, self.lang)

    def breaks(self) -> str:
        """Name the years between which the instrument changed so that nothing can be counted."""
        indexes = {year["tahun"]: year for year in self.files}
        lines = []
        for step in self._steps():
            for key in ("indeks_rb", "sakip"):
                sides = [indexes[step[side]].get(key) for side in ("before", "after")]
                if key in step and not step[key]["sebanding"] and all(sides):
                    names = [side["instrumen"] or "-" for side in sides]
                    values = {"name": self.label(f"head.{key}"), "from": names[0], "to": names[1]}
                    years = {side: step[side] for side in ("before", "after")}
                    words = self.label("outlook.break", **values, **years)
                    lines.append(self.wrap(words, "", INDENT))
        return "\n".join(lines)

    def step_lines(self, step: Tree, *, everything: bool) -> str:
        """Show the lines of two years; without --all those that are known and not the same."""
        lines = [line for line in step["lines"] if everything or _says_something(line)]
        return self.lines(lines, str(step["before"]), str(step["after"]))

    # --- findings

    def brief(self, finding: Tree) -> str:
        return f"{finding['subject']['id']} ({self._stood(finding)})"

    def told(self, finding: Tree) -> str:
        history = self._history(finding)
        if finding["stood"]:
            return f"{history}; {self._stood(finding)}" if finding["stood"] > 1 else history
        # The text is that of an earlier file: what it says need not be so any more.
        verdicts = finding["verdicts"].items()
        year = max(year for year, verdict in verdicts if verdict in {"finding", "waived"})
        told = f"{self.label('outlook.by_file', tahun=year)}: {history}"
        closed = finding["closed"]
        if closed is None:
            return told
        if closed == "no_rule":
            return f"{told}; {self.label('outlook.on_paper_untested')}"
        result = self.label(f"outlook.result.{closed}")
        return f"{told}; {self.label('outlook.on_paper', result=result)}"

    def about(self, state: str) -> str:
        """Say that what is new among the files may be older than they are."""
        if state != "new":
            return ""
        return self.label("outlook.no_earlier", tahun=self.files[0]["tahun"])

    def _stood(self, finding: Tree) -> str:
        """Say how long a finding has stood; what was before the first file is not known."""
        words = {"count": finding["stood"], "since": finding["since"]}
        if finding["since"] == self.files[0]["tahun"]:
            return self.label("outlook.stood_at_least", **words)
        return self.label("outlook.stood" if finding["stood"] > 1 else "outlook.first", **words)

    def _history(self, finding: Tree) -> str:
        return ", ".join(
            f"{year} {self.standing(verdict)}" for year, verdict in finding["verdicts"].items()
        )

    def standing(self, word: str) -> str:
        """Write a verdict, or why there is none."""
        known = word in {"not_in_force", "not_listed", "no_file"}
        return self.label(f"outlook.standing.{word}" if known else f"verdict.{word}")

    # --- recommendations tested again

    def not_done(self) -> str:
        """List the recommendations that are closed although their rule still finds the fault."""
        items = [item for item in self.tree["recommendations"] if item["result"] == "not_done"]
        if not items:
            return ""
        lines = [f"{self.label('outlook.not_done')} ({len(items)})"]
        for item in items:
            severity = self.label(f"severity.{item['severity']}")
            what = f"{_named(item)}  {item['rule']}  {severity}  {item['teks'] or item['title']}"
            lines.append(self.wrap(what))
            lines += [self.message(finding) for finding in item["findings"][:ROWS_SHOWN]]
            more = len(item["findings"]) - ROWS_SHOWN
            if more > 0:
                lines.append(f"{INDENT * 2}- {self.label('findings.more', count=more)}")
            if not item["certain"]:
                words = self.label("outlook.uncertain")
                lines.append(self.wrap(words, INDENT * 2, INDENT * 2))
        return "\n".join(lines)

    def retests(self) -> str:
        """Show what the rules say in the last year of the recommendations of all files."""
        items = self.tree["recommendations"]
        if not items:
            return ""
        rows = []
        for item in sorted(items, key=lambda item: (_RESULTS.index(item["result"]), item["id"])):
            status = item["status"]
            words = self.label(f"value.rekomendasi.status.{status}") if status else "-"
            listed = "" if item["listed"] else f" ({self.label('outlook.not_listed')})"
            found = [finding["subject"]["id"] for finding in item["findings"]]
            rows.append(
                [
                    _named(item),
                    item["rule"],
                    f"{words}{listed}",
                    self.label(f"outlook.result.{item['result']}"),
                    ", ".join(found[:ROWS_SHOWN]),
                ]
            )
        keys = ("id", "rule", "status", "result", "subjects")
        headers = [self.label(f"outlook.retest.{key}") for key in keys]
        return f"{self.label('outlook.retests')}:\n{self.table(rows, headers)}"

    # --- unknowns

    def unknowns(self, *, everything: bool) -> str:
        """Count what became of the unknowns, of the last two years by rule."""
        parts = [self._unknown(step, everything=everything) for step in self._steps()]
        return "\n\n".join(part for part in parts if part)

    def _unknown(self, step: Tree, *, everything: bool) -> str:
        unknown = step["unknown"]
        years = {"before": step["before"], "after": step["after"]}
        if not unknown["rules"]:
            return ""
        title = self.label("outlook.unknown", **years)
        lines = [self.wrap(f"{title}: {self._fates(unknown['summary'])}", "", INDENT)]
        if everything or step is self._steps()[-1]:
            for rule in unknown["rules"]:
                words = f"{rule['rule']}  {rule['title']}: {self._fates(rule['summary'])}"
                lines.append(self.wrap(words))
                if everything:
                    lines += [self._unknown_subject(subject) for subject in rule["subjects"]]
        return "\n".join(lines)

    def _fates(self, counts: Tree) -> str:
        return ", ".join(
            f"{self.label(f'outlook.fate.{fate}')} {count}"
            for fate, count in counts.items()
            if count
        )

    def _unknown_subject(self, subject: Tree) -> str:
        before, after = (self.standing(subject[side]) for side in ("before", "after"))
        words = f"{subject['id']}: {self.label('outlook.went', before=before, after=after)}"
        return self.wrap(words, f"{INDENT * 2}- ", INDENT * 3)

    # --- remarks

    def notes_by_year(self) -> str:
        """List the remarks on how the numbers are made, each with its years."""
        texts: dict[str, list[str]] = {}
        for year in self.files:
            for note in year["catatan"]:
                texts.setdefault(note["teks"], []).append(str(year["tahun"]))
        if not texts:
            return ""
        lines = [
            self.wrap(f"{', '.join(years)}: {text}", f"{INDENT}- ", INDENT * 2)
            for text, years in texts.items()
        ]
        return "\n".join([f"{self.label('head.notes')}:", *lines])


def _says_something(line: Tree) -> bool:
    sides = [side for side in (line["before"], line["after"]) if side is not None]
    is_known = any(side["nilai"] is not None or side["poin"] is not None for side in sides)
    return is_known and (line["before"] != line["after"] or not line["sebanding"])


def _named(item: Tree) -> str:
    """Name a recommendation by its id and, where it is stated, its year."""
    return str(item["id"]) if item["tahun"] is None else f"{item['id']} ({item['tahun']})"
