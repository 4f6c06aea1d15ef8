"""Sums of weights straight from text: the rows of units are used as they are made, and never kept.

The same sums as rows times weights give, in another order: equal but for the rounding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fzclf.buckets import Buckets
from fzclf.counting import NORMS, FastRows
from fzclf.cutting import Spans, Workspace, cut_spans, joined_spans
from fzclf.features import CHANNELS, Units
from fzclf.machine import kernels
from fzclf.model import Model, View
from fzclf.nodes import NodeTable, nodes_of_terms
from fzclf.tokens import white_space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NONE, ALL = -1, 0  # orders of n-grams to count, where not one of them
_BLOCK = 8  # as in the kernels, which take no global that could change
_NO_ENDS, _NO_BOUNDS = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64)


class FastMargins:
    """The compiled way from units to margins, for models that the kernels can number.

    Parameters
    ----------
    engines
        What counts the terms of each view.
    tallied
        For each view the order of the n-grams that count as familiar.
    """

    def __init__(self, model: Model, engines: Sequence[FastRows], tallied: Sequence[int]) -> None:
        self.n_categories = len(model.bias)
        self._workspace = Workspace()
        self._views = [
            FastView(view, engine, order, self._workspace)
            for view, engine, order in zip(model.views, engines, tallied, strict=True)
        ]
        self._most_terms = max((view.n_terms for view in self._views), default=0)
        self._channels = np.array([CHANNELS.index(channel) for channel in model.channels], dtype=np.int64)
        placed = np.concatenate([*model.context, model.flag_weights, model.bias[None]])
        self._rows = np.zeros((len(placed), width_of(self.n_categories)), dtype=np.float32)
        self._rows[:, : self.n_categories] = placed

    def of_units(self, units: Units) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """What the words of every unit say.

        Returns
        -------
        sums : array of shape (n_units + 1, width)
            Categories come first in each row, the rest means nothing; the last row is 0.
        tallies : array of shape (n_units,)
            How many different n-grams of a unit are known, of the orders that the views tally.
        """
        n_units = len(units.starts)
        sums = np.zeros((n_units + 1, width_of(self.n_categories)))
        tallies = np.zeros(n_units, dtype=np.int64)
        counts = self._workspace.counters(self._most_terms)[0]
        for part, spans in units.spans.batches():
            lowered: Spans | None = None
            for view in self._views:
                if view.lowercase and lowered is None:
                    text, bounds = joined_spans(spans, view.lexicon, self._workspace, lowercase=True)
                    lowered = Spans.of(text, bounds[:-1], bounds[1:])  # some letters become two
                own = lowered if view.lowercase and lowered else spans
                view.add(own, counts, sums[part].ravel(), tallies[part])  # whole rows: ravel makes no copy
        return sums, tallies

    def of_sentences(self, sums: NDArray[np.float64], units: Units) -> NDArray[np.float64]:
        """Margins, shape (n_sentences, n_categories), from the sums of the units that each sees, and its flags."""
        n_sentences, n_flags = units.flags.shape
        width, n_shown = sums.shape[1], len(self._rows)
        margins = np.zeros((n_sentences, width))
        kernels.score_places(
            sums.ravel(), width, units.seen.ravel(), self._channels, units.flags.ravel(), n_flags,
            self.n_categories, self._rows.ravel(), self._workspace.take("shown", n_shown, np.int32),
            self._workspace.take("shown sums", n_shown, np.float64), margins.ravel(),
        )  # fmt: skip
        return margins[:, : self.n_categories]


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
        self.n_terms, n_categories = view.weights.shape
        self._settings = view.table.settings
        self._workspace = workspace
        order = np.argsort(view.table.idf, kind="stable")  # what is met often lies close together
        idf = view.table.idf[order]
        terms = np.zeros((self.n_terms, width_of(n_categories)), dtype=np.float32)
        terms[:, :n_categories] = view.weights[order]
        terms[:, -2] = idf
        terms[:, -1] = idf - terms[:, -2]
        nodes = nodes_of_terms(view.table, np.argsort(order))
        self._characters = self._settings.analyzer == "char"
        numbers = _character_numbers(nodes) if self._characters else np.empty(0, dtype=np.int32)
        buckets, settings = Buckets.of(nodes), self._settings
        self._look_up = (white_space(), numbers, *buckets[:5], *settings.ngram_range, *buckets[5:])
        self._weigh = (rows.tf_weights, settings.sublinear_tf, NORMS[settings.norm])
        self._add = (terms.ravel(), terms.shape[1], self.n_terms, tallied)

    @staticmethod
    def takes(view: View) -> bool:
        """Whether the view is within what the kernels can number; all but giants are."""
        longest = view.table.settings.ngram_range[1]
        most_nodes = len(view.table.terms) * longest * (longest + 1) // 2  # each term with all its parts
        return Buckets.hold(most_nodes)

    def add(
        self, spans: Spans, counts: NDArray[np.int32], sums: NDArray[np.float64], tallies: NDArray[np.int64]
    ) -> None:
        """Add what this view says of some spans of a text."""
        text, starts, stops, longest, n_tokens = spans
        ends, token_bounds = _NO_ENDS, _NO_BOUNDS
        if not self._characters:
            ends, token_bounds = cut_spans(spans, self.lexicon, self._workspace)
            n_tokens = len(ends)
        high = self._settings.ngram_range[1]
        n_places = n_tokens + len(starts) * (high - 1)
        take = self._workspace.take
        kernels.score_units(
            text, starts, stops, ends, token_bounds, self._characters, *self._look_up, *self._weigh, *self._add,
            counts, take("word keys", n_tokens, np.uint64), take("nodes", n_places * high, np.int32),
            take("places", len(starts) + 1, np.int64), take("columns", longest * high + 1, np.int32),
            take("row", longest * high, np.float64), sums, tallies,
        )  # fmt: skip


def width_of(n_categories: int) -> int:
    """Length of a row: a weight for each category and two numbers for the idf, in whole blocks."""
    return -(-(n_categories + 2) // _BLOCK) * _BLOCK


def _character_numbers(nodes: NodeTable) -> NDArray[np.int32]:
    """Node of each code point up to the last known one, -1 for unknown ones; a character is its own key, from 1 on."""
    keys = nodes.words[::2].astype(np.int64)
    numbers = np.full(int(keys.max(initial=0)), -1, dtype=np.int32)
    held = np.flatnonzero(keys)
    numbers[keys[held] - 1] = nodes.words[1::2][held]
    return numbers
