"""How each measure of catalog/measures.toml is computed: one function each, listed in MEASURES."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog import Category
from geodata.model import State
from layers import coverage, supply
from layers.change import annual_change
from layers.frames import add_reason, empty, frame, mark
from layers.inputs import COARSE_WALK_M, Inputs, areas, straight_metres, ways_to
from layers.keys import IndicatorKey

Measure = Callable[[Inputs, IndicatorKey, str], pd.DataFrame]


def incomplete_reason(category: Category) -> str:
    """Return why nothing is computed for a category, and what would complete it (German)."""
    done = category.completeness
    kind = "Kein Bestand erfasst" if done.judgement == "keine" else "Bestand unvollständig"
    expected = f" Erwartet: {done.expected_text.rstrip('.')}." if done.expected_text else ""
    return f"{kind}.{expected} Vollständig würde er durch: {done.missing_source.rstrip('.')}."


def _facilities(inputs: Inputs, category: str) -> pd.DataFrame:
    """Return the facilities inside the Kreis that offer what ``category`` asks for."""
    inside = inputs.facilities[inputs.facilities["inside"]]
    kinds = [category, *catalog.categories()[category].also_by]
    return pd.DataFrame(inside[inside["category"].isin(kinds)])


def _count(inputs: Inputs, category: str, level: str) -> pd.Series:
    return supply.count_facilities(_facilities(inputs, category)[level], areas(inputs.data, level).index)


def _mark_gaps(table: pd.DataFrame, inputs: Inputs, category: Category, level: str) -> pd.DataFrame:
    """Mark areas in which a facility is known to be missing; the Kreis as a whole is then an estimate."""
    gaps = inputs.data.gemeinden.loc[inputs.data.gemeinden.index.isin(category.completeness.gap_ags)]
    if gaps.empty:
        return table
    hit = {"gemeinde": list(gaps.index), "sozialraum": list(gaps["sozialraum"]), "kreis": list(table.index)}[level]
    state = State.ESTIMATED if level == "kreis" else State.UNRELIABLE
    return add_reason(mark(table, hit, state, ""), hit, f"Bestand lückenhaft: {category.completeness.note}")


def anzahl(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the number of recorded facilities; in an incomplete register 0 says nothing and is missing."""
    category = catalog.categories()[key.category]
    own = inputs.facilities[inputs.facilities["inside"] & (inputs.facilities["category"] == category.id)]
    count = supply.count_facilities(own[level], areas(inputs.data, level).index)
    if category.completeness.judgement == "ausreichend":
        state = (count > 0).map({True: str(State.MEASURED), False: str(State.ZERO)})
        return _mark_gaps(frame(count, state), inputs, category, level)
    reason = incomplete_reason(category)
    state = (count > 0).map({True: str(State.UNRELIABLE), False: str(State.MISSING)})
    texts = (count > 0).map({True: f"Mindestens so viele. {reason}", False: reason})
    return frame(count, state, reason=texts)


NONE_HERE = (State.NOT_APPLICABLE, "Keine Einrichtung in diesem Gebiet.")
NOBODY = (State.NOT_APPLICABLE, "Nach den Daten wohnt hier niemand.")
NONE_AT_ALL = (State.NOT_APPLICABLE, "Keine Einrichtung dieser Art erfasst.")
PLACE_UNITS = ("Plätze", "Betten")


def _ratio_frame(
    inputs: Inputs,
    key: IndicatorKey,
    level: str,
    value: pd.Series,
    lost: tuple[State, str] = (State.MISSING, ""),
) -> pd.DataFrame:
    """Wrap a ratio to the population: as firm as the population figure, marked where the register has gaps."""
    area = areas(inputs.data, level)
    lived_in = area["population"] > 0
    states = area["population_state"].where(lived_in, str(NOBODY[0]))
    reasons = area["population_reason"].where(lived_in, NOBODY[1])
    table = frame(value, states, base=area["population"], reason=reasons, lost=lost)
    return _mark_gaps(table, inputs, catalog.categories()[key.category], level)


def dichte(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return facilities per 1,000 people."""
    area = areas(inputs.data, level)
    return _ratio_frame(inputs, key, level, supply.density(_count(inputs, key.category, level), area["population"]))


def versorgung(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return people per facility; not applicable where there is none."""
    area = areas(inputs.data, level)
    count = _count(inputs, key.category, level)
    return _ratio_frame(inputs, key, level, supply.provider_ratio(area["population"], count), NONE_HERE)


def plaetze(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return capacity per 1,000 people where every capacity of the area is known in one unit."""
    area = areas(inputs.data, level)
    rows = _facilities(inputs, key.category)
    units = rows["capacity_unit"].replace("", None).dropna().unique()
    if len(units) > 1:
        return empty(area.index, State.MISSING, "Die Kapazitäten liegen in verschiedenen Einheiten vor.")
    if len(units) and not str(units[0]).startswith(PLACE_UNITS):
        return empty(area.index, State.MISSING, f"Die Kapazität ist nicht in Plätzen angegeben ({units[0]}).")
    capacity = supply.summed_capacity(rows["capacity"], rows[level], area.index)
    known, total = int(rows["capacity"].notna().sum()), len(rows)
    lacking = (State.MISSING, f"Kapazität im Landkreis für {known} von {total} Einrichtungen bekannt.")
    return _ratio_frame(inputs, key, level, supply.density(capacity, area["population"]), lacking)


def travel_cost(inputs: Inputs, category: str, mode_id: str) -> pd.Series:
    """Return minutes per point; NaN where the way is a walk too short for the precision of the location."""
    return ways_to(inputs, category, mode_id)["minutes"].mask(too_coarse(inputs, category, mode_id))


def too_coarse(inputs: Inputs, category: str, mode_id: str, rank: int = 1) -> pd.Series:
    """Return where the nearest facility is known to its place only and the walk is shorter than 2 km."""
    ways = ways_to(inputs, category, mode_id, rank)
    return ways["coarse"].astype(bool) & (ways["metres"] < COARSE_WALK_M) & (mode_id == "fuss")


COARSE_REASON = (
    "Standorte nur auf den Ort genau bekannt: für Fußwege unter 2 km zu grob "
    "(betrifft {share} % der Menschen). Abhilfe: Anschriften mit Hausnummer verorten."
)


UNREACHED_REASON = (
    "{share} % der Menschen wohnen weiter als 500 m von jedem Weg des Wegenetzes und zählen bei den Minuten nicht mit; "
    "sie gelten als nicht versorgt."
)
MOST_UNREACHED = 5.0  # %; beyond that the value no longer stands for the area


def unreached(inputs: Inputs, category: str, mode_id: str) -> pd.Series:
    """Return from which points no way leads to any facility, although there are some."""
    return ways_to(inputs, category, mode_id)["minutes"].isna() & (not inputs.supply[category].empty)


def _share_of(inputs: Inputs, hit: pd.Series, level: str) -> pd.Series:
    """Return the share of people (%) at the points that ``hit`` marks, 0 where nobody lives."""
    share = coverage.share_within(1.0 - hit, inputs.points["people"], inputs.points[level], 0)
    return share.set_axis(areas(inputs.data, level).index).fillna(0)


def _cost_frame(inputs: Inputs, key: IndicatorKey, level: str, value: pd.Series) -> pd.DataFrame:
    index = areas(inputs.data, level).index
    lost = NONE_AT_ALL if inputs.supply[key.category].empty else NOBODY
    table = frame(value.set_axis(index), State.ESTIMATED, base=inputs.people[level], lost=lost)
    far = _share_of(inputs, unreached(inputs, key.category, key.mode), level)
    table = mark(table, far > MOST_UNREACHED, State.UNRELIABLE, "")
    coarse = _share_of(inputs, too_coarse(inputs, key.category, key.mode), level)
    for share, reason in ((far, UNREACHED_REASON), (coarse, COARSE_REASON)):
        for area in index[share > 0]:
            table.loc[area, "reason"] = reason.format(share=max(1, round(share[area])))
    return _mark_gaps(table, inputs, catalog.categories()[key.category], level)


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


def haltestelle(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the share of people within the threshold (metres, straight line) of a stop or station."""
    points = inputs.points
    metres = straight_metres(inputs, "haltestelle")
    share = coverage.share_within(metres, points["people"], points[level], key.threshold)
    index = areas(inputs.data, level).index
    people = inputs.people[level]
    return frame(share.set_axis(index), State.ESTIMATED, base=people, lost=NOBODY)


def within_walk(inputs: Inputs, category_id: str, limit: float, level: str) -> pd.DataFrame:
    """Return the share of people whose way on foot to the nearest facility is at most ``limit`` metres."""
    category = catalog.categories()[category_id]
    if category.completeness.judgement != "ausreichend":
        return empty(areas(inputs.data, level).index, State.MISSING, incomplete_reason(category))
    way = ways_to(inputs, category_id, "fuss")["metres"].round(1)
    way = way.mask(too_coarse(inputs, category_id, "fuss"))
    share = coverage.share_within(way, inputs.points["people"], inputs.points[level], limit)
    return _cost_frame(inputs, IndicatorKey("abdeckung", category_id, "fuss"), level, share)


def veraenderung(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the yearly change of the population between its two newest comparable figures."""
    return annual_change(inputs.data, areas(inputs.data, level), level)


MEASURES: dict[str, Measure] = {
    "anzahl": anzahl,
    "dichte": dichte,
    "versorgung": versorgung,
    "plaetze": plaetze,
    "minuten": minuten,
    "minuten_median": minuten_median,
    "abdeckung": abdeckung,
    "abhaengig": abhaengig,
    "haltestelle": haltestelle,
    "veraenderung": veraenderung,
}
NEEDS_COMPLETE = frozenset({"dichte", "versorgung", "plaetze", "minuten", "minuten_median", "abdeckung", "abhaengig"})


def compute_measure(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return value, state, base and reason per area; nothing is computed on an incomplete register."""
    index = areas(inputs.data, level).index
    if key.id in NEEDS_COMPLETE:
        category = catalog.categories()[key.category]
        if category.completeness.judgement != "ausreichend":
            return empty(index, State.MISSING, incomplete_reason(category))
    return MEASURES[key.id](inputs, key, level)
