"""Model folders: ``manifest.json`` and ``arrays.safetensors``, checked before they are believed.

Nothing in a model folder is code, and reading one runs none. The manifest holds a format
number, all settings and the sha256 of the arrays; loading checks length, checksum,
shapes, number ranges and names, and says in one line what is wrong. What is refused is
refused before memory is spent on it.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from fzclf.errors import ModelError
from fzclf.model import Model
from fzclf.model_record import Arrays, arrays_of, manifest_of, model_from
from fzclf.publishing import write_folder

FORMAT = 1
MODEL_FILES = MANIFEST, ARRAYS, CARD = "manifest.json", "arrays.safetensors", "README.md"
LARGEST_MANIFEST = 4 << 20  # bytes; JSON grows twentyfold in memory, [[],[],…]
LARGEST_ARRAYS = 64 << 20  # some million terms; the bytes and their arrays are in memory at once
LARGEST_HEADER = 64 << 10  # of the arrays; the reader of safetensors spends 1 kB on each name
_MAGIC = "fzclf model"
T = TypeVar("T")


def write_model(model: Model, folder: Path, card: str) -> None:
    """Write a model folder; an existing one is replaced only when the new one has been read back."""
    from safetensors.numpy import save

    arrays = save(arrays_of(model))
    manifest = {
        "kind": _MAGIC,
        "format": FORMAT,
        "arrays_sha256": hashlib.sha256(arrays).hexdigest(),
        "arrays_bytes": len(arrays),
        **manifest_of(model),
    }
    manifest["manifest_sha256"] = _manifest_sha256(manifest)
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    # What UTF-8 cannot hold are lone surrogates; with a backslash they are JSON's own escapes.
    files = {MANIFEST: text.encode("utf-8", "backslashreplace"), ARRAYS: arrays, CARD: card.encode("utf-8", "replace")}
    write_folder(folder, files, read_model)


def read_model(folder: Path) -> Model:
    """Read and check a model folder.

    Raises
    ------
    ModelError
        If it is missing, no model, of a newer format, or damaged; the message says which.
    """
    manifest = _read_manifest(folder / MANIFEST)
    arrays = _read_arrays(folder, manifest)
    return checked(lambda: model_from(manifest, arrays), folder)


def _read_arrays(folder: Path, manifest: Mapping[str, Any]) -> Arrays:
    content = _read_bytes(folder / ARRAYS, LARGEST_ARRAYS)
    if len(content) != manifest.get("arrays_bytes"):
        raise ModelError(
            f"{folder / ARRAYS}: is {len(content)} bytes long, the manifest says "
            f"{manifest.get('arrays_bytes')}; the folder is damaged, copy or train it again"
        )
    if hashlib.sha256(content).hexdigest() != manifest.get("arrays_sha256"):
        raise ModelError(
            f"{folder / ARRAYS}: sha256 differs from the manifest; the folder is damaged, copy or train it again"
        )
    return checked(lambda: _load_arrays(content), folder)


def checked(build: Callable[[], T], folder: Path) -> T:
    """Turn whatever a forged model breaks on into one clear error.

    Raises
    ------
    ModelError
        With the first of what was wrong.
    """
    try:
        return build()
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, MemoryError, RecursionError) as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
        raise ModelError(f"{folder}: not a valid model: {reason}; copy or train it again") from error


def _load_arrays(content: bytes) -> Arrays:
    """The arrays of a file whose table of contents is small and names each array once."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    length = int.from_bytes(content[:8], "little")
    if length > min(LARGEST_HEADER, len(content) - 8):
        raise ValueError(f"{ARRAYS}: a header of {length} bytes")
    json.loads(content[8 : 8 + length], object_pairs_hook=_without_duplicates)
    try:
        arrays: Arrays = load(content)
    except SafetensorError as error:
        raise ValueError(f"{ARRAYS}: {error}") from error
    return arrays


# --- bytes and JSON -------------------------------------------------------------------------


def _read_bytes(path: Path, largest: int) -> bytes:
    """A file of the folder as bytes; pipes, devices, links that lead out of it and huge files are refused."""
    try:
        place = Path(os.path.realpath(path))
        if not place.is_file():
            raise ModelError(
                f"{path}: no such file, so {path.parent} is not a model folder; train one with 'fzclf train'"
            )
        if place.parent != Path(os.path.realpath(path.parent)):
            raise ModelError(f"{path}: is a link that leads out of the folder; copy the model with 'cp -rL'")
        with open(place, "rb", opener=_opened_as_it_is) as file:
            size = _size_of(file.fileno(), path, largest)
            content = file.read(size + 1)
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error
    except ValueError as error:  # a name with a NUL or a lone surrogate
        raise ModelError(f"{str(path)!r}: no name of a file ({error})") from error
    if len(content) != size:
        raise ModelError(f"{path}: changed while it was read; read it again")
    return content


def _opened_as_it_is(place: str, flags: int) -> int:
    """Open without waiting for a pipe's writer or following a link that has come since."""
    return os.open(place, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _size_of(descriptor: int, path: Path, largest: int) -> int:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path}: no plain file")
    if status.st_size > largest:
        raise ModelError(f"{path}: {status.st_size} bytes, more than the {largest} that a model may have")
    return status.st_size


def _read_manifest(path: Path) -> Mapping[str, Any]:
    content = _read_bytes(path, LARGEST_MANIFEST)
    try:
        manifest = json.loads(content, object_pairs_hook=_without_duplicates)
        sha256 = _manifest_sha256(manifest) if isinstance(manifest, dict) else None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not valid JSON ({error}); the folder is damaged, copy or train it again") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != _MAGIC:
        raise ModelError(f"{path}: not the manifest of an fzclf model (its kind must be {_MAGIC!r})")
    number = manifest.get("format")
    if type(number) is not int or number < 1:
        raise ModelError(f"{path}: unknown format {number!r}; this library reads {FORMAT}")
    if number > FORMAT:
        raise ModelError(f"{path}: format {number} is newer than this library reads ({FORMAT}); upgrade fzclf")
    if manifest.get("manifest_sha256") != sha256:
        raise ModelError(f"{path}: sha256 differs; the folder is damaged, copy or train it again")
    return manifest


def _manifest_sha256(manifest: Mapping[str, Any]) -> str:
    """Of all that a manifest says but itself, however it is laid out."""
    said = {name: value for name, value in manifest.items() if name != "manifest_sha256"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found
