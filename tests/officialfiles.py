"""Small official files for tests, with names and columns of the real ones; areas and people in them are invented."""

from __future__ import annotations

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

# Squares in degrees around Heidelberg and its neighbours, where the real extracts of roads and timetable lie.
KREIS = "08999"
SQUARES = {
    "08999001": ("Westdorf", "089995001001", (8.58, 49.34, 8.66, 49.50), 60_000),
    "08999002": ("Ostdorf", "089995001002", (8.66, 49.34, 8.74, 49.50), 40_000),
    "08999003": ("Waldstadt", "089990003003", (8.74, 49.34, 8.80, 49.50), 8_000),
}


def write_vg250(folder: Path, *, people: bool = True, packed: bool = True) -> Path:
    """Return a GeoPackage of VG250-EW (in a ZIP) with three Gemeinden in one Kreis and a neighbour."""
    plain = folder / "DE_VG250.gpkg"
    rows = [
        {
            "AGS": ags,
            "ARS": ars,
            "GEN": name,
            "BEZ": "Gemeinde",
            "GF": 4,
            "EWZ": count,
            "KFL": 100.5,
            "WSK": "2020/01/01",
        }
        for ags, (name, ars, _, count) in SQUARES.items()
    ]
    shapes = [shapely.box(*square) for _, _, square, _ in SQUARES.values()]
    water = {**rows[0], "GF": 2, "EWZ": 0, "KFL": 0.0}
    gem = _frame([*rows, water], [*shapes, shapely.box(8.5, 49.3, 8.58, 49.34)])
    vwg = _frame(
        [{"AGS": "--------", "ARS": "089995001", "GEN": "VG Doppeldorf", "BEZ": "Verwaltungsgemeinschaft", "GF": 4}],
        [shapely.union_all(shapes[:2])],
    )
    krs = _frame(
        [
            {"AGS": KREIS, "ARS": KREIS, "GEN": "Kunstkreis", "BEZ": "Landkreis", "GF": 4, "WSK": "2022/07/01"},
            {"AGS": "08998", "ARS": "08998", "GEN": "Nebenan", "BEZ": "Landkreis", "GF": 4, "WSK": "2009/01/01"},
        ],
        [shapely.union_all(shapes), shapely.box(8.80, 49.34, 9.0, 49.50)],
    )
    for name, frame in (("vg250_gem", gem), ("vg250_vwg", vwg), ("vg250_krs", krs)):
        kept = frame if people else frame.drop(columns=["EWZ", "KFL"], errors="ignore")
        pyogrio.write_dataframe(kept, plain, layer=name, driver="GPKG")
    if not packed:
        return plain
    path = folder / "vg250-ew_12-31.utm32s.gpkg.ebenen.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(plain, "vg250-ew/DE_VG250.gpkg")
    plain.unlink()
    return path


def _frame(rows: list[dict[str, object]], shapes: list[shapely.Geometry]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=shapes, crs=4326).to_crs(25832)


def write_osm(folder: Path, settled: tuple[tuple[float, float, float, float], ...]) -> Path:
    """Return an extract with a grid of streets over all squares and residential land in the boxes ``settled``."""
    west, south, step, columns, rows = 8.58, 49.34, 0.005, 45, 33
    spots = [(west + step * x, south + step * y) for y in range(rows) for x in range(columns)]
    streets = [list(range(1 + y * columns, 1 + (y + 1) * columns)) for y in range(rows)]
    streets += [list(range(1 + x, 1 + rows * columns, columns)) for x in range(columns)]
    ways = [(refs, "highway") for refs in streets]
    for box in settled:
        first = len(spots) + 1
        spots += list(shapely.box(*box).exterior.coords)[:4]
        ways.append(([*range(first, first + 4), first], "landuse"))
    nodes = [f'<node id="{n}" version="1" lon="{lon:.6f}" lat="{lat:.6f}"/>' for n, (lon, lat) in enumerate(spots, 1)]
    lines = [_way(n, refs, key) for n, (refs, key) in enumerate(ways, 1)]
    path = folder / "kunst.osm"
    path.write_text(f'<osm version="0.6">{"".join(nodes)}{"".join(lines)}</osm>', "utf-8")
    return path


def _way(number: int, refs: list[int], key: str) -> str:
    members = "".join(f'<nd ref="{ref}"/>' for ref in refs)
    return f'<way id="{number}" version="1">{members}<tag k="{key}" v="residential"/></way>'


def write_zensus(folder: Path, cells: pd.DataFrame, name: str = "Zensus_spitze_Werte_1km-Gitter.csv") -> Path:
    """Return the official CSV of 2011 on 1 km for cells with x, y (centre, EPSG:3035), Einwohner and shares."""
    ids = [f"1kmN{int(y) // 1000:04d}E{int(x) // 1000:04d}" for x, y in zip(cells["x"], cells["y"], strict=True)]
    table = pd.DataFrame({"Gitter_ID_1km": ids, "x_mp_1km": cells["x"], "y_mp_1km": cells["y"]})
    for column in ("Einwohner", "unter18_A", "ab65_A"):
        values = cells[column].astype(float)
        table[column] = [f"{v:.2f}".replace(".", ",") if v % 1 else f"{v:.0f}" for v in values]
    path = folder / name
    table.to_csv(path, sep=";", index=False)
    return path
