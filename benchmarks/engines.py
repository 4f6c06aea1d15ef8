"""All engines, ours and others', in one table; the equality of results is taken from it too.

An engine is made for a list of paragraphs, outside the measured time, and is then a
function without arguments that does the work and returns something to compare.
"""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from fzclf import reference
from fzclf.codes import code_points
from fzclf.counting import FastRows
from fzclf.cutting import Workspace, tokenize, word_bounds
from fzclf.lexicon import lexicon_for
from fzclf.terms import TermSettings, TermTable
from fzclf.tokens import TokenBatch, token_batches

Work = Callable[[], Any]
WORDS = TermSettings()
BIGRAMS = TermSettings(ngram_range=(1, 2), sublinear_tf=True)
WORDS_1, WORDS_2 = "tfidf words 1", "tfidf words 1-2"
CHARS = TermSettings(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)


@dataclass(frozen=True)
class Engine:
    """One way to do one stage."""

    name: str
    stage: str
    make: Callable[[list[str]], Work]
    needs: str = "fzclf"  # module that must be there
    slow: bool = False  # gets the short sample
    exact: bool = True  # must give the same as the baseline

    def missing(self) -> str | None:
        """Why it cannot run here."""
        return None if importlib.util.find_spec(self.needs) else f"{self.needs} is not installed"


def _spans(paragraphs: list[str]) -> tuple[Any, Any, Any]:
    bounds = np.cumsum([0, *map(len, paragraphs)])
    return code_points("".join(paragraphs)), bounds[:-1], bounds[1:]


def _each(function: Callable[[str], list[str]]) -> Callable[[list[str]], Work]:
    return lambda paragraphs: lambda: [function(paragraph) for paragraph in paragraphs]


def _bounds(paragraphs: list[str]) -> Work:
    codes, starts, ends = _spans(paragraphs)
    lexicon = lexicon_for()
    word_bounds(codes[:1], starts[:0], ends[:0], lexicon)
    return lambda: word_bounds(codes, starts, ends, lexicon)


def _rjieba(paragraphs: list[str]) -> Work:
    import rjieba

    return lambda: [rjieba.cut(paragraph) for paragraph in paragraphs]


def _jieba_fast_dat(paragraphs: list[str]) -> Work:
    import jieba_fast_dat

    jieba_fast_dat.setLogLevel(60)
    return lambda: [list(jieba_fast_dat.cut(paragraph)) for paragraph in paragraphs]


def _cppjieba(paragraphs: list[str]) -> Work:
    import cppjieba_py_dat as cppjieba  # type: ignore[import-untyped,unused-ignore]  # no types

    return lambda: [list(cppjieba.cut(paragraph)) for paragraph in paragraphs]


def table_of(settings: TermSettings, paragraphs: list[str]) -> TermTable:
    """A vocabulary for both sides of a comparison, learnt from the text itself, terms met twice."""
    from fzclf.vectorizer import JiebaTfidfVectorizer

    parameters = {name: getattr(settings, name) for name in ("analyzer", "ngram_range", "sublinear_tf")}
    return JiebaTfidfVectorizer(min_df=2, **parameters).fit(paragraphs).table_


def _fast_rows(settings: TermSettings) -> Callable[[list[str]], Work]:
    def make(paragraphs: list[str]) -> Work:
        engine = FastRows(table_of(settings, paragraphs))
        engine.rows(*_spans(paragraphs[:1]))
        # joining and encoding the paragraphs belongs to the work
        return lambda: engine.rows(*_spans(paragraphs))

    return make


def _sklearn_rows(settings: TermSettings, cut: Callable[[str], list[str]] | None) -> Callable[[list[str]], Work]:
    def make(paragraphs: list[str]) -> Work:
        from sklearn.feature_extraction.text import TfidfVectorizer

        table = table_of(settings, paragraphs)
        vectorizer = TfidfVectorizer(
            analyzer=settings.analyzer,
            tokenizer=cut,
            token_pattern=None,
            ngram_range=settings.ngram_range,
            sublinear_tf=settings.sublinear_tf,
            vocabulary={term: column for column, term in enumerate(table.terms)},
        )
        vectorizer.idf_ = table.idf
        return lambda: vectorizer.transform(paragraphs)

    return make


def _rjieba_cut(text: str) -> list[str]:
    import rjieba

    words: list[str] = rjieba.cut(text)
    return words


def _hashing(paragraphs: list[str]) -> Work:
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(tokenizer=reference.cut, token_pattern=None, ngram_range=(1, 2))
    return lambda: vectorizer.transform(paragraphs)


def _fit(paragraphs: list[str]) -> Work:
    from fzclf.vectorizer import JiebaTfidfVectorizer

    return lambda: JiebaTfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(paragraphs).table_.terms


def _sklearn_fit(paragraphs: list[str]) -> Work:
    return lambda: reference.fit_table(paragraphs, BIGRAMS, min_df=2).terms


def _fasttext_train(paragraphs: list[str]) -> Work:
    import fasttext

    path = _fasttext_file(paragraphs)
    return lambda: fasttext.train_supervised(path, wordNgrams=2, epoch=1, thread=1, verbose=0) and None


def _fasttext_predict(paragraphs: list[str]) -> Work:
    import fasttext

    model = fasttext.train_supervised(_fasttext_file(paragraphs), wordNgrams=2, epoch=1, thread=1, verbose=0)
    lines = [" ".join(words) for words in map(tokenize, paragraphs)]
    return lambda: [model.predict(line.replace("\n", " ")) for line in lines] and None


def _fasttext_file(paragraphs: list[str]) -> str:
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False) as file:
        for number, paragraph in enumerate(paragraphs):
            file.write(f"__label__{number % 6} {' '.join(tokenize(paragraph))}\n")
    return file.name


def _batches(paragraphs: list[str], settings: TermSettings) -> list[TokenBatch]:
    return list(token_batches(*_spans(paragraphs), settings, lexicon_for(), Workspace(keep=False)))


def _count(paragraphs: list[str]) -> Work:
    engine = FastRows(table_of(BIGRAMS, paragraphs))
    engine.rows(*_spans(paragraphs[:1]))
    batches, workspace = _batches(paragraphs, BIGRAMS), Workspace()

    def work() -> None:
        for batch in batches:
            engine.look_up(batch, workspace)

    return work


def _weigh(paragraphs: list[str]) -> Work:
    engine = FastRows(table_of(BIGRAMS, paragraphs))
    pairs = [(batch, engine.look_up(batch, Workspace(keep=False))) for batch in _batches(paragraphs, BIGRAMS)]
    n_codes = sum(map(len, paragraphs))
    return lambda: engine.assembled(pairs, len(paragraphs), n_codes) and None


def _score(paragraphs: list[str]) -> Work:
    from fzclf.machine import kernels

    table = table_of(BIGRAMS, paragraphs)
    rows = FastRows(table).rows(*_spans(paragraphs))
    weights = np.random.default_rng(0).normal(size=len(table.terms) * 6).astype(np.float32)
    margins = np.empty(len(paragraphs) * 6)
    return lambda: kernels.score_rows(rows.indptr, rows.indices, rows.data, weights, np.zeros(6), 6, margins)


def _public(name: str, look: Callable[[Any], Any] = id, n_codes: int = 5000) -> Callable[[list[str]], Work]:
    """A function of the public API on reports of about `n_codes` characters, and a look at what it gives."""

    def make(paragraphs: list[str]) -> Work:
        import fzclf

        function = getattr(fzclf, name)
        reports = reports_of(paragraphs, n_codes)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function(reports[0])
        return lambda: [look(function(report)) for report in reports] and None

    return make


def reports_of(paragraphs: list[str], n_codes: int = 5000) -> list[str]:
    """Paragraphs put together to texts of about `n_codes` code points."""
    reports, report, size = [], [], 0
    for paragraph in paragraphs:
        report.append(paragraph)
        size += len(paragraph)
        if size > n_codes:
            reports.append("\n".join(report))
            report, size = [], 0
    return [*reports, "\n".join(report)] if report else reports


def _all_tags(report: Any) -> Any:
    return [sentence.category for paragraph in report for sentence in paragraph.sentences]


ENGINES = [
    Engine("jieba", "cut", _each(reference.cut), slow=True),
    Engine("fzclf", "cut", _bounds, exact=False),  # gives offsets; what `tokenize` gives is compared
    Engine("fzclf tokenize (list of str)", "cut", _each(tokenize)),
    Engine("rjieba", "cut", _rjieba, needs="rjieba", exact=False),
    Engine("jieba_fast_dat", "cut", _jieba_fast_dat, needs="jieba_fast_dat", slow=True, exact=False),
    Engine("cppjieba", "cut", _cppjieba, needs="cppjieba_py_dat", exact=False),
    Engine("jieba + scikit-learn", WORDS_1, _sklearn_rows(WORDS, reference.cut), slow=True),
    Engine("fzclf", WORDS_1, _fast_rows(WORDS)),
    Engine("rjieba + scikit-learn", WORDS_1, _sklearn_rows(WORDS, _rjieba_cut), needs="rjieba", exact=False),
    Engine("jieba + scikit-learn", WORDS_2, _sklearn_rows(BIGRAMS, reference.cut), slow=True),
    Engine("fzclf", WORDS_2, _fast_rows(BIGRAMS)),
    Engine("rjieba + scikit-learn", WORDS_2, _sklearn_rows(BIGRAMS, _rjieba_cut), needs="rjieba", exact=False),
    Engine("jieba + HashingVectorizer", WORDS_2, _hashing, slow=True, exact=False),
    Engine("scikit-learn", "tfidf chars 1-2", _sklearn_rows(CHARS, None), slow=True),
    Engine("fzclf", "tfidf chars 1-2", _fast_rows(CHARS)),
    Engine("jieba + scikit-learn", "fit words 1-2", _sklearn_fit, slow=True),
    Engine("fzclf", "fit words 1-2", _fit),
    Engine("fzclf", "look up (stage)", _count, exact=False),
    Engine("fzclf", "count and weigh (stage)", _weigh, exact=False),
    Engine("fzclf", "score, 6 classes (stage)", _score, exact=False),
    Engine("fzclf", "segment", _public("segment"), slow=True, exact=False),
    Engine("TF-IDF of jieba + scikit-learn", "classify", _sklearn_rows(BIGRAMS, reference.cut), slow=True, exact=False),
    Engine("fzclf", "classify", _public("classify"), exact=False),
    Engine("fzclf, reports of 20,000 characters", "classify", _public("classify", n_codes=20_000), exact=False),
    Engine("fzclf, and every tag read", "classify", _public("classify", _all_tags), exact=False),
    Engine("fastText", "train on words, 1 epoch", _fasttext_train, needs="fasttext", slow=True, exact=False),
    Engine("fastText", "predict from words", _fasttext_predict, needs="fasttext", slow=True, exact=False),
]  # fmt: skip
