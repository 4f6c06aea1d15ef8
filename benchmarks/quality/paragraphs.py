"""Paragraphs: tags derived from sentences, against models that see the paragraph as one piece."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.alternatives import in_use
from benchmarks.quality.data import SEEDS, WRITTEN, Data
from benchmarks.quality.leaving_out import LeftOut, leave_out
from benchmarks.quality.tagged import tag, widest_categories
from fzclf.training.evaluation import count_outcome, macro_f1, paired_p
from fzclf.training.labels import LabelledPassage, LabelledReport


@dataclass(frozen=True)
class Answers:
    """What a system says of every paragraph.

    Attributes
    ----------
    sets : array of bool, shape (n_paragraphs, n_categories)
        Categories with at least one sentence.
    main : array of shape (n_paragraphs,)
        The category that covers the most characters.
    """

    sets: NDArray[np.bool_]
    main: NDArray[np.int64]


def measure(data: Data, run: LeftOut, report_folds: NDArray[np.int64]) -> dict[str, Any]:
    """Both ways on the same folds of reports left out; only paragraphs that are labelled throughout.

    Parameters
    ----------
    run : LeftOut
        The settings in use on `report_folds`.
    """
    whole = data.changed([_as_paragraphs(data, report) for report in data.reports])
    gold = _gold(data)
    systems = {
        "derived from sentences": _derived(data, run),
        "read as one piece": _direct(whole, gold, report_folds),
    }
    parts = {name: whole.real == (name == SEEDS) for name in (SEEDS, WRITTEN)}
    owners, ties = whole.examples.owners, _ties(data)
    figures = {
        part: {name: _figures(one, gold, ties, mask) for name, one in systems.items()} for part, mask in parts.items()
    }
    first, second = systems.values()
    p_of = {
        name: round(paired_p(*(_outcome(one, gold, owners, mask) for one in (first, second))), 4)
        for name, mask in parts.items()
    }
    return {"parts": figures, "p_of_difference": p_of}


def _labelled(report: LabelledReport) -> Iterator[LabelledPassage]:
    return (passage for passage in report.passages if None not in passage.categories)


def _as_paragraphs(data: Data, report: LabelledReport) -> LabelledReport:
    """The report with each paragraph as one sentence, labelled with its widest category."""
    passages = [
        LabelledPassage(
            sentences=[(passage.sentences[0][0], passage.sentences[-1][1])],
            roles=[passage.roles[0]],
            items=[None],
            section=passage.section,
            categories=[min(widest_categories(passage, data.codebook), key=data.codebook.ids.index)],
        )
        for passage in _labelled(report)
    ]
    return replace(report, passages=passages)


def _gold(data: Data) -> Answers:
    index = {category: number for number, category in enumerate(data.codebook.ids)}
    passages = [passage for report in data.reports for passage in _labelled(report)]
    sets = np.zeros((len(passages), len(index)), dtype=bool)
    for row, passage in enumerate(passages):
        sets[row, [index[category] for category in passage.categories if category is not None]] = True
    main = [min(index[category] for category in widest_categories(passage, data.codebook)) for passage in passages]
    return Answers(sets, np.array(main, dtype=np.int64))


def _ties(data: Data) -> NDArray[np.bool_]:
    """Which categories are right as the main one: two or more where they cover equally many characters."""
    index = {category: number for number, category in enumerate(data.codebook.ids)}
    rows = [widest_categories(passage, data.codebook) for report in data.reports for passage in _labelled(report)]
    right = np.zeros((len(rows), len(index)), dtype=bool)
    for row, categories in enumerate(rows):
        right[row, [index[category] for category in categories]] = True
    return right


def _derived(data: Data, run: LeftOut) -> Answers:
    index = {category: number for number, category in enumerate(data.codebook.ids)}
    sets, main = [], []
    first_of = np.searchsorted(data.examples.owners, np.arange(len(data.reports)))
    for report, first in zip(data.reports, first_of, strict=True):
        tagged = tag(report, run.models[int(run.folds[first])])
        for passage, paragraph in zip(report.passages, tagged, strict=True):
            if None not in passage.categories:
                sets.append([category in paragraph.categories for category in data.codebook.ids])
                main.append(index[paragraph.category])
    return Answers(np.array(sets, dtype=bool), np.array(main, dtype=np.int64))


def _direct(whole: Data, gold: Answers, report_folds: NDArray[np.int64]) -> Answers:
    """One model for the main category, and one with a yes or no for each category; at least the likeliest."""
    main = leave_out(whole, report_folds, in_use()).predicted
    coded = (gold.sets * (1 << np.arange(gold.sets.shape[1]))).sum(axis=1)
    as_sets = replace(whole, examples=replace(whole.examples, labels=coded))
    margins = leave_out(as_sets, report_folds, in_use(), patched=_of_sets).margins
    sets = margins > 0
    sets[np.arange(len(sets)), margins.argmax(axis=1)] = True
    return Answers(sets, main)


@contextmanager
def _of_sets() -> Iterator[None]:
    """Training in which a label is a sum of powers of two, one for each category of the paragraph."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import LinearSVC

    with (
        patch("sklearn.svm.LinearSVC", lambda **settings: _OfSets(LinearSVC, settings)),
        patch("sklearn.linear_model.LogisticRegression", lambda **settings: _OfSets(LogisticRegression, settings)),
    ):
        yield


class _OfSets:
    """One yes-or-no classifier for each category."""

    def __init__(self, kind: Any, settings: dict[str, Any]) -> None:
        self._kind = kind
        self._settings = settings

    def fit(self, matrix: Any, targets: NDArray[np.int64], weights: Any = None) -> _OfSets:
        self.classes_ = np.arange(int(targets.max()).bit_length())
        fitted = [
            self._kind(**self._settings).fit(matrix, targets >> category & 1, weights) for category in self.classes_
        ]
        self.coef_ = np.vstack([one.coef_ for one in fitted])
        self.intercept_ = np.concatenate([one.intercept_ for one in fitted])
        return self


def _figures(one: Answers, gold: Answers, ties: NDArray[np.bool_], mask: NDArray[np.bool_]) -> dict[str, Any]:
    sets, wanted = one.sets[mask], gold.sets[mask]
    shared = (sets & wanted).sum(axis=1)
    hits, sizes = (sets & wanted).sum(axis=0), sets.sum(axis=0) + wanted.sum(axis=0)
    return {
        "n": int(mask.sum()),
        "category_accuracy": _mean(ties[mask][np.arange(len(sets)), one.main[mask]]),
        "set_f1": _mean(2 * shared / (sets.sum(axis=1) + wanted.sum(axis=1))),
        "set_exact": _mean((sets == wanted).all(axis=1)),
        "set_macro_f1": _mean((2 * hits / np.maximum(sizes, 1))[sizes > 0]),
        "macro_f1": round(float(macro_f1(_outcome(one, gold, np.zeros(len(mask)), mask).confusion)), 4),
    }


def _mean(values: NDArray[Any]) -> float:
    return round(float(values.mean()), 4) if len(values) else 0.0


def _outcome(one: Answers, gold: Answers, owners: Any, mask: NDArray[np.bool_]) -> Any:
    n_categories: Sequence[str] = [str(number) for number in range(gold.sets.shape[1])]
    return count_outcome(gold.main[mask], one.main[mask], owners[mask], n_categories)
