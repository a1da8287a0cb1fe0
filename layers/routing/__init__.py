"""Shortest ways on the arrays of a `geodata.network.Network`: own kernels (numba) and their reference (SciPy)."""
