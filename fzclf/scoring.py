"""From units to margins and probabilities: what a model says before words are made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzclf.counting import FastRows, engine_for
from fzclf.features import CHANNELS, Units
from fzclf.machine import ROWS, has_kernels, kernels
from fzclf.margins import ALL, NONE, FastMargins, FastView
from fzclf.model import Model
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
        self._tallied = _tallied_orders(model)
        self._fast = self._compiled(model)
        self._columns = [CHANNELS.index(channel) for channel in model.channels]
        self._context = np.concatenate(model.context).astype(np.float64)  # the channels' matrices, one below the other
        self._flag_weights = model.flag_weights.astype(np.float64)
        self._bias = model.bias.astype(np.float64)

    def _compiled(self, model: Model) -> FastMargins | None:
        """The compiled way, if this model can go it."""
        engines = [engine for engine in self.engines if isinstance(engine, FastRows)]
        if len(engines) < len(model.views) or not all(map(FastView.takes, model.views)):
            return None
        return FastMargins(model, engines, self._tallied)

    def score(self, units: Units) -> Scores:
        """Margins of every sentence, in its place: with its neighbours, headings and flags."""
        if self._fast is not None:
            sums, tallies = self._fast.of_units(units)
            return Scores(self._fast.of_sentences(sums, units), tallies[units.seen[:, 0]])
        alone, tallies = self.score_units_by_rows(units)
        return Scores(self.place(alone, units), tallies[units.seen[:, 0]])

    def place(self, alone: NDArray[np.float64], units: Units) -> NDArray[np.float64]:
        """Margins of sentences from what every unit says alone; the slow twin of ``FastMargins.of_sentences``."""
        shown = alone[units.seen[:, self._columns]].reshape(len(units.seen), len(self._context))
        return _product(units.flags, self._flag_weights) + _product(shown, self._context) + self._bias

    def score_units(self, units: Units) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """What the words of every unit say, wherever it stands, and how many of its terms are familiar.

        Returns
        -------
        sums : array of shape (n_units + 1, n_categories)
            Rows times weights, without bias; the last row is 0: what a channel shows that has no unit (-1).
        tallies : array of shape (n_units,)
        """
        if self._fast is not None:
            sums, tallies = self._fast.of_units(units)
            return sums[:, : len(self._bias)], tallies
        return self.score_units_by_rows(units)

    def score_units_by_rows(self, units: Units) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The same by rows and matrices: for giant models, without kernels, and to hold `score_units` against."""
        sums = np.zeros((len(units.starts) + 1, len(self._bias)))
        tallies = np.zeros(len(units.starts), dtype=np.int64)
        for engine, view, tallied in zip(self.engines, self.views, self._tallied, strict=True):
            rows = engine.rows(units.codes, units.starts, units.ends)
            sums[:-1] += project(rows, view.weights)
            if tallied != NONE:
                familiar = (np.diff(Terms.of(view.table.terms).bounds) == tallied) | (tallied == ALL)
                before = np.concatenate([[0], np.cumsum(familiar[rows.indices])])
                tallies += before[rows.indptr[1:]] - before[rows.indptr[:-1]]
        return sums, tallies


def _tallied_orders(model: Model) -> list[int]:
    """Of which order each view counts the n-grams by which the model recognises text of its kind.

    Known pairs of characters tell reports from other text better than known words, pairs of words or
    triples of characters do (docs/evaluation.md, text that is no report).
    """
    analyzers = [view.table.settings.analyzer for view in model.views]
    orders = [NONE] * len(analyzers)
    if "char" in analyzers:
        orders[analyzers.index("char")] = 2
    else:
        orders[0] = ALL
    return orders


def _product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """A product of matrices without BLAS, whose threads go on spinning for 0.1 s of CPU time after one of this size."""
    product: NDArray[np.float64] = np.einsum("ij,jk->ik", left, right)
    return product


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
    if has_kernels(ROWS):
        sums = np.empty(n_rows * n_outputs)
        kernels.score_rows(rows.indptr, rows.indices, rows.data, weights.ravel(), np.zeros(n_outputs), n_outputs, sums)
        return sums.reshape(n_rows, n_outputs)
    sums = np.zeros((n_rows, n_outputs))
    owners = np.repeat(np.arange(n_rows), np.diff(rows.indptr))
    np.add.at(sums, owners, rows.data[:, None] * weights[rows.indices].astype(np.float64))
    return sums


def probabilities(margins: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Softmax of margins divided by the temperature; rows sum to 1."""
    scaled = np.ascontiguousarray(margins.T) / temperature  # row by row, 12.7 µs against 7.9 for 120 sentences
    scaled -= scaled.max(axis=0)
    exponents = np.exp(scaled)
    shares: NDArray[np.float64] = np.ascontiguousarray((exponents / exponents.sum(axis=0)).T)
    return shares
