"""Two validators of one schema: where the fast one says valid, the one with the messages does too."""

import copy
import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.load.files import MAX_RULE_BYTES, read_bytes
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml
from rbrules.validate import _validator, is_valid
from tests.properties.strategies import many
from tests.shared import INVALID, RULES, SAMPLES

FOLDERS = {"instruments": "instrument", "parameters": "parameter", "vocabulary": "vocabulary"}

ODD = (
    None, True, False, 0, 1, -1, 2023, 10**21, Decimal(2023), Decimal("2023.0"), Decimal("1E+3"),
    Decimal("71.38"), Decimal("-0.0"), Decimal("1.00"), "", " ", "a", "2023", "2023\n", "1899",
    "0000-01-01", "2023-02-29", "2024-02-29", "2024-1-1", "2024-01-01\n", "PK-001", "PK-001\n",
    "kabupaten", "Kabupaten", "\u0661", "\u00a0", [], {}, [1, 2], [2, 1], [1, Decimal("1.0")],
    [None, None, None, None], {"ada": True}, {"2023": 1}, {"2023\n": 1}, {"x": None},
)  # fmt: skip
"""Values at which two readers of one schema may part."""


def agree(tree, schema):
    slow = next(_validator(schema).iter_errors(tree), None)
    assert is_valid(tree, schema) == (slow is None), slow


def schema_of(path):
    if path.parts[0] in FOLDERS:
        return FOLDERS[path.parts[0]]
    return "cases" if path.name.endswith(".cases.yaml") else "rule"


def every_file():
    for path in SAMPLES:
        yield load_json(path.read_bytes(), path.name), "evaluation"
    for path in sorted(RULES.rglob("*.yaml")):
        data = read_bytes(path, MAX_RULE_BYTES)
        yield load_yaml(data, path.name), schema_of(path.relative_to(RULES))


FILES = tuple(every_file())


def test_shipped_files():
    for document, schema in FILES:
        agree(document.tree, schema)
        assert is_valid(document.tree, schema), document.name


def test_faulty_files():
    seen = 0
    for path in sorted((INVALID / "evaluation").glob("*.json")):
        try:
            document = load_json(path.read_bytes(), path.name)
        except InputError:  # no tree, nothing to validate
            continue
        agree(document.tree, "evaluation")
        seen += not is_valid(document.tree, "evaluation")
    assert seen > 30


def places(tree, path=()):
    yield path
    if isinstance(tree, dict):
        for key, child in tree.items():
            yield from places(child, (*path, key))
    elif isinstance(tree, list):
        for number, child in enumerate(tree):
            yield from places(child, (*path, number))


def put(tree, path, value):
    if not path:
        return value
    node = tree = copy.deepcopy(tree)
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    return tree


@given(st.sampled_from(range(len(FILES))), st.integers(0, 2**32))
@many(60)
def test_changed_files(number, seed):
    document, schema = FILES[number]
    mixer = random.Random(seed)
    tree = document.tree
    listed = list(places(tree))
    for _ in range(8):
        path = mixer.choice(listed)
        value = mixer.choice((*ODD, *(take(tree, mixer.choice(listed)) for _ in range(3))))
        agree(put(tree, path, value), schema)


def take(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def test_every_place_of_an_evaluation():
    tree = next(d.tree for d, _ in FILES if d.name == "contoh-temuan.json")
    first = [path for path in places(tree) if not path[1:] or path[1] in {0, *tree["instansi"]}]
    for number, path in enumerate(first):
        agree(put(tree, path, ODD[number % len(ODD)]), "evaluation")


def test_a_whole_number_with_decimals_is_no_year():
    sample = next(d.tree for d, _ in FILES if d.name == "real-blitar-2023.json")
    assert is_valid(sample, "evaluation")
    assert not is_valid(sample | {"tahun": Decimal("2023.0")}, "evaluation")
