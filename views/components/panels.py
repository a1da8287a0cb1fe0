"""What the map page says beside the map: key figures, legend, ranking, table, detail of one area."""

from __future__ import annotations

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.atlas import Atlas
from layers.bivariate import SCHEME as BIVARIATE
from layers.classify import NAMES
from layers.describe import EDGE_NOTE
from layers.german import number, signed_value
from layers.mapview import LegendEntry, MapView, state_word
from layers.scenario import Scenario
from layers.sentences import LEVEL_MANY, LEVEL_ONE
from views.components import legends
from views.components.plain import element
from views.selection import Selection


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
    if view.classes.scheme == BIVARIATE:
        parts.append(f"· Zahlen und Rangliste: {text.name.split(' und ')[0]} ")
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
    text, rows = view.layer.text, view.rows
    known = int(rows["value"].notna().sum())  # they come first
    kreis = signed_value(view.layer.kreis["value"], view.layer.kreis["state"], text.decimals)
    has_kreis = pd.notna(view.layer.kreis["value"])
    figures = [("Landkreis", kreis, text.unit if has_kreis else "", "" if has_kreis else "kein Kreiswert")]
    if not known:
        figures.append(("Gebiete mit Wert", "0", "", f"von {len(rows)}"))
    else:
        ends = {-1: ("Größte Belastung", "Geringste Belastung"), 1: ("Niedrigster Wert", "Höchster Wert")}
        first, last = ends.get(text.direction, ("Höchster Wert", "Niedrigster Wert"))
        for title, row in ((first, rows.iloc[0]), (last, rows.iloc[known - 1])):
            same = int((rows["rank"] == row["rank"]).sum())
            name = row["name"] if same == 1 else f"{same} {LEVEL_MANY[view.layer.level]}"
            figures.append((title, signed_value(row["value"], row["state"], text.decimals), text.unit, name))
    figures.append(_last_figure(view, atlas))
    return [_figure(*figure) for figure in figures]


def _last_figure(view: MapView, atlas: Atlas) -> tuple[str, str, str, str]:
    key, kreis = view.layer.key, view.layer.kreis
    if key.id in ("haltestelle", "abdeckung") and pd.notna(kreis["value"]):
        beyond = kreis["base"] * (1 - kreis["value"] / 100)
        return "Außerhalb der Schwelle", number(round(beyond, -2)), "Menschen", "im Landkreis, gerundet"
    category = "haltestelle" if key.id == "haltestelle" else key.category
    if category:
        rows = atlas.inputs.facilities
        count = int((rows["inside"] & (rows["category"] == category)).sum())
        expected = atlas.categories[category].completeness.expected
        return (
            "Einrichtungen erfasst",
            number(count),
            "",
            f"von etwa {number(expected)} erwarteten" if expected else "im Landkreis",
        )
    missing = int(view.rows["value"].isna().sum())
    return "Gebiete ohne Wert", number(missing), "", f"von {len(view.rows)}"


def _figure(title: str, value: str, unit: str = "", note: str = "") -> Component:
    return html.Div([html.Dt(title), html.Dd([html.B(value), " ", unit]), html.Dd(note)], className="kpi")


def legend(view: MapView, *, with_points: bool, scenario: Scenario) -> list[Component]:
    """Return the legend: classes with counts, unit, scheme, kinds of points, signs of a scenario."""
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
    counted = {"BEV01": "Einwohner", "anzahl": "Einrichtungen"}.get(view.layer.key.id, "Wert")
    signs = [*(POINT_ENTRIES if with_points else ()), *_scenario_entries(scenario)]
    below = [html.Ul([_point_entry(*entry) for entry in signs])] if signs else []
    if view.classes.scheme == BIVARIATE:
        return [*legends.square(view), *below]
    if view.is_count:
        return [*legends.circles(view, counted), *below]
    head = html.Li([html.B(text.unit or counted), html.Span("Gebiete", className="n")])
    return [html.Ul([head, *entries]), html.P(_legend_note(view)), *below]


def _legend_note(view: MapView) -> str:
    """Return how the classes were made and which end is the load."""
    if not view.classes.bins:
        return "Keine Werte"
    scheme = NAMES[view.classes.scheme].split(" (")[0]
    dark = {-1: "; dunkel: mehr Belastung", 1: "; dunkel: ungünstiger"}.get(view.layer.text.direction, "")
    return scheme + dark


POINT_ENTRIES = (("punkt-genau", "Lage an Halt oder Straße"), ("punkt-ungenau", "Lage nur auf den Ort genau"))


def _scenario_entries(scenario: Scenario) -> list[tuple[str, str]]:
    entries = (
        (scenario.closed, "karte-zeichen zu", "im Szenario geschlossen"),
        (scenario.opened, "karte-zeichen neu", "im Szenario neu"),
    )
    return [(kind, label) for places, kind, label in entries if places]


def _point_entry(kind: str, label: str) -> Component:
    return html.Li([html.Span(className=f"farbe {kind}"), html.Span(label)])


SWATCHES = {"unreliable": "farbe schraffiert", "suppressed": "farbe schraffiert", "none": "farbe ohne-wert"}


def _swatch(entry: LegendEntry) -> Component:
    if entry.kind in SWATCHES:
        return html.Span(className=SWATCHES[entry.kind])
    return html.Span(className="farbe", style={"background": entry.colour})


def source_line(view: MapView) -> str:
    """Return source, date and territorial state as one line under the map."""
    text = view.layer.text
    sources = dict.fromkeys(source.attribution for source in text.sources)
    said = "; ".join(sources) if sources else "noch keine"
    return f"Quellen: {said}. Stand: {text.stand}. Gebietsstand: {text.gebietsstand}. Eigene Berechnung."


def ranking(view: MapView, selection: Selection) -> Component:
    """Return all areas by rank; the names are buttons that choose the area."""
    text = view.layer.text
    decimals, percent = text.decimals, "%" if text.unit == "%" else ""
    rows = [
        element(
            "Tr",
            [
                element("Td", "–" if pd.isna(row.rank) else f"{row.rank:.0f}", className="n"),
                element("Th", element("Button", row.name, type="button", **{"data-area": row.Index}), scope="row"),
                element(
                    "Td",
                    signed_value(row.value, row.state, decimals, percent),
                    className="n",
                    title=row.reason or None,
                ),
            ],
            className="gewaehlt" if row.Index == selection.area else None,
        )
        for row in view.rows[["name", "value", "state", "rank", "reason"]].itertuples(name="Zeile")
    ]
    unit = text.unit if text.unit and len(text.unit) < 12 and not percent else "Wert"
    head = html.Tr(
        [
            html.Th("Rang", scope="col"),
            html.Th("Gebiet", scope="col"),
            html.Th(unit, scope="col", className="n"),
        ]
    )
    caption = html.Caption(_order_text(view), className="klein")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="tab")


def _order_text(view: MapView) -> str:
    order = {-1: "größte Belastung zuerst", 1: "niedrigster Wert zuerst", 0: "höchster Wert zuerst"}
    return f"Alle {len(view.rows)} {LEVEL_MANY[view.layer.level]}, {order[view.layer.text.direction]}"


def value_table(view: MapView) -> Component:
    """Return the table that says the same as the map, with base, state and reason."""
    decimals, unit = view.layer.text.decimals, view.layer.text.unit
    labels = [entry.label for entry in view.legend if entry.kind == "class"]
    rows = [
        element(
            "Tr",
            [
                element("Th", row.name, scope="row"),
                element("Td", signed_value(row.value, row.state, decimals), className="n"),
                element("Td", labels[row.class_] if row.class_ >= 0 else "–"),
                element("Td", "" if pd.isna(row.base) else number(row.base, 0), className="n"),
                element("Td", state_word(row.state)),
                element("Td", row.reason),
            ],
        )
        for row in view.rows[["name", "value", "state", "class_", "base", "reason"]].itertuples(name="Zeile")
    ]
    base = f"Basis ({view.layer.text.base})" if view.layer.text.base else "Basis"
    titles = [
        LEVEL_ONE[view.layer.level],
        f"Wert ({unit})" if unit else "Wert",
        "Klasse",
        base,
        "Art",
        "Hinweis",
    ]
    numeric = (titles[1], base)
    head = html.Tr([html.Th(t, scope="col", className="n" if t in numeric else None) for t in titles])
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
