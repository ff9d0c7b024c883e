"""A bar chart of what the room of each line is worth, as SVG."""

from __future__ import annotations

from html import escape
from typing import Final

from rbrules.model import Tree
from rbrules.outlook.page import most
from rbrules.report.words import label, number, safe

WIDTH: Final = 760
LEFT: Final = 250
RIGHT: Final = 90
ROW: Final = 22
TOP: Final = 58


def chart_svg(tree: Tree) -> str:
    """Draw a bar for each line: the index points that raising it to the end of its range adds.

    Args:
        tree: the effects as plain data.
    """
    lang, lines = tree["lang"], tree["lines"]
    height = TOP + ROW * max(len(lines), 1) + 12
    longest = max((most(line["room"]) for line in lines), default=0) or 1
    agency = f"{tree['instansi']['nama']}, {tree['tahun']}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{_text(label('outlook.chart', lang))}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="12" y="22" font-size="15">{_text(agency)}</text>',
        f'<text x="12" y="42" fill="#555">{_text(label("outlook.chart", lang))}</text>',
    ]
    for row, line in enumerate(lines):
        points = most(line["room"])
        top = TOP + ROW * row
        size = round((WIDTH - LEFT - RIGHT) * points / longest)
        name = line["nama"] if len(line["nama"]) <= 36 else f"{line['nama'][:35]}…"  # noqa: PLR2004
        parts += [
            f'<text x="{LEFT - 8}" y="{top + 14}" text-anchor="end">{_text(name)}</text>',
            f'<rect x="{LEFT}" y="{top + 2}" width="{size}" height="{ROW - 6}" fill="#4477aa"/>',
            f'<text x="{LEFT + size + 6}" y="{top + 14}">{_text(number(points, lang))}</text>',
        ]
    if not lines:
        words = label("outlook.blocked.no_lines", lang)
        parts.append(f'<text x="12" y="{TOP + 14}">{_text(words)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _text(words: str) -> str:
    return escape(safe(words))
