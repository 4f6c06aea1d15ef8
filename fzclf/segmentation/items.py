"""Numbered items inside a paragraph: 一是 … 二是 …; a sentence knows which one it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fzclf.segmentation.numbering import ITEM_STARTS, item_ordinal

_COLON = re.compile("[：:](?=[一首第1１①（(])")


def item_numbers(text: str, sentences: Sequence[tuple[int, int]], *, run_in: bool = False) -> list[int | None]:
    """Number of the item that each sentence stands in; None before the first item.

    A paragraph may open with any number, since items are often spread over several
    paragraphs; inside it an item must carry on the count or start it again. The number of
    a run-in heading (`（一）加强组织领导。`) is the heading's, not an item's; the first item may
    also stand behind the colon of the sentence that announces it.
    """
    numbers: list[int | None] = []
    current: int | None = None
    for start, end in sentences:
        if text[start] not in ITEM_STARTS or (run_in and not numbers):
            numbers.append(current)
            continue
        ordinal = item_ordinal(text, start, end)
        if ordinal == 0 and current is not None:
            current += 1
        elif ordinal == 2 and numbers and current is None and (first := _behind_colon(text, sentences[0][0], start)):
            numbers = [1 if stop > first else None for _, stop in sentences[: len(numbers)]]
            current = 2
        elif ordinal and (ordinal == 1 or len(numbers) == run_in or (current is not None and ordinal == current + 1)):
            current = ordinal
        numbers.append(current)
    return numbers


def _behind_colon(text: str, start: int, end: int) -> int:
    """Where the first item stands right behind a colon: 存在以下问题：一是……；二是……; 0 if none does."""
    places = (colon.end() for colon in _COLON.finditer(text, start, end))
    return next((place for place in places if item_ordinal(text, place, end) == 1), 0)
