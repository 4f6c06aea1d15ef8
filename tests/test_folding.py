"""Folding maps one character to one character."""

from hypothesis import given
from hypothesis import strategies as st

from fzclf.folding import fold

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
