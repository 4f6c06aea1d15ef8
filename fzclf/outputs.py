"""Reports as tables, JSON lines and CSV."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from fzclf.report import Report, dump_json

FORMATS = ("table", "jsonl", "csv")
LEVELS = ("paragraph", "sentence")
CSV_COLUMNS = (
    "file", "paragraph", "sentence", "kind", "level", "start", "end", "section", "role", "item",
    "category", "categories", "probability", "review", "text",
)  # fmt: skip
# A spreadsheet runs a cell that begins like this as a formula (OWASP, CSV injection); other widths fold to these.
_FORMULA_STARTS = frozenset("=+-@")
_CELL_BREAKS = frozenset("\t\r\n")
_TO_QUOTE = re.compile('[,"\r\n]')
_ELLIPSIS = "…"
ROLE_NAMES = {"opening": "引言", "achievement": "成效", "problem": "问题", "plan": "计划", "closing": "结语"}


def rows_of(report: Report[Any], source: str, level: str, *, whole: bool = False) -> Iterator[dict[str, Any]]:
    """Flat rows of a report at one level, paragraphs and sentences numbered from 1.

    With `whole` titles, headings and lines of metadata have a row each as well, in their places.
    """
    number = 0
    for block in report.blocks:
        place = {"file": source, "kind": block.kind, "section": " / ".join(block.section)}
        if block.kind == "paragraph":
            number += 1
            yield from _paragraph_rows(block, place | {"paragraph": number}, level)
        elif whole:
            yield place | {"level": block.level or None} | _slice(block)


def _paragraph_rows(paragraph: Any, place: dict[str, Any], level: str) -> Iterator[dict[str, Any]]:
    if level == "paragraph":
        yield place | _tags(paragraph) | _slice(paragraph)
        return
    for position, sentence in enumerate(paragraph.sentences, 1):
        yield place | {"sentence": position, "item": sentence.item} | _tags(sentence) | _slice(sentence)


def _slice(unit: Any) -> dict[str, Any]:
    return {"start": unit.start, "end": unit.end, "role": unit.role, "text": unit.text}


def _tags(unit: Any) -> dict[str, Any]:
    """Category, probability and review of a tagged unit; nothing for an untagged one."""
    if not hasattr(unit, "category"):
        return {}
    probability = getattr(unit, "probability", None)
    tags = {
        "category": unit.category,
        "probability": round(unit.probabilities[unit.category] if probability is None else probability, 4),
        "review": unit.review,
    }
    if hasattr(unit, "categories"):
        tags["categories"] = list(unit.categories)
    return tags


def jsonl(report: Report[Any], source: str, level: str, *, whole: bool = False) -> str:
    """One JSON object on each line; `whole` as in `rows_of`."""
    return "".join(dump_json(row) + "\n" for row in rows_of(report, source, level, whole=whole))


def csv_header() -> str:
    """The line of column names."""
    return _csv_line(CSV_COLUMNS, str)


def csv_rows(report: Report[Any], source: str, level: str, *, raw: bool = False, whole: bool = False) -> str:
    """Lines of CSV; cells that a spreadsheet would run as formulas are made harmless unless `raw`."""
    guard = str if raw else harmless_cell
    rows = rows_of(report, source, level, whole=whole)
    return "".join(_csv_line([_cell(row.get(column)) for column in CSV_COLUMNS], guard) for row in rows)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return "; ".join(value) if isinstance(value, list) else str(value)


def _csv_line(cells: Iterable[str], guard: Callable[[str], str]) -> str:
    return ",".join([_quoted(guard(cell)) for cell in cells]) + "\n"


def _quoted(cell: str) -> str:
    """As `csv.writer` quotes, which before Python 3.11 refuses a cell with a NUL."""
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell


def harmless_cell(cell: str) -> str:
    """`cell` with a ``'`` before it if a spreadsheet could take it for a formula.

    White space and characters that are not shown may stand before the formula.
    """
    for char in cell:
        if char in _CELL_BREAKS or unicodedata.normalize("NFKC", char)[:1] in _FORMULA_STARTS:
            return "'" + cell
        if not char.isspace() and unicodedata.category(char) not in ("Cf", "Cc", "Mn"):
            break
    return cell


# --- for people -----------------------------------------------------------------------------


def width_of(text: str) -> int:
    """Columns that `text` takes in a terminal; Chinese characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def fitted(text: str, columns: int) -> str:
    """`text` cut or filled to exactly `columns`, with control and direction characters shown as ``·``."""
    shown = visible(text)
    if width_of(shown) > columns:
        kept, used = [], 0
        for char in shown:
            wide = width_of(char)
            if used + wide > columns - 1:
                break
            kept.append(char)
            used += wide
        shown = "".join(kept) + _ELLIPSIS
    return shown + " " * max(columns - width_of(shown), 0)


def visible(text: str) -> str:
    """`text` on one line, without characters that move the cursor or turn the direction of writing."""
    return "".join("·" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") else char for char in text)


def table(report: Report[Any], source: str, level: str, columns: int = 120) -> str:
    """A report as a table for people: headings as they come, below them one line for each unit."""
    names: Mapping[str, str] = getattr(report, "names", {})
    words_columns = max(columns - (44 if names else 16), 20)
    lines = [f"── {visible(source)}  {visible(report.title)}".rstrip(), _header_line(level, names, words_columns)]
    section: Sequence[str] = ()
    for paragraph in report:
        for depth, heading in enumerate(paragraph.section):
            if heading not in section[depth : depth + 1]:
                lines.append("   " + "  " * depth + fitted(heading, columns - 4 - 2 * depth).rstrip())
        section = paragraph.section
        units = [paragraph] if level == "paragraph" else paragraph.sentences
        lines += [_table_line(unit, _own_words(unit, section), names, words_columns) for unit in units]
    if names:
        lines += ["", *_summary_lines(report, names, level)]
    return "\n".join(lines) + "\n"


def _header_line(level: str, names: Mapping[str, str], words_columns: int) -> str:
    measure = "mean p  also" if level == "paragraph" else "prob"
    tags = f"  {'category':8}  {measure}" if names else ""
    return f"       {level:{words_columns}}  role{tags}"


def _own_words(unit: Any, section: Sequence[str]) -> str:
    """Text of a unit without the run-in heading that was shown as a heading just above."""
    text: str = unit.text
    if section and text.startswith(section[-1]) and len(text) > len(section[-1]) + 1:
        return text[len(section[-1]) :].lstrip("。！! ")
    return text


def _table_line(unit: Any, words: str, names: Mapping[str, str], words_columns: int) -> str:
    line = f"       {fitted(words, words_columns)}  {ROLE_NAMES[unit.role]}"
    if not names:
        return line
    tags = _tags(unit)
    also = " ".join(names[category] for category in tags.get("categories", []) if category != unit.category)
    review = f"  ? {tags['review']}" if tags["review"] else ""
    gap = "    " if "categories" in tags else "  "
    return f"{line}  {fitted(names[unit.category], 8)}  {tags['probability']:.2f}{gap}{also}{review}".rstrip()


def _summary_lines(report: Any, names: Mapping[str, str], level: str) -> list[str]:
    """Share of the characters that each category covers, as bars."""
    lines = ["   share of characters"]
    for category, share in report.shares.items():
        bar = "█" * round(share * 40)
        lines.append(f"     {fitted(names[category], 8)}  {fitted(category, 18)}  {share:6.1%}  {bar}".rstrip())
    units = [unit for paragraph in report for unit in ([paragraph] if level == "paragraph" else paragraph.sentences)]
    flagged = sum(unit.review is not None for unit in units)
    lines.append(f"   {len(units)} {level}{'' if len(units) == 1 else 's'}, {flagged} for a person to look at (?)")
    return lines
