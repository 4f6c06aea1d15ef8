"""Lines on their way to becoming blocks: the words, the enumerator, and what is known so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fzclf.segmentation.cuts import ENDED, ENUMERATOR, INTRICATE, LEFTOVER, flags_of, read_lines
from fzclf.segmentation.metadata import LONGEST_METADATA, is_metadata, leftover_length
from fzclf.segmentation.numbering import Enumerator, line_enumerator

TITLE, HEADING, PARAGRAPH, METADATA = "title", "heading", "paragraph", "metadata"
Bounds = tuple[int, int]
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
    flags : int
        What the line may be or hold, as `cuts` has it.
    mark : Enumerator or None
        What it opens with.
    marks : sequence of int
        What each of its sentences may be or hold; empty, as `sentences`, before the line is cut.
    ended : bool
        Whether it ends like a sentence.
    """

    __slots__ = ("_is_data", "ended", "flags", "mark", "marks", "words")

    def __init__(
        self,
        text: str,
        start: int,
        end: int,
        flags: int = 0,
        sentences: Sequence[Bounds] = (),
        marks: Sequence[int] = (),
        mark: Enumerator | None = None,
        kind: str = "",
    ) -> None:
        self.start = start  # not by super().__init__: there are as many drafts as lines
        self.end = end
        self.kind = kind
        self.level = 0
        self.section = ()
        self.sentences = sentences
        self.roles = ()
        self.items = ()
        self.role = ""
        self.words = text[start:end] if end - start <= _LONGEST_WORDS else text[start : start + _LONGEST_WORDS]
        self.flags = flags
        self.mark = mark
        self.marks = marks
        self.ended = flags & ENDED != 0
        # A line that is too long and ends like a sentence is no metadata.
        self._is_data = False if self.ended and LONGEST_METADATA < end - start <= _LONGEST_WORDS else None

    def is_data(self) -> bool:
        """Whether the words look like metadata, wherever they stand; asked often, found out once."""
        if self._is_data is None:
            self._is_data = is_metadata(self.words)
        return self._is_data

    def give_role(self, role: str) -> None:
        """One role for the line and all its sentences."""
        self.role, self.roles = role, [role] * len(self.sentences)

    def __len__(self) -> int:
        """Length in code points."""
        return self.end - self.start


def drafts_of(text: str) -> list[Draft]:
    """The lines of `text`; what a converter left behind at their start stands by itself."""
    drafts: list[Draft] = []
    for start, end, flags, sentences, marks in read_lines(text):
        if not flags & (LEFTOVER | INTRICATE | ENUMERATOR):
            drafts.append(Draft(text, start, end, flags, sentences, marks))
            continue
        begin = _past_leftovers(text, start, end, drafts) if flags & LEFTOVER else start
        if begin == end:
            continue
        if begin > start or flags & INTRICATE:  # to be cut once more
            flags, sentences, marks = flags_of(text, begin, end), (), ()  # noqa: PLW2901
        mark = line_enumerator(text[begin : min(end, begin + ENUMERATOR_REACH)]) if flags & ENUMERATOR else None
        drafts.append(Draft(text, begin, end, flags, sentences, marks, mark))
    return drafts


def _past_leftovers(text: str, start: int, end: int, drafts: list[Draft]) -> int:
    while start < end and (length := leftover_length(text[start : min(end, start + _LONGEST_LEFTOVER)])):
        drafts.append(Draft(text, start, start + length, kind=METADATA))
        start += length
        while start < end and text[start].isspace():
            start += 1
    return start
