"""rbrules checks an agency's bureaucratic-reform evaluation against a declarative rulebook.

`rbrules.check` is the way in for Python programs; docs/python.md shows it at work.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rbrules.api import Finding, Report, check
    from rbrules.errors import EngineError, InputError, Problem, RbrulesError

__version__ = "0.1.0"
__all__ = [
    "EngineError",
    "Finding",
    "InputError",
    "Problem",
    "RbrulesError",
    "Report",
    "check",
]


def __getattr__(name: str) -> object:
    """Import what is asked for: the command line needs none of it to start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from rbrules import api, errors  # noqa: PLC0415

    return getattr(api if name in vars(api) else errors, name)
