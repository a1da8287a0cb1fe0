"""Population figures per Gemeinde as read on public pages, each row with its page."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def read_population(path: Path) -> pd.DataFrame:
    """Return every figure as text: ags, name, population, date, basis, area_km2, ortsteile, source."""
    return pd.read_csv(path, dtype=str, keep_default_na=False).rename(columns={"source_url": "source"})
