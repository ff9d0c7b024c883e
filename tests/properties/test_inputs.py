"""Whatever is read ends in a report or in an InputError, and order never counts."""

from __future__ import annotations

import copy
import re
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.load.document import Document
from rbrules.load.files import rule_files
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml
from rbrules.model import escape
from rbrules.report.followup import plan_of
from rbrules.report.json_text import json_text
from rbrules.report.places import places_of
from rbrules.report.recommend import (
    recommendation_csv,
    recommendation_markdown,
    recommendation_table,
    register,
)
from rbrules.report.table import report_table
from rbrules.report.tree import report_tree
from rbrules.rulebook import load_rulebook
from rbrules.validate import problems_of
from tests.properties.strategies import many
from tests.shared import (
    BASE,
    LANGUAGES,
    RULES,
    SAMPLES,
    assert_valid_report,
    dump,
    report_of,
    shipped_rulebook,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rbrules.model import Tree

UNSAFE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
TREES: Final = {path.stem: load_json(path.read_bytes(), path.name).tree for path in SAMPLES}


def patient(examples: int) -> settings:
    """Allow examples that take long to draw or that share a fixture."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture]
    return settings(many(examples), suppress_health_check=checks)


# --- any input ---------------------------------------------------------------------------------

NUMBERS: Final = st.sampled_from(
    tuple(
        Decimal(text)
        for text in (
            *("0", "-0.0", "1", "-1", "0.5", "71.38", "100", "100.00", "1E+2", "2023", "2023.0"),
            *("1E-15", "999999999999999999999", "-999999999999999999999.999999999999999", "120"),
        )
    )
)
WORDS: Final = st.sampled_from(
    (
        *("", " ", "spip", "b03_spip", "kemiskinan", "WTP", "wtp", "2023", "2023-02-29", "dinkes"),
        *("2024-02-29", "9999-12-31", "0001-01-01", "kabupaten", "kota", "selesai", "A-", "aa"),
        *("sangat baik", "rb-2023", "rb-2024", "sakip-2021", "naik", "rentang", "71,38", "$tahun"),
        *(
            "\x1b[31mred\x1b[0m",
            "\u202egnp",
            "a\nb\tc",
            "=1+1",
            "| a |",
            "😀",
            "x" * 300,
            "/~",
            "%d",
        ),
    )
)
KEYS: Final = st.sampled_from(
    (
        *("versi", "instansi", "tahun", "nama", "kelompok", "kode", "id", "nilai", "indikator"),
        *("kinerja", "unit", "tema", "lines", "rencana_aksi", "rekomendasi", "hasil_terbit", "a/b"),
        *("riwayat", "target_indeks", "2022", "2023", "renstra", "realisasi", "skala", "", "x~y"),
    )
)
SCALARS: Final = (
    st.none()
    | st.booleans()
    | NUMBERS
    | WORDS
    | st.integers(-5, 3000)
    | st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
)
ANY_TREE: Final = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=15,
)


def end_of(tree: Tree, *, views: bool = True) -> str:
    """Run a tree through everything; return how it ended."""
    data = dump(tree)
    try:
        report = report_of(data)
    except InputError as error:
        assert error.problems
        assert all(problem.line > 0 and problem.column > 0 for problem in error.problems)
        return "problems"
    if views:
        places = places_of(report.evaluation, lambda _: 1)
        for lang in LANGUAGES:
            shown = report_tree(report, lang, every_outcome=True)
            assert_valid_report(shown)
            listed = register(shown, plan_of(report, lang))
            pages = [
                json_text(shown),
                report_table(shown, width=80, places=places, everything=True),
                report_table(shown, width=160, places=places),
                recommendation_table(listed, width=80),
                recommendation_csv(listed).removeprefix("\ufeff").replace("\r\n", "\n"),
                recommendation_markdown(listed),
            ]
            for page in pages:
                assert not UNSAFE.search(page)
                page.encode()
    return "report"


@many(150)
@given(ANY_TREE)
def test_any_tree(tree):
    end_of(tree)


@many(150)
@given(
    st.dictionaries(
        st.sampled_from(
            (
                "hasil_terbit",
                "indikator",
                "kinerja",
                "tema",
                "unit",
                "sakip",
                "riwayat",
                "rekomendasi",
                "target_indeks",
            )
        ),
        ANY_TREE,
        max_size=3,
    )
)
def test_any_sections(sections):
    end_of(BASE | sections)


def nodes_of(tree: Tree) -> Iterator[tuple[Tree, str | int]]:
    """Yield (container, key) of every node but the root."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for key, part in items:
        yield tree, key
        if isinstance(part, dict | list):
            yield from nodes_of(part)


def mutate(draw: st.DrawFn, tree: Tree) -> None:
    """Delete, replace, duplicate or swap one node of `tree`."""
    nodes = list(nodes_of(tree))
    if not nodes:
        return
    container, key = nodes[draw(st.integers(0, len(nodes) - 1))]
    match draw(st.sampled_from(("delete", "replace", "number", "duplicate", "swap", "null"))):
        case "delete":
            del container[key]
        case "replace":
            container[key] = draw(ANY_TREE)
        case "number":
            container[key] = draw(NUMBERS)
        case "null":
            container[key] = None
        case "duplicate":
            twin = copy.deepcopy(container[key])
            if isinstance(container, list):
                container.insert(draw(st.integers(0, len(container))), twin)
            else:
                container[draw(KEYS)] = twin
        case _:
            other, other_key = nodes[draw(st.integers(0, len(nodes) - 1))]
            if other is not container or other_key != key:
                value = copy.deepcopy(other[other_key])
                container[key] = value


SMALL: Final = tuple(name for name, tree in TREES.items() if len(dump(tree)) < 8_000)
LARGE: Final = tuple(name for name in TREES if name not in SMALL)


@st.composite
def mutants(draw: st.DrawFn, names: tuple[str, ...]) -> Tree:
    """Draw a sample with one to four changes."""
    tree = copy.deepcopy(TREES[draw(st.sampled_from(names))])
    for _ in range(draw(st.integers(1, 4))):
        mutate(draw, tree)
    return tree


@patient(200)
@given(mutants(SMALL))
def test_mutants_of_small_samples(tree):
    end_of(tree)


@patient(60)
@given(mutants(LARGE))
def test_mutants_of_large_samples(tree):
    end_of(tree, views=False)


@pytest.mark.parametrize("name", sorted(TREES))
def test_samples_end_in_a_report(name):
    assert end_of(TREES[name]) == "report"


# --- any bytes ---------------------------------------------------------------------------------

PIECES: Final = st.lists(
    st.sampled_from(
        tuple(
            piece.encode()
            for piece in (
                *(
                    '{"a":',
                    "[",
                    "]",
                    "{",
                    "}",
                    ",",
                    ":",
                    "NaN",
                    "-Infinity",
                    "1e400",
                    "01",
                    '"\\ud800"',
                ),
                *(
                    '"a"',
                    '"a":1',
                    "null",
                    "tru",
                    "1" * 30,
                    "-",
                    "--- ",
                    "\n",
                    "\t",
                    " ",
                    "#",
                    "&a ",
                    "*a",
                ),
                *(
                    "!!str ",
                    "? ",
                    "- ",
                    "| \n",
                    "> \n",
                    "'",
                    '"',
                    "\\",
                    "%YAML 1.2\n",
                    "...\n",
                    "<<: ",
                ),
                *("\x00", "\x07", "\u0085", "\ufeff", "é", "😀"),
            )
        )
        + (b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"[" * 70, b'{"a":' * 70, b"- " * 70)
    ),
    max_size=12,
).map(b"".join)


@many(300)
@given(st.binary(max_size=60) | PIECES)
def test_any_bytes(data):
    for load in (load_json, load_yaml):
        try:
            document = load(data, "x")
        except InputError as error:
            assert error.problems
            for problem in error.problems:
                assert problem.line >= 1
                assert problem.column >= 1
                assert problem.found
                assert problem.expected
            str(error).encode()
        else:
            assert isinstance(document, Document)
            document.place("")
            json_text(document.tree)


@many(100)
@given(st.sampled_from(sorted(TREES)), st.data())
def test_damaged_files(name, data):
    """A sample with a few bytes cut out, doubled or overwritten."""
    raw = bytearray(dump(TREES[name]))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw) - 1))
        stop = min(len(raw), start + data.draw(st.integers(1, 20)))
        raw[start:stop] = data.draw(
            st.sampled_from((b"", b",", b'"', bytes(raw[start:stop]) * 2, b"9"))
        )
    try:
        report_of(bytes(raw))
    except InputError as error:
        assert error.problems


# --- validation changes nothing ----------------------------------------------------------------


@patient(80)
@given(mutants(SMALL) | ANY_TREE)
def test_validation_leaves_the_tree_as_it_is(tree):
    document = load_json(dump(tree), "x")
    before = copy.deepcopy(document.tree)
    problems_of(document, "evaluation")
    assert document.tree == before
    assert repr(document.tree) == repr(before)


# --- order -------------------------------------------------------------------------------------

SHUFFLED: Final = frozenset(
    [
        "indikator",
        "kinerja",
        "unit",
        "tema",
        "lines",
        "rencana_aksi",
        "rekomendasi",
        "riwayat",
        "target_indeks",
        "komponen",
        "sub",
        "sumber",
    ]
)
"""Lists whose order means nothing; skala, triwulan and ranges are ordered."""


def shuffle(tree: Tree, mixer: Random, name: str = "") -> Tree:
    """Return `tree` with rows and keys in another order."""
    if isinstance(tree, dict):
        keys = list(tree)
        mixer.shuffle(keys)
        return {key: shuffle(tree[key], mixer, key) for key in keys}
    if isinstance(tree, list):
        rows = [shuffle(row, mixer) for row in tree]
        if name in SHUFFLED and all(isinstance(row, dict) for row in rows):
            mixer.shuffle(rows)
        return rows
    return tree


def without_places(tree: Tree) -> Tree:
    """Forget what order may change: the digest of the input and the pointers."""
    if isinstance(tree, dict):
        kept = {
            key: without_places(part)
            for key, part in tree.items()
            if key not in {"pointer", "pointers", "input", "missing"}
        }
        if "missing" in tree:
            kept["missing"] = sorted(re.sub(r"/[0-9]+(?=/|$)", "/#", p) for p in tree["missing"])
        return kept
    return [without_places(part) for part in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("name", sorted(TREES))
@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_does_not_count(name, seed):
    tree = TREES[name]
    report = report_of(tree)
    mixed = report_of(shuffle(tree, Random(seed)))
    for lang in LANGUAGES:
        one, other = (report_tree(r, lang, every_outcome=True) for r in (report, mixed))
        assert without_places(one) == without_places(other)


def test_order_does_not_choose_between_figures_that_differ_in_digits_only():
    rows = [
        {"tahun": 2022, "indeks_rb": Decimal("65.0")},
        {"tahun": 2022, "indeks_rb": 65},
        {"tahun": 2022, "indeks_rb": Decimal("65.00")},
        {"tahun": 2021, "indeks_rb": Decimal("60.1"), "sakip": 1},
        {"tahun": 2021, "indeks_rb": Decimal("60.10"), "sakip": 2},
    ]
    seen = set()
    for seed in range(6):
        mixed = Random(seed).sample(rows, len(rows))
        tree = BASE | {"hasil_terbit": {"indeks_rb": Decimal("71.38")}, "riwayat": mixed}
        shown = without_places(report_tree(report_of(tree), "en", every_outcome=True))
        seen.add(json_text(shown))
        assert str(shown["indeks_rb"]["tahun_lalu"]["nilai"]) == "65.00"
    assert len(seen) == 1


@pytest.mark.parametrize("name", sorted(TREES))
def test_pointers_point_at_what_the_report_says(name):
    """Every pointer of a report exists in the file, or its parent does where a value is missing."""
    tree = report_tree(report_of(TREES[name]), "en", every_outcome=True)
    known = set(pointers_of(TREES[name]))
    for entry in (*tree["findings"], *tree["unknown"], *tree["outcomes"]):
        assert entry["subject"]["pointer"] in known
    for finding in tree["findings"]:
        for place in finding["looked_at"]:
            assert all(nearest(pointer, known) for pointer in place["pointers"])
    for entry in tree["unknown"]:
        assert all(nearest(pointer, known) for pointer in entry["missing"])


def pointers_of(tree: Tree, pointer: str = "") -> Iterator[str]:
    yield pointer
    if isinstance(tree, dict | list):
        items = tree.items() if isinstance(tree, dict) else enumerate(tree)
        for key, part in items:
            yield from pointers_of(part, f"{pointer}/{escape(str(key))}")


def nearest(pointer: str, known: set[str]) -> bool:
    return pointer == "" or pointer in known or nearest(pointer.rpartition("/")[0], known)


@patient(8)
@given(st.randoms(use_true_random=False))
def test_any_order_of_rule_files_gives_the_same_rulebook(monkeypatch, mixer):
    def shuffled(folder):
        files = list(rule_files(folder))
        mixer.shuffle(files)
        return tuple(files)

    monkeypatch.setattr("rbrules.rulebook.rule_files", shuffled)
    again = load_rulebook([RULES])
    assert again == shipped_rulebook()
    assert repr(again.rules) == repr(shipped_rulebook().rules)
    assert list(again.parameters) == list(shipped_rulebook().parameters)
