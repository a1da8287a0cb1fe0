"""The Bestand: every recorded facility on a map and in a table, with its source and what it lacks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import Dash, Input, Output, ctx, dcc, html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.german import number
from layers.register import PRECISION_WORDS
from views.components import facilities, panels
from views.components.controls import LIST_SETTINGS, category_options
from views.components.mapconfig import area_values, map_config
from views.filter import WHEELCHAIR, Filter, chosen_rows, read_parts, read_query, to_query
from views.selection import ALL_FIELDS

TITLE, PATH = "Einrichtungen", "/einrichtungen"
PAGE_ROWS = 50
ALL = "alle"  # a Select cannot hold an empty value
FIELDS = ("handlungsfeld", "categories", "ags", "operator", "wheelchair", "precision", "search", "page")
EXPORTS = {"csv": "CSV", "xlsx": "Excel", "gpkg": "GeoPackage (QGIS)"}


def field_id(field: str) -> str:
    """Return the id of the control for a field of Filter."""
    return f"filter-{field}"


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page for the parts of the URL."""
    chosen, bad = read_parts(parts)
    shown = page_parts(atlas, chosen, bad)
    return html.Div(
        [
            html.Div(
                [
                    html.H1("Einrichtungen: der erfasste Bestand"),
                    html.P(shown["zahl"], id="bestand-zahl", className="lead", role="status"),
                    html.Div(shown["hinweise"], id="bestand-hinweise"),
                ],
                className="kopf",
            ),
            html.Div([_filters(atlas, chosen), _map_card(atlas, shown), _side(shown)], className="raster"),
            html.Section(
                [
                    html.Div(
                        shown["tabelle"],
                        id="bestand-tabelle",
                        className="tab-rahmen",
                        tabIndex="0",
                        role="region",
                        **{"aria-label": "Einrichtungen"},
                    ),
                    dmc.Pagination(
                        id=field_id("page"),
                        total=shown["seiten"],
                        value=shown["seite"],
                        withControls=False,
                        mt="md",
                    ),
                ],
                className="card",
                **{"aria-label": "Tabelle der Einrichtungen"},
            ),
            dcc.Store(id="karte-inhalt", data=shown["inhalt"]),
            dcc.Store(id="karte-aufbau", data=map_config(atlas)),
            dcc.Store(id="karte-punkt", data={"id": chosen.facility} if chosen.facility else None),
            dcc.Store(id="karte-stand"),
            dcc.Store(id="adresse", data=shown["adresse"]),
        ],
        className="seite",
    )


def _filters(atlas: Atlas, chosen: Filter) -> Component:
    fields = [{"value": f.code, "label": f.name} for f in catalog.handlungsfelder().values()]
    known = known_values(atlas)
    folded = html.Details(
        [
            html.Summary("Filter"),
            dmc.TextInput(id=field_id("search"), label="Suche", value=chosen.search, debounce=300, mb="sm",
                          placeholder="Name, Ort, Straße, Träger"),
            _select("handlungsfeld", "Handlungsfeld", fields, chosen.handlungsfeld),
            dmc.MultiSelect(id=field_id("categories"), label="Einrichtungsart",
                            data=category_options(atlas, ALL_FIELDS), value=list(chosen.categories),
                            searchable=True, clearable=True, mb="sm", placeholder="alle ohne Haltestellen",
                            **LIST_SETTINGS),
            _select("ags", "Gemeinde", _options(known["ags"]), chosen.ags),
            _select("operator", "Träger", _options(known["operator"]), chosen.operator),
            _select("wheelchair", "Stufenlos", _options(WHEELCHAIR), chosen.wheelchair),
            _select("precision", "Genauigkeit der Lage", _options(PRECISION_WORDS), chosen.precision),
        ],
        open=True,
        className="klappe",
    )  # fmt: skip
    return html.Section(folded, className="card karte-filter", **{"aria-label": "Filter"})


def _options(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"value": key, "label": name} for key, name in names.items() if key]


def _select(field: str, label: str, data: list[dict[str, str]], value: str) -> Component:
    return dmc.Select(
        id=field_id(field),
        label=label,
        data=[{"value": ALL, "label": "alle"}, *data],
        value=value or ALL,
        searchable=True,
        allowDeselect=False,
        mb="sm",
        nothingFoundMessage="nichts gefunden",
        **LIST_SETTINGS,
    )


def _map_card(atlas: Atlas, shown: dict[str, Any]) -> Component:
    note = "Ein Punkt heißt nicht, dass dort das Gebäude steht: die Spalte „Lage“ nennt die Genauigkeit."
    tools = [*panels.downloads(shown["ausgabe"], "bestand-ausgabe"), *panels.copy_link()]
    return html.Div(
        [
            html.Div(tools, className="werkzeuge"),
            html.Section(
                html.Div(id="karte", className="karte", **{"data-punkte": "ja", "data-text": "bestand-zahl"}),
                className="karte-mitte",
                **{"aria-label": "Karte der Einrichtungen"},
            ),
            html.P(note, className="klein"),
        ],
        className="karte-spalte",
    )


def _side(shown: dict[str, Any]) -> Component:
    return html.Div(
        [
            html.Section(shown["eintrag"], id="bestand-eintrag", className="card", **{"aria-label": "Eintrag"}),
            html.Section(shown["arten"], id="bestand-arten", className="card", **{"aria-label": "Vollständigkeit"}),
        ],
        className="karte-rechts",
    )


def page_parts(atlas: Atlas, chosen: Filter, notices: list[str]) -> dict[str, Any]:
    """Return everything on the page that depends on the filter."""
    chosen, unknown = known_parts(atlas, chosen)
    rows = _kept_rows(atlas, replace(chosen, facility="", page=1))
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    page = min(chosen.page, pages)
    if page < chosen.page:
        unknown.append(f"Seite {chosen.page} gibt es nicht; gezeigt wird Seite {page}.")
    query = to_query(replace(chosen, page=page))
    return {
        "zahl": f"{number(len(rows))} Einrichtungen. Was hier fehlt, kann es trotzdem geben: "
        "der Bestand ist keine vollständige Liste.",
        "hinweise": panels.notices(notices + unknown),
        "tabelle": facilities.facility_table(atlas, rows.iloc[(page - 1) * PAGE_ROWS : page * PAGE_ROWS], page, pages),
        "seiten": pages,
        "seite": page,
        "arten": facilities.completeness(atlas, rows),
        "eintrag": facilities.entry(atlas, chosen.facility),
        "ausgabe": [
            html.A(name, href=f"/ausgabe/einrichtungen.{e}?{query}", download="") for e, name in EXPORTS.items()
        ],
        "inhalt": _payload(atlas, rows, query),
        "adresse": query,
    }


def known_parts(atlas: Atlas, chosen: Filter) -> tuple[Filter, list[str]]:
    """Return the filter without a Gemeinde, Träger or entry that the data do not know, and a notice for each."""
    notices = []
    for name, values in known_values(atlas).items():
        value = getattr(chosen, name)
        if value and value not in values:
            notices.append(f"{UNKNOWN[name]} „{value[:40]}“ gibt es nicht; die Angabe wurde weggelassen.")
            chosen = replace(chosen, **{name: ""})
    return chosen, notices


UNKNOWN = {"ags": "Die Gemeinde", "operator": "Den Träger", "facility": "Den Eintrag"}


@lru_cache(maxsize=2)
def known_values(atlas: Atlas) -> dict[str, dict[str, str]]:
    """Return every Gemeinde, Träger and entry in the Kreis with its name, sorted by name. Kept: do not change it."""
    inside = atlas.inputs.facilities[atlas.inputs.facilities["inside"]]
    return {
        "ags": atlas.areas("gemeinde")["name"].sort_values().to_dict(),
        "operator": {name: name for name in sorted(inside["operator"].unique())},
        "facility": inside["name"].sort_values().to_dict(),
    }


@lru_cache(maxsize=4)
def _kept_rows(atlas: Atlas, chosen: Filter) -> pd.DataFrame:
    """Return the rows that fit; turning a page or opening an entry asks for the same ones again."""
    return chosen_rows(pd.DataFrame(atlas.inputs.facilities), chosen)


def _payload(atlas: Atlas, rows: pd.DataFrame, query: str) -> dict[str, Any]:
    area = atlas.areas("gemeinde")
    counts = rows["ags"].value_counts().reindex(area.index, fill_value=0)
    return {
        "key": f"bestand?{query}",
        "level": "gemeinde",
        **area_values(
            ["#cfdcf0"], [0] * len(area), [f"{number(count)} Einrichtungen in dieser Auswahl" for count in counts]
        ),
        "selected": None,
        "compare": None,
        "points": {"ids": rows.index.tolist()},
        "focus": None,
        "svg": "/karte.svg?indicator=BEV01&handlungsfeld=ALLE",
    }


OUTPUTS = {
    "zahl": Output("bestand-zahl", "children"),
    "hinweise": Output("bestand-hinweise", "children"),
    "tabelle": Output("bestand-tabelle", "children"),
    "seiten": Output(field_id("page"), "total"),
    "seite": Output(field_id("page"), "value"),
    "arten": Output("bestand-arten", "children"),
    "eintrag": Output("bestand-eintrag", "children"),
    "ausgabe": Output("bestand-ausgabe", "children"),
    "inhalt": Output("karte-inhalt", "data", allow_duplicate=True),
    "adresse": Output("adresse", "data", allow_duplicate=True),
}


def register(app: Dash, atlas: Atlas) -> None:
    """Attach the callback of the page; map and address use the same client functions as the map page."""

    @app.callback(
        output=OUTPUTS,
        inputs={
            "chosen": {field: Input(field_id(field), "value") for field in FIELDS},
            "point": Input("karte-punkt", "data"),
        },
        prevent_initial_call=True,
    )
    def update(chosen: dict[str, Any], point: Any) -> dict[str, Any]:
        parts = {name: "" if value == ALL else value for name, value in chosen.items()}
        if ctx.triggered_id not in (field_id("page"), "karte-punkt"):
            parts["page"] = 1
        if isinstance(point, dict):
            parts["facility"] = str(point.get("id", ""))
        return page_parts(atlas, *read_parts(parts))


def exported_rows(atlas: Atlas, query: str) -> pd.DataFrame:
    """Return the rows that a download of this query holds."""
    return chosen_rows(atlas.data.facilities, read_query(query)[0])
