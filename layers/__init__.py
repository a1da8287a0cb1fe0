"""What follows from the data: pure functions, frames and series in, frames and series out."""

from layers.atlas import Atlas, build_atlas, warm

__all__ = ["Atlas", "build_atlas", "warm"]
