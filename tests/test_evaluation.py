"""Figures from counts small enough to check by hand."""

import numpy as np
import pytest

from fzclf.training.evaluation import confusion_table, count_outcome, interval, macro_f1, paired_p, scores_of, summary

GOLD = np.array([0, 0, 0, 1, 1, 2])
PREDICTED = np.array([0, 0, 1, 1, 1, 0])
OWNERS = np.array([7, 7, 7, 9, 9, 9])


def outcome(gold=GOLD, predicted=PREDICTED):
    return count_outcome(gold, predicted, OWNERS, ["a", "b", "c"])


def test_confusion_counts_gold_by_predicted():
    assert outcome().confusion.tolist() == [[2, 1, 0], [0, 2, 0], [1, 0, 0]]


def test_counts_are_kept_by_report():
    assert outcome().counts[0].tolist() == [[2, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_sentences_without_gold_label_do_not_count():
    gold = GOLD.copy()
    gold[5] = -1
    assert outcome(gold).confusion.sum() == 5


def test_precision_recall_and_f1():
    precision, recall, f1 = scores_of(outcome().confusion)
    assert precision.tolist() == pytest.approx([2 / 3, 2 / 3, 0])
    assert recall.tolist() == pytest.approx([2 / 3, 1, 0])
    assert f1.tolist() == pytest.approx([2 / 3, 4 / 5, 0])


def test_macro_f1_is_the_mean_over_categories():
    assert macro_f1(outcome().confusion) == pytest.approx((2 / 3 + 4 / 5 + 0) / 3)


def test_a_category_that_never_occurs_is_left_out():
    assert macro_f1(np.array([[2, 0, 0], [0, 2, 0], [0, 0, 0]])) == 1.0


def test_macro_f1_equals_scikit_learn():
    from sklearn.metrics import f1_score

    assert macro_f1(outcome().confusion) == pytest.approx(f1_score(GOLD, PREDICTED, average="macro", zero_division=0))


def test_the_interval_holds_the_figure_and_repeats():
    low, high = interval(outcome())
    assert low <= macro_f1(outcome().confusion) <= high
    assert (low, high) == interval(outcome())


def test_equal_systems_cannot_be_told_apart():
    assert paired_p(outcome(), outcome()) == 1.0


def test_summary_is_plain_numbers():
    figures = summary(outcome())
    assert figures["n_reports"] == 2
    assert figures["accuracy"] == pytest.approx(4 / 6, abs=1e-4)
    assert figures["categories"]["b"] == {"precision": 0.6667, "recall": 1.0, "f1": 0.8, "support": 2}


def test_confusion_table_is_markdown():
    assert confusion_table(summary(outcome())).splitlines()[2] == "| a | 2 | 1 | 0 |"
