"""Colours: as many as classes, dark means more load, white stands in the middle."""

from __future__ import annotations

import pytest

from layers.classify import K_RANGE, SCHEMES
from layers.palette import AROUND, NO_DATA, class_colours

COUNTS = range(1, K_RANGE[1] + 1)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("direction", [-1, 0, 1])
@pytest.mark.parametrize("scheme", sorted(SCHEMES))
@pytest.mark.parametrize("k", COUNTS)
def test_there_are_as_many_different_colours_as_classes(k: int, scheme: str, direction: int) -> None:
    colours = class_colours(k, scheme, direction)
    assert len(set(colours)) == k
    assert NO_DATA not in colours


@pytest.mark.parametrize("k", COUNTS)
def test_dark_is_more_load(k: int) -> None:
    load = [luminance(colour) for colour in class_colours(k, "quantile", -1)]
    better = [luminance(colour) for colour in class_colours(k, "quantile", 1)]
    context = [luminance(colour) for colour in class_colours(k, "quantile", 0)]
    assert load == sorted(load, reverse=True)
    assert better == load[::-1]
    assert context == sorted(context, reverse=True)


def test_around_a_reference_the_middle_is_the_lightest_and_red_is_the_load() -> None:
    assert max(AROUND, key=luminance) == AROUND[2]
    assert class_colours(5, "bezug", -1)[-1] == AROUND[-1]
    assert class_colours(5, "bezug", 1)[0] == AROUND[-1]


def test_changing_what_was_returned_changes_no_palette() -> None:
    class_colours(5, "bezug", -1).clear()
    class_colours(5, "quantile", -1).clear()
    assert len(class_colours(5, "bezug", -1)) == len(class_colours(5, "quantile", -1)) == 5
