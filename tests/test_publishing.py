"""Either the old file or the new one, never half of one."""

import os

import pytest

from fzclf.errors import FzclfError
from fzclf.publishing import text_file, write_file, write_folder


def nothing(folder):
    return None


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FzclfError, match=r"nowhere.a: cannot be written"):
        write_file(tmp_path / "nowhere" / "a", b"new")


def test_an_error_inside_the_block_keeps_the_old_file(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), text_file(path, "utf-8") as file:
        file.write("half")
        raise KeyboardInterrupt
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_replaced_only_when_verified(tmp_path):
    folder = tmp_path / "model"
    write_folder(folder, {"x": b"old"}, nothing)

    def refuse(new):
        raise FzclfError("not good")

    with pytest.raises(FzclfError, match="not good"):
        write_folder(folder, {"x": b"new"}, refuse)
    assert (folder / "x").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["model"]


def test_a_file_in_the_place_of_a_folder_stays(tmp_path):
    (tmp_path / "model").write_text("mine")
    with pytest.raises(FzclfError, match="is a file, not a folder"):
        write_folder(tmp_path / "model", {"x": b"new"}, nothing)
    assert (tmp_path / "model").read_text() == "mine"
