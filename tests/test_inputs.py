"""What the command line makes of the paths it is given."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fzclf.cli.inputs import Input, expand
from fzclf.errors import ReadError

UNIX = pytest.mark.skipif(os.name == "nt", reason="this system has no such files")


def names(*paths: object) -> list[str]:
    """Names of the inputs, without the folder; errors as their words."""
    return [
        os.path.basename(found.name) if isinstance(found, Input) else f"error: {found}"
        for found in expand([str(path) for path in paths])
    ]


def refusal(path: Path) -> str:
    """What is said about the only input that `path` leads to."""
    (found,) = expand([str(path)])
    assert isinstance(found, Input)
    with pytest.raises(ReadError) as caught:
        found.read(None, "strict")
    return str(caught.value)


def written(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("执法。", "utf-8")
    return path


def test_a_folder_is_searched_to_the_bottom_in_order(tmp_path: Path) -> None:
    for place in ("b.txt", "a/z.TXT", "a/b/c.html", ".hidden.txt", "~$lock.docx", "data.bin", "old.doc"):
        written(tmp_path / place)
    assert names(tmp_path) == ["c.html", "z.TXT", "b.txt", "old.doc"]


def test_each_file_comes_once(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt")
    assert names(path, tmp_path, path, tmp_path) == ["a.txt"]


@UNIX
def test_links_of_folders_in_a_circle_end(tmp_path: Path) -> None:
    written(tmp_path / "a" / "x.txt")
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    assert names(tmp_path) == ["x.txt"]


@UNIX
def test_a_broken_link_is_named_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "lost.txt").symlink_to(tmp_path / "nowhere")
    assert "no such file" in refusal(tmp_path)


@UNIX
def test_a_file_link_in_a_circle_is_named(tmp_path: Path) -> None:
    (tmp_path / "circle.txt").symlink_to(tmp_path / "circle.txt")
    assert "symbolic links lead in a circle" in refusal(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_a_folder_is_named_and_never_blocks(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert "a named pipe" in refusal(tmp_path)


def test_a_folder_with_the_name_of_a_document_is_looked_into(tmp_path: Path) -> None:
    written(tmp_path / "x.txt" / "y.txt")
    assert names(tmp_path) == ["y.txt"]
    assert names(tmp_path / "x.txt") == ["y.txt"]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path / "a.txt")
    written(tmp_path / "locked" / "b.txt")
    real = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    error, name = names(tmp_path)
    assert "locked: the folder cannot be read (Permission denied)" in error
    assert name == "a.txt"


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_has_two_names(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("执法。".encode()), "utf-8"))
    (found,) = expand([name])
    assert isinstance(found, Input)
    assert found.read(None, "strict") == ("执法。", ())


@UNIX
def test_an_endless_standard_input_stops_at_the_limit() -> None:
    """256 MiB of zeros are read, and not one byte more than tells that there are more."""
    with open("/dev/zero", "rb") as endless:
        done = subprocess.run(
            [sys.executable, "-m", "fzclf", "segment", "-"],
            stdin=endless,
            capture_output=True,
            check=False,
            timeout=120,
        )
    assert done.returncode == 1
    assert b"268,435,457 bytes or more, at most 268,435,456 are read" in done.stderr
    assert b"Traceback" not in done.stderr
