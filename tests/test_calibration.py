"""Temperature, calibration error and the lowest probability to trust."""

import numpy as np
import pytest

from fzclf.scoring import probabilities
from fzclf.training.calibration import calibration_error, coverage_table, fit_temperature, lowest_probability


def test_overconfident_margins_get_a_high_temperature():
    """Margins say 99.99 %, three of four are right: the temperature brings the probability to 75 %."""
    margins = np.tile([9.2, 0.0], (400, 1))
    labels = np.array([0, 0, 0, 1] * 100)
    temperature = fit_temperature(margins, labels)
    assert probabilities(margins[:1], temperature)[0, 0] == pytest.approx(0.75, abs=0.01)


def test_unlabelled_sentences_do_not_count():
    margins = np.tile([1.0, 0.0], (8, 1))
    labels = np.array([0, 0, 0, 1, -1, -1, -1, -1])
    assert fit_temperature(margins, labels) == fit_temperature(margins[:4], labels[:4])


def test_perfect_calibration_has_no_error():
    shares = np.array([0.75] * 4)
    assert calibration_error(shares, np.array([True, True, True, False])) == 0


def test_error_is_the_gap_weighted_by_bin():
    shares = np.array([0.95, 0.95, 0.55, 0.55])
    correct = np.array([True, True, False, False])
    assert calibration_error(shares, correct) == pytest.approx((2 * 0.05 + 2 * 0.55) / 4)


def test_lowest_probability_keeps_the_wished_precision():
    shares = np.array([0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, True, True, False])
    assert lowest_probability(shares, correct, 0.95) == 0.7


def test_no_probability_is_enough_where_all_is_wrong():
    assert lowest_probability(np.array([0.9, 0.8]), np.array([False, False]), 0.9) == 1.0


def test_coverage_says_what_to_read():
    shares = np.array([0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, True, True, False])
    row = coverage_table(shares, correct)[1]
    assert row == {"precision": 0.95, "lowest_probability": 0.7, "read_share": 0.25}
