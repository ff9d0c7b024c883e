"""One row an agency, for spreadsheets and data tools: kept aside while the run goes on."""

from __future__ import annotations

import csv
import pickle
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import TracebackType
from typing import IO, Final, Self, TypeAlias

from rbrules.batch.summary import Ranks
from rbrules.batch.work import MEASURES, Brief, Row
from rbrules.model import Severity
from rbrules.report.recommend import harmless

Cell: TypeAlias = str | int | Decimal | None

COLUMNS: Final = (
    "file",
    "state",
    "kode",
    "nama",
    "kelompok",
    "tahun",
    *(
        f"{measure}_{name}"
        for measure in MEASURES
        for name in ("instrumen", "dasar", "nilai", "low", "high", "predikat", "rank", "ranked")
    ),
    *(f"finding_{level.value}" for level in Severity),
    "unknown",
    "waived",
    "problems",
    "retried",
)
"""Names of the columns; they stay as they are in every language, for programs read them."""


class Spool:
    """Rows on disk: their ranks are known only when the last one is there. A context manager."""

    def __init__(self) -> None:
        """Open a file that nobody else sees and that goes away by itself."""
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let the file go."""
        self._file.close()

    def add(self, row: Row) -> None:
        """Keep a row without its line."""
        pickle.dump(replace(row, line=""), self._file)

    def cells(self, ranks: Ranks) -> Iterator[tuple[Cell, ...]]:
        """Yield the cells of each row in the order of `COLUMNS`; None where nothing is known."""
        end = self._file.tell()
        self._file.seek(0)
        while self._file.tell() < end:
            row: Row = pickle.load(self._file)  # noqa: S301 - written by this process
            yield _cells(row, ranks)


def _cells(row: Row, ranks: Ranks) -> tuple[Cell, ...]:
    brief = row.brief
    last = (len(row.problems), row.retried or None)
    if brief is None:
        return (row.name, row.state, *[None] * (len(COLUMNS) - 4), *last)
    return (
        row.name,
        row.state,
        brief.kode,
        brief.nama,
        brief.kelompok,
        brief.tahun,
        *(cell for measure in MEASURES for cell in _index(brief, measure, ranks)),
        *(brief.severities.get(level.value, 0) for level in Severity),
        sum(brief.unknown.values()),
        brief.waived,
        *last,
    )


def _index(brief: Brief, measure: str, ranks: Ranks) -> tuple[Cell, ...]:
    index = brief.indexes.get(measure)
    if index is None:
        return (None,) * 8
    low, high = index.rentang or (None, None)
    rank, ranked = ranks.of(brief, measure) or (None, None)
    grades = " / ".join(index.predikat) or None
    return (index.instrumen, index.dasar, index.nilai, low, high, grades, rank, ranked)


def write_csv(rows: Iterator[tuple[Cell, ...]], stream: IO[str], lang: str) -> None:
    """Write rows as CSV for a spreadsheet of the language.

    A byte-order mark stands first; in Indonesian the separator is a semicolon and numbers have a
    decimal comma. A cell that would be a formula begins with an apostrophe.
    """
    stream.write("\ufeff")
    writer = csv.writer(stream, delimiter=";" if lang == "id" else ",", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_text(cell, lang) for cell in row])


def _text(cell: Cell, lang: str) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return harmless(cell)
    return str(cell).replace(".", ",") if lang == "id" else str(cell)
