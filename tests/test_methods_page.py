"""The page "Daten und Methodik" speaks of the dataset that it shows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from geodata import catalog, dataset
from layers import Atlas, build_atlas
from tests import kunstwege
from views import methodik

MINUTES = catalog.measures()["minuten"]


def test_straight_lines_and_the_missing_strategy_are_named(atlas: Atlas) -> None:
    said = str(methodik.layout(atlas, {}))
    assert MINUTES.limits in said
    assert MINUTES.ways_limits not in said
    assert methodik.NO_STRATEGY in said


def test_another_kreis_has_no_strategy_to_miss(atlas: Atlas) -> None:
    elsewhere = replace(atlas, data=replace(atlas.data, ags="08226"))
    assert methodik.NO_STRATEGY not in str(methodik.layout(elsewhere, {}))


def test_where_there_are_networks_the_texts_speak_of_them(tmp_path: Path) -> None:
    folder = kunstwege.build(tmp_path) / kunstwege.AGS
    said = str(methodik.layout(build_atlas(dataset.read_dataset.__wrapped__(folder)), {}))
    assert MINUTES.ways_limits in said
    assert MINUTES.limits not in said
