"""Models of every format that was ever written stay readable, to the same numbers."""

import hashlib
import json
import sys

import pytest
from conftest import ROOT
from forging import edit_manifest, manifest_of

from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.model_files import FORMAT, MANIFEST, read_model, write_model

FORMATS = ROOT / "tests" / "formats"
sys.path.insert(0, str(FORMATS))
from make import answers  # noqa: E402

WRITTEN = {  # sha256 of each saved manifest, which holds that of its arrays
    1: "c6d5246d2209b11319cf8088c146d437d3b1f24e555e001caaae3af93747b31f",
}


def test_every_format_has_its_example():
    assert sorted(WRITTEN) == list(range(1, FORMAT + 1))


@pytest.mark.parametrize("number", WRITTEN)
def test_the_example_is_as_it_was_written(number):
    content = (FORMATS / str(number) / "model" / MANIFEST).read_bytes()
    assert json.loads(content)["format"] == number
    assert hashlib.sha256(content).hexdigest() == WRITTEN[number]


@pytest.mark.parametrize("number", WRITTEN)
def test_an_old_model_says_what_it_said(number):
    expected = [json.loads(line) for line in (FORMATS / str(number) / "expected.jsonl").read_text("utf-8").splitlines()]
    found = list(answers(load_model(FORMATS / str(number) / "model")))
    assert [(row["text"], row["category"]) for row in found] == [(row["text"], row["category"]) for row in expected]
    for one, other in zip(found, expected, strict=True):
        assert one["score"] == pytest.approx(other["score"], abs=1e-6)
        assert one["probabilities"] == pytest.approx(other["probabilities"], abs=1e-6)


def test_an_old_model_is_written_in_the_format_of_today(tmp_path):
    write_model(read_model(FORMATS / "1" / "model"), tmp_path / "model", "card")
    assert manifest_of(tmp_path / "model")["format"] == FORMAT
    assert list(answers(load_model(tmp_path / "model"))) == list(answers(load_model(FORMATS / "1" / "model")))


def test_another_dictionary_is_refused(tmp_path):
    """A model names jieba's version and the sha256 of what it cuts by."""
    write_model(read_model(FORMATS / "1" / "model"), tmp_path / "model", "card")
    signature = manifest_of(tmp_path / "model")["tokenizer"]
    assert set(signature) == {"jieba", "dictionary_sha256", "hmm"}
    for name, value in (("jieba", "0.39"), ("dictionary_sha256", "0" * 64), ("hmm", False), ("stop_words", "yes")):
        edit_manifest(tmp_path / "model", tokenizer=signature | {name: value})
        with pytest.raises(ModelError, match=f"was trained with {name} {value!r} of the word cutter"):
            load_model(tmp_path / "model")
