"""Parts of a Word document, whatever it says. The one user of python-docx."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Final, TypeAlias

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.shared import Length as WordLength
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from rbrules.model import Tree
from rbrules.report.matrix import clean
from rbrules.report.package import settled
from rbrules.report.words import label

Paper: TypeAlias = WordDocument
Grid: TypeAlias = Table
Length: TypeAlias = WordLength

LONG_ROW: Final = 900
"""A row with a text of so many characters may be parted between two pages."""

MARGIN: Final = 12
"""Millimetres of white beside a table that fills a page across."""

_FONT: Final = "Arial"
_HEAD: Final = "D9E2F3"
_PART: Final = "F2F2F2"
_NOTE: Final = "FFF2CC"
_DOTS: Final = f": {'.' * 40}"
_LANGUAGES: Final = {"id": "id-ID", "en": "en-GB"}


def new_paper(lang: str, sizes: Mapping[str, float], *, is_across: bool, margin: float) -> Paper:
    """Return an empty document on A4 paper, its pages numbered.

    Args:
        lang: "id" or "en"; the language in which programs check the spelling.
        sizes: points of the letters, by the name of the style.
        is_across: the long side of the page is the upper one.
        margin: millimetres of white on the left and on the right.
    """
    paper = Document()
    section = paper.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if is_across else WD_ORIENT.PORTRAIT
    sides = (Mm(297), Mm(210)) if is_across else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.left_margin = section.right_margin = Mm(margin)
    section.top_margin = section.bottom_margin = Mm(15 if is_across else 20)
    section.footer_distance = Mm(8)
    for name, size in sizes.items():
        style = paper.styles[name]
        style.font.name = _FONT
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
        style.paragraph_format.space_before = Pt(0 if name == "Normal" else 6)
        style.paragraph_format.space_after = Pt(2 if is_across else 4)
        fonts = style.element.rPr.rFonts
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    for element in paper.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), _LANGUAGES[lang])
    page_numbers(section.footer.paragraphs[0], lang)
    return paper


def millimetres(length: float | Fraction) -> Length:
    """Return a length that a document knows."""
    return Emu(int(length * Mm(1)))


def bytes_of(paper: Paper, title: str, tree: Tree) -> bytes:
    """Return a document as a file, made on the day of the report `tree`."""
    properties = paper.core_properties
    properties.title = title
    properties.author = f"rbrules {tree['rbrules']['version']}"
    properties.last_modified_by = properties.author
    properties.comments = ""
    properties.language = _LANGUAGES[tree["lang"]]
    stream = io.BytesIO()
    paper.save(stream)
    return settled(stream.getvalue(), date.fromisoformat(tree["as_of"]))


def page_numbers(paragraph: Paragraph, lang: str) -> None:
    """Write which page it is of how many."""
    centred(paragraph)
    for text in label("matrix.pages", lang, page="\0PAGE\0", pages="\0NUMPAGES\0").split("\0"):
        if text in {"PAGE", "NUMPAGES"}:
            counted = OxmlElement("w:fldSimple")
            counted.set(qn("w:instr"), text)
            paragraph._p.append(counted)  # noqa: SLF001 - python-docx has no fields
        else:
            paragraph.add_run(text)


def add_table(paper: Paper, names: Sequence[str], widths: Iterable[Length]) -> Grid:
    """Add a table of so wide columns; its header is repeated on each page."""
    table: Table = paper.add_table(rows=1, cols=len(names), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    head = table.rows[0]
    for column, cell, name, width in zip(table.columns, head.cells, names, widths, strict=True):
        column.width = cell.width = width
        fill(cell, (name,), is_centred=True)
        bold(cell.paragraphs[0])
        shade(cell, _HEAD)
    repeated = OxmlElement("w:tblHeader")
    head._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - nor repeated headers
    forbid_parting(head)
    return table


def part_row(table: Table, text: str) -> None:
    """Add a row that is one cell; `merge` of python-docx takes long in a long table."""
    row = table.add_row()
    first, *others = row.cells
    first._tc.grid_span = len(others) + 1  # noqa: SLF001 - nor this
    first.width = Emu(sum(cell.width or 0 for cell in (first, *others)))
    for other in others:
        row._tr.remove(other._tc)  # noqa: SLF001 - nor this
    fill(first, (text,))
    bold(first.paragraphs[0])
    first.paragraphs[0].paragraph_format.keep_with_next = True
    shade(first, _PART)
    forbid_parting(row)


def fill(
    cell: _Cell, texts: Iterable[str], *, is_centred: bool = False, longest: int = 2_000
) -> None:
    """Write texts into a cell, a paragraph each."""
    paragraph = cell.paragraphs[0]
    for place, text in enumerate(texts):
        if place:
            paragraph = cell.add_paragraph()
        paragraph.add_run(clean(text, longest))
        if is_centred:
            centred(paragraph)


def keep_whole(row: _Row, texts: Iterable[Iterable[str]]) -> None:
    """Keep a row on one page unless one of its cells is long."""
    if max(sum(map(len, cell)) for cell in texts) < LONG_ROW:
        forbid_parting(row)


def forbid_parting(row: _Row) -> None:
    """Keep a row on one page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - nor this


def shade(cell: _Cell, colour: str) -> None:
    """Colour a cell; the colour is six hexadecimal digits."""
    shading = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001 - nor colours of cells


def bold(paragraph: Paragraph) -> None:
    """Make what a paragraph says bold."""
    for run in paragraph.runs:
        run.bold = True


def centred(paragraph: Paragraph) -> None:
    """Put a paragraph into the middle."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def add_text(paper: Paper, text: str, style: str = "Normal", *, longest: int = 2_000) -> Paragraph:
    """Add a paragraph."""
    return paper.add_paragraph(clean(text, longest), style=style)


def head(paper: Paper, text: str, level: int) -> None:
    """Add a heading, which stays on the page of what follows."""
    paper.add_heading(clean(text), level)


def lead(paper: Paper, name: str, text: str, *, longest: int = 2_000) -> Paragraph:
    """Add a paragraph that begins with a name in bold."""
    paragraph = paper.add_paragraph()
    paragraph.add_run(f"{clean(name)}: ").bold = True
    paragraph.add_run(clean(text, longest))
    return paragraph


def framed(paper: Paper, text: str) -> None:
    """Add a text in a coloured frame across the page."""
    grid = paper.add_table(rows=1, cols=1, style="Table Grid")
    cell = grid.rows[0].cells[0]
    fill(cell, (text,), is_centred=True)
    bold(cell.paragraphs[0])
    shade(cell, _NOTE)


def blanks(paper: Paper, names: Iterable[str], widths: Sequence[Length]) -> None:
    """Add lines with a name and room to write behind it, without a frame.

    Args:
        paper: the document.
        names: one for each line.
        widths: of what stands before the names, of the names and of the room behind.
    """
    grid = paper.add_table(rows=0, cols=len(widths))
    grid.autofit = False
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    for name in names:
        row = grid.add_row()
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
        fill(row.cells[-2], (name,))
        fill(row.cells[-1], (_DOTS,))
        for cell in row.cells:
            hold(cell.paragraphs[0])
        forbid_parting(row)


def hold(paragraph: Paragraph) -> None:
    """Keep a paragraph on the page of what follows."""
    paragraph.paragraph_format.keep_with_next = True


def new_page(paper: Paper) -> None:
    """Go on on a new page."""
    paper.add_page_break()
