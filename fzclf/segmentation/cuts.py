"""The lines of a report, their sentences, and what neither has, so that nobody looks for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from fzclf.codes import code_points
from fzclf.segmentation.layout import is_broken, logical_lines, mended
from fzclf.segmentation.lines import BREAKS
from fzclf.segmentation.metadata import LEFTOVER_STARTS
from fzclf.segmentation.numbering import ITEM_STARTS, LINE_STARTS
from fzclf.segmentation.role_words import CONCESSION_STARTS, PLAN_STARTS_WITH, PROBLEM_HINT, may_start_plan
from fzclf.segmentation.sentences import CLOSERS, MARKS, PAIRS, sentence_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORTH_LOADING = 3_000_000  # characters; 22 M/s by expressions, 75 by the loop, which takes 0.08 s to load
_WORTH_CALLING = 200  # characters; below, the arrays cost more than the loop saves
_START = itemgetter(0)
_CHUNK = 1 << 17  # characters whose arrays stay in the cache
_BREAK = re.compile(f"[{''.join(BREAKS)}]")
_CHARACTERS_A_SENTENCE = 16  # with fewer, a chunk is scanned again with more room
_BMP_SIZE = 0x10000

# Kinds of characters, as numbers in the scan. From FIRST_PAIR on: openers, each with its closer as the next number.
PLAIN, SPACE, HINT_SECOND, HINT_FIRST, HINT_ALONE, FUTURE, MARK, CLOSER, FIRST_PAIR = range(9)
BREAK = FIRST_PAIR + 2 * len(PAIRS)
# What a sentence may be or hold: where a bit is not set, it surely is not.
ITEM, ENUMERATOR, CONCESSION, PLAN, LEFTOVER, HINT = 1, 2, 4, 8, 16, 32
# The flags of a line are those of its first sentence; HINT stands for all of them; and these.
INTRICATE, ENDED, GOES_ON = 64, 128, 256
_OPENINGS = {
    char: (char in ITEM_STARTS) * ITEM
    | (char in LINE_STARTS) * ENUMERATOR
    | (char in CONCESSION_STARTS) * CONCESSION
    | (char in PLAN_STARTS_WITH) * PLAN
    | (char in LEFTOVER_STARTS) * LEFTOVER
    for char in ITEM_STARTS | LINE_STARTS | CONCESSION_STARTS | PLAN_STARTS_WITH | LEFTOVER_STARTS
}
_END_MARKS = frozenset(MARKS)

Bounds = tuple[int, int]
# Start, end, flags, sentences, a mark for each sentence; without marks the line is still to be cut.
Line = tuple[int, int, int, Sequence[Bounds], bytes | None]


def read_lines(text: str) -> Iterable[Line]:
    """The lines of `text` as their author meant them, cut by the compiled scan where that is loaded or worth it."""
    if len(text) > _WORTH_LOADING or (len(text) > _WORTH_CALLING and _is_loaded()):
        with suppress(ImportError, OSError):  # numba or llvmlite is missing
            lines = scan_lines(text)
            widths = [line[1] - line[0] for line in lines]
            if not is_broken(text, widths):
                return lines
            bounds = [line[:2] for line in lines]
            meant = mended(text, bounds, widths)
            return lines if meant == bounds else scan_lines(text, meant)
    return [(start, end, flags_of(text, start, end), (), None) for start, end in logical_lines(text)]


def _is_loaded() -> bool:
    """Whether something else has loaded the compiled loops."""
    machine = sys.modules.get("fzclf.machine")
    return machine is not None and machine.kernels.loaded


def flags_of(text: str, start: int, end: int) -> int:
    """What a look at the first and the last character of a line tells."""
    return _OPENINGS.get(text[start], 0) | (ENDED if text[end - 1] in _END_MARKS else 0)


def cut_line(text: str, start: int, end: int) -> tuple[int, Sequence[Bounds], bytes]:
    """Flags, sentences and marks of one line by expressions: the slow twin of the scan, for any line."""
    spans = sentence_spans(text, start, end)
    hint = HINT if PROBLEM_HINT.search(text, start, end) else 0
    opening = list(map(text.__getitem__, map(_START, spans)))
    marks = bytes([_OPENINGS.get(char, 0) | PLAN | hint for char in opening])
    flags = flags_of(text, start, end) | hint | may_start_plan(text, start) * PLAN
    return flags | (not ITEM_STARTS.isdisjoint(opening[1:])) * GOES_ON, spans, marks


def scan_lines(text: str, lines: Sequence[Bounds] | None = None) -> list[Line]:
    """Cut `lines`, or all lines with ink, by the compiled scan, a chunk at a time; it leaves some INTRICATE to others.

    Raises
    ------
    ImportError, OSError
        If the loops can be neither loaded nor compiled.
    """
    scanned: list[Line] = []
    if lines is not None:
        for chunk in _chunks(lines):
            scanned += _scan(text, chunk[0][0], chunk[-1][1], chunk)
        return scanned
    begin = 0
    while begin < len(text):
        stop = _BREAK.search(text, begin + _CHUNK)
        end = stop.end() if stop else len(text)
        scanned += _scan(text, begin, end, ())
        begin = end
    return scanned


def _chunks(lines: Sequence[Bounds]) -> Iterable[Sequence[Bounds]]:
    first = 0
    while first < len(lines):
        stop = first + 1
        while stop < len(lines) and lines[stop][1] - lines[first][0] < _CHUNK:
            stop += 1
        yield lines[first:stop]
        first = stop


def _scan(text: str, base: int, end: int, lines: Sequence[Bounds]) -> Iterable[Line]:
    import numpy as np

    from fzclf.machine import kernels

    codes = code_points(text[base:end])
    room = 8 + len(lines) + len(codes) // _CHARACTERS_A_SENTENCE
    while True:
        rows = np.empty(4 * room + 4, np.int64)
        spans = np.empty(2 * room, np.int64)
        marks = np.empty(room, np.uint8)
        if lines:
            rows[: 4 * len(lines)].reshape(-1, 4)[:, :2] = lines
        n_lines = kernels.scan(codes, *_tables(), base, len(lines), rows, spans, marks)
        if n_lines >= 0:
            break
        room = -n_lines
    cells = rows[: 4 * n_lines + 4].tolist()
    firsts = cells[2::4]
    offsets = iter(spans[: 2 * firsts[-1]].tolist())
    sentences = list(zip(offsets, offsets, strict=True))
    marked = marks.tobytes()
    rows_of_lines = zip(cells[:-4:4], cells[1:-4:4], cells[3:-4:4], pairwise(firsts), strict=True)
    return [
        (start, stop, flags, sentences[first:last], marked[first:last])
        for start, stop, flags, (first, last) in rows_of_lines
    ]


@lru_cache(maxsize=1)
def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """What each character is to the scan, and what it opens, by code point; the kinds do not overlap."""
    import numpy as np

    kinds = np.zeros(_BMP_SIZE, np.uint8)
    hints = PROBLEM_HINT.pattern.split("|")
    for kind, chars in (
        (SPACE, filter(str.isspace, map(chr, range(_BMP_SIZE)))),
        (BREAK, BREAKS),
        (HINT_SECOND, [hint[1] for hint in hints if len(hint) > 1]),
        (HINT_FIRST, [hint[0] for hint in hints if len(hint) > 1]),
        (HINT_ALONE, [hint for hint in hints if len(hint) == 1]),
        (FUTURE, "将"),
        (MARK, MARKS),
        (CLOSER, CLOSERS),
        *((FIRST_PAIR + i, char) for i, char in enumerate(chain.from_iterable(PAIRS.items()))),
    ):
        kinds[[ord(char) for char in chars]] = kind
    openings = np.zeros(_BMP_SIZE, np.uint8)
    openings[[*map(ord, _OPENINGS)]] = [*_OPENINGS.values()]
    return kinds, openings
