"""The HTML report in a real browser: on a phone, on a desktop, without JavaScript, and in print.

Asked by `make accept` only (AXE_CORE names axe-core's script); skipped where Chromium, playwright
or poppler is not installed.
"""

import os
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from rbrules.report.html import report_html
from rbrules.report.tree import report_tree
from tests.shared import LANGUAGES, ROOT, dump
from tests.unit.test_html import LONG, SCRIPT, checked, hostile, sample

AXE = os.environ.get("AXE_CORE", "")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not AXE, reason="make accept runs it"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils"),
]

PHONE, DESKTOP = 390, 1280
NAMES = ("contoh-temuan", "real-blitar-2023", "contoh-kurang-data", "contoh-temuan-kementerian")
PAGES = [(name, lang) for name in NAMES for lang in LANGUAGES]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        # Chromium has no sandbox for root, as which containers run.
        flags = ["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("html")


@pytest.fixture
def opened(browser, folder):
    """Return a function that opens a report; in the end nothing was loaded, and nothing failed."""
    contexts, asked, told = [], [], []

    def open_(tree, places, *, width=DESKTOP, scheme="light", script=True):
        path = folder / "report.html"
        path.write_text(report_html(tree, places), "utf-8", newline="")
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("dialog", lambda dialog: told.append(dialog.message))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert {url.rpartition("/")[2].partition("#")[0] for url in asked} == {"report.html"}
    assert told == []


def report(name, lang):
    found, places = sample(name)
    return report_tree(found, lang), places


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")


def widths(page):
    return page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize(("name", "lang"), PAGES)
def test_axe_finds_no_serious_fault_and_nothing_sticks_out(opened, name, lang, width, scheme):
    page = opened(*report(name, lang), width=width, scheme=scheme)
    unfold(page)
    page.evaluate(Path(ROOT / AXE).read_text("utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    grave = [
        (fault["id"], fault["impact"], [node["html"][:200] for node in fault["nodes"][:3]])
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
    assert grave == []
    shown, window = widths(page)
    assert shown <= window


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_click_on_a_header_sorts(opened, width):
    page = opened(*report("contoh-temuan", "id"), width=width)
    table = page.locator("#findings-table")
    rules = "rows => rows.map(row => row.querySelector('.rule').textContent)"
    before = table.locator("tbody > tr").evaluate_all(rules)
    head = table.get_by_role("columnheader", name="Aturan")
    for state, is_reversed in (("ascending", False), ("descending", True)):
        head.get_by_role("button").click()
        assert head.get_attribute("aria-sort") == state
        after = table.locator("tbody > tr").evaluate_all(rules)
        assert after == sorted(before, reverse=is_reversed)
    severity = table.get_by_role("columnheader", name="Tingkat")
    severity.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    ranks = "rows => rows.map(row => ['high', 'medium', 'low'].indexOf(row.dataset.severity))"
    shown = table.locator("tbody > tr").evaluate_all(ranks)
    assert shown == sorted(shown)
    assert len(shown) == len(before)


def test_numbers_are_sorted_as_numbers_and_what_is_not_known_comes_last(opened):
    page = opened(*report("contoh-kurang-data", "en"))
    table = page.locator("table.lines").first
    table.get_by_role("columnheader", name="Score").get_by_role("button").click()
    keys = "rows => rows.map(row => row.cells[1].dataset.key)"
    shown = table.locator("tbody > tr").evaluate_all(keys)
    known = [float(key) for key in shown if key]
    assert known == sorted(known)
    assert len(known) > 3
    assert shown[len(known) :] == [""] * (len(shown) - len(known))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_filters_show_what_fits_and_say_how_much(opened, lang):
    tree, places = report("contoh-temuan", lang)
    page = opened(tree, places)
    form = page.locator("form.filter").first
    rows = page.locator("#findings-table > tbody > tr:visible")
    total = len(tree["findings"])
    told = {
        "id": f"Ditampilkan {{}} dari {total} temuan",
        "en": f"Showing {{}} of {total} findings",
    }
    assert form.locator("output").inner_text() == told[lang].format(total)

    form.locator("select[name=severity]").select_option("low")
    low = [found for found in tree["findings"] if found["severity"] == "low"]
    assert rows.count() == len(low)
    form.locator("select[name=severity]").select_option("")

    official = tree["findings"][0]["addressee_names"][-1]
    form.locator("select[name=addressee]").select_option(label=official)
    theirs = [found for found in tree["findings"] if official in found["addressee_names"]]
    assert rows.count() == len(theirs) < total
    assert form.locator("output").inner_text() == told[lang].format(len(theirs))
    form.get_by_role("button").click()
    page.wait_for_function(
        "document.querySelectorAll('#findings-table > tbody > tr[hidden]').length == 0"
    )

    form.locator("input[name=text]").fill("spip-001")
    assert rows.count() == sum(found["rule"] == "SPIP-001" for found in tree["findings"])
    form.locator("input[name=text]").fill("xyzzy")
    assert rows.count() == 0


def test_a_link_shows_a_finding_that_the_filter_hides(opened):
    tree, places = report("contoh-temuan", "id")
    page = opened(tree, places)
    page.locator("form.filter input").first.fill("xyzzy")
    link = page.locator("#glance a").first
    target = page.locator(link.get_attribute("href"))
    assert not target.is_visible()
    link.click()
    target.wait_for(state="visible")


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_reads_without_a_script(opened, width):
    tree, places = report("contoh-temuan", "id")
    page = opened(tree, places, width=width, script=False)
    assert page.locator("form.filter:visible").count() == 0
    assert page.locator("th button").count() == 0
    assert page.locator("#findings-table > tbody > tr:visible").count() == len(tree["findings"])
    assert page.locator("details:not([open])").count() == 0
    assert page.locator("ul.values").first.is_visible()
    shown, window = widths(page)
    assert shown <= window


def printed(page, folder):
    """Print a page on paper; return the size of the sheets and the text of each."""
    path = folder / "report.pdf"
    page.pdf(path=path, prefer_css_page_size=True)
    tools = [["pdfinfo", path], ["pdftotext", "-layout", path, "-"]]
    info, text = (
        subprocess.run(tool, capture_output=True, check=True, timeout=120).stdout.decode()
        for tool in tools
    )
    (size,) = re.findall(r"Page size: +([0-9.]+) x ([0-9.]+) pts", info)
    return tuple(map(float, size)), text.removesuffix("\f").split("\f")


HEADS = {
    "id": ("Aturan", "Kondisi dan rekomendasi"),
    "en": ("Rule", "Condition and recommendation"),
}


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_print_holds_every_finding_on_a4_under_repeated_headers(opened, folder, lang, script):
    tree, places = report("contoh-temuan", lang)
    page = opened(tree, places, scheme="dark", script=script)
    size, sheets = printed(page, folder)
    assert size == pytest.approx((595.3, 841.9), abs=1)
    whole = "\n".join(sheets)
    assert [f["fingerprint"] for f in tree["findings"] if f["fingerprint"] not in whole] == []
    assert [entry["rule"] for entry in tree["unknown"] if entry["rule"] not in whole] == []
    for number, sheet in enumerate(sheets, 1):
        assert f"{number} / {len(sheets)}" in sheet
        if any(found["fingerprint"] in sheet for found in tree["findings"]):
            head = "\n".join(sheet.splitlines()[:12])
            assert all(words in head for words in HEADS[lang]), sheet
    if script:
        assert page.locator("details[open]").count() == 0


def test_print_is_dark_on_white_and_says_that_a_filter_is_on(opened, folder):
    page = opened(*report("contoh-temuan", "id"), scheme="dark")
    page.locator("form.filter input").first.fill("SPIP-001")
    _, sheets = printed(page, folder)
    assert any("Ditampilkan 1 dari 66 temuan" in sheet for sheet in sheets)
    page.emulate_media(media="print")
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert back == "rgb(255, 255, 255)"


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("text", [SCRIPT, LONG, "\u05d0\u05d1\u05d2 " * 30])
def test_a_hostile_file_does_no_harm(opened, folder, text, width):
    found, places = checked(dump(hostile(text)), as_of=date(2024, 2, 7))
    tree = report_tree(found, "id", every_outcome=True)
    page = opened(tree, places, width=width)
    unfold(page)
    shown, window = widths(page)
    assert shown <= window
    size, _ = printed(page, folder)
    assert size == pytest.approx((595.3, 841.9), abs=1)
