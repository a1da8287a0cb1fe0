"""People: the newest figure per Gemeinde, its sums, and the settlement areas that spread it over the land."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geodata.model import METRIC_CRS, State

BASIS = "Zensus 2011"  # the base of the figures; those of another base are never mixed in
OLDEST_USABLE = "2020-01-01"
LARGEST_CHANGE = 0.25  # own setting: beyond it, settlement areas and Gemeinde do not match


def build_population(figures: pd.DataFrame) -> pd.DataFrame:
    """Return every figure with its state; ``used`` marks the newest on the Zensus 2011 base per Gemeinde."""
    doubtful = (figures["basis"] == "unklar") | (figures["date"] < OLDEST_USABLE)
    newest = figures[figures["basis"] == BASIS].sort_values("date").drop_duplicates("ags", keep="last").index
    table = figures[["ags", "date", "basis"]].assign(
        population=pd.to_numeric(figures["population"]),
        area_km2=pd.to_numeric(figures["area_km2"]),
        state=doubtful.map({True: str(State.UNRELIABLE), False: str(State.MEASURED)}),
        used=figures.index.isin(newest),
        source=figures["source"],
    )
    return table.sort_values(["ags", "date", "basis"], ignore_index=True)


def newest_population(population: pd.DataFrame) -> pd.DataFrame:
    """Return the figure in use per Gemeinde: population and its date, state and reason."""
    used = population[population["used"]].set_index("ags")
    old = used["state"] == State.UNRELIABLE
    text = "Stand " + german_date(used["date"]) + ", für eine eigene Aussage zu alt"
    return pd.DataFrame(
        {
            "population": used["population"],
            "population_date": used["date"],
            "population_state": used["state"],
            "population_reason": text.where(old, ""),
        }
    )


def sum_population(gemeinden: pd.DataFrame, target: pd.Series) -> pd.DataFrame:
    """Return the columns of ``newest_population`` summed to coarser areas.

    A sum over several dates or with a doubtful figure is estimated and says so;
    a single Gemeinde keeps its state.
    """
    counted = gemeinden["population_state"].replace(str(State.ZERO), str(State.MEASURED))  # a counted 0 is counted
    groups = gemeinden.assign(population_state=counted).groupby(target.reindex(gemeinden.index))
    oldest, newest = groups["population_date"].min(), groups["population_date"].max()
    mixed = (oldest != newest) | (groups["population_state"].agg(set).map(len) > 1)
    text = "Summe aus Ständen vom " + german_date(oldest) + " bis " + german_date(newest)
    return pd.DataFrame(
        {
            "population": groups["population"].sum(),
            "population_date": oldest,
            "population_state": groups["population_state"].first().mask(mixed, str(State.ESTIMATED)),
            "population_reason": groups["population_reason"].first().mask(mixed, text),
        }
    )


def judge_zensus(zensus2011: pd.Series, population: pd.Series) -> pd.DataFrame:
    """Return zensus_state and zensus_reason: whether the settlement sum of 2011 describes the Gemeinde.

    Settlement areas have no regard for borders. Where one reaches across, the sum differs from the newest
    figure by more than any Gemeinde here has lost or won since.
    """
    doubtful = (population / zensus2011 - 1).abs() > LARGEST_CHANGE
    reason = "Siedlungsflächen der Quelle reichen über die Gemeindegrenze, die Summe von 2011 passt nicht"
    return pd.DataFrame(
        {
            "zensus_state": doubtful.map({True: str(State.UNRELIABLE), False: str(State.ESTIMATED)}),
            "zensus_reason": doubtful.map({True: reason, False: ""}),
        }
    )


def sum_zensus_state(gemeinden: pd.DataFrame, target: pd.Series) -> pd.DataFrame:
    """Return zensus_state and zensus_reason of coarser areas; they name the doubtful Gemeinden inside."""
    group = target.reindex(gemeinden.index)
    doubtful = gemeinden["zensus_state"] == State.UNRELIABLE
    names = gemeinden["name"][doubtful].groupby(group[doubtful]).agg(", ".join)
    alone = group.map(group.value_counts()) == 1
    single = doubtful[alone].groupby(group[alone]).any()
    table = pd.DataFrame(index=pd.Index(sorted(group.dropna().unique())))
    unreliable = single.reindex(table.index, fill_value=False)
    return table.assign(
        zensus_state=unreliable.map({True: str(State.UNRELIABLE), False: str(State.ESTIMATED)}),
        zensus_reason=("Summe von 2011 nicht belastbar für: " + names).reindex(table.index).fillna(""),
    )


def build_settlements(points: gpd.GeoDataFrame, crosswalk: pd.DataFrame, people: pd.Series) -> gpd.GeoDataFrame:
    """Return the settlement areas with their Gemeinde of 2024 and their people scaled to ``people`` (by ags).

    What left before 2022 drops out. ``zensus2011`` and ``population`` stay missing where nobody was counted,
    ``ags`` and ``population`` outside today's district.
    """
    stayed = points["ags_2016"].isin(crosswalk.index[crosswalk["ags_2022"].notna()])
    frame = points[stayed].to_crs(METRIC_CRS).set_index("id").sort_index(key=lambda ids: ids.astype(int))
    ags = frame["ags_2016"].map(crosswalk["ags_2024"])
    counted = frame["zensus2011"].groupby(ags).sum()
    frame = frame.assign(ags=ags, population=frame["zensus2011"] * ags.map(people / counted))
    return frame[["ags", "population", "zensus2011", "area_ha", "ags_2016", "geometry"]]


def misplaced_settlements(settlements: gpd.GeoDataFrame, altgemeinden: gpd.GeoDataFrame) -> list[str]:
    """Return the ids of settlement points that lie outside the Gemeinde of 2016 that their source names."""
    home = altgemeinden.geometry.reindex(settlements["ags_2016"]).set_axis(settlements.index)
    return list(settlements.index[~home.covers(settlements.geometry, align=False)])


def german_date(dates: pd.Series) -> pd.Series:
    """Return ISO dates as day.month.year."""
    return pd.to_datetime(dates).dt.strftime("%d.%m.%Y")
