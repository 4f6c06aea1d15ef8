"""Words of a text, equal to jieba's, and where they end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fzclf import reference
from fzclf.codes import code_points, text_of
from fzclf.lexicon import Lexicon, lexicon_for
from fzclf.machine import has_kernels, kernels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK = 512  # characters; the scratch of one chunk, 20 kB, stays in the first-level cache
BATCH = 1 << 19  # code points; each stage warms its tables once a batch, 1 << 16 took 1.5 times as long
LARGEST_KEPT = 1 << 20  # elements of an array that a workspace keeps
FEW_WORDS = 50  # below, slices are quicker
_SEPARATORS = "\uffff\ufffe\ufdd0\ufdd1"  # never characters, so hardly ever in a text


class Workspace(threading.local):
    """Arrays used again and again by one thread.

    A fresh array costs a page fault each 4 kB when first written; over all the
    arrays of a batch that took as long as the loops themselves. Large ones are not
    kept, so that one huge text does not stay in memory.

    Parameters
    ----------
    keep
        ``False`` for fresh arrays every time.
    """

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self._arrays: dict[str, NDArray[Any]] = {}
        self._counters: tuple[NDArray[Any], ...] = ()
        self._route: tuple[NDArray[Any], ...] = ()

    def take(self, name: str, size: int, dtype: type[np.generic]) -> NDArray[Any]:
        """An array of `size` whatever-was-there elements; the same name takes the same memory."""
        if not self._keep or size > LARGEST_KEPT:
            return np.empty(size, dtype=dtype)
        array = self._arrays.get(name)
        if array is None or len(array) < size:
            array = self._arrays[name] = np.empty(size + size // 4, dtype=dtype)
        return array[:size]

    def route(self, room: int) -> tuple[NDArray[Any], ...]:
        """What ``cut_spans`` works on, for spans up to `room` characters; of one shape to be quick."""
        if self._route and len(self._route[0]) >= room:
            return self._route
        dtypes = (np.uint16, np.uint64, np.uint64, np.uint64, np.float64, np.int32, np.uint8)
        arrays = tuple(np.empty(max(room, 2 * CHUNK), dtype=dtype) for dtype in dtypes)  # CHUNK + 5 at least
        if self._keep and room <= LARGEST_KEPT:
            self._route = arrays
        return arrays

    def counters(self, n_terms: int) -> tuple[NDArray[Any], ...]:
        """A counter for each term and three levels of bitmaps; every use leaves them at 0."""
        if not self._counters or len(self._counters[0]) != n_terms:
            levels = [np.zeros((n_terms >> shift) + 1, dtype=np.uint64) for shift in (6, 12, 18)]
            self._counters = (np.zeros(n_terms, dtype=np.int32), *levels)
        return self._counters


class Spans(NamedTuple):
    """Spans of a text, which may overlap; the loops rely on what is said of them here."""

    text: NDArray[np.uint32]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    longest: int  # at least the length of the longest
    n_codes: int  # of all together

    @staticmethod
    def of(text: NDArray[np.uint32], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> Spans:
        """Measure spans.

        Raises
        ------
        IndexError
            If one does not lie inside the text.
        """
        sizes = np.empty(2, dtype=np.int64)
        if not kernels.measure_spans(text, starts, stops, sizes):
            raise IndexError(f"spans must lie inside the text of {len(text)} code points, start <= end")
        return Spans(text, starts, stops, *sizes.tolist())

    def batches(self) -> Iterator[tuple[slice, Spans]]:
        """The same by about `BATCH` code points, each with its place among all."""
        if self.n_codes <= BATCH:
            yield slice(0, len(self.starts)), self
            return
        lengths = np.cumsum(self.stops - self.starts)
        first = 0
        while first < len(lengths):
            done = lengths[first - 1] if first else 0
            stop = max(first + 1, int(np.searchsorted(lengths, done + BATCH, side="right")))
            yield slice(first, stop), Spans.of(self.text, self.starts[first:stop], self.stops[first:stop])
            first = stop


def tokenize(text: str, user_words: tuple[str, ...] = ()) -> list[str]:
    """Words of `text`, the same as ``jieba.lcut(text)``.

    Parameters
    ----------
    user_words
        Lines of a user dictionary in jieba's format, ``word [frequency] [tag]``, as
        ``jieba.load_userdict`` takes them.

    Returns
    -------
    list of str
        Joined, they are `text`: white space and marks are words too.

    Examples
    --------
    >>> tokenize("推进依法行政")
    ['推进', '依法行政']
    """
    if not isinstance(text, str):
        raise TypeError(f"tokenize takes a str, not {type(text).__name__}")
    if isinstance(user_words, str):
        raise TypeError(f"user_words takes a sequence of strings, not one string; write ({user_words!r},)")
    user_words = tuple(user_words)
    if not has_kernels():
        return reference.cut(text, user_words)
    codes = code_points(text)
    ends, _ = cut_text(codes, np.array([0, len(codes)], dtype=np.int64), lexicon_for(user_words), _workspace)
    return _pieces(text, codes, ends)


def word_bounds(
    codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64], lexicon: Lexicon
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Cut many spans ``codes[starts[i]:ends[i]]`` at once, each as a text of its own.

    Returns
    -------
    word_ends : array of shape (n_words,)
        Offset into `codes` behind each word, span after span.
    bounds : array of shape (n_spans + 1,)
        The words of span ``i`` are ``word_ends[bounds[i]:bounds[i + 1]]``; the first
        begins at ``starts[i]``, each other where the one before ends.
    """
    spans = Spans.of(codes, starts, ends)
    word_ends = np.empty(spans.n_codes, dtype=np.int64)
    bounds = np.zeros(len(starts) + 1, dtype=np.int64)
    used = 0
    for part, batch in spans.batches():
        text, text_bounds = joined_spans(batch, lexicon, _workspace, lowercase=False)
        batch_ends, batch_bounds = cut_text(text, text_bounds, lexicon, _workspace)
        moved = np.repeat(batch.starts - text_bounds[:-1], np.diff(batch_bounds))
        np.add(batch_ends, moved, out=word_ends[used : used + len(batch_ends)])
        bounds[part.start + 1 : part.stop + 1] = batch_bounds[1:] + used
        used += len(batch_ends)
    return word_ends[:used], bounds


_workspace = Workspace()


def joined_spans(
    spans: Spans, lexicon: Lexicon, workspace: Workspace, *, lowercase: bool
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Put spans end to end, in lower case if wanted, each as ``str.lower`` gives it.

    Returns
    -------
    text : array of shape (n,)
    bounds : array of shape (n_spans + 1,)
        Span ``i`` is ``text[bounds[i]:bounds[i + 1]]``.
    """
    codes, starts, stops = spans[:3]
    if not lowercase and len(starts) and np.array_equal(starts[1:], stops[:-1]):  # they are end to end already
        return codes[starts[0] : stops[-1]], np.append(starts, stops[-1]) - starts[0]
    text = workspace.take("text", spans.n_codes, np.uint32)
    bounds = np.empty(len(starts) + 1, dtype=np.int64)
    n_special = kernels.gather_spans(
        codes, starts, stops, lowercase, lexicon.lower_pages, lexicon.lower_codes, text, bounds
    )
    if n_special:
        return _lowered_by_python(codes, starts, stops)
    return text, bounds


def _lowered_by_python(
    codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """For 'İ', which becomes two characters, and 'Σ', which depends on its neighbours."""
    spans = [text_of(codes[start:end]).lower() for start, end in zip(starts, ends, strict=True)]
    bounds = np.cumsum([0, *map(len, spans)])
    return code_points("".join(spans)), bounds


def cut_text(
    text: NDArray[np.uint32], bounds: NDArray[np.int64], lexicon: Lexicon, workspace: Workspace
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Cut spans that lie end to end.

    Returns
    -------
    ends : array of shape (n_words,)
        Offset into `text` behind each word.
    token_bounds : array of shape (n_spans + 1,)
        The words of span ``i`` are ``ends[token_bounds[i]:token_bounds[i + 1]]``.
    """
    longest = len(text) if len(bounds) == 2 else int(np.diff(bounds).max(initial=0))
    return cut_spans(Spans(text, bounds[:-1], bounds[1:], longest, len(text)), lexicon, workspace)


def cut_spans(spans: Spans, lexicon: Lexicon, workspace: Workspace) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """As `cut_text`, for spans of any text."""
    text, starts, stops, longest, n_codes = spans
    ends = workspace.take("ends", n_codes, np.int32)
    token_bounds = np.empty(len(starts) + 1, dtype=np.int64)
    ids, seconds, thirds, fourths, route, nexts, choices = workspace.route(longest + 4)
    n_words = kernels.cut_spans(
        text,
        starts,
        stops,
        lexicon.char_ids,
        lexicon.nodes,
        lexicon.weights,
        lexicon.forced,
        lexicon.emissions,
        lexicon.hmm,
        CHUNK,
        ids,
        seconds,
        thirds,
        fourths,
        route,
        nexts,
        choices,
        ends,
        token_bounds,
    )
    return ends[:n_words], token_bounds


def _pieces(text: str, codes: NDArray[np.uint32], ends: NDArray[np.int32]) -> list[str]:
    """`text` cut at `ends`.

    A separator put between the words and ``str.split`` take 25 ns a word, slices 70.
    """
    separator = next((mark for mark in _SEPARATORS if mark not in text), None)
    if separator is None or len(ends) < FEW_WORDS:
        offsets = ends.tolist()
        return [text[start:end] for start, end in zip([0, *offsets], offsets, strict=False)]
    spaced = _workspace.take("spaced", len(codes) + len(ends), np.uint32)
    kernels.separate(codes, ends, ord(separator), spaced)
    return text_of(spaced[:-1]).split(separator)
