"""What comes from elsewhere is pinned, and the bill of materials is held against the wheel."""

import importlib.util
import re
from importlib.metadata import requires

import pytest
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
USES = [
    (path.name, *re.fullmatch(r"([\w./-]+)@(\S+)(?: # (\S+))?", line).groups())
    for path in WORKFLOWS
    for line in re.findall(r"uses: (.*)", path.read_text("utf-8"))
]


@pytest.fixture(scope="module")
def missing():
    spec = importlib.util.spec_from_file_location("check_sbom", ROOT / ".ci" / "check_sbom.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.missing


@pytest.mark.parametrize(("file", "action", "commit", "version"), USES)
def test_an_action_is_pinned_to_a_commit_and_says_its_version(file, action, commit, version):
    assert re.fullmatch(r"[0-9a-f]{40}", commit)
    assert re.fullmatch(r"v\d+\.\d+\.\d+", version or "")


def test_an_action_has_one_commit_in_all_workflows():
    assert len({action for _, action, _, _ in USES}) == len({(action, commit) for _, action, commit, _ in USES}) > 1


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_only_read(path):
    text = path.read_text("utf-8")
    assert "permissions:\n  contents: read\n" in text
    assert "write" not in text
    assert "pull_request_target" not in text


def test_a_complete_bill_of_materials_passes(missing):
    parts = {"components": [{"name": "NumPy", "version": "2.1"}, {"name": "scikit_learn", "version": "1.6"}]}
    assert missing(["numpy>=1.26", "scikit-learn>=1.6", 'lxml>=5; extra == "html"'], parts) == []


def test_what_a_bill_of_materials_lacks_is_named(missing):
    parts = {"components": [{"name": "numpy", "version": "1.20"}]}
    assert missing(["numpy>=1.26", "scipy"], parts) == ["numpy", "scipy"]
    names = missing(requires("fzclf"), {"components": []})
    assert {"numpy", "jieba", "numba", "safetensors", "scikit-learn"} <= set(names)
    assert not {"lxml", "pandas"} & set(names)
