"""All rules as a page of Markdown, for `docs/rules.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rbrules.model import Citation, Rule, Rulebook
from rbrules.report.sentences import Sentences
from rbrules.report.words import bases_of, citation_text, in_force_words, label

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
    "decided",
)

NO_THEME = "\u2014"


@dataclass(frozen=True, slots=True)
class Share:
    """How many pairs of a rule and a subject the C engine decided, of how many."""

    decided: int
    pairs: int


def rules_page(rulebook: Rulebook, shares: Mapping[str, Share]) -> str:
    """Render the rulebook: one table in Indonesian, one in English, rules by family and id.

    Args:
        rulebook: the rules.
        shares: for each rule what the C engine decided of it, on whatever was measured.
    """
    count = len(rulebook.rules)
    themed = sum(bool(rule.reference) for rule in rulebook.rules)
    prefixes = {r.id.partition("-")[0] for r in rulebook.rules if not r.reference}
    decided = sum(share.decided for share in shares.values())
    pairs = sum(share.pairs for share in shares.values())
    intro = (
        "This page is made from the files in `rules/` by `make golden`; a test compares the two. "
        f"It lists {count} rules. Brackets after a value name the parameter that holds it. An "
        "asterisk marks a citation that nobody has yet checked against the text of the regulation."
    )
    themes = (
        f"{themed} rules stand on a theme of the catalogue of recommendations that evaluators "
        f"give (R01 to R82, in the column Tema or Theme). The other {count - themed} "
        f"({', '.join(sorted(prefixes))}) hold the figures, grades and answers of an evaluation "
        "against each other. They check whether what was written down can be right at all; no "
        f"theme says so, and none is claimed ({NO_THEME})."
    )
    engine = (
        "The last column counts pairs of rule and subject on the samples: so many of them the C "
        f"engine decided, of so many in all. Of all {pairs} pairs it decided {decided} "
        f"({100 * decided // max(pairs, 1)} percent). The rest, where a value is missing or a "
        "comparison has no meaning, is decided by the evaluator in Python. Both give the same "
        "verdict where both can; the tests compare them."
    )
    lines = ["# The rules", "", intro, "", themes, "", engine]
    for lang, title in (("id", "Bahasa Indonesia"), ("en", "English")):
        lines += ["", f"## {title}"]
        families: dict[str, list[Rule]] = {}
        for rule in rulebook.rules:
            families.setdefault(rule.family, []).append(rule)
        for family, rules in sorted(families.items()):
            term = rulebook.vocabulary.families.get(family)
            name = term.nama.in_language(lang) if term else family
            lines += ["", f"### {name}", "", *_table(rulebook, rules, lang, shares)]
    return "\n".join(lines) + "\n"


def _table(
    rulebook: Rulebook, rules: Sequence[Rule], lang: str, shares: Mapping[str, Share]
) -> list[str]:
    sentences = Sentences(rulebook.parameters, lang)
    head = [label(f"page.{column}", lang) for column in COLUMNS]
    rows = [_row(head), _row(["---"] * len(head))]
    for rule in rules:
        share = shares.get(rule.id, Share(0, 0))
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
                    rule.reference or NO_THEME,
                    rule.valid.start.isoformat(),
                    f"{share.decided}/{share.pairs}",
                ]
            )
        )
    return rows


def _bases(rule: Rule, lang: str) -> str:
    return "; ".join(bases_of((_citation(c, lang) for c in rule.citation), rule.source, lang))


def _citation(citation: Citation, lang: str) -> str:
    words = citation_text(citation.jenis, citation.nomor, citation.tahun, citation.bagian)
    days = in_force_words(citation, lang)
    words = f"{words} ({days})" if days else words
    return words if citation.verified else f"{words}\\*"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} |"
