"""Findings merged into recommendations: the list for follow-up, as table, CSV, Markdown or JSON."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from rbrules.model import Severity, Tree
from rbrules.report.followup import NO_PLAN, Plan
from rbrules.report.table import basis_words, plain_table
from rbrules.report.words import day, label, number, safe

VERSION: Final = 1
"""The version of the JSON list."""

Order: TypeAlias = Literal["addressee", "priority", "family"]
"""What the recommendations are sorted and grouped by."""

KEYS: Final = ("agency", "year", "as_of")
"""Columns that say in every row of the CSV list what it belongs to: lists are put together."""

COLUMNS: Final = (
    "no",
    "addressee",
    "severity",
    "recommendation",
    "rule",
    "title",
    "findings",
    "count",
    "subjects",
    "citation",
    "deadline",
    "evidence",
    "fingerprints",
)
"""Columns of the CSV and Markdown lists, by the key of their label."""

WIDE: Final = 100
"""From so many columns on the legal basis has a column of its own."""

WIDEST: Final = 140
"""From so many columns on points and effort have columns of their own."""

_GAINS: Final = {"points": 24, "effort": 14}
"""What a recommendation adds to the index and what it takes: characters of the cells."""

_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula, some also after blanks."""


@dataclass(frozen=True, slots=True)
class Effort:
    """What it costs to change the line of the index that a recommendation raises.

    The cost is that of the line, once, however many recommendations raise it; its unit is that of
    the file of costs.
    """

    line: str
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One recommendation to the same addressees, for every subject that it is given for."""

    addressee: tuple[str, ...]
    severity: str
    text: str
    rule: str
    family: str
    title: str
    subjects: tuple[str, ...]
    messages: tuple[str, ...]
    citation: str
    fingerprints: tuple[str, ...]
    found: tuple[Tree, ...]
    """The findings themselves, as the report has them."""
    deadline: date | None = None
    """The last day for following up; None where the rulebook sets none."""
    evidence: str = ""
    """The evidence that is expected; "" where the rulebook names none."""
    points: str = ""
    """What following it adds to the index, in words that say how sure that is; "" where it is not
    told. A bare number would be taken for a promise, and added up."""
    effort: Effort | None = None
    """None where no cost is given for its line, or it raises none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The recommendations of one report in the order of the list: the first has the number 1."""

    tree: Tree
    """The report."""
    plan: Plan
    by: Order
    items: tuple[Recommendation, ...]

    @property
    def lang(self) -> str:
        """The language of the list."""
        return str(self.tree["lang"])

    @property
    def agency(self) -> str:
        """The agency and the year."""
        return f"{self.tree['instansi']['nama']}, {self.tree['tahun']}"

    @property
    def has_points(self) -> bool:
        """Whether points are told for any recommendation."""
        return any(item.points for item in self.items)

    @property
    def has_efforts(self) -> bool:
        """Whether costs are given for any recommendation."""
        return any(item.effort for item in self.items)

    def effort(self, item: Recommendation) -> str:
        """Write the effort of a recommendation with the line that it is for; "" for none."""
        if item.effort is None:
            return ""
        return f"{number(item.effort.cost, self.lang)} ({item.effort.line})"

    def severity(self, item: Recommendation) -> str:
        """Name the severity of a recommendation."""
        return label(f"severity.{item.severity}", self.lang)

    def family(self, item: Recommendation) -> str:
        """Name the family of a recommendation's rule."""
        return self.plan.families.get(item.family, item.family)

    def groups(
        self, name_of: Callable[[Recommendation], str]
    ) -> tuple[tuple[str, tuple[tuple[int, Recommendation], ...]], ...]:
        """Part the list by a name: (name, numbered recommendations), in the order of the list."""
        parts: dict[str, list[tuple[int, Recommendation]]] = {}
        for no, item in enumerate(self.items, 1):
            parts.setdefault(name_of(item), []).append((no, item))
        return tuple((name, tuple(items)) for name, items in parts.items())


def register(tree: Tree, plan: Plan = NO_PLAN, by: Order = "addressee") -> Register:
    """Merge the findings of a report tree into a list, and sort it.

    Returns:
        One recommendation for all findings of a rule with the same text and addressees; waived
        findings are left out.
    """
    items = (_merged(*key, found, tree["lang"], plan) for key, found in _alike(tree).items())
    order = _sort_key(by, list(plan.families))
    return Register(tree=tree, plan=plan, by=by, items=tuple(sorted(items, key=order)))


def with_points(listed: Register, points: Mapping[str, str]) -> Register:
    """Add what following each recommendation brings, in words, by rule."""
    items = tuple(replace(item, points=points.get(item.rule, "")) for item in listed.items)
    return replace(listed, items=items)


def with_efforts(listed: Register, efforts: Mapping[str, Effort]) -> Register:
    """Add what it costs to change the lines that the recommendations raise, by rule."""
    items = tuple(replace(item, effort=efforts.get(item.rule)) for item in listed.items)
    return replace(listed, items=items)


def plan_notes(listed: Register) -> Iterator[str]:
    """Say where the deadlines and the expected evidence of a list come from."""
    lang, plan = listed.lang, listed.plan
    if plan.received and plan.allowances:
        parts = "; ".join(
            label(
                "matrix.allowance",
                lang,
                severity=label(f"severity.{severity}", lang),
                days=allowance.days,
                source=label(f"matrix.source.{allowance.source}", lang),
            )
            for severity, allowance in plan.allowances.items()
        )
        yield label("matrix.deadlines", lang, received=day(plan.received, lang), parts=parts)
    if plan.evidence:
        yield label("matrix.evidence_note", lang)


def gain_notes(listed: Register) -> Iterator[str]:
    """Say what the points and efforts of a list mean, where it has any."""
    if listed.has_points:
        yield label("recommend.points_note", listed.lang)
    if listed.has_efforts:
        yield label("recommend.effort_note", listed.lang)


def recommendations(tree: Tree) -> tuple[Recommendation, ...]:
    """Return the recommendations of a report tree by addressee, severity and rule."""
    return register(tree).items


def _alike(tree: Tree) -> dict[tuple[tuple[str, ...], str, str], list[Tree]]:
    """Put findings of a rule together that have the same addressees and recommendation."""
    groups: dict[tuple[tuple[str, ...], str, str], list[Tree]] = {}
    for finding in tree["findings"]:
        if finding["verdict"] == "finding":
            key = (tuple(finding["addressee_names"]), finding["rule"], finding["recommendation"])
            groups.setdefault(key, []).append(finding)
    return groups


def _merged(
    names: tuple[str, ...], rule: str, text: str, found: Sequence[Tree], lang: str, plan: Plan
) -> Recommendation:
    first = found[0]
    allowance = plan.allowances.get(first["severity"])
    return Recommendation(
        addressee=names,
        severity=first["severity"],
        text=text,
        rule=rule,
        family=first["family"],
        title=first["title"],
        subjects=tuple(finding["subject"]["id"] for finding in found),
        messages=tuple(finding["message"] for finding in found),
        citation=basis_words(first, lang),
        fingerprints=tuple(finding["fingerprint"] for finding in found),
        found=tuple(found),
        deadline=allowance.deadline if allowance else None,
        evidence=plan.own_evidence.get(rule) or plan.evidence.get(first["family"], ""),
    )


def _sort_key(by: Order, families: Sequence[str]) -> Callable[[Recommendation], tuple[Any, ...]]:
    """Return what sorts a list; families stand in their own order, unknown ones last."""
    places = {family: place for place, family in enumerate(families)}

    def key(item: Recommendation) -> tuple[Any, ...]:
        rank = _RANK[item.severity]
        match by:
            case "addressee":
                return (item.addressee, rank, item.rule, item.text)
            case "priority":
                return (rank, item.rule, item.addressee, item.text)
            case "family":
                place = places.get(item.family, len(places))
                return (place, item.family, rank, item.rule, item.addressee, item.text)

    return key


def recommendation_table(listed: Register, *, width: int) -> str:
    """Render the list as text, one table for each addressee, severity or family."""
    lang = listed.lang
    heading = f"{label('recommend.heading', lang)}: {safe(listed.agency)} ({len(listed.items)})"
    lines = [textwrap.fill(heading, width, subsequent_indent="  ")]
    if not listed.items:
        return f"{lines[0]}\n\n{label('recommend.none', lang)}\n"
    is_wide, has_gains = width >= WIDE, width >= WIDEST
    keys = ["no", "severity", "recommendation", "rule", "subjects"]
    keys += ["citation"] if is_wide else []
    gains = [key for key in _GAINS if key in columns_of(COLUMNS, listed)]
    beside = gains if has_gains else []
    free = max(width - 36 - sum(_GAINS[key] + 2 for key in beside), 30)
    parts = (5, 2, 3) if is_wide else (7, 3, 0)
    first, second, third = (free * part // 10 for part in parts)
    words = [word for item in listed.items for word in ", ".join(item.subjects).split()]
    more = max(min(max(map(len, words)), free // 3) - second, 0)  # ids are not to be broken
    first, second = first - more, second + more
    widths = [3, 8, first, 9, second, third][: len(keys)]
    keys, widths = [*keys, *beside], [*widths, *(_GAINS[key] for key in beside)]
    under = [*([] if is_wide else ["citation"]), "deadline", *([] if has_gains else gains)]
    headers = [label(f"recommend.{key}", lang) for key in keys]
    for name, numbered in listed.groups(_table_group(listed)):
        rows = []
        for no, item in numbered:
            cells = _cells(no, item, listed)
            told = [f"{label(_names(key), lang)}: {cells[key]}" for key in under if cells[key]]
            cells["recommendation"] = "\n".join([item.text, *told])
            rows.append([cells[key] for key in keys])
        whom = f"{group_label(listed)}: {safe(name)}"
        lines += ["", textwrap.fill(whom, width, subsequent_indent="  "), ""]
        lines.append(plain_table(rows, headers, widths, total=width))
        for evidence in _evidence(numbered, lang):
            lines += ["", textwrap.fill(evidence, width, subsequent_indent="  ")]
    for note in (*plan_notes(listed), *gain_notes(listed)):
        lines += ["", textwrap.fill(note, width)]
    return "\n".join(lines) + "\n"


def _evidence(numbered: Iterable[tuple[int, Recommendation]], lang: str) -> Iterator[str]:
    """Say which evidence is expected, and for which recommendations; each only once."""
    numbers: dict[str, list[str]] = {}
    for no, item in numbered:
        numbers.setdefault(item.evidence, []).append(str(no))
    for evidence, found in numbers.items():
        if evidence:
            values = {"evidence": safe(evidence), "numbers": ", ".join(found)}
            yield label("recommend.evidence_of", lang, **values)


def _names(key: str) -> str:
    """Return the label that introduces what stands under a recommendation."""
    return "findings.citation" if key == "citation" else f"recommend.{key}"


def group_label(listed: Register) -> str:
    """Say what the names of the groups are: officials, severities or families."""
    key = {"addressee": "addressee", "priority": "severity", "family": "family"}[listed.by]
    return label(f"recommend.{key}", listed.lang)


def _table_group(listed: Register) -> Callable[[Recommendation], str]:
    match listed.by:
        case "addressee":
            return lambda item: "; ".join(item.addressee)
        case "priority":
            return listed.severity
        case "family":
            return listed.family


def recommendation_csv(listed: Register) -> str:
    """Render the list as CSV for a spreadsheet.

    The first character is a byte-order mark and the separator a semicolon in Indonesian, a comma
    in English, as spreadsheets of these languages expect. A cell that a spreadsheet would take for
    a formula begins with an apostrophe. Days are written as 2024-02-07: so they can be sorted.
    """
    lang, tree = listed.lang, listed.tree
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if lang == "id" else ",", lineterminator="\r\n")
    head, *rows = _rows(listed, _iso)
    writer.writerow([*(label(f"recommend.{key}", lang) for key in KEYS), *head])
    keys = (tree["instansi"]["nama"], str(tree["tahun"]), tree["as_of"])
    for row in rows:
        writer.writerow([harmless(cell) for cell in (*keys, *row)])
    return "\ufeff" + stream.getvalue()


def recommendation_markdown(listed: Register) -> str:
    """Render the list as a Markdown table."""
    head, *rows = _rows(listed)
    title = f"{label('recommend.heading', listed.lang)}: {listed.agency}"
    lines = [f"# {_markdown(title)}", "", _markdown_row(head), _markdown_row(["---"] * len(head))]
    lines += [_markdown_row([_markdown(cell) for cell in row]) for row in rows]
    for note in (*plan_notes(listed), *gain_notes(listed)):
        lines += ["", _markdown(note)]
    return "\n".join(lines) + "\n"


def recommendation_tree(listed: Register) -> Tree:
    """Return the list as plain data, as `schemas/recommendations.schema.json` describes it."""
    tree, plan = listed.tree, listed.plan
    kept = ("lang", "rbrules", "input", "as_of", "instansi", "tahun", "selection")
    return {
        "versi": VERSION,
        **{key: tree[key] for key in kept if key in tree},
        "received": plan.received.isoformat() if plan.received else None,
        "by": listed.by,
        "deadlines": [
            {
                "severity": severity,
                "days": allowance.days,
                "deadline": allowance.deadline.isoformat(),
                "parameter": allowance.parameter,
                "source": allowance.source,
            }
            for severity, allowance in plan.allowances.items()
        ],
        "status": list(plan.status),
        "recommendations": [_entry(no, item) for no, item in enumerate(listed.items, 1)],
    }


def _entry(no: int, item: Recommendation) -> Tree:
    first, effort = item.found[0], item.effort
    return {
        "no": no,
        "rule": item.rule,
        "title": item.title,
        "family": item.family,
        "severity": item.severity,
        "recommendation": item.text,
        "addressee": first["addressee"],
        "addressee_names": list(item.addressee),
        "citation": first["citation"],
        "source": first["source"],
        "basis": item.citation,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "evidence": item.evidence or None,
        **({"points": item.points} if item.points else {}),
        **({"effort": {"line": effort.line, "cost": effort.cost}} if effort else {}),
        "findings": [
            {key: finding[key] for key in ("subject", "message", "fingerprint")}
            for finding in item.found
        ],
    }


def _iso(value: date, _: str) -> str:
    return value.isoformat()


def _rows(listed: Register, day_words: Callable[[date, str], str] = day) -> Iterable[Sequence[str]]:
    columns = columns_of(COLUMNS, listed)
    yield [label(f"recommend.{column}", listed.lang) for column in columns]
    for no, item in enumerate(listed.items, 1):
        cells = _cells(no, item, listed)
        if item.deadline is not None:
            cells["deadline"] = day_words(item.deadline, listed.lang)
        yield [cells[column] for column in columns]


def columns_of(columns: Sequence[str], listed: Register) -> list[str]:
    """Return the columns of a list; points and efforts stand behind the evidence where told."""
    place = columns.index("evidence") + 1
    told = {"points": listed.has_points, "effort": listed.has_efforts}
    return [*columns[:place], *(key for key in _GAINS if told[key]), *columns[place:]]


def _cells(no: int, item: Recommendation, listed: Register) -> dict[str, str]:
    lang = listed.lang
    return {
        "no": str(no),
        "addressee": "; ".join(item.addressee),
        "severity": listed.severity(item),
        "recommendation": item.text,
        "rule": item.rule,
        "title": item.title,
        "findings": "\n".join(item.messages),
        "count": str(len(item.subjects)),
        "subjects": ", ".join(item.subjects),
        "citation": item.citation,
        "deadline": day(item.deadline, lang) if item.deadline else "",
        "evidence": item.evidence,
        "points": item.points,
        "effort": listed.effort(item),
        "fingerprints": " ".join(item.fingerprints),
    }


def harmless(cell: str) -> str:
    """Show what no screen should obey, and keep a spreadsheet from reading a formula."""
    text = safe(cell)
    is_formula = any(start.startswith(_FORMULA_STARTS) for start in (text, text.lstrip()))
    return f"'{text}" if is_formula else text


def _markdown(cell: str) -> str:
    text = " ".join(safe(cell).split())
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~])", r"\\\1", text)


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
