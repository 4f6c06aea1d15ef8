"""Numbered items inside a paragraph: 一是 … 二是 …; a sentence knows which one it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from fzclf.segmentation.numbering import ITEM_STARTS, item_ordinal


def item_numbers(text: str, sentences: Sequence[tuple[int, int]], *, run_in: bool = False) -> list[int | None]:
    """Number of the item that each sentence stands in; None before the first item.

    A paragraph may open with any number, since items are often spread over several
    paragraphs; inside it an item must carry on the count or start it again. The number of
    a run-in heading (`（一）加强组织领导。`) is the heading's, not an item's.
    """
    if run_in:
        return [None, *item_numbers(text, sentences[1:])]
    numbers: list[int | None] = []
    current: int | None = None
    for start, end in sentences:
        if text[start] in ITEM_STARTS:
            ordinal = item_ordinal(text, start, end)
            if ordinal == 0 and current is not None:
                current += 1
            elif ordinal and (ordinal == 1 or not numbers or (current is not None and ordinal == current + 1)):
                current = ordinal
        numbers.append(current)
    return numbers
