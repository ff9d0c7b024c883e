"""Whether a file is a workbook that may be opened: no macros, no password, no more than a form."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from rbrules.errors import InputError, Problem

MAX_FILE: Final = 32 * 1024 * 1024
"""Bytes of a workbook; a filled one of 60 planning indicators has some 100 KB."""

MAX_UNPACKED: Final = 96 * 1024 * 1024
MAX_PARTS: Final = 2_000
MAX_CELLS: Final = 400_000

_OLD: Final = b"\xd0\xcf\x11\xe0"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_SAVE: Final = 'In Excel choose "Save as" and the type Excel Workbook (*.xlsx).'
_WORKBOOK: Final = "an Excel workbook (XLSX)"
_DECLARATIONS: Final = tuple(
    mark.encode(coding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for coding in ("ascii", "utf-16-le", "utf-16-be")
)
_DAMAGE: Final = (
    *(zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError),
    *(EOFError, OSError, ValueError),
)
"""What reading a damaged ZIP file raises."""

_LOCKED: Final = 0x1
"""The bit of a member of a ZIP file that says that it is encrypted."""


def check_archive(data: bytes, name: str) -> None:
    """Refuse what is no workbook, and what should not be opened.

    Raises:
        InputError: with the reason and what to do.
    """
    for found, hint in _objections(data):
        raise InputError(
            [
                Problem(
                    file=name,
                    line=0,
                    column=0,
                    pointer="",
                    found=found,
                    expected=_WORKBOOK,
                    hint=hint,
                )
            ]
        )


def _objections(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield what speaks against a file, the first being what counts."""
    if data.startswith(_OLD):
        if _ENCRYPTED in data:
            yield "a workbook with a password", "Open it in Excel and save it without the password."
        yield "an old workbook (XLS)", _SAVE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            yield from _package_objections(package)
    except _DAMAGE as error:
        if not data.startswith(b"PK"):
            yield "what is no workbook", _SAVE
        yield f"a damaged workbook ({error})", "Open it in Excel and save it anew."


def _package_objections(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    members = package.infolist()
    names = {member.filename.casefold() for member in members}
    if any(member.flag_bits & _LOCKED for member in members):
        yield "a workbook with a password", "Save it without the password."
    if len(members) > MAX_PARTS or sum(m.file_size for m in members) > MAX_UNPACKED:
        size = f"{MAX_UNPACKED // 1024 // 1024} MB"
        yield f"a workbook of more than {size} or {MAX_PARTS:,} parts when unpacked", ""
    if "mimetype" in names:
        yield "an OpenDocument file", f"{_SAVE[:-1]}; LibreOffice has this type too."
    if "xl/workbook.bin" in names:
        yield "a binary workbook (XLSB)", _SAVE
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        yield "a ZIP archive that is no workbook", _SAVE
    yield from _part_objections(package)


def _part_objections(package: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    cells = 0
    for member in package.infolist():
        folded = member.filename.casefold()
        if folded.rpartition("/")[2].startswith("vbaproject"):
            yield "a workbook with macros", f"Macros are never read. {_SAVE}"
        if not folded.endswith((".xml", ".rels", ".vml")):
            continue
        part = package.read(member)
        if folded == "[content_types].xml" and b"macroEnabled" in part:
            yield "a workbook with macros", f"Macros are never read. {_SAVE}"
        if any(mark in part for mark in _DECLARATIONS):
            yield f"a declaration of entities in its part {member.filename!r}", ""
        if folded.startswith("xl/worksheets/"):
            cells += part.count(b"<c ") + part.count(b":c ")
    if cells > MAX_CELLS:
        yield f"a workbook of more than {MAX_CELLS:,} cells", "Take out what is not of the form."
