"""Encodings of text files: what is tried, what is refused, what is noted."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fzclf.errors import ReadError
from fzclf.reading import read, read_document
from fzclf.reading.decoding import likely_encoding
from fzclf.reading.plausibility import common_share, is_plausible

SIMPLIFIED = "二〇二二年，我区坚持以法治思想为指导，推进依法行政，完善行政决策程序，规范行政执法，化解矛盾纠纷。"
TRADITIONAL = "去年，我區堅持以法治思想為指導，推進依法行政，完善行政決策程序，規範行政執法，化解矛盾糾紛。"
KOREAN = "올해 정부는 법치주의를 강화하고 국민의 권리를 보호하기 위하여 다양한 정책을 추진하였다."


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (SIMPLIFIED.encode(), "utf-8"),
        (codecs.BOM_UTF8 + SIMPLIFIED.encode(), "utf-8-sig"),
        (SIMPLIFIED.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + SIMPLIFIED.encode("utf-16-be"), "utf-16"),
        (SIMPLIFIED.encode("utf-32"), "utf-32"),
        (codecs.BOM_UTF32_BE + SIMPLIFIED.encode("utf-32-be"), "utf-32"),
        (SIMPLIFIED.encode("gb18030"), "gb18030"),
        (b"\x84\x31\x95\x33" + SIMPLIFIED.encode("gb18030"), "gb18030"),
    ],
)
def test_the_encoding_is_found_and_reported(data: bytes, encoding: str) -> None:
    document = read_document(data)
    assert (document.text, document.encoding) == (SIMPLIFIED, encoding)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_comes_back_exactly(text: str) -> None:
    assert read(codecs.BOM_UTF8 + text.encode()) == text


def test_a_mark_inside_stays() -> None:
    assert read("一\ufeff二".encode()) == "一\ufeff二"


def test_the_reported_encoding_reads_the_file_again() -> None:
    data = SIMPLIFIED.encode("utf-16")
    assert data.decode(read_document(data).encoding or "") == SIMPLIFIED


def test_traditional_text_in_gbk_is_read_and_noted() -> None:
    document = read_document(TRADITIONAL.encode("gbk"))
    assert document.text == TRADITIONAL
    assert "traditional characters" in document.notes[0]


def test_simplified_text_has_no_notes() -> None:
    assert read_document(SIMPLIFIED.encode()).notes == ()


@pytest.mark.parametrize(
    ("text", "encoding", "guess"),
    [
        (TRADITIONAL, "big5", "big5hkscs"),
        (SIMPLIFIED, "utf-16-le", "utf-16-le"),
        (SIMPLIFIED, "utf-16-be", "utf-16-be"),
        (KOREAN, "euc_kr", "cp949"),
    ],
)
def test_another_encoding_is_refused_and_named(text: str, encoding: str, guess: str) -> None:
    with pytest.raises(ReadError, match=f'is not utf-8.*likely {guess}; give encoding="{guess}"'):
        read((text * 3).encode(encoding))


def test_the_named_encoding_reads_the_file() -> None:
    assert read(TRADITIONAL.encode("big5"), encoding=likely_encoding(TRADITIONAL.encode("big5"))) == TRADITIONAL


def test_a_byte_that_does_not_fit_is_named_with_its_offset() -> None:
    data = SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode()
    with pytest.raises(ReadError, match=rf"byte {len(SIMPLIFIED.encode())} \(0xff\) is not utf-8"):
        read(data)


def test_an_offset_counts_the_mark() -> None:
    with pytest.raises(ReadError, match=r"byte 4 \(0xff\) is not utf-8"):
        read(codecs.BOM_UTF8 + b"a\xff")


def test_replacing_is_noted_with_count_and_place() -> None:
    document = read_document(SIMPLIFIED.encode() + b"\xff", errors="replace")
    assert document.text == SIMPLIFIED + "\ufffd"
    assert (
        document.notes[0]
        == f"bytes that are not utf-8 were replaced: 1 characters (U+FFFD), the first at {len(SIMPLIFIED)}"
    )


def test_replacing_changes_nothing_where_all_fits() -> None:
    assert read_document(SIMPLIFIED.encode("gb18030"), errors="replace").encoding == "gb18030"


def test_an_encoding_that_is_told_is_strict() -> None:
    with pytest.raises(ReadError, match="is not ascii"):
        read(SIMPLIFIED.encode(), encoding="ascii")


def test_a_doubtful_encoding_that_is_told_is_noted() -> None:
    assert "only" in read_document((TRADITIONAL * 2).encode("big5"), encoding="gb18030").notes[0]


def test_gb2312_means_its_newest_edition() -> None:
    assert read("镕".encode("gb18030"), encoding="gb2312") == "镕"


def test_a_mark_is_taken_off_when_the_encoding_is_told() -> None:
    assert read(codecs.BOM_UTF8 + b"a", encoding="utf-8") == "a"


@pytest.mark.parametrize("encoding", ["klingon", "base64", "unicode_escape", "a\0b"])
def test_an_encoding_that_is_none(encoding: str) -> None:
    with pytest.raises(ReadError, match="is none that text files have"):
        read(b"a", encoding=encoding)


@pytest.mark.parametrize("data", [b"\0", b"a\0b\0", bytes(range(32)) * 4])
def test_a_binary_file_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError, match="a binary file, or UTF-16 without a mark"):
        read(data)


def test_a_stray_control_character_is_kept_and_noted() -> None:
    document = read_document(("字" * 300 + "\0").encode())
    assert document.text[-1] == "\0"
    assert document.notes[0].startswith("1 control characters")


@pytest.mark.parametrize(("right", "wrong"), [("utf-8", "gb18030"), ("utf-8", "cp1252"), ("gb18030", "latin-1")])
def test_mojibake_is_suspected(right: str, wrong: str) -> None:
    broken = SIMPLIFIED.encode(right).decode(wrong, "ignore")
    assert f"it looks like {right} that was read as" in read_document(broken.encode()).notes[0]


def test_replaced_characters_from_before_are_noted() -> None:
    assert read_document("法\ufffd行政".encode()).notes == ("1 replacement characters (U+FFFD), the first at 1",)


def test_characters_that_gbk_lost_are_noted() -> None:
    assert "锟斤拷" in read_document((SIMPLIFIED + "锟斤拷").encode()).notes[0]


@pytest.mark.parametrize("n_characters", [12, 40, 200])
def test_slices_of_reports_in_gb18030_are_plausible(n_characters: int) -> None:
    text = SIMPLIFIED * 5
    slices = [text[begin : begin + n_characters] for begin in range(0, 60, 7)]
    assert all(read(piece.encode("gb18030")) == piece for piece in slices)


def test_frequent_characters_tell_korean_from_chinese() -> None:
    as_chinese = (KOREAN * 2).encode("euc_kr").decode("gb18030")
    assert common_share(as_chinese) == 1.0
    assert not is_plausible(as_chinese)
