"""Confidentiality of the cubes: who sees what, and that nothing that is shown gives a hidden figure away."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from geodata import catalog, dataset
from geodata.observations import territory_of
from layers.figures import table_of
from layers.protect import Catalogue, is_hidden, secrecy_of
from layers.statistics import Statistics, areas_of, build_statistics

DATA = dataset.load("16063")
TERRITORY = territory_of(DATA)
KEYS = sorted(DATA.gemeinden.index)
GROUPS = areas_of(DATA)
CATALOGUE = Catalogue(catalog.parts(), catalog.indicators())
GERSTENGRUND = "16063033"


def observed(part: str, values: list[float], *, year: int = 2023, state: str = "measured") -> pd.DataFrame:
    frame = pd.DataFrame({"key": KEYS, "value": values, "state": state})
    return frame.assign(
        part=part, year=year, stand=str(year), gebietsstand="2024-01-01", basis="", row="Zeile 2", import_id=1
    )


def shown(*frames: pd.DataFrame, audience: str = "oeffentlich") -> Statistics:
    return build_statistics(DATA, pd.concat(frames, ignore_index=True), TERRITORY, {}, audience)


def counts(statistics: Statistics, level: str, part: str) -> np.ndarray:
    return statistics.levels[level].cube.cells(part).value[0]


def values(small: dict[str, float], usual: float = 500) -> list[float]:
    return [small.get(key, usual) for key in KEYS]


@pytest.mark.parametrize(
    ("part", "count", "audience", "is_shown"),
    [
        ("arbeitslose", 2, "oeffentlich", False),
        ("arbeitslose", 3, "oeffentlich", True),
        ("arbeitslose", 0, "oeffentlich", True),
        ("arbeitslose", 2, "gremium", False),
        ("arbeitslose", 2, "intern", True),
        ("leistungsberechtigte", 9, "oeffentlich", False),
        ("leistungsberechtigte", 10, "oeffentlich", True),
        ("leistungsberechtigte", 9, "gremium", True),
        ("leistungsberechtigte", 2, "gremium", False),
        ("bev", 1, "oeffentlich", True),
    ],
)
def test_who_sees_a_small_count(part: str, count: float, audience: str, is_shown: bool) -> None:
    statistics = shown(observed(part, values({GERSTENGRUND: count})), audience=audience)
    found = counts(statistics, "gemeinde", part)[KEYS.index(GERSTENGRUND)]
    assert (found == count) if is_shown else np.isnan(found)


def test_all_of_a_universe_is_hidden_like_none_left() -> None:
    everybody = shown(
        observed("elb", values({GERSTENGRUND: 60})), observed("elb_langzeit", values({GERSTENGRUND: 60}, usual=250))
    )
    assert np.isnan(counts(everybody, "gemeinde", "elb_langzeit")[KEYS.index(GERSTENGRUND)])


def test_one_hidden_count_hides_a_second_so_that_the_sums_stay_open() -> None:
    statistics = shown(observed("arbeitslose", values({GERSTENGRUND: 2})))
    hidden = np.isnan(counts(statistics, "gemeinde", "arbeitslose"))
    assert hidden.sum() == 2
    geisa = DATA.gemeinden["sozialraum"][KEYS].to_numpy() == "geisa"
    assert geisa[hidden].all(), "in the same Sozialraum, whose sum is shown"
    assert statistics.hidden.primary == 1
    assert statistics.hidden.secondary == 1
    assert not np.isnan(counts(statistics, "kreis", "arbeitslose")).any()


def test_a_single_gemeinde_and_its_sozialraum_are_hidden_together() -> None:
    statistics = shown(observed("arbeitslose", values({"16063076": 1})))
    assert np.isnan(counts(statistics, "gemeinde", "arbeitslose")[KEYS.index("16063076")])
    place = list(DATA.sozialraeume.index).index("treffurt")
    assert np.isnan(counts(statistics, "sozialraum", "arbeitslose")[place])


def test_what_the_source_keeps_secret_is_protected_too() -> None:
    secret = observed("arbeitslose", values({GERSTENGRUND: np.nan}))
    secret.loc[secret["key"] == GERSTENGRUND, "state"] = "suppressed_primary"
    kreis = observed("arbeitslose", [0.0] * len(KEYS)).head(1).assign(key="16063", value=15_000.0)
    raeume = pd.concat([secret, kreis])
    statistics = shown(raeume)
    assert np.isnan(counts(statistics, "gemeinde", "arbeitslose")).sum() >= 2


def test_a_rate_of_a_hidden_count_is_hidden_with_the_same_word_whatever_the_reason() -> None:
    statistics = shown(
        observed("arbeitslose", values({GERSTENGRUND: 2})), observed("bev_15_64", values({}, usual=9000))
    )
    table = table_of(statistics.levels["gemeinde"].result("ARB02"), 2023)
    gone = table[table["value"].isna()]
    assert len(gone) == 2
    assert set(gone["state"]) == {"suppressed_primary"}
    assert gone["reason"].nunique() == 1
    assert is_hidden(statistics.levels["gemeinde"].result("ARB02").cells).sum() == 2


def test_a_rate_published_ready_made_is_judged_by_the_count_that_follows_from_it() -> None:
    rates = observed("ARB03", values({GERSTENGRUND: 100 * 2 / 40}, usual=3.0))
    base = [observed(part, values({GERSTENGRUND: 20}, usual=400)) for part in ("bev_15_17", "bev_18_19", "bev_20_24")]
    base[2] = observed("bev_20_24", values({GERSTENGRUND: 0}, usual=400))
    statistics = shown(rates, *base)
    found = statistics.levels["gemeinde"].result("ARB03").cells.value[0]
    assert np.isnan(found[KEYS.index(GERSTENGRUND)])


@pytest.mark.parametrize(("part", "secrecy"), [("bev", "frei"), ("arbeitslose", "amtlich"), ("MIN02", "schutz")])
def test_secrecy_of_counts_and_of_indicators(part: str, secrecy: str) -> None:
    assert secrecy_of(part, CATALOGUE) == secrecy


@settings(max_examples=15)
@given(st.data())
def test_no_hidden_count_follows_from_sums_of_gemeinden_sozialraeume_and_kreis(data: st.DataObject) -> None:
    figures = [float(data.draw(st.sampled_from([0, 1, 2, 3, 7, 9, 12, 40, 300]))) for _ in KEYS]
    statistics = shown(observed("leistungsberechtigte", figures))
    cells = {level: counts(statistics, level, "leistungsberechtigte") for level in GROUPS}
    rows, sums = [], []
    for level, group in GROUPS.items():
        areas = list(statistics.levels[level].cube.areas)
        for area, value in zip(areas, cells[level], strict=True):
            if not np.isnan(value):
                rows.append([float(group[key] == area) for key in KEYS])
                sums.append(value)
    for place in np.flatnonzero(np.isnan(cells["gemeinde"])):
        goal = np.zeros(len(KEYS))
        goal[place] = 1
        least, most = (linprog(sign * goal, A_eq=rows or None, b_eq=sums or None, bounds=(0, None)) for sign in (1, -1))
        assert least.status == 0
        unbounded = most.status == 3  # the Kreis itself is hidden
        assert unbounded or -most.fun - least.fun >= 9 - 1e-6, f"{KEYS[place]}: {least.fun} to {-most.fun}"
    assert all(np.isnan(cells["gemeinde"][n]) for n, value in enumerate(figures) if 1 <= value < 10)
