"""The page of reach in words, tables and shapes."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import shapely
from dash import html
from dash.development.base_component import Component

from geodata import catalog
from geodata.model import METRIC_CRS
from layers.atlas import Atlas
from layers.describe import timetable_note
from layers.german import number
from layers.reachable import EVERYONE, Reachable
from layers.travel_time import BUS
from layers.webgeo import to_web
from views.components import panels
from views.components.plain import element
from views.reach_state import Spot
from views.selection import categories_of

COLOURS = ("#b7d3ee", "#6fa3d8", "#1c5fa8")  # the farthest band first; 3:1 between neighbours is kept by the outlines
SMOOTH_M = 15.0
SCREEN = 1000  # pixels
MOST_ROWS = 200
NEAREST_SHOWN = 12


def lead(atlas: Atlas, mode: str) -> list[Component | str]:
    """Return the line below the heading."""
    parts: list[Component | str] = ["Eine Stelle wählen oder auf die Karte klicken. "]
    if atlas.inputs.model.is_approximation(mode):
        parts.append(panels.badge("Näherung", "naeherung"))
    return parts


def notices(found: Reachable | None) -> list[str]:
    """Return what a reader has to know before reading the result."""
    if found is None:
        return []
    if found.off_network:
        return ["Die Stelle liegt weiter als 500 m von jedem Weg dieses Verkehrsmittels. Eine andere Stelle wählen."]
    return ["Kein Wegenetz im Datensatz: Kreise nach Luftlinie mal Umwegfaktor."] if found.approximation else []


def legend(limits: list[float]) -> list[Component]:
    """Return the bands with their colours."""
    items = [
        html.Li([html.Span(className="farbe", style={"background": colour}), html.Span(f"bis {number(limit)} Minuten")])
        for limit, colour in zip(limits, reversed(COLOURS), strict=True)
    ]
    return [html.Ul(items)]


def text(spot: Spot | None, found: Reachable | None, minutes: int) -> str:
    """Return what the map shows, in words."""
    if spot is None or found is None:
        return "Karte des Kreises. Noch keine Stelle gewählt."
    return " ".join(sentences(spot, found, minutes))


def sentences(spot: Spot, found: Reachable, minutes: int) -> list[str]:
    """Return the result in two sentences."""
    people = float(found.people[EVERYONE].iloc[-1])
    about = " (Näherung)" if found.approximation else ""
    where = "von hier aus" if found.leaving else "hierher"
    kinds = found.facilities["category"].nunique()
    return [
        f"{spot.name}: In {minutes} Minuten {found.mode.name_dative}{about} liegen {where} etwa {_people(people)} "
        "des Kreises.",
        f"Erreichbar sind {number(len(found.facilities))} erfasste Einrichtungen und Haltestellen aus {kinds} Arten.",
    ]


def _people(people: float) -> str:
    rounded = round(people, -1) if people >= 100 else round(people)
    return f"{number(rounded)} Menschen"


def source_line(atlas: Atlas, mode: str) -> str:
    """Return the sources of people, ways and facilities as one line."""
    roles = ("homes", "register", "ways", "timetable") if mode == BUS else ("homes", "register", "ways")
    said = "; ".join(source.attribution for source in atlas.data.sources_of(*roles))
    return f"Quellen: {said}. Eigene Berechnung."


def method(atlas: Atlas, mode_id: str) -> list[Component]:
    """Return how reach is computed and what it does not know."""
    mode = catalog.modes()[mode_id]
    facts = [mode.source]
    if mode_id == BUS and atlas.data.timetable is not None:
        facts.insert(0, timetable_note(atlas.data.timetable))
    if atlas.inputs.model.is_approximation(mode_id):
        facts.append("Luftlinie × Umwegfaktor ÷ Geschwindigkeit + Zugangszeit; kein Straßennetz im Datensatz.")
    else:
        facts.append(
            "Wege im Netz aus OpenStreetMap. Gezeichnet wird bis 200 m neben den Wegen; die Menschen werden an ihren "
            "eigenen Minuten gezählt, mit höchstens 500 m Fußweg zum Netz, nicht an der gezeichneten Fläche."
        )
    facts.append("Gezählt sind nur Menschen und Einrichtungen, die der Datensatz kennt; was fehlt, kann es geben.")
    return [html.Ul([html.Li(fact) for fact in facts])]


def panel(atlas: Atlas, spot: Spot | None, found: Reachable | None, minutes: int) -> list[Component]:
    """Return people by age within the bands and the nearest facility of each kind."""
    if spot is None or found is None:
        hint = "Eine Stelle auf der Karte oder in der Liste wählen."
        return [html.H2("Ergebnis"), html.P(hint, className="klein")]
    if found.off_network:
        return [html.H2(spot.name), html.P(notices(found)[0])]
    said = html.Div([html.P(sentence) for sentence in sentences(spot, found, minutes)], className="saetze")
    return [
        html.H2(spot.name),
        said,
        html.H3("Menschen in Reichweite"),
        people_table(found),
        html.H3("Nächste Einrichtung je Art"),
        nearest_list(atlas, found),
    ]


def facility_links(atlas: Atlas, facility: str) -> list[Component]:
    """Return the ways from a facility to its reach and to its closing as a scenario; none where it has no location."""
    rows = atlas.inputs.facilities
    if facility not in rows.index or pd.isna(rows.at[facility, "x"]):
        return []
    category = atlas.categories[str(rows.at[facility, "category"])]
    reach = urlencode({"place": f"einr:{facility}", "direction": "zu", "mode": category.default_mode})
    links = [html.A("Wer erreicht sie?", href=f"/reichweite?{reach}")]
    if category.completeness.usable and category.id != "haltestelle":
        parts = {"handlungsfeld": "ALLE", "indicator": "minuten", "category": category.id, "closed": facility}
        links.append(html.A("Was wäre, wenn sie schließt?", href=f"/?{urlencode(parts)}"))
    return [html.P([links[0], *(part for link in links[1:] for part in (" · ", link))])]


def people_table(found: Reachable) -> Component:
    """Return people by age (rows) within each band (columns)."""
    limits = list(found.people.index)
    head = html.Tr(
        [html.Th("Menschen", scope="col"), *(html.Th(f"{number(m)} min", scope="col", className="n") for m in limits)]
    )
    rows = []
    for name in found.people:
        cells = [_count(found.people.at[limit, name]) for limit in limits]
        mark = "*" if name in found.hidden else ""
        title = html.Th(f"{age_name(str(name))}{mark}", scope="row")
        rows.append(html.Tr([title, *(html.Td(cell, className="n") for cell in cells)]))
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="tab")
    if not found.hidden:
        return table
    share = max(found.hidden.values())
    percent = number(max(0.1, 100 * share), 1)
    note = f"* Der Zensus verbirgt die Zahl in Zellen mit {percent} % der Menschen; sie fehlen hier."
    return html.Div([table, html.P(note, className="klein")])


def _count(value: float) -> str:
    return "." if np.isnan(value) else number(round(value))


def age_name(column: str) -> str:
    """Return the German name of an age group.

    >>> age_name("age_0_17"), age_name("age_65_plus"), age_name("age_10_19"), age_name("people")
    ('unter 18', 'ab 65', '10 bis 19', 'alle')
    """
    if column == EVERYONE:
        return "alle"
    first, last = column.split("_")[1:]
    if last == "plus":
        return f"ab {first}"
    return f"unter {int(last) + 1}" if first == "0" else f"{first} bis {last}"


def nearest_list(atlas: Atlas, found: Reachable) -> Component:
    """Return the nearest facility of each kind with its minutes, the nearest kinds first."""
    if found.facilities.empty:
        return html.P(
            "Keine erfasste Einrichtung in Reichweite; das heißt nicht, dass es keine gibt.", className="klein"
        )
    first = found.facilities.drop_duplicates("category").head(NEAREST_SHOWN)
    items = [
        html.Li([html.B(f"{atlas.categories[str(row.category)].name}: "), f"{row.name}, {number(row.minutes)} min"])
        for row in first.rename_axis("id").reset_index().itertuples()
    ]
    return html.Ul(items, className="einrichtungen")


def shown_facilities(atlas: Atlas, found: Reachable | None, handlungsfeld: str) -> pd.DataFrame:
    """Return the facilities within reach of a Handlungsfeld, without stops unless nothing else is asked for."""
    if found is None:
        return atlas.inputs.facilities.iloc[:0]
    rows = found.facilities[found.facilities["category"] != "haltestelle"]
    return rows[rows["category"].isin(categories_of(handlungsfeld))] if handlungsfeld else rows


def facility_table(atlas: Atlas, spot: Spot | None, found: Reachable | None, handlungsfeld: str) -> list[Any]:
    """Return the facilities within reach by minutes: the list beside the area on the map."""
    rows = shown_facilities(atlas, found, handlungsfeld)
    if spot is None or rows.empty:
        return [element("P", "Keine Einrichtung in dieser Auswahl.", className="klein")]
    body = [
        element("Tr", [
            element("Th", str(row.name), scope="row"),
            element("Td", atlas.categories[str(row.category)].name),
            element("Td", str(row.place)),
            element("Td", number(row.minutes, 1), className="n"),
        ])
        for row in rows.head(MOST_ROWS).rename_axis("id").reset_index().itertuples()
    ]  # fmt: skip
    head = element("Tr", [element("Th", title, scope="col") for title in ("Name", "Art", "Ort", "Minuten")])
    more = f"; gezeigt sind die {MOST_ROWS} nächsten" if len(rows) > MOST_ROWS else ""
    caption = element("Caption", f"{number(len(rows))} Einrichtungen in Reichweite ohne Haltestellen{more}")
    table = element("Table", [caption, element("Thead", head), element("Tbody", body)], className="tab")
    label = {"aria-label": "Einrichtungen in Reichweite"}
    return [element("Div", table, className="tab-rahmen", tabIndex="0", role="region", **label)]


def shapes(spot: Spot | None, found: Reachable | None) -> dict[str, Any]:
    """Return what the map script draws: the bands, the farthest first, and the place itself.

    The outlines are smoothed to what an eye tells apart when the whole reach is on the screen.
    """
    if spot is None or found is None:
        return {"bands": [], "spot": None}
    west, south, east, north = shapely.total_bounds(list(found.areas.values()))
    smooth = max(SMOOTH_M, max(east - west, north - south) / SCREEN)
    bands = [
        {"colour": colour, "minutes": limit, "geometry": _outline(area, smooth)}
        for (limit, area), colour in zip(found.areas.items(), COLOURS, strict=True)
        if not area.is_empty
    ]
    return {"bands": bands, "spot": [spot.lon, spot.lat]}


def _outline(area: shapely.Geometry, smooth: float) -> dict[str, Any]:
    outline: dict[str, Any] = shapely.geometry.mapping(to_web(shapely.simplify(area, smooth), METRIC_CRS))
    return outline
