"""What can go wrong by a user's hand, each as an exception of its own.

Every message names the place, the value, the rule and the way out.
"""

from __future__ import annotations

_LONGEST = 1_000  # characters; a value out of a stranger's file can be megabytes long


class FzclfError(Exception):
    """Base of all errors that a file, a setting or an environment can cause.

    Of a longer message the middle is left out: the place stands in front, the way out behind.
    """

    def __init__(self, message: str) -> None:
        half = _LONGEST // 2
        super().__init__(message if len(message) <= _LONGEST else f"{message[:half]} … {message[-half:]}")


class ReadError(FzclfError):
    """A report could not be read: missing, not text, or in an encoding that does not fit."""


class LabelError(FzclfError):
    """A label or training file breaks a rule of the codebook or of its format."""


class ModelError(FzclfError):
    """A model folder is damaged, of a newer format, or no model at all."""


class MissingExtraError(FzclfError):
    """An optional dependency is needed; the message names the extra that brings it."""
