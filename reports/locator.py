"""The locator: where in the Kreis an area lies, as a small picture. matplotlib is loaded with the first one."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd
import shapely

from layers.atlas import Atlas
from layers.webgeo import simplified_areas, simplified_context

PAPER = (110.0, 116.0)  # mm
MARGIN = 4.0
FILLS = ("#003a82", "#c9a227")
LARGE_TOWN = 20_000
COARSE_M = 120.0  # a fifth of a millimetre on the sheet
SMALL_MM2, BESIDE_MM = 60.0, 2.5  # the name of a small area stands beside it


@lru_cache(maxsize=128)
def draw_locator(atlas: Atlas, level: str, area: str, compare: str = "") -> bytes:
    """Return the Kreis with an area marked, and the one it is compared with, as SVG; KeyError for an unknown one."""
    from reports import svg
    from reports.areas import draw_context, draw_edges, draw_overlay
    from reports.frame import fit_frame
    from reports.labels import Names, draw_area_names
    from reports.sheet import Sheet, drawing

    data, table = atlas.data, atlas.areas(level)
    marked = tuple(key for key in (area, compare) if key)
    fine = simplified_areas(data, level)
    ground = gpd.GeoSeries(shapely.coverage_simplify(fine.to_numpy(), COARSE_M), index=fine.index, crs=fine.crs)
    overlay = tuple((ground.loc[key], fill) for key, fill in zip(marked, FILLS, strict=False))
    with drawing():
        sheet = Sheet(*PAPER, transparent=True)
        frame = fit_frame(data.kreis.total_bounds, 0, 0, *PAPER, margin=MARGIN)
        shapes = gpd.GeoSeries(frame.to_sheet(ground.to_numpy()), index=ground.index)
        draw_context(sheet, frame, simplified_context(data), simplified_areas(data, "kreis"))
        draw_overlay(sheet, frame, shapes, overlay)
        draw_edges(sheet, shapes, marked)
        names = Names(sheet, frame.window)
        small = {key: BESIDE_MM for key in marked if shapes[key].area < SMALL_MM2}
        draw_area_names(names, shapes, table.loc[list(marked)], small)
        towns = table[(table["population"] >= LARGE_TOWN) & ~table.index.isin(marked)]
        draw_area_names(names, shapes, towns, {})
        title, text = f"Lage: {table.loc[area, 'name']}", locator_text(atlas, level, area, compare)
        made = sheet.save("svg", title)
    return svg.finish(made, title, text, table["name"].to_dict(), interactive=False)


def locator_text(atlas: Atlas, level: str, area: str, compare: str = "") -> str:
    """Return what the picture shows, for those who do not see it."""
    names = atlas.areas(level)["name"]
    other = f", in Gelb {names[compare]}" if compare else ""
    return f"Lage im {atlas.data.name}: {names[area]} ist blau hervorgehoben{other}. {_direction(atlas, level, area)}"


def _direction(atlas: Atlas, level: str, area: str) -> str:
    """Return in which part of the Kreis the middle of an area lies."""
    west, south, east, north = atlas.data.kreis.total_bounds
    middle = atlas.areas(level).geometry[area].representative_point()
    across, along = (middle.x - west) / (east - west), (middle.y - south) / (north - south)
    rows = "Süden" if along < 1 / 3 else "Norden" if along > 2 / 3 else ""
    columns = "Westen" if across < 1 / 3 else "Osten" if across > 2 / 3 else ""
    where = " und ".join(part for part in (rows, columns) if part)
    return (
        f"Das Gebiet liegt im {where} des Landkreises." if where else "Das Gebiet liegt in der Mitte des Landkreises."
    )
