"""What a reader returns, and how far it goes before it gives up."""

from __future__ import annotations

from dataclasses import dataclass

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read before it is refused; each limit itself is still allowed.

    The defaults are a hundred times what a report needs (the largest of 200 real ones has
    100 kB of text) and small enough that no file takes a machine down. To read a larger file
    hand over a copy with another value: ``read_document(path, limits=Limits(pdf_pages=9_000))``.
    """

    file_bytes: int = 256 * _MIB
    html_bytes: int = 20 * _MIB
    html_depth: int = 1_000
    html_elements: int = 500_000
    html_attributes: int = 1_000
    """Of one tag."""
    zip_members: int = 2_000
    part_bytes: int = 64 * _MIB
    """Inflated size of one member of an archive, counted while inflating."""
    archive_bytes: int = 128 * _MIB
    """Inflated size of all members that are read, together."""
    expansion: int = 200
    """Inflated by packed size of one member; looked at from 1 MiB inflated on."""
    xml_depth: int = 200
    xml_elements: int = 2_000_000
    pdf_pages: int = 5_000
    pdf_characters: int = 50_000_000
    pdf_seconds: float = 60.0
    """Looked at after every page."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file and how it was come by.

    `kind` is ``text``, ``html``, ``docx`` or ``pdf``. `encoding` is the codec that turned bytes
    into characters, None where the format itself says it (docx, pdf). `notes` are sentences for a
    person: a replaced byte, traditional characters, a wrong declaration. `source` is the
    path as it can be printed, ``<bytes>`` for bytes.
    """

    text: str
    kind: str
    encoding: str | None
    notes: tuple[str, ...]
    source: str
