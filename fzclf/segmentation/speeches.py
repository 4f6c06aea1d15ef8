"""Reports that are read out: their addresses tell where they turn to the whole, and where they end."""

from __future__ import annotations

from collections.abc import Sequence

from fzclf.segmentation.drafts import HEADING, PARAGRAPH, TITLE, Draft
from fzclf.segmentation.role_words import CLOSING, PLAN

ADDRESSES = ("各位代表", "同志们")
ADDRESS_STARTS = frozenset(address[0] for address in ADDRESSES)


def close_speeches(text: str, entries: Sequence[Draft]) -> None:
    """Mark the last words of a speech without a call: 各位代表，……！ above an annex, a second copy or nothing."""
    if not any(address in text for address in ADDRESSES):
        return
    above: Draft | None = None
    last: Draft | None = None
    for entry in [*entries, None]:
        if entry is not None and entry.kind == PARAGRAPH:
            above, last = last, entry
        elif last is not None and (entry is None or _ends_speech(entry)):
            alone = above is not None and is_address(text, above)
            ends = last.role == PLAN and text[last.end - 1] in "！!"
            if ends and (alone or text.startswith(ADDRESSES, last.start)):
                for paragraph in [above, last] if above is not None and alone else [last]:
                    paragraph.roles, paragraph.role = [CLOSING] * len(paragraph.sentences), CLOSING
            above = last = None


def _ends_speech(entry: Draft) -> bool:
    return entry.kind == TITLE or (entry.kind == HEADING and entry.level == 1 and entry.mark is None)


def is_address(text: str, entry: Draft) -> bool:
    """Whether a paragraph is 各位代表！ and nothing else."""
    return entry.end - entry.start <= 6 and text.startswith(ADDRESSES, entry.start)
