"""README, handbook and architecture: complete against catalogues and pages, not stale, no dead links."""

from __future__ import annotations

import doctest
import re
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from dash.development.base_component import Component

import app
from docs import katalogteil, tabellen
from docs.bilder import MAX_BYTES, PRINTED, SHOTS
from docs.tabellen import escape
from geodata import catalog
from geodata.catalog import read_catalog
from layers import Atlas
from layers.classify import SCHEMES
from layers.german import SHORT, STATE_WORDS
from layers.register import PRECISION_WORDS
from views import einrichtungen, karte, reichweite
from views.components.mappage import EXPORTS as MAP_EXPORTS
from views.components.words import JUDGEMENT_GROUPS
from views.einrichtungen import EXPORTS as FACILITY_EXPORTS

ROOT = Path(__file__).resolve().parent.parent
README, HANDBOOK = ROOT / "README.md", ROOT / "docs" / "handbuch.md"
ARCHITECTURE = ROOT / "docs" / "architektur.md"
WAYS, SCALING = ROOT / "docs" / "wege.md", ROOT / "docs" / "skalierung.md"
DOCUMENTS = (README, HANDBOOK, ARCHITECTURE, WAYS, SCALING)
CATALOGUES = ROOT / "geodata" / "catalog"
FORBIDDEN = re.compile(r"(?i)\bsession|(?<![\w&])#\d+\b|/tmp/|\.\./shared|pythonhosted|pypi\.org|npmjs")
FILES = {table: f"{table}s.toml" for table in ("indicator", "threshold", "district")} | {"category": "categories.toml"}


def texts() -> Iterator[tuple[Path, str]]:
    for path in DOCUMENTS:
        yield path, path.read_text("utf-8")


def words(text: str) -> str:
    """Return ``text`` with line breaks as blanks, so that a wrapped name is found."""
    return " ".join(text.split())


def missing(wanted: Iterable[str], text: str) -> list[str]:
    found = words(text)
    return [name for name in wanted if words(name) not in found]


@pytest.fixture(scope="module")
def handbook() -> str:
    return HANDBOOK.read_text("utf-8")


@pytest.fixture(scope="module")
def by_hand(handbook: str) -> str:
    return handbook.split(katalogteil.BEGIN)[0]


# --- README ------------------------------------------------------------------------------------------------


def test_readme_is_short_and_names_both_commands() -> None:
    text = README.read_text("utf-8")
    assert len(text.splitlines()) <= 150
    assert not missing(["make run", "make test", "PORT", "HOST", "BROWSER"], text)


def test_readme_names_targets_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"`?make ([a-z]+)", README.read_text("utf-8"))) - {"are"}
    assert named >= {"run", "test", "check", "bench", "data", "screenshots"}
    assert [target for target in sorted(named) if not re.search(rf"(?m)^{target}:", makefile)] == []


def test_readme_prints_every_attribution_of_a_licence() -> None:
    needed = [source.attribution for source in catalog.sources().values() if source.package]
    assert missing(needed, README.read_text("utf-8")) == []


def test_readme_says_which_licence_the_code_has() -> None:
    has_licence = any(ROOT.glob("LICEN[CS]E*"))
    assert ("not been chosen yet" in README.read_text("utf-8")) != has_licence


@pytest.mark.parametrize("table", FILES)
def test_example_block_of_the_readme_is_read_by_the_catalogue(table: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    block = next(text for text in blocks if table in tomllib.loads(text))
    for path in CATALOGUES.glob("*.toml"):
        shutil.copy(path, tmp_path)
    shutil.copy(CATALOGUES / "parts.csv", tmp_path)
    with (tmp_path / FILES[table]).open("a", encoding="utf-8") as file:
        file.write(f"\n{block}")
    assert read_catalog(tmp_path)


# --- links, pictures, words --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_to_files(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8"))
    own = [target for target in targets if "://" not in target]
    assert [target for target in own if not (path.parent / target).is_file()] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_named_files_exist(path: Path) -> None:
    named = re.findall(r"`((?:geodata|layers|views|reports|assets|tests|docs)/[\w./-]+)`", path.read_text("utf-8"))
    made = {"docs/bilder/", "build/"}
    assert [name for name in named if name not in made and not (ROOT / name).exists()] == []


def test_project_speaks_of_itself_only() -> None:
    found = {path.name: FORBIDDEN.findall(text) for path, text in texts()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_pictures_are_those_of_the_script_and_small() -> None:
    expected = sorted([*(shot.name for shot in SHOTS), PRINTED[0]])
    files = sorted((ROOT / "docs" / "bilder").glob("*.png"))
    assert [path.stem for path in files] == expected
    assert [path.name for path in files if path.stat().st_size > MAX_BYTES] == []
    assert sum(path.stat().st_size for path in files) < 1_500_000


def test_every_picture_is_shown(handbook: str) -> None:
    shown = re.findall(r"!\[[^\]]+\]\(bilder/([\w-]+)\.png\)", handbook)
    assert sorted(shown) == sorted([*(shot.name for shot in SHOTS), PRINTED[0]])


# --- handbook ----------------------------------------------------------------------------------------------


def test_generated_part_is_not_stale(handbook: str, atlas: Atlas) -> None:
    fresh = katalogteil.with_catalogue(handbook, katalogteil.catalogue_part(atlas))
    assert handbook == fresh, "python -m docs.katalogteil"


@pytest.mark.parametrize("module", [katalogteil, tabellen], ids=lambda module: module.__name__)
def test_examples_of_the_scripts_hold(module: ModuleType) -> None:
    assert doctest.testmod(module).failed == 0


def test_handbook_names_every_catalogue_entry(handbook: str) -> None:
    wanted = [
        *(f"{field.name} ({field.code})" for field in catalog.handlungsfelder().values()),
        *(field.question for field in catalog.handlungsfelder().values()),
        *(f"{escape(category.name)} (`{category.id}`)" for category in catalog.categories().values()),
        *(f"| {indicator.id} | {escape(indicator.name)} |" for indicator in catalog.indicators().values()),
        *(f"{measure.name} (`{measure.id}`)" for measure in catalog.measures().values()),
        *(f"| {mode.name} |" for mode in catalog.modes().values()),
        *(f"| {threshold.id} | {escape(threshold.name)} |" for threshold in catalog.thresholds().values()),
        *(escape(source.attribution) for source in catalog.sources().values()),
        *(f"- {proof.id}: " for proof in catalog.proofs().values()),
    ]
    assert missing(wanted, handbook) == []


def test_handbook_says_what_completes_a_register(handbook: str) -> None:
    incomplete = [c.completeness for c in catalog.categories().values() if c.completeness.judgement != "ausreichend"]
    assert missing([escape(done.missing_source) for done in incomplete], handbook) == []


def test_handbook_names_every_page_and_its_controls(by_hand: str, atlas: Atlas) -> None:
    assert missing([f"## Die Seite „{page.TITLE}“" for page in app.PAGES], by_hand) == []
    for page in (karte, reichweite, einrichtungen):
        assert missing(labels(page.layout(atlas, {})), by_hand) == []


def labels(layout: Component) -> list[str]:
    """Return what names a control on a page: labels, headings, summaries, buttons, choices of downloads."""
    return list(dict.fromkeys(name for part in components(layout) for name in names_of(part)))


def components(layout: Component) -> list[Component]:
    return [part for part in layout._traverse() if isinstance(part, Component)]


def names_of(part: Component) -> list[str]:
    props = part.to_plotly_json()["props"]
    is_data = {"data-area", "data-facility"} & set(props)
    is_control = type(part).__name__ in ("Summary", "Button", "H2") or "download" in props
    own = part.children if is_control and not is_data else None
    texts = [text for text in (props.get("label"), props.get("thumbLabel"), own) if isinstance(text, str)]
    return [re.sub(r" \(\d+ .*\)$", "", text) for text in texts]


def test_labels_of_the_map_page_are_found(atlas: Atlas) -> None:
    found = labels(karte.layout(atlas, {}))
    assert {"Handlungsfeld", "Schwelle", "Klasseneinteilung", "Rangliste", "Link kopieren", "PDF"} <= set(found)


def test_handbook_names_choices_states_and_exports(by_hand: str) -> None:
    wanted = [
        *SCHEMES.values(),
        *SHORT.values(),
        *PRECISION_WORDS.values(),
        *MAP_EXPORTS.values(),
        *FACILITY_EXPORTS.values(),
    ]
    assert missing(wanted, by_hand) == []


def test_handbook_explains_every_state(handbook: str) -> None:
    assert missing([f"| {word} |" for word in STATE_WORDS.values()], handbook) == []
    assert missing([f"**{title} (" for title in JUDGEMENT_GROUPS.values()], handbook) == []


def test_handbook_presents_nothing_as_adopted(by_hand: str) -> None:
    assert "Der beschlossene Text der Strategie ist nicht enthalten." in words(by_hand)
    assert all(field.leitziel is None for field in catalog.handlungsfelder().values())


# --- architecture ------------------------------------------------------------------------------------------


def test_architecture_names_every_top_level_folder() -> None:
    text = ARCHITECTURE.read_text("utf-8")
    assert len(text.splitlines()) <= 120
    made = {line.strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}
    folders = [path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")]
    assert [name for name in sorted(set(folders) - made) if f"`{name}/`" not in text] == []
