"""JSON text to a tree. The standard reader does the work; a scan finds places where one is asked."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NoReturn

from rbrules.errors import InputError, Problem
from rbrules.load.document import MAX_DEPTH, Document, Place, decode, digest_of, place_at
from rbrules.model import Tree, escape

MAX_DIGITS = 21
"""Digits before the decimal point: more than any budget in rupiah has."""

MAX_DECIMALS = 15
MAX_PROBLEMS = 100
"""Faults of form that one file may list; a file with more is broken in one way over and over."""

_TOKEN = re.compile(
    r'[ \t\r\n]*(?:(?P<string>"(?:[^"\\]|\\.)*")|(?P<mark>[\[\]{}:,])|(?P<other>[^\s\[\]{}:,"]+))',
    re.DOTALL,
)


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
    except json.JSONDecodeError as error:
        raise InputError([_syntax_problem(name, text, error)]) from None
    except (_FormFaultError, RecursionError):
        raise InputError(_form_problems(text, name)) from None
    if _is_too_deep(tree) or ("\\u" in text and _has_surrogate(text)):
        raise InputError(_form_problems(text, name))
    return Document(name, digest_of(data), tree, lambda: _Scan(text).places())


def _syntax_problem(name: str, text: str, error: json.JSONDecodeError) -> Problem:
    rest = text[error.pos : error.pos + 20].split("\n")[0]
    hint = ""
    if rest.startswith("'"):
        hint = "JSON strings stand in double quotes."
    elif rest[:1].isdigit() and re.search(r"[0-9],\s*$", text[: error.pos]):
        hint = "Write a decimal number with a dot: 71.38, not 71,38."
    elif error.msg.startswith("Illegal trailing comma") or rest[:1] in {"}", "]"}:
        hint = "Remove the comma before this bracket."
    elif "delimiter" in error.msg:
        hint = "Perhaps a comma is missing before this place."
    return Problem(
        file=name,
        line=error.lineno,
        column=error.colno,
        pointer="",
        found=repr(rest) if rest else "the end of the line or file",
        expected=f"JSON ({error.msg.lower()})",
        hint=hint,
    )


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _FormFaultError
    return int(text)


def _decimal(text: str) -> Decimal:
    if _number_fault(text):
        raise _FormFaultError
    return Decimal(text)


def _number_fault(text: str) -> str:
    if len(text) > 2 * (MAX_DIGITS + MAX_DECIMALS):
        return f"a number of {len(text)} characters"
    number = Decimal(text)
    exponent = number.as_tuple().exponent
    if number and number.adjusted() >= MAX_DIGITS:
        return text
    if isinstance(exponent, int) and (exponent < -MAX_DECIMALS or exponent > MAX_DIGITS):
        return text
    return ""


def _refuse(_: str) -> NoReturn:
    raise _FormFaultError


def _object(pairs: list[tuple[str, Tree]]) -> dict[str, Tree]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _FormFaultError
    return members


def _is_too_deep(tree: Tree) -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH + 1):
        level = (
            [
                child
                for node in level
                for child in (node.values() if isinstance(node, dict) else node)
                if isinstance(child, dict | list)
            ]
            if isinstance(tree, dict | list)
            else []
        )
        if not level:
            return False
    return True


def _has_surrogate(text: str) -> bool:
    return any(
        _is_lone_surrogate(match["string"]) for match in _TOKEN.finditer(text) if match["string"]
    )


def _is_lone_surrogate(literal: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in json.loads(literal, strict=False))


def _form_problems(text: str, name: str) -> list[Problem]:
    problems = []
    for offset, pointer, found, expected in _Scan(text).faults():
        line, column = place_at(text, offset)
        problems.append(
            Problem(
                file=name,
                line=line,
                column=column,
                pointer=pointer,
                found=found,
                expected=expected,
            )
        )
        if len(problems) == MAX_PROBLEMS:
            break
    return problems


class _Scan:
    """One pass over the tokens of a JSON text that the standard reader has accepted as JSON."""

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
        for offset, pointer, is_key, depth, token in self._walk():
            if depth > MAX_DEPTH:
                yield offset, "", f"nesting deeper than {MAX_DEPTH} levels", "a flatter file"
                return
            if is_key:
                if pointer in seen:
                    yield offset, pointer, f"the key {token} a second time", "each key once"
                seen.add(pointer)
            if token[0] == '"':
                if _is_lone_surrogate(token):
                    yield offset, pointer, "half of a surrogate pair (\\ud800 to \\udfff)", "text"
            elif token.lstrip("-") in {"NaN", "Infinity"}:
                yield offset, pointer, token, "a number, or null where it is not known"
            elif token[0] in "-0123456789" and (
                len(token) > MAX_DIGITS and token.lstrip("-").isdigit() or _number_fault(token)
            ):
                found = token if len(token) <= 2 * MAX_DIGITS else f"{token[:20]}... ({len(token)})"
                expected = f"at most {MAX_DIGITS} digits and {MAX_DECIMALS} decimals"
                yield offset, pointer, f"the number {found}", expected

    def _walk(self) -> Iterator[tuple[int, str, bool, int, str]]:
        """Yield (offset, pointer, is_key, depth, token) for every key and value."""
        path: list[str | int] = []
        pointers = [""]
        expect_key = False
        for match in _TOKEN.finditer(self.text):
            token = match[0].lstrip(" \t\r\n")
            offset = match.end() - len(token)
            if match["mark"] and token in "}]":
                path.pop()
                pointers.pop()
                expect_key = False
                continue
            if token == ",":
                last = path[-1]
                if isinstance(last, int):
                    path[-1] = last + 1
                else:
                    expect_key = True
                continue
            if token == ":":
                continue
            if expect_key:
                expect_key = False
                path[-1] = json.loads(token, strict=False)
                yield offset, _join(pointers[-1], path[-1]), True, len(path), token
                continue
            pointer = _join(pointers[-1], path[-1]) if path else ""
            yield offset, pointer, False, len(path), token
            if token in "{[":
                if len(path) > MAX_DEPTH:
                    return
                path.append("" if token == "{" else 0)
                pointers.append(pointer)
                expect_key = token == "{"


def _join(pointer: str, step: str | int) -> str:
    return f"{pointer}/{escape(step) if isinstance(step, str) else step}"
