"""Page numbers and running heads: lines at the edge of a page that come back on others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_NUMBER = re.compile(r"[0-9０-９]+")
_FEWEST_NUMBERED, _FEWEST_HEADS = 2, 3
_PASSES = 2  # a running head may stand above the first line, a page number above that


def without_furniture(pages: Sequence[list[str]]) -> tuple[list[list[str]], int]:
    """Lines of each page without page numbers and running heads, and how many lines were taken away.

    A first or last line goes if, numbers set aside, the same one stands at that edge on half of
    the pages with text, at least on two (with a number) or three (without). Text of a report
    does not come back like that; and left in, it would stand in the middle of sentences.
    """
    kept = [list(page) for page in pages]
    for edge in (0, -1):
        for _ in range(_PASSES):
            forms = Counter(_form(page[edge]) for page in kept if page)
            inked = sum(1 for page in kept if page)
            repeated = {form for form, count in forms.items() if _is_furniture(form, count, inked)}
            for page in kept:
                if page and _form(page[edge]) in repeated:
                    del page[edge]
    return kept, sum(map(len, pages)) - sum(map(len, kept))


def _form(line: str) -> str:
    """The line with a sign in place of each number, without white space."""
    return "".join(_NUMBER.sub("#", line).split())


def _is_furniture(form: str, count: int, n_pages: int) -> bool:
    fewest = _FEWEST_NUMBERED if "#" in form else _FEWEST_HEADS
    return count >= fewest and 2 * count >= n_pages
