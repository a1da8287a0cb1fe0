"""Statistics in the atlas: what was read in is what maps, tables and words show, on all levels and for every year."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata import catalog, dataset, imports
from geodata.catalog import Source
from geodata.catalog.formula import names, parse
from geodata.observations import judge, territory_of
from layers.atlas import build_atlas, renew
from layers.keys import IndicatorKey, parse_key
from layers.statistics import NO_STATISTICS, Statistics, build_statistics, parts_of
from reports.tables import map_csv
from views.components.mappage import view_of
from views.selection import Selection

INKAR = Path(__file__).parents[2] / "shared" / "data" / "indicators"
DATA = dataset.load("16063")
TERRITORY = territory_of(DATA)
KEYS = sorted(DATA.gemeinden.index)
FILE = Source("inkar-1", "INKAR", "BBSR", "dl-de/by-2-0", "© BBSR", "2024-05-01", "inkar.csv", "0" * 64, "Statistik")


def counted(part: str, year: int, value: float, basis: str = "") -> pd.DataFrame:
    frame = pd.DataFrame({"key": KEYS, "value": value, "state": "measured"})
    return frame.assign(
        part=part, year=year, stand=str(year), gebietsstand="2024-01-01", basis=basis, row="Zeile 2", import_id=1
    )


def statistics(*frames: pd.DataFrame) -> Statistics:
    return build_statistics(DATA, pd.concat(frames, ignore_index=True), TERRITORY, {1: FILE})


UNEMPLOYED = statistics(
    *(counted("arbeitslose", year, 10 * (year - 2000)) for year in (2020, 2021)),
    *(counted("bev_15_64", year, 4000) for year in (2020, 2021)),
)


def test_without_figures_the_atlas_says_what_is_missing() -> None:
    table = build_atlas(DATA).table("gemeinde", IndicatorKey("ARB02"))
    assert set(table["state"]) == {"missing"}
    assert table["reason"].iloc[0].startswith("Noch keine Daten.")


def test_an_indicator_shows_its_newest_year_and_every_other_on_demand() -> None:
    atlas = build_atlas(DATA, UNEMPLOYED)
    key = parse_key("ARB02")
    assert atlas.periods(key) == ("2021", "2020")
    assert atlas.values("gemeinde", "ARB02")["value"].unique().tolist() == [100 * 210 / 4000]
    assert atlas.values("kreis", "ARB02", "2020")["value"].tolist() == pytest.approx([100 * 200 / 4000])
    assert "ARB02" in atlas.filled
    with pytest.raises(KeyError):
        atlas.table("gemeinde", key, "1999")


def test_the_words_around_it_name_year_files_and_licence() -> None:
    text = build_atlas(DATA, UNEMPLOYED).layer("gemeinde", IndicatorKey("ARB02")).text
    assert text.stand == "2021"
    assert [source.attribution for source in text.sources] == ["© BBSR"]
    assert "Gelesen aus: inkar.csv." in text.notes


def test_new_figures_replace_the_old_ones_in_a_running_atlas() -> None:
    atlas = build_atlas(DATA)
    assert not atlas.periods(IndicatorKey("ARB02"))
    renew(atlas, UNEMPLOYED)
    assert atlas.values("gemeinde", "ARB02")["value"].notna().all()
    renew(atlas, NO_STATISTICS)
    assert atlas.values("gemeinde", "ARB02")["value"].isna().all()
    assert "ARB02" not in atlas.filled


def test_population_of_the_store_takes_the_place_of_collected_figures() -> None:
    own = build_atlas(DATA).values("gemeinde", "BEV01")["value"]
    read = build_atlas(DATA, statistics(counted("bev", 2024, 1234, "Zensus 2022"))).values("gemeinde", "BEV01")["value"]
    assert (read == 1234).all()
    assert not (own == 1234).any()


def test_every_indicator_of_parts_can_be_computed_and_says_which_it_needs() -> None:
    every = catalog.indicators()
    used = set().union(*(parts_of(indicator, every) for indicator in every.values())) & set(catalog.parts())
    years = range(2016, 2024)
    bases = set().union(*(names(parse(indicator.per)) for indicator in every.values() if indicator.per))
    tops = {indicator.count for indicator in every.values()}
    sizes = {part: 900 if part in bases - tops else 600 if part in bases else 300 for part in sorted(used)}
    frames = [counted(part, year, size) for part, size in sizes.items() for year in years]
    full = statistics(*frames)
    for key, indicator in every.items():
        if indicator.count:
            assert full.periods(key), key
            table = full.table("gemeinde", key)
            assert table is not None
            assert table["value"].notna().all(), key


def test_states_survive_from_file_to_csv() -> None:
    values = [2.0, np.nan, 0.0, *[300.0] * (len(KEYS) - 3)]
    states = ["measured", "missing", "measured", *["provisional"] * (len(KEYS) - 3)]
    figures = counted("arbeitslose", 2021, 0).assign(value=values, state=states)
    atlas = build_atlas(DATA, statistics(figures, counted("bev_15_64", 2021, 4000)))
    selection = Selection(handlungsfeld="CHA", indicator="ARB02")
    view = view_of(atlas, selection)
    table = pd.read_csv(io.BytesIO(map_csv(atlas, view, selection)), sep=";", decimal=",", dtype=str)
    said = table.apply(lambda row: " ".join(map(str, row)), axis=1)
    by_key = {key: next(text for text in said if key in text) for key in KEYS}
    assert "geheim" in by_key[KEYS[0]]
    assert "2,0" not in by_key[KEYS[0]]
    assert "keine Angabe" in by_key[KEYS[1]]
    assert "genau null" in by_key[KEYS[2]] or "geheim" in by_key[KEYS[2]]
    assert "vorläufig" in by_key[KEYS[5]]


@pytest.mark.skipif(not INKAR.is_dir(), reason="the files of INKAR are not on this machine")
def test_the_real_series_gives_the_known_share_of_2021() -> None:
    reading = imports.reader("inkar").read(INKAR / "inkar_gemeinden_16063_arbeitslose_erwerbsfaehige.csv")
    found = judge(reading, imports.items("inkar"), TERRITORY, gebietsstand="2022-12-31").observations
    real = build_statistics(DATA, found.assign(import_id=1), TERRITORY, {1: FILE}, "intern")
    table = real.table("gemeinde", "ARB02", "2021")
    assert table is not None
    assert table.at["16063105", "value"] == pytest.approx(100 * 1631 / 25341)
    kreis = real.table("kreis", "ARB02", "2021")
    assert kreis is not None
    assert kreis["value"].iloc[0] == pytest.approx(100 * (4545 - 8) / (95_727 - 109), abs=1e-9), "without Hallungen"
