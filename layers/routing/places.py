"""Places beside the network: the node each stands at and the walk between the two."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from layers.routing.arcs import Int32
from layers.routing.keys import LABEL_BITS, MOST_FACILITIES


class Places(NamedTuple):
    """``nodes`` (-1: too far from the network) and the ``walk`` to or from them in deciseconds, one per place."""

    nodes: Int32
    walk: Int32

    def keys(self) -> NDArray[np.int64]:
        """Return the key of every place at its own node (see `keys`); its label is its position."""
        if len(self.nodes) > MOST_FACILITIES:
            raise ValueError(f"at most {MOST_FACILITIES} places, found {len(self.nodes)}")
        return (self.walk.astype(np.int64) << LABEL_BITS) + np.arange(len(self.nodes))


def at_nodes(nodes: Int32) -> Places:
    """Return places that stand at their nodes."""
    return Places(np.asarray(nodes, np.int32), np.zeros(len(nodes), np.int32))
