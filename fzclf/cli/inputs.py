"""Paths on the command line: files, folders of files, ``-`` for standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fzclf.errors import ReadError
from fzclf.reading import Limits, read_document
from fzclf.reading.sources import shown

SUFFIXES = frozenset({".txt", ".html", ".htm", ".docx", ".pdf"})
_OTHERS = frozenset({".doc", ".wps", ".ofd", ".rtf"})  # reading one says how to convert it
_STANDARD_INPUT = ("-", "/dev/stdin")


@dataclass(frozen=True)
class Input:
    """One report to read: its name as the user knows it, and its path (None for standard input)."""

    name: str
    path: Path | None

    def read(self, encoding: str | None, errors: str) -> tuple[str, tuple[str, ...]]:
        """Its text, and what the reader has to say about it.

        Raises
        ------
        ReadError, MissingExtraError
        """
        # One byte more than is read is enough to see that a stream is too long, or endless.
        source = sys.stdin.buffer.read(Limits().file_bytes + 1) if self.path is None else self.path
        try:
            document = read_document(source, encoding=encoding, errors=errors)
        except ReadError as error:
            raise ReadError(str(error) if self.path is not None else f"standard input: {error}") from error
        notes = document.notes if document.text.strip() else (*document.notes, "no text in it")
        return document.text, notes


def expand(paths: Sequence[str]) -> Iterator[Input | ReadError]:
    """All files that `paths` name, each once, in order; an error in the place of what cannot be opened."""
    seen: set[str] = set()
    for name in paths:
        if name in _STANDARD_INPUT:
            yield Input(name, None)
        elif os.path.isdir(name):
            yield from _folder(name, seen)
        elif os.path.abspath(name) not in seen:
            seen.add(os.path.abspath(name))
            yield Input(name, Path(name))


def _folder(name: str, seen: set[str]) -> Iterator[Input | ReadError]:
    """Documents below a folder; hidden files and Word's lock files (``~$…``) are none.

    Links to files are read, links to folders are not followed: they may lead in a circle. A pipe or a broken
    link with the name of a document is not passed over in silence: reading it says what it is.
    """
    unread: list[OSError] = []
    walk = os.walk(name, onerror=unread.append)
    found = sorted(
        Path(folder, file) for folder, _, files in walk for file in files if not file.startswith((".", "~$"))
    )
    documents = [path for path in found if path.suffix.lower() in SUFFIXES]
    for error in unread:
        reason = error.strerror or error
        yield ReadError(
            f"{shown(error.filename or name)}: the folder cannot be read ({reason}); change its mode or owner"
        )
    if not documents and not unread:
        yield ReadError(f"{name}: a folder without {', '.join(sorted(SUFFIXES))} files")
    for path in documents:
        if os.path.abspath(path) not in seen:
            seen.add(os.path.abspath(path))
            yield Input(str(path), path)
    for path in found:
        if path.suffix.lower() in _OTHERS:
            yield Input(str(path), path)
