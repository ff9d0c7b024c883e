"""Proof that rules do what they mean: cases, coverage by clause, and mutants."""
