"""What all recorded runs tried, as ``results.json`` and as the table of ``docs/reliability.md``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent
RESULTS = _ROOT / "fuzz" / "results.json"
PAGE = _ROOT / "docs" / "reliability.md"
_OPENS, _CLOSES = "<!-- fuzz: written by python -m fuzz --record -->\n", "<!-- /fuzz -->"
_LARGEST = ("edges", "slowest_seconds_per_10_kb")


def results() -> dict[str, dict[str, Any]]:
    """Figures of each target; empty before the first recorded run."""
    found: dict[str, dict[str, Any]] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    return found


def add(name: str, figures: dict[str, Any]) -> None:
    """Add the figures of one run to those before, and write the page again."""
    record = results()
    record[name] = _together(record.get(name, {}), figures)
    RESULTS.write_text(json.dumps(dict(sorted(record.items())), indent=1) + "\n", "utf-8")
    if PAGE.exists():
        write_page()


def _together(before: dict[str, Any], figures: dict[str, Any]) -> dict[str, Any]:
    after = dict(before)
    for key, value in figures.items():
        if key == "engines":
            after[key] = sorted({*before.get(key, ()), *value})
        elif key in _LARGEST:
            after[key] = max(before.get(key, 0), value)
        else:
            after[key] = round(before.get(key, 0) + value, 1)
    return after


def table() -> str:
    """The record as Markdown, with a line for all targets together."""
    record = results()
    lines = [
        "| target | inputs | refused | seconds | of these CPU | slowest, CPU s for 10 kB |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, figures in record.items():
        lines.append(_line(name, figures))
    sums = {
        key: sum(figures[key] for figures in record.values()) for key in ("inputs", "refused", "seconds", "cpu_seconds")
    }
    slowest = max((figures["slowest_seconds_per_10_kb"] for figures in record.values()), default=0)
    return "\n".join([*lines, _line("**all**", sums | {"slowest_seconds_per_10_kb": slowest})]) + "\n"


def _line(name: str, figures: dict[str, Any]) -> str:
    counts = " | ".join(f"{round(figures[key]):,}" for key in ("inputs", "refused", "seconds", "cpu_seconds"))
    return f"| {name} | {counts} | {figures['slowest_seconds_per_10_kb']:.2f} |"


def write_page() -> None:
    """Put the table into its place on the page."""
    text = PAGE.read_text("utf-8")
    start = text.index(_OPENS) + len(_OPENS)
    PAGE.write_text(text[:start] + table() + text[text.index(_CLOSES) :], "utf-8")
