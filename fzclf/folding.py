"""One spelling for the same thing, character by character, before features are counted.

Reports mix half- and full-width forms and differ in their numbers. Folding maps every
code point to exactly one other, so that offsets into folded text are offsets into the
report.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import code_points, text_of

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
