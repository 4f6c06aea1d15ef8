"""From text to the outline of a report: lines, headings, paragraphs, sentences, roles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from fzclf.report import Block, Paragraph, Report, Sentence
from fzclf.segmentation.columns import Outline
from fzclf.segmentation.cuts import GOES_ON, ITEM_MASK, ITEM_SHIFT, ITEMS, LATER_ITEM_SHIFT, UNNUMBERED
from fzclf.segmentation.drafts import Draft
from fzclf.segmentation.items import item_numbers
from fzclf.segmentation.outline import PARAGRAPH, Bounds, Entry, outline
from fzclf.segmentation.roles import assign_roles

__all__ = ["check_text", "plain_block", "read_outline", "section_of", "segment"]

_LONG_TEXT = 1_000_000  # characters


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
    if len(text) < _LONG_TEXT:
        return Report(text, _blocks(text))
    with _collector_at_rest():
        return Report(text, _blocks(text))


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    above: tuple[Bounds, ...] = ()
    section: tuple[str, ...] = ()
    for entry in read_outline(text):
        if entry.section is not above:  # paragraphs of one section share one tuple
            above, section = entry.section, section_of(text, entry)
        if entry.kind == PARAGRAPH:
            blocks.append(Paragraph(text, entry, section))
        else:
            blocks.append(Block(text, (entry.start, entry.end), entry.kind, entry.role, section, entry.level))
    return blocks


def read_outline(text: str) -> Outline:
    """The blocks of `text` as offsets, with roles and items: what `segment` and `classify` build on."""
    if len(text) < _LONG_TEXT:
        return _entries(text)
    with _collector_at_rest():
        return _entries(text)


def _entries(text: str) -> Outline:
    entries, sentences = outline(text)
    assign_roles(text, entries)
    for entry in entries:
        if entry.kind != PARAGRAPH:
            entry.n_sentences = 0
        elif entry.flags & ITEMS:
            _number_items(text, entry)
        entry.words, entry.mark = "", None  # an outline of a long report holds on to no copy of it
    sentences.marks = []
    return Outline(entries, sentences)


def _number_items(text: str, entry: Draft) -> None:
    """Number the items of a paragraph; most are numbered by the scan."""
    run_in = bool(entry.section) and entry.section[-1][0] == entry.start
    if run_in and not entry.flags & GOES_ON:
        return
    if entry.flags & UNNUMBERED:
        entry.give_items(item_numbers(text, entry.sentences, run_in=run_in))
    else:
        shift = LATER_ITEM_SHIFT if run_in else ITEM_SHIFT
        entry.give_items([mark >> shift & ITEM_MASK for mark in entry.marks])


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Keep the garbage collector from walking over a growing outline again and again.

    Nothing here makes a reference cycle. On 33 M characters the collector took half of
    the time: 161 ns a character with it, 84 without, as on a short text.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


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
