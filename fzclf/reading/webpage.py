"""Main text of a web page: known containers of government sites first, trafilatura for the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from fzclf.errors import ReadError
from fzclf.reading.decoding import Decoded, decode
from fzclf.reading.document import Limits
from fzclf.reading.extras import require
from fzclf.reading.plausibility import is_plausible
from fzclf.reading.weblimits import count_elements, refuse_deep_markup
from fzclf.reading.weblines import inner_lines

_HEAD_BYTES = 4096
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?\s{0,4}([A-Za-z0-9_.:-]{2,40})""")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Labels that pages carry by default and that any bytes satisfy; UTF-8 and GB18030 are tried instead.
_EMPTY_CLAIMS = {
    "iso-8859-1",
    "latin1",
    "latin-1",
    "us-ascii",
    "ascii",
    "windows-1252",
    "utf-16",
    "utf-16le",
    "unicode",
}
_SPELLINGS = {
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "utf8": "utf-8",
}
# Containers of the systems that Chinese government sites are made with (TRS, UCAP, Epoint, Webplus, Visual
# SiteBuilder, JCMS, …), the surest first; the outermost match counts.
_CONTAINERS = (
    "#UCAP-CONTENT", ".TRS_Editor", ".TRS_UEDITOR", ".trs_editor_view", "#zoom", "#Zoom", "#zoomcon", ".zoom",
    "#vsb_content", '[id^="vsb_content_"]', ".v_news_content", ".wp_articlecontent", ".ewb-article-content",
    ".ewb-info-con",
    "#ivs_content", "#info_content", "#BodyLabel", "#mainText", "#js_content", "#ContentRegion", ".Custom_UnionStyle",
    ".pages_content", ".xxgk_content", ".zwgk_content", ".zw_content", ".zwcontent", ".gk_content", ".xl_content",
    ".article-content", ".article_content", ".Article_content", ".articleContent", ".article_con", ".article-con",
    ".articleCon", ".article-body", ".content-detail", ".content_detail", ".detail-content", ".detail_content",
    ".detail-news", ".moe-detail-box", ".news_content", ".newscontent", ".news-content", ".con_text", ".text_con",
    ".text_content", ".content_text", ".txtcontent", ".wenZhang", "#article", "#artibody", '[itemprop="articleBody"]',
    "article", "main",
)  # fmt: skip
_FEWEST_CHARACTERS = 100  # of a container, else it is taken for an empty one or a teaser (docs/reading.md)
# Its time grows with the square of lists and tables: 12,000 elements take 4 s, 40,000 take 37 s.
_MOST_FOR_TRAFILATURA = 10_000
_SECTION_TITLE = re.compile(" ?[_|–—-] ?[^_|–—-]*$")


def read_webpage(
    data: bytes, place: str, limits: Limits, encoding: str | None = None, errors: str = "strict"
) -> Decoded:
    """Lines of the main text without navigation, the title first; and notes.

    Raises
    ------
    ReadError
        If the page passes a limit, has no text, or cannot be decoded.
    """
    if len(data) > limits.html_bytes:
        raise ReadError(
            f"{place}: a page of {len(data):,} bytes, at most {limits.html_bytes:,} are read; "
            "save only its text, or raise Limits.html_bytes"
        )
    page = decode_page(data, place, encoding, errors)
    refuse_deep_markup(page.text, place, limits)
    lexbor = require("selectolax.lexbor", "html", place)
    tree = lexbor.LexborHTMLParser(page.text)
    n_elements = count_elements(tree.root, place, limits)
    lines, how = _main_lines(tree, page.text, n_elements, place)
    if not any(line.strip() for line in lines):
        raise ReadError(
            f"{place}: no text in this page; if a script brings it, open the page in a browser and save it from there"
        )
    title = _title(tree)
    if title and _squeezed(title) not in _squeezed("".join(lines)[:1000]):
        lines.insert(0, title)
    text = "".join(line + "\n" for line in lines)
    return page._replace(text=text, notes=(*page.notes, *how))


def decode_page(data: bytes, place: str, encoding: str | None, errors: str) -> Decoded:
    """Characters of a page: mark, then the declared charset, then as for text files."""
    declared = _declared(data)
    if encoding is not None or data.startswith(_BOMS) or not declared:
        return decode(data, place, encoding, errors)
    try:
        decoded = decode(data, place, declared)
    except ReadError:
        decoded = None
    if decoded is not None and is_plausible(decoded.text):
        return decoded
    found = decode(data, place, None, errors)
    note = f"the page declares {declared}, which its bytes do not fit; read as {found.encoding}"
    return found._replace(notes=(*found.notes, note)) if found.encoding != declared else found


def _declared(data: bytes) -> str:
    match = _CHARSET.search(data[:_HEAD_BYTES])
    label = match[1].decode("ascii").lower() if match else ""
    return "" if label in _EMPTY_CLAIMS else _SPELLINGS.get(label, label)


def _main_lines(tree: Any, markup: str, n_elements: int, place: str) -> tuple[list[str], tuple[str, ...]]:
    """Lines of the best container, else what trafilatura finds, else of the whole body."""
    for selector in _CONTAINERS:
        lines = max((inner_lines(node) for node in _outermost(tree.css(selector))), key=_n_inked, default=[])
        if _n_inked(lines) >= _FEWEST_CHARACTERS:
            return lines, ()
    whole = inner_lines(tree.body) if tree.body is not None else []
    # Trafilatura has no time limit and has hung on huge pages (trafilatura#704).
    if n_elements <= _MOST_FOR_TRAFILATURA and _n_inked(whole) >= _FEWEST_CHARACTERS:
        extract = require("trafilatura", "html", place).extract
        found = extract(markup, include_comments=False, include_tables=True, favor_recall=True, deduplicate=False)
        if found and _n_inked(found.splitlines()) >= _FEWEST_CHARACTERS:
            return found.splitlines(), ("no container of a known site: main text found by trafilatura",)
    return whole, ("no container of a known site: text of the whole page, navigation included",)


def _outermost(nodes: Iterable[Any]) -> Iterator[Any]:
    """Those of `nodes`, which come in document order, that lie in none of the others.

    A thousand containers in each other, all walked, would cost a thousand times the page.
    """
    inside: dict[int, bool] = {}
    for node in nodes:
        path, above = [], node
        while above is not None and above.mem_id not in inside:
            path.append(above.mem_id)
            above = above.parent
        covered = above is not None and inside[above.mem_id]
        inside |= dict.fromkeys(path, covered)
        if not covered:
            inside[node.mem_id] = True
            yield node


def _title(tree: Any) -> str:
    """The title that the page gives to its main text, without the name of the site; empty if none."""
    for selector in ('meta[name="ArticleTitle" i]', 'meta[property="og:title"]'):
        node = tree.css_first(selector)
        if node is not None and (node.attributes.get("content") or "").strip():
            return " ".join((node.attributes["content"] or "").split())
    heading = tree.css_first("h1")
    if heading is not None and (lines := inner_lines(heading)):
        return " ".join(lines)
    node = tree.css_first("title")
    return _SECTION_TITLE.sub("", " ".join(node.text().split())) if node is not None else ""


def _n_inked(lines: list[str]) -> int:
    return sum(len(line) - line.count(" ") for line in lines)


def _squeezed(words: str) -> str:
    return "".join(words.split())
