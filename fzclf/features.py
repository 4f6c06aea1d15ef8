"""What the classifier sees of a sentence: its own terms, and those of its place in the report.

A unit is a sentence or a heading. A sentence sees units through channels: itself, the sentence
before and after, the one that opens its item or its paragraph, its heading. What the words of a
unit say is the same wherever it stands; how much it counts depends on the channel.
Training and prediction both come through `build_units`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import LINE_BREAKS, code_points
from fzclf.cutting import Spans
from fzclf.folding import fold_spans
from fzclf.machine import has_kernels, kernels
from fzclf.segmentation.columns import Columns, Outline, Passage, firsts_of
from fzclf.segmentation.role_words import ROLES

CHANNELS = ("sentence", "previous", "next", "item", "opening", "heading")
FLAGS = (*(f"role={role}" for role in ROLES), "opens paragraph", "in item")
_BREAK = re.compile(
    # The look behind keeps it from trying each space of a long run anew.
    r"(?<!\s)\s*[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029](?:\s*[-—–－第][-—–－ 第]*[0-9０-９]{1,3}[-—–－ 页]*[\n\r])?\s*"
)


@dataclass(frozen=True)
class Units:
    """All units of one or more texts, and which of them each sentence sees.

    Attributes
    ----------
    spans : Spans
        The units, folded; `codes`, `starts` and `ends` are theirs.
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

    spans: Spans
    offsets: NDArray[np.int64]
    seen: NDArray[np.int32]
    flags: NDArray[np.float64]
    places: dict[int, NDArray[np.int64]]

    @property
    def codes(self) -> NDArray[np.uint32]:
        """Folded code points of all units."""
        return self.spans.text

    @property
    def starts(self) -> NDArray[np.int64]:
        """Where the units begin in `codes`."""
        return self.spans.starts

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where they end."""
        return self.spans.stops


def build_units(text: str, passages: Outline | Iterable[Passage]) -> Units:
    """Units of a text that is cut into paragraphs; sentences keep their order.

    Sentences come first, in order, then the headings: so a neighbour is the next number.

    Raises
    ------
    ValueError
        If a passage has not one role and one item for each sentence: the loops rely on it.
    IndexError
        If a sentence or heading does not lie inside the text.
    """
    columns = passages.columns() if isinstance(passages, Outline) else Columns.of(passages)
    n_sentences = len(columns.roles)
    starts, ends = np.empty((2, n_sentences + len(columns.headings)), dtype=np.int64)
    seen, flags = _placed(columns, starts[:n_sentences], ends[:n_sentences])
    if columns.headings:
        starts[n_sentences:], ends[n_sentences:] = zip(*columns.headings, strict=True)
    spans, places = _folded(text, starts, ends)
    return Units(spans, starts, seen, flags, places)


def alone(units: Units, unit: int) -> Units:
    """One unit, read as a sentence without a place and without neighbours."""
    seen = np.full((1, len(CHANNELS)), -1, dtype=np.int32)
    seen[0, CHANNELS.index("sentence")] = 0
    here = slice(unit, unit + 1)
    flags = np.zeros((1, len(FLAGS)))
    length = int(units.ends[unit] - units.starts[unit])
    spans = Spans(units.codes, units.starts[here], units.ends[here], length, length)
    return Units(spans, units.offsets[here], seen, flags, {})


def _placed(
    columns: Columns, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """What each sentence sees, and its flags; where it starts and ends is written down."""
    n_sentences = len(columns.roles)
    headings_of = columns.headings_of + n_sentences * (columns.headings_of >= 0)
    if not has_kernels():
        places = np.arange(n_sentences) + np.repeat(columns.firsts - firsts_of(columns.sizes), columns.sizes)
        starts[:], ends[:] = columns.table[places].T
        return _seen(columns, headings_of), _flags(columns)
    seen = np.empty((n_sentences, len(CHANNELS)), dtype=np.int32)
    flags = np.empty((n_sentences, len(FLAGS)))
    kernels.place_sentences(
        columns.table.ravel(), columns.firsts, columns.sizes, headings_of, columns.roles, columns.items, len(ROLES),
        starts, ends, seen.ravel(), flags.ravel(),
    )  # fmt: skip
    return seen, flags


def _seen(columns: Columns, headings_of: NDArray[np.int64]) -> NDArray[np.int32]:
    """Unit that each sentence sees through each channel, in the order of `CHANNELS`."""
    sizes, firsts = columns.sizes, firsts_of(columns.sizes)
    own = np.arange(len(columns.roles), dtype=np.int32)
    seen = np.empty((len(own), len(CHANNELS)), dtype=np.int32)
    seen[:, 0] = own
    seen[:, 1] = own - 1
    seen[:, 2] = own + 1
    seen[:, 4] = np.repeat(firsts, sizes)
    seen[:, 5] = np.repeat(headings_of, sizes)
    filled = sizes > 0
    seen[firsts[filled], 1:5:3] = -1  # no sentence before the first, and none that opens the paragraph
    seen[(firsts + sizes - 1)[filled], 2] = -1
    for first, size in zip(firsts.tolist(), sizes.tolist(), strict=True):
        here = slice(first, first + size)
        seen[here, 3] = _item_openings(columns.items[here].tolist(), first)
    return seen


def _item_openings(items: Sequence[int], first: int) -> list[int]:
    """Number of the sentence that opened the item of each sentence; -1 outside items and for the opener itself."""
    openings: list[int] = []
    open_item, opener = 0, -1
    for number, item in enumerate(items, first):
        if item != open_item:
            open_item = item
            opener = number if item > 0 else -1
        openings.append(-1 if opener == number else opener)
    return openings


def _flags(columns: Columns) -> NDArray[np.float64]:
    flags = np.zeros((len(columns.roles), len(FLAGS)))
    flags[np.arange(len(flags)), columns.roles] = 1.0
    flags[firsts_of(columns.sizes)[columns.sizes > 0], len(ROLES)] = 1.0
    flags[:, len(ROLES) + 1] = columns.items > 0
    return flags


def _folded(
    text: str, starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[Spans, dict[int, NDArray[np.int64]]]:
    """The units folded, end to end; and the places of those that go over a line break.

    Such units are put together again without the break, behind the text.
    """
    codes = code_points(text)
    folded, n_breaks = fold_spans(codes, starts, ends)
    places: dict[int, NDArray[np.int64]] = {}
    if not n_breaks:
        return folded, places
    extra = [codes]
    length = len(text)
    starts, ends = starts.copy(), ends.copy()
    for unit, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if not LINE_BREAKS.isdisjoint(text[start:end]):
            places[unit] = kept = _without_breaks(text[start:end]) + start
            extra.append(codes[kept])
            starts[unit], ends[unit] = length, length + len(kept)
            length += len(kept)
    return fold_spans(np.concatenate(extra), starts, ends)[0], places


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
