"""Lines on their way to becoming blocks: the words, the enumerator, and what is known so far."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import Protocol

from fzclf.report import Passage
from fzclf.segmentation.cuts import ENDED, ENUMERATOR, INTRICATE, LEFTOVER, Sentences, cut_line, flags_of, read_lines
from fzclf.segmentation.metadata import LONGEST_METADATA, is_metadata, leftover_length
from fzclf.segmentation.numbering import Enumerator, line_enumerator
from fzclf.segmentation.role_words import ROLES

TITLE, HEADING, PARAGRAPH, METADATA = "title", "heading", "paragraph", "metadata"
Bounds = tuple[int, int]
UNFINISHED = frozenset("，、,：:（(《“")
ENUMERATOR_REACH = 16  # the longest enumerator is 第一百二十部分 with a space or two
_LONGEST_LEFTOVER = 130
ROLE_NUMBER = {role: bytes([number]) for number, role in enumerate(ROLES)}
_LONGEST_WORDS = 600  # more of a line is never looked at; a body of 50 MB on one line is not copied


class Entry(Passage, Protocol):
    """One block of the outline, as offsets only; `section` holds the bounds of the headings above it."""

    kind: str
    level: int
    section: tuple[Bounds, ...]

    @property
    def n_sentences(self) -> int:
        """0 for all but paragraphs, once the outline is ready."""


class Draft:
    """A line on its way to becoming a block, and the block.

    Attributes
    ----------
    length : int
        In code points.
    words : str
        Its characters, of very long lines the first ones; empty in the end.
    flags : int
        What the line may be or hold, as `cuts` has it.
    mark : Enumerator or None
        What it opens with.
    first, n_sentences : int
        Where its sentences stand in the table of all; none before the line is cut.
    role_numbers : bytes
        Role of each sentence, as its place in `ROLES`.
    item_numbers : bytes
        For each sentence the number of the item that it stands in as an int32, 0 for none; or nothing, if none does.
    ended : bool
        Whether it ends like a sentence.
    """

    __slots__ = (
        *("start", "end", "length", "kind", "level", "section", "role"),
        *("first", "n_sentences", "role_numbers", "item_numbers", "_table"),
        *("words", "flags", "mark", "ended", "_is_data"),
    )

    def __init__(
        self,
        text: str,
        table: Sentences,
        start: int,
        end: int,
        flags: int = 0,
        first: int = 0,
        stop: int = 0,
        mark: Enumerator | None = None,
        kind: str = "",
    ) -> None:
        self.start = start
        self.end = end
        self.length = length = end - start
        self.kind = kind
        self.level = 0
        self.section: tuple[Bounds, ...] = ()
        self.role = ""
        self.first = first
        self.n_sentences = stop - first
        self.role_numbers = b""
        self.item_numbers = b""
        self._table = table
        self.words = text[start:end] if length <= _LONGEST_WORDS else text[start : start + _LONGEST_WORDS]
        self.flags = flags
        self.mark = mark
        self.ended = flags & ENDED != 0
        # A line that is too long and ends like a sentence is no metadata.
        self._is_data = False if self.ended and LONGEST_METADATA < length <= _LONGEST_WORDS else None

    @property
    def sentences(self) -> list[Bounds]:
        """Bounds of the sentences, anew each time."""
        return self._table.bounds(self.first, self.first + self.n_sentences)

    @property
    def marks(self) -> list[int]:
        """What each of the sentences may be or hold, as `cuts` has it."""
        return self._table.marks[self.first : self.first + self.n_sentences]

    def sentence(self, position: int) -> Bounds:
        """Bounds of one of the sentences."""
        at = 2 * (self.first + position)
        return self._table.offsets[at], self._table.offsets[at + 1]

    @property
    def roles(self) -> list[str]:
        """Role of each sentence."""
        return [ROLES[number] for number in self.role_numbers]

    @property
    def items(self) -> Sequence[int | None]:
        """Number of the item that each sentence stands in, None outside items."""
        if not self.item_numbers:
            return [None] * self.n_sentences
        return [number or None for number in memoryview(self.item_numbers).cast("i")]

    def cut(self, text: str) -> None:
        """Find the sentences of a line that has none yet."""
        self.flags, bounds, marks = cut_line(text, self.start, self.end, self.flags)
        self.first, self.n_sentences = self._table.add(bounds, marks), len(bounds)

    def is_data(self) -> bool:
        """Whether the words look like metadata, wherever they stand; asked often, found out once."""
        if self._is_data is None:
            self._is_data = is_metadata(self.words)
        return self._is_data

    def give_items(self, numbers: Iterable[int | None]) -> None:
        """The number of an item, from 1 on, for each sentence; None outside items."""
        self.item_numbers = array("i", [number or 0 for number in numbers]).tobytes()

    def give_role(self, role: str) -> None:
        """One role for the line and all its sentences."""
        self.role, self.role_numbers = role, ROLE_NUMBER[role] * self.n_sentences

    def give_roles(self, roles: Sequence[str]) -> None:
        """A role for each sentence, and for the line the one that covers the most characters; the first of equals."""
        if roles.count(roles[0]) == self.n_sentences:
            self.give_role(roles[0])
            return
        covered = dict.fromkeys(roles, 0)
        for (start, end), role in zip(self.sentences, roles, strict=True):
            covered[role] += end - start
        self.role = max(covered, key=lambda role: covered[role])
        self.role_numbers = b"".join([ROLE_NUMBER[role] for role in roles])


def drafts_of(text: str) -> tuple[list[Draft], Sentences]:
    """The lines of `text`; what a converter left behind at their start stands by itself."""
    drafts: list[Draft] = []
    lines, table = read_lines(text)
    for start, end, flags, first, stop in lines:
        if not flags & (LEFTOVER | INTRICATE | ENUMERATOR):
            drafts.append(Draft(text, table, start, end, flags, first, stop))
            continue
        begin = _past_leftovers(text, start, end, drafts, table) if flags & LEFTOVER else start
        if begin == end:
            continue
        if begin > start or flags & INTRICATE:  # to be cut once more
            flags, first, stop = flags_of(text, begin, end), 0, 0  # noqa: PLW2901
        mark = line_enumerator(text[begin : min(end, begin + ENUMERATOR_REACH)]) if flags & ENUMERATOR else None
        drafts.append(Draft(text, table, begin, end, flags, first, stop, mark))
    return drafts, table


def _past_leftovers(text: str, start: int, end: int, drafts: list[Draft], table: Sentences) -> int:
    while start < end and (length := leftover_length(text[start : min(end, start + _LONGEST_LEFTOVER)])):
        drafts.append(Draft(text, table, start, start + length, kind=METADATA))
        start += length
        while start < end and text[start].isspace():
            start += 1
    return start
