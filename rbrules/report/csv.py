"""The report tree as CSV: one row for each finding, waived finding and unknown."""

from __future__ import annotations

import csv
import io
from typing import Final

from rbrules.model import Tree
from rbrules.report.about import About
from rbrules.report.matrix import LONGEST_DETAIL, clean
from rbrules.report.places import Places
from rbrules.report.recommend import harmless
from rbrules.report.rows import OUTCOME, outcome_rows
from rbrules.report.words import label

KEYS: Final = ("agency", "year", "as_of")
"""Columns that say in every row what it belongs to: lists are put together."""


def report_csv(tree: Tree, places: Places, about: About) -> str:
    """Render findings, waived findings and unknowns as CSV for a spreadsheet.

    Written as the list of recommendations is: a byte-order mark first, a semicolon between cells
    in Indonesian and a comma in English, an apostrophe before what would be a formula, days as
    2024-02-07. The columns are the same, in the same order, in every report.
    """
    lang = tree["lang"]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if lang == "id" else ",", lineterminator="\r\n")
    own = [label(f"recommend.{key}", lang) for key in KEYS]
    writer.writerow([*own, *(label(f"report.{key}", lang) for key in OUTCOME)])
    head = [tree["instansi"]["nama"], str(tree["tahun"]), tree["as_of"]]
    for row in outcome_rows(tree, places, about):
        cells = [*head, *(row[key] for key in OUTCOME)]
        writer.writerow([harmless(clean(cell, LONGEST_DETAIL)) for cell in cells])
    return "\ufeff" + stream.getvalue()
