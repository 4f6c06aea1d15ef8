"""The plain implementation: jieba's own words, scikit-learn's own numbers, and the same tags without numba."""

import json
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from conftest import SEEDS

from fzclf import reference
from fzclf.codes import code_points
from fzclf.counting import FastRows
from fzclf.terms import TermSettings

TAG_WITHOUT_NUMBA = """
import json, sys, warnings
sys.modules["numba"] = None
warnings.simplefilter("always")
with warnings.catch_warnings(record=True) as caught:
    import fzclf
    tags = [[[s.category, round(s.score, 9)] for p in fzclf.classify(fzclf.read(path)) for s in p.sentences]
            for path in sys.argv[1:]]
print(json.dumps({"tags": tags, "warnings": [str(w.message) for w in caught if w.category is RuntimeWarning]}))
"""


def jieba_lcut(text):
    """jieba itself, as it comes, but for its cache in the shared temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer.lcut(text)


def test_cut_is_jiebas(seed_texts):
    text = seed_texts["wuda-2022"]
    assert reference.cut(text) == jieba_lcut(text)


def test_user_words_are_jiebas():
    assert reference.cut("推进法治副校长全覆盖", ("法治副校长",))[1] == "法治副校长"


def test_a_user_word_stays_with_its_tokenizer():
    before = reference.cut("推进法治副校长全覆盖")
    reference.cut("推进法治副校长全覆盖", ("法治副校长",))
    assert reference.cut("推进法治副校长全覆盖") == before


def test_a_user_word_over_two_lines_is_refused():
    with pytest.raises(ValueError, match=r"user_words\[0\]: .* has a line break"):
        reference.tokenizer_for(("法治\n政府",))


def test_rows_equal_those_of_the_fast_engine():
    texts = ["推进依法行政。", "依法行政与行政执法。", ""]
    table = reference.fit_table(texts, TermSettings(ngram_range=(1, 2), sublinear_tf=True))
    ends = np.cumsum([len(text) for text in texts])
    spans = (code_points("".join(texts)), ends - [len(text) for text in texts], ends)
    slow, fast = reference.ReferenceRows(table).rows(*spans), FastRows(table).rows(*spans)
    for name in ("indptr", "indices", "data"):
        assert getattr(slow, name).tolist() == getattr(fast, name).tolist()


def test_without_numba_and_cache_the_tags_are_the_same_and_one_warning_says_so(seed_texts, tmp_path):
    import fzclf

    paths = sorted(str(path) for path in SEEDS.glob("*.txt"))
    done = subprocess.run(
        [sys.executable, "-c", TAG_WITHOUT_NUMBA, *paths],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"FZCLF_CACHE_DIR": str(tmp_path)},
    )
    answer = json.loads(done.stdout)
    for path, tags in zip(paths, answer["tags"], strict=True):
        fast = [s for paragraph in fzclf.classify(fzclf.read(path)) for s in paragraph.sentences]
        assert [category for category, _ in tags] == [sentence.category for sentence in fast]
        assert [score for _, score in tags] == pytest.approx([sentence.score for sentence in fast], abs=1e-8)
    assert len(answer["warnings"]) == 1
    assert "neither loaded nor compiled (import of numba" in answer["warnings"][0]
