"""From text to the outline of a report: lines, headings, paragraphs, sentences, roles."""

from __future__ import annotations

from fzclf.report import Block, Paragraph, Report, Sentence
from fzclf.segmentation.items import item_numbers
from fzclf.segmentation.outline import PARAGRAPH, Entry, outline
from fzclf.segmentation.roles import assign_roles

__all__ = ["check_text", "plain_block", "read_outline", "section_of", "segment"]


def segment(text: str) -> Report[Paragraph[Sentence]]:
    """Cut a report into titles, headings, paragraphs and sentences, without categories.

    Parameters
    ----------
    text : str
        Any string; an empty one gives a report without blocks.

    Returns
    -------
    Report
        Blocks and sentences are slices of `text`; outside blocks there is only white space.

    Raises
    ------
    TypeError
        If `text` is not a string; decode bytes with `fzclf.read` first.
    """
    check_text(text)
    blocks: list[Block] = []
    for entry in read_outline(text):
        if entry.kind != PARAGRAPH:
            blocks.append(plain_block(text, entry))
            continue
        sentences = [
            Sentence(text, start, end, role, item)
            for (start, end), role, item in zip(entry.sentences, entry.roles, entry.items, strict=True)
        ]
        blocks.append(Paragraph(text, (entry.start, entry.end), entry.role, section_of(text, entry), sentences))
    return Report(text, blocks)


def read_outline(text: str) -> list[Entry]:
    """The blocks of `text` as offsets, with roles and items: what `segment` and `classify` build on."""
    entries = outline(text)
    assign_roles(text, entries)
    for entry in entries:
        entry.items = item_numbers(text, entry.sentences)
    return entries


def plain_block(text: str, entry: Entry) -> Block:
    """A title, heading or line of metadata for the user."""
    return Block(text, (entry.start, entry.end), entry.kind, entry.role, section_of(text, entry), entry.level)


def section_of(text: str, entry: Entry) -> tuple[str, ...]:
    """Words of the headings above a block, outermost first."""
    return tuple(text[start:end] for start, end in entry.section)


def check_text(text: object) -> None:
    """Refuse what is no string, with the way out for bytes."""
    if not isinstance(text, str):
        hint = "; decode it with fzclf.read(…) first" if isinstance(text, (bytes, bytearray)) else ""
        raise TypeError(f"text must be a str, not {type(text).__name__}{hint}")
