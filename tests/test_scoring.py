"""Margins of a model whose weights can be added up by eye."""

import numpy as np
import pytest

from fzclf.features import CHANNELS, alone, build_units
from fzclf.scoring import Scorer, probabilities, project
from fzclf.segmentation import read_outline
from fzclf.terms import Rows


def score(model, text):
    entries = [entry for entry in read_outline(text) if entry.kind == "paragraph"]
    return Scorer(model).score(build_units(text, entries))


def test_a_sentence_without_known_terms_gets_the_bias(toy_model):
    assert score(toy_model, "你好吗。").margins.tolist() == [[0.25, 0.5]]


def test_weights_of_the_words_are_added_to_the_bias(toy_model):
    assert score(toy_model, "检查执法。").margins.tolist() == [[3.25, -0.5]]


def test_a_word_twice_counts_twice_without_sublinear_tf(toy_model):
    assert score(toy_model, "检查，检查。").margins.tolist() == [[2.25, 0.5]]


def test_the_heading_counts_as_its_matrix_says(toy_model):
    """`执法` in the heading adds 0.5, not the 2.0 that it adds in the sentence."""
    assert score(toy_model, "一、执法\n今年以来，我们到各处去看了天气如何，心情都很好。").margins[0].tolist() == [
        -0.25,
        3.5,
    ]


def test_known_terms_are_counted_in_the_sentence_only(toy_model):
    assert score(toy_model, "检查执法。").n_known.tolist() == [2]


def test_heading_alone_is_scored_as_a_sentence(toy_model):
    text = "一、执法\n今年以来，我们到各处去看了天气如何，心情都很好。"
    units = build_units(text, [entry for entry in read_outline(text) if entry.kind == "paragraph"])
    heading = int(units.seen[0, CHANNELS.index("heading")])
    assert Scorer(toy_model).score(alone(units, heading)).margins.tolist() == [[2.25, -0.5]]


def test_projection_is_a_matrix_product():
    rows = Rows(np.array([0, 2, 2, 3]), np.array([0, 2, 1], dtype=np.int32), np.array([2.0, 1.0, 3.0]), 3)
    weights = np.array([[1.0, 10.0], [2.0, 20.0], [5.0, 50.0]], dtype=np.float32)
    assert project(rows, weights).tolist() == [[7.0, 70.0], [0.0, 0.0], [6.0, 60.0]]


def test_probabilities_sum_to_one_and_follow_the_temperature():
    margins = np.array([[0.0, np.log(3.0)]])
    assert probabilities(margins, 1.0)[0] == pytest.approx([0.25, 0.75])
    assert probabilities(margins, 0.5)[0] == pytest.approx([0.1, 0.9])


def test_huge_margins_do_not_overflow():
    assert probabilities(np.array([[1e5, 0.0]]), 0.1).tolist() == [[1.0, 0.0]]
