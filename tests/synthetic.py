"""A synthetic district for tests: every area, person, facility and category in it is invented.

Four Gemeinden in two Sozialräume with five settlement points, placed so that every distance can be
checked by hand; the size of a settlement is one hectare, hence one point each. x, y in metres from ORIGIN:

    point  x      y      people  Gemeinde  Sozialraum
    s1     0      0      600     A         nord
    s2     3000   0      400     A         nord
    s3     0      10000  3000    B         nord
    s4     7500   0      300     C         sued
    s5     13000  4000   200     C         sued
    nobody lives in D (sued)

With KLINIK (in A) and KLINIK_OUTSIDE the way by car (60 km/h, detour 1.5, 2 minutes) takes

    s1 4000 m -> 8 min, s2 5000 m -> 9.5 min, s3 6000 m -> 11 min, s4 8500 m -> 14.75 min,
    s5 12000 m -> 20 min (to the one outside; 13000 m to the one in A)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata import catalog
from geodata.catalog import Catalog, Category, Completeness, Mode
from geodata.model import DEMAND_COLUMNS, METRIC_CRS, GeoData
from geodata.network import Network

KREIS = "99999"
A, B, C, D = (f"{KREIS}00{n}" for n in (1, 2, 3, 4))
ORIGIN = (500_000.0, 5_600_000.0)
PEOPLE = {A: 1000, B: 3000, C: 500, D: 0}
AREA_KM2 = {A: 10.0, B: 20.0, C: 5.0, D: 5.0}
SOZIALRAUM = {A: "nord", B: "nord", C: "sued", D: "sued"}
SETTLEMENTS = (
    (A, 0, 0, 600),
    (A, 3000, 0, 400),
    (B, 0, 10_000, 3000),
    (C, 7500, 0, 300),
    (C, 13_000, 4000, 200),
)
MODES = {
    "fuss": Mode("fuss", "Zu Fuß", "zu Fuß", 6.0, 1.0, 0.0, "erfunden", "setzung", (15,)),
    "rad": Mode("rad", "Fahrrad", "mit dem Fahrrad", 12.0, 1.0, 1.0, "erfunden", "setzung", (15,)),
    "pkw": Mode("pkw", "Auto", "mit dem Auto", 60.0, 1.5, 2.0, "erfunden", "setzung", (15,)),
}
EMPTY_FACILITY: dict[str, Any] = {
    "kind": "",
    "operator": "",
    "street": "",
    "plz": "",
    "place": "Musterort",
    "capacity": np.nan,
    "capacity_unit": "",
    "wheelchair": "",
    "source": "https://example.org/erfunden",
    "seen": "2024",
    "seen_estimated": False,
    "precision": "address",
    "check": False,
    "note": "",
}


def _category(key: str, judgement: str, **changes: Any) -> Category:
    outside, gaps = changes.pop("outside_known", False), changes.pop("gap_ags", ())
    completeness = Completeness(
        expected_text="9 (erfunden)",
        judgement=judgement,  # type: ignore[arg-type]
        note="Eine fehlt.",
        missing_source=f"die Musterliste {key}",
        outside_known=outside,
        standort=True,
        gap_ags=gaps,
    )
    return Category(
        **{
            "id": key,
            "name": key.title(),
            "plural": f"{key.title()}en",
            "bereich": "Muster",
            "handlungsfelder": ("ZUM",),
            "target": "alle",
            "target_ages": "alle",
            "register": "Musterregister",
            "icon": "marker",
            "default_mode": "pkw",
            "default_threshold": 12,
            "default_threshold_from": "setzung",
            "completeness": completeness,
            **changes,
        }
    )


CATEGORIES = {
    category.id: category
    for category in (
        _category("klinik", "ausreichend"),
        _category("schule", "ausreichend", also_by=("gesamtschule",), gap_ags=(B,)),
        _category("gesamtschule", "ausreichend"),
        _category("laden", "unvollstaendig", default_mode="fuss"),
        _category("amt", "keine"),
        _category("leer", "ausreichend"),
        _category("haltestelle", "ausreichend", default_mode="fuss", outside_known=True),
    )
}


@cache
def synthetic_catalog() -> Catalog:
    """Return the catalogues with invented categories and modes; all other blocks are the real ones."""
    return replace(catalog.read_catalog(), categories=CATEGORIES, modes=MODES)


def facility(category: str, x: float, y: float, ags: str | None, **changes: Any) -> dict[str, Any]:
    """Return one row of the register; ``ags`` None puts it outside the Kreis."""
    name = changes.pop("name", f"{category.title()} {x:g}/{y:g}")
    place = {"geometry": shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y), "ags": ags, "inside": ags is not None}
    return {**EMPTY_FACILITY, "category": category, "name": name, **place, **changes}


KLINIK = facility("klinik", 0, 4000, A, capacity=100.0, capacity_unit="Plätze", name="Klinik Mitte")
KLINIK_OUTSIDE = facility("klinik", 13_000, 16_000, None, name="Klinik Auswärts", place="Nachbarstadt")


def figure(ags: str, day: str, people: int, **changes: Any) -> dict[str, Any]:
    """Return one population figure on the Zensus 2011 base."""
    row = {"ags": ags, "date": day, "basis": "Zensus 2011", "population": people, "area_km2": AREA_KM2[ags]}
    return {**row, "state": "measured", "used": True, "source": "https://example.org/erfunden", **changes}


def district(
    facilities: tuple[Mapping[str, Any], ...] = (),
    *,
    settlements: tuple[tuple[str, float, float, float], ...] = SETTLEMENTS,
    figures: tuple[Mapping[str, Any], ...] | None = None,
    states: Mapping[str, tuple[str, str]] | None = None,
    networks: Mapping[str, Network] | None = None,
) -> GeoData:
    """Return the synthetic district; ``states`` gives Gemeinden a population state and its reason."""
    gemeinden = _gemeinden(dict(states or {}))
    if figures is None:
        figures = tuple(figure(ags, "2023-12-31", people) for ags, people in PEOPLE.items() if people)
    demand = _demand(settlements)
    return GeoData(
        ags=KREIS,
        name="Musterkreis",
        gebietsstand=date(2024, 1, 1),
        gemeinden=gemeinden,
        sozialraeume=_summed(gemeinden, gemeinden["sozialraum"], "sozialraum").assign(name=["Nord", "Süd"]),
        kreis=_summed(gemeinden, pd.Series(KREIS, gemeinden.index), "ags").assign(name="Musterkreis"),
        gemeinden_2022=gemeinden,
        altgemeinden=gemeinden,
        context=gemeinden.iloc[:0],
        facilities=_facilities(facilities),
        demand=demand,
        settlements=demand,
        cells=demand.iloc[:0],
        places=gpd.GeoDataFrame(columns=["name", "population", "ags", "inside", "geometry"], crs=METRIC_CRS),
        population=pd.DataFrame(list(figures)),
        networks=dict(networks or {}),
    )


def _gemeinden(states: dict[str, tuple[str, str]]) -> gpd.GeoDataFrame:
    rows = {
        ags: {
            "name": f"Gemeinde {letter}",
            "bez": "Gemeinde",
            "sozialraum": SOZIALRAUM[ags],
            "central_place": "",
            "population": PEOPLE[ags],
            "population_date": "2023-12-31",
            "population_state": states.get(ags, ("measured", ""))[0],
            "population_reason": states.get(ags, ("measured", ""))[1],
            "zensus2011": float(PEOPLE[ags]),
            "area_km2": AREA_KM2[ags],
            "geometry": shapely.box(n * 1e4, 0, (n + 1) * 1e4, 1e4),
        }
        for n, (ags, letter) in enumerate(zip(PEOPLE, "ABCD", strict=True))
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("ags")
    return gpd.GeoDataFrame(table, geometry="geometry", crs=METRIC_CRS)


def _summed(gemeinden: gpd.GeoDataFrame, group: pd.Series, name: str) -> gpd.GeoDataFrame:
    summed = gemeinden[["population", "zensus2011", "area_km2"]].groupby(group).sum()
    shapes = gemeinden.geometry.groupby(group).apply(lambda part: part.union_all())
    words = {"population_date": "2023-12-31", "population_state": "measured", "population_reason": ""}
    table = summed.assign(**words, geometry=shapes).rename_axis(name)
    return gpd.GeoDataFrame(table, geometry="geometry", crs=METRIC_CRS)


def _facilities(rows: tuple[Mapping[str, Any], ...]) -> gpd.GeoDataFrame:
    columns = ["category", "name", "ags", "inside", *EMPTY_FACILITY, "geometry"]
    table = pd.DataFrame([dict(row) for row in rows], columns=columns)
    table.index = pd.Index([f"f{n}" for n in range(len(rows))], name="id", dtype=object)
    table = table.astype({"inside": bool, "capacity": float})
    return gpd.GeoDataFrame(table, geometry="geometry", crs=METRIC_CRS)


def _demand(settlements: tuple[tuple[str, float, float, float], ...]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "ags": [ags for ags, _, _, _ in settlements],
            "population": [float(people) for _, _, _, people in settlements],
            "zensus2011": [float(people) for _, _, _, people in settlements],
            "area_ha": 1.0,
        },
        index=pd.Index([f"s{n + 1}" for n in range(len(settlements))], name="id"),
    )
    points = [shapely.Point(ORIGIN[0] + x, ORIGIN[1] + y) for _, x, y, _ in settlements]
    return gpd.GeoDataFrame(table[list(DEMAND_COLUMNS)], geometry=points, crs=METRIC_CRS)
