"""The report tree as one page of HTML that needs nothing else. The one user of jinja2.

Whatever is written into the page passes `safe` and is escaped: see `_shown`.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, partial
from importlib.resources import files
from typing import Final

from jinja2 import Environment, FunctionLoader, StrictUndefined

from rbrules.fields import CATALOGUE, OWN_UNITS, Field
from rbrules.model import Severity, Tree
from rbrules.report import charts
from rbrules.report.phrases import (
    alike_words,
    by_rule,
    component_words,
    counts_words,
    decision_words,
    extent_words,
    first_rules,
    idle_words,
    index_rows,
    lines_of,
    lines_words,
    message_words,
    missing_words,
    never_words,
    selection_words,
    value_words,
)
from rbrules.report.places import Places
from rbrules.report.sentences import UNITLESS
from rbrules.report.table import bases, override_words, validity
from rbrules.report.words import (
    YEAR_UNIT,
    day,
    label,
    name_of_word,
    number,
    period_words,
    safe,
    unit_words,
)

TITLE_LENGTH: Final = 120
"""Characters of the agency's name in the title of the window."""

MARK_LENGTH: Final = 30
"""Characters of a name inside a chart, where no line is broken."""

TARGETS_DRAWN: Final = 6
DASH: Final = "\N{EN DASH}"
"""Stands where there is nothing to show."""

_SEVERITIES: Final = tuple(severity.value for severity in Severity)


def report_html(tree: Tree, places: Places) -> str:
    """Render the report as a page: self-contained, in the tree's language.

    Args:
        tree: the report tree; with `outcomes` the page lists them too.
        places: where the values stand in the input.

    Returns:
        A whole HTML document. It loads nothing; scripts and styles other than its own are
        forbidden by its content security policy.
    """
    style, script = _asset("report.css"), _asset("report.js")
    page = _Page(tree, places)
    lang = tree["lang"]
    policy = [
        "default-src 'none'",
        f"style-src '{_hash(style)}'",
        f"script-src '{_hash(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    template = _environment().get_template("report.html")
    return template.render(
        page=page,
        tree=tree,
        lang=lang,
        t=partial(_label, lang),
        n=partial(_number, lang),
        counted=partial(_counted, lang),
        style=style,
        script=script,
        policy="; ".join(policy),
    )


def _asset(name: str) -> str:
    return files("rbrules.report").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_asset),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _shown(value: object) -> object:
    """Turn what a template writes into text without control characters and direction marks.

    What other parts of the template have rendered stays; everything else is escaped after this.
    """
    if hasattr(value, "__html__"):
        return value
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, int | Decimal):
        return str(value)
    raise TypeError(f"a template writes {value!r}")


def _label(lang: str, key: str, **values: object) -> str:
    return label(key, lang, **values)


def _number(lang: str, value: Decimal | None) -> str:
    return DASH if value is None else number(value, lang)


def _counted(lang: str, count: int) -> str:
    return number(Decimal(count), lang)


def _short(text: str, length: int) -> str:
    shown = safe(text)
    return shown if len(shown) <= length else f"{shown[: length - 1]}…"


class _Page:
    """What the template shows, in words."""

    def __init__(self, tree: Tree, places: Places) -> None:
        self.tree = tree
        self.places = places
        self.lang: str = tree["lang"]
        self.t = partial(_label, self.lang)
        self.measures = [m for m in ("indeks_rb", "sakip") if m in tree]
        found = tree["findings"]
        self.standing = [finding for finding in found if "waiver" not in finding]
        self.addressees = sorted({name for f in found for name in f["addressee_names"]})
        self.selection = selection_words(tree)
        self.never = never_words(tree)
        self.counts = counts_words(tree)[0]

    # --- head

    def window_title(self) -> str:
        name = _short(self.tree["instansi"]["nama"], TITLE_LENGTH)
        return f"{name}, {self.tree['tahun']}"

    def group(self) -> str:
        return self.t(f"value.kelompok.{self.tree['instansi']['kelompok']}")

    def as_of(self) -> str:
        return day(date.fromisoformat(self.tree["as_of"]), self.lang)

    def severities(self) -> str:
        """Write how many findings have each severity."""
        counts = Counter(finding["severity"] for finding in self.standing)
        shown = {name: _counted(self.lang, counts[name]) for name in _SEVERITIES}
        return self.t("html.by_severity", **shown)

    def statuses(self) -> Iterator[tuple[str, str]]:
        """Say what was found and what stays open, each with a kind; what is open is never left out.

        A report without findings is no clean one while judgements are open.
        """
        found, unknown = self.tree["summary"]["finding"], self.tree["summary"]["unknown"]
        if found:
            yield "found", self.t("html.status.findings", count=_counted(self.lang, found))
        if unknown:
            key = "open" if found else "open_only"
            yield "open", self.t(f"html.status.{key}", count=_counted(self.lang, unknown))
        if not found and not unknown:
            yield "none", self.t("html.status.none")
        if never := self.tree["never_applied"]:
            yield "never", self.t("html.status.never", count=_counted(self.lang, len(never)))

    def first(self) -> tuple[list[list[Tree]], int]:
        return first_rules(self.tree)

    def extent(self, found: list[Tree]) -> str:
        return extent_words(found, self.lang)

    # --- an index

    def index_rows(self, measure: str) -> list[tuple[str, str]]:
        return index_rows(self.tree[measure], measure, self.lang)

    def value(self, item: Tree) -> str:
        return value_words(item, self.lang)

    def component(self, item: Tree) -> str:
        return component_words(item, self.lang)

    def component_bar(self, item: Tree, index: Tree) -> charts.Bar:
        longest = max(part["maks"] for part in index["komponen"])
        low, high = item["rentang"]
        return charts.bar(low, high, item["maks"], longest)

    def lines_summary(self, index: Tree) -> str:
        return lines_words(index, self.lang)

    def line_bar(self, line: Tree, index: Tree) -> charts.Bar | None:
        """Draw a line of the index; None where it is excluded or its weight is not known."""
        if line["bobot"] is None or line["rentang"] is None:
            return None
        longest = max(x["bobot"] for x in index["lines"] if x["bobot"] is not None)
        low, high = line["rentang"]
        return charts.bar(low, high, line["bobot"], longest)

    def line_points(self, line: Tree) -> str:
        if line["status"] == "dikecualikan":
            return DASH
        return value_words({"nilai": line["poin"], "rentang": line["rentang"]}, self.lang)

    def line_room(self, line: Tree) -> str:
        """Write the weight less the points, which may be a range."""
        if line["status"] == "dikecualikan":
            return DASH
        ends = None
        if line["bobot"] is not None and line["rentang"] is not None:
            low, high = line["rentang"]
            ends = (line["bobot"] - high, line["bobot"] - low)
        is_point = ends is not None and ends[0] == ends[1]
        point = ends[0] if ends is not None and is_point else None
        return value_words({"nilai": point, "rentang": ends}, self.lang)

    def line_remarks(self, index: Tree) -> tuple[str, dict[str, str]]:
        """Say what is not certain of the weights.

        Returns:
            A remark on all weights, or "" and the remarks by the code of the line.
        """
        remarks = {
            line["kode"]: self._weight(line) for line in index["lines"] if line["bobot"] is not None
        }
        common = set(remarks.values())
        if len(common) == 1:
            return common.pop(), {}
        return "", remarks

    def _weight(self, line: Tree) -> str:
        if line["asal_bobot"] == "berkas":
            return self.t("html.weight_file")
        return "" if line["verified"] else self.t("html.weight_unverified")

    def band_range(self, band: Tree) -> str:
        ends = {
            key: number(band[key], self.lang)
            for key in ("above", "at_most")
            if band[key] is not None
        }
        key = "between" if len(ends) == len(("above", "at_most")) else next(iter(ends), "between")
        return self.t(f"html.grade.{key}", **ends)

    def chart(self, measure: str) -> Mapping[str, Tree] | None:
        """Lay out an index against grades and targets; None where there is nothing to show."""
        index = self.tree[measure]
        marks = list(self._marks(index, measure))
        targets = index["target"]
        if not marks and not targets:
            return None
        drawn = targets[:TARGETS_DRAWN]
        for target in drawn:
            name = self.t("html.mark.target", dokumen=_short(target["dokumen"] or "", MARK_LENGTH))
            marks.append(("target", name.rstrip(), target["nilai"], target["nilai"]))
        scale = charts.index_scale(index, [end for *_, low, high in marks for end in (low, high)])
        bands = charts.band_spans(index, scale)
        rows, shown = [], []
        for kind, name, low, high in marks:
            ends = {"nilai": low if low == high else None, "rentang": [low, high]}
            text = self.t("html.mark", name=name, value=value_words(ends, self.lang))
            shown.append(text)
            rows.append({"kind": kind, "text": text, "span": scale.span(low, high)})
        return {
            "bands": bands,
            "rows": rows,
            "ticks": charts.ticks(scale),
            "more": len(targets) - len(drawn),
            "title": self.t("html.index_chart", name=self.t(f"head.{measure}")),
            "desc": self.t(
                "html.index_desc",
                high=number(scale.high, self.lang),
                bands=", ".join("/".join(band.grades) for band in bands) or DASH,
                marks="; ".join(shown),
            ),
        }

    def _marks(self, index: Tree, measure: str) -> Iterator[tuple[str, str, Decimal, Decimal]]:
        """Yield what the chart holds against the grades: kind, name and both ends."""
        tahun = self.tree["tahun"]
        parts, published = index["rentang_indikator"], index["terbit"]
        if index["rentang"] is not None:
            name = self.t("html.mark.now", name=self.t(f"head.{measure}"), tahun=tahun)
            yield "now", name, *index["rentang"]
        if index["dasar"] == "terbit":
            if parts is not None and parts != index["rentang"]:
                yield "parts", self.t("html.mark.parts"), *parts
        elif published not in {None, index["nilai"]}:
            yield "published", self.t("html.mark.published"), published, published
        last = index["tahun_lalu"]
        if last is not None and last["nilai"] is not None:
            name = self.t("html.mark.last", tahun=last["tahun"])
            if not last["sebanding"]:
                name = f"{name} ({self.t('head.differ')})"
            yield "last", name, last["nilai"], last["nilai"]

    def history(self, index: Tree) -> charts.History | None:
        return charts.history(index, self.tree["tahun"])

    # --- findings

    def severity_rows(self) -> list[Mapping[str, Tree]]:
        """Count findings, waived findings and unknowns of each severity."""
        kinds = [
            Counter(entry["severity"] for entry in entries)
            for entries in (
                self.standing,
                [f for f in self.tree["findings"] if "waiver" in f],
                self.tree["unknown"],
            )
        ]
        counts = {name: [kind[name] for kind in kinds] for name in _SEVERITIES}
        longest = max(sum(row) for row in counts.values())
        return [
            {"severity": name, "counts": row, "spans": charts.stack(row, longest)}
            for name, row in counts.items()
        ]

    def addressee_rows(self) -> list[Mapping[str, Tree]]:
        """Count the findings that each official gets, those with the gravest first."""
        counts: dict[str, Counter[str]] = {}
        for finding in self.standing:
            for name in finding["addressee_names"]:
                counts.setdefault(name, Counter())[finding["severity"]] += 1
        rows = {name: [count[s] for s in _SEVERITIES] for name, count in counts.items()}
        longest = max((sum(row) for row in rows.values()), default=0)
        ranked = sorted(rows.items(), key=lambda item: ([-count for count in item[1]], item[0]))
        return [
            {"name": name, "counts": row, "spans": charts.stack(row, longest)}
            for name, row in ranked
        ]

    def message(self, finding: Tree) -> str:
        return message_words(finding, self.lang)

    def lines(self, finding: Tree) -> str:
        return self.t("findings.place", line=lines_of(finding, self.places))

    def decision(self, waiver: Tree) -> str:
        return decision_words(waiver, self.lang)

    def bases(self, finding: Tree) -> list[tuple[str, str]]:
        """Write each basis and where it can be read; "" where no safe address is known."""
        words = bases(finding, self.lang)
        links = [citation["url"] or "" for citation in finding["citation"]]
        links += [""] * (len(words) - len(links))
        return [
            (text, link if link.startswith("https://") else "")
            for text, link in zip(words, links, strict=True)
        ]

    def values(self, finding: Tree) -> Iterator[tuple[str, str, str]]:
        """Yield name, value and place in the file of everything that a finding rests on."""
        kind = finding["subject"]["kind"]
        fields = CATALOGUE[kind]
        pointers = {place["field"]: place["pointers"] for place in finding["looked_at"]}
        for name, value in finding["values"].items():
            places = self.places.lines(pointers.get(name, []))
            where = self.t("findings.place", line=", ".join(map(str, places))) if places else ""
            yield self._name(name, fields), self._value(name, value, fields.get(name), kind), where

    def _name(self, name: str, fields: Mapping[str, Field]) -> str:
        if name in fields:
            return fields[name].title.in_language(self.lang)
        own = {"count": "html.counted", "total": "html.out_of"}
        return self.t(own[name]) if name in own else f"{name} ({self.t('html.param')})"

    def _value(self, name: str, value: Tree, field: Field | None, kind: str) -> str:
        if value is None:
            return self.t("not_stated")
        unit = "" if field is None else field.unit
        if isinstance(value, list):
            words = [self._plain(name, part, unit, kind) for part in value]
            is_range = field is not None and field.type in {"target", "computed"}
            if (is_range or name in {"count", "total"}) and len(words) == len(("low", "high")):
                return self.t("range", low=words[0], high=words[1])
            return ", ".join(words)
        if field is not None and field.type == "date" and isinstance(value, str):
            return day(date.fromisoformat(value), self.lang)
        words_ = self._plain(name, value, unit, kind)
        is_bare = isinstance(value, str | bool) or unit in UNITLESS or unit in OWN_UNITS
        return words_ if is_bare else f"{words_} {unit_words(unit, self.lang)}".rstrip()

    def _plain(self, name: str, value: Tree, unit: str, kind: str) -> str:
        match value:
            case None:
                return self.t("open")
            case bool():
                return self.t("yes" if value else "no")
            case str():
                return name_of_word(kind, name, value, self.lang)
            case _:
                return number(Decimal(value), self.lang, grouped=unit != YEAR_UNIT)

    def addressee_numbers(self, finding: Tree) -> str:
        """Name the officials by their numbers in the choice of the filter."""
        return " ".join(str(self.addressees.index(name)) for name in finding["addressee_names"])

    # --- what was not judged, and what the report was made with

    def unknown_rows(self) -> list[Mapping[str, Tree]]:
        """Group the unknowns by rule, with every subject and all data that are looked for."""
        rows = []
        for entries in by_rule(self.tree["unknown"]):
            data, quoted = missing_words(entries, self.places)
            subjects = [entry["subject"] for entry in entries]
            rows.append({**entries[0], "subjects": subjects, "data": data, "quoted": quoted})
        return sorted(rows, key=lambda row: _SEVERITIES.index(row["severity"]))

    def own_not_in_force(self) -> tuple[str, list[str]] | None:
        resting = self.tree.get("not_in_force")
        if resting is None:
            return None
        words = [
            f"{rule['rule']} {rule['title']}: {period_words(validity(rule), self.lang)}"
            f" ({rule['file']})"
            for rule in resting["rules"]
        ]
        return day(date.fromisoformat(resting["day"]), self.lang), words

    def idle_waivers(self) -> list[str]:
        waivers: Iterable[Tree] = self.tree.get("waivers", ())
        return [idle_words(waiver, self.lang) for waiver in waivers if waiver["state"] != "used"]

    def elsewhere(self) -> tuple[int, list[str]] | None:
        others = self.tree.get("waivers_elsewhere")
        if others is None:
            return None
        return others["count"], [alike_words(waiver, self.lang) for waiver in others["alike"]]

    def overrides(self) -> list[str]:
        changed: Sequence[Tree] = self.tree.get("overrides", ())
        return [override_words(item, self.lang) for item in changed]

    def verdicts(self) -> list[tuple[str, int]]:
        return [(self.t(f"verdict.{key}"), n) for key, n in self.tree["summary"].items() if n]


__all__ = ["report_html"]
