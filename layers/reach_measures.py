"""Measures of reach: minutes, shares within a threshold, who depends on one facility, who gets there without a car."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from geodata.catalog.service import service_schemes
from geodata.model import State
from layers import coverage
from layers.frames import empty, frame, mark
from layers.inputs import COARSE_WALK_M, Inputs, areas, straight_metres, ways_to, ways_without_car
from layers.keys import IndicatorKey
from layers.marks import NOBODY, NONE_AT_ALL, incomplete_reason, mark_gaps
from layers.service import service_classes, stop_categories
from layers.travel_time import BUS

COARSE_REASON = (
    "Standorte nur auf den Ort genau bekannt: für Fußwege unter 2 km zu grob "
    "(betrifft {share} % der Menschen). Abhilfe: Anschriften mit Hausnummer verorten."
)
UNREACHED_REASON = (
    "{share} % der Menschen wohnen weiter als 500 m von jedem Weg des Wegenetzes und zählen bei den Minuten nicht mit; "
    "sie gelten als nicht versorgt."
)
NO_RIDE_REASON = (
    "{share} % der Menschen haben bei den meisten Abfahrten zwischen 8 und 10 Uhr keine Verbindung und zählen bei den "
    "Minuten nicht mit; sie gelten als nicht versorgt."
)
NO_NETWORK = (State.MISSING, "Das Gebiet liegt außerhalb des geladenen Wegenetzes.")
NO_TIMETABLE = "Kein Fahrplan im Datensatz; er entsteht aus einer GTFS-Datei des Verkehrsverbunds."
SCHEME = "deutschland"
ONLY_ON_FOOT = "Kein Fahrplan im Datensatz: Nur Fußwege zählen, der Anteil ist eine Untergrenze."
MOST_UNREACHED = 5.0  # %; beyond that the value no longer stands for the area
MOST_OUTSIDE = 50.0  # %; beyond that the network does not cover the area


def travel_cost(inputs: Inputs, category: str, mode_id: str) -> pd.Series:
    """Return minutes per point; NaN where the way is a walk too short for the precision of the location."""
    return ways_to(inputs, category, mode_id)["minutes"].mask(too_coarse(inputs, category, mode_id))


def too_coarse(inputs: Inputs, category: str, mode_id: str, rank: int = 1) -> pd.Series:
    """Return where the nearest facility is known to its place only and the walk is shorter than 2 km."""
    ways = ways_to(inputs, category, mode_id, rank)
    return ways["coarse"].astype(bool) & (ways["metres"] < COARSE_WALK_M) & (mode_id == "fuss")


def unreached(inputs: Inputs, category: str, mode_id: str) -> pd.Series:
    """Return from which points no way leads to any facility, although there are some."""
    return ways_to(inputs, category, mode_id)["minutes"].isna() & (not inputs.supply[category].empty)


def off_network(inputs: Inputs, mode_id: str) -> pd.Series:
    """Return which points lie more than 500 m from every way of the mode's network; none without a network."""
    networks = inputs.data.networks
    walked = "fuss" if mode_id == BUS else mode_id
    if walked not in networks:
        return pd.Series(False, inputs.points.index)
    from layers.routing.roads import places_at  # numba: not loaded without a network

    return pd.Series(places_at(networks[walked], inputs.points).nodes < 0, inputs.points.index)


def share_of(inputs: Inputs, hit: pd.Series, level: str) -> pd.Series:
    """Return the share of people (%) at the points that ``hit`` marks, 0 where nobody lives."""
    index = areas(inputs.data, level).index
    if not hit.any():
        return pd.Series(0.0, index)
    share = coverage.share_within(1.0 - hit, inputs.points["people"], inputs.points[level], 0)
    return share.set_axis(index).fillna(0)


def _cost_frame(inputs: Inputs, key: IndicatorKey, level: str, value: pd.Series) -> pd.DataFrame:
    index = areas(inputs.data, level).index
    lost = NONE_AT_ALL if inputs.supply[key.category].empty else NOBODY
    table = frame(value.set_axis(index), State.ESTIMATED, base=inputs.people[level], lost=lost)
    far = share_of(inputs, unreached(inputs, key.category, key.mode), level)
    found_out = key.mode == BUS and key.id == "abdeckung"  # that nothing goes is what the share says
    table = table if found_out else mark(table, far > MOST_UNREACHED, State.UNRELIABLE, "")
    coarse = share_of(inputs, too_coarse(inputs, key.category, key.mode), level)
    why = NO_RIDE_REASON if key.mode == BUS else UNREACHED_REASON
    for share, reason in ((far, why), (coarse, COARSE_REASON)):
        for area in index[share > 0]:
            table.loc[area, "reason"] = reason.format(share=max(1, round(share[area])))
    table = _mark_outside(table, inputs, key.mode, level)
    return mark_gaps(table, inputs, inputs.data.categories[key.category], level)


def _mark_outside(table: pd.DataFrame, inputs: Inputs, mode_id: str, level: str) -> pd.DataFrame:
    """Return the table without values where most people live beyond the road network that was loaded."""
    off = off_network(inputs, mode_id)
    return mark(table, share_of(inputs, off, level) > MOST_OUTSIDE, *NO_NETWORK)


def _cost_and_people(inputs: Inputs, key: IndicatorKey) -> tuple[pd.Series, pd.Series]:
    """Return minutes and people per point; from where nothing is reached nobody counts."""
    cost, gone = travel_cost(inputs, key.category, key.mode), unreached(inputs, key.category, key.mode)
    return cost.mask(gone, 0.0), inputs.points["people"].mask(gone, 0.0)


def minuten(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the people-weighted mean minutes to the nearest facility, also one outside the Kreis."""
    cost, people = _cost_and_people(inputs, key)
    return _cost_frame(inputs, key, level, coverage.weighted_mean(cost, people, inputs.points[level]))


def minuten_median(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the people-weighted median of the minutes to the nearest facility."""
    cost, people = _cost_and_people(inputs, key)
    return _cost_frame(inputs, key, level, coverage.weighted_median(cost, people, inputs.points[level]))


def abdeckung(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people who reach the nearest facility within the threshold (minutes)."""
    cost = travel_cost(inputs, key.category, key.mode)
    cost = cost.mask(unreached(inputs, key.category, key.mode), np.inf)
    share = coverage.share_within(cost, inputs.points["people"], inputs.points[level], key.threshold)
    return _cost_frame(inputs, key, level, share)


def abhaengig(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people who reach exactly one facility within the threshold (minutes)."""
    cost = travel_cost(inputs, key.category, key.mode)
    second = ways_to(inputs, key.category, key.mode, rank=2)["minutes"]
    unsure = too_coarse(inputs, key.category, key.mode, rank=2) & (cost <= key.threshold)
    only_one = (cost <= key.threshold) & ~(second <= key.threshold)
    gone = unreached(inputs, key.category, key.mode)
    hit = (1.0 - only_one).mask((cost.isna() & ~gone) | unsure)
    share = coverage.share_within(hit, inputs.points["people"], inputs.points[level], 0)
    return _cost_frame(inputs, key, level, share)


def ohne_auto(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people who get there and back on foot or by bus, both ways within the threshold."""
    ways = ways_without_car(inputs, key.category)
    longer = ways[["there", "back"]].max(axis=1, skipna=False).fillna(np.inf)
    nobody_offers = inputs.supply[key.category].empty
    longer = longer * np.nan if nobody_offers else longer
    share = coverage.share_within(longer, inputs.points["people"], inputs.points[level], key.threshold)
    lost = NONE_AT_ALL if nobody_offers else NOBODY
    index = areas(inputs.data, level).index
    table = frame(share.set_axis(index), State.ESTIMATED, base=inputs.people[level], lost=lost)
    if inputs.data.timetable is None:
        table = mark(table, table["value"].notna(), State.UNRELIABLE, ONLY_ON_FOOT)
    table = _mark_outside(table, inputs, BUS, level)
    return mark_gaps(table, inputs, inputs.data.categories[key.category], level)


def haltestelle(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people within the threshold (metres, straight line) of a stop or station."""
    points = inputs.points
    metres = straight_metres(inputs, "haltestelle")
    share = coverage.share_within(metres, points["people"], points[level], key.threshold)
    index = areas(inputs.data, level).index
    people = inputs.people[level]
    return frame(share.set_axis(index), State.ESTIMATED, base=people, lost=NOBODY)


def gueteklasse(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people who live in any class of service of public transport."""
    index = areas(inputs.data, level).index
    if inputs.data.timetable is None:
        return empty(index, State.MISSING, NO_TIMETABLE)
    served = classes_of_points(inputs) != ""
    share = coverage.share_within(1.0 - served, inputs.points["people"], inputs.points[level], 0)
    return frame(share.set_axis(index), State.ESTIMATED, base=inputs.people[level], lost=NOBODY)


@lru_cache(maxsize=8)
def classes_of_points(inputs: Inputs) -> pd.Series:
    """Return the class of service (A to F, empty without) where people live; only with a timetable. Kept."""
    assert inputs.data.timetable is not None
    scheme = service_schemes()[SCHEME]
    return service_classes(inputs.points, stop_categories(inputs.data.timetable, scheme), scheme)


def within_walk(inputs: Inputs, category_id: str, limit: float, level: str) -> pd.DataFrame:
    """Return the share of people whose way on foot to the nearest facility is at most ``limit`` metres."""
    category = inputs.data.categories[category_id]
    if not category.completeness.usable:
        return empty(areas(inputs.data, level).index, State.MISSING, incomplete_reason(category))
    way = ways_to(inputs, category_id, "fuss")["metres"].round(1)
    way = way.mask(too_coarse(inputs, category_id, "fuss"))
    share = coverage.share_within(way, inputs.points["people"], inputs.points[level], limit)
    return _cost_frame(inputs, IndicatorKey("abdeckung", category_id, "fuss"), level, share)
