"""Under which headings each block stands: levels from numbers, and from the sequence where numbers are silent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from fzclf.segmentation.drafts import HEADING, METADATA, PARAGRAPH, TITLE, Bounds, Draft
from fzclf.segmentation.numbering import Enumerator, Style
from fzclf.segmentation.role_words import CLOSING, GLOSSARY, YEAR, heading_role
from fzclf.segmentation.speeches import ADDRESS_STARTS, ADDRESSES

_PLAIN_RANK = 1  # an unnumbered heading stands above all numbers unless the sequence says otherwise
_PLAIN_INNER_RANK = 2  # 科技创新 below 2013年工作回顾
_STEP = 4  # room between two styles: +2 for a list inside a list of its own style, +3 for an unnumbered heading
_INNER, _INSIDE = 2, 3
_ANNEX = re.compile(rf"{GLOSSARY.pattern}|附件|附录|附表|.{{0,24}}说明$|.{{0,40}}(?:一览|汇总|明细|统计)表$")


class _Open(NamedTuple):
    """A heading that is still open: its rank, its number (0 for none), where it and those above it stand."""

    rank: int
    ordinal: int
    section: tuple[Bounds, ...]
    ran_in: bool  # opens a paragraph
    left: bool = False  # its inner headings are behind: 各位代表，…… has turned from them to the whole


def place_in_sections(text: str, drafts: Sequence[Draft], headings: Sequence[Bounds | None]) -> None:
    """Give every block its level and the headings above it; a run-in heading opens a section too."""
    following = _next_marks(drafts)
    stack: list[_Open] = []
    section: tuple[Bounds, ...] = ()
    openers: list[Draft | None] = []
    plain_on_top = False
    for index, draft in enumerate(drafts):
        kind, own = draft.kind, headings[index]
        if own is not None:
            plain_on_top |= _opens_annex(drafts, index, stack)
            if draft.mark is not None:
                rank = _numbered_rank(draft.mark, stack)
            else:
                rank = _plain_rank(text, own, stack, following[index], plain_on_top)
            plain_on_top |= rank == _PLAIN_RANK
            while stack and stack[-1].rank >= rank:
                stack.pop()
            above = stack[-1].section if stack else ()
            if kind == HEADING:
                draft.section, draft.level = above, len(stack) + 1
            section = (*above, own)
            stack.append(_Open(rank, draft.mark.ordinal if draft.mark else 0, section, kind == PARAGRAPH))
        elif (draft.mark is not None or draft.words[0] in ADDRESS_STARTS) and _leaves_section(
            drafts, index, stack, openers
        ):
            section = (*stack[-1].section,) if stack else ()  # a new tuple: the section is entered again
        if kind == PARAGRAPH:
            draft.section = section
        elif kind == TITLE:  # a page may carry its report twice
            stack, section, plain_on_top = [], (), False


def _opens_annex(drafts: Sequence[Draft], index: int, stack: list[_Open]) -> bool:
    """Whether a heading stands right below 附件1; an unnumbered one is the title of the annex and closes all else."""
    above = drafts[index - 1]
    annexed = index > 0 and above.kind == METADATA and above.words.startswith("附")
    if annexed and drafts[index].mark is None:
        stack.clear()
    return annexed


def _leaves_section(drafts: Sequence[Draft], index: int, stack: list[_Open], openers: list[Draft | None]) -> bool:
    """Whether a paragraph without a heading ends a section: it carries on a count, or turns to the whole."""
    draft = drafts[index]
    if draft.kind != PARAGRAPH:
        return False
    if draft.mark is not None:
        return _closes_sibling(draft.mark, stack)
    if len(stack) < 2 or not draft.words.startswith(ADDRESSES):
        return False
    openers += [] if openers else _next_openers(drafts)
    if _goes_on(stack, openers[index]):
        return False
    stack[:] = [stack[0]._replace(left=True)]
    return True


def _closes_sibling(mark: Enumerator, stack: list[_Open]) -> bool:
    """Whether a paragraph without a heading carries on the count of a run-in heading, which ends there."""
    rank = _numbered_rank(mark, stack)
    for depth, heading in enumerate(stack):
        if heading.rank == rank and heading.ran_in and mark.ordinal > heading.ordinal:
            del stack[depth:]
            return True
    return False


def _next_openers(drafts: Sequence[Draft]) -> list[Draft | None]:
    """The next line with a number or a heading below each line; only speeches ask."""
    openers: list[Draft | None] = []
    coming: Draft | None = None
    for draft in reversed(drafts):
        openers.append(coming)
        if draft.mark is not None or draft.kind in (HEADING, TITLE):
            coming = draft
    return openers[::-1]


def _goes_on(stack: list[_Open], opener: Draft | None) -> bool:
    """Whether the count of an inner section goes on below 各位代表，……."""
    if opener is None or opener.mark is None:
        return False
    rank, ordinal = _STEP * opener.mark.style, opener.mark.ordinal
    return any(heading.rank == rank and heading.ordinal + 1 == ordinal for heading in stack[1:])


def _next_marks(drafts: Sequence[Draft]) -> list[Enumerator | None]:
    """The enumerator that comes next after each line; one pass from below."""
    if all(draft.mark is not None or draft.kind != HEADING for draft in drafts):
        return []  # only unnumbered headings ask
    following: list[Enumerator | None] = []
    coming: Enumerator | None = None
    for draft in reversed(drafts):
        following.append(coming)
        coming = draft.mark or coming
    return following[::-1]


def _numbered_rank(mark: Enumerator, stack: list[_Open]) -> int:
    """Rank by style; a list that starts again right under its own style is an inner one.

    Some reports number their parts 一、二、 and the chapters of a part 一、二、 again.
    """
    rank = _STEP * mark.style
    if mark.style >= Style.DIGIT:  # 1. below 2. begins the next list
        return rank
    outer = inner = None
    for heading in stack:
        if heading.rank == rank:
            outer = heading
        elif heading.rank == rank + _INNER:
            inner = heading
    if outer is None:
        return rank
    if inner is not None:
        goes_on_inside = mark.ordinal == inner.ordinal + 1 or mark.ordinal != outer.ordinal + 1
        return rank + _INNER if goes_on_inside else rank
    below = mark.ordinal == 1 and stack[-1] is outer and outer.ordinal > 0 and not outer.left
    return rank + _INNER if below and not (outer.ran_in and outer.ordinal > 1) else rank


def _plain_rank(text: str, own: Bounds, stack: list[_Open], following: Enumerator | None, plain_on_top: bool) -> int:
    """An unnumbered heading stands inside a numbered section whose sequence goes on after it.

    Else it stands on top, or right below the unnumbered heading on top if that one
    announces a role (工作回顾) and it does not.
    """
    numbered = [heading for heading in stack if heading.ordinal]
    if numbered and following is not None and following.ordinal > 1:
        rank = _STEP * int(following.style)
        if any(heading.rank == rank for heading in numbered):
            return rank + _INSIDE
    words = text[own[0] : own[1]]
    if _ANNEX.match(words) or heading_role(words)[0] is not None:
        return _PLAIN_RANK
    if numbered and not plain_on_top:
        return numbered[-1].rank + _INSIDE
    top = stack[0] if stack else None
    if top is None or top.ordinal or YEAR.match(words):  # 2023年重点工作 is no part of 今后五年的目标
        return _PLAIN_RANK
    start, end = top.section[-1]
    announced = heading_role(text[start:end])[0]
    return _PLAIN_RANK if announced in (None, CLOSING) else _PLAIN_INNER_RANK
