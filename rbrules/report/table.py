"""The report tree as a page of text for a terminal or a pipe. The one user of tabulate."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from operator import gt
from typing import Final

from tabulate import MIN_PADDING, tabulate

from rbrules.model import Severity, Tree, Validity
from rbrules.report.places import Places
from rbrules.report.words import (
    bases_of,
    citation_text,
    day,
    label,
    number,
    period_words,
    safe,
    signed,
    words_of,
)
from rbrules.rulebook import DAY

ROWS_SHOWN: Final = 10
"""Subjects of one rule that the short view lists."""

POINTERS_SHOWN: Final = 3
FIRST: Final = 5
"""Rules that the list of what to read first names."""

NARROWEST: Final = 60
INDENT: Final = "  "
_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}


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
            f"{words_of(tuple(parts), lang, unit)} ({period_words(_validity(dated), lang)})"
        )
    return ", ".join(words)


def _validity(item: Tree) -> Validity:
    """Read the period of an item of the tree."""
    end = item["to"]
    return Validity(
        start=date.fromisoformat(item["from"]), to=None if end is None else date.fromisoformat(end)
    )


def _folded(words: Iterable[str]) -> set[str]:
    return {word.casefold() for word in words}


def _urgency(found: list[Tree]) -> tuple[int, int, int, str]:
    first = found[0]
    is_own = first["subject"]["kind"] == "instansi"
    return _RANK[first["severity"]], 0 if is_own else 1, -len(found), first["rule"]


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
        agency = tree["instansi"]
        kind = self._label(f"value.kelompok.{agency['kelompok']}")
        title = f"{agency['nama']} ({kind}), {tree['tahun']}"
        blocks = [self._wrap(title, ""), *self._index(tree["indeks_rb"], "indeks_rb")]
        if "sakip" in tree:
            blocks += ["", *self._index(tree["sakip"], "sakip")]
        if tree["catatan"]:
            blocks += ["", f"{self._label('head.notes')}:"]
            blocks += [self._wrap(note["teks"], "    ", "  - ") for note in tree["catatan"]]
        return "\n".join(blocks)

    def _index(self, index: Tree, measure: str) -> list[str]:
        rows = [
            (
                self._label("head.instrument"),
                index["instrumen"] or self._label("head.no_instrument"),
            ),
            (self._label(f"head.{measure}"), self._value(index)),
            *self._published_row(index),
            (self._label("head.grade"), self._grade(index)),
            (self._label("head.basis"), self._label(f"dasar.{index['dasar'] or 'null'}")),
        ]
        if index["tahun_lalu"]:
            rows.append((self._label("head.last_year"), self._last_year(index["tahun_lalu"])))
        rows += [(self._label("head.target"), self._target(item)) for item in index["target"]]
        if index["komponen"]:
            parts = "; ".join(self._component(item) for item in index["komponen"])
            rows.append((self._label("head.components"), parts))
        if index["lines"]:
            rows.append((self._label("head.lines"), self._lines_summary(index)))
        left = max(len(name) for name, _ in rows) + 2
        lines = [self._wrap(text, " " * left, name.ljust(left)) for name, text in rows]
        if self.everything and index["lines"]:
            lines += ["", self._lines(index["lines"])]
        return lines

    def _published_row(self, index: Tree) -> list[tuple[str, str]]:
        """Show what was published where it says more than the rows beside it."""
        words = []
        if index["dasar"] != "terbit" and index["terbit"] not in {None, index["nilai"]}:
            words.append(number(Decimal(index["terbit"]), self.lang))
        grade = index["predikat_terbit"]
        names = [{band["kode"], band["nama"]} for band in index["predikat"]]
        if grade is not None and (len(names) != 1 or grade.casefold() not in _folded(names[0])):
            words.append(self._label("head.published_grade", predikat=grade))
        return [(self._label("head.published"), "; ".join(words))] if words else []

    def _value(self, index: Tree) -> str:
        if index["nilai"] is not None:
            return number(index["nilai"], self.lang)
        if index["rentang"] is None:
            return self._label("open")
        low, high = (number(end, self.lang) for end in index["rentang"])
        return self._label("range", low=low, high=high)

    def _grade(self, index: Tree) -> str:
        if not index["predikat"]:
            return self._label("head.no_grade")
        words = []
        for band in index["predikat"]:
            note = "" if band["verified"] else f" ({self._label('head.unverified')})"
            words.append(f"{band['kode']} / {band['nama']}{note}")
        return f" {self._label('head.or')} ".join(words)

    def _last_year(self, last: Tree) -> str:
        if last["nilai"] is None:
            return self._label("head.conflict", tahun=last["tahun"])
        values = {"nilai": number(last["nilai"], self.lang), "tahun": last["tahun"]}
        if last["selisih"] is None:
            return self._label("head.no_change", **values)
        words = self._label("head.change", **values, selisih=signed(last["selisih"], self.lang))
        return words if last["sebanding"] else f"{words} ({self._label('head.differ')})"

    def _target(self, target: Tree) -> str:
        document = f" ({target['dokumen']})" if target["dokumen"] else ""
        values = {"nilai": number(target["nilai"], self.lang), "dokumen": document}
        if target["capaian"] is None:
            return self._label("head.no_achievement", **values)
        return self._label(
            "head.achievement", **values, capaian=number(target["capaian"], self.lang)
        )

    def _component(self, item: Tree) -> str:
        if item["dasar"] == "kosong":
            return f"{item['nama']} {self._label('not_stated')}"
        maks = number(item["maks"], self.lang)
        return f"{item['nama']} {self._label('head.of', nilai=self._value(item), maks=maks)}"

    def _lines_summary(self, index: Tree) -> str:
        lines = [line for line in index["lines"] if line["status"] != "dikecualikan"]
        known = sum(1 for line in lines if line["poin"] is not None)
        words = [self._label("head.lines_count", known=known, total=len(lines))]
        if index["bobot_terbukti"] is not None:
            share = number(Fraction(index["bobot_terbukti"]) * 100, self.lang)
            words.append(self._label("head.evidence", share=share))
        if index["penyempit"]:
            words.append(self._label("head.narrowest", kode=index["penyempit"]))
        return "; ".join(words)

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
        rules: dict[str, list[Tree]] = {}
        for finding in self.tree["findings"]:
            if finding["verdict"] == "finding":
                rules.setdefault(finding["rule"], []).append(finding)
        if len(rules) <= FIRST:
            return ""
        ranked = sorted(rules.values(), key=_urgency)[:FIRST]
        rows = [
            [
                str(no),
                f"{found[0]['rule']} {found[0]['title']}",
                self._label(f"severity.{found[0]['severity']}"),
                self._extent(found),
            ]
            for no, found in enumerate(ranked, 1)
        ]
        headers = [self._label(f"first.{key}") for key in ("no", "rule", "severity", "extent")]
        title = self._label("first.title", shown=len(ranked), total=len(rules))
        table = plain_table(rows, headers, [3, self.width, 8, 30], total=self.width)
        return f"{title}\n{table}"

    def _extent(self, found: list[Tree]) -> str:
        kind = found[0]["subject"]["kind"]
        name = self._label(f"kind.{kind}")
        return name if kind == "instansi" else f"{name} ({len(found)})"

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
            decisions = dict.fromkeys(self._decision(f["waiver"]) for f in findings)
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
        pointers = [p for place in finding["looked_at"] for p in place["pointers"]]
        lines = self.places.lines(pointers or [subject["pointer"]])
        where = self._label("findings.place", line=", ".join(map(str, lines)))
        mark = ""
        if "waiver" in finding:
            mark = f" [{self._label('findings.waived')} {self._decision(finding['waiver'])}]"
        return self._wrap(f"{who}{finding['message']}{mark} [{where}]", INDENT * 2, f"{INDENT}- ")

    def _decision(self, waiver: Tree) -> str:
        values = {
            "sampai": day(date.fromisoformat(waiver["sampai"]), self.lang),
            "pejabat": waiver["pejabat"],
            "dokumen": waiver["dokumen"],
            "alasan": waiver["alasan"],
        }
        return self._label("waivers.decision", **values)

    def waivers(self) -> str:
        """Tell of the waivers that changed nothing: expired, not yet in force, or unused."""
        idle = [w for w in self.tree.get("waivers", ()) if w["state"] != "used"]
        if not idle:
            return ""
        lines = [f"{self._label('waivers.title')} ({len(idle)})"]
        for waiver in idle:
            state = self._label(f"waivers.{waiver['state']}")
            who = f"{waiver['aturan']} {waiver['subjek']} ({waiver['file']})"
            lines.append(self._wrap(f"{who}: {state}; {self._decision(waiver)}"))
        return "\n".join(lines)

    def elsewhere(self) -> str:
        """Tell how many waivers are for other agencies, and which of them may be mistyped."""
        others = self.tree.get("waivers_elsewhere")
        if others is None:
            return ""
        lines = [f"{self._label('waivers.elsewhere')} ({others['count']})"]
        for waiver in others["alike"]:
            who = f"{waiver['aturan']} {waiver['subjek']} ({waiver['file']})"
            values = {"instansi": waiver["instansi"], "meant": waiver["meant"]}
            lines.append(self._wrap(f"{who}: {self._label('waivers.alike', **values)}"))
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
        by_rule = sorted(entries, key=lambda entry: entry["rule"])
        rows = []
        for rule, group in groupby(by_rule, key=lambda entry: entry["rule"]):
            mine = list(group)
            ids = [self._subject(entry["subject"]) for entry in mine]
            rows.append([f"{rule} {mine[0]['title']}", self._short(ids), self._missing(mine)])
        headers = [self._label(f"unknown.{key}") for key in ("rule", "subjects", "data")]
        usable = self.width - 4
        widths = [usable * 4 // 10, usable * 2 // 10, usable - usable * 6 // 10]
        return "\n".join([*lines, plain_table(rows, headers, widths, total=self.width)])

    def _subject(self, subject: Tree) -> str:
        is_agency = subject["kind"] == "instansi"
        return self._label("kind.instansi") if is_agency else subject["id"]

    def _short(self, words: list[str]) -> str:
        limit = len(words) if self.everything else POINTERS_SHOWN
        more = len(words) - limit
        text = ", ".join(words[:limit])
        return f"{text} {self._label('unknown.more', count=more)}" if more > 0 else text

    def _missing(self, entries: list[Tree]) -> str:
        pointers = list(dict.fromkeys(p for entry in entries for p in entry["missing"]))
        quoted = list(dict.fromkeys(q for entry in entries for q in entry.get("found", ())))
        # Two entries of one year read alike.
        words = list(dict.fromkeys(self.places.words(pointer) for pointer in pointers))
        text = self._short(words)
        if quoted:
            text += f" ({self._label('unknown.found', found=', '.join(quoted))})"
        return text

    def never(self) -> str:
        rules = self.tree["never_applied"]
        if not rules:
            return ""
        lines = [f"{self._label('never.title')} ({len(rules)})"]
        without = self.tree["without_subject"]
        for kind, ids in without.items():
            name = self._label(f"kind.{kind}")
            lines.append(self._wrap(self._label("never.kind", kind=name, rules=", ".join(ids))))
        listed = {rule for ids in without.values() for rule in ids}
        rest = [rule for rule in rules if rule not in listed]
        if rest:
            lines.append(self._wrap(self._label("never.rest", rules=", ".join(rest))))
        return "\n".join(lines)

    def not_in_force(self) -> str:
        """Name the rules of own folders that the file is not held to, and their days."""
        resting = self.tree.get("not_in_force")
        if resting is None:
            return ""
        on = day(date.fromisoformat(resting["day"]), self.lang)
        lines = [f"{self._label('own.title', day=on)} ({len(resting['rules'])})"]
        for rule in resting["rules"]:
            period = period_words(_validity(rule), self.lang)
            lines.append(self._wrap(f"{rule['rule']} {rule['title']}: {period} ({rule['file']})"))
        return "\n".join(lines)

    def counts(self) -> str:
        tree = self.tree
        verdicts = [
            f"{self._label(f'verdict.{verdict}')} {count}"
            for verdict, count in tree["summary"].items()
            if count
        ]
        rulebook = tree["rbrules"]["rulebook"]
        total = sum(tree["summary"].values())
        counted = self._label("counts.line", rules=rulebook["rules"], outcomes=total)
        digest = rulebook["digest"].removeprefix("sha256:")[:12]
        engine = self._label("counts.engine", engine=tree["rbrules"]["engine"], digest=digest)
        as_of = self._label("head.as_of", day=day(date.fromisoformat(tree["as_of"]), self.lang))
        digest = tree["input"]["digest"].removeprefix("sha256:")[:12]
        source = self._label("counts.input", file=tree["input"]["file"], digest=digest)
        return "\n".join(
            [
                f"{self._label('counts.title')}: {counted}",
                *self._selection(),
                self._wrap(", ".join(verdicts) or "-"),
                self._wrap(f"{as_of}; {source}"),
                self._wrap("; ".join([engine, *self._verified()])),
            ]
        )

    def _verified(self) -> list[str]:
        second = self.tree["rbrules"]["verified_by"]
        return [self._label("counts.verified", engine=second)] if second else []

    def _selection(self) -> list[str]:
        """Say that the report asks only some of the rules."""
        selection = self.tree.get("selection")
        if selection is None:
            return []
        options = [f"--{option} {word}" for option, words in selection.items() for word in words]
        return [self._wrap(self._label("counts.selection", options=" ".join(options)))]

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
