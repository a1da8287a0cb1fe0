"""The timetable of a dataset: cut to a region, joined of several feeds, kept as files that are checked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.model import GeoDataError
from geodata.sources.gtfs_changes import Changes
from geodata.timetable import CONNECTION, cut_timetable, join_timetables, read_timetable, write_timetable
from layers.transit import earliest_arrivals, transit_network
from tests.timetables import HOUR, day_of, no_changes

LINE = [(0, 8 * HOUR), (1, 8 * HOUR + 600), (2, 8 * HOUR + 1200), (3, 8 * HOUR + 1800)]
CHANGES = Changes(
    pd.DataFrame({"start": [0, 3], "dest": [5, 2], "seconds": [300, 60]}, dtype=np.int32),
    pd.DataFrame({"stop": [2], "seconds": [240]}, dtype=np.int32),
    pd.DataFrame({"start": [1], "dest": [3]}, dtype=np.int32),
)


def named(name: str, **options: object) -> object:
    return dataclasses.replace(
        day_of([LINE], **options), provenance={"file": name, "first": "2024-01-01", "last": "2024-12-31"}
    )  # type: ignore[arg-type]


def same(one: object, two: object) -> None:
    for name in CONNECTION:
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def test_what_neither_begins_nor_ends_in_the_box_is_left_out() -> None:
    """Stops lie 2 km apart: the box holds s2 and s3, so s1 stays as the stop before; s0 goes."""
    cut = cut_timetable(day_of([LINE], changes=CHANGES), (3500.0, -1.0, 6500.0, 1.0))
    assert cut.stops.index.tolist() == ["s1", "s2", "s3"]
    assert cut.stops.index[cut.from_stop].tolist() == ["s1", "s2"]
    assert cut.stops.index[cut.to_stop].tolist() == ["s2", "s3"]
    assert cut.changes.walks.to_dict("list") == {"start": [2], "dest": [1], "seconds": [60]}
    assert cut.changes.same.to_dict("list") == {"stop": [1], "seconds": [240]}
    assert cut.changes.barred.to_dict("list") == {"start": [0], "dest": [2]}


def test_a_box_that_holds_all_changes_nothing_but_unserved_stops() -> None:
    whole = day_of([LINE])
    cut = cut_timetable(whole, (-1.0, -1.0, 1e6, 1.0))
    same(cut, whole)
    assert cut.stops.index.tolist() == ["s0", "s1", "s2", "s3"]


def test_a_timetable_of_elsewhere_is_refused() -> None:
    with pytest.raises(GeoDataError, match=r"fern\.zip: keine Fahrt berührt den Kreis\. Abhilfe"):
        cut_timetable(named("fern.zip"), (9e6, 9e6, 9.1e6, 9.1e6))  # type: ignore[arg-type]


def test_two_feeds_are_one_day_between_whose_stops_one_walks() -> None:
    """The second feed has the same stops: at s3 one walks over from one to the other (2 minutes) and rides on."""
    onward = [(3, 8 * HOUR + 2100), (5, 8 * HOUR + 2700)]
    second = dataclasses.replace(day_of([onward], changes=CHANGES), provenance={"file": "b"})
    joined = join_timetables([named("a"), second])  # type: ignore[list-item]
    assert joined.stops.index[0] == "a:s0"
    assert (np.diff(joined.departure) >= 0).all()
    arrival = earliest_arrivals(transit_network(joined), pd.Series({"a:s0": 0}), 8 * HOUR)
    assert arrival["b:s5"] == 8 * HOUR + 2700
    assert joined.changes.walks["start"].tolist() == [6, 9]
    assert joined.trip_route.tolist() == [0, 1]
    assert join_timetables([second]) is second


def test_what_is_written_is_read(tmp_path: Path) -> None:
    table = day_of([LINE, LINE[:2]], changes=CHANGES)
    write_timetable(tmp_path / "fahrplan", dataclasses.replace(table, provenance={"file": "a", "first": table.day}))
    again = read_timetable(tmp_path / "fahrplan")
    same(again, table)
    assert again.day == table.day
    assert again.provenance["first"] == "2024-05-06"
    pd.testing.assert_frame_equal(again.stops, table.stops)
    for one, two in zip(again.changes, table.changes, strict=True):
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("name", ["connections.parquet", "stops.parquet", "walks.parquet", "provenance.json"])
@pytest.mark.parametrize("how", ["missing", "cut off"])
def test_a_broken_folder_is_named(tmp_path: Path, name: str, how: str) -> None:
    write_timetable(tmp_path / "fahrplan", day_of([LINE], changes=no_changes()))
    path = tmp_path / "fahrplan" / name
    path.unlink() if how == "missing" else path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(GeoDataError, match=r"Fahrplan fehlt oder ist nicht lesbar.*Abhilfe"):
        read_timetable(tmp_path / "fahrplan")


def test_numbers_that_do_not_fit_together_are_named(tmp_path: Path) -> None:
    table = day_of([LINE])
    write_timetable(tmp_path / "fahrplan", dataclasses.replace(table, stops=table.stops.iloc[:2]))
    with pytest.raises(GeoDataError, match="beschädigt: Halt, den es nicht gibt"):
        read_timetable(tmp_path / "fahrplan")
