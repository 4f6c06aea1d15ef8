"""Sentence bounds inside one paragraph, after the codebook's Units.

A sentence ends after ``。！？；;!?`` and the closing marks that follow it, unless
the mark stands inside a pair of quotes, brackets or book-title marks. Only pairs
that close again inside the same paragraph protect, so a forgotten ``”`` costs
nothing: it never swallows what comes after it.
"""

from __future__ import annotations

import re

PAIRS = {"《": "》", "〈": "〉", "“": "”", "「": "」", "（": "）", "(": ")"}
_OPENER_OF = {closer: opener for opener, closer in PAIRS.items()}
MARKS = "。！？；;!?"
CLOSERS = "》〉”」）)’』】〕]"
_AFTER_MARKS = frozenset(MARKS + CLOSERS)
_INTERESTING = re.compile(r"[《》〈〉“”「」（）()。！？；;!?]")
# What may follow a stretch without marks is the end or a mark, so neither pattern ever steps back over it twice.
_PLAIN_SENTENCE = re.compile(
    rf"[^\s{MARKS}][^{MARKS}]*(?:[{MARKS}][{MARKS}{re.escape(CLOSERS)}]*)?"
    rf"|[{MARKS}][{MARKS}{re.escape(CLOSERS)}]*"
)
# An opener that meets a mark, or its own kind again, before its closer. Most paragraphs have none,
# and need no list of pairs.
_MAY_PROTECT = re.compile(
    "|".join(rf"{re.escape(o)}[^{re.escape(o + c)}{MARKS}]*[{re.escape(o)}{MARKS}]" for o, c in PAIRS.items())
)


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Cut ``text[start:end]`` into sentences.

    Returns
    -------
    list of (start, end)
        Code-point offsets into `text`, in order, without the white space around
        each sentence. What lies between them is white space only; a stretch of
        nothing but white space gives no sentence.
    """
    stop = len(text) if end is None else end
    while stop > start and text[stop - 1].isspace():
        stop -= 1
    if _MAY_PROTECT.search(text, start, stop) is None:
        return [match.span() for match in _PLAIN_SENTENCE.finditer(text, start, stop)]
    return protected_spans(text, start, stop)


def protected_spans(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    """The same by the list of pairs, for any text; the slow twin of the plain cut."""
    spans: list[tuple[int, int]] = []
    begin = start
    for mark_end in _mark_ends(text, start, stop):
        if mark_end > begin:
            _append_trimmed(spans, text, begin, mark_end)
            begin = mark_end
    _append_trimmed(spans, text, begin, stop)
    return spans


def _mark_ends(text: str, start: int, stop: int) -> list[int]:
    """Where the sentences end: behind each unprotected mark, its twins and its closers."""
    marks: list[int] = []
    open_at: dict[str, list[int]] = {opener: [] for opener in PAIRS}
    pairs: list[tuple[int, int]] = []
    for match in _INTERESTING.finditer(text, start, stop):
        at = match.start()
        char = text[at]
        if char in MARKS:
            marks.append(at)
        elif char in PAIRS:
            open_at[char].append(at)
        elif opened := open_at[_OPENER_OF[char]]:
            pairs.append((opened.pop(), at))
    ends: list[int] = []
    reached = start
    for at in _outside(marks, sorted(pairs)):
        if at < reached:  # a twin of the mark before: a run of 100,000 marks is walked once
            continue
        reached = at + 1
        while reached < stop and text[reached] in _AFTER_MARKS:
            reached += 1
        ends.append(reached)
    return ends


def _outside(marks: list[int], pairs: list[tuple[int, int]]) -> list[int]:
    """The marks that no pair encloses; both lists are in order, so one sweep does it."""
    free: list[int] = []
    protected_until = -1
    next_pair = 0
    for at in marks:
        while next_pair < len(pairs) and pairs[next_pair][0] < at:
            protected_until = max(protected_until, pairs[next_pair][1])
            next_pair += 1
        if at > protected_until:
            free.append(at)
    return free


def _append_trimmed(spans: list[tuple[int, int]], text: str, begin: int, end: int) -> None:
    while begin < end and text[begin].isspace():
        begin += 1
    while end > begin and text[end - 1].isspace():
        end -= 1
    if end > begin:
        spans.append((begin, end))
