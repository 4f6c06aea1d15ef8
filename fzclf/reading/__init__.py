"""From a file to its text: .txt, .html, .docx and .pdf, told apart by their content.

Nothing heavy is imported before a file needs it.
"""

from __future__ import annotations

import os

from fzclf.errors import ReadError
from fzclf.reading.archive import Archive
from fzclf.reading.decoding import decode
from fzclf.reading.document import Document, Limits
from fzclf.reading.docx import read_docx
from fzclf.reading.kinds import archive_kind, refuse_kind, sniff
from fzclf.reading.pdf import read_pdf
from fzclf.reading.plausibility import suspicions
from fzclf.reading.sources import load, refuse_above, shown
from fzclf.reading.webpage import read_webpage

__all__ = ["Document", "Limits", "read", "read_document"]

_BYTES = "<bytes>"
_DEFAULT_LIMITS = Limits()


def read(source: str | os.PathLike[str] | bytes, *, encoding: str | None = None, errors: str = "strict") -> str:
    """Text of a report in a .txt, .html, .docx or .pdf file.

    Parameters
    ----------
    source : str, path or bytes
        A path, or the content of a file.
    encoding : str, optional
        The encoding of a text file or page that does not say it; found out by default.
    errors : {"strict", "replace"}
        What happens to bytes that do not fit: an error, or U+FFFD in their place.

    Returns
    -------
    str
        Text files exactly as they stand, line ends included, without a byte order mark.
        Of the other formats, one line per paragraph (per printed line for PDF), ending with a line feed.

    Raises
    ------
    ReadError
        If the file cannot be read, is damaged, passes a limit, or is of a kind that is not read.
    MissingExtraError
        If the library for this kind of file is not installed.
    """
    return read_document(source, encoding=encoding, errors=errors).text


def read_document(
    source: str | os.PathLike[str] | bytes,
    *,
    encoding: str | None = None,
    errors: str = "strict",
    limits: Limits = _DEFAULT_LIMITS,
) -> Document:
    """As `read`, with the kind of file, the encoding used, and notes for a person."""
    if errors not in ("strict", "replace"):
        raise ValueError(f"errors must be 'strict' or 'replace', not {errors!r}")
    if isinstance(source, bytes):
        data, place = source, _BYTES
        refuse_above(len(data), limits.file_bytes, place)
    else:
        path = os.fspath(source)
        data, place = load(path, limits.file_bytes), shown(path)
    document = _read_kind(data, place, encoding, errors, limits)
    return Document(
        document.text, document.kind, document.encoding, (*document.notes, *suspicions(document.text)), place
    )


def _read_kind(data: bytes, place: str, encoding: str | None, errors: str, limits: Limits) -> Document:
    kind = sniff(data, place)
    if kind == "text":
        decoded = decode(data, place, encoding, errors)
        return Document(decoded.text, kind, decoded.encoding, decoded.notes, place)
    if kind == "html":
        page = read_webpage(data, place, limits, encoding, errors)
        return Document(page.text, kind, page.encoding, page.notes, place)
    unused = (f"encoding {encoding!r} was not needed: this kind of file says its own",) if encoding else ()
    if kind == "pdf":
        text, notes = read_pdf(data, place, limits)
        return Document(text, kind, None, (*unused, *notes), place)
    if kind == "archive":
        archive = Archive(data, place, limits)
        kind = archive_kind(archive.names)
        if kind == "docx":
            text, notes = read_docx(archive)
            return Document(text, kind, None, (*unused, *notes), place)
    refuse_kind(kind, place)
    raise ReadError(f"{place}: a file of a kind that is not read; save the report as .docx, .html, .pdf or .txt")
