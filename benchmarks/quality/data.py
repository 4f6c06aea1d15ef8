"""The labelled text as the measurements take it: reports, sentences, and which of them are left out together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fzclf.segmentation import read_outline
from fzclf.segmentation.outline import PARAGRAPH
from fzclf.training.codebook import Codebook, load_codebook
from fzclf.training.fitting import Examples, collect
from fzclf.training.labels import LabelledPassage, LabelledReport, load_labels

ROOT = Path(__file__).resolve().parents[2]
LABELS = (ROOT / "labels" / "seeds", ROOT / "labels" / "authored")
SEEDS = "seeds"
WRITTEN = "written"
_GROUP = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class Data:
    """Labelled reports, their sentences, and the hash of all that was read."""

    reports: tuple[LabelledReport, ...]
    examples: Examples
    codebook: Codebook
    sha256: str

    @cached_property
    def real(self) -> NDArray[np.bool_]:
        """Which sentences stand in real reports, the seeds."""
        return np.array([report.real for report in self.reports])[self.examples.owners]

    @cached_property
    def parts(self) -> dict[str, NDArray[np.bool_]]:
        """Labelled sentences of the seeds and of the written text, as masks over all sentences."""
        labelled = self.examples.labels >= 0
        return {SEEDS: self.real & labelled, WRITTEN: ~self.real & labelled}

    @cached_property
    def groups(self) -> tuple[str, ...]:
        """Group of files that each report comes from: ``seeds``, or the letters that its name begins with."""
        return tuple(SEEDS if report.real else group_of(report.name) for report in self.reports)

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Characters of each sentence."""
        units = self.examples.units
        own = units.seen[:, 0]
        lengths: NDArray[np.int64] = units.ends[own] - units.starts[own]
        return lengths

    def changed(self, reports: Sequence[LabelledReport]) -> Data:
        """The same labels over changed reports."""
        return Data(tuple(reports), collect(reports, self.codebook.ids), self.codebook, self.sha256)


def load(paths: Sequence[Path] = LABELS) -> Data:
    """Read the label files; raises `LabelError` for the first row that breaks a rule."""
    codebook = load_codebook()
    reports, sha256 = load_labels(list(paths), codebook)
    return Data(tuple(reports), collect(reports, codebook.ids), codebook, sha256)


def group_of(name: str) -> str:
    """Group of an excerpt: ``work`` of ``work2-017``."""
    match = _GROUP.match(name)
    return match.group() if match else name


def folds_by_group(data: Data) -> NDArray[np.int64]:
    """Fold of each report: one group of author files in each, and the seeds dealt out over the folds.

    So one round of fits leaves out every seed by report and every author by group.

    Raises
    ------
    ValueError
        If there are fewer than two groups of written text.
    """
    names = sorted(set(data.groups) - {SEEDS})
    if len(names) < 2:
        raise ValueError(f"leaving groups out needs two groups of author files or more, found {names}")
    seeds = [index for index, group in enumerate(data.groups) if group == SEEDS]
    dealt = {report: turn % len(names) for turn, report in enumerate(seeds)}
    return np.array(
        [dealt[index] if index in dealt else names.index(group) for index, group in enumerate(data.groups)],
        dtype=np.int64,
    )


def without_written(data: Data, share: float, seed: int) -> NDArray[np.bool_]:
    """Which reports stay when only a share of the excerpts is kept; smaller shares lie inside larger ones."""
    written = [index for index, report in enumerate(data.reports) if not report.real]
    order = np.random.default_rng(seed).permutation(written)
    kept = np.array([report.real for report in data.reports])
    kept[order[: round(share * len(order))]] = True
    return kept


# --- a development file ---------------------------------------------------------------------


def load_development(path: Path, like: Data) -> tuple[Data, int]:
    """A file of ``{"id", "text", "sentences": [{"start", "end", "category"}]}``, one text on each line.

    Returns
    -------
    data, n_unmatched
        A labelled sentence goes to the sentence of our own cutting that covers most of it; one that finds
        none free is counted and left out.
    """
    reports, n_unmatched = [], 0
    for line in path.read_text(encoding="utf-8").splitlines():
        report, missing = _development_report(json.loads(line))
        reports.append(report)
        n_unmatched += missing
    return replace(like.changed(reports), sha256=""), n_unmatched


def _development_report(row: Mapping[str, object]) -> tuple[LabelledReport, int]:
    text = str(row["text"])
    report = LabelledReport(str(row["id"]), text, real=True)
    gold: list[dict[str, object]] = list(row["sentences"])  # type: ignore[call-overload]
    categories: dict[tuple[int, int], str] = {}
    entries = [entry for entry in read_outline(text) if entry.kind == PARAGRAPH]
    bounds = [sentence for entry in entries for sentence in entry.sentences]
    missing = 0
    for label in gold:
        best = _covering(bounds, int(str(label["start"])), int(str(label["end"])))
        if best is None or best in categories:
            missing += 1
        else:
            categories[best] = str(label["category"])
    for entry in entries:
        own = [categories.get(sentence) for sentence in entry.sentences]
        report.passages.append(LabelledPassage(entry.sentences, entry.roles, entry.items, entry.section, own))
    return report, missing


def _covering(bounds: Sequence[tuple[int, int]], start: int, end: int) -> tuple[int, int] | None:
    """The one of `bounds` that shares the most characters with a span; None if none shares any."""
    shared = {one: min(end, one[1]) - max(start, one[0]) for one in bounds}
    best = max(shared, key=lambda one: shared[one], default=None)
    return best if best is not None and shared[best] > 0 else None
