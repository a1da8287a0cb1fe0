"""The printed map says what the screen says: same areas, colours, values; all of it on the sheet."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from layers import Atlas
from layers.classify import SCHEMES
from layers.keys import parse_key
from layers.mapview import MapView, build_map_view
from layers.sentences import map_text
from reports import fonts, text, words
from reports.circles import circle_scale
from reports.map import MIME_TYPES, draw_map
from reports.points import SIGNS
from reports.sheet import Sheet
from tests.synthetic import KLINIK, KLINIK_OUTSIDE, ORIGIN, A, B, C, facility
from views.selection import Selection

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"
CREATED = date(2025, 1, 31)
LAYERS = (
    ("minuten.krankenhaus.pkw", "gemeinde"),
    ("haltestelle.600", "gemeinde"),
    ("BEV01", "gemeinde"),
    ("BEV01", "sozialraum"),
    ("MIN01", "gemeinde"),
    ("anzahl.kita", "gemeinde"),
    ("abdeckung.grundschule", "sozialraum"),
    ("BEV02", "kreis"),
)
MANY = (
    "kita",
    "grundschule",
    "regelschule",
    "apotheke",
    "krankenhaus",
    "haltestelle",
    "hort",
    "gymnasium",
    "feuerwehr",
)


def view_of(atlas: Atlas, key: str, level: str = "gemeinde", **options: object) -> MapView:
    return build_map_view(atlas, level, parse_key(key), **options)  # type: ignore[arg-type]


def area_groups(svg: bytes) -> dict[str, ET.Element]:
    """Return the groups of areas by key; a key that is there twice fails."""
    groups = [group for group in ET.fromstring(svg).iter(f"{SVG}g") if group.get("data-id")]
    keys = [group.attrib["data-id"] for group in groups]
    assert len(keys) == len(set(keys))
    return dict(zip(keys, groups, strict=True))


def fill_of(group: ET.Element) -> str:
    """Return the fill of the only path of a group."""
    (path,) = group.findall(f"{SVG}path")
    return re.search(r"fill: (#[0-9a-f]{6})", path.get("style", ""))[1]  # type: ignore[index]


@pytest.mark.parametrize("frame", [True, False])
@pytest.mark.parametrize(("key", "level"), LAYERS)
def test_svg_says_the_same_as_the_table(atlas: Atlas, key: str, level: str, frame: bool) -> None:
    view = view_of(atlas, key, level)
    svg = draw_map(atlas, view, Selection(), kind="svg", frame=frame)
    groups = area_groups(svg)
    assert {name: fill_of(group) for name, group in groups.items()} == view.rows["colour"].to_dict()
    titles = {name: group.findtext(f"{SVG}title") for name, group in groups.items()}
    assert titles == {name: f"{row['name']}: {row['shown']}" for name, row in view.rows.iterrows()}


@pytest.mark.parametrize("frame", [True, False])
def test_svg_is_described(atlas: Atlas, frame: bool) -> None:
    view = view_of(atlas, "minuten.krankenhaus.pkw")
    root = ET.fromstring(draw_map(atlas, view, None, kind="svg", frame=frame))
    assert root.findtext(f"{SVG}title") == view.layer.text.name
    assert root.findtext(f"{SVG}desc") == map_text(view)
    assert root.get("role") == ("img" if frame else "group")
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


def test_bare_svg_can_stand_in_a_page(atlas: Atlas) -> None:
    svg = draw_map(atlas, view_of(atlas, "anzahl.kita"), Selection(), kind="svg", frame=False)
    root = ET.fromstring(svg)
    assert svg.startswith(b"<svg")
    assert root.get("viewBox")
    assert root.get("width") == "100%"
    assert root.get("height") is None
    assert not list(root.iter(f"{SVG}style"))
    groups = area_groups(svg).values()
    assert all(group.get("role") == "button" and group.get("tabindex") == "0" for group in groups)
    names = [group.findtext(f"{SVG}title") for group in groups]
    assert names == sorted(names)  # type: ignore[type-var]
    for group in root.iter(f"{SVG}g"):
        if group.get("id", "").startswith("over-"):
            assert group.get("pointer-events") == "none"


@pytest.mark.parametrize("frame", [True, False])
def test_svg_loads_nothing(atlas: Atlas, frame: bool) -> None:
    svg = draw_map(atlas, view_of(atlas, "haltestelle.600"), None, kind="svg", frame=frame)
    assert not re.search(rb"<script|<foreignObject|<image|\bon[a-z]+=|@import", svg)
    for element in ET.fromstring(svg).iter():
        assert (element.get(f"{XLINK}href") or "#").startswith("#")


def test_paper_is_a4_in_every_format(atlas: Atlas) -> None:
    view = view_of(atlas, "BEV01")
    png, pdf, svg = (draw_map(atlas, view, None, kind=kind) for kind in ("png", "pdf", "svg"))  # type: ignore[arg-type]
    assert struct.unpack(">II", png[16:24]) == (2338, 1653)
    media = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+)", pdf)
    assert media
    assert [round(float(part)) for part in media.groups()] == [842, 595]
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") == 1
    box = ET.fromstring(svg).attrib["viewBox"].split()
    assert [round(float(part)) for part in box] == [0, 0, 842, 595]


@pytest.mark.parametrize("kind", MIME_TYPES)
@pytest.mark.parametrize("frame", [True, False])
def test_same_map_gives_the_same_bytes(atlas: Atlas, kind: str, frame: bool) -> None:
    view = view_of(atlas, "anzahl.kita")

    def draw() -> bytes:
        return draw_map(atlas, view, Selection(), kind=kind, frame=frame, created=CREATED)  # type: ignore[arg-type]

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(lambda _: draw(), range(2))
    assert first == second


def test_an_unknown_kind_is_refused(atlas: Atlas) -> None:
    with pytest.raises(KeyError):
        draw_map(atlas, view_of(atlas, "BEV01"), None, kind="gif")  # type: ignore[arg-type]


def test_drawing_is_loaded_late() -> None:
    code = (
        "import sys, reports.map, reports.tables\n"
        "late = {'reports.drawing', 'matplotlib', 'openpyxl', 'fontTools'}\n"
        "sys.exit(' '.join(late & set(sys.modules)) or None)"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# What is on the sheet


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[Sheet]:
    """Return the sheets that are drawn in a test; they are kept and not written to a file."""
    drawn: list[Sheet] = []
    monkeypatch.setattr(Sheet, "save", lambda sheet, kind, title: drawn.append(sheet) or kind.encode())
    return drawn


def written(sheet: Sheet) -> list[tuple[str, Bbox]]:
    """Return every text on a sheet with its box in millimetres."""
    renderer = FigureCanvasAgg(sheet.figure).get_renderer()
    to_mm = sheet.axes.transData.inverted()
    texts = [artist for artist in sheet.axes.get_children() if isinstance(artist, Text) and artist.get_text()]
    return [(t.get_text(), t.get_window_extent(renderer).transformed(to_mm)) for t in texts]


EXTREMES = (
    *((key, level, Selection(), {}) for key, level in LAYERS),
    (
        "abdeckung.krankenhaus",
        "gemeinde",
        Selection(categories=MANY, area="16063105", compare="16063015"),
        {"k": 7},
    ),
    ("anzahl.kita", "gemeinde", Selection(categories=MANY[:3]), {"scheme": "gleich", "k": 7}),
    *(("minuten.krankenhaus", "gemeinde", Selection(), {"scheme": scheme, "k": 7}) for scheme in SCHEMES),
)


@pytest.mark.parametrize(("key", "level", "selection", "options"), EXTREMES)
def test_no_text_leaves_the_sheet_or_lies_on_another(
    atlas: Atlas, sheets: list[Sheet], key: str, level: str, selection: Selection, options: dict[str, object]
) -> None:
    view = view_of(atlas, key, level, **options)
    draw_map(atlas, view, selection, kind="pdf", created=CREATED, office="Musteramt")
    (sheet,) = sheets
    boxes = written(sheet)
    assert len(boxes) > 25
    for line, box in boxes:
        assert 5 < box.x0 < box.x1 < sheet.width - 5, line
        assert 5 < box.y0 < box.y1 < sheet.height - 5, line
    for (one, a), (other, b) in combinations(boxes, 2):
        shared = Bbox.intersection(a, b)
        assert shared is None or min(shared.width, shared.height) < 0.8, (one, other)


def test_nothing_is_smaller_than_seven_points(atlas: Atlas, sheets: list[Sheet]) -> None:
    draw_map(atlas, view_of(atlas, "haltestelle.600"), None, kind="pdf", created=CREATED)
    (sheet,) = sheets
    sizes = [t.get_fontsize() for t in sheet.axes.get_children() if isinstance(t, Text) and t.get_text()]
    assert min(sizes) >= 7


@pytest.mark.parametrize(("key", "level"), LAYERS)
def test_paper_carries_the_checklist(atlas: Atlas, sheets: list[Sheet], key: str, level: str) -> None:
    view = view_of(atlas, key, level)
    draw_map(atlas, view, None, kind="pdf", created=CREATED, office="Musteramt")
    (sheet,) = sheets
    page = " ".join(line for line, _ in written(sheet))
    layer_text = view.layer.text
    expected = [
        view.layer.text.name,
        atlas.data.name,
        layer_text.gebietsstand,
        layer_text.stand,
        "Maßstab 1:",
        "10 km",
        "EPSG:25832",
        "N",
        "Gotha",
        "© GeoBasis-DE / BKG 2016 (Daten verändert)",
        words.OWN_WORK,
        "Musteramt",
        "31.01.2025",
        *(entry.label for entry in view.legend),
        *(str(entry.count) for entry in view.legend),
        *(source.title for source in words.sources(atlas, view)),
    ]
    if layer_text.unit and view.has_values:
        expected.append(f"Angaben in: {layer_text.unit}")
    if view.classes.bins and level != "kreis":
        expected.append(SCHEMES[view.classes.scheme])
    if layer_text.approximation and view.has_values:
        expected.append("Näherung")
    assert [part for part in expected if part not in page] == []


def test_large_gemeinden_are_named(atlas: Atlas, sheets: list[Sheet]) -> None:
    draw_map(atlas, view_of(atlas, "minuten.krankenhaus"), None, kind="pdf")
    (sheet,) = sheets
    lines = {line for line, _ in written(sheet)}
    names = [set(re.split(r"(?<=-)|(?<=Bad) ", name)) | {name} for name in atlas.areas("gemeinde")["name"]]
    assert sum(bool(parts & lines) for parts in names) >= 26


# States, on invented data


@pytest.fixture
def states(synthetic: Callable[..., Atlas]) -> tuple[Atlas, MapView]:
    marked = {
        A: ("unreliable", "Zahl zu alt"),
        B: ("suppressed_primary", "Geheim"),
        C: ("missing", "Unbekannt"),
    }
    atlas = synthetic(KLINIK, KLINIK_OUTSIDE, states=marked)
    return atlas, view_of(atlas, "BEV01")


def test_unsure_and_secret_areas_are_hatched(states: tuple[Atlas, MapView]) -> None:
    atlas, view = states
    root = ET.fromstring(draw_map(atlas, view, None, kind="svg"))
    over = {group.get("id"): group for group in root.iter(f"{SVG}g")}
    hatched = {name: over[f"over-{name}"] for name in (A, B, C) if f"over-{name}" in over}
    assert set(hatched) == set(view.rows.index[view.rows["hatched"]]) == {A, B}
    inks = [group.find(f"{SVG}path").get("style") for group in hatched.values()]  # type: ignore[union-attr]
    assert all("fill: url(#" in ink for ink in inks)
    assert inks[0] != inks[1]


def test_legend_and_notes_explain_the_states(states: tuple[Atlas, MapView], sheets: list[Sheet]) -> None:
    draw_map(*states, None, kind="pdf")
    page = " ".join(line for line, _ in written(sheets[0]))
    assert all(part in page for part in ("unsicher", "geheim", "keine Angabe", "Zahl zu alt", "Unbekannt"))


def test_facilities_are_counted_inside_and_around(synthetic: Callable[..., Atlas], sheets: list[Sheet]) -> None:
    west, south = 5000 - ORIGIN[0], 5000 - ORIGIN[1]  # the synthetic areas lie at the origin of the grid
    here, beside = (west, south), (west, south + 7000)
    rows = [facility("klinik", *here, A), facility("klinik", *here, A), facility("klinik", *beside, None)]
    atlas = synthetic(*rows, facility("klinik", 0, 0, None))
    draw_map(atlas, view_of(atlas, "minuten.klinik"), None, kind="pdf")
    page = " ".join(line for line, _ in written(sheets[0]))
    assert "Kliniken: 2 im Kreis + 1 im Ausschnitt darum" in page
    assert "mehrere am selben Ort" in page


def test_more_categories_than_signs_share_one(atlas: Atlas, sheets: list[Sheet]) -> None:
    every = tuple(atlas.categories)
    draw_map(atlas, view_of(atlas, "MIN01"), Selection(categories=every), kind="pdf")
    page = " ".join(line for line, _ in written(sheets[0]))
    assert f"{len(every) - len(SIGNS) + 1} weitere Arten" in page


def test_circles_only_stand_for_absolute_numbers(atlas: Atlas) -> None:
    assert circle_scale(view_of(atlas, "BEV02")) is None
    assert circle_scale(view_of(atlas, "MIN01")) is None
    scale = circle_scale(view_of(atlas, "BEV01"))
    assert scale is not None
    largest = view_of(atlas, "BEV01").rows["value"].max()
    assert scale.radius(largest / 4) == pytest.approx(scale.radius(largest) / 2)


# Words and letters


def test_lines_are_no_wider_than_asked() -> None:
    style = text.Style(9)
    long = "Krankenhäuser der Basisversorgung https://example.org/eine-sehr-lange-adresse-ohne-leerzeichen ja"
    lines = text.wrap(long, style, 40)
    assert max(text.width(line, style) for line in lines) <= 40
    assert "".join(lines).replace(" ", "") == long.replace(" ", "")
    cut = text.wrap(long, style, 40, max_lines=2)
    assert len(cut) == 2
    assert cut[1].endswith("…")
    assert text.width(cut[1], style) <= 40
    assert text.wrap("", style, 40) == []


def test_without_the_web_fonts_the_map_is_still_drawn(
    atlas: Atlas, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    caches = (fonts.families, text._font, text.width)
    monkeypatch.setattr(fonts, "WEB_FONTS", tmp_path)
    try:
        for cache in caches:
            cache.cache_clear()
        assert fonts.families() == ("DejaVu Sans",)
        assert area_groups(draw_map(atlas, view_of(atlas, "BEV01"), None, kind="svg"))
    finally:
        monkeypatch.undo()
        for cache in caches:
            cache.cache_clear()


def test_web_fonts_become_ttf_once(tmp_path: Path) -> None:
    source = fonts.WEB_FONTS / "fira-sans-latin-400-normal.woff2"
    if not source.exists():
        pytest.skip("the front-end packages are not installed")
    made = fonts.to_ttf(source, tmp_path)
    assert made.read_bytes()[:4] == b"\x00\x01\x00\x00"
    before = made.stat().st_mtime_ns
    assert fonts.to_ttf(source, tmp_path).stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == [made.name]


@pytest.mark.parametrize(
    ("key", "level", "name"),
    [
        ("haltestelle.600", "gemeinde", "wartburgkreis_haltestelle-600_gemeinde.csv"),
        ("minuten.krankenhaus.pkw", "sozialraum", "wartburgkreis_minuten-krankenhaus-pkw_sozialraum.csv"),
        ("BEV01", "kreis", "wartburgkreis_bev01_kreis.csv"),
    ],
)
def test_file_names_are_plain(atlas: Atlas, key: str, level: str, name: str) -> None:
    assert words.file_name(view_of(atlas, key, level), "csv") == name


def test_one_value_everywhere_is_said_as_such(atlas: Atlas) -> None:
    view = view_of(atlas, "BEV01", "kreis")
    assert words.subtitle(view) == f"Landkreis: {view.rows['shown'].iloc[0]}."
    assert words.subtitle(view_of(atlas, "MIN01")) == "Noch keine Werte."


def test_a_dollar_sign_is_no_formula(atlas: Atlas) -> None:
    view = view_of(atlas, "BEV01")
    odd = replace(view.layer.text, name="Kosten $x$ \\frac & <b>")
    changed = replace(view, layer=replace(view.layer, text=odd))
    root = ET.fromstring(draw_map(atlas, changed, None, kind="svg"))
    assert root.findtext(f"{SVG}title") == "Kosten $x$ \\frac & <b>"
