"""Statistical confidentiality: which figures must not be shown to whom, and how that is said.

The rules are settings of this project [E] after the practice of the statistical offices, not law; they stand here in
one place (``RULES``) and are to be confirmed by the office that publishes. k: a figure from 1 to k - 1 is hidden. 3 is
the usual minimum of the Bundesagentur für Arbeit, 10 a stricter setting for own and social data.

All functions work on numpy arrays of any shape and give arrays of the same shape. NaN (missing) is never hidden, a
measured zero neither. What further cells have to go is the business of ``geodata.secondary``.

Everything computed from a hidden figure is hidden as well: a rate with a public denominator is the count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geodata.model import State

Audience = Literal["oeffentlich", "gremium", "intern"]
Secrecy = Literal["frei", "amtlich", "schutz"]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """What one audience may see of one class of figures.

    ``k``: smallest figure shown besides 0. ``complement``: all but few (or simply all) of a universe is hidden, too.
    ``dominance``: largest share in per cent of the largest and of the two largest contributors, None: not tested.
    """

    k: int = 1
    complement: bool = False
    dominance: tuple[float, float] | None = None


@dataclass(frozen=True, eq=False)
class Protection:
    """What secondary suppression has to reach, and at what cost.

    ``k``: as in Rule. ``width``: least width of the interval that an attacker can work out, k - 1 unless given.
    ``cost``: (cells,) or (tables, cells), what hiding a cell costs; unless given its figure, then its size.
    ``upper``: (atoms,) or (tables, atoms), public upper limit of each atom (its universe), NaN where it has none.
    """

    k: int
    width: int | None = None
    cost: ArrayLike | None = None
    upper: ArrayLike | None = None

    @property
    def needed(self) -> int:
        """Least width of an interval."""
        return self.k - 1 if self.width is None else self.width


SHARES = (85.0, 90.0)
RULES_VERSION = "2026-11-25"  # goes into the record of every export; a change of RULES is a new version
OPEN = Rule()
COUNCIL = Rule(k=3, complement=True, dominance=SHARES)  # own setting for closed sessions, to be confirmed [E]
RULES: Mapping[Secrecy, Mapping[Audience, Rule]] = {
    "frei": {"oeffentlich": OPEN, "gremium": OPEN, "intern": OPEN},
    "amtlich": {"oeffentlich": Rule(k=3, complement=True, dominance=SHARES), "gremium": COUNCIL, "intern": OPEN},
    "schutz": {"oeffentlich": Rule(k=10, complement=True, dominance=SHARES), "gremium": COUNCIL, "intern": OPEN},
}
HIDE_BELOW, FLAG_BELOW = 50, 100
SUPPRESSED = (State.SUPPRESSED_PRIMARY, State.SUPPRESSED_SECONDARY)


def primary(values: ArrayLike, k: int, universe: ArrayLike | None = None) -> Bools:
    """Return where a figure is hidden for its own sake: above 0 and below k, or too few of its universe are left.

    ``universe``: how many of the same people there are, broadcast to ``values``. Fewer than k left is hidden like fewer
    than k counted, and so is none left: "all have it" tells everybody's case (100 %). 0 of any universe is shown. A
    universe smaller than its figure cannot be one: hidden. Without a universe (NaN) only the figure counts.

    >>> primary([0, 1, 2, 3, float("nan")], 3).tolist()
    [False, True, True, False, False]
    >>> primary([0, 97, 98, 100], 3, universe=100).tolist()
    [False, False, True, True]
    """
    counts = np.asarray(values, float)
    hidden = (counts > 0) & (counts < k)
    if universe is not None and k > 1:
        hidden = hidden | ((counts > 0) & (np.asarray(universe, float) - counts < k))
    return np.asarray(hidden, bool)


def small_base(base: ArrayLike, hide_below: float = HIDE_BELOW, flag_below: float = FLAG_BELOW) -> tuple[Bools, Bools]:
    """Return where a denominator is too small for a rate to be shown, and where the rate is shown as unreliable.

    For denominators of people. A missing denominator is neither.

    >>> [found.tolist() for found in small_base([49, 50, 99, 100])]
    [[True, False, False, False], [False, True, True, False]]
    """
    people = np.asarray(base, float)
    return people < hide_below, (people >= hide_below) & (people < flag_below)


def dominance(largest: ArrayLike, second: ArrayLike, total: ArrayLike, shares: tuple[float, float] = SHARES) -> Bools:
    """Return where one contributor, or two together, make up more than their ``shares`` (per cent) of a total.

    >>> dominance([85, 86, 50], [0, 0, 41], 100).tolist()
    [False, True, True]
    """
    one, two, whole = (np.asarray(part, float) for part in (largest, second, total))
    return np.asarray((100 * one > shares[0] * whole) | (100 * (one + two) > shares[1] * whole), bool)


def public_state(states: ArrayLike, audience: Audience) -> NDArray[Any]:
    """Return the states as an audience may know them: only ``intern`` learns why a figure is hidden.

    Whoever can tell the two apart knows that a primary figure is below k.

    >>> public_state([State.SUPPRESSED_SECONDARY, State.ZERO], "oeffentlich").tolist()
    [<State.SUPPRESSED_PRIMARY: 'suppressed_primary'>, <State.ZERO: 'zero'>]
    """
    known = np.array(states, object)
    if audience != "intern":
        known[np.isin(known, SUPPRESSED)] = State.SUPPRESSED_PRIMARY
    return known
