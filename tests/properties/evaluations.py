"""Random evaluations that are valid, drawn from the schema, with texts and numbers that hurt.

They are made from a seed: Hypothesis would keep such large trees small.
"""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Final

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
YEARS: Final = ("2021", "2022", "2023", "2024")
DATES: Final = ("2024-02-29", "0001-01-01", "1899-12-31", "1900-02-28", "2023-06-30", "9999-12-31")
IDS: Final = ("A", "a", "1", "02", "dinkes", *HOSTILE)
POOLS: Final = {
    "id": IDS,
    "unit": IDS,
    "induk": IDS,
    "unit_pendukung": IDS,
    "indikator/kode": (*VOCABULARY.lines, "b03_spip", "xyz"),
    "tema/kode": (*VOCABULARY.tema, "stunting"),
    "lines/kode": (*VOCABULARY.tema_lines, "renaksi"),
    "kriteria/kode": (*VOCABULARY.criteria, "2a.1", "3b.2", "4c.10"),
    "rencana_aksi/indikator": (*VOCABULARY.lines, *VOCABULARY.tema),
    "rekomendasi/status": [a for t in VOCABULARY.status.values() for a in (t.kode, *t.aliases)],
    "rekomendasi/skema": VOCABULARY.skema,
    "aturan": [rule.id for rule in RULEBOOK.rules],
    "instrumen": [instrument.id for instrument in RULEBOOK.instruments],
    "skala": ("WDP", "WTP", "A", "1", "2,5", "ya"),
    "tahun": (2021, 2022, 2023, 2024, 1990, 2100),
}
"""What may stand under a key, most special name first, where the schema says too little."""

ROWS: Final = 3
"""Entries of a list, at the most."""


SEEDS: Final = st.integers(0, 2**32 - 1)


def evaluation(seed: int) -> Tree:
    """Make a tree; what makes it invalid is taken out until nothing does."""
    return valid(_drawn(Random(seed)))


def _drawn(random: Random) -> Tree:
    tree = _value(random, SCHEMA, ())
    tree["versi"], tree["tahun"] = 1, random.choice((2021, 2022, 2023, 2024, 2026))
    return tree


def valid(tree: Tree) -> Tree:
    """Take out of a tree what the schema or the rulebook refuses."""
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
        nodes[-2][:] = [entry for entry in nodes[-2] if entry is not nodes[-1]]
    else:
        nodes[-1].pop(last, None)


def _value(random: Random, node: Tree, path: tuple[str, ...]) -> Tree:
    if "$ref" in node:
        node = SCHEMA["$defs"][node["$ref"].rpartition("/")[2]]
    types = node.get("type", "object")
    types = [types] if isinstance(types, str) else [t for t in types if t != "null"]
    if "null" in node.get("type", ()) and random.random() < NULLS:
        return None
    type_ = random.choice(types)
    pool = next(
        (POOLS[k] for k in ("/".join(path[-2:]), path[-1:][0] if path else "") if k in POOLS), None
    )
    if pool is not None and type_ in {"string", "integer"}:
        return random.choice(pool)
    if "enum" in node:
        return random.choice(node["enum"])
    return _TYPED[type_](random, node, path)


NULLS: Final = 0.05


def _text(random: Random, node: Tree, path: tuple[str, ...]) -> str:
    if node.get("format") == "date":
        return random.choice(DATES)
    if "number" in node["type"] and path[-1] != "dampak":
        return random.choice(("WDP", "WTP"))
    if random.random() < 0.5:
        return random.choice(HOSTILE)
    letters = [
        chr(random.choice((*range(1, 0x250), *range(0x2000, 0x2070), 0x1F600))) for _ in range(8)
    ]
    return "".join(letters[: random.randrange(1, 8)])


def _whole(random: Random, node: Tree, path: tuple[str, ...]) -> int:
    return random.randint(node.get("minimum", 0), node.get("maximum", 50))


def _list(random: Random, node: Tree, path: tuple[str, ...]) -> list[Tree]:
    low, high = node.get("minItems", 0), node.get("maxItems", ROWS)
    size = random.randint(low, high) if low else random.choice((0, *range(1, high + 1)))
    items = [_value(random, node["items"], path) for _ in range(size)]
    return sorted(items) if path[-1] in {"target", "renstra", "perjanjian_kinerja"} else items


def _object(random: Random, node: Tree, path: tuple[str, ...]) -> dict[str, Tree]:
    patterns = list(node.get("patternProperties", {}).items())
    if patterns:
        keys = YEARS if "20" in patterns[0][0] else ("pemenuhan", "hasil_antara", "rb_general")
        chosen = [key for key in keys if random.random() < 0.4]
        return {key: _value(random, patterns[0][1], path) for key in chosen}
    if "properties" not in node:
        chosen = [key for key in (*VOCABULARY.addressees, "lain") if random.random() < 0.2]
        return {key: _value(random, node["additionalProperties"], path) for key in chosen}
    share = random.choice((0.1, 0.5, 0.9))
    required = node.get("required", [])
    chosen = [key for key in node["properties"] if key in required or random.random() < share]
    return {key: _value(random, node["properties"][key], (*path, key)) for key in chosen}


_TYPED: Final = {
    "boolean": lambda random, _node, _path: random.random() < 0.5,
    "integer": _whole,
    "number": lambda random, _node, _path: random.choice(NUMBERS),
    "string": _text,
    "array": _list,
    "object": _object,
}
