"""Forged model folders: every checksum is right, what they hold is not."""

import json
import random
import shutil

import numpy as np
import pytest
from conftest import ROOT
from forging import (
    arrays_of,
    edit_arrays,
    edit_manifest,
    manifest_of,
    refused,
    safetensors_file,
    write_arrays,
    write_manifest,
)

from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.tagging import classify

EXAMPLE = ROOT / "tests" / "formats" / "2" / "model"


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(EXAMPLE, tmp_path / "model")


ONE = {"dtype": "F32", "data_offsets": [0, 24], "shape": [6]}


@pytest.mark.parametrize(
    "content",
    [
        safetensors_file({"bias": ONE | {"shape": [2**60]}}),
        safetensors_file({"bias": ONE | {"shape": [2**60], "data_offsets": [0, 2**62]}}),
        safetensors_file({"bias": ONE | {"shape": [2**32, 2**32], "data_offsets": [0, 0]}}),
        safetensors_file({"bias": ONE | {"shape": [0, 2**60], "data_offsets": [0, 0]}}, 0),
        safetensors_file({"bias": ONE | {"shape": [-6]}}),
        safetensors_file({"bias": ONE | {"shape": [-(2**63)]}}),
        safetensors_file({"bias": ONE | {"shape": [1] * 70 + [6]}}, 24),
        safetensors_file({"bias": ONE | {"data_offsets": [24, 0]}}),
        safetensors_file({"bias": ONE | {"data_offsets": [-24, 0]}}),
        safetensors_file({"bias": ONE | {"data_offsets": [2**63, 2**64]}}),
        safetensors_file({"bias": ONE, "flag_weights": ONE}, 24),
        safetensors_file({"bias": ONE | {"dtype": "PICKLE"}}, 24),
        safetensors_file({f"a{i}": ONE | {"shape": [0], "data_offsets": [0, 0]} for i in range(5000)}, 0),
        safetensors_file(b'{"bias":' + json.dumps(ONE).encode() + b',"bias":' + json.dumps(ONE).encode() + b"}", 24),
        safetensors_file(b"[" * 60_000, 0),
        safetensors_file({}, 24, length=2**63),
        safetensors_file({}, 24, length=2**64 - 1),
        b"",
        b"\x02",
    ],
    ids=range(19),
)
def test_a_forged_table_of_contents_is_refused(folder, content):
    write_arrays(folder, content)
    assert refused(folder)


def float_arrays():
    return [name for name, array in arrays_of(EXAMPLE).items() if array.dtype.kind == "f"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(folder, value):
    for name in float_arrays():
        arrays = arrays_of(folder)
        arrays[name].flat[-1] = value
        broken = shutil.copytree(folder, folder.parent / name)
        edit_arrays(broken, **arrays)
        assert refused(broken, "not finite|numbers below")


def of_terms(*terms, n_categories=6, n_channels=7):
    """The arrays of a view of words with these terms."""
    encoded = [term.encode() for term in terms]
    return {
        "words.terms": np.frombuffer(b"".join(encoded), np.uint8),
        "words.term_ends": np.cumsum([0, *map(len, encoded)], dtype=np.int64)[1:],
        "words.idf": np.ones(len(terms)),
        "words.weights": np.zeros((len(terms), n_channels, n_categories), np.float32),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (of_terms("一" * 400), "a term is longer than 2 words"),
        (of_terms("一 二 三 四 五"), "a term is longer than 2 words"),
        (of_terms("b", "a"), "sorted and different"),
        (of_terms("a", "a"), "sorted and different"),
        ({"words.term_ends": np.full(len(arrays_of(EXAMPLE)["words.idf"]), 2**62)}, "do not fit their bytes"),
        ({"words.term_ends": np.array([[3]], np.int64)}, "must be"),
        ({"chars.terms": np.zeros(9, np.int8)}, "must be bytes"),
        ({"chars.idf": np.ones((1, 1))}, "must be"),
        ({"evil": np.zeros(3)}, "arrays that no view names"),
        ({"../../evil": np.zeros(3)}, "arrays that no view names"),
        ({"chars.weights": None}, "lacks 'chars.weights'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(folder, changes, message):
    edit_arrays(folder, **changes)
    assert refused(folder, message)


@pytest.mark.parametrize("changes", [of_terms(), of_terms(""), of_terms("", " ", "   ", "法"), of_terms("一" * 333)])
def test_odd_terms_that_fit_are_harmless(folder, changes):
    edit_arrays(folder, **changes)
    edit_manifest(folder, golden=[])
    assert classify("执法检查。  法", model=load_model(folder)).to_json()


def test_idf_of_zero_and_the_largest_weights_give_numbers(folder):
    arrays = arrays_of(folder)
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            arrays[name] = np.zeros_like(array) if "idf" in name else np.full(array.shape, 3e38, np.float32)
    edit_arrays(folder, **arrays)
    edit_manifest(folder, golden=[])
    assert "NaN" not in classify("执法检查，办理复议。", model=load_model(folder)).to_json()


def with_view(**changes):
    """Views of the example, the first one changed."""
    first, *others = manifest_of(EXAMPLE)["views"]
    settings = {name: changes.pop(name) for name in list(changes) if name in first["settings"]}
    return {"views": [first | {"settings": first["settings"] | settings} | changes, *others]}


def text_of(words):
    return {"golden": [{"text": words, "margins": [0.0] * 6}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (with_view(name="../../evil"), "no word of letters"),
        (with_view(name=7), "no word of letters"),
        ({"views": manifest_of(EXAMPLE)["views"] * 2}, "of different names"),
        ({"views": [{"name": "words"}] * 100_000}, "of different names"),
        ({"views": [{"name": f"v{i}"} for i in range(9)]}, "at most 8"),
        (with_view(ngram_range=[1, 9]), "n-gram range"),
        (with_view(ngram_range=[1, 2**70]), "n-gram range"),
        (with_view(ngram_range=[1.0, 2.0]), "whole numbers"),
        (with_view(user_words=["法" * 101]), "a user word has"),
        (with_view(user_words=["法" * 99] * 3000), "user words of more than"),
        (with_view(user_words=["法\u2028治"]), "a user word has a line break"),
        (with_view(settings=manifest_of(EXAMPLE)["views"][0]["settings"] | {"surprise": 1}), "unexpected keyword"),
        ({"names": {"enforcement": "\x1b[2J"}}, "names must be given"),
        ({"names": dict.fromkeys(manifest_of(EXAMPLE)["categories"], "\u202e法")}, "printable"),
        ({"names": dict.fromkeys(manifest_of(EXAMPLE)["categories"], "法" * 101)}, "printable"),
        ({"categories": ["a\x1b", "b"]}, "printable"),
        ({"review": {"fewest_characters": 10**30}}, "review limits"),
        ({"review": {"fewest_characters": -1}}, "review limits"),
        ({"review": {"known_share": float("nan")}}, "review limits"),
        ({"card": {"data": []}}, "not a valid model"),
        ({"card": {"data": {"real_reports": [[]]}}}, "list of strings"),
        ({"card": {"data": {"sha256": 1}}}, "must be a string"),
        ({"tokenizer": {"jieba": [1]}}, "signature"),
        ({"tokenizer": 1}, "not a valid model"),
        (text_of("一、总体情况"), "no sentence"),
        (text_of("法" * 1001), "must have words"),
        ({"golden": text_of("执法。")["golden"] * 101}, "more than 100"),
        ({"temperature": "0.5"}, "out of range"),
        ({"temperature": 10**400}, "temperature 1000"),
        ({"format": True}, "unknown format"),
        ({"format": -1}, "unknown format"),
        ({"format": 10**400}, "newer|unknown format|not valid JSON"),
        ({"arrays_bytes": "x" * 100_000}, "the manifest says x"),
        ({"categories": ["x" * 100_000, "y"]}, "printable"),
    ],
)
def test_a_forged_manifest_is_refused(folder, changes, message):
    edit_manifest(folder, **changes)
    assert refused(folder, message)


def test_odd_user_words_are_harmless(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))
    words = ["法治 " + "9" * 15, "执法 0", "   ", "", "\ud800", "\0", "a b c d 3 x", "法" * 100]
    edit_manifest(folder, **with_view(user_words=words), golden=[])
    assert classify("法治检查。", model=load_model(folder)).to_json()


def places(value, path=()):
    """Paths of every value inside a manifest."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


NASTY = (
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1e308,
    float("nan"),
    "",
    "../x",
    "\x1b[2J",
    "\ud800",
    [],
    [[]],
    {},
    {"a": 1},
)


def test_any_value_in_the_place_of_any_other_is_refused_or_harmless(folder):
    """Every place of the manifest outside the card, signed again."""
    manifest = manifest_of(folder)
    chance = random.Random(6)
    spots = [(path, new) for path in places(manifest) if path and path[0] != "card" for new in NASTY]
    n_refused = n_harmless = 0
    for path, new in chance.sample(spots, 1200):
        write_manifest(folder, replaced(manifest, path, new))
        try:
            model = load_model(folder)
        except ModelError:
            n_refused += 1
            continue
        classify("执法检查，\n办理复议。", model=model).to_json()
        n_harmless += 1
    assert n_refused + n_harmless == 1200
    assert n_refused > 1000
