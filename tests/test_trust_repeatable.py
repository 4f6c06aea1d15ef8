"""The same labels give the same bytes, and the same text the same categories, wherever they are computed."""

import hashlib
import json
import math
import os
import subprocess
import sys

import numpy as np
import pytest
from cold_starts import other_processor
from conftest import ROOT

import fzclf
from fzclf.features import CHANNELS, alone, build_units
from fzclf.loading import scorer_of
from fzclf.model_files import MODEL_FILES
from fzclf.scoring import probabilities
from fzclf.segmentation import read_outline
from fzclf.segmentation.outline import PARAGRAPH
from fzclf.training.codebook import load_codebook
from fzclf.training.labels import load_labels

TRAIN = """
import sys
from pathlib import Path
from fzclf.model_files import write_model
from fzclf.training.card import card_text
from fzclf.training.codebook import load_codebook
from fzclf.training.labels import load_labels
from fzclf.training.training import default_candidates, train
codebook = load_codebook()
reports, sha256 = load_labels([Path(sys.argv[1])], codebook)
model = train(reports, sha256, codebook, candidates=default_candidates()[:1]).model
write_model(model, Path(sys.argv[2]), card_text(model))
"""
WAYS = {
    "one thread, C": {"PYTHONHASHSEED": "0", "LC_ALL": "C", "PYTHONUTF8": "0", "threads": "1"},
    "two threads, UTF-8": {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "threads": "2"},
    "two threads, China": {"PYTHONHASHSEED": "random", "LC_ALL": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "threads": "2"},
}


def trained(folder, name, way):
    """Bytes of the model that a process of its own trains on the seeds."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    env = {**os.environ, **way, **dict.fromkeys(names, way["threads"])}
    command = [sys.executable, "-c", TRAIN, str(ROOT / "labels" / "seeds"), str(folder / name)]
    subprocess.run(command, env=env, check=True, capture_output=True)
    return {part: hashlib.sha256((folder / name / part).read_bytes()).hexdigest() for part in MODEL_FILES}


def test_threads_hash_seeds_and_locales_do_not_change_a_byte_of_a_model(tmp_path):
    models = [trained(tmp_path, name, way) for name, way in WAYS.items()]
    assert models[0] == models[1] == models[2]


# --- another kind of processor --------------------------------------------------------------
# The last bits of a margin may differ: numpy's logarithm and exponential, BLAS's order of adding, fused
# multiply-add. What follows shows that no category can.


def test_an_older_processor_gives_the_same_tags(cold_starts):
    if "other processor" not in cold_starts:
        pytest.skip("no older processor of this kind can be asked for")
    if "512" in other_processor()["NPY_DISABLE_CPU_FEATURES"]:  # then it is another one: its logarithms differ
        assert cold_starts["plain"]["logs"] != cold_starts["other processor"]["logs"]
    here, there = cold_starts["plain"]["rows"], cold_starts["other processor"]["rows"]
    assert [row[0] for row in here] == [row[0] for row in there]  # categories
    assert [row[2] for row in here] == [row[2] for row in there]  # reviews
    gaps = [abs(float.fromhex(one[1]) - float.fromhex(other[1])) for one, other in zip(here, there, strict=True)]
    assert max(gaps) < 1e-12


def rounding_bound(model, units):
    """How far a margin may be off, on any processor that rounds to 53 bits.

    What a unit says adds, for each view, up to n products of a weight and a term's value; the
    values of a unit have length 1, so the sum of their absolute values is at most sqrt(n). A sum of n
    products is off by at most (n + k) roundings of the sum of absolute values (Higham 2002, 3.5), k
    of them for what each value went through: log, idf, square root and division. A margin adds what
    the units say times the numbers of the context.
    """
    longest = 8 * int((units.ends - units.starts).max())  # n-grams of both orders, twice
    largest = max(float(np.abs(view.weights).max()) for view in model.views)
    n_sums = len(model.views) * float(np.abs(model.context).sum(axis=(0, 1)).max())
    flags = float(np.abs(model.flag_weights).sum() + np.abs(model.bias).sum())
    return np.finfo(float).eps * ((longest + 16) * math.sqrt(longest) * largest * n_sums + 16 * flags)


def gaps_and_bound(model, text):
    """Between the best and the second margin of every sentence and heading, and what rounding could move them."""
    entries = [entry for entry in read_outline(text) if entry.kind == PARAGRAPH]
    if not entries:
        return np.empty(0), 0.0
    units, scorer = build_units(text, entries), scorer_of(model)
    headings = np.unique(units.seen[:, CHANNELS.index("heading")])
    read_alone = [scorer.score(alone(units, heading)).margins for heading in headings[headings >= 0]]
    margins = np.vstack([scorer.score(units).margins, *read_alone])
    ranked = np.sort(margins, axis=1)
    return ranked[:, -1] - ranked[:, -2], 2 * rounding_bound(model, units)


def test_no_sentence_of_the_labels_is_near_enough_to_a_tie():
    """Seeds and authored text: the smallest gap is far above what rounding moves."""
    model = fzclf.load_model()
    folders = [ROOT / "labels" / "seeds", ROOT / "labels" / "authored"]
    found = [gaps_and_bound(model, report.text) for report in load_labels(folders, load_codebook())[0]]
    gaps, bounds = np.concatenate([gaps for gaps, _ in found]), max(bound for _, bound in found)
    assert len(gaps) > 18_000
    assert bounds < 1e-8
    assert gaps.min() > 10 * bounds


def test_where_rounding_could_change_a_category_a_person_looks(toy_model):
    """At a tie the best category has a probability of one half at most, below the limit of the packaged model."""
    model = fzclf.load_model()
    limit = model.review.sentence_probability
    assert 1 / (1 + math.exp(-1e-6 / model.temperature)) < limit
    chance = np.random.default_rng(6)
    margins = chance.normal(size=(2000, len(model.categories)))
    order = np.argsort(margins, axis=1)
    rows = np.arange(len(margins))
    margins[rows, order[:, -2]] = margins[rows, order[:, -1]] - chance.uniform(0, 1e-7, len(margins))
    moved = margins + chance.uniform(-1e-7, 1e-7, margins.shape)
    flipped = margins.argmax(axis=1) != moved.argmax(axis=1)
    assert 200 < flipped.sum() < 1800
    for either in (margins, moved):
        assert (probabilities(either[flipped], model.temperature).max(axis=1) < limit).all()


def test_a_tie_is_marked_for_review(toy_model):
    from dataclasses import replace

    level = replace(toy_model, bias=np.zeros(2, np.float32), views=toy_model.views)
    (paragraph,) = fzclf.classify("今年的工作总结如下。", model=level)
    (sentence,) = paragraph.sentences
    assert sentence.probability == pytest.approx(0.5)
    assert sentence.review == "low_margin"


def test_one_report_at_a_time_or_many_gives_the_same(seed_texts):
    texts = list(seed_texts.values())
    alone = [fzclf.classify(text).to_json() for text in texts]
    for n_jobs in (1, 2):
        assert [report.to_json() for report in fzclf.classify_many(texts, n_jobs=n_jobs)] == alone
    assert json.loads(alone[0])
