"""Spans of text as tokens: words or characters, many spans at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from fzclf.codes import code_points
from fzclf.cutting import Spans, Workspace, cut_text, joined_spans
from fzclf.lexicon import Lexicon
from fzclf.machine import kernels
from fzclf.terms import Terms, TermSettings

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
    for _, spans in Spans.of(codes, starts, ends).batches():
        text, bounds = joined_spans(spans, lexicon, workspace, lowercase=settings.lowercase)
        if settings.analyzer == "word":
            yield TokenBatch(text, *cut_text(text, bounds, lexicon, workspace))
            continue
        squeezed, token_bounds = workspace.take("squeezed", len(text), np.uint32), np.empty_like(bounds)
        n_tokens = kernels.squeeze_spaces(text, bounds, white_space(), squeezed, token_bounds)
        yield TokenBatch(squeezed, np.arange(1, n_tokens + 1, dtype=np.int32), token_bounds)


def tokens_of_terms(terms: Terms, analyzer: str) -> TokenBatch:
    """The words of each term that scikit-learn joined by spaces; none where no text can give the term.

    jieba's words hold no space, but one space alone is a word: in a run of spaces, each
    other one parts two words, beginning with the second where the run opens the term.
    """
    codes, bounds = code_points(terms.joined), terms.bounds
    if analyzer == "char":
        return TokenBatch(codes, np.arange(1, len(codes) + 1, dtype=np.int32), bounds)
    places, owners = np.arange(len(codes)), np.repeat(np.arange(len(terms)), np.diff(bounds))
    opens = np.zeros(len(codes) + 1, dtype=bool)
    opens[bounds] = True
    closes = opens[1:]
    space = codes == ord(" ")
    after_space = np.concatenate([[False], space])[:-1] & ~opens[:-1]
    run = np.maximum.accumulate(np.where(space & ~after_space, places, 0))
    parts = space & ((places - run + opens[run]) % 2 == 0)
    unparted = space & ~parts & ~np.concatenate([parts, [False]])[1:]
    sound = np.ones(len(terms), dtype=bool)
    sound[owners[np.where(closes, parts, unparted)]] = False
    kept = sound[owners]
    ends = np.cumsum(kept & ~parts)[kept & (parts | closes)]
    n_tokens = np.bincount(owners[kept & (parts | closes)], minlength=len(terms))
    return TokenBatch(codes[kept & ~parts], ends.astype(np.int32), np.cumsum([0, *n_tokens]))


@lru_cache(maxsize=1)
def white_space() -> NDArray[np.uint8]:
    r"""1 for the code points that ``\s`` matches; the last is U+3000."""
    return np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.uint8)
