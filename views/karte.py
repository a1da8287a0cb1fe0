"""The map page: one indicator on one level, by Handlungsfeld; the start page of the atlas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from layers.atlas import Atlas
from views.components import choices, controls, panels, thresholds
from views.components.controls import control_id
from views.components.mapconfig import map_config, search_focus, search_options
from views.components.mappage import page_parts, view_of
from views.selection import PARSERS, Selection, narrow, read_parts, settle, start_of

TITLE, PATH = "Karte", "/"
FIELDS = [field for field in PARSERS if field != "table"]


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL, complete before the first callback."""
    asked, bad = read_parts(parts) if parts else (start_of(atlas), [])
    selection, dropped = settle(asked, atlas)
    view = view_of(atlas, selection)
    shown = page_parts(atlas, view, selection, bad + dropped)
    return html.Div(
        [
            html.Div(
                [
                    html.H1(shown["titel"], id="titel"),
                    html.P(shown["kopfzeile"], id="kopfzeile", className="lead"),
                    html.Div(shown["hinweise"], id="hinweise"),
                ],
                className="kopf",
            ),
            html.Dl(shown["kennzahlen"], id="kennzahlen", className="kpis"),
            html.Div([_filters(atlas, selection), _map(atlas, shown), _right(shown)], className="raster"),
            html.Div(shown["tabelle"], id="tabelle"),
            dcc.Store(id="karte-inhalt", data=shown["inhalt"]),
            dcc.Store(id="karte-aufbau", data=map_config(atlas)),
            dcc.Store(id="karte-klick"),
            dcc.Store(id="karte-stand"),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite",
    )


def _filters(atlas: Atlas, selection: Selection) -> Component:
    # Open on a wide screen; the page script folds it on a phone.
    folded = html.Details(
        [html.Summary("Filter"), *controls.filter_column(atlas, selection)], open=True, className="klappe"
    )
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def _map(atlas: Atlas, shown: dict[str, Any]) -> Component:
    search = dmc.Select(
        id="suche",
        data=search_options(atlas),
        placeholder="Ort oder Einrichtung suchen",
        searchable=True,
        clearable=True,
        limit=20,
        nothingFoundMessage="nichts gefunden",
        className="suche",
        **{"aria-label": "Ort oder Einrichtung suchen"},
        **controls.LIST_SETTINGS,
    )
    legend = html.Div(shown["legende"], id="legende", className="legende", role="group", **{"aria-label": "Legende"})
    table = dmc.Switch(id=control_id("table"), label="Werte als Tabelle zeigen", checked=bool(shown["tabelle"]))
    return html.Div(
        [
            html.Div(
                [search, *panels.downloads(shown["ausgabe"], "ausgabe"), *panels.copy_link()],
                className="werkzeuge",
            ),
            html.A("Karte überspringen, weiter zur Rangliste", href="#rangliste", className="skip"),
            html.Section(
                [html.Div(id="karte", className="karte", **{"data-gebiete": "ja", "data-text": "kartentext"}), legend],
                className="karte-mitte",
                **{"aria-label": "Karte"},
            ),
            html.P(shown["text"], id="kartentext", className="nur-sr", role="status"),
            html.Div([html.P(shown["quelle"], id="quelle", className="klein"), table], className="karte-fuss"),
            html.Details(
                [
                    html.Summary("Wie ist das gerechnet, was ist zu beachten?"),
                    html.Div(shown["methode"], id="methode"),
                ]
            ),
        ],
        className="karte-spalte",
    )


def _right(shown: dict[str, Any]) -> Component:
    return html.Div(
        [
            html.Section(shown["steckbrief"], id="steckbrief", className="card steckbrief", **{"aria-label": "Gebiet"}),
            html.Section(
                [
                    html.H2("Rangliste", id="rangliste", tabIndex="-1"),
                    html.Div(
                        shown["rangliste"],
                        id="rang",
                        className="rang",
                        tabIndex="0",
                        role="region",
                        **{"aria-label": "Werte aller Gebiete"},
                    ),
                ],
                className="card",
                **{"aria-label": "Rangliste"},
            ),
        ],
        className="karte-rechts",
    )


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callbacks of the page."""
    app.clientside_callback(
        ClientsideFunction("atlas", "draw"),
        Output("karte-stand", "data"),
        Input("karte-inhalt", "data"),
        State("karte-aufbau", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "showAddress"),
        Output("adresse", "modified_timestamp"),
        Input("adresse", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("atlas", "copy"),
        Output("link-meldung", "children"),
        Input("link-kopieren", "n_clicks"),
        prevent_initial_call=True,
    )
    _register_update(app, atlas)


PAGE_OUTPUTS = {
    "titel": Output("titel", "children"),
    "kopfzeile": Output("kopfzeile", "children"),
    "hinweise": Output("hinweise", "children"),
    "kennzahlen": Output("kennzahlen", "children"),
    "legende": Output("legende", "children"),
    "text": Output("kartentext", "children"),
    "quelle": Output("quelle", "children"),
    "methode": Output("methode", "children"),
    "steckbrief": Output("steckbrief", "children"),
    "rangliste": Output("rang", "children"),
    "tabelle": Output("tabelle", "children"),
    "ausgabe": Output("ausgabe", "children"),
    "inhalt": Output("karte-inhalt", "data"),
    "adresse": Output("adresse", "data"),
}
OPTION_OUTPUTS = {
    "frage": Output("frage", "children"),
    "indicator_options": Output(control_id("indicator"), "data"),
    "category_options": Output(control_id("category"), "data"),
    "categories_options": Output(control_id("categories"), "data"),
    "area_options": Output(control_id("area"), "data"),
    "compare_options": Output(control_id("compare"), "data"),
    "closed_options": Output(control_id("closed"), "data"),
}
CONTROL_OUTPUTS = {
    "indicator": Output(control_id("indicator"), "value"),
    "category": Output(control_id("category"), "value"),
    "mode": Output(control_id("mode"), "value"),
    "threshold": Output(control_id("threshold"), "value"),
    "period": Output(control_id("period"), "value"),
    "period_options": Output(control_id("period"), "data"),
    "area": Output(control_id("area"), "value"),
    "compare": Output(control_id("compare"), "value"),
    "closed": Output(control_id("closed"), "value"),
    "opened": Output(control_id("opened"), "value"),
    "style_scenario": Output("feld-szenario", "style"),
    "threshold_text": Output("schwelle-text", "children"),
    **{name: Output(control_id("threshold"), name) for name in ("min", "max", "step", "marks", "restrictToMarks")},
    **{f"style_{name}": Output(f"feld-{name}", "style") for name in ("category", "mode", "threshold", "period")},
}


def _register_update(app: Dash, atlas: Atlas) -> None:
    @app.callback(
        output={**PAGE_OUTPUTS, **CONTROL_OUTPUTS, **OPTION_OUTPUTS},
        inputs={
            "chosen": {field: Input(control_id(field), "value") for field in FIELDS},
            "table": Input(control_id("table"), "checked"),
            "search": Input("suche", "value"),
            "click": Input("karte-klick", "data"),
        },
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any], table: Any, search: Any, click: Any) -> dict[str, Any]:
        period = "" if chosen.get("period") == controls.NEWEST else chosen.get("period")
        asked, bad = read_parts({**chosen, "period": period, "table": "ja" if table is True else ""})
        asked = follow(atlas, asked, str(ctx.triggered_id), click)
        selection, dropped = settle(asked, atlas)
        view = view_of(atlas, selection)
        parts = page_parts(atlas, view, selection, bad + dropped)
        if ctx.triggered_id == "suche":
            parts["inhalt"]["focus"] = search_focus(atlas, search)
        trigger = str(ctx.triggered_id)
        unchanged = dict.fromkeys(CONTROL_OUTPUTS | OPTION_OUTPUTS, no_update)
        controls_now = control_parts(atlas, selection, chosen, trigger)
        return parts | unchanged | controls_now | option_parts(atlas, selection, trigger)


def follow(atlas: Atlas, asked: Selection, trigger: str, click: Any) -> Selection:
    """Return what the reader means by the control that was moved.

    A click chooses (or leaves) an area; a new level takes the area along; a new Handlungsfeld takes what belongs to
    it; a new indicator, category or mode starts at its own threshold.
    """
    if trigger == "karte-klick" and isinstance(click, dict):
        area = str(click.get("id", ""))
        known = area in atlas.areas(asked.level).index
        return replace(asked, area="" if area == asked.area or not known else area)
    if trigger == control_id("handlungsfeld"):
        return narrow(asked)
    if trigger in {control_id(name) for name in ("indicator", "category", "mode")}:
        return replace(asked, threshold=0)
    if trigger == control_id("level"):
        return replace(
            asked,
            area=area_on(atlas, asked.area, asked.level),
            compare=area_on(atlas, asked.compare, asked.level),
        )
    return asked


def area_on(atlas: Atlas, area: str, level: str) -> str:
    """Return the area of ``level`` that ``area`` lies in, the same area where it stays, else nothing."""
    if area in atlas.areas(level).index:
        return area
    if level == "sozialraum" and area in atlas.data.gemeinden.index:
        return str(atlas.data.gemeinden.at[area, "sozialraum"])
    return ""


def option_parts(atlas: Atlas, selection: Selection, trigger: str) -> dict[str, Any]:
    """Return the choices that depend on the control that was moved; they must come together with their values."""
    parts: dict[str, Any] = {}
    if trigger == control_id("handlungsfeld"):
        categories = controls.category_options(atlas, selection.handlungsfeld)
        parts["frage"] = controls.field_question(selection.handlungsfeld)
        parts["indicator_options"] = controls.indicator_options(atlas, selection.handlungsfeld)
        parts["category_options"] = parts["categories_options"] = categories
    if trigger in {control_id(name) for name in ("handlungsfeld", "indicator", "category")}:
        parts["closed_options"] = choices.closable_options(atlas, selection.category)
    if trigger == control_id("level"):
        parts["area_options"] = parts["compare_options"] = controls.area_options(atlas, selection.level)
    return parts


def control_parts(atlas: Atlas, selection: Selection, chosen: dict[str, Any], trigger: str) -> dict[str, Any]:
    """Return values of the controls that depend on others; what is already right is not sent again."""
    used = controls.needs(selection) | {"period": bool(atlas.periods(selection.key))}
    wanted: dict[str, Any] = {
        "indicator": selection.indicator,
        "category": selection.category or None,
        "mode": selection.mode or chosen.get("mode"),
        "threshold": selection.threshold or chosen.get("threshold"),
        "period": selection.period or controls.NEWEST,
        "area": selection.area or None,
        "compare": selection.compare or None,
        "closed": list(selection.closed),
        "opened": list(selection.opened),
    }
    values = {name: no_update if value == chosen.get(name) else value for name, value in wanted.items()}
    return values | (look_parts(atlas, selection, used) if trigger in LOOK_TRIGGERS else {})


def look_parts(atlas: Atlas, selection: Selection, used: dict[str, bool]) -> dict[str, Any]:
    """Return which controls the indicator needs and how the threshold slider looks for it."""
    slider = thresholds.threshold_props(selection) if used["threshold"] else {}
    styles = {f"style_{name}": controls.shown_if(used[name]) for name in used}
    styles["style_scenario"] = controls.shown_if(used["category"])
    text = thresholds.threshold_text(selection) if used["threshold"] else no_update
    options = controls.period_options(atlas, selection) if used["period"] else no_update
    return slider | styles | {"threshold_text": text, "period_options": options}


LOOK_TRIGGERS = {control_id(name) for name in ("handlungsfeld", "indicator", "category", "mode", "threshold")}
