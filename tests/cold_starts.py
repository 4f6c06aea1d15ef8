"""Processes that start where nothing has been compiled or built yet, all at once; each costs ten seconds of compiling.

They are started in different ways, so that one run of each serves the tests of several promises.
"""

import json
import os
import shutil
import subprocess
import sys

from conftest import ROOT, SEEDS

# Every number of the five seeds, with all its digits.
ANSWERS = """
import fzclf, json, os, sys
rows = []
for path in sys.argv[1:]:
    for paragraph in fzclf.classify(fzclf.read(path)):
        for s in paragraph.sentences:
            rows.append([s.category, s.score.hex(), s.review, *(p.hex() for p in s.probabilities.values())])
print(json.dumps({"rows": rows, "from": os.path.dirname(fzclf.__file__), "debug": __debug__}))
"""
# Two generations back: no AVX, no fused multiply-add, in numba's loops, in numpy's and in BLAS.
OTHER_PROCESSOR = {
    "NUMBA_CPU_NAME": "x86-64",
    "NUMBA_CPU_FEATURES": "",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX2 FMA3",
    "OPENBLAS_CORETYPE": "Prescott",
}
CAP_DAC_OVERRIDE, CAP_FOWNER, PR_CAPBSET_DROP = 1, 3, 24
THOROUGH = bool(os.environ.get("FZCLF_THOROUGH"))


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
    running = {"plain": start(cache), "other processor": start(cache | OTHER_PROCESSOR)}
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
