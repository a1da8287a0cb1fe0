"""What the map page shows for a selection: texts, panels and the payload of the map script."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.mapview import MapView, build_map_view
from layers.measures import incomplete_reason
from layers.sentences import map_text
from views.components import areapanel, panels
from views.components.mapconfig import area_values
from views.selection import Selection, compact, to_query

EXPORTS = {
    "csv": "CSV",
    "xlsx": "Excel",
    "gpkg": "GeoPackage (QGIS)",
    "png": "Bild PNG",
    "svg": "Bild SVG",
    "pdf": "PDF",
}


def view_of(atlas: Atlas, selection: Selection) -> MapView:
    """Return the map that ``selection`` asks for."""
    return build_map_view(
        atlas,
        selection.level,
        selection.key,
        scheme=selection.scheme,
        k=selection.k,
        period=selection.period or None,
    )


def page_parts(atlas: Atlas, view: MapView, selection: Selection, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the selection, by element."""
    query = to_query(compact(selection))
    return {
        "titel": view.layer.text.name,
        "kopfzeile": panels.lead(view),
        "hinweise": panels.notices(notices + view_notices(view)),
        "kennzahlen": panels.key_figures(view, atlas),
        "legende": panels.legend(view, with_points=bool(shown_categories(view, selection))),
        "text": map_text(view),
        "quelle": panels.source_line(view),
        "methode": panels.method(view),
        "steckbrief": areapanel.detail(atlas, view, selection),
        "rangliste": panels.ranking(view, selection),
        "tabelle": panels.framed(panels.value_table(view), "Werte als Tabelle") if selection.table else [],
        "ausgabe": export_links(query),
        "inhalt": map_payload(atlas, view, selection, query),
        "adresse": query,
    }


def view_notices(view: MapView) -> list[str]:
    """Return why a map is empty or its register incomplete, in words; a reader must not guess."""
    category = catalog.categories().get(view.layer.key.category)
    if category and category.completeness.judgement != "ausreichend":
        return [incomplete_reason(category)]
    if view.has_values:
        return []
    reasons = view.rows["reason"].value_counts()
    reason = str(reasons.index[0]) if len(reasons) and reasons.index[0] else "Für diese Auswahl gibt es keine Werte."
    return [reason]


def export_links(query: str) -> list[Component]:
    """Return download links for exactly what is shown."""
    return [html.A(name, href=f"/ausgabe/karte.{ending}?{query}", download="") for ending, name in EXPORTS.items()]


def map_payload(atlas: Atlas, view: MapView, selection: Selection, query: str) -> dict[str, Any]:
    """Return what the map script needs: values only, no geometry, no keys; they travel in the order of the areas."""
    rows = view.rows.reindex(atlas.areas(selection.level).index)
    return {
        "key": query or "start",
        "level": selection.level,
        **area_values(
            view.colours,
            rows["class_"].tolist(),
            [_tooltip(shown, reason) for shown, reason in zip(rows["shown"], rows["reason"], strict=True)],
            rows["hatched"].tolist(),
        ),
        "selected": selection.area or None,
        "compare": selection.compare or None,
        "points": {"categories": shown_categories(view, selection)},
        "focus": None,
        "svg": f"/karte.svg?{query}",
    }


def shown_categories(view: MapView, selection: Selection) -> list[str]:
    """Return the categories whose points are on the map: those behind the indicator and those asked for."""
    category = catalog.categories().get(view.layer.key.category)
    own = (category.id, *category.also_by) if category else ()
    return list(dict.fromkeys((*own, *selection.categories)))


def _tooltip(shown: str, reason: str) -> str:
    return shown if len(shown) > 3 or not reason else f"{shown} – {reason}"
