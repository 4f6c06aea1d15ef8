"""Lines on their way to becoming blocks: the words, the enumerator, and what is known so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fzclf.segmentation.cuts import ENDED, ENUMERATOR, INTRICATE, LEFTOVER, Line, flags_of, read_lines
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


class Page:
    """The text that all drafts of an outline share; it lets go of it when the outline is done."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Draft(Entry):
    """A line on its way to becoming a block.

    Attributes
    ----------
    flags : int
        What the line may be or hold, as `cuts` has it.
    mark : Enumerator or None
        What it opens with.
    marks : bytes or None
        What each of its sentences may be or hold; None before the line is cut.
    ended : bool
        Whether it ends like a sentence.
    """

    __slots__ = ("_is_data", "_page", "ended", "flags", "mark", "marks")

    def __init__(self, page: Page, line: Line, mark: Enumerator | None, kind: str = "") -> None:
        self.start, self.end, self.flags, self.sentences, self.marks = line
        self.kind = kind  # not by super().__init__: there are as many drafts as lines
        self.level = 0
        self.section = ()
        self.roles = ()
        self.items = ()
        self.role = ""
        self.mark = mark
        self.ended = self.flags & ENDED != 0
        self._page = page
        self._is_data: bool | None = None

    @property
    def words(self) -> str:
        """Its characters, of very long lines the first ones."""
        return self._page.text[self.start : min(self.end, self.start + _LONGEST_WORDS)]

    def is_data(self) -> bool:
        """Whether the words look like metadata, wherever they stand; asked often, found out once."""
        if self._is_data is None:
            long = LONGEST_METADATA < self.end - self.start <= _LONGEST_WORDS
            self._is_data = not (long and self.ended) and is_metadata(self.words)
        return self._is_data

    def __len__(self) -> int:
        """Length in code points."""
        return self.end - self.start


def drafts_of(page: Page) -> list[Draft]:
    """The lines of a text; what a converter left behind at their start stands by itself."""
    text = page.text
    drafts: list[Draft] = []
    for line in read_lines(text):
        start, end, flags = line[:3]
        if flags & (LEFTOVER | INTRICATE | ENUMERATOR):
            if flags & LEFTOVER:
                start = _past_leftovers(page, start, end, drafts)
                if start == end:
                    continue
            if start != line[0] or flags & INTRICATE:
                flags = flags_of(text, start, end)
                line = start, end, flags, (), None  # noqa: PLW2901
            mark = line_enumerator(text[start : min(end, start + ENUMERATOR_REACH)]) if flags & ENUMERATOR else None
            drafts.append(Draft(page, line, mark))
        else:
            drafts.append(Draft(page, line, None))
    return drafts


def _past_leftovers(page: Page, start: int, end: int, drafts: list[Draft]) -> int:
    text = page.text
    while start < end and (length := leftover_length(text[start : min(end, start + _LONGEST_LEFTOVER)])):
        drafts.append(Draft(page, (start, start + length, 0, (), None), None, METADATA))
        start += length
        while start < end and text[start].isspace():
            start += 1
    return start
