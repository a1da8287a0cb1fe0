"""A district from the tables of the repository and registry packages: areas, people and points of all states."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from geodata import catalog, dataset, rules, validate
from geodata.assemble import areas, people, points
from geodata.assemble.inputs import Inputs, source_of
from geodata.model import METRIC_CRS


def check_inputs(inputs: Inputs) -> None:
    """Raise when a source frame breaks a rule."""
    former = inputs.kreise[inputs.kreise["ags"].isin(inputs.crosswalk.index.str[:5])].to_crs(METRIC_CRS)
    validate.check_areas(
        inputs.gemeinden,
        place=inputs.files.boundary_name,
        official=inputs.crosswalk[[]],
        outline=former.union_all(),
    )
    validate.check_points(inputs.settlements, place="Siedlungen", columns=("ags_2016", "zensus2011"))
    validate.check_points(inputs.stops, place="Haltestellen", columns=("name", "products"))
    validate.check_points(inputs.stations, place="Bahnhöfe", columns=("name",))
    validate.check_points(inputs.places, place="Orte", columns=("name",))
    keys = inputs.official["2024"].index
    validate.check_population(inputs.population, place="population_pages.csv", keys=keys)


def build_layers(district: catalog.District, inputs: Inputs) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the layers of a dataset and what is to be said about how they came about."""
    population = people.build_population(inputs.population)
    validate.check_states(population["state"], place="Bevölkerung")
    newest = people.newest_population(population)
    siedlungen = people.build_settlements(inputs.settlements, inputs.crosswalk, newest["population"])
    alt = areas.build_altgemeinden(inputs.gemeinden, inputs.crosswalk, siedlungen)
    flaechen = build_areas(district, inputs, alt, newest)
    gemeinden = flaechen["gemeinden"]
    einrichtungen, left_out = build_facilities(district, inputs, gemeinden)
    near = points.locate(inputs.places, gemeinden, district.buffer_km * 1000)
    kept, astray = points.split_places(near, alt)
    layers = flaechen | {
        "altgemeinden_2016": alt,
        "siedlungen": siedlungen,
        "einrichtungen": einrichtungen,
        "orte": points.build_places(kept, gemeinden, siedlungen),
        "bevoelkerung": population,
    }
    notes = {
        "checks": {
            "population": int(gemeinden["population"].sum()),
            "area_deviation": deviations(gemeinden, inputs.official["2024"]),
            "settlements_outside_their_gemeinde": people.misplaced_settlements(siedlungen, alt),
        },
        "left_out": {**left_out, "places": sorted(astray["name"])},
    }
    return {name: layers[name] for name in dataset.LAYERS if name in layers}, notes


def build_areas(
    district: catalog.District, inputs: Inputs, alt: gpd.GeoDataFrame, newest: pd.DataFrame
) -> dict[str, gpd.GeoDataFrame]:
    """Return the checked area layers."""
    official = inputs.official["2024"]
    g2022 = areas.build_gemeinden(inputs.official["2022"], alt, "2022")
    g2024 = areas.build_gemeinden(official, alt, "2024").join(newest)
    g2024 = g2024.join(people.judge_zensus(g2024["zensus2011"], g2024["population"]))
    check_gemeinden(g2022, "Gemeinden 2022", inputs.official["2022"], alt[alt["ags_2022"].notna()].union_all())
    check_gemeinden(g2024, "Gemeinden 2024", official, alt[alt["ags_2024"].notna()].union_all())
    whole = pd.Series(district.ags, index=g2024.index)
    names = official.drop_duplicates("sozialraum").set_index("sozialraum")["sozialraum_name"]
    kreise = inputs.kreise.assign(gebietsstand=source_of("vg250").gebietsstand)
    return {
        "gemeinden": g2024,
        "gemeinden_2022": g2022,
        "sozialraeume": areas.build_union(g2024, g2024["sozialraum"], names),
        "kreis": areas.build_union(g2024, whole, pd.Series({district.ags: district.name})),
        "kontext_kreise": areas.build_context(kreise, alt, inputs.crosswalk, reach=district.context_km * 1000),
    }


def check_gemeinden(frame: gpd.GeoDataFrame, place: str, official: pd.DataFrame, outline: shapely.Geometry) -> None:
    """Raise when the Gemeinden of a territorial state are not the official ones."""
    validate.check_areas(frame.reset_index(names="ags"), place=place, official=official, outline=outline)


def build_facilities(
    district: catalog.District, inputs: Inputs, gemeinden: gpd.GeoDataFrame
) -> tuple[gpd.GeoDataFrame, dict[str, Any]]:
    """Return register, stations and stops as one checked layer, and how many stops were left out and why."""
    reach = district.buffer_km * 1000
    validate.check_facilities(
        inputs.register,
        place=inputs.files.register_file.name,
        areas=gemeinden,
        categories=catalog.categories(),
    )
    stations = points.locate(inputs.stations, gemeinden, reach)
    stops = points.split_stops(points.locate(inputs.stops, gemeinden, reach), stations)
    rail, bus = source_of("bahnhoefe"), source_of("haltestellen")
    parts = [
        points.build_register(inputs.register),
        points.build_stations(stations, source=rail.id, seen=rail.date),
        points.build_stops(stops["kept"], source=bus.id, seen=bus.date),
    ]
    left_out = {f"stops_{reason}": count_inside(stops[reason]) for reason in ("station", "unserved")}
    return pd.concat(parts), left_out


def count_inside(rows: gpd.GeoDataFrame) -> dict[str, int]:
    """Return how many rows lie inside the district and around it."""
    inside = int(rows["inside"].sum())
    return {"inside": inside, "around": len(rows) - inside}


def deviations(gemeinden: gpd.GeoDataFrame, official: pd.DataFrame) -> dict[str, float]:
    """Return the deviation of each measured from the official area as a share, rounded."""
    shares = rules.area_deviation(gemeinden.geometry, official["area_km2"]).round(4)
    return {str(key): float(share) for key, share in shares.items()}
