"""Figures of a file -> observations of this district: items become parts, areas and states are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geodata import crosswalk
from geodata.catalog.parts import Item
from geodata.model import GeoData
from geodata.sources.statistics.reading import Reading, RowProblem

OBSERVATION_COLUMNS = {
    "part": "part of parts.csv, or indicator that is published ready made",
    "key": "8 digits Gemeinde, 9 Gemeindeverband, 5 Kreis, 2 Land, 'DG' Germany; state of `gebietsstand`",
    "year": "calendar year",
    "stand": "ISO year, month or day that the figure is of",
    "gebietsstand": "ISO day whose areas it is for",
    "basis": "Zensus 2011, Zensus 2022 or empty",
    "value": "number, NaN where there is none",
    "state": "State",
    "row": "where in the file",
}
STATES_REMEDY = "Gebietsstand der Datei angeben oder die Datei auf dem Gebietsstand der Jahre herunterladen"


@dataclass(frozen=True, eq=False)
class Judgement:
    """What of a file can be taken over. ``unknown``: items that no part is known for, with their number of figures;
    ``elsewhere``: figures of areas that are not part of this district, a Land or Germany.
    """

    observations: pd.DataFrame
    problems: tuple[RowProblem, ...]
    unknown: Mapping[str, int]
    elsewhere: int
    gebietsstand: str


@dataclass(frozen=True, eq=False)
class Territory:
    """The areas that figures may be for: ``changes`` and today's Gemeinden, Kreise that were part of it, the Land."""

    changes: pd.DataFrame
    gemeinden: pd.Index
    kreise: frozenset[str]
    land: str
    day: date


def territory_of(data: GeoData) -> Territory:
    """Return the areas that figures of a district may be for."""
    changes = crosswalk.read_changes()
    own = {str(key) for key in data.gemeinden.index.str[:5]}
    own |= set(changes.loc[changes["to_ags"].str[:5].isin(own), "from_ags"].str[:5])
    ours = changes[changes["from_ags"].str[:5].isin(own)].reset_index(drop=True)
    return Territory(ours, data.gemeinden.index, frozenset(own), data.ags[:2], data.gebietsstand)


def judge(reading: Reading, items: Mapping[str, Item], territory: Territory, *, gebietsstand: str = "") -> Judgement:
    """Return what of a file belongs to this district; ``gebietsstand`` (ISO) overrules what the file says."""
    rows = reading.rows
    known = rows["item"].isin(list(items))
    unknown = rows.loc[~known, "item"].value_counts()
    rows = rows[known]
    here = _is_here(rows["key"], territory)
    elsewhere = int((~here).sum())
    rows = _as_observations(rows[here], items, reading.basis)
    state = gebietsstand or reading.gebietsstand
    rows, problems = _with_states(rows, state, territory)
    rows, doubled = _without_doubles(rows)
    every = (*reading.problems, *problems, *doubled)
    return Judgement(rows, every, {str(key): int(n) for key, n in unknown.items()}, elsewhere, state)


def _is_here(keys: pd.Series, territory: Territory) -> pd.Series:
    """Return which keys are of the district (in any year), of its Land or of Germany."""
    length = keys.str.len()
    in_kreis = keys.str[:5].isin(territory.kreise) & length.isin([5, 8, 9])
    changed = {*territory.changes["from_ags"], *territory.changes["to_ags"], *territory.gemeinden}
    return in_kreis | keys.isin(changed) | keys.isin([territory.land, "DG"])


def _as_observations(rows: pd.DataFrame, items: Mapping[str, Item], basis: str) -> pd.DataFrame:
    parts = rows["item"].map({key: item.part for key, item in items.items()})
    factors = rows["item"].map({key: item.factor for key, item in items.items()}).astype(float)
    said = rows["item"].str.extract(r"\|(Zensus 20(?:11|22))$")[0].fillna(basis)
    frame = pd.DataFrame(
        {
            "part": parts,
            "key": rows["key"],
            "year": rows["period"].str[:4].astype(int) if len(rows) else pd.Series(dtype=int),
            "stand": rows["period"],
            "gebietsstand": "",
            "basis": said,
            "value": rows["value"] * factors,
            "state": rows["state"].astype(str),
            "row": rows["row"],
        }
    )
    return frame[list(OBSERVATION_COLUMNS)]


def _with_states(rows: pd.DataFrame, state: str, territory: Territory) -> tuple[pd.DataFrame, tuple[RowProblem, ...]]:
    """Return rows with the day whose areas they are for; Gemeinden that were not there on it are problems."""
    days = pd.Series(state, rows.index) if state else rows["stand"].map(last_day)
    rows = rows.assign(gebietsstand=days)
    is_gemeinde = rows["key"].str.len() == 8
    fine = pd.Series(True, rows.index)
    problems: list[RowProblem] = []
    for day, part in rows[is_gemeinde].groupby("gebietsstand"):
        there = crosswalk.keys_in_use(territory.changes, territory.gemeinden, date.fromisoformat(str(day)))
        astray = part[~part["key"].isin(there)]
        fine[astray.index] = False
        for key, first in astray.groupby("key").first().iterrows():
            rule = f"Die Gemeinde gab es am {date.fromisoformat(str(day)):%d.%m.%Y} in diesem Kreis nicht"
            problems.append(RowProblem(str(first["row"]), rule, str(key), STATES_REMEDY))
    return rows[fine], tuple(problems)


def last_day(period: str) -> str:
    """Return the last day of a year or month, or the day itself.

    >>> last_day("2021"), last_day("2021-02"), last_day("2021-06-30")
    ('2021-12-31', '2021-02-28', '2021-06-30')
    """
    if len(period) == 4:
        return f"{period}-12-31"
    return str((pd.Period(period, "M").end_time if len(period) == 7 else pd.Timestamp(period)).date())


def _without_doubles(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[RowProblem, ...]]:
    """Return one row per part, area, year and basis: the latest of the year; two that contradict are a problem."""
    identity = ["part", "key", "year", "basis"]
    rows = rows.sort_values("stand", kind="stable")
    same_day = rows.duplicated([*identity, "stand"], keep=False)
    spread = rows[same_day].groupby([*identity, "stand"])["value"].transform("nunique")
    against = rows.loc[spread.index[spread > 1]] if len(spread) else rows.iloc[:0]
    problems = tuple(
        RowProblem(
            str(first.row), "Zwei verschiedene Zahlen für dasselbe", f"{first.key}, {first.stand}", "eine streichen"
        )
        for first in against.groupby([*identity, "stand"]).first().reset_index().itertuples()
    )
    kept = rows.drop(against.index).drop_duplicates(identity, keep="last").sort_index()
    return kept, problems


def guess_gebietsstand(reading: Reading, territory: Territory) -> str:
    """Return the day whose areas fit all Gemeinden of a file that has one state for all years; empty where none does.

    Only needed where the file does not say it: the keys of every year are the same and do not fit every year.
    """
    keys = reading.rows.loc[reading.rows["key"].str.len() == 8, ["key", "period"]]
    keys = keys[_is_here(keys["key"], territory)].drop_duplicates()
    if keys.empty or keys.groupby("period")["key"].nunique().nunique() != 1:
        return ""
    found = set(keys["key"])
    days = sorted({territory.day.isoformat(), *_before(territory.changes["effective"])}, reverse=True)
    for day in days:
        there = crosswalk.keys_in_use(territory.changes, territory.gemeinden, date.fromisoformat(day))
        if found <= set(there):
            return day
    return ""


def _before(effective: pd.Series) -> list[str]:
    return [str(np.datetime64(str(day)[:10]) - 1) for day in effective]
