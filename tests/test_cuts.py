"""The compiled scan of the segmenter against its slow twin, line by line."""

import subprocess
import sys
import time

import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fzclf.segmentation import cuts
from fzclf.segmentation.layout import logical_lines
from fzclf.segmentation.role_words import PROBLEM_HINT
from fzclf.segmentation.sentences import CLOSERS, MARKS, PAIRS

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
PIECES = st.sampled_from([
    *MARKS, *CLOSERS, *PAIRS, *PROBLEM_HINT.pattern.split("|"), *"问不到足一首①〔𠀀\ud800\0",
    "法", "加强", " ", "\u3000", "\n", "\x1f", "（一）", "二是", "1.",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)


def assert_twins_agree(text):
    lines = [tuple(bounds) for bounds in logical_lines(text)]
    slow = [cuts.cut_line(text, *line) for line in lines]
    for (spans, hint, numbered), (fast_spans, fast_hint, fast_numbered) in zip(
        slow, cuts.scan_lines(text, lines), strict=True
    ):
        assert fast_spans == spans
        assert fast_hint == hint
        assert fast_numbered | numbered == fast_numbered  # a protected mark may seem to start an item


@settings(max_examples=600, deadline=None, derandomize=True)
@given(TEXTS)
@example("。！）（”。“一。” 。二、")
@example("（《一。》。）\n不到位，不够")
def test_any_text_is_scanned_as_it_is_cut(text):
    assert_twins_agree(text)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed_is_scanned_as_it_is_cut(path):
    assert_twins_agree(path.read_bytes().decode("utf-8"))


def test_more_lines_than_a_chunk_holds(monkeypatch):
    monkeypatch.setattr(cuts, "_CHUNK", 50)
    assert_twins_agree(SEEDS[0].read_bytes().decode("utf-8"))


def test_more_sentences_than_there_is_room_for():
    """A chunk of nothing but marks is scanned again with more room."""
    assert_twins_agree("好。" * 500 + "\n" + "。 " * 500)


def test_without_kernels_lines_are_cut_one_by_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "fzclf.machine", None)
    monkeypatch.setattr(cuts, "_WORTH_LOADING", 0)
    assert list(cuts.cut_lines("好。二是快。", [(0, 6)])) == [([(0, 2), (2, 6)], -1, 2)]


def test_segment_loads_no_kernels():
    code = f"import sys; from fzclf import segment; segment(open({str(SEEDS[0])!r}, encoding='utf-8').read())"
    subprocess.run([sys.executable, "-c", f"{code}; assert not {{'numba', 'llvmlite'}} & set(sys.modules)"], check=True)


def test_the_scan_is_the_faster_twin():
    text = SEEDS[0].read_bytes().decode("utf-8") * 20
    lines = logical_lines(text)
    cuts.scan_lines(text, lines)
    seconds = []
    for cut in (cuts.scan_lines, lambda text, lines: [cuts.cut_line(text, *line) for line in lines]):
        tries = []
        for _ in range(5):
            begin = time.process_time()
            list(cut(text, lines))
            tries.append(time.process_time() - begin)
        seconds.append(min(tries))
    assert seconds[0] < seconds[1]
