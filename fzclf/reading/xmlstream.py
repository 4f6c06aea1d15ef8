"""A part of an Office document as a bounded stream of XML events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fzclf.errors import ReadError
from fzclf.reading.archive import Archive, damaged
from fzclf.reading.extras import require

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_PREFIXES = {
    **dict.fromkeys(_WORD, "w:"),
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc:",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m:",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m:",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel:",
}


def events(archive: Archive, part: str) -> Iterator[tuple[bool, str, Any]]:
    """(opens, name, element) for every element of a part, in order, while it is being inflated.

    `name` has a fixed prefix, ``w:p``, whatever the file calls the namespace; it is empty for
    elements of other vocabularies. When an element closes it has its own text; its children are
    gone by then, so memory does not grow with the part.

    Raises
    ------
    ReadError
        If the part is no well-formed XML, has a document type (entities come with those), or
        passes a limit of depth or number of elements.
    """
    etree = require("lxml.etree", "docx", archive.place)
    names: dict[str, str] = {}
    depth = n_elements = 0
    limits = archive.limits
    try:
        for event, element in etree.iterparse(
            archive.open(part), events=("start", "end"), resolve_entities=False, load_dtd=False, no_network=True,
            huge_tree=False, remove_comments=True, remove_pis=True,
        ):  # fmt: skip
            name = names.get(element.tag)
            if name is None:
                name = names.setdefault(element.tag, _prefixed(element.tag))
            if event == "start":
                depth += 1
                n_elements += 1
                if depth == 1:
                    _refuse_doctype(element, archive.place, part)
                if depth > limits.xml_depth:
                    raise _above(archive.place, part, "is nested deeper than", limits.xml_depth, "xml_depth")
                if n_elements > limits.xml_elements:
                    raise _above(archive.place, part, "has more elements than", limits.xml_elements, "xml_elements")
                yield True, name, element
            else:
                depth -= 1
                yield False, name, element
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise damaged(archive.place, part, error) from None


def _forget(element: Any) -> None:
    """Free what lies inside and before a closed element.

    The element itself stays until its successor closes: the parser may be about to go on with the text behind it.
    """
    element.clear(keep_tail=True)
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def attribute(element: Any, name: str) -> str | None:
    """A ``w:`` attribute of an element, in either edition of the format; None if it is not there."""
    for namespace in _WORD:
        value = element.get(f"{{{namespace}}}{name}")
        if value is not None:
            return str(value)
    return None


def whole_number(words: str | None, default: int = 0) -> int:
    """A number from an attribute; `default` where it is missing or no number."""
    try:
        return int(words) if words is not None and len(words) < 10 else default
    except ValueError:
        return default


def _prefixed(tag: str) -> str:
    namespace, _, local = tag[1:].partition("}")
    prefix = _PREFIXES.get(namespace)
    return prefix + local if prefix else ""


def _refuse_doctype(root: Any, place: str, part: str) -> None:
    if root.getroottree().docinfo.doctype or root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(
            f"{place}: its part {part} has a document type, which Office never writes and attacks need; "
            "open the document and save it again"
        )


def _above(place: str, part: str, what: str, limit: int, field: str) -> ReadError:
    return ReadError(f"{place}: its part {part} {what} {limit:,}; save it again, or raise Limits.{field}")
