"""How a text refers to its subject, so that a message can be read alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rbrules.derived.wording import joined, worded
from rbrules.model import Entry, Known, Reading, Text, Vocabulary
from rbrules.reading import Context, read

MAX_QUOTED: Final = 90
"""How much of the text of a recommendation is quoted, in characters."""


def planning_indicator(context: Context, entry: Entry) -> Reading:
    """Refer to an indicator: its name, then its id and its unit in brackets."""
    return _reference(entry, _quoted(entry, "nama"), [_unit_name(context, entry)])


def unit(_: Context, entry: Entry) -> Reading:
    """Refer to a unit: its name, then its id in brackets."""
    return _reference(entry, _text(entry, "nama"), [])


def action(context: Context, entry: Entry) -> Reading:
    """Refer to an action: its id, then the line or theme that it serves and its unit."""
    return _reference(entry, "", [served(context, entry), _unit_name(context, entry)])


def recommendation(_: Context, entry: Entry) -> Reading:
    """Refer to a recommendation: its id and the beginning of its text, then where it is from."""
    tahun = entry.get("tahun")
    origin = _text(entry, "asal")
    year = None if tahun is None else worded("tahun {x}", "{x}", x=str(tahun))
    sources = [Text(origin, origin)] if origin else []
    if year is not None and str(tahun) not in origin:
        sources.append(year)
    id_ = " ".join(part for part in (str(entry.get("id")), _quoted(entry, "teks")) if part)
    return Known(_bracketed(Text(id_, id_), sources), (entry.at("id"),))


def served_line(context: Context, entry: Entry) -> Reading:
    """Name the line or theme that an action serves, and say which of the two it is."""
    name = served(context, entry, _LINE)
    return read(entry, "indikator") if name is None else Known(name, (entry.at("indikator"),))


_PLAIN: Final = Text("{name}", "{name}")
_LINE: Final = Text('indikator "{name}"', 'line "{name}"')
_THEME: Final = Text('tema "{name}"', 'theme "{name}"')
_THEME_BRIEF: Final = Text("tema {name}", "theme {name}")


def served(context: Context, entry: Entry, of_line: Text = _PLAIN) -> Text | None:
    """Return the name of the line or theme that an action serves, None where none is stated.

    A theme is always called one; a line is worded as `of_line` says.
    """
    word = _text(entry, "indikator")
    if not word:
        return None
    words = context.vocabulary
    of_theme = _THEME_BRIEF if of_line is _PLAIN else _THEME
    is_theme = serves_theme(words, entry)
    terms, wording = (words.tema, of_theme) if is_theme else (words.lines, of_line)
    kode = words.resolve(terms, word)
    name = terms[kode].nama if kode else Text(word, word)
    return worded(wording.id, wording.en, name=name)


def serves_theme(words: Vocabulary, entry: Entry) -> bool:
    """Tell whether an action serves a theme: it names one, and no line of RB General."""
    word = _text(entry, "indikator")
    return bool(word) and words.resolve(words.lines, word) is None


def shorten(text: str) -> str:
    """Cut a text at a blank where it is long; the cut is shown."""
    words = " ".join(text.split())
    if len(words) <= MAX_QUOTED:
        return words.rstrip(".")
    return words[: MAX_QUOTED + 1].rpartition(" ")[0].rstrip(".,;:") + " ..."


def _reference(entry: Entry, name: str, details: Iterable[Text | None]) -> Reading:
    id_ = str(entry.get("id"))
    given = [detail for detail in details if detail is not None]
    if name:
        given = [Text(id_, id_), *given]
    return Known(_bracketed(Text(name or id_, name or id_), given), (entry.at("id"),))


def _bracketed(head: Text, details: list[Text]) -> Text:
    if not details:
        return head
    return worded("{head} ({rest})", "{head} ({rest})", head=head, rest=joined(details, ", "))


def _unit_name(context: Context, entry: Entry) -> Text | None:
    id_ = entry.get("unit")
    if id_ is None:
        return None
    name = context.units.get(id_) or id_
    return Text(name, name)


def _text(entry: Entry, key: str) -> str:
    """Read a text; an absent or empty one is ""."""
    given = read(entry, key)
    return " ".join(str(given.value).split()) if isinstance(given, Known) else ""


def _quoted(entry: Entry, key: str) -> str:
    text = _text(entry, key)
    return f'"{shorten(text)}"' if text else ""
