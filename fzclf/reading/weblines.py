"""Lines of a part of a web page as a browser would show them."""

from __future__ import annotations

import re
from typing import Any

from fzclf.reading.rows import row_lines

_DROPPED = frozenset(
    {
        "script", "style", "nav", "noscript", "template", "iframe", "select", "option", "button", "textarea",
        "input", "svg", "canvas", "object", "video", "audio", "head", "footer",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "p", "div", "section", "article", "main", "header", "aside", "h1", "h2", "h3", "h4", "h5", "h6", "ul",
        "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "center", "form", "fieldset", "figure", "figcaption",
        "address", "hr", "details", "summary", "table", "tbody", "thead", "tfoot", "caption", "body",
    }
)  # fmt: skip
_CELLS = ("td", "th")
_HIDDEN = re.compile(r"display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden", re.IGNORECASE)
# White space as HTML has it: ideographic and no-break spaces are characters of the text.
_SPACE = re.compile(r"[ \t\n\r\f]+")
_WIDE = re.compile("[\u2018-\u201d\u2026\u2014\u3001-\u303f\u3400-\u9fff\uff00-\uffef]")


def inner_lines(top: Any) -> list[str]:
    """Lines of text inside a node: paragraphs, line breaks, list items, rows of tables; no empty ones.

    Scripts, styles, navigation, forms and hidden elements are left out. Line ends in the
    markup between two Chinese characters are nothing, elsewhere a space.
    """
    walker = _Walker()
    node = top.first_child
    while node is not None:
        following = None
        if node.is_text_node:
            walker.text(node.text_content or "")
        elif node.is_element_node and not _is_dropped(node):
            walker.open(node.tag)
            following = node.first_child
            if following is None:
                walker.close(node.tag)
        if following is None:
            following = _next_outside(node, top, walker)
        node = following
    return walker.finish()


def _next_outside(node: Any, top: Any, walker: _Walker) -> Any:
    """The node after `node`, closing the elements that end before it."""
    while node.next is None:
        node = node.parent
        if node is None or node.mem_id == top.mem_id:
            return None
        walker.close(node.tag)
    return node.next


def _is_dropped(node: Any) -> bool:
    if node.tag in _DROPPED:
        return True
    attributes = node.attributes
    return bool(attributes) and ("hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or "")))


class _Walker:
    """Lines under construction; `_sinks` are the cells around the place, the innermost last."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._sinks: list[list[str]] = [self._lines]
        self._rows: list[list[list[str]]] = []
        self._words: list[str] = []
        self._n_pre = 0

    def open(self, tag: str) -> None:
        if tag == "br" or tag in _BLOCKS:
            self._break()
        self._n_pre += tag == "pre"
        if tag == "tr":
            self._break()
            self._rows.append([])
        elif tag in _CELLS and self._rows:
            self._break()
            self._sinks.append([])

    def close(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._break()
        self._n_pre -= tag == "pre"
        if tag == "tr" and self._rows:
            self._sinks[-1].extend(row_lines(self._rows.pop()))
        elif tag in _CELLS and self._rows:
            self._break()
            self._rows[-1].append(self._sinks.pop())

    def text(self, words: str) -> None:
        if not self._n_pre:
            self._words.append(words)
            return
        for line in words.split("\n"):
            self._words.append(line)
            self._break()

    def finish(self) -> list[str]:
        self._break()
        return self._lines

    def _break(self) -> None:
        line = _collapsed("".join(self._words)).strip(" ")
        self._words.clear()
        if line.strip():
            self._sinks[-1].append(line)


def _collapsed(words: str) -> str:
    """One space for a run of white space; none for a run with a line end between wide characters."""
    pieces = []
    end = 0
    for match in _SPACE.finditer(words):
        start = match.start()
        joined = "\n" in match.group() and start > 0 and match.end() < len(words)
        wide = joined and _WIDE.match(words[start - 1]) and _WIDE.match(words[match.end()])
        pieces += [words[end:start], "" if wide else " "]
        end = match.end()
    return "".join(pieces) + words[end:]
