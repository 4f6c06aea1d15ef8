"""Load an optional library the moment it is needed, or name the extra that brings it."""

from __future__ import annotations

import importlib
from typing import Any

from fzclf.errors import MissingExtraError


def require(module: str, extra: str, place: str) -> Any:
    """The imported module.

    Raises
    ------
    MissingExtraError
        If it, or something that it needs, is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{place}: reading this kind of file needs {module} ({error}); "
            f'install it with pip install "fzclf[{extra}]", or "fzclf[office]" for all formats'
        ) from error
