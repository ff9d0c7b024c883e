"""A tree against its JSON Schema: every problem at once.

The one user of jsonschema-rs, which is fast and says whether a tree is valid, and of jsonschema,
which says what is wrong with one that is not.
"""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from functools import cache

import jsonschema_rs
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from rbrules.errors import InputError, Problem, count, joined, say, show
from rbrules.load.document import Document
from rbrules.load.files import MAX_RULE_BYTES, read_bytes
from rbrules.load.hints import date_hint, number_hint, of_same_meaning
from rbrules.load.json_reader import load_json
from rbrules.model import Tree, escape
from rbrules.resources import shipped

LONGEST_WORD = 100
"""Characters of a word that a similar one is looked for to; the search takes time for long ones."""

MOST_NAMED = 40
"""Names that a message lists; of more it says only that there are some."""

RULE_ID = re.compile("[A-Z]{2,5}-[0-9]{3}")
"""The form of a rule's id; of its whole text (`fullmatch`)."""

_FORMATS = FormatChecker(("date",))
_FORMS = {
    "^(19|20)[0-9]{2}$": "a year such as 2023",
    "^[a-z][a-z0-9_]*$": "a name of small letters, digits and _, such as spip",
    "^[A-Z]{2,5}-[0-9]{3}$": "the id of a rule, such as PK-001",
    "^[a-z]+-[0-9]{4}$": "the id of an instrument, such as rb-2023",
    "^R[0-9]{2}$": "the number of a theme, such as R06",
    "^[A-Z]{1,2}-?$": "the letters of a grade, such as BB or A-",
    "^(AA|A|BB|B|CC|C|D|E)$": "an answer from AA to E",
    "\\S": "a text that is not blank",
    "^[1-4][a-c]\\.[1-9][0-9]?$": "the code of a criterion, such as 1a.1",
}
"""What the patterns of the schemas ask for, in words."""

_WORDS = {
    "object": "an object {...}",
    "array": "a list [...]",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}


def problems_of(document: Document, schema: str) -> list[Problem]:
    """List everything in `document` that `schema` (one of `SCHEMAS`) does not allow.

    Returns:
        Problems in file order; [] where the document is valid.
    """
    if is_valid(document.tree, schema):
        return []
    errors = list(_validator(schema).iter_errors(document.tree))
    # What has the wrong type is not held against a list of values as well.
    mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    found = {
        problem
        for error in errors
        if error.validator not in {"const", "enum"} or tuple(error.absolute_path) not in mistyped
        for problem in _explain(document, error)
    }
    return sorted(found)


def is_valid(tree: Tree, schema: str) -> bool:
    """Tell whether `schema` allows a tree; Decimals are compared exactly."""
    return _checker(schema).is_valid(tree)


def validate(document: Document, schema: str) -> None:
    """Check `document` against `schema`.

    Raises:
        InputError: it is not valid; all problems are listed.
    """
    problems = problems_of(document, schema)
    if problems:
        raise InputError(problems)


@cache
def schema_tree(name: str) -> Tree:
    """Return the schema `name` (one of `SCHEMAS`)."""
    path = shipped("schemas") / f"{name}.schema.json"
    return load_json(read_bytes(path, MAX_RULE_BYTES), path.name).tree


_PLAIN = "isWrittenWithoutDecimals"
"""A keyword beside `"type": "integer"`: 2023.0 is an integer in JSON Schema, and no year here."""


class _Plain:
    """What the keyword asks."""

    def __init__(self, parent_schema: Tree, value: Tree, schema_path: Tree) -> None:
        pass

    def validate(self, instance: Tree) -> None:
        """Refuse a number with decimals or an exponent.

        Raises:
            ValueError: it has them.
        """
        if isinstance(instance, Decimal):
            raise ValueError(instance)  # noqa: TRY004 - this is what the library takes


def _with_plain_integers(schema: Tree) -> Tree:
    if isinstance(schema, list):
        return [_with_plain_integers(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _with_plain_integers(part) for key, part in schema.items()}
    types = schema.get("type")
    listed = [types] if isinstance(types, str) else types if isinstance(types, list) else ()
    return plain | {_PLAIN: True} if "integer" in listed and "number" not in listed else plain


@cache
def _checker(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        _with_plain_integers(schema_tree(name)),
        validate_formats=True,
        # Both validators have one opinion: there is no year 0, and addresses are not looked at.
        formats={
            "date": lambda text: _FORMATS.conforms(text, "date"),
            "uri": lambda _: True,
        },
        keywords={_PLAIN: _Plain},
    )


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(_with_strict_ends(schema_tree(name)), format_checker=_FORMATS)


@cache
def words_of(*path: str) -> tuple[str, ...]:
    """Name the words that an evaluation file may have under `path`, through lists.

    Returns:
        The words in the order of the schema; () where there is no such key, or no list of words.
    """
    schema = schema_tree("evaluation")
    node: Tree = schema
    for key in path:
        node = node.get("properties", {}).get(key, {})
        while "items" in node or "$ref" in node:
            name = node.get("$ref", "").rpartition("/")[2]
            node = node.get("items") or schema["$defs"][name]
    return tuple(word for word in node.get("enum", ()) if isinstance(word, str))


def _with_strict_ends(schema: Tree) -> Tree:
    """Let `$` in a pattern mean the end of the text, not a line break before it as well."""
    if isinstance(schema, list):
        return [_with_strict_ends(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict: dict[str, Tree] = {}
    for key, part in schema.items():
        if key == "pattern" and isinstance(part, str):
            strict[key] = _strict(part)
        elif key == "patternProperties":
            strict[key] = {_strict(name): _with_strict_ends(inner) for name, inner in part.items()}
        else:
            strict[key] = _with_strict_ends(part)
    return strict


def _strict(pattern: str) -> str:
    return pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern


def _form(pattern: str) -> str:
    """Say in words what a pattern asks for."""
    original = re.sub(r"\\Z$", "$", pattern)
    return _FORMS.get(original, say("a text of the form $original", original=original))


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
                expected = say("$key, which is required", key=show(key))
                yield document.problem(pointer, say("no key $key", key=show(key)), expected)
    elif keyword == "dependentRequired":
        pairs: Tree = error.validator_value
        there: Tree = error.instance
        for key, beside in pairs.items():
            for other in beside if key in there else ():
                if other not in there:
                    expected = say(
                        "$other, which is required beside $key", other=show(other), key=show(key)
                    )
                    yield document.problem(
                        pointer, say("no key $other", other=show(other)), expected
                    )
    elif "propertyNames" in error.schema_path:
        key = str(error.instance)
        place = f"{pointer}/{escape(key)}"
        expected, hint = _expected(error)
        yield document.problem(
            place, say("the key $key", key=show(key)), expected, hint, of_key=True
        )
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
        wanted = (
            [say("one of $words", words=", ".join(known))]
            if known
            else [_form(p) for p in patterns]
        )
        expected = joined(*wanted, by=" or ") or "no key here"
        place = f"{pointer}/{escape(key)}"
        hint = suggestion(key, known)
        yield document.problem(
            place, say("the key $key", key=show(key)), expected, hint, of_key=True
        )


def _expected(error: ValidationError) -> tuple[str, str]:
    """Return what the violated keyword asks for, in words, and a hint."""
    value: Tree = error.validator_value
    instance: Tree = error.instance
    keyword = str(error.validator)
    if keyword == "type":
        return _expected_type(value, instance, error.schema)
    if keyword == "enum":
        words = [show(word) for word in value]
        hint = suggestion(instance, [word for word in value if isinstance(word, str)])
        if isinstance(instance, str) and instance.isdigit():
            hint = "Write a decimal number with a dot: 71.38, not 71,38."
        return say("one of $words", words=", ".join(words)) if len(words) > 1 else words[0], hint
    if keyword == "format":
        return say("a $kind written as 2024-01-31", kind=value), date_hint(instance)
    bounds: Tree = error.schema
    if keyword in {"minItems", "maxItems"} and bounds.get("minItems") == bounds.get("maxItems"):
        return say("a list of $value", value=value), ""
    if keyword in {"minProperties", "maxProperties"} and "description" in bounds:
        return _as_words(bounds["description"]), ""
    make = _KEYWORDS.get(keyword)
    return (
        make(value)
        if make
        else say("what $keyword $value allows", keyword=keyword, value=show(value))
    ), ""


_KEYWORDS: dict[str, Callable[[Tree], str]] = {
    "const": show,
    "pattern": _form,
    "minimum": lambda value: say("at least $value", value=value),
    "maximum": lambda value: say("at most $value", value=value),
    "exclusiveMinimum": lambda value: say("more than $value", value=value),
    "exclusiveMaximum": lambda value: say("less than $value", value=value),
    "minItems": lambda value: say("a list of at least $value", value=value),
    "maxItems": lambda value: say("a list of at most $value", value=value),
    "minLength": lambda value: say(
        "a text of at least $characters", characters=count(value, "character")
    ),
    "maxLength": lambda value: say(
        "a text of at most $characters", characters=count(value, "character")
    ),
    "minProperties": lambda value: say("at least $keys", keys=count(value, "key")),
    "maxProperties": lambda value: say("at most $keys", keys=count(value, "key")),
    "uniqueItems": lambda _: "no entry twice",
}


def _as_words(description: str) -> str:
    """Turn a sentence of a schema into a part of a sentence."""
    return description[0].lower() + description[1:].removesuffix(".")


def _expected_type(value: str | list[str], instance: Tree, schema: Tree) -> tuple[str, str]:
    types = [value] if isinstance(value, str) else value
    expected = joined(*(_WORDS[word] for word in types), by=" or ")
    if "maxProperties" in schema or ("object" in types and len(types) > 1 and "null" not in types):
        return _as_words(schema["description"]), ""
    hint = ""
    if isinstance(instance, str) and {"number", "integer"} & set(types):
        hint = number_hint(instance)
    elif isinstance(instance, int) and schema.get("format") == "date":
        hint = date_hint(str(instance))
    elif isinstance(instance, Decimal) and "number" not in types and instance % 1 == 0:
        hint = say("Write it without decimals or exponent: $instance.", instance=f"{instance:.0f}")
    elif isinstance(instance, int | Decimal) and "string" in types:
        hint = (
            ""
            if isinstance(instance, bool)
            else say('Write it in quotes: "$instance".', instance=instance)
        )
    return expected, hint


def suggestion(word: object, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return a "did you mean" sentence for a word that is not among `known`, or "".

    Of ids of rules those with the same letters are named, for digits that are alike tell nothing.

    `likeness` runs from 0 to 1: below it a word is not near enough to be meant.
    """
    if not isinstance(word, str):
        return ""
    known = list(known)
    if RULE_ID.fullmatch(word.upper()) and word.upper() not in known:
        hint = _nearest_rules(word.upper(), known)
        if hint:
            return hint
    meant = meant_word(word, known, likeness)
    return say("Did you mean $meant?", meant=meant) if meant else ""


def unknown_word(option: str, word: str, known: Iterable[str], hint: str = "") -> Problem:
    """Return the problem of a word after an option that is not among `known`."""
    names = sorted(known)
    return Problem(
        file=option,
        line=0,
        column=0,
        pointer="",
        found=show(word),
        expected=say("one of $words", words=", ".join(names))
        if len(names) <= MOST_NAMED
        else "a known name",
        hint=hint or suggestion(word, names),
    )


def meant_word(word: str, known: Iterable[str], likeness: float = 0.6) -> str | None:
    """Return the one of `known` that `word` seems to mean, None where it is like none.

    What means the same in the other language goes before what is spelled alike.
    """
    if len(word) > LONGEST_WORD:
        return None
    by_fold = {name.casefold(): name for name in known}
    same = by_fold.get(word.casefold()) or of_same_meaning(word, by_fold.values())
    near = difflib.get_close_matches(word.casefold(), list(by_fold), n=1, cutoff=likeness)
    return same or (by_fold[near[0]] if near else None)


def _nearest_rules(id_: str, known: Iterable[str]) -> str:
    """Say which ids with the letters of `id_` there are; "" where there is none."""
    letters = id_.partition("-")[0]
    listed = sorted(n for n in known if RULE_ID.fullmatch(n) and n.startswith(f"{letters}-"))
    below = [name for name in listed if name < id_][-1:]
    above = [name for name in listed if name > id_][:1]
    if below and above:
        return say("The nearest are $below and $above.", below=below[0], above=above[0])
    if below:
        return say("$letters ends at $below.", letters=letters, below=below[0])
    return say("$letters begins at $above.", letters=letters, above=above[0]) if above else ""


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{escape(str(step))}" for step in path)
