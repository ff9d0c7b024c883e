"""What the rulebook says of the rules of a report, beside what the report tree says of findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rbrules.model import Citation, Report, Rule
from rbrules.report.sentences import Sentences
from rbrules.report.words import bases_of, citation_text, label, source_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutRule:
    """One rule that was asked, in one language."""

    id: str
    title: str
    severity: str
    family: str
    """The code of its family."""
    kind: str
    """The kind of subject that it is asked of."""
    condition: str
    """When it finds something, in a sentence made from the rule."""
    basis: str
    tags: tuple[str, ...]
    reference: str
    """The theme of the catalogue of recommendations; "" for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The rules that were asked, and the names of families."""

    rules: tuple[AboutRule, ...] = ()
    families: Mapping[str, str] = field(default_factory=dict)
    """Names by code, in the order of the vocabulary."""

    def family(self, code: str) -> str:
        """Name a family; one without a name stays as its folder is called."""
        return self.families.get(code, code)

    def family_of(self, id_: str) -> str:
        """Name the family of a rule that was asked."""
        return self.family(next(rule.family for rule in self.rules if rule.id == id_))


def about(report: Report, lang: str) -> About:
    """Describe the rules of a report in `lang`, "id" or "en"."""
    sentences = Sentences(report.rulebook.parameters, lang)
    families = report.rulebook.vocabulary.families
    return About(
        rules=tuple(
            AboutRule(
                id=rule.id,
                title=rule.title.in_language(lang),
                severity=rule.severity.value,
                family=rule.family,
                kind=rule.applies_to,
                condition=sentences.of_rule(rule),
                basis=_basis(rule, report, lang),
                tags=rule.tags,
                reference=rule.reference,
            )
            for rule in report.rules
        ),
        families={code: family.nama.in_language(lang) for code, family in families.items()},
    )


def _basis(rule: Rule, report: Report, lang: str) -> str:
    cited = [_citation(c, lang) for c in rule.citation if c.holds_on(report.day)]
    return "; ".join(bases_of(cited, source_of(rule, report.rulebook), lang))


def _citation(citation: Citation, lang: str) -> str:
    words = citation_text(citation.jenis, citation.nomor, citation.tahun, citation.bagian)
    return words if citation.verified else f"{words} ({label('findings.unverified', lang)})"
