"""Short bilingual phrases that a derived field hands to the texts of rules."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from rbrules.model import Text

AND: Final = Text(" dan ", " and ")
OR: Final = Text(" atau ", " or ")
"""Words to join phrases with."""


_INDONESIAN: Final = str.maketrans(",.", ".,")


def worded(id_: str, en: str, **values: Decimal | str | Text) -> Text:
    """Fill the same values into an Indonesian and an English phrase.

    Numbers keep their digits: 1.234,50 in Indonesian, 1,234.50 in English.
    """
    return Text(
        id_.format(**{name: _in(value, "id") for name, value in values.items()}),
        en.format(**{name: _in(value, "en") for name, value in values.items()}),
    )


def joined(phrases: Iterable[Text], separator: str | Text = "; ") -> Text:
    """Join phrases into one, in both languages."""
    listed = list(phrases)
    between = separator if isinstance(separator, Text) else Text(separator, separator)
    return Text(between.id.join(p.id for p in listed), between.en.join(p.en for p in listed))


def _in(value: Decimal | str | Text, lang: str) -> str:
    if isinstance(value, Text):
        return value.in_language(lang)
    if isinstance(value, str):
        return value
    text = f"{value:,f}"
    return text.translate(_INDONESIAN) if lang == "id" else text
