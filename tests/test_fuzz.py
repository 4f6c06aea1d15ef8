"""Short fuzzing of every target, what fuzzing has found before, and the harness itself; `make fuzz` is the long run."""

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

for library in ("lxml", "selectolax", "trafilatura", "pypdfium2"):
    pytest.importorskip(library, reason="needs fzclf[office]")

from fuzz.choices import Choices  # noqa: E402
from fuzz.guard import Guard  # noqa: E402
from fuzz.pieces import damaged, text_of  # noqa: E402
from fuzz.target import Target  # noqa: E402
from fuzz.targets import TARGETS  # noqa: E402
from fzclf.errors import ReadError  # noqa: E402

REGRESSIONS = sorted((ROOT / "fuzz" / "regressions").glob("*/*.input"))
# A second or two each on a slow machine.
EXAMPLES = {"segment": 150, "tokenize": 150, "codebook": 100, "labels": 60, "dictionary": 12, "model": 40, "cli": 40}


@pytest.fixture
def guard(tmp_path):
    return lambda target: Guard(target, tmp_path)


def findings(tmp_path):
    return sorted(path.read_text("utf-8").split("\n")[0] for path in (tmp_path / "findings").glob("*.txt"))


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_breaks_a_promise(name, tmp_path):
    guard = Guard(TARGETS[name], tmp_path)

    @settings(
        max_examples=EXAMPLES.get(name, 60),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.binary(max_size=300))
    def fuzz(decisions):
        guard.feed(decisions)
        assert not findings(tmp_path)

    guard.feed(b"")  # what is compiled or imported once does not count
    fuzz()


@pytest.mark.parametrize("path", REGRESSIONS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found_stays_mended(path, tmp_path):
    guard = Guard(TARGETS[path.parent.name], tmp_path)
    guard.run(path.read_bytes())
    assert not findings(tmp_path)


def test_all_the_findings_are_there():
    assert len(REGRESSIONS) >= 8


# --- the harness: a promise that is broken is noticed ----------------------------------------


def broken(error=None, seconds=0.0):
    def check(data):
        if error:
            raise error
        begin = os.times()
        while os.times().user - begin.user < seconds:
            pass

    return Target("toy", lambda choices: choices.rest(), check, (ReadError, OSError))


def test_an_exception_that_is_not_ours_is_a_finding(guard, tmp_path):
    guard(broken(KeyError("x"))).feed(b"abc")
    assert findings(tmp_path)[0].startswith("toy: KeyError")
    assert next((tmp_path / "findings").glob("*.input")).read_bytes() == b"abc"


def test_a_panic_of_compiled_code_is_a_finding(guard, tmp_path):
    class PanicError(BaseException):
        """As pyo3 raises them."""

    guard(broken(PanicError())).feed(b"")
    assert findings(tmp_path)[0].startswith("toy: PanicError")


def test_an_error_of_ours_is_none(guard, tmp_path):
    guard(broken(ReadError("x"))).feed(b"")
    assert not findings(tmp_path)


def test_a_message_without_end_is_a_finding(guard, tmp_path):
    guard(broken(OSError("x" * 3000))).feed(b"")
    assert findings(tmp_path) == ["toy: long message"]


def test_an_input_that_takes_too_long_is_a_finding(guard, tmp_path, monkeypatch):
    monkeypatch.setattr("fuzz.guard.SECONDS_PER_10_KB", 0.02)
    guard(broken(seconds=0.05)).feed(b"")
    assert findings(tmp_path) == ["toy: slow"]


def test_where_the_bytes_run_out_every_decision_is_the_first():
    assert text_of(Choices(b"")) == ""
    assert [Choices(b"").below(9), Choices(b"").pick("ab"), Choices(b"").once_in(2)] == [0, "a", False]


def test_damage_is_none_without_decisions():
    assert damaged(Choices(b""), b"abc") == b"abc"


@pytest.mark.skipif(os.name == "nt", reason="signals differ")
def test_a_run_counts_its_inputs_and_survives_without_coverage(tmp_path):
    command = [sys.executable, "-m", "fuzz", "codebook", "--engine=random", "--inputs=30", "--seconds=60", "--folder"]
    done = subprocess.run([*command, tmp_path], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert "inputs 30 " in done.stdout
    assert json.loads((tmp_path / "codebook.stats").read_text())["inputs"] == 30
