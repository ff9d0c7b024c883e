"""Random evaluations that are valid, drawn from the schema, with texts and numbers that hurt."""

from __future__ import annotations

import copy
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.evaluation import read_evaluation
from rbrules.validate import schema_tree
from tests.shared import document_of, shipped_rulebook

if TYPE_CHECKING:
    from rbrules.model import Tree

RULEBOOK: Final = shipped_rulebook()
VOCABULARY: Final = RULEBOOK.vocabulary
SCHEMA: Final = schema_tree("evaluation")

HOSTILE: Final = (
    *("=1+1", "=HYPERLINK(1)", "+62", "-", "-1", "@SUM(A1)", "'kutip", '"kutip"', "#REF!", "#N/A"),
    *("json:1", "json:@1", "json:", "JSON: a", "ya", "Tidak", "tidak ada", "TRUE", "None", "0"),
    *("71,38", "1.234", "85 %", "Rp1.000", "2024-02-07", "7 Februari 2024", "07/02/2024", "10-12"),
    *("10 s.d. 12", "_x0041_", "_x005F_", "x005F_a", "\x00\x1b[31m", "\x01" * 7_000, "\u202egnp"),
    *("\u200f\u061c", "a\nb", "a\r\nb", "a\rb", "a\tb", " depan", "belakang ", "\n", "\u00a0", " "),
    *("\ufffe\uffff", "\ufeff", "\x85", "\u2028", "😀", "x" * 10_000, "😀" * 10_000, "a; b", "a,b"),
    *("*", "=", "?", "@", "+", "#", "/", "~1", "a/b", "~", "", "2023", "03", "WTP", "naik", "null"),
)
NUMBERS: Final = tuple(
    Decimal(text)
    for text in (
        *("0", "-0.5", "71.38", "65.00", "100", "1E+2", "0.1", "1.234", "12345.678901234"),
        *("1234567890123.12", "123456789012345", "1234567890123456", "999999999999999999999"),
        *("0.000000000000001", "-1234567890123456.123456789012345", "3", "5.0", "0.30"),
        *("0.123456789012345", "1.23456789012345", "9007199254740993", "2.675", "100.00", "50"),
    )
)
TEXTS: Final = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_categories=("Cs",)), max_size=12
)
YEARS: Final = st.sampled_from(("2021", "2022", "2023", "2024"))
DATES: Final = st.sampled_from(
    ("2024-02-29", "0001-01-01", "1899-12-31", "1900-02-28", "9999-12-31")
)
IDS: Final = st.sampled_from(("A", "a", "1", "02", "dinkes", *HOSTILE))


def _pool(words: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(tuple(words))


POOLS: Final = {
    "id": IDS,
    "unit": IDS,
    "induk": IDS,
    "indikator/kode": _pool([*VOCABULARY.lines, "b03_spip", "xyz"]),
    "tema/kode": _pool([*VOCABULARY.tema, "stunting"]),
    "lines/kode": _pool([*VOCABULARY.tema_lines, "renaksi"]),
    "kriteria/kode": _pool([*VOCABULARY.criteria, "2a.1", "3b.2", "4c.10"]),
    "rencana_aksi/indikator": _pool([*VOCABULARY.lines, *VOCABULARY.tema]),
    "rekomendasi/status": _pool(
        [a for t in VOCABULARY.status.values() for a in (t.kode, *t.aliases)]
    ),
    "rekomendasi/skema": _pool(VOCABULARY.skema),
    "aturan": _pool([rule.id for rule in RULEBOOK.rules][:20]),
    "instrumen": _pool([instrument.id for instrument in RULEBOOK.instruments]),
    "skala": st.just(["WDP", "WTP"]) | st.lists(IDS, min_size=2, max_size=3, unique=True),
    "tahun": st.integers(1990, 2100) | st.sampled_from((2021, 2022, 2023, 2024)),
    "status": st.sampled_from((None, "dinilai", "belum_dinilai", "selesai")),
}
"""What may stand under a key, most special name first, where the schema says too little."""


@st.composite
def evaluations(draw: st.DrawFn) -> Tree:
    """Draw a tree; what makes it invalid is taken out until nothing does."""
    tree = {
        "versi": 1,
        "instansi": draw(_strategy(SCHEMA["properties"]["instansi"], ("instansi",))),
        "tahun": draw(st.sampled_from((2021, 2022, 2023, 2024, 2026))),
    }
    sections = [key for key in SCHEMA["properties"] if key not in tree]
    for key in draw(st.lists(st.sampled_from(sections), max_size=5, unique=True)):
        tree[key] = draw(_strategy(SCHEMA["properties"][key], (key,)))
    return valid(tree)


def valid(tree: Tree) -> Tree:
    """Take out of a tree what the schema or the rulebook refuses."""
    tree = copy.deepcopy(tree)
    while True:
        document = document_of(tree)
        try:
            read_evaluation(document, RULEBOOK)
        except InputError as error:
            tree = document.tree
            for pointer in sorted({p.pointer for p in error.problems}, key=len, reverse=True):
                _take_out(tree, pointer)
        else:
            return document.tree


def _take_out(tree: Tree, pointer: str) -> None:
    if pointer == "/instansi/nama":
        tree["instansi"]["nama"] = "Contoh"
        return
    tokens = [t.replace("~1", "/").replace("~0", "~") for t in pointer.split("/")[1:]]
    nodes = [tree]
    for token in tokens[:-1]:
        node = nodes[-1]
        if isinstance(node, list) and int(token) >= len(node):
            return
        inside = node[int(token)] if isinstance(node, list) else node.get(token)
        if not isinstance(inside, dict | list):
            return
        nodes.append(inside)
    last = tokens[-1]
    if isinstance(nodes[-1], list):
        if int(last) < len(nodes[-1]):
            del nodes[-1][int(last)]
    elif last in {"id", "kode", "tahun", "nilai", "dokumen"} and isinstance(nodes[-2], list):
        nodes[-2].remove(nodes[-1])
    else:
        nodes[-1].pop(last, None)


def _strategy(node: Tree, path: tuple[str, ...]) -> st.SearchStrategy[Tree]:
    if "$ref" in node:
        name = node["$ref"].rpartition("/")[2]
        node = {**SCHEMA["$defs"][name], **{k: v for k, v in node.items() if k != "$ref"}}
    pooled = next((POOLS[k] for k in ("/".join(path[-2:]), path[-1]) if k in POOLS), None)
    types = node.get("type", ())
    types = (types,) if isinstance(types, str) else tuple(types)
    is_inner = "object" in types or ("array" in types and "number" not in types)
    if pooled is not None and (not is_inner or path[-1] == "skala"):
        return pooled
    if "enum" in node:
        return st.sampled_from(node["enum"])
    choices = [_typed(type_, node, path) for type_ in types]
    return st.one_of(choices)


def _typed(type_: str, node: Tree, path: tuple[str, ...]) -> st.SearchStrategy[Tree]:
    match type_:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(node.get("minimum", 0), node.get("maximum", 50))
        case "number":
            return st.sampled_from(NUMBERS)
        case "string":
            return DATES if node.get("format") == "date" else TEXTS
        case "array":
            low, high = node.get("minItems", 0), node.get("maxItems", 4)
            inner = _strategy(node["items"], path)
            return st.lists(inner, min_size=low, max_size=high)
    properties = node.get("properties", {})
    patterns = list(node.get("patternProperties", {}).values())
    if patterns:
        is_year = "20" in next(iter(node["patternProperties"]))
        keys = YEARS if is_year else st.sampled_from(("pemenuhan", "hasil_antara", "rb_general"))
        return st.dictionaries(keys, _strategy(patterns[0], path), max_size=3)
    if not properties:
        keys = st.sampled_from((*VOCABULARY.addressees, "lain"))
        return st.dictionaries(keys, _strategy(node["additionalProperties"], path), max_size=3)
    return _object(node, path)


@st.composite
def _object(draw: st.DrawFn, node: Tree, path: tuple[str, ...]) -> Tree:
    required = node.get("required", [])
    optional = [key for key in node["properties"] if key not in required]
    chosen = draw(st.lists(st.sampled_from(optional), max_size=8, unique=True)) if optional else []
    return {
        key: draw(_strategy(node["properties"][key], (*path, key))) for key in (*required, *chosen)
    }


def has_hostile_text(tree: Tree) -> bool:
    """Tell whether a drawn tree holds one of the texts that hurt."""
    return bool(re.search("=1|json:|\\\\u202e|x005F", repr(tree)))
