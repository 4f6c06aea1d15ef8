"""TF-IDF rows of spans of text, number for number what scikit-learn computes.

A word, or an n-gram of words, is a node: the column of its term, or a number
beyond the columns where it only leads to a longer term.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fzclf.codes import code_points, text_of
from fzclf.cutting import Workspace, cut_text, joined_spans, span_batches
from fzclf.lexicon import Lexicon, lexicon_for
from fzclf.machine import has_kernels, kernels
from fzclf.reference import ReferenceRows
from fzclf.terms import Rows, Terms, TermSettings, TermTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

TERMS_AT_ONCE = 8192
NORMS = {None: 0, "l1": 1, "l2": 2}


def engine_for(table: TermTable) -> FastRows | ReferenceRows:
    """The fast engine, or the reference (with one warning) where numba cannot be imported."""
    return FastRows(table) if has_kernels() else ReferenceRows(table)


class FastRows:
    """TF-IDF rows by compiled loops; the same numbers as ``ReferenceRows``.

    May be used by many threads at once: the loops release the lock of the interpreter.
    """

    def __init__(self, table: TermTable) -> None:
        self.table = table
        self._lexicon = lexicon_for(table.settings.user_words)
        self._workspace = Workspace()
        self._tf_weights = _tf_weights(table.settings, 255)

    @cached_property
    def _nodes(self) -> NodeTable:
        return nodes_of_terms(self.table)

    def rows(self, codes: NDArray[np.uint32], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Rows:
        """The weighted row of each span ``codes[starts[i]:ends[i]]`` of code points.

        Raises
        ------
        IndexError
            If a span does not lie inside `codes`.
        """
        batches = token_batches(codes, starts, ends, self.table.settings, self._lexicon, self._workspace)
        pairs = ((batch, self._nodes.nodes(batch, self._workspace)) for batch in batches)
        return self.assembled(pairs, len(starts), int((ends - starts).sum()))

    def assembled(self, pairs: Iterable[tuple[TokenBatch, NDArray[np.int32]]], n_rows: int, n_codes: int) -> Rows:
        """Count and weigh batch after batch, straight into the answer.

        Parameters
        ----------
        pairs
            Batches, each with the node of the n-gram of order ``i + 1`` that begins at
            each token, shape (max_n, n_tokens); nodes below the number of terms are
            columns, all others are left out.
        n_codes
            Code points in all; the answer has room for a term of each order at each
            of them, of which the system hands out only what is written.
        """
        low, high = self.table.settings.ngram_range
        indptr = np.zeros(n_rows + 1, dtype=np.int64)
        indices = np.empty(n_codes * (high - low + 1), dtype=np.int32)
        data = np.empty(len(indices), dtype=np.float64)
        row = used = 0
        for batch, nodes in pairs:
            n_most = len(batch.ends) * (high - low + 1)
            indices, data = grown(indices, used + n_most, 0), grown(data, used + n_most, 0)
            stop = row + len(batch.token_bounds) - 1
            bounds = indptr[row : stop + 1]
            self._fill(batch, nodes[low - 1 :], bounds, indices[used:], data[used:])
            bounds += used
            row, used = stop, int(indptr[stop])
        return Rows(indptr=indptr, indices=indices[:used], data=data[:used], n_terms=len(self.table.terms))

    def _fill(
        self,
        batch: TokenBatch,
        nodes: NDArray[np.int32],
        indptr: NDArray[np.int64],
        indices: NDArray[np.int32],
        data: NDArray[np.float64],
    ) -> None:
        """The rows of one batch; `indptr` counts from the beginning of the batch."""
        settings, n_terms = self.table.settings, len(self.table.terms)
        tallies = self._workspace.take("tallies", nodes.size, np.int32)
        counts, bits0, bits1, bits2 = self._workspace.counters(n_terms)
        largest = kernels.count_rows(
            nodes.ravel(), len(batch.ends), len(nodes), batch.token_bounds, n_terms,
            counts, bits0, bits1, bits2, indptr, indices, tallies,
        )  # fmt: skip
        weights = self._tf_weights
        if largest >= len(weights):
            weights = _tf_weights(settings, largest)
        kernels.weigh_rows(indptr, indices, tallies, weights, self.table.idf, NORMS[settings.norm], data)


@dataclass(frozen=True)
class TokenBatch:
    """Spans end to end with their tokens."""

    text: NDArray[np.uint32]
    ends: NDArray[np.int32]  # (n_tokens,): token ``t`` is ``text[ends[t - 1]:ends[t]]``
    token_bounds: NDArray[np.int64]  # (n_spans + 1,)


def token_batches(
    codes: NDArray[np.uint32],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    settings: TermSettings,
    lexicon: Lexicon,
    workspace: Workspace,
) -> Iterator[TokenBatch]:
    """The tokens of all spans, some spans at a time, in order.

    With a workspace that keeps its arrays, a batch lasts until the next one.
    """
    for first, stop in span_batches(starts, ends):
        text, bounds = joined_spans(
            codes, starts[first:stop], ends[first:stop], lexicon, workspace, lowercase=settings.lowercase
        )
        if settings.analyzer == "word":
            yield TokenBatch(text, *cut_text(text, bounds, lexicon, workspace))
            continue
        squeezed, token_bounds = workspace.take("squeezed", len(text), np.uint32), np.empty_like(bounds)
        n_tokens = kernels.squeeze_spaces(text, bounds, _white_space(), squeezed, token_bounds)
        yield TokenBatch(squeezed, np.arange(1, n_tokens + 1, dtype=np.int32), token_bounds)


class NodeTable:
    """Numbers for words and n-grams: fixed, or growing with what it sees."""

    def __init__(self, max_n: int) -> None:
        self.max_n = max_n
        self.state = np.zeros(4, dtype=np.int64)  # nodes, pool in use, words, n-grams
        self.pool = np.empty(0, dtype=np.uint32)
        self.prefixes = np.empty(0, dtype=np.int32)
        self.tails = np.empty(0, dtype=np.int64)
        self.words, self.grams = np.zeros(4, dtype=np.uint64), np.zeros(4, dtype=np.uint64)

    def nodes(self, batch: TokenBatch, workspace: Workspace, *, learn: bool = False) -> NDArray[np.int32]:
        """Node of the n-gram of each order at each token; -1 for what is not known.

        Returns
        -------
        array of shape (max_n, n_tokens)
        """
        n_tokens = len(batch.ends)
        if learn:
            self._reserve(n_tokens, len(batch.text))
        nodes = workspace.take("nodes", self.max_n * n_tokens, np.int32).reshape(self.max_n, n_tokens)
        words = nodes[0]
        kernels.intern_words(
            batch.text, batch.ends, self.words, len(self.words) // 2, learn,
            self.pool, self.tails, self.state, words,
        )  # fmt: skip
        for order in range(2, self.max_n + 1):
            kernels.intern_grams(
                words, nodes[order - 2], order, batch.token_bounds, self.grams, len(self.grams) // 2, learn,
                self.prefixes, self.tails, self.state, nodes[order - 1],
            )  # fmt: skip
        return nodes

    def _reserve(self, n_tokens: int, n_codes: int) -> None:
        """Room for a batch in which everything is new: the loops do not check."""
        n_nodes, n_pool, n_words, n_grams = (int(count) for count in self.state)
        n_nodes += n_tokens * self.max_n
        self.pool = grown(self.pool, n_pool + n_codes + n_tokens, 0)
        self.prefixes = grown(self.prefixes, n_nodes, -1)
        self.tails = grown(self.tails, n_nodes, -1)
        self.words = _rehashed(self.words, n_words + n_tokens)
        self.grams = _rehashed(self.grams, n_grams + n_tokens * (self.max_n - 1))

    def renumbered(self, numbers: NDArray[np.int64]) -> NodeTable:
        """The same table where node ``i`` is ``numbers[i]``, and no room to grow; numbers may have gaps."""
        other = NodeTable(self.max_n)
        n_nodes = int(self.state[0])
        other.state, other.pool = self.state, self.pool[: self.state[1]].copy()
        other.tails = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.int64)
        other.tails[numbers] = self.tails[:n_nodes]
        words, grams = self.words.copy(), self.grams.copy()
        words[1::2] = numbers[words[1::2].astype(np.int64)] if n_nodes else 0
        held = np.nonzero(grams[::2])[0] * 2
        prefixes, lasts = grams[held] >> np.uint64(32), grams[held] & np.uint64(0xFFFFFFFF)
        renamed = (numbers[prefixes.astype(np.int64) - 1] + 1) << 32 | numbers[lasts.astype(np.int64)]
        grams[held] = renamed.astype(np.uint64)
        grams[held + 1] = numbers[grams[held + 1].astype(np.int64)]
        other.words = _rehashed(words, int(self.state[2]), room=2.5)
        other.grams = _rehashed(grams, int(self.state[3]), room=1.7)
        return other

    def terms(self, nodes: NDArray[np.int64], joiner: str) -> list[str]:
        """The strings of `nodes`, words joined by `joiner`."""
        held = self.pool[: self.state[1]].copy()
        starts = self.tails[: self.state[0]][self.prefixes[: self.state[0]] < 0]
        held[starts] = 0  # lengths may be no code points
        text = text_of(held)

        @cache
        def word(node: int) -> str:
            start = int(self.tails[node])
            return text[start + 1 : start + 1 + int(self.pool[start])]

        def term(node: int) -> str:
            last_words = []
            while (prefix := int(self.prefixes[node])) >= 0:
                last_words.append(word(int(self.tails[node])))
                node = prefix
            return joiner.join([word(node), *reversed(last_words)])

        return [term(node) for node in nodes.tolist()]


def nodes_of_terms(table: TermTable) -> NodeTable:
    """A fixed node table in which each term's node is its column."""
    high = table.settings.ngram_range[1]
    learned, workspace = NodeTable(high), Workspace()
    found = []
    for batch in _in_parts(tokens_of_terms(Terms.of(table.terms), table.settings.analyzer)):
        nodes = learned.nodes(batch, workspace, learn=True)
        n_words = np.diff(batch.token_bounds)
        usable = (n_words >= 1) & (n_words <= high)
        nodes_of_part = np.full(len(n_words), -1, dtype=np.int64)
        nodes_of_part[usable] = nodes[n_words[usable] - 1, batch.token_bounds[:-1][usable]]
        found.append(nodes_of_part)
    nodes_of_columns = np.concatenate([np.empty(0, dtype=np.int64), *found])
    known = np.flatnonzero(nodes_of_columns >= 0)
    numbers = np.full(int(learned.state[0]), -1, dtype=np.int64)
    numbers[nodes_of_columns[known]] = known
    spare = np.nonzero(numbers < 0)[0]
    numbers[spare] = len(table.terms) + np.arange(len(spare))
    return learned.renumbered(numbers)


def _in_parts(batch: TokenBatch) -> Iterator[TokenBatch]:
    """Some terms at a time: room is made for all of a batch being new, which for 86,000 terms took 27 MiB."""
    bounds = batch.token_bounds
    for first in range(0, len(bounds) - 1, TERMS_AT_ONCE):
        own = bounds[first : first + TERMS_AT_ONCE + 1]
        begin = int(batch.ends[own[0] - 1]) if own[0] else 0
        ends = batch.ends[own[0] : own[-1]] - begin
        text = batch.text[begin : begin + (int(ends[-1]) if len(ends) else 0)]
        yield TokenBatch(text, ends.astype(np.int32), own - own[0])


def tokens_of_terms(terms: Terms, analyzer: str) -> TokenBatch:
    """The words of each term that scikit-learn joined by spaces; none where no text can give the term.

    jieba's words hold no space, but one space alone is a word: in a run of spaces, each
    other one parts two words, beginning with the second where the run opens the term.
    """
    codes, bounds = code_points(terms.joined), terms.bounds
    if analyzer == "char":
        return TokenBatch(codes, np.arange(1, len(codes) + 1, dtype=np.int32), bounds)
    places, owners = np.arange(len(codes)), np.repeat(np.arange(len(terms)), np.diff(bounds))
    opens = np.zeros(len(codes) + 1, dtype=bool)
    opens[bounds] = True
    closes = opens[1:]
    space = codes == ord(" ")
    after_space = np.concatenate([[False], space])[:-1] & ~opens[:-1]
    run = np.maximum.accumulate(np.where(space & ~after_space, places, 0))
    parts = space & ((places - run + opens[run]) % 2 == 0)
    unparted = space & ~parts & ~np.concatenate([parts, [False]])[1:]
    sound = np.ones(len(terms), dtype=bool)
    sound[owners[np.where(closes, parts, unparted)]] = False
    kept = sound[owners]
    ends = np.cumsum(kept & ~parts)[kept & (parts | closes)]
    n_tokens = np.bincount(owners[kept & (parts | closes)], minlength=len(terms))
    return TokenBatch(codes[kept & ~parts], ends.astype(np.int32), np.cumsum([0, *n_tokens]))


@lru_cache(maxsize=1)
def _white_space() -> NDArray[np.uint8]:
    r"""1 for the code points that ``\s`` matches; the last is U+3000."""
    return np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.uint8)


def _tf_weights(settings: TermSettings, largest: int) -> NDArray[np.float64]:
    """What a count of 0 to `largest` weighs, with the roundings of scikit-learn."""
    counts = np.arange(largest + 1, dtype=np.float64)
    if settings.sublinear_tf:
        np.log(counts, out=counts, where=counts > 0)
        counts[1:] += 1.0
    return counts


def grown(array: NDArray[Any], n_needed: int, fill: int) -> NDArray[Any]:
    """At least `n_needed` long, with `fill` in the new places."""
    if n_needed <= len(array):
        return array
    longer = np.full(max(n_needed, 2 * len(array)), fill, dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _rehashed(table: NDArray[np.uint64], n_entries: int, room: float | None = None) -> NDArray[np.uint64]:
    """A table at most half full with `n_entries`, or with `room` times as many slots for good.

    A table that grows no more is better small than sparse: most of the time goes
    into waiting for it, as it does not fit the nearer caches.
    """
    if room is None and 4 * n_entries <= len(table):
        return table
    n_slots = int(n_entries * (room or 4)) + 2
    larger = np.zeros(2 * n_slots, dtype=np.uint64)
    kernels.fill_table(table, larger, n_slots)
    return larger
