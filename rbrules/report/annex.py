"""The matrix of recommendations as an annex in Word."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from rbrules.report.matrix import (
    LONGEST_DETAIL,
    clean,
    conditions,
    group_heading,
    group_name,
    head_lines,
    is_shortened,
    notes,
)
from rbrules.report.paper import (
    MARGIN,
    Length,
    Paper,
    add_table,
    bold,
    bytes_of,
    centred,
    fill,
    keep_whole,
    millimetres,
    new_paper,
    part_row,
)
from rbrules.report.recommend import Recommendation, Register, columns_of
from rbrules.report.table import bases
from rbrules.report.words import day, label

COLUMNS: Final = (
    "no",
    "finding",
    "citation",
    "recommendation",
    "addressee",
    "deadline",
    "evidence",
)
ASKED: Final = ("action", "status")
"""Columns for those who follow up."""

WIDTHS: Final = {
    "no": 9,
    "finding": 56,
    "citation": 34,
    "recommendation": 47,
    "addressee": 30,
    "deadline": 22,
    "evidence": 32,
    "points": 27,
    "effort": 27,
    "action": 24,
    "status": 19,
}
"""In millimetres; with points or efforts all others but the first give way."""

PAGE: Final = 273
"""Millimetres of an A4 page across between its margins."""

DETAIL_WIDTHS: Final = (9, 20, 40, 204)


def recommendation_annex(listed: Register) -> bytes:
    """Render the list as a document: the matrix, findings in detail where needed, and notes."""
    sizes = {"Normal": 8, "Heading 1": 12, "Heading 2": 10}
    annex = new_paper(listed.lang, sizes, is_across=True, margin=MARGIN)
    title, agency, about = head_lines(listed)
    centred(annex.add_paragraph(label("matrix.annex", listed.lang)))
    centred(annex.add_heading(title, 1))
    centred(annex.add_paragraph(agency))
    centred(annex.add_paragraph(about))
    if listed.items:
        _matrix(annex, listed)
        _details(annex, listed)
    else:
        annex.add_paragraph(label("recommend.none", listed.lang))
    annex.add_heading(label("matrix.notes", listed.lang), 2)
    for note in notes(listed):
        annex.add_paragraph(note, style="List Bullet")
    return bytes_of(annex, title, listed.tree)


def _matrix(annex: Paper, listed: Register) -> None:
    keys = [*columns_of(COLUMNS, listed), *ASKED]
    widths = _widths(keys)
    own = {"finding", "citation", *ASKED}
    names = [label(f"{'matrix' if k in own else 'recommend'}.{k}", listed.lang) for k in keys]
    table = add_table(annex, names, widths)
    for name, part in listed.groups(group_name(listed)):
        part_row(table, f"{group_heading(listed)}: {' '.join(clean(name).split())}")
        for no, item in part:
            cells = _cells(no, item, listed)
            row = table.add_row()
            for cell, key in zip(row.cells, keys, strict=True):
                fill(cell, cells.get(key, ()), is_centred=key in {"no", "deadline"})
            bold(row.cells[keys.index("finding")].paragraphs[0])
            keep_whole(row, cells.values())


def _cells(no: int, item: Recommendation, listed: Register) -> dict[str, Sequence[str]]:
    lang = listed.lang
    return {
        "no": (str(no),),
        "finding": (
            f"{item.rule}, {listed.severity(item)}: {clean(item.title)}",
            *conditions(item, lang),
        ),
        "citation": bases(item.found[0], lang),
        "recommendation": (item.text,),
        "addressee": item.addressee,
        "deadline": (day(item.deadline, lang) if item.deadline else "",),
        "evidence": (item.evidence,),
        "points": (item.points,),
        "effort": (listed.effort(item),),
    }


def _widths(keys: Sequence[str]) -> list[Length]:
    """Return the widths of the columns, which fill the page whatever columns there are."""
    numbers = WIDTHS["no"]
    others = sum(WIDTHS[key] for key in keys) - numbers
    scaled = {k: millimetres(Fraction(WIDTHS[k] * (PAGE - numbers), others)) for k in keys}
    return [millimetres(numbers) if key == "no" else scaled[key] for key in keys]


def _details(annex: Paper, listed: Register) -> None:
    """List all findings of those recommendations for which the matrix shows only some."""
    shortened = [(no, item) for no, item in enumerate(listed.items, 1) if is_shortened(item)]
    if not shortened:
        return
    lang = listed.lang
    annex.add_heading(label("matrix.sheet_details", lang), 2)
    names = [
        label(key, lang)
        for key in ("recommend.no", "recommend.rule", "matrix.subject", "matrix.message")
    ]
    table = add_table(annex, names, [millimetres(width) for width in DETAIL_WIDTHS])
    for no, item in shortened:
        for subject, message in zip(item.subjects, item.messages, strict=True):
            row = table.add_row()
            texts = (str(no), item.rule, subject, message)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                fill(cell, (text,), is_centred=place == 0, longest=LONGEST_DETAIL)
            keep_whole(row, [texts])
