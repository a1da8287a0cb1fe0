"""The map through the years: every frame computed once, with the controls that play them in the browser."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import dash_mantine_components as dmc
import pandas as pd
from dash import dcc, html
from dash.development.base_component import Component

from layers.atlas import Atlas
from layers.german import signed_value
from layers.keys import IndicatorKey
from layers.mapview import MapView
from layers.scenario import Scenario
from layers.sentences import headline
from layers.series import breaks, series_of
from layers.statistics import Statistics
from layers.timeline import legend_of, year_views
from views.components import panels
from views.components.legends import circle_radius
from views.components.mapconfig import area_values
from views.components.plain import as_sent
from views.components.query import to_query
from views.components.zeit_state import TimeState, shown_year

PLAIN = "#eef1f6"  # areas under circles
FRAME_MS = 1200
PLAY = "▶ Abspielen"


@lru_cache(maxsize=16)
def _views(
    atlas: Atlas, statistics: Statistics, question: tuple[str, IndicatorKey, str, int]
) -> tuple[dict[str, MapView], dict[str, str]]:
    level, key, scheme, k = question
    views = year_views(atlas, level, key, scheme, k)
    areas = atlas.areas(level)["name"].items()
    begins: dict[str, set[str]] = {}
    for area in areas if views else ():
        for year, what in breaks(series_of(atlas, level, key, (str(area[0]), str(area[1])))):
            begins.setdefault(year, set()).add(what)
    return views, {year: " und ".join(sorted(what)) for year, what in begins.items()}


def views_of(atlas: Atlas, state: TimeState) -> dict[str, MapView]:
    """Return the maps of all years, in classes that are the same for all. Kept: do not change them."""
    return _views(atlas, atlas.current.statistics, (state.level, state.key, state.scheme, state.k))[0]


def breaks_of(atlas: Atlas, state: TimeState) -> dict[str, str]:
    """Return what begins in a year that cannot be compared with the ones before, by year."""
    return _views(atlas, atlas.current.statistics, (state.level, state.key, state.scheme, state.k))[1]


def film(atlas: Atlas, state: TimeState) -> dict[str, Any] | None:
    """Return all that the browser needs to show any year without asking: None where no year has values."""
    views = views_of(atlas, state)
    if not views:
        return None
    _, counts = legend_of(views.values())
    begins = breaks_of(atlas, state)
    frames = [
        _frame(atlas, replace(state, year=year), view, begins.get(year, ""), _largest(views)) | {"counts": number}
        for (year, view), number in zip(views.items(), counts, strict=True)
    ]
    legend = [as_sent(part) for part in legend_parts(views, shown_year(state, tuple(views)))]
    return {"years": [int(year) for year in views], "frames": frames, "legend": legend}


def _largest(views: dict[str, MapView]) -> float:
    return float(max(view.rows["value"].max() for view in views.values() if view.has_values)) if views else 0.0


def _frame(atlas: Atlas, state: TimeState, view: MapView, begins: str, largest: float) -> dict[str, Any]:
    query, circles = to_query(state), view.is_count
    rows = view.rows.reindex(atlas.areas(state.level).index)
    texts = [_tooltip(row) for _, row in rows.iterrows()]
    hatch = rows["hatched"].tolist()
    drawn = (
        area_values([PLAIN], [0] * len(rows), texts, [])
        if circles
        else area_values(view.colours, rows["class_"].tolist(), texts, hatch)
    )
    kreis = signed_value(view.layer.kreis["value"], view.layer.kreis["state"], view.layer.text.decimals)
    unit = view.layer.text.unit if pd.notna(view.layer.kreis["value"]) else ""
    below = [f"Kreis: {kreis} {unit}".strip(), *([f"Reihenbruch: {begins}"] if begins else [])]
    return {
        "map": {
            "key": f"zeit?{query}",
            "level": state.level,
            **drawn,
            "circles": [circle_radius(value, largest) for value in rows["value"]] if circles else [],
            "selected": None,
            "compare": None,
            "points": {"categories": []},
            "scenario": [],
            "focus": None,
            "svg": f"/entwicklung/karte.svg?{query}",
        },
        "below": " · ".join(below),
        "said": said(view, state.year, begins),
        "address": query,
    }


def said(view: MapView, year: str, begins: str) -> str:
    """Return the sentence that stands for the map of a year."""
    if not view.has_values and not any(entry.kind == "suppressed" and entry.count for entry in view.legend):
        return f"{year}: keine Werte."
    warning = f" Mit früheren Jahren nicht vergleichbar ({begins})." if begins else ""
    return f"{year}: {headline(view)}{warning}"


def _tooltip(row: pd.Series) -> str:
    return f"{row['shown']} – {row['reason']}" if row["reason"] and pd.isna(row["value"]) else str(row["shown"])


def legend_parts(views: dict[str, MapView], year: str) -> list[Component]:
    """Return the legend of all years with the counts of one; a count has the class ``n``."""
    entries, counts = legend_of(views.values())
    here, view = counts[list(views).index(year)], views[year]
    lines = tuple(replace(entry, count=count) for entry, count in zip(entries, here, strict=True))
    if any(each.is_count for each in views.values()):
        fullest = max((view for view in views.values() if view.has_values), key=lambda view: view.rows["value"].max())
        return panels.legend(replace(fullest, legend=()), with_points=False, scenario=Scenario(""))
    return panels.legend(replace(view, legend=lines), with_points=False, scenario=Scenario(""))


def first_frame(made: dict[str, Any] | None, state: TimeState) -> dict[str, Any] | None:
    """Return the frame that the page opens with: the year of the state, else the last."""
    if made is None:
        return None
    years = tuple(str(year) for year in made["years"])
    frame: dict[str, Any] = made["frames"][years.index(shown_year(state, years))]
    return frame


def slider_props(made: dict[str, Any] | None, state: TimeState) -> dict[str, Any]:
    """Return range, marks and value of the slider of years."""
    if made is None:
        return {"min": 0, "max": 1, "value": 0, "marks": [], "disabled": True}
    years = [int(year) for year in made["years"]]
    step = next(step for step in (1, 2, 5, 10, 20) if len(years) / step <= 7)
    shown = {years[0], years[-1], *(year for year in years if year % step == 0)}
    shown -= {year for year in shown if year not in (years[0], years[-1])
              and min(abs(year - years[0]), abs(year - years[-1])) < step / 2}  # fmt: skip
    marks = [{"value": year, "label": str(year)} for year in sorted(shown)]
    value = int(shown_year(state, tuple(str(year) for year in years)))
    low = years[0] - (1 if len(years) == 1 else 0)
    return {"min": low, "max": years[-1], "value": value, "marks": marks, "disabled": len(years) == 1}


def controls(made: dict[str, Any] | None, state: TimeState) -> Component:
    """Return the buttons and the slider that move through the years."""
    buttons = [
        html.Button("◀ Jahr zurück", id="zeit-zurueck", className="knopf", type="button"),
        html.Button(PLAY, id="zeit-spielen", className="knopf haupt", type="button"),
        html.Button("Jahr vor ▶", id="zeit-vor", className="knopf", type="button"),
    ]
    slider = dmc.Slider(
        id="zeit-jahr", step=1, updatemode="drag", thumbLabel="Jahr", className="zeit-regler", mb="lg", mt="xs",
        **slider_props(made, state),
    )  # fmt: skip
    still = (
        "Auf diesem Gerät ist Bewegung abgeschaltet: Die Karte spielt nicht von selbst, die Knöpfe gehen Jahr für Jahr."
    )
    return html.Div(
        [
            html.Div(buttons, className="zeit-knoepfe", role="group", **{"aria-label": "Durch die Jahre"}),
            html.Div(slider, className="zeit-leiste"),
            html.P(still, className="klein zeit-still"),
            dcc.Interval(id="zeit-takt", interval=FRAME_MS, disabled=True),
        ],
        className="zeit-steuerung",
    )
