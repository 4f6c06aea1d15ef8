"""What was tried beside the settings in use: one table, from which measurement and document are made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any
from unittest.mock import patch

from benchmarks.quality.data import ROOT
from benchmarks.quality.leaving_out import Patch
from fzclf.features import CHANNELS
from fzclf.loading import load_model
from fzclf.terms import TermTable
from fzclf.training import fitting
from fzclf.training.fitting import FitSettings

_PENALTIES = (0.005, 0.01, 0.02, 0.05, 0.2)
_CHANNEL_NAMES = {
    "previous": "the sentence before",
    "next": "the sentence after",
    "item": "the opening of the item",
    "opening": "the opening of the paragraph",
    "heading": "the heading",
}
Maker = Callable[[float], Any]


@cache
def in_use() -> FitSettings:
    """The settings that the packaged model was trained with, as its card has them.

    Raises
    ------
    ModelError
        If there is no packaged model.
    """
    recorded = load_model().card["settings"]
    known = {one.name for one in fields(FitSettings)} & set(recorded) - {"user_words"}
    values: dict[str, Any] = {name: recorded[name] for name in known}
    tuples = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return FitSettings(**(values | tuples), user_words=_user_words() if recorded["user_words"] else ())


def _user_words() -> tuple[str, ...]:
    """The field's terms that were tried as a user dictionary."""
    lines = (ROOT / "labels" / "user_words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip())


@dataclass(frozen=True)
class Alternative:
    """One thing done otherwise.

    Attributes
    ----------
    changes : mapping
        Fields of `FitSettings` that differ.
    """

    family: str
    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    patched: Patch = nullcontext

    @property
    def settings(self) -> FitSettings:
        """The settings in use, with the changes."""
        return replace(in_use(), **self.changes)


# --- other classifiers ----------------------------------------------------------------------


class _Linear:
    """Another linear classifier in the place of ``LinearSVC``: the same call, the same two attributes."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def fit(self, matrix: Any, targets: Any) -> _Linear:
        fitted = self._estimator.fit(matrix, targets)
        self.classes_ = fitted.classes_
        self.coef_ = fitted.coef_ if hasattr(fitted, "coef_") else _centred(fitted.feature_log_prob_)
        return self


def _centred(weights: Any) -> Any:
    """Log weights less their mean over the categories: the same answers, and sizes that half precision keeps."""
    return weights - weights.mean(axis=0)


def instead_of_svm(make: Maker) -> Patch:
    """A patch under which training fits ``make(C)`` where it would fit ``LinearSVC(C=C, ...)``."""

    @contextmanager
    def patched() -> Iterator[None]:
        with patch("sklearn.svm.LinearSVC", lambda **settings: _Linear(make(settings["C"]))):
            yield

    return patched


def _balanced(penalty: float) -> Any:
    from sklearn.svm import _classes  # not the name that is patched

    return _classes.LinearSVC(C=penalty, class_weight="balanced", random_state=0, max_iter=2000)


def _logistic(penalty: float) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=penalty, max_iter=300)


def _ridge(penalty: float) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(alpha=penalty, solver="sparse_cg", tol=1e-3)


def _balanced_ridge(penalty: float) -> Any:
    from sklearn.linear_model import RidgeClassifier

    return RidgeClassifier(alpha=penalty, class_weight="balanced", solver="sparse_cg", tol=1e-3)


def _sgd(penalty: float) -> Any:
    from sklearn.linear_model import SGDClassifier

    return SGDClassifier(loss="hinge", alpha=penalty, max_iter=30, tol=1e-3, random_state=0)


def _naive_bayes(smoothing: float) -> Any:
    from sklearn.naive_bayes import ComplementNB

    return ComplementNB(alpha=smoothing)


# --- other features -------------------------------------------------------------------------


@contextmanager
def _without_words() -> Iterator[None]:
    """Training that keeps the vocabulary of characters only."""
    fit_tables = fitting._fit_tables

    def characters(units: Any, settings: FitSettings) -> list[Any]:
        return [table for table in fit_tables(units, settings) if table.settings.analyzer == "char"]

    with patch.object(fitting, "_fit_tables", characters):
        yield


@contextmanager
def _without_places() -> Iterator[None]:
    """Training whose words hold no name of a place, as jieba's dictionary tags them.

    The tag is rough: 上岗, 城市 and 法治化 have it too, so the names have no class of their own in the features.
    """
    fit_tables = fitting._fit_tables

    def placeless(units: Any, settings: FitSettings) -> list[Any]:
        return [_without_terms(table, _places()) for table in fit_tables(units, settings)]

    with patch.object(fitting, "_fit_tables", placeless):
        yield


def _without_terms(table: TermTable, words: frozenset[str]) -> TermTable:
    """A table of words without the terms that hold one of `words`; a table of characters as it is."""
    if table.settings.analyzer != "word":
        return table
    kept = [column for column, term in enumerate(table.terms) if words.isdisjoint(term.split(" "))]
    return replace(table, terms=tuple(table.terms[column] for column in kept), idf=table.idf[kept])


@cache
def _places() -> frozenset[str]:
    import jieba

    with jieba.get_dict_file() as file:
        rows = (line.decode("utf-8").split(" ") for line in file)
        return frozenset(row[0] for row in rows if row[-1].strip() == "ns")


def _features() -> list[Alternative]:
    sentence = {"channels": ("sentence",)}
    longest = [
        Alternative("terms", f"characters only, 1–{n}", {"character_ngrams": (1, n)}, _without_words) for n in (2, 3, 4)
    ]
    channels = [
        Alternative("context", f"without {_CHANNEL_NAMES.get(one, one)}", _without(one)) for one in CHANNELS[1:]
    ]
    return [
        Alternative("terms", "words only", {"character_weight": 0.0}),
        *longest,
        *_other_values("terms", "character n-grams", "character_ngrams", ((1, 2), (1, 3), (1, 4))),
        *_other_values("terms", "word n-grams", "word_ngrams", ((1, 1), (1, 2), (1, 3))),
        *_other_values("terms", "words, fewest sentences", "word_min_df", (1, 2, 3, 5)),
        *_other_values("terms", "character n-grams, fewest sentences", "character_min_df", (2, 3, 5)),
        Alternative("terms", "user dictionary", {"user_words": _user_words()}),
        Alternative("terms", "no names of places", patched=_without_places),
        Alternative("context", "no context, no flags", sentence | {"flag_weight": 0.0}),
        Alternative("context", "no context", sentence),
        *channels,
        Alternative("context", "no flags (role, position)", {"flag_weight": 0.0}),
        *_other_values("context", "logistic regression of the place, C", "context_penalty", _PENALTIES),
        Alternative("context", "no copy without its place", {"alone_weight": 0.0}),
    ]


def _without(channel: str) -> dict[str, Any]:
    return {"channels": tuple(one for one in in_use().channels if one != channel)}


def _other_values(family: str, words: str, name: str, values: Sequence[Any]) -> list[Alternative]:
    """One alternative for each value that is not in use."""
    shown = {value: "–".join(map(str, value)) if isinstance(value, tuple) else str(value) for value in values}
    return [
        Alternative(family, f"{words} {shown[value]}", {name: value})
        for value in values
        if value != getattr(in_use(), name)
    ]


def _classifiers() -> list[Alternative]:
    def other(name: str, make: Maker, penalty: float) -> Alternative:
        return Alternative("classifier", name, {"inverse_penalty": penalty}, instead_of_svm(make))

    return [
        *_other_values("classifier", "linear SVM, C", "inverse_penalty", (0.1, 0.2, 0.3, 0.5, 1.0)),
        other("linear SVM, balanced classes", _balanced, in_use().inverse_penalty),
        other("multinomial logistic regression, C 10", _logistic, 10.0),
        other("ridge, alpha 1", _ridge, 1.0),
        *(other(f"ridge, balanced classes, alpha {one:.0f}", _balanced_ridge, one) for one in (1.0, 2.0)),
        other("SGD, hinge loss, alpha 0.00003", _sgd, 3e-5),
        other("complement naive Bayes, alpha 0.3", _naive_bayes, 0.3),
    ]


def alternatives() -> list[Alternative]:
    """All of them; the settings in use come first and are no alternative."""
    return [*_features(), *_classifiers()]
