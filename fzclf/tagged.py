"""Reports, paragraphs and sentences with categories: made when asked for, from what was computed for the whole text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.evidence import evidence_of
from fzclf.features import CHANNELS, Units, alone
from fzclf.loading import scorer_of
from fzclf.model import Model
from fzclf.report import Block, Paragraph, Report, Sentence
from fzclf.scoring import Scorer, Scores, probabilities
from fzclf.segmentation import section_of
from fzclf.segmentation.outline import PARAGRAPH, Bounds, Entry

_OTHER = "other"
_CHINESE = re.compile("[\u4e00-\u9fff]")
Evidence = tuple[int, int, float]


class TaggedSentence(Sentence):
    """A sentence with its category.

    Attributes
    ----------
    category : str
    probability : float
        Of `category`, calibrated on reports that were left out of training.
    """

    __slots__ = ("_number", "_tagging", "category", "probability")

    def __init__(self, tagging: Tagging, number: int, bounds: Bounds, role: str, item: int | None) -> None:
        super().__init__(tagging.text, *bounds, role, item)
        self._tagging = tagging
        self._number = number
        self.category = tagging.model.categories[tagging.best[number]]
        self.probability = float(tagging.certainty[number])

    @property
    def score(self) -> float:
        """Margin of the category: the bias plus all weights of the evidence; no unit."""
        return float(self._tagging.scores.margins[self._number, self._tagging.best[self._number]])

    @property
    def bias(self) -> float:
        """What the category starts from before any evidence."""
        return float(self._tagging.model.bias[self._tagging.best[self._number]])

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of every category; sums to 1."""
        return _named(self._tagging.model, self._tagging.shares[self._number])

    @property
    def review(self) -> str | None:
        """Why a person should look at this sentence: ``too_short``, ``unknown_words``, ``low_margin`` or None."""
        limits = self._tagging.model.review
        known = self._tagging.known_share(self._number, self._number + 1)
        return self._tagging.review(self.text, known, self.probability, limits.sentence_probability)

    @property
    def evidence(self) -> list[Evidence]:
        """`(start, end, weight)` spans of the report whose weights, with the bias, add up to the score.

        They lie in the sentence, in its neighbours and headings; ``(0, 0)`` stands for what
        has no place (role and position). Made when asked for.
        """
        tagging = self._tagging
        return evidence_of(
            scorer_of(tagging.model), tagging.model, tagging.units, self._number, tagging.best[self._number]
        )

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values; probabilities to six places."""
        return super().to_dict() | {
            "category": self.category,
            "probability": round(self.probability, 6),
            "review": self.review,
        }


class TaggedParagraph(Paragraph[TaggedSentence]):
    """A paragraph whose categories are derived from its sentences, when they are asked for."""

    __slots__ = ("_entry", "_first", "_made", "_tagging")

    def __init__(self, tagging: Tagging, entry: Entry, first: int, section: tuple[str, ...]) -> None:
        Block.__init__(self, tagging.text, (entry.start, entry.end), "paragraph", entry.role, section)
        self._tagging = tagging
        self._entry = entry
        self._first = first
        self._made: tuple[TaggedSentence, ...] | None = None

    def __reduce__(self) -> tuple[type[TaggedParagraph], tuple[Tagging, Entry, int, tuple[str, ...]]]:
        return type(self), (self._tagging, self._entry, self._first, self.section)

    @property
    def sentences(self) -> tuple[TaggedSentence, ...]:
        """Sentences in order, made when first asked for."""
        if self._made is None:
            entry = self._entry
            rows = zip(entry.sentences, entry.roles, entry.items, strict=True)
            self._made = tuple(
                TaggedSentence(self._tagging, number, *row) for number, row in enumerate(rows, self._first)
            )
        return self._made

    @property
    def category(self) -> str:
        """The one that covers the most characters; a tie goes to the section heading's, then to the first."""
        covered = self._covered()
        longest = max(covered.values())
        widest = [category for category, length in covered.items() if length == longest]
        return widest[0] if len(widest) == 1 else self._tagging.settle_tie(widest, self._first)

    @property
    def categories(self) -> tuple[str, ...]:
        """All categories with at least one sentence, the widest first."""
        covered = self._covered()
        return tuple(sorted(covered, key=lambda category: -covered[category]))

    def _covered(self) -> dict[str, int]:
        """Characters that each category covers, in the order of first occurrence."""
        names, best = self._tagging.model.categories, self._tagging.best
        covered: dict[str, int] = {}
        for number, (start, end) in enumerate(self._entry.sentences, self._first):
            name = names[best[number]]
            covered[name] = covered.get(name, 0) + end - start
        return covered

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of every category: the mean over the sentences, weighted by their length; sums to 1."""
        return _named(self._tagging.model, self._mean(self._tagging.shares))

    @property
    def review(self) -> str | None:
        """Why a person should look: ``too_short``, ``unknown_words``, ``low_margin``, or None."""
        tagging = self._tagging
        known = tagging.known_share(self._first, self._first + self._entry.n_sentences)
        certainty = float(self._mean(tagging.certainty))
        return tagging.review(self.text, known, certainty, tagging.model.review.paragraph_probability)

    def _mean(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean of one value for each sentence, weighted by its length."""
        lengths = np.array([end - start for start, end in self._entry.sentences], dtype=np.float64)
        mean: NDArray[np.float64] = lengths @ values[self._first : self._first + len(lengths)] / lengths.sum()
        return mean

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values; probabilities to six places."""
        rounded = {category: round(share, 6) for category, share in self.probabilities.items()}
        return super().to_dict() | {
            "category": self.category,
            "categories": list(self.categories),
            "probabilities": rounded,
            "review": self.review,
        }


class TaggedReport(Report[TaggedParagraph]):
    """A report whose paragraphs carry categories; iterating yields them."""

    def __init__(self, tagging: Tagging, entries: Sequence[Entry]) -> None:
        self.text = tagging.text
        self.categories = tagging.model.categories
        self.names = dict(tagging.model.names)
        self._tagging = tagging
        self._entries = entries
        self._made: tuple[Block, ...] | None = None

    @property
    def blocks(self) -> tuple[Block, ...]:  # type: ignore[override]
        """Every line with ink on it, in order, made when first asked for."""
        if self._made is None:
            self._made = tuple(_blocks(self._tagging, self._entries))
        return self._made

    def _columns(self) -> list[str]:
        return [*super()._columns(), "category", "probability", "review"]

    @property
    def shares(self) -> dict[str, float]:
        """Share of the paragraphs' characters that each category covers, sentence by sentence."""
        covered = dict.fromkeys(self.categories, 0)
        for paragraph in self.paragraphs:
            for sentence in paragraph.sentences:
                covered[sentence.category] += len(sentence)
        total = sum(covered.values())
        return {category: length / total if total else 0.0 for category, length in covered.items()}

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values; probabilities to six places."""
        shares = {category: round(share, 6) for category, share in self.shares.items()}
        return super().to_dict() | {"shares": shares}


class Tagging:
    """What all sentences of one report share: units, scores, and the model that made them."""

    def __init__(self, text: str, model: Model, units: Units, scorer: Scorer) -> None:
        self.text = text
        self.model = model
        self.units = units
        self.scores: Scores = scorer.score(units)
        self._shares: NDArray[np.float64] | None = None
        self._certainty: NDArray[np.float64] | None = None
        best = self.scores.margins.argmax(axis=1)
        self.foreign = self.known_share(0, len(best)) < model.review.known_share_text
        if self.foreign and _OTHER in model.categories:
            # In a text of another kind a weak resemblance to one of the five is chance.
            weak = self.shares.max(axis=1) < model.review.sentence_probability
            best[weak] = model.categories.index(_OTHER)
        self.best: list[int] = best.tolist()

    # Without functools.cached_property: before Python 3.12 it has a lock, which a fork may leave held for ever.

    @property
    def shares(self) -> NDArray[np.float64]:
        """Probabilities of all categories for every sentence, computed when the first is asked for."""
        if self._shares is None:
            self._shares = probabilities(self.scores.margins, self.model.temperature)
        return self._shares

    @property
    def certainty(self) -> NDArray[np.float64]:
        """Probability of the category of every sentence."""
        if self._certainty is None:
            self._certainty = self.shares[np.arange(len(self.best)), self.best]
        return self._certainty

    def known_share(self, first: int, stop: int) -> float:
        """Share of the pairs of characters of some sentences that the model knows."""
        if stop == first:
            return 0.0
        n_pairs = int(self.units.ends[stop - 1] - self.units.starts[first]) - (stop - first)  # they lie end to end
        return float(self.scores.n_known[first:stop].sum()) / max(n_pairs, 1)

    def settle_tie(self, widest: Sequence[str], sentence: int) -> str:
        """Between categories of equal width: the section heading's if it is one of them, else the first."""
        heading = int(self.units.seen[sentence, CHANNELS.index("heading")])
        if heading < 0:
            return widest[0]
        margins = scorer_of(self.model).score(alone(self.units, heading)).margins
        announced = self.model.categories[int(margins[0].argmax())]
        return announced if announced in widest else widest[0]

    def review(self, text: str, known_share: float, certainty: float, lowest: float) -> str | None:
        """The first reason for a person to look at a unit, None if there is none."""
        limits = self.model.review
        if sum(1 for _ in islice(_CHINESE.finditer(text), limits.fewest_characters)) < limits.fewest_characters:
            return "too_short"
        if self.foreign or known_share < limits.known_share:
            return "unknown_words"
        return "low_margin" if certainty < lowest else None


def _blocks(tagging: Tagging, entries: Sequence[Entry]) -> Iterator[Block]:
    """The blocks of a report; those of one section share the tuple of its headings."""
    first = 0
    above: tuple[Bounds, ...] = ()
    section: tuple[str, ...] = ()
    for entry in entries:
        if entry.section is not above:
            above, section = entry.section, section_of(tagging.text, entry)
        if entry.kind == PARAGRAPH:
            yield TaggedParagraph(tagging, entry, first, section)
            first += entry.n_sentences
        else:
            yield Block(tagging.text, (entry.start, entry.end), entry.kind, entry.role, section, entry.level)


def _named(model: Model, shares: NDArray[np.float64]) -> dict[str, float]:
    return {category: float(share) for category, share in zip(model.categories, shares, strict=True)}
