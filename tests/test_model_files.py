"""Model folders: what is written is read back, and whatever is damaged is refused in one line."""

import os
import sys
from itertools import pairwise

import numpy as np
import pytest
from conftest import ROOT
from forging import edit_arrays, edit_manifest
from hypothesis import given
from hypothesis import strategies as st

from fzclf import model_record
from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.model_files import ARRAYS, MANIFEST, read_model, write_model
from fzclf.terms import Terms, TermSettings

WORDS = TermSettings()


@pytest.fixture
def folder(toy_model, tmp_path):
    write_model(toy_model, tmp_path / "model", "a card")
    return tmp_path / "model"


def utf8(text):
    return np.frombuffer(text.encode(), np.uint8)


def test_a_model_is_read_as_it_was_written(toy_model, folder):
    model = read_model(folder)
    assert model.categories == toy_model.categories
    assert model.views[0].table.terms == toy_model.views[0].table.terms
    assert (model.views[0].weights == toy_model.views[0].weights).all()
    assert model.review == toy_model.review


@given(st.lists(st.text("ab\ud800\U00010000", max_size=70)))
def test_terms_must_ascend_as_pythons_strings_do(terms):
    content = "".join(terms).encode("utf-8", "surrogatepass")
    ends = np.cumsum([len(term.encode("utf-8", "surrogatepass")) for term in terms], dtype=np.int64)
    arrays = np.frombuffer(content, np.uint8), ends
    if all(one < other for one, other in pairwise(terms)):
        assert model_record._unpack_terms(*arrays, WORDS) == tuple(terms)
    else:
        with pytest.raises(ValueError, match="sorted and different"):
            model_record._unpack_terms(*arrays, WORDS)


def test_long_terms_with_one_beginning_are_compared_to_their_end():
    for last, ascending in [("b", True), ("a", False)]:
        terms = Terms.of(["x" * 200 + "a", "x" * 200 + last])
        assert model_record._ascending(terms) is ascending


def test_loading_runs_without_pickle(folder, monkeypatch):
    for name in ("pickle", "_pickle", "marshal", "joblib", "shelve"):
        monkeypatch.setitem(sys.modules, name, None)
    assert read_model(folder).categories == ("enforcement", "other")


def test_an_unchanged_folder_is_read_once(folder):
    assert load_model(folder) is load_model(folder)


def test_a_changed_folder_is_read_again(folder, toy_model):
    first = load_model(folder)
    edit_manifest(folder, temperature=2.0)
    assert load_model(folder) is not first


def test_the_packaged_model_is_the_default():
    assert load_model() is load_model(ROOT / "models" / "default")


def test_a_missing_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="no such file, so .* is not a model folder"):
        load_model(tmp_path / "nowhere")


def test_a_file_is_no_model(tmp_path):
    (tmp_path / "x").write_text("x")
    with pytest.raises(ModelError):
        load_model(tmp_path / "x")


def test_a_newer_format_says_upgrade(folder):
    edit_manifest(folder, format=99)
    with pytest.raises(ModelError, match="format 99 is newer than this library reads .* upgrade fzclf"):
        read_model(folder)


def test_another_json_file_is_no_manifest(folder):
    (folder / MANIFEST).write_text('{"format": 1}')
    with pytest.raises(ModelError, match="not the manifest of an fzclf model"):
        read_model(folder)


def test_a_key_twice_is_refused(folder):
    text = (folder / MANIFEST).read_text("utf-8")
    (folder / MANIFEST).write_text(text.replace('"format": 1', '"format": 1, "format": 1'), "utf-8")
    with pytest.raises(ModelError, match="a key stands twice"):
        read_model(folder)


def test_golden_margins_that_differ_are_refused(folder):
    edit_manifest(folder, golden=[{"text": "检查执法。", "margins": [3.25, -0.5]}])
    assert load_model(folder).categories
    edit_manifest(folder, golden=[{"text": "检查执法。", "margins": [3.25, 1.5]}])
    with pytest.raises(ModelError, match="at training it got"):
        load_model(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bias": np.zeros(3, np.float32)}, r"bias must be float32 or float16 of shape \(2,\)"),
        ({"bias": np.array([np.nan, 0], np.float32)}, "bias holds numbers that are not finite"),
        ({"words.idf": np.array([1.0, np.inf, 1.0])}, "words.idf must be 3 numbers below"),
        ({"words.weights": np.zeros((3, 1), np.float32)}, "words.weights must be"),
        ({"context": np.zeros((1, 2, 2), np.float32)}, r"context must be float32 or float16 of shape \(2, 2, 2\)"),
        ({"context": np.full((2, 2, 2), np.inf, np.float32)}, "context holds numbers that are not finite"),
        ({"words.term_ends": np.array([6, 3, 18])}, "ends of the terms do not fit"),
        ({"words.term_ends": np.array([-6, 12, 18])}, "ends of the terms do not fit"),
        ({"words.terms": np.zeros(18, np.uint8)}, "terms must be sorted and different"),
        ({"words.terms": utf8("执法天气检查")}, "terms must be sorted and different"),
        ({"words.terms": utf8("天气天气检查")}, "terms must be sorted and different"),
        ({"words.term_ends": np.array([6, 13, 18])}, "a term ends inside a character"),
        ({"words.terms": np.full(18, 255, np.uint8)}, "not a valid model"),
        ({"flag_weights": None}, "lacks 'flag_weights'"),
    ],
)
def test_forged_arrays_are_refused(folder, changes, message):
    edit_arrays(folder, **changes)
    with pytest.raises(ModelError, match=message):
        read_model(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"categories": ["enforcement"]}, "two or more different names"),
        ({"categories": "enforcement"}, "categories must be a list"),
        ({"temperature": 0}, "temperature 0 is out of range"),
        ({"temperature": None}, "temperature None is out of range"),
        ({"views": [{}]}, "lacks 'name'"),
        ({"views": 7}, "not a valid model"),
        ({"review": {"nothing": 1}}, "not a valid model"),
        ({"review": {"known_share": "x"}}, "not a valid model"),
        ({"flags": []}, "flags must be"),
        ({"channels": ["sentence", "sentence"]}, "channels must be different ones"),
        ({"channels": ["sentence", "footnote"]}, "channels must be different ones"),
        ({"golden": [{"text": "a", "margins": [1.0]}]}, "one margin for each category"),
        ({"golden": [{"text": " ", "margins": [1.0, 2.0]}]}, "must have words"),
        ({"golden": [{"text": "a", "margins": [float("nan"), 2.0]}]}, "golden margins must be finite"),
        ({"views": []}, "views must hold at least one"),
        ({"names": {"other": "其他"}}, "names must be given"),
        ({"review": {"fewest_characters": 1.5}}, "must be a whole number"),
        ({"arrays_sha256": "0"}, "sha256 differs"),
        ({"arrays_bytes": 3}, "the manifest says 3"),
    ],
)
def test_a_forged_manifest_is_refused(folder, changes, message):
    edit_manifest(folder, **changes)
    with pytest.raises(ModelError, match=message):
        read_model(folder)


def damaged_at(content, position):
    return content[:position] + bytes([content[position] ^ 0x41]) + content[position + 1 :]


def test_every_damaged_byte_of_the_arrays_is_noticed(folder):
    content = (folder / ARRAYS).read_bytes()
    for position in range(len(content)):
        (folder / ARRAYS).write_bytes(damaged_at(content, position))
        with pytest.raises(ModelError):
            read_model(folder)


def test_every_damaged_byte_of_the_manifest_is_noticed(folder):
    content = (folder / MANIFEST).read_bytes()
    for position in range(len(content)):
        (folder / MANIFEST).write_bytes(damaged_at(content, position))
        with pytest.raises(ModelError):
            read_model(folder)


@pytest.mark.parametrize("name", [MANIFEST, ARRAYS])
def test_every_truncation_is_noticed(folder, name):
    content = (folder / name).read_bytes()
    for length in range(len(content) - 1):
        (folder / name).write_bytes(content[:length])
        with pytest.raises(ModelError):
            read_model(folder)


def test_a_failed_exchange_keeps_the_old_model(toy_model, folder, monkeypatch):
    before = {name: (folder / name).read_bytes() for name in os.listdir(folder)}
    monkeypatch.setattr("fzclf.model_files.FORMAT", 99)
    monkeypatch.setattr("fzclf.model_files._MAGIC", "something else")

    def refuse(path):
        raise ModelError("cannot be verified")

    monkeypatch.setattr("fzclf.model_files.read_model", refuse)
    with pytest.raises(ModelError, match="cannot be verified"):
        write_model(toy_model, folder, "new card")
    assert {name: (folder / name).read_bytes() for name in os.listdir(folder)} == before


def test_a_message_is_short_whatever_the_manifest_holds(folder):
    edit_manifest(folder, format={"x" * 9_000: 1})
    with pytest.raises(ModelError, match=r"manifest.json: unknown format .* … .*; this library reads 1") as caught:
        read_model(folder)
    assert len(str(caught.value)) < 1_100
