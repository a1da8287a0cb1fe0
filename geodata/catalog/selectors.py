"""Which OpenStreetMap objects belong to a category: ``amenity=school + name~grundschule`` as a test on tags."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

CONDITION = re.compile(r"(?P<key>[a-z_:]+)(?P<operator>!=|!~|=|~)(?P<values>[^=~+]+)")
ANY = "*"


@dataclass(frozen=True, slots=True)
class Condition:
    """One test: ``=`` one of the values is in the tag's list, ``~`` one is part of it; ``!`` turns it round."""

    key: str
    operator: str
    values: tuple[str, ...]

    def holds(self, tags: Mapping[str, str]) -> bool:
        """Return whether the tags pass; capital and small letters are the same, a missing tag passes ``!`` only."""
        text = tags.get(self.key, "").casefold()
        if self.operator.endswith("="):
            parts = {part.strip() for part in text.split(";")} - {""}
            found = bool(parts) if ANY in self.values else bool(parts.intersection(self.values))
        else:
            found = any(value in text for value in self.values)
        return found != self.operator.startswith("!")


Selector = tuple[Condition, ...]


def parse_selector(text: str) -> Selector:
    """Return the conditions of a selector, all of which must hold; raise ValueError where it cannot be read.

    >>> parse_selector("amenity=school/college + name~Volkshochschule")[0]
    Condition(key='amenity', operator='=', values=('school', 'college'))
    """
    conditions = tuple(_condition(part.strip()) for part in text.split(" + "))
    if all(condition.operator.startswith("!") for condition in conditions):
        raise ValueError(f"'{text}' only excludes")
    return conditions


def _condition(text: str) -> Condition:
    found = CONDITION.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is not key=value, key!=value, key~part or key!~part")
    values = tuple(value.strip().casefold() for value in found["values"].split("/"))
    if not all(values):
        raise ValueError(f"'{text}' has an empty value")
    return Condition(found["key"], found["operator"], values)


def matches(tags: Mapping[str, str], selectors: Iterable[Selector]) -> bool:
    """Return whether the tags pass one of the selectors.

    >>> matches({"amenity": "school", "name": "Goetheschule"}, [parse_selector("amenity=school + name~grundschule")])
    False
    """
    return any(all(condition.holds(tags) for condition in selector) for selector in selectors)
