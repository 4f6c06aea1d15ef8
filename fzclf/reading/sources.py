"""From a path to bytes: one clear error for everything that can be wrong with a file."""

from __future__ import annotations

import errno
import os
import stat

from fzclf.errors import ReadError

_LONGEST_SHOWN = 160
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0)
_CHUNK = 1024 * 1024
_REASONS = {
    errno.ENOENT: "no such file; check the name and the folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder; check the path",
    errno.EACCES: "no permission to read it; change the file's mode or its owner",
    errno.EPERM: "no permission to read it; change the file's mode or its owner",
    errno.ELOOP: "its symbolic links lead in a circle; name the file that they should lead to",
    errno.ENAMETOOLONG: "the name is longer than the system allows; shorten it",
    errno.EIO: "the disk or the network share failed while reading; copy the file elsewhere and try again",
    errno.ESTALE: "it vanished from the network share while being read; try again",
}
_NO_FILES = (
    (stat.S_ISDIR, "a folder, not a file; name the files in it"),
    (
        stat.S_ISFIFO,
        "a named pipe, which could block for ever; pass its bytes instead, on the command line with -",
    ),
    (stat.S_ISSOCK, "a socket, not a file; save its data to a file first"),
    (stat.S_ISCHR, "a device, not a file; pass its bytes instead, on the command line with -"),
    (stat.S_ISBLK, "a device, not a file; copy the data to a file first"),
)


def shown(path: str | bytes) -> str:
    """A path as it can stand in a message: printable, the middle left out beyond 160 characters."""
    words = os.fsdecode(path)
    words = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in words)
    half = _LONGEST_SHOWN // 2
    return words if len(words) <= _LONGEST_SHOWN else f"{words[:half]}…{words[-half:]}"


def load(path: str | bytes, limit_bytes: int) -> bytes:
    """All bytes of a regular file that stays as it is while it is read.

    Raises
    ------
    ReadError
        If there is no such file, it may not be read, is a folder, pipe or device, is larger
        than `limit_bytes`, or changes while it is being read. Never blocks on a pipe.
    """
    place = shown(path)
    try:
        # A pipe is told by its name before opening it: opening would wake up whoever writes to it.
        _refuse_no_file(os.stat(path).st_mode, place)  # noqa: PTH116 (bytes are paths, too)
        handle = os.open(path, _OPEN_FLAGS)
        try:
            return _read_stable(handle, place, limit_bytes)
        finally:
            os.close(handle)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0) or f"{error.strerror or error}; check the file"
        raise ReadError(f"{place}: {reason}") from None
    except ValueError:
        raise ReadError(f"{place}: the path has a NUL character, which no file name can have; check the name") from None


def refuse_above(n_bytes: int, limit_bytes: int, place: str) -> None:
    """Raise ReadError if a file has more bytes than allowed."""
    if n_bytes > limit_bytes:
        raise ReadError(
            f"{place}: {n_bytes:,} bytes or more, at most {limit_bytes:,} are read; "
            "split the file, or raise Limits.file_bytes"
        )


def _read_stable(handle: int, place: str, limit_bytes: int) -> bytes:
    before = os.fstat(handle)
    _refuse_no_file(before.st_mode, place)
    refuse_above(before.st_size, limit_bytes, place)
    data = _read_up_to(handle, limit_bytes + 1)
    refuse_above(len(data), limit_bytes, place)
    after = os.fstat(handle)
    same = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    # Files under /proc say 0 bytes and have more; they are snapshots, not growing files.
    if not same or (len(data) != before.st_size and before.st_size > 0):
        raise ReadError(f"{place}: changed while it was being read; wait until it is written, then try again")
    return data


def _read_up_to(handle: int, n_bytes: int) -> bytes:
    chunks: list[bytes] = []
    left = n_bytes
    while left > 0 and (chunk := os.read(handle, min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def _refuse_no_file(mode: int, place: str) -> None:
    for test, reason in _NO_FILES:
        if test(mode):
            raise ReadError(f"{place}: {reason}")
