"""The matrix of recommendations and follow-up: what its cells say, in every kind of document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Final

from rbrules.report.recommend import Recommendation, Register, gain_notes, plan_notes
from rbrules.report.words import day, label, safe

SHOWN: Final = 3
"""So many findings of one recommendation stand in the matrix; the details list all of them."""

LONGEST_CELL: Final = 2_000
LONGEST_DETAIL: Final = 16_000
"""Characters; a cell of a spreadsheet holds 32,767, and some characters count twice."""

LONGEST_NAME: Final = 150

_NO_XML: Final = re.compile("[\ufffe\uffff]")
"""What XML does not allow and `safe` leaves; control characters are escaped by that."""


def clean(text: str, longest: int = LONGEST_CELL) -> str:
    """Return a text that a document can hold: nothing that XML refuses, not too long."""
    legal = _NO_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", safe(text))
    return legal if len(legal) <= longest else f"{legal[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


def head_lines(
    listed: Register, name: str | None = None, part: Sequence[Recommendation] | None = None
) -> tuple[str, str, str]:
    """Say what the matrix is, whose it is, and when it was made.

    Args:
        listed: the list.
        name: of a part of the list, None where it is not about one that has a name.
        part: the recommendations that are counted; all where None.
    """
    lang = listed.lang
    as_of = day(date.fromisoformat(listed.tree["as_of"]), lang)
    counted = listed.items if part is None else part
    findings = sum(len(item.messages) for item in counted)
    about = label("matrix.about", lang, as_of=as_of, count=len(counted), findings=findings)
    if name is not None:
        whose = " ".join(clean(name, LONGEST_NAME).split())
        about = f"{group_heading(listed)}: {whose}. {about}"
    return (
        label("matrix.title", lang),
        " ".join(clean(listed.agency, LONGEST_NAME).split()),
        about,
    )


def notes(listed: Register) -> Iterator[str]:
    """Say where deadlines, evidence and figures come from, and what the list leaves out."""
    lang, tree = listed.lang, listed.tree
    yield from plan_notes(listed)
    yield label("matrix.citation_note", lang)
    yield from gain_notes(listed)
    if "selection" in tree:
        chosen = tree["selection"].items()
        options = " ".join(f"--{option} {word}" for option, words in chosen for word in words)
        yield label("counts.selection", lang, options=options)
    if tree["summary"]["waived"]:
        yield label("matrix.waived", lang, count=tree["summary"]["waived"])
    rbrules = tree["rbrules"]
    yield label(
        "matrix.source",
        lang,
        version=rbrules["version"],
        file=clean(tree["input"]["file"], LONGEST_NAME),
        digest=tree["input"]["digest"].removeprefix("sha256:")[:12],
        rulebook=rbrules["rulebook"]["digest"].removeprefix("sha256:")[:12],
    )


def group_name(listed: Register) -> Callable[[Recommendation], str]:
    """Return what parts the matrix: the first official that it goes to, the severity or family."""
    match listed.by:
        case "addressee":
            return lambda item: item.addressee[0]
        case "priority":
            return listed.severity
        case "family":
            return listed.family


def group_heading(listed: Register) -> str:
    """Say what the names of the parts are."""
    key = {"addressee": "matrix.lead", "priority": "recommend.severity"}
    return label(key.get(listed.by, "recommend.family"), listed.lang)


def conditions(item: Recommendation, lang: str) -> list[str]:
    """Return the first findings of a recommendation, and how many more there are."""
    shown = [clean(message, LONGEST_CELL // SHOWN) for message in item.messages[:SHOWN]]
    more = len(item.messages) - SHOWN
    if more > 0:
        where = label("matrix.sheet_details", lang)
        shown.append(label("matrix.more", lang, count=more, where=where))
    return shown


def is_shortened(item: Recommendation) -> bool:
    """Tell whether the matrix shows less than all findings of a recommendation."""
    short = LONGEST_CELL // SHOWN
    return len(item.messages) > SHOWN or any(len(safe(m)) > short for m in item.messages)
