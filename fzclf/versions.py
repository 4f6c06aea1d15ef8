"""Versions of this library and of what can change its results."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("fzclf", "numpy", "scipy", "scikit-learn", "jieba", "numba", "safetensors")


def versions() -> dict[str, str]:
    """Version of Python and of each package, ``not installed`` where there is none."""
    return {"python": platform.python_version()} | {name: _version_of(name) for name in _PACKAGES}


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
