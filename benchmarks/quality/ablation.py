"""What each part of the model is worth: the same folds with one thing done otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.quality.alternatives import Alternative, alternatives
from benchmarks.quality.data import Data, folds_by_group
from benchmarks.quality.leaving_out import LeftOut, difference, figures_of, leave_out, outcome_of
from fzclf.scoring import probabilities
from fzclf.training.calibration import calibration_error, fit_temperature

Say = Callable[[str], object]


def measure(data: Data, say: Say, base: LeftOut, wanted: Sequence[Alternative] | None = None) -> dict[str, Any]:
    """Figures of every alternative beside those of the settings in use, on groups of files left out.

    Parameters
    ----------
    base : LeftOut
        The settings in use on `folds_by_group`.
    """
    rows = [_row(data, Alternative("in use", "the settings in use"), base, base)]
    chosen = alternatives() if wanted is None else wanted
    for number, alternative in enumerate(chosen, 1):
        say(f"ablation {number} of {len(chosen)}: {alternative.name}")
        run = leave_out(data, folds_by_group(data), alternative.settings, patched=alternative.patched)
        rows.append(_row(data, alternative, run, base))
    return {"rows": rows}


def _row(data: Data, alternative: Alternative, run: LeftOut, base: LeftOut) -> dict[str, Any]:
    row: dict[str, Any] = {
        "family": alternative.family,
        "name": alternative.name,
        "changes": {name: _plain(value) for name, value in alternative.changes.items()},
        "n_folds": len(run.models),
        "seconds": round(run.seconds, 2),
        "megabytes": round(float(np.mean([_n_weights(model) for model in run.models.values()])) * 2 / 1e6, 2),
    }
    shares = probabilities(run.margins, fit_temperature(run.margins, data.examples.labels))
    right = run.predicted == data.examples.labels
    for name, part in data.parts.items():
        own, usual = (outcome_of(data, one.predicted, part) for one in (run, base))
        row[name] = figures_of(own)
        row[name]["calibration_error"] = round(calibration_error(shares[part].max(axis=1), right[part]), 4)
        if run is not base:
            row[name]["difference"] = difference(own, usual)
    return row


def _n_weights(model: Any) -> int:
    """Weights that the model keeps, two bytes each; terms and idf come on top."""
    return sum(view.weights.size for view in model.views)


def _plain(value: Any) -> Any:
    """A setting as JSON has it; of the user dictionary the number of words."""
    if isinstance(value, tuple):
        return list(value) if len(value) < 10 else f"{len(value)} words"
    return value
