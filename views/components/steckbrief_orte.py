"""Facilities and ways in a profile: what is recorded with its capacity, and how well people get there."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from geodata import catalog
from layers.atlas import Atlas
from layers.german import signed_value
from layers.portrait_build import Portrait
from layers.portrait_places import STOPS, Access, Stock
from layers.portrait_rules import EDGE, limit_words, way_summary
from views.components import areapanel
from views.components.panels import badge
from views.components.steckbrief_teile import Cells, Refs, cell, references, section, table_of
from views.components.words import JUDGEMENTS, KINDS

NOT_RECORDED = "Nicht erfasst heißt bei unvollständigem Bestand nicht, dass es nichts gibt."
SHARE = "Anteil der Menschen, die innerhalb der Schwelle wohnen (geschätzt)"
NO_WAYS = "Für keine Art von Einrichtung reicht der Bestand, um Wege zu rechnen."


def stock_section(portrait: Portrait, refs: Refs) -> Component:
    """Return the recorded facilities by category with capacity, completeness and known gaps."""
    here = [entry for entry in portrait.stock if entry.count.known and entry.count.value > 0]
    absent = [entry for entry in portrait.stock if entry not in here]
    names = [head.name for head in (portrait.head, portrait.other) if head]
    titles = ["Art", *names, "Kapazität", "Bestand"]
    rows = [_stock_row(entry) for entry in here]
    table = table_of(f"Erfasste Einrichtungen: {', '.join(names)}", titles, rows, names)
    origin = html.P([f"Stand: {portrait.register_stand}.", *references(refs, portrait.register_sources)])
    items = [html.Li([html.B(f"{entry.name} "), _judgement(entry), f" {entry.note}"]) for entry in absent]
    fold = html.Details(
        [html.Summary(f"Hier nicht erfasst ({len(absent)} Arten)"), html.P(NOT_RECORDED), html.Ul(items)]
    )
    return section(
        "einrichtungen",
        "Einrichtungen",
        [html.P(_stock_sentence(here)), table if here else None, origin, fold if absent else None],
    )


def _stock_sentence(here: list[Stock]) -> str:
    facilities = [entry for entry in here if entry.category != STOPS]
    if not facilities:
        return "Außer Haltestellen ist hier keine Einrichtung erfasst; das heißt nicht, dass es keine gibt."
    incomplete = sum(entry.judgement != "ausreichend" for entry in facilities)
    return (
        f"Erfasst sind Einrichtungen aus {len(facilities)} Arten; bei {incomplete} davon ist der Bestand unvollständig "
        "oder nicht geprüft, es kann also mehr geben."
    )


def _stock_row(entry: Stock) -> Cells:
    names = html.Small("; ".join(entry.names)) if entry.names else ""
    note = html.Small(entry.note) if entry.note else ""
    unknown = "–" if entry.category == STOPS else "nicht bekannt"
    return [
        html.Th([entry.name, names, note], scope="row"),
        _count(entry.count.value, entry.count.state, entry.judgement),
        *([_count(entry.compare.value, entry.compare.state, entry.judgement)] if entry.compare else []),
        html.Td("; ".join(part for part in (entry.capacity, entry.supply) if part) or unknown),
        html.Td(_judgement(entry)),
    ]


def _count(value: float, state: str, judgement: str) -> Component:
    shown = signed_value(value, state)
    least = " mindestens" if value == value and value > 0 and judgement != "ausreichend" else ""
    return html.Td(
        [html.Span(shown.strip("()"), className="sb-wert"), html.Small(least) if least else ""], className="n"
    )


def _judgement(entry: Stock) -> Component:
    word, kind = JUDGEMENTS[entry.judgement]
    return badge(word, kind)


def way_section(portrait: Portrait, atlas: Atlas, refs: Refs, area: tuple[str, str]) -> Component:
    """Return how people get to each category whose register is complete enough; ``area``: level and key."""
    names = [head.name for head in (portrait.head, portrait.other) if head]
    columns = [*names, "Landkreis", "Minuten im Mittel", "Minuten im Landkreis"]
    titles = ["Art, Schwelle", *columns, "Für die meisten am nächsten", "Stand, Quelle"]
    rows = [_way_row(way, refs) for way in portrait.ways]
    table = table_of(SHARE, titles, rows, columns)
    left_out = [c.name for c in atlas.categories.values() if not c.completeness.usable]
    rest = f"Nicht gerechnet, weil der Bestand nicht reicht ({len(left_out)} Arten): {', '.join(left_out)}."
    return section(
        "wege",
        "Erreichbarkeit",
        [
            html.P(way_summary(list(portrait.ways)) or NO_WAYS),
            table,
            html.P(EDGE, className="klein") if not all(way.outside_known for way in portrait.ways) else None,
            html.Details([html.Summary("Was hier nicht gerechnet ist"), html.P(rest)]) if left_out else None,
            *areapanel.without_car(atlas, *area),
        ],
    )


def _way_row(way: Access, refs: Refs) -> Cells:
    about = [" ", badge("Näherung", "naeherung")] if way.approximation else []
    limit = html.Small(f"{limit_words(way)}; {_legal(way.threshold_from)}")
    shares = [cell(value, 0, "%", estimated=True) for value in (way.share, way.share_compare, way.share_kreis) if value]
    minutes = [cell(value, 1, estimated=True) for value in (way.minutes, way.minutes_kreis)]
    return [
        html.Th([way.name, *about, limit], scope="row"),
        *shares,
        *(minutes if way.category != STOPS else [html.Td("–", className="n"), html.Td("–", className="n")]),
        html.Td(way.nearest or "–"),
        html.Td([way.stand, *references(refs, way.sources)]),
    ]


def _legal(threshold_from: str) -> str:
    """Return what kind of threshold it is."""
    threshold = catalog.thresholds().get(threshold_from)
    return "eigene Setzung" if threshold is None else f"{KINDS[threshold.kind]} ({threshold.id})"
