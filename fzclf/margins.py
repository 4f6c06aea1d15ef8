"""Margins straight from text: the rows of units are used as they are made, and never kept.

The same sums as rows times weights give, in another order: equal but for the rounding.
"""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fzclf.counting import NORMS, FastRows
from fzclf.cutting import Workspace, cut_text, joined_spans, span_batches
from fzclf.features import CHANNELS, COMMA, COMMON, Units
from fzclf.model import View
from fzclf.nodes import NodeTable, nodes_of_terms
from fzclf.tokens import TokenBatch, white_space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BUCKET = 8  # as in the kernels, which take no global that could change
_BLOCK = 8
_HALF_KEY = 21
_ENTRIES_A_BUCKET = 5  # of 8, at most


class Sums(NamedTuple):
    """What a view says of every unit, while it is added up."""

    marks: NDArray[np.uint64]  # (n_units,): panels through which a unit is seen
    values: NDArray[np.float64]  # (n_units * n_outputs,): only those of marked panels mean something
    tallies: NDArray[np.int64]  # (n_units,): how many different n-grams are known, of the order that is tallied


def sums_of_views(
    views: Sequence[FastView], units: Units, workspace: Workspace, margins: NDArray[np.float64]
) -> list[NDArray[np.int64]]:
    """Add what every sentence sees through each view to its margins.

    Returns
    -------
    list of arrays of shape (n_units,)
        How many different n-grams of a unit each view knows, of the order that it tallies.
    """
    all_sums = [view.begin(units) for view in views]
    starts, ends = units.starts[: units.n_wholes], units.ends[: units.n_wholes]
    for first, stop in span_batches(starts, ends):
        for lowercase in sorted({view.lowercase for view in views}):
            text, bounds = joined_spans(
                units.codes, starts[first:stop], ends[first:stop], views[0].lexicon, workspace, lowercase=lowercase
            )
            for view, sums in zip(views, all_sums, strict=True):
                if view.lowercase == lowercase:
                    view.score(text, bounds, first, units, sums)
    for view, sums in zip(views, all_sums, strict=True):
        view.finish(units, sums, margins)
    return [sums.tallies for sums in all_sums]


class FastView:
    """A view of a model, ready for ``score_units``.

    Parameters
    ----------
    rows
        What counts the same terms; its node table is used.
    tallied
        Order of the n-grams to count in each unit, 0 for all.
    workspace
        Scratch that views which do not run at the same time in one thread may share.
    """

    def __init__(self, view: View, rows: FastRows, tallied: int, workspace: Workspace) -> None:
        from fzclf import _kernels

        self.lowercase = view.table.settings.lowercase
        self._settings = view.table.settings
        self.lexicon = rows.lexicon
        self._tf_weights = rows.tf_weights
        self._tallied = tallied
        self._workspace = workspace
        self._own = Workspace()
        order = np.argsort(view.table.idf, kind="stable")  # what is met often lies close together
        self._panels, self._places, self._marks, weights = _panels(view, order)
        self._score_units = _kernels.score_units_by_singles if weights.dtype == np.float32 else _kernels.score_units
        self._scale = 1.0 if weights.dtype == np.float32 else _kernels.HALF_SCALE
        self._weights = weights
        self._idf = view.table.idf[order]
        self._nodes = nodes_of_terms(view.table, np.argsort(order))
        self._channels = np.array([CHANNELS.index(channel) for channel in view.channels], dtype=np.int64)
        self._grams, self._shift = _bucketed(self._nodes)
        self._keys, self._word_nodes, self._word_shift = bucketed_words(self._nodes)
        self._numbers = _character_numbers(self._nodes) if self._settings.analyzer == "char" else None

    @staticmethod
    def takes(view: View) -> bool:
        """Whether the view is within what the kernels can number; all but giants are."""
        longest = view.table.settings.ngram_range[1]
        most_nodes = len(view.table.terms) * longest * (longest + 1) // 2  # each term with all its parts
        return 0 < most_nodes < (1 << _HALF_KEY) - 1

    def begin(self, units: Units) -> Sums:
        """Room for the sums of all units, and which of them are wanted."""
        from fzclf import _kernels

        n_units = len(units.starts)
        marks = np.zeros(n_units, dtype=np.uint64)
        _kernels.mark_units(units.seen, self._channels, self._marks, marks)
        sums = self._own.take("sums", n_units * int(self._panels[-1]), np.float64)
        return Sums(marks, sums, np.zeros(n_units, dtype=np.int64))

    def score(self, text: NDArray[np.uint32], bounds: NDArray[np.int64], first: int, units: Units, sums: Sums) -> None:
        """Sums of the units from `first` on, and of their clauses, whose text lies end to end."""
        batch, words, longest = self._tokens(text, bounds)
        take, settings = self._workspace.take, self._settings
        low, high = settings.ngram_range
        self._score_units(
            batch.text, batch.ends, batch.token_bounds, words, first, units.clauses, COMMA,
            low, high, self._grams, self._shift, self._tf_weights, settings.sublinear_tf,
            self._idf, NORMS[settings.norm], self._scale, self._weights, self._panels, sums.marks, self._tallied,
            self._own.counters(len(self._idf))[0], take("unit nodes", longest * high, np.int32),
            take("columns", longest * high + 1, np.int32), take("row", longest * high, np.float64),
            sums.values, sums.tallies,
        )  # fmt: skip

    def finish(self, units: Units, sums: Sums, margins: NDArray[np.float64]) -> None:
        """Add what every sentence sees to its margins."""
        from fzclf import _kernels

        n_classes, width = margins.shape[1], int(self._panels[-1])
        _kernels.add_margins(
            units.seen, self._channels, self._places, n_classes, width, sums.values, margins.reshape(-1)
        )

    def _tokens(self, text: NDArray[np.uint32], bounds: NDArray[np.int64]) -> tuple[TokenBatch, NDArray[np.int32], int]:
        """Tokens of spans that lie end to end, the node of each, and a number that no span has more tokens than."""
        from fzclf import _kernels

        workspace = self._workspace
        longest = int(np.diff(bounds).max(initial=0))
        if self._numbers is None:
            batch = TokenBatch(text, *cut_text(text, bounds, self.lexicon, workspace))
            words, nodes = workspace.take("nodes", len(batch.ends), np.int32), self._nodes
            _kernels.look_up_words(
                text, batch.ends, self._keys, self._word_nodes, self._word_shift, nodes.pool, nodes.tails, words
            )
            return batch, words, longest
        words, ends = (workspace.take(name, len(text), np.int32) for name in ("nodes", "ends"))
        token_bounds = np.empty_like(bounds)
        n = _kernels.number_characters(text, bounds, white_space(), self._numbers, words, ends, token_bounds)
        return TokenBatch(text, ends[:n], token_bounds), words[:n], longest


def _panels(
    view: View, order: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64], NDArray[Any]]:
    """The weights as one matrix for the common channels and one for each other, rows in a given order.

    Returns
    -------
    panels : array of shape (n_panels + 1,)
        Outputs of panel ``p`` are ``panels[p]:panels[p + 1]``, a multiple of eight.
    places, marks : arrays of shape (n_channels,)
        First output of each channel, and the bit of its panel.
    weights : array
        Panel after panel; float16 as uint16 if that loses nothing, else float32.
    """
    n_terms, _, n_classes = view.weights.shape
    groups = [list(group) for _, group in groupby(view.channels, lambda channel: channel in COMMON or channel)]
    sizes = [-(-len(group) * n_classes // _BLOCK) * _BLOCK for group in groups]
    panels = np.cumsum([0, *sizes])
    places = [start + n_classes * at for start, group in zip(panels, groups, strict=False) for at in range(len(group))]
    marks = [1 << number for number, group in enumerate(groups) for _ in group]
    halves = view.weights.astype(np.float16)
    exact = np.array_equal(halves, view.weights)
    weights = np.zeros(n_terms * int(panels[-1]), dtype=np.float16 if exact else np.float32)
    channel = 0
    for start, size, group in zip(panels, sizes, groups, strict=False):
        own = (halves if exact else view.weights)[:, channel : channel + len(group)].reshape(n_terms, -1)
        panel = weights[start * n_terms : (start + size) * n_terms].reshape(n_terms, size)
        panel[:, : own.shape[1]] = own[order]
        channel += len(group)
    return panels, np.array(places), np.array(marks, dtype=np.uint64), weights.view(np.uint16) if exact else weights


def _bucketed(nodes: NodeTable) -> tuple[NDArray[np.uint64], int]:
    """The n-grams of a node table, eight to a cache line, and how far keys are shifted to find their bucket.

    An entry has prefix and last word, from 1 on, in its high bits, and its node in the low ones.
    """
    from fzclf import _kernels

    held = np.flatnonzero(nodes.grams[::2]) * 2
    prefixes, lasts = nodes.grams[held] >> np.uint64(32), nodes.grams[held] & np.uint64(0xFFFFFFFF)
    keys = prefixes << np.uint64(_HALF_KEY) | lasts
    n_bits = _n_bits(len(held))
    buckets = np.zeros(_BUCKET << n_bits, dtype=np.uint64)
    _kernels.fill_buckets(keys << np.uint64(_HALF_KEY) | nodes.grams[held + 1], buckets, 64 - n_bits)
    return buckets, 64 - n_bits


def bucketed_words(nodes: NodeTable) -> tuple[NDArray[np.uint64], NDArray[np.int32], int]:
    """The words of a node table, eight keys to a cache line, the nodes beside them, and the shift."""
    from fzclf import _kernels

    n_bits = _n_bits(int(np.count_nonzero(nodes.words[::2])))
    keys, numbers = np.zeros(_BUCKET << n_bits, dtype=np.uint64), np.zeros(_BUCKET << n_bits, dtype=np.int32)
    _kernels.fill_word_buckets(nodes.words, keys, numbers, 64 - n_bits)
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
