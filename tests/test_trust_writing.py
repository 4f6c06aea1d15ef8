"""What is written is old or new, never half: every call on the way is killed, interrupted or failed once."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest
from conftest import ROOT, SEEDS
from forging import manifest_of

from fzclf.errors import FzclfError
from fzclf.model_files import MODEL_FILES, read_model, write_model
from fzclf.publishing import text_file

posix = pytest.mark.skipif(os.name == "nt", reason="needs signals and limits of POSIX")
forks = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="needs os.fork")

OLD, NEW = "old\n" * 5000, "新\n" * 9000  # more than a buffer


def write_text(folder):
    with text_file(folder / "out.csv", "utf-8") as file:
        for start in range(0, len(NEW), 6000):
            file.write(NEW[start : start + 6000])


def text_is_whole(folder):
    return (folder / "out.csv").read_text("utf-8") in (OLD, NEW)


EXAMPLE = read_model(ROOT / "tests" / "formats" / "1" / "model")


def write_new_model(folder):
    write_model(EXAMPLE, folder / "model", "a card")


def model_is_whole(folder):
    """Of either kind, with all its parts."""
    return len(read_model(folder / "model").categories) in (2, 6) and set(os.listdir(folder / "model")) == set(
        MODEL_FILES
    )


PURE = "fspath", "urandom", "_path_"  # calls that touch no file


@contextmanager
def strike_at(number, strike):
    """Call `strike` just before the `number`-th call of the system or of a file; tells how many there were."""
    count = [0]

    def watch(_frame, event, function):
        of_system = getattr(function, "__module__", None) in ("posix", "_io") or (
            type(getattr(function, "__self__", None)).__module__ == "_io"
        )
        if event == "c_call" and of_system and not function.__name__.startswith(PURE):
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
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        # A shell that runs the tests with `&` has them ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 60
    while len(os.listdir(tmp_path)) == 1:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    time.sleep(1)  # until it waits, on a busy machine too
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert (tmp_path / "t.csv").read_text("utf-8") == OLD
    left = [found for found in os.listdir(tmp_path) if found != "t.csv"]
    if number == signal.SIGINT:
        assert process.returncode == 130
        assert said == b"fzclf: interrupted; nothing half-written is left behind\n"
        assert left == []
    assert all(found.startswith(".") and found.endswith(".part") for found in left)
