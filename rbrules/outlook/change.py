"""An evaluation with other values in some places, read anew as if its file had said so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, TypeAlias

from rbrules.errors import InputError, Problem, show
from rbrules.evaluation import read_evaluation
from rbrules.load.document import Document
from rbrules.load.json_reader import load_json
from rbrules.model import (
    Evaluation,
    Index,
    Instrument,
    Report,
    Rulebook,
    Term,
    Tree,
    Vocabulary,
    escape,
)
from rbrules.resources import schema_text
from rbrules.validate import suggestion

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a value: keys, and for the rows of a list their number from 0."""

OPTION: Final = "--set"
EXCLUDED: Final = "dikecualikan"
_TAGS = ("id", "kode", "tahun", "dokumen")
"""The keys by which a row of a list is named."""


@dataclass(frozen=True, slots=True)
class Put:
    """A value for one place of an evaluation; None takes away what stands there."""

    steps: Steps
    value: Tree
    told: str = ""
    """What was typed for it, "" where nobody typed it."""

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return pointer_of(self.steps)


def pointer_of(steps: Steps) -> str:
    """Write the way to a value as a JSON pointer."""
    return "".join(f"/{escape(str(step))}" for step in steps)


def value_at(tree: Tree, steps: Steps) -> Tree:
    """Return the value at the end of `steps`, None where there is none."""
    for step in steps:
        if isinstance(step, int) and isinstance(tree, list):
            tree = tree[step] if step < len(tree) else None
        else:
            tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def changed(evaluation: Evaluation, rulebook: Rulebook, puts: Iterable[Put]) -> Evaluation:
    """Put values into an evaluation; the one given stays as it is.

    Args:
        evaluation: what is changed.
        rulebook: its vocabulary and instruments say which codes exist.
        puts: one after the other; a row one behind the last of its list is added.

    Returns:
        The evaluation that a file with these values would give.

    Raises:
        InputError: such a file would have problems.
    """
    listed = tuple(puts)
    if not listed:
        return evaluation
    tree = evaluation.root.tree
    for put in listed:
        tree = _with(tree, put.steps, put.value)
    document = Document(evaluation.file, evaluation.digest, tree, lambda: ({}, {}))
    try:
        return read_evaluation(document, rulebook)
    except InputError as error:
        # The file itself was read without a problem: each of these comes from what was put.
        raise InputError(_named(problem, listed) for problem in error.problems) from None


def _named(problem: Problem, puts: Sequence[Put]) -> Problem:
    """Let a problem name the option that it comes from."""
    near = [put for put in puts if put.told and _touches(put.pointer, problem.pointer)]
    file = f"{OPTION} {near[-1].told}" if near else OPTION
    return replace(problem, file=file, line=0, column=0)


def _touches(one: str, other: str) -> bool:
    return f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/")


def _with(node: Tree, steps: Steps, value: Tree) -> Tree:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        rows = list(node or ())
        rows[step : step + 1] = [_with(rows[step] if step < len(rows) else None, rest, value)]
        return rows
    tree = dict(node) if isinstance(node, dict) else {}
    tree[step] = _with(tree.get(step), rest, value)
    return tree


# --- paths ------------------------------------------------------------------------------------


def read_puts(evaluation: Evaluation, rulebook: Rulebook, texts: Iterable[str]) -> tuple[Put, ...]:
    """Read what `--set` gives: section, id and key with dots between, then = and the value.

    Args:
        evaluation: the evaluation that the paths lead into.
        rulebook: its vocabulary knows the codes and aliases of lines and themes.
        texts: such as `indikator.spip.nilai=3.5`. A row without id, code or year is named by its
            number, from 1. A value that is not JSON is a text.

    Returns:
        What is put, in the order given. A line that the file does not list is added; what stands
        there already is left out.

    Raises:
        InputError: with every path that leads nowhere and, where there is one, every value besides
            that the file could not have.
    """
    tree = dict(evaluation.root.tree)
    puts: list[Put] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            made = list(_read(text, tree, rulebook.vocabulary))
        except InputError as error:
            problems += error.problems
            continue
        for put in made:
            tree = _with(tree, put.steps, put.value)
        puts += made
    if problems:
        try:
            changed(evaluation, rulebook, puts)
        except InputError as error:
            problems += error.problems
        raise InputError(problems)
    own = evaluation.root.tree
    return tuple(put for put in puts if not _same(value_at(own, put.steps), put.value))


def _same(one: Tree, other: Tree) -> bool:
    """Tell whether two values are written alike: 3.5 and 3.50 are not, absent and null are."""
    return type(one) is type(other) and one == other and str(one) == str(other)


def _read(text: str, tree: Tree, vocabulary: Vocabulary) -> Iterator[Put]:
    path, equals, raw = text.partition("=")
    tokens = path.strip().split(".")
    if not equals or not all(tokens):
        hint = "For example: --set indikator.spip.nilai=3.5"
        raise InputError([_problem(text, show(text), "PATH=VALUE, PATH as section.id.key", hint)])
    sections = _sections()
    if tokens[0] not in sections:
        expected = "a key of the evaluation file"
        hint = suggestion(tokens[0], sections)
        raise InputError([_problem(text, f"the section {show(tokens[0])}", expected, hint)])
    yield from _lead(tokens, _value(raw.strip()), tree, vocabulary, text)


def _lead(
    tokens: Sequence[str], value: Tree, tree: Tree, vocabulary: Vocabulary, told: str
) -> Iterator[Put]:
    """Yield what puts a value at the end of a path, with the rows that are added on the way."""
    steps, rows = _Path(told, tree, vocabulary).follow(tokens)
    for row, tag, name in rows:
        yield Put((*row, tag), name, told)
    yield Put(steps, value, told)


def lead_to(
    evaluation: Evaluation, rulebook: Rulebook, values: Iterable[tuple[tuple[str, ...], Tree]]
) -> tuple[Put, ...]:
    """Put values at paths whose steps are known: section, id and key.

    Raises:
        InputError: a path leads nowhere.
    """
    tree = evaluation.root.tree
    puts: list[Put] = []
    for tokens, value in values:
        for put in _lead(tokens, value, tree, rulebook.vocabulary, ""):
            tree = _with(tree, put.steps, put.value)
            puts.append(put)
    return tuple(puts)


@cache
def _sections() -> Mapping[str, bool]:
    """Return the keys of an evaluation file, and whether each holds a list."""
    schema = load_json(schema_text("evaluation").encode(), "evaluation.schema.json").tree
    return {key: "array" in (part.get("type") or ()) for key, part in schema["properties"].items()}


def _value(raw: str) -> Tree:
    try:
        return load_json(raw.encode(), OPTION).tree
    except InputError:
        return raw


def _problem(text: str, found: str, expected: str, hint: str = "") -> Problem:
    return Problem(
        file=f"{OPTION} {text}" if text else OPTION,
        line=0,
        column=0,
        pointer="",
        found=found,
        expected=expected,
        hint=hint,
    )


class _Path:
    """One path through the tree."""

    def __init__(self, text: str, tree: Tree, vocabulary: Vocabulary) -> None:
        self.text = text
        self.tree = tree
        self.vocabulary = vocabulary
        self.added: list[tuple[Steps, str, str]] = []

    def follow(self, tokens: Sequence[str]) -> tuple[Steps, list[tuple[Steps, str, str]]]:
        """Return the steps to the value, and the rows that have to be added on the way."""
        node, rest = self.tree, list(tokens)
        way: Steps = ()
        while rest:
            if isinstance(node, list) or self._lists(way):
                number, used = self._row(list(node or ()), way, rest)
                way, rest = (*way, number), rest[used:]
                node = value_at(node, (number,)) if isinstance(node, list) else None
            elif node is None or isinstance(node, dict):
                key = rest.pop(0)
                way = (*way, key)
                node = node.get(key) if node else None
            else:
                found = f"{show('.'.join(rest))} behind {pointer_of(way)}, which is {show(node)}"
                raise InputError([_problem(self.text, found, "no more steps behind a value")])
        return way, self.added

    def _lists(self, way: Steps) -> bool:
        """Tell whether a list belongs at a place where the file has nothing."""
        is_section = len(way) == 1 and _sections()[str(way[0])]
        return is_section or bool(way and way[0] == "tema" and way[-1] == "lines")

    def _terms(self, way: Steps) -> Mapping[str, Term]:
        """Return the codes of the rows of a list, {} where the rows have names of their own."""
        if way == ("indikator",):
            return self.vocabulary.lines
        if way == ("tema",):
            return self.vocabulary.tema
        return self.vocabulary.tema_lines if way[0] == "tema" and way[-1] == "lines" else {}

    def _row(self, rows: Sequence[Tree], way: Steps, rest: Sequence[str]) -> tuple[int, int]:
        """Return the number of the row that the next words name, and how many words that took.

        An id may have dots in it, so the longest name that fits is meant.
        """
        terms = self._terms(way)
        names = [_names(row, terms, self.vocabulary) for row in rows]
        for used in range(len(rest), 0, -1):
            word = ".".join(rest[:used])
            wanted = self.vocabulary.resolve(terms, word) or word
            hits = [number for number, own in enumerate(names) if wanted in own]
            if len(hits) == 1:
                return hits[0], used
            if hits:
                found = f"{show(word)}, which {len(hits)} rows of {pointer_of(way)} are called"
                raise InputError([_problem(self.text, found, "a name that one row has")])
        word = rest[0]
        if not any(names) and word.isdigit() and 0 < int(word) <= len(rows):
            return int(word) - 1, 1
        kode = self.vocabulary.resolve(terms, word)
        if kode is not None and len(rest) > 1:
            self.added.append(((*way, len(rows)), "kode", kode))
            return len(rows), 1
        known = [name for own in names for name in own] or list(map(str, range(1, len(rows) + 1)))
        known += [name for term in terms.values() for name in (term.kode, *term.aliases)]
        found = f"{show(word)}, which no row of {pointer_of(way)} is called"
        hint = suggestion(word, known)
        if not hint and known:
            hint = f"The names are {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}."  # noqa: PLR2004
        raise InputError([_problem(self.text, found, "the id, code or year of a row", hint)])


def _names(row: Tree, terms: Mapping[str, Term], vocabulary: Vocabulary) -> tuple[str, ...]:
    if not isinstance(row, dict):
        return ()
    found = [row[tag] for tag in _TAGS if row.get(tag) is not None]
    # A code may be written as an alias.
    return tuple(vocabulary.resolve(terms, str(name)) or str(name) for name in found[:1])


# --- printed results --------------------------------------------------------------------------

_OF_LINE = frozenset({"nilai", "poin", "bobot", "maks", "status", "kategori"})
"""The keys of a line that its points rest on."""

_ADJUSTMENT = frozenset({"koefisien", "bobot_penyesuaian"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """Printed results that a change takes the ground from, as puts of None.

    `totals` are those of components and of the index, `lines` the printed points of the lines (or
    of SAKIP components) that were changed.
    """

    totals: tuple[Put, ...] = ()
    lines: tuple[Put, ...] = ()


def printed_aside(report: Report, puts: Sequence[Put]) -> Aside:
    """Find the printed results that were made with a value that is changed.

    They were printed for the file as it was: left in place they would stand for the changed one,
    or contradict it. A figure that is itself changed stays. With a line of the RB index every
    printed total that stands for a sum of lines is left out, so that the index is counted from
    the same figure whichever line is changed.
    """
    evaluation = report.evaluation
    tree, own = evaluation.root.tree, {put.steps for put in puts}
    totals: dict[Steps, None] = {}
    lines: dict[Steps, None] = {}
    komponen = _components(report.index.instrument, evaluation.kelompok)
    stands = _stand_for_lines(report.index)
    for put in puts:
        key = put.steps[-1]
        match put.steps:
            case ("indikator", int(), *_) if key in {*_OF_LINE, "kode"} or _carried(tree, put):
                lines[(*put.steps[:2], "poin")] = None
                line = value_at(tree, put.steps[:2]) or {"kode": put.value}
                words = report.rulebook.vocabulary
                kode = words.resolve(words.lines, str(line["kode"])) or line["kode"]
                places = (*komponen.get(kode, ()), *stands)
                totals |= dict.fromkeys(_totals(tree, "indeks_rb", places))
            case ("tema", int(), "lines", int(), *_) if key in {*_OF_LINE, "kode"}:
                lines[(*put.steps[:4], "poin")] = None
                places = (*komponen.get("tema", ()), *stands)
                totals |= dict.fromkeys(_totals(tree, "indeks_rb", places))
            case (str(name),) if name in _ADJUSTMENT:
                places = (*komponen.get("adjusted", ()), *stands)
                totals |= dict.fromkeys(_totals(tree, "indeks_rb", places))
            case ("sakip", "komponen", int(), *_):
                row = put.steps[:3]
                lines |= dict.fromkeys([(*row, "poin"), (*row, "persen")])
                name = str((value_at(tree, row) or {}).get("kode"))
                totals |= dict.fromkeys(_totals(tree, "sakip", (name,)))
            case _:
                pass

    def present(found: Iterable[Steps]) -> tuple[Put, ...]:
        return tuple(Put(s, None) for s in found if s not in own and value_at(tree, s) is not None)

    return Aside(totals=present(totals), lines=present(lines))


def _stand_for_lines(index: Index) -> tuple[str, ...]:
    """Name the components whose printed total counts although lines with a weight bound them."""
    parents = {total.component.kode: total.component.parent for total in index.totals}
    bounded: set[str | None] = set()
    for line in index.lines:
        kode: str | None = line.komponen
        while line.bobot is not None and line.status != EXCLUDED and kode is not None:
            bounded.add(kode)
            kode = parents.get(kode)
    return tuple(
        total.component.kode
        for total in index.totals
        if total.basis == "komponen" and total.parts is not None and total.component.kode in bounded
    )


def pengali_of(report: Report, kode: str) -> str | None:
    """Return the line that may multiply the points of a line, None where none does."""
    instrument = report.index.instrument
    lines = instrument.set_for(report.evaluation.kelompok) if instrument else None
    specs = lines.lines if lines else ()
    return next((spec.pengali for spec in specs if spec.kode == kode), None)


def _carried(tree: Tree, put: Put) -> bool:
    """Tell whether a line takes its value from last year's, which is what was changed."""
    row = value_at(tree, put.steps[:2]) or {}
    is_value = row.get("status") == "nilai_tahun_lalu" and row.get("nilai") is None
    return put.steps[-1] == "tahun_lalu" and is_value


def _components(instrument: Instrument | None, kelompok: str) -> Mapping[str, tuple[str, ...]]:
    """Return the components that each line counts in, lines of themes and adjusted ones too."""
    lines = instrument.set_for(kelompok) if instrument else None
    if instrument is None or lines is None:
        return {}
    parents = {c.kode: c.parent for c in instrument.components}

    def lineage(kode: str) -> tuple[str, ...]:
        above = parents.get(kode)
        return (kode, *lineage(above)) if above else (kode,)

    found = {spec.kode: lineage(spec.komponen) for spec in lines.lines}
    adjusted = [c.kode for c in instrument.components if c.adjusted]
    found["adjusted"] = tuple(name for kode in adjusted for name in lineage(kode))
    if lines.tema_lines:
        found["tema"] = lineage(lines.tema_lines[0].komponen)
    return found


def _totals(tree: Tree, measures: str, komponen: Iterable[str]) -> Iterator[Steps]:
    """Name the places of the printed totals that a change in these components makes stale."""
    components = tuple(komponen)
    if not components:
        return
    grades = ("predikat", "sebutan") if measures == "indeks_rb" else ("sakip_predikat",)
    places: list[Steps] = [("hasil_terbit",)]
    for number, row in enumerate(tree.get("riwayat") or ()):
        if row.get("tahun") == tree["tahun"]:
            places.append(("riwayat", number))
    for place in places:
        for name in (measures, *grades, *components):
            yield (*place, name)
        for name in components:
            yield (*place, "komponen", name)
