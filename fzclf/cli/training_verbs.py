"""``train`` and ``evaluate``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from fzclf.cli.console import FILES, say

_HERE = __name__


def add_verbs(verbs: Any) -> None:
    """Add the verbs of this module to the parser."""
    train = verbs.add_parser(
        "train",
        help="train a model from labelled text",
        description="Train a model: settings are chosen by leaving whole reports out, and the model, its figures and "
        "its card are written to a folder. The same labels give the same bytes.",
        epilog="examples:\n  fzclf train labels/ -o models/mine\n  fzclf train my-labels.csv -o models/mine\n\n"
        "label files: JSONL or CSV with text, category and optional heading, report, paragraph, role;\n"
        "or JSONL with report, start, end, category that points into seeds/<report>.txt",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_label_options(train)
    train.add_argument("-o", "--output", required=True, metavar="DIR", help="folder of the new model")
    train.set_defaults(run=(_HERE, "run_train"))
    evaluate = verbs.add_parser(
        "evaluate",
        help="measure a model, or cross-validate, on labelled text",
        description="Precision, recall and F1 of each category, macro-F1 with an interval by resampling reports, the "
        "confusion matrix, and both baselines on the same sentences.",
        epilog="examples:\n  fzclf evaluate labels/seeds --model models/default\n"
        "  fzclf evaluate labels/ --cross-validate --json\n",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_label_options(evaluate)
    how = evaluate.add_mutually_exclusive_group()
    how.add_argument("--model", metavar="DIR", help="a finished model (default: the packaged one)")
    how.add_argument("--cross-validate", action="store_true", help="train and test, leaving whole reports out")
    evaluate.add_argument("--json", action="store_true", help="print the figures as JSON")
    evaluate.set_defaults(run=(_HERE, "run_evaluate"))


def _add_label_options(verb: argparse.ArgumentParser) -> None:
    labels = verb.add_argument(
        "labels", nargs="+", metavar="LABELS", help="label files (.jsonl, .csv) or folders of them"
    )
    labels.complete = FILES  # type: ignore[attr-defined]
    verb.add_argument(
        "--reports", metavar="DIR", help="folder of the <report>.txt that labels point into (default: seeds/ near them)"
    )
    verb.add_argument(
        "--codebook", metavar="FILE", help="categories.toml of another codebook (default: the packaged one)"
    )


def _warn_if_seen(model: Any, reports: Any, sha256: str) -> None:
    """Say so when figures would flatter the model because it was trained on these labels."""
    data = model.card.get("data", {})
    shared = sorted({report.name for report in reports if report.real} & set(data.get("real_reports", [])))
    if data.get("sha256") == sha256 or shared:
        what = f"report {shared[0]!r} of them" if shared else "them"
        say(f"fzclf: the model was trained on {what}: these figures flatter it; see its card, or --cross-validate")


def _load(options: argparse.Namespace) -> tuple[Any, Any, str]:
    from fzclf.training.codebook import load_codebook
    from fzclf.training.labels import load_labels

    codebook = load_codebook(Path(options.codebook) if options.codebook else None)
    reports, sha256 = load_labels(
        [Path(path) for path in options.labels], codebook, Path(options.reports) if options.reports else None
    )
    return codebook, reports, sha256


def run_train(options: argparse.Namespace) -> int:
    """Train, write the model folder, print where it is and its card."""
    from fzclf.model_files import MODEL_FILES, write_model
    from fzclf.publishing import check_folder
    from fzclf.training.card import card_text
    from fzclf.training.training import train

    check_folder(Path(options.output), MODEL_FILES)
    codebook, reports, sha256 = _load(options)
    trained = train(reports, sha256, codebook, on_progress=say)
    card = card_text(trained.model)
    write_model(trained.model, Path(options.output), card)
    sys.stdout.write(f"model written to {options.output}\n\n{card}")
    return 0


def run_evaluate(options: argparse.Namespace) -> int:
    """Print figures of a finished model, or of models trained without the reports they are tested on."""
    from fzclf.loading import load_model
    from fzclf.training.assessing import cross_validate, evaluate_model
    from fzclf.training.card import figures_text
    from fzclf.training.training import default_candidates

    codebook, reports, sha256 = _load(options)
    if options.cross_validate:
        evaluations = cross_validate(reports, codebook, default_candidates()[0], on_progress=say)
    else:
        model = load_model(options.model)
        _warn_if_seen(model, reports, sha256)
        evaluations = {"model on these labels": evaluate_model(model, reports, codebook)}
    figures = {name: evaluation.figures() for name, evaluation in evaluations.items()}
    signature = {"data_sha256": sha256, "how": "cross-validated" if options.cross_validate else "finished model"}
    if options.json:
        sys.stdout.write(json.dumps({"signature": signature, "figures": figures}, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(figures_text(figures) + f"\ndata {sha256[:16]}, {signature['how']}\n")
    return 0
