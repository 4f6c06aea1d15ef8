"""One spelling for the same thing, character by character, before features are counted.

Reports mix half- and full-width forms and differ in their numbers. Folding maps every
code point to exactly one other, so that offsets into folded text are offsets into the
report.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import LINE_BREAKS, MARK, code_points, text_of
from fzclf.cutting import Spans
from fzclf.machine import has_kernels, kernels

_BASIC_PLANE = 0x10000
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_FULL_TO_ASCII = 0xFEE0
# Marks that Chinese text writes in full width; reports typed on other keyboards have the ASCII form.
_MARKS = {",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"}
_TITLE_MARKS = {"<": "《", ">": "》", "＜": "《", "＞": "》", "〈": "《", "〉": "》"}


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint32]:
    table = np.arange(_BASIC_PLANE, dtype=np.uint32)
    for code in _FULL_WIDTH:
        table[code] = code - _FULL_TO_ASCII
    for upper in range(ord("A"), ord("Z") + 1):
        table[upper] = table[upper + _FULL_TO_ASCII] = upper + 32
    for digit in range(ord("0"), ord("9") + 1):
        table[digit] = table[digit + _FULL_TO_ASCII] = ord("0")
    for ascii_mark, mark in _MARKS.items():
        table[ord(ascii_mark)] = table[ord(mark)] = ord(mark)
    for variant, mark in _TITLE_MARKS.items():
        table[ord(variant)] = ord(mark)
    return table


@lru_cache(maxsize=1)
def _paged() -> tuple[NDArray[np.uint16], NDArray[np.uint32]]:
    """The table by pages of 256, of which most change nothing; line breaks are marked."""
    table = _table().copy()
    table[[ord(mark) for mark in LINE_BREAKS]] |= MARK
    blocks = table.reshape(-1, 256)
    changed = np.flatnonzero((blocks != np.arange(_BASIC_PLANE, dtype=np.uint32).reshape(-1, 256)).any(axis=1))
    pages = np.zeros(0x110000 >> 8, dtype=np.uint16)
    pages[changed] = 1 + np.arange(len(changed))
    return pages, np.concatenate([np.zeros(256, dtype=np.uint32), *blocks[changed]])


def fold_spans(codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[Spans, int]:
    """Fold spans of code points and put them end to end.

    Returns
    -------
    folded : Spans
        As many, one behind the other.
    n_breaks : int
        Number of line breaks inside the spans.

    Raises
    ------
    IndexError
        If a span does not lie inside `codes`.
    """
    bounds = np.zeros(len(starts) + 1, dtype=np.int64)
    if has_kernels():
        _, _, _, longest, n_codes = Spans.of(codes, starts, ends)
        folded = np.empty(n_codes, dtype=np.uint32)
        n_breaks = kernels.gather_spans(codes, starts, ends, True, *_paged(), folded, bounds)
        return Spans(folded, bounds[:-1], bounds[1:], longest, n_codes), n_breaks
    lengths = ends - starts
    np.cumsum(lengths, out=bounds[1:])
    places = np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], lengths)
    own = codes[places]
    spans = Spans(fold_codes(own), bounds[:-1], bounds[1:], int(lengths.max(initial=0)), len(own))
    return spans, int(np.isin(own, [ord(mark) for mark in LINE_BREAKS]).sum())


def fold_codes(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Fold code points: ASCII for full-width letters, small letters, every digit ``0``, full-width marks.

    Returns
    -------
    array of the same shape
        Code points outside the basic plane stay as they are.
    """
    table = _table()
    if codes.size and int(codes.max()) >= _BASIC_PLANE:
        basic = codes < _BASIC_PLANE
        folded: NDArray[np.uint32] = codes.copy()
        folded[basic] = table[codes[basic]]
        return folded
    narrow: NDArray[np.uint32] = table[codes]
    return narrow


def fold(text: str) -> str:
    """`fold_codes` for a string; the result has the same length."""
    return text_of(fold_codes(code_points(text)))
