"""JSON text to a tree: the standard reader does the work, a scan finds places on demand."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import NoReturn

from rbrules.errors import InputError, Problem, show
from rbrules.load.document import MAX_DEPTH, Document, Place, decode, digest_of, place_at
from rbrules.model import Tree, escape

MAX_DIGITS = 21
"""Digits before the decimal point: more than any budget in rupiah has."""

MAX_DECIMALS = 15
MAX_PROBLEMS = 100
"""Faults of form that one file may list; a file with more is broken in one way over and over."""

_EXCERPT = 20
"""Characters of a faulty place that a message quotes."""

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[\[\]{}:,])|(?P<other>[^\s\[\]{}:,"]+))',
    re.DOTALL,
)
_CLOSING_QUOTE = "a closing double quote"
_SYNTAX = (
    ("Expecting property name", "a key in double quotes"),
    ("Expecting value", "a value"),
    ("Expecting ':'", "a colon after the key"),
    ("Expecting ','", "a comma or a closing bracket"),
    ("Extra data", "the end of the file"),
    ("Unterminated string", _CLOSING_QUOTE),
    ("Invalid control character", r"a text on one line, with \n for a line break"),
    ("Invalid \\", "an escape that JSON has, such as \\n or \\u00e9"),
)
"""What the standard reader's messages ask for, in words that do not change with Python."""


class _FormFaultError(Exception):
    """Raised inside the standard reader's hooks; the scan then says what and where."""


def load_json(data: bytes, name: str) -> Document:
    """Read a JSON document.

    Args:
        data: UTF-8, with or without a byte-order mark.
        name: how messages call the file.

    Returns:
        A document whose numbers are int or Decimal with the digits of the file.

    Raises:
        InputError: not UTF-8, not JSON, NaN or Infinity, a key twice in one object, nesting beyond
            `MAX_DEPTH`, a number beyond `MAX_DIGITS` or `MAX_DECIMALS`, or half of a surrogate
            pair. Every such fault is listed with its place.
    """
    text = decode(data, name)
    try:
        tree = json.loads(
            text,
            parse_float=_decimal,
            parse_int=_integer,
            parse_constant=_refuse,
            object_pairs_hook=_object,
        )
    except (json.JSONDecodeError, _FormFaultError, RecursionError):
        raise InputError(_problems(text, name)) from None
    if _is_too_deep(tree) or ("\\u" in text and _has_surrogate(text)):
        raise InputError(_problems(text, name))
    return Document(name, digest_of(data), tree, lambda: _Scan(text).places())


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS and _is_too_long(text):
        raise _FormFaultError
    return int(text)


def _decimal(text: str) -> Decimal:
    if _is_too_long(text):
        raise _FormFaultError
    return Decimal(text)


def _is_too_long(text: str) -> bool:
    """Tell whether a number has more digits than any figure of an evaluation."""
    if len(text) > 2 * (MAX_DIGITS + MAX_DECIMALS):
        return True
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent of nineteen digits
        return True
    exponent = number.as_tuple().exponent
    if number and number.adjusted() >= MAX_DIGITS:
        return True
    return isinstance(exponent, int) and not -MAX_DECIMALS <= exponent <= MAX_DIGITS


def _refuse(_: str) -> NoReturn:
    raise _FormFaultError


def _object(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FormFaultError
    return members


def _is_too_deep(tree: Tree) -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return any(isinstance(node, dict | list) for node in level)


def _has_surrogate(text: str) -> bool:
    return any(
        _is_lone_surrogate(match["string"]) for match in _TOKEN.finditer(text) if match["string"]
    )


def _is_lone_surrogate(literal: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in json.loads(literal, strict=False))


def _problems(text: str, name: str) -> list[Problem]:
    """List the faults of form, up to the place where the text stops being JSON, and that place."""
    problems = []
    end = len(text)
    try:
        json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except json.JSONDecodeError as error:
        problems.append(_syntax_problem(name, text, error))
        end = error.pos
    except RecursionError:
        pass
    for offset, pointer, found, expected in islice(_Scan(text[:end]).faults(), MAX_PROBLEMS):
        line, column = place_at(text, offset)
        problems.append(
            Problem(
                file=name,
                line=line,
                column=column,
                pointer=pointer.encode("utf-8", "backslashreplace").decode(),
                found=found,
                expected=expected,
            )
        )
    return problems


def _syntax_problem(name: str, text: str, error: json.JSONDecodeError) -> Problem:
    offset = error.pos
    if error.msg.startswith("Illegal trailing comma"):  # Python 3.13 points at the comma
        offset += 1
    offset += len(text[offset:]) - len(text[offset:].lstrip(" \t\r\n"))
    rest = text[offset : offset + _EXCERPT].partition("\n")[0].rstrip()
    found = f"`{rest}`" if rest else "the end of the file"
    expected = next((words for start, words in _SYNTAX if error.msg.startswith(start)), "JSON")
    before = text[:offset].rstrip()
    hint = _syntax_hint(rest, before, expected)
    if not before:
        found = found if rest else "an empty file"
        expected, hint = "a JSON object {...}", ""
    elif before.endswith(",") and rest[:1] in {"}", "]"}:
        expected, hint = "a further entry", "Remove the comma before this bracket."
    elif error.msg.startswith("Invalid control"):
        found, hint = "a line break or control character inside a text", ""
        offset = error.pos
    line, column = place_at(text, offset)
    return Problem(
        file=name,
        line=line,
        column=column,
        pointer="",
        found=found,
        expected=expected,
        hint=hint,
    )


def _syntax_hint(rest: str, before: str, expected: str) -> str:
    if not rest:
        return "The file seems to be cut off; take a complete copy."
    if expected == _CLOSING_QUOTE:
        return "The text that begins here has no end; perhaps the file is cut off."
    if rest[0] == "\\":
        return "Write a backslash inside a text twice: \\\\."
    if rest[0] in "'\u2018\u2019\u201c\u201d":
        return 'Texts and keys stand in straight double quotes: "nama".'
    if re.match("[0-9]", rest) and re.search(r"[0-9],$", before):
        return "Write a decimal number with a dot: 71.38, not 71,38."
    if re.match(r"\.[0-9]", rest):
        return "Write a number without thousands separators: 1250000, not 1.250.000."
    if re.match("[0-9]", rest) and re.search("(?<![0-9.])0$", before):
        return "Write a number without zeros before it."
    if re.match("true|false|null|none", rest, re.IGNORECASE):
        return "Write true, false or null in small letters."
    if rest[0] in "/#":
        return "JSON has no comments; use the key catatan."
    if "comma" in expected:
        return "Perhaps a comma is missing before this place."
    return ""


class _Scan:
    """One pass over the tokens of a JSON text, or of the part of a text that is JSON."""

    def __init__(self, text: str) -> None:
        self.text = text

    def places(self) -> tuple[Mapping[str, Place], Mapping[str, Place]]:
        """Return the place of every value, and of every key, by pointer."""
        values: dict[str, Place] = {}
        keys: dict[str, Place] = {}
        line, line_start, seen = 1, 0, 0
        for offset, pointer, is_key, _, _ in self._walk():
            newlines = self.text.count("\n", seen, offset)
            if newlines:
                line += newlines
                line_start = self.text.rfind("\n", seen, offset) + 1
            seen = offset
            (keys if is_key else values)[pointer] = Place(line, offset - line_start + 1)
        return values, keys

    def faults(self) -> Iterator[tuple[int, str, str, str]]:
        """Yield (offset, pointer, found, expected) of every fault of form, in file order."""
        seen: set[str] = set()
        twin = "/"
        for offset, pointer, is_key, depth, token in self._walk():
            if depth > MAX_DEPTH:
                yield offset, "", f"nesting deeper than {MAX_DEPTH} levels", "a flatter file"
                return
            if is_key and not pointer.startswith(f"{twin}/"):
                # Below a second member of one name every key would be a second one.
                if pointer in seen:
                    twin = pointer
                    key = show(json.loads(token, strict=False))
                    yield offset, pointer, f"the key {key} a second time", "each key once"
                seen.add(pointer)
            if token[0] == '"':
                if _is_lone_surrogate(token):
                    yield offset, pointer, "half of a surrogate pair", "a whole character"
            elif token.lstrip("-") in {"NaN", "Infinity"}:
                yield offset, pointer, token, "a number, or null where it is not known"
            elif token[0] in "-0123456789" and _is_too_long(token):
                shown = token
                if len(token) > MAX_DIGITS + MAX_DECIMALS:
                    shown = f"{token[:_EXCERPT]}... ({len(token):,} characters)"
                expected = f"at most {MAX_DIGITS} digits and {MAX_DECIMALS} decimals"
                yield offset, pointer, f"the number {shown}", expected

    def _walk(self) -> Iterator[tuple[int, str, bool, int, str]]:
        """Yield (offset, pointer, is_key, depth, token) for every key and value.

        `depth` counts the lists and objects that stand around it, itself included. Ends where the
        text is no JSON any more, and below `MAX_DEPTH`.
        """
        path: list[str | int] = []
        pointers = [""]
        expect_key = False
        match = _TOKEN.match(self.text)
        while match:
            token = match[0].lstrip(" \t\r\n")
            offset = match.end() - len(token)
            if token in {"}", "]"}:
                path.pop()
                pointers.pop()
                expect_key = False
            elif token == ",":
                last = path[-1]
                if isinstance(last, int):
                    path[-1] = last + 1
                else:
                    expect_key = True
            elif expect_key:
                expect_key = False
                path[-1] = json.loads(token, strict=False)
                yield offset, _join(pointers[-1], path[-1]), True, len(path), token
            elif token != ":":
                pointer = _join(pointers[-1], path[-1]) if path else ""
                opens = token in {"{", "["}
                yield offset, pointer, False, len(path) + opens, token
                if len(path) + opens > MAX_DEPTH:
                    return
                if opens:
                    path.append("" if token == "{" else 0)
                    pointers.append(pointer)
                    expect_key = token == "{"
            match = _TOKEN.match(self.text, match.end())


def _join(pointer: str, step: str | int) -> str:
    return f"{pointer}/{escape(step) if isinstance(step, str) else step}"
