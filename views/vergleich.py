"""Comparisons: areas and indicators beside each other, by rank, relation, likeness, condition, pattern and change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dash import Dash, Input, Output, State, ctx, dcc, html
from dash.development.base_component import Component
from flask import Response, request

from layers.atlas import Atlas
from layers.german import day
from layers.sentences import LEVEL_MANY
from views.components import panels, vergleich_map, vergleich_view
from views.components.mapconfig import map_config
from views.components.query import to_query
from views.components.vergleich_answers import (
    CONTROL_OUTPUTS,
    CONTROLS,
    PLACES,
    ROW_OUTPUTS,
    ROW_PARTS,
    asked_state,
    control_parts,
    follow,
    incomplete,
    row_parts,
    rows_after,
)
from views.components.vergleich_change import change_finding
from views.components.vergleich_controls import condition_form, control_id, filter_column, row_id
from views.components.vergleich_data import Finding, other_years
from views.components.vergleich_pattern import pattern_finding
from views.components.vergleich_profile import alike_finding, profile_finding
from views.components.vergleich_rank import rank_finding
from views.components.vergleich_relation import correlation_finding, relation_finding
from views.components.vergleich_screen import row_of, rows_of, screen_finding, screen_text
from views.components.vergleich_state import (
    FIELDS,
    SECTIONS,
    Comparison,
    read_parts,
    read_query,
    screen_of,
    settle,
)

TITLE, PATH = "Vergleich", "/vergleich"
FINDINGS: dict[str, Callable[[Atlas, Comparison], Finding]] = {
    "rangliste": rank_finding,
    "zusammenhang": relation_finding,
    "korrelationen": correlation_finding,
    "profil": profile_finding,
    "aehnlich": alike_finding,
    "suche": screen_finding,
    "muster": pattern_finding,
    "veraenderung": change_finding,
}
QUESTIONS = {
    "rangliste": "Welches Gebiet steht wo, und wie sicher ist der Rang?",
    "zusammenhang": "Gehen zwei Kennzahlen über die Gebiete zusammen, und wer fällt aus der Reihe?",
    "korrelationen": "Welche Kennzahlen gehen miteinander einher?",
    "profil": "Wie steht ein Gebiet zu Kreis, Land und einem zweiten Gebiet?",
    "aehnlich": "Welche Gebiete sind in den gewählten Kennzahlen ähnlich?",
    "suche": "Welche Gebiete erfüllen mehrere Bedingungen zugleich?",
    "muster": "Liegen ähnliche Werte beieinander?",
    "veraenderung": "Was hat sich zwischen zwei Jahren verändert?",
}


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    asked, bad = read_parts(parts)
    state, dropped = settle(asked, atlas)
    shown = page_parts(atlas, state, bad + dropped)
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Vergleich: Gebiete und Kennzahlen nebeneinander"),
                    html.P(shown["kopfzeile"], id="vergleich-kopf", className="lead"),
                    html.Div(shown["hinweise"], id="vergleich-hinweise"),
                ],
                className="kopf",
            ),
            html.Nav(
                shown["ansichten"], id="vergleich-ansichten", className="vg-ansichten", **{"aria-label": "Ansichten"}
            ),
            html.Div([_filters(atlas, state), _middle(atlas, state, shown)], className="raster vg-raster"),
            dcc.Store(id="karte-inhalt", data=shown["inhalt"]),
            dcc.Store(id="karte-aufbau", data=map_config(atlas)),
            dcc.Store(id="vergleich-klick"),
            dcc.Store(id="karte-stand"),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite",
    )


def _filters(atlas: Atlas, state: Comparison) -> Component:
    reset = dcc.Link("Auswahl zurücksetzen", href=f"{PATH}?ansicht={state.ansicht}", className="klein")
    folded = html.Details([html.Summary("Filter"), *filter_column(atlas, state), reset], open=True, className="klappe")
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def _middle(atlas: Atlas, state: Comparison, shown: dict[str, Any]) -> Component:
    title = html.Div([html.H2(SECTIONS[state.ansicht]), html.P(QUESTIONS[state.ansicht], className="lead")])
    tools = [html.Div(shown["ausgabe"], id="vergleich-ausgabe"), *panels.copy_link()]
    return html.Div(
        [
            html.Div([title, html.Div(tools, className="werkzeuge")], className="vg-kopf"),
            condition_form(atlas, state, *rows_of(screen_of(state) if state.ansicht == "suche" else None)),
            html.Div(shown["saetze"], id="vergleich-saetze"),
            *_map(state, shown),
            html.Div(shown["ergebnis"], id="vergleich-ergebnis"),
        ],
        className="karte-spalte",
    )


def _map(state: Comparison, shown: dict[str, Any]) -> list[Component]:
    """Return the frame of the map; sections without one keep its texts, hidden."""
    legend = html.Div(shown["legende"], id="vergleich-legende", className="legende", role="group")
    text = html.P(shown["text"], id="vergleich-text", className="nur-sr", role="status")
    if state.ansicht not in vergleich_map.WITH_MAP:
        return [html.Div([legend, text], hidden=True)]
    chart = html.Div(id="karte", className="karte", **{"data-wahl": "vergleich", "data-text": "vergleich-text"})
    return [html.Section([chart, legend], className="karte-mitte vg-karte", **{"aria-label": "Karte"}), text]


def page_parts(atlas: Atlas, state: Comparison, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on a settled state."""
    finding = found_in(atlas, state)
    level = LEVEL_MANY[state.level]
    return {
        "kopfzeile": f"{level} · Gebietsstand: {day(atlas.data.gebietsstand)}",
        "hinweise": [*panels.notices(notices + _other_years(state, finding)), *_no_statistics(atlas)],
        "ansichten": section_links(state),
        "ausgabe": vergleich_view.export_link(state) if len(finding.table) else [],
        "legende": vergleich_map.legend(finding),
        "text": " ".join(finding.sentences) or finding.empty,
        "saetze": vergleich_view.said(finding),
        "ergebnis": vergleich_view.results(state, finding),
        "inhalt": vergleich_map.payload(atlas, state, finding),
        "adresse": to_query(state),
    }


def found_in(atlas: Atlas, state: Comparison) -> Finding:
    """Return what the section of a settled state finds; without any data it says what would bring some."""
    needs = {"indicator", "indicators"} & set(FIELDS[state.ansicht])
    if needs and not (state.indicator or state.indicators):
        return Finding(SECTIONS[state.ansicht], empty=vergleich_view.NO_DATA)
    return FINDINGS[state.ansicht](atlas, state)


def _other_years(state: Comparison, finding: Finding) -> list[str]:
    return [] if state.ansicht == "veraenderung" else other_years(finding.figures, state.period)


def _no_statistics(atlas: Atlas) -> list[Component]:
    """Return what would bring more to compare, as long as nothing was read in."""
    statistics = atlas.current.statistics
    if any(figures.cube.years for figures in statistics.levels.values()):
        return []
    return [panels.notice(vergleich_view.NO_STATISTICS, "")]


def section_links(state: Comparison) -> Component:
    """Return the list of sections; what is chosen goes along."""
    items = []
    for key, name in SECTIONS.items():
        query = to_query(replace(state, ansicht=key))
        here = [html.Span(" (gewählt)", className="nur-sr")] if key == state.ansicht else []
        link = dcc.Link([name, *here], href=f"{PATH}?{query}", className="aktiv" if here else "")
        items.append(html.Li(link))
    return html.Ul(items)


OUTPUTS = {
    "kopfzeile": Output("vergleich-kopf", "children"),
    "hinweise": Output("vergleich-hinweise", "children"),
    "ansichten": Output("vergleich-ansichten", "children"),
    "ausgabe": Output("vergleich-ausgabe", "children"),
    "legende": Output("vergleich-legende", "children"),
    "text": Output("vergleich-text", "children"),
    "saetze": Output("vergleich-saetze", "children"),
    "ergebnis": Output("vergleich-ergebnis", "children"),
    "inhalt": Output("karte-inhalt", "data", allow_duplicate=True),
    "adresse": Output("adresse", "data", allow_duplicate=True),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callback of the page and its files."""
    _register_files(app, atlas)

    @app.callback(
        output=OUTPUTS | CONTROL_OUTPUTS | ROW_OUTPUTS,
        inputs={
            "chosen": {field: Input(control_id(field), "value") for field in CONTROLS},
            "rows": [{part: Input(row_id(n, part), "value") for part in ROW_PARTS} for n in PLACES],
            "first": Input("vergleich-zuerst", "value"),
            "buttons": [Input("vergleich-dazu", "n_clicks"), *(Input(row_id(n, "weg"), "n_clicks") for n in PLACES)],
            "click": Input("vergleich-klick", "data"),
            "shown": State("vergleich-zeilen", "data"),
            "address": State("adresse", "data"),
        },
        prevent_initial_call=True,
    )
    def update(
        chosen: Any, rows: Any, first: Any, buttons: Any, click: Any, shown: Any, address: Any
    ) -> dict[str, Any]:
        trigger = str(ctx.triggered_id)
        base = read_query(address if isinstance(address, str) else "")[0]
        asked, bad = asked_state(base, chosen)
        asked = follow(atlas, asked, trigger, click)
        form, count = rows_after([row_of(**row) for row in rows], shown, trigger)
        if asked.ansicht == "suche":
            asked = replace(asked, screen=screen_text(form[:count], "oder" if first == "oder" else "und"))
        state, dropped = settle(asked, atlas)
        parts = page_parts(atlas, state, bad + dropped + incomplete(state, form[:count]))
        return parts | control_parts(atlas, state, chosen, trigger) | row_parts(atlas, state, form, count, trigger)


def _register_files(app: Dash, atlas: Atlas) -> None:
    def asked() -> Comparison:
        return settle(read_query(request.query_string.decode("utf-8", "replace"))[0], atlas)[0]

    @app.server.get("/ausgabe/vergleich.csv")
    def comparison_table() -> Response:
        state = asked()
        body = vergleich_view.csv_of(atlas, state, found_in(atlas, state))
        headers = {"Content-Disposition": f'attachment; filename="{vergleich_view.file_name(atlas, state)}"'}
        return Response(body, content_type="text/csv; charset=utf-8", headers=headers)

    @app.server.get("/vergleich.svg")
    def comparison_picture() -> Response:
        state = asked()
        return Response(vergleich_map.picture(atlas, state, found_in(atlas, state)), mimetype="image/svg+xml")
