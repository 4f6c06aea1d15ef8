"""Processes that start where nothing has been compiled or built yet, all at once; each costs six seconds of compiling.

They are started in different ways, so that one run of each serves the tests of several promises.
"""

import json
import os
import platform
import shutil
import subprocess
import sys

from conftest import ROOT, SEEDS

# Every number of the five seeds, with all its digits.
ANSWERS = """
import fzclf, hashlib, json, os, sys
import numpy as np
logs = hashlib.sha256(np.log(np.linspace(1, 50, 10_000)).tobytes()).hexdigest()
rows = []
for path in sys.argv[1:]:
    for paragraph in fzclf.classify(fzclf.read(path)):
        for s in paragraph.sentences:
            rows.append([s.category, s.score.hex(), s.review, *(p.hex() for p in s.probabilities.values())])
print(json.dumps({"rows": rows, "from": os.path.dirname(fzclf.__file__), "logs": logs}))
"""
CAP_DAC_OVERRIDE, CAP_FOWNER, PR_CAPBSET_DROP = 1, 3, 24
THOROUGH = bool(os.environ.get("FZCLF_THOROUGH"))


def other_processor():
    """One of 20 years ago, to numba's loops, to numpy and to BLAS: no AVX, no fused multiply-add."""
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = " ".join(name for name in __cpu_dispatch__ if __cpu_features__.get(name))
    numba = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}
    return numba | {"NPY_DISABLE_CPU_FEATURES": features, "OPENBLAS_CORETYPE": "Prescott"}


def answers_of(process):
    out, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors.decode(errors="replace")[-3000:]
    return json.loads(out) | {"said": errors.decode(errors="replace")}


def start(environment, *flags, folder=ROOT, before=None, leave_out=()):
    """A process that answers for the seeds; `environment` comes on top of ours."""
    kept = {name: value for name, value in os.environ.items() if name not in (*leave_out, "NUMBA_CACHE_DIR")}
    command = [sys.executable, *flags, "-c", ANSWERS, *map(str, sorted(SEEDS.glob("*.txt")))]
    return subprocess.Popen(
        command,
        env=kept | environment,
        cwd=folder,
        preexec_fn=before,  # noqa: PLW1509  # nothing is locked here
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def bound_by_permissions():
    """Even root obeys the permissions of files from here on."""
    if os.geteuid() == 0:
        import ctypes

        for capability in (CAP_DAC_OVERRIDE, CAP_FOWNER):
            ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def read_only_installation(folder):
    """A copy of the package and a home, both without permission to write."""
    place = folder / "只读 目录"
    for name in ("fzclf", "models"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    (place / "labels").mkdir()
    shutil.copy(ROOT / "labels" / "categories.toml", place / "labels")
    (place / "home").mkdir()
    for path in [place, *place.rglob("*")]:
        path.chmod(path.stat().st_mode & 0o555)
    return place


def run_all(folder):
    """The answers of every kind of start, by its name."""
    cache = {"NUMBA_CACHE_DIR": str(folder / "cache"), "FZCLF_CACHE_DIR": str(folder / "cache")}
    running = {"plain": start(cache)}
    if platform.machine() in ("x86_64", "AMD64"):
        running["other processor"] = start(cache | other_processor())
    if sys.platform == "linux":
        place = read_only_installation(folder)
        environment = {"HOME": str(place / "home"), "PYTHONPATH": str(place), "PYTHONSAFEPATH": "1"}
        environment |= {"XDG_CACHE_HOME": str(place / "home")}
        running["read only"] = start(
            environment, folder=place, before=bound_by_permissions, leave_out=["FZCLF_CACHE_DIR"]
        )
    if THOROUGH:
        running["plain too"] = start(cache)
        running["without asserts"] = start(cache, "-O")
    return {name: answers_of(process) for name, process in running.items()}
