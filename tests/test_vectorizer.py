"""``JiebaTfidfVectorizer`` against scikit-learn's ``TfidfVectorizer``, and scikit-learn's conventions."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import slow_twins
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.estimator_checks import check_estimator

from fzclf import reference, vectorizer
from fzclf.vectorizer import JiebaTfidfVectorizer

ODD = ["", "  ", "İΣ aΣ ΑΣ", "a\r\nb \t c", "\ud800 x \0\0 😀😀", "ＡＢＣ Dog  dog", "法治" * 300]
SETTINGS = [
    {},
    {"sublinear_tf": True, "min_df": 2},
    {"norm": "l1", "max_features": 300, "lowercase": False},
    {"norm": None, "use_idf": False},
    {"smooth_idf": False, "max_df": 0.3, "min_df": 0.01},
    {"max_features": 5, "sublinear_tf": True},
]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [*slow_twins.paragraphs_of(slow_twins.SEEDS)[:300], *ODD]


def theirs(**parameters) -> TfidfVectorizer:
    if parameters.get("analyzer", "word") == "word":
        parameters |= {"tokenizer": reference.cut, "token_pattern": None}
    return TfidfVectorizer(**parameters)


def assert_equal(matrix, other, *, tolerance: float = 0.0) -> None:
    other.sort_indices()
    assert type(matrix) is type(other)
    assert matrix.shape == other.shape
    assert np.array_equal(matrix.indptr, other.indptr)
    assert np.array_equal(matrix.indices, other.indices)
    assert np.abs(matrix.data - other.data).max(initial=0.0) <= tolerance


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
@pytest.mark.parametrize("ngram_range", [(1, 1), (1, 2), (2, 3)], ids=str)
@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_vocabulary_and_values_equal_scikit_learns(texts, analyzer, ngram_range, setting):
    ours = JiebaTfidfVectorizer(analyzer=analyzer, ngram_range=ngram_range, **setting)
    other = theirs(analyzer=analyzer, ngram_range=ngram_range, **setting)
    # scikit-learn adds the squares in another order in fit_transform than in transform
    assert_equal(ours.fit_transform(texts), other.fit_transform(texts), tolerance=1e-12)
    assert ours.vocabulary_ == other.vocabulary_
    assert ours.get_feature_names_out().tolist() == other.get_feature_names_out().tolist()
    assert_equal(ours.transform(texts[::-1]), other.transform(texts[::-1]))


@pytest.mark.skipif(not slow_twins.CORPUS, reason="no ../shared/corpus beside the repository")
def test_the_corpus_gives_the_same_numbers_to_the_last_bit():
    paragraphs = slow_twins.paragraphs_of(slow_twins.CORPUS[::6])
    ours = JiebaTfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(paragraphs)
    other = theirs(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(paragraphs)
    assert ours.vocabulary_ == other.vocabulary_
    assert np.array_equal(ours.idf_, other.idf_)
    assert_equal(ours.transform(paragraphs), other.transform(paragraphs))


def test_fit_transform_equals_fit_then_transform(texts):
    ours = JiebaTfidfVectorizer(ngram_range=(1, 2), min_df=2)
    assert_equal(ours.fit_transform(texts), ours.fit(texts).transform(texts))


@pytest.mark.parametrize("n_jobs", [2, 3, -1])
def test_threads_do_not_change_the_result(texts, n_jobs):
    one, many = JiebaTfidfVectorizer(ngram_range=(1, 2)), JiebaTfidfVectorizer(ngram_range=(1, 2), n_jobs=n_jobs)
    assert_equal(many.fit_transform(texts), one.fit_transform(texts))
    assert_equal(many.fit(texts).transform(texts), one.transform(texts))


def test_user_words(tmp_path, monkeypatch):
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))
    ours = JiebaTfidfVectorizer(user_words=["法治政府建设 100"]).fit(["推进法治政府建设"])
    assert list(ours.vocabulary_) == ["推进", "法治政府建设"]


def test_without_numba_the_reference_gives_the_same(texts, monkeypatch):
    fast = JiebaTfidfVectorizer(ngram_range=(1, 2), max_features=200)
    matrix = fast.fit_transform(texts)
    monkeypatch.setattr(vectorizer, "has_kernels", lambda *_: False)
    monkeypatch.setattr(vectorizer, "engine_for", reference.ReferenceRows)
    slow = clone(fast)
    assert_equal(slow.fit_transform(texts), matrix)
    assert slow.vocabulary_ == fast.vocabulary_


def test_those_of_scikit_learns_own_checks_that_take_text():
    with pytest.warns(SkipTestWarning, match="Can't test estimator JiebaTfidfVectorizer"):
        results = check_estimator(JiebaTfidfVectorizer())
    assert {result["status"] for result in results} == {"passed"}


def test_clone_has_the_same_parameters():
    ours = JiebaTfidfVectorizer(ngram_range=(1, 2), user_words=("法治",), n_jobs=2)
    assert clone(ours).get_params() == ours.get_params()


def test_fit_returns_itself_and_sets_only_fitted_attributes(texts):
    ours = JiebaTfidfVectorizer()
    before = set(vars(ours))
    assert ours.fit(texts) is ours
    assert all(name.endswith("_") for name in set(vars(ours)) - before)


def test_fit_changes_neither_documents_nor_parameters(texts):
    ours, documents = JiebaTfidfVectorizer(ngram_range=[1, 2]), list(texts)
    parameters = copy.deepcopy(ours.get_params())
    ours.fit(documents)
    assert documents == texts
    assert ours.get_params() == parameters


def test_fitting_again_forgets_the_first_time(texts):
    ours = JiebaTfidfVectorizer().fit(["法治政府"])
    ours.transform(["法治"])
    assert_equal(ours.fit(texts).transform(texts), JiebaTfidfVectorizer().fit(texts).transform(texts))


def test_no_idf_attribute_without_idf(texts):
    assert not hasattr(JiebaTfidfVectorizer().fit(texts).set_params(use_idf=False).fit(texts), "idf_")


def test_unfitted_is_an_error():
    for call in (lambda ours: ours.transform(["法治"]), lambda ours: ours.get_feature_names_out()):
        with pytest.raises(NotFittedError):
            call(JiebaTfidfVectorizer())


def test_list_array_series_and_generator_give_the_same(texts):
    expected = JiebaTfidfVectorizer().fit_transform(texts)
    for documents in (np.array(texts, dtype=object), pd.Series(texts), (text for text in texts), tuple(texts)):
        assert_equal(JiebaTfidfVectorizer().fit_transform(documents), expected)


@pytest.mark.parametrize("bad", [None, b"abc", 3, float("nan")])
def test_what_is_no_text_is_named_by_its_index(bad):
    ours = JiebaTfidfVectorizer().fit(["法治"])
    for call in (ours.fit, ours.transform, ours.fit_transform):
        with pytest.raises(TypeError, match="document 1 is"):
            call(["法治", bad])


def test_one_text_alone_is_refused():
    with pytest.raises(ValueError, match="string object received"):
        JiebaTfidfVectorizer().fit("法治政府")


@pytest.mark.parametrize("documents", [[], [""], ["", ""]])
def test_no_word_at_all_is_scikit_learns_error(documents):
    with pytest.raises(ValueError, match="empty vocabulary"):
        JiebaTfidfVectorizer().fit(documents)


def test_no_document_gives_no_row():
    assert JiebaTfidfVectorizer().fit(["法治"]).transform([]).shape == (0, 1)


def test_pruning_everything_is_scikit_learns_error():
    with pytest.raises(ValueError, match="no terms remain"):
        JiebaTfidfVectorizer(min_df=2).fit(["法治", "政府"])
    with pytest.raises(ValueError, match="max_df corresponds to < documents than min_df"):
        JiebaTfidfVectorizer(min_df=3, max_df=2).fit(["法治", "政府"])


@pytest.mark.parametrize(
    "parameters",
    [
        {"analyzer": "char_wb"}, {"ngram_range": (2, 1)}, {"ngram_range": (0, 1)}, {"norm": "max"}, {"min_df": 0},
        {"max_df": 1.5}, {"max_features": 0}, {"n_jobs": 0}, {"user_words": "法治"},
    ],
    ids=str,
)  # fmt: skip
def test_a_parameter_out_of_range_is_named(parameters):
    with pytest.raises(ValueError, match=f"^{next(iter(parameters))}="):
        JiebaTfidfVectorizer(**parameters).fit(["法治"])


@pytest.mark.parametrize("way", [lambda ours: pickle.loads(pickle.dumps(ours)), copy.deepcopy])
def test_a_copy_answers_the_same(texts, way):
    ours = JiebaTfidfVectorizer(ngram_range=(1, 2)).fit(texts)
    expected = ours.transform(texts)
    assert_equal(way(ours).transform(texts), expected)


def test_pickles_hold_no_engine(texts):
    ours = JiebaTfidfVectorizer().fit(texts)
    size = len(pickle.dumps(ours))
    ours.transform(texts)
    assert len(pickle.dumps(ours)) == size


def test_in_a_pipeline_and_a_grid_search(texts):
    labels = ["法治" in text for text in texts]
    pipeline = Pipeline([("terms", JiebaTfidfVectorizer()), ("model", LogisticRegression())])
    search = GridSearchCV(pipeline, {"terms__ngram_range": [(1, 1), (1, 2)]}, cv=2, n_jobs=1).fit(texts, labels)
    assert search.best_score_ > 0.7


def test_set_output_default_is_taken(texts):
    ours = JiebaTfidfVectorizer().set_output(transform="default")
    assert ours.fit_transform(texts).shape[0] == len(texts)
