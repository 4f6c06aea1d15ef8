"""Targets that take the bytes of a file: any, web pages, Word documents, PDF; and the whole way to the tags."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

from fuzz.choices import Choices
from fuzz.pieces import damaged, text_of
from fuzz.target import Target
from fuzz.texts import check_outputs, check_tagged, check_tiled
from fzclf import FzclfError, classify, segment
from fzclf.reading import read_document

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
import documents as make  # the writers that the tests use

_CODECS = (
    "utf-8",
    "gb18030",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "big5",
    "shift_jis",
    "euc_kr",
    "utf-8-sig",
    "latin-1",
    "utf-7",
)
_TOLD = (
    None, None, None, None, "utf-8", "gb18030", "gbk", "utf-16", "utf-32-be", "big5", "utf-7", "idna", "punycode",
    "hex", "rot13",
    "undefined", "unicode_escape", "mbcs", "", "\x00", "utf-8-sig", "cp65001", "hz", "iso2022_jp", "latin-1", "ascii",
)  # fmt: skip
_STARTS = (
    b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.7\n", b"<html>", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf",
    b"\x84\x31\x95\x33",
    b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf", b"<?xml", b"<!--",
    b"MIME-Version:",
)  # fmt: skip
_TAGS = tuple(
    f"<{slash}{tag}{more}>".encode()
    for tag in ("div", "p", "br", "table", "tr", "td", "th", "ul", "li", "pre", "h1", "title", "body", "html",
    "head", "svg", "a",
                "math", "select", "option", "script", "style", "template", "textarea", "form", "font", "article",
                "main", "frameset")
    for slash, more in (("", ""), ("/", ""), ("", ' id="zoom"'), ("", " hidden"))
)  # fmt: skip
_MARKUP = (
    *_TAGS, b"<!--", b"-->", b"--!>", b"<!-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE html>", b"<?xml version='1.0'?>",
    b"&#x110000;",
    b"&#xd800;", b"&#0;", b"&nbsp;", b"&lt", b"&amp;amp;", b'<p style="display:none">',
    b'<div class="TRS_Editor">', b"<p a=b c='",
    b"<meta charset=gbk>", b"<meta charset=utf-7>", b"<meta charset=hex>", b"<meta name=ArticleTitle content=x>",
    b"<p =\"", b"<//>",
    b"</>", b"<", b">", b'"', b"'", b"=", b"<td rowspan=99999 colspan=99999>", b"<p\x00>", "<标签>".encode(),
    b"<meta http-equiv=",
)  # fmt: skip
_WORD_TAGS = tuple(
    f"<{slash}w:{tag}{more}>".encode()
    for tag in ("p", "r", "t", "tbl", "tr", "tc", "pPr", "rPr", "del", "ins", "txbxContent", "sdt", "numPr",
    "vanish", "pict")
    for slash, more in (("", ""), ("/", ""), ("", "/"))
)  # fmt: skip
_WORD = (
    *_WORD_TAGS,
    b'<w:numId w:val="1"/>', b'<w:numId w:val="999999999999"/>', b'<w:ilvl w:val="-1"/>', b'<w:ilvl w:val="9"/>',
    b"<w:br/>",
    b'<w:numFmt w:val="chineseCounting"/>', b'<w:numFmt w:val="upperRoman"/>', b'<w:start w:val="2147483647"/>',
    b"<w:tab/>",
    b'<w:start w:val="-5"/>', b'<w:lvlText w:val="%1%2%9%"/>', b'<w:lvlText w:val="%0"/>',
    b'<w:basedOn w:val="a"/>', b"<m:t>",
    b'<w:styleId w:val="a"/>', b'<w:lvlRestart w:val="0"/>', b'<w:sym w:char="F0A7"/>', b'<w:sym w:char="D800"/>',
    b"&#xD800;",
    b"<!DOCTYPE a>", b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&b;", b"&amp;", b"<![CDATA[", b"]]>", b"<?x?>", b"<!--",
    b"-->",
    b'w:val="', b'"', b">", b"<", b'<mc:AlternateContent xmlns:mc="x">', b'xmlns:w="y"', b'encoding="UTF-16"',
    b'encoding="gbk"',
)  # fmt: skip
_PDF = (
    b"/Type", b"/Page", b"/Pages", b"/Kids", b"/Count", b"/Font", b"/Contents", b"/Length", b"/Filter",
    b"/FlateDecode", b"/LZWDecode",
    b"/Encrypt", b"/Root", b"/Prev 0", b"/Parent 2 0 R", b"1 0 R", b"2 0 R", b"3 0 R", b"999999 0 R", b"[", b"]",
    b"<<", b">>", b"(",
    b"stream\n", b"endstream", b"endobj", b"xref", b"trailer", b"startxref\n0\n%%EOF", b"-1", b"2147483648",
    b"99999999999", b"BT", b"ET",
    b"Tj", b"Tm", b"q", b"/ASCIIHexDecode", b"[/FlateDecode /FlateDecode]", b"beginbfrange", b"<FFFF>",
    b"/ToUnicode", b"/Type3",
)  # fmt: skip
_FEW = 600  # characters; documents are read a hundred times slower than texts


def _any_bytes(choices: Choices) -> bytes:
    """The first byte says how to read: with which encoding and how strictly."""
    how = bytes([choices.below(256)])
    way = choices.below(8)
    if way == 0:
        return how + choices.pick(_STARTS) + choices.rest()
    if way == 1:
        return how + choices.rest()
    if way == 2:
        return how + choices.pick((_page, _docx, _pdf))(choices)
    codec, edits = choices.pick(_CODECS), Choices(bytes(choices.below(256) for _ in range(choices.below(16))))
    return how + damaged(edits, text_of(choices, 4_000).encode(codec, "ignore"), _STARTS)


def _page(choices: Choices) -> bytes:
    charset = choices.pick(("utf-8", "gbk", "big5", "utf-16", "gb2312"))
    parts: list[bytes] = []
    for _ in range(choices.below(40)):
        parts.append(choices.pick(_MARKUP))
        if choices.once_in(2):
            parts.append(choices.pick(_MARKUP) * (1 + choices.below(200)))
    edits = Choices(bytes(choices.below(256) for _ in range(choices.below(24))))
    words = text_of(choices, _FEW).encode(charset, "ignore")
    if choices.once_in(4):
        words *= 20
    body = b"".join(part + words[40 * index : 40 * index + 40] for index, part in enumerate(parts))
    body += words + b"".join(parts)
    if not edits.once_in(3):
        frame = make.page("@", "年度报告").decode().replace("charset=utf-8", f"charset={charset}")
        before, _, after = frame.partition("@")
        body = before.encode(charset, "ignore") + body + after.encode(charset, "ignore")
    return damaged(edits, body, _MARKUP)


def _docx(choices: Choices) -> bytes:
    outer = Choices(bytes(choices.below(256) for _ in range(choices.below(12))))
    inner = Choices(bytes(choices.below(256) for _ in range(choices.below(60))))
    lines = "".join(char for char in text_of(choices, _FEW) if char.isprintable() or char == "\n").split("\n")
    number = (1, 1)
    body = "".join(make.paragraph(line, number if index % 3 else None, "a") for index, line in enumerate(lines))
    body += make.table([lines[:3], lines[3:5]])
    numbering = make.scheme(0, make.level(0, "chineseCounting", "%1、"), make.level(1, "decimal", "%1.%2"))
    styles = (
        '<w:style w:type="paragraph" w:styleId="a"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    parts = {
        name: damaged(inner, content, _WORD, 4)
        for name, content in {
            "word/document.xml": make.part(f"<w:body>{body}</w:body>"),
            "word/numbering.xml": make.part(numbering + make.instance(1, 0), "numbering"),
            "word/styles.xml": make.part(styles, "styles"),
        }.items()
    }
    packing = zipfile.ZIP_STORED if outer.once_in(2) else zipfile.ZIP_DEFLATED
    return damaged(
        outer, make.pack({"[Content_Types].xml": b"<Types/>", **parts}, packing), (b"PK\x01\x02", b"word/"), 3
    )


def _pdf(choices: Choices) -> bytes:
    edits = Choices(bytes(choices.below(256) for _ in range(choices.below(60))))
    words = text_of(choices, _FEW).encode("utf-16-be", "ignore").decode("utf-16-be", "ignore").split("\n")
    lines = [
        (74.0 + 8 * (index % 5), 780.0 - 28 * index, "".join(filter(str.isprintable, line)))
        for index, line in enumerate(words)
    ]
    data = make.unembedded_pdf(lines[:4]) if edits.once_in(4) else make.pdf([lines[:20], lines[20:]])
    return damaged(edits, data, _PDF)


def _check_read(data: bytes) -> None:
    told = _TOLD[data[0] % len(_TOLD)] if data else None
    errors = "replace" if data and data[0] >= 128 else "strict"
    document = read_document(data[1:], encoding=told, errors=errors)
    assert isinstance(document.text, str)
    assert document.kind in ("text", "html", "docx", "pdf")
    document.text.encode("utf-8", "surrogatepass")


def _check_document(data: bytes) -> None:
    assert read_document(data).text.count("\x00") <= len(data)


def _check_whole(data: bytes) -> None:
    text = read_document(data).text
    check_tiled(segment(text))
    report = classify(text)
    check_tiled(report)
    check_tagged(report)
    check_outputs(report, "a.txt")


def _file_bytes(choices: Choices) -> bytes:
    return _any_bytes(choices)[1:]


TARGETS = (
    Target("read", _any_bytes, _check_read, (FzclfError,)),
    Target("html", _page, _check_document, (FzclfError,)),
    Target("docx", _docx, _check_document, (FzclfError,)),
    Target("pdf", _pdf, _check_document, (FzclfError,)),
    Target("whole", _file_bytes, _check_whole, (FzclfError,)),
)
