"""Folding maps one character to one character."""

from unittest import mock

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fzclf import folding
from fzclf.codes import LINE_BREAKS, code_points, text_of
from fzclf.folding import fold, fold_spans

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


def test_digits_become_zero_in_both_widths():
    assert fold("2022年２８件") == "0000年00件"


def test_letters_become_small_and_half_width():
    assert fold("ＡＢcD") == "abcd"


def test_ascii_marks_become_full_width():
    assert fold("一,二;(三)!") == "一，二；（三）！"


def test_title_marks_have_one_form():
    assert fold("<法>＜法＞〈法〉《法》") == "《法》《法》《法》《法》"


@given(ANY_TEXT)
def test_length_never_changes(text):
    assert len(fold(text)) == len(text)


@given(ANY_TEXT)
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.lists(ANY_TEXT, max_size=4), st.data())
def test_spans_are_folded_as_texts_are(texts, data):
    """With the loops and without; overlapping spans too."""
    text = "".join(texts)
    cuts = st.integers(0, len(text))
    bounds = [sorted(span) for span in data.draw(st.lists(st.tuples(cuts, cuts), max_size=5))]
    starts, ends = np.array(bounds, dtype=np.int64).reshape(-1, 2).T.copy()
    expected = [fold(text[start:end]) for start, end in bounds]
    for by_loops in (True, False):
        with mock.patch.object(folding, "has_kernels", return_value=by_loops):
            spans, n_breaks = fold_spans(code_points(text), starts, ends)
        folded, begins, stops, longest, n_codes = spans
        assert [text_of(folded[begin:stop]) for begin, stop in zip(begins, stops, strict=True)] == expected
        assert longest == max(map(len, expected), default=0)
        assert n_codes == sum(map(len, expected))
        assert n_breaks == sum(text[start:end].count(mark) for start, end in bounds for mark in LINE_BREAKS)


def test_line_breaks_are_those_of_python():
    assert {chr(code) for code in range(0x110000) if len(f"a{chr(code)}a".splitlines()) > 1} == set(LINE_BREAKS)
