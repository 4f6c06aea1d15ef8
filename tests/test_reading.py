"""`read` and `read_document`: kinds of files, paths, refusals."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import documents
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fzclf.errors import FzclfError, MissingExtraError, ReadError
from fzclf.reading import Limits, extras, read, read_document
from fzclf.reading.kinds import sniff

CHINESE = "一、主要工作\r\n推进依法行政。\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def test_text_is_kept_exactly(tmp_path: Path) -> None:
    path = tmp_path / "年报 2023.txt"
    path.write_bytes(CHINESE.encode())
    assert read(path) == CHINESE


def test_a_document_says_its_kind_encoding_and_source(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(CHINESE.encode())
    document = read_document(str(path))
    assert (document.kind, document.encoding, document.notes, document.source) == (
        "text",
        "utf-8",
        (),
        str(path),
    )


def test_bytes_are_content() -> None:
    assert read_document(CHINESE.encode()).source == "<bytes>"


def test_an_empty_file_is_an_empty_text() -> None:
    assert read(b"") == ""


def test_content_counts_and_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_bytes(documents.docx(documents.paragraph("推进依法行政。")))
    pytest.importorskip("lxml", reason="needs fzclf[docx]")
    assert read_document(path).kind == "docx"


def test_importing_the_reader_imports_no_format_library() -> None:
    libraries = ("lxml", "selectolax", "pypdfium2", "trafilatura", "charset_normalizer")
    code = f"import sys, fzclf.reading; print([name for name in {libraries} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(extras.importlib, "import_module", missing)
    with pytest.raises(MissingExtraError, match=r'pip install "fzclf\[docx\]"'):
        read(documents.docx(documents.paragraph("字")))


def test_an_unknown_way_with_errors_is_refused() -> None:
    with pytest.raises(ValueError, match="'strict' or 'replace', not 'ignore'"):
        read(b"", errors="ignore")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OLE, "old Word or WPS document.*soffice --headless --convert-to docx FILE"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"{\\rtf1 x}", "rich text.*soffice --headless --convert-to docx"),
        (documents.pack({"OFD.xml": b""}), "OFD document.*export it as PDF"),
        (documents.pack({"content.xml": b"", "mimetype": b""}), "OpenDocument"),
        (documents.pack({"xl/workbook.xml": b""}), "spreadsheet"),
        (documents.pack({"a.txt": b"x"}), "zip archive.*unzip"),
        (b"\x89PNG\r\n\x1a\n", "image.*ocrmypdf"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\x1f\x8b\x08", "packed archive"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w/>', "Word XML"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "web archive"),
    ],
)
def test_a_kind_that_is_not_read_names_the_way_out(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"<!DOCTYPE html><p>", "a.txt", "html"),
        (b"\xef\xbb\xbf \n<html>", "a", "html"),
        (b"<!-- x -->\n<div>", "a", "html"),
        ("<html>".encode("utf-16"), "a", "html"),
        (b'<?xml version="1.0"?><html xmlns="x">', "a", "html"),
        ("报告<p>正文</p>".encode(), "a.HTML", "html"),
        ("报告<p>正文</p>".encode(), "a.txt", "text"),
        ("《<中国>》".encode(), "a.html", "text"),
        (b"junk\n%PDF-1.4", "a.txt", "pdf"),
    ],
)
def test_sniff(data: bytes, name: str, kind: str) -> None:
    assert sniff(data, name) == kind


# --- paths -----------------------------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="nothing.txt: no such file"):
        read(tmp_path / "nothing.txt")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="a folder, not a file; name the files in it"):
        read(tmp_path)


def test_a_file_taken_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(ReadError, match="a part of the path is a file"):
        read(tmp_path / "a" / "b")


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    with pytest.raises(ReadError, match="symbolic links lead in a circle"):
        read(tmp_path / "a")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ReadError, match="a named pipe.*on the command line with -"):
        read(tmp_path / "pipe")


@pytest.mark.skipif(os.name == "nt", reason="this system has no device files")
@pytest.mark.parametrize("device", [os.devnull, "/dev/zero"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(ReadError, match="a device, not a file"):
        read(device)


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt").mkdir()
    with pytest.raises(ReadError, match="x.txt: a folder, not a file"):
        read(tmp_path / "x.txt")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(ReadError, match="no permission"):
        read(path)


def test_a_name_with_nul() -> None:
    with pytest.raises(ReadError, match=r"a\\x00b: the path has a NUL character"):
        read("a\0b")


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="longer than the system allows") as caught:
        read(tmp_path / ("长" * 300))
    assert len(str(caught.value)) < 300


def test_a_name_cannot_spoof_the_terminal(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        read(tmp_path / "a\x1b[2J\u202etxt")
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)


def test_a_file_that_grows_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 10)
    real = os.read

    def growing(handle: int, n_bytes: int) -> bytes:
        data = real(handle, n_bytes)
        if path.stat().st_size == 10:
            with path.open("ab") as target:
                target.write(b"more")
        return data

    monkeypatch.setattr("fzclf.reading.sources.os.read", growing)
    with pytest.raises(ReadError, match="changed while it was being read"):
        read(path)


def test_a_file_that_shrinks_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 10)
    real = os.fstat

    def told_before(handle: int) -> os.stat_result:
        told = real(handle)
        if told.st_size == 10:
            path.write_bytes(b"x")
        return told

    monkeypatch.setattr("fzclf.reading.sources.os.fstat", told_before)
    with pytest.raises(ReadError, match="changed while it was being read"):
        read(path)


def test_a_file_that_vanishes_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    real = os.open

    def too_late(place: str, flags: int) -> int:
        path.unlink()
        return real(place, flags)

    monkeypatch.setattr("fzclf.reading.sources.os.open", too_late)
    with pytest.raises(ReadError, match="no such file"):
        read(path)


@pytest.mark.skipif(os.name == "nt", reason="Windows does not delete an open file")
def test_a_file_that_vanishes_while_it_is_read_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 10)
    real = os.read

    def vanishing(handle: int, n_bytes: int) -> bytes:
        path.unlink(missing_ok=True)
        return real(handle, min(n_bytes, 3))

    monkeypatch.setattr("fzclf.reading.sources.os.read", vanishing)
    assert read(path) == "x" * 10


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_file_that_becomes_a_pipe_never_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")
    real = os.open

    def exchanged(place: str, flags: int) -> int:
        path.unlink()
        os.mkfifo(path)
        return real(place, flags)

    monkeypatch.setattr("fzclf.reading.sources.os.open", exchanged)
    with pytest.raises(ReadError, match="a named pipe"):
        read(path)


def test_a_file_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x")

    def failing(handle: int, n_bytes: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("fzclf.reading.sources.os.read", failing)
    with pytest.raises(ReadError, match="the disk or the network share failed"):
        read(path)


@pytest.mark.parametrize("as_path", [True, False])
def test_the_limit_of_a_file(tmp_path: Path, as_path: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * 100)
    source: Path | bytes = path if as_path else path.read_bytes()
    assert len(read_document(source, limits=Limits(file_bytes=100)).text) == 100
    with pytest.raises(ReadError, match="100 bytes or more, at most 99 are read.*Limits.file_bytes"):
        read_document(source, limits=Limits(file_bytes=99))


# --- whatever comes --------------------------------------------------------------------------------------

_STARTS = [
    b"",
    b"PK\x03\x04",
    b"%PDF-1.7\n",
    b"<html>",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x84\x31\x95\x33",
    OLE,
]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(_STARTS), st.binary(max_size=200))
def test_any_bytes_give_text_or_a_clear_error(start: bytes, rest: bytes) -> None:
    with contextlib.suppress(FzclfError):
        assert isinstance(read(start + rest), str)


@pytest.mark.parametrize("kind", ["docx", "pdf", "page"])
def test_damage_gives_text_or_a_clear_error(kind: str) -> None:
    pytest.importorskip({"docx": "lxml", "pdf": "pypdfium2", "page": "selectolax"}[kind], reason="needs fzclf[office]")
    data = bytearray(getattr(documents, f"report_as_{kind}")("一、主要工作\n推进依法行政。\n" * 20))
    for position in range(0, len(data), max(len(data) // 120, 1)):
        damaged = bytes(data[:position] + bytes([data[position] ^ 0x55]) + data[position + 1 :])
        for each in (damaged, bytes(data[:position])):
            with contextlib.suppress(FzclfError):
                read(each)


def test_many_threads_read_pdf_at_once() -> None:
    pytest.importorskip("pypdfium2", reason="needs fzclf[pdf]")
    data = documents.pdf([[(74, 700, "推进依法行政。")]])
    texts: list[str] = []
    threads = [threading.Thread(target=lambda: texts.append(read(data))) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["推进依法行政。\n"] * 32
