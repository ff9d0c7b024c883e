"""The report tree as a draft of an evaluation report (Laporan Hasil Evaluasi, LHE) in Word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from rbrules.model import Tree
from rbrules.report.about import About
from rbrules.report.matrix import LONGEST_DETAIL, LONGEST_NAME, clean
from rbrules.report.paper import (
    Paper,
    add_table,
    add_text,
    blanks,
    bold,
    bytes_of,
    centred,
    fill,
    framed,
    head,
    hold,
    keep_whole,
    lead,
    millimetres,
    new_page,
    new_paper,
    part_row,
)
from rbrules.report.phrases import (
    by_rule,
    component_words,
    counts_words,
    decision_words,
    lines_of,
    missing_words,
    selection_words,
    subject_words,
)
from rbrules.report.places import Places
from rbrules.report.recommend import register
from rbrules.report.rows import index_pairs, indexes, line_cells, remarks
from rbrules.report.table import bases
from rbrules.report.words import citation_text, day, label, number

SIZES: Final = {"Normal": 10, "Heading 1": 12, "Heading 2": 11, "Heading 3": 10, "Title": 14}
"""Points of the letters, by style."""

MARGIN: Final = 20
"""Millimetres; 170 are left between the margins."""

PAIR: Final = (45, 125)
UNKNOWN: Final = (60, 35, 75)
RECOMMENDATION: Final = (10, 90, 45, 25)
LINE: Final = {"kode": 50, "nama": 46, "nilai": 17, "maks": 14, "bobot": 18, "poin": 25}
"""Widths in millimetres."""

_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII")


def report_docx(tree: Tree, places: Places, about: About) -> bytes:
    """Render the report as a draft with the parts that an LHE has.

    Number, date, addressee and signatory are left blank: the tool knows none of them.

    Args:
        tree: the report tree.
        places: where the values stand in the input.
        about: gives the names of the families, under which the findings stand.
    """
    draft = _Draft(tree, places, about)
    draft.front()
    number_of = iter(_ROMAN)
    for key, write in draft.parts():
        head(draft.paper, f"{next(number_of)}. {label(key, draft.lang)}", 1)
        write()
    draft.annexes()
    title = f"{label('lhe.title', draft.lang)}: {draft.agency}"
    return bytes_of(draft.paper, title, tree)


class _Draft:
    """The parts of the draft."""

    def __init__(self, tree: Tree, places: Places, about: About) -> None:
        self.tree = tree
        self.places = places
        self.about = about
        self.lang: str = tree["lang"]
        self.paper: Paper = new_paper(self.lang, SIZES, is_across=False, margin=MARGIN)
        self.agency = " ".join(clean(tree["instansi"]["nama"], LONGEST_NAME).split())
        self.standing = [f for f in tree["findings"] if "waiver" not in f]
        self.waived = [f for f in tree["findings"] if "waiver" in f]

    def parts(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the numbered parts: the key of the heading, and what writes the part."""
        yield "lhe.introduction", self.introduction
        yield "lhe.overview", self.overview
        yield "lhe.details", self.details
        if self.waived:
            yield "lhe.waived", self.waivers
        yield "lhe.unknown", self.unknown
        yield "lhe.recommendations", self.recommendations
        yield "lhe.closing", self.closing

    def _label(self, key: str, **values: object) -> str:
        return label(key, self.lang, **values)

    def front(self) -> None:
        framed(self.paper, self._label("lhe.draft"))
        add_text(self.paper, "")
        of = "lhe.of_both" if "sakip" in self.tree else "lhe.of_rb"
        year = self._label("lhe.year", tahun=self.tree["tahun"])
        for text in (self._label("lhe.title"), self._label(of), self.agency, year):
            paragraph = add_text(self.paper, text)
            centred(paragraph)
            bold(paragraph)
        names = [self._label(f"lhe.{key}") for key in ("number", "date", "to")]
        blanks(self.paper, names, [millimetres(width) for width in (1, 30, 139)])

    # --- introduction

    def introduction(self) -> None:
        self._regulations()
        head(self.paper, self._label("lhe.purpose"), 2)
        add_text(self.paper, self._label("lhe.purpose_text"))
        self._scope()
        head(self.paper, self._label("lhe.method"), 2)
        as_of = day(date.fromisoformat(self.tree["as_of"]), self.lang)
        for key in ("rules", "unknown", "limit", "as_of"):
            values = {"day": as_of} if key == "as_of" else {}
            add_text(self.paper, self._label(f"lhe.method_{key}", **values), "List Bullet")

    def _regulations(self) -> None:
        """List the regulations that findings refer to; one counts as verified if all parts do."""
        head(self.paper, self._label("lhe.basis"), 2)
        cited: dict[str, bool] = {}
        for finding in self.tree["findings"]:
            for item in finding["citation"]:
                name = citation_text(item["jenis"], item["nomor"], item["tahun"], "")
                cited[name] = cited.get(name, True) and item["verified"]
        add_text(self.paper, self._label("lhe.basis_intro" if cited else "lhe.basis_none"))
        for name in sorted(cited):
            mark = "" if cited[name] else f" ({self._label('findings.unverified')})"
            add_text(self.paper, f"{name}{mark}", "List Bullet")

    def _scope(self) -> None:
        tree = self.tree
        head(self.paper, self._label("lhe.scope"), 2)
        words = self._label(
            "lhe.scope_text",
            instansi=self.agency,
            tahun=tree["tahun"],
            file=clean(tree["input"]["file"], LONGEST_NAME),
            rules=tree["rbrules"]["rulebook"]["rules"],
            outcomes=sum(tree["summary"].values()),
        )
        add_text(self.paper, words)
        for text in selection_words(tree):
            bold(add_text(self.paper, text))

    # --- results

    def overview(self) -> None:
        for measure, index in indexes(self.tree):
            head(self.paper, self._label(f"head.{measure}"), 2)
            pairs = index_pairs(index, measure, self.lang)
            self._grid([self._label("report.item"), self._label("report.value")], PAIR, pairs)
            if index["komponen"]:
                add_text(self.paper, "")
                names = [self._label("lhe.component"), self._label("lhe.points")]
                parts = [(c["nama"], component_words(c, self.lang)) for c in index["komponen"]]
                self._grid(names, (125, 45), parts)
        head(self.paper, self._label("lhe.counts"), 2)
        levels = {
            level: sum(f["severity"] == level for f in self.standing)
            for level in ("high", "medium", "low")
        }
        counts = {key: self.tree["summary"][key] for key in ("finding", "unknown", "waived")}
        add_text(self.paper, self._label("lhe.counts_text", **counts, **levels))

    def details(self) -> None:
        """Tell the findings, by family of rules and rule."""
        if not self.standing:
            add_text(self.paper, self._label("lhe.none"))
        families: dict[str, list[Tree]] = {code: [] for code in self.about.families}
        for finding in self.standing:
            families.setdefault(finding["family"], []).append(finding)
        for code, mine in families.items():
            if mine:
                head(self.paper, self.about.family(code), 2)
                for group in by_rule(mine):
                    self._rule(group)

    def waivers(self) -> None:
        for group in by_rule(self.waived):
            self._rule(group)
            for text in dict.fromkeys(decision_words(f["waiver"], self.lang) for f in group):
                lead(self.paper, self._label("findings.waiver"), text)

    def _rule(self, group: Sequence[Tree]) -> None:
        first = group[0]
        severity = self._label(f"severity.{first['severity']}")
        head(self.paper, f"{first['rule']} {first['title']} ({severity})", 3)
        for finding in group:
            subject = finding["subject"]
            who = "" if subject["kind"] == "instansi" else f"{subject['id']}: "
            where = self._label("findings.place", line=lines_of(finding, self.places))
            words = f"{who}{finding['message']} ({where})"
            add_text(self.paper, words, "List Bullet", longest=LONGEST_DETAIL)
        lead(self.paper, self._label("lhe.criterion"), "; ".join(bases(first, self.lang)))

    def unknown(self) -> None:
        entries = self.tree["unknown"]
        if not entries:
            add_text(self.paper, self._label("unknown.none"))
            return
        add_text(self.paper, self._label("unknown.intro"))
        rows = []
        for group in by_rule(entries):
            words, quoted = missing_words(group, self.places)
            data = "; ".join(words)
            if quoted:
                data += f" ({self._label('unknown.found', found=', '.join(quoted))})"
            subjects = ", ".join(subject_words(e["subject"], self.lang) for e in group)
            rows.append((f"{group[0]['rule']} {group[0]['title']}", subjects, data))
        names = [self._label(f"unknown.{key}") for key in ("rule", "subjects", "data")]
        self._grid(names, UNKNOWN, rows)

    def recommendations(self) -> None:
        """List the recommendations, merged as `recommend` does, by the official in charge."""
        listed = register(self.tree)
        if not listed.items:
            add_text(self.paper, self._label("recommend.none"))
            return
        keys = ("no", "recommendation", "addressee", "rule")
        names = [self._label(f"recommend.{key}") for key in keys]
        grid = add_table(self.paper, names, [millimetres(width) for width in RECOMMENDATION])
        for name, part in listed.groups(lambda item: item.addressee[0]):
            whom = " ".join(clean(name).split())
            part_row(grid, f"{self._label('matrix.lead')}: {whom}")
            for no, item in part:
                row = grid.add_row()
                cells = (
                    (str(no),),
                    (item.text,),
                    item.addressee,
                    (item.rule, self._level(item.severity)),
                )
                for place, (cell, texts) in enumerate(zip(row.cells, cells, strict=True)):
                    fill(cell, texts, is_centred=place in {0, 3})
                keep_whole(row, cells)

    def _level(self, severity: str) -> str:
        return self._label(f"severity.{severity}")

    def closing(self) -> None:
        for text in (self._label("lhe.closing_text"), ""):
            hold(add_text(self.paper, text))
        names = [self._label(f"lhe.{key}") for key in ("place", "office", "signatory", "nip")]
        blanks(self.paper, names, [millimetres(width) for width in (60, 35, 75)])

    # --- annexes

    def annexes(self) -> None:
        """List the lines of each index, and what else the report rests on."""
        new_page(self.paper)
        for measure, index in indexes(self.tree):
            if index["lines"]:
                name = self._label(f"head.{measure}")
                head(self.paper, f"{self._label('lhe.annex_lines')} ({name})", 1)
                rows = [self._line(line, index) for line in index["lines"]]
                names = [self._label(f"line.{key}") for key in LINE]
                self._grid(names, tuple(LINE.values()), rows, centred_from=2)
        head(self.paper, self._label("lhe.annex_notes"), 1)
        made = (self._label("report.made"), counts_words(self.tree))
        for heading, texts in (*remarks(self.tree), made):
            head(self.paper, heading, 2)
            for text in texts:
                add_text(self.paper, text, "List Bullet")
        head(self.paper, self._label("report.citation"), 2)
        add_text(self.paper, self._label("matrix.citation_note"), "List Bullet")

    def _line(self, line: Tree, index: Tree) -> list[str]:
        cells = line_cells(line, index, self.lang)
        texts = (cells[key] for key in LINE)
        return [
            "" if text is None else text if isinstance(text, str) else number(text, self.lang)
            for text in texts
        ]

    def _grid(
        self,
        names: Sequence[str],
        widths: Sequence[int],
        rows: Iterable[Sequence[str]],
        centred_from: int = 99,
    ) -> None:
        grid = add_table(self.paper, names, [millimetres(width) for width in widths])
        for texts in rows:
            row = grid.add_row()
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                fill(cell, (text,), is_centred=place >= centred_from)
            keep_whole(row, [texts])
