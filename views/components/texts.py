"""Longer German texts that belong to the whole atlas: accessibility and privacy."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

ACCESSIBILITY = (
    "Ziel ist die Konformitätsstufe AA der WCAG 2.1 (EN 301 549; in Thüringen gilt das ThürBarrWebG mit der "
    "ThürBITVO).",
    "Jede Karte hat eine Rangliste und eine Tabelle mit denselben Werten und einen Text, der dasselbe sagt. Farbe "
    "steht nie allein: "
    "Klassen haben Grenzen und Zahlen, unsichere Werte sind schraffiert und stehen in Klammern.",
    "Alles geht mit der Tastatur: Gebiete wählt man in der Rangliste oder im Feld „Gebiet“; die Karte lässt sich "
    "überspringen.",
    "Bei 200 % Vergrößerung und auf dem Telefon rückt alles in eine Spalte. Ohne WebGL zeigt der Atlas die Karte als "
    "Bild mit denselben Funktionen.",
    "Geprüft wird bei jeder Änderung selbsttätig mit axe-core in einem Browser. Eine Prüfung mit betroffenen "
    "Menschen steht noch aus.",
    "Bekannte Grenzen: Eine Fassung in Leichter Sprache und in Gebärdensprache fehlt. Die Karte selbst ist für "
    "Bildschirmleser nicht lesbar; "
    "die Rangliste, die Tabelle und der Text ersetzen sie.",
    "Wer eine Barriere findet, wendet sich an die Stelle, die diesen Atlas betreibt. Anschrift und "
    "Durchsetzungsstelle trägt der Betreiber hier ein.",
)
PRIVACY = (
    "Der Atlas läuft auf diesem Rechner. Beim Ansehen verlässt keine Anfrage den Rechner: Karte, Schrift und Symbole "
    "kommen vom selben Server.",
    "Es gibt keine Anmeldung, keine Cookies zur Verfolgung und keine Auswertung des Verhaltens. Was gewählt ist, "
    "steht in der Adresse der Seite.",
    "Gezeigt werden nur zusammengefasste Zahlen und Einrichtungen. Geschützte Anschriften haben keine Lage.",
    "Verweise auf Fundstellen führen zu fremden Seiten; erst ein Klick darauf fragt dort an.",
)


def accessibility() -> list[Component]:
    """Return the statement on accessibility."""
    return [html.P(text) for text in ACCESSIBILITY]


def privacy() -> list[Component]:
    """Return what happens to data of readers."""
    return [html.P(text) for text in PRIVACY]
