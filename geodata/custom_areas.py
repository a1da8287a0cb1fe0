"""Areas of one's own (Planungsregionen, Schulbezirke) in place of the Sozialräume: from a table or from polygons.

They consist of whole Gemeinden, because that is what statistics count. Polygons that cut a Gemeinde are refused, with
the shares of its people on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd

from geodata.assemble.areas import build_union
from geodata.model import METRIC_CRS, GeoData, GeoDataError
from geodata.sources.statistics.plain_table import read_table
from geodata.territory import slug

TABLE, POLYGONS = (".csv", ".xlsx"), (".geojson", ".gpkg", ".shp")
WHOLE = 0.95  # share of the people of a Gemeinde that must lie in one area
HEADS = ("ags", "name")


def with_areas(data: GeoData, path: Path) -> GeoData:
    """Return the dataset with the areas of a file as its middle level; raise GeoDataError where they do not fit.

    A table has the columns ``ags`` and ``name`` (of the area), polygons a column ``name``. The level is called as the
    file is. The former Sozialraum of a Gemeinde stays known as ``verband``.
    """
    if path.suffix.lower() not in TABLE + POLYGONS:
        known = ", ".join(TABLE + POLYGONS)
        raise GeoDataError(f"{path.name}: unbekannte Art von Datei. Abhilfe: eine von {known} angeben.")
    named = _from_table(path, data) if path.suffix.lower() in TABLE else _from_polygons(path, data)
    keys = named.map(slug)
    names = pd.Series(named.to_numpy(), index=keys.to_numpy())
    names = names[~names.index.duplicated()]
    gemeinden = data.gemeinden.assign(verband=data.gemeinden["sozialraum"], sozialraum=keys)
    raeume = build_union(gemeinden, keys, names).rename_axis("sozialraum").sort_index()
    provenance = {**data.provenance, "level_names": {"sozialraum": path.stem.replace("_", " ")}}
    return replace(data, gemeinden=gemeinden, sozialraeume=raeume, provenance=provenance)


def _from_table(path: Path, data: GeoData) -> pd.Series:
    """Return the name of the area of every Gemeinde."""
    table = read_table(path)
    columns = {str(name).strip().lower(): name for name in table}
    if missing := [head for head in HEADS if head not in columns]:
        raise GeoDataError(f"{path.name}: Spalte fehlt: {', '.join(missing)}. Abhilfe: Spalten ags und name angeben.")
    rows = pd.DataFrame({head: table[columns[head]].map(str).str.strip() for head in HEADS})
    problems = list(_table_problems(rows, data.gemeinden))
    if problems:
        raise GeoDataError(f"{path.name}: " + "; ".join(problems) + ". Abhilfe: jede Gemeinde genau einmal zuordnen.")
    found: pd.Series = rows.set_index("ags")["name"].reindex(data.gemeinden.index)
    return found


def _table_problems(rows: pd.DataFrame, gemeinden: gpd.GeoDataFrame) -> Iterator[str]:
    unknown = rows.index[~rows["ags"].isin(gemeinden.index)]
    if len(unknown):
        yield f"{', '.join(unknown[:3])}: diesen Schlüssel gibt es am Gebietsstand des Atlas nicht"
    double = rows[rows["ags"].duplicated()]
    if len(double):
        yield f"{', '.join(double.index[:3])}: Gemeinde mehrfach zugeordnet"
    missing = gemeinden.index.difference(rows["ags"])
    if len(missing):
        yield f"nicht zugeordnet: {', '.join(gemeinden.loc[missing[:5], 'name'])}"
    empty = rows.index[rows["name"] == ""]
    if len(empty):
        yield f"{', '.join(empty[:3])}: Name des Gebiets fehlt"


def _from_polygons(path: Path, data: GeoData) -> pd.Series:
    """Return the name of the area in which (nearly) all people of each Gemeinde live."""
    try:
        shapes = gpd.read_file(path)
    except Exception as error:  # the drivers below have many kinds
        raise GeoDataError(
            f"{path.name}: lässt sich nicht als Karte lesen. Abhilfe: als GeoPackage speichern."
        ) from error
    if "name" not in shapes or shapes.crs is None:
        raise GeoDataError(f"{path.name}: Spalte name oder Koordinatensystem fehlt. Abhilfe: beides ergänzen.")
    areas = shapes[["name", "geometry"]].to_crs(METRIC_CRS)
    homes = gpd.GeoDataFrame(data.demand[["ags", "population"]], geometry=data.demand.geometry.representative_point())
    within = gpd.sjoin(homes, areas, predicate="within")
    people = within.pivot_table(index="ags", columns="name", values="population", aggfunc="sum", fill_value=0.0)
    people = people.reindex(data.gemeinden.index, fill_value=0.0)
    shares = people.div(data.demand.groupby("ags")["population"].sum().reindex(people.index), axis=0)
    cut = shares.index[~(shares.max(axis=1) >= WHOLE)]
    if len(cut):
        said = "; ".join(f"{data.gemeinden.at[key, 'name']} ({_split(shares.loc[key])})" for key in cut[:5])
        raise GeoDataError(
            f"{path.name}: Gebiete zerschneiden Gemeinden: {said}. "
            "Abhilfe: Grenzen an Gemeinden ausrichten; kleiner als Gemeinden gibt es keine Statistik."
        )
    found: pd.Series = shares.idxmax(axis=1).astype(object)
    return found


def _split(shares: pd.Series) -> str:
    known = shares[shares > 0].sort_values(ascending=False)
    return ", ".join(f"{100 * share:.0f} % in {name}" for name, share in known.items()) or "in keinem Gebiet"
