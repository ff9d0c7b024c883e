"""Bytes to trees: exact numbers, no duplicate keys, bounded size and depth, every place known."""
