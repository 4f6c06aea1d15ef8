"""Files of arrays in the user's cache folder: written whole or not at all, checked when read, mapped into memory.

A cache that is missing, damaged, read-only or of another user is no error: what it
would have held is made again.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

_MAGIC = b"fzclfarr"


def cache_folder() -> Path:
    """``$FZCLF_CACHE_DIR``, or the place where this system keeps a user's caches.

    Raises
    ------
    RuntimeError
        If the user has no home folder.
    """
    chosen = os.environ.get("FZCLF_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "fzclf" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fzclf"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fzclf"


def cached_file(kind: str, inputs: Iterable[bytes]) -> Path | None:
    """Where what is made of `inputs` is kept, under their hash; ``None`` if there is no place."""
    digest = hashlib.sha256(kind.encode())
    for content in inputs:
        digest.update(hashlib.sha256(content).digest())
    try:
        return cache_folder() / f"{kind}-{digest.hexdigest()[:32]}.bin"
    except RuntimeError:
        return None


def write_arrays(path: Path, arrays: Mapping[str, NDArray[Any]]) -> bool:
    """Keep one-dimensional arrays; ``False`` where the folder cannot be written."""
    import tempfile

    header = json.dumps([[name, array.dtype.str, len(array)] for name, array in arrays.items()]).encode()
    header += b" " * (-(len(header) + 48) % 64)
    body = len(header).to_bytes(8, "little") + header
    body += b"".join(array.tobytes() + bytes(-array.nbytes % 64) for array in arrays.values())
    try:
        # Readable by all, writable by the owner: an image may be warmed up by root and used by somebody else.
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_MAGIC + hashlib.sha256(body).digest() + body)
            Path(partial).chmod(0o644)
            Path(partial).replace(path)
        except OSError:
            Path(partial).unlink()
            return False
    except OSError:
        return False
    return True


def read_arrays(path: Path) -> dict[str, NDArray[Any]] | None:
    """Map what `write_arrays` kept; ``None`` if it is missing, damaged or could be another user's.

    The kernels do not check what they walk, and machine code is run, so every byte is
    held against the file's checksum, and a file that somebody else could have written
    is not used.
    """
    try:
        with path.open("rb") as file:
            if not _is_ours(os.fstat(file.fileno())):
                return None
            view = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
    except (OSError, ValueError):
        return None
    content = memoryview(view)
    if content[:8] != _MAGIC or hashlib.sha256(content[40:]).digest() != content[8:40]:
        return None
    at = 48 + int.from_bytes(content[40:48], "little")
    arrays: dict[str, NDArray[Any]] = {}
    for name, dtype, length in json.loads(bytes(content[48:at])):
        arrays[name] = np.frombuffer(content, np.dtype(dtype), length, at)
        at += arrays[name].nbytes + -arrays[name].nbytes % 64
    return arrays


def _is_ours(status: os.stat_result) -> bool:
    """Owned by this user or by root, and writable by the owner only; Windows keeps users apart itself."""
    if sys.platform == "win32":
        return True
    return status.st_uid in (os.geteuid(), 0) and not status.st_mode & 0o022
