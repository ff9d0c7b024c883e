"""Problems in the language of the reader: English texts are the keys of the Indonesian ones."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from string import Template

from rbrules.errors import Problem, Said
from rbrules.report.words import label


@cache
def _indonesian() -> dict[str, str]:
    text = files("rbrules.report").joinpath("problems.json").read_text("utf-8")
    texts: dict[str, str] = json.loads(text)
    return texts


def problem_words(problem: Problem, lang: str) -> str:
    """Write a problem: where, what was found, what was expected, what to do."""
    if lang == "en":
        return str(problem)
    found, expected = in_indonesian(problem.found), in_indonesian(problem.expected)
    text = label("problem", lang, place=problem.place, found=found, expected=expected)
    if problem.pointer:
        values = {"place": problem.place, "pointer": problem.shown_pointer}
        text = label("problem.at", lang, found=found, expected=expected, **values)
    return f"{text}\n    {in_indonesian(problem.hint)}" if problem.hint else text


def in_indonesian(text: str) -> str:
    """Say a text of a message in Indonesian; a value of a file stays as it is."""
    if not isinstance(text, Said):
        return _indonesian().get(text, text)
    values = {
        name: in_indonesian(value) if isinstance(value, str) else value
        for name, value in text.values.items()
    }
    template = _indonesian().get(text.template, text.template)
    return Template(template).substitute(values)
