"""The codebook as data, and what is said of a broken one."""

import os

import pytest

from fzclf.errors import LabelError
from fzclf.training.codebook import load_codebook

ONE = '[[category]]\nid = "a"\nname = "甲"\ndefinition = "d"\nseed_terms = ["词"]\ncolour = "#000"\n'
TWO = ONE + ONE.replace('"a"', '"b"')


def written(tmp_path, content):
    path = tmp_path / "categories.toml"
    path.write_text(content, "utf-8")
    return path


def test_the_packaged_codebook_has_the_six_categories_in_order():
    assert load_codebook().ids == (
        "decision_making", "enforcement", "oversight", "dispute_resolution", "legal_publicity", "other",
    )  # fmt: skip


def test_the_page_and_the_data_name_the_same_categories():
    from conftest import ROOT

    page = (ROOT / "labels" / "README.md").read_text("utf-8")
    for category in load_codebook().categories:
        assert f"| `{category.id}` | {category.name} |" in page


def test_other_is_the_last_unless_said(tmp_path):
    assert load_codebook(written(tmp_path, TWO)).other == "b"


def test_a_missing_field_is_named(tmp_path):
    with pytest.raises(LabelError, match="category 2: colour must be a str, not None"):
        load_codebook(written(tmp_path, TWO.rsplit("colour", 1)[0]))


def test_an_id_twice_is_refused(tmp_path):
    with pytest.raises(LabelError, match="an id stands twice among a, a"):
        load_codebook(written(tmp_path, ONE + ONE))


def test_one_category_is_too_few(tmp_path):
    with pytest.raises(LabelError, match="two or more"):
        load_codebook(written(tmp_path, ONE))


def test_broken_toml_is_named(tmp_path):
    with pytest.raises(LabelError, match="not valid TOML"):
        load_codebook(written(tmp_path, "[[category"))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(LabelError, match=r"nowhere\.toml: no such file"):
        load_codebook(tmp_path / "nowhere.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_for_a_codebook_never_blocks(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(LabelError, match="a named pipe"):
        load_codebook(tmp_path / "pipe.toml")


def test_a_huge_codebook_is_refused(tmp_path):
    with pytest.raises(LabelError, match="1,048,577 bytes or more"):
        load_codebook(written(tmp_path, "#" * ((1 << 20) + 1)))
