"""Imports go one way. A new module must be placed in a layer before this passes."""

import ast
import subprocess
import sys

import pytest
from conftest import ROOT

# From the bottom to the top; a module may import from its own layer and from those above it in this list.
LAYERS = [
    ["fzclf.errors"],
    ["fzclf.resources", "fzclf.publishing", "fzclf.versions", "fzclf.caching"],
    ["fzclf.codes"],
    ["fzclf._kernels", "fzclf.lowering", "fzclf.compiling", "fzclf.calling", "fzclf.machine"],
    ["fzclf.report"],
    ["fzclf.reading"],
    ["fzclf.segmentation"],
    ["fzclf.terms"],
    ["fzclf.reference"],
    ["fzclf.lexicon"],
    ["fzclf.cutting"],
    ["fzclf.tokens"],
    ["fzclf.nodes", "fzclf.buckets"],
    ["fzclf.counting"],
    ["fzclf.folding"],
    ["fzclf.features"],
    ["fzclf.model"],
    ["fzclf.model_record"],
    ["fzclf.model_files"],
    ["fzclf.margins"],
    ["fzclf.scoring"],
    ["fzclf.loading"],
    ["fzclf.evidence"],
    ["fzclf.tagged"],
    ["fzclf.tagging", "fzclf.warming"],
    ["fzclf.vectorizer"],
    ["fzclf.training"],
    ["fzclf.outputs"],
    ["fzclf.cli", "fzclf.__main__"],
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# What learns from data, compiles, or only speeds up other things; `classify` must never reach it.
HEAVY = ("sklearn", "scipy", "numba", "pandas", "jieba", "tqdm", "fzclf.training", "fzclf.vectorizer")
FILES = sorted((ROOT / "fzclf").rglob("*.py"))


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def level_of(module):
    matches = [name for name in LEVEL if module == name or module.startswith(name + ".")]
    return LEVEL[max(matches, key=len)] if matches else None


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ([f"fzclf.{alias.name}" for alias in node.names] if node.module == "fzclf" else [node.module])


@pytest.mark.parametrize("path", [path for path in FILES if module_of(path) != "fzclf"], ids=module_of)
def test_a_module_imports_only_from_below(path):
    own = level_of(module_of(path))
    assert own is not None, f"{module_of(path)} has no layer: place it in LAYERS"
    for name in imports_of(path):
        if name.startswith("fzclf.") and name != "fzclf.__version__":
            assert level_of(name) <= own, f"{module_of(path)} imports {name}, which lies above it"


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_nothing_that_runs_code_from_data_is_used(path):
    """No pickle, marshal, shelve, eval or exec anywhere in the package."""
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not names & {"eval", "exec", "compile", "__import__"}
    assert not {name.split(".")[0] for name in imports_of(path)} & {
        "pickle",
        "marshal",
        "shelve",
        "dill",
        "cloudpickle",
    }


def imported_by(code):
    """Modules that are loaded after running `code` in a fresh interpreter."""
    script = f"{code}\nimport sys; print(' '.join(sorted(sys.modules)))"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_importing_the_package_imports_nothing_heavy():
    loaded = imported_by("import fzclf")
    assert not loaded & {"numpy", "llvmlite", *HEAVY}


def test_classify_imports_neither_training_nor_scikit_learn_nor_numba():
    code = "import fzclf; fzclf.classify('开展执法检查。').to_json()"
    imported_by(code)  # the first time ever, the loops are compiled and jieba's dictionary is read
    loaded = imported_by(code)
    assert not loaded & set(HEAVY)


def test_classify_needs_no_loops_but_those_that_are_compiled_for_it():
    code = (
        "import fzclf; from fzclf.machine import kernels; "
        "fzclf.classify('开展执法检查。').to_json(); print(*kernels.paths)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["tagging"]


def test_every_public_name_exists_and_is_documented():
    import fzclf

    for name in fzclf.__all__:
        assert getattr(fzclf, name).__doc__, name


def test_only_learning_and_the_reference_import_scipy_or_scikit_learn():
    users = {
        module_of(path) for path in FILES for name in imports_of(path) if name.split(".")[0] in ("scipy", "sklearn")
    }
    assert users <= {"fzclf.reference", "fzclf.vectorizer", "fzclf.training.fitting"}


def test_an_unknown_name_is_an_attribute_error():
    import fzclf

    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = fzclf.nothing
