"""Figures of a file -> observations of this district: items become parts, areas and states are checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from geodata import crosswalk
from geodata.catalog.parts import Item
from geodata.model import GeoData, State
from geodata.sources.statistics.reading import SIGNS, Reading, RowProblem

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
ONE_STATE = frozenset({"inkar", "gisd"})  # forms whose files have all years on one state
SIGN_OF = {str(state): sign for sign, state in reversed(SIGNS.items()) if sign}
CONTRADICTION = "Verschiedene Angaben für dasselbe"
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
    rows = _with_sums(_as_observations(rows[here], items, reading.basis), rows[here]["item"], items)
    state = gebietsstand or reading.gebietsstand
    rows, problems = _with_states(rows, state, territory)
    rows, doubled = _without_doubles(rows)
    every = (*reading.problems, *problems, *doubled)
    return Judgement(rows, every, {str(key): int(n) for key, n in unknown.items()}, elsewhere, state)


def _is_here(keys: pd.Series, territory: Territory) -> pd.Series:
    """Return which keys are of the district (in any year), of its Land or of Germany."""
    in_kreis = keys.str[:5].isin(territory.kreise) & keys.str.len().isin([5, 8, 9])
    return in_kreis | keys.isin([territory.land, "DG"])


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


def _with_sums(rows: pd.DataFrame, names: pd.Series, items: Mapping[str, Item]) -> pd.DataFrame:
    """Return ``rows`` with the summands of a part added up; a sum that lacks one of them is missing."""
    adds = names.map({key: item.summand for key, item in items.items()}).astype(bool)
    if not adds.any():
        return rows
    table = names[adds].str.split("|").str[0]
    parts = rows[adds].assign(item=names[adds], table=table)
    wanted = parts.groupby(["table", "part"])["item"].nunique()
    grouped = parts.groupby(["table", *(name for name in OBSERVATION_COLUMNS if name not in ("value", "state", "row"))])
    sums = grouped.agg(value=("value", "sum"), known=("value", "count"), row=("row", "first")).reset_index()
    sums = sums.join(wanted.rename("wanted"), on=["table", "part"])
    complete = sums["known"] == sums["wanted"]
    states = complete.map({True: str(State.MEASURED), False: str(State.MISSING)})
    sums = sums.assign(value=sums["value"].where(complete), state=states)
    return pd.concat([rows[~adds], sums[list(OBSERVATION_COLUMNS)]], ignore_index=True)


def _with_states(rows: pd.DataFrame, state: str, territory: Territory) -> tuple[pd.DataFrame, tuple[RowProblem, ...]]:
    """Return rows with the day whose areas they are for; Gemeinden that were not there on it are problems."""
    days = pd.Series(state, rows.index, dtype=object) if state else _last_days(rows["stand"])
    rows = rows.assign(gebietsstand=days)
    is_gemeinde = rows["key"].str.len() == 8
    fine = pd.Series(True, rows.index)
    for day, part in rows[is_gemeinde].groupby("gebietsstand"):
        fine[part.index] = part["key"].isin(_keys_on(territory, str(day)))
    astray = rows[~fine].groupby("key", sort=False)
    return rows[fine], tuple(_astray(str(key), part) for key, part in astray)


def _astray(key: str, rows: pd.DataFrame) -> RowProblem:
    """Return what is to be said of a Gemeinde that was not there on the days of its figures."""
    days = sorted(date.fromisoformat(str(day)) for day in rows["gebietsstand"].unique())
    named = f"{days[0]:%d.%m.%Y}" + (f" und an {len(days) - 1} weiteren Tagen" if len(days) > 1 else "")
    rule = f"Die Gemeinde gab es am {named} in diesem Kreis nicht"
    if days[0] < crosswalk.SINCE:
        rule = f"Gemeinden sind erst ab {crosswalk.SINCE:%d.%m.%Y} bekannt, nicht am {named}"
    return RowProblem(str(rows["row"].iloc[0]), rule, key, STATES_REMEDY)


def _keys_on(territory: Territory, day: str) -> pd.Index:
    return crosswalk.keys_in_use(territory.changes, territory.gemeinden, date.fromisoformat(day))


def _last_days(periods: pd.Series) -> pd.Series:
    return periods.map({period: last_day(period) for period in periods.unique()}).astype(object)


def last_day(period: str) -> str:
    """Return the last day of a year or month, or the day itself.

    >>> last_day("2021"), last_day("2021-02"), last_day("2021-06-30")
    ('2021-12-31', '2021-02-28', '2021-06-30')
    """
    if len(period) == 4:
        return f"{period}-12-31"
    return str((pd.Period(period, "M").end_time if len(period) == 7 else pd.Timestamp(period)).date())


def _without_doubles(rows: pd.DataFrame) -> tuple[pd.DataFrame, tuple[RowProblem, ...]]:
    """Return one row per part, area, year and basis: the latest of the year; those that contradict are a problem.

    Of figures that end on the same day the one that names it more closely counts: a month before its year.
    A number and none, or two reasons for none, contradict each other as two numbers do.
    """
    identity = ["part", "key", "year", "basis"]
    moment = [*identity, "stand"]
    again = rows[rows.duplicated(moment, keep=False)]
    said = again["value"].astype(object).where(again["value"].notna(), again["state"])
    against = again[again.assign(said=said).groupby(moment)["said"].transform("nunique") > 1]
    problems = tuple(_contradictions(against))
    kept = rows.drop(against.index)
    late = kept.assign(day=_last_days(kept["stand"])).sort_values(["day", "stand"], kind="stable").index
    return kept.loc[late].drop_duplicates(identity, keep="last").sort_index(), problems


def _contradictions(rows: pd.DataFrame) -> Iterator[RowProblem]:
    """Yield one problem for each area and moment of rows that contradict each other."""
    numbers = rows["value"].map(lambda value: f"{value:.10g}".replace(".", ","))
    told = numbers.where(rows["value"].notna(), rows["state"].map(SIGN_OF).fillna("ohne Zahl"))
    names = rows["part"] + ", " + rows["key"] + ", " + rows["stand"]
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for name, basis, place, text in zip(names, rows["basis"], rows["row"], told, strict=True):
        found.setdefault((name, basis), []).append((str(place), text))
    for (name, _), said in found.items():
        places, texts = (list(dict.fromkeys(one)) for one in zip(*said, strict=True))
        more = f" und {len(places) - 3} weitere" if len(places) > 3 else ""
        different = f"{name}: {' und '.join(texts)}"
        yield RowProblem(", ".join(places[:3]) + more, CONTRADICTION, different, "die falsche streichen")


def guess_gebietsstand(reading: Reading, territory: Territory) -> str:
    """Return the day whose areas a file with one state for all years is for; empty where it has one for each year.

    Only asked where the file does not say it. A file of INKAR or of the GISD always has one (ONE_STATE); others where
    the same Gemeinden stand in every year, and these are exactly those of another day, or did not all exist in every
    year. Without an exact day it is the first one since the newest figure that has them all.
    """
    rows = reading.rows[_is_here(reading.rows["key"], territory) & reading.rows["key"].str.len().isin([5, 8, 9])]
    by_period = rows["key"].map(single_key).groupby(rows["period"]).agg(frozenset)
    gemeinden = by_period.map(lambda keys: frozenset(key for key in keys if len(key) == 8))
    if by_period.empty or (reading.form not in ONE_STATE and gemeinden.nunique() > 1):
        return ""
    found = frozenset().union(*gemeinden)
    newest = max(last_day(str(period)) for period in by_period.index)
    days = sorted({territory.day.isoformat(), *_before(territory.changes["effective"])})
    used = {day: frozenset(_keys_on(territory, day)) for day in days}
    own = [frozenset(_keys_on(territory, last_day(str(period)))) for period in by_period.index]
    exact = [day for day in days if used[day] == found]
    fits = all(found <= there for there in own) and (not exact or all(found == there for there in own))
    if reading.form not in ONE_STATE and fits:
        return ""
    enough = [day for day in days if found <= used[day] and day >= newest]
    older = [day for day in reversed(days) if found <= used[day]] if reading.form in ONE_STATE else []
    return next(iter([*exact[-1:], *enough, *older]), "")


def single_key(key: str) -> str:
    """Return the key of the Gemeinde behind nine digits of one that belongs to no Verband; else the key itself.

    >>> single_key("160630004"), single_key("160635006")
    ('16063004', '160635006')
    """
    return f"{key[:5]}{key[6:]}" if len(key) == 9 and key[5] == "0" else key


def _before(effective: pd.Series) -> list[str]:
    return [str(np.datetime64(str(day)[:10]) - 1) for day in effective]
