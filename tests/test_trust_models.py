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
from forging import arrays_of, edit_arrays, edit_manifest, manifest_of, safetensors_file, write_arrays, write_manifest

from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.model_files import ARRAYS, MANIFEST, MODEL_FILES, read_model
from fzclf.tagging import classify

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


def refused(folder, match="."):
    with pytest.raises(ModelError, match=match) as caught:
        load_model(folder)
    assert len(str(caught.value)) < 1000 + 3 * len(str(folder))
    return True


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


# --- forgery: the checksums are right -------------------------------------------------------

ONE = {"dtype": "F32", "data_offsets": [0, 24], "shape": [6]}


@pytest.mark.parametrize(
    "content",
    [
        safetensors_file({"bias": ONE | {"shape": [2**60]}}),
        safetensors_file({"bias": ONE | {"shape": [2**60], "data_offsets": [0, 2**62]}}),
        safetensors_file({"bias": ONE | {"shape": [2**32, 2**32], "data_offsets": [0, 0]}}),
        safetensors_file({"bias": ONE | {"shape": [0, 2**60], "data_offsets": [0, 0]}}, 0),
        safetensors_file({"bias": ONE | {"shape": [-6]}}),
        safetensors_file({"bias": ONE | {"shape": [-(2**63)]}}),
        safetensors_file({"bias": ONE | {"shape": [1] * 70 + [6]}}, 24),
        safetensors_file({"bias": ONE | {"data_offsets": [24, 0]}}),
        safetensors_file({"bias": ONE | {"data_offsets": [-24, 0]}}),
        safetensors_file({"bias": ONE | {"data_offsets": [2**63, 2**64]}}),
        safetensors_file({"bias": ONE, "flag_weights": ONE}, 24),
        safetensors_file({"bias": ONE | {"dtype": "PICKLE"}}, 24),
        safetensors_file({f"a{i}": ONE | {"shape": [0], "data_offsets": [0, 0]} for i in range(5000)}, 0),
        safetensors_file(b'{"bias":' + json.dumps(ONE).encode() + b',"bias":' + json.dumps(ONE).encode() + b"}", 24),
        safetensors_file(b"[" * 60_000, 0),
        safetensors_file({}, 24, length=2**63),
        safetensors_file({}, 24, length=2**64 - 1),
        b"",
        b"\x02",
    ],
    ids=range(19),
)
def test_a_forged_table_of_contents_is_refused(folder, content):
    write_arrays(folder, content)
    assert refused(folder)


def float_arrays():
    return [name for name, array in arrays_of(EXAMPLE).items() if array.dtype.kind == "f"]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers_are_refused(folder, value):
    for name in float_arrays():
        arrays = arrays_of(folder)
        arrays[name].flat[-1] = value
        broken = shutil.copytree(folder, folder.parent / name)
        edit_arrays(broken, **arrays)
        assert refused(broken, "not finite|numbers below")


def of_terms(*terms, n_categories=6):
    """The arrays of a view of words with these terms."""
    encoded = [term.encode() for term in terms]
    return {
        "words.terms": np.frombuffer(b"".join(encoded), np.uint8),
        "words.term_ends": np.cumsum([0, *map(len, encoded)], dtype=np.int64)[1:],
        "words.idf": np.ones(len(terms)),
        "words.weights": np.zeros((len(terms), n_categories), np.float32),
    }


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (of_terms("一" * 400), "a term is longer than 2 words"),
        (of_terms("一 二 三 四 五"), "a term is longer than 2 words"),
        (of_terms("b", "a"), "sorted and different"),
        (of_terms("a", "a"), "sorted and different"),
        ({"words.term_ends": np.full(len(arrays_of(EXAMPLE)["words.idf"]), 2**62)}, "do not fit their bytes"),
        ({"words.term_ends": np.array([[3]], np.int64)}, "must be"),
        ({"chars.terms": np.zeros(9, np.int8)}, "must be bytes"),
        ({"chars.idf": np.ones((1, 1))}, "must be"),
        ({"evil": np.zeros(3)}, "arrays that no view names"),
        ({"../../evil": np.zeros(3)}, "arrays that no view names"),
        ({"chars.weights": None}, "lacks 'chars.weights'"),
    ],
)
def test_tables_that_do_not_fit_are_refused(folder, changes, message):
    edit_arrays(folder, **changes)
    assert refused(folder, message)


@pytest.mark.parametrize("changes", [of_terms(), of_terms(""), of_terms("", " ", "   ", "法"), of_terms("一" * 333)])
def test_odd_terms_that_fit_are_harmless(folder, changes):
    edit_arrays(folder, **changes)
    edit_manifest(folder, golden=[])
    assert classify("执法检查。  法", model=load_model(folder)).to_json()


def test_idf_of_zero_and_the_largest_weights_give_numbers(folder):
    arrays = arrays_of(folder)
    for name, array in arrays.items():
        if array.dtype.kind == "f":
            arrays[name] = np.zeros_like(array) if "idf" in name else np.full(array.shape, 3e38, np.float32)
    edit_arrays(folder, **arrays)
    edit_manifest(folder, golden=[])
    assert "NaN" not in classify("执法检查，办理复议。", model=load_model(folder)).to_json()


def with_view(**changes):
    """Views of the example, the first one changed."""
    first, *others = manifest_of(EXAMPLE)["views"]
    settings = {name: changes.pop(name) for name in list(changes) if name in first["settings"]}
    return {"views": [first | {"settings": first["settings"] | settings} | changes, *others]}


def text_of(words):
    return {"golden": [{"text": words, "margins": [0.0] * 6}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (with_view(name="../../evil"), "no word of letters"),
        (with_view(name=7), "no word of letters"),
        ({"views": manifest_of(EXAMPLE)["views"] * 2}, "of different names"),
        ({"views": [{"name": "words"}] * 100_000}, "of different names"),
        ({"views": [{"name": f"v{i}"} for i in range(9)]}, "at most 8"),
        (with_view(ngram_range=[1, 9]), "n-gram range"),
        (with_view(ngram_range=[1, 2**70]), "n-gram range"),
        (with_view(ngram_range=[1.0, 2.0]), "whole numbers"),
        (with_view(user_words=["法" * 101]), "a user word has"),
        (with_view(user_words=["法" * 99] * 3000), "user words of more than"),
        (with_view(user_words=["法\u2028治"]), "a user word has a line break"),
        (with_view(settings=manifest_of(EXAMPLE)["views"][0]["settings"] | {"surprise": 1}), "unexpected keyword"),
        ({"names": {"enforcement": "\x1b[2J"}}, "names must be given"),
        ({"names": dict.fromkeys(manifest_of(EXAMPLE)["categories"], "\u202e法")}, "printable"),
        ({"names": dict.fromkeys(manifest_of(EXAMPLE)["categories"], "法" * 101)}, "printable"),
        ({"categories": ["a\x1b", "b"]}, "printable"),
        ({"review": {"fewest_characters": 10**30}}, "review limits"),
        ({"review": {"fewest_characters": -1}}, "review limits"),
        ({"review": {"known_share": float("nan")}}, "review limits"),
        ({"card": {"data": []}}, "not a valid model"),
        ({"card": {"data": {"real_reports": [[]]}}}, "list of strings"),
        ({"card": {"data": {"sha256": 1}}}, "must be a string"),
        ({"tokenizer": {"jieba": [1]}}, "signature"),
        ({"tokenizer": 1}, "not a valid model"),
        (text_of("一、总体情况"), "no sentence"),
        (text_of("法" * 1001), "must have words"),
        ({"golden": text_of("执法。")["golden"] * 101}, "more than 100"),
        ({"temperature": "0.5"}, "out of range"),
        ({"temperature": 10**400}, "temperature 1000"),
        ({"format": True}, "unknown format"),
        ({"format": -1}, "unknown format"),
        ({"format": 10**400}, "newer|unknown format|not valid JSON"),
        ({"arrays_bytes": "x" * 100_000}, "the manifest says x"),
        ({"categories": ["x" * 100_000, "y"]}, "printable"),
    ],
)
def test_a_forged_manifest_is_refused(folder, changes, message):
    edit_manifest(folder, **changes)
    assert refused(folder, message)


def test_odd_user_words_are_harmless(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("FZCLF_CACHE_DIR", str(tmp_path))
    words = ["法治 " + "9" * 15, "执法 0", "   ", "", "\ud800", "\0", "a b c d 3 x", "法" * 100]
    edit_manifest(folder, **with_view(user_words=words), golden=[])
    assert classify("法治检查。", model=load_model(folder)).to_json()


def places(value, path=()):
    """Paths of every value inside a manifest."""
    yield path
    if isinstance(value, (dict, list)):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


NASTY = (
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    1e308,
    float("nan"),
    "",
    "../x",
    "\x1b[2J",
    "\ud800",
    [],
    [[]],
    {},
    {"a": 1},
)


def test_any_value_in_the_place_of_any_other_is_refused_or_harmless(folder):
    """Every place of the manifest outside the card, signed again."""
    manifest = manifest_of(folder)
    chance = random.Random(6)
    spots = [(path, new) for path in places(manifest) if path and path[0] != "card" for new in NASTY]
    n_refused = n_harmless = 0
    for path, new in chance.sample(spots, 1200):
        write_manifest(folder, replaced(manifest, path, new))
        try:
            model = load_model(folder)
        except ModelError:
            n_refused += 1
            continue
        classify("执法检查，\n办理复议。", model=model).to_json()
        n_harmless += 1
    assert n_refused + n_harmless == 1200
    assert n_refused > 1000


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
