"""Series on one territorial state: changes by hand, the real ones, INKAR's own figures on two states as oracle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import crosswalk, dataset, imports
from geodata.harmonise import INCOMPLETE, OTHER_AREA, compose, read_verbaende, to_areas
from geodata.observations import Territory, judge, territory_of
from geodata.territory import read_gemeinden
from layers.statistics import areas_of, of_verbaende, people_by_key

INKAR = Path(__file__).parents[2] / "shared" / "data" / "indicators"
DATA = dataset.load("16063")
TERRITORY = territory_of(DATA)
GEMEINDEN = areas_of(DATA)["gemeinde"]
KREIS = areas_of(DATA)["kreis"]
PEOPLE = people_by_key(DATA)
NO_RATES: frozenset[str] = frozenset()


def rows(
    state: str, year: int, values: dict[str, float], *, part: str = "arbeitslose", basis: str = ""
) -> pd.DataFrame:
    frame = pd.DataFrame({"key": list(values), "value": list(values.values())})
    frame["state"] = np.where(frame["value"].isna(), "missing", "measured")
    return frame.assign(part=part, year=year, basis=basis, stand=str(year), gebietsstand=state, row="Zeile 2")


def harmonised(frame: pd.DataFrame, areas: pd.Series = GEMEINDEN, rates: frozenset[str] = NO_RATES) -> pd.DataFrame:
    return to_areas(frame, TERRITORY, areas, PEOPLE, rates).set_index("key")


def every(day: str, value: float = 1.0) -> dict[str, float]:
    keys = crosswalk.keys_in_use(TERRITORY.changes, TERRITORY.gemeinden, date.fromisoformat(day))
    return dict.fromkeys(keys, value)


def test_gemeinden_that_joined_are_summed() -> None:
    whole = harmonised(rows("2022-12-31", 2022, {"16063104": 4628, "16063028": 317, "16063037": 184}))
    assert whole.at["16063104", "value"] == 4945
    assert whole.at["16063104", "state"] == "measured"
    assert "16063037" not in whole.index, "Hallungen left"


def test_a_sum_that_lacks_a_former_gemeinde_is_missing_and_says_so() -> None:
    whole = harmonised(rows("2022-12-31", 2022, {"16063104": 4628}))
    assert np.isnan(whole.at["16063104", "value"])
    assert whole.at["16063104", "state"] == "missing"
    assert whole.at["16063104", "reason"] == INCOMPLETE


def test_moorgrund_counts_for_bad_salzungen_before_2020_and_eisenach_keeps_its_number() -> None:
    whole = harmonised(rows("2019-12-31", 2019, {"16063003": 700, "16063094": 60, "16056000": 1700}))
    assert whole["value"].to_dict() == {"16063003": 760, "16063105": 1700}


@pytest.mark.parametrize("day", ["2011-12-31", "2013-12-31", "2016-12-31", "2019-06-30", "2021-12-31", "2024-01-01"])
def test_every_area_of_today_is_complete_from_every_state(day: str) -> None:
    whole = harmonised(rows(day, int(day[:4]), every(day)))
    assert sorted(whole.index) == sorted(GEMEINDEN)
    assert (whole["state"] == "measured").all()


def test_a_rate_of_one_gemeinde_stays_and_of_several_is_gone() -> None:
    rates = frozenset({"WOH05"})
    whole = harmonised(
        rows("2022-12-31", 2022, {"16063104": 5.1, "16063028": 4.0, "16063105": 5.9}, part="WOH05"), rates=rates
    )
    assert whole.at["16063105", "value"] == 5.9
    assert whole.at["16063104", "state"] == "missing"


def test_the_kreis_of_2022_stands_for_today_as_an_estimate_that_names_hallungen() -> None:
    whole = harmonised(rows("2022-12-31", 2022, {"16063": 159_539}), KREIS)
    assert whole.at["16063", "state"] == "estimated"
    assert whole.at["16063", "reason"].startswith("Enthält noch Hallungen (0,1 %")


def test_the_kreis_without_eisenach_is_no_figure_of_today() -> None:
    alone = harmonised(rows("2019-12-31", 2019, {"16063": 118_974}), KREIS)
    assert np.isnan(alone.at["16063", "value"])
    both = harmonised(rows("2019-12-31", 2019, {"16063": 118_974, "16056": 42_250}), KREIS)
    assert both.at["16063", "value"] == 161_224
    assert both.at["16063", "state"] == "estimated"


def test_the_kreis_with_kaltennordheim_is_another_area() -> None:
    both = harmonised(rows("2017-12-31", 2017, {"16063": 123_000, "16056": 42_000}), KREIS)
    assert both.at["16063", "state"] == "break"
    assert both.at["16063", "reason"] == OTHER_AREA


def test_a_missing_part_is_never_a_zero() -> None:
    whole = harmonised(rows("2022-12-31", 2022, {"16063104": 4628, "16063028": np.nan}))
    assert np.isnan(whole.at["16063104", "value"])
    assert whole.at["16063104", "state"] == "missing"


@given(st.data())
def test_the_sum_of_what_was_harmonised_is_the_harmonised_sum(data: st.DataObject) -> None:
    day = data.draw(st.sampled_from(["2011-12-31", "2016-12-31", "2019-12-31", "2022-12-31"]))
    known = {key: float(data.draw(st.integers(0, 10**5))) for key in every(day)}
    frame = rows(day, int(day[:4]), known)
    single, whole = harmonised(frame), harmonised(frame, KREIS)
    assert single["value"].sum() == whole.at["16063", "value"]
    stays = compose(TERRITORY, date.fromisoformat(day), GEMEINDEN).target.dropna().index
    assert single["value"].sum() == sum(known[key] for key in stays)


def test_verbaende_have_gemeinden_that_were_in_use() -> None:
    known = set(every("2022-12-31"))
    assert {gemeinde for found in read_verbaende().values() for gemeinde in found} <= known


@pytest.mark.skipif(not INKAR.is_dir(), reason="the files of INKAR are not on this machine")
def test_inkar_on_the_state_of_2019_carried_to_2022_is_inkars_own_series_of_2022() -> None:
    target = Territory(TERRITORY.changes, TERRITORY.gemeinden, TERRITORY.kreise, TERRITORY.land, date(2022, 12, 31))
    raeume = read_gemeinden()["sozialraum"].astype(object)
    people = pd.Series(1.0, index=raeume.index)
    reader, items = imports.reader("inkar"), imports.items("inkar")
    older = reader.read(INKAR / "inkar_gvb_gebietsstand2019.csv")
    newer = reader.read(INKAR / "inkar2024_gemeinde_gvb_gebietsstand2022.csv")
    before = judge(older, items, TERRITORY, gebietsstand="2019-12-31").observations
    after = judge(newer, items, TERRITORY, gebietsstand="2022-12-31").observations
    carried = to_areas(of_verbaende(before), target, raeume, people, NO_RATES)
    own = to_areas(after[after["key"].str.len() == 8], target, raeume, people, NO_RATES)
    both = carried.merge(own, on=["key", "part", "year"], suffixes=("_carried", "_own"))
    assert len(both) >= 650
    assert set(both["part"]) == {"arbeitslose", "bev_15_64"}
    assert (both["value_carried"] == both["value_own"]).all()
