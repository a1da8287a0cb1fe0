"""What the map page says beside the map: key figures, legend, ranking, table, detail of one area."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd
from dash import html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.classify import SCHEMES
from layers.describe import EDGE_NOTE
from layers.german import number, signed_value
from layers.keys import IndicatorKey, parse_key
from layers.mapview import LegendEntry, MapView, state_word
from layers.sentences import LEVEL_MANY, LEVEL_ONE, three_sentences
from views.selection import Selection, categories_of

MAX_VALUES = 9


def badge(text: str, kind: str = "") -> Component:
    """Return a small mark beside a heading."""
    return html.Span(text, className=f"badge {kind}".strip())


def notice(text: str, kind: str = "notiz-warn") -> Component:
    """Return a visible notice."""
    return html.Div(text, className=f"notiz {kind}", role="status")


def notices(texts: list[str]) -> list[Component]:
    """Return one notice per text."""
    return [notice(text) for text in texts]


def lead(view: MapView) -> list[Component | str]:
    """Return the line below the heading: level, dates and the mark of an approximation."""
    text = view.layer.text
    parts: list[Component | str] = [
        f"{LEVEL_MANY[view.layer.level]} · Datenstand: {text.stand} · Gebietsstand: {text.gebietsstand} "
    ]
    if text.approximation:
        parts.append(badge("Näherung", "naeherung"))
    if EDGE_NOTE in text.notes:
        parts += [" ", badge("nur Einrichtungen im Landkreis", "unvollstaendig")]
    return parts


def method(view: MapView) -> list[Component]:
    """Return how the indicator is computed, its limits, and where to read more."""
    text = view.layer.text
    link = html.P(html.A("Alle Kennzahlen, Quellen und Schwellenwerte", href="/daten"))
    notes = [html.Ul([html.Li(note) for note in text.notes])] if text.notes else []
    return [html.P(["Rechenweg: ", text.method]), *notes, link]


def key_figures(view: MapView, atlas: Atlas) -> list[Component]:
    """Return four figures: the Kreis, the two ends, and people beyond the threshold or facilities recorded."""
    text, known = view.layer.text, view.rows.dropna(subset="value")
    kreis = signed_value(view.layer.kreis["value"], view.layer.kreis["state"], text.decimals)
    figures = [("Landkreis", kreis, text.unit if pd.notna(view.layer.kreis["value"]) else "")]
    if known.empty:
        figures.append(("Gebiete mit Wert", "0", f"von {len(view.rows)}"))
    else:
        ends = {-1: ("Größte Belastung", "Geringste Belastung"), 1: ("Niedrigster Wert", "Höchster Wert")}
        first, last = ends.get(text.direction, ("Höchster Wert", "Niedrigster Wert"))
        for title, row in ((first, known.iloc[0]), (last, known.iloc[-1])):
            figures.append((title, signed_value(row["value"], row["state"], text.decimals), f"{text.unit} {row['name']}"))
    figures.append(_last_figure(view, atlas))
    return [_figure(*figure) for figure in figures]


def _last_figure(view: MapView, atlas: Atlas) -> tuple[str, str, str]:
    key, kreis = view.layer.key, view.layer.kreis
    if key.id in ("haltestelle", "abdeckung") and pd.notna(kreis["value"]):
        beyond = kreis["base"] * (1 - kreis["value"] / 100)
        return "Außerhalb der Schwelle", number(round(beyond, -2)), "Menschen im Landkreis (gerundet)"
    category = "haltestelle" if key.id == "haltestelle" else key.category
    if category:
        rows = atlas.inputs.facilities
        count = int((rows["inside"] & (rows["category"] == category)).sum())
        expected = catalog.categories()[category].completeness.expected
        return "Einrichtungen erfasst", number(count), f"von etwa {number(expected)} erwarteten" if expected else ""
    missing = int(view.rows["value"].isna().sum())
    return "Gebiete ohne Wert", number(missing), f"von {len(view.rows)}"


def _figure(title: str, value: str, note: str) -> Component:
    return html.Div([html.Dt(title), html.Dd([html.B(value), " ", note])], className="kpi")


def legend(view: MapView) -> list[Component]:
    """Return the legend: classes with counts, unit, method, dates, sources."""
    text = view.layer.text
    entries = [
        html.Li(
            [
                _swatch(entry),
                html.Span(entry.label),
                html.Span(f"{entry.count}", className="n"),
            ]
        )
        for entry in view.legend
    ]
    head = html.Li([html.B(text.unit or "Wert"), html.Span("Gebiete", className="n")])
    scheme = SCHEMES[view.classes.scheme] if view.classes.bins else ""
    about = " Näherung: Luftlinie, kein Wegenetz." if text.approximation else ""
    return [html.Ul([head, *entries]), html.P(f"{scheme}.{about}" if scheme else "Keine Werte")]


SWATCHES = {"unreliable": "farbe schraffiert", "suppressed": "farbe schraffiert", "none": "farbe ohne-wert"}


def _swatch(entry: LegendEntry) -> Component:
    if entry.kind in SWATCHES:
        return html.Span(className=SWATCHES[entry.kind])
    return html.Span(className="farbe", style={"background": entry.colour})


def source_line(view: MapView) -> str:
    """Return source, date and territorial state as one line under the map."""
    text = view.layer.text
    sources = [catalog.sources()[source].attribution for source in text.sources]
    said = "; ".join(sources) if sources else "noch keine"
    return f"Quellen: {said}. Stand: {text.stand}. Gebietsstand: {text.gebietsstand}. Eigene Berechnung."


def ranking(view: MapView, selection: Selection) -> Component:
    """Return all areas by rank; the names are buttons that choose the area."""
    text = view.layer.text
    decimals, percent = text.decimals, "%" if text.unit == "%" else ""
    rows = [
        html.Tr(
            [
                html.Td("–" if pd.isna(row.rank) else f"{row.rank:.0f}", className="n"),
                html.Th(_area_button(row.Index, row.name), scope="row"),
                html.Td(signed_value(row.value, row.state, decimals, percent), className="n", title=row.reason or None),
            ],
            className="gewaehlt" if row.Index == selection.area else None,
        )
        for row in view.rows[["name", "value", "state", "rank", "reason"]].itertuples(name="Zeile")
    ]
    unit = text.unit if text.unit and len(text.unit) < 12 and not percent else "Wert"
    head = html.Tr([html.Th("Rang", scope="col"), html.Th("Gebiet", scope="col"), html.Th(unit, scope="col", className="n")])
    caption = html.Caption(_order_text(view), className="klein")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="tab")


def _area_button(key: str, name: str) -> Component:
    return html.Button(name, type="button", **{"data-area": key})


def _order_text(view: MapView) -> str:
    order = {-1: "größte Belastung zuerst", 1: "niedrigster Wert zuerst", 0: "höchster Wert zuerst"}
    return f"Alle {len(view.rows)} {LEVEL_MANY[view.layer.level]}, {order[view.layer.text.direction]}"


def value_table(view: MapView) -> Component:
    """Return the table that says the same as the map, with base, state and reason."""
    decimals, unit = view.layer.text.decimals, view.layer.text.unit
    labels = [entry.label for entry in view.legend if entry.kind == "class"]
    rows = [
        html.Tr(
            [
                html.Th(row.name, scope="row"),
                html.Td(signed_value(row.value, row.state, decimals), className="n"),
                html.Td(labels[row.class_] if row.class_ >= 0 else "–"),
                html.Td("" if pd.isna(row.base) else number(row.base, 0), className="n"),
                html.Td(state_word(row.state)),
                html.Td(row.reason),
            ]
        )
        for row in view.rows[["name", "value", "state", "class_", "base", "reason"]].itertuples(name="Zeile")
    ]
    titles = [LEVEL_ONE[view.layer.level], f"Wert ({unit})" if unit else "Wert", "Klasse", "Basis", "Art", "Hinweis"]
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    return html.Table([html.Caption(view.layer.text.name), html.Thead(head), html.Tbody(rows)], className="tab")


def framed(table: Component, label: str) -> Component:
    """Return a card around a wide table that scrolls by itself, also by keyboard."""
    frame = html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": label})
    return html.Section(frame, className="card", **{"aria-label": label})


def downloads(links: list[Component], target: str) -> list[Component]:
    """Return the folded list of download links."""
    return [html.Details([html.Summary("Herunterladen"), html.Div(links, id=target)], className="menue")]


def copy_link() -> list[Component]:
    """Return the button that copies the address, and the place for its answer."""
    return [
        html.Button("Link kopieren", id="link-kopieren", className="btn sec", type="button"),
        html.Span(id="link-meldung", role="status", className="klein"),
    ]


def detail(atlas: Atlas, view: MapView, selection: Selection) -> list[Component]:
    """Return the panel on the chosen area: sentences, values against the Kreis, its facilities."""
    if not selection.area:
        return [html.H2("Gebiet"), html.P("Ein Gebiet auf der Karte oder in der Rangliste wählen.", className="klein")]
    level = selection.level
    names = atlas.areas(level)["name"]
    sentences = three_sentences(atlas, view, selection.area)
    return [
        html.H2(names[selection.area]),
        html.Div([html.P(sentence) for sentence in sentences], className="saetze"),
        html.H3("Werte im Vergleich"),
        comparison_table(atlas, selection),
        html.H3("Erfasste Einrichtungen"),
        facility_list(atlas, level, selection.area, selection.handlungsfeld),
    ]


def comparison_keys(selection: Selection) -> list[IndicatorKey]:
    """Return what the detail panel compares: the shown indicator, population, and what is complete in the field."""
    keys = [selection.key, parse_key("BEV01"), parse_key("BEV02"), parse_key("haltestelle.600")]
    for category in categories_of(selection.handlungsfeld):
        if catalog.categories()[category].completeness.judgement == "ausreichend" and category != "haltestelle":
            keys.append(parse_key(f"minuten.{category}.pkw"))
    return list(dict.fromkeys(keys))[:MAX_VALUES]


def comparison_table(atlas: Atlas, selection: Selection) -> Component:
    """Return values of the chosen area, the one to compare with, and the Kreis."""
    chosen = [area for area in (selection.area, selection.compare) if area]
    names = atlas.areas(selection.level)["name"]
    groups = []
    for key in comparison_keys(selection):
        layer = atlas.layer(selection.level, key)
        cells = [layer.table.loc[area] for area in chosen] + [layer.kreis]
        text = layer.text
        unit = f", {text.unit}" if text.unit not in ("", "%", "Minuten") else ""
        title = f"{text.name}{unit}{' (Näherung)' if text.approximation else ''}"
        shown = "%" if text.unit == "%" else ""
        values = [html.Td(signed_value(c["value"], c["state"], text.decimals, shown), className="n") for c in cells]
        name = html.Tr(html.Th(title, scope="rowgroup", colSpan=len(values)))
        groups.append(html.Tbody([name, html.Tr(values)]))
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
        category = catalog.categories()[str(category_id)]
        mark = "" if category.completeness.judgement == "ausreichend" else " (Bestand unvollständig)"
        names = "; ".join(group["name"])
        items.append(html.Li([html.B(f"{category.name}{mark}: "), names]))
    items.append(html.Li([html.B("Haltestellen und Bahnhöfe: "), number(stops)]))
    if len(items) == 1 and not len(here):
        items.insert(0, html.Li("Keine Einrichtung dieses Handlungsfelds erfasst; das heißt nicht, dass es keine gibt."))
    return html.Ul(items, className="einrichtungen")
