"""Cost and facility in one number: smaller means nearer, and among equally near the facility that is listed first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geodata.network import INFINITE

LABEL_BITS = 20
MOST_FACILITIES = 1 << LABEL_BITS
UNREACHED = INFINITE << LABEL_BITS
Keys = NDArray[np.int64]


def costs_of(keys: Keys) -> NDArray[np.int32]:
    """Return the deciseconds in ``keys``; INFINITE where nothing is reached.

    >>> costs_of(np.array([(600 << LABEL_BITS) + 7])).tolist()
    [600]
    """
    return np.asarray(keys >> LABEL_BITS).astype(np.int32)


def labels_of(keys: Keys) -> NDArray[np.int32]:
    """Return the positions of the facilities in ``keys``; -1 where nothing is reached.

    >>> labels_of(np.array([(600 << LABEL_BITS) + 7, UNREACHED])).tolist()
    [7, -1]
    """
    return np.where(keys < UNREACHED, keys & (MOST_FACILITIES - 1), -1).astype(np.int32)
