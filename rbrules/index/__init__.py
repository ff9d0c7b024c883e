"""Evaluation and instrument to index: every term of the sum, exact, with what is not known."""

from rbrules.figures import agreement, half_unit, round_half_up
from rbrules.grades import match_bands
from rbrules.index.compute import compute_indexes

__all__ = ["agreement", "compute_indexes", "half_unit", "match_bands", "round_half_up"]
