"""The model card: what the model was trained on, how well it does, and what it does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fzclf.model import Model
from fzclf.training.evaluation import confusion_table, summary_table
from fzclf.training.training import FEWEST_REAL, settings_in_short


def card_text(model: Model) -> str:
    """The card of a trained model as Markdown; every figure comes from the model's own record."""
    card = model.card
    data = card["data"]
    settings = "\n".join(f"- {name}: {value}" for name, value in card["settings"].items())
    tried = "\n".join(
        f"- macro-F1 {one['macro_f1']:.4f} with {settings_in_short(one['settings'])}" for one in card["tried"]
    )
    limits = ", ".join(f"{name} {value}" for name, value in vars(model.review).items())
    real = ", ".join(data["real_reports"]) or "none"
    used = "\n".join(f"- {name} {number}" for name, number in card["versions"].items())
    by_category = ", ".join(f"{category} {count}" for category, count in data["n_sentences_by_category"].items())
    return f"""# Model card

Linear support vector machines on TF-IDF of jieba words and characters, with the sentence's place in the report.
It tags sentences of Chinese reports on rule-of-law government with {len(model.categories)} categories. It knows no
other kind of text; what looks foreign or unclear is marked for review.

## Data

- sha256 `{data["sha256"]}`
- {data["n_sentences"]} sentences of {data["n_reports"]} reports or excerpts; real reports: {real}
- {by_category}
- codebook sha256 `{card["codebook_sha256"]}`

## Figures

Split: {card["split"]}. No model saw anything of the reports it was tested on.

{figures_text(card["figures"])}
## How much to read yourself

To be right this often on what you do not read, look at every sentence whose probability is lower (found on sentences of real
reports left out, if the labels hold {FEWEST_REAL} of them, else on all that was left out; on text unlike it expect to read more):

{_coverage_table(card["coverage"])}

Review limits: {limits}; temperature {model.temperature}.

## Settings

{settings}

Chosen among:

{tried}

## Versions

{used}
"""  # noqa: E501  (wrapped as the Markdown is)


def figures_text(figures: Mapping[str, Any]) -> str:
    """Tables of an evaluation as Markdown, the baselines beside the model."""
    parts = []
    for name, one in figures.items():
        seeds = one["baselines"]["seed_terms"]
        parts.append(
            f"### {name}\n\n{summary_table(one['model'])}\n\n"
            f"Baselines on the same sentences: majority category {one['baselines']['majority']['macro_f1']:.3f}, "
            f"seed terms {seeds['macro_f1']:.3f} (p of the difference {seeds['p_of_difference']:.4f}). "
            f"Expected calibration error {one['calibration_error']:.3f}.\n\n{confusion_table(one['model'])}\n"
        )
    return "\n".join(parts)


def _coverage_table(rows: list[dict[str, float]]) -> str:
    lines = ["| right | probability below | share to read |", "| ---: | ---: | ---: |"]
    lines += [f"| {row['precision']:.0%} | {row['lowest_probability']:.3f} | {row['read_share']:.1%} |" for row in rows]
    return "\n".join(lines)
