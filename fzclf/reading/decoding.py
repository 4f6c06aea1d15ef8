"""From bytes to characters: byte order mark, strict UTF-8, strict GB18030, then a look at the result.

In trials this order beat every detector. Nothing is replaced or dropped unless the caller says so.
"""

from __future__ import annotations

import codecs
import importlib
from typing import NamedTuple

from fzclf.errors import ReadError
from fzclf.reading.plausibility import common_share, is_plausible, refuse_binary

# UTF-32 first: its mark begins with that of UTF-16. The codec is the one under which Python reads the whole file.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
    (b"\x84\x31\x95\x33", "gb18030", "gb18030"),
)
_OTHERS = ("utf-16-le", "utf-16-be", "big5hkscs", "cp950")
_GUESS_BYTES = 65_536
# Files labelled with the older names use characters of the newest; it reads all three alike.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}
_NO_FILE_CODECS = {"unicode-escape", "raw-unicode-escape", "punycode", "idna"}


class Decoded(NamedTuple):
    """Text, the codec that made it, and what is to be said about that."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, place: str, encoding: str | None = None, errors: str = "strict") -> Decoded:
    """Characters of a text file, exactly as they stand; only a byte order mark is taken off.

    Raises
    ------
    ReadError
        If the bytes do not fit `encoding`, or without one neither UTF-8 nor GB18030, or decode to
        what is no Chinese text. Names the byte offset and the likely encoding.
    """
    if encoding is not None:
        return _decode_as(data, place, _known_codec(encoding, place), errors)
    for mark, codec, whole in _MARKS:
        if data.startswith(mark):
            return _decode_rest(data, place, len(mark), codec, errors)._replace(encoding=whole)
    utf_8, broken_at = _attempt(data, "utf-8")
    if utf_8 is not None:
        refuse_binary(utf_8, place)
        return Decoded(utf_8, "utf-8")
    gb18030, _ = _attempt(data, "gb18030")
    if gb18030 is not None and is_plausible(gb18030):
        refuse_binary(gb18030, place)
        return Decoded(gb18030, "gb18030")
    if errors == "replace":
        return _least_damaged(data)
    raise ReadError(_refusal(data, place, broken_at, gb18030))


def _decode_as(data: bytes, place: str, codec: str, errors: str) -> Decoded:
    for mark, inner, whole in _MARKS:
        if data.startswith(mark) and codec in (inner, whole):
            return _decode_rest(data, place, len(mark), inner, errors)._replace(encoding=whole)
    decoded = _decode_rest(data, place, 0, codec, errors)
    if not is_plausible(decoded.text):
        share = common_share(decoded.text)
        doubt = f"read as {codec} as told, but only {share:.0%} of its characters are common in Chinese"
        return decoded._replace(notes=(*decoded.notes, doubt))
    return decoded


def _decode_rest(data: bytes, place: str, begin: int, codec: str, errors: str) -> Decoded:
    """Decode what stands behind the mark, strictly or with a note of how much was replaced."""
    text, broken_at = _attempt(data[begin:], codec)
    if text is not None:
        return Decoded(text, codec)
    if errors == "replace":
        return _replaced(data[begin:], codec)
    offset = begin + broken_at
    byte = f" (0x{data[offset]:02x})" if offset < len(data) else ""
    raise ReadError(
        f"{place}: byte {offset}{byte} is not {codec}{_likely(data)}; "
        'give another encoding=… (--encoding …), or errors="replace" (--errors replace) to read it with gaps'
    )


def _attempt(data: bytes, codec: str) -> tuple[str | None, int]:
    """The text, or None with the offset of the first byte that does not fit."""
    try:
        return data.decode(codec), 0
    except UnicodeDecodeError as error:
        return None, error.start
    except UnicodeError:  # some codecs, such as utf-7 and idna, do not say where
        return None, 0


def _replaced(data: bytes, codec: str) -> Decoded:
    text = data.decode(codec, "replace")
    gaps = text.count("\ufffd")
    note = (
        f"bytes that are not {codec} were replaced: {gaps} characters (U+FFFD), the first at {text.find(chr(0xFFFD))}"
    )
    return Decoded(text, codec, (note,))


def _least_damaged(data: bytes) -> Decoded:
    """UTF-8 or GB18030 with replacements, whichever gives the larger share of common characters."""
    candidates = [_replaced(data, codec) for codec in ("utf-8", "gb18030")]
    return max(candidates, key=lambda decoded: common_share(decoded.text))


def _known_codec(encoding: str, place: str) -> str:
    try:
        bytes(4).decode(encoding, "replace")  # empty bytes would not be looked at
        codec = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        codec = ""
    if not codec or codec in _NO_FILE_CODECS:
        raise ReadError(
            f"{place}: encoding {encoding!r} is none that text files have; use one such as utf-8, gb18030 or big5"
        )
    return _WIDER.get(codec, codec)


def _refusal(data: bytes, place: str, broken_at: int, gb18030: str | None) -> str:
    if gb18030 is None:
        _, gb_broken_at = _attempt(data, "gb18030")
        why = f"nor is byte {gb_broken_at} gb18030"
    else:
        why = f"and as gb18030 only {common_share(gb18030):.0%} of its characters are common ones of Chinese text"
    guess = likely_encoding(data)
    way_out = f'encoding="{guess}" (--encoding {guess})' if guess else 'encoding="…" (--encoding …) if you know it'
    return (
        f"{place}: byte {broken_at} (0x{data[broken_at]:02x}) is not utf-8, {why}{_likely(data)}; "
        f'give {way_out}, or errors="replace" (--errors replace) to read it with gaps'
    )


def _likely(data: bytes) -> str:
    guess = likely_encoding(data)
    return f"; likely {guess}" if guess else "; the encoding could not be guessed"


def likely_encoding(data: bytes) -> str:
    """Best guess for a message, empty if there is none; never used to decode without being asked."""
    sample = data[: _GUESS_BYTES - _GUESS_BYTES % 4]
    for codec in _OTHERS:
        text = codecs.getincrementaldecoder(codec)("ignore").decode(sample)
        strict, _ = _attempt(data, codec) if text and is_plausible(text) else (None, 0)
        if strict is not None and not strict.isascii():
            return codec
    best = importlib.import_module("charset_normalizer").from_bytes(sample).best()
    return str(best.encoding).replace("_", "-") if best is not None else ""
