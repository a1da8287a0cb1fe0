"""Names and addresses of facilities made comparable: what is left of them once the usual words are gone."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

import pandas as pd

SHORT = {
    "st": "sankt",
    "str": "strasse",
    "dr": "doktor",
    "hl": "heilig",
    "ev": "evangelisch",
    "kath": "katholisch",
    "ii": "2",
    "iii": "3",
    "iv": "4",
}
# Words that say what kind of facility it is, how it is organised, or that it is one of several: they tell none apart.
USUAL_WORDS = """
    a aerztin am ambulant ambulante ambulanter amt an apotheke arzt arztpraxis auf aussenstelle bad baeckerei
    begegnungsstaette bei beim beratung beratungsstelle berufsbildende bibliothek buecherei buergerhaus d das dem den
    der des die dienst dienststelle dorfgemeinschaftshaus e einrichtung facharzt feuerwehr ff filiale foerderschule
    foerderzentrum freibad freiwillige fuer gemeinde gemeindebibliothek gemeindebuecherei gemeindeverwaltung
    gemeinschaftspraxis gemeinschaftsschule geraetehaus ggmbh gmbh grundschule gymnasium h hallenbad hauptsitz
    hauptstelle haus hausarzt hausarztpraxis hort i im in integrative integrativer jugendclub jugendhaus jugendklub
    jugendtreff jugendzentrum kinder kindergarten kinderhaus kinderkrippe kindertageseinrichtung kindertagesstaette
    kita klinik klinikum kommunale kommunaler krankenhaus krippe kultur kulturhaus markt mbh mit mobile museum
    musikschule mvz oberschule oeffentliche oertliche og ortsfeuerwehr pflege pflegedienst pflegeheim praxis rathaus
    regelschule rettungswache s schule schulhort sekundarschule seniorenheim seniorenpflegeheim seniorentreff sitz
    sozialstation sparkasse staatlich staatliche staatlicher staatliches stadtbibliothek stadtbuecherei
    stadtverwaltung staedtische staedtischer staedtisches standort stuetzpunktfeuerwehr supermarkt tagesklinik
    tagespflege thueringer ug und v verwaltung vhs volkshochschule vom von wache waldbad zahnarzt zahnarztpraxis
    zentrum zu zum zur
"""
USUAL = frozenset(USUAL_WORDS.split())
BRANCH = frozenset({"standort", "aussenstelle", "nebenstelle", "zweigstelle", "filiale", "dienststelle", "zweigpraxis"})
HOUSE = re.compile(r"^(?P<street>\D+?)\s*(?P<number>\d+)\s*(?P<letter>[a-z]?)\b")
ALIKE = 0.85  # of two words: a letter or two may differ


@lru_cache(maxsize=65536)
def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a name as they compare: no case, no umlauts, no signs, short forms written out.

    >>> words_of("Kita „Löwenzahn“ St. Andreas, Haus 2")
    ('kita', 'loewenzahn', 'sankt', 'andreas', 'haus', '2')
    """
    plain = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return tuple(SHORT.get(word, word) for word in re.findall(r"[a-z]+|\d+", plain))


def core_of(name: str, *places: str) -> frozenset[str]:
    """Return the words that tell a facility from others of its kind in its place; none where there are no such words.

    >>> sorted(core_of("Staatliche Grundschule „Am Hainich“ Behringen", "Behringen"))
    ['hainich']
    >>> core_of("Freiwillige Feuerwehr Geisa", "Geisa")
    frozenset()
    """
    here = {word for place in places for word in words_of(place)}
    return frozenset(word for word in words_of(name) if word not in USUAL and word not in here)


def branch_of(name: str) -> frozenset[str] | None:
    """Return the words after "Standort", "Außenstelle" and the like, None for a name that speaks of no branch.

    >>> sorted(branch_of("MVZ Eisenach (Poliklinik), Standort Klinikum"))
    ['klinikum']
    """
    words = words_of(name)
    at = next((place for place, word in enumerate(words) if word in BRANCH), None)
    return None if at is None else frozenset(words[at + 1 :])


def address_of(street: str) -> tuple[str, str] | None:
    """Return street and first house number (with its letter) as they compare, None without a number.

    >>> address_of("Otto-Böttinger-Str. 2 c"), address_of("Mühlhäuser Str. 94-95"), address_of("Am Lindig")
    (('ottoboettingerstrasse', '2c'), ('muehlhaeuserstrasse', '94'), None)
    """
    plain = street.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    found = HOUSE.match(plain)
    if found is None:
        return None
    road = re.sub(r"[^a-z]", "", re.sub(r"str(\.|asse)?(?=\W*$)", "strasse", found["street"].strip()))
    return (road, found["number"] + found["letter"]) if road else None


def similar(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two cores may be of one name: the words of the shorter one are all in the other, or nearly so.

    Numbers must be the same: "Haus 1" is not "Haus 2".

    >>> similar(frozenset({"hainichknirpse"}), frozenset({"hainichknirpse", "awo"}))
    True
    >>> similar(frozenset({"regenbogenland", "1"}), frozenset({"regenbogenland", "2"}))
    False
    """
    if {word for word in one if word.isdigit()} != {word for word in other if word.isdigit()}:
        return False
    short, long = sorted((one, other), key=len)
    return bool(short) and all(any(_alike(word, known) for known in long) for word in short)


def _alike(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) > 4 and SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
    )


def cores(rows: pd.DataFrame, gemeinden: pd.Series) -> list[frozenset[str]]:
    """Return the core of every name; names of place and Gemeinde (``gemeinden``: by key) tell nothing apart."""
    towns = rows["ags"].map(gemeinden).fillna("")
    return [
        core_of(*parts) for parts in zip(rows["name"].tolist(), rows["place"].tolist(), towns.tolist(), strict=True)
    ]
