"""``python -m benchmarks.quality``: measure, record, draw; or hold the floors (``--check``)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import (
    ablation,
    calibration,
    checking,
    curve,
    document,
    foreign,
    guard,
    held_out,
    paragraphs,
    record,
)
from benchmarks.quality.alternatives import Alternative, in_use
from benchmarks.quality.data import LABELS, ROOT, Data, folds_by_group, load, load_development
from benchmarks.quality.leaving_out import LeftOut, leave_out, remembered_words
from fzclf.loading import load_model
from fzclf.training.cross_validation import fold_of_reports

_WITHOUT_COPY = "without the copy of each sentence on its own"


class Bench:
    """The data, and the runs that several measurements share, each made when first asked for."""

    def __init__(self, data: Data, development: Path | None) -> None:
        self.data = data
        self.development = development
        self.folds = fold_of_reports(data.reports)

    @cached_property
    def by_report(self) -> LeftOut:
        """Reports left out, as training leaves them out."""
        say("the settings in use, reports left out")
        return leave_out(self.data, self.folds, in_use())

    @cached_property
    def by_group(self) -> LeftOut:
        """Groups of author files left out."""
        say("the settings in use, groups of files left out")
        return leave_out(self.data, folds_by_group(self.data), in_use())

    def held_out(self) -> dict[str, Any]:
        """Main figures."""
        return held_out.measure(self.data, self.by_report, self.by_group)

    def ablation(self) -> dict[str, Any]:
        """What each part is worth."""
        return ablation.measure(self.data, say, self.by_group)

    def guard(self) -> dict[str, Any]:
        """Wrong headings."""
        say("headings changed")
        settings = Alternative("", "", {"alone_weight": 0.0}).settings
        copyless = leave_out(self.data, self.folds, settings)
        return guard.measure(self.data, {"in use": self.by_report, _WITHOUT_COPY: copyless})

    def paragraphs(self) -> dict[str, Any]:
        """Tags of paragraphs, two ways."""
        say("paragraphs as one piece")
        return paragraphs.measure(self.data, self.by_report, self.folds)

    def curve(self) -> dict[str, Any]:
        """Whether more text would give better figures."""
        if self.development is None:
            return curve.measure(self.data, say, self.by_group)
        development, n_unmatched = load_development(self.development, self.data)
        measured = curve.measure(self.data, say, self.by_group, development) | {"n_unmatched": n_unmatched}
        _log_reading(self.data, measured["points"][-1]["development"])
        return measured

    def calibration(self) -> dict[str, Any]:
        """Probabilities and review marks, with reports and with groups left out."""
        say("calibration")
        runs = {"reports": self.by_report, "groups": self.by_group}
        return {name: calibration.measure(self.data, run) for name, run in runs.items()}

    def foreign(self) -> dict[str, Any]:
        """Texts that are no reports, by the packaged model."""
        say("foreign texts")
        return foreign.measure(self.data, load_model())


SECTIONS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "held_out": Bench.held_out,
    "calibration": Bench.calibration,
    "guard": Bench.guard,
    "paragraphs": Bench.paragraphs,
    "foreign": Bench.foreign,
    "curve": Bench.curve,
    "ablation": Bench.ablation,
}


def say(words: str) -> None:
    """One line of progress, with the processor time so far."""
    print(f"{time.process_time():7.0f} s  {words}", file=sys.stderr, flush=True)


def _log_reading(data: Data, figures: dict[str, Any]) -> None:
    readings = record.read_readings()
    readings.append(
        {
            "time": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M"),
            "data_sha256": data.sha256,
            "n_sentences": int(np.sum(data.examples.labels >= 0)),
            "settings": "those in use; learning curve",
            "macro_f1": figures["macro_f1"],
        }
    )
    record.write_json(record.READINGS, {"readings": readings})


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked for; 1 if the check fails."""
    options = _options().parse_args(arguments)
    if options.pin:
        print(f"pinned to {checking.pin()}")
        return 0
    if options.check:
        return _check()
    if not options.draw:
        _measure(options)
    document.write(record.read_record(options.results), options.docs)
    return 0


def _check() -> int:
    measured = checking.measure()
    for name, figure in measured.figures.items():
        print(f"{name:36} {figure.value:8.4f}  on {figure.n}")
    wrong = checking.failures(measured, checking.read_floors())
    for line in wrong:
        print(f"FAILED {line}", file=sys.stderr)
    return 1 if wrong else 0


def _measure(options: argparse.Namespace) -> None:
    data = load(options.labels)
    bench = Bench(data, options.dev)
    signature = record.signature(data)
    with remembered_words():
        for name in options.only or SECTIONS:
            began = time.process_time()
            section = SECTIONS[name](bench) | {"seconds": round(time.process_time() - began)}
            _keep(options.results, signature, {name: section})


def _keep(path: Path, signature: dict[str, Any], sections: dict[str, Any]) -> None:
    """Put sections into the record at once: a long run that is broken off loses only the part it was at."""
    merged, dropped = record.merged(record.read_record(path), signature, sections)
    if dropped:
        say(f"of another signature, taken out of the record: {', '.join(dropped)}")
    record.write_json(path, merged)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("--check", action="store_true", help="hold the floors of benchmarks/quality.json; seconds")
    parser.add_argument("--pin", action="store_true", help="pin the floors to the data of the packaged model")
    parser.add_argument("--draw", action="store_true", help="only make document and pictures from the record")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="only this part (may be repeated)")
    parser.add_argument("--dev", type=Path, metavar="FILE", help="read the development set; the reading is logged")
    parser.add_argument("--labels", type=Path, nargs="+", default=list(LABELS), metavar="PATH")
    parser.add_argument("--results", type=Path, default=record.RESULTS, metavar="FILE")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
