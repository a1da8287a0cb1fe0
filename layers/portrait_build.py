"""A whole portrait (Steckbrief): all parts of what is said of one area, ready to be shown or printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.portraits import Sentence
from layers.atlas import Atlas
from layers.portrait import Figure, Lacking, leading_figures, other_figures
from layers.portrait_ages import Ages, ages_of_area
from layers.portrait_head import Head, head_of
from layers.portrait_places import Access, Stock, access_of, register_words, stock_of
from layers.portrait_rules import Line, merged, statements, summary


@dataclass(frozen=True)
class Portrait:
    """What is said of an area; ``other``: the head of the area it is compared with."""

    head: Head
    other: Head | None
    summary: tuple[str, ...]
    leading: tuple[Figure, ...]
    lacking: tuple[Lacking, ...]
    further: tuple[Figure, ...]
    ages: Ages | None
    stock: tuple[Stock, ...]
    register_stand: str
    register_sources: tuple[str, ...]
    ways: tuple[Access, ...]
    lines: tuple[Line, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Who is to be named, in the order of the page, each once."""
        named = [
            self.head.sources,
            *(figure.sources for figure in (*self.leading, *self.further)),
            self.ages.sources if self.ages else (),
            self.register_sources,
            *(way.sources for way in self.ways),
        ]
        return tuple(dict.fromkeys(source for sources in named for source in sources))


def build_portrait(
    atlas: Atlas, level: str, area: str, compare: str = "", saved: Mapping[str, Sentence] | None = None
) -> Portrait:
    """Return the portrait of an area; ``saved``: what planners wrote. KeyError for an area that the level lacks."""
    head = head_of(atlas, level, area)
    leading, lacking = leading_figures(atlas, level, area, compare)
    stock, ways = stock_of(atlas, level, area, compare), access_of(atlas, level, area, compare)
    register_stand, register_sources = register_words(atlas)
    return Portrait(
        head=head,
        other=head_of(atlas, level, compare) if compare else None,
        summary=tuple(summary(head, leading, ways, stock)),
        leading=tuple(leading),
        lacking=tuple(lacking),
        further=tuple(other_figures(atlas, level, area, compare)),
        ages=ages_of_area(atlas, level, area, compare),
        stock=tuple(stock),
        register_stand=register_stand,
        register_sources=register_sources,
        ways=tuple(ways),
        lines=tuple(merged(statements(leading, ways, level), saved or {})),
    )
