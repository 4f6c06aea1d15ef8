"""Writing that leaves either the old file or the new one, never half of one."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from fzclf.errors import FzclfError


def check_folder(path: Path, own_files: Collection[str]) -> None:
    """Refuse a place where `write_folder` would lose something or could not write.

    Raises
    ------
    FzclfError
        If it is a file, holds other files than `own_files`, or lies in a folder that is missing or read-only.
    """
    path = _absolute(path)
    if path.exists() and not path.is_dir():
        raise FzclfError(f"{path}: is a file, not a folder; give another place with -o")
    strangers = sorted({child.name for child in path.iterdir()} - set(own_files)) if path.is_dir() else []
    if strangers:
        raise FzclfError(
            f"{path}: holds {strangers[0]!r}, which is no part of a model; give an empty or new folder with -o"
        )
    above = next(parent for parent in path.parents if parent.exists())
    if not os.access(above, os.W_OK):
        raise FzclfError(f"{path}: cannot be written (no permission in {above})")


def write_folder(path: Path, files: Mapping[str, bytes], verify: Callable[[Path], object]) -> None:
    """Write `files` into a new folder beside `path`, verify it there, then put it in place.

    Parameters
    ----------
    verify : callable
        Called with the new folder; what it raises stops the exchange, and the old folder stays.
    """
    path = Path(os.path.realpath(path))
    temporary, retired = _beside(path), _beside(path)
    try:
        check_folder(path, files)
        temporary.mkdir(parents=True)
        for name, content in files.items():
            _write_synced(temporary / name, content)
        _sync_folder(temporary)
        verify(temporary)
        if not path.exists():
            os.replace(temporary, path)
        elif not _exchange(temporary, path):
            _replace_in_two_steps(path, temporary, retired)
        _sync_folder(path.parent)
    except OSError as error:
        raise FzclfError(f"{path}: cannot be written ({error.strerror or error}); nothing was replaced") from error
    finally:
        with suppress(OSError):
            shutil.rmtree(temporary, ignore_errors=True)
            if os.path.lexists(path):
                shutil.rmtree(retired, ignore_errors=True)


@contextmanager
def text_file(path: Path, encoding: str) -> Iterator[TextIO]:
    """A text file to write to, which takes the place of `path` when the block ends well, and not before.

    A link is followed and the old permissions are kept; a device or a pipe is written to as it is.

    Raises
    ------
    FzclfError
        If it cannot be written; the old file is still whole.
    """
    path = Path(os.path.realpath(path))
    temporary = _beside(path)
    try:
        if path.is_dir():
            raise FzclfError(f"{path}: is a folder; give the name of a file with -o")
        if path.exists() and not path.is_file():
            with open(path, "w", encoding=encoding, errors="backslashreplace", newline="\n") as file:
                yield file
            return
        with open(temporary, "x", encoding=encoding, errors="backslashreplace", newline="\n") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            os.chmod(temporary, stat.S_IMODE(path.stat().st_mode))
        os.replace(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise FzclfError(f"{path}: cannot be written ({error.strerror or error}); the old file is unchanged") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))


def _beside(path: Path) -> Path:
    """A new name in the same folder; short, since `path` may have the longest name that the system allows."""
    return path.with_name(f".{secrets.token_hex(6)}.part")


def _write_synced(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """Make new names in a folder survive a loss of power, where the system can."""
    if os.name != "nt":
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _replace_in_two_steps(path: Path, new: Path, retired: Path) -> None:
    """Where names cannot be swapped: killed between the steps, the old folder stays under its hidden name."""
    try:
        os.replace(path, retired)
        os.replace(new, path)
    except BaseException:
        if not os.path.lexists(path):
            os.replace(retired, path)
        raise


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step; ``False`` where system or file system cannot, and nothing is done."""
    import ctypes

    if sys.platform == "linux":
        swap = getattr(ctypes.CDLL(None), "renameat2", None)  # RENAME_EXCHANGE, at the working folder
        return swap is not None and swap(-100, os.fsencode(one), -100, os.fsencode(other), 2) == 0
    if sys.platform == "darwin":
        swap = getattr(ctypes.CDLL(None), "renamex_np", None)  # RENAME_SWAP
        return swap is not None and swap(os.fsencode(one), os.fsencode(other), 2) == 0
    return False
