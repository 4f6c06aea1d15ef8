"""Times in rounds that take turns, so that a machine whose speed drifts is unjust to nobody."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from itertools import chain
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.engines import ENGINES, Engine, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


BARE_LOOP = "bare loop, for scale (16 bytes hashed a character)"


@dataclass(frozen=True)
class Sample:
    """All rounds of one engine on one stage."""

    stage: str
    engine: str
    n_codes: int
    n_bytes: int
    seconds: tuple[float, ...]  # CPU time of the process, one a round
    ratio: float | None  # speed over the stage's baseline: median of the rounds' own ratios
    same: bool | None  # result equal to the baseline's; None if that is not asked

    @property
    def m_codes_per_second(self) -> float:
        """Median speed."""
        return self.n_codes / median(self.seconds) / 1e6

    @property
    def spread(self) -> tuple[float, float]:
        """Slowest and fastest round, in million characters a second."""
        return self.n_codes / max(self.seconds) / 1e6, self.n_codes / min(self.seconds) / 1e6

    def as_dict(self) -> dict[str, Any]:
        """All raw figures."""
        return {**vars(self), "m_codes_per_second": self.m_codes_per_second, "spread": self.spread}


def measure_stage(stage: str, short: list[str], long: list[str], n_rounds: int) -> tuple[list[Sample], list[str]]:
    """Measure every engine of a stage; the first in the table is the baseline.

    Returns
    -------
    samples, and why the engines that are missing did not run
    """
    skipped: list[str] = []
    works: list[tuple[Engine, list[str], Work]] = []
    for engine in (engine for engine in ENGINES if engine.stage == stage):
        reason = engine.missing()
        if reason is None:
            texts = short if engine.slow else long
            try:
                works.append((engine, texts, engine.make(texts)))
            except (ImportError, AttributeError, OSError) as error:
                reason = f"{type(error).__name__}: {error}"
        if reason is not None:
            skipped.append(f"{stage}: {engine.name}: {reason}")
    if not works:
        return [], skipped
    rounds = [[_seconds(work) for _, _, work in works] for _ in range(n_rounds + 1)][1:]
    return _samples(stage, works, rounds, short), skipped


def _samples(
    stage: str, works: Sequence[tuple[Engine, list[str], Work]], rounds: list[list[float]], short: list[str]
) -> list[Sample]:
    samples = []
    sizes = [sum(map(len, texts)) for _, texts, _ in works]
    expected = _comparable(works[0][0].make(short)()) if any(engine.exact for engine, _, _ in works) else None
    for number, (engine, texts, _) in enumerate(works):
        ratios = [(row[0] / sizes[0]) / (row[number] / sizes[number]) for row in rounds]
        samples.append(
            Sample(
                stage=stage,
                engine=engine.name,
                n_codes=sizes[number],
                n_bytes=sum(len(text.encode("utf-8", "surrogatepass")) for text in texts),
                seconds=tuple(row[number] for row in rounds),
                ratio=median(ratios) if number else None,
                same=_comparable(engine.make(short)()) == expected if engine.exact and number else None,
            )
        )
    return samples


def _seconds(work: Work) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _comparable(result: Any) -> Any:
    """Rows, matrices and lists in one form, so that equal means equal to the last bit."""
    if hasattr(result, "indptr"):
        return result.indptr.tolist(), result.indices.tolist(), result.data.tolist()
    return list(result)


def growth(sizes_mb: Sequence[float], n_rounds: int) -> list[tuple[float, float, float]]:
    """Text to rows (words 1-2) on new text of more and more megabytes.

    Returns
    -------
    list of (megabytes, million characters a second, seconds)
        The best of the rounds; the vocabulary is of the smallest million characters.
    """
    from benchmarks.engines import BIGRAMS, _spans, table_of
    from benchmarks.texts import generated_paragraphs
    from fzclf.counting import FastRows

    table = table_of(BIGRAMS, list(generated_paragraphs(1_000_000)))
    engine = FastRows(table)
    points = []
    for size in sizes_mb:
        n_texts = max(1, round(2 / size))  # no text twice in a round: the processor learns a short one by heart
        texts = [list(generated_paragraphs(int(size * 1e6 / 2.8), seed=int(size * 1000) + n)) for n in range(n_texts)]
        n_bytes, n_codes = (
            sum(map(measure, chain.from_iterable(texts))) / n_texts
            for measure in (lambda text: len(text.encode()), len)
        )

        def work(texts: list[list[str]] = texts) -> None:
            for paragraphs in texts:
                engine.rows(*_spans(paragraphs))

        seconds = min(_seconds(work) for _ in range(n_rounds)) / n_texts
        points.append((n_bytes / 1e6, n_codes / seconds / 1e6, seconds))
    return points


def _bare_loop(n_bytes: int) -> Callable[[int], Any]:
    """Hashes of so many bytes, without memory to wait for or a lock to share, on some threads."""
    from concurrent.futures import ThreadPoolExecutor

    portion = bytes(1 << 20)

    def work(n_jobs: int) -> None:
        with ThreadPoolExecutor(n_jobs) as pool:
            list(pool.map(lambda _: hashlib.sha256(portion), range(16 * (1 + (n_bytes >> 20)))))

    return work


def threads(paragraphs: list[str], n_rounds: int) -> list[tuple[str, int, float, float]]:
    """``transform`` and ``classify_many`` with one and with two threads, in turns; and a bare loop, for scale.

    Returns
    -------
    list of (what, threads, million characters a second of wall time, the same of CPU time)
        The best rounds. Where other work has the processors, wall time says little;
        CPU time then says what the threads cost each other. What the bare loop
        does not gain, the machine does not give.
    """
    from benchmarks.engines import reports_of
    from fzclf import classify_many
    from fzclf.vectorizer import JiebaTfidfVectorizer

    vectorizer = JiebaTfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2).fit(paragraphs)
    reports = reports_of(paragraphs, 30_000)
    works: dict[str, Callable[[int], Any]] = {
        "transform": lambda n_jobs: vectorizer.set_params(n_jobs=n_jobs).transform(paragraphs),
        "classify_many": lambda n_jobs: [None for _ in classify_many(reports, n_jobs=n_jobs)],
        BARE_LOOP: _bare_loop(sum(map(len, paragraphs))),
    }
    m_codes = sum(map(len, paragraphs)) / 1e6
    seconds: dict[tuple[str, int], list[tuple[float, float]]] = {(name, n): [] for name in works for n in (1, 2)}
    for _ in range(n_rounds):  # all take turns: at times the machine gives two threads hardly more than one
        for (name, n_threads), times in seconds.items():
            began, cpu_began = time.perf_counter(), time.process_time()
            works[name](n_threads)
            times.append((time.perf_counter() - began, time.process_time() - cpu_began))
    points = []
    for (name, n_threads), times in seconds.items():
        wall, cpu = map(min, zip(*times, strict=True))
        points.append((name, n_threads, m_codes / wall, m_codes / cpu))
    return points
