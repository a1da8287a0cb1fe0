"""Reference tables of the page on data and methods: thresholds, fields, modes, population, states, sources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dash import html
from dash.development.base_component import Component

from geodata import catalog
from geodata.catalog import Threshold
from layers.atlas import Atlas
from layers.describe import timetable_note
from layers.german import SIGNS, STATE_WORDS, day, number
from views.components.panels import badge
from views.components.words import KINDS, PROOFS


def table(titles: Iterable[str], rows: Iterable[list[Any]], caption: str) -> Component:
    """Return a table whose first column heads its rows."""
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    body = [html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows]
    frame = html.Table([html.Caption(caption), html.Thead(head), html.Tbody(body)], className="tab")
    return html.Div(frame, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": caption})


def thresholds() -> list[Component]:
    """Return every threshold with its legal nature and proof."""
    rows = [_threshold_row(threshold) for threshold in catalog.thresholds().values()]
    lead = (
        "Ein Schwellenwert ist ein Parameter. Die Rechtsnatur sagt, ob er bindet; „zu prüfen“ heißt, dass der "
        "Wortlaut nicht vorlag."
    )
    titles = ("Nr. und Thema", "Wert", "Bezug", "Art", "Nachweis", "Gilt", "Quelle")
    return [html.P(lead), table(titles, rows, "Schwellenwerte")]


def _threshold_row(threshold: Threshold) -> list[Any]:
    word, kind = PROOFS[threshold.status]
    span = " bis ".join(part for part in (threshold.valid_from or "", threshold.valid_to or "") if part)
    valid = "historisch" if threshold.historical else span
    return [
        f"{threshold.id} {threshold.name}",
        f"{threshold.value_text} {threshold.unit}",
        threshold.reference,
        KINDS[threshold.kind],
        [badge(word, kind), html.Br(), html.Small(threshold.proof)],
        valid if not threshold.historical or not span else f"historisch, {span}",
        threshold.source,
    ]


def fields() -> list[Component]:
    """Return the Handlungsfelder and what they ask."""
    rows = [
        [
            f"{field.name} ({field.code})",
            field.question,
            field.leitziel or "offen: der beschlossene Text liegt nicht vor",
        ]
        for field in catalog.handlungsfelder().values()
    ]
    return [
        table(
            ("Handlungsfeld", "Frage an die Daten", "Leitziel"),
            rows,
            "Die zehn Handlungsfelder der Strategie",
        )
    ]


def modes(atlas: Atlas) -> list[Component]:
    """Return the assumptions on ways, and what the dataset has instead of them."""
    rows = [
        [
            mode.name,
            f"{number(mode.speed_kmh, 1)} km/h",
            number(mode.detour, 2),
            f"{number(mode.access_minutes)} Minuten",
            badge(*PROOFS[mode.status]),
            mode.source,
        ]
        for mode in catalog.modes().values()
    ]
    lead = (
        "Solange kein Straßennetz geladen ist, gilt: Minuten = Luftlinie × Umwegfaktor ÷ Geschwindigkeit + Zugangszeit."
    )
    networks, table_of_day = atlas.data.networks, atlas.data.timetable
    if networks:
        names = ", ".join(f"{catalog.modes()[key].name} ({number(len(net.x))} Knoten)" for key, net in networks.items())
        lead = f"Wegenetze aus OpenStreetMap im Datensatz: {names}. Wo eines fehlt: {lead[:1].lower()}{lead[1:]}"
    if table_of_day is not None:
        lead += f" {timetable_note(table_of_day)}"
    titles = ("Verkehrsmittel", "Geschwindigkeit", "Umwegfaktor", "Zugangszeit", "Nachweis", "Herkunft")
    return [html.P(lead), table(titles, rows, "Annahmen zu Wegen")]


def population(atlas: Atlas) -> list[Component]:
    """Return every population figure and which one is used."""
    names = atlas.areas("gemeinde")["name"]
    figures = atlas.data.population.sort_values(["ags", "date"], ascending=[True, False])
    rows = [
        [
            names.get(row.ags, row.ags),
            number(row.population),
            day(str(row.date)),
            row.basis,
            badge("verwendet", "geprueft") if row.used else "",
            html.Small(row.source),
        ]
        for row in figures.itertuples()
    ]
    lead = (
        "Jede Gemeinde steht mit dem Wert, der verwendet wird. Werte auf anderer Basis (Zensus 2011, Zensus 2022) "
        "stehen hier zum Nachschlagen und werden nie mit den anderen verrechnet."
    )
    settled = _settled(atlas)
    return [
        html.P(lead),
        html.P(settled),
        table(
            ("Gemeinde", "Einwohner", "Stichtag", "Basis", "Verwendung", "Fundstelle"),
            rows,
            "Einwohnerzahlen",
        ),
    ]


def _settled(atlas: Atlas) -> str:
    demand, people = atlas.data.demand, number(float(atlas.data.demand["population"].sum()))
    if len(atlas.data.cells):
        census = int(atlas.data.cells["census"].iloc[0])
        return (
            f"Wo die Menschen wohnen, sagen {number(len(demand))} Rasterzellen des Zensus {census}, je Gemeinde auf "
            f"ihre Zahl umgerechnet (zusammen {people})."
        )
    return (
        f"Wo die Menschen wohnen, sagen {number(len(demand))} Siedlungsflächen mit "
        f"{number(float(demand['zensus2011'].sum()))} im Zensus 2011 gezählten Menschen. Sie werden je Gemeinde auf "
        f"die neueste Zahl umgerechnet (zusammen {people}; geschätzt)."
    )


def states() -> list[Component]:
    """Return the states of a value and their signs."""
    rows = [[word, state.value, SIGNS.get(state, "")] for state, word in STATE_WORDS.items()]
    lead = (
        "Jeder Wert trägt seine Art bei sich. Ein fehlender Wert ist nie null. Gedruckt gelten die Zeichen des "
        "Landesamts für Statistik."
    )
    return [html.P(lead), table(("Art", "im Export", "gedruckt"), rows, "Art der Werte")]


def sources(atlas: Atlas) -> list[Component]:
    """Return every source with licence, and the list of proofs."""
    rows = []
    for source in atlas.data.used_sources:
        address = (
            html.A(source.url, href=source.url, rel="noopener noreferrer", target="_blank")
            if source.url
            else "eigene Zusammenstellung"
        )
        licence = (
            html.A(source.licence, href=source.licence_url, rel="noopener noreferrer", target="_blank")
            if source.licence_url
            else source.licence
        )
        rows.append(
            [
                source.title,
                [source.publisher, html.Br(), address],
                [licence, html.Br(), source.attribution],
                day(source.date),
                source.gebietsstand,
                [source.used_for, html.Br(), html.Small(source.notes)],
                html.Code(source.sha256[:16]),
            ]
        )
    titles = (
        "Quelle",
        "Herausgeber und Adresse",
        "Lizenz und Namensnennung",
        "Stand",
        "Gebietsstand",
        "Verwendung",
        "SHA-256 (Anfang)",
    )
    proofs = [html.Li([html.B(f"{proof.id} "), proof.text]) for proof in catalog.proofs().values()]
    return [
        table(titles, rows, "Quellen und Lizenzen"),
        html.Details([html.Summary(f"Nachweise der Fachgrundlage ({len(proofs)})"), html.Ul(proofs)]),
    ]
