"""Buses on demand: nothing is embedded, a block is read and checked, wait and ride by hand (invented service)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.catalog.on_demand import FOLDER, OnDemand, read_on_demand
from geodata.model import GeoDataError
from layers.on_demand import on_demand_times

MONDAY, SUNDAY = date(2024, 5, 6), date(2024, 5, 12)
BLOCK = """
[[service]]
id = "ruf"
name = "Erfundener Rufbus"
areas = ["16063001"]
stops = ["h1"]
weekdays = ["mo", "fr"]
begins = "06:00"
ends = "24:30"
booking_minutes = 60
wait_minutes = 10.0
speed_kmh = 36.0
detour = 1.5
boarding_minutes = 2.0
source = "Erfunden für Tests"
status = "setzung"
"""
EIGHT = 8 * 3600


@pytest.fixture
def service(tmp_path: Path) -> OnDemand:
    (tmp_path / "on_demand.toml").write_text(BLOCK, "utf-8")
    return read_on_demand(tmp_path)["ruf"]


@pytest.fixture
def pairs() -> pd.DataFrame:
    """Area to stop, area to elsewhere, stop to stop."""
    return pd.DataFrame(
        {
            "metres": [6000.0, 6000.0, 0.0],
            "origin_area": ["16063001", "16063001", ""],
            "origin_stop": ["", "", "h1"],
            "dest_area": ["16063002", "16063002", ""],
            "dest_stop": ["h1", "h2", "h1"],
        },
        index=["a", "b", "c"],
    )


def test_none_is_embedded(tmp_path: Path) -> None:
    assert (FOLDER / "on_demand.toml").is_file()
    assert read_on_demand() == {}
    assert read_on_demand(tmp_path) == {}


def test_wait_and_ride_by_hand(service: OnDemand, pairs: pd.DataFrame) -> None:
    """6 km x 1.5 at 10 m/s are 900 s, getting on and off 120 s, waiting 600 s."""
    found = on_demand_times(service, pairs, MONDAY, EIGHT)
    assert found.loc["a"].tolist() == [600.0, 1020.0, 1620.0]
    assert found.loc["b"].tolist() == [np.inf] * 3
    assert found.loc["c", "seconds"] == 720.0


def test_who_has_not_booked_waits_longer(service: OnDemand, pairs: pd.DataFrame) -> None:
    assert on_demand_times(service, pairs, MONDAY, EIGHT, booked=False).loc["a", "wait"] == 4200.0


@pytest.mark.parametrize(
    ("day", "departure", "booked", "runs"),
    [
        (SUNDAY, EIGHT, True, False),
        (MONDAY, 6 * 3600, True, True),
        (MONDAY, 6 * 3600 - 1, True, False),
        (MONDAY, 88200, True, True),
        (MONDAY, 88201, True, False),
        (MONDAY, 88200 - 3600, False, True),
        (MONDAY, 88200 - 3599, False, False),
    ],
)
def test_it_runs_on_its_days_within_its_hours(
    service: OnDemand, pairs: pd.DataFrame, day: date, departure: int, booked: bool, runs: bool
) -> None:
    found = on_demand_times(service, pairs, day, departure, booked=booked)
    assert np.isfinite(found.loc["a", "seconds"]) == runs


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"16063001"', '"16063"', "areas must be 8 digits, found '16063'"),
        ('areas = ["16063001"]\nstops = ["h1"]\n', "", "areas or stops must name at least one entry"),
        ('"mo"', '"montags"', "weekdays must be of mo"),
        ('"06:00"', '"6 Uhr"', "times must be HH:MM, found '6 Uhr'"),
        ('"06:00"', '"25:00"', "begins must be before ends"),
        ("wait_minutes = 10.0", "wait_minutes = -1.0", "wait_minutes must not be negative"),
        ("speed_kmh = 36.0", "speed_kmh = 0.0", "speed_kmh must be above 0"),
        ("detour = 1.5", "umweg = 1.5", "unknown key 'umweg'"),
        ("[[service]]", "[[service", "not readable as TOML"),
    ],
)
def test_a_wrong_block_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in BLOCK
    (tmp_path / "on_demand.toml").write_text(BLOCK.replace(old, new, 1), "utf-8")
    with pytest.raises(GeoDataError, match=words):
        read_on_demand(tmp_path)
