"""What a target is, and what its inputs may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fuzz.choices import Choices


@dataclass(frozen=True)
class Target:
    """A part of the library under test.

    Attributes
    ----------
    build : callable
        Makes an input (bytes of a file, or a text as UTF-8 with surrogates) of decisions.
    check : callable
        Feeds the input to the library. It may raise `allowed`; whatever else it raises is a finding.
    """

    name: str
    build: Callable[[Choices], bytes]
    check: Callable[[bytes], None]
    allowed: tuple[type[BaseException], ...]


def encoded(text: str) -> bytes:
    """A text as bytes, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> str:
    """The text again; bytes that a mutation broke become lone surrogates."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "surrogateescape")
