"""Words equal jieba's, to the last one."""

from __future__ import annotations

import os
import random
import sys
import warnings
from itertools import pairwise

import numpy as np
import pytest
import slow_twins
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fzclf import cutting, machine, reference
from fzclf.cutting import code_points, text_of, tokenize, word_bounds
from fzclf.lexicon import lexicon_for

N_RANDOM = int(os.environ.get("FZCLF_RANDOM_TEXTS", "5000"))


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    """User words get a lexicon each; they shall not fill the cache of whoever runs the tests."""
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))


def jieba_cut(text: str, user_words: tuple[str, ...] = ()) -> list[str]:
    return reference.cut(text, user_words)


def test_the_reference_is_jieba_itself():
    jieba = reference.import_jieba()
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    for paragraph in slow_twins.paragraphs_of(slow_twins.SEEDS)[::5]:
        assert reference.cut(paragraph) == tokenizer.lcut(paragraph)


def test_a_sentence_whose_words_can_be_checked_by_eye():
    assert tokenize("推进依法行政，2021年同比增长3.5%。") == [
        "推进",
        "依法行政",
        "，",
        "2021",
        "年",
        "同比",
        "增长",
        "3.5%",
        "。",
    ]


def test_every_paragraph_of_the_seeds():
    for paragraph in slow_twins.paragraphs_of(slow_twins.SEEDS):
        assert tokenize(paragraph) == jieba_cut(paragraph)


@pytest.mark.skipif(not slow_twins.CORPUS, reason="no ../shared/corpus beside the repository")
def test_every_report_of_the_corpus():
    for path in slow_twins.CORPUS:
        text = path.read_text(encoding="utf-8")
        assert tokenize(text) == jieba_cut(text), path.name


def test_mutated_and_random_text():
    rng = random.Random(5)
    real = slow_twins.paragraphs_of(slow_twins.SEEDS)
    for _ in range(N_RANDOM):
        text = slow_twins.random_text(rng, real)
        assert tokenize(text) == jieba_cut(text), ascii(text)


@settings(max_examples=max(200, N_RANDOM // 10), deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_any_string(text):
    assert tokenize(text) == jieba_cut(text)


@settings(max_examples=max(200, N_RANDOM // 10), deadline=None)
@given(st.text("丁丂七丄丅鿕龥㐀ab1.%-一是法"))
def test_strings_of_rare_characters_where_the_model_of_characters_ties(text):
    assert tokenize(text) == jieba_cut(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "\x00", "\x00\x00法治\x00", "\ud800", "\ud83d\ude00", "😀法治😀", "\r\n", "\r\r\n\n", "a\r\nb", " \u3000 ",
        "3.14%", "3..14", "a.5b%", "%%", "R&D--C++", "1-2", "AT&T公司", "T恤", "鿕鿖", "γ射线", "İΣς",
    ],
)  # fmt: skip
def test_strings_that_were_traps(text):
    assert tokenize(text) == jieba_cut(text)


def test_a_crlf_at_the_edge_of_a_chunk_stays_one_word():
    text = "法" * (cutting.CHUNK - 1) + "\r\n" + "治" * 5
    assert "\r\n" in tokenize(text)


def test_chunks_do_not_show():
    text = "依法治国，" * (cutting.CHUNK // 2)
    assert tokenize(text) == tokenize("依法治国，") * (cutting.CHUNK // 2)


def test_ten_megabytes_without_a_space_keep_every_character():
    text = "法治政府建设丂" * 480_000
    words = tokenize(text)
    assert "".join(words) == text
    assert words[:4] == jieba_cut(text[:700])[:4]


def test_a_text_that_holds_every_separator_is_cut_by_slices():
    text = "法治\uffff政府\ufffe建设\ufdd0年度\ufdd1报告"
    assert tokenize(text) == jieba_cut(text)


@pytest.mark.parametrize(
    "user_words",
    [
        ("年度报告",), ("法治政府建设 3",), ("法治政府建设 1000000 n",), ("政府 0",), ("云计 100", "云计算 200 n"),
        ("台中 0", "台中"), ("machine learning",), ("",), ("法治政府建设年度报告很长很长很长的一个词 5",), ("丁丂 0",),
    ],
)  # fmt: skip
def test_user_words_as_jieba_loads_them(own_cache, user_words):
    text = "法治政府建设年度报告说台中的云计算很好，丁丂machine learning法治政府建设年度报告很长很长很长的一个词"
    assert tokenize(text, user_words) == jieba_cut(text, user_words)


def test_a_word_of_frequency_0_does_not_leak_into_other_dictionaries(own_cache):
    before = tokenize("丁丂丁丂政府")
    tokenize("丁丂", ("丁丂 0", "政府 0"))
    assert tokenize("丁丂丁丂政府") == before == jieba_cut("丁丂丁丂政府")


def test_a_user_word_of_two_lines_is_named():
    with pytest.raises(ValueError, match=r"user_words\[1\]: '政\\n府' has a line break"):
        tokenize("法治", ("法治", "政\n府"))


def test_bytes_are_refused():
    with pytest.raises(TypeError, match="takes a str, not bytes"):
        tokenize(b"abc")


@given(st.text(st.characters(exclude_categories=())))
def test_code_points_go_there_and_back(text):
    assert text_of(code_points(text)) == text


def test_spans_are_cut_each_for_itself():
    codes = code_points("法治政府建设")
    starts, ends = np.array([0, 1, 2, 6, 0]), np.array([4, 3, 6, 6, 6])
    word_ends, bounds = word_bounds(codes, starts, ends, lexicon_for())
    spans = [word_ends[a:b].tolist() for a, b in pairwise(bounds)]
    assert spans == [[2, 4], [3], [4, 6], [], [2, 4, 6]]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.lists(
        st.one_of(
            st.text("法治政府建设丁丂和的了2.%a \r\n，。", max_size=30),
            st.sampled_from(["", "\r", "\n", "法", "政府", "法治政府建设" * 100]),
        ),
        max_size=20,
    )
)
@example(["a\r", "\nb"])
@example(["法治政", "府建设"])
@example(["", "", "丁丂", ""])
@example(["依法治国，" * (cutting.CHUNK // 5), "法", "治国，" * cutting.CHUNK, "理政"])
@example(["法" * (cutting.CHUNK - 1), "治" * cutting.CHUNK, "", "国" * (cutting.CHUNK + 1), "家"])
def test_spans_of_one_chunk_know_nothing_of_each_other(texts):
    codes, bounds = slow_twins.joined(texts)
    word_ends, words_of = word_bounds(codes, bounds[:-1].copy(), bounds[1:].copy(), lexicon_for())
    for text, begin, (first, stop) in zip(texts, bounds, pairwise(words_of), strict=False):
        lengths = np.diff([begin, *word_ends[first:stop]])
        assert lengths.tolist() == [*map(len, jieba_cut(text))]


def test_batches_of_spans_do_not_show(monkeypatch):
    codes = code_points("".join(slow_twins.paragraphs_of(slow_twins.SEEDS)[:50]))
    starts = np.arange(0, len(codes), 40)
    ends = np.minimum(starts + 50, len(codes))
    whole = word_bounds(codes, starts, ends, lexicon_for())
    monkeypatch.setattr(cutting, "BATCH", 100)
    for one, other in zip(whole, word_bounds(codes, starts, ends, lexicon_for()), strict=True):
        assert np.array_equal(one, other)


def test_a_span_outside_the_text_is_refused():
    with pytest.raises(IndexError, match="must lie inside the text of 2 code points"):
        word_bounds(code_points("法治"), np.array([1]), np.array([3]), lexicon_for())


def test_without_kernels_the_reference_runs_and_one_warning_is_given(monkeypatch, tmp_path):
    """Nothing in the cache, and no numba to compile with."""
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "fzclf.compiling", None)
    monkeypatch.setattr(machine, "kernels", machine.Kernels())
    machine.has_kernels.cache_clear()
    try:
        with pytest.warns(RuntimeWarning, match="neither loaded nor compiled"):
            assert tokenize("推进依法行政") == ["推进", "依法行政"]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tokenize("推进依法行政")
            assert not machine.has_kernels(machine.ROWS)
    finally:
        machine.has_kernels.cache_clear()


def test_one_user_word_without_a_tuple_is_refused():
    with pytest.raises(TypeError, match="not one string"):
        cutting.tokenize("推进依法行政", "依法")
