"""How long a switch of the indicator takes in the browser and how much travels: ours beside Plotly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser

from tests.bench.browser import Switch, Tab, open_tab
from tests.bench.table import Row

PEERS = {"plotly": "Plotly Choroplethmap, ganze Figur", "patch": "Plotly Choroplethmap, Patch von z"}
SHORT = {"plotly": "ganze Figur", "patch": "Patch"}
AIMS = {"plotly": 10.0, "patch": 5.0}
BYTES_AIM = 50.0
GROUND = {30: "30 Gemeinden", 630: "630 Testflächen", 11_000: "11.000 Testflächen"}
TURNS = {30: 15, 630: 7, 11_000: 4}
WARM_UP = 4
REAL = 30
PAGE = "/?handlungsfeld=ALLE"
# Indicators of the page as a reader would go through them: areas, points and legend change.
INDICATORS = ("dichte", "minuten", "versorgung", "abdeckung", "haltestelle", "minuten_median", "anzahl")


@dataclass(frozen=True)
class Medians:
    """Medians of several switches after the warm-up."""

    idle: float
    after_answer: float
    drawn: float
    page: float
    plain: float
    sent: float
    values: float


@dataclass(frozen=True)
class Course:
    """A tab and what is set in it turn by turn."""

    tab: Tab
    component: str = "wahl"
    prop: str = "data"
    values: Sequence[int | str] = range(1000)


def middle(switches: Sequence[Switch]) -> Medians:
    """Return the medians of all but the first switches."""
    kept = switches[WARM_UP:]
    names = ("idle", "after_answer", "drawn", "page", "plain", "sent", "values")
    return Medians(**{name: float(median(getattr(one, name) for one in kept)) for name in names})


def measure_maps(browser: Browser, site: str, atlas: str, skipped: set[tuple[str, int]]) -> list[Row]:
    """Return times and bytes of the bare maps, ours and the peers, and of the whole page of the atlas."""
    rows = []
    for n in GROUND:
        names = [name for name in ("atlas", *PEERS) if (name, n) not in skipped]
        courses = {name: Course(open_tab(browser, f"{site}/{name}-{n}/")) for name in names}
        if n == REAL:
            courses["seite"] = Course(open_tab(browser, atlas + PAGE), "wahl-indicator", "value", INDICATORS)
        found = _in_turn(courses, TURNS[n])
        rows += [row for peer in PEERS for row in _map_rows(n, peer, found)]
        if "seite" in found:
            rows += _page_rows(found)
    return rows


def _in_turn(courses: Mapping[str, Course], turns: int) -> dict[str, Medians]:
    """Switch all maps one after the other, round after round, so that other load meets all alike."""
    seen: dict[str, list[Switch]] = {name: [] for name in courses}
    for turn in range(1, turns + WARM_UP + 1):
        for name, course in courses.items():
            value = course.values[turn % len(course.values)]
            seen[name].append(course.tab.switch(course.component, course.prop, value))
    for course in courses.values():
        course.tab.page.close()
    return {name: middle(switches) for name, switches in seen.items()}


def _map_rows(n: int, peer: str, found: Mapping[str, Medians]) -> list[Row]:
    ours, other = found["atlas"], found.get(peer)
    what = f"Karte {GROUND[n]}"

    def row(name: str, part: str, unit: str, aim: float | None = None) -> Row:
        value = getattr(other, part) if other else None
        return Row(f"{what}: {name} gegen {SHORT[peer]}", getattr(ours, part), PEERS[peer], value, unit, aim)

    return [
        row("Wechsel", "idle", "ms", AIMS[peer]),
        row("davon nach der Antwort des Servers", "after_answer", "ms"),
        row("Wechsel mit Software-Grafik", "drawn", "ms"),
        row("Bytes", "plain", "B", BYTES_AIM if peer == "plotly" else None),
        row("Bytes gepackt", "sent", "B", BYTES_AIM if peer == "plotly" else None),
    ]


def _page_rows(found: Mapping[str, Medians]) -> list[Row]:
    """Return the real page (callback, panels, map, points, names) beside the bare maps of the peers."""
    page = found["seite"]

    def row(name: str, ours: float, peer: str, part: str, unit: str, aim: float | None = None) -> Row:
        what = f"Ganze Seite Karte: {name} gegen {SHORT[peer]}"
        return Row(what, ours, f"{PEERS[peer]} (nur Karte)", getattr(found[peer], part), unit, aim)

    times = [
        row(name, ours, peer, "idle", "ms")
        for name, ours in (("Wechsel bis zur Karte", page.idle), ("Wechsel bis alles steht", page.page))
        for peer in PEERS
    ]
    return [
        *times,
        row("Bytes", page.plain, "plotly", "plain", "B"),
        row("Bytes gepackt", page.sent, "plotly", "sent", "B"),
        row("davon Werte der Karte, Bytes", page.values, "plotly", "plain", "B", BYTES_AIM),
    ]
