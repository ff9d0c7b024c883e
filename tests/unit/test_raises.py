"""Which line of RB General a finding says that its recommendation can raise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.pipeline import check
from rbrules.report.tree import report_tree
from tests.shared import BASE, document_of, shipped_rulebook


def findings(tree: dict[str, Any], lang: str = "en") -> dict[str, Any]:
    rulebook = shipped_rulebook()
    evaluation = read_evaluation(document_of(BASE | tree), rulebook)
    report = check(rulebook, evaluation, as_of=date(2024, 2, 7), engine=PythonEngine())
    return {finding["rule"]: finding for finding in report_tree(report, lang)["findings"]}


ACTION = {"id": "A", "status": "selesai", "target": 4, "realisasi": 1, "dampak": "ada"}


@pytest.mark.parametrize(
    ("indikator", "lang", "raised", "words"),
    [
        ("spip", "id", ("implementasi", "renaksi"), 'indikator "Tingkat Maturitas SPIP"'),
        (
            "spip",
            "en",
            ("implementasi", "renaksi"),
            'the line "Maturity of internal control (SPIP)"',
        ),
        ("kemiskinan", "id", (None, None), 'tema "Pengentasan kemiskinan"'),
        ("kemiskinan", "en", (None, None), 'the theme "Poverty reduction"'),
    ],
)
def test_an_action_for_a_theme_raises_no_line(
    indikator: str, lang: str, raised: tuple[str | None, str | None], words: str
) -> None:
    found = findings({"rencana_aksi": [ACTION | {"indikator": indikator}]}, lang)
    assert (found["RA-002"]["raises"], found["RA-004"]["raises"]) == raised
    assert words in found["RA-004"]["message"]
    assert ("(tema " in found["RA-002"]["message"]) == (lang == "id" and indikator == "kemiskinan")


@pytest.mark.parametrize(
    ("kelompok", "raised"), [("kabupaten", "spip"), ("perangkat_daerah", None)]
)
def test_a_group_without_an_index_has_no_line_to_raise(kelompok: str, raised: str | None) -> None:
    units = [{"id": "A", "nama": "Dinas A", "dokumen": {"register_risiko": {"ada": False}}}]
    agency = {"instansi": {"nama": "Dinas A", "kelompok": kelompok}}
    assert findings(agency | {"unit": units})["MRI-001"]["raises"] == raised
