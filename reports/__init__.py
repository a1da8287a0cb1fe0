"""Printed maps and exports: same Atlas, same Selection, no browser."""
