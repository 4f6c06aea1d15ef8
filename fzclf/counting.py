"""TF-IDF rows of spans of text, number for number what scikit-learn computes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fzclf.buckets import Buckets
from fzclf.cutting import Workspace
from fzclf.lexicon import lexicon_for
from fzclf.machine import ROWS, has_kernels, kernels
from fzclf.nodes import NodeTable, grown, nodes_of_terms
from fzclf.reference import ReferenceRows
from fzclf.terms import Rows, TermSettings, TermTable
from fzclf.tokens import TokenBatch, token_batches

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

NORMS = {None: 0, "l1": 1, "l2": 2}


def engine_for(table: TermTable) -> FastRows | ReferenceRows:
    """The fast engine, or the reference (with one warning) where numba cannot be imported."""
    return FastRows(table) if has_kernels() else ReferenceRows(table)


class FastRows:
    """TF-IDF rows by compiled loops; the same numbers as ``ReferenceRows``.

    May be used by many threads at once: the loops release the lock of the interpreter.
    """

    def __init__(self, table: TermTable) -> None:
        self.table = table
        self.lexicon = lexicon_for(table.settings.user_words)
        self.tf_weights = _tf_weights(table.settings, 255)
        self._workspace = Workspace()
        self._numbers: Buckets | NodeTable | None = None  # of all terms, and of what leads to them

    def look_up(self, batch: TokenBatch, workspace: Workspace) -> NDArray[np.int32]:
        """Node of the n-gram of each order at each token, shape (max_n, n_tokens)."""
        if self._numbers is None:  # not functools.cached_property, whose lock a fork may leave held for ever
            nodes = nodes_of_terms(self.table)
            self._numbers = Buckets.of(nodes) if Buckets.hold(len(nodes.tails)) else nodes
        if isinstance(self._numbers, NodeTable):
            return self._numbers.nodes(batch, workspace)
        return self._numbers.look_up(batch, self.table.settings.ngram_range[1], workspace)

    def rows(self, codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Rows:
        """The weighted row of each span ``codes[starts[i]:ends[i]]`` of code points.

        Raises
        ------
        IndexError
            If a span does not lie inside `codes`.
        """
        if not has_kernels(ROWS):
            return ReferenceRows(self.table).rows(codes, starts, ends)
        batches = token_batches(codes, starts, ends, self.table.settings, self.lexicon, self._workspace)
        pairs = ((batch, self.look_up(batch, self._workspace)) for batch in batches)
        return self.assembled(pairs, len(starts), int((ends - starts).sum()))

    def assembled(self, pairs: Iterable[tuple[TokenBatch, NDArray[np.int32]]], n_rows: int, n_codes: int) -> Rows:
        """Count and weigh batch after batch, straight into the answer.

        Parameters
        ----------
        pairs
            Batches, each with the node of the n-gram of order ``i + 1`` that begins at
            each token, shape (max_n, n_tokens); nodes below the number of terms are
            columns, all others are left out.
        n_codes
            Code points in all; the answer has room for a term of each order at each
            of them, of which the system hands out only what is written.
        """
        low, high = self.table.settings.ngram_range
        indptr = np.zeros(n_rows + 1, dtype=np.int64)
        indices = np.empty(n_codes * (high - low + 1), dtype=np.int32)
        data = np.empty(len(indices), dtype=np.float64)
        row = used = 0
        for batch, nodes in pairs:
            n_most = len(batch.ends) * (high - low + 1)
            indices, data = grown(indices, used + n_most, 0), grown(data, used + n_most, 0)
            stop = row + len(batch.token_bounds) - 1
            bounds = indptr[row : stop + 1]
            self._fill(batch, nodes[low - 1 :], bounds, indices[used:], data[used:])
            bounds += used
            row, used = stop, int(indptr[stop])
        return Rows(indptr=indptr, indices=indices[:used], data=data[:used], n_terms=len(self.table.terms))

    def _fill(
        self,
        batch: TokenBatch,
        nodes: NDArray[np.int32],
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        data: NDArray[np.float64],
    ) -> None:
        """The rows of one batch; `indptr` counts from the beginning of the batch."""
        settings, n_terms = self.table.settings, len(self.table.terms)
        tallies = self._workspace.take("tallies", nodes.size, np.int32)
        counts, bits0, bits1, bits2 = self._workspace.counters(n_terms)
        largest = kernels.count_rows(
            nodes.ravel(), len(batch.ends), len(nodes), batch.token_bounds, n_terms,
            counts, bits0, bits1, bits2, indptr, indices, tallies,
        )  # fmt: skip
        weights = self.tf_weights
        if largest >= len(weights):
            weights = _tf_weights(settings, largest)
        kernels.weigh_rows(indptr, indices, tallies, weights, self.table.idf, NORMS[settings.norm], data)


def _tf_weights(settings: TermSettings, largest: int) -> NDArray[np.float64]:
    """What a count of 0 to `largest` weighs, with the roundings of scikit-learn."""
    counts = np.arange(largest + 1, dtype=np.float64)
    if settings.sublinear_tf:
        np.log(counts, out=counts, where=counts > 0)
        counts[1:] += 1.0
    return counts
