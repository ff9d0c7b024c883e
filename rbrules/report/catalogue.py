"""The field catalogue and the list of rules as text."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rbrules.conditions import OPERATORS, named_parameters
from rbrules.fields import CATALOGUE
from rbrules.model import Citation, Kind, Parameter, Rule, Rulebook, Tree
from rbrules.report.table import override_words, plain_table
from rbrules.report.tree import override_tree
from rbrules.report.words import citation_text, in_force_words, label, safe


def catalogue_table(kinds: Sequence[Kind], lang: str, *, width: int) -> str:
    """List the fields of `kinds` with type, unit and meaning, then the operators of each type."""
    headers = [label(f"fields.{key}", lang) for key in ("name", "type", "unit", "title")]
    free = max(width - 62, 24)
    parts = []
    for kind in kinds:
        rows = [
            [
                field.name,
                field.type,
                field.unit if field.exact else f"{field.unit} ({label('fields.inexact', lang)})",
                field.title.in_language(lang),
            ]
            for field in CATALOGUE[kind].values()
        ]
        title = f"{kind}: {label(f'kind.{kind}', lang)}"
        parts.append(f"{title}\n{plain_table(rows, headers, [40, 9, 16, free], total=width)}")
    operators = [[name, ", ".join(sorted(words))] for name, words in OPERATORS.items() if words]
    heads = [label("fields.type", lang), label("fields.operators", lang)]
    parts.append(plain_table(operators, heads, [9, max(width - 12, 40)], total=width))
    return "\n\n".join(parts) + "\n"


def rule_table(rules: Iterable[Rule], lang: str, *, width: int) -> str:
    """List rules by id."""
    keys = ("id", "title", "subject", "severity", "family", "valid")
    rows = [
        [
            rule.id,
            rule.title.in_language(lang),
            rule.applies_to,
            label(f"severity.{rule.severity.value}", lang),
            rule.family,
            rule.valid.start.isoformat(),
        ]
        for rule in rules
    ]
    headers = [label(f"rules.{key}", lang) for key in keys]
    widths = [10, max(width - 76, 24), 13, 8, 18, 11]
    return plain_table(rows, headers, widths, total=width) + "\n"


def off_list(rulebook: Rulebook, takes: Callable[[Rule], bool], lang: str, *, width: int) -> str:
    """List the rules among those that `takes` selects that are switched off, and why; or "" ."""
    off = {rule.id for rule in rulebook.off if takes(rule)}
    changes = [change for change in rulebook.overrides if change.is_off and change.id in off]
    if not changes:
        return ""
    lines = [f"{label('rules.off', lang)} ({len(changes)})"]
    for change in changes:
        words = safe(override_words(override_tree(change), lang))
        lines.append(textwrap.fill(words, width, initial_indent="  ", subsequent_indent="    "))
    return "\n" + "\n".join(lines) + "\n"


def override_comments(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    """Yield comments for a rule's file: what overrides it or a parameter that it asks for.

    Each says which file does, which keys, why, and of each key what stood before and stands now.
    """
    asked = {rule.id, *named_parameters(rule)}
    for item in rulebook.overrides:
        if item.id not in asked:
            continue
        keys = ", ".join(item.keys)
        of = "" if item.id == rule.id else f" of {item.id}"
        verb = "switches it off" if item.is_off else f"overrides {keys}{of}"
        yield _comment(f"{item.file} {verb}: {item.reason}")
        for change in () if item.is_off else override_tree(item)["changes"]:
            sides = zip(_plain(change["old"]), _plain(change["new"]), strict=True)
            for (end, old), (_, new) in sides:
                key = f"{change['key']}{end}"
                yield _comment(f"  {key} before: {old}")
                yield _comment(f"  {key} now: {new}")


def _plain(value: Tree) -> list[tuple[str, str]]:
    """Write one side of a change: a text in each language, else one line."""
    if isinstance(value, Mapping):
        return [(f".{lang}", text) for lang, text in value.items()]
    if isinstance(value, str):
        return [("", value)]
    return [("", ", ".join(part if isinstance(part, str) else _dated(part) for part in value))]


def _dated(dated: Tree) -> str:
    value = dated["value"]
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{words} ({dated['from']} to {dated['to'] or '...'}, source {dated['source']})"


def _comment(text: str) -> str:
    """Write a comment of one line, whatever blanks and line ends its texts have."""
    indent = text[: len(text) - len(text.lstrip())]
    return f"# {indent}{' '.join(text.split())}"


def unverified_table(
    rules: Iterable[Rule], parameters: Mapping[str, Parameter], lang: str, *, width: int
) -> str:
    """List what nobody has checked against the text of the regulation, and what rests on it.

    One row for each part of a regulation, so that each is looked up once; sorted by regulation. A
    parameter is named where it holds a value that such a part gives.
    """
    users: dict[Citation, dict[str, None]] = {}
    for rule in rules:
        cited = [(citation, rule.id) for citation in rule.citation]
        for name in named_parameters(rule):
            cited += [(c, name) for value in parameters[name].values for c in value.citation]
        for citation, user in cited:
            if not citation.verified:
                users.setdefault(citation, {})[user] = None
    listed = sorted(
        users,
        key=lambda c: (c.jenis, c.tahun or 0, c.nomor, c.bagian, c.url, str(c.start), str(c.to)),
    )
    rows = []
    shown = ""
    for citation in listed:
        regulation = citation_text(citation.jenis, citation.nomor, citation.tahun, "")
        part = citation.bagian or label("rules.no_part", lang)
        cell = "\n".join(filter(None, (part, in_force_words(citation, lang), citation.url)))
        first = regulation if regulation != shown else ""
        rows.append([first, cell, ", ".join(users[citation])])
        shown = regulation
    headers = [label(f"rules.{key}", lang) for key in ("regulation", "part", "users")]
    table = plain_table(rows, headers, [22, max(width // 2, 30), max(width // 3, 20)], total=width)
    regulations = {(c.jenis, c.nomor, c.tahun) for c in listed}
    head = label("rules.unverified", lang, parts=len(listed), regulations=len(regulations))
    return f"{textwrap.fill(head, width)}\n\n{table}\n"
