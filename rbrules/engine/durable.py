"""The engine on durable-rules: drives its C module over flat facts of numbers.

Only a small part of durable-rules is sound (no joins, texts, nulls, actions, batches or `Host`), so
its Python layer is not used: one fact at a time goes in, and the firings are pulled out one by one.
What this part cannot decide is decided by `engine/python.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

import durable_rules_engine as dre

from rbrules.conditions import constants, leaves
from rbrules.engine.lowering import (
    MAX_LEAVES,
    Comparison,
    Feature,
    Group,
    Native,
    count_firings,
    count_leaves,
    features,
    lower,
)
from rbrules.engine.python import judge
from rbrules.errors import EngineError
from rbrules.model import Condition, Fact, Kind, Outcome, Rule, Verdict

MAX_COMPILED: Final = 32
"""How many sets of rules stay compiled; the one used least recently goes first."""

_SENTINEL: Final = "sentinel"
_GUARD: Final = '{"$eq":{"kind":1}}'
_SENTINEL_CONDITION: Final = (
    f'{{"$and":[{_GUARD},{{"$gt":{{"probe":0.25}}}},{{"$lt":{{"probe":0.75}}}}]}}'
)
"""True of every fact, unless its number or one of these here lost what follows the point."""
_FACT_HEAD: Final = '{"id":"f","kind":1,"probe":0.5'
_LOCALE: Final = "a process locale with a decimal comma (LC_NUMERIC) has this effect"
"""The C module reads numbers with `atof`."""
_RETRACTED: Final = '{"id":"f"}'
_HEADER: Final = re.compile(r'\{"(\w+)":')
_RESERVED: Final = ("id", "sid", "kind", "probe", "exception", "$s", "$i", "$m", "$forward")


class DurableEngine:
    """Runs rules in the C engine of durable-rules, and in Python what that cannot decide.

    An instance keeps what it compiled and must not be shared by threads.
    """

    name = f"durable-rules {version('durable_rules')}"

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._compiled: dict[tuple[object, ...], _Matcher] = {}
        self._decided = 0

    def run(self, rules: tuple[Rule, ...], facts: tuple[Fact, ...]) -> tuple[Outcome, ...]:
        """Judge every rule on every fact, with the result of `PythonEngine.run`.

        Args:
            rules: all of one kind, constants resolved.
            facts: subjects of that kind.

        Returns:
            One outcome for each pair, in the order of `rules`, then of `facts`.

        Raises:
            EngineError: the rules are not as described, or the C engine did not do what it must.
                What was compiled for these rules is then never used again.
        """
        if not rules or not facts:
            return ()
        key = tuple((rule.applies_to, rule.where, rule.when) for rule in rules)
        # Taken out while in use: whatever goes wrong, the set does not come back.
        matcher = self._compiled.pop(key, None) or _Matcher(rules)
        columns = [self._judge(rules, fact, matcher) for fact in facts]
        self._compiled[key] = matcher
        if len(self._compiled) > MAX_COMPILED:
            self._compiled.pop(next(iter(self._compiled))).close()
        return tuple(column[row] for row in range(len(rules)) for column in columns)

    def decided(self) -> int:
        """Return how many pairs of rule and subject the C engine has decided."""
        return self._decided

    def close(self) -> None:
        """Free what was compiled; the engine may be used again."""
        while self._compiled:
            self._compiled.popitem()[1].close()

    def _judge(self, rules: tuple[Rule, ...], fact: Fact, matcher: _Matcher) -> list[Outcome]:
        match = matcher.match(fact)
        outcomes = []
        for rule, plan in zip(rules, matcher.plans, strict=True):
            verdict = None if fact.absent.intersection(rule.needs) else match.verdict(plan)
            if verdict is None:
                outcomes.append(judge(rule, fact))
            else:
                self._decided += 1
                outcomes.append(
                    Outcome(rule=rule, subject=fact.subject, verdict=verdict, fact=fact)
                )
        return outcomes


@dataclass(frozen=True, slots=True)
class _Plan:
    """The numbers of the definitions that a rule was compiled to."""

    where: int | None
    when: int


@dataclass(frozen=True, slots=True)
class _Match:
    """What the C engine said of one fact: each definition fired, did not fire, or is open."""

    fired: frozenset[int]
    open: frozenset[int]

    def verdict(self, plan: _Plan) -> Verdict | None:
        """Return the verdict of a rule whose needs are met, or None where it is open."""
        if plan.where is not None:
            if plan.where in self.open:
                return None
            if plan.where not in self.fired:
                return Verdict.NOT_APPLICABLE
        if plan.when in self.open:
            return None
        return Verdict.FINDING if plan.when in self.fired else Verdict.PASS


class _Matcher:
    """The conditions of some rules, compiled to rulesets of at most `MAX_LEAVES` leaves."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        """Compile; equal conditions become one definition.

        Raises:
            EngineError: a rule is of another kind or holds a parameter without a value, or the
                C engine refuses a definition.
        """
        kind = rules[0].applies_to
        numbers: dict[Native, int] = {}
        self.plans = tuple(_plan(rule, kind, numbers) for rule in rules)
        columns: dict[Feature, int] = {}
        for native in numbers:
            for feature in features(native):
                columns.setdefault(feature, len(columns))
        self._features = tuple(columns)
        self._rulesets = tuple(_Ruleset(chunk, columns) for chunk in _chunks(numbers))

    def match(self, fact: Fact) -> _Match:
        """Show one fact to the C engine."""
        values = [feature.of(fact) for feature in self._features]
        open_features = sum(1 << index for index, value in enumerate(values) if value is None)
        texts = [
            "" if value is None else f',"x{index}":{_number(value)}'
            for index, value in enumerate(values)
        ]
        fired: set[int] = set()
        open_: set[int] = set()
        for ruleset in self._rulesets:
            undecided = {n for n, mask in ruleset.masks.items() if mask & open_features}
            open_ |= undecided
            if len(undecided) < len(ruleset.masks):
                fired |= ruleset.fire(texts)
        return _Match(frozenset(fired), frozenset(open_))

    def close(self) -> None:
        """Free the memory of the C engine."""
        for ruleset in self._rulesets:
            ruleset.close()


def _plan(rule: Rule, kind: Kind, numbers: dict[Native, int]) -> _Plan:
    """Find the definitions of a rule in `numbers`, or add them with the next numbers."""
    if rule.applies_to != kind:
        raise EngineError(
            f"{rule.id} applies to {rule.applies_to}, but is run with rules on {kind}"
        )

    def number(condition: Condition) -> int:
        for leaf in leaves(condition):
            for side in constants(leaf):
                if side.value is None:
                    raise EngineError(f"{rule.id} holds the parameter {side.param} without a value")
        return numbers.setdefault(lower(condition, kind), len(numbers))

    return _Plan(None if rule.where is None else number(rule.where), number(rule.when))


def _chunks(numbers: Mapping[Native, int]) -> Iterator[dict[int, Native]]:
    """Split definitions so that no fact, whatever its values, reaches a limit of the C engine."""
    chunk: dict[int, Native] = {}
    size = 0
    for native, number in numbers.items():
        more = count_leaves(native)
        if size + more > MAX_LEAVES:
            yield chunk
            chunk, size = {}, 0
        chunk[number] = native
        size += more
    yield chunk


class _Ruleset:
    """One compiled ruleset of the C engine."""

    def __init__(self, definitions: Mapping[int, Native], columns: Mapping[Feature, int]) -> None:
        """Compile.

        Args:
            definitions: by their numbers; at most `MAX_LEAVES` leaves together.
            columns: the numbers of the features.
        """
        asked = {
            number: {columns[feature] for feature in features(native)}
            for number, native in definitions.items()
        }
        self.masks = {number: sum(1 << column for column in asked[number]) for number in asked}
        self._columns = sorted(set().union(*asked.values()))
        check_names((*_RESERVED, *(f"x{column}" for column in self._columns)))
        self._numbers = {f"r{number}": number for number in definitions}
        self._most = 1 + sum(count_firings(native) for native in definitions.values())
        self._used = False
        rules = [f'"{_SENTINEL}":{{"all":[{{"m":{_SENTINEL_CONDITION}}}]}}']
        # The guard keeps the engine's own state fact out, which has no `kind`.
        rules += [
            f'"r{number}":{{"all":[{{"m":{{"$and":[{_GUARD},{encode(native, columns)}]}}}}]}}'
            for number, native in definitions.items()
        ]
        self._handle = _call(dre.create_ruleset, "rbrules", f"{{{','.join(rules)}}}")

    def fire(self, texts: Sequence[str]) -> set[int]:
        """Assert a fact, pull its firings and retract it.

        Args:
            texts: for each feature of the fact its name and value as JSON after a comma, or ""
                where it is open.

        Returns:
            The numbers of the definitions that fired. Those that ask for an open feature may or
            may not be among them.

        Raises:
            EngineError: a code is not 0, the state is locked, the sentinel did not fire once, or
                something fired that cannot.
        """
        text = f"{_FACT_HEAD}{''.join(texts[column] for column in self._columns)}}}"
        self._used = True
        code, state = _call(dre.assert_fact, self._handle, text)
        _require(code == 0, f"a fact was answered with code {code}; {_LOCALE}")
        names = list(self._pull(state))
        seen = names.count(_SENTINEL)
        _require(seen == 1, f"the sentinel fired {seen} times instead of once; {_LOCALE}")
        code, _ = _call(dre.retract_fact, self._handle, _RETRACTED)
        _require(code == 0, f"a retraction was answered with code {code}")
        fired = set(names) - {_SENTINEL}
        _require(fired <= set(self._numbers), f"unknown rules fired: {fired}")
        return {self._numbers[name] for name in fired}

    def close(self) -> None:
        """Free the memory of the C engine."""
        # Deleting a state in which nothing has ever fired crashes the process; the sentinel has.
        if self._used:
            _call(dre.delete_state, self._handle, None)
        _call(dre.delete_ruleset, self._handle)

    def _pull(self, state: int) -> Iterator[str]:
        """Yield the name of each rule that fires, as often as it fires."""
        started = _call(dre.start_action_for_state, self._handle, state)
        _require(started is not None, "the state is locked")
        message = started[1]
        for _ in range(self._most):
            if message is None:
                return
            header = _HEADER.match(message)
            if header is None:
                raise EngineError(f"durable-rules: a firing cannot be read: {message}")
            yield header[1]
            message = _call(dre.complete_and_start_action, self._handle, state)
        _require(message is None, f"there are more than {self._most} firings")


def encode(native: Native, columns: Mapping[Feature, int]) -> str:
    """Write a native condition as the JSON text of a definition."""
    match native:
        case Comparison(feature, operator, constant):
            return f'{{"{operator}":{{"x{columns[feature]}":{_number(constant)}}}}}'
        case Group(connective, parts):
            return f'{{"{connective}":[{",".join(encode(part, columns) for part in parts)}]}}'


def check_names(names: Sequence[str]) -> None:
    """Refuse names that the C engine, which knows a field only by its FNV-1a hash, would confuse.

    Raises:
        EngineError: two names have one hash; both are named.
    """
    seen: dict[int, str] = {}
    for name in names:
        other = seen.setdefault(_fnv1a(name), name)
        _require(other == name, f"the fields {other} and {name} have the same hash")


def _fnv1a(text: str) -> int:
    value = 0x811C9DC5
    for byte in text.encode():
        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def _number(value: float) -> str:
    """Write a number as the C engine reads it: 1e-07 is an error there, 1.0e-07 is not."""
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")


def _call(function: Callable[..., Any], *arguments: object) -> Any:
    try:
        return function(*arguments)
    except (dre.error, MemoryError, SystemError) as error:
        raise EngineError(f"durable-rules: {error}") from error


def _require(condition: object, message: str) -> None:
    if not condition:
        raise EngineError(f"durable-rules: {message}")
