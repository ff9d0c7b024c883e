"""The matrix of recommendations as an Excel workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from rbrules.report.matrix import (
    LONGEST_DETAIL,
    clean,
    conditions,
    group_name,
    head_lines,
    notes,
)
from rbrules.report.recommend import (
    Recommendation,
    Register,
    columns_of,
)
from rbrules.report.sheets import (
    BOX,
    HEADER_ROW,
    LINE_HEIGHT,
    AnyCell,
    Sheet,
    Value,
    aligned,
    as_table,
    bytes_of,
    filled,
    font,
    letter,
    name_column,
    new_book,
    offer,
    page,
    set_height,
    sheet_namer,
    write,
    write_title,
)
from rbrules.report.words import label

Numbered: TypeAlias = tuple[int, Recommendation]

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

_BLANK: Final = filled("FFF9E5")
_GRAVE: Final = {"high": filled("F8CBAD")}


@dataclass(frozen=True, slots=True)
class _Choices:
    """Where the words for the status stand: the sheet and its cells."""

    sheet: str
    cells: str


def recommendation_workbook(listed: Register) -> bytes:
    """Render the list as a workbook.

    The first sheet holds all recommendations; one for each part of the list (the official that
    answers for it, a severity or a family) holds its own; then come all findings, and notes. No
    cell is a formula.
    """
    book = new_book()
    name_of = sheet_namer()
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
    return bytes_of(book, label("matrix.title", lang), listed.tree)


def _is_crowded(listed: Register) -> bool:
    return len(listed.groups(group_name(listed))) > MOST_SHEETS


def _parts(listed: Register) -> Iterable[tuple[str | None, Sequence[Numbered]]]:
    """Yield the parts of the list; the last has no name where it holds what many others would."""
    groups = listed.groups(group_name(listed))
    yield from groups[:MOST_SHEETS]
    rest = [numbered for _, part in groups[MOST_SHEETS:] for numbered in part]
    if rest:
        yield None, rest


# --- sheets


def _matrix_sheet(
    sheet: Sheet,
    listed: Register,
    part: Sequence[Numbered],
    choices: _Choices | None,
    name: str | None = None,
) -> None:
    """Write recommendations into a sheet; `name` is that of the part of the list, None for none."""
    lang = listed.lang
    printed = [*columns_of(SAID, listed), *ASKED]
    columns = [*printed, *UNPRINTED]
    write_title(sheet, head_lines(listed, name, [item for _, item in part]), lang)
    widths = WIDTHS | NARROW if listed.has_points or listed.has_efforts else WIDTHS
    _header(sheet, columns, widths, lang)
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_HEIGHT + 4
    for row, (no, item) in enumerate(part, HEADER_ROW + 1):
        values = _values(no, item, listed)
        for column, key in enumerate(columns, 1):
            cell = sheet.cell(row, column)
            write(cell, values.get(key), lang)
            _dress(cell, key, item)
        texts = ((str(values.get(key) or ""), widths[key]) for key in printed)
        set_height(sheet, row, texts)
    last = HEADER_ROW + max(len(part), 1)
    if not part:
        write(sheet.cell(last, 1), label("recommend.none", lang), lang)
    elif choices is not None:
        status = letter(columns.index("status") + 1)
        error = label("matrix.status", lang), label("matrix.status_note", lang)
        cells = f"{status}{HEADER_ROW + 1}:{status}{last}"
        offer(sheet, cells, (choices.sheet, choices.cells), error)
    as_table(sheet, len(columns), last, frozen=2)
    page(sheet, lang, f"A1:{letter(len(printed))}{last}")


def _details_sheet(sheet: Sheet, listed: Register) -> None:
    """List every finding once, with the number of its recommendation."""
    lang = listed.lang
    keys = ("no", "rule", "subject", "message", "fingerprint")
    write_title(sheet, head_lines(listed), lang)
    for column, (key, width) in enumerate(zip(keys, DETAIL_WIDTHS, strict=True), 1):
        name = label(f"recommend.{key}" if column <= 2 else f"matrix.{key}", lang)  # noqa: PLR2004
        name_column(sheet, column, name, width, lang)
    row = HEADER_ROW
    for no, item in enumerate(listed.items, 1):
        rows = zip(item.subjects, item.messages, item.fingerprints, strict=True)
        for subject, message, fingerprint in rows:
            row += 1
            values: tuple[Value, ...] = (no, item.rule, subject, message, fingerprint)
            for column, value in enumerate(values, 1):
                cell = sheet.cell(row, column)
                write(cell, value, lang, LONGEST_DETAIL)
                _dress(cell, "", item)
            set_height(sheet, row, zip(map(str, values), DETAIL_WIDTHS, strict=True))
    as_table(sheet, len(keys), max(row, HEADER_ROW + 1), frozen=0)
    page(sheet, lang, f"A1:E{max(row, HEADER_ROW + 1)}")


def _choices(listed: Register, sheet: str) -> _Choices | None:
    """Say where the notes list the words for the status; None where the rulebook has none."""
    if not listed.plan.status:
        return None
    first = _status_row(listed)
    last = first + len(listed.plan.status) - 1
    return _Choices(sheet, f"$A${first}:$A${last}")


def _status_row(listed: Register) -> int:
    return HEADER_ROW + len(tuple(notes(listed))) + 2


def _notes_sheet(sheet: Sheet, listed: Register) -> None:
    lang = listed.lang
    write_title(sheet, head_lines(listed), lang)
    sheet.column_dimensions["A"].width = NOTE_WIDTH
    lines = [*notes(listed)]
    if listed.plan.status:
        lines += ["", label("matrix.status_note", lang), *listed.plan.status]
    for row, line in enumerate(lines, HEADER_ROW):
        cell = sheet.cell(row, 1)
        write(cell, line, lang)
        set_height(sheet, row, [(line, NOTE_WIDTH)])
        cell.font = font(11)
        cell.alignment = aligned("left", "top")
    page(sheet, lang, f"A1:A{HEADER_ROW + len(lines)}", is_table=False)


def _header(sheet: Sheet, columns: Sequence[str], widths: Mapping[str, int], lang: str) -> None:
    own = {"finding", "citation", *ASKED}
    for column, key in enumerate(columns, 1):
        name = label(f"{'matrix' if key in own else 'recommend'}.{key}", lang)
        name_column(sheet, column, name, widths[key], lang)


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


def _dress(cell: AnyCell, key: str, item: Recommendation) -> None:
    cell.font = font(11, bold=key == "severity")
    cell.border = BOX
    is_short = key in {"no", "rule", "severity", "deadline", "done_on", "status", "count"}
    cell.alignment = aligned("center" if is_short else "left", "top")
    if key in ASKED:
        cell.fill = _BLANK
    elif key == "severity" and item.severity in _GRAVE:
        cell.fill = _GRAVE[item.severity]
