"""The sentences of all lines of a report, and which lines are worth a closer look."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from itertools import chain, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING

from fzclf.codes import code_points
from fzclf.segmentation.numbering import ITEM_STARTS
from fzclf.segmentation.role_words import PROBLEM_HINT
from fzclf.segmentation.sentences import CLOSERS, MARKS, PAIRS, sentence_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WORTH_LOADING = 3_000_000  # characters; 22 M/s by expressions, 75 by the loop, which takes 0.08 s to load
_WORTH_CALLING = 1_000  # characters; below, the arrays cost more than the loop saves
_START = itemgetter(0)
_CHUNK = 1 << 17  # characters whose arrays stay in the cache
_CHARACTERS_A_SENTENCE = 16  # with fewer, a chunk is scanned again with more room
_BMP_SIZE = 0x10000

# Kinds of characters, as numbers in the scan. From FIRST_PAIR on: openers, each with its closer as the next
# number; the fifth and sixth pair, （） and (), may also open an item.
PLAIN, SPACE, NUMBER, HINT_SECOND, HINT, HINT_ALONE, MARK, CLOSER, FIRST_PAIR = range(9)
# Flags of a line.
HINTED, INTRICATE, OPENS_NUMBERED, GOES_ON_NUMBERED = 1, 2, 4, 8

Bounds = tuple[int, int]


# The sentences of a line; where it may first own up to a problem (negative: nowhere); whether its first
# sentence (1) or a later one (2) may open an item.
Cut = tuple[Sequence[Bounds], int, int]


def cut_lines(text: str, lines: Sequence[Bounds]) -> Iterable[Cut]:
    """Cut each of `lines` into sentences, by the compiled scan where that is loaded or worth it; both give the same.

    Parameters
    ----------
    lines : sequence of (start, end)
        In order, without white space around them.
    """
    length = lines[-1][1] - lines[0][0] if lines else 0
    if length > _WORTH_LOADING or (length > _WORTH_CALLING and _is_loaded()):
        with suppress(ImportError, OSError):  # numba or llvmlite is missing
            return scan_lines(text, lines)
    return [cut_line(text, start, end) for start, end in lines]


def _is_loaded() -> bool:
    """Whether something else has loaded the compiled loops."""
    if "fzclf.machine" not in sys.modules:
        return False
    from fzclf.machine import kernels

    return kernels.loaded


def cut_line(text: str, start: int, end: int) -> Cut:
    """The slow twin of the scan, for one line."""
    spans = sentence_spans(text, start, end)
    hint = PROBLEM_HINT.search(text, start, end)
    numbered = text[start] in ITEM_STARTS
    goes_on = not ITEM_STARTS.isdisjoint(map(text.__getitem__, map(_START, spans[1:])))
    return spans, hint.start() if hint else -1, numbered + 2 * goes_on


def scan_lines(text: str, lines: Sequence[Bounds]) -> Iterable[Cut]:
    """The same by the compiled scan, a chunk of lines at a time.

    Raises
    ------
    ImportError, OSError
        If the loops can be neither loaded nor compiled.
    """
    cuts: list[Cut] = []
    first = 0
    while first < len(lines):
        begin = lines[first][0]
        stop = first + 1
        while stop < len(lines) and lines[stop][1] - begin < _CHUNK:
            stop += 1
        cuts += _scan_chunk(text, lines[first:stop])
        first = stop
    return cuts


def _scan_chunk(text: str, lines: Sequence[Bounds]) -> Iterable[Cut]:
    import numpy as np

    from fzclf.machine import kernels

    base, end = lines[0][0], lines[-1][1]
    codes = code_points(text[base:end])
    bounds = np.array(list(chain.from_iterable(lines)), np.int64)
    n_before = np.empty(len(lines) + 1, np.int64)
    flags = np.empty(len(lines), np.uint8)
    room = len(lines) + len(codes) // _CHARACTERS_A_SENTENCE
    while True:
        spans = np.empty(2 * room, np.int64)
        needed = kernels.scan(codes, _kinds(), bounds, base, spans, n_before, flags)
        if needed <= room:
            break
        room = needed
    offsets = iter(spans[: 2 * needed].tolist())
    sentences = list(zip(offsets, offsets, strict=True))
    stops = n_before.tolist()
    cuts = [sentences[begin:stop] for begin, stop in pairwise(stops)]
    hints = [-1] * len(lines)
    numbered = [0] * len(lines)
    for line, flag in enumerate(flags.tolist()):
        if flag & INTRICATE:
            cuts[line] = sentence_spans(text, *lines[line])
        if flag & HINTED and (hint := PROBLEM_HINT.search(text, *lines[line])):
            hints[line] = hint.start()
        numbered[line] = flag // OPENS_NUMBERED
    return zip(cuts, hints, numbered, strict=True)


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.uint8]:
    """What each character is to the scan, by code point; the kinds do not overlap but for brackets that open items."""
    import numpy as np

    kinds = np.zeros(_BMP_SIZE, np.uint8)
    hints = PROBLEM_HINT.pattern.split("|")
    for kind, chars in (
        (SPACE, filter(str.isspace, map(chr, range(_BMP_SIZE)))),
        (NUMBER, ITEM_STARTS),
        (HINT_SECOND, [hint[1] for hint in hints if len(hint) > 1]),
        (HINT, [hint[0] for hint in hints if len(hint) > 1]),
        (HINT_ALONE, [hint for hint in hints if len(hint) == 1]),
        (MARK, MARKS),
        (CLOSER, CLOSERS),
        *((FIRST_PAIR + i, char) for i, char in enumerate("".join(o + c for o, c in PAIRS.items()))),
    ):
        kinds[[ord(char) for char in chars]] = kind
    return kinds
