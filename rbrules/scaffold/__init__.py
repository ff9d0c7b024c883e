"""Folders and files for rules of one's own, made from templates: texts by path, no writing."""

from rbrules.scaffold.files import Frame, argument, new_rule, own_folder

__all__ = ["Frame", "argument", "new_rule", "own_folder"]
