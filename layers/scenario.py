"""What if facilities close or new ones open: the same measures on changed supply, and what that means for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.catalog import Mode
from geodata.model import METRIC_CRS
from layers.german import number
from layers.inputs import Inputs, ways_to, with_levels
from layers.keys import IndicatorKey
from layers.travel_time import DECISECONDS, OnRoads, TravelTime

NEW = "neu-"
NEW_NAME = "Neue Einrichtung {number} (Szenario)"


@dataclass(frozen=True)
class Scenario:
    """Facilities (ids) that close and places (x, y in EPSG:25832) at which one of ``category`` opens."""

    category: str
    closed: tuple[str, ...] = ()
    opened: tuple[tuple[float, float], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.closed or self.opened)


@lru_cache(maxsize=32)
def changed(inputs: Inputs, scenario: Scenario) -> Inputs:
    """Return the inputs under a scenario; ids that are not there are passed over. Kept: do not change it."""
    opened = _opened(inputs, scenario)
    new = pd.DataFrame(opened)
    supply: dict[str, pd.DataFrame] = dict(inputs.supply)
    for key, rows in inputs.supply.items():
        loses = rows.index.isin(scenario.closed)
        gains = len(new) and scenario.category in {key, *inputs.data.categories[key].also_by}
        if loses.any() or gains:
            supply[key] = pd.concat([rows[~loses], new]) if gains else rows[~loses]
    pairs = tuple((inputs.supply[key], rows) for key, rows in supply.items() if rows is not inputs.supply[key])
    facilities = inputs.facilities[~inputs.facilities.index.isin(scenario.closed)]
    facilities = gpd.GeoDataFrame(pd.concat([facilities, opened]), crs=METRIC_CRS) if len(opened) else facilities
    return replace(inputs, facilities=facilities, supply=supply, model=FromBase(inputs.model, pairs))


def scenario_points(inputs: Inputs, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return what a scenario closes and opens, where that is known: ``name``, ``closed``, ``geometry`` (EPSG:25832)."""
    closed = inputs.facilities.loc[inputs.facilities.index.isin(scenario.closed), ["name", "geometry"]]
    opened = _opened(inputs, scenario)[["name", "geometry"]]
    rows = pd.concat([closed.assign(closed=True), opened.assign(closed=False)])
    return gpd.GeoDataFrame(rows[~rows.geometry.is_empty & rows.geometry.notna()], crs=METRIC_CRS)


def _opened(inputs: Inputs, scenario: Scenario) -> gpd.GeoDataFrame:
    """Return the new facilities in the columns of the others, each in the Gemeinde that it lies in."""
    if not scenario.opened:
        return inputs.facilities.iloc[:0]
    points = gpd.GeoSeries([shapely.Point(x, y) for x, y in scenario.opened], crs=METRIC_CRS)
    areas = inputs.data.gemeinden.geometry
    homes = [next(iter(areas.index[areas.covers(point)]), None) for point in points]
    rows = [
        {
            "category": scenario.category,
            "name": NEW_NAME.format(number=n + 1),
            "ags": home,
            "inside": home is not None,
            "precision": "address",
            "geometry": point,
            "x": point.x,
            "y": point.y,
        }
        for n, (point, home) in enumerate(zip(points, homes, strict=True))
    ]
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=METRIC_CRS)
    frame.index = pd.Index([f"{NEW}{n + 1}" for n in range(len(rows))], name=inputs.facilities.index.name)
    texts = ["kind", "operator", "street", "plz", "place", "capacity_unit", "wheelchair", "source", "seen", "note"]
    frame = frame.assign(**dict.fromkeys(texts, ""), capacity=np.nan, seen_estimated=False, check=False)
    return gpd.GeoDataFrame(with_levels(frame, inputs.data)[list(inputs.facilities.columns)], crs=METRIC_CRS)


@dataclass(frozen=True, eq=False)
class FromBase:
    """A model of travel time that knows the supply before a change: on roads it recomputes only what changes."""

    model: TravelTime
    pairs: tuple[tuple[pd.DataFrame, pd.DataFrame], ...]

    def is_approximation(self, mode: str) -> bool:
        """Return what the model says."""
        return self.model.is_approximation(mode)

    def without_car(self, origins: pd.DataFrame, dests: pd.DataFrame, foot: Mode) -> pd.DataFrame:
        """Return what the model says."""
        return self.model.without_car(origins, dests, foot)

    def nearest(self, origins: pd.DataFrame, dests: pd.DataFrame, mode: Mode, rank: int = 1) -> pd.DataFrame:
        """Return what the model says; the nearest on roads from the state before the change."""
        known = next((before for before, after in self.pairs if after is dests), None)
        if rank > 1 or known is None or not isinstance(self.model, OnRoads) or mode.id not in self.model.networks:
            return self.model.nearest(origins, dests, mode, rank)
        from layers.routing.changed import nearest_after

        return nearest_after(self.model.networks[mode.id], origins, known, dests, mode)


def effect_text(before: Inputs, after: Inputs, key: IndicatorKey, mode: Mode) -> list[str]:
    """Return what a scenario means for people, in German sentences; for a mode and threshold (0: none)."""
    old, new = (ways_to(inputs, key.category, mode.id)["minutes"] for inputs in (before, after))
    people = before.points["people"]
    longer, shorter = _changed_people(old, new, people, 1), _changed_people(old, new, people, -1)
    said = []
    for (count, minutes), word in ((longer, "länger"), (shorter, "kürzer")):
        if count >= 1:
            who = f"Für etwa {_people(count)} wird der Weg {mode.name_dative} {word}"
            said.append(f"{who}, im Mittel um {minutes} Minuten.")
    lost = float(people[new.isna() & old.notna()].sum())
    if lost >= 1:
        said.append(f"Für etwa {_people(lost)} gibt es danach gar keine mehr.")
    if key.threshold:
        said.extend(_threshold_text(old, new, people, key.threshold))
    return said or [f"Für niemanden ändert sich der Weg zur nächsten Einrichtung {mode.name_dative}."]


def _changed_people(old: pd.Series, new: pd.Series, people: pd.Series, sign: int) -> tuple[float, str]:
    """Return how many have a longer (sign 1) or shorter way, and the mean difference in minutes."""
    difference = sign * (new - old)
    hit = difference > 0.5 / DECISECONDS
    count = float(people[hit].sum())
    mean = float((difference[hit] * people[hit]).sum() / count) if count else 0.0
    return count, number(mean, 1)


def _threshold_text(old: pd.Series, new: pd.Series, people: pd.Series, threshold: int) -> list[str]:
    gone = float(people[(old <= threshold) & ~(new <= threshold)].sum())
    won = float(people[~(old <= threshold) & (new <= threshold)].sum())
    said = [f"Etwa {_people(gone)} haben danach keine mehr innerhalb von {threshold} Minuten."] if gone >= 1 else []
    if won >= 1:
        said.append(f"Etwa {_people(won)} haben danach erstmals eine innerhalb von {threshold} Minuten.")
    return said


def _people(people: float) -> str:
    rounded: Any = round(people, -1) if people >= 100 else round(people)
    return f"{number(rounded)} {'Mensch' if rounded == 1 else 'Menschen'}"


def scenario_title(scenario: Scenario) -> str:
    """Return the scenario in a few words.

    >>> scenario_title(Scenario("kita", closed=("a", "b"), opened=((1.0, 2.0),)))
    'Szenario: 2 geschlossen, 1 neu'
    """
    parts = [f"{len(scenario.closed)} geschlossen"] if scenario.closed else []
    parts += [f"{len(scenario.opened)} neu"] if scenario.opened else []
    return f"Szenario: {', '.join(parts)}"
