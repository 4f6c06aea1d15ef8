"""What the classifier sees of a sentence: its own terms, and those of its place in the report.

A unit is a sentence or a heading. A sentence sees units through channels: itself, the sentence
before and after, the one that opens its item or its paragraph, its heading. What the words of a
unit say is the same wherever it stands; how much it counts depends on the channel.
Training and prediction both come through `build_units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import LINE_BREAKS, code_points
from fzclf.folding import fold_spans
from fzclf.machine import has_kernels, kernels
from fzclf.segmentation.roles import ROLES

CHANNELS = ("sentence", "previous", "next", "item", "opening", "heading")
FLAGS = (*(f"role={role}" for role in ROLES), "opens paragraph", "in item")
_ROLE_NUMBERS = {role: number for number, role in enumerate(ROLES)}
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
        Folded code points of all units.
    starts, ends : arrays of shape (n_units,)
        The units as spans of `codes`.
    offsets : array of shape (n_units,)
        Where the units begin in the text.
    seen : array of shape (n_sentences, n_channels)
        Unit that each sentence sees through each channel, -1 for none.
    flags : array of shape (n_sentences, n_flags)
        1.0 where a flag holds, else 0.0.
    places : dict
        For units that were mended (a sentence over a line break): the offset in the
        text of each of their code points. Other units stand in the text as they are.
    """

    codes: NDArray[np.uint32]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    offsets: NDArray[np.int64]
    seen: NDArray[np.int32]
    flags: NDArray[np.float64]
    places: dict[int, NDArray[np.int64]]


def build_units(text: str, passages: Iterable[Passage]) -> Units:
    """Units of a text that is cut into paragraphs; sentences keep their order.

    Sentences come first, in order, then the headings: so a neighbour is the next number.

    Raises
    ------
    ValueError
        If a passage has not one role and one item for each sentence: the loops rely on it.
    IndexError
        If a sentence or heading does not lie inside the text.
    """
    passages = list(passages)
    for passage in passages:
        if not len(passage.sentences) == len(passage.roles) == len(passage.items):
            raise ValueError(
                f"a passage of {len(passage.sentences)} sentences has {len(passage.roles)} roles and "
                f"{len(passage.items)} items; it must have one of each for every sentence"
            )
    sizes = np.array([len(passage.sentences) for passage in passages], dtype=np.int64)
    n_sentences = int(sizes.sum())
    headings, headings_of = _headings(passages, n_sentences)
    spans = chain(chain.from_iterable(passage.sentences for passage in passages), headings)
    starts, ends = np.array([*chain.from_iterable(spans)], dtype=np.int64).reshape(-1, 2).T.copy()
    codes, bounds, places = _folded(text, starts, ends)
    seen, flags = _placed(passages, sizes, headings_of)
    return Units(codes, bounds[:-1], bounds[1:], starts, seen, flags, places)


def alone(units: Units, unit: int) -> Units:
    """One unit, read as a sentence without a place and without neighbours."""
    seen = np.full((1, len(CHANNELS)), -1, dtype=np.int32)
    seen[0, CHANNELS.index("sentence")] = 0
    here = slice(unit, unit + 1)
    flags = np.zeros((1, len(FLAGS)))
    return Units(units.codes, units.starts[here], units.ends[here], units.offsets[here], seen, flags, {})


def _headings(passages: Sequence[Passage], first: int) -> tuple[list[Bounds], list[int]]:
    """Bounds of all innermost headings, units from `first` on; and for each passage its heading's unit, -1 for none."""
    numbers: dict[Bounds, int] = {}
    of_passages = [
        numbers.setdefault(passage.section[-1], first + len(numbers)) if passage.section else -1 for passage in passages
    ]
    return list(numbers), of_passages


def _placed(
    passages: Sequence[Passage], sizes: NDArray[np.int64], headings: Sequence[int]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """What each sentence sees, and its flags."""
    if not has_kernels():
        return _seen(passages, sizes, headings), _flags(passages, sizes)
    roles = bytes([_ROLE_NUMBERS[role] for passage in passages for role in passage.roles])
    seen = np.empty((len(roles), len(CHANNELS)), dtype=np.int32)
    flags = np.empty((len(roles), len(FLAGS)))
    items = np.full(len(roles), -1, dtype=np.int64)
    for own, numbers in _with_items(passages):
        items[own] = [-1 if item is None else item for item in numbers]
    headings_of, roles_of = np.array(headings, dtype=np.int64), np.frombuffer(roles, dtype=np.uint8)
    kernels.place_sentences(sizes, headings_of, roles_of, items, len(ROLES), seen.ravel(), flags.ravel())
    return seen, flags


def _seen(passages: Sequence[Passage], sizes: NDArray[np.int64], headings: Sequence[int]) -> NDArray[np.int32]:
    """Unit that each sentence sees through each channel, in the order of `CHANNELS`."""
    stops = np.cumsum(sizes)
    own = np.arange(int(sizes.sum()), dtype=np.int32)
    seen = np.empty((len(own), len(CHANNELS)), dtype=np.int32)
    seen[:, 0] = own
    seen[:, 1] = own - 1
    seen[:, 2] = own + 1
    seen[:, 3] = -1
    seen[:, 4] = np.repeat(stops - sizes, sizes)
    seen[:, 5] = np.repeat(headings, sizes)
    filled = sizes > 0
    seen[(stops - sizes)[filled], 1:5:3] = -1  # no sentence before the first, and none that opens the paragraph
    seen[stops[filled] - 1, 2] = -1
    for here, items in _with_items(passages):
        seen[here, 3] = _item_openings(items, here.start)
    return seen


def _with_items(passages: Sequence[Passage]) -> Iterator[tuple[slice, Sequence[int | None]]]:
    """Of passages with a sentence in an item, the place of their sentences among all, and the items."""
    stop = 0
    for passage in passages:
        first, stop = stop, stop + len(passage.items)
        if passage.items.count(None) < stop - first:
            yield slice(first, stop), passage.items


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
    roles = [_ROLE_NUMBERS[role] for passage in passages for role in passage.roles]
    flags = np.zeros((len(roles), len(FLAGS)))
    flags[np.arange(len(roles)), roles] = 1.0
    stops = np.cumsum(sizes)
    flags[(stops - sizes)[sizes > 0], len(ROLES)] = 1.0
    for own, items in _with_items(passages):
        flags[own, len(ROLES) + 1] = [item is not None for item in items]
    return flags


def _folded(
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64], dict[int, NDArray[np.int64]]]:
    """The units folded, end to end, with their bounds; and the places of those that go over a line break.

    Such units are put together again without the break, behind the text.
    """
    codes = code_points(text)
    folded, bounds, n_breaks = fold_spans(codes, starts, ends)
    places: dict[int, NDArray[np.int64]] = {}
    if not n_breaks:
        return folded, bounds, places
    extra = [codes]
    length = len(text)
    starts, ends = starts.copy(), ends.copy()
    for unit, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if not LINE_BREAKS.isdisjoint(text[start:end]):
            places[unit] = kept = _without_breaks(text[start:end]) + start
            extra.append(codes[kept])
            starts[unit], ends[unit] = length, length + len(kept)
            length += len(kept)
    folded, bounds, _ = fold_spans(np.concatenate(extra), starts, ends)
    return folded, bounds, places


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
    first = int(units.offsets[unit])
    return range(first, first + int(units.ends[unit] - units.starts[unit]))
