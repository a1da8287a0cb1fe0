"""The Atlas: all that a view or a report may read about one district."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any, cast

import geopandas as gpd
import pandas as pd

from geodata import catalog
from geodata.catalog import Category, Handlungsfeld, Indicator, Measure
from geodata.model import GeoData, State
from layers.describe import LayerText, describe
from layers.indicators import CATALOGUE, compute_indicator
from layers.indices import SHOWN_AS, table_of_index
from layers.inputs import LEVELS, Inputs, areas, build_inputs, ways_without_car
from layers.keys import IndicatorKey, parse_key
from layers.measures import compute_measure
from layers.periods import periods_of, population_in
from layers.scenario import Scenario, changed, scenario_title
from layers.statistics import NO_STATISTICS, Statistics, described_by, described_index

SCENARIO_NOTE = "Gedankenspiel: So wäre es, wenn die genannten Einrichtungen schlössen oder öffneten. Kein Bestand."
PUBLIC_COLUMNS = ["value", "state", "base"]


@dataclass(frozen=True, eq=False)
class Layer:
    """One indicator on one level: its table (value, state, base, reason), the Kreis row and the words around it."""

    key: IndicatorKey
    level: str
    period: str | None
    table: pd.DataFrame
    kreis: pd.Series
    text: LayerText

    @property
    def values(self) -> pd.Series:
        """The values per area, NaN where there is none."""
        return self.table["value"]


@dataclass(eq=False)
class Current:
    """The statistics that hold now; an import replaces them while the atlas is being read."""

    statistics: Statistics


@dataclass(frozen=True, eq=False)
class Atlas:
    """Read-only after start. ``indicators`` holds the catalogue and one entry per measure and category."""

    data: GeoData
    inputs: Inputs
    handlungsfelder: Mapping[str, Handlungsfeld]
    categories: Mapping[str, Category]
    indicators: Mapping[str, Indicator]
    current: Current
    _table: Callable[[str, IndicatorKey, str | None], pd.DataFrame]
    _layer: Callable[[str, IndicatorKey, str | None], Layer]

    def values(self, level: str, indicator: str, period: str | None = None) -> pd.DataFrame:
        """Return ``value``, ``state`` and ``base`` per area; KeyError for an unknown level, indicator or period."""
        return self.table(level, parse_key(indicator), period)[PUBLIC_COLUMNS].copy()

    def table(self, level: str, key: IndicatorKey, period: str | None = None) -> pd.DataFrame:
        """Return the values with the ``reason`` for each state (German, empty where there is nothing to say)."""
        if level not in LEVELS:
            raise KeyError(level)
        if period is not None and period not in self.periods(key):
            raise KeyError(period)
        return self._table(level, key, period)

    def layer(self, level: str, key: IndicatorKey, period: str | None = None) -> Layer:
        """Return table, Kreis value and description of what a map of this indicator shows."""
        self.table(level, key, period)
        return self._layer(level, key, period)

    def periods(self, key: IndicatorKey) -> tuple[str, ...]:
        """Return the years with values of their own, newest first; empty where there is one state only."""
        return self.current.statistics.periods(key.id) or periods_of(self.data, key)

    @cached_property
    def filled(self) -> frozenset[str]:
        """The catalogue indicators that have a value for any area on any level."""
        computed = {
            key
            for key in CATALOGUE
            if any(self.table(level, IndicatorKey(key))["value"].notna().any() for level in LEVELS)
        }
        known = {key for key in catalog.indicators() if self.periods(IndicatorKey(key))}
        indices = {key for key in SHOWN_AS if self.table("sozialraum", IndicatorKey(key))["value"].notna().any()}
        return frozenset(computed | known | indices)

    def areas(self, level: str) -> gpd.GeoDataFrame:
        """Return the areas of a level with name, population and geometry (EPSG:25832)."""
        return areas(self.data, level)


def build_atlas(data: GeoData, statistics: Statistics = NO_STATISTICS) -> Atlas:
    """Return the Atlas of one district; tables are computed on first use and kept."""
    return _atlas_of(build_inputs(data), _all_indicators(data), Current(statistics))


def renew(atlas: Atlas, statistics: Statistics) -> None:
    """Let an Atlas show other statistics from now on: what was computed from the ones before is forgotten."""
    atlas.current.statistics = statistics
    for kept in (atlas._table, atlas._layer, under):
        cast(Any, kept).cache_clear()
    atlas.__dict__.pop("filled", None)


@lru_cache(maxsize=16)
def under(atlas: Atlas, scenario: Scenario) -> Atlas:
    """Return the Atlas as it would be under a scenario; its layers say so in their names. Kept for the next call."""
    if not scenario:
        return atlas
    return _atlas_of(changed(atlas.inputs, scenario), atlas.indicators, atlas.current, scenario)


def warm(atlas: Atlas) -> None:
    """Compute what the first reader would wait for: ways by bus take seconds, and the kernels are compiled once."""
    if atlas.data.timetable is not None:
        for category in atlas.categories.values():
            if category.completeness.usable and category.id != "haltestelle":
                ways_without_car(atlas.inputs, category.id)


def _atlas_of(
    inputs: Inputs, indicators: Mapping[str, Indicator], current: Current, scenario: Scenario | None = None
) -> Atlas:
    data = inputs.data

    @lru_cache(maxsize=4096)
    def table(level: str, key: IndicatorKey, period: str | None) -> pd.DataFrame:
        if key.id in SHOWN_AS and period is None:
            return table_of_index(key.id, level, lambda member: table(level, IndicatorKey(member), None))
        if (counted := current.statistics.table(level, key.id, period)) is not None:
            return counted
        if period is not None:
            return population_in(data, level, key, period)
        if key.id in catalog.indicators():
            return compute_indicator(inputs, key.id, level)
        return compute_measure(inputs, key, level)

    @lru_cache(maxsize=4096)
    def layer(level: str, key: IndicatorKey, period: str | None) -> Layer:
        if current.statistics.periods(key.id):
            period = period or current.statistics.newest(level, key.id)
        kreis = table("kreis", key, period).iloc[0]
        text = describe(inputs, key, period)
        if period and current.statistics.periods(key.id):
            text = described_by(text, current.statistics, catalog.indicators()[key.id], period)
        if key.id in SHOWN_AS and table(level, key, period)["value"].notna().any():
            text = described_index(text, current.statistics, level)
        if scenario:
            text = replace(text, name=f"{text.name} ({scenario_title(scenario)})", notes=(SCENARIO_NOTE, *text.notes))
        return Layer(key, level, period, table(level, key, period), kreis, text)

    return Atlas(data, inputs, catalog.handlungsfelder(), data.categories, indicators, current, table, layer)


def _all_indicators(data: GeoData) -> dict[str, Indicator]:
    """Return the catalogue followed by every measure, per category where it needs one."""
    found = dict(catalog.indicators())
    for measure in catalog.measures().values():
        if not measure.needs_category:
            found[measure.id] = _as_indicator(measure, None)
            continue
        for category in data.categories.values():
            found[f"{measure.id}.{category.id}"] = _as_indicator(measure, category)
    return found


def _as_indicator(measure: Measure, category: Category | None) -> Indicator:
    name = measure.name_for_category.format(kategorie=category.plural if category else "")
    return Indicator(
        id=f"{measure.id}.{category.id}" if category else measure.id,
        theme=measure.group,
        name=name,
        numerator=measure.formula,
        unit=measure.unit,
        direction=measure.direction,
        levels="Gemeinde, Sozialraum, Landkreis",
        source_table="eigene Berechnung",
        table_proven=True,
        periodicity="laufend",
        handlungsfelder=category.handlungsfelder if category else measure.handlungsfelder,
        proof="E",
        trap=measure.limits,
        needs=category.completeness.missing_source if category else measure.limits,
        decimals=measure.decimals,
    )


__all__ = ["Atlas", "Layer", "State", "build_atlas"]
