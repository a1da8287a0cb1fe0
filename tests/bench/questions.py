"""What-if and reach on a district with networks and a timetable: from the choice until the map shows it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser

from tests import kunstwege
from tests.bench.browser import Switch, open_tab
from tests.bench.process import running_atlas
from tests.bench.table import Row, limit

TURNS, WARM_UP = 12, 2
QUESTION = "/?handlungsfeld=FAM&indicator=minuten&category=grundschule&mode=pkw"
REACH = "/reichweite?mode=pkw&minutes=30"
ON = "Wartburgkreis mit erfundenem Netz (8.600 Knoten je Netz)"


def measure_questions(browser: Browser) -> list[Row]:
    """Return how long a closing, an opening and the reach of a place take until they are on the map."""
    with tempfile.TemporaryDirectory() as folder:
        root = kunstwege.build(Path(folder) / "daten")
        with running_atlas(KREIS=kunstwege.AGS, DATEN=str(root)) as atlas:
            atlas.seconds_until("/")
            schools = [f"grundschule-{part}" for part in _keys(root)]
            closed = [[schools[n % len(schools)]] for n in range(TURNS)]
            opened = [[f"10.{10 + n:02d}000_50.{80 + n:02d}000"] for n in range(TURNS)]
            places = [f"punkt:10.{10 + n:02d}000_50.{80 + n:02d}000" for n in range(TURNS)]
            rows = [
                _row("Szenario, schließen", _turns(browser, atlas.address + QUESTION, "wahl-closed", closed)),
                _row("Szenario, öffnen", _turns(browser, atlas.address + QUESTION, "wahl-opened", opened)),
                _row("Reichweite einer Stelle", _turns(browser, atlas.address + REACH, "reichweite-place", places)),
            ]
    return rows


def _keys(root: Path) -> list[str]:
    from geodata.dataset import read_dataset

    rows = read_dataset.__wrapped__(root / kunstwege.AGS).facilities
    found = rows[(rows["category"] == "grundschule") & rows["inside"] & rows.geometry.notna()]
    return [str(key).removeprefix("grundschule-") for key in found.index]


def _turns(browser: Browser, address: str, component: str, values: list[str] | list[list[str]]) -> list[Switch]:
    tab = open_tab(browser, address)
    seen = [tab.switch(component, "value", value) for value in values]
    tab.page.close()
    return seen[WARM_UP:]


def _row(name: str, seen: list[Switch]) -> Row:
    return limit(f"{name} bis zur Karte ({ON})", float(median(one.drawn for one in seen)), 100.0, "ms")
