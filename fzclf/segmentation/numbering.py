"""Enumerators at the start of a line or a sentence, such as 一、 （一） 1. ① 第一章 一是 首先.

Real reports mix half- and full-width forms and forget or double marks. An
enumerator that is written badly is returned as not `sure`; the sequence check in
`outline` decides whether it counts.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import NamedTuple


class Style(IntEnum):
    """Ways to number a heading, from the outermost to the innermost."""

    PART = 1  # 第一部分 第一篇
    CHAPTER = 2  # 第一章
    SECTION = 3  # 第一节
    ARTICLE = 4  # 第一条
    HAN = 5  # 一、
    HAN_BRACKET = 6  # （一）
    DIGIT = 7  # 1.
    DIGIT_BRACKET = 8  # （1） 1）
    CIRCLED = 9  # ①


class Enumerator(NamedTuple):
    """What a line opens with: its style, its number, its length in code points."""

    style: Style
    ordinal: int
    length: int
    sure: bool


_HAN_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_HAN = "[〇零一二三四五六七八九十百]{1,5}"
_DIGITS = "[0-9０-９]{1,3}"
_SPACE = "[ \u3000\xa0]"
_ORDINAL_NOUNS = {
    "部分": Style.PART,
    "篇": Style.PART,
    "章": Style.CHAPTER,
    "节": Style.SECTION,
    "条": Style.ARTICLE,
}
# One character that is a whole enumerator: the first of its run, the style.
_SINGLES = ((0x2460, Style.CIRCLED), (0x2474, Style.DIGIT_BRACKET), (0x2488, Style.DIGIT))
_SINGLE_RUN = 20
_HAN_SINGLE, _HAN_SINGLE_RUN = 0x3220, 10  # ㈠ to ㈩
_ARABIC = frozenset("0123456789０１２３４５６７８９")
_PLAIN_STARTS = frozenset("〇零一二三四五六七八九十百") | _ARABIC
_PLAIN_FOLLOWERS = _PLAIN_STARTS | frozenset("、.．，,：:）) \u3000\xa0")
_BRACKETS = frozenset("（(〔【［[")
_SINGLE_STARTS = frozenset(
    [chr(first + step) for first, _ in _SINGLES for step in range(_SINGLE_RUN)]
    + [chr(_HAN_SINGLE + step) for step in range(_HAN_SINGLE_RUN)]
)
# Four enumerators in five: 一、 to 十、 and （一） to （十）, if nothing of their kind follows.
_COMMON = {f"{char}、": Enumerator(Style.HAN, number, 2, True) for number, char in enumerate("一二三四五六七八九十", 1)}
_COMMON |= {
    f"{opener}{char}{closer}": Enumerator(Style.HAN_BRACKET, number, 3, True)
    for opener, closer in ("（）", "()")
    for number, char in enumerate("一二三四五六七八九十", 1)
}
_NOT_BEHIND_COMMON = frozenset("〇零一二三四五六七八九十百两、，．.）) \u3000\xa0")
LINE_STARTS = _PLAIN_STARTS | _BRACKETS | _SINGLE_STARTS | {"第"}
BRACKET_STARTS = _BRACKETS | _SINGLE_STARTS
ITEM_STARTS = LINE_STARTS | frozenset("首其再最")
_NOUN = re.compile(rf"第{_SPACE}?({_HAN}|{_DIGITS}){_SPACE}?(部分|篇|章|节|条)[ \u3000\xa0、：:]{{0,2}}")
_BRACKET = re.compile(rf"[（(]{_SPACE}?({_HAN}|{_DIGITS}){_SPACE}?([）)]{{1,2}})[、，．.]?{_SPACE}{{0,2}}")
_SQUARE = re.compile(rf"[〔【［\[]({_HAN})[〕】］\]][、．.]?")
_BRACKET_BROKEN = re.compile(
    rf"[（(]({_HAN})(?=[^）)〇零一二三四五六七八九十百年月日是级类届期])|({_HAN}){_SPACE}?[）)][、．.]?"
)
# 三、四级行政机关 is no heading: behind the comma the number goes on.
_HAN_COMMA = re.compile(
    rf"({_HAN}){_SPACE}?(?:、{{1,2}}(?![一二三四五六七八九十两]{{1,3}}[级类等线档审产届])"
    rf"|[．.](?![0-9０-９]))"
)
_HAN_BROKEN = re.compile(rf"({_HAN})(?:[，,:：]|{_SPACE}{{1,2}})")
_DIGIT_DOT = re.compile(rf"({_DIGITS}){_SPACE}?(?:[.．]{{1,2}}(?![0-9０-９])|、)")
_DIGIT_HALF_BRACKET = re.compile(rf"({_DIGITS})[）)][、．.]?")
_HAN_PATTERNS = ((_HAN_COMMA, Style.HAN, True), (_HAN_BROKEN, Style.HAN, False))
_DIGIT_PATTERNS = ((_DIGIT_HALF_BRACKET, Style.DIGIT_BRACKET, True), (_DIGIT_DOT, Style.DIGIT, True))
_ITEM = re.compile(
    rf"(?:第?({_HAN})(?:是(?!否)|要(?=[^求素点闻])|方面[，,]|则|来[，,])"
    rf"|第({_HAN}|{_DIGITS})[，,、：:]"
    rf"|[（(]({_HAN}|{_DIGITS})[）)]"
    rf"|({_DIGITS})(?:[.．](?![0-9０-９])|、|[）)])"
    rf"|({_HAN})、(?![一二三四五六七八九十两]{{1,3}}[级类等线档审产届])"
    r"|([①-⑳])"
    r"|(首先|其次|再次|再者|最后)[，,是])"
)
# What may be the second character of an item, and the items that have only one.
ITEM_FOLLOWERS = _PLAIN_STARTS | frozenset("两是要方则来，,、：:.．）)先次者后")
WHOLE_ITEMS = frozenset(map(chr, range(ord("①"), ord("⑳") + 1)))
_ITEM_CIRCLED, _ITEM_WORD = 6, 7  # groups of _ITEM; the others hold digits
_WORDS = {"首先": 1, "其次": 2, "再次": 3, "再者": 3, "最后": 0}


def number_of(digits: str) -> int:
    """Value of a short numeral in Chinese or (full-width) Arabic digits; 0 if it is none."""
    if len(digits) == 1 and digits in _HAN_DIGITS:
        return _HAN_DIGITS[digits]
    if digits[0].isdigit() and digits.isdecimal():
        return int(digits)
    total, pending = 0, 0
    for char in digits:
        if char == "百":
            total, pending = total + (pending or 1) * 100, 0
        elif char == "十":
            total, pending = total + (pending or 1) * 10, 0
        else:
            pending = pending * 10 + _HAN_DIGITS.get(char, 0)
    return total + pending


def line_enumerator(line: str) -> Enumerator | None:
    """The enumerator that opens `line` (without leading white space), if any."""
    common = _COMMON.get(line[:2]) or _COMMON.get(line[:3])
    if common is not None and line[common.length : common.length + 1] not in _NOT_BEHIND_COMMON:
        return common
    first = line[:1]
    if first not in LINE_STARTS:
        return None
    if first == "第":
        return _noun_enumerator(line)
    if first in _BRACKETS:
        return _bracket_enumerator(line)
    return _plain_enumerator(line) if first in _PLAIN_STARTS else _single_enumerator(first)


def _single_enumerator(char: str) -> Enumerator:
    if _HAN_SINGLE <= ord(char) < _HAN_SINGLE + _HAN_SINGLE_RUN:
        return Enumerator(Style.HAN_BRACKET, ord(char) - _HAN_SINGLE + 1, 1, True)
    begin, style = next((b, s) for b, s in _SINGLES if b <= ord(char) < b + _SINGLE_RUN)
    return Enumerator(style, ord(char) - begin + 1, 1, True)


def _noun_enumerator(line: str) -> Enumerator | None:
    match = _NOUN.match(line)
    if match is None:
        return None
    return Enumerator(_ORDINAL_NOUNS[match[2]], number_of(match[1]), match.end(), True)


def _bracket_enumerator(line: str) -> Enumerator | None:
    match = _BRACKET.match(line)
    if match is not None:
        style = Style.DIGIT_BRACKET if match[1].isdecimal() else Style.HAN_BRACKET
        return Enumerator(style, number_of(match[1]), match.end(), True)
    match = _SQUARE.match(line)
    if match is not None:
        return Enumerator(Style.HAN_BRACKET, number_of(match[1]), match.end(), True)
    match = _BRACKET_BROKEN.match(line)
    if match is None or match[1] is None:
        return None
    return Enumerator(Style.HAN_BRACKET, number_of(match[1]), match.end(), False)


def _plain_enumerator(line: str) -> Enumerator | None:
    if line[1:2] not in _PLAIN_FOLLOWERS:  # 一是, 四个: half of all such lines
        return None
    for pattern, style, sure in _DIGIT_PATTERNS if line[0] in _ARABIC else _HAN_PATTERNS:
        match = pattern.match(line)
        if match is not None:
            return Enumerator(style, number_of(match[1]), match.end(), sure)
    if line[0] in _ARABIC:
        return None
    match = _BRACKET_BROKEN.match(line)
    if match is not None and match[2] is not None:
        return Enumerator(Style.HAN_BRACKET, number_of(match[2]), match.end(), False)
    return None


def item_ordinal(text: str, start: int, end: int) -> int | None:
    """Number of the item that the sentence ``text[start:end]`` opens, if it opens one.

    ``最后`` opens the last item of its list, whatever its number: it gives 0.
    """
    match = _ITEM.match(text, start, end)
    if match is None or match.lastindex is None:
        return None
    digits = match[match.lastindex]
    if match.lastindex == _ITEM_CIRCLED:
        return ord(digits) - ord("①") + 1
    if match.lastindex == _ITEM_WORD:
        return _WORDS[digits]
    return number_of(digits) or None
