"""Probabilities that mean something, and limits below which a person should look.

Both are fitted on sentences of reports that the model had not seen.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fzclf.scoring import probabilities

_GRID = np.geomspace(0.1, 10.0, 400)


def fit_temperature(margins: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    """Temperature with the lowest log loss (Guo et al. 2017), searched on a fixed grid.

    Parameters
    ----------
    margins : array of shape (n_sentences, n_categories)
    labels : array of shape (n_sentences,)
        Index of the category, -1 for none.
    """
    kept = labels >= 0
    rows = np.arange(int(kept.sum()))
    losses = [
        -np.log(np.maximum(probabilities(margins[kept], float(t))[rows, labels[kept]], 1e-12)).mean() for t in _GRID
    ]
    return round(float(_GRID[int(np.argmin(losses))]), 4)


def calibration_error(shares: NDArray[np.float64], correct: NDArray[np.bool_], n_bins: int = 10) -> float:
    """Expected calibration error: mean gap of confidence and accuracy over equal-width bins (Naeini et al. 2015)."""
    bins = np.minimum((shares * n_bins).astype(np.int64), n_bins - 1)
    gaps = [
        (bins == b).sum() * abs(shares[bins == b].mean() - correct[bins == b].mean())
        for b in range(n_bins)
        if (bins == b).any()
    ]
    return float(sum(gaps) / max(len(shares), 1))


def coverage_table(shares: NDArray[np.float64], correct: NDArray[np.bool_]) -> list[dict[str, float]]:
    """For each wished precision: the lowest probability that reaches it, and what share a person must read."""
    table = []
    for wished in (0.90, 0.95, 0.97, 0.98, 0.99):
        lowest = lowest_probability(shares, correct, wished)
        read = float((shares < lowest).mean()) if shares.size else 0.0
        table.append({"precision": wished, "lowest_probability": lowest, "read_share": round(read, 4)})
    return table


def lowest_probability(shares: NDArray[np.float64], correct: NDArray[np.bool_], precision: float) -> float:
    """Lowest probability down to which at least `precision` of the answers are right; 1 if none is."""
    order = np.argsort(-shares, kind="stable")
    right = np.cumsum(correct[order]) / np.arange(1, len(order) + 1)
    reached = np.flatnonzero(right >= precision)
    return round(float(shares[order[reached[-1]]]), 4) if reached.size else 1.0
