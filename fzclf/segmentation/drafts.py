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
class Draft:
    """A line of the report. `words` are its characters, of very long lines the first ones."""

    start: int
    end: int
    words: str
    mark: Enumerator | None
    kind: str = ""
    ended: bool = False
    sentences: Sequence[Bounds] = ()
    _is_data: bool | None = None

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
    for begin, end in logical_lines(text):
        start = begin if text[begin] not in LEFTOVER_STARTS else _past_leftovers(text, begin, end, drafts)
        if start == end:
            continue
        words = text[start:end] if end - start <= _LONGEST_WORDS else text[start : start + _LONGEST_WORDS]
        mark = line_enumerator(words[:ENUMERATOR_REACH]) if words[0] in LINE_STARTS else None
        drafts.append(Draft(start, end, words, mark, "", text[end - 1] in END_MARKS))
    return drafts


def _past_leftovers(text: str, start: int, end: int, drafts: list[Draft]) -> int:
    while start < end and (length := leftover_length(text[start : min(end, start + _LONGEST_LEFTOVER)])):
        drafts.append(Draft(start, start + length, text[start : start + length], None, METADATA))
        start += length
        while start < end and text[start].isspace():
            start += 1
    return start
