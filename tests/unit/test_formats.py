"""Every format of a report: complete in both languages, valid by its standard, harmless."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import docx
import jsonschema
import openpyxl
import pytest
from lxml import etree
from markdown_it import MarkdownIt

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.pipeline import check
from rbrules.report.about import about
from rbrules.report.csv import report_csv
from rbrules.report.docx import report_docx
from rbrules.report.github import report_github
from rbrules.report.json_text import json_text
from rbrules.report.junit import report_junit
from rbrules.report.matrix import clean
from rbrules.report.md import report_md
from rbrules.report.phrases import message_words
from rbrules.report.places import places_of
from rbrules.report.rows import OUTCOME
from rbrules.report.sarif import FINGERPRINT, report_sarif
from rbrules.report.sheets import HEADER_ROW
from rbrules.report.table import report_table
from rbrules.report.tree import report_tree
from rbrules.report.words import label, number
from rbrules.report.xlsx import report_xlsx
from tests.shared import (
    AS_OF,
    BASE,
    LANGUAGES,
    ROOT,
    SAMPLES,
    assert_valid_report,
    dump,
    shipped_rulebook,
)
from tests.unit.test_documents import assert_sound

if TYPE_CHECKING:
    from rbrules.model import Tree

STANDARDS = ROOT / "tests" / "standards"
SARIF = json.loads((STANDARDS / "sarif-2.1.0.schema.json").read_text("utf-8"))
JUNIT = etree.XMLSchema(etree.parse(STANDARDS / "junit-10.xsd"))
HARDENED = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
TEXTS = ("table", "json", "md", "csv", "sarif", "junit", "github")
BINARY = ("xlsx", "docx")
TEMUAN = ROOT / "samples" / "contoh-temuan.json"


class Made:
    """A report and what every format makes of it."""

    def __init__(self, data: bytes, name: str, lang: str, as_of: date = AS_OF) -> None:
        rulebook = shipped_rulebook()
        document = load_json(data, name)
        evaluation = read_evaluation(document, rulebook)
        report = check(rulebook, evaluation, as_of=as_of, engine=PythonEngine())
        self.tree = report_tree(report, lang, every_outcome=True)
        assert_valid_report(self.tree)
        self.about = about(report, lang)
        self.places = places_of(
            evaluation,
            lambda pointer: document.place(pointer).line,
            lambda pointer: document.place(pointer).column,
            f"data/{name}",
        )

    def sarif(self) -> Tree:
        log = json.loads(json_text(report_sarif(self.tree, self.places, self.about)))
        jsonschema.Draft4Validator(SARIF).validate(log)
        return log

    def junit(self):
        text = report_junit(self.tree, self.places, self.about)
        root = etree.fromstring(text.encode(), HARDENED)
        JUNIT.assertValid(root)
        return root

    def csv(self):
        text = report_csv(self.tree, self.places, self.about)
        assert text.startswith("\ufeff")
        delimiter = ";" if self.tree["lang"] == "id" else ","
        head, *rows = csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter)
        names = [label(f"report.{key}", self.tree["lang"]) for key in OUTCOME]
        assert head[3:] == names
        return [dict(zip(OUTCOME, row[3:], strict=True)) for row in rows]

    def xlsx(self):
        data = report_xlsx(self.tree, self.places, self.about)
        assert_sound(data)
        return openpyxl.load_workbook(io.BytesIO(data))

    def docx(self):
        data = report_docx(self.tree, self.places, self.about)
        assert_sound(data)
        return docx.Document(io.BytesIO(data))

    def text(self, form: str) -> str:
        match form:
            case "table":
                return report_table(self.tree, width=100, places=self.places, everything=True)
            case "json":
                return json_text(self.tree)
            case "md":
                return report_md(self.tree, self.places)
            case "csv":
                return report_csv(self.tree, self.places, self.about)
            case "sarif":
                return json_text(report_sarif(self.tree, self.places, self.about))
            case "junit":
                return report_junit(self.tree, self.places, self.about)
            case "github":
                return report_github(self.tree, self.places)
        data = (report_xlsx if form == "xlsx" else report_docx)(self.tree, self.places, self.about)
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return "".join(
                package.read(name).decode()
                for name in package.namelist()
                if name.endswith((".xml", ".rels"))
            )


@cache
def made(path=TEMUAN, lang="id"):
    return Made(path.read_bytes(), path.name, lang)


def keys_of(entries):
    return Counter((entry["rule"], entry["subject"]["id"]) for entry in entries)


def standing(tree):
    return [finding for finding in tree["findings"] if "waiver" not in finding]


# --- every sample in every format and language ----------------------------------------------------


@pytest.fixture(
    params=[(p, x) for p in SAMPLES for x in LANGUAGES], ids=lambda p: f"{p[0].stem}-{p[1]}"
)
def sample(request):
    return made(*request.param)


def rendered(text):
    """Return what Markdown shows, as text."""
    html = MarkdownIt("gfm-like").render(text)
    return re.sub(r"\s+", " ", etree.tostring(etree.HTML(html), method="text", encoding="unicode"))


def test_markdown_shows_every_finding_and_unknown(sample):
    shown = rendered(report_md(sample.tree, sample.places))
    for finding in sample.tree["findings"]:
        assert finding["message"] in shown
        assert finding["recommendation"] in shown or "waiver" in finding
    for entry in sample.tree["unknown"]:
        assert f"{entry['rule']} {entry['title']}" in shown
    for line in sample.tree["indeks_rb"]["lines"]:
        assert line["nama"] in shown
        if line["poin"] is not None:
            assert number(line["poin"], sample.tree["lang"]) in shown


def test_csv_has_a_row_for_every_finding_and_unknown(sample):
    rows = sample.csv()
    wanted = keys_of([*sample.tree["findings"], *sample.tree["unknown"]])
    assert Counter((row["rule"], row["subject"]) for row in rows) == wanted
    told = {(row["rule"], row["subject"]): row for row in rows}
    for finding in sample.tree["findings"]:
        row = told[finding["rule"], finding["subject"]["id"]]
        assert row["message"] == message_words(finding, sample.tree["lang"])
        assert row["recommendation"] == finding["recommendation"]
        assert row["fingerprint"] == finding["fingerprint"]
    for entry in sample.tree["unknown"]:
        row = told[entry["rule"], entry["subject"]["id"]]
        assert row["missing"]
        assert row["verdict"] == label("verdict.unknown", sample.tree["lang"])
    assert all(row["family"] and row["line"] for row in rows)


def test_sarif_is_valid_and_has_every_finding_and_unknown(sample):
    (run,) = sample.sarif()["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in sample.about.rules]
    levels = {"high": "error", "medium": "warning", "low": "note"}
    failed = [result for result in run["results"] if result["kind"] == "fail"]
    for finding, result in zip(sample.tree["findings"], failed, strict=True):
        assert result["ruleId"] == finding["rule"] == rules[result["ruleIndex"]]["id"]
        assert result["level"] == levels[finding["severity"]]
        assert result["partialFingerprints"] == {FINGERPRINT: finding["fingerprint"]}
        plain = re.sub(r"\\([\[\]\\])", r"\1", result["message"]["text"])
        assert finding["message"] in plain.replace("{{", "{").replace("}}", "}")
        (place,) = result["locations"]
        region = place["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
    open_ = [result for result in run["results"] if result["kind"] == "open"]
    assert Counter(r["ruleId"] for r in open_) == Counter(e["rule"] for e in sample.tree["unknown"])
    assert {result["level"] for result in open_} <= {"none"}
    marks = [result["partialFingerprints"][FINGERPRINT] for result in run["results"]]
    assert len(set(marks)) == len(marks)


def test_junit_is_valid_and_counts_as_the_report_does(sample):
    root = sample.junit()
    cases = list(root.iter("testcase"))
    summary = sample.tree["summary"]
    assert len(cases) == sum(summary.values())
    assert len(list(root.iter("failure"))) == summary["finding"]
    skipped = sum(summary[key] for key in ("not_applicable", "unknown", "waived"))
    assert len(list(root.iter("skipped"))) == skipped
    for suite in root:
        assert int(suite.get("tests")) == len(suite)
        assert int(suite.get("failures")) == len(list(suite.iter("failure")))
        assert int(suite.get("skipped")) == len(list(suite.iter("skipped")))
    failures = Counter(failure.get("message") for failure in root.iter("failure"))
    assert failures == Counter(
        clean(message_words(f, sample.tree["lang"])) for f in standing(sample.tree)
    )


def test_github_has_a_command_for_every_finding_and_unknown(sample):
    lines = report_github(sample.tree, sample.places).splitlines()
    kinds = Counter(re.match("::([a-z]+) ", line)[1] for line in lines)
    severities = Counter(finding["severity"] for finding in standing(sample.tree))
    others = len(sample.tree["findings"]) - severities.total() + len(sample.tree["unknown"])
    assert kinds["error"] == severities["high"]
    assert kinds["warning"] == severities["medium"]
    assert kinds["notice"] == severities["low"] + others
    for finding, line in zip(sample.tree["findings"], lines, strict=False):
        assert finding["message"].replace("%", "%25") in line


def rows_of(sheet):
    return list(sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True))


def test_workbook_has_every_finding_unknown_and_line(sample):
    tree, lang = sample.tree, sample.tree["lang"]
    book = sample.xlsx()
    names = [
        label(f"report.sheet_{key}", lang)
        for key in ("summary", "findings", "unknown", "lines", "notes", "outcomes")
    ]
    assert book.sheetnames == names
    _, findings, unknown, lines, notes, outcomes = book.worksheets
    if tree["findings"]:
        cells = {str(cell) for row in rows_of(findings) for cell in row}
        assert {finding["fingerprint"] for finding in tree["findings"]} <= cells
        texts = [cell for cell in cells if "\n" in cell]
        assert all(any(f["message"] in text for text in texts) for f in tree["findings"])
        assert len(rows_of(findings)) == len(tree["findings"])
    else:
        assert rows_of(findings)[0][0] == label("findings.none", lang)
    if tree["unknown"]:
        assert len(rows_of(unknown)) == len(tree["unknown"])
    points = [row[8] for row in rows_of(lines)]
    for index in (tree["indeks_rb"], tree.get("sakip")):
        for line in index["lines"] if index else ():
            assert line["poin"] is None or float(line["poin"]) in points
    assert len(rows_of(outcomes)) == sum(tree["summary"].values())
    remarks = [row[1] for row in rows_of(notes)]
    assert all(note["teks"] in remarks for note in tree["catatan"])
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.auto_filter.ref
        assert sheet.freeze_panes


def words_in(document):
    paragraphs = [p.text for p in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*paragraphs, *cells])


def test_draft_has_every_finding_unknown_and_recommendation(sample):
    tree, lang = sample.tree, sample.tree["lang"]
    text = words_in(sample.docx())
    for finding in tree["findings"]:
        assert finding["message"] in text
        assert finding["recommendation"] in text or "waiver" in finding
    for entry in tree["unknown"]:
        assert f"{entry['rule']} {entry['title']}" in text
    keys = ("draft", "introduction", "basis", "scope", "method", "overview", "details", "unknown")
    for key in (*keys, "recommendations", "closing", "signatory"):
        assert label(f"lhe.{key}", lang) in text


# --- language, numbers and days --------------------------------------------------------------------


@pytest.mark.parametrize("form", [*TEXTS, *BINARY])
def test_no_placeholder_is_left(form):
    for lang in LANGUAGES:
        text = made(lang=lang).text(form).replace('"$schema"', "")
        assert not re.search(r"\$\{?[a-z_]{3,}", text)


def test_numbers_and_days_are_written_as_the_language_does():
    for lang, value, on in (("id", "70,56", "7 Februari 2024"), ("en", "70.56", "7 February 2024")):
        report = made(lang=lang)
        book = report.xlsx()
        texts = {
            "md": report.text("md"),
            "docx": words_in(report.docx()),
            "xlsx": "\n".join(
                str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row
            ),
        }
        for text in texts.values():
            assert value in text
            assert on in text
        locale = {"id": "421", "en": "809"}[lang]
        formats = {c.number_format for row in book.worksheets[3].iter_rows() for c in row}
        assert f"[$-{locale}]#,##0.00" in formats


def test_words_of_both_languages_differ():
    """A label that is the same in both is a name of a thing, not a forgotten translation."""
    labels = json.loads((ROOT / "rbrules" / "report" / "labels.json").read_text("utf-8"))
    same = {
        k for k, v in labels.items() if k.startswith(("report.", "lhe.")) and v["id"] == v["en"]
    }
    assert same == {"report.no"}


def test_equal_reports_give_equal_bytes():
    for form in (*TEXTS, *BINARY):
        again = Made(TEMUAN.read_bytes(), TEMUAN.name, "id")
        assert again.text(form) == made().text(form)


# --- places ------------------------------------------------------------------------------------------


def test_sarif_leads_to_the_line_and_column_of_the_value():
    lines = TEMUAN.read_text("utf-8").splitlines()
    (run,) = made(lang="en").sarif()["runs"]
    (spip,) = [r for r in run["results"] if r["ruleId"] == "SPIP-001"]
    (place,) = spip["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "data/contoh-temuan.json"
    region = place["physicalLocation"]["region"]
    assert lines[region["startLine"] - 1][region["startColumn"] - 1 :].startswith('"spip"')
    (logical,) = place["logicalLocations"]
    assert logical["fullyQualifiedName"].startswith("/indikator/")
    related = [p["physicalLocation"]["region"]["startLine"] for p in spip["relatedLocations"]]
    assert any("2.40" in lines[line - 1] for line in related)


def test_github_leads_to_the_line_and_column_of_the_value():
    text = report_github(made(lang="en").tree, made(lang="en").places)
    (line,) = [x for x in text.splitlines() if "title=SPIP-001 " in x]
    (run,) = made(lang="en").sarif()["runs"]
    (spip,) = [r for r in run["results"] if r["ruleId"] == "SPIP-001"]
    region = spip["locations"][0]["physicalLocation"]["region"]
    at = f"line={region['startLine']},col={region['startColumn']}"
    assert line.startswith(f"::error file=data/contoh-temuan.json,{at},title=SPIP-001 ")


# --- waivers ------------------------------------------------------------------------------------------


def waived(lang):
    """Return a report one of whose findings was waived."""
    report = Made(TEMUAN.read_bytes(), TEMUAN.name, lang)
    finding = next(f for f in report.tree["findings"] if f["rule"] == "SPIP-001")
    finding["verdict"] = "waived"
    finding["waiver"] = {
        "aturan": "SPIP-001",
        "subjek": "spip",
        "alasan": "alasan yang sah",
        "pejabat": "Bupati",
        "dokumen": "SK 1/2024",
        "tanggal": "2024-01-01",
        "sampai": "2024-12-31",
        "file": "pengecualian.yaml",
    }
    for outcome in report.tree["outcomes"]:
        if (outcome["rule"], outcome["subject"]["id"]) == ("SPIP-001", "spip"):
            outcome["verdict"] = "waived"
    report.tree["summary"]["finding"] -= 1
    report.tree["summary"]["waived"] += 1
    assert_valid_report(report.tree)
    return report


def test_a_waived_finding_is_told_apart_in_every_format():
    report = waived("en")
    decision = "until 31 December 2024 by Bupati, SK 1/2024: alasan yang sah"
    for form in (*TEXTS, *BINARY):
        if form != "github":
            assert "alasan yang sah" in report.text(form)
    (result,) = [r for r in report.sarif()["runs"][0]["results"] if r["ruleId"] == "SPIP-001"]
    (suppression,) = result["suppressions"]
    assert suppression == {"kind": "external", "status": "accepted", "justification": decision}
    cases = [c for c in report.junit().iter("testcase") if c.get("classname").endswith("SPIP-001")]
    (case,) = [case for case in cases if case.get("name").endswith(": spip")]
    assert [child.tag for child in case] == ["skipped"]
    assert decision in case[0].get("message")
    (row,) = [row for row in report.csv() if row["rule"] == "SPIP-001"]
    assert (row["verdict"], row["waiver"]) == ("waived", decision)
    (line,) = [x for x in report.text("github").splitlines() if "SPIP-001" in x]
    assert line.startswith("::notice ")
    text = words_in(report.docx())
    assert text.index(label("lhe.waived", "en")) < text.index("SPIP-001")
    assert decision in rendered(report.text("md"))


# --- hostile texts -------------------------------------------------------------------------------------

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "\x1b[31mmerah\x1b[0m\x07",
    "\u202eterbalik\u200f\u2066",
    "n" * 10_000,
    "]]>&amp;<!--",
    "a | b | c",
    "`code` ``x``",
    "${{ secrets.TOKEN }} $HOME",
    "::error::palsu",
    "satu\n::error::dua\r\n## tiga",
    "[tautan](http://jahat.invalid) http://jahat.invalid www.jahat.invalid x@jahat.invalid",
    "{0} [x](1)",
    "# judul",
    "***tebal*** ~~coret~~ _miring_",
    "\ufffe\uffff\x00nol",
)


@cache
def hostile(lang):
    """Check an agency whose units and actions have such names: findings and unknowns of each."""
    tree = {
        **BASE,
        "instansi": {**BASE["instansi"], "nama": " ".join(HOSTILE[5:9])},
        "unit": [{"id": f"u{n}", "nama": name, "kepala": name} for n, name in enumerate(HOSTILE)],
        "rencana_aksi": [
            {"id": name, "unit": f"u{n}", "status": "belum", "tenggat": "2023-06-30"}
            for n, name in enumerate(HOSTILE)
        ],
        "kinerja": [
            {"id": f"K{n}", "nama": name, "satuan": name, "unit": f"u{n}", "arah": "naik"}
            for n, name in enumerate(HOSTILE)
        ],
    }
    report = Made(dump(tree), "=berkas,jahat:%.json", lang)
    assert len(report.tree["findings"]) >= len(HOSTILE)
    assert len(report.tree["unknown"]) >= len(HOSTILE)
    return report


@pytest.mark.parametrize("form", [*TEXTS, *BINARY])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_control_character_or_direction_mark_is_left(form, lang):
    text = hostile(lang).text(form).removeprefix("\ufeff")
    assert not UNSAFE.search(text)
    assert "merah" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markdown_of_hostile_names_makes_no_element(lang):
    report = hostile(lang)
    text = report_md(report.tree, report.places)
    html = MarkdownIt("gfm-like").render(text)
    tags = set(re.findall(r"<([a-z0-9]+)", html))
    assert tags <= {
        "h1",
        "h2",
        "h3",
        "p",
        "ul",
        "li",
        "strong",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }
    table = [line for line in text.splitlines() if line.startswith("|")]
    root = etree.HTML(html)
    for made_table in root.iter("table"):
        assert len({len(row) for row in made_table.iter("tr")}) == 1
    assert len(list(root.iter("tr"))) == len(table) - len(list(root.iter("table")))
    headings = [len(list(root.iter(f"h{level}"))) for level in (1, 2, 3)]
    assert headings == [
        len(re.findall(rf"^#{{{level}}} ", text, re.MULTILINE)) for level in (1, 2, 3)
    ]
    shown = " ".join(root.itertext())
    assert "<script>alert(1)</script>" in shown
    assert "[tautan](http://jahat.invalid)" in shown


@pytest.mark.parametrize("lang", LANGUAGES)
def test_csv_of_hostile_names_has_no_formula(lang):
    report = hostile(lang)
    rows = report.csv()
    assert len(rows) == len(report.tree["findings"]) + len(report.tree["unknown"])
    for row in rows:
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
            assert len(cell) <= 16_001


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sarif_of_hostile_names_has_no_link(lang):
    (run,) = hostile(lang).sarif()["runs"]
    for result in run["results"]:
        text = result["message"]["text"]
        assert not re.search(r"(?<!\\)(\\\\)*[\[\]]", text)
        assert not re.search(r"(?<!\{)(\{\{)*\{(?!\{)", text)
    (artifact,) = run["artifacts"]
    assert artifact["location"]["uri"] == "data/%3Dberkas%2Cjahat%3A%25.json"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_junit_of_hostile_names_is_valid(lang):
    root = hostile(lang).junit()
    names = {case.get("name") for case in root.iter("testcase")}
    assert any(name.endswith("]]>&amp;<!--") for name in names)
    assert {element.tag for element in root.iter()} == {
        "testsuites",
        "testsuite",
        "testcase",
        "failure",
        "skipped",
    }


@pytest.mark.parametrize("lang", LANGUAGES)
def test_github_of_hostile_names_has_no_command_of_theirs(lang):
    report = hostile(lang)
    lines = report_github(report.tree, report.places).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(report.tree["findings"]) + len(report.tree["unknown"])
    place = r"file=data/=berkas%2Cjahat%3A%25\.json,line=[0-9]+,col=[0-9]+"
    for line in lines:
        assert re.match(rf"::(error|warning|notice) {place},title=[^:,]+::", line), line


@pytest.mark.parametrize("lang", LANGUAGES)
def test_workbook_of_hostile_names_has_no_formula(lang):
    for sheet in hostile(lang).xlsx():
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert cell.hyperlink is None
                assert len(str(cell.value or "")) <= 32_767
                if isinstance(cell.value, str):
                    assert not cell.value.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_draft_of_hostile_names_has_no_link_or_field_of_theirs(lang):
    document = hostile(lang).docx()
    assert len(document.core_properties.title) < 255
    xml = etree.tostring(document.element).decode()
    assert "w:hyperlink" not in xml
    assert "w:fldSimple" not in xml
    assert "[tautan](http://jahat.invalid)" in words_in(document)
