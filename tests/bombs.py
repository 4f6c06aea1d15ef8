"""Model folders that cost memory before they are refused; run in a process of their own (test_trust_models.py)."""

import json
import os
import resource
import shutil
import sys

import numpy as np
from forging import edit_arrays, edit_manifest, safetensors_file, write_arrays
from safetensors.numpy import save

from fzclf.errors import ModelError
from fzclf.model_files import ARRAYS, LARGEST_ARRAYS, LARGEST_MANIFEST, MANIFEST, read_model


def sparse(name):
    def make(folder):
        os.truncate(folder / name, 10 << 30)

    return make


def long_json(folder):
    """The largest manifest, of what grows most in memory."""
    (folder / MANIFEST).write_text("[" + ",".join(["[]"] * (LARGEST_MANIFEST // 3 - 1)) + "]")


def unsorted_terms(folder):
    n_terms = 1_000_000
    content = b"b" * 4 * (n_terms - 1) + b"aaaa"
    edit_arrays(
        folder,
        **{
            "words.terms": np.frombuffer(content, np.uint8),
            "words.term_ends": np.arange(4, 4 * n_terms + 1, 4),
            "words.idf": np.ones(n_terms),
        },
    )


def not_finite(folder):
    weights = np.zeros(LARGEST_ARRAYS // 2 - 50_000, np.float16)
    weights[-1] = np.nan
    edit_arrays(folder, bias=weights)


def only_spaces(folder):
    edit_arrays(folder, **{"words.terms": np.full(LARGEST_ARRAYS - 100_000, 32, np.uint8)})


def many_arrays(folder):
    names = {f"a{i}": {"dtype": "U8", "shape": [0], "data_offsets": [0, 0]} for i in range(800_000)}
    write_arrays(folder, safetensors_file(names, 0))


def huge_shape(folder):
    entry = {"dtype": "F32", "shape": [2**60], "data_offsets": [0, 2**62]}
    write_arrays(folder, safetensors_file({"bias": entry}, 1000))


def many_categories(folder):
    edit_manifest(folder, categories=[f"c{i}" for i in range(300_000)])


def largest_with_one_fault(folder):
    """Every byte of the largest file is read and checked; the last array has a wrong shape."""
    content = save(
        {"bias": np.zeros(6, np.float32), "flag_weights": np.zeros((LARGEST_ARRAYS >> 2) - 1000, np.float32)}
    )
    write_arrays(folder, content)


BOMBS = {
    "sparse arrays": sparse(ARRAYS), "sparse manifest": sparse(MANIFEST), "long JSON": long_json,
    "unsorted terms": unsorted_terms, "not finite": not_finite, "only spaces": only_spaces, "huge shape": huge_shape,
    "many arrays": many_arrays, "many categories": many_categories, "largest": largest_with_one_fault,
}  # fmt: skip


def peak_mib():
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kib / 1024 if sys.platform == "linux" else kib / (1 << 20)


def run(folder):
    """Print the peak of memory of refusing each, every one in a child; making it is not counted."""
    peaks = {}
    for name, make in BOMBS.items():
        bomb = shutil.copytree(folder, folder.parent / name)
        if (child := os.fork()) == 0:
            make(bomb)
            os._exit(0)
        os.waitpid(child, 0)
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            try:
                read_model(bomb)
            except ModelError:
                os.write(writer, str(peak_mib()).encode())
            os._exit(0)
        os.close(writer)
        os.waitpid(child, 0)
        peaks[name] = float(os.read(reader, 100) or "inf")
        shutil.rmtree(bomb)
    print(json.dumps(peaks))
