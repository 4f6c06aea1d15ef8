"""Each kernel against its slow twin."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import slow_twins
from hypothesis import given
from hypothesis import strategies as st

from fzclf.cutting import Spans, Workspace, code_points, joined_spans, text_of
from fzclf.lexicon import lexicon_for
from fzclf.machine import kernels
from fzclf.nodes import NodeTable
from fzclf.tokens import TokenBatch

any_text = st.text(st.characters(exclude_categories=()))
cased_text = st.text("aAéÉİıΣσςßǅＡａЯя𐐀𐐨法. ")
rows_of_nodes = st.lists(st.lists(st.integers(-1, 9)))
Rows = list[list[int]]


def flat(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    nodes = np.array([node for row in rows for node in row], dtype=np.int32)
    return nodes, np.cumsum([0, *map(len, rows)], dtype=np.int64)


def counted(rows: Rows, n_terms: int) -> list[list[tuple[int, int]]]:
    nodes, bounds = flat(rows)
    counters = Workspace().counters(n_terms)
    indptr, columns, tallies = (
        np.zeros(len(bounds), np.int64), np.zeros(len(nodes), np.int32), np.zeros(len(nodes), np.int32)
    )  # fmt: skip
    largest = kernels.count_rows(nodes, len(nodes), 1, bounds, n_terms, *counters, indptr, columns, tallies)
    assert largest == max(tallies[: indptr[-1]], default=0)
    assert not any(counter.any() for counter in counters)
    pairs = list(zip(columns.tolist(), tallies.tolist(), strict=True))
    return [pairs[start:stop] for start, stop in pairwise(indptr)]


@given(st.lists(cased_text | any_text))
def test_gather_spans_lowers_each_span_as_python_does(texts):
    codes, bounds = slow_twins.joined(texts)
    for lowercase in (True, False):
        text, out = joined_spans(
            Spans.of(codes, bounds[:-1], bounds[1:]), lexicon_for(), Workspace(), lowercase=lowercase
        )
        spans = [text_of(text[start:end]) for start, end in pairwise(out)]
        whole = list(pairwise(bounds))
        assert spans == slow_twins.gather_spans("".join(texts), whole, lowercase=lowercase)


@given(st.lists(st.text("a \t\n\r\x1c\x85\xa0\u3000\u2028\u200b\x00法")))
def test_squeeze_spaces(texts):
    text, bounds = slow_twins.joined(texts)
    spaces = np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.uint8)
    out, out_bounds = np.empty_like(text), np.empty_like(bounds)
    kernels.squeeze_spaces(text, bounds, spaces, out, out_bounds)
    squeezed = [text_of(out[start:end]) for start, end in pairwise(out_bounds)]
    assert squeezed == slow_twins.squeeze_spaces(texts)


@given(st.lists(st.text(min_size=1), min_size=1))
def test_separate(words):
    codes, bounds = slow_twins.joined(words)
    out = np.empty(len(codes) + len(words), dtype=np.uint32)
    kernels.separate(codes, bounds[1:].astype(np.int32), 0x10FFFF, out)
    assert text_of(out) == slow_twins.separate(words, "\U0010ffff")


@given(st.lists(st.lists(st.text("ab\x00法治", min_size=1, max_size=6))), st.integers(1, 4))
def test_interning_gives_equal_numbers_to_equal_n_grams_and_only_to_them(rows, max_n):
    words = [word for row in rows for word in row]
    codes, bounds = slow_twins.joined(words)
    batch = TokenBatch(codes, bounds[1:].astype(np.int32), np.cumsum([0, *map(len, rows)], dtype=np.int64))
    table = NodeTable(max_n)
    nodes = table.nodes(batch, Workspace(keep=False), learn=True)
    seen = {}
    for start, row in zip(batch.token_bounds, rows, strict=False):
        for n in range(1, max_n + 1):
            for at in range(len(row)):
                node = nodes[n - 1, start + at]
                gram = tuple(row[at : at + n])
                assert node == -1 if len(gram) < n else seen.setdefault(gram, node) == node
    assert len(set(seen.values())) == len(seen) == len(slow_twins.intern(rows, max_n))
    again = table.nodes(batch, Workspace(keep=False))
    assert np.array_equal(nodes, again)


def test_words_whose_long_hash_would_agree_are_compared_character_by_character():
    long_words = ["法治政府建设" + chr(0x4E00 + i) for i in range(3000)]
    codes, bounds = slow_twins.joined(long_words)
    batch = TokenBatch(codes, bounds[1:].astype(np.int32), np.array([0, 3000]))
    table = NodeTable(1)
    assert table.nodes(batch, Workspace(), learn=True)[0].tolist() == list(range(3000))
    table.pool[table.tails[7] + 1] += 1  # the stored word changes, its hash does not
    assert table.nodes(batch, Workspace())[0][7] == -1


@given(rows_of_nodes)
def test_count_rows(rows):
    assert counted(rows, 7) == slow_twins.count_rows(rows, 7)


def test_count_rows_over_all_levels_of_the_bitmaps():
    rows = [[600_000, 0, 63, 64, 4095, 4096, 262_143, 262_144, 0], [], [600_000]]
    assert counted(rows, 600_001) == slow_twins.count_rows(rows, 600_001)


@given(rows_of_nodes)
def test_tally_nodes(rows):
    nodes, bounds = flat(rows)
    df, tf, last = np.zeros(10, np.int64), np.zeros(10, np.int64), np.full(10, -1)
    kernels.tally_nodes(nodes, bounds, 0, last, df, tf)
    assert (df.tolist(), tf.tolist()) == slow_twins.tally_nodes(rows, 10)


def test_weigh_rows_on_weights_that_can_be_checked_by_eye():
    indptr, columns = np.array([0, 2, 2]), np.array([0, 1], dtype=np.int32)
    tallies, data = np.array([3, 2], dtype=np.int32), np.empty(2)
    tf_weights, idf = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 2.0])
    for norm, expected in [(0, [3.0, 4.0]), (1, [3 / 7, 4 / 7]), (2, [0.6, 0.8])]:
        kernels.weigh_rows(indptr, columns, tallies, tf_weights, idf, norm, data)
        assert data.tolist() == expected


@given(st.dictionaries(st.integers(1, 2**64 - 1), st.integers(0, 2**31)))
def test_fill_table_keeps_every_pair(pairs):
    entries = np.array([part for pair in pairs.items() for part in pair], dtype=np.uint64)
    n_slots = len(pairs) + 1
    table = np.zeros(2 * n_slots, dtype=np.uint64)
    kernels.fill_table(entries, table, n_slots)
    held = dict(zip(table[::2].tolist(), table[1::2].tolist(), strict=True))
    held.pop(0, None)
    assert held == pairs


def test_score_rows_on_weights_that_can_be_checked_by_eye():
    indptr, columns, data = np.array([0, 2, 2]), np.array([0, 2], dtype=np.int32), np.array([0.5, 2.0])
    weights = np.array([1.0, 10.0, 0.0, 0.0, 3.0, 30.0], dtype=np.float32)
    margins = np.empty(4)
    kernels.score_rows(indptr, columns, data, weights, np.array([0.25, -1.0]), 2, margins)
    assert margins.tolist() == [0.25 + 0.5 + 6.0, -1.0 + 5.0 + 60.0, 0.25, -1.0]


@given(st.lists(st.sets(st.integers(1, 300), min_size=1, max_size=20), min_size=1, max_size=60))
def test_place_children_puts_no_two_into_one_slot(families):
    families = sorted(families, key=len, reverse=True)
    ids = np.array([child for family in families for child in sorted(family)], dtype=np.uint16)
    stops = np.cumsum([*map(len, families)])
    starts = stops - np.array([*map(len, families)])
    free = np.full(2000, 2**64 - 1, dtype=np.uint64)
    free_bases = free.copy()
    free_bases[0] ^= np.uint64(1)
    bases = np.zeros(len(families), dtype=np.int32)
    last = kernels.place_children(np.arange(len(families)), starts, stops, ids, free, free_bases, bases)
    slots = [int(base) + child for base, family in zip(bases, families, strict=True) for child in family]
    assert len(set(slots)) == len(slots)
    assert len(set(bases.tolist())) == len(bases)
    assert bases.min() >= 1
    assert max(slots) == last


def test_code_points_of_a_read_only_text_are_taken():
    assert not code_points("法治").flags.writeable
    whole = Spans.of(code_points("法治"), np.array([0]), np.array([2]))
    text, _ = joined_spans(whole, lexicon_for(), Workspace(), lowercase=True)
    assert text.tolist() == [0x6CD5, 0x6CBB]
