"""rbrules checks an agency's bureaucratic-reform evaluation against a declarative rulebook."""

__version__ = "0.1.0"
