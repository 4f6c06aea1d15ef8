"""What a whole process takes: start, first answer, peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from statistics import median

from benchmarks.texts import ROOT

_TEXT = "text = open('seeds/wuda-2022.txt', encoding='utf-8').read()[:5000]; "
_TABLE = (
    "import numpy as np; from fzclf.terms import TermSettings, TermTable; "
    "table = TermTable(TermSettings(ngram_range=(1, 2)), ('法治', '政府', '法治 政府'), np.ones(3)); "
)
_ROWS = (
    "from fzclf.counting import engine_for; from fzclf.codes import code_points; codes = code_points(text); "
    "engine_for(table).rows(codes, np.array([0]), np.array([len(codes)]))"
)
ALONE, PEERS = "python alone", "jieba and scikit-learn: only start"
PROGRAMS = {
    ALONE: "pass",
    "import numpy": "import numpy",
    "import fzclf": "import fzclf",
    "fzclf: first words": _TEXT + "import fzclf; fzclf.tokenize(text)",
    "fzclf: first TF-IDF rows": _TEXT + _TABLE + _ROWS,
    "fzclf: first classify": _TEXT + "import fzclf; fzclf.classify(text)",
    "jieba: first words": _TEXT + "import jieba; jieba.setLogLevel(60); jieba.lcut(text)",
    PEERS: ("import jieba; jieba.setLogLevel(60); jieba.initialize(); import sklearn.feature_extraction.text"),
}
# not ru_maxrss where there is a choice: it starts from the memory of the process that forked
_REPORT = """
import json, pathlib, resource, sys
unit = 1024 if sys.platform == "darwin" else 1
used = resource.getrusage(resource.RUSAGE_SELF)
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
peak = next((line for line in lines if line.startswith("VmHWM")), "")
kib = int(peak.split()[1]) if peak else used.ru_maxrss / unit
sys.stdout.write(json.dumps([used.ru_utime + used.ru_stime, kib / 1024]))
"""


def measure_starts(n_rounds: int, names: Iterable[str] = tuple(PROGRAMS)) -> list[tuple[str, float, float]]:
    """Each program in a process of its own, in turns.

    Returns
    -------
    list of (program, CPU seconds, peak MiB), medians; what fails is left out
    """
    rounds: dict[str, list[tuple[float, float]]] = {}
    for _ in range(n_rounds):
        for name in names:
            run = subprocess.run(
                [sys.executable, "-W", "ignore", "-c", PROGRAMS[name] + _REPORT],
                capture_output=True,
                text=True,
                cwd=ROOT,
                check=False,
            )
            if run.returncode == 0:
                rounds.setdefault(name, []).append(tuple(json.loads(run.stdout)))
    return [
        (name, median(seconds for seconds, _ in values), median(mib for _, mib in values))
        for name, values in rounds.items()
    ]
