"""Model folders: ``manifest.json`` and ``arrays.safetensors``, checked before they are believed.

Nothing in a model folder is code, and reading one runs none. The manifest holds a format
number, all settings and the sha256 of the arrays; loading checks length, checksum,
shapes, number ranges and names, and says in one line what is wrong.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fzclf.codes import code_points
from fzclf.errors import ModelError
from fzclf.features import CHANNELS, FLAGS
from fzclf.model import Golden, Model, Review, View
from fzclf.publishing import write_folder
from fzclf.terms import Terms, TermSettings, TermTable

FORMAT = 1
MODEL_FILES = MANIFEST, ARRAYS, CARD = "manifest.json", "arrays.safetensors", "README.md"
LARGEST_MANIFEST = 16 << 20  # bytes
LARGEST_ARRAYS = 512 << 20
_LARGEST_IDF = 1e6  # ln of any number of documents is far below
_MAGIC = "fzclf model"
Arrays = dict[str, NDArray[Any]]


def write_model(model: Model, folder: Path, card: str) -> None:
    """Write a model folder; an existing one is replaced only when the new one has been read back."""
    from safetensors.numpy import save

    arrays = save(_arrays_of(model))
    manifest = _manifest_of(model) | {"arrays_sha256": hashlib.sha256(arrays).hexdigest(), "arrays_bytes": len(arrays)}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    files = {MANIFEST: text.encode(), ARRAYS: arrays, CARD: card.encode()}
    write_folder(folder, files, read_model)


def read_model(folder: Path) -> Model:
    """Read and check a model folder.

    Raises
    ------
    ModelError
        If it is missing, no model, of a newer format, or damaged; the message says which.
    """
    manifest = _read_manifest(folder / MANIFEST)
    return _checked(lambda: _model_from(manifest, _read_arrays(folder / ARRAYS, manifest)), folder)


def _read_arrays(path: Path, manifest: Mapping[str, Any]) -> Arrays:
    """The arrays, if they are those that the manifest speaks of."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    content = _read_bytes(path, LARGEST_ARRAYS)
    if len(content) != manifest.get("arrays_bytes"):
        raise ModelError(
            f"{path}: is {len(content)} bytes long, the manifest says {manifest.get('arrays_bytes')}; "
            "the folder is damaged, copy or train it again"
        )
    if hashlib.sha256(content).hexdigest() != manifest.get("arrays_sha256"):
        raise ModelError(f"{path}: sha256 differs from the manifest; the folder is damaged, copy or train it again")
    try:
        return load(content)
    except SafetensorError as error:
        raise ValueError(f"{ARRAYS}: {error}") from error


def _checked(build: Callable[[], Model], folder: Path) -> Model:
    """Turn whatever a forged manifest breaks on into one clear error."""
    try:
        return build()
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError, MemoryError) as error:
        reason = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ModelError(f"{folder}: not a valid model: {reason}; copy or train it again") from error


# --- reading --------------------------------------------------------------------------------


def _read_bytes(path: Path, largest: int) -> bytes:
    try:
        if not path.is_file():
            raise ModelError(
                f"{path}: no such file, so {path.parent} is not a model folder; train one with 'fzclf train'"
            )
        size = path.stat().st_size
        if size > largest:
            raise ModelError(f"{path}: {size} bytes, more than the {largest} that a model may have")
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error})") from error


def _read_manifest(path: Path) -> dict[str, Any]:
    content = _read_bytes(path, LARGEST_MANIFEST)
    try:
        manifest = json.loads(content, object_pairs_hook=_without_duplicates)
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not valid JSON ({error}); the folder is damaged, copy or train it again") from error
    if not isinstance(manifest, dict) or manifest.get("kind") != _MAGIC:
        raise ModelError(f"{path}: not the manifest of an fzclf model (its kind must be {_MAGIC!r})")
    number = manifest.get("format")
    if isinstance(number, int) and number > FORMAT:
        raise ModelError(f"{path}: format {number} is newer than this library reads ({FORMAT}); upgrade fzclf")
    if number != FORMAT:
        raise ModelError(f"{path}: unknown format {number!r}; this library reads {FORMAT}")
    return manifest


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _model_from(manifest: Mapping[str, Any], arrays: Arrays) -> Model:
    """A model of what was read; `arrays` is emptied on the way, so that nothing is held twice."""
    categories = _strings(manifest["categories"], "categories")
    if len(categories) < 2 or len(set(categories)) != len(categories):
        raise ValueError(f"categories must be two or more different names, not {list(categories)}")
    channels = _strings(manifest["channels"], "channels")
    if not channels or not set(channels) <= set(CHANNELS) or len(set(channels)) != len(channels):
        raise ValueError(f"channels must be different ones of {list(CHANNELS)}, not {list(channels)}")
    flags = _strings(manifest["flags"], "flags")
    if flags != FLAGS:
        raise ValueError(f"flags must be {list(FLAGS)}, not {list(flags)}")
    temperature = float(manifest["temperature"])
    if not 1e-3 < temperature < 1e3:
        raise ValueError(f"temperature {temperature} is out of range")
    model = Model(
        categories=categories,
        names={str(key): str(name) for key, name in manifest["names"].items()},
        views=tuple(_view_from(view, arrays, len(categories)) for view in manifest["views"]),
        channels=channels,
        context=_floats(arrays, "context", (len(channels), len(categories), len(categories))),
        flag_weights=_floats(arrays, "flag_weights", (len(FLAGS), len(categories))),
        bias=_floats(arrays, "bias", (len(categories),)),
        temperature=temperature,
        review=_review_from(manifest["review"]),
        golden=tuple(Golden(str(g["text"]), tuple(float(m) for m in g["margins"])) for g in manifest["golden"]),
        card=dict(manifest["card"]),
        sha256=str(manifest["arrays_sha256"]),
    )
    _check_whole(model)
    return model


def _check_whole(model: Model) -> None:
    """What concerns more than one part of a model."""
    if not model.views:
        raise ValueError("views must hold at least one")
    if set(model.names) != set(model.categories):
        raise ValueError(f"names must be given for {list(model.categories)}, not {list(model.names)}")
    for golden in model.golden:
        if not golden.text.strip() or len(golden.margins) != len(model.categories):
            raise ValueError("a golden prediction must have words, and one margin for each category")
        if not all(map(math.isfinite, golden.margins)):
            raise ValueError("golden margins must be finite")


def _review_from(limits: Mapping[str, Any]) -> Review:
    if not all(type(value) in (int, float) and math.isfinite(value) for value in limits.values()):
        raise ValueError(f"review limits must be finite numbers, not {dict(limits)}")
    review = Review(**limits)
    if type(review.fewest_characters) is not int:
        raise ValueError(f"fewest_characters must be a whole number, not {review.fewest_characters}")
    return review


def _view_from(view: Mapping[str, Any], arrays: Arrays, n_categories: int) -> View:
    name = str(view["name"])
    settings = dict(view["settings"])
    low, high = (int(bound) for bound in settings["ngram_range"])
    settings |= {"ngram_range": (low, high), "user_words": _strings(settings["user_words"], "user_words")}
    if settings["analyzer"] not in ("word", "char") or not 1 <= low <= high <= 8:
        raise ValueError(f"view {name!r}: unknown analyzer or n-gram range")
    if settings["norm"] not in (None, "l1", "l2"):
        raise ValueError(f"view {name!r}: unknown norm {settings['norm']!r}")
    if any(type(settings[flag]) is not bool for flag in ("lowercase", "sublinear_tf")):
        raise ValueError(f"view {name!r}: lowercase and sublinear_tf must be true or false")
    if any(len(word.splitlines()) > 1 for word in settings["user_words"]):
        raise ValueError(f"view {name!r}: a user word has a line break")
    terms = _unpack_terms(arrays.pop(f"{name}.terms"), arrays.pop(f"{name}.term_ends"))
    idf = arrays.pop(f"{name}.idf")
    if idf.dtype != np.float64 or idf.shape != (len(terms),) or not (np.abs(idf) < _LARGEST_IDF).all():
        raise ValueError(f"{name}.idf must be {len(terms)} numbers below {_LARGEST_IDF:g}")
    weights = _floats(arrays, f"{name}.weights", (len(terms), n_categories))
    return View(name, TermTable(TermSettings(**settings), terms, idf), weights)


def _floats(arrays: Arrays, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    array = arrays.pop(name)
    if array.dtype not in (np.float32, np.float16) or array.shape != shape:
        raise ValueError(f"{name} must be float32 or float16 of shape {shape}, not {array.dtype} of {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return array.astype(np.float32, copy=False)


def _strings(value: object, name: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{name} must be a list of strings")
    return tuple(value)


def _unpack_terms(content: NDArray[Any], ends: NDArray[Any]) -> Terms:
    """Terms of their UTF-8 bytes; they must be sorted and different, as training leaves them."""
    if content.dtype != np.uint8 or ends.dtype != np.int64 or content.ndim != 1 or ends.ndim != 1:
        raise ValueError("terms must be bytes with 64-bit ends")
    bounds = np.concatenate([[0], ends])
    if (np.diff(bounds) < 0).any() or bounds[-1] != len(content):
        raise ValueError("the ends of the terms do not fit their bytes")
    begins = np.append(content & 0xC0 != 0x80, True)  # a character, or the end
    if not begins[bounds].all():
        raise ValueError("a term ends inside a character")
    n_before = np.cumsum(begins) - begins
    terms = Terms(content.tobytes().decode("utf-8", "surrogatepass"), n_before[bounds])
    if not _ascending(terms):
        raise ValueError("terms must be sorted and different")
    return terms


def _ascending(terms: Terms) -> bool:
    """Whether each term is greater than the one before; all pairs are compared at once, place by place."""
    codes = np.append(code_points(terms.joined).astype(np.int64), -1)
    starts, lengths = terms.bounds[:-1], np.diff(terms.bounds)
    left = np.arange(len(terms) - 1)
    for place in range(int(lengths.max(initial=0)) + 1):
        if place > 64 or not len(left):
            break
        one, other = (
            np.where(place < lengths[numbers], codes[np.minimum(starts[numbers] + place, len(codes) - 1)], -1)
            for numbers in (left, left + 1)
        )
        if (one > other).any() or (np.maximum(one, other) < 0).any():
            return False
        left = left[one == other]
    return all(terms[number] < terms[number + 1] for number in left.tolist())


# --- writing --------------------------------------------------------------------------------


def _arrays_of(model: Model) -> Arrays:
    arrays: Arrays = {"context": model.context, "flag_weights": model.flag_weights, "bias": model.bias}
    for view in model.views:
        encoded = [term.encode("utf-8", "surrogatepass") for term in view.table.terms]
        arrays[f"{view.name}.terms"] = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        arrays[f"{view.name}.term_ends"] = np.cumsum([len(term) for term in encoded], dtype=np.int64)
        arrays[f"{view.name}.idf"] = view.table.idf
        arrays[f"{view.name}.weights"] = view.weights.astype(np.float16)
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _manifest_of(model: Model) -> dict[str, Any]:
    return {
        "kind": _MAGIC,
        "format": FORMAT,
        "categories": list(model.categories),
        "names": dict(model.names),
        "channels": list(model.channels),
        "flags": list(FLAGS),
        "temperature": model.temperature,
        "review": vars(model.review),
        "golden": [{"text": golden.text, "margins": list(golden.margins)} for golden in model.golden],
        "card": dict(model.card),
        "views": [{"name": view.name, "settings": vars(view.table.settings)} for view in model.views],
    }
