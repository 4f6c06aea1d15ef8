"""Plain sentences of our own that the packaged model must tag right, whatever is trained next."""

import json

import pytest
from conftest import ROOT

import fzclf

ROWS = [json.loads(line) for line in (ROOT / "tests" / "golden" / "predictions.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_golden_prediction(row):
    (paragraph,) = fzclf.classify(row["text"])
    assert [sentence.category for sentence in paragraph.sentences] == [row["category"]]


def test_every_category_has_rows():
    from fzclf.training.codebook import load_codebook

    assert {row["category"] for row in ROWS} == set(load_codebook().ids)
