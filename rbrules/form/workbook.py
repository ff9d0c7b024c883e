"""The form as an Excel workbook, written and read. The one user of openpyxl in this package."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Final

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rbrules.errors import InputError, Problem
from rbrules.form.archive import check_archive
from rbrules.form.cells import LONGEST, Cell, Content
from rbrules.form.fill import Form, Page, Row
from rbrules.form.gather import FIELD_COLUMN, FORM, KEY_COLUMN, KEY_ROW, LONG_TEXTS, Grid
from rbrules.form.layout import Column, Look, Plan
from rbrules.form.shape import KEY_CELL, REST
from rbrules.form.words import word
from rbrules.report.matrix import clean
from rbrules.report.package import settled
from rbrules.report.words import safe

LAST_ROW: Final = 5_000
"""Drop-downs and limits reach to this row; cells below it may be filled in all the same."""

INLINE: Final = 250
"""Characters that the words of a drop-down may have in the cell's own list; Excel allows 255."""

LONGEST_NAME: Final = 200
FIRST_DAY: Final = date(1980, 1, 1)
"""When a workbook says it was made: equal evaluations give equal bytes."""

PAGE_WIDTH: Final = 180
"""Characters that one page across holds in print, at `SCALE`."""

WIDEST: Final = 250
"""Characters of a table that is made to fit one page; a wider one takes several."""

LINE_HEIGHT: Final = 13.0
"""In points, as the heights of rows are."""

MOST_HEIGHT: Final = 409.0
LETTERS: Final = 1.05
"""So many letters have the width of one digit, the unit of column widths, at the least."""

SCALE: Final = 65
"""Percent, of a table that is wider than a page."""

_FORMATS: Final[dict[Look, str]] = {
    "text": "@",
    "long": "@",
    "number": "General",
    "points": "0.00",
    "money": "#,##0",
    "date": "[$-421]dd mmm yyyy",
    "year": "0",
    "choice": "General",
}
_FONT: Final = "Arial"
_LINE: Final = Side(style="thin", color="BFBFBF")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD: Final = PatternFill("solid", fgColor="1F3864")
_GROUP: Final = PatternFill("solid", fgColor="2F5597")
_INPUT: Final = PatternFill("solid", fgColor="FFF9E5")
_SHOWN: Final = PatternFill("solid", fgColor="EDEDED")
_NONE: Final = PatternFill()
_OPEN: Final = Protection(locked=False)
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_DECIMALS: Final = re.compile(r"[0#?]\.(0+)")


# --- writing -------------------------------------------------------------------------------------


def form_workbook(form: Form, plan: Plan) -> bytes:
    """Render a filled form. No cell is a formula."""
    lang = plan.lang
    book = Workbook()
    book.remove(book.worksheets[0])
    _instructions(book.create_sheet(word("sheet.petunjuk", lang)), form, plan)
    names = {page.sheet.base: word(f"sheet.{page.sheet.name}", lang) for page in form.pages}
    choices = _Choices(names)
    for page in form.pages:
        sheet = book.create_sheet(word(f"sheet.{page.sheet.name}", lang))
        _Painter(sheet, page, lang, choices).paint()
    if form.long_texts:
        _long_texts(book.create_sheet(word("sheet.long_texts", lang)), form, lang)
    choices.write(book)
    book.properties.title = word("title", lang)
    book.properties.creator = "rbrules"
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), FIRST_DAY)


class _Choices:
    """The lists behind drop-downs that are too long to stand in the cell."""

    def __init__(self, names: dict[str, str]) -> None:
        """Know the sheets by the base of their rows."""
        self._names = names
        self._lists: dict[tuple[str, ...], int] = {}

    def formula(self, column: Column) -> str:
        """Return what Excel takes the words of a drop-down from, "" for no drop-down."""
        if column.choices_of:  # ids stand in the first column that is shown
            sheet = self._names[column.choices_of.rpartition("/")[0]]
            return f"{quote_sheetname(sheet)}!$B${FIRST_ROW}:$B${LAST_ROW}"
        if not column.choices:
            return ""
        inline = ",".join(column.choices)
        if len(inline) <= INLINE and not any("," in w or '"' in w for w in column.choices):
            return f'"{inline}"'
        number = self._lists.setdefault(column.choices, len(self._lists) + 1)
        letter = get_column_letter(number)
        return f"{quote_sheetname(CHOICES)}!${letter}$1:${letter}${len(column.choices)}"

    def write(self, book: Workbook) -> None:
        """Write the lists into a hidden sheet."""
        if not self._lists:
            return
        sheet = book.create_sheet(CHOICES)
        sheet.sheet_state = "hidden"
        for words, column in self._lists.items():
            for row, each in enumerate(words, 1):
                _text(sheet.cell(row, column), each)


CHOICES: Final = "_pilihan"
GROUP_ROW: Final = 4
HIDDEN_ROW: Final = 5
HEAD_ROW: Final = 6
FIRST_ROW: Final = 7
FIELDS_FROM: Final = 3


class _Painter:
    """Writes one sheet."""

    def __init__(self, sheet: Worksheet, page: Page, lang: str, choices: _Choices) -> None:
        self.sheet, self.page, self.lang, self.choices = sheet, page, lang, choices

    def paint(self) -> None:
        sheet, page = self.sheet, self.page
        key = f"about.{page.sheet.name}"
        _head(sheet.cell(1, 2), word(f"sheet.{page.sheet.name}", self.lang), 13)
        about = sheet.cell(2, 2)
        _text(about, word(key, self.lang))
        about.font = _font(9, italic=True)
        _text(sheet.cell(1, KEY_COLUMN), FORM)
        sheet.column_dimensions["A"].hidden = True
        if page.columns:
            self._table()
        self._fields()
        _protect(sheet)

    # fields, one below the other

    def _fields(self) -> None:
        sheet = self.sheet
        is_alone = not self.page.columns
        if is_alone:
            for letter, width in (("B", 36), ("C", 44), ("D", 80)):
                sheet.column_dimensions[letter].width = width
        for row, (column, content) in enumerate(self.page.fields, FIELDS_FROM):
            _text(sheet.cell(row, KEY_COLUMN), column.key)
            title = " ".join(filter(None, (column.group, column.title)))
            head = sheet.cell(row, 2)
            statement = word("none.title", self.lang)
            _text(head, _starred(title, column) if is_alone else statement)
            head.font = _font(10, bold=True)
            head.alignment = Alignment(vertical="top", wrap_text=is_alone)
            cell = sheet.cell(row, FIELD_COLUMN)
            if column.key == "/versi":
                cell.protection = Protection(locked=True)
                sheet.row_dimensions[row].hidden = True
            _fill(cell, column, content)
            if is_alone:
                cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
                text = content.value if content and isinstance(content.value, str) else ""
                _set_height(sheet, row, max(_count_lines(text, 44), _count_lines(column.note, 88)))
            note = sheet.cell(row, FIELD_COLUMN + 1)
            _text(note, column.note if is_alone else word("none.note", self.lang))
            note.font = _font(9, italic=True)
            note.alignment = Alignment(vertical="top", wrap_text=is_alone)
            self._validate(column, cell.coordinate)
        if is_alone:
            sheet.freeze_panes = f"A{FIELDS_FROM}"
            last = FIELDS_FROM + len(self.page.fields) - 1
            _page(sheet, self.lang, f"B1:D{last}")

    # rows

    def _table(self) -> None:
        sheet, page = self.sheet, self.page
        _text(sheet.cell(HIDDEN_ROW, KEY_COLUMN), KEY_ROW)
        sheet.row_dimensions[HIDDEN_ROW].hidden = True
        for index, column in enumerate(page.columns, 2):
            self._column(index, column)
        self._groups()
        for number, row in enumerate(page.rows, FIRST_ROW):
            self._row(number, row)
        last = max(FIRST_ROW + len(page.rows) + min(page.sheet.blank, 5) - 1, FIRST_ROW)
        right = get_column_letter(len(page.columns) + 1)
        keys = [column.key for column in page.columns]
        fixed = 4 if "" in keys[1:2] else 3  # the name beside the code stays in sight too
        sheet.freeze_panes = sheet.cell(FIRST_ROW, fixed).coordinate
        sheet.print_title_cols = f"B:{get_column_letter(fixed - 1)}"
        sheet.print_title_rows = f"{GROUP_ROW}:{HEAD_ROW}"
        sheet.row_dimensions[HEAD_ROW].height = 2 * LINE_HEIGHT + 4
        _page(sheet, self.lang, f"B1:{right}{last}")
        if sum(column.width for column in page.columns) > WIDEST:
            self._break(fixed - 2)

    def _break(self, fixed: int) -> None:
        """Let pages end where a group of columns does; the first `fixed` are on each page."""
        sheet, columns = self.sheet, self.page.columns
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
        sheet.page_setup.scale = SCALE
        head = sum(column.width for column in columns[:fixed])
        width = head
        for start, end in _stretches(columns):
            own = sum(column.width for column in columns[start:end])
            if start >= fixed and width + own > PAGE_WIDTH and width > head:
                sheet.col_breaks.append(Break(id=start + 1))
                width = head
            width += own if start >= fixed else 0

    def _column(self, index: int, column: Column) -> None:
        sheet = self.sheet
        letter = get_column_letter(index)
        is_open = bool(column.key)
        dimension = sheet.column_dimensions[letter]
        dimension.width = column.width
        dimension.font = _font(10)
        dimension.border = _BOX
        dimension.fill = _INPUT if is_open else _SHOWN
        dimension.protection = Protection(locked=not is_open)
        dimension.number_format = _FORMATS[column.look]
        dimension.alignment = _aligned(column)
        for row in range(1, GROUP_ROW + 1):  # else these would look as the column does
            cell = sheet.cell(row, index)
            cell.border, cell.fill = Border(), _NONE
            cell.protection = Protection(locked=True)
        _text(sheet.cell(HIDDEN_ROW, index), column.key or "-")
        head = sheet.cell(HEAD_ROW, index)
        _head(head, _starred(column.title, column), 10, _HEAD)
        if column.note:
            comment = Comment(column.note, "rbrules")
            comment.width, comment.height = 320, 30 + 18 * math.ceil(len(column.note) / 42)
            head.comment = comment
        if is_open:
            area = f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}"
            self._validate(column, area)

    def _groups(self) -> None:
        """Write names over neighbouring columns that share one, merged."""
        for start, end in _stretches(self.page.columns):
            group = self.page.columns[start].group
            if not group:
                continue
            for index in range(start + 2, end + 2):
                _head(self.sheet.cell(GROUP_ROW, index), None, 10, _GROUP)
            _head(self.sheet.cell(GROUP_ROW, start + 2), group, 10, _GROUP)
            if end > start + 1:
                first, last = get_column_letter(start + 2), get_column_letter(end + 1)
                self.sheet.merge_cells(f"{first}{GROUP_ROW}:{last}{GROUP_ROW}")

    def _row(self, number: int, row: Row) -> None:
        sheet = self.sheet
        if row.mark:
            _text(sheet.cell(number, KEY_COLUMN), row.mark)
        beside = {
            word("beside.nama", self.lang): row.shown.name,
            word("beside.rentang", self.lang): _range_words(row, self.lang),
            word("beside.bobot", self.lang): row.shown.bobot.replace(".", ","),
        }
        lines = 1
        for index, (column, content) in enumerate(
            zip(self.page.columns, row.cells, strict=True), 2
        ):
            text = "" if column.key else beside[column.title]
            if not column.key:
                _dress(sheet.cell(number, index), column, is_open=False)
                _text(sheet.cell(number, index), text)
            elif content is not None:
                _fill(sheet.cell(number, index), column, content)
                text = content.value if isinstance(content.value, str) else ""
            lines = max(lines, _count_lines(text, column.width))
            if row.shown.low and row.shown.high and column.key and column.tokens[-1] == "nilai":
                self._limit(f"{get_column_letter(index)}{number}", row)
        _set_height(sheet, number, lines)

    def _limit(self, area: str, row: Row) -> None:
        """Warn, no more, where a value lies outside its range: that may be a finding."""
        text = word("range.warning", self.lang).replace("$range", _range_words(row, self.lang))
        validation = DataValidation(
            type="decimal",
            operator="between",
            formula1=row.shown.low,
            formula2=row.shown.high,
            allow_blank=True,
            errorStyle="warning",
            showErrorMessage=True,
            error=text,
            showInputMessage=True,
            promptTitle=row.shown.name[:32],
            prompt=text,
        )
        validation.add(area)
        self.sheet.add_data_validation(validation)

    def _validate(self, column: Column, area: str) -> None:
        formula = self.choices.formula(column)
        shape = column.shape if column.tokens[-1] not in {REST, KEY_CELL} else None
        if formula:
            strict = shape is not None and not column.choices_of and "string" in shape.types
            strict = strict and bool(shape and shape.words)
            validation = DataValidation(
                type="list",
                formula1=formula,
                allow_blank=True,
                showErrorMessage=strict,
                error=word("choice.error", self.lang) if strict else None,
            )
        elif shape is not None and shape.is_number and shape.node.get("minimum") is not None:
            low, high = shape.node["minimum"], shape.node.get("maximum")
            validation = DataValidation(
                type="decimal",
                operator="greaterThanOrEqual" if high is None else "between",
                formula1=str(low),
                formula2=None if high is None else str(high),
                allow_blank=True,
                showErrorMessage=True,
                error=f"{low} - {'' if high is None else high}",
            )
        else:
            return
        validation.add(area)
        self.sheet.add_data_validation(validation)


def _stretches(columns: Sequence[Column]) -> Iterator[tuple[int, int]]:
    """Yield from where to before where columns share the name of a group; others stand alone."""
    start = 0
    for index in range(1, len(columns) + 1):
        group = columns[start].group
        if index == len(columns) or not group or columns[index].group != group:
            yield start, index
            start = index


def _set_height(sheet: Worksheet, row: int, lines: int) -> None:
    """Make a row as high as its texts, which not every program does; others stay as they are."""
    if lines > 1:
        sheet.row_dimensions[row].height = min(LINE_HEIGHT * lines + 2, MOST_HEIGHT)


def _count_lines(text: str, width: int) -> int:
    """Estimate the lines of a text in a cell."""
    return sum(max(math.ceil(len(line) / (width * LETTERS)), 1) for line in text.split("\n"))


def _range_words(row: Row, lang: str) -> str:
    ends = (row.shown.low.replace(".", ","), row.shown.high.replace(".", ","))
    return f" {word('between', lang)} ".join(ends) if all(ends) else ""


def _starred(title: str, column: Column) -> str:
    return f"{title} *" if column.must else title


def _fill(cell: SheetCell | MergedCell, column: Column, content: Content | None) -> None:
    """Write a value; the format of the cell keeps the decimals of a number."""
    locked = cell.protection.locked and column.key == "/versi"
    _dress(cell, column, is_open=not locked)
    if content is None:
        return
    value = content.value
    if isinstance(value, str):
        _text(cell, value)
        cell.number_format = "@"
        return
    cell.value = value
    if isinstance(value, date):
        cell.number_format = _FORMATS["date"]
    elif content.decimals:
        cell.number_format = f"0.{'0' * content.decimals}"
    elif column.look not in {"money", "year"}:
        cell.number_format = "General"
    elif isinstance(value, int | Decimal):
        cell.number_format = _FORMATS[column.look]


def _text(cell: SheetCell | MergedCell, text: str) -> None:
    """Write a text that stays one, whatever it looks like."""
    if not text:
        return
    assert len(text) <= 2 * LONGEST
    cell.value = clean(text, 2 * LONGEST)
    cell.data_type = "s"  # else =1+1 would be a formula and #N/A an error
    if text.startswith(("=", "+", "-", "@", "'")):
        cell.quotePrefix = True  # else it would become a formula when the cell is edited


def _dress(cell: SheetCell | MergedCell, column: Column, *, is_open: bool) -> None:
    cell.font = _font(10)
    cell.border = _BOX
    cell.fill = _INPUT if is_open else _SHOWN
    cell.protection = Protection(locked=not is_open)
    cell.number_format = _FORMATS[column.look]
    cell.alignment = _aligned(column)


@cache
def _aligned(column: Column) -> Alignment:
    is_text = column.look in {"text", "long"}
    return Alignment(wrap_text=is_text, vertical="top", horizontal="left" if is_text else None)


@cache
def _font(size: int, *, bold: bool = False, italic: bool = False, color: str | None = None) -> Font:
    return Font(name=_FONT, size=size, bold=bold, italic=italic, color=color)


def _head(
    cell: SheetCell | MergedCell, text: str | None, size: int, fill: PatternFill | None = None
) -> None:
    if text is not None:
        _text(cell, text)
    cell.font = _font(size, bold=True, color="FFFFFF" if fill else None)
    cell.protection = Protection(locked=True)
    if fill:
        cell.fill = fill
        cell.border = _BOX
        cell.alignment = Alignment(wrap_text=True, horizontal="center", vertical="center")


def _protect(sheet: Worksheet) -> None:
    """Lock what is not to be filled in, without a password: against slips, not against people."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatCells = guard.formatColumns = guard.formatRows = False
    guard.insertRows = guard.sort = guard.autoFilter = False


def _page(sheet: Worksheet, lang: str, area: str) -> None:
    """Print on A4 across, the column names on each page."""
    setup = sheet.page_setup
    setup.orientation = "landscape"
    setup.paperSize = 9  # A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.5, 0.8
    margins.header = margins.footer = 0.3
    sheet.print_area = area
    footer = sheet.oddFooter
    assert footer is not None  # openpyxl makes one with each sheet
    footer.center.text = f"&A - {word('page', lang)}"


def _instructions(sheet: Worksheet, form: Form, plan: Plan) -> None:
    lang = plan.lang
    agency = plan.tree.get("instansi") or {}
    words = (agency.get("nama"), agency.get("kelompok"), plan.tahun)
    name = safe(", ".join(str(part) for part in words if part))[:LONGEST_NAME]
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 110
    _head(sheet.cell(1, 1), word("title", lang), 14)
    _head(sheet.cell(2, 1), name, 11)
    row = 4
    for line in word("instructions", lang).split("\n"):
        title, _, text = line.partition("|")
        _head(sheet.cell(row, 1), title, 10)
        sheet.cell(row, 1).alignment = Alignment(vertical="top", wrap_text=True)
        cell = sheet.cell(row, 2)
        _text(cell, text)
        cell.font = _font(10)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        sheet.row_dimensions[row].height = 14 * math.ceil(len(text) / 112) + 4
        row += 1
    row += 1
    _head(sheet.cell(row, 1), word("sheets", lang), 10)
    for page in form.pages:
        row += 1
        link, title = sheet.cell(row, 1), word(f"sheet.{page.sheet.name}", lang)
        _text(link, title)
        link.hyperlink = f"#{quote_sheetname(title)}!B1"
        link.font = _font(10, color="1F3864")
        cell = sheet.cell(row, 2)
        _text(cell, word(f"about.{page.sheet.name}", lang))
        cell.font = _font(10)
        cell.alignment = Alignment(vertical="top", wrap_text=True)
    _protect(sheet)
    _page(sheet, lang, f"A1:B{row}")
    sheet.page_setup.fitToHeight = 1


def _long_texts(sheet: Worksheet, form: Form, lang: str) -> None:
    """Write values that no cell holds, in parts, each under its number."""
    sheet.column_dimensions["A"].hidden = True
    _head(sheet.cell(1, 2), word("about.long_texts", lang), 10)
    for number, text in enumerate(form.long_texts, 1):
        _text(sheet.cell(number + 1, KEY_COLUMN), LONG_TEXTS)
        sheet.cell(number + 1, 2).value = number
        parts = range(0, len(text), LONGEST // 2)
        for index, start in enumerate(parts, FIELD_COLUMN):
            _text(sheet.cell(number + 1, index), text[start : start + LONGEST // 2])
    _protect(sheet)


# --- reading -------------------------------------------------------------------------------------


def read_grids(data: bytes, name: str) -> list[Grid]:
    """Read the cells of a workbook; formulas give the values that were stored with them.

    Raises:
        InputError: it is none, has macros or a password, or is far larger than a form.
    """
    check_archive(data, name)
    book = _load(data, name, values=False)
    values = None
    if any(cell.data_type == "f" for sheet in book.worksheets for cell in _cells(sheet)):
        values = _load(data, name, values=True)
    return [
        Grid(
            sheet.title,
            {
                (cell.row, cell.column): found
                for cell in _cells(sheet)
                if (found := _cell(cell, values[sheet.title] if values else None)) is not None
            },
            tuple(
                (area.min_row, area.min_col, area.max_row, area.max_col)
                for area in sheet.merged_cells.ranges
            ),
        )
        for sheet in book.worksheets
    ]


def _load(data: bytes, name: str, *, values: bool) -> Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drawings and the like, which are not read
            return load_workbook(io.BytesIO(data), data_only=values, keep_links=False)
    except Exception as error:  # noqa: BLE001 - openpyxl raises anything on a damaged file
        found = f"a workbook that cannot be read ({type(error).__name__})"
        hint = "Open it in Excel and save it anew."
        problem = Problem(
            file=name,
            line=0,
            column=0,
            pointer="",
            found=found,
            expected="an Excel workbook (XLSX)",
            hint=hint,
        )
        raise InputError([problem]) from None


def _cells(sheet: Worksheet) -> Iterator[SheetCell]:
    """Yield the cells that are there; openpyxl's own rows reach to the farthest one."""
    for cell in sheet._cells.values():  # noqa: SLF001 - there is no other way to them
        if isinstance(cell, SheetCell):
            yield cell


def _cell(cell: SheetCell, values: Worksheet | None) -> Cell | None:
    kind, value = cell.data_type, cell.value
    if kind == "f":
        assert values is not None
        stored = values.cell(cell.row, cell.column)
        kind, value = stored.data_type, stored.value
        if value is None and kind != "str":
            hint = "Open the file in Excel or LibreOffice, save it there, and import it again."
            return Cell(None, fault="a formula without a stored result", hint=hint)
    if value is None:
        return None
    if kind == "e":
        return Cell(None, fault=f"the error {value}", hint="Repair the formula or write the value.")
    assert isinstance(value, str | bool | int | float | date | datetime | time | timedelta)
    pattern = _QUOTED.sub("", cell.number_format or "").partition(";")[0]
    decimals = _DECIMALS.search(pattern) if "E" not in pattern.upper() else None
    return Cell(value, "%" in pattern, len(decimals[1]) if decimals else 0)
