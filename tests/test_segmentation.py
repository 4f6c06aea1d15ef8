"""The segmenter as a whole: golden rows, the five seeds, and what holds for any text."""

import gc
import json
import re
import sys
import time

import pytest
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pumps import PUMPS

from fzclf.segmentation import segment

GOLDEN = ROOT / "tests" / "golden"
ROWS = [
    pytest.param(json.loads(line), id=json.loads(line)["id"])
    for path in sorted((GOLDEN / "segments").glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]
SEEDS = sorted((GOLDEN / "seeds").glob("*.json"))
# Line breaks of every kind, marks, enumerators and words that mean something to the segmenter.
BREAKS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
BLANKS = ["\u3000", " ", "\xa0", "\t", "\ufeff", "\u200b", "\0", "\ud800"]
MARKS = list("。！；;!，、：“”《》（）()|")
NUMBERS = ["一、", "二、", "（一）", "（二", "三）", "1.", "2．", "①", "第一章", "一是", "二是", "首先"]
FRAMES = ["来源：", "2023-01-01", "附件：", "- 1 -", "目录", "[bookmark: _GoBack]", "某县人民政府", "报告", "2022年"]
WORDS = [
    "存在的问题",
    "下一步",
    "虽然",
    "让我们",
    "各位代表",
    "特此报告",
    "强化监督",
    "全年召开专题会议六次并逐项抓好落实",
]
PIECES = st.sampled_from([*BREAKS, *BLANKS, *MARKS, *NUMBERS, *FRAMES, *WORDS])
TEXTS = st.one_of(
    st.text(st.characters(), max_size=200), st.lists(PIECES, max_size=60).map("".join), st.lists(PIECES).map("\n".join)
)


def assert_tiled(text):
    """Blocks and sentences are slices in order, and outside blocks there is only white space."""
    report = segment(text)
    end = 0
    for block in report.blocks:
        assert block.start < block.end
        assert not text[end : block.start].strip()
        assert block.text == text[block.start : block.end] == block.text.strip()
        end = block.end
    assert not text[end:].strip()
    for paragraph in report.paragraphs:
        inner = paragraph.start
        assert paragraph.sentences
        for sentence in paragraph.sentences:
            assert not text[inner : sentence.start].strip()
            assert sentence.text == text[sentence.start : sentence.end] == sentence.text.strip() != ""
            inner = sentence.end
        assert inner == paragraph.end


@pytest.mark.parametrize("row", ROWS)
def test_golden_row(row):
    report = segment(row["text"])
    assert_tiled(row["text"])
    found = []
    for block, wanted in zip(report.blocks, row["blocks"], strict=False):
        one = block.to_dict()
        if block.kind == "paragraph":
            one["sentences"] = [sentence.text for sentence in block.sentences]
            one["items"] = [sentence.item for sentence in block.sentences]
            one["roles"] = [sentence.role for sentence in block.sentences]
        found.append({key: one.get(key) for key in wanted})
    assert found == row["blocks"]
    assert len(report.blocks) == len(row["blocks"])


def test_there_are_at_least_250_rows():
    assert len(ROWS) >= 250


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed_is_cut_as_it_was_read_by_eye(path):
    wanted = json.loads(path.read_text("utf-8"))
    report = segment((ROOT / "seeds" / f"{wanted['report']}.txt").read_bytes().decode("utf-8"))
    found = []
    for block in report.blocks:
        one = {"kind": block.kind, "start": block.start, "end": block.end, "opens": block.text[:12]}
        one |= {"level": block.level, "section": [heading[:12] for heading in block.section], "role": block.role}
        if block.kind == "paragraph":
            one["sentences"] = [[s.start, s.end, s.role, s.item] for s in block.sentences]
        found.append(one)
    assert found == wanted["blocks"]


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
def test_seed_agrees_with_its_gold_labels(path):
    """Kinds, sentence bounds and roles, all of them; the bar of the issue is 0.99, 0.99 and 0.98."""
    report = segment((ROOT / "seeds" / f"{path.stem}.txt").read_bytes().decode("utf-8"))
    labels = (ROOT / "labels" / "seeds" / f"{path.stem}.jsonl").read_text("utf-8").splitlines()
    gold = {(row["start"], row["end"]): row["role"] for row in map(json.loads, labels)}
    assert {(s.start, s.end): s.role for paragraph in report for s in paragraph.sentences} == gold


@settings(max_examples=400, deadline=None, derandomize=True)
@given(TEXTS)
@example("")
@example("\ud800\udc00\x00")
@example("［bookmark: _GoBack][bookmark: x]  \u3000[bookmark: y]法")
def test_any_text_is_tiled(text):
    assert_tiled(text)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.lists(st.tuples(st.integers(0, 1), st.integers(0, 10_000), PIECES), max_size=12))
def test_a_damaged_seed_is_tiled(seed, edits):
    """Pieces put into a real report, or taken out of it, anywhere."""
    path = SEEDS[seed % len(SEEDS)]
    text = (ROOT / "seeds" / f"{path.stem}.txt").read_bytes().decode("utf-8")
    for removes, place, piece in edits:
        at = place % (len(text) + 1)
        text = text[:at] + text[at + 40 :] if removes else text[:at] + piece + text[at:]
    assert_tiled(text)


@pytest.mark.parametrize("text", [b"bytes", None, 3, ["一、"]], ids=repr)
def test_what_is_no_string_is_refused(text):
    with pytest.raises(TypeError, match="text must be a str"):
        segment(text)


def seconds(text):
    """Time of the segmenter alone: the collector also walks over whatever other tests have left."""
    gc.disable()
    try:
        begin = time.process_time()
        segment(text)
        return time.process_time() - begin
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "unit",
    [
        "（",
        "《“",
        "“”",
        "一、",
        "（一）",
        "1.",
        "。",
        "。 ",
        "；",
        "法",
        "　",
        "\n",
        "\r",
        "也有",
        "存在问题，",
        "虽然存在问题。",
        "他说：“好。",
        "x" + " " * 200 + "\n",
        "一、加强。二、加强。",
        "好。　　",
        "首页>",
        "…",
        "下一步",
        "|",
        "某县人民政府\n",
        "加强领导\n",
        "一、加强领导\n",
        "[bookmark: _GoBack]",
        "目录\n",
        "1\n",
        "附件1\n某县项目清单\n",
        "序号\n加强领导\n",
        "（一）加强领导\n各位代表！\n",
        "对于这些问题，",
    ],
    ids=lambda unit: repr(unit[:12]),
)
def test_time_grows_no_faster_than_the_text(unit):
    """Adversarial units; four times the text takes about four times as long, in one of five tries."""
    short, long = (unit * (n // len(unit) + 1) for n in (20_000, 80_000))
    ratios = []
    for _ in range(5):
        ratios.append(seconds(long) / max(seconds(short), 0.002))
        if ratios[-1] <= 6:
            return
    pytest.fail(f"four times the text took {min(ratios):.1f} times as long")


@pytest.mark.parametrize("unit", ["（", "法治政府建设工作扎实推进，", "\n", "（一）", "一、"])
def test_a_megabyte_of_one_thing_takes_less_than_three_seconds(unit):
    assert seconds(unit * (1_000_000 // len(unit.encode()))) < 3


PATTERNS = [
    pytest.param(value, id=f"{name.rpartition('.')[2]}.{attribute}")
    for name, module in sorted(sys.modules.items())
    if name.startswith("fzclf.segmentation.")
    for attribute, value in sorted(vars(module).items())
    if isinstance(value, re.Pattern)
]


def seconds_of_search(pattern, text):
    begin = time.process_time()
    pattern.search(text)
    return time.process_time() - begin


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_backtracks(pattern):
    """Linear in the text for every pump: four times the text takes about four times as long (quadratic: sixteen)."""
    for pump in PUMPS:
        text = (pump * 2000)[:2000] + "\n"
        if min(seconds_of_search(pattern, text) for _ in range(2)) < 0.001:
            continue
        short = min(seconds_of_search(pattern, text) for _ in range(3))
        long = min(seconds_of_search(pattern, (pump * 8000)[:8000] + "\n") for _ in range(3))
        assert long <= 8 * short, f"{pump!r}: 2,000 characters {short:.4f} s, 8,000 {long:.4f} s"


def test_the_patterns_were_found():
    assert len(PATTERNS) > 50
