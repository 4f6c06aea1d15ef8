"""The gate of the benchmarks: every way to miss a floor is told."""

import pytest

from benchmarks.checking import failures
from benchmarks.limits import Limits, _accesses
from benchmarks.measuring import BARE_LOOP, Sample
from benchmarks.results import Run, as_markdown
from benchmarks.starting import ALONE, PEERS

FLOORS = {
    "ratio": [{"stage": "cut", "engine": "fzclf", "at_least": 60}],
    "start": [{"program": "first", "at_most_share": 0.5, "at_most_mib": 100}],
    "threads": [{"what": "transform", "at_least": 1.5, "cpu_at_least": 0.8}],
}


def sample(ratio, *, same=True):
    return Sample("cut", "fzclf", 1000, 3000, (0.1,), ratio, same)


def run(**changed):
    """A run that passes, with changes."""
    parts = {
        "samples": [sample(61.0)],
        "starts": [(ALONE, 0.1, 10.0), (PEERS, 2.0, 200.0), ("first", 1.0, 109.0)],
        "threads": [("transform", 1, 10.0, 10.0), ("transform", 2, 19.0, 9.5)],
    }
    return Run(**(parts | changed))


def test_a_good_run_passes():
    assert failures(run(), FLOORS) == []


def _gains(gain, what="transform"):
    return [(what, 1, 10.0, 10.0), (what, 2, 10.0 * gain, 10.0)]


def test_threads_need_not_gain_what_the_machine_does_not_give():
    assert failures(run(threads=[*_gains(1.2), *_gains(1.5, BARE_LOOP)]), FLOORS) == []
    assert failures(run(threads=[*_gains(1.4), *_gains(2.1, BARE_LOOP)]), FLOORS) != []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"samples": [sample(59.0)]}, "59.0 times the baseline, floor 60"),
        ({"samples": [sample(61.0, same=False)]}, "result differs"),
        ({"samples": []}, "cut: fzclf: not measured"),
        ({"starts": []}, "must be measured"),
        ({"threads": [("transform", 1, 10.0, 10.0), ("transform", 2, 14.0, 9.0)]}, "1.40 times the speed in wall time"),
        ({"threads": [("transform", 1, 5.0, 10.0), ("transform", 2, 5.0, 7.0)]}, "0.70 times the speed in CPU time"),
        ({"threads": []}, "threads: transform: not measured"),
        ({"threads": [*_gains(1.1), *_gains(1.5, BARE_LOOP)]}, "1.10 times the speed in wall time, floor 1.12"),
    ],
)
def test_what_is_missed_is_told(changed, told):
    (failure,) = failures(run(**changed), FLOORS)
    assert told in failure


def test_on_a_busy_machine_only_cpu_time_counts():
    assert failures(run(threads=[("transform", 1, 5.0, 10.0), ("transform", 2, 5.0, 9.0)]), FLOORS) == []


def test_accesses_are_counted():
    """法 and 治 begin longer words, and so does 法治: three times there may be one more character, of two."""
    accesses = _accesses(["法治"])
    assert accesses["longer words of the dictionary: node"] == 3 / 2
    assert accesses["words of the model"] == 1 / 2


def test_the_page_has_the_limit():
    limits = Limits((1.0, 2.0, 3.0, 4.0), (0.5, 1.0, 1.5, 2.0), 10.0, {"words": 3.0, "terms": 7.0}, 50.0, 200.0)
    page = as_markdown(run(limits=limits))
    assert "Were all 10.0 free" in page
    assert "10 ns a" in page
