"""How wide text is and where it breaks, in millimetres of paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from reports.fonts import families

MM_PER_POINT = 25.4 / 72
LINE_HEIGHT = 1.28
ELLIPSIS = " …"


@dataclass(frozen=True)
class Style:
    """A way to write: size in points, weight, slant, colour."""

    size: float
    bold: bool = False
    italic: bool = False
    colour: str = "#16213a"

    @property
    def font(self) -> FontProperties:
        """The font for matplotlib."""
        return _font(self.size, self.bold, self.italic)

    @property
    def line(self) -> float:
        """The height of one line in millimetres."""
        return self.size * MM_PER_POINT * LINE_HEIGHT


@lru_cache(maxsize=64)
def _font(size: float, bold: bool, italic: bool) -> FontProperties:
    weight, slant = "bold" if bold else "normal", "italic" if italic else "normal"
    return FontProperties(family=list(families()), size=size, weight=weight, style=slant)


@lru_cache(maxsize=8192)
def width(text: str, style: Style) -> float:
    """Return the width of ``text`` on one line in millimetres."""
    # Measured at 100 pt without hinting and scaled: the width then grows evenly with the size.
    points, _, _ = text_to_path.get_text_width_height_descent(text, _font(100, style.bold, style.italic), False)
    return float(points) * style.size / 100 * MM_PER_POINT


def wrap(text: str, style: Style, limit: float, *, max_lines: int | None = None) -> list[str]:
    """Return ``text`` in lines of at most ``limit`` millimetres; what does not fit ends with an ellipsis."""
    lines = [""]
    for word in _words(text, style, limit):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or width(longer, style) <= limit:
            lines[-1] = longer
        else:
            lines.append(word)
    if max_lines is None or len(lines) <= max_lines:
        return lines if lines[0] else []
    return [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], style, limit)] if max_lines else []


def _words(text: str, style: Style, limit: float) -> list[str]:
    """Return the words; one that is wider than a line (an address) is cut into pieces that fit."""
    pieces = []
    for word in text.split():
        while width(word, style) > limit and len(word) > 1:
            fits = next((n for n in range(len(word) - 1, 1, -1) if width(word[:n], style) <= limit), 1)
            pieces.append(word[:fits])
            word = word[fits:]
        pieces.append(word)
    return pieces


def _shortened(line: str, style: Style, limit: float) -> str:
    while line and width(line + ELLIPSIS, style) > limit:
        line = line.rpartition(" ")[0]
    return line.rstrip(" ,;:.") + ELLIPSIS
