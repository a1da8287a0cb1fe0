"""The geometry of the browser: small, complete, without gaps, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geodata import catalog
from layers import Atlas, webgeo
from layers.inputs import LEVELS
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, A, facility

SLIVER_M2 = 2000.0  # five decimals of a degree are about a metre; along a border of 20 km that is a strip of air
MAKERS: dict[str, Callable[[Atlas], bytes]] = {
    **{level: (lambda atlas, level=level: webgeo.areas_geojson(atlas, level)) for level in LEVELS},
    "context": webgeo.context_geojson,
    "places": webgeo.places_geojson,
    "facilities": webgeo.facilities_geojson,
}


def read(body: bytes) -> gpd.GeoDataFrame:
    """Return a FeatureCollection in metres, indexed by id."""
    features = json.loads(body)["features"]
    frame = gpd.GeoDataFrame.from_features(features, crs=4326).set_index("id")
    return frame.to_crs(25832)


@pytest.fixture(scope="module")
def levels(atlas: Atlas) -> dict[str, gpd.GeoDataFrame]:
    return {level: read(webgeo.areas_geojson(atlas, level)) for level in LEVELS}


@pytest.mark.parametrize("level", LEVELS)
def test_every_area_is_there_once_with_its_name(atlas: Atlas, levels: dict[str, Any], level: str) -> None:
    expected = atlas.areas(level)["name"]
    assert levels[level].index.tolist() == expected.index.tolist()
    assert levels[level]["name"].tolist() == expected.tolist()


@pytest.mark.parametrize("level", LEVELS)
def test_areas_keep_their_size_and_are_valid(atlas: Atlas, levels: dict[str, Any], level: str) -> None:
    shapes = levels[level].geometry
    assert shapes.is_valid.all()
    change = (shapes.area / atlas.areas(level).geometry.area - 1).abs()
    assert change.max() < 0.01


@pytest.mark.parametrize("level", LEVELS)
def test_areas_do_not_overlap(levels: dict[str, Any], level: str) -> None:
    shapes = levels[level].geometry.to_numpy()
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = left < right
    shared = shapely.area(shapely.intersection(shapes[left[pairs]], shapes[right[pairs]]))
    assert shared.max(initial=0) < SLIVER_M2


def test_edges_match_between_the_levels(atlas: Atlas, levels: dict[str, Any]) -> None:
    parent = atlas.data.gemeinden["sozialraum"]
    for key, part in levels["gemeinde"].geometry.groupby(parent):
        difference = shapely.union_all(part.to_numpy()).symmetric_difference(levels["sozialraum"].geometry[key])
        assert difference.area < SLIVER_M2, key
    whole = shapely.union_all(levels["gemeinde"].geometry.to_numpy())
    assert whole.symmetric_difference(levels["kreis"].geometry.iloc[0]).area < SLIVER_M2


def test_corners_of_higher_levels_are_corners_of_gemeinden(levels: dict[str, Any]) -> None:
    corners = {level: set(map(tuple, frame.get_coordinates().round(2).to_numpy())) for level, frame in levels.items()}
    assert corners["kreis"] <= corners["sozialraum"] <= corners["gemeinde"]


def test_neighbours_meet_the_edge_of_the_district(atlas: Atlas, levels: dict[str, Any]) -> None:
    around = read(webgeo.context_geojson(atlas))
    assert around.index.tolist() == atlas.data.context.index.tolist()
    ring = levels["kreis"].geometry.iloc[0]
    assert shapely.intersection(shapely.union_all(around.geometry.to_numpy()), ring).area < SLIVER_M2
    near = ring.buffer(500).difference(shapely.union_all([ring, *around.geometry]))
    assert near.area < SLIVER_M2


def test_gemeinden_are_small(atlas: Atlas) -> None:
    assert len(webgeo.areas_geojson(atlas, "gemeinde")) < 150_000


@pytest.mark.parametrize("name", MAKERS)
def test_same_data_gives_the_same_bytes(atlas: Atlas, name: str) -> None:
    body = MAKERS[name](atlas)
    webgeo._simplified_coverage.cache_clear()
    webgeo.simplified_areas.cache_clear()
    webgeo.simplified_context.cache_clear()
    assert MAKERS[name](atlas) == body


@pytest.mark.parametrize("name", MAKERS)
def test_coordinates_have_at_most_five_decimals(atlas: Atlas, name: str) -> None:
    collection = json.loads(MAKERS[name](atlas), parse_float=str)
    numbers = [text for text in _floats(collection["features"]) if "." in text]
    assert max(len(text.partition(".")[2]) for text in numbers) <= 5


def _floats(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, part in value.items() if key != "properties" for text in _floats(part)]
    if isinstance(value, list):
        return [text for part in value for text in _floats(part)]
    return [value] if isinstance(value, str) else []


def test_an_unknown_level_is_refused(atlas: Atlas) -> None:
    with pytest.raises(KeyError):
        webgeo.areas_geojson(atlas, "strasse")


def test_places_are_ranked_by_size(atlas: Atlas) -> None:
    features = json.loads(webgeo.places_geojson(atlas))["features"]
    places = pd.DataFrame([feature["properties"] for feature in features])
    assert sorted(places["rank"]) == list(range(1, len(atlas.data.places) + 1))
    assert places.sort_values("rank")["population"].dropna().is_monotonic_decreasing
    assert places.loc[places["inside"], "name"].isin(["Eisenach", "Bad Salzungen"]).sum() == 2


def test_all_facilities_with_a_location_are_there(atlas: Atlas) -> None:
    shown = read(webgeo.facilities_geojson(atlas))
    known = atlas.data.facilities[atlas.data.facilities.geometry.notna()]
    assert sorted(shown.index) == sorted(known.index)
    moved = shown.geometry.reindex(known.index).distance(known.geometry)
    assert moved.max() < 1.5
    for column in webgeo.FACILITY_PROPERTIES:
        assert shown[column].reindex(known.index).tolist() == known[column].tolist()


def test_a_facility_without_location_is_left_out(synthetic: Callable[..., Atlas]) -> None:
    atlas = synthetic(KLINIK, KLINIK | {"geometry": None}, KLINIK_OUTSIDE)
    assert read(webgeo.facilities_geojson(atlas)).index.tolist() == ["f0", "f2"]


def test_a_protected_facility_never_travels(synthetic: Callable[..., Atlas], monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = synthetic(KLINIK, facility("amt", 10, 10, A))
    protected = {key: _protected(category) for key, category in catalog.categories().items()}
    monkeypatch.setattr(catalog, "categories", lambda: protected)
    assert read(webgeo.facilities_geojson(atlas))["category"].tolist() == ["klinik"]


def _protected(category: catalog.Category) -> catalog.Category:
    from dataclasses import replace

    return replace(category, protection="no_location") if category.id == "amt" else category
