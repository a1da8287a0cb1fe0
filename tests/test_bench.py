"""The helpers of the bench are right; nothing here measures time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.callbacks import (
    choices,
    clicks,
    components,
    links,
    page_request,
    requests_of,
    server_callbacks,
    short_name,
    thin,
)
from tests.bench.shapes import ids, synthetic_areas
from tests.bench.table import Row, as_json, as_text, limit, quantile, settled, shown

FAST = Row("Wechsel", 20.0, "Plotly", 500.0, "ms", 10.0)
SLOW = Row("Wechsel langsam", 100.0, "Plotly", 500.0, "ms", 10.0)
UNKNOWN = Row("Wechsel ohne Vergleich", 20.0, "Plotly", None, "ms", 10.0)


def test_ratio_says_how_many_times_less_than_the_peer() -> None:
    assert [FAST.ratio, SLOW.ratio, UNKNOWN.ratio] == [25.0, 5.0, None]


def test_verdict_names_reached_missed_and_not_measured() -> None:
    assert FAST.verdict == "≥ 10x erreicht"
    assert SLOW.verdict == "≥ 10x VERFEHLT"
    assert UNKNOWN.verdict == "≥ 10x nicht gemessen"


def test_exactly_the_limit_is_reached() -> None:
    assert limit("Start", 3.0, 3.0, "s").verdict == "≥ 1x erreicht"
    assert limit("Start", 3.01, 3.0, "s").verdict == "≥ 1x VERFEHLT"


def test_row_without_aim_is_information_only() -> None:
    assert limit("Speicher", 500.0, 400.0, "MB", judged=False).verdict == ""


def test_json_has_the_four_fields_of_every_row() -> None:
    found = json.loads(json.dumps(as_json([FAST, UNKNOWN])))
    assert found == {
        "Wechsel": {"ours": 20.0, "peer": "Plotly", "peer_value": 500.0, "ratio": 25.0},
        "Wechsel ohne Vergleich": {"ours": 20.0, "peer": "Plotly", "peer_value": None, "ratio": None},
    }


def test_two_rows_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="Wechsel"):
        as_json([FAST, FAST])


def test_table_has_one_line_per_row_and_aligned_columns() -> None:
    head, *lines = as_text([FAST, SLOW, UNKNOWN]).splitlines()
    assert len(lines) == 3
    assert {line.index("Plotly") for line in lines} == {head.index("Vergleich")}


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1234, "0.123"), (12.34, "12.3"), (12345.6, "12 346"), (0, "0"), (None, "–"), (3.0, "3.00")],
)
def test_numbers_show_three_digits_that_matter(value: float | None, text: str) -> None:
    assert shown(value) == text


def test_warm_up_is_left_out_of_the_median() -> None:
    assert settled([1000.0, 3.0, 1.0, 2.0], 1) == 2.0


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1.0))
def test_at_least_the_share_of_values_is_not_above_its_quantile(values: list[float], share: float) -> None:
    limit_value = quantile(values, share)
    assert limit_value in values
    assert sum(value <= limit_value for value in values) >= share * len(values) - 1e-6


def test_synthetic_areas_are_as_many_as_asked_and_do_not_overlap() -> None:
    areas = synthetic_areas(40, 60)
    assert len(areas) == 40
    assert areas.is_valid.all()
    assert areas.union_all().area == pytest.approx(areas.area.sum(), rel=1e-6)


def test_ids_keep_the_order_of_the_areas() -> None:
    features = [{"properties": {"id": key}} for key in ("b", "a")]
    assert ids({"features": features}) == ["b", "a"]


LEVEL = {
    "type": "Select",
    "props": {"id": "ebene", "value": "kreis", "data": [{"value": "kreis", "label": "K"}, {"value": "land"}]},
}
PAGE = {"type": "Div", "props": {"children": [LEVEL, {"type": "Store", "props": {"id": "karte-klick"}}]}}
ENTRY = {
    "output": "..titel.children...karte.data@1f..",
    "inputs": [{"id": "ebene", "property": "value"}, {"id": "karte-klick", "property": "data"}],
    "state": [],
    "clientside_function": None,
}


def test_components_are_found_by_id_with_their_type() -> None:
    found = dict(components(PAGE))
    assert list(found) == ["ebene", "karte-klick"]
    assert found["ebene"]["type"] == "Select"


def test_requests_change_one_input_and_keep_the_others() -> None:
    bodies = requests_of(ENTRY, dict(components(PAGE)), clicks(["16063003"], []))
    changed = [(body["changedPropIds"], [part["value"] for part in body["inputs"]]) for body in bodies]
    assert changed == [
        (["ebene.value"], ["kreis", None]),
        (["ebene.value"], ["land", None]),
        (["karte-klick.data"], ["kreis", {"id": "16063003", "n": 1}]),
        (["karte-klick.data"], ["kreis", {"id": "gibt-es-nicht", "n": 1}]),
    ]
    outputs = [{"id": "titel", "property": "children"}, {"id": "karte", "property": "data"}]
    assert bodies[0]["outputs"] == outputs


def test_callback_of_another_page_gets_no_request() -> None:
    assert requests_of(ENTRY, {}, {}) == []


def test_router_is_asked_for_path_and_query() -> None:
    names = ("pathname", "search")
    entry = {"output": "inhalt.children", "inputs": [{"id": "ort", "property": name} for name in names]}
    body = page_request(entry, "/daten", "?a=b")
    assert [part["value"] for part in body["inputs"]] == ["/daten", "?a=b"]
    assert body["outputs"] == {"id": "inhalt", "property": "children"}


def test_callbacks_of_the_browser_are_left_out() -> None:
    assert server_callbacks([ENTRY, ENTRY | {"clientside_function": {"namespace": "atlas"}}]) == [ENTRY]


def test_choices_follow_the_kind_of_control() -> None:
    assert choices(LEVEL["props"] | {"type": "MultiSelect"}, "value", {}) == [["kreis"], ["land"]]
    assert choices({"type": "Switch"}, "checked", {}) == [True, False]
    assert choices({"type": "Slider", "min": 0, "max": 60}, "value", {}) == [0, 15, 30, 45, 60]
    assert choices({"type": "Pagination", "total": 2}, "value", {}) == [1, 2]
    groups = [{"group": "A", "items": [{"value": "a"}]}, {"group": "B", "items": [{"value": "b"}]}]
    assert choices({"type": "Select", "data": groups}, "value", {}) == ["a", "b"]
    radios = [{"type": "Radio", "props": {"value": "fuss"}}, {"type": "Radio", "props": {"value": "rad"}}]
    assert choices({"type": "RadioGroup", "children": radios}, "value", {}) == ["fuss", "rad"]


def test_links_are_the_own_pages_once_each() -> None:
    layout = [{"props": {"href": href}} for href in ("/", "/daten", "/daten#quellen", "https://a.example", "/")]
    assert links(layout) == ["/", "/daten"]


def test_names_tell_the_first_output_and_how_many_follow() -> None:
    assert short_name(ENTRY["output"]) == "titel.children (+1)"
    assert short_name("karte-inhalt.data@1f") == "karte-inhalt.data"


def test_thinned_choices_are_spread_evenly() -> None:
    assert thin(list(range(10)), 3) == [0, 4, 8]
    assert thin([1, 2], 5) == [1, 2]
