"""What a portrait (Steckbrief) says of one Gemeinde or Sozialraum in figures: indicators, their standing and trend.

Every number comes from the Atlas, as its audience may see it; what is hidden there has no number here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog.leading import Lead, leading
from geodata.model import State
from layers.atlas import Atlas, Layer
from layers.compare import profile
from layers.frames import EMPTY_STATES
from layers.german import number
from layers.keys import IndicatorKey
from layers.trends import trend_words

LEVELS = ("gemeinde", "sozialraum")
TREND_YEARS = 10
LONGEST_UNIT = 6
EACH_YEAR_FOR_ITSELF = frozenset({"GIS01"})
SECRET = frozenset({State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY})


@dataclass(frozen=True)
class Value:
    """One number with its state and, in German, the reason for it; NaN where there is none."""

    value: float = float("nan")
    state: str = str(State.MISSING)
    reason: str = ""

    @property
    def known(self) -> bool:
        """True where there is a number."""
        return not np.isnan(self.value)

    @property
    def firm(self) -> bool:
        """True for a number that may be judged: there, not unsure, not beyond a break."""
        return self.known and self.state not in (State.UNRELIABLE, State.BREAK)


@dataclass(frozen=True)
class Figure:
    """One indicator of an area beside the one it is compared with, Kreis and Land.

    ``count``: "1.631 von 25.341" for shares of people. ``word``: how it stands to the Kreis, empty where that is not
    judged; ``z``: that distance in robust standard deviations of the ``n`` areas with a value. ``trend``: its course.
    """

    key: str
    name: str
    unit: str
    decimals: int
    direction: int
    stand: str
    own: Value
    count: str
    compare: Value | None
    kreis: Value
    land: Value
    word: str
    z: float
    n: int
    trend: str
    approximation: bool
    sources: tuple[str, ...]
    reason: str = ""
    plain: str = ""


@dataclass(frozen=True)
class Lacking:
    """A leading indicator without any data, why it leads, and the file that would fill it."""

    key: str
    name: str
    reason: str
    needs: str


def value_at(table: pd.DataFrame, area: str) -> Value:
    """Return the value of one area in a table of the Atlas."""
    return value_of(pd.Series(table.loc[area]))


def value_of(row: pd.Series) -> Value:
    """Return the value in one row of a table of the Atlas."""
    return Value(float(row["value"]), str(row["state"]), str(row["reason"]))


def attributions(*layers: Layer) -> tuple[str, ...]:
    """Return who is to be named for the figures of these layers, each once, by name."""
    return tuple(sorted({source.attribution for layer in layers for source in layer.text.sources}))


def leading_figures(atlas: Atlas, level: str, area: str, compare: str = "") -> tuple[list[Figure], list[Lacking]]:
    """Return the leading indicators that have data on this level, and those that lack them."""
    leads = leading()[level].members
    filled = [lead.indicator for lead in leads if has_data(atlas, level, lead.indicator)]
    said = {lead.indicator: lead for lead in leads}
    return figures(atlas, level, area, filled, compare=compare, said=said), [
        Lacking(key, catalog.indicators()[key].name, lead.reason, catalog.indicators()[key].needs)
        for key, lead in said.items()
        if key not in filled
    ]


def other_figures(atlas: Atlas, level: str, area: str, compare: str = "") -> list[Figure]:
    """Return all further catalogue indicators that have data on this level; people and density stand in the head."""
    done = {lead.indicator for lead in leading()[level].members} | {"BEV01", "BEV02"}
    keys = [key for key in catalog.indicators() if key not in done and has_data(atlas, level, key)]
    return figures(atlas, level, area, keys, compare=compare)


def has_data(atlas: Atlas, level: str, key: str) -> bool:
    """Return whether any area of a level has a number of an indicator, or one that is kept secret."""
    table = atlas.layer(level, IndicatorKey(key)).table
    return bool(table["value"].notna().any() or table["state"].isin(SECRET).any())


def figures(
    atlas: Atlas,
    level: str,
    area: str,
    keys: Iterable[str],
    *,
    compare: str = "",
    said: dict[str, Lead] | None = None,
) -> list[Figure]:
    """Return indicators of an area, each for the newest year that any area of the level has."""
    layers = {key: atlas.layer(level, IndicatorKey(key)) for key in keys}
    if not layers:
        return []
    values = pd.DataFrame({key: layer.table["value"] for key, layer in layers.items()})
    kreis = pd.Series({key: float(layer.kreis["value"]) for key, layer in layers.items()})
    land = pd.Series({key: _land(atlas, layer).value for key, layer in layers.items()})
    way = {key: layer.text.direction for key, layer in layers.items()}
    standing = profile(values, area, kreis, land, direction=way)
    leads = said or {}
    judged = {key: (pd.Series(standing.loc[key]), leads.get(key)) for key in layers}
    return [_figure(atlas, layer, area, compare, judged[key]) for key, layer in layers.items()]


def _figure(atlas: Atlas, layer: Layer, area: str, compare: str, judged: tuple[pd.Series, Lead | None]) -> Figure:
    text, own = layer.text, value_at(layer.table, area)
    standing, lead = judged
    return Figure(
        key=layer.key.id,
        name=text.name,
        unit=text.unit,
        decimals=text.decimals,
        direction=text.direction,
        stand=text.stand,
        own=own,
        count=_count(atlas, layer, area),
        compare=value_at(layer.table, compare) if compare else None,
        kreis=value_of(layer.kreis),
        land=_land(atlas, layer),
        word=str(standing["word_kreis"]) if own.firm else "",
        z=float(standing["z_kreis"]),
        n=int(standing["n"]),
        trend=_trend(atlas, layer, area),
        approximation=text.approximation,
        sources=attributions(layer),
        reason=lead.reason if lead else "",
        plain=lead.plain if lead else "",
    )


def _land(atlas: Atlas, layer: Layer) -> Value:
    found = atlas.current.statistics.land_value(layer.key.id, layer.period) if layer.period else None
    return Value() if found is None else Value(found, str(State.MEASURED))


def _count(atlas: Atlas, layer: Layer, area: str) -> str:
    """Return the cases behind a share that is shown; empty where it is none or was published as a share only."""
    if not layer.period or not catalog.indicators()[layer.key.id].share or not value_at(layer.table, area).known:
        return ""
    cases, base = _counts(atlas, layer, area, layer.period)
    return "" if np.isnan(cases) or np.isnan(base) else f"{number(cases)} von {number(base)}"


def _counts(atlas: Atlas, layer: Layer, area: str, year: str) -> tuple[float, float]:
    """Return what stands above and below the line of a share, as the audience may see it; NaN where it is unknown."""
    figures = atlas.current.statistics.levels[layer.level]
    result = figures.result(layer.key.id)
    if result.above is None or result.below is None or int(year) not in result.years:
        return float("nan"), float("nan")
    at = result.years.index(int(year)), result.areas.get_loc(area)
    return float(result.above.value[at]), float(result.below.value[at])


def _trend(atlas: Atlas, layer: Layer, area: str) -> str:
    if layer.key.id in EACH_YEAR_FOR_ITSELF:
        return "nicht vergleichbar: jedes Jahr für sich gerechnet"
    rows = course(atlas, layer, area)
    unit = layer.text.unit if len(layer.text.unit) <= LONGEST_UNIT else ""
    return trend_words(rows, unit=unit, decimals=layer.text.decimals) if len(rows) else ""


def course(atlas: Atlas, layer: Layer, area: str) -> pd.DataFrame:
    """Return the last years of an indicator up to the one shown: value and state, for shares their counts too.

    A year that rests on another census than the one before is a break. Empty where there is one state only.
    """
    periods = [year for year in atlas.periods(layer.key) if layer.period and year <= layer.period]
    recent = sorted(year for year in periods if int(year) > int(layer.period or 0) - TREND_YEARS)
    values = [value_at(atlas.table(layer.level, layer.key, year), area) for year in recent]
    table = pd.DataFrame({"value": [v.value for v in values], "state": [v.state for v in values]}, recent)
    if catalog.indicators()[layer.key.id].share and recent:
        counts = [_counts(atlas, layer, area, year) for year in recent]
        table["numerator"], table["denominator"] = np.array(counts).T
    return _with_breaks(atlas, layer, area, table)


def _with_breaks(atlas: Atlas, layer: Layer, area: str, rows: pd.DataFrame) -> pd.DataFrame:
    figures = atlas.current.statistics.levels.get(layer.level)
    if figures is None or not len(rows):
        return rows
    result = figures.result(layer.key.id)
    column = result.areas.get_loc(area)
    before, states = 0, rows["state"].tolist()
    for place, year in enumerate(rows.index):
        counted = int(result.cells.basis[result.years.index(int(year)), column]) if int(year) in result.years else 0
        if counted and before and counted != before and states[place] not in EMPTY_STATES:
            states[place] = str(State.BREAK)
        before = counted or before
    return rows.assign(state=states)
