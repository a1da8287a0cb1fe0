"""Two indicators on one map: three classes of each, nine colours, one legend."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from layers.atlas import Atlas
from layers.classify import Classes
from layers.german import signed_value
from layers.keys import IndicatorKey
from layers.mapview import HATCHED, LegendEntry, MapView, build_map_view
from layers.palette import NO_DATA

GRADES = ("niedrig", "mittel", "hoch")
# Rows: the first indicator from low to high, columns: the second. After Stevens (2015); lightness falls along both, so
# that the corner where both are high is the darkest in grey as well.
COLOURS = (
    "#e8e8e8", "#b0d5df", "#64acbe",
    "#e4acac", "#ad9ea5", "#627f8c",
    "#c85a5a", "#985356", "#574249",
)  # fmt: skip
SCHEME = "bivariat"


@lru_cache(maxsize=128)
def build_bivariate_view(
    atlas: Atlas, level: str, first: IndicatorKey, second: IndicatorKey, *, period: str | None = None
) -> MapView:
    """Return the map of two indicators, each in three classes of equally many areas; ties are never split.

    Values, ranks and words are those of the first; what is shown of an area are both. Without either value an area has
    no class. Kept: do not change it.
    """
    views = [build_map_view(atlas, level, key, k=3, period=year) for key, year in ((first, period), (second, None))]
    rows = _rows(*views)
    classes = Classes(SCHEME, tuple(range(9)), 0.0, rows["class_"], tuple(_counts(rows)), 0)
    text, other = (view.layer.text for view in views)
    layer = replace(
        views[0].layer,
        text=replace(
            text,
            name=f"{text.name} und {other.name}",
            sources=tuple(dict.fromkeys((*text.sources, *other.sources))),
            stand=text.stand if text.stand == other.stand else f"{text.stand}; {other.name}: {other.stand}",
            method=f"{text.name}: {text.method}. {other.name}: {other.method}",
            notes=tuple(dict.fromkeys((*text.notes, *other.notes))),
            approximation=text.approximation or other.approximation,
        ),
    )
    return MapView(layer, classes, list(COLOURS), rows, _legend(rows, text.name, other.name))


def _rows(first: MapView, second: MapView) -> pd.DataFrame:
    rows, other = first.rows.copy(), second.rows.reindex(first.rows.index)
    known = (rows["class_"] >= 0) & (other["class_"] >= 0)
    grade = [_grades(view).reindex(rows.index) for view in (first, second)]
    rows["class_"] = (3 * grade[0] + grade[1]).where(known, -1).astype(int)
    rows["colour"] = [COLOURS[place] if place >= 0 else NO_DATA for place in rows["class_"]]
    rows["shown"] = [f"{a}; {b}" for a, b in zip(_shown(first), _shown(second).reindex(rows.index), strict=True)]
    rows["hatched"] = rows["state"].isin(HATCHED) | other["state"].isin(HATCHED)
    said = zip(rows["reason"], other["reason"], strict=True)
    rows["reason"] = [" ".join(dict.fromkeys(text for text in pair if text)) for pair in said]
    return rows


def _grades(view: MapView) -> pd.Series:
    """Return 0 to 2 per area; where ties left fewer classes they are spread over low and high."""
    count = max(len(view.classes.bins), 1)
    spread = {1: (1,), 2: (0, 2), 3: (0, 1, 2)}[min(count, 3)]
    return view.rows["class_"].map(lambda place: spread[place] if place >= 0 else 0)


def _shown(view: MapView) -> pd.Series:
    text = view.layer.text
    cells = zip(view.rows["value"], view.rows["state"], strict=True)
    return pd.Series([signed_value(value, state, text.decimals, text.unit) for value, state in cells], view.rows.index)


def _counts(rows: pd.DataFrame) -> list[int]:
    return [int((rows["class_"] == place).sum()) for place in range(9)]


def _legend(rows: pd.DataFrame, first: str, second: str) -> tuple[LegendEntry, ...]:
    entries = [
        LegendEntry(COLOURS[place], f"{first} {GRADES[place // 3]}, {second} {GRADES[place % 3]}", count, "class")
        for place, count in enumerate(_counts(rows))
    ]
    if none := int((rows["class_"] < 0).sum()):
        entries.append(LegendEntry(NO_DATA, "ein Wert fehlt oder ist geheim", none, "none"))
    return tuple(entries)
