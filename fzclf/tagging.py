"""`classify`: a report whose paragraphs and sentences carry categories."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator

from fzclf.features import build_units
from fzclf.loading import load_model, scorer_of
from fzclf.model import Model
from fzclf.segmentation import check_text, read_outline
from fzclf.tagged import TaggedReport, Tagging

_RECHECK_SECONDS = 1.0
_packaged: dict[str, tuple[float, Model]] = {}  # when its files were looked at last, and the model


def classify(text: str, *, model: Model | None = None) -> TaggedReport:
    """Tag every paragraph and sentence of a report with a category of the codebook.

    Parameters
    ----------
    text : str
        Any string; what is no report gets `other` and a reason for review.
    model : Model, optional
        From `fzclf.load_model`; the packaged one if none is given.

    Returns
    -------
    TaggedReport
        Its paragraphs when iterated over; `report.to_dict()`, `report.to_frame()` for tables.

    Raises
    ------
    TypeError
        If `text` is not a string.
    ModelError
        If the packaged model is missing or damaged.
    """
    check_text(text)
    model = _packaged_model() if model is None else model
    scorer = scorer_of(model)
    entries = read_outline(text)
    units = build_units(text, entries)
    return TaggedReport(Tagging(text, model, units, scorer), entries)


def _packaged_model() -> Model:
    """The packaged model; whether its files have changed is asked once a second, as asking takes 20 to 100 µs."""
    now = time.monotonic()
    looked, model = _packaged.get("packaged", (-math.inf, None))
    if model is None or now - looked > _RECHECK_SECONDS:
        model = load_model()
        _packaged["packaged"] = now, model
    return model


def classify_many(texts: Iterable[str], *, model: Model | None = None, n_jobs: int = 1) -> Iterator[TaggedReport]:
    """Tag many reports, lazily and in order.

    Parameters
    ----------
    texts : iterable of str
        Read only as far as results are asked for, and a few ahead.
    n_jobs : int
        Threads at work. Only the compiled loops release the interpreter's lock, about half of the
        time: for many long reports, processes (each with its own part of the texts) gain more.

    Raises
    ------
    TypeError
        If `texts` is a single string, or holds something else than strings.
    ValueError
        If `n_jobs` is less than 1.
    """
    if isinstance(texts, (str, bytes)):
        raise TypeError("texts must be an iterable of strings, not one string; use classify for a single report")
    if n_jobs < 1:
        raise ValueError(f"n_jobs must be 1 or more, not {n_jobs}")
    chosen = load_model() if model is None else model
    scorer_of(chosen)
    if n_jobs == 1:
        return (classify(text, model=chosen) for text in texts)
    return _in_threads(texts, chosen, n_jobs)


def _in_threads(texts: Iterable[str], model: Model, n_jobs: int) -> Iterator[TaggedReport]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(n_jobs) as pool:
        waiting = []
        for text in texts:
            waiting.append(pool.submit(classify, text, model=model))
            if len(waiting) > 2 * n_jobs:
                yield waiting.pop(0).result()
        for future in waiting:
            yield future.result()
