"""``JiebaTfidfVectorizer``: scikit-learn's ``TfidfVectorizer`` on jieba's words, by compiled loops."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from fzclf import reference
from fzclf.codes import code_points
from fzclf.counting import FastRows, engine_for
from fzclf.cutting import Workspace
from fzclf.lexicon import lexicon_for
from fzclf.machine import ROWS, has_kernels, kernels
from fzclf.nodes import NodeTable, grown
from fzclf.terms import Rows, TermSettings, TermTable
from fzclf.tokens import TokenBatch, token_batches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

PORTION = 1 << 21  # code points that one thread takes at a time
Item = TypeVar("Item")
Answer = TypeVar("Answer")


class JiebaTfidfVectorizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn is untyped
    """Turn documents into TF-IDF rows; words are jieba's.

    With ``analyzer="word"`` it equals ``TfidfVectorizer(tokenizer=jieba.lcut,
    token_pattern=None, …)`` of the same settings, with ``"char"``
    ``TfidfVectorizer(analyzer="char", …)``: the same vocabulary and the same values.

    Parameters
    ----------
    analyzer : {"word", "char"}
    ngram_range : tuple (min_n, max_n)
    lowercase : bool
        Lower case comes before cutting, as in scikit-learn.
    sublinear_tf : bool
    min_df, max_df : int or float
        A count of documents, or a share of them if a float.
    max_features : int or None
    norm : {"l1", "l2"} or None
    use_idf, smooth_idf : bool
    user_words : sequence of str
        Lines of a user dictionary in jieba's format, ``word [frequency] [tag]``.
    n_jobs : int or None
        Threads; ``None`` is one, -1 as many as there are processors. The result
        does not depend on it.

    Attributes
    ----------
    vocabulary_ : dict
        Term to column.
    idf_ : array of shape (n_terms,)
        Only with `use_idf`.
    table_ : TermTable
        The same as plain data, for models.

    Examples
    --------
    >>> vectorizer = JiebaTfidfVectorizer(ngram_range=(1, 2))
    >>> vectorizer.fit_transform(["推进依法行政", "依法行政工作"]).shape
    (2, 5)
    """

    def __init__(  # scikit-learn's parameters, by name only
        self,
        *,
        analyzer: str = "word",
        ngram_range: tuple[int, int] = (1, 1),
        lowercase: bool = True,
        sublinear_tf: bool = False,
        min_df: float = 1,
        max_df: float = 1.0,
        max_features: int | None = None,
        norm: str | None = "l2",
        use_idf: bool = True,
        smooth_idf: bool = True,
        user_words: Sequence[str] = (),
        n_jobs: int | None = None,
    ) -> None:
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.lowercase = lowercase
        self.sublinear_tf = sublinear_tf
        self.min_df = min_df
        self.max_df = max_df
        self.max_features = max_features
        self.norm = norm
        self.use_idf = use_idf
        self.smooth_idf = smooth_idf
        self.user_words = user_words
        self.n_jobs = n_jobs

    def fit(self, raw_documents: Iterable[str], y: object = None) -> JiebaTfidfVectorizer:  # noqa: ARG002
        """Learn vocabulary and idf.

        Raises
        ------
        ValueError
            If a setting is out of its range, or no term is left.
        TypeError
            If a document is no ``str``; the message has its index.
        """
        self._learn(_checked(raw_documents), keep=False)
        return self

    def fit_transform(self, raw_documents: Iterable[str], y: object = None) -> Any:  # noqa: ARG002
        """Learn vocabulary and idf and return the rows; cuts each document once."""
        documents = _checked(raw_documents)
        kept = self._learn(documents, keep=True)
        if kept is None:
            return self.transform(documents)
        engine = cast("FastRows", self._engine())
        return _sparse([engine.assembled(kept, len(documents), sum(map(len, documents)))])

    def transform(self, raw_documents: Iterable[str]) -> Any:
        """The TF-IDF rows of documents.

        Returns
        -------
        sparse matrix of shape (n_documents, n_terms)
        """
        check_is_fitted(self, "table_")
        documents = _checked(raw_documents)
        engine = self._engine()
        n_jobs = self._n_threads()
        portions = _portions(documents, n_jobs)
        return _sparse(list(_mapped(lambda part: engine.rows(*_spans(part)), portions, n_jobs)), n_jobs)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:  # noqa: ARG002
        """The terms, column by column."""
        check_is_fitted(self, "table_")
        return np.array(self.table_.terms, dtype=object)

    def _learn(self, documents: list[str], *, keep: bool) -> list[tuple[TokenBatch, NDArray[np.int32]]] | None:
        """Set the fitted attributes; with `keep` return each batch with the columns of its n-grams."""
        settings = self._settings()
        kept = None
        if has_kernels(ROWS):
            counts = _Counts(settings)
            for batch in self._batches(documents, settings, keep=keep):
                counts.add(batch, keep=keep)
            nodes, terms = counts.selected(self.min_df, self.max_df, self.max_features)
            idf = _idf(counts.df[nodes], counts.n_rows, self.smooth_idf) if self.use_idf else np.ones(len(terms))
            self.table_ = TermTable(settings=settings, terms=tuple(terms), idf=idf)
            kept = counts.columns(nodes) if keep else None
        else:
            self.table_ = reference.fit_table(
                documents,
                settings,
                min_df=self.min_df,
                max_df=self.max_df,
                max_features=self.max_features,
                use_idf=self.use_idf,
                smooth_idf=self.smooth_idf,
            )
        self.vocabulary_ = {term: column for column, term in enumerate(self.table_.terms)}
        if self.use_idf:
            self.idf_ = self.table_.idf
        elif hasattr(self, "idf_"):
            del self.idf_
        self.__dict__.pop("_rows", None)
        return kept

    def _batches(self, documents: list[str], settings: TermSettings, *, keep: bool) -> Iterator[TokenBatch]:
        """The tokens of all documents, cut by `n_jobs` threads."""
        lexicon, n_jobs = lexicon_for(settings.user_words), self._n_threads()
        workspace = Workspace(keep=n_jobs == 1 and not keep)

        def cut(portion: list[str]) -> Iterable[TokenBatch]:
            batches = token_batches(*_spans(portion), settings, lexicon, workspace)
            return batches if n_jobs == 1 else list(batches)

        for batches in _mapped(cut, _portions(documents, n_jobs), n_jobs):
            yield from batches

    def _engine(self) -> FastRows | reference.ReferenceRows:
        """What counts; made from the table when first needed, and never saved."""
        if "_rows" not in self.__dict__:
            self._rows = engine_for(self.table_)
        return self._rows

    def _settings(self) -> TermSettings:
        _check_settings(self)
        low, high = self.ngram_range
        return TermSettings(
            analyzer=self.analyzer,
            ngram_range=(int(low), int(high)),
            lowercase=bool(self.lowercase),
            sublinear_tf=bool(self.sublinear_tf),
            norm=self.norm,
            user_words=tuple(self.user_words),
        )

    def _n_threads(self) -> int:
        if self.n_jobs is None:
            return 1
        n_cpus = os.cpu_count() or 1
        return int(self.n_jobs) if self.n_jobs > 0 else max(1, n_cpus + 1 + int(self.n_jobs))

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        state.pop("_rows", None)
        return state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.sparse = False
        return tags


class _Counts:
    """In how many documents each node is, and how often, while documents come in."""

    def __init__(self, settings: TermSettings) -> None:
        self._settings = settings
        self._nodes = NodeTable(settings.ngram_range[1])
        self.n_rows = 0
        self.df = np.empty(0, dtype=np.int64)
        self.tf = np.empty(0, dtype=np.int64)
        self._last_rows = np.empty(0, dtype=np.int64)
        self._kept: list[tuple[TokenBatch, NDArray[np.int32]]] = []

    def add(self, batch: TokenBatch, *, keep: bool) -> None:
        low, high = self._settings.ngram_range
        nodes = self._nodes.nodes(batch, Workspace(keep=False), learn=True)
        n_nodes = int(self._nodes.state[0])
        self.df, self.tf = grown(self.df, n_nodes, 0), grown(self.tf, n_nodes, 0)
        self._last_rows = grown(self._last_rows, n_nodes, -1)
        for order in range(low, high + 1):
            kernels.tally_nodes(nodes[order - 1], batch.token_bounds, self.n_rows, self._last_rows, self.df, self.tf)
        self.n_rows += len(batch.token_bounds) - 1
        if keep:
            self._kept.append((batch, nodes))

    def selected(self, min_df: float, max_df: float, max_features: int | None) -> tuple[NDArray[np.int64], list[str]]:
        """Nodes and strings of the terms to keep, in the order of the strings.

        Raises
        ------
        ValueError
            With scikit-learn's words, if none is left.
        """
        n_nodes = int(self._nodes.state[0])
        df, tf = self.df[:n_nodes], self.tf[:n_nodes]
        if not tf.any():
            raise ValueError("empty vocabulary; perhaps the documents only contain stop words")
        most = max_df if isinstance(max_df, Integral) else max_df * self.n_rows
        least = min_df if isinstance(min_df, Integral) else min_df * self.n_rows
        if most < least:
            raise ValueError("max_df corresponds to < documents than min_df")
        nodes = np.nonzero((tf > 0) & (df <= most) & (df >= least))[0]
        terms = self._nodes.terms(nodes, " " if self._settings.analyzer == "word" else "")
        order = np.array(sorted(range(len(terms)), key=terms.__getitem__), dtype=np.int64)
        if max_features is not None and len(order) > max_features:
            # the same unstable sort of the same numbers, so that ties fall as in scikit-learn
            most_frequent = (-tf[nodes[order]].astype(np.float64)).argsort()[:max_features]
            order = order[np.sort(most_frequent)]
        if not len(order):
            raise ValueError("After pruning, no terms remain. Try a lower min_df or a higher max_df.")
        return nodes[order], [terms[place] for place in order]

    def columns(self, selected: NDArray[np.int64]) -> list[tuple[TokenBatch, NDArray[np.int32]]]:
        """The batches that were kept, with columns for nodes (-1: not selected)."""
        column_of = np.full(int(self._nodes.state[0]) + 1, -1, dtype=np.int32)  # the last is for -1
        column_of[selected] = np.arange(len(selected))
        return [(batch, column_of[nodes]) for batch, nodes in self._kept]


def _idf(df: NDArray[np.int64], n_documents: int, smooth: bool) -> NDArray[np.float64]:
    """``log(n / df) + 1`` step by step as scikit-learn takes it, for the last bit."""
    counts = df.astype(np.float64) + float(smooth)
    idf = np.full_like(counts, n_documents + int(smooth))
    idf /= counts
    np.log(idf, out=idf)
    idf += 1.0
    return idf


def _checked(documents: Iterable[str]) -> list[str]:
    if isinstance(documents, str):
        raise ValueError("Iterable over raw text documents expected, string object received.")
    checked = list(documents)
    for index, document in enumerate(checked):
        if not isinstance(document, str):
            raise TypeError(
                f"document {index} is {document!r:.60} ({type(document).__name__}); every document must be a str"
            )
    return checked


def _check_settings(estimator: JiebaTfidfVectorizer) -> None:
    """Hold the parameters against their ranges; named as scikit-learn names them."""
    low, high = estimator.ngram_range
    n_words = len(estimator.user_words) if not isinstance(estimator.user_words, str) else -1
    rules: list[tuple[str, bool, str]] = [
        ("analyzer", estimator.analyzer in ("word", "char"), "'word' or 'char'"),
        ("ngram_range", 1 <= low <= high, "two integers, 1 <= min_n <= max_n"),
        ("norm", estimator.norm in ("l1", "l2", None), "'l1', 'l2' or None"),
        ("min_df", _is_df(estimator.min_df), "an integer from 1 on or a share from 0.0 to 1.0"),
        ("max_df", _is_df(estimator.max_df), "an integer from 1 on or a share from 0.0 to 1.0"),
        ("max_features", _is_count(estimator.max_features), "None or an integer from 1 on"),
        ("n_jobs", estimator.n_jobs is None or estimator.n_jobs != 0, "None or an integer other than 0"),
        ("user_words", n_words >= 0, "a sequence of str, not one str"),
    ]
    for name, holds, rule in rules:
        if not holds:
            raise ValueError(f"{name}={getattr(estimator, name)!r}: must be {rule}")


def _is_df(value: object) -> bool:
    if isinstance(value, Integral):
        return int(value) >= 1
    return isinstance(value, Real) and 0.0 <= float(value) <= 1.0


def _is_count(value: object) -> bool:
    return value is None or (isinstance(value, Integral) and int(value) >= 1)


def _portions(documents: list[str], n_jobs: int) -> Iterator[list[str]]:
    """Runs of documents of about `PORTION` code points, or fewer where threads wait for work."""
    size = min(PORTION, sum(map(len, documents)) // (2 * n_jobs) + 1) if n_jobs > 1 else PORTION
    portion: list[str] = []
    n_codes = 0
    for document in documents:
        portion.append(document)
        n_codes += len(document)
        if n_codes >= size:
            yield portion
            portion, n_codes = [], 0
    if portion or not documents:
        yield portion


def _spans(documents: list[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64]]:
    bounds = np.cumsum([0, *map(len, documents)])
    return code_points("".join(documents)), bounds[:-1], bounds[1:]


def _mapped(function: Callable[[Item], Answer], items: Iterable[Item], n_jobs: int) -> Iterator[Answer]:
    """``map`` over threads, in order, with no more than a few answers waiting."""
    if n_jobs == 1:
        yield from map(function, items)
        return
    with ThreadPoolExecutor(n_jobs) as pool:
        waiting: deque[Future[Answer]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > 2 * n_jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _sparse(parts: list[Rows], n_jobs: int = 1) -> Any:
    """Rows under rows, as a matrix or an array, whichever scikit-learn is configured to give."""
    from scipy.sparse import csr_array, csr_matrix
    from sklearn import get_config

    kind = csr_array if get_config().get("sparse_interface") == "sparray" else csr_matrix
    rows = parts[0] if len(parts) == 1 else _stacked(parts, n_jobs)
    return kind((rows.data, rows.indices, rows.indptr), shape=(len(rows.indptr) - 1, rows.n_terms))


def _stacked(parts: list[Rows], n_jobs: int) -> Rows:
    """Rows under rows; the copies, a tenth of the time of a transform, are made by threads too."""
    starts = np.cumsum([0, *(len(part.indices) for part in parts)])
    indices, data = np.empty(starts[-1], dtype=np.int32), np.empty(starts[-1])

    def copy(part: Rows, start: int) -> None:
        indices[start : start + len(part.indices)] = part.indices
        data[start : start + len(part.data)] = part.data

    with ThreadPoolExecutor(n_jobs) as pool:
        list(pool.map(copy, parts, starts.tolist()))
    own = [part.indptr[1:] + start for part, start in zip(parts, starts, strict=False)]
    return Rows(np.concatenate([[0], *own]), indices, data, parts[0].n_terms)
