"""How each measure of catalog/measures.toml is computed: one function each, listed in MEASURES."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geodata import catalog
from geodata.model import State
from layers import supply
from layers.change import annual_change
from layers.frames import empty, frame
from layers.inputs import Inputs, areas, modes_of
from layers.keys import IndicatorKey
from layers.marks import NOBODY, incomplete_reason, mark_gaps, mark_unchecked
from layers.reach_measures import (
    NO_TIMETABLE,
    abdeckung,
    abhaengig,
    gueteklasse,
    haltestelle,
    minuten,
    minuten_median,
    ohne_auto,
)

Measure = Callable[[Inputs, IndicatorKey, str], pd.DataFrame]


NONE_HERE = (State.NOT_APPLICABLE, "Keine Einrichtung in diesem Gebiet.")
PLACE_UNITS = ("Plätze", "Betten")


def _facilities(inputs: Inputs, category: str) -> pd.DataFrame:
    """Return the facilities inside the Kreis that offer what ``category`` asks for."""
    inside = inputs.facilities[inputs.facilities["inside"]]
    kinds = [category, *inputs.data.categories[category].also_by]
    return pd.DataFrame(inside[inside["category"].isin(kinds)])


def _count(inputs: Inputs, category: str, level: str) -> pd.Series:
    return supply.count_facilities(_facilities(inputs, category)[level], areas(inputs.data, level).index)


def anzahl(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return the number of recorded facilities; in an incomplete register 0 says nothing and is missing."""
    category = inputs.data.categories[key.category]
    own = inputs.facilities[inputs.facilities["inside"] & (inputs.facilities["category"] == category.id)]
    count = supply.count_facilities(own[level], areas(inputs.data, level).index)
    if category.completeness.judgement == "ausreichend":
        state = (count > 0).map({True: str(State.MEASURED), False: str(State.ZERO)})
        return mark_gaps(frame(count, state), inputs, category, level)
    reason = incomplete_reason(category)
    state = (count > 0).map({True: str(State.UNRELIABLE), False: str(State.MISSING)})
    texts = (count > 0).map({True: f"Mindestens so viele. {reason}", False: reason})
    return frame(count, state, reason=texts)


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
    return mark_gaps(table, inputs, inputs.data.categories[key.category], level)


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
    "ohne_auto": ohne_auto,
    "haltestelle": haltestelle,
    "gueteklasse": gueteklasse,
    "veraenderung": veraenderung,
}
NEEDS_COMPLETE = frozenset(
    {"dichte", "versorgung", "plaetze", "minuten", "minuten_median", "abdeckung", "abhaengig", "ohne_auto"}
)


NO_DATA_FOR_MODE = {
    "wegenetz": "Kein Wegenetz für dieses Verkehrsmittel im Datensatz; es entsteht aus einem Auszug von OpenStreetMap.",
    "fahrplan": NO_TIMETABLE,
}


def compute_measure(inputs: Inputs, key: IndicatorKey, level: str) -> pd.DataFrame:
    """Return value, state, base and reason per area; nothing is computed on an incomplete register."""
    index = areas(inputs.data, level).index
    if key.id in NEEDS_COMPLETE:
        category = inputs.data.categories[key.category]
        if not category.completeness.usable:
            return empty(index, State.MISSING, incomplete_reason(category))
    if key.mode and key.mode not in modes_of(inputs.data):
        return empty(index, State.MISSING, NO_DATA_FOR_MODE[catalog.modes()[key.mode].needs])
    table = MEASURES[key.id](inputs, key, level)
    return mark_unchecked(table, inputs, key) if key.id in NEEDS_COMPLETE else table
