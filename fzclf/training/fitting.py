"""From labelled reports to a model: what words say, and how much each place in the report counts.

Two linear classifiers, one on the other (stacked generalization, Wolpert 1992). The first, one linear SVM
for each category against the rest with squared hinge loss and L2 penalty (scikit-learn's LinearSVC on LIBLINEAR,
Fan et al. 2008), reads the TF-IDF row of a sentence alone. The second, multinomial logistic regression, weighs its
margins for the sentence, its neighbours, the openings of item and paragraph and the heading; it is fitted on
margins of sentences whose report the first had not seen. As both are linear, every term keeps an exact weight.
Against one classifier over the rows of all those units it was better on real text and needs a sixth of the weights
(docs/evaluation.md, docs/decisions/001-words-first-then-place.md). The second uses each sentence twice: in its place,
and without neighbours and heading, so that a missing or wrong heading does not drag a clear sentence along.
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

INNER_FOLDS = 5


@dataclass(frozen=True)
class FitSettings:
    """What training can choose between.

    Attributes
    ----------
    inverse_penalty : float
        ``C`` of the support vector machines over words and characters.
    context_penalty : float
        ``C`` of the logistic regression over the margins of sentence, neighbours and heading.
    character_weight : float
        Scale of the character n-grams against the words; 0 leaves them out.
    flag_weight : float
        Scale of role and position.
    alone_weight : float
        Weight of the copy of each sentence without its place; 0 makes no copy.
    """

    inverse_penalty: float = 0.3
    context_penalty: float = 0.02
    character_weight: float = 1.0
    flag_weight: float = 1.0
    alone_weight: float = 0.5
    word_ngrams: tuple[int, int] = (1, 2)
    character_ngrams: tuple[int, int] = (1, 2)
    word_min_df: int = 3
    character_min_df: int = 3
    channels: tuple[str, ...] = CHANNELS
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
    matrix = _scaled_rows(labelled.units, tables, settings)
    n_categories = len(codebook.ids)
    weights = _fit_words(matrix, labelled, np.ones(len(labelled.labels), dtype=bool), n_categories, settings)
    unseen = _unseen_margins(matrix, labelled, n_categories, settings)
    context, flag_weights, bias = _fit_context(unseen, labelled, codebook, settings)
    return Model(
        categories=codebook.ids,
        names=codebook.names,
        views=_views(weights, tables, settings),
        channels=settings.channels,
        context=context,
        flag_weights=flag_weights,
        bias=bias,
        temperature=1.0,
        review=Review(),
        tokenizer=tokenizer_signature(),
    )


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


def _scaled_rows(units: Units, tables: Sequence[TermTable], settings: FitSettings) -> Any:
    """TF-IDF rows of all units, words and characters side by side."""
    from scipy.sparse import hstack

    return hstack([_csr(engine_for(table).rows(*_spans(units))) * _scale(table, settings) for table in tables]).tocsr()


def _scale(table: TermTable, settings: FitSettings) -> float:
    return 1.0 if table.settings.analyzer == "word" else settings.character_weight


# --- what words say -------------------------------------------------------------------------


def _fit_words(
    matrix: Any, examples: Examples, chosen: NDArray[np.bool_], n_categories: int, settings: FitSettings
) -> NDArray[np.float64]:
    """Weights of shape (n_terms, n_categories) from the chosen sentences; the intercepts are left to the second fit."""
    from sklearn.svm import LinearSVC

    own, labels = examples.units.seen[chosen, 0], examples.labels[chosen]
    fitted = LinearSVC(C=settings.inverse_penalty, random_state=0, max_iter=2000).fit(matrix[own], labels)
    weights = np.zeros((matrix.shape[1], n_categories))
    weights[:, fitted.classes_] = _of_each_class(fitted.coef_).T
    return weights


def _of_each_class(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """One row for each class; for two classes scikit-learn keeps only one, their difference."""
    return np.concatenate([-values / 2, values / 2]) if len(values) == 1 else values


def _unseen_margins(matrix: Any, examples: Examples, n_categories: int, settings: FitSettings) -> NDArray[np.float64]:
    """Sums of every unit, from a model that saw nothing of the reports of its fold; a row of 0 behind them."""
    sums = np.zeros((matrix.shape[0] + 1, n_categories))
    folds = _inner_folds(examples)
    for fold in np.unique(folds):
        inside = folds == fold
        seen = examples.units.seen[inside]
        units = np.unique(seen[seen >= 0])
        if len(np.unique(examples.labels[~inside])) < 2:
            raise LabelError(
                "without some of its paragraphs the text has labels of one category only; "
                "label more sentences of each category, spread over the reports"
            )
        sums[units] = matrix[units] @ _fit_words(matrix, examples, ~inside, n_categories, settings)
    return sums


def _inner_folds(examples: Examples) -> NDArray[np.int64]:
    """Fold of each sentence: whole reports if there are enough, else whole paragraphs, each to the smallest."""
    owners = examples.owners
    if len(np.unique(owners)) < INNER_FOLDS:
        owners = np.cumsum(examples.units.flags[:, FLAGS.index("opens paragraph")])
    names, members = np.unique(owners, return_inverse=True)
    sizes, folds = np.bincount(members), np.zeros(len(names), dtype=np.int64)
    filled = np.zeros(INNER_FOLDS, dtype=np.int64)
    for name in np.argsort(-sizes, kind="stable").tolist():
        folds[name] = filled.argmin()
        filled[folds[name]] += sizes[name]
    inner: NDArray[np.int64] = folds[members]
    return inner


# --- what the place counts ------------------------------------------------------------------


def _fit_context(
    sums: NDArray[np.float64], examples: Examples, codebook: Codebook, settings: FitSettings
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Matrices of the channels, weights of the flags, and the bias."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    columns = [CHANNELS.index(channel) for channel in settings.channels]
    seen = [sums[examples.units.seen[:, column]] for column in columns]
    placed = np.hstack([*seen, examples.units.flags * settings.flag_weight])
    targets = examples.labels
    weights = np.ones(len(targets))
    if settings.alone_weight:
        alone = placed * np.isin(np.arange(placed.shape[1]) // len(codebook.ids), columns.index(0))
        placed, targets = np.vstack([placed, alone]), np.concatenate([targets, targets])
        weights = np.concatenate([weights, weights * settings.alone_weight])
    # One thread: the same labels must give the same bytes.
    with threadpool_limits(limits=1):
        fitted = LogisticRegression(C=settings.context_penalty, max_iter=1000, tol=1e-6).fit(placed, targets, weights)
    n_categories = len(codebook.ids)
    found = np.zeros((placed.shape[1], n_categories))
    found[:, fitted.classes_] = _of_each_class(fitted.coef_).T
    bias = np.full(n_categories, -30.0)  # a category without examples is never chosen
    bias[fitted.classes_] = _of_each_class(fitted.intercept_[:, None])[:, 0]
    n_seen = len(columns) * n_categories
    context = found[:n_seen].reshape(len(columns), n_categories, n_categories)
    flag_weights = found[n_seen:] * settings.flag_weight
    return context.astype(np.float32), flag_weights.astype(np.float32), bias.astype(np.float32)


def _views(weights: NDArray[np.float64], tables: Sequence[TermTable], settings: FitSettings) -> tuple[View, ...]:
    """Cut the weights into views; they are rounded as they will be saved, so that saving changes nothing."""
    views, first = [], 0
    for table in tables:
        own = weights[first : first + len(table.terms)] * _scale(table, settings)
        first += len(table.terms)
        views.append(View(f"{table.settings.analyzer}s", table, own.astype(np.float16).astype(np.float32)))
    return tuple(views)
