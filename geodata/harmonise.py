"""Series on one territorial state: figures of any state summed to the areas of another, by whole Gemeinden."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from geodata import crosswalk
from geodata.model import FIRM_TO_EMPTY, State
from geodata.observations import Territory, single_key

VERBAENDE = Path(__file__).parent / "catalog" / "verbaende.csv"
# Share of people who may live in areas that left: own settings, to be confirmed by the Kreis. A rate moves less.
TOLERANCE, RATE_TOLERANCE = 0.005, 0.025
RANK = {str(state): place for place, state in enumerate(FIRM_TO_EMPTY)}
CELL = ["part", "year", "basis"]
LEFT = "Enthält noch {names} ({share} % der Einwohner), heute nicht mehr in diesem Gebiet."
OTHER_AREA = "Für ein anderes Gebiet: nicht vergleichbar."
INCOMPLETE = "Nicht für alle früheren Gemeinden des Gebiets liegt ein Wert vor."


@cache
def read_verbaende(path: Path = VERBAENDE) -> Mapping[str, tuple[str, ...]]:
    """Return the Gemeinden of every Gemeindeverband that statistics have a key for."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["key"]: tuple(row["gemeinden"].split()) for row in csv.DictReader(file, delimiter=";")}


@dataclass(frozen=True, eq=False)
class Composition:
    """What the areas of one day are made of, seen from another day.

    ``target``: for every Gemeinde of the day the area it belongs to later, missing where it left. ``members``: the
    Gemeinden behind each key. ``expected``: how many Gemeinden each area is made of. ``names`` of former Gemeinden.
    """

    target: pd.Series
    members: Mapping[str, tuple[str, ...]]
    expected: pd.Series
    names: Mapping[str, str]


def compose(territory: Territory, state: date, areas: pd.Series) -> Composition:
    """Return how areas (Gemeinde of ``territory.day`` -> area) are made of the Gemeinden of ``state``."""
    there = crosswalk.keys_in_use(territory.changes, territory.gemeinden, state)
    target = crosswalk.keys_on(territory.changes, state, territory.day, there, today=territory.gemeinden).map(areas)
    members: dict[str, tuple[str, ...]] = {key: (key,) for key in there}
    for kreis in territory.kreise:
        if inside := tuple(key for key in there if key.startswith(kreis)):
            members[kreis] = inside
    for key, gemeinden in read_verbaende().items():
        members[key] = tuple(gemeinde for gemeinde in gemeinden if gemeinde in set(there))
    names = dict(zip(territory.changes["from_ags"], territory.changes["from_name"], strict=True))
    return Composition(target, members, target.value_counts(), names)


def to_areas(
    rows: pd.DataFrame, territory: Territory, areas: pd.Series, people: pd.Series, rates: frozenset[str]
) -> pd.DataFrame:
    """Return observations summed to ``areas`` (Gemeinde of ``territory.day`` -> area), with ``reason`` (theirs first).

    ``people``: people per former Gemeinde, to judge how much an area that left weighs. ``rates``: parts that cannot
    be summed. Only complete sums have a value; areas that left and weigh little make an estimate, else a break.
    """
    done = []
    for state, part in rows.groupby("gebietsstand"):
        day = date.fromisoformat(str(state))
        done.append(_of_state(part, compose(territory, day, areas), people, rates))
    columns = ["key", *CELL, "value", "state", "stand", "reason"]
    return pd.concat(done, ignore_index=True) if done else pd.DataFrame(columns=columns)


def _of_state(rows: pd.DataFrame, made: Composition, people: pd.Series, rates: frozenset[str]) -> pd.DataFrame:
    keys = _describe(rows["key"].unique(), made, people)
    rows = rows.join(keys, on="key")
    rows = rows[rows["area"].notna()].assign(rank=rows["state"].map(RANK))
    rows = rows if "reason" in rows else rows.assign(reason="")
    grouped = rows.groupby(["area", *CELL], observed=True, sort=False)
    frame = pd.DataFrame(
        {
            "value": grouped["value"].sum(min_count=1),
            "gaps": grouped["value"].count() < grouped["value"].size(),
            "pieces": grouped.size(),
            "covered": grouped["staying"].sum(),
            "left": grouped["left_people"].sum() / grouped["all_people"].sum().replace(0, np.nan),
            "names": grouped["left_names"].first(),
            "said": grouped["reason"].max(),
            "state": grouped["rank"].max().map(dict(enumerate(map(str, FIRM_TO_EMPTY)))),
            "stand": grouped["stand"].max(),
        }
    ).reset_index()
    return _judged(frame, made.expected, rates)


def _describe(keys: np.ndarray, made: Composition, people: pd.Series) -> pd.DataFrame:
    """Return per key the one area that its Gemeinden belong to (missing where several), and what of it left.

    What left and has no known number of people weighs too much to be passed over.
    """
    targets, weights = made.target.dropna().to_dict(), people.fillna(0.0).to_dict()
    rows = {}
    for key in keys:
        members = made.members.get(single_key(key), ())
        areas = {targets[member] for member in members if member in targets}
        left = [member for member in members if member not in targets]
        known = [weights.get(member, 0.0) for member in left]
        rows[key] = (
            areas.pop() if len(areas) == 1 else None,
            len(members) - len(left),
            float(sum(known)) if all(weight > 0 for weight in known) else np.inf,
            float(sum(weights.get(member, 0.0) for member in members)),
            ", ".join(made.names.get(gone, gone) for gone in left),
        )
    columns = ["area", "staying", "left_people", "all_people", "left_names"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _judged(frame: pd.DataFrame, expected: pd.Series, rates: frozenset[str]) -> pd.DataFrame:
    """Return value, state and reason of the sums."""
    complete = frame["covered"] == frame["area"].map(expected)
    joined_rate = frame["part"].isin(rates) & (frame["pieces"] > 1)
    lost = ~complete | joined_rate
    left = frame["left"].fillna(0.0)
    tolerance = np.where(frame["part"].isin(rates), RATE_TOLERANCE, TOLERANCE)
    state = frame["state"].astype(object)
    gap = frame["gaps"] & ((frame["pieces"] > 1) | frame["value"].notna())
    state = state.mask(gap | lost, str(State.MISSING))
    state = state.mask((left > 0) & (left <= tolerance) & (state == State.MEASURED), str(State.ESTIMATED))
    state = state.mask(left > tolerance, str(State.BREAK))
    gone = gap | lost | (left > tolerance)
    reason = frame["said"].mask((gap | lost) & (frame["said"] == ""), INCOMPLETE)
    rest = (left > 0) & ~gone
    kinds = frame.loc[rest, ["names"]].assign(share=(100 * left[rest]).round(1)).drop_duplicates()
    texts = {(n, s): LEFT.format(names=n, share=f"{s:.1f}".replace(".", ",")) for n, s in kinds.to_numpy()}
    pairs = zip(frame.loc[rest, "names"], (100 * left[rest]).round(1), strict=True)
    reason = reason.mask(rest, pd.Series([texts[pair] for pair in pairs], frame.index[rest], dtype=object))
    reason = reason.mask((left > tolerance) & (reason == ""), OTHER_AREA)
    frame = frame.assign(value=frame["value"].mask(gone), state=state, reason=reason)
    return frame.rename(columns={"area": "key"})[["key", *CELL, "value", "state", "stand", "reason"]]
