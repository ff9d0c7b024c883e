"""The HTML report: complete, whole by itself, and harmless whatever the file holds."""

import base64
import copy
import hashlib
import itertools
import json
import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import html5lib
import pytest

from rbrules.engine.python import PythonEngine
from rbrules.evaluation import read_evaluation
from rbrules.load.json_reader import load_json
from rbrules.pipeline import check
from rbrules.report import html
from rbrules.report.html import report_html
from rbrules.report.phrases import decision_words, index_rows, lines_of, lines_words, never_words
from rbrules.report.places import places_of
from rbrules.report.table import bases, override_words
from rbrules.report.tree import report_tree
from rbrules.report.words import label, safe
from rbrules.rulebook import load_rulebook
from tests.golden import AS_OF, EARLIER
from tests.shared import (
    BASE,
    LANGUAGES,
    RULES,
    SAMPLES,
    assert_valid_report,
    dump,
    shipped_rulebook,
)

TEMPLATES = Path(html.__file__).parent / "templates"
NAMES = [path.stem for path in SAMPLES]
TEMUAN = next(path for path in SAMPLES if path.stem == "contoh-temuan")


def checked(data, rulebook=None, as_of=None):
    """Return the report of a file and where its values stand."""
    document = load_json(data, "a.json")
    rulebook = rulebook or shipped_rulebook()
    evaluation = read_evaluation(document, rulebook)
    day = as_of or AS_OF.get(evaluation.tahun, EARLIER)
    report = check(rulebook, evaluation, as_of=day, engine=PythonEngine())
    return report, places_of(evaluation, lambda pointer: document.place(pointer).line)


@cache
def sample(name):
    path = next(path for path in SAMPLES if path.stem == name)
    return checked(path.read_bytes())


def page_of(name, lang, *, every=False):
    report, places = sample(name)
    tree = report_tree(report, lang, every_outcome=every)
    return tree, places, report_html(tree, places)


def parsed(page):
    """Parse a page; html5lib raises where it is not well-formed."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)


def text_of(node):
    return " ".join("".join(node.itertext()).split())


def folded(text):
    return " ".join(safe(text).split())


# --- completeness


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_report_is_missing(name, lang):
    tree, places, page = page_of(name, lang)
    root = parsed(page)
    whole = text_of(root.find("body"))
    rows = {row.get("id"): text_of(row) for row in root.iter("tr") if row.get("id")}
    for finding in tree["findings"]:
        row = rows[finding["fingerprint"]]
        wanted = [
            finding["rule"],
            finding["title"],
            label(f"severity.{finding['severity']}", lang),
            finding["message"],
            finding["recommendation"],
            *finding["addressee_names"],
            *bases(finding, lang),
            f"[{label('findings.place', lang, line=lines_of(finding, places))}]",
        ]
        assert [words for words in wanted if folded(words) not in row] == []
    assert len(rows) == len(tree["findings"])
    for entry in tree["unknown"]:
        row = next(text for text in table(root, "unknown-table") if entry["rule"] in text)
        wanted = [entry["title"], *map(places.words, entry["missing"]), *entry.get("found", ())]
        assert [words for words in wanted if folded(words) not in row] == []
    others = [note["teks"] for note in tree["catatan"]]
    for measure in ("indeks_rb", "sakip"):
        if measure in tree:
            others += [words for row in index_rows(tree[measure], measure, lang) for words in row]
            others += [line["nama"] for line in tree[measure]["lines"]]
            others += [part["nama"] for part in tree[measure]["komponen"]]
            if tree[measure]["lines"]:
                others.append(lines_words(tree[measure], lang))
    others += [*never_words(tree), tree["input"]["digest"], tree["rbrules"]["rulebook"]["digest"]]
    others += [tree["rbrules"]["version"], tree["rbrules"]["engine"], tree["instansi"]["nama"]]
    assert [words for words in others if folded(words) not in whole] == []


def table(root, id_):
    (found,) = [node for node in root.iter("table") if node.get("id") == id_]
    return [text_of(row) for row in found.find("tbody")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_values_are_shown_with_their_names_and_places(lang):
    _, _, page = page_of("contoh-temuan", lang)
    (row,) = [text_of(node) for node in parsed(page).iter("tr") if "SPIP-001" in text_of(node)]
    wanted = {
        "id": ["nilai_tahun_lalu): 2,40 [baris 104]", "level_spip_minimum (parameter): 3"],
        "en": ["nilai_tahun_lalu): 2.40 [line 104]", "Group of the agency: regency [line 6]"],
    }
    assert [words for words in wanted[lang] if words not in row] == []


def test_every_outcome_is_listed_where_the_tree_has_them():
    tree, _, page = page_of("real-blitar-2023", "id", every=True)
    (section,) = [n for n in parsed(page).iter("section") if n.get("id") == "outcomes"]
    assert len(list(section.iter("tr"))) == len(tree["outcomes"]) + 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_open_judgements_are_told_where_nothing_was_found(lang):
    tree, _, page = page_of("real-blitar-2023", lang)
    assert tree["summary"]["finding"] == 0
    (glance,) = [n for n in parsed(page).iter("section") if n.get("id") == "glance"]
    count = tree["summary"]["unknown"]
    assert label("html.status.open_only", lang, count=count) in text_of(glance)
    assert label("html.status.none", lang) not in text_of(glance)


def test_a_report_without_open_judgements_says_so():
    _, _, page = page_of("contoh-bersih", "id")
    (glance,) = [n for n in parsed(page).iter("section") if n.get("id") == "glance"]
    assert label("html.status.none", "id") in text_of(glance)


WAIVERS = """\
pengecualian:
  - {aturan: PK-001, instansi: contoh-temuan, subjek: KES-T1, alasan: "<b>Diubah</b>", pejabat: Sekda,
     dokumen: {jenis: Surat, nomor: 700/1, tanggal: 2024-01-15}, sampai: 2024-12-31}
  - {aturan: PK-001, instansi: contoh-temuan, subjek: TIADA, alasan: Lama, pejabat: Sekda,
     dokumen: {jenis: Surat, nomor: 700/2, tanggal: 2024-01-15}, sampai: 2024-12-31}
  - {aturan: PK-001, instansi: contoh-temua, subjek: KES-T1, alasan: Salah, pejabat: Sekda,
     dokumen: {jenis: Surat, nomor: 700/3, tanggal: 2024-01-15}, sampai: 2024-12-31}
"""
OVERRIDES = """\
rules:
  SPIP-001: {severity: low, reason: Disepakati.}
"""
LATER = """\
id: ABC-001
title: {id: Aturan kelak, en: A later rule}
severity: low
applies_to: kinerja
when: {iku: {is: false}}
message: {id: Bukan IKU., en: No IKU.}
recommendation: {id: $pejabat_unit agar memilih., en: The $pejabat_unit should choose., addressee: [unit]}
citation: []
source: project
valid: {from: 2030-01-01}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    (folder / "lokal").mkdir()
    for name, text in (
        ("pengecualian.yaml", WAIVERS),
        ("overrides.yaml", OVERRIDES),
        ("lokal/ABC-001.yaml", LATER),
    ):
        (folder / name).write_text(text, "utf-8")
    return load_rulebook([RULES, folder])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_folder_of_rules_changed_is_told(own, lang):
    report, places = checked(TEMUAN.read_bytes(), own)
    tree = report_tree(report, lang)
    assert_valid_report(tree)
    page = report_html(tree, places)
    root = parsed(page)
    whole = text_of(root)
    (waived,) = [f for f in tree["findings"] if "waiver" in f]
    (row,) = [text_of(n) for n in root.iter("tr") if n.get("id") == waived["fingerprint"]]
    assert label("findings.waived", lang) in row
    assert decision_words(waived["waiver"], lang) in row
    assert "<b>Diubah" not in page
    for words in (
        *(override_words(item, lang) for item in tree["overrides"]),
        label("waivers.unused", lang),
        label("waivers.alike", lang, instansi="contoh-temua", meant="contoh-temuan"),
        {"id": "ABC-001 Aturan kelak", "en": "ABC-001 A later rule"}[lang],
    ):
        assert words in whole
    sections = {node.get("id") for node in root.iter("section")}
    assert sections >= {"own", "waivers", "elsewhere", "overrides"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_selection_is_told_first(lang):
    tree, places, _ = page_of("real-blitar-2023", lang)
    tree = {**tree, "selection": {"only": ["<i>PK-001"], "skip": []}}
    root = parsed(report_html(tree, places))
    (glance,) = [n for n in root.iter("section") if n.get("id") == "glance"]
    assert label("counts.selection", lang, options="--only <i>PK-001") in text_of(glance)


def test_numbers_and_days_are_written_in_the_language():
    for lang, wanted, other in (
        ("id", ("71,38", "7 Februari 2024"), "71.38"),
        ("en", ("71.38", "7 February 2024"), "71,38"),
    ):
        _, _, page = page_of("real-blitar-2023", lang)
        body = text_of(parsed(page).find("body/main"))
        header = text_of(parsed(page).find("body/header"))
        assert wanted[0] in body
        assert other not in body
        assert wanted[1] in header
        assert f'<html lang="{lang}">' in page


def test_labels_of_the_page_are_all_used():
    sources = [path.read_text("utf-8") for path in TEMPLATES.iterdir()]
    sources.append(Path(html.__file__).read_text("utf-8"))
    text = "\n".join(sources)
    labels = json.loads((TEMPLATES.parent / "labels.json").read_text("utf-8"))
    made = ("html.line.", "html.grade.", "html.status.")
    keys = [key for key in labels if key.startswith("html.") and not key.startswith(made)]
    assert [key for key in keys if not re.search(f"[\"']{re.escape(key)}[\"']", text)] == []


# --- a page that is whole by itself


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["contoh-temuan", "contoh-kurang-data", "real-pamekasan-2020"])
def test_the_page_loads_nothing(name, lang):
    _, _, page = page_of(name, lang)
    loading = ("src", "srcset", "data", "action", "formaction", "background", "poster", "style")
    for node in parsed(page).iter():
        assert node.tag not in {"link", "img", "iframe", "object", "embed", "base", "foreignObject"}
        for key, value in node.attrib.items():
            assert key not in loading
            assert not str(key).startswith("on")
            if str(key).endswith("href"):
                assert node.tag == "a"
                assert value.startswith(("#", "https://"))
                assert value.startswith("#") or "noopener" in node.get("rel")
    style = (TEMPLATES / "report.css").read_text("utf-8")
    assert "@import" not in style
    assert set(re.findall(r"url\(([^)]*)", style)) == {
        "#hatch",
        "#stripes",
        "#dots",
        "#cross",
        "#plain",
    }


def test_only_its_own_script_and_style_may_run():
    _, _, page = page_of("real-blitar-2023", "en")
    root = parsed(page)
    (policy,) = [n.get("content") for n in root.iter("meta") if n.get("http-equiv")]
    assert policy.startswith("default-src 'none'")
    for tag in ("style", "script"):
        (node,) = list(root.iter(tag))
        digest = base64.b64encode(hashlib.sha256(node.text.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("lang", LANGUAGES)
def test_ids_are_unique_and_every_inner_link_leads_somewhere(lang):
    _, _, page = page_of("contoh-temuan", lang)
    nodes = list(parsed(page).iter())
    ids = [node.get("id") for node in nodes if node.get("id")]
    assert len(ids) == len(set(ids))
    links = {node.get("href")[1:] for node in nodes if (node.get("href") or "").startswith("#")}
    named = {w for n in nodes for w in (n.get("aria-labelledby") or "").split()}
    filters = {node.get("data-for") for node in nodes if node.get("data-for")}
    assert links | named | filters <= set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_headings_go_down_one_step_at_a_time(name):
    _, _, page = page_of(name, "en")
    root = parsed(page)
    levels = [int(node.tag[1]) for node in root.iter() if re.fullmatch("h[1-6]", str(node.tag))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_equal_reports_give_equal_pages():
    tree, places, page = page_of("contoh-temuan", "id")
    assert report_html(copy.deepcopy(tree), places) == page
    assert report_html(report_tree(sample("contoh-temuan")[0], "id"), places) == page


# --- colours


def palettes():
    """Return the colours of each scheme; the dark one changes some of the light one."""
    style = (TEMPLATES / "report.css").read_text("utf-8")
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    )
    return {"light": light, "dark": light | dark}


def luminance(colour):
    """Return the relative luminance of WCAG 2."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    shares = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_wcag_does():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_bars_stand_out(scheme):
    colours = palettes()[scheme]
    words = ("text", "quiet", "link", "high", "medium", "low", "open", "waived")
    for back in ("back", "raised"):
        for name in words:
            assert contrast(colours[name], colours[back]) >= 4.5, (name, back)
    for name in ("soft", "touched"):  # behind the names of grades
        assert contrast(colours["text"], colours[name]) >= 4.5
    for name in ("soft", "touched"):
        assert contrast(colours["quiet"], colours[name]) >= 4.5
    for name in ("known", "high", "medium", "low", "open", "waived", "target", "unsure"):
        assert contrast(colours[name], colours["back"]) >= 3, name
    for name in ("medium", "low", "open", "waived", "unsure"):
        assert contrast(colours[name], colours[f"{name}-back"]) >= 2, name


# --- hostile files

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]></style></title><!--"
MARKS = "\u202eabc\u2066\u200f\u061c\ufeff\u0085"
TEMPLATE = "{{ 7 * 7 }}{% raw %}${nilai}"
LONG = "A" * 10_000


def hostile(text):
    return {
        **BASE,
        "instansi": {"nama": text, "kelompok": "kabupaten"},
        "hasil_terbit": {"indeks_rb": Decimal("71.38"), "predikat": text},
        "target_indeks": [{"dokumen": text, "tahun": 2023, "nilai": 65}],
        "pejabat": {"kepala_daerah": text, "inspektorat": text[::-1]},
        "unit": [{"id": text[:200], "nama": text, "kepala": text}],
        "kinerja": [
            {
                "id": text[:200],
                "unit": text[:200],
                "nama": text,
                "satuan": text,
                "arah": "naik",
                "iku": True,
                "renstra": {"2023": 80},
                "perjanjian_kinerja": {"2023": 70},
            }
        ],
        "rekomendasi": [{"id": text[:200], "teks": text, "status": "belum"}],
    }


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("text", [SCRIPT, MARKS, TEMPLATE, LONG, "a\tb", "&lt;&amp;"])
def test_hostile_names_are_shown_and_do_nothing(text, lang):
    report, places = checked(dump(hostile(text)), as_of=date(2024, 2, 7))
    tree = report_tree(report, lang, every_outcome=True)
    assert any(finding["rule"] == "PK-001" for finding in tree["findings"])
    page = report_html(tree, places)
    root = parsed(page)
    clean = parsed(report_html(*tree_of_harmless(lang)))
    assert text_of(root.find("body/header/h1")) == folded(text)
    assert {node.tag for node in root.iter()} <= {node.tag for node in clean.iter()}
    assert len(list(root.iter("script"))) == 1
    assert (
        re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff\u0080-\u009f]", page) is None
    )
    assert text_of(root.find("head/title")).startswith(folded(text)[: html.TITLE_LENGTH - 1])
    assert len(text_of(root.find("head/title"))) < 300
    for node in root.iter("text"):
        assert len(text_of(node)) < 120


@cache
def tree_of_harmless(lang):
    report, places = checked(dump(hostile("Wajar")), as_of=date(2024, 2, 7))
    return report_tree(report, lang, every_outcome=True), places


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://peraturan.go.id/x?a=1&b=2", True),
        ("http://peraturan.go.id/", False),
        ("javascript:alert(1)", False),
        ('https://x"onclick="alert(1)', True),
        ("", False),
    ],
)
def test_only_safe_addresses_become_links(url, is_link):
    tree, places, _ = page_of("contoh-temuan", "id")
    finding = next(found for found in tree["findings"] if found["citation"])
    cited = [{**finding["citation"][0], "url": url}]
    tree = {**tree, "findings": [{**finding, "citation": cited}]}
    links = [
        a for a in parsed(report_html(tree, places)).iter("a") if not a.get("href").startswith("#")
    ]
    assert [link.get("href") for link in links] == ([url] if is_link else [])
    assert all(set(link.attrib) == {"href", "rel"} for link in links)


def test_an_undefined_or_empty_value_is_an_error_and_no_blank():
    tree, places, _ = page_of("real-blitar-2023", "en")
    for broken in (None, 1.5, ["x"]):
        with pytest.raises(TypeError):
            report_html({**tree, "instansi": {**tree["instansi"], "nama": broken}}, places)
