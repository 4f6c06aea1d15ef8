"""The ratchet: floors under the packaged model's figures, pinned to the data that they were taken on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality import data as labelled
from benchmarks.quality import foreign
from benchmarks.quality.record import write_json
from fzclf.loading import load_model
from fzclf.model import Model
from fzclf.resources import default_model_folder
from fzclf.training.assessing import evaluate_model
from fzclf.training.evaluation import macro_f1

FLOORS = Path(__file__).resolve().parents[1] / "quality.json"
_REAL, _WRITTEN = "real reports left out", "written text left out"


@dataclass(frozen=True)
class Figure:
    """A measured value, and on how many sentences, texts or files."""

    value: float
    n: int


@dataclass(frozen=True)
class Measured:
    """What a check looks at: the hashes of the card and of the labels at hand, and all figures."""

    card_sha256: str
    labels_sha256: str
    figures: Mapping[str, Figure]


def measure(folder: Path | None = None) -> Measured:
    """Figures of the packaged model: from its card what was left out, and measured now what takes seconds.

    Raises
    ------
    ModelError
        If the model is missing or damaged.
    LabelError
        If the labels break a rule.
    """
    folder = default_model_folder() if folder is None else folder
    model = load_model(folder)
    data = labelled.load()
    return Measured(
        card_sha256=str(model.card.get("data", {}).get("sha256", "")),
        labels_sha256=data.sha256,
        figures=_of_card(model) | _of_now(model, data) | {"model_megabytes": _size(folder)},
    )


def _of_card(model: Model) -> dict[str, Figure]:
    found = {}
    for name, part in (("seeds_left_out", _REAL), ("written_left_out", _WRITTEN)):
        figures = model.card.get("figures", {}).get(part)
        if figures:
            n = figures["model"]["n_sentences"]
            found[f"{name}_macro_f1"] = Figure(figures["model"]["macro_f1"], n)
            found[f"{name}_calibration_error"] = Figure(figures["calibration_error"], n)
    return found


def _of_now(model: Model, data: labelled.Data) -> dict[str, Figure]:
    """The seeds, which the model was trained on (a wrong build shows here), and the foreign texts."""
    seeds = evaluate_model(model, [report for report in data.reports if report.real], data.codebook)
    judged = [foreign.judge(row, model) for row in foreign.read_foreign()]
    good = sum(one["other"] and one["marked"] for one in judged)
    return {
        "seeds_trained_on_macro_f1": Figure(float(macro_f1(seeds.model.confusion)), int(seeds.model.confusion.sum())),
        "foreign_other_and_marked": Figure(good / max(len(judged), 1), len(judged)),
    }


def _size(folder: Path) -> Figure:
    files = [file for file in folder.iterdir() if file.is_file()]
    return Figure(sum(file.stat().st_size for file in files) / 1e6, len(files))


# --- floors ---------------------------------------------------------------------------------


def read_floors(path: Path = FLOORS) -> dict[str, Any]:
    """Floors and the hash that they are pinned to."""
    floors: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return floors


def failures(measured: Measured, floors: Mapping[str, Any]) -> list[str]:
    """What is wrong, one line each; none if the model passes."""
    found = _wrong_data(measured, floors["data_sha256"])
    if not floors["floors"]:
        found.append(f"{FLOORS.name}: no floors; a check that holds nothing passes nothing")
    for name, floor in floors["floors"].items():
        found += _of_floor(name, floor, measured.figures.get(name))
    return found


def _wrong_data(measured: Measured, pinned: str) -> list[str]:
    found = []
    if measured.card_sha256 != pinned:
        found.append(
            f"the packaged model was trained on data {measured.card_sha256[:12]}, the floors are pinned to "
            f"{pinned[:12]}: measure anew, then python -m benchmarks.quality --pin"
        )
    if measured.labels_sha256 != measured.card_sha256:
        found.append(
            f"labels/ has hash {measured.labels_sha256[:12]}, the packaged model was trained on "
            f"{measured.card_sha256[:12]}: train it again (make model)"
        )
    return found


def _of_floor(name: str, floor: Mapping[str, Any], figure: Figure | None) -> list[str]:
    if figure is None or figure.n == 0:
        return [f"{name}: nothing was measured"]
    found = []
    limit, is_floor = (floor["at_least"], True) if "at_least" in floor else (floor["at_most"], False)
    if (figure.value < limit) if is_floor else (figure.value > limit):
        found.append(f"{name}: {figure.value:.4f} on {figure.n}, {'at least' if is_floor else 'at most'} {limit}")
    loosened = limit < floor["tightest"] if is_floor else limit > floor["tightest"]
    if loosened and not floor.get("why", "").strip():
        found.append(f"{name}: loosened from {floor['tightest']} to {limit} without a word; say why in 'why'")
    return found


def pin(path: Path = FLOORS) -> str:
    """Pin the floors to the data of the packaged model, once its figures have been read; returns the hash.

    The floors themselves are edited by hand. `tightest` follows where one is tightened.
    """
    floors = read_floors(path)
    floors["data_sha256"] = str(load_model().card["data"]["sha256"])
    for floor in floors["floors"].values():
        tighter, limit = (max, floor["at_least"]) if "at_least" in floor else (min, floor["at_most"])
        floor["tightest"] = tighter(floor["tightest"], limit)
    write_json(path, floors)
    return str(floors["data_sha256"])
