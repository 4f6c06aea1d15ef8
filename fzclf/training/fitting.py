"""From labelled reports to a model: rows and a linear support vector machine.

The classifier is one linear SVM for each category against the rest, with squared hinge loss
and L2 penalty (scikit-learn's LinearSVC on LIBLINEAR, Fan et al. 2008), on TF-IDF rows seen
through the channels of `fzclf.features`. On groups of files left out it was half a point of macro-F1 better than
multinomial logistic regression, on the seeds one, and eight times as quick to fit (docs/evaluation.md). Each
training sentence is used twice: in its place, and without neighbours and heading, so
that a missing or wrong heading does not drag a clear sentence along.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import text_of
from fzclf.counting import engine_for
from fzclf.errors import LabelError
from fzclf.features import CHANNELS, FLAGS, Units, build_units
from fzclf.lexicon import tokenizer_signature
from fzclf.model import Model, Review, View
from fzclf.terms import Rows, TermSettings, TermTable
from fzclf.training.codebook import Codebook
from fzclf.training.labels import LabelledPassage, LabelledReport


@dataclass(frozen=True)
class FitSettings:
    """What training can choose between.

    Attributes
    ----------
    inverse_penalty : float
        ``C`` of the support vector machine.
    context_weight : float
        Scale of neighbours, item, opening and heading against the sentence itself.
    character_weight : float
        Scale of the character n-grams against the words; 0 leaves them out.
    flag_weight : float
        Scale of role and position.
    alone_weight : float
        Weight of the copy of each sentence without its place; 0 makes no copy.
    """

    inverse_penalty: float = 0.4
    context_weight: float = 0.5
    character_weight: float = 1.0
    flag_weight: float = 0.3
    alone_weight: float = 0.5
    word_ngrams: tuple[int, int] = (1, 2)
    character_ngrams: tuple[int, int] = (1, 2)
    word_min_df: int = 3
    character_min_df: int = 3
    word_channels: tuple[str, ...] = CHANNELS
    character_channels: tuple[str, ...] = ("sentence", "item", "heading")
    user_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examples:
    """Labelled sentences of many reports as one set of units.

    Attributes
    ----------
    labels : array of shape (n_sentences,)
        Index of the category, -1 for a sentence without label.
    owners : array of shape (n_sentences,)
        Index of the report that each sentence belongs to.
    """

    units: Units
    labels: NDArray[np.int64]
    owners: NDArray[np.int64]

    def chosen(self, keep: NDArray[np.bool_]) -> Examples:
        """The same units with fewer sentences."""
        units = replace(self.units, seen=self.units.seen[keep], flags=self.units.flags[keep])
        return Examples(units, self.labels[keep], self.owners[keep])


def collect(reports: Sequence[LabelledReport], categories: Sequence[str]) -> Examples:
    """All sentences of `reports` as one set of examples, in order."""
    index = {category: number for number, category in enumerate(categories)}
    labels: list[int] = []
    owners: list[int] = []
    for owner, report in enumerate(reports):
        for passage in report.passages:
            labels += [index[category] if category is not None else -1 for category in passage.categories]
            owners += [owner] * len(passage.sentences)
    whole = "\n".join(report.text for report in reports)
    units = build_units(whole, _shifted(reports))
    return Examples(units, np.array(labels, dtype=np.int64), np.array(owners, dtype=np.int64))


def _shifted(reports: Sequence[LabelledReport]) -> Iterator[LabelledPassage]:
    """Passages with bounds in the texts of all reports joined by line breaks."""
    base = 0
    for report in reports:
        for passage in report.passages:
            yield replace(
                passage,
                sentences=[(start + base, end + base) for start, end in passage.sentences],
                section=tuple((start + base, end + base) for start, end in passage.section),
            )
        base += len(report.text) + 1


def fit_model(examples: Examples, codebook: Codebook, settings: FitSettings) -> Model:
    """Learn terms and weights from labelled sentences; temperature and limits stay at their defaults.

    Raises
    ------
    ValueError
        From scikit-learn, if there are fewer than two categories.
    """
    labelled = examples.chosen(examples.labels >= 0)
    tables = _fit_tables(labelled.units, settings)
    rows = [_csr(engine_for(table).rows(*_spans(labelled.units))) for table in tables]
    matrix, scales = _design(labelled.units, tables, rows, settings)
    classes, coefficients, bias = _fit_linear(matrix, labelled.labels, settings)
    weights = np.zeros((matrix[0].shape[1], len(codebook.ids)))
    weights[:, classes] = coefficients.T * scales[:, None]
    full_bias = np.full(len(codebook.ids), -30.0)  # a category without examples is never chosen
    full_bias[classes] = bias
    return _assemble(weights, full_bias, tables, codebook, settings)


def _spans(units: Units) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    return units.codes, units.starts, units.ends


def _fit_tables(units: Units, settings: FitSettings) -> list[TermTable]:
    """Vocabularies of words (of sentences and headings) and of characters (of sentences)."""
    own = np.unique(units.seen[:, 0])
    words = [_unit_text(units, unit) for unit in np.unique(units.seen[units.seen >= 0])]
    word_settings = TermSettings(
        "word", settings.word_ngrams, lowercase=False, sublinear_tf=True, user_words=settings.user_words
    )
    tables = [_fit_table(words, word_settings, settings.word_min_df)]
    if settings.character_weight:
        character_settings = TermSettings("char", settings.character_ngrams, lowercase=False, sublinear_tf=True)
        sentences = [_unit_text(units, unit) for unit in own]
        tables.append(_fit_table(sentences, character_settings, settings.character_min_df))
    return tables


def _fit_table(texts: Sequence[str], settings: TermSettings, min_df: int) -> TermTable:
    from fzclf.reference import fit_table

    try:
        return fit_table(texts, settings, min_df=min_df)
    except ValueError as error:
        raise LabelError(
            f"{len(texts)} labelled sentences are too few or too different: no term occurs in {min_df} of them"
        ) from error


def _unit_text(units: Units, unit: int) -> str:
    return text_of(units.codes[units.starts[unit] : units.ends[unit]])


def _csr(rows: Rows) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows.data, rows.indices, rows.indptr), shape=(len(rows.indptr) - 1, rows.n_terms))


def _view_channels(table: TermTable, settings: FitSettings) -> tuple[str, ...]:
    return settings.word_channels if table.settings.analyzer == "word" else settings.character_channels


def _design(
    units: Units, tables: Sequence[TermTable], rows: Sequence[Any], settings: FitSettings
) -> tuple[tuple[Any, Any], NDArray[np.float64]]:
    """Feature matrices of the sentences in their place and without it, and the scale of each column."""
    from scipy.sparse import csr_matrix, hstack

    placed, alone, scales = [], [], []
    for table, matrix in zip(tables, rows, strict=True):
        base = 1.0 if table.settings.analyzer == "word" else settings.character_weight
        for channel in _view_channels(table, settings):
            scale = base if channel == "sentence" else base * settings.context_weight
            seen = _seen_rows(matrix, units.seen[:, CHANNELS.index(channel)])
            placed.append(seen * scale)
            alone.append(placed[-1] if channel == "sentence" else csr_matrix(seen.shape))
            scales.append(np.full(matrix.shape[1], scale))
    flags = csr_matrix(units.flags * settings.flag_weight)
    scales.append(np.full(len(FLAGS), settings.flag_weight))
    in_place = hstack([*placed, flags]).tocsr()
    on_its_own = hstack([*alone, csr_matrix(flags.shape)]).tocsr()
    return (in_place, on_its_own), np.concatenate(scales)


def _seen_rows(matrix: Any, seen: NDArray[np.int32]) -> Any:
    """Rows of `matrix` in the order of `seen`; an empty one for -1."""
    from scipy.sparse import csr_matrix, vstack

    padded = vstack([matrix, csr_matrix((1, matrix.shape[1]))]).tocsr()
    return padded[np.where(seen < 0, matrix.shape[0], seen)]


def _fit_linear(
    matrices: tuple[Any, Any], labels: NDArray[np.int64], settings: FitSettings
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    from scipy.sparse import vstack
    from sklearn.svm import LinearSVC
    from threadpoolctl import threadpool_limits

    matrix, targets, weights = matrices[0], labels, np.ones(len(labels))
    if settings.alone_weight:
        matrix = vstack(matrices).tocsr()
        targets = np.concatenate([labels, labels])
        weights = np.concatenate([weights, np.full(len(labels), settings.alone_weight)])
    # One thread and a fixed order of examples: the same labels must give the same bytes.
    with threadpool_limits(limits=1):
        fitted = LinearSVC(C=settings.inverse_penalty, random_state=0, max_iter=2000).fit(matrix, targets, weights)
    if len(fitted.classes_) == 2:  # scikit-learn keeps one row of weights for two classes
        return fitted.classes_, np.vstack([-fitted.coef_, fitted.coef_]), np.array([-1.0, 1.0]) * fitted.intercept_
    return fitted.classes_, fitted.coef_, fitted.intercept_


def _assemble(
    weights: NDArray[np.float64],
    bias: NDArray[np.float64],
    tables: Sequence[TermTable],
    codebook: Codebook,
    settings: FitSettings,
) -> Model:
    """Cut the weights into views; they are rounded as they will be saved, so that saving changes nothing."""
    views, first = [], 0
    for table in tables:
        channels = _view_channels(table, settings)
        size = len(table.terms)
        blocks = [weights[first + k * size : first + (k + 1) * size] for k in range(len(channels))]
        first += size * len(channels)
        stacked = np.stack(blocks, axis=1).astype(np.float16).astype(np.float32)
        views.append(View(f"{table.settings.analyzer}s", table, channels, stacked))
    return Model(
        categories=codebook.ids,
        names=codebook.names,
        views=tuple(views),
        flag_weights=weights[first:].astype(np.float32),
        bias=bias.astype(np.float32),
        temperature=1.0,
        review=Review(),
        tokenizer=tokenizer_signature(),
    )
