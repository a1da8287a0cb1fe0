"""Cells of the census grid from a raw table: keys, coordinates, counts by age, and a state for every count."""

from __future__ import annotations

import re

import geopandas as gpd
import pandas as pd

from geodata.model import METRIC_CRS, GeoDataError, State
from geodata.rules import Problem, key_problems
from geodata.validate import raise_problems

LAEA = 3035  # ETRS89-LAEA, the projection of the European grid
GERMANY = (4_020_000, 2_670_000, 4_690_000, 3_560_000)  # west, south, east, north of its cells
SIDES = {"100m": 100, "1km": 1_000, "10km": 10_000}
TOTALS = {"Einwohner", "Insgesamt_Bevoelkerung", "Einheiten insgesamt"}
AGE_NAMES = (
    (r"unter\s*(\d+)(?:_A)?(?: Jahre)?", lambda a: f"0_{int(a) - 1}"),
    (r"a?(\d+)\s*(?:bis|-|–)\s*(\d+)(?: Jahre)?", lambda a, b: f"{int(a)}_{int(b)}"),
    (r"(?:a|ab)?(\d+)(?:\s*und\s*.?.?lter|_A)", lambda a: f"{int(a)}_plus"),
)
HIDDEN = {"–", "-", "—", "\ufffd", ".", "-1", "-9"}  # \ufffd: the dash of a file in another encoding
NOBODY = "-1"  # of a share: there is nobody whom it could be a share of
DOUBTFUL = "KLAMMERN"  # the figure stands in brackets: of limited use


def column_name(official: str) -> str:
    """Return our name of an official column or Ausprägung; empty for one that is neither people nor an age.

    >>> [column_name(name) for name in ("Einwohner", "Unter18", "a18bis29", "a65undaelter", "80 und älter", "10 - 19")]
    ['people', 'age_0_17', 'age_18_29', 'age_65_plus', 'age_80_plus', 'age_10_19']
    >>> column_name("unter18_A"), column_name("ab65_A"), column_name("Alter_D")
    ('share_0_17', 'share_65_plus', '')
    """
    if official in TOTALS:
        return "people"
    for pattern, name in AGE_NAMES:
        if found := re.fullmatch(pattern, official, re.IGNORECASE):
            return f"{'share' if official.endswith('_A') else 'age'}_{name(*found.groups())}"
    return ""


def age_columns(cells: pd.DataFrame) -> list[str]:
    """Return the names of the counts by age, without their states."""
    return [str(name) for name in cells if re.fullmatch(r"age_\d+_(\d+|plus)", str(name))]


def grid_cells(table: pd.DataFrame, *, metres: int, census: int, place: str) -> gpd.GeoDataFrame:
    """Return one row per cell with its centre (EPSG:25832), or raise one GeoDataError with every problem.

    ``table`` has ``x`` and ``y`` (centre, EPSG:3035), perhaps ``id`` and ``signs``, and the official columns as text
    or numbers. The index is the key of the European grid; columns ``x``, ``y``, ``metres`` (side), ``census`` (year),
    and ``people`` and ``age_<from>_<to>``, each with ``<name>_state``:

    - measured, or a measured zero, for counts of 2011. That census altered single records before counting (SAFE).
    - estimated for counts of 2022, which were altered one by one (cell key method), and for people times a share.
    - suppressed_primary, without a value, for a dash, -1 and -9; never 0. The files do not tell nobody from too few.
    - unreliable for a figure in brackets, missing for an empty field, not_applicable for a share of nobody (-1).
    """
    known = {column: str(name) for name in reversed(table.columns) if (column := column_name(str(name)))}
    if not known:
        raise GeoDataError(
            f"{place}: keine Spalte mit Einwohnern oder Altersgruppen, gefunden: {', '.join(map(str, table))}. "
            "Abhilfe: eine Gitterdatei zu Bevölkerung oder Alter in der Form des Zensus 2011 oder 2022 angeben."
        )
    numbers = table[["x", "y"]].apply(pd.to_numeric, errors="coerce")
    key = cell_keys(numbers["x"], numbers["y"], metres)
    raw = table.set_axis(key)
    signs = raw["signs"].fillna("") if "signs" in raw else pd.Series("", index=key)
    broken = [*key_problems(key.to_series(name="Gitterzelle")), *place_problems(table, numbers, key, metres)]
    columns: dict[str, pd.Series] = {}
    for name, official in reversed(known.items()):
        text, problem = _texts(raw[official], name)
        broken.append(problem)
        if not len(problem.found):
            columns[name], columns[f"{name}_state"] = _values(text, signs, share=name.startswith("share"), year=census)
    raise_problems(place, broken)
    whole = {name: numbers[name].to_numpy(int) for name in ("x", "y")}
    frame = pd.DataFrame({**whole, "metres": metres, "census": census}, key)
    points = gpd.GeoSeries(gpd.points_from_xy(frame["x"], frame["y"], crs=LAEA), key).to_crs(METRIC_CRS)
    return gpd.GeoDataFrame(frame.assign(**columns, **_from_shares(columns)), geometry=points)


def cell_keys(x: pd.Series, y: pd.Series, metres: int) -> pd.Index:
    """Return the keys of the European grid (lower left corner) from the centres of cells.

    >>> cell_keys(pd.Series([4337050]), pd.Series([2689150]), 100)[0]
    'CRS3035RES100mN2689100E4337000'
    """
    east, north = ((value - metres / 2).fillna(-1).astype("int64").astype(str) for value in (x, y))
    return pd.Index(f"CRS3035RES{metres}mN" + north + "E" + east, name="id")


def corners(ids: pd.Series) -> pd.DataFrame:
    """Return x, y (lower left corner, EPSG:3035) of grid keys in the long or the short form; NaN where it is none.

    >>> corners(pd.Series(["CRS3035RES100mN2689100E4337000", "100mN26891E43370", "1kmN2689E4337", "x"])).x.tolist()
    [4337000.0, 4337000.0, 4337000.0, nan]
    """
    parts = ids.astype("string").str.extract(r"^(?:(CRS3035RES)\d+m|(100m|1km|10km))N(\d+)E(\d+)$")
    unit = parts[1].map(SIDES).astype(float).where(parts[0].isna(), 1.0)
    return pd.DataFrame({"x": parts[3].astype(float) * unit, "y": parts[2].astype(float) * unit})


def place_problems(table: pd.DataFrame, numbers: pd.DataFrame, key: pd.Index, metres: int) -> list[Problem]:
    """Return what is wrong with coordinates: outside the grid of Germany, between cells, not where the key says."""
    west, south, east, north = GERMANY
    inside = numbers["x"].between(west, east) & numbers["y"].between(south, north)
    on_grid = ((numbers + metres / 2) % metres == 0).all(axis=1)
    shown = (table["x"].astype(str) + " " + table["y"].astype(str)).set_axis(key)
    broken = [
        Problem(
            "Koordinate liegt nicht im Gitter von Deutschland",
            shown[~inside.to_numpy()],
            "Mittelpunkte in EPSG:3035 (LAEA) angeben, Ost vor Nord, nicht in Grad oder UTM",
        ),
        Problem(
            f"Koordinate ist kein Mittelpunkt einer Zelle von {metres} m",
            shown[(inside & ~on_grid).to_numpy()],
            "die Gitterweite der Datei prüfen, Koordinaten nicht runden",
        ),
    ]
    if "id" in table:
        named = corners(table["id"]) + metres / 2
        wrong = inside & on_grid & ~(named == numbers).all(axis=1)
        text = table["id"].astype(str).set_axis(key)
        broken.append(Problem("Kennung und Koordinate widersprechen sich", text[wrong.to_numpy()], "Datei neu laden"))
    return broken


def _texts(raw: pd.Series, name: str) -> tuple[pd.Series, Problem]:
    """Return values as text with a decimal point, and those that are neither a number nor a sign."""
    text = raw.astype("string").str.strip().str.replace(",", ".", regex=False).fillna("")
    text = text.str.replace(r"\.0+$", "", regex=True)
    number = pd.to_numeric(text.where(~text.isin(HIDDEN) & (text != "")), errors="coerce").astype(float)
    wrong = ~text.isin(HIDDEN) & (text != "") & ~number.between(0, 1e9)
    return text, Problem(f"{name} ist keine Anzahl", text[wrong], "Zahl ab 0, „–“ oder leer")


def _values(text: pd.Series, signs: pd.Series, *, share: bool, year: int) -> tuple[pd.Series, pd.Series]:
    """Return values and their states."""
    hidden = text.isin(HIDDEN)
    value = pd.to_numeric(text.where(~hidden & (text != "")), errors="coerce").astype(float)
    counted = str(State.ESTIMATED if year >= 2022 else State.MEASURED)
    weaker = (
        (State.ZERO, (value == 0) & (year < 2022)),
        (State.UNRELIABLE, signs.str.contains(DOUBTFUL)),
        (State.MISSING, value.isna()),
        (State.SUPPRESSED_PRIMARY, hidden),
        (State.NOT_APPLICABLE, (text == NOBODY) & share),
    )
    state = pd.Series(counted, text.index, dtype=object)
    for kind, where in weaker:
        state = state.mask(where.to_numpy(bool), str(kind))
    return value, state


def _from_shares(columns: dict[str, pd.Series]) -> dict[str, pd.Series]:
    """Return counts by age as people times a share, estimated; the state of the share where that has no value."""
    found: dict[str, pd.Series] = {}
    for name in [name for name in columns if re.fullmatch(r"share_\d+_(\d+|plus)", name) and "people" in columns]:
        age, state = name.replace("share", "age"), columns[f"{name}_state"]
        found[age] = columns["people"] * columns[name] / 100
        weaker = state.where(columns[name].isna(), columns["people_state"])
        found[f"{age}_state"] = weaker.where(found[age].isna(), str(State.ESTIMATED))
    return found
