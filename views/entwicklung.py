"""Time: the series of areas, the map through the years, and small maps side by side."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import Flask

from layers.atlas import Atlas
from layers.timeline import known_years
from views.components import panels, zeit_chart, zeit_map, zeit_panels, zeit_series, zeit_small
from views.components.controls import shown_if
from views.components.mapconfig import map_config
from views.components.query import to_query
from views.components.zeit_panels import field_id
from views.components.zeit_state import (
    MAP,
    SERIES,
    SMALL,
    TimeState,
    follow,
    read_parts,
    read_query,
    settle,
    shown_areas,
)

TITLE, PATH = "Entwicklung", "/entwicklung"
FIELDS = ("handlungsfeld", "indicator", "level", "view", "areas", "mean", "scheme", "k")


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    asked, bad = read_parts(parts)
    state, dropped = settle(asked, atlas)
    shown = page_parts(atlas, state, bad + dropped)
    return html.Div(
        [
            html.Div(
                [
                    html.H1(shown["titel"], id="zeit-titel"),
                    html.P(shown["kopfzeile"], id="zeit-kopf", className="lead"),
                    html.Div(shown["hinweise"], id="zeit-hinweise"),
                ],
                className="kopf",
            ),
            html.Div([zeit_panels.filters(atlas, state), _views(atlas, state, shown)], className="zeit-raster"),
            dcc.Store(id="karte-inhalt", data=(zeit_map.first_frame(shown["film"], state) or {}).get("map")),
            dcc.Store(id="karte-aufbau", data=map_config(atlas)),
            dcc.Store(id="karte-stand"),
            dcc.Store(id="zeit-film", data=shown["film"]),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite",
    )


def _views(atlas: Atlas, state: TimeState, shown: dict[str, Any]) -> Component:
    return html.Div(
        [
            zeit_panels.view_switch(state),
            html.Div(_series(shown), id="zeit-reihe", style=shown["reihe"]),
            html.Div(zeit_panels.map_view(shown["film"], state), id="zeit-karte", style=shown["karte"]),
            html.Div(shown["klein"], id="zeit-bilder", className="card", style=shown["bilder"]),
            html.Div(shown["werte"], id="zeit-werte"),
            html.P(shown["quelle"], id="zeit-quelle", className="klein"),
            html.Details(
                [
                    html.Summary("Wie ist das gerechnet, was ist zu beachten?"),
                    html.Div(shown["methode"], id="zeit-methode"),
                ]
            ),
        ],
        className="zeit-mitte",
    )  # fmt: skip


def _series(shown: dict[str, Any]) -> list[Component]:
    graph = dcc.Graph(
        id="zeit-diagramm", figure=shown["diagramm"], config=zeit_chart.CONFIG, responsive=True,
        style={"height": zeit_chart.HEIGHT},
    )  # fmt: skip
    return [
        html.Section(
            [
                html.Div(shown["saetze"], id="zeit-saetze", className="saetze", role="status"),
                html.Figure(graph, className="zeit-bild", role="group", **{"aria-label": "Liniendiagramm der Reihen"}),
                html.Div(shown["lesehilfe"], id="zeit-lesehilfe"),
            ],
            className="card",
            **{"aria-label": "Verlauf"},
        ),
        html.Div(shown["tabelle"], id="zeit-tabelle"),
    ]


def page_parts(atlas: Atlas, state: TimeState, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the state; what its view does not show is left empty."""
    text = atlas.layer(state.level, state.key).text
    years = known_years(atlas, state.level, state.key)
    empty = zeit_panels.why_empty(atlas, state)
    is_here = {view: state.view == view and not empty for view in (SERIES, MAP, SMALL)}
    if state.view == SERIES and empty and atlas.periods(state.key):
        is_here[SERIES] = bool(zeit_series.shown_series(atlas, state).drawn)
    made = zeit_map.film(atlas, state) if is_here[MAP] else None
    return {
        "titel": f"Entwicklung: {text.name}",
        "kopfzeile": zeit_panels.lead(state, text, years),
        "hinweise": panels.notices([*notices, *([empty] if empty else [])]),
        **_series_parts(atlas, state, is_here[SERIES]),
        "film": made,
        "klein": zeit_small.panel(atlas, state) if is_here[SMALL] else [],
        "werte": zeit_panels.all_values(atlas, state) if is_here[MAP] or is_here[SMALL] else [],
        "quelle": zeit_panels.source_line(text, years),
        "methode": zeit_panels.method(text),
        "adresse": to_query(state),
        "feld_reihe": shown_if(state.view == SERIES),
        "feld_karten": shown_if(zeit_panels.uses_classes(atlas, state)),
        **{view: shown_if(is_here[view]) for view in is_here},
    }


def _series_parts(atlas: Atlas, state: TimeState, is_here: bool) -> dict[str, Any]:
    if not is_here:
        return {"saetze": [], "diagramm": zeit_chart.EMPTY, "lesehilfe": [], "tabelle": []}
    shown = zeit_series.shown_series(atlas, state)
    table = zeit_series.table(state, shown)
    return {
        "saetze": zeit_series.sentences(shown),
        "diagramm": zeit_series.figure(shown),
        "lesehilfe": zeit_series.notes(atlas, state, shown),
        "tabelle": panels.framed(table, "Werte der Reihen als Tabelle"),
    }


OUTPUTS = {
    "titel": Output("zeit-titel", "children"),
    "kopfzeile": Output("zeit-kopf", "children"),
    "hinweise": Output("zeit-hinweise", "children"),
    "saetze": Output("zeit-saetze", "children"),
    "diagramm": Output("zeit-diagramm", "figure"),
    "lesehilfe": Output("zeit-lesehilfe", "children"),
    "tabelle": Output("zeit-tabelle", "children"),
    "film": Output("zeit-film", "data"),
    "klein": Output("zeit-bilder", "children"),
    "werte": Output("zeit-werte", "children"),
    "quelle": Output("zeit-quelle", "children"),
    "methode": Output("zeit-methode", "children"),
    "adresse": Output("adresse", "data", allow_duplicate=True),
    "feld_reihe": Output("zeit-feld-reihe", "style"),
    "feld_karten": Output("zeit-feld-karten", "style"),
    **{view: Output(f"zeit-{view}", "style") for view in (SERIES, MAP, SMALL)},
}
CONTROLS = {
    "indicator": Output(field_id("indicator"), "value"),
    "indicators": Output(field_id("indicator"), "data"),
    "areas": Output(field_id("areas"), "value"),
    "area_options": Output(field_id("areas"), "data"),
    "mean": Output(field_id("mean"), "checked"),
    "no_mean": Output(field_id("mean"), "disabled"),
    "stopped": Output("zeit-takt", "disabled", allow_duplicate=True),
    **{f"slider_{name}": Output("zeit-jahr", name) for name in ("min", "max", "marks", "disabled")},
    "slider_value": Output("zeit-jahr", "value", allow_duplicate=True),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callbacks: one of the server, and two that play the years in the browser."""
    app.clientside_callback(
        ClientsideFunction("zeit", "move"),
        Output("zeit-jahr", "value", allow_duplicate=True),
        Output("zeit-takt", "disabled", allow_duplicate=True),
        Output("zeit-spielen", "children"),
        *(Input(f"zeit-{name}", "n_clicks") for name in ("zurueck", "spielen", "vor")),
        Input("zeit-takt", "n_intervals"),
        State("zeit-jahr", "value"),
        State("zeit-takt", "disabled"),
        State("zeit-film", "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("zeit", "show"),
        Output("karte-inhalt", "data", allow_duplicate=True),
        *(Output(f"zeit-{name}", "children") for name in ("gross", "klein-jahr", "legende", "ansage")),
        Output("adresse", "data", allow_duplicate=True),
        Input("zeit-jahr", "value"),
        Input("zeit-film", "data"),
        Input("zeit-takt", "disabled"),
        prevent_initial_call=True,
    )
    _register_update(app, atlas)


def _register_update(app: Dash, atlas: Atlas) -> None:
    @app.callback(
        output={**OUTPUTS, **CONTROLS},
        inputs={
            "chosen": {field: Input(field_id(field), _property(field)) for field in FIELDS},
            "address": State("adresse", "data"),
        },
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any], address: Any) -> dict[str, Any]:
        trigger = str(ctx.triggered_id).removeprefix("zeit-wahl-")
        given = {name: value for name, value in chosen.items() if value not in (None, "")}
        asked, bad = read_parts({**given, "mean": "ja" if chosen.get("mean") is True else ""})
        before = read_query(str(address or ""))[0]
        state, dropped = settle(follow(asked, before, trigger, atlas), atlas)
        parts = page_parts(atlas, state, bad + dropped)
        return parts | _control_parts(atlas, state, chosen, parts["film"])


def _property(field: str) -> str:
    return "checked" if field == "mean" else "value"


def _control_parts(atlas: Atlas, state: TimeState, chosen: dict[str, Any], film: Any) -> dict[str, Any]:
    """Return values and choices of the controls that depend on others; what is already right is not sent again."""
    wanted = {"indicator": state.indicator, "areas": list(shown_areas(state, atlas)), "mean": bool(state.mean)}
    slider = zeit_map.slider_props(film, state) if film else {}
    return {
        **{name: no_update if value == chosen.get(name) else value for name, value in wanted.items()},
        "indicators": zeit_panels.indicator_options(atlas, state.handlungsfeld),
        "area_options": zeit_panels.area_options(atlas, state),
        "no_mean": zeit_panels.has_no_mean(atlas, state),
        "stopped": True,
        **{f"slider_{name}": slider.get(name, no_update) for name in ("min", "max", "marks", "disabled", "value")},
    }


def register_routes(server: Flask, atlas: Atlas) -> None:
    """Attach the pictures and files of the page."""
    zeit_small.register_routes(server, atlas)
