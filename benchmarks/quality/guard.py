"""Whether a missing or wrong heading drags a clear sentence along: seeds left out, their headings changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.data import SEEDS, Data
from benchmarks.quality.leaving_out import LeftOut, outcome_of
from fzclf.features import CHANNELS
from fzclf.scoring import Scorer
from fzclf.training.evaluation import macro_f1
from fzclf.training.labels import LabelledReport

_SEED = 20221117
# One heading for each category, in the words of the official outline.
MISLEADING = {
    "decision_making": "健全依法决策机制",
    "enforcement": "严格规范公正文明执法",
    "oversight": "强化对行政权力的制约和监督",
    "dispute_resolution": "依法预防和化解矛盾纠纷",
    "legal_publicity": "深入开展法治宣传教育",
    "other": "加强组织领导和工作保障",
}
Change = Callable[[LabelledReport], LabelledReport]


def measure(data: Data, runs: dict[str, LeftOut]) -> dict[str, Any]:
    """Accuracy on the seeds under each change of headings, of models that had not seen them.

    Parameters
    ----------
    runs : dict
        Under a name: models that left the seeds out, on any folds.
    """
    return {name: _of_models(data, run) for name, run in runs.items()}


def _of_models(data: Data, run: LeftOut) -> dict[str, Any]:
    headed = _has_heading(data)
    usual = _predicted(data, run, lambda report: report)
    changes: dict[str, Change] = {"as they are": lambda report: report, "removed": without, "shuffled": shuffled}
    rows = [_row(data, name, _predicted(data, run, change), usual, headed) for name, change in changes.items()]
    misled = [_misled(data, run, one, usual, headed) for one in data.codebook.ids]
    return {"rows": rows, "misleading": misled, "all_misleading": _together(misled)}


def _has_heading(data: Data) -> NDArray[np.bool_]:
    """Labelled sentences of the seeds that stand under a heading."""
    headed: NDArray[np.bool_] = data.parts[SEEDS] & (data.examples.units.seen[:, CHANNELS.index("heading")] >= 0)
    return headed


def _predicted(data: Data, run: LeftOut, change: Change) -> NDArray[np.int64]:
    changed = data.changed([change(report) if report.real else report for report in data.reports])
    predicted = np.full(len(run.folds), -1, dtype=np.int64)
    for fold, model in run.models.items():
        mask = data.parts[SEEDS] & (run.folds == fold)
        margins = Scorer(model).score(changed.examples.chosen(mask).units).margins
        predicted[mask] = margins.argmax(axis=1)
    return predicted


def _row(
    data: Data, name: str, predicted: NDArray[np.int64], usual: NDArray[np.int64], mask: NDArray[np.bool_]
) -> dict[str, Any]:
    return {
        "headings": name,
        "n": int(mask.sum()),
        "accuracy": _share(predicted[mask] == data.examples.labels[mask]),
        "macro_f1": round(float(macro_f1(outcome_of(data, predicted, mask).confusion)), 4),
        "changed": _share(predicted[mask] != usual[mask]),
    }


def _misled(
    data: Data, run: LeftOut, category: str, usual: NDArray[np.int64], headed: NDArray[np.bool_]
) -> dict[str, Any]:
    """Sentences of the other categories, all under one heading that announces `category`."""
    index = data.codebook.ids.index(category)
    mask = headed & (data.examples.labels != index)
    predicted = _predicted(data, run, lambda report: under(report, MISLEADING[category]))
    row = _row(data, MISLEADING[category], predicted, usual, mask)
    return row | {
        "category": category,
        "accuracy_before": _share(usual[mask] == data.examples.labels[mask]),
        "drawn": _share((predicted[mask] == index) & (usual[mask] != index)),
    }


def _together(misled: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All wrong headings as one row: means by sentences."""
    sizes = [one["n"] for one in misled]
    shares = ("accuracy", "accuracy_before", "changed", "drawn")
    means = {name: round(float(np.average([one[name] for one in misled], weights=sizes)), 4) for name in shares}
    return {"n": sum(sizes), **means}


def _share(hits: NDArray[np.bool_]) -> float:
    return round(float(hits.mean()), 4) if hits.size else 0.0


# --- changes --------------------------------------------------------------------------------


def without(report: LabelledReport) -> LabelledReport:
    """The report with no heading above any paragraph."""
    return _with_sections(report, [() for _ in report.passages], report.text)


def under(report: LabelledReport, heading: str) -> LabelledReport:
    """The report with one heading above every paragraph that has one."""
    bounds = (len(report.text) + 1, len(report.text) + 1 + len(heading))
    sections = [(bounds,) if passage.section else () for passage in report.passages]
    return _with_sections(report, sections, f"{report.text}\n{heading}")


def shuffled(report: LabelledReport) -> LabelledReport:
    """The report with its headings dealt out anew: each section gets that of another, where there is another."""
    innermost = list(dict.fromkeys(passage.section[-1] for passage in report.passages if passage.section))
    order = np.random.default_rng(_SEED).permutation(len(innermost))
    given = {innermost[one]: innermost[other] for one, other in zip(order, np.roll(order, 1), strict=True)}
    sections = [(given[passage.section[-1]],) if passage.section else () for passage in report.passages]
    return _with_sections(report, sections, report.text)


def _with_sections(
    report: LabelledReport, sections: Sequence[tuple[tuple[int, int], ...]], text: str
) -> LabelledReport:
    passages = [replace(passage, section=section) for passage, section in zip(report.passages, sections, strict=True)]
    return replace(report, text=text, passages=passages)
