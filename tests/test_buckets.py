"""Words and n-grams in buckets are found as in the tables that they are made from."""

from __future__ import annotations

import numpy as np
import pytest
import slow_twins
from hypothesis import given
from hypothesis import strategies as st

from fzclf.buckets import HALF_KEY, Buckets
from fzclf.counting import FastRows
from fzclf.cutting import Workspace
from fzclf.nodes import NodeTable
from fzclf.reference import fit_table
from fzclf.terms import TermSettings
from fzclf.tokens import TokenBatch

WORDS = st.text("ab\x00法治政府\u4e00\ucdff\uce00😀", min_size=1, max_size=6)
SPANS = st.lists(st.lists(WORDS, max_size=8), max_size=6)


def batch_of(spans):
    words = [word for span in spans for word in span]
    codes, bounds = slow_twins.joined(words)
    return TokenBatch(codes, bounds[1:].astype(np.int32), np.cumsum([0, *map(len, spans)], dtype=np.int64))


@given(SPANS, SPANS, st.integers(1, 4))
def test_every_n_gram_has_the_node_that_the_table_gives_it(known, others, max_n):
    """None reaches over the end of its span, not even one that is known elsewhere."""
    table = NodeTable(max_n)
    table.nodes(batch_of(known), Workspace(keep=False), learn=True)
    batch = batch_of([*others, *known[::-1]])
    expected = table.nodes(batch, Workspace(keep=False))
    assert Buckets.of(table).look_up(batch, max_n, Workspace(keep=False)).tolist() == expected.tolist()


@pytest.mark.parametrize("analyzer", ["word", "char"])
def test_tables_of_giants_are_looked_up_without(monkeypatch, analyzer):
    texts = ["依法行政，建设法治政府。", "规范 行政执法  行为", "İΣ法治"]
    spans = np.cumsum([0, *map(len, texts)])
    codes = slow_twins.joined(texts)[0]
    table = fit_table(texts[:2], TermSettings(analyzer=analyzer, ngram_range=(1, 3)))
    usual = FastRows(table).rows(codes, spans[:-1], spans[1:])
    monkeypatch.setattr(Buckets, "hold", lambda _n_nodes: False)
    without = FastRows(table)
    rows = without.rows(codes, spans[:-1], spans[1:])
    assert isinstance(without._numbers, NodeTable)
    assert (rows.indptr.tolist(), rows.indices.tolist(), rows.data.tolist()) == (
        usual.indptr.tolist(), usual.indices.tolist(), usual.data.tolist(),
    )  # fmt: skip


def test_what_numbers_fit():
    assert not Buckets.hold(0)
    assert Buckets.hold((1 << HALF_KEY) - 2)
    assert not Buckets.hold((1 << HALF_KEY) - 1)
