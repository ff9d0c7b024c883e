"""The sequence of a proof: read the cases, run them, try the mutants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rbrules.model import Rulebook
from rbrules.pipeline import Engine
from rbrules.proof.cases import CaseFile, Mismatch, mismatches, read_cases
from rbrules.proof.trial import Trial, try_rule


@dataclass(frozen=True, slots=True)
class Proof:
    """The cases of one rule, what fails, and what they pin down."""

    file: CaseFile
    failed: tuple[Mismatch, ...]
    trial: Trial

    @property
    def is_complete(self) -> bool:
        """Tell whether no case fails and nothing is left open."""
        trial = self.trial
        return not (self.failed or trial.gaps or trial.survivors or trial.stale)


def prove(
    folders: Sequence[Path],
    rulebook: Rulebook,
    only: frozenset[str],
    engine: Engine,
    reference: Engine | None = None,
) -> tuple[Proof, ...]:
    """Run the cases of rules and measure what they pin down.

    Args:
        folders: the folders that the rulebook was read from.
        rulebook: the rules.
        only: ids of the rules to prove; all where empty.
        engine: runs the cases.
        reference: runs them too, and has to come to the same.

    Returns:
        One proof for each case file, sorted by rule.

    Raises:
        InputError: a case file is wrong.
        EngineError: an engine failed, or the two differ.
    """
    return tuple(
        Proof(file, tuple(mismatches(file, rulebook, engine, reference)), try_rule(file, rulebook))
        for file in read_cases(folders, rulebook, only)
    )
