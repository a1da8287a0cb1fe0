"""A site that draws the same areas with our map script and its peers: `python -m tests.bench.site PORT`.

Every page holds a store ``wahl``; a new number in it asks the server for the values of that number.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, Patch, State, dcc, html
from flask import Flask, Response, send_from_directory
from waitress import serve
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from layers.palette import class_colours
from tests.bench import shapes
from views.components.mapconfig import area_values
from views.settings import ROOT

SIZES = (30, 630, 11_000)
K = 5
COLOURS = class_colours(K, "quantile", -1)
FRAME = {"width": "900px", "height": "700px", "position": "relative"}
EMPTY = '{"type":"FeatureCollection","features":[]}'


def classes(n: int, turn: int) -> np.ndarray:
    """Return the class of every area for the ``turn``-th indicator."""
    return np.random.default_rng(turn).integers(0, K, n)


def atlas_app(n: int, prefix: str) -> Dash:
    """Return our map script on ``n`` areas, fed as the page of the atlas feeds it."""
    app = Dash(
        __name__,
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        assets_folder=str(ROOT / "assets"),
        compress=True,
    )
    areas = shapes.collection(n)
    config = {
        "geo": {"gemeinde": f"{prefix}geo/flaechen.json", "kreis": f"{prefix}geo/leer.json"},
        "context": f"{prefix}geo/leer.json",
        "places": f"{prefix}geo/leer.json",
        "points": f"{prefix}geo/leer.json",
        "bounds": shapes.bounds(areas),
        "vendor": f"{prefix}vendor/",
        "icons": {},
        "attribution": "Testflächen",
    }
    app.layout = _page(
        html.Div(html.Div(id="karte", className="karte", style=FRAME), className="karte-mitte", style=FRAME),
        dcc.Store(id="karte-inhalt", data=_payload(n, 0)),
        dcc.Store(id="karte-aufbau", data=config),
        dcc.Store(id="karte-klick"),
        dcc.Store(id="karte-punkt"),
        dcc.Store(id="karte-stand"),
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "draw"),
        Output("karte-stand", "data"),
        Input("karte-inhalt", "data"),
        State("karte-aufbau", "data"),
    )
    _answer(app, Output("karte-inhalt", "data"), lambda turn: _payload(n, turn))
    _serve_files(app.server, json.dumps(areas, separators=(",", ":")))
    return app


def _payload(n: int, turn: int) -> dict[str, Any]:
    """Return what `views.components.mappage.map_payload` sends, with as much text."""
    of = classes(n, turn)
    return {
        "key": f"handlungsfeld=ALLE&indicator=abdeckung&category=grundschule&mode=pkw&threshold={turn}",
        "level": "gemeinde",
        **area_values(COLOURS, of.tolist(), [f"{c * 10 + turn},{c} %" for c in of]),
        "selected": None,
        "compare": None,
        "points": {"categories": []},
        "focus": None,
        "svg": f"/karte.svg?handlungsfeld=ALLE&indicator=abdeckung&category=grundschule&threshold={turn}",
    }


def _serve_files(server: Flask, areas: str) -> None:
    files = {"flaechen.json": areas, "leer.json": EMPTY}

    @server.get("/geo/<name>")
    def geometry(name: str) -> Response:
        return Response(files[name], mimetype="application/geo+json")

    @server.get("/vendor/<path:path>")
    def vendor(path: str) -> Response:
        return send_from_directory(ROOT / "node_modules", path, max_age=3600)


def plotly_app(n: int, prefix: str, *, patch: bool) -> Dash:
    """Return the same areas as a Plotly Choroplethmap whose switch sends the full figure, or z alone."""
    app = Dash(
        __name__,
        requests_pathname_prefix=prefix,
        routes_pathname_prefix="/",
        assets_ignore=".*",
        compress=True,
    )
    areas = shapes.collection(n)
    app.layout = _page(dcc.Graph(id="graph", figure=_figure(areas, 0), style=FRAME, config={"displaylogo": False}))

    def patched(turn: int) -> Patch:
        figure = Patch()
        figure["data"][0]["z"] = classes(n, turn).tolist()
        return figure

    _answer(app, Output("graph", "figure"), patched if patch else lambda turn: _figure(areas, turn))
    return app


def _figure(areas: shapes.Collection, turn: int) -> go.Figure:
    ids = shapes.ids(areas)
    west, south, east, north = _bounds(areas)
    steps = [[(i + side) / K, colour] for i, colour in enumerate(COLOURS) for side in (0, 1)]
    trace = go.Choroplethmap(
        geojson=areas, locations=ids, featureidkey="properties.id", z=classes(len(ids), turn).tolist(),
        zmin=-0.5, zmax=K - 0.5, colorscale=steps, showscale=False, marker_line={"color": "#fff", "width": 0.8},
    )  # fmt: skip
    centre = {"lon": (west + east) / 2, "lat": (south + north) / 2}
    zoom = float(np.log2(700 * 360 / 512 / ((north - south) * 1.7))) - 0.1
    view = {"style": "white-bg", "center": centre, "zoom": zoom}
    return go.Figure(trace, {"map": view, "margin": dict.fromkeys("lrtb", 0), "uirevision": "gleich"})


_known: dict[int, list[float]] = {}


def _bounds(areas: shapes.Collection) -> list[float]:
    """Return the bounds, computed once: the peer shall not pay for our measuring."""
    if id(areas) not in _known:
        _known[id(areas)] = shapes.bounds(areas)
    return _known[id(areas)]


def _page(*parts: Any) -> html.Div:
    return html.Div([*parts, dcc.Store(id="wahl")])


def _answer(app: Dash, output: Output, make: Callable[[int], Any]) -> None:
    app.callback(output, Input("wahl", "data"), prevent_initial_call=True)(make)


def site(sizes: Iterable[int]) -> DispatcherMiddleware:
    """Return the pages /atlas-N/, /plotly-N/ and /patch-N/ as one WSGI application."""
    makers = {
        "atlas": atlas_app,
        "plotly": lambda n, prefix: plotly_app(n, prefix, patch=False),
        "patch": lambda n, prefix: plotly_app(n, prefix, patch=True),
    }
    found = {f"/{name}-{n}": make(n, f"/{name}-{n}/").server for n in sizes for name, make in makers.items()}
    return DispatcherMiddleware(lambda env, start: Response("bereit")(env, start), found)


if __name__ == "__main__":
    serve(site(SIZES), host="127.0.0.1", port=int(sys.argv[1]), threads=8)
