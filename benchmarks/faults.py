"""``python -m benchmarks.faults``: promises broken one at a time in a copy of the repository; a test must notice each.

Tests that pass show nothing unless they can fail. Each row of `faults.toml` changes one place and names the
test that must fail then and must pass before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found,unused-ignore]  # before Python 3.11

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("fzclf", "models", "labels", "seeds", "tests", "benchmarks", "fuzz", ".github", ".ci", "pyproject.toml")
PASSED, FAILED = 0, 1  # how pytest ends; anything else is no answer
SECONDS = 600


@dataclass(frozen=True)
class Fault:
    """A promise, and how it is broken.

    Attributes
    ----------
    old, new : str
        Text in `file` that stands there once, and what takes its place.
    test : str
        What pytest is asked to run.
    bounds : bool
        Whether the loops are compiled anew with every index checked.
    """

    promise: str
    file: str
    old: str
    new: str
    test: str
    bounds: bool = False


def main(arguments: list[str] | None = None) -> int:
    """Plant all faults, or those whose promise holds a word; 1 if one is not caught."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("words", nargs="*", help="only promises with one of these words")
    words = parser.parse_args(arguments).words
    rows = tomllib.loads((ROOT / "benchmarks" / "faults.toml").read_text("utf-8"))["fault"]
    faults = [fault for fault in (Fault(**row) for row in rows) if not words or any(w in fault.promise for w in words)]
    with tempfile.TemporaryDirectory() as folder:
        copy = _copied(Path(folder))
        verdicts = [_verdict(copy, fault) for fault in _told(faults)]
    n_caught = verdicts.count("caught")
    print(f"\n{n_caught} of {len(faults)} planted faults caught")
    return 0 if n_caught == len(faults) else 1


def _told(faults: Iterable[Fault]) -> Iterable[Fault]:
    """The faults, each announced before it is planted."""
    print("| promise | broken in | verdict |\n| --- | --- | --- |")
    for fault in faults:
        print(f"| {fault.promise} | `{fault.file}` | ", end="", flush=True)
        yield fault


def _copied(folder: Path) -> Path:
    """The repository without its history; compiled loops come along, as times of files are kept."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part)
        else:
            shutil.copy2(ROOT / part, folder / part)
    return folder


def _verdict(copy: Path, fault: Fault) -> str:
    """``caught``, or why the fault proves nothing."""
    began = time.perf_counter()
    path, whole = copy / fault.file, (ROOT / fault.file).read_text("utf-8")
    if whole.count(fault.old) != 1:
        verdict = f"not planted: its place is there {whole.count(fault.old)} times"
    elif _run(copy, fault) != PASSED:
        verdict = "not planted: the test fails without it"
    else:
        path.write_text(whole.replace(fault.old, fault.new), "utf-8")
        verdict = "caught" if _run(copy, fault) == FAILED else "NOT CAUGHT"
        shutil.copy2(ROOT / fault.file, path)
    print(f"{verdict} ({time.perf_counter() - began:.0f} s) |", flush=True)
    return verdict


def _run(copy: Path, fault: Fault) -> int:
    """How pytest ends on the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    if fault.bounds:
        environment |= {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(copy / "bounds")}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *fault.test.split(" ", 2)]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, timeout=SECONDS, check=False)
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
