"""There and back by bus from many places: be at an appointment in time, leave it, be home again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.transit import TransitNetwork, earliest_arrivals, latest_departures
from layers.transit_pairs import OnFoot


def round_trips(network: TransitNetwork, on_foot: OnFoot, *, arrive: int, leave: int) -> pd.DataFrame:
    """Return origin, dest, start, home, away and possible ("hin und zurück möglich") of every pair.

    ``start`` is the latest second to leave home to be at the destination at ``arrive``, ``home`` the earliest return
    after ``leave`` (both NaN where there is none), ``away`` all seconds between, waiting included. Of a pair
    with neither bus nor ``direct`` walk the row says that it is not possible.
    """
    access, origins = on_foot.access, on_foot.origins
    parts = [pd.DataFrame({"dest": [], "start": [], "home": []}, index=origins[:0])]
    for dest in on_foot.dests:
        one = on_foot.to_one(dest)
        place = one.egress.groupby("stop")["seconds"].min()
        there = latest_departures(network, place, arrive).reindex(access["stop"]).to_numpy() - access["seconds"]
        back = earliest_arrivals(network, place, leave).reindex(access["stop"]).to_numpy() + access["seconds"]
        walk = one.direct.groupby("origin")["seconds"].min().reindex(origins)
        start = there.groupby(access["origin"]).max().reindex(origins)
        home = back.groupby(access["origin"]).min().reindex(origins)
        parts.append(
            pd.DataFrame({"dest": dest, "start": np.fmax(start, arrive - walk), "home": np.fmin(home, leave + walk)})
        )
    table = pd.concat(parts).rename_axis("origin").reset_index()
    return table.assign(away=table["home"] - table["start"], possible=table["start"].notna() & table["home"].notna())
