"""``python -m fuzz.planting``: break each promise on purpose, in a copy of the tree, and see that its test fails.

A test that passes on broken code proves nothing. The faults stand in ``planted.toml``.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_ROOT = Path(__file__).resolve().parent.parent
_NOT_COPIED = shutil.ignore_patterns(".*", "dist", "build", "benchmarks", "docs", "*.egg-info")
_FAILED = 1  # of pytest's exit statuses the one that says that tests ran and some failed


def main() -> int:
    """Plant all faults; 1 if one of them goes unnoticed or no longer fits the code."""
    faults = tomllib.loads((_ROOT / "fuzz" / "planted.toml").read_text("utf-8"))["fault"]
    n_unnoticed = 0
    with TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        shutil.copytree(_ROOT, copy, ignore=_NOT_COPIED)
        shutil.copytree(_ROOT / ".github", copy / ".github")
        shutil.copytree(_ROOT / ".ci", copy / ".ci")
        for fault in faults:
            outcome = _planted(copy, fault)
            n_unnoticed += outcome != "noticed"
            print(f"{outcome:12} {fault['promise']}", flush=True)
    print(f"{len(faults) - n_unnoticed} of {len(faults)} faults noticed")
    return 1 if n_unnoticed else 0


def _planted(copy: Path, fault: dict[str, Any]) -> str:
    """``noticed``, ``UNNOTICED`` or ``NO LONGER FITS``."""
    place = copy / fault["file"]
    sound = place.read_text("utf-8")
    if fault["old"] not in sound:
        return "NO LONGER FITS"
    place.write_text(sound.replace(fault["old"], fault["new"], 1), "utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *fault["tests"].split()]
        done = subprocess.run(command, cwd=copy, capture_output=True, check=False)
        return "noticed" if done.returncode == _FAILED else "UNNOTICED"
    finally:
        place.write_text(sound, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
