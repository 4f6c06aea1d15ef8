"""The target that takes model folders: a small model, its manifest and arrays damaged, signed again or not."""

from __future__ import annotations

import hashlib
import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from safetensors.numpy import load, save

from fuzz.choices import Choices
from fuzz.pieces import damaged
from fuzz.target import Target
from fzclf import FzclfError, classify, load_model, model_files
from fzclf.model_files import ARRAYS, MANIFEST
from fzclf.resources import default_model_folder

_N_TERMS = 12  # of each view
_TOKENS = (
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b",",
    b":",
    b"null",
    b"1e400",
    b"NaN",
    b"Infinity",
    b"-1",
    b"[" * 3000,
    b"9" * 5000,
    b"\\ud800",
)
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 1e308, float("nan"), float("inf"), -0.0, 1e-320, "", "a",
    "\ud800", "\x00", [], {},
    [[]], ["a"], ["a", "a"], [1, 2], {"a": 1}, "word", "char", [1, 1], [1, 8], [0, 1], [2, 1], [1, 10**9], "../x",
    "9" * 400,
)  # fmt: skip
_DTYPES = ("float32", "float16", "float64", "int64", "int32", "uint8", "int8", "bool", "uint64")
_NUMBERS = (0.0, 1.0, -1.0, 1e30, -1e30, 65504.0, float("nan"), float("inf"), 1e-40, 2.0**62)


@cache
def _sound() -> tuple[dict[str, Any], dict[str, Any]]:
    """Manifest and arrays of the packaged model, cut down to a few terms of each view."""
    folder = default_model_folder()
    manifest, arrays = json.loads((folder / MANIFEST).read_bytes()), load((folder / ARRAYS).read_bytes())
    for name in [name.removesuffix(".term_ends") for name in arrays if name.endswith(".term_ends")]:
        ends = arrays[f"{name}.term_ends"]
        first = len(ends) // 2
        few = slice(first + 1, first + 1 + _N_TERMS)
        arrays[f"{name}.terms"] = arrays[f"{name}.terms"][ends[first] : ends[first + _N_TERMS]].copy()
        arrays[f"{name}.term_ends"] = ends[few] - ends[first]
        for part in ("idf", "weights"):
            arrays[f"{name}.{part}"] = arrays[f"{name}.{part}"][few].copy()
    return manifest | {"golden": []}, arrays


def signed(manifest: dict[str, Any], arrays: bytes) -> dict[str, Any]:
    """With the checksums that the loader wants to see, as a forger would."""
    manifest = manifest | {"arrays_sha256": hashlib.sha256(arrays).hexdigest(), "arrays_bytes": len(arrays)}
    if hasattr(model_files, "_manifest_sha256"):
        manifest["manifest_sha256"] = model_files._manifest_sha256(manifest)
    return manifest


def packed(manifest: bytes, arrays: bytes) -> bytes:
    """Length of the manifest in four bytes, the manifest, the arrays."""
    return len(manifest).to_bytes(4, "little") + manifest + arrays


def _folder(choices: Choices) -> bytes:
    sound, tensors = _sound()
    manifest, tensors = deepcopy(sound), dict(tensors)
    for _ in range(choices.below(4)):
        _replace_tensor(choices, tensors)
    arrays = save(tensors)
    if choices.once_in(3):
        arrays = damaged(choices, arrays, (b"F16", b"I64", b"[9]", b"-1", b"{"), 3)
    for _ in range(choices.below(4)):
        _replace_value(choices, manifest)
    if not choices.once_in(8):
        manifest = signed(manifest, arrays)
    text = json.dumps(manifest, ensure_ascii=choices.once_in(2)).encode("utf-8", "surrogatepass")
    if choices.once_in(4):
        text = damaged(choices, text, _TOKENS, 3)
    return packed(text, arrays)


def _replace_value(choices: Choices, values: Any) -> None:
    """Walk into `values` by chance and put something odd there, or take it out."""
    place: Any = values
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = choices.pick(keys)
        inner = place[key]
        if isinstance(inner, dict | list) and inner and not choices.once_in(4):
            place = inner
        elif choices.once_in(5):
            del place[key]
            return
        elif choices.once_in(8) and isinstance(place, dict):
            place[choices.pick(("x", "", "name", "format"))] = inner
            return
        else:
            place[key] = deepcopy(choices.pick(_VALUES))
            return


def _replace_tensor(choices: Choices, tensors: dict[str, Any]) -> None:
    name = choices.pick(sorted(tensors))
    array = tensors[name]
    way = choices.below(6)
    if way == 0:
        del tensors[name]
    elif way == 1:
        with np.errstate(all="ignore"):
            tensors[name] = np.nan_to_num(array.astype("float64")).astype(choices.pick(_DTYPES))
    elif way == 2:
        tensors[name] = array.reshape(-1, *choices.pick(((1,), (1, 1), ())))
    elif way == 3:
        tensors[name] = np.ascontiguousarray(array[: choices.below(len(array) + 1)])
    elif array.size and array.dtype.kind == "f":
        with np.errstate(all="ignore"):
            array = array.copy()
            array.flat[choices.below(array.size)] = choices.pick(_NUMBERS)
        tensors[name] = array
    elif array.size:
        array = array.copy()
        array.flat[choices.below(array.size)] = choices.pick((0, 1, 127)) if way == 4 else choices.below(120)
        tensors[name] = array
    if not tensors:
        tensors["x"] = np.zeros(1)


def _check_folder(data: bytes) -> None:
    size = int.from_bytes(data[:4], "little")
    with TemporaryDirectory() as folder:
        (Path(folder) / MANIFEST).write_bytes(data[4 : 4 + size])
        (Path(folder) / ARRAYS).write_bytes(data[4 + size :])
        model = load_model(folder)
    for text in ("开展执法检查，天气很好。", ""):
        report = classify(text, model=model)
        json.loads(report.to_json())
        for paragraph in report:
            assert abs(sum(paragraph.probabilities.values()) - 1) < 1e-6
            assert all(sentence.evidence is not None for sentence in paragraph.sentences)


TARGETS = (Target("model", _folder, _check_folder, (FzclfError,)),)
