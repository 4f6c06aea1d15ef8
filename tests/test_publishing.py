"""Either the old file or the new one, never half of one."""

import os

import pytest

from fzclf.errors import FzclfError
from fzclf.publishing import text_file, write_folder


def nothing(folder):
    return None


def write(path, words):
    with text_file(path, "utf-8") as file:
        file.write(words)


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    write(path, "new")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["a"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(FzclfError, match=r"nowhere.a: cannot be written"):
        write(tmp_path / "nowhere" / "a", "new")


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_is_followed_and_permissions_stay(tmp_path):
    target = tmp_path / "target"
    target.write_text("old")
    target.chmod(0o600)
    (tmp_path / "link").symlink_to(target)
    write(tmp_path / "link", "new")
    assert target.read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name == "nt", reason="no such device on Windows")
def test_a_device_is_written_to_and_not_replaced():
    from pathlib import Path

    write(Path(os.devnull), "gone")
    assert not Path(os.devnull).is_file()


def test_a_folder_with_files_of_others_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(FzclfError, match="holds 'thesis.txt', which is no part of a model"):
        write_folder(tmp_path, {"x": b"new"}, nothing)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


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
