"""The figures of a profile: head with facts and locator, leading indicators, further ones, ages."""

from __future__ import annotations

from urllib.parse import urlencode

import numpy as np
from dash import dcc, html
from dash.development.base_component import Component

from geodata.model import State
from layers.german import STATE_WORDS, number, signed_value
from layers.portrait import Figure, Value
from layers.portrait_ages import ages_sentence
from layers.portrait_build import Portrait
from layers.portrait_head import Head
from views.components.panels import badge
from views.components.steckbrief_state import PortraitState
from views.components.steckbrief_teile import Cells, Refs, cell, references, section, table_of

ARROWS = {"gestiegen": "↑", "gesunken": "↓", "kaum": "→", "schwankend": "↕"}
WORDS = {"günstiger": "geprueft", "ungünstiger": "unvollstaendig", "ähnlich": ""}
NO_FUNCTION = "keine belegt"
NO_AGES = (
    "Noch keine Altersgruppen eingelesen. Es füllt diesen Teil: Tabelle 12411-02-03-5 der Regionalstatistik "
    "(Einwohner nach 17 Altersgruppen je Gemeinde), sonst ein Datensatz mit Altersgruppen in Rasterzellen des Zensus."
)
NO_FORECAST = "Vorausberechnung: noch ohne Daten. Sie käme aus der Kennzahl BEV15 (Landesamt für Statistik)."
NO_LAND = "Für das Land ist zu diesen Kennzahlen kein Wert eingelesen; die Spalte fehlt deshalb."


def head_section(portrait: Portrait, state: PortraitState, refs: Refs, alt: str) -> Component:
    """Return facts and locator."""
    heads = [head for head in (portrait.head, portrait.other) if head]
    query = urlencode({"level": state.level, "area": state.area, "compare": state.compare})
    picture = html.Img(src=f"/steckbrief/lage.svg?{query}", alt=alt, className="sb-lage")
    facts = [html.Div([html.H3(head.name), _facts(head, refs)]) for head in heads]
    return section("kopf", "Auf einen Blick", [html.Div([*facts, html.Figure(picture)], className="sb-kopf")])


def _facts(head: Head, refs: Refs) -> Component:
    key = [("Gemeindeschlüssel (AGS)", head.key)] if head.key else []
    people, density = _fact(head.people, 0, "", head.people_stand), _fact(head.density, 1, "je km²", head.density_stand)
    pairs = [
        ("Art", head.kind),
        *key,
        ("Gehört zu" if head.level == "gemeinde" else "Umfasst", head.place.partition(": ")[2] or head.place),
        ("Zentraler Ort", head.central or NO_FUNCTION),
        ("Einwohner", [people, *references(refs, head.sources)]),
        ("Fläche", f"{number(head.area_km2, 2)} km² (Katasterfläche)"),
        ("Einwohner je km²", [density, *references(refs, head.sources)]),
        ("Gebietsstand", head.gebietsstand),
    ]
    return html.Dl([part for title, text in pairs for part in (html.Dt(title), html.Dd(text))], className="fakten")


def _fact(value: Value, decimals: int, unit: str, stand: str) -> str:
    shown = signed_value(value.value, value.state, decimals, unit)
    if not value.known:
        return f"{shown}. {value.reason}".strip()
    word = STATE_WORDS[State(value.state)]
    return f"{shown} (Stand {stand}, {word})" + (f". {value.reason}" if value.reason else "")


def leading_section(portrait: Portrait, refs: Refs) -> Component:
    """Return the leading indicators, those without data, and further ones in a fold."""
    figures, further = portrait.leading, portrait.further
    table = figure_table(portrait, figures, refs, "Leitindikatoren") if figures else html.P("Noch ohne Daten.")
    no_land = html.P(NO_LAND, className="klein") if figures and not _has_land(figures) else None
    items = [html.Li([html.B(f"{lack.name} ({lack.key}): "), lack.needs]) for lack in portrait.lacking]
    lacking = _fold(f"Noch ohne Daten ({len(items)} Leitindikatoren)", html.Ul(items)) if items else None
    more = figure_table(portrait, further, refs, "Weitere Kennzahlen") if further else None
    fold = _fold(f"Weitere Kennzahlen mit Daten ({len(further)})", more) if more else None
    return section("zahlen", "Leitindikatoren", [leading_sentence(figures), table, no_land, lacking, fold])


def _fold(title: str, content: Component) -> Component:
    return html.Details([html.Summary(title), content])


def leading_sentence(figures: tuple[Figure, ...]) -> Component | None:
    """Return the finding of the table in one sentence."""
    judged = [figure for figure in figures if figure.word]
    if not judged:
        return html.P("Keine dieser Kennzahlen lässt sich mit dem Landkreis vergleichen.") if figures else None
    counts = {word: sum(figure.word == word for figure in judged) for word in WORDS}
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    counted = "einer Kennzahl" if len(judged) == 1 else f"{len(judged)} Kennzahlen"
    return html.P(f"Verglichen mit dem Landkreis, gewertet nach {counted}: {', '.join(parts)}.")


def _has_land(figures: tuple[Figure, ...]) -> bool:
    return any(figure.land.known for figure in figures)


def figure_table(portrait: Portrait, figures: tuple[Figure, ...], refs: Refs, caption: str) -> Component:
    """Return indicators beside the area compared with, Kreis and Land."""
    names = [head.name for head in (portrait.head, portrait.other) if head]
    references_ = ["Landkreis", *(["Land"] if _has_land(figures) else [])]
    titles = ["Kennzahl", *names, *references_, "Zum Landkreis", "Entwicklung", "Stand, Art, Quelle"]
    rows = [_row(figure, refs, with_land=_has_land(figures)) for figure in figures]
    return table_of(f"{caption}: {', '.join(names)}", titles, rows, [*names, *references_])


def _row(figure: Figure, refs: Refs, *, with_land: bool) -> Cells:
    percent = "%" if figure.unit == "%" else ""
    unit = f", {figure.unit}" if figure.unit and not percent else ""
    name = html.Th(
        [
            dcc.Link(figure.name, href=f"/?handlungsfeld=ALLE&indicator={figure.key}"),
            unit,
            html.Small(figure.reason) if figure.reason else "",
        ],
        scope="row",
    )
    others = [value for value in (figure.compare, figure.kreis, figure.land if with_land else None) if value]
    return [
        name,
        cell(figure.own, figure.decimals, percent, figure.count),
        *(cell(value, figure.decimals, percent) for value in others),
        html.Td(_standing(figure)),
        html.Td(_course(figure.trend)),
        html.Td([f"{figure.stand}, {STATE_WORDS[State(figure.own.state)]}", *references(refs, figure.sources)]),
    ]


def _standing(figure: Figure) -> Component | str:
    if figure.word:
        return badge(figure.word, WORDS[figure.word])
    if not figure.own.known:
        return "–"
    if not figure.kreis.known:
        return "kein Kreiswert"
    return "unsicher, nicht gewertet" if not figure.own.firm else "wird nicht gewertet"


def _course(trend: str) -> list[Component | str]:
    """Return the course in words, before it an arrow that says the same."""
    arrow = ARROWS.get(trend.split(" ")[0], "")
    mark = [html.Span(f"{arrow} ", className="sb-pfeil", **{"aria-hidden": "true"})] if arrow else []
    return [*mark, trend or "ein Stand, keine Reihe"]


def age_section(portrait: Portrait, refs: Refs) -> Component:
    """Return the age structure as bars beside their numbers, or what would fill it."""
    ages = portrait.ages
    if ages is None:
        return section("alter", "Altersaufbau", [html.P(NO_AGES), html.P(NO_FORECAST, className="klein")])
    names = [head.name for head in (portrait.head, portrait.other) if head]
    shares = ["Anteil", *(names[1:]), "Landkreis"]
    titles = ["Alter", "Menschen", *shares, "Bild (Strich: Landkreis)"]
    widest = max([share for group in ages.groups for share in (group.share, group.kreis) if share == share], default=1)
    rows = []
    for group in ages.groups:
        values = [group.share, *([group.compare] if portrait.other else []), group.kreis]
        cells = [html.Td(_share(value), className="n") for value in values]
        bar = html.Td(_bar(group.share, group.kreis, widest), className="sb-bild", **{"aria-hidden": "true"})
        rows.append([html.Th(group.label, scope="row"), cell(group.people, estimated=True), *cells, bar])
    origin = html.P([f"Stand {ages.stand}. {ages.note}", *references(refs, ages.sources)], className="klein")
    table = table_of(f"Altersaufbau: {names[0]}", titles, rows, ["Menschen", *shares])
    forecast = "BEV15" not in {figure.key for figure in portrait.further}
    return section(
        "alter",
        "Altersaufbau",
        [
            html.P(ages_sentence(ages, portrait.head.level)),
            table,
            origin,
            html.P(NO_FORECAST, className="klein") if forecast else None,
        ],
    )


def _share(share: float) -> str:
    return "k. A." if np.isnan(share) else f"{number(share, 1)} %"


def _bar(share: float, kreis: float, widest: float) -> Component | None:
    """Return a bar for the share, and a line where that of the Kreis would end."""
    if np.isnan(share):
        return None
    bar = html.Span(className="sb-balken", style={"width": f"{100 * share / widest:.1f}%"})
    line = html.Span(className="sb-strich", style={"left": f"{100 * kreis / widest:.1f}%"})
    return html.Span([bar] if np.isnan(kreis) else [bar, line], className="sb-skala")
