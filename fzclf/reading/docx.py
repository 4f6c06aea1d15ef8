"""Text of Word documents: paragraphs with their automatic numbers, tables, line breaks and tabs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from fzclf.errors import ReadError
from fzclf.reading.archive import Archive
from fzclf.reading.numbering import Counter
from fzclf.reading.numbering_parts import read_numbering
from fzclf.reading.rows import row_lines
from fzclf.reading.xmlstream import attribute, events, whole_number

_OFF = ("0", "false", "off")
# Deleted and moved-away text, how things looked before a change, doubles for old programs,
# readings above ruby characters, field codes.
_SKIPPED = frozenset(
    {"w:del", "w:moveFrom", "mc:Fallback", "w:rt", "w:instrText", "w:delText", "w:delInstrText"}
    | {
        f"w:{part}Change"
        for part in ("pPr", "rPr", "sectPr", "tblPr", "tblGrid", "trPr", "tcPr", "tblPrEx", "numbering")
    }
)
_SIGNS = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"}
_NOTE_HIDDEN = "hidden text was left out ({} pieces)"


def read_docx(archive: Archive) -> tuple[str, tuple[str, ...]]:
    """One line per paragraph, one per table row; and notes.

    Left out are deleted and hidden text, headers, footers, footnotes and comments.

    Raises
    ------
    ReadError
        If a part is missing, damaged, has a document type, or passes a limit.
    """
    main = _main_part(archive)
    numbering_part, styles_part = _side_parts(archive, main)
    body = _Body(Counter(read_numbering(archive, numbering_part, styles_part)))
    for opens, name, element in events(archive, main):
        body.feed(opens, name, element)
    body.finish()
    notes = (_NOTE_HIDDEN.format(body.n_hidden),) if body.n_hidden else ()
    return "".join(line + "\n" for line in body.lines), notes


@dataclass
class _Paragraph:
    """What is known of the paragraph that is being read."""

    style: str | None = None
    number: str | None = None
    level: int | None = None
    words: list[str] = field(default_factory=list)
    mark_deleted: bool = False
    numbered: bool = False
    label: str = ""


class _Body:
    """The lines of a document body, built from its events.

    Text boxes put paragraphs into paragraphs and tables go into cells, so both are stacks;
    `_sinks` holds the lists that finished lines go to, the innermost last.
    """

    def __init__(self, counter: Counter) -> None:
        self.lines: list[str] = []
        self.n_hidden = 0
        self._counter = counter
        self._sinks: list[list[str]] = [self.lines]
        self._rows: list[list[list[str]]] = []
        self._paragraphs: list[_Paragraph] = []
        self._carried: list[str] = []  # words of paragraphs whose mark was deleted: the next one takes them
        self._path: list[str] = []
        self._n_skipped = 0
        self._hidden_run = False
        self._closers: dict[str, Callable[[Any], None]] = {
            "w:p": self._close_paragraph, "w:tc": self._close_cell, "w:tr": self._close_row,
            "w:t": self._add_text, "m:t": self._add_text, "w:sym": self._add_symbol, "w:pPr": self._close_properties,
        }  # fmt: skip

    def feed(self, opens: bool, name: str, element: Any) -> None:
        """Take one event."""
        if name in _SKIPPED:
            self._note_deleted_mark(opens, name)
            self._n_skipped += 1 if opens else -1
        elif not self._n_skipped:
            if opens:
                self._open(name, element)
            elif name in self._closers:
                self._closers[name](element)
        if opens:
            self._path.append(name)
        else:
            self._path.pop()

    def _open(self, name: str, element: Any) -> None:
        if name == "w:p":
            self._paragraphs.append(_Paragraph(words=self._carried))
            self._carried = []
        elif name == "w:r":
            self._hidden_run = False
        elif name == "w:tr":
            self._rows.append([])
        elif name == "w:tc":
            self._sinks.append([])
        elif self._paragraphs:
            self._open_inside(name, element, self._paragraphs[-1])

    def _open_inside(self, name: str, element: Any, paragraph: _Paragraph) -> None:
        parent = self._path[-1] if self._path else ""
        if parent == "w:r" and name in _SIGNS:
            self._add(_SIGNS[name])
        elif name == "w:vanish" and self._path[-2:] == ["w:r", "w:rPr"]:
            self._hidden_run = attribute(element, "val") not in _OFF
        elif name == "w:pStyle" and parent == "w:pPr":
            paragraph.style = attribute(element, "val")
        elif name == "w:numId" and parent == "w:numPr":
            paragraph.number = attribute(element, "val")
        elif name == "w:ilvl" and parent == "w:numPr":
            paragraph.level = min(max(whole_number(attribute(element, "val")), 0), 8)

    def _note_deleted_mark(self, opens: bool, name: str) -> None:
        """A deleted paragraph mark joins the paragraph with the next one."""
        if opens and not self._n_skipped and name == "w:del" and self._path[-2:] == ["w:pPr", "w:rPr"]:
            self._paragraphs[-1].mark_deleted = True

    def _close_properties(self, _: Any) -> None:
        """Numbers are given in the order of the paragraphs' beginnings, so before text boxes inside."""
        if self._paragraphs and not self._paragraphs[-1].mark_deleted:
            self._number(self._paragraphs[-1])

    def _number(self, paragraph: _Paragraph) -> None:
        if not paragraph.numbered:
            paragraph.label = self._counter.label(paragraph.number, paragraph.level, paragraph.style)
            paragraph.numbered = True

    def _add_text(self, element: Any) -> None:
        self._add(element.text or "")

    def _add_symbol(self, element: Any) -> None:
        """A character by its code; those of symbol fonts mean nothing outside of them."""
        code = whole_hexadecimal(attribute(element, "char"))
        self._add(chr(code) if 0x20 <= code < 0xD800 else "")

    def _add(self, words: str) -> None:
        if self._hidden_run:
            self.n_hidden += bool(words.strip())
        elif self._paragraphs:
            self._paragraphs[-1].words.append(words)

    def _close_paragraph(self, _: Any) -> None:
        paragraph = self._paragraphs.pop()
        self._hidden_run = False
        if paragraph.mark_deleted:
            self._carried = paragraph.words
            return
        self._number(paragraph)
        words = "".join(paragraph.words)
        self._sinks[-1].extend((paragraph.label + words).split("\n"))

    def finish(self) -> None:
        """Let go of words that no further paragraph took."""
        self._sinks[-1].extend("".join(self._carried).splitlines())
        self._carried = []

    def _close_cell(self, _: Any) -> None:
        self.finish()
        cell = self._sinks.pop()
        if self._rows:
            self._rows[-1].append(cell)
        else:  # a cell outside of any row, which no program writes, is text
            self._sinks[-1].extend(cell)

    def _close_row(self, _: Any) -> None:
        self._sinks[-1].extend(row_lines(self._rows.pop()))


def whole_hexadecimal(words: str | None) -> int:
    """A code point from an attribute, 0 where it is missing or no number."""
    try:
        return int(words or "", 16) if len(words or "") < 7 else 0
    except ValueError:
        return 0


def _main_part(archive: Archive) -> str:
    """The part with the text, which some programs name otherwise than Word does."""
    target = _targets(archive, "_rels/.rels").get("officeDocument", "word/document.xml").lstrip("/")
    if target not in archive.names:
        raise ReadError(
            f"{archive.place}: the document has no part {target}, where its text should be; "
            "get the file again, or open and save it"
        )
    return target


def _side_parts(archive: Archive, main: str) -> tuple[str, str]:
    folder, name = posixpath.split(main)
    targets = _targets(archive, f"{folder}/_rels/{name}.rels")
    numbering, styles = (
        posixpath.normpath(posixpath.join("/", folder, targets.get(kind, f"{kind}.xml"))).lstrip("/")
        for kind in ("numbering", "styles")
    )
    return numbering, styles


def _targets(archive: Archive, part: str) -> dict[str, str]:
    """Kind of relationship to the part it leads to; empty if there are none."""
    if part not in archive.names:
        return {}
    targets: dict[str, str] = {}
    for opens, name, element in events(archive, part):
        if opens and name == "rel:Relationship" and element.get("TargetMode") != "External":
            kind = str(element.get("Type", "")).rpartition("/")[2]
            targets.setdefault(kind, str(element.get("Target", "")))
    return targets
