"""The maps of the page of comparisons: what the map script draws, the legend, and the picture without WebGL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from layers.atlas import Atlas
from layers.classify import Classes
from layers.german import number
from layers.mapview import SUPPRESSED, LegendEntry, MapView
from layers.palette import NO_DATA
from reports.map import draw_map
from views.components.mapconfig import area_values
from views.components.query import to_query
from views.components.vergleich_data import Finding, Paint, figure_of
from views.components.vergleich_state import Comparison

WITH_MAP = ("suche", "muster", "veraenderung")
SECRET, NOTHING = "geheim", "kein Wert oder nicht vergleichbar"
QUIET = ("#e9edf3",)


def payload(atlas: Atlas, state: Comparison, finding: Finding) -> dict[str, Any] | None:
    """Return what the map script draws; None in a section without a map, plain areas without a finding."""
    if state.ansicht not in WITH_MAP:
        return None
    query = to_query(state)
    common: dict[str, Any] = {
        "key": f"vergleich?{query}",
        "level": state.level,
        "selected": state.area or None,
        "compare": None,
        "points": {"categories": []},
        "focus": None,
        "svg": f"/vergleich.svg?{query}",
    }
    index = atlas.areas(state.level).index
    if finding.paint is None:
        return common | area_values(list(QUIET), [0] * len(index), [""] * len(index))
    paint, hatched = finding.paint, hatched_areas(finding)
    classes, texts = paint.of.reindex(index).tolist(), paint.texts.reindex(index).tolist()
    return common | area_values(list(paint.colours), classes, texts, hatched.reindex(index).tolist())


def hatched_areas(finding: Finding) -> pd.Series:
    """Return which areas are hatched: those whose result is not known, else those with a secret value."""
    paint = finding.paint
    assert paint is not None
    return paint.hatched if paint.hatched is not None else secret_areas(finding, paint)


def secret_areas(finding: Finding, paint: Paint) -> pd.Series:
    """Return which areas have no class because a value behind it is secret."""
    secret = pd.Series(False, index=paint.of.index)
    for figure in finding.figures:
        secret |= figure.states.reindex(secret.index).isin(SUPPRESSED)
    return secret & (paint.of < 0)


def legend(finding: Finding) -> list[Component]:
    """Return the legend with the number of areas of every class."""
    paint = finding.paint
    if paint is None:
        return []
    counts, open_ones = paint.of.value_counts(), paint.of[hatched_areas(finding)]
    items = [
        _item(colour, label, int(counts.get(place, 0)), hatched=bool((open_ones == place).any()))
        for place, (colour, label) in enumerate(zip(paint.colours, paint.labels, strict=True))
    ]
    secret = int(secret_areas(finding, paint).sum())
    none = int(counts.get(-1, 0)) - secret
    items += [_item("", SECRET, secret, hatched=True)] if secret else []
    items += [_item(NO_DATA, NOTHING, none)] if none else []
    head = html.Li([html.B(paint.unit or "Wert"), html.Span("Gebiete", className="n")])
    return [html.Ul([head, *items])]


def _item(colour: str, label: str, count: int, *, hatched: bool = False) -> Component:
    look: dict[str, Any] = {"className": "farbe schraffiert"}
    if not hatched:
        look = {"className": "farbe", "style": {"background": colour}}
    return html.Li([html.Span(**look), html.Span(label), html.Span(number(count), className="n")])


def picture(atlas: Atlas, state: Comparison, finding: Finding) -> bytes:
    """Return the map as an SVG whose areas are buttons, for browsers without WebGL."""
    index = atlas.areas(state.level).index
    blank = pd.Series("", index=index)
    paint = finding.paint or Paint(pd.Series(0, index=index), QUIET, ("",), blank)
    figure = finding.figures[0] if finding.figures else figure_of(atlas, state.level, "BEV01")
    layer = replace(figure.layer, text=replace(figure.text, name=finding.title, additive=False))
    rows = layer.table.reindex(index)
    rows.insert(0, "name", atlas.areas(state.level)["name"])
    of = paint.of.reindex(index)
    rows = rows.assign(shown=paint.texts.reindex(index), class_=of, rank=1.0)
    rows["colour"] = [paint.colours[place] if place >= 0 else NO_DATA for place in of]
    rows["hatched"] = hatched_areas(finding).reindex(index) if finding.paint else False
    counts = tuple(int((of == place).sum()) for place in range(len(paint.colours)))
    entries = zip(paint.colours, paint.labels, counts, strict=True)
    signs = tuple(LegendEntry(colour, label, count, "class") for colour, label, count in entries)
    classes = Classes("fest", tuple(map(float, range(len(counts)))), 0.0, of, counts, 0)
    view = MapView(layer, classes, list(paint.colours), rows, signs)
    return draw_map(atlas, view, state, kind="svg", frame=False)
