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
from fzclf import FzclfError, classify, load_model
from fzclf.features import FLAGS
from fzclf.model import Golden, Model, Review, View
from fzclf.model_files import ARRAYS, MANIFEST, write_model
from fzclf.terms import TermSettings, TermTable

_TOKENS = (b"{", b"}", b"[", b"]", b'"', b",", b":", b"null", b"1e400", b"NaN", b"Infinity", b"-1", b"[" * 3000, b"9" * 5000, b"\\ud800")
_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**63, 2**64, 1e308, float("nan"), float("inf"), -0.0, 1e-320, "", "a", "\ud800", "\x00", [], {},
    [[]], ["a"], ["a", "a"], [1, 2], {"a": 1}, "word", "char", [1, 1], [1, 8], [0, 1], [2, 1], [1, 10**9], "../x", "9" * 400,
)  # fmt: skip
_DTYPES = ("float32", "float16", "float64", "int64", "int32", "uint8", "int8", "bool", "uint64")
_NUMBERS = (0.0, 1.0, -1.0, 1e30, -1e30, 65504.0, float("nan"), float("inf"), 1e-40, 2.0**62)


@cache
def _sound() -> tuple[bytes, bytes]:
    """Manifest and arrays of a model of two views and six terms."""
    words = TermTable(TermSettings("word", (1, 2), False, True, None), ("天气", "执法", "执法 检查", "检查"), np.ones(4))
    pairs = TermTable(TermSettings("char", (2, 2), False, False, "l2"), ("执法", "法检"), np.full(2, 0.5))
    weights = np.linspace(-1, 1, 24, dtype=np.float32)
    model = Model(
        categories=("enforcement", "other"),
        names={"enforcement": "行政执法", "other": "其他"},
        views=(
            View("words", words, ("sentence", "heading"), weights[:16].reshape(4, 2, 2)),
            View("pairs", pairs, ("sentence",), weights[16:20].reshape(2, 1, 2)),
        ),
        flag_weights=np.zeros((len(FLAGS), 2), dtype=np.float32),
        bias=np.array([0.25, 0.5], dtype=np.float32),
        temperature=1.0,
        review=Review(known_share=0.0, known_share_text=0.0),
        golden=(),
    )
    with TemporaryDirectory() as folder:
        write_model(model, Path(folder) / "model", "")
        return (Path(folder) / "model" / MANIFEST).read_bytes(), (Path(folder) / "model" / ARRAYS).read_bytes()


def _folder(choices: Choices) -> bytes:
    """Length of the manifest in four bytes, the manifest, the arrays."""
    manifest, arrays = _sound()
    values = json.loads(manifest)
    if choices.once_in(2):
        tensors = load(arrays)
        for _ in range(choices.below(4)):
            _replace_tensor(choices, tensors)
        arrays = save(tensors)
    if choices.once_in(3):
        arrays = damaged(choices, arrays, (b"F16", b"I64", b"[9]", b"-1", b"{"), 3)
    if not choices.once_in(8):  # signed again, as a forger would
        values |= {"arrays_sha256": hashlib.sha256(arrays).hexdigest(), "arrays_bytes": len(arrays)}
    for _ in range(choices.below(4)):
        _replace_value(choices, values)
    manifest = json.dumps(values, ensure_ascii=choices.once_in(2)).encode("utf-8", "surrogatepass")
    if choices.once_in(4):
        manifest = damaged(choices, manifest, _TOKENS, 3)
    return len(manifest).to_bytes(4, "little") + manifest + arrays


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
