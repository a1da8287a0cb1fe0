"""The house: who may import whom, how long things may get, and what the project must not name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("geodata", "layers", "views", "reports")
PAGES = (
    "karte",
    "entwicklung",
    "vergleich",
    "steckbrief",
    "reichweite",
    "einrichtungen",
    "datenqualitaet",
    "methodik",
    "einlesen",
)
MAX_MODULE, MAX_BODY = 300, 60
DASH = {"dash", "dash_mantine_components", "dash_ag_grid"}
SCREEN = DASH | {"plotly", "flask", "waitress"}
TEXT_FILES = {".py", ".toml", ".md", ".css", ".js", ".txt", ".json", ".cfg", ".yml", ".yaml", ""}
NOT_OURS = {".git", ".venv", "node_modules", "build", "dist", "embedded", "tests", "__pycache__"}
NOT_OURS |= {".hypothesis", ".mypy_cache", ".pytest_cache", ".ruff_cache"}
FORBIDDEN = {
    "geodata": {"layers", "views", "reports", "app", "matplotlib"} | SCREEN,
    "layers": {"views", "reports", "app", "matplotlib"} | SCREEN,
    "reports": {"views", "app"} | SCREEN,
    "views": {"app"},
}


@cache
def modules(package: str = "") -> tuple[Path, ...]:
    """Return the modules of one package, or of all and app.py."""
    if package:
        return tuple(sorted((ROOT / package).rglob("*.py")))
    return (ROOT / "app.py", *(path for name in PACKAGES for path in modules(name)))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of everything a module imports, also inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.relative_to(ROOT)}: write imports absolutely"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@cache
def our_files() -> tuple[Path, ...]:
    """Return the text files of the project that are neither tests nor made by tools."""
    tops = [path for path in ROOT.iterdir() if path.name not in NOT_OURS]
    found = [path for top in tops for path in ([top] if top.is_file() else top.rglob("*"))]
    return tuple(
        path
        for path in sorted(found)
        if path.is_file() and path.suffix in TEXT_FILES and not NOT_OURS & set(path.relative_to(ROOT).parts)
    )


@pytest.mark.parametrize("package", sorted(FORBIDDEN))
def test_imports_point_downwards(package: str) -> None:
    wrong = {str(p.relative_to(ROOT)): sorted(tops(p) & FORBIDDEN[package]) for p in modules(package)}
    assert {path: found for path, found in wrong.items() if found} == {}


def test_only_views_and_app_know_dash() -> None:
    knowing = [path for path in modules() if tops(path) & DASH]
    assert [p for p in names(knowing) if not p.startswith("views/") and p != "app.py"] == []


def test_nothing_imports_app() -> None:
    assert names([path for path in modules() if "app" in tops(path)]) == []


def test_the_catalogues_and_readers_do_not_know_the_dataset_they_make() -> None:
    """geodata.sources and geodata.catalog stand below geodata.build and geodata.dataset."""
    above = ("geodata.build", "geodata.dataset", "geodata.assemble")
    lower = [path for path in modules("geodata") if path.parent.name in ("sources", "catalog")]
    assert lower
    assert names([path for path in lower if any(name.startswith(above) for name in imported(path))]) == []


def test_layers_read_no_file_no_clock_no_environment() -> None:
    banned = {"os", "pathlib", "requests", "urllib", "socket", "time", "io", "tempfile"}
    commands = {"layers/run.py", "layers/run_task.py"}  # `python -m layers.run` reads datasets and writes results
    assert set(names([path for path in modules("layers") if tops(path) & banned])) <= commands


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_one_file_with_title_path_layout_and_register(page: str) -> None:
    body = tree(ROOT / "views" / f"{page}.py").body
    functions = {node.name: [a.arg for a in node.args.args] for node in body if isinstance(node, ast.FunctionDef)}
    targets = [node.targets[0] for node in body if isinstance(node, ast.Assign)]
    constants = {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    assert {"TITLE", "PATH"} <= constants
    assert functions["layout"][0] == "atlas"
    assert functions["register"] == ["app", "atlas"]


def test_every_file_with_a_path_is_a_page_of_the_app() -> None:
    views = (ROOT / "views").glob("*.py")
    with_path = [path.stem for path in views if re.search(r"(?m)^(TITLE, )?PATH\b", path.read_text("utf-8"))]
    assert sorted(with_path) == sorted(PAGES)


def test_pages_do_not_import_each_other() -> None:
    for page in PAGES:
        others = {f"views.{other}" for other in PAGES if other != page}
        assert not others & set(imported(ROOT / "views" / f"{page}.py")), page


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_is_and_fits_in_one_sitting(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "a module begins with a docstring"
    assert len(path.read_text("utf-8").splitlines()) <= MAX_MODULE


def test_a_function_fits_on_a_screen() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.body[0].lineno + 1
                if lines > MAX_BODY:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_every_file_has_its_future_annotations_and_no_star_import() -> None:
    for path in modules():
        source = path.read_text("utf-8")
        assert "import *" not in source, path
        if any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree(path))):
            assert "from __future__ import annotations" in source, path


def test_the_app_starts_without_the_compiler_of_the_kernels() -> None:
    script = "import sys, app; sys.exit(bool({'numba', 'osmium', 'dask', 'distributed'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_callback_exceptions_are_never_suppressed() -> None:
    naming = [path for path in our_files() if "suppress_callback_exceptions" in path.read_text("utf-8")]
    assert names(naming) == []


def test_nothing_is_hidden_from_the_tests() -> None:
    """Warnings are errors: no module silences them, and no bare except swallows what it cannot handle."""
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                assert node.type is not None, f"{path.relative_to(ROOT)}:{node.lineno}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in ("filterwarnings", "simplefilter"), f"{path.relative_to(ROOT)}:{node.lineno}"


def test_the_project_names_no_place_of_its_making() -> None:
    place = re.compile(r"(?<![\w.])/(work|farm|tmp)\b|\.\./shared")
    naming = [path for path in our_files() if place.search(path.read_text("utf-8"))]
    assert names(naming) == []


def test_the_project_asks_no_other_machine_at_run_time() -> None:
    """Addresses in code are sources to read about; only the readers of registry packages may open one."""
    network = {"requests", "httpx", "aiohttp", "urllib3"}
    assert names([path for path in modules() if tops(path) & network]) == []
    opening = [path for path in modules() if "urllib.request" in set(imported(path))]
    assert [p for p in names(opening) if not p.startswith("geodata/")] == []
