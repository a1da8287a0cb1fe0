"""Data and methods: every indicator, source, threshold and limit, accessibility and privacy."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from dash import Dash, html
from dash.development.base_component import Component

from geodata import catalog
from geodata.catalog import Indicator, Threshold
from layers.atlas import Atlas
from layers.german import SIGNS, STATE_WORDS, day, number
from views.components import texts
from views.components.panels import badge

TITLE, PATH = "Daten und Methodik", "/daten"
KINDS = {
    "gesetz": "Gesetz",
    "richtlinie": "Richtlinie",
    "fachplan": "Fachplan",
    "benchmark": "Vergleichswert",
    "setzung": "eigene Setzung",
}
PROOFS = {"belegt": ("belegt", "geprueft"), "pruefen": ("zu prüfen", "unvollstaendig"), "setzung": ("eigene Setzung", "")}
JUDGEMENTS = {
    "ausreichend": ("ausreichend", "geprueft"),
    "unvollstaendig": ("unvollständig", "unvollstaendig"),
    "keine": ("kein Bestand", "unvollstaendig"),
}
DIRECTIONS = {-1: "höher heißt mehr Belastung", 0: "wird nicht gewertet", 1: "höher heißt günstiger"}
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
    return _page(atlas)


@lru_cache(maxsize=2)
def _page(atlas: Atlas) -> Component:
    makers = {
        "ueberblick": lambda: _overview(atlas),
        "kennzahlen": _measures,
        "basisindikatoren": lambda: _indicators(atlas),
        "einrichtungen": lambda: _categories(atlas),
        "schwellenwerte": _thresholds,
        "handlungsfelder": _fields,
        "wege": _modes,
        "bevoelkerung": lambda: _population(atlas),
        "zeichen": _states,
        "quellen": _sources,
        "barrierefreiheit": texts.accessibility,
        "datenschutz": texts.privacy,
    }
    sections = [
        html.Section([html.H2(title, id=key, tabIndex="-1"), *makers[key]()], className="card") for key, title in SECTIONS.items()
    ]
    contents = html.Nav(
        html.Ul([html.Li(html.A(title, href=f"#{key}")) for key, title in SECTIONS.items()]),
        className="card inhaltsliste",
        **{"aria-label": "Inhalt dieser Seite"},
    )
    head = html.Div([html.H1(TITLE), html.P("Woher jede Zahl kommt, was sie sagt und was fehlt.", className="lead")], className="kopf")
    return html.Div([head, contents, *sections], className="seite text")


def _table(titles: Iterable[str], rows: Iterable[list[Any]], caption: str) -> Component:
    """Return a table whose first column heads its rows."""
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    body = [html.Tr([html.Th(row[0], scope="row"), *(html.Td(cell) for cell in row[1:])]) for row in rows]
    table = html.Table([html.Caption(caption), html.Thead(head), html.Tbody(body)], className="tab")
    return html.Div(table, className="tab-rahmen", tabIndex="0", role="region", **{"aria-label": caption})


def _overview(atlas: Atlas) -> list[Component]:
    facilities = atlas.data.facilities
    inside = facilities[facilities["inside"]]
    stops = int((inside["category"] == "haltestelle").sum())
    complete = sum(c.completeness.judgement == "ausreichend" for c in catalog.categories().values())
    facts = [
        f"{len(atlas.areas('gemeinde'))} Gemeinden und {len(atlas.areas('sozialraum'))} Sozialräume, Gebietsstand {day(atlas.data.gebietsstand)}.",
        f"{number(float(atlas.areas('kreis')['population'].iloc[0]))} Einwohner nach den neuesten Zahlen je Gemeinde auf der Basis Zensus 2011 (verschiedene Stichtage).",
        f"{number(len(inside) - stops)} belegte Einrichtungen und {number(stops)} Haltestellen und Bahnhöfe im Landkreis.",
        f"{complete} von {len(catalog.categories())} Einrichtungsarten sind ausreichend erfasst; nur für sie werden Dichte, Versorgung und Minuten gerechnet.",
        f"{len(atlas.filled)} von {len(catalog.indicators())} Basisindikatoren haben Werte; die übrigen stehen mit der Quelle da, die sie füllen würde.",
        "Wege sind Näherungen: Luftlinie mal Umwegfaktor. Straßennetz und Fahrplan sind noch nicht enthalten.",
        "Der Text der Strategie (KT 0135/2020) liegt nicht vor. Leitziele und Maßnahmen werden deshalb nicht gezeigt.",
        "Ein Sozialraum ist hier eine Verwaltungsgemeinschaft, eine erfüllende Gemeinde mit ihren Gemeinden oder eine einzelne Gemeinde. Das ist ein Schluss aus öffentlichen Angaben, keine Festlegung des Kreises.",
    ]
    return [html.Ul([html.Li(fact) for fact in facts])]


def _measures() -> list[Component]:
    rows = [
        [[html.B(m.name), html.Br(), html.Small(m.unit)], m.formula, m.limits]
        for m in catalog.measures().values()
    ]
    return [_table(("Kennzahl und Einheit", "Rechenweg", "Grenzen"), rows, "Kennzahlen des Atlas")]


def _indicators(atlas: Atlas) -> list[Component]:
    themes: dict[str, list[Indicator]] = {}
    for indicator in catalog.indicators().values():
        themes.setdefault(indicator.theme, []).append(indicator)
    lead = f"{len(catalog.indicators())} Basisindikatoren; {len(atlas.filled)} werden aus den eingebauten Daten gerechnet. Bei den übrigen steht, welche Tabelle sie füllt."
    blocks = [
        html.Details([html.Summary(f"{theme} ({len(items)})"), *(_indicator(item, item.id in atlas.filled) for item in items)], className="thema")
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
        ("Quelle", f"{table}; {item.periodicity}; Ebene: {item.levels} (G Gemeinde, K Kreis, E eigene Erhebung)"),
        ("Handlungsfelder", ", ".join(catalog.handlungsfelder()[code].name for code in item.handlungsfelder)),
        ("Was fehlt", "nichts" if has_data else item.needs),
        ("Vorsicht", item.trap),
    ]
    facts = [part for title, text in pairs if text for part in (html.Dt(title), html.Dd(text))]
    return html.Div(
        [html.H3([f"{item.name} ({item.id}) ", state, " ", badge(f"Definition {word}", kind)], id=item.id), html.Dl(facts)],
        className="kennblatt",
    )


def _categories(atlas: Atlas) -> list[Component]:
    inside = atlas.data.facilities.query("inside")["category"].value_counts()
    rows = []
    for category in catalog.categories().values():
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
    titles = ("Einrichtungsart", "Handlungsfelder", "erfasst", "erwartet", "Urteil", "Bemerkung", "Was den Bestand vervollständigt")
    protected = "Frauenhäuser und Plätze der Inobhutnahme haben im Atlas nie eine Lage; Kindertagespflege, Obdach und besondere Wohnformen nur die Gemeinde."
    return [html.P(protected), _table(titles, rows, "Einrichtungsarten")]


def _thresholds() -> list[Component]:
    rows = [_threshold_row(threshold) for threshold in catalog.thresholds().values()]
    lead = "Ein Schwellenwert ist ein Parameter. Die Rechtsnatur sagt, ob er bindet; „zu prüfen“ heißt, dass der Wortlaut nicht vorlag."
    titles = ("Nr. und Thema", "Wert", "Bezug", "Art", "Nachweis", "Gilt", "Quelle")
    return [html.P(lead), _table(titles, rows, "Schwellenwerte")]


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


def _fields() -> list[Component]:
    rows = [
        [f"{field.name} ({field.code})", field.question, field.leitziel or "offen: der beschlossene Text liegt nicht vor"]
        for field in catalog.handlungsfelder().values()
    ]
    return [_table(("Handlungsfeld", "Frage an die Daten", "Leitziel"), rows, "Die zehn Handlungsfelder der Strategie")]


def _modes() -> list[Component]:
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
    lead = "Solange kein Straßennetz geladen ist, gilt: Minuten = Luftlinie × Umwegfaktor ÷ Geschwindigkeit + Zugangszeit."
    titles = ("Verkehrsmittel", "Geschwindigkeit", "Umwegfaktor", "Zugangszeit", "Nachweis", "Herkunft")
    return [html.P(lead), _table(titles, rows, "Annahmen zu Wegen")]


def _population(atlas: Atlas) -> list[Component]:
    names = atlas.areas("gemeinde")["name"]
    table = atlas.data.population.sort_values(["ags", "date"], ascending=[True, False])
    rows = [
        [
            names.get(row.ags, row.ags),
            number(row.population),
            day(str(row.date)),
            row.basis,
            badge("verwendet", "geprueft") if row.used else "",
            html.Small(row.source),
        ]
        for row in table.itertuples()
    ]
    lead = (
        "Jede Gemeinde steht mit ihrem neuesten Wert auf der Basis Zensus 2011. Werte auf der Basis Zensus 2022 gibt es nur für drei "
        "Gemeinden; sie stehen hier zum Nachschlagen und werden nie mit den anderen verrechnet."
    )
    settled = _settled(atlas)
    return [html.P(lead), html.P(settled), _table(("Gemeinde", "Einwohner", "Stichtag", "Basis", "", "Fundstelle"), rows, "Einwohnerzahlen")]


def _settled(atlas: Atlas) -> str:
    demand = atlas.data.demand
    return (
        f"Wo die Menschen wohnen, sagen {number(len(demand))} Siedlungsflächen mit {number(float(demand['zensus2011'].sum()))} im Zensus 2011 "
        f"gezählten Menschen. Sie werden je Gemeinde auf die neueste Zahl umgerechnet (zusammen {number(float(demand['population'].sum()))}; geschätzt)."
    )


def _states() -> list[Component]:
    rows = [[word, state.value, SIGNS.get(state, "")] for state, word in STATE_WORDS.items()]
    lead = "Jeder Wert trägt seine Art bei sich. Ein fehlender Wert ist nie null. Gedruckt gelten die Zeichen des Landesamts für Statistik."
    return [html.P(lead), _table(("Art", "im Export", "gedruckt"), rows, "Art der Werte")]


def _sources() -> list[Component]:
    rows = []
    for source in catalog.sources().values():
        address = html.A(source.url, href=source.url, rel="noopener noreferrer", target="_blank") if source.url else "eigene Zusammenstellung"
        licence = html.A(source.licence, href=source.licence_url, rel="noopener noreferrer", target="_blank") if source.licence_url else source.licence
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
    titles = ("Quelle", "Herausgeber und Adresse", "Lizenz und Namensnennung", "Stand", "Gebietsstand", "Verwendung", "SHA-256 (Anfang)")
    proofs = [html.Li([html.B(f"{proof.id} "), proof.text]) for proof in catalog.proofs().values()]
    return [
        _table(titles, rows, "Quellen und Lizenzen"),
        html.Details([html.Summary(f"Nachweise der Fachgrundlage ({len(proofs)})"), html.Ul(proofs)]),
    ]


def register(app: Dash, atlas: Atlas) -> None:
    """The page has no callbacks."""
