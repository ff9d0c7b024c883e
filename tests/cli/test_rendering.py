"""The workbook and the annex as LibreOffice prints them: what a reader holds in the hand.

Asked by `make accept` only (RENDER=1); skipped where soffice or poppler is not installed.
"""

import os
import re
import shutil
import subprocess

import pytest

from tests.shared import ROOT, run

TEMUAN = ROOT / "samples" / "contoh-temuan.json"
TOOLS = ("soffice", "pdfinfo", "pdftotext")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif("RENDER" not in os.environ, reason="only for make accept"),
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}"),
]

HEADS = {
    "id": ("Rekomendasi", "Tenggat", "Status"),
    "en": ("Recommendation", "Deadline", "Status"),
}
DETAIL_HEADS = {"id": ("Aturan", "Subjek", "Kondisi"), "en": ("Rule", "Subject", "Condition")}


def tool(*command):
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, check=True, timeout=300)
    return done.stdout.decode()


@pytest.fixture(scope="module", params=[(f, x) for f in ("xlsx", "docx") for x in ("id", "en")])
def printed(request, tmp_path_factory):
    """Print a document; return its format, language, size of the pages, and text of each."""
    form, lang = request.param
    folder = tmp_path_factory.mktemp("print")
    path = folder / f"list.{form}"
    command = ("recommend", TEMUAN, "--as-of", "2024-02-07", "--lang", lang)
    assert run(*command, "--format", form, "-o", path).returncode == 0
    return form, lang, *pages_of(path)


def pages_of(path):
    """Print a document; return the size of its pages and the text of each."""
    folder = path.parent
    profile = f"-env:UserInstallation=file://{folder}/profile"
    tool("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, path)
    pdf = path.with_suffix(".pdf")
    (size,) = re.findall(r"Page size: +([0-9.]+) x ([0-9.]+) pts", tool("pdfinfo", pdf))
    pages = tool("pdftotext", "-layout", pdf, "-").removesuffix("\f").split("\f")
    return tuple(map(float, size)), pages


def test_pages_are_a4_across(printed):
    _, _, size, _ = printed
    assert size == pytest.approx((841.9, 595.3), abs=0.5)


def test_every_page_of_the_matrix_has_the_header(printed):
    _, lang, _, pages = printed
    rows = [
        page
        for page in pages
        if re.search(r"^ *[0-9]+ .*\b[A-Z]{2,5}-[0-9]{3}\b", page, re.MULTILINE)
    ]
    assert len(rows) > 5
    for page in rows:
        head = "\n".join(page.splitlines()[:14])
        is_matrix = all(word in head for word in HEADS[lang])
        is_detail = all(word in head for word in DETAIL_HEADS[lang])
        assert is_matrix or is_detail, page


def test_every_page_has_its_number(printed):
    _, lang, _, pages = printed
    for number, page in enumerate(pages, 1):
        words = {
            "id": f"Halaman {number} dari {len(pages)}",
            "en": f"Page {number} of {len(pages)}",
        }
        assert words[lang] in page


def test_no_recommendation_is_lost_in_print(printed):
    _, lang, _, pages = printed
    done = run("recommend", TEMUAN, "--as-of", "2024-02-07", "--lang", lang, "--format", "csv")
    wanted = set(re.findall(r"\b[A-Z]{2,5}-[0-9]{3}\b", done.stdout.decode()))
    text = "\n".join(pages)
    assert {rule for rule in wanted if rule not in text} == set()


@pytest.mark.parametrize("form", ["xlsx", "docx"])
@pytest.mark.parametrize("lang", ["id", "en"])
def test_no_finding_of_a_report_is_lost_in_print(tmp_path, form, lang):
    path = tmp_path / f"report.{form}"
    command = ("check", TEMUAN, "--as-of", "2024-02-07", "--lang", lang, "--format")
    done = run(*command, "csv", "--format", f"{form}={path}")
    assert done.returncode == 1
    size, pages = pages_of(path)
    a4 = {"xlsx": (841.9, 595.3), "docx": (595.3, 841.9)}[form]
    assert size == pytest.approx(a4, abs=0.5)
    for number, page in enumerate(pages, 1):
        words = {
            "id": f"Halaman {number} dari {len(pages)}",
            "en": f"Page {number} of {len(pages)}",
        }
        assert words[lang] in page
    wanted = set(re.findall(r"\b[A-Z]{2,5}-[0-9]{3}\b", done.stdout.decode()))
    assert {rule for rule in wanted if rule not in "\n".join(pages)} == set()
    figure = {"id": "70,56", "en": "70.56"}[lang]
    assert any(figure in page for page in pages)
