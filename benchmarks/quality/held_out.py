"""The main figures: reports left out, the baselines beside, and what is left without any real report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.alternatives import in_use
from benchmarks.quality.data import SEEDS, WRITTEN, Data
from benchmarks.quality.leaving_out import LeftOut, figures_of, leave_out, outcome_of
from fzclf.training.assessing import Evaluation, evaluate_held_out
from fzclf.training.calibration import fit_temperature
from fzclf.training.evaluation import paired_p

_NAMES = {SEEDS: "real reports left out", WRITTEN: "written text left out"}


def measure(data: Data, by_report: LeftOut, by_group: LeftOut) -> dict[str, Any]:
    """Figures of the settings in use, each sentence judged by a model that saw nothing of its report.

    Parameters
    ----------
    by_report : LeftOut
        On `fold_of_reports`, as training does it.
    by_group : LeftOut
        On `folds_by_group`.
    """
    temperature = fit_temperature(by_report.margins, data.examples.labels)
    found = evaluate_held_out(data.reports, data.examples, by_report.held_out, data.codebook, temperature)
    return {
        "by_report": {part: _figures(found[name]) for part, name in _NAMES.items() if name in found},
        "seeds_one_by_one": _one_by_one(data, by_report.predicted, data.parts[SEEDS]),
        "by_group": _by_group(data, by_group),
        "seeds_without_any_real_report": _without_seeds(data),
    }


def _figures(found: Evaluation) -> dict[str, Any]:
    figures = found.figures()
    figures["baselines"]["majority"]["p_of_difference"] = round(paired_p(found.model, found.majority), 4)
    return figures


def _one_by_one(data: Data, predicted: NDArray[np.int64], mask: NDArray[np.bool_]) -> dict[str, Any]:
    owners = np.unique(data.examples.owners[mask]).tolist()
    masks = {data.reports[owner].name: mask & (data.examples.owners == owner) for owner in owners}
    return {name: _short(data, predicted, one) for name, one in masks.items()}


def _by_group(data: Data, run: LeftOut) -> dict[str, Any]:
    groups = np.array(data.groups)[data.examples.owners]
    names: Sequence[str] = sorted(set(groups.tolist()) - {SEEDS})
    masks = {name: data.parts[WRITTEN] & (groups == name) for name in names}
    whole = figures_of(outcome_of(data, run.predicted, data.parts[WRITTEN]))
    return {"all": whole, "groups": {name: _short(data, run.predicted, mask) for name, mask in masks.items()}}


def _without_seeds(data: Data) -> dict[str, Any]:
    """The seeds by one model that was trained on the written text alone."""
    folds = np.array([int(not report.real) for report in data.reports])
    run = leave_out(data, folds, in_use(), used=[0])
    return figures_of(outcome_of(data, run.predicted, data.parts[SEEDS]))


def _short(data: Data, predicted: NDArray[np.int64], mask: NDArray[np.bool_]) -> dict[str, Any]:
    figures = figures_of(outcome_of(data, predicted, mask))
    return {name: figures[name] for name in ("macro_f1", "accuracy", "n_reports", "n_sentences")}
