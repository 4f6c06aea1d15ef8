"""The gate: floors under the ratios, equal results, and something measured at all."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]  # before Python 3.11

from benchmarks.measuring import BARE_LOOP
from benchmarks.starting import ALONE, PEERS

if TYPE_CHECKING:
    from benchmarks.results import Run

IDLE_SHARE = 0.95  # of the wall time that a process computes on a machine where nothing else runs
FLOORS = Path(__file__).resolve().parent / "floors.toml"


def read_floors() -> dict[str, Any]:
    """Floors of ratios, limits of starts."""
    floors: dict[str, Any] = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def failures(run: Run, floors: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with a run, one line each; none if it passes."""
    floors = floors if floors is not None else read_floors()
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
    return [*found, *start_failures(run.starts, floors["start"]), *_thread_failures(run, floors["threads"])]


def limited_programs() -> list[str]:
    """Programs whose start has a limit."""
    return [limit["program"] for limit in read_floors()["start"]]


def start_failures(starts: list[tuple[str, float, float]], limits: list[dict[str, Any]]) -> list[str]:
    """Programs that start slower, or take more memory, than they may."""
    measured = {name: (seconds, mib) for name, seconds, mib in starts}
    if not {ALONE, PEERS} <= measured.keys():
        return [f"start: {ALONE!r} and {PEERS!r} must be measured"]
    found = []
    for limit in limits:
        seconds, mib = measured.get(limit["program"], (math.inf, math.inf))
        share, above = seconds / measured[PEERS][0], mib - measured[ALONE][1]
        if not (share <= limit["at_most_share"] and above <= limit["at_most_mib"]):
            found.append(
                f"start: {limit['program']}: {share:.2f} of the CPU time of {PEERS!r}, limit {limit['at_most_share']}; "
                f"{above:.0f} MiB above {ALONE!r}, limit {limit['at_most_mib']}"
            )
    return found


def _thread_failures(run: Run, floors: list[dict[str, Any]]) -> list[str]:
    """Work that two threads do not do quicker; on a busy machine, work that they waste CPU time on."""
    speeds = {(name, n): (wall, cpu) for name, n, wall, cpu in run.threads}
    (bare_1, _), (bare_2, _) = (speeds.get((BARE_LOOP, n), (float(n), 0.0)) for n in (1, 2))
    given = min(1.0, bare_2 / bare_1 / 2)  # two virtual processors may be much less than two
    found = []
    for floor in floors:
        name = floor["what"]
        if (name, 1) not in speeds or (name, 2) not in speeds:
            found.append(f"threads: {name}: not measured, floor {floor['at_least']}")
            continue
        (wall_1, cpu_1), (wall_2, cpu_2) = speeds[name, 1], speeds[name, 2]
        busy = wall_1 < IDLE_SHARE * cpu_1  # one thread alone had to wait for a processor
        gain, least = (cpu_2 / cpu_1, floor["cpu_at_least"]) if busy else (wall_2 / wall_1, floor["at_least"] * given)
        if gain < least:
            kind = "CPU" if busy else "wall"
            found.append(f"threads: {name}: {gain:.2f} times the speed in {kind} time, floor {least:.2f}")
    return found
