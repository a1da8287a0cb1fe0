"""What one map shows: colours, ranks and legend say the same as the table."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from geodata.model import State
from layers import Atlas
from layers.classify import SCHEMES
from layers.german import signed_value
from layers.inputs import LEVELS
from layers.keys import parse_key
from layers.mapview import MapView, build_map_view, state_word
from layers.palette import NO_DATA
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, A, B, C, D, facility

Build = Callable[..., Atlas]
INDICATORS = [
    "BEV01",
    "BEV02",
    "ARB02",
    "INK04",
    "TRA01",
    "veraenderung",
    "haltestelle.300",
    "minuten.krankenhaus.pkw",
    "minuten.grundschule.fuss",
    "abdeckung.krankenhaus.pkw.30",
    "anzahl.kita",
    "anzahl.grundschule",
    "dichte.grundschule",
    "versorgung.krankenhaus",
]


@pytest.fixture(scope="module", params=INDICATORS)
def view(request: pytest.FixtureRequest, atlas: Atlas) -> MapView:
    return build_map_view(atlas, "gemeinde", parse_key(request.param))


def test_every_area_has_one_row_with_the_values_of_the_table(view: MapView) -> None:
    table = view.layer.table
    assert sorted(view.rows.index) == sorted(table.index)
    for name in ("value", "state", "base", "reason"):
        assert view.rows[name].reindex(table.index).to_list() == pytest.approx(table[name].to_list(), nan_ok=True)


def test_what_is_shown_is_the_value_in_german(view: MapView) -> None:
    text = view.layer.text
    for row in view.rows.itertuples():
        assert row.shown == signed_value(row.value, row.state, text.decimals, text.unit)


def test_rows_stand_by_rank_and_those_without_a_value_last_by_name(view: MapView) -> None:
    known = view.rows["value"].notna()
    assert view.rows["rank"].notna().tolist() == known.tolist()
    assert known.is_monotonic_decreasing
    assert view.rows.loc[known, "rank"].is_monotonic_increasing
    assert view.rows.loc[~known, "name"].is_monotonic_increasing


def test_the_first_rank_is_the_greatest_load(view: MapView) -> None:
    values = view.rows["value"].dropna()
    if not values.empty:
        greatest = values.min() if view.layer.text.direction > 0 else values.max()
        assert round(values.iloc[0], view.layer.text.decimals) == round(greatest, view.layer.text.decimals)


def test_areas_shown_alike_have_the_same_rank_class_and_colour(view: MapView) -> None:
    known = view.rows.dropna(subset="value")
    plain = known["shown"].str.replace("[()]", "", regex=True)
    for name in ("rank", "class_", "colour"):
        assert (known[name].groupby(plain).nunique() <= 1).all()


def test_the_legend_counts_every_area_once(view: MapView) -> None:
    counts = {kind: [e.count for e in view.legend if e.kind == kind] for kind in ("class", "suppressed", "none")}
    assert sum(sum(part) for part in counts.values()) == len(view.rows)
    assert sum(counts["class"]) == view.rows["value"].notna().sum()
    assert counts["class"] == list(view.classes.counts)


def test_the_legend_counts_the_unsure_ones_as_the_map_hatches_them(view: MapView) -> None:
    unsure = sum(e.count for e in view.legend if e.kind == "unreliable")
    assert unsure == (view.rows["state"] == State.UNRELIABLE).sum() == view.rows["hatched"].sum()


def test_an_area_has_the_colour_of_its_class_in_the_legend(view: MapView) -> None:
    colours = [e.colour for e in view.legend if e.kind == "class"]
    assert len(set(colours)) == len(colours)
    for row in view.rows.itertuples():
        assert row.colour == (colours[row.class_] if row.class_ >= 0 else NO_DATA)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
def test_every_scheme_works_on_every_level_with_every_number_of_classes(atlas: Atlas, scheme: str, level: str) -> None:
    for indicator in ("BEV01", "minuten.krankenhaus.pkw", "anzahl.grundschule", "ARB02"):
        for k in (3, 5, 7):
            view = build_map_view(atlas, level, parse_key(indicator), scheme=scheme, k=k)
            labels = [entry.label for entry in view.legend if entry.kind == "class"]
            assert len(set(labels)) == len(labels) == len(view.classes.bins)
            assert view.has_values == (indicator != "ARB02")


def test_numbers_of_people_are_never_coloured_around_the_sum_of_the_kreis(atlas: Atlas) -> None:
    view = build_map_view(atlas, "gemeinde", parse_key("BEV01"), scheme="bezug")
    assert float("inf") not in view.classes.bins
    assert view.legend[0].label.startswith("66 bis")


def test_a_map_by_hand(synthetic: Build) -> None:
    """A 8.6, B 11.0, C 16.85 minutes, nobody in D: more minutes are more load."""
    view = build_map_view(synthetic(KLINIK, KLINIK_OUTSIDE), "gemeinde", parse_key("minuten.klinik.pkw"), k=3)
    assert view.rows.index.tolist() == [C, B, A, D]
    assert view.rows["rank"].tolist()[:3] == [1, 2, 3]
    assert view.rows["shown"].tolist() == ["16,9 Minuten", "11,0 Minuten", "8,6 Minuten", "entfällt"]
    assert view.rows["class_"].tolist() == [2, 1, 0, -1]
    # terciles of 8.6, 11.0, 16.9: one and two thirds of the way between the ordered values
    assert [(e.label, e.count, e.kind) for e in view.legend] == [
        ("8,6 bis 10,2", 1, "class"),
        ("über 10,2 bis 13,0", 1, "class"),
        ("über 13,0 bis 16,9", 1, "class"),
        ("keine Angabe", 1, "none"),
    ]


def test_ties_share_a_rank_and_the_next_one_is_left_out(synthetic: Build) -> None:
    rows = [facility("klinik", 0, n, ags) for n, ags in enumerate([A, A, B, B, C])]
    view = build_map_view(synthetic(*rows), "gemeinde", parse_key("anzahl.klinik"))
    assert view.rows["rank"].to_dict() == {A: 1, B: 1, C: 3, D: 4}


def test_every_state_has_a_word() -> None:
    assert all(state_word(state) for state in State)
