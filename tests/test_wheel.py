"""The wheel: built from the checkout, installed in a clean environment, used from another folder."""

import os
import subprocess
import sys
import venv
import zipfile

import pytest
from conftest import ROOT

pytest.importorskip("build")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_model_and_codebook_once(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert "fzclf/models/default/manifest.json" in names
    assert "fzclf/models/default/arrays.safetensors" in names
    assert "fzclf/labels/categories.toml" in names
    assert "fzclf/py.typed" in names
    assert not [name for name in names if name.startswith(("seeds/", "tests/", "labels/", "models/"))]


def test_an_installed_wheel_works_from_another_folder(wheel, tmp_path):
    environment = tmp_path / "env"
    venv.create(environment, with_pip=True)
    python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    code = "import fzclf; print(fzclf.classify('依法办理行政复议案件。').paragraphs[0].category)"
    shown = subprocess.run([python, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert shown.stdout.strip() == "dispute_resolution"
