"""Read in statistics: choose a file, say what it is where needed, see what would change, take over, take back."""

from __future__ import annotations

import base64
import binascii
import re
import tempfile
from pathlib import Path
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import current_app

from geodata import catalog, imports
from geodata.model import GeoDataError
from geodata.observations import territory_of
from geodata.sources.statistics import template
from geodata.store import FIGURE_COLUMNS, IDENTITY, Store
from layers.atlas import Atlas, build_atlas
from layers.keys import IndicatorKey
from layers.mapview import build_map_view
from layers.statistics import Statistics, build_statistics
from reports.map import draw_map
from views import live
from views.components import jobs, preview
from views.components.controls import LIST_SETTINGS
from views.components.panels import notice

TITLE, PATH = "Einlesen", "/einlesen"
MOST_BYTES = 60_000_000
STORE = "SPEICHER"  # key of the server's configuration
UNSAID = "datei"
NOT_YET = 0  # the number of an import that has not happened
NAME = re.compile(r"[^\w.,()+ -]")
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
            max_size=MOST_BYTES,
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


def _saved(content: str, name: str) -> Path:
    """Return the uploaded file in a folder of its own, or raise GeoDataError."""
    try:
        raw = base64.b64decode(content.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as error:
        raise GeoDataError("Die Datei ist nicht vollständig angekommen. Abhilfe: noch einmal wählen.") from error
    path = Path(tempfile.mkdtemp(prefix="einlesen-")) / (NAME.sub("_", Path(name).name)[-120:] or "datei")
    path.write_bytes(raw)
    return path


def _plan(path: Path, store: Store, atlas: Atlas, *, stand: str, indicator: str, mapping: dict[str, str]) -> Any:
    def work(job: jobs.Job) -> Any:
        job.report("Datei lesen", 0.1)
        columns = mapping
        if not columns and not imports.recognise(path):
            heads = template.read_heads(path)
            columns = store.remembered_columns(heads)
            if not columns:
                return preview.Unknown(path, heads, template.propose(heads))
        territory = territory_of(atlas.data)
        made = imports.plan(
            path, store, territory, mapping=columns or None, indicator=indicator, gebietsstand=stand, report=job.report
        )
        if mapping:
            store.remember_columns(template.read_heads(path), mapping)
        return preview.Prepared(made, _after(made, store, atlas))

    return work


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callbacks of the page."""

    @app.callback(
        Output("einlesen-auftrag", "data"),
        Output("einlesen-takt", "disabled"),
        Output("einlesen-datei", "data"),
        Output("einlesen-meldung", "children"),
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
        store = _store()
        if store is None:
            return no_update, True, no_update, notice("Es ist kein Speicher eingerichtet (SPEICHER).", "notiz-fehler")
        mapping = {i["kopf"]: v for i, v in zip(ids, values, strict=True) if v} if any(clicks or []) else {}
        if ctx.triggered_id == "einlesen-upload" and isinstance(content, str):
            try:
                file, mapping = str(_saved(content, str(name or "datei"))), {}
            except GeoDataError as error:
                return no_update, True, no_update, notice(str(error), "notiz-fehler")
        if not isinstance(file, str) or not _is_ours(file):
            return no_update, True, no_update, no_update
        state = "" if stand in (UNSAID, None) else str(stand)
        work = _plan(Path(file), store, atlas, stand=state, indicator=str(indicator or ""), mapping=mapping)
        return jobs.start(work).id, False, file, None

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
        return None, preview.report(job.result, str(key), names_of(atlas)), None, job.result.plan.changes.empty, True

    @app.callback(
        Output("einlesen-meldung", "children", allow_duplicate=True),
        Output("einlesen-verlauf", "children"),
        Output("einlesen-los", "disabled", allow_duplicate=True),
        Input("einlesen-los", "n_clicks"),
        Input("einlesen-zurueck", "n_clicks"),
        State("einlesen-auftrag", "data"),
        State("einlesen-trotzdem", "checked"),
        prevent_initial_call=True,
    )
    def change(_take: Any, _back: Any, key: Any, without_bad: Any) -> Any:
        store = _store()
        if store is None:
            return notice("Es ist kein Speicher eingerichtet (SPEICHER).", "notiz-fehler"), no_update, True
        try:
            said = _taken_back(store) if ctx.triggered_id == "einlesen-zurueck" else _taken(store, key, without_bad)
        except GeoDataError as error:
            return notice(str(error), "notiz-fehler"), no_update, False
        live.refresh(atlas, store, current_app.config["ZIELGRUPPE"])
        return notice(said, ""), preview.history(store), True


def _after(plan: imports.Plan, store: Store, atlas: Atlas) -> Statistics:
    """Return the statistics as they would be after an import."""
    planned = plan.changes[FIGURE_COLUMNS].assign(import_id=NOT_YET)
    figures = pd.concat([store.figures(), planned], ignore_index=True).drop_duplicates(IDENTITY, keep="last")
    return build_statistics(atlas.data, figures, territory_of(atlas.data), {}, "intern")


def preview_picture(atlas: Atlas, key: object, indicator: object) -> bytes | None:
    """Return the map of an indicator as it would be after the import that a job has planned; None without one."""
    job = jobs.find(key)
    if job is None or not isinstance(job.result, preview.Prepared) or indicator not in catalog.indicators():
        return None
    world = build_atlas(atlas.data, job.result.after)
    view = build_map_view.__wrapped__(world, "gemeinde", IndicatorKey(str(indicator)))
    return draw_map(world, view, None, kind="svg", frame=False)


def names_of(atlas: Atlas) -> dict[str, str]:
    """Return the name of every area that figures may be for, today's and former ones."""
    territory, data = territory_of(atlas.data), atlas.data
    former = dict(zip(territory.changes["from_ags"], territory.changes["from_name"], strict=True))
    return {**former, **data.gemeinden["name"].to_dict(), **data.kreis["name"].to_dict(), territory.land: "Land"}


def _is_ours(file: str) -> bool:
    """Return whether a path that a browser sent back is a file that was uploaded here."""
    path = Path(file)
    own = path.parent.name.startswith("einlesen-") and path.parent.parent == Path(tempfile.gettempdir())
    return own and path.is_file()


def _taken(store: Store, key: Any, without_bad: Any) -> str:
    job = jobs.find(key)
    if job is None or not isinstance(job.result, preview.Prepared):
        raise GeoDataError("Es ist keine geprüfte Datei da. Abhilfe: Datei noch einmal wählen.")
    plan = job.result.plan
    number = imports.apply(plan, store, without_bad=without_bad is True)
    return f"Übernommen: {plan.file}, {len(plan.changes)} Werte (Import {number})."


def _taken_back(store: Store) -> str:
    undone = store.undo_last()
    if undone is None:
        raise GeoDataError("Es gibt keinen Import, der zurückgenommen werden kann.")
    return f"Zurückgenommen: {undone.file}, {undone.rows} Werte. Was davor galt, gilt wieder."
