"""What people write in place of what the formats ask for, and how to write it instead."""

import re
from calendar import monthrange
from datetime import date

NUMBERS = 'Write numbers without quotes and with a decimal dot: 71.38, not "71,38".'
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,20})(?:\.[0-9]{1,15})?")
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")
_DOTS = re.compile(r"-?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]+)?")
_COMMAS = re.compile(r"-?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_PERCENT = re.compile(r"\s*(?:%|persen)", re.IGNORECASE)
_RUPIAH = re.compile(r"Rp\.?\s*", re.IGNORECASE)
_MINUS = "\u2212"
"""The minus sign of spreadsheets and word processors."""

_YEAR_FIRST = re.compile(r"([0-9]{4})([-/. ]?)([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
_MONTHS = 12


def number_hint(text: str, otherwise: str = NUMBERS) -> str:
    """Say how to write a number that stands in quotes; `otherwise` where it is no number."""
    shown = plain_number(text)
    if shown is None:
        return otherwise
    number = _bare(text)
    parted = number.count(".") + number.count(",") > shown.count(".")
    signs = ["thousands separators"] * parted + ["percent sign"] * bool(_PERCENT.search(text))
    signs += ["the sign Rp"] * bool(_RUPIAH.match(text.strip()))
    without = " and ".join([", ".join(["quotes", *signs[:-1]]), *signs[-1:]])
    dot = " and with a decimal dot" if "," in number and "." in shown else ""
    hint = f"Write it without {without}{dot}: {shown}."
    if shown == number and _DOTS.fullmatch(number):
        hint += f" Where its dot parts thousands, write {number.replace('.', '')}."
    return hint


def plain_number(text: str) -> str | None:
    """Return a number as JSON writes it, from 97,1 or Rp1.250.000,50 or 97,1 %; else None."""
    number = _bare(text)
    if not _NUMBER.fullmatch(number):
        if _COMMA.fullmatch(number):
            number = number.replace(",", ".")
        elif _DOTS.fullmatch(number):
            number = number.replace(".", "").replace(",", ".")
        elif _COMMAS.fullmatch(number):
            number = number.replace(",", "")
    return number if _NUMBER.fullmatch(number) else None


def _bare(text: str) -> str:
    """Return the digits of a number with their signs and separators, without unit or currency."""
    return _RUPIAH.sub("", _PERCENT.sub("", text.strip()), count=1).replace(_MINUS, "-")


def date_hint(text: str) -> str:
    """Say how to write a date; "" where `text` is none that is written with digits."""
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    elif match := _YEAR_LAST.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
    else:
        return ""
    if not 1 <= month <= _MONTHS:
        return f"There is no month {month}. Write year, month and day: YYYY-MM-DD."
    if year < 1:
        return ""
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return f"There is no such day: the last one of that month is {date(year, month, last)}."
    return f'Write year, month and day: "{date(year, month, day)}".'


def foreign_file(data: bytes) -> tuple[str, str] | None:
    """Recognise a file that is no plain text: what it is, and what to do; None for others."""
    for start, mark, what, hint in _FOREIGN:
        if data.startswith(start) and mark in data:
            return what, hint
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:2]:
        return "text in UTF-16", 'In Notepad choose "Save as" and the encoding UTF-8.'
    return None


_WORD = 'In Word choose "Save as", "Plain text" and the encoding UTF-8, or use Notepad.'
_EXCEL = "Excel does not save this format: write the values in a text file, and save it as UTF-8."
_FOREIGN = (
    (b"PK\x03\x04", b"word/", "a Word document (DOCX)", _WORD),
    (b"PK\x03\x04", b"xl/", "an Excel workbook (XLSX)", _EXCEL),
    (b"PK\x03\x04", b"", "a ZIP archive", "Unpack it and give the text file inside."),
    (b"\xd0\xcf\x11\xe0", b"", "an old Word or Excel file (DOC, XLS)", _EXCEL),
    (b"{\\rtf", b"", "a document in rich text (RTF)", _WORD),
    (b"%PDF-", b"", "a PDF", "Write its values in a text file, and save it as UTF-8."),
)
"""First bytes, bytes somewhere in the file, what it is, what to do."""
