"""Bytes to trees: exact numbers, no duplicate keys, bounded size and depth, every place known."""

from rbrules.load.document import Document, Place, decode
from rbrules.load.files import read_bytes, rule_files
from rbrules.load.json_reader import load_json
from rbrules.load.yaml_reader import load_yaml

__all__ = ["Document", "Place", "decode", "load_json", "load_yaml", "read_bytes", "rule_files"]
