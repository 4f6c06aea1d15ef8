"""What a report consists of: blocks, and the sentences of its paragraphs.

Every block and every sentence is a slice of the text as it was given. Offsets count
code points, as Python's strings do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from fzclf.errors import MissingExtraError

if TYPE_CHECKING:
    import pandas

# Not JSON in UTF-8, a control of terminals, or taken for the end of a line by some readers of JSON lines.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Span:
    """A slice of a report: ``text == report.text[start:end]``."""

    __slots__ = ("_source", "end", "start")

    def __init__(self, source: str, start: int, end: int) -> None:
        self._source = source
        self.start = start
        self.end = end

    @property
    def text(self) -> str:
        """The characters of the slice."""
        return self._source[self.start : self.end]

    def __len__(self) -> int:
        """Length in code points."""
        return self.end - self.start

    def __repr__(self) -> str:
        words = self.text if len(self) <= 24 else self.text[:23] + "…"
        return f"<{type(self).__name__} {self.start}:{self.end} {words!r}>"


class Sentence(Span):
    """A sentence of a paragraph, after the codebook's Units.

    `role` is what it does in the report (``opening``, ``achievement``, ``problem``,
    ``plan``, ``closing``); `item` is the number of the item (一是, 二是, …) that it stands
    in, None outside items.
    """

    __slots__ = ("item", "role")

    def __init__(self, source: str, start: int, end: int, role: str, item: int | None) -> None:
        self._source = source  # not by super().__init__: a third of the time of a report's sentences
        self.start = start
        self.end = end
        self.role = role
        self.item = item

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values."""
        return {"start": self.start, "end": self.end, "text": self.text, "role": self.role, "item": self.item}


class Told(Protocol):
    """What is told of the sentences of a paragraph."""

    @property
    def sentences(self) -> Sequence[tuple[int, int]]:
        """Bounds in the report, in order."""

    @property
    def roles(self) -> Sequence[str]:
        """Role of each sentence."""

    @property
    def items(self) -> Sequence[int | None]:
        """Number of the item that each sentence stands in, from 1 on."""


class Passage(Told, Protocol):
    """What a paragraph is made of: offsets, and a role and an item for each sentence."""

    start: int
    end: int
    role: str


class Block(Span):
    """A line of the report with ink on it.

    `kind` is ``title``, ``heading``, ``paragraph`` or ``metadata``. `section` holds the
    headings above it, outermost first. `level` is 1, 2, … for headings and 0 for the rest.
    """

    __slots__ = ("kind", "level", "role", "section")

    def __init__(
        self, source: str, bounds: tuple[int, int], kind: str, role: str, section: tuple[str, ...], level: int = 0
    ) -> None:
        super().__init__(source, *bounds)
        self.kind = kind
        self.role = role
        self.section = section
        self.level = level

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values."""
        return {
            "kind": self.kind,
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "section": list(self.section),
            "level": self.level,
            "role": self.role,
        }


S_co = TypeVar("S_co", bound=Sentence, covariant=True)


class Paragraph(Block, Generic[S_co]):
    """A block of body text and its sentences, in order."""

    __slots__ = ("_made", "_passage")

    def __init__(self, source: str, passage: Passage, section: tuple[str, ...]) -> None:
        self._source = source  # not by super().__init__, as above
        self.start = passage.start
        self.end = passage.end
        self.kind = "paragraph"
        self.role = passage.role
        self.section = section
        self.level = 0
        self._passage = passage
        self._made: tuple[S_co, ...] | None = None

    @property
    def sentences(self) -> tuple[S_co, ...]:
        """Sentences in order, made when first asked for."""
        if self._made is None:
            passage = self._passage
            rows = zip(passage.sentences, passage.roles, passage.items, strict=True)
            self._made = tuple([Sentence(self._source, *bounds, role, item) for bounds, role, item in rows])  # type: ignore[misc]
        return self._made

    def to_dict(self) -> dict[str, Any]:
        """Offsets, text and tags as plain values."""
        return super().to_dict() | {"sentences": [sentence.to_dict() for sentence in self.sentences]}


P_co = TypeVar("P_co", bound=Paragraph[Sentence], covariant=True)


class Report(Generic[P_co]):
    """A report cut into blocks; iterating yields its paragraphs.

    Attributes
    ----------
    text : str
        The input as given.
    blocks : tuple of Block
        Every line with ink on it, in order. They do not overlap, and outside them
        there is only white space.
    """

    def __init__(self, text: str, blocks: Sequence[Block]) -> None:
        self.text = text
        self.blocks = tuple(blocks)

    @property
    def headings(self) -> tuple[Block, ...]:
        """Headings on lines of their own, in order; run-in headings are in `section` of their paragraphs."""
        return tuple(block for block in self.blocks if block.kind == "heading")

    @property
    def paragraphs(self) -> tuple[P_co, ...]:
        """Blocks of body text, in order."""
        return tuple(block for block in self.blocks if block.kind == "paragraph")  # type: ignore[misc]

    @property
    def title(self) -> str:
        """The first title, its lines joined; empty if the report has none."""
        lines: list[str] = []
        for block in self.blocks:
            if block.kind == "title":
                lines.append(block.text)
            elif lines:
                break
        return "".join(lines)

    def __iter__(self) -> Iterator[P_co]:
        return iter(self.paragraphs)

    def __len__(self) -> int:
        """Number of paragraphs."""
        return len(self.paragraphs)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.title or self.text[:20]!r}: {len(self)} paragraphs>"

    def to_dict(self) -> dict[str, Any]:
        """Everything but the full text, as plain lists, dicts, strings and numbers."""
        return {"title": self.title, "n_characters": len(self.text), "blocks": [b.to_dict() for b in self.blocks]}

    def to_json(self, *, indent: int | None = None) -> str:
        """`to_dict` as JSON; lone surrogates are escaped, so that it is valid and encodable.

        A reader of JSON makes one character of a high and a low surrogate in a row, which Python may hold as two.
        """
        return dump_json(self.to_dict(), indent=indent)

    def to_frame(self) -> pandas.DataFrame:
        """One row for each sentence, as a pandas table.

        Raises
        ------
        MissingExtraError
            If pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise MissingExtraError(
                "Report.to_frame needs pandas, which is not installed: pip install 'fzclf[frame]'"
            ) from None
        rows = list(sentence_rows(self))
        return pandas.DataFrame(rows) if rows else pandas.DataFrame(columns=self._columns())

    def _columns(self) -> list[str]:
        """Names of the columns of `to_frame`, for a report without paragraphs."""
        return ["paragraph", "sentence", "section", "start", "end", "text", "role", "item"]


def sentence_rows(report: Report[Any]) -> Iterator[dict[str, Any]]:
    """One flat dict for each sentence of `report`, in order."""
    for number, paragraph in enumerate(report, 1):
        section = " / ".join(paragraph.section)
        for position, sentence in enumerate(paragraph.sentences, 1):
            yield {"paragraph": number, "sentence": position, "section": section} | sentence.to_dict()


def dump_json(value: object, *, indent: int | None = None) -> str:
    """JSON with Chinese left readable; lone surrogates, controls and foreign line ends escaped."""
    dumped = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
    return _UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match.group()):04x}", dumped)
