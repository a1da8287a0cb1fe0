"""What surrounds every page: document, header with navigation, footer."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

from layers.atlas import Atlas
from layers.german import day

INDEX = """<!DOCTYPE html>
<html lang="de">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
<link rel="modulepreload" href="/vendor/maplibre-gl/dist/maplibre-gl.mjs">
{%css%}
</head>
<body>
<a class="skip" href="#inhalt">Zum Inhalt springen</a>
{%app_entry%}
<noscript><p class="notiz notiz-warn">Die Karte braucht JavaScript. Ohne JavaScript gibt es die Werte als
<a href="/ausgabe/karte.csv">Tabelle (CSV)</a> und die Karte als <a href="/ausgabe/karte.pdf">PDF</a>.</p></noscript>
{%config%}{%scripts%}{%renderer%}
</body>
</html>"""
BLUES = [
    "#e7eefa",
    "#cfdcf3",
    "#a5bde6",
    "#789cd9",
    "#5180cd",
    "#336dc4",
    "#0a5bb5",
    "#003a82",
    "#00306c",
    "#00265a",
]
THEME = {
    "fontFamily": "Fira Sans, Arial, sans-serif",
    "primaryColor": "kreis",
    "primaryShade": 7,
    "defaultRadius": 3,
    "colors": {"kreis": BLUES},
}


def header(title: str, pages: list[tuple[str, str]]) -> Component:
    """Return brand and main navigation."""
    links = [dcc.Link(name, href=path) for name, path in pages]
    brand = html.Div(
        [
            html.Div(className="sq", **{"aria-hidden": "true"}),
            html.Div([html.B(title), html.Span("Integrierte Sozialplanung")]),
        ],
        className="brand",
    )
    return html.Header([brand, html.Nav(links, **{"aria-label": "Hauptnavigation"})], className="top")


def footer(atlas: Atlas) -> Component:
    """Return what has to stand under every page: territorial state, licences, links to the rules."""
    return html.Footer(
        [
            html.P(
                f"{atlas.data.name} · Gebietsstand {day(atlas.data.gebietsstand)} · Arbeitsstand der Sozialplanung, "
                "keine amtliche Statistik."
            ),
            html.P(
                [
                    f"Grenzen: {'; '.join(source.attribution for source in atlas.data.sources_of('boundaries'))} · ",
                    dcc.Link("Quellen und Lizenzen", href="/daten#quellen"),
                    " · ",
                    dcc.Link("Barrierefreiheit", href="/daten#barrierefreiheit"),
                    " · ",
                    dcc.Link("Datenschutz", href="/daten#datenschutz"),
                ]
            ),
        ],
        className="fuss",
    )
