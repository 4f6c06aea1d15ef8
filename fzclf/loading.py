"""Models ready for use: read once, checked against what they said at training, with their scorers."""

from __future__ import annotations

import copyreg
import os
import threading
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from fzclf.errors import ModelError
from fzclf.features import build_units
from fzclf.lexicon import tokenizer_signature
from fzclf.model import Model
from fzclf.model_files import ARRAYS, MANIFEST, checked, read_model
from fzclf.resources import default_model_folder
from fzclf.scoring import Scorer
from fzclf.segmentation import read_outline

_GOLDEN_TOLERANCE = 1e-4  # far above what processors differ by, far below what changes a tag


def load_model(path: str | os.PathLike[str] | None = None) -> Model:
    """Read and check a model folder; the packaged one if no path is given.

    Besides checksum and shapes, the model must give the sentences in its manifest the
    margins that it gave them when it was trained: another dictionary or a wrong build
    shows here, not in wrong tags. A folder that has not changed is read once.

    Raises
    ------
    ModelError
        If it is missing, damaged, of a newer format, or no model.
    """
    folder = default_model_folder() if path is None else Path(path)
    with _loading:
        return _load_once(folder.absolute(), _stamp(folder))


@lru_cache(maxsize=8)
def _load_once(folder: Path, _stamp: tuple[int, ...]) -> Model:
    model = read_model(folder)
    check_tokenizer(model, folder)
    # Here, not at the first report: what is derived from a forged model may fail, too.
    checked(lambda: scorer_of(model), folder)
    for golden in model.golden:
        margins = checked(partial(golden_margins, model, golden.text), folder)
        gap = max(abs(one - other) for one, other in zip(margins, golden.margins, strict=True))
        if not gap <= _GOLDEN_TOLERANCE:
            raise ModelError(
                f"{folder}: {golden.text!r} gets margins {margins}, at training it got {golden.margins}; "
                "the model was trained with another version of jieba or numpy, train it again"
            )
    _folders[model] = folder
    return model


def check_tokenizer(model: Model, folder: Path) -> None:
    """Hold the dictionary that is installed against the one that cut the training text.

    Raises
    ------
    ModelError
        If they differ: words would be cut differently than the weights expect.
    """
    if not model.tokenizer:
        return
    installed = tokenizer_signature()
    for name, value in model.tokenizer.items():
        if installed.get(name) != value:
            raise ModelError(
                f"{folder}: was trained with {name} {value!r} of the word cutter, installed is "
                f"{installed.get(name)!r}; install jieba {model.tokenizer.get('jieba')} as it came, or train it again"
            )


_folders: WeakKeyDictionary[Model, Path] = WeakKeyDictionary()


def _reduce_model(model: Model) -> tuple[Callable[..., Model], tuple[Any, ...]]:
    """Pickle a loaded model as the place that it came from: reports stay small on their way between processes."""
    folder = _folders.get(model)
    if folder is None:
        return Model, tuple(vars(model).values())
    place = None if folder == default_model_folder().absolute() else str(folder)
    return _load_the_same, (place, model.sha256)


def _load_the_same(place: str | None, sha256: str) -> Model:
    """The model that a pickled report was tagged with.

    Raises
    ------
    ModelError
        If another model stands at its place now: the tags would change behind the reader's back.
    """
    model = load_model(place)
    if model.sha256 != sha256:
        raise ModelError(
            f"{place or 'the packaged model'}: is not the model that this report was tagged with "
            f"({model.sha256[:12]}, then {sha256[:12]}); tag the report again"
        )
    return model


copyreg.pickle(Model, _reduce_model)


def _stamp(folder: Path) -> tuple[int, ...]:
    """Changes when a file of the folder is replaced."""
    try:
        states = [(folder / name).stat() for name in (MANIFEST, ARRAYS)]
    except (OSError, ValueError):  # a NUL in the name
        return ()
    return tuple(number for state in states for number in (state.st_mtime_ns, state.st_size, state.st_ino))


_scorers: WeakKeyDictionary[Model, Scorer] = WeakKeyDictionary()
_lock = threading.Lock()
_loading = threading.RLock()


def _renew_locks() -> None:
    """After a fork, another thread's hold on a lock would never end in the child."""
    global _lock, _loading  # the child has one thread only
    _lock, _loading = threading.Lock(), threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_locks)


def scorer_of(model: Model) -> Scorer:
    """The scorer of a model, made once and shared by all threads.

    Raises
    ------
    TypeError
        If `model` is none.
    """
    if not isinstance(model, Model):
        raise TypeError(f"model must come from fzclf.load_model, not {type(model).__name__}")
    with _lock:
        if model not in _scorers:
            _scorers[model] = Scorer(model)
        return _scorers[model]


def golden_margins(model: Model, sentence: str) -> tuple[float, ...]:
    """Margins of one sentence on its own, rounded to what every processor agrees on."""
    margins = scorer_of(model).score(build_units(sentence, read_outline(sentence))).margins
    if not len(margins):
        raise ValueError(f"a golden prediction of {sentence!r}, which is no sentence")
    return tuple(round(float(margin), 6) for margin in margins[0])
