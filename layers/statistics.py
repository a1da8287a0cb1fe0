"""All statistics of a district on its territory: observations of any state and level -> figures per level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from geodata import catalog
from geodata.catalog import Indicator, Source
from geodata.catalog.formula import names, parse
from geodata.catalog.indices import indices
from geodata.confidentiality import Audience
from geodata.harmonise import read_verbaende, to_areas
from geodata.model import GeoData, State
from geodata.observations import Territory, single_key
from geodata.plausibility import implausible_zero
from layers.cube import Cells, Cube, aggregate, build_cube, filled_up
from layers.describe import LayerText
from layers.figures import Figures, compute_figures, table_of
from layers.formulas import evaluate
from layers.frames import empty
from layers.indices import SHOWN_AS
from layers.inputs import LEVELS, areas
from layers.protect import Catalogue, Hidden, is_hidden, protect

CELL = ["part", "key", "year"]
RATES = "rate"
LAND, VERBAND, PUBLISHED = "land", "verband", "veröffentlicht"
IDENTITY = ["part", "key", "basis", "gebietsstand"]
Notes = dict[tuple[str, str, int], str]
GAP_ABOVE = 10
GAP = "0 zwischen deutlich größeren Werten der Nachbarjahre: vermutlich Lücke der Quelle, als fehlend gezeigt."
GAP_ONLY = "Die Angabe der Quelle ist nicht plausibel und als fehlend gezeigt."
SECRET = frozenset({State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY})


@dataclass(frozen=True, eq=False)
class Statistics:
    """Figures per level (and of the Land, under its key), and what is to be said of single counts.

    ``notes``: level -> (part, key, year) -> why a count is an estimate or not there. ``origins``: the files behind a
    part, the newest first. ``hidden``: how many figures the audience does not see. ``published``: counts of the Kreis
    as their sources give them, for checks only.
    """

    levels: Mapping[str, Figures]
    notes: Mapping[str, Mapping[tuple[str, str, int], str]]
    origins: Mapping[str, tuple[Source, ...]]
    hidden: Hidden = field(default_factory=Hidden)
    published: Cube | None = None
    _periods: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def periods(self, key: str) -> tuple[str, ...]:
        """Return the years in which an indicator has a value on any level, newest first."""
        if key not in self._periods:
            self._periods[key] = self._years_of(key) if key in catalog.indicators() else ()
        return self._periods[key]

    def land_value(self, key: str, period: str) -> float | None:
        """Return the figure of the Land for a year, None where it was not published."""
        figures = self.levels.get(LAND)
        if figures is None or not period.isdecimal() or int(period) not in figures.cube.years:
            return None
        value = float(table_of(figures.result(key), int(period))["value"].iloc[0])
        return None if np.isnan(value) else value

    def newest(self, level: str, key: str) -> str:
        """Return the newest year in which an indicator has a value on a level, else on any."""
        here = self.levels[level].result(key).known_years if self.levels[level].cube.years else ()
        return str(here[0]) if here else self.periods(key)[0]

    def _years_of(self, key: str) -> tuple[str, ...]:
        here = [self.levels[level] for level in LEVELS if level in self.levels and self.levels[level].cube.years]
        known = {year for figures in here for year in figures.result(key).known_years}
        return tuple(str(year) for year in sorted(known, reverse=True))

    def table(self, level: str, key: str, period: str | None = None) -> pd.DataFrame | None:
        """Return value, state, base and reason per area for a year, by default its newest; None without any."""
        known = self.periods(key)
        if not known or (period is not None and period not in known):
            return None
        year = int(period or self.newest(level, key))
        result = self.levels[level].result(key)
        if year not in result.years:
            return empty(result.areas, State.MISSING, f"Für {year} liegt kein Wert vor.")
        return self._noted(table_of(result, year), level, key, year)

    def _noted(self, table: pd.DataFrame, level: str, key: str, year: int) -> pd.DataFrame:
        """Return ``table`` with what is known of single counts; that says more than the reason for a state."""
        said = self.notes.get(level, {})
        used = parts_of(catalog.indicators()[key], catalog.indicators()) if said else frozenset()
        for area in table.index:
            texts = {said[part, area, year] for part in sorted(used) if (part, area, year) in said}
            if texts and table.at[area, "state"] not in SECRET:
                table.at[area, "reason"] = " ".join(sorted(texts))
        return table

    def sources(self, indicator: Indicator) -> tuple[Source, ...]:
        """Return the files that an indicator rests on, each once."""
        used = [self.origins.get(part, ()) for part in sorted(parts_of(indicator, catalog.indicators()))]
        return tuple(dict.fromkeys(source for sources in used for source in sources))


NO_STATISTICS = Statistics({}, {}, {})


def described_by(text: LayerText, statistics: Statistics, indicator: Indicator, period: str) -> LayerText:
    """Return the words around a layer that rests on imported figures: their year, files and rule of territory."""
    sources = statistics.sources(indicator)
    files = ", ".join(dict.fromkeys(source.file for source in sources))
    notes = (*text.notes, f"Gelesen aus: {files}.") if files else text.notes
    base = "Fälle" if indicator.per else ""
    return replace(text, stand=period, sources=sources, notes=notes, base=base)


def described_index(text: LayerText, statistics: Statistics, level: str) -> LayerText:
    """Return the words around an index: the years and files of its members, and what must be known to read it."""
    index, known = indices()[SHOWN_AS["BEL01"]], catalog.indicators()
    used = [member.indicator for member in index.members if statistics.periods(member.indicator)]
    years = ", ".join(f"{key} {statistics.newest(level, key)}" for key in used)
    files = [source for key in used for source in statistics.sources(known[key])]
    return replace(
        text,
        name=f"{text.name}: {index.name}",
        stand=years or text.stand,
        sources=tuple(dict.fromkeys(files)),
        method="Mittel der robusten z-Werte (Abstand vom Median in Streuungen); 0 ist mittlere Belastung",
        notes=(index.limits, *index.traps),
        base="Anteil des Gewichts",
    )


def build_statistics(
    data: GeoData,
    observations: pd.DataFrame,
    territory: Territory,
    imports: Mapping[int, Source],
    audience: Audience = "oeffentlich",
) -> Statistics:
    """Return everything that follows from the observations of the store, on the territory of the dataset.

    What the audience must not see is gone before any indicator is computed, so that nothing derived can show it.
    ``imports``: the file behind each number of an import.
    """
    cubes, notes = build_cubes(data, without_gaps(observations), territory)
    published = cubes.pop(PUBLISHED)
    indicators, parts = catalog.indicators(), catalog.parts()
    cubes, hidden = protect(cubes, areas_of(data), Catalogue(parts, indicators), audience)
    notes = {level: _discreet(said, cubes[level]) for level, said in notes.items()}
    shows_small = audience == "intern"
    levels = {level: compute_figures(cube, indicators, parts, shows_small=shows_small) for level, cube in cubes.items()}
    numbers = observations.groupby("part")["import_id"].unique()
    origins = {
        str(part): tuple(imports[int(n)] for n in sorted(found, reverse=True) if int(n) in imports)
        for part, found in numbers.items()
    }
    return Statistics(levels, notes, origins, hidden, published)


def parts_of(indicator: Indicator, indicators: Mapping[str, Indicator]) -> frozenset[str]:
    """Return the parts that an indicator rests on, with itself, as it may be published ready made."""
    if indicator.formula:
        return frozenset().union(*(parts_of(indicators[key], indicators) for key in names(parse(indicator.formula))))
    formulas = [text for text in (indicator.count, indicator.per) if text]
    return frozenset({indicator.id}).union(*(names(parse(text)) for text in formulas))


def build_cubes(
    data: GeoData, observations: pd.DataFrame, territory: Territory
) -> tuple[dict[str, Cube], dict[str, Notes]]:
    """Return the counts per level: summed from the Gemeinden, and as published where such a sum cannot be formed."""
    parts = catalog.parts()
    rates = frozenset(key for key, part in parts.items() if part.kind == RATES) | frozenset(catalog.indicators())
    groups = areas_of(data)
    people = people_by_key(data)
    length = observations["key"].str.len()
    published = {
        "gemeinde": observations[(length == 8) | ((length == 9) & (observations["key"].str[5] == "0"))],
        "sozialraum": of_verbaende(observations),
        VERBAND: of_verbaende(observations),
        "kreis": observations[length == 5],
    }
    cubes: dict[str, Cube] = {}
    notes: dict[str, Notes] = {}
    below: Cube | None = None
    for level, rows in ((level, published[level]) for level in groups):
        own = to_areas(rows, territory, groups[level], people, rates)
        notes[level] = _notes(own)
        index = areas(data, level).index if level != VERBAND else pd.Index(sorted(groups[level].unique()))
        cube = build_cube(own, index)
        if level == "kreis":
            cubes[PUBLISHED] = cube
        if below is not None:
            cube = filled_up(aggregate(below, groups[level], index, weights_of(below)), cube)
        cubes[level] = cube
        below = cubes["gemeinde"]
    land = observations[observations["key"].isin([territory.land, "DG"])]
    cubes[LAND] = build_cube(land, pd.Index([territory.land, "DG"]))
    return cubes, notes


def without_gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Return observations with zeros that cannot be true as missing, and the ``reason``.

    A zero of a source between two figures above GAP_ABOVE is a gap, never nothing (INKAR: Amt Creuzburg 2019).
    """
    rows = rows.assign(reason="")
    if not (rows["value"] == 0).any():
        return rows
    series = rows.groupby(IDENTITY, sort=False).ngroup().to_numpy()
    year = rows["year"].to_numpy(int) - int(rows["year"].min())
    known = np.full((year.max() + 1, series.max() + 1), np.nan)
    known[year, series] = rows["value"].to_numpy(float)
    hit = implausible_zero(known, GAP_ABOVE)[year, series]
    gone = rows.assign(value=rows["value"].mask(hit), state=rows["state"].mask(hit, str(State.MISSING)))
    return gone.assign(reason=np.where(hit, GAP, ""))


def _discreet(notes: Notes, cube: Cube) -> Notes:
    """Return notes that say nothing of figures which the audience does not see: a gap is told by its neighbours."""
    kept = {}
    for (part, area, year), text in notes.items():
        told = text == GAP and area in cube.areas
        secret = told and is_hidden(cube.cells(part))[:, cube.areas.get_loc(area)].any()
        kept[part, area, year] = GAP_ONLY if secret else text
    return kept


def areas_of(data: GeoData) -> dict[str, pd.Series]:
    """Return per level the area that every Gemeinde belongs to.

    Where the district shows areas of its own, the Verbände are a level beside them: their figures are public too, so
    that nothing hidden may follow from either.
    """
    keys = data.gemeinden.index
    return {
        "gemeinde": pd.Series(keys, index=keys),
        "sozialraum": data.gemeinden["sozialraum"].astype(object),
        **({VERBAND: data.gemeinden[VERBAND].astype(object)} if VERBAND in data.gemeinden else {}),
        "kreis": pd.Series(data.ags, index=keys),
    }


def people_by_key(data: GeoData) -> pd.Series:
    """Return people of the Zensus 2011 by every key that a Gemeinde has had, to judge how much one that left weighs."""
    alt = data.altgemeinden
    now = data.gemeinden["zensus2011"].astype(float)
    grouped = [alt["zensus2011"].astype(float).groupby(alt[state]).sum() for state in ("ags_2022", "ags_2024")]
    people: pd.Series = pd.concat([alt["zensus2011"].astype(float), *grouped, now]) if len(alt) else now
    return people[~people.index.duplicated(keep="last")]


def _notes(rows: pd.DataFrame) -> dict[tuple[str, str, int], str]:
    said = rows[rows["reason"] != ""]
    keys = zip(said["part"], said["key"], said["year"].astype(int), strict=True)
    return dict(zip(keys, said["reason"], strict=True))


def weights_of(cube: Cube) -> dict[str, Cells | None]:
    """Return the parts of a cube that are rates, each with what it is a rate of, None where that is not known.

    Rates are the parts of that kind, and indicators that are published ready made.
    """
    parts, indicators = catalog.parts(), catalog.indicators()
    weights: dict[str, Cells | None] = {}
    for name in cube.parts:
        if name in indicators:
            per = indicators[name].per
            weights[name] = evaluate(parse(per), cube.cells) if per else None
        elif parts[name].kind == RATES:
            weights[name] = cube.cells(parts[name].weight)
    return weights


def of_verbaende(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of Gemeindeverbände, and beside them those of Gemeinden that no Verband speaks for."""
    group = ["part", "year", "gebietsstand"]
    long_key = rows[rows["key"].str.len() == 9]
    members = long_key["key"].map(lambda key: read_verbaende().get(key, (single_key(key),)))
    spoken_for = pd.MultiIndex.from_frame(long_key.assign(key=members).explode("key")[[*group, "key"]])
    short = rows[rows["key"].str.len() == 8]
    beside = pd.MultiIndex.from_frame(short[group]).isin(pd.MultiIndex.from_frame(long_key[group].drop_duplicates()))
    alone = ~pd.MultiIndex.from_frame(short[[*group, "key"]]).isin(spoken_for)
    return pd.concat([long_key, short[beside & alone]])
