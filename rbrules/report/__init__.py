"""Views of a report: one tree of plain data, and its renderings. Nothing here prints."""
