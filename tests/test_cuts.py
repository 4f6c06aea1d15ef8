"""The compiled scan of the segmenter against its slow twin, line by line."""

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fzclf import _kernels
from fzclf.segmentation import cuts
from fzclf.segmentation.cuts import (
    CONCESSION,
    ENDED,
    ENUMERATOR,
    GOES_ON,
    HINT,
    INTRICATE,
    ITEM,
    ITEM_MASK,
    ITEM_SHIFT,
    ITEMS,
    LATER_ITEM_SHIFT,
    LEFTOVER,
    PLAN,
    UNNUMBERED,
)
from fzclf.segmentation.items import item_numbers
from fzclf.segmentation.layout import logical_lines
from fzclf.segmentation.lines import inked_lines
from fzclf.segmentation.metadata import LEFTOVER_STARTS
from fzclf.segmentation.numbering import ITEM_STARTS, LINE_STARTS
from fzclf.segmentation.role_words import CONCESSION_STARTS, PROBLEM_HINT, may_start_plan
from fzclf.segmentation.sentences import CLOSERS, MARKS, PAIRS, sentence_spans

SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
PIECES = st.sampled_from([
    *MARKS, *CLOSERS, *PAIRS, *PROBLEM_HINT.pattern.split("|"), *"问不到足一首①〔𠀀\ud800\0将：:虽在[",
    "法", "加强", "全年召开会议", " ", "\u3000", "\n", "\r\n", "\u2028", "\x1f", "（一）", "（二)", "(三）",
    "一是", "二是", "三是", "四是否", "一、", "二、", "二、三级", "十二是", "最后，", "1.", "２、", "2022年", "12）",
])  # fmt: skip
TEXTS = st.lists(PIECES, max_size=60).map("".join)
ITEM_TEXTS = st.lists(
    st.sampled_from(["一是好。", "二是好；", "三是", "（二）", "二、", "好。", "：", "10.", "\n"])
).map("".join)


def mark_of(text, start, end):
    """What a sentence may be or hold, said plainly; the scan may only be wrong about a hint that there is not."""
    return (
        (text[start] in ITEM_STARTS) * ITEM
        | (text[start] in LINE_STARTS) * ENUMERATOR
        | (text[start] in CONCESSION_STARTS) * CONCESSION
        | may_start_plan(text[start:end], 0) * PLAN
        | (text[start] in LEFTOVER_STARTS) * LEFTOVER
        | (PROBLEM_HINT.search(text, start, end) is not None) * HINT
    )


def assert_cut_right(text, start, end, flags, sentences, marks):
    """One line of the scan against the expressions."""
    slow_flags, spans, slow_marks = cuts.cut_line(text, start, end, cuts.flags_of(text, start, end))
    exact = ITEM | ENUMERATOR | LEFTOVER | CONCESSION | ENDED
    assert flags & exact == slow_flags & exact
    if flags & INTRICATE:  # to be cut by the slow twin
        return
    assert sentences == spans == sentence_spans(text, start, end)
    assert flags & GOES_ON == slow_flags & GOES_ON
    assert flags & PLAN == mark_of(text, *spans[0]) & PLAN <= slow_flags & PLAN
    assert flags & HINT >= slow_flags & HINT
    for mark, slow_mark, span in zip(marks, slow_marks, spans, strict=True):
        wanted = mark_of(text, *span)
        assert mark & (HINT - 1) == wanted & (HINT - 1)
        assert mark & HINT >= wanted & HINT
        assert slow_mark & wanted & (CONCESSION | PLAN | HINT) == wanted & (CONCESSION | PLAN | HINT)
    for run_in, shift in ((False, ITEM_SHIFT), (True, LATER_ITEM_SHIFT)):
        items = item_numbers(text, spans, run_in=run_in)
        if not flags & ITEMS:
            assert set(items) == {None}
        elif not flags & UNNUMBERED:
            assert items == [mark >> shift & ITEM_MASK or None for mark in marks]


def rows_of(lines):
    """Start, end, flags, sentences and marks of each line of a scan."""
    numbers = zip(lines.starts, lines.ends, lines.flags, pairwise(lines.firsts), strict=True)
    for start, end, flags, (first, stop) in numbers:
        yield start, end, flags, lines.sentences.bounds(first, stop), lines.sentences.marks[first:stop]


def assert_twins_agree(text):
    lines = cuts.scan_lines(text)
    assert [*zip(lines.starts, lines.ends, strict=True)] == inked_lines(text)
    for line in rows_of(lines):
        assert_cut_right(text, *line)
    given = inked_lines(text)
    joined = [(one[0], other[1]) for one, other in zip(given[::2], given[1::2], strict=False)]
    for line, bounds in zip(rows_of(cuts.scan_lines(text, joined)), joined, strict=True):
        assert line[:2] == bounds
        assert_cut_right(text, *line)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(TEXTS)
@example("。！）（”。“一。” 。二、")
@example("（《一。》。）\n不到位，不够")
@example("\n \u3000\r\n")
@example("有：一是好。二是好。")
@example("（（法）。法）。")
@example("\n".join("法" * i + "将。" for i in range(20)))
def test_any_text_is_scanned_as_it_is_cut(text):
    assert_twins_agree(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(ITEM_TEXTS)
def test_items_are_numbered_by_the_scan_as_by_expressions(text):
    assert_twins_agree(text)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed_is_scanned_as_it_is_cut(path):
    assert_twins_agree(path.read_bytes().decode("utf-8"))


def test_more_lines_than_a_chunk_holds(monkeypatch):
    monkeypatch.setattr(cuts, "_CHUNK", 50)
    assert_twins_agree(SEEDS[0].read_bytes().decode("utf-8"))


def test_more_sentences_than_there_is_room_for():
    """A chunk of nothing but marks, or of lines of one character, is scanned again with more room."""
    assert_twins_agree("好。" * 500 + "\n" + "。 " * 500)
    assert_twins_agree("好\n" * 500)


def test_the_scan_and_its_callers_mean_the_same_by_each_number():
    names = [name for name in vars(_kernels) if name.isupper() and hasattr(cuts, name)]
    assert len(names) >= 20
    assert {name: getattr(_kernels, name) for name in names} == {name: getattr(cuts, name) for name in names}
    assert all(may_start_plan("法" * i + "将", 0) == (0 < i < _kernels.PLAN_REACH) for i in range(20))


def test_without_kernels_lines_are_cut_one_by_one(monkeypatch):
    cuts._scanner.cache_clear()
    monkeypatch.setitem(sys.modules, "fzclf.machine", None)
    monkeypatch.setattr(cuts, "_WORTH_LOADING", 0)
    lines, found = cuts.read_lines("好。二是快。")
    assert list(lines) == [(0, 6, ENDED, 0, 0)]
    assert found.offsets == []
    flags, sentences, _ = cuts.cut_line("好。二是快。", 0, 6, ENDED)
    assert (flags, sentences) == (ENDED | GOES_ON | ITEMS | UNNUMBERED, [(0, 2), (2, 6)])


def test_segment_loads_no_kernels():
    code = f"import sys; from fzclf import segment; segment(open({str(SEEDS[0])!r}, encoding='utf-8').read())"
    subprocess.run([sys.executable, "-c", f"{code}; assert not {{'numba', 'llvmlite'}} & set(sys.modules)"], check=True)


def test_the_scan_is_the_faster_twin():
    text = SEEDS[0].read_bytes().decode("utf-8") * 20
    cuts.scan_lines(text)
    seconds = []
    for cut in (cuts.scan_lines, lambda text: [cuts.cut_line(text, *line, 0) for line in logical_lines(text)]):
        tries = []
        for _ in range(5):
            begin = time.process_time()
            cut(text)
            tries.append(time.process_time() - begin)
        seconds.append(min(tries))
    assert seconds[0] < seconds[1]
