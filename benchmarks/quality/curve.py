"""Whether more training text would help: macro-F1 against the amount of authored text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.quality.alternatives import in_use
from benchmarks.quality.data import Data, folds_by_group, without_written
from benchmarks.quality.leaving_out import LeftOut, figures_of, leave_out, outcome_of
from fzclf.scoring import Scorer
from fzclf.training.evaluation import Outcome
from fzclf.training.fitting import fit_model

SHARES = (0.0, 0.10, 0.25, 0.50, 0.75, 1.0)
SEED = 20221117


def measure(data: Data, say: Callable[[str], object], base: LeftOut, development: Data | None = None) -> dict[str, Any]:
    """Figures with each share of the excerpts: on groups and seeds left out, and on a development file if given.

    Parameters
    ----------
    base : LeftOut
        The settings in use with all of the text, on `folds_by_group`.
    """
    points = []
    for share in SHARES:
        say(f"curve: {share:.0%} of the excerpts")
        points.append(_point(data, share, base, development))
    return {"seed": SEED, "points": points}


def _point(data: Data, share: float, base: LeftOut, development: Data | None) -> dict[str, Any]:
    kept = without_written(data, share, SEED)
    run = base if share == 1.0 else leave_out(data, folds_by_group(data), in_use(), trained_on=kept)
    in_training = kept[data.examples.owners]
    sizes = [int((in_training & (run.folds != fold) & ~data.real).sum()) for fold in run.models]
    point: dict[str, Any] = {
        "share": share,
        "n_written": round(float(np.mean(sizes))),
        "n_written_in_all": int((in_training & ~data.real).sum()),
    }
    for name, part in data.parts.items():
        point[name] = figures_of(outcome_of(data, run.predicted, part))
    if development is not None:
        point["development"] = figures_of(_on_development(data, kept[data.examples.owners], development))
    return point


def _on_development(data: Data, in_training: Any, development: Data) -> Outcome:
    """A model of all seeds and the share of excerpts, on the development file."""
    model = fit_model(data.examples.chosen(in_training), data.codebook, in_use())
    predicted = Scorer(model).score(development.examples.units).margins.argmax(axis=1)
    return outcome_of(development, predicted, development.examples.labels >= 0)
