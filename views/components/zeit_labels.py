"""Names at the ends of lines: on two lines where they are long, moved apart where they would cover each other."""

from __future__ import annotations

from collections.abc import Sequence


def broken(name: str) -> str:
    """Return a name on two lines where it is long."""
    head, mark, tail = name.partition("-") if "-" in name else name.partition(" ")
    return f"{head}{mark.strip()}<br>{tail}" if len(name) > 15 and tail else name


def spread(places: Sequence[float], heights: Sequence[float]) -> list[float]:
    """Return places moved apart so that labels of these heights do not overlap; their order stays.

    >>> spread([10.0, 12.0, 100.0], [10, 10, 10])
    [6.0, 16.0, 100.0]
    """
    order = sorted(range(len(places)), key=lambda each: places[each])
    groups: list[list[int]] = []
    for each in order:
        groups.append([each])
        while len(groups) > 1 and _top(groups[-2], places, heights) > _bottom(groups[-1], places, heights):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = list(places)
    for group in groups:
        at = _bottom(group, places, heights)
        for each in group:
            moved[each] = at + heights[each] / 2
            at += heights[each]
    return moved


def _bottom(group: list[int], places: Sequence[float], heights: Sequence[float]) -> float:
    middle = sum(places[each] for each in group) / len(group)
    return middle - sum(heights[each] for each in group) / 2


def _top(group: list[int], places: Sequence[float], heights: Sequence[float]) -> float:
    return _bottom(group, places, heights) + sum(heights[each] for each in group)
