"""Targets that take a text: segment, classify, tokenize."""

from __future__ import annotations

import csv
import io
import json
import math
from typing import Any

from fuzz.choices import Choices
from fuzz.pieces import text_of
from fuzz.target import Target, decoded, encoded
from fzclf import classify, outputs, reference, segment, tokenize

_LONGEST_FOR_JIEBA = 2_000  # jieba's own time grows with the square of a run of characters


def text_bytes(choices: Choices) -> bytes:
    """A text, or any bytes at all."""
    return choices.rest() if choices.once_in(16) else encoded(text_of(choices))


def check_tiled(report: Any) -> None:
    """Blocks and sentences are slices in order, and outside of them there is only white space."""
    text = report.text
    end = 0
    for block in report.blocks:
        assert end <= block.start < block.end, "blocks overlap or are empty"
        assert not text[end : block.start].strip(), "text outside of blocks"
        assert block.text == text[block.start : block.end]
        end = block.end
    assert not text[end:].strip(), "text behind the last block"
    for paragraph in report.paragraphs:
        end = paragraph.start
        for sentence in paragraph.sentences:
            assert end <= sentence.start < sentence.end <= paragraph.end, "sentences overlap, are empty or stick out"
            assert not text[end : sentence.start].strip(), "text between sentences"
            end = sentence.end
        assert not text[end : paragraph.end].strip(), "text behind the last sentence"


def check_outputs(report: Any, name: str) -> None:
    """Every format is what it says it is."""
    json.loads(report.to_json()).items()
    for level in outputs.LEVELS:
        rows = outputs.jsonl(report, name, level)
        rows.encode("utf-8")
        n_rows = sum(1 for line in rows.split("\n") if line and json.loads(line))
        table = outputs.csv_header() + outputs.csv_rows(report, name, level)
        plain = table.replace("\0", " ")  # which Python's reader refuses before 3.11
        read = list(csv.reader(io.StringIO(plain, newline="")))
        assert len(read) == n_rows + 1, "rows of CSV and JSON differ in number"
        assert all(len(row) == len(outputs.CSV_COLUMNS) for row in read)
        shown = outputs.table(report, name, level, 80)
        assert not set(map(chr, (*range(10), *range(11, 32), 127))) & set(shown), "a control character in the table"


def _check_segment(data: bytes) -> None:
    report = segment(decoded(data))
    check_tiled(report)
    json.loads(report.to_json())


def check_tagged(report: Any) -> None:
    """Probabilities are some, categories agree, and the evidence of a sentence adds up to its score."""
    for paragraph in report.paragraphs:
        assert paragraph.category in paragraph.categories
        assert math.isclose(sum(paragraph.probabilities.values()), 1, abs_tol=1e-6)
        for sentence in paragraph.sentences[:2]:
            assert 0 <= sentence.probability <= 1
            for start, end, weight in sentence.evidence:
                assert 0 <= start <= end <= len(report.text)
                assert math.isfinite(weight)


def _check_classify(data: bytes) -> None:
    report = classify(decoded(data))
    check_tiled(report)
    check_tagged(report)
    check_outputs(report, "年报.txt")


def _check_tokenize(data: bytes) -> None:
    text = decoded(data)
    words = tokenize(text)
    assert "".join(words) == text
    if len(text) <= _LONGEST_FOR_JIEBA:
        assert words == reference.cut(text), "differs from jieba"


TARGETS = (
    Target("segment", text_bytes, _check_segment, ()),
    Target("classify", text_bytes, _check_classify, ()),
    Target("tokenize", text_bytes, _check_tokenize, ()),
)
