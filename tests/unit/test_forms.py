"""Forms in Excel: what is read from cells, and every problem by sheet and cell."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from datetime import datetime as moment
from decimal import Decimal
from functools import cache

import openpyxl
import pytest
from openpyxl.styles import Font

from rbrules.engine.python import PythonEngine
from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.form import archive
from rbrules.form.cells import Cell, Fault, Reader
from rbrules.form.fill import fill_form
from rbrules.form.intake import evaluation_of
from rbrules.form.layout import SHEETS, columns_of, fields_of, plan_of
from rbrules.form.planning_csv import with_planning
from rbrules.form.shape import KEY_CELL, REST, shape_at, tokens_of
from rbrules.form.words import note, word
from rbrules.form.workbook import form_workbook, read_grids
from rbrules.pipeline import check
from rbrules.validate import words_of
from tests.shared import AS_OF, BASE, LANGUAGES, SAMPLES, document_of, shipped_rulebook

RULEBOOK = shipped_rulebook()
KEY_ROW, FIRST = 5, 7
GROUPS = words_of("instansi", "kelompok")


@cache
def template_bytes(kelompok="kabupaten", tahun=2023, lang="id"):
    tree = {"versi": 1, "instansi": {"kelompok": kelompok}, "tahun": tahun}
    plan = plan_of(tree, RULEBOOK, lang)
    return form_workbook(fill_form(tree, plan), plan)


class Filled:
    """A template that is filled in by hand, cell by cell."""

    def __init__(self, **options):
        self.book = openpyxl.load_workbook(io.BytesIO(template_bytes(**options)))
        self.book["Instansi" if options.get("lang", "id") == "id" else "Agency"]["C4"] = "Contoh"

    def cell(self, sheet, key, row=FIRST):
        """Return the cell of a key in a row, counted from the first row of the table."""
        page = self.book[sheet]
        for column in range(2, page.max_column + 1):
            if str(page.cell(KEY_ROW, column).value).endswith(key):
                return page.cell(row, column)
        raise KeyError(key)

    def put(self, sheet, row=FIRST, **values):
        for key, value in values.items():
            cell = self.cell(sheet, "/" + key.replace("__", "/"), row)
            cell.value = value
            if isinstance(value, str) and not value.startswith("=SUM"):
                cell.data_type = "s"
        return self

    def bytes(self):
        stream = io.BytesIO()
        self.book.save(stream)
        return stream.getvalue()

    def read(self):
        data = self.bytes()
        return evaluation_of(read_grids(data, "isian.xlsx"), data, "isian.xlsx", RULEBOOK)

    def problems(self):
        with pytest.raises(InputError) as caught:
            self.read()
        return [(problem.cell, problem.found, str(problem)) for problem in caught.value.problems]

    def only_problem(self):
        (problem,) = self.problems()
        return problem


# --- one cell ------------------------------------------------------------------------------------

NUMBER = ("indikator", "*", "nilai")
SERIES = ("kinerja", "*", "renstra", "2023")
RESULT = ("kinerja", "*", "realisasi", "2023")
DATE = ("rekomendasi", "*", "tenggat")
TRUTH = ("kinerja", "*", "iku")
SIGNED = ("dokumen", "sotk", "ditandatangani")
LIST = ("kinerja", "*", "bukti", "2023")
WORDS = ("kinerja", "*", "dimuat")
YEAR = ("tahun",)
TEXT = ("catatan",)
WORD = ("kinerja", "*", "arah")


@pytest.mark.parametrize(
    ("tokens", "cell", "value"),
    [
        (NUMBER, Cell(71.38), "71.38"),
        (NUMBER, Cell(71), "71"),
        (NUMBER, Cell(65.0, decimals=2), "65.00"),
        (NUMBER, Cell(71.384, decimals=2), "71.384"),
        (NUMBER, Cell(0.1 + 0.2), "0.3"),
        (NUMBER, Cell(0.85, is_percent=True), "85"),
        (NUMBER, Cell(0.855, is_percent=True, decimals=2), "85.50"),
        (NUMBER, Cell(1, is_percent=True), "100"),
        (NUMBER, Cell("71,38"), "71.38"),
        (NUMBER, Cell(" 71,380 "), "71.380"),
        (NUMBER, Cell("71.38"), "71.38"),
        (NUMBER, Cell("1.234,5"), "1234.5"),
        (NUMBER, Cell("1.234.567"), "1234567"),
        (NUMBER, Cell("1,234.5"), "1234.5"),
        (NUMBER, Cell("1,234"), "1.234"),
        (NUMBER, Cell("0.234"), "0.234"),
        (NUMBER, Cell("1234.567"), "1234.567"),
        (NUMBER, Cell("85,5 %"), "85.5"),
        (NUMBER, Cell("\u22120,5"), "-0.5"),
        (("kinerja", "*", "anggaran", "2023"), Cell("Rp 1.250.000.000"), "1250000000"),
        (YEAR, Cell("2023"), "2023"),
        (YEAR, Cell(2023.0), "2023"),
        (NUMBER, Cell("  "), None),
        (NUMBER, Cell("json:71.380"), "71.380"),
    ],
)
def test_numbers(tokens, cell, value):
    found = Reader().read(cell, shape_at(tokens))
    assert (None if found is None else str(found)) == value


@pytest.mark.parametrize(
    ("tokens", "raw", "value"),
    [
        (SERIES, "26 s.d. 30", [26, 30]),
        (SERIES, "26,5 - 30", [Decimal("26.5"), 30]),
        (SERIES, "-5 sampai -2", [-5, -2]),
        (SERIES, "26 to 30", [26, 30]),
        (SERIES, "WTP", "WTP"),
        (DATE, moment(2024, 2, 7), "2024-02-07"),
        (DATE, date(2024, 2, 7), "2024-02-07"),
        (DATE, "2024-02-07", "2024-02-07"),
        (DATE, "7 Februari 2024", "2024-02-07"),
        (DATE, "07/02/2024", "2024-02-07"),
        (DATE, "13-2-2024", "2024-02-13"),
        (TRUTH, "Ya", True),
        (TRUTH, "TIDAK", False),
        (TRUTH, "yes", True),
        (TRUTH, True, True),
        (SIGNED, "ya", True),
        (SIGNED, moment(2024, 2, 7), "2024-02-07"),
        (LIST, "a\nb; c", ["a", "b; c"]),
        (LIST, "tidak ada", []),
        (LIST, "none", []),
        (WORDS, "Renstra; iku, lkjip", ["renstra", "iku", "lkjip"]),
        (WORD, "NAIK", "naik"),
        (TEXT, 60, "60"),
        (TEXT, "=1+1", "=1+1"),
        (("tema", "*", "indikator_dampak"), "Tidak ada", {}),
    ],
)
def test_what_a_cell_says(tokens, raw, value):
    assert Reader().read(Cell(raw), shape_at(tokens)) == value


@pytest.mark.parametrize(
    ("tokens", "raw", "words"),
    [
        (NUMBER, "1.234", "one way only"),
        (NUMBER, "abc", "a number"),
        (NUMBER, "-", "a number"),
        (NUMBER, True, "a number"),
        (NUMBER, moment(2024, 12, 10), "a number"),
        (NUMBER, 1e300, "digits"),
        (SERIES, moment(2024, 12, 10), "a range such as"),
        (SERIES, "1.234 s.d. 5", "one way only"),
        (DATE, 45329, "a date"),
        (DATE, "31/02/2024", "a date"),
        (DATE, "besok", "a date"),
        (TEXT, moment(2024, 12, 10), "a text"),
        (TEXT, 1.5, "a text"),
        (TRUTH, 1, "ya or tidak"),
        (("rekomendasi",), "x", "tidak ada"),
        (NUMBER, "json:{", "key"),
        (NUMBER, "json:@7", "number of a text"),
    ],
)
def test_what_a_cell_cannot_say(tokens, raw, words):
    found = Reader().read(Cell(raw), shape_at(tokens))
    assert isinstance(found, Fault)
    assert words in found.expected


def test_percent_is_refused_where_no_share_can_stand():
    fault = Reader().read(Cell(20.23, is_percent=True), shape_at(YEAR))
    assert isinstance(fault, Fault)


def test_in_a_file_with_commas_between_columns_decimals_have_a_dot():
    read = Reader(".").read
    assert str(read(Cell("1.234"), shape_at(NUMBER))) == "1.234"
    assert isinstance(read(Cell("1,234"), shape_at(NUMBER)), Fault)


# --- templates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tahun", [2021, 2023, 2024])
@pytest.mark.parametrize("kelompok", GROUPS)
def test_a_template_with_a_name_is_an_evaluation(kelompok, tahun):
    tree = Filled(kelompok=kelompok, tahun=tahun).read()
    nothing = {"versi": 1, "instansi": {"nama": "Contoh", "kelompok": kelompok}, "tahun": tahun}
    assert tree == nothing


@pytest.mark.parametrize("kelompok", ["kementerian", "kabupaten"])
def test_a_template_has_every_line_with_its_range(kelompok):
    book = openpyxl.load_workbook(io.BytesIO(template_bytes(kelompok, 2023)))
    instrument = RULEBOOK.instrument("indeks_rb", kelompok, date(2023, 12, 31))
    specs = instrument.set_for(kelompok).lines
    rows = [[c.value for c in row[1:5]] for row in book["Indikator"].iter_rows(min_row=FIRST)]
    shown = {row[0]: row[1:] for row in rows if row[0]}
    assert list(shown) == [spec.kode for spec in specs]
    for spec in specs:
        name, range_, bobot = shown[spec.kode]
        assert name == RULEBOOK.vocabulary.lines[spec.kode].nama.id
        (scale,) = spec.ranges
        known = scale.min is not None and scale.maks is not None
        assert range_ == (f"{scale.min} s.d. {scale.maks}" if known else None)
        assert bobot == (None if spec.bobot is None else str(spec.bobot))


def test_a_value_outside_its_range_is_warned_of_and_no_more():
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    rules = [v for v in book["Indikator"].data_validations.dataValidation if v.type == "decimal"]
    ranges = [(v.formula1, v.formula2) for v in rules if v.errorStyle == "warning"]
    assert ("0", "100") in ranges
    tree = Filled().put("Indikator", row=13, nilai=140).read()
    assert tree["indikator"] == [{"kode": "sakip", "nilai": 140}]


def test_headers_are_locked_and_cells_to_fill_in_are_not():
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    for sheet in book.worksheets[1:]:
        if sheet.sheet_state == "hidden":
            continue
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        assert sheet.column_dimensions["A"].hidden
        assert sheet.page_setup.orientation == "landscape"
        if sheet.cell(KEY_ROW, 1).value == "#":
            assert sheet.row_dimensions[KEY_ROW].hidden
            assert sheet.cell(6, 2).protection.locked
            assert not sheet.column_dimensions["B"].protection.locked
            assert sheet.freeze_panes


def test_words_of_a_list_can_be_chosen():
    book = openpyxl.load_workbook(io.BytesIO(template_bytes()))
    kinerja = {v.formula1 for v in book["Kinerja"].data_validations.dataValidation}
    assert {'"naik,turun,rentang"', '"ya,tidak"', "'Unit dan dokumen'!$B$7:$B$5000"} <= kinerja
    actions = {v.formula1 for v in book["Rencana aksi"].data_validations.dataValidation}
    (formula,) = [f for f in actions if "_pilihan" in f]
    listed = [row[0].value for row in book["_pilihan"][formula.partition("!")[2].replace("$", "")]]
    assert {"spip", "kemiskinan"} <= set(listed)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_sheet_and_column_has_a_name_and_a_note(sheet, lang):
    tree = {**BASE, "hasil_terbit": {"komponen": {"x": 1}}, "riwayat": [{"komponen": {"x": 1}}]}
    plan = plan_of(tree, RULEBOOK, lang)
    assert len(word(f"sheet.{sheet.name}", lang)) <= 31
    assert word(f"about.{sheet.name}", lang)
    columns = [*(columns_of(sheet, plan) if sheet.base else ()), *fields_of(sheet, plan)]
    for column in columns:
        assert column.title
        if column.key and column.tokens[-1] not in {REST, KEY_CELL}:
            assert note(column.tokens, lang) or column.key in {"/versi", sheet.section}
            own = column.tokens[-1].isdecimal() or column.tokens[-1] == "x"
            assert own or column.title != column.tokens[-1] or column.key == sheet.section


def schema_leaves(tokens=()):
    """Yield the key of every value that the schema allows, lists and maps by their wildcards."""
    shape = shape_at(tokens)
    if not shape.is_inner:
        yield tokens
        return
    if "object" in shape.types and shape.keys:
        for key in shape.keys:
            yield from schema_leaves((*tokens, key))
    else:
        yield from schema_leaves((*tokens, "?" if "object" in shape.types else "*"))


def test_every_key_of_the_schema_has_a_column_or_field():
    def general(tokens):
        tokens = ["*" if t == "=" or (t.isdecimal() and len(t) < 4) else t for t in tokens]
        return tuple("?" if t.isdecimal() or t == "x" else t for t in tokens)

    tree = {**BASE, "hasil_terbit": {"komponen": {"x": 1}}, "riwayat": [{"komponen": {"x": 1}}]}
    plan = plan_of(tree, RULEBOOK, "id")
    keys = set()
    for sheet in SHEETS:
        columns = [*(columns_of(sheet, plan) if sheet.base else ()), *fields_of(sheet, plan)]
        keys |= {general(column.tokens) for column in columns if column.key}
    documents = {("dokumen", "?", part) for part in ("ada", "nomor", "tanggal")}
    assert documents <= keys
    wanted = {t for t in schema_leaves() if t[0] != "dokumen"}
    assert {t for t in wanted if t not in keys} == set()


# --- rows and sheets -----------------------------------------------------------------------------


def test_a_filled_form_is_read():
    form = Filled()
    form.put("Unit dan dokumen", id="dinkes", nama="Dinas Kesehatan", dokumen__renja__ada="tidak")
    form.put("Kinerja", id="K1", unit="dinkes", arah="naik", renstra__2023=71.7)
    form.put("Kinerja", row=9, id="K2", induk="K1", triwulan__2023__1=5)
    form.put("Realisasi lain", id="K1", **{"realisasi_lain__@": 2023})
    form.put("Realisasi lain", dokumen="LKjIP", nilai=71.5)
    form.put("Nilai tema", nilai=70)
    form.put("Kriteria SAKIP", row=8, terpenuhi="ya")
    form.book["Rekomendasi"]["C3"] = "tidak ada"
    form.put("Dokumen instansi", ada="ya")
    tree = form.read()
    assert tree["unit"] == [
        {"id": "dinkes", "nama": "Dinas Kesehatan", "dokumen": {"renja": {"ada": False}}}
    ]
    assert tree["kinerja"][0]["realisasi_lain"] == {
        "2023": [{"dokumen": "LKjIP", "nilai": Decimal("71.5")}]
    }
    assert tree["kinerja"][1] == {
        "id": "K2", "induk": "K1", "triwulan": {"2023": [None, 5, None, None]}
    }  # fmt: skip
    # A prepared row is there once a row of another sheet names it.
    assert tree["tema"] == [
        {"kode": "kemiskinan", "lines": [{"kode": "rencana_aksi", "nilai": 70}]}
    ]
    (component,) = tree["sakip"]["komponen"]
    assert component["kode"] == "perencanaan"
    assert component["sub"][0]["kriteria"] == [{"kode": "1a.2", "terpenuhi": True}]
    assert tree["rekomendasi"] == []
    assert tree["dokumen"] == {"peta_jalan_rb": {"ada": True}}
    assert read_evaluation(document_of(tree), RULEBOOK).nama == "Contoh"


def test_a_form_in_english_is_the_same_form():
    form = Filled(lang="en").put("Planning indicators", id="K1", iku="yes", bukti__2023="none")
    assert form.read()["kinerja"] == [{"id": "K1", "iku": True, "bukti": {"2023": []}}]


def test_sheets_may_be_renamed_moved_and_added():
    form = Filled().put("Kinerja", id="K1")
    form.book["Kinerja"].title = "IKU kami"
    form.book.move_sheet("IKU kami", -5)
    own = form.book.create_sheet("Catatan saya", 0)
    own["A1"], own["B2"] = "/tidak/dibaca", "=1+1"
    assert form.read()["kinerja"] == [{"id": "K1"}]


def test_all_problems_are_named_by_sheet_and_cell_at_once():
    form = Filled()
    form.put("Indikator", nilai="tujuh", status="dinilaii")
    form.put("Kinerja", id="K1", unit="dinke", arah="naikk", renstra__2023="71.380")
    form.put("Kinerja", row=8, nama="Tanpa id")
    form.put("Kinerja", row=9, id="K3", induk="K9")
    form.put("Unit dan dokumen", id="dinkes")
    form.put("Rekomendasi", id="R", tenggat="besok")
    found = {cell: text for cell, _, text in form.problems()}
    assert {cell.partition("!")[0] for cell in found} == {"Indikator", "Kinerja", "Rekomendasi"}
    assert 'isian.xlsx: Indikator!F7: found "tujuh"; expected a number' in found["Indikator!F7"]
    kinerja = {cell: text for cell, text in found.items() if cell.startswith("Kinerja")}
    assert "Did you mean naik?" in kinerja["Kinerja!I7"]
    assert 'found no key "id"' in kinerja["Kinerja!B8"]
    assert len(found) == 6  # how K1 and K3 fit to others is asked when rows can be read


def test_what_does_not_fit_together_is_named_by_its_cell():
    form = Filled().put("Unit dan dokumen", id="dinkes").put("Kinerja", id="K1", unit="dinke")
    form.put("Kinerja", row=8, id="K1").put("Kinerja", row=9, id="K3", induk="K9")
    texts = [text for _, _, text in form.problems()]
    assert "Kinerja!C7" in texts[0]
    assert "Did you mean dinkes?" in texts[0]
    assert 'found "K1", which stands at Kinerja!B7 already' in texts[1]
    assert "isian.xlsx: Kinerja!S9" in texts[2] or "K9" in texts[2]


@pytest.mark.parametrize(
    ("sheet", "values", "words"),
    [
        ("Perubahan IKU", {"id": "x", "alasan": "ya"}, "a row of unit"),
        ("Perubahan IKU", {"alasan": "ya"}, "what this row is about"),
        (
            "Nilai tema",
            {"nilai": 1, "tema/=/kode": "xx"},
            "a row of tema",
        ),
        ("Dokumen instansi", {"dokumen__@": "sotkk", "ada": "ya"}, "Did you mean sotk?"),
    ],
)
def test_a_row_has_to_say_what_it_is_about(sheet, values, words):
    assert words in Filled().put(sheet, **values).only_problem()[2]


def test_none_is_no_statement_where_there_is_something():
    form = Filled().put("Kinerja", id="K1")
    form.book["Kinerja"]["C3"] = "tidak ada"
    assert form.only_problem()[0] == "Kinerja!C3"


def test_formulas_are_read_as_values_that_were_stored():
    form = Filled()
    cell = form.cell("Indikator", "/nilai")
    cell.value = "=SUM(1,2)"
    cell_name, found, text = form.only_problem()
    assert (cell_name, found) == ("Indikator!F7", "a formula without a stored result")
    assert "save it there" in text
    data = form.bytes()
    for stored, mark, value in ((b"<v>3</v>", b"", 3), (b"<v></v>", b' t="str"', None)):
        altered = with_part(data, b"<v></v>", stored, b'<c r="F7"', b'<c r="F7"' + mark)
        tree = evaluation_of(read_grids(altered, "x"), altered, "x", RULEBOOK)
        assert tree.get("indikator") == ([{"kode": "renaksi", "nilai": 3}] if value else None)


def with_part(data, *pairs, part="xl/worksheets/sheet3.xml"):
    """Return a workbook with words of one part replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for before, after in zip(pairs[::2], pairs[1::2], strict=True):
                    text = text.replace(b"<v/>", b"<v></v>").replace(before, after)
            new.writestr(name, text)
    return stream.getvalue()


def test_error_values_are_problems():
    form = Filled()
    cell = form.cell("Kinerja", "/nama")
    form.put("Kinerja", id="K1")
    cell.value = "#REF!"
    assert form.only_problem()[:2] == (f"Kinerja!{cell.coordinate}", "the error #REF!")


def test_merged_cells_to_fill_in_are_problems_and_merged_headers_are_none():
    form = Filled().put("Kinerja", id="K1", unit="a").put("Kinerja", row=8, id="K2")
    form.book["Kinerja"].merge_cells("C7:C8")
    cell, found, _ = form.only_problem()
    assert (cell, found) == ("Kinerja!C7", "the merged cells C7:C8")


def test_values_beside_the_form_are_not_lost_unseen():
    form = Filled()
    form.book["Kinerja"]["CZ9"] = "catatan saya"
    assert form.only_problem()[0] == "Kinerja!CZ9"


def test_dates_and_percents_of_excel():
    form = Filled().put("Kinerja", id="K1", satuan="persen", renstra__2023=0.85)
    form.cell("Kinerja", "/renstra/2023").number_format = "0.0%"
    form.put("Rekomendasi", id="R", tenggat=date(2024, 2, 7))
    tree = form.read()
    assert str(tree["kinerja"][0]["renstra"]["2023"]) == "85.0"
    assert tree["rekomendasi"][0]["tenggat"] == "2024-02-07"


# --- what is no form -----------------------------------------------------------------------------


def refused(data, name="isian.xlsx"):
    with pytest.raises(InputError) as caught:
        evaluation_of(read_grids(data, name), data, name, RULEBOOK)
    (problem,) = caught.value.problems
    return problem


def zipped(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def with_file(name, content=b"x"):
    stream = io.BytesIO(template_bytes())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return stream.getvalue()


SMALL = {"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}
MACRO = {**SMALL, "[Content_Types].xml": b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "what is no workbook"),
        (b"nama;nilai", "what is no workbook"),
        (b"PK\x03\x04rusak", "a damaged workbook"),
        (template_bytes()[:5000], "a damaged workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "an old workbook"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "with a password"),
        (zipped(a=b""), "no workbook"),
        (zipped(mimetype=b"application/vnd.oasis"), "an OpenDocument file"),
        (zipped(**SMALL), "cannot be read"),
        (zipped(**SMALL, **{"xl/workbook.bin": b""}), "a binary workbook"),
        (zipped(**MACRO), "with macros"),
        (with_file("xl/vbaProject.bin"), "with macros"),
        (with_file("xl/x.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]>"), "a declaration of entities"),
        (with_file("xl/x.xml", b"\0" * (archive.MAX_UNPACKED + 1)), "when unpacked"),
        (with_file("xl/worksheets/x.xml", b"<c r=" * (archive.MAX_CELLS + 1)), "cells"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_form_is_refused_with_the_reason(data, words):
    problem = refused(data)
    assert words in problem.found
    assert "XLSX" in problem.expected


def test_a_workbook_that_is_no_form_is_refused():
    book = openpyxl.Workbook()
    book.active["A1"] = "/instansi/nama"
    stream = io.BytesIO()
    book.save(stream)
    assert "rbrules template" in refused(stream.getvalue()).hint


def test_a_cell_at_the_far_corner_costs_nothing():
    form = Filled()
    form.book["Kinerja"]["XFD1048576"].font = Font(bold=True)
    assert form.read()["tahun"] == 2023


# --- hostile texts -------------------------------------------------------------------------------

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\x00\x1b[31m", "\u202egnp\u200f", "x" * 10_000, "'a"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_names_do_no_harm(text):
    tree = {
        **BASE,
        "instansi": {"nama": text, "kelompok": "kabupaten"},
        "unit": [{"id": text, "nama": text}],
        "kinerja": [{"id": "K", "unit": text, "nama": text, "bukti": {"2023": [text, text]}}],
    }
    plan = plan_of(tree, RULEBOOK, "id")
    data = form_workbook(fill_form(tree, plan), plan)
    assert evaluation_of(read_grids(data, "x"), data, "x", RULEBOOK) == tree
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d"}
                if isinstance(cell.value, str):
                    assert not set(cell.value) & set("\x00\x1b\u202e\u200f")
                    is_formula = cell.value.startswith(("=", "+", "-", "@")) and len(cell.value) > 1
                    assert cell.quotePrefix or not is_formula


def test_equal_evaluations_give_equal_bytes():
    tree = {"versi": 1, "instansi": {"kelompok": "kabupaten"}, "tahun": 2023}
    plan = plan_of(tree, RULEBOOK, "id")
    assert form_workbook(fill_form(tree, plan), plan) == template_bytes()


def test_an_imported_sample_has_the_report_of_the_sample():
    (path,) = [path for path in SAMPLES if path.stem == "contoh-temuan"]
    from rbrules.load.json_reader import load_json

    tree = load_json(path.read_bytes(), path.name).tree
    plan = plan_of(tree, RULEBOOK, "id")
    data = form_workbook(fill_form(tree, plan), plan)
    got = evaluation_of(read_grids(data, "x"), data, "x", RULEBOOK)

    def verdicts(evaluation):
        report = check(RULEBOOK, evaluation, as_of=AS_OF, engine=PythonEngine())
        index = report.index
        return index.nilai, [(o.rule.id, o.subject.id, o.verdict) for o in report.outcomes]

    before = verdicts(read_evaluation(document_of(tree), RULEBOOK))
    assert verdicts(read_evaluation(document_of(got), RULEBOOK)) == before


# --- planning indicators as CSV ------------------------------------------------------------------

KNOWN = {**BASE, "kinerja": [{"id": "K1", "nama": "Lama", "renstra": {"2022": 1, "2023": 2}}]}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffid;renstra/2023;nama\r\nK1;2,50;\r\nK2;;Baru\r\n",
        'id,renstra/2023,nama\nK1,2.50,\nK2,,"Baru"\n',
        "id\trenstra/2023\tnama\nK1\t2,50\nK2\t\tBaru\n\n",
    ],
)
def test_rows_change_what_they_give_and_add_what_is_new(text):
    tree = with_planning(KNOWN, text.encode(), "k.csv", RULEBOOK)
    first, second = tree["kinerja"]
    assert first["nama"] == "Lama"
    assert {y: str(v) for y, v in first["renstra"].items()} == {"2022": "1", "2023": "2.50"}
    assert second == {"id": "K2", "nama": "Baru"}
    assert KNOWN["kinerja"][0]["renstra"]["2023"] == 2


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("nama\nx\n", "A1", "no column id"),
        ("id;namaa\nK1;x\n", "B1", "Did you mean nama?"),
        ("id;renstra/2023\nK1;1.234\n", "B2", "one way only"),
        ("id;arah\nK1;naikk\n", "B2", "Did you mean naik?"),
        ("id;id\nK1;K2\n", "B1", "each key once"),
        ("id;nama\n;x\n", "A2", 'no key "id"'),
        ("id;nama\nK1;x;y\n", "C2", "not of the form"),
        ("id;nama\nK9;x\nK9;y\n", "A3", "already"),
        ("id;induk\nK2;K7\n", "B2", "the id of another planning indicator"),
        ("", "A1", "no column id"),
    ],
)
def test_problems_of_a_csv_file_are_named_by_cell(text, place, words):
    with pytest.raises(InputError) as caught:
        with_planning(KNOWN, text.encode(), "k.csv", RULEBOOK)
    (problem,) = caught.value.problems
    assert (problem.file, problem.cell) == ("k.csv", place)
    assert words in str(problem)


def test_keys_are_cut_into_tokens():
    assert tokens_of("/pejabat/a~1b/~0") == ("pejabat", "a/b", "~")
