"""Which units a sentence sees, and where they stand in the text."""

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fzclf import features
from fzclf.codes import text_of
from fzclf.features import CHANNELS, FLAGS, build_units, offsets_of
from fzclf.segmentation import read_outline
from fzclf.segmentation.columns import Columns
from fzclf.segmentation.roles import ROLES

TEXT = "一、规范执法\n总的来说很好。一是检查。查了三家。二是普法。\n另起一段，只有这一句话，它没有前后文可看。"


def units_of(text):
    return build_units(text, read_outline(text))


def seen(units, sentence, channel):
    unit = int(units.seen[sentence, CHANNELS.index(channel)])
    return None if unit < 0 else text_of(units.codes[units.starts[unit] : units.ends[unit]])


def test_a_sentence_sees_itself_and_its_neighbours():
    units = units_of(TEXT)
    assert [seen(units, 2, channel) for channel in ("sentence", "previous", "next")] == [
        "查了三家。",
        "一是检查。",
        "二是普法。",
    ]


def test_a_sentence_sees_what_opens_its_item_and_its_paragraph():
    units = units_of(TEXT)
    assert seen(units, 2, "item") == "一是检查。"
    assert seen(units, 2, "opening") == "总的来说很好。"


def test_what_opens_an_item_does_not_see_itself_as_its_opening():
    units = units_of(TEXT)
    assert seen(units, 1, "item") is None
    assert seen(units, 0, "opening") is None


def test_neighbours_end_with_the_paragraph():
    units = units_of(TEXT)
    assert seen(units, 3, "next") is None
    assert seen(units, 4, "previous") is None


def test_the_innermost_heading_is_seen():
    assert seen(units_of(TEXT), 4, "heading") == "一、规范执法"


def test_a_heading_is_one_unit_for_all_its_sentences():
    units = units_of(TEXT)
    assert len(set(units.seen[:, CHANNELS.index("heading")].tolist())) == 1


def test_flags_tell_role_opening_and_item():
    units = units_of(TEXT)
    flags = [{FLAGS[i] for i in np.flatnonzero(row)} for row in units.flags]
    assert flags[0] == {"role=achievement", "opens paragraph"}
    assert flags[2] == {"role=achievement", "in item"}


def test_a_sentence_over_a_line_break_is_mended_and_keeps_its_offsets():
    """As from a PDF: the break is taken out of the features, and evidence still points into the text."""
    text = "加强行政\n执法监督。"
    passage = SimpleNamespace(sentences=[(0, len(text))], roles=["plan"], items=[None], section=())
    units = build_units(text, [passage])
    assert seen(units, 0, "sentence") == "加强行政执法监督。"
    offsets = offsets_of(units, 0)
    assert [text[offset] for offset in offsets] == list("加强行政执法监督。")


def test_no_passages_give_no_sentences():
    units = build_units("", [])
    assert units.seen.shape == (0, len(CHANNELS))
    assert units.flags.shape == (0, len(FLAGS))


@given(st.text(alphabet=st.sampled_from("一二、。（）；执法普\n 1.是"), max_size=120))
def test_units_are_inside_the_codes(text):
    units = units_of(text)
    assert (units.starts >= 0).all()
    assert (units.ends <= len(units.codes)).all()
    assert (units.starts < units.ends).all()
    assert (units.seen < len(units.starts)).all()


@given(st.text(alphabet=st.sampled_from("一二、。（）；执法普\n 1.是：“”问题首先各位"), max_size=200))
@example("一、总的\n有：一是好。二是快。\n（一）加强领导。首先，“好。”好。其次，快。\n特此报告。")
def test_columns_of_an_outline_are_those_of_its_paragraphs(text):
    """The ready-made table of an outline against sentences, roles and items that are asked for one by one."""
    outline = read_outline(text)
    one = outline.columns()
    other = Columns.of([entry for entry in outline if entry.kind == "paragraph"])
    rows = [one.table[first : first + size] for first, size in zip(one.firsts, one.sizes, strict=True)]
    assert np.array_equal(np.concatenate([np.empty((0, 2)), *rows]), other.table)
    for name in ("sizes", "roles", "items", "headings_of"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.headings == other.headings


@st.composite
def passages(draw):
    """Paragraphs of a text of one letter, with any roles, items and headings."""
    at, found = 0, []
    for size in draw(st.lists(st.integers(1, 6), max_size=6)):
        sentences = [(at + i, at + i + 1) for i in range(size)]
        roles = draw(st.lists(st.sampled_from(ROLES), min_size=size, max_size=size))
        items = draw(st.lists(st.sampled_from([None, 1, 2, 300]), min_size=size, max_size=size))
        section = draw(st.sampled_from([(), ((0, 1),), ((0, 1), (1, 2))]))
        found.append(SimpleNamespace(sentences=sentences, roles=roles, items=items, section=section))
        at += size
    return "法" * max(at, 2), found


@given(passages())
def test_units_are_the_same_without_the_loops(drawn):
    text, found = drawn
    by_loops = build_units(text, found)
    with mock.patch.object(features, "has_kernels", return_value=False):
        slowly = build_units(text, found)
    assert np.array_equal(by_loops.seen, slowly.seen)
    assert np.array_equal(by_loops.flags, slowly.flags)


@pytest.mark.parametrize(("roles", "items"), [(["plan"], [None, None]), (["plan", "plan"], [None]), ([], [])])
def test_a_passage_without_a_role_and_an_item_for_each_sentence_is_refused(roles, items):
    """The loops write as many rows as there are sentences, into room for as many as there are roles."""
    passage = SimpleNamespace(sentences=[(0, 1), (1, 2)], roles=roles, items=items, section=())
    with pytest.raises(ValueError, match="a passage of 2 sentences has"):
        build_units("法治", [passage])


@pytest.mark.parametrize("broken", [{"role_numbers": b""}, {"item_numbers": bytes(4)}])
def test_an_outline_without_a_role_and_an_item_for_each_sentence_is_refused(broken):
    outline = read_outline(TEXT)
    for name, value in broken.items():
        setattr(outline[-2], name, value)
    with pytest.raises(ValueError, match="sentences have"):
        build_units(TEXT, outline)


def test_blocks_that_are_no_paragraphs_do_not_count():
    outline = read_outline(TEXT)
    one, other = build_units(TEXT, outline), build_units(TEXT, list(outline))
    assert np.array_equal(one.seen, other.seen)
    assert np.array_equal(one.codes, other.codes)


@pytest.mark.parametrize("bounds", [(0, 3), (-1, 1), (2, 1)])
def test_a_sentence_outside_the_text_is_refused(bounds):
    passage = SimpleNamespace(sentences=[bounds], roles=["plan"], items=[None], section=())
    with pytest.raises(IndexError, match="inside the text of 2 code points"):
        build_units("法治", [passage])
