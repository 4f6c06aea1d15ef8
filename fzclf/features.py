"""What the classifier sees of a sentence: its own terms, and those of its place in the report.

The same TF-IDF row of a unit (a sentence or a heading) is seen through several
channels: as the sentence itself, as the one before or after, as the sentence that opens
its item or paragraph, as its heading. A channel has weights of its own, so `执法` in
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

from fzclf.folding import fold_codes
from fzclf.segmentation.roles import ROLES

CHANNELS = ("sentence", "previous", "next", "item", "opening", "heading")
FLAGS = (*(f"role={role}" for role in ROLES), "opens paragraph", "in item")
_BREAK = re.compile(
    r"\s*[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029](?:\s*[-—–－ 第]*[0-9０-９]{1,3}[-—–－ 页]*[\n\r])?\s*"
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
    """Units of a text that is cut into paragraphs; sentences keep their order."""
    builder = _Builder(text)
    for passage in passages:
        builder.add(passage)
    return builder.units()


class _Builder:
    def __init__(self, text: str) -> None:
        self._text = text
        self._extra: list[str] = []
        self._length = len(text)
        self._bounds: list[Bounds] = []
        self._places: dict[int, NDArray[np.int64]] = {}
        self._headings: dict[Bounds, int] = {}
        self._seen: list[tuple[int, ...]] = []
        self._flags: list[tuple[int, int, int]] = []

    def add(self, passage: Passage) -> None:
        heading = self._heading(passage.section[-1]) if passage.section else -1
        opening = len(self._bounds)
        item_opening, open_item = -1, None
        last = opening + len(passage.sentences) - 1
        for offset, bounds in enumerate(passage.sentences):
            unit = self._unit(bounds)
            item = passage.items[offset]
            if item != open_item:
                item_opening, open_item = (unit if item is not None else -1), item
            self._seen.append(
                (
                    unit,
                    unit - 1 if offset else -1,
                    unit + 1 if unit < last else -1,
                    item_opening if item_opening != unit else -1,
                    opening if offset else -1,
                    heading,
                )
            )
            self._flags.append((ROLES.index(passage.roles[offset]), int(offset == 0), int(item is not None)))

    def _heading(self, bounds: Bounds) -> int:
        if bounds not in self._headings:
            self._headings[bounds] = self._unit(bounds)
        return self._headings[bounds]

    def _unit(self, bounds: Bounds) -> int:
        start, end = bounds
        number = len(self._bounds)
        words = self._text[start:end]
        if _BREAK.search(words):
            kept = _without_breaks(words)
            self._places[number] = kept + start
            self._extra.append("".join(words[index] for index in kept))
            bounds = (self._length, self._length + len(kept))
            self._length += len(kept)
        self._bounds.append(bounds)
        return number

    def units(self) -> Units:
        whole = self._text + "".join(self._extra) if self._extra else self._text
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        bounds = np.array(self._bounds, dtype=np.int64).reshape(-1, 2)
        marks = np.array(self._flags, dtype=np.int64).reshape(-1, 3)
        flags = np.zeros((len(marks), len(FLAGS)))
        flags[np.arange(len(marks)), marks[:, 0]] = 1.0
        flags[:, len(ROLES) :] = marks[:, 1:]
        return Units(
            codes=fold_codes(codes),
            starts=np.ascontiguousarray(bounds[:, 0]),
            ends=np.ascontiguousarray(bounds[:, 1]),
            seen=np.array(self._seen, dtype=np.int32).reshape(-1, len(CHANNELS)),
            flags=flags,
            places=self._places,
        )


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
