"""From units to margins and probabilities: what a model says before words are made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzclf.counting import engine_for
from fzclf.features import CHANNELS, Units
from fzclf.machine import has_kernels, kernels
from fzclf.model import Model, View
from fzclf.terms import Rows, Terms


@dataclass(frozen=True)
class Scores:
    """What a model says of sentences.

    Attributes
    ----------
    margins : array of shape (n_sentences, n_categories)
        Sums of weights plus the bias; no unit, not probabilities.
    n_known : array of shape (n_sentences,)
        How many different pairs of characters of each sentence the model knows (terms of any
        length, if it has no view of characters).
    """

    margins: NDArray[np.float64]
    n_known: NDArray[np.int64]


class Scorer:
    """What is derived from a model to score sentences; shared by threads, never changed."""

    def __init__(self, model: Model) -> None:
        self.views = model.views  # not the model: it is the weak key under which this scorer is kept
        self.engines = tuple(engine_for(view.table) for view in model.views)
        self._weights = [np.ascontiguousarray(view.weights, dtype=np.float32) for view in model.views]
        self._familiar = _familiar_terms(model)
        self._flag_weights = model.flag_weights.astype(np.float64)
        self._bias = model.bias.astype(np.float64)

    def score(self, units: Units) -> Scores:
        """Margins of every sentence, in its place: with its neighbours, headings and flags."""
        margins = units.flags @ self._flag_weights + self._bias
        n_known = np.zeros(len(margins), dtype=np.int64)
        for position, view in enumerate(self.views):
            self._add_view(position, view, units, margins, n_known)
        return Scores(margins, n_known)

    def score_alone(self, units: Units, wanted: NDArray[np.int64]) -> NDArray[np.float64]:
        """Margins of units read on their own, as sentences without a place; for headings."""
        margins = np.tile(self._bias, (len(wanted), 1))
        for engine, view, weights in zip(self.engines, self.views, self._weights, strict=True):
            if "sentence" in view.channels:
                rows = engine.rows(units.codes, units.starts[wanted], units.ends[wanted])
                margins += project(rows, np.ascontiguousarray(weights[:, view.channels.index("sentence"), :]))
        return margins

    def _add_view(
        self, position: int, view: View, units: Units, margins: NDArray[np.float64], n_known: NDArray[np.int64]
    ) -> None:
        columns = [CHANNELS.index(channel) for channel in view.channels]
        n_units, n_categories = len(units.starts), margins.shape[1]
        used = np.zeros(n_units + 1, dtype=bool)
        for column in columns:
            used[units.seen[:, column]] = True
        wanted = np.flatnonzero(used[:n_units])
        rows = self.engines[position].rows(units.codes, units.starts[wanted], units.ends[wanted])
        # The last row stays 0: it is what a channel shows that has no unit (-1).
        projected = np.zeros((len(wanted) + 1, len(columns) * n_categories))
        projected[:-1] = project(rows, self._weights[position].reshape(rows.n_terms, -1))
        row_of = np.full(n_units + 1, len(wanted))
        row_of[wanted] = np.arange(len(wanted))
        for channel, column in enumerate(columns):
            own = projected[:, channel * n_categories : (channel + 1) * n_categories]
            margins += own[row_of[units.seen[:, column]]]
        if position == self._familiar[0]:
            counts = np.zeros(n_units, dtype=np.int64)
            before = np.concatenate([[0], np.cumsum(self._familiar[1][rows.indices])])
            counts[wanted] = before[rows.indptr[1:]] - before[rows.indptr[:-1]]
            n_known += counts[units.seen[:, 0]]


def _familiar_terms(model: Model) -> tuple[int, NDArray[np.bool_]]:
    """The view, and in it the terms, by which the model recognises text of its kind.

    Known pairs of characters tell reports from other text better than known words, pairs of words or
    triples of characters do (docs/evaluation.md, text that is no report).
    """
    for position, view in enumerate(model.views):
        if view.table.settings.analyzer == "char":
            return position, np.diff(Terms.of(view.table.terms).bounds) == 2
    return 0, np.ones(len(model.views[0].table.terms), dtype=bool)


def project(rows: Rows, weights: NDArray[np.float32]) -> NDArray[np.float64]:
    """Sparse rows times dense weights.

    Parameters
    ----------
    weights : array of shape (n_terms, n_outputs)

    Returns
    -------
    array of shape (n_rows, n_outputs)
    """
    n_rows, n_outputs = len(rows.indptr) - 1, weights.shape[1]
    if has_kernels():
        sums = np.empty(n_rows * n_outputs)
        kernels.score_rows(rows.indptr, rows.indices, rows.data, weights.ravel(), np.zeros(n_outputs), n_outputs, sums)
        return sums.reshape(n_rows, n_outputs)
    sums = np.zeros((n_rows, n_outputs))
    owners = np.repeat(np.arange(n_rows), np.diff(rows.indptr))
    np.add.at(sums, owners, rows.data[:, None] * weights[rows.indices].astype(np.float64))
    return sums


def probabilities(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Softmax of margins divided by the temperature; rows sum to 1."""
    scaled = margins / temperature
    scaled -= scaled.max(axis=1, keepdims=True)
    exponents = np.exp(scaled)
    shares: NDArray[np.float64] = exponents / exponents.sum(axis=1, keepdims=True)
    return shares
