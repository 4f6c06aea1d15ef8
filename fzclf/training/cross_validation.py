"""Folds that leave whole reports out, and what the model says of the reports it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzclf.errors import LabelError
from fzclf.model import Model
from fzclf.scoring import Scorer
from fzclf.training.codebook import Codebook
from fzclf.training.fitting import Examples, FitSettings, fit_model
from fzclf.training.labels import LabelledReport

MOST_FOLDS = 5


@dataclass(frozen=True)
class HeldOut:
    """Margins of every sentence, each from a model that saw nothing of its report.

    Attributes
    ----------
    margins : array of shape (n_sentences, n_categories)
    n_known : array of shape (n_sentences,)
        Known pairs of characters of each sentence, by the same models.
    folds : array of shape (n_sentences,)
    """

    margins: NDArray[np.float64]
    n_known: NDArray[np.int64]
    folds: NDArray[np.int64]

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Index of the best category of each sentence."""
        best: NDArray[np.int64] = self.margins.argmax(axis=1)
        return best


def fold_of_reports(reports: Sequence[LabelledReport]) -> NDArray[np.int64]:
    """Fold of each report: real reports are dealt out first, then the rest, each to the smallest fold.

    Raises
    ------
    ValueError
        If there are fewer than two reports to leave out.
    """
    if len(reports) < 2:
        raise ValueError("cross-validation leaves whole reports out and needs two or more; give rows a 'report'")
    sizes = np.array([sum(len(passage.sentences) for passage in report.passages) for report in reports])
    n_folds = min(MOST_FOLDS, len(reports))
    folds = np.zeros(len(reports), dtype=np.int64)
    for real in (True, False):
        filled = np.zeros(n_folds, dtype=np.int64)
        members = [index for index in range(len(reports)) if reports[index].real is real]
        for index in sorted(members, key=lambda index: (-sizes[index], index)):
            fold = int(filled.argmin())
            folds[index] = fold
            filled[fold] += sizes[index]
    return folds


def hold_out(
    examples: Examples,
    report_folds: NDArray[np.int64],
    codebook: Codebook,
    settings: FitSettings,
    on_fold: Callable[[], object] = lambda: None,
) -> HeldOut:
    """Fit once for each fold on the reports of the others, and score the reports of the fold."""
    folds = report_folds[examples.owners]
    margins = np.zeros((len(folds), len(codebook.ids)))
    n_known = np.zeros(len(folds), dtype=np.int64)
    for fold in np.unique(report_folds):
        training = examples.chosen(folds != fold)
        if len(np.unique(training.labels[training.labels >= 0])) < 2:
            raise LabelError(
                "leaving some reports out leaves labels of one category only; "
                "spread each category over two or more reports (the 'report' of a row, else its file)"
            )
        model: Model = fit_model(training, codebook, settings)
        scores = Scorer(model).score(examples.chosen(folds == fold).units)
        margins[folds == fold] = scores.margins
        n_known[folds == fold] = scores.n_known
        on_fold()
    return HeldOut(margins, n_known, folds)
