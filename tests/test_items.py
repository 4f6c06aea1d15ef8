"""Items of a paragraph, sentence by sentence."""

from fzclf.segmentation.items import item_numbers
from fzclf.segmentation.sentences import sentence_spans


def numbers(text):
    return item_numbers(text, sentence_spans(text))


def test_sentences_after_an_item_belong_to_it():
    assert numbers("成效有二。一是快。很快。二是好。") == [None, 1, 1, 2]


def test_a_paragraph_may_open_with_any_number():
    assert numbers("五是快。六是好。") == [5, 6]


def test_inside_a_paragraph_a_number_must_carry_on_the_count():
    assert numbers("一是快。三是好。") == [1, 1]


def test_the_count_may_start_again():
    assert numbers("一是快。二是好。一是省。") == [1, 2, 1]


def test_the_last_item_has_the_next_number():
    assert numbers("首先，快。其次，好。最后，省。") == [1, 2, 3]


def test_no_sentences_no_numbers():
    assert item_numbers("", []) == []
