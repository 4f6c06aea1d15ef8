"""Lines with ink: where they start and end, and how far they are indented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

# From the first to the last character that is not white space, between two of the characters at
# which `str.splitlines` breaks. `[^…]*\S` steps back over the trailing white space of one line, once.
_INK = re.compile(r"\S(?:[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]*\S)?")
_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")


class Line(NamedTuple):
    """A slice of the report without the white space around it."""

    start: int
    end: int


class Margin(NamedTuple):
    """The white space before a line: `indent` counts it; `gap` says that an empty line stands above."""

    indent: int
    gap: bool


def inked_lines(text: str) -> list[tuple[int, int]]:
    """Start and end of every line of `text` that has at least one character that is not white space."""
    return [match.span() for match in _INK.finditer(text)]


def margins(text: str, lines: Sequence[Line]) -> list[Margin]:
    """What stands before each of `lines`; only wrapped pages need to know."""
    found: list[Margin] = []
    above = 0
    for line in lines:
        begin = line.start
        while begin > above and text[begin - 1] not in _BREAKS:
            begin -= 1
        found.append(Margin(line.start - begin, text.count("\n", above, begin) > 1))
        above = line.end
    return found
