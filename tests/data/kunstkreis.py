"""The Kunstkreis (99063), a synthetic district of 2 km squares, with synthetic packages in the real formats.

    y=1   Estadt  Estadt  Estadt  Fadorf | Nachbarkreis (99064)
    y=0   Adorf   Bedorf  Cedorf  Dedorf | Nachbarkreis
    x=    0       1       2       3        4, 5

Bedorf joined Adorf before 2022, Cedorf in 2024; Fadorf left in 2019, Dedorf in 2024, both to the
Nachbarkreis. Estadt (99056000) was a Kreis of its own and is 99063105 today. So 6 Gemeinden become 4 (2022)
and 2 (2024).
"""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyproj
import shapely
from shapely.geometry import box, mapping

from geodata.catalog import District, Source
from geodata.sources.registry import file_hash

AGS = "99063"
X0, Y0, SIDE = 590_000.0, 5_640_000.0, 2_000.0
TO_WEB = pyproj.Transformer.from_crs(25832, 4326, always_xy=True)
DISTRICT = District(AGS, "Kunstkreis", "Kunstland", date(2024, 1, 1), 25.0, 20.0, {"gemeinde": "Gemeinden"})


def square(x: float, y: float, *, width: float = 1, height: float = 1) -> shapely.Polygon:
    """Return a rectangle of the grid in EPSG:25832."""
    left, bottom = X0 + x * SIDE, Y0 + y * SIDE
    return box(left, bottom, left + width * SIDE, bottom + height * SIDE)


def to_web(shape: shapely.Geometry) -> shapely.Geometry:
    """Return a geometry in degrees."""
    return shapely.transform(shape, lambda xy: list(zip(*TO_WEB.transform(xy[:, 0], xy[:, 1]), strict=True)))


def lonlat(x: float, y: float) -> tuple[float, float]:
    """Return the degrees of a point given in grid units."""
    lon, lat = TO_WEB.transform(X0 + x * SIDE, Y0 + y * SIDE)
    return lon, lat


def feature(ags: str, name: str, shape: shapely.Geometry, *, gf: int = 4, bez: str = "Gemeinde") -> dict[str, Any]:
    """Return a GeoJSON feature with the columns of VG250."""
    properties = {"AGS": ags, "GEN": name, "BEZ": bez, "GF": gf, "RS": ags}
    return {"type": "Feature", "properties": properties, "geometry": mapping(to_web(shape))}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """Return a FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def gemeinden() -> list[dict[str, Any]]:
    """Return the Gemeinden of 2016 as an array that mixes Features with nested FeatureCollections."""
    bedorf = [
        feature("99063002", "Bedorf", square(1, 0, width=0.5)),
        feature("99063002", "Bedorf", square(1.5, 0, width=0.5)),
    ]
    return [
        collection(feature("99063001", "A-Dorf", square(0, 0)), feature("99063001", "A-Dorf", square(0, -1), gf=2)),
        collection(collection(*bedorf)),
        feature("99063003", "Cedorf", square(2, 0)),
        feature("99063004", "Dedorf", square(3, 0)),
        feature("99063005", "Fadorf", square(3, 1)),
        feature("99056000", "Estadt", shapely.union_all([square(x, 1) for x in range(3)]), bez="Stadt"),
        feature("99064001", "Nachbarort", square(4, 0, width=2, height=2)),
    ]


def kreise() -> list[dict[str, Any]]:
    """Return the Kreise of 2016; the last is 50 km away."""
    own = shapely.union_all([*(square(x, 0) for x in range(4)), square(3, 1)])
    estadt = shapely.union_all([square(x, 1) for x in range(3)])
    return [
        feature("99063", "Kunstkreis", own, bez="Landkreis"),
        collection(feature("99056", "Estadt", estadt, bez="Kreisfreie Stadt")),
        feature("99064", "Nachbarkreis", square(4, 0, width=2, height=2), bez="Landkreis"),
        feature("99070", "Fernkreis", square(30, 0), bez="Landkreis"),
    ]


def settlements() -> str:
    """Return settlement areas: Cedorf has one that was not counted, Fadorf one that left with it."""
    rows = [
        ("1", "99063001", 100, 0.5, 0.5),
        ("2", "99063002", 60, 1.5, 0.5),
        ("3", "99063003", 40, 2.4, 0.5),
        ("10", "99063003", "", 2.6, 0.5),
        ("4", "99063004", 30, 3.5, 0.5),
        ("5", "99063005", 20, 3.5, 1.5),
        ("6", "99056000", 1000, 1.5, 1.5),
        ("7", "99064001", 500, 4.5, 0.5),
    ]
    lines = ["id,area_ha,ags_0,zensus_sum,sector,st_astext"]
    for key, ags, people, x, y in rows:
        lon, lat = lonlat(x, y)
        lines.append(f"{key},12.5,{ags},{people},,POINT({lon} {lat})")
    return "\n".join(lines) + "\n"


def stop(
    key: str, name: str, x: float, y: float, *products: str, parent: str = "", kind: str = "stop"
) -> dict[str, Any]:
    """Return a stop as the list of stops has it."""
    lon, lat = lonlat(x, y)
    item: dict[str, Any] = {"id": key, "name": name, "type": kind}
    item["location"] = {"type": "location", "longitude": lon, "latitude": lat}
    item["products"] = {product: product in products for product in ("bus", "regional", "taxi")}
    return item | ({"station": {"id": parent, "type": "station"}} if parent else {})


def stops() -> list[dict[str, Any]]:
    """Return two stops to keep inside, one outside, and five that are left out."""
    return [
        stop("501", "Adorf Linde", 0.5, 0.4, "bus"),
        stop("502", "Estadt ZOB", 1.45, 1.5, "bus", "taxi", parent="8000001"),
        stop("503", "Nachbarort Markt", 4.5, 0.5, "bus", kind="station"),
        stop("504", "Adorf alter Halt", 0.6, 0.5),
        stop("505", "Adorf Rufbus", 0.7, 0.5, "taxi"),
        stop("506", "Estadt Ersatzhalt", 1.55, 1.5, "regional", parent="8000001"),
        stop("8000001", "Estadt Hbf", 1.5, 1.5, "regional", kind="station"),
        stop("599", "Fernort", 30.5, 0.5, "bus"),
        stop("600", "Adorf Kirche", 0.5, 0.5, "bus", kind="poi"),
        {"id": "601", "name": "ohne Ort", "type": "stop", "products": {"bus": True}},
    ]


def stations() -> list[dict[str, Any]]:
    """Return one railway station with step-free access."""
    lon, lat = lonlat(1.5, 1.5)
    return [
        {
            "id": "8000001",
            "name": "Estadt Hbf",
            "location": {"longitude": lon, "latitude": lat},
            "operator": {"name": "KVG"},
            "address": {"street": "Bahnhofstr. 1 ", "zipcode": "99001", "city": "Estadt"},
            "hasSteplessAccess": "partial",
        }
    ]


def places() -> str:
    """Return places: Dedorf astray in Cedorf, none named Estadt, one not German, one no settlement."""
    rows = [
        ("11", "Adorf", 0.5, 0.5, "P", "DE", 120),
        ("12", "Dedorf", 2.9, 0.5, "P", "DE", 31),
        ("13", "Nachbarort", 4.5, 0.5, "P", "DE", 0),
        ("14", "Adorf", 0.5, 0.5, "P", "AT", 120),
        ("15", "Adorfer Berg", 0.5, 0.5, "T", "DE", 0),
    ]
    lines = []
    for key, name, x, y, kind, country, people in rows:
        lon, lat = lonlat(x, y)
        cells = [
            key,
            name,
            name,
            "",
            f"{lat}",
            f"{lon}",
            kind,
            "PPL",
            country,
            "",
            "",
            "",
            "",
            "",
            f"{people}",
        ]
        lines.append("\t".join([*cells, "", "", "Europe/Berlin", "2023-01-01"]))
    return "\n".join(lines) + "\n"


CROSSWALK = """ags_2016;name_2016;ags_2022;ags_2024;kreis_2024;wirksam;beleg
99056000;Estadt;99063105;99063105;99063;2021-07-01;K1
99063001;Adorf;99063001;99063001;99063;;
99063002;Bedorf;99063001;99063001;99063;2018-07-06;K1
99063003;Cedorf;99063003;99063001;99063;2024-01-01;K1
99063004;Dedorf;99063004;;99064;2024-01-01;K1
99063005;Fadorf;;;99064;2019-01-01;K1
"""
GEMEINDEN = """ags;name;bez;vwg;vwg_typ;km2;jpr;zo;ab_2024
99063001;Adorf;Gemeinde;Groß Adorf;VG;8.00;1;GZ?;+ Cedorf
99063003;Cedorf;Gemeinde;Groß Adorf;VG;4.00;1;–;→ 99063001 Adorf
99063004;Dedorf;Gemeinde;Groß Adorf;VG;;1;–;→ Nachbarkreis
99063105;Estadt;Stadt;Estadt;frei;12.00;2;MZ;besteht
"""
POPULATION = """ags,name,population,date,basis,area_km2,ortsteile,source_url
99063001,Adorf,180,2023-12-31,Zensus 2011,12,,https://beispiel.invalid/adorf
99063001,Adorf,999,2024-12-31,Zensus 2022,,,https://beispiel.invalid/adorf
99063105,Estadt,1100,2022-12-31,Zensus 2011,12,,https://beispiel.invalid/estadt
99063105,Estadt,777,2024-06-30,unklar,,,https://beispiel.invalid/estadt
"""
FACILITY_HEAD = (
    "id,category,name,operator,street,plz,place,ags,capacity,capacity_unit,wheelchair,"
    "source_url,source_seen,lat,lon,location_precision,note"
)


def facility(key: str, x: float, y: float, **values: str) -> str:
    """Return one row of a register of facilities."""
    lon, lat = lonlat(x, y)
    row = {"id": key, "category": "kita", "name": f"Kita {key}", "ags": "99063001", "capacity": "20"}
    row |= {
        "source_url": "https://beispiel.invalid/kita",
        "source_seen": "2019?",
        "location_precision": "place",
    }
    row |= {"lat": f"{lat}", "lon": f"{lon}", "note": "prüfen"} | values
    return ",".join(row.get(name, "") for name in FACILITY_HEAD.split(","))


def register(*rows: str) -> str:
    """Return a register of facilities, by default with two rows."""
    default = (
        facility("kita-1", 0.5, 0.5),
        facility("kita-2", 1.5, 1.5, ags="99063105", capacity="", source_seen="", note=""),
    )
    return "\n".join([FACILITY_HEAD, *(rows or default)]) + "\n"


def write_quellen(folder: Path) -> Path:
    """Write the tables of the repository into a folder."""
    folder.mkdir(parents=True)
    texts = {
        "gemeinden_umschluesselung.csv": CROSSWALK,
        "gemeinden.csv": GEMEINDEN,
        "population_pages.csv": POPULATION,
        "facilities.csv": register(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def write_tgz(path: Path, files: dict[str, str]) -> Path:
    """Write an npm archive."""
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def write_wheel(path: Path, files: dict[str, str]) -> Path:
    """Write a Python wheel."""
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return path


def ndjson(items: list[dict[str, Any]]) -> str:
    """Return one JSON object a line."""
    return "".join(json.dumps(item) + "\n" for item in items)


def write_packages(folder: Path) -> dict[str, Source]:
    """Write synthetic archives into a folder and return the catalogue of sources that names them."""
    folder.mkdir(parents=True)
    areas = {
        "package/gemeinden.geo.json": json.dumps(gemeinden()),
        "package/kreise.geo.json": json.dumps(kreise()),
    }
    archives = {
        "vg250": (
            "npm:kunst-gebiete@1.0.0",
            write_tgz(folder / "kunst-gebiete-1.0.0.tgz", areas),
            ", ".join(areas),
        ),
        "siedlungen": (
            "pypi:kunst-siedlungen==1.0",
            write_wheel(folder / "kunst_siedlungen-1.0-py3-none-any.whl", {"daten/orte.csv": settlements()}),
            "daten/orte.csv",
        ),
    }
    tables = {
        "haltestellen": ("halte", "package/full.ndjson", ndjson(stops())),
        "bahnhoefe": ("bahn", "package/full.ndjson", ndjson(stations())),
        "orte": ("orte", "package/dist/orte.txt", places()),
    }
    for key, (name, file, text) in tables.items():
        archive = write_tgz(folder / f"kunst-{name}-1.0.0.tgz", {file: text})
        archives[key] = (f"npm:kunst-{name}@1.0.0", archive, file)
    return {key: make_source(key, *values) for key, values in archives.items()}


def make_source(key: str, package: str, archive: Path, file: str) -> Source:
    """Return a catalogue entry of a synthetic package."""
    words = dict.fromkeys(("title", "publisher", "url", "licence", "attribution", "used_for"), f"Kunst {key}")
    return Source(
        id=key,
        date="2024-05-01",
        gebietsstand="2016-01-01",
        package=package,
        file=file,
        sha256=file_hash(archive),
        **words,
    )
