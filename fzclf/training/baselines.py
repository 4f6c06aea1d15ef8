"""What needs no learning, or hardly any: the figures that a model must beat."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fzclf.training.codebook import Codebook


def majority(training_labels: NDArray[np.int64], n_sentences: int) -> NDArray[np.int64]:
    """Always the category that is most frequent in training."""
    counts = np.bincount(training_labels[training_labels >= 0])
    return np.full(n_sentences, int(counts.argmax()), dtype=np.int64)


def seed_terms(sentences: Sequence[str], codebook: Codebook) -> NDArray[np.int64]:
    """The category whose seed terms cover the most characters of a sentence; `other` if none occurs or two tie."""
    other = codebook.ids.index(codebook.other)
    chosen = []
    for sentence in sentences:
        covered = [
            sum(len(term) * sentence.count(term) for term in category.seed_terms) for category in codebook.categories
        ]
        best = max(covered)
        winners = [index for index, length in enumerate(covered) if length == best]
        chosen.append(winners[0] if best and len(winners) == 1 else other)
    return np.array(chosen, dtype=np.int64)
