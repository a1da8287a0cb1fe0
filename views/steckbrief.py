"""The profile (Steckbrief) of a Gemeinde or Sozialraum: figures, facilities, ways, strengths and gaps on one page."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import Flask, Response, abort, request

from geodata import catalog
from geodata.model import GeoDataError
from layers.atlas import Atlas
from layers.portrait import LEVELS
from layers.portrait_build import Portrait, build_portrait
from reports.locator import draw_locator, locator_text
from views.components import panels, steckbrief_orte, steckbrief_saetze, steckbrief_speichern, steckbrief_zahlen
from views.components.controls import LEVEL_NAMES, LIST_SETTINGS, area_options
from views.components.query import to_query
from views.components.steckbrief_state import PortraitState, on_level, read_parts, read_query, settle
from views.components.steckbrief_teile import numbered, section

TITLE, PATH = "Steckbrief", "/steckbrief"
FIELDS = ("level", "area", "compare")
LEAD = "Eine Gemeinde oder ein Sozialraum auf zwei Seiten: Zahlen, Einrichtungen, Wege, Stärken und Lücken."
SIGNS = (
    "Zeichen: „geheim“ = die Zahl ist so klein, dass man auf Einzelne schließen könnte (gedruckt: Punkt); „k. A.“ = "
    "keine Angabe; „entfällt“ = nicht sinnvoll; (in Klammern) = unsicher. Eine Null steht nur, wo null gezählt wurde."
)
NO_MEASURES = (
    "Zu diesem Gebiet sind noch keine Handlungsempfehlungen oder Maßnahmen erfasst. Der beschlossene Text der "
    "Strategie liegt nicht vor; Beispiele werden hier nicht als Beschluss gezeigt."
)
INTERN = "Interne Ansicht: Diese Seite zeigt Zahlen, die öffentlich geheim sind. Ausdrucke nicht weitergeben."
PRINT_HINT = "Diese Seite lässt sich mit der Druckfunktion des Browsers (Strg+P) auf A4 drucken."


def field_id(field: str) -> str:
    """Return the id of the control for a field of PortraitState."""
    return f"steckbrief-{field}"


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    asked, bad = read_parts(parts)
    state, dropped = settle(asked, atlas)
    shown = page_parts(atlas, state, bad + dropped)
    return html.Div(
        [
            html.Div(
                [
                    html.H1(shown["titel"], id="steckbrief-titel"),
                    html.P(LEAD, className="lead"),
                    html.Div(shown["hinweise"], id="steckbrief-hinweise"),
                ],
                className="kopf",
            ),
            _choice(atlas, state),
            html.Div(shown["inhalt"], id="steckbrief-inhalt"),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite sb-seite",
    )


def _choice(atlas: Atlas, state: PortraitState) -> Component:
    known = catalog.districts().get(atlas.data.ags)
    names = {**LEVEL_NAMES, **(known.level_names if known else {}), **atlas.data.provenance.get("level_names", {})}
    levels = [dmc.Radio(label=names[level], value=level) for level in LEVELS]
    settings = {"searchable": True, "clearable": True, "nothingFoundMessage": "nichts gefunden", **LIST_SETTINGS}
    options = area_options(atlas, state.level)
    return html.Section(
        [
            dmc.RadioGroup(dmc.Group(levels, gap="md", mt=4), id=field_id("level"), label="Ebene", value=state.level),
            dmc.Select(id=field_id("area"), label="Gebiet", data=options, value=state.area or None,
                       placeholder="Gebiet wählen", **settings),
            dmc.Select(id=field_id("compare"), label="Vergleichen mit", data=options, value=state.compare or None,
                       placeholder="zweites Gebiet", **settings),
            html.Div(panels.copy_link(), className="werkzeuge"),
        ],
        className="card filterzeile sb-wahl",
        **{"aria-label": "Auswahl"},
    )  # fmt: skip


def page_parts(atlas: Atlas, state: PortraitState, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the state."""
    name = str(atlas.areas(state.level).loc[state.area, "name"]) if state.area else ""
    options = area_options(atlas, state.level)
    secret = state.area and steckbrief_speichern.plans_here() and steckbrief_speichern.hidden_here(atlas, state)
    return {
        "titel": f"Steckbrief: {name}" if name else "Steckbrief",
        "hinweise": panels.notices([*notices, *([INTERN] if secret else [])]),
        "inhalt": _profile(atlas, state) if state.area else _all_areas(atlas),
        "adresse": to_query(state),
        "gebiete": options,
        "vergleiche": options,
        "ebene": state.level,
        "gebiet": state.area or None,
        "vergleich": state.compare or None,
    }


def _all_areas(atlas: Atlas) -> list[Component]:
    """Return links to all profiles, shown until an area is chosen."""
    parts: list[Component] = [html.P("Ein Gebiet oben wählen, oder hier:")]
    for level in LEVELS:
        links = [
            html.Li(dcc.Link(option["label"], href=f"{PATH}?{to_query(PortraitState(level, option['value']))}"))
            for option in area_options(atlas, level)
        ]
        title = "Gemeinden" if level == "gemeinde" else "Sozialräume"
        parts += [html.H2(title), html.Ul(links, className="sb-gebiete")]
    return [html.Section(parts, className="card", **{"aria-label": "Alle Gebiete"})]


def _profile(atlas: Atlas, state: PortraitState) -> list[Component]:
    portrait = portrait_here(atlas, state)
    refs = numbered(portrait.sources)
    alt = locator_text(atlas, state.level, state.area, state.compare)
    said = html.Ul([html.Li(text) for text in portrait.summary], className="saetze sb-kurz")
    return [
        section("kurz", "Kurz gesagt", [said]),
        steckbrief_zahlen.head_section(portrait, state, refs, alt),
        steckbrief_zahlen.leading_section(portrait, refs),
        steckbrief_zahlen.age_section(portrait, refs),
        steckbrief_orte.stock_section(portrait, refs),
        steckbrief_orte.way_section(portrait, atlas, refs, (state.level, state.area)),
        section("saetze", "Stärken und Lücken", _statements(atlas, state)),
        section("massnahmen", "Maßnahmen", [html.P(NO_MEASURES)]),
        _sources(portrait, atlas),
    ]


def portrait_here(atlas: Atlas, state: PortraitState) -> Portrait:
    """Return the portrait of a state with what planners wrote."""
    saved = steckbrief_speichern.saved_sentences(state)
    return build_portrait(atlas, state.level, state.area, state.compare, saved)


def _statements(atlas: Atlas, state: PortraitState) -> list[Component]:
    shown = html.Div(sentences(atlas, state), id={"typ": "satz-liste", "id": "liste"})
    return [shown, html.Div(id={"typ": "satz-meldung", "id": "meldung"}, role="status", className="sb-meldung")]


def sentences(atlas: Atlas, state: PortraitState, *, editing: bool = False) -> list[Component]:
    """Return strengths and gaps, for planners with the form to change them (open while ``editing``)."""
    portrait, plans = portrait_here(atlas, state), steckbrief_speichern.plans_here()
    shown = steckbrief_saetze.lists(portrait, numbered(portrait.sources), plans=plans)
    if not plans:
        return shown
    if steckbrief_speichern.store_here() is None:
        return [*shown, html.P(steckbrief_saetze.NO_STORE, className="klein")]
    locked = steckbrief_speichern.locked_lines(portrait.lines, steckbrief_speichern.hidden_here(atlas, state))
    return [*shown, steckbrief_saetze.editor(portrait.lines, locked, editing=editing)]


def _sources(portrait: Portrait, atlas: Atlas) -> Component:
    items = [html.Li(source, id=f"quelle-{place}") for source, place in numbered(portrait.sources).items()]
    more = html.P(["Lizenzen und Dateien: ", dcc.Link("Quellen und Lizenzen", href="/daten#quellen"), ". ",
                   html.Span(PRINT_HINT, className="sb-nur-schirm")], className="klein")  # fmt: skip
    bounds = "; ".join(source.attribution for source in atlas.data.sources_of("boundaries"))
    state = (
        f"Gebietsstand {portrait.head.gebietsstand}. Grenzen: {bounds}. Eigene Berechnung, keine amtliche Statistik."
    )
    return section("quellen", "Quellen, Stand und Zeichen", [html.Ol(items), html.P(state), html.P(SIGNS), more])


OUTPUTS = {
    "titel": Output("steckbrief-titel", "children"),
    "hinweise": Output("steckbrief-hinweise", "children"),
    "inhalt": Output("steckbrief-inhalt", "children"),
    "adresse": Output("adresse", "data", allow_duplicate=True),
    "gebiete": Output(field_id("area"), "data"),
    "vergleiche": Output(field_id("compare"), "data"),
    "ebene": Output(field_id("level"), "value"),
    "gebiet": Output(field_id("area"), "value"),
    "vergleich": Output(field_id("compare"), "value"),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callbacks: choosing an area, and saving sentences."""

    @app.callback(
        output=OUTPUTS,
        inputs={"chosen": {field: Input(field_id(field), "value") for field in FIELDS}},
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any]) -> dict[str, Any]:
        asked, bad = read_parts({name: value for name, value in chosen.items() if value})
        if ctx.triggered_id == field_id("level"):
            asked = on_level(asked, asked.level, atlas)
        state, dropped = settle(asked, atlas)
        return page_parts(atlas, state, bad + dropped)

    @app.callback(
        Output({"typ": "satz-liste", "id": ALL}, "children"),
        Output({"typ": "satz-meldung", "id": ALL}, "children"),
        Input({"typ": "satz-speichern", "id": ALL}, "n_clicks"),
        *(State({"typ": f"satz-{kind}", "id": ALL}, part) for kind, part in FORM),
        State("adresse", "data"),
        prevent_initial_call=True,
    )
    def save(clicks: Any, *given: Any) -> Any:
        nothing = [[no_update for _ in found] for found in ctx.outputs_list]
        if not any(clicks or []):
            return nothing
        *values, query = given
        form = steckbrief_saetze.form_values(*zip(values[::2], values[1::2], strict=True))
        shown, said = saved(atlas, str(query or ""), form)
        return [shown], [said]


FORM = [
    (kind, part)
    for kind, value in (("text", "value"), ("art", "value"), ("weg", "checked"), ("regel", "checked"))
    for part in (value, "id")
]


def saved(atlas: Atlas, query: str, form: dict[str, dict[str, Any]]) -> tuple[Any, Component]:
    """Return the sentences after a form was saved and what to say; they stay as they are where it must not be."""
    state = settle(read_query(query)[0], atlas)[0]
    if not state.area:
        return no_update, panels.notice("Es ist kein Gebiet gewählt.", "notiz-fehler")
    try:
        hidden = steckbrief_speichern.hidden_here(atlas, state)
        said = steckbrief_speichern.save(state, portrait_here(atlas, state).lines, form, hidden)
    except GeoDataError as error:
        return no_update, panels.notice(str(error), "notiz-fehler")
    return sentences(atlas, state, editing=True), panels.notice(said, "")


def register_routes(server: Flask, atlas: Atlas) -> None:
    """Attach the picture of the location; 404 for an area that does not exist."""

    @server.get("/steckbrief/lage.svg")
    def locator() -> Response:
        state, _ = settle(read_query(request.query_string.decode("utf-8", "replace"))[0], atlas)
        if not state.area:
            abort(404)
        picture = Response(draw_locator(atlas, state.level, state.area, state.compare), mimetype="image/svg+xml")
        picture.headers["Cache-Control"] = "no-cache"
        picture.add_etag()
        return picture.make_conditional(request)
