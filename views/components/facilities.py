"""The Bestand in words: table, one entry, completeness of the shown categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from geodata import catalog
from geodata.catalog import Source
from layers.atlas import Atlas
from layers.fragility import dependence_text
from layers.german import number
from layers.register import PRECISION_WORDS, WHEELCHAIR_WORDS, lacking
from views.components import panels, reach
from views.components.plain import Element, element
from views.components.words import JUDGEMENTS

COLUMNS = (
    "Name",
    "Art",
    "Gemeinde und Anschrift",
    "Träger",
    "Kapazität",
    "Stufenlos",
    "Lage",
    "Quelle",
    "Es fehlt",
)


def facility_table(atlas: Atlas, rows: pd.DataFrame, page: int, pages: int) -> Component:
    """Return one page of facilities with source and gaps per row, or a notice where nothing fits."""
    if rows.empty:
        return panels.notice("Keine Einrichtung passt zu diesem Filter. Weniger Bedingungen wählen.", "notiz")
    names = atlas.areas("gemeinde")["name"].to_dict()
    body = [element("Tr", _cells(row, names, atlas.data.sources)) for row in _records(rows)]
    head = html.Tr([html.Th(title, scope="col") for title in COLUMNS])
    caption = html.Caption(f"Seite {page} von {pages}")
    return html.Table([caption, html.Thead(head), html.Tbody(body)], className="tab")


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    # pandas' own to_dict("records") takes five times as long
    columns = {"id": rows.index.tolist()} | {name: rows[name].tolist() for name in rows.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def _cells(row: Mapping[str, Any], names: Mapping[str, str], known: Mapping[str, Source]) -> list[Element]:
    address = ", ".join(part for part in (row["street"], f"{row['plz']} {row['place']}".strip()) if part)
    capacity = "" if pd.isna(row["capacity"]) else f"{number(row['capacity'])} {row['capacity_unit']}"
    check = [" ", panels.badge("prüfen", "unvollstaendig")] if row["check"] else []
    button = element("Button", row["name"], type="button", **{"data-facility": row["id"]})
    return [
        element("Th", [button, *check], scope="row"),
        element("Td", catalog.categories()[row["category"]].name + (" (Bahnhof)" if row["kind"] == "bahnhof" else "")),
        element("Td", [names.get(row["ags"], ""), element("Br"), element("Small", address)]),
        element("Td", row["operator"]),
        element("Td", capacity),
        element("Td", WHEELCHAIR_WORDS[row["wheelchair"]]),
        element("Td", PRECISION_WORDS[row["precision"]]),
        element("Td", [*source_links(row["source"], known), " ", element("Small", seen_text(row))]),
        element("Td", ", ".join(lacking(row))),
    ]


def source_links(source: str, known: Mapping[str, Source]) -> list[Component | Element | str]:
    """Return one link per source of a row: the own list of sources, or the page with its host as name."""
    links: list[Component | Element | str] = []
    for part in source.split():
        if part in known:
            links.append(dcc.Link(known[part].title, href="/daten#quellen"))
        else:
            host = urlsplit(part).netloc.removeprefix("www.") or part
            links.append(
                element(
                    "A",
                    host,
                    href=part,
                    rel="noopener noreferrer",
                    target="_blank",
                    title="öffnet eine fremde Seite",
                )
            )
        links.append(" ")
    return links[:-1]


def seen_text(row: Mapping[str, Any]) -> str:
    """Return the year of the source, with a mark where it is a guess."""
    if not row["seen"]:
        return "(ohne Jahr)"
    year = str(row["seen"])[:4]
    return f"({year}, geschätzt)" if row["seen_estimated"] else f"({year})"


def completeness(atlas: Atlas, rows: pd.DataFrame) -> list[Component]:
    """Return how complete the shown categories are and which file would complete them."""
    items = []
    for key, count in rows["category"].value_counts().items():
        category = atlas.categories[str(key)]
        done = category.completeness
        word, kind = JUDGEMENTS[done.judgement]
        text = f" {number(count)} gezeigt. {done.note}"
        if done.judgement != "ausreichend":
            text += f" Vollständig würde der Bestand durch: {done.missing_source}"
        items.append(element("Li", [element("B", f"{category.name} "), panels.badge(word, kind), text]))
    summary = html.Summary(f"Wie vollständig ist das? ({len(items)} Arten)")
    return [html.Details([summary, html.Ul(items, className="vollstaendigkeit")], className="klappe")]


def entry(atlas: Atlas, facility: str) -> list[Component]:
    """Return the chosen facility in full."""
    rows = atlas.data.facilities
    if facility not in rows.index:
        return [
            html.H2("Eintrag"),
            html.P("Einen Punkt auf der Karte oder einen Namen in der Tabelle wählen.", className="klein"),
        ]
    row = _records(rows.loc[[facility]])[0]
    names = atlas.areas("gemeinde")["name"].to_dict()
    titles = COLUMNS[1:]
    cells = _cells(row, names, atlas.data.sources)[1:]
    pairs = [[html.Dt(title), html.Dd(cell["props"]["children"])] for title, cell in zip(titles, cells, strict=True)]
    more = {"Bemerkung": row["note"], "Wer hängt daran": dependence_text(atlas.inputs, facility)}
    pairs += [[html.Dt(title), html.Dd(text)] for title, text in more.items() if text]
    facts = html.Dl([part for pair in pairs for part in pair], className="eintrag")
    return [html.H2(row["name"]), facts, *reach.facility_links(atlas, facility)]
