"""The page for an address that does not exist, and the plain page for a request that cannot be answered."""

from __future__ import annotations

from dash import dcc, html
from dash.development.base_component import Component

ERRORS = {
    404: ("Seite nicht gefunden", "Unter dieser Adresse gibt es nichts."),
    405: ("Zugriffsart nicht erlaubt", "Diese Adresse kann so nicht aufgerufen werden."),
}
GENERAL = ("Anfrage nicht lesbar", "Die Adresse enthält etwas, das der Atlas nicht versteht.")


def layout(**_: object) -> Component:
    """Return the page that Dash shows for an unknown path."""
    return html.Div(
        [
            html.H1("Seite nicht gefunden"),
            html.P("Unter dieser Adresse gibt es keine Seite des Sozialatlas."),
            html.P(dcc.Link("Zur Karte", href="/", className="btn")),
        ],
        className="seite kopf card",
    )


def error_page(code: int) -> str:
    """Return a plain German page for an HTTP error, with the way back."""
    title, text = ERRORS.get(code, GENERAL)
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title} – Sozialatlas</title></head>"
        '<body style="font-family:Fira Sans,Arial,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem">'
        f'<main><h1>{title}</h1><p>{text}</p><p><a href="/">Zur Karte</a></p></main></body></html>'
    )
