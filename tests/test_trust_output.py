"""Output cannot act, cannot lie on a terminal, and is old or new, never half."""

import csv
import io
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from contextlib import contextmanager, suppress

import pytest
from conftest import ROOT, SEEDS
from forging import manifest_of
from hypothesis import given, settings
from hypothesis import strategies as st

import fzclf
from fzclf.cli import main
from fzclf.errors import FzclfError
from fzclf.model_files import MODEL_FILES, read_model, write_model
from fzclf.outputs import FORMATS, csv_header, csv_rows, harmless_cell, jsonl
from fzclf.publishing import text_file

posix = pytest.mark.skipif(os.name == "nt", reason="needs signals and limits of POSIX")
forks = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="needs os.fork")

# --- spreadsheets ---------------------------------------------------------------------------

HIDDEN = (
    "",
    " ",
    "\u00a0",
    "\u3000",
    "\ufeff",
    "\u200b",
    "\u2060",
    "\u00ad",
    "\u202e",
    "\u2003",
    "\x00",
    "\x0b",
    " \u200d ",
)
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(1)",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "﹢1",
    "﹣1",
    "﹦1",
    "﹫x",
    "⁺1",
    "⁼1",
    "\t=1",
    "\r=1",
    "\n=1",
)
PAYLOADS = [hidden + formula for hidden, formula in itertools.product(HIDDEN, FORMULAS)]


def first_shown(cell):
    shown = (char for char in cell if not char.isspace() and unicodedata.category(char) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", next(shown, ""))[:1]


@pytest.mark.parametrize("payload", PAYLOADS, ids=ascii)
def test_no_cell_begins_a_formula_and_the_mark_comes_off(payload):
    cell = harmless_cell(payload)
    assert first_shown(cell) not in "=+-@"
    assert cell == "'" + payload


@pytest.mark.parametrize("place", ["text", "file", "category"])
def test_every_column_is_guarded_unless_raw(toy_model, place):
    from dataclasses import replace

    evil = "=HYPERLINK(1)"
    model = replace(toy_model, categories=(evil, "other"), names={evil: evil, "other": "其他"})
    text = f"{evil if place == 'text' else ''}检查执法。"
    source = evil if place == "file" else "a"
    for raw, expected in ((False, "'" + evil), (True, evil)):
        lines = csv_header() + csv_rows(fzclf.classify(text, model=model), source, "sentence", raw=raw)
        (row,) = csv.DictReader(io.StringIO(lines))
        assert row[place].startswith(expected)


def test_the_switch_is_in_the_help(capsys):
    with suppress(SystemExit):
        main(["classify", "--help"])
    assert "--raw-csv" in capsys.readouterr().out


def test_no_output_is_a_web_page():
    """Where one comes, it needs escapes, a Content-Security-Policy and tests of both; today there is none."""
    assert FORMATS == ("table", "jsonl", "csv")
    for path in [ROOT / "fzclf" / "outputs.py", ROOT / "fzclf" / "report.py", *(ROOT / "fzclf" / "cli").glob("*.py")]:
        assert "<html" not in path.read_text("utf-8").lower()


# --- JSON and terminals ---------------------------------------------------------------------

NASTY_TEXT = st.text(
    st.sampled_from("法治。，\n\r\x00\x1b\x7f\x85\x9b\u2028\u2029\u202e\ud800\udfff\U000e0041一、")
    | st.characters(exclude_categories=())
)


@settings(max_examples=200, deadline=None)
@given(NASTY_TEXT)
def test_json_is_valid_for_any_text_and_a_line_is_a_line(text):
    report = fzclf.segment(text)
    back = json.loads(report.to_json().encode("utf-8"))
    assert [block["text"] for block in back["blocks"]] == [block.text for block in report.blocks]
    lines = jsonl(report, "\ud800\u2028", "sentence")
    assert len(lines.splitlines()) == sum(len(paragraph.sentences) for paragraph in report)
    assert not any(0x7F <= ord(char) < 0xA0 or (ord(char) < 32 and char != "\n") for char in lines)


def spoofs(text):
    """Characters that move a cursor, turn the direction of writing, or are not shown."""
    return [char for char in text if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


EVIL_NAME = "a\x1b[2J\u202e\u2066\r\x9b31m.txt"
EVIL_TEXT = "一、检查\x1b]0;x\x07\u202e工作\n\x1b[31m检查\u2066执法\x9b2J。\u200f\x08\x08办理复议\x85案件。\n"


@posix
@pytest.mark.parametrize(
    "verb", [["classify"], ["segment", "--level", "sentence"], ["explain", "--top", "9"]], ids=lambda v: v[0]
)
def test_control_and_direction_characters_cannot_spoof_a_terminal(tmp_path, capsys, monkeypatch, verb):
    """Even those that the reader would refuse."""
    monkeypatch.setattr("fzclf.cli.inputs.Input.read", lambda *_: (EVIL_TEXT, ("a note \x1b[2J",)))
    (tmp_path / EVIL_NAME).write_text("x", "utf-8")
    assert main([verb[0], str(tmp_path / EVIL_NAME), *verb[1:]]) == 0
    shown = capsys.readouterr()
    assert "检查" in shown.out
    assert spoofs(shown.out + shown.err) == []


@posix
def test_names_in_errors_and_notes_cannot_spoof_a_terminal(tmp_path, capsys):
    (tmp_path / EVIL_NAME).write_text("", "utf-8")
    paths = [tmp_path / EVIL_NAME, tmp_path / ("missing" + EVIL_NAME), tmp_path / "\udcff\x1b"]
    assert main(["classify", *map(str, paths)]) == 1
    assert main(["classify", str(paths[0]), "--model", str(paths[1])]) == 1
    assert main(["classify", str(paths[0]), "-o", str(paths[1] / "x")]) == 1
    shown = capsys.readouterr()
    assert shown.err.count("\n") == 5
    assert spoofs(shown.out + shown.err) == []


# --- old or new, never half: every call that can fail, fails once ---------------------------

OLD, NEW = "old\n" * 5000, "新\n" * 9000  # more than a buffer


def write_text(folder):
    with text_file(folder / "out.csv", "utf-8") as file:
        for start in range(0, len(NEW), 6000):
            file.write(NEW[start : start + 6000])


def text_is_whole(folder):
    return (folder / "out.csv").read_text("utf-8") in (OLD, NEW)


EXAMPLE = read_model(ROOT / "tests" / "formats" / "2" / "model")


def write_new_model(folder):
    write_model(EXAMPLE, folder / "model", "a card")


def model_is_whole(folder):
    """Of either kind, with all its parts."""
    return len(read_model(folder / "model").categories) in (2, 6) and set(os.listdir(folder / "model")) == set(
        MODEL_FILES
    )


@contextmanager
def strike_at(number, strike):
    """Call `strike` just before the `number`-th call of the system or of a file; tells how many there were."""
    count = [0]

    def watch(_frame, event, function):
        of_system = getattr(function, "__module__", None) in ("posix", "_io") or (
            type(getattr(function, "__self__", None)).__module__ == "_io"
        )
        if event == "c_call" and of_system and function.__name__ not in ("fspath", "_path_normpath", "urandom"):
            count[0] += 1
            if count[0] == number:
                sys.setprofile(None)
                strike()

    sys.setprofile(watch)
    try:
        yield count
    finally:
        sys.setprofile(None)


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt():
    raise KeyboardInterrupt


def disk_full():
    raise OSError(28, "No space left on device")


WRITERS = {"file": (write_text, text_is_whole, "out.csv"), "model": (write_new_model, model_is_whole, "model")}


@pytest.fixture(params=WRITERS)
def writer(request, tmp_path, toy_model, monkeypatch):
    """A folder with the old output, a copy of it, what writes the new one, what checks it, its name."""
    monkeypatch.setattr(os, "fsync", os.fstat)  # a call that can fail, too; and quick
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    kept.mkdir()
    if request.param == "file":
        (kept / "out.csv").write_text(OLD, "utf-8")
    else:
        write_model(toy_model, kept / "model", "a card")
    restore(folder, kept)
    return folder, kept, *WRITERS[request.param]


def restore(folder, kept):
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)


def number_of_calls(folder, write):
    with strike_at(-1, kill) as count:
        write(folder)
    return count[0]


def in_child(deed):
    """The exit status of a forked process that does `deed`; 0 if it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            deed()
        finally:
            os._exit(0)
    return os.waitpid(child, 0)[1]


@forks
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_killed_at_any_call_the_old_or_the_new_is_whole(writer):
    folder, kept, write, is_whole, name = writer
    n_calls = number_of_calls(folder, write)
    assert n_calls > 15
    restore(folder, kept)
    for number in range(1, n_calls + 1):

        def deed(number=number):
            with strike_at(number, kill):
                write(folder)

        assert in_child(deed) in (signal.SIGKILL, 0)
        assert is_whole(folder), number
        visible = [found for found in os.listdir(folder) if not found.endswith(".part")]
        assert visible == [name], number


@posix
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("strike", [interrupt, disk_full])
@pytest.mark.parametrize("swaps", [True, False], ids=["swap", "two steps"])
def test_stopped_at_any_call_the_old_or_the_new_is_whole(writer, strike, swaps, monkeypatch):
    """Ctrl-C, and an error of the disk; a clean-up that is stopped itself may leave a hidden name."""
    folder, kept, write, is_whole, name = writer
    if not swaps:
        monkeypatch.setattr("fzclf.publishing._exchange", lambda *_: False)
    n_calls = number_of_calls(folder, write)
    n_left = 0
    for number in range(1, n_calls + 1):
        restore(folder, kept)
        with suppress(KeyboardInterrupt, FzclfError), strike_at(number, strike):
            write(folder)
        assert is_whole(folder), number
        left = [found for found in os.listdir(folder) if found != name]
        assert all(found.endswith(".part") for found in left), number
        n_left += bool(left)
    assert n_left < n_calls / 4


# --- the same with real disks and signals ---------------------------------------------------


@forks
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_a_limit_on_the_size_of_files_keeps_the_old(writer):
    import resource

    folder, _, write, is_whole, _ = writer
    before = sorted(os.walk(folder))
    reader, sender = os.pipe()

    def deed():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))
        try:
            write(folder)
        except FzclfError as error:
            os.write(sender, str(error).encode())

    assert in_child(deed) == 0
    os.close(sender)
    assert b"File too large" in os.read(reader, 1000)
    assert is_whole(folder)
    assert sorted(os.walk(folder)) == before


@pytest.fixture
def small_disk(tmp_path):
    """One MB of memory as a file system."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "none", place]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no tmpfs may be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_full_disk_keeps_the_old(small_disk, toy_model):
    write_model(toy_model, small_disk / "model", "card")
    with pytest.raises(FzclfError, match="No space left on device"):
        write_model(read_model(ROOT / "models" / "default"), small_disk / "model", "card")
    assert manifest_of(small_disk / "model")["categories"] == ["enforcement", "other"]
    assert read_model(small_disk / "model").categories == ("enforcement", "other")
    (small_disk / "out.csv").write_text(OLD, "utf-8")
    with pytest.raises(FzclfError, match="No space left on device"), text_file(small_disk / "out.csv", "utf-8") as file:
        for _ in range(100):
            file.write(NEW)
    assert (small_disk / "out.csv").read_text("utf-8") == OLD
    assert sorted(os.listdir(small_disk)) == ["model", "out.csv"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [[], ["-o", "/dev/full"]], ids=["standard output", "-o"])
def test_a_full_disk_is_said_in_one_line(arguments):
    command = [sys.executable, "-m", "fzclf", "segment", SEEDS / "wuda-2022.txt", *arguments]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL", "SIGTERM"])
def test_a_stopped_command_keeps_the_old_file(tmp_path, name):
    """It has read one report and waits for the next when the signal comes."""
    number = getattr(signal, name)
    (tmp_path / "t.csv").write_text(OLD, "utf-8")
    command = [sys.executable, "-m", "fzclf", "segment", SEEDS / "wuda-2022.txt", "-", "--format", "csv", "-o", "t.csv"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path)
    deadline = time.monotonic() + 60
    while len(os.listdir(tmp_path)) == 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert (tmp_path / "t.csv").read_text("utf-8") == OLD
    left = [found for found in os.listdir(tmp_path) if found != "t.csv"]
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said == b"fzclf: interrupted; nothing half-written is left behind\n"
        assert left == []
    assert all(found.startswith(".") and found.endswith(".part") for found in left)
