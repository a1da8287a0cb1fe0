"""The indicators of catalog/indicators.toml that the dataset can fill; all others say what is missing."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from geodata import catalog
from geodata.model import State
from layers import supply
from layers.frames import empty, frame, mark
from layers.inputs import Inputs, areas
from layers.reach_measures import within_walk

RECENT_YEARS = 1
SMALL_BASE, SMALLEST_BASE = 20, 5
MANDATORY = ["name", "street", "place", "operator", "capacity", "wheelchair", "seen", "source"]


def population(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the people, newest figure on the Zensus 2011 base (BEV01)."""
    area = areas(inputs.data, level)
    return frame(
        area["population"],
        area["population_state"],
        base=area["population"],
        reason=area["population_reason"],
    )


def population_density(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return people per km² of the official area (BEV02)."""
    area = areas(inputs.data, level)
    value = supply.density(area["population"], area["area_km2"], per=1)
    return frame(value, area["population_state"], base=area["area_km2"], reason=area["population_reason"])


def five_year_change(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return nothing yet: two figures five years apart on one base and territory are not at hand (BEV03)."""
    reason = "Zwei Werte im Abstand von fünf Jahren auf gleichem Gebietsstand und gleicher Zensusbasis fehlen."
    return empty(areas(inputs.data, level).index, State.MISSING, reason)


def per_category(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return no single number: reachability is shown per category (MOB04)."""
    reason = "Wird je Einrichtungsart gezeigt: Kennzahl „Anteil innerhalb der Schwelle“ wählen."
    return empty(areas(inputs.data, level).index, State.NOT_APPLICABLE, reason)


def local_supply(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the share of people within 1,000 m on foot of a food shop (MOB05)."""
    return within_walk(inputs, "nahversorgung", 1000, level)


def step_free_stops(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the share of step-free stops among those surveyed (INK03)."""
    rows = _inside(inputs).query("category == 'haltestelle'")
    return _share_known(inputs, rows, level, "Haltepunkten")


def step_free_facilities(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the share of step-free facilities among those surveyed (INK04)."""
    rows = _inside(inputs).query("category != 'haltestelle'")
    return _share_known(inputs, rows, level, "Einrichtungen")


def recently_checked(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the share of register entries whose source is at most a year old, by calendar year (TRA01)."""
    rows = _register(inputs)
    newest = int(inputs.data.sources_of("register")[0].date[:4])
    year = pd.to_numeric(rows["seen"].str[:4], errors="coerce")
    table = _share(inputs, rows, level, year >= newest - RECENT_YEARS)
    reason = f"Nach dem Jahr der Quelle ({newest - RECENT_YEARS} oder {newest}); ein Prüfdatum je Eintrag fehlt."
    return mark(table, table["value"].notna(), State.ESTIMATED, reason)


def complete_entries(inputs: Inputs, level: str) -> pd.DataFrame:
    """Return the share of register entries with all mandatory fields (TRA02)."""
    rows = _register(inputs)
    filled = rows[MANDATORY].replace("", None).notna().all(axis=1)
    return _share(inputs, rows, level, filled)


def _inside(inputs: Inputs) -> pd.DataFrame:
    return pd.DataFrame(inputs.facilities[inputs.facilities["inside"]])


def _register(inputs: Inputs) -> pd.DataFrame:
    rows = _inside(inputs)
    return rows[rows["category"] != "haltestelle"]


def _share(inputs: Inputs, rows: pd.DataFrame, level: str, hit: pd.Series) -> pd.DataFrame:
    """Return 100 x hits / rows per area; not applicable where there are no rows."""
    index = areas(inputs.data, level).index
    base = supply.count_facilities(rows[level], index)
    count = supply.count_facilities(rows.loc[hit, level], index)
    nothing = (State.NOT_APPLICABLE, "Kein Eintrag in diesem Gebiet.")
    return frame(100 * count / base.where(base > 0), State.MEASURED, base=base, lost=nothing)


def _share_known(inputs: Inputs, rows: pd.DataFrame, level: str, what: str) -> pd.DataFrame:
    """Return the share of step-free ones where enough were surveyed; what was not surveyed never counts."""
    known = rows[rows["wheelchair"] != ""]
    table = _share(inputs, known, level, known["wheelchair"] == "yes")
    total = supply.count_facilities(rows[level], table.index)
    reason = [f"Nur für {b:.0f} von {t:.0f} {what} erhoben." for b, t in zip(table["base"], total, strict=True)]
    some = total > 0
    table = mark(table, some & (table["base"] < SMALL_BASE), State.UNRELIABLE, "")
    table = mark(table, some & (table["base"] < SMALLEST_BASE), State.MISSING, "")
    return table.assign(reason=pd.Series(reason, table.index).where(some, table["reason"]))


CATALOGUE: dict[str, Callable[[Inputs, str], pd.DataFrame]] = {
    "BEV01": population,
    "BEV02": population_density,
    "BEV03": five_year_change,
    "MOB04": per_category,
    "MOB05": local_supply,
    "INK03": step_free_stops,
    "INK04": step_free_facilities,
    "TRA01": recently_checked,
    "TRA02": complete_entries,
}


def compute_indicator(inputs: Inputs, indicator: str, level: str) -> pd.DataFrame:
    """Return value, state, base and reason per area; without data all areas are missing and say what is needed."""
    if indicator in CATALOGUE:
        return CATALOGUE[indicator](inputs, level)
    needs = catalog.indicators()[indicator].needs
    return empty(areas(inputs.data, level).index, State.MISSING, f"Noch keine Daten. {needs}")
