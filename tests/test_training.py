"""Training end to end on the seeds: repeatable, better than the baselines, and honest about what it saw."""

import json
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT

from fzclf.errors import LabelError
from fzclf.loading import load_model
from fzclf.model_files import read_model, write_model
from fzclf.tagging import classify
from fzclf.training.assessing import evaluate_model
from fzclf.training.card import card_text
from fzclf.training.codebook import load_codebook
from fzclf.training.cross_validation import fold_of_reports
from fzclf.training.fitting import FitSettings, collect, fit_model
from fzclf.training.labels import LabelledPassage, LabelledReport, load_labels
from fzclf.training.training import train

CODEBOOK = load_codebook()
QUICK = FitSettings(word_ngrams=(1, 1), character_weight=0.0)


@pytest.fixture(scope="module")
def seeds():
    return load_labels([ROOT / "labels" / "seeds"], CODEBOOK)


@pytest.fixture(scope="module")
def trained(seeds):
    return train(*seeds, CODEBOOK, candidates=[QUICK])


def written(name, *pairs, real=False):
    """A report whose sentences are given with their categories."""
    report = LabelledReport(name, "".join(text for text, _ in pairs), real=real)
    start = 0
    for text, category in pairs:
        bounds = (start, start + len(text))
        report.passages.append(LabelledPassage([bounds], ["achievement"], [None], (), [category]))
        start += len(text)
    return report


def test_training_twice_gives_the_same_bytes(seeds, trained, tmp_path):
    again = train(*seeds, CODEBOOK, candidates=[QUICK])
    for name, model in (("one", trained.model), ("two", again.model)):
        write_model(model, tmp_path / name, card_text(model))
    for file in ("manifest.json", "arrays.safetensors", "README.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_classify_is_the_same_after_save_and_load(trained, tmp_path, seed_texts):
    write_model(trained.model, tmp_path / "model", "card")
    loaded = load_model(tmp_path / "model")
    for text in seed_texts.values():
        assert classify(text, model=loaded).to_dict() == classify(text, model=trained.model).to_dict()


def test_a_quick_model_beats_the_majority_on_seeds_left_out(trained):
    figures = trained.model.card["figures"]["real reports left out"]
    assert figures["model"]["macro_f1"] > figures["baselines"]["majority"]["macro_f1"] + 0.5


def test_the_packaged_model_beats_both_baselines_on_seeds_left_out():
    figures = read_model(ROOT / "models" / "default").card["figures"]["real reports left out"]
    assert figures["model"]["n_reports"] == 5
    for baseline in figures["baselines"].values():
        assert figures["model"]["macro_f1"] > baseline["macro_f1"]


def test_the_card_names_data_settings_figures_and_versions(trained):
    card = card_text(trained.model)
    assert trained.model.card["data"]["sha256"] in card
    for words in ("word_ngrams: (1, 1)", "real reports left out", "Baselines", "scikit-learn", "macro-F1"):
        assert words in card


def test_folds_never_split_a_report_and_deal_real_reports_out(seeds):
    reports = [*seeds[0], *(written(f"w{i}", ("一。", "other")) for i in range(7))]
    folds = fold_of_reports(reports)
    assert sorted(folds[:5].tolist()) == [0, 1, 2, 3, 4]


def test_held_out_margins_come_from_models_that_saw_nothing_of_the_report():
    """A word that occurs in one report only has no weight when that report is left out."""
    reports = [
        written("one", ("独特词汇。", "enforcement"), ("天气。", "other")),
        written("two", ("天气好。", "other"), ("执法检查。", "enforcement")),
        written("three", ("天气差。", "other"), ("执法队伍。", "enforcement")),
    ]
    plain = replace(QUICK, word_min_df=1, alone_weight=0.0)
    from fzclf.training.cross_validation import hold_out

    examples = collect(reports, CODEBOOK.ids)
    held_out = hold_out(examples, np.array([0, 1, 2]), CODEBOOK, plain)
    assert held_out.n_known[0] <= 1  # the full stop at most
    seen = fit_model(examples, CODEBOOK, plain)
    assert "独特" in seen.views[0].table.terms


def test_a_category_without_examples_is_never_chosen(seeds):
    reports = [
        written("a", ("执法。", "enforcement"), ("天气。", "other")),
        written("b", ("检查。", "enforcement"), ("好。", "other")),
    ]
    model = fit_model(collect(reports, CODEBOOK.ids), CODEBOOK, replace(QUICK, word_min_df=1))
    found = {s.category for p in classify("调解纠纷。普法宣传。人大监督。", model=model) for s in p.sentences}
    assert found <= {"enforcement", "other"}


def test_one_report_is_too_few():
    with pytest.raises(LabelError, match="only one report"):
        train([written("a", ("一。", "other"))], "", CODEBOOK, candidates=[QUICK])


def test_one_category_is_too_few():
    with pytest.raises(LabelError, match="one category"):
        train([written("a", ("一。", "other")), written("b", ("二。", "other"))], "", CODEBOOK, candidates=[QUICK])


def test_a_finished_model_is_measured_on_labels(seeds, trained):
    figures = evaluate_model(trained.model, seeds[0], CODEBOOK).figures()
    assert figures["model"]["n_sentences"] == 407
    assert figures["model"]["macro_f1"] > 0.9  # it was trained on them


def test_the_packaged_model_is_not_stale():
    """`make model` must be run when labels, codebook or settings change."""
    from fzclf.training.training import default_candidates, described

    card = read_model(ROOT / "models" / "default").card
    _, sha256 = load_labels([ROOT / "labels" / "seeds", ROOT / "labels" / "authored"], CODEBOOK)
    assert card["data"]["sha256"] == sha256
    assert card["codebook_sha256"] == CODEBOOK.sha256
    settings = [json.loads(json.dumps(described(candidate))) for candidate in default_candidates()]
    assert [one["settings"] for one in card["tried"]] == settings


def test_the_packaged_model_is_small():
    size = sum(path.stat().st_size for path in (ROOT / "models" / "default").iterdir())
    assert size < 8 << 20
