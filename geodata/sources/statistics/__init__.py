"""Readers of statistical tables: one module per official form, each gives a `Reading`."""
