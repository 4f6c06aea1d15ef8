"""Reports that are read out: their addresses tell where they turn to the whole, and where they end."""

from __future__ import annotations

from collections.abc import Sequence

from fzclf.segmentation.drafts import METADATA, PARAGRAPH, TITLE, Draft
from fzclf.segmentation.role_words import CLOSING, PLAN

ADDRESSES = ("各位代表", "同志们")
ADDRESS_STARTS = frozenset(address[0] for address in ADDRESSES)


def close_speeches(text: str, entries: Sequence[Draft]) -> None:
    """Mark the last words of a speech without a call: 各位代表，……！ above an annex, a second copy or nothing."""
    ends = [index for index, entry in enumerate(entries) if entry.level == 1 or entry.kind == TITLE]
    for end in [*ends, len(entries)]:
        if end < len(entries) and entries[end].mark is not None:
            continue
        last = end - 1
        while last > 0 and entries[last].kind == METADATA:
            last -= 1
        if last > 0 and entries[last].role == PLAN and text[entries[last].end - 1] in "！!":
            _close(text, entries[last - 1], entries[last])


def _close(text: str, above: Draft, last: Draft) -> None:
    alone = above.kind == PARAGRAPH and is_address(text, above)
    if last.kind == PARAGRAPH and (alone or text.startswith(ADDRESSES, last.start)):
        for paragraph in [above, last] if alone else [last]:
            paragraph.give_role(CLOSING)


def is_address(text: str, entry: Draft) -> bool:
    """Whether a paragraph is 各位代表！ and nothing else."""
    return entry.end - entry.start <= 6 and text.startswith(ADDRESSES, entry.start)
