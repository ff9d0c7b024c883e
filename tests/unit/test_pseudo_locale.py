"""Every word of a page is translated: with all labels and texts in a pseudo-language none is left.

Labels, texts of rules and the vocabulary are written in letters with marks. Plain letters that then
stand in a page are data of the file, codes, citations, or a text that nobody translated.
"""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from typer.testing import CliRunner

from rbrules.cli.main import app
from rbrules.conditions import OPERATORS
from rbrules.fields import CATALOGUE
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import Text
from rbrules.report import words
from tests.shared import ROOT, RULES, shipped_rulebook

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
MARKED = str.maketrans(PLAIN, "àƀćđéƒğĥíĵķľḿńóƥɋŕšŧúṽŵẋýžÀɃĆĐÉƑĞĤÍĴĶĽḾŃÓƤɊŔŠŦÚṼŴẊÝŽ")
KEPT = re.compile(r"\$\{?[a-z_]\w*\}?|--[a-z][a-z-]*")
"""Placeholders, and options as they are typed."""

WORD = re.compile(r"[A-Za-z]{2,}")
SAMPLES = ("contoh-temuan", "contoh-kurang-data", "contoh-bersih-kementerian", "real-blitar-2023")
DAY = ("--as-of", "2024-02-07")


def marked(text: str) -> str:
    """Write a text in letters with marks; placeholders stay."""
    kept = KEPT.findall(text)
    rest = [part.translate(MARKED) for part in KEPT.split(text)]
    return "".join(part + name for part, name in zip(rest, [*kept, ""], strict=True))


@pytest.fixture(autouse=True)
def pseudo(monkeypatch):
    plain = words._labels()
    labels = {key: {lang: marked(t) for lang, t in each.items()} for key, each in plain.items()}
    monkeypatch.setenv("COLUMNS", "400")  # narrow cells would break codes
    monkeypatch.setattr(words, "_labels", lambda: labels)
    monkeypatch.setattr(Text, "in_language", lambda self, lang: marked(getattr(self, lang)))


@cache
def codes() -> frozenset[str]:
    """Return the words that are no language: codes, keys, citations, names of grades."""
    found: list[str] = [rule.id for rule in shipped_rulebook().rules]
    for path in (*RULES.rglob("*.yaml"),):
        if ".cases" in path.name:
            continue
        tree = load_yaml(path.read_bytes(), path.name).tree
        found += [json.dumps(item, default=str) for item in cited(tree)]
        if path.parent.name in {"instruments", "vocabulary"}:
            found += list(named(tree))
        found += [path.stem, path.parent.name, *map(str, tree.get("tags", ()))]
    for kind, fields in CATALOGUE.items():
        # Units are codes there: an author writes them in a parameter.
        found += [kind, *fields, *(field.unit for field in fields.values())]
    schema = json.loads((ROOT / "schemas" / "evaluation.schema.json").read_text("utf-8"))
    found += keys(schema)
    return frozenset(word for text in found for word in WORD.findall(text))


def cited(tree):
    """Yield citations and names of sources of a rule, parameter or instrument file."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if key in {"citation", "source"}:
                yield value
            yield from cited(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from cited(value)


def named(tree, key=""):
    """Yield codes, aliases and what is named in one language only; not the texts of two."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield name
            if not (isinstance(value, dict) and set(value) == {"id", "en"}):
                yield from named(value, name)
    elif isinstance(tree, list):
        for value in tree:
            yield from named(value, key)
    elif isinstance(tree, str) and key != "catatan":
        yield tree


def keys(schema):
    if isinstance(schema, dict):
        for name, value in schema.items():
            if name == "properties":
                yield from value
            if name == "enum":
                yield from (word for word in value if isinstance(word, str))
            yield from keys(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from keys(value)


def left(arguments, *files):
    """Return the plain words of a page that neither its files nor any code explains."""
    done = CliRunner().invoke(app, [*map(str, arguments)], catch_exceptions=False)
    assert done.exit_code in {0, 1}, done.output
    assert re.search("[àéíóú]", done.stdout), "the page has no text at all"
    data = " ".join(
        json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False) for path in files
    )
    known = (
        codes() | set(WORD.findall(data)) | set(WORD.findall(" ".join(path.name for path in files)))
    )
    known |= set(WORD.findall(" ".join(map(str, arguments)))) | {
        "rbrules",
        "python",
        "engine",
        "durable",
    }
    text = re.sub(r"\b[0-9a-f]{12,16}\b|--[a-z][a-z-]*|https?://\S+|\S+\.yaml", "", done.stdout)
    return {
        word
        for word in WORD.findall(text)
        if word not in known and not re.fullmatch("[IVX]+", word)
    }


def sample(name):
    return ROOT / "samples" / f"{name}.json"


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("check", "--all"),
        ("recommend",),
        ("recommend", "--format", "md", "--by", "family"),
        ("recommend", "--format", "csv", "--by", "priority"),
        ("sensitivity",),
        ("improve", "--to", "95"),
    ],
    ids=" ".join,
)
def test_pages_on_a_file(command, name, lang):
    path = sample(name)
    # Long codes are broken in the narrow cells of --all.
    broken = " ".join(codes()) if "--all" in command else ""
    more = () if command[0] in {"sensitivity", "improve"} else (*DAY, "--engine", "python")
    found = left([command[0], path, *command[1:], *more, "--lang", lang], path)
    assert {word for word in found if word not in broken} == set()


@pytest.mark.parametrize("lang", ["id", "en"])
@pytest.mark.parametrize(
    "words_of_command",
    [
        ("rules", "list"),
        ("rules", "list", "--unverified"),
        ("fields",),
        ("explain", "SEL-001"),
        ("explain", "GAT-001"),
        ("explain", "PK-001"),
    ],
    ids=" ".join,
)
def test_pages_on_rules(words_of_command, lang):
    broken = f"{' '.join(codes())} {OPERATORS}" if "fields" in words_of_command else ""
    found = left([*words_of_command, "--lang", lang])
    assert {word for word in found if word not in broken} == set()


@pytest.mark.parametrize("lang", ["id", "en"])
def test_pages_on_two_files(lang):
    old, new = sample("contoh-tahun-2022"), sample("contoh-tahun-2023")
    options = (*DAY, "--engine", "python", "--all", "--lang", lang)
    assert left(["compare", old, new, *options], old, new) == set()
    assert left(["whatif", new, "--set", "hasil_terbit.indeks_rb=60", *options], new) == set()
    assert left(["explain", "PK-001", new, "--all", "--lang", lang], new) == set()


def test_the_test_sees_what_is_not_translated(monkeypatch):
    monkeypatch.setattr(
        words, "_labels", lambda: {**labels, "counts.title": {"id": "Jumlah", "en": "Counted"}}
    )
    labels = {
        k: {lg: marked(t) for lg, t in v.items()}
        for k, v in json.loads((ROOT / "rbrules/report/labels.json").read_text("utf-8")).items()
    }
    path = sample("real-blitar-2023")
    assert left(["check", path, *DAY, "--engine", "python", "--lang", "en"], path) == {"Counted"}


@pytest.mark.parametrize(("lang", "mark"), [("id", r"\."), ("en", ",")])
def test_numbers_are_written_as_the_language_does(lang, mark):
    """Behind the mark of thousands stand three digits; a decimal has the other mark."""
    cited_ones = " ".join(codes_of_law())
    for path in sorted((ROOT / "samples" / "expected").glob(f"*.{lang}.txt")):
        data = sample(path.name.partition(".")[0]).read_text("utf-8")
        text = path.read_text("utf-8")
        wrong = re.findall(rf"(?<![\w.,/-])\d+{mark}(?!\d{{3}}(?!\d))\d+(?![\w-])", text)
        texts = " ".join(re.findall(r'"(?:[^"\\]|\\.)*"', data)) + cited_ones
        assert {number for number in wrong if number not in texts} == set(), path.name


def codes_of_law():
    for path in RULES.rglob("*.yaml"):
        if ".cases" not in path.name:
            for item in cited(load_yaml(path.read_bytes(), path.name).tree):
                yield json.dumps(item, default=str)


@pytest.mark.parametrize("lang", ["id", "en"])
def test_days_are_written_with_the_month_of_the_language(lang):
    labels = json.loads((ROOT / "rbrules" / "report" / "labels.json").read_text("utf-8"))
    months = {each: {labels[f"month.{n}"][each] for n in range(1, 13)} for each in ("id", "en")}
    others = months["en" if lang == "id" else "id"] - months[lang]
    assert len(others) > 5
    for path in sorted((ROOT / "samples" / "expected").glob(f"*.{lang}.txt")):
        text = path.read_text("utf-8")
        data = sample(path.name.partition(".")[0]).read_text("utf-8")
        dated = {
            m[0] for m in re.finditer(r"\b\d{1,2} ([A-Z][a-z]+) \d{4}", text) if m[1] in others
        }
        assert {day for day in dated if day not in data} == set(), path.name
