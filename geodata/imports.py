"""Files of statistics -> the store: recognise, read, judge, show what would change, take over, take back.

On the command line: ``python -m geodata.imports FILE ... [--dry-run] [--gebietsstand DAY] [--indicator ID]``,
``--undo`` takes the last import back, ``--list`` shows all.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pandas as pd

from geodata import crosswalk, dataset
from geodata.catalog.parts import Item, items_of
from geodata.model import GeoDataError
from geodata.observations import Judgement, Territory, guess_gebietsstand, judge, territory_of
from geodata.sources.statistics import inkar, template
from geodata.sources.statistics.plain_table import listed, read_heads
from geodata.sources.statistics.reading import Reading
from geodata.store import FIGURE_COLUMNS, IDENTITY, Store

FORMS = {
    "zensus": "Zensus",
    "genesis": "Regionalstatistik / GENESIS",
    "inkar": "INKAR (BBSR)",
    "gisd": "GISD (RKI)",
    "ba": "Statistik der Bundesagentur für Arbeit",
    "gemeindeverzeichnis": "Gemeindeverzeichnis, VG250-EW",
    "tls": "Thüringer Landesamt für Statistik",
    "vorlage": "Tabelle eines Fachamts (Vorlage)",
}
MODULES = {"vorlage": "template", "zensus": "zensus_tables"}
Progress = Callable[[str, float], None]


@dataclass(frozen=True, eq=False)
class Plan:
    """What an import would do; nothing has happened yet.

    ``changes``: figures that differ from what holds (columns of the store, ``before``, ``kind``: neu or anders);
    ``same``: how many are there already, just so.
    """

    file: str
    sha256: str
    reading: Reading
    judgement: Judgement
    changes: pd.DataFrame
    same: int
    source: str = ""

    @property
    def problems(self) -> list[str]:
        """Every problem as one German sentence."""
        return [problem.text() for problem in self.judgement.problems]


def reader(form: str) -> ModuleType:
    """Return the module that reads an official form."""
    return import_module(f"geodata.sources.statistics.{MODULES.get(form, form)}")


def recognise(path: Path) -> str:
    """Return the form of a file; empty where it is none of them.

    A workbook is first asked whether it is the template: it is opened fastest so. A text may be too large for that.
    """
    forms = [template.FORM, *FORMS] if zipfile.is_zipfile(path) else FORMS
    return next((form for form in forms if reader(form).recognises(path)), "")


def items(form: str) -> Mapping[str, Item]:
    """Return what the items of a form are."""
    if form == template.FORM:
        return {key: Item(key, part) for key, part in template.template_items().items()}
    return items_of(form)


def plan(
    path: Path,
    store: Store,
    territory: Territory,
    *,
    mapping: Mapping[str, str] | None = None,
    indicator: str = "",
    gebietsstand: str = "",
    report: Progress = lambda stage, share: None,
) -> Plan:
    """Return what importing a file would do; raise GeoDataError where it cannot be read as a whole.

    ``report`` is told how far it is.
    """
    report("Datei erkennen", 0.1)
    day = iso_day(gebietsstand)
    columns = dict(mapping or {})
    form = template.FORM if columns else recognise(path)
    if not form:
        form, columns = template.FORM, columns_of(path, store, indicator)
    report(f"Lesen ({FORMS[form]})", 0.3)
    reading = template.read(path, columns, indicator) if form == template.FORM else _read(form, path, territory)
    report("Prüfen", 0.7)
    state = day or reading.gebietsstand or guess_gebietsstand(reading, territory)
    judgement = judge(reading, items(form), territory, gebietsstand=state)
    report("Mit dem Bestand vergleichen", 0.9)
    changes, same = compare(judgement.observations, store.figures())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Plan(path.name, digest, reading, judgement, changes, same, FORMS[form])


def _read(form: str, path: Path, territory: Territory) -> Reading:
    """Return the figures of an official file; of the complete package of INKAR only those of this Kreis."""
    if form == inkar.FORM and path.stat().st_size > inkar.MAX_BYTES:
        return inkar.read(path, kreis=str(territory.gemeinden[0])[:5])
    reading: Reading = reader(form).read(path)
    return reading


def columns_of(path: Path, store: Store, indicator: str = "") -> dict[str, str]:
    """Return what the columns of a table of no known form mean, as remembered or as their names say; else raise."""
    known = f"Gelesen werden: {', '.join(FORMS.values())}."
    try:
        heads = read_heads(path)
    except GeoDataError as error:
        raise GeoDataError(f"{error} {known}") from error
    columns = store.remembered_columns(heads) or template.propose(heads)
    if not template.suffices(columns, indicator):
        raise GeoDataError(
            f"{path.name}: ist keine der bekannten Dateien, Spalten: {listed(heads)}. Abhilfe: sagen, welche Spalte "
            f"was bedeutet (Seite Einlesen), die Kennzahl nennen oder die Vorlage verwenden. {known}"
        )
    return columns


def iso_day(text: str) -> str:
    """Return a day (ISO or as 31.12.2022) as ISO, "" for none; raise GeoDataError for anything else.

    >>> iso_day("31.12.2022"), iso_day("2022-12-31"), iso_day("")
    ('2022-12-31', '2022-12-31', '')
    """
    if not text:
        return ""
    parts = text.split("-") if "-" in text else text.split(".")[::-1]
    try:
        found = date(*[int(part) for part in parts])
    except (ValueError, TypeError) as error:
        raise GeoDataError(
            f"Gebietsstand „{text[:40]}“ ist kein Tag. Abhilfe: als JJJJ-MM-TT angeben, z. B. 2022-12-31."
        ) from error
    if found < crosswalk.SINCE:
        since = f"{crosswalk.SINCE:%d.%m.%Y}"
        raise GeoDataError(f"Gebietsstand {text}: Gemeinden sind erst ab {since} bekannt. Abhilfe: den Tag prüfen.")
    return found.isoformat()


def compare(new: pd.DataFrame, holding: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the rows of ``new`` that are not there just so, with ``before`` and ``kind``, and how many are."""
    there = holding.set_index(IDENTITY)[["value", "state", "gebietsstand"]].add_suffix("_before")
    joined = new.join(there, on=IDENTITY)
    same = (
        ((joined["value"] == joined["value_before"]) | (joined["value"].isna() & joined["value_before"].isna()))
        & (joined["state"] == joined["state_before"])
        & (joined["gebietsstand"] == joined["gebietsstand_before"])
    )
    kind = joined["state_before"].isna().map({True: "neu", False: "anders"})
    changes = joined.assign(before=joined["value_before"], kind=kind)[~same]
    return changes[[*FIGURE_COLUMNS, "before", "kind"]], int(same.sum())


def apply(plan: Plan, store: Store, *, without_bad: bool = False) -> int:
    """Take a plan over and return the number of the import; refuse one that changes nothing.

    One with problems is refused as well, unless it is said that the rest shall be taken over ``without_bad`` rows.
    What it changes is found anew: since it was planned, others may have taken over or taken back.
    """
    if plan.problems and not without_bad:
        raise GeoDataError(
            f"{plan.file}: {len(plan.problems)} Fehler, nichts übernommen. Abhilfe: berichtigen, neu einlesen."
        )
    changes, _ = compare(plan.judgement.observations, store.figures())
    if changes.empty:
        raise GeoDataError(f"{plan.file}: enthält nichts Neues für diesen Kreis, nichts übernommen.")
    about = {"file": plan.file, "sha256": plan.sha256, "form": plan.reading.form}
    return store.add_import(changes, {**about, "title": plan.reading.title, "source": plan.source})


def describe(plan: Plan, *, most: int = 20) -> str:
    """Return in German what a plan would do, with at most so many of its problems."""
    found = plan.judgement.observations
    years = f"{found['year'].min()} bis {found['year'].max()}" if len(found) else "keine"
    state = plan.judgement.gebietsstand or "je Jahr"
    lines = [
        f"{plan.file}: {plan.source}{f', Tabelle {plan.reading.table}' if plan.reading.table else ''}",
        f"  Werte für diesen Kreis: {len(found)} (Jahre: {years}), "
        f"neu {int((plan.changes['kind'] == 'neu').sum())}, geändert {int((plan.changes['kind'] == 'anders').sum())}, "
        f"schon da {plan.same}",
        f"  Werte anderer Gebiete: {plan.judgement.elsewhere}; Gebietsstand: {state}",
    ]
    if plan.judgement.unknown:
        names = ", ".join(list(plan.judgement.unknown)[:5])
        lines.append(f"  Nicht verwendet: {len(plan.judgement.unknown)} Merkmale ({names} …)")
    lines += [f"  Fehler: {text}" for text in plan.problems[:most]]
    if len(plan.problems) > most:
        lines.append(f"  … und {len(plan.problems) - most} weitere Fehler")
    return "\n".join(lines)


def open_store(url: str, ags: str) -> Store:
    """Return the store at ``url``; where that is a folder the SQLite file of the district in it."""
    if "://" in url:
        return Store(url)
    folder = Path(url)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GeoDataError(
            f"Speicher {folder}: Ordner lässt sich nicht anlegen ({error.strerror}). Abhilfe: SPEICHER prüfen."
        ) from error
    return Store(f"sqlite:///{folder.resolve() / ags}.sqlite")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 where all went well."""
    parser = argparse.ArgumentParser(prog="python -m geodata.imports", description="Tabellen der Statistik einlesen")
    parser.add_argument("files", nargs="*", type=Path, metavar="DATEI")
    parser.add_argument("--kreis", default="16063")
    parser.add_argument("--daten", type=Path, help="Ordner der Datensätze (sonst der mitgelieferte)")
    parser.add_argument("--speicher", default="daten", help="Ordner oder Adresse der Datenbank")
    parser.add_argument("--gebietsstand", default="", help="Tag JJJJ-MM-TT, dessen Gemeinden alle Zahlen meinen")
    parser.add_argument("--indicator", default="", help="Kennung, für die alle Zeilen einer Vorlage gelten")
    parser.add_argument("--dry-run", action="store_true", help="nur zeigen, was sich ändern würde")
    parser.add_argument("--ohne-fehler", action="store_true", help="die Zeilen ohne Fehler übernehmen")
    parser.add_argument("--undo", action="store_true", help="den letzten Import zurücknehmen")
    parser.add_argument("--list", action="store_true", help="alle Importe zeigen")
    given = parser.parse_args(arguments)
    if not (given.files or given.undo or given.list):
        parser.error("keine Datei genannt. Abhilfe: DATEI angeben, --list oder --undo")
    try:
        return _run(given)
    except GeoDataError as error:
        print(error, file=sys.stderr)
        return 1


def _run(given: argparse.Namespace) -> int:
    territory = territory_of(dataset.load(given.kreis, given.daten))
    store = open_store(given.speicher, given.kreis)
    if given.undo:
        undone = store.undo_last()
        print(f"Zurückgenommen: {undone.file} ({undone.rows} Werte)" if undone else "Nichts zurückzunehmen.")
    if given.list:
        for done in store.imports():
            mark = " (zurückgenommen)" if done.undone_at else ""
            print(f"{done.id:4} {done.at[:16]} {done.file}: {done.rows} Werte, {done.source}{mark}")
    failed = [path for path in given.files if not _one(path, store, territory, given)]
    return 1 if failed else 0


def _one(path: Path, store: Store, territory: Territory, given: argparse.Namespace) -> bool:
    """Import one file and return whether all went well."""
    try:
        made = plan(path, store, territory, indicator=given.indicator, gebietsstand=given.gebietsstand)
        print(describe(made))
        if given.dry_run:
            return given.ohne_fehler or not made.problems
        print(f"  Übernommen als Import {apply(made, store, without_bad=given.ohne_fehler)}.")
    except GeoDataError as error:
        print(error, file=sys.stderr)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
