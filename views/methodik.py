"""Data and methods: every indicator, source, threshold and limit, accessibility and privacy."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from geodata import catalog
from geodata.catalog import Indicator
from layers.atlas import Atlas
from layers.describe import population_stand
from layers.german import day, number
from views.components import reference, texts
from views.components.panels import badge
from views.components.plain import Element, as_sent
from views.components.words import DIRECTIONS, JUDGEMENTS, PROOFS

TITLE, PATH = "Daten und Methodik", "/daten"
STRATEGY_OF = "16063"  # the Kreis whose Kreistag adopted it
NO_STRATEGY = (
    "Der Text der Strategie (KT 0135/2020) liegt nicht vor. Leitziele und Maßnahmen werden deshalb nicht gezeigt."
)
SECTIONS = {
    "ueberblick": "Was dieser Atlas weiß und was nicht",
    "kennzahlen": "Kennzahlen, die der Atlas rechnet",
    "basisindikatoren": "Basisindikatoren",
    "einrichtungen": "Einrichtungsarten und Vollständigkeit",
    "schwellenwerte": "Schwellenwerte und ihre Rechtsnatur",
    "handlungsfelder": "Handlungsfelder",
    "wege": "Annahmen zu Wegen",
    "bevoelkerung": "Einwohnerzahlen und ihre Grundlage",
    "zeichen": "Art der Werte und Zeichen",
    "quellen": "Quellen und Lizenzen",
    "barrierefreiheit": "Erklärung zur Barrierefreiheit",
    "datenschutz": "Datenschutz",
}


def layout(atlas: Atlas, parts: dict[str, Any]) -> Component:
    """Return the page; it does not depend on the URL."""
    return html.Div(_page(atlas), className="seite text")


@lru_cache(maxsize=2)
def _page(atlas: Atlas) -> list[Element]:
    makers = {
        "ueberblick": lambda: _overview(atlas),
        "kennzahlen": lambda: _measures(atlas),
        "basisindikatoren": lambda: _indicators(atlas),
        "einrichtungen": lambda: _categories(atlas),
        "schwellenwerte": reference.thresholds,
        "handlungsfelder": reference.fields,
        "wege": lambda: reference.modes(atlas),
        "bevoelkerung": lambda: reference.population(atlas),
        "zeichen": reference.states,
        "quellen": lambda: reference.sources(atlas),
        "barrierefreiheit": texts.accessibility,
        "datenschutz": texts.privacy,
    }
    sections = [
        html.Section([html.H2(title, id=key, tabIndex="-1"), *makers[key]()], className="card")
        for key, title in SECTIONS.items()
    ]
    contents = html.Nav(
        html.Ul([html.Li(html.A(title, href=f"#{key}")) for key, title in SECTIONS.items()]),
        className="card inhaltsliste",
        **{"aria-label": "Inhalt dieser Seite"},
    )
    head = html.Div(
        [html.H1(TITLE), html.P("Woher jede Zahl kommt, was sie sagt und was fehlt.", className="lead")],
        className="kopf",
    )
    return [as_sent(part) for part in (head, contents, *sections)]


def _overview(atlas: Atlas) -> list[Component]:
    facilities = atlas.data.facilities
    inside = facilities[facilities["inside"]]
    stops = int((inside["category"] == "haltestelle").sum())
    complete = sum(c.completeness.usable for c in atlas.categories.values())
    facts = [
        f"{len(atlas.areas('gemeinde'))} Gemeinden und {len(atlas.areas('sozialraum'))} Sozialräume, Gebietsstand "
        f"{day(atlas.data.gebietsstand)}.",
        f"{number(float(atlas.areas('kreis')['population'].iloc[0]))} Einwohner nach den neuesten Zahlen je Gemeinde "
        f"(Stand: {population_stand(atlas.inputs)}).",
        f"{number(len(inside) - stops)} belegte Einrichtungen und {number(stops)} Haltestellen und Bahnhöfe im "
        "Landkreis.",
        f"{complete} von {len(atlas.categories)} Einrichtungsarten sind so erfasst, dass Dichte, Versorgung und "
        "Minuten gerechnet werden.",
        f"{len(atlas.filled)} von {len(catalog.indicators())} Basisindikatoren haben Werte; die übrigen stehen mit "
        "der Quelle da, die sie füllen würde.",
        _ways(atlas),
        *([NO_STRATEGY] if atlas.data.ags == STRATEGY_OF else []),
        "Ein Sozialraum ist hier eine Verwaltungsgemeinschaft, eine erfüllende Gemeinde mit ihren Gemeinden oder "
        "eine einzelne Gemeinde. Das ist ein Schluss aus öffentlichen Angaben, keine Festlegung des Kreises.",
    ]
    return [html.Ul([html.Li(fact) for fact in facts])]


def _ways(atlas: Atlas) -> str:
    """Return what ways rest on in this dataset."""
    if not atlas.data.networks:
        return "Wege sind Näherungen: Luftlinie mal Umwegfaktor. Straßennetz und Fahrplan sind noch nicht enthalten."
    timetable = "und einem Fahrplan" if atlas.data.timetable else "ohne Fahrplan"
    return f"Wege kommen aus Wegenetzen von OpenStreetMap {timetable}; sonst Luftlinie mal Umwegfaktor, als Näherung."


def _measures(atlas: Atlas) -> list[Component]:
    rows = []
    for measure in catalog.measures().values():
        on_ways = atlas.data.networks and measure.ways_formula
        texts = (measure.ways_formula, measure.ways_limits) if on_ways else (measure.formula, measure.limits)
        rows.append([[html.B(measure.name), html.Br(), html.Small(measure.unit)], *texts])
    return [reference.table(("Kennzahl und Einheit", "Rechenweg", "Grenzen"), rows, "Kennzahlen des Atlas")]


def _indicators(atlas: Atlas) -> list[Component]:
    themes: dict[str, list[Indicator]] = {}
    for indicator in catalog.indicators().values():
        themes.setdefault(indicator.theme, []).append(indicator)
    lead = (
        f"{len(catalog.indicators())} Basisindikatoren; {len(atlas.filled)} werden aus den eingebauten Daten "
        "gerechnet. Bei den übrigen steht, welche Tabelle sie füllt."
    )
    blocks = [
        html.Details(
            [
                html.Summary(f"{theme} ({len(items)})"),
                *(_indicator(item, item.id in atlas.filled) for item in items),
            ],
            className="thema",
        )
        for theme, items in themes.items()
    ]
    return [html.P(lead), *blocks]


def _indicator(item: Indicator, has_data: bool) -> Component:
    state = badge("gerechnet", "geprueft") if has_data else badge("noch keine Daten", "unvollstaendig")
    fraction = f"{item.numerator} / {item.denominator}" if item.denominator else item.numerator
    factor = f" × {number(item.factor)}" if item.factor and item.factor != 1 else ""
    word, kind = PROOFS[item.status]
    table = item.source_table + ("" if item.table_proven or has_data else " (Tabellennummer zu prüfen)")
    pairs = [
        ("Formel", f"{fraction}{factor}; Einheit: {item.unit}"),
        ("Wertung", f"{DIRECTIONS[item.direction]} {item.direction_note}".strip()),
        (
            "Quelle",
            f"{table}; {item.periodicity}; Ebene: {item.levels} (G Gemeinde, K Kreis, E eigene Erhebung)",
        ),
        ("Handlungsfelder", ", ".join(catalog.handlungsfelder()[code].name for code in item.handlungsfelder)),
        ("Was fehlt", "nichts" if has_data else item.needs),
        ("Vorsicht", item.trap),
    ]
    facts = [part for title, text in pairs if text for part in (html.Dt(title), html.Dd(text))]
    return html.Div(
        [
            html.H3([f"{item.name} ({item.id}) ", state, " ", badge(f"Definition {word}", kind)], id=item.id),
            html.Dl(facts),
        ],
        className="kennblatt",
    )


def _categories(atlas: Atlas) -> list[Component]:
    inside = atlas.data.facilities.query("inside")["category"].value_counts()
    rows = []
    for category in atlas.categories.values():
        done = category.completeness
        fields = ", ".join(catalog.handlungsfelder()[code].name for code in category.handlungsfelder)
        missing = "–" if done.judgement == "ausreichend" else done.missing_source
        rows.append(
            [
                category.name,
                fields,
                number(float(inside.get(category.id, 0))) if done.judgement != "keine" else "–",
                done.expected_text or "unbekannt",
                badge(*JUDGEMENTS[done.judgement]),
                done.note,
                missing,
            ]
        )
    titles = (
        "Einrichtungsart",
        "Handlungsfelder",
        "erfasst",
        "erwartet",
        "Urteil",
        "Bemerkung",
        "Was den Bestand vervollständigt",
    )
    protected = (
        "Frauenhäuser und Plätze der Inobhutnahme haben im Atlas nie eine Lage; "
        "Kindertagespflege, Obdach und besondere Wohnformen nur die Gemeinde."
    )
    return [html.P(protected), reference.table(titles, rows, "Einrichtungsarten")]


def register(app: Dash, atlas: Atlas) -> None:
    """The page has no callbacks."""
