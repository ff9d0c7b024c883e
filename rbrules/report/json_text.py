"""The report tree as JSON text, numbers exact. The one user of simplejson."""

import re

import simplejson

from rbrules.model import Tree

_UNSAFE = re.compile(r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def json_text(tree: Tree) -> str:
    """Write `tree` as indented UTF-8 JSON ending in a newline.

    Decimals keep their digits. Control characters and direction marks, which JSON allows raw, are
    escaped, so that a terminal never obeys them.
    """
    return _harmless(simplejson.dumps(tree, use_decimal=True, ensure_ascii=False, indent=2)) + "\n"


def json_line(tree: Tree) -> str:
    """Write `tree` on one line, escaped as `json_text` does and what no XML can hold as well."""
    text = simplejson.dumps(tree, use_decimal=True, ensure_ascii=False, separators=(",", ":"))
    return _harmless(text).replace("\ufffe", r"\ufffe").replace("\uffff", r"\uffff")


def _harmless(text: str) -> str:
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
