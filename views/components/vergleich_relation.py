"""How two or more indicators go together over the areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, cast

import numpy as np
import pandas as pd

from geodata import catalog
from layers.atlas import Atlas
from layers.german import number
from layers.relations import ALPHA, Regression, correlations, regression, warnings
from layers.sentences import LEVEL_MANY
from views.components.vergleich_charts import LineChart, line_chart
from views.components.vergleich_data import Field, Figure, Finding, figure_of, parts_behind, signed
from views.components.vergleich_state import FEWEST, Comparison

FAR = 2.0
MOST_LABELS = 4
METHODS = {"pearson": "Pearson (geradlinig)", "spearman": "Spearman (Rangfolge)"}


def relation_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return the line through two indicators, and how far every area lies from it."""
    if not (state.indicator and state.second):
        return Finding("Zusammenhang", empty="Für einen Zusammenhang braucht es zwei Kennzahlen mit Werten.")
    x, y = (figure_of(atlas, state.level, key, state.period) for key in (state.indicator, state.second))
    found = regression(x.series, y.series)
    table = _residual_table(atlas, x, y, found)
    pairs = correlations(pd.DataFrame({x.key: x.series, y.key: y.series}))
    labelled = tuple(table.index[table["far"] == "ja"][:MOST_LABELS])
    both = table[table["x"].notna() & table["y"].notna()]
    chart = LineChart(
        both["x"], both["y"], (x.title, y.title), both["name"], (found.intercept, found.slope), labelled, state.area,
        (x.text.decimals, y.text.decimals),
    )  # fmt: skip
    return Finding(
        "Zusammenhang",
        (_line_sentence(x, y, found), _far_sentence(table)),
        table,
        _relation_fields(x, y),
        (x, y),
        tuple(warnings(pairs, parts=_parts(atlas, (x, y)), names=names_of((x, y)))),
        chart=line_chart(chart) if len(both) else None,
        empty="" if len(both) else "Kein Gebiet hat Werte für beide Kennzahlen.",
    )


def _residual_table(atlas: Atlas, x: Figure, y: Figure, found: Regression) -> pd.DataFrame:
    """Return the areas, those farthest from the line first; ``z`` is the distance in standard errors of the line."""
    table = pd.DataFrame({"name": atlas.areas(x.layer.level)["name"], "x": x.series, "y": y.series})
    table["state_x"], table["state_y"] = x.states, y.states
    table["expected"] = table["y"] - found.residuals
    table["residual"] = found.residuals
    error = np.sqrt((found.residuals**2).sum() / (found.n - 2)) if found.n > 2 else np.nan
    table["z"] = found.residuals / error if error > 0 else np.nan
    table["far"] = np.where(table["z"].abs() >= FAR, "ja", np.where(table["z"].notna(), "nein", ""))
    order = table["residual"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return table.loc[order]


def _relation_fields(x: Figure, y: Figure) -> tuple[Field, ...]:
    return (
        Field("name", "Gebiet"),
        Field("x", x.title, x.text.decimals, "state_x"),
        Field("y", y.title, y.text.decimals, "state_y"),
        Field("expected", "nach der Linie", y.text.decimals),
        Field("residual", "Abstand zur Linie", y.text.decimals, plus=True),
        Field("z", "Abstand in Streuungen", 1, plus=True),
        Field("far", "weit entfernt"),
    )


def p_text(p: float) -> str:
    """Return a p value as it is written.

    >>> p_text(0.0004), p_text(0.0126), p_text(float("nan"))
    ('p < 0,001', 'p = 0,013', 'ohne Test')
    """
    if np.isnan(p):
        return "ohne Test"
    return "p < 0,001" if p < 0.0005 else f"p = {number(p, 3)}"


def _line_sentence(x: Figure, y: Figure, found: Regression) -> str:
    if np.isnan(found.slope):
        return f"Eine Linie ist {found.reason}."
    lead = f"{number(found.n)} {LEVEL_MANY[x.layer.level]} mit beiden Werten: "
    way = "höher" if found.slope > 0 else "niedriger"
    pair = f"je höher „{x.text.name}“, desto {way} im Mittel „{y.text.name}“"
    if np.isnan(found.p):
        lead += f"{pair}; {found.reason}. "
    elif found.p < ALPHA:
        lead += f"{pair}. "
    else:
        lead += "Ein Zusammenhang ist nicht gesichert. "
    figures = (
        f"r = {signed(found.r, 2)}, R² = {number(found.r2, 2)}, Spearman {signed(found.rho, 2)}, {p_text(found.p)}"
    )
    return f"{lead}{figures}. {_slope_text(x, y, found)}"


def _slope_text(x: Figure, y: Figure, found: Regression) -> str:
    """Return what one unit more of x means for y, with its confidence."""
    places = max(2, int(np.ceil(-np.log10(abs(found.slope)))) + 1 if found.slope else 2)
    step = f"1 {x.text.unit}".strip() if x.text.unit != "%" else "1 Prozentpunkt"
    unit = "Prozentpunkte" if y.text.unit == "%" else y.text.unit
    said = f"Steigung: {signed(found.slope, places)} {unit}".strip() + f" je {step}"
    if np.isnan(found.low):
        return f"{said}."
    return f"{said} (95 %: {signed(found.low, places)} bis {signed(found.high, places)})."


def _far_sentence(table: pd.DataFrame) -> str:
    far = table[table["far"] == "ja"]
    if far.empty:
        return "Kein Gebiet liegt weit von der Linie." if table["z"].notna().any() else ""
    sides = np.where(far["z"] > 0, "über", "unter")
    said = [f"{name} ({side} der Linie)" for name, side in zip(far["name"], sides, strict=True)]
    return f"Weit von der Linie (mindestens zwei Streuungen): {', '.join(said)}."


def _parts(atlas: Atlas, figures: Sequence[Figure]) -> dict[str, frozenset[str]]:
    return {figure.key: parts_behind(atlas, figure.key) for figure in figures}


def names_of(figures: Sequence[Figure]) -> dict[str, str]:
    """Return what indicators and the counts behind them are called."""
    return {key: part.name for key, part in catalog.parts().items()} | {f.key: f.text.name for f in figures}


def correlation_finding(atlas: Atlas, state: Comparison) -> Finding:
    """Return how every two of the chosen indicators go together."""
    figures = tuple(figure_of(atlas, state.level, key, state.period) for key in state.indicators)
    if len(figures) < FEWEST["korrelationen"]:
        empty = f"Bitte mindestens {FEWEST['korrelationen']} Kennzahlen wählen; gewählt sind {len(figures)}."
        return Finding("Korrelationen", figures=figures, empty=empty)
    values = pd.DataFrame({figure.key: figure.series for figure in figures})
    method = cast(Literal["pearson", "spearman"], state.method)
    found = correlations(values, method)
    names = {figure.key: figure.label for figure in figures}
    table = found.assign(first=found["first"].map(names), second=found["second"].map(names))
    table["sure"] = np.where(table["p_holm"] < ALPHA, "ja", np.where(table["p"].notna(), "nein", ""))
    order = table["r"].abs().sort_values(ascending=False, kind="stable", na_position="last").index
    return Finding(
        "Korrelationen",
        (_closest(table.loc[order], state.method),),
        table.loc[order].reset_index(drop=True),
        CORRELATION_FIELDS,
        figures,
        tuple(warnings(found, parts=_parts(atlas, figures), names=names_of(figures))),
        matrix=found,
        rows="Paare",
    )


CORRELATION_FIELDS = (
    Field("first", "Kennzahl"),
    Field("second", "mit"),
    Field("r", "r", 2, plus=True),
    Field("n", "Gebiete (n)", 0),
    Field("p", "p", 3, least=0.001),
    Field("p_holm", "p nach Holm", 3, least=0.001),
    Field("sure", "gesichert"),
)


def _closest(table: pd.DataFrame, method: str) -> str:
    known = table[table["r"].notna()]
    if known.empty:
        return "Für kein Paar lässt sich ein Zusammenhang angeben."
    row = known.iloc[0]
    way = "gleichsinnig" if row["r"] > 0 else "gegensinnig"
    sure = int((known["sure"] == "ja").sum())
    figures = f"r = {signed(row['r'], 2)}, n = {number(row['n'])}"
    return (
        f"Am engsten gehen „{row['first']}“ und „{row['second']}“ zusammen, {way} ({figures}; {METHODS[method]}). "
        f"Nach der Korrektur für {number(int(known['p'].notna().sum()))} Tests gesichert: {number(sure)} von "
        f"{number(len(table))} Paaren."
    )
