"""A fixed table of words and n-grams as the loops look them up: eight keys to a cache line, compared at once."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fzclf.machine import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fzclf.cutting import Workspace
    from fzclf.nodes import NodeTable
    from fzclf.tokens import TokenBatch

BUCKET = 8  # as in the kernels, which take no global that could change
HALF_KEY = 21
_ENTRIES_A_BUCKET = 5  # of 8, at most


class Buckets(NamedTuple):
    """The words and n-grams of a node table; keys are shifted to find their buckets.

    A word's key has its node beside it. An n-gram's entry has prefix and last word, from
    1 on, in its high bits, and its node in the low ones.
    """

    keys: NDArray[np.uint64]
    nodes: NDArray[np.int32]
    shift: int
    pool: NDArray[np.uint32]  # the characters of words, as the node table has them
    tails: NDArray[np.int64]
    grams: NDArray[np.uint64]
    gram_shift: int

    @staticmethod
    def hold(n_nodes: int) -> bool:
        """Whether so many nodes have numbers that fit: all but those of giants, and of nothing."""
        return 0 < n_nodes < (1 << HALF_KEY) - 1

    @staticmethod
    def of(table: NodeTable) -> Buckets:
        """The same words and n-grams, with the same nodes."""
        return Buckets(*_words(table), table.pool, table.tails, *_grams(table))

    def look_up(self, batch: TokenBatch, max_n: int, workspace: Workspace) -> NDArray[np.int32]:
        """Node of the n-gram of each order at each token, as ``NodeTable.nodes`` gives it; -1 for what is not known.

        Returns
        -------
        array of shape (max_n, n_tokens)
        """
        n_tokens, n_spans = len(batch.ends), len(batch.token_bounds) - 1
        nodes = workspace.take("nodes", max_n * n_tokens, np.int32)
        kernels.look_up_tokens(
            batch.text, batch.ends, batch.token_bounds, *self[:5], max_n, *self[5:],
            workspace.take("word keys", n_tokens, np.uint64), workspace.take("starts", n_spans, np.int64),
            workspace.take("places", n_spans + 1, np.int64), nodes,
        )  # fmt: skip
        return nodes.reshape(max_n, n_tokens)


def _words(table: NodeTable) -> tuple[NDArray[np.uint64], NDArray[np.int32], int]:
    n_bits = _n_bits(int(np.count_nonzero(table.words[::2])))
    keys, numbers = np.zeros(BUCKET << n_bits, dtype=np.uint64), np.zeros(BUCKET << n_bits, dtype=np.int32)
    kernels.fill_word_buckets(table.words, keys, numbers, 64 - n_bits)
    return keys, numbers, 64 - n_bits


def _grams(table: NodeTable) -> tuple[NDArray[np.uint64], int]:
    held = np.flatnonzero(table.grams[::2]) * 2
    prefixes, lasts = table.grams[held] >> np.uint64(32), table.grams[held] & np.uint64(0xFFFFFFFF)
    keys = prefixes << np.uint64(HALF_KEY) | lasts
    n_bits = _n_bits(len(held))
    buckets = np.zeros(BUCKET << n_bits, dtype=np.uint64)
    kernels.fill_buckets(keys << np.uint64(HALF_KEY) | table.grams[held + 1], buckets, 64 - n_bits)
    return buckets, 64 - n_bits


def _n_bits(n_entries: int) -> int:
    """Binary logarithm of the number of buckets."""
    return max(1, math.ceil(math.log2(n_entries / _ENTRIES_A_BUCKET + 1)))
