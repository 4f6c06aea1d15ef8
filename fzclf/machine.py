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
import struct
import sys
import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import is_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fzclf.caching import cached_file, read_arrays, write_arrays

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

FORMAT = 3
HEAD = object.__basicsize__ // 8  # words of an object before what is its own; more in a free-threaded Python
TAGGING, ROWS = "tagging", "rows"  # what is compiled together: all that `classify` needs, and the rest
_ROW_KERNELS = {"squeeze_spaces", "look_up_tokens", "tally_nodes", "count_rows", "weigh_rows", "score_rows"}
MISFIT = -100  # what an entry answers if an array has other dimensions, gaps, or may not be written
_NUMBERS = {"int64": "q", "uint64": "Q", "float64": "d", "bool": "?7x"}
_RESULTS: dict[str, Any] = {"none": ctypes.c_void_p, "int64": ctypes.c_int64, "float64": ctypes.c_double}
_ENTRY = ctypes.CFUNCTYPE(
    ctypes.c_int32, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p
)  # lets go of the interpreter's lock
# What the compiled functions take from Python.
PYTHON = {
    *("PyTuple_Size", "PyTuple_GetItem", "PyLong_AsLongLong", "PyLong_AsUnsignedLongLong", "PyFloat_AsDouble"),
    *("PyObject_IsTrue", "PyErr_Occurred", "PyErr_Clear", "PyEval_SaveThread", "PyEval_RestoreThread"),
    *("PyObject_CallObject", "PyObject_CallMethod", "PyLong_FromLongLong", "PyFloat_FromDouble", "Py_BuildValue"),
}


class _Method(ctypes.Structure):
    """Python's ``PyMethodDef``."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


_METH_VARARGS = 1


@dataclass(frozen=True)
class Convention:
    """How a kernel is called.

    Attributes
    ----------
    symbol : str
        Its entry in the object code, ``int32 entry(result *, int64 *block, int64 *types)``, 0 if all
        went well. `block` holds numbers as they are and arrays as the
        addresses of their Python objects, `types` the addresses of the types that these must have.
        Before it stands ``PyObject *symbol_function(PyObject *self, PyObject *arguments)``, which finds
        `types` where ``symbol_types`` says.
    arguments : sequence
        For a number the name of its type; for an array name, dimensions, and whether it is written to.
    """

    symbol: str
    arguments: Sequence[Any]
    result: str


class Kernel:
    """A compiled loop, called with arrays and numbers; other threads run meanwhile.

    The careful way in. `function_of` gives the quick one, a built-in function, which comes
    here with what it does not understand.
    """

    def __init__(self, name: str, address: int, convention: Convention) -> None:
        self.__name__ = name
        self._entry = _ENTRY(address)
        self.engine: Any = None  # what holds the machine code
        self._result = _RESULTS[convention.result]
        kinds = convention.arguments
        self._arrays = [place for place, kind in enumerate(kinds) if not isinstance(kind, str)]
        self._numbers = [place for place, kind in enumerate(kinds) if isinstance(kind, str)]
        self._dtypes = [np.dtype(kinds[place][0]) for place in self._arrays]
        self._types = struct.pack(f"={len(self._dtypes) + 1}q", id(np.ndarray), *map(id, self._dtypes))
        self._kinds = kinds
        self._pack = struct.Struct(
            "=" + "".join(_NUMBERS[kind] if isinstance(kind, str) else "q" for kind in kinds)
        ).pack

    def function_of(self, address: int, types_address: int) -> Any:
        """The loop as a built-in function: a call with four arguments takes 0.1 µs, through `ctypes` 1.1.

        Parameters
        ----------
        address, types_address
            In the object code, the function, and where it looks for the address of the types.
        """
        new = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.POINTER(_Method), ctypes.py_object, ctypes.c_void_p)
        self._cell = ctypes.create_string_buffer(self._types, len(self._types))
        ctypes.c_int64.from_address(types_address).value = ctypes.addressof(self._cell)
        self._method = _Method(self.__name__.encode(), address, _METH_VARARGS, None)
        create = new(("PyCFunction_NewEx", ctypes.pythonapi))
        return create(ctypes.pointer(self._method), self, None)  # holds on to this object, and so to what that holds

    def __call__(self, *arguments: Any) -> Any:
        """Run the loop.

        Raises
        ------
        TypeError
            If an array is of another type or shape than the loop was compiled for.
        RuntimeError
            If the loop raised: a division by 0.
        """
        if len(arguments) != len(self._kinds):
            raise TypeError(f"{self.__name__}: takes {len(self._kinds)} arguments, not {len(arguments)}")
        block: list[Any] = [*map(id, arguments)]
        for place in self._numbers:
            block[place] = arguments[place]
        result = self._result()
        status = self._entry(ctypes.byref(result), self._pack(*block), self._types)
        if status == MISFIT:
            return self(*self._fitting(arguments))
        if status:
            self.fail()
        return result.value

    def fail(self) -> None:
        """Say that the loop raised.

        Raises
        ------
        RuntimeError
            Always.
        """
        raise RuntimeError(f"{self.__name__}: the compiled loop failed")

    def _fitting(self, arguments: Sequence[Any]) -> Sequence[Any]:
        """The same arguments, where an array's type is only equal to the one wanted (of unpickled arrays it is).

        Raises
        ------
        TypeError
            If that is not what is wrong.
        """
        fitting = list(arguments)
        for place, dtype in zip(self._arrays, self._dtypes, strict=True):
            array = arguments[place]
            if type(array) is np.ndarray and array.dtype == dtype and array.dtype is not dtype:
                fitting[place] = array.view(dtype)
        if all(map(is_, fitting, arguments)):
            raise TypeError(f"{self.__name__}: {self._wanted()}")
        return fitting

    def _wanted(self) -> str:
        shapes = ", ".join(
            f"{place}: {self._kinds[place][1]}-dimensional {self._kinds[place][0]}{' to write' * self._kinds[place][2]}"
            for place in self._arrays
        )
        return f"takes arrays in C order ({shapes})"


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
                {name: _callable(engine, name, Convention(**convention)) for name, convention in conventions.items()}
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


def _callable(engine: Any, name: str, convention: Convention) -> Any:
    """The quick way into a linked loop, which keeps its machine code.

    Raises
    ------
    ImportError
        If the object code lacks it.
    """
    symbol = convention.symbol
    entry, function = (engine.get_function_address(name) for name in (symbol, f"{symbol}_function"))
    cell = engine.get_global_value_address(f"{symbol}_types")
    if not (entry and function and cell):
        raise ImportError(f"{symbol} is not in the object code")
    kernel = Kernel(name, entry, convention)
    kernel.engine = engine
    return kernel.function_of(function, cell)


def of_python(name: str) -> str:
    """What the object code calls a function of Python's: a loop that asks for the function itself is refused."""
    return f"fzclf_{name}"


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
    sources = [Path(__file__).with_name(name) for name in ("_kernels.py", "compiling.py", "lowering.py")]
    if spec is not None and spec.origin is not None:
        sources.append(Path(spec.origin).with_name("_version.py"))  # importing it takes 0.2 s
    checked = os.environ.get("NUMBA_BOUNDSCHECK")
    settings = [FORMAT, group, HEAD, llvmlite.__version__, llvm.get_process_triple(), *_processor(), checked]
    try:
        contents = [path.read_bytes() for path in sources if path.is_file()]
        return cached_file("kernels", [json.dumps(settings).encode(), *contents])
    except OSError:
        return None
