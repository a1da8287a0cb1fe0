"""Who can mend what is found wrong with the data: offices by kind of finding, theme and kind of facility."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from geodata import catalog
from geodata.catalog.reader import read_blocks
from geodata.catalog.records import Catalog, Category, Indicator, proof_ids
from geodata.model import GeoDataError

FOLDER = Path(__file__).parent
FILE = "responsible.toml"
OWN_SURVEY = "E"


@dataclass(frozen=True, slots=True)
class Office:
    """Who mends: an office, or with ``by_gemeinde`` the Gemeinde where it is.

    ``kinds``: findings that it mends whatever they are about; ``official_kinds``: where the figure is official
    statistics. ``categories`` and ``indicators``: what it knows although bereich or theme are another office's.
    """

    id: str
    name: str
    themes: tuple[str, ...]
    bereiche: tuple[str, ...]
    proof: str
    categories: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    official_kinds: tuple[str, ...] = ()
    by_gemeinde: bool = False


Offices = Mapping[str, Office]
CLAIMS = {
    "themes": "theme",
    "bereiche": "bereich",
    "categories": "category",
    "indicators": "indicator",
    "kinds": "kind",
    "official_kinds": "kind",
}


def office_of_kind(offices: Offices, kind: str) -> Office:
    """Return who mends a kind of finding whatever it is about; the first office where nobody does."""
    return next((office for office in offices.values() if kind in office.kinds), next(iter(offices.values())))


def office_of_category(offices: Offices, kind: str, category: Category) -> Office:
    """Return who mends a finding about a kind of facility."""
    found = [
        *(office for office in offices.values() if kind in office.kinds),
        *(office for office in offices.values() if category.id in office.categories),
        *(office for office in offices.values() if category.bereich in office.bereiche),
    ]
    return next(iter([*found, *offices.values()]))


def office_of_indicator(offices: Offices, kind: str, indicator: Indicator) -> Office:
    """Return who mends a finding about an indicator; official is what nobody has to survey (levels without E)."""
    official = OWN_SURVEY not in indicator.levels.split("/")
    found = [
        *(office for office in offices.values() if kind in office.kinds),
        *(office for office in offices.values() if official and kind in office.official_kinds),
        *(office for office in offices.values() if indicator.id in office.indicators),
        *(office for office in offices.values() if indicator.theme in office.themes),
    ]
    return next(iter([*found, *offices.values()]))


def read_responsible(folder: Path = FOLDER, known: Catalog | None = None) -> Offices:
    """Return the offices of ``folder`` by id; raise one GeoDataError that lists everything that is wrong."""
    problems: list[str] = []
    offices = read_blocks(folder / FILE, "office", Office, "id", problems)
    # What is missing is judged once every block is there: one that failed would leave its themes to nobody.
    if not problems:
        problems = [f"{FILE} {text}" for text in _broken(offices, known or catalog.read_catalog())]
    if problems:
        raise GeoDataError(f"{len(problems)} broken rules of who is responsible:\n" + "\n".join(problems))
    return offices


def _broken(offices: Offices, known: Catalog) -> Iterator[str]:
    whole = {
        "themes": {item.theme for item in known.indicators.values()},
        "bereiche": {item.bereich for item in known.categories.values()},
        "categories": set(known.categories),
        "indicators": set(known.indicators),
    }
    for field, names in whole.items():
        for office in offices.values():
            for name in sorted(set(getattr(office, field)) - names):
                yield f"[{office.id}]: {CLAIMS[field]} '{name}' is unknown (correct the spelling or remove it)"
    for field in ("themes", "bereiche"):
        claimed = {name for office in offices.values() for name in getattr(office, field)}
        for name in sorted(whole[field] - claimed):
            yield f"{CLAIMS[field]} '{name}' stands at no office (add it to {field} of one)"
    for field in CLAIMS:
        yield from _twice(offices, field)
    for office in offices.values():
        for proof in sorted(set(proof_ids(office.proof)) - set(known.proofs)):
            yield f"[{office.id}]: proof '{proof}' is unknown (name an id of proofs.toml)"


def _twice(offices: Offices, field: str) -> Iterator[str]:
    claims: dict[str, list[str]] = {}
    for office in offices.values():
        for name in getattr(office, field):
            claims.setdefault(name, []).append(office.id)
    for name, owners in claims.items():
        if len(owners) > 1:
            yield f"{CLAIMS[field]} '{name}' stands at {' and '.join(owners)} (leave it at one of them)"


@cache
def responsible() -> Offices:
    """Return the offices that ship with the project."""
    return read_responsible()
