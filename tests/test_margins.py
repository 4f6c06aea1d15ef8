"""Margins straight from text equal rows times weights, for every kind of view."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
import slow_twins
from hypothesis import given
from hypothesis import strategies as st

from fzclf import _kernels, buckets, margins
from fzclf.buckets import Buckets
from fzclf.cutting import Workspace
from fzclf.features import CHANNELS, FLAGS, build_units
from fzclf.machine import kernels
from fzclf.margins import FastView
from fzclf.model import Model, Review, View
from fzclf.nodes import NodeTable
from fzclf.reference import fit_table
from fzclf.scoring import Scorer
from fzclf.segmentation import read_outline
from fzclf.terms import TermSettings, TermTable
from fzclf.tokens import TokenBatch

VIEWS = {
    "words 1-2": TermSettings(ngram_range=(1, 2), sublinear_tf=True, lowercase=False),
    "words 1-3, l1, lower case": TermSettings(ngram_range=(1, 3), norm="l1"),
    "words 2-4, no norm": TermSettings(ngram_range=(2, 4), norm=None),
    "characters 1-2": TermSettings(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
    "characters 1-3": TermSettings(analyzer="char", ngram_range=(1, 3)),
}


def model_of(texts, kinds, n_classes):
    """A model with all terms of `texts` and weights drawn at random."""
    rng = np.random.default_rng(7)
    views = []
    for kind in kinds:
        table = fit_table(texts, VIEWS[kind])
        views.append(View(kind, table, rng.normal(size=(len(table.terms), n_classes)).astype(np.float32)))
    names = tuple("abcdefghijkl"[:n_classes])
    context = rng.normal(size=(len(CHANNELS), n_classes, n_classes))
    flags, bias = rng.normal(size=(len(FLAGS), n_classes)), rng.normal(size=n_classes)
    arrays = (array.astype(np.float32) for array in (context, flags, bias))
    return Model(names, {name: name for name in names}, tuple(views), CHANNELS, *arrays, 1.0, Review())


def units_of(text):
    return build_units(text, [entry for entry in read_outline(text) if entry.kind == "paragraph"])


def assert_same(scorer, units):
    assert scorer._fast is not None  # else nothing is compared
    sums, tallies = scorer.score_units(units)
    expected, expected_tallies = scorer.score_units_by_rows(units)
    assert sums.shape == expected.shape
    assert np.abs(sums - expected).max(initial=0.0) < 1e-12
    assert tallies.tolist() == expected_tallies.tolist()
    assert np.abs(scorer.place(sums, units) - scorer.score(units).margins).max(initial=0.0) < 1e-12


@pytest.fixture(scope="module")
def texts():
    rng = random.Random(5)
    real = slow_twins.paragraphs_of(slow_twins.SEEDS)
    some = rng.sample(real, 120)
    return [
        *some,
        *(slow_twins.random_text(rng, real) for _ in range(60)),
        "İstanbul，法治。ΑΣ，依法行政。",
        "a\t \n b，c",
    ]


@pytest.mark.parametrize("n_classes", [2, 6, 9])
@pytest.mark.parametrize("kind", VIEWS)
def test_sums_equal_rows_times_weights(texts, kind, n_classes):
    """On terms half of which are known, in sentences and headings."""
    scorer = Scorer(model_of(texts[::2], [kind], n_classes))
    assert_same(scorer, units_of("\n".join(texts)))


def test_views_add_up(texts):
    assert_same(Scorer(model_of(texts[::2], VIEWS, 6)), units_of("\n".join(texts)))


def test_a_word_300_times_in_a_sentence(texts):
    """More than the table of tf weights holds."""
    assert_same(Scorer(model_of(texts, ["words 1-2", "words 2-4, no norm"], 6)), units_of("依法行政和" * 300 + "。"))


def test_no_sentence_gives_no_margin(texts):
    assert Scorer(model_of(texts, ["words 1-2"], 6)).score(units_of("")).margins.shape == (0, 6)


def test_batches_do_not_show(texts, monkeypatch):
    from fzclf import cutting

    scorer, units = Scorer(model_of(texts[::2], VIEWS, 6)), units_of("\n".join(texts))
    whole = scorer.score(units)
    monkeypatch.setattr(cutting, "BATCH", 50)
    assert np.array_equal(scorer.score(units).margins, whole.margins)


def test_the_packaged_model_on_all_seeds(seed_texts):
    from fzclf.loading import load_model, scorer_of

    for text in seed_texts.values():
        assert_same(scorer_of(load_model()), units_of(text))


def test_a_view_with_more_n_grams_than_numbers_is_left_to_the_rows():
    terms = tuple(map(str, range(300_000)))
    table = TermTable(TermSettings(ngram_range=(1, 4)), terms, np.ones(len(terms)))
    assert not FastView.takes(View("giant", table, np.zeros((len(terms), 2), np.float32)))


def test_a_view_without_terms_adds_nothing(texts):
    table = TermTable(TermSettings(), (), np.empty(0))
    model = model_of(texts, ["words 1-2"], 2)
    empty = View("none", table, np.zeros((0, 2), np.float32))
    units = units_of("依法行政。")
    with_empty = Scorer(replace(model, views=(*model.views, empty)))
    assert np.allclose(with_empty.score(units).margins, Scorer(model).score(units).margins, atol=1e-12)


def test_the_tables_are_made_as_the_kernels_read_them():
    here = buckets.BUCKET, margins._BLOCK, buckets.HALF_KEY
    assert here == (_kernels.BUCKET, _kernels.BLOCK, _kernels.HALF_KEY)


# --- each kernel and its twin ---------------------------------------------------------------


def summed(batch, learned=None, numbers=None, *, max_n=1, n_terms=9, grams=(), rows=None, tallied=-1):
    """What `score_units` says of tokens, without norm; the row of term ``t`` begins with 100 ** t, its idf is 1."""
    width = 8 if rows is None else rows.shape[1]
    if rows is None:
        rows = np.zeros((n_terms, width), dtype=np.float32)
        rows[:, 0], rows[:, -2] = [100.0**t for t in range(n_terms)], 1.0
    bounds = batch.token_bounds
    begins = np.concatenate([[0], batch.ends]).astype(np.int64)
    starts, stops = begins[bounds[:-1]], begins[bounds[1:]]
    spaces = np.array([chr(code).isspace() for code in range(0x3001)], dtype=np.uint8)
    learned = learned or NodeTable(1)
    table = np.zeros(16, dtype=np.uint64)
    kernels.fill_buckets(np.array(grams, dtype=np.uint64), table, 63)
    n_places = len(batch.text) + len(starts) * max_n
    sums, tallies = np.zeros((len(starts), width)), np.zeros(len(starts), dtype=np.int64)
    kernels.score_units(
        batch.text, starts, stops, batch.ends, bounds, numbers is not None, spaces,
        np.empty(0, np.int32) if numbers is None else numbers, *Buckets.of(learned)[:5],
        1, max_n, table, 63, np.array([0.0, 1.0]), False, 0, rows.ravel(), width, len(rows), tallied,
        np.zeros(len(rows), np.int32), np.empty(len(batch.text), np.uint64), np.empty(n_places * max_n, np.int32),
        np.empty(len(starts) + 1, np.int64), np.empty(n_places * max_n + 1, np.int32), np.empty(n_places * max_n),
        sums.ravel(), tallies,
    )  # fmt: skip
    return sums, tallies


@given(st.lists(st.text("a \t\n\x1c\x85\u3000法治😀", max_size=40)))
def test_characters_get_their_numbers(documents):
    text, bounds = slow_twins.joined(documents)
    numbers = np.full(ord("法") + 1, -1, dtype=np.int32)
    known = {" ": 0, "法": 1, "a": 2, "\n": 3}
    numbers[[ord(char) for char in known]] = list(known.values())
    sums, _ = summed(TokenBatch(text, np.arange(1, len(text) + 1, dtype=np.int32), bounds), numbers=numbers)
    nodes, _, token_bounds = slow_twins.number_characters(documents, known)
    for unit, total in enumerate(sums[:, 0].tolist()):
        own = nodes[token_bounds[unit] : token_bounds[unit + 1]]
        assert total == sum(100**node for node in own if node >= 0)


@given(st.dictionaries(st.integers(1, 2**43 - 1), st.integers(0, 2**21 - 1), max_size=200), st.integers(1, 6))
def test_fill_buckets_puts_every_entry_where_it_is_looked_for(pairs, n_bits):
    n_bits = max(n_bits, (len(pairs) // 5).bit_length())
    entries = np.array([key << 21 | value for key, value in pairs.items()], dtype=np.uint64)
    buckets = np.zeros(8 << n_bits, dtype=np.uint64)
    kernels.fill_buckets(entries, buckets, 64 - n_bits)
    table = buckets.tolist()
    assert sorted(filter(None, table)) == sorted(entries.tolist())
    for entry in entries.tolist():
        assert slow_twins.entry_of(table, entry >> 21, n_bits) == entry


def looked_up(known, words):
    """Node of each of `words` in a table of the words `known`, whose nodes are their numbers."""
    learned = NodeTable(1)
    learned.nodes(batch_of(known), Workspace(keep=False), learn=True)
    return nodes_of(learned, words)


def nodes_of(learned, words):
    """Each word a unit of its own, whose sum is its node and 1 more."""
    codes, bounds = slow_twins.joined(words)
    rows = np.zeros((int(learned.state[0]) + 1, 8), dtype=np.float32)  # at least one term
    rows[:, 0], rows[:, -2] = 1 + np.arange(len(rows)), 1.0
    alone = TokenBatch(codes, bounds[1:].astype(np.int32), np.arange(len(words) + 1))
    return (summed(alone, learned, rows=rows)[0][:, 0].astype(int) - 1).tolist()


def batch_of(words):
    codes, bounds = slow_twins.joined(words)
    return TokenBatch(codes, bounds[1:].astype(np.int32), np.array([0, len(words)]))


ANY_WORD = st.text("ab\x00法治😀\u4e00\ucdff\uce00", min_size=1, max_size=6)


@given(st.lists(ANY_WORD, unique=True), st.lists(ANY_WORD, min_size=1))
def test_look_up_words(known, others):
    words = [*known, *others]
    assert looked_up(known, words) == slow_twins.look_up_words(known, words)


def test_look_up_words_over_many_full_buckets():
    known = [chr(0x4E00 + i) + chr(0x4E00 + i // 7) * (i % 5) for i in range(5000)]
    words = known[::-1] + [word + "法" for word in known]
    assert looked_up(known, words) == slow_twins.look_up_words(known, words)


def test_long_words_of_one_hash_are_told_apart():
    """Both stand under the hash of the first; then they change places, as if the other had that hash."""
    words = ["法治政府建设", "依法行政工作"]
    learned = NodeTable(1)
    learned.nodes(batch_of(words), Workspace(keep=False), learn=True)
    keys, nodes = learned.words[::2], learned.words[1::2]
    keys[(keys != 0) & (nodes == 1)] = keys[(keys != 0) & (nodes == 0)]
    for place in (0, 1):
        learned.pool[1:7], learned.pool[8:14] = (
            [ord(char) for char in word] for word in (words if place == 0 else words[::-1])
        )
        assert nodes_of(learned, words[:1]) == [place]


@pytest.mark.parametrize("width", [8, 16])
def test_score_units_on_weights_that_can_be_checked_by_eye(width):
    """Words 甲 and 乙, the pair 甲乙 as term 2, in two units; 丙 is unknown."""
    learned = NodeTable(1)
    learned.nodes(batch_of(["甲", "乙"]), Workspace(keep=False), learn=True)
    codes, bounds = slow_twins.joined(list("甲丙乙甲乙甲"))
    batch = TokenBatch(codes, bounds[1:].astype(np.int32), np.array([0, 5, 6]))
    rows = np.zeros((3, width), dtype=np.float32)
    rows[:, [0, width - 3]] = [[1.0, 10.0], [2.0, 20.0], [-3.0, 30.0]]
    rows[:, -2:] = [[1.0, 0.0], [0.25, 0.25], [1.5, 0.5]]  # an idf of 1, 0.5 and 2
    sums, tallies = summed(batch, learned, max_n=2, grams=[(1 << 21 | 1) << 21 | 2], rows=rows, tallied=0)
    # twice 甲, twice 乙 at half idf, once the pair at double idf; then 甲 alone
    assert sums[:, 0].tolist() == [2 * 1.0 + 1 * 2.0 + 2 * -3.0, 1]
    assert sums[:, width - 3].tolist() == [2 * 10.0 + 1 * 20.0 + 2 * 30.0, 10]
    assert tallies.tolist() == [3, 1]


def test_units_outside_the_text_are_refused():
    from fzclf.codes import code_points
    from fzclf.cutting import Spans

    for start, stop in ((-1, 1), (1, 0), (0, 3)):
        with pytest.raises(IndexError, match="inside the text of 2 code points"):
            Spans.of(code_points("法治"), np.array([start]), np.array([stop]))
