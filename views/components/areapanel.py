"""The panel on one area: sentences, values against the Kreis and a second area, its facilities."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.atlas import Atlas
from layers.german import number, signed_value
from layers.keys import IndicatorKey, parse_key
from layers.mapview import MapView
from layers.reach_measures import classes_of_points
from layers.sentences import three_sentences
from views.components.plain import element
from views.selection import Selection, categories_of

MAX_VALUES = 9
EVERYDAY = ("hausarzt", "apotheke", "nahversorgung", "grundschule", "behoerde")
WITHOUT_CAR_MINUTES = (30, 60)
MARKS = {
    "ausreichend": "",
    "ungeprueft": " (Bestand ungeprüft)",
    "unvollstaendig": " (Bestand unvollständig)",
    "keine": " (Bestand unvollständig)",
}


def detail(atlas: Atlas, view: MapView, selection: Selection) -> list[Component]:
    """Return the panel on the chosen area: sentences, values against the Kreis, its facilities."""
    if not selection.area:
        return [
            html.H2("Gebiet"),
            html.P("Ein Gebiet auf der Karte oder in der Rangliste wählen.", className="klein"),
        ]
    level = selection.level
    names = atlas.areas(level)["name"]
    sentences = three_sentences(atlas, view, selection.area)
    return [
        html.H2(names[selection.area]),
        html.Div([html.P(sentence) for sentence in sentences], className="saetze"),
        *_further(level, selection.area),
        html.H3("Werte im Vergleich"),
        comparison_table(atlas, selection),
        *without_car(atlas, level, selection.area),
        html.H3("Erfasste Einrichtungen"),
        facility_list(atlas, level, selection.area, selection.handlungsfeld),
    ]


def _further(level: str, area: str) -> list[Component]:
    """Return the way to the whole portrait of an area; the Kreis has none."""
    if level == "kreis":
        return []
    return [html.P(html.A("Ganzer Steckbrief", href=f"/steckbrief?area={area}"))]


def without_car(atlas: Atlas, level: str, area: str) -> list[Component]:
    """Return who gets to everyday places and back without a car; nothing without a timetable."""
    if atlas.data.timetable is None:
        return []
    rows = []
    for category in EVERYDAY:
        tables = [atlas.table(level, IndicatorKey("ohne_auto", category, "", limit)) for limit in WITHOUT_CAR_MINUTES]
        cells = [signed_value(t.at[area, "value"], t.at[area, "state"], 0, "%") for t in tables]
        name = atlas.categories[category].name
        rows.append(html.Tr([html.Th(name, scope="row"), *(html.Td(cell, className="n") for cell in cells)]))
    titles = [html.Th(f"{limit} min", scope="col", className="n") for limit in WITHOUT_CAR_MINUTES]
    head = html.Thead(html.Tr([html.Th("je Weg höchstens", scope="col"), *titles]))
    classes = classes_of_points(atlas.inputs)[atlas.inputs.points[level] == area]
    people = atlas.inputs.points["people"][classes.index].groupby(classes).sum()
    shares = [f"{letter} {number(100 * count / people.sum())} %" for letter, count in people.items() if letter]
    served = ", ".join(shares) or "keine"
    note = "Anteil der Menschen, die um 10 Uhr da sein und nach 11:30 Uhr zurück können."
    return [
        html.H3("Ohne Auto hin und zurück"),
        html.Table([head, html.Tbody(rows)], className="tab"),
        html.P(note, className="klein"),
        html.P(f"ÖV-Güteklassen (A dichter Takt bis F selten): {served}."),
    ]


def comparison_keys(atlas: Atlas, selection: Selection) -> list[IndicatorKey]:
    """Return what the detail panel compares: the shown indicator, population, and what is complete in the field."""
    keys = [selection.key, parse_key("BEV01"), parse_key("BEV02"), parse_key("haltestelle.600")]
    for category in categories_of(selection.handlungsfeld):
        if atlas.categories[category].completeness.usable and category != "haltestelle":
            keys.append(parse_key(f"minuten.{category}.pkw"))
    return list(dict.fromkeys(keys))[:MAX_VALUES]


def comparison_table(atlas: Atlas, selection: Selection) -> Component:
    """Return values of the chosen area, the one to compare with, and the Kreis."""
    chosen = [area for area in (selection.area, selection.compare) if area]
    names = atlas.areas(selection.level)["name"]
    groups = []
    for key in comparison_keys(atlas, selection):
        layer = atlas.layer(selection.level, key)
        cells = [layer.table.loc[area] for area in chosen] + [layer.kreis]
        text = layer.text
        unit = f", {text.unit}" if text.unit not in ("", "%", "Minuten") else ""
        title = f"{text.name}{unit}{' (Näherung)' if text.approximation else ''}"
        shown = "%" if text.unit == "%" else ""
        values = [
            element("Td", signed_value(c["value"], c["state"], text.decimals, shown), className="n") for c in cells
        ]
        name = element("Tr", element("Th", title, scope="rowgroup", colSpan=len(values)))
        groups.append(html.Tbody([name, element("Tr", values)]))
    titles = [*(names[area] for area in chosen), "Landkreis"]
    head = html.Tr([html.Th(title, scope="col", className="n") for title in titles])
    return html.Table([html.Thead(head), *groups], className="tab vergleich")


@lru_cache(maxsize=1024)
def facility_list(atlas: Atlas, level: str, area: str, handlungsfeld: str) -> Component:
    """Return the recorded facilities of an area in a Handlungsfeld, by category."""
    rows = atlas.inputs.facilities
    inside = pd.DataFrame(rows.loc[rows[level] == area, ["category", "name"]])
    here = inside[inside["category"].isin(categories_of(handlungsfeld)) & (inside["category"] != "haltestelle")]
    stops = int((inside["category"] == "haltestelle").sum())
    items: list[Component] = []
    for category_id, group in here.groupby("category", sort=False):
        category = atlas.categories[str(category_id)]
        mark = MARKS[category.completeness.judgement]
        names = "; ".join(group["name"])
        items.append(html.Li([html.B(f"{category.name}{mark}: "), names]))
    items.append(html.Li([html.B("Haltestellen und Bahnhöfe: "), number(stops)]))
    if len(items) == 1 and not len(here):
        items.insert(
            0,
            html.Li("Keine Einrichtung dieses Handlungsfelds erfasst; das heißt nicht, dass es keine gibt."),
        )
    return html.Ul(items, className="einrichtungen")
