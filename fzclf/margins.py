"""Sums of weights straight from text: the rows of units are used as they are made, and never kept.

The same sums as rows times weights give, in another order: equal but for the rounding.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fzclf.counting import NORMS, FastRows
from fzclf.cutting import Workspace, cut_text, joined_spans, span_batches
from fzclf.features import Units
from fzclf.machine import kernels
from fzclf.model import View
from fzclf.nodes import NodeTable, nodes_of_terms
from fzclf.tokens import TokenBatch, white_space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NONE, ALL = -1, 0  # orders of n-grams to count, where not one of them
_BUCKET = 8  # as in the kernels, which take no global that could change
_BLOCK = 8
_HALF_KEY = 21
_ENTRIES_A_BUCKET = 5  # of 8, at most


def sums_of_views(
    views: Sequence[FastView], units: Units, n_categories: int, workspace: Workspace
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """What all views together say of every unit.

    Returns
    -------
    sums : array of shape (n_units + 1, n_categories)
        The last row is 0.
    tallies : array of shape (n_units,)
        How many different n-grams of a unit are known, of the orders that the views tally.
    """
    n_units, width = len(units.starts), _width(n_categories)
    sums = np.zeros((n_units + 1, width))
    tallies = np.zeros(n_units, dtype=np.int64)
    for first, stop in span_batches(units.starts, units.ends):
        for lowercase in {view.lowercase for view in views}:
            starts, ends = units.starts[first:stop], units.ends[first:stop]
            text, bounds = joined_spans(units.codes, starts, ends, views[0].lexicon, workspace, lowercase=lowercase)
            for view in views:
                if view.lowercase == lowercase:
                    view.add(text, bounds, first, sums, tallies)
    return sums[:, :n_categories], tallies


class FastView:
    """A view of a model, ready for ``score_units``.

    Parameters
    ----------
    rows
        What counts the same terms; its lexicon is used.
    tallied
        Order of the n-grams to count in each unit.
    workspace
        Scratch that views which do not run at the same time in one thread may share.
    """

    def __init__(self, view: View, rows: FastRows, tallied: int, workspace: Workspace) -> None:
        self.lowercase = view.table.settings.lowercase
        self.lexicon = rows.lexicon
        self._settings = view.table.settings
        self._tf_weights = rows.tf_weights
        self._tallied = tallied
        self._workspace = workspace
        self._counters = Workspace()
        order = np.argsort(view.table.idf, kind="stable")  # what is met often lies close together
        n_terms, n_categories = view.weights.shape
        self._idf = view.table.idf[order]
        self._weights = np.zeros((n_terms, _width(n_categories)), dtype=np.float32)
        self._weights[:, :n_categories] = view.weights[order]
        self._nodes = nodes_of_terms(view.table, np.argsort(order))
        self._grams, self._shift = _bucketed(self._nodes)
        characters = self._settings.analyzer == "char"
        self._numbers = _character_numbers(self._nodes) if characters else np.empty(0, dtype=np.int32)
        self._table = None if characters else bucketed_words(self._nodes)

    @staticmethod
    def takes(view: View) -> bool:
        """Whether the view is within what the kernels can number; all but giants are."""
        longest = view.table.settings.ngram_range[1]
        most_nodes = len(view.table.terms) * longest * (longest + 1) // 2  # each term with all its parts
        return 0 < most_nodes < (1 << _HALF_KEY) - 1

    def add(
        self,
        text: NDArray[np.uint32],
        bounds: NDArray[np.int64],
        first: int,
        sums: NDArray[np.float64],
        tallies: NDArray[np.int64],
    ) -> None:
        """Add what this view says of the units from `first` on, whose text lies end to end."""
        token_bounds, words = self._words(text, bounds)
        take, settings = self._workspace.take, self._settings
        low, high = settings.ngram_range
        longest = int(np.diff(bounds).max(initial=0))  # no unit has more tokens than characters
        kernels.score_units(
            token_bounds, words, first, low, high, self._grams, self._shift,
            self._tf_weights, settings.sublinear_tf, self._idf, NORMS[settings.norm],
            self._weights.reshape(-1), self._weights.shape[1], self._tallied,
            self._counters.counters(len(self._idf))[0], take("unit nodes", longest * high, np.int32),
            take("columns", longest * high + 1, np.int32), take("row", longest * high, np.float64),
            sums.reshape(-1), tallies,
        )  # fmt: skip

    def _words(
        self, text: NDArray[np.uint32], bounds: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Bounds of the tokens of spans that lie end to end, and the node of each token."""
        workspace = self._workspace
        if self._table is not None:
            batch = TokenBatch(text, *cut_text(text, bounds, self.lexicon, workspace))
            words, nodes = workspace.take("nodes", len(batch.ends), np.int32), self._nodes
            kernels.look_up_words(text, batch.ends, *self._table, nodes.pool, nodes.tails, words)
            return batch.token_bounds, words
        words, ends = (workspace.take(name, len(text), np.int32) for name in ("nodes", "ends"))
        token_bounds = np.empty_like(bounds)
        n = kernels.number_characters(text, bounds, white_space(), self._numbers, words, ends, token_bounds)
        return token_bounds, words[:n]


def _width(n_categories: int) -> int:
    """Sums of a unit with room for whole blocks."""
    return -(-n_categories // _BLOCK) * _BLOCK


def _bucketed(nodes: NodeTable) -> tuple[NDArray[np.uint64], int]:
    """The n-grams of a node table, eight to a cache line, and how far keys are shifted to find their bucket.

    An entry has prefix and last word, from 1 on, in its high bits, and its node in the low ones.
    """
    held = np.flatnonzero(nodes.grams[::2]) * 2
    prefixes, lasts = nodes.grams[held] >> np.uint64(32), nodes.grams[held] & np.uint64(0xFFFFFFFF)
    keys = prefixes << np.uint64(_HALF_KEY) | lasts
    n_bits = _n_bits(len(held))
    buckets = np.zeros(_BUCKET << n_bits, dtype=np.uint64)
    kernels.fill_buckets(keys << np.uint64(_HALF_KEY) | nodes.grams[held + 1], buckets, 64 - n_bits)
    return buckets, 64 - n_bits


def bucketed_words(nodes: NodeTable) -> tuple[NDArray[np.uint64], NDArray[np.int32], int]:
    """The words of a node table, eight keys to a cache line, the nodes beside them, and the shift."""
    n_bits = _n_bits(int(np.count_nonzero(nodes.words[::2])))
    keys, numbers = np.zeros(_BUCKET << n_bits, dtype=np.uint64), np.zeros(_BUCKET << n_bits, dtype=np.int32)
    kernels.fill_word_buckets(nodes.words, keys, numbers, 64 - n_bits)
    return keys, numbers, 64 - n_bits


def _n_bits(n_entries: int) -> int:
    """Binary logarithm of the number of buckets."""
    return max(1, math.ceil(math.log2(n_entries / _ENTRIES_A_BUCKET + 1)))


def _character_numbers(nodes: NodeTable) -> NDArray[np.int32]:
    """Node of each code point up to the last known one, -1 for unknown ones; a character is its own key, from 1 on."""
    keys = nodes.words[::2].astype(np.int64)
    numbers = np.full(int(keys.max(initial=0)), -1, dtype=np.int32)
    held = np.flatnonzero(keys)
    numbers[keys[held] - 1] = nodes.words[1::2][held]
    return numbers
