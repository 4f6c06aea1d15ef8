"""Writing that leaves either the old file or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from fzclf.errors import FzclfError


def write_file(path: Path, content: bytes) -> None:
    """Write beside `path`, flush to disk, then rename over it.

    Raises
    ------
    FzclfError
        If the folder is missing or cannot be written; the old file is still whole.
    """
    temporary = _beside(path)
    try:
        _write_synced(temporary, content)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FzclfError(f"{path}: cannot be written ({error.strerror or error}); the old file is unchanged") from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_folder(path: Path, files: Mapping[str, bytes], verify: Callable[[Path], object]) -> None:
    """Write `files` into a new folder beside `path`, verify it there, then put it in place.

    Parameters
    ----------
    verify : callable
        Called with the new folder; what it raises stops the exchange, and the old folder stays.
    """
    temporary = _beside(path)
    retired = _beside(path)
    try:
        temporary.mkdir(parents=True)
        for name, content in files.items():
            _write_synced(temporary / name, content)
        verify(temporary)
        if path.is_symlink() or path.is_file():
            raise FzclfError(f"{path}: is a file, not a folder; give another place with -o")
        if path.exists():
            os.replace(path, retired)
        os.replace(temporary, path)
    except OSError as error:
        _restore(retired, path)
        raise FzclfError(f"{path}: cannot be written ({error.strerror or error}); nothing was replaced") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        if path.exists():
            shutil.rmtree(retired, ignore_errors=True)


def _restore(retired: Path, path: Path) -> None:
    if retired.exists() and not path.exists():
        os.replace(retired, path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def text_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A text file to write to, which takes the place of `path` when the block ends well, and not before.

    Raises
    ------
    FzclfError
        If it cannot be written; the old file is still whole.
    """
    temporary = _beside(path)
    try:
        with open(temporary, "x", encoding=encoding, errors="backslashreplace", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        raise FzclfError(f"{path}: cannot be written ({error.strerror or error}); the old file is unchanged") from error
    finally:
        temporary.unlink(missing_ok=True)
