"""Evaluations as workbooks: a form to fill in, what was filled in as an evaluation, and back."""
