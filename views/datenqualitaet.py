"""Data quality as a work list: what is wrong or missing where, how to mend it and who can, with files to send."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component
from flask import Response, abort, request

from geodata import catalog
from layers.atlas import Atlas
from layers.german import day, number
from layers.quality import KREIS, counts_of_offices, counts_of_severities, find_all, names_of
from layers.quality_records import HIGH, KINDS, SEVERITIES, Finding
from layers.statistics import Statistics
from reports.words import slug
from views.components import panels, quality, quality_files
from views.components.controls import LIST_SETTINGS
from views.components.quality_state import QualityState, chosen, read_parts, read_query, settle
from views.components.query import to_query

TITLE, PATH = "Datenqualität", quality.PATH
PAGE_ROWS = 50
ALL = "alle"  # a Select cannot hold an empty value
FIELDS = ("kind", "severity", "office", "ags", "handlungsfeld", "page")
FILES = {
    "csv": ("CSV", "text/csv; charset=utf-8"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def field_id(field: str) -> str:
    """Return the id of the control for a field of QualityState."""
    return f"qualitaet-{field}"


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    asked, bad = read_parts(parts)
    shown = page_parts(atlas, asked, bad)
    state: QualityState = shown["state"]
    table = html.Div(
        shown["tabelle"],
        id="qualitaet-tabelle",
        className="tab-rahmen",
        tabIndex="0",
        role="region",
        **{"aria-label": "Offene Punkte"},
    )
    pages = dmc.Pagination(
        id=field_id("page"), total=shown["seiten"], value=shown["seite"], withControls=False, mt="md"
    )
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Datenqualität: was zu tun ist"),
                    html.P(shown["zahl"], id="qualitaet-zahl", className="lead", role="status"),
                    html.Div(shown["hinweise"], id="qualitaet-hinweise"),
                ],
                className="kopf",
            ),
            html.Dl(shown["schwere"], id="qualitaet-schwere", className="kpis"),
            html.Div([_filters(atlas, state), _middle(shown), _right(shown)], className="raster"),
            html.Section([html.H2("Offene Punkte"), table, pages], className="card", **{"aria-label": "Punkte"}),
            html.Section(
                shown["leer"], id="qualitaet-leer", className="card", **{"aria-label": "Kennzahlen ohne Daten"}
            ),
            html.Section(quality.rules(), className="card", **{"aria-label": "Regeln der Prüfung"}),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite qualitaet",
    )


def _filters(atlas: Atlas, state: QualityState) -> Component:
    words = words_of(atlas)
    own = counts_of_offices(findings_of(atlas), words.offices)
    places = atlas.areas("gemeinde")["name"].sort_values().to_dict()
    options = {
        "kind": ("Befund", {key: kind.title for key, kind in KINDS.items()}),
        "severity": ("Schwere", {word: word for word in SEVERITIES.values()}),
        "office": ("Zuständig", {key: words.offices[key] for key in own}),
        "ags": ("Gemeinde", {KREIS: "ohne einzelne Gemeinde", **places}),
        "handlungsfeld": ("Handlungsfeld", {f.code: f.name for f in catalog.handlungsfelder().values()}),
    }
    selects = [
        _select(field, label, names, getattr(state, field), searchable=field in ("office", "ags"))
        for field, (label, names) in options.items()
    ]
    reset = html.A("Alle Filter zurücksetzen", href=PATH, className="klein")
    folded = html.Details([html.Summary("Filter"), *selects, reset], open=True, className="klappe")
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def _select(field: str, label: str, names: dict[str, str], value: str, *, searchable: bool) -> Component:
    return dmc.Select(
        id=field_id(field),
        label=label,
        data=[{"value": ALL, "label": "alle"}, *({"value": key, "label": name} for key, name in names.items())],
        value=value or ALL,
        searchable=searchable,
        allowDeselect=False,
        mb="sm",
        nothingFoundMessage="nichts gefunden",
        **LIST_SETTINGS,
    )


def _middle(shown: dict[str, Any]) -> Component:
    tools = [*panels.downloads(shown["ausgabe"], "qualitaet-ausgabe"), *panels.copy_link()]
    heading = html.H2("Welche Befunde es gibt")
    bars = html.Div(shown["arten"], id="qualitaet-arten")
    return html.Div(
        [
            html.Div(tools, className="werkzeuge"),
            html.Section([heading, bars], className="card", **{"aria-label": "Befunde"}),
        ],
        className="karte-spalte",
    )


def _right(shown: dict[str, Any]) -> Component:
    body = [html.H2("Wer es beheben kann"), *shown["stellen"]]
    return html.Div(html.Section(body, className="card", **{"aria-label": "Zuständige"}), className="karte-rechts")


def page_parts(atlas: Atlas, asked: QualityState, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the filters."""
    every, words = findings_of(atlas), words_of(atlas)
    state, unknown = settle(asked, words.offices, [KREIS, *atlas.areas("gemeinde").index])
    found = chosen(every, state)
    empty = [point for point in found if point.kind == quality.COLLAPSED] if not state.kind else []
    listed = [point for point in found if state.kind or point.kind != quality.COLLAPSED]
    pages = max(1, -(-len(listed) // PAGE_ROWS))
    page = min(state.page, pages)
    if page < state.page:
        unknown.append(f"Seite {state.page} gibt es nicht; gezeigt wird Seite {page}.")
    state = replace(state, page=page)
    query = to_query(state)
    return {
        "state": state,
        "zahl": _lead(every, found),
        "hinweise": panels.notices(notices + unknown),
        "schwere": quality.severities(counts_of_severities(chosen(every, state, severity="")), state),
        "arten": quality.kinds(chosen(every, state, kind=""), state),
        "stellen": quality.offices(counts_of_offices(every, words.offices), words),
        "tabelle": quality.point_table(listed[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], words, page, pages),
        "leer": quality.without_data(empty, words),
        "seiten": pages,
        "seite": page,
        "ausgabe": [
            html.A(f"Diese Auswahl als {name}", href=f"/ausgabe/qualitaet.{ending}?{query}", download="")
            for ending, (name, _) in FILES.items()
        ],
        "adresse": query,
    }


def _lead(every: tuple[Finding, ...], found: list[Finding]) -> str:
    if not every:
        return f"Keine offenen Punkte. Geprüft am {day(date.today())}."
    grave = sum(point.severity == HIGH for point in found)
    count = f"{number(len(found))} offene Punkte"
    if len(found) < len(every):
        count = f"{number(len(found))} von {number(len(every))} offenen Punkten"
    return (
        f"{count}, davon {number(grave)} mit hoher Schwere. Geprüft am {day(date.today())}. "
        "Geheim gehaltene Zahlen sind kein Befund."
    )


def findings_of(atlas: Atlas) -> tuple[Finding, ...]:
    """Return every open point as of today."""
    return _found(atlas, atlas.current.statistics, date.today())


@lru_cache(maxsize=2)
def _found(atlas: Atlas, statistics: Statistics, today: date) -> tuple[Finding, ...]:
    """Return every open point; kept until other statistics hold or the day is over."""
    return find_all(atlas, today, getattr(statistics, "published", None))


@lru_cache(maxsize=2)
def words_of(atlas: Atlas) -> quality.Words:
    """Return the names of areas and offices. Kept for the next call."""
    return quality.Words(*names_of(atlas))


OUTPUTS = {
    "zahl": Output("qualitaet-zahl", "children"),
    "hinweise": Output("qualitaet-hinweise", "children"),
    "schwere": Output("qualitaet-schwere", "children"),
    "arten": Output("qualitaet-arten", "children"),
    "tabelle": Output("qualitaet-tabelle", "children"),
    "leer": Output("qualitaet-leer", "children"),
    "seiten": Output(field_id("page"), "total"),
    "seite": Output(field_id("page"), "value"),
    "ausgabe": Output("qualitaet-ausgabe", "children"),
    "adresse": Output("adresse", "data", allow_duplicate=True),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callback of the page and the address of its files."""

    @app.callback(
        output=OUTPUTS,
        inputs={"chosen": {field: Input(field_id(field), "value") for field in FIELDS}},
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any]) -> dict[str, Any]:
        parts = {name: "" if value == ALL else value for name, value in chosen.items()}
        if ctx.triggered_id != field_id("page"):
            parts["page"] = 1
        shown = page_parts(atlas, *read_parts(parts))
        return {name: shown[name] for name in OUTPUTS}

    @app.server.get("/ausgabe/qualitaet.<ending>")
    def quality_file(ending: str) -> Response:
        if ending not in FILES:
            abort(404)
        state, _ = settle(
            read_query(request.query_string.decode("utf-8", "replace"))[0],
            words_of(atlas).offices,
            [KREIS, *atlas.areas("gemeinde").index],
        )
        name, body = exported(atlas, state, ending, request.host_url.rstrip("/"))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, content_type=FILES[ending][1], headers=headers)


def exported(atlas: Atlas, state: QualityState, ending: str, address: str) -> tuple[str, bytes]:
    """Return name and content of the file of a state; ``address``: where the atlas runs."""
    words, found = words_of(atlas), chosen(findings_of(atlas), state)
    title = words.offices.get(state.office, "alle Stellen")
    name = f"datenqualitaet-{slug(atlas.data.name)}-{slug(title)}.{ending}"
    if ending == "csv":
        return name, quality_files.points_csv(found, words, address)
    place = f"{atlas.data.name}, Gebietsstand {day(atlas.data.gebietsstand)}"
    return name, quality_files.points_xlsx(found, words, address, title=title, place=place, today=date.today())
