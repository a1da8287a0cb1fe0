"""A finding on the page and in a file: sentence, chart, table, warnings, sources; the CSV says the same."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from geodata.model import State
from layers.atlas import Atlas
from layers.german import STATE_WORDS, number, signed_value
from layers.sentences import LEVEL_MANY
from reports.export import Column, to_csv
from reports.words import slug
from views.components import panels
from views.components.plain import Element, element
from views.components.query import to_query
from views.components.vergleich_data import Field, Finding, signed, sources_of
from views.components.vergleich_state import Comparison

CONFIG = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "displayModeBar": False,
    "locale": "de",
    "responsive": True,
}
CELLS_UP = ((0.7, "#b2182b", "#ffffff"), (0.4, "#f4a582", "#10162b"), (0.2, "#fddbc7", "#10162b"))  # ColorBrewer RdBu
CELLS_DOWN = ((0.7, "#2166ac", "#ffffff"), (0.4, "#92c5de", "#10162b"), (0.2, "#d1e5f0", "#10162b"))
LONG = {24: "vg-lang", 60: "vg-sehr-lang"}  # letters of a title, and the width of its column
NO_DATA = "Auf dieser Ebene gibt es noch keine Werte."
NO_STATISTICS = (
    "Statistiken sind noch nicht eingelesen; verglichen wird, was der Atlas selbst rechnet. Arbeitslosigkeit, Alter, "
    "Wohnen und mehr kommen aus Dateien der Regionalstatistik (12411, 13211, 71231), von INKAR, vom Zensus 2022 oder "
    "der Bundesagentur für Arbeit hinzu; einlesen kann sie die Sozialplanung."
)


def results(state: Comparison, finding: Finding) -> list[Component | Element]:
    """Return what a section shows below its words and its map: chart, table, what to beware of, sources."""
    pictures = [*_chart(finding), *_matrix(finding)]
    table = [_framed(value_table(state, finding), finding.title)] if len(finding.table) else []
    return [*pictures, *table, *_warnings(finding), *_sources(finding)]


def said(finding: Finding) -> list[Component]:
    """Return the finding in words, and why there is nothing to show."""
    texts = [html.P(text) for text in finding.sentences if text]
    lead = [html.Div(texts, className="saetze", role="status")] if texts else []
    return [*lead, panels.notice(finding.empty, "")] if finding.empty else lead


def _chart(finding: Finding) -> list[Component]:
    if finding.chart is None:
        return []
    graph = dcc.Graph(id="vergleich-bild", figure=finding.chart, config=CONFIG, className="vg-bild")
    label = f"Diagramm zu: {finding.title}. Die Tabelle darunter enthält dieselben Werte."
    return [html.Div(graph, role="img", className="card vg-bildrahmen", **{"aria-label": label})]


def _matrix(finding: Finding) -> list[Element]:
    """Return all pairs as a square of coloured numbers, with the number of areas below each."""
    if finding.matrix is None or finding.matrix.empty:
        return []
    pairs = {frozenset((row.first, row.second)): (row.r, row.n) for row in finding.matrix.itertuples()}
    keys = [figure.key for figure in finding.figures]
    head = [element("Th", "", scope="col")]
    head += [element("Th", str(place), scope="col", className="n") for place in range(1, len(keys) + 1)]
    rows = []
    for place, figure in enumerate(finding.figures):
        cells = [_pair(pairs.get(frozenset((figure.key, other)))) for other in keys]
        rows.append(element("Tr", [element("Th", f"{place + 1} {figure.label}", scope="row"), *cells]))
    caption = element(
        "Caption", "r jedes Paars, darunter klein die Zahl der Gebiete; rot gleichsinnig, blau gegensinnig"
    )
    table = element(
        "Table", [caption, element("Thead", element("Tr", head)), element("Tbody", rows)], className="tab vg-matrix"
    )
    return [_framed(table, "Korrelationen als Matrix")]


def _pair(pair: tuple[float, int] | None) -> Element:
    if pair is None:
        return element("Td", "", className="n")
    r, n = pair
    if pd.isna(r):
        return element("Td", ["–", element("Small", f"n {n}")], className="n")
    steps = CELLS_UP if r > 0 else CELLS_DOWN
    look = next(({"background": back, "color": ink} for least, back, ink in steps if abs(r) >= least), {})
    return element("Td", [signed(r, 2), element("Small", f"n {n}", style=look)], className="n", style=look)


def of_areas(finding: Finding) -> bool:
    """Return whether the rows of a finding are areas, by their keys."""
    return "name" in finding.table and finding.table.index.dtype != "int64"


def value_table(state: Comparison, finding: Finding) -> Element:
    """Return the table of a finding; where its rows are areas their names are buttons that choose them."""
    areas, fields = of_areas(finding), shown_fields(finding)
    records = finding.table.to_dict("records")
    rows = [
        element(
            "Tr",
            [_cell(each, record, str(key) if areas else "") for each in fields],
            className="gewaehlt" if areas and key in (state.area, state.compare) else None,
        )
        for key, record in zip(finding.table.index, records, strict=True)
    ]
    heads = [_head(each) for each in fields]
    counted = f"{number(len(rows))} {LEVEL_MANY[state.level]}" if areas else f"{number(len(rows))} {finding.rows}"
    caption = element("Caption", f"{finding.title}: {counted}")
    return element(
        "Table", [caption, element("Thead", element("Tr", heads)), element("Tbody", rows)], className="tab vg-tabelle"
    )


def shown_fields(finding: Finding) -> tuple[Field, ...]:
    """Return the columns without those of words that are empty in every row."""
    return tuple(
        each for each in finding.fields if each.decimals is not None or finding.table[each.name].astype(bool).any()
    )


def _head(field: Field) -> Element:
    looks = ["n"] if field.decimals is not None else []
    looks += [name for least, name in LONG.items() if len(field.title) > least][-1:]
    return element("Th", field.title, scope="col", className=" ".join(looks) or None)


def _cell(field: Field, record: dict[str, Any], area: str) -> Element:
    text = cell_text(field, record)
    if field.name == "name":
        inside = element("Button", text, type="button", **{"data-vergleich": area}) if area else text
        return element("Th", inside, scope="row")
    return element("Td", text, className="n" if field.decimals is not None else None)


def cell_text(field: Field, record: dict[str, Any]) -> str:
    """Return what stands in a cell: German numbers, words for values that are not there."""
    value = record[field.name]
    if field.decimals is None:
        return "" if value is None or value != value else str(value)
    decimals = int(record[field.by_row]) if field.by_row else field.decimals
    if field.upto and pd.notna(value):
        return f"{number(float(value), decimals)} bis {number(float(record[field.upto]), decimals)}"
    if field.state:
        return signed_value(float(value), str(record[field.state]), decimals)
    if pd.isna(value):
        return "–"
    if 0 <= value < field.least:
        return f"< {number(field.least, decimals)}"
    return signed(float(value), decimals) if field.plus else number(float(value), decimals)


def _framed(table: Element, label: str) -> Component:
    frame = html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": label})
    return html.Section(frame, className="card", **{"aria-label": label})


def _warnings(finding: Finding) -> list[Component]:
    traps = dict.fromkeys(note for figure in finding.figures for note in figure.text.notes)
    said = [html.Ul([html.Li(text) for text in finding.warnings])] if finding.warnings else []
    head = [html.H3("Beim Lesen zu beachten"), *said] if said else []
    folded = html.Details([html.Summary("Hinweise zu den Kennzahlen"), html.Ul([html.Li(trap) for trap in traps])])
    inside = [*head, *([folded] if traps else [])]
    return [html.Section(inside, className="card vg-hinweise", **{"aria-label": "Hinweise"})] if inside else []


def _sources(finding: Finding) -> list[Component]:
    """Return source, date and territorial state of every figure."""
    lines = {}
    for figure in finding.figures:
        text = figure.text
        said = "; ".join(dict.fromkeys(source.attribution for source in text.sources)) or "eigene Berechnung"
        about = f"Stand: {figure.year or text.stand}. Gebietsstand: {text.gebietsstand}."
        near = " Näherung." if text.approximation else ""
        lines[figure.label] = html.Li(f"{text.name}: {said}. {about}{near}")
    return [html.Ul(list(lines.values()), className="klein vg-quellen")] if lines else []


def export_link(state: Comparison) -> list[Component]:
    """Return the link to the table of the section as a file."""
    return [html.A("Tabelle (CSV)", href=f"/ausgabe/vergleich.csv?{to_query(state)}", download="", className="btn sec")]


def file_name(atlas: Atlas, state: Comparison) -> str:
    """Return the name of the file of a section."""
    return f"{slug(atlas.data.name)}_vergleich-{state.ansicht}_{state.level}.csv"


def csv_of(atlas: Atlas, state: Comparison, finding: Finding) -> bytes:
    """Return the table of a finding as CSV, with the state of each value, dates, territorial state and sources."""
    table = pd.DataFrame(index=range(len(finding.table)))
    columns: list[Column] = []

    def add(name: str, values: Any, decimals: int | None = None) -> None:
        table[name] = values
        columns.append(Column(name, name, decimals))

    if of_areas(finding):
        add("Schlüssel", finding.table.index.astype(str))
    for each in finding.fields:
        title = each.file or each.title
        add(f"{title} von" if each.upto else title, finding.table[each.name].to_numpy(), each.decimals)
        if each.upto:
            add(f"{title} bis", finding.table[each.upto].to_numpy(), each.decimals)
        if each.state:
            states = [STATE_WORDS[State(state)] for state in finding.table[each.state]]
            add(f"{title}: Art des Werts", states)
    add("Ansicht", finding.title)
    add("Ebene", LEVEL_MANY[state.level])
    add("Kennzahlen", "; ".join(f"{figure.key} {figure.label}" for figure in finding.figures))
    add("Aussage", " ".join(text for text in finding.sentences if text))
    add("Datenstand", "; ".join(dict.fromkeys(figure.year or figure.text.stand for figure in finding.figures)))
    add("Gebietsstand", "; ".join(dict.fromkeys(figure.text.gebietsstand for figure in finding.figures)))
    add("Quellen", " | ".join(dict.fromkeys(source.attribution for source in sources_of(atlas, finding.figures))))
    return to_csv(table, columns)
