"""The Bestand in words: table, one entry, completeness of the shown categories."""

from __future__ import annotations

from urllib.parse import urlsplit

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.german import number
from layers.register import PRECISION_WORDS, WHEELCHAIR_WORDS, lacking
from views.components import panels

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
    names = atlas.areas("gemeinde")["name"]
    body = [html.Tr(_cells(row, names)) for _, row in rows.iterrows()]
    head = html.Tr([html.Th(title, scope="col") for title in COLUMNS])
    caption = html.Caption(f"Seite {page} von {pages}")
    return html.Table([caption, html.Thead(head), html.Tbody(body)], className="tab")


def _cells(row: pd.Series, names: pd.Series) -> list[Component]:
    address = ", ".join(part for part in (row["street"], f"{row['plz']} {row['place']}".strip()) if part)
    capacity = "" if pd.isna(row["capacity"]) else f"{number(row['capacity'])} {row['capacity_unit']}"
    check = [" ", panels.badge("prüfen", "unvollstaendig")] if row["check"] else []
    return [
        html.Th([html.Button(row["name"], type="button", **{"data-facility": row.name}), *check], scope="row"),
        html.Td(catalog.categories()[row["category"]].name + (" (Bahnhof)" if row["kind"] == "bahnhof" else "")),
        html.Td([names.get(row["ags"], ""), html.Br(), html.Small(address)]),
        html.Td(row["operator"]),
        html.Td(capacity),
        html.Td(WHEELCHAIR_WORDS[row["wheelchair"]]),
        html.Td(PRECISION_WORDS[row["precision"]]),
        html.Td([*source_links(row["source"]), " ", html.Small(seen_text(row))]),
        html.Td(", ".join(lacking(row))),
    ]


def source_links(source: str) -> list[Component | str]:
    """Return one link per source of a row: the own list of sources, or the page with its host as name."""
    links: list[Component | str] = []
    for part in source.split():
        if part in catalog.sources():
            links.append(dcc.Link(catalog.sources()[part].title, href="/daten#quellen"))
        else:
            host = urlsplit(part).netloc.removeprefix("www.") or part
            links.append(
                html.A(
                    host,
                    href=part,
                    rel="noopener noreferrer",
                    target="_blank",
                    title="öffnet eine fremde Seite",
                )
            )
        links.append(" ")
    return links[:-1]


def seen_text(row: pd.Series) -> str:
    """Return the year of the source, with a mark where it is a guess."""
    if not row["seen"]:
        return "(ohne Jahr)"
    year = str(row["seen"])[:4]
    return f"({year}, geschätzt)" if row["seen_estimated"] else f"({year})"


def completeness(rows: pd.DataFrame) -> list[Component]:
    """Return how complete the shown categories are and which file would complete them."""
    items = []
    for key, count in rows["category"].value_counts().items():
        category = catalog.categories()[str(key)]
        done = category.completeness
        kind = "geprueft" if done.judgement == "ausreichend" else "unvollstaendig"
        word = "ausreichend" if done.judgement == "ausreichend" else "unvollständig"
        text = f" {number(count)} gezeigt. {done.note}"
        if done.judgement != "ausreichend":
            text += f" Vollständig würde der Bestand durch: {done.missing_source}"
        items.append(html.Li([html.B(f"{category.name} "), panels.badge(word, kind), text]))
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
    row = rows.loc[facility]
    names = atlas.areas("gemeinde")["name"]
    titles = COLUMNS[1:]
    cells = _cells(row, names)[1:]
    pairs = [[html.Dt(title), html.Dd(cell.children)] for title, cell in zip(titles, cells, strict=True)]
    note = [html.Dt("Bemerkung"), html.Dd(row["note"])] if row["note"] else []
    return [
        html.H2(row["name"]),
        html.Dl([part for pair in pairs for part in pair] + note, className="eintrag"),
    ]
