"""How old the people of an area are: the official age groups where they were read in, else those of census cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.assemble.cells import OLDEST, ages_of
from geodata.model import State
from geodata.sources.zensus_grid import age_columns
from layers.atlas import Atlas
from layers.cube import FIRST_EMPTY, STATES
from layers.german import number
from layers.portrait import Value
from layers.sentences import LEVEL_ONE

GROUPS = {
    "bev_0_2": "unter 3",
    "bev_3_5": "3 bis 5",
    "bev_6_9": "6 bis 9",
    "bev_10_14": "10 bis 14",
    "bev_15_17": "15 bis 17",
    "bev_18_19": "18 bis 19",
    "bev_20_24": "20 bis 24",
    "bev_25_29": "25 bis 29",
    "bev_30_34": "30 bis 34",
    "bev_35_39": "35 bis 39",
    "bev_40_44": "40 bis 44",
    "bev_45_49": "45 bis 49",
    "bev_50_54": "50 bis 54",
    "bev_55_59": "55 bis 59",
    "bev_60_64": "60 bis 64",
    "bev_65_74": "65 bis 74",
    "bev_75_plus": "75 und älter",
}
OFFICIAL_NOTE = (
    "Die amtlichen Altersgruppen sind verschieden breit; verglichen wird der Anteil mit dem des Landkreises."
)
CELLS_NOTE = (
    "Summe der Rasterzellen des Zensus im Gebiet, auf die heutige Einwohnerzahl umgerechnet: geschätzt. Gruppen, deren "
    "Zellen teils geheim sind, haben keinen Wert."
)
HIDDEN_CELLS = "Ein Teil der Rasterzellen ist geheim: keine Summe."


@dataclass(frozen=True)
class AgeGroup:
    """People of one age, and their share (%) here, in the area it is compared with, in the Kreis; NaN where unknown."""

    label: str
    people: Value
    share: float
    compare: float
    kreis: float


@dataclass(frozen=True)
class Ages:
    """The age groups of an area, youngest first, with date and sources."""

    groups: tuple[AgeGroup, ...]
    stand: str
    sources: tuple[str, ...]
    note: str


def ages_of_area(atlas: Atlas, level: str, area: str, compare: str = "") -> Ages | None:
    """Return the age groups of an area; None where neither statistics nor census cells have them."""
    wanted = [(level, area), (level, compare), ("kreis", atlas.data.ags)]
    return _official(atlas, wanted) or _from_cells(atlas, wanted)


def _official(atlas: Atlas, wanted: list[tuple[str, str]]) -> Ages | None:
    """Return the 17 official groups in the newest year in which all are there for the area."""
    statistics = atlas.current.statistics
    level, area = wanted[0]
    figures = statistics.levels.get(level)
    if figures is None or not set(GROUPS) <= set(figures.cube.parts):
        return None
    for year in reversed(figures.cube.years):
        people = _counts(atlas, level, area, year)
        if all(value.known for value in people):
            others = [_counts(atlas, other, key, year) if key else [] for other, key in wanted[1:]]
            named = [source.attribution for part in GROUPS for source in statistics.origins.get(part, ())]
            return _ages(list(GROUPS.values()), [people, *others], str(year), named, OFFICIAL_NOTE)
    return None


def _counts(atlas: Atlas, level: str, area: str, year: int) -> list[Value]:
    """Return the groups of an area as the audience may see them: the cube of the statistics is protected."""
    cube = atlas.current.statistics.levels[level].cube
    if year not in cube.years:
        return [Value() for _ in GROUPS]
    row, column = cube.years.index(year), cube.areas.get_loc(area)
    found = []
    for part in GROUPS:
        cells = cube.cells(part)
        code = cells.code[row, column]
        value = float(cells.value[row, column]) if code < FIRST_EMPTY else float("nan")
        state = State.ZERO if value == 0 and STATES[code] == State.MEASURED else STATES[code]
        found.append(Value(value, str(state)))
    return found


def _from_cells(atlas: Atlas, wanted: list[tuple[str, str]]) -> Ages | None:
    """Return the groups of the census cells; estimates, and missing where a cell of the area is hidden."""
    cells = atlas.data.demand
    names = partition(age_columns(cells))
    if not names:
        return None
    in_kreis = cells["ags"].isin(atlas.data.gemeinden.index)
    of_level = {
        "gemeinde": cells["ags"],
        "sozialraum": cells["ags"].map(atlas.data.gemeinden["sozialraum"]),
        "kreis": pd.Series(atlas.data.ags, cells.index).where(in_kreis),
    }
    people = [_summed(cells[of_level[level] == key], names) if key else [] for level, key in wanted]
    sources = [source.attribution for source in atlas.data.sources_of("homes")]
    census = f"Zensus {int(atlas.data.cells['census'].iloc[0])}" if len(atlas.data.cells) else "Zensus"
    return _ages([age_words(name) for name in names], people, census, sources, CELLS_NOTE)


def _summed(cells: pd.DataFrame, names: list[str]) -> list[Value]:
    sums = cells[names].sum(min_count=1).where(cells[names].notna().all())
    return [
        Value(float(value), str(State.ESTIMATED)) if pd.notna(value) else Value(reason=HIDDEN_CELLS) for value in sums
    ]


def partition(names: list[str]) -> list[str]:
    """Return the finest age groups that lie side by side from 0 to the oldest; empty where none do.

    >>> partition(["age_0_17", "age_18_plus", "age_65_plus", "age_18_64", "age_0_9"])
    ['age_0_17', 'age_18_64', 'age_65_plus']
    """

    def chain(start: int) -> list[str] | None:
        if start > OLDEST:
            return []
        rests = [(name, chain(ages_of(name)[1] + 1)) for name in names if ages_of(name)[0] == start]
        chains = [[name, *rest] for name, rest in rests if rest is not None]
        return max(chains, key=len, default=None)

    return chain(0) or []


def age_words(name: str) -> str:
    """Return an age group in words.

    >>> age_words("age_0_17"), age_words("age_18_29"), age_words("age_65_plus")
    ('unter 18', '18 bis 29', '65 und älter')
    """
    first, last = ages_of(name)
    if last == OLDEST:
        return f"{first} und älter"
    return f"{first} bis {last}" if first else f"unter {last + 1}"


def _ages(labels: list[str], people: list[list[Value]], stand: str, sources: list[str], note: str) -> Ages:
    shares = [_shares(values, len(labels)) for values in people]
    groups = tuple(
        AgeGroup(label, people[0][place], *(float(share[place]) for share in shares))
        for place, label in enumerate(labels)
    )
    return Ages(groups, stand, tuple(dict.fromkeys(sources)), note)


def _shares(values: list[Value], length: int) -> np.ndarray:
    """Return the shares in %; NaN where there is no sum of all groups."""
    counts = np.array([value.value for value in values] or [np.nan] * length)
    total = counts.sum()
    return 100 * counts / total if total > 0 else np.full(length, np.nan)


def ages_sentence(ages: Ages, level: str) -> str:
    """Return the finding: in which group the area differs most from the Kreis."""
    known = [group for group in ages.groups if not np.isnan(group.share) and not np.isnan(group.kreis)]
    if not known:
        return "Anteile lassen sich nicht bilden, weil nicht alle Altersgruppen einen Wert haben."
    most = max(known, key=lambda group: abs(group.share - group.kreis))
    word = "mehr" if most.share > most.kreis else "weniger"
    here = {"gemeinde": "In dieser Gemeinde", "sozialraum": "In diesem Sozialraum"}.get(level, LEVEL_ONE[level])
    if abs(most.share - most.kreis) < 0.05:
        return f"{here} ist der Altersaufbau wie im Landkreis."
    return (
        f"{here} leben anteilig {word} Menschen im Alter „{most.label}“ als im Landkreis: {number(most.share, 1)} % "
        f"gegenüber {number(most.kreis, 1)} %. Das ist der größte Unterschied aller Altersgruppen."
    )
