"""The terms of a model as plain data, and the rows that counting them gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TermSettings:
    """How text becomes weighted terms; the names are scikit-learn's.

    ``analyzer="word"`` means jieba's words (with `user_words` on top of its
    dictionary), ``"char"`` means code points.
    """

    analyzer: str = "word"
    ngram_range: tuple[int, int] = (1, 1)
    lowercase: bool = True
    sublinear_tf: bool = False
    norm: str | None = "l2"
    user_words: tuple[str, ...] = ()


@dataclass(frozen=True)
class TermTable:
    """A fitted vocabulary: term ``terms[j]`` is column ``j`` and weighs ``idf[j]``.

    Word n-grams are joined by one space, as scikit-learn joins them.
    """

    settings: TermSettings
    terms: tuple[str, ...]
    idf: NDArray[np.float64]  # shape (n_terms,)


@dataclass(frozen=True)
class Rows:
    """Sparse rows in compressed form: row ``i`` is ``indptr[i]:indptr[i + 1]``."""

    indptr: NDArray[np.int64]  # shape (n_rows + 1,)
    indices: NDArray[np.int32]  # ascending inside each row
    data: NDArray[np.float64]
    n_terms: int
