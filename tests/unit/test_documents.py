"""The matrix as XLSX and DOCX, read back: nothing lost, nothing doubled, nothing dangerous."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from xml.etree import ElementTree as ET

import docx
import openpyxl
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbrules.report.annex import recommendation_annex
from rbrules.report.followup import NO_PLAN, plan_of
from rbrules.report.matrix import SHOWN, clean, group_heading, group_name, head_lines, notes
from rbrules.report.package import settled
from rbrules.report.recommend import Effort, register, with_efforts, with_points
from rbrules.report.table import bases
from rbrules.report.tree import report_tree
from rbrules.report.words import day, label
from rbrules.report.workbook import HEADER_ROW, recommendation_workbook
from tests.shared import AS_OF, BASE, LANGUAGES, ROOT, report_of

ORDERS = ("addressee", "priority", "family")
SAMPLE = (ROOT / "samples" / "contoh-temuan.json").read_bytes()
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@cache
def report():
    return report_of(SAMPLE, name="contoh-temuan.json")


def list_of(checked, lang="id", by="addressee"):
    return register(report_tree(checked, lang), plan_of(checked, lang), by)


@cache
def listed(lang="id", by="addressee"):
    return list_of(report(), lang, by)


@cache
def workbook(lang="id", by="addressee"):
    return openpyxl.load_workbook(io.BytesIO(recommendation_workbook(listed(lang, by))))


@cache
def annex(lang="id", by="addressee"):
    return docx.Document(io.BytesIO(recommendation_annex(listed(lang, by))))


def hostile(actions, **keys):
    """Check an agency with late actions, a unit of its own for each: a recommendation for each."""
    units = [{"id": f"u{n}", **unit} for n, unit in enumerate(actions)]
    rows = [
        {
            "id": f"{unit.get('nama') or n}",
            "unit": f"u{n}",
            "status": "belum",
            "tenggat": "2023-06-30",
        }
        for n, unit in enumerate(actions)
    ]
    return report_of({**BASE, "unit": units, "rencana_aksi": rows, **keys})


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def assert_sound(data):
    """Every part is XML that can be read, and no cell is a formula or an error."""
    for name, part in parts(data).items():
        if name.endswith((".xml", ".rels")):
            tree = ET.fromstring(part)
            assert not list(tree.iter(f"{MAIN}f")), name
            assert {c.get("t") for c in tree.iter(f"{MAIN}c")} <= {
                None,
                "s",
                "inlineStr",
                "n",
                "d",
            }, name
            assert "externalLink" not in name
            for relation in tree.iter():
                assert relation.get("TargetMode") != "External"


def rows_of(sheet):
    names = [cell.value for cell in sheet[HEADER_ROW]]
    rows = sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


# --- XLSX --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("by", ORDERS)
def test_every_recommendation_stands_once_in_the_first_sheet_and_once_in_the_others(lang, by):
    book = workbook(lang, by)
    everything, *groups, details, remarks = book.worksheets
    names = {key: label(f"matrix.sheet_{key}", lang) for key in ("all", "details", "notes")}
    assert [everything.title, details.title, remarks.title] == list(names.values())
    column = label("recommend.fingerprints", lang)
    wanted = Counter(" ".join(item.fingerprints) for item in listed(lang, by).items)
    assert set(wanted.values()) == {1}
    assert Counter(row[column] for row in rows_of(everything)) == wanted
    assert Counter(row[column] for sheet in groups for row in rows_of(sheet)) == wanted
    texts = [row[label("recommend.recommendation", lang)] for row in rows_of(everything)]
    assert texts == [item.text for item in listed(lang, by).items]
    found = [row[label("matrix.fingerprint", lang)] for row in rows_of(details)]
    assert sorted(found) == sorted(" ".join(wanted).split())


def test_sheets_are_named_for_the_officials_in_charge():
    leads = list(dict.fromkeys(item.addressee[0] for item in listed().items))
    titles = workbook().sheetnames[1:-2]
    assert len(titles) == len(leads)
    assert all(lead.startswith(title) for lead, title in zip(leads, titles, strict=True))
    assert workbook(by="priority").sheetnames[1:-2] == ["TINGGI", "SEDANG", "RENDAH"]
    assert "Perencanaan kinerja" in workbook(by="family").sheetnames


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_have_filter_frozen_header_page_and_choices(lang):
    for sheet in workbook(lang).worksheets[:-2]:
        last = HEADER_ROW + len(rows_of(sheet))
        assert sheet.auto_filter.ref.startswith(f"A{HEADER_ROW}:")
        assert sheet.auto_filter.ref.endswith(str(last))
        assert sheet.freeze_panes == f"C{HEADER_ROW + 1}"
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows == f"${HEADER_ROW}:${HEADER_ROW}"
        (validation,) = sheet.data_validations.dataValidation
        assert validation.type == "list"
        (column,) = [c for c in sheet[HEADER_ROW] if c.value == label("matrix.status", lang)]
        letter = column.column_letter
        first = f"{letter}{HEADER_ROW + 1}"
        assert str(validation.sqref) == (
            first if last == HEADER_ROW + 1 else f"{first}:{letter}{last}"
        )
        name, area = validation.formula1.rsplit("!", 1)
        chosen = workbook(lang)[name.strip("'")][area.replace("$", "")]
        assert tuple(cell.value for (cell,) in chosen) == plan_of(report(), lang).status


def test_what_others_fill_in_is_empty():
    keys = ("action", "status", "done_on", "link", "note")
    for row in rows_of(workbook().worksheets[0]):
        assert {row[label(f"matrix.{key}", "id")] for key in keys} == {None}


@pytest.mark.parametrize(("lang", "code"), [("id", "[$-421]"), ("en", "[$-809]")])
def test_deadlines_are_days(lang, code):
    sheet = workbook(lang).worksheets[0]
    (column,) = [c for c in sheet[HEADER_ROW] if c.value == label("recommend.deadline", lang)]
    cells = [row[0] for row in sheet.iter_rows(HEADER_ROW + 1, None, column.column, column.column)]
    assert [cell.value for cell in cells] == [
        datetime.combine(item.deadline, datetime.min.time()) for item in listed(lang).items
    ]
    assert {cell.number_format for cell in cells} == {f"{code}d mmm yyyy"}


def test_a_deadline_before_excels_calendar_is_a_text():
    checked = report_of(SAMPLE, as_of=date(2024, 2, 7))
    plan = plan_of(checked, "en", date(1066, 10, 14))
    book = openpyxl.load_workbook(
        io.BytesIO(recommendation_workbook(register(report_tree(checked, "en"), plan)))
    )
    assert "13 November 1066" in {row["Deadline"] for row in rows_of(book.worksheets[0])}


def test_points_are_a_column_where_any_are_told():
    assert label("recommend.points", "id") not in rows_of(workbook().worksheets[0])[0]
    first, second, *_ = listed().items
    words = {first.rule: "0,60 (spip menjadi 3,00)", second.rule: "bila 1,19"}
    told = with_points(listed(), words)
    data = recommendation_workbook(told)
    assert_sound(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = rows_of(book.worksheets[0])
    shown = [words.get(item.rule) for item in told.items]
    assert [row["Poin indeks"] for row in rows[: len(shown)]] == shown
    table = docx.Document(io.BytesIO(recommendation_annex(told))).tables[0]
    assert "Poin indeks" in [cell.text for cell in table.rows[0].cells]
    cells = [cell.text for row in table.rows for cell in row.cells]
    assert set(words.values()) <= set(cells)
    note = label("recommend.points_note", "id")
    assert note in list(notes(told))
    assert note not in list(notes(listed()))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("by", ORDERS)
def test_the_head_of_a_sheet_counts_what_stands_in_it(lang, by):
    everything, *groups, details, remarks = workbook(lang, by).worksheets
    whole = head_lines(listed(lang, by))
    assert {sheet["A3"].value for sheet in (everything, details, remarks)} == {whole[2]}
    parts = listed(lang, by).groups(group_name(listed(lang, by)))
    for sheet, (name, part) in zip(groups, parts, strict=True):
        found = sum(int(row[label("recommend.count", lang)]) for row in rows_of(sheet))
        about = label(
            "matrix.about",
            lang,
            as_of={"id": "7 Februari 2024", "en": "7 February 2024"}[lang],
            count=len(rows_of(sheet)),
            findings=found,
        )
        assert sheet["A3"].value == f"{group_heading(listed(lang, by))}: {name}. {about}"
        assert len(part) == len(rows_of(sheet))


@pytest.mark.parametrize("told", [{}, {"points"}, {"effort"}, {"points", "effort"}])
def test_the_columns_of_the_annex_fill_the_page_whatever_is_told(told):
    shown = listed("en")
    rule = shown.items[0].rule
    if "points" in told:
        shown = with_points(shown, {rule: "at most 1.00 (spip at 5)"})
    if "effort" in told:
        shown = with_efforts(shown, {rule: Effort("implementasi", Decimal(3))})
    table = docx.Document(io.BytesIO(recommendation_annex(shown))).tables[0]
    widths = [cell.width.mm for cell in table.rows[0].cells]
    assert sum(widths) == pytest.approx(273, abs=0.1)
    assert widths[0] == pytest.approx(9, abs=0.1)
    assert min(widths[1:]) > 15


def test_no_formula_in_any_list():
    for lang in LANGUAGES:
        assert_sound(recommendation_workbook(listed(lang)))
        assert_sound(recommendation_annex(listed(lang)))


def test_an_empty_list_is_a_workbook_and_an_annex_too():
    checked = report_of((ROOT / "samples" / "contoh-bersih.json").read_bytes())
    for lang in LANGUAGES:
        empty = list_of(checked, lang)
        book = openpyxl.load_workbook(io.BytesIO(recommendation_workbook(empty)))
        assert len(book.sheetnames) == 3
        assert book.worksheets[0].cell(HEADER_ROW + 1, 1).value == label("recommend.none", lang)
        assert not book.worksheets[0].data_validations.dataValidation
        document = docx.Document(io.BytesIO(recommendation_annex(empty)))
        assert label("recommend.none", lang) in [p.text for p in document.paragraphs]
        assert document.tables == []


def test_without_a_plan_there_is_no_choice_of_status():
    bare = register(report_tree(report(), "en"), NO_PLAN)
    book = openpyxl.load_workbook(io.BytesIO(recommendation_workbook(bare)))
    assert not any(sheet.data_validations.dataValidation for sheet in book.worksheets)
    assert docx.Document(io.BytesIO(recommendation_annex(bare))).tables


# --- DOCX --------------------------------------------------------------------------------------


def table_rows(table):
    """Return the rows but the header; a row that heads a part is one text."""
    found = [[cell.text for cell in row.cells] for row in table.rows[1:]]
    return [row[:1] if len(set(row)) == 1 else row for row in found]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_annex_has_its_title_and_the_page(lang):
    document = annex(lang)
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert texts[:4] == [
        {"id": "LAMPIRAN", "en": "ANNEX"}[lang],
        label("matrix.title", lang),
        f"{report().evaluation.nama}, 2023",
        label(
            "matrix.about",
            lang,
            as_of={"id": "7 Februari 2024", "en": "7 February 2024"}[lang],
            count=len(listed(lang).items),
            findings=sum(len(item.messages) for item in listed(lang).items),
        ),
    ]
    section = document.sections[0]
    assert section.orientation == WD_ORIENT.LANDSCAPE
    assert (section.page_width.mm, section.page_height.mm) == pytest.approx((297, 210), abs=0.1)
    assert document.core_properties.title == label("matrix.title", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_header_of_each_table_is_repeated_on_every_page(lang):
    for table in annex(lang).tables:
        marks = [
            row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None
            for row in table.rows
        ]
        assert marks == [True, *[False] * (len(marks) - 1)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("by", ORDERS)
def test_the_annex_holds_every_recommendation_once(lang, by):
    items = listed(lang, by).items
    rows = table_rows(annex(lang, by).tables[0])
    full = [row for row in rows if len(row) > 1]
    assert [row[0] for row in full] == [str(no) for no in range(1, len(items) + 1)]
    assert [row[3] for row in full] == [item.text for item in items]
    assert [row[4].split("\n") for row in full] == [list(item.addressee) for item in items]
    assert {row[-1] for row in full} == {row[-2] for row in full} == {""}
    heads = [row[0] for row in rows if len(row) == 1]
    assert len(heads) == len(set(heads)) == len(workbook(lang, by).sheetnames) - 3


def test_a_row_says_what_was_found_and_on_what_basis():
    (row,) = [
        r for r in table_rows(annex().tables[0]) if len(r) > 1 and r[1].startswith("SPIP-001")
    ]
    assert row[1].splitlines() == [
        "SPIP-001, TINGGI: Maturitas SPIP di bawah tingkat minimum",
        "Maturitas penyelenggaraan SPIP tahun 2023 bernilai 2,40, di bawah level minimum 3 (ambang rbrules).",
    ]
    assert row[2].splitlines() == [
        "Peraturan BPKP 5/2021, Tabel II.4 (belum diverifikasi)",
        "ambang atau cara uji ditetapkan rbrules, bukan peraturan",
    ]
    assert row[5] == "8 Maret 2024"


def test_findings_that_the_matrix_leaves_out_stand_in_the_details():
    numbered = [(no, i) for no, i in enumerate(listed().items, 1) if len(i.messages) > SHOWN]
    assert numbered
    assert table_rows(annex().tables[1]) == [
        [str(no), item.rule, subject, message]
        for no, item in numbered
        for subject, message in zip(item.subjects, item.messages, strict=True)
    ]


def paragraph_text(paragraph):
    return "".join(run.text or "" for run in paragraph.iter(qn("w:t")))


def test_documents_hold_all_that_the_list_has():
    found = with_points(listed(), {item.rule: "0,10" for item in listed().items})
    book = openpyxl.load_workbook(io.BytesIO(recommendation_workbook(found)))
    held = docx.Document(io.BytesIO(recommendation_annex(found)))
    sheet = {str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row}
    paragraphs = {paragraph_text(p) for p in held.element.body.iter(qn("w:p"))}
    for item in found.items:
        assert {item.text, item.evidence, item.points} <= sheet & paragraphs
        assert day(item.deadline, "id") in paragraphs
        assert str(item.deadline) in {cell.partition(" ")[0] for cell in sheet}
        assert any(item.rule in text and item.title in text for text in paragraphs)
        assert bases(item.found[0], "id")[0] in paragraphs
        assert any(bases(item.found[0], "id")[0] in cell for cell in sheet)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_notes_say_whose_the_deadlines_are(lang):
    text = "\n".join(paragraph.text for paragraph in annex(lang).paragraphs)
    assert {
        "id": "TINGGI 30 hari (ditetapkan rbrules, bukan peraturan)",
        "en": "HIGH 30 days (set by rbrules, not by a regulation)",
    }[lang] in text
    listed_notes = [row[0].value for row in workbook(lang).worksheets[-1].iter_rows()]
    assert any(note and note in text for note in listed_notes)


def test_the_notes_say_what_is_left_out():
    chosen = replace(report(), only=("PK-001",), skip=("TGT-002",))
    tree = report_tree(chosen, "en")
    tree["summary"]["waived"] = 2
    found = list(notes(register(tree, plan_of(chosen, "en"))))
    assert any("--only PK-001 --skip TGT-002" in note for note in found)
    assert "2 waived findings are left out." in found
    assert not any("--only" in note or "waived" in note for note in notes(listed("en")))


# --- equal input, equal bytes ------------------------------------------------------------------


@pytest.mark.parametrize("render", [recommendation_workbook, recommendation_annex])
def test_equal_lists_give_equal_bytes(render, monkeypatch):
    first = render(list_of(report()))
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 1, 2, 3, 4, 5, 0, 1, 0))
    second = render(list_of(report_of(SAMPLE, name="contoh-temuan.json")))
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    core = parts(first)["docProps/core.xml"].decode()
    stamps = re.findall(r"<dcterms:(created|modified)[^>]*>([^<]*)<", core)
    assert sorted(stamps) == [
        ("created", "2024-02-07T00:00:00Z"),
        ("modified", "2024-02-07T00:00:00Z"),
    ]
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_settling_twice_changes_nothing():
    data = recommendation_workbook(listed())
    assert settled(data, AS_OF) == data


# --- hostile texts -----------------------------------------------------------------------------

STARTS = ("=", "+", "-", "@", "\t=", " =", "\n=", "\r@", "\u00a0=")


def test_no_cell_is_a_formula():
    checked = hostile([{"nama": f"{s}cmd|' /C calc'!A0", "kepala": f"{s}1+1"} for s in STARTS])
    for lang in LANGUAGES:
        data = recommendation_workbook(list_of(checked, lang))
        assert_sound(data)
        book = openpyxl.load_workbook(io.BytesIO(data))
        values = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
        texts = [value for value in values if isinstance(value, str)]
        assert [t for t in texts if t.lstrip().startswith(("=", "+", "-", "@"))] == []
        assert sum(t.startswith("'=1+1") for t in texts) >= 2
        assert_sound(recommendation_annex(list_of(checked, lang)))


@pytest.mark.parametrize("word", ["#REF!", "#N/A", "TRUE", "1E5", "2024-01-01", "_x0041_", "%"])
def test_a_text_stays_a_text(word):
    checked = hostile([{"nama": "Dinas", "kepala": word}])
    book = openpyxl.load_workbook(io.BytesIO(recommendation_workbook(list_of(checked, "en"))))
    (row,) = [r for r in rows_of(book.worksheets[0]) if r["Rule"] == "RA-001"]
    assert row["Addressee"].partition(";")[0] == word.replace("_x0041_", "_x005F_x0041_")


def test_control_characters_and_direction_marks_are_shown_not_obeyed():
    name = "Dinas \x00\x07\x1b[31m\x0b\u202eevil\u200f\ufffe\uffff\u2028 X"
    checked = hostile([{"nama": name, "kepala": name}], instansi={**BASE["instansi"], "nama": name})
    for lang in LANGUAGES:
        for data in (
            recommendation_workbook(list_of(checked, lang)),
            recommendation_annex(list_of(checked, lang)),
        ):
            assert_sound(data)
            text = b"".join(parts(data).values()).decode("utf-8", "replace")
            assert "\\u202e" in text
            assert "\\uffff" in text
        assert not re.search("[\u202e\u200f\ufffe\uffff\u2028\x1b]", clean(name))


def test_names_of_sheets_are_such_as_excel_takes():
    names = [
        "Dinas [A]/B\\C:D*E?F",
        "Dinas A B C D E F",
        "'Dinas kutip'",
        "History",
        "semua",
        "Keterangan",
        "[]:*?/\\",
        "\U0001f600" * 40,
        "x" * 10_000,
        "X" * 31 + "beda",
        "=1+1",
    ]
    checked = hostile([{"nama": name, "kepala": name} for name in names])
    data = recommendation_workbook(list_of(checked))
    assert_sound(data)
    titles = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert (
        len({title.casefold() for title in titles}) == len(titles) == len(names) + 4
    )  # and the Bupati's
    for title in titles:
        assert 1 <= len(title.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]", title)
        assert not title.startswith("'")
        assert not title.endswith("'")
    assert "history" not in {title.casefold() for title in titles}
    assert titles[0] == "Semua"
    assert titles[-1] == "Keterangan"


def test_a_long_name_does_no_harm():
    name = "Dinas " + "n" * 9_990
    checked = hostile([{"nama": name, "kepala": name}], instansi={**BASE["instansi"], "nama": name})
    data = recommendation_workbook(list_of(checked))
    assert_sound(data)
    book = openpyxl.load_workbook(io.BytesIO(data))
    for sheet in book:
        assert all(len(str(c.value or "")) <= 32_767 for row in sheet.iter_rows() for c in row)
        assert all((d.height or 0) <= 409 for d in sheet.row_dimensions.values())
    document = docx.Document(io.BytesIO(recommendation_annex(list_of(checked))))
    assert document.tables
    assert len(document.core_properties.title) < 255


def test_very_many_officials_share_the_last_sheet(monkeypatch):
    monkeypatch.setattr("rbrules.report.workbook.MOST_SHEETS", 5)
    checked = hostile([{"nama": f"Dinas {n}", "kepala": f"Kepala {n:04}"} for n in range(25)])
    found = list_of(checked)
    book = openpyxl.load_workbook(io.BytesIO(recommendation_workbook(found)))
    assert len(book.sheetnames) == 1 + 5 + 1 + 2
    assert book.sheetnames[-3] == "Lainnya"
    listed_once = Counter(r["Sidik"] for sheet in book.worksheets[1:-2] for r in rows_of(sheet))
    assert listed_once == Counter(" ".join(item.fingerprints) for item in found.items)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40),
        min_size=1,
        max_size=4,
        unique_by=str.strip,
    )
)
def test_any_names(names):
    checked = hostile([{"nama": name, "kepala": name} for name in names])
    found = list_of(checked)
    data = recommendation_workbook(found)
    assert_sound(data)
    assert len(rows_of(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0])) == len(found.items)
    data = recommendation_annex(found)
    assert_sound(data)
    rows = table_rows(docx.Document(io.BytesIO(data)).tables[0])
    assert sum(len(row) > 1 for row in rows) == len(found.items)
