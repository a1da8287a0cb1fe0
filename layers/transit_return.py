"""There and back by bus from many places: be at an appointment in time, leave it, be home again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from layers.transit import Network, earliest_arrivals, latest_departures
from layers.transit_pairs import different, no_walks


def round_trips(
    network: Network,
    access: pd.DataFrame,
    egress: pd.DataFrame,
    *,
    arrive: int,
    leave: int,
    direct: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return origin, dest, start, home, away and possible ("hin und zurück möglich") of every pair.

    ``start`` is the latest second to leave home to be at the destination at ``arrive``, ``home`` the earliest return
    after ``leave`` (both NaN where there is none), ``away`` all seconds between, waiting included. Frames as in
    ``transit_pairs``; of a pair with neither bus nor ``direct`` walk the row says that it is not possible.
    """
    walks = no_walks() if direct is None else direct
    origins = different(access["origin"], walks["origin"])
    parts = []
    for dest in different(egress["dest"], walks["dest"]):
        place = egress[egress["dest"] == dest].groupby("stop")["seconds"].min()
        there = latest_departures(network, place, arrive).reindex(access["stop"]).to_numpy() - access["seconds"]
        back = earliest_arrivals(network, place, leave).reindex(access["stop"]).to_numpy() + access["seconds"]
        on_foot = walks[walks["dest"] == dest].groupby("origin")["seconds"].min().reindex(origins)
        start = there.groupby(access["origin"]).max().reindex(origins)
        home = back.groupby(access["origin"]).min().reindex(origins)
        parts.append(
            pd.DataFrame(
                {"dest": dest, "start": np.fmax(start, arrive - on_foot), "home": np.fmin(home, leave + on_foot)}
            )
        )
    table = pd.concat(parts).rename_axis("origin").reset_index()
    return table.assign(away=table["home"] - table["start"], possible=table["start"].notna() & table["home"].notna())
