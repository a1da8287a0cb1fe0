"""Markdown tables from rows of text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MARKUP = str.maketrans({"|": r"\|", "*": r"\*", "_": r"\_", "<": "&lt;", ">": "&gt;", "\n": " "})


def escape(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is; code in backticks stays code.

    >>> escape("a|b <c> GZ* `tagespflege_kind`")
    'a\\\\|b &lt;c&gt; GZ\\\\* `tagespflege_kind`'
    """
    parts = text.split("`")
    return "`".join(part if i % 2 else part.translate(MARKUP) for i, part in enumerate(parts))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table.

    >>> print(table(("Nr.", "Wert"), [("T1", "5 | 6")]))
    | Nr. | Wert |
    |---|---|
    | T1 | 5 \\| 6 |
    """
    body = ["| " + " | ".join(escape(cell) or " " for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles), *body])
