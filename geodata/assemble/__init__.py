"""From source frames to the layers of a dataset: pure functions, frames in, frames out, all in EPSG:25832."""
