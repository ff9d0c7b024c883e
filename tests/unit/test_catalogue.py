"""What a lawyer has still to read: each part of a regulation once, with all that rests on it."""

from __future__ import annotations

import pytest

from rbrules.report.catalogue import unverified_table
from rbrules.report.words import LANGUAGES, citation_text
from tests.shared import shipped_rulebook

RULEBOOK = shipped_rulebook()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_that_is_not_verified_is_listed_once(lang: str) -> None:
    text = unverified_table(RULEBOOK.rules, RULEBOOK.parameters, lang, width=400)
    lines = text.splitlines()
    open_ = {c for rule in RULEBOOK.rules for c in rule.citation if not c.verified}
    for citation in open_:
        regulation = citation_text(citation.jenis, citation.nomor, citation.tahun, "")
        assert sum(line.startswith(f"{regulation}  ") for line in lines) == 1
        if citation.bagian:
            assert sum(f" {citation.bagian}  " in line for line in lines) >= 1
    users = " ".join(lines)
    for rule in RULEBOOK.rules:
        if not all(citation.verified for citation in rule.citation):
            assert rule.id in users
    assert "hari_jawab_rekomendasi" in users


def test_what_is_verified_is_not_listed() -> None:
    rules = [r for r in RULEBOOK.rules if r.citation and all(c.verified for c in r.citation)]
    assert rules
    chosen = [rule for rule in rules if rule.id == "GAT-001"]
    text = unverified_table(chosen, RULEBOOK.parameters, "en", width=100)
    assert "GAT-001" not in text
    assert "0 parts of 0 regulations" in text
