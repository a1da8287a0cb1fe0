"""What the tags of an OpenStreetMap way say to one mode: km/h forwards and backwards."""

from __future__ import annotations

import re
from collections.abc import Mapping

from geodata.catalog.ways import WayAccess, WayRules

Tags = Mapping[str, str]
OPEN = {
    "yes",
    "designated",
    "permissive",
    "destination",
    "official",
    "customers",
    "delivery",
    "limited",
    "dismount",
    "public",
}
YES, BACKWARDS = {"yes", "true", "1"}, {"-1", "reverse"}
ONE_WAY_CLASSES = {"motorway", "motorway_link"}
ROUND = {"roundabout", "circular"}
SURFACE_KEYS = ("surface", "smoothness", "tracktype")
DISMOUNT_KMH = 4.0
MPH = 1.609344
NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\s*(mph|km/h|kmh)?$")
ZONE = re.compile(r"^(?:[A-Z]{2}:)?(?:zone:?)?(\d+)$", re.IGNORECASE)
MAXSPEED_WORDS = {"walk": 7.0, "living_street": 7.0, "urban": 50.0, "rural": 100.0, "motorway": 130.0, "none": 130.0}


def speeds(tags: Tags, mode: str, rules: WayRules) -> tuple[float, float]:
    """Return km/h along the way and against it; 0 where the mode may not go.

    >>> from geodata.catalog.ways import way_rules
    >>> speeds({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, "rad", way_rules())
    (15.0, 15.0)
    """
    kind = "ferry" if tags.get("route") == "ferry" else tags.get("highway", "")
    if kind not in rules.classes or tags.get("area") == "yes":
        return 0.0, 0.0
    access, own = rules.access[mode], float(getattr(rules.classes[kind], mode))
    open_to = allowed(tags, access)
    if open_to is False or (own == 0 and not open_to) or (tags.get("motorroad") == "yes" and mode != "pkw"):
        return 0.0, 0.0
    kmh = (own or _slowest(rules, mode)) * _surface(tags, mode, rules)
    kmh = _with_maxspeed(kmh, tags, access)
    if tags.get(access.keys[-1]) == "dismount":
        kmh = min(kmh, DISMOUNT_KMH)
    along, against = directions(tags, mode) if access.follows_oneway else (True, True)
    return kmh * along, kmh * against


def allowed(tags: Tags, access: WayAccess) -> bool | None:
    """Return what the most particular access tag says; None where no tag opens the way expressly.

    A general "yes" opens nothing that the class keeps closed: ``access=yes`` on a motorway does not let people walk.
    """
    for key in reversed(access.keys):
        if key in tags:
            if tags[key] not in OPEN:
                return False
            return True if key in access.opens else None
    return None


def directions(tags: Tags, mode: str) -> tuple[bool, bool]:
    """Return whether one may go along the way and against it."""
    oneway = tags.get(f"oneway:{'bicycle' if mode == 'rad' else 'motorcar'}", tags.get("oneway", ""))
    implied = tags.get("junction") in ROUND or tags.get("highway") in ONE_WAY_CLASSES
    if mode == "rad" and any(value.startswith("opposite") for key, value in tags.items() if key.startswith("cycleway")):
        return True, True
    if oneway in BACKWARDS:
        return False, True
    if oneway in YES or (implied and oneway != "no"):
        return True, False
    return True, True


def stops(tags: Tags, access: WayAccess) -> bool:
    """Return whether the obstacle on a node stops the mode; ``bicycle=no`` on a crossing is about the crossing."""
    if "barrier" not in tags:
        return False
    open_to = allowed(tags, access)
    if open_to is not None:
        return not open_to
    return tags.get("barrier") in access.barriers


def maxspeed(text: str) -> float | None:
    """Return the km/h of a maxspeed tag, None where it says nothing that can be used.

    >>> maxspeed("50"), round(maxspeed("30 mph"), 1), maxspeed("DE:urban"), maxspeed("DE:30"), maxspeed("signals")
    (50.0, 48.3, 50.0, 30.0, None)
    """
    text = text.strip()
    if found := NUMBER.match(text):
        return float(found[1]) * (MPH if found[2] == "mph" else 1.0) or None
    if found := ZONE.match(text):
        return float(found[1])
    return MAXSPEED_WORDS.get(text.rsplit(":", 1)[-1])


def _with_maxspeed(kmh: float, tags: Tags, access: WayAccess) -> float:
    limit = maxspeed(tags.get("maxspeed") or tags.get("zone:maxspeed") or tags.get("maxspeed:type") or "")
    return limit * access.maxspeed_factor if limit and access.maxspeed_factor else kmh


def _slowest(rules: WayRules, mode: str) -> float:
    """Return the speed on a way that only a tag opens."""
    return min(float(getattr(way, mode)) for way in rules.classes.values() if getattr(way, mode) > 0)


def _surface(tags: Tags, mode: str, rules: WayRules) -> float:
    """Return the least of the factors that surface, smoothness and tracktype name; 1 where they name none."""
    known = (rules.surfaces.get(tags.get(key, "")) for key in SURFACE_KEYS)
    return min((float(getattr(surface, mode)) for surface in known if surface), default=1.0)
