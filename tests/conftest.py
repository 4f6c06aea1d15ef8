"""What several test modules share: the repository's folders, the seeds, a small hand-made model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from fzclf.features import FLAGS
from fzclf.model import Model, Review, View
from fzclf.terms import TermSettings, TermTable

# What takes too long has tests of its own, by CPU time; the first example of a test may stand beside anything.
settings.register_profile("fzclf", deadline=None)
settings.load_profile("fzclf")

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
SEED_NAMES = ("dawukou-2021", "shuimogou-2022", "urad-middle-banner-2024", "wuda-2022", "wuzhong-2021")


def read_seed(name: str) -> str:
    return (SEEDS / f"{name}.txt").read_bytes().decode("utf-8")


@pytest.fixture(scope="session", autouse=True)
def loaded_kernels() -> None:
    """Load, or compile, every kernel before the first test, which would else be slow beyond its deadline."""
    from fzclf.machine import ROWS, has_kernels

    has_kernels(ROWS)


@pytest.fixture(scope="session")
def seed_texts() -> dict[str, str]:
    return {name: read_seed(name) for name in SEED_NAMES}


@pytest.fixture
def toy_model() -> Model:
    """Two categories, three words, weights that can be added up by eye.

    idf is 1 and nothing is normalised, so a word that occurs once counts 1.
    """
    settings = TermSettings(analyzer="word", ngram_range=(1, 1), lowercase=False, sublinear_tf=False, norm=None)
    table = TermTable(settings, ("天气", "执法", "检查"), np.ones(3))
    weights = np.array([(-1.0, 3.0), (2.0, -1.0), (1.0, 0.0)], dtype=np.float32)
    context = np.array([np.eye(2), [(0.25, 0.0), (0.0, 0.0)]], dtype=np.float32)  # of the sentence and its heading
    return Model(
        categories=("enforcement", "other"),
        names={"enforcement": "行政执法", "other": "其他"},
        views=(View("words", table, weights),),
        channels=("sentence", "heading"),
        context=context,
        flag_weights=np.zeros((len(FLAGS), 2), dtype=np.float32),
        bias=np.array([0.25, 0.5], dtype=np.float32),
        temperature=1.0,
        review=Review(
            sentence_probability=0.6,
            paragraph_probability=0.6,
            known_share=0.0,
            known_share_text=0.0,
            fewest_characters=2,
        ),
    )


@pytest.fixture(scope="session")
def cold_starts(tmp_path_factory):
    """What processes said that started at once without any cache, in several ways."""
    from cold_starts import run_all

    folder = tmp_path_factory.mktemp("cold")
    yield run_all(folder)
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir():
            path.chmod(0o755)
