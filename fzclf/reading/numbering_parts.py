"""numbering.xml and styles.xml, read into a `Numbering`."""

from __future__ import annotations

from typing import Any

from fzclf.reading.archive import Archive
from fzclf.reading.numbering import LEVELS, Instance, Level, Numbering, Scheme, StyleNumbering
from fzclf.reading.xmlstream import attribute, events, whole_number

_OFF = ("0", "false", "off")


def read_numbering(archive: Archive, numbering_part: str, styles_part: str) -> Numbering:
    """The numbering of a document; empty where it has neither part."""
    numbering = Numbering()
    if numbering_part in archive.names:
        reader = _Lists(numbering)
        for opens, name, element in events(archive, numbering_part):
            if opens:
                reader.open(name, element)
    if styles_part in archive.names:
        _read_styles(archive, styles_part, numbering)
    return numbering


class _Lists:
    """Where the reading of numbering.xml stands."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._scheme = Scheme()
        self._instance = Instance()
        self._levels = self._scheme.levels
        self._level = Level()
        self._index = 0

    def open(self, name: str, element: Any) -> None:
        value = attribute(element, "val")
        if name == "w:abstractNum":
            self._scheme = Scheme()
            self._levels = self._scheme.levels
            self._numbering.schemes[attribute(element, "abstractNumId") or ""] = self._scheme
        elif name == "w:num":
            self._instance = Instance()
            self._levels = self._instance.levels
            self._numbering.instances[attribute(element, "numId") or ""] = self._instance
        elif name == "w:abstractNumId":
            self._instance.scheme = value or ""
        elif name == "w:numStyleLink":
            self._scheme.link = value or ""
        elif name == "w:styleLink":
            self._scheme.linked_as = value or ""
        elif name == "w:lvlOverride":
            self._index = _level_index(attribute(element, "ilvl"))
        elif name == "w:startOverride":
            self._instance.starts[self._index] = whole_number(value, 1)
        elif name == "w:lvl":
            self._level = self._levels.setdefault(_level_index(attribute(element, "ilvl")), Level())
        else:
            self._set(name, value)

    def _set(self, name: str, value: str | None) -> None:
        level = self._level
        if name == "w:start":
            level.start = whole_number(value, 1)
        elif name == "w:numFmt":
            # Formats added after 2007 stand in an mc:Choice as "custom", the older one in its mc:Fallback.
            level.style = value if value and value != "custom" else level.style
        elif name == "w:lvlText":
            level.pattern = value or ""
        elif name == "w:suff":
            level.suffix = value or "tab"
        elif name == "w:lvlRestart":
            level.restart_after = whole_number(value)
        elif name == "w:isLgl":
            level.arabic = value not in _OFF
        elif name == "w:pStyle":
            level.paragraph_style = value or ""


def _level_index(words: str | None) -> int:
    return min(max(whole_number(words), 0), LEVELS - 1)


def _read_styles(archive: Archive, part: str, numbering: Numbering) -> None:
    """Numbers and levels of paragraph styles; of list styles, which only link, nothing is needed."""
    style_id, kind = "", ""
    number, level, based_on = None, None, ""
    for opens, name, element in events(archive, part):
        if opens and name == "w:style":
            style_id, kind = attribute(element, "styleId") or "", attribute(element, "type") or ""
            number, level, based_on = None, None, ""
            if kind == "paragraph" and attribute(element, "default") not in (None, *_OFF):
                numbering.default_style = style_id
        elif opens and name == "w:basedOn":
            based_on = attribute(element, "val") or ""
        elif opens and name == "w:numId":
            number = attribute(element, "val")
        elif opens and name == "w:ilvl":
            level = _level_index(attribute(element, "val"))
        elif name == "w:style" and kind == "paragraph":
            numbering.styles[style_id] = StyleNumbering(number, level, based_on)
