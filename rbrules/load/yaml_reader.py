"""YAML text to a tree: YAML 1.2 scalars, no tags, no duplicate keys. The one user of PyYAML."""

import re
from decimal import Decimal
from typing import Any

import yaml

from rbrules.errors import InputError, Problem
from rbrules.load.document import MAX_DEPTH, Document, Place, decode, digest_of
from rbrules.model import Tree, escape

MAX_NODES = 50_000
"""Values in one file, aliases counted where they are used: what stops a bomb of aliases."""

_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_INTEGER = re.compile(r"[-+]?[0-9]{1,21}")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]{1,15}|[0-9]{1,21}\.[0-9]{0,15})(?:[eE][-+]?[0-9]{1,2})?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_PLAIN_TAGS = {
    "tag:yaml.org,2002:str",
    "tag:yaml.org,2002:seq",
    "tag:yaml.org,2002:map",
}

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
    _check_depth(text, name)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    except yaml.YAMLError as error:
        raise InputError([_syntax_problem(name, error)]) from None
    finally:
        loader.dispose()
    builder = _Builder(name)
    tree = None if node is None else builder.build(node, "", ())
    if builder.problems:
        raise InputError(builder.problems)
    values, keys = builder.values, builder.keys
    return Document(name, digest_of(data), tree, lambda: (values, keys))


def _check_depth(text: str, name: str) -> None:
    """Refuse deep nesting before the composer, which would recurse, sees it."""
    depth = 0
    loader = _Loader(text)
    try:
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    mark: Any = event.start_mark
                    raise InputError(
                        [
                            Problem(
                                file=name,
                                line=mark.line + 1,
                                column=mark.column + 1,
                                pointer="",
                                found=f"nesting deeper than {MAX_DEPTH} levels",
                                expected="a flatter file",
                            )
                        ]
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError as error:
        raise InputError([_syntax_problem(name, error)]) from None
    finally:
        loader.dispose()


def _syntax_problem(name: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    found = getattr(error, "problem", None) or str(error).split("\n")[0]
    return Problem(
        file=name,
        line=mark.line + 1 if mark else 1,
        column=mark.column + 1 if mark else 1,
        pointer="",
        found=str(found),
        expected="YAML",
        hint="Check indentation (spaces, no tabs), colons and quotes near this place.",
    )


class _Builder:
    """Builds the tree of one document and collects places and problems on the way."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: dict[str, Place] = {}
        self.keys: dict[str, Place] = {}
        self.problems: list[Problem] = []

    def build(self, node: yaml.Node, pointer: str, parents: tuple[int, ...]) -> Tree:
        self.values[pointer] = _place(node)
        if len(self.values) > MAX_NODES or id(node) in parents:
            found = "an alias inside its own anchor" if id(node) in parents else "too many values"
            self._problem(node, pointer, found, f"at most {MAX_NODES} values, no cycle")
            return None
        if node.tag not in _PLAIN_TAGS:
            self._problem(node, pointer, f"the tag {node.tag}", "no tags")
            return None
        inside = (*parents, id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer, inside)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.build(child, f"{pointer}/{index}", inside)
                for index, child in enumerate(node.value)
                if len(self.values) <= MAX_NODES
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
                self._problem(key_node, place, f"the key {key!r} a second time", "each key once")
                continue
            self.keys[place] = _place(key_node)
            if len(self.values) > MAX_NODES:
                break
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
        line, column = _place(node)
        self.problems.append(
            Problem(
                file=self.name,
                line=line,
                column=column,
                pointer=pointer,
                found=found,
                expected=expected,
            )
        )


def _place(node: yaml.Node) -> Place:
    return Place(node.start_mark.line + 1, node.start_mark.column + 1)
