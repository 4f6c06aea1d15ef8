"""Whether probabilities mean what they say, how much must be read, and what the review marks catch.

Temperature and limits for a fold come from the other folds only: nothing that is
judged here had a part in fitting them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.data import SEEDS, WRITTEN, Data
from benchmarks.quality.leaving_out import LeftOut
from benchmarks.quality.tagged import Judged, Limits, judge, limits_of_folds
from fzclf.scoring import probabilities
from fzclf.training.calibration import calibration_error, coverage_table, lowest_probability

_BINS = 10
_DRAWS = 200
_SEED = 20221117
_WISHED = (0.90, 0.95, 0.97, 0.98, 0.99)


def measure(data: Data, run: LeftOut) -> dict[str, Any]:
    """Reliability, coverage and review marks on what was held out, the seeds and the written text apart."""
    limits = limits_of_folds(data, run)
    sentences, paragraphs = judge(data, run, limits)
    return {
        "limits": {str(fold): {"temperature": one.temperature, **asdict(one.review)} for fold, one in limits.items()},
        "parts": {name: _part(sentences, paragraphs, name) for name in (SEEDS, WRITTEN)},
        "coverage": _coverage(data, run, limits),
    }


def _part(sentences: Sequence[Judged], paragraphs: Sequence[Judged], name: str) -> dict[str, Any]:
    own, wider = ([one for one in judged if one.real is (name == SEEDS)] for judged in (sentences, paragraphs))
    shares = np.array([one.probability for one in own])
    right = np.array([one.right for one in own], dtype=bool)
    return {
        "bins": _reliability(shares, right),
        "error": round(calibration_error(shares, right, _BINS), 4),
        "error_of_chance": _error_of_chance(shares),
        "sentences": _review(own),
        "paragraphs": _review(wider),
    }


def _reliability(shares: NDArray[np.float64], right: NDArray[np.bool_]) -> list[dict[str, float]]:
    bins = np.minimum((shares * _BINS).astype(np.int64), _BINS - 1)
    return [
        {
            "from": number / _BINS,
            "n": int((bins == number).sum()),
            "probability": round(float(shares[bins == number].mean()), 4),
            "right": round(float(right[bins == number].mean()), 4),
        }
        for number in range(_BINS)
        if (bins == number).any()
    ]


def _error_of_chance(shares: NDArray[np.float64]) -> float:
    """Mean calibration error of answers that are right exactly as often as they say: what chance alone makes."""
    generator = np.random.default_rng(_SEED)
    draws = [calibration_error(shares, generator.random(len(shares)) < shares, _BINS) for _ in range(_DRAWS)]
    return round(float(np.mean(draws)), 4)


def _review(judged: Sequence[Judged]) -> dict[str, Any]:
    """How many are marked and why, and what share of the marked and of the unmarked is right."""
    unmarked = [one.right for one in judged if one.review is None]
    marked = [one.right for one in judged if one.review is not None]
    characters = sum(one.n_characters for one in judged)
    return {
        "n": len(judged),
        "right": _share(sum(one.right for one in judged), len(judged)),
        "n_marked": len(marked),
        "marked_characters": _share(sum(one.n_characters for one in judged if one.review is not None), characters),
        "unmarked_right": _share(sum(unmarked), len(unmarked)),
        "marked_right": _share(sum(marked), len(marked)),
        "reasons": dict(sorted(Counter(one.review for one in judged if one.review is not None).items())),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _coverage(data: Data, run: LeftOut, limits: dict[int, Limits]) -> dict[str, Any]:
    """The promise of the card's table, and how it was kept on folds that had no part in it."""
    shares = np.zeros_like(run.margins)
    for fold, one in limits.items():
        shares[run.folds == fold] = probabilities(run.margins[run.folds == fold], one.temperature)
    best, right = shares.max(axis=1), shares.argmax(axis=1) == data.examples.labels
    labelled = data.examples.labels >= 0
    kept = {name: [_kept(run, best, right, part, wished) for wished in _WISHED] for name, part in data.parts.items()}
    return {
        "promised": coverage_table(best[labelled], right[labelled]),
        "kept": kept,
        "curves": {name: _curve(best[part], right[part]) for name, part in data.parts.items()},
    }


def _kept(
    run: LeftOut, best: NDArray[np.float64], right: NDArray[np.bool_], part: NDArray[np.bool_], wished: float
) -> dict[str, float]:
    """Each fold read down to the probability that reached `wished` on the other folds."""
    read = np.zeros(len(best), dtype=bool)
    labelled = run.tested
    for fold in run.models:
        others = labelled & (run.folds != fold)
        read |= (run.folds == fold) & (best < lowest_probability(best[others], right[others], wished))
    unread = part & ~read
    return {
        "precision": wished,
        "right": _share(int(right[unread].sum()), int(unread.sum())),
        "read_share": _share(int((part & read).sum()), int(part.sum())),
    }


def _curve(best: NDArray[np.float64], right: NDArray[np.bool_]) -> list[list[float]]:
    """Points (share read, share right of the rest), reading the least certain first; fifty of them."""
    order = np.argsort(best, kind="stable")
    points = []
    for share in np.linspace(0, 0.5, 51):
        rest = right[order[round(share * len(order)) :]]
        points.append([round(float(share), 3), round(float(rest.mean()), 4)])
    return points
