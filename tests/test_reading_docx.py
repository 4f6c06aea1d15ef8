"""Word documents: numbering, tables, what is left out, bombs."""

from __future__ import annotations

import io
import zipfile

import documents as d
import pytest

from fzclf.errors import ReadError
from fzclf.reading import Limits, read, read_document
from fzclf.reading.numerals import numeral

pytest.importorskip("lxml", reason="needs fzclf[docx]")

HAN = d.scheme(0, d.level(0, "chineseCountingThousand", "%1、"), d.level(1, "chineseCountingThousand", "（%2）"))


def style(name: str, numbered: str) -> str:
    """A paragraph style that says this of numbering."""
    properties = f"<w:pPr><w:numPr>{numbered}</w:numPr></w:pPr>"
    return f"<w:style w:type='paragraph' w:styleId='{name}'>{properties}</w:style>"


def lines(body: str, numbering: str = "", styles: str = "") -> list[str]:
    return read(d.docx(body, numbering, styles)).splitlines()


@pytest.mark.parametrize(
    ("style", "number", "expected"),
    [
        ("chineseCountingThousand", 1, "一"),
        ("chineseCountingThousand", 10, "十"),
        ("chineseCountingThousand", 12, "十二"),
        ("chineseCountingThousand", 21, "二十一"),
        ("chineseCountingThousand", 103, "一百零三"),
        ("chineseCountingThousand", 110, "一百一十"),
        ("chineseCountingThousand", 2010, "二千零一十"),
        ("chineseCounting", 20, "二十"),
        ("chineseCounting", 100, "一〇〇"),
        ("ideographDigital", 10, "一〇"),
        ("japaneseCounting", 10, "十"),
        ("japaneseCounting", 101, "百一"),
        ("chineseLegalSimplified", 12, "壹拾贰"),
        ("ideographTraditional", 3, "丙"),
        ("ideographZodiac", 12, "亥"),
        ("ideographZodiacTraditional", 11, "甲戌"),
        ("decimal", 7, "7"),
        ("decimalZero", 7, "07"),
        ("decimalFullWidth", 12, "１２"),
        ("decimalEnclosedCircle", 3, "③"),
        ("decimalEnclosedCircleChinese", 21, "㉑"),
        ("decimalEnclosedParen", 2, "⑵"),
        ("decimalEnclosedFullstop", 20, "⒛"),
        ("decimalEnclosedFullstop", 21, "21"),
        ("lowerLetter", 27, "aa"),
        ("upperLetter", 2, "B"),
        ("upperRoman", 14, "XIV"),
        ("lowerRoman", 9, "ix"),
        ("ordinal", 12, "12th"),
        ("klingon", 5, "5"),
        ("none", 5, ""),
        ("upperRoman", 10**9, "1000000000"),
    ],
)
def test_numeral(style: str, number: int, expected: str) -> None:
    assert numeral(number, style) == expected


def test_automatic_numbers_stand_before_their_paragraphs() -> None:
    body = "".join(
        d.paragraph(words, (1, level)) for words, level in [("甲", 0), ("乙", 1), ("丙", 1), ("丁", 0), ("戊", 1)]
    )
    assert lines(body, HAN + d.instance(1, 0)) == ["一、甲", "（一）乙", "（二）丙", "二、丁", "（一）戊"]


def test_a_number_may_come_from_the_style() -> None:
    based = style("H2", "<w:ilvl w:val='1'/>").replace("<w:pPr>", "<w:basedOn w:val='H1'/><w:pPr>")
    styles = style("H1", "<w:numId w:val='1'/>") + based
    body = d.paragraph("甲", style="H1") + d.paragraph("乙", style="H2")
    assert lines(body, HAN + d.instance(1, 0), styles) == ["一、甲", "（一）乙"]


def test_a_level_may_name_its_style() -> None:
    own = d.scheme(0, d.level(0, "decimal", "%1."), d.level(1, "decimal", "%1.%2", '<w:pStyle w:val="H2"/>'))
    styles = style("H2", "<w:numId w:val='1'/>")
    assert lines(d.paragraph("甲", style="H2"), own + d.instance(1, 0), styles) == ["1.1 甲"]


def test_the_default_style_numbers_paragraphs_without_one() -> None:
    styles = style("a", "<w:numId w:val='1'/>").replace("<w:style", "<w:style w:default='1'", 1)
    assert lines("<w:p><w:r><w:t>甲</w:t></w:r></w:p>", HAN + d.instance(1, 0), styles) == ["一、甲"]


def test_number_zero_switches_the_style_off() -> None:
    styles = style("H1", "<w:numId w:val='1'/>")
    assert lines(d.paragraph("甲", (0, 0), "H1"), HAN + d.instance(1, 0), styles) == ["甲"]


def test_styles_in_a_circle_end() -> None:
    styles = '<w:style w:type="paragraph" w:styleId="A"><w:basedOn w:val="A"/></w:style>'
    assert lines(d.paragraph("甲", style="A"), HAN, styles) == ["甲"]


def test_a_pattern_may_hold_the_levels_above() -> None:
    own = d.scheme(0, d.level(0, "chineseCounting", "第%1章"), d.level(1, "decimal", "%1.%2", "<w:isLgl/>"))
    body = d.paragraph("甲", (1, 0)) + d.paragraph("乙", (1, 1)) + d.paragraph("丙", (1, 1))
    assert lines(body, own + d.instance(1, 0)) == ["第一章 甲", "1.1 乙", "1.2 丙"]


def test_two_instances_of_a_scheme_count_on() -> None:
    body = d.paragraph("甲", (1, 0)) + d.paragraph("乙", (2, 0))
    assert lines(body, HAN + d.instance(1, 0) + d.instance(2, 0)) == ["一、甲", "二、乙"]


def test_an_instance_may_start_anew() -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    body = d.paragraph("甲", (1, 0)) + d.paragraph("乙", (2, 0)) + d.paragraph("丙", (2, 0))
    assert lines(body, HAN + d.instance(1, 0) + d.instance(2, 0, override)) == ["一、甲", "一、乙", "二、丙"]


def test_an_instance_may_look_different() -> None:
    override = f'<w:lvlOverride w:ilvl="0">{d.level(0, "decimal", "%1．")}</w:lvlOverride>'
    assert lines(d.paragraph("甲", (1, 0)), HAN + d.instance(1, 0, override)) == ["1．甲"]


def test_a_level_may_never_restart() -> None:
    own = d.scheme(0, d.level(0, "decimal", "%1、"), d.level(1, "decimal", "(%2)", '<w:lvlRestart w:val="0"/>'))
    body = "".join(d.paragraph("甲", (1, level)) for level in (0, 1, 0, 1))
    assert lines(body, own + d.instance(1, 0)) == ["1、甲", "(1)甲", "2、甲", "(2)甲"]


def test_numbering_may_be_kept_in_a_list_style() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2"><w:styleLink w:val="L"/>{d.level(0, "decimal", "%1、")}</w:abstractNum>'
    )
    assert lines(d.paragraph("甲", (1, 0)), numbering + d.instance(1, 1)) == ["1、甲"]


def test_a_bullet_of_a_symbol_font_becomes_a_dot() -> None:
    own = d.scheme(0, d.level(0, "bullet", "\uf0b7"))
    assert lines(d.paragraph("甲", (1, 0)), own + d.instance(1, 0)) == ["• 甲"]


def test_tabs_and_line_breaks() -> None:
    assert lines(d.paragraph(runs="<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>")) == [
        "甲\t乙",
        "丙",
    ]


def test_tab_stops_are_no_tabs() -> None:
    assert lines("<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>") == ["甲"]


def test_rows_of_a_table_are_lines() -> None:
    assert lines(d.table([["索引号", "123"], ["文号", ""]])) == ["索引号 | 123", "文号 | "]


def test_a_cell_around_the_whole_text_is_layout() -> None:
    cell = "".join(map(d.paragraph, ["一、甲", "乙。"]))
    assert lines(f"<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>") == ["一、甲", "乙。"]


def test_deleted_text_is_left_out_and_inserted_text_stays() -> None:
    deleted = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del>"
    runs = f"{deleted}<w:ins>{d.run('新')}</w:ins><w:moveFrom>{d.run('移')}</w:moveFrom>"
    assert lines(d.paragraph("甲", runs=runs)) == ["甲新"]


def test_a_deleted_paragraph_mark_joins_paragraphs() -> None:
    first = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{d.run('甲')}</w:p>"
    assert lines(first + d.paragraph("乙")) == ["甲乙"]


def test_hidden_text_is_left_out_and_noted() -> None:
    document = read_document(d.docx(d.paragraph("甲", runs="<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>")))
    assert (document.text, document.notes) == ("甲\n", ("hidden text was left out (1 pieces)",))


def test_a_text_box_comes_once_and_before_its_paragraph() -> None:
    box = f"<w:txbxContent>{d.paragraph('框')}</w:txbxContent>"
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    choices = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    both = f'<w:r><mc:AlternateContent xmlns:mc="{mc}">{choices}</mc:AlternateContent></w:r>'
    assert lines(d.paragraph("甲", runs=both)) == ["框", "甲"]


def test_the_strict_edition_is_read() -> None:
    strict = d.docx(d.paragraph("甲"))
    body = d.part(f"<w:body>{d.paragraph('甲')}</w:body>").replace(
        d.W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    )
    assert read(strict) == read(d.docx("", **{"word/document.xml": body})) == "甲\n"


def test_the_main_part_may_have_another_name() -> None:
    relation = f'<Relationship Id="r" Type="{d.OFFICE}/officeDocument" Target="/word/document2.xml"/>'
    parts = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{d.R}">{relation}</Relationships>'.encode(),
        "word/document2.xml": d.part(f"<w:body>{d.paragraph('甲')}</w:body>"),
    }
    assert read(d.pack(parts)) == "甲\n"


def test_an_encoding_is_not_needed() -> None:
    assert "was not needed" in read_document(d.docx(d.paragraph("甲")), encoding="utf-8").notes[0]


# --- limits and attacks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "at_limit"),
    [("zip_members", 4), ("part_bytes", 355), ("xml_depth", 5), ("xml_elements", 6)],
)
def test_a_limit_and_one_below(field: str, at_limit: int) -> None:
    data = d.docx(d.paragraph("甲"))
    exact = max(len(zipfile_part(data, name)) for name in names(data)) if field == "part_bytes" else at_limit
    assert read_document(data, limits=Limits(**{field: exact})).text == "甲\n"
    with pytest.raises(ReadError, match=f"raise Limits.{field}"):
        read_document(data, limits=Limits(**{field: exact - 1}))


def names(data: bytes) -> list[str]:
    return [name for name in opened(data).namelist() if name != "[Content_Types].xml"]


def zipfile_part(data: bytes, name: str) -> bytes:
    return opened(data).read(name)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_the_limit_of_all_parts_together() -> None:
    data = d.docx(d.paragraph("甲"))
    total = sum(len(zipfile_part(data, name)) for name in names(data))
    assert read_document(data, limits=Limits(archive_bytes=total)).text == "甲\n"
    with pytest.raises(ReadError, match="raise Limits.archive_bytes"):
        read_document(data, limits=Limits(archive_bytes=total - 1))


def test_a_part_that_inflates_too_much_is_stopped() -> None:
    bomb = d.docx("<w:p/>" * 2_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(ReadError, match="inflates to .* times its size.*Limits.expansion"):
        read(bomb)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(codec: str) -> None:
    laughs = (
        f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
        f'<w:document xmlns:w="{d.W}"><w:body><w:p><w:r><w:t>&b;&f;</w:t></w:r></w:p></w:body></w:document>'
    )
    with pytest.raises(ReadError, match="has a document type"):
        read(d.docx("", **{"word/document.xml": laughs.encode(codec)}))


@pytest.mark.parametrize("part", ["word/document.xml", "word/numbering.xml", "word/styles.xml", "_rels/.rels"])
def test_a_damaged_part_is_named(part: str) -> None:
    with pytest.raises(ReadError, match=f"its part {part} is damaged"):
        read(d.docx(d.paragraph("甲"), **{part: b"<a"}))


def test_a_document_without_text_part() -> None:
    with pytest.raises(ReadError, match="has no part word/document.xml"):
        read(d.pack({"[Content_Types].xml": b"", "word/styles.xml": b""}))


def test_a_packing_that_office_does_not_use() -> None:
    parts = {"[Content_Types].xml": b"", "word/document.xml": d.part("")}
    with pytest.raises(ReadError, match="packed by method 12, only 0 and 8"):
        read(d.pack(parts, zipfile.ZIP_BZIP2))


def test_an_encrypted_part() -> None:
    data = d.docx(d.paragraph("甲"))
    flagged = bytearray(data)
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        flagged[at + 8] |= 1
        at += 4
    with pytest.raises(ReadError, match="is encrypted"):
        read(bytes(flagged))


def test_a_truncated_archive() -> None:
    with pytest.raises(ReadError, match="a damaged archive"):
        read(d.docx(d.paragraph("甲"))[:-30])
