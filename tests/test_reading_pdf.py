"""PDF: lines, indents, page numbers, scans, damage, limits."""

from __future__ import annotations

import documents as d
import pytest

from fzclf.errors import ReadError
from fzclf.reading import Limits, read, read_document
from fzclf.reading.furniture import without_furniture

pytest.importorskip("pypdfium2", reason="needs fzclf[pdf]")

LINE = "推进依法行政完善行政决策程序规范行政执法"
PLAIN = [(74.0, 700.0 - 28 * number, LINE) for number in range(4)]


def test_lines_stay_as_they_stand() -> None:
    assert read(d.pdf([PLAIN])) == (LINE + "\n") * 4


def test_a_first_line_that_is_set_in_begins_with_two_spaces() -> None:
    assert read(d.pdf([[(106, 728, LINE), *PLAIN]])).startswith("　　" + LINE + "\n" + LINE)


def test_a_centred_title_is_no_paragraph() -> None:
    assert read(d.pdf([[(220, 728, "年度报告"), *PLAIN]])).startswith("年度报告\n")


def test_a_character_beyond_the_basic_plane_is_whole() -> None:
    assert read(d.pdf([[(74, 700, "古𠮷文")]])) == "古𠮷文\n"


def test_a_gap_between_chinese_and_digits_is_no_space() -> None:
    assert read(d.pdf([[(74, 700, "至"), (94, 700, "2022年")]])) == "至2022年\n"


def test_page_numbers_are_left_out_and_noted() -> None:
    pages = [
        [(74.0, 700.0, f"第{sign}条推进依法行政"), (280.0, 60.0, f"- {number} -")]
        for number, sign in enumerate("甲乙丙", 1)
    ]
    document = read_document(d.pdf(pages))
    assert document.text == "第甲条推进依法行政\n第乙条推进依法行政\n第丙条推进依法行政\n"
    assert document.notes == ("3 lines with page numbers or running heads were left out",)


def test_running_heads_need_three_pages() -> None:
    pages = [["某区政府公报", f"甲{sign}", f"— {number} —"] for number, sign in enumerate("子丑寅卯", start=9)]
    assert without_furniture(pages) == ([["甲子"], ["甲丑"], ["甲寅"], ["甲卯"]], 8)
    assert without_furniture(pages[:2])[0][0] == ["某区政府公报", "甲子"]


def test_a_single_page_keeps_all() -> None:
    assert without_furniture([["甲", "1"]]) == ([["甲", "1"]], 0)


def test_a_scan_says_so() -> None:
    with pytest.raises(ReadError, match="no text on 31 pages, so it is a scan.*ocrmypdf -l chi_sim"):
        read(d.pdf([[]] * 31))


def test_pages_without_text_are_noted() -> None:
    assert read_document(d.pdf([PLAIN, []])).notes == ("1 of 2 pages have no text (images?)",)


def test_characters_that_pdfium_skips_are_noted() -> None:
    document = read_document(d.unembedded_pdf([(74, 700, "推进行政"), (74, 672, "作")]))
    assert document.notes[0].startswith("1 characters in a font that is neither in the file nor here may be missing")


def test_a_file_of_such_characters_is_no_scan() -> None:
    with pytest.raises(ReadError, match="in a font that is neither in it nor here; install a Chinese font"):
        read(d.unembedded_pdf([(74, 672, "作")]))


def test_a_damaged_file() -> None:
    with pytest.raises(ReadError, match="damaged, no page can be read"):
        read(b"%PDF-1.7\nnothing")


def test_a_locked_file(monkeypatch: pytest.MonkeyPatch) -> None:
    import pypdfium2

    def locked(data: bytes) -> None:
        raise pypdfium2.PdfiumError("Incorrect password", err_code=4)

    monkeypatch.setattr(pypdfium2, "PdfDocument", locked)
    with pytest.raises(ReadError, match="locked with a password.*qpdf"):
        read(d.pdf([PLAIN]))


@pytest.mark.parametrize(("field", "at_limit"), [("pdf_pages", 2), ("pdf_characters", 2 * 4 * len(LINE))])
def test_a_limit_and_one_below(field: str, at_limit: int) -> None:
    data = d.pdf([PLAIN, PLAIN])
    assert read_document(data, limits=Limits(**{field: at_limit})).text
    with pytest.raises(ReadError, match=f"raise Limits.{field}"):
        read_document(data, limits=Limits(**{field: at_limit - 1}))


def test_the_limit_of_time() -> None:
    with pytest.raises(ReadError, match="raise Limits.pdf_seconds"):
        read_document(d.pdf([PLAIN]), limits=Limits(pdf_seconds=0))
