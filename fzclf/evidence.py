"""Why a sentence got its category: every weight that was added up, at its place in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import text_of
from fzclf.cutting import tokenize
from fzclf.features import CHANNELS, Units, offsets_of
from fzclf.model import Model, View
from fzclf.scoring import Scorer
from fzclf.terms import Rows, TermSettings

NOWHERE = (0, 0)
_CHARACTERS = re.compile(r"\s\s+|.", re.DOTALL)
Spans = dict[tuple[int, int], float]


def evidence_of(
    scorer: Scorer, model: Model, units: Units, sentence: int, category: int
) -> list[tuple[int, int, float]]:
    """Weights that make up the score of a category for a sentence, without the bias.

    Returns
    -------
    list of (start, end, weight)
        Spans of the text, in order; several terms at the same span are added up, and
        a term that occurs more than once shares its weight equally among its places.
        ``(0, 0)`` holds what has no place: the role and the position of the sentence.
    """
    spans: Spans = {}
    flags = float(units.flags[sentence] @ model.flag_weights[:, category].astype(np.float64))
    if flags:
        spans[NOWHERE] = flags
    for channel, influence in zip(model.channels, model.context[:, :, category].astype(np.float64), strict=True):
        unit = int(units.seen[sentence, CHANNELS.index(channel)])
        if unit >= 0:
            for engine, view in zip(scorer.engines, model.views, strict=True):
                row = engine.rows(units.codes, units.starts[unit : unit + 1], units.ends[unit : unit + 1])
                _add_unit(spans, view, row, units, unit, influence)
    return [(start, end, weight) for (start, end), weight in sorted(spans.items())]


def _add_unit(spans: Spans, view: View, row: Rows, units: Units, unit: int, influence: NDArray[np.float64]) -> None:
    """Add what each term of a unit says for all categories, times what that counts for the one in question."""
    weights = view.weights[row.indices].astype(np.float64) @ influence
    terms = [view.table.terms[column] for column in row.indices.tolist()]
    shares = dict(zip(terms, (row.data * weights).tolist(), strict=True))
    text = text_of(units.codes[units.starts[unit] : units.ends[unit]])
    places: dict[str, list[tuple[int, int]]] = {term: [] for term in shares}
    for term, start, end in _occurrences(text, view.table.settings):
        if term in places:
            places[term].append((start, end))
    offsets = offsets_of(units, unit)
    for term, share in shares.items():
        if not places[term]:
            spans[NOWHERE] = spans.get(NOWHERE, 0.0) + share
        for start, end in places[term]:
            span = (int(offsets[start]), int(offsets[end - 1]) + 1)
            spans[span] = spans.get(span, 0.0) + share / len(places[term])


def _occurrences(text: str, settings: TermSettings) -> Iterator[tuple[str, int, int]]:
    """Every n-gram of `text` with its bounds, as the vectorizer counts them."""
    if settings.analyzer == "word":
        tokens, joiner = tokenize(text, settings.user_words), " "
        lengths = [len(token) for token in tokens]
    else:  # scikit-learn counts a run of white space as one space
        pieces, joiner = _CHARACTERS.findall(text), ""
        tokens = [" " if len(piece) > 1 else piece for piece in pieces]
        lengths = [len(piece) for piece in pieces]
    ends = np.cumsum(lengths).tolist()
    low, high = settings.ngram_range
    for size in range(low, high + 1):
        for first in range(len(tokens) - size + 1):
            gram = tokens[first : first + size]
            yield joiner.join(gram), ends[first] - lengths[first], ends[first + size - 1]
