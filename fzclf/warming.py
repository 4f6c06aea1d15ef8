"""`warmup`: compile the loops and build the lexicon ahead of the first call."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from fzclf.lexicon import cache_path, lexicon_for
from fzclf.machine import ROWS, TAGGING, kernels


@dataclass(frozen=True)
class WarmupReport:
    """What ``warmup`` found or made."""

    kernels_paths: tuple[Path | None, ...]  # none if there is no cache folder that can be written
    kernels_compiled: bool
    lexicon_path: Path | None
    lexicon_built: bool
    seconds: float

    def __str__(self) -> str:
        return (
            f"kernels: {'compiled' if self.kernels_compiled else 'found'} ({self._place(*self.kernels_paths)})\n"
            f"lexicon: {'built' if self.lexicon_built else 'found'} ({self._place(self.lexicon_path)})\n"
            f"{self.seconds:.1f} s"
        )

    @staticmethod
    def _place(*paths: Path | None) -> str:
        return ", ".join(map(str, paths)) if all(paths) else "not kept: no folder can be written"


def warmup(user_words: tuple[str, ...] = ()) -> WarmupReport:
    """Compile the loops and build the lexicon now, so that no later start has to.

    Raises
    ------
    ImportError
        If numba cannot be imported: there is nothing to warm.
    """
    began = time.perf_counter()
    groups = TAGGING, ROWS
    for group in groups:
        kernels.load(group)
    path = cache_path(user_words)
    was_there = path is not None and path.is_file()
    lexicon_for(user_words)
    return WarmupReport(
        kernels_paths=tuple(kernels.paths[group] for group in groups),
        kernels_compiled=bool(kernels.compiled),
        lexicon_path=path if path is not None and path.is_file() else None,
        lexicon_built=not was_there,
        seconds=time.perf_counter() - began,
    )
