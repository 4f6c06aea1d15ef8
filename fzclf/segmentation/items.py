"""Numbered items inside a paragraph: 一是 … 二是 …; a sentence knows which one it belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fzclf.segmentation.numbering import ITEM_STARTS, item_ordinal

_COLON = re.compile("[：:]")


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
        ordinal = None
        if text[start] in ITEM_STARTS and not (run_in and not numbers):
            ordinal = item_ordinal(text, start, end)
        if ordinal == 0 and current is not None:
            current += 1
        elif ordinal and (ordinal == 1 or len(numbers) == run_in or (current is not None and ordinal == current + 1)):
            current = ordinal
        elif current is None and _announces_items(text, start, end):
            current = 1
        numbers.append(current)
    return numbers


def _announces_items(text: str, start: int, end: int) -> bool:
    """Whether the first item stands right behind a colon of the sentence: 存在以下问题：一是……；二是……。"""
    return any(item_ordinal(text, colon.end(), end) == 1 for colon in _COLON.finditer(text, start, end))
