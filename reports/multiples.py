"""Small maps side by side, one a year, in the same classes: on A4 for print, or one alone for the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.patches import PathPatch

from geodata.model import GeoData
from layers.atlas import Atlas
from layers.classify import SCHEMES
from layers.german import number, signed_value
from layers.mapview import SUPPRESSED, LegendEntry, MapView
from layers.timeline import legend_of, spans
from layers.webgeo import simplified_areas
from reports import svg, words
from reports.areas import HAIR_EDGE, KREIS_EDGE, PLAIN_FILL, draw_hatch
from reports.circles import draw_circle
from reports.drawing import MARGIN, PAPER, RULE, SOURCE, TITLES, WHERE, WIDE
from reports.frame import MapFrame, outline
from reports.labels import middle
from reports.legend import FAINT, LABEL, Column
from reports.sheet import Sheet, drawing
from reports.text import Style, width, wrap

SMALL = (60.0, 66.0)
MOST_ROWS = 3
GAP, HEAD = 4.0, 10.0
SIMPLIFY_MM = 0.35
LARGEST_CIRCLE = 0.09  # of the width of a map
KEY_BOX, KEY_GAP, KEY_LINE = 8.0, 6.0, 6.4
YEAR, VALUE = Style(13, bold=True), Style(9)


@dataclass(frozen=True, eq=False)
class Ground:
    """The areas of a level on a piece of paper, and the lines between them."""

    wide: float
    shapes: gpd.GeoSeries
    inner: shapely.Geometry
    kreis: shapely.Geometry


def small_map(atlas: Atlas, view: MapView, text: str, largest: float = 0.0) -> bytes:
    """Return one map alone as SVG that says ``text``; ``largest``: the count that the largest circle stands for."""
    with drawing():
        sheet = Sheet(*SMALL, transparent=True)
        draw_small(sheet, view, ground(atlas.data, view.layer.level, *SMALL), largest)
        return svg.finish(sheet.save("svg", text), text, text, {}, interactive=False)


def draw_multiples(
    atlas: Atlas, views: Mapping[str, MapView], kind: str, *, without: tuple[str, ...] = (), created: date | None = None
) -> bytes:
    """Return the maps of some years on A4 as ``kind`` (svg, png, pdf); KeyError for another.

    ``views``: by year, rising, in the same classes; ``without``: years between that have no values, named on the sheet.
    """
    if kind not in ("svg", "png", "pdf"):
        raise KeyError(kind)
    last = list(views.values())[-1]
    with drawing():
        sheet = Sheet(*PAPER)
        top = _draw_heading(sheet, atlas, views, without)
        foot = _draw_key(sheet, views, _draw_sources(sheet, atlas, last, created))
        largest = largest_of(views.values())
        for (year, view), (x, y, wide, high) in zip(views.items(), cells(len(views), top, foot), strict=True):
            sheet.text(x, y + high - 4.4, year, YEAR)
            sheet.text(x + width(year, YEAR) + 2.5, y + high - 4.4, kreis_text(view), VALUE)
            land = ground(atlas.data, view.layer.level, wide, high - HEAD + 3)
            draw_small(sheet, view, moved(land, x, y), largest)
        made = sheet.save(kind, words.title(last))
    if kind != "svg":
        return made
    text = "; ".join(f"{year}: {kreis_text(view)}" for year, view in views.items())
    return svg.finish(made, words.title(last), text, {}, interactive=False)


def kreis_text(view: MapView) -> str:
    """Return the value of the Kreis with its unit, or the word for why there is none."""
    kreis, text = view.layer.kreis, view.layer.text
    return f"Kreis {signed_value(float(kreis['value']), str(kreis['state']), text.decimals, text.unit)}"


def largest_of(views: Iterable[MapView]) -> float:
    """Return the greatest value of several maps of counts, 0 where circles show none."""
    counts = [view.rows["value"].max() for view in views if view.is_count]
    return float(max(counts, default=0.0))


@lru_cache(maxsize=16)
def ground(data: GeoData, level: str, wide: float, high: float) -> Ground:
    """Return the areas of a level as they lie in a corner of the paper of this size. Kept: do not change it."""
    west, south, east, north = data.kreis.total_bounds
    scale = max((east - west) / (wide - 2), (north - south) / (high - 2))
    frame = MapFrame(0, 0, wide, high, ((west + east) / 2, (south + north) / 2), float(scale))
    areas = simplified_areas(data, level)
    placed = shapely.coverage_simplify(frame.to_sheet(areas.to_numpy()), SIMPLIFY_MM)
    inner = shapely.line_merge(shapely.union_all(shapely.boundary(placed)))
    return Ground(wide, gpd.GeoSeries(placed, index=areas.index), inner, shapely.coverage_union_all(placed))


def moved(land: Ground, x: float, y: float) -> Ground:
    """Return the same areas elsewhere on the paper."""

    def shifted(shape: shapely.Geometry) -> shapely.Geometry:
        return shapely.transform(shape, lambda points: np.add(points, (x, y)))

    shapes = gpd.GeoSeries(shifted(land.shapes.to_numpy()), index=land.shapes.index)
    return Ground(land.wide, shapes, shifted(land.inner), shifted(land.kreis))


def draw_small(sheet: Sheet, view: MapView, land: Ground, largest: float) -> None:
    """Draw one small map: the areas of a colour as one shape, hatching, edges; circles for absolute numbers."""
    rows = view.rows.reindex(land.shapes.index)
    colours = pd.Series(PLAIN_FILL, rows.index) if largest else rows["colour"]
    for colour, shapes in land.shapes.groupby(colours):
        look = {"facecolor": colour, "edgecolor": colour, "linewidth": 0.2, "zorder": 2}
        sheet.add(PathPatch(outline(shapely.multipolygons(_polygons(shapes))), **look))
    for key in rows.index[rows["hatched"].to_numpy(bool) & (not largest)]:
        kind = "suppressed" if rows.at[key, "state"] in SUPPRESSED else "unreliable"
        draw_hatch(sheet, land.shapes[key], kind, rows.at[key, "colour"])
    sheet.add(PathPatch(outline(land.inner), facecolor="none", edgecolor="white", linewidth=0.6, zorder=4))
    sheet.add(PathPatch(outline(land.inner), facecolor="none", edgecolor=HAIR_EDGE, linewidth=0.2, zorder=4.1))
    sheet.add(PathPatch(outline(land.kreis), facecolor="none", edgecolor=KREIS_EDGE, linewidth=0.6, zorder=5))
    for key, value in rows["value"].dropna().sort_values(ascending=False).items() if largest else ():
        radius = LARGEST_CIRCLE * land.wide * math.sqrt(max(value, 0) / largest)
        draw_circle(sheet, *middle(land.shapes[key])[:2], radius).set_zorder(6)


def _polygons(shapes: gpd.GeoSeries) -> list[shapely.Polygon]:
    return [part for part in shapely.get_parts(shapes.to_numpy()) if part.geom_type == "Polygon"]


def cells(count: int, top: float, foot: float) -> Iterator[tuple[float, float, float, float]]:
    """Yield x, y, width and height of the cells of a sheet, from the upper left: the rows that leave most to a map."""
    high = top - foot

    def size(rows: int) -> float:
        columns = math.ceil(count / rows)
        return min((WIDE - GAP * (columns - 1)) / columns / SMALL[0], (high / rows - HEAD) / SMALL[1])

    rows = max(range(1, MOST_ROWS + 1), key=size)
    columns = math.ceil(count / rows)
    wide, tall = (WIDE - GAP * (columns - 1)) / columns, high / rows
    for place in range(count):
        row, column = divmod(place, columns)
        yield MARGIN + column * (wide + GAP), top - (row + 1) * tall, wide, tall - 1


def _draw_heading(sheet: Sheet, atlas: Atlas, views: Mapping[str, MapView], without: tuple[str, ...]) -> float:
    years, last = list(views), list(views.values())[-1]
    sheet.box(MARGIN, PAPER[1] - 9.2, WIDE, 1.2, facecolor=RULE, edgecolor="none")
    column = Column(sheet, MARGIN, WIDE, PAPER[1] - 11.5, 0)
    title = words.title(last)
    fitting = (style for style in TITLES if len(wrap(title, style, WIDE)) == 1)
    column.write(title, next(fitting, TITLES[-1]), max_lines=2)
    span = years[0] if len(years) == 1 else f"{years[0]} bis {years[-1]}"
    state = f"Gebietsstand {last.layer.text.gebietsstand} in allen Jahren"
    column.write(f"{atlas.data.name}{words.BY_LEVEL[last.layer.level]} · {span} · {state}", WHERE, max_lines=1)
    if without:
        column.write(f"Ohne Werte: {spans(without)}.", WHERE, max_lines=1)
    return column.y - 3


def _draw_sources(sheet: Sheet, atlas: Atlas, view: MapView, created: date | None) -> float:
    shown = words.sources(atlas, view)
    text = "Quellen: " + " · ".join(words.source_line(source) for source in shown)
    lines = [*wrap(text, SOURCE, WIDE), *wrap(words.imprint(created, ""), SOURCE, WIDE)]
    column = Column(sheet, MARGIN, WIDE, MARGIN - 3 + len(lines) * SOURCE.line, 0)
    top = column.y + 2
    for line in lines:
        column.write(line, SOURCE)
    return top


def _draw_key(sheet: Sheet, views: Mapping[str, MapView], foot: float) -> float:
    """Draw the one legend of all maps above ``foot``; return its upper edge."""
    entries, _ = legend_of(views.values())
    last = list(views.values())[-1]
    unit = last.layer.text.unit or "Anzahl"
    if last.is_count:
        greatest = number(largest_of(views.values()))
        note = f"Kreisfläche = Wert, in allen Jahren gleich; der größte steht für {greatest}; ohne Kreis: kein Wert."
        sheet.text(MARGIN, foot + 2, note, FAINT)
        return foot + 7
    lines: list[list[LegendEntry]] = [[]]
    used = start = width(unit, LABEL) + KEY_GAP
    for entry in entries:
        needed = KEY_BOX + 2 + width(entry.label, LABEL) + KEY_GAP
        if used + needed > WIDE:
            lines.append([])
            used = start
        lines[-1].append(entry)
        used += needed
    top = foot + KEY_LINE * (len(lines) + 0.8)
    sheet.text(MARGIN, top - 4.6, unit, Style(10, bold=True))
    for place, line in enumerate(lines):
        _draw_key_line(sheet, line, MARGIN + start, top - 5.6 - place * KEY_LINE)
    scheme = SCHEMES[last.classes.scheme].split(" (")[0]
    sheet.text(MARGIN, foot + 0.8, f"Dieselben Klassen in allen Jahren: {scheme} über die Werte aller Jahre.", FAINT)
    return top + 2


def _draw_key_line(sheet: Sheet, entries: list[LegendEntry], x: float, y: float) -> None:
    for entry in entries:
        fill = "#ffffff" if entry.kind == "unreliable" else entry.colour
        sheet.box(x, y, KEY_BOX, 4.2, facecolor=fill, edgecolor="none")
        if entry.kind in ("unreliable", "suppressed"):
            draw_hatch(sheet, shapely.box(x, y, x + KEY_BOX, y + 4.2), entry.kind)
        sheet.box(x, y, KEY_BOX, 4.2, facecolor="none", edgecolor=HAIR_EDGE, linewidth=0.6, zorder=4)
        sheet.text(x + KEY_BOX + 2, y + 1, entry.label, LABEL)
        x += KEY_BOX + 2 + width(entry.label, LABEL) + KEY_GAP
