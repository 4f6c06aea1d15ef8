"""Model folders of strangers: whatever is wrong with one is a ModelError, without code, crash, wait or much memory."""

import json
import os
import random
import shutil
import socket
import stat
import subprocess
import sys
from itertools import combinations

import numpy as np
import pytest
from conftest import ROOT
from forging import arrays_of, edit_arrays, refused

from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.model_files import ARRAYS, MANIFEST, MODEL_FILES, read_model

EXAMPLE = ROOT / "tests" / "formats" / "1" / "model"
PACKAGED = ROOT / "models" / "default"
THOROUGH = bool(os.environ.get("FZCLF_THOROUGH"))  # all 5,000 positions of the packaged model: a minute
posix = pytest.mark.skipif(os.name == "nt", reason="no such files, or only for administrators")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(EXAMPLE, tmp_path / "model")


@pytest.fixture(scope="module")
def packaged(tmp_path_factory):
    return shutil.copytree(PACKAGED, tmp_path_factory.mktemp("packaged") / "model")


# --- damage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "n_positions"), [(ARRAYS, 4000 if THOROUGH else 150), (MANIFEST, 1000)])
def test_every_damaged_byte_of_the_packaged_model_is_noticed(packaged, name, n_positions):
    chance = random.Random(6)
    with (packaged / name).open("r+b", buffering=0) as file:
        for position in chance.sample(range((packaged / name).stat().st_size), n_positions):
            file.seek(position)
            (byte,) = file.read(1)
            file.seek(position)
            file.write(bytes([byte ^ (0x41 if name == MANIFEST else chance.randint(1, 255))]))
            with pytest.raises(ModelError):
                read_model(packaged)
            file.seek(position)
            file.write(bytes([byte]))
    assert read_model(packaged).categories


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
def test_the_packaged_model_cut_off_anywhere_is_noticed(packaged, tmp_path, name):
    shutil.copytree(packaged, tmp_path / "cut")
    size = (packaged / name).stat().st_size
    for length in sorted({*random.Random(6).sample(range(size), 300), *range(20), size - 2}, reverse=True):
        os.truncate(tmp_path / "cut" / name, length)
        with pytest.raises(ModelError):
            read_model(tmp_path / "cut")


def test_parts_of_another_model_are_noticed(folder, packaged, tmp_path):
    for name in (ARRAYS, MANIFEST):
        mixed = shutil.copytree(folder, tmp_path / f"mixed {name}")
        shutil.copy(packaged / name, mixed)
        assert refused(mixed, "the manifest says")


def test_arrays_that_changed_places_are_noticed(folder, tmp_path):
    """Signed again; only arrays of the same type and shape could pass, and hold what may stand there."""
    arrays, n_swaps = arrays_of(folder), 0
    for one, other in combinations(sorted(arrays), 2):
        if (arrays[one].dtype, arrays[one].shape) != (arrays[other].dtype, arrays[other].shape):
            swapped = shutil.copytree(folder, tmp_path / f"{one} {other}")
            edit_arrays(swapped, **{one: arrays[other], other: arrays[one]})
            n_swaps += refused(swapped, "not a valid model")
    assert n_swaps == 55


# --- what a path may be ---------------------------------------------------------------------


@pytest.mark.parametrize("name", [ARRAYS, MANIFEST])
@posix
def test_a_link_that_leads_out_of_the_folder_is_refused(folder, tmp_path, name):
    os.replace(folder / name, tmp_path / "outside")
    (folder / name).symlink_to(tmp_path / "outside")
    assert refused(folder, "is a link that leads out of the folder")
    (folder / name).unlink()
    (folder / name).symlink_to(name)
    assert refused(folder, "no such file")
    (folder / name).unlink()
    (folder / name).symlink_to("nowhere")
    assert refused(folder, "no such file")


@posix
def test_links_to_the_folder_and_inside_of_it_are_followed(folder, tmp_path):
    os.replace(folder / ARRAYS, folder / "held")
    (folder / ARRAYS).symlink_to("held")
    (tmp_path / "link").symlink_to(folder)
    assert load_model(tmp_path / "link").categories


@posix
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_devices_pipes_sockets_and_folders_are_no_models(folder, tmp_path):
    """None of them is waited for."""
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    cwd = os.getcwd()
    os.chdir(tmp_path)  # the name of a socket is short
    server.bind("socket")
    os.chdir(cwd)
    strange = ["/dev/zero", "/dev/null", tmp_path / "pipe", tmp_path / "socket", tmp_path, EXAMPLE / MANIFEST]
    for place in strange:
        assert refused(place)
        for name in (ARRAYS, MANIFEST):
            broken = shutil.copytree(folder, tmp_path / "broken")
            (broken / name).unlink()
            (broken / name).symlink_to(place)
            assert refused(broken)
            shutil.rmtree(broken)
    server.close()
    for name in (ARRAYS, MANIFEST):
        broken = shutil.copytree(folder, tmp_path / "broken")
        (broken / name).unlink()
        os.mkfifo(broken / name)
        assert stat.S_ISFIFO((broken / name).stat().st_mode)
        assert refused(broken)
        shutil.rmtree(broken)


@pytest.mark.parametrize("name", ["a\0b", "\udcff" * 3, "x" * 5000, "", "."])
def test_a_name_that_can_be_no_folder_is_refused(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused(name)


def test_writing_refuses_what_it_could_not_read(folder, toy_model, tmp_path):
    """The check of the new folder is that of any stranger's."""
    from dataclasses import replace

    from fzclf.model_files import write_model

    broken = replace(toy_model, bias=np.array([np.nan, 0], np.float32))
    before = {name: (folder / name).read_bytes() for name in MODEL_FILES}
    with pytest.raises(ModelError, match="bias holds numbers that are not finite"):
        write_model(broken, folder, "card")
    assert {name: (folder / name).read_bytes() for name in MODEL_FILES} == before
    assert os.listdir(tmp_path) == ["model"]


def test_a_card_with_lone_surrogates_is_written_and_read(toy_model, tmp_path):
    from dataclasses import replace

    from fzclf.model_files import write_model

    named = replace(toy_model, card={"data": {"real_reports": ["\ud800\u2028x"]}})
    write_model(named, tmp_path / "model", "card \ud800")
    assert read_model(tmp_path / "model").card == named.card


# --- memory and code ------------------------------------------------------------------------

LIMITED = """
import resource, sys
sys.path[:0] = [{tests!r}]
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
import bombs
from pathlib import Path
bombs.run(Path(sys.argv[1]))
"""


@posix
def test_what_is_refused_takes_less_than_200_mb(folder):
    """Sparse files of 10 GB, 2**60 elements, JSON that grows, a million terms in the wrong order, …"""
    code = LIMITED.format(tests=str(ROOT / "tests"))
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, check=False, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr[-2000:]
    peaks = json.loads(done.stdout)
    assert len(peaks) == 10
    assert all(peak < 200 for peak in peaks.values()), peaks


GUARDED = """
import builtins, marshal, pickle, sys
import fzclf
fzclf.classify("执法检查。", model=fzclf.load_model(sys.argv[1])).to_json()  # all imports are done
fzclf.loading._load_once.cache_clear()
RUNS_CODE = {"exec", "compile", "marshal.loads", "marshal.load", "pickle.find_class", "code.__new__", "import"}

class Ran(BaseException):
    pass

def forbidden(*_, **__):
    raise Ran

def watch(event, arguments):
    if event in RUNS_CODE or event.split(".")[0] in ("socket", "subprocess", "ctypes"):
        raise Ran(event)

def seen(deed):
    try:
        deed()
    except Ran:
        return True
    return False

run, code = eval, compile("1", "", "eval")
for module, names in ((pickle, ("load", "loads", "Unpickler", "_Unpickler")), (marshal, ("load", "loads")),
                      (builtins, ("eval", "exec", "compile"))):
    for name in names:
        setattr(module, name, forbidden)
sys.addaudithook(watch)
deeds = [lambda: pickle.loads(b"N."), lambda: marshal.loads(b"N"), lambda: eval("1"), lambda: run(code),
         lambda: __import__("joblib"), lambda: compile("1", "", "eval")]
print([seen(deed) for deed in deeds], seen(lambda: fzclf.load_model(sys.argv[1])))
"""


def test_loading_runs_no_code_and_the_guard_would_see_it():
    done = subprocess.run([sys.executable, "-c", GUARDED, str(EXAMPLE)], capture_output=True, check=False, text=True)
    assert done.stdout == f"{[True] * 6} False\n", done.stderr
