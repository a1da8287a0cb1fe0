"""What the operator decides; read once from the environment."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from geodata.confidentiality import Audience
from geodata.dataset import EMBEDDED

ROOT = Path(__file__).resolve().parent.parent
BUILT = ROOT / "build" / "datasets"


@dataclass(frozen=True)
class Settings:
    """Address, district, folders and audience of one running atlas.

    ``areas``: file with areas of the district's own in place of the Sozialräume. ``store``: folder or address of the
    database of imported figures, empty for none. The audience is the operator's decision alone: nothing in an address
    of the atlas changes it.
    """

    district: str = "16063"
    data: Path = EMBEDDED
    host: str = "127.0.0.1"
    port: int = 8050
    threads: int = 8
    open_browser: bool = False
    areas: Path | None = None
    store: str = ""
    audience: Audience = "oeffentlich"
    assets: Path = ROOT / "assets"
    packages: Path = ROOT / "node_modules"

    @property
    def address(self) -> str:
        """The address a browser on this machine opens."""
        return f"http://{self.host}:{self.port}/"


def read_settings(environment: dict[str, str] | None = None) -> Settings:
    """Return the settings of the environment variables of the handbook: PORT, HOST, KREIS, DATEN, SPEICHER, ...

    KREIS is looked for among the datasets that were built (DATEN, by default build/datasets), then the embedded ones.
    BROWSER "nein" opens none; ZIELGRUPPE is oeffentlich, gremium or intern.

    >>> read_settings({"PORT": "9000", "BROWSER": "nein"}).port
    9000
    """
    given = dict(os.environ) if environment is None else environment
    port = given.get("PORT", "8050")
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        sys.exit(f"PORT muss eine Zahl von 1 bis 65535 sein, nicht „{port}“. Beispiel: make run PORT=8060")
    wanted = given.get("BROWSER", "") != "nein"
    district = given.get("KREIS", "16063")
    folders = [Path(given.get("DATEN", BUILT)), EMBEDDED]
    if not district.isdecimal() or not any((folder / district).is_dir() for folder in folders):
        places = " und ".join(str(folder) for folder in folders)
        sys.exit(
            f"Für KREIS „{district}“ gibt es keinen Datensatz in {places}. "
            "Abhilfe: mit `python -m geodata.build KREIS --sources ORDNER` bauen."
        )
    audience = given.get("ZIELGRUPPE", "oeffentlich")
    if audience not in get_args(Audience):
        known = ", ".join(get_args(Audience))
        sys.exit(f"ZIELGRUPPE muss eines von {known} sein, nicht „{audience}“. Beispiel: ZIELGRUPPE=intern make run")
    areas = Path(given["RAUMGLIEDERUNG"]) if given.get("RAUMGLIEDERUNG") else None
    if areas is not None and not areas.is_file():
        sys.exit(f"RAUMGLIEDERUNG „{areas}“ gibt es nicht. Abhilfe: Pfad einer Tabelle (ags;name) oder Karte angeben.")
    return Settings(
        areas=areas,
        store=given.get("SPEICHER", str(ROOT / "daten")),
        audience=cast(Audience, audience),
        district=district,
        data=next(folder for folder in folders if (folder / district).is_dir()),
        host=given.get("HOST", "127.0.0.1"),
        port=int(port),
        open_browser=wanted and has_screen(given),
    )


def has_screen(environment: dict[str, str]) -> bool:
    """Return whether a browser window can be shown on this machine."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
