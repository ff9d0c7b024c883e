"""Instrument trees to instruments, with the checks that a schema cannot make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import pairwise

from rbrules.errors import Problem, say, show
from rbrules.load.document import Document
from rbrules.model import (
    AnswerRule,
    Band,
    Citation,
    Component,
    Gate,
    Gates,
    Instrument,
    LineRange,
    LineSet,
    LineSpec,
    Text,
    Tree,
    Validity,
    Vocabulary,
)
from rbrules.validate import suggestion

SEPARATOR = "."
"""Joins component and sub-component in the code of a SAKIP line."""


def build_instrument(
    document: Document,
    text: Callable[[Tree], Text],
    validity: Callable[[Tree], Validity],
    citations: Callable[[Tree], tuple[Citation, ...]],
) -> Instrument:
    """Build an instrument from a tree that its schema allows.

    Args:
        document: the instrument file.
        text: reads a text in both languages.
        validity: reads a period.
        citations: reads a list of citations.
    """
    tree = document.tree
    return Instrument(
        id=tree["id"],
        title=text(tree["title"]),
        measures=tree["measures"],
        kelompok=tuple(tree["kelompok"]),
        valid=validity(tree["valid"]),
        attested=validity(tree["attested"]) if tree.get("attested") else None,
        sebanding_dengan=tuple(tree.get("sebanding_dengan") or ()),
        decimals=tree["decimals"],
        round_lines=tree["round_lines"],
        tolerance=tree["tolerance"],
        components=tuple(
            Component(
                kode=item["kode"],
                nama=text(item["nama"]),
                maks=Decimal(item["maks"]),
                parent=item.get("parent"),
                adjusted=bool(item.get("adjusted")),
                koefisien=bool(item.get("koefisien")),
                verified=item["verified"],
            )
            for item in tree.get("components") or ()
        ),
        sets=tuple(_line_set(item, validity) for item in tree.get("sets") or ()),
        jawaban={key: Decimal(value) for key, value in (tree.get("jawaban") or {}).items()},
        bands=tuple(_band(item) for item in tree["bands"]),
        verified=tree["verified"],
        citation=citations(tree["citation"]),
        file=document.name,
        answers=tuple(_answer(item) for item in tree.get("answers") or ()),
        gates=_gates(tree["gates"]) if tree.get("gates") else None,
    )


def _answer(item: Tree) -> AnswerRule:
    return AnswerRule(
        jawaban=item["jawaban"],
        above=_number(item.get("above")),
        at_least=_number(item.get("at_least")),
        at_most=_number(item.get("at_most")),
    )


def _gates(item: Tree) -> Gates:
    return Gates(
        kelompok=tuple(item["kelompok"]),
        units=item["units"],
        gates=tuple(
            Gate(
                predikat=grade["predikat"],
                sampled=tuple(grade["sampled"]),
                means=dict(grade.get("means") or {}),
            )
            for grade in item["grades"]
        ),
        verified=item["verified"],
    )


def _band(item: Tree) -> Band:
    return Band(
        kode=item["kode"],
        nama=item["nama"],
        above=_number(item.get("above")),
        at_most=_number(item.get("at_most")),
        requires=item.get("requires"),
        verified=item["verified"],
    )


def _line_set(item: Tree, validity: Callable[[Tree], Validity]) -> LineSet:
    themes, weights = item.get("tema_valid"), item.get("bobot_valid")
    return LineSet(
        kelompok=tuple(item["kelompok"]),
        lines=tuple(_line(line, validity) for line in item["lines"]),
        tema=tuple(item.get("tema") or ()),
        tema_lines=tuple(_line(line, validity) for line in item.get("tema_lines") or ()),
        tema_valid=validity(themes) if themes else None,
        bobot_valid=validity(weights) if weights else None,
        maks={key: Decimal(value) for key, value in (item.get("maks") or {}).items()},
    )


def _line(item: Tree, validity: Callable[[Tree], Validity]) -> LineSpec:
    whole = LineRange(valid=None, min=_number(item.get("min")), maks=_number(item.get("maks")))
    dated = tuple(
        LineRange(
            valid=validity(part) if part.get("from") else None,
            min=_number(part.get("min")),
            maks=_number(part.get("maks")),
        )
        for part in item.get("ranges") or ()
    )
    return LineSpec(
        kode=item["kode"],
        komponen=item["komponen"],
        bobot=_number(item.get("bobot")),
        ranges=dated or (whole,),
        pengali=item.get("pengali"),
        verified=item["verified"],
        source=item["source"],
        criteria=item.get("criteria"),
    )


def _number(raw: Tree) -> Decimal | None:
    return None if raw is None else Decimal(raw)


def instrument_problems(
    document: Document, instrument: Instrument, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """Yield what is inconsistent in an instrument: names, weights, bands."""
    components = {component.kode: component for component in instrument.components}
    for index, component in enumerate(instrument.components):
        if component.parent is not None and component.parent not in components:
            pointer = f"/components/{index}/parent"
            hint = suggestion(component.parent, components)
            yield document.problem(pointer, show(component.parent), "a component", hint)
    for index, lines in enumerate(instrument.sets):
        yield from _set_problems(document, f"/sets/{index}", instrument, lines, vocabulary)
    for index, (below, above) in enumerate(pairwise(instrument.bands)):
        touches = below.at_most is not None and below.at_most == above.above
        twin = (below.above, below.at_most) == (above.above, above.at_most)
        if not touches and not (twin and below.requires and above.requires):
            yield document.problem(
                f"/bands/{index + 1}",
                say("the band $kode after $kode2", kode=above.kode, kode2=below.kode),
                "bands from low to high, each beginning where the one before ends",
            )
    yield from _answer_problems(document, instrument)
    yield from _gate_problems(document, instrument)


def _answer_problems(document: Document, instrument: Instrument) -> Iterator[Problem]:
    for index, rule in enumerate(instrument.answers):
        if rule.jawaban not in instrument.jawaban:
            pointer = f"/answers/{index}/jawaban"
            expected = "an answer that jawaban gives a percent"
            yield document.problem(pointer, show(rule.jawaban), expected)


def _gate_problems(document: Document, instrument: Instrument) -> Iterator[Problem]:
    """Each gate is that of a grade; its means are of sampled clusters and name grades."""
    bands = {band.kode for band in instrument.bands}
    for index, gate in enumerate(instrument.gates.gates if instrument.gates else ()):
        place = f"/gates/grades/{index}"
        if gate.predikat not in bands:
            yield document.problem(f"{place}/predikat", show(gate.predikat), "a grade of bands")
        for klaster, kode in gate.means.items():
            pointer = f"{place}/means/{klaster}"
            if klaster not in gate.sampled:
                expected = "a cluster that is sampled"
                yield document.problem(pointer, show(klaster), expected, of_key=True)
            if kode not in bands:
                yield document.problem(pointer, show(kode), "a grade of bands")


def _set_problems(
    document: Document,
    pointer: str,
    instrument: Instrument,
    lines: LineSet,
    vocabulary: Vocabulary,
) -> Iterator[Problem]:
    components = {component.kode for component in instrument.components}
    codes = {line.kode for line in lines.lines}
    known = {
        "lines": set(vocabulary.lines),
        "tema_lines": set(vocabulary.tema_lines),
    }
    for section, specs in (("lines", lines.lines), ("tema_lines", lines.tema_lines)):
        for index, line in enumerate(specs):
            place = f"{pointer}/{section}/{index}"
            parts = line.kode.split(SEPARATOR)
            if len(parts) == 1 and line.kode not in known[section]:
                hint = suggestion(line.kode, known[section])
                yield document.problem(
                    f"{place}/kode",
                    show(line.kode),
                    say("a code of the vocabulary's $section", section=section),
                    hint,
                )
            if line.komponen not in components:
                hint = suggestion(line.komponen, components)
                yield document.problem(
                    f"{place}/komponen", show(line.komponen), "a component", hint
                )
            if line.pengali is not None and line.pengali not in codes:
                hint = suggestion(line.pengali, codes)
                yield document.problem(f"{place}/pengali", show(line.pengali), "a line", hint)
    for index, kode in enumerate(lines.tema):
        if kode not in vocabulary.tema:
            hint = suggestion(kode, vocabulary.tema)
            yield document.problem(
                f"{pointer}/tema/{index}", show(kode), "a theme of the vocabulary", hint
            )
    if all(line.komponen in components for line in (*lines.lines, *lines.tema_lines)):
        yield from _weight_problems(document, pointer, instrument, lines)


def _weight_problems(
    document: Document, pointer: str, instrument: Instrument, lines: LineSet
) -> Iterator[Problem]:
    """Where every line of a component has a weight, the weights add up to its maximum."""
    for component in instrument.components:
        of_lines = [line.bobot for line in lines.lines if line.komponen == component.kode]
        of_themes = [
            line.bobot
            for _ in lines.tema
            for line in lines.tema_lines
            if line.komponen == component.kode
        ]
        weights = [*of_lines, *of_themes]
        known = [weight for weight in weights if weight is not None]
        wanted = lines.maks.get(component.kode, component.maks)
        if weights and len(known) == len(weights) and sum(known) != wanted:
            found = say(
                "weights of $kode that add up to $known", kode=component.kode, known=sum(known)
            )
            yield document.problem(
                f"{pointer}/lines", found, say("a sum of $wanted", wanted=wanted)
            )
