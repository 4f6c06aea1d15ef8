"""Numbered items inside a paragraph: 一是 … 二是 …; a sentence knows which one it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fzclf.segmentation.numbering import ITEM_STARTS, item_ordinal

_COLON = re.compile("[：:](?=[一首第1１①（(])")


def item_numbers(
    text: str, sentences: Sequence[tuple[int, int]], *, run_in: bool = False, openers: Sequence[int] | None = None
) -> list[int | None]:
    """Number of the item that each sentence stands in; None before the first item.

    A paragraph may open with any number, since items are often spread over several
    paragraphs; inside it an item must carry on the count or start it again. The number of
    a run-in heading (`（一）加强组织领导。`) is the heading's, not an item's; the first item may
    also stand behind the colon of the sentence that announces it.

    Parameters
    ----------
    openers : sequence of int, optional
        Positions of the sentences that may open an item; the others are not looked at.
    """
    numbers: list[int | None] = []
    current: int | None = None
    for position in range(len(sentences)) if openers is None else openers:
        start, end = sentences[position]
        if text[start] not in ITEM_STARTS or (run_in and position == 0):
            continue
        ordinal = item_ordinal(text, start, end)
        if ordinal is None:
            continue
        if len(numbers) < position:
            numbers += [current] * (position - len(numbers))
        if ordinal == 0:
            if current is not None:
                current += 1
        elif ordinal == 2 and position and current is None and (first := _behind_colon(text, sentences[0][0], start)):
            numbers = [1 if stop > first else None for _, stop in sentences[:position]]
            current = 2
        elif ordinal == 1 or position == run_in or (current is not None and ordinal == current + 1):
            current = ordinal
    numbers += [current] * (len(sentences) - len(numbers))
    return numbers


def _behind_colon(text: str, start: int, end: int) -> int:
    """Where the first item stands right behind a colon: 存在以下问题：一是……；二是……; 0 if none does."""
    places = (colon.end() for colon in _COLON.finditer(text, start, end))
    return next((place for place in places if item_ordinal(text, place, end) == 1), 0)
