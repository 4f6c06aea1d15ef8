"""``python -m benchmarks``: measure, print, and if asked check or write the page."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmarks import checking, limits, measuring, results, starting
from benchmarks.engines import ENGINES
from benchmarks.texts import generated_paragraphs, real_paragraphs

STAGES = list(dict.fromkeys(engine.stage for engine in ENGINES))
THREAD_ROUNDS = 10  # of five, the best gave 1.3 to 2.1 times the speed; of ten, 2.0 twice
CHECKED = ["cut", "tfidf words 1", "tfidf words 1-2", "tfidf chars 1-2", "classify"]


def main(arguments: list[str] | None = None) -> int:
    """Run the stages asked for; 1 if a check fails."""
    options = _options().parse_args(arguments)
    run = results.Run()
    paragraphs = _paragraphs(options.corpus)
    short = _first(paragraphs, options.short)
    for stage in options.stage or (CHECKED if options.check else STAGES):
        print(f"{stage} …", file=sys.stderr)
        samples, skipped = measuring.measure_stage(stage, short, paragraphs, options.rounds)
        run.samples += samples
        run.skipped += skipped
        for sample in samples:
            ratio = f"{sample.ratio:8.1f}x" if sample.ratio is not None else "        "
            print(f"{stage:26} {sample.engine:30} {sample.m_codes_per_second:9.2f} M characters/s {ratio}")
    for reason in run.skipped:
        print(f"skipped: {reason}")
    if options.check and not options.stage:
        run.threads = measuring.threads(paragraphs * 2, THREAD_ROUNDS)
        run.starts = starting.measure_starts(3, [starting.ALONE, starting.PEERS, *checking.limited_programs()])
    elif not options.stage:
        run.threads = measuring.threads(paragraphs * 4, THREAD_ROUNDS)
        run.starts = starting.measure_starts(options.rounds)
        run.growth = measuring.growth(options.sizes, options.rounds)
        run.limits = limits.measure(paragraphs)
    if options.json:
        text = json.dumps(run.as_dict(), indent=1, ensure_ascii=False)
        sys.stdout.write(text) if options.json == "-" else Path(options.json).write_text(text, encoding="utf-8")
    if options.markdown:
        with Path(options.markdown).open("a", encoding="utf-8") as page:
            page.write(results.as_markdown(run))
    if options.write:
        results.write(run)
    wrong = checking.failures(run) if options.check else []
    for line in wrong:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if wrong else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only the stages with a floor; exit 1 if one is missed")
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md and its picture")
    parser.add_argument("--markdown", metavar="FILE", help="put the tables at the end of this file")
    parser.add_argument("--json", metavar="FILE", help="all raw samples ('-': standard output)")
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="measure on the .txt files of this folder")
    parser.add_argument("--stage", action="append", choices=STAGES, help="only this stage (may be repeated)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--short", type=int, default=100_000, help="characters that slow engines get")
    parser.add_argument("--sizes", type=float, nargs="+", default=[0.01, 0.1, 1, 10, 100], metavar="MB")
    return parser


def _paragraphs(corpus: Path | None) -> list[str]:
    paragraphs = real_paragraphs(corpus)
    missing = 1_000_000 - sum(map(len, paragraphs))
    return [*paragraphs, *generated_paragraphs(missing)] if missing > 0 else paragraphs


def _first(paragraphs: list[str], n_codes: int) -> list[str]:
    """Every so many-th paragraph, about `n_codes` in all: a sample of the whole, not its beginning."""
    step = max(1, round(sum(map(len, paragraphs)) / n_codes))
    return paragraphs[::step]


if __name__ == "__main__":
    sys.exit(main())
