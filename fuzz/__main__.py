"""``python -m fuzz [TARGET …] --seconds N --inputs N``: fuzz, survive crashes and hangs, print and record figures."""

from __future__ import annotations

import argparse
import importlib.util
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from fuzz.guard import at_work, keep

_ROOT = Path(__file__).resolve().parent.parent
_FOLDER = _ROOT / ".fuzz"
_RECORD = _ROOT / "fuzz" / "results.json"
_HANG_SECONDS = 120
# Share of the time that each target gets: more where there is more code of our own.
SHARES = {
    "segment": 4, "classify": 4, "tokenize": 2, "read": 3, "html": 3, "docx": 3, "pdf": 2, "whole": 3, "labels": 2, "codebook": 1,
    "dictionary": 2, "model": 3, "cli": 3,
}  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Fuzz the targets one after the other; 1 if anything was found."""
    options = _parser().parse_args(arguments)
    engine = _engine(options.engine)
    _FOLDER.mkdir(exist_ok=True)
    targets = options.targets or list(SHARES)
    total = sum(SHARES[name] for name in targets)
    n_before = _n_findings()
    for name in targets:
        seconds = options.seconds * SHARES[name] / total
        figures = _fuzz(name, engine, seconds, options.inputs, options.seed)
        print(f"{name:10} " + "  ".join(f"{key} {value}" for key, value in figures.items()), flush=True)
        if options.record:
            _add_to_record(name, engine, figures)
    n_found = _n_findings() - n_before
    print(f"{n_found} new findings" + (f" in {_FOLDER / 'findings'}" if n_found else ""))
    return 1 if n_found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[[], *SHARES], metavar="TARGET", help=", ".join(SHARES) + " (default: all)")
    parser.add_argument("--seconds", type=float, default=600, help="of all targets together (default: 600)")
    parser.add_argument("--inputs", type=int, default=10**12, help="at most so many for each target")
    parser.add_argument("--engine", choices=("auto", "atheris", "random"), default="auto")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="default: the time")
    parser.add_argument("--record", action="store_true", help=f"add the figures to {_RECORD.relative_to(_ROOT)}")
    return parser


def _engine(asked: str) -> str:
    found = importlib.util.find_spec("atheris") is not None
    if asked == "auto" and not found:
        print("atheris is not installed (it has wheels for Linux only): inputs are made by chance, not guided by coverage")
    return asked if asked != "auto" else "atheris" if found else "random"


def _fuzz(name: str, engine: str, seconds: float, n_inputs: int, seed: int) -> dict[str, Any]:
    """Run one target for its time, again from where it crashed or hung; the figures of all its processes."""
    totals = {"inputs": 0, "refused": 0, "seconds": 0.0, "cpu_seconds": 0.0, "slowest_seconds_per_10_kb": 0.0, "died": 0}
    end = time.monotonic() + seconds
    log = _FOLDER / f"{name}.log"
    log.write_bytes(b"")
    while (left := end - time.monotonic()) > 0 and totals["inputs"] < n_inputs:
        command = [
            sys.executable, "-m", "fuzz.worker", name, str(_FOLDER), f"--engine={engine}", f"--seconds={left}",
            f"--inputs={n_inputs - totals['inputs']}", f"--seed={seed + totals['died']}",
        ]  # fmt: skip
        stats = _FOLDER / f"{name}.stats"
        for old in (stats, _FOLDER / f"{name}.current"):
            old.unlink(missing_ok=True)
        with log.open("ab") as stream:
            process = subprocess.Popen(command, cwd=_ROOT, stdout=stream, stderr=stream)
            how = _watched(process, name)
        figures = json.loads(stats.read_text()) if stats.exists() else {}
        for key, value in figures.items():
            totals[key] = max(totals[key], value) if key.startswith("slowest") else round(totals[key] + value, 1)
        if not how:
            break
        if not figures:
            raise SystemExit(f"{name}: the worker does not start; see {log}")
        totals["died"] += 1
        _, data = at_work(_FOLDER, name)
        keep(_FOLDER, name, f"{how} at input {totals['inputs']}", data, log.read_text("utf-8", "replace")[-4000:])
    found = re.findall(r"cov: (\d+)", log.read_text("utf-8", "replace"))
    return totals | ({"edges": int(found[-1])} if found else {})


def _watched(process: subprocess.Popen[bytes], name: str) -> str:
    """Wait for the worker; how it died, empty if it ended well."""
    number, since = -1, time.monotonic()
    while process.poll() is None:
        time.sleep(0.2)
        now = time.monotonic()
        if (current := at_work(_FOLDER, name)[0]) != number:
            number, since = current, now
        elif now - since > _HANG_SECONDS:
            process.kill()
            process.wait()
            return f"hung for {_HANG_SECONDS} s"
    return f"died with status {process.returncode}" if process.returncode else ""


def _n_findings() -> int:
    return len(list((_FOLDER / "findings").glob("*.txt")))


def _add_to_record(name: str, engine: str, figures: dict[str, Any]) -> None:
    """Figures of all recorded runs together; findings are what was open in the last one."""
    record = json.loads(_RECORD.read_text("utf-8")) if _RECORD.exists() else {}
    before = record.get(name, {})
    after = {
        key: max(before.get(key, 0), value) if key in ("edges", "slowest_seconds_per_10_kb") else round(before.get(key, 0) + value, 1)
        for key, value in figures.items()
    }
    after["engines"] = sorted({*before.get("engines", []), engine})
    record[name] = {key: int(value) if isinstance(value, float) and value.is_integer() else value for key, value in after.items()}
    ordered = {key: record[key] for key in SHARES if key in record}
    _RECORD.write_text(json.dumps(ordered, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
