"""The report tree as an Excel workbook: summary, findings, unknowns, lines of the index, notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, TypeAlias

from rbrules.model import Tree
from rbrules.report.about import About
from rbrules.report.matrix import LONGEST_DETAIL, LONGEST_NAME, clean
from rbrules.report.phrases import component_words, counts_words, subject_words, title_words
from rbrules.report.places import Places
from rbrules.report.rows import (
    LINE,
    finding_row,
    index_pairs,
    indexes,
    line_cells,
    remarks,
    unknown_row,
)
from rbrules.report.sheets import (
    BOX,
    HEADER_ROW,
    LINE_HEIGHT,
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
    page,
    set_height,
    sheet_namer,
    write,
    write_title,
)
from rbrules.report.words import day, label

Cells: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the key of its cells, its width in characters and how its texts stand."""

    key: str
    width: int
    stands: Literal["left", "center"] = "left"


FINDING: Final = (
    Column("no", 5, "center"),
    Column("rule", 11, "center"),
    Column("severity", 10, "center"),
    Column("verdict", 13, "center"),
    Column("subject", 16),
    Column("message", 46),
    Column("recommendation", 40),
    Column("addressee", 24),
    Column("citation", 30),
    Column("line", 10),
)
FINDING_MORE: Final = (
    Column("title", 36),
    Column("family", 24),
    Column("kind", 20),
    Column("name", 30),
    Column("pointer", 34),
    Column("waiver", 34),
    Column("fingerprint", 20),
)
"""Columns for sorting and for programs; they stand outside of the printed area."""

UNKNOWN: Final = (
    Column("no", 5, "center"),
    Column("rule", 11, "center"),
    Column("severity", 10, "center"),
    Column("title", 44),
    Column("subject", 20),
    Column("missing", 70),
    Column("line", 12),
)
UNKNOWN_MORE: Final = (
    Column("family", 24),
    Column("kind", 20),
    Column("name", 30),
    Column("pointer", 40),
    Column("fingerprint", 20),
)
LINE_WIDTHS: Final = dict(zip(LINE, (26, 50, 22, 16, 10, 10, 10, 16, 26), strict=True))
SUMMARY: Final = (Column("section", 26), Column("item", 40), Column("value", 70))
REMARK: Final = (Column("section", 34), Column("remark", 110))
OUTCOMES: Final = (
    Column("rule", 12, "center"),
    Column("kind", 28),
    Column("subject", 40),
    Column("name", 60),
    Column("verdict", 24, "center"),
)

NOTHING: Final = {
    "findings": "findings.none",
    "unknown": "unknown.none",
    "lines": "report.no_lines",
}
"""What a sheet without rows says, by the key of a label."""

_GRAVE: Final = filled("F8CBAD")
_WAIVED: Final = filled("E7E6E6")


def report_xlsx(tree: Tree, places: Places, about: About) -> bytes:
    """Render the whole report as a workbook.

    Args:
        tree: the report tree; with `outcomes` a sheet lists them.
        places: where the values stand in the input.
        about: the rules.

    Returns:
        An XLSX file. No cell is a formula; figures of lines are numbers, the rest texts.
    """
    lang = tree["lang"]
    book, name_of = new_book(), sheet_namer()
    sheets = [
        ("summary", SUMMARY, (), list(_summary(tree))),
        ("findings", FINDING, FINDING_MORE, list(_findings(tree, places, about))),
        ("unknown", UNKNOWN, UNKNOWN_MORE, list(_unknown(tree, places, about))),
        ("lines", _line_columns(), (), list(_lines(tree))),
        ("notes", REMARK, (), list(_remarks(tree))),
    ]
    if "outcomes" in tree:
        sheets.append(("outcomes", OUTCOMES, (), list(_outcomes(tree))))
    for key, printed, more, rows in sheets:
        sheet = book.create_sheet(name_of(label(f"report.sheet_{key}", lang)))
        _table(sheet, tree, printed, more, rows)
        if not rows:
            write(sheet.cell(HEADER_ROW + 1, 1), label(NOTHING[key], lang), lang)
    return bytes_of(book, label("report.heading", lang), tree)


# --- what the sheets say


def _summary(tree: Tree) -> Iterator[Cells]:
    lang = tree["lang"]
    for measure, index in indexes(tree):
        section = label(f"head.{measure}", lang)
        for item, value in index_pairs(index, measure, lang):
            yield {"section": section, "item": item, "value": value}
        for part in index["komponen"]:
            words = component_words(part, lang)
            yield {"section": section, "item": part["nama"], "value": words}
    section = label("report.counts", lang)
    for verdict, count in tree["summary"].items():
        if count or verdict in {"finding", "unknown"}:
            yield {"section": section, "item": label(f"verdict.{verdict}", lang), "value": count}
    for severity in ("high", "medium", "low"):
        count = sum(f["severity"] == severity and "waiver" not in f for f in tree["findings"])
        name = f"{label('report.findings', lang)}: {label(f'severity.{severity}', lang)}"
        yield {"section": section, "item": name, "value": count}


def _findings(tree: Tree, places: Places, about: About) -> Iterator[Cells]:
    lang = tree["lang"]
    standing = [finding for finding in tree["findings"] if "waiver" not in finding]
    waived = [finding for finding in tree["findings"] if "waiver" in finding]
    for no, finding in enumerate((*standing, *waived), 1):
        row = finding_row(finding, tree, places, about)
        message = row["message"]
        if row["waiver"]:
            message += f"\n{label('findings.waiver', lang)}: {row['waiver']}"
        yield {"no": no, **row, "message": f"{row['title']}:\n{message}"}


def _unknown(tree: Tree, places: Places, about: About) -> Iterator[Cells]:
    for no, entry in enumerate(tree["unknown"], 1):
        yield {"no": no, **unknown_row(entry, tree, places, about)}


def _line_columns() -> tuple[Column, ...]:
    centred = {"status", "nilai", "maks", "bobot", "poin"}
    return (
        Column("measure", 14),
        *(Column(k, LINE_WIDTHS[k], "center" if k in centred else "left") for k in LINE),
    )


def _lines(tree: Tree) -> Iterator[Cells]:
    lang = tree["lang"]
    for measure, index in indexes(tree):
        for line in index["lines"]:
            cells = line_cells(line, index, lang)
            yield {"measure": label(f"head.{measure}", lang), **cells}


def _remarks(tree: Tree) -> Iterator[Cells]:
    lang = tree["lang"]
    sections = [*remarks(tree), (label("report.made", lang), counts_words(tree))]
    for section, texts in sections:
        for text in texts:
            yield {"section": section, "remark": text}
    yield {"section": label("report.citation", lang), "remark": label("matrix.citation_note", lang)}


def _outcomes(tree: Tree) -> Iterator[Cells]:
    lang = tree["lang"]
    for outcome in tree["outcomes"]:
        subject = outcome["subject"]
        yield {
            "rule": outcome["rule"],
            "kind": label(f"kind.{subject['kind']}", lang),
            "subject": subject_words(subject, lang),
            "name": subject.get("nama", ""),
            "verdict": label(f"verdict.{outcome['verdict']}", lang),
        }


# --- how they look


def _table(
    sheet: Sheet, tree: Tree, printed: Sequence[Column], more: Sequence[Column], rows: list[Cells]
) -> None:
    """Write rows under their column names; `more` columns are not printed."""
    lang = tree["lang"]
    write_title(sheet, _head_lines(tree), lang)
    columns = (*printed, *more)
    for place, column in enumerate(columns, 1):
        name_column(sheet, place, _name(column.key, lang), column.width, lang)
    sheet.row_dimensions[HEADER_ROW].height = 2 * LINE_HEIGHT + 4
    for row, cells in enumerate(rows, HEADER_ROW + 1):
        for place, column in enumerate(columns, 1):
            cell = sheet.cell(row, place)
            write(cell, cells.get(column.key), lang, LONGEST_DETAIL)
            cell.font = font(11, bold=column.key in {"rule", "item"})
            cell.border = BOX
            cell.alignment = aligned(column.stands, "top")
            if column.key == "severity" and cells["severity"] == label("severity.high", lang):
                cell.fill = _GRAVE
            if cells.get("waiver"):
                cell.fill = _WAIVED
        set_height(sheet, row, _texts(cells, printed))
    last = HEADER_ROW + max(len(rows), 1)
    frozen = 2 if more else 1
    as_table(sheet, len(columns), last, frozen)
    page(sheet, lang, f"A1:{letter(len(printed))}{last}")


def _texts(cells: Cells, columns: Iterable[Column]) -> Iterator[tuple[str, int]]:
    for column in columns:
        value = cells.get(column.key)
        yield "" if value is None else str(value), column.width


def _head_lines(tree: Tree) -> tuple[str, str, str]:
    lang, counts = tree["lang"], tree["summary"]
    about = label(
        "report.about",
        lang,
        as_of=day(date.fromisoformat(tree["as_of"]), lang),
        findings=counts["finding"],
        waived=counts["waived"],
        unknown=counts["unknown"],
    )
    whose = " ".join(clean(title_words(tree), LONGEST_NAME).split())
    return label("report.heading", lang), whose, about


def _name(key: str, lang: str) -> str:
    return label(f"line.{key}" if key in LINE else f"report.{key}", lang)
