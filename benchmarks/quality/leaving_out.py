"""Models that have not seen what they are tested on, kept beside what they said of it."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.data import Data
from fzclf import reference
from fzclf.model import Model
from fzclf.scoring import Scorer
from fzclf.training import fitting
from fzclf.training.cross_validation import HeldOut
from fzclf.training.evaluation import Outcome, count_outcome, macro_f1, paired_p, scores_of, summary
from fzclf.training.fitting import FitSettings, fit_model

Patch = Callable[[], AbstractContextManager[Any]]


@dataclass(frozen=True)
class LeftOut:
    """As `fzclf.training.cross_validation.HeldOut`, with the models, and perhaps for some folds only.

    Attributes
    ----------
    tested : array of bool, shape (n_sentences,)
        Sentences of the folds that were run; the margins of the others are 0.
    models : dict
        Model of each fold.
    seconds : float
        Processor time of fitting the classifier once, the mean over the folds; terms and rows not counted.
    """

    margins: NDArray[np.float64]
    n_known: NDArray[np.int64]
    folds: NDArray[np.int64]
    tested: NDArray[np.bool_]
    models: dict[int, Model]
    seconds: float

    @property
    def predicted(self) -> NDArray[np.int64]:
        """Index of the best category of each sentence."""
        best: NDArray[np.int64] = self.margins.argmax(axis=1)
        return best

    @property
    def held_out(self) -> HeldOut:
        """The same without the models."""
        return HeldOut(self.margins, self.n_known, self.folds)


def leave_out(
    data: Data,
    report_folds: NDArray[np.int64],
    settings: FitSettings,
    *,
    patched: Patch = nullcontext,
    used: Sequence[int] | None = None,
    trained_on: NDArray[np.bool_] | None = None,
) -> LeftOut:
    """Fit once for each fold on the reports of the others, score the fold's; as `hold_out`, and keeps the models.

    Parameters
    ----------
    patched : callable
        Makes a context manager under which models are fitted: another classifier, other tables.
    used : sequence of int, optional
        Folds to run; all if none are given.
    trained_on : array of bool, shape (n_reports,), optional
        Reports that may be trained on; all if not given.
    """
    examples = data.examples
    folds = report_folds[examples.owners]
    allowed = np.ones(len(folds), dtype=bool) if trained_on is None else trained_on[examples.owners]
    margins, n_known = np.zeros((len(folds), len(data.codebook.ids))), np.zeros(len(folds), dtype=np.int64)
    models, seconds = {}, 0.0
    for fold in np.unique(report_folds).tolist() if used is None else used:
        with patched(), _timed_classifier() as spent:
            models[fold] = fit_model(examples.chosen((folds != fold) & allowed), data.codebook, settings)
        seconds += sum(spent)
        scores = Scorer(models[fold]).score(examples.chosen(folds == fold).units)
        margins[folds == fold], n_known[folds == fold] = scores.margins, scores.n_known
    return LeftOut(margins, n_known, folds, np.isin(folds, list(models)), models, seconds / len(models))


@contextmanager
def _timed_classifier() -> Iterator[list[float]]:
    """Processor seconds of every classifier that is fitted inside: those of words and the one of the place."""
    spent: list[float] = []

    def timed(fit: Callable[..., Any]) -> Callable[..., Any]:
        def fit_on_the_clock(*arguments: Any) -> Any:
            began = time.process_time()
            fitted = fit(*arguments)
            spent.append(time.process_time() - began)
            return fitted

        return fit_on_the_clock

    with (
        patch.object(fitting, "_fit_words", timed(fitting._fit_words)),
        patch.object(fitting, "_fit_context", timed(fitting._fit_context)),
    ):
        yield spent


def outcome_of(data: Data, predicted: NDArray[np.int64], mask: NDArray[np.bool_]) -> Outcome:
    """Confusion counts by report of the sentences in `mask`."""
    examples = data.examples
    return count_outcome(examples.labels[mask], predicted[mask], examples.owners[mask], data.codebook.ids)


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """Macro-F1 with its interval, accuracy, F1 of each category, and counts: what the record keeps of an outcome."""
    whole = summary(outcome)
    _, _, f1 = scores_of(outcome.confusion)
    kept = {name: whole[name] for name in ("macro_f1", "macro_f1_interval", "accuracy", "n_reports", "n_sentences")}
    return kept | {"f1": [round(float(one), 4) for one in f1], "confusion": whole["confusion"]}


def difference(one: Outcome, other: Outcome) -> dict[str, float]:
    """Macro-F1 of `one` less that of `other`, and the p-value of a paired test over reports."""
    gap = float(macro_f1(one.confusion) - macro_f1(other.confusion))
    return {"macro_f1": round(gap, 4), "p": round(paired_p(one, other), 4)}


@contextmanager
def remembered_words() -> Iterator[None]:
    """Cut each text into words once, and learn each vocabulary once.

    Training cuts with jieba itself; hundreds of fits on the same sentences would spend half their time there.
    """
    cut, fit_table = functools.lru_cache(maxsize=200_000)(reference.cut), reference.fit_table
    tables: dict[tuple[Any, ...], Any] = {}

    def remembered(texts: Sequence[str], *settings: Any, **more: Any) -> Any:
        key = (hash(tuple(texts)), len(texts), settings, tuple(sorted(more.items())))
        found = tables.pop(key, None)
        tables[key] = fit_table(texts, *settings, **more) if found is None else found
        if len(tables) > 60:  # about 4 MB each; the one that was used longest ago goes
            tables.pop(next(iter(tables)))
        return tables[key]

    with patch.object(reference, "cut", cut), patch.object(reference, "fit_table", remembered):
        yield
