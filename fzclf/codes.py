"""A text as its code points, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LINE_BREAKS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")  # where `str.splitlines` breaks
MARK = np.uint32(1 << 31)  # on the image of a code point (folded, in lower case): it is special


def code_points(text: str) -> NDArray[np.uint32]:
    """The code points of `text`; lone surrogates stay what they are."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def text_of(codes: NDArray[np.uint32]) -> str:
    """The inverse of `code_points`."""
    return codes.tobytes().decode("utf-32-le", "surrogatepass")
