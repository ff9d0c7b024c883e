"""A tree against its JSON Schema: every problem at once. The one user of jsonschema."""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from rbrules.errors import InputError, Problem
from rbrules.load import Document, load_json, read_bytes
from rbrules.load.files import MAX_RULE_BYTES
from rbrules.model import Tree, escape
from rbrules.resources import shipped

SCHEMAS = ("evaluation", "rule", "cases", "parameter", "vocabulary", "instrument", "report")
"""The names of the schemas, as `rbrules schema NAME` takes them."""

_FORMATS = FormatChecker(("date",))
_WORDS = {
    "object": "an object {...}",
    "array": "a list [...]",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def schema_text(name: str) -> str:
    """Return the text of the schema `name` (one of `SCHEMAS`)."""
    path = shipped("schemas") / f"{name}.schema.json"
    return read_bytes(path, MAX_RULE_BYTES).decode()


def problems_of(document: Document, schema: str) -> list[Problem]:
    """List everything in `document` that `schema` (one of `SCHEMAS`) does not allow.

    Returns:
        Problems in file order; [] where the document is valid.
    """
    found = {
        problem
        for error in _validator(schema).iter_errors(document.tree)
        for problem in _explain(document, error)
    }
    return sorted(found)


def validate(document: Document, schema: str) -> None:
    """Check `document` against `schema`.

    Raises:
        InputError: it is not valid; all problems are listed.
    """
    problems = problems_of(document, schema)
    if problems:
        raise InputError(problems)


@cache
def _validator(name: str) -> Draft202012Validator:
    path = shipped("schemas") / f"{name}.schema.json"
    tree = load_json(read_bytes(path, MAX_RULE_BYTES), path.name).tree
    return Draft202012Validator(tree, format_checker=_FORMATS)


def _explain(document: Document, error: ValidationError) -> Iterator[Problem]:
    """Turn one error of jsonschema into problems with place, found, expected and hint."""
    keyword = str(error.validator)
    if keyword in {"anyOf", "oneOf"} and error.context:
        yield from _explain(document, best_match(error.context) or error)
        return
    pointer = _pointer(error.absolute_path)
    if keyword == "additionalProperties":
        yield from _unknown_keys(document, pointer, error)
    elif keyword == "required":
        wanted: Tree = error.validator_value
        given: Tree = error.instance
        for key in wanted:
            if key not in given:
                expected = f"the key {key!r}"
                yield document.problem(pointer, f"no key {key!r}", expected, "Add it.")
    elif "propertyNames" in error.schema_path:
        key = str(error.instance)
        place = f"{pointer}/{escape(key)}"
        expected, hint = _expected(error)
        yield document.problem(place, f"the key {key!r}", expected, hint, of_key=True)
    else:
        expected, hint = _expected(error)
        yield document.problem(pointer, show(error.instance), expected, hint)


def _unknown_keys(document: Document, pointer: str, error: ValidationError) -> Iterator[Problem]:
    schema: Tree = error.schema
    instance: Tree = error.instance
    known = list(schema.get("properties", {}))
    patterns = list(schema.get("patternProperties", {}))
    for key in instance:
        if key in known or any(re.search(pattern, key) for pattern in patterns):
            continue
        expected = f"one of {', '.join(known)}" if known else "a year such as 2023"
        if not known and "^(19|20)[0-9]{2}$" not in patterns:
            expected = f"a key of the form {' or '.join(patterns)}"
        place = f"{pointer}/{escape(key)}"
        hint = suggestion(key, known)
        yield document.problem(place, f"the key {key!r}", expected, hint, of_key=True)


def _expected(error: ValidationError) -> tuple[str, str]:
    """Return what the violated keyword asks for, in words, and a hint."""
    value: Tree = error.validator_value
    instance: Tree = error.instance
    keyword = str(error.validator)
    if keyword == "type":
        return _expected_type(value, instance)
    if keyword == "enum":
        words = [show(word) for word in value]
        hint = suggestion(instance, [word for word in value if isinstance(word, str)])
        return f"one of {', '.join(words)}", hint
    if keyword == "format":
        return f"a {value} written as 2024-01-31", ""
    make = _KEYWORDS.get(keyword)
    return (make(value) if make else f"what {keyword} {show(value)} allows"), ""


_KEYWORDS: dict[str, Callable[[Tree], str]] = {
    "const": lambda value: show(value),  # noqa: PLW0108 - `show` is defined below
    "pattern": lambda value: f"a text of the form {value}",
    "minimum": lambda value: f"at least {value}",
    "maximum": lambda value: f"at most {value}",
    "exclusiveMinimum": lambda value: f"more than {value}",
    "exclusiveMaximum": lambda value: f"less than {value}",
    "minItems": lambda value: f"a list of at least {value}",
    "maxItems": lambda value: f"a list of at most {value}",
    "minLength": lambda value: f"a text of at least {value} character(s)",
    "maxLength": lambda value: f"a text of at most {value} characters",
    "minProperties": lambda value: f"at least {value} key(s)",
    "maxProperties": lambda value: f"at most {value} key(s)",
    "uniqueItems": lambda _: "no entry twice",
    "dependentRequired": lambda value: f"keys that belong together: {show(value)}",
    "not": lambda _: "something else here",
}


def _expected_type(value: str | list[str], instance: Tree) -> tuple[str, str]:
    types = [value] if isinstance(value, str) else value
    expected = " or ".join(_WORDS[word] for word in types)
    hint = ""
    if isinstance(instance, str) and {"number", "integer"} & set(types):
        hint = 'Write numbers without quotes and with a decimal dot: 71.38, not "71,38".'
    elif isinstance(instance, int | Decimal) and "string" in types:
        hint = f'Write it in quotes: "{instance}".'
    return expected, hint


def suggestion(word: object, known: Iterable[str]) -> str:
    """Return a "did you mean" sentence for a word that is not among `known`, or ""."""
    if not isinstance(word, str):
        return ""
    near = difflib.get_close_matches(word.casefold(), list(known), n=1, cutoff=0.6)
    return f"Did you mean {near[0]!r}?" if near else ""


def show(value: Tree) -> str:
    """Write a value of a file for a message: short, on one line, control characters escaped."""
    if isinstance(value, dict):
        return f"an object with {len(value)} key(s)"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Decimal):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - one line of a terminal


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{escape(str(step))}" for step in path)
