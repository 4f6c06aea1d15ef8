"""The compiled dictionary: what is in it, and that a bad cache is never an error."""

from __future__ import annotations

import os
import sys
from dataclasses import fields

import numpy as np
import pytest

from fzclf import _kernels
from fzclf import lexicon as lexicon_module
from fzclf.lexicon import Lexicon, build_lexicon, cache_path, lexicon_for, read_lexicon, write_lexicon
from fzclf.reference import tokenizer_for


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path / "cache"))
    lexicon_for.cache_clear()
    yield tmp_path / "cache"
    lexicon_for.cache_clear()


@pytest.fixture(scope="module")
def built() -> Lexicon:
    return build_lexicon()


def same(one: Lexicon, other: Lexicon) -> bool:
    return all(np.array_equal(getattr(one, field.name), getattr(other, field.name)) for field in fields(Lexicon))


def base_of(lexicon: Lexicon, slot: int) -> int:
    return int(lexicon.nodes[slot]) & (1 << lexicon_module.LABEL_SHIFT) - 1


def label_of(lexicon: Lexicon, slot: int) -> int:
    return int(lexicon.nodes[slot]) >> lexicon_module.LABEL_SHIFT & 0xFFFF


def slot_of(lexicon: Lexicon, word: str) -> int:
    slot = int(lexicon.char_ids[ord(word[0])])
    for char in word[1:]:
        number = int(lexicon.char_ids[ord(char)])
        base = base_of(lexicon, slot)
        child = base + number
        if not base or label_of(lexicon, child) != number:
            return 0
        slot = child
    return slot


def test_every_word_of_jieba_is_found_with_its_weight(built):
    tokenizer = tokenizer_for()
    log_total = lexicon_module.math.log(tokenizer.total)
    for word, frequency in list(tokenizer.FREQ.items())[::97]:
        if "γ" in word:
            continue
        weight = built.weights[int(built.nodes[slot_of(built, word)]) >> lexicon_module.WEIGHT_SHIFT]
        assert weight == (lexicon_module.math.log(frequency) - log_total if frequency else -np.inf), word


def test_what_is_no_prefix_of_a_word_is_not_found(built):
    assert slot_of(built, "法丂") == 0
    assert slot_of(built, "法治国家法治") == 0


def test_no_two_parents_have_the_same_base(built):
    bases = built.nodes & np.uint64((1 << lexicon_module.LABEL_SHIFT) - 1)
    bases = bases[bases != 0]
    assert len(bases) == len(np.unique(bases))


def test_every_child_of_every_slot_lies_inside_the_arrays(built):
    bases = built.nodes & np.uint64((1 << lexicon_module.LABEL_SHIFT) - 1)
    assert int(bases.max()) + lexicon_module.N_IDS <= len(built.nodes)


def test_the_nodes_are_made_as_the_kernels_read_them():
    here = lexicon_module.LABEL_SHIFT, lexicon_module.WEIGHT_SHIFT
    assert here == (_kernels.LABEL_SHIFT, _kernels.WEIGHT_SHIFT)
    assert _kernels.BASE == (1 << _kernels.LABEL_SHIFT) - 1


def test_lower_case_of_every_character(built):
    for code in range(sys.maxunicode + 1):
        page = built.lower_pages[code >> 8]
        lowered = built.lower_codes[page * 256 + (code & 255)] if page else code
        assert lowered & 0x7FFFFFFF == ord(chr(code).lower()[0])
        assert (lowered >> 31 == 1) == (chr(code) in "İΣ")


def test_what_is_written_is_read(built, tmp_path):
    assert write_lexicon(tmp_path / "lexicon.bin", built)
    assert same(read_lexicon(tmp_path / "lexicon.bin"), built)


def test_two_builds_write_the_same_bytes(built, tmp_path):
    write_lexicon(tmp_path / "one.bin", built)
    write_lexicon(tmp_path / "two.bin", build_lexicon())
    assert (tmp_path / "one.bin").read_bytes() == (tmp_path / "two.bin").read_bytes()


def test_a_file_cut_short_is_not_used(built, tmp_path):
    path = tmp_path / "lexicon.bin"
    write_lexicon(path, built)
    path.write_bytes(path.read_bytes()[:-1])
    assert read_lexicon(path) is None


@pytest.mark.parametrize("place", [0, 8, 41, 60, 5000, -1])
def test_a_file_with_one_changed_byte_is_not_used(built, tmp_path, place):
    path = tmp_path / "lexicon.bin"
    write_lexicon(path, built)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert read_lexicon(path) is None


@pytest.mark.parametrize("content", [b"", b"fzclflex", b"x" * 1000])
def test_what_is_no_lexicon_is_not_used(tmp_path, content):
    (tmp_path / "lexicon.bin").write_bytes(content)
    assert read_lexicon(tmp_path / "lexicon.bin") is None


def test_a_missing_file_and_a_folder_are_not_used(tmp_path):
    assert read_lexicon(tmp_path / "missing") is None
    assert read_lexicon(tmp_path) is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_file_that_others_can_write_is_not_used(built, tmp_path):
    path = tmp_path / "lexicon.bin"
    write_lexicon(path, built)
    path.chmod(0o666)
    assert read_lexicon(path) is None


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_used(built, tmp_path, monkeypatch):
    path = tmp_path / "lexicon.bin"
    write_lexicon(path, built)
    os.chown(path, 12345, 12345)
    assert read_lexicon(path) is None


def test_a_damaged_cache_is_made_anew(cache):
    lexicon_for()
    path = cache_path()
    path.write_bytes(b"damaged")
    lexicon_for.cache_clear()
    lexicon_for()
    assert read_lexicon(path) is not None


def test_a_folder_that_cannot_be_made_is_no_error(monkeypatch, tmp_path, built):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert write_lexicon(cache_path(), built) is False


def test_no_half_written_file_stays_behind(cache):
    lexicon_for()
    assert [path.suffix for path in cache.iterdir()] == [".bin"]


def test_other_user_words_have_another_file(cache):
    assert len({cache_path(), cache_path(("法治",)), cache_path(("法", "治"))}) == 3


def test_jiebas_own_tokenizer_and_temporary_cache_are_not_touched(cache, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "empty"))
    (tmp_path / "empty").mkdir()
    tokenizer_for.cache_clear()
    lexicon_for(("年度报告",))
    assert list((tmp_path / "empty").iterdir()) == []
    assert "年度报告" not in __import__("jieba").dt.FREQ


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_the_cache_can_be_read_by_other_users_and_written_by_none(tmp_path):
    """An image that root has warmed up must serve whoever runs it."""
    path = tmp_path / "cache" / "lexicon.bin"
    assert write_lexicon(path, lexicon_for())
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.parent.stat().st_mode & 0o022 == 0
