"""The ranking of one indicator with what chance leaves open."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geodata import catalog
from layers.atlas import Atlas
from layers.german import number, printed, signed_value
from layers.ranking import ranking
from layers.sentences import LEVEL_DATIVE, LEVEL_MANY
from views.components.vergleich_charts import RangeChart, range_chart
from views.components.vergleich_data import Field, Figure, Finding, figure_of
from views.components.vergleich_state import Comparison

NO_SHARE = "Diese Kennzahl ist kein Anteil mit gezählten Fällen: Eine Zufallsspanne lässt sich für sie nicht angeben."
NO_BASE = "Zu diesem Anteil liegt keine Grundzahl vor: Eine Zufallsspanne lässt sich nicht angeben."
SPAN = (
    "Spanne: Bereich, in dem der Anteil mit 95 % Sicherheit läge, wenn die Fälle zufällig schwankten (Wilson). "
    "Mögliche Ränge: Plätze, die diese Schwankung aller Gebiete zugleich offen lässt (95 %)."
)


def rank_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return the areas by rank, for shares with the interval of each and the ranks that remain possible."""
    figure = figure_of(atlas, state.level, state.indicator, state.period)
    if figure.series.notna().sum() == 0:
        return Finding("Rangliste", figures=(figure,), empty="Für diese Auswahl gibt es keine Werte.")
    spans = shares(figure)
    table = _ranked(atlas, figure, spans)
    fields = _rank_fields(figure, with_span=spans is not None)
    note = SPAN if spans is not None else NO_BASE if is_share(figure) else NO_SHARE
    chart = range_chart(_chart_of(table, figure, state))
    sentences = (_ends(atlas, figure, table), _openness(table, state.level) if spans is not None else "")
    return Finding("Rangliste", sentences, table, fields, (figure,), (note,), chart=chart)


def is_share(figure: Figure) -> bool:
    """Return whether an indicator is a share of counted cases."""
    indicator = catalog.indicators().get(figure.layer.key.id)
    return bool(indicator and indicator.share and figure.text.unit == "%")


def shares(figure: Figure) -> pd.DataFrame | None:
    """Return the intervals of a share of counted cases, from value and base as shown; None for anything else."""
    table = figure.layer.table
    base = table["base"].where(table["value"].notna())
    if not is_share(figure) or not (base > 0).any():
        return None
    hits = (table["value"] * base / 100).round(6)
    return ranking(hits, base, ascending=figure.text.direction > 0)


def _ranked(atlas: Atlas, figure: Figure, spans: pd.DataFrame | None) -> pd.DataFrame:
    """Return the areas by the rank of their printed values, as on the map."""
    table = figure.layer.table.copy()
    table.insert(0, "name", atlas.areas(figure.layer.level)["name"])
    shown = printed(table["value"], figure.text.decimals)
    table["rank"] = shown.rank(method="min", ascending=figure.text.direction > 0)
    if spans is not None:
        table[["low", "high"]] = spans[["low", "high"]]
        table["first_rank"] = spans["first_rank"].where(spans["first_rank"] < table["rank"], table["rank"])
        table["last_rank"] = spans["last_rank"].where(spans["last_rank"] > table["rank"], table["rank"])
        table.loc[spans["low"].isna(), ["first_rank", "last_rank"]] = np.nan
    return table.sort_values(["rank", "name"], na_position="last")


def _rank_fields(figure: Figure, *, with_span: bool) -> tuple[Field, ...]:
    text = figure.text
    spans = (
        Field("low", "Spanne (95 %)", text.decimals, upto="high"),
        Field("first_rank", "mögliche Ränge", 0, upto="last_rank"),
    )
    return (
        Field("rank", "Rang", 0),
        Field("name", "Gebiet"),
        Field("value", f"Wert ({text.unit})" if text.unit else "Wert", text.decimals, "state"),
        *(spans if with_span else ()),
        *((Field("base", _base_title(text.base), 0),) if figure.layer.table["base"].notna().any() else ()),
        Field("reason", "Hinweis"),
    )


def _base_title(base: str) -> str:
    return f"Grundzahl ({base})" if base else "Grundzahl"


def _chart_of(table: pd.DataFrame, figure: Figure, state: Comparison) -> RangeChart:
    known = table[table["value"].notna()]
    additive = figure.text.additive
    kreis = float(figure.layer.kreis["value"]) if not additive else np.nan
    empty = pd.Series(np.nan, index=known.index)
    return RangeChart(
        figure.title,
        known["name"],
        known["value"],
        known.get("low", empty),
        known.get("high", empty),
        chosen=state.area,
        reference=("Landkreis", kreis),
        decimals=figure.text.decimals,
    )


def _ends(atlas: Atlas, figure: Figure, table: pd.DataFrame) -> str:
    """Return the sentence that names the two ends of a ranking."""
    text, level = figure.text, figure.layer.level
    known = table[table["value"].notna()]
    ends = {-1: ("Größte Belastung", "geringste"), 1: ("Niedrigster Wert", "höchster")}
    titles = ends.get(text.direction, ("Höchster Wert", "niedrigster"))
    said = []
    for title, rank in zip(titles, (known["rank"].min(), known["rank"].max()), strict=True):
        rows = known[known["rank"] == rank]
        name = rows["name"].iloc[0] if len(rows) == 1 else f"{number(len(rows))} {LEVEL_MANY[level]}"
        value = signed_value(rows["value"].iloc[0], rows["state"].iloc[0], text.decimals, text.unit)
        said.append(f"{title}: {name} ({value})")
    kreis = figure.layer.kreis
    whole = ""
    if pd.notna(kreis["value"]):
        whole = f" Landkreis: {signed_value(kreis['value'], kreis['state'], text.decimals, text.unit)}."
    lead = f"{figure.label}, {number(len(known))} von {number(len(table))} {LEVEL_DATIVE[level]} mit Wert."
    return f"{lead} {said[0]}, {said[1]}.{whole}"


def _openness(table: pd.DataFrame, level: str) -> str:
    """Return the sentence that says how far a ranking may be trusted."""
    known = table[table["first_rank"].notna()]
    unsure = int((known["first_rank"] < known["last_rank"]).sum())
    first = int((known["first_rank"] == 1).sum())
    if not unsure:
        return "Die Spannen lassen keinen anderen Rang offen."
    return (
        f"Bei {number(unsure)} von {number(len(known))} {LEVEL_DATIVE[level]} sind nach den Spannen mehrere Ränge "
        f"möglich; auf Rang 1 könnten {number(first)} stehen."
    )
