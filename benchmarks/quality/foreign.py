"""Text that is no report: whether it is called `other` and marked for review, and by what it is known."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fzclf
from benchmarks.quality.data import ROOT, Data
from fzclf.model import Model
from fzclf.reference import fit_table
from fzclf.terms import TermSettings
from fzclf.training.labels import LabelledReport

FOREIGN = ROOT / "tests" / "golden" / "foreign.jsonl"
_LOWEST = 0.05  # of real paragraphs, for the comparison of what tells foreign text
_MEASURES = {
    "words": ("word", 1),
    "pairs of words": ("word", 2),
    "characters": ("char", 1),
    "pairs of characters": ("char", 2),
    "triples of characters": ("char", 3),
}


def read_foreign(path: Path = FOREIGN) -> list[dict[str, str]]:
    """Rows of ``{"id", "kind", "text"}``."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def judge(row: dict[str, str], model: Model) -> dict[str, Any]:
    """What the model says of one foreign text: its categories, and how many paragraphs nobody would look at."""
    paragraphs = list(fzclf.classify(row["text"], model=model))
    categories = sorted({paragraph.category for paragraph in paragraphs})
    unmarked = sum(paragraph.review is None for paragraph in paragraphs)
    return {
        "id": row["id"],
        "kind": row["kind"],
        "n_paragraphs": len(paragraphs),
        "categories": categories,
        "n_unmarked": unmarked,
        "other": set(categories) <= {"other"},
        "marked": unmarked == 0,
    }


def measure(data: Data, model: Model) -> dict[str, Any]:
    """All foreign texts by the packaged model, and how well each kind of term tells them from reports.

    The model has seen no foreign text; its limits come from reports alone.
    """
    rows = read_foreign()
    judged = [judge(row, model) for row in rows]
    return {
        "data_sha256_of_model": model.card.get("data", {}).get("sha256", "unknown"),
        "n": len(judged),
        "good": sum(one["other"] and one["marked"] for one in judged),
        "other": sum(one["other"] for one in judged),
        "marked": sum(one["marked"] for one in judged),
        "kinds": _by_kind(judged),
        "failures": [one for one in judged if not (one["other"] and one["marked"])],
        "familiar": _familiar(data, [row["text"] for row in rows]),
    }


def _by_kind(judged: Sequence[dict[str, Any]]) -> dict[str, dict[str, int]]:
    kinds: dict[str, dict[str, int]] = {}
    for one in judged:
        counts = kinds.setdefault(one["kind"], {"n": 0, "other": 0, "marked": 0, "good": 0})
        good = one["other"] and one["marked"]
        for name, hit in (("n", True), ("other", one["other"]), ("marked", one["marked"]), ("good", good)):
            counts[name] += hit
    return dict(sorted(kinds.items()))


# --- what tells foreign text ----------------------------------------------------------------


def _familiar(data: Data, foreign: Sequence[str]) -> list[dict[str, Any]]:
    """Share of foreign texts that look as familiar as real paragraphs, by each kind of term.

    The terms are learnt from the written text alone, so the seeds are as unseen as the foreign texts.
    """
    written = [text for report in data.reports if not report.real for text, _ in report.labels()]
    real = [text for report in data.reports if report.real for text in _paragraph_texts(report)]
    return [_separation(name, written, real, foreign) for name in _MEASURES]


def _paragraph_texts(report: LabelledReport) -> list[str]:
    return [report.text[passage.sentences[0][0] : passage.sentences[-1][1]] for passage in report.passages]


def _separation(name: str, written: Sequence[str], real: Sequence[str], foreign: Sequence[str]) -> dict[str, Any]:
    analyzer, length = _MEASURES[name]
    settings = TermSettings(analyzer, (length, length), lowercase=False)
    known = frozenset(fit_table(written, settings, min_df=2 if analyzer == "word" else 3).terms)
    of_real, of_foreign = (_known_shares(texts, known, analyzer, length) for texts in (real, foreign))
    lowest = float(np.quantile(of_real, _LOWEST))
    return {
        "terms": name,
        "n_real": len(of_real),
        "real_median": round(float(np.median(of_real)), 4),
        "real_lowest": round(lowest, 4),
        "foreign_median": round(float(np.median(of_foreign)), 4),
        "foreign_above": round(float((of_foreign > lowest).mean()), 4),
    }


def _known_shares(texts: Sequence[str], known: frozenset[str], analyzer: str, length: int) -> NDArray[np.float64]:
    shares = []
    for text in texts:
        tokens = fzclf.tokenize(text) if analyzer == "word" else list(text)
        glue = " " if analyzer == "word" else ""
        terms = [glue.join(tokens[at : at + length]) for at in range(len(tokens) - length + 1)]
        shares.append(sum(term in known for term in terms) / max(len(terms), 1))
    return np.array(shares)
