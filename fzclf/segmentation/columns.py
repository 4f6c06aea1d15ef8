"""The paragraphs of a text column by column: what the features of its sentences are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fzclf.report import Told
from fzclf.segmentation.cuts import Sentences
from fzclf.segmentation.drafts import PARAGRAPH, ROLE_NUMBER, Bounds, Draft

_NO_ITEM = bytes(4)


class Passage(Told, Protocol):
    """A paragraph: its sentences, and the bounds of the headings above."""

    @property
    def section(self) -> Sequence[Bounds]:
        """Bounds of the headings above, outermost first."""


class Columns(NamedTuple):
    """Paragraphs and their sentences; the loops rely on what is said of them here.

    Attributes
    ----------
    table : array of shape (n_rows, 2)
        Start and end of sentences, of those of other blocks too.
    firsts, sizes : arrays of shape (n_paragraphs,)
        The sentences of paragraph ``p`` are ``table[firsts[p] : firsts[p] + sizes[p]]``.
    roles : array of shape (n_sentences,)
        Role of each sentence of a paragraph, as its place in `ROLES`.
    items : array of shape (n_sentences,)
        Number of the item that it stands in, from 1 on; 0 outside items.
    headings : sequence of (start, end)
        The innermost headings, each once.
    headings_of : array of shape (n_paragraphs,)
        Which of them stands right above each paragraph, -1 for none.
    """

    table: NDArray[np.int64]
    firsts: NDArray[np.int64]
    sizes: NDArray[np.int64]
    roles: NDArray[np.uint8]
    items: NDArray[np.int32]
    headings: Sequence[Bounds]
    headings_of: NDArray[np.int64]

    @staticmethod
    def of(passages: Iterable[Passage]) -> Columns:
        """Columns of any paragraphs.

        Raises
        ------
        ValueError
            If a passage has not one role and one item for each sentence.
        """
        passages = [passage for passage in passages if len(passage.sentences)]  # headings have none
        for passage in passages:
            if not len(passage.sentences) == len(passage.roles) == len(passage.items):
                raise ValueError(
                    f"a passage of {len(passage.sentences)} sentences has {len(passage.roles)} roles and "
                    f"{len(passage.items)} items; it must have one of each for every sentence"
                )
        sizes = np.array([len(passage.sentences) for passage in passages], dtype=np.int64)
        bounds = chain.from_iterable(passage.sentences for passage in passages)
        table = np.array([*chain.from_iterable(bounds)], dtype=np.int64).reshape(-1, 2)
        roles = b"".join([ROLE_NUMBER[role] for passage in passages for role in passage.roles])
        items = [number or 0 for passage in passages for number in passage.items]
        headings, headings_of = _headings(passages)
        return Columns(
            table,
            firsts_of(sizes),
            sizes,
            np.frombuffer(roles, np.uint8),
            np.array(items, dtype=np.int32),
            headings,
            headings_of,
        )


class Outline(list[Draft]):
    """The blocks of a text, in order, and all their sentences in one table."""

    def __init__(self, blocks: Iterable[Draft], sentences: Sentences) -> None:
        super().__init__(blocks)
        self._sentences = sentences

    def columns(self) -> Columns:
        """The same sentences, roles, items and headings as `Columns.of` gives for its paragraphs.

        Raises
        ------
        ValueError
            If a paragraph has not one role and one item for each sentence.
        """
        paragraphs = [block for block in self if block.kind == PARAGRAPH]
        sizes = [paragraph.n_sentences for paragraph in paragraphs]
        roles = b"".join([paragraph.role_numbers for paragraph in paragraphs])
        items = b"".join([paragraph.item_numbers or _NO_ITEM * paragraph.n_sentences for paragraph in paragraphs])
        if not sum(sizes) == len(roles) == len(items) // len(_NO_ITEM):
            raise ValueError(f"{sum(sizes)} sentences have {len(roles)} roles and {len(items) // len(_NO_ITEM)} items")
        headings, headings_of = _headings(paragraphs)
        return Columns(
            self._sentences.table(),
            np.array([paragraph.first for paragraph in paragraphs], dtype=np.int64),
            np.array(sizes, dtype=np.int64),
            np.frombuffer(roles, np.uint8),
            np.frombuffer(items, np.int32),
            headings,
            headings_of,
        )


def firsts_of(sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of the first sentence of each paragraph, where they stand one behind the other."""
    firsts: NDArray[np.int64] = np.cumsum(sizes) - sizes
    return firsts


def _headings(passages: Sequence[Passage]) -> tuple[list[Bounds], NDArray[np.int64]]:
    """All innermost headings, and which of them is each passage's."""
    numbers: dict[Bounds, int] = {}
    of_passages = [
        numbers.setdefault(passage.section[-1], len(numbers)) if passage.section else -1 for passage in passages
    ]
    return list(numbers), np.array(of_passages, dtype=np.int64)
