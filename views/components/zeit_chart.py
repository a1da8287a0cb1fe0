"""The line chart of series: lines that stop at gaps and breaks, names at their ends, the interval of a share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from geodata.model import State
from layers.describe import LayerText
from layers.german import number, rounded, signed_value
from layers.mapview import state_word
from layers.series import Series, band, breaks, runs
from views.components.zeit_labels import broken, spread

HEIGHT = 440
PLOT_HEIGHT = 360  # without the margins above and below
PX_PER_SIGN = 8.2
BREAK_ROOM = 0.28  # above the values, for the names of breaks
WITHOUT = "ohne Wert"
GAP_STRIP, GAP_ROOM = 0.045, 0.03  # of it: a line of years without a value, the space above
LABEL_PX = 18
OPEN_STATES = frozenset({State.ESTIMATED, State.PROVISIONAL, State.UNRELIABLE})
# Colour, dash and marker each tell the series apart (Okabe and Ito 2008, darkened for text on white).
LOOKS = (
    ("#10162b", "solid", "circle"),
    ("#b3171f", "solid", "square"),
    ("#0a5bb5", "dash", "diamond"),
    ("#1f6b3a", "dashdot", "triangle-up"),
    ("#8a4b00", "dot", "cross"),
    ("#7a2a86", "longdash", "star"),
)
FONT = {"family": "Fira Sans, Arial, sans-serif", "size": 14, "color": "#10162b"}
GERMAN = {
    "dictionary": {"Download plot as a PNG": "Diagramm als Bild laden", "Download plot as a png": "Als Bild laden"},
    "format": {"decimal": ",", "thousands": "."},
}
LOOK = {
    "height": HEIGHT,
    "font": FONT,
    "paper_bgcolor": "#ffffff",
    "plot_bgcolor": "#ffffff",
    "separators": ",.",
    "showlegend": False,
    "hovermode": "closest",
    "dragmode": False,
    "hoverlabel": {"bgcolor": "#ffffff", "bordercolor": "#767f90", "font": FONT, "align": "left"},
}
CONFIG = {
    "showSendToCloud": False,
    "plotlyServerURL": "",
    "displaylogo": False,
    "locale": "de",
    "locales": {"de": GERMAN},
    "responsive": True,
    "scrollZoom": False,
    "doubleClick": False,
    "showAxisDragHandles": False,
    "modeBarButtons": [["toImage"]],
    "toImageButtonOptions": {"format": "png", "scale": 3, "filename": "entwicklung"},
}
EMPTY: dict[str, Any] = {"data": [], "layout": {"height": 10}}


def figure(series: Sequence[Series], text: LayerText, *, with_band: bool) -> dict[str, Any]:
    """Return the chart of at least one series with values as Plotly draws it."""
    low, high = value_range(series, with_band=with_band)
    traces = _band_traces(series[0]) if with_band else []
    for each, look in zip(series, LOOKS, strict=False):
        traces += [_line(each, run, look, text) for run in runs(each)]
    gaps = [gap for each, look in zip(series, LOOKS, strict=False) if (gap := _gaps(each, look, text))["x"]]
    traces += [gap | {"y": [-place] * len(gap["x"])} for place, gap in enumerate(gaps)]
    strip = GAP_STRIP * len(gaps) + GAP_ROOM if gaps else 0.0
    years = [int(year) for each in series for year in each.known.index]
    return {"data": traces, "layout": _layout(series, (low, high), (min(years), max(years)), strip, text)}


def _layout(
    series: Sequence[Series], limits: tuple[float, float], years: tuple[int, int], strip: float, text: LayerText
) -> dict[str, Any]:
    """Return the layout; below the values lies a ``strip`` (share of the height) for years without one."""
    found = _all_breaks(series)
    low, high = limits
    limits = (low, high + BREAK_ROOM * (high - low)) if found else limits
    axis = _value_axis(*limits, text)
    left = max(PX_PER_SIGN * len(tick) for tick in [*axis["ticktext"], *([WITHOUT] if strip else [])]) + 14
    right = max(PX_PER_SIGN * len(part) for each in series for part in broken(each.name).split("<br>")) + 14
    unit = _note(text.unit or "Anzahl", x=0, xshift=6 - left, y=1, yshift=20, xanchor="left")
    return {
        **LOOK,
        "margin": {"l": round(left), "r": round(right), "t": 36, "b": 44},
        "xaxis": _years_axis(*years, below="y2" if strip else "y"),
        "yaxis": {**axis, "domain": [strip, 1]},
        "yaxis2": _gap_axis(strip),
        "shapes": [_break_line(year) for year, _ in found],
        "annotations": [unit, *_names(series, limits, strip), *(_break_name(*at) for at in found)],
    }


def value_range(series: Sequence[Series], *, with_band: bool) -> tuple[float, float]:
    """Return the range of the value axis: from zero where the lowest value is less than half of the highest."""
    values = pd.concat([each.known["value"] for each in series])
    low, high = float(values.min()), float(values.max())
    if with_band and band(series[0]).notna().to_numpy().any():
        ends = band(series[0])
        low, high = min(low, float(ends["low"].min())), max(high, float(ends["high"].max()))
    if 0 <= low < high / 2 or low == high >= 0:
        return 0.0, high * 1.08 or 1.0
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def starts_at_zero(series: Sequence[Series], *, with_band: bool) -> bool:
    """Return whether the value axis begins at zero; where it does not, the reader is told."""
    return value_range(series, with_band=with_band)[0] == 0


def _line(series: Series, run: pd.DataFrame, look: tuple[str, str, str], text: LayerText) -> dict[str, Any]:
    colour, dash, symbol = look
    hollow = [State(state) in OPEN_STATES for state in run["state"]]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [int(year) for year in run.index],
        "y": [rounded(value, text.decimals) for value in run["value"]],
        "text": [said(series.name, str(year), row, text) for year, row in run.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
        "line": {"color": colour, "width": 2.5, "dash": dash},
        "marker": {
            "size": 9 if len(series.rows) < 15 else 7,
            "symbol": symbol,
            "color": ["#ffffff" if is_open else colour for is_open in hollow],
            "line": {"color": colour, "width": 2},
        },
    }


def _gaps(series: Series, look: tuple[str, str, str], text: LayerText) -> dict[str, Any]:
    """Return a sign for every year between two values that has none; it stands below the chart and has no height."""
    between = series.rows[series.known.index[0] : series.known.index[-1]]
    rows = between[between["value"].isna()]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [int(year) for year in rows.index],
        "yaxis": "y2",
        "text": [said(series.name, str(year), row, text) for year, row in rows.iterrows()],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"size": 9, "symbol": "x-thin", "line": {"color": look[0], "width": 2}},
    }


def said(name: str, year: str, row: pd.Series, text: LayerText) -> str:
    """Return what the tooltip says: area, year, value or its state, and why."""
    value = signed_value(float(row["value"]), str(row["state"]), text.decimals, text.unit)
    state = f", {state_word(str(row['state']))}" if State(row["state"]) in OPEN_STATES else ""
    reason = f"<br>{row['reason']}" if row["reason"] else ""
    return f"<b>{name}</b>, {year}: {value}{state}{reason}"


def _band_traces(series: Series) -> list[dict[str, Any]]:
    ends = band(series).dropna()
    pieces = [ends.reindex(run.index).dropna() for run in runs(series)]
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [int(year) for year in [*piece.index, *piece.index[::-1]]],
            "y": [*piece["low"], *piece["high"][::-1]],
            "fill": "toself",
            "fillcolor": "rgba(16, 22, 43, 0.13)",
            "line": {"width": 0},
            "hoverinfo": "skip",
        }
        for piece in pieces
    ]


def _years_axis(first: int, last: int, *, below: str) -> dict[str, Any]:
    ticks = {"dtick": 1} if last - first < 4 else {"nticks": 8}
    return {
        **ticks,
        "range": [first - 0.6, last + 0.6],
        "tickformat": "d",
        "tickangle": 0,
        "anchor": below,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "linecolor": "#767f90",
        "ticks": "outside",
        "tickcolor": "#767f90",
    }


def _value_axis(low: float, high: float, text: LayerText) -> dict[str, Any]:
    ticks = _round_ticks(low, high, text.decimals)
    return {
        "range": [low, high],
        "tickvals": ticks,
        "ticktext": [number(tick, text.decimals if any(tick % 1 for tick in ticks) else 0) for tick in ticks],
        "fixedrange": True,
        "gridcolor": "#e1e5ec",
        "zeroline": low <= 0,
        "zerolinecolor": "#767f90",
    }


def _gap_axis(strip: float) -> dict[str, Any]:
    """Return the axis of the years without a value: one line a series, named as a whole."""
    lines = round((strip - GAP_ROOM) / GAP_STRIP) if strip else 0
    return {
        "domain": [0, max(strip - GAP_ROOM, 0.001)],
        "range": [0.5 - lines, 0.5],
        "tickvals": [(1 - lines) / 2],
        "ticktext": [WITHOUT],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "visible": bool(strip),
    }


def _round_ticks(low: float, high: float, decimals: int) -> list[float]:
    """Return at most seven round values in a range."""
    power = 10.0 ** math.floor(math.log10((high - low) / 6))
    smallest = 10.0**-decimals
    steps = (max(factor * power, smallest) for factor in (1, 2, 2.5, 5, 10, 20))
    step = next(step for step in steps if (high - low) / step <= 6)
    return [rounded(place * step, decimals + 1) for place in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _all_breaks(series: Sequence[Series]) -> list[tuple[str, str]]:
    return sorted({found for each in series for found in breaks(each)})


def _break_line(year: str) -> dict[str, Any]:
    x = int(year) - 0.5
    line = {"color": "#4a5468", "width": 1.5, "dash": "dash"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _break_name(year: str, name: str) -> dict[str, Any]:
    place = {"x": int(year) - 0.5, "xref": "x", "y": 1, "yanchor": "top", "xanchor": "left"}
    return {**_note(name, **place), "textangle": 90, "bgcolor": "rgba(255, 255, 255, 0.8)"}


def _note(text: str, **place: Any) -> dict[str, Any]:
    font = {"size": 14, "color": "#4a5468"}
    return {"xref": "paper", "yref": "paper", "text": text, "showarrow": False, "font": font, **place}


def _names(series: Sequence[Series], limits: tuple[float, float], strip: float) -> list[dict[str, Any]]:
    """Return the names of the series at their ends, moved apart where they would cover each other."""
    low, high = limits
    room = PLOT_HEIGHT * (1 - strip)
    ends = [float(each.known["value"].iloc[-1]) for each in series]
    lines = [broken(each.name) for each in series]
    pixels = [(value - low) / (high - low) * room for value in ends]
    places = spread(pixels, [LABEL_PX * (1 + line.count("<br>")) for line in lines])
    return [
        {
            **_note(f"<b>{line}</b>", x=1, xanchor="left", xshift=6, y=strip + place / PLOT_HEIGHT, yanchor="middle"),
            "align": "left",
            "font": {"color": colour, "size": 14},
        }
        for line, place, (colour, _, _) in zip(lines, places, LOOKS, strict=False)
    ]
