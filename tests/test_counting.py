"""Rows equal scikit-learn's, value for value."""

from __future__ import annotations

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import slow_twins
from hypothesis import given, settings
from hypothesis import strategies as st

from fzclf import counting, cutting
from fzclf.codes import code_points, text_of
from fzclf.counting import FastRows, engine_for
from fzclf.machine import TAGGING
from fzclf.reference import ReferenceRows, fit_table
from fzclf.terms import Rows, Terms, TermSettings, TermTable
from fzclf.tokens import tokens_of_terms
from fzclf.warming import warmup

SETTINGS = [
    TermSettings(),
    TermSettings(ngram_range=(1, 2), sublinear_tf=True),
    TermSettings(ngram_range=(2, 3), norm="l1", lowercase=False),
    TermSettings(ngram_range=(1, 4), norm=None),
    TermSettings(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
    TermSettings(analyzer="char", ngram_range=(2, 2), norm="l1", lowercase=False),
]


def spans_of(texts: list[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    bounds = np.cumsum([0, *map(len, texts)])
    return code_points("".join(texts)), bounds[:-1], bounds[1:]


def assert_same(rows: Rows, other: Rows) -> None:
    assert np.array_equal(rows.indptr, other.indptr)
    assert np.array_equal(rows.indices, other.indices)
    assert np.array_equal(rows.data, other.data)  # to the last bit
    assert rows.n_terms == other.n_terms


@pytest.fixture(scope="module")
def texts() -> list[str]:
    rng = random.Random(7)
    real = slow_twins.paragraphs_of(slow_twins.SEEDS)[:200]
    return [*real, *(slow_twins.random_text(rng, real) for _ in range(200)), "", " ", "\x00", "İΣ ΑΣ", "\ud800 ，\r\n"]


def test_a_row_that_can_be_checked_by_eye():
    table = TermTable(
        TermSettings(ngram_range=(1, 2), norm=None), ("依法行政", "推进", "推进 依法行政"), np.arange(1.0, 4.0)
    )
    rows = FastRows(table).rows(*spans_of(["推进依法行政，推进", "无关"]))
    assert rows.indptr.tolist() == [0, 3, 3]
    assert rows.indices.tolist() == [0, 1, 2]
    assert rows.data.tolist() == [1.0, 4.0, 3.0]


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_rows_equal_the_references_to_the_last_bit(texts, setting):
    table = fit_table(texts, setting, min_df=1)
    assert_same(FastRows(table).rows(*spans_of(texts)), ReferenceRows(table).rows(*spans_of(texts)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text("法治政府 \n\r\t\x00aAİΣς。3.5%\ud800😀"), min_size=1))
def test_any_texts(documents):
    for setting in (SETTINGS[3], SETTINGS[4]):
        try:
            table = fit_table(documents, setting)
        except ValueError:  # no term at all
            continue
        assert_same(FastRows(table).rows(*spans_of(documents)), ReferenceRows(table).rows(*spans_of(documents)))


def test_spans_may_overlap_repeat_and_be_empty(texts):
    table = fit_table(texts, SETTINGS[1])
    codes = code_points("推进依法行政，建设法治政府。")
    starts, ends = np.array([0, 0, 2, 5, 14]), np.array([14, 14, 9, 5, 14])
    assert_same(FastRows(table).rows(codes, starts, ends), ReferenceRows(table).rows(codes, starts, ends))


def test_no_span_gives_no_row(texts):
    table = fit_table(texts, SETTINGS[0])
    none = np.empty(0, dtype=np.int64)
    assert_same(
        FastRows(table).rows(code_points(""), none, none), ReferenceRows(table).rows(code_points(""), none, none)
    )


def test_a_span_outside_the_text_is_refused(texts):
    with pytest.raises(IndexError, match="must lie inside"):
        FastRows(fit_table(texts, SETTINGS[0])).rows(code_points("法治"), np.array([0]), np.array([3]))


def test_batches_do_not_show(texts, monkeypatch):
    table = fit_table(texts, SETTINGS[1])
    whole = FastRows(table).rows(*spans_of(texts))
    monkeypatch.setattr(cutting, "BATCH", 50)
    assert_same(FastRows(table).rows(*spans_of(texts)), whole)


def test_a_count_over_255(texts):
    table = fit_table(["法治"], SETTINGS[1])
    long = ["法治，" * 300]
    assert_same(FastRows(table).rows(*spans_of(long)), ReferenceRows(table).rows(*spans_of(long)))


def test_terms_that_no_text_can_give_stay_at_0():
    terms = ("", " ", "  ", "   ", "a  ", "a b c", "\r\n", "政府", "法治政府建设")
    table = TermTable(TermSettings(ngram_range=(1, 2)), terms, np.ones(len(terms)))
    spans = spans_of(["a b c a  b", "政府\r\n ", "   "])
    assert_same(FastRows(table).rows(*spans), ReferenceRows(table).rows(*spans))


@pytest.mark.parametrize(
    ("term", "tokens"),
    [("a b", ["a", "b"]), (" ", [" "]),
        ("   ", [" ", " "]), ("a   b", ["a", " ", "b"]), ("  b", [" ", "b"]), ("a ", []), ("", [])],
)  # fmt: skip
def test_a_joined_term_is_taken_apart_again(term, tokens):
    assert slow_twins.tokens_of(term, "word") == tokens


@given(st.lists(st.lists(st.sampled_from(["法", "治 ", " ", "a", ""]), max_size=4).map(" ".join)))
def test_taking_all_terms_apart_at_once_equals_one_by_one(terms):
    for analyzer in ("word", "char"):
        batch = tokens_of_terms(Terms.of(terms), analyzer)
        ends, text = [0, *batch.ends.tolist()], text_of(batch.text)
        tokens = [text[start:end] for start, end in pairwise(ends)]
        found = [tokens[start:end] for start, end in pairwise(batch.token_bounds.tolist())]
        assert found == [slow_twins.tokens_of(term, analyzer) for term in terms]


def test_a_table_without_terms_gives_empty_rows():
    table = TermTable(TermSettings(), (), np.empty(0))
    assert_same(FastRows(table).rows(*spans_of(["法治"])), ReferenceRows(table).rows(*spans_of(["法治"])))


def test_many_threads_share_one_engine(texts):
    table = fit_table(texts, SETTINGS[1])
    engine = FastRows(table)
    expected = engine.rows(*spans_of(texts))
    with ThreadPoolExecutor(4) as pool:
        for rows in pool.map(lambda _: engine.rows(*spans_of(texts)), range(40)):
            assert_same(rows, expected)


def test_an_answer_is_not_changed_by_the_next_call(texts):
    engine = FastRows(fit_table(texts, SETTINGS[1]))
    rows = engine.rows(*spans_of(texts))
    before = rows.data.copy()
    engine.rows(*spans_of(texts[::-1]))
    assert np.array_equal(rows.data, before)


def test_user_words_reach_the_rows(texts, tmp_path, monkeypatch):
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))
    table = fit_table(["法治政府建设"], replace(SETTINGS[0], user_words=("法治政府建设",)))
    assert table.terms == ("法治政府建设",)
    assert FastRows(table).rows(*spans_of(["法治政府建设"])).data.tolist() == [1.0]


def test_without_numba_the_reference_counts(monkeypatch):
    monkeypatch.setattr(counting, "has_kernels", lambda: False)
    assert isinstance(engine_for(TermTable(TermSettings(), ("法治",), np.ones(1))), ReferenceRows)


def test_where_only_the_loops_for_rows_are_missing_the_reference_counts(texts, monkeypatch):
    table = fit_table(texts, SETTINGS[0])
    rows = FastRows(table).rows(*spans_of(texts))
    monkeypatch.setattr(counting, "has_kernels", lambda group=TAGGING: group == TAGGING)
    monkeypatch.setattr(counting, "kernels", None)
    engine = engine_for(table)
    assert isinstance(engine, FastRows)
    without = engine.rows(*spans_of(texts))
    assert np.array_equal(without.indices, rows.indices)
    assert np.allclose(without.data, rows.data, rtol=0, atol=1e-12)


def test_neither_scikit_learn_nor_jieba_is_imported_by_counting():
    warmup()  # so that the lexicon and the loops are in the cache
    code = (
        "import sys, numpy as np; from fzclf.counting import FastRows; from fzclf.terms import *;"
        "early = [m for m in ('numba', 'sklearn', 'scipy.sparse', 'jieba') if m in sys.modules];"
        "t = TermTable(TermSettings(), ('法治',), np.ones(1));"
        "FastRows(t).rows(np.array([0x6cd5, 0x6cbb], np.uint32), np.array([0]), np.array([2]));"
        "print(early, [m for m in ('numba', 'sklearn', 'scipy', 'jieba') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code], capture_output=True, text=True, check=True, cwd=slow_twins.ROOT
    )
    assert run.stdout.strip() == "[] []"
