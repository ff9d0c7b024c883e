"""YAML text to a tree: YAML 1.2 scalars, no tags, no duplicate keys. The one user of PyYAML."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

import yaml

from rbrules.errors import InputError, Problem, joined, say, show
from rbrules.load.document import MAX_DEPTH, REST, Document, Place, decode, digest_of, place_at
from rbrules.model import Tree, escape

MAX_NODES = 50_000
"""Values in one file, aliases counted where they are used: what stops a bomb of aliases."""

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,21}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,15}|[0-9]{1,21}\.[0-9]{0,15})(?:[eE][-+]?[0-9]{1,2})?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML forbids in a text."""

_ENCLOSED = (
    "while parsing a flow mapping",
    "while parsing a flow sequence",
    "while scanning a quoted scalar",
)
"""How PyYAML calls what stands in brackets or quotes; it then tells where that began."""

_DEEPEST = "exceeded maximum nesting depth"
"""What PyYAML says from 6.0.4 on where brackets go deeper than it reads."""

_EXCERPT = 20
"""Characters of a faulty place that a message quotes."""

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def load_yaml(data: bytes, name: str) -> Document:
    """Read a YAML document by the rules of YAML 1.2: `no`, `on` and `12:30` are strings.

    Args:
        data: UTF-8, one document.
        name: how messages call the file.

    Returns:
        A document whose keys are strings and whose numbers are int or Decimal.

    Raises:
        InputError: not YAML, more than one document, a tag, a key twice, nesting beyond
            `MAX_DEPTH`, an alias inside itself, or more than `MAX_NODES` values.
    """
    text = decode(data, name)
    _check_characters(text, name)
    tagged = _check_events(text, name)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        raise InputError([_syntax_problem(name, text, error)]) from None
    finally:
        loader.dispose()
    if node is None:
        raise InputError([_problem(name, Place(1, 1), "an empty file", "a YAML document")])
    builder = _Builder(name, tagged)
    tree = builder.build(node, "", ())
    if builder.problems:
        raise InputError(builder.problems)
    values, keys = builder.values, builder.keys
    return Document(name, digest_of(data), tree, lambda: (values, keys))


def _check_characters(text: str, name: str) -> None:
    match = _UNPRINTABLE.search(text)
    if match:
        found = say("the control character U+$match", match=f"{ord(match[0]):04X}")
        place = place_at(text, match.start())
        raise InputError([_problem(name, place, found, "text without control characters")])


def _check_events(text: str, name: str) -> dict[Place, str]:
    """Refuse deep nesting before the composer, which would recurse, sees it.

    Returns:
        The tags that the text gives, by the place of the value: the composer does not tell them
        from those that it adds.
    """
    depth = 0
    tags: dict[Place, str] = {}
    loader = _Loader(text)
    try:
        while loader.check_event():
            event = loader.get_event()
            tag = getattr(event, "tag", None)
            if tag is not None:
                tags[_place(event)] = tag
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    raise InputError([_too_deep(name, _place(event))])
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark and getattr(error, "problem", "") == _DEEPEST:
            place = Place(mark.line + 1, mark.column + 1)
            raise InputError([_too_deep(name, place)]) from None
        raise InputError([_syntax_problem(name, text, error)]) from None
    finally:
        loader.dispose()
    return tags


def _too_deep(name: str, place: Place) -> Problem:
    found = say("nesting deeper than $max_depth levels", max_depth=MAX_DEPTH)
    return _problem(name, place, found, "a flatter file")


def _syntax_problem(name: str, text: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    reason = str(getattr(error, "problem", None) or str(error).split("\n")[0])
    if reason == "but found another document":
        return _problem(name, place, "a second document", "one document in a file")
    lines = text.split("\n")
    rest = lines[place.line - 1][place.column - 1 :].rstrip() if place.line <= len(lines) else ""
    hint = "Check indentation (spaces, no tabs), colons and quotes near this place."
    shown = f"`{rest[:_EXCERPT].rstrip()}`" if rest else "the end of the line or file"
    if rest.startswith("\t"):
        shown, hint = "a tab", "Indent with spaces, not with tabs."
    opened = getattr(error, "context_mark", None)
    if opened and str(getattr(error, "context", "")).startswith(_ENCLOSED):
        hint = say(
            "What opens in line $line, column $column is not closed.",
            line=opened.line + 1,
            column=opened.column + 1,
        )
    return _problem(name, place, shown, say("YAML ($reason)", reason=reason), joined(hint, REST))


def _problem(
    name: str, place: Place, found: str, expected: str, hint: str = "", pointer: str = ""
) -> Problem:
    return Problem(
        file=name,
        line=place.line,
        column=place.column,
        pointer=pointer,
        found=found,
        expected=expected,
        hint=hint,
    )


class _Builder:
    """Builds the tree of one document and collects places and problems on the way."""

    def __init__(self, name: str, tagged: Mapping[Place, str]) -> None:
        self.name = name
        self.tagged = tagged
        self.values: dict[str, Place] = {}
        self.keys: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, pointer: str, parents: tuple[int, ...]) -> Tree:
        place = _place(node)
        self.values[pointer] = place
        if id(node) in parents:
            self._problem(node, pointer, "an alias inside its own anchor", "no cycle")
            return None
        if len(self.values) > MAX_NODES:
            expected = say(
                "at most $max_nodes, each use of an alias counted", max_nodes=f"{MAX_NODES:,}"
            )
            self._stop(
                node,
                pointer,
                say("more than $max_nodes values", max_nodes=f"{MAX_NODES:,}"),
                expected,
            )
        if len(parents) >= MAX_DEPTH and not isinstance(node, yaml.ScalarNode):
            found = say("aliases nested deeper than $max_depth levels", max_depth=MAX_DEPTH)
            self._stop(node, pointer, found, "a flatter file")
        if place in self.tagged:
            self._problem(
                node, pointer, say("the tag $tagged", tagged=self.tagged[place]), "no tags"
            )
            return None
        inside = (*parents, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer, inside)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.build(child, f"{pointer}/{index}", inside)
                for index, child in enumerate(node.value)
            ]
        return self._scalar(node, pointer)

    def _mapping(
        self, node: yaml.MappingNode, pointer: str, inside: tuple[int, ...]
    ) -> dict[str, Tree]:
        members: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._problem(key_node, pointer, "a list or mapping as a key", "a word as a key")
                continue
            key = key_node.value
            place = f"{pointer}/{escape(key)}"
            if key in members:
                found = say("the key $key a second time", key=show(key))
                self._problem(key_node, place, found, "each key once")
                continue
            self.keys[place] = _place(key_node)
            members[key] = self.build(value_node, place, inside)
        return members

    def _scalar(self, node: Any, pointer: str) -> Tree:
        text: str = node.value
        if node.style in {"'", '"', "|", ">"}:
            return text
        if _NULL.fullmatch(text):
            return None
        if _TRUE.fullmatch(text):
            return True
        if _FALSE.fullmatch(text):
            return False
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
        if _NOT_A_NUMBER.fullmatch(text):
            self._problem(node, pointer, text, "a number")
        return text

    def _problem(self, node: yaml.Node, pointer: str, found: str, expected: str) -> None:
        self.problems.append(_problem(self.name, _place(node), found, expected, pointer=pointer))

    def _stop(self, node: yaml.Node, pointer: str, found: str, expected: str) -> NoReturn:
        """Give up: behind this place the same problem would be met over and over."""
        self._problem(node, pointer, found, expected)
        raise InputError(self.problems)


def _place(node: Any) -> Place:
    """Return where a node or an event begins."""
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
