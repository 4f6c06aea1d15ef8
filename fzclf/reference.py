"""The plain implementation on jieba and scikit-learn: slow, obvious, and the oracle of the fast one.

jieba's module-level tokenizer, its cache in the shared temporary folder and its
module-wide set of forced splits are never touched: every dictionary gets a
tokenizer of its own that runs jieba's own code.
"""

from __future__ import annotations

import importlib
import re
import types
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fzclf.codes import text_of
from fzclf.terms import Rows, TermSettings, TermTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_HUGE_FREQUENCY = re.compile(" [0-9]{16}[0-9]*(?: [a-z]+)?$")


def cut(text: str, user_words: tuple[str, ...] = ()) -> list[str]:
    """Words of `text`, as ``jieba.lcut`` gives them.

    Parameters
    ----------
    user_words
        Lines of a user dictionary in jieba's format, ``word [frequency] [tag]``,
        added in order as ``jieba.load_userdict`` adds them.
    """
    words: list[str] = tokenizer_for(user_words).lcut(text)
    return words


@lru_cache(maxsize=4)
def tokenizer_for(user_words: tuple[str, ...] = ()) -> Any:
    """A ``jieba.Tokenizer`` on jieba's packaged dictionary with `user_words` on top.

    Returns
    -------
    jieba.Tokenizer
        With ``forced_splits``, the set of words that frequency 0 takes apart, as
        one more attribute. It shares no state with any other tokenizer.

    Raises
    ------
    ValueError
        If an entry of `user_words` is more than one line, or its frequency has more than 15 digits.
    """
    for position, line in enumerate(user_words):
        if "\n" in line.strip():
            raise ValueError(
                f"user_words[{position}]: {line!r} has a line break; an entry is one line, 'word [frequency] [tag]'"
            )
        if _HUGE_FREQUENCY.search(line.strip()):  # jieba divides by the sum of all, as floats
            raise ValueError(f"user_words[{position}]: {line[:60]!r} has a frequency of more than 15 digits; give less")
    tokenizer = _isolated_tokenizer()
    if user_words:
        base = tokenizer_for()
        tokenizer.FREQ, tokenizer.total = dict(base.FREQ), base.total
    else:
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    tokenizer.load_userdict(list(user_words))
    return tokenizer


def import_jieba(module: str = "jieba") -> Any:
    """Import jieba without its warnings (old escapes in strings, ``pkg_resources``)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(module)


def _isolated_tokenizer() -> Any:
    """A tokenizer whose methods see a set of forced splits of their own.

    ``jieba.finalseg.Force_Split_Words`` is one set for the whole process, so
    ``add_word(word, 0)`` on one tokenizer changes all the others. The same code
    objects with other globals mend that without a copy of jieba's code.
    """
    jieba, finalseg = import_jieba(), import_jieba("jieba.finalseg")
    tokenizer = jieba.Tokenizer()
    tokenizer.forced_splits = set()
    own_finalseg = {**vars(finalseg), "Force_Split_Words": tokenizer.forced_splits}
    own_cut = types.FunctionType(finalseg.cut.__code__, own_finalseg)
    own_add = types.FunctionType(finalseg.add_force_split.__code__, own_finalseg)
    own_jieba = {**vars(jieba), "finalseg": types.SimpleNamespace(cut=own_cut, add_force_split=own_add)}
    for name in ("_Tokenizer__cut_DAG", "add_word"):
        method = getattr(jieba.Tokenizer, name)
        function = types.FunctionType(method.__code__, own_jieba, name, method.__defaults__)
        setattr(tokenizer, name, types.MethodType(function, tokenizer))
    return tokenizer


class ReferenceRows:
    """TF-IDF rows through ``TfidfVectorizer``; same shape of answer as ``FastRows``."""

    def __init__(self, table: TermTable) -> None:
        self.table = table
        self._vectorizer = _vectorizer(table.settings) if table.terms else None
        if self._vectorizer is not None:
            self._vectorizer.vocabulary = {term: column for column, term in enumerate(table.terms)}
            self._vectorizer.idf_ = table.idf

    def rows(self, codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Rows:
        """The weighted row of each span ``codes[starts[i]:ends[i]]`` of code points."""
        n_terms = len(self.table.terms)
        texts = [text_of(codes[start:end]) for start, end in zip(starts, ends, strict=True)]
        if self._vectorizer is None or not texts:
            return _empty_rows(len(texts), n_terms)
        matrix = self._vectorizer.transform(texts)
        return Rows(
            indptr=matrix.indptr.astype(np.int64),
            indices=matrix.indices.astype(np.int32),
            data=matrix.data,
            n_terms=n_terms,
        )


def fit_table(  # scikit-learn's settings, by name only
    texts: Sequence[str],
    settings: TermSettings,
    *,
    min_df: float = 1,
    max_df: float = 1.0,
    max_features: int | None = None,
    use_idf: bool = True,
    smooth_idf: bool = True,
) -> TermTable:
    """Vocabulary and idf of `texts`, learnt by scikit-learn's ``TfidfVectorizer``.

    Raises
    ------
    ValueError
        From scikit-learn: no document, or no term left.
    """
    vectorizer = _vectorizer(settings)
    vectorizer.set_params(
        min_df=min_df, max_df=max_df, max_features=max_features, use_idf=use_idf, smooth_idf=smooth_idf
    )
    vectorizer.fit(texts)
    terms = tuple(str(term) for term in vectorizer.get_feature_names_out())
    idf = vectorizer.idf_ if use_idf else np.ones(len(terms))
    return TermTable(settings=settings, terms=terms, idf=np.asarray(idf, dtype=np.float64))


def _vectorizer(settings: TermSettings) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = settings.analyzer == "word"
    return TfidfVectorizer(
        analyzer=settings.analyzer,
        tokenizer=_WordsOf(settings.user_words) if words else None,
        token_pattern=None,
        ngram_range=settings.ngram_range,
        lowercase=settings.lowercase,
        sublinear_tf=settings.sublinear_tf,
        norm=settings.norm,
    )


class _WordsOf:
    """``cut`` with its user words, as an object that pickles and clones."""

    def __init__(self, user_words: tuple[str, ...]) -> None:
        self.user_words = user_words

    def __call__(self, text: str) -> list[str]:
        return cut(text, self.user_words)


def _empty_rows(n_rows: int, n_terms: int) -> Rows:
    return Rows(
        indptr=np.zeros(n_rows + 1, dtype=np.int64),
        indices=np.empty(0, dtype=np.int32),
        data=np.empty(0, dtype=np.float64),
        n_terms=n_terms,
    )
