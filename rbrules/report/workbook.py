"""The matrix of recommendations as an Excel workbook. The one report that knows openpyxl."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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

from rbrules.report.matrix import (
    LONGEST_DETAIL,
    clean,
    conditions,
    group_name,
    head_lines,
    notes,
)
from rbrules.report.package import settled
from rbrules.report.recommend import (
    Recommendation,
    Register,
    columns_of,
    harmless,
)
from rbrules.report.words import day, label

Value: TypeAlias = str | int | Decimal | date | None
Numbered: TypeAlias = tuple[int, Recommendation]

HEADER_ROW: Final = 5
"""The row of the column names; the title stands above it."""

FIRST_EXCEL_DAY: Final = date(1900, 3, 1)
"""Excel counts earlier days wrongly or not at all."""

SHEET_NAME: Final = 31
"""The most characters of a sheet's name, in the units in which Excel counts them."""

MOST_SHEETS: Final = 200
"""So many parts have a sheet of their own; what is left stands together in one more."""

SAID: Final = (
    "no",
    "rule",
    "severity",
    "finding",
    "citation",
    "recommendation",
    "addressee",
    "deadline",
    "evidence",
)
"""Columns that are filled in, and where points are told these."""

ASKED: Final = ("action", "status", "done_on", "link", "note")
"""Columns for those who follow up."""

UNPRINTED: Final = ("family", "count", "subjects", "fingerprints")
"""Columns for sorting and for putting lists together; they stand outside of the printed area."""

WIDTHS: Final = {
    "no": 4,
    "rule": 10,
    "severity": 9,
    "finding": 33,
    "citation": 19,
    "recommendation": 30,
    "addressee": 16,
    "deadline": 12,
    "evidence": 20,
    "points": 16,
    "effort": 12,
    "action": 17,
    "status": 12,
    "done_on": 11,
    "link": 11,
    "note": 11,
    "family": 22,
    "count": 8,
    "subjects": 24,
    "fingerprints": 20,
}
"""In characters."""

NARROW: Final = {"finding": 28, "recommendation": 26, "action": 12}
"""Columns that give way where points or efforts are told: in print the letters would be small."""

DETAIL_WIDTHS: Final = (6, 10, 30, 110, 20)
NOTE_WIDTH: Final = 110

LINE_HEIGHT: Final = 14.0
"""In points, as the heights of rows are."""

LETTERS: Final = 1.02
"""So many letters have the width of one digit, the unit of column widths, at the least."""

MOST_HEIGHT: Final = 409.0
"""The most that Excel allows; of a longer text the end is seen in the cell only."""

_DAY_FORMAT: Final = {"id": "[$-421]d mmm yyyy", "en": "[$-809]d mmm yyyy"}
_FONT: Final = "Arial"
_LINE: Final = Side(style="thin", color="A6A6A6")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD: Final = PatternFill("solid", fgColor="1F3864")
_BLANK: Final = PatternFill("solid", fgColor="FFF9E5")
_GRAVE: Final = {"high": PatternFill("solid", fgColor="F8CBAD")}
_ESCAPE: Final = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""Excel reads _x0041_ in a text as the character of that number."""


@dataclass(frozen=True, slots=True)
class _Choices:
    """Where the words for the status stand."""

    formula: str
    lang: str

    def validation(self) -> DataValidation:
        return DataValidation(
            type="list",
            formula1=self.formula,
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=label("matrix.status", self.lang),
            error=label("matrix.status_note", self.lang),
        )


def recommendation_workbook(listed: Register) -> bytes:
    """Render the list as a workbook.

    The first sheet holds all recommendations; one for each part of the list (the official that
    answers for it, a severity or a family) holds its own; then come all findings, and notes. No
    cell is a formula.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    name_of = _sheet_namer()
    lang = listed.lang
    titles = [
        name_of(label(f"matrix.sheet_{key}", lang))
        for key in ("all", "details", "notes", *(["rest"] if _is_crowded(listed) else []))
    ]
    everything, details, remarks = titles[:3]
    choices = _choices(listed, remarks)
    numbered = tuple(enumerate(listed.items, 1))
    _matrix_sheet(book.create_sheet(everything), listed, numbered, choices)
    for name, part in _parts(listed):
        title = titles[3] if name is None else name_of(clean(name))
        _matrix_sheet(book.create_sheet(title), listed, part, choices, name)
    _details_sheet(book.create_sheet(details), listed)
    _notes_sheet(book.create_sheet(remarks), listed)
    properties = book.properties
    properties.title = label("matrix.title", lang)
    properties.creator = f"rbrules {listed.tree['rbrules']['version']}"
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), date.fromisoformat(listed.tree["as_of"]))


def _is_crowded(listed: Register) -> bool:
    return len(listed.groups(group_name(listed))) > MOST_SHEETS


def _parts(listed: Register) -> Iterable[tuple[str | None, Sequence[Numbered]]]:
    """Yield the parts of the list; the last has no name where it holds what many others would."""
    groups = listed.groups(group_name(listed))
    yield from groups[:MOST_SHEETS]
    rest = [numbered for _, part in groups[MOST_SHEETS:] for numbered in part]
    if rest:
        yield None, rest


def _sheet_namer() -> Callable[[str], str]:
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


# --- sheets


def _matrix_sheet(
    sheet: Worksheet,
    listed: Register,
    part: Sequence[Numbered],
    choices: _Choices | None,
    name: str | None = None,
) -> None:
    """Write recommendations into a sheet; `name` is that of the part of the list, None for none."""
    lang = listed.lang
    printed = [*columns_of(SAID, listed), *ASKED]
    columns = [*printed, *UNPRINTED]
    _title(sheet, head_lines(listed, name, [item for _, item in part]), lang)
    widths = WIDTHS | NARROW if listed.has_points or listed.has_efforts else WIDTHS
    _header(sheet, columns, widths, lang)
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_HEIGHT + 4
    for row, (no, item) in enumerate(part, HEADER_ROW + 1):
        values = _values(no, item, listed)
        for column, key in enumerate(columns, 1):
            cell = sheet.cell(row, column)
            _write(cell, values.get(key), lang)
            _dress(cell, key, item)
        texts = ((str(values.get(key) or ""), widths[key]) for key in printed)
        _set_height(sheet, row, texts)
    last = HEADER_ROW + max(len(part), 1)
    if not part:
        _write(sheet.cell(last, 1), label("recommend.none", lang), lang)
    elif choices is not None:
        validation = choices.validation()
        letter = get_column_letter(columns.index("status") + 1)
        validation.add(f"{letter}{HEADER_ROW + 1}:{letter}{last}")
        sheet.add_data_validation(validation)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(columns))}{last}"
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, 3).coordinate
    _page(sheet, lang, f"A1:{get_column_letter(len(printed))}{last}")


def _details_sheet(sheet: Worksheet, listed: Register) -> None:
    """List every finding once, with the number of its recommendation."""
    lang = listed.lang
    keys = ("no", "rule", "subject", "message", "fingerprint")
    _title(sheet, head_lines(listed), lang)
    for column, (key, width) in enumerate(zip(keys, DETAIL_WIDTHS, strict=True), 1):
        name = label(f"recommend.{key}" if column <= 2 else f"matrix.{key}", lang)  # noqa: PLR2004
        _name_column(sheet, column, name, width, lang)
    row = HEADER_ROW
    for no, item in enumerate(listed.items, 1):
        rows = zip(item.subjects, item.messages, item.fingerprints, strict=True)
        for subject, message, fingerprint in rows:
            row += 1
            values: tuple[Value, ...] = (no, item.rule, subject, message, fingerprint)
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column)
                _write(cell, value, lang, LONGEST_DETAIL)
                _dress(cell, "", item)
            _set_height(sheet, row, zip(map(str, values), DETAIL_WIDTHS, strict=True))
    sheet.auto_filter.ref = f"A{HEADER_ROW}:E{max(row, HEADER_ROW + 1)}"
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    _page(sheet, lang, f"A1:E{max(row, HEADER_ROW + 1)}")


def _choices(listed: Register, sheet: str) -> _Choices | None:
    """Say where the notes list the words for the status; None where the rulebook has none."""
    if not listed.plan.status:
        return None
    first = _status_row(listed)
    last = first + len(listed.plan.status) - 1
    return _Choices(f"{quote_sheetname(sheet)}!$A${first}:$A${last}", listed.lang)


def _status_row(listed: Register) -> int:
    return HEADER_ROW + len(tuple(notes(listed))) + 2


def _notes_sheet(sheet: Worksheet, listed: Register) -> None:
    lang = listed.lang
    _title(sheet, head_lines(listed), lang)
    sheet.column_dimensions["A"].width = NOTE_WIDTH
    lines = [*notes(listed)]
    if listed.plan.status:
        lines += ["", label("matrix.status_note", lang), *listed.plan.status]
    for row, line in enumerate(lines, HEADER_ROW):
        cell = sheet.cell(row, 1)
        _write(cell, line, lang)
        _set_height(sheet, row, [(line, NOTE_WIDTH)])
        cell.font = _font(11)
        cell.alignment = _aligned("left", "top")
    _page(sheet, lang, f"A1:A{HEADER_ROW + len(lines)}", is_table=False)


# --- parts of a sheet


def _title(sheet: Worksheet, lines: Iterable[str], lang: str) -> None:
    for row, line in enumerate(lines, 1):
        cell = sheet.cell(row, 1)
        _write(cell, line, lang)
        cell.font = _font(13 if row == 1 else 10, bold=row != 3)  # noqa: PLR2004


def _header(sheet: Worksheet, columns: Sequence[str], widths: Mapping[str, int], lang: str) -> None:
    own = {"finding", "citation", *ASKED}
    for column, key in enumerate(columns, 1):
        name = label(f"{'matrix' if key in own else 'recommend'}.{key}", lang)
        _name_column(sheet, column, name, widths[key], lang)


def _name_column(sheet: Worksheet, column: int, name: str, width: int, lang: str) -> None:
    cell = sheet.cell(HEADER_ROW, column)
    _write(cell, name, lang)
    cell.font = _font(10, bold=True, color="FFFFFF")
    cell.fill = _HEAD
    cell.border = _BOX
    cell.alignment = _aligned("center", "center")
    sheet.column_dimensions[get_column_letter(column)].width = width


def _values(no: int, item: Recommendation, listed: Register) -> dict[str, Value]:
    lang = listed.lang
    condition = "\n".join([f"{item.title}:", *conditions(item, lang)])
    return {
        "no": no,
        "rule": item.rule,
        "severity": listed.severity(item),
        "finding": condition,
        "citation": item.citation,
        "recommendation": item.text,
        "addressee": "; ".join(item.addressee),
        "deadline": item.deadline,
        "evidence": item.evidence,
        "points": item.points,
        "effort": listed.effort(item),
        "family": listed.family(item),
        "count": len(item.messages),
        "subjects": ", ".join(item.subjects),
        "fingerprints": " ".join(item.fingerprints),
    }


def _write(cell: Cell | MergedCell, value: Value, lang: str, longest: int = 2_000) -> None:
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
        cell.number_format = "#,##0.00"


@cache
def _font(size: int, *, bold: bool = False, color: str | None = None) -> Font:
    return Font(name=_FONT, size=size, bold=bold, color=color)


@cache
def _aligned(
    horizontal: Literal["left", "center"], vertical: Literal["top", "center"]
) -> Alignment:
    return Alignment(wrap_text=True, horizontal=horizontal, vertical=vertical)


def _dress(cell: Cell | MergedCell, key: str, item: Recommendation) -> None:
    cell.font = _font(11, bold=key == "severity")
    cell.border = _BOX
    is_short = key in {"no", "rule", "severity", "deadline", "done_on", "status", "count"}
    cell.alignment = _aligned("center" if is_short else "left", "top")
    if key in ASKED:
        cell.fill = _BLANK
    elif key == "severity" and item.severity in _GRAVE:
        cell.fill = _GRAVE[item.severity]


def _set_height(sheet: Worksheet, row: int, cells: Iterable[tuple[str, int]]) -> None:
    """Make a row as high as its longest text; not every program does so by itself."""
    lines = max(_count_lines(clean(text), width) for text, width in cells)
    sheet.row_dimensions[row].height = min(LINE_HEIGHT * lines + 4, MOST_HEIGHT)


def _count_lines(text: str, width: int) -> int:
    """Estimate the lines of a text in a cell."""
    letters = int(width * LETTERS)
    return sum(max(len(textwrap.wrap(line, letters)), 1) for line in text.split("\n"))


def _page(sheet: Worksheet, lang: str, area: str, *, is_table: bool = True) -> None:
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
