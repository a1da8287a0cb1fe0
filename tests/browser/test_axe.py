"""No violation of WCAG 2.1 A and AA that axe-core can find, on every page in several states."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import PHONE, ROOT, WIDE
from tests.browser.reader import Reader

AXE = Path(ROOT) / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
STATES = {
    "start": "/",
    "area and table": "/?area=16063076&compare=16063008&table=ja",
    "no data": "/?handlungsfeld=ALLE&indicator=MIN01&table=ja",
    "coverage with points": "/?handlungsfeld=SIC&indicator=abdeckung&category=krankenhaus&categories=apotheke",
    "wrong link": "/?indicator=GIBTSNICHT",
    "scenario": "/?handlungsfeld=ALLE&indicator=minuten&category=krankenhaus&closed=krankenhaus-16063003-01",
    "reach": "/reichweite?place=einr:krankenhaus-16063003-01&mode=pkw",
    "register": "/einrichtungen",
    "entry": "/einrichtungen?categories=krankenhaus",
    "nothing found": "/einrichtungen?search=gibtesnirgends",
    "data": "/daten",
    "not found": "/gibt-es-nicht",
    "picture": "/?webgl=aus",
}


def violations(reader: Reader) -> list[str]:
    """Return every violation as ``rule: element``."""
    reader.page.evaluate(AXE.read_text(encoding="utf-8"))
    run = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"
    found: list[dict[str, Any]] = reader.page.evaluate(run, TAGS)["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(open_reader: Callable[..., Reader], state: str, width: int) -> None:
    reader = open_reader(width)
    reader.open(STATES[state])
    if state == "entry":
        reader.page.locator("#bestand-tabelle [data-facility]").first.click()
        reader.wait_for(lambda: "facility=" in reader.query(), "der Eintrag")
    reader.page.evaluate("() => document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert violations(reader) == []


def test_axe_finds_nothing_in_an_open_list(reader: Reader) -> None:
    reader.open("/")
    reader.page.locator("#wahl-indicator").click()
    reader.page.get_by_role("listbox").first.wait_for()
    reader.page.wait_for_timeout(400)
    assert violations(reader) == []
