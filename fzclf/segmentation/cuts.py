"""The lines of a report, their sentences, and what neither has, so that nobody looks for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter, sub
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import LINE_BREAKS, code_points
from fzclf.segmentation.layout import is_broken, logical_lines, mended
from fzclf.segmentation.metadata import LEFTOVER_STARTS
from fzclf.segmentation.numbering import ITEM_FOLLOWERS, ITEM_STARTS, LINE_STARTS, WHOLE_ITEMS
from fzclf.segmentation.role_words import CONCESSION_STARTS, PLAN_STARTS_WITH, PROBLEM_HINT, may_start_plan
from fzclf.segmentation.sentences import CLOSERS, MARKS, PAIRS, sentence_spans

_WORTH_LOADING = 3_000_000  # characters; 22 M/s by expressions, 75 by the loop, which takes 0.08 s to load
_WORTH_CALLING = 150  # characters; 32 µs a text either way, of 340 characters 45 with the loop and 51 without
_START = itemgetter(0)
_CHUNK = 1 << 17  # characters whose arrays stay in the cache
_BREAK = re.compile(f"[{''.join(LINE_BREAKS)}]")
_CHARACTERS_A_SENTENCE = 16  # with fewer, a chunk is scanned again with more room
_BMP_SIZE = 0x10000

# Kinds of characters, as numbers in the scan. From FIRST_PAIR on: openers, each with its closer as the next number.
PLAIN, SPACE, HINT_SECOND, HINT_FIRST, HINT_ALONE, FUTURE, MARK, CLOSER, FIRST_PAIR = range(9)
BREAK = FIRST_PAIR + 2 * len(PAIRS)
COLON = BREAK + 1
# What a sentence may be or hold: where a bit is not set, it surely is not. With them in a mark, the number of the item
# that the sentence stands in, 0 for none: if the line has no run-in heading, and, further up, if it has.
ITEM, ENUMERATOR, CONCESSION, PLAN, LEFTOVER, HINT = 1, 2, 4, 8, 16, 32
ITEM_SHIFT, LATER_ITEM_SHIFT, ITEM_MASK = 8, 12, 15
# The flags of a line are those of its first sentence; HINT stands for all of them; and these: a pair may protect
# a mark; ends like a sentence; a later sentence may open an item; has items; whose numbers are not in the marks.
INTRICATE, ENDED, GOES_ON, ITEMS, UNNUMBERED = 64, 128, 256, 512, 1024
# Only in the table: what may stand behind the first character of an item, and what needs nothing behind it.
FOLLOWER, VALUE_SHIFT, WHOLE = 64, 8, 15
_NUMERALS = "一二三四五六七八九十"
_OPENINGS = {
    char: (char in ITEM_STARTS) * ITEM
    | (char in LINE_STARTS) * ENUMERATOR
    | (char in CONCESSION_STARTS) * CONCESSION
    | (char in PLAN_STARTS_WITH) * PLAN
    | (char in LEFTOVER_STARTS) * LEFTOVER
    for char in ITEM_STARTS | CONCESSION_STARTS | PLAN_STARTS_WITH | LEFTOVER_STARTS
}
_END_MARKS = frozenset(MARKS)
_MAYBE = bytes([CONCESSION | PLAN])

_NO_BOUNDS, _NO_MARKS = np.empty((0, 2), np.int64), np.empty(0, np.uint16)

Bounds = tuple[int, int]
# Start, end, flags, the number of its first sentence and of the one behind its last; if equal, it is still to be cut.
Line = tuple[int, int, int, int, int]


class Sentences:
    """All sentences of a text, by number; those that the scan has found also as the array that it wrote.

    Attributes
    ----------
    offsets : list of int
        Start and end of each, in turn.
    marks : list of int
        What each may be or hold.
    """

    __slots__ = ("_found", "marks", "offsets")

    def __init__(self, found: NDArray[np.int64] = _NO_BOUNDS, marks: NDArray[np.uint16] = _NO_MARKS) -> None:
        self._found: NDArray[np.int64] | None = found
        self.offsets: list[int] = found.ravel().tolist()
        self.marks: list[int] = marks.tolist()

    def add(self, bounds: Sequence[Bounds], marks: Sequence[int]) -> int:
        """Take the sentences of a line that was cut by itself; the number of the first."""
        first = len(self.offsets) // 2
        self.offsets += chain.from_iterable(bounds)
        self.marks += marks
        return first

    def bounds(self, first: int, stop: int) -> list[Bounds]:
        """Start and end of some in a row."""
        offsets = iter(self.offsets[2 * first : 2 * stop])
        return list(zip(offsets, offsets, strict=True))

    def table(self) -> NDArray[np.int64]:
        """Start and end of all, shape (n_sentences, 2)."""
        found, self._found = self._found, None  # wanted once, and larger than what it holds
        if found is not None and found.size == len(self.offsets):
            return found
        return np.array(self.offsets, dtype=np.int64).reshape(-1, 2)


class Lines(NamedTuple):
    """Many lines, column by column; the sentences of line ``i`` begin with number ``firsts[i]``."""

    starts: list[int]
    ends: list[int]
    flags: list[int]
    firsts: list[int]  # one more than lines
    sentences: Sentences


def read_lines(text: str) -> tuple[Iterable[Line], Sentences]:
    """The lines of `text` as their author meant them, cut by the compiled scan where that is loaded or worth it."""
    if len(text) > _WORTH_LOADING or (len(text) > _WORTH_CALLING and _is_loaded()):
        try:
            lines = _scanned(text)
        except (ImportError, OSError):  # numba or llvmlite is missing
            return _uncut(text)
        stops = islice(lines.firsts, 1, None)
        return zip(lines.starts, lines.ends, lines.flags, lines.firsts, stops, strict=False), lines.sentences
    return _uncut(text)


def _uncut(text: str) -> tuple[Iterable[Line], Sentences]:
    return [(start, end, flags_of(text, start, end), 0, 0) for start, end in logical_lines(text)], Sentences()


def _scanned(text: str) -> Lines:
    lines = scan_lines(text)
    widths = [*map(sub, lines.ends, lines.starts)]
    if not is_broken(text, widths):
        return lines
    bounds = [*zip(lines.starts, lines.ends, strict=True)]
    meant = mended(text, bounds, widths)
    return lines if meant == bounds else scan_lines(text, meant)


def _is_loaded() -> bool:
    """Whether something else has loaded the compiled loops."""
    machine = sys.modules.get("fzclf.machine")
    return machine is not None and machine.kernels.loaded


def flags_of(text: str, start: int, end: int) -> int:
    """What a look at the first and the last character of a line tells."""
    return _OPENINGS.get(text[start], 0) | (ENDED if text[end - 1] in _END_MARKS else 0)


def cut_line(text: str, start: int, end: int, flags: int) -> tuple[int, Sequence[Bounds], Sequence[int]]:
    """Flags, sentences and marks of one line, of which a look has told `flags`: the slow twin of the scan."""
    spans = sentence_spans(text, start, end)
    flags |= may_start_plan(text, start) * PLAN
    if len(spans) > 1 and not ITEM_STARTS.isdisjoint(map(text.__getitem__, map(_START, spans[1:]))):
        flags |= GOES_ON
    if flags & (ITEM | GOES_ON):
        flags |= ITEMS | UNNUMBERED
    found = PROBLEM_HINT.search(text, start, end)
    if found is None:  # three lines in four, whose marks hardly anybody asks for
        return flags, spans, _MAYBE * len(spans)
    hint = found.start()
    marks = [_OPENINGS.get(text[begin], 0) | (PLAN | HINT if stop > hint else PLAN) for begin, stop in spans]
    return flags | HINT, spans, marks


def scan_lines(text: str, bounds: Sequence[Bounds] | None = None) -> Lines:
    """Cut the lines at `bounds`, or all with ink, by the compiled scan; it may find one too INTRICATE to be cut right.

    Raises
    ------
    ImportError, OSError
        If the loops can be neither loaded nor compiled.
    """
    if bounds is None and len(text) < _CHUNK:
        starts, ends, flags, firsts, spans, marks = _scan(text, 0, len(text), ())
        return Lines(starts, ends, flags, firsts, Sentences(spans, marks))
    columns: tuple[list[int], list[int], list[int]] = ([], [], [])
    firsts, spans_of, marks_of = [0], [_NO_BOUNDS], [_NO_MARKS]
    for begin, end, chunk in _chunks(text) if bounds is None else _chunks_of_lines(bounds):
        *parts, own_firsts, spans, marks = _scan(text, begin, end, chunk)
        for column, part in zip(columns, parts, strict=True):
            column.extend(part)
        above = firsts[-1]
        firsts += [above + first for first in own_firsts[1:]]
        spans_of.append(spans)
        marks_of.append(marks)
    return Lines(*columns, firsts, Sentences(np.concatenate(spans_of), np.concatenate(marks_of)))


def _chunks(text: str) -> Iterator[tuple[int, int, Sequence[Bounds]]]:
    """Where to scan at once; each chunk ends with a line."""
    begin = 0
    while begin < len(text):
        stop = _BREAK.search(text, begin + _CHUNK) if begin + _CHUNK < len(text) else None
        end = stop.end() if stop else len(text)
        yield begin, end, ()
        begin = end


def _chunks_of_lines(lines: Sequence[Bounds]) -> Iterator[tuple[int, int, Sequence[Bounds]]]:
    first = 0
    while first < len(lines):
        stop = first + 1
        while stop < len(lines) and lines[stop][1] - lines[first][0] < _CHUNK:
            stop += 1
        yield lines[first][0], lines[stop - 1][1], lines[first:stop]
        first = stop


def _scan(text: str, base: int, end: int, lines: Sequence[Bounds]) -> tuple[Any, ...]:
    """Starts, ends, flags and first sentences of the lines, bounds and marks of the sentences."""
    scan, kinds, openings = _scanner()
    codes = code_points(text[base:end])
    room = 8 + len(lines) + len(codes) // _CHARACTERS_A_SENTENCE
    while True:
        rows = np.empty(4 * room + 4, np.int64)
        spans = np.empty(2 * room, np.int64)
        marks = np.empty(room, np.uint16)
        if lines:
            rows[: 4 * len(lines)].reshape(-1, 4)[:, :2] = lines
        n_lines = scan(codes, kinds, openings, base, len(lines), rows, spans, marks)
        if n_lines >= 0:
            break
        room = -n_lines
    cells = rows[: 4 * n_lines + 4].tolist()
    n = cells[-2]
    return cells[:-4:4], cells[1:-4:4], cells[3:-4:4], cells[2::4], spans[: 2 * n].reshape(-1, 2), marks[:n]


@lru_cache(maxsize=1)
def _scanner() -> tuple[Any, NDArray[np.uint8], NDArray[np.uint16]]:
    """The scan, and what each character is to it and what it opens, by code point; the kinds do not overlap."""
    from fzclf.machine import kernels

    kinds = np.zeros(_BMP_SIZE, np.uint8)
    hints = PROBLEM_HINT.pattern.split("|")
    for kind, chars in (
        (SPACE, filter(str.isspace, map(chr, range(_BMP_SIZE)))),
        (BREAK, LINE_BREAKS),
        (HINT_SECOND, [hint[1] for hint in hints if len(hint) > 1]),
        (HINT_FIRST, [hint[0] for hint in hints if len(hint) > 1]),
        (HINT_ALONE, [hint for hint in hints if len(hint) == 1]),
        (FUTURE, "将"),
        (MARK, MARKS),
        (COLON, "：:"),
        (CLOSER, CLOSERS),
        *((FIRST_PAIR + i, char) for i, char in enumerate(chain.from_iterable(PAIRS.items()))),
    ):
        kinds[[ord(char) for char in chars]] = kind
    openings = np.zeros(_BMP_SIZE, np.uint16)
    openings[[*map(ord, _OPENINGS)]] = [*_OPENINGS.values()]
    openings[[*map(ord, ITEM_FOLLOWERS)]] |= FOLLOWER
    openings[[*map(ord, _NUMERALS)]] |= np.arange(1, 11, dtype=np.uint16) << VALUE_SHIFT
    openings[[*map(ord, WHOLE_ITEMS)]] |= WHOLE << VALUE_SHIFT
    return kernels.scan, kinds, openings
