"""Territorial states (Gebietsstand) of the district and the way from one to the next.

Every change since 2016 concerns whole Gemeinden, so older figures and areas are carried over exactly by
summing and dissolving; no weighting by area is needed.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import geopandas as gpd
import pandas as pd

QUELLEN = Path(__file__).parent / "embedded" / "quellen"
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@cache
def read_crosswalk(folder: Path = QUELLEN) -> pd.DataFrame:
    """Return where each Gemeinde of 2016 went, indexed by ags_2016.

    Columns: name_2016, ags_2022, ags_2024 (missing where it left the district), kreis_2024, wirksam, beleg.
    """
    table = pd.read_csv(folder / "gemeinden_umschluesselung.csv", sep=";", dtype=str, keep_default_na=False)
    states = ["ags_2022", "ags_2024"]
    table[states] = table[states].where(table[states] != "")
    return table.set_index("ags_2016")


@cache
def read_gemeinden(folder: Path = QUELLEN) -> pd.DataFrame:
    """Return the 32 Gemeinden of 2022 with their attributes, indexed by ags.

    Columns: name, bez, sozialraum (key), sozialraum_name, area_km2 (official, missing where unknown),
    central_place.
    """
    table = pd.read_csv(folder / "gemeinden.csv", sep=";", dtype=str, keep_default_na=False).set_index("ags")
    return pd.DataFrame(
        {
            "name": table["name"],
            "bez": table["bez"],
            "sozialraum": table["vwg"].map(slug),
            "sozialraum_name": table["vwg"],
            "area_km2": pd.to_numeric(table["km2"]),
            "central_place": table["zo"].map(proven_central_place),
        }
    )


def gemeinden_of(state: str, folder: Path = QUELLEN) -> pd.DataFrame:
    """Return the Gemeinden of the territorial state "2022" or "2024" with the columns of ``read_gemeinden``.

    The official area of a merged Gemeinde is the sum of its parts.
    """
    gemeinden, target = read_gemeinden(folder), keys_to(state, folder)
    keys = sorted(target.reindex(gemeinden.index).dropna().unique())
    return gemeinden.loc[keys].assign(area_km2=sum_to(gemeinden["area_km2"], target))


def keys_to(state: str, folder: Path = QUELLEN) -> pd.Series:
    """Return the key in ``state`` ("2022" or "2024") of every key in use since 2016; missing where it left.

    >>> keys_to("2024")[["16063094", "16063028", "16063104", "16056000"]].to_list()
    ['16063003', '16063104', '16063104', '16063105']
    """
    crosswalk = read_crosswalk(folder)
    stayed = crosswalk.dropna(subset="ags_2022").set_index("ags_2022", drop=False)
    keys = pd.concat([crosswalk[f"ags_{state}"], stayed[f"ags_{state}"]])
    unique: pd.Series = keys[~keys.index.duplicated()].rename_axis("ags")
    return unique


def former_kreise(folder: Path = QUELLEN) -> tuple[str, ...]:
    """Return the keys of the Kreise that the Gemeinden of 2016 belonged to.

    >>> former_kreise()
    ('16056', '16063')
    """
    return tuple(sorted(read_crosswalk(folder).index.str[:5].unique()))


def sum_to(values: pd.Series, target: pd.Series) -> pd.Series:
    """Return values summed to the keys that ``target`` names for them; what has no target drops out.

    A sum with a missing part is missing.

    >>> target = pd.Series({"16063028": "16063104", "16063104": "16063104", "16063037": None})
    >>> sum_to(pd.Series({"16063028": 317, "16063104": 4628, "16063037": 184}), target).to_dict()
    {'16063104': 4945}
    """
    groups = values.groupby(target.reindex(values.index))
    sums = groups.sum()
    return sums.where(groups.count() == groups.size()) if values.isna().any() else sums


def sum_frame_to(frame: pd.DataFrame, target: pd.Series) -> pd.DataFrame:
    """Return the columns of a frame summed as in ``sum_to``: counts and bases, never rates."""
    return pd.DataFrame({name: sum_to(frame[name], target) for name in frame})


def dissolve_to(areas: gpd.GeoDataFrame, target: pd.Series) -> gpd.GeoSeries:
    """Return the geometries of ``areas`` (indexed by key) dissolved to the keys that ``target`` names."""
    groups = areas.geometry.groupby(target.reindex(areas.index))
    return gpd.GeoSeries(groups.apply(lambda part: part.union_all()), crs=areas.crs)


def slug(name: str) -> str:
    """Return a name as a key of lower-case ASCII letters.

    >>> slug("Hörselberg-Hainich")
    'hoerselberg-hainich'
    >>> slug("Bad Salzungen")
    'bad-salzungen'
    """
    return "-".join(name.lower().translate(UMLAUTS).split())


def proven_central_place(text: str) -> str:
    """Return the central-place function without what is only presumed (marked with a question mark).

    >>> [proven_central_place(text) for text in ("MZ", "GZ*", "GZ?", "–", "GZ* (Mihla)")]
    ['MZ', 'GZ', '', '', 'GZ (Mihla)']
    """
    return "" if "?" in text or text == "–" else text.replace("*", "")
