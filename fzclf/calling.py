"""How Python calls a compiled loop: as a built-in function, or with care through `ctypes`."""

from __future__ import annotations

import ctypes
import struct
from dataclasses import dataclass
from operator import is_
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

HEAD = object.__basicsize__ // 8  # words of an object before what is its own; more in a free-threaded Python
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
        types = struct.pack(f"={len(self._dtypes) + 1}q", id(np.ndarray), *map(id, self._dtypes))
        self._types = ctypes.create_string_buffer(types, len(types))
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
        ctypes.c_int64.from_address(types_address).value = ctypes.addressof(self._types)
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


def callable_in(engine: Any, name: str, convention: Convention) -> Any:
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
