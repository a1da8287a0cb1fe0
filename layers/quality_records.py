"""What a finding about the quality of the data is: its kinds with rule and remedy, and where and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geodata.catalog.responsible import Office, Offices, office_of_category
from geodata.model import GeoData

HIGH, MIDDLE, LOW = 1, 2, 3
SEVERITIES = {HIGH: "hoch", MIDDLE: "mittel", LOW: "niedrig"}
SEVERITY_MEANINGS = {
    HIGH: "kann Ergebnisse falsch machen",
    MIDDLE: "Ergebnisse fehlen oder sind ungenau",
    LOW: "Pflege und Auskunft",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding: its name, how grave it is unless a finding says otherwise, rule and remedy (German)."""

    title: str
    severity: int
    rule: str
    remedy: str


KINDS: Mapping[str, Kind] = {
    "null": Kind(
        "Null nicht plausibel",
        HIGH,
        "Eine 0 zwischen Werten über 10 ist vermutlich eine Lücke der Quelle.",
        "Wert bei der Quelle nachsehen und die berichtigte Datei einlesen.",
    ),
    "summe": Kind(
        "Summe passt nicht",
        HIGH,
        "Die Gemeinden ergeben zusammen nicht den veröffentlichten Kreiswert.",
        "Tabelle der Gemeinden und Kreiswert vergleichen, fehlende Gemeinde oder Jahr nachladen.",
    ),
    "dublette": Kind(
        "Vermutlich doppelt",
        HIGH,
        "Gleiche Art mit gleichem Namen am Ort, gleicher Anschrift oder ähnlichem Namen in 100 m.",
        "Beide Einträge vergleichen; ist es dieselbe Einrichtung, einen löschen.",
    ),
    "ausserhalb": Kind(
        "Liegt außerhalb",
        HIGH,
        "Als Einrichtung im Landkreis geführt, der Punkt liegt nicht im Landkreis.",
        "Lage oder Gemeinde des Eintrags berichtigen.",
    ),
    "gemeinde": Kind(
        "Falsche Gemeinde",
        HIGH,
        "Der Punkt liegt nicht in der Gemeinde des Eintrags.",
        "Lage oder Gemeindeschlüssel des Eintrags berichtigen.",
    ),
    "pruefen": Kind(
        "Zu prüfen",
        HIGH,
        "Bestehen oder Anschrift ist im Bestand als zweifelhaft vermerkt.",
        "Beim Träger nachfragen, ob und wo es die Einrichtung gibt.",
    ),
    "unvollstaendig": Kind(
        "Bestand unvollständig",
        MIDDLE,
        "Der Bestand dieser Einrichtungsart gilt als unvollständig; Dichte, Versorgung und Minuten fehlen.",
        "Vollständige Liste einlesen.",
    ),
    "einwohner": Kind(
        "Einwohnerzahl unsicher",
        MIDDLE,
        "Grundlage oder Stand der Einwohnerzahl ist unklar oder zu alt.",
        "Tabelle 12411-01-01-5 der Regionalstatistik einlesen.",
    ),
    "netz": Kind(
        "Wohnorte abseits der Wege",
        MIDDLE,
        "Weiter als 500 m vom Wegenetz: von hier werden keine Wege gerechnet.",
        "Lage der Wohnorte prüfen, fehlende Wege in OpenStreetMap ergänzen und das Wegenetz neu bauen.",
    ),
    "veraltet": Kind(
        "Kennzahl veraltet",
        MIDDLE,
        "Das neueste Jahr liegt mehr als zwei Jahre hinter dem, das erschienen sein müsste.",
        "Neueste Tabelle einlesen.",
    ),
    "luecke": Kind(
        "Jahre fehlen",
        MIDDLE,
        "In der Reihe fehlen Jahre, die veröffentlicht sein müssten.",
        "Tabelle mit den fehlenden Jahren einlesen.",
    ),
    "lage": Kind(
        "Lage ungenau",
        MIDDLE,
        "Die Anschrift ist bekannt, der Punkt liegt nur auf Ort oder Gemeinde.",
        "Anschrift verorten und die Lage eintragen.",
    ),
    "anschrift": Kind(
        "Ohne Anschrift",
        MIDDLE,
        "Straße und Hausnummer fehlen.",
        "Anschrift nachtragen.",
    ),
    "kapazitaet": Kind(
        "Ohne Kapazität",
        MIDDLE,
        "Die Einrichtungsart wird nach ihrer Größe bewertet, die Angabe fehlt.",
        "Kapazität nachtragen.",
    ),
    "traeger": Kind("Ohne Träger", LOW, "Der Träger fehlt.", "Träger nachtragen."),
    "alter": Kind(
        "Eintrag alt",
        LOW,
        "Die Quelle ist älter als zwei Jahre oder ohne Jahr.",
        "Angaben bestätigen oder berichtigen, Quelle mit Jahr nennen.",
    ),
    "grundlage": Kind(
        "Mehrere Grundlagen",
        LOW,
        "Die Reihe steht auf verschiedenen Grundlagen (Zensus 2011 und 2022).",
        "Nicht über den Bruch hinweg vergleichen; wo es sie gibt, die rückgerechnete Reihe einlesen.",
    ),
    "leer": Kind(
        "Kennzahl ohne Daten",
        LOW,
        "Für diese Kennzahl ist nichts eingelesen.",
        "Die genannte Datei einlesen.",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One open point: what is wrong where, what was found, and who can mend it.

    ``what``: name of the facility, indicator, kind of facility or area. ``area``: key of one area, empty for the whole
    Kreis; ``gemeinden``: those that it is about, none for the whole Kreis. ``facility``, ``other`` (its double),
    ``category``, ``indicator`` and ``level`` lead to the place in the atlas. ``office``: key of ``office_names``.
    """

    kind: str
    severity: int
    what: str
    found: str
    remedy: str
    office: str
    area: str = ""
    gemeinden: tuple[str, ...] = ()
    year: str = ""
    facility: str = ""
    other: str = ""
    category: str = ""
    indicator: str = ""
    level: str = ""
    handlungsfelder: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that is broken."""
        return KINDS[self.kind].rule


@dataclass(frozen=True, eq=False)
class Scope:
    """What every check needs to name areas and offices.

    ``names``: every area of the Kreis by key; ``members``: the Gemeinden of each.
    """

    data: GeoData
    offices: Offices
    names: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _kept: dict[tuple[str, str], Office] = field(default_factory=dict)

    def office_of(self, kind: str, category: str) -> Office:
        """Return who mends a finding about a kind of facility; kept, as registers are long."""
        if (kind, category) not in self._kept:
            self._kept[kind, category] = office_of_category(self.offices, kind, self.data.categories[category])
        return self._kept[kind, category]

    def office_key(self, office: Office, gemeinden: tuple[str, ...]) -> str:
        """Return the key of who mends: the office, or the one Gemeinde that it is about.

        A Gemeinde that the district does not know is no address: then it is the Gemeinden as a whole.
        """
        by_name = office.by_gemeinde and len(gemeinden) == 1 and gemeinden[0] in self.names
        return f"{office.id}.{gemeinden[0]}" if by_name else office.id


def scope_of(data: GeoData, offices: Offices) -> Scope:
    """Return the names and members of all areas of a district."""
    own = {key: (key,) for key in data.gemeinden.index}
    groups = data.gemeinden.groupby("sozialraum").groups
    grouped = {str(key): tuple(rows) for key, rows in groups.items()}
    names = {**data.kreis["name"], **data.sozialraeume["name"], **data.gemeinden["name"]}
    members = {data.ags: tuple(data.gemeinden.index), **grouped, **own}
    return Scope(data, offices, {str(key): str(name) for key, name in names.items()}, members)


def office_names(scope: Scope) -> dict[str, str]:
    """Return the name of everybody who may have to mend something, by key; a Gemeinde as "Stadt X"."""
    found = {}
    for office in scope.offices.values():
        found[office.id] = office.name
        if office.by_gemeinde:
            places = scope.data.gemeinden.sort_values("name")
            titles = places["bez"] + " " + places["name"]
            found |= {f"{office.id}.{key}": str(title) for key, title in titles.items()}
    return found
