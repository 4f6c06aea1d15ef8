"""Logical lines: wrapped pages are joined, a body on one line is split, the rest is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzclf.segmentation.layout import logical_lines
from fzclf.segmentation.lines import inked_lines

SENTENCE = (
    "县委县政府始终把法治建设摆在突出位置主要负责人认真履行第一责任人职责全年主持召开专题会议六次研究解决突出难题"
)


def lines(text):
    return [text[start:end] for start, end in logical_lines(text)]


def wrapped(paragraph, width):
    return "\n".join(paragraph[at : at + width] for at in range(0, len(paragraph), width))


@pytest.mark.parametrize("width", [18, 25, 32, 40, 55])
def test_wrapped_paragraphs_are_joined_at_any_width(width):
    paragraphs = [SENTENCE * 4 + "。", "二、" + SENTENCE * 5 + "。", "（一）" + SENTENCE * 3 + "完。"]
    text = "\n".join(wrapped(paragraph, width) for paragraph in paragraphs)
    assert [line.replace("\n", "") for line in lines(text)] == paragraphs


def test_lines_of_their_own_are_left_alone():
    text = "\n".join([SENTENCE + "。"] * 20)
    assert lines(text) == text.split("\n")


def test_every_line_break_of_python_ends_a_line():
    assert lines("一\n二\r三\r\n四\x0b五\x0c六\x1c七\x1d八\x1e九\x85十\u2028百\u2029千") == list(
        "一二三四五六七八九十百千"
    )


def test_a_body_on_one_line_is_cut_at_its_headings():
    text = f"{SENTENCE}。一、强化学习。{SENTENCE}。（一）抓带头。{SENTENCE}。二、强化执法。{SENTENCE}。"
    assert [line[:6] for line in lines(text)] == [SENTENCE[:6], "一、强化学习", "（一）抓带头", "二、强化执法"]


def test_numbers_out_of_sequence_cut_nothing():
    text = f"{SENTENCE}。一、强化学习。{SENTENCE}。五、这里不是标题。{SENTENCE}。二、强化执法。{SENTENCE}。"
    assert [line[:4] for line in lines(text)] == [SENTENCE[:4], "一、强化", "二、强化"]


def test_white_space_alone_gives_no_line():
    assert lines(" \n　\t\n\xa0") == []


@given(st.text("法 a\u3000\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\u2028\u2029\u200b\ud800"))
def test_lines_end_where_splitlines_ends_them_and_carry_no_margin(text):
    assert [text[start:end] for start, end in inked_lines(text)] == [s.strip() for s in text.splitlines() if s.strip()]
    assert inked_lines(text) == [
        match.span() for match in re.finditer(r"\S(?:[^\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]*\S)?", text)
    ]
