"""Numbers for words and n-grams of words.

A word, or an n-gram of words, is a node: the column of its term, or a number
beyond the columns where it only leads to a longer term.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fzclf.codes import text_of
from fzclf.cutting import Workspace
from fzclf.machine import kernels
from fzclf.terms import Terms, TermTable
from fzclf.tokens import TokenBatch, tokens_of_terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

TERMS_AT_ONCE = 8192


class NodeTable:
    """Numbers for words and n-grams: fixed, or growing with what it sees."""

    def __init__(self, max_n: int) -> None:
        self.max_n = max_n
        self.state = np.zeros(4, dtype=np.int64)  # nodes, pool in use, words, n-grams
        self.pool = np.empty(0, dtype=np.uint32)
        self.prefixes = np.empty(0, dtype=np.int32)
        self.tails = np.empty(0, dtype=np.int64)
        self.words, self.grams = np.zeros(4, dtype=np.uint64), np.zeros(4, dtype=np.uint64)

    def nodes(self, batch: TokenBatch, workspace: Workspace, *, learn: bool = False) -> NDArray[np.int32]:
        """Node of the n-gram of each order at each token; -1 for what is not known.

        Returns
        -------
        array of shape (max_n, n_tokens)
        """
        n_tokens = len(batch.ends)
        if learn:
            self._reserve(n_tokens, len(batch.text))
        nodes = workspace.take("nodes", self.max_n * n_tokens, np.int32).reshape(self.max_n, n_tokens)
        words = nodes[0]
        kernels.intern_words(
            batch.text, batch.ends, self.words, len(self.words) // 2, learn,
            self.pool, self.tails, self.state, words,
        )  # fmt: skip
        for order in range(2, self.max_n + 1):
            kernels.intern_grams(
                words, nodes[order - 2], order, batch.token_bounds, self.grams, len(self.grams) // 2, learn,
                self.prefixes, self.tails, self.state, nodes[order - 1],
            )  # fmt: skip
        return nodes

    def _reserve(self, n_tokens: int, n_codes: int) -> None:
        """Room for a batch in which everything is new: the loops do not check."""
        n_nodes, n_pool, n_words, n_grams = (int(count) for count in self.state)
        n_nodes += n_tokens * self.max_n
        self.pool = grown(self.pool, n_pool + n_codes + n_tokens, 0)
        self.prefixes = grown(self.prefixes, n_nodes, -1)
        self.tails = grown(self.tails, n_nodes, -1)
        self.words = _rehashed(self.words, n_words + n_tokens)
        self.grams = _rehashed(self.grams, n_grams + n_tokens * (self.max_n - 1))

    def renumbered(self, numbers: NDArray[np.int64]) -> NodeTable:
        """The same table where node ``i`` is ``numbers[i]``, and no room to grow; numbers may have gaps."""
        other = NodeTable(self.max_n)
        n_nodes = int(self.state[0])
        other.state, other.pool = self.state, self.pool[: self.state[1]].copy()
        other.tails = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.int64)
        other.tails[numbers] = self.tails[:n_nodes]
        words, grams = self.words.copy(), self.grams.copy()
        words[1::2] = numbers[words[1::2].astype(np.int64)] if n_nodes else 0
        held = np.nonzero(grams[::2])[0] * 2
        prefixes, lasts = grams[held] >> np.uint64(32), grams[held] & np.uint64(0xFFFFFFFF)
        renamed = (numbers[prefixes.astype(np.int64) - 1] + 1) << 32 | numbers[lasts.astype(np.int64)]
        grams[held] = renamed.astype(np.uint64)
        grams[held + 1] = numbers[grams[held + 1].astype(np.int64)]
        other.words = _rehashed(words, int(self.state[2]), room=2.5)
        other.grams = _rehashed(grams, int(self.state[3]), room=1.7)
        return other

    def terms(self, nodes: NDArray[np.int64], joiner: str) -> list[str]:
        """The strings of `nodes`, words joined by `joiner`."""
        held = self.pool[: self.state[1]].copy()
        starts = self.tails[: self.state[0]][self.prefixes[: self.state[0]] < 0]
        held[starts] = 0  # lengths may be no code points
        text = text_of(held)

        @cache
        def word(node: int) -> str:
            start = int(self.tails[node])
            return text[start + 1 : start + 1 + int(self.pool[start])]

        def term(node: int) -> str:
            last_words = []
            while (prefix := int(self.prefixes[node])) >= 0:
                last_words.append(word(int(self.tails[node])))
                node = prefix
            return joiner.join([word(node), *reversed(last_words)])

        return [term(node) for node in nodes.tolist()]


def nodes_of_terms(table: TermTable, ranks: NDArray[np.int64] | None = None) -> NodeTable:
    """A fixed node table in which each term's node is its column, or its rank if ranks are given."""
    high = table.settings.ngram_range[1]
    learned, workspace = NodeTable(high), Workspace()
    found = []
    for batch in _in_parts(tokens_of_terms(Terms.of(table.terms), table.settings.analyzer)):
        nodes = learned.nodes(batch, workspace, learn=True)
        n_words = np.diff(batch.token_bounds)
        usable = (n_words >= 1) & (n_words <= high)
        nodes_of_part = np.full(len(n_words), -1, dtype=np.int64)
        nodes_of_part[usable] = nodes[n_words[usable] - 1, batch.token_bounds[:-1][usable]]
        found.append(nodes_of_part)
    nodes_of_columns = np.concatenate([np.empty(0, dtype=np.int64), *found])
    known = np.flatnonzero(nodes_of_columns >= 0)
    numbers = np.full(int(learned.state[0]), -1, dtype=np.int64)
    numbers[nodes_of_columns[known]] = known if ranks is None else ranks[known]
    spare = np.nonzero(numbers < 0)[0]
    numbers[spare] = len(table.terms) + np.arange(len(spare))
    return learned.renumbered(numbers)


def _in_parts(batch: TokenBatch) -> Iterator[TokenBatch]:
    """Some terms at a time: room is made for all of a batch being new, which for 86,000 terms took 27 MiB."""
    bounds = batch.token_bounds
    for first in range(0, len(bounds) - 1, TERMS_AT_ONCE):
        own = bounds[first : first + TERMS_AT_ONCE + 1]
        begin = int(batch.ends[own[0] - 1]) if own[0] else 0
        ends = batch.ends[own[0] : own[-1]] - begin
        text = batch.text[begin : begin + (int(ends[-1]) if len(ends) else 0)]
        yield TokenBatch(text, ends.astype(np.int32), own - own[0])


def grown(array: NDArray[Any], n_needed: int, fill: int) -> NDArray[Any]:
    """At least `n_needed` long, with `fill` in the new places."""
    if n_needed <= len(array):
        return array
    longer = np.full(max(n_needed, 2 * len(array)), fill, dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _rehashed(table: NDArray[np.uint64], n_entries: int, room: float | None = None) -> NDArray[np.uint64]:
    """A table at most half full with `n_entries`, or with `room` times as many slots for good.

    A table that grows no more is better small than sparse: most of the time goes
    into waiting for it, as it does not fit the nearer caches.
    """
    if room is None and 4 * n_entries <= len(table):
        return table
    n_slots = int(n_entries * (room or 4)) + 2
    larger = np.zeros(2 * n_slots, dtype=np.uint64)
    kernels.fill_table(table, larger, n_slots)
    return larger
