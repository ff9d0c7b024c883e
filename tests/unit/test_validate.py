"""Trees against schemas: every problem at once, in file order, and nothing changed."""

import copy
import json
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rbrules.conditions import OPERATORS
from rbrules.errors import InputError, Problem, count, show
from rbrules.load import hints
from rbrules.load.hints import date_hint, number_hint, plain_number
from rbrules.load.json_reader import load_json
from rbrules.resources import SCHEMAS, schema_text, shipped
from rbrules.validate import problems_of, suggestion, validate
from tests.properties.strategies import many
from tests.shared import BASE, ROOT, SAMPLES, document_of
from tests.unit.test_load import trees

KEYWORDS_OF_NAMES = ("properties", "patternProperties", "$defs")


def problems(tree, schema="evaluation"):
    return [
        (p.pointer, p.found, p.expected, p.hint) for p in problems_of(document_of(tree), schema)
    ]


def parts_of(schema, pointer=""):
    """Yield every schema inside a schema with where it stands."""
    if isinstance(schema, dict):
        yield pointer, schema
        for key, part in schema.items():
            yield from parts_of(part, f"{pointer}/{key}")
    elif isinstance(schema, list):
        for index, part in enumerate(schema):
            yield from parts_of(part, f"{pointer}/{index}")


# --- the schemas -------------------------------------------------------------------------------


def test_every_schema_is_listed():
    files = shipped("schemas").glob("*.schema.json")
    assert {path.name.partition(".")[0] for path in files} >= set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_sound_and_says_what_everything_is(name):
    schema = json.loads(schema_text(name))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/{name}.schema.json")
    for pointer, part in parts_of(schema):
        for keyword in KEYWORDS_OF_NAMES:
            inner = part.get(keyword, {})
            if pointer.endswith(("/properties", "/patternProperties")):
                continue
            for key, value in inner.items():
                described = "description" in value or "$ref" in value
                assert described, f"{pointer}/{keyword}/{key} has no description"
        types = part.get("type", ())
        if "object" in ([types] if isinstance(types, str) else types) and "properties" in part:
            closed = "additionalProperties" in part or "propertyNames" in part
            assert closed, f"{pointer} takes any key"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_are_valid_and_stay_as_they_are(path):
    document = load_json(path.read_bytes(), path.name)
    before = copy.deepcopy(document.tree)
    assert problems_of(document, "evaluation") == []
    assert document.tree == before


@many(100)
@given(trees)
def test_validation_changes_nothing_and_raises_nothing_else(tree):
    document = document_of(tree)
    before = copy.deepcopy(document.tree)
    for schema in SCHEMAS:
        found = problems_of(document, schema)
        assert found == sorted(found)
    assert document.tree == before


# --- the messages ------------------------------------------------------------------------------


def test_nothing_is_wrong():
    validate(document_of(BASE), "evaluation")


def test_null_equals_absent_where_a_key_is_optional():
    tree = BASE | {"indikator": None, "hasil_terbit": {"indeks_rb": None}, "koefisien": None}
    assert problems(tree) == []


def test_all_problems_in_file_order():
    tree = {"tahun": "2023", "instansi": {"kelompok": "desa", "nama": ""}, "koefisien": [1]}
    with pytest.raises(InputError) as caught:
        validate(document_of(tree), "evaluation")
    pointers = [problem.pointer for problem in caught.value.problems]
    assert pointers == ["", "/tahun", "/instansi/kelompok", "/instansi/nama", "/koefisien"]
    assert str(caught.value).count("\n") == 5


@pytest.mark.parametrize(
    ("tahun", "expected", "hint"),
    [
        (Decimal("2023.0"), "a whole number", "Write it without decimals or exponent: 2023."),
        (Decimal("2023.5"), "a whole number", ""),
        ("2023", "a whole number", "Write it without quotes: 2023."),
        (True, "a whole number", ""),
        (None, "a whole number", ""),
        (1989, "at least 1990", ""),
        (2101, "at most 2100", ""),
    ],
)
def test_the_year(tahun, expected, hint):
    (problem,) = problems(BASE | {"tahun": tahun})
    assert problem[0] == "/tahun"
    assert problem[2:] == (expected, hint)


@pytest.mark.parametrize("tahun", [1990, 2100])
def test_the_year_at_the_limits(tahun):
    assert problems(BASE | {"tahun": tahun}) == []


@pytest.mark.parametrize("length", [10_000, 10_001])
def test_length_of_a_text(length):
    assert len(problems(BASE | {"catatan": "x" * length})) == length - 10_000


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        ("2024-02-29", True), ("2023-02-29", False), ("2024-1-31", False), ("20240131", False),
        ("2024-01-31 ", False), ("2024-01-31\n", False), ("", False), ("2024-W05-3", False),
        ("٢٠٢٤-٠١-٣١", False), ("0000-01-01", False), ("9999-12-31", True),
    ],
)  # fmt: skip
def test_days(day, fits):
    found = problems(BASE | {"rekomendasi": [{"id": "R", "tenggat": day}]})
    assert [problem[2] for problem in found] == ([] if fits else ["a date written as 2024-01-31"])


@pytest.mark.parametrize("year", ["2023\n", "23", "1899", "2100 ", "２０２３", ""])
def test_keys_that_are_no_years(year):
    found = problems(BASE | {"kinerja": [{"id": "K", "realisasi": {year: 1}}]})
    assert [problem[2] for problem in found] == ["a year such as 2023"]


@pytest.mark.parametrize("kode", ["spip\n", "Spip", "1spip", "", "spip "])
def test_codes_that_are_no_names(kode):
    (problem,) = problems(BASE | {"indikator": [{"kode": kode}]})
    assert problem[2] == "a name of small letters, digits and _, such as spip"


def test_a_wrong_type_is_not_held_against_a_list_of_values_as_well():
    assert len(problems(BASE | {"instansi": {"nama": "x", "kelompok": 5}, "versi": "1"})) == 2


def test_unknown_keys_get_the_nearest_known_one():
    hints = [p[3] for p in problems(BASE | {"Indikator": [], "kinerjaa": [], "zzz": 1})]
    assert hints == ["Did you mean indikator?", "Did you mean kinerja?", ""]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("71,38", "Write it without quotes and with a decimal dot: 71.38."),
        ("71.38", "Write it without quotes: 71.38."),
        ("-3", "Write it without quotes: -3."),
        ("1.250.000", "Write it without quotes and thousands separators: 1250000."),
        ("1.250", "Write it without quotes: 1.250. Where its dot parts thousands, write 1250."),
        ("97,1 %", "Write it without quotes and percent sign and with a decimal dot: 97.1."),
        (
            "Rp412.500.000",
            "Write it without quotes, thousands separators and the sign Rp: 412500000.",
        ),
        ("\u221219,2", "Write it without quotes and with a decimal dot: -19.2."),
        ("007", 'Write numbers without quotes and with a decimal dot: 71.38, not "71,38".'),
        ("tinggi", 'Write numbers without quotes and with a decimal dot: 71.38, not "71,38".'),
    ],
)
def test_numbers_in_quotes(text, hint):
    assert number_hint(text) == hint


@given(
    st.decimals(-(10**12), 10**12, places=2),
    st.sampled_from(["", "%", " %", " persen"]),
    st.booleans(),
)
def test_numbers_as_they_are_printed_in_indonesia(number, end, thousands):
    written = f"{number:{',' if thousands else ''}.2f}"
    printed = written.translate(str.maketrans(",.", ".,")) + end
    assert plain_number(printed) == f"{number:.2f}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2023-02-30", "There is no such day: the last one of that month is 2023-02-28."),
        ("30-02-2023", "There is no such day: the last one of that month is 2023-02-28."),
        ("30/12/2023", 'Write year, month and day: "2023-12-30".'),
        ("20231230", 'Write year, month and day: "2023-12-30".'),
        ("2023-1-5", 'Write year, month and day: "2023-01-05".'),
        ("12/30/2023", "There is no month 30. Write year, month and day: YYYY-MM-DD."),
        ("1 Januari 2023", 'Write year, month and day: "2023-01-01".'),
        ("17 agt 2024", 'Write year, month and day: "2024-08-17".'),
        ("5-Mei-2023", 'Write year, month and day: "2023-05-05".'),
        ("31 December 2023", 'Write year, month and day: "2023-12-31".'),
        ("30 Feb. 2023", "There is no such day: the last one of that month is 2023-02-28."),
        ("2023", 'Write year, month and day, such as "2023-01-01".'),
        ("1 Ruwah 2023", ""),
        ("0000-01-01", ""),
        ("besok", ""),
        ("", ""),
    ],
)
def test_dates_written_otherwise(text, hint):
    assert date_hint(text) == hint


@given(st.dates(), st.sampled_from("-/. "))
def test_a_date_with_the_day_first_is_turned_around(day, sign):
    text = f"{day.day}{sign}{day.month}{sign}{day.year:04}"
    assert date_hint(text) == f'Write year, month and day: "{day}".'


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (3, "3"),
        (Decimal("71.380"), "71.380"),
        ("a\n\x1b", '"a\\n\\u001b"'),
        ("x" * 100, '"' + "x" * 56 + "..."),
        ({}, "an empty object"),
        ({"a": 1}, "an object with 1 key"),
        ({"a": 1, "b": 2}, "an object with 2 keys"),
        ([], "an empty list"),
        ([1, "a"], '[1, "a"]'),
        ([1] * 5, "a list of 5"),
        ([[1]], "a list of 1"),
    ],
)
def test_values_in_messages(value, words):
    assert show(value) == words


def test_counts():
    assert [count(number, "key") for number in (0, 1, 2, 10_000)] == [
        "0 keys",
        "1 key",
        "2 keys",
        "10,000 keys",
    ]


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("spipp", "Did you mean spip?"),
        ("SPIP", "Did you mean spip?"),
        ("wtp", "Did you mean WTP?"),
        ("zzz", ""),
        (5, ""),
        ("s" * 101, ""),
    ],
)
def test_suggestions(word, hint):
    assert suggestion(word, ["spip", "WTP", "opini"]) == hint


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("alasan", ["reason", "off"], "Did you mean reason?"),
        ("reason", ["aturan", "alasan"], "Did you mean alasan?"),
        ("dari", ["from", "to"], "Did you mean from?"),
        ("sampai", ["from", "to"], "Did you mean to?"),
        ("to", ["dokumen", "sampai"], "Did you mean sampai?"),
        ("Sedang", ["high", "medium", "low"], "Did you mean medium?"),
        ("sama_dengan", ["is", "is_not"], "Did you mean is?"),
        ("sama_dengan", ["same_as", "is_not"], "Did you mean same_as?"),
        ("alasan", ["off"], ""),
        ("nilai", ["nilai_awal", "value"], "Did you mean value?"),
    ],
)
def test_a_word_of_the_other_language_is_understood(word, known, hint):
    assert suggestion(word, known) == hint


def test_every_meaning_has_a_word_of_the_formats():
    text = "".join(path.read_text("utf-8") for path in (ROOT / "schemas").glob("*.json"))
    words = set(re.findall(r'"([a-z_]+)"', text)) | {w for ws in OPERATORS.values() for w in ws}
    for meaning in hints._MEANINGS:
        assert meaning & words, meaning


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("pk-001", "Did you mean PK-001?"),
        ("PK-004", "PK ends at PK-003."),
        ("pk-999", "PK ends at PK-003."),
        ("PK-002", "The nearest are PK-001 and PK-003."),
        ("PK-000", "PK begins at PK-001."),
        ("PKK-001", "Did you mean PK-001?"),
        ("XYZ-123", ""),
        ("perencanan", "Did you mean perencanaan?"),
    ],
)
def test_ids_of_rules_that_do_not_exist(word, hint):
    assert suggestion(word, ["PK-001", "PK-003", "PKT-007", "perencanaan"]) == hint


def test_a_problem_in_words():
    whole = {"file": "a.json", "pointer": "/a", "found": "x", "expected": "y"}
    assert str(Problem(line=2, column=3, **whole)) == "a.json:2:3: at /a found x; expected y"
    assert str(Problem(line=2, column=3, hint="Do.", **whole)).endswith("expected y\n    Do.")
    nowhere = Problem(file="a.json", line=0, column=0, pointer="", found="x", expected="y")
    assert str(nowhere) == "a.json: found x; expected y"
    long = Problem(line=1, column=1, **(whole | {"pointer": "/" + "k\n" * 5000}))
    assert len(str(long)) < 400
    assert "\n" not in str(long)


def test_the_same_problem_is_listed_once_and_in_order():
    first, second = (
        Problem(file="a", line=line, column=1, pointer="", found="x", expected="y")
        for line in (1, 2)
    )
    assert InputError([second, first, second]).problems == (first, second)
