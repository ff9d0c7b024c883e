"""What people write in place of what the formats ask for, and how to write it instead."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import Final

from rbrules.errors import joined, say

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
_YEAR_ONLY = re.compile(r"(?:19|20)[0-9]{2}")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4})")
_MONTHS = 12
_NAMED_MONTH = re.compile(r"([0-9]{1,2})[ -]([A-Za-z]{3,})\.?[ -]([0-9]{4})")
_MONTH_NAMES: Final = (
    ("januari", "january"),
    ("februari", "february", "pebruari"),
    ("maret", "march"),
    ("april",),
    ("mei", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("agustus", "august", "agt", "ags"),
    ("september",),
    ("oktober", "october"),
    ("november", "nopember"),
    ("desember", "december"),
)
"""What a month is called in both languages; its first three letters will do."""

_MEANINGS: Final = tuple(
    frozenset(line.split())
    for line in """
        above di_atas lebih_dari melebihi
        addressee ditujukan_kepada pihak tujuan penerima
        after setelah sesudah
        agency instansi
        all semua
        any salah_satu
        applies_to subjek berlaku_untuk
        at_least minimal paling_sedikit sekurang_kurangnya
        at_most maksimal paling_banyak
        before sebelum
        below di_bawah kurang_dari
        between antara
        cases kasus kasus_uji
        citation dasar dasar_hukum kutipan
        count jumlah
        date tanggal
        differs_from berbeda_dari
        document documents dokumen
        evaluation evaluasi
        evidence bukti
        expect hasil harapan
        finding temuan
        from dari mulai sejak start
        high tinggi
        is adalah sama_dengan equals
        is_not bukan
        kind jenis type
        low rendah
        medium sedang
        message pesan
        missing kosong
        name nama
        not tidak
        not_applicable tidak_berlaku
        number nomor
        off nonaktif dimatikan
        office official pejabat
        parameters param parameter ambang
        part section bagian pasal
        pass sesuai
        present terisi
        project proyek
        reason alasan
        recommendation rekomendasi
        regulation peraturan
        rule rules aturan
        same_as sama_dengan
        severity tingkat
        share porsi
        source sumber
        subject subjek
        title judul
        to sampai hingga until end
        unit satuan
        unknown belum_diketahui belum_dapat_dinilai
        valid berlaku masa_berlaku
        value values nilai
        verified diverifikasi terverifikasi
        when bila jika apabila syarat
        where hanya_bila
        year tahun
        """.splitlines()
    if line.strip()
)
"""Words of the formats with what else they may be called, in either language; a line, a meaning."""


def of_same_meaning(word: str, known: Iterable[str]) -> str | None:
    """Return the one of `known` that means what `word` means: reason for alasan; else None."""
    meant = frozenset().union(*(words for words in _MEANINGS if word.casefold() in words))
    return next((name for name in known if name in meant), None)


def number_hint(text: str, otherwise: str = NUMBERS) -> str:
    """Say how to write a number that stands in quotes; `otherwise` where it is no number."""
    shown = plain_number(text)
    if shown is None:
        return otherwise
    number = _bare(text)
    parted = number.count(".") + number.count(",") > shown.count(".")
    signs = ["thousands separators"] * parted + ["percent sign"] * bool(_PERCENT.search(text))
    signs += ["the sign Rp"] * bool(_RUPIAH.match(text.strip()))
    first = joined("quotes", *signs[:-1], by=", ")
    without = joined(first, *signs[-1:], by=" and ")
    has_comma = "," in number and "." in shown
    dot = "Write it without $without and with a decimal dot: $shown."
    hint = say(
        dot if has_comma else "Write it without $without: $shown.", without=without, shown=shown
    )
    parts = "Where its dot parts thousands, write $whole."
    if shown == number and _DOTS.fullmatch(number):
        return joined(hint, say(parts, whole=number.replace(".", "")))
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
    """Say how to write a date; "" where `text` is none."""
    text = text.strip()
    if _YEAR_ONLY.fullmatch(text):
        return say('Write year, month and day, such as "$text-01-01".', text=text)
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    elif match := _YEAR_LAST.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
    elif match := _NAMED_MONTH.fullmatch(text):
        day, month, year = int(match[1]), _month_called(match[2]), int(match[3])
        if not month:
            return ""
    else:
        return ""
    if not 1 <= month <= _MONTHS:
        return say("There is no month $month. Write year, month and day: YYYY-MM-DD.", month=month)
    if year < 1:
        return ""
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        return say(
            "There is no such day: the last one of that month is $last.",
            last=date(year, month, last),
        )
    return say('Write year, month and day: "$day".', day=date(year, month, day))


def plain_date(text: str) -> date | None:
    """Return the day that 2024-02-07, 7/2/2024 (day first) or 7 Februari 2024 means; else None."""
    text = text.strip()
    if match := _YEAR_FIRST.fullmatch(text):
        year, month, day = int(match[1]), int(match[3]), int(match[4])
    elif match := _YEAR_LAST.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
    elif match := _NAMED_MONTH.fullmatch(text):
        day, month, year = int(match[1]), _month_called(match[2]), int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_called(name: str) -> int:
    """Return the number of a month, 0 where none is called so."""
    start = name.casefold()
    for number, names in enumerate(_MONTH_NAMES, 1):
        if any(full.startswith(start) for full in names):
            return number
    return 0


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
