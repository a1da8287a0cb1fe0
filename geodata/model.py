"""Records and column contracts that every layer above geodata relies on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

if TYPE_CHECKING:
    from geodata.catalog import Category, Source
    from geodata.catalog.on_demand import OnDemand
    from geodata.network import Network
    from geodata.sources.gtfs_day import Timetable

METRIC_CRS = 25832
WEB_CRS = 4326


class GeoDataError(ValueError):
    """A source, catalogue or dataset breaks a rule; the message names place, rule, examples and remedy."""


class State(StrEnum):
    """What kind of statement a value is; travels with the value to map, table, export and text."""

    MEASURED = "measured"
    ESTIMATED = "estimated"
    PROVISIONAL = "provisional"
    REVISED = "revised"
    ZERO = "zero"
    SUPPRESSED_PRIMARY = "suppressed_primary"
    SUPPRESSED_SECONDARY = "suppressed_secondary"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    UNRELIABLE = "unreliable"
    BREAK = "break"


# From firm to empty: a number made of parts is no firmer than its weakest part.
FIRM_TO_EMPTY = (
    State.MEASURED,
    State.ZERO,
    State.REVISED,
    State.PROVISIONAL,
    State.ESTIMATED,
    State.UNRELIABLE,
    State.BREAK,
    State.NOT_APPLICABLE,
    State.SUPPRESSED_SECONDARY,
    State.SUPPRESSED_PRIMARY,
    State.MISSING,
)

# Column contracts of a dataset: name -> what it holds. Geometry is EPSG:25832 everywhere.
AREA_COLUMNS = {
    "name": "official name",
    "population": "people, newest figure on the Zensus 2011 base",
    "population_date": "date of that figure (ISO; the oldest one where several are summed)",
    "population_state": "State of the figure",
    "population_reason": "why it is not simply measured, German, else empty",
    "zensus2011": "people in the settlement areas of the Zensus 2011",
    "area_km2": "official area in km²",
}
GEMEINDE_COLUMNS = AREA_COLUMNS | {
    "bez": "Stadt or Gemeinde",
    "sozialraum": "key of the Sozialraum",
    "central_place": "zentralörtliche Funktion as proven, else empty",
}
FACILITY_COLUMNS = {
    "category": "key of catalog/categories.toml",
    "kind": "haltestelle or bahnhof for stops, else empty",
    "name": "name",
    "operator": "Träger, else empty",
    "street": "street and number, else empty",
    "plz": "postal code, else empty",
    "place": "place, else empty",
    "ags": "Gemeinde (8 digits, state of the dataset), None outside the Kreis",
    "inside": "True inside the Kreis",
    "capacity": "number or NaN where unknown",
    "capacity_unit": "unit of the capacity, else empty",
    "wheelchair": "yes, limited, no; empty where unknown",
    "source": "source ids or addresses, separated by a space",
    "seen": "year or date of the source, empty where unknown",
    "seen_estimated": "True where that year is a guess",
    "precision": "address, stop, place or municipality",
    "check": "True where existence or address is doubtful (prüfen)",
    "note": "remark, German",
}
DEMAND_COLUMNS = {
    "ags": "Gemeinde",
    "population": "people: Zensus 2011 scaled to the newest figure of the Gemeinde (estimated)",
    "zensus2011": "people counted in 2011",
    "area_ha": "settled area in hectares",
}
CELL_COLUMNS = DEMAND_COLUMNS | {
    "counted": "people as the census has them, NaN where hidden",
    "census": "2011 or 2022",
}
PLACE_COLUMNS = {
    "name": "name",
    "population": "people or NaN",
    "ags": "Gemeinde or None",
    "inside": "True inside the Kreis",
}
POPULATION_COLUMNS = {
    "ags": "Gemeinde",
    "date": "reference date (ISO)",
    "basis": "Zensus 2011, Zensus 2022 or unklar",
    "population": "people",
    "area_km2": "area that the source names with the figure, NaN where it names none",
    "state": "State of the figure",
    "used": "True for the figure that stands in gemeinden.population",
    "source": "address",
}


# Which sources stand behind what, unless a dataset's provenance says otherwise.
ROLES: Mapping[str, tuple[str, ...]] = {
    "boundaries": ("vg250",),
    "population": ("einwohner",),
    "homes": ("siedlungen", "einwohner"),
    "stops": ("haltestellen", "bahnhoefe"),
    "register": ("einrichtungen",),
    "ways": (),
    "timetable": (),
}


def _catalogue_categories() -> Mapping[str, Category]:
    from geodata import catalog  # it reads this module

    return catalog.categories()


def _catalogue_sources() -> Mapping[str, Source]:
    from geodata import catalog

    return catalog.sources()


@dataclass(frozen=True, eq=False)
class GeoData:
    """One district as checked at the border; frames follow the column contracts of this module.

    Two are equal only if they are the same object, so that what follows from one can be cached.

    ``gemeinden`` and ``sozialraeume`` are indexed by key, ``kreis`` by the 5-digit key, ``facilities`` by id;
    ``networks`` by mode, without those that the district does not have; ``timetable`` and ``basemap`` (a folder) are
    None where it has none. ``categories`` judge the register of this district, ``sources`` are those of its data.
    """

    ags: str
    name: str
    gebietsstand: date
    gemeinden: gpd.GeoDataFrame
    sozialraeume: gpd.GeoDataFrame
    kreis: gpd.GeoDataFrame
    gemeinden_2022: gpd.GeoDataFrame
    altgemeinden: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    settlements: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    population: pd.DataFrame
    provenance: Mapping[str, Any] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    timetable: Timetable | None = None
    on_demand: tuple[OnDemand, ...] = ()
    basemap: Path | None = None
    categories: Mapping[str, Category] = field(default_factory=_catalogue_categories)
    sources: Mapping[str, Source] = field(default_factory=_catalogue_sources)

    @property
    def used_sources(self) -> tuple[Source, ...]:
        """All sources behind this dataset; those of the catalogue where its provenance names none of its own."""
        if "roles" not in self.provenance:
            return tuple(self.sources.values())
        own = self.sources_of(*ROLES)
        places = self.places["source"].unique() if "source" in self.places else []
        return (*own, *(self.sources[key] for key in places if key in self.sources and self.sources[key] not in own))

    def sources_of(self, *roles: str) -> tuple[Source, ...]:
        """Return the sources behind roles of ROLES, each once; a role that the district has nothing for has none."""
        known = {**ROLES, **self.provenance.get("roles", {})}
        ids = dict.fromkeys(key for role in roles for key in known[role])
        return tuple(self.sources[key] for key in ids)
