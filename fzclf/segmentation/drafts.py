"""Lines on their way to becoming blocks: the words, the enumerator, and what is known so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from fzclf.segmentation.layout import logical_lines
from fzclf.segmentation.metadata import leftover_length
from fzclf.segmentation.numbering import LINE_STARTS, Enumerator, line_enumerator

TITLE, HEADING, PARAGRAPH, METADATA = "title", "heading", "paragraph", "metadata"
Bounds = tuple[int, int]
END_MARKS = frozenset("。！？；;!?")
UNFINISHED = frozenset("，、,：:（(《“")
ENUMERATOR_REACH = 16  # the longest enumerator is 第一百二十部分 with a space or two
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
    sentences: list[Bounds] = field(default_factory=list)

    def __len__(self) -> int:
        """Length in code points."""
        return self.end - self.start


def drafts_of(text: str) -> list[Draft]:
    """The logical lines of `text`; what a converter left behind at their start stands by itself."""
    drafts: list[Draft] = []
    for start, end in logical_lines(text):
        drafts += _drafts_of_line(text, start, end)
    return drafts


def _drafts_of_line(text: str, start: int, end: int) -> list[Draft]:
    found: list[Draft] = []
    while (leftover := leftover_length(text[start : min(end, start + ENUMERATOR_REACH + 80)])) and start < end:
        found.append(Draft(start, start + leftover, text[start : start + leftover], None, METADATA))
        start += leftover
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        words = text[start : min(end, start + _LONGEST_WORDS)]
        mark = line_enumerator(words[:ENUMERATOR_REACH]) if words[0] in LINE_STARTS else None
        found.append(Draft(start, end, words, mark, ended=text[end - 1] in END_MARKS))
    return found
