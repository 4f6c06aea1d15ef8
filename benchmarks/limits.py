"""How fast it could be at best: what memory allows, and how many accesses a character needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np

from benchmarks.engines import reports_of
from fzclf import classify
from fzclf.codes import code_points
from fzclf.cutting import word_bounds
from fzclf.lexicon import LABEL_SHIFT, Lexicon, lexicon_for
from fzclf.loading import load_model, scorer_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Loop = TypeVar("Loop", bound=Callable[..., Any])
_compiled: Callable[[Loop], Loop] = numba.njit(nogil=True)
SIZES_MIB = (0.25, 1, 8, 64)
N_ACCESSES = 1 << 21
_BASE = np.uint64((1 << LABEL_SHIFT) - 1)


@_compiled
def _chase(table: Any, n: Any) -> Any:
    """Each access says where the next one goes."""
    at = table[0]
    for _ in range(n):
        at = table[at]
    return at


@_compiled
def _gather(table: Any, places: Any) -> Any:
    """No access waits for another."""
    total = np.int64(0)
    for place in places:
        total += table[place]
    return total


@dataclass(frozen=True)
class Limits:
    """What this machine's memory does, and what `classify` asks of it.

    Attributes
    ----------
    chased, gathered : tuples
        Nanoseconds of a random access that depends on the one before, and of one that
        does not, for tables of `SIZES_MIB`.
    gb_per_second : float
        Reading 256 MB from end to end.
    accesses : dict
        Random accesses to tables for each character of text, by step.
    kernel_nanoseconds, classify_nanoseconds : float
        CPU time of a character in the scoring of units, and in all of `classify`.
    """

    chased: tuple[float, ...]
    gathered: tuple[float, ...]
    gb_per_second: float
    accesses: dict[str, float]
    kernel_nanoseconds: float
    classify_nanoseconds: float

    def as_markdown(self) -> str:
        """The section of the results page."""
        total = sum(self.accesses.values())
        least = total * self.gathered[1]
        rows = [
            f"| {size:g} MiB | {waiting:.1f} | {free:.1f} |"
            for size, waiting, free in zip(SIZES_MIB, self.chased, self.gathered, strict=True)
        ]
        steps = [f"| {step} | {n:.2f} |" for step, n in self.accesses.items()]
        return "\n".join([
            "## The limit: memory",
            "",
            "A random access to a table, in nanoseconds, when each waits for the one before and when none does:",
            "",
            "| table | each waits | none waits |",
            "| --- | --- | --- |",
            *rows,
            "",
            f"Read from end to end, memory gives {self.gb_per_second:.1f} GB/s; text takes 4 bytes a character of it,",
            "so bandwidth is no limit. Random accesses are; `classify` makes for each character:",
            "",
            "| step | accesses a character |",
            "| --- | --- |",
            *steps,
            "",
            f"Were all {total:.1f} free of each other and in the second-level cache (1 MiB above), they would take",
            f"{least:.0f} ns a character. Words, weights and margins together take {self.kernel_nanoseconds:.0f} ns,",
            f"of which memory at its best is {least / self.kernel_nanoseconds:.0%}; all of `classify`, with lines and",
            f"sentences in Python, takes {self.classify_nanoseconds:.0f} ns.",
            "",
        ])  # fmt: skip


def measure(paragraphs: list[str]) -> Limits:
    """Measure the memory, count the accesses, and take the time of `classify` on the same text."""
    from fzclf.features import build_units
    from fzclf.segmentation import read_outline
    from fzclf.segmentation.outline import PARAGRAPH

    rng = np.random.default_rng(0)
    chased, gathered = [], []
    for mib in SIZES_MIB:
        n = int(mib * (1 << 20) / 8)
        circle = np.empty(n, dtype=np.int64)
        order = rng.permutation(n)
        circle[order] = np.roll(order, 1)
        places = rng.integers(0, n, N_ACCESSES)
        chased.append(_best(lambda circle=circle: _chase(circle, N_ACCESSES)) / N_ACCESSES)
        gathered.append(_best(lambda circle=circle, places=places: _gather(circle, places)) / N_ACCESSES)
    long = np.ones(1 << 25)
    reports = reports_of(paragraphs, 30_000)
    n_codes = sum(map(len, reports))
    outlines = [[entry for entry in read_outline(report) if entry.kind == PARAGRAPH] for report in reports]
    units = [build_units(report, entries) for report, entries in zip(reports, outlines, strict=True)]
    scorer = scorer_of(load_model())
    return Limits(
        chased=tuple(chased),
        gathered=tuple(gathered),
        gb_per_second=long.nbytes / _best(long.sum),
        accesses=_accesses(paragraphs),
        kernel_nanoseconds=_best(lambda: [scorer.score(unit) for unit in units] and None) / n_codes,
        classify_nanoseconds=_best(lambda: [classify(report) for report in reports] and None) / n_codes,
    )


def _best(work: Any, n_rounds: int = 5) -> float:
    """CPU nanoseconds of the quickest round; the first one, which may compile, is left out."""
    seconds = []
    for _ in range(n_rounds + 1):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return min(seconds[1:]) * 1e9


def _accesses(paragraphs: list[str]) -> dict[str, float]:
    """Accesses that a text of these paragraphs asks for, counted step by step with numpy.

    Left out: what lies in order (the text itself, scratch), and tables of a few kilobytes.
    """
    codes = code_points("".join(paragraphs))
    bounds = np.cumsum([0, *map(len, paragraphs)])
    lexicon = lexicon_for()
    n_words = len(word_bounds(codes, bounds[:-1], bounds[1:], lexicon)[0])
    n_codes = len(codes)
    terms = {
        engine.table.settings.analyzer: len(engine.rows(codes, bounds[:-1], bounds[1:]).indices)
        for engine in scorer_of(load_model()).engines
    }
    return {
        "characters of the dictionary: number, node": 2.0,
        "longer words of the dictionary: node": 1.0 * _walks(codes, lexicon) / n_codes,
        "words of the model": n_words / n_codes,
        "pairs of words, pairs of characters": (n_words + n_codes) / n_codes,
        "characters of the model": 1.0,
        "terms of both views: count, row": 2.0 * sum(terms.values()) / n_codes,
    }


def _walks(codes: NDArray[np.uint32], lexicon: Lexicon) -> int:
    """How often the trie is asked for a second, third or fourth character where there may be one."""
    ids = np.append(lexicon.char_ids[np.minimum(codes, 0xFFFF)], np.zeros(4, dtype=np.uint16)).astype(np.int64)
    nodes = lexicon.nodes[ids[: len(codes)]]
    n_walks = 0
    for step in (1, 2, 3):
        bases = (nodes & _BASE).astype(np.int64)
        chars = ids[step : step + len(codes)]
        slots = np.where(bases != 0, bases + chars, 0)
        n_walks += int((bases != 0).sum())
        children = lexicon.nodes[slots]
        labels = children >> np.uint64(LABEL_SHIFT) & np.uint64(0xFFFF)
        nodes = np.where((bases != 0) & (labels == chars), children, np.uint64(0))
    return n_walks
