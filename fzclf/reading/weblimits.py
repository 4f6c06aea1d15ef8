"""Limits of web pages: how deep and how many elements, looked at before and after parsing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fzclf.errors import ReadError
from fzclf.reading.document import Limits

_TAG = re.compile(r"<!--|<(/?)([a-zA-Z][^\s/>]*)")
_COMMENT_END = re.compile("--!?>")
_SCRIPT_END = re.compile("</script", re.IGNORECASE)
# What separates attributes, and what follows an equals sign; one that no name stands before belongs to a name.
_IN_TAG = re.compile(r"""[\s/]+=?|=\s*(?:["']|[^\s"'>][^\s>]*)?|>""")
_NEVER_NEST = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "wbr"}
)
# An unclosed one is closed by the next; but not inside of drawings and formulas, which have no such rules.
_CLOSE_EACH_OTHER = frozenset(
    {
        "a",
        "body",
        "button",
        "dd",
        "dt",
        "head",
        "html",
        "li",
        "option",
        "p",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
    }
)
# Lexbor's time grows with the square of these: 16,000 options take 0.75 s, 16,000 bodies 0.47 s.
_MOST_OF_A_KIND = {"option": 10_000, "body": 1_000, "html": 1_000}
_FOREIGN = re.compile(r"<(?:svg|math)", re.IGNORECASE)


def refuse_deep_markup(markup: str, place: str, limits: Limits) -> None:
    """Raise ReadError for markup that nests too deep or has too many attributes, going by its tags alone.

    Parsers of HTML look through all open elements at every tag and through all attributes at every
    attribute, so both must be known before: 50,000 nested ``div`` take lexbor 2.3 s, 100,000 four times that.
    """
    foreign = _FOREIGN.search(markup) is not None
    loose = _NEVER_NEST if foreign else _NEVER_NEST | _CLOSE_EACH_OTHER
    depth = 0
    n_kinds = Counter[str]()
    for closing, tag, n_attributes in _tags(markup, skip_scripts=not foreign):
        if n_attributes > limits.html_attributes:
            raise _above(place, limits.html_attributes, "attributes at one tag", "html_attributes")
        if tag in _MOST_OF_A_KIND and not closing:
            n_kinds[tag] += 1
            if n_kinds[tag] > _MOST_OF_A_KIND[tag]:
                raise ReadError(
                    f"{place}: the page has more than {_MOST_OF_A_KIND[tag]:,} {tag} tags; save only its text"
                )
        if tag in loose:
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > limits.html_depth:
            raise _above(place, limits.html_depth, "levels of elements", "html_depth")


def _tags(markup: str, skip_scripts: bool) -> Iterator[tuple[bool, str, int]]:
    """(closes, name, number of attributes) of every tag; rather too many attributes than too few."""
    position = 0
    while match := _TAG.search(markup, position):
        if match[2] is None:
            # ``<!-->`` is a whole comment, so its end may begin inside the opening.
            end = _COMMENT_END.search(markup, match.start() + 2)
            position = end.end() if end else len(markup)
            continue
        tag = match[2].lower()
        n_attributes, position = _attributes(markup, match.end())
        yield bool(match[1]), tag, n_attributes
        if tag == "script" and not match[1] and skip_scripts:
            end = _SCRIPT_END.search(markup, position)
            position = end.start() if end else len(markup)


def _attributes(markup: str, position: int) -> tuple[int, int]:
    """How many attributes the tag has whose name ends at `position`, and where the tag ends."""
    n_attributes = 0
    while match := _IN_TAG.search(markup, position):
        position = match.end()
        if match[0] == ">":
            return n_attributes, position
        n_attributes += 1
        if match[0][0] == "=" and match[0][-1] in "\"'" and match[0][1:].strip() == match[0][-1]:
            closing = markup.find(match[0][-1], position)
            if closing < 0:
                break
            position = closing + 1 + markup.startswith("=", closing + 1)
    return n_attributes, len(markup)


def count_elements(root: Any, place: str, limits: Limits) -> int:
    """Number of elements in a parsed page.

    Raises
    ------
    ReadError
        If they are too many or too deep.
    """
    n_elements = depth = 0
    node = root
    while node is not None:
        n_elements += node.is_element_node
        if n_elements > limits.html_elements:
            raise _above(place, limits.html_elements, "elements", "html_elements")
        if depth > limits.html_depth:
            raise _above(place, limits.html_depth, "levels of elements", "html_depth")
        following = node.first_child
        if following is not None:
            depth += 1
        while following is None and node is not None and node.mem_id != root.mem_id:
            following = node.next
            if following is None:
                node = node.parent
                depth -= 1
        node = following
    return n_elements


def _above(place: str, limit: int, what: str, field: str) -> ReadError:
    return ReadError(f"{place}: the page has more than {limit:,} {what}; save only its text, or raise Limits.{field}")
