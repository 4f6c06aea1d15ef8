"""What kind of file some bytes are, by their content; and what to do about kinds that are not read."""

from __future__ import annotations

import codecs
import re
import shlex
from collections.abc import Collection

from fzclf.errors import ReadError

_HEAD = 4096
_BYTES = "<bytes>"
_MAGIC = (
    (b"PK\x03\x04", "archive"),
    (b"PK\x05\x06", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x1f\x8b", "packed"),
    (b"7z\xbc\xaf\x27\x1c", "packed"),
    (b"Rar!\x1a\x07", "packed"),
    (b"BZh", "packed"),
    (b"\xfd7zXZ\x00", "packed"),
)
_SOFFICE = "convert it with: soffice --headless --convert-to docx {name}"
_REFUSED = {
    "ole": ("an old Word or WPS document (.doc, .wps)", _SOFFICE),
    "locked": (
        "a document that is locked with a password",
        "open it with the password, save it without, then read that",
    ),
    "rtf": ("rich text (.rtf)", _SOFFICE),
    "odt": ("an OpenDocument text (.odt)", _SOFFICE),
    "word-xml": ("Word XML without its container", _SOFFICE),
    "mhtml": ("a web archive (.mht)", _SOFFICE),
    "xlsx": ("a spreadsheet", "convert it with: soffice --headless --convert-to csv {name}"),
    "pptx": ("a slide show", "convert it with: soffice --headless --convert-to pdf {name}"),
    # LibreOffice has no import filter for OFD.
    "ofd": (
        "an OFD document (.ofd)",
        "export it as PDF from WPS or an OFD reader, or with the Python package easyofd",
    ),
    "image": ("an image", "recognise its text first: ocrmypdf -l chi_sim --image-dpi 300 {name} out.pdf"),
    "zip": ("a zip archive", "unpack it with: unzip {name}, and read the files in it"),
    "packed": ("a packed archive", "unpack it, and read the files in it"),
    "xml": ("XML of a kind that is not known", "save the report as .docx, .html, .pdf or .txt"),
}
_MEMBERS = (
    ("OFD.xml", "ofd"),
    ("xl/workbook.xml", "xlsx"),
    ("ppt/presentation.xml", "pptx"),
    ("content.xml", "odt"),
)
_HTML_NAME = re.compile(r"\.(?:s|x)?html?$", re.IGNORECASE)
# What a page may begin with; a report that begins with one of these tags is markup all the same.
_HTML_TAGS = (
    "!doctype html|html|head|body|meta|title|script|style|link|div|p|span|table|tbody|tr|td|center|font|br"
    "|h[1-6]|ul|ol|section|article|main|header|base"
)
_HTML_START = re.compile(rf"<(?:{_HTML_TAGS})[\s/>]", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(?:!doctype|html|head|body|meta|title|div|p|br|table|span)[\s/>]", re.IGNORECASE)


def sniff(data: bytes, name: str) -> str:
    """``text``, ``html``, ``pdf``, ``archive`` (a zip, to be looked into) or a kind that `refuse_kind` refuses.

    The name only decides where the content does not: tags in a file called .html make it a page.
    """
    kind = next((kind for magic, kind in _MAGIC if data.startswith(magic)), "")
    if kind:
        return "locked" if kind == "ole" and "EncryptedPackage".encode("utf-16-le") in data else kind
    if (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or (data[:2] == b"BM" and data[6:10] == bytes(4)):
        return "image"
    # Readers accept up to 1,024 bytes of other things before the mark, and servers do send them.
    if b"%PDF-" in data[:1024]:
        return "pdf"
    return _sniff_markup(_head(data), name)


def archive_kind(members: Collection[str]) -> str:
    """``docx``, or a kind that `refuse_kind` refuses, from the names in a zip archive."""
    if "[Content_Types].xml" in members and any(member.startswith("word/") for member in members):
        return "docx"
    return next((kind for member, kind in _MEMBERS if member in members), "zip")


def refuse_kind(kind: str, place: str) -> None:
    """Raise ReadError for a kind of file that no reader is for, with the command that converts it."""
    if kind in _REFUSED:
        what, way_out = _REFUSED[kind]
        name = "FILE" if place == _BYTES else shlex.quote(place)
        raise ReadError(f"{place}: {what}, which is not read; {way_out.format(name=name)}")


def _head(data: bytes) -> str:
    """The first characters, enough to see tags in; the encoding hardly matters for that."""
    for mark, codec in (
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) : _HEAD].decode(codec, "ignore")
    return data[:_HEAD].removeprefix(codecs.BOM_UTF8).decode("latin-1")


def _sniff_markup(head: str, name: str) -> str:
    if head[:13].lower() == "mime-version:" and "multipart/related" in head.lower():
        return "mhtml"
    rest = _after_preamble(head)
    if _HTML_START.match(rest) or (_HTML_NAME.search(name) and _ANY_TAG.search(head)):
        return "html"
    if head.lstrip()[:5].lower() != "<?xml":
        return "text"
    return "word-xml" if "Word.Document" in head or "pkg:package" in head else "xml"


def _after_preamble(head: str) -> str:
    """What stands behind white space, an XML declaration and comments."""
    rest = head.lstrip()
    while (closing := _closing(rest)) and closing in rest:
        rest = rest[rest.index(closing) + len(closing) :].lstrip()
    return rest


def _closing(rest: str) -> str:
    if rest.startswith("<!--"):
        return "-->"
    return "?>" if rest.startswith("<?") else ""
