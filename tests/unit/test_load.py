"""Bytes to trees: digits, limits, places, and YAML read by the rules of YAML 1.2."""

import hashlib
import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rbrules.errors import InputError
from rbrules.load.document import MAX_DEPTH, REST, decode
from rbrules.load.files import read_bytes, rule_files
from rbrules.load.json_reader import MAX_DECIMALS, MAX_DIGITS, MAX_PROBLEMS, load_json
from rbrules.load.yaml_reader import MAX_NODES, load_yaml
from rbrules.model import escape
from tests.properties.strategies import many
from tests.shared import RULES, SAMPLES

BOM = b"\xef\xbb\xbf"


def problems_of(load, data):
    with pytest.raises(InputError) as caught:
        load(data, "x")
    return caught.value.problems


def nested(depth, inside=""):
    return ("[" * depth + inside + "]" * depth).encode()


def values_of(tree):
    """Yield every node of a tree, itself included."""
    yield tree
    if isinstance(tree, dict):
        for key, part in tree.items():
            assert type(key) is str
            yield from values_of(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from values_of(part)


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("load", [load_json, load_yaml])
def test_byte_order_mark_is_tolerated(load):
    with_mark = load(BOM + b'{"a": 1}', "x")
    assert with_mark.tree == {"a": 1}
    assert with_mark.place("/a") == (1, 7)
    assert with_mark.digest == "sha256:" + hashlib.sha256(BOM + b'{"a": 1}').hexdigest()


@pytest.mark.parametrize("start", [b"", BOM])
def test_first_bad_byte_is_named(start):
    (problem,) = problems_of(decode, start + b'{"a":\n "\xc3\xa9\xff"}')
    assert (problem.line, problem.column) == (2, 4)
    assert problem.found == "byte 0xff, which is not UTF-8"


def test_characters_outside_the_basic_plane_count_as_one_column():
    document = load_json('{"a": "😀", "b": 1}'.encode(), "x")
    assert document.place("/b") == (1, 17)


# --- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["71.380", "0.10", "-0.0", "1E+2", "1e-7", "100", "-0", "0", "71.38", "1.5e3"]
)
def test_digits_are_kept(text):
    (value,) = load_json(f"[{text}]".encode(), "x").tree
    if set(text) & set(".eE"):
        assert isinstance(value, Decimal)
        assert value.as_tuple() == Decimal(text).as_tuple()
    else:
        assert type(value) is int
        assert value == int(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * MAX_DIGITS,
        "-" + "9" * MAX_DIGITS,
        "9" * MAX_DIGITS + ".5",
        "0." + "1" * MAX_DECIMALS,
        f"1e-{MAX_DECIMALS}",
        f"1e{MAX_DIGITS - 1}",
        "0e21",
    ],
)
def test_number_at_the_limit(text):
    (value,) = load_json(f"[{text}]".encode(), "x").tree
    assert value == Decimal(text)


@pytest.mark.parametrize(
    "text",
    [
        "9" * (MAX_DIGITS + 1),
        "-" + "9" * (MAX_DIGITS + 1),
        "9" * (MAX_DIGITS + 1) + ".5",
        "0." + "1" * (MAX_DECIMALS + 1),
        f"1e-{MAX_DECIMALS + 1}",
        f"1e{MAX_DIGITS}",
        "1e400",
        "-1E400",
        "1e1000000000000000000",
        "1e-99999999999999999999",
        "0e22",
        "1" * 10_000,
    ],
)
def test_number_beyond_the_limit(text):
    (problem,) = problems_of(load_json, f'{{"a": [1, {text}]}}'.encode())
    assert problem.pointer == "/a/1"
    assert (problem.line, problem.column) == (1, 11)
    assert problem.expected == "at most 21 digits and 15 decimals"
    assert len(problem.found) < 80


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_no_float_in_any_sample(path):
    tree = load_json(path.read_bytes(), path.name).tree
    assert {type(value) for value in values_of(tree)} <= {
        dict, list, str, int, Decimal, bool, type(None)
    }  # fmt: skip


def test_no_float_in_any_rule_file():
    for path in rule_files(RULES):
        tree = load_yaml(path.read_bytes(), path.name).tree
        assert not any(isinstance(value, float) for value in values_of(tree)), path


# --- depth and faults --------------------------------------------------------------------------


@pytest.mark.parametrize("load", [load_json, load_yaml])
@pytest.mark.parametrize("inside", ["", "1"])
def test_depth(load, inside):
    load(nested(MAX_DEPTH, inside), "x")
    (problem,) = problems_of(load, nested(MAX_DEPTH + 1, inside))
    assert problem.found == "nesting deeper than 64 levels"
    assert (problem.line, problem.column) == (1, MAX_DEPTH + 1)


@pytest.mark.parametrize("load", [load_json, load_yaml])
def test_depth_beyond_the_stack(load):
    for data in (b"[" * 100_000, b'{"a":' * 50_000, nested(100_000)):
        assert problems_of(load, data)[0].found == "nesting deeper than 64 levels"


def test_every_fault_of_form_is_listed_with_the_place_where_the_text_breaks_off():
    data = b'{"a": NaN, "b": {"c": 1, "c": 2}, "d": ["\\ud800", 1e400], "e": "x\\q"}'
    found = [(p.column, p.pointer) for p in problems_of(load_json, data)]
    assert found == [(7, "/a"), (26, "/b/c"), (41, "/d/0"), (51, "/d/1"), (66, "")]


def test_a_file_that_is_broken_over_and_over_is_cut_short():
    data = b"[" + b",".join([b"NaN"] * 10_000) + b"]"
    assert len(problems_of(load_json, data)) == MAX_PROBLEMS


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"a": 1,}', 9),
        ('{"a": 1, }', 10),
        ("[1,]", 4),
        ("[1, ]", 5),
        ('{"a": [1,\n]}', 1),
    ],
)
def test_a_trailing_comma_is_shown_at_the_bracket(text, column):
    """Python 3.13 points at the comma, older ones at the bracket."""
    (problem,) = problems_of(load_json, text.encode())
    assert problem.column == column
    assert problem.hint.startswith("Remove the comma before this bracket.")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"a": [1, 2', "The [ of line 1, column 7 seems to lack its ]."),
        ('{\n  "a": {"b": 1,\n  "c": [2]\n}', "The { of line 2, column 8 seems to lack its }."),
        ('{"a": {"b": 1]}', "The { of line 1, column 7 seems to lack its }."),
        ('{"a": ["}", "b": 1}', "The [ of line 1, column 7 seems to lack its ]."),
        ('{"a": 1}}', "All brackets are closed before this place"),
        ('{"a": 1\n"b": 2}', "Perhaps a comma is missing at the end of line 1."),
        ('{"a": 1 "b": 2}', "Perhaps a comma is missing before this place."),
        ('{"a": "b": 2}', "A key has one value"),
        ('{"a": 1,,"b": 2}', "Remove one of the two commas."),
        ('{"2022": 1, 2023: 2}', 'Write the key in double quotes: "2023".'),
        ('{"a": 71,38}', "Write the number as 71.38:"),
        ('{"a": [1.250.000,5]}', "Write the number as 1250000.5:"),
        ('{"a": 7 8}', "Perhaps a comma is missing"),
        ('{"a": 2024-01-31}', 'Write year, month and day: "2024-01-31".'),
        ('{"a": 30/02/2024}', "There is no such day: the last one of that month is 2024-02-29."),
        ('{"a": 71.38 %}', "Write a percentage as its number"),
        ('{"a": selesai}', 'Write a text in double quotes: "selesai".'),
        ('{"a": -}', "Write null where a value is not known."),
        ('{"a": .5}', "Write a number such as 0.5"),
        ('{"a": "x \u201cy\u201d,\n"b": 1}', "Texts and keys stand in straight double quotes"),
        ('{"a": "x\ty"}', "Write a blank in its place."),
        ('{"nama: "Dinas"}', 'The key is read as "nama: "; perhaps a quote is missing.'),
        ('{"a" = 1}', REST),
        ("{a}", REST),
    ],
)
def test_what_is_wrong_with_the_form_is_guessed(text, hint):
    (problem,) = problems_of(load_json, text.encode())
    assert problem.hint.startswith(hint)
    assert problem.hint.endswith((REST, "complete copy."))


@many(200)
@given(st.text('{}[]",:;/#%.-\\ \n\t\u201c\u00a0015aenrt', max_size=30))
def test_no_text_defeats_the_guesses(text):
    for start in ("", '{"a": ', '{"a": [{"b": 1},\n'):
        try:
            load_json((start + text).encode(), "x")
        except InputError as error:
            assert all(problem.found != "``" for problem in error.problems)


@pytest.mark.parametrize("load", [load_json, load_yaml])
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"PK\x03\x04...word/document.xml", "a Word document (DOCX)"),
        (b"PK\x03\x04...xl/workbook.xml", "an Excel workbook (XLSX)"),
        (b"PK\x03\x04...", "a ZIP archive"),
        (b"\xd0\xcf\x11\xe0...", "an old Word or Excel file (DOC, XLS)"),
        (b"{\\rtf1 ...}", "a document in rich text (RTF)"),
        (b"%PDF-1.7", "a PDF"),
        ("{}".encode("utf-16"), "text in UTF-16"),
        ("{}".encode("utf-16-le"), "text in UTF-16"),
        ("{}".encode("utf-16-be"), "text in UTF-16"),
    ],
)
def test_other_documents_are_named(load, data, found):
    (problem,) = problems_of(load, data)
    assert (problem.line, problem.column, problem.found) == (1, 1, found)
    assert problem.hint


@pytest.mark.parametrize("pair", ["\\ud83d\\ude00", "\\\\ud83d", "\\u00e9"])
def test_whole_characters_are_no_fault(pair):
    load_json(f'["{pair}"]'.encode(), "x")


# --- places ------------------------------------------------------------------------------------

keys = st.text(max_size=6) | st.sampled_from(("a/b", "~", "~1", "", "0", "\n", "a b", "é", "😀"))
keys = keys.filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
trees = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10**9) | keys,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


def pointers_of(tree, pointer=""):
    yield pointer, tree
    items = tree.items() if isinstance(tree, dict) else ()
    if isinstance(tree, list):
        items = ((str(index), part) for index, part in enumerate(tree))
    for key, part in items:
        yield from pointers_of(part, f"{pointer}/{escape(key)}")


@many(200)
@given(trees, st.sampled_from((None, 0, 1, 4)), st.booleans())
def test_place_points_at_the_text_of_the_value(tree, indent, ascii_only):
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    document = load_json(text.encode(), "x")
    lines = text.split("\n")
    assert document.tree == tree
    for pointer, value in pointers_of(tree):
        line, column = document.place(pointer)
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value
        if pointer:
            key = pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
            line, column = document.place(pointer, of_key=True)
            rest = lines[line - 1][column - 1 :]
            if rest.startswith('"') and (line, column) != document.place(pointer):
                assert json.JSONDecoder().raw_decode(rest)[0] == key


def test_an_absent_place_is_that_of_the_nearest_ancestor():
    document = load_json(b'{\n "a": {"b": [1, 2]}\n}', "x")
    assert document.place("/a/b/7/x") == document.place("/a/b") == (2, 13)
    assert document.place("/zzz") == document.place("") == (1, 1)


@many(100)
@given(trees)
def test_yaml_reads_json_and_knows_its_places(tree):
    """JSON on one line is YAML; a key that YAML has no form for is not tried."""
    text = json.dumps(tree)
    try:
        document = load_yaml(text.encode(), "x")
    except InputError as error:
        # YAML does not know half a pair of escapes, and limits the length of a key.
        assert "\\ud" in text, error
        return
    assert document.tree == tree
    for pointer, value in pointers_of(tree):
        line, column = document.place(pointer)
        assert line == 1
        assert json.JSONDecoder().raw_decode(text[column - 1 :])[0] == value


# --- YAML --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("yes", "yes"), ("y", "y"), ("off", "off"),
        ("12:30", "12:30"), ("1:2:3", "1:2:3"), ("2024-01-31", "2024-01-31"),
        ("2024-01-31T10:00:00Z", "2024-01-31T10:00:00Z"), ("1_000", "1_000"), ("0x1f", "0x1f"),
        ("010", 10), ("-5", -5), ("+5", 5), ("0", 0),
        ("true", True), ("True", True), ("FALSE", False), ("tRUE", "tRUE"),
        ("null", None), ("~", None), ("", None), ("Null", None), ("none", "none"),
        ('"true"', "true"), ("'12'", "12"), ('"~"', "~"), ("|-\n  12", "12"), (">-\n  no", "no"),
        ("<<", "<<"), ("=", "="), ("9" * 22, "9" * 22),
    ],
)  # fmt: skip
def test_scalars_of_yaml_1_2(text, value):
    tree = load_yaml(f"a: {text}\n".encode(), "x").tree
    assert tree == {"a": value}
    assert type(tree["a"]) is type(value)


@pytest.mark.parametrize("text", ["1.50", "0.10", "-.5", "5.", "1.0e3", "-0.0"])
def test_decimals_of_yaml_keep_their_digits(text):
    value = load_yaml(f"a: {text}\n".encode(), "x").tree["a"]
    assert isinstance(value, Decimal)
    assert value.as_tuple() == Decimal(text).as_tuple()


def test_keys_of_yaml_are_words():
    assert load_yaml(b"no: 1\n12: 2\n1.50: 3\nnull: 4\n", "x").tree == {
        "no": 1,
        "12": 2,
        "1.50": 3,
        "null": 4,
    }


def test_aliases_are_copied_and_counted():
    assert load_yaml(b"a: &x [1]\nb: *x\n", "x").tree == {"a": [1], "b": [1]}
    row = ", ".join(["1"] * 99)
    fits = f"a: &x [{row}]\nb: [{', '.join(['*x'] * 498)}]\n"
    load_yaml(fits.encode(), "x")
    too_many = f"a: &x [{row}]\nb: [{', '.join(['*x'] * 499)}]\n"
    (problem,) = problems_of(load_yaml, too_many.encode())
    assert problem.found == f"more than {MAX_NODES:,} values"


def test_a_merge_key_is_a_key_like_any_other():
    document = load_yaml(b"a: &x {b: 1}\nc: {<<: *x}\n", "x")
    assert document.tree["c"] == {"<<": {"b": 1}}


@pytest.mark.parametrize(
    "tag", ["!!str 5", "!x 5", "! 5", "!!map {}", "!!seq []", "!!python/name:os 1"]
)
def test_every_tag_is_refused(tag):
    (problem,) = problems_of(load_yaml, f"a: {tag}\n".encode())
    assert (problem.pointer, problem.line, problem.column) == ("/a", 1, 4)
    assert problem.expected == "no tags"


def test_the_slow_loader_of_pyyaml_serves_as_well(monkeypatch):
    """PyYAML can be built without its C part."""
    files = [path for path in rule_files(RULES) if path.stem in {"PK-001", "rb-2023", "lines"}]
    fast = [load_yaml(path.read_bytes(), path.name).tree for path in files]
    monkeypatch.setattr("rbrules.load.yaml_reader._Loader", yaml.BaseLoader)
    assert [load_yaml(path.read_bytes(), path.name).tree for path in files] == fast
    for data in (b"a: \x07", b"a: [", b"a: *x", b"a:\n\t- b", b"a: 1\n---\nb: 2", b"a: !!str 5"):
        assert len(problems_of(load_yaml, data)) == 1


# --- files -------------------------------------------------------------------------------------


def test_size_at_the_limit_and_one_beyond(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, 10) == b"x" * 10
    (problem,) = problems_of(lambda _, __: read_bytes(path, 9), b"")
    assert (problem.found, problem.expected) == ("more than 9 bytes", "at most 9 bytes")
    assert problem.line == 0


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read(tmp_path, name):
    (problem,) = problems_of(lambda _, __: read_bytes(tmp_path / name, 9), b"")
    assert problem.expected == "a file that can be read"
    assert str(problem).startswith(f"{(tmp_path / name).as_posix()}: found ")


def test_rule_files_come_in_order_and_without_hidden_ones(tmp_path):
    for name in (
        "b/2.yaml",
        "a/1.yml",
        "b/1.json",
        ".git/x.yaml",
        "b/.x.yaml",
        "b/x.txt",
        "z.yaml",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    names = [path.relative_to(tmp_path).as_posix() for path in rule_files(tmp_path)]
    assert names == ["a/1.yml", "b/1.json", "b/2.yaml", "z.yaml"]
    problems_of(lambda _, __: rule_files(tmp_path / "absent"), b"")
    problems_of(lambda _, __: rule_files(Path(__file__)), b"")
