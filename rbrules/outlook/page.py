"""Outlooks as pages of text: what-if, least change and sensitivity."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from rbrules.model import Tree
from rbrules.outlook.difference import STATES
from rbrules.report.places import Places
from rbrules.report.table import plain_table
from rbrules.report.words import data_of, label, number, safe, signed

INDENT: Final = "  "
NARROWEST: Final = 60
ROWS_SHOWN: Final = 10
"""Findings of one rule that a page without --all lists."""

_BRIEF: Final = frozenset({"repeated", "waived"})
"""What has not changed: named by rule and subject, without its text."""


def difference_page(tree: Tree, places: Places, *, width: int, everything: bool = False) -> str:
    """Render a what-if.

    Args:
        tree: the what-if as plain data.
        places: names the places of the file before.
        width: columns to use, at least 60.
        everything: list every finding, those that stay too, with its text.
    """
    page = Page(tree["lang"], width)
    agency = tree["before"]["instansi"]["nama"]
    years = {side: tree[side]["tahun"] for side in ("before", "after")}
    title = page.label("outlook.whatif", agency=agency, tahun=years["before"])
    if years["before"] != years["after"]:
        title = page.label("outlook.whatif_years", agency=agency, **years)
    parts = [
        page.wrap(title, ""),
        page.changes(tree, places),
        page.out_of_range(tree["out_of_range"]),
        page.indexes(tree, page.label("outlook.before"), page.label("outlook.after")),
        page.lines(tree["lines"], page.label("outlook.before"), page.label("outlook.after")),
        page.findings(tree, everything=everything),
        page.notes(tree),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def value_words(index: Tree, lang: str) -> str:
    """Write an index: its value, its range, or that it is not known."""
    if index is None or index["rentang"] is None:
        return label("open", lang)
    if index["nilai"] is not None:
        return number(index["nilai"], lang)
    low, high = (number(end, lang) for end in index["rentang"])
    return label("range", lang, low=low, high=high)


def grade_words(index: Tree, lang: str) -> str:
    """Write every grade that an index may have."""
    names = [band["kode"] for band in index["predikat"]] if index else []
    return f" {label('head.or', lang)} ".join(names) or label("head.no_grade", lang)


def shift_words(shift: Tree, lang: str) -> str:
    """Write what an index moves by: one number with its sign, or one for each end."""
    if shift is None:
        return ""
    if isinstance(shift, list):
        low, high = (signed(end, lang) for end in shift)
        return label("outlook.ends", lang, low=low, high=high)
    return signed(shift, lang)


def points_words(points: Tree, lang: str) -> str:
    """Write points: a number, a range from low to high, or nothing."""
    if points is None:
        return ""
    ends = sorted(points) if isinstance(points, list) else [points]
    return " - ".join(number(end, lang) for end in ends)


def gain_words(points: Tree, lang: str) -> dict[str, str]:
    """Write what each recommendation adds to the index, by rule; nothing where none can be told.

    Args:
        points: the points as plain data, by rule.
        lang: "id" or "en".
    """
    return {
        rule: _gain(item, lang)
        for rule, item in points.items()
        if item["alone"] is not None and _ends(item["alone"]) != [0, 0]
    }


def told_gains(points: Tree, rules: Iterable[str], lang: str) -> dict[str, str]:
    """Write what each recommendation adds and, where that is not computed, why.

    Args:
        points: the points as plain data, by rule.
        rules: the rules of all recommendations.
        lang: "id" or "en".

    Returns:
        Words for each rule; {} where the points of none can be told.
    """
    found = gain_words(points, lang)
    return {rule: found.get(rule) or _no_gain(points.get(rule), lang) for rule in rules if found}


def _no_gain(item: Tree, lang: str) -> str:
    if item is None:
        return label("outlook.gain.none", lang)
    if item["gap"] is None:
        return label("outlook.gain.nothing", lang)
    return label(f"outlook.gain.{item['gap']}", lang, line=item["line"])


def _gain(item: Tree, lang: str) -> str:
    """Write one gain: how much, of which line, up to where, and what it is beside all others."""
    sakip = "sakip" in item["doubts"]
    key = "at_most" if item["at_most"] else "assumed" if "assumed" in item["doubts"] else "sure"
    values = {
        # Without a plus: spreadsheets take a cell that begins with one for a formula.
        "gain": points_words(item["alone"], lang),
        "line": item["line"],
        "aim": label(f"outlook.unit.{item['unit']}", lang, value=number(item["aim"], lang)),
    }
    words = label(f"outlook.gain.{'sakip' if sakip else key}", lang, **values)
    if item["beside"] != item["alone"] and item["beside"] is not None:
        beside = points_words(item["beside"], lang)
        bound = "beside_at_most" if item["beside_at_most"] else "beside"
        words = f"{words}; {label(f'outlook.gain.{bound}', lang, gain=beside)}"
    return words


def _ends(shift: Tree) -> list[Decimal]:
    return shift if isinstance(shift, list) else [shift, shift]


def span_words(shift: Tree, lang: str) -> str:
    """Write what an index moves by, or the least and the most of it."""
    low, high = (signed(end, lang) for end in sorted(_ends(shift)))
    return low if low == high else label("range", lang, low=low, high=high)


class Page:
    """Parts that several pages have."""

    def __init__(self, lang: str, width: int) -> None:
        self.lang = lang
        self.width = max(width, NARROWEST)

    def label(self, key: str, **values: object) -> str:
        """Return a label in the language of the page."""
        return label(key, self.lang, **values)

    def wrap(self, text: str, first: str = INDENT, rest: str | None = None) -> str:
        """Fill a paragraph; nothing of it can steer a terminal."""
        return textwrap.fill(
            safe(text),
            self.width,
            initial_indent=first,
            subsequent_indent=f"{first}{INDENT}" if rest is None else rest,
            break_on_hyphens=False,
        )

    def table(self, rows: Sequence[Sequence[str]], keys: Iterable[str]) -> str:
        """Lay out rows as wide as they are, up to the width of the page; codes stay whole."""
        headers = list(keys)
        widths = [self.width] * len(headers)
        return plain_table(rows, headers, widths, total=self.width, whole=1)

    def counted(self, tree: Tree) -> str:
        """Say what is reported of an index and, where it is another figure, what is counted."""
        base, reported = tree["base"], tree["reported"]
        lines = [self._index_words("outlook.reported", reported)]
        if any(base[key] != reported[key] for key in ("rentang", "dasar", "predikat")):
            lines.append(self._index_words("outlook.counted", base))
        if tree["terbit"] is not None and reported["dasar"] != "terbit":
            published = number(tree["terbit"], self.lang)
            if published != value_words(reported, self.lang):
                lines.append(self.label("outlook.published_aside", terbit=published))
        return "\n".join(self.wrap(line, "", INDENT) for line in lines)

    def _index_words(self, key: str, index: Tree) -> str:
        return self.label(
            key,
            nilai=value_words(index, self.lang),
            predikat=grade_words(index, self.lang),
            dasar=self.label(f"outlook.dasar.{basis_key(index)}"),
        )

    def notes(self, tree: Tree) -> str:
        """List the remarks on how the numbers are made."""
        if not tree["catatan"]:
            return ""
        lines = [self.wrap(note["teks"], f"{INDENT}- ", INDENT * 2) for note in tree["catatan"]]
        return "\n".join([f"{self.label('head.notes')}:", *lines])

    # --- what was changed

    def changes(self, tree: Tree, places: Places) -> str:
        """List the values that were put, and the printed results that were left out for them."""
        lines = []
        if tree["changes"]:
            lines.append(f"{self.label('outlook.changes')}:")
        for change in tree["changes"]:
            before, after = (self._cell(change[key]) for key in ("before", "after"))
            path = change["path"] or places.words(change["pointer"])
            words = self.label("outlook.changed", path=path, before=before, after=after)
            lines.append(self.wrap(words))
        if tree["changes"] and tree["before"]["tahun"] != tree["after"]["tahun"]:
            lines.append(self.wrap(self.label("outlook.other_year"), "", INDENT))
        if tree["set_aside"]:
            names = "; ".join(places.words(pointer) for pointer in tree["set_aside"])
            lines.append(self.wrap(self.label("outlook.aside", places=names), "", INDENT))
        return "\n".join(lines)

    def out_of_range(self, lines: Sequence[Tree]) -> str:
        """Warn of values that the lines cannot have, before any number that lacks them."""
        return "\n".join(
            self.wrap(
                self.label("outlook.out_of_range", line=line["kode"], **self._limits(line)), ""
            )
            for line in lines
        )

    def _limits(self, line: Tree) -> dict[str, str]:
        """Say which value lies outside which range: the score, else the printed points."""
        ends = (line["min"] or Decimal(0), line["maks"])
        nilai, key = line["nilai"], "nilai"
        if nilai is None or (ends[0] <= nilai and (ends[1] is None or nilai <= ends[1])):
            nilai, key, ends = line["poin"], "poin", (Decimal(0), line["bobot"])
        low, high = (self._cell(end) for end in ends)
        return {"name": key, "value": self._cell(nilai), "low": low, "high": high}

    def _cell(self, value: Tree) -> str:
        if value is None:
            return self.label("not_stated")
        if isinstance(value, Decimal | int) and not isinstance(value, bool):
            return number(Decimal(value), self.lang, grouped=False)
        return str(data_of(value, self.lang))

    # --- the indexes

    def indexes(self, tree: Tree, before: str, after: str) -> str:
        """Show both indexes on both sides."""
        keys = [key for key in ("indeks_rb", "sakip") if key in tree]
        has_base = any(tree[key]["base"] for key in keys)
        rows = []
        for key in keys:
            sides = [tree[key]["before"], tree[key]["base"] or tree[key]["before"]]
            sides = [*(sides if has_base else sides[:1]), tree[key]["after"]]
            is_open = key == "indeks_rb" and bool(tree["unweighted"])
            change = self._change_words(tree[key], is_open=is_open)
            values = [value_words(side, self.lang) for side in sides]
            rows.append([self.label(f"head.{key}"), *values, change])
            grades = [grade_words(side, self.lang) for side in sides]
            rows.append([self._row(key, "head.grade"), *grades, ""])
            basis = [self.label(f"outlook.dasar.{basis_key(side)}") for side in sides]
            rows.append([self._row(key, "head.basis"), *basis, ""])
        middle = [self.label("outlook.base")] if has_base else []
        parts = [self.table(rows, ["", before, *middle, after, self.label("outlook.change")])]
        if has_base:
            parts.append(self.wrap(self.label("outlook.base_meaning"), "", ""))
        parts += [self._break(tree, key) for key in keys if _is_broken(tree[key])]
        if tree["unweighted"]:
            names = ", ".join(tree["unweighted"])
            parts.append(self.wrap(self.label("outlook.no_weight", lines=names), "", INDENT))
        return "\n".join(parts)

    def _row(self, key: str, name: str) -> str:
        """Name a row of an index; of the SAKIP score with its name, for the other stands above."""
        words = self.label(name)
        if key == "indeks_rb":
            return words
        return self.label("outlook.grade_of", grade=words, index=self.label(f"head.{key}"))

    def _change_words(self, change: Tree, *, is_open: bool) -> str:
        if _is_broken(change):
            return self.label("outlook.not_comparable")
        if is_open:
            return self.label("outlook.not_computed")
        return shift_words(change["selisih"], self.lang)

    def _break(self, tree: Tree, key: str) -> str:
        """Say between which years or rules the instrument changed, so that nothing is counted."""
        sides, years = tree[key], [tree[side]["tahun"] for side in ("before", "after")]
        names = [
            sides[side]["instrumen"] or self.label("outlook.no_instrument")
            for side in ("before", "after")
        ]
        values = {"name": self.label(f"head.{key}"), "from": names[0], "to": names[1]}
        if years[0] == years[1]:
            return self.wrap(self.label("outlook.break_rules", **values), "", INDENT)
        words = self.label("outlook.break", **values, before=years[0], after=years[1])
        return self.wrap(words, "", INDENT)

    def lines(self, lines: Sequence[Tree], before: str, after: str) -> str:
        """Show lines with their score and points on both sides."""
        if not lines:
            return ""
        rows = []
        for line in lines:
            sides = [line[side] or {"nilai": None, "poin": None} for side in ("before", "after")]
            scores = ["" if s["nilai"] is None else number(s["nilai"], self.lang) for s in sides]
            points = [points_words(side["poin"], self.lang) for side in sides]
            row = [line["kode"], *scores, *points]
            if "sebanding" in line:
                moved = line["selisih"]
                words = "" if moved is None else signed(moved, self.lang)
                row.append(words if line["sebanding"] else self.label("outlook.not_comparable"))
            rows.append(row)
        scores = [self.label("outlook.score", side=side) for side in (before, after)]
        points = [self.label("outlook.points", side=side) for side in (before, after)]
        headers = [self.label("line.kode"), *scores, *points]
        if "sebanding" in lines[0]:
            headers.append(self.label("outlook.change"))
        return f"{self.label('outlook.lines')}:\n{self.table(rows, headers)}"

    # --- findings

    def findings(self, tree: Tree, *, everything: bool) -> str:
        """List the findings by what became of them."""
        counts = [
            f"{self.label(f'outlook.state.{state}')} {tree['summary'][state]}"
            for state in STATES
            if tree["summary"][state]
        ]
        words = ", ".join(counts) or self.label("outlook.no_findings")
        parts = [self.wrap(f"{self.label('findings.title')}: {words}", "", INDENT)]
        for state in STATES:
            mine = [finding for finding in tree["findings"] if finding["state"] == state]
            if mine:
                parts.append(self._state(state, mine, everything=everything))
        return "\n\n".join(parts)

    def _state(self, state: str, findings: Sequence[Tree], *, everything: bool) -> str:
        lines = [f"{self.label(f'outlook.title.{state}')} ({len(findings)})"]
        if about := self.about(state):
            lines.append(self.wrap(about))
        for rule in dict.fromkeys(finding["rule"] for finding in findings):
            mine = [finding for finding in findings if finding["rule"] == rule]
            severity = self.label(f"severity.{mine[0]['severity']}")
            lines.append(self.wrap(f"{rule}  {severity}  {mine[0]['title']}"))
            shown = mine if everything else mine[:ROWS_SHOWN]
            if state in _BRIEF and not everything:
                ids = ", ".join(self.brief(finding) for finding in shown)
                lines.append(self.wrap(ids, INDENT * 2, INDENT * 2))
            else:
                lines += [self.message(finding, self.told(finding)) for finding in shown]
            if len(shown) < len(mine):
                more = self.label("findings.more", count=len(mine) - len(shown))
                lines.append(f"{INDENT * 2}- {more}")
        return "\n".join(lines)

    def message(self, finding: Tree, told: str = "") -> str:
        """Write one finding: its subject, its text, and what is told of it in brackets."""
        subject = finding["subject"]
        who = "" if subject["kind"] == "instansi" else f"{subject['id']}: "
        bracket = f" [{told}]" if told else ""
        return self.wrap(f"{who}{finding['message']}{bracket}", f"{INDENT * 2}- ", INDENT * 3)

    def about(self, state: str) -> str:  # noqa: ARG002
        """Say what is to be known of all findings of one state."""
        return ""

    def brief(self, finding: Tree) -> str:
        """Name a finding that has not changed."""
        return str(finding["subject"]["id"])

    def told(self, finding: Tree) -> str:
        """Say what is to be told of a finding beside its text."""
        if finding["state"] not in {"open", "gone"}:
            return ""
        after = finding["after"]
        words = self.label("outlook.not_judged" if after is None else f"verdict.{after}")
        return self.label("outlook.now", verdict=words)


def _is_broken(change: Tree) -> bool:
    """Tell whether two figures are there that cannot be held against each other."""
    sides = [change[side] for side in ("before", "after")]
    return not change["sebanding"] and all(side and side["rentang"] for side in sides)


def basis_key(index: Tree) -> str:
    """Name what an index was made of, as labels do."""
    return (index["dasar"] if index else None) or "null"


# --- the smallest sets ----------------------------------------------------------------------------


def improvement_page(tree: Tree, *, width: int) -> str:
    """Render the smallest sets of line changes that reach a goal.

    Args:
        tree: the sets as plain data.
        width: columns to use, at least 60.
    """
    page = _Improvement(tree, width)
    parts = [page.head(), *(page.answer(answer) for answer in tree["answers"])]
    parts += [page.rest(), page.notes(tree)]
    return "\n\n".join(part for part in parts if part) + "\n"


class _Improvement(Page):
    """The sections of the page on the least change."""

    def __init__(self, tree: Tree, width: int) -> None:
        super().__init__(tree["lang"], width)
        self.tree = tree
        goal = tree["goal"]
        number_words = number(goal["nilai"], self.lang)
        key = "above" if goal["strict"] else "at_least"
        self.goal = self.label(f"outlook.goal.{key}", nilai=number_words)
        if goal["predikat"]:
            self.goal = self.label("outlook.goal.grade", kode=goal["predikat"], nilai=self.goal)

    def head(self) -> str:
        agency = self.tree["instansi"]["nama"]
        values = {"agency": agency, "tahun": self.tree["tahun"], "goal": self.goal}
        lines = [
            self.wrap(self.label("outlook.improve", **values), "", INDENT),
            self.counted(self.tree),
        ]
        if self.tree["stands"] and not all(a["reached"] for a in self.tree["answers"]):
            lines.append(self.wrap(self.label("outlook.stands"), "", INDENT))
        return "\n".join(lines)

    def answer(self, answer: Tree) -> str:
        title = ""
        if len(self.tree["answers"]) > 1:
            title = self.label(f"outlook.side.{answer['side']}")
        lines = [title] if title else []
        if answer["reached"]:
            lines.append(self.wrap(self.label("outlook.reached")))
        elif not answer["plans"]:
            lines += self._limit(answer)
        else:
            lines += self._plans(answer)
        return "\n".join(lines)

    def _plans(self, answer: Tree) -> list[str]:
        lines = []
        for no, plan in enumerate(answer["plans"], 1):
            index = plan["index"]
            values = {
                "no": no,
                "count": len(plan["steps"]),
                "moved": number(plan["moved"], self.lang),
                "nilai": value_words(index, self.lang),
                "predikat": grade_words(index, self.lang),
            }
            words = self.label("outlook.plan", **values)
            if plan["cost"] is not None:
                cost = number(plan["cost"], self.lang)
                words = f"{words} {self.label('outlook.plan_cost', cost=cost)}"
            lines += ["", self.wrap(words), self._steps(plan), *self._rounding(plan)]
            options = " ".join(f"--set {option}" for option in plan["options"])
            lines.append(self.wrap(self.label("outlook.check_with", options=options)))
        lines.append("")
        if answer["way"] is not None:
            lines.append(self.wrap(self._way(answer)))
        if answer["more"]:
            lines.append(self.wrap(self.label("outlook.more_sets")))
        if answer["needed"]:
            names = ", ".join(answer["needed"])
            lines.append(self.wrap(self.label("outlook.needed", lines=names)))
        smaller = answer["smaller"]
        if smaller is not None:
            key = "outlook.smaller" if smaller["lines"] else "outlook.smaller_none"
            lines.append(self.wrap(self._short(key, smaller)))
        return lines

    def _rounding(self, plan: Tree) -> list[str]:
        """Say so where the rounded rows do not add up to the rounded total."""
        rows = [*plan["steps"], *plan["carried"]]
        is_whole = sum((row["gain"] for row in rows), Decimal(0)) == plan["gain"]
        return [] if is_whole else [self.wrap(self.label("outlook.rounding"))]

    def _way(self, answer: Tree) -> str:
        """Say why a set goes by way of another grade than the one that was asked for."""
        values = {"way": answer["way"], "goal": self.tree["goal"]["predikat"]}
        words = [self.label("outlook.way", **values)]
        lines = [name for name in answer["way_blocked"] if name != "target_baik_lengkap"]
        if lines:
            words.append(self.label("outlook.way.lines", lines=", ".join(lines), **values))
        if "target_baik_lengkap" in answer["way_blocked"]:
            words.append(self.label("outlook.way.open", **values))
        if not answer["way_blocked"]:
            words.append(self.label("outlook.way.larger", **values))
        return " ".join(words)

    def _short(self, key: str, short: Tree) -> str:
        return self.label(
            key,
            lines=", ".join(short["lines"]) or "-",
            nilai=number(short["nilai"], self.lang),
            lacks=number(short["lacks"], self.lang),
        )

    def _steps(self, plan: Tree) -> str:
        rows = [
            [
                step["kode"],
                step["nama"],
                self.label("open") if step["before"] is None else self._score(step, "before"),
                self._score(step, "after"),
                signed(step["moved"], self.lang),
                signed(step["gain"], self.lang),
            ]
            for step in plan["steps"]
        ]
        for row in plan["carried"]:
            name = self.label("outlook.carried", nama=row["nama"], pengali=row["pengali"])
            rows.append([row["kode"], name, "", "", "", signed(row["gain"], self.lang)])
        if len(rows) > 1:
            sums = [signed(plan[key], self.lang) for key in ("moved", "gain")]
            rows.append(["", self.label("outlook.sum"), "", "", *sums])
        names = ("from", "to", "line_points", "index_points")
        keys = ("line.kode", "line.nama", *(f"outlook.{name}" for name in names))
        return textwrap.indent(self.table(rows, [self.label(key) for key in keys]), INDENT)

    def _score(self, step: Tree, key: str) -> str:
        return self.label(f"outlook.unit.{step['unit']}", value=number(step[key], self.lang))

    def _limit(self, answer: Tree) -> list[str]:
        lines = []
        limit = answer["limit"]
        is_open = "no_weights" in answer["blocked"]
        if is_open:
            names = self.tree["unweighted"]
            words = self.label("outlook.blocked.no_weights", count=len(names), lines=names[0])
            lines.append(self.wrap(words))
        if limit is not None:
            key = "outlook.limit" if limit["lacks"] else "outlook.limit_condition"
            key = "outlook.limit_open" if is_open else key
            lines.append(self.wrap(self._short(key, limit)))
        for name in answer["blocked"]:
            if name in {"target_baik_lengkap", "no_weights"}:
                continue  # told once, for all answers
            key = "outlook.blocked.no_lines" if name == "no_lines" else "outlook.blocked.line"
            lines.append(self.wrap(self.label(key, kode=name)))
        return lines

    def rest(self) -> str:
        lines = []
        for key in ("locked", "uncosted"):
            if self.tree[key]:
                names = ", ".join(self.tree[key])
                lines.append(self.wrap(self.label(f"outlook.{key}", lines=names), "", INDENT))
        grades = self.tree["open_grades"]
        if grades is not None:
            values = {key: self._cell(value) for key, value in grades.items()}
            lines.append(self.wrap(self.label("outlook.open_grades", **values), "", INDENT))
        if any(answer["plans"] for answer in self.tree["answers"]):
            lines.append(self.wrap(self.label("outlook.smallest"), "", INDENT))
        return "\n".join(lines)


# --- sensitivity ----------------------------------------------------------------------------------

BAR: Final = 24
"""Characters of the longest bar."""
NARROWEST_BAR: Final = 8
"""Where fewer are left there is none."""


def sensitivity_page(tree: Tree, *, width: int) -> str:
    """Render what moves an index, with a bar for each line, and what would narrow it.

    Args:
        tree: the effects as plain data.
        width: columns to use, at least 60.
    """
    page = Page(tree["lang"], width)
    lang = page.lang
    values = {"agency": tree["instansi"]["nama"], "tahun": tree["tahun"]}
    head = page.wrap(page.label("outlook.sensitivity", **values), "", INDENT)
    parts = [f"{head}\n{page.counted(tree)}"]
    if tree["lines"]:
        parts += [_effects(page, tree["lines"])]
        parts += [page.wrap(page.label("outlook.room_meaning"), "", "")]
    if tree["missing"]:
        rows = [
            [gap["kode"], gap["nama"], _missing(gap, lang), _pair(gap["narrows"], lang)]
            for gap in tree["missing"]
        ]
        keys = ("line.kode", "line.nama", "outlook.gap", "outlook.narrows")
        headers = [page.label(key) for key in keys]
        parts.append(f"{page.label('outlook.missing')}:\n{page.table(rows, headers)}")
    if tree["unweighted"]:
        names = ", ".join(tree["unweighted"])
        parts.append(page.wrap(page.label("outlook.unweighted", lines=names), "", INDENT))
    if not tree["lines"]:
        parts.insert(1, page.wrap(page.label("outlook.blocked.no_lines"), ""))
    parts.append(page.notes(tree))
    return "\n\n".join(part for part in parts if part) + "\n"


def _effects(page: Page, lines: Sequence[Tree]) -> str:
    """Lay out the effects; the bars take what the figures leave, so that no code is broken."""
    lang = page.lang
    longest = max(most(line["room"]) for line in lines) or Decimal(1)
    rows = [
        [
            line["kode"],
            "" if line["now"] is None else number(line["now"], lang),
            number(line["top"], lang),
            _pair(line["per_unit"], lang),
            _pair(line["room"], lang),
        ]
        for line in lines
    ]
    keys = ("score_now", "top", "per_unit", "room")
    headers = [page.label("line.kode"), *(page.label(f"outlook.{key}") for key in keys)]
    used = sum(
        max(len(header) + 2, *map(len, cells)) + 2
        for header, cells in zip(headers, zip(*rows, strict=True), strict=True)
    )
    bar = min(BAR, page.width - used)
    if bar < NARROWEST_BAR:
        return page.table(rows, headers)
    for row, line in zip(rows, lines, strict=True):
        row.append("#" * int(bar * most(line["room"]) / longest))
    return page.table(rows, [*headers, ""])


def most(shift: Tree) -> Decimal:
    """Return the most that either end moves by."""
    return max(_ends(shift)) if shift is not None else Decimal(0)


def _missing(gap: Tree, lang: str) -> str:
    """Say which value of a line or component is missing."""
    if gap["pengali"] is not None:
        return label("outlook.gap.pengali", lang, pengali=gap["pengali"])
    return label(f"outlook.gap.{gap['key']}", lang)


def _pair(shift: Tree, lang: str) -> str:
    """Write one number, or the two ends from low to high."""
    if shift is None:
        return ""
    low, high = sorted(_ends(shift))
    return number(low, lang) if low == high else f"{number(low, lang)} - {number(high, lang)}"
