"""Members of a zip archive, inflated under limits that count the bytes as they come out."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Collection
from typing import IO

from fzclf.errors import ReadError
from fzclf.reading.document import Limits

_RATIO_FROM_BYTES = 1024 * 1024
_ENTRY_MARK = b"PK\x01\x02"
_ENCRYPTED = 0x1
_PACKINGS = (
    zipfile.ZIP_STORED,
    zipfile.ZIP_DEFLATED,
)  # all that Office uses; the others inflate without bounds
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Archive:
    """An opened zip archive; its limits hold over all members read from it together.

    What the archive says about sizes is not believed.

    Raises
    ------
    ReadError
        If it is damaged or has too many members.
    """

    def __init__(self, data: bytes, place: str, limits: Limits) -> None:
        self.place = place
        self.limits = limits
        self.n_inflated = 0
        # Python keeps a record of a kilobyte or so for every entry, so they are counted before it reads them.
        # Members that are archives themselves may hold some more marks.
        self._refuse_members(data.count(_ENTRY_MARK) // 2)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGE as error:
            raise ReadError(f"{place}: a damaged archive ({error}); get the file again, or open and save it") from None
        self._refuse_members(len(self._zip.infolist()))
        self._infos = {info.filename: info for info in self._zip.infolist()}

    @property
    def names(self) -> Collection[str]:
        """Names of all members."""
        return self._infos.keys()

    def open(self, name: str) -> Member:
        """A member to read from in pieces; KeyError if there is none of that name."""
        info = self._infos[name]
        if info.flag_bits & _ENCRYPTED:
            raise ReadError(f"{self.place}: its part {name} is encrypted; save the document without a password")
        if info.compress_type not in _PACKINGS:
            raise ReadError(
                f"{self.place}: its part {name} is packed by method {info.compress_type}, "
                "only 0 and 8 are read; open the document and save it again"
            )
        try:
            return Member(self, name, self._zip.open(info), info.compress_size)
        except _DAMAGE as error:
            raise damaged(self.place, name, error) from None

    def _refuse_members(self, n_members: int) -> None:
        if n_members > self.limits.zip_members:
            raise ReadError(
                f"{self.place}: the archive has {n_members:,} members or more, at most {self.limits.zip_members:,} "
                "are allowed; save the document without attachments, or raise Limits.zip_members"
            )


class Member:
    """One member as a stream of inflated bytes."""

    def __init__(self, archive: Archive, name: str, stream: IO[bytes], n_packed: int) -> None:
        self._archive = archive
        self._name = name
        self._stream = stream
        self._n_packed = max(n_packed, 1)
        self._n_inflated = 0

    def read(self, n_bytes: int) -> bytes:
        """Up to `n_bytes` more, none at the end.

        Raises
        ------
        ReadError
            If the member is damaged, or a limit is passed with these bytes.
        """
        try:
            piece = self._stream.read(n_bytes)
        except _DAMAGE as error:
            raise damaged(self._archive.place, self._name, error) from None
        self._n_inflated += len(piece)
        self._archive.n_inflated += len(piece)
        self._check()
        return piece

    def _check(self) -> None:
        limits = self._archive.limits
        self._refuse_above("inflates to {:,} bytes or more", self._n_inflated, "part_bytes", limits.part_bytes)
        self._refuse_above(
            "takes the parts together to {:,} bytes or more",
            self._archive.n_inflated,
            "archive_bytes",
            limits.archive_bytes,
        )
        if self._n_inflated > _RATIO_FROM_BYTES:
            ratio = self._n_inflated // self._n_packed
            self._refuse_above("inflates to {:,} times its size or more", ratio, "expansion", limits.expansion)

    def _refuse_above(self, what: str, value: int, field: str, limit: int) -> None:
        if value > limit:
            raise ReadError(
                f"{self._archive.place}: its part {self._name} {what.format(value)}, at most {limit:,} are allowed "
                f"(a zip bomb?); save the document again, or raise Limits.{field}"
            )


def damaged(place: str, name: str, error: Exception) -> ReadError:
    """The error for a part that cannot be inflated or parsed."""
    return ReadError(f"{place}: its part {name} is damaged ({error}); get the file again, or open and save it")
