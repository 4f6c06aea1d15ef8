"""Time grows with the text and no faster: every regular expression, every stack, every way in.

Each test doubles its input and demands less than three times the time (twice is linear, four times quadratic), in CPU
time, in one of some tries, because other programs on the machine slow down single ones.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import os
import pkgutil
import re
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import documents as make
import pytest
from conftest import ROOT
from pumps import PUMPS

import fzclf
from fzclf.reading import read

# The parser of the standard library finds a pattern's own characters; Python 3.11 gave it another name.
pattern_parser = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

GROWTH = 3.0
TRIES = 7
NOISE = 0.002  # seconds; a quadratic search of 8,000 characters takes 0.1 s and more


def seconds(run: Callable[[], object]) -> float:
    """CPU time of one run; the collector rests, since it also walks over what other tests have left."""
    gc.disable()
    try:
        begin = time.process_time()
        run()
        return time.process_time() - begin
    finally:
        gc.enable()


def assert_linear(run: Callable[[int], object], size: int, what: str) -> None:
    """Twice the size takes less than three times as long; stops at the first try that shows it."""
    ratios = []
    for _ in range(TRIES):
        short, long = seconds(lambda: run(size)), seconds(lambda: run(2 * size))
        if long < NOISE or long < GROWTH * max(short, NOISE / 2):
            return
        ratios.append(long / short)
    pytest.fail(f"{what}: twice the size took {min(ratios):.1f} times as long ({long:.3f} s)")


# --- every regular expression ---------------------------------------------------------------


def modules() -> list[str]:
    walk = pkgutil.walk_packages(fzclf.__path__, "fzclf.")
    return sorted(found.name for found in walk if not found.name.endswith("__main__"))


PATTERNS = {
    f"{name}.{attribute}": value
    for name in modules()
    for attribute, value in vars(importlib.import_module(name)).items()
    if isinstance(value, re.Pattern)
}
PUMPS_OF_ALL = [*PUMPS, "\n", "a", "<", "-"]
SIZE = 4_000  # characters
GIVES_UP = 0.5  # seconds; an exponential pattern is there at some dozens of characters


def own_characters(pattern: re.Pattern[str] | re.Pattern[bytes]) -> list[str]:
    """Characters that the pattern itself names, the most promising pumps, and each two that follow each other."""
    found: list[str] = []

    def walk(tree: object) -> None:
        if isinstance(tree, tuple) and len(tree) == 2 and str(tree[0]) == "LITERAL":
            found.append(chr(tree[1]))
        elif isinstance(tree, tuple | list | pattern_parser.SubPattern):
            for branch in tree:
                walk(branch)

    walk(
        pattern_parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    )
    pairs = [one + other for one, other in pairwise(found)]
    return list(dict.fromkeys(found))[:30] + list(dict.fromkeys(pairs))[:30]


SOURCES = "".join(path.read_text("utf-8") for path in sorted((ROOT / "fzclf").rglob("*.py")))


def uses(name: str) -> list[str]:
    """The methods of a pattern that the package calls: what is only matched at the beginning may be slow to search."""
    attribute = name.rpartition(".")[2]
    found = set(re.findall(rf"\b{attribute}\.(search|match|fullmatch|finditer|findall|sub|split)\(", SOURCES))
    return sorted({"search" if method in ("finditer", "findall", "sub", "split") else method for method in found}) or [
        "match"
    ]


def text_for(pattern: re.Pattern[str] | re.Pattern[bytes], pump: str, size: int) -> str | bytes:
    """The pump many times, then what no pattern ends with."""
    text = (pump * size)[:size] + "\x00\n"
    return text if isinstance(pattern.pattern, str) else text.encode()


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_backtracks(name: str) -> None:
    pattern = PATTERNS[name]
    for method in uses(name):
        run = getattr(pattern, method)
        for pump in dict.fromkeys([*PUMPS_OF_ALL, *own_characters(pattern)]):
            texts = {size: text_for(pattern, pump, size) for size in (16, 64, 256, 1024, SIZE, 2 * SIZE)}
            for size in (16, 64, 256, 1024):  # step by step, or an exponential one would never come back
                assert seconds(lambda: run(texts[size])) < GIVES_UP, f"{method} {pump!r}: {size} characters"  # noqa: B023
            assert_linear(lambda size: run(texts[size]), SIZE, f"{method} {pump!r}")  # noqa: B023


def test_every_pattern_is_a_constant_of_its_module() -> None:
    """A pattern inside a function would not be found above; ``re.sub`` and its like hide one."""
    hidden = []
    n_compiled = 0
    for path in (ROOT / "fzclf").rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        constants = [node.value for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and re.match(r"re\.(?!escape)", ast.unparse(node.func)):
                n_compiled += 1
                if node not in constants or ast.unparse(node.func) != "re.compile":
                    hidden.append(f"{path.name}:{node.lineno}")
    assert not hidden
    assert n_compiled == len({id(pattern) for pattern in PATTERNS.values()})


# --- every way in ---------------------------------------------------------------------------

UNITS = [
    "（", "一、", "（一）", "1.", "“", "《“", "“”", " ", "\u3000", "\n", "\r", "|", "| a ", "9", "法", "A", "。",
    "。\n", "；", "一是", "…",
    "他说：“好。", "一、加强。二、加强。", "一、加强。\n", "首页>", "\ud800", "İ", "存在问题，", "目录\n",
    "某县人民政府\n", "1\n", "第一章\n",
    "加强领导\n", "[bookmark: _GoBack]", "x" + " " * 200 + "\n", "虽然存在问题。", "2022年1月5日\n", "好。　　",
    "下一步", "\x1b", "推进依法行政，加强执法监督，开展法治宣传教育\n",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: ascii(unit[:12]))
def test_a_text_of_one_thing_is_tagged_in_linear_time(unit: str) -> None:
    fzclf.classify(unit)
    assert_linear(lambda size: fzclf.classify(unit * (size // len(unit) + 1)).to_json(), 8_000, repr(unit))


def test_a_hundred_thousand_open_brackets_are_quick() -> None:
    for bracket in "（《“「[(":
        assert seconds(lambda: fzclf.classify(bracket * 100_000).to_json()) < 5  # noqa: B023


PARTS = {
    "text of spaces": lambda n: b" " * n,
    "gb18030": lambda n: ("法治。" * n).encode("gb18030"),
    "tags": lambda n: b"<html><body>" + b"<p>a" * n,
    "line breaks": lambda n: b"<html><body>" + b"<br>" * n,
    "open comments": lambda n: b"<html><body>a" + b"<!--" * n,
    "open tags": lambda n: b"<html><body>a" + b"<p " * n,
    "quotes": lambda n: b"<html><body>a" + b"<p a='" * n,
    "angles": lambda n: b"<html><body>a" + b"<" * n,
    "entities": lambda n: b"<html><body>" + b"&lt;" * n,
    "cells": lambda n: b"<html><body><table>" + b"<tr><td>a" * n,
    "spaces in a page": lambda n: b"<html><body><pre>a" + b" " * n + b"a",
    "a title of dashes": lambda n: b"<html><title>" + b"- " * n + b"</title><body>a",
    "containers in each other": lambda n: b"<html><body>" + b'<div id="zoom">' * (n // 8) + b"a<br>" * n,
    "Word paragraphs": lambda n: make.docx(make.paragraph("法") * n),
    "Word runs": lambda n: make.docx(make.paragraph(runs=make.run("法") * n)),
    "Word cells": lambda n: make.docx(make.table([["法"] * n])),
    "deleted marks": lambda n: make.docx(f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{make.run('a')}</w:p>" * n),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_a_file_of_one_thing_is_read_in_linear_time(name: str) -> None:
    for library in ("lxml", "selectolax", "trafilatura"):
        pytest.importorskip(library, reason="needs fzclf[office]")
    content = {size: PARTS[name](size) for size in (3_000, 6_000)}

    def run(size: int) -> None:
        with contextlib.suppress(fzclf.ReadError):  # a limit may speak first
            read(content[size])

    run(3_000)
    assert_linear(run, 3_000, name)


@pytest.mark.skipif("FZCLF_SLOW_TESTS" not in os.environ, reason="takes a minute; FZCLF_SLOW_TESTS=1 runs it")
@pytest.mark.parametrize("unit", ["法", "推进依法行政，", "（", "一、", "。"])
def test_fifty_megabytes_on_one_line(unit: str) -> None:
    text = unit * (50_000_000 // len(unit.encode()))
    assert seconds(lambda: fzclf.segment(text)) < 60
    assert seconds(lambda: fzclf.tokenize(text)) < 60
