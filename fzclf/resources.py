"""Where the packaged model and codebook are: inside the wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def default_model_folder() -> Path:
    """Folder of the packaged model; it need not exist in a checkout that has trained none."""
    return _find("models/default")


def codebook_file() -> Path:
    """The machine-readable codebook, ``labels/categories.toml``."""
    return _find("labels/categories.toml")


def _find(place: str) -> Path:
    """A file that the wheel keeps below ``fzclf/`` and a checkout beside it."""
    packaged = _PACKAGE / place
    return packaged if packaged.exists() else _PACKAGE.parent / place
