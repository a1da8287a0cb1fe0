"""Census grids as the statistical offices publish them: CSV or ZIP, Zensus 2011 and Zensus 2022."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import geopandas as gpd
import pandas as pd

from geodata.model import GeoDataError, State
from geodata.rules import Problem
from geodata.sources.zensus_grid import LAEA, SIDES, age_columns, column_name, corners, grid_cells
from geodata.validate import raise_problems

HEADER_BYTES = 10_000
CHUNK = 500_000  # rows; the files of Germany have up to 36 million
LONG = ("Merkmal", "Auspraegung_Text", "Anzahl")
FEATURES = ("INSGESAMT", "ALTER_10JG", "ALTER_KURZ")
FIRST_LINE = re.compile(r"(GITTER_ID|Gitter_ID)_(100m|1km|10km)$")
HOLLOW = "–"
SURE = "0"  # Anzahl_q above it: the protection of data has changed the count more than usual
REMEDY = "Abhilfe: die Datei der Statistischen Ämter unverändert angeben (CSV mit „;“ oder ZIP)."
Box = tuple[float, float, float, float]  # west, south, east, north in EPSG:3035


def read_zensus(path: Path, *, metres: int | None = None, box: Box | None = None) -> gpd.GeoDataFrame:
    """Return the cells of one file as `grid_cells` describes them, or raise GeoDataError.

    Wide tables (one row per cell: Einwohner, age groups or their shares) and the long form of 2011 (one row per cell
    and Ausprägung) are told apart by their headers, the census by the spelling of the first column. An Ausprägung that
    the long form does not list for a cell is suppressed, not 0: it lists none of nobody, and none of one or two.
    ``metres`` chooses the grid when a ZIP holds several, ``box`` the cells with their centre inside (see `box_around`).
    """
    place = path.name
    with _opened(path, metres) as file:
        rows = _read_rows(file, place, metres, box)
    if rows.empty:
        where = "im Ausschnitt" if box else "in der Datei"
        raise GeoDataError(f"{place}: keine Zelle {where}. Abhilfe: Datei und Gebiet prüfen; Ausschnitt in EPSG:3035.")
    census, side = int(rows.pop("census").iloc[0]), int(rows.pop("metres").iloc[0])
    return (
        _from_long(rows, side, place)
        if "Merkmal" in rows
        else grid_cells(rows, metres=side, census=census, place=place)
    )


def header_of(path: Path) -> tuple[int, int, list[str]]:
    """Return census (2011 or 2022), grid width (metres; the finest one in a ZIP) and columns of a table.

    Census 0 where it is no census grid; raise GeoDataError for a file that cannot be opened.
    """
    if path.suffix.lower() != ".zip":
        with path.open("rb") as file:
            return _read_header(file.read(HEADER_BYTES))
    try:
        with zipfile.ZipFile(path) as archive:
            tables = [name for name in archive.namelist() if name.lower().endswith(".csv")]
            heads = [_read_header(archive.open(name).read(HEADER_BYTES)) for name in tables]
    except (OSError, zipfile.BadZipFile) as error:
        raise GeoDataError(f"{path.name}: das ZIP ist beschädigt ({error}). {REMEDY}") from error
    grids = [head for head in heads if head[0]]
    return min(grids, key=lambda head: head[1]) if grids else (0, 0, [])


def _read_header(start: bytes) -> tuple[int, int, list[str]]:
    lines = start.decode("utf-8-sig", "replace").splitlines()
    columns = [name.strip('"') for name in lines[0].split(";")] if lines else []
    head = next((found for name in columns if (found := FIRST_LINE.fullmatch(name))), None)
    return (2022 if head[1].isupper() else 2011, SIDES[head[2]], columns) if head else (0, 0, columns)


def join_cells(people: gpd.GeoDataFrame, ages: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the cells of ``people`` with the age groups of another table of the same grid.

    A cell that the other table does not list has suppressed age groups. One that only the other table lists is an
    error: then the two are not of one census.
    """
    strange = ages.index.difference(people.index).to_series()
    other = ages["census"][ages["census"] != people["census"].reindex(ages.index, fill_value=0)].drop(strange)
    remedy = "Tabellen desselben Zensus und derselben Gitterweite angeben"
    rules = [
        Problem("Zelle fehlt in der Tabelle der Einwohner", strange, remedy),
        Problem("anderer Zensus als der der Einwohner", other, remedy),
    ]
    raise_problems("Altersgruppen", rules)
    names = age_columns(ages)
    states = [f"{name}_state" for name in names]
    joined = people.drop(columns=[*names, *states], errors="ignore").join(ages[[*names, *states]])
    joined[states] = joined[states].fillna(str(State.SUPPRESSED_PRIMARY))
    return joined


def box_around(areas: gpd.GeoDataFrame, buffer_m: float = 0.0) -> Box:
    """Return the box in EPSG:3035 that holds the areas and ``buffer_m`` around them."""
    outline = gpd.GeoSeries([areas.union_all().buffer(buffer_m)], crs=areas.crs).segmentize(10_000)
    west, south, east, north = outline.to_crs(LAEA).total_bounds
    return float(west), float(south), float(east), float(north)


@contextmanager
def _opened(path: Path, metres: int | None) -> Iterator[IO[bytes]]:
    if not path.is_file():
        raise GeoDataError(f"{path}: fehlt. Abhilfe: die Gitterdatei dort ablegen.")
    if path.suffix.lower() != ".zip":
        with path.open("rb") as file:
            yield file
        return
    try:
        with zipfile.ZipFile(path) as archive, archive.open(_member(path, archive, metres)) as file:
            yield file
    except zipfile.BadZipFile as error:
        raise GeoDataError(f"{path.name}: das ZIP ist beschädigt ({error}). {REMEDY}") from error


def _member(path: Path, archive: zipfile.ZipFile, metres: int | None) -> str:
    """Return the one table in the archive, by the width of its grid where there are several."""
    tables = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    names = {side: name for name, side in SIDES.items()}
    wanted = [name for name in tables if re.search(rf"(?<!\d){names.get(metres or 0, 'x')}(?![a-z])", name, re.I)]
    found = wanted if len(tables) > 1 else tables
    if len(found) == 1:
        return found[0]
    many = f"mehrere Tabellen im ZIP: {', '.join(tables[:3])}" if tables else "keine CSV im ZIP"
    raise GeoDataError(
        f"{path.name}: {many}. Abhilfe: die Gitterweite nennen (100, 1000 oder 10000 m) oder die CSV allein angeben."
    )


def _read_rows(file: IO[bytes], place: str, metres: int | None, box: Box | None) -> pd.DataFrame:
    """Return the rows as text; a wrong byte becomes a sign of its own, so that a dash of any encoding stays a dash."""
    form: dict[str, Any] = {"sep": ";", "encoding": "utf-8-sig", "encoding_errors": "replace"}
    try:
        with pd.read_csv(file, dtype=str, keep_default_na=False, chunksize=CHUNK, **form) as reader:
            return pd.concat([_prepared(chunk, place, metres, box) for chunk in reader], ignore_index=True)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, zipfile.BadZipFile, EOFError) as error:
        raise GeoDataError(f"{place}: ist leer oder keine Tabelle ({error}). {REMEDY}") from error


def _prepared(chunk: pd.DataFrame, place: str, metres: int | None, box: Box | None) -> pd.DataFrame:
    """Return rows with id, x, y (centre), the census and the width of the grid; only those in the box."""
    head = next((found for name in chunk if (found := FIRST_LINE.fullmatch(str(name)))), None)
    side = SIDES[head[2]] if head else 0
    if not head or (metres or side) != side:
        raise GeoDataError(
            f"{place}: unbekannter Tabellenkopf: {'; '.join(map(str, chunk.columns[:4]))}"
            f"{f' (erwartet: Gitter mit {metres} m)' if metres else ''}. {REMEDY}"
        )
    census = 2022 if head[1].isupper() else 2011
    names = {head[0]: "id", f"x_mp_{head[2]}": "x", f"y_mp_{head[2]}": "y", "werterlaeuternde_Zeichen": "signs"}
    rows = chunk.rename(columns=names)
    if "Merkmal" in rows:
        rows = rows[rows["Merkmal"].isin(FEATURES)]
    if not {"x", "y"} <= set(rows):
        rows = rows.assign(**(corners(rows["id"]) + side / 2))
    return _inside(rows, box).assign(census=census, metres=side)


def _inside(rows: pd.DataFrame, box: Box | None) -> pd.DataFrame:
    if box is None:
        return rows
    x, y = (pd.to_numeric(rows[name], errors="coerce") for name in ("x", "y"))
    unreadable = x.isna() | y.isna()  # stays, to be refused
    return rows[(x.between(box[0], box[2]) & y.between(box[1], box[3])) | unreadable]


def _from_long(rows: pd.DataFrame, side: int, place: str) -> gpd.GeoDataFrame:
    """Return the cells of the long form; counts that Anzahl_q marks as changed a lot are estimated."""
    if missing := [name for name in LONG if name not in rows]:
        raise GeoDataError(f"{place}: Pflichtspalte fehlt: {', '.join(missing)}. {REMEDY}")
    raise_problems(place, _long_problems(rows.set_index("id", drop=False)))
    counts = _spread(rows, ["id", "x", "y"], "Anzahl", HOLLOW)
    cells = grid_cells(counts.reset_index(), metres=side, census=2011, place=place)
    if "Anzahl_q" in rows:
        for text, signs in _spread(rows, ["id"], "Anzahl_q", SURE).items():
            state = f"{column_name(str(text))}_state"
            doubtful = (signs.str.strip() != SURE).to_numpy() & (cells[state] == State.MEASURED)
            cells[state] = cells[state].mask(doubtful, str(State.ESTIMATED))
    return cells


def _spread(rows: pd.DataFrame, key: list[str], column: str, absent: str) -> pd.DataFrame:
    """Return one row per cell and one column per Ausprägung."""
    return rows.set_index([*key, "Auspraegung_Text"])[column].unstack(fill_value=absent)  # noqa: PD010  (texts)


def _long_problems(rows: pd.DataFrame) -> list[Problem]:
    texts = rows["Auspraegung_Text"]
    known = {text: column_name(text) for text in texts.unique()}
    return [
        Problem("Kennung ist keine Gitterzelle", rows.loc[rows["x"].isna(), "id"], "amtliche Gitter-ID angeben"),
        Problem(
            "Ausprägung mehrfach in einer Zelle", texts[rows.duplicated(["id", "Auspraegung_Text"])], "einmal angeben"
        ),
        Problem("Ausprägung unbekannt", texts[texts.map(known) == ""], "Altersgruppen wie „10 - 19“ angeben"),
    ]
