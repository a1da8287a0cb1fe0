"""Reach: what can be reached from a place within some minutes, and who reaches it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.inputs import modes_of
from layers.reachable import Reachable, limits_of, reachable
from views.components import panels, reach
from views.components.controls import LIST_SETTINGS
from views.components.mapconfig import area_values, map_config, search_options
from views.components.query import MAX_TEXT, to_query
from views.reach_state import MOST_MINUTES, POINT, ReachState, Spot, read_parts, read_query, settle, spot_of

TITLE, PATH = "Reichweite", "/reichweite"
FIELDS = ("place", "mode", "minutes", "direction", "handlungsfeld")
ALL = "alle"  # a Select cannot hold an empty value
QUIET, VEIL = "#eef1f6", "rgba(255, 255, 255, 0.6)"  # with a basemap woods and water show through
DIRECTIONS = {"von": "von der Stelle aus", "zu": "zur Stelle hin"}


def field_id(field: str) -> str:
    """Return the id of the control for a field of ReachState."""
    return f"reichweite-{field}"


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    asked, bad = read_parts(parts)
    state, dropped = settle(asked, atlas)
    shown = page_parts(atlas, state, bad + dropped)
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Reichweite: was von hier aus erreichbar ist"),
                    html.P(shown["kopfzeile"], id="reichweite-kopf", className="lead"),
                    html.Div(shown["hinweise"], id="reichweite-hinweise"),
                ],
                className="kopf",
            ),
            html.Div([_filters(atlas, state), _map_card(shown), _side(shown)], className="raster"),
            html.Section(
                shown["tabelle"], id="reichweite-tabelle", className="card", **{"aria-label": "Erreichte Einrichtungen"}
            ),
            dcc.Store(id="karte-inhalt", data=shown["inhalt"]),
            dcc.Store(id="karte-aufbau", data=map_config(atlas)),
            dcc.Store(id="karte-stelle"),
            dcc.Store(id="karte-stand"),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite",
    )


def _filters(atlas: Atlas, state: ReachState) -> Component:
    fields = [{"value": f.code, "label": f.name} for f in catalog.handlungsfelder().values()]
    modes = [dmc.Radio(label=mode.name, value=mode.id) for mode in modes_of(atlas.data).values()]
    ways = [dmc.Radio(label=text, value=key) for key, text in DIRECTIONS.items()]
    marks = [{"value": value, "label": str(value)} for value in (15, 30, 45, 60)]
    folded = html.Details(
        [
            html.Summary("Filter"),
            dmc.Select(id=field_id("place"), label="Stelle", data=place_options(atlas, state),
                       value=state.place or None, searchable=True, clearable=True, limit=30, mb="sm",
                       nothingFoundMessage="nichts gefunden",
                       placeholder="Ort oder Einrichtung, oder auf die Karte klicken", **LIST_SETTINGS),
            dmc.RadioGroup(dmc.Group(modes, gap="sm", mt=4), id=field_id("mode"), label="Unterwegs", value=state.mode,
                           mb="sm"),
            html.Div("Minuten", className="mantine-InputWrapper-label schwelle-name"),
            dmc.Slider(id=field_id("minutes"), value=state.minutes, min=5, max=MOST_MINUTES, step=5, marks=marks,
                       thumbLabel="Minuten", mb="xl", mt="xs"),
            dmc.RadioGroup(dmc.Group(ways, gap="sm", mt=4), id=field_id("direction"), label="Richtung",
                           value=state.direction, mb="sm"),
            dmc.Select(id=field_id("handlungsfeld"), label="Einrichtungen im Handlungsfeld", mb="sm",
                       data=[{"value": ALL, "label": "alle"}, *fields], value=state.handlungsfeld or ALL,
                       allowDeselect=False, **LIST_SETTINGS),
            html.A("Auswahl zurücksetzen", href=PATH, className="klein"),
        ],
        open=True,
        className="klappe",
    )  # fmt: skip
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def place_options(atlas: Atlas, state: ReachState) -> list[dict[str, Any]]:
    """Return places and facilities to choose from, and the point that was clicked."""
    spot = spot_of(state.place, atlas) if state.place.startswith(POINT) else None
    clicked = [{"group": "Auf der Karte", "items": [{"value": state.place, "label": spot.name}]}] if spot else []
    return [*clicked, *search_options(atlas)]


def _map_card(shown: dict[str, Any]) -> Component:
    legend = html.Div(shown["legende"], id="reichweite-legende", className="legende", role="group")
    return html.Div(
        [
            html.Div(panels.copy_link(), className="werkzeuge"),
            html.Section(
                [
                    html.Div(
                        id="karte",
                        className="karte",
                        **{"data-stellen": "ja", "data-text": "reichweite-text"},
                    ),
                    legend,
                ],
                className="karte-mitte",
                **{"aria-label": "Karte der Reichweite"},
            ),
            html.P(shown["text"], id="reichweite-text", className="nur-sr", role="status"),
            html.P(shown["quelle"], id="reichweite-quelle", className="klein"),
            html.Details(
                [html.Summary("Wie ist das gerechnet, was ist zu beachten?"), html.Div(id="reichweite-methode",
                                                                                        children=shown["methode"])]
            ),
        ],
        className="karte-spalte",
    )  # fmt: skip


def _side(shown: dict[str, Any]) -> Component:
    panel = html.Section(
        shown["menschen"], id="reichweite-menschen", className="card steckbrief", **{"aria-label": "Ergebnis"}
    )
    return html.Div([panel], className="karte-rechts")


def page_parts(atlas: Atlas, state: ReachState, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the state."""
    spot = spot_of(state.place, atlas)
    found = reached(atlas, state, spot) if spot else None
    return {
        "kopfzeile": reach.lead(atlas, state.mode),
        "hinweise": panels.notices(notices + reach.notices(found)),
        "legende": reach.legend(limits_of(state.minutes)),
        "text": reach.text(spot, found, state.minutes),
        "quelle": reach.source_line(atlas, state.mode),
        "methode": reach.method(atlas, state.mode),
        "menschen": reach.panel(atlas, spot, found, state.minutes),
        "tabelle": reach.facility_table(atlas, spot, found, state.handlungsfeld),
        "inhalt": _payload(atlas, state, spot, found),
        "adresse": to_query(state),
        "stellen": place_options(atlas, state) if state.place.startswith(POINT) else no_update,
        "stelle": state.place or None,
        "richtung": state.direction,
    }


def reached(atlas: Atlas, state: ReachState, spot: Spot) -> Reachable:
    """Return what lies within reach of a spot."""
    leaving = state.direction == "von"
    return reachable(atlas.inputs, spot.place, state.mode, float(state.minutes), leaving=leaving)


def overlay(atlas: Atlas, query: str) -> tuple[tuple[Any, str], ...]:
    """Return the bands of the state in a query string with their colours, the farthest first; none without a place."""
    state = settle(read_query(query)[0], atlas)[0]
    spot = spot_of(state.place, atlas)
    if spot is None:
        return ()
    return tuple(zip(reached(atlas, state, spot).areas.values(), reach.COLOURS, strict=True))


def _payload(atlas: Atlas, state: ReachState, spot: Spot | None, found: Reachable | None) -> dict[str, Any]:
    area = atlas.areas("gemeinde")
    rows = reach.shown_facilities(atlas, found, state.handlungsfeld)
    query = to_query(state)
    return {
        "key": f"reichweite?{query}",
        "level": "gemeinde",
        **area_values([QUIET if atlas.data.basemap is None else VEIL], [0] * len(area), [""] * len(area)),
        "selected": None,
        "compare": None,
        "points": {"ids": rows.index.tolist()},
        "focus": None,
        "reach": reach.shapes(spot, found),
        "svg": f"/reichweite.svg?{query}",
    }


OUTPUTS = {
    "kopfzeile": Output("reichweite-kopf", "children"),
    "hinweise": Output("reichweite-hinweise", "children"),
    "legende": Output("reichweite-legende", "children"),
    "text": Output("reichweite-text", "children"),
    "quelle": Output("reichweite-quelle", "children"),
    "methode": Output("reichweite-methode", "children"),
    "menschen": Output("reichweite-menschen", "children"),
    "tabelle": Output("reichweite-tabelle", "children"),
    "inhalt": Output("karte-inhalt", "data", allow_duplicate=True),
    "adresse": Output("adresse", "data", allow_duplicate=True),
    "stellen": Output(field_id("place"), "data"),
    "stelle": Output(field_id("place"), "value"),
    "richtung": Output(field_id("direction"), "value"),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callback of the page; map and address use the same client functions as the map page."""

    @app.callback(
        output=OUTPUTS,
        inputs={
            "chosen": {field: Input(field_id(field), "value") for field in FIELDS},
            "spot": Input("karte-stelle", "data"),
        },
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any], spot: Any) -> dict[str, Any]:
        parts = {name: "" if value in (ALL, None) else value for name, value in chosen.items()}
        asked, bad = read_parts({name: value for name, value in parts.items() if value != ""})
        if ctx.triggered_id == "karte-stelle" and isinstance(spot, dict):
            asked = replace(asked, place=str(spot.get("id", ""))[:MAX_TEXT])
        state, dropped = settle(asked, atlas)
        return page_parts(atlas, state, bad + dropped)
