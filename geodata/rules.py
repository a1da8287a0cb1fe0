"""The rules of the border: each yields the problems it finds in a frame indexed by its keys."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.model import METRIC_CRS, WEB_CRS

KNOWN_CRS = (WEB_CRS, 4258, METRIC_CRS, 25833)
GERMANY = (5.5, 47.0, 15.5, 55.5)  # west, south, east, north in degrees
PRECISIONS = ("address", "stop", "place", "municipality")
WHEELCHAIR = ("", "yes", "limited", "no")
BASES = ("Zensus 2011", "Zensus 2022", "unklar")
AREA_TOLERANCE = 0.015  # share of the official area
SLIVER_M2 = 1.0
ROWS_SHOWN = 3


@dataclass(frozen=True)
class Problem:
    """A broken rule: what is wrong, the offending values by row, what to do."""

    rule: str
    found: pd.Series
    remedy: str

    def text(self) -> str:
        """Return the problem in German with up to three rows."""
        rows = ", ".join(f"'{value}' ({row})" for row, value in self.found.head(ROWS_SHOWN).items())
        more = len(self.found) - ROWS_SHOWN
        return f"{self.rule}: {rows}{f' und {more} weitere' if more > 0 else ''}. Abhilfe: {self.remedy}."


def key_problems(keys: pd.Series) -> Iterator[Problem]:
    """Yield empty and repeated keys."""
    text = keys.astype(str)
    yield Problem(f"{keys.name} mehrfach vergeben", text[text.duplicated()], "jede Zeile braucht einen eigenen Wert")
    rows = [f"Zeile {number + 2}" for number in np.flatnonzero(keys.isna() | (text == ""))]
    yield Problem(f"{keys.name} fehlt", pd.Series("", index=rows), "in jeder Zeile eintragen")


def ags_problems(ags: pd.Series) -> Iterator[Problem]:
    """Yield keys of Gemeinden that are not a text of eight digits."""
    is_text = ags.map(lambda value: isinstance(value, str)).astype(bool)
    is_key = ags.map(lambda value: bool(re.fullmatch(r"\d{8}", str(value)))).astype(bool)
    yield Problem("ags ist als Zahl gespeichert", ags[~is_text & ags.notna()], "Spalte als Text speichern und lesen")
    yield Problem(
        "ags hat nicht 8 Ziffern",
        ags[(is_text & ~is_key) | ags.isna()],
        "amtlichen Schlüssel als Text angeben",
    )


def geometry_problems(rows: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Yield a wrong coordinate system, empty or invalid geometry, swapped and implausible coordinates."""
    if not has_known_crs(rows):
        known = ", ".join(f"EPSG:{code}" for code in KNOWN_CRS)
        found = pd.Series([str(rows.crs)], index=["ganze Datei"])
        yield Problem("Koordinatensystem fehlt oder ist nicht zugelassen", found, f"in einem von {known} speichern")
        return
    shapes = rows.geometry
    empty = ~is_located(shapes)
    invalid = ~empty & ~shapes.is_valid
    yield Problem("Geometrie fehlt", rows["name" if "name" in rows else "id"][empty], "Lage ergänzen")
    reasons = pd.Series(shapely.is_valid_reason(shapes[invalid].to_numpy()), index=shapes[invalid].index)
    yield Problem("Geometrie ungültig", reasons, "Fläche reparieren (in QGIS: Geometrien reparieren)")
    usable = shapes[~empty & ~invalid]
    outside = ~is_in_germany(usable)
    swapped = outside & is_in_germany(flip(usable))
    yield Problem("Koordinaten vertauscht", short_text(usable[swapped]), "erst Länge (Ost), dann Breite (Nord) angeben")
    elsewhere = short_text(usable[outside & ~swapped])
    remedy = f"das angegebene Koordinatensystem EPSG:{rows.crs.to_epsg()} und die Werte prüfen"
    yield Problem("Koordinaten liegen nicht in Deutschland", elsewhere, remedy)


def is_located(shapes: gpd.GeoSeries) -> pd.Series:
    """Return whether each geometry is there and not empty."""
    parts = shapes.to_numpy()
    return pd.Series(~(shapely.is_missing(parts) | shapely.is_empty(parts)), index=shapes.index)


def has_known_crs(rows: gpd.GeoDataFrame) -> bool:
    """Return whether a frame declares a coordinate system that the atlas reads."""
    return rows.crs is not None and rows.crs.to_epsg() in KNOWN_CRS


def is_in_germany(shapes: gpd.GeoSeries) -> pd.Series:
    """Return whether each geometry lies within Germany's box of degrees."""
    west, south, east, north = GERMANY
    box = shapes.to_crs(WEB_CRS).bounds
    inside: pd.Series = box["minx"].ge(west) & box["miny"].ge(south) & box["maxx"].le(east) & box["maxy"].le(north)
    return inside


def flip(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the geometries with x and y exchanged."""
    return gpd.GeoSeries(
        shapely.transform(shapes.to_numpy(), lambda xy: xy[:, ::-1]), index=shapes.index, crs=shapes.crs
    )


def short_text(shapes: gpd.GeoSeries) -> pd.Series:
    """Return a point of each geometry as short text."""
    points = shapes.representative_point()
    texts = [f"{x:.7g} {y:.7g}" for x, y in zip(points.x, points.y, strict=True)]
    return pd.Series(texts, index=shapes.index, dtype=object)


def value_problems(rows: pd.DataFrame, categories: Collection[str]) -> Iterator[Problem]:
    """Yield values of the register that its columns do not allow."""
    allowed = {
        "category": (
            categories,
            "Kategorie unbekannt",
            "Schlüssel aus dem Katalog der Einrichtungsarten verwenden",
        ),
        "precision": (PRECISIONS, "Lagegenauigkeit unbekannt", f"eine von {', '.join(PRECISIONS)}"),
        "wheelchair": (WHEELCHAIR, "Angabe zur Barrierefreiheit unbekannt", "yes, limited, no oder leer"),
    }
    for name, (values, rule, remedy) in allowed.items():
        yield Problem(rule, rows[name][~rows[name].isin(list(values))], remedy)
    given = rows["capacity"][rows["capacity"].notna() & (rows["capacity"] != "")]
    numbers = pd.to_numeric(given, errors="coerce")
    yield Problem("Kapazität ist keine Zahl ab 0", given[~(numbers >= 0)], "Zahl eintragen; Unbekanntes bleibt leer")
    unsourced = rows["name"][rows["source"].isna() | (rows["source"] == "")]
    yield Problem("Quelle fehlt", unsourced, "Fundstelle oder Quellenkennung eintragen")


def protection_problems(rows: gpd.GeoDataFrame, protection: pd.Series) -> Iterator[Problem]:
    """Yield protected facilities whose whereabouts the register would give away."""
    located = is_located(rows.geometry)
    for name in ("street", "plz", "place"):
        located |= rows[name].notna() & (rows[name] != "") if name in rows else False
    secret = rows["category"][(protection == "no_location") & located]
    yield Problem("geschützte Einrichtung mit Lage", secret, "Koordinaten und Anschrift entfernen")
    coarse = rows["precision"] == "municipality"
    if "street" in rows:
        coarse &= rows["street"].isna() | (rows["street"] == "")
    exact = rows["category"][(protection == "municipality") & ~coarse]
    remedy = "Anschrift entfernen, Punkt in der Gemeinde mit Genauigkeit municipality angeben"
    yield Problem("geschützte Einrichtung genauer als die Gemeinde", exact, remedy)


def home_problems(rows: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> Iterator[Problem]:
    """Yield unknown Gemeinden and points outside the Gemeinde they name."""
    known = rows["ags"].isin(areas.index)
    yield Problem("Gemeinde gehört nicht zum Gebietsstand", rows["ags"][~known], "heutigen Schlüssel verwenden")
    if not has_known_crs(rows):
        return
    located = rows[known & is_located(rows.geometry)]
    home = areas.geometry.reindex(located["ags"]).set_axis(located.index)
    outside = ~home.covers(located.geometry.to_crs(areas.crs), align=False)
    yield Problem("Punkt liegt nicht in seiner Gemeinde", located["ags"][outside], "Lage oder Schlüssel berichtigen")


def overlap_problems(shapes: gpd.GeoSeries) -> Iterator[Problem]:
    """Yield pairs of areas that share more than a sliver."""
    left, right = shapes.sindex.query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    parts = shapes.to_numpy()
    shared = shapely.area(shapely.intersection(parts[left], parts[right]))
    pairs = [f"{shapes.index[a]} und {shapes.index[b]}" for a, b in zip(left, right, strict=True)]
    found = pd.Series([f"{area:.0f} m²" for area in shared], index=pairs, dtype=object)
    yield Problem("Flächen überlappen", found[shared > SLIVER_M2], "Grenzen auf gemeinsame Linien bringen")


def gap_problems(shapes: gpd.GeoSeries, outline: shapely.Geometry | None) -> Iterator[Problem]:
    """Yield what the areas leave open of ``outline`` or cover beyond it; without one, holes in between."""
    union = shapes.union_all()
    if outline is None:
        outline = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)])
    for rule, difference in (("Lücke", outline - union), ("Fläche über den Umriss hinaus", union - outline)):
        parts = shapely.get_parts(difference)
        parts = parts[shapely.area(parts) > SLIVER_M2]
        points = shapely.point_on_surface(parts)
        index = [f"bei {point.x:.0f} {point.y:.0f}" for point in points]
        found = pd.Series([f"{area:.0f} m²" for area in shapely.area(parts)], index=index, dtype=object)
        yield Problem(rule, found, "Grenzen auf gemeinsame Linien bringen")


def list_problems(names: pd.Series, official: pd.DataFrame) -> Iterator[Problem]:
    """Yield keys and names that differ from the official list."""
    wanted = official["name"] if "name" in official else pd.Series(official.index, index=official.index)
    yield Problem("Gemeinde fehlt", wanted[~wanted.index.isin(names.index)], "alle Gemeinden des Gebietsstands angeben")
    extra = names[~names.index.isin(official.index)]
    yield Problem("Gemeinde zu viel", extra, "nur Gemeinden des Gebietsstands angeben")
    if "name" in official:
        other = names[names.index.isin(official.index) & (names != wanted.reindex(names.index))]
        yield Problem("Name weicht ab", other, "amtlichen Namen verwenden")


def size_problems(shapes: gpd.GeoSeries, official: pd.DataFrame) -> Iterator[Problem]:
    """Yield areas whose size differs from the official one."""
    deviation = area_deviation(shapes, official["area_km2"])
    found = deviation[deviation.abs() > AREA_TOLERANCE].map("{:+.1%}".format)
    remedy = f"höchstens {AREA_TOLERANCE * 100:.1f} % sind erlaubt; Grenzen und Gebietsstand prüfen".replace(
        ".", ",", 1
    )
    yield Problem("Fläche weicht von der amtlichen ab", found, remedy)


def area_deviation(shapes: gpd.GeoSeries, official_km2: pd.Series) -> pd.Series:
    """Return (measured - official) / official per key; keys without an official size drop out."""
    share: pd.Series = (shapes.area / 1e6 / official_km2.reindex(shapes.index) - 1).dropna()
    return share


def figure_problems(rows: pd.DataFrame, keys: Collection[str]) -> Iterator[Problem]:
    """Yield figures without Gemeinde of ``keys``, readable date, people, base or source."""
    dates = pd.to_datetime(rows["date"], format="%Y-%m-%d", errors="coerce")
    people = pd.to_numeric(rows["population"], errors="coerce")
    yield Problem("Gemeinde unbekannt", rows["ags"][~rows["ags"].isin(list(keys))], "Schlüssel prüfen")
    yield Problem("Stichtag nicht lesbar", rows["date"][dates.isna()], "als JJJJ-MM-TT schreiben")
    yield Problem("Einwohnerzahl nicht positiv", rows["population"][~(people > 0)], "ganze Zahl ohne Punkt")
    yield Problem("Basis unbekannt", rows["basis"][~rows["basis"].isin(BASES)], f"eine von {', '.join(BASES)}")
    yield Problem("Quelle fehlt", rows["ags"][rows["source"] == ""], "Fundstelle eintragen")
