"""Figures of models on labelled reports: left out of training, or a finished model; baselines beside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.errors import LabelError
from fzclf.model import Model
from fzclf.scoring import Scorer, probabilities
from fzclf.training import baselines
from fzclf.training.calibration import calibration_error, fit_temperature
from fzclf.training.codebook import Codebook
from fzclf.training.cross_validation import HeldOut, fold_of_reports, hold_out
from fzclf.training.evaluation import Outcome, count_outcome, macro_f1, paired_p, summary
from fzclf.training.fitting import Examples, FitSettings, collect
from fzclf.training.labels import LabelledReport


@dataclass(frozen=True)
class Evaluation:
    """Figures of a model and of both baselines on the same sentences."""

    model: Outcome
    majority: Outcome
    seed_terms: Outcome
    calibration_error: float

    def figures(self) -> dict[str, Any]:
        """Everything as plain numbers, ready for JSON and the card."""
        return {
            "model": summary(self.model),
            "baselines": {
                "majority": {"macro_f1": round(float(macro_f1(self.majority.confusion)), 4)},
                "seed_terms": {
                    "macro_f1": round(float(macro_f1(self.seed_terms.confusion)), 4),
                    "p_of_difference": round(paired_p(self.model, self.seed_terms), 4),
                },
            },
            "calibration_error": round(self.calibration_error, 4),
        }


def cross_validate(
    reports: Sequence[LabelledReport],
    codebook: Codebook,
    settings: FitSettings,
    *,
    on_progress: Callable[[str], object] = lambda _: None,
) -> dict[str, Evaluation]:
    """Figures of models that saw nothing of the reports they are tested on.

    Raises
    ------
    LabelError
        If there are fewer than two reports or categories.
    """
    examples = collect(reports, codebook.ids)
    check_enough(reports, examples)
    folds = fold_of_reports(reports)
    on_progress(f"training {len(np.unique(folds))} models, each without the reports of its fold")
    held_out = hold_out(examples, folds, codebook, settings)
    temperature = fit_temperature(held_out.margins, examples.labels)
    return evaluate_held_out(reports, examples, held_out, codebook, temperature)


def evaluate_held_out(
    reports: Sequence[LabelledReport], examples: Examples, held_out: HeldOut, codebook: Codebook, temperature: float
) -> dict[str, Evaluation]:
    """Figures on real reports (where labels point into whole reports) and on written text, apart."""
    real = np.array([report.real for report in reports])[examples.owners]
    groups = {"real reports left out": real, "written text left out": ~real}
    return {
        name: _evaluate(reports, examples, held_out.margins, mask, codebook, temperature, held_out.folds)
        for name, mask in groups.items()
        if (examples.labels[mask] >= 0).any()
    }


def evaluate_model(model: Model, reports: Sequence[LabelledReport], codebook: Codebook) -> Evaluation:
    """Figures of a finished model on labelled reports; they flatter it if it was trained on them.

    Raises
    ------
    LabelError
        If the categories of the model are not those of the codebook.
    """
    if model.categories != codebook.ids:
        raise LabelError(
            f"the model's categories {', '.join(model.categories)} are not those of the codebook, "
            f"{', '.join(codebook.ids)}"
        )
    examples = collect(reports, codebook.ids)
    margins = Scorer(model).score(examples.units).margins
    everything = np.ones(len(examples.labels), dtype=bool)
    return _evaluate(reports, examples, margins, everything, codebook, model.temperature, None)


def _evaluate(
    reports: Sequence[LabelledReport],
    examples: Examples,
    margins: NDArray[np.float64],
    mask: NDArray[np.bool_],
    codebook: Codebook,
    temperature: float,
    folds: NDArray[np.int64] | None,
) -> Evaluation:
    mask = mask & (examples.labels >= 0)
    gold, owners = examples.labels[mask], examples.owners[mask]
    predicted = margins[mask].argmax(axis=1)
    texts = [text for report in reports for text in _sentence_texts(report)]
    seeds = baselines.seed_terms([text for text, kept in zip(texts, mask, strict=True) if kept], codebook)
    majority = np.empty(len(gold), dtype=np.int64)
    for fold in np.unique(folds[mask]) if folds is not None else [None]:
        inside = np.ones(len(gold), dtype=bool) if folds is None else folds[mask] == fold
        training = examples.labels if folds is None else examples.labels[folds != fold]
        majority[inside] = baselines.majority(training, int(inside.sum()))
    shares = probabilities(margins[mask], temperature)
    return Evaluation(
        model=count_outcome(gold, predicted, owners, codebook.ids),
        majority=count_outcome(gold, majority, owners, codebook.ids),
        seed_terms=count_outcome(gold, seeds, owners, codebook.ids),
        calibration_error=calibration_error(shares.max(axis=1), predicted == gold),
    )


def _sentence_texts(report: LabelledReport) -> list[str]:
    return [report.text[start:end] for passage in report.passages for start, end in passage.sentences]


def check_enough(reports: Sequence[LabelledReport], examples: Examples) -> None:
    """Refuse labels that nothing can be left out of, or that hold nothing to tell apart."""
    if len(reports) < 2:
        raise LabelError(
            f"only one report ({reports[0].name!r}) is labelled; training leaves whole reports out "
            "and needs two or more: give the rows a 'report'"
        )
    n_categories = len(np.unique(examples.labels[examples.labels >= 0]))
    if n_categories < 2:
        raise LabelError("all labels are of one category; a classifier needs two or more")
