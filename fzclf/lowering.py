"""How far numba takes a loop: to LLVM's language, as it comes. Making it quick is left for all loops at once."""

from __future__ import annotations

from typing import Any

from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.compiler import Compiler


class _Library(JITCodeLibrary):  # type: ignore[misc]  # numba has no types for it
    """Loops that are neither optimised one by one nor made to run: 1.5 of 6 s that the whole needs once more."""

    def _optimize_functions(self, ll_module: Any) -> None:
        ll_module.data_layout = self.codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True

    def get_pointer_to_function(self, _name: str) -> int:
        self._ensure_finalized()
        return 0

    @property
    def module(self) -> Any:
        """The loop and all that it calls."""
        return self._final_module


class _Codegen(JITCPUCodegen):  # type: ignore[misc]
    _library_class = _Library

    def set_env(self, env_name: str, env: Any) -> None:
        """There is no environment where the loops run."""


_codegen = _Codegen("fzclf")


class _Compiler(Compiler):  # type: ignore[misc]
    """numba's own, with another library to put a loop into."""

    def define_pipelines(self) -> list[Any]:
        self.state.library = _codegen.create_library(self.state.func_id.func_qualname)
        pipelines: list[Any] = super().define_pipelines()
        return pipelines


# Rewriting is for what the loops do not have: tuples, array expressions, arguments that are None.
OPTIONS: dict[str, Any] = {
    "nogil": True,
    "_nrt": False,
    "no_rewrites": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
    "pipeline_class": _Compiler,
}
