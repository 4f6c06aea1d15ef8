"""Sentence bounds: the plain cut equals the list of pairs, and real paragraphs are cut as labelled."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzclf.segmentation.sentences import protected_spans, sentence_spans

MARKED = st.text("法治。！？；;!?《》〈〉“”「」（）() 　\n，”』】", max_size=60)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(MARKED)
def test_the_plain_cut_equals_its_slow_twin(text):
    assert sentence_spans(text) == protected_spans(text, 0, len(text))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(MARKED, st.integers(0, 60), st.integers(0, 60))
def test_a_part_is_cut_as_if_it_stood_alone(text, one, other):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    alone = [(start + begin, start + stop) for begin, stop in sentence_spans(text[start:end])]
    assert sentence_spans(text, start, end) == alone


@settings(max_examples=300, deadline=None, derandomize=True)
@given(MARKED)
def test_between_sentences_there_is_only_white_space(text):
    end = 0
    for start, stop in sentence_spans(text):
        assert end <= start < stop
        assert not text[end:start].strip()
        end = stop
    assert not text[end:].strip()


def test_white_space_alone_gives_no_sentence():
    assert sentence_spans(" 　\n") == []


def test_a_missing_quote_swallows_nothing():
    text = "推进“一次办好改革。" * 1000
    assert len(sentence_spans(text)) == 1000


@pytest.mark.parametrize("opener", "《〈“「（(")
def test_a_pair_protects_the_mark_inside(opener):
    closer = dict(zip("《〈“「（(", "》〉”」）)", strict=True))[opener]
    text = f"甲{opener}乙。丙{closer}丁。戊。"
    assert [text[s:e] for s, e in sentence_spans(text)] == [f"甲{opener}乙。丙{closer}丁。", "戊。"]


def test_without_brackets_it_is_a_split_at_the_marks():
    text = "一、加强领导；二、规范执法！三、化解矛盾？好;行!吗?完"
    assert [text[s:e] for s, e in sentence_spans(text)] == re.findall("[^。！？；;!?]+[。！？；;!?]?", text)
