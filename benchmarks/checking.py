"""The gate: floors under the ratios, equal results, and something measured at all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]  # before Python 3.11

if TYPE_CHECKING:
    from benchmarks.results import Run

FLOORS = Path(__file__).resolve().parent / "floors.toml"


def failures(run: Run, floors: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with a run, one line each; none if it passes."""
    floors = floors if floors is not None else tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = [f"{sample.stage}: {sample.engine}: result differs" for sample in run.samples if sample.same is False]
    ratios = {(sample.stage, sample.engine): sample.ratio for sample in run.samples if sample.ratio is not None}
    for floor in floors["ratio"]:
        ratio = ratios.get((floor["stage"], floor["engine"]))
        if ratio is None:
            found.append(f"{floor['stage']}: {floor['engine']}: not measured, floor {floor['at_least']}")
        elif ratio < floor["at_least"]:
            found.append(
                f"{floor['stage']}: {floor['engine']}: {ratio:.1f} times the baseline, floor {floor['at_least']}"
            )
    return found
