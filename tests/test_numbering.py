"""Enumerators of lines and items."""

from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fzclf.segmentation import numbering
from fzclf.segmentation.numbering import Style, item_ordinal, line_enumerator, number_of


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十三", 23),
        ("一百", 100),
        ("一百零五", 105),
        ("一二", 12),
        ("7", 7),
        ("１２", 12),
        ("〇", 0),
        ("两", 2),
    ],
)
def test_number_of(digits, value):
    assert number_of(digits) == value


@pytest.mark.parametrize(
    ("line", "style", "ordinal", "sure"),
    [
        ("一、加强", Style.HAN, 1, True),
        ("十一、加强", Style.HAN, 11, True),
        ("一，加强", Style.HAN, 1, False),
        ("（三）加强", Style.HAN_BRACKET, 3, True),
        ("(三)加强", Style.HAN_BRACKET, 3, True),
        ("（三加强", Style.HAN_BRACKET, 3, False),
        ("三）加强", Style.HAN_BRACKET, 3, False),
        ("㈢加强", Style.HAN_BRACKET, 3, True),
        ("12.加强", Style.DIGIT, 12, True),
        ("１２、加强", Style.DIGIT, 12, True),
        ("（2）加强", Style.DIGIT_BRACKET, 2, True),
        ("2）加强", Style.DIGIT_BRACKET, 2, True),
        ("⑵加强", Style.DIGIT_BRACKET, 2, True),
        ("②加强", Style.CIRCLED, 2, True),
        ("第二部分 加强", Style.PART, 2, True),
        ("第二章 加强", Style.CHAPTER, 2, True),
        ("第二节 加强", Style.SECTION, 2, True),
        ("第二条 加强", Style.ARTICLE, 2, True),
    ],
)
def test_line_enumerator(line, style, ordinal, sure):
    found = line_enumerator(line)
    assert (found.style, found.ordinal, found.sure) == (style, ordinal, sure)
    assert line[found.length :].startswith("加强")


@pytest.mark.parametrize(
    "line",
    ["", "加强", "2022年", "3.5亿元", "三、四级行政机关", "一是加强", "（2022年）", "第三方评估", "十四五", "100万元"],
)
def test_no_enumerator(line):
    assert line_enumerator(line) is None


@pytest.mark.parametrize(
    ("sentence", "ordinal"),
    [
        ("一是抓", 1),
        ("第二，抓", 2),
        ("首先，抓", 1),
        ("其次，抓", 2),
        ("最后，抓", 0),
        ("③抓", 3),
        ("（四）抓", 4),
        ("5.抓", 5),
        ("一要抓", 1),
        ("二要素", None),
        ("一是否", None),
        ("抓", None),
        ("2.5亿元", None),
        ("2022年", None),
    ],
)
def test_item_ordinal(sentence, ordinal):
    assert item_ordinal(sentence, 0, len(sentence)) == ordinal


@settings(max_examples=2000, derandomize=True, deadline=None)
@given(st.text("一二十百两〇（）()、，．. 级类法\u3000\xa0", max_size=6))
@example("一、")
@example("（一）")
@example("一、二、三级")
@example("（一）、加强")
@example("一、、加强")
def test_common_enumerators_are_those_of_the_expressions(line):
    with mock.patch.object(numbering, "_COMMON", {}):
        expected = line_enumerator(line)
    assert line_enumerator(line) == expected
