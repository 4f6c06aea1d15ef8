"""``python -m fuzz [TARGET …] --seconds N --inputs N``: fuzz, survive crashes and hangs, print and record figures."""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from fuzz import record
from fuzz.guard import at_work, keep

_ROOT = Path(__file__).resolve().parent.parent
_HANG_SECONDS = 120
_SLOWEST = "slowest_seconds_per_10_kb"
# Share of the time that each target gets: more where there is more code of our own.
SHARES = {
    "segment": 4, "classify": 4, "tokenize": 2, "read": 3, "html": 3, "docx": 3, "pdf": 2, "whole": 3, "labels": 2,
    "codebook": 1,
    "dictionary": 2, "model": 3, "cli": 3,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Fuzz the targets one after the other; 1 if anything was found."""
    options = _parser().parse_args(arguments)
    engine = _engine(options.engine)
    folder = options.folder
    folder.mkdir(exist_ok=True)
    targets = options.targets or list(SHARES)
    total = sum(SHARES[name] for name in targets)
    n_before = _n_findings(folder)
    for name in targets:
        seconds = options.seconds * SHARES[name] / total
        figures = _fuzz(Run(name, engine, seconds, options.inputs, options.seed, folder))
        print(f"{name:10} " + "  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        if options.record:
            record.add(name, figures | {"engines": [engine]})
    n_found = _n_findings(folder) - n_before
    print(f"{n_found} new findings" + (f" in {folder / 'findings'}" if n_found else ""))
    return 1 if n_found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "targets", nargs="*", choices=[[], *SHARES], metavar="TARGET", help=", ".join(SHARES) + " (default: all)"
    )
    parser.add_argument("--seconds", type=float, default=600, help="of all targets together (default: 600)")
    parser.add_argument("--inputs", type=int, default=10**12, help="at most so many for each target")
    parser.add_argument("--engine", choices=("auto", "atheris", "random"), default="auto")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the time")
    parser.add_argument(
        "--folder", type=Path, default=_ROOT / ".fuzz", help="for corpora and findings (default: .fuzz)"
    )
    parser.add_argument(
        "--record", action="store_true", help="add the figures to fuzz/results.json and docs/reliability.md"
    )
    return parser


def _engine(asked: str) -> str:
    found = importlib.util.find_spec("atheris") is not None
    if asked == "auto" and not found:
        print(
            "atheris is not installed (it has wheels for Linux only): inputs are made by chance, not guided by coverage"
        )
    return asked if asked != "auto" else "atheris" if found else "random"


@dataclass(frozen=True)
class Run:
    """One target, and for how long."""

    name: str
    engine: str
    seconds: float
    n_inputs: int
    seed: int
    folder: Path

    def start(self, seconds: float, n_inputs: int, n_died: int, log: BinaryIO) -> subprocess.Popen[bytes]:
        """A worker; after it died, one with another seed."""
        command = [
            sys.executable, "-m", "fuzz.worker", self.name, str(self.folder), f"--engine={self.engine}",
            f"--seconds={seconds}",
            f"--inputs={n_inputs}", f"--seed={self.seed + n_died}",
        ]  # fmt: skip
        return subprocess.Popen(command, cwd=_ROOT, stdout=log, stderr=log)


def _fuzz(run: Run) -> dict[str, Any]:
    """Run a target for its time, again from where it crashed or hung; the figures of all its processes."""
    totals = {
        "inputs": 0,
        "refused": 0,
        "seconds": 0.0,
        "cpu_seconds": 0.0,
        "slowest_seconds_per_10_kb": 0.0,
        "died": 0,
    }
    end = time.monotonic() + run.seconds
    log, stats, current = (run.folder / f"{run.name}.{kind}" for kind in ("log", "stats", "current"))
    log.write_bytes(b"")
    while (left := end - time.monotonic()) > 0 and totals["inputs"] < run.n_inputs:
        for old in (stats, current):
            old.unlink(missing_ok=True)
        with log.open("ab") as stream:
            how = _watched(run.start(left, int(run.n_inputs - totals["inputs"]), int(totals["died"]), stream), run)
        figures = json.loads(stats.read_text()) if stats.exists() else {}
        for key, value in figures.items():
            totals[key] = max(totals[key], value) if key == _SLOWEST else round(totals[key] + value, 1)
        if not how:
            break
        if not figures:
            raise SystemExit(f"{run.name}: the worker does not start; see {log}")
        totals["died"] += 1
        story = log.read_text("utf-8", "replace")[-4000:]
        keep(run.folder, run.name, f"{how} at input {totals['inputs']}", at_work(run.folder, run.name)[1], story)
    edges = re.findall(r"cov: (\d+)", log.read_text("utf-8", "replace"))
    return totals | ({"edges": int(edges[-1])} if edges else {})


def _watched(process: subprocess.Popen[bytes], run: Run) -> str:
    """Wait for the worker; how it died, empty if it ended well."""
    number, since = -1, time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        now = time.monotonic()
        if (current := at_work(run.folder, run.name)[0]) != number:
            number, since = current, now
        elif now - since > _HANG_SECONDS:
            process.kill()
            process.wait()
            return f"hung for {_HANG_SECONDS} s"
    return f"died with status {process.returncode}" if process.returncode else ""


def _n_findings(folder: Path) -> int:
    return len(list((folder / "findings").glob("*.txt")))


if __name__ == "__main__":
    sys.exit(main())
