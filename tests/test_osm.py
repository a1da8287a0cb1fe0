"""OpenStreetMap to networks: tags by hand, a drawn village, real extracts, and files that cannot be read."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyproj
import pytest

from geodata.catalog.ways import FOLDER, ROAD_MODES, read_way_rules, way_rules
from geodata.model import METRIC_CRS, WEB_CRS, GeoDataError
from geodata.network import Network
from geodata.sources.osm import read_networks
from geodata.sources.osm_tags import maxspeed, speeds
from layers.routing import reference
from layers.routing.arcs import backward
from layers.routing.hierarchy import prepare
from layers.routing.keys import costs_of
from layers.routing.places import at_nodes
from layers.routing.search import nearest_within
from layers.routing.sweep import costs_to

SHARED = Path(__file__).parents[2] / "shared" / "data" / "osm"
EXTRACTS = ["ors_heidelberg.osm.pbf", "gh_north-bayreuth.osm.gz", "otp_herrenberg-minimal.osm.pbf"]
real = pytest.mark.skipif(not SHARED.is_dir(), reason="die Auszüge aus OpenStreetMap liegen nicht bei")
LON, LAT, STEP = 10.3, 50.9, 0.002

# tags -> km/h along and against the way for fuss, rad, pkw
BY_HAND = [
    ({"highway": "residential"}, (4.8, 4.8), (15, 15), (25, 25)),
    ({"highway": "residential", "maxspeed": "30"}, (4.8, 4.8), (15, 15), (25.5, 25.5)),
    ({"highway": "residential", "oneway": "yes"}, (4.8, 4.8), (15, 0), (25, 0)),
    ({"highway": "residential", "oneway": "-1"}, (4.8, 4.8), (0, 15), (0, 25)),
    ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, (4.8, 4.8), (15, 15), (25, 0)),
    ({"highway": "residential", "oneway": "yes", "cycleway:left": "opposite_lane"}, (4.8, 4.8), (15, 15), (25, 0)),
    ({"highway": "primary", "junction": "roundabout"}, (4.8, 4.8), (15, 0), (65, 0)),
    ({"highway": "motorway", "maxspeed": "none"}, (0, 0), (0, 0), (110.5, 0)),
    ({"highway": "trunk", "foot": "yes"}, (2.4, 2.4), (0, 0), (85, 85)),
    ({"highway": "secondary", "motorroad": "yes", "foot": "yes"}, (0, 0), (0, 0), (60, 60)),
    ({"highway": "track", "surface": "gravel"}, (4.8, 4.8), (9, 9), (0, 0)),
    ({"highway": "track", "tracktype": "grade5"}, (4.56, 4.56), (6, 6), (0, 0)),
    ({"highway": "track", "surface": "gravel", "smoothness": "very_bad"}, (4.8, 4.8), (6.6, 6.6), (0, 0)),
    ({"highway": "track", "motor_vehicle": "yes"}, (4.8, 4.8), (12, 12), (8, 8)),
    ({"highway": "service", "access": "private"}, (0, 0), (0, 0), (0, 0)),
    ({"highway": "service", "access": "private", "foot": "permissive"}, (4.8, 4.8), (0, 0), (0, 0)),
    ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, (4.8, 4.8), (15, 15), (0, 0)),
    ({"highway": "residential", "motor_vehicle": "destination"}, (4.8, 4.8), (15, 15), (25, 25)),
    ({"highway": "steps"}, (2.4, 2.4), (0, 0), (0, 0)),
    ({"highway": "footway", "bicycle": "dismount"}, (4.8, 4.8), (4, 4), (0, 0)),
    ({"highway": "pedestrian", "area": "yes"}, (0, 0), (0, 0), (0, 0)),
    ({"highway": "construction"}, (0, 0), (0, 0), (0, 0)),
    ({"highway": "tertiary", "maxspeed": "DE:rural"}, (4.8, 4.8), (15, 15), (85, 85)),
]


@pytest.mark.parametrize(("tags", "foot", "bicycle", "car"), BY_HAND, ids=lambda value: str(value)[:60])
def test_tags_by_hand(tags: dict[str, str], foot: tuple, bicycle: tuple, car: tuple) -> None:
    for mode, wanted in (("fuss", foot), ("rad", bicycle), ("pkw", car)):
        assert speeds(tags, mode, way_rules()) == pytest.approx(wanted), mode


def test_wheelchairs_take_no_steps_even_where_people_may_walk() -> None:
    assert speeds({"highway": "steps", "foot": "yes"}, "rollstuhl", way_rules()) == (0, 0)
    assert speeds({"highway": "footway", "wheelchair": "no"}, "rollstuhl", way_rules()) == (0, 0)
    assert speeds({"highway": "footway", "surface": "gravel"}, "rollstuhl", way_rules()) == (1.75, 1.75)


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50 ", 50),
        ("7.5", 7.5),
        ("walk", 7),
        ("DE:motorway", 130),
        ("DE:30", 30),
        ("", None),
        ("0", None),
        ("fast", None),
    ],
)
def test_maxspeed_words(text: str, kmh: float | None) -> None:
    assert maxspeed(text) == kmh


# ---------------------------------------------------------------- a drawn village


def village(folder: Path, ways: list[tuple[list[int], dict[str, str]]], nodes: dict[int, dict[str, str]]) -> Path:
    """Write an OSM file: node n lies n steps to the east, those from 10 on one step to the north of n - 10."""
    refs = sorted({ref for line, _ in ways for ref in line})
    places = [
        f'<node id="{n}" lon="{LON + n % 10 * STEP}" lat="{LAT + n // 10 * STEP}">{tags_of(nodes.get(n, {}))}</node>'
        for n in refs
    ]
    lines = [f'<way id="{i}">{refs_of(line)}{tags_of(tags)}</way>' for i, (line, tags) in enumerate(ways, 1)]
    path = folder / "dorf.osm"
    path.write_text(f'<osm version="0.6">{"".join(places)}{"".join(lines)}</osm>', "utf-8")
    return path


def refs_of(line: list[int]) -> str:
    return "".join(f'<nd ref="{n}"/>' for n in line)


def tags_of(tags: dict[str, str]) -> str:
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())


ROAD = {"highway": "residential"}
SQUARE = [([0, 1, 2, 12], ROAD), ([12, 11, 10, 0], ROAD)]


def test_ways_are_cut_where_they_meet_and_lengths_are_those_on_the_ground(tmp_path: Path) -> None:
    net = read_networks(village(tmp_path, [*SQUARE, ([1, 11], ROAD)], {}), ["fuss"])["fuss"]
    assert (len(net.x), len(net.head)) == (4, 10)  # 0, 12 and the ends of the middle way; 2 and 10 are no crossings
    geod = pyproj.Geod(ellps="GRS80")
    north = geod.inv(LON, LAT, LON, LAT + STEP)[2]
    east = geod.inv(LON, LAT, LON + STEP, LAT)[2]
    assert sorted(set(net.metres.round())) == pytest.approx(
        sorted([round(east), round(north), round(east + north)]), abs=1
    )
    np.testing.assert_allclose(net.cost, net.metres / 4.8 * 36, atol=0.51)


def test_a_one_way_street_leads_one_way_only(tmp_path: Path) -> None:
    one_way = [([0, 1, 2, 12], {**ROAD, "oneway": "yes"}), ([12, 11, 10, 0], {**ROAD, "oneway": "yes"})]
    nets = read_networks(village(tmp_path, one_way, {}), ["pkw", "fuss"])
    assert (len(nets["pkw"].head), len(nets["fuss"].head)) == (1 + 1, 1 + 1)
    apart = read_networks(village(tmp_path, [*one_way, ([12, 0], {**ROAD, "oneway": "yes"})], {}), ["pkw"])["pkw"]
    there, back = sorted(apart.cost)
    assert back > there


def seconds(net: Network) -> float:
    """Return the seconds from the westernmost to the easternmost node."""
    costs = reference.nearest_costs(backward(net), [np.array([net.x.argmax()], np.int32)])
    return float(costs[net.x.argmin(), 0]) / 10


@pytest.mark.parametrize(("tags", "shut"), [({}, False), ({"motor_vehicle": "yes"}, False), ({"access": "no"}, True)])
def test_a_bollard_stops_cars_and_nobody_else_unless_it_says_so(
    tmp_path: Path, tags: dict[str, str], shut: bool
) -> None:
    """Between two places a short street with a bollard in its middle, and a long way round."""
    ways = [([0, 1, 2], ROAD), ([0, 10, 11, 12, 2], {"highway": "residential"})]
    open_way = read_networks(village(tmp_path, ways, {}), ["pkw", "rad"])
    bollard = read_networks(village(tmp_path, ways, {1: {"barrier": "bollard"} | tags}), ["pkw", "rad"])
    assert (seconds(bollard["rad"]) > seconds(open_way["rad"]) + 1) == shut
    assert (seconds(bollard["pkw"]) > seconds(open_way["pkw"]) + 1) == (tags != {"motor_vehicle": "yes"})


def test_a_crossing_that_forbids_bicycles_stops_nobody_on_the_road(tmp_path: Path) -> None:
    tags = {"highway": "crossing", "bicycle": "no", "wheelchair": "no"}
    ways = [([0, 1, 2], ROAD), ([0, 10, 11, 12, 2], ROAD)]
    with_crossing = read_networks(village(tmp_path, ways, {1: tags}), ["rad", "rollstuhl"])
    without = read_networks(village(tmp_path, ways, {}), ["rad", "rollstuhl"])
    for mode, net in without.items():
        assert seconds(with_crossing[mode]) == seconds(net), mode


def test_a_way_that_leaves_the_extract_and_comes_back_takes_no_short_cut(tmp_path: Path) -> None:
    path = village(tmp_path, [*SQUARE, ([0, 1, 5, 12], ROAD)], {})
    lost = f'<node id="5" lon="{LON + 5 * STEP}" lat="{LAT}"></node>'
    text = path.read_text("utf-8")
    assert lost in text
    path.write_text(text.replace(lost, ""), "utf-8")
    whole = read_networks(village(tmp_path, SQUARE, {}), ["fuss"])["fuss"]
    path.write_text(text.replace(lost, ""), "utf-8")
    assert seconds(read_networks(path, ["fuss"])["fuss"]) == pytest.approx(seconds(whole), abs=0.2)


def test_a_box_keeps_ways_that_touch_it_in_full_length(tmp_path: Path) -> None:
    path = village(tmp_path, [([0, 1], ROAD), ([1, 3], ROAD), ([3, 8], ROAD)], {})
    cut = read_networks(path, ["fuss"], box=(LON - 0.001, LAT - 0.001, LON + 1.5 * STEP, LAT + 0.001))["fuss"]
    assert len(cut.x) == 3
    assert cut.provenance["box"]
    with pytest.raises(GeoDataError, match=r"keiner der 3 Wege liegt im Ausschnitt.*Abhilfe:"):
        read_networks(path, ["fuss"], box=(7.0, 47.0, 7.1, 47.1))


@real
def test_the_day_of_the_extract_is_kept() -> None:
    net = read_networks(SHARED / EXTRACTS[0], ["pkw"])["pkw"]
    assert net.provenance["date"] == "2024-09-08"


def test_ferries_are_off_until_asked_for(tmp_path: Path) -> None:
    path = village(tmp_path, [([0, 1], ROAD), ([1, 2], {"route": "ferry"}), ([2, 12], ROAD)], {})
    assert len(read_networks(path, ["fuss"])["fuss"].x) == 2
    assert len(read_networks(path, ["fuss"], ferries=True)["fuss"].x) == 4


# ---------------------------------------------------------------- real extracts


@pytest.fixture(scope="module", params=EXTRACTS)
def extract(request: pytest.FixtureRequest) -> dict[str, Network]:
    return read_networks(SHARED / request.param)


@real
def test_kernels_equal_scipy_on_every_node_of_real_networks(extract: dict[str, Network]) -> None:
    for mode, net in extract.items():
        nodes = np.random.default_rng(5).choice(len(net.x), 7).astype(np.int32)
        wanted = reference.nearest_costs(backward(net), [nodes])[:, 0]
        assert (costs_of(nearest_within(backward(net), at_nodes(nodes))) == wanted).all(), mode
        assert (costs_to(prepare(net), [at_nodes(nodes)])[:, 0] == wanted).all(), mode


@real
def test_real_networks_are_plausible(extract: dict[str, Network]) -> None:
    for mode, net in extract.items():
        counts = net.provenance["counts"]
        kept = counts["nodes"] / (counts["nodes"] + counts["nodes_dropped_islands"])
        assert kept > 0.85, (mode, counts)
        kmh = net.metres / net.cost * 36
        assert kmh[net.cost > 50].max() < {"fuss": 5, "rad": 18, "pkw": 112, "rollstuhl": 4}[mode]
        assert net.provenance["sha256"]
    assert len(extract["pkw"].x) < len(extract["fuss"].x)


@real
def test_progress_is_told_and_the_result_is_the_same_every_time() -> None:
    told: list[str] = []
    path = SHARED / "otp_deufringen-minimal.osm.pbf"
    first, second = (read_networks(path, progress=told.append) for _ in range(2))
    assert any("Wege" in text for text in told)
    for mode in ROAD_MODES:
        assert (first[mode].cost == second[mode].cost).all()
        assert (first[mode].head == second[mode].head).all()


# ---------------------------------------------------------------- what cannot be read


def broken(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("leer.osm.pbf", b"", "ist leer"),
        ("leer.osm.gz", gzip.compress(b"", mtime=0), "ist leer"),
        ("karte.osm.pbf", b"kein pbf" * 50, "beschädigt oder unvollständig"),
        ("karte.osm", b"<osm><node", "beschädigt oder unvollständig"),
        ("karte.osm.gz", b"nicht gepackt", "nicht gepackt"),
        ("karte.shp", b"x", "keine OpenStreetMap-Datei"),
        ("felder.osm", b'<osm version="0.6"><node id="1" lon="10" lat="50"/></osm>', "keine Wege"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_rule_and_remedy(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    with pytest.raises(GeoDataError, match=words) as error:
        read_networks(broken(tmp_path, name, content))
    assert name in str(error.value)
    assert "Abhilfe:" in str(error.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(GeoDataError, match="fehlt"):
        read_networks(tmp_path / "nirgends.osm.pbf")


@real
def test_a_truncated_extract_is_refused(tmp_path: Path) -> None:
    whole = (SHARED / EXTRACTS[0]).read_bytes()
    with pytest.raises(GeoDataError, match="beschädigt oder unvollständig"):
        read_networks(broken(tmp_path, "halb.osm.pbf", whole[: len(whole) // 2]))


def test_rules_that_are_broken_are_listed_together(tmp_path: Path) -> None:
    for name in ("ways.toml", "way_surfaces.toml", "way_access.toml"):
        text = (
            (FOLDER / name)
            .read_text("utf-8")
            .replace("rad = 15.0", "rad = -15.0", 1)
            .replace("rad = 0.85", "rad = 0.0")
        )
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(GeoDataError) as error:
        read_way_rules(tmp_path)
    assert "km/h must not be negative" in str(error.value)
    assert "factors must be above 0" in str(error.value)


def test_coordinates_of_networks_are_metric(tmp_path: Path) -> None:
    net = read_networks(village(tmp_path, SQUARE, {}), ["fuss"])["fuss"]
    lon, lat = pyproj.Transformer.from_crs(METRIC_CRS, WEB_CRS, always_xy=True).transform(net.x, net.y)
    assert lon.min() == pytest.approx(LON)
    assert lat.min() == pytest.approx(LAT)
