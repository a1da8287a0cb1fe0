"""Areas: the Gemeinden of three territorial states, what they add up to, and the neighbours."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.assemble.people import german_date, sum_population, sum_zensus_state
from geodata.model import METRIC_CRS
from geodata.territory import dissolve_to, sum_to


def build_altgemeinden(
    areas: gpd.GeoDataFrame, crosswalk: pd.DataFrame, settlements: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return the Gemeinden of 2016 with where they went, people counted in 2011 and the measured area."""
    shapes = areas.set_index("ags").geometry.to_crs(METRIC_CRS).reindex(crosswalk.index)
    counted = settlements["zensus2011"].groupby(settlements["ags_2016"]).sum()
    table = pd.DataFrame(
        {
            "name": crosswalk["name_2016"],
            "ags_2022": crosswalk["ags_2022"],
            "ags_2024": crosswalk["ags_2024"],
            "zensus2011": counted.reindex(crosswalk.index),
            "area_km2": shapes.area.div(1e6).round(2),
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapes)


def build_gemeinden(official: pd.DataFrame, altgemeinden: gpd.GeoDataFrame, state: str) -> gpd.GeoDataFrame:
    """Return the Gemeinden of a territorial state: official attributes, people of 2011, geometry."""
    target = altgemeinden[f"ags_{state}"]
    table = official.assign(zensus2011=sum_to(altgemeinden["zensus2011"], target))
    columns = ["name", "bez", "sozialraum", "area_km2", "zensus2011", "central_place"]
    return gpd.GeoDataFrame(table[columns], geometry=dissolve_to(altgemeinden, target).reindex(official.index))


def build_union(gemeinden: gpd.GeoDataFrame, target: pd.Series, names: pd.Series) -> gpd.GeoDataFrame:
    """Return coarser areas made of whole Gemeinden, with their sums of people and land."""
    table = sum_population(gemeinden, target).assign(
        zensus2011=sum_to(gemeinden["zensus2011"], target),
        area_km2=sum_to(gemeinden["area_km2"], target).round(2),
    )
    table.insert(0, "name", names.reindex(table.index))
    table = table.join(sum_zensus_state(gemeinden, target))
    return gpd.GeoDataFrame(table, geometry=dissolve_to(gemeinden, target).reindex(table.index))


def build_context(
    kreise: gpd.GeoDataFrame, altgemeinden: gpd.GeoDataFrame, crosswalk: pd.DataFrame, *, reach: float
) -> gpd.GeoDataFrame:
    """Return the Kreise within ``reach`` metres; the Gemeinden that left the district are part of theirs.

    ``gebietsstand`` of ``kreise`` is an ISO date; it comes back as German text that names what was added.
    """
    former = list(crosswalk.index.str[:5].unique())
    frame = kreise.set_index("ags").to_crs(METRIC_CRS).drop(index=former)[["name", "bez", "gebietsstand", "geometry"]]
    frame["gebietsstand"] = german_date(frame["gebietsstand"])
    for key, row in crosswalk[crosswalk["ags_2024"].isna()].iterrows():
        kreis = row["kreis_2024"]
        frame.loc[kreis, "geometry"] = frame.loc[kreis, "geometry"].union(altgemeinden.loc[key, "geometry"])
        since = pd.Timestamp(row["wirksam"]).strftime("%d.%m.%Y")
        frame.loc[kreis, "gebietsstand"] += f", ergänzt um {row['name_2016']} (seit {since})"
    district = altgemeinden[altgemeinden["ags_2024"].notna()].union_all()
    return frame[frame.distance(district) <= reach].sort_index()
