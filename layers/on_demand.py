"""Ways by buses on demand: wait and ride, where and when they run."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from geodata.catalog.on_demand import WEEKDAYS, OnDemand


def on_demand_times(
    service: OnDemand, pairs: pd.DataFrame, day: date, departure: int, *, booked: bool = True
) -> pd.DataFrame:
    """Return ``wait``, ``ride`` and ``seconds`` (their sum) for each row of ``pairs``, infinite where it does not run.

    ``pairs`` hold ``metres`` (straight line) and for both ends ``origin_area``, ``dest_area`` (8-digit keys) and
    ``origin_stop``, ``dest_stop`` (stop_id), each empty where it is none. ``departure`` is the second of the day at
    which one wants to leave. Who has not ``booked`` before waits the booking time as well, and may then be too late.
    """
    wait = service.wait_minutes * 60 + (0.0 if booked else service.booking_minutes * 60)
    begin, end = service.hours
    runs = WEEKDAYS[day.weekday()] in service.weekdays and begin <= departure
    runs = runs and departure + (wait - service.wait_minutes * 60) <= end
    served = _served(service, pairs, "origin") & _served(service, pairs, "dest") & runs
    ride = pairs["metres"] * service.detour / (service.speed_kmh / 3.6) + service.boarding_minutes * 60
    table = pd.DataFrame({"wait": float(wait), "ride": np.ceil(ride)}, index=pairs.index).where(served, np.inf)
    return table.assign(seconds=table["wait"] + table["ride"])


def _served(service: OnDemand, pairs: pd.DataFrame, end: str) -> pd.Series:
    return pairs[f"{end}_area"].isin(service.areas) | pairs[f"{end}_stop"].isin(service.stops)
