"""``RESULTS.md`` and its picture, from one run."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from math import log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.limits import Limits
    from benchmarks.measuring import Sample

FOLDER = Path(__file__).resolve().parent
PACKAGES = (
    *("numpy", "numba", "scikit-learn", "scipy", "jieba"),
    *("rjieba", "jieba_fast_dat", "cppjieba-py-dat", "fasttext-numpy2-wheel"),
)


SPEED = "M characters/s"
INTRODUCTION = """# Results

Made by `python -m benchmarks --write`; do not edit. Speeds are million characters (code points) a second of CPU
time, the median of rounds in which the engines take turns, with the slowest and the fastest round; the ratio is the
median of the rounds' own ratios to the first engine of the table. *same*: equal to the first engine's result to the
last bit. The machine is shared, and its memory is slower at times: ratios carry further than speeds.

Machine: {machine}.

![speed of text to TF-IDF, words 1-2](results.svg)
"""


@dataclass
class Run:
    """Everything that one run found."""

    samples: list[Sample] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    growth: list[tuple[float, float, float]] = field(default_factory=list)
    threads: list[tuple[str, int, float, float]] = field(default_factory=list)
    starts: list[tuple[str, float, float]] = field(default_factory=list)
    limits: Limits | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, raw."""
        rest = {name: value for name, value in vars(self).items() if name != "samples"}
        return {"machine": machine(), "samples": [sample.as_dict() for sample in self.samples], **rest}


def machine() -> str:
    """Processor, system and the versions that the figures belong to."""
    versions = [f"{package} {_version(package)}" for package in PACKAGES]
    system = (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    )
    return f"{_processor()}; {system}; {', '.join(versions)}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown processor")


def as_markdown(run: Run) -> str:
    """The page, whole."""
    sizes = [(f"{mb:,.2f}", f"{speed:.1f}") for mb, speed, _ in run.growth]
    threads = [(name, str(n), f"{wall:.1f}", f"{cpu:.1f}") for name, n, wall, cpu in run.threads]
    starts = [(name, f"{seconds:.2f}", f"{mib:.0f}") for name, seconds, mib in run.starts]
    parts = [
        INTRODUCTION.format(machine=machine()),
        *(_stage_table(stage, run.samples) for stage in dict.fromkeys(sample.stage for sample in run.samples)),
        _table("Size: text to TF-IDF (words 1-2), new text", ("MB", SPEED), sizes),
        _table("Threads", ("what", "threads", f"{SPEED}, wall time", "CPU time"), threads),
        _table("Start: a process of its own for 5,000 characters", ("program", "CPU s", "peak MiB"), starts),
        run.limits.as_markdown() if run.limits else "",
        _losses(run),
        "\n".join(["## Not run\n", *(f"- {reason}" for reason in run.skipped)]) if run.skipped else "",
    ]
    return "\n".join(part for part in parts if part).rstrip() + "\n"


def _stage_table(stage: str, samples: list[Sample]) -> str:
    rows = [
        (
            sample.engine,
            f"{sample.m_codes_per_second:.2f}",
            f"{sample.spread[0]:.2f}–{sample.spread[1]:.2f}",
            f"{sample.m_codes_per_second * sample.n_bytes / sample.n_codes:.1f}",
            f"{sample.ratio:.1f}×" if sample.ratio is not None else "1",
            {True: "yes", False: "**NO**", None: "–"}[sample.same],
        )
        for sample in samples
        if sample.stage == stage
    ]
    return _table(stage[0].upper() + stage[1:], ("engine", SPEED, "rounds", "MB/s", "ratio", "same"), rows)


def _table(title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return f"## {title}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _losses(run: Run) -> str:
    """Where another engine is quicker than ours, said as plainly as where it is not."""
    lines: list[str] = []
    for ours in (sample for sample in run.samples if sample.engine.startswith("fzclf")):
        quicker = (
            sample
            for sample in run.samples
            if sample.stage == ours.stage
            and not sample.engine.startswith("fzclf")
            and sample.m_codes_per_second > ours.m_codes_per_second
        )
        lines.extend(f"- {ours.stage}: {other.engine} is quicker than {ours.engine}." for other in quicker)
    lines += [
        "- `tokenize`: most of its time goes into making the `str` objects; `word_bounds` gives offsets instead.",
        "- `classify` is slower than its compiled loops: lines, sentences and roles are found in Python, and for a",
        "  short text most of the time goes into calls. Two threads gain little there: Python holds its lock.",
        "- The first process ever compiles for some seconds and builds the lexicon (`fzclf warmup` does both ahead);",
        "  rjieba needs neither. A process that cuts one short text once is quicker with rjieba.",
        "- A text with `İ` or `Σ` is lowered by Python, batch by batch; user words cost a lexicon of 10 MB each.",
    ]
    return "## Where we lose\n\n" + "\n".join(lines) + "\n"


def as_svg(run: Run) -> str:
    """Speed against size, logarithmic both ways; peers as lines across."""
    width, height, left, bottom, top = 720, 380, 70, 50, 20
    speeds = [speed for _, speed, _ in run.growth] or [1.0]
    peers = [
        sample for sample in run.samples if sample.stage == "tfidf words 1-2" and not sample.engine.startswith("fzclf")
    ]
    lowest = min([*speeds, *(peer.m_codes_per_second for peer in peers)])
    y_low, y_high = log10(lowest) - 0.3, log10(max(speeds)) + 0.3
    sizes = [log10(mb) for mb, _, _ in run.growth] or [0.0]
    x_low, x_high = min(sizes) - 0.1, max(sizes) + 0.1

    def x(size: float) -> float:
        return left + (size - x_low) / (x_high - x_low) * (width - left - 20)

    def y(speed: float) -> float:
        return height - bottom - (log10(speed) - y_low) / (y_high - y_low) * (height - bottom - top)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<text x="{left}" y="{height - 12}">megabytes of text (UTF-8)</text>',
        f'<text x="16" y="{height - bottom}" transform="rotate(-90 16 {height - bottom})">',
        "million characters a second of CPU time</text>",
    ]
    for power in range(-2, 4):
        if y_low <= power <= y_high:
            parts.append(
                f'<line x1="{left}" x2="{width - 20}" y1="{y(10**power):.1f}" y2="{y(10**power):.1f}" stroke="#ddd"/>'
            )
            parts.append(f'<text x="{left - 8}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    for size, (mb, _, _) in zip(sizes, run.growth, strict=False):
        parts.append(f'<text x="{x(size):.1f}" y="{height - bottom + 18}" text-anchor="middle">{mb:.3g}</text>')
    for peer in peers:
        at = y(peer.m_codes_per_second)
        parts.append(
            f'<line x1="{left}" x2="{width - 20}" y1="{at:.1f}" y2="{at:.1f}" stroke="#888" stroke-dasharray="4 3"/>'
        )
        parts.append(f'<text x="{width - 24}" y="{at - 4:.1f}" text-anchor="end" fill="#555">{peer.engine}</text>')
    points = " ".join(f"{x(size):.1f},{y(speed):.1f}" for size, speed in zip(sizes, speeds, strict=False))
    parts.append(f'<polyline points="{points}" fill="none" stroke="#b5121b" stroke-width="2.5"/>')
    parts.append(f'<text x="{x(sizes[0]):.1f}" y="{y(speeds[0]) - 10:.1f}" fill="#b5121b">fzclf</text></svg>')
    return "\n".join(parts) + "\n"


def write(run: Run) -> None:
    """Put the page and its picture beside this file."""
    (FOLDER / "RESULTS.md").write_text(as_markdown(run), encoding="utf-8")
    (FOLDER / "results.svg").write_text(as_svg(run), encoding="utf-8")
