"""The quality ratchet holds, and each way to break it is caught; the page is what the record says."""

import json
from contextlib import nullcontext
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from conftest import ROOT

from benchmarks.quality import checking, data, document, guard, record, tables, tagged
from benchmarks.quality.__main__ import main
from benchmarks.quality.alternatives import alternatives, in_use
from benchmarks.quality.leaving_out import leave_out, remembered_words
from benchmarks.quality.paragraphs import _OfSets
from benchmarks.quality.pictures import pictures
from fzclf.training.codebook import load_codebook
from fzclf.training.cross_validation import fold_of_reports, hold_out
from fzclf.training.fitting import FitSettings, fit_model
from fzclf.training.labels import LabelledPassage

CODEBOOK = load_codebook()
QUICK = FitSettings(word_ngrams=(1, 1), character_weight=0.0)
MEASURED = checking.Measured("aa", "aa", {"f1": checking.Figure(0.9, 10), "error": checking.Figure(0.02, 10)})


def floors(**changed):
    """Floors that MEASURED passes, with changes to the floor under f1."""
    under = {"at_least": 0.9, "tightest": 0.9, "why": ""} | changed
    return {"data_sha256": "aa", "floors": {"f1": under, "error": {"at_most": 0.02, "tightest": 0.02}}}


@pytest.fixture(scope="module")
def measured():
    return checking.measure()


@pytest.fixture(scope="module")
def seeds():
    return data.load([ROOT / "labels" / "seeds"])


# --- the ratchet ----------------------------------------------------------------------------


def test_the_packaged_model_holds_its_floors(measured):
    assert checking.failures(measured, checking.read_floors()) == []


@pytest.mark.parametrize("name", checking.read_floors()["floors"])
def test_a_doctored_floor_fails(measured, name):
    doctored = checking.read_floors()
    side = "at_least" if "at_least" in doctored["floors"][name] else "at_most"
    doctored["floors"][name] = {side: 1000 if side == "at_least" else 0, "tightest": 1000 if side == "at_least" else 0}
    (failure,) = [line for line in checking.failures(measured, doctored) if line.startswith(name)]
    assert side.replace("_", " ") in failure


def test_a_floor_at_the_figure_itself_passes():
    assert checking.failures(MEASURED, floors()) == []


def test_a_floor_that_was_loosened_without_a_word_fails():
    (failure,) = checking.failures(MEASURED, floors(tightest=0.95))
    assert failure == "f1: loosened from 0.95 to 0.9 without a word; say why in 'why'"
    assert checking.failures(MEASURED, floors(tightest=0.95, why="the test set grew")) == []


def test_other_data_than_the_floors_are_pinned_to_fails():
    (failure,) = checking.failures(replace(MEASURED, card_sha256="bb", labels_sha256="bb"), floors())
    assert failure.startswith("the packaged model was trained on data bb, the floors are pinned to aa")


def test_labels_that_the_model_was_not_trained_on_fail():
    (failure,) = checking.failures(replace(MEASURED, labels_sha256="bb"), floors())
    assert failure == "labels/ has hash bb, the packaged model was trained on aa: train it again (make model)"


@pytest.mark.parametrize("figures", [{}, {"f1": checking.Figure(1.0, 0), "error": checking.Figure(0.0, 0)}])
def test_a_check_that_ran_nothing_fails(figures):
    lines = checking.failures(replace(MEASURED, figures=figures), floors())
    assert lines == ["f1: nothing was measured", "error: nothing was measured"]


def test_no_floors_at_all_fail():
    assert checking.failures(MEASURED, {"data_sha256": "aa", "floors": {}}) != []


def test_pinning_takes_the_hash_of_the_model_and_keeps_the_tightest_floor(tmp_path, measured):
    path = tmp_path / "floors.json"
    path.write_text(json.dumps(floors(at_least=0.95)), encoding="utf-8")
    assert checking.pin(path) == measured.card_sha256
    assert checking.read_floors(path)["floors"]["f1"] == {"at_least": 0.95, "tightest": 0.95, "why": ""}


def test_check_on_the_command_line_says_what_it_measured(measured, monkeypatch, capsys):
    monkeypatch.setattr(checking, "measure", lambda: replace(measured, figures={}))
    assert main(["--check"]) == 1
    assert "FAILED seeds_left_out_macro_f1: nothing was measured" in capsys.readouterr().err


# --- record and page ------------------------------------------------------------------------


def test_the_page_is_what_the_record_says():
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    assert page == document.as_markdown(record.read_record()), "run python -m benchmarks.quality --draw"


def test_the_pictures_are_what_the_record_says_and_load_nothing():
    drawn = pictures(record.read_record()["sections"], CODEBOOK)
    assert drawn
    for name, text in drawn.items():
        assert (ROOT / "docs" / "pictures" / name).read_text(encoding="utf-8") == text
        assert text.count("http") == 1, "only the name space of SVG"
        assert "prefers-color-scheme:dark" in text


def test_sections_of_another_signature_are_taken_out_and_named():
    old = {"signature": {"data": 1}, "sections": {"curve": {}, "guard": {}}}
    assert record.merged(old, {"data": 1}, {"guard": {"n": 1}})[0]["sections"] == {"curve": {}, "guard": {"n": 1}}
    assert record.merged(old, {"data": 2}, {"guard": {"n": 1}}) == (
        {"signature": {"data": 2}, "sections": {"guard": {"n": 1}}},
        ["curve"],
    )


def test_a_section_that_was_not_measured_is_said_to_be_missing():
    page = document.as_markdown({"signature": record.read_record()["signature"], "sections": {}})
    assert "Not measured: ablation" in page


def test_an_alternative_counts_as_better_only_when_the_test_says_so():
    def row(name, gap, p):
        return {
            "name": name,
            "written": {"difference": {"macro_f1": gap, "p": p}},
            "seeds": {"difference": {"macro_f1": 0.0}},
        }

    lines = tables.verdicts({"rows": [{}, row("one", 0.01, 0.04), row("two", 0.02, 0.2), row("three", -0.01, 0.01)]})
    better, worse, rest = lines.splitlines()
    assert "one" in better
    assert "three" in worse
    assert "two" in rest


# --- measuring ------------------------------------------------------------------------------


def test_leaving_out_is_what_cross_validation_does(seeds):
    folds = fold_of_reports(seeds.reports)
    with remembered_words():
        ours = leave_out(seeds, folds, QUICK)
    theirs = hold_out(seeds.examples, folds, CODEBOOK, QUICK)
    assert np.array_equal(ours.margins, theirs.margins)
    assert np.array_equal(ours.n_known, theirs.n_known)
    assert len(ours.models) == 5


def test_a_report_cut_as_it_was_labelled_gets_the_margins_of_the_model(seeds):
    model = fit_model(seeds.examples, CODEBOOK, QUICK)
    for report in seeds.reports:
        paragraphs = tagged.tag(report, model)
        assert [len(one.sentences) for one in paragraphs] == [len(one.sentences) for one in report.passages]
        assert [one.text for one in paragraphs[0].sentences] == [
            report.text[start:end] for start, end in report.passages[0].sentences
        ]


def test_a_fold_leaves_out_one_group_and_every_seed_is_left_out_once(seeds):
    names = ("work1-001", "work2-001", "gen1-001", "dep9-002")
    written = [replace(seeds.reports[0], name=name, real=False) for name in names]
    folds = data.folds_by_group(seeds.changed([*seeds.reports, *written]))
    assert folds.tolist() == [0, 1, 2, 0, 1, 2, 2, 1, 0]


def test_smaller_shares_of_the_excerpts_lie_inside_larger_ones(seeds):
    written = [replace(seeds.reports[0], name=f"w-{n}", real=False) for n in range(20)]
    everything = seeds.changed([*seeds.reports, *written])
    kept = [data.without_written(everything, share, 1) for share in (0.0, 0.25, 0.5, 1.0)]
    assert [int(one.sum()) for one in kept] == [5, 10, 15, 25]
    assert all((small <= large).all() for small, large in pairwise(kept))


def test_changed_headings_change_nothing_else(seeds):
    report = seeds.reports[0]
    bare, misled, mixed = guard.without(report), guard.under(report, "加强普法"), guard.shuffled(report)
    assert all(passage.section == () for passage in bare.passages)
    assert {misled.text[slice(*passage.section[-1])] for passage in misled.passages if passage.section} == {"加强普法"}
    moved = [(a.section, b.section) for a, b in zip(report.passages, mixed.passages, strict=True) if a.section]
    assert all(before[-1] != after[-1] for before, after in moved)
    for changed in (bare, misled, mixed):
        assert list(changed.labels()) == list(report.labels())


def test_every_category_has_a_misleading_heading():
    assert tuple(guard.MISLEADING) == CODEBOOK.ids


def test_the_widest_gold_categories_of_a_paragraph_may_tie():
    bounds = [(0, 4), (4, 8), (8, 10)]
    passage = LabelledPassage(bounds, ["plan"] * 3, [None] * 3, (), ["other", "enforcement", "oversight"])
    assert tagged.widest_categories(passage, CODEBOOK) == {"other", "enforcement"}


def test_labels_as_powers_of_two_give_one_machine_for_each_category():
    from sklearn.svm import LinearSVC

    matrix = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]] * 4)
    fitted = _OfSets(LinearSVC, {"C": 10.0}).fit(matrix, np.array([1, 2, 3] * 4), np.ones(12))
    assert ((matrix[:3] @ fitted.coef_.T + fitted.intercept_) > 0).tolist() == [
        [True, False],
        [False, True],
        [True, True],
    ]


def test_every_alternative_changes_something_and_has_a_name_of_its_own():
    chosen = alternatives()
    assert len({one.name for one in chosen}) == len(chosen)
    assert all(one.settings != in_use() or one.patched is not nullcontext for one in chosen)


def test_a_development_file_is_matched_to_our_own_sentences(seeds, tmp_path):
    text = "加强行政执法监督。开展普法宣传；完善调解。"
    rows = [(0, 9, "enforcement"), (9, 15, "legal_publicity"), (9, 15, "other")]
    sentences = [{"start": start, "end": end, "category": category} for start, end, category in rows]
    path = tmp_path / "dev.jsonl"
    path.write_text(json.dumps({"id": "one", "text": text, "sentences": sentences}), encoding="utf-8")
    development, n_unmatched = data.load_development(path, seeds)
    assert list(development.reports[0].labels()) == [
        ("加强行政执法监督。", "enforcement"),
        ("开展普法宣传；", "legal_publicity"),
    ]
    assert n_unmatched == 1
