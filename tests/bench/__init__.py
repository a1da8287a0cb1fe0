"""Measurements of the running atlas beside named peers: `python -m tests.bench [--schnell]`."""
