"""Parts of a workbook, whatever it holds. The one user of openpyxl."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final, Literal, TypeAlias

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rbrules.model import Tree
from rbrules.report.matrix import clean
from rbrules.report.package import settled
from rbrules.report.recommend import harmless
from rbrules.report.words import day, label

Value: TypeAlias = str | int | Decimal | date | None
AnyCell: TypeAlias = Cell | MergedCell
Book: TypeAlias = Workbook
Sheet: TypeAlias = Worksheet

HEADER_ROW: Final = 5
"""The row of the column names; the title stands above it."""

FIRST_EXCEL_DAY: Final = date(1900, 3, 1)
"""Excel counts earlier days wrongly or not at all."""

SHEET_NAME: Final = 31
"""The most characters of a sheet's name, in the units in which Excel counts them."""

LINE_HEIGHT: Final = 14.0
"""In points, as the heights of rows are."""

LETTERS: Final = 1.02
"""So many letters have the width of one digit, the unit of column widths, at the least."""

MOST_HEIGHT: Final = 409.0
"""The most that Excel allows; of a longer text the end is seen in the cell only."""

_LOCALE: Final = {"id": "421", "en": "809"}
_DAY_FORMAT: Final = {"id": "[$-421]d mmm yyyy", "en": "[$-809]d mmm yyyy"}
_FONT: Final = "Arial"
_LINE: Final = Side(style="thin", color="A6A6A6")
BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
HEAD: Final = PatternFill("solid", fgColor="1F3864")
_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads _x0041_ in a text as the character of that number."""


# --- a workbook


def new_book() -> Book:
    """Return a workbook without a sheet."""
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def bytes_of(book: Book, title: str, tree: Tree) -> bytes:
    """Return a workbook as a file, made on the day of the report `tree`."""
    properties = book.properties
    properties.title = title
    properties.creator = f"rbrules {tree['rbrules']['version']}"
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), date.fromisoformat(tree["as_of"]))


def sheet_namer() -> Callable[[str], str]:
    """Return what makes names of sheets that Excel takes, each different from all before."""
    taken = {"history"}  # Excel keeps this name for itself

    def name_of(text: str) -> str:
        plain = " ".join(re.sub(r"[\[\]:*?/\\]", " ", text).split()).strip("' ") or "-"
        name, count = _cut(plain, SHEET_NAME), 1
        while name.casefold() in taken:
            count += 1
            ending = f" ({count})"
            name = _cut(plain, SHEET_NAME - len(ending)) + ending
        taken.add(name.casefold())
        return name

    return name_of


def _cut(text: str, units: int) -> str:
    """Keep so many UTF-16 units of a text, no half characters and no apostrophe at the end."""
    kept = text.encode("utf-16-le", "replace")[: 2 * units].decode("utf-16-le", "ignore")
    return kept.rstrip("' ")


# --- parts of a sheet


def letter(column: int) -> str:
    """Return the letters of a column, counted from 1."""
    return get_column_letter(column)


def filled(colour: str) -> PatternFill:
    """Return what colours a cell; the colour is six hexadecimal digits."""
    return PatternFill("solid", fgColor=colour)


def offer(sheet: Sheet, cells: str, source: tuple[str, str], texts: tuple[str, str]) -> None:
    """Let cells take nothing but what other cells list.

    Args:
        sheet: where the cells are.
        cells: their range.
        source: the sheet and the range that lists the choices.
        texts: title and text of what is shown where something else is written.
    """
    name, area = source
    validation = DataValidation(
        type="list",
        formula1=f"{quote_sheetname(name)}!{area}",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle=texts[0],
        error=texts[1],
    )
    validation.add(cells)
    sheet.add_data_validation(validation)


def as_table(sheet: Sheet, columns: int, last: int, frozen: int) -> None:
    """Let rows be filtered; keep the header and so many columns in view.

    Args:
        sheet: its column names stand in `HEADER_ROW`.
        columns: how many there are.
        last: the last row.
        frozen: columns that stay on the screen.
    """
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{letter(columns)}{last}"
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, frozen + 1).coordinate


def write_title(sheet: Sheet, lines: Iterable[str], lang: str) -> None:
    """Write the lines above the column names: what, whose, and when."""
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1)
        write(cell, line, lang)
        cell.font = font(13 if row == 1 else 10, bold=row != 3)  # noqa: PLR2004


def name_column(sheet: Sheet, column: int, name: str, width: int, lang: str) -> None:
    """Name a column and give it a width in characters."""
    cell = sheet.cell(HEADER_ROW, column)
    write(cell, name, lang)
    cell.font = font(10, bold=True, color="FFFFFF")
    cell.fill = HEAD
    cell.border = BOX
    cell.alignment = aligned("center", "center")
    sheet.column_dimensions[letter(column)].width = width


def write(cell: AnyCell, value: Value, lang: str, longest: int = 2_000) -> None:
    """Fill a cell; a text stays a text, whatever it looks like."""
    if isinstance(value, date) and value < FIRST_EXCEL_DAY:
        value = day(value, lang)
    if value is None or value == "":
        return
    if isinstance(value, str):
        cell.value = _ESCAPE.sub("_x005F_", clean(harmless(value), longest))
        cell.data_type = "s"  # else =1+1 would be a formula and #N/A an error
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = _DAY_FORMAT[lang]
    elif isinstance(value, Decimal):
        cell.number_format = _number_format(value, lang)


def _number_format(value: Decimal, lang: str) -> str:
    """Show a number with its own digits; Excel separates them as its system does."""
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"[$-{_LOCALE[lang]}]#,##0{'.' if decimals else ''}{'0' * decimals}"


@cache
def font(size: int, *, bold: bool = False, color: str | None = None) -> Font:
    """Return a font of so many points."""
    return Font(name=_FONT, size=size, bold=bold, color=color)


@cache
def aligned(horizontal: Literal["left", "center"], vertical: Literal["top", "center"]) -> Alignment:
    """Return how a text stands in its cell, in several lines where needed."""
    return Alignment(wrap_text=True, horizontal=horizontal, vertical=vertical)


def set_height(sheet: Sheet, row: int, cells: Iterable[tuple[str, int]]) -> None:
    """Make a row as high as its longest text; not every program does so by itself."""
    lines = max(_count_lines(clean(text), width) for text, width in cells)
    sheet.row_dimensions[row].height = min(LINE_HEIGHT * lines + 4, MOST_HEIGHT)


def _count_lines(text: str, width: int) -> int:
    """Estimate the lines of a text in a cell."""
    letters = int(width * LETTERS)
    return sum(max(len(textwrap.wrap(line, letters)), 1) for line in text.split("\n"))


def page(sheet: Sheet, lang: str, area: str, *, is_table: bool = True) -> None:
    """Print on A4 across; a table as wide as a page, the column names on each."""
    setup = sheet.page_setup
    setup.orientation = "landscape"
    setup.paperSize = 9  # A4
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.5, 0.8
    margins.header = margins.footer = 0.3
    sheet.print_area = area
    if is_table:
        setup.fitToWidth, setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    footer = sheet.oddFooter
    assert footer is not None  # openpyxl makes one with each sheet
    footer.center.text = label("matrix.pages", lang, page="&P", pages="&N")
