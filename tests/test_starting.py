"""What a process takes that uses the library once: the promises of docs/how-it-works.md, measured."""

from __future__ import annotations

import sys

import pytest

from benchmarks import checking, starting

LIMITS = [{"program": "ours", "at_most_share": 0.5, "at_most_mib": 150}]
STARTS = [(starting.ALONE, 0.03, 10.0), (starting.PEERS, 2.0, 200.0)]


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory as Linux counts it")
def test_import_and_first_classify_keep_within_their_limits():
    starting.measure_starts(1, ["fzclf: first classify"])  # fills the caches
    names = [starting.ALONE, starting.PEERS, *checking.limited_programs()]
    starts = starting.measure_starts(3, names)
    assert [name for name, _, _ in starts] == names
    assert checking.start_failures(starts, checking.read_floors()["start"]) == []


@pytest.mark.parametrize(("seconds", "mib", "fails"), [(1.0, 160.0, False), (1.1, 20.0, True), (0.1, 161.0, True)])
def test_a_start_over_its_limit_is_found(seconds, mib, fails):
    assert bool(checking.start_failures([*STARTS, ("ours", seconds, mib)], LIMITS)) is fails


def test_a_start_that_was_not_measured_is_no_pass():
    (line,) = checking.start_failures(STARTS, LIMITS)
    assert line.startswith("start: ours: inf")
    (line,) = checking.start_failures([], LIMITS)
    assert line.endswith("must be measured")
