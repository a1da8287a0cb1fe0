"""What the map page shows for a selection: texts, panels and the payload of the map script."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from geodata import catalog
from geodata.model import WEB_CRS
from layers.atlas import Atlas, under
from layers.bivariate import build_bivariate_view
from layers.classify import SCHEMES
from layers.german import signed_value
from layers.indices import SHOWN_AS
from layers.keys import parse_key
from layers.mapview import MapView, build_map_view
from layers.marks import incomplete_reason
from layers.scenario import effect_text, scenario_points, scenario_title
from layers.sentences import map_text
from views.components import areapanel, panels
from views.components.legends import circle_radius
from views.components.mapconfig import area_values
from views.selection import Selection, compact, scenario_of, start_of, to_query

PLAIN = "#eef1f6"  # areas under circles
EXPORTS = {
    "csv": "CSV",
    "xlsx": "Excel",
    "gpkg": "GeoPackage (QGIS)",
    "png": "Bild PNG",
    "svg": "Bild SVG",
    "pdf": "PDF",
}


def view_of(atlas: Atlas, selection: Selection) -> MapView:
    """Return the map that ``selection`` asks for, of one indicator or two, under its scenario."""
    if selection.second:
        world, second = under(atlas, scenario_of(selection)), parse_key(selection.second)
        return build_bivariate_view(world, selection.level, selection.key, second, period=selection.period or None)
    return build_map_view(
        under(atlas, scenario_of(selection)),
        selection.level,
        selection.key,
        scheme=selection.scheme,
        k=selection.k,
        period=selection.period or None,
    )


def page_parts(atlas: Atlas, view: MapView, selection: Selection, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the selection, by element."""
    query, world = address_of(atlas, selection), under(atlas, scenario_of(selection))
    return {
        "titel": view.layer.text.name,
        "kopfzeile": panels.lead(view),
        "hinweise": [
            *panels.notices(notices + view_notices(world, view, selection)),
            *scenario_notice(atlas, world, selection),
        ],
        "kennzahlen": panels.key_figures(view, world),
        "legende": panels.legend(
            view, with_points=bool(shown_categories(view, selection)), scenario=scenario_of(selection)
        ),
        "text": map_text(view),
        "quelle": panels.source_line(view),
        "methode": panels.method(view),
        "steckbrief": areapanel.detail(world, view, selection),
        "rangliste": panels.ranking(view, selection),
        "tabelle": panels.framed(panels.value_table(view), "Werte als Tabelle") if selection.table else [],
        "ausgabe": export_links(query),
        "inhalt": map_payload(atlas, view, selection, query),
        "adresse": query,
    }


def view_notices(atlas: Atlas, view: MapView, selection: Selection) -> list[str]:
    """Return why a map is empty, its register incomplete or its classes others, in words; a reader must not guess."""
    category = atlas.categories.get(view.layer.key.category)
    if category and not category.completeness.usable:
        return [incomplete_reason(category)]
    if view.has_values:
        return [*_index_notices(view), *_class_notices(view, selection)]
    reasons = view.rows["reason"].value_counts()
    reason = str(reasons.index[0]) if len(reasons) and reasons.index[0] else "Für diese Auswahl gibt es keine Werte."
    return [reason]


def _index_notices(view: MapView) -> list[str]:
    """Return that an index is provisional, and what it lacks: nobody would see it from the map."""
    said = view.rows.loc[view.rows["value"].notna(), "reason"]
    return list(said.unique()[:1]) if view.layer.key.id in SHOWN_AS and said.ne("").any() else []


def _class_notices(view: MapView, selection: Selection) -> list[str]:
    """Return why the classes are not those that were asked for, where that is so."""
    if selection.second or view.classes.scheme == selection.scheme:
        return []
    lacks = {
        "land": "ein Wert des Landes",
        "bezug": "ein Kreiswert",
        "fest": "feste Grenzen im Katalog",
        "jahre": "ein zweites Jahr",
    }
    return [f"Für „{SCHEMES[selection.scheme]}“ fehlt hier {lacks[selection.scheme]}; gezeigt werden Quantile."]


def export_links(query: str) -> list[Component]:
    """Return download links for exactly what is shown."""
    return [html.A(name, href=f"/ausgabe/karte.{ending}?{query}", download="") for ending, name in EXPORTS.items()]


def map_payload(atlas: Atlas, view: MapView, selection: Selection, query: str) -> dict[str, Any]:
    """Return what the map script needs: values only, no geometry, no keys; they travel in the order of the areas."""
    rows, circles = view.rows.reindex(atlas.areas(selection.level).index), view.is_count
    return {
        "key": query or "start",
        "level": selection.level,
        **area_values(
            [PLAIN] if circles else view.colours,
            [0] * len(rows) if circles else rows["class_"].tolist(),
            [_tooltip(shown, reason) for shown, reason in zip(rows["shown"], rows["reason"], strict=True)],
            [] if circles else rows["hatched"].tolist(),
        ),
        "circles": [circle_radius(value, rows["value"].max()) for value in rows["value"]] if circles else [],
        "selected": selection.area or None,
        "compare": selection.compare or None,
        "points": {"categories": shown_categories(view, selection)},
        "scenario": scenario_signs(atlas, selection),
        "focus": None,
        "svg": f"/karte.svg?{query}",
    }


def address_of(atlas: Atlas, selection: Selection) -> str:
    """Return the query of the page; empty only where an empty one opens it so (see `start_of`)."""
    query = to_query(compact(selection))
    return query or ("" if start_of(atlas) == Selection() else "indicator=haltestelle")


def scenario_notice(atlas: Atlas, world: Atlas, selection: Selection) -> list[Component]:
    """Return what the scenario changes for people, and the way out of it; nothing without one."""
    if world is atlas:
        return []
    category, key = atlas.categories[selection.category], selection.key
    key = replace(key, threshold=key.threshold or category.default_threshold)
    mode = catalog.modes()[key.mode or category.default_mode]
    said = effect_text(atlas.inputs, world.inputs, key, mode)
    before, after = (each.layer(selection.level, selection.key, selection.period or None) for each in (atlas, world))
    pair = [signed_value(layer.kreis["value"], layer.kreis["state"], layer.text.decimals) for layer in (before, after)]
    if pd.notna(before.kreis["value"]) and pd.notna(after.kreis["value"]):
        said.append(f"Im ganzen Kreis: {pair[0]} → {pair[1]} {before.text.unit}".rstrip() + ".")
    home = address_of(atlas, replace(selection, closed=(), opened=()))
    return [
        html.Div(
            [
                html.P([html.B(f"{scenario_title(scenario_of(selection))}. "), " ".join(said)]),
                html.P(html.A("Szenario verwerfen", href=f"/?{home}")),
            ],
            className="notiz",
            role="status",
        )
    ]


def scenario_signs(atlas: Atlas, selection: Selection) -> list[dict[str, Any]]:
    """Return what a scenario closes and opens, for the map script: id, name, closed or not, lon and lat."""
    rows = scenario_points(atlas.inputs, scenario_of(selection)).to_crs(WEB_CRS)
    return [
        {"id": str(row.Index), "name": row.name, "closed": bool(row.closed), "at": _degrees(row.geometry)}
        for row in rows.itertuples()
    ]


def _degrees(point: Any) -> list[float]:
    return [round(point.x, 5), round(point.y, 5)]


def shown_categories(view: MapView, selection: Selection) -> list[str]:
    """Return the categories whose points are on the map: those behind the indicator and those asked for."""
    category = catalog.categories().get(view.layer.key.category)
    own = (category.id, *category.also_by) if category else ()
    return list(dict.fromkeys((*own, *selection.categories)))


def _tooltip(shown: str, reason: str) -> str:
    return shown if len(shown) > 3 or not reason else f"{shown} – {reason}"
