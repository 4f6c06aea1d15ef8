"""Bytes as a list of decisions, so that one byte string stands for one structured input.

Whoever changes the bytes (libFuzzer, hypothesis, a random generator) changes the decisions; where
they run out, every decision is the first one, so that short strings stand for small inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """Decisions taken from the front of `data`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        """Whether any bytes are left."""
        return self._at < len(self._data)

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound - 1``; one byte if that is enough."""
        n_bytes = 1 if bound <= 256 else 2 if bound <= 65536 else 3
        taken = self._data[self._at : self._at + n_bytes]
        self._at += n_bytes
        return int.from_bytes(taken, "little") % max(bound, 1)

    def pick(self, things: Sequence[T]) -> T:
        """One of `things`."""
        return things[self.below(len(things))]

    def once_in(self, n: int) -> bool:
        """True about once in `n` times; False where the bytes have run out."""
        return self.below(n) == n - 1

    def rest(self) -> bytes:
        """All bytes that are left, as they are."""
        left = self._data[self._at :]
        self._at = len(self._data)
        return left
