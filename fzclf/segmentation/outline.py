"""The outline of a report: what each line is, and under which headings it stands.

Lines are read once from top to bottom. Doubtful enumerators count only if their
number carries on the sequence at their place (一 → 二 → 三, restarting under a new parent).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from fzclf.segmentation.annexes import body_lines
from fzclf.segmentation.cuts import GOES_ON, Sentences
from fzclf.segmentation.drafts import (
    ENUMERATOR_REACH,
    HEADING,
    METADATA,
    PARAGRAPH,
    TITLE,
    UNFINISHED,
    Bounds,
    Draft,
    Entry,
    drafts_of,
)
from fzclf.segmentation.front import mark_front, mark_inside, mark_tail
from fzclf.segmentation.numbering import BRACKET_STARTS, LINE_STARTS, Enumerator, Style, line_enumerator
from fzclf.segmentation.role_words import GLOSSARY, heading_role
from fzclf.segmentation.sections import place_in_sections

__all__ = ["HEADING", "METADATA", "PARAGRAPH", "TITLE", "Bounds", "Entry", "outline", "run_in_heading"]

_COLONS = frozenset("：:")
# A number that counts something: no year, and nothing like 12·4 or inside quotes.
_FIGURE = r"(?<![\d·.．])\d(?!\d?·\d|\d{3}年|[^“”]{0,20}”)"
_NO_DIGIT_HEADING = re.compile(rf"[：:]|{_FIGURE}")
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
# What a sentence of body text has and a heading has not: figures, what was done, a fourth clause.
_TELLS = re.compile(
    rf"{_FIGURE}|了|已|均|全部|全年|累计|[二三四五六七八九十百两](?:余|多)?[次件名场起人份期]|(?:[，,][^，,]*){{3}}"
)
_SHORTEST_TOLD = 22
_NONE_YET = (0,) * (max(Style) + 1)  # the last number of each style
_BULLETS = frozenset("—-●■◆·•▪*")
_DIGITS = re.compile(r"\d")
_LEADERS = tuple(f"{who}{what}" for who in ("牵头", "责任", "主办", "承办", "协办") for what in ("单位", "部门"))


def outline(text: str) -> tuple[list[Draft], Sentences]:
    """Cut `text` into blocks, in order, each with its kind, level and headings above; roles and items come later."""
    drafts, table = drafts_of(text)
    front = mark_front(drafts)
    mark_tail(drafts, front)
    mark_inside(drafts, front)
    _mark_body(text, drafts, front)
    headings = [
        _heading_bounds(text, draft) if draft.kind == HEADING or draft.mark is not None else None for draft in drafts
    ]
    place_in_sections(text, drafts, headings)
    return drafts, table


def _mark_body(text: str, drafts: list[Draft], front: int) -> None:
    """Tell headings from paragraphs, and the metadata that stands between them."""
    body = body_lines(drafts[front:])
    last = list(_NONE_YET)
    ran_in = [False] * len(last)
    before: Draft | None = None
    for draft, after in zip(body, [*body[1:], None], strict=False):
        if not draft.n_sentences:
            draft.cut(text)
        mark = draft.mark
        if mark is not None and not (mark.sure or mark.ordinal == last[mark.style] + 1):
            draft.mark = mark = None  # badly written, and not the next number at its place
        alone = draft.n_sentences == 1
        if mark is None:
            short = draft.end - draft.start <= _LONGEST_PLAIN
            draft.kind = HEADING if short and alone and _is_plain_heading(draft, after, before) else PARAGRAPH
        else:
            last[mark.style :] = (mark.ordinal, *_NONE_YET[mark.style + 1 :])
            heads = alone and _is_numbered_heading(draft, mark, after, before, ran_in[mark.style])
            draft.kind = HEADING if heads else PARAGRAPH
            ran_in[mark.style] = not heads
        before = draft


# --- headings -------------------------------------------------------------------------------


def _is_numbered_heading(
    draft: Draft, mark: Enumerator, after: Draft | None, before: Draft | None, ran_in: bool
) -> bool:
    """Whether a line with a number is a heading; `ran_in` says that the number before it opened a paragraph."""
    if draft.length <= mark.length:
        return False
    if mark.style >= Style.DIGIT:
        return _is_digit_heading(draft, mark.style, after, before)
    if ran_in and draft.length >= _SHORTEST_TOLD and _TELLS.search(draft.words, mark.length):
        return False
    if not draft.ended:
        return draft.length <= _LONGEST_UNMARKED and draft.words[-1] not in "，、,"
    listed = after is None or (after.mark is not None and after.mark.style <= mark.style)
    return draft.length <= _LONGEST_MARKED and draft.words[-1] in "。！!" and not listed


def _is_digit_heading(draft: Draft, style: Style, after: Draft | None, before: Draft | None) -> bool:
    """Two thirds of all lines with digits are lists; a heading has body text right below it."""
    if after is None or (after.mark is not None and after.mark.style <= style):
        return False
    wordy = after.length > _LONGEST_PLAIN
    if not draft.ended:
        return draft.length <= _LONGEST_DIGIT_HEADING and draft.words[-1] not in UNFINISHED and (wordy or after.ended)
    listed = before is not None and before.kind == PARAGRAPH and before.mark is not None and before.mark.style is style
    fits = draft.length <= _LONGEST_DIGIT_SENTENCE and draft.words[-1] == "。" and not _DIGITS.search(draft.words, 4)
    opens_list = after.mark is not None and after.mark.ordinal == 1  # of a deeper style, as seen above
    return fits and (opens_list or (not listed and wordy and after.length > 2 * draft.length))


def _is_plain_heading(draft: Draft, after: Draft | None, before: Draft | None) -> bool:
    """A short line of its own, without number or final mark, with body text or numbered headings below."""
    words = draft.words
    if len(words) < 2 or draft.ended or after is None:
        return False
    if words[-1] in UNFINISHED:
        return words[-1] in _COLONS and GLOSSARY.match(words) is not None
    if words[0] in _BULLETS:  # ——抓改革，打硬仗 above its body, not above the next of its list
        body_below = after.ended and after.length > _LONGEST_MARKED and after.words[0] not in _BULLETS
        return body_below and words.startswith("——") and not (before is not None and _is_list_line(before))
    if words.startswith("各位") or not any("\u4e00" <= char <= "\u9fff" for char in words):
        return False
    if before is not None and _is_list_line(before):
        return False
    return _opens_section(words, after)


def _opens_section(words: str, after: Draft) -> bool:
    """Whether the line below an unnumbered heading is one that a section begins with."""
    if after.mark is not None and after.mark.style in (Style.PART, Style.CHAPTER, Style.HAN, Style.HAN_BRACKET):
        return True
    if after.words.startswith("序号"):  # the head of a table
        return True
    if after.length > _LONGEST_PLAIN or ((after.ended or after.words[-1] in _COLONS) and after.length > len(words)):
        return True
    if after.mark is None and not after.ended and after.words[-1] not in UNFINISHED and heading_role(words)[0]:
        return after.words[0] not in _BULLETS  # 工作开展情况 above an unnumbered heading
    return _SALUTATION.match(after.words) is not None


def _is_list_line(draft: Draft) -> bool:
    """Whether a short line without final mark stands above; a list or table goes on below it, no section."""
    short = draft.kind == PARAGRAPH and not draft.ended and draft.length <= _LONGEST_PLAIN
    return short and not draft.words.endswith(("如下：", "如下:"))


def _heading_bounds(text: str, draft: Draft) -> Bounds | None:
    """Where the heading stands that this line is, or that it opens with."""
    if draft.kind == HEADING:
        return draft.start, draft.end
    if draft.mark is None or draft.kind != PARAGRAPH or draft.n_sentences < 2:
        return None
    sentences = draft.sentences
    goes_on = draft.flags & GOES_ON and _goes_on_inside(text, sentences[1:], draft.mark)
    return None if goes_on else _run_in_bounds(text, sentences, draft.mark)


def run_in_heading(text: str, sentences: Sequence[Bounds]) -> Bounds | None:
    """Bounds of the heading that a paragraph opens with (`（一）加强组织领导。坚持……`), without its final mark."""
    start, end = sentences[0]
    mark = line_enumerator(text[start : min(end, start + ENUMERATOR_REACH)])
    if mark is None or not mark.sure or _goes_on_inside(text, sentences[1:], mark):
        return None
    return _run_in_bounds(text, sentences, mark)


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
    if mark.style >= Style.DIGIT and (
        _NO_DIGIT_HEADING.search(text, start + mark.length, end) or text.startswith(_LEADERS, sentences[1][0])
    ):
        return None
    while text[end - 1] in "。！!":
        end -= 1
    return (start, end) if end - start > mark.length else None


def _goes_on_inside(text: str, sentences: Sequence[Bounds], mark: Enumerator) -> bool:
    """Whether the next number of the same style opens a later sentence: `1.……2.……` are items, and 1. is no heading."""
    starts = BRACKET_STARTS if mark.style is Style.HAN_BRACKET else LINE_STARTS  # most of the others are 一是 and 二是
    for start, end in sentences:
        if text[start] in starts:
            other = line_enumerator(text[start : min(end, start + ENUMERATOR_REACH)])
            if other is not None and other.sure and other.style is mark.style and other.ordinal == mark.ordinal + 1:
                return True
    return False
