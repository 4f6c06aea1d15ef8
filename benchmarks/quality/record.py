"""The record of a run: every figure with its signature; the document is made from nothing else."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.quality.alternatives import in_use
from benchmarks.quality.curve import SEED
from benchmarks.quality.data import SEEDS, Data
from fzclf.training.evaluation import RESAMPLES
from fzclf.versions import versions

FOLDER = Path(__file__).resolve().parent
RESULTS = FOLDER / "results.json"
READINGS = FOLDER / "dev_readings.json"


def signature(data: Data) -> dict[str, Any]:
    """Data, settings, seeds and versions that the figures belong to."""
    labels = data.examples.labels
    settings = asdict(in_use())
    settings["user_words"] = len(in_use().user_words)
    return {
        "data_sha256": data.sha256,
        "codebook_sha256": data.codebook.sha256,
        "categories": list(data.codebook.ids),
        "n_reports": len(data.reports),
        "n_sentences": int((labels >= 0).sum()),
        "n_sentences_by_category": {
            category: int((labels == number).sum()) for number, category in enumerate(data.codebook.ids)
        },
        "n_sentences_by_group": _by_group(data),
        "settings": json.loads(json.dumps(settings)),
        "seed": SEED,
        "resamples": RESAMPLES,
        "versions": versions(),
    }


def _by_group(data: Data) -> dict[str, int]:
    groups = [data.groups[owner] for owner in data.examples.owners]
    names = sorted(set(groups), key=lambda name: (name != SEEDS, name))
    return {name: groups.count(name) for name in names}


def read_record(path: Path = RESULTS) -> dict[str, Any]:
    """The record, or one without sections if there is none."""
    if not path.is_file():
        return {"signature": {}, "sections": {}}
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def merged(
    old: dict[str, Any], new_signature: dict[str, Any], sections: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """New sections over the old ones.

    Returns
    -------
    record, dropped
        Old sections of another signature are not kept; `dropped` names them.
    """
    kept = old["sections"] if old["signature"] == new_signature else {}
    dropped = sorted(set(old["sections"]) - set(kept) - set(sections))
    return {"signature": new_signature, "sections": kept | sections}, dropped


def write_json(path: Path, value: Any) -> None:
    """JSON that can be read by eye and compared line by line; short lists stay on one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_text(value, 0) + "\n", encoding="utf-8")


def _text(value: Any, depth: int) -> str:
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(flat) + depth <= 110:
        return flat
    inner = " " * (depth + 1)
    if isinstance(value, dict):
        lines = [
            f"{inner}{json.dumps(name, ensure_ascii=False)}: {_text(one, depth + 1)}" for name, one in value.items()
        ]
        return "{\n" + ",\n".join(lines) + "\n" + " " * depth + "}"
    return "[\n" + ",\n".join(inner + _text(one, depth + 1) for one in value) + "\n" + " " * depth + "]"


def read_readings(path: Path = READINGS) -> list[dict[str, Any]]:
    """Every reading of the development set so far, the first first."""
    if not path.is_file():
        return []
    readings: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["readings"]
    return readings
