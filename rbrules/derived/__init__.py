"""Derivations of fields that look at more than one value of the file."""
