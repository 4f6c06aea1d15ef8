"""Figures that can be trusted: counts by report, intervals by resampling reports, baselines beside.

A metric is a sum of per-report confusion counts, so that intervals and paired tests
reuse them. Reports are resampled, never sentences: sentences of one report resemble
each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 20221117


@dataclass(frozen=True)
class Outcome:
    """Gold and predicted categories as counts.

    Attributes
    ----------
    counts : array of shape (n_reports, n_categories, n_categories)
        ``counts[r, gold, predicted]``.
    """

    categories: tuple[str, ...]
    counts: NDArray[np.int64]

    @property
    def confusion(self) -> NDArray[np.int64]:
        """Counts over all reports, gold down, predicted across."""
        summed: NDArray[np.int64] = self.counts.sum(axis=0)
        return summed


def count_outcome(
    gold: NDArray[np.int64], predicted: NDArray[np.int64], owners: NDArray[np.int64], categories: Sequence[str]
) -> Outcome:
    """Confusion counts of each report; sentences without gold label (-1) do not count."""
    reports, rows = np.unique(owners, return_inverse=True)
    counts = np.zeros((len(reports), len(categories), len(categories)), dtype=np.int64)
    kept = gold >= 0
    np.add.at(counts, (rows[kept], gold[kept], predicted[kept]), 1)
    return Outcome(tuple(categories), counts)


def scores_of(confusion: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Precision, recall and F1 of each category; 0 where nothing was predicted or nothing is gold.

    Parameters
    ----------
    confusion : array of shape (..., n_categories, n_categories)
    """
    hits = np.diagonal(confusion, axis1=-2, axis2=-1).astype(np.float64)
    predicted, support = confusion.sum(axis=-2), confusion.sum(axis=-1)
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    recall = np.divide(hits, support, out=np.zeros_like(hits), where=support > 0)
    both = predicted + support
    return precision, recall, np.divide(2 * hits, both, out=np.zeros_like(hits), where=both > 0)


def macro_f1(confusion: NDArray[Any]) -> NDArray[np.float64]:
    """Mean F1 of the categories that occur in gold or prediction."""
    _, _, f1 = scores_of(confusion)
    present = (confusion.sum(axis=-1) + confusion.sum(axis=-2)) > 0
    mean: NDArray[np.float64] = (f1 * present).sum(axis=-1) / np.maximum(present.sum(axis=-1), 1)
    return mean


def interval(outcome: Outcome, resamples: int = RESAMPLES, seed: int = SEED) -> tuple[float, float]:
    """95 % interval of macro-F1 by resampling whole reports (percentile bootstrap, Efron 1979)."""
    generator = np.random.default_rng(seed)
    n_reports = len(outcome.counts)
    draws = generator.integers(0, n_reports, size=(resamples, n_reports))
    weights = np.zeros((resamples, n_reports))
    np.add.at(weights, (np.repeat(np.arange(resamples), n_reports), draws.ravel()), 1)
    resampled = np.tensordot(weights, outcome.counts, axes=1)
    low, high = np.percentile(macro_f1(resampled), [2.5, 97.5])
    return float(low), float(high)


def paired_p(one: Outcome, other: Outcome, trials: int = 2000, seed: int = SEED) -> float:
    """Chance of a macro-F1 difference this large if the two systems were exchangeable report by report.

    Approximate randomization (Noreen 1989), ``p = (hits + 1) / (trials + 1)``.
    """
    seen = abs(float(macro_f1(one.confusion) - macro_f1(other.confusion)))
    generator = np.random.default_rng(seed)
    hits = 0
    for _ in range(trials):
        swap = generator.random(len(one.counts)) < 0.5
        left = np.where(swap[:, None, None], other.counts, one.counts).sum(axis=0)
        right = np.where(swap[:, None, None], one.counts, other.counts).sum(axis=0)
        hits += abs(float(macro_f1(left) - macro_f1(right))) >= seen - 1e-12
    return (hits + 1) / (trials + 1)


def summary(outcome: Outcome) -> dict[str, Any]:
    """All figures of an outcome as plain numbers."""
    confusion = outcome.confusion
    precision, recall, f1 = scores_of(confusion)
    low, high = interval(outcome)
    return {
        "macro_f1": round(float(macro_f1(confusion)), 4),
        "macro_f1_interval": [round(low, 4), round(high, 4)],
        "accuracy": round(float(np.trace(confusion) / max(confusion.sum(), 1)), 4),
        "n_reports": len(outcome.counts),
        "n_sentences": int(confusion.sum()),
        "categories": {
            category: {
                "precision": round(float(precision[i]), 4),
                "recall": round(float(recall[i]), 4),
                "f1": round(float(f1[i]), 4),
                "support": int(confusion[i].sum()),
            }
            for i, category in enumerate(outcome.categories)
        },
        "confusion": confusion.tolist(),
    }


def summary_table(figures: Mapping[str, Any]) -> str:
    """The figures of `summary` as lines of Markdown."""
    lines = ["| category | precision | recall | F1 | support |", "| --- | ---: | ---: | ---: | ---: |"]
    for category, one in figures["categories"].items():
        lines.append(
            f"| {category} | {one['precision']:.3f} | {one['recall']:.3f} | {one['f1']:.3f} | {one['support']} |"
        )
    low, high = figures["macro_f1_interval"]
    lines += [
        "",
        f"macro-F1 {figures['macro_f1']:.3f} (95 % interval {low:.3f} to {high:.3f}, reports resampled), "
        f"accuracy {figures['accuracy']:.3f}, {figures['n_sentences']} sentences of {figures['n_reports']} reports",
    ]
    return "\n".join(lines)


def confusion_table(figures: Mapping[str, Any]) -> str:
    """Gold categories down, predicted across, as lines of Markdown."""
    names = list(figures["categories"])
    lines = ["| gold \\ predicted | " + " | ".join(names) + " |", "| --- |" + " ---: |" * len(names)]
    for name, row in zip(names, figures["confusion"], strict=True):
        lines.append(f"| {name} | " + " | ".join(str(count) for count in row) + " |")
    return "\n".join(lines)
