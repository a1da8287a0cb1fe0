"""Whether neighbouring areas are alike, as a map of what stands out."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from layers.atlas import Atlas
from layers.clusters import QUADRANTS, Clusters, clusters, contiguity
from layers.german import number, signed_value
from views.components.vergleich_data import Field, Figure, Finding, Paint, figure_of
from views.components.vergleich_state import Comparison

COLOURS = ("#ca0020", "#0571b0", "#f4a582", "#92c5de", "#ffffff")
LABELS = (
    "hoch, Nachbarn hoch",
    "niedrig, Nachbarn niedrig",
    "hoch, Nachbarn niedrig",
    "niedrig, Nachbarn hoch",
    "hebt sich nicht gesichert ab",
)
METHOD = (
    "Moran-I über Gebiete mit gemeinsamer Grenze oder Ecke, p aus 999 Vertauschungen; örtlich nach Anselin (1995) mit "
    "9.999 Vertauschungen und Korrektur für viele Tests (Benjamini und Hochberg). Gebiete außerhalb des Kreises "
    "zählen nicht als Nachbarn."
)


def pattern_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return Moran's I of an indicator and the areas that stand out together with their neighbours."""
    figure = figure_of(atlas, state.level, state.indicator, state.period)
    found = _clusters(atlas, figure.layer.level, figure)
    if found.refusal:
        return Finding("Räumliche Muster", figures=(figure,), warnings=(METHOD,), empty=found.refusal)
    table = found.table.copy()
    table.insert(0, "name", atlas.areas(state.level)["name"])
    table["value"], table["state"] = figure.series, figure.states
    table["sure"] = np.where(table["p"].notna(), np.where(table["significant"], "ja", "nein"), "")
    table = table.sort_values(["significant", "p", "name"], ascending=[False, True, True], na_position="last")
    expected = f"Ohne jedes Muster wäre ein Moran-I von {number(found.expected, 2).replace('-', '−')} zu erwarten."
    return Finding(
        "Räumliche Muster",
        (f"{figure.label}: {found.sentence}", expected),
        table,
        _fields(figure),
        (figure,),
        (METHOD,),
        paint=_paint(atlas, figure, found),
    )


def _clusters(atlas: Atlas, level: str, figure: Figure) -> Clusters:
    return clusters(figure.series, _neighbours(atlas, level))


@lru_cache(maxsize=4)
def _neighbours(atlas: Atlas, level: str) -> pd.DataFrame:
    """Return the pairs of neighbours of a level; borders do not change while the atlas runs."""
    return contiguity(atlas.areas(level).geometry)


def _fields(figure: Figure) -> tuple[Field, ...]:
    return (
        Field("name", "Gebiet"),
        Field("value", figure.title, figure.text.decimals, "state"),
        Field("quadrant", "eigener Wert – Nachbarn"),
        Field("local_i", "örtliches Moran-I", 2, plus=True),
        Field("p", "p", 3, least=0.001),
        Field("p_fdr", "p korrigiert", 3, least=0.001),
        Field("sure", "gesichert"),
        Field("reason", "Hinweis"),
    )


def _paint(atlas: Atlas, figure: Figure, found: Clusters) -> Paint:
    rows = found.table.reindex(atlas.areas(figure.layer.level).index)
    places = rows["quadrant"].map({name: place for place, name in enumerate(QUADRANTS)}).fillna(-1).astype(int)
    of = places.where(rows["significant"], len(QUADRANTS)).where(rows["reason"] == "", -1)
    texts = [
        f"{signed_value(float(figure.series[area]), str(figure.states[area]), figure.text.decimals, figure.text.unit)}"
        f" – {LABELS[of[area]] if of[area] >= 0 else rows.at[area, 'reason']}"
        for area in rows.index
    ]
    return Paint(of, COLOURS, LABELS, pd.Series(texts, index=rows.index), "eigener Wert und Nachbarn")
