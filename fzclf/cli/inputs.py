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

    def text(self, encoding: str | None, errors: str) -> str:
        """Read it.

        Raises
        ------
        ReadError, MissingExtraError
        """
        source = sys.stdin.buffer.read() if self.path is None else self.path
        try:
            return read_document(source, encoding=encoding, errors=errors).text
        except ReadError as error:
            raise ReadError(str(error) if self.path is not None else f"standard input: {error}") from error


def expand(paths: Sequence[str]) -> Iterator[Input | ReadError]:
    """All files that `paths` name, in order; an error in the place of what cannot be opened."""
    for name in paths:
        if name == "-":
            yield Input("-", None)
        elif os.path.isdir(name):
            files = sorted(path for path in Path(name).rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
            if not files:
                yield ReadError(f"{name}: a folder without {', '.join(sorted(SUFFIXES))} files")
            yield from (Input(str(path), path) for path in files)
        else:
            yield Input(name, Path(name))
