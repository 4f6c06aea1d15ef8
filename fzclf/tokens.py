"""Spans of text as tokens: words or characters, many spans at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fzclf.cutting import Workspace, cut_text, joined_spans, span_batches
from fzclf.lexicon import Lexicon
from fzclf.terms import TermSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray


@dataclass(frozen=True)
class TokenBatch:
    """Spans end to end with their tokens."""

    text: NDArray[np.uint32]
    ends: NDArray[np.int32]  # (n_tokens,): token ``t`` is ``text[ends[t - 1]:ends[t]]``
    token_bounds: NDArray[np.int64]  # (n_spans + 1,)


def token_batches(
    codes: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    settings: TermSettings,
    lexicon: Lexicon,
    workspace: Workspace,
) -> Iterator[TokenBatch]:
    """The tokens of all spans, some spans at a time, in order.

    With a workspace that keeps its arrays, a batch lasts until the next one.
    """
    from fzclf import _kernels

    for first, stop in span_batches(starts, ends):
        text, bounds = joined_spans(
            codes, starts[first:stop], ends[first:stop], lexicon, workspace, lowercase=settings.lowercase
        )
        if settings.analyzer == "word":
            yield TokenBatch(text, *cut_text(text, bounds, lexicon, workspace))
            continue
        squeezed, token_bounds = workspace.take("squeezed", len(text), np.uint32), np.empty_like(bounds)
        n_tokens = _kernels.squeeze_spaces(text, bounds, white_space(), squeezed, token_bounds)
        yield TokenBatch(squeezed, np.arange(1, n_tokens + 1, dtype=np.int32), token_bounds)


def tokens_of(term: str, analyzer: str) -> list[str]:
    """The words of a term that scikit-learn joined by spaces; none if no text can give the term.

    jieba's words hold no space, but one space alone is a word: joined, each such
    word leaves two empty pieces side by side.
    """
    if analyzer == "char":
        return list(term)
    words = term.split(" ")
    if "" not in words:
        return words
    tokens: list[str] = []
    pieces = iter(words)
    for piece in pieces:
        if not piece and next(pieces, None) != "":
            return []
        tokens.append(piece or " ")
    return tokens


@lru_cache(maxsize=1)
def white_space() -> NDArray[np.uint8]:
    r"""1 for the code points that ``\s`` matches; the last is U+3000."""
    return np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.uint8)
