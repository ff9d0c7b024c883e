"""All rules as a page of Markdown, for `docs/rules.md`."""

from __future__ import annotations

from collections.abc import Sequence

from rbrules.model import Citation, Rule, Rulebook
from rbrules.report.sentences import Sentences
from rbrules.report.words import citation_text, label

COLUMNS = (
    "id",
    "title",
    "subject",
    "condition",
    "severity",
    "addressee",
    "citation",
    "reference",
    "valid",
)


def rules_page(rulebook: Rulebook) -> str:
    """Render the rulebook: one table in Indonesian, one in English, rules by family and id."""
    count = len(rulebook.rules)
    intro = (
        "This page is made from the files in `rules/` by `make golden`; a test compares the two. "
        f"It lists {count} rules. Brackets after a value name the parameter that holds it. An "
        "asterisk marks a citation that nobody has yet checked against the text of the regulation."
    )
    lines = ["# The rules", "", intro]
    for lang, title in (("id", "Bahasa Indonesia"), ("en", "English")):
        lines += ["", f"## {title}"]
        families: dict[str, list[Rule]] = {}
        for rule in rulebook.rules:
            families.setdefault(rule.family, []).append(rule)
        for family, rules in sorted(families.items()):
            term = rulebook.vocabulary.families.get(family)
            name = term.nama.in_language(lang) if term else family
            lines += ["", f"### {name}", "", *_table(rulebook, rules, lang)]
    return "\n".join(lines) + "\n"


def _table(rulebook: Rulebook, rules: Sequence[Rule], lang: str) -> list[str]:
    sentences = Sentences(rulebook.parameters, lang)
    head = [label(f"page.{column}", lang) for column in COLUMNS]
    rows = [_row(head), _row(["---"] * len(head))]
    for rule in rules:
        addressees = (
            rulebook.vocabulary.addressees[word].nama.in_language(lang) for word in rule.addressee
        )
        rows.append(
            _row(
                [
                    rule.id,
                    rule.title.in_language(lang),
                    label(f"kind.{rule.applies_to}", lang),
                    sentences.of_rule(rule),
                    label(f"severity.{rule.severity.value}", lang),
                    "; ".join(addressees),
                    _bases(rule, lang),
                    rule.reference,
                    rule.valid.start.isoformat(),
                ]
            )
        )
    return rows


def _bases(rule: Rule, lang: str) -> str:
    words = [_citation(citation) for citation in rule.citation]
    if rule.source == "project":
        words.append(label("findings.own_threshold" if words else "findings.own_check", lang))
    return "; ".join(words) or label("findings.no_citation", lang)


def _citation(citation: Citation) -> str:
    words = citation_text(citation.jenis, citation.nomor, citation.tahun, citation.bagian)
    return words if citation.verified else f"{words}\\*"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} |"
