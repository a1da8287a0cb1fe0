"""A sheet of paper to draw on in millimetres, and its files. One at a time: matplotlib knows no threads."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, TypeVar

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text

from reports.text import Style

MM_PER_INCH = 25.4
PNG_DPI = 200
CANVASES = {"svg": FigureCanvasSVG, "png": FigureCanvasAgg, "pdf": FigureCanvasPdf}
# Same input, same bytes: no clock, no random ids. Text is outlines in SVG (needs no font) and text in PDF.
SETTINGS = {
    "svg.fonttype": "path",
    "svg.hashsalt": "sozialatlas",
    "pdf.fonttype": 42,
    "hatch.linewidth": 0.7,
    "path.simplify": False,
    "axes.unicode_minus": True,
}
Drawn = TypeVar("Drawn", bound=Artist)
_lock = Lock()


class Sheet:
    """A figure of ``width`` x ``height`` millimetres with one coordinate system, origin bottom left."""

    def __init__(self, width: float, height: float, *, transparent: bool = False) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH))
        self.figure.patch.set_alpha(0.0 if transparent else 1.0)
        self.axes = self.add_axes(0, 0, width, height)
        self.axes.set(xlim=(0, width), ylim=(0, height))

    def add_axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return empty axes without frame that fill a rectangle of the sheet."""
        axes = self.figure.add_axes((x / self.width, y / self.height, width / self.width, height / self.height))
        axes.set_axis_off()
        return axes

    def add(self, artist: Drawn) -> Drawn:
        """Put an artist on the sheet and return it; nothing is clipped or counted, the limits are fixed."""
        artist.set_clip_on(False)
        self.axes.add_artist(artist)
        return artist

    def text(
        self, x: float, y: float, text: str, style: Style, *, align: str = "left", anchor: str = "baseline"
    ) -> Text:
        """Draw one line of text at a point and return it."""
        line = Text(
            x,
            y,
            text,
            color=style.colour,
            fontproperties=style.font,
            horizontalalignment=align,
            verticalalignment=anchor,
            parse_math=False,
        )
        return self.add(line)

    def box(self, x: float, y: float, width: float, height: float, **look: Any) -> Rectangle:
        """Draw a rectangle and return it."""
        return self.add(Rectangle((x, y), width, height, **look))

    def polygon(self, points: list[tuple[float, float]], colour: str) -> None:
        """Draw a filled polygon without an edge."""
        self.add(Polygon(points, closed=True, facecolor=colour, edgecolor="none"))

    def line(self, x: tuple[float, float], y: tuple[float, float], **look: Any) -> None:
        """Draw a straight line."""
        self.add(Line2D(x, y, **{"solid_capstyle": "butt", **look}))

    def save(self, kind: str, title: str) -> bytes:
        """Return the sheet as a file of ``kind``; KeyError for one that does not exist."""
        canvas = CANVASES[kind](self.figure)
        metadata = {
            "svg": {"Date": None, "Title": title},
            "png": {"Title": title},
            "pdf": {"CreationDate": None, "Title": title, "Creator": "Sozialatlas", "Producer": None},
        }[kind]
        target = io.BytesIO()
        options = {"pil_kwargs": {"compress_level": 3}} if kind == "png" else {}
        dpi = PNG_DPI if kind == "png" else 72
        canvas.print_figure(target, format=kind, dpi=dpi, metadata=metadata, **options)
        canvas.renderer = None  # figure and canvas hold each other: do not wait for the collector to free the picture
        self.figure.clear()
        return target.getvalue()


@contextmanager
def drawing() -> Iterator[None]:
    """Hold the lock and the settings of this package while a sheet is drawn."""
    with _lock, matplotlib.rc_context(SETTINGS):
        yield
