"""Model folders changed and signed again, as a forger would: every checksum is right, what they hold is not."""

import hashlib
import json

import pytest
from safetensors.numpy import load, save

from fzclf.errors import ModelError
from fzclf.loading import load_model
from fzclf.model_files import ARRAYS, MANIFEST, _manifest_sha256


def manifest_of(folder):
    return json.loads((folder / MANIFEST).read_text("utf-8"))


def write_manifest(folder, manifest):
    signed = manifest | {"manifest_sha256": _manifest_sha256(manifest)}
    (folder / MANIFEST).write_text(json.dumps(signed), "utf-8")


def edit_manifest(folder, **changes):
    write_manifest(folder, manifest_of(folder) | changes)


def write_arrays(folder, content):
    """Bytes in the place of the arrays."""
    (folder / ARRAYS).write_bytes(content)
    edit_manifest(folder, arrays_sha256=hashlib.sha256(content).hexdigest(), arrays_bytes=len(content))


def edit_arrays(folder, **changes):
    """Replace arrays; None takes one out."""
    arrays = arrays_of(folder) | changes
    write_arrays(folder, save({name: array for name, array in arrays.items() if array is not None}))


def arrays_of(folder):
    return load((folder / ARRAYS).read_bytes())


def safetensors_file(entries, n_bytes=64, length=None):
    """A file with this table of contents, true or not, before some zeros."""
    header = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return (len(header) if length is None else length).to_bytes(8, "little") + header + bytes(n_bytes)


def refused(folder, match="."):
    """Whether loading says in a few words what is wrong."""
    with pytest.raises(ModelError, match=match) as caught:
        load_model(folder)
    assert len(str(caught.value)) < 1000 + 3 * len(str(folder))
    return True
