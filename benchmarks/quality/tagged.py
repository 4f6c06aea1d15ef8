"""Labelled reports as the library tags them, cut as they were labelled, by models that had not seen them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from unittest.mock import patch

import numpy as np

from benchmarks.quality.data import Data
from benchmarks.quality.leaving_out import LeftOut
from fzclf import tagging
from fzclf.model import Model, Review
from fzclf.segmentation.outline import PARAGRAPH, Bounds
from fzclf.tagged import TaggedParagraph
from fzclf.tagging import classify
from fzclf.training.codebook import Codebook
from fzclf.training.cross_validation import HeldOut
from fzclf.training.fitting import collect
from fzclf.training.labels import LabelledPassage, LabelledReport
from fzclf.training.training import _calibrated


@dataclass(frozen=True)
class Judged:
    """A sentence or paragraph: what the library said of it, and whether that was right.

    Attributes
    ----------
    review : str or None
        Why a person should look.
    n_characters : int
    """

    report: str
    real: bool
    right: bool
    probability: float
    review: str | None
    n_characters: int


@dataclass
class _Given:
    """A paragraph as it was labelled, for an entry of the outline."""

    start: int
    end: int
    section: tuple[Bounds, ...]
    sentences: Sequence[Bounds]
    roles: Sequence[str]
    items: Sequence[int | None]
    role: str
    kind: str = PARAGRAPH
    level: int = 0

    @property
    def n_sentences(self) -> int:
        return len(self.sentences)


@dataclass(frozen=True)
class Limits:
    """What was fitted on the folds that a model is not tested on."""

    temperature: float
    review: Review


def limits_of_folds(data: Data, run: LeftOut) -> dict[int, Limits]:
    """Temperature and review limits for each fold, from what was held out in all the other folds."""
    found = {}
    for fold in run.models:
        members = set(np.unique(data.examples.owners[run.folds != fold]).tolist())
        reports = [report for owner, report in enumerate(data.reports) if owner in members]
        others = run.folds != fold
        held_out = HeldOut(run.margins[others], run.n_known[others], run.folds[others])
        fitted = _calibrated(reports, collect(reports, data.codebook.ids), held_out)
        found[fold] = Limits(fitted["temperature"], fitted["review"])
    return found


def tag(report: LabelledReport, model: Model) -> tuple[TaggedParagraph, ...]:
    """The paragraphs of a labelled report, through `classify`, without cutting it anew."""
    entries = [
        _Given(
            start=passage.sentences[0][0],
            end=passage.sentences[-1][1],
            section=passage.section,
            sentences=passage.sentences,
            roles=list(passage.roles),
            items=list(passage.items),
            role=passage.roles[0],
        )
        for passage in report.passages
    ]
    with patch.object(tagging, "read_outline", lambda _: entries):
        return tuple(classify(report.text, model=model))


def judge(data: Data, run: LeftOut, limits: dict[int, Limits]) -> tuple[list[Judged], list[Judged]]:
    """Every labelled sentence, and every paragraph that is labelled throughout."""
    sentences: list[Judged] = []
    paragraphs: list[Judged] = []
    models = {
        fold: replace(run.models[fold], temperature=one.temperature, review=one.review) for fold, one in limits.items()
    }
    first_of = np.searchsorted(data.examples.owners, np.arange(len(data.reports)))
    for report, first in zip(data.reports, first_of, strict=True):
        tagged = tag(report, models[int(run.folds[first])])
        for passage, paragraph in zip(report.passages, tagged, strict=True):
            sentences += _judged_sentences(report, passage, paragraph)
            paragraphs += _judged_paragraph(report, passage, paragraph, data.codebook)
    return sentences, paragraphs


def _judged_sentences(report: LabelledReport, passage: LabelledPassage, paragraph: TaggedParagraph) -> Iterator[Judged]:
    for category, sentence in zip(passage.categories, paragraph.sentences, strict=True):
        if category is not None:
            right = sentence.category == category
            yield Judged(report.name, report.real, right, sentence.probability, sentence.review, len(sentence))


def _judged_paragraph(
    report: LabelledReport, passage: LabelledPassage, paragraph: TaggedParagraph, codebook: Codebook
) -> Iterator[Judged]:
    if None not in passage.categories:
        right = paragraph.category in widest_categories(passage, codebook)
        probability = paragraph.probabilities[paragraph.category]
        yield Judged(report.name, report.real, right, probability, paragraph.review, len(paragraph))


def widest_categories(passage: LabelledPassage, codebook: Codebook) -> set[str]:
    """The gold categories that cover the most characters of a paragraph; two or more where they tie."""
    covered = dict.fromkeys(codebook.ids, 0)
    for category, (start, end) in zip(passage.categories, passage.sentences, strict=True):
        if category is not None:
            covered[category] += end - start
    return {category for category, length in covered.items() if length == max(covered.values())}
