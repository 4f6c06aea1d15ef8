"""Paths on the command line: files, folders of files, ``-`` for standard input."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fzclf.errors import ReadError
from fzclf.reading import read_document

SUFFIXES = frozenset({".txt", ".html", ".htm", ".docx", ".pdf"})


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
        source = sys.stdin.buffer.read() if self.path is None else self.path
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
        if name == "-":
            yield Input("-", None)
        elif os.path.isdir(name):
            yield from _folder(name, seen)
        elif os.path.abspath(name) not in seen:
            seen.add(os.path.abspath(name))
            yield Input(_readable(name), Path(name))


def _readable(name: str) -> str:
    """A name as people know it: in an ASCII locale Python hands out the bytes of a Chinese name one by one."""
    try:
        return os.fsencode(name).decode("utf-8")
    except UnicodeError:
        return name


def _folder(name: str, seen: set[str]) -> Iterator[Input | ReadError]:
    """Documents below a folder; hidden files and Word's lock files (``~$…``) are none."""
    found = sorted(path for path in Path(name).rglob("*") if path.is_file() and not path.name.startswith((".", "~$")))
    documents = [path for path in found if path.suffix.lower() in SUFFIXES]
    if not documents:
        yield ReadError(f"{name}: a folder without {', '.join(sorted(SUFFIXES))} files")
    for path in documents:
        if os.path.abspath(path) not in seen:
            seen.add(os.path.abspath(path))
            yield Input(_readable(str(path)), path)
    others = [path for path in found if path.suffix.lower() in (".doc", ".wps", ".ofd", ".rtf")]
    for path in others:
        yield Input(_readable(str(path)), path)  # reading it says how to convert it
