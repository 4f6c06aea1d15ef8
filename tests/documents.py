"""Make documents for tests: .docx with automatic numbering, pages of government sites, .pdf, .doc-like bytes.

Everything is written by hand, so that a test shows what a file consists of and needs no writer library.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_HAN = "一二三四五六七八九十"
_TOP = re.compile(rf"([{_HAN}]{{1,3}})、")
_SECOND = re.compile(rf"([（(])([{_HAN}]{{1,3}})([）)])")

_MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CONTENT_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{_MIME}.document.main+xml"/>'
    f'<Override PartName="/word/numbering.xml" ContentType="{_MIME}.numbering+xml"/>'
    f'<Override PartName="/word/styles.xml" ContentType="{_MIME}.styles+xml"/></Types>'
).encode()


# --- .docx -------------------------------------------------------------------------------------------------


def part(body: str, root: str = "document") -> bytes:
    """A WordprocessingML part with `body` inside its root element."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{root} xmlns:w="{W}">{body}</w:{root}>'.encode()


def run(words: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r>'


def paragraph(words: str = "", number: tuple[int, int] | None = None, style: str = "", runs: str = "") -> str:
    """``w:p``; `number` is (numId, ilvl)."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    numbered = f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>' if number else ""
    return f"<w:p><w:pPr>{named}{numbered}</w:pPr>{run(words) if words else ''}{runs}</w:p>"


def table(rows: Iterable[Sequence[str]]) -> str:
    """``w:tbl`` of cells with one paragraph each."""
    cells = ("".join(f"<w:tc>{paragraph(cell)}</w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def level(index: int, style: str, pattern: str, extra: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{extra}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def scheme(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def instance(number: int, scheme_number: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{scheme_number}"/>{overrides}</w:num>'


def pack(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def docx(body: str, numbering: str = "", styles: str = "", **more: bytes) -> bytes:
    """A .docx of a body, with numbering.xml and styles.xml if there is anything in them."""
    relation = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": _CONTENT_TYPES,
        "_rels/.rels": f'<Relationships xmlns="{R}">{relation}</Relationships>'.encode(),
        "word/document.xml": part(f"<w:body>{body}</w:body>"),
    }
    kinds = [kind for kind, content in (("numbering", numbering), ("styles", styles)) if content]
    links = "".join(f'<Relationship Id="{kind}" Type="{OFFICE}/{kind}" Target="{kind}.xml"/>' for kind in kinds)
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{R}">{links}</Relationships>'.encode()
    if numbering:
        parts["word/numbering.xml"] = part(numbering, "numbering")
    if styles:
        parts["word/styles.xml"] = part(styles, "styles")
    return pack(parts | more)


def report_as_docx(text: str) -> bytes:
    """A report as Word saves it: 一、 and （一） of headings taken out of the text into automatic numbering."""
    half = any(match[1] == "(" for match in map(_SECOND.match, text.splitlines()) if match)
    pattern = "(%2)" if half else "（%2）"
    numbering = scheme(0, level(0, "chineseCountingThousand", "%1、"), level(1, "chineseCountingThousand", pattern))
    paragraphs = []
    for line in text.splitlines():
        if match := _TOP.match(line):
            paragraphs.append(paragraph(line[match.end() :], (1, 0)))
        elif match := _SECOND.match(line):
            paragraphs.append(paragraph(line[match.end() :], (1, 1)))
        else:
            paragraphs.append(paragraph(line))
    return docx("".join(paragraphs), numbering + instance(1, 0))


# --- .html -------------------------------------------------------------------------------------------------

_FRAME = """<!DOCTYPE html>
<html lang="zh-CN"><head>
<meta http-equiv="Content-Type" content="text/html; charset={charset}">
<title>{title}_某某区人民政府门户网站</title>
<meta name="SiteName" content="某某区人民政府"><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2023-01-10 10:24"><meta name="ContentSource" content="区司法局">
<style>.TRS_Editor P{{line-height:2;font-family:宋体;font-size:12pt;}}</style>
<script>var siteId = "640202"; document.write("<p>脚本里的字不是正文。</p>");</script>
</head><body>
<div class="header"><div class="top"><a href="/">网站首页</a> | <a href="#">无障碍阅读</a> | <a href="#">繁體</a></div>
<ul class="nav"><li><a href="/zwgk/">政务公开</a></li><li><a href="/fzzfjs/">法治政府建设</a></li>
<li><a href="/hdjl/">互动交流</a></li></ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="#">政务公开</a> &gt; 法治政府建设年度报告</div>
<div class="article"><h1>{title}</h1>
<div class="info"><span>来源：区司法局</span> <span>发布时间：2023-01-10 10:24</span>
<span>字体：[<a href="javascript:doZoom(16)">大</a> 中 小]</span></div>
<div id="zoom"><div class="TRS_Editor"><style type="text/css">.TRS_Editor P{{margin:0}}</style>
{body}
</div></div>
<div class="share">分享到：<a href="#">微信</a></div>
<div class="pages">上一篇：<a href="#">关于报送年度工作总结的通知</a><br>
下一篇：<a href="#">行政执法公示</a></div></div>
<div class="footer"><p>主办：某某区人民政府办公室　承办：某某区大数据中心</p><p>宁ICP备05000000号-1</p>
<script src="/js/count.js"></script></div>
</body></html>
"""


def page(body: str, title: str = "", charset: str = "utf-8") -> bytes:
    """A page of a government site with `body`, markup, in its container."""
    codec = {"gb2312": "gb18030", "gbk": "gb18030"}.get(charset, charset)
    return _FRAME.format(body=body, title=escape(title), charset=charset).encode(codec)


def report_as_page(text: str, charset: str = "utf-8") -> bytes:
    """A report as the editors of such sites save it: paragraphs, wrapped source, spans, a table of metadata."""
    pieces = []
    for line in text.splitlines():
        if line.count("|") >= 3:
            cells = "".join(f"<td>{escape(cell.strip())}</td>" for cell in line.strip(" |").split("|"))
            pieces.append(f"<table><tbody><tr>{cells}</tr></tbody></table>")
        else:
            half = len(line) // 2
            inner = f"{escape(line[:half])}<span>\n{escape(line[half:])}</span>" if half > 20 else escape(line)
            pieces.append(f'<p style="text-indent:2em"><span lang="EN-US">{inner}</span></p>')
    title = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return page("\n".join(pieces), title, charset)


# --- .pdf --------------------------------------------------------------------------------------------------

_NEVER_FIRST = set("，。、；：？！）》”’】〕％,.;:?!)")
_NEVER_LAST = set("（《“‘〔＜([<")
_FONT_SIZE, _LINE_HEIGHT, _PER_LINE, _PER_PAGE = 16, 28, 28, 22
_LEFT, _TOP_EDGE = 74, 770
# Fonts are made of squares, one for each character, and embedded: text of fonts that are not depends on the system.
_PER_FONT = 255
_SQUARE = "{0} 0 0 0 {0} 1000 d1 0 0 {0} 1000 re f"

PlacedLine = tuple[float, float, str]


def ems(words: str) -> float:
    """Width in sizes of a character: ASCII takes half of one."""
    return sum(0.5 if char.isascii() else 1 for char in words)


def wrap(line: str, width: int = _PER_LINE, first_indent: int = 2) -> list[str]:
    """A paragraph as printed lines: the first shorter by the indent, no mark at a line's wrong end."""
    lines = []
    left = width - first_indent
    while line:
        cut = next((end for end in range(1, len(line)) if ems(line[: end + 1]) > left), len(line))
        while 1 < cut < len(line) and (line[cut] in _NEVER_FIRST or line[cut - 1] in _NEVER_LAST):
            cut -= 1
        lines.append(line[:cut])
        line, left = line[cut:], width
    return lines


def pdf(pages: Sequence[Sequence[PlacedLine]], size: float = _FONT_SIZE) -> bytes:
    """A PDF with text at (x, y) on its pages; a page without lines is what a scan looks like to a reader."""
    codes = {
        char: index
        for index, char in enumerate(sorted({char for page in pages for *_, words in page for char in words}))
    }
    n_fonts = -(-len(codes) // _PER_FONT)
    first_page = 5 + 2 * n_fonts
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    fonts = " ".join(f"/F{number} {5 + 2 * number} 0 R" for number in range(n_fonts))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{kids}] >>",
        _stream(_SQUARE.format(1000)),
        _stream(_SQUARE.format(500)),
    ]
    for number in range(n_fonts):
        chars = [char for char, code in codes.items() if code // _PER_FONT == number]
        objects += _font(chars, 6 + 2 * number)
    for number, lines in enumerate(pages):
        shown = "\n".join(f"BT 1 0 0 1 {x} {y} Tm {_shown(words, codes, size)} ET" for x, y, words in lines)
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << {fonts} >> >> "
            f"/Contents {first_page + 2 * number + 1} 0 R >>",
            _stream(shown),
        ]
    return _assemble(objects)


def _font(chars: Sequence[str], map_number: int) -> list[str]:
    """A Type 3 font of squares, and the map from its codes to characters."""
    names = [f"/c{code}" for code in range(len(chars))]
    widths = " ".join(str(int(1000 * ems(char))) for char in chars)
    shapes = " ".join(f"{name} {4 if char.isascii() else 3} 0 R" for name, char in zip(names, chars, strict=True))
    pairs = "\n".join(f"<{code:02X}> <{char.encode('utf-16-be').hex()}>" for code, char in enumerate(chars))
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/FirstChar 0 /LastChar {len(chars) - 1} /Widths [{widths}] /Resources << >> "
        f"/CharProcs << {shapes} >> "
        f"/Encoding << /Type /Encoding /Differences [0 {' '.join(names)}] >> /ToUnicode {map_number} 0 R >>"
    )
    to_unicode = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n"
        "1 begincodespacerange <00> <FF> endcodespacerange\n"
        f"{len(chars)} beginbfchar\n{pairs}\nendbfchar endcmap end end"
    )
    return [font, _stream(to_unicode)]


def _shown(words: str, codes: Mapping[str, int], size: float) -> str:
    """Operators that show `words`, changing the font where a character is in another one."""
    pieces = []
    for number, chars in groupby(words, key=lambda char: codes[char] // _PER_FONT):
        pieces.append(f"/F{number} {size} Tf <{''.join(f'{codes[char] % _PER_FONT:02X}' for char in chars)}> Tj")
    return " ".join(pieces)


def unembedded_pdf(pieces: Sequence[PlacedLine]) -> bytes:
    """A PDF whose font is neither embedded nor, under its odd name, installed anywhere."""
    shown = "\n".join(
        f"BT /F1 16 Tf 1 0 0 1 {x} {y} Tm <{words.encode('utf-16-be').hex()}> Tj ET" for x, y, words in pieces
    )
    return _assemble(
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
            "/Resources << /Font << /F1 5 0 R >> >> >>",
            _stream(shown),
            "<< /Type /Font /Subtype /Type0 /BaseFont /Nowhere /Encoding /Identity-H /DescendantFonts [6 0 R] "
            "/ToUnicode 7 0 R >>",
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Nowhere /DW 1000 /CIDToGIDMap /Identity "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
            _stream(
                "/CIDInit /ProcSet findresource begin begincmap /CMapName /Own def /CMapType 2 def "
                "1 begincodespacerange <0000> <FFFF> endcodespacerange "
                "1 beginbfrange <4E00> <9FFF> <4E00> endbfrange endcmap end"
            ),
        ]
    )


def report_as_pdf(text: str, page_numbers: bool = True) -> bytes:
    """A report as printed: a centred title, wrapped lines, paragraphs set in by two characters, page numbers."""
    placed: list[tuple[float, str]] = []
    in_title = True
    for line in filter(str.strip, text.splitlines()):
        words = line.strip()
        in_title = in_title and len(words) < 26 and words[-1] not in "。；"
        if in_title:
            placed.append((_LEFT + _FONT_SIZE * (_PER_LINE - ems(words)) / 2, words))
            continue
        for index, piece in enumerate(wrap(words)):
            placed.append((_LEFT + (0 if index else 2 * _FONT_SIZE), piece))
    pages = []
    for number, begin in enumerate(range(0, len(placed), _PER_PAGE), start=1):
        lines: list[PlacedLine] = [
            (x, _TOP_EDGE - _LINE_HEIGHT * index, words)
            for index, (x, words) in enumerate(placed[begin : begin + _PER_PAGE])
        ]
        if page_numbers:
            lines.append((280, 60, f"- {number} -"))
        pages.append(lines)
    return pdf(pages)


def _stream(content: str) -> str:
    packed = zlib.compress(content.encode("latin-1"))
    return f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n{packed.decode('latin-1')}\nendstream"


def _assemble(objects: Sequence[str]) -> bytes:
    data = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table_at = len(data)
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}".encode("ascii")
    trailer = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{table_at}\n%%EOF\n"
    return data + trailer.encode("ascii")
