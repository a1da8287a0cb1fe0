"""Points: the register of facilities, stops and railway stations as one frame, and places for labels."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from geodata.model import FACILITY_COLUMNS, METRIC_CRS, PLACE_COLUMNS

RAIL_PRODUCTS = {"suburban", "regional", "regionalExpress", "national", "nationalExpress"}
LAND_PRODUCTS = RAIL_PRODUCTS | {"bus", "tram", "subway"}
ASTRAY_M = 5_000  # a place this near to the Gemeinde of its name means that Gemeinde


def locate(points: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame, reach: float) -> gpd.GeoDataFrame:
    """Return the points in the district and ``reach`` metres around it with ags (None outside) and inside."""
    metric = points.to_crs(METRIC_CRS)
    near = metric[shapely.dwithin(metric.geometry.values, gemeinden.union_all(), reach)]
    areas = gemeinden.geometry.rename_axis("home").reset_index()
    homes = gpd.sjoin(near[["geometry"]], areas, predicate="intersects")["home"].groupby(level=0).first()
    ags = homes.reindex(near.index)
    return near.assign(ags=ags.astype(object).where(ags.notna(), None), inside=ags.notna())


def build_register(register: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the register in the columns of the dataset, indexed by id."""
    frame = register.set_index("id").to_crs(METRIC_CRS)
    frame = frame.assign(**{name: "" for name in ("seen", "note") if name not in frame})
    capacity = frame["capacity"].where(frame["capacity"] != "")
    return shape_facilities(
        frame.assign(
            inside=True,
            capacity=pd.to_numeric(capacity),
            seen=frame["seen"].str.rstrip("?"),
            seen_estimated=frame["seen"].str.endswith("?"),
            check=frame["note"].str.contains("prüfen"),
        )
    )


def build_stations(stations: gpd.GeoDataFrame, *, source: str, seen: str) -> gpd.GeoDataFrame:
    """Return railway stations in the columns of the dataset; their operator is the Aufgabenträger of rail."""
    carrier = (stations["operator"] + " (Aufgabenträger)").where(stations["operator"] != "", "")
    frame = stations.assign(id="bahnhof-" + stations["id"], operator=carrier)
    frame = frame.assign(category="haltestelle", kind="bahnhof", precision="stop", source=source, seen=seen)
    return shape_facilities(frame.set_index("id"))


def build_stops(stops: gpd.GeoDataFrame, *, source: str, seen: str) -> gpd.GeoDataFrame:
    """Return stops in the columns of the dataset."""
    frame = stops.assign(id="haltestelle-" + stops["id"])
    frame = frame.assign(category="haltestelle", kind="haltestelle", precision="stop", source=source, seen=seen)
    return shape_facilities(frame.set_index("id"))


def split_stops(stops: gpd.GeoDataFrame, stations: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Return the stops sorted into kept, station and unserved.

    A stop is served when bus, tram or rail is reported. It is the station itself when the station list has
    its number, or when it has rail only and belongs to such a station (a stop of the replacement bus). Bus
    stops that belong to a station stay: they lie up to 600 m from it.
    """
    products = stops["products"].str.split().map(set)
    rail_only = products.map(lambda names: bool(names) and names <= RAIL_PRODUCTS)
    is_station = stops["id"].isin(stations["id"]) | (rail_only & stops["parent"].isin(stations["id"]))
    served = products.map(lambda names: bool(LAND_PRODUCTS & names))
    return {
        "kept": stops[served & ~is_station],
        "station": stops[is_station],
        "unserved": stops[~served & ~is_station],
    }


def shape_facilities(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame with exactly the columns of facilities, sorted by id; texts not given are empty."""
    defaults: dict[str, object] = dict.fromkeys(FACILITY_COLUMNS, "")
    defaults |= {"capacity": float("nan"), "seen_estimated": False, "check": False}
    missing = {name: value for name, value in defaults.items() if name not in frame}
    shaped = frame.assign(**missing)[[*FACILITY_COLUMNS, "geometry"]].sort_index()
    return shaped.astype({"inside": bool, "seen_estimated": bool, "check": bool, "capacity": float})


def split_places(places: gpd.GeoDataFrame, altgemeinden: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the places and those astray: named like a Gemeinde of 2016 close by, but outside it."""
    home = altgemeinden.drop_duplicates("name").set_index("name").geometry
    home = gpd.GeoSeries(home.reindex(places["name"]).set_axis(places.index), crs=altgemeinden.crs)
    distance = home.distance(places.geometry, align=False)
    astray = (distance > 0) & (distance <= ASTRAY_M)
    return places[~astray], places[astray]


def build_places(
    places: gpd.GeoDataFrame, gemeinden: gpd.GeoDataFrame, settlements: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return places for labels; a Gemeinde that none names is added at its largest settlement area.

    ``source`` says which: the catalogue id of the list of places or of the settlement areas.
    """
    named = set(places["name"][places["inside"]])
    lacking = gemeinden["name"][~gemeinden["name"].isin(named)]
    largest = (
        settlements.dropna(subset=["ags", "zensus2011"]).sort_values("zensus2011").drop_duplicates("ags", keep="last")
    )
    added = largest.set_index("ags").loc[lacking.index, ["geometry"]].reset_index()
    added = added.assign(id="gemeinde-" + added["ags"], name=lacking.to_numpy(), population=float("nan"), inside=True)
    frame = pd.concat([places.assign(source="orte"), added.assign(source="siedlungen")])
    return frame.set_index("id")[[*PLACE_COLUMNS, "source", "geometry"]].sort_index()
