"""Versions of this library and of what can change its results."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("fzclf", "numpy", "scipy", "scikit-learn", "jieba", "numba", "safetensors")


def versions() -> dict[str, str]:
    """Version of Python and of each package, ``not installed`` where there is none."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
