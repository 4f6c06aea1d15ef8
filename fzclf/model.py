"""A model as data: categories, terms, weights, calibration. Saved without pickle.

A model folder holds ``manifest.json`` (format number, settings, checksums, golden
predictions) and ``arrays.safetensors``. Everything that makes prediction fast is
derived from it at load and never saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.terms import TermTable

_MOST_FEWEST = 1_000  # characters; no sentence of a report is as long


@dataclass(frozen=True, eq=False)
class View:
    """A vocabulary and its weights.

    Attributes
    ----------
    weights : array of float32, shape (n_terms, n_categories)
    """

    name: str
    table: TermTable
    weights: NDArray[np.float32]


@dataclass(frozen=True)
class Review:
    """When a person should look; the limits are found on reports that were left out of training.

    Attributes
    ----------
    sentence_probability : float
        A sentence whose best category is less probable is not clear enough (``low_margin``).
    paragraph_probability : float
        The same for a paragraph, whose probability is the mean of its sentences' by length.
    known_share : float
        A paragraph or sentence with a lower share of known pairs of characters has foreign words (``unknown_words``).
    known_share_text : float
        A text with a lower share is no report of the kind: all of it is for review (``unknown_words``).
    fewest_characters : int
        With fewer Chinese characters a unit says too little (``too_short``).
    """

    sentence_probability: float = 0.6
    paragraph_probability: float = 0.6
    known_share: float = 0.3
    known_share_text: float = 0.5
    fewest_characters: int = 4

    def __post_init__(self) -> None:
        if not 0 <= self.fewest_characters <= _MOST_FEWEST:
            raise ValueError(f"fewest_characters must be 0 to {_MOST_FEWEST}, not {self.fewest_characters:.6g}")


@dataclass(frozen=True)
class Golden:
    """A sentence and the margins that the model gave it when it was trained; checked at load."""

    text: str
    margins: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Model:
    """Everything that training found, as arrays and plain values.

    Attributes
    ----------
    categories : tuple of str
        Ids in the order of the codebook; axis of all weights.
    names : mapping
        Chinese name of each category.
    channels : tuple of str
        The units that count for a sentence, of `fzclf.features.CHANNELS`.
    context : array of float32, shape (n_channels, n_categories, n_categories)
        What a margin of 1 for category j, of the unit seen through channel c, adds to the
        margin of category k of the sentence.
    flag_weights : array of float32, shape (n_flags, n_categories)
    bias : array of float32, shape (n_categories,)
    temperature : float
        Margins are divided by it before the softmax; fitted on held-out reports.
    sha256 : str
        Of the arrays in its folder; empty for a model that has not been saved.
    card : mapping
        What it was trained on and how well it does, as written to the model card.
    tokenizer : mapping
        jieba and the dictionary that cut the training text; empty if that is not known.
    """

    categories: tuple[str, ...]
    names: Mapping[str, str]
    views: tuple[View, ...]
    channels: tuple[str, ...]
    context: NDArray[np.float32]
    flag_weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float
    review: Review
    golden: tuple[Golden, ...] = ()
    card: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""
    tokenizer: Mapping[str, str | bool] = field(default_factory=dict)

    def __deepcopy__(self, _memo: object) -> Model:
        return self  # nothing in it ever changes
