# ruff: noqa: C901, PLR0912, PLR0915, PLR1714  (a kernel takes flat arrays, and only loops)
"""The compiled loop of the segmenter: one pass over the code points of many lines.

It has a file of its own because `segment` must start without the kernels of the classifier.
Its slow twin is `fzclf.segmentation.cuts.cut_line`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numba
from numba import types
from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
Array: TypeAlias = NDArray[Any]

# Kinds of characters, as numbers in the loop. From FIRST_PAIR on: openers, each with its closer as the next
# number; the fifth and sixth pair, （） and (), may also open an item.
PLAIN, SPACE, NUMBER, HINT_SECOND, HINT, HINT_ALONE, MARK, CLOSER, FIRST_PAIR = range(9)
# Flags of a line.
HINTED, INTRICATE, OPENS_NUMBERED, GOES_ON_NUMBERED = 1, 2, 4, 8

_I64, _U8S, _I64S = types.int64, types.Array(types.uint8, 1, "C"), types.Array(types.int64, 1, "C")
_INPUT_U32S, _INPUT_U8S, _INPUT_I64S = (
    types.Array(t, 1, "C", readonly=True) for t in (types.uint32, types.uint8, types.int64)
)


def _compiled(loop: Loop) -> Loop:
    """Compile for one signature, or load what an earlier process compiled, as `_kernels` does."""
    signature = _I64(_INPUT_U32S, _INPUT_U8S, _INPUT_I64S, _I64, _I64S, _I64S, _U8S)
    try:
        return cast("Loop", numba.njit(signature, nogil=True, cache=True)(loop))
    except RuntimeError:  # no folder to cache in
        return cast("Loop", numba.njit(signature, nogil=True)(loop))


@_compiled
def scan(
    codes: Array,
    kinds: Array,
    lines: Array,
    base: int,
    spans: Array,
    n_before: Array,
    flags: Array,
) -> int:
    """Sentences of lines as if no pair protected a mark; offsets are `base` more than indices of `codes`.

    `n_before[i]` counts the sentences above line `i`, written or not; of a line whose flag says
    INTRICATE, a pair may protect a mark. Sentences beyond the room in `spans` are only counted.
    """
    n = 0
    room = len(spans) >> 1
    n_kinds = len(kinds)
    for line in range(len(flags)):
        n_before[line] = n
        stop = lines[2 * line + 1] - base
        i = lines[2 * line] - base
        flag = 0
        waiting = 0  # one bit for each kind of pair that is open
        while i < stop:
            kind = kinds[codes[i]] if codes[i] < n_kinds else 0
            if kind == 1:
                i += 1
                continue
            if kind == 2 or kind == 16 or kind == 18:
                flag |= 4 if n == n_before[line] else 8
            if n < room:
                spans[2 * n] = i + base
            while kind != 6:
                if kind > 3:
                    if kind == 4:
                        second = codes[i + 1] if i + 1 < stop else 0
                        if second < n_kinds and kinds[second] == 3:
                            flag |= 1
                    elif kind == 5:
                        flag |= 1
                    elif kind >= 8:
                        bit = 1 << ((kind - 8) >> 1)
                        if kind & 1:
                            waiting &= ~bit
                        else:
                            if waiting & bit:
                                flag |= 2
                            waiting |= bit
                i += 1
                if i >= stop:
                    break
                kind = kinds[codes[i]] if codes[i] < n_kinds else 0
            if i < stop:  # at a mark: its twins and closers belong to it
                if waiting:
                    flag |= 2
                while i < stop and codes[i] < n_kinds:
                    kind = kinds[codes[i]]
                    if kind != 6 and kind != 7 and (kind < 8 or not kind & 1):
                        break
                    i += 1
            if n < room:
                spans[2 * n + 1] = i + base
            n += 1
        flags[line] = flag
    n_before[len(flags)] = n
    return n
