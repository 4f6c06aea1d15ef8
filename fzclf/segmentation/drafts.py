"""Lines on their way to becoming blocks: the words, the enumerator, and what is known so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fzclf.segmentation.layout import logical_lines
from fzclf.segmentation.metadata import LEFTOVER_STARTS, is_metadata, leftover_length
from fzclf.segmentation.numbering import LINE_STARTS, Enumerator, line_enumerator

TITLE, HEADING, PARAGRAPH, METADATA = "title", "heading", "paragraph", "metadata"
Bounds = tuple[int, int]
END_MARKS = frozenset("。！？；;!?")
UNFINISHED = frozenset("，、,：:（(《“")
ENUMERATOR_REACH = 16  # the longest enumerator is 第一百二十部分 with a space or two
_LONGEST_LEFTOVER = 130
_LONGEST_WORDS = 600  # more of a line is never looked at; a body of 50 MB on one line is not copied


@dataclass(slots=True)
class Entry:
    """One block of the outline, as offsets only; `section` holds the bounds of the headings above it."""

    start: int
    end: int
    kind: str
    level: int = 0
    section: tuple[Bounds, ...] = ()
    sentences: Sequence[Bounds] = ()
    roles: Sequence[str] = ()
    items: Sequence[int | None] = ()
    role: str = ""


class Draft(Entry):
    """A line on its way to becoming a block.

    Attributes
    ----------
    words : str
        Its characters, of very long lines the first ones.
    mark : Enumerator or None
        What it opens with.
    ended : bool
        Whether it ends like a sentence.
    hint : int
        Where it may first own up to a problem; negative if nowhere.
    numbered : int
        Whether its first sentence (1) or a later one (2) may open an item.
    """

    __slots__ = ("_is_data", "ended", "hint", "mark", "numbered", "words")

    def __init__(self, start: int, end: int, words: str, mark: Enumerator | None, kind: str, ended: bool) -> None:
        self.start = start  # not by super().__init__: there are as many drafts as lines
        self.end = end
        self.kind = kind
        self.level = 0
        self.section = ()
        self.sentences = ()
        self.roles = ()
        self.items = ()
        self.role = ""
        self.words = words
        self.mark = mark
        self.ended = ended
        self.hint = -1
        self.numbered = 0
        self._is_data: bool | None = None

    def is_data(self) -> bool:
        """Whether the words look like metadata, wherever they stand; asked often, found out once."""
        if self._is_data is None:
            self._is_data = is_metadata(self.words)
        return self._is_data

    def __len__(self) -> int:
        """Length in code points."""
        return self.end - self.start


def drafts_of(text: str) -> list[Draft]:
    """The logical lines of `text`; what a converter left behind at their start stands by itself."""
    drafts: list[Draft] = []
    for start, end in logical_lines(text):
        if text[start] in LEFTOVER_STARTS:
            start = _past_leftovers(text, start, end, drafts)  # noqa: PLW2901
            if start == end:
                continue
        words = text[start:end] if end - start <= _LONGEST_WORDS else text[start : start + _LONGEST_WORDS]
        mark = line_enumerator(words[:ENUMERATOR_REACH]) if words[0] in LINE_STARTS else None
        drafts.append(Draft(start, end, words, mark, "", text[end - 1] in END_MARKS))
    return drafts


def _past_leftovers(text: str, start: int, end: int, drafts: list[Draft]) -> int:
    while start < end and (length := leftover_length(text[start : min(end, start + _LONGEST_LEFTOVER)])):
        drafts.append(Draft(start, start + length, text[start : start + length], None, METADATA, False))
        start += length
        while start < end and text[start].isspace():
            start += 1
    return start
