"""Pages: where the text is, how it becomes lines, charsets, limits."""

from __future__ import annotations

import documents as d
import pytest

from fzclf.errors import ReadError
from fzclf.reading import Limits, read, read_document

pytest.importorskip("selectolax", reason="needs fzclf[html]")

FILLER = "推进依法行政，完善行政决策程序，规范行政执法，化解矛盾纠纷，取得明显成效。" * 4


def lines(body: str) -> list[str]:
    """Lines of a body inside a known container, behind a paragraph that is long enough for it to be taken."""
    return read(d.page(f"<p>{FILLER}</p>{body}")).splitlines()[1:]


def test_navigation_scripts_and_footer_are_left_out() -> None:
    text = read(d.page(f"<p>{FILLER}</p>", title="某区法治政府建设年度报告"))
    assert text == f"某区法治政府建设年度报告\n{FILLER}\n"


def test_the_title_is_not_repeated() -> None:
    assert read(d.page(f"<p>某区<b>年度报告</b></p><p>{FILLER}</p>", title="某区年度报告")).count("年度报告") == 1


def test_paragraphs_and_line_breaks_are_lines() -> None:
    assert lines("<p>甲</p>乙<br>丙<div>丁</div>") == ["甲", "乙", "丙", "丁"]


def test_inline_tags_break_nothing() -> None:
    assert lines("<p>推进<span>依法</span><b>行政</b></p>") == ["推进依法行政"]


def test_line_ends_of_the_source_between_chinese_are_nothing() -> None:
    assert lines("<p>推进\n   依法 行政 of\nlaw</p>") == ["推进依法 行政 of law"]


def test_ideographic_spaces_stay() -> None:
    assert lines("<p>\n　　推进</p>") == ["　　推进"]


def test_table_rows_are_lines() -> None:
    assert lines("<table><tr><th>索引号<td>123<tr><td>文号<td></table>") == ["索引号 | 123", "文号 | "]


def test_a_table_for_layout_is_none() -> None:
    assert lines(f"<table><tr><td>{'<p>甲</p>' * 7}<td>乙</table>") == ["甲"] * 7 + ["乙"]


def test_hidden_elements_are_left_out() -> None:
    assert lines('<p style="display: none">藏</p><p hidden>藏</p><p>甲</p>') == ["甲"]


def test_preformatted_lines_stay() -> None:
    assert lines("<pre>甲\n乙</pre>") == ["甲", "乙"]


def test_entities_are_characters() -> None:
    assert lines("<p>&lt;&#20107;&amp;&ldquo;</p>") == ["<事&“"]


def test_a_page_of_an_unknown_site_goes_to_trafilatura() -> None:
    pytest.importorskip("trafilatura", reason="needs fzclf[html]")
    body = "".join(f"<p>{FILLER}第{number}段。</p>" for number in range(8))
    document = read_document(f"<html><body><nav>首页</nav><div>{body}</div></body></html>".encode())
    assert document.text.count(FILLER) == 8
    assert document.notes == ("no container of a known site: main text found by trafilatura",)


def test_a_page_that_trafilatura_would_take_a_minute_for_is_taken_whole() -> None:
    items = "<ul><li>推进依法行政</li></ul>" * 20_000
    document = read_document(f"<html><body>{items}</body></html>".encode())
    assert document.text.count("推进依法行政") == 20_000
    assert document.notes == ("no container of a known site: text of the whole page, navigation included",)


def test_a_short_page_is_taken_whole_and_noted() -> None:
    document = read_document("<html><body><p>甲</p></body></html>".encode())
    assert (document.text, document.notes[0]) == (
        "甲\n",
        "no container of a known site: text of the whole page, navigation included",
    )


@pytest.mark.parametrize(
    ("charset", "encoding"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("GBK", "gb18030"), ("big5", "big5")]
)
def test_the_declared_charset_is_used(charset: str, encoding: str) -> None:
    body = "<p>" + "推行依法行政，保障人民的合法利益。" * 10 + "</p>"
    data = d.page(body).decode().replace("charset=utf-8", f"charset={charset}")
    encoded = data.encode(encoding, "ignore")
    assert read_document(encoded).encoding == encoding


def test_a_wrong_declaration_is_noted() -> None:
    data = d.page(f"<p>{FILLER}</p>").replace(b"charset=utf-8", b"charset=gb2312")
    document = read_document(data)
    assert (document.encoding, document.text) == ("utf-8", FILLER + "\n")
    assert "declares gb18030" in document.notes[0]


def test_a_charset_that_is_told_comes_first() -> None:
    assert read(d.page(f"<p>{FILLER}</p>", charset="gb2312"), encoding="gb18030") == FILLER + "\n"


def test_a_page_without_text() -> None:
    with pytest.raises(ReadError, match="no text in this page; if a script brings it"):
        read(b"<html><body><script>x</script></body></html>")


# --- limits ----------------------------------------------------------------------------------------------


def test_the_limit_of_bytes() -> None:
    data = d.page(f"<p>{FILLER}</p>")
    assert read_document(data, limits=Limits(html_bytes=len(data))).text
    with pytest.raises(ReadError, match="Limits.html_bytes"):
        read_document(data, limits=Limits(html_bytes=len(data) - 1))


@pytest.mark.parametrize(
    ("field", "markup", "at_limit"),
    [
        # html, head and body are elements that every page has; html, body, div, text are four levels.
        ("html_elements", "<html><body><div>甲</div></body></html>", 4),
        ("html_depth", "<html><body><div>甲</div></body></html>", 3),
        ("html_attributes", "<html><body><div a b c>甲</div></body></html>", 3),
    ],
)
def test_a_limit_and_one_below(field: str, markup: str, at_limit: int) -> None:
    assert read_document(markup.encode(), limits=Limits(**{field: at_limit})).text == "甲\n"
    with pytest.raises(ReadError, match=f"raise Limits.{field}"):
        read_document(markup.encode(), limits=Limits(**{field: at_limit - 1}))


@pytest.mark.parametrize(
    "attack",
    [
        "<div>" * 200_000,
        "<svg>" + "<li>" * 200_000,
        "<!--><ul>" + "<ul>" * 200_000,
        "<!-- --!><ul>" + "<ul>" * 200_000,
        "<select>" + "<option>" * 200_000,
        "<body a=1>" * 100_000,
        "<p " + " ".join(f"a{number}" for number in range(100_000)),
        '<p ="' + " a" * 100_000,
        '<p a=="' + " a" * 100_000,
        "<p>" * 600_000,
    ],
)
def test_what_would_take_a_parser_minutes_is_refused(attack: str) -> None:
    with pytest.raises(ReadError, match="the page has more than"):
        read(f"<html><body>{attack}".encode())


def test_tags_in_scripts_and_comments_do_not_count() -> None:
    script = "<script>var a = '" + "<div>" * 2000 + "';</script><!-- " + "<div>" * 2000 + " -->"
    assert lines(script + "<p>甲</p>") == ["甲"]
