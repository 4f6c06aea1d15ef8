"""`train` without the command line: choose settings, fit, calibrate, and record all of it for the card."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.features import Units
from fzclf.model import Golden, Model, Review
from fzclf.scoring import probabilities
from fzclf.training.assessing import check_enough, evaluate_held_out
from fzclf.training.calibration import coverage_table, fit_temperature, lowest_probability
from fzclf.training.codebook import Codebook
from fzclf.training.cross_validation import HeldOut, fold_of_reports, hold_out
from fzclf.training.evaluation import count_outcome, macro_f1
from fzclf.training.fitting import Examples, FitSettings, collect, fit_model
from fzclf.training.labels import LabelledReport
from fzclf.versions import versions

WISHED_PRECISION = 0.97
# Shares of what was held out that may be taken for foreign: the price of catching text that is no report.
UNFAMILIAR_SENTENCES = 0.01
UNFAMILIAR_REPORTS = 0.01
FEWEST_REPORTS = 20  # with fewer, what is foreign cannot be told
FEWEST_REAL = 200  # sentences of real reports; with fewer, limits for review come from all text
_GOLDEN_SENTENCES = (
    "严格落实重大行政决策程序，对规范性文件开展合法性审查。",
    "组织行政执法人员培训考试，开展执法案卷评查。",
    "自觉接受人大监督和民主监督，办理代表建议和政协提案。",
    "依法办理行政复议案件，推进矛盾纠纷多元化解。",
    "落实“谁执法谁普法”责任制，开展宪法宣传周活动。",
    "持续优化营商环境，推进政务服务一网通办。",
)


@dataclass(frozen=True)
class Trained:
    """A model and what is known of it."""

    model: Model
    held_out: HeldOut
    examples: Examples


def default_candidates() -> tuple[FitSettings, ...]:
    """What cross-validation chooses between; docs/evaluation.md has the wider search and what did not help."""
    return tuple(FitSettings(inverse_penalty=penalty) for penalty in (0.2, 0.3))


def train(
    reports: Sequence[LabelledReport],
    data_sha256: str,
    codebook: Codebook,
    *,
    candidates: Sequence[FitSettings] | None = None,
    on_progress: Callable[[str], object] = lambda _: None,
) -> Trained:
    """Choose settings by leaving whole reports out, fit on everything, calibrate on what was held out.

    Raises
    ------
    LabelError
        If there are fewer than two reports or categories.
    """
    examples = collect(reports, codebook.ids)
    check_enough(reports, examples)
    folds = fold_of_reports(reports)
    tried = [_try(examples, folds, codebook, settings, on_progress) for settings in candidates or default_candidates()]
    best = max(tried, key=lambda trial: trial.macro_f1)  # the first of equals
    settings, held_out = best.settings, best.held_out
    on_progress("fitting on all labels")
    model = fit_model(examples, codebook, settings)
    model = replace(model, **_calibrated(reports, examples, held_out))
    card = _card_data(reports, data_sha256, codebook, settings, tried, examples, held_out, model)
    model = replace(model, golden=_golden(model), card=card)
    return Trained(model, held_out, examples)


@dataclass(frozen=True)
class _Trial:
    """A setting, and what models with it said of reports that they had not seen."""

    settings: FitSettings
    held_out: HeldOut
    macro_f1: float


def _try(
    examples: Examples,
    folds: NDArray[np.int64],
    codebook: Codebook,
    settings: FitSettings,
    on_progress: Callable[[str], object],
) -> _Trial:
    on_progress(f"cross-validating with {settings_in_short(described(settings))}")
    held_out = hold_out(examples, folds, codebook, settings)
    outcome = count_outcome(examples.labels, held_out.predicted, examples.owners, codebook.ids)
    return _Trial(settings, held_out, float(macro_f1(outcome.confusion)))


def settings_in_short(settings: Mapping[str, Any]) -> str:
    """The settings that training chooses between, for one line."""
    return f"C {settings['inverse_penalty']}, context {settings['context_penalty']}, alone {settings['alone_weight']}"


# --- calibration ----------------------------------------------------------------------------


def _calibrated(reports: Sequence[LabelledReport], examples: Examples, held_out: HeldOut) -> dict[str, Any]:
    """Temperature and review limits, from what was held out."""
    temperature = fit_temperature(held_out.margins, examples.labels)
    shares = probabilities(held_out.margins, temperature)
    correct = shares.argmax(axis=1) == examples.labels
    groups = (honest_sentences(reports, examples), examples.labels >= 0)  # a limit must hold on both
    paragraphs = [_paragraphs(reports, examples, shares, group) for group in groups]
    n_pairs = np.maximum(_lengths(examples.units) - 1, 1)
    by_report = np.bincount(examples.owners, held_out.n_known) / np.bincount(examples.owners, n_pairs)
    enough = len(reports) >= FEWEST_REPORTS
    review = Review(
        sentence_probability=max(_limit(shares[group].max(axis=1), correct[group]) for group in groups),
        paragraph_probability=max(_limit(certainty, right) for certainty, right in paragraphs),
        known_share=_quantile(held_out.n_known / n_pairs, UNFAMILIAR_SENTENCES) if enough else 0.0,
        known_share_text=_quantile(by_report, UNFAMILIAR_REPORTS) if enough else 0.0,
    )
    return {"temperature": temperature, "review": review}


def honest_sentences(reports: Sequence[LabelledReport], examples: Examples) -> NDArray[np.bool_]:
    """Labelled sentences that tell how sure is sure enough: those of real reports, if there are enough, else all.

    Written text is kinder than reports, and limits found on it would promise too much.
    """
    labelled: NDArray[np.bool_] = examples.labels >= 0
    real = labelled & np.array([report.real for report in reports])[examples.owners]
    return real if real.sum() >= FEWEST_REAL else labelled


def _limit(certainty: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    return lowest_probability(certainty, right, WISHED_PRECISION)


def _quantile(values: NDArray[np.float64], share: float) -> float:
    return round(float(np.quantile(values, share)), 4)


def _paragraphs(
    reports: Sequence[LabelledReport], examples: Examples, shares: NDArray[np.float64], group: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Certainty of every paragraph whose sentences are all in the group, and whether its widest category is right."""
    lengths, best = _lengths(examples.units), shares.argmax(axis=1)
    certainty, right = [], []
    first = 0
    for report in reports:
        for passage in report.passages:
            own = slice(first, first + len(passage.sentences))
            first = own.stop
            if group[own].all():
                widest = [
                    np.bincount(of[own], weights=lengths[own], minlength=shares.shape[1]).argmax()
                    for of in (examples.labels, best)
                ]
                certainty.append(float(np.average(shares[own].max(axis=1), weights=lengths[own])))
                right.append(widest[0] == widest[1])
    return np.array(certainty), np.array(right, dtype=bool)


def _lengths(units: Units) -> NDArray[np.int64]:
    own = units.seen[:, 0]
    lengths: NDArray[np.int64] = units.ends[own] - units.starts[own]
    return lengths


def _golden(model: Model) -> tuple[Golden, ...]:
    from fzclf.loading import golden_margins

    return tuple(Golden(text, golden_margins(model, text)) for text in _GOLDEN_SENTENCES)


# --- the card -------------------------------------------------------------------------------


def described(settings: FitSettings) -> dict[str, Any]:
    """Settings as the card records them: user words by their number."""
    return asdict(settings) | {"user_words": len(settings.user_words)}


def _card_data(
    reports: Sequence[LabelledReport],
    data_sha256: str,
    codebook: Codebook,
    settings: FitSettings,
    tried: Sequence[_Trial],
    examples: Examples,
    held_out: HeldOut,
    model: Model,
) -> dict[str, Any]:
    evaluations = evaluate_held_out(reports, examples, held_out, codebook, model.temperature)
    kept, honest = examples.labels >= 0, honest_sentences(reports, examples)
    shares = probabilities(held_out.margins[honest], model.temperature)
    return {
        "data": {
            "sha256": data_sha256,
            "n_reports": len(reports),
            "real_reports": [report.name for report in reports if report.real],
            "n_sentences": int(kept.sum()),
            "n_sentences_by_category": {
                category: int((examples.labels == index).sum()) for index, category in enumerate(codebook.ids)
            },
        },
        "codebook_sha256": codebook.sha256,
        "settings": described(settings),
        "tried": [{"settings": described(trial.settings), "macro_f1": round(trial.macro_f1, 4)} for trial in tried],
        "split": f"{len(np.unique(held_out.folds))} folds of whole reports, real reports dealt out first",
        "figures": {name: evaluation.figures() for name, evaluation in evaluations.items()},
        "coverage": coverage_table(shares.max(axis=1), shares.argmax(axis=1) == examples.labels[honest]),
        "versions": versions(),
    }
