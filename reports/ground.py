"""The map itself, without anything around it: areas, facilities or circles, names."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import shapely

from layers.webgeo import simplified_areas, simplified_context
from reports.areas import draw_areas, draw_context, draw_edges, draw_overlay
from reports.circles import CircleScale, circle_scale, draw_circles
from reports.frame import MapFrame
from reports.labels import Names, draw_area_names, draw_context_names, middle
from reports.picture import Picture
from reports.points import STOPS, PointGroup, centres, draw_points, draw_scenario, point_groups, shown_categories
from reports.sheet import Sheet


@dataclass(frozen=True, eq=False)
class Signs:
    """What lies on the areas and has to be explained: facilities, or circles for absolute numbers."""

    groups: list[PointGroup]
    circles: CircleScale | None


def draw_ground(sheet: Sheet, frame: MapFrame, picture: Picture, *, on_paper: bool) -> Signs:
    """Draw the map into the frame; on paper with stops behind their share, circles for counts."""
    data, view = picture.atlas.data, picture.view
    ground = simplified_areas(data, view.layer.level)
    shapes = gpd.GeoSeries(frame.to_sheet(ground.to_numpy()), index=ground.index)
    visible = draw_context(sheet, frame, simplified_context(data), simplified_areas(data, "kreis"))
    if picture.overlay:
        draw_overlay(sheet, frame, shapes, picture.overlay)
    else:
        draw_areas(sheet, view, shapes)
    draw_edges(sheet, shapes, picture.chosen)
    stops = [STOPS] if on_paper and view.layer.key.id == STOPS else []
    groups = point_groups(data, shown_categories(view, [*stops, *picture.categories]), frame)
    draw_points(sheet, groups)
    if picture.scenario is not None:
        draw_scenario(sheet, frame, picture.scenario)
    scale = circle_scale(view) if on_paper and not groups else None
    radii = draw_circles(sheet, view, shapes, scale) if scale else {}
    taken = [shapely.Point(middle(shapes[key])[:2]).buffer(radius) for key, radius in radii.items()]
    names = Names(sheet, frame.window, centres(groups), taken)
    draw_area_names(names, shapes, picture.atlas.areas(view.layer.level), radii)
    draw_context_names(names, visible, data.context)
    return Signs(groups, scale)
