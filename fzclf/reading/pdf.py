"""Text of PDF files, line by line as they stand on the pages."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fzclf.errors import ReadError
from fzclf.reading.document import Limits
from fzclf.reading.extras import require
from fzclf.reading.furniture import without_furniture

# PDFium keeps global state and is not safe to call from two threads (pypdfium2#303, #479).
_PDFIUM = threading.Lock()
_PASSWORD = 4  # FPDF_ERR_PASSWORD
_SECURITY = 5  # FPDF_ERR_SECURITY
# PDFium's sign for a hyphen at a line's end, and characters without a meaning.
_SIGNS = str.maketrans({"\ufffe": "-", "\x02": "-", "\x00": None, "\r": None, "\n": None})
_WIDE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
_INDENT = "\u3000\u3000"
# In sizes of a character. LibreOffice sets lines that begin with a bracket in by up to 3.2.
_LEAST_INDENT, _MOST_INDENT = 1.3, 3.3
# PDFium skips text narrower than this: single characters of fonts that are neither embedded nor installed.
_NARROWEST = 0.01
_FONTS = "install a Chinese font (Debian: apt install fonts-noto-cjk) and read it again"
_OCR = "recognise its text first: ocrmypdf -l chi_sim {} out.pdf"


def read_pdf(data: bytes, place: str, limits: Limits) -> tuple[str, tuple[str, ...]]:
    """Lines of all pages, and notes.

    The first line of a paragraph that is set in by about two characters begins with two
    ideographic spaces, as in typed reports. Wrapped lines stay apart: the segmenter joins them.
    Page numbers and running heads are left out.

    Raises
    ------
    ReadError
        If the file is damaged, locked, has no text (a scan), or passes a limit.
    """
    pdfium = require("pypdfium2", "pdf", place)
    with _PDFIUM:
        document = _opened(pdfium, data, place)
        try:
            _refuse_above(place, "pages", len(document), "pdf_pages", limits.pdf_pages)
            read = list(_read_pages(pdfium, document, place, limits))
        finally:
            document.close()
    pages = [lines for lines, _ in read]
    n_lost = sum(lost for _, lost in read)
    n_empty = pages.count([])
    if n_empty == len(pages) and n_lost:
        raise ReadError(
            f"{place}: its {n_lost:,} pieces of text are in a font that is neither in it nor here; {_FONTS}"
        )
    if n_empty == len(pages):
        raise ReadError(f"{place}: no text on {len(pages)} pages, so it is a scan; {_OCR.format(place)}")
    kept, n_furniture = without_furniture(pages)
    notes = []
    if n_empty:
        notes.append(f"{n_empty} of {len(pages)} pages have no text (images?)")
    if n_furniture:
        notes.append(f"{n_furniture} lines with page numbers or running heads were left out")
    if n_lost:
        notes.append(f"{n_lost} characters in a font that is neither in the file nor here may be missing; {_FONTS}")
    return "".join(line + "\n" for page in kept for line in page), tuple(notes)


def _opened(pdfium: Any, data: bytes, place: str) -> Any:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if error.err_code in (_PASSWORD, _SECURITY):
            reason = "it is locked with a password; save it without: qpdf --decrypt --password=… in.pdf out.pdf"
        else:
            reason = f"damaged, no page can be read ({error}); get the file again, or open it and print it to PDF"
        raise ReadError(f"{place}: {reason}") from None


def _read_pages(pdfium: Any, document: Any, place: str, limits: Limits) -> Iterator[tuple[list[str], int]]:
    """Lines of each page, and how many pieces of its text PDFium skips."""
    begin = time.monotonic()
    n_characters = 0
    for number in range(len(document)):
        try:
            lines, n_lost = _read_page(pdfium, document, number)
        except pdfium.PdfiumError:
            raise ReadError(
                f"{place}: page {number + 1} is damaged; get the file again, or open it and print it to PDF"
            ) from None
        n_characters += sum(map(len, lines))
        _refuse_above(place, "characters", n_characters, "pdf_characters", limits.pdf_characters)
        seconds = time.monotonic() - begin
        if seconds > limits.pdf_seconds:
            raise ReadError(
                f"{place}: {number + 1} of {len(document)} pages took {seconds:.1f} s, "
                f"at most {limits.pdf_seconds:g} s are given; split the file, or raise Limits.pdf_seconds"
            )
        yield lines, n_lost


def _read_page(pdfium: Any, document: Any, number: int) -> tuple[list[str], int]:
    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            return _lines(text_page, pdfium.raw), sum(
                _is_lost(piece, pdfium.raw) for piece in page.get_objects([pdfium.raw.FPDF_PAGEOBJ_TEXT])
            )
        finally:
            text_page.close()
    finally:
        page.close()


def _is_lost(piece: Any, raw: Any) -> bool:
    left, _, right, _ = piece.get_bounds()
    return bool(right - left < _NARROWEST) and raw.FPDFFont_GetIsEmbedded(raw.FPDFTextObj_GetFont(piece)) != 1


def _lines(text_page: Any, raw: Any) -> list[str]:
    """The lines of one page, with the indent of paragraphs put back as two ideographic spaces."""
    # Units of UTF-16, because PDFium counts those: a character beyond U+FFFF has two places.
    units = "".join(chr(raw.FPDFText_GetUnicode(text_page, index)) for index in range(text_page.count_chars()))
    placed: list[tuple[str, float, float]] = []
    begin = 0
    for line in units.split("\r\n"):
        if line.strip():
            first = begin + len(line) - len(line.lstrip())
            left, bottom, right, top = text_page.get_charbox(first, loose=True)
            words = _without_made_spaces(line, begin, text_page, raw)
            whole = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
            placed.append((whole.translate(_SIGNS), left, max(right - left, top - bottom, 1.0)))
        begin += len(line) + 2
    margin = _margin([left for _, left, _ in placed])
    return [(_INDENT if _is_set_in(left - margin, size) else "") + line for line, left, size in placed]


def _is_set_in(distance: float, size: float) -> bool:
    """Whether a line begins about two characters to the right of the others; titles begin further in."""
    return _LEAST_INDENT <= distance / size <= _MOST_INDENT


def _without_made_spaces(line: str, begin: int, text_page: Any, raw: Any) -> str:
    """The line without the spaces that PDFium made of the gap that Word leaves between Chinese and digits."""
    return "".join(
        char
        for index, char in enumerate(line)
        if char != " "
        or not (_WIDE.match(line[index + 1 : index + 2]) or _WIDE.match(line[index - 1 : index]))
        or raw.FPDFText_IsGenerated(text_page, begin + index) != 1
    )


def _margin(lefts: list[float]) -> float:
    """Where most lines of the page begin; the leftmost such place if several are equal."""
    counts = Counter(round(left) for left in lefts)
    return min(counts, key=lambda left: (-counts[left], left), default=0)


def _refuse_above(place: str, what: str, value: int, field: str, limit: int) -> None:
    if value > limit:
        raise ReadError(
            f"{place}: {value:,} {what} or more, at most {limit:,} are read; split the file, or raise Limits.{field}"
        )
