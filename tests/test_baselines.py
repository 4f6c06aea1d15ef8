"""The two baselines."""

import numpy as np

from fzclf.training.baselines import majority, seed_terms
from fzclf.training.codebook import load_codebook

CODEBOOK = load_codebook()


def chosen(sentence):
    return CODEBOOK.ids[int(seed_terms([sentence], CODEBOOK)[0])]


def test_majority_is_the_most_frequent_of_training():
    assert majority(np.array([2, 2, 1, -1, -1, -1]), 3).tolist() == [2, 2, 2]


def test_seed_terms_point_to_their_category():
    assert chosen("办理行政复议案件5件。") == "dispute_resolution"


def test_no_seed_term_is_other():
    assert chosen("今年经济平稳增长。") == "other"


def test_a_tie_is_other():
    assert chosen("审计与普法。") == "other"


def test_the_most_characters_win():
    assert chosen("对规范性文件进行审计。") == "decision_making"
