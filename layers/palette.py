"""Colours of classes: ColorBrewer palettes (Cynthia Brewer, Apache 2.0), safe for colour-blind readers."""

from __future__ import annotations

LOAD = {
    1: ["#fc8d59"],
    2: ["#fdcc8a", "#d7301f"],
    3: ["#fee8c8", "#fdbb84", "#e34a33"],
    4: ["#fef0d9", "#fdcc8a", "#fc8d59", "#d7301f"],
    5: ["#fef0d9", "#fdcc8a", "#fc8d59", "#e34a33", "#b30000"],
    6: ["#fef0d9", "#fdd49e", "#fdbb84", "#fc8d59", "#e34a33", "#b30000"],
    7: ["#fef0d9", "#fdd49e", "#fdbb84", "#fc8d59", "#ef6548", "#d7301f", "#990000"],
}
CONTEXT = {
    1: ["#6baed6"],
    2: ["#bdd7e7", "#2171b5"],
    3: ["#deebf7", "#9ecae1", "#3182bd"],
    4: ["#eff3ff", "#bdd7e7", "#6baed6", "#2171b5"],
    5: ["#eff3ff", "#bdd7e7", "#6baed6", "#3182bd", "#08519c"],
    6: ["#eff3ff", "#c6dbef", "#9ecae1", "#6baed6", "#3182bd", "#08519c"],
    7: ["#eff3ff", "#c6dbef", "#9ecae1", "#6baed6", "#4292c6", "#2171b5", "#084594"],
}
AROUND = ["#0571b0", "#92c5de", "#f7f7f7", "#f4a582", "#ca0020"]
NO_DATA = "#d9dadb"


def class_colours(k: int, scheme: str, direction: int) -> list[str]:
    """Return ``k`` colours from the first class to the last: dark (or red) is always the greater load.

    ``direction``: -1 higher is more load, +1 higher is better, 0 neither (blue, dark is more).
    """
    if scheme in ("bezug", "land") and k == len(AROUND):
        return AROUND[::-1] if direction > 0 else list(AROUND)
    if direction == 0:
        return list(CONTEXT[k])
    return list(LOAD[k]) if direction < 0 else list(LOAD[k])[::-1]
