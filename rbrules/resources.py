"""Where the shipped `rules/` and `schemas/` are: inside the wheel, or beside it in a checkout."""

from pathlib import Path

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
