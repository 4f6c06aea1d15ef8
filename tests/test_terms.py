"""Terms: many strings in one, equal to the tuple of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzclf.terms import Terms

strings = st.lists(st.text(st.characters(exclude_categories=())))


@given(strings)
def test_terms_are_the_strings_that_they_were_made_of(held):
    terms = Terms.of(held)
    assert terms == tuple(held)
    assert [*terms] == [terms[place] for place in range(len(held))] == held
    assert terms[1:] == tuple(held)[1:]
    assert Terms.of(terms) is terms


def test_a_place_that_is_not_there_is_an_index_error():
    terms = Terms.of(("法治", "政府"))
    assert terms[-1] == "政府"
    for place in (2, -3):
        with pytest.raises(IndexError):
            terms[place]


def test_terms_know_what_they_hold():
    terms = Terms.of(("法治", "政府"))
    assert "政府" in terms
    assert "治政" not in terms
    assert terms != ("法治",)
    assert terms != 7
