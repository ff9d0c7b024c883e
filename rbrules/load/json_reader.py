"""JSON text to a tree: the standard reader does the work, a scan finds places on demand."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import NoReturn

from rbrules.errors import InputError, Problem, joined, say, show
from rbrules.load.document import MAX_DEPTH, REST, Document, Place, decode, digest_of, place_at
from rbrules.load.hints import date_hint, plain_number
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
_KEY = "a key in double quotes"
_VALUE = "a value"
_COLON = "a colon after the key"
_COMMA = "a comma or a closing bracket"
_END = "the end of the file"
_CLOSING_QUOTE = "a closing double quote"
_ONE_LINE = r"a text on one line, with \n for a line break"
_SYNTAX = (
    ("Expecting property name", _KEY),
    ("Expecting value", _VALUE),
    ("Expecting ':'", _COLON),
    ("Expecting ','", _COMMA),
    ("Extra data", _END),
    ("Unterminated string", _CLOSING_QUOTE),
    ("Invalid control character", _ONE_LINE),
    ("Invalid \\", "an escape that JSON has, such as \\n or \\u00e9"),
)
"""What the standard reader's messages ask for, in words that do not change with Python."""

_LINE_BREAK = "a line break or control character inside a text"
_CURLY_QUOTES = "\u201c\u201d\u201e"
_OTHER_QUOTES = f"'`\u2018\u2019\u00ab\u00bb{_CURLY_QUOTES}"
_QUOTES_HINT = (
    'Texts and keys stand in straight double quotes: "nama". A word processor writes others; '
    "replace them all in a plain editor."
)
_BARE_KEY = r'([^\s":,{}\[\]][^":,{}\[\]\n]*?)\s*:'


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
    if not error.msg.startswith("Invalid control"):
        offset += len(text[offset:]) - len(text[offset:].lstrip(" \t\r\n"))
    before, rest = text[:offset], text[offset:]
    expected = next((words for start, words in _SYNTAX if error.msg.startswith(start)), "JSON")
    found = f"`{_first_line(rest)}`"
    if not rest:
        found = "the end of the file" if before.strip() else "an empty file"
    elif rest[0].isspace():
        found = (
            say("the blank U+$code", code=f"{ord(rest[0]):04X}")
            if expected != _ONE_LINE
            else _LINE_BREAK
        )
    hint = _syntax_hint(before, rest, expected)
    if not before.strip():
        expected = "a JSON object {...}"
    elif before.rstrip().endswith(",") and rest[:1] in {"}", "]", ","}:
        expected = "a further entry"
    if rest.strip() and expected != _CLOSING_QUOTE:
        hint = joined(hint, REST)
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


def _first_line(text: str) -> str:
    return text[:_EXCERPT].partition("\n")[0].rstrip()


def _syntax_hint(before: str, rest: str, expected: str) -> str:
    """Guess from what stands before and behind the place what was meant."""
    if not rest:
        if not before.strip():
            return "Perhaps it was never saved, or another file was meant."
        return joined(_unclosed(before), "If the file is cut off, take a complete copy.")
    if expected == _CLOSING_QUOTE:
        return "The text that begins here has no end; perhaps the file is cut off."
    if expected == _ONE_LINE:
        return _line_break_hint(before, rest)
    if rest[0].isspace():
        return "It comes from a word processor or a web page; write an ordinary blank."
    if rest[0] == "\\":
        return "Write a backslash inside a text twice: \\\\."
    if rest[0] in _OTHER_QUOTES:
        return _QUOTES_HINT
    if rest.startswith(("//", "/*", "#")):
        return "JSON has no comments; use the key catatan."
    if not before.strip():
        return ""
    if before.rstrip().endswith(",") and rest[0] in "}],":
        if rest[0] == ",":
            return "Remove one of the two commas."
        return "Remove the comma before this bracket."
    return _number_hint(before, rest, expected) or _HINTS.get(expected, _no_hint)(before, rest)


def _line_break_hint(before: str, rest: str) -> str:
    if rest[0] not in "\r\n":
        return "Write a blank in its place."
    start = 0
    while match := _TOKEN.match(before, start):
        start = match.end()
    start += len(before[start:]) - len(before[start:].lstrip(" \t\r\n"))
    if any(quote in before[start:] for quote in _CURLY_QUOTES):
        return _QUOTES_HINT
    line, column = place_at(before, start)
    return say(
        "The text that begins in line $line, column $column has no closing quote in its line.",
        line=line,
        column=column,
    )


def _number_hint(before: str, rest: str, expected: str) -> str:
    """Say how to write a number or a date that JSON reads as two things, or not at all."""
    if expected == _KEY and (match := re.match(_BARE_KEY, rest)):
        return say("Write the key in double quotes: $key.", key=show(match[1]))
    word = _around(before, rest, '[^\\s,:{}\\[\\]"]*')
    number = _around(before, rest, "[-0-9.,]*").rstrip(",.")
    if re.search(r"[0-9]$", before) and (hint := date_hint(word)):
        return hint
    cut = re.match(r"[0-9.]", rest) and re.search(r"[0-9][.,]?$", before)
    if cut and (plain := plain_number(number)):
        return say(
            "Write the number as $plain: with a decimal dot, without thousands separators.",
            plain=plain,
        )
    if re.fullmatch(r"-?0[0-9.]+", word):
        return "Write a number without zeros before it."
    if rest[0] == "%":
        return "Write a percentage as its number, without the percent sign."
    return ""


def _around(before: str, rest: str, pattern: str) -> str:
    """Return what matches on both sides of the place, joined."""
    left = re.search(f"{pattern}$", before[-_EXCERPT:])
    right = re.match(pattern, rest)
    return (left[0] if left else "") + (right[0] if right else "")


def _value_hint(_: str, rest: str) -> str:
    if re.match("true|false|null|none", rest, re.IGNORECASE):
        return "Write true, false or null in small letters."
    if re.match(r"[-+]?\.?[0-9]", rest):
        return "Write a number such as 0.5, -0.5 or 5."
    word = re.split(r'[,:{}\[\]"\n]', rest, maxsplit=1)[0].strip()
    if not word.strip("-\u2013"):
        return "Write null where a value is not known."
    if plain := plain_number(word):
        return say("Write the number as $plain.", plain=plain)
    return say("Write a text in double quotes: $word.", word=show(word))


def _colon_hint(before: str, _: str) -> str:
    match = re.search(r'"([^"]*)"$', before.rstrip())
    if match and any(quote in match[1] for quote in _CURLY_QUOTES):
        return _QUOTES_HINT
    if match and ":" in match[1]:
        return say("The key is read as $key; perhaps a quote is missing.", key=show(match[1]))
    return ""


def _comma_hint(before: str, rest: str) -> str:
    if rest[0] in "}]" or (rest[0] == ":" and _in_list(before)):
        return _unclosed(before)
    if rest[0] == ":":
        return "A key has one value; perhaps a comma or a quote is missing."
    written = before.rstrip()
    if written.endswith('"') and rest[0].isalpha():
        return 'Write a double quote inside a text as \\".'
    if written.count("\n") == before.count("\n"):
        return "Perhaps a comma is missing before this place."
    return say(
        "Perhaps a comma is missing at the end of line $line.",
        line=place_at(written, len(written)).line,
    )


def _end_hint(before: str, _: str) -> str:
    if before.lstrip()[0] not in "{[":
        return "Perhaps the first bracket { is missing."
    return "All brackets are closed before this place; perhaps one of them is too many."


def _no_hint(_: str, __: str) -> str:
    return ""


_HINTS: Mapping[str, Callable[[str, str], str]] = {
    _VALUE: _value_hint,
    _COLON: _colon_hint,
    _COMMA: _comma_hint,
    _END: _end_hint,
}


def _unclosed(text: str) -> str:
    """Name a bracket that the JSON in `text` seems not to close."""
    opened = _opened(text)
    if opened is None:
        return ""
    line, column = place_at(text, opened)
    close = "}" if text[opened] == "{" else "]"
    return say(
        "The $open of line $line, column $column seems to lack its $close.",
        open=text[opened],
        line=line,
        column=column,
        close=close,
    )


def _opened(text: str, *, by_indent: bool = True) -> int | None:
    """Return where the innermost bracket stands that `text` opens and does not close.

    With `by_indent` a bracket comes first from which another one was taken: one that is closed by
    a bracket at the beginning of a line further to the left.
    """
    opened: list[tuple[int, int]] = []  # where a bracket stands, and how far its line is indented
    indent = 0
    for match in _TOKEN.finditer(text):
        start = match.start(match.lastgroup or 0)
        line_start = text.rfind("\n", match.start(), start) + 1
        if line_start:
            indent = start - line_start
        if match["mark"] in {"{", "["}:
            opened.append((start, indent))
        elif match["mark"] in {"}", "]"}:
            if by_indent and line_start and opened[-1][1] > indent:
                break
            opened.pop()
    return opened[-1][0] if opened else None


def _in_list(text: str) -> bool:
    opened = _opened(text, by_indent=False)
    return opened is not None and text[opened] == "["


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
                yield (
                    offset,
                    "",
                    say("nesting deeper than $max_depth levels", max_depth=MAX_DEPTH),
                    "a flatter file",
                )
                return
            if is_key and not pointer.startswith(f"{twin}/"):
                # Below a second member of one name every key would be a second one.
                if pointer in seen:
                    twin = pointer
                    key = show(json.loads(token, strict=False))
                    yield (
                        offset,
                        pointer,
                        say("the key $key a second time", key=key),
                        "each key once",
                    )
                seen.add(pointer)
            if token[0] == '"':
                if _is_lone_surrogate(token):
                    yield offset, pointer, "half of a surrogate pair", "a whole character"
            elif token.lstrip("-") in {"NaN", "Infinity"}:
                yield offset, pointer, token, "a number, or null where it is not known"
            elif token[0] in "-0123456789" and _is_too_long(token):
                shown = token
                if len(token) > MAX_DIGITS + MAX_DECIMALS:
                    shown = say(
                        "$start... ($length characters)",
                        start=token[:_EXCERPT],
                        length=f"{len(token):,}",
                    )
                expected = say(
                    "at most $max_digits digits and $max_decimals decimals",
                    max_digits=MAX_DIGITS,
                    max_decimals=MAX_DECIMALS,
                )
                yield offset, pointer, say("the number $shown", shown=shown), expected

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
