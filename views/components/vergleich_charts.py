"""Charts of the page of comparisons as plain Plotly figures: a reader sees the same numbers in the table below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from layers.german import number

Chart = dict[str, Any]
BLUE, GREY, RED, INK, QUIET = "#0a5bb5", "#767f90", "#b3171f", "#10162b", "#cdd4e0"
ROW_PX, LINE_PX, FRAME_PX = 22, 19, 96
FONT = {"family": "Fira Sans, Arial, sans-serif", "size": 14, "color": INK}
AXIS = {
    "gridcolor": "#e3e7ee",
    "zerolinecolor": GREY,
    "linecolor": GREY,
    "automargin": True,
    "fixedrange": True,
    "title": {"standoff": 10},
}
MARGIN = {"l": 8, "r": 16, "t": 34, "b": 8}
LAYOUT = {
    "font": FONT,
    "separators": ",.",
    "paper_bgcolor": "#ffffff",
    "plot_bgcolor": "#ffffff",
    "dragmode": False,
    "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": GREY, "font": FONT, "align": "left"},
    "showlegend": False,
    "margin": MARGIN,
}


@dataclass(frozen=True, eq=False)
class RangeChart:
    """Points with a range, one row an area in the given order, and a reference line (name, value or NaN)."""

    title: str
    names: pd.Series
    points: pd.Series
    low: pd.Series
    high: pd.Series
    chosen: str = ""
    reference: tuple[str, float] = ("", np.nan)
    decimals: int = 1


def range_chart(chart: RangeChart) -> Chart:
    """Return dots with their ranges, the first row on top; the chosen area is a red diamond."""
    chosen = chart.names.index == chart.chosen
    texts = [_range_text(chart, key) for key in chart.names.index]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": _numbers(chart.points),
        "y": list(range(len(chart.names))),
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": [RED if is_it else BLUE for is_it in chosen],
            "symbol": ["diamond" if is_it else "circle" for is_it in chosen],
            "size": [13 if is_it else 9 for is_it in chosen],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": _numbers((chart.high - chart.points).fillna(0)),
            "arrayminus": _numbers((chart.points - chart.low).fillna(0)),
            "color": GREY,
            "thickness": 2,
            "width": 4,
        },
    }
    axis = AXIS | {"title": {"text": wrapped(chart.title), "standoff": 8}}
    layout = LAYOUT | {"xaxis": axis, "yaxis": rows_axis(chart.names), "height": chart_height(len(chart.names))}
    return {"data": [points], "layout": layout | _reference(*chart.reference, chart.decimals)}


def rows_axis(names: pd.Series) -> Chart:
    """Return an axis with one named row per place, the first on top."""
    last = len(names) - 1
    places = {"tickmode": "array", "tickvals": list(range(last + 1)), "ticktext": names.tolist()}
    return AXIS | places | {"range": [last + 0.6, -0.6], "zeroline": False}


def chart_height(rows: int) -> int:
    """Return the height in pixels of a chart with so many rows."""
    return max(220, ROW_PX * rows + FRAME_PX)


def _range_text(chart: RangeChart, key: Any) -> str:
    value = number(chart.points[key], chart.decimals)
    if pd.isna(chart.low[key]):
        return f"{chart.names[key]}: {value}"
    low, high = (number(each[key], chart.decimals) for each in (chart.low, chart.high))
    return f"{chart.names[key]}: {value}<br>Spanne {low} bis {high}"


def _reference(name: str, value: float, decimals: int) -> Chart:
    if np.isnan(value):
        return {}
    line = {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper"}
    label = {"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "showarrow": False, "font": FONT | {"size": 13}}
    return {
        "shapes": [line | {"line": {"color": INK, "width": 1.5, "dash": "dash"}, "layer": "below"}],
        "annotations": [label | {"text": f"{name} {number(value, decimals)}"}],
    }


@dataclass(frozen=True, eq=False)
class LineChart:
    """Two indicators with their titles, the line (intercept, slope; NaN for none) and the areas that are named."""

    x: pd.Series
    y: pd.Series
    titles: tuple[str, str]
    names: pd.Series
    line: tuple[float, float]
    labelled: tuple[str, ...] = ()
    chosen: str = ""
    decimals: tuple[int, int] = (1, 1)


def line_chart(chart: LineChart) -> Chart:
    """Return a scatter of two indicators with its line; chosen and remarkable areas carry their names."""
    labels = [chart.names[key] if key in (*chart.labelled, chart.chosen) else "" for key in chart.x.index]
    chosen = chart.x.index == chart.chosen
    texts = [
        f"{chart.names[key]}<br>{chart.titles[0]}: {number(chart.x[key], chart.decimals[0])}"
        f"<br>{chart.titles[1]}: {number(chart.y[key], chart.decimals[1])}"
        for key in chart.x.index
    ]
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "x": _numbers(chart.x),
        "y": _numbers(chart.y),
        "text": labels,
        "textposition": _positions(chart.x, chart.y),
        "textfont": FONT | {"size": 13},
        "cliponaxis": False,
        "customdata": texts,
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": [RED if is_it else BLUE for is_it in chosen],
            "symbol": ["diamond" if is_it else "circle" for is_it in chosen],
            "size": [14 if is_it else 10 for is_it in chosen],
            "opacity": 0.85,
            "line": {"color": "#ffffff", "width": 1},
        },
    }
    axes = {
        "xaxis": AXIS | {"title": {"text": wrapped(chart.titles[0]), "standoff": 8}, "zeroline": False},
        "yaxis": AXIS | {"title": {"text": wrapped(chart.titles[1]), "standoff": 8}, "zeroline": False},
    }
    return {"data": [*_fit(chart), points], "layout": LAYOUT | axes | {"height": 460}}


def _positions(x: pd.Series, y: pd.Series) -> list[str]:
    """Return where each label stands: towards the middle of the chart, so that none is cut off."""
    middle, centre = (x.max() + x.min()) / 2, (y.max() + y.min()) / 2
    sides = ["right" if value <= middle else "left" for value in x]
    heights = ["top" if value <= centre else "bottom" for value in y]
    return [f"{height} {side}" for height, side in zip(heights, sides, strict=True)]


def _fit(chart: LineChart) -> list[Chart]:
    intercept, slope = chart.line
    if np.isnan(slope):
        return []
    ends = [float(chart.x.min()), float(chart.x.max())]
    look = {"mode": "lines", "line": {"color": INK, "width": 1.5, "dash": "dash"}, "hoverinfo": "skip"}
    return [{"type": "scatter", "x": ends, "y": [intercept + slope * end for end in ends], **look}]


BARS: tuple[Chart, ...] = (
    {"color": BLUE},
    {"color": "#ffffff", "line": {"color": BLUE, "width": 1}, "pattern": {"shape": "/", "fgcolor": BLUE, "size": 6}},
    {"color": RED},
    {"color": "#ffffff", "line": {"color": RED, "width": 1}, "pattern": {"shape": "x", "fgcolor": RED, "size": 6}},
)


def bar_chart(title: str, names: pd.Series, series: Mapping[str, pd.Series], texts: Mapping[str, pd.Series]) -> Chart:
    """Return bars around 0, one group per name and one bar per series; hatching tells series apart without colour."""
    data = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": _numbers(values),
            "y": list(range(len(names))),
            "customdata": texts[name].tolist(),
            "hovertemplate": "%{customdata}<extra></extra>",
            "marker": look,
        }
        for (name, values), look in zip(series.items(), BARS, strict=False)
    ]
    labels = names.map(lambda name: wrapped(name, 32))
    lines = max(label.count("<br>") + 1 for label in labels)
    layout = {
        "barmode": "group",
        "bargap": 0.3,
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "xanchor": "left", "y": 1, "yanchor": "bottom"},
        "xaxis": AXIS | {"title": {"text": wrapped(title), "standoff": 8}, "zeroline": True, "zerolinewidth": 2},
        "yaxis": rows_axis(labels),
        "height": max(260, max(16 + 18 * len(series), 8 + LINE_PX * lines) * len(names) + FRAME_PX + 40),
        "margin": MARGIN | {"t": 56},
    }
    return {"data": data, "layout": LAYOUT | layout}


def wrapped(text: str, width: int = 40) -> str:
    """Return ``text`` broken into lines for an axis.

    >>> wrapped("Anteil der Haushalte mit Kindern", 16)
    'Anteil der<br>Haushalte mit<br>Kindern'
    """
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _numbers(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]
