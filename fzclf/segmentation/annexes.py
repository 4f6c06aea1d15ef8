"""Lines of the body, without the metadata between them; annexes and tables, which no style of headings follows."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fzclf.segmentation.drafts import HEADING, METADATA, UNFINISHED, Draft
from fzclf.segmentation.numbering import Style
from fzclf.segmentation.role_words import GLOSSARY

_LONGEST_TITLE = 40
_LONGEST_TABLE_HEAD = 32
_COLONS = frozenset("：:")
# 附件1 or 附件： on a line of its own, or with the first of a list of annexes.
_ANNEX_LINE = re.compile(r"附[件表录]?[ \u3000]?[0-9一二三四五六七八九十]{0,2}(?:[：:](?: ?1[.．、].{1,60})?)?$")
_ANNEX_ITEM = re.compile(r"\d{1,2}[ \u3000]?[.．、]")


def body_lines(drafts: Sequence[Draft]) -> list[Draft]:
    """The lines that are headings or paragraphs; metadata and the titles of annexes get their kind here."""
    body: list[Draft] = []
    above, in_table = "", False  # the line 附件1 above, if any
    for draft in drafts:
        if draft.kind:
            continue
        if draft.is_data():
            draft.kind = METADATA
            above = draft.words if draft.words[0] == "附" else ""
        elif above and (kind := _kind_below_annex(draft, above, drafts[-1])):
            draft.kind, above = kind, above if kind == METADATA else ""
            in_table = False
        else:
            above = ""
            if in_table or draft.words[0] == "序":
                in_table = _is_cell(draft, in_table)
            body.append(draft)
    return body


def _kind_below_annex(draft: Draft, above: str, last: Draft) -> str:
    """Below 附件1 stands the annex's title, below 附件： a list of annexes; nothing if the line is neither."""
    if draft.ended or draft is last or draft.length > _LONGEST_TITLE or not _ANNEX_LINE.match(above):
        return ""
    if _COLONS.intersection(above) and _ANNEX_ITEM.match(draft.words):
        return METADATA
    return HEADING if draft.mark is None and draft.words[-1] not in UNFINISHED else ""


def _is_cell(draft: Draft, in_table: bool) -> bool:
    """Whether a line is a cell of a table that a converter wrote one cell a line; no cell is a heading.

    Such a table opens with 序号 and goes on until a numbered heading, a glossary or an annex.
    """
    if not in_table:
        in_table = draft.words.startswith("序号") and draft.length <= _LONGEST_TABLE_HEAD
    elif draft.mark is not None:
        in_table = not draft.mark.sure or draft.mark.style > Style.HAN_BRACKET
    elif draft.length <= _LONGEST_TABLE_HEAD:
        in_table = GLOSSARY.match(draft.words) is None
    draft.ended |= in_table  # whole by itself, like a sentence
    return in_table
