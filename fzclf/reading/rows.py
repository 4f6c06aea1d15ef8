"""Rows of tables as lines of text, the same for pages and documents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

SEPARATOR = " | "
# Pages and letters are laid out with tables as well: a cell of more lines than this holds text, not a value.
_MOST_LINES_OF_A_VALUE = 6


def row_lines(cells: Iterable[Sequence[str]]) -> list[str]:
    """Lines for one row, given the lines of each of its cells.

    A row of values becomes one line, ``a | b | c``, where empty cells keep their place. A row of
    one cell, or with a cell of more than six lines, is layout: the lines of its cells follow each other.
    A row without any text gives none.
    """
    inked = [[line for line in lines if line.strip()] for lines in cells]
    if not any(inked):
        return []
    if len(inked) == 1 or max(map(len, inked)) > _MOST_LINES_OF_A_VALUE:
        return [line for lines in inked for line in lines]
    return [SEPARATOR.join(" ".join(line.strip() for line in lines) for lines in inked)]
