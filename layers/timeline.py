"""Years side by side: maps of all years in one set of classes, and which years there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from geodata.model import State
from layers.atlas import Atlas
from layers.classify import Classes, classify
from layers.german import signed_value
from layers.keys import IndicatorKey
from layers.mapview import LegendEntry, MapView, build_map_view, class_labels
from layers.palette import NO_DATA, class_colours

MOST_MAPS = 12


def known_years(atlas: Atlas, level: str, key: IndicatorKey) -> tuple[str, ...]:
    """Return the years in which any area of a level has a value or a secret, rising."""
    periods = atlas.periods(key)
    statistics = atlas.current.statistics
    if statistics.periods(key.id):
        here = statistics.levels[level].result(key.id).known_years
        return tuple(year for year in periods[::-1] if int(year) in here)
    return tuple(year for year in periods[::-1] if atlas.table(level, key, year)["value"].notna().any())


def calendar(years: Sequence[str]) -> tuple[str, ...]:
    """Return every year from the first to the last.

    >>> calendar(["2013", "2016"])
    ('2013', '2014', '2015', '2016')
    """
    return tuple(str(year) for year in range(int(years[0]), int(years[-1]) + 1)) if years else ()


def spans(years: Iterable[str]) -> str:
    """Return years in words, neighbours joined.

    >>> spans(["2014", "2015", "2016", "2019", "2021", "2022"])
    '2014–2016, 2019, 2021, 2022'
    """
    groups: list[list[int]] = []
    for year in sorted(int(each) for each in years):
        if groups and groups[-1][-1] == year - 1:
            groups[-1].append(year)
        else:
            groups.append([year])
    said = [f"{group[0]}–{group[-1]}" if len(group) > 2 else ", ".join(map(str, group)) for group in groups]
    return ", ".join(said)


def chosen_years(years: Sequence[str], most: int = MOST_MAPS) -> tuple[str, ...]:
    """Return at most ``most`` years, evenly chosen, with the first and the last.

    >>> chosen_years(["2001", "2002", "2003", "2004", "2005"], 3)
    ('2001', '2003', '2005')
    """
    if len(years) <= most:
        return tuple(years)
    places = np.floor(np.linspace(0, len(years) - 1, most) + 0.5).astype(int)
    return tuple(years[place] for place in places)


# ---------------------------------------------------------------- maps of all years


def pooled_classes(years: Mapping[str, pd.Series], scheme: str, k: int, decimals: int) -> dict[str, Classes]:
    """Return the classes of every year, all with the limits that the values of all years together have.

    So a colour means the same in every year. ``counts`` and ``of`` are those of the year, ``lowest`` that of all.
    """
    if not years:
        return {}
    together = classify(pd.concat(list(years.values()), keys=list(years)), scheme, k, decimals=decimals)
    made = {}
    for year, values in years.items():
        of = together.of.loc[[year]].set_axis(values.index)
        counts = tuple(int((of == place).sum()) for place in range(len(together.bins)))
        made[year] = replace(together, of=of, counts=counts)
    return made


def year_views(atlas: Atlas, level: str, key: IndicatorKey, scheme: str, k: int) -> dict[str, MapView]:
    """Return the maps of a level from its first year to its last, all in the same classes and colours.

    A year between without values is a map of gaps. None at all where the level has no year.
    """
    views = {year: build_map_view(atlas, level, key, period=year) for year in known_years(atlas, level, key)}
    decimals = next((view.layer.text.decimals for view in views.values()), 0)
    classes = pooled_classes({year: view.layer.table["value"] for year, view in views.items()}, scheme, k, decimals)
    made: dict[str, MapView] = {}
    for year in calendar(list(views)):
        before = made.get(str(int(year) - 1))
        made[year] = (
            _without_values(before, year) if before and year not in views else in_classes(views[year], classes[year])
        )
    return made


def _without_values(view: MapView, year: str) -> MapView:
    """Return the map of a year for which nothing is known, in the classes of another one."""
    nothing = {"value": float("nan"), "base": float("nan"), "state": str(State.MISSING)}
    gap = pd.Series({**nothing, "reason": f"Für {year} liegt kein Wert vor."}, dtype=object)
    layer = replace(view.layer, period=year, table=_filled(view.layer.table, gap), kreis=gap)
    layer = replace(layer, text=replace(layer.text, stand=year))
    shown = signed_value(float("nan"), State.MISSING)
    look = pd.Series({"shown": shown, "class_": -1, "colour": NO_DATA, "hatched": False, "rank": float("nan")})
    rows = _filled(view.rows, pd.concat([gap, look])).sort_values("name")
    none = LegendEntry(NO_DATA, "keine Angabe", len(rows), "none")
    classes = replace(view.classes, of=view.classes.of * 0 - 1, counts=(0,) * len(view.classes.bins))
    empty = [replace(entry, count=0) for entry in view.legend if entry.kind == "class"]
    return MapView(layer, classes, view.colours, rows, (*empty, none))


def _filled(table: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """Return a table whose rows all say what ``row`` says."""
    filled = table.copy()
    for name, value in row.items():
        filled[name] = value
    return filled


def in_classes(view: MapView, classes: Classes) -> MapView:
    """Return a map in other classes."""
    colours = class_colours(len(classes.bins), classes.scheme, view.layer.text.direction) if classes.bins else []
    of = classes.of.reindex(view.rows.index)
    rows = view.rows.assign(class_=of, colour=[colours[c] if c >= 0 else NO_DATA for c in of])
    entries = [
        LegendEntry(colour, label, count, "class")
        for colour, label, count in zip(colours, class_labels(classes), classes.counts, strict=True)
    ]
    gaps = [entry for entry in view.legend if entry.kind != "class"]
    return MapView(view.layer, classes, colours, rows, (*entries, *gaps))


def legend_of(views: Iterable[MapView]) -> tuple[list[LegendEntry], list[list[int]]]:
    """Return the lines of one legend for all years, and how many areas each has in every year."""
    every = [{(entry.kind, entry.label): entry for entry in view.legend} for view in views]
    order = {"class": 0, "unreliable": 1, "suppressed": 2, "none": 3}
    lines = sorted({line: entry for entries in every for line, entry in entries.items()}.items(),
                   key=lambda item: order[item[0][0]])  # fmt: skip
    counts = [[entries[line].count if line in entries else 0 for line, _ in lines] for entries in every]
    return [entry for _, entry in lines], counts
