"""Rules to Python functions that decide where every value is known: the common case, made fast.

A function is written for each rule, as source, and does what `engine/python.py` does on values that
are known; what it leaves open is decided there. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from rbrules.comparison import decide
from rbrules.conditions import KEPT, leaves
from rbrules.model import (
    All,
    Any_,
    Atom,
    Condition,
    Constant,
    Fact,
    Known,
    Not,
    Rule,
    Tally,
    Unknown,
    Verdict,
)

Decide = Callable[[Fact], Verdict | None]

_SYMBOLS: Final = {
    "is": "==",
    "is_not": "!=",
    "above": ">",
    "after": ">",
    "at_least": ">=",
    "on_or_after": ">=",
    "below": "<",
    "before": "<",
    "at_most": "<=",
    "on_or_before": "<=",
    "in": "in",
    "not_in": "not in",
}
"""Operators that compare two plain values, and no targets."""

_STATES: Final = frozenset({"present", "missing"})


@lru_cache(KEPT)
def decider(rule: Rule) -> Decide:
    """Return a function that judges one subject by a rule.

    It gives the verdict of `judge` in `engine/python.py`, or None where a value that the rule asks
    for is not known, has no meaning, or needs more than a comparison of two values.

    Args:
        rule: with its constants resolved.
    """
    source = _Source(rule)
    names: dict[str, Any] = source.names
    exec(compile(source.text, f"<{rule.id}>", "exec"), names)  # noqa: S102 - written below
    made: Decide = names["decide_rule"]
    return made


class _Source:
    """The source of one function; constants of the rule are names in it, never text."""

    def __init__(self, rule: Rule) -> None:
        self.names: dict[str, Any] = {
            "Known": Known,
            "Unknown": Unknown,
            "decide": decide,
            "FINDING": Verdict.FINDING,
            "PASS": Verdict.PASS,
            "NOT_APPLICABLE": Verdict.NOT_APPLICABLE,
        }
        self._fields: dict[str, str] = {}
        self._lines = ["def decide_rule(fact):", "    readings = fact.readings"]
        if rule.needs:
            self.names["needs"] = frozenset(rule.needs)
            self._add("if fact.absent & needs:", "    return NOT_APPLICABLE")
        if rule.where is not None:
            self._add(f"if not ({self._expression(rule.where)}):", "    return NOT_APPLICABLE")
        self._add(f"return FINDING if {self._expression(rule.when)} else PASS")

    @property
    def text(self) -> str:
        return "\n".join(self._lines)

    def _add(self, *lines: str) -> None:
        self._lines += [f"    {line}" for line in lines]

    def _name(self, value: object) -> str:
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def _expression(self, condition: Condition) -> str:
        """Write a condition; what its comparisons need is read before it, whatever they say.

        A value without meaning voids the whole condition, so nothing may be skipped.
        """
        written = {id(leaf): self._leaf(leaf) for leaf in leaves(condition)}
        return self._joined(condition, written)

    def _joined(self, condition: Condition, written: dict[int, str]) -> str:
        match condition:
            case Not(part):
                return f"not ({self._joined(part, written)})"
            case All(parts):
                texts = [f"({self._joined(part, written)})" for part in parts]
                return " and ".join(texts) or "True"
            case Any_(parts):
                texts = [f"({self._joined(part, written)})" for part in parts]
                return " or ".join(texts) or "False"
            case _:
                return written[id(condition)]

    def _leaf(self, leaf: Atom | Tally) -> str:
        """Read what a comparison needs, and return the expression that decides it."""
        if isinstance(leaf, Tally):
            return self._asked(leaf)
        if leaf.operator in _STATES:
            return self._state(leaf)
        symbol = _SYMBOLS.get(leaf.operator)
        base = leaf.operand.base
        if symbol is None or leaf.operand.times or leaf.operand.plus:
            return self._asked(leaf)
        if isinstance(base, Constant):
            return f"{self._value(leaf.field)} {symbol} {self._name(base.value)}"
        if isinstance(base, str):
            return f"{self._value(leaf.field)} {symbol} {self._value(base)}"
        return self._asked(leaf)

    def _asked(self, leaf: Atom | Tally) -> str:
        """Ask the three-valued evaluator, and leave open what it does not decide."""
        result = f"r{len(self._lines)}"
        self._add(f"{result} = decide({self._name(leaf)}, fact)")
        self._add(f"if {result}.__class__ is not bool:", "    return None")
        return result

    def _value(self, field: str) -> str:
        """Read a field; leave the rule open where it has no value."""
        if field not in self._fields:
            name = f"v{len(self._fields)}"
            self._add(f"{name} = readings[{field!r}]")
            self._add(f"if {name}.__class__ is not Known:", "    return None")
            self._add(f"{name} = {name}.value")
            self._fields[field] = name
        return self._fields[field]

    def _state(self, leaf: Atom) -> str:
        """Tell whether a field is there; a value that cannot be read leaves the rule open."""
        result = f"s{len(self._lines)}"
        self._add(f"{result} = readings[{leaf.field!r}]")
        self._add(f"if {result}.__class__ is Known:", f"    {result} = True")
        self._add(f"elif {result}.__class__ is Unknown and not {result}.found:")
        self._add(f"    {result} = False", "else:", "    return None")
        return result if leaf.operator == "present" else f"not {result}"
