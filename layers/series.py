"""Series of single areas over the years, with their breaks and gaps, and what may be said of their course."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog import Indicator
from geodata.catalog.formula import names, parse
from geodata.crosswalk import LEAVES, SINCE, rule_text
from geodata.model import GeoData, State
from geodata.observations import Territory
from layers.atlas import Atlas
from layers.cube import BASES, CODE, FIRST_EMPTY, MIXED, STATES, Cells
from layers.describe import ADDITIVE
from layers.figures import FLAGGED_BELOW, HIDDEN_BELOW, PEOPLE, Figures, Result, several_years
from layers.frames import EMPTY_STATES
from layers.german import STATE_WORDS
from layers.inputs import LEVELS
from layers.keys import IndicatorKey
from layers.periods import BASIS
from layers.ranking import wilson
from layers.statistics import LAND, RATES, SECRET
from layers.timeline import calendar, known_years, spans
from layers.trends import trend_words

GERMANY, GERMANY_NAME, LAND_NAME = "DG", "Deutschland", "Land"
MEAN_YEARS = 3
BREAK_LABEL = "Reihenbruch"
MIXED_BASIS = "teils Zensus 2011, teils Zensus 2022"
SERIES_COLUMNS = ["value", "state", "reason", "basis", "numerator", "denominator"]


@dataclass(frozen=True, eq=False)
class Series:
    """One area through the years: ``rows`` has one per calendar year (ISO text, rising), gaps included.

    Columns: value (NaN where there is none), state, reason, basis (census base, empty where none is known), and for
    shares of people numerator and denominator (else NaN).
    """

    key: str
    name: str
    rows: pd.DataFrame

    @property
    def known(self) -> pd.DataFrame:
        """The years with a value."""
        return self.rows[self.rows["value"].notna()]


def level_of(atlas: Atlas, level: str, area: str) -> str:
    """Return the level that an area of a chart on ``level`` belongs to; KeyError for an area that is not there."""
    if area in (atlas.data.ags[:2], GERMANY) and LAND in atlas.current.statistics.levels:
        return LAND
    if area == atlas.data.ags:
        return "kreis"
    if area in atlas.areas(level).index:
        return level
    raise KeyError(area)


def area_choices(atlas: Atlas, level: str, key: IndicatorKey) -> dict[str, str]:
    """Return the areas that a chart on a level can show: Kreis, Land and Germany where published, then by name."""
    own = atlas.areas(level)["name"].sort_values().to_dict() if level != "kreis" else {}
    return {atlas.data.ags: atlas.data.name, **_published(atlas, key), **{str(area): str(own[area]) for area in own}}


def _published(atlas: Atlas, key: IndicatorKey) -> dict[str, str]:
    figures = atlas.current.statistics.levels.get(LAND)
    if figures is None or not figures.cube.years or not atlas.current.statistics.periods(key.id):
        return {}
    known = (figures.result(key.id).cells.code < FIRST_EMPTY).any(axis=0)
    return {
        str(area): GERMANY_NAME if area == GERMANY else LAND_NAME for area in figures.cube.areas[np.flatnonzero(known)]
    }


def default_areas(atlas: Atlas, level: str, key: IndicatorKey) -> tuple[str, ...]:
    """Return what a chart shows first: the Kreis, the areas with the highest and the lowest newest value, the Land.

    Unsure values are no ends where there are others; the Kreis is left out where it has no value at all. Beside a sum
    for the whole Kreis nothing else can be seen: of absolute numbers it stands alone.
    """
    years = known_years(atlas, level, key)
    shown = [atlas.data.ags] if known_years(atlas, "kreis", key) else []
    if shown and key.id in ADDITIVE:
        return tuple(shown)
    if years and level != "kreis":
        table = atlas.table(level, key, years[-1]).dropna(subset="value")
        firm = table.loc[table["state"] != State.UNRELIABLE, "value"]
        ends = firm if len(firm) > 1 else table["value"]
        shown += [str(ends.idxmax()), str(ends.idxmin())] if len(ends) else []
    land = [area for area in _published(atlas, key) if area != GERMANY or level == "kreis"]
    return tuple(dict.fromkeys([*shown, *land])) or (atlas.data.ags,)


def can_be_averaged(atlas: Atlas, key: IndicatorKey) -> bool:
    """Return whether the counts behind an indicator are known in any area, so that years can be summed."""
    indicator = catalog.indicators().get(key.id)
    if indicator is None or not indicator.count or not atlas.current.statistics.periods(key.id):
        return False
    if any(catalog.parts()[part].kind == RATES for part in names(parse(indicator.count))):
        return False
    levels = [atlas.current.statistics.levels[level] for level in LEVELS]
    return any((_averaged(figures, indicator).code < FIRST_EMPTY).any() for figures in levels if figures.cube.years)


def series_of(atlas: Atlas, level: str, key: IndicatorKey, area: tuple[str, str], *, mean: bool = False) -> Series:
    """Return the series of an area (key and name) over all years that its indicator has on any level.

    ``mean``: each year with the two before it, from summed numerators and denominators.
    """
    years = calendar(atlas.periods(key)[::-1])
    own = level_of(atlas, level, area[0])
    found = [_row(atlas, own, key, area[0], year) for year in years]
    rows = pd.DataFrame([dict(row) for row in found], index=pd.Index(years, dtype=object), columns=SERIES_COLUMNS)
    statistics = atlas.current.statistics
    if not statistics.periods(key.id):
        return Series(*area, rows.assign(basis=np.where(rows["value"].notna(), BASIS, "")))
    figures, indicator = statistics.levels[own], catalog.indicators()[key.id]
    if figures.cube.years:
        _fill(rows, figures, indicator, area[0], mean=mean)
    return Series(*area, rows)


def _row(atlas: Atlas, level: str, key: IndicatorKey, area: str, year: str) -> pd.Series:
    if year not in atlas.periods(key):
        return pd.Series({"value": np.nan, "state": str(State.MISSING), "reason": f"Für {year} liegt kein Wert vor."})
    table = atlas.current.statistics.table(LAND, key.id, year) if level == LAND else atlas.table(level, key, year)
    assert table is not None, "a year among the periods has a table"
    return table.loc[[area]].iloc[0]


def _fill(rows: pd.DataFrame, figures: Figures, indicator: Indicator, area: str, *, mean: bool) -> None:
    """Write base and counts of an area into its rows, and with ``mean`` the means instead of single years."""
    result = figures.result(indicator.id)
    column = result.areas.get_loc(area)
    cells = _averaged(figures, indicator) if mean else result.cells
    here = [year for year in rows.index if int(year) in result.years]
    place = [result.years.index(int(year)) for year in here]
    rows["basis"] = ""
    rows.loc[here, "basis"] = [_base_name(int(code)) for code in cells.basis[place, column]]
    if mean:
        codes = cells.code[place, column]
        rows.loc[here, "value"] = np.where(codes >= FIRST_EMPTY, np.nan, cells.value[place, column])
        rows.loc[here, "state"] = STATES[codes]
        rows.loc[here, "reason"] = [
            _mean_reason(int(year), str(STATES[c])) for year, c in zip(here, codes, strict=True)
        ]
    if is_share(indicator) and result.above is not None and result.below is not None:
        years = MEAN_YEARS if mean else 1
        for name, counts in (("numerator", result.above), ("denominator", result.below)):
            rows.loc[here, name] = _total(result, counts, years).value[place, column]
    rows.loc[rows["value"].isna(), ["numerator", "denominator"]] = np.nan


def _base_name(code: int) -> str:
    return MIXED_BASIS if code == MIXED else BASES[code]


def _mean_reason(year: int, state: str) -> str:
    span = f"{year - MEAN_YEARS + 1} bis {year}"
    if state == State.MISSING:
        return f"Von {span} fehlt mindestens ein Jahr."
    if state == State.BREAK:
        return f"Die Jahre {span} beruhen auf verschiedenen Zählungen."
    if state in SECRET:
        return f"Von {span} ist mindestens ein Jahr geheim."
    if state == State.NOT_APPLICABLE:
        return f"Auch die Jahre {span} zusammen haben zu wenige Fälle."
    return f"Summe der Jahre {span}."


def is_share(indicator: Indicator) -> bool:
    """Return whether an indicator is a share of people: only then does chance have an interval."""
    if indicator.unit != "%" or not indicator.per or "-" in indicator.count:
        return False
    parts = {*names(parse(indicator.count)), *names(parse(indicator.per))}
    return all(catalog.parts()[part].unit in PEOPLE for part in parts)


def _total(result: Result, counts: Cells, years: int) -> Cells:
    """Return counts summed over each year and the ones before it."""
    mean = several_years(replace(result, above=counts, below=None), years)
    return replace(mean, value=mean.value * years)


def _averaged(figures: Figures, indicator: Indicator) -> Cells:
    """Return the means over several years; a base that is small even so hides or weakens them as in a single year."""
    result = figures.result(indicator.id)
    if result.above is None:
        return figures.cube.cells("")
    cells = several_years(result, MEAN_YEARS, indicator.factor or 1.0)
    if result.small is None or result.below is None:
        return cells
    base = _total(result, result.below, MEAN_YEARS).value
    known = cells.code < FIRST_EMPTY
    with np.errstate(invalid="ignore"):
        hidden = known & (base < HIDDEN_BELOW) & (not figures.shows_small)
        unsure = known & (base < FLAGGED_BELOW) & ~hidden
    code = np.where(unsure, np.maximum(cells.code, CODE[State.UNRELIABLE]), cells.code)
    code = np.where(hidden, CODE[State.NOT_APPLICABLE], code).astype(np.uint8)
    return replace(cells, value=np.where(hidden, np.nan, cells.value), code=code)


def band(series: Series, factor: float = 100.0) -> pd.DataFrame:
    """Return ``low`` and ``high`` (Wilson, 95 %) of a share per year, NaN where there is none."""
    rows = series.rows
    return factor * wilson(rows["numerator"].astype(float), rows["denominator"].astype(float))


def breaks(series: Series) -> list[tuple[str, str]]:
    """Return the first year of every break between two values, and what begins there: a census, or a plain break."""
    if series.known.empty:
        return []
    found, base, before = [], "", ""
    for year, row in series.rows[series.known.index[0] : series.known.index[-1]].iterrows():
        if row["state"] == State.BREAK != before:
            found.append((str(year), BREAK_LABEL))
        before = row["state"]
        if pd.notna(row["value"]) and row["basis"]:
            if base and row["basis"] != base:
                found.append((str(year), str(row["basis"])))
            base = row["basis"]
    return found


def runs(series: Series) -> list[pd.DataFrame]:
    """Return the pieces of a series that a line may join: years on end with values, on one census base."""
    cuts = {year for year, _ in breaks(series)}
    known = series.known
    pieces: list[list[str]] = [[str(known.index[0])]] if len(known) else []
    for before, year in pairwise(known.index.astype(str)):
        if int(year) == int(before) + 1 and year not in cuts:
            pieces[-1].append(year)
        else:
            pieces.append([year])
    return [known.loc[piece] for piece in pieces]


def gap_words(series: Series) -> str:
    """Return the years without a value between the first and the last one, by their state; empty without any."""
    rows = series.rows.astype({"state": str})
    told = rows[rows["state"].isin([*EMPTY_STATES])]
    secret = told["state"].isin([*SECRET])
    if len(series.known):
        first, last = series.known.index[0], series.known.index[-1]
        told = told[secret | ((told.index > first) & (told.index < last))]
    words = told["state"].map(lambda state: STATE_WORDS[State(state)])
    said = [f"{spans(group.index)} {word}" for word, group in words.groupby(words, sort=False)]
    return f"{series.name}: {'; '.join(said)}" if said else ""


def course(series: Series, unit: str, decimals: int) -> str:
    """Return a sentence on the course of a series: what it was, what it is, and whether that is a change."""
    rows = series.rows
    marks = pd.DataFrame({"value": np.nan, "state": str(State.BREAK)}, index=[year for year, _ in breaks(series)])
    if rows["numerator"].isna().all():
        rows = rows.drop(columns=["numerator", "denominator"])
    # A mark of its own before the year keeps the state of that year; the sort is stable.
    marked = pd.concat([marks, rows[rows["state"] != State.BREAK]]) if len(marks) else rows
    return f"{series.name}: {trend_words(marked.sort_index(kind='stable'), unit=unit, decimals=decimals)}."


def territory_rules(
    data: GeoData, territory: Territory, level: str, areas: Iterable[str], first_year: int
) -> list[str]:
    """Return a sentence for each area whose territory changed since a year: how its series was made comparable."""
    since = date(first_year, 12, 31)
    if since >= territory.day:
        return []
    members = list(dict.fromkeys(key for area in areas for key in _members(data, territory, level, area)))
    texts = [rule_text(territory.changes, since, territory.day, key, today=territory.gemeinden) for key in members]
    told = [text for text in dict.fromkeys(texts) if text]
    unknown = f"Gebietsänderungen vor dem {SINCE:%d.%m.%Y} sind nicht nachgewiesen."
    return [*told, unknown] if since < SINCE else told


def _members(data: GeoData, territory: Territory, level: str, area: str) -> list[str]:
    """Return the Gemeinden of an area; for the Kreis those that joined or left it."""
    if area == data.ags:
        moved = territory.changes[territory.changes["kind"].isin([LEAVES, "Einkreisung"])]
        joined = moved["to_ags"].where(moved["kind"] != LEAVES, moved["from_ags"])
        return [str(key) for key in joined]
    if level == "sozialraum":
        return [str(key) for key in data.gemeinden.index[data.gemeinden["sozialraum"] == area]]
    return [area] if area in data.gemeinden.index else []
