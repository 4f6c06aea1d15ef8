"""What the classifier sees of a sentence: its own terms, and those of its place in the report.

The same TF-IDF row of a unit (a sentence or a heading) is seen through several
channels: as the sentence itself, as the one before or after, as the sentence that opens
its item or paragraph, as its heading; and the words before its first comma, so that a lead-in
(`为优化营商环境，`) can count for less. A channel has weights of its own, so `执法` in
the heading is another feature than `执法` in the sentence. Training and prediction
both come through `build_units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import code_points
from fzclf.folding import fold_codes
from fzclf.segmentation.roles import ROLES

CHANNELS = ("sentence", "previous", "next", "item", "opening", "clause", "heading")
_COMMA = ord("，")
FLAGS = (*(f"role={role}" for role in ROLES), "opens paragraph", "in item")
_LINE_BREAK = re.compile("[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
_BREAK = re.compile(
    # The look behind keeps it from trying each space of a long run anew.
    r"(?<!\s)\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029](?:\s*[-—–－第][-—–－ 第]*[0-9０-９]{1,3}[-—–－ 页]*[\n\r])?\s*"
)

Bounds = tuple[int, int]


class Passage(Protocol):
    """A paragraph as `build_units` needs it: bounds of its sentences and of the headings above."""

    @property
    def sentences(self) -> Sequence[Bounds]:
        """Bounds in the text, in order."""

    @property
    def roles(self) -> Sequence[str]:
        """Role of each sentence."""

    @property
    def items(self) -> Sequence[int | None]:
        """Number of the item that each sentence stands in."""

    @property
    def section(self) -> Sequence[Bounds]:
        """Bounds of the headings above, outermost first."""


@dataclass(frozen=True)
class Units:
    """All units of one or more texts, and which of them each sentence sees.

    Attributes
    ----------
    codes : array of uint32
        Folded code points that the units are spans of.
    starts, ends : arrays of shape (n_units,)
        The units as spans of `codes`.
    seen : array of shape (n_sentences, n_channels)
        Unit that each sentence sees through each channel, -1 for none.
    flags : array of shape (n_sentences, n_flags)
        1.0 where a flag holds, else 0.0.
    places : dict
        For units that were mended (a sentence over a line break): the offset in the
        text of each of their code points. Other units stand in the text at the same offsets.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    seen: NDArray[np.int32]
    flags: NDArray[np.float64]
    places: dict[int, NDArray[np.int64]]


def build_units(text: str, passages: Iterable[Passage]) -> Units:
    """Units of a text that is cut into paragraphs; sentences keep their order.

    Sentences come first, in order, then the headings: so a neighbour is the next number.
    """
    passages = list(passages)
    sentences = [bounds for passage in passages for bounds in passage.sentences]
    numbers: dict[Bounds, int] = {}
    headings = [_heading_number(passage, numbers, len(sentences)) for passage in passages]
    bounds = np.array([*sentences, *numbers], dtype=np.int64).reshape(-1, 2)
    codes, bounds, places = _mended(text, bounds)
    codes = fold_codes(codes)
    sizes = np.array([len(passage.sentences) for passage in passages], dtype=np.int64)
    bounds, clauses = _with_clauses(codes, bounds, len(sentences), places)
    return Units(
        codes=codes,
        starts=np.ascontiguousarray(bounds[:, 0]),
        ends=np.ascontiguousarray(bounds[:, 1]),
        seen=_seen(passages, sizes, clauses, headings),
        flags=_flags(passages, sizes),
        places=places,
    )


def _with_clauses(
    codes: NDArray[np.uint32], bounds: NDArray[np.int64], n_sentences: int, places: dict[int, NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bounds with those of first clauses behind them, and the number of each sentence's clause, -1 without comma."""
    starts, ends = bounds[:n_sentences, 0], bounds[:n_sentences, 1]
    commas = np.append(np.flatnonzero(codes == _COMMA), len(codes))
    first = commas[np.searchsorted(commas, starts)]
    owners = np.flatnonzero((first > starts) & (first < ends - 1))
    clauses = np.full(n_sentences, -1, dtype=np.int64)
    clauses[owners] = len(bounds) + np.arange(len(owners))
    for owner in [unit for unit in places if unit < n_sentences and clauses[unit] >= 0]:
        places[int(clauses[owner])] = places[owner][: first[owner] - starts[owner]]
    return np.vstack([bounds, np.column_stack([starts[owners], first[owners]])]), clauses


def _heading_number(passage: Passage, numbers: dict[Bounds, int], first: int) -> int:
    """Number of the unit of the innermost heading, -1 if there is none; `numbers` grows by new ones."""
    if not passage.section:
        return -1
    return numbers.setdefault(passage.section[-1], first + len(numbers))


def _seen(
    passages: Sequence[Passage], sizes: NDArray[np.int64], clauses: NDArray[np.int64], headings: Sequence[int]
) -> NDArray[np.int32]:
    """Unit that each sentence sees through each channel, in the order of `CHANNELS`."""
    n_sentences = int(sizes.sum())
    own = np.arange(n_sentences, dtype=np.int32)
    opening = np.repeat(np.cumsum(sizes) - sizes, sizes).astype(np.int32)
    last = np.repeat(np.cumsum(sizes) - 1, sizes)
    seen = np.empty((n_sentences, len(CHANNELS)), dtype=np.int32)
    seen[:, 0] = own
    seen[:, 1] = np.where(own > opening, own - 1, -1)
    seen[:, 2] = np.where(own < last, own + 1, -1)
    seen[:, 3] = [number for first, passage in _numbered(passages) for number in _item_openings(passage.items, first)]
    seen[:, 4] = np.where(own > opening, opening, -1)
    seen[:, 5] = clauses
    seen[:, 6] = np.repeat(np.array(headings, dtype=np.int32), sizes)
    return seen


def _numbered(passages: Sequence[Passage]) -> Iterable[tuple[int, Passage]]:
    """Each passage with the number of its first sentence."""
    first = 0
    for passage in passages:
        yield first, passage
        first += len(passage.sentences)


def _item_openings(items: Sequence[int | None], first: int) -> list[int]:
    """Number of the sentence that opened the item of each sentence; -1 outside items and for the opener itself."""
    openings: list[int] = []
    open_item: int | None = None
    opener = -1
    for number, item in enumerate(items, first):
        if item != open_item:
            open_item = item
            opener = number if item is not None else -1
        openings.append(-1 if opener == number else opener)
    return openings


def _flags(passages: Sequence[Passage], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    numbers = {role: number for number, role in enumerate(ROLES)}
    roles = [numbers[role] for passage in passages for role in passage.roles]
    flags = np.zeros((len(roles), len(FLAGS)))
    flags[np.arange(len(roles)), roles] = 1.0
    flags[(np.cumsum(sizes) - sizes)[sizes > 0], len(ROLES)] = 1.0
    flags[:, len(ROLES) + 1] = [item is not None for passage in passages for item in passage.items]
    return flags


def _mended(
    text: str, bounds: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64], dict[int, NDArray[np.int64]]]:
    """Code points of the text, with copies at its end of those units that go over a line break, without the break."""
    breaks = np.array([match.start() for match in _LINE_BREAK.finditer(text)], dtype=np.int64)
    places: dict[int, NDArray[np.int64]] = {}
    extra: list[str] = []
    length = len(text)
    broken = np.flatnonzero(np.searchsorted(breaks, bounds[:, 0]) != np.searchsorted(breaks, bounds[:, 1]))
    for unit in broken.tolist():
        start, end = bounds[unit].tolist()
        words = text[start:end]
        kept = _without_breaks(words)
        places[unit] = kept + start
        extra.append("".join(words[index] for index in kept))
        bounds[unit] = length, length + len(kept)
        length += len(kept)
    whole = text + "".join(extra) if extra else text
    return code_points(whole), bounds, places


def _without_breaks(words: str) -> NDArray[np.int64]:
    """Indices of the characters that stay when line breaks (and page numbers in them) are taken out."""
    kept = np.ones(len(words), dtype=bool)
    for match in _BREAK.finditer(words):
        kept[match.start() : match.end()] = False
    return np.flatnonzero(kept)


def offsets_of(units: Units, unit: int) -> Sequence[int] | NDArray[np.int64]:
    """Offset in the text of every code point of a unit."""
    if unit in units.places:
        return units.places[unit]
    return range(int(units.starts[unit]), int(units.ends[unit]))
