"""What the cases prove, as a page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rbrules.model import Condition, Kind, Rulebook
from rbrules.proof.cases import Mismatch
from rbrules.proof.lint import Remark
from rbrules.proof.mutants import Mutant
from rbrules.proof.run import Proof
from rbrules.report.sentences import Sentences
from rbrules.report.table import plain_table
from rbrules.report.words import label, safe

INDENT: Final = "  "


def proof_page(
    proofs: Sequence[Proof],
    without: Sequence[str],
    rulebook: Rulebook,
    lang: str,
    *,
    width: int,
    everything: bool,
) -> str:
    """Render what the cases prove.

    Args:
        proofs: one for each case file.
        without: ids of rules that have no cases.
        rulebook: gives parameters and kinds, for sentences.
        lang: "id" or "en".
        width: columns to use.
        everything: show a row for complete rules too.
    """
    kinds = {rule.id: rule.applies_to for rule in rulebook.rules}
    sentences = Sentences(rulebook.parameters, lang)
    rows = [_row(proof) for proof in proofs if everything or not proof.is_complete]
    parts = []
    if rows:
        headers = [label(f"proof.{key}", lang) for key in _COLUMNS]
        parts.append(plain_table(rows, headers, [9, 7, 8, 13, 13, 9], total=width))
    for proof in proofs:
        if not proof.is_complete:
            lines = _open(proof, kinds[proof.file.rule], sentences, lang)
            parts.append("\n".join(_wrapped(list(lines), width)))
    if without:
        words = label("proof.without", lang, rules=", ".join(without))
        parts.append(textwrap.fill(words, width, subsequent_indent=INDENT))
    parts.append("\n".join(_wrapped([_sum(proofs, lang)], width)))
    return "\n\n".join(parts) + "\n"


_COLUMNS = ("rule", "cases", "failed", "states", "mutants", "accepted")


def _row(proof: Proof) -> list[str]:
    trial = proof.trial
    return [
        proof.file.rule,
        str(len(proof.file.cases)),
        str(len({failure.case for failure in proof.failed})),
        f"{trial.states - len(trial.gaps)} / {trial.states}",
        f"{trial.mutants - len(trial.survivors)} / {trial.mutants}",
        str(trial.accepted),
    ]


def _open(proof: Proof, kind: Kind, sentences: Sentences, lang: str) -> Iterator[str]:
    yield proof.file.rule
    for failure in proof.failed:
        values: Mapping[str, str] = {
            "case": failure.case,
            "subject": failure.subject,
            "expected": failure.expected,
            "found": failure.found,
        }
        yield INDENT + label(_failure(failure), lang, **values)
    for gap in proof.trial.gaps:
        clause = sentences.of(gap.leaf, kind)
        state = label(f"proof.{gap.state}", lang)
        place = {"at": gap.pointer, "change": gap.change}
        yield INDENT + label("proof.gap", lang, **place, clause=clause, state=state)
    for mutant in proof.trial.survivors:
        yield INDENT + _survivor(mutant, kind, sentences, lang)
    for at, change in proof.trial.stale:
        yield INDENT + label("proof.stale", lang, at=at, change=change)


def _failure(failure: Mismatch) -> str:
    """Return the label for a mismatch: a side may have nothing to hold against the other."""
    if not failure.expected:
        return "proof.unexpected"
    if failure.found:
        return "proof.failure"
    return "proof.no_value" if failure.is_value else "proof.no_subject"


def _survivor(mutant: Mutant, kind: Kind, sentences: Sentences, lang: str) -> str:
    def words(condition: Condition | None) -> str:
        if condition is None:
            return label("proof.nothing", lang)
        return sentences.of(condition, kind)

    change = {"at": mutant.pointer, "change": mutant.change}
    if mutant.before is None:
        return label("proof.survivor_key", lang, **change)
    pair = {"before": words(mutant.before), "after": words(mutant.after)}
    return label("proof.survivor", lang, **change, **pair)


def _sum(proofs: Sequence[Proof], lang: str) -> str:
    trials = [proof.trial for proof in proofs]
    states = sum(trial.states for trial in trials)
    mutants = sum(trial.mutants for trial in trials)
    return label(
        "proof.sum",
        lang,
        rules=len(proofs),
        cases=sum(len(proof.file.cases) for proof in proofs),
        failed=sum(len({f.case for f in proof.failed}) for proof in proofs),
        seen=states - sum(len(trial.gaps) for trial in trials),
        states=states,
        told=mutants - sum(len(trial.survivors) for trial in trials),
        mutants=mutants,
        accepted=sum(trial.accepted for trial in trials),
    )


def lint_page(remarks: Sequence[Remark], lang: str, *, width: int, everything: bool) -> str:
    """Render what is doubtful about a rulebook, the gravest first.

    Args:
        remarks: what lint found.
        lang: "id" or "en".
        width: columns to use.
        everything: show notes too.
    """
    lines: list[str] = []
    for level in ("problem", "undecided", "note"):
        mine = [remark for remark in remarks if remark.level == level]
        if not mine or (level == "note" and not everything):
            continue
        lines.append(f"{label(f'lint.level.{level}', lang)} ({len(mine)})")
        lines += [f"{INDENT}{remark.subject}: {_remark(remark, lang)}" for remark in mine]
    if not any(remark.level == "problem" for remark in remarks):
        lines.append(label("lint.none", lang))
    notes = sum(remark.level == "note" for remark in remarks)
    if notes and not everything:
        lines.append(label("lint.notes", lang, count=notes))
    return "\n".join(_wrapped(lines, width)) + "\n"


def _remark(remark: Remark, lang: str) -> str:
    words = label(f"lint.{remark.code}", lang, **dict(remark.values))
    shown = (label(f"lint.{key}", lang, **dict(values)) for key, values in remark.shown)
    return " ".join([f"{words}.", *shown])


def _wrapped(lines: Sequence[str], width: int) -> Iterator[str]:
    for line in lines:
        start = INDENT if line.startswith(INDENT) else ""
        yield textwrap.fill(
            safe(line.strip()),
            width,
            initial_indent=f"{start}- " if start else "",
            subsequent_indent=start * 2,
            break_on_hyphens=False,
        )


__all__ = ["lint_page", "proof_page"]
