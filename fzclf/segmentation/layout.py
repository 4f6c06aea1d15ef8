"""Undo broken layout: lines that were wrapped are joined, a body on one line is split.

Both work from evidence in the text itself and only move the bounds of lines;
no character is changed, so offsets stay exact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice, pairwise

from fzclf.segmentation.lines import Line, Margin, inked_lines, margins
from fzclf.segmentation.metadata import is_metadata, is_page_number
from fzclf.segmentation.numbering import Style, line_enumerator

Bounds = tuple[int, int]

# A wrapped page has lines of 15 to 60 characters; a report saved line by paragraph has a median above 100.
_NARROWEST, _WIDEST = 15, 60
_FEWEST_FULL_LINES = 4
_SLACK = 3  # punctuation that may not open a line makes the line before it this much shorter
_EARLY = 0.75
_SENTENCE_ENDS = frozenset("。！？；：!?;:")
_FEWEST_RUNNING_HEADS = 2
_FEWEST_BARS = 2  # of the row of a table
_LONG_LINE = 2000
_BODY_LINE = 200  # a line this long that holds most of the text is its body
_ENUMERATOR = r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
_EMBEDDED = re.compile(rf"(?<=[。！？：:\s])(?:{_ENUMERATOR})")
_EMBEDDED_INNER = re.compile(r"[（(]一[）)]")
_WIDE_GAP = re.compile(r"(?<=[。！？：])(?:\u3000{2}| {4})|(?<=\S)(?:\u3000{4}| {8})")
_HEADING_GAP = re.compile(r"[^。！？；：\[\s]{4,50}(?=[ \u3000\t\xa0]|\[bookmark)")
# Where a heading ends that runs into its text without mark or space: before an item or a date, behind words that
# only a heading has.
_NEXT_STEPS = "下一?步(?:工作)?(?:打算|计划|安排|思路|措施|举措)"
_GLUED_HEADING = re.compile(
    rf"[^。！？；：:\s]{{2,5}}(?:(?:基本|总体)情况|工作(?:开展|完成|进展)情况|主要(?:做法|成效|工作(?:开展)?(?:情况)?)|工作成效"
    rf"|存在的?(?:问题|不足|困难)(?:[和及与]{_NEXT_STEPS})?|{_NEXT_STEPS}"
    r"|20\d\d年度?(?:重点|主要)?工作(?:思路|安排|计划|打算))(?=[^。！？；，,、：:\s和及与的情工是开完进]{2})"
    r"|[^。！？；：:\s]{4,40}?(?=[（(]一[）)]|(?<![统唯同])一是|1[、.．]\D"
    r"|(?:20\d\d年度?(?:以来)?|今年以来|近年来|一年来)[，,])"
)
_GLUED_FIRST = re.compile(r"[^。！？；，,：:、\s第]{4,50}(?=一、[^一二三四五六七八九十])")  # 工作总结一、……
_GLUED_TITLE = re.compile(
    r"[^。！？；，,\s]{6,50}?(?:报告|总结)(?=20\d\d年|[ \u3000]|现将|根据|按照|近年来|今年以来|一、|索引号|来源)"
)
# The name of a site, or the number of the document, before the title.
_GLUED_SITE = re.compile(
    r"[^。！？；，,\s于的]{2,20}?(?:门户网站|政府网站?|政务网|信息公开网)(?!建设|运行|管理|平台|[的和与及])(?=[^。！？；，,\s]{6})"
    r"|[\u4e00-\u9fff]{2,10}[〔\[［（(]20\d\d[〕\]］）)]\d{1,4}号(?=[\u4e00-\u9fff])"
)


def logical_lines(text: str) -> Sequence[Bounds]:
    """Start and end of the lines of `text` as their author meant them."""
    lines = inked_lines(text)
    widths = [end - start for start, end in lines]
    return mended(text, lines, widths) if is_broken(text, widths) else lines


def is_broken(text: str, widths: Sequence[int]) -> bool:
    """Whether the widths of its lines say that `text` may be a wrapped page, or have its body on one line."""
    if _may_be_wrapped(widths):
        return True
    longest = max(widths, default=0)
    return longest >= _shortest_body(text, longest)


def mended(text: str, lines: Sequence[Bounds], widths: Sequence[int]) -> Sequence[Bounds]:
    """The lines of a text whose layout may be broken: joined, split, or as they are."""
    if _may_be_wrapped(widths):
        return _unwrapped(text, [Line(*bounds) for bounds in lines])
    shortest = _shortest_body(text, max(widths))
    return [part for bounds in lines for part in _split_long(text, Line(*bounds), shortest)]


def _shortest_body(text: str, longest: int) -> int:
    """Length from which on a line is looked at for headings inside it."""
    holds_most = longest > _BODY_LINE and 2 * longest > len(text)
    return min(longest, _LONG_LINE + 1) if holds_most else _LONG_LINE + 1


# --- wrapped pages --------------------------------------------------------------------------


def _may_be_wrapped(widths: Sequence[int]) -> bool:
    """Most reports have paragraphs on one line each; a look at the widths tells."""
    if len(widths) < _FEWEST_FULL_LINES:
        return False
    wide = (width for width in widths if width > _WIDEST + 2 * _SLACK)
    return next(islice(wide, len(widths) // 20, None), None) is None


def _unwrapped(text: str, lines: list[Line]) -> list[Line]:
    before = margins(text, lines)
    width = _wrap_width(text, lines, before)
    if not width:
        return lines
    furniture = _running_heads(text, lines)
    return _join_wrapped(text, lines, before, width, furniture)


def _wrap_width(text: str, lines: list[Line], before: list[Margin]) -> int:
    """Width of the page in characters if `lines` were wrapped at one, else 0.

    Evidence is a pile of lines that stop within a few characters of the longest common
    length, most of them in the middle of a sentence.
    """
    lengths = _columns(text, lines, before)
    counts = Counter(lengths)
    near = {
        length: sum(counts[length - back] for back in range(_SLACK + 1))
        for length in counts
        if _NARROWEST <= length <= _WIDEST
    }
    if not near:
        return 0
    width = max(near, key=lambda length: (near[length], length))
    full = [
        line
        for line, length in zip(lines, lengths, strict=True)
        if width - _SLACK <= length <= width and not _is_numbered(text, line)
    ]
    broken = sum(
        text[line.end - 1] not in _SENTENCE_ENDS and not is_metadata(text[line.start : line.end]) for line in full
    )
    enough = len(full) >= max(_FEWEST_FULL_LINES, len(lines) * 0.35) and broken >= 0.6 * len(full)
    return width if enough else 0


def _columns(text: str, lines: list[Line], before: list[Margin]) -> list[int]:
    """Width of each line on the page, with its indent: two ASCII characters take the room of one Chinese."""
    n_ascii = [len(text[line.start : line.end].encode("ascii", "ignore")) for line in lines]
    return [
        line.end - line.start - half // 2 + margin.indent
        for line, half, margin in zip(lines, n_ascii, before, strict=True)
    ]


def _is_numbered(text: str, line: Line) -> bool:
    """Whether a heading or its run-in paragraph begins here; headings end without a mark on any page."""
    opening = line_enumerator(text[line.start : line.start + 12])
    return opening is not None and opening.sure and opening.style <= Style.HAN_BRACKET


def _running_heads(text: str, lines: list[Line]) -> set[Line]:
    """Page numbers, and short lines that come again beside them: the furniture of pages."""
    numbers = {line for line in lines if is_page_number(text[line.start : line.end])}
    beside: Counter[str] = Counter()
    neighbours: list[Line] = []
    for one, other in pairwise(lines):
        if (one in numbers) != (other in numbers):
            line = other if one in numbers else one
            neighbours.append(line)
            beside[text[line.start : line.end]] += 1
    return numbers | {line for line in neighbours if beside[text[line.start : line.end]] >= _FEWEST_RUNNING_HEADS}


def _join_wrapped(text: str, lines: list[Line], before: list[Margin], width: int, furniture: set[Line]) -> list[Line]:
    """Join each line to the one above that it carries on, over page numbers and running heads."""
    indents = [margin.indent > 0 for line, margin in zip(lines, before, strict=True) if line not in furniture]
    indented = 0.03 * len(indents) < sum(indents) < 0.7 * len(indents)
    joined: list[Line] = []
    held: list[Line] = []  # furniture since the last line of body
    full = False
    n_bars = 0  # in the last of `joined`, which may grow to the whole page
    for line, margin, length in zip(lines, before, _columns(text, lines, before), strict=True):
        if line in furniture:
            held.append(line)
            continue
        gap = margin.gap and not held
        in_row = n_bars >= _FEWEST_BARS
        if joined and full and _continues(text, joined[-1], line, Margin(margin.indent, gap), indented, in_row):
            n_bars += text.count("|", joined[-1].end, line.end)
            joined[-1] = Line(joined[-1].start, line.end)
        else:
            n_bars = text.count("|", line.start, line.end)
            joined += [*held, line]
        held = []
        # A line breaks early before a long number or a bracket; where indents mark paragraphs that does no harm.
        early = indented and length >= _EARLY * width and text[line.end - 1] not in _SENTENCE_ENDS
        full = length >= width - _SLACK or early
    return joined + held


def _continues(text: str, above: Line, line: Line, margin: Margin, indented: bool, in_row: bool) -> bool:
    """Whether `line` carries on the paragraph or row of a table `above`, whose last physical line is full."""
    if (indented and margin.indent > 0) or _is_numbered(text, line):
        return False
    if in_row:  # it goes on until it is closed
        return text[above.end - 1] != "|"
    if is_metadata(text[line.start : line.end]):
        return False
    ended = text[above.end - 1] in _SENTENCE_ENDS
    if not ended:
        return True
    return not margin.gap and (indented or text[above.end - 1] not in "：:")


# --- a body on one line ---------------------------------------------------------------------


def _split_long(text: str, line: Line, shortest: int) -> list[Line]:
    """Cut one very long line at the headings and paragraph gaps inside it."""
    if line.end - line.start < shortest:
        return [line]
    headings = _embedded_headings(text, line)
    if len(headings) < 2 and line.end - line.start < _LONG_LINE:
        return [line]
    cuts = {match.end() for match in _WIDE_GAP.finditer(text, line.start, line.end)}
    for begin in headings:
        cuts.add(begin)
        gap = _HEADING_GAP.match(text, begin, line.end) or _GLUED_HEADING.match(text, begin, line.end)
        if gap is not None:
            cuts.add(gap.end())
    if (title := _GLUED_TITLE.match(text, line.start, line.end)) is not None:
        cuts.add(title.end())
        if (site := _GLUED_SITE.match(text, line.start, title.end())) is not None:
            cuts.add(site.end())
    bounds = [line.start, *sorted(cut for cut in cuts if line.start < cut < line.end), line.end]
    pieces = [_trimmed(text, begin, end) for begin, end in pairwise(bounds)]
    return [piece for piece in pieces if piece.end > piece.start]


def _embedded_headings(text: str, line: Line) -> list[int]:
    """Where headings begin inside a line.

    An enumerator counts only behind the end of a sentence (the first （一） also right behind
    the words of its 一、, the first 一、 right behind a title), and only if its number carries on
    the sequence: 一、二、三 …, or （一）（二） … under one of them.
    """
    found: list[int] = []
    if not any(text.find(first, line.start, line.end) >= 0 for first in ("一、", "一）", "一)")):
        return found  # the expression below takes thirty times as long
    expected = {Style.HAN: 1, Style.HAN_BRACKET: 1}
    glued = _GLUED_FIRST.match(text, line.start, line.end)
    marks = [(match.start(), match.group()) for match in _EMBEDDED.finditer(text, line.start, line.end)]
    for start, enumerator in [(glued.end(), "一、"), *marks] if glued else marks:
        mark = line_enumerator(enumerator)
        if mark is None or mark.ordinal not in (1, expected[mark.style]):
            continue
        expected[mark.style] = mark.ordinal + 1
        found.append(start)
        if mark.style is Style.HAN:
            expected[Style.HAN_BRACKET] = 1
            end = start + len(enumerator)
            inner = _EMBEDDED_INNER.search(text, end + 4, min(end + 50, line.end))
            if inner is not None and not _SENTENCE_ENDS.intersection(text[end : inner.start()]):
                found.append(inner.start())
                expected[Style.HAN_BRACKET] = 2
    return found


def _trimmed(text: str, begin: int, end: int) -> Line:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    return Line(begin, end)
