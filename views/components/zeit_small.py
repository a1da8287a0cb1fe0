"""Small maps, one a year, drawn by the server in the same classes, and their print in one file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, abort, request

from layers.atlas import Atlas
from layers.german import number
from layers.mapview import MapView
from layers.timeline import chosen_years, known_years
from reports.map import MIME_TYPES
from reports.words import slug
from views.components.query import to_query
from views.components.zeit_map import breaks_of, legend_parts, said, views_of
from views.components.zeit_state import TimeState, read_query, settle, shown_year

ENDINGS = {"pdf": "PDF", "png": "Bild PNG", "svg": "Bild SVG"}


def shown_views(atlas: Atlas, state: TimeState) -> dict[str, MapView]:
    """Return the maps of the years that are shown side by side."""
    views = views_of(atlas, state)
    return {year: views[year] for year in chosen_years(known_years(atlas, state.level, state.key))}


def panel(atlas: Atlas, state: TimeState) -> list[Component]:
    """Return the small maps with their legend and the links to print them; nothing without values."""
    views = shown_views(atlas, state)
    if not views:
        return []
    maps = [_figure(atlas, replace(state, year=year), view) for year, view in views.items()]
    return [
        html.P(_lead(atlas, state, list(views)), className="klein"),
        _legend(views),
        html.Div(maps, className="zeit-karten"),
        html.P(["Druckfassung auf A4 quer: ", *_links(state)]),
    ]


def _legend(views: dict[str, MapView]) -> Component:
    """Return the classes of all maps; of circles the largest, as those of the large map are drawn at another size."""
    counts = [view.rows["value"].max() for view in views.values() if view.is_count]
    if counts:
        said = f"Fläche des Kreises = Wert; der größte steht für {number(max(counts))}; ohne Kreis: kein Wert."
        return html.P(said)
    parts = legend_parts(views, list(views)[-1])
    return html.Div(
        parts, className="legende zeit-legende-reihe", role="group", **{"aria-label": "Legende aller Karten"}
    )


def _lead(atlas: Atlas, state: TimeState, shown: list[str]) -> str:
    every = known_years(atlas, state.level, state.key)
    fewer = (
        f" Von {len(every)} Jahren mit Werten sind {len(shown)} gleichmäßig ausgewählt." if shown != [*every] else ""
    )
    return f"Alle Jahre haben dieselben Klassen und denselben Maßstab.{fewer}"


def _figure(atlas: Atlas, state: TimeState, view: MapView) -> Component:
    from reports.multiples import kreis_text

    begins = breaks_of(atlas, state).get(state.year, "")
    caption = [html.B(state.year), html.Span(kreis_text(view)), *([html.Em(f"Bruch: {begins}")] if begins else [])]
    picture = html.Img(src=f"/entwicklung/klein.svg?{to_query(state)}", alt=said(view, state.year, begins))
    return html.Figure([html.Figcaption(caption), picture])


def _links(state: TimeState) -> list[Component | str]:
    query = to_query(state)
    links: list[Component | str] = []
    for ending, name in ENDINGS.items():
        links += [html.A(name, href=f"/ausgabe/entwicklung.{ending}?{query}", download=""), " "]
    return links


def register_routes(server: Flask, atlas: Atlas) -> None:
    """Attach the pictures of the page: the map of a year, bare or small, and the small maps in one file."""

    def asked() -> TimeState:
        return settle(read_query(request.query_string.decode("utf-8", "replace"))[0], atlas)[0]

    @server.get("/entwicklung/karte.svg")
    def time_picture() -> Response:
        return _svg(year_picture(atlas, asked()))

    @server.get("/entwicklung/klein.svg")
    def small_picture() -> Response:
        return _svg(small_picture_of(atlas, asked()))

    @server.get("/ausgabe/entwicklung.<ending>")
    def multiples(ending: str) -> Response:
        state = asked()
        if ending not in ENDINGS or not known_years(atlas, state.level, state.key):
            abort(404)
        name = f"{slug(atlas.data.name)}_{slug(str(state.key))}_{state.level}_jahre.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(printed(atlas, state, ending), content_type=MIME_TYPES[ending], headers=headers)


def _svg(picture: bytes | None) -> Response:
    return Response(picture, mimetype="image/svg+xml") if picture else abort(404)


def year_picture(atlas: Atlas, state: TimeState) -> bytes | None:
    """Return the bare map of the year of a state, whose areas can be chosen; None without values."""
    from reports.drawing import draw_bare
    from reports.picture import Picture

    views = views_of(atlas, state)
    return draw_bare(Picture(atlas, views[shown_year(state, tuple(views))]), "svg") if views else None


def small_picture_of(atlas: Atlas, state: TimeState) -> bytes | None:
    """Return the small map of the year of a state; None without values."""
    from reports.multiples import largest_of, small_map

    views = views_of(atlas, state)
    if not views:
        return None
    year = shown_year(state, tuple(views))
    text = said(views[year], year, breaks_of(atlas, state).get(year, ""))
    return small_map(atlas, views[year], text, largest_of(views.values()))


def printed(atlas: Atlas, state: TimeState, kind: str) -> bytes:
    """Return the small maps of a state in one file."""
    from reports.multiples import draw_multiples

    views = views_of(atlas, state)
    known = known_years(atlas, state.level, state.key)
    without = tuple(year for year in views if year not in known)
    return draw_multiples(atlas, shown_views(atlas, state), kind, without=without, created=date.today())
