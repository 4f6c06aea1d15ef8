"""The outline of a report: what each line is, and under which headings it stands.

Lines are read once from top to bottom. Doubtful enumerators count only if their
number carries on the sequence at their place (一 → 二 → 三, restarting under a new parent).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from fzclf.segmentation.drafts import (
    ENUMERATOR_REACH,
    HEADING,
    METADATA,
    PARAGRAPH,
    TITLE,
    UNFINISHED,
    Bounds,
    Draft,
    drafts_of,
)
from fzclf.segmentation.front import mark_front, mark_repeated_titles, mark_signatures, mark_tail
from fzclf.segmentation.metadata import LONGEST_METADATA
from fzclf.segmentation.numbering import Enumerator, Style, line_enumerator
from fzclf.segmentation.role_words import heading_role
from fzclf.segmentation.sections import place_in_sections
from fzclf.segmentation.sentences import sentence_spans

__all__ = ["HEADING", "METADATA", "PARAGRAPH", "TITLE", "Bounds", "Entry", "outline", "run_in_heading"]

_COLONS = frozenset("：:")
_SALUTATION = re.compile(r"(?:各位代表|各位委员|主任|尊敬的|市政府|省政府|区政府|县政府|[^，。：:]{2,30})[：:！!]$")
_LONGEST_DIGIT_HEADING = 40
_LONGEST_DIGIT_SENTENCE = 30  # 1.健全领导机制。 above its body
_LONGEST_UNMARKED = 80
_LONGEST_MARKED = 60
_LONGEST_PLAIN = 32
_LONGEST_RUN_IN = {Style.DIGIT: 34, Style.DIGIT_BRACKET: 30, Style.CIRCLED: 30}
_LONGEST_HAN_RUN_IN = 50
# A heading that a colon ends, before the items that it announces.
_ANNOUNCED = re.compile(r"[^，。；：:]{2,16}(?=[：:](?:[（(]?[一1１][）)、.．是])|[：:]第?一)")
_LONGEST_WORDY_RUN_IN = 75  # without a digit in it: figures stand in sentences, not in headings
_BULLETS = frozenset("—-●■◆·•▪*")
_DIGITS = re.compile(r"\d")


@dataclass(slots=True)
class Entry:
    """One block of the outline, as offsets only; `section` holds the bounds of the headings above it."""

    start: int
    end: int
    kind: str
    level: int = 0
    section: tuple[Bounds, ...] = ()
    sentences: Sequence[Bounds] = ()
    roles: list[str] = field(default_factory=list)
    items: list[int | None] = field(default_factory=list)
    role: str = ""


def outline(text: str) -> list[Entry]:
    """Cut `text` into blocks, in order, each with its kind, level and headings above."""
    drafts = drafts_of(text)
    front = mark_front(drafts)
    mark_tail(drafts, front)
    mark_signatures(drafts, front)
    mark_repeated_titles(drafts, front)
    _mark_body(text, drafts, front)
    headings = [_heading_bounds(text, draft) for draft in drafts]
    places = place_in_sections(text, drafts, headings)
    return [
        Entry(draft.start, draft.end, draft.kind, level, section, draft.sentences)
        for draft, (level, section) in zip(drafts, places, strict=True)
    ]


def _mark_body(text: str, drafts: list[Draft], front: int) -> None:
    """Tell headings from paragraphs, and the metadata that stands between them."""
    for draft in drafts[front:]:
        if not draft.kind and (draft.end - draft.start <= LONGEST_METADATA or draft.words[-1] == "|"):
            draft.kind = METADATA if draft.is_data() else ""
    body = [draft for draft in drafts[front:] if not draft.kind]
    last: dict[Style, int] = {}
    before: Draft | None = None
    for draft, after in zip_longest(body, body[1:]):
        if draft.mark is not None:
            _settle_enumerator(draft, last)
        draft.sentences = sentence_spans(text, draft.start, draft.end)
        short = draft.mark is not None or draft.end - draft.start <= _LONGEST_PLAIN
        heading = short and len(draft.sentences) == 1 and _is_heading(draft, after, before)
        draft.kind = HEADING if heading else PARAGRAPH
        if heading:
            draft.sentences = ()
        before = draft


def _settle_enumerator(draft: Draft, last: dict[Style, int]) -> None:
    """Drop a badly written enumerator unless its number is the next one at its place."""
    mark = draft.mark
    if mark is None:
        return
    if not mark.sure and mark.ordinal != last.get(mark.style, 0) + 1:
        draft.mark = None
        return
    last[mark.style] = mark.ordinal
    for inner in [other for other in last if other > mark.style]:
        del last[inner]


# --- headings -------------------------------------------------------------------------------


def _is_heading(draft: Draft, after: Draft | None, before: Draft | None) -> bool:
    if draft.mark is None:
        return _is_plain_heading(draft, after, before)
    if len(draft) <= draft.mark.length:
        return False
    if draft.mark.style >= Style.DIGIT:
        return _is_digit_heading(draft, draft.mark.style, after, before)
    if not draft.ended:
        return len(draft) <= _LONGEST_UNMARKED and draft.words[-1] not in "，、,"
    listed = after is None or (after.mark is not None and after.mark.style <= draft.mark.style)
    return len(draft) <= _LONGEST_MARKED and draft.words[-1] in "。！!" and not listed


def _is_digit_heading(draft: Draft, style: Style, after: Draft | None, before: Draft | None) -> bool:
    """Two thirds of all lines with digits are lists; a heading has body text right below it."""
    if after is None or (after.mark is not None and after.mark.style <= style):
        return False
    wordy = len(after) > _LONGEST_PLAIN
    if not draft.ended:
        return len(draft) <= _LONGEST_DIGIT_HEADING and draft.words[-1] not in UNFINISHED and (wordy or after.ended)
    listed = before is not None and before.kind == PARAGRAPH and before.mark is not None and before.mark.style is style
    fits = len(draft) <= _LONGEST_DIGIT_SENTENCE and draft.words[-1] == "。" and not _DIGITS.search(draft.words, 4)
    return fits and not listed and wordy and len(after) > 2 * len(draft)


def _is_plain_heading(draft: Draft, after: Draft | None, before: Draft | None) -> bool:
    """A short line of its own, without number or final mark, with body text or numbered headings below."""
    words = draft.words
    if len(words) < 2 or draft.ended or words[-1] in UNFINISHED or words[0] in _BULLETS or after is None:
        return False
    if words.startswith("各位") or not any("\u4e00" <= char <= "\u9fff" for char in words):
        return False
    if before is not None and _is_list_line(before):
        return False
    return _opens_section(words, after)


def _opens_section(words: str, after: Draft) -> bool:
    """Whether the line below an unnumbered heading is one that a section begins with."""
    if after.mark is not None and after.mark.style in (Style.PART, Style.CHAPTER, Style.HAN, Style.HAN_BRACKET):
        return True
    if len(after) > _LONGEST_PLAIN or ((after.ended or after.words[-1] in _COLONS) and len(after) > len(words)):
        return True
    if after.mark is None and not after.ended and after.words[-1] not in UNFINISHED and heading_role(words)[0]:
        return after.words[0] not in _BULLETS  # 工作开展情况 above an unnumbered heading
    return _SALUTATION.match(after.words) is not None


def _is_list_line(draft: Draft) -> bool:
    """Whether a short line without final mark stands above; a list or table goes on below it, no section."""
    short = draft.kind == PARAGRAPH and not draft.ended and len(draft) <= _LONGEST_PLAIN
    return short and not draft.words.endswith(("如下：", "如下:"))


def _heading_bounds(text: str, draft: Draft) -> Bounds | None:
    """Where the heading stands that this line is, or that it opens with."""
    if draft.kind == HEADING:
        return draft.start, draft.end
    if draft.kind != PARAGRAPH or draft.mark is None:
        return None
    return _run_in_bounds(text, draft.sentences, draft.mark)


def run_in_heading(text: str, sentences: Sequence[Bounds]) -> Bounds | None:
    """Bounds of the heading that a paragraph opens with (`（一）加强组织领导。坚持……`), without its final mark."""
    start, end = sentences[0]
    mark = line_enumerator(text[start : min(end, start + ENUMERATOR_REACH)])
    return _run_in_bounds(text, sentences, mark) if mark is not None and mark.sure else None


def _run_in_bounds(text: str, sentences: Sequence[Bounds], mark: Enumerator) -> Bounds | None:
    if len(sentences) < 2 or mark.style in (Style.ARTICLE, Style.CIRCLED):
        return None
    start, end = sentences[0]
    announced = (
        _ANNOUNCED.match(text, start + mark.length, end) if mark.style in (Style.HAN, Style.HAN_BRACKET) else None
    )
    if announced is not None:  # `二、存在问题：一是……；`
        return start, announced.end()
    longest = _LONGEST_RUN_IN.get(mark.style, _LONGEST_HAN_RUN_IN)
    if mark.style < Style.DIGIT and longest < end - start <= _LONGEST_WORDY_RUN_IN:
        longest = 0 if _DIGITS.search(text, start, end) else _LONGEST_WORDY_RUN_IN
    if end - start > longest or text[end - 1] in "；;":
        return None
    if mark.style >= Style.DIGIT and _COLONS.intersection(text[start:end]):
        return None
    while text[end - 1] in "。！!":
        end -= 1
    return (start, end) if end - start > mark.length else None
