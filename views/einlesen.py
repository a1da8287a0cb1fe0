"""Read in statistics: choose a file, say what it is where needed, see what would change, take over, take back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import current_app

from geodata import catalog, imports
from geodata.model import GeoDataError
from geodata.observations import territory_of
from geodata.sources.statistics import template
from geodata.sources.statistics.plain_table import read_heads
from geodata.store import Store
from layers.atlas import Atlas, build_atlas
from layers.keys import IndicatorKey
from layers.mapview import build_map_view
from reports.map import draw_map
from views import live
from views.components import jobs, preview, uploads
from views.components.controls import LIST_SETTINGS
from views.components.panels import notice

TITLE, PATH = "Einlesen", "/einlesen"
STORE = "SPEICHER"  # key of the server's configuration
UNSAID = "datei"
CHANGING = Lock()  # two clicks are two imports one after the other, and the second one finds nothing new
HELP = (
    "Gelesen werden Dateien der Regionalstatistik (GENESIS), von INKAR, der Bundesagentur für Arbeit, des Zensus, des "
    "Landesamts, das Gemeindeverzeichnis, der GISD und jede Tabelle mit Gemeindeschlüssel (CSV oder Excel)."
)


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page; what was read in before comes from the store."""
    return html.Div(
        [
            html.Div([html.H1(TITLE), html.P(HELP, className="lead")], className="kopf"),
            dcc.Store(id="einlesen-datei"),
            dcc.Store(id="einlesen-auftrag"),
            dcc.Interval(id="einlesen-takt", interval=300, disabled=True),
            html.Section(_choice(atlas), className="card"),
            html.Section(
                [
                    html.H2("2. Prüfen", tabIndex="-1"),
                    html.Div(id="einlesen-fortschritt", role="status"),
                    html.Div("Noch keine Datei gewählt.", id="einlesen-bericht"),
                    html.Div(id="einlesen-spalten"),
                ],
                className="card",
                **{"aria-label": "Prüfen"},
            ),
            html.Section(_take_over(), className="card", **{"aria-label": "Übernehmen"}),
            html.Section(
                [
                    html.H2("Bisher eingelesen"),
                    html.Div(id="einlesen-meldung", role="status"),
                    html.Div(preview.history(_store()), id="einlesen-verlauf"),
                    html.Button("Letzten Import zurücknehmen", id="einlesen-zurueck", className="knopf", type="button"),
                ],
                className="card",
                **{"aria-label": "Bisher eingelesen"},
            ),
        ],
        className="seite text",
    )


def _choice(atlas: Atlas) -> list[Component]:
    days = preview.state_options(territory_of(atlas.data))
    choices = [{"value": UNSAID, "label": "wie in der Datei, sonst nach den Jahren"}, *days]
    known = [
        {"value": key, "label": f"{indicator.name} ({key})"}
        for key, indicator in catalog.indicators().items()
        if indicator.count or not indicator.formula
    ]
    return [
        html.H2("1. Datei wählen"),
        dcc.Upload(
            html.Button("Datei wählen oder hierher ziehen", className="knopf", type="button"),
            id="einlesen-upload",
            max_size=uploads.MOST_BYTES,
            className="ablage",
        ),
        dmc.Select(
            id="einlesen-stand", label="Gebietsstand der Zahlen", data=choices, value=UNSAID, allowDeselect=False,
            description="Für welche Gemeinden gelten die Zahlen? Nur ändern, wenn die Datei es nicht selbst sagt.",
            mt="md", maw=560, **LIST_SETTINGS,
        ),
        dmc.Select(
            id="einlesen-kennzahl", label="Kennzahl der Zeilen (nur für eigene Tabellen ohne diese Spalte)", data=known,
            clearable=True, searchable=True, mt="sm", maw=560, **LIST_SETTINGS,
        ),
        html.P(html.A("Vorlage herunterladen (CSV)", href="/ausgabe/vorlage.csv", download=""), className="klein"),
    ]  # fmt: skip


def _take_over() -> list[Component]:
    return [
        html.H2("3. Übernehmen"),
        dmc.Checkbox(id="einlesen-trotzdem", label="Zeilen mit Fehlern weglassen und den Rest übernehmen", mb="sm"),
        html.Button("Übernehmen", id="einlesen-los", className="knopf haupt", type="button", disabled=True),
    ]


def _store() -> Store | None:
    found = current_app.config.get(STORE)
    return found if isinstance(found, Store) else None


def _plan(path: Path, store: Store, atlas: Atlas, *, stand: str, indicator: str, mapping: dict[str, str]) -> Any:
    def work(job: jobs.Job) -> Any:
        job.report("Datei lesen", 0.1)
        said = _columns(path, store, mapping)
        if said and not said.told:
            return said
        columns = said.told if said else None
        options = {"mapping": columns, "indicator": indicator, "gebietsstand": stand, "report": job.report}
        try:
            made = imports.plan(path, store, territory_of(atlas.data), **options)
        except GeoDataError as error:
            if said is None:
                raise
            return replace(said, error=str(error))
        if said:
            store.remember_columns(said.heads, said.told)
        return preview.Prepared(made, preview.after(made, store, atlas.data), said)

    return work


def _columns(path: Path, store: Store, mapping: dict[str, str]) -> preview.Unknown | None:
    """Return what the columns of a table mean, as just told or as remembered; None for a file that needs no telling."""
    if not path.is_file():
        raise GeoDataError("Die Datei ist nicht mehr da. Abhilfe: noch einmal wählen.")
    if not mapping and imports.recognise(path):
        return None
    heads = read_heads(path)
    told = mapping or store.remembered_columns(heads)
    return preview.Unknown(path, heads, told or template.propose(heads), told)


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callbacks of the page."""
    _register_check(app, atlas)
    _register_report(app, atlas)
    _register_change(app, atlas)


def _register_check(app: Dash, atlas: Atlas) -> None:
    @app.callback(
        Output("einlesen-auftrag", "data"),
        Output("einlesen-takt", "disabled"),
        Output("einlesen-datei", "data"),
        Output("einlesen-meldung", "children"),
        Output("einlesen-upload", "contents"),
        Output("einlesen-trotzdem", "checked"),
        Input("einlesen-upload", "contents"),
        Input("einlesen-stand", "value"),
        Input("einlesen-kennzahl", "value"),
        Input({"typ": "spalten-los", "n": ALL}, "n_clicks"),
        State("einlesen-upload", "filename"),
        State("einlesen-datei", "data"),
        State({"typ": "spalte", "kopf": ALL}, "value"),
        State({"typ": "spalte", "kopf": ALL}, "id"),
        prevent_initial_call=True,
    )
    def begin(
        content: Any, stand: Any, indicator: Any, clicks: Any, name: Any, file: Any, values: Any, ids: Any
    ) -> Any:
        store, uploaded = _store(), ctx.triggered_id == "einlesen-upload"
        if store is None:
            return _nothing_begun("Es ist kein Speicher eingerichtet (SPEICHER).")
        if isinstance(ctx.triggered_id, dict) and not any(clicks or []):
            return _nothing_begun()  # the form came or went, nobody clicked
        told = zip(ids, values, strict=False) if isinstance(ctx.triggered_id, dict) else ()
        mapping = {str(key.get("kopf")): v for key, v in told if isinstance(key, dict) and isinstance(v, str) and v}
        if uploaded and isinstance(content, str):
            try:
                file = _replaced(file, content, str(name or "datei"))
            except GeoDataError as error:
                return _nothing_begun(str(error))
        if (path := uploads.find(file)) is None:
            return _nothing_begun()
        state = "" if stand in (UNSAID, None) else str(stand)
        work = _plan(path, store, atlas, stand=state, indicator=str(indicator or ""), mapping=mapping)
        return jobs.start(work).id, False, file, None, None, False if uploaded else no_update


def _register_report(app: Dash, atlas: Atlas) -> None:
    @app.callback(
        Output("einlesen-fortschritt", "children"),
        Output("einlesen-bericht", "children"),
        Output("einlesen-spalten", "children"),
        Output("einlesen-los", "disabled"),
        Output("einlesen-takt", "disabled", allow_duplicate=True),
        Input("einlesen-takt", "n_intervals"),
        State("einlesen-auftrag", "data"),
        prevent_initial_call=True,
    )
    def follow(_: Any, key: Any) -> Any:
        job = jobs.find(key)
        if job is None:
            return None, no_update, no_update, True, True
        if not job.done:
            return preview.progress(job), no_update, no_update, True, False
        if job.error:
            return None, notice(job.error, "notiz-fehler"), None, True, True
        if isinstance(job.result, preview.Unknown):
            return None, preview.unknown_text(job.result), preview.column_form(job.result), True, True
        found: preview.Prepared = job.result
        form = preview.column_form(found.columns) if found.columns else None
        report = preview.report(found, str(key), preview.names_of(atlas.data))
        return None, report, form, found.plan.changes.empty, True


def _register_change(app: Dash, atlas: Atlas) -> None:
    @app.callback(
        Output("einlesen-meldung", "children", allow_duplicate=True),
        Output("einlesen-verlauf", "children"),
        Output("einlesen-los", "disabled", allow_duplicate=True),
        Input("einlesen-los", "n_clicks"),
        Input("einlesen-zurueck", "n_clicks"),
        State("einlesen-auftrag", "data"),
        State("einlesen-trotzdem", "checked"),
        State("einlesen-datei", "data"),
        prevent_initial_call=True,
    )
    def change(_take: Any, _back: Any, key: Any, without_bad: Any, file: Any) -> Any:
        store, takes_back = _store(), ctx.triggered_id == "einlesen-zurueck"
        if store is None:
            return notice("Es ist kein Speicher eingerichtet (SPEICHER).", "notiz-fehler"), no_update, True
        try:
            with CHANGING:
                said = _taken_back(store) if takes_back else _taken(store, key, without_bad)
                live.refresh(atlas, store, current_app.config["ZIELGRUPPE"])
                before = preview.history(store)
        except GeoDataError as error:
            return notice(str(error), "notiz-fehler"), no_update, no_update
        if not takes_back:
            uploads.drop(file)
        return notice(said, ""), before, True


def _nothing_begun(message: str = "") -> tuple[Any, ...]:
    said = notice(message, "notiz-fehler") if message else no_update
    return no_update, no_update, no_update, said, None, no_update


def _replaced(file: object, content: str, name: str) -> str:
    """Return the key of a new upload; the one before is removed."""
    key = uploads.keep(content, name)
    uploads.drop(file)
    return key


def preview_picture(atlas: Atlas, key: object, indicator: object) -> bytes | None:
    """Return the map of an indicator as it would be after the import that a job has planned; None without one."""
    job = jobs.find(key) if current_app.config.get("ZIELGRUPPE") == "intern" else None
    if job is None or not isinstance(job.result, preview.Prepared) or indicator not in catalog.indicators():
        return None
    world = build_atlas(atlas.data, job.result.after)
    view = build_map_view.__wrapped__(world, "gemeinde", IndicatorKey(str(indicator)))
    return draw_map(world, view, None, kind="svg", frame=False)


def _taken(store: Store, key: Any, without_bad: Any) -> str:
    job = jobs.find(key)
    if job is None or not isinstance(job.result, preview.Prepared):
        raise GeoDataError("Es ist keine geprüfte Datei da. Abhilfe: Datei noch einmal wählen.")
    number = imports.apply(job.result.plan, store, without_bad=without_bad is True)
    rows = next(done.rows for done in store.imports() if done.id == number)
    return f"Übernommen: {job.result.plan.file}, {rows} Werte (Import {number})."


def _taken_back(store: Store) -> str:
    undone = store.undo_last()
    if undone is None:
        raise GeoDataError("Es gibt keinen Import, der zurückgenommen werden kann.")
    return f"Zurückgenommen: {undone.file}, {undone.rows} Werte. Was davor galt, gilt wieder."
