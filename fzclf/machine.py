"""The kernels as machine code: compiled once by numba, kept in the user's cache, linked by llvmlite alone.

numba is imported only to compile. Importing it, and what it imports to load its own
cache (scipy too, where that is installed), took 0.45 s and 115 MiB of every process;
llvmlite's linker takes 0.05 s and 50 MiB.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import os
import sys
import threading
import warnings
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fzclf.caching import cached_file, read_arrays, write_arrays
from fzclf.calling import HEAD, PYTHON, Convention, callable_in, of_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FORMAT = 3
TAGGING, ROWS = "tagging", "rows"  # what is compiled together: all that `classify` needs, and the rest
_ROW_KERNELS = {"squeeze_spaces", "look_up_tokens", "tally_nodes", "count_rows", "weigh_rows", "score_rows"}


class Kernels:
    """All compiled loops by their names, those of a group ready when the first is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engines: dict[str, Any] = {}  # they hold the machine code
        self.paths: dict[str, Path | None] = {}
        self.compiled: set[str] = set()  # the groups that were not found in the cache

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            self.load(group_of(name))
        if name not in vars(self):
            raise AttributeError(f"there is no kernel {name!r}")
        return vars(self)[name]

    @property
    def loaded(self) -> bool:
        """Whether calling one that `classify` needs costs no start."""
        return TAGGING in self._engines

    def renew_lock(self) -> None:
        """For a process that has one thread only."""
        self._lock = threading.Lock()

    def load(self, group: str = TAGGING) -> None:
        """Link the loops of a group; compile them first if no earlier process has.

        Raises
        ------
        ImportError, OSError
            If llvmlite, or what numba needs to compile, cannot be imported.
        """
        with self._lock:
            if group in self._engines:
                return
            self.paths[group] = path = _cache_path(group)
            arrays = read_arrays(path) if path else None
            if arrays is None:
                arrays = self._compile(group)
            engine = _linked(arrays["object"].tobytes())
            conventions = json.loads(arrays["conventions"].tobytes())
            vars(self).update(
                {name: callable_in(engine, name, Convention(**convention)) for name, convention in conventions.items()}
            )
            self._engines[group] = engine

    def _compile(self, group: str) -> dict[str, NDArray[Any]]:
        if sys.stderr is not None and sys.stderr.isatty():
            print("fzclf: compiling for this processor, this once (some seconds) …", file=sys.stderr)
        with _no_collecting():
            from fzclf.compiling import compile_kernels

            code, conventions = compile_kernels(group)
        self.compiled.add(group)
        described = json.dumps({name: vars(convention) for name, convention in conventions.items()})
        arrays = {
            "object": np.frombuffer(code, np.uint8),
            "conventions": np.frombuffer(described.encode(), np.uint8),
        }
        path = self.paths[group]
        if path is None or not write_arrays(path, arrays):
            self.paths[group] = None
        return arrays


def group_of(name: str) -> str:
    """With which others a loop is compiled: 1 of 6 s are for those that a first `classify` does without."""
    return ROWS if name in _ROW_KERNELS else TAGGING


kernels = Kernels()
if hasattr(os, "register_at_fork"):  # another thread's hold on the lock would never end in the child
    os.register_at_fork(after_in_child=kernels.renew_lock)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of objects come from numba; looking at them took 0.9 of 5.5 s, and 0.4 s if done once at the end."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            if not gc.get_freeze_count():  # both together only move all objects to the oldest generation
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@cache
def has_kernels(group: str = TAGGING) -> bool:
    """Whether the compiled path can run; warns once if not."""
    if group != TAGGING and not has_kernels():
        return False
    try:
        kernels.load(group)
    except Exception as error:  # no numba, llvmlite without its library, a version of either that differs too much
        warnings.warn(
            f"the loops can be neither loaded nor compiled ({error}); fzclf runs on jieba and scikit-learn, "
            "with the same results but many times slower",
            RuntimeWarning,
            stacklevel=3,
        )
        return False
    return True


def _linked(code: bytes) -> Any:
    """Object code in memory, ready to run: the call with which numba itself loads its cache."""
    from llvmlite import binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    for name in PYTHON:
        llvm.add_symbol(of_python(name), ctypes.cast(getattr(ctypes.pythonapi, name), ctypes.c_void_p).value)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return engine


def target_machine() -> Any:
    """The processor at hand, with all that it can do."""
    from llvmlite import binding as llvm

    target = llvm.Target.from_triple(llvm.get_process_triple())
    reloc = "static" if target.name.startswith("x86") else "default"  # as numba chooses
    return target.create_target_machine(*_processor(), opt=3, reloc=reloc, codemodel="jitdefault", jit=True)


def _processor() -> tuple[str, str]:
    """Name and features, as numba takes them."""
    from llvmlite import binding as llvm

    try:
        features = llvm.get_host_cpu_features().flatten()
    except RuntimeError:  # a processor that LLVM cannot ask
        features = ""
    return (
        os.environ.get("NUMBA_CPU_NAME") or llvm.get_host_cpu_name(),
        os.environ.get("NUMBA_CPU_FEATURES") or features,
    )


def _cache_path(group: str) -> Path | None:
    """Where the machine code of these sources, by this compiler, for this processor is kept."""
    import llvmlite
    from llvmlite import binding as llvm

    spec = importlib.util.find_spec("numba")
    sources = [Path(__file__).with_name(name) for name in ("_kernels.py", "compiling.py", "lowering.py", "calling.py")]
    if spec is not None and spec.origin is not None:
        sources.append(Path(spec.origin).with_name("_version.py"))  # importing it takes 0.2 s
    checked = os.environ.get("NUMBA_BOUNDSCHECK")
    settings = [FORMAT, group, HEAD, llvmlite.__version__, llvm.get_process_triple(), *_processor(), checked]
    try:
        contents = [path.read_bytes() for path in sources if path.is_file()]
        return cached_file("kernels", [json.dumps(settings).encode(), *contents])
    except OSError:
        return None
