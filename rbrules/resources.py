"""Where the shipped `rules/` and `schemas/` are: inside the wheel, or beside it in a checkout."""

from pathlib import Path

SCHEMAS = (
    "evaluation",
    "rule",
    "cases",
    "parameter",
    "vocabulary",
    "instrument",
    "overrides",
    "waivers",
    "report",
    "recommendations",
    "impact",
    "comparison",
    "whatif",
    "improve",
    "sensitivity",
    "batch",
)
"""The names of the schemas, as `rbrules schema NAME` takes them."""

_PACKAGE = Path(__file__).parent


def shipped(folder: str) -> Path:
    """Return the folder `rules` or `schemas` that belongs to this program.

    Raises:
        FileNotFoundError: the installation is incomplete; both places looked at are named.
    """
    places = (_PACKAGE / "_data" / folder, _PACKAGE.parent / folder)
    for place in places:
        if place.is_dir():
            return place
    message = f"cannot find {folder}/ in {places[0]} or {places[1]}: reinstall rbrules"
    raise FileNotFoundError(message)


def schema_text(name: str) -> str:
    """Return the text of the schema `name` (one of `SCHEMAS`)."""
    return (shipped("schemas") / f"{name}.schema.json").read_text("utf-8")
