"""What stands above and below the body: titles, index tables, speakers; signatures, dates, page footers."""

from __future__ import annotations

import re
from collections import Counter

from fzclf.segmentation.drafts import METADATA, TITLE, UNFINISHED, Draft
from fzclf.segmentation.metadata import is_date, is_signature, is_signed_date
from fzclf.segmentation.numbering import Style

_LONGEST_TITLE = 60
_FRONT_LINES = 60  # index tables and site menus stand above the title, but not more than this
_FRONT_WORDY_LINES = 12  # of these, lines that are no metadata by their looks
_TAIL_LINES = 60
_LONGEST_TAIL_LINE = 60
_NAMES_REPORT = re.compile(r"报告|总结|汇报|年报|通报|白皮书|自查|述职|述法|公报|综述")
_NAMES_SUBJECT = re.compile(r"法治政府建设|依法行政|法治建设|(?:19|20)\d\d年.{2,20}(?:情况|要点)")
_MENU_NAME = re.compile(r"(?:政府|年度|法治政府建设|信息公开|法治建设|依法行政)*(?:工作)?(?:年度)?(?:报告|年报|总结)$")
_GOES_ON_BELOW = re.compile(
    r"(?:关于|的|和|及|暨|与|年|年度|建设|推进|履行|贯彻|落实|工作|情况|法治政府|法治|职责"
    r"|[^，。]{2,24}(?:政府|委员会|局|厅|办公室|管委会|街道办事处|街道|镇|乡))$"
)
_GOES_ON_ABOVE = re.compile(
    r"(?:关于|工作|年度|报告|情况|总结|法治|依法行政|建设|推进|履行|贯彻|落实|党政|主要|的|和|及|暨|与"
    r"|[（(]?(?:19|20)\d\d[ ]?年)"
)
_JOINS_ABOVE = re.compile(r"(?:及|和|暨|与|的报告|的总结|报告$|总结$)")
_POSITION = "省长|市长|区长|县长|州长|旗长|盟长|镇长|乡长|主席|主任|局长|厅长|部长|总理|院长|书记|检察长|专员"
_SPEAKER = re.compile(
    rf"[\u4e00-\u9fff（）()、 \u3000]{{0,30}}(?:{_POSITION})(?:[：: \u3000\u2002\xa0]{{1,4}}[\u4e00-\u9fff·]{{1,12}}"
    rf"|[\u4e00-\u9fff]{{1,3}})[ \u3000\u2002\xa0]{{0,3}}[\u4e00-\u9fff]{{0,3}}$"
)
_OCCASION = re.compile(
    r"(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?(?:在|于)?.{0,50}(?:会议上|大会上|会上|全会上|通过|审议|人民代表大会"
    r"|作.{0,8}报告)[）)]?$"
    r"|.{0,20}第[一二三四五六七八九十]{1,3}次(?:全体)?会议上?[）)]?$"  # over two lines
)
_BARE_TITLES = {"政府工作报告"}
_CONTENTS = re.compile(r"目[ \u3000\xa0]{0,6}[录次]$")


def mark_front(drafts: list[Draft]) -> int:
    """Find titles and metadata above the body; returns the index of the first body line."""
    stop = _front_end(drafts)
    titles = _title_lines(drafts, stop)
    if not titles or stop == len(drafts) == 1:
        return _metadata_only(drafts, stop)
    last = max(titles)
    for index in range(stop):
        draft = drafts[index]
        if index in titles and not _OCCASION.match(draft.words):
            draft.kind = TITLE
        elif draft.kind or index < last or draft.is_data() or _is_byline(draft.words):
            draft.kind = METADATA
        else:
            return _past_contents(drafts, index)
    return _past_contents(drafts, stop)


def _front_end(drafts: list[Draft]) -> int:
    """Index of the first line that can only be body: numbered, ended, unfinished or long."""
    wordy = 0
    for index, draft in enumerate(drafts[:_FRONT_LINES]):
        if draft.kind or draft.is_data():
            continue
        wordy += 1
        if wordy > _FRONT_WORDY_LINES or not _may_be_title(draft):
            return index
    return min(len(drafts), _FRONT_LINES)


def _may_be_title(draft: Draft) -> bool:
    numbered = draft.mark is not None and draft.mark.sure and draft.mark.style is not Style.DIGIT
    return draft.length <= _LONGEST_TITLE and not draft.ended and draft.words[-1] not in UNFINISHED and not numbered


def _title_lines(drafts: list[Draft], stop: int) -> set[int]:
    """Lines above `stop` that are titles or parts of one."""
    wordy = [i for i in range(stop) if not drafts[i].kind and not drafts[i].is_data()]
    titles = [i for i in wordy if _NAMES_REPORT.search(drafts[i].words)]
    if not titles:
        titles = [i for i in wordy if _NAMES_SUBJECT.search(drafts[i].words)][:1]
    if len(titles) > 1:  # 工作报告 as a word of the menu, with the true title below
        titles = [i for i in titles[:-1] if not _MENU_NAME.match(drafts[i].words)] + titles[-1:]
    found = set(titles)
    for index in reversed(wordy):
        words = drafts[index].words
        opens = index + 1 in found and _GOES_ON_BELOW.search(words) and _GOES_ON_ABOVE.match(drafts[index + 1].words)
        if opens or (index - 1 in found and _JOINS_ABOVE.match(words)):
            found.add(index)
    return found


def _metadata_only(drafts: list[Draft], stop: int) -> int:
    index = 0
    while index < stop and (drafts[index].kind == METADATA or drafts[index].is_data()):
        drafts[index].kind = METADATA
        index += 1
    return index


def _is_byline(words: str) -> bool:
    """Whether a line under a title names the meeting, the day, the office or the speaker."""
    if words[0] in "（(—－-" or _OCCASION.match(words) or _SPEAKER.match(words):
        return True
    return is_signature(words) or is_signed_date(words)


def _past_contents(drafts: list[Draft], index: int) -> int:
    """Step over a table of contents: lines under 目录 that come again as headings."""
    if not any(_CONTENTS.match(draft.words) for draft in drafts[max(0, index - 3) : index + 1]):
        return index
    seen = Counter(draft.words for draft in drafts)
    while index < len(drafts) and (_CONTENTS.match(drafts[index].words) or seen[drafts[index].words] > 1):
        seen[drafts[index].words] -= 1
        drafts[index].kind = METADATA
        index += 1
    return index


def mark_tail(drafts: list[Draft], front: int) -> None:
    """Signature, date, page furniture and annex lists below the last sentence."""
    floor = max(front, len(drafts) - _TAIL_LINES)
    first = len(drafts)
    for index in range(len(drafts) - 1, floor - 1, -1):
        draft = drafts[index]
        if draft.kind or draft.is_data() or is_signature(draft.words) or is_signed_date(draft.words):
            first = index
        elif draft.ended or draft.length > _LONGEST_TAIL_LINE or draft.words[-1] in UNFINISHED:
            break
    for draft in drafts[first:]:
        draft.kind = METADATA


def mark_inside(drafts: list[Draft], front: int) -> None:
    """Signatures in the middle of the text, and titles that come again: a page may carry its report twice."""
    short = [
        index
        for index, draft in enumerate(drafts[front:], front)
        if draft.end - draft.start <= _LONGEST_TITLE and not draft.kind
    ]
    for index in short[: -1 if short and short[-1] == len(drafts) - 1 else None]:
        draft = drafts[index]
        if is_signature(draft.words) and is_date(drafts[index + 1].words):
            draft.kind = METADATA
    _mark_repeated_titles(drafts, front, short)


def _mark_repeated_titles(drafts: list[Draft], front: int, short: list[int]) -> None:
    """The title again in the middle, with its byline."""
    titles = {_squeezed(draft.words) for draft in drafts[:front] if draft.kind == TITLE} | _BARE_TITLES
    below = -1
    for index in short:
        draft = drafts[index]
        if draft.kind or draft.ended or draft.mark is not None:
            continue
        if _squeezed(draft.words) in titles:
            draft.kind, below = TITLE, index + 1
        elif below == index and (draft.is_data() or _is_byline(draft.words)):
            draft.kind, below = METADATA, index + 1


def _squeezed(words: str) -> str:
    return "".join(words.split())
