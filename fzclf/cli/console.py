"""Streams of a terminal: log and progress on stderr, results on stdout, any encoding survives."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

T = TypeVar("T")
# What an argument completes to: shtab's own constants, without importing shtab at every start.
FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}
FOLDERS = {"bash": "_shtab_compgen_dirs", "zsh": "_files -/", "tcsh": "d"}


def ready_streams() -> None:
    """Let characters that the console cannot show be escaped instead of stopping the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def machine_stdout() -> TextIO:
    """Standard output for data: UTF-8 when it is piped or redirected, unless PYTHONIOENCODING says otherwise."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None and not sys.stdout.isatty() and not os.environ.get("PYTHONIOENCODING"):
        reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    return sys.stdout


def say(message: str) -> None:
    """A line of log; names in it cannot move the cursor."""
    from fzclf.outputs import visible

    print(visible(message), file=sys.stderr)


def fail(message: str) -> None:
    """A line that says what went wrong."""
    say(f"fzclf: {message}")


def progress(things: Iterable[T], total: int, what: str) -> Iterator[T]:
    """`things` with a progress bar on stderr; silent when stderr is no terminal or there is little to do."""
    from tqdm import tqdm

    quiet = not sys.stderr.isatty() or total < 2
    yield from tqdm(things, total=total, desc=what, unit="file", file=sys.stderr, disable=quiet, leave=False)


def columns() -> int:
    """Width for tables: ``COLUMNS``, the terminal's, or 120 where there is neither."""
    return max(shutil.get_terminal_size((120, 24)).columns, 60)
