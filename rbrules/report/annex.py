"""The matrix of recommendations as an annex in Word. The one user of python-docx."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from docx import Document
from docx.document import Document as Annex
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

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
from rbrules.report.package import settled
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
MARGIN: Final = 12
LONG_ROW: Final = 900
"""A row with a text of so many characters may be parted between two pages."""

_FONT: Final = "Arial"
_HEAD: Final = "D9E2F3"
_PART: Final = "F2F2F2"
_LANGUAGES: Final = {"id": "id-ID", "en": "en-GB"}


def recommendation_annex(listed: Register) -> bytes:
    """Render the list as a document: the matrix, findings in detail where needed, and notes."""
    annex = Document()
    _lay_out(annex, listed.lang)
    title, agency, about = head_lines(listed)
    _centred(annex.add_paragraph(label("matrix.annex", listed.lang)))
    _centred(annex.add_heading(title, 1))
    _centred(annex.add_paragraph(agency))
    _centred(annex.add_paragraph(about))
    if listed.items:
        _matrix(annex, listed)
        _details(annex, listed)
    else:
        annex.add_paragraph(label("recommend.none", listed.lang))
    annex.add_heading(label("matrix.notes", listed.lang), 2)
    for note in notes(listed):
        annex.add_paragraph(note, style="List Bullet")
    properties = annex.core_properties
    properties.title = title
    properties.author = f"rbrules {listed.tree['rbrules']['version']}"
    properties.last_modified_by = properties.author
    properties.comments = ""
    properties.language = _LANGUAGES[listed.lang]
    stream = io.BytesIO()
    annex.save(stream)
    return settled(stream.getvalue(), date.fromisoformat(listed.tree["as_of"]))


def _matrix(annex: Annex, listed: Register) -> None:
    keys = [*columns_of(COLUMNS, listed), *ASKED]
    widths = _widths(keys)
    own = {"finding", "citation", *ASKED}
    names = [label(f"{'matrix' if k in own else 'recommend'}.{k}", listed.lang) for k in keys]
    table = _table(annex, names, widths)
    for name, part in listed.groups(group_name(listed)):
        _part_row(table, f"{group_heading(listed)}: {' '.join(clean(name).split())}")
        for no, item in part:
            cells = _cells(no, item, listed)
            row = table.add_row()
            for cell, key in zip(row.cells, keys, strict=True):
                _fill(cell, cells.get(key, ()), is_centred=key in {"no", "deadline"})
            _bold(row.cells[keys.index("finding")].paragraphs[0])
            _keep_whole(row, cells.values())


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
    scaled = {key: Emu(Mm(WIDTHS[key] * (PAGE - numbers)) // others) for key in keys}
    return [Mm(numbers) if key == "no" else scaled[key] for key in keys]


def _details(annex: Annex, listed: Register) -> None:
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
    table = _table(annex, names, [Mm(width) for width in DETAIL_WIDTHS])
    for no, item in shortened:
        for subject, message in zip(item.subjects, item.messages, strict=True):
            row = table.add_row()
            texts = (str(no), item.rule, subject, message)
            for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
                _fill(cell, (text,), is_centred=place == 0, longest=LONGEST_DETAIL)
            _keep_whole(row, [texts])


# --- parts of a document


def _lay_out(annex: Annex, lang: str) -> None:
    section = annex.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin = section.bottom_margin = Mm(15)
    section.footer_distance = Mm(8)
    for name, size in (("Normal", 8), ("Heading 1", 12), ("Heading 2", 10)):
        style = annex.styles[name]
        style.font.name = _FONT
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(0 if name == "Normal" else 6)
        style.paragraph_format.space_after = Pt(2)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for element in annex.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), _LANGUAGES[lang])
    _page_numbers(section.footer.paragraphs[0], lang)


def _page_numbers(paragraph: Paragraph, lang: str) -> None:
    _centred(paragraph)
    for text in label("matrix.pages", lang, page="\0PAGE\0", pages="\0NUMPAGES\0").split("\0"):
        if text in {"PAGE", "NUMPAGES"}:
            counted = OxmlElement("w:fldSimple")
            counted.set(qn("w:instr"), text)
            paragraph._p.append(counted)  # noqa: SLF001 - python-docx has no fields
        else:
            paragraph.add_run(text)


def _table(annex: Annex, names: Sequence[str], widths: Iterable[Length]) -> Table:
    table: Table = annex.add_table(rows=1, cols=len(names), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    head = table.rows[0]
    for column, cell, name, width in zip(table.columns, head.cells, names, widths, strict=True):
        column.width = cell.width = width
        _fill(cell, (name,), is_centred=True)
        _bold(cell.paragraphs[0])
        _shade(cell, _HEAD)
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - nor repeated headers
    _forbid_parting(head)
    return table


def _part_row(table: Table, text: str) -> None:
    """Add a row that is one cell; `merge` of python-docx takes long in a long table."""
    row = table.add_row()
    first, *others = row.cells
    first._tc.grid_span = len(others) + 1  # noqa: SLF001 - nor this
    first.width = Emu(sum(cell.width or 0 for cell in (first, *others)))
    for other in others:
        row._tr.remove(other._tc)  # noqa: SLF001 - nor this
    _fill(first, (text,))
    _bold(first.paragraphs[0])
    first.paragraphs[0].paragraph_format.keep_with_next = True
    _shade(first, _PART)
    _forbid_parting(row)


def _fill(
    cell: _Cell, texts: Iterable[str], *, is_centred: bool = False, longest: int = 2_000
) -> None:
    """Write texts into a cell, a paragraph each."""
    paragraph = cell.paragraphs[0]
    for place, text in enumerate(texts):
        if place:
            paragraph = cell.add_paragraph()
        paragraph.add_run(clean(text, longest))
        if is_centred:
            _centred(paragraph)


def _keep_whole(row: _Row, texts: Iterable[Iterable[str]]) -> None:
    if max(sum(map(len, cell)) for cell in texts) < LONG_ROW:
        _forbid_parting(row)


def _forbid_parting(row: _Row) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - nor this


def _shade(cell: _Cell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001 - nor colours of cells


def _bold(paragraph: Paragraph) -> None:
    for run in paragraph.runs:
        run.bold = True


def _centred(paragraph: Paragraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
