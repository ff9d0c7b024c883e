"""Parts of the report tree in words, the same in every view: the index, bases, decisions."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Final

from rbrules.model import Severity, Tree
from rbrules.report.places import Places
from rbrules.report.words import (
    day,
    label,
    number,
    signed,
)

FIRST: Final = 5
"""Rules that the list of what to read first names."""

_RANK = {severity.value: rank for rank, severity in enumerate(Severity)}

# --- the index


def title_words(tree: Tree) -> str:
    """Name the agency, its group and the year."""
    agency, lang = tree["instansi"], tree["lang"]
    group = label(f"value.kelompok.{agency['kelompok']}", lang)
    return f"{agency['nama']} ({group}), {tree['tahun']}"


def index_rows(index: Tree, measure: str, lang: str) -> list[tuple[str, str]]:
    """Write what an index is and rests on, as pairs of a name and its value."""
    rows = [
        (label("head.instrument", lang), index["instrumen"] or label("head.no_instrument", lang)),
        (label(f"head.{measure}", lang), value_words(index, lang)),
    ]
    if published := published_words(index, lang):
        rows.append((label("head.published", lang), published))
    rows.append((label("head.grade", lang), grade_words(index, lang)))
    rows.append((label("head.basis", lang), label(f"dasar.{index['dasar'] or 'null'}", lang)))
    if index["tahun_lalu"]:
        rows.append((label("head.last_year", lang), last_year_words(index["tahun_lalu"], lang)))
    rows += [(label("head.target", lang), target_words(item, lang)) for item in index["target"]]
    return rows


def value_words(item: Tree, lang: str) -> str:
    """Write the points of an index or a component: a number, a range, or that it is open."""
    if item["nilai"] is not None:
        return number(item["nilai"], lang)
    if item["rentang"] is None:
        return label("open", lang)
    low, high = (number(end, lang) for end in item["rentang"])
    return label("range", lang, low=low, high=high)


def published_words(index: Tree, lang: str) -> str:
    """Write what was published where it says more than the value and the grade; else ""."""
    words = []
    if index["dasar"] != "terbit" and index["terbit"] not in {None, index["nilai"]}:
        words.append(number(Decimal(index["terbit"]), lang))
    grade = index["predikat_terbit"]
    names = [{band["kode"], band["nama"]} for band in index["predikat"]]
    if grade is not None and (len(names) != 1 or grade.casefold() not in _folded(names[0])):
        words.append(label("head.published_grade", lang, predikat=grade))
    return "; ".join(words)


def _folded(words: Iterable[str]) -> set[str]:
    return {word.casefold() for word in words}


def grade_words(index: Tree, lang: str) -> str:
    """Write every grade that the index may have, and whose name is not verified."""
    if not index["predikat"]:
        return label("head.no_grade", lang)
    words = []
    for band in index["predikat"]:
        note = "" if band["verified"] else f" ({label('head.unverified', lang)})"
        words.append(f"{band['kode']} / {band['nama']}{note}")
    return f" {label('head.or', lang)} ".join(words)


def last_year_words(last: Tree, lang: str) -> str:
    """Write last year's index and the change since then."""
    if last["nilai"] is None:
        return label("head.conflict", lang, tahun=last["tahun"])
    values = {"nilai": number(last["nilai"], lang), "tahun": last["tahun"]}
    if last["selisih"] is None:
        return label("head.no_change", lang, **values)
    words = label("head.change", lang, **values, selisih=signed(last["selisih"], lang))
    return words if last["sebanding"] else f"{words} ({label('head.differ', lang)})"


def target_words(target: Tree, lang: str) -> str:
    """Write a target, its document and the achievement."""
    document = f" ({target['dokumen']})" if target["dokumen"] else ""
    values = {"nilai": number(target["nilai"], lang), "dokumen": document}
    if target["capaian"] is None:
        return label("head.no_achievement", lang, **values)
    return label("head.achievement", lang, **values, capaian=number(target["capaian"], lang))


def component_words(item: Tree, lang: str) -> str:
    """Write the points of a component out of its highest."""
    if item["dasar"] == "kosong":
        return label("not_stated", lang)
    return label("head.of", lang, nilai=value_words(item, lang), maks=number(item["maks"], lang))


def lines_words(index: Tree, lang: str) -> str:
    """Write of how many lines the points are known, and which would narrow the index most."""
    lines = [line for line in index["lines"] if line["status"] != "dikecualikan"]
    known = sum(1 for line in lines if line["poin"] is not None)
    words = [label("head.lines_count", lang, known=known, total=len(lines))]
    if index["bobot_terbukti"] is not None:
        share = number(Fraction(index["bobot_terbukti"]) * 100, lang)
        words.append(label("head.evidence", lang, share=share))
    if index["penyempit"]:
        words.append(label("head.narrowest", lang, kode=index["penyempit"]))
    return "; ".join(words)


# --- findings


def by_rule(entries: Iterable[Tree]) -> list[list[Tree]]:
    """Group findings or unknowns by rule, the rules in order of their ids."""
    ordered = sorted(entries, key=lambda entry: entry["rule"])
    return [list(group) for _, group in groupby(ordered, key=lambda entry: entry["rule"])]


def first_rules(tree: Tree) -> tuple[list[list[Tree]], int]:
    """Choose what to read first: the gravest, the agency's own, then the most frequent.

    Returns:
        The findings of each rule that is chosen, and how many rules have findings; none is chosen
        where all are few.
    """
    standing = [found for found in tree["findings"] if found["verdict"] == "finding"]
    rules = by_rule(standing)
    chosen = sorted(rules, key=_urgency)[:FIRST] if len(rules) > FIRST else []
    return chosen, len(rules)


def _urgency(found: list[Tree]) -> tuple[int, int, int, str]:
    first = found[0]
    is_own = first["subject"]["kind"] == "instansi"
    return _RANK[first["severity"]], 0 if is_own else 1, -len(found), first["rule"]


def extent_words(found: list[Tree], lang: str) -> str:
    """Write what the findings of a rule are about, and how many there are."""
    kind = found[0]["subject"]["kind"]
    name = label(f"kind.{kind}", lang)
    return name if kind == "instansi" else f"{name} ({len(found)})"


def lines_of(finding: Tree, places: Places) -> str:
    """List the lines of the file that a finding rests on."""
    pointers = [p for place in finding["looked_at"] for p in place["pointers"]]
    return ", ".join(map(str, places.lines(pointers or [finding["subject"]["pointer"]])))


def subject_words(subject: Tree, lang: str) -> str:
    """Name a subject by its id; the agency itself by what it is."""
    return label("kind.instansi", lang) if subject["kind"] == "instansi" else subject["id"]


def missing_words(entries: Iterable[Tree], places: Places) -> tuple[list[str], list[str]]:
    """Write what data would settle some unknowns, and quote what stands there instead."""
    listed = list(entries)
    pointers = dict.fromkeys(pointer for entry in listed for pointer in entry["missing"])
    quoted = dict.fromkeys(text for entry in listed for text in entry.get("found", ()))
    # Two entries of one year read alike.
    return list(dict.fromkeys(places.words(pointer) for pointer in pointers)), list(quoted)


def decision_words(waiver: Tree, lang: str) -> str:
    """Write a waiver: until when, by whom, in which document, and why."""
    values = {
        "sampai": day(date.fromisoformat(waiver["sampai"]), lang),
        "pejabat": waiver["pejabat"],
        "dokumen": waiver["dokumen"],
        "alasan": waiver["alasan"],
    }
    return label("waivers.decision", lang, **values)


def idle_words(waiver: Tree, lang: str) -> str:
    """Write a waiver that changed nothing, and why it did not."""
    state = label(f"waivers.{waiver['state']}", lang)
    return f"{_waived(waiver)}: {state}; {decision_words(waiver, lang)}"


def alike_words(waiver: Tree, lang: str) -> str:
    """Write a waiver of another agency that may be meant for this one."""
    values = {"instansi": waiver["instansi"], "meant": waiver["meant"]}
    return f"{_waived(waiver)}: {label('waivers.alike', lang, **values)}"


def _waived(waiver: Tree) -> str:
    return f"{waiver['aturan']} {waiver['subjek']} ({waiver['file']})"


# --- what was not judged, and what the report was made with


def never_words(tree: Tree) -> list[str]:
    """Name the rules that never applied, sorted by what the file does not list."""
    lang = tree["lang"]
    without: Mapping[str, list[str]] = tree["without_subject"]
    words = [
        label("never.kind", lang, kind=label(f"kind.{kind}", lang), rules=", ".join(rules))
        for kind, rules in without.items()
    ]
    listed = {rule for rules in without.values() for rule in rules}
    rest = [rule for rule in tree["never_applied"] if rule not in listed]
    return [*words, label("never.rest", lang, rules=", ".join(rest))] if rest else words


def message_words(finding: Tree, lang: str) -> str:
    """Write what was found, and which subjects were counted in it."""
    counted = counted_words(finding, lang)
    return f"{finding['message']} [{counted}]" if counted else str(finding["message"])


def counted_words(finding: Tree, lang: str, most: int | None = None) -> str:
    """Name the subjects that a finding counted, by rule; "" where it counts none.

    Args:
        finding: one of the tree.
        lang: "id" or "en".
        most: so many of each rule, and how many more there are; all where None.
    """
    parts = []
    for counted in finding.get("counted", ()):
        waived = f" ({label('verdict.waived', lang)})"
        ids = [s["id"] + (waived if s["waived"] else "") for s in counted["subjects"]]
        shown = ids[:most]
        more = len(ids) - len(shown)
        rest = f" {label('unknown.more', lang, count=more)}" if more else ""
        if ids:
            parts.append(f"{counted['rule']}: {', '.join(shown)}{rest}")
    return f"{label('findings.counted', lang)} {'; '.join(parts)}" if parts else ""


def counts_words(tree: Tree) -> list[str]:
    """Write what was counted, whether only some rules were asked, and what the report rests on."""
    lang, made = tree["lang"], tree["rbrules"]
    verdicts = [
        f"{label(f'verdict.{verdict}', lang)} {count}"
        for verdict, count in tree["summary"].items()
        if count
    ]
    rulebook = made["rulebook"]
    total = sum(tree["summary"].values())
    as_of = label("head.as_of", lang, day=day(date.fromisoformat(tree["as_of"]), lang))
    file, digest = tree["input"]["file"], _short(tree["input"]["digest"])
    engine = [
        label("counts.engine", lang, engine=made["engine"], digest=_short(rulebook["digest"]))
    ]
    if made["verified_by"]:
        engine.append(label("counts.verified", lang, engine=made["verified_by"]))
    return [
        label("counts.line", lang, rules=rulebook["rules"], outcomes=total),
        *selection_words(tree),
        ", ".join(verdicts) or "-",
        f"{as_of}; {label('counts.input', lang, file=file, digest=digest)}",
        "; ".join(engine),
        label("counts.command", lang, command=shlex.join(tree["command"])),
    ]


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def selection_words(tree: Tree) -> list[str]:
    """Say that the report asks only some of the rules; nothing where it asks all."""
    selection = tree.get("selection")
    if selection is None:
        return []
    options = [f"--{option} {word}" for option, words in selection.items() for word in words]
    return [label("counts.selection", tree["lang"], options=" ".join(options))]
