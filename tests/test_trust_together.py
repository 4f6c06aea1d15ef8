"""Threads, processes, forks, and places where nothing may be written, nothing is UTF-8 and nothing is connected."""

import ast
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import ROOT, SEEDS

import fzclf
from fzclf.model_files import ARRAYS, MANIFEST, read_model
from fzclf.training.codebook import load_codebook
from fzclf.training.labels import load_labels

EXAMPLE = ROOT / "tests" / "formats" / "1" / "model"
WUDA = str(SEEDS / "wuda-2022.txt")
forks = pytest.mark.skipif(not hasattr(os, "fork") or sys.platform == "darwin", reason="needs os.fork")


def python(code, *arguments, flags=(), env=None, leave_out=(), cwd=None):
    """Standard output of a process that ends well and says nothing on standard error."""
    kept = {name: value for name, value in os.environ.items() if name not in leave_out}
    command = [sys.executable, *flags, *(["-c", code] if code else ["-m", "fzclf"]), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, env=kept | (env or {}), cwd=cwd, check=False, timeout=300)
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode(errors="replace")[-3000:]
    return done.stdout.decode("utf-8")


@pytest.fixture(scope="module")
def expected():
    return [s.category for paragraph in fzclf.classify(fzclf.read(WUDA)) for s in paragraph.sentences]


CATEGORIES = """
import fzclf, json, sys
print(json.dumps([s.category for p in fzclf.classify(fzclf.read(sys.argv[1])) for s in p.sentences]))
"""

# --- many at once ---------------------------------------------------------------------------


def test_32_threads_share_a_model_that_nobody_has_used_yet(seed_texts):
    texts = list(seed_texts.values())
    alone = [fzclf.classify(text, model=read_model(EXAMPLE)).to_json() for text in texts]
    model = read_model(EXAMPLE)
    at_once = threading.Barrier(32)

    def tag(number):
        at_once.wait()
        report = fzclf.classify(texts[number % 5], model=model)
        evidence = [span for paragraph in report.paragraphs[:2] for s in paragraph.sentences for span in s.evidence]
        return report.to_json(), evidence

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(tag, range(32)))
    assert [answer for answer, _ in answers] == [alone[number % 5] for number in range(32)]
    assert all(answers[number] == answers[number % 5] for number in range(32))


def test_processes_that_start_at_once_with_an_empty_cache_agree(cold_starts):
    """Two write the same cache, four when FZCLF_THOROUGH is set; each compiles and builds what it needs."""
    assert len(cold_starts["plain"]["rows"]) == 407
    for name in ("plain too", "without asserts"):
        if name in cold_starts:
            assert cold_starts[name]["rows"] == cold_starts["plain"]["rows"]
            assert cold_starts[name]["said"] == ""


@pytest.mark.skipif(sys.platform != "linux", reason="root needs to give up its power over files")
def test_a_read_only_installation_and_home_in_a_folder_with_chinese_and_spaces(cold_starts):
    answers = cold_starts["read only"]
    assert answers["from"].endswith("只读 目录/fzclf")
    assert answers["rows"] == cold_starts["plain"]["rows"]
    assert answers["said"] == ""


FORKED = """
import fzclf, os, signal, sys, threading
from fzclf.loading import scorer_of
text = fzclf.read(sys.argv[1])
alone = fzclf.classify(text).to_json()
busy = True
def work():
    while busy:
        assert fzclf.classify(text).to_json() == alone
def load():
    while busy:
        scorer_of(fzclf.load_model())
threads = [threading.Thread(target=deed, daemon=True) for deed in (work, work, load, load)]
for thread in threads:
    thread.start()
signal.alarm(120)
for _ in range(20):  # while the threads hold locks
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(fzclf.classify(text).to_json() != alone or fzclf.load_model() is None)
    assert os.waitpid(child, 0)[1] == 0
busy = False
for thread in threads:
    thread.join()
print("same")
"""


@forks
def test_a_fork_after_loading_while_threads_are_at_work():
    assert python(FORKED, WUDA, flags=["-W", "ignore"]) == "same\n"


POOLED = """
import fzclf, json, operator, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
if __name__ == "__main__":
    texts = [fzclf.read(path) for path in sys.argv[1:]]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        reports = list(pool.map(fzclf.classify, texts))  # results come from workers
        back = list(pool.map(operator.methodcaller("to_json"), reports))  # and go to workers
    print(back == [fzclf.classify(text).to_json() for text in texts])
"""


def test_results_are_pickled_to_workers_and_back():
    assert python(POOLED, *sorted(SEEDS.glob("*.txt"))) == "True\n"


# --- places ---------------------------------------------------------------------------------

HOMELESS = """
import os, pwd
def nobody(_):
    raise KeyError("no such user")
pwd.getpwuid = nobody
"""


@pytest.mark.skipif(os.name == "nt", reason="a home is something else on Windows")
def test_a_user_without_home(expected, tmp_path):
    """As in a container whose user is in no list."""
    leave_out = ["HOME", "FZCLF_CACHE_DIR", "XDG_CACHE_HOME"]
    assert json.loads(python(HOMELESS + CATEGORIES, WUDA, leave_out=leave_out)) == expected


def test_ascii_locale_and_paths_with_chinese_and_spaces(expected, tmp_path):
    """LANG=C, PYTHONUTF8=0: input, output, model, cache and working folder are named in Chinese."""
    folder = tmp_path / "法治 政府 报告"
    folder.mkdir()
    (folder / "乌达 2022.txt").write_bytes((SEEDS / "wuda-2022.txt").read_bytes())
    (folder / "模型 一").mkdir()
    for name in (ARRAYS, MANIFEST):
        (folder / "模型 一" / name).write_bytes((ROOT / "models" / "default" / name).read_bytes())
    env = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    env |= {"FZCLF_CACHE_DIR": str(folder / "缓存 二")}
    arguments = [
        "classify",
        "乌达 2022.txt",
        "--model",
        "模型 一",
        "--level",
        "sentence",
        "--format",
        "jsonl",
        "-o",
        "结果 三.jsonl",
    ]
    assert python("", *arguments, env=env, cwd=folder) == ""
    content = (folder / "结果 三.jsonl").read_bytes()
    assert "乌达 2022.txt".encode() in content  # as it is, not escaped
    rows = [json.loads(line) for line in content.splitlines()]
    assert [row["category"] for row in rows] == expected
    assert {row["file"] for row in rows} == {"乌达 2022.txt"}
    assert {name.split("-")[0] for name in os.listdir(folder / "缓存 二")} == {"lexicon", "kernels"}


def test_without_asserts_and_docstrings(expected):
    assert json.loads(python(CATEGORIES, WUDA, flags=["-O"])) == expected
    assert "usage: fzclf" in python("", "--help", flags=["-OO"])


def test_the_package_asserts_nothing():
    """What -O takes away was never there."""
    for path in (ROOT / "fzclf").rglob("*.py"):
        assert not [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Assert)], path


OFFLINE = """
import sys
def watch(event, arguments):
    opened = ("socket.connect", "socket.getaddrinfo", "socket.gethost", "socket.send")  # urllib3 makes one, and no more
    if event.startswith((*opened, "urllib.", "http.", "subprocess.", "os.system", "os.posix_spawn", "os.exec")):
        raise SystemExit(f"reached out: {event} {arguments}")
sys.addaudithook(watch)
import fzclf.cli
from pathlib import Path
folder = Path(sys.argv[2])
(folder / "a.html").write_text(
    "<html><head><link rel=stylesheet href=http://127.0.0.1:9/x.css><base href=http://127.0.0.1:9/></head><body><p>"
    + "开展行政执法检查，规范行政处罚裁量。" * 20 + "</p><img src=http://127.0.0.1:9/x.png></body></html>", "utf-8")
for arguments in (["classify", sys.argv[1]], ["explain", sys.argv[1]], ["info"],
                  ["classify", str(folder / "a.html")],
                  ["evaluate", sys.argv[3]], ["train", sys.argv[4], "-o", str(folder / "model")]):
    if fzclf.cli.main(arguments):
        raise SystemExit(f"failed: {arguments}")
"""


def test_nothing_reaches_out(tmp_path):
    """No verb opens a socket or starts a program; the web page that is read names other resources."""
    pytest.importorskip("lxml_html_clean")
    labels = ROOT / "tests" / "formats" / "sentences.csv"
    command = [sys.executable, "-c", OFFLINE, WUDA, tmp_path, ROOT / "labels" / "seeds", labels]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert (tmp_path / "model" / MANIFEST).is_file()


# --- line ends of Windows -------------------------------------------------------------------


def test_windows_line_ends_change_no_tag(seed_texts):
    for text in seed_texts.values():
        unix, windows = (fzclf.classify(one) for one in (text, text.replace("\r\n", "\n").replace("\n", "\r\n")))
        for one, other in zip(unix.blocks, windows.blocks, strict=True):
            assert (one.kind, one.text) == (other.kind, other.text.replace("\r\n", "\n"))
        tags = [
            [(s.category, s.probability, s.review) for p in report for s in p.sentences] for report in (unix, windows)
        ]
        assert tags[0] == tags[1]


def test_windows_line_ends_in_labels_and_manifests(tmp_path):
    codebook = load_codebook()
    windows = tmp_path / "windows.csv"
    unix = ROOT / "tests" / "formats" / "sentences.csv"
    windows.write_bytes(unix.read_bytes().replace(b"\n", b"\r\n"))
    found = [[(r.name, r.text, r.passages) for r in load_labels([path], codebook)[0]] for path in (unix, windows)]
    assert found[0] == found[1]
    for name in (ARRAYS, MANIFEST):
        content = (EXAMPLE / name).read_bytes()
        (tmp_path / name).write_bytes(content.replace(b"\n", b"\r\n") if name == MANIFEST else content)
    assert read_model(tmp_path).sha256 == read_model(EXAMPLE).sha256
